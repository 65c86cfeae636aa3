#include "lib/pure/pattern.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

static char *trim(char *s)
{
	char *end;

	s += strspn(s, " \t");
	end = s + strlen(s);
	while (end > s && strchr(" \t", end[-1]))
		end--;
	*end = '\0';
	return s;
}

static int parse_piece(const char *piece, struct pattern *ret, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(piece);
	char *glob = strchr(copy, '='), *mode = strrchr(copy, ':'), *key;

	if (!glob || !mode || mode < glob)
		return err_set(err, ERR_USAGE,
			"'%s' is not a pattern such as summary=Focus*:do-not-disturb", piece);
	*glob++ = '\0';
	*mode++ = '\0';
	key = trim(copy);
	glob = trim(glob);
	mode = trim(mode);
	if (strcasecmp(key, "summary") != 0 && strcasecmp(key, "category") != 0)
		return err_set(err, ERR_USAGE,
			"a pattern begins with summary= or category=, not '%s='", key);
	if (!*glob || strlen(glob) > PATTERN_GLOB_MAX || !text_is_utf8(glob) ||
		text_has_control(glob))
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
		piece = trim(piece);
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

/* Without recursion: the last '*' is where to go on after a mismatch. */
static bool matches(const char *glob, const char *s, size_t n)
{
	const char *star = NULL, *end = s + n, *retry = s;

	while (s < end) {
		if (*glob == '*') {
			star = glob++;
			retry = s;
		} else if (*glob &&
			(*glob == '?' ||
				tolower((unsigned char)*glob) == tolower((unsigned char)*s))) {
			glob++;
			s++;
			while (glob[-1] == '?' && s < end && ((unsigned char)*s & 0xc0) == 0x80)
				s++; /* a character, not a byte */
		} else if (star) {
			glob = star + 1;
			s = ++retry;
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

		if (matches(glob, lines, n))
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
				: matches(x->glob, summary, strlen(summary)))
			return x->mode;
	}
	return NULL;
}
