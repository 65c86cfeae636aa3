/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/time-keys.h"

#include <assert.h>
#include <string.h>

#include "lib/base/limits.h"
#include "lib/base/text.h"
#include "lib/time/holidays.h"
#include "lib/time/hours.h"
#include "lib/time/special.h"
#include "lib/time/when.h"

static int set_zone(const struct key *k, void *object, const char *value, struct err *err)
{
	if (!text_is_of(value, TEXT_ALNUM "_+-/", ZONE_MAX_LEN) || *value == '/' ||
		strstr(value, "//"))
		return err_set(
			err, ERR_USAGE, "'%s' is not a time zone such as Europe/Stockholm", value);
	return key_keep(k, object, value, err);
}

/* Neither the zone nor the day decides whether a lifetime is well formed. */
static int set_lifetime(const struct key *k, void *object, const char *value, struct err *err)
{
	_cleanup_(zone_freep) struct zone *utc = zone_new_utc();
	struct until until;

	if (strlen(value) >= k->size)
		return err_set(err, ERR_USAGE, "lifetime '%.20s...' is too long", value);
	return when_lifetime(value, utc, 0, &until, err) < 0 ? -1 : key_keep(k, object, value, err);
}

static int set_duration(const struct key *k, void *object, const char *value, struct err *err)
{
	char min[WHEN_TEXT_SIZE], max[WHEN_TEXT_SIZE];
	int64_t s;

	assert(k->size == sizeof(s));
	if (when_duration(value, &s, err) < 0)
		return -1;
	if (s < k->min || s > k->max) {
		when_span(k->min, min);
		when_span(k->max, max);
		return err_set(
			err, ERR_USAGE, "%s is from %s to %s, not '%s'", k->name, min, max, value);
	}
	*(int64_t *)key_member(k, object) = s;
	return 0;
}

static void get_duration(const struct key *k, const void *object, struct strbuf *to)
{
	char text[WHEN_TEXT_SIZE];

	when_span(*(const int64_t *)key_member(k, object), text);
	strbuf_adds(to, text);
}

static int set_hours(const struct key *k, void *object, const char *value, struct err *err)
{
	_cleanup_(hours_freep) struct hours *h = NULL;
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (hours_parse(value, &h, err) < 0)
		return -1;
	hours_print(h, &text);
	return key_keep(k, object, text.s, err);
}

static int set_holidays(const struct key *k, void *object, const char *value, struct err *err)
{
	_cleanup_(holidays_freep) struct holidays *h = NULL;
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (holidays_parse(value, &h, err) < 0)
		return -1;
	holidays_print(h, &text);
	return key_keep(k, object, text.s, err);
}

static int keep_specials(
	const struct key *k, void *object, const struct specials *s, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	specials_print(s, &text);
	return key_keep(k, object, text.s, err);
}

static int set_specials(const struct key *k, void *object, const char *value, struct err *err)
{
	_cleanup_(specials_done) struct specials s = { 0 };

	return specials_parse(value, &s, err) < 0 ? -1 : keep_specials(k, object, &s, err);
}

static int set_special(const struct key_at *at, void *object, const char *value, struct err *err)
{
	_cleanup_(specials_done) struct specials s = { 0 };

	if (specials_parse(key_member(at->key, object), &s, err) < 0 ||
		specials_set(&s, at->part, value, err) < 0)
		return -1;
	return keep_specials(at->key, object, &s, err);
}

/* The text of the member is "2026-12-23 09:00-12:00; 2026-12-24 closed = Eve". */
static bool nth_special(const struct key *k, const void *object, size_t i, struct strbuf *part,
	struct strbuf *value)
{
	const char *text = key_member(k, object), *space;
	size_t n;

	for (; i && *text; i--) {
		text += strcspn(text, ";");
		text += strspn(text, "; ");
	}
	n = strcspn(text, ";");
	space = memchr(text, ' ', n);
	if (!space)
		return false;
	strbuf_add(part, text, (size_t)(space - text));
	strbuf_add(value, space + 1, n - (size_t)(space + 1 - text));
	return true;
}

static int set_day(const struct key *k, void *object, const char *value, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct special day = { 0 };

	if (special_parse(value, &day, err) < 0)
		return err_wrap(err, "%s", k->name);
	special_print(&day, &text);
	return key_keep(k, object, text.s, err);
}

static const struct key_parts special_parts = {
	.word = "DATE", .set = set_special, .nth = nth_special
};

const struct key_type key_zone = { .set = set_zone };
const struct key_type key_lifetime = { .set = set_lifetime };
const struct key_type key_duration = { .set = set_duration, .get = get_duration };
const struct key_type key_hours = { .set = set_hours };
const struct key_type key_holidays = { .set = set_holidays };
const struct key_type key_day = { .set = set_day };
const struct key_type key_special = { .set = set_specials, .parts = &special_parts };
