/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/phones.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/store/activity.h"

enum {
	LISTED_MAX = 1000000, /* the states of more devices are asked for one by one */
	MISSED_MAX = 1000,    /* devices; if there are more, all users are read again */
	NOTED_FIRST = 4096,   /* so many IDs, then those that repeat are dropped */
	ROOM = 50,            /* in the window that is worth a write */
	RETRY_MS = 1000,      /* the database was locked */
};

/* A device of the list. */
struct listed {
	char *name;
	enum activity activity;
};

/* A user of the round. */
struct reading {
	int64_t user_id;
	int64_t edits;
	enum activity was;
	int now; /* of enum activity, or -1: no device has been read yet */
};

/* A device of theirs whose state is asked for. */
struct question {
	size_t reading;
	char device[DIAL_MAX_LEN + 1];
};

struct phones {
	const struct conf_pbx *pbx;
	struct store *store;
	bool is_on;           /* the lists have been read */
	bool has_to_forget;   /* what is written is of another session */
	int64_t forget_ms;    /* when to try that */
	struct listed *lists; /* sorted by name, until all users have been looked at */
	size_t lists_n, lists_cap;
	int64_t walked;   /* users up to this ID have been looked at; INT64_MAX: all */
	bool look;        /* users may have been edited */
	size_t written;   /* how often something new was written */
	struct ids noted; /* users who are to be read; some repeat */
	/* Devices of which an event told, but the database did not say whose they are. */
	char (*missed)[DIAL_MAX_LEN + 1];
	size_t missed_n, missed_cap;
	size_t noted_most; /* then those that repeat are dropped */

	/* The round. */
	struct reading *readings;
	size_t readings_n, readings_cap;
	struct question *questions;
	size_t questions_n, questions_cap, sent, answered;
	int64_t next_ms; /* when the next one may begin, or this one may be written */
};

struct phones *phones_new(const struct conf_pbx *pbx, struct store *store)
{
	struct phones *p = xcalloc(1, sizeof(*p));

	p->pbx = pbx;
	p->store = store;
	p->has_to_forget = true;
	p->noted_most = NOTED_FIRST;
	return p;
}

static void forget_lists(struct phones *p)
{
	for (size_t i = 0; i < p->lists_n; i++)
		free(p->lists[i].name);
	free(p->lists);
	p->lists = NULL;
	p->lists_n = p->lists_cap = 0;
}

static void end_round(struct phones *p)
{
	free(p->readings);
	free(p->questions);
	p->readings = NULL;
	p->questions = NULL;
	p->readings_n = p->readings_cap = p->questions_n = p->questions_cap = 0;
	p->sent = p->answered = 0;
}

void phones_free(struct phones *p)
{
	if (!p)
		return;
	forget_lists(p);
	end_round(p);
	ids_done(&p->noted);
	free(p->missed);
	free(p);
}

void phones_reset(struct phones *p)
{
	forget_lists(p);
	end_round(p);
	ids_done(&p->noted);
	p->missed_n = 0;
	p->noted_most = NOTED_FIRST;
	p->has_to_forget |= p->is_on;
	p->is_on = p->look = false;
	p->forget_ms = 0;
}

int phones_forget(struct phones *p, int64_t now_ms, struct err *err)
{
	if (!p->has_to_forget || now_ms < p->forget_ms)
		return 0;
	p->forget_ms = now_ms + RETRY_MS;
	if (store_activity_forget(p->store, p->pbx->name, err) < 0)
		return -1;
	p->has_to_forget = false;
	p->written++;
	return 0;
}

size_t phones_written(const struct phones *p)
{
	return p->written;
}

/* The list after a login. */

void phones_list(struct phones *p, const struct amimsg *m)
{
	enum activity activity;
	const char *device = activity_from_event(m, &activity);

	if (!device || p->lists_n == LISTED_MAX)
		return;
	p->lists = mem_grow(p->lists, &p->lists_cap, p->lists_n + 1, sizeof(*p->lists));
	p->lists[p->lists_n++] = (struct listed){ xstrdup(device), activity };
}

