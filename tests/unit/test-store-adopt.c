/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What phones and other tools put on a PBX: whether it is foreign, and the switch that it becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store-help.h"

/* Monday 12 January 1970, 14:46:40 in Stockholm. */
enum { NOW = 1000000, MIDNIGHT = 950400 /* of UTC */ };

#define PRESENCE "CustomPresence:1001"
#define LAMPS    "lamps/1001"

/* How things stand between the database and the PBX. */
enum stand {
	UNKNOWN,    /* nothing was ever confirmed */
	STEADY,     /* available, and the PBX holds that */
	HELD,       /* switched to away, and the PBX holds that; it held available before */
	CLEARED,    /* the same, then cleared; the PBX was not told yet */
	SWITCHED,   /* to lunch-break; the PBX was not told yet and holds available */
	OVERRIDDEN, /* away by an override; the PBX was not told yet and holds available */
	BY_PHONE, /* switched to dnd by a feature code, and since then our own value was confirmed */
	RECLEARED, /* the same, then cleared; the PBX was not told yet */
};

static int setup(void **state)
{
	struct site *site = site_new();

	user_init(&site->alice, "alice", "1001");
	OK(store_begin(site->s, NULL));
	OK(follow_user_save(site->s, &site->alice, NOW, NULL));
	OK(store_commit(site->s, NULL));
	*state = site;
	return 0;
}

static void clear(struct site *site)
{
	size_t n;

	OK(store_begin(site->s, NULL));
	OK(follow_clear_users(site->s, ONLY(site->alice.id), NOW, &n, NULL));
	OK(store_commit(site->s, NULL));
}

static void override_all(struct site *site)
{
	struct override o = {
		.given = NOW, .start = NOW, .until = UNTIL_OPEN, .scope = "all", .reason = ""
	};
	struct mode away;

	OK(store_begin(site->s, NULL));
	OK(store_mode_find(site->s, "away", &away, NULL));
	o.mode_id = away.id;
	OK(follow_override_add(site->s, &o, 0, 0, NULL));
	OK(store_commit(site->s, NULL));
}

/* Returns whether it was adopted. */
static bool adopt(struct site *site, const char *pbx, const struct adoption *a)
{
	bool adopted = true;

	OK(store_begin(site->s, NULL));
	OK(follow_adopt(site->s, pbx, a, NOW, &adopted, NULL));
	OK(store_commit(site->s, NULL));
	return adopted;
}

static void stand(struct site *site, enum stand as)
{
	static const struct adoption dnd = { PRESENCE, "dnd", "do-not-disturb", "*", "", "",
		SEEN_EVENT };
	struct store *s = site->s;

	if (as != UNKNOWN)
		confirm_all(s);
	if (as == HELD || as == CLEARED) {
		switch_to(s, &site->alice, "away", UNTIL_OPEN, NOW);
		confirm_all(s);
	}
	if (as == SWITCHED)
		switch_to(s, &site->alice, "lunch-break", UNTIL_OPEN, NOW);
	if (as == OVERRIDDEN)
		override_all(site);
	if (as == BY_PHONE || as == RECLEARED) {
		assert_true(adopt(site, "main", &dnd));
		confirm_all(s);
	}
	if (as == CLEARED || as == RECLEARED)
		clear(site);
}

static bool is_foreign(
	struct store *s, const char *pbx, const char *name, const char *value, enum sighting seen)
{
	struct item item = { .rank = 0 };
	bool foreign = true;

	text_copy(item.name, sizeof(item.name), name);
	text_copy(item.value, sizeof(item.value), value);
	OK(follow_is_foreign(s, pbx, &item, seen, &foreign, NULL));
	return foreign;
}

