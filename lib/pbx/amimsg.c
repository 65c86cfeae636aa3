/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/pbx/amimsg.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"

/* Bytes come into `buf`. Those before `start` are used up, but may still be lent. The end of a message is searched as bytes
 * come. Its headers are cut only when it is whole: until then the buffer may move. */
struct amimsg_reader {
	struct strbuf buf;
	size_t start; /* where the line or message under way begins */
	size_t line;  /* where the line under way begins, >= start */
	size_t scan;  /* there is no line end between `line` and here */
	size_t lines; /* whole ones of the message under way */
	struct amimsg_header *headers;
	size_t headers_cap;
	enum { READ_OK, READ_LONG_LINE, READ_LONG_MESSAGE, READ_MANY_LINES } state;
};

const char *amimsg_get(const struct amimsg *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++) {
		if (strcasecmp(m->headers[i].name, name) == 0)
			return m->headers[i].value;
	}
	return NULL;
}

const char *amimsg_text(const struct amimsg *m, const char *name)
{
	const char *value = amimsg_get(m, name);

	return value ? value : "";
}

const char *amimsg_reason(const struct amimsg *m)
{
	const char *text = amimsg_text(m, "Message");

	return *text ? text : "no reason given";
}

struct amimsg_reader *amimsg_reader_new(void)
{
	struct amimsg_reader *r = xcalloc(1, sizeof(*r));

	r->buf = (struct strbuf)STRBUF_INIT;
	return r;
}

void amimsg_reader_free(struct amimsg_reader *r)
{
	if (!r)
		return;
	strbuf_done(&r->buf);
	free(r->headers);
	free(r);
}

void amimsg_feed(struct amimsg_reader *r, const char *bytes, size_t n)
{
	if (r->state != READ_OK)
		return;
	strbuf_drop(&r->buf, r->start);
	r->line -= r->start;
	r->scan -= r->start;
	r->start = 0;
	strbuf_add(&r->buf, bytes, n);
}

static int too_long(const struct amimsg_reader *r, struct err *err)
{
	bool line = r->state == READ_LONG_LINE;

	if (r->state == READ_MANY_LINES)
		return err_set(err, ERR_FAILED,
			"the other side sent a message of more than %d lines",
			AMIMSG_IN_HEADERS_MAX);
	err_set(err, ERR_FAILED, "the other side sent a %s of more than %d bytes",
		line ? "line" : "message", line ? AMIMSG_IN_LINE_MAX : AMIMSG_IN_MESSAGE_MAX);
	return -1;
}

/* Find the end of the line under way. Returns 1 and its length without CR and LF, 0 if the end has not come, -1 if a limit is
 * broken. It looks no further than the limit of a message: wherever the bytes were cut, the same limit then breaks first. */
static int line_end(struct amimsg_reader *r, size_t *ret_len, struct err *err)
{
	size_t limit = r->start + AMIMSG_IN_MESSAGE_MAX + 1;
	size_t end = r->buf.len < limit ? r->buf.len : limit;
	const char *s = r->buf.s, *lf;
	size_t len;

	if (r->state != READ_OK)
		return too_long(r, err);
	lf = r->scan < end ? memchr(s + r->scan, '\n', end - r->scan) : NULL;
	r->scan = lf ? (size_t)(lf - s) : end;
	len = r->scan - r->line;
	/* A CR at the end is not part of the line if an LF follows, and the LF may still come. */
	if (len && s[r->scan - 1] == '\r')
		len--;
	if (len > AMIMSG_IN_LINE_MAX)
		r->state = READ_LONG_LINE;
	else if (r->scan == limit || (lf && r->scan + 1 == limit))
		r->state = READ_LONG_MESSAGE;
	if (r->state != READ_OK)
		return too_long(r, err);
	if (!lf)
		return 0;
	*ret_len = len;
	return 1;
}

int amimsg_next_line(struct amimsg_reader *r, const char **ret, struct err *err)
{
	size_t len = 0;
	int got = line_end(r, &len, err);

	if (got <= 0)
		return got;
	r->buf.s[r->line + len] = '\0';
	*ret = r->buf.s + r->line;
	r->start = r->line = ++r->scan;
	return 1;
}