static int by_name(const void *a, const void *b)
{
	return strcasecmp(((const struct listed *)a)->name, ((const struct listed *)b)->name);
}

void phones_listed(struct phones *p)
{
	if (p->lists_n)
		qsort(p->lists, p->lists_n, sizeof(*p->lists), by_name);
	p->walked = 0;
	p->is_on = p->look = true;
	p->next_ms = 0;
}

static const struct listed *find_listed(const struct phones *p, char *device)
{
	const struct listed key = { .name = device };

	return p->lists_n ? bsearch(&key, p->lists, p->lists_n, sizeof(key), by_name) : NULL;
}

/* Users to be read. */

static void miss(struct phones *p, const char *device)
{
	p->look = true;
	for (size_t i = 0; i < p->missed_n; i++) {
		if (!strcasecmp(p->missed[i], device))
			return;
	}
	if (p->missed_n == MISSED_MAX) {
		p->missed_n = 0;
		p->walked = 0;
		return;
	}
	p->missed = mem_grow(p->missed, &p->missed_cap, p->missed_n + 1, sizeof(*p->missed));
	text_copy(p->missed[p->missed_n++], sizeof(*p->missed), device);
}

int phones_event(struct phones *p, const struct amimsg *m, struct err *err)
{
	enum activity activity;
	const char *device = activity_from_event(m, &activity);

	if (!device)
		return 0;
	if (p->noted.n >= p->noted_most) {
		ids_unique(&p->noted);
		p->noted_most = 2 * p->noted.n + NOTED_FIRST;
	}
	if (store_activity_users(p->store, p->pbx->name, device, &p->noted, err) == 0)
		return 0;
	miss(p, device);
	return -1;
}

void phones_look(struct phones *p)
{
	p->look = true;
}

/* Take the users of the next round: after a login those who have not been looked at, later those who are noted. */
static int take_users(struct phones *p, struct ids *ret, struct err *err)
{
	if (p->walked < INT64_MAX) {
		if (store_activity_next(
			    p->store, p->pbx->name, p->walked, PHONES_ROUND_USERS, ret, err) < 0)
			return -1;
		p->walked = ret->n < PHONES_ROUND_USERS ? INT64_MAX : ret->ids[ret->n - 1];
		return 0;
	}
	if (p->noted.n)
		ids_unique(&p->noted);
	while (ret->n < p->noted.n && ret->n < PHONES_ROUND_USERS)
		ids_add(ret, p->noted.ids[ret->n]);
	p->noted.n -= ret->n;
	if (p->noted.n)
		memmove(p->noted.ids, p->noted.ids + ret->n, p->noted.n * sizeof(*p->noted.ids));
	return 0;
}

/* The round. */

static void see(struct reading *r, enum activity activity)
{
	if ((int)activity > r->now)
		r->now = (int)activity;
}

static int add_device(void *data, const struct activity_known *d)
{
	struct phones *p = data;
	struct question q;
	const struct listed *listed;

	if (!p->readings_n || p->readings[p->readings_n - 1].user_id != d->user_id) {
		p->readings = mem_grow(
			p->readings, &p->readings_cap, p->readings_n + 1, sizeof(*p->readings));
		p->readings[p->readings_n++] = (struct reading){ d->user_id, d->edits, d->was, -1 };
	}
	q.reading = p->readings_n - 1;
	if (!d->dial || !activity_device(d->dial, q.device))
		return 0;
	listed = find_listed(p, q.device);
	if (listed) {
		see(&p->readings[q.reading], listed->activity);
		return 0;
	}
	p->questions = mem_grow(
		p->questions, &p->questions_cap, p->questions_n + 1, sizeof(*p->questions));
	p->questions[p->questions_n++] = q;
	return 0;
}

/* The list is of the login: later rounds ask. */
static int begin_round(struct phones *p, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };

	if (take_users(p, &who, err) < 0)
		return -1;
	if (store_activity_devices(p->store, &who, add_device, p, err) < 0) {
		end_round(p);
		for (size_t i = 0; i < who.n; i++)
			ids_add(&p->noted, who.ids[i]);
		return -1;
	}
	if (p->walked == INT64_MAX)
		forget_lists(p);
	return 0;
}

