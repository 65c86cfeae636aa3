/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mode: list, show, add, set, unset, delete. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/edit.h"
#include "cmd/presencectl/ruleedit.h"
#include "cmd/presencectl/say.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/follow/mode.h"
#include "lib/follow/rule.h"
#include "lib/store/mode.h"
#include "lib/store/rule.h"

extern const struct command cmd_mode_list, cmd_mode_show, cmd_mode_add, cmd_mode_set,
	cmd_mode_unset, cmd_mode_delete;

enum {
	LIST_NAME,
	LIST_ALIAS,
	LIST_LABEL,
	LIST_TYPE,
	LIST_LAMP,
	LIST_LIFETIME,
	LIST_NOTE,
	LIST_BUILTIN
};

static const struct column list_columns[] = {
	[LIST_NAME] = { "NAME", 0, "name" },
	[LIST_ALIAS] = { "ALIAS", 0, "second name" },
	[LIST_LABEL] = { "LABEL", 0, "what people see" },
	[LIST_TYPE] = { "TYPE", 0, "presence type on the PBX" },
	[LIST_LAMP] = { "LAMP", 0, "what lamps show that watch the extension" },
	[LIST_LIFETIME] = { "LIFETIME", 0, "how long a switch without a time lasts" },
	[LIST_NOTE] = { "NOTE", COLUMN_WIDE, "note of a switch without a note" },
	[LIST_BUILTIN] = { "BUILTIN", COLUMN_BOOL,
		"came with the database: can be reset, not deleted" },
	{ 0 },
};

