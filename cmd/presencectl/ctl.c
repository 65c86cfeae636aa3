/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/ctl.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/strbuf.h"
#include "lib/base/text.h"
#include "lib/binding/actor.h"
#include "lib/binding/clock.h"
#include "lib/binding/owner.h"
#include "lib/follow/check.h"
#include "lib/follow/entries.h"
#include "lib/follow/follow.h"
#include "lib/follow/later.h"

enum {
	AT_ONCE = 10000,  /* users whom an edit decides about in its own transaction */
	REST_MIN_MS = 20, /* between two slices, else as long as the last one took */
	REST_MAX_MS = 100,
};

/* The zone of the person at the terminal. */
static int find_zone(struct ctl *ctl, struct err *err)
{
	const char *name = ctl->zone_name, *tz = getenv("TZ");

	if (!name && tz && *tz && !strcmp(ctl->conf->zone, CONF_ZONE_LOCAL))
		name = tz + (*tz == ':');
	ctl->zone = name ? ctl->zones->get(ctl->zones, name, err) : ctl->home;
	if (ctl->zone)
		return 0;
	return ctl->zone_name ? err_wrap(err, "--zone") : err_wrap(err, "TZ");
}

int ctl_open(struct ctl *ctl, int needs, struct err *err)
{
	static char name[ACTOR_NAME_SIZE];
	struct actor actor;

	if (needs & NEED_ENTRIES)
		needs |= NEED_STORE;
	if (needs & (NEED_CONF | NEED_STORE) && !ctl->conf) {
		if (conf_load(ctl->conf_path, &ctl->conf, err) < 0)
			return -1;
	}
	if (needs & (NEED_CONF | NEED_STORE) && !ctl->zones) {
		if (check_zones(ctl->conf, &ctl->zonefiles, err) < 0)
			return -1;
		ctl->zones = zonefiles_zones(ctl->zonefiles);
		ctl->home = ctl->zones->get(ctl->zones, "", NULL);
	}
	if (ctl->zones && !ctl->zone && find_zone(ctl, err) < 0)
		return -1;
	if (needs & NEED_STORE && !ctl->store) {
		actor_get("cli", &actor, name);
		if (owner_become(ctl_database(ctl), err) < 0 ||
			follow_open(ctl_database(ctl), &actor, ctl->zones, &ctl->store, err) < 0)
			return -1;
		follow_set_countries(ctl->store, ctl_countries(ctl));
		prefix_set(&ctl->prefixes, ctl->conf, ctl->store);
		follow_later_above(ctl->store, AT_ONCE);
	}
	return needs & NEED_ENTRIES ? entries_follow(ctl->store, &ctl->prefixes, err) : 0;
}

/* Others write meanwhile. */
static void rest(int64_t ms)
{
	poll(NULL, 0, ms < REST_MIN_MS ? REST_MIN_MS : ms > REST_MAX_MS ? REST_MAX_MS : (int)ms);
}

static void show_progress(size_t done, size_t all)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, done < all ? "\r%zu of %zu users " : "\r\033[K", done, all);
}

int ctl_finish(struct ctl *ctl, struct err *err)
{
	size_t all = follow_later_left(ctl->store), left;
	struct err why;

	while ((left = follow_later_left(ctl->store)) > 0) {
		int64_t began = clock_monotonic_ms(), took;

		show_progress(all - left, all);
		if (follow_later_step(ctl->store, clock_now(), &why) < 0) {
			follow_later_drop(ctl->store);
			return err_set(err, ERR_PENDING,
				"recorded, but %zu users are left to presenced: %s", left, why.msg);
		}
		took = clock_monotonic_ms() - began;
		rest(took);
	}
	if (all)
		show_progress(all, all);
	return 0;
}

struct countries *ctl_countries(struct ctl *ctl)
{
	if (!ctl->countryfiles)
		ctl->countryfiles = countryfiles_new(ctl->conf->holidays);
	return countryfiles_countries(ctl->countryfiles);
}

void ctl_forget_countries(struct ctl *ctl)
{
	if (!ctl->countryfiles)
		return;
	countryfiles_free(ctl->countryfiles);
	ctl->countryfiles = NULL;
	if (ctl->store)
		follow_set_countries(ctl->store, ctl_countries(ctl));
}

const char *ctl_database(const struct ctl *ctl)
{
	return ctl->db_path ? ctl->db_path : ctl->conf->database;
}

void ctl_done(struct ctl *ctl)
{
	store_free(ctl->store);
	conf_free(ctl->conf);
	zonefiles_free(ctl->zonefiles);
	countryfiles_free(ctl->countryfiles);
	ctl->store = NULL;
	ctl->conf = NULL;
	ctl->zonefiles = NULL;
	ctl->countryfiles = NULL;
	ctl->zones = NULL;
	ctl->zone = ctl->home = NULL;
}

void ctl_notice(const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	char raw[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_escape(&text, raw);
	fprintf(stderr, PROGRAM ": %s\n", text.s);
	strbuf_done(&text);
}

int ctl_pbx(const struct ctl *ctl, char pbx[NAME_MAX_LEN + 1], struct err *err)
{
	const struct conf *conf = ctl->conf;
	const struct conf_pbx *found;

	if (!*pbx && !conf->pbx_n)
		return err_set(err, ERR_CONF, "%s names no PBX; see presence.conf(5)", conf->path);
	if (!*pbx && conf->pbx_n > 1)
		return err_set(err, ERR_USAGE, "there are %zu PBXs; say which: pbx=%s", conf->pbx_n,
			conf->pbx[0].name);
	if (conf_find_pbx(conf, *pbx ? pbx : conf->pbx[0].name, &found, err) < 0)
		return -1;
	text_copy(pbx, NAME_MAX_LEN + 1, found->name);
	return 0;
}

int ctl_join(void *data, const char *name)
{
	struct strbuf *to = data;

	if (to->len)
		strbuf_addc(to, '\n');
	strbuf_adds(to, name);
	return 0;
}

int ctl_expect(const struct input *in, size_t n, struct err *err)
{
	const char *expect = input_opt(in, "expect");

	if (!expect || strtoull(expect, NULL, 10) == n)
		return 0;
	return err_set(err, ERR_FAILED,
		"this is %zu user%s, not %s as expected; nothing was changed", n, n == 1 ? "" : "s",
		expect);
}
