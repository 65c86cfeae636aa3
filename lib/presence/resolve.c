/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/presence/resolve.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

/* How many changes are followed in search of another mode. Behind them no end of the mode is in sight. */
enum { STEPS_MAX = 4096 };

static const enum source period_source[] = {
	[PERIOD_BUSINESS] = SOURCE_BUSINESS,
	[PERIOD_BREAK] = SOURCE_BREAK,
	[PERIOD_OUTSIDE] = SOURCE_OUTSIDE,
	[PERIOD_HOLIDAY] = SOURCE_HOLIDAY,
};

/* The state of a rung at `at`: RUNG_BEATEN if it holds, until a winner is known; RUNG_LATER if it is to begin; -1 if it is
 * over. */
static int place(int64_t start, int64_t end, int64_t at)
{
	if (end <= at)
		return -1;
	return start <= at ? RUNG_BEATEN : RUNG_LATER;
}

static int64_t switch_start(const struct resolve_input *in, const struct mode_switch *m)
{
	return m->since > in->now ? in->now : m->since;
}

/* One that was to hold at once holds, also if it was given by a clock that was ahead. */
static int64_t override_start(const struct resolve_input *in, const struct override *o)
{
	return o->start > in->now && o->start <= o->given ? in->now : o->start;
}

/* Lower *next to the first of the two instants that is behind `at`. */
static void lower(int64_t *next, int64_t start, int64_t end, int64_t at)
{
	if (start > at && start < *next)
		*next = start;
	if (end > at && end < *next)
		*next = end;
}

static struct rung segment_rung(const struct resolve_input *in, const struct segment *s)
{
	return (struct rung){
		.source = period_source[s->period],
		.mode_id = in->period_mode_id[s->period],
		.start = s->start,
		.end = s->end,
		.segment = s,
	};
}

static struct rung override_rung(const struct resolve_input *in, const struct override *o)
{
	return (struct rung){
		.source = SOURCE_OVERRIDE,
		.mode_id = o->mode_id,
		.start = override_start(in, o),
		.end = o->until,
		.override = o,
	};
}

static struct rung switch_rung(const struct resolve_input *in, const struct mode_switch *m)
{
	return (struct rung){
		.source = SOURCE_SWITCH,
		.mode_id = m->mode_id,
		.start = switch_start(in, m),
		.end = m->until,
		.mode_switch = m,
	};
}

static struct rung appointment_rung(const struct appointment *a)
{
	return (struct rung){
		.source = SOURCE_BUSY,
		.mode_id = a->mode_id,
		.start = a->start,
		.end = a->end,
		.appointment = a,
	};
}

static struct rung default_rung(const struct resolve_input *in)
{
	return (struct rung){
		.source = SOURCE_DEFAULT,
		.mode_id = in->default_mode_id,
		.start = INT64_MIN,
		.end = UNTIL_OPEN,
	};
}

/* Go down the ladder and stop at the first rung that holds at `at`. The rungs below it are looked at too, because `next` is the
 * nearest begin or end of any of them: until then the ladder stays as it is, but for appointments that do not count. Where there is a schedule, an appointment counts
 * in business hours only. */
void resolve_at(const struct resolve_input *in, int64_t at, struct rung *ret, int64_t *ret_until)
{
	const struct override *override = NULL;
	const struct mode_switch *mode_switch = NULL;
	const struct segment *segment = in->segments ? segments_find(in->segments, at) : NULL;
	const struct appointment *appointment;
	int64_t next = in->to;

	for (size_t i = 0; i < in->overrides_n; i++) {
		const struct override *o = &in->overrides[i];

		lower(&next, override_start(in, o), o->until, at);
		if (!override && place(override_start(in, o), o->until, at) == RUNG_BEATEN)
			override = o;
	}
	for (size_t i = 0; i < in->switches_n; i++) {
		const struct mode_switch *m = &in->switches[i];

		lower(&next, switch_start(in, m), m->until, at);
		if (!mode_switch && place(switch_start(in, m), m->until, at) == RUNG_BEATEN)
			mode_switch = m;
	}
	if (segment)
		lower(&next, segment->start, segment->end, at);
	appointment = busy_at(&in->busy, at, &next);
	if (segment && segment->period != PERIOD_BUSINESS)
		appointment = NULL;
	if (override)
		*ret = override_rung(in, override);
	else if (mode_switch)
		*ret = switch_rung(in, mode_switch);
	else if (appointment)
		*ret = appointment_rung(appointment);
	else if (segment)
		*ret = segment_rung(in, segment);
	else
		*ret = default_rung(in);
	ret->state = RUNG_WINS;
	*ret_until = next;
}

