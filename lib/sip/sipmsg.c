/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sip/sipmsg.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"

static const char version[] = "SIP/2.0";

struct sip_reader {
	bool datagrams;
	struct strbuf buf;
	size_t start; /* what stands before it is used up, but may still be lent */
	size_t scan;  /* no end of the headers begins between start and here */
	size_t skip;  /* so many bytes of a body are still to come, and are dropped */
	bool broken;
};

void sip_begin(struct sip_writer *w, struct strbuf *to, const char *method, const char *uri)
{
	*w = (struct sip_writer){ .to = to, .start = to->len };
	if (!*uri || strpbrk(uri, " <>\"") || text_has_control(uri) || !text_is_utf8(uri))
		w->bad = "Request-URI";
	strbuf_addf(to, "%s %s %s\r\n", method, uri, version);
}

void sip_add(struct sip_writer *w, const char *name, const char *value)
{
	if (text_has_control(value) || !text_is_utf8(value))
		w->bad = name;
	strbuf_addf(w->to, "%s: %s\r\n", name, value);
}

int sip_end(struct sip_writer *w, const char *type, const char *body, size_t n, struct err *err)
{
	char length[24];

	if (type)
		sip_add(w, "Content-Type", type);
	snprintf(length, sizeof(length), "%zu", n);
	sip_add(w, "Content-Length", length);
	if (w->bad) {
		strbuf_cut(w->to, w->start);
		return err_set(
			err, ERR_FAILED, "%s has a control character or is not UTF-8", w->bad);
	}
	strbuf_adds(w->to, "\r\n");
	strbuf_add(w->to, body, n);
	return 0;
}

/* The short form of a header's name, of those that responses have. */
static const char *short_form(const char *name)
{
	static const char *const forms[][2] = {
		{ "Via", "v" },
		{ "Content-Length", "l" },
		{ "Call-ID", "i" },
		{ "From", "f" },
		{ "To", "t" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (!strcasecmp(forms[i][0], name))
			return forms[i][1];
	}
	return NULL;
}

const char *sip_get(const struct sip_response *m, const char *name, size_t nth)
{
	const char *brief = short_form(name);

	for (size_t i = 0; i < m->n; i++) {
		if (strcasecmp(m->headers[i].name, name) != 0 &&
			(!brief || strcasecmp(m->headers[i].name, brief) != 0))
			continue;
		if (!nth--)
			return m->headers[i].value;
	}
	return NULL;
}

/* The digits at `s`, which a space, a ';' or the end must follow. */
static bool read_number(const char *s, int64_t max, int64_t *ret)
{
	int64_t n = 0;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		n = n * 10 + (*s - '0');
		if (n > max)
			return false;
	}
	*ret = n;
	return !*s || strchr(" \t;(", *s);
}

bool sip_get_number(const struct sip_response *m, const char *name, int64_t max, int64_t *ret)
{
	const char *value = sip_get(m, name, 0);

	return value && read_number(value, max, ret);
}

/* The value of a parameter ends with what cannot be part of a token. */
static bool value_is(const char *s, const char *want)
{
	size_t n = strlen(want);

	return !strncmp(s, want, n) && (!s[n] || strchr(";, \t", s[n]));
}

bool sip_answers(const struct sip_response *m, const char *branch, const char *method)
{
	const char *via = sip_get(m, "Via", 0), *cseq = sip_get(m, "CSeq", 0), *s;

	if (!via || !cseq)
		return false;
	cseq += strspn(cseq, "0123456789");
	cseq += strspn(cseq, " \t");
	if (strcmp(cseq, method) != 0)
		return false;
	/* The topmost Via counts, and it ends at a comma. */
	for (s = via; *s && *s != ','; s++) {
		const char *name = s + 1 + strspn(s + 1, " \t");

		if (*s == ';' && !strncasecmp(name, "branch=", 7))
			return value_is(name + 7, branch);
	}
	return false;
}

struct sip_reader *sip_reader_new(bool datagrams)
{
	struct sip_reader *r = xcalloc(1, sizeof(*r));

	r->datagrams = datagrams;
	r->buf = (struct strbuf)STRBUF_INIT;
	return r;
}

void sip_reader_free(struct sip_reader *r)
{
	if (!r)
		return;
	strbuf_done(&r->buf);
	free(r);
}

void sip_feed(struct sip_reader *r, const char *bytes, size_t n)
{
	size_t dropped = n < r->skip ? n : r->skip;

	if (r->datagrams) {
		strbuf_cut(&r->buf, 0);
		r->start = r->scan = 0;
	} else {
		strbuf_drop(&r->buf, r->start);
		r->scan = r->scan > r->start ? r->scan - r->start : 0;
		r->start = 0;
		r->skip -= dropped;
		bytes += dropped;
		n -= dropped;
	}
	strbuf_add(&r->buf, bytes, n);
}

