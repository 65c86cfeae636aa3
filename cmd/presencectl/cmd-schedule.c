/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule: list, show, add, set, unset, delete, assign, unassign, force. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmd/presencectl/edit.h"
#include "cmd/presencectl/lifetime.h"
#include "cmd/presencectl/picture.h"
#include "cmd/presencectl/say.h"
#include "cmd/presencectl/schedule-look.h"
#include "lib/base/closest.h"
#include "lib/base/text.h"
#include "lib/presence/schedule.h"
#include "lib/store/group.h"
#include "lib/store/user.h"
#include "lib/store/who.h"
#include "lib/follow/schedule.h"
#include "lib/follow/segments.h"
#include "lib/store/schedule.h"
#include "lib/time/dayword.h"
#include "lib/time/when.h"

extern const struct command cmd_schedule_list, cmd_schedule_show, cmd_schedule_add,
	cmd_schedule_set, cmd_schedule_unset, cmd_schedule_delete, cmd_schedule_assign,
	cmd_schedule_unassign, cmd_schedule_force;

enum { DAY = 86400, CHANGES = 10 };

/* list */

enum { LIST_NAME, LIST_USERS, LIST_NOW, LIST_UNTIL, LIST_ZONE, LIST_HOURS };

static const struct column list_columns[] = {
	[LIST_NAME] = { "NAME", 0, "name" },
	[LIST_USERS] = { "USERS", COLUMN_NUMBER, "for how many users it counts" },
	[LIST_NOW] = { "NOW", 0, "the period that holds: business, break, outside, holiday" },
	[LIST_UNTIL] = { "UNTIL", COLUMN_TIME, "when the next period begins" },
	[LIST_ZONE] = { "ZONE", 0, "time zone, if not the configuration's" },
	[LIST_HOURS] = { "HOURS", COLUMN_WIDE, "business hours" },
	{ 0 },
};

struct schedule_list {
	struct ctl *ctl;
	struct out *out;
	struct schedule *list;
	size_t n, cap;
};

static int collect(void *data, const struct schedule *sched)
{
	struct schedule_list *l = data;

	l->list = mem_grow(l->list, &l->cap, l->n + 1, sizeof(*l->list));
	l->list[l->n++] = *sched;
	return 0;
}

static int add_line(struct schedule_list *l, const struct schedule *sched, struct err *err)
{
	const struct segments *segments;
	const struct segment *s;
	const struct zone *zone;
	int64_t users, now = l->ctl->now;

	if (store_schedule_users(l->ctl->store, sched->id, &users, err) < 0 ||
		follow_segments(l->ctl->store, sched->id, "", now, now, now + 60 * DAY, &segments,
			&zone, err) < 0)
		return -1;
	s = segments_find(segments, now);
	out_line(l->out);
	out_text(l->out, LIST_NAME, sched->name);
	out_number(l->out, LIST_USERS, users);
	out_text(l->out, LIST_NOW, period_name(s->period));
	out_time(l->out, LIST_UNTIL, s->end < now + 60 * DAY ? s->end : INT64_MAX);
	out_text(l->out, LIST_ZONE, *sched->zone ? sched->zone : NULL);
	out_text(l->out, LIST_HOURS, sched->hours);
	return 0;
}

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(freep) struct schedule *list = NULL;
	struct schedule_list l = { .ctl = ctl };
	int r;

	(void)in;
	if (out_new(list_columns, "schedules", &ctl->out, &out, err) < 0)
		return -1;
	l.out = out;
	r = store_schedule_each(ctl->store, collect, &l, err);
	list = l.list;
	for (size_t i = 0; i < l.n && r == 0; i++)
		r = add_line(&l, &list[i], err);
	return r < 0 ? -1 : out_print(out, stdout, err);
}

const struct command cmd_schedule_list = {
	.path = "schedule list",
	.summary = "list the schedules and what they say now",
	.columns = list_columns,
	.noun = "schedules",
	.needs = NEED_STORE,
	.run = list,
};

/* add, set, unset */

static int find_schedule(struct store *s, const char *word, void *object, struct err *err)
{
	return store_schedule_find(s, word, object, err);
}

static int save_schedule(struct store *s, void *object, int64_t now, struct err *err)
{
	return follow_schedule_save(s, object, now, err);
}

