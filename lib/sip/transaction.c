/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sip/transaction.h"

void sip_transaction_begin(struct sip_transaction *t, bool reliable, int64_t now_ms)
{
	t->interval_ms = SIP_T1_MS;
	t->resend_ms = reliable ? INT64_MAX : now_ms + SIP_T1_MS;
	t->end_ms = now_ms + SIP_GIVE_UP_MS;
}

void sip_transaction_provisional(struct sip_transaction *t)
{
	t->interval_ms = SIP_T2_MS;
}

int64_t sip_transaction_deadline(const struct sip_transaction *t)
{
	return t->resend_ms < t->end_ms ? t->resend_ms : t->end_ms;
}

enum sip_due sip_transaction_due(struct sip_transaction *t, int64_t now_ms)
{
	if (now_ms >= t->end_ms)
		return SIP_DUE_END;
	if (now_ms < t->resend_ms)
		return SIP_DUE_NOTHING;
	t->interval_ms = 2 * t->interval_ms < SIP_T2_MS ? 2 * t->interval_ms : SIP_T2_MS;
	t->resend_ms = now_ms + t->interval_ms;
	return SIP_DUE_RESEND;
}