bool rung_equal(const struct rung *a, const struct rung *b)
{
	return a->source == b->source && a->mode_id == b->mode_id && a->override == b->override &&
		a->mode_switch == b->mode_switch && a->segment == b->segment &&
		a->appointment == b->appointment;
}

/* When the mode of `winner` began. Only resolve_at() knows who wins, and it looks forwards. So walk from `back` to `at`, from one
 * change of any rung to the next, and remember the end of the last stretch that had another mode. Each change is behind the one
 * before, so the walk ends. */
static int64_t mode_since(
	const struct resolve_input *in, const struct rung *winner, int64_t back, int64_t at)
{
	int64_t began = back, t = back;

	while (t < at) {
		struct rung r;
		int64_t next;

		resolve_at(in, t, &r, &next);
		if (r.mode_id != winner->mode_id)
			began = next;
		t = next;
	}
	return began;
}

/* Walk forwards from change to change until another mode wins, the window ends, or STEPS_MAX changes have passed. The first change
 * of the winning rung is when to look again. The mode goes on as long as each winning rung gives the same mode. */
void resolve(const struct resolve_input *in, int64_t at, int64_t back, struct decision *ret)
{
	int64_t t;

	*ret = (struct decision){ .until = UNTIL_OPEN, .next_change_at = UNTIL_OPEN };
	resolve_at(in, at, &ret->winner, &t);
	ret->since = mode_since(in, &ret->winner, back, at);
	ret->began = ret->since > back;
	for (int i = 0; t < in->to && i < STEPS_MAX; i++) {
		struct rung r;
		int64_t next;

		resolve_at(in, t, &r, &next);
		if (ret->next_change_at == UNTIL_OPEN && !rung_equal(&r, &ret->winner))
			ret->next_change_at = t;
		if (r.mode_id != ret->winner.mode_id) {
			ret->until = t;
			return;
		}
		t = next;
	}
	if (ret->next_change_at == UNTIL_OPEN)
		ret->next_change_at = t;
}

struct rung_list {
	struct rung *list;
	size_t n, max;
	bool won;
};

/* Add a rung to the ladder; the first that holds wins. Each weaker kind needs one place of `max`, so that many are kept free: a
 * long list of overrides or switches is cut, the kinds below are never missing. The winner is never missing either: it takes
 * the place of the rung before it, which is one that is yet to begin. */
static void add(struct rung_list *l, struct rung r, int state)
{
	size_t reserved = (size_t)(SOURCE_COUNT - 1 - (int)r.source);
	bool wins = state == RUNG_BEATEN && !l->won;

	if (state < 0)
		return;
	if (l->n + reserved >= l->max) {
		if (!wins)
			return;
		l->n--;
	}
	r.state = wins ? RUNG_WINS : (enum rung_state)state;
	l->won |= wins;
	l->list[l->n++] = r;
}

static void add_silent(struct rung_list *l, enum source source)
{
	add(l, (struct rung){ .source = source, .start = INT64_MIN, .end = UNTIL_OPEN },
		RUNG_SILENT);
}

/* The first segment of this period that holds or is to come. */
static void add_period(
	struct rung_list *l, const struct resolve_input *in, enum period period, int64_t at)
{
	for (size_t i = 0; in->segments && i < in->segments->n; i++) {
		const struct segment *s = &in->segments->list[i];
		int state = place(s->start, s->end, at);

		if (s->period != period || state < 0)
			continue;
		add(l, segment_rung(in, s), state);
		return;
	}
	add_silent(l, period_source[period]);
}