/* Cut the headers apart. A line that begins with a space goes on with the one before it. `text` ends with the empty line, of which one
 * CR LF stands there still. Returns whether it is well formed. */
static bool cut_headers(char *text, struct sip_response *m)
{
	char *line = text, *end;

	m->n = 0;
	for (; *line; line = end + 2) {
		char *colon;
		size_t n;

		end = strstr(line, "\r\n");
		while (end && (end[2] == ' ' || end[2] == '\t')) {
			end[0] = end[1] = ' ';
			end = strstr(end, "\r\n");
		}
		if (!end)
			return false;
		*end = '\0';
		colon = strchr(line, ':');
		if (!colon || m->n == SIP_HEADERS_MAX)
			return false;
		n = strcspn(line, " \t:");
		if (!n || line + n + strspn(line + n, " \t") != colon)
			return false;
		line[n] = '\0';
		colon += 1 + strspn(colon + 1, " \t");
		for (char *last = end; last > colon && (last[-1] == ' ' || last[-1] == '\t');)
			*--last = '\0';
		m->headers[m->n].name = line;
		m->headers[m->n++].value = colon;
	}
	return true;
}

/* Read the `n` bytes of a start line and headers, with the empty line's CR LF behind them. 1 for a response, 0 for a request, -1 if it is
 * neither. The headers of both are in `m`. */
static int read_head(char *head, size_t n, struct sip_response *m)
{
	char *end;
	int64_t status;

	if (memchr(head, '\0', n))
		return -1;
	head[n] = '\0';
	end = strstr(head, "\r\n");
	if (!end || !cut_headers(end + 2, m))
		return -1;
	*end = '\0';
	m->status = 0;
	m->reason = "";
	if (strncasecmp(head, version, strlen(version)) != 0)
		return end - head > 8 && !strcasecmp(end - 8, " SIP/2.0") ? 0 : -1;
	head += strlen(version);
	if (*head != ' ' || !read_number(head + 1, 699, &status) || status < 100)
		return -1;
	m->status = (int)status;
	m->reason = head + 4;
	m->reason += *m->reason == ' ';
	return 1;
}

static int broken(struct sip_reader *r, const char *why, struct err *err)
{
	r->broken = true;
	return err_set(err, ERR_FAILED, "this is not a SIP server: %s", why);
}

static int next_datagram(struct sip_reader *r, struct sip_response *ret)
{
	char *end = r->start ? NULL : memmem(r->buf.s, r->buf.len, "\r\n\r\n", 4);
	int got;

	r->start = r->buf.len;
	if (!end)
		return 0;
	got = read_head(r->buf.s, (size_t)(end - r->buf.s) + 2, ret);
	return got > 0;
}

int sip_next(struct sip_reader *r, struct sip_response *ret, struct err *err)
{
	int got = 0;

	if (r->datagrams)
		return next_datagram(r, ret);
	while (got == 0 && !r->broken) {
		char *s = r->buf.s + r->start, *end;
		size_t n = r->buf.len - r->start, scan;
		int64_t body = 0;

		/* Keep-alives, RFC 5626. */
		for (; n && (*s == '\r' || *s == '\n'); n--, s++)
			r->start++;
		scan = r->scan > r->start ? r->scan - r->start : 0;
		end = n > scan ? memmem(s + scan, n - scan, "\r\n\r\n", 4) : NULL;
		if ((end ? (size_t)(end - s) : n) > SIP_HEAD_MAX)
			return broken(r, "its headers have no end", err);
		if (!end) {
			r->scan = r->start + (n > 3 ? n - 3 : 0);
			return 0;
		}
		got = read_head(s, (size_t)(end - s) + 2, ret);
		if (got < 0)
			return broken(r, "its message cannot be read", err);
		if (sip_get(ret, "Content-Length", 0) &&
			!sip_get_number(ret, "Content-Length", SIP_BODY_MAX, &body))
			return broken(r, "its body has no usable length", err);
		r->start += (size_t)(end - s) + 4;
		n = r->buf.len - r->start;
		if ((size_t)body > n) {
			r->skip = (size_t)body - n;
			body = (int64_t)n;
		}
		r->start += (size_t)body;
		r->scan = r->start;
	}
	return r->broken ? err_set(err, ERR_FAILED, "the connection has failed already") : 1;
}
