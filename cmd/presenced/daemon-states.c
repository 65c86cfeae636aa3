/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/inside.h"

#include <stdio.h>
#include <systemd/sd-daemon.h>

#include "cmd/presenced/log.h"
#include "lib/binding/clock.h"
#include "lib/store/activity.h"

void states_tell(struct daemon *d)
{
	char pbxs[512] = "";
	size_t n = 0;

	for (size_t i = 0; i < d->peers_n && n < sizeof(pbxs); i++)
		n += (size_t)snprintf(pbxs + n, sizeof(pbxs) - n, ", %s %s",
			link_pbx(d->peers[i].link)->name,
			link_state_name(link_state(d->peers[i].link)));
	sd_notifyf(false, "STATUS=%lld users%s; last tick %lld%s", (long long)d->users, pbxs,
		(long long)d->time.last,
		d->wal.is_told ? "; a program that reads makes SQLite's log grow" : "");
}

void states_tell_ready(struct daemon *d)
{
	bool all = !(d->todo & TODO_OPEN);

	for (size_t i = 0; i < d->peers_n; i++)
		all &= d->peers[i].tried;
	if (d->ready || !(all || d->late))
		return;
	d->ready = true;
	sd_notify(false, "READY=1");
	log_info("ready: %lld users on %zu PBX%s", (long long)d->users, d->peers_n,
		d->peers_n == 1 ? "" : "s");
}

/* Write the states of PBXs and presence servers to the database, where presencectl reads them. */
int states_write(struct daemon *d, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(d->store, err) < 0)
		return -1;
	tx = d->store;
	for (size_t i = 0; i < d->peers_n; i++) {
		const struct peer *p = &d->peers[i];

		if (!p->is_written &&
			store_pbx_set(tx, link_pbx(p->link)->name, &p->state, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < d->servers_n; i++) {
		const struct server *x = &d->servers[i];

		if (!x->is_written &&
			store_publisher_set(
				tx, publisher_conf(x->publisher)->name, &x->state, err) < 0)
			return -1;
	}
	if (store_commit(tx, err) < 0)
		return -1;
	for (size_t i = 0; i < d->peers_n; i++)
		d->peers[i].is_written = true;
	for (size_t i = 0; i < d->servers_n; i++)
		d->servers[i].is_written = true;
	return 0;
}

void states_record(struct daemon *d)
{
	struct err err;

	if (!(d->todo & TODO_STATES) && states_write(d, &err) < 0)
		chores_later(d, TODO_STATES, &err);
}

/* Write "down" for each PBX: no states of ours may stay in the database when we are gone. If it is locked, they do: presencectl knows
 * that we do not run, and our next run writes what is true. */
void states_forget(struct daemon *d)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	const struct pbx_state down = {
		.state = "down", .error = "presenced was stopped", .since = clock_now()
	};
	struct err err;

	if (store_begin(d->store, &err) < 0)
		return;
	tx = d->store;
	for (size_t i = 0; i < d->conf->pbx_n; i++) {
		if (store_pbx_set(tx, d->conf->pbx[i].name, &down, &err) < 0)
			return;
	}
	if (store_commit(TAKE_PTR(tx), &err) < 0)
		return;
	(void)!store_activity_forget(d->store, NULL, &err);
}
