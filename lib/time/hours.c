/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/hours.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/time/civil.h"
#include "lib/base/closest.h"
#include "lib/time/dayword.h"
#include "lib/time/weeks.h"

#define FORM                                                                                       \
	"Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00, or as Asterisk's 09:00-17:00,mon-fri,*,*"

enum {
	DAY = 86400,
	DAY_MINUTES = 1440,
	WEEK_MINUTES = 7 * DAY_MINUTES,
};

/* One range and the dates on which it begins: a bit for each weekday, day of the month and month. */
struct hours_rule {
	uint32_t weekdays, mdays, months;
	int32_t start, end;
};

struct hours {
	size_t n, cap;
	struct hours_rule *list; /* sorted by compare() */
	struct hours_part *parts;
	size_t parts_n, parts_cap;
};

/* What differs in some weeks or on some dates. */
struct hours_part {
	struct weeks when;
	struct hours week; /* without parts */
	uint32_t closed;   /* weekdays */
	uint32_t days;     /* weekdays that it says anything of */
};

/* One of the three rings of a date: weekdays, days of the month, months. A ring is a set of numbers from `first` to `last`,
 * kept as a mask with one bit a number. Text writes it as a list of names or numbers and ranges, such as "mon-wed,fri". A
 * range that goes beyond `last` goes on at `first`: "fri-mon". */
struct week_ring {
	const char *noun;
	int (*number)(const char *word);
	const char *const *names; /* for the guess and for printing; NULL: numbers are printed */
	size_t n_names;
	int first, last;
	uint32_t all; /* the mask of the whole ring, with `any` in it */
	uint32_t any; /* bit 0 of months and days of the month: set only in the whole ring */
};

static int mday_number(const char *word)
{
	int n = 0;

	for (int i = 0; i < 2 && isdigit((unsigned char)*word); i++)
		n = n * 10 + (*word++ - '0');
	return *word || n < 1 || n > 31 ? -1 : n;
}

static const struct week_ring weekdays = {
	.noun = "day",
	.number = dayword_weekday,
	.names = dayword_weekdays,
	.n_names = DAYWORD_WEEKDAYS,
	.last = 6,
	.all = 0x7f,
};
static const struct week_ring weekdays_asterisk = {
	.noun = "day",
	.number = dayword_weekday,
	.names = dayword_small_weekdays,
	.n_names = 7,
	.last = 6,
	.all = 0x7f,
};
static const struct week_ring mdays = {
	.noun = "day of the month",
	.number = mday_number,
	.first = 1,
	.last = 31,
	.all = 0xffffffff,
	.any = 1,
};
static const struct week_ring months = {
	.noun = "month",
	.number = dayword_month,
	.names = dayword_months,
	.n_names = DAYWORD_MONTHS,
	.first = 1,
	.last = 12,
	.all = 0x1fff,
	.any = 1,
};

static bool is_plain(const struct hours_rule *r)
{
	return (r->mdays & 1) && (r->months & 1);
}

/* The mask that has the lowest bit in which they differ is first. */
static int compare_masks(uint32_t a, uint32_t b)
{
	uint32_t differ = a ^ b, lowest = differ & (~differ + 1);

	if (!differ)
		return 0;
	return a & lowest ? -1 : 1;
}

static int compare_dates(const struct hours_rule *x, const struct hours_rule *y)
{
	int c = compare_masks(x->months, y->months);

	if (!c)
		c = compare_masks(x->mdays, y->mdays);
	if (!c)
		c = compare_masks(x->weekdays, y->weekdays);
	return c;
}

static int compare(const void *a, const void *b)
{
	const struct hours_rule *x = a, *y = b;
	int c = compare_dates(x, y);

	return c ? c : x->start - y->start;
}

/* The days of a month in a leap year. */
static int month_length(int month)
{
	return (int)(civil_days(2000, month + 1, 1) - civil_days(2000, month, 1));
}

/* *ret_guess is what a word that is not known may mean, NULL if it may mean anything. */
static int lookup(const struct week_ring *ring, char *word, const char **ret_guess, struct err *err)
{
	int n;

	word = dayword_trim(word);
	n = ring->number(word);
	if (n >= 0)
		return n;
	if (!*word)
		return err_set(err, ERR_USAGE, "a %s is missing", ring->noun);
	err_set(err, ERR_USAGE, "'%.80s' is not a %s", word, ring->noun);
	*ret_guess = closest(word, ring->names, ring->n_names);
	return -1;
}

