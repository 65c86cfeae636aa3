/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was, read from the log: random days of a site are watched while they happen, and asked for afterwards. One question about many
 * users at an instant, the history of one user, and the question about one user at an instant give the same answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/store-help.h"
#include "lib/follow/override.h"
#include "lib/follow/past.h"
#include "lib/follow/resolve.h"
#include "lib/follow/schedule.h"
#include "lib/follow/user.h"
#include "lib/store/log.h"
#include "lib/store/presence.h"

#define NOW INT64_C(1781506800) /* Monday 2026-06-15 07:00 UTC */

enum { NAMES = 4, STEPS = 60, STEP_S = 900, DAYS = 12 };

/* What the users were at the end of each second in which something was done, by name: "" if there was no such user. */
struct truth {
	int64_t at;
	char mode[NAMES][NAME_MAX_LEN + 1];
	char source[NAMES][RECORDED_WORD_SIZE];
};

static struct {
	struct site *site;
	struct user users[NAMES];
	struct truth truth[STEPS];
	int64_t now;
	uint64_t lots;
	struct override drill; /* id 0: there is none */
} t;

static uint32_t below(uint32_t n)
{
	t.lots = t.lots * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(t.lots >> 33) % n;
}

static void add_user(int i)
{
	static const char *const names[NAMES] = { "ann", "ben", "cid", "dan" };

	user_init(&t.users[i], names[i], names[i]);
	if (below(2))
		text_copy(t.users[i].schedule, sizeof(t.users[i].schedule), "office");
	OK(follow_user_save(t.site->s, &t.users[i], t.now, NULL));
}

static void set_or_clear_drill(void)
{
	_cleanup_(ids_done) struct ids covered = { 0 };
	struct store *s = t.site->s;
	struct mode away;

	if (t.drill.id) {
		OK(follow_override_delete(s, &t.drill, t.now, &covered, NULL));
		t.drill.id = 0;
		return;
	}
	OK(store_mode_find(s, "away", &away, NULL));
	t.drill = (struct override){ .mode_id = away.id,
		.given = t.now,
		.start = t.now,
		.until = UNTIL_OPEN,
		.scope = "all",
		.reason = "drill" };
	OK(follow_override_add(s, &t.drill, 0, 0, NULL));
}

static void act(void)
{
	static const char *const modes[] = { "do-not-disturb", "away", "lunch-break" };
	struct store *s = t.site->s;
	struct user *u = &t.users[below(NAMES)];
	size_t n;

	if (!u->id) {
		add_user((int)(u - t.users));
		return;
	}
	switch (below(6)) {
	case 0:
		OK(follow_user_delete(s, u, t.now, NULL));
		u->id = 0;
		break;
	case 1: OK(follow_clear_users(s, ONLY(u->id), t.now, &n, NULL)); break;
	case 2: set_or_clear_drill(); break;
	case 3: break; /* only time passes */
	default:
		switch_in(s, u, modes[below(3)], below(2) ? UNTIL_OPEN : t.now + 7200, t.now);
		break;
	}
}

static int keep_status(void *data, const struct status *st)
{
	struct truth *truth = data;

	for (int i = 0; i < NAMES; i++) {
		if (strcmp(t.users[i].name, st->user) != 0 || !t.users[i].id)
			continue;
		text_copy(truth->mode[i], sizeof(truth->mode[i]), st->mode);
		text_copy(truth->source[i], sizeof(truth->source[i]), st->source);
	}
	return 0;
}

static void live(void)
{
	size_t n;

	memset(t.truth, 0, sizeof(t.truth));
	memset(t.users, 0, sizeof(t.users));
	t.drill.id = 0;
	for (int i = 0; i < STEPS; i++, t.now += STEP_S) {
		OK(follow_tick(t.site->s, t.now, &n, NULL));
		OK(store_begin(t.site->s, NULL));
		act();
		OK(store_commit(t.site->s, NULL));
		t.truth[i].at = t.now;
		OK(store_status_each(t.site->s, NULL, keep_status, &t.truth[i], NULL));
	}
}

struct asked {
	const struct truth *truth;
	int64_t at;
	bool seen[NAMES];
};

static void compare(const struct asked *a, int i, const struct spell *x, const char *how)
{
	if (strcmp(x->mode, a->truth->mode[i]) != 0 || strcmp(x->source, a->truth->source[i]) != 0)
		fail_msg("%s of %s, %d s: %s by %s, but it was %s by %s", how, t.users[i].name,
			(int)(a->at - NOW), x->mode, x->source, a->truth->mode[i],
			a->truth->source[i]);
	if (*x->mode && !*x->reason)
		fail_msg("%s of %s has no reason", how, t.users[i].name);
	assert_true(x->from <= a->at && a->at < x->until);
}

static int check_status(void *data, const struct past_status *st)
{
	struct asked *a = data;

	for (int i = 0; i < NAMES; i++) {
		if (strcmp(t.users[i].name, st->user) != 0)
			continue;
		assert_false(a->seen[i]);
		a->seen[i] = true;
		compare(a, i, &st->spell, "status");
	}
	return 0;
}

static void check_one(const struct asked *a, int i)
{
	_cleanup_(history_done) struct history h = { 0 };
	struct past_user user;
	struct spell x, given;

	if (follow_past_user(t.site->s, t.users[i].name, &user, NULL) < 0)
		return; /* they never were */
	OK(follow_past(t.site->s, &user, a->at, &x, &given, NULL));
	OK(follow_history(t.site->s, &user, a->at - 5, a->at + 1, &h, NULL));
	assert_string_equal(h.list[h.n - 1].mode, x.mode);
	assert_string_equal(h.list[h.n - 1].reason, x.reason);
	assert_int_equal(h.list[h.n - 1].known, x.known == KNOWN_NOW && x.id ? KNOWN_LOG : x.known);
	/* A name can be of another user by now. What the one before was is told by status alone. */
	if (x.known == UNKNOWN_NOT_YET)
		return;
	compare(a, i, &x, "explain");
	if (x.id)
		assert_true(given.id && given.id <= x.id && given.at <= x.at);
	if (!strcmp(x.source, "switch"))
		assert_string_equal(given.what, "set");
}

static void ask(int64_t at, const struct truth *truth)
{
	struct asked a = { .truth = truth, .at = at };

	OK(follow_past_each(t.site->s, NULL, at, check_status, &a, NULL));
	for (int i = 0; i < NAMES; i++) {
		assert_int_equal(a.seen[i], *truth->mode[i] != '\0');
		check_one(&a, i);
	}
}

static void test_days(void **state)
{
	struct schedule office = { .name = "office", .hours = "Mon-Fri 09:00-17:00", .forced = -1 };

	(void)state;
	for (int day = 0; day < DAYS; day++) {
		void *site = site_new();

		t.site = site;
		t.now = NOW;
		t.lots = (uint64_t)day + 1;
		OK(store_begin(t.site->s, NULL));
		OK(follow_schedule_save(t.site->s, &office, NOW, NULL));
		OK(store_commit(t.site->s, NULL));
		office.id = 0;
		live();
		for (int i = 0; i + 1 < STEPS; i++) {
			ask(t.truth[i].at, &t.truth[i]);
			ask(t.truth[i].at + STEP_S - 1, &t.truth[i]);
		}
		site_free(&site);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_days) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