/* Cut a line of a message, which ends with '\0', into name and value. */
static struct amimsg_header parse_line(char *line)
{
	char *colon = strchr(line, ':');
	struct amimsg_header h = { .name = "", .value = line };

	if (!colon)
		return h;
	*colon = '\0';
	h.name = line;
	h.value = colon + 1 + strspn(colon + 1, " \t");
	return h;
}

/* Cut the message between `start` and `end` into headers. It consists of whole lines, and no line is empty. */
static struct amimsg parse_message(struct amimsg_reader *r, size_t start, size_t end)
{
	size_t n = 0;

	while (start < end) {
		char *line = r->buf.s + start;
		char *lf = memchr(line, '\n', end - start);
		char *stop = lf > line && lf[-1] == '\r' ? lf - 1 : lf;

		*stop = '\0';
		r->headers = mem_grow(r->headers, &r->headers_cap, n + 1, sizeof(*r->headers));
		r->headers[n++] = parse_line(line);
		start += (size_t)(lf - line) + 1;
	}
	return (struct amimsg){ .n = n, .headers = r->headers };
}

int amimsg_next(struct amimsg_reader *r, struct amimsg *ret, struct err *err)
{
	for (;;) {
		size_t len = 0, start = r->start, end = r->line;
		int got = line_end(r, &len, err);

		if (got <= 0)
			return got;
		r->line = ++r->scan;
		if (len && ++r->lines > AMIMSG_IN_HEADERS_MAX) {
			r->state = READ_MANY_LINES;
			return too_long(r, err);
		}
		if (len)
			continue;
		r->start = r->line;
		r->lines = 0;
		if (end == start)
			continue; /* an empty line between messages */
		*ret = parse_message(r, start, end);
		return 1;
	}
}

enum { REFUSED_NONE, REFUSED_NAME, REFUSED_BYTE, REFUSED_LINE, REFUSED_COUNT };

void amimsg_begin(struct amimsg_writer *w, struct strbuf *to, const char *action)
{
	*w = (struct amimsg_writer){ .to = to, .start = to->len };
	amimsg_add(w, "Action", action);
}

void amimsg_add(struct amimsg_writer *w, const char *name, const char *value)
{
	size_t n_name = strlen(name), n_value = strlen(value);

	if (w->failed)
		return;
	if (n_name == 0 || strchr(name, ':') || strchr(name, ' '))
		w->failed = REFUSED_NAME;
	else if (text_has_control(name) || text_has_control(value))
		w->failed = REFUSED_BYTE;
	else if (n_name + 2 + n_value > AMIMSG_LINE_MAX)
		w->failed = REFUSED_LINE;
	else if (++w->headers > AMIMSG_HEADERS_MAX)
		w->failed = REFUSED_COUNT;
	if (w->failed) {
		w->refused = name;
		return;
	}
	strbuf_add(w->to, name, n_name);
	strbuf_add(w->to, ": ", 2);
	strbuf_add(w->to, value, n_value);
	strbuf_add(w->to, "\r\n", 2);
}

int amimsg_end(struct amimsg_writer *w, struct err *err)
{
	if (!w->failed) {
		strbuf_add(w->to, "\r\n", 2);
		return 0;
	}
	strbuf_cut(w->to, w->start);
	switch (w->failed) {
	case REFUSED_NAME:
		return err_set(err, ERR_FAILED, "not sent to Asterisk: '%.40s' is no header name",
			w->refused);
	case REFUSED_BYTE:
		return err_set(err, ERR_FAILED,
			"not sent to Asterisk: a control character in %.40s", w->refused);
	case REFUSED_LINE:
		return err_set(err, ERR_FAILED,
			"not sent to Asterisk: %.40s is too long (a line has at most %d bytes)",
			w->refused, AMIMSG_LINE_MAX);
	default:
		return err_set(err, ERR_FAILED, "not sent to Asterisk: more than %d headers",
			AMIMSG_HEADERS_MAX);
	}
}
