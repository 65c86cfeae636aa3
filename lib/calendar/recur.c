/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/mem.h"
#include "lib/time/civil.h"
#include "lib/calendar/recur-days.h"
#include "lib/calendar/recur-rule.h"

enum {
	DAY = 86400,
	SET_DAYS = 371, /* 53 weeks */
	POSITIONS = 366,
};

#define TIME_BEGIN INT64_C(-62135596800) /* 0001-01-01 */
#define TIME_END   INT64_C(253402300800) /* 10000-01-01 */

/* The positions that BYSETPOS names, and the places of the set of one period that they choose. */
struct picks {
	int n_plus, n_minus;
	uint16_t plus[POSITIONS], minus[POSITIONS]; /* in the order in which their places ascend */
	int32_t list[2 * POSITIONS];
};

/* How it works. Time is cut into periods of FREQ: years, months, weeks ... seconds, each with a number. The rule looks at every
 * INTERVALth period, beginning with `base`, the one of DTSTART. load() makes the set of a period: the product of its days, hours,
 * minutes and seconds, or the places of it that BYSETPOS chooses. The product is not written out: instant() works out the i-th
 * instance of the set, and since the lists ascend, so does the set. recur_iter_next() hands out the set, then loads the next one.
 *
 * Why it ends. Each load() moves `period` on by INTERVAL at least. recur_iter_next() stops at its limit, at UNTIL, at COUNT, or
 * after `steps_max` steps, which are the periods and months looked at. So a rule whose sets are all empty ends too. */
struct recur_iter {
	const struct recur *r;
	int64_t dtstart, from, end;
	int64_t left;         /* how many more COUNT allows */
	int64_t base, period; /* period: the next one to look at */
	int64_t loads;        /* how many periods were looked at */
	int64_t steps_max;
	bool first; /* DTSTART is still to come */
	bool over;  /* there is no instance */
	bool even;  /* the sets of all periods have the same size */

	struct recur_days limits;
	uint32_t hour_limit;
	uint64_t minute_limit, second_limit;

