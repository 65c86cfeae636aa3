/* SPDX-License-Identifier: GPL-3.0-or-later */
/* amimsg.h - the wire format of the Asterisk Manager Interface: bytes to messages, fields to bytes. */
#ifndef AMIMSG_H
#define AMIMSG_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

/* Asterisk limits what it reads (manager.c: a buffer of 1025 bytes, AST_MAX_MANHEADERS). It does not limit what it sends:
 * those limits are ours. */
enum {
	AMIMSG_LINE_MAX = 1022,          /* bytes of a line to Asterisk, before CRLF */
	AMIMSG_HEADERS_MAX = 128,        /* of an action, to Asterisk */
	AMIMSG_IN_LINE_MAX = 65536,      /* bytes of a line from Asterisk, before its end */
	AMIMSG_IN_MESSAGE_MAX = 1 << 20, /* bytes of a message from Asterisk, line ends included */
	AMIMSG_IN_HEADERS_MAX = 4096,    /* lines of a message from Asterisk */
};

/* A message from Asterisk. The reader lends it until the next amimsg_feed() or amimsg_next(). */
struct amimsg_header {
	const char *name;
	const char *value; /* without blanks in front; those behind stay, as in Asterisk */
};

struct amimsg {
	size_t n;
	const struct amimsg_header *headers;
};

/* The value of the first header of that name. Case does not matter, as in Asterisk. NULL if there is no such header. */
const char *amimsg_get(const struct amimsg *m, const char *name);
/* The same, but "" if there is no such header. */
const char *amimsg_text(const struct amimsg *m, const char *name);
/* The reason that a refusal gives, in words. */
const char *amimsg_reason(const struct amimsg *m);

struct amimsg_reader;

struct amimsg_reader *amimsg_reader_new(void);
void amimsg_reader_free(struct amimsg_reader *r);
DEFINE_CLEANUP(struct amimsg_reader, amimsg_reader_free)

/* Give bytes as they came, in any portions. The messages do not depend on where the bytes were cut. */
void amimsg_feed(struct amimsg_reader *r, const char *bytes, size_t n);

/* Take one line without its end: the banner, before the first message. Returns 1 with *ret lent, 0 if more bytes are needed,
 * -1 if the line is longer than AMIMSG_IN_LINE_MAX. */
int amimsg_next_line(struct amimsg_reader *r, const char **ret, struct err *err) MUST_CHECK;

/* Take the next message. Returns 1 with *ret lent, 0 if more bytes are needed, -1 if a line is too long, or a message with its
 * line ends and the empty line, or if it has more than AMIMSG_IN_HEADERS_MAX lines. After -1 the connection cannot go on. Lines end with CRLF or LF. A line without ':' is a
 * header with an empty name. A NUL byte ends the text of a line. Empty lines between messages are skipped. */
int amimsg_next(struct amimsg_reader *r, struct amimsg *ret, struct err *err) MUST_CHECK;

/* Write an action: begin, add headers, end. This is the guarded door to AMI. It refuses a name or value with a control
 * character (text_has_control), a name that is empty or has a colon or a blank, a line above AMIMSG_LINE_MAX, and too many
 * headers. Then amimsg_end() fails with ERR_FAILED, names the header, and cuts the buffer back to where the action began. Lines
 * end with CRLF. */
struct amimsg_writer {
	struct strbuf *to;
	size_t start;   /* where the action begins in `to` */
	size_t headers; /* how many it has so far */
	int failed;
	const char *refused; /* the name of the header that was refused, lent */
};

void amimsg_begin(struct amimsg_writer *w, struct strbuf *to, const char *action);
void amimsg_add(struct amimsg_writer *w, const char *name, const char *value);
int amimsg_end(struct amimsg_writer *w, struct err *err) MUST_CHECK;

#endif
