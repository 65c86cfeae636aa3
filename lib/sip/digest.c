/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sip/digest.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

enum { SUM_SIZE = 65, VALUE_SIZE = DIGEST_NONCE_MAX_LEN + 1 };

#define SPACE " \t"

/* Read the next "name=value" or name="value" at *s into the two arrays, and move *s behind it. Returns 1, 0 at the end, -1 if it is
 * malformed or too long. What stands between quotes is taken as it is, with its backslashes. */
static int next_param(const char **s, char name[16], char value[VALUE_SIZE])
{
	const char *at = *s + strspn(*s, SPACE ","), *from;
	size_t n = strspn(at, TEXT_ALNUM "-_"), len;

	if (!*at)
		return 0;
	/* A name that is too long is none of ours. It is cut. */
	snprintf(name, 16, "%.*s", (int)(n < 15 ? n : 15), at);
	at += n;
	at += strspn(at, SPACE);
	if (!n || *at++ != '=')
		return -1;
	at += strspn(at, SPACE);
	if (*at == '"') {
		from = ++at;
		while (*at && *at != '"')
			at += *at == '\\' && at[1] ? 2 : 1;
		if (!*at)
			return -1;
		len = (size_t)(at++ - from);
	} else {
		from = at;
		len = strcspn(at, SPACE ",");
		at += len;
	}
	if (len >= VALUE_SIZE)
		return -1;
	memcpy(value, from, len);
	value[len] = '\0';
	*s = at;
	return *at && !strchr(SPACE ",", *at) ? -1 : 1;
}

/* Whether a list such as "auth,auth-int" has this word. */
static bool has_word(const char *list, const char *word)
{
	size_t n;

	for (; *list; list += n) {
		list += strspn(list, SPACE ",");
		n = strcspn(list, SPACE ",");
		if (n == strlen(word) && !strncasecmp(list, word, n))
			return true;
	}
	return false;
}

static bool keep(char *to, size_t size, const char *value)
{
	if (strlen(value) >= size || text_has_control(value) || !text_is_utf8(value))
		return false;
	text_copy(to, size, value);
	return true;
}

bool digest_read(const char *value, struct digest_challenge *ret)
{
	char name[16], text[VALUE_SIZE];
	bool realm = false, usable = true;
	int r;

	*ret = (struct digest_challenge){ 0 };
	if (strncasecmp(value, "Digest", 6) != 0 || !value[6] || !strchr(SPACE, value[6]))
		return false;
	value += 6;
	while ((r = next_param(&value, name, text)) > 0) {
		if (!strcasecmp(name, "realm")) {
			realm = keep(ret->realm, sizeof(ret->realm), text);
			usable &= realm;
		} else if (!strcasecmp(name, "nonce")) {
			usable &= keep(ret->nonce, sizeof(ret->nonce), text);
		} else if (!strcasecmp(name, "opaque")) {
			usable &= keep(ret->opaque, sizeof(ret->opaque), text);
			ret->has_opaque = true;
		} else if (!strcasecmp(name, "stale")) {
			ret->stale = !strcasecmp(text, "true");
		} else if (!strcasecmp(name, "algorithm")) {
			ret->sha256 = !strcasecmp(text, "SHA-256");
			usable &= ret->sha256 || !strcasecmp(text, "MD5");
		} else if (!strcasecmp(name, "qop")) {
			ret->qop = has_word(text, "auth");
			usable &= ret->qop;
		}
	}
	return r == 0 && usable && realm && *ret->nonce;
}

static int sum(const struct digest_challenge *c, const struct digest_login *login, const char *text,
	char ret[SUM_SIZE], struct err *err)
{
	if ((c->sha256 ? login->sha256(text, ret) : login->md5(text, "", ret)) == 0)
		return 0;
	return err_set(
		err, ERR_FAILED, "no %s on this system (FIPS?)", c->sha256 ? "SHA-256" : "MD5");
}

int digest_answer(const struct digest_challenge *c, const struct digest_login *login,
	const char *method, const char *uri, uint32_t nc, const char *cnonce, struct strbuf *to,
	struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	char a1[SUM_SIZE], a2[SUM_SIZE], response[SUM_SIZE];
	int r;

	strbuf_addf(&text, "%s:%s:%s", login->username, c->realm, login->secret);
	r = sum(c, login, text.s, a1, err);
	explicit_bzero(text.s, text.len);
	if (r < 0)
		return -1;
	strbuf_cut(&text, 0);
	strbuf_addf(&text, "%s:%s", method, uri);
	if (sum(c, login, text.s, a2, err) < 0)
		return -1;
	strbuf_cut(&text, 0);
	strbuf_addf(&text, "%s:%s:", a1, c->nonce);
	if (c->qop)
		strbuf_addf(&text, "%08x:%s:auth:", (unsigned)nc, cnonce);
	strbuf_adds(&text, a2);
	if (sum(c, login, text.s, response, err) < 0)
		return -1;
	strbuf_addf(to,
		"Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", response=\"%s\", "
		"algorithm=%s",
		login->username, c->realm, c->nonce, uri, response, c->sha256 ? "SHA-256" : "MD5");
	if (c->qop)
		strbuf_addf(to, ", qop=auth, nc=%08x, cnonce=\"%s\"", (unsigned)nc, cnonce);
	if (c->has_opaque)
		strbuf_addf(to, ", opaque=\"%s\"", c->opaque);
	return 0;
}
