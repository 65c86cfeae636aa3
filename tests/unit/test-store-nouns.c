/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each noun as rows of the database: all of it comes back as it was saved, in order, and what is in use stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store-help.h"

enum { HOUR = 3600, DAY = 86400 };
#define NOW INT64_C(1781506800) /* Monday 2026-06-15 09:00 in Stockholm */

static int setup(void **state)
{
	struct site *site = site_new();

	OK(store_begin(site->s, NULL));
	user_init(&site->alice, "alice", "1001");
	user_init(&site->bob, "bob", "1002");
	OK(follow_user_save(site->s, &site->alice, NOW, NULL));
	OK(follow_user_save(site->s, &site->bob, NOW, NULL));
	OK(store_mode_find(site->s, "away", &site->away, NULL));
	*state = site;
	return 0;
}

static void expect_err(const struct err *err, enum err_code code, const char *text)
{
	assert_int_equal(err->code, code);
	if (!strstr(err->msg, text))
		fail_msg("no '%s' in '%s'", text, err->msg);
}

/* Lines of text, one a thing, to compare. */
static void expect_text(struct strbuf *got, const char *text)
{
	if (strcmp(got->s, text) != 0)
		fail_msg("got\n%s\nnot\n%s", got->s, text);
	strbuf_cut(got, 0);
}

static int add_name(void *data, const char *name)
{
	struct strbuf *to = data;

	strbuf_addf(to, "%s%s", to->len ? " " : "", name);
	return 0;
}

/* Facts. */

static void expect_fact(struct store *s, const char *name, const char *value)
{
	char is[16] = "garbage";

	OK(store_fact_get(s, name, is, sizeof(is), NULL));
	assert_string_equal(is, value);
}

static void test_fact(void **state)
{
	struct store *s = ((struct site *)*state)->s;

	expect_fact(s, "colour", "");
	OK(store_fact_set(s, "colour", "red", NULL));
	OK(store_fact_set(s, "shape", "round", NULL));
	expect_fact(s, "colour", "red");
	OK(store_fact_set(s, "colour", "blue", NULL));
	expect_fact(s, "colour", "blue");
	expect_fact(s, "shape", "round");
}

/* How presenced gets on with PBXs. */

static void expect_pbx(struct store *s, const char *pbx, const char *text)
{
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
	struct pbx_state is;

	memset(&is, 'x', sizeof(is));
	OK(store_pbx_get(s, pbx, &is, NULL));
	strbuf_addf(&got, "%s '%s' '%s' %lld", is.state, is.error, is.version, (long long)is.since);
	expect_text(&got, text);
}

static void test_pbx(void **state)
{
	struct store *s = ((struct site *)*state)->s;
	struct pbx_state up = { .state = "connected", .version = "9.0.0", .since = NOW };
	struct pbx_state down = { .state = "down", .error = "refused", .since = NOW + 1 };

	expect_pbx(s, "main", " '' '' 0");
	OK(store_pbx_set(s, "main", &up, NULL));
	expect_pbx(s, "main", "connected '' '9.0.0' 1781506800");
	OK(store_pbx_set(s, "main", &down, NULL));
	expect_pbx(s, "MAIN", "down 'refused' '' 1781506801");
	expect_pbx(s, "other", " '' '' 0");
	OK(store_pbx_set(s, "main", &up, NULL));
	expect_pbx(s, "main", "connected '' '9.0.0' 1781506800");
}

/* The log. */

static int add_time(void *data, const struct log_record *r)
{
	struct strbuf *to = data;

	strbuf_addf(to, "%s%s+%d", to->len ? " " : "", r->subject, (int)(r->at - NOW));
	return 0;
}

static void expect_times(
	struct store *s, const char *subject, int64_t since, size_t limit, const char *text)
{
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;

	OK(log_each(s, subject, since, limit, add_time, &got));
	expect_text(&got, text);
}

static int stop_at_first(void *data, const struct log_record *r)
{
	*(int64_t *)data = r->at;
	return 7;
}

/* The newest, oldest first; of one subject, whatever the case. */
static void test_log(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	int64_t at = 0;

	expect_times(s, NULL, NOW + 1, 10, "");
	for (int i = 1; i <= 3; i++) {
		switch_in(s, &site->alice, i % 2 ? "away" : "dnd", UNTIL_OPEN, NOW + 10 * i);
		switch_in(s, &site->bob, "dnd", NOW + DAY + i, NOW + 10 * i + 1);
		/* The same again changes nothing. */
		switch_in(s, &site->bob, "dnd", NOW + DAY + i, NOW + 10 * i + 2);
	}
	expect_times(s, NULL, NOW + 1, 10, "alice+10 bob+11 alice+20 bob+21 alice+30 bob+31");
	expect_times(s, NULL, NOW + 1, 3, "bob+21 alice+30 bob+31");
	expect_times(s, NULL, NOW + 21, 10, "bob+21 alice+30 bob+31");
	expect_times(s, "ALICE", NOW + 1, 10, "alice+10 alice+20 alice+30");
	expect_times(s, "alice", NOW + 1, 2, "alice+20 alice+30");
	expect_times(s, "alice", NOW + 20, 10, "alice+20 alice+30");
	assert_int_equal(log_each(s, NULL, NOW + 1, 10, stop_at_first, &at), 7);
	assert_int_equal(at, NOW + 10);
}

/* Groups. */

static int add_group(void *data, const struct group *g)
{
	strbuf_addf(data, "%s: %d, schedule '%s'\n", g->name, (int)g->members, g->schedule);
	return strcmp(g->name, "stop") == 0 ? 5 : 0;
}

static void expect_groups(struct store *s, int result, const char *text)
{
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;

	assert_int_equal(store_group_each(s, add_group, &got, NULL), result);
	expect_text(&got, text);
}

