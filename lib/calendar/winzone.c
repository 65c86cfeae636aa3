/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/winzone.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"

enum { TZID_MAX = 255, PART_MAX = 64 };

static const struct windows_zone {
	const char *name, *display;
	int minutes; /* east of UTC, as the display name has it */
	const char *olson;
} windows_zones[] = {
#include "lib/calendar/winzone.inc"
};

static const char *const whole_hours[] = { "Etc/GMT+12", "Etc/GMT+11", "Etc/GMT+10", "Etc/GMT+9",
	"Etc/GMT+8", "Etc/GMT+7", "Etc/GMT+6", "Etc/GMT+5", "Etc/GMT+4", "Etc/GMT+3", "Etc/GMT+2",
	"Etc/GMT+1", "UTC", "Etc/GMT-1", "Etc/GMT-2", "Etc/GMT-3", "Etc/GMT-4", "Etc/GMT-5",
	"Etc/GMT-6", "Etc/GMT-7", "Etc/GMT-8", "Etc/GMT-9", "Etc/GMT-10", "Etc/GMT-11",
	"Etc/GMT-12", "Etc/GMT-13", "Etc/GMT-14" };

static const char *find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(windows_zones); i++) {
		const struct windows_zone *z = &windows_zones[i];

		if (strlen(z->name) == len && !strncasecmp(z->name, name, len))
			return z->olson;
	}
	return NULL;
}

const char *winzone_find(const char *name)
{
	return find(name, strlen(name));
}

/* Outlook numbers the zones of a file that have one name: "W. Europe Standard Time 1". */
static const char *find_numbered(const char *name)
{
	size_t len = strlen(name), end = len;

	while (end && isdigit((unsigned char)name[end - 1]))
		end--;
	return end && end < len && name[end - 1] == ' ' ? find(name, end - 1) : NULL;
}

/* Read "GMT+0100", "UTC-05:30", "GMT +01.00" or "UTC" as minutes east of UTC and move *p behind it. */
static int read_offset(const char **p, int *ret)
{
	const char *s = *p;
	int sign, digits = 0, value = 0;

	if (strncasecmp(s, "GMT", 3) != 0 && strncasecmp(s, "UTC", 3) != 0)
		return -1;
	s += 3;
	*p = s;
	*ret = 0;
	s += *s == ' ';
	if (*s != '+' && *s != '-')
		return 0;
	sign = *s++ == '-' ? -1 : 1;
	for (; digits < 4 && isdigit((unsigned char)*s); digits++) {
		value = value * 10 + (*s++ - '0');
		if (digits < 2 && (*s == ':' || *s == '.') && isdigit((unsigned char)s[1]) &&
			isdigit((unsigned char)s[2])) {
			value = value * 100 + (s[1] - '0') * 10 + (s[2] - '0');
			s += 3;
			digits = 4;
			break;
		}
	}
	if (!digits || digits == 3 || isdigit((unsigned char)*s))
		return -1;
	if (digits <= 2)
		value *= 100;
	if (value % 100 > 59 || value > 1400)
		return -1;
	*ret = sign * (value / 100 * 60 + value % 100);
	*p = s;
	return 0;
}

static const char *find_offset(const char *text)
{
	int minutes;

	if (!strcasecmp(text, "Z"))
		return "UTC";
	if (read_offset(&text, &minutes) < 0 || *text || minutes % 60 || minutes < -12 * 60)
		return NULL;
	return whole_hours[minutes / 60 + 12];
}

/* The next part of a display name, in small letters and with "&" for "and". Returns where the part ends, NULL if there is no
 * further part. */
static const char *next_part(const char *p, char ret[PART_MAX])
{
	size_t n = 0;

	p += strspn(p, " ,;/");
	if (!*p)
		return NULL;
	while (*p && !strchr(",;/", *p)) {
		if (!strncasecmp(p, " and ", 5)) {
			if (n + 2 < PART_MAX) {
				ret[n++] = ' ';
				ret[n++] = '&';
			}
			p += 4;
		} else {
			if (n + 1 < PART_MAX)
				ret[n++] = (char)tolower((unsigned char)*p);
			p++;
		}
	}
	while (n && ret[n - 1] == ' ')
		n--;
	ret[n] = '\0';
	return p;
}

static size_t parts_in_common(const char *a, const char *b)
{
	char part[PART_MAX], other[PART_MAX];
	size_t n = 0;

	while ((a = next_part(a, part))) {
		for (const char *p = b; (p = next_part(p, other));)
			n += !strcmp(part, other);
	}
	return n;
}

/* "(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien". Some of the names may be in another language or come from
 * another year's Windows: of the zones with this offset, the one that shares the most names wins. It must share one at
 * least: the offset alone names no zone. */
static const char *find_display(const char *text)
{
	const struct windows_zone *best = NULL;
	size_t best_common = 0;
	int minutes = 0;
	const char *p;

	if (*text == '(') {
		p = text + 1;
		if (read_offset(&p, &minutes) < 0 || *p != ')')
			return NULL;
		text = p + 1;
		text += strspn(text, " ");
	} else {
		minutes = -1; /* no zone has this offset */
	}
	for (size_t i = 0; i < ARRAY_SIZE(windows_zones); i++) {
		const struct windows_zone *z = &windows_zones[i];
		size_t common;

		if (!strcasecmp(text, z->display))
			return z->olson;
		if (minutes != z->minutes)
			continue;
		common = parts_in_common(z->display, text);
		if (common > best_common) {
			best_common = common;
			best = z;
		}
	}
	return best ? best->olson : NULL;
}

const char *winzone_guess(const char *tzid, bool (*known)(void *data, const char *name), void *data)
{
	bool has_prefix = *tzid == '/' || strstr(tzid, "://");
	const char *found, *text = tzid, *tails[3];
	size_t n = 0;

	if (!*tzid || strlen(tzid) > TZID_MAX)
		return NULL;
	if (known(data, tzid))
		return tzid;
	/* A prefix may have any form; the name is the last one, two or three parts behind it. The longest that is known wins. One
	 * part alone counts only behind a prefix. */
	for (const char *p = tzid + strlen(tzid); p > tzid && n < ARRAY_SIZE(tails); p--) {
		if (p[-1] == '/')
			tails[n++] = p;
	}
	if (n && has_prefix)
		text = tails[0];
	while (n--) {
		if (*tails[n] && (n || has_prefix) && known(data, tails[n]))
			return tails[n];
	}
	if (!(found = winzone_find(text)) && !(found = find_numbered(text)) &&
		!(found = find_offset(text)))
		found = find_display(text);
	return found && known(data, found) ? found : NULL;
}