/* Read parts that `join` separates. A part is a name or a range. A range is walked from its start to its end around the ring:
 * lookup() gives only numbers of the ring, so the walk meets the end. */
static int read_ring(const struct week_ring *ring, char *text, const char *join, uint32_t *ret,
	const char **ret_guess, struct err *err)
{
	uint32_t mask = 0;
	char *part;

	while ((part = strsep(&text, join))) {
		char *word = strsep(&part, "-");
		int from = lookup(ring, word, ret_guess, err), to;

		if (from < 0)
			return -1;
		to = part ? lookup(ring, part, ret_guess, err) : from;
		if (to < 0)
			return -1;
		for (mask |= 1u << to; from != to;
			from = from == ring->last ? ring->first : from + 1)
			mask |= 1u << from;
	}
	*ret = (mask | ring->any) == ring->all ? ring->all : mask;
	return 0;
}

static void add(struct hours *h, const struct hours_rule *r)
{
	h->list = mem_grow(h->list, &h->cap, h->n + 1, sizeof(*h->list));
	h->list[h->n++] = *r;
}

/* "Mon-Fri 09:00-12:00,13:00-17:00" */
static int read_week(struct hours *h, char *piece, const char **ret_guess, struct err *err)
{
	size_t n = strcspn(piece, "0123456789");
	_cleanup_(freep) char *copy = xstrndup(piece, n);
	char all[] = "00:00-24:00", *days = dayword_trim(copy), *times = piece + n, *time;
	struct hours_rule r = {
		.weekdays = weekdays.all, .mdays = mdays.all, .months = months.all
	};

	if (!strcmp(times, "24/7"))
		times = all;
	if (*days && strcasecmp(days, "daily") != 0 &&
		read_ring(&weekdays, days, ",", &r.weekdays, ret_guess, err) < 0)
		return -1;
	if (!*times)
		return err_set(err, ERR_USAGE, "no hours after the days");
	while ((time = strsep(&times, ","))) {
		if (dayword_hours(dayword_trim(time), &r.start, &r.end, err) < 0)
			return -1;
		add(h, &r);
	}
	return 0;
}

static bool is_ever(const struct hours_rule *r)
{
	for (int month = 1; month <= 12; month++) {
		for (int mday = 1; (r->months >> month & 1) && mday <= month_length(month);
			mday++) {
			if (r->mdays >> mday & 1)
				return true;
		}
	}
	return false;
}

/* "09:00-17:00,mon-fri,*,*" */
static int read_asterisk(struct hours *h, char *piece, const char **ret_guess, struct err *err)
{
	const struct week_ring *const rings[] = { &weekdays_asterisk, &mdays, &months };
	uint32_t masks[] = { weekdays.all, mdays.all, months.all };
	char *times = dayword_trim(strsep(&piece, "|,")), *time;
	struct hours_rule r = { .start = 0, .end = DAY };

	for (size_t i = 0; i < ARRAY_SIZE(rings) && piece; i++) {
		char *field = dayword_trim(strsep(&piece, "|,"));

		if (*field && strcmp(field, "*") != 0 &&
			read_ring(rings[i], field, "&", &masks[i], ret_guess, err) < 0)
			return -1;
	}
	if (piece)
		return err_set(err, ERR_USAGE,
			"'%.80s' is a field too many after times, days, days of the month and months",
			piece);
	r.weekdays = masks[0];
	r.mdays = masks[1];
	r.months = masks[2];
	if (!is_ever(&r))
		return err_set(err, ERR_USAGE, "no such day in these months");
	if (!*times || !strcmp(times, "*")) {
		add(h, &r);
		return 0;
	}
	while ((time = strsep(&times, "&"))) {
		if (dayword_hours(dayword_trim(time), &r.start, &r.end, err) < 0)
			return -1;
		if (r.end == DAY - 60)
			r.end = DAY; /* Asterisk has no 24:00: its ranges include the last minute */
		add(h, &r);
	}
	return 0;
}

static bool is_asterisk(const char *piece)
{
	if (*piece != '*' && *piece != '|' && !isdigit((unsigned char)*piece))
		return false;
	if (strpbrk(piece, "*|&"))
		return true;
	for (const char *p = strchr(piece, ','); p; p = strchr(p, ',')) {
		p++;
		p += strspn(p, " \t");
		if (isalpha((unsigned char)*p))
			return true;
	}
	return false;
}

