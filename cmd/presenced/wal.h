/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wal.h - SQLite's log beside the database (FILE-wal) is emptied when it has become large. It grows as long as a program reads an old
 * state of the database, and SQLite by itself never makes it shorter. */
#ifndef WAL_H
#define WAL_H

#include <stdbool.h>

#include "lib/store/store.h"

struct wal {
	bool is_told; /* that it cannot be emptied */
};

bool wal_is_large(const struct store *s);
/* Empty it if it is large. It waits for nobody. Returns false if it has to be tried again. What cannot be done for long is logged, once. */
bool wal_step(struct wal *w, struct store *s);

#endif
