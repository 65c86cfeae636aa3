/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the address of a calendar: what is shown of it holds nothing of path, query or password. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calendar/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(freep) char *text = xstrndup((const char *)bytes, n);
	_cleanup_(strbuf_done) struct strbuf shown = STRBUF_INIT, put = STRBUF_INIT;
	struct err err = { 0 };
	struct url u, again;

	url_show(text, &shown);
	if (text_has_control(shown.s) || !text_is_utf8(shown.s) || shown.len > 200)
		abort();
	if (url_parse(text, &u, &err) < 0)
		return *err.msg ? 0 : -1;
	if (shown.len < u.scheme.n + 3 + 4 || strpbrk(shown.s + u.scheme.n + 3, "@?#\\"))
		abort();
	url_put(&u, u.user, &put);
	if (put.len <= URL_MAX && url_parse(put.s, &again, NULL) < 0)
		abort();
	if (put.len <= URL_MAX &&
		(!url_is_same_origin(&u, &again) || strcmp(u.rest, again.rest) != 0))
		abort();
	return 0;
}
