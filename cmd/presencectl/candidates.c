/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/candidates.h"

#include <stdio.h>
#include <strings.h>
#include <string.h>

#include "cmd/presencectl/ctl.h"
#include "lib/binding/zonefile.h"
#include "lib/calls/rule.h"
#include "lib/presence/noun-keys.h"
#include "lib/store/calendar.h"
#include "lib/store/group.h"
#include "lib/store/mode.h"
#include "lib/store/presence.h"
#include "lib/store/queue.h"
#include "lib/store/schedule.h"
#include "lib/time/time-keys.h"

enum { MANY = 2000 }; /* candidates; a longer list is of no use to a person */

struct give {
	const char *prefix;
	void (*add)(void *data, const char *value, const char *description);
	void *data;
	int n;
	bool groups_with_at; /* give @sales, as in WHO */
};

static int give(struct give *g, const char *value, const char *description)
{
	if (strncasecmp(value, g->prefix, strlen(g->prefix)) != 0)
		return 0;
	g->add(g->data, value, description);
	return ++g->n >= MANY;
}

static int give_mode(void *data, const struct mode *m)
{
	return give(data, m->name, m->label) || (*m->alias && give(data, m->alias, m->label));
}

static int give_user(void *data, const struct status *st)
{
	char text[NAME_MAX_LEN + EXTENSION_MAX_LEN + 8];

	snprintf(text, sizeof(text), "%s, %s", st->extension, st->mode);
	return give(data, st->user, text);
}

static int give_extension(void *data, const struct status *st)
{
	return give(data, st->extension, st->user);
}

/* Give an extension only when something has been typed: each user appears once in the full list. */
static void give_users(struct give *g, struct store *s)
{
	struct err err;

	if (store_status_prefix(s, STATUS_BY_NAME, g->prefix, MANY, give_user, g, &err) == 0 &&
		*g->prefix)
		(void)store_status_prefix(
			s, STATUS_BY_EXTENSION, g->prefix, MANY, give_extension, g, &err);
}

static int give_group(void *data, const struct group *g)
{
	char name[NAME_MAX_LEN + 2], text[40];

	snprintf(name, sizeof(name), "%s%s", ((struct give *)data)->groups_with_at ? "@" : "",
		g->name);
	snprintf(text, sizeof(text), "%lld user%s", (long long)g->members,
		g->members == 1 ? "" : "s");
	return give(data, name, text);
}

static int give_queue(void *data, const struct queue *q)
{
	char name[2 * NAME_MAX_LEN + 2], text[NAME_MAX_LEN + 40];

	snprintf(name, sizeof(name), "%s%s%s", q->name,
		strchr(((struct give *)data)->prefix, '@') ? "@" : "",
		strchr(((struct give *)data)->prefix, '@') ? q->pbx : "");
	snprintf(text, sizeof(text), "%s, %lld user%s", q->pbx, (long long)q->users_n,
		q->users_n == 1 ? "" : "s");
	return give(data, name, text);
}

static int give_schedule(void *data, const struct schedule *sched)
{
	return give(data, sched->name, sched->hours);
}

static int give_calendar(
	void *data, const struct calendar_info *c, const struct calendar_state *state)
{
	(void)state;
	return give(data, c->name, *c->hours ? c->hours : *c->holidays ? c->holidays : NULL);
}

static void give_periods(struct give *g)
{
	for (int i = 0; i < PERIOD_COUNT; i++)
		give(g, period_name((enum period)i), NULL);
	give(g, "open", "business");
	give(g, "closed", "outside");
	give(g, "auto", "back to the hours");
}

static void give_zones(struct give *g)
{
	size_t n;
	char **names = zonefile_names(&n);

	for (size_t i = 0; i < n && !give(g, names[i], NULL); i++)
		;
	zonefile_names_free(names, n);
}

