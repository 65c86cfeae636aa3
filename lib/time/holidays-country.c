/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/holidays-country.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/closest.h"
#include "lib/base/text.h"
#include "lib/time/dayword.h"
#include "lib/time/holidays-items.h"

enum {
	COUNTRY = -1,
	NOWHERE = -2, /* a region that could not be read */
	TEXT_MAX = 2000,
};

struct region {
	char code[COUNTRY_CODE_SIZE];
	char *name, *local;
};

/* A line: a rule, or what takes some away. */
struct country_line {
	int region;                 /* or COUNTRY */
	struct holiday_items rules; /* none if it takes away */
	char *word;                 /* what it takes away, "*" for all, or NULL */
	int first_year, last_year;  /* in these years, or 0 */
};

struct country {
	char code[COUNTRY_CODE_SIZE];
	char *name, *local, *source;
	int first_year, last_year;
	struct region *regions;
	size_t regions_n, regions_cap;
	struct country_line *lines;
	size_t lines_n, lines_cap;
	struct err problem;
	int region; /* the one that is being read */
};

static size_t letters(const char *s, bool digits)
{
	size_t n = 0;

	while (isalpha((unsigned char)s[n]) || (digits && isdigit((unsigned char)s[n])))
		n++;
	return n;
}

bool country_is_code(const char *text)
{
	size_t n;

	if (letters(text, false) != 2)
		return false;
	if (!text[2])
		return true;
	n = letters(text + 3, true);
	return text[2] == '-' && n >= 1 && n <= 3 && !text[3 + n];
}

struct country *country_new(const char *code)
{
	struct country *c = xcalloc(1, sizeof(*c));

	text_copy(c->code, sizeof(c->code), code);
	c->name = xstrdup("");
	c->local = xstrdup("");
	c->source = xstrdup("");
	return c;
}

void country_free(struct country *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->regions_n; i++) {
		free(c->regions[i].name);
		free(c->regions[i].local);
	}
	for (size_t i = 0; i < c->lines_n; i++) {
		holiday_items_done(&c->lines[i].rules);
		free(c->lines[i].word);
	}
	free(c->regions);
	free(c->lines);
	free(c->name);
	free(c->local);
	free(c->source);
	free(c);
}

static int keep_text(char **to, const char *text, struct err *err)
{
	if (strlen(text) > TEXT_MAX || !text_is_utf8(text) || text_has_control(text))
		return err_set(err, ERR_USAGE,
			"it is longer than %d bytes, has a control character or is not UTF-8",
			TEXT_MAX);
	free(*to);
	*to = xstrdup(text);
	return 0;
}

/* "Sweden | Sverige" */
static int read_names(char *text, char **name, char **local, struct err *err)
{
	char *first = strsep(&text, "|");

	if (keep_text(name, dayword_trim(first), err) < 0)
		return -1;
	return keep_text(local, text ? dayword_trim(text) : "", err);
}

static int find_region(const struct country *c, const char *code)
{
	for (size_t i = 0; i < c->regions_n; i++) {
		if (!strcasecmp(c->regions[i].code + 3, code))
			return (int)i;
	}
	return COUNTRY;
}

static struct region *add_region(struct country *c, const char *code)
{
	_cleanup_(strbuf_done) struct strbuf whole = STRBUF_INIT;
	struct region *r;

	strbuf_addf(&whole, "%s-%s", c->code, code);
	if (!country_is_code(whole.s) || c->regions_n == COUNTRY_REGIONS_MAX)
		return NULL;
	c->regions = mem_grow(c->regions, &c->regions_cap, c->regions_n + 1, sizeof(*c->regions));
	c->region = (int)c->regions_n++;
	r = &c->regions[c->region];
	*r = (struct region){ .name = xstrdup(""), .local = xstrdup("") };
	text_copy(r->code, sizeof(r->code), whole.s);
	for (char *p = r->code; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return r;
}

/* "by: Bavaria | Bayern". A second file may name a region again, with or without names. */
static int read_region(struct country *c, char *text, struct err *err)
{
	char *code = dayword_trim(strsep(&text, ":"));
	struct region *r;

	c->region = find_region(c, code);
	if (c->region != COUNTRY)
		return 0;
	c->region = NOWHERE;
	if (!(r = add_region(c, code)))
		return err_set(err, ERR_USAGE, "'%.40s' is not a region such as by or 57", code);
	return text ? read_names(text, &r->name, &r->local, err) : 0;
}

static struct country_line *add_line(struct country *c)
{
	struct country_line *l;

