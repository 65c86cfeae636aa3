/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/presence/closures.h"

#include <string.h>

#include "lib/base/checks.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/time/dayword.h"

/* Behind the colon. *rest moves behind the pattern. */
static int read_pattern(char **rest, char **ret, struct err *err)
{
	char *end;

	*rest += strspn(*rest, " ");
	if (**rest == '"') {
		*ret = ++*rest;
		end = strchr(*ret, '"');
		if (!end)
			return err_set(
				err, ERR_USAGE, "a quotation mark is missing behind '%.80s'", *ret);
		*end = '\0';
		*rest = end + 1;
		*rest += strspn(*rest, " ");
		if (**rest && **rest != ',')
			return err_set(err, ERR_USAGE, "'%.80s' stands behind a pattern", *rest);
		return 0;
	}
	*ret = *rest;
	*rest += strcspn(*rest, ",");
	if (**rest)
		*(*rest)++ = '\0';
	*ret = dayword_trim(*ret);
	return 0;
}

static int check_pattern(const char *pattern, struct err *err)
{
	if (!*pattern || strlen(pattern) > PATTERN_GLOB_MAX)
		return err_set(err, ERR_USAGE,
			"the pattern '%.80s' is empty or longer than %d bytes", pattern,
			PATTERN_GLOB_MAX);
	if (strchr(pattern, '"') || !text_is_utf8(pattern) || text_has_control(pattern))
		return err_set(err, ERR_USAGE,
			"the pattern '%.80s' has a quotation mark, a control character or is not UTF-8",
			pattern);
	return 0;
}

static int add(struct closures *c, const char *name, const char *pattern, struct err *err)
{
	if (check_name("calendar", name, err) < 0)
		return -1;
	if (c->n == CALENDARS_MAX)
		return err_set(err, ERR_USAGE, "there may be at most %d calendars", CALENDARS_MAX);
	for (size_t i = 0; i < c->n; i++) {
		if (!strcmp(c->list[i].calendar, name))
			return err_set(err, ERR_USAGE, "calendar '%s' is there twice", name);
	}
	text_copy(c->list[c->n].calendar, sizeof(c->list[c->n].calendar), name);
	text_copy(c->list[c->n].pattern, sizeof(c->list[c->n].pattern), pattern);
	c->n++;
	return 0;
}

/* Each round takes a name at least, so the loop ends. */
int closures_parse(const char *text, struct closures *ret, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(text);
	char *rest = copy;

	ret->n = 0;
	while (*(rest += strspn(rest, ", "))) {
		char *name = rest, *pattern = rest + strcspn(rest, ":, "), behind = *pattern;

		rest = pattern + (behind != '\0');
		*pattern = '\0';
		if (behind == ':' &&
			(read_pattern(&rest, &pattern, err) < 0 || check_pattern(pattern, err) < 0))
			return -1;
		if (add(ret, name, behind == ':' ? pattern : "", err) < 0)
			return -1;
	}
	return 0;
}

void closures_print(const struct closures *c, struct strbuf *to)
{
	for (size_t i = 0; i < c->n; i++) {
		strbuf_addf(to, "%s%s", i ? ", " : "", c->list[i].calendar);
		if (*c->list[i].pattern)
			strbuf_addf(to, ":\"%s\"", c->list[i].pattern);
	}
}

bool closure_has(const char *pattern, const char *summary, const char *categories)
{
	struct patterns p = { .n = 2, .list = { { .category = true }, { .category = false } } };

	if (!*pattern)
		return true;
	text_copy(p.list[0].glob, sizeof(p.list[0].glob), pattern);
	text_copy(p.list[1].glob, sizeof(p.list[1].glob), pattern);
	return patterns_match(&p, summary, categories);
}
