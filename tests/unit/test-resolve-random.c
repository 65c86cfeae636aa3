/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random overrides, switches, hours and events: the ladder, the walk and the decision agree with a slow look at each instant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/presence/resolve.h"

enum { WINDOW = 120, EACH_MAX = 6, CASES = 1500, MODES = 5, RUNGS = 2 * EACH_MAX + SOURCE_COUNT };

static uint64_t seed = 0x9e3779b97f4a7c15;

static int below(int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)(seed % (uint64_t)n);
}

struct world {
	struct override overrides[EACH_MAX];
	struct mode_switch switches[EACH_MAX];
	struct appointment appointments[EACH_MAX];
	struct segment list[EACH_MAX];
	struct segments segments;
	struct resolve_input in;
};

static int64_t random_end(int64_t start)
{
	return below(5) ? start + 1 + below(WINDOW / 2) : UNTIL_OPEN;
}

static void random_segments(struct world *w)
{
	int64_t at = 0;

	while (at < WINDOW) {
		struct segment *s = &w->list[w->segments.n++];

		s->start = at;
		at += 1 + below(WINDOW / 3);
		if (w->segments.n == EACH_MAX || at > WINDOW)
			at = WINDOW;
		s->end = at;
		s->period = (enum period)below(PERIOD_COUNT);
		s->name = "";
	}
	w->segments.list = w->list;
	w->in.segments = &w->segments;
}

static void random_world(struct world *w)
{
	int64_t start = -20;

	*w = (struct world){ 0 };
	w->in = (struct resolve_input){ .overrides = w->overrides,
		.overrides_n = (size_t)below(EACH_MAX),
		.switches = w->switches,
		.switches_n = (size_t)below(EACH_MAX),
		.appointments = w->appointments,
		.appointments_n = (size_t)below(EACH_MAX + 1),
		.default_mode_id = 1 + below(MODES),
		.now = below(WINDOW),
		.to = WINDOW };
	for (size_t i = 0; i < w->in.overrides_n; i++) {
		struct override *o = &w->overrides[i];

		o->mode_id = 1 + below(MODES);
		o->start = below(WINDOW + 20) - 20;
		o->until = random_end(o->start);
	}
	for (size_t i = 0; i < w->in.switches_n; i++) {
		struct mode_switch *m = &w->switches[i];

		m->mode_id = 1 + below(MODES);
		m->since = below(WINDOW + 20) - 20;
		m->until = random_end(m->since);
	}
	for (size_t i = 0; i < w->in.appointments_n; i++) {
		struct appointment *a = &w->appointments[i];

		start += below(WINDOW / 3);
		*a = (struct appointment){ start, start + 1 + below(WINDOW / 3), 1 + below(MODES),
			below(3) ? EVENT_BUSY : EVENT_OOF, "", "" };
	}
	busy_times_of(w->appointments, w->in.appointments_n, &w->in.busy);
	for (int p = 0; p < PERIOD_COUNT; p++)
		w->in.period_mode_id[p] = 1 + below(MODES);
	if (below(4))
		random_segments(w);
}

/* Who wins, as presence-time(7) says it: WHO WINS. */
struct answer {
	enum source source;
	int64_t mode_id;
	const void *what;
};

static const struct appointment *event_at(const struct world *w, int64_t at)
{
	const struct appointment *best = NULL;

	for (size_t i = 0; i < w->in.appointments_n; i++) {
		const struct appointment *a = &w->appointments[i];

		if (at < a->start || at >= a->end)
			continue;
		if (!best || (a->kind == EVENT_OOF) >= (best->kind == EVENT_OOF))
			best = a;
	}
	return best;
}

static struct answer answer(const struct world *w, int64_t at)
{
	static const enum source sources[] = { SOURCE_BUSINESS, SOURCE_BREAK, SOURCE_OUTSIDE,
		SOURCE_HOLIDAY };
	const struct appointment *a = event_at(w, at);

