/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Call rules in the database: which hold, and the rows of the PBX that are wanted and released. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store-help.h"

enum { NOW = 1000000 };

/* The fields behind `lamp`, of mode away: of a call that only rings at first, and of any other. */
#define PLAIN "|n|n|-|QXdheQ==|hold|y"
#define LATER "|n|n|-|QXdheQ==|hold|n"
#define AWAY  "1|away|all|20|n|none|vm|none|none|none|vm|none|none|y|n|c|y|-|-|n|y" PLAIN

static void add_user(struct store *s, const char *name, const char *extension, struct user *u)
{
	user_init(u, name, extension);
	user_add_desk(u);
	text_copy(u->mobile, sizeof(u->mobile), "+4670");
	OK(store_begin(s, NULL));
	OK(follow_user_save(s, u, NOW, NULL));
	OK(store_commit(s, NULL));
}

static int setup(void **state)
{
	struct site *site = site_new();

	add_user(site->s, "alice", "1001", &site->alice);
	add_user(site->s, "bob", "1002", &site->bob);
	OK(store_mode_find(site->s, "away", &site->away, NULL));
	*state = site;
	return 0;
}

/* Set one rule, of `u` or if that is NULL of the mode; value NULL unsets it. */
static int rule(struct site *site, const struct user *u, const struct mode *m, const char *key,
	const char *value, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct store *s = site->s;
	struct rules r;

	OK(store_begin(s, NULL));
	tx = s;
	OK(u ? store_user_rules(s, u->id, m->id, &r, NULL) : store_mode_rules(s, m->id, &r, NULL));
	OK(value ? rules_set(&r, key, value, NULL) : rules_unset(&r, key, NULL));
	if ((u ? follow_user_rules_save(s, u, m, &r, NOW, err)
	       : follow_mode_rules_save(s, m, &r, NOW, err)) < 0)
		return -1;
	return store_commit(tx, err);
}

static void expect_rule(struct site *site, const struct user *u, const char *key, const char *value,
	enum origin origin)
{
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;
	struct effective e;
	size_t found = 0;

	OK(store_effective(site->s, u ? u->id : 0, &site->away, &e, NULL));
	while (keys_next(&rule_keys, &e.rules, &p)) {
		if (strcmp(p.word.s, key) != 0)
			continue;
		assert_string_equal(p.value.s, value);
		assert_int_equal(rules_origin(&e, &p), origin);
		found++;
	}
	assert_int_equal(found, 1);
}

static void test_effective(void **state)
{
	struct site *site = *state;
	const struct user *alice = &site->alice;

	expect_rule(site, alice, "ring.timeout", "20", ORIGIN_BUILTIN);
	OK(rule(site, NULL, &site->away, "ring.timeout", "30", NULL));
	OK(rule(site, NULL, &site->away, "queue.support", "logout", NULL));
	expect_rule(site, alice, "ring.timeout", "30", ORIGIN_MODE);
	OK(rule(site, alice, &site->away, "ring.timeout", "40", NULL));
	expect_rule(site, alice, "ring.timeout", "40", ORIGIN_USER);
	expect_rule(site, alice, "queue.support", "logout", ORIGIN_MODE);
	expect_rule(site, &site->bob, "ring.timeout", "30", ORIGIN_MODE);
	expect_rule(site, NULL, "ring.timeout", "30", ORIGIN_MODE);
	OK(rule(site, alice, &site->away, "ring.timeout", NULL, NULL));
	OK(rule(site, NULL, &site->away, "ring.timeout", NULL, NULL));
	expect_rule(site, alice, "ring.timeout", "20", ORIGIN_BUILTIN);
}