/* The codes of countries; of regions when the country has been typed. */
static void give_countries(struct give *g, struct ctl *ctl)
{
	struct countries *countries = ctl_countries(ctl);
	const char *code, *name, *local;
	size_t n;
	char **names = countryfiles_names(ctl->countryfiles, &n);

	for (size_t i = 0; i < n; i++) {
		const struct country *c = countries->get(countries, names[i], NULL);
		bool typed = strlen(g->prefix) >= 2 && !strncasecmp(g->prefix, names[i], 2);

		if (c)
			give(g, names[i], country_name(c));
		for (size_t k = 0; c && typed && (code = country_region(c, k, &name, &local)); k++)
			give(g, code, name);
	}
	countryfiles_names_free(names, n);
}

static void give_pbxs(struct give *g, const struct conf *conf)
{
	for (size_t i = 0; i < conf->pbx_n && !give(g, conf->pbx[i].name, conf->pbx[i].host); i++)
		;
}

/* What the database has of a type. */
static void give_stored(struct give *g, struct store *s, enum arg_type type)
{
	bool any = type == ARG_NAME, who = any || type == ARG_WHO;
	struct err err;

	if (any || type == ARG_QUEUE)
		(void)store_queue_each(s, give_queue, g, &err);
	if (any || type == ARG_SCHEDULE)
		(void)store_schedule_each(s, give_schedule, g, &err);
	if (any || type == ARG_CALENDAR)
		(void)store_calendar_each(s, give_calendar, g, &err);
	if (any || type == ARG_MODE)
		(void)store_mode_each(s, give_mode, g, &err);
	if (who || type == ARG_USER)
		give_users(g, s);
	g->groups_with_at = who;
	if (who || type == ARG_GROUP)
		(void)store_group_each(s, give_group, g, &err);
	if (who)
		give(g, "all", "every user");
}

/* The things whose names can be the value of a key. */
static enum arg_type names_of(const struct key *key)
{
	static const struct {
		const struct key_type *type;
		enum arg_type names;
	} table[] = {
		{ &key_zone, ARG_ZONE },
		{ &key_holidays, ARG_HOLIDAYS },
		{ &key_pbx, ARG_PBX },
		{ &key_mode, ARG_MODE },
		{ &key_mode_or_none, ARG_MODE },
		{ &key_schedule, ARG_SCHEDULE },
		{ &key_calendars, ARG_CALENDAR },
		{ &key_closures, ARG_CALENDAR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (key->type == table[i].type)
			return table[i].names;
	}
	return ARG_TEXT;
}

int candidates_get(struct ctl *ctl, enum arg_type type, const struct key *key, const char *prefix,
	void (*add)(void *data, const char *value, const char *description), void *data)
{
	struct give g = { .prefix = prefix, .add = add, .data = data };
	struct err err;

	if (type == ARG_PRESET) {
		give(&g, "freepbx", "chat, extended-away, unavailable");
		return g.n;
	}
	if (key && key->type == &key_mode_or_none)
		give(&g, "none", "no change of mode");
	if (type == ARG_EDIT && key)
		type = names_of(key);
	if (type == ARG_KEY && key && key->type == &key_queue_rules)
		type = ARG_QUEUE;
	if (type == ARG_KEY || type == ARG_TEXT)
		return g.n;
	if (type == ARG_PERIOD) {
		give_periods(&g);
		return g.n;
	}
	if (type == ARG_ZONE) {
		give_zones(&g);
		return g.n;
	}
	if (type == ARG_HOLIDAYS) {
		if (ctl_open(ctl, NEED_CONF, &err) == 0)
			give_countries(&g, ctl);
		return g.n;
	}
	if (type == ARG_PBX) {
		if (ctl_open(ctl, NEED_CONF, &err) == 0)
			give_pbxs(&g, ctl->conf);
		return g.n;
	}
	if (ctl_open(ctl, NEED_STORE, &err) < 0)
		return 0;
	give_stored(&g, ctl->store, type);
	return g.n;
}
