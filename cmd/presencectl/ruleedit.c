#include "cmd/presencectl/ruleedit.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/pure/field.h"

int rules_edit_set(struct rules *r, const char *const *words, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		char key[RULE_KEY_MAX_LEN + 1];
		const char *value;

		if (field_split(words[i], key, sizeof(key), &value, err) < 0 ||
			rules_set(r, key, value, err) < 0)
			return -1;
	}
	return 0;
}

int rules_edit_unset(struct rules *r, const char *const *keys, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (rules_unset(r, keys[i], err) < 0)
			return -1;
	}
	return 0;
}

bool rules_edit_is(const char *word)
{
	size_t n = strcspn(word, "=");

	if (!strncmp(word, QUEUE_PREFIX, strlen(QUEUE_PREFIX)))
		return true;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (strlen(rule_table[i].name) == n && !strncmp(rule_table[i].name, word, n))
			return true;
	}
	return false;
}

int rules_edit_queues(struct ctl *ctl, const char *const *words, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		char key[RULE_KEY_MAX_LEN + 1];
		const char *value;
		struct queue q;
		struct err why;

		if (strncmp(words[i], QUEUE_PREFIX, strlen(QUEUE_PREFIX)) != 0 ||
			field_split(words[i], key, sizeof(key), &value, &why) < 0 ||
			store_queue_find(ctl->store, key + strlen(QUEUE_PREFIX), &q, &why) == 0)
			continue;
		if (why.code == ERR_USAGE)
			continue; /* on several PBXs */
		if (why.code != ERR_NOT_FOUND) {
			if (err)
				*err = why;
			return -1;
		}
		ctl_notice("%s (%s is kept, for when there is one)", why.msg, key);
	}
	return 0;
}

const struct column rules_columns[] = {
	{ "KEY", 0, "as in rule set and mode set" },
	{ "VALUE", 0, "its value" },
	{ "ORIGIN", 0, "who says so: built-in, mode or user" },
	{ "HELP", COLUMN_HIDDEN, "what it is" },
	{ 0 },
};

int rules_show(struct ctl *ctl, const struct effective *e, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	struct rule_value v = { .value = STRBUF_INIT };

	if (out_new(rules_columns, "rules", &ctl->out, &out, err) < 0)
		return -1;
	for (size_t i = 0; rules_each(&e->rules, i, &v); i++) {
		enum origin origin =
			v.id == RULE_QUEUES ? e->queue_origin[v.queue] : e->origin[v.id];

		out_row(out);
		out_text(out, 0, v.key);
		out_text(out, 1, v.value.len ? v.value.s : NULL);
		out_text(out, 2, origin_name(origin));
		out_text(out, 3, rule_table[v.id].help);
	}
	strbuf_done(&v.value);
	return out_print(out, stdout, err);
}