static void test_rows(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;

	expect_item(site->s, "presence-user/1001", "1|desk=PJSIP/1001|-|+4670|1001|available|1001");
	expect_item(site->s, "presence-mode/away", AWAY);
	expect_item(site->s, "presence-rule/1001.away", NULL);
	OK(rule(site, &site->alice, &site->away, "forward.internal.always", "bob", NULL));
	expect_item(site->s, "presence-rule/1001.away",
		"1|away|all|20|n|user:1002|vm|none|none|none|vm|none|none|y|n|c|y|-|-|n|y" LATER);
	OK(rule(site, NULL, &site->away, "greeting", "gone", NULL));
	expect_item(site->s, "presence-rule/1001.away",
		"1|away|all|20|n|user:1002|vm|none|none|none|vm|none|none|y|n|c|y|gone|-|n|y" LATER);

	/* What another user's row is made of. */
	text_copy(site->bob.extension, sizeof(site->bob.extension), "1012");
	site->away.lamp = LAMP_BUSY;
	OK(store_begin(s, NULL));
	OK(follow_user_save(s, &site->bob, NOW, NULL));
	OK(follow_mode_save(s, &site->away, NOW, NULL));
	OK(store_commit(s, NULL));
	expect_item(site->s, "presence-user/1002", "");
	expect_item(site->s, "presence-rule/1001.away",
		"1|away|all|20|n|user:1012|vm|none|none|none|vm|none|none|y|n|c|y|gone|-|n|y|n|n|-|QXdheQ==|busy|n");

	OK(rule(site, &site->alice, &site->away, "forward.internal.always", NULL, NULL));
	expect_item(site->s, "presence-rule/1001.away", "");
}

/* A user of another PBX is an extension of the dialplan there; of two with the same extension the one of this PBX is meant. */
static void test_other_pbx(void **state)
{
	static const struct {
		const char *to, *row;
	} table[] = {
		{ "bob", "user:1002" },
		{ "1002", "user:1002" },
		{ "far", "ext:1009" },
		{ "1009", "ext:1009" },
		{ "both", "user:1008" }, /* here by its name, there by its extension */
		{ "1008", "user:1008" },
		{ "1007", "ext:1007" },
	};
	struct site *site = *state;
	struct user far = { 0 }, there = { 0 }, both = { 0 };

	user_init(&far, "far", "1009");
	user_init(&there, "there", "1008");
	user_init(&both, "both", "1008");
	text_copy(far.pbx, sizeof(far.pbx), "other");
	text_copy(there.pbx, sizeof(there.pbx), "other");
	OK(store_begin(site->s, NULL));
	OK(follow_user_save(site->s, &far, NOW, NULL));
	OK(follow_user_save(site->s, &there, NOW, NULL));
	OK(follow_user_save(site->s, &both, NOW, NULL));
	OK(store_commit(site->s, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char row[128];

		OK(rule(site, &site->alice, &site->away, "forward.internal.always", table[i].to,
			NULL));
		snprintf(row, sizeof(row),
			"1|away|all|20|n|%s|vm|none|none|none|vm|none|none|y|n|c|y|-|-|n|y" LATER,
			table[i].row);
		expect_item(site->s, "presence-rule/1001.away", row);
	}
}

static void test_release(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct mode siesta = {
		.type = PTYPE_AWAY, .name = "siesta", .label = "Siesta", .lifetime = "next"
	};

	OK(store_begin(s, NULL));
	OK(follow_mode_save(s, &siesta, NOW, NULL));
	OK(store_commit(s, NULL));
	OK(rule(site, &site->alice, &siesta, "ring", "none", NULL));
	OK(rule(site, &site->bob, &site->away, "ring", "none", NULL));
	OK(store_begin(s, NULL));
	OK(follow_mode_delete(s, &siesta, NULL, NOW, NULL));
	OK(follow_user_delete(s, &site->bob, NOW, NULL));
	OK(store_commit(s, NULL));
	expect_item(site->s, "presence-mode/siesta", "");
	expect_item(site->s, "presence-rule/1001.siesta", "");
	expect_item(site->s, "presence-rule/1002.away", "");
	expect_item(site->s, "presence-user/1002", "");
	expect_item(site->s, "presence-user/1001", "1|desk=PJSIP/1001|-|+4670|1001|available|1001");
}

static void test_loops(void **state)
{
	static const struct {
		const char *who, *key, *value, *refused;
	} table[] = {
		{ "alice", "forward.internal.always", "bob", NULL },
		{ "bob", "forward.internal.always", "carol", NULL },
		{ "carol", "forward.internal.always", "1001", "carol → alice → bob → carol" },
		{ "carol", "forward.internal.always", "ALICE", "carol → alice → bob → carol" },
		{ "carol", "forward.internal.always", "user:alice", "carol → alice → bob → carol" },
		{ "bob", "forward.internal.always", "alice", "bob → alice → bob" },
		{ "bob", "forward.internal.always", "bob", "bob → bob" },
		{ "carol", "forward.internal.offline", "alice", NULL },
		{ "carol", "forward.external.always", "alice", NULL },
		{ "carol", "forward.internal.always", "number:1001", NULL },
		{ "carol", "forward.internal.always", "1004", NULL },
	};
	struct site *site = *state;
	struct user carol = { 0 };

	add_user(site->s, "carol", "1003", &carol);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct err err = { 0 };
		struct user u;

		OK(store_user_find(site->s, table[i].who, &u, NULL));
		assert_int_equal(rule(site, &u, &site->away, table[i].key, table[i].value, &err),
			table[i].refused ? -1 : 0);
		if (table[i].refused) {
			assert_int_equal(err.code, ERR_USAGE);
			assert_non_null(strstr(err.msg, table[i].refused));
		}
	}
}

