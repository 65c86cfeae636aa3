#include "lib/pure/zone.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/text.h"

enum { HEADER = 44, COUNT_MAX = 100000, OFFSET_MAX = 26 * 3600, DAY = 86400 };

/* When a POSIX TZ rule changes: Jn, n or Mm.w.d (RFC 8536 3.3.1). */
struct change {
	char kind; /* 'J', '0' or 'M' */
	int month, week, day;
	int32_t time; /* seconds of the wall clock from the start of that day, -167 h to 167 h */
};

struct zone {
	char name[64];
	size_t n;        /* transitions */
	int64_t *at;     /* UTC seconds, rising */
	int32_t *offset; /* from at[i] on */
	int32_t first;   /* before at[0] */
	bool has_rule;   /* after at[n - 1] */
	bool has_dst;
	int32_t std, dst;
	struct change to_dst, to_std;
};

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
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
		if (z->offset[i] < -OFFSET_MAX || z->offset[i] > OFFSET_MAX)
			return -1;
	}
	z->first = (int32_t)be32(types);
	return z->first < -OFFSET_MAX || z->first > OFFSET_MAX ? -1 : 0;
}

/* The footer: "CET-1CEST,M3.5.0,M10.5.0/3". Each function moves *s on, or returns -1. */
static int skip_name(const char **s)
{
	const char *p = *s;

	if (*p == '<') {
		p += strcspn(p, ">");
		if (*p != '>')
			return -1;
		*s = p + 1;
		return 0;
	}
	while (isalpha((unsigned char)*p))
		p++;
	if (p - *s < 3)
		return -1;
	*s = p;
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

static int rule(const char **s, struct change *c)
{
	*c = (struct change){ .kind = '0', .time = 2 * 3600 };
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
	if (skip_name(&s) < 0 || hms(&s, &west) < 0)
		return -1;
	z->has_rule = true;
	z->std = -west;
	if (*s) {
		z->has_dst = true;
		z->dst = z->std + 3600;
		if (skip_name(&s) < 0)
			return -1;
		if (*s != ',') {
			if (hms(&s, &west) < 0)
				return -1;
			z->dst = -west;
		}
		if (rule(&s, &z->to_dst) < 0 || rule(&s, &z->to_std) < 0 || *s)
			return -1;
	}
	return z->std < -OFFSET_MAX || z->std > OFFSET_MAX || z->dst < -OFFSET_MAX ||
			z->dst > OFFSET_MAX
		? -1
		: 0;
}

static int parse(struct zone *z, const unsigned char *p, size_t n)
{
	struct header h;
	size_t size = 4, skip;
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
	if (n - skip < 2 || p[skip] != '\n' || !(end = memchr(p + skip + 1, '\n', n - skip - 1)) ||
		(size_t)(end - (p + skip + 1)) >= sizeof(footer))
		return -1;
	memcpy(footer, p + skip + 1, (size_t)(end - (p + skip + 1)));
	footer[end - (p + skip + 1)] = '\0';
	return read_footer(z, footer);
}

int zone_parse(const char *name, const void *bytes, size_t n, struct zone **ret, struct err *err)
{
	_cleanup_(zone_freep) struct zone *z = xcalloc(1, sizeof(*z));

	if (strlen(name) >= sizeof(z->name))
		return err_set(
			err, ERR_USAGE, "the name of time zone '%.20s...' is too long", name);
	text_copy(z->name, sizeof(z->name), name);
	if (parse(z, bytes, n) < 0)
		return err_set(err, ERR_FAILED, "the data of time zone '%s' is damaged", name);
	*ret = TAKE_PTR(z);
	return 0;
}

struct zone *zone_new_utc(void)
{
	struct zone *z = xcalloc(1, sizeof(*z));

	text_copy(z->name, sizeof(z->name), "UTC");
	return z;
}

void zone_free(struct zone *z)
{
	if (!z)
		return;
	free(z->at);
	free(z->offset);
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
static int64_t change_at(const struct change *c, int year)
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

	/* Far enough for every use, and safe from overflow. */
	if (at > 4000000000000LL)
		at = 4000000000000LL;
	if (at < -4000000000000LL)
		at = -4000000000000LL;
	civil_from_seconds(at, &c);
	return c.year;
}

static int32_t rule_offset(const struct zone *z, int64_t at)
{
	int64_t latest = INT64_MIN;
	int32_t offset = z->std;
	int year;

	if (!z->has_dst)
		return z->std;
	/* The last change at or before `at`; around New Year it may belong to a year beside. */
	year = year_of(at);
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t to_dst, to_std;

		changes_of(z, y, &to_dst, &to_std);
		if (to_dst <= at && to_dst >= latest) {
			latest = to_dst;
			offset = z->dst;
		}
		/* Both at once is DST all year. */
		if (to_std <= at && to_std > latest) {
			latest = to_std;
			offset = z->std;
		}
	}
	return offset;
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

void zone_to_local(const struct zone *z, int64_t at, struct civil *ret)
{
	civil_from_seconds(at + zone_offset(z, at), ret);
}

int64_t zone_next_transition(const struct zone *z, int64_t at)
{
	int32_t now = zone_offset(z, at);
	int year;

	for (size_t i = (size_t)(find(z, at) + 1); i < z->n; i++) {
		if (zone_offset(z, z->at[i]) != now)
			return z->at[i];
	}
	if (!z->has_rule || !z->has_dst)
		return INT64_MAX;
	if (z->n && z->at[z->n - 1] > at)
		at = z->at[z->n - 1];
	year = year_of(at);
	for (int y = year - 1; y <= year + 2; y++) {
		int64_t a, b, low, high;

		changes_of(z, y, &a, &b);
		low = a < b ? a : b;
		high = a < b ? b : a;
		if (low > at && zone_offset(z, low) != now)
			return low;
		if (high > at && zone_offset(z, high) != now)
			return high;
	}
	return INT64_MAX;
}

enum zone_fit zone_to_utc(
	const struct zone *z, const struct civil *c, int64_t *ret, int64_t *ret_other)
{
	int64_t wall = civil_seconds(c), first = 0, second = 0;
	int hits = 0;

	/* Every offset in force within a day and two hours around is a candidate. */
	for (int64_t at = wall - OFFSET_MAX; at <= wall + OFFSET_MAX;) {
		int64_t next = zone_next_transition(z, at), guess = wall - zone_offset(z, at);

		if (guess >= at && guess < next) {
			if (!hits++)
				first = guess;
			else
				second = guess;
		}
		if (next == INT64_MAX)
			break;
		/* In the gap: past what was, before what is. */
		if (!hits && wall - zone_offset(z, next - 1) >= next &&
			wall - zone_offset(z, next) < next) {
			*ret = wall - zone_offset(z, next - 1);
			if (ret_other)
				*ret_other = next;
			return ZONE_GAP;
		}
		at = next;
	}
	*ret = first;
	if (ret_other)
		*ret_other = hits > 1 ? second : first;
	return hits > 1 ? ZONE_FOLD : ZONE_EXACT;
}
