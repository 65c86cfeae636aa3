/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mode.h - what follows when modes change. */
#ifndef FOLLOW_MODE_H
#define FOLLOW_MODE_H

#include "lib/store/store.h"

/* id 0 adds a mode. Users in the mode are resolved. ERR_USAGE if another mode has the name or alias. */
int follow_mode_save(struct store *s, struct mode *m, int64_t now, struct err *err) MUST_CHECK;
/* All that uses mode `m` uses `instead` from now on. NULL if nothing uses it. */
int follow_mode_delete(struct store *s, const struct mode *m, const struct mode *instead,
	int64_t now, struct err *err) MUST_CHECK;

#endif