/* Tell of hours that are allowed, but likely to be a slip. Of what was there before this edit it was told then. */
static void notice_slips(
	const struct schedule *sched, const struct schedule *was, const struct schedule_rules *r)
{
	_cleanup_(strbuf_done) struct strbuf piece = STRBUF_INIT;
	int32_t overnight = r->hours ? hours_overnight(r->hours) : 0;
	bool is_other = strcmp(sched->hours, was->hours) != 0;

	if (is_other && overnight > 12 * 3600)
		ctl_notice("schedule '%s' is open across midnight for %d hours: is %s meant?",
			sched->name, overnight / 3600, sched->hours);
	is_other = is_other || strcmp(sched->breaks, was->breaks) != 0;
	if (is_other && r->hours && r->breaks && !hours_covers(r->hours, r->breaks, &piece))
		ctl_notice(
			"a break of schedule '%s' is outside its hours and does not count there: %s",
			sched->name, piece.s);
}

/* Tell of special days that this edit adds or changes although their year is over: a year may be a slip. */
static void notice_gone(struct ctl *ctl, const struct schedule *was, const struct schedule_rules *r)
{
	_cleanup_(specials_done) struct specials before = { 0 };
	struct civil today;

	zone_to_local(ctl->zone, ctl->now, &today);
	(void)!specials_parse(was->special, &before, NULL);
	for (size_t i = 0; i < r->special.n; i++) {
		const struct dates *when = &r->special.list[i].when;
		_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
		struct civil c;

		civil_from_days(when->last, &c);
		if (when->every_year || c.year >= today.year || specials_find(&before, when->first))
			continue;
		dates_print(when, &text);
		ctl_notice("the special day %s is long gone: is another year meant?", text.s);
	}
}

static int check(struct ctl *ctl, void *object, struct err *err)
{
	_cleanup_(schedule_rules_freep) struct schedule_rules *rules = NULL;
	_cleanup_(freep) struct schedule *was = xcalloc(1, sizeof(*was));
	struct schedule *sched = object;

	if (!*sched->hours)
		return err_set(err, ERR_USAGE,
			"schedule '%s' needs hours: hours=\"Mon-Fri 09:00-17:00\"", sched->name);
	if ((*sched->zone && !ctl->zones->get(ctl->zones, sched->zone, err)) ||
		schedule_parse(sched, &rules, err) < 0 ||
		(rules->holidays && holidays_bind(rules->holidays, ctl_countries(ctl), err) < 0) ||
		(sched->id && store_schedule_get(ctl->store, sched->id, was, err) < 0))
		return -1;
	notice_slips(sched, was, rules);
	notice_gone(ctl, was, rules);
	return 0;
}

static const struct edit_noun noun = {
	.name = "schedule",
	.keys = &schedule_keys,
	.size = sizeof(struct schedule),
	.name_offset = offsetof(struct schedule, name),
	.find = find_schedule,
	.check = check,
	.save = save_schedule,
};

