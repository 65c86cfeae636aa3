/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random schedules: the segments of a year have no gap and no overlap, and agree with what the wall clock says of each minute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/binding/zonefile.h"
#include "lib/time/civil.h"
#include "lib/presence/schedule.h"

enum {
	DAY = 86400,
	DAYS = 366,
	MINUTES = DAYS * 1440,
	BEFORE = 4 * 1440, /* minutes of lead, for nights that began before the window */
	ALL = BEFORE + MINUTES + BEFORE,
	SCHEDULES = 24, /* a zone */
	CHANGES_MAX = 16,
	RANGES_MAX = 4,
	DATES_MAX = 12,
	PARTS_MAX = 4,
};

static uint64_t seed;

static int below(int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)(seed % (uint64_t)n);
}

/* The test's own form of a schedule. */
struct ranges {
	int n;
	struct {
		int start, end; /* minutes after midnight */
	} list[RANGES_MAX];
};

struct date {
	int64_t day, last; /* one day, or several */
	bool every_year;
	char kind; /* 'h' hours, 'c' closed, 'a' as a weekday; 'o' a holiday */
	int weekday;
	struct ranges ranges; /* also the hours of a holiday */
	char name[16];
};

struct off {
	int start, end; /* minutes of the whole table */
};

/* Hours for some weeks or dates only. */
struct part {
	int kind; /* 0 odd weeks, 1 even weeks, 2 every n weeks, 3 dates */
	int n;
	struct date dates; /* also the first week */
	struct ranges week[7];
	bool has[7], closed;
};

struct plan {
	bool has_calendar; /* hours from `open` */
	struct ranges hours[7], breaks[7];
	struct part parts[PARTS_MAX];
	int parts_n;
	struct date special[DATES_MAX], holidays[DATES_MAX];
	int special_n, holidays_n, open_n, off_n;
	struct off open[DATES_MAX], off[DATES_MAX];
	bool has_before; /* the day before a holiday is another */
	struct date before;
	int forced; /* a period, or -1 */
	struct off force;
};

static int64_t zero;                        /* UTC seconds of minute 0 of the table */
static int64_t wall[ALL];                   /* wall seconds of each minute */
static int changes[CHANGES_MAX], changes_n; /* minutes at which the offset changed */
static unsigned char expect_period[ALL], expect_cause[ALL];
static const char *expect_name[ALL]; /* of the special day, or NULL */

/* Often at night, when clocks change. */
static int random_minute(void)
{
	int grain = below(2) ? 15 : 1;

	return below(below(3) ? 1440 : 240) / grain * grain;
}

/* Sorted, apart from each other; the last may cross midnight, but not reach the first of the next day if all days
 * are alike. */
static void random_ranges(struct ranges *r, int max)
{
	int floor = 0;

	r->n = 0;
	for (int n = below(max + 1); r->n < n;) {
		int start = random_minute(), end = random_minute();

		if (start < floor || floor == 1440)
			break;
		if (end <= start && r->n + 1 < n)
			break;
		if (end <= start)
			end += 1440;
		r->list[r->n].start = start;
		r->list[r->n++].end = end;
		if (end >= 1440)
			break;
		floor = end;
	}
}

static void print_ranges(struct strbuf *to, const struct ranges *r)
{
	for (int i = 0; i < r->n; i++) {
		int end = r->list[i].end > 1440 ? r->list[i].end - 1440 : r->list[i].end;

		strbuf_addf(to, "%s%02d:%02d-%02d:%02d", i ? "," : "", r->list[i].start / 60,
			r->list[i].start % 60, end / 60, end % 60);
	}
}

/* A week that hours_parse() takes; it refuses overlap across midnight. */
static void random_week(struct ranges week[7], int max, struct strbuf *text)
{
	static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

	for (int tries = 0; tries < 1000; tries++) {
		_cleanup_(hours_freep) struct hours *h = NULL;

		strbuf_cut(text, 0);
		for (int i = 0; i < 7; i++) {
			random_ranges(&week[i], max);
			if (!week[i].n)
				continue;
			strbuf_addf(text, "%s%s ", text->len ? "; " : "", names[i]);
			print_ranges(text, &week[i]);
		}
		if (text->len && hours_parse(text->s, &h, NULL) == 0)
			return;
	}
	fail_msg("no week was found");
}

