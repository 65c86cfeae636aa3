/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random lives of a link: logins, switches, feature codes, other tools that switch, light lamps, delete entries and remove members,
 * refusals, lost connections, restarts of the PBX and of presenced, calls, time. Whenever it comes to rest, what the PBX holds is what the database wants, and each user is in a mode that
 * belief.h says can be: the newest word has won.
 *
 * What no event tells of may differ until the next sweep or login: entries of AstDB that somebody else changed, among them the number
 * of a mode that asks and its end. These two are looked at as soon as a feature code is read back, but not where something else was
 * said of that extension before. Each such doubt is followed by a quarter of an hour or by a login, either of which ends it.
 *
 * LINK_LIVES says how many lives there are, LINK_SEED which is the first. A failure prints what happened and the seed of its life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/text.h"
#include "lib/sync/phones.h"
#include "tests/unit/belief.h"

enum {
	LIVES = 60,
	RESTS = 100,      /* a life: so often all faults end, and it comes to rest */
	STEPS = 12,       /* between two of them, at most */
	REST_MS = 300000, /* within that it comes to rest */
	SWEEP_MS = 900000,
	MODES = 6,
};

/* Of a user, besides their switches. */
struct person {
	struct belief belief;
	bool dialling;       /* the first half of a feature code is done */
	const char *dialled; /* its mode, NULL for *31 */
	bool unread;         /* a feature code that may not have been read back */
	bool doubt;          /* the number or the end may differ until the next sweep or login */
	const char *phone;   /* the state of their device */
};

static struct {
	struct rig rig;
	uint64_t seed, lots;
	struct scene scene;
	struct person people[RIG_USERS];
	unsigned lists, closed; /* of the PBX, when it was looked at last */
	bool is_read;           /* the lists, in this session */
	bool row_doubt;         /* any other entry may differ until the next sweep or login */
	struct strbuf trace;
	uint64_t checks, steps, states, sure; /* for the summary */
} t;

static uint32_t below(uint32_t n)
{
	uint64_t z = t.lots += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) >> 32) % n;
}

static bool one_in(uint32_t n)
{
	return below(n) == 0;
}

/* What happens, for whoever has to find out why a life failed. */

static void trace_line(const char *begin, const char *text)
{
	double s = (double)(t.rig.now.ms - RIG_BEGIN_MS) / 1000;

	strbuf_addf(&t.trace, "%9.3f  %s%s\n", s, begin, text);
}

static void trace_link(void)
{
	char *rest = t.rig.log.s, *line;

	while (t.rig.log.len && (line = strsep(&rest, "\n")) && *line)
		trace_line("  link: ", line);
	strbuf_cut(&t.rig.log, 0);
}

