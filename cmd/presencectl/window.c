/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/window.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/time/when.h"

enum { WINDOW_MAX_S = 3660 * 86400 };

/* Read "2031" or "2031-07" as the begin and end of that year or month. */
static bool read_part_of_calendar(
	const char *text, const struct zone *z, int64_t *ret_from, int64_t *ret_to)
{
	struct civil c = { .month = 1, .day = 1 };
	size_t n = strlen(text);

	if (strspn(text, "0123456789-") != n || (n != 4 && n != 7) || (n == 7 && text[4] != '-') ||
		memchr(text, '-', 4))
		return false;
	c.year = atoi(text);
	if (n == 7)
		c.month = atoi(text + 5);
	if (!civil_is_valid(&c))
		return false;
	zone_to_utc(z, &c, ret_from, NULL);
	if (n == 7)
		c.month++;
	else
		c.year++;
	zone_to_utc(z, &c, ret_to, NULL);
	return true;
}

int window_read(const struct input *in, const struct zone *z, const struct zone *dates, int64_t now,
	int64_t length, int64_t *ret_from, int64_t *ret_to, struct err *err)
{
	const char *from = input_opt(in, "from"), *to = input_opt(in, "to");
	int64_t begin, end;

	*ret_from = now;
	*ret_to = now + length;
	if (from && !read_part_of_calendar(from, dates, ret_from, ret_to)) {
		if (when_time(from, z, now, ret_from, err) < 0)
			return -1;
		*ret_to = *from == '-' ? now : *ret_from + length;
	}
	if (to && read_part_of_calendar(to, dates, &begin, &end))
		*ret_to = begin;
	else if (to && when_end(to, z, now, *ret_from, ret_to, err) < 0)
		return -1;
	if (*ret_to <= *ret_from)
		return err_set(err, ERR_USAGE, "the window ends before it begins");
	if (*ret_to - *ret_from > WINDOW_MAX_S)
		return err_set(err, ERR_USAGE, "the window is longer than ten years");
	return 0;
}