/* A day of the table, often one of those around a change of the clock. */
static int64_t random_day(void)
{
	if (changes_n && below(3) == 0)
		return wall[changes[below(changes_n)]] / DAY - 2 + below(4);
	return zero / DAY + below(ALL / 1440);
}

static int month_and_day(int64_t day)
{
	struct civil c;

	civil_from_days(day, &c);
	return c.month * 100 + c.day;
}

static void random_kind(struct date *d)
{
	d->kind = "hca"[below(3)];
	d->weekday = below(7);
	do {
		random_ranges(&d->ranges, RANGES_MAX);
	} while (d->kind == 'h' && !d->ranges.n);
}

static void add_dates(struct plan *p, struct date *list, int *n, bool special)
{
	*n = below(DATES_MAX + 1);
	for (int i = 0; i < *n; i++) {
		struct date *d = &list[i];
		bool again = false;

		do {
			d->day = random_day();
			/* Next to another date, which matters most. */
			if (i && below(2))
				d->day = list[below(i)].day + 1;
			if (special && p->holidays_n && below(3) == 0)
				d->day = p->holidays[below(p->holidays_n)].day;
			again = false;
			for (int k = 0; k < i; k++)
				again |= month_and_day(list[k].day) == month_and_day(d->day);
		} while (again);
		d->last = d->day + (special && below(4) == 0 ? below(20) : 0);
		d->every_year = special && below(3) == 0;
		snprintf(d->name, sizeof(d->name), "%c%d", special ? 'S' : 'H', i);
		d->weekday = below(7);
		d->ranges = (struct ranges){ 1, { { 0, 1440 } } };
		if (!special) {
			d->kind = 'o';
			if (below(2)) {
				d->ranges.list[0].start = below(1200);
				d->ranges.list[0].end = d->ranges.list[0].start + 1 +
					below(1440 - d->ranges.list[0].start);
			}
			continue;
		}
		random_kind(d);
	}
}

static void print_day(const struct date *d, int64_t day, struct strbuf *to)
{
	struct civil c;

	civil_from_days(day, &c);
	if (!d->every_year)
		strbuf_addf(to, "%04d-", c.year);
	strbuf_addf(to, "%02d-%02d", c.month, c.day);
}

static void print_value(const struct date *d, struct strbuf *to)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

	if (d->kind == 'c')
		strbuf_adds(to, "closed");
	else if (d->kind == 'a')
		strbuf_addf(to, "as %s", names[d->weekday]);
	else
		print_ranges(to, &d->ranges);
	strbuf_addf(to, " = %s", d->name);
}

static void print_dates(const struct date *list, int n, struct strbuf *to)
{
	for (int i = 0; i < n; i++) {
		strbuf_adds(to, i ? "; " : "");
		print_day(&list[i], list[i].day, to);
		if (list[i].last > list[i].day) {
			strbuf_adds(to, "..");
			print_day(&list[i], list[i].last, to);
		}
		strbuf_addc(to, ' ');
		print_value(&list[i], to);
	}
}

/* Hours that differ in some weeks or on some dates. The last day of such a part may be closed. */
static void random_part(struct part *x, int kind, struct strbuf *text)
{
	static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	_cleanup_(strbuf_done) struct strbuf when = STRBUF_INIT, week = STRBUF_INIT;
	int closed = below(7);

	*x = (struct part){ .kind = kind, .n = 1 + below(5), .closed = below(2) };
	x->dates.day = random_day();
	x->dates.last = x->dates.day + 1 + below(60);
	x->dates.every_year = kind == 3 && below(2);
	if (kind == 2)
		strbuf_addf(&when, "every %d weeks from ", x->n);
	if (kind >= 2)
		print_day(&x->dates, x->dates.day, &when);
	if (kind == 3) {
		strbuf_adds(&when, "..");
		print_day(&x->dates, x->dates.last, &when);
	}
	if (kind < 2)
		strbuf_adds(&when, kind ? "week even" : "week odd");
	random_week(x->week, RANGES_MAX, &week);
	for (int i = 0; i < 7; i++) {
		if (x->closed && i == closed)
			x->week[i].n = 0;
		x->has[i] = x->week[i].n || (x->closed && i == closed);
		if (!x->has[i])
			continue;
		strbuf_addf(text, "; %s: %s ", when.s, names[i]);
		print_ranges(text, &x->week[i]);
		strbuf_adds(text, x->week[i].n ? "" : "closed");
	}
}