static void assign(struct site *site, const struct group *g, const struct user *u, bool member,
	bool expect_change)
{
	bool changed = !expect_change;

	OK(follow_group_assign(site->s, g, u, member, NOW, &changed, NULL));
	assert_int_equal(changed, expect_change);
}

static void test_group(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	_cleanup_(strbuf_done) struct strbuf names = STRBUF_INIT;
	struct group sales, stop, zebra;
	struct err err = { 0 };

	OK(follow_group_add(s, "zebra", NOW, NULL));
	OK(follow_group_add(s, "sales", NOW, NULL));
	OK(follow_group_add(s, "stop", NOW, NULL));
	assert_int_equal(follow_group_add(s, "SALES", NOW, &err), -1);
	expect_err(&err, ERR_USAGE, "there is a group 'SALES' already");
	OK(store_group_find(s, "Sales", &sales, NULL));
	OK(store_group_find(s, "zebra", &zebra, NULL));
	OK(store_group_find(s, "stop", &stop, NULL));
	assert_int_equal(store_group_find(s, "sails", &stop, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no group 'sails'; did you mean 'sales'?");

	assign(site, &sales, &site->alice, true, true);
	assign(site, &sales, &site->alice, true, false);
	expect_log(s, "alice", 1, "group assign alice by test root 0: group - > sales");
	assign(site, &sales, &site->bob, true, true);
	assign(site, &zebra, &site->alice, true, true);
	expect_groups(s, 5, "sales: 2, schedule ''\nstop: 0, schedule ''\n");
	OK(store_group_of_user(s, site->alice.id, add_name, &names, NULL));
	expect_text(&names, "sales zebra");
	assign(site, &sales, &site->bob, false, true);
	assign(site, &sales, &site->bob, false, false);
	expect_log(s, "bob", 1, "group unassign bob by test root 0: group sales > -");
	OK(follow_group_delete(s, &stop, NOW, NULL));
	expect_groups(s, 0, "sales: 1, schedule ''\nzebra: 1, schedule ''\n");
}

/* The schedule of a group is that of its members, as long as they are its members. */
static void test_group_schedule(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct group first, second;
	bool changed;

	site->office = (struct schedule){ .name = "office", .hours = "Mon-Fri 10:00-17:00" };
	site->office.forced = -1;
	OK(follow_schedule_save(s, &site->office, NOW, NULL));
	OK(follow_group_add(s, "first", NOW, NULL));
	OK(follow_group_add(s, "second", NOW, NULL));
	OK(store_group_find(s, "first", &first, NULL));
	OK(store_group_find(s, "second", &second, NULL));
	assign(site, &first, &site->alice, true, true);
	assign(site, &second, &site->alice, true, true);
	expect_mode(s, &site->alice, "available");
	OK(follow_schedule_assign_group(s, &site->office, &second, NOW, &changed, NULL));
	assert_true(changed);
	OK(follow_schedule_assign_group(s, &site->office, &second, NOW, &changed, NULL));
	assert_false(changed);
	expect_groups(s, 0, "first: 1, schedule ''\nsecond: 1, schedule 'office'\n");
	expect_mode(s, &site->alice, "off-work");
	expect_mode(s, &site->bob, "available");
	assign(site, &second, &site->alice, false, true);
	expect_mode(s, &site->alice, "available");
	assign(site, &second, &site->alice, true, true);
	expect_mode(s, &site->alice, "off-work");
	OK(follow_group_delete(s, &first, NOW, NULL));
	expect_mode(s, &site->alice, "off-work");
	OK(follow_group_delete(s, &second, NOW, NULL));
	expect_mode(s, &site->alice, "available");
}

/* Modes. */

static int add_mode(void *data, const struct mode *m)
{
	strbuf_addf(data, "%s/%s/%s %s lamp %s '%s' %s builtin %d\n", m->name, m->alias, m->label,
		ptype_name(m->type), lamp_name(m->lamp), m->note, m->lifetime, m->builtin);
	return strcmp(m->name, "stop") == 0 ? 5 : 0;
}

static void test_mode(void **state)
{
	static const char *const words[] = { "siesta", "SIESTA", "nap", "Nap" };
	struct store *s = ((struct site *)*state)->s;
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
	struct mode siesta = { .name = "siesta",
		.alias = "nap",
		.label = "Siesta",
		.type = PTYPE_XA,
		.lamp = LAMP_RINGING,
		.note = "asleep",
		.lifetime = "2h" };
	struct mode stop = {
		.name = "stop", .label = "Stop", .type = PTYPE_CHAT, .lifetime = "1h"
	};
	struct mode plain = {
		.name = "plain", .label = "Plain", .type = PTYPE_DND, .lifetime = "1h"
	};
	struct mode is;

	OK(follow_mode_save(s, &siesta, NOW, NULL));
	expect_log(s, "siesta", 1, "mode add siesta by test root 0: lifetime - > 2h");
	OK(follow_mode_save(s, &stop, NOW, NULL));
	OK(follow_mode_save(s, &plain, NOW, NULL)); /* also without an alias */
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		OK(store_mode_find(s, words[i], &is, NULL));
		assert_int_equal(is.id, siesta.id);
	}
	assert_int_equal(store_mode_each(s, add_mode, &got, NULL), 5);
	expect_text(&got,
		"available//Available available lamp off '' next builtin 1\n"
		"away//Away away lamp hold '' next builtin 1\n"
		"do-not-disturb/dnd/Do Not Disturb dnd lamp busy '' next builtin 1\n"
		"lunch-break/lunch/Lunch Break away lamp hold '' 1h builtin 1\n"
		"business-trip/trip/Business Trip xa lamp hold '' forever builtin 1\n"
		"off-work/off/Off Work unavailable lamp hold '' next builtin 1\n"
		"siesta/nap/Siesta xa lamp ringing 'asleep' 2h builtin 0\n"
		"stop//Stop chat lamp off '' 1h builtin 0\n");
	/* What was read before it was written is not read again. */
	siesta = (struct mode){ .id = siesta.id,
		.name = "rest",
		.label = "Rest",
		.type = PTYPE_DND,
		.note = "resting",
		.lifetime = "next" };
	OK(follow_mode_save(s, &siesta, NOW, NULL));
	expect_log(s, "rest", 1, "mode set rest by test root 0: lifetime 2h > next");
	OK(store_mode_get(s, siesta.id, &is, NULL));
	add_mode(&got, &is);
	expect_text(&got, "rest//Rest dnd lamp off 'resting' next builtin 0\n");
}

/* A word names one mode at most. */
static void test_mode_names(void **state)
{
	static const struct {
		const char *name, *alias, *text;
	} table[] = {
		{ "AWAY", "", "there is a mode 'AWAY' already" },
		{ "dnd", "", "there is a mode 'dnd' already" },
		{ "siesta", "Lunch", "there is a mode 'Lunch' already" },
		{ "siesta", "away", "there is a mode 'away' already" },
		{ "siesta", "Siesta", "the alias of mode 'siesta' is its name" },
	};
	struct store *s = ((struct site *)*state)->s;
	struct err err = { 0 };
	struct mode m;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		m = (struct mode){ .label = "x", .lifetime = "1h" };
		text_copy(m.name, sizeof(m.name), table[i].name);
		text_copy(m.alias, sizeof(m.alias), table[i].alias);
		assert_int_equal(follow_mode_save(s, &m, NOW, &err), -1);
		expect_err(&err, ERR_USAGE, table[i].text);
	}
	/* Its own words are free to it. */
	OK(store_mode_find(s, "dnd", &m, NULL));
	OK(follow_mode_save(s, &m, NOW, NULL));
	assert_int_equal(store_mode_find(s, "dnt", &m, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no mode 'dnt'; did you mean 'dnd'?");
	assert_int_equal(store_mode_find(s, "awy", &m, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no mode 'awy'; did you mean 'away'?");
}

static int64_t uses(struct store *s, const struct mode *m)
{
	int64_t n = -1;

	OK(store_mode_uses(s, m->id, &n, NULL));
	return n;
}

/* Whatever names a mode: it is counted, and names the heir when the mode goes. */
static void test_mode_heir(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct mode siesta = { .name = "siesta", .label = "Siesta", .lifetime = "1h" };
	struct override o = { .given = NOW, .start = NOW + HOUR, .until = NOW + DAY };
	struct user carol, u;
	struct schedule h;

	OK(follow_mode_save(s, &siesta, NOW, NULL));
	assert_int_equal(uses(s, &siesta), 0);
	/* Users in it, and who comes back to it. */
	switch_in(s, &site->alice, "siesta", UNTIL_OPEN, NOW);
	assert_int_equal(uses(s, &siesta), 1);
	switch_in(s, &site->alice, "dnd", NOW + HOUR, NOW);
	assert_int_equal(uses(s, &siesta), 1);
	/* Users of whom a key names it, each once. */
	text_copy(site->bob.mode, sizeof(site->bob.mode), "siesta");
	text_copy(site->bob.busy, sizeof(site->bob.busy), "siesta");
	OK(follow_user_save(s, &site->bob, NOW, NULL));
	assert_int_equal(uses(s, &siesta), 2);
	user_init(&carol, "carol", "1003");
	text_copy(carol.patterns, sizeof(carol.patterns),
		"summary=a:siesta; category=siesta:dnd; summary=b:Siesta");
	OK(follow_user_save(s, &carol, NOW, NULL));
	assert_int_equal(uses(s, &siesta), 3);
	*carol.patterns = '\0';
	OK(follow_user_save(s, &carol, NOW, NULL));
	assert_int_equal(uses(s, &siesta), 2);
	text_copy(carol.oof, sizeof(carol.oof), "SIESTA");
	OK(follow_user_save(s, &carol, NOW, NULL));
	assert_int_equal(uses(s, &siesta), 3);
	text_copy(carol.patterns, sizeof(carol.patterns),
		"summary=a:siesta; category=siesta:dnd; summary=b:Siesta");
	for (int i = 0; i < PERIOD_COUNT; i++)
		text_copy(carol.period_mode[i], sizeof(carol.period_mode[i]), "siesta");
	OK(follow_user_save(s, &carol, NOW, NULL));
	assert_int_equal(uses(s, &siesta), 3);
	/* A schedule and an override. */
	h = (struct schedule){ .name = "office", .hours = "Mon 10:00-11:00", .forced = -1 };
	for (int i = 0; i < PERIOD_COUNT; i++)
		text_copy(h.period_mode[i], sizeof(h.period_mode[i]), "siesta");
	OK(follow_schedule_save(s, &h, NOW, NULL));
	assert_int_equal(uses(s, &siesta), 4);
	o.mode_id = siesta.id;
	OK(follow_override_add(s, &o, site->bob.id, 0, NULL));
	assert_int_equal(uses(s, &siesta), 5);

	expect_mode(s, &site->bob, "siesta");
	OK(follow_mode_delete(s, &siesta, &site->away, NOW, NULL));
	expect_log(s, "siesta", 1, "mode delete siesta by test root 0: lifetime 1h > -");
	expect_mode(s, &site->bob, "away");
	expect_mode(s, &site->alice, "do-not-disturb");
	assert_int_equal(uses(s, &site->away), 5);
	OK(store_user_get(s, site->bob.id, &u, NULL));
	assert_string_equal(u.mode, "away");
	assert_string_equal(u.busy, "away");
	OK(store_user_get(s, carol.id, &u, NULL));
	assert_string_equal(u.oof, "away");
	assert_string_equal(
		u.patterns, "summary=a:away; category=siesta:do-not-disturb; summary=b:away");
	OK(store_schedule_get(s, h.id, &h, NULL));
	for (int i = 0; i < PERIOD_COUNT; i++) {
		assert_string_equal(u.period_mode[i], "away");
		assert_string_equal(h.period_mode[i], "away");
	}
}

/* Overrides. */

static int add_override(void *data, const struct override *o)
{
	strbuf_addf(data, "%d: %s '%s' by %s, %d %d %d\n", (int)o->id, o->scope, o->reason,
		o->giver, (int)(o->given - NOW), (int)(o->start - NOW),
		o->until == UNTIL_OPEN ? -1 : (int)(o->until - NOW));
	return 0;
}

static void expect_overrides(struct store *s, const char *text)
{
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;

	OK(store_override_each(s, add_override, &got, NULL));
	expect_text(&got, text);
}

static int stop_override(void *data, const struct override *o)
{
	(void)data;
	return (int)o->id + 7;
}

static void order(
	struct site *site, struct override *o, const char *mode, int64_t user_id, int64_t group_id)
{
	struct mode m;

	OK(store_mode_find(site->s, mode, &m, NULL));
	o->mode_id = m.id;
	o->given = NOW;
	OK(follow_override_add(site->s, o, user_id, group_id, NULL));
}

static void expect_modes(struct site *site, const char *alice, const char *bob)
{
	expect_mode(site->s, &site->alice, alice);
	expect_mode(site->s, &site->bob, bob);
}

/* Of several the one given last wins, whoever it is for. */
static void test_override(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct override for_bob = { .start = NOW, .until = UNTIL_OPEN, .scope = "bob" },
			all = { .start = NOW,
				.until = NOW + DAY,
				.scope = "all",
				.reason = "fire drill" },
			sales = { .start = NOW, .until = NOW + HOUR, .scope = "@sales" },
			later = { .start = NOW + 2 * HOUR, .until = UNTIL_OPEN, .scope = "alice" };
	struct group g;
	size_t n;

	OK(follow_group_add(s, "sales", NOW, NULL));
	OK(store_group_find(s, "sales", &g, NULL));
	assign(site, &g, &site->alice, true, true);
	order(site, &for_bob, "away", site->bob.id, 0);
	expect_modes(site, "available", "away");
	order(site, &all, "dnd", 0, 0);
	expect_modes(site, "do-not-disturb", "do-not-disturb");
	order(site, &sales, "lunch", 0, g.id);
	expect_modes(site, "lunch-break", "do-not-disturb");
	order(site, &later, "trip", site->alice.id, 0);
	expect_modes(site, "lunch-break", "do-not-disturb");
	expect_overrides(s,
		"1: bob '' by root, 0 0 -1\n"
		"2: all 'fire drill' by root, 0 0 86400\n"
		"3: @sales '' by root, 0 0 3600\n"
		"4: alice '' by root, 0 7200 -1\n");
	expect_log(s, "all", 1,
		"override set all by test root 0: override - > do-not-disturb (fire drill)");
	assert_int_equal(store_override_each(s, stop_override, NULL, NULL), 8);
	assert_string_equal(
		see_presence(s, &site->bob).reason, "override of all by root: fire drill");
	assert_int_equal(see_presence(s, &site->bob).until, NOW + DAY);
	OK(store_commit(s, NULL));

	/* What is over is gone. */
	OK(follow_tick(s, NOW + HOUR, &n, NULL));
	expect_modes(site, "do-not-disturb", "do-not-disturb");
	expect_overrides(s,
		"1: bob '' by root, 0 0 -1\n"
		"2: all 'fire drill' by root, 0 0 86400\n"
		"4: alice '' by root, 0 7200 -1\n");
	OK(follow_tick(s, NOW + 2 * HOUR, &n, NULL));
	expect_modes(site, "business-trip", "do-not-disturb");
}

/* More than are read of one user: the oldest do not count. */
static void test_many(void **state)
{
	enum { MANY = 70, READ = 64 };
	struct site *site = *state;
	size_t n;

	for (int i = 0; i < MANY; i++) {
		struct override o = { .start = NOW, .until = NOW + HOUR + i, .scope = "all" };

		order(site, &o, i ? "away" : "trip", 0, 0);
		switch_in(site->s, &site->alice, "dnd", NOW + DAY - i, NOW);
	}
	expect_modes(site, "away", "away");
	OK(store_commit(site->s, NULL));
	OK(follow_tick(site->s, NOW + 2 * HOUR, &n, NULL));
	expect_modes(site, "do-not-disturb", "available");
	assert_int_equal(see_presence(site->s, &site->alice).until, NOW + DAY - (MANY - READ));
}

static void expect_covered(
	struct site *site, const struct override *o, const struct user *first, size_t n)
{
	_cleanup_(ids_done) struct ids covered = { .n = 0 };

	OK(follow_override_delete(site->s, o, NOW, &covered, NULL));
	assert_int_equal(covered.n, n);
	assert_int_equal(covered.ids[0], first->id);
}

/* Who is told that it is over, by name; and who joins a group later is covered too. */
static void test_override_covers(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct override all = { .start = NOW, .until = UNTIL_OPEN, .scope = "all" },
			sales = { .start = NOW, .until = UNTIL_OPEN, .scope = "@sales" },
			for_bob = { .start = NOW, .until = UNTIL_OPEN, .scope = "bob" };
	struct err err = { 0 };
	struct group g;

	OK(follow_group_add(s, "sales", NOW, NULL));
	OK(store_group_find(s, "sales", &g, NULL));
	order(site, &sales, "away", 0, g.id);
	expect_modes(site, "available", "available");
	assign(site, &g, &site->bob, true, true);
	expect_modes(site, "available", "away");
	assert_int_equal(follow_group_delete(s, &g, NOW, &err), -1);
	expect_err(&err, ERR_FAILED,
		"override 1 is for group 'sales'; 'override clear @sales' ends it first");
	order(site, &for_bob, "dnd", site->bob.id, 0);
	order(site, &all, "lunch", 0, 0);
	text_copy(site->bob.name, sizeof(site->bob.name), "aaron");
	OK(follow_user_save(s, &site->bob, NOW, NULL));
	expect_covered(site, &all, &site->bob, 2);
	expect_modes(site, "available", "do-not-disturb");
	expect_covered(site, &for_bob, &site->bob, 1);
	expect_modes(site, "available", "away");
	expect_covered(site, &sales, &site->bob, 1);
	expect_modes(site, "available", "available");
	OK(follow_group_delete(s, &g, NOW, NULL));
}

/* Schedules. */

static void print_schedule(struct strbuf *to, const struct schedule *h)
{
	strbuf_addf(to, "%s|%s|%s|%s|%s|%s|%s|%s|", h->name, h->zone, h->hours, h->breaks,
		h->special, h->before_holiday, h->holidays, h->calendars);
	for (int i = 0; i < PERIOD_COUNT; i++)
		strbuf_addf(to, "%s|", h->period_mode[i]);
	strbuf_addf(to, "%d %lld %lld\n", h->forced, (long long)h->forced_since,
		h->forced == -1 ? 0 : (long long)h->forced_until);
}

static int add_schedule(void *data, const struct schedule *h)
{
	print_schedule(data, h);
	return strcmp(h->name, "stop") == 0 ? 5 : 0;
}

#define OFFICE                                                                                                         \
	"office|Europe/Oslo|calendar:open|Mon-Fri 12:00-13:00|2026-12-24 closed|09:00-12:00 = Half|12-25|late, early|" \
	"away|lunch-break|off-work|business-trip|"

static void test_schedule(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
	struct calendar_info open = { .name = "open", .hours = "Mon-Fri 09:00-17:00" };
	struct calendar_info early = { .name = "early", .holidays = "12-31" };
	struct calendar_info late = { .name = "late", .holidays = "01-01" };
	struct schedule office = { .name = "office",
		.zone = "Europe/Oslo",
		.hours = "calendar:open",
		.breaks = "Mon-Fri 12:00-13:00",
		.special = "2026-12-24 closed",
		.before_holiday = "09:00-12:00 = Half",
		.holidays = "12-25",
		.calendars = "late, early",
		.period_mode = { "away", "lunch", "off-work", "trip" },
		.forced = -1 };
	struct schedule stop = { .name = "stop", .hours = "Mon 09:00-17:00", .forced = -1 };
	struct schedule zoo = { .name = "zoo", .hours = "Mon 09:00-17:00", .forced = -1 };
	struct schedule is;
	struct err err = { 0 };

	OK(follow_calendar_save(s, &open, NOW, NULL));
	OK(follow_calendar_save(s, &early, NOW, NULL));
	OK(follow_calendar_save(s, &late, NOW, NULL));
	OK(follow_schedule_save(s, &zoo, NOW, NULL));
	OK(follow_schedule_save(s, &stop, NOW, NULL));
	OK(follow_schedule_save(s, &office, NOW, NULL));
	expect_log(s, "office", 1,
		"schedule add office by test root 0: mode.holiday - > business-trip");
	assert_int_equal(store_schedule_each(s, add_schedule, &got, NULL), 5);
	expect_text(&got, OFFICE "-1 0 0\nstop||Mon 09:00-17:00||||||||||-1 0 0\n");
	OK(store_schedule_find(s, "OFFICE", &is, NULL));
	assert_int_equal(is.id, office.id);
	OK(follow_schedule_force(s, &is, PERIOD_HOLIDAY, NOW + HOUR, NOW, NULL));
	expect_log(s, "office", 1, "schedule force office by test root 0: forced - > holiday");
	OK(store_schedule_get(s, office.id, &is, NULL));
	print_schedule(&got, &is);
	expect_text(&got, OFFICE "3 1781506800 1781510400\n");
	OK(follow_schedule_force(s, &is, -1, 0, NOW, NULL));
	expect_log(s, "office", 1, "schedule force office by test root 0: forced holiday > -");
	OK(follow_schedule_save(s, &office, NOW, NULL));
	expect_log(s, "office", 1, "schedule force office by test root 0: forced holiday > -");
	OK(store_schedule_get(s, office.id, &is, NULL));
	assert_int_equal(is.forced, -1);

	text_copy(zoo.name, sizeof(zoo.name), "Office");
	assert_int_equal(follow_schedule_save(s, &zoo, NOW, &err), -1);
	expect_err(&err, ERR_USAGE, "there is a schedule 'Office' already");
	assert_int_equal(store_schedule_find(s, "offise", &is, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no schedule 'offise'; did you mean 'office'?");
	assert_int_equal(store_schedule_get(s, 4711, &is, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no schedule with number 4711");
	text_copy(office.calendars, sizeof(office.calendars), "early, no-such");
	assert_int_equal(follow_schedule_save(s, &office, NOW, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no calendar 'no-such'");
}

static void expect_users(struct store *s, const struct schedule *h, int64_t n)
{
	int64_t is = -1;

	OK(store_schedule_users(s, h->id, &is, NULL));
	assert_int_equal(is, n);
}

static void assign_schedule(
	struct site *site, const struct schedule *h, const struct user *u, bool expect_change)
{
	bool changed = !expect_change;

	OK(follow_schedule_assign_user(site->s, h, u->id, NOW, &changed, NULL));
	assert_int_equal(changed, expect_change);
}

/* Who is on a schedule, of their own or by a group, and that it stays while somebody is. */
static void test_schedule_users(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct schedule office = { .name = "office", .hours = "Mon-Fri 10:00-17:00", .forced = -1 };
	struct schedule lab = { .name = "lab", .hours = "Mon-Fri 08:00-17:00", .forced = -1 };
	struct err err = { 0 };
	struct group g;
	bool changed;
	size_t n;

	OK(follow_schedule_save(s, &office, NOW, NULL));
	OK(follow_schedule_save(s, &lab, NOW, NULL));
	OK(follow_group_add(s, "sales", NOW, NULL));
	OK(store_group_find(s, "sales", &g, NULL));
	assign(site, &g, &site->alice, true, true);
	assign(site, &g, &site->bob, true, true);
	expect_users(s, &office, 0);
	OK(follow_schedule_assign_group(s, &office, &g, NOW, &changed, NULL));
	expect_users(s, &office, 2);
	expect_modes(site, "off-work", "off-work");
	/* A user's own beats that of the groups. */
	assign_schedule(site, &lab, &site->alice, true);
	assign_schedule(site, &lab, &site->alice, false);
	expect_users(s, &office, 1);
	expect_users(s, &lab, 1);
	expect_modes(site, "available", "off-work");
	assign_schedule(site, &office, &site->bob, true);
	expect_users(s, &office, 1);
	assign_schedule(site, NULL, &site->alice, true);
	expect_users(s, &office, 2);
	expect_modes(site, "off-work", "off-work");

	OK(follow_schedule_delete(s, &lab, NOW, NULL));
	assert_int_equal(follow_schedule_delete(s, &office, NOW, &err), -1);
	expect_err(&err, ERR_FAILED, "schedule 'office' is assigned to 1 user and 1 group;");
	assign_schedule(site, NULL, &site->bob, true);
	assert_int_equal(follow_schedule_delete(s, &office, NOW, &err), -1);
	expect_err(&err, ERR_FAILED, "schedule 'office' is assigned to 0 users and 1 group;");
	assign_schedule(site, &office, &site->bob, true);
	OK(follow_schedule_assign_group(s, NULL, &g, NOW, &changed, NULL));
	assert_int_equal(follow_schedule_delete(s, &office, NOW, &err), -1);
	expect_err(&err, ERR_FAILED, "schedule 'office' is assigned to 1 user and 0 groups;");
	OK(follow_schedule_assign_group(s, &office, &g, NOW, &changed, NULL));
	OK(follow_schedule_unassign_all(s, &office, NOW, &n, NULL));
	assert_int_equal(n, 2);
	expect_users(s, &office, 0);
	expect_modes(site, "available", "available");
	OK(follow_schedule_unassign_all(s, &office, NOW, &n, NULL));
	assert_int_equal(n, 0);
	OK(follow_schedule_delete(s, &office, NOW, NULL));
	expect_log(s, "office", 1,
		"schedule delete office by test root 0: hours Mon-Fri 10:00-17:00 > -");
}

static void expect_hours(struct store *s, const char *lamp, const char *row)
{
	expect_item(s, "Custom:hours-office", lamp);
	expect_item(s, "presence-hours/office", row);
}

/* What a schedule says is on every PBX that has users. */
static void test_schedule_items(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct schedule office = { .name = "office",
		.hours = "Mon-Fri 10:00-17:00",
		.breaks = "12:00-13:00",
		.forced = -1 };
	struct seen_item lamp;
	size_t n;

	OK(follow_schedule_save(s, &office, NOW, NULL));
	expect_hours(s, "NOT_INUSE", "outside");
	OK(store_commit(s, NULL));
	confirm_all(s);
	OK(follow_tick(s, NOW + HOUR - 1, &n, NULL));
	expect_hours(s, NULL, "outside"); /* a lamp that is out is nothing to keep */
	OK(follow_tick(s, NOW + HOUR, &n, NULL));
	expect_hours(s, "INUSE", "business");
	/* A refusal is not for ever. */
	lamp = see_item(s, "Custom:hours-office");
	OK(store_item_refuse(s, lamp.id, "INUSE", "no", NULL));
	OK(follow_tick(s, NOW + 3 * HOUR, &n, NULL));
	expect_hours(s, "NOT_INUSE", "break");
	assert_string_equal(see_item(s, "Custom:hours-office").error, "");
	OK(store_begin(s, NULL));
	OK(follow_schedule_force(s, &office, PERIOD_BUSINESS, NOW + DAY, NOW + 3 * HOUR, NULL));
	expect_hours(s, "INUSE", "business");
	OK(store_commit(s, NULL));
	confirm_all(s);
	OK(store_begin(s, NULL));
	OK(follow_schedule_delete(s, &office, NOW + 3 * HOUR, NULL));
	expect_hours(s, "NOT_INUSE", "");
	OK(store_commit(s, NULL));
	confirm_all(s);
	expect_hours(s, NULL, NULL);
}

/* Users. */

static void print_user(struct strbuf *to, const struct user *u)
{
	strbuf_addf(to, "%s|%s|%s|%s|%s|%s|%s|%s|", u->name, u->extension, u->pbx, u->mailbox,
		u->mobile, u->zone, u->mode, u->schedule);
	for (int i = 0; i < PERIOD_COUNT; i++)
		strbuf_addf(to, "%s|", u->period_mode[i]);
	strbuf_addf(to, "%s|%s|%s|%d %d|%s", u->calendars, u->busy, u->oof, (int)u->lead_min,
		(int)u->lag_min, u->patterns);
	for (size_t i = 0; i < u->devices_n; i++)
		strbuf_addf(to, "|%s=%s", u->devices[i].name, u->devices[i].dial);
	strbuf_addc(to, '\n');
}

static int add_user(void *data, const struct user *u)
{
	print_user(data, u);
	return strcmp(u->name, "carol") == 0 ? 5 : 0;
}

#define CAROL                                                                                      \
	"carol|1003|main|1003@default|+4670|Asia/Tokyo|away|office|away|lunch-break|off-work|"     \
	"business-trip|b, a|none|do-not-disturb|5 10|summary=x:away|desk=PJSIP/1003|app=PJSIP/app\n"

static void test_user(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
	struct schedule office = { .name = "office", .hours = "Mon-Fri 10:00-17:00", .forced = -1 };
	struct calendar_info a = { .name = "a" }, b = { .name = "b" };
	struct user dave, is,
		carol = { .name = "carol",
			.extension = "1003",
			.pbx = "main",
			.mailbox = "1003@default",
			.mobile = "+4670",
			.zone = "Asia/Tokyo",
			.mode = "away",
			.schedule = "office",
			.period_mode = { "away", "lunch", "off", "trip" },
			.calendars = "b, a",
			.busy = "none",
			.oof = "dnd",
			.lead_min = 5,
			.lag_min = 10,
			.patterns = "summary=x:AWAY",
			.devices_n = 2,
			.devices = { { "desk", "PJSIP/1003" }, { "app", "PJSIP/app" } } };
	static const char *const words[] = { "carol", "CAROL", "1003" };
	int64_t n;
	size_t longest;

	OK(follow_calendar_save(s, &a, NOW, NULL));
	OK(follow_calendar_save(s, &b, NOW, NULL));
	OK(follow_schedule_save(s, &office, NOW, NULL));
	user_init(&dave, "dave", "100444");
	OK(follow_user_save(s, &dave, NOW, NULL));
	OK(follow_user_save(s, &carol, NOW, NULL));
	expect_log(s, "carol", 1,
		"user add carol by test root 0: - to away by business (business hours of schedule office)");
	assert_int_equal(store_user_each(s, add_user, &got, NULL), 5);
	expect_text(
		&got, "alice|1001|main|||||||||||||0 0|\nbob|1002|main|||||||||||||0 0|\n" CAROL);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		OK(store_user_find(s, words[i], &is, NULL));
		print_user(&got, &is);
		expect_text(&got, CAROL);
		OK(store_user_named(s, words[i], &is, NULL));
		assert_int_equal(is.id, carol.id);
		assert_string_equal(is.name, "carol");
		assert_string_equal(is.extension, "1003");
		assert_string_equal(is.mailbox, "1003@default");
	}
	OK(store_user_named(s, "nobody", &is, NULL));
	assert_int_equal(is.id, 0);
	OK(store_user_count(s, &n, NULL));
	assert_int_equal(n, 4);
	OK(store_extension_longest(s, &longest, NULL));
	assert_int_equal(longest, 6);

	/* Edited and deleted. */
	carol.devices_n = 1;
	*carol.calendars = *carol.schedule = *carol.mode = '\0';
	OK(follow_user_save(s, &carol, NOW, NULL));
	OK(store_user_get(s, carol.id, &is, NULL));
	assert_int_equal(is.devices_n, 1);
	assert_string_equal(is.calendars, "");
	assert_string_equal(is.schedule, "");
	assert_string_equal(is.mode, "");
	OK(follow_user_delete(s, &carol, NOW, NULL));
	OK(store_user_named(s, "carol", &is, NULL));
	assert_int_equal(is.id, 0);
}

/* A word names one user at most. */
static void test_user_names(void **state)
{
	static const struct {
		const char *name, *extension, *pbx, *text;
	} table[] = {
		{ "ALICE", "1009", "main", "there is a user 'ALICE' already" },
		{ "carol", "alice", "main", "extension alice is the name of another user" },
		{ "1001", "1009", "main", "the name '1001' is the extension of user 'alice'" },
		{ "carol", "1001", "MAIN",
			"extension 1001 on PBX 'MAIN' belongs to user 'alice' already" },
	};
	struct site *site = *state;
	struct store *s = site->s;
	struct err err = { 0 };
	struct user u, is;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		user_init(&u, table[i].name, table[i].extension);
		text_copy(u.pbx, sizeof(u.pbx), table[i].pbx);
		assert_int_equal(follow_user_save(s, &u, NOW, &err), -1);
		expect_err(&err, ERR_USAGE, table[i].text);
	}
	/* One's own are free; so is an extension of another PBX, which then is no name for one of them. */
	OK(follow_user_save(s, &site->alice, NOW, NULL));
	user_init(&u, "carol", "1001");
	text_copy(u.pbx, sizeof(u.pbx), "other");
	OK(follow_user_save(s, &u, NOW, NULL));
	assert_int_equal(store_user_find(s, "1001", &is, &err), -1);
	expect_err(&err, ERR_USAGE,
		"extension 1001 is on two PBXs: alice on 'main' and carol on 'other'; say the name");
	OK(store_user_find(s, "alice", &is, NULL));
	assert_int_equal(store_user_find(s, "alise", &is, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no user 'alise'; did you mean 'alice'?");
	assert_int_equal(store_user_find(s, "10022", &is, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no user '10022'; did you mean '1002'?");
	assert_int_equal(store_user_get(s, 4711, &is, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no user with number 4711");
}

/* Queues. */

static int add_queue(void *data, const struct queue *q)
{
	strbuf_addf(data, "%s@%s %d %s %s %d\n", q->name, q->pbx, (int)q->penalty,
		queue_members_name(q->members), q->hints, (int)q->users_n);
	return strcmp(q->name, "stop") == 0 ? 5 : 0;
}

static void test_queue(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
	struct queue support = { .name = "support", .pbx = "main", .penalty = 3, .hints = "ext" };
	struct queue there = { .name = "Support", .pbx = "other", .hints = QUEUE_HINTS };
	struct queue stop = { .name = "stop", .pbx = "main", .hints = QUEUE_HINTS };
	struct queue zoo = { .name = "zoo", .pbx = "main", .hints = QUEUE_HINTS }, is;
	enum queue_change change;
	struct err err = { 0 };

	OK(follow_queue_save(s, &zoo, NOW, NULL));
	OK(follow_queue_save(s, &support, NOW, NULL));
	OK(follow_queue_assign(s, &support, &site->alice, -1, NOW, &change, NULL));
	OK(store_queue_find(s, "SUPPORT", &is, NULL));
	add_queue(&got, &is);
	expect_text(&got, "support@main 3 rules ext 1\n");
	OK(follow_queue_save(s, &there, NOW, NULL));
	OK(store_queue_find(s, "support@MAIN", &is, NULL));
	assert_int_equal(is.id, support.id);
	OK(store_queue_find(s, "support@other", &is, NULL));
	assert_int_equal(is.id, there.id);
	assert_int_equal(store_queue_find(s, "support", &is, &err), -1);
	expect_err(&err, ERR_USAGE,
		"queue 'support' is on PBX 'main' and on 'other'; say which: support@main");
	OK(follow_queue_save(s, &stop, NOW, NULL));
	assert_int_equal(store_queue_each(s, add_queue, &got, NULL), 5);
	expect_text(&got, "stop@main 0 rules presence-hints 0\n");
	text_copy(stop.name, sizeof(stop.name), "stopped");
	stop.members = QUEUE_MEMBERS_DEVICE;
	stop.penalty = 9;
	OK(follow_queue_save(s, &stop, NOW, NULL));
	OK(store_queue_each(s, add_queue, &got, NULL));
	expect_text(&got,
		"stopped@main 9 device presence-hints 0\n"
		"support@main 3 rules ext 1\n"
		"Support@other 0 rules presence-hints 0\n"
		"zoo@main 0 rules presence-hints 0\n");
	text_copy(zoo.name, sizeof(zoo.name), "SUPPORT");
	assert_int_equal(follow_queue_save(s, &zoo, NOW, &err), -1);
	expect_err(&err, ERR_USAGE, "PBX 'main' has a queue 'SUPPORT' already");
	assert_int_equal(store_queue_find(s, "suport@main", &is, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no queue 'suport@main'; did you mean 'support@main'?");
	assert_int_equal(store_queue_find(s, "stoped", &is, &err), -1);
	expect_err(&err, ERR_NOT_FOUND, "no queue 'stoped'; did you mean 'stopped'?");
}

/* WHO: all and groups are by name, whoever came first. */
static void test_who_order(void **state)
{
	static const char *const words[] = { "all", "@team" };
	struct site *site = *state;
	struct store *s = site->s;
	struct group team;

	OK(follow_group_add(s, "team", NOW, NULL));
	OK(store_group_find(s, "team", &team, NULL));
	assign(site, &team, &site->alice, true, true);
	assign(site, &team, &site->bob, true, true);
	text_copy(site->alice.name, sizeof(site->alice.name), "zoe");
	OK(follow_user_save(s, &site->alice, NOW, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		_cleanup_(ids_done) struct ids who = { .n = 0 };

		OK(store_who(s, &words[i], 1, &who, NULL));
		assert_int_equal(who.n, 2);
		assert_int_equal(who.ids[0], site->bob.id);
		assert_int_equal(who.ids[1], site->alice.id);
	}
}

/* WHO: each user once, where a word named them first. */
static void test_unique(void **state)
{
	int64_t list[] = { 5, 3, 5, 9, 3, 1, 9, 5 };
	static const int64_t want[] = { 5, 3, 9, 1 };
	struct ids w = { .ids = list, .n = ARRAY_SIZE(list) };

	(void)state;
	ids_unique(&w);
	assert_int_equal(w.n, ARRAY_SIZE(want));
	assert_memory_equal(w.ids, want, sizeof(want));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fact, setup, site_free),
		cmocka_unit_test_setup_teardown(test_pbx, setup, site_free),
		cmocka_unit_test_setup_teardown(test_log, setup, site_free),
		cmocka_unit_test_setup_teardown(test_group, setup, site_free),
		cmocka_unit_test_setup_teardown(test_group_schedule, setup, site_free),
		cmocka_unit_test_setup_teardown(test_mode, setup, site_free),
		cmocka_unit_test_setup_teardown(test_mode_names, setup, site_free),
		cmocka_unit_test_setup_teardown(test_mode_heir, setup, site_free),
		cmocka_unit_test_setup_teardown(test_override, setup, site_free),
		cmocka_unit_test_setup_teardown(test_many, setup, site_free),
		cmocka_unit_test_setup_teardown(test_override_covers, setup, site_free),
		cmocka_unit_test_setup_teardown(test_schedule, setup, site_free),
		cmocka_unit_test_setup_teardown(test_schedule_users, setup, site_free),
		cmocka_unit_test_setup_teardown(test_schedule_items, setup, site_free),
		cmocka_unit_test_setup_teardown(test_user, setup, site_free),
		cmocka_unit_test_setup_teardown(test_user_names, setup, site_free),
		cmocka_unit_test_setup_teardown(test_queue, setup, site_free),
		cmocka_unit_test_setup_teardown(test_who_order, setup, site_free),
		cmocka_unit_test(test_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