static int add(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));

	keys_reset(&schedule_keys, sched);
	sched->forced = -1;
	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (edit_noun_add(ctl, in, &noun, sched, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static const struct arg add_args[] = { { "name", ARG_NEW_NAME, 0 },
	{ "key=value", ARG_EDIT, ARG_MANY }, { 0 } };

const struct command cmd_schedule_add = {
	.path = "schedule add",
	.summary = "make a schedule",
	.details = "The key hours is needed:\n\n"
		   "  presencectl schedule add office hours=\"Mon-Fri 09:00-17:00\" holidays=12-25",
	.args = add_args,
	.keys = &schedule_keys,
	.needs = NEED_STORE,
	.run = add,
};

static int set(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_change(ctl, in, &noun, edit_set, err);
}

static const struct arg set_args[] = { { "schedule", ARG_SCHEDULE, 0 },
	{ "key=value", ARG_EDIT, ARG_MANY }, { 0 } };

const struct command cmd_schedule_set = {
	.path = "schedule set",
	.summary = "change settings of a schedule",
	.details = "Users on the schedule follow at once.",
	.args = set_args,
	.keys = &schedule_keys,
	.needs = NEED_STORE,
	.run = set,
};

static int unset(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_change(ctl, in, &noun, edit_unset, err);
}

static const struct arg unset_args[] = { { "schedule", ARG_SCHEDULE, 0 },
	{ "key", ARG_KEY, ARG_MANY }, { 0 } };

const struct command cmd_schedule_unset = {
	.path = "schedule unset",
	.summary = "remove settings of a schedule",
	.args = unset_args,
	.keys = &schedule_keys,
	.needs = NEED_STORE,
	.run = unset,
};

/* show */

static enum shade shade_at(void *data, int64_t at)
{
	const struct segment *s = segments_find(data, at);

	if (!s || s->period == PERIOD_OUTSIDE)
		return SHADE_OFF;
	if (s->period == PERIOD_HOLIDAY)
		return SHADE_HOLIDAY;
	if (s->period == PERIOD_BREAK)
		return SHADE_BREAK;
	return s->cause == CAUSE_SPECIAL || s->cause == CAUSE_FORCED ? SHADE_SPECIAL : SHADE_OPEN;
}

/* "09:00-12:00 13:00-17:00", then the name of a holiday or special day. */
static void print_times(
	struct ctl *ctl, const struct segments *segments, const struct zone *z, int64_t day)
{
	char word[ZONE_WORD_SIZE];
	const char *name = "";

	for (size_t i = 0; i < segments->n; i++) {
		const struct segment *s = &segments->list[i];
		struct civil from, to;
		int64_t end = s->end;

		zone_to_local(z, s->start, &from);
		if (*s->name && civil_days(from.year, from.month, from.day) <= day) {
			zone_to_local(z, end - 1, &to);
			if (civil_days(to.year, to.month, to.day) >= day)
				name = s->name;
		}
		if (s->period != PERIOD_BUSINESS ||
			civil_days(from.year, from.month, from.day) != day)
			continue;
		zone_to_local(z, end, &to);
		say(" %02d:%02d-%02d:%02d", from.hour, from.minute, to.hour, to.minute);
		if (zone_offset(z, s->start) != zone_offset(ctl->zone, s->start)) {
			zone_word(z, s->start, word);
			say(" %s", word);
		}
	}
	if (*name)
		say("  %s", name);
	putchar('\n');
}

static void print_week(struct ctl *ctl, const struct segments *segments, const struct zone *z)
{
	struct picture p;
	struct civil c;
	int64_t today;

	picture_init(&p, z, ctl->out.terminal);
	zone_to_local(z, ctl->now, &c);
	today = civil_days(c.year, c.month, c.day);
	picture_hours(&p, 15);
	for (int64_t day = today; day < today + 7; day++) {
		civil_from_days(day, &c);
		say("%s %04d-%02d-%02d ", dayword_weekdays[civil_weekday(day)], c.year, c.month,
			c.day);
		picture_day(&p, day, shade_at, (void *)segments);
		print_times(ctl, segments, z, day);
	}
	picture_legend(&p,
		1u << SHADE_OPEN | 1u << SHADE_BREAK | 1u << SHADE_SPECIAL | 1u << SHADE_HOLIDAY |
			1u << SHADE_OFF,
		"special or forced");
}

enum { CHANGE_AT, CHANGE_PERIOD, CHANGE_CAUSE, CHANGE_NAME };

static const struct column change_columns[] = {
	[CHANGE_AT] = { "AT", COLUMN_TIME, "when it begins" },
	[CHANGE_PERIOD] = { "PERIOD", 0, "business, break, outside, holiday" },
	[CHANGE_CAUSE] = { "CAUSE", 0, "hours, holiday, special or forced" },
	[CHANGE_NAME] = { "NAME", COLUMN_WIDE, "of the holiday or special day" },
	{ 0 },
};

static int print_changes(
	struct ctl *ctl, const struct segments *segments, const struct zone *zone, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	struct out_options options = ctl->out;
	size_t n = 0;

	options.also = zone;
	if (out_new(change_columns, "changes", &options, &out, err) < 0)
		return -1;
	for (size_t i = 0; i < segments->n && n < CHANGES; i++) {
		const struct segment *s = &segments->list[i];

		if (s->start <= ctl->now)
			continue;
		out_line(out);
		out_time(out, CHANGE_AT, s->start);
		out_text(out, CHANGE_PERIOD, period_name(s->period));
		out_text(out, CHANGE_CAUSE, schedule_cause_name(s->cause));
		out_text(out, CHANGE_NAME, *s->name ? s->name : NULL);
		n++;
	}
	return out_print(out, stdout, err);
}

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));
	const struct segments *segments;
	const struct zone *zone;

	if (store_schedule_find(ctl->store, input_arg(in, 0), sched, err) < 0)
		return -1;
	if (input_has(in, "year"))
		return schedule_show_year(ctl, sched, input_opt(in, "year"), err);
	if (follow_segments(ctl->store, sched->id, "", ctl->now, ctl->now - 2 * DAY,
		    ctl->now + 400 * DAY, &segments, &zone, err) < 0)
		return -1;
	if (input_has(in, "changes"))
		return print_changes(ctl, segments, zone, err);
	if (edit_show(ctl, "schedule", sched->name, &schedule_keys, sched, err) < 0)
		return -1;
	if (ctl->out.data || ctl->out.columns)
		return 0;
	putchar('\n');
	print_week(ctl, segments, zone);
	putchar('\n');
	return print_changes(ctl, segments, zone, err);
}

