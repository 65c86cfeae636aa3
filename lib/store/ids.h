/* ids.h - IDs that a statement finds. For the files of the store only. */
#ifndef STORE_IDS_H
#define STORE_IDS_H

#include "lib/store/store.h"
#include "lib/binding/db.h"

/* Add the first column of all rows to `ret`, and end them. `rows` may be NULL: -1. */
int store_ids_read(struct db_rows *rows, struct ids *ret, struct err *err) MUST_CHECK;

#endif