	c->lines = mem_grow(c->lines, &c->lines_cap, c->lines_n + 1, sizeof(*c->lines));
	l = &c->lines[c->lines_n++];
	*l = (struct country_line){ .region = c->region };
	return l;
}

/* Behind the '!': "epiphany 2027..2029" */
static int read_cut(struct country *c, char *text, struct err *err)
{
	char *word = strsep(&text, " \t"), *years = text ? dayword_trim(text) : NULL;
	int first = 0, last = 0;
	struct country_line *l;

	if (!text_is_of(word, TEXT_ALNUM "-*", HOLIDAY_NAME_MAX))
		return err_set(err, ERR_USAGE, "'!%.40s' is not of the form !new-years-day", word);
	if (years && !holiday_years_parse(years, &first, &last))
		return err_set(
			err, ERR_USAGE, "'%.40s' are not years such as 2027 or 2027..2029", years);
	l = add_line(c);
	l->word = xstrdup(word);
	l->first_year = first;
	l->last_year = last;
	return 0;
}

/* What stands behind `key` and a colon. NULL if the line begins otherwise. */
static char *behind(char *line, const char *key)
{
	size_t n = strlen(key);

	return !strncmp(line, key, n) ? dayword_trim(line + n) : NULL;
}

static int read_line(struct country *c, char *line, struct err *err)
{
	struct holiday_items rules = { 0 };
	char *text;

	if (c->lines_n == COUNTRY_LINES_MAX)
		return err_set(err, ERR_USAGE, "more than %d lines", COUNTRY_LINES_MAX);
	if ((text = behind(line, "name:")))
		return read_names(text, &c->name, &c->local, err);
	if ((text = behind(line, "source:")))
		return keep_text(&c->source, text, err);
	if ((text = behind(line, "region ")))
		return read_region(c, text, err);
	if ((text = behind(line, "!")))
		return read_cut(c, text, err);
	if ((text = behind(line, "checked:"))) {
		if (!holiday_years_parse(text, &c->first_year, &c->last_year))
			return err_set(
				err, ERR_USAGE, "'%.40s' are not years such as 2024..2035", text);
		return 0;
	}
	if (holiday_items_read(&rules, line, true, COUNTRY_LINES_MAX, err) < 0) {
		holiday_items_done(&rules);
		return -1;
	}
	add_line(c)->rules = rules;
	return 0;
}

void country_note(struct country *c, const struct err *problem)
{
	if (!*c->problem.msg)
		c->problem = *problem;
}

void country_read(struct country *c, const char *file, const char *text)
{
	_cleanup_(freep) char *copy = xstrdup(text);
	char *rest = copy, *line;
	struct err err;

	c->region = COUNTRY;
	for (int n = 1; (line = strsep(&rest, "\n")); n++) {
		line = dayword_trim(line);
		if (!*line || *line == '#' || read_line(c, line, &err) == 0)
			continue;
		err_wrap(&err, "%s:%d", file, n);
		country_note(c, &err);
	}
}

int country_problem(const struct country *c, struct err *err)
{
	return *c->problem.msg ? err_set(err, ERR_FAILED, "%s", c->problem.msg) : 0;
}

const char *country_code(const struct country *c)
{
	return c->code;
}

const char *country_name(const struct country *c)
{
	return c->name;
}

const char *country_local(const struct country *c)
{
	return c->local;
}

const char *country_source(const struct country *c)
{
	return c->source;
}

void country_checked(const struct country *c, int *ret_first, int *ret_last)
{
	*ret_first = c->first_year;
	*ret_last = c->last_year;
}

const char *country_region(
	const struct country *c, size_t i, const char **ret_name, const char **ret_local)
{
	if (i >= c->regions_n)
		return NULL;
	*ret_name = c->regions[i].name;
	*ret_local = c->regions[i].local;
	return c->regions[i].code;
}

static int no_region(const struct country *c, const char *code, struct err *err)
{
	const char *codes[COUNTRY_REGIONS_MAX];

	err_set(err, ERR_NOT_FOUND, "no region '%s' in the holidays of %s", code, c->name);
	for (size_t i = 0; i < c->regions_n; i++)
		codes[i] = c->regions[i].code;
	return closest_guess(err, code, codes, c->regions_n);
}

int country_items(
	const struct country *c, const char *code, struct holiday_items *ret, struct err *err)
{
	int region = code[2] ? find_region(c, code + 3) : COUNTRY, r = 0;

	if (code[2] && region == COUNTRY)
		return no_region(c, code, err);
	for (size_t i = 0; i < c->lines_n; i++) {
		const struct country_line *l = &c->lines[i];

		if (l->region != COUNTRY && l->region != region)
			continue;
		for (size_t k = 0; k < l->rules.n; k++)
			holiday_items_copy(ret, &l->rules.list[k]);
		if (l->word &&
			holiday_items_cut(ret, l->word, l->first_year, l->last_year, err) < 0)
			r = -1;
	}
	return r;
}
