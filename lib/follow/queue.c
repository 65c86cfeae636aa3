/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/queue.h"

#include <stdio.h>

#include "lib/follow/member.h"
#include "lib/follow/record.h"
#include "lib/presence/noun-keys.h"

static int refuse(void *data, const struct queue_misfit *m)
{
	struct err *err = data;

	if (m->other_pbx)
		return err_set(err, ERR_USAGE,
			"queue '%s' is on PBX '%s' and user '%s' on '%s', and a queue has users of its own PBX only",
			m->queue, m->queue_pbx, m->user, m->user_pbx);
	if (m->no_device)
		return err_set(err, ERR_USAGE,
			"queue '%s' calls devices, and user '%s' has none; one is given by:"
			" presencectl user set %s devices.desk=PJSIP/%s",
			m->queue, m->user, m->user, m->extension);
	return err_set(err, ERR_USAGE,
		"queue '%s' calls devices, and users '%s' and '%s' have the same first one, %s",
		m->queue, m->user, m->same, m->dial);
}

/* The user is in the queue already, and an edit of something else makes them a misfit. */
static int refuse_who_is_in(void *data, const struct queue_misfit *m)
{
	struct err *err = data;

	refuse(err, m);
	err_hint(
		err, "; to take the user out: presencectl queue unassign %s %s", m->queue, m->user);
	return -1;
}

int follow_queue_check_user(struct store *s, int64_t user_id, struct err *err)
{
	return store_queue_misfit_of_user(s, user_id, refuse_who_is_in, err, err);
}

int follow_queue_save(struct store *s, struct queue *q, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };
	bool is_new = q->id == 0;
	struct queue was;
	struct edit edit = { is_new ? "queue add" : "queue set", q->name, &queue_keys,
		is_new ? NULL : &was, q, sizeof(was), NULL };

	if ((!is_new && store_queue_get(s, q->id, &was, err) < 0) ||
		store_queue_write(s, q, err) < 0)
		return -1;
	if (!is_new &&
		(store_queue_misfit(s, q->id, refuse_who_is_in, err, err) < 0 ||
			store_queue_user_ids(s, q->id, &users, err) < 0 ||
			follow_members_refresh(s, &users, err) < 0))
		return -1;
	return follow_record_edit(s, &edit, now, err);
}

int follow_queue_delete(
	struct store *s, const struct queue *q, int64_t now, size_t *ret_n, struct err *err)
{
	struct edit edit = { "queue delete", q->name, &queue_keys, q, NULL, sizeof(*q), NULL };
	_cleanup_(ids_done) struct ids users = { 0 };

	if (store_queue_user_ids(s, q->id, &users, err) < 0 ||
		follow_record_members(s, &users, now, "queue delete", "queue", q->name, err) < 0 ||
		store_queue_delete(s, q->id, err) < 0 || follow_members_refresh(s, &users, err) < 0)
		return -1;
	*ret_n = users.n;
	return follow_record_edit(s, &edit, now, err);
}

enum { SEAT_SIZE = NAME_MAX_LEN + 32 };

/* What the log says of a user in a queue. NULL: they are not in it. */
static const char *seat(const struct queue *q, int64_t penalty, char ret[SEAT_SIZE])
{
	if (penalty == PENALTY_ABSENT)
		return NULL;
	if (penalty < 0)
		snprintf(ret, SEAT_SIZE, "%s", q->name);
	else
		snprintf(ret, SEAT_SIZE, "%s, penalty %lld", q->name, (long long)penalty);
	return ret;
}

int follow_queue_assign(struct store *s, const struct queue *q, const struct user *u,
	int64_t penalty, int64_t now, enum queue_change *ret, struct err *err)
{
	char was[SEAT_SIZE], is[SEAT_SIZE];
	int64_t before;

	if (store_queue_penalty(s, q->id, u->id, &before, err) < 0 ||
		store_queue_assign(s, q->id, u->id, penalty, ret, err) < 0)
		return -1;
	if (*ret == QUEUE_SAME)
		return 0;
	if (store_queue_misfit_of_user(s, u->id, refuse, err, err) < 0 ||
		follow_member_refresh(s, u->id, err) < 0)
		return -1;
	return follow_record(s, now, "queue assign", u->name, "queue", seat(q, before, was),
		seat(q, penalty, is), err);
}

int follow_queue_unassign(struct store *s, const struct queue *q, const struct user *u, int64_t now,
	bool *ret_changed, struct err *err)
{
	char was[SEAT_SIZE];
	int64_t before;

	if (store_queue_penalty(s, q->id, u->id, &before, err) < 0 ||
		store_queue_unassign(s, q->id, u->id, ret_changed, err) < 0)
		return -1;
	if (!*ret_changed)
		return 0;
	if (follow_member_refresh(s, u->id, err) < 0)
		return -1;
	return follow_record(
		s, now, "queue unassign", u->name, "queue", seat(q, before, was), NULL, err);
}