static void test_foreign(void **unused)
{
	static const struct {
		enum stand as;
		const char *value;
		const char *
			where; /* it is foreign: e in an event, l in a list, r in a list after a restart */
	} table[] = {
		{ UNKNOWN, "available,available,", "" },
		{ UNKNOWN, "dnd,do-not-disturb,*", "" },
		{ STEADY, "available,available,", "" },
		{ STEADY, "dnd,do-not-disturb,", "elr" },
		{ STEADY, "dnd,do-not-disturb,*", "elr" },
		{ STEADY, "available,available,*", "elr" },
		{ STEADY, "not_set,,", "elr" },
		/* The mode, and what was there before. */
		{ HELD, "away,away,", "" },
		{ HELD, "available,available,", "elr" },
		{ HELD, "available,available,*", "elr" },
		{ HELD, "xa,business-trip,", "elr" },
		/* What may be on its way from us counts only if it is a feature code's. */
		{ CLEARED, "available,available,", "e" },
		{ CLEARED, "away,away,", "" },
		{ CLEARED, "xa,business-trip,", "e" },
		{ CLEARED, "xa,business-trip,a*", "e" },
		{ CLEARED, "xa,business-trip,*", "elr" },
		{ CLEARED, "not_set,,*", "elr" },
		/* Who was switched here has the newer word. */
		{ SWITCHED, "away,lunch-break,", "e" },
		{ SWITCHED, "available,available,", "" },
		{ SWITCHED, "xa,business-trip,", "e" },
		{ SWITCHED, "xa,business-trip,*", "e" },
		/* An override is nobody's word about this phone. */
		{ OVERRIDDEN, "away,away,", "e" },
		{ OVERRIDDEN, "xa,business-trip,", "e" },
		{ OVERRIDDEN, "xa,business-trip,*", "elr" },
		/* Of a phone's. */
		{ BY_PHONE, "dnd,do-not-disturb,", "" },
		{ BY_PHONE, "dnd,do-not-disturb,*", "elr" },
		{ RECLEARED, "dnd,do-not-disturb,*", "elr" },
		{ RECLEARED, "away,away,*", "elr" },
	};
	static const char sightings[] = {
		[SEEN_EVENT] = 'e', [SEEN_LIST] = 'l', [SEEN_RESTARTED] = 'r'
	};

	void *state = NULL;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (!i || table[i].as != table[i - 1].as) {
			if (state)
				site_free(&state);
			setup(&state);
			stand(state, table[i].as);
		}
		for (int seen = SEEN_EVENT; seen <= SEEN_RESTARTED; seen++) {
			bool want = strchr(table[i].where, sightings[seen]);

			if (is_foreign(((struct site *)state)->s, "main", PRESENCE, table[i].value,
				    (enum sighting)seen) != want)
				fail_msg("row %zu, '%s', seen %c", i, table[i].value,
					sightings[seen]);
		}
	}
	site_free(&state);
}

/* Only what we own, of a user, on this PBX. */
static void test_not_ours(void **state)
{
	struct site *site = *state;

	stand(site, STEADY);
	assert_true(is_foreign(site->s, "main", PRESENCE, "away,,", SEEN_EVENT));
	assert_true(is_foreign(site->s, "MAIN", PRESENCE, "away,,", SEEN_EVENT));
	assert_false(is_foreign(site->s, "other", PRESENCE, "away,,", SEEN_EVENT));
	assert_false(is_foreign(site->s, "main", "CustomPresence:1009", "away,,", SEEN_EVENT));
	/* The rows of a mode belong to no user. */
	assert_int_not_equal(see_item(site->s, "presence-mode/away").id, 0);
	assert_false(is_foreign(site->s, "main", "presence-mode/away", "1|x", SEEN_EVENT));
}

struct adopt_case {
	enum stand as;
	struct adoption a;
	bool adopted;
	const char *mode, *note; /* of the user then */
	const char *wanted;      /* of the PBX, as presence */
	const char *lamps;       /* held, or of unknown state; NULL: nothing is known */
};

#define READ(state, subtype, message)                                                              \
	{                                                                                          \
		PRESENCE, state, subtype, message, "", "", SEEN_EVENT                              \
	}
/* The same, and what AstDB holds of it. */
#define HELD_AS(state, subtype, message, row)                                                      \
	{                                                                                          \
		PRESENCE, state, subtype, message, "", row, SEEN_EVENT                             \
	}
#define IS_DND       "do-not-disturb", "", "dnd,do-not-disturb,"
#define IS_AVAILABLE "available", "", "available,available,"
#define IS_AWAY      "away", "", "away,away,"