static void random_spans(struct off *list, int *n)
{
	*n = below(DATES_MAX + 1);
	for (int i = 0; i < *n; i++) {
		list[i].start = below(ALL);
		list[i].end = list[i].start + below(4 * 1440);
		if (below(3) == 0) { /* whole days in UTC */
			list[i].start -= list[i].start % 1440;
			list[i].end -= list[i].end % 1440;
		}
		if (list[i].end > ALL)
			list[i].end = ALL;
	}
}

static void random_plan(struct plan *p, struct schedule *s)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	memset(p, 0, sizeof(*p));
	memset(s, 0, sizeof(*s));
	p->has_calendar = below(4) == 0;
	if (p->has_calendar) {
		random_spans(p->open, &p->open_n);
		strbuf_adds(&text, "calendar:open");
	} else {
		random_week(p->hours, RANGES_MAX, &text);
		for (int kind = below(8); kind < PARTS_MAX; kind += 1 + below(2))
			random_part(&p->parts[p->parts_n++], kind, &text);
	}
	snprintf(s->hours, sizeof(s->hours), "%s", text.s);
	if (below(3)) {
		random_week(p->breaks, 2, &text);
		snprintf(s->breaks, sizeof(s->breaks), "%s", text.s);
	}
	add_dates(p, p->holidays, &p->holidays_n, false);
	strbuf_cut(&text, 0);
	print_dates(p->holidays, p->holidays_n, &text);
	snprintf(s->holidays, sizeof(s->holidays), "%s", text.s);
	add_dates(p, p->special, &p->special_n, true);
	strbuf_cut(&text, 0);
	print_dates(p->special, p->special_n, &text);
	snprintf(s->special, sizeof(s->special), "%s", text.s);
	p->has_before = below(2);
	if (p->has_before) {
		random_kind(&p->before);
		strcpy(p->before.name, "B");
		strbuf_cut(&text, 0);
		print_value(&p->before, &text);
		snprintf(s->before_holiday, sizeof(s->before_holiday), "%s", text.s);
	}
	random_spans(p->off, &p->off_n);
	p->forced = below(3) ? -1 : below(PERIOD_COUNT);
	p->force.start = below(ALL);
	p->force.end = p->force.start + below(30 * 1440);
}

/* The minute of the table that a wall time means: when it comes twice the first or the last of the two, when it never comes the
 * first minute behind it. Far outside the table: its border. */
static int minute_of(int64_t at, bool last)
{
	int64_t guess = (at - wall[0]) / 60;
	int low = guess < 1600 ? 0 : guess > ALL ? ALL : (int)guess - 1600, found = -1;

	for (int m = low; m < ALL && m < low + 3200; m++) {
		if (wall[m] == at && (found < 0 || last))
			found = m;
	}
	for (int m = low; found < 0 && m < ALL; m++) {
		if (wall[m] >= at)
			found = m;
	}
	return found < 0 ? ALL : found;
}

static void paint(unsigned char *map, int64_t day, const struct ranges *r)
{
	for (int i = 0; i < r->n; i++) {
		int end = minute_of(day * DAY + r->list[i].end * 60, true);

		for (int m = minute_of(day * DAY + r->list[i].start * 60, false); m < end; m++)
			map[m] = 1;
	}
}

static int64_t wall_at(int m)
{
	return m < ALL ? wall[m] : wall[ALL - 1] + 60;
}

static bool is_of(const struct date *d, int64_t day)
{
	int first = month_and_day(d->day), last = month_and_day(d->last), n = month_and_day(day);

	if (!d->every_year)
		return day >= d->day && day <= d->last;
	return first <= last ? n >= first && n <= last : n >= first || n <= last;
}

/* Smaller is stronger. */
static int64_t strength(const struct date *d)
{
	int64_t begin = d->every_year ? month_and_day(d->day) : d->day;

	return (d->last > d->day ? 2000000 : 0) + (d->every_year ? 1000000 : 0) + begin;
}

static const struct date *date_of(const struct date *list, int n, int64_t day)
{
	const struct date *best = NULL;

	for (int i = 0; i < n; i++) {
		if (is_of(&list[i], day) && (!best || strength(&list[i]) < strength(best)))
			best = &list[i];
	}
	return best;
}

