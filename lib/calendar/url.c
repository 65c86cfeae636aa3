/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/url.h"

#include <string.h>
#include <strings.h>

#include "lib/base/text.h"

enum {
	SCHEME_MAX = 20,
	HOST_MAX = 253,       /* RFC 1035, 2.3.4 */
	HOST_SHOWN_MAX = 100, /* a message needs room for other words too */
};

static bool is_of(struct url_part p, const char *set, size_t max)
{
	if (p.n == 0 || p.n > max)
		return false;
	for (size_t i = 0; i < p.n; i++) {
		if (!p.s[i] || !strchr(set, p.s[i]))
			return false;
	}
	return true;
}

static bool is_word(struct url_part p, const char *word)
{
	return p.n == strlen(word) && !strncasecmp(p.s, word, p.n);
}

/* RFC 3986, 3. A backslash ends the host too, as it does in browsers. */
static bool split(const char *text, struct url *ret)
{
	const char *colon = strstr(text, "://"), *begin, *at;
	size_t n;

	if (!colon)
		return false;
	begin = colon + 3;
	n = strcspn(begin, "/?#\\");
	*ret = (struct url){ .scheme = { text, (size_t)(colon - text) }, .rest = begin + n };
	at = memrchr(begin, '@', n);
	if (at) {
		ret->user = (struct url_part){ begin, (size_t)(at - begin) };
		begin = at + 1;
	}
	ret->host = (struct url_part){ begin, (size_t)(ret->rest - begin) };
	return is_of(ret->scheme, TEXT_ALNUM "+-.", SCHEME_MAX);
}

static bool is_port(struct url_part p)
{
	unsigned port = 0;

	if (!is_of(p, "0123456789", 5))
		return false;
	for (size_t i = 0; i < p.n; i++)
		port = port * 10 + (unsigned)(p.s[i] - '0');
	return port >= 1 && port <= 65535;
}

/* Whether it is a name, an IPv4 address, or an IPv6 address in brackets. A port may follow. */
static bool is_host(struct url_part host)
{
	bool six = host.n && *host.s == '[';
	const char *name = host.s + six, *end = host.s + host.n;
	const char *stop = memchr(name, six ? ']' : ':', (size_t)(end - name));
	struct url_part part;

	if (six && !stop)
		return false;
	part = (struct url_part){ name, (size_t)((stop ? stop : end) - name) };
	if (!is_of(part, six ? "0123456789abcdefABCDEF:." : TEXT_ALNUM ".-_", HOST_MAX))
		return false;
	name = stop ? stop + six : end;
	if (name == end)
		return true;
	return *name == ':' && is_port((struct url_part){ name + 1, (size_t)(end - name) - 1 });
}

static bool is_printable(const char *s)
{
	for (; *s; s++) {
		if (*s <= ' ' || *s > '~' || *s == '\\')
			return false;
	}
	return true;
}

int url_parse(const char *text, struct url *ret, struct err *err)
{
	struct url u;

	if (strnlen(text, URL_MAX + 1) > URL_MAX)
		return err_set(err, ERR_USAGE, "the address of a calendar is longer than %d bytes",
			URL_MAX);
	if (!is_printable(text))
		return err_set(err, ERR_USAGE,
			"the address of a calendar holds a blank or another character that must be written as %%XX");
	if (!split(text, &u))
		return err_set(err, ERR_USAGE,
			"the address of a calendar must begin with https://, http:// or webcal://");
	if (!is_word(u.scheme, "https") && !is_word(u.scheme, "http") &&
		!is_word(u.scheme, "webcal"))
		return err_set(err, ERR_USAGE,
			"'%.*s:' is no address of a calendar; only https, http and webcal are",
			(int)u.scheme.n, u.scheme.s);
	if (!is_host(u.host) || (u.user.s && memchr(u.user.s, '@', u.user.n)))
		return err_set(err, ERR_USAGE,
			"the address of a calendar must name a host behind '%.*s://'",
			(int)u.scheme.n, u.scheme.s);
	*ret = u;
	return 0;
}

bool url_is_secure(const struct url *u)
{
	return !is_word(u->scheme, "http");
}

bool url_is_same_origin(const struct url *a, const struct url *b)
{
	return url_is_secure(a) == url_is_secure(b) && a->host.n == b->host.n &&
		!strncasecmp(a->host.s, b->host.s, a->host.n);
}

void url_put(const struct url *u, struct url_part user, struct strbuf *to)
{
	strbuf_adds(to, url_is_secure(u) ? "https://" : "http://");
	if (user.s) {
		strbuf_add(to, user.s, user.n);
		strbuf_addc(to, '@');
	}
	strbuf_add(to, u->host.s, u->host.n);
	strbuf_adds(to, u->rest);
}

void url_show(const char *text, struct strbuf *to)
{
	char host[HOST_SHOWN_MAX + 1];
	struct url u;
	size_t n;

	if (!split(text, &u)) {
		strbuf_adds(to, "...");
		return;
	}
	n = u.host.n < HOST_SHOWN_MAX ? u.host.n : HOST_SHOWN_MAX;
	memcpy(host, u.host.s, n);
	host[n] = '\0';
	text_tame(host);
	strbuf_add(to, u.scheme.s, u.scheme.n);
	strbuf_adds(to, "://");
	strbuf_adds(to, host);
	strbuf_adds(to, n < u.host.n ? ".../..." : "/...");
}