static const struct adopt_case adopt_cases[] = {
	/* By the subtype, which is a mode's name or alias, whatever the state. */
	{ STEADY, READ("dnd", "do-not-disturb", ""), true, IS_DND,
		"*=?,available=?,do-not-disturb=?" },
	{ STEADY, READ("dnd", "DND", ""), true, IS_DND, "*=?,DND=?,available=?" },
	{ STEADY, READ("xa", "away", ""), true, IS_AWAY, "*=?,available=?,away=?" },
	/* By the state alone: the first mode of that type. */
	{ STEADY, READ("dnd", "no-such-mode", ""), true, IS_DND, "*=?,available=?,no-such-mode=?" },
	{ STEADY, READ("away", "", ""), true, IS_AWAY, "*=?,available=?" },
	{ STEADY, READ("chat", "", ""), false, IS_AVAILABLE, "*=?,available=?" },
	{ STEADY, READ("chat", "no-such-mode", "*"), false, IS_AVAILABLE,
		"*=?,available=?,no-such-mode=?" },
	/* Nothing is set any more. */
	{ STEADY, READ("not_set", "", ""), true, IS_AVAILABLE, "*=?,available=?" },
	{ HELD, READ("not_set", "", "*"), true, IS_AVAILABLE, "*=?,available=?,away=?" },
	{ BY_PHONE, READ("not_set", "", ""), true, IS_AVAILABLE,
		"*=?,available=?,do-not-disturb=?" },
	/* What is wanted is nobody's switch, and what was unknown is known now. */
	{ STEADY, READ("available", "available", ""), false, IS_AVAILABLE, "available" },
	{ CLEARED, READ("available", "available", ""), false, IS_AVAILABLE, "*=ONHOLD,away" },
	{ UNKNOWN, READ("dnd", "do-not-disturb", "*"), false, IS_AVAILABLE, NULL },
	/* The mode that holds, chosen once more. */
	{ HELD, READ("away", "away", "*"), true, IS_AWAY, "*=?,away=?" },
	/* What we wrote ourselves, however long ago. A row that is not there was not written by anybody. */
	{ STEADY, HELD_AS("dnd", "do-not-disturb", "", "dnd,ZG8tbm90LWRpc3R1cmI=,,ep"), false,
		IS_AVAILABLE, "available" },
	{ STEADY, HELD_AS("away", "x", "a, b", "away,eA==,YSwgYg==,ep"), false, IS_AVAILABLE,
		"available" },
	{ STEADY, HELD_AS("not_set", "", "", NULL), false, IS_AVAILABLE, "available" },
	/* The same texts, written by others. */
	{ STEADY, HELD_AS("dnd", "do-not-disturb", "", "dnd,do-not-disturb,"), true, IS_DND,
		"*=?,available=?,do-not-disturb=?" },
	{ STEADY, HELD_AS("dnd", "do-not-disturb", "", "dnd,ZG8tbm90LWRpc3R1cmI=,,e"), true, IS_DND,
		"*=?,available=?,do-not-disturb=?" },
	{ STEADY, HELD_AS("not_set", "", "", "not_set,,"), true, IS_AVAILABLE, "*=?,available=?" },
	/* Ours was read, and somebody else wrote before the state was. */
	{ STEADY, HELD_AS("dnd", "do-not-disturb", "", "away,YXdheQ==,,ep"), true, IS_DND,
		"*=?,available=?,do-not-disturb=?" },
	/* Notes are written by others. */
	{ STEADY, READ("away", "away", "at the dentist's"), true, "away", "at the dentist's",
		"away,away,at the dentist's", "*=?,available=?,away=?" },
	{ STEADY, READ("away", "away", "**"), true, "away", "**", "away,away,**",
		"*=?,available=?,away=?" },
	{ STEADY, READ("away", "away", "a\nb"), true, "away", "a?b", "away,away,a?b",
		"*=?,available=?,away=?" },
	/* Who was switched here meanwhile has the newer word; the lamps that the phone lit are unknown. */
	{ SWITCHED, READ("dnd", "do-not-disturb", "*"), false, "lunch-break", "",
		"away,lunch-break,", "*=?,available=?,do-not-disturb=?" },
	/* Under an override the switch is kept, and the lamps show the override. */
	{ OVERRIDDEN, READ("dnd", "do-not-disturb", "*"), true, IS_AWAY,
		"*=?,available=?,do-not-disturb=?" },
	{ OVERRIDDEN, READ("not_set", "", "*"), true, IS_AWAY, "*=?,available=?" },
	/* A cleared switch and then the phone: the phone is the newer word. */
	{ CLEARED, READ("dnd", "do-not-disturb", "*"), true, IS_DND,
		"*=?,away=?,do-not-disturb=?" },
};

static void describe(struct strbuf *to, bool adopted, const char *mode, const char *note,
	const char *wanted, const char *lamps)
{
	strbuf_addf(to, "%s: %s '%s', wanted %s, lamps %s", adopted ? "adopted" : "not adopted",
		mode, note, wanted, lamps ? lamps : "unknown");
}