static bool is_in_part(const struct part *x, int64_t day)
{
	int64_t monday = day - civil_weekday(day), first = x->dates.day;
	struct civil c;
	char week[8];
	struct tm tm = { 0 };

	if (x->kind == 3)
		return is_of(&x->dates, day);
	if (x->kind == 2) {
		first -= civil_weekday(first);
		return monday >= first && (monday - first) / 7 % x->n == 0;
	}
	civil_from_days(day, &c);
	tm.tm_year = c.year - 1900;
	tm.tm_mon = c.month - 1;
	tm.tm_mday = c.day;
	timegm(&tm);
	strftime(week, sizeof(week), "%V", &tm);
	return atoi(week) % 2 == !x->kind;
}

static const struct ranges *hours_of(const struct plan *p, int64_t day)
{
	int weekday = civil_weekday(day);

	for (int i = p->parts_n; i--;) {
		if (p->parts[i].has[weekday] && is_in_part(&p->parts[i], day))
			return &p->parts[i].week[weekday];
	}
	return &p->hours[weekday];
}

/* Whether some hours of the plan belong to a day. */
static bool has_hours(const struct plan *p, int64_t day)
{
	bool has = !p->has_calendar && hours_of(p, day)->n;

	for (int i = 0; i < p->open_n; i++) {
		int start = p->open[i].start, end = p->open[i].end;
		bool whole = start < end && wall_at(end) - wall_at(start) <= DAY;

		for (int m = start; m < end && !has; m += whole ? end - start : 1)
			has = wall[m] / DAY == day;
	}
	return has;
}

static bool is_holiday(const struct plan *p, int64_t day)
{
	const struct date *d = date_of(p->holidays, p->holidays_n, day);
	bool off = d && d->ranges.list[0].start == 0 && d->ranges.list[0].end == 1440;
	int low = minute_of(day * DAY, false), high = minute_of((day + 1) * DAY, false);

	for (int i = 0; i < p->off_n && low < high; i++)
		off = off || (p->off[i].start <= low && p->off[i].end >= high);
	return off;
}

/* What is special about a day: its own, or that it is the day before a holiday. */
static const struct date *special_of(const struct plan *p, int64_t day)
{
	const struct date *s = date_of(p->special, p->special_n, day);

	if (s || !p->has_before || is_holiday(p, day) || !is_holiday(p, day + 1) ||
		date_of(p->special, p->special_n, day + 1) || !has_hours(p, day))
		return s;
	return &p->before;
}

/* What is special about each day of the table, and some around it. */
enum { AROUND = 20, DAYS_ALL = ALL / 1440 + 2 * AROUND };
static const struct date *day_special[DAYS_ALL];

static int64_t first_day(void)
{
	return wall[0] / DAY - AROUND;
}

static const struct date *special_at(int64_t day)
{
	return day_special[day - first_day()];
}

/* An event of a day or less belongs to the date on which it begins, of a longer one each minute to its own. Days that are as that
 * weekday have the same times. */
static void expect_open(unsigned char *open, int start, int end)
{
	bool whole = start < end && wall_at(end) - wall_at(start) <= DAY;

	for (int m = start; m < end; m++) {
		if (!special_at(wall[whole ? start : m] / DAY))
			open[m] = 1;
	}
	for (int64_t day = first_day(); day < first_day() + DAYS_ALL && start < end; day++) {
		const struct date *d = special_at(day);
		int64_t of = d ? day - civil_weekday(day) + d->weekday : 0;
		int64_t low = wall_at(start), high = wall_at(end);
		int stop;

		if (!d || d->kind != 'a' || (whole && wall[start] / DAY != of))
			continue;
		if (!whole && low < of * DAY)
			low = of * DAY;
		if (!whole && high > (of + 1) * DAY)
			high = (of + 1) * DAY;
		stop = low < high ? minute_of(high + (day - of) * DAY, true) : 0;
		for (int m = minute_of(low + (day - of) * DAY, false); m < stop; m++)
			open[m] = 1;
	}
}

