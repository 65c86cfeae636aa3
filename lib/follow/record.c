/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/record.h"

#include <stdio.h>

#include "lib/base/mem.h"
#include "lib/store/log.h"
#include "lib/store/user.h"

struct recording {
	struct store *s;
	const struct edit *edit;
	int64_t now;
	size_t n;
	struct err *err;
};

static int add(void *data, const char *word, const char *before, const char *after)
{
	struct recording *r = data;
	const struct edit *edit = r->edit;
	char key[NAME_MAX_LEN + KEY_WORD_SIZE];

	r->n++;
	snprintf(key, sizeof(key), "%s%s%s", edit->mode ? edit->mode : "", edit->mode ? " " : "",
		word);
	return follow_record(r->s, r->now, edit->what, edit->subject, key,
		edit->before ? before : NULL, edit->after ? after : NULL, r->err);
}

int follow_record_edit(struct store *s, const struct edit *edit, int64_t now, struct err *err)
{
	_cleanup_(freep) void *empty = xcalloc(1, edit->size);
	struct recording r = { s, edit, now, 0, err };

	keys_reset(edit->keys, empty);
	if (keys_each_change(edit->keys, edit->before ? edit->before : empty,
		    edit->after ? edit->after : empty, add, &r) < 0)
		return -1;
	if (r.n || (edit->before && edit->after))
		return 0;
	return follow_record(s, now, edit->what, edit->subject, NULL, NULL, NULL, err);
}

int follow_record(struct store *s, int64_t now, const char *what, const char *subject,
	const char *key, const char *before, const char *after, struct err *err)
{
	return store_log(s,
		&(struct log_record){ .at = now,
			.what = what,
			.subject = subject,
			.key = key,
			.before = before,
			.after = after },
		err);
}

int follow_record_members(struct store *s, const struct ids *users, int64_t now, const char *what,
	const char *key, const char *name, struct err *err)
{
	store_hold(s);
	for (size_t i = 0; i < users->n; i++) {
		char user[NAME_MAX_LEN + 1];

		if (store_user_name(s, users->ids[i], user, err) < 0 ||
			follow_record(s, now, what, user, key, name, NULL, err) < 0)
			return -1;
	}
	return store_flush(s, err);
}

void follow_group_subject(const char *group, char ret[GROUP_SUBJECT_SIZE])
{
	snprintf(ret, GROUP_SUBJECT_SIZE, "@%s", group);
}