/* Random edits, and what they make of the rules by the definition of a circle: calls of one kind for somebody come back to them without
 * ringing, by at least one rule of a user's own, in whatever modes people are, or with what holds for each while all are in one mode. */
enum { CROWD = 4, CROWD_MODES = 2, EDITS = 500, UNSET = -1, NONE = CROWD, VOICEMAIL, VALUES };

struct forwards {
	int to[CALLER_COUNT][FORWARD_COUNT]; /* a user, NONE, VOICEMAIL, or UNSET */
};

struct crowd {
	struct user users[CROWD];
	struct mode modes[CROWD_MODES];
	struct forwards base[CROWD_MODES]; /* of no rule at all */
	struct forwards mode[CROWD_MODES], own[CROWD][CROWD_MODES];
	unsigned random;
};

static int draw(struct crowd *c, int n)
{
	c->random = c->random * 1103515245u + 12345u;
	return (int)(c->random >> 16) % n;
}

/* edges[a][b]: 0 none, 1 shared, 2 of a's own. Whether there is a way from `start` to itself that has an own one. */
static bool comes_back(int edges[CROWD][CROWD], int start)
{
	bool reached[CROWD][2] = { 0 }, more = true;

	for (int b = 0; b < CROWD; b++) {
		if (edges[start][b])
			reached[b][edges[start][b] == 2] = true;
	}
	while (more) {
		more = false;
		for (int i = 0; i < CROWD * 2 * CROWD; i++) {
			int a = i / 2 / CROWD, own = i / CROWD % 2, b = i % CROWD;
			bool then = own || edges[a][b] == 2;

			if (!reached[a][own] || !edges[a][b] || reached[b][then])
				continue;
			reached[b][then] = more = true;
		}
	}
	return reached[start][1];
}

static void edge(int edges[CROWD][CROWD], int from, int to, bool own)
{
	if (to >= 0 && to < CROWD && edges[from][to] < 1 + own)
		edges[from][to] = 1 + own;
}

static int first_set(int a, int b, int c)
{
	return a != UNSET ? a : b != UNSET ? b : c;
}

static bool circle_in_mode(const struct crowd *c, int m, int start)
{
	for (int caller = 0; caller < CALLER_COUNT; caller++) {
		int edges[CROWD][CROWD] = { 0 };

		for (int u = 0; u < CROWD; u++) {
			int own = c->own[u][m].to[caller][FORWARD_ALWAYS];

			edge(edges, u,
				first_set(own, c->mode[m].to[caller][FORWARD_ALWAYS],
					c->base[m].to[caller][FORWARD_ALWAYS]),
				own != UNSET);
		}
		if (comes_back(edges, start))
			return true;
	}
	return false;
}

