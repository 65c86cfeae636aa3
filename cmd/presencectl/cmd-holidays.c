/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar holidays: list, show. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmd/presencectl/ctl.h"
#include "lib/base/strbuf.h"
#include "lib/time/civil.h"
#include "lib/time/holidays-country.h"
#include "lib/time/dayword.h"
#include "lib/time/holidays-rule.h"
#include "lib/time/holidays.h"

extern const struct command cmd_calendar_holidays_list, cmd_calendar_holidays_show;

enum {
	YEARS_MAX = 100,
	DAY = 86400,
	WIDE_WIDTH = 120, /* of a terminal that has room for all columns */
};
#define NARROW "code,name,local,regions"

enum { LIST_CODE, LIST_NAME, LIST_LOCAL, LIST_CHECKED, LIST_REGIONS, LIST_SOURCE };

static const struct column list_columns[] = {
	[LIST_CODE] = { "CODE", 0, "what the key holidays takes" },
	[LIST_NAME] = { "NAME", 0, "English name" },
	[LIST_LOCAL] = { "LOCAL", COLUMN_WIDE, "name in the local language" },
	[LIST_CHECKED] = { "CHECKED", 0, "the years whose dates were checked" },
	[LIST_REGIONS] = { "REGIONS", COLUMN_NUMBER, "how many regions have more of their own" },
	[LIST_SOURCE] = { "SOURCE", COLUMN_WIDE, "the law, or who else says so" },
	{ 0 },
};

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

static void add_checked(struct out *out, const struct country *c)
{
	char text[40];
	int first, last;

	country_checked(c, &first, &last);
	snprintf(text, sizeof(text), "%d..%d", first, last);
	out_text(out, LIST_CHECKED, first ? text : NULL);
}

static void add_country(struct out *out, const struct country *c)
{
	const char *name, *local;
	int64_t regions = 0;

	while (country_region(c, (size_t)regions, &name, &local))
		regions++;
	out_line(out);
	out_text(out, LIST_CODE, country_code(c));
	out_text(out, LIST_NAME, or_null(country_name(c)));
	out_text(out, LIST_LOCAL, or_null(country_local(c)));
	add_checked(out, c);
	out_number(out, LIST_REGIONS, regions);
	out_text(out, LIST_SOURCE, or_null(country_source(c)));
}

static void add_regions(struct out *out, const struct country *c)
{
	const char *code, *name, *local;

	for (size_t i = 0; (code = country_region(c, i, &name, &local)); i++) {
		out_line(out);
		out_text(out, LIST_CODE, code);
		out_text(out, LIST_NAME, or_null(name));
		out_text(out, LIST_LOCAL, or_null(local));
		add_checked(out, c);
	}
}

static void tell_problem(const struct country *c)
{
	struct err err;

	if (country_problem(c, &err) < 0)
		ctl_notice("%s", err.msg);
}

static int add_all(struct ctl *ctl, struct out *out, struct err *err)
{
	struct countries *countries = ctl_countries(ctl);
	size_t n;
	char **names = countryfiles_names(ctl->countryfiles, &n);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct country *c = countries->get(countries, names[i], err);

		if (!c) {
			r = -1;
			continue;
		}
		add_country(out, c);
		tell_problem(c);
	}
	countryfiles_names_free(names, n);
	return r;
}

/* Add the code of the country with this name to the message. */
static int guess_code(struct ctl *ctl, const char *name, struct err *err)
{
	struct countries *countries = ctl_countries(ctl);
	size_t n;
	char **codes = countryfiles_names(ctl->countryfiles, &n);

	for (size_t i = 0; i < n; i++) {
		const struct country *c = countries->get(countries, codes[i], NULL);

		if (!c ||
			(strcasecmp(country_name(c), name) != 0 &&
				strcasecmp(country_local(c), name) != 0))
			continue;
		err_guess(err, "%s", codes[i]);
		break;
	}
	countryfiles_names_free(codes, n);
	return -1;
}

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	const char *code = input_arg(in, 0);
	struct out_options options = ctl->out;
	const struct country *c;
	char small[3];

	if (options.width && options.width < WIDE_WIDTH && !options.columns && !options.data)
		options.columns = NARROW;
	if (out_new(list_columns, "countries", &options, &out, err) < 0)
		return -1;
	if (!code)
		return add_all(ctl, out, err) < 0 ? -1 : out_print(out, stdout, err);
	if (!country_is_code(code) || code[2]) {
		err_set(err, ERR_USAGE, "'%s' is not the code of a country, such as de", code);
		return guess_code(ctl, code, err);
	}
	snprintf(small, sizeof(small), "%c%c", code[0] | 0x20, code[1] | 0x20);
	c = ctl_countries(ctl)->get(ctl_countries(ctl), small, err);
	if (!c)
		return -1;
	add_country(out, c);
	add_regions(out, c);
	tell_problem(c);
	return out_print(out, stdout, err);
}

static const struct arg list_args[] = { { "country", ARG_HOLIDAYS, ARG_OPTIONAL }, { 0 } };

const struct command cmd_calendar_holidays_list = {
	.path = "calendar holidays list",
	.summary = "list the countries whose holidays are known",
	.details =
		"With the code of a country it lists that country and its regions. A terminal of less than 120 columns shows neither CHECKED nor "
		"SOURCE, unless --output names them.",
	.args = list_args,
	.columns = list_columns,
	.noun = "countries",
	.needs = NEED_CONF,
	.run = list,
};

