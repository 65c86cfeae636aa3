/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transaction.h - the timers of a request that is no INVITE (RFC 3261, 17.1.2): when it is sent again, and when it is given up. A
 * response that comes again belongs to no request any more and is dropped, so there is no timer K. */
#ifndef TRANSACTION_H
#define TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SIP_T1_MS = 500,  /* a guess at how long a packet travels there and back */
	SIP_T2_MS = 4000, /* the longest time between two sendings */
	SIP_GIVE_UP_MS = 64 * SIP_T1_MS,
};

struct sip_transaction {
	int64_t resend_ms; /* timer E; INT64_MAX over a transport that loses nothing */
	int64_t end_ms;    /* timer F */
	int64_t interval_ms;
};

enum sip_due { SIP_DUE_NOTHING, SIP_DUE_RESEND, SIP_DUE_END };

void sip_transaction_begin(struct sip_transaction *t, bool reliable, int64_t now_ms);
/* A provisional response has come: the server has the request, so it is sent again more rarely. */
void sip_transaction_provisional(struct sip_transaction *t);
/* When to call sip_transaction_due(). */
int64_t sip_transaction_deadline(const struct sip_transaction *t);
/* What is to be done now. A resend counts as done. */
enum sip_due sip_transaction_due(struct sip_transaction *t, int64_t now_ms);

#endif