static void check_adoption(struct site *site, const struct adopt_case *c)
{
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT, want = STRBUF_INIT,
					     held = STRBUF_INIT;
	bool adopted = adopt(site, "main", &c->a);
	struct seen_presence is = see_presence(site->s, &site->alice);
	struct seen_item presence = see_item(site->s, PRESENCE), lamps = see_item(site->s, LAMPS);

	strbuf_addf(&held, "%s,%s,%s", c->a.state, c->a.subtype, c->a.message);
	/* Where the PBX holds already what the switch wants, it is told again. */
	assert_string_equal(
		presence.confirmed, adopted && !strcmp(presence.wanted, held.s) ? "" : held.s);
	describe(&got, adopted, is.mode, is.note, presence.wanted,
		lamps.is_confirmed ? lamps.confirmed : NULL);
	describe(&want, c->adopted, c->mode, c->note, c->wanted, c->lamps);
	if (strcmp(got.s, want.s) != 0)
		fail_msg("row %zu, %s:\n got  %s\n want %s", (size_t)(c - adopt_cases), held.s,
			got.s, want.s);
}

static void test_adopt(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(adopt_cases); i++) {
		void *state;

		setup(&state);
		stand(state, adopt_cases[i].as);
		check_adoption(state, &adopt_cases[i]);
		site_free(&state);
	}
}

/* The number to which calls go that the phone's user is asked for: what is no number is nobody's to dial. */
static void test_ask(void **state)
{
	static const struct {
		const char *ask;
		bool is_number;
	} table[] = {
		{ "+46701234567", true },
		{ "", false },
		{ "1002", true },
		{ "1", false },
		{ "Local/1&SIP/2", false },
	};
	struct site *site = *state;

	stand(site, STEADY);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct adoption away = { PRESENCE, "away", "away", "*", table[i].ask, "",
			SEEN_EVENT };

		assert_true(adopt(site, "main", &away));
		expect_item(site->s, "presence-ask/1001", table[i].is_number ? table[i].ask : NULL);
		clear(site);
		confirm_all(site->s);
	}
}

/* The switch is there below an override, and holds when that is over. */
static void test_after_override(void **state)
{
	static const struct adoption dnd = { PRESENCE, "dnd", "do-not-disturb", "*", "", "",
		SEEN_EVENT };
	_cleanup_(ids_done) struct ids covered = { .n = 0 };
	struct site *site = *state;
	struct override o = { .id = 1 };

	stand(site, OVERRIDDEN);
	assert_true(adopt(site, "main", &dnd));
	expect_mode(site->s, &site->alice, "away");
	OK(store_begin(site->s, NULL));
	OK(follow_override_delete(site->s, &o, NOW, &covered, NULL));
	OK(store_commit(site->s, NULL));
	assert_int_equal(covered.n, 1);
	expect_mode(site->s, &site->alice, "do-not-disturb");
}

/* The lamp of the mode that a feature code takes for the user's own, where it names none. */
static void test_lamp_of_default(void **state)
{
	static const struct adoption cleared = { PRESENCE, "not_set", "", "*", "", "", SEEN_EVENT };
	struct site *site = *state;

	text_copy(site->alice.mode, sizeof(site->alice.mode), "off-work");
	OK(store_begin(site->s, NULL));
	OK(follow_user_save(site->s, &site->alice, NOW, NULL));
	OK(store_commit(site->s, NULL));
	stand(site, OVERRIDDEN);
	confirm_all(site->s);
	assert_string_equal(see_item(site->s, LAMPS).confirmed, "*=ONHOLD,away");
	assert_true(adopt(site, "main", &cleared));
	assert_string_equal(see_item(site->s, LAMPS).confirmed, "*=?,away=?,off-work=?");
}

