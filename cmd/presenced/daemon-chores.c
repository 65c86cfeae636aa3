/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/inside.h"

#include <string.h>

#include "cmd/presenced/log.h"
#include "lib/base/text.h"
#include "lib/binding/clock.h"
#include "lib/follow/entries.h"
#include "lib/follow/follow.h"
#include "lib/follow/resolve.h"
#include "lib/store/activity.h"

enum {
	LOCKED_MS = 1000, /* so long a lock of another program is not worth a word */
};

/* The database cannot be used at the moment. A lock that another program holds for a moment is nothing to talk about. */
void chores_trouble(struct daemon *d, const struct err *why)
{
	int64_t now = clock_monotonic_ms();

	if (!d->trouble_ms)
		d->trouble_ms = now;
	if (!strcmp(d->trouble.msg, why->msg) ||
		(why->code == ERR_LOCKED && now - d->trouble_ms < LOCKED_MS))
		return;
	d->trouble = *why;
	log_warning("%s%s", why->msg, why->code == ERR_LOCKED ? "; trying again" : "");
}

static bool is_in_trouble(const struct daemon *d)
{
	bool any = d->todo != 0;

	for (size_t i = 0; i < d->peers_n; i++)
		any |= link_is_in_trouble(d->peers[i].link);
	for (size_t i = 0; i < d->servers_n; i++)
		any |= publisher_is_in_trouble(d->servers[i].publisher);
	return any;
}

void chores_no_trouble(struct daemon *d)
{
	if (!d->trouble_ms || is_in_trouble(d))
		return;
	if (*d->trouble.msg)
		log_info("the database can be used again");
	d->trouble_ms = 0;
	d->trouble.msg[0] = '\0';
}

int chores_later(struct daemon *d, unsigned todo, const struct err *why)
{
	int64_t now = clock_monotonic_ms();

	d->todo |= todo;
	chores_trouble(d, why);
	pause_begin(&d->pause, now);
	return waker_arm_timer(d, d->again, d->pause.until_ms);
}

/* What phones do is true as long as a link says so. A PBX may also have gone from the configuration. */
static int forget_activity(struct daemon *d, struct err *err)
{
	return store_activity_forget(d->store, NULL, err);
}

static int look_again(struct daemon *d, struct err *err)
{
	size_t n;

	return follow_look_again(d->store, clock_now(), &n, err);
}

static int compile_entries(struct daemon *d, struct err *err)
{
	prefix_set(&d->prefixes, d->conf, d->store);
	return entries_follow(d->store, &d->prefixes, err);
}

static int open_all(struct daemon *d, struct err *err)
{
	(void)err;
	if (peers_open(d, &d->fatal) < 0 || servers_open(d, &d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	states_tell_ready(d); /* without a PBX there is nothing to try first */
	return 0;
}

void chores_close_all(struct daemon *d)
{
	peers_close(d);
	servers_close(d);
	d->todo &= ~(unsigned)TODO_STATES;
}

void chores_do(struct daemon *d)
{
	static const struct {
		unsigned todo;
		int (*run)(struct daemon *d, struct err *err);
	} chores[] = {
		{ TODO_FORGET, forget_activity },
		{ TODO_ZONES, look_again },
		{ TODO_ENTRIES, compile_entries },
		{ TODO_OPEN, open_all },
		{ TODO_STATES, states_write },
		{ TODO_TICK, minute_do },
	};
	struct err err;

	if (d->is_away || !pause_is_over(&d->pause, clock_monotonic_ms()))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(chores); i++) {
		if (!(d->todo & chores[i].todo))
			continue;
		d->todo &= ~chores[i].todo;
		if (chores[i].run(d, &err) < 0) {
			chores_later(d, chores[i].todo, &err);
			return;
		}
	}
	pause_end(&d->pause);
	chores_no_trouble(d);
}

int chores_on_again(sd_event_source *s, uint64_t usec, void *data)
{
	(void)s;
	(void)usec;
	chores_do(data);
	return 0;
}
