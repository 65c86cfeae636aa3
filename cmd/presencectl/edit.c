/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/edit.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

int edit_set(
	const struct keys *keys, void *object, const char *const *words, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		char key[KEY_WORD_SIZE];
		const char *value;
		int r;

		if (key_split(words[i], key, &value, err) < 0 ||
			(r = keys_set(keys, object, key, value, err)) < 0)
			return -1;
		if (r)
			ctl_notice("%s was cut to %d bytes", key, NOTE_MAX_LEN);
	}
	return 0;
}

int edit_unset(
	const struct keys *keys, void *object, const char *const *words, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (keys_unset(keys, object, words[i], err) < 0)
			return -1;
	}
	return 0;
}

const struct column edit_columns[] = {
	[EDIT_KEY] = { "KEY", 0, "as in set and unset" },
	[EDIT_VALUE] = { "VALUE", COLUMN_LIST, "its value" },
	{ 0 },
};

static void add_lines(
	struct out *out, const char *name, const struct keys *keys, const void *object)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	out_line(out);
	out_text(out, EDIT_KEY, "name");
	out_text(out, EDIT_VALUE, name);
	for (const struct key *k = keys->list; k->name; k++) {
		strbuf_cut(&text, 0);
		key_get(k, object, &text);
		out_line(out);
		out_text(out, EDIT_KEY, k->name);
		out_text(out, EDIT_VALUE, text.len ? text.s : NULL);
	}
}

int edit_show(struct ctl *ctl, const char *noun, const char *name, const struct keys *keys,
	const void *object, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;

	if (out_new(edit_columns, noun, &ctl->out, &out, err) < 0)
		return -1;
	add_lines(out, name, keys, object);
	return out_print(out, stdout, err);
}

static char *name_of(const struct edit_noun *noun, void *object)
{
	return (char *)object + noun->name_offset;
}

int edit_noun_show(
	struct ctl *ctl, const struct input *in, const struct edit_noun *noun, struct err *err)
{
	_cleanup_(freep) void *object = xcalloc(1, noun->size);
	_cleanup_(out_freep) struct out *out = NULL;

	if (noun->find(ctl->store, input_arg(in, 0), object, err) < 0 ||
		out_new(edit_columns, noun->name, &ctl->out, &out, err) < 0)
		return -1;
	add_lines(out, name_of(noun, object), noun->keys, object);
	if (noun->more && noun->more(ctl, object, out, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

int edit_noun_change(struct ctl *ctl, const struct input *in, const struct edit_noun *noun,
	int (*edit)(const struct keys *, void *, const char *const *, size_t, struct err *),
	struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(freep) void *object = xcalloc(1, noun->size);
	size_t n;
	const char *const *words = input_many(in, &n);

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (noun->find(tx, input_arg(in, 0), object, err) < 0 ||
		edit(noun->keys, object, words, n, err) < 0 ||
		(noun->check && noun->check(ctl, object, err) < 0) ||
		noun->save(tx, object, ctl->now, err) < 0)
		return -1;
	return store_commit(tx, err);
}

int edit_noun_add(struct ctl *ctl, const struct input *in, const struct edit_noun *noun,
	void *object, struct err *err)
{
	size_t n;
	const char *const *words = input_many(in, &n);

	text_copy(name_of(noun, object), NAME_MAX_LEN + 1, input_arg(in, 0));
	if (edit_set(noun->keys, object, words, n, err) < 0 ||
		(noun->check && noun->check(ctl, object, err) < 0))
		return -1;
	return noun->save(ctl->store, object, ctl->now, err);
}
