/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any lines as "key=value" of a noun, which the first byte chooses: what is taken is shown as it can be typed again, and what is refused changes nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/presence/noun-keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

union noun {
	struct mode mode;
	struct user user;
	struct schedule schedule;
	struct calendar_info calendar;
	struct queue queue;
};

static void show(const struct keys *keys, const union noun *noun, struct strbuf *to)
{
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;

	while (keys_next(keys, noun, &p))
		strbuf_addf(to, "%s=%s\n", p.word.s, p.value.s);
}

static void edit(const struct keys *keys, union noun *noun, const char *line)
{
	union noun *before = xcalloc(1, sizeof(*before));
	char key[KEY_WORD_SIZE];
	struct err err = { 0 };
	const char *value;
	int r;

	*before = *noun;
	if (strchr(line, '='))
		r = key_split(line, key, &value, &err) < 0 ? -1
							   : keys_set(keys, noun, key, value, &err);
	else
		r = keys_unset(keys, noun, line, &err);
	if (r < 0 && (!*err.msg || memcmp(noun, before, sizeof(*noun)) != 0))
		abort();
	free(before);
}

/* Each value that is set, into an object that has none. */
static void copy(const struct keys *keys, const union noun *from, union noun *to)
{
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;

	while (keys_next(keys, from, &p)) {
		bool missing = !p.value.len && !p.key->fallback;

		if (!missing && keys_set(keys, to, p.word.s, p.value.s, NULL) != 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct keys *const tables[] = { &mode_keys, &user_keys, &schedule_keys,
		&calendar_keys, &queue_keys };
	_cleanup_(strbuf_done) struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
	_cleanup_(freep) union noun *noun = xcalloc(1, sizeof(*noun));
	_cleanup_(freep) union noun *again = xcalloc(1, sizeof(*again));
	_cleanup_(freep) char *text = NULL;
	const struct keys *keys;
	char *rest, *line;

	if (!n)
		return 0;
	keys = tables[bytes[0] % ARRAY_SIZE(tables)];
	keys_reset(keys, noun);
	rest = text = xstrndup((const char *)bytes + 1, n - 1);
	while ((line = strsep(&rest, "\n")))
		edit(keys, noun, line);
	show(keys, noun, &first);
	copy(keys, noun, again);
	show(keys, again, &second);
	if (strcmp(first.s, second.s) != 0)
		abort();
	return 0;
}
