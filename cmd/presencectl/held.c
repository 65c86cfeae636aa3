/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/held.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

enum {
	RIGHT_BITS = 8,
	ROW_PLACE = 1,       /* of a presence */
	RIGHT_IDS = 1 << 26, /* an item with a greater ID is kept, whether it is right or not */
};

void held_init(struct held *h, struct store *store, const char *pbx, size_t max)
{
	*h = (struct held){ .store = store, .pbx = pbx, .max = max, .text = STRBUF_INIT };
}

void held_done(struct held *h)
{
	free(h->right);
	free(h->other.list);
	free(h->written.list);
	strbuf_done(&h->text);
	*h = (struct held){ .text = STRBUF_INIT };
}

static size_t keep_text(struct held *h, const char *text)
{
	size_t offset = h->text.len;

	strbuf_add(&h->text, text, strlen(text) + 1);
	return offset;
}

static void keep(
	struct held *h, struct held_pairs *to, const char *name, const char *value, bool is_stray)
{
	to->list = mem_grow(to->list, &to->cap, to->n + 1, sizeof(*to->list));
	to->list[to->n++] = (struct held_pair){ keep_text(h, name), keep_text(h, value), is_stray };
	to->is_sorted = false;
}

static int by_name(const void *a, const void *b, void *data)
{
	const struct held_pair *x = a, *y = b;
	const char *text = data;
	int r = strcmp(text + x->name, text + y->name);

	/* The order in which lamps came makes no difference: item_merge() sorts them. */
	return r ? r : strcmp(text + x->value, text + y->value);
}

static void sort(struct held *h, struct held_pairs *pairs)
{
	if (!pairs->is_sorted && pairs->n)
		qsort_r(pairs->list, pairs->n, sizeof(*pairs->list), by_name, h->text.s);
	pairs->is_sorted = true;
}

/* The first pair of that name, or of the next one there is. */
static size_t find(struct held *h, struct held_pairs *pairs, const char *name)
{
	size_t low = 0, high = pairs->n;

	sort(h, pairs);
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(h->text.s + pairs->list[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_named(
	const struct held *h, const struct held_pairs *pairs, size_t i, const char *name)
{
	return i < pairs->n && !strcmp(h->text.s + pairs->list[i].name, name);
}

/* Note that a wanted value is held: of lamps the one at that place. */
static bool note_right(struct held *h, int64_t id, int place)
{
	size_t old = h->right_n;

	if (id < 0 || id >= RIGHT_IDS || place >= RIGHT_BITS)
		return false;
	h->right = mem_grow(h->right, &h->right_n, (size_t)id + 1, 1);
	memset(h->right + old, 0, h->right_n - old);
	h->right[id] |= (uint8_t)(1u << place);
	return true;
}

struct seen {
	struct held *held;
	const struct item *item;
	bool is_known, is_right;
};

static int compare(void *data, const struct stored_item *stored)
{
	struct seen *seen = data;
	const struct item *item = seen->item;
	int place = -1;

	if (item_is_lamps(item->name))
		place = item_lamp_place(stored->wanted, item->value);
	else if (!strcmp(stored->wanted, item->value))
		place = 0;
	seen->is_known = true;
	seen->is_right = place >= 0 && note_right(seen->held, stored->id, place);
	return 1;
}

static bool is_full(struct held *h, const char *name)
{
	if (h->n++ < h->max)
		return false;
	text_copy(h->last, sizeof(h->last), name);
	return true;
}

void held_see(struct held *h, const struct amimsg *m)
{
	struct item item;
	struct seen seen = { .held = h, .item = &item };

	if (*h->err.msg || !item_from_event(m, &item) || is_full(h, item.name))
		return;
	if (store_item_named(h->store, h->pbx, item.name, compare, &seen, &h->err) < 0)
		return;
	if (seen.is_known ? !seen.is_right
			  : item_is_ours(item.name) &&
				strcmp(item.value, item_neutral(item.name)) != 0)
		keep(h, &h->other, item.name, item.value, !seen.is_known);
}

static int note_row(void *data, const struct stored_item *stored)
{
	note_right(data, stored->id, ROW_PLACE);
	return 1;
}

void held_see_written(struct held *h, const struct amimsg *m)
{
	static const char family[] = "/CustomPresence/";
	const char *key = amimsg_text(m, "Key");
	char name[ITEM_NAME_SIZE];

	if (*h->err.msg || strncmp(key, family, sizeof(family) - 1) != 0)
		return;
	snprintf(name, sizeof(name), "CustomPresence:%s", key + sizeof(family) - 1);
	if (store_item_named(h->store, h->pbx, name, note_row, h, &h->err) < 0)
		return;
	if (h->written.n < h->other.n && is_named(h, &h->other, find(h, &h->other, name), name))
		keep(h, &h->written, name, amimsg_text(m, "Val"), false);
}

static unsigned right_of(const struct held *h, int64_t id)
{
	return id >= 0 && (size_t)id < h->right_n ? h->right[id] : 0;
}

bool held_lacks_row(const struct held *h, const struct stored_item *item)
{
	return h->has_rows && item_is_presence(item->name) && item->id < RIGHT_IDS &&
		!(right_of(h, item->id) & 1u << ROW_PLACE);
}

bool held_find(struct held *h, const struct stored_item *item, char ret[ITEM_VALUE_SIZE])
{
	bool is_lamps = item_is_lamps(item->name), found;
	unsigned right = right_of(h, item->id);

	found = is_lamps ? right != 0 : right & 1;
	*ret = '\0';
	if (found && !is_lamps)
		text_copy(ret, ITEM_VALUE_SIZE, item->wanted);
	else if (found)
		item_lamps_at(item->wanted, right, ret);
	for (size_t i = find(h, &h->other, item->name); is_named(h, &h->other, i, item->name);
		i++) {
		const char *value = h->text.s + h->other.list[i].value;

		if (is_lamps)
			item_merge(ret, value);
		else
			text_copy(ret, ITEM_VALUE_SIZE, value);
		found = true;
	}
	return found;
}

const char *held_written(struct held *h, const char *presence)
{
	size_t i = find(h, &h->written, presence);

	return is_named(h, &h->written, i, presence) ? h->text.s + h->written.list[i].value : NULL;
}

void held_strays(
	struct held *h, void (*fn)(void *data, const char *name, const char *value), void *data)
{
	sort(h, &h->other);
	for (size_t i = 0, next; i < h->other.n; i = next) {
		const char *name = h->text.s + h->other.list[i].name;
		char value[ITEM_VALUE_SIZE] = "";

		for (next = i; is_named(h, &h->other, next, name); next++) {
			const char *one = h->text.s + h->other.list[next].value;

			if (item_is_lamps(name))
				item_merge(value, one);
			else
				text_copy(value, sizeof(value), one);
		}
		if (h->other.list[i].is_stray)
			fn(data, name, value);
	}
}