static bool has_rules(const struct forwards *f)
{
	for (int i = 0; i < CALLER_COUNT * FORWARD_COUNT; i++) {
		if (f->to[i / FORWARD_COUNT][i % FORWARD_COUNT] != UNSET)
			return true;
	}
	return false;
}

/* After an edit of a user's own rules. */
static bool user_circle(const struct crowd *c, int who)
{
	for (int caller = 0; caller < CALLER_COUNT; caller++) {
		int edges[CROWD][CROWD] = { 0 };

		for (int i = 0; i < CROWD * CROWD_MODES; i++) {
			int u = i / CROWD_MODES, m = i % CROWD_MODES;

			edge(edges, u, c->own[u][m].to[caller][FORWARD_ALWAYS], true);
		}
		if (comes_back(edges, who))
			return true;
	}
	for (int m = 0; m < CROWD_MODES; m++) {
		if (has_rules(&c->mode[m]) && circle_in_mode(c, m, who))
			return true;
	}
	return false;
}

/* After an edit of a mode's rules. */
static bool mode_circle(const struct crowd *c, int m)
{
	for (int caller = 0; caller < CALLER_COUNT; caller++) {
		int to = first_set(c->mode[m].to[caller][FORWARD_ALWAYS],
			c->base[m].to[caller][FORWARD_ALWAYS], UNSET);

		if (to >= 0 && to < CROWD && circle_in_mode(c, m, to))
			return true;
	}
	return false;
}

static void crowd_init(struct site *site, struct crowd *c)
{
	static const char *const names[CROWD] = { "ann", "ben", "cat", "dan" };

	*c = (struct crowd){ .random = 1 };
	memset(c->mode, 0xff, sizeof(c->mode)); /* UNSET */
	memset(c->own, 0xff, sizeof(c->own));
	OK(store_mode_find(site->s, "away", &c->modes[0], NULL));
	OK(store_mode_find(site->s, "lunch", &c->modes[1], NULL));
	for (int u = 0; u < CROWD; u++) {
		char extension[8];

		snprintf(extension, sizeof(extension), "%d", 3001 + u);
		add_user(site->s, names[u], extension, &c->users[u]);
	}
	for (int m = 0; m < CROWD_MODES; m++) {
		for (int i = 0; i < CALLER_COUNT * FORWARD_COUNT; i++)
			c->base[m].to[i / FORWARD_COUNT][i % FORWARD_COUNT] =
				i % FORWARD_COUNT == FORWARD_ALWAYS ? NONE : VOICEMAIL;
	}
}

/* One random edit: whether it is refused, and whether it should be. */
static void edit(struct site *site, struct crowd *c, bool *refused, bool *expected)
{
	static const char *const callers[] = { "internal", "external" };
	static const char *const whens[] = { "always", "noanswer", "busy", "offline" };
	int m = draw(c, CROWD_MODES), u = draw(c, CROWD + 1), caller = draw(c, CALLER_COUNT);
	int w = draw(c, 4) ? FORWARD_ALWAYS : draw(c, FORWARD_COUNT), to = draw(c, VALUES + 2) - 2;
	struct forwards *f = u < CROWD ? &c->own[u][m] : &c->mode[m];
	int was = f->to[caller][w];
	char key[64], value[64] = "";
	struct err err = { 0 };

	to = to < UNSET ? UNSET : to;
	snprintf(key, sizeof(key), "forward.%s.%s", callers[caller], whens[w]);
	if (to == NONE || to == VOICEMAIL)
		snprintf(value, sizeof(value), "%s", to == NONE ? "none" : "voicemail");
	else if (to >= 0)
		snprintf(value, sizeof(value), "%s%s", draw(c, 2) ? "user:" : "",
			draw(c, 2) ? c->users[to].name : c->users[to].extension);
	f->to[caller][w] = to;
	*expected = u < CROWD ? user_circle(c, u) : mode_circle(c, m);
	*refused = rule(site, u < CROWD ? &c->users[u] : NULL, &c->modes[m], key,
			   to == UNSET ? NULL : value, &err) < 0;
	if (*refused) {
		f->to[caller][w] = was;
		assert_int_equal(err.code, ERR_USAGE);
	}
}

