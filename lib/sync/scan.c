/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/scan.h"
#include "lib/store/item.h"

#include <string.h>

static int begin(struct scan *s, struct err *err)
{
	if (!s->open && store_begin(s->store, err) < 0)
		return -1;
	s->open = true;
	return 0;
}

/* What the lists may have at most. */
static int limit(struct scan *s, const struct turn *t, struct err *err)
{
	size_t stuck;

	if (store_scan_owned(s->store, s->pbx->name, &s->wanted, &stuck, err) < 0)
		return -1;
	s->strays = s->wanted + SCAN_STRAYS_MAX;
	s->strays = stuck < s->strays ? s->strays - stuck : 0;
	ami_expect(t->ami, (uint64_t)s->wanted * SCAN_LISTED_MAX);
	return 0;
}

int scan_begin(struct scan *s, const struct turn *t, uint64_t tag, struct err *err)
{
	int64_t booted_at = t->now.utc - ami_uptime_s(t->ami);

	s->lists = ITEM_LISTS;
	if (begin(s, err) < 0 || store_scan_begin(s->store, s->pbx->name, err) < 0 ||
		limit(s, t, err) < 0 || readback_begin(s->readback, booted_at, err) < 0)
		return -1;
	for (uint64_t i = 0; i < ITEM_LISTS; i++) {
		if (turn_send(t, tag + i, item_lists[i], err) < 0)
			return -1;
	}
	return 0;
}

static int too_many(const struct scan *s, const struct item *item, struct err *err)
{
	return err_set(err, ERR_FAILED,
		"PBX '%s' holds more than %zu things such as %.40s that this database does not know:"
		" is it another site's? If not, delete them there",
		s->pbx->name, SCAN_STRAYS_MAX + s->wanted, item->name);
}

static int see(struct scan *s, const struct item *item, struct err *err)
{
	int r = store_scan_item(s->store, s->pbx->name, item, err);

	if (r <= 0)
		return r;
	if (!s->strays)
		return too_many(s, item, err);
	s->strays--;
	return 0;
}

int scan_item(struct scan *s, const struct amimsg *m, struct err *err)
{
	struct item item;
	bool foreign;

	if (!item_from_event(m, &item))
		return 0;
	if (begin(s, err) < 0 || readback_see_listed(s->readback, &item, &foreign, err) < 0)
		return -1;
	if (!foreign && readback_lacks_mark(s->readback, item.name))
		return 0; /* as if it were not there */
	return foreign ? store_scan_seen(s->store, s->pbx->name, item.name, err)
		       : see(s, &item, err);
}

int scan_event(struct scan *s, const struct item *item, struct err *err)
{
	bool foreign;

	if (readback_see_event(s->readback, item, &foreign, err) < 0)
		return -1;
	if (!foreign)
		return 0;
	return begin(s, err) < 0 ? -1 : store_scan_seen(s->store, s->pbx->name, item->name, err);
}

int scan_answer(
	struct scan *s, uint64_t list, const struct answer *answer, bool *ret_over, struct err *err)
{
	const char *action = item_lists[list][1];

	*ret_over = false;
	/* Without the entries everything else still works: they are then written again. */
	if (!answer->ok && strcmp(action, "DBGetTree") != 0)
		return err_set(err, ERR_FAILED,
			"PBX '%s' refuses %s: %s; user '%s' of its manager.conf needs write = call",
			s->pbx->name, action, amimsg_reason(answer->message), s->pbx->username);
	if (--s->lists > 0)
		return 0;
	if (begin(s, err) < 0 || store_scan_end(s->store, s->pbx->name, err) < 0 ||
		readback_listed(s->readback, err) < 0 || scan_pause(s, err) < 0)
		return -1;
	*ret_over = true;
	return 0;
}

int scan_pause(struct scan *s, struct err *err)
{
	if (s->open && store_commit(s->store, err) < 0)
		return -1;
	s->open = false;
	return 0;
}

void scan_reset(struct scan *s)
{
	if (s->open)
		store_rollback(s->store);
	s->open = false;
}
