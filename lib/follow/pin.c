/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/pin.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/store/log.h"

/* A change from what was kept (`was` NULL: nothing) to what is on the PBX (`is` NULL: nothing). */
struct pins_change {
	const struct wrong_pins *was, *is;
};

/* The next change of two sorted lists. Returns false at their end. */
struct walk {
	const struct wrong_pins *was, *was_end, *is, *is_end;
};

static bool next_change(struct walk *w, struct pins_change *ret)
{
	while (w->was < w->was_end || w->is < w->is_end) {
		int order = w->was == w->was_end ? 1
			: w->is == w->is_end     ? -1
						 : strcmp(w->was->key, w->is->key);

		*ret = (struct pins_change){ order <= 0 ? w->was++ : NULL,
			order >= 0 ? w->is++ : NULL };
		if (!ret->was || !ret->is || ret->was->n != ret->is->n ||
			ret->was->at != ret->is->at)
			return true;
	}
	return false;
}

/* The phone is the subject, and who did it. */
static int record(struct store *s, const struct pins_change *c, int64_t now, struct err *err)
{
	const struct actor ours = *store_actor(s);
	char phone[PIN_KEY_SIZE], before[24], after[24];
	const struct actor giver = { ACTOR_PHONE, phone, -1 };
	bool goes_on = c->was && c->was->n < c->is->n, of_mailbox;
	int r;

	text_copy(phone, sizeof(phone), c->is->key);
	of_mailbox = strchr(phone, '/') != NULL;
	phone[strcspn(phone, "/")] = '\0';
	snprintf(before, sizeof(before), "%lld", goes_on ? (long long)c->was->n : 0);
	snprintf(after, sizeof(after), "%lld", (long long)c->is->n);
	store_set_actor(s, &giver);
	r = store_log(s,
		&(struct log_record){ .at = now,
			.what = "wrong PIN",
			.subject = phone,
			.key = of_mailbox ? "PINs of mailboxes" : "PINs",
			.before = goes_on ? before : NULL,
			.after = after,
			.why = c->is->n >= PINS_LOCKED ? "locked out for ten minutes" : NULL },
		err);
	store_set_actor(s, &ours);
	return r;
}

static int write_change(
	struct store *s, const char *pbx, const struct pins_change *c, int64_t now, struct err *err)
{
	if (!c->is)
		return store_pins_delete(s, pbx, c->was->key, err);
	return record(s, c, now, err) < 0 ? -1 : store_pins_set(s, pbx, c->is, err);
}

int follow_wrong_pins(struct store *s, const char *pbx, const struct wrong_pins *list, size_t n,
	int64_t now, bool *ret_more, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(freep) struct wrong_pins *kept = NULL;
	struct pins_change c;
	struct walk w = { .is = list, .is_end = list + n };
	size_t kept_n, records = 0;

	*ret_more = false;
	if (store_pins_read(s, pbx, &kept, &kept_n, err) < 0)
		return -1;
	w.was = kept;
	w.was_end = kept + kept_n;
	while (!*ret_more && next_change(&w, &c)) {
		if (!tx && store_begin(s, err) < 0)
			return -1;
		tx = s;
		if (write_change(s, pbx, &c, now, err) < 0)
			return -1;
		*ret_more = c.is && ++records == PINS_AT_ONCE;
	}
	return tx ? store_commit(s, err) : 0;
}
