/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/zone.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

#define TEXT_ALPHA "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

enum {
	HEADER = 44,
	COUNT_MAX = 100000,
	NAME_MAX_LEN = 255,
	OFFSET_MAX = 26 * 3600,
	DAY = 86400,
	RULE_REACH = (167 + 26) * 3600, /* how far outside its year a change of a rule may lie */
};

/* Wall seconds of 0001-01-01 00:00:00 and 9999-12-31 23:59:59. */
#define WALL_MIN (-62135596800)
#define WALL_MAX 253402300799

/* When a POSIX TZ rule changes the offset each year: Jn, n or Mm.w.d (RFC 8536 3.3.1). */
struct posix_change {
	char kind; /* 'J', '0' or 'M' */
	int month, week, day;
	int32_t time; /* seconds of the wall clock from the start of that day, -167 h to 167 h */
};

struct zone {
	char *name;
	size_t n;        /* transitions */
	int64_t *at;     /* UTC seconds, rising */
	int32_t *offset; /* from at[i] on */
	uint8_t *word;   /* from at[i] on, an offset in `words`; NULL: the zone has no words */
	uint8_t first_word;
	char *words; /* each ends with NUL */
	size_t words_n;
	int32_t first; /* the offset before at[0] */
	bool has_rule; /* from at[n - 1] on the rule below says the offset */
	bool has_dst;
	int32_t std, dst;
	char std_word[ZONE_WORD_SIZE], dst_word[ZONE_WORD_SIZE];
	struct posix_change to_dst, to_std;
};

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool is_offset(int32_t offset)
{
	return offset >= -OFFSET_MAX && offset <= OFFSET_MAX;
}

struct header {
	int version;
	uint32_t isut, isstd, leap, time, type, chars;
};

static size_t block_size(const struct header *h, size_t time_size)
{
	return h->time * (time_size + 1) + h->type * 6 + h->chars + h->leap * (time_size + 4) +
		h->isstd + h->isut;
}

static int read_header(const unsigned char *p, size_t n, struct header *h)
{
	if (n < HEADER || memcmp(p, "TZif", 4) != 0)
		return -1;
	h->version = p[4] ? p[4] - '0' : 1;
	h->isut = be32(p + 20);
	h->isstd = be32(p + 24);
	h->leap = be32(p + 28);
	h->time = be32(p + 32);
	h->type = be32(p + 36);
	h->chars = be32(p + 40);
	if (h->isut > COUNT_MAX || h->isstd > COUNT_MAX || h->leap > COUNT_MAX ||
		h->time > COUNT_MAX || h->type > 256 || !h->type || h->chars > COUNT_MAX)
		return -1;
	return 0;
}

/* Behind the types stand the words, and the last byte of a type says where its word begins. */
static void read_words(struct zone *z, const unsigned char *types, const unsigned char *index,
	const struct header *h)
{
	z->words_n = h->chars;
	z->words = xcalloc(h->chars + 1, 1);
	memcpy(z->words, types + (size_t)h->type * 6, h->chars);
	z->word = xcalloc(z->n, sizeof(*z->word));
	z->first_word = types[5];
	for (size_t i = 0; i < z->n; i++)
		z->word[i] = types[(size_t)index[i] * 6 + 5];
}

static int read_block(struct zone *z, const unsigned char *p, const struct header *h, size_t size)
{
	const unsigned char *index = p + h->time * size, *types = index + h->time;

	z->n = h->time;
	z->at = xcalloc(z->n, sizeof(*z->at));
	z->offset = xcalloc(z->n, sizeof(*z->offset));
	for (size_t i = 0; i < z->n; i++) {
		z->at[i] = size == 8 ? be64(p + i * 8) : (int32_t)be32(p + i * 4);
		if (index[i] >= h->type || (i && z->at[i] <= z->at[i - 1]))
			return -1;
		z->offset[i] = (int32_t)be32(types + (size_t)index[i] * 6);
		if (!is_offset(z->offset[i]))
			return -1;
	}
	z->first = (int32_t)be32(types);
	read_words(z, types, index, h);
	return is_offset(z->first) ? 0 : -1;
}

/* The footer of a TZif file is a POSIX TZ rule, "CET-1CEST,M3.5.0,M10.5.0/3". It says the offset for all time after the last
 * transition: the name and offset of standard time, the same for daylight saving time (DST), when DST begins, when it ends.
 * POSIX counts offsets west of UTC, this file east. DST is an hour ahead and a change is at 02:00 if the rule does not say
 * otherwise. Each function below reads one part and moves *s behind it, or returns -1. */
