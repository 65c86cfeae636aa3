/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/warning.h"

#include <stdio.h>

#include "lib/follow/inside.h"

bool follow_take_warning(struct store *s, char *to, size_t size)
{
	struct follow *f = store_follow(s);

	snprintf(to, size, "%s", f->warning);
	*f->warning = '\0';
	return *to;
}

void follow_warn(struct store *s, const char *about, const char *text)
{
	struct follow *f = store_follow(s);

	if (!*f->warning)
		snprintf(f->warning, sizeof(f->warning), "%s: %.400s", about, text);
}

int follow_tolerate(struct store *s, const char *about, const struct err *why, struct err *err)
{
	if (err_is_store(why)) {
		if (err)
			*err = *why;
		return -1;
	}
	follow_warn(s, about, why->msg);
	return 0;
}
