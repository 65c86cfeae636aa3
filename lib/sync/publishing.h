/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publishing.h - one PUBLISH under way: its bytes, which are sent again if need be, and what it says. */
#ifndef PUBLISHING_H
#define PUBLISHING_H

#include "lib/sip/digest.h"
#include "lib/sip/publish.h"
#include "lib/sip/transaction.h"
#include "lib/sync/publications.h"

enum { PUBLISHING_ID_LEN = 16 };

/* The login of a publisher: the last challenge serves for all requests until the server wants another. */
struct publishing_login {
	struct digest_login digest;
	struct digest_challenge challenge;
	bool asked; /* there is a challenge */
	bool proxy; /* it came from a proxy */
	uint32_t count;
};

/* What all requests of a publisher share. */
struct publishing_line {
	enum sip_over over;
	char local[80];
	char id[PUBLISHING_ID_LEN + 1]; /* hard to guess; another one for each connection */
	uint64_t count;                 /* of requests, for branches */
	struct publishing_login login;
};

struct publishing {
	struct publication *of; /* NULL: none is under way here */
	struct strbuf bytes;
	char branch[64];
	uint64_t call; /* number of its Call-ID */
	struct sip_transaction timers;
	int64_t sent_ms;
	int64_t expires;              /* seconds; 0: it takes back */
	struct publication_text text; /* "" if it takes back */
	bool logged_in;               /* it has an authorization ... */
	bool fresh;                   /* ... whose challenge was the answer to this publication */
	bool resent;                  /* the server may have it more than once */
	unsigned tries; /* how often it was written because the answer wanted something else */
};

/* Write the request for r->of, with the next sequence number and a branch of its own. What is written again because of an answer keeps
 * its Call-ID. */
int publishing_write(
	struct publishing *r, struct publishing_line *line, struct err *err) MUST_CHECK;
/* Nothing is under way here any more. */
void publishing_end(struct publishing *r);

#endif