static const struct arg schedule_args[] = { { "schedule", ARG_SCHEDULE, 0 }, { 0 } };

static const struct opt show_opts[] = {
	{ "changes", NULL, ARG_TEXT, "print only the next ten changes", 'l' },
	{ "year", "YEAR", ARG_NUMBER, "print a year: 2027", 'l' },
	{ 0 },
};

const struct command cmd_schedule_show = {
	.path = "schedule show",
	.summary = "print a schedule, its week and its next changes",
	.details =
		"The week has a line for each day and a block for each half hour. --json prints the settings only. --json "
		"--changes prints the next ten changes, with AT, PERIOD, CAUSE and NAME. --year prints a letter for each day of a year, "
		"and lists the days that are not as their week: DATE, CAUSE, HOURS and NAME.",
	.args = schedule_args,
	.opts = show_opts,
	.columns = edit_columns,
	.noun = "schedule",
	.needs = NEED_STORE,
	.run = show,
};

static int run_delete(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_schedule_find(tx, input_arg(in, 0), sched, err) < 0 ||
		follow_schedule_delete(tx, sched, ctl->now, err) < 0)
		return -1;
	return store_commit(tx, err);
}

const struct command cmd_schedule_delete = {
	.path = "schedule delete",
	.summary = "delete a schedule that no user or group has",
	.args = schedule_args,
	.needs = NEED_STORE,
	.run = run_delete,
};

/* assign, unassign */

/* Assign the schedule to what a word means. @group is the group itself: users who join later are on the schedule too. Every other
 * word means users. */
static int assign_word(
	struct ctl *ctl, const struct schedule *sched, const char *word, size_t *n, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };
	struct group g;
	bool changed;

	if (*word == '@') {
		if (store_group_find(ctl->store, word + 1, &g, err) < 0 ||
			follow_schedule_assign_group(
				ctl->store, sched, &g, ctl->now, &changed, err) < 0)
			return -1;
		*n += changed;
		return 0;
	}
	if (store_who(ctl->store, &word, 1, &who, err) < 0)
		return -1;
	for (size_t i = 0; i < who.n; i++) {
		if (follow_schedule_assign_user(
			    ctl->store, sched, who.ids[i], ctl->now, &changed, err) < 0)
			return -1;
		*n += changed;
	}
	return 0;
}

/* Say, after the commit, what was done and for how many users the schedule now counts. */
static int print_reach(
	struct ctl *ctl, const struct schedule *sched, size_t n, const char *what, struct err *err)
{
	int64_t users;

	if (store_schedule_users(ctl->store, sched->id, &users, err) < 0)
		return -1;
	say("%zu %s %s; it counts for %lld user%s now\n", n, what, sched->name, (long long)users,
		users == 1 ? "" : "s");
	return 0;
}

static int assign(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));
	size_t words_n, n = 0;
	const char *const *words = input_many(in, &words_n);

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_schedule_find(tx, input_arg(in, 0), sched, err) < 0)
		return -1;
	for (size_t i = 0; i < words_n; i++) {
		if (assign_word(ctl, sched, words[i], &n, err) < 0)
			return -1;
	}
	if (store_commit(tx, err) < 0)
		return -1;
	return print_reach(ctl, sched, n, "assigned to", err);
}

static const struct arg assign_args[] = { { "schedule", ARG_SCHEDULE, 0 },
	{ "who", ARG_WHO, ARG_MANY }, { 0 } };