static void trace(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void trace(const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	trace_link();
	trace_line("", text);
}

static void fail_life(const char *why)
{
	trace_link();
	fprintf(stderr, "%s%s\n", t.trace.s, why);
	fail_msg("%s; LINK_LIVES=1 LINK_SEED=%" PRIu64 " repeats it", why, t.seed);
}

/* Users. */

static const char *extension_of(int user)
{
	return t.rig.users[user].extension;
}

static const char *presence_of(int user)
{
	static char name[80];

	snprintf(name, sizeof(name), "CustomPresence:%s", extension_of(user));
	return name;
}

static const char *interface_of(int user)
{
	static char name[48];

	snprintf(name, sizeof(name), "Local/%s@presence-queue/n", extension_of(user));
	return name;
}

static struct rig_item item_of(int user)
{
	return rig_item(&t.rig, presence_of(user));
}

static struct belief *belief_of(int user)
{
	t.scene.now = t.rig.now.utc;
	t.scene.in_session = t.rig.fake.logged_in && !t.rig.fake.closing && t.is_read;
	t.scene.in_step = link_in_step(t.rig.link);
	return &t.people[user].belief;
}

/* Something is said or pushed, and a feature code before it may not have been read back. */
static void leave_doubt(int user)
{
	t.people[user].doubt |= t.people[user].unread;
}

/* What the PBX tells. */

static void on_written(void *data, const char *name, const char *value, bool by_link)
{
	int user = name[strlen(name) - 1] - '1';
	struct rig_item item = rig_item(&t.rig, name);

	(void)data;
	trace("pbx %s %s=%s", by_link ? "takes" : "is told", name, value);
	leave_doubt(user);
	if (by_link)
		belief_take(belief_of(user), value);
	else
		belief_say_there(
			belief_of(user), value, fake_code(&t.rig.fake, name, false), &item);
}

static void on_asked(void *data, const char *name)
{
	(void)data;
	belief_ask(belief_of(name[strlen(name) - 1] - '1'), fake_code(&t.rig.fake, name, false));
}

static void forget_doubts(void)
{
	t.row_doubt = false;
	for (int u = 0; u < RIG_USERS; u++)
		t.people[u].doubt = false;
}

/* After each turn of the PBX and of presenced: whether the session has ended, and whether a login has read everything. */
static void look(void)
{
	for (int u = 0; t.closed != t.rig.fake.closed && u < RIG_USERS; u++)
		belief_lose(belief_of(u));
	t.is_read &= t.closed == t.rig.fake.closed;
	t.closed = t.rig.fake.closed;
	if (t.lists == t.rig.fake.lists)
		return;
	t.lists = t.rig.fake.lists;
	t.is_read = true;
	t.scene.restarted = false;
	forget_doubts();
}

/* At rest. */

static void settle(int user)
{
	struct belief *b = belief_of(user);
	struct rig_status is = rig_status(&t.rig, user);
	char states[400], why[600];

	t.states++;
	t.sure += belief_print(b, states, sizeof(states)) == 1;
	if (!belief_settle(b, &is)) {
		snprintf(why, sizeof(why), "%s is %s%s, but should be%s", t.rig.users[user].name,
			is.mode, is.by_switch ? " by a switch" : "", states);
		fail_life(why);
	}
	t.people[user].unread &= t.people[user].dialling;
}

static bool begins(const char *line, const char *what, const char *name)
{
	char text[80];

	snprintf(text, sizeof(text), "%s%s ", what, name);
	return !strncmp(line, text, strlen(text));
}

static bool begin_with(const char *line, const char *text)
{
	return !strncmp(line, text, strlen(text));
}

/* A line of rig_differences() that is let pass. */
static bool is_doubtful(const char *line)
{
	for (int u = 0; u < RIG_USERS; u++) {
		const struct person *p = &t.people[u];

		if (p->dialling && begins(line, "lamps/", extension_of(u)))
			return true;
		if ((p->doubt || p->dialling || t.row_doubt) &&
			(begins(line, "presence-ask/", extension_of(u)) ||
				begins(line, "presence-until/", extension_of(u))))
			return true;
	}
	return t.row_doubt &&
		(begin_with(line, "presence-user/") || begin_with(line, "presence-mode/"));
}

static void compare(void)
{
	_cleanup_(freep) char *text = rig_differences(&t.rig);
	char *rest = text, *line;

	t.checks++;
	while ((line = strsep(&rest, "\n")) && *line) {
		if (!is_doubtful(line))
			fail_life(line);
	}
}

/* Time, and what goes on by itself. */

static void pass(int64_t ms)
{
	size_t ticks = t.rig.ticks;

	rig_pass(&t.rig, ms);
	look();
	for (int u = 0; ticks != t.rig.ticks && u < RIG_USERS; u++) {
		if (belief_end(belief_of(u)))
			leave_doubt(u);
	}
}

/* The PBX and presenced do something of what there is to do. */
static void go_on(void)
{
	struct rig *r = &t.rig;

	for (uint32_t i = below(6); i > 0; i--) {
		switch (below(4)) {
		case 0: fake_work(&r->fake, one_in(3) ? FAKE_ANY : (int)below(5)); break;
		case 1: fake_show(&r->fake, one_in(3) ? FAKE_ANY : (int)below(300)); break;
		case 2: rig_step(r); break;
		default: pass(below(30)); break;
		}
		look();
	}
}

/* All that can happen without the clock. Whether it has come to rest, and nothing is refused or put off. */
static bool run_freely(void)
{
	struct rig *r = &t.rig;
	bool busy = true;

	for (int i = 0; busy && i < 200; i++) {
		busy = fake_work(&r->fake, FAKE_ANY) > 0;
		look();
		fake_show(&r->fake, FAKE_ANY);
		busy |= rig_step(r);
		look();
	}
	if (!rig_is_idle(r))
		return false;
	for (int u = 0; u < RIG_USERS; u++)
		settle(u);
	if (!rig_is_settled(r))
		return false;
	compare();
	return true;
}

/* What the phones do is written a round later at the latest. */
static void compare_phones(void)
{
	static const char *const words[][2] = { { "NOT_INUSE", "idle" }, { "RINGING", "ringing" },
		{ "INUSE", "on a call" }, { "ONHOLD", "on hold" }, { "UNAVAILABLE", "offline" },
		{ "INVALID", "offline" } };

	for (int u = 0; u < RIG_USERS; u++) {
		struct rig_activity is = rig_activity(&t.rig, t.rig.users[u].id);
		size_t i = 0;
		char why[120];

		while (strcmp(words[i][0], t.people[u].phone) != 0)
			i++;
		if (!strcmp(is.name, words[i][1]) && is.since <= t.rig.now.utc)
			continue;
		snprintf(why, sizeof(why), "%s is %s, but should be %s", t.rig.users[u].name,
			is.name, words[i][1]);
		fail_life(why);
	}
}

/* Time passes in portions, so that the model sees what it ends. */
static void rest(void)
{
	int64_t end = t.rig.now.ms + REST_MS;

	while (!run_freely()) {
		int64_t next = rig_next_ms(&t.rig);

		if (next > end)
			fail_life("it does not come to rest");
		pass(next > t.rig.now.ms ? next - t.rig.now.ms : 0);
	}
}

/* So long that the sweep has read everything, and what it has found twice. */
static void wait_for_sweep(void)
{
	int64_t end = t.rig.now.ms + SWEEP_MS;

	trace("a quarter of an hour passes");
	while (t.rig.now.ms < end) {
		int64_t next;

		run_freely();
		next = rig_next_ms(&t.rig);
		pass(next > end                       ? end - t.rig.now.ms
				: next > t.rig.now.ms ? next - t.rig.now.ms
						      : 0);
	}
	rest();
	if (t.is_read)
		forget_doubts();
	compare();
}

static void come_to_rest(void)
{
	rest();
	if (!one_in(3))
		return;
	pass(PHONES_ROUND_MS);
	rest();
	compare_phones();
}

/* Words. */

static void say_by_hand(int user)
{
	int word = one_in(4) ? WORD_CLEAR : (int)below(MODES);
	bool ends = one_in(4) && word != WORD_CLEAR && !belief_is_deep(belief_of(user));
	int64_t until = ends ? t.rig.now.utc + 1 + below(100) : UNTIL_OPEN;
	struct rig_item before = item_of(user), after;

	trace("presencectl: %s %s%s", t.rig.users[user].name, word_name(word),
		ends ? " for a while" : "");
	leave_doubt(user);
	belief_end(belief_of(user));
	belief_say_here(belief_of(user), word, until);
	if (word == WORD_CLEAR)
		rig_clear(&t.rig, user);
	else
		rig_switch(&t.rig, user, word_name(word), until);
	after = item_of(user);
	belief_said_here(belief_of(user), &before, &after);
}

static bool is_running(void)
{
	return t.rig.now.ms >= t.rig.fake.boots_ms;
}

/* In two halves, between which anything can happen. */
static void dial(int user)
{
	struct person *p = &t.people[user];
	int word;

	if (!is_running())
		return;
	if (!p->dialling) {
		word = one_in(4) ? WORD_CLEAR : (int)below(MODES);
		trace("phone %s dials %s", extension_of(user), word_name(word));
		leave_doubt(user);
		p->dialled = word == WORD_CLEAR ? NULL : word_name(word);
		p->dialling = p->unread = true;
		rig_dial_lamps(&t.rig, extension_of(user), p->dialled);
		if (one_in(3))
			return;
	}
	p->dialling = false;
	rig_dial_mode(&t.rig, extension_of(user), p->dialled);
}

static void use_tool(int user)
{
	static const char *const values[] = { "away,away,", "dnd,do-not-disturb,", "dnd,,",
		"available,available,", "xa,business-trip,from elsewhere", "unavailable,,",
		"away,lunch-break,", "chat,,", "not_set,," };

	if (is_running() && !t.people[user].dialling)
		fake_set(&t.rig.fake, presence_of(user), values[below(ARRAY_SIZE(values))]);
}

static void use_phone(int user)
{
	static const char *const states[] = { "NOT_INUSE", "RINGING", "INUSE", "ONHOLD",
		"UNAVAILABLE" };
	struct person *p = &t.people[user];
	char device[24];

	if (!is_running())
		return;
	p->phone = states[below(ARRAY_SIZE(states))];
	snprintf(device, sizeof(device), "PJSIP/%s", extension_of(user));
	trace("%s is %s", device, p->phone);
	fake_phone(&t.rig.fake, device, p->phone);
}

/* What happens to a member of the queue: calls, and others who pause or remove them. */
static void change_member(int user)
{
	const char *interface = interface_of(user);
	struct fake_member *m = fake_member(&t.rig.fake, "support", interface);

	if (!m || !is_running())
		return;
	if (one_in(2)) {
		m->in_call = !m->in_call;
		trace("member %s: a call %s", interface, m->in_call ? "begins" : "ends");
	} else if (one_in(3)) {
		trace("member %s is removed", interface);
		fake_remove_member(&t.rig.fake, m);
	} else {
		bool paused = !m->paused || strcmp(m->reason, "coffee") != 0;

		trace("member %s is %s", interface, paused ? "paused for coffee" : "unpaused");
		fake_pause_member(&t.rig.fake, m, paused ? "coffee" : NULL);
	}
}

/* What somebody else does at the console. */
static void change_lamp(int user)
{
	static const char *const states[] = { "INUSE", "NOT_INUSE", "RINGING" };
	const char *mode = model_builtin_modes[below(MODES)].name, *state = states[below(3)];
	char name[80];

	if (!is_running() || t.people[user].dialling)
		return;
	snprintf(name, sizeof(name), "Custom:mode-%s-%s", extension_of(user), mode);
	trace("%s becomes %s", name, state);
	fake_set(&t.rig.fake, name, state);
}

static void change_row(int user)
{
	static const char *const families[] = { "presence-user", "presence-until", "presence-ask",
		"presence-mode" };
	uint32_t family = below(ARRAY_SIZE(families) + 1);
	char name[80];

	if (!is_running() || t.people[user].dialling)
		return;
	/* A word that nobody has read yet would be deleted with it. */
	if (family == ARRAY_SIZE(families) && (!t.is_read || !rig_is_settled(&t.rig)))
		return;
	t.row_doubt = true;
	if (family == ARRAY_SIZE(families)) {
		trace("the row of %s is deleted", presence_of(user));
		fake_lose_row(&t.rig.fake, presence_of(user));
		return;
	}
	snprintf(name, sizeof(name), "%s/%s", families[family],
		family < 3 ? extension_of(user) : model_builtin_modes[below(MODES)].name);
	if (!*fake_get(&t.rig.fake, name))
		return;
	trace("%s is changed", name);
	fake_set(&t.rig.fake, name, one_in(2) ? "" : "else");
}

/* Faults. */

static void cut(void)
{
	int bytes = one_in(2) ? 0 : (int)below(400);

	if (!t.rig.fake.is_open || t.rig.fake.closing)
		return;
	trace("the line breaks, %d bytes later", bytes);
	fake_cut(&t.rig.fake, bytes);
}

/* Not within two seconds of its last start, since it would pass for the same run. */
static void restart_pbx(bool killed)
{
	struct fake_pbx *f = &t.rig.fake;
	int loads = one_in(2) ? 0 : (int)below(3000);

	if (t.rig.now.ms < f->boots_ms + 4000)
		return;
	trace("pbx %s, loads %d ms", killed ? "is killed" : "restarts", loads);
	for (int u = 0; killed && u < RIG_USERS; u++) {
		struct rig_item item = item_of(u);

		belief_relapse(belief_of(u), fake_on_disk(f, presence_of(u)),
			fake_writes(f, presence_of(u)), fake_is_by_link(f, presence_of(u)),
			fake_code(f, presence_of(u), true), &item);
	}
	fake_cut(f, one_in(2) ? 0 : (int)below(400));
	fake_restart(f, killed, 200, loads);
	t.scene.restarted = true;
	for (int u = 0; u < RIG_USERS; u++) {
		struct rig_item item = item_of(u);

		t.people[u].dialling = false;
		belief_restart(belief_of(u), &item);
	}
}

/* The next few actions of a kind. */
static void refuse(void)
{
	static const char *const kinds[][3] = {
		{ "Setvar", "CustomPresence", "Variable not set" },
		{ "Setvar", "Custom:mode", "Variable not set" },
		{ "Setvar", "Custom:presence", "Variable not set" },
		{ "DBPut", "", "Failed" },
		{ "DBGet", "presence-ask", "Failed" },
		{ "QueueStatus", "", "Failed" },
		{ "QueueAdd", "", "Failed" },
		{ "QueuePause", "", "Interface not found" },
		{ "QueueRemove", "", "Failed" },
	};
	const char *const *kind = kinds[below(ARRAY_SIZE(kinds))];
	struct fake_refusal *r = &t.rig.fake.refusals[below(FAKE_REFUSALS)];

	*r = (struct fake_refusal){ kind[0], kind[1], kind[2], (int)below(3) + 1 };
	trace("pbx refuses %s %s %d times", r->action, r->holds, r->times);
}

/* A kind of actions, to the next login. */
static void deny(void)
{
	static const char *const kinds[] = { "DBPut", "Queue", "Setvar" };
	uint32_t kind = below(ARRAY_SIZE(kinds) + 1);

	t.rig.fake.denied[0] = kind < ARRAY_SIZE(kinds) ? kinds[kind] : NULL;
	trace("pbx denies %s", kind < ARRAY_SIZE(kinds) ? kinds[kind] : "nothing");
}

static void restart_daemon(void)
{
	trace("presenced restarts");
	rig_restart_daemon(&t.rig);
	look();
}

static void freeze(void)
{
	t.rig.fake.frozen = !t.rig.fake.frozen;
	trace("pbx %s", t.rig.fake.frozen ? "freezes" : "thaws");
}

static void random_step(void)
{
	int user = (int)below(RIG_USERS);

	t.steps++;
	switch (below(29)) {
	case 0 ... 4: say_by_hand(user); break;
	case 5 ... 7: dial(user); break;
	case 8 ... 9: use_tool(user); break;
	case 10 ... 11: one_in(4) ? deny() : refuse(); break;
	case 12 ... 13: cut(); break;
	case 14: restart_pbx(false); break;
	case 15: restart_pbx(true); break;
	case 16: restart_daemon(); break;
	case 17: freeze(); break;
	case 18: t.rig.fake.room = one_in(2) ? FAKE_ANY : (int)below(500); break;
	case 19: change_member(user); break;
	case 20: pass(below(70000)); break;
	case 21: pass(below(2000)); break;
	case 22 ... 23: use_phone(user); break;
	case 24: change_lamp(user); break;
	case 25: change_row(user); break;
	default: run_freely(); break;
	}
	go_on();
}

/* The faults end. */
static void make_peace(void)
{
	struct fake_pbx *f = &t.rig.fake;

	f->frozen = false;
	f->room = FAKE_ANY;
	memset(f->refusals, 0, sizeof(f->refusals));
	for (size_t i = 0; i < f->memory.members_n; i++)
		f->memory.members[i].in_call = false;
	for (int u = 0; u < RIG_USERS; u++) {
		if (t.people[u].dialling)
			dial(u);
	}
	if (!f->denied[0] && !f->denied_here[0])
		return;
	f->denied[0] = f->denied_here[0] = NULL;
	trace("the line breaks");
	fake_cut(f, 0);
}

static bool has_doubts(void)
{
	for (int u = 0; u < RIG_USERS; u++) {
		if (t.people[u].doubt)
			return true;
	}
	return t.row_doubt;
}

/* One stretch of faults, and the rest after it; with a sweep or a login more often than not, where nothing is let pass. */
static void live_on(void)
{
	for (uint32_t n = below(STEPS) + 1; n > 0; n--)
		random_step();
	make_peace();
	come_to_rest();
	if (!has_doubts() && !one_in(4))
		return;
	if (one_in(8)) {
		wait_for_sweep();
		return;
	}
	trace("the line breaks, for a login");
	fake_cut(&t.rig.fake, 0);
	come_to_rest();
	assert_false(has_doubts());
}

static void live(uint64_t seed)
{
	t.seed = t.lots = seed;
	t.lists = t.closed = 0;
	t.is_read = t.row_doubt = false;
	t.scene.restarted = true;
	strbuf_cut(&t.trace, 0);
	rig_begin(&t.rig);
	t.rig.fake.wrote = on_written;
	t.rig.fake.asked = on_asked;
	for (int u = 0; u < RIG_USERS; u++) {
		t.people[u] = (struct person){ .phone = "INVALID" };
		belief_init(&t.people[u].belief, &t.scene);
	}
	for (int i = 0; i < RESTS; i++) {
		trace("--- %d", i);
		live_on();
	}
	rig_end(&t.rig);
}

static void live_from(uint64_t seed)
{
	const char *lives = getenv("LINK_LIVES");
	uint64_t n = lives ? strtoull(lives, NULL, 10) : LIVES;

	t.checks = t.steps = t.states = t.sure = 0;
	for (uint64_t i = 0; i < n; i++)
		live(seed + i);
	print_message("# %" PRIu64 " lives from seed %" PRIu64 ": %" PRIu64 " steps, %" PRIu64
		      " times at rest and compared; %.0f %% of the modes could be no other\n",
		n, seed, t.steps, t.checks, 100.0 * (double)t.sure / (double)t.states);
}

static void test_same_lives(void **state)
{
	const char *seed = getenv("LINK_SEED");

	(void)state;
	live_from(seed ? strtoull(seed, NULL, 10) : 1);
}

static void test_other_lives(void **state)
{
	(void)state;
	if (!getenv("LINK_SEED"))
		live_from((uint64_t)time(NULL) << 20);
}

static int begin(void **state)
{
	(void)state;
	t.trace = (struct strbuf)STRBUF_INIT;
	rig_init(&t.rig);
	return 0;
}

static int end(void **state)
{
	(void)state;
	rig_done(&t.rig);
	strbuf_done(&t.trace);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_lives),
		cmocka_unit_test(test_other_lives),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
