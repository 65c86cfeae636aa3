/* SPDX-License-Identifier: GPL-3.0-or-later */
/* greeting.h - the rows of greetings: which users have recorded one for which mode, as presenced has read it on the PBX last. */
#ifndef STORE_GREETING_H
#define STORE_GREETING_H

#include "lib/store/store.h"

enum { GREETING_KEY_MAX_LEN = EXTENSION_MAX_LEN + 1 + NAME_MAX_LEN }; /* 1001.lunch-break */

/* The greetings of a PBX are these now. Nothing is written if they were these before. Outside a transaction. */
int store_greetings_write(struct store *s, const char *pbx,
	const char (*keys)[GREETING_KEY_MAX_LEN + 1], size_t n, struct err *err) MUST_CHECK;
/* Give the modes for which an extension has one, by name. */
int store_greetings_of(struct store *s, const char *pbx, const char *extension,
	int (*fn)(void *data, const char *mode), void *data, struct err *err);

#endif