static int read_name(const char **s, char ret[ZONE_WORD_SIZE])
{
	bool quoted = **s == '<';
	const char *name = *s + quoted;
	size_t len = strspn(name, quoted ? TEXT_ALNUM "+-" : TEXT_ALPHA);

	if (len < 3 || (quoted && name[len] != '>'))
		return -1;
	snprintf(ret, ZONE_WORD_SIZE, "%.*s", (int)len, name);
	*s = name + len + quoted;
	return 0;
}

static int number(const char **s, int max, int *ret)
{
	int n = 0;

	if (!isdigit((unsigned char)**s))
		return -1;
	for (; isdigit((unsigned char)**s); (*s)++) {
		n = n * 10 + (**s - '0');
		if (n > max)
			return -1;
	}
	*ret = n;
	return 0;
}

static int hms(const char **s, int32_t *ret)
{
	int sign = **s == '-' ? -1 : 1, h, m = 0, sec = 0;

	if (**s == '-' || **s == '+')
		(*s)++;
	if (number(s, 167, &h) < 0)
		return -1;
	if (**s == ':' && ((*s)++, number(s, 59, &m) < 0))
		return -1;
	if (**s == ':' && ((*s)++, number(s, 59, &sec) < 0))
		return -1;
	*ret = sign * (h * 3600 + m * 60 + sec);
	return 0;
}

static int rule(const char **s, struct posix_change *c)
{
	*c = (struct posix_change){ .kind = '0', .time = 2 * 3600 };
	if (*(*s)++ != ',')
		return -1;
	if (**s == 'M') {
		(*s)++;
		c->kind = 'M';
		if (number(s, 12, &c->month) < 0 || c->month < 1 || *(*s)++ != '.' ||
			number(s, 5, &c->week) < 0 || c->week < 1 || *(*s)++ != '.' ||
			number(s, 6, &c->day) < 0)
			return -1;
	} else {
		if (**s == 'J') {
			(*s)++;
			c->kind = 'J';
		}
		if (number(s, 365, &c->day) < 0 || (c->kind == 'J' && !c->day))
			return -1;
	}
	if (**s == '/' && ((*s)++, hms(s, &c->time) < 0))
		return -1;
	return 0;
}

static int read_footer(struct zone *z, const char *s)
{
	int32_t west;

	if (!*s)
		return 0;
	if (read_name(&s, z->std_word) < 0 || hms(&s, &west) < 0)
		return -1;
	z->has_rule = true;
	z->std = -west;
	if (*s) {
		z->has_dst = true;
		z->dst = z->std + 3600;
		if (read_name(&s, z->dst_word) < 0)
			return -1;
		if (*s != ',') {
			if (hms(&s, &west) < 0)
				return -1;
			z->dst = -west;
		}
		if (rule(&s, &z->to_dst) < 0 || rule(&s, &z->to_std) < 0 || *s)
			return -1;
	}
	return is_offset(z->std) && is_offset(z->dst) ? 0 : -1;
}

/* Read a TZif file (RFC 8536). From version 2 on a file has two blocks: one with times of 32 bits for old readers, which is skipped,
 * and one with times of 64 bits. The footer stands behind the second, between two newlines. Each length is checked against what is
 * left before anything is read there. */
static int parse(struct zone *z, const unsigned char *p, size_t n)
{
	struct header h;
	size_t size = 4, skip, len;
	char footer[128];
	const unsigned char *end;

	if (read_header(p, n, &h) < 0)
		return -1;
	if (h.version >= 2) {
		skip = HEADER + block_size(&h, 4);
		if (skip > n || read_header(p + skip, n - skip, &h) < 0)
			return -1;
		p += skip;
		n -= skip;
		size = 8;
	}
	if (n - HEADER < block_size(&h, size) || read_block(z, p + HEADER, &h, size) < 0)
		return -1;
	if (size == 4)
		return 0;
	skip = HEADER + block_size(&h, size);
	p += skip;
	n -= skip;
	if (n < 2 || *p != '\n' || !(end = memchr(++p, '\n', n - 1)))
		return -1;
	len = (size_t)(end - p);
	if (len >= sizeof(footer) || memchr(p, '\0', len))
		return -1;
	memcpy(footer, p, len);
	footer[len] = '\0';
	return read_footer(z, footer);
}

static int new_zone(const char *name, struct zone **ret, struct err *err)
{
	if (strlen(name) > NAME_MAX_LEN)
		return err_set(
			err, ERR_FAILED, "the name of time zone '%.20s...' is too long", name);
	*ret = xcalloc(1, sizeof(**ret));
	(*ret)->name = xstrdup(name);
	return 0;
}