/* How long it holds is the mode's to say, on the user's wall clock. */
static void test_until(void **state)
{
	static const struct {
		const char *lifetime, *zone;
		int64_t until;
	} table[] = {
		{ "next", "", UNTIL_OPEN },
		{ "forever", "", UNTIL_OPEN },
		{ "2h", "", NOW + 7200 },
		{ "17:30", "", MIDNIGHT + 16 * 3600 + 1800 },
		{ "17:30", "America/New_York", MIDNIGHT + 22 * 3600 + 1800 },
		/* A zone that is gone. */
		{ "17:30", "Mars/Base", MIDNIGHT + 16 * 3600 + 1800 },
	};
	static const struct adoption away = { PRESENCE, "away", "away", "*", "", "", SEEN_EVENT };
	struct site *site = *state;
	struct mode m;

	stand(site, STEADY);
	OK(store_mode_find(site->s, "away", &m, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		clear(site);
		confirm_all(site->s);
		text_copy(m.lifetime, sizeof(m.lifetime), table[i].lifetime);
		text_copy(site->alice.zone, sizeof(site->alice.zone), table[i].zone);
		OK(store_begin(site->s, NULL));
		OK(follow_mode_save(site->s, &m, NOW, NULL));
		OK(follow_user_save(site->s, &site->alice, NOW, NULL));
		OK(store_commit(site->s, NULL));
		assert_true(adopt(site, "main", &away));
		assert_int_equal(see_presence(site->s, &site->alice).until, table[i].until);
	}
}

/* The log tells the phone from whoever runs this program, also after an adoption that fails. */
static void test_actor(void **state)
{
	static const struct adoption dnd = { PRESENCE, "dnd", "do-not-disturb", "*", "", "",
		SEEN_EVENT },
				     cleared = { PRESENCE, "not_set", "", "", "",
					     "not_set,,,e=1001-desk", SEEN_EVENT };
	struct site *site = *state;
	struct err err = { 0 };
	bool adopted = true;
	struct mode m;

	stand(site, STEADY);
	assert_true(adopt(site, "main", &dnd));
	expect_log(site->s, "alice", 1,
		"set alice by phone phone -1: switch - > do-not-disturb: available to do-not-disturb by switch");
	assert_string_equal(see_presence(site->s, &site->alice).source, "switch");
	assert_string_equal(see_presence(site->s, &site->alice).reason, "switched by phone");
	switch_to(site->s, &site->alice, "away", UNTIL_OPEN, NOW);
	expect_log(site->s, "alice", 1,
		"set alice by test root 0: switch do-not-disturb > away: do-not-disturb to away by switch");
	confirm_all(site->s);
	assert_true(adopt(site, "main", &cleared));
	expect_log(site->s, "alice", 1,
		"clear alice by phone 1001-desk -1: switch away > -: away to available by default (nothing set)");
	confirm_all(site->s);

	/* Somebody wrote a lifetime that nobody can read. */
	OK(store_begin(site->s, NULL));
	OK(store_mode_find(site->s, "dnd", &m, NULL));
	text_copy(m.lifetime, sizeof(m.lifetime), "soon");
	OK(follow_mode_save(site->s, &m, NOW, NULL));
	assert_int_equal(follow_adopt(site->s, "main", &dnd, NOW, &adopted, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_false(adopted);
	store_rollback(site->s);
	switch_to(site->s, &site->alice, "away", UNTIL_OPEN, NOW);
	expect_log(site->s, "alice", 1,
		"set alice by test root 0: switch - > away: available to away by switch");
}

static bool dial(struct site *site, const char *row, enum sighting seen)
{
	struct adoption a = { PRESENCE, "dnd", "do-not-disturb", "*", "", row, seen };
	bool adopted = adopt(site, "main", &a);

	confirm_all(site->s);
	return adopted;
}

/* Something newer holds, and the PBX knows. */
static void choose_away(struct site *site)
{
	static int64_t at = NOW;

	switch_to(site->s, &site->alice, "away", UNTIL_OPEN, ++at);
	confirm_all(site->s);
}

/* A feature code that was read back before is an old one: the PBX has forgotten what came after it. */
static void test_tokens(void **state)
{
	static const char by_phone[] = "dnd,ZG8tbm90LWRpc3R1cmI=,Kg==,e=1001:17.",
			  by_nobody[] = "dnd,ZG8tbm90LWRpc3R1cmI=,Kg==,e=:17.";
	struct site *site = *state;
	char row[80];

	stand(site, STEADY);
	for (int i = 0; i < 12; i++) {
		snprintf(row, sizeof(row), "%s%d", i % 2 ? by_nobody : by_phone, i);
		choose_away(site);
		assert_true(dial(site, row, SEEN_EVENT));
		assert_string_equal(see_presence(site->s, &site->alice).mode, "do-not-disturb");
		choose_away(site);
		for (int seen = SEEN_EVENT; seen <= SEEN_RESTARTED; seen++)
			assert_false(dial(site, row, (enum sighting)seen));
		assert_string_equal(see_presence(site->s, &site->alice).mode, "away");
	}
	/* Eight are remembered. */
	assert_false(dial(site, "dnd,do-not-disturb,*,:17.4", SEEN_EVENT));
	assert_true(dial(site, "dnd,do-not-disturb,*,:17.3", SEEN_EVENT));
	choose_away(site);
	/* AstDB already has the next one, of which Asterisk has not told yet. */
	assert_true(dial(site, "away,away,*,:18", SEEN_EVENT));
	choose_away(site);
	assert_true(dial(site, "dnd,do-not-disturb,*,:18", SEEN_EVENT));
	/* What is no token. */
	for (size_t i = 0; i < 6; i++) {
		static const char *const rows[] = { "", ":", "17.1", ":x", ":17 1",
			":012345678901234567890123456789012" };

		snprintf(row, sizeof(row), "dnd,do-not-disturb,*,%s", rows[i % 6]);
		for (int times = 0; times < 2; times++) {
			choose_away(site);
			assert_true(dial(site, row, SEEN_EVENT));
		}
	}
}

static void set_previous(struct site *site, const char *value)
{
	int64_t id = see_item(site->s, PRESENCE).id;

	OK(store_begin(site->s, NULL));
	OK(store_item_set_confirmed(site->s, id, value, NULL));
	OK(store_item_confirm(site->s, id, "away,away,", NULL));
	OK(store_commit(site->s, NULL));
}

/* A PBX that was restarted holds the value before the last one. A token says whether it was said anew. */
static void test_previous(void **state)
{
	struct site *site = *state;

	stand(site, STEADY);
	assert_true(dial(site, "dnd,do-not-disturb,*,:1", SEEN_EVENT));
	choose_away(site);
	set_previous(site, "dnd,do-not-disturb,*");
	assert_false(dial(site, "dnd,do-not-disturb,*", SEEN_RESTARTED));
	set_previous(site, "dnd,do-not-disturb,*");
	assert_false(dial(site, "", SEEN_RESTARTED));
	set_previous(site, "dnd,do-not-disturb,*");
	assert_true(dial(site, "dnd,do-not-disturb,*,:2", SEEN_RESTARTED));
	choose_away(site);
	set_previous(site, "dnd,do-not-disturb,*");
	assert_true(dial(site, "dnd,do-not-disturb,*", SEEN_LIST));
}

/* The phone is named behind the value. What could not be written there by the dialplan names nobody. */
static void test_endpoint(void **state)
{
	static const struct {
		const char *row, *reason;
	} table[] = {
		{ "dnd,ZG5k,Kg==,e=1001-desk", "switched by phone 1001-desk" },
		{ "dnd,ZG5k,Kg==,e=1001\n", "switched by phone" },
		{ "dnd,ZG5k,Kg==,e=", "switched by phone" },
		{ "dnd,ZG5k,Kg==,ex=1", "switched by phone" },
		{ "dnd,ZG5k,Kg==", "switched by phone" },
		{ "e=1001", "switched by phone" },
		{ "dnd,ZG5k,Kg==,e=0123456789012345678901234567890123456789012345678901234567890123456789",
			"switched by phone" },
	};
	struct site *site = *state;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct adoption a = { PRESENCE, "dnd", "do-not-disturb", "*", "", table[i].row,
			SEEN_EVENT };

		stand(site, STEADY);
		assert_true(adopt(site, "main", &a));
		assert_string_equal(see_presence(site->s, &site->alice).reason, table[i].reason);
		switch_to(site->s, &site->alice, "away", UNTIL_OPEN, NOW + (int64_t)i);
	}
}

/* A note that is too long is cut between characters, and so is what is kept of the PBX's value. */
static void test_cut(void **state)
{
	struct site *site = *state;
	char message[2048], *end = message;
	struct adoption a = { PRESENCE, "away", "away", message, "", "", SEEN_EVENT };
	struct seen_item is;

	for (int i = 0; i < 700; i++)
		end = stpcpy(end, "é");
	stand(site, STEADY);
	assert_true(adopt(site, "main", &a));
	assert_int_equal(strlen(see_presence(site->s, &site->alice).note), NOTE_MAX_LEN - 1);
	is = see_item(site->s, PRESENCE);
	assert_int_equal(strlen(is.wanted), strlen("away,away,") + NOTE_MAX_LEN - 1);
	assert_int_equal(strlen(is.confirmed), ITEM_VALUE_SIZE - 2);
	assert_true(text_is_utf8(is.confirmed));
	confirm_all(site->s);
	memset(message, 'x', NOTE_MAX_LEN);
	message[NOTE_MAX_LEN] = '\0';
	assert_true(adopt(site, "main", &a));
	assert_string_equal(see_presence(site->s, &site->alice).note, message);
}

/* Another PBX has an extension of the same number. */
static void test_other_pbx(void **state)
{
	static const struct adoption dnd = { PRESENCE, "dnd", "do-not-disturb", "*", "", "",
		SEEN_EVENT },
				     nobody = { "CustomPresence:1009", "dnd", "", "*", "", "",
					     SEEN_EVENT };
	struct site *site = *state;

	user_init(&site->bob, "bob", "1001");
	text_copy(site->bob.pbx, sizeof(site->bob.pbx), "other");
	OK(store_begin(site->s, NULL));
	OK(follow_user_save(site->s, &site->bob, NOW, NULL));
	OK(store_commit(site->s, NULL));
	stand(site, STEADY);
	assert_false(adopt(site, "third", &dnd));
	assert_false(adopt(site, "main", &nobody));
	assert_false(adopt(site, "other", &dnd)); /* where nothing was confirmed yet */
	expect_mode(site->s, &site->alice, "available");
	expect_mode(site->s, &site->bob, "available");
	assert_string_equal(see_item(site->s, PRESENCE).confirmed, "available,available,");
	assert_string_equal(see_item(site->s, LAMPS).confirmed, "available");
	assert_true(adopt(site, "main", &dnd));
	expect_mode(site->s, &site->alice, "do-not-disturb");
	expect_mode(site->s, &site->bob, "available");
}

/* A user has moved to another PBX; what a phone does on the old one lights no lamp on the new one. */
static void test_moved(void **state)
{
	static const struct adoption dnd = { PRESENCE, "dnd", "do-not-disturb", "*", "", "",
		SEEN_EVENT },
				     away = { PRESENCE, "away", "away", "*", "", "", SEEN_EVENT };
	struct site *site = *state;

	stand(site, STEADY);
	text_copy(site->alice.pbx, sizeof(site->alice.pbx), "other");
	OK(store_begin(site->s, NULL));
	OK(follow_user_save(site->s, &site->alice, NOW, NULL));
	OK(store_commit(site->s, NULL));
	assert_string_equal(see_item(site->s, PRESENCE).wanted, "not_set,,");
	assert_true(adopt(site, "main", &dnd));
	expect_mode(site->s, &site->alice, "do-not-disturb");
	assert_string_equal(see_item(site->s, PRESENCE).wanted, "not_set,,");
	assert_string_equal(see_item(site->s, PRESENCE).confirmed, "dnd,do-not-disturb,*");
	assert_string_equal(see_item(site->s, LAMPS).confirmed, "*=?,available=?,do-not-disturb=?");

	/* The lamps are out and forgotten, the presence is not yet. */
	OK(store_begin(site->s, NULL));
	OK(store_item_confirm(site->s, see_item(site->s, LAMPS).id, "", NULL));
	OK(store_commit(site->s, NULL));
	expect_item(site->s, LAMPS, NULL);
	clear(site);
	assert_true(adopt(site, "main", &away));
	expect_mode(site->s, &site->alice, "away");
	expect_item(site->s, LAMPS, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign),
		cmocka_unit_test_setup_teardown(test_not_ours, setup, site_free),
		cmocka_unit_test(test_adopt),
		cmocka_unit_test_setup_teardown(test_ask, setup, site_free),
		cmocka_unit_test_setup_teardown(test_after_override, setup, site_free),
		cmocka_unit_test_setup_teardown(test_lamp_of_default, setup, site_free),
		cmocka_unit_test_setup_teardown(test_until, setup, site_free),
		cmocka_unit_test_setup_teardown(test_actor, setup, site_free),
		cmocka_unit_test_setup_teardown(test_endpoint, setup, site_free),
		cmocka_unit_test_setup_teardown(test_tokens, setup, site_free),
		cmocka_unit_test_setup_teardown(test_previous, setup, site_free),
		cmocka_unit_test_setup_teardown(test_cut, setup, site_free),
		cmocka_unit_test_setup_teardown(test_other_pbx, setup, site_free),
		cmocka_unit_test_setup_teardown(test_moved, setup, site_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
