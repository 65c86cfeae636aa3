/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/mode.h"

#include "lib/follow/entry.h"
#include "lib/follow/inside.h"
#include "lib/follow/later.h"
#include "lib/follow/record.h"
#include "lib/follow/resolve.h"
#include "lib/presence/noun-keys.h"
#include "lib/store/mode.h"

int follow_mode_save(struct store *s, struct mode *m, int64_t now, struct err *err)
{
	bool is_new = m->id == 0;
	struct mode was;
	struct edit edit = { is_new ? "mode add" : "mode set", m->name, &mode_keys,
		is_new ? NULL : &was, m, sizeof(was), NULL };

	if ((!is_new && store_mode_get(s, m->id, &was, err) < 0) || store_mode_write(s, m, err) < 0)
		return -1;
	follow_forget(s);
	if (follow_mode_entry(s, m, err) < 0 || follow_record_edit(s, &edit, now, err) < 0)
		return -1;
	return is_new ? 0 : follow_users_in_mode_later(s, m->id, now, "mode set", err);
}

int follow_mode_delete(struct store *s, const struct mode *m, const struct mode *instead,
	int64_t now, struct err *err)
{
	struct edit edit = { "mode delete", m->name, &mode_keys, m, NULL, sizeof(*m), NULL };

	follow_forget(s);
	if (instead) {
		if (store_mode_replace(s, m, instead, err) < 0)
			return -1;
		follow_forget(s);
		if (follow_users_in_mode(s, m->id, now, "mode delete", err) < 0)
			return -1;
	}
	if (follow_mode_entry_release(s, m, err) < 0 || store_mode_delete(s, m->id, err) < 0)
		return -1;
	follow_forget(s);
	if (instead &&
		follow_record(s, now, "mode delete", m->name, "replaced by", NULL, instead->name,
			err) < 0)
		return -1;
	return follow_record_edit(s, &edit, now, err);
}
