/* SPDX-License-Identifier: GPL-3.0-or-later */
/* family.h - a small family of AstDB that is read after a login, and again when the dialplan says that it has changed. It says so with
 * a device state of its own: an event that may be forged, so the whole family is read again. */
#ifndef FAMILY_H
#define FAMILY_H

#include "lib/sync/turn.h"

struct family {
	const char *name; /* presence-greeting */
	const char *hint; /* the device state: Custom:greetings */
	bool due, busy;   /* to be read; being read */
	int64_t not_before_ms;
};

/* A session begins: nothing has been read. */
void family_reset(struct family *f);
void family_event(struct family *f, const struct amimsg *m);

bool family_is_due(const struct family *f, const struct turn *t);
/* When it is due if it is not now; INT64_MAX: not by the clock. */
int64_t family_deadline(const struct family *f, int64_t now_ms);
/* Ask for the list. */
int family_step(struct family *f, const struct turn *t, uint64_t tag, struct err *err) MUST_CHECK;
/* The key of an item of the list: 1001.away. NULL if the item is of another family. */
const char *family_key(const struct family *f, const struct amimsg *m);
/* The list has ended. It is read again only so much later, also if it is due before; `again`: it is due. */
void family_end(struct family *f, bool again, int64_t now_ms, int64_t pause_ms);

#endif
