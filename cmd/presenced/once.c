/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/once.h"

#include <poll.h>

#include "cmd/presenced/feeds.h"
#include "cmd/presenced/log.h"
#include "cmd/presenced/sealing.h"
#include "cmd/presenced/tick.h"
#include "lib/binding/clock.h"
#include "lib/binding/countryfile.h"
#include "lib/follow/follow.h"
#include "lib/sync/link.h"
#include "lib/sync/network.h"

enum {
	TICK_MS = 60000,  /* then who is still due is left to the next run */
	PUSH_MS = 30000,  /* then a PBX that has not confirmed is given up */
	FEEDS_MS = 45000, /* with all that is before and after it this is less than three minutes */
};

static void on_refused(void *data, struct link *l, const char *item, const char *why)
{
	(void)data;
	log_refused(link_pbx(l)->name, item, why);
}

/* Bring all PBXs in step at the same time. A PBX is over when it is in step or has failed once. The loop ends when all are over,
 * and after PUSH_MS in any case. */
static int push(const struct conf *conf, struct store *store, struct err *err)
{
	static const struct link_hooks hooks = { .refused = on_refused };
	struct link *links[CONF_PBX_MAX];
	int64_t now = clock_monotonic_ms(), end = now + PUSH_MS;
	size_t waiting = conf->pbx_n, failed = 0;
	int r = 0;

	for (size_t i = 0; i < conf->pbx_n; i++) {
		const struct conf_pbx *pbx = &conf->pbx[i];

		links[i] = link_new(pbx, network_new(conf, pbx), store, &hooks, NULL);
	}
	while (waiting && now < end && r == 0) {
		struct pollfd fds[CONF_PBX_MAX];
		int64_t until = end;

		for (size_t i = 0; i < conf->pbx_n; i++) {
			bool over = link_in_step(links[i]) || link_failures(links[i]);

			fds[i] = (struct pollfd){ .fd = over ? -1 : link_fd(links[i]),
				.events = link_events(links[i]) };
			if (!over && link_deadline(links[i]) < until)
				until = link_deadline(links[i]);
		}
		if (until > now)
			poll(fds, conf->pbx_n, (int)(until - now));
		now = clock_monotonic_ms();
		waiting = 0;
		for (size_t i = 0; i < conf->pbx_n && r == 0; i++) {
			if (!link_in_step(links[i]) && !link_failures(links[i]))
				r = link_step(links[i], (struct moment){ now, clock_now() }, err);
			waiting += !link_in_step(links[i]) && !link_failures(links[i]);
		}
	}
	for (size_t i = 0; i < conf->pbx_n; i++) {
		if (r == 0 && !link_in_step(links[i])) {
			log_error("%s",
				link_failures(links[i]) ? link_error(links[i])->msg
							: "a PBX does not answer");
			failed++;
		}
		link_free(links[i]);
	}
	if (failed)
		return err_set(
			err, ERR_PENDING, "%zu of %zu PBXs do not know yet", failed, conf->pbx_n);
	return r;
}

/* All who are due. Others can write between the transactions: a writer that waits looks again after 100 ms at most. */
static int resolve_all(struct tick *tick, struct err *err)
{
	int64_t end = clock_monotonic_ms() + TICK_MS;
	size_t n;

	for (;;) {
		if (tick_run(tick, clock_now(), &n, err) < 0)
			return -1;
		if (tick->is_over || clock_monotonic_ms() >= end)
			return 0;
		poll(NULL, 0, 150);
	}
}

static int work(const struct conf *conf, const char *conf_path, struct zonefiles *zones,
	struct store *store, struct err *err)
{
	_cleanup_(feeds_freep) struct feeds *feeds = feeds_new(store, conf_path);
	_cleanup_(countryfiles_freep) struct countryfiles *countries =
		countryfiles_new(conf->holidays);
	struct tick tick = { .store = store, .zones = zones, .countries = countries };
	int64_t before, after;
	struct err other;
	pid_t pid;
	int r;

	follow_set_countries(store, countryfiles_countries(countries));
	if (resolve_all(&tick, err) < 0)
		return -1;
	r = push(conf, store, err);
	tick_tell_odd(&tick);
	if (feeds_tick(feeds, clock_now(), &pid, &other) < 0) {
		log_warning("%s", other.msg);
		return r;
	}
	if (!pid)
		return r;
	if (store_data_version(store, &before, err) < 0)
		return -1;
	feeds_wait(feeds, FEEDS_MS);
	if (store_data_version(store, &after, err) < 0)
		return -1;
	return before == after ? r : push(conf, store, err);
}

int once_run(const struct conf *conf, const char *conf_path, struct zonefiles *zones,
	struct store *store, struct err *err)
{
	int r = work(conf, conf_path, zones, store, err);
	struct err other;

	if (sealing_all(store, clock_now(), &other) < 0)
		log_warning("log: %s", other.msg);
	return r;
}