/* The rules of a date, sorted by start. 0 for day and month gives the rules that hold on any date: bit 0 says so. It finds at
 * most one rule more than a day may have, which is enough to see that there are too many. */
static int collect(const struct hours *h, int weekday, int mday, int month,
	const struct hours_rule *ret[HOURS_OF_DAY_MAX + 1])
{
	int n = 0;

	for (size_t i = 0; i < h->n && n <= HOURS_OF_DAY_MAX; i++) {
		const struct hours_rule *r = &h->list[i];
		int at = n;

		if (!(r->weekdays >> weekday & r->mdays >> mday & r->months >> month & 1))
			continue;
		for (; at && ret[at - 1]->start > r->start; at--)
			ret[at] = ret[at - 1];
		ret[at] = r;
		n++;
	}
	return n;
}

static int overlap(const struct hours_rule *a, int weekday, const struct hours_rule *b, int other,
	struct err *err)
{
	struct strbuf text = STRBUF_INIT;
	int r;

	strbuf_addf(&text, "%s ", dayword_weekdays[weekday]);
	dayword_print_range(&text, a->start, a->end);
	strbuf_addf(&text, " and %s ", dayword_weekdays[other]);
	dayword_print_range(&text, b->start, b->end);
	r = err_set(err, ERR_USAGE, "the hours %s overlap", text.s);
	strbuf_done(&text);
	return r;
}

static int check_night(const struct hours *h, const struct hours_rule *last, int weekday, int mday,
	int month, struct err *err)
{
	const struct hours_rule *next[HOURS_OF_DAY_MAX + 1];
	int other = (weekday + 1) % 7;

	if (collect(h, other, mday, month, next) && next[0]->start < last->end - DAY)
		return overlap(last, weekday, next[0], other, err);
	return 0;
}

static int check_date(const struct hours *h, int weekday, int mday, int month, struct err *err)
{
	const struct hours_rule *list[HOURS_OF_DAY_MAX + 1], *last;
	int n = collect(h, weekday, mday, month, list);

	if (n > HOURS_OF_DAY_MAX)
		return err_set(err, ERR_USAGE, "more than %d ranges of hours on one day",
			HOURS_OF_DAY_MAX);
	for (int i = 1; i < n; i++) {
		if (list[i]->start < list[i - 1]->end)
			return overlap(list[i - 1], weekday, list[i], weekday, err);
	}
	last = n ? list[n - 1] : NULL;
	if (!last || last->end <= DAY)
		return 0;
	if (month == 2 && mday == 28 && check_night(h, last, weekday, 1, 3, err) < 0)
		return -1;
	return mday < month_length(month) ? check_night(h, last, weekday, mday + 1, month, err)
					  : check_night(h, last, weekday, 1, month % 12 + 1, err);
}

/* Look for overlaps on each date of a leap year with each weekday: over the years each date falls on each weekday, 02-29
 * too. Rules that hold on any date need one date only. */
static int check(const struct hours *h, struct err *err)
{
	bool plain = true;

	for (size_t i = 0; i < h->n; i++)
		plain = plain && is_plain(&h->list[i]);
	for (int month = 1; month <= (plain ? 1 : 12); month++) {
		for (int mday = 1; mday <= (plain ? 1 : month_length(month)); mday++) {
			for (int weekday = 0; weekday < 7; weekday++) {
				if (check_date(h, weekday, mday, month, err) < 0)
					return -1;
			}
		}
	}
	return 0;
}

/* The length of what stands before the ':' of a part: "week odd", "06-15..08-15". 0 if the piece has no weeks or dates. */
static size_t part_length(const char *piece)
{
	size_t n = strcspn(piece, ":");
	const char *dots = strstr(piece, ".."), *week = strcasestr(piece, "week");
	bool is_part = !strncasecmp(piece, "week ", 5) ||
		(!strncasecmp(piece, "every ", 6) && week) || (week && week < piece + n) ||
		(dots && dots < piece + n);

	return is_part ? n : 0;
}

/* NULL if there are too many. */
static struct hours_part *find_part(struct hours *h, const struct weeks *when)
{
	struct hours_part *part;

