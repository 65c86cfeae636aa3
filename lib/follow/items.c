/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/items.h"

#include <string.h>

#include "lib/follow/member.h"
#include "lib/store/item.h"

static int want(
	struct store *s, const struct user_item *has, const char *value, int rank, struct err *err)
{
	if (!strcmp(has->wanted, value))
		return has->waits ? store_item_want_soon(s, has->id, err) : 0;
	return store_item_set_wanted(s, has->id, value, rank, has->has_error, err);
}

static size_t find(const struct item *items, size_t n, const struct user_item *has, const char *pbx)
{
	size_t i = 0;

	while (i < n && (strcmp(items[i].name, has->name) != 0 || strcasecmp(has->pbx, pbx) != 0))
		i++;
	return i;
}

/* Bring the items of a user in line with `items`. What they have and `items` lacks goes back to neutral: usually nothing, or the
 * phone's lamp. After a change of the extension or PBX, all of the old ones do. Entries and items of queues stay as they are,
 * because they do not follow the mode alone. Without `items` the user is to be deleted, and these go back to neutral too. */
static int bring_in_line(struct store *s, int64_t user_id, const char *pbx,
	const struct item *items, size_t n, bool *ret_in_queues, struct err *err)
{
	_cleanup_(user_items_done) struct user_items has = { 0 };
	bool there[ITEM_USER_MAX] = { false };

	if (store_item_of_user(s, user_id, &has, err) < 0)
		return -1;
	for (size_t k = 0; k < has.n; k++) {
		const char *name = has.list[k].name;
		size_t i = find(items, n, &has.list[k], pbx);

		if (i < n)
			there[i] = true;
		else if (n && !item_follows_mode(name)) {
			*ret_in_queues |= item_is_member(name);
			continue;
		}
		if (want(s, &has.list[k], i < n ? items[i].value : item_neutral(name),
			    i < n ? items[i].rank : 1, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (!there[i] && store_item_want(s, user_id, pbx, &items[i], err) < 0)
			return -1;
	}
	return 0;
}

int follow_items(struct store *s, int64_t user_id, const char *pbx, const struct item_source *from,
	struct err *err)
{
	struct item items[ITEM_USER_MAX];
	size_t n = item_of_user(from, items);
	bool in_queues = false;

	if (bring_in_line(s, user_id, pbx, items, n, &in_queues, err) < 0)
		return -1;
	return in_queues ? follow_members(s, user_id, from->mode, err) : 0;
}

int follow_items_release(struct store *s, int64_t user_id, struct err *err)
{
	return bring_in_line(s, user_id, "", NULL, 0, &(bool){ false }, err);
}
