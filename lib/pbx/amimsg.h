/* amimsg.h - the wire format of the Asterisk Manager Interface: bytes to messages, fields to bytes. */
#ifndef AMIMSG_H
#define AMIMSG_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

/* Limits of Asterisk on what it reads (manager.c: a buffer of 1025 bytes, AST_MAX_MANHEADERS), and ours
 * on what it sends, where it has none itself. */
enum {
	AMIMSG_LINE_MAX = 1022,          /* bytes of a line to Asterisk, before CRLF */
	AMIMSG_HEADERS_MAX = 128,        /* of an action, to Asterisk */
	AMIMSG_IN_LINE_MAX = 65536,      /* bytes of a line from Asterisk, before its end */
	AMIMSG_IN_MESSAGE_MAX = 1 << 20, /* bytes of a message from Asterisk, line ends included */
};

/* One message from Asterisk. Lent by the reader: valid until the next amimsg_feed or amimsg_next. */
struct amimsg_header {
	const char *name;
	const char *value; /* leading blanks removed, trailing ones kept, as Asterisk itself does */
};

struct amimsg {
	size_t n;
	const struct amimsg_header *headers;
};

/* Value of the first header of that name (without case), as Asterisk matches; NULL if there is none. */
const char *amimsg_get(const struct amimsg *m, const char *name);
/* The same, but "" if there is none. */
const char *amimsg_text(const struct amimsg *m, const char *name);
/* Why it is a refusal, in words. */
const char *amimsg_reason(const struct amimsg *m);

struct amimsg_reader;

struct amimsg_reader *amimsg_reader_new(void);
void amimsg_reader_free(struct amimsg_reader *r);
DEFINE_CLEANUP(struct amimsg_reader, amimsg_reader_free)

/* Give bytes as they came, in any portions; the result does not depend on where they were cut. */
void amimsg_feed(struct amimsg_reader *r, const char *bytes, size_t n);

/* Take one line (before the first message: the banner), without its end. 1 and *ret lent, 0 if more
 * bytes are needed, -1 if the line is longer than AMIMSG_IN_LINE_MAX. */
int amimsg_next_line(struct amimsg_reader *r, const char **ret, struct err *err) MUST_CHECK;

/* Take the next message: 1 and *ret lent, 0 if more bytes are needed, -1 (final for the connection) if
 * a line or a message (with its line ends and the empty line) is too long. Lines end CRLF or LF. A line
 * without ':' is a header with an empty name. A NUL byte ends the line's text. Empty lines between
 * messages are skipped. */
int amimsg_next(struct amimsg_reader *r, struct amimsg *ret, struct err *err) MUST_CHECK;

/* Write an action: begin, add headers, end. The guarded door to AMI: a name or value with a control
 * character (text_has_control), a name that is empty or has a colon or a blank, a line above
 * AMIMSG_LINE_MAX or too many headers is refused (ERR_FAILED, naming the header) and the buffer is cut
 * back to where the action began. Lines end CRLF. */
struct amimsg_writer {
	struct strbuf *to;
	size_t start;   /* where this action began in `to` */
	size_t headers; /* so far */
	int failed;
	const char *refused; /* the name that was refused, lent by the caller of amimsg_add */
};

void amimsg_begin(struct amimsg_writer *w, struct strbuf *to, const char *action);
void amimsg_add(struct amimsg_writer *w, const char *name, const char *value);
int amimsg_end(struct amimsg_writer *w, struct err *err) MUST_CHECK;

/* Base64 (RFC 4648, with padding) as PRESENCE_STATE()'s option `e` wants it. */
void amimsg_base64(struct strbuf *to, const char *s);

#endif