	for (size_t i = 0; i < h->parts_n; i++) {
		if (weeks_equal(&h->parts[i].when, when))
			return &h->parts[i];
	}
	if (h->parts_n == HOURS_PARTS_MAX)
		return NULL;
	h->parts = mem_grow(h->parts, &h->parts_cap, h->parts_n + 1, sizeof(*h->parts));
	part = &h->parts[h->parts_n++];
	*part = (struct hours_part){ .when = *when };
	return part;
}

/* "Fri closed", with blanks cut. */
static bool is_closed(const char *text)
{
	size_t n = strlen(text);

	return n >= 6 && !strcasecmp(text + n - 6, "closed");
}

/* "week odd: Mon-Fri 08:00-16:00", whose ':' is at `n`. */
static int read_part(
	struct hours *h, char *piece, size_t n, const char **ret_guess, struct err *err)
{
	char *rest = piece + n, *days;
	struct hours_part *part;
	struct weeks when;
	uint32_t mask = weekdays.all;

	if (!*rest)
		return err_set(err, ERR_USAGE, "a ':' and hours are missing");
	*rest++ = '\0';
	rest = dayword_trim(rest);
	if (weeks_parse(dayword_trim(piece), &when, err) < 0)
		return -1;
	part = find_part(h, &when);
	if (!part)
		return err_set(err, ERR_USAGE,
			"the hours have more than %d parts for weeks or dates", HOURS_PARTS_MAX);
	if (is_asterisk(rest))
		return err_set(err, ERR_USAGE, "Asterisk's form cannot be for some weeks or dates");
	if (!is_closed(rest))
		return read_week(&part->week, rest, ret_guess, err);
	rest[strlen(rest) - 6] = '\0';
	days = dayword_trim(rest);
	if (*days && strcasecmp(days, "daily") != 0 &&
		read_ring(&weekdays, days, ",", &mask, ret_guess, err) < 0)
		return -1;
	part->closed |= mask;
	return 0;
}

/* Sort what was read, and look for what cannot be. */
static int finish(struct hours *h, struct err *err)
{
	if (check(h, err) < 0)
		return -1;
	if (h->n)
		qsort(h->list, h->n, sizeof(*h->list), compare);
	for (size_t i = 0; i < h->parts_n; i++) {
		struct hours_part *part = &h->parts[i];

		if (finish(&part->week, err) < 0)
			return -1;
		for (size_t k = 0; k < part->week.n; k++)
			part->days |= part->week.list[k].weekdays;
		for (int day = 0; day < 7; day++) {
			if (part->days & part->closed & 1u << day)
				return err_set(err, ERR_USAGE, "%s has hours and is closed",
					dayword_weekdays[day]);
		}
		part->days |= part->closed;
	}
	return 0;
}

static int read_piece(struct hours *h, char *piece, const char **ret_guess, struct err *err)
{
	size_t n = part_length(piece);

	if (n)
		return read_part(h, piece, n, ret_guess, err);
	return (is_asterisk(piece) ? read_asterisk : read_week)(h, piece, ret_guess, err);
}

static bool has_any(const struct hours *h)
{
	bool any = h->n;

	for (size_t i = 0; i < h->parts_n; i++)
		any = any || h->parts[i].week.n;
	return any;
}

int hours_parse(const char *text, struct hours **ret, struct err *err)
{
	_cleanup_(hours_freep) struct hours *h = NULL;
	_cleanup_(freep) char *copy = NULL;
	struct strbuf printed = STRBUF_INIT;
	char *rest, *part;
	size_t length;

	if (strlen(text) > HOURS_TEXT_MAX)
		return err_set(
			err, ERR_USAGE, "the hours are longer than %d bytes", HOURS_TEXT_MAX);
	h = xcalloc(1, sizeof(*h));
	rest = copy = xstrdup(text);
	while ((part = strsep(&rest, ";"))) {
		_cleanup_(freep) char *piece = NULL;
		const char *guess = NULL;

		part = dayword_trim(part);
		if (!*part)
			continue;
		piece = xstrdup(part);
		if (read_piece(h, piece, &guess, err) < 0) {
			err_hint(err, " in '%.80s'; write hours as " FORM, part);
			return guess ? err_guess(err, "%s", guess) : -1;
		}
	}
	if (!has_any(h))
		return err_set(
			err, ERR_USAGE, "there are no hours in '%.80s'; write them as " FORM, text);
	if (finish(h, err) < 0)
		return -1;
	hours_print(h, &printed);
	length = printed.len;
	strbuf_done(&printed);
	if (length > HOURS_TEXT_MAX)
		return err_set(err, ERR_USAGE,
			"the hours are longer than %d bytes when written in full", HOURS_TEXT_MAX);
	*ret = TAKE_PTR(h);
	return 0;
}