static int add_line(void *data, const struct mode *m)
{
	struct out *out = data;

	out_line(out);
	out_text(out, LIST_NAME, m->name);
	out_text(out, LIST_ALIAS, *m->alias ? m->alias : NULL);
	out_text(out, LIST_LABEL, m->label);
	out_text(out, LIST_TYPE, ptype_name(m->type));
	out_text(out, LIST_LAMP, lamp_name(m->lamp));
	out_text(out, LIST_LIFETIME, m->lifetime);
	out_text(out, LIST_NOTE, *m->note ? m->note : NULL);
	out_bool(out, LIST_BUILTIN, m->builtin);
	return 0;
}

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;

	(void)in;
	if (out_new(list_columns, "modes", &ctl->out, &out, err) < 0 ||
		store_mode_each(ctl->store, add_line, out, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

const struct command cmd_mode_list = {
	.path = "mode list",
	.summary = "list the modes",
	.columns = list_columns,
	.noun = "modes",
	.needs = NEED_STORE,
	.run = list,
};

static int find_mode(struct store *s, const char *word, void *object, struct err *err)
{
	return store_mode_find(s, word, object, err);
}

static const struct edit_noun noun = {
	.name = "mode",
	.keys = &mode_keys,
	.size = sizeof(struct mode),
	.name_offset = offsetof(struct mode, name),
	.find = find_mode,
};

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	struct effective e;
	struct mode m;

	if (!input_has(in, "rules"))
		return edit_noun_show(ctl, in, &noun, err);
	if (store_mode_find(ctl->store, input_arg(in, 0), &m, err) < 0 ||
		store_effective(ctl->store, 0, &m, &e, err) < 0)
		return -1;
	return rules_show(ctl, &e, err);
}

static const struct opt show_opts[] = {
	{ "rules", NULL, ARG_TEXT, "print how it handles calls, with KEY, VALUE and ORIGIN", 0 },
	{ 0 },
};

static const struct arg mode_args[] = { { "mode", ARG_MODE, 0 }, { 0 } };

const struct command cmd_mode_show = {
	.path = "mode show",
	.summary = "print the settings of a mode, or its call rules",
	.args = mode_args,
	.opts = show_opts,
	.columns = edit_columns,
	.noun = "mode",
	.needs = NEED_STORE,
	.run = show,
};

static int add_preset(struct ctl *ctl, struct err *err)
{
	size_t n = 0;

	for (const struct mode *m = model_freepbx_modes; *m->name; m++) {
		struct mode copy = *m;

		if (follow_mode_save(ctl->store, &copy, ctl->now, err) < 0)
			return -1;
		say("%s%s", n++ ? ", " : "added ", m->name);
	}
	putchar('\n');
	return 0;
}

/* The key=value words, sorted into those for the mode itself and those for its call rules. */
struct mode_words {
	const char **own, **rules;
	size_t own_n, rules_n;
};

static void words_sort(const struct input *in, struct mode_words *ret)
{
	size_t n;
	const char *const *words = input_many(in, &n);

	*ret = (struct mode_words){ xcalloc(n, sizeof(*words)), xcalloc(n, sizeof(*words)), 0, 0 };
	for (size_t i = 0; i < n; i++) {
		if (rules_edit_is(words[i]))
			ret->rules[ret->rules_n++] = words[i];
		else
			ret->own[ret->own_n++] = words[i];
	}
}

static void words_done(struct mode_words *w)
{
	free(w->own);
	free(w->rules);
}

static int save_all(struct ctl *ctl, struct mode *m, const struct mode_words *words,
	int (*edit_rules)(struct rules *, const char *const *, size_t, struct err *),
	struct err *err)
{
	struct rules rules;

	if (((!m->id || words->own_n) && follow_mode_save(ctl->store, m, ctl->now, err) < 0) ||
		store_mode_rules(ctl->store, m->id, &rules, err) < 0 ||
		edit_rules(&rules, words->rules, words->rules_n, err) < 0 ||
		rules_check_type(&rules, m->type, err) < 0)
		return -1;
	if (words->rules_n && follow_mode_rules_save(ctl->store, m, &rules, ctl->now, err) < 0)
		return -1;
	return edit_rules == rules_edit_set
		? rules_edit_notices(ctl, m, words->rules, words->rules_n, err)
		: 0;
}

static int add(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(words_done) struct mode_words words;
	const char *name = input_arg(in, 0), *preset = input_opt(in, "preset");
	struct mode m = { 0 };

	words_sort(in, &words);
	if (preset && name)
		return err_set(err, ERR_USAGE, "give either a name or --preset");
	if (!preset && !name)
		return err_set(
			err, ERR_USAGE, "the name of the new mode is missing, or --preset freepbx");
	if (preset && strcmp(preset, "freepbx") != 0)
		return err_set(err, ERR_USAGE, "no preset '%s'; there is: freepbx", preset);
	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (preset)
		return add_preset(ctl, err) < 0 ? -1 : store_commit(tx, err);
	text_copy(m.name, sizeof(m.name), name);
	keys_reset(&mode_keys, &m);
	text_copy(m.label, sizeof(m.label), name);
	if (edit_set(&mode_keys, &m, words.own, words.own_n, err) < 0 ||
		save_all(ctl, &m, &words, rules_edit_set, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static const struct arg add_args[] = {
	{ "name", ARG_NEW_NAME, ARG_OPTIONAL },
	{ "key=value", ARG_EDIT, ARG_OPTIONAL | ARG_MANY },
	{ 0 },
};

static const struct opt add_opts[] = {
	{ "preset", "PRESET", ARG_PRESET,
		"add a set of modes: freepbx (chat, extended-away, unavailable)", 0 },
	{ 0 },
};

const struct command cmd_mode_add = {
	.path = "mode add",
	.summary = "make a mode",
	.rules = true,
	.args = add_args,
	.opts = add_opts,
	.keys = &mode_keys,
	.needs = NEED_ENTRIES,
	.run = add,
};

static int change(struct ctl *ctl, const struct input *in,
	int (*edit)(const struct keys *, void *, const char *const *, size_t, struct err *),
	int (*edit_rules)(struct rules *, const char *const *, size_t, struct err *),
	struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(words_done) struct mode_words words;
	struct mode m;

	words_sort(in, &words);
	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_mode_find(tx, input_arg(in, 0), &m, err) < 0 ||
		edit(&mode_keys, &m, words.own, words.own_n, err) < 0 ||
		save_all(ctl, &m, &words, edit_rules, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static int set(struct ctl *ctl, const struct input *in, struct err *err)
{
	return change(ctl, in, edit_set, rules_edit_set, err);
}

static const struct arg set_args[] = { { "mode", ARG_MODE, 0 }, { "key=value", ARG_EDIT, ARG_MANY },
	{ 0 } };

const struct command cmd_mode_set = {
	.path = "mode set",
	.summary = "change settings of a mode",
	.details =
		"Users who are in the mode follow at once. It takes the keys of call rules too, as mode show --rules lists them. "
		"They hold for all users in the mode, but a user's own rule (see rule set) comes first.",
	.rules = true,
	.args = set_args,
	.keys = &mode_keys,
	.needs = NEED_ENTRIES,
	.run = set,
};

/* A key of a built-in mode goes back to its value in a new database. A key of any other mode goes back to its default. */
static int unset_keys(
	const struct keys *keys, void *object, const char *const *words, size_t n, struct err *err)
{
	const struct mode *origin = model_builtin_modes;
	struct mode *m = object;

	while (*origin->name && strcmp(origin->name, m->name) != 0)
		origin++;
	for (size_t i = 0; i < n; i++) {
		_cleanup_(strbuf_done) struct strbuf value = STRBUF_INIT;
		struct key_at at;

		if (!m->builtin || !*origin->name) {
			if (keys_unset(keys, object, words[i], err) < 0)
				return -1;
			continue;
		}
		if (keys_find(keys, words[i], &at, err) < 0)
			return -1;
		key_get(at.key, origin, &value);
		if (key_set(&at, object, value.s, err) < 0)
			return -1;
	}
	return 0;
}

static int unset(struct ctl *ctl, const struct input *in, struct err *err)
{
	return change(ctl, in, unset_keys, rules_edit_unset, err);
}

static const struct arg unset_args[] = { { "mode", ARG_MODE, 0 }, { "key", ARG_KEY, ARG_MANY },
	{ 0 } };

const struct command cmd_mode_unset = {
	.path = "mode unset",
	.summary = "put settings of a mode back to what they were",
	.details =
		"A key of a built-in mode gets the value that it has in a new database, a key of any other mode its default. So "
		"does a call rule.",
	.rules = true,
	.args = unset_args,
	.keys = &mode_keys,
	.needs = NEED_ENTRIES,
	.run = unset,
};

static int run_delete(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	const char *replacement_name = input_opt(in, "replace-with");
	struct mode m, replacement;
	int64_t uses;

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_mode_find(tx, input_arg(in, 0), &m, err) < 0 ||
		(replacement_name &&
			store_mode_find(tx, replacement_name, &replacement, err) < 0) ||
		store_mode_uses(tx, m.id, &uses, err) < 0)
		return -1;
	if (m.builtin)
		return err_set(err, ERR_USAGE,
			"mode '%s' is built in: it can be reset with 'mode unset', not deleted",
			m.name);
	if (replacement_name && replacement.id == m.id)
		return err_set(err, ERR_USAGE, "mode '%s' cannot replace itself", m.name);
	if (uses && !replacement_name)
		return err_set(err, ERR_FAILED,
			"mode '%s' is in use by %lld user%s; say --replace-with MODE", m.name,
			(long long)uses, uses == 1 ? "" : "s");
	if (follow_mode_delete(tx, &m, replacement_name ? &replacement : NULL, ctl->now, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static const struct opt delete_opts[] = {
	{ "replace-with", "MODE", ARG_MODE, "users of the mode get this one", 0 },
	{ 0 },
};

const struct command cmd_mode_delete = {
	.path = "mode delete",
	.summary = "delete a mode that is not built in",
	.args = mode_args,
	.opts = delete_opts,
	.needs = NEED_ENTRIES,
	.run = run_delete,
};
