/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sipmsg.h - SIP messages (RFC 3261, 7): requests are written, responses read. What is read comes from outside: its sizes are
 * limited, and a value is a text without NUL. Everything that is sent passes sip_add() and sip_end(). */
#ifndef SIPMSG_H
#define SIPMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

enum {
	SIP_HEAD_MAX = 16384, /* bytes of the start line and the headers */
	SIP_BODY_MAX = 65536,
	SIP_HEADERS_MAX = 64,
};

/* A request under way into `to`. A value that may not be sent spoils it: sip_end() then takes back all of it and says which. */
struct sip_writer {
	struct strbuf *to;
	size_t start;
	const char *bad; /* name of the header, or NULL */
};

void sip_begin(struct sip_writer *w, struct strbuf *to, const char *method, const char *uri);
void sip_add(struct sip_writer *w, const char *name, const char *value);
/* Add Content-Type, unless `type` is NULL, Content-Length and the body. */
int sip_end(struct sip_writer *w, const char *type, const char *body, size_t n,
	struct err *err) MUST_CHECK;

/* A response. The texts are lent until the reader is fed again. */
struct sip_response {
	int status; /* 100 to 699 */
	const char *reason;
	size_t n;
	struct {
		const char *name, *value;
	} headers[SIP_HEADERS_MAX];
};

/* The nth value of this name, counted from 0, or NULL. `name` is the long form; the short one counts too. */
const char *sip_get(const struct sip_response *m, const char *name, size_t nth);
/* The number in a header. False if there is none from 0 to max. */
bool sip_get_number(const struct sip_response *m, const char *name, int64_t max, int64_t *ret);
/* Whether the response is to the request of this branch and method. */
bool sip_answers(const struct sip_response *m, const char *branch, const char *method);

struct sip_reader;

/* datagrams: each sip_feed() brings one message. Else they come one behind the other, cut anywhere. */
struct sip_reader *sip_reader_new(bool datagrams);
void sip_reader_free(struct sip_reader *r);
DEFINE_CLEANUP(struct sip_reader, sip_reader_free)
void sip_feed(struct sip_reader *r, const char *bytes, size_t n);
/* 1 with a response, 0 when there is none, -1 if the stream is not SIP or breaks a limit. Requests and keep-alives are passed
 * over. A datagram that is no response is dropped. */
int sip_next(struct sip_reader *r, struct sip_response *ret, struct err *err) MUST_CHECK;

#endif