static void expect(const struct plan *p)
{
	static unsigned char open[ALL], rest[ALL], off[ALL];
	int64_t first = wall[0] / DAY, last = wall[ALL - 1] / DAY;

	memset(open, 0, sizeof(open));
	memset(rest, 0, sizeof(rest));
	memset(off, 0, sizeof(off));
	for (int i = 0; i < DAYS_ALL; i++)
		day_special[i] = special_of(p, first_day() + i);
	for (int i = 0; i < p->open_n; i++)
		expect_open(open, p->open[i].start, p->open[i].end);
	for (int64_t day = first; day <= last; day++) {
		const struct date *s = special_at(day);
		int weekday = s && s->kind == 'a' ? s->weekday : civil_weekday(day);

		if (s && s->kind == 'h')
			paint(open, day, &s->ranges);
		if (s && s->kind != 'a')
			continue;
		paint(open, day, hours_of(p, day - civil_weekday(day) + weekday));
		paint(rest, day, &p->breaks[weekday]);
	}
	for (int i = 0; i < p->holidays_n; i++) {
		int64_t low = p->holidays[i].day * DAY + p->holidays[i].ranges.list[0].start * 60;
		int64_t high = p->holidays[i].day * DAY + p->holidays[i].ranges.list[0].end * 60;
		int end = minute_of(high, p->holidays[i].ranges.list[0].end < 1440);

		for (int m = minute_of(low, false); m < end; m++)
			off[m] = 1;
	}
	for (int i = 0; i < p->off_n; i++) {
		for (int m = p->off[i].start; m < p->off[i].end; m++)
			off[m] = 1;
	}
	for (int m = 0; m < ALL; m++) {
		const struct date *s = special_at(wall[m] / DAY);
		bool forced = p->forced >= 0 && m >= p->force.start && m < p->force.end;

		expect_name[m] = s && !forced ? s->name : NULL;
		expect_cause[m] = forced ? CAUSE_FORCED
			: s              ? CAUSE_SPECIAL
			: off[m]         ? CAUSE_HOLIDAY
					 : CAUSE_HOURS;
		expect_period[m] = (unsigned char)(forced ? p->forced
				: !s && off[m]            ? PERIOD_HOLIDAY
				: !open[m]                ? PERIOD_OUTSIDE
				: rest[m]                 ? PERIOD_BREAK
							  : PERIOD_BUSINESS);
	}
}

static void print_plan(const struct schedule *s, const struct zone *z, int m)
{
	struct civil c;

	civil_from_seconds(wall[m], &c);
	print_error(
		"%s: hours %s\nbreaks %s\nspecial %s\nbefore a holiday %s\nholidays %s\nat %04d-%02d-%02d %02d:%02d, %lld\n",
		zone_name(z), s->hours, s->breaks, s->special, s->before_holiday, s->holidays,
		c.year, c.month, c.day, c.hour, c.minute, (long long)(zero + 60LL * m));
}

static void check_minutes(
	const struct segments *got, const struct schedule *s, const struct zone *z)
{
	for (size_t i = 0; i < got->n; i++) {
		const struct segment *x = &got->list[i];

		assert_int_equal((x->start - zero) % 60, 0);
		for (int m = (int)((x->start - zero) / 60); m < (int)((x->end - zero) / 60); m++) {
			const char *name = expect_name[m];

			if (x->period == expect_period[m] && x->cause == expect_cause[m] &&
				(!name || !strcmp(name, x->name)))
				continue;
			print_plan(s, z, m);
			fail_msg("%s, cause %d %s, instead of %s, cause %d", period_name(x->period),
				x->cause, x->name, period_name(expect_period[m]), expect_cause[m]);
		}
	}
}

static void check_chain(const struct segments *got, int64_t from, int64_t to)
{
	assert_true(got->n > 0);
	assert_true(got->list[0].start == from);
	assert_true(got->list[got->n - 1].end == to);
	for (size_t i = 0; i < got->n; i++) {
		const struct segment *x = &got->list[i];

		assert_true(x->start < x->end);
		assert_ptr_equal(segments_find(got, x->start), x);
		assert_ptr_equal(segments_find(got, x->end - 1), x);
		if (!i)
			continue;
		assert_true(x[-1].end == x->start);
		assert_true(x->period != x[-1].period || x->cause != x[-1].cause ||
			strcmp(x->name, x[-1].name) != 0);
	}
}

