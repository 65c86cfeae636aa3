/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/inside.h"

#include <string.h>
#include <systemd/sd-daemon.h>

#include "cmd/presenced/log.h"
#include "lib/binding/clock.h"
#include "lib/binding/db.h"

enum {
	WAL_MS =
		2000, /* so long after SQLite's log was seen to be large, and between attempts to empty it */
};

/* Look whether SQLite's log has become large. It is emptied a moment later: who reads now is gone by then. */
int database_look_at_wal(struct daemon *d)
{
	if (d->empties || d->is_away || !(d->wal.is_told || wal_is_large(d->store)))
		return 0;
	d->empties = true;
	return waker_arm_timer(d, d->empty, clock_monotonic_ms() + WAL_MS);
}

int database_on_empty(sd_event_source *s, uint64_t usec, void *data)
{
	struct daemon *d = data;
	bool was_told = d->wal.is_told;

	(void)s;
	(void)usec;
	d->empties = !d->is_away && !wal_step(&d->wal, d->store);
	if (d->wal.is_told != was_told)
		states_tell(d);
	return d->empties ? waker_arm_timer(d, d->empty, clock_monotonic_ms() + WAL_MS) : 0;
}

/* Leave the sessions as they are, and do nothing with them: the PBXs go on by themselves. */
static void pause_all(struct daemon *d)
{
	for (size_t i = 0; i < d->peers_n; i++)
		waker_disarm(&d->peers[i].waker);
	for (size_t i = 0; i < d->servers_n; i++)
		waker_disarm(&d->servers[i].waker);
}

static void lose_database(struct daemon *d, const struct err *why)
{
	log_warning("%s", why->msg);
	d->is_away = true;
	d->away.msg[0] = '\0';
	pause_all(d);
	sd_notifyf(false, "STATUS=no database: %s", why->msg);
}

/* Another database stands where ours did, or ours is back. Nothing that we know of the PBXs can be trusted with it: log in again, read
 * all, and push what it wants. */
int database_take_up(struct daemon *d)
{
	struct err err;

	db_watch_again(d->watch_fd, store_path(d->store));
	d->is_away = false;
	d->seen_version = d->published_version = d->users_version = -1;
	d->time.last = 0; /* as at the start: other zone data, another clock */
	d->pruning = (struct pruning){ 0 };
	chores_close_all(d);
	if (follow_restored_get(d->store, d->restored, &err) < 0)
		log_warning("%s", err.msg);
	d->todo |= TODO_BEGIN;
	pause_end(&d->pause);
	chores_do(d);
	if (minute_arm_at(d, clock_now()) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
}

/* `presencectl restore` has written a copy over the database. */
bool database_is_restored(struct daemon *d)
{
	char stamp[RESTORED_SIZE];
	struct err err;

	return follow_restored_get(d->store, stamp, &err) == 0 && strcmp(stamp, d->restored) != 0;
}

/* The file of the database may be another one by now, or be gone. Returns whether there is a database to work with. */
bool database_look(struct daemon *d)
{
	struct err err;

	if (!d->is_away) {
		if (store_look(d->store, &err) == 0)
			return true;
		lose_database(d, &err);
	}
	if (store_reopen(d->store, &err) < 0) {
		if (strcmp(d->away.msg, err.msg) != 0)
			log_warning("%s; trying again", err.msg);
		d->away = err;
		return false;
	}
	log_info("the database was opened again");
	return database_take_up(d) == 0;
}
