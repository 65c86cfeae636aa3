/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a destination: what is taken prints as itself, and nothing of it means anything to the dialplan. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calls/destination.h"
#include "tests/unit/entry-back.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *lookup(void *ctx, const char *who)
{
	(void)ctx;
	return strlen(who) % 2 ? "1001" : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(freep) char *text = xstrndup((const char *)bytes, n);
	_cleanup_(strbuf_done) struct strbuf print = STRBUF_INIT, again = STRBUF_INIT,
					     token = STRBUF_INIT;
	struct err err = { 0 };
	struct destination d, back;

	if (back_destination(text, &d, NULL) == 0) {
		if (destination_compile(&d, back_itself, NULL, &token, NULL) < 0 ||
			strcmp(token.s, text) != 0)
			abort();
		strbuf_cut(&token, 0);
	}
	if (destination_parse(text, &d, &err) < 0) {
		if (!*err.msg)
			abort();
		return 0;
	}
	destination_print(&d, &print);
	if (destination_parse(print.s, &back, NULL) < 0)
		abort();
	destination_print(&back, &again);
	if (strcmp(print.s, again.s) != 0 || d.kind != back.kind)
		abort();
	if (destination_compile(&d, lookup, NULL, &token, NULL) < 0)
		return token.len ? abort(), 0 : 0;
	if (!text_is_of(token.s, TEXT_ALNUM "._@:+*#/-", 2 * DESTINATION_MAX_LEN) ||
		back_destination(token.s, &back, NULL) < 0)
		abort();
	return 0;
}
