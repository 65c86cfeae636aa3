/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/mender.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/pbx/item.h"

static const struct {
	const char *word, *phrase;
} menders[] = {
	[MENDER_NOW] = { "now", "presenced is sending" },
	[MENDER_SWEEP] = { "15 min",
		"presenced mends within 15 minutes; 'presencectl push' does now" },
	[MENDER_SWITCH] = { "a switch", "presenced or 'presencectl push' takes over as a switch" },
	[MENDER_CALL] = { "after the call", "presenced mends after the call" },
	[MENDER_LOGIN] = { "login",
		"presenced mends with its next login; 'presencectl push' does now" },
	[MENDER_PUSH] = { "push", "'presencectl push' mends; presenced is not running" },
	[MENDER_HINT] = { "hint", "the PBX needs a hint for, see ERROR" },
	[MENDER_REFUSED] = { "refused", "the PBX refuses, see ERROR" },
};
_Static_assert(ARRAY_SIZE(menders) == MENDER_COUNT, "a phrase for each");

static bool is_pending(const struct stored_item *item)
{
	return item && (!item->confirmed || strcmp(item->wanted, item->confirmed) != 0);
}

enum mender mender_of(const struct difference *d)
{
	if (d->waits)
		return MENDER_CALL;
	if (d->lacks_hint)
		return MENDER_HINT;
	if (is_pending(d->item) && d->item->error)
		return MENDER_REFUSED;
	if (d->is_foreign)
		return MENDER_SWITCH;
	if (!d->running)
		return MENDER_PUSH;
	if (!d->connected || (!d->item && !item_is_swept(d->name)))
		return MENDER_LOGIN;
	return is_pending(d->item) ? MENDER_NOW : MENDER_SWEEP;
}

const char *mender_word(enum mender m)
{
	return menders[m].word;
}

void mender_sum_up(const size_t count[MENDER_COUNT], struct strbuf *to)
{
	for (int i = 0; i < MENDER_COUNT; i++) {
		if (!count[i])
			continue;
		strbuf_addf(to, "%s%zu difference%s that %s", to->len ? "; " : "", count[i],
			count[i] == 1 ? "" : "s", menders[i].phrase);
	}
}