static void test_random_loops(void **state)
{
	struct crowd c;
	int count[2] = { 0 };

	crowd_init(*state, &c);
	for (int i = 0; i < EDITS; i++) {
		bool refused, expected;

		edit(*state, &c, &refused, &expected);
		if (refused != expected)
			fail_msg("edit %d is %srefused", i, refused ? "" : "not ");
		count[refused]++;
	}
	assert_true(count[0] > EDITS / 8 && count[1] > EDITS / 8);
}

static void test_needed(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct user u = site->alice;
	struct err err;

	OK(rule(site, &site->alice, &site->away, "ring", "desk 0-20", NULL));
	OK(rule(site, &site->alice, &site->away, "forward.internal.busy", "1002", NULL));
	u.devices_n = 0;
	OK(store_begin(s, NULL));
	assert_int_equal(follow_user_save(s, &u, NOW, &err), -1);
	assert_string_equal(
		err.msg, "call rules of alice in mode away: ring: alice has no device 'desk'");
	store_rollback(s);
	OK(store_begin(s, NULL));
	assert_int_equal(follow_user_delete(s, &site->bob, NOW, &err), -1);
	assert_int_equal(err.code, ERR_FAILED);
	assert_string_equal(err.msg,
		"calls are forwarded to bob; first: presencectl rule unset alice away forward.internal.busy");
	/* One's own rules are no reason to stay. */
	OK(follow_user_delete(s, &site->alice, NOW, NULL));
	OK(follow_user_delete(s, &site->bob, NOW, NULL));
	OK(store_commit(s, NULL));
}

static void follow(struct site *site, const struct prefixes *p)
{
	prefix_lend(p, site->s);
	OK(entries_follow(site->s, p, NULL));
}

static void test_prefix(void **state)
{
	static const struct prefixes p = { 2, { { "other", "1" }, { "MAIN", "9" } } };
	struct site *site = *state;

	follow(site, &p);
	expect_item(
		site->s, "presence-user/1001", "1|desk=PJSIP/1001|-|9+4670|1001|available|1001");
	expect_item(
		site->s, "presence-user/1002", "1|desk=PJSIP/1002|-|9+4670|1002|available|1002");
}

static void run_sql(struct site *site, const char *text)
{
	sqlite3 *db;

	OK(sqlite3_open(site->path, &db));
	OK(sqlite3_exec(db, text, NULL, NULL, NULL));
	OK(sqlite3_close(db));
}

/* Entries are compiled again if they are of another layout or for other prefixes, and only then. */
static void test_follow(void **state)
{
	static const char tamper[] =
		"UPDATE item SET wanted = 'x' WHERE name = 'presence-mode/away'";
	/* More text than most databases would keep. */
	static struct prefixes many = { .n = CONF_PBX_MAX };
	static const struct prefixes none = { 0 };
	struct site *site = *state;

	for (size_t i = 0; i < many.n; i++) {
		many.list[i].pbx = "a-name-of-a-pbx-that-is-40-bytes-in-lengt";
		many.list[i].prefix = "000000000000000000000000";
	}
	follow(site, &none);
	run_sql(site, tamper);
	follow(site, &none);
	expect_item(site->s, "presence-mode/away", "x");
	run_sql(site, "UPDATE fact SET value = '1 presence-mode type' WHERE name = 'entries'");
	follow(site, &none);
	expect_item(site->s, "presence-mode/away", AWAY);
	run_sql(site, tamper);
	run_sql(site, "UPDATE fact SET value = value || ' more' WHERE name = 'entries'");
	follow(site, &none);
	expect_item(site->s, "presence-mode/away", AWAY);
	run_sql(site, tamper);
	follow(site, &many);
	expect_item(site->s, "presence-mode/away", AWAY);
	run_sql(site, tamper);
	follow(site, &many);
	expect_item(site->s, "presence-mode/away", "x");
}