const struct command cmd_schedule_assign = {
	.path = "schedule assign",
	.summary = "put users or groups on a schedule",
	.details =
		"@group gives the schedule to the group. It counts for every user of the group who has no schedule of their own, "
		"also for users who join later. Of several groups the first by name counts.",
	.args = assign_args,
	.needs = NEED_STORE,
	.run = assign,
};

static int unassign_word(
	struct ctl *ctl, const struct schedule *sched, const char *word, size_t *n, struct err *err)
{
	struct group g;
	struct user u;

	if (*word == '@') {
		if (store_group_find(ctl->store, word + 1, &g, err) < 0)
			return -1;
		return strcasecmp(g.schedule, sched->name) ? 0
							   : assign_word(ctl, NULL, word, n, err);
	}
	if (store_user_find(ctl->store, word, &u, err) < 0)
		return -1;
	return strcasecmp(u.schedule, sched->name) ? 0 : assign_word(ctl, NULL, word, n, err);
}

static int unassign(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));
	size_t words_n, n = 0;
	const char *const *words = input_many(in, &words_n);

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_schedule_find(tx, input_arg(in, 0), sched, err) < 0)
		return -1;
	for (size_t i = 0; i < words_n; i++) {
		if (unassign_word(ctl, sched, words[i], &n, err) < 0)
			return -1;
	}
	if (!words_n && follow_schedule_unassign_all(tx, sched, ctl->now, &n, err) < 0)
		return -1;
	if (store_commit(tx, err) < 0)
		return -1;
	return print_reach(ctl, sched, n, "taken off", err);
}

static const struct arg unassign_args[] = { { "schedule", ARG_SCHEDULE, 0 },
	{ "who", ARG_WHO, ARG_MANY | ARG_OPTIONAL }, { 0 } };

const struct command cmd_schedule_unassign = {
	.path = "schedule unassign",
	.summary = "take users or groups off a schedule",
	.details = "Without users and groups, all users and groups that have the schedule lose it.",
	.args = unassign_args,
	.needs = NEED_STORE,
	.run = unassign,
};

/* force */

static int no_period(const char *word, struct err *err)
{
	static const char *const words[] = { "business", "open", "break", "outside", "closed",
		"holiday", "auto" };

	err_set(err, ERR_USAGE,
		"no period '%s'; there are: business (open), break, outside (closed), holiday, and auto",
		word);
	return closest_guess(err, word, words, ARRAY_SIZE(words));
}

static int force(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));
	const char *word = input_arg(in, 1);
	bool end = !strcasecmp(word, "auto");
	int period = end ? -1 : period_parse(word);
	char text[OUT_WHEN_SIZE] = "";
	struct until until = { .kind = UNTIL_FOREVER };
	struct out_options options = ctl->out;

	if (period < 0 && !end)
		return no_period(word, err);
	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_schedule_find(tx, input_arg(in, 0), sched, err) < 0 ||
		!(options.also = ctl->zones->get(ctl->zones, sched->zone, err)) ||
		(!end && lifetime_read(ctl, in, ctl->now, NULL, &until, err) < 0) ||
		follow_schedule_force(tx, sched, period, lifetime_end(&until), ctl->now, err) < 0 ||
		store_commit(tx, err) < 0)
		return -1;
	if (until.kind == UNTIL_TIME)
		out_when(&options, until.at, text);
	if (end)
		say("%s is back to its hours\n", sched->name);
	else
		say("%s is %s by hand%s%s\n", sched->name, period_name((enum period)period),
			*text ? " until " : " until 'schedule force' is 'auto'", text);
	return 0;
}

static const struct arg force_args[] = { { "schedule", ARG_SCHEDULE, 0 },
	{ "period", ARG_PERIOD, 0 }, { 0 } };

static const struct opt force_opts[] = {
	LIFETIME_OPTS,
	{ 0 },
};

const struct command cmd_schedule_force = {
	.path = "schedule force",
	.summary = "set the period of a schedule by hand",
	.details =
		"The period (business or open, break, outside or closed, holiday) holds for everyone on the schedule "
		"until the end that is given; 'auto' ends it at once.",
	.args = force_args,
	.opts = force_opts,
	.needs = NEED_STORE,
	.run = force,
};
