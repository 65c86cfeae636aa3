/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/ids.h"

int store_ids_read(struct db_rows *rows, struct ids *ret, struct err *err)
{
	int r;

	while ((r = db_next(rows, err)) > 0)
		ids_add(ret, db_int(rows, 0));
	db_done(rows);
	return r;
}
