/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/pattern.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/time/dayword.h"

static int parse_piece(const char *piece, struct pattern *ret, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(piece);
	char *glob = strchr(copy, '='), *mode = strrchr(copy, ':'), *key;

	if (!glob || !mode || mode < glob)
		return err_set(err, ERR_USAGE,
			"'%s' is not a pattern such as summary=Focus*:do-not-disturb", piece);
	*glob++ = '\0';
	*mode++ = '\0';
	key = dayword_trim(copy);
	glob = dayword_trim(glob);
	mode = dayword_trim(mode);
	if (strcasecmp(key, "summary") != 0 && strcasecmp(key, "category") != 0)
		return err_set(err, ERR_USAGE,
			"a pattern begins with summary= or category=, not '%s='", key);
	if (!text_is_utf8(glob) || text_has_control(glob))
		return err_set(err, ERR_USAGE,
			"the pattern '%s' holds control characters or is not valid UTF-8", piece);
	if (!*glob || strlen(glob) > PATTERN_GLOB_MAX)
		return err_set(err, ERR_USAGE, "the pattern '%s' is empty or longer than %d bytes",
			piece, PATTERN_GLOB_MAX);
	if (!text_is_of(mode, TEXT_ALNUM "._-", NAME_MAX_LEN))
		return err_set(
			err, ERR_USAGE, "the pattern '%s' names no mode behind its ':'", piece);
	ret->category = !strcasecmp(key, "category");
	text_copy(ret->glob, sizeof(ret->glob), glob);
	text_copy(ret->mode, sizeof(ret->mode), mode);
	return 0;
}

int patterns_parse(const char *text, struct patterns *ret, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(text);
	char *rest = copy, *piece;

	ret->n = 0;
	if (strlen(text) > PATTERNS_MAX_LEN)
		return err_set(
			err, ERR_USAGE, "patterns are longer than %d bytes", PATTERNS_MAX_LEN);
	while ((piece = strsep(&rest, ";"))) {
		piece = dayword_trim(piece);
		if (!*piece)
			continue;
		if (ret->n == PATTERNS_MAX)
			return err_set(
				err, ERR_USAGE, "there are more than %d patterns", PATTERNS_MAX);
		if (parse_piece(piece, &ret->list[ret->n], err) < 0)
			return -1;
		ret->n++;
	}
	return 0;
}

void patterns_print(const struct patterns *p, struct strbuf *to)
{
	for (size_t i = 0; i < p->n; i++)
		strbuf_addf(to, "%s%s=%s:%s", i ? "; " : "",
			p->list[i].category ? "category" : "summary", p->list[i].glob,
			p->list[i].mode);
}

static int set(const struct key *k, void *object, const char *value, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct patterns p;

	if (patterns_parse(value, &p, err) < 0)
		return -1;
	patterns_print(&p, &text);
	return key_keep(k, object, text.s, err);
}

const struct key_type key_patterns = { .set = set };

/* The small letter of a capital of Latin, Greek or Cyrillic; any other character is itself. */
static uint32_t small(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
		(c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 32;
	if (c >= 0x400 && c <= 0x40f)
		return c + 80;
	if ((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177))
		return c | 1;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return c + (c & 1);
	return c;
}

/* The next character of UTF-8, as a small letter; *s moves behind it. The text must not be at its end. */
static uint32_t next(const char **s)
{
	unsigned char lead = (unsigned char)*(*s)++;
	uint32_t c = lead;

	if (lead < 0xc0)
		return small(c);
	c &= lead < 0xe0 ? 0x1f : lead < 0xf0 ? 0x0f : 0x07;
	while (((unsigned char)**s & 0xc0) == 0x80)
		c = c << 6 | ((unsigned char)*(*s)++ & 0x3f);
	return small(c);
}

/* At a mismatch go back to the last '*' and let it take one character more. An earlier '*' need never take more: the last one
 * can take whatever it would. Each way back begins one character later, so the loop ends. */
static bool matches(const char *glob, const char *s, const char *end)
{
	const char *star = NULL, *retry = s;

	while (s < end) {
		const char *glob_next = glob, *s_next = s;

		if (*glob == '*') {
			star = ++glob;
			retry = s;
		} else if (*glob && (next(&glob_next) == next(&s_next) || *glob == '?')) {
			glob = glob_next;
			s = s_next;
		} else if (star) {
			glob = star;
			next(&retry);
			s = retry;
		} else {
			return false;
		}
	}
	glob += strspn(glob, "*");
	return !*glob;
}

static bool matches_line(const char *glob, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		if (matches(glob, lines, lines + n))
			return true;
		lines += n + (lines[n] == '\n');
	}
	return false;
}

const char *patterns_match(const struct patterns *p, const char *summary, const char *categories)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct pattern *x = &p->list[i];

		if (x->category ? matches_line(x->glob, categories)
				: matches(x->glob, summary, summary + strlen(summary)))
			return x->mode;
	}
	return NULL;
}
