/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/ics-lib.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/binding/library.h"
#include "lib/time/civil.h"

const struct ics_lib *ics_lib(struct err *err)
{
#define X(name) LIBRARY_SYMBOL(ics_lib, name)
	static const struct library_symbol symbols[] = { ICS_FUNCTIONS(X){ NULL, 0 } };
#undef X
	static const struct library libical = { "libical.so.3", "calendars cannot be read",
		"libical3", symbols };
	static struct ics_lib lib;
	static bool is_loaded;

	if (is_loaded)
		return &lib;
	if (library_open(&libical, &lib, err) < 0)
		return NULL;
	lib.icalerror_set_errors_are_fatal(0);
	is_loaded = true;
	return &lib;
}

icalcomponent *ics_component_parse(const struct ics_lib *lib, const struct ics_component *c)
{
	struct strbuf text = STRBUF_INIT;
	icalcomponent *ret;

	strbuf_addf(&text, "BEGIN:%s\r\n", c->name);
	strbuf_add(&text, c->text.s, c->text.len);
	strbuf_addf(&text, "END:%s\r\n", c->name);
	ret = lib->icalparser_parse_string(text.s);
	strbuf_done(&text);
	return ret;
}

char *ics_value_text(const struct ics_lib *lib, const icalproperty *p, size_t max)
{
	icalvalue *value = lib->icalproperty_get_value(p);
	const char *text = NULL;
	size_t from, n;
	char *ret;

	if (value && lib->icalvalue_isa(value) == ICAL_TEXT_VALUE)
		text = lib->icalvalue_get_text(value);
	else if (value && lib->icalvalue_isa(value) == ICAL_X_VALUE)
		text = lib->icalvalue_get_x(value);
	if (!text)
		return NULL;
	from = strspn(text, " \t\r\n");
	n = strlen(text);
	while (n > from && isspace((unsigned char)text[n - 1]))
		n--;
	if (n == from)
		return NULL;
	ret = xstrndup(text + from, n - from);
	for (char *c = ret; *c; c++) {
		if (isspace((unsigned char)*c))
			*c = ' ';
	}
	text_tame(ret);
	text_cut(ret, max);
	return ret;
}

int ics_time_seconds(const struct icaltimetype *t, int64_t *ret)
{
	struct civil c = { t->year, t->month, t->day, t->hour, t->minute, t->second }, day;

	if (t->is_date)
		c.hour = c.minute = c.second = 0;
	if (c.second == 60)
		c.second = 59;
	day = c;
	if (c.hour == 24 && !c.minute && !c.second)
		day.hour = 0;
	if (c.year < 1 || c.year > 9999 || !civil_is_valid(&day))
		return -1;
	*ret = civil_seconds(&c);
	return 0;
}