int zone_parse(const char *name, const void *bytes, size_t n, struct zone **ret, struct err *err)
{
	_cleanup_(zone_freep) struct zone *z = NULL;

	if (new_zone(name, &z, err) < 0)
		return -1;
	if (parse(z, bytes, n) < 0)
		return err_set(err, ERR_FAILED, "the data of time zone '%s' is damaged", name);
	*ret = TAKE_PTR(z);
	return 0;
}

int zone_from_changes(const char *name, int32_t offset, const struct zone_change *list, size_t n,
	struct zone **ret, struct err *err)
{
	_cleanup_(zone_freep) struct zone *z = NULL;
	bool in_range = is_offset(offset);

	if (new_zone(name, &z, err) < 0)
		return -1;
	if (n > COUNT_MAX)
		return err_set(err, ERR_FAILED, "time zone '%s' has more than %d changes", name,
			COUNT_MAX);
	z->n = n;
	z->at = xcalloc(n, sizeof(*z->at));
	z->offset = xcalloc(n, sizeof(*z->offset));
	z->first = offset;
	for (size_t i = 0; i < n; i++) {
		if (i && list[i].at <= list[i - 1].at)
			return err_set(err, ERR_FAILED,
				"the changes of time zone '%s' do not ascend", name);
		z->at[i] = list[i].at;
		z->offset[i] = list[i].offset;
		in_range &= is_offset(list[i].offset);
	}
	if (!in_range)
		return err_set(
			err, ERR_FAILED, "an offset of time zone '%s' is beyond 26 hours", name);
	*ret = TAKE_PTR(z);
	return 0;
}

struct zone *zone_new_utc(void)
{
	struct zone *z = xcalloc(1, sizeof(*z));

	z->name = xstrdup("UTC");
	return z;
}

