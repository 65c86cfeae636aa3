/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.h - reading the IDs that a statement finds. Only the files of the store may include it. */
#ifndef STORE_IDS_H
#define STORE_IDS_H

#include "lib/base/ids.h"
#include "lib/binding/db.h"

/* Add the first column of all rows to `ret`, then end the rows. If `rows` is NULL, the query has failed: -1. */
int store_ids_read(struct db_rows *rows, struct ids *ret, struct err *err) MUST_CHECK;

#endif