void hours_free(struct hours *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->parts_n; i++)
		free(h->parts[i].week.list);
	free(h->parts);
	free(h->list);
	free(h);
}

static void print_one(struct strbuf *to, const struct week_ring *ring, int n)
{
	if (ring->names)
		strbuf_adds(to, ring->names[n - ring->first]);
	else
		strbuf_addf(to, "%d", n);
}

static void print_ring(struct strbuf *to, const struct week_ring *ring, uint32_t mask, char join)
{
	bool first = true;

	for (int n = ring->first; n <= ring->last; n++) {
		int end = n;

		if (!(mask >> n & 1))
			continue;
		while (end < ring->last && (mask >> (end + 1) & 1))
			end++;
		if (!first)
			strbuf_addc(to, join);
		print_one(to, ring, n);
		if (end > n) {
			strbuf_addc(to, '-');
			print_one(to, ring, end);
		}
		first = false;
		n = end;
	}
}

static void print_field(struct strbuf *to, const struct week_ring *ring, uint32_t mask)
{
	strbuf_addc(to, ',');
	if (mask == ring->all)
		strbuf_addc(to, '*');
	else
		print_ring(to, ring, mask, '&');
}

/* Print the rules that have days of the month or months, in Asterisk's form. The list is sorted by these, so rules with the same days
 * stand together and make one piece: their times, joined by &, and the days once. */
static void print_asterisk(const struct hours *h, struct strbuf *to)
{
	size_t i = 0;

	while (i < h->n) {
		const struct hours_rule *first = &h->list[i], *r = first;

		if (is_plain(r)) {
			i++;
			continue;
		}
		if (to->len)
			strbuf_adds(to, "; ");
		for (; i < h->n && !compare_dates(r = &h->list[i], first); i++) {
			if (r != first)
				strbuf_addc(to, '&');
			if (!r->start && r->end == DAY)
				strbuf_addc(to, '*');
			else
				dayword_print_range(to, r->start, r->end);
		}
		print_field(to, &weekdays_asterisk, first->weekdays);
		print_field(to, &mdays, first->mdays);
		print_field(to, &months, first->months);
	}
}

static bool is_same(
	const struct hours_rule *const *a, int n, const struct hours_rule *const *b, int m)
{
	bool same = n == m;

	for (int i = 0; same && i < n; i++)
		same = a[i]->start == b[i]->start && a[i]->end == b[i]->end;
	return same;
}

/* Begin a piece: a ';', and in a part its weeks or dates. */
static void print_begin(struct strbuf *to, const struct weeks *when)
{
	if (to->len)
		strbuf_adds(to, "; ");
	if (when) {
		weeks_print(when, to);
		strbuf_adds(to, ": ");
	}
}

static void print_days(struct strbuf *to, uint32_t mask)
{
	if (mask == weekdays.all)
		strbuf_adds(to, "daily");
	else
		print_ring(to, &weekdays, mask, ',');
}

/* Weekdays with the same hours are printed as one piece. Take the days from Monday on, find those that are the same as this one, and
 * mark them as done. */
static void print_week(const struct hours *h, const struct weeks *when, struct strbuf *to)
{
	const struct hours_rule *lists[7][HOURS_OF_DAY_MAX + 1];
	uint32_t done = 0;
	int counts[7];

	for (int day = 0; day < 7; day++)
		counts[day] = collect(h, day, 0, 0, lists[day]);
	for (int day = 0; day < 7; day++) {
		uint32_t same = 0;

		if (!counts[day] || (done >> day & 1))
			continue;
		for (int other = day; other < 7; other++) {
			if (is_same(lists[day], counts[day], lists[other], counts[other]))
				same |= 1u << other;
		}
		done |= same;
		print_begin(to, when);
		print_days(to, same);
		for (int i = 0; i < counts[day]; i++) {
			strbuf_addc(to, i ? ',' : ' ');
			dayword_print_range(to, lists[day][i]->start, lists[day][i]->end);
		}
	}
}

