/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an entry that somebody wrote into the PBX: what is taken is what we would have written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calls/entry.h"
#include "tests/unit/entry-back.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void try_user(const char *entry)
{
	_cleanup_(strbuf_done) struct strbuf again = STRBUF_INIT;
	_cleanup_(freep) struct user *u = xcalloc(1, sizeof(*u));
	struct back_user got;
	struct err err = { 0 };

	if (entry_back_user(entry, &got, &err) < 0) {
		if (!*err.msg || err.code != ERR_FAILED)
			abort();
		return;
	}
	if (strlen(got.mobile) > NUMBER_MAX_LEN)
		return;
	text_copy(u->name, sizeof(u->name), "alice");
	text_copy(u->extension, sizeof(u->extension), got.extension);
	text_copy(u->mailbox, sizeof(u->mailbox), got.mailbox);
	text_copy(u->mobile, sizeof(u->mobile), got.mobile);
	text_copy(u->mode, sizeof(u->mode), got.mode);
	u->devices_n = got.devices_n;
	memcpy(u->devices, got.devices, sizeof(u->devices));
	if (entry_user(u, "", &again, NULL) < 0 || strcmp(again.s, entry) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(freep) char *entry = xstrndup((const char *)bytes, n);
	_cleanup_(strbuf_done) struct strbuf again = STRBUF_INIT;
	struct err err = { 0 };
	struct mode mode = { .name = "m" };
	struct rules r;

	try_user(entry);
	if (entry_back_mode(entry, &mode, &r, &err) < 0) {
		if (!*err.msg || err.code != ERR_FAILED)
			abort();
		return 0;
	}
	if (entry_mode(&mode, &r, back_itself, NULL, &again, NULL) < 0 ||
		strcmp(again.s, entry) != 0)
		abort();
	return 0;
}
