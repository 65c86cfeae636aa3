/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/wal.h"

#include "cmd/presenced/log.h"

enum { LARGE = 16 << 20 };

bool wal_is_large(const struct store *s)
{
	return store_wal_size(s) > LARGE;
}

bool wal_step(struct wal *w, struct store *s)
{
	int64_t size = store_wal_size(s);
	struct err err;

	if (size <= LARGE || store_empty_wal(s, &err) == 0) {
		if (w->is_told)
			log_info("'%s-wal' is small again", store_path(s));
		w->is_told = false;
		return true;
	}
	if (size > STORE_WAL_WARN && !w->is_told) {
		w->is_told = true;
		log_warning("'%s-wal' has %lld MB and cannot be emptied: %s", store_path(s),
			(long long)(size >> 20), err.msg);
	}
	return false;
}