enum { SHOW_DATE, SHOW_DAY, SHOW_NAME, SHOW_LOCAL, SHOW_HOURS, SHOW_RULE };

static const struct column show_columns[] = {
	[SHOW_DATE] = { "DATE", 0, "the date: 2026-12-24" },
	[SHOW_DAY] = { "DAY", 0, "its weekday" },
	[SHOW_NAME] = { "NAME", 0, "English name" },
	[SHOW_LOCAL] = { "LOCAL", 0, "name in the local language" },
	[SHOW_HOURS] = { "HOURS", 0, "the hours that it covers, if it is not the whole day" },
	[SHOW_RULE] = { "RULE", COLUMN_HIDDEN, "the rule that gives the date" },
	{ 0 },
};

static void add_holiday(struct out *out, const struct holiday *h)
{
	_cleanup_(strbuf_done) struct strbuf hours = STRBUF_INIT, rule = STRBUF_INIT;
	struct civil c;
	char date[40];

	civil_from_days(h->day, &c);
	snprintf(date, sizeof(date), "%04d-%02d-%02d", c.year, c.month, c.day);
	if (h->start != 0 || h->end != DAY)
		dayword_print_range(&hours, h->start, h->end);
	holiday_rule_print(h->rule, &rule);
	out_line(out);
	out_text(out, SHOW_DATE, date);
	out_text(out, SHOW_DAY, dayword_weekdays[civil_weekday(h->day)]);
	out_text(out, SHOW_NAME, h->name);
	out_text(out, SHOW_LOCAL, h->local);
	out_text(out, SHOW_HOURS, or_null(hours.s));
	out_text(out, SHOW_RULE, rule.s);
}

/* The years asked for, else the one that is now. */
static int read_years(const struct ctl *ctl, const struct input *in, int *ret_first, int *ret_last,
	struct err *err)
{
	const char *text = input_opt(in, "year");
	struct civil c;

	if (!text) {
		zone_to_local(ctl->zone, ctl->now, &c);
		*ret_first = *ret_last = c.year;
		return 0;
	}
	if (!holiday_years_parse(text, ret_first, ret_last) || !*ret_first || !*ret_last)
		return err_set(
			err, ERR_USAGE, "'%s' is not a year such as 2027, or 2027..2029", text);
	if (*ret_last - *ret_first >= YEARS_MAX)
		return err_set(err, ERR_USAGE, "at most %d years", YEARS_MAX);
	return 0;
}

/* A country whose dates were not checked for these years may be wrong about them. */
static void tell_unchecked(struct ctl *ctl, const char *code, int first_year, int last_year)
{
	const char small[3] = { (char)(code[0] | 0x20), (char)(code[1] | 0x20), '\0' };
	const struct country *c;
	int first, last;

	if (!country_is_code(code) ||
		!(c = ctl_countries(ctl)->get(ctl_countries(ctl), small, NULL)))
		return;
	country_checked(c, &first, &last);
	if (first && (first_year < first || last_year > last))
		ctl_notice(
			"the dates of %s were checked for the years %d to %d", small, first, last);
}

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(holidays_freep) struct holidays *h = NULL;
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	_cleanup_(out_freep) struct out *out = NULL;
	int first, last;
	size_t n;
	const char *const *words = input_many(in, &n);

	for (size_t i = 0; i < n; i++)
		strbuf_addf(&text, "%s%s", i ? " " : "", words[i]);
	if (read_years(ctl, in, &first, &last, err) < 0)
		return -1;
	if (holidays_parse(text.s, &h, err) < 0)
		return guess_code(ctl, text.s, err);
	if (holidays_bind(h, ctl_countries(ctl), err) < 0 ||
		out_new(show_columns, "holidays", &ctl->out, &out, err) < 0)
		return -1;
	for (int year = first; year <= last; year++) {
		_cleanup_(freep) struct holiday *list = NULL;
		size_t days;

		holidays_between(h, civil_days(year, 1, 1), civil_days(year, 12, 31), &list, &days);
		for (size_t i = 0; i < days; i++)
			add_holiday(out, &list[i]);
	}
	if (n == 1)
		tell_unchecked(ctl, words[0], first, last);
	return out_print(out, stdout, err);
}

static const struct arg show_args[] = { { "holidays", ARG_HOLIDAYS, ARG_MANY }, { 0 } };

static const struct opt show_opts[] = {
	{ "year", "YEAR", ARG_TEXT, "a year, or several: 2027..2029; this year if not given", 0 },
	{ 0 },
};

const struct command cmd_calendar_holidays_show = {
	.path = "calendar holidays show",
	.summary = "print the dates of holidays",
	.details =
		"Holidays are written as the key 'holidays' takes them: the code of a country or region, holidays to leave "
		"out, rules of your own.\n\n"
		"  presencectl calendar holidays show de-by --year 2027\n"
		"  presencectl calendar holidays show 'us !columbus-day; 12-24'",
	.args = show_args,
	.opts = show_opts,
	.columns = show_columns,
	.noun = "holidays",
	.needs = NEED_CONF,
	.run = show,
};
