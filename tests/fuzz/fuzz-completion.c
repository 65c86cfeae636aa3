/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a line that is being typed. No candidate has a control character, and each begins with what was typed or is an end of
 * it. */
#include <stdint.h>

#include "cmd/presencectl/complete.h"
#include "cmd/presencectl/ctl.h"
#include "tests/fuzz/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct site *site;
	_cleanup_(freep) char *line = xstrndup((const char *)bytes, n);
	struct ctl ctl = { .now = SITE_NOW };
	struct candidates list;

	if (!site) {
		site = site_fresh();
		SITE_MUST(chdir(site->dir)); /* files to complete are those of the site */
	}
	ctl.db_path = site->path;
	complete_line(&ctl, line, *line == 'p', &list);
	for (size_t i = 0; i < list.n; i++) {
		if (text_has_control(list.c[i].value) || !text_is_utf8(list.c[i].value))
			abort();
	}
	candidates_done(&list);
	ctl_done(&ctl);
	return 0;
}