	for (size_t i = 0; i < w->in.overrides_n; i++) {
		const struct override *o = &w->overrides[i];

		if (at >= o->start && at < o->until)
			return (struct answer){ SOURCE_OVERRIDE, o->mode_id, o };
	}
	for (size_t i = 0; i < w->in.switches_n; i++) {
		const struct mode_switch *m = &w->switches[i];

		if ((at >= m->since || at >= w->in.now) && at < m->until)
			return (struct answer){ SOURCE_SWITCH, m->mode_id, m };
	}
	for (size_t i = 0; i < w->segments.n; i++) {
		const struct segment *s = &w->list[i];

		if (at < s->start || at >= s->end || (s->period == PERIOD_BUSINESS && a))
			continue;
		return (struct answer){ sources[s->period], w->in.period_mode_id[s->period], s };
	}
	if (a)
		return (struct answer){ SOURCE_BUSY, a->mode_id, a };
	return (struct answer){ SOURCE_DEFAULT, w->in.default_mode_id, NULL };
}

static const void *what(const struct rung *r)
{
	return r->override       ? (const void *)r->override
		: r->mode_switch ? (const void *)r->mode_switch
		: r->segment     ? (const void *)r->segment
				 : (const void *)r->appointment;
}

static bool is(const struct rung *r, const struct answer *a)
{
	return r->source == a->source && r->mode_id == a->mode_id && what(r) == a->what;
}

static void check_ladder(const struct world *w, const struct answer *a, int64_t at, size_t max)
{
	struct rung list[RUNGS];
	size_t n = resolve_ladder(&w->in, at, list, max), wins = 0;
	unsigned seen = 0;

	assert_true(n >= SOURCE_COUNT && n <= max);
	for (size_t i = 0; i < n; i++) {
		const struct rung *r = &list[i];

		seen |= 1u << r->source;
		if (i)
			assert_true(r->source >= r[-1].source);
		switch (r->state) {
		case RUNG_WINS:
			wins++;
			assert_true(is(r, a));
			break;
		case RUNG_BEATEN:
			assert_int_equal(wins, 1);
			assert_true(r->start <= at && at < r->end);
			break;
		case RUNG_LATER: assert_true(r->start > at); break;
		case RUNG_SILENT: assert_null(what(r)); break;
		}
	}
	assert_int_equal(wins, 1);
	assert_int_equal(seen, (1u << SOURCE_COUNT) - 1);
}

static void check_decision(const struct world *w, const struct answer *all, int at)
{
	int back = below(at + 1), since = at, until = at, next = at;
	struct decision v;

	while (since > back && all[since - 1].mode_id == all[at].mode_id)
		since--;
	while (until < WINDOW && all[until].mode_id == all[at].mode_id)
		until++;
	while (next < WINDOW && all[next].what == all[at].what &&
		all[next].source == all[at].source)
		next++;
	resolve(&w->in, at, back, &v);
	assert_true(is(&v.winner, &all[at]));
	assert_int_equal(v.since, since);
	assert_true(v.until == (until < WINDOW ? until : UNTIL_OPEN));
	assert_int_equal(v.next_change_at, next);
	assert_true(v.next_change_at <= v.until);
}

static void check_world(const struct world *w)
{
	struct answer all[WINDOW];

	for (int at = 0; at < WINDOW; at++)
		all[at] = answer(w, at);
	for (int at = 0; at < WINDOW; at++) {
		struct rung r;
		int64_t until;

		resolve_at(&w->in, at, &r, &until);
		assert_int_equal(r.state, RUNG_WINS);
		assert_true(until > at && until <= WINDOW);
		for (int64_t t = at; t < until; t++)
			assert_true(is(&r, &all[t]));
		check_ladder(w, &all[at], at, RUNGS);
		check_ladder(w, &all[at], at, SOURCE_COUNT + (size_t)below(RUNGS - SOURCE_COUNT));
		check_decision(w, all, at);
	}
}

static void test_random(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		static struct world w;

		random_world(&w);
		check_world(&w);
		busy_times_done(&w.in.busy);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