/* Joined at the cut, two windows are one. */
static void check_split(const struct schedule_rules *r, const struct schedule_view *view,
	const struct segments *whole, int64_t from, int64_t to)
{
	_cleanup_(segments_done) struct segments a = { 0 }, b = { 0 };
	int64_t cut = from + 60LL * (1 + below(MINUTES - 1));
	size_t n = 0;

	if (changes_n && below(2))
		cut = zero + 60LL * (changes[below(changes_n)] + below(2 * 1440));
	schedule_segments(r, view, from, cut, &a);
	schedule_segments(r, view, cut, to, &b);
	check_chain(&a, from, cut);
	check_chain(&b, cut, to);
	for (size_t i = 0; i < a.n + b.n; i++) {
		const struct segment *x = i < a.n ? &a.list[i] : &b.list[i - a.n];
		const struct segment *y = segments_find(whole, x->start);

		assert_true(x->period == y->period && x->cause == y->cause);
		assert_string_equal(x->name, y->name);
		n += x->start == y->start;
		if (x->end != cut)
			assert_true(x->end == y->end);
	}
	assert_true(n == whole->n);
}

static void check_one(const struct zone *z)
{
	_cleanup_(schedule_rules_freep) struct schedule_rules *r = NULL;
	_cleanup_(segments_done) struct segments got = { 0 };
	_cleanup_(spans_done) struct spans open = { 0 };
	static struct plan p;
	static struct schedule s;
	struct occurrence off[DATES_MAX] = { 0 };
	int64_t from = zero + 60LL * BEFORE, to = from + 60LL * MINUTES;
	struct schedule_view view = { .zone = z, .days_off = off };
	struct err err = { 0 };

	random_plan(&p, &s);
	if (schedule_parse(&s, &r, &err) < 0)
		fail_msg("%s; hours %s, special %s", err.msg, s.hours, s.special);
	for (; view.days_off_n < (size_t)p.off_n; view.days_off_n++) {
		const struct off *o = &p.off[view.days_off_n];

		off[view.days_off_n] = (struct occurrence){ .start = zero + 60LL * o->start,
			.end = zero + 60LL * o->end,
			.summary = "off" };
	}
	for (int i = 0; i < p.open_n; i++)
		spans_add(&open, zero + 60LL * p.open[i].start, zero + 60LL * p.open[i].end);
	view.open = p.has_calendar ? &open : NULL;
	view.forced = p.forced;
	view.forced_since = zero + 60LL * p.force.start;
	view.forced_until = zero + 60LL * p.force.end;
	expect(&p);
	schedule_segments(r, &view, from, to, &got);
	check_chain(&got, from, to);
	check_minutes(&got, &s, z);
	for (int i = 0; i < 8; i++)
		check_split(r, &view, &got, from, to);
}

static void check_zone(const char *name, int year)
{
	_cleanup_(zone_freep) struct zone *z = NULL;
	struct err err = { 0 };

	if (zonefile_load(name, &z, &err) < 0)
		fail_msg("%s", err.msg);
	zero = civil_days(year, 1, 1) * DAY - 60LL * BEFORE;
	changes_n = 0;
	for (int m = 0; m < ALL; m++) {
		wall[m] = zero + 60LL * m + zone_offset(z, zero + 60LL * m);
		if (m > BEFORE && m < BEFORE + MINUTES - 3 * 1440 && wall[m] - wall[m - 1] != 60 &&
			changes_n < CHANGES_MAX)
			changes[changes_n++] = m;
	}
	for (int i = 0; i < SCHEDULES; i++)
		check_one(z);
}

static void test_random(void **state)
{
	static const struct {
		const char *zone;
		int year;
	} zones[] = {
		{ "UTC", 2028 }, { "Europe/Stockholm", 2026 }, { "America/New_York", 2026 },
		{ "Australia/Lord_Howe", 2027 },
		{ "Atlantic/Azores", 2026 },                          /* midnight comes twice */
		{ "Africa/Cairo", 2026 },                             /* it is skipped */
		{ "Africa/Casablanca", 2027 },                        /* back for Ramadan */
		{ "Asia/Kathmandu", 2026 }, { "Pacific/Apia", 2011 }, /* a day is skipped */
	};

	(void)state;
	seed = 0x9e3779b97f4a7c15;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		check_zone(zones[i].zone, zones[i].year);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
