/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a line that is being typed. No candidate has a control character, and each begins with what was typed or is an end of
 * it. */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "cmd/presencectl/complete.h"
#include "cmd/presencectl/ctl.h"
#include "tests/fuzz/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct site *site;
	static int home; /* libFuzzer finds its files from here */
	_cleanup_(freep) char *line = xstrndup((const char *)bytes, n);
	struct ctl ctl = { .now = SITE_NOW };
	struct candidates list;

	if (!site) {
		site = site_fresh();
		home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		SITE_MUST(home < 0);
	}
	ctl.db_path = site->path;
	SITE_MUST(chdir(site->dir)); /* files to complete are those of the site */
	complete_line(&ctl, line, *line == 'p', &list);
	SITE_MUST(fchdir(home));
	for (size_t i = 0; i < list.n; i++) {
		if (text_has_control(list.c[i].value) || !text_is_utf8(list.c[i].value))
			abort();
	}
	candidates_done(&list);
	ctl_done(&ctl);
	return 0;
}
