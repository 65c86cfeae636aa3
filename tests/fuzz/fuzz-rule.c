/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any lines as "rule=value": what is taken is shown as it can be typed again, and fits an entry of AstDB or is refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calls/entry.h"
#include "tests/unit/entry-back.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *itself(void *ctx, const char *who)
{
	(void)ctx;
	return strlen(who) <= EXTENSION_MAX_LEN && !strpbrk(who, "-") ? who : NULL;
}

static void show(const struct rules *r, struct strbuf *to)
{
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;

	while (keys_next(&rule_keys, r, &p))
		strbuf_addf(to, "%s=%s\n", p.word.s, p.value.s);
}

/* Returns whether every line was taken. */
static bool read_lines(const char *lines, struct rules *r)
{
	_cleanup_(freep) char *copy = xstrdup(lines);
	char *rest = copy, *line;
	bool all = true;

	while ((line = strsep(&rest, "\n"))) {
		struct err err = { 0 };
		char *value = strchr(line, '=');

		if (!value) {
			if (*line && rules_unset(r, line, NULL) < 0)
				all = false;
			continue;
		}
		*value++ = '\0';
		if (rules_set(r, line, value, &err) == 0)
			continue;
		if (!*err.msg)
			abort();
		all = false;
	}
	return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(freep) char *text = xstrndup((const char *)bytes, n);
	_cleanup_(strbuf_done) struct strbuf shown = STRBUF_INIT, again = STRBUF_INIT,
					     entry = STRBUF_INIT;
	struct rules r = { 0 }, back = { 0 }, base;
	struct effective e;
	struct mode mode = { .name = "m", .type = PTYPE_AWAY }, got;

	(void)read_lines(text, &r);
	show(&r, &shown);
	if (!read_lines(shown.s, &back))
		abort();
	show(&back, &again);
	if (strcmp(shown.s, again.s) != 0)
		abort();
	rules_base("away", &base);
	rules_effective(&base, &r, &back, &e);
	if (e.rules.set != base.set)
		abort();
	if (entry_mode(&mode, &e.rules, itself, NULL, &entry, NULL) < 0)
		return entry.len ? abort(), 0 : 0;
	if (entry.len > ENTRY_MAX_LEN || entry_back_mode(entry.s, &got, &back, NULL) < 0)
		abort();
	return 0;
}