/* The appointment that counts now, else the next to come. */
static void add_busy(struct rung_list *l, const struct resolve_input *in, int64_t at)
{
	int64_t next = UNTIL_OPEN;
	const struct appointment *a = busy_at(&in->busy, at, &next);

	for (size_t i = 0; !a && i < in->appointments_n; i++) {
		if (in->appointments[i].start > at)
			a = &in->appointments[i];
	}
	if (a)
		add(l, appointment_rung(a), place(a->start, a->end, at));
	else
		add_silent(l, SOURCE_BUSY);
}

size_t resolve_ladder(const struct resolve_input *in, int64_t at, struct rung *ret, size_t max)
{
	struct rung_list l = { .list = ret, .max = max };
	size_t n = 0;

	for (size_t i = 0; i < in->overrides_n; i++) {
		const struct override *o = &in->overrides[i];

		add(&l, override_rung(in, o), place(override_start(in, o), o->until, at));
	}
	if (!l.n)
		add_silent(&l, SOURCE_OVERRIDE);
	n = l.n;
	for (size_t i = 0; i < in->switches_n; i++) {
		const struct mode_switch *m = &in->switches[i];

		add(&l, switch_rung(in, m), place(switch_start(in, m), m->until, at));
	}
	if (l.n == n)
		add_silent(&l, SOURCE_SWITCH);
	add_period(&l, in, PERIOD_HOLIDAY, at);
	add_period(&l, in, PERIOD_OUTSIDE, at);
	add_period(&l, in, PERIOD_BREAK, at);
	add_busy(&l, in, at);
	add_period(&l, in, PERIOD_BUSINESS, at);
	add(&l, default_rung(in), RUNG_BEATEN);
	return l.n;
}

static void segment_reason(const struct segment *s, const char *schedule, char *ret, size_t size)
{
	switch (s->cause) {
	case CAUSE_FORCED:
		snprintf(ret, size, "%s by hand, schedule %s", period_name(s->period), schedule);
		break;
	case CAUSE_SPECIAL:
		snprintf(ret, size, "special day%s%s of schedule %s, %s", *s->name ? " " : "",
			s->name, schedule, period_name(s->period));
		break;
	case CAUSE_HOLIDAY:
		snprintf(ret, size, "holiday%s%s, schedule %s", *s->name ? " " : "", s->name,
			schedule);
		break;
	case CAUSE_HOURS:
		snprintf(ret, size, "%s of schedule %s",
			s->period == PERIOD_BUSINESS        ? "business hours"
				: s->period == PERIOD_BREAK ? "break"
							    : "outside the hours",
			schedule);
		break;
	}
}

void rung_reason(
	const struct rung *r, const char *schedule, bool has_default, char ret[REASON_MAX_LEN + 1])
{
	char text[3 * REASON_MAX_LEN] = "";

	if (r->override)
		snprintf(text, sizeof(text), "override of %s%s%s: %s", r->override->scope,
			*r->override->giver ? " by " : "", r->override->giver, r->override->reason);
	else if (r->mode_switch)
		snprintf(text, sizeof(text), "switched%s%s", *r->mode_switch->giver ? " by " : "",
			r->mode_switch->giver);
	else if (r->segment)
		segment_reason(r->segment, schedule, text, sizeof(text));
	else if (r->appointment)
		snprintf(text, sizeof(text), "%s in calendar %s",
			*r->appointment->summary ? r->appointment->summary : "event",
			r->appointment->calendar);
	else if (r->source == SOURCE_DEFAULT)
		snprintf(text, sizeof(text), "%s",
			has_default ? "the user's default mode" : "nothing set");
	text_cut(text, REASON_MAX_LEN);
	text_copy(ret, REASON_MAX_LEN + 1, text);
}