	int32_t n, next; /* how many instances the set has, and which comes next */
	int n_days, n_hours, n_minutes, n_seconds;
	int32_t days[SET_DAYS];
	uint8_t hours[24], minutes[60], seconds[60];
	struct picks *picks; /* NULL without BYSETPOS */
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

enum recur_until recur_until(const struct recur *r, int64_t *ret)
{
	*ret = r->until;
	return r->until_kind;
}

bool recur_has_count(const struct recur *r)
{
	return r->count;
}

bool recur_is_subdaily(const struct recur *r)
{
	return r->freq < FREQ_DAILY;
}

/* --- periods ------------------------------------------------------------- */

static void add_month(struct recur_iter *it, int year, int month)
{
	uint32_t days = recur_days_of_month(&it->limits, year, month);

	for (; days; days &= days - 1)
		it->days[it->n_days++] =
			(int32_t)(it->limits.month_first + __builtin_ctz(days) - 1);
}

/* The first day of week 1, which is the first week that has four days or more in the year. */
static int64_t week_one(int64_t year, int wkst)
{
	int64_t january = civil_days((int)year, 1, 1);
	int into = (civil_weekday(january) - wkst + 7) % 7;

	return january - into + (into > 3 ? 7 : 0);
}

/* Days from 1970-01-01, a Thursday, to the first day on which a week begins. */
static int week_shift(int wkst)
{
	return (wkst + 4) % 7;
}

static int64_t period_of(const struct recur_iter *it, int64_t at)
{
	int wkst = it->r->wkst;
	int64_t day = floor_div(at, DAY);
	struct civil c;

	switch (it->r->freq) {
	case FREQ_SECONDLY: return at;
	case FREQ_MINUTELY: return floor_div(at, 60);
	case FREQ_HOURLY: return floor_div(at, 3600);
	case FREQ_DAILY: return day;
	case FREQ_WEEKLY: return floor_div(day - week_shift(wkst), 7);
	default: break;
	}
	civil_from_days(day, &c);
	if (it->r->freq == FREQ_MONTHLY)
		return c.year * 12LL + c.month - 1;
	if (!recur_has(it->r, BY_WEEKNO))
		return c.year;
	/* With BYWEEKNO a year is its whole weeks. */
	if (day < week_one(c.year, wkst))
		return c.year - 1;
	return day < week_one(c.year + 1, wkst) ? c.year : c.year + 1;
}

static int64_t period_begin(const struct recur_iter *it, int64_t period)
{
	int wkst = it->r->wkst;

	switch (it->r->freq) {
	case FREQ_SECONDLY: return period;
	case FREQ_MINUTELY: return period * 60;
	case FREQ_HOURLY: return period * 3600;
	case FREQ_DAILY: return period * DAY;
	case FREQ_WEEKLY: return (period * 7 + week_shift(wkst)) * DAY;
	case FREQ_MONTHLY:
		return period > 120000
			? TIME_END
			: civil_days((int)(period / 12), (int)(period % 12) + 1, 1) * DAY;
	default: break;
	}
	if (period > 10000)
		return TIME_END;
	return DAY *
		(recur_has(it->r, BY_WEEKNO) ? week_one(period, wkst)
					     : civil_days((int)period, 1, 1));
}

/* The first period at or after `period` that the rule looks at. */
static int64_t align(const struct recur_iter *it, int64_t period)
{
	int64_t behind = (period - it->base) % it->r->interval;

	return behind ? period + it->r->interval - behind : period;
}

static void fill_weeks(struct recur_iter *it, int year)
{
	const struct numbers *by = &it->r->by[BY_WEEKNO];
	int64_t first = week_one(year, it->r->wkst);
	int n = (int)(week_one(year + 1, it->r->wkst) - first) / 7;

	for (int week = 1; week <= n; week++) {
		if (!numbers_has(by->plus, week) && !numbers_has(by->minus, n + 1 - week))
			continue;
		for (int64_t day = first + (week - 1) * 7; day < first + week * 7; day++) {
			if (recur_days_pass(&it->limits, day))
				it->days[it->n_days++] = (int32_t)day;
		}
	}
}

/* The first wall second at or after `at` that may pass the limits, for FREQ from DAILY to SECONDLY. It goes from the day to the
 * hour, minute and second and stops at the first that does not pass: what it returns is the next one of that unit, which is
 * not looked at further. */
static int64_t pass_limits(struct recur_iter *it, int64_t at)
{
	int64_t today = floor_div(at, DAY), day = recur_days_next(&it->limits, today);
	int rest = (int)(at - today * DAY), hour = rest / 3600, minute = rest / 60 % 60;
	uint64_t later;

	if (day != today)
		return day * DAY;
	if (it->r->freq == FREQ_DAILY)
		return at;
	later = it->hour_limit >> hour;
	if (!later)
		return (day + 1) * DAY;
	if (!(later & 1))
		return day * DAY + (hour + __builtin_ctzll(later)) * 3600;
	if (it->r->freq == FREQ_HOURLY)
		return at;
	later = it->minute_limit >> minute;
	if (!later)
		return day * DAY + (hour + 1) * 3600;
	if (!(later & 1))
		return day * DAY + hour * 3600 + (minute + __builtin_ctzll(later)) * 60;
	if (it->r->freq == FREQ_MINUTELY)
		return at;
	later = it->second_limit >> (rest % 60);
	return later ? at + __builtin_ctzll(later) : at - rest % 60 + 60;
}

/* The set of a period from DAILY to SECONDLY: its day, and of its time as much as FREQ counts. If the limits do not let it pass,
 * the set is empty and the next period is the first that may pass: a rule such as SECONDLY;BYMONTH=2 jumps over the months
 * between. */
static void fill_day(struct recur_iter *it, int64_t period)
{
	int64_t at = period_begin(it, period), pass = pass_limits(it, at);
	int rest;

	if (pass != at) {
		it->period = align(it, period_of(it, pass));
		return;
	}
	it->n_days = 1;
	it->days[0] = (int32_t)floor_div(at, DAY);
	rest = (int)(at - it->days[0] * (int64_t)DAY);
	if (it->r->freq <= FREQ_HOURLY)
		it->hours[0] = (uint8_t)(rest / 3600);
	if (it->r->freq <= FREQ_MINUTELY)
		it->minutes[0] = (uint8_t)(rest / 60 % 60);
	if (it->r->freq == FREQ_SECONDLY)
		it->seconds[0] = (uint8_t)(rest % 60);
}

/* Merge the places of `plus` and `minus`, which ascend, into `list`, each place once. `n` is the size of the set; positions
 * beyond it choose nothing. Each turn moves on in one of the lists at least. */
static int32_t pick(struct picks *picks, int32_t n)
{
	int i = 0, j = 0;
	int32_t count = 0;

	while (j < picks->n_minus && picks->minus[j] > n)
		j++;
	for (;;) {
		int32_t a = i < picks->n_plus ? picks->plus[i] - 1 : n;
		int32_t b = j < picks->n_minus ? n - picks->minus[j] : n;

		if (a >= n && b >= n)
			return count;
		i += a <= b;
		j += b <= a;
		picks->list[count++] = a < b ? a : b;
	}
}

static int64_t instant(const struct recur_iter *it, int32_t i)
{
	int per_minute = it->n_seconds, per_hour = it->n_minutes * per_minute,
	    per_day = it->n_hours * per_hour;
	int32_t rest;
	int64_t day;

	if (it->picks)
		i = it->picks->list[i];
	day = it->days[i / per_day];
	rest = i % per_day;
	return day * DAY + it->hours[rest / per_hour] * 3600 +
		it->minutes[rest % per_hour / per_minute] * 60 + it->seconds[rest % per_minute];
}

/* The place of the first instance of the set, from `next` on, that is at or after `at`. */
static int32_t find_in_set(const struct recur_iter *it, int64_t at)
{
	int32_t low = it->next, high = it->n;

	while (low < high) {
		int32_t middle = low + (high - low) / 2;

		if (instant(it, middle) < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Make the set of the next period and move on to the period after it. Instances before `from` are skipped. */
static void load(struct recur_iter *it)
{
	const struct recur *r = it->r;
	int64_t period = it->period, day;

	it->loads++;
	it->period += r->interval;
	it->n_days = 0;
	switch (r->freq) {
	case FREQ_YEARLY:
		if (recur_has(r, BY_WEEKNO)) {
			fill_weeks(it, (int)period);
			break;
		}
		for (unsigned months = it->limits.months; months; months &= months - 1)
			add_month(it, (int)period, __builtin_ctz(months));
		break;
	case FREQ_MONTHLY: add_month(it, (int)(period / 12), (int)(period % 12) + 1); break;
	case FREQ_WEEKLY:
		day = period * 7 + week_shift(r->wkst);
		for (int i = 0; i < 7; i++, day++) {
			if (it->limits.weekdays >> (r->wkst + i) % 7 & 1 &&
				(!recur_has(r, BY_MONTH) || recur_days_pass(&it->limits, day)))
				it->days[it->n_days++] = (int32_t)day;
		}
		break;
	default: fill_day(it, period);
	}
	it->n = it->n_days * it->n_hours * it->n_minutes * it->n_seconds;
	if (it->picks)
		it->n = pick(it->picks, it->n);
	it->next = 0;
	if (it->n && instant(it, 0) < it->from)
		it->next = find_in_set(it, it->from);
}

/* --- the iterator -------------------------------------------------------- */

static int bits_to_list(uint64_t bits, uint8_t *list)
{
	int n = 0;

	for (; bits; bits &= bits - 1)
		list[n++] = (uint8_t)__builtin_ctzll(bits);
	return n;
}

/* The hours, minutes and seconds of a set. What the rule leaves open comes from DTSTART. What FREQ counts comes from the
 * period, in fill_day(): there BYHOUR and its like are limits. */
static void set_times(struct recur_iter *it, const struct civil *start, bool is_date)
{
	const struct recur *r = it->r;
	uint64_t hours = r->by[BY_HOUR].plus[0], minutes = r->by[BY_MINUTE].plus[0],
		 seconds = r->by[BY_SECOND].plus[0];

	if (is_date)
		hours = minutes = seconds = 0;
	if (seconds >> 60 & 1) /* a clock without leap seconds shows 59 */
		seconds = (seconds | UINT64_C(1) << 59) & ~(UINT64_C(1) << 60);
	it->hour_limit = hours ? (uint32_t)hours : UINT32_MAX >> 8;
	it->minute_limit = minutes ? minutes : UINT64_MAX >> 4;
	it->second_limit = seconds ? seconds : UINT64_MAX >> 4;
	if (r->freq <= FREQ_HOURLY || !hours)
		hours = UINT64_C(1) << start->hour;
	if (r->freq <= FREQ_MINUTELY || !minutes)
		minutes = UINT64_C(1) << start->minute;
	if (r->freq == FREQ_SECONDLY || !seconds)
		seconds = UINT64_C(1) << start->second;
	it->n_hours = bits_to_list(hours, it->hours);
	it->n_minutes = bits_to_list(minutes, it->minutes);
	it->n_seconds = bits_to_list(seconds, it->seconds);
}

/* Whether the sets of all periods have the same size: no part of the rule limits them. */
static bool is_even(const struct recur_iter *it)
{
	const struct recur *r = it->r;

	if (r->freq >= FREQ_WEEKLY)
		return r->freq == FREQ_WEEKLY && !recur_has(r, BY_MONTH);
	return it->limits.any_day && (r->freq > FREQ_HOURLY || !recur_has(r, BY_HOUR)) &&
		(r->freq > FREQ_MINUTELY || !recur_has(r, BY_MINUTE)) &&
		(r->freq > FREQ_SECONDLY || !recur_has(r, BY_SECOND));
}

static struct picks *picks_new(const struct numbers *by)
{
	struct picks *picks = xmalloc(sizeof(*picks));

	picks->n_plus = picks->n_minus = 0;
	for (int n = 1; n <= POSITIONS; n++) {
		if (numbers_has(by->plus, n))
			picks->plus[picks->n_plus++] = (uint16_t)n;
		if (numbers_has(by->minus, POSITIONS + 1 - n))
			picks->minus[picks->n_minus++] = (uint16_t)(POSITIONS + 1 - n);
	}
	return picks;
}

static struct recur_iter *iter_new(const struct recur *r, int64_t dtstart, bool is_date)
{
	struct recur_iter *it = xcalloc(1, sizeof(*it));
	struct civil start;

	it->r = r;
	it->dtstart = it->from = dtstart;
	it->first = true;
	it->steps_max = RECUR_STEPS_MAX;
	it->left = r->count ? r->count : INT64_MAX;
	it->end = TIME_END;
	if (r->until_kind == RECUR_UNTIL_DATE)
		it->end = r->until + DAY;
	else if (r->until_kind == RECUR_UNTIL_WALL)
		it->end = r->until + 1;
	it->over = dtstart < TIME_BEGIN || dtstart >= TIME_END;
	if (it->over)
		return it;
	civil_from_seconds(dtstart, &start);
	set_times(it, &start, is_date);
	recur_days_init(&it->limits, r, dtstart);
	it->even = is_even(it);
	it->base = it->period = period_of(it, dtstart);
	if (recur_has(r, BY_SETPOS))
		it->picks = picks_new(&r->by[BY_SETPOS]);
	return it;
}

struct recur_iter *recur_iter_new(const struct recur *r, int64_t dtstart)
{
	return iter_new(r, dtstart, false);
}

struct recur_iter *recur_iter_new_date(const struct recur *r, int64_t dtstart)
{
	return iter_new(r, dtstart, true);
}

void recur_iter_drop_first(struct recur_iter *it)
{
	it->first = false;
}

void recur_iter_free(struct recur_iter *it)
{
	if (!it)
		return;
	free(it->picks);
	free(it);
}

static int64_t steps(const struct recur_iter *it)
{
	return it->loads + it->limits.loads;
}

static void take(struct recur_iter *it, int32_t n)
{
	it->next += n;
	it->left -= n;
}

static void take_first(struct recur_iter *it)
{
	it->first = false;
	it->left--;
	it->from++;
}

/* Without COUNT the next period becomes that of `from`. With COUNT all instances before `from` must be counted: periods are
 * loaded one by one, but for a rule whose sets have one size: there the size of one set gives the number between. The loop
 * ends: each load() brings `period` nearer to its target. */
void recur_iter_seek(struct recur_iter *it, int64_t from)
{
	int64_t target;

	if (from <= it->from)
		return;
	if (it->first)
		take_first(it);
	if (it->over)
		return;
	if (from > TIME_END)
		from = TIME_END;
	target = period_of(it, from);
	take(it, find_in_set(it, from) - it->next);
	if (!recur_has_count(it->r)) {
		it->from = from;
		if (it->next == it->n && target > it->period)
			it->period = align(it, target);
		return;
	}
	while (it->next == it->n && it->left > 0 && it->period <= target &&
		steps(it) < it->steps_max) {
		load(it);
		take(it, find_in_set(it, from) - it->next);
		if (it->even && it->next == it->n && it->period < target) {
			int64_t to = align(it, target);

			it->left -= (to - it->period) / it->r->interval * it->n;
			it->period = to;
		}
	}
	it->from = from;
}

/* Give the instances of the set that was loaded, then load the next period. The loop ends: each load counts as a step, and the steps
 * have a limit. A period that begins at the limit or behind it is not loaded. */
int recur_iter_next(struct recur_iter *it, int64_t limit, int64_t *ret)
{
	if (it->first) {
		if (it->dtstart >= limit)
			return 0;
		*ret = it->dtstart;
		take_first(it);
		return 1;
	}
	if (limit > it->end)
		limit = it->end;
	while (!it->over && it->left > 0) {
		if (it->next < it->n) {
			int64_t at = instant(it, it->next);

			if (at >= limit)
				return 0;
			take(it, 1);
			it->from = at + 1;
			*ret = at;
			return 1;
		}
		if (period_begin(it, it->period) >= limit)
			return 0;
		if (steps(it) >= it->steps_max)
			return -1;
		load(it);
	}
	return 0;
}

void recur_iter_bound(struct recur_iter *it, int64_t steps)
{
	it->steps_max = steps < RECUR_STEPS_MAX ? steps : RECUR_STEPS_MAX;
}

int64_t recur_iter_steps(const struct recur_iter *it)
{
	return steps(it);
}
