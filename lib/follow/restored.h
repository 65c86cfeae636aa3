/* SPDX-License-Identifier: GPL-3.0-or-later */
/* restored.h - a copy of the database that takes its place: what is no longer true in it. */
#ifndef FOLLOW_RESTORED_H
#define FOLLOW_RESTORED_H

#include "lib/follow/follow.h"
#include "lib/follow/prefix.h"

enum { RESTORED_SIZE = 64 };

/* Make a copy ready before it takes the place of `database`. What the PBXs held when it was made counts as unknown, so all of it is
 * read from them. Everybody's mode is decided again. `file` goes to the log. `stamp`: who has the database open sees by it
 * that its content is another one. */
int follow_restored(struct store *s, const struct prefixes *prefixes, const char *file,
	const char *database, const char *stamp, int64_t now, struct err *err) MUST_CHECK;
/* Decide everything again in a database whose rows were saved from a damaged one. */
int follow_salvaged(struct store *s, int64_t now, struct err *err) MUST_CHECK;
/* The stamp of the copy that was restored last; "": none was. */
int follow_restored_get(struct store *s, char ret[RESTORED_SIZE], struct err *err) MUST_CHECK;

#endif
