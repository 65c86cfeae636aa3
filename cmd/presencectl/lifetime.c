/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/lifetime.h"

#include <string.h>

#include "lib/presence/model.h"

static int read_time(const char *text, const struct zone *z, int64_t now, int64_t start,
	struct until *ret, struct err *err)
{
	*ret = (struct until){ .kind = UNTIL_TIME };
	if (when_end(text, z, now, start, &ret->at, err) < 0)
		return -1;
	if (ret->at > start)
		return 0;
	if (start > now)
		return err_set(err, ERR_USAGE, "it would end at '%s', before it begins", text);
	err_set(err, ERR_USAGE, "'%s' has passed already", text);
	/* Guess only for a bare time of day: tomorrow's is surely still to come. */
	return strlen(text) == strspn(text, "0123456789:") ? err_guess(err, "tomorrow %s", text)
							   : -1;
}

int lifetime_read(const struct ctl *ctl, const struct input *in, int64_t start,
	const char *fallback, struct until *ret, struct err *err)
{
	const char *span = input_opt(in, "for"), *time = input_opt(in, "until");
	int64_t s;

	if (span) {
		if (when_duration(span, &s, err) < 0)
			return -1;
		*ret = (struct until){ .kind = UNTIL_TIME, .at = start + s };
		return 0;
	}
	if (time)
		return read_time(time, ctl->zone, ctl->now, start, ret, err);
	if (input_has(in, "forever")) {
		*ret = (struct until){ .kind = UNTIL_FOREVER };
		return 0;
	}
	if (!fallback)
		return err_set(err, ERR_USAGE,
			"it needs an end: --for 2h, --until 17:30, or --forever in so many words");
	return when_lifetime(fallback, ctl->home, start, ret, err);
}

int64_t lifetime_end(const struct until *u)
{
	return u->kind == UNTIL_TIME ? u->at : UNTIL_OPEN;
}