/* A database as it was, from the scripts that made it. */
static void make_version(struct site *site, int version)
{
	const char *top = getenv("TOP");
	char text[32768];

	for (int i = 1; i <= version; i++) {
		_cleanup_(fclosep) FILE *f = NULL;

		snprintf(text, sizeof(text), "%s/lib/store/schema-%d.sql", top ? top : ".", i);
		f = fopen(text, "re");
		assert_non_null(f);
		text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
		assert_true(feof(f));
		run_sql(site, text);
	}
	snprintf(text, sizeof(text), "PRAGMA application_id = 0x50727363; PRAGMA user_version = %d",
		version);
	run_sql(site, text);
}

/* In version 2 there were neither rules nor entries. */
static void test_upgrade(void **state)
{
	static const struct prefixes nine = { 1, { { "main", "9" } } };
	struct site *site = *state;

	store_free(site->s);
	site->s = NULL;
	OK(unlink(site->path));
	make_version(site, 2);
	run_sql(site,
		"INSERT INTO mode (name, label, type, lamp, note, lifetime, builtin) VALUES"
		" ('available', 'Available', 'available', 0, '', 'next', 1),"
		" ('away', 'Away', 'away', 0, '', 'next', 1);"
		"INSERT INTO user (name, extension, pbx, zone, mailbox, mobile) VALUES"
		" ('alice', '1001', 'main', '', '', '+4670'), ('bob', '1002', 'main', '', '', '');"
		"INSERT INTO device (user_id, name, dial, position) SELECT id, 'desk', 'PJSIP/1001', 0 FROM user"
		" WHERE name = 'alice'");
	run_sql(site, "INSERT INTO fact VALUES ('prefixes', 'main=9 ')");
	site_open(site);
	follow(site, &nine);
	expect_item(
		site->s, "presence-user/1001", "1|desk=PJSIP/1001|-|9+4670|1001|available|1001");
	expect_item(site->s, "presence-user/1002", "1|-|-|-|1002|available|-");
	expect_item(site->s, "presence-mode/away", AWAY);
	OK(store_user_find(site->s, "alice", &site->alice, NULL));
	OK(store_mode_find(site->s, "away", &site->away, NULL));
	OK(rule(site, &site->alice, &site->away, "notify", "yes", NULL));
	expect_item(site->s, "presence-rule/1001.away",
		"1|away|all|20|n|none|vm|none|none|none|vm|none|none|y|n|c|y|-|-|y|y" LATER);
}

/* What somebody else wrote into the tables does not count, and hurts nobody. */
static void test_hostile(void **state)
{
	struct site *site = *state;

	run_sql(site,
		"INSERT INTO mode_rule SELECT id, 'ring.timeout', '4' FROM mode WHERE name = 'away';"
		"INSERT INTO mode_rule SELECT id, 'greeting', '../x' FROM mode WHERE name = 'away';"
		"INSERT INTO mode_rule SELECT id, 'forward.internal.always', 'a|b^${EXEC}' FROM mode"
		" WHERE name = 'away';"
		"INSERT INTO mode_rule SELECT id, 'no.such', 'x' FROM mode WHERE name = 'away'");
	expect_rule(site, &site->alice, "ring.timeout", "20", ORIGIN_BUILTIN);
	OK(store_begin(site->s, NULL));
	OK(follow_entries(site->s, NULL));
	OK(store_commit(site->s, NULL));
	expect_item(site->s, "presence-mode/away", AWAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_effective, setup, site_free),
		cmocka_unit_test_setup_teardown(test_rows, setup, site_free),
		cmocka_unit_test_setup_teardown(test_other_pbx, setup, site_free),
		cmocka_unit_test_setup_teardown(test_release, setup, site_free),
		cmocka_unit_test_setup_teardown(test_loops, setup, site_free),
		cmocka_unit_test_setup_teardown(test_random_loops, setup, site_free),
		cmocka_unit_test_setup_teardown(test_needed, setup, site_free),
		cmocka_unit_test_setup_teardown(test_prefix, setup, site_free),
		cmocka_unit_test_setup_teardown(test_follow, setup, site_free),
		cmocka_unit_test_setup_teardown(test_upgrade, setup, site_free),
		cmocka_unit_test_setup_teardown(test_hostile, setup, site_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