static void ask(struct phones *p, const struct turn *t, uint64_t tag)
{
	char variable[DIAL_MAX_LEN + sizeof("DEVICE_STATE()")];
	const char *const fields[] = { "Action", "Getvar", "Variable", variable, NULL };
	struct err err;

	while (p->sent < p->questions_n && ami_room(t->ami) > 0) {
		snprintf(variable, sizeof(variable), "DEVICE_STATE(%s)",
			p->questions[p->sent].device);
		/* A device that cannot be asked for is of unknown state. */
		if (turn_send(t, tag + p->sent, fields, &err) < 0) {
			see(&p->readings[p->questions[p->sent].reading], ACTIVITY_UNKNOWN);
			p->answered++;
		}
		p->sent++;
	}
}

void phones_answer(struct phones *p, uint64_t number, const struct answer *answer)
{
	if (number >= p->sent)
		return;
	see(&p->readings[p->questions[number].reading],
		answer->ok ? activity_of_state(amimsg_text(answer->message, "Value"))
			   : ACTIVITY_UNKNOWN);
	p->answered++;
}

static bool is_news(const struct reading *r)
{
	return r->edits || (r->now < 0 ? ACTIVITY_UNKNOWN : r->now) != (int)r->was;
}

static int write_news(struct phones *p, int64_t now, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	for (size_t i = 0; i < p->readings_n; i++) {
		const struct reading *r = &p->readings[i];
		const struct activity_found found = {
			.user_id = r->user_id,
			.activity = r->now < 0 ? ACTIVITY_UNKNOWN : (enum activity)r->now,
			.since = now,
			.edits = r->edits,
		};

		if (!is_news(r))
			continue;
		if (!tx) {
			if (store_begin(p->store, err) < 0)
				return -1;
			tx = p->store;
			store_hold(tx);
		}
		if (store_activity_write(tx, p->pbx->name, &found, err) < 0)
			return -1;
	}
	if (tx && (store_flush(tx, err) < 0 || store_commit(tx, err) < 0))
		return -1;
	p->written += tx != NULL;
	return 0;
}

static bool is_answered(const struct phones *p)
{
	return p->readings_n && p->answered == p->questions_n;
}

static bool has_work(const struct phones *p)
{
	return p->is_on && (p->walked < INT64_MAX || p->noted.n);
}

static int look(struct phones *p, struct err *err)
{
	if (!p->look || !p->is_on)
		return 0;
	for (; p->missed_n; p->missed_n--) {
		if (store_activity_users(
			    p->store, p->pbx->name, p->missed[p->missed_n - 1], &p->noted, err) < 0)
			return -1;
	}
	if (store_activity_edited(p->store, p->pbx->name, &p->noted, err) < 0)
		return -1;
	p->look = false;
	return 0;
}

bool phones_is_due(const struct phones *p, const struct turn *t)
{
	size_t left = p->questions_n - p->sent;

	if (p->look && p->is_on)
		return true;
	if (left)
		return ami_room(t->ami) >= (left < ROOM ? left : ROOM);
	return (p->readings_n ? is_answered(p) : has_work(p)) && t->now.ms >= p->next_ms;
}

int64_t phones_deadline(const struct phones *p)
{
	if (p->has_to_forget)
		return p->forget_ms;
	if (p->look && p->is_on)
		return 0;
	return (p->readings_n ? is_answered(p) : has_work(p)) ? p->next_ms : INT64_MAX;
}

int phones_step(struct phones *p, const struct turn *t, uint64_t tag, struct err *err)
{
	if (look(p, err) < 0)
		return -1;
	if (!phones_is_due(p, t))
		return 0;
	if (!p->readings_n && begin_round(p, err) < 0) {
		p->next_ms = t->now.ms + RETRY_MS;
		return -1;
	}
	ask(p, t, tag);
	if (!is_answered(p))
		return 0;
	if (write_news(p, t->now.utc, err) < 0) {
		p->next_ms = t->now.ms + RETRY_MS;
		return -1;
	}
	end_round(p);
	p->next_ms = t->now.ms + PHONES_ROUND_MS;
	return 0;
}
