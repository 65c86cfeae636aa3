/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sip/uri.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

enum { PORT_PLAIN = 5060, PORT_TLS = 5061, PORT_MAX = 65535 };

static const char *const over_names[] = { "UDP", "TCP", "TLS" };
_Static_assert(ARRAY_SIZE(over_names) == SIP_OVER_COUNT, "a name for every transport");

static const char *const variables[] = { "extension", "user", "pbx" };

const char *sip_over_name(enum sip_over over)
{
	return over_names[over];
}

static int bad_server(const char *text, const char *why, struct err *err)
{
	return err_set(err, ERR_USAGE,
		"'%.100s' is no address of a SIP server: %s; write sip:HOST, sip:HOST:PORT;transport=tcp "
		"or sips:HOST",
		text, why);
}

/* Read "host", "host:port", "[::1]" or "[::1]:port" of n bytes. Returns NULL, or what is wrong. */
static const char *read_host(const char *s, size_t n, struct sip_server *ret)
{
	const char *end = s + n, *host = s, *colon;
	size_t len;

	if (n && *s == '[') {
		host = s + 1;
		colon = memchr(s, ']', n);
		if (!colon)
			return "']' is missing";
		len = (size_t)(colon++ - host);
	} else {
		colon = memchr(s, ':', n);
		if (!colon)
			colon = end;
		len = (size_t)(colon - host);
	}
	if (!len || len > SIP_HOST_MAX_LEN)
		return "the host is empty or too long";
	memcpy(ret->host, host, len);
	ret->host[len] = '\0';
	if (!text_is_of(ret->host, host == s ? TEXT_ALNUM ".-_" : TEXT_ALNUM ":.%", len))
		return "no host has such a name";
	if (colon == end)
		return NULL;
	if (*colon++ != ':' || colon == end)
		return "a port stands behind ':'";
	for (ret->port = 0; colon < end; colon++) {
		if (*colon < '0' || *colon > '9')
			return "the port is no number";
		ret->port = ret->port * 10 + (*colon - '0');
		if (ret->port > PORT_MAX)
			return "the port is too high";
	}
	return ret->port ? NULL : "the port is 0";
}

int sip_server_parse(const char *text, struct sip_server *ret, struct err *err)
{
	bool secure = strncasecmp(text, "sips:", 5) == 0;
	const char *rest = text + (secure ? 5 : 4), *why;
	size_t n;

	*ret = (struct sip_server){ .over = secure ? SIP_TLS : SIP_UDP };
	if (!secure && strncasecmp(text, "sip:", 4) != 0)
		return bad_server(text, "it begins with neither sip: nor sips:", err);
	n = strcspn(rest, ";");
	why = read_host(rest, n, ret);
	if (why)
		return bad_server(text, why, err);
	if (rest[n]) {
		const char *over = rest + n + 1;
		int i = SIP_OVER_COUNT - 1;

		if (strncasecmp(over, "transport=", 10) != 0)
			return bad_server(text, "only transport= may stand behind ';'", err);
		while (i >= 0 && strcasecmp(over + 10, over_names[i]) != 0)
			i--;
		if (i < 0)
			return bad_server(text, "a transport is udp, tcp or tls", err);
		if (secure && i == SIP_UDP)
			return bad_server(text, "sips is never over UDP", err);
		ret->over = secure ? SIP_TLS : (enum sip_over)i;
	}
	if (!ret->port)
		ret->port = ret->over == SIP_TLS ? PORT_TLS : PORT_PLAIN;
	return 0;
}

/* Which variable "{...}" at `s` names; its length goes to *ret_len. -1 if there is no such variable. */
static int variable_at(const char *s, size_t *ret_len)
{
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		size_t n = strlen(variables[i]);

		if (!strncmp(s + 1, variables[i], n) && s[n + 1] == '}') {
			*ret_len = n + 2;
			return (int)i;
		}
	}
	return -1;
}

int sip_template_check(const char *text, struct err *err)
{
	static const char allowed[] = TEXT_ALNUM "-_.!~*'()&=+$,;?/:@[]%";
	const char *s = text + (!strncmp(text, "sips:", 5) ? 5 : 4);
	bool own = false, at = false;

	if (strncmp(text, "sip:", 4) != 0 && strncmp(text, "sips:", 5) != 0)
		return err_set(err, ERR_USAGE,
			"'%.100s' begins with neither sip: nor sips:; write "
			"sip:{extension}@example.org",
			text);
	if (strlen(text) > SIP_TEMPLATE_MAX_LEN)
		return err_set(err, ERR_USAGE, "an address has at most %d characters",
			SIP_TEMPLATE_MAX_LEN);
	while (*s) {
		size_t n = 1;
		int variable = *s == '{' ? variable_at(s, &n) : -1;

		if (variable < 0 && !strchr(allowed, *s))
			return err_set(err, ERR_USAGE,
				"'%.20s' may not stand in an address; only {extension}, {user} and {pbx} stand for "
				"something else",
				s);
		own |= variable == 0 || variable == 1;
		at |= *s == '@';
		s += n;
	}
	if (!at)
		return err_set(err, ERR_USAGE, "'%.100s' has no '@'", text);
	if (!own)
		return err_set(err, ERR_USAGE,
			"'%.100s' is the same for all users: put {extension} or {user} into it",
			text);
	return 0;
}

/* The characters that a user part has without escape: RFC 3261, `unreserved` and some of `user-unreserved`. */
static void add_escaped(struct strbuf *to, const char *s)
{
	for (; *s; s++) {
		if (strchr(TEXT_ALNUM "-_.!~*'()+", *s))
			strbuf_addc(to, *s);
		else
			strbuf_addf(to, "%%%02X", (unsigned)(unsigned char)*s);
	}
}

void sip_template_fill(const char *text, const char *user, const char *extension, const char *pbx,
	struct strbuf *to)
{
	const char *const values[] = { extension, user, pbx };
	size_t n;

	for (; *text; text += n) {
		int variable = *text == '{' ? variable_at(text, &n) : -1;

		if (variable < 0) {
			strbuf_addc(to, *text);
			n = 1;
		} else {
			add_escaped(to, values[variable]);
		}
	}
}