void hours_print(const struct hours *h, struct strbuf *to)
{
	struct strbuf text = STRBUF_INIT;

	print_week(h, NULL, &text);
	print_asterisk(h, &text);
	for (size_t i = 0; i < h->parts_n; i++) {
		const struct hours_part *part = &h->parts[i];

		print_week(&part->week, &part->when, &text);
		if (!part->closed)
			continue;
		print_begin(&text, &part->when);
		print_days(&text, part->closed);
		strbuf_adds(&text, " closed");
	}
	strbuf_add(to, text.s, text.len);
	strbuf_done(&text);
}

int hours_on(const struct hours *h, int64_t day, struct hours_range ret[HOURS_OF_DAY_MAX])
{
	const struct hours_rule *list[HOURS_OF_DAY_MAX + 1];
	int weekday = civil_weekday(day), n;
	struct civil c;

	civil_from_days(day, &c);
	for (size_t i = h->parts_n; i--;) {
		const struct hours_part *part = &h->parts[i];

		if ((part->days >> weekday & 1) && weeks_hold(&part->when, day)) {
			h = &part->week;
			break;
		}
	}
	n = collect(h, weekday, c.day, c.month, list);
	for (int i = 0; i < n; i++)
		ret[i] = (struct hours_range){ list[i]->start, list[i]->end };
	return n;
}

int32_t hours_overnight(const struct hours *h)
{
	int32_t longest = 0;

	for (size_t i = 0; i < h->n; i++) {
		const struct hours_rule *r = &h->list[i];

		if (r->end > DAY && r->end - r->start > longest)
			longest = r->end - r->start;
	}
	for (size_t i = 0; i < h->parts_n; i++) {
		int32_t of_part = hours_overnight(&h->parts[i].week);

		longest = of_part > longest ? of_part : longest;
	}
	return longest;
}

/* The first minutes of the week that `r`, when it begins on `weekday`, has outside `open`. False if `open` holds them all.
 * `open` is a ring: what crosses the end of Sunday goes on at Monday 00:00. */
static bool outside(const struct hours_rule *r, int weekday, const bool open[WEEK_MINUTES],
	int *ret_start, int *ret_end)
{
	int at = weekday * DAY_MINUTES + r->start / 60, end = weekday * DAY_MINUTES + r->end / 60;

	while (at < end && open[at % WEEK_MINUTES])
		at++;
	*ret_start = at;
	while (at < end && !open[at % WEEK_MINUTES])
		at++;
	*ret_end = at;
	return *ret_end > *ret_start;
}

static void paint(const struct hours *h, bool open[WEEK_MINUTES])
{
	for (size_t i = 0; i < h->n; i++) {
		const struct hours_rule *r = &h->list[i];

		for (int day = 0; day < 7; day++) {
			for (int m = r->start / 60; (r->weekdays >> day & 1) && m < r->end / 60;
				m++)
				open[(day * DAY_MINUTES + m) % WEEK_MINUTES] = true;
		}
	}
	for (size_t i = 0; i < h->parts_n; i++)
		paint(&h->parts[i].week, open);
}

/* Lower *first to the first minute of `h` that is not open, and set *end to where the piece there ends. */
static void find_outside(
	const struct hours *h, const bool open[WEEK_MINUTES], int *first, int *first_end)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct hours_rule *r = &h->list[i];

		for (int day = 0; day < 7; day++) {
			int start, end;

			if ((r->weekdays >> day & 1) && outside(r, day, open, &start, &end) &&
				(*first < 0 || start < *first)) {
				*first = start;
				*first_end = end;
			}
		}
	}
	for (size_t i = 0; i < h->parts_n; i++)
		find_outside(&h->parts[i].week, open, first, first_end);
}

/* Paint the minutes of `outer` on a week, then look for the first range of `inner` that has a minute which is not painted. */
bool hours_covers(const struct hours *outer, const struct hours *inner, struct strbuf *ret)
{
	bool open[WEEK_MINUTES] = { false };
	int first = -1, first_end = 0;

	paint(outer, open);
	find_outside(inner, open, &first, &first_end);
	if (first < 0)
		return true;
	strbuf_addf(ret, "%s ", dayword_weekdays[first / DAY_MINUTES % 7]);
	dayword_print_range(
		ret, first % DAY_MINUTES * 60, (first % DAY_MINUTES + first_end - first) * 60);
	return false;
}