void zone_free(struct zone *z)
{
	if (!z)
		return;
	free(z->name);
	free(z->at);
	free(z->offset);
	free(z->word);
	free(z->words);
	free(z);
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Wall clock seconds at which a rule changes in a year. */
static int64_t change_at(const struct posix_change *c, int year)
{
	int64_t day;

	if (c->kind == 'M') {
		int64_t first = civil_days(year, c->month, 1),
			next = civil_days(year, c->month + 1, 1);
		int weekday = (civil_weekday(first) + 1) % 7; /* 0 Sunday */

		day = first + (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
		while (day >= next)
			day -= 7;
	} else {
		day = civil_days(year, 1, 1) + c->day;
		if (c->kind == 'J')
			day -= is_leap(year) && c->day >= 60 ? 0 : 1;
	}
	return day * DAY + c->time;
}

/* The two changes of a year in UTC. */
static void changes_of(const struct zone *z, int year, int64_t *to_dst, int64_t *to_std)
{
	*to_dst = change_at(&z->to_dst, year) - z->std;
	*to_std = change_at(&z->to_std, year) - z->dst;
}

static int year_of(int64_t at)
{
	struct civil c;

	/* These bounds are far enough for every use and keep the sums below from overflow. */
	if (at > 4000000000000LL)
		at = 4000000000000LL;
	if (at < -4000000000000LL)
		at = -4000000000000LL;
	civil_from_seconds(at, &c);
	return c.year;
}

static bool rule_is_dst(const struct zone *z, int64_t at)
{
	int64_t latest = INT64_MIN;
	bool is_dst = false;
	int year;

	if (!z->has_dst)
		return false;
	/* The offset is that of the last change at or before `at`. A change may lie RULE_REACH outside its year, so the last
	 * one may belong to the next year or to one of the two years before. Of changes at the same instant the later year's
	 * counts, and within a year the start of DST: such a rule means DST all year. */
	year = year_of(at);
	for (int y = year - 2; y <= year + 1; y++) {
		int64_t to_dst, to_std;

		changes_of(z, y, &to_dst, &to_std);
		if (to_std <= at && to_std >= latest) {
			latest = to_std;
			is_dst = false;
		}
		if (to_dst <= at && to_dst >= latest) {
			latest = to_dst;
			is_dst = true;
		}
	}
	return is_dst;
}

static int32_t rule_offset(const struct zone *z, int64_t at)
{
	return rule_is_dst(z, at) ? z->dst : z->std;
}

/* Index of the last transition at or before `at`, -1 if there is none. */
static ptrdiff_t find(const struct zone *z, int64_t at)
{
	size_t low = 0, high = z->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->at[mid] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return (ptrdiff_t)low - 1;
}

int32_t zone_offset(const struct zone *z, int64_t at)
{
	ptrdiff_t i = find(z, at);

	if (z->has_rule && i == (ptrdiff_t)z->n - 1)
		return rule_offset(z, at);
	return i < 0 ? z->first : z->offset[i];
}

static const char *word_at(const struct zone *z, int64_t at)
{
	ptrdiff_t i = find(z, at);
	size_t word;

	if (z->has_rule && i == (ptrdiff_t)z->n - 1)
		return rule_is_dst(z, at) ? z->dst_word : z->std_word;
	if (!z->word)
		return "";
	word = i < 0 ? z->first_word : z->word[i];
	return word < z->words_n ? z->words + word : "";
}

/* Words come from a file: only letters and digits are taken. */
void zone_word(const struct zone *z, int64_t at, char ret[ZONE_WORD_SIZE])
{
	const char *word = word_at(z, at);
	int minutes = zone_offset(z, at) / 60, size = minutes < 0 ? -minutes : minutes;

	if (!z->n && !z->has_rule && !strcmp(z->name, "UTC"))
		word = "UTC";
	if (isalpha((unsigned char)*word) && strlen(word) < ZONE_WORD_SIZE &&
		strspn(word, TEXT_ALNUM) == strlen(word))
		snprintf(ret, ZONE_WORD_SIZE, "%s", word);
	else
		snprintf(ret, ZONE_WORD_SIZE, "%c%02d:%02d", minutes < 0 ? '-' : '+',
			size / 60 % 100, size % 60);
}

void zone_to_local(const struct zone *z, int64_t at, struct civil *ret)
{
	if (at < WALL_MIN - OFFSET_MAX)
		at = WALL_MIN - OFFSET_MAX;
	if (at > WALL_MAX + OFFSET_MAX)
		at = WALL_MAX + OFFSET_MAX;
	at += zone_offset(z, at);
	civil_from_seconds(at < WALL_MIN ? WALL_MIN : at > WALL_MAX ? WALL_MAX : at, ret);
}

/* The first change of the rule after `at` to another offset than `now`. */
static int64_t next_of_rule(const struct zone *z, int64_t at, int32_t now)
{
	int64_t best = INT64_MAX;
	int year = year_of(at);

	/* Changes of two years that fall on the same instant may cancel each other in all years but leap years. Leap years are at
	 * most eight years apart, so ten years show a change if there is ever one. Stop early once no later year can have an
	 * earlier change. */
	for (int y = year - 1; y <= year + 9; y++) {
		int64_t change[2];

		if (best < civil_days(y, 1, 1) * DAY - RULE_REACH)
			break;
		changes_of(z, y, &change[0], &change[1]);
		for (size_t i = 0; i < ARRAY_SIZE(change); i++) {
			if (change[i] > at && change[i] < best && rule_offset(z, change[i]) != now)
				best = change[i];
		}
	}
	return best;
}

int64_t zone_next_transition(const struct zone *z, int64_t at)
{
	int32_t now = zone_offset(z, at);

	for (size_t i = (size_t)(find(z, at) + 1); i < z->n; i++) {
		if (zone_offset(z, z->at[i]) != now)
			return z->at[i];
	}
	if (!z->has_rule || !z->has_dst)
		return INT64_MAX;
	if (z->n && z->at[z->n - 1] > at)
		at = z->at[z->n - 1];
	return next_of_rule(z, at, now);
}

enum zone_fit zone_to_utc(
	const struct zone *z, const struct civil *c, int64_t *ret, int64_t *ret_other)
{
	int64_t wall = civil_seconds(c), first = 0, second = 0;
	bool found = false, gap = false, fold = false;

	/* An offset is 26 hours at most, so the instant lies within 26 hours of the wall time read as UTC. Walk through the
	 * stretches of one offset there, each from `at` to the next transition. A guess with that offset is right if it lies in
	 * the stretch: one right guess is exact, two are a fold. If a guess lies behind the end of its stretch, and the guess
	 * of the next offset before it, the wall time was skipped: a gap. Each stretch begins later, so the walk ends. */
	for (int64_t at = wall - OFFSET_MAX; at <= wall + OFFSET_MAX;) {
		int64_t next = zone_next_transition(z, at), guess = wall - zone_offset(z, at);

		if (guess >= at && guess < next) {
			fold = found;
			*(found ? &second : &first) = guess;
			found = true;
			gap = false;
		}
		if (next == INT64_MAX || fold)
			break;
		if (!found && !gap && guess >= next && wall - zone_offset(z, next) < next) {
			gap = true;
			first = guess;
			second = next;
		}
		at = next;
	}
	*ret = first;
	if (ret_other)
		*ret_other = gap || fold ? second : first;
	return gap ? ZONE_GAP : fold ? ZONE_FOLD : ZONE_EXACT;
}
