/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/inside.h"

#include <stdio.h>

#include "cmd/presenced/log.h"
#include "lib/base/text.h"
#include "lib/binding/clock.h"
#include "lib/sync/network-sip.h"

static int arm_server(struct server *x, struct err *err)
{
	return waker_arm(&x->waker, publisher_fd(x->publisher), publisher_events(x->publisher),
		publisher_deadline(x->publisher), err);
}

static int step_server(struct waker *w)
{
	struct server *x = (struct server *)w;
	struct daemon *d = w->daemon;
	const struct moment now = { clock_monotonic_ms(), clock_now() };
	struct err err;

	if (publisher_step(x->publisher, now, &err) < 0)
		chores_trouble(d, &err);
	else
		chores_no_trouble(d);
	if (arm_server(x, &d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
}

/* Make every publisher look for what is new: if we have changed something, or another program has. */
void servers_wake(struct daemon *d, bool changed)
{
	int64_t version = d->published_version;
	struct err err;

	if (!d->servers_n)
		return;
	if (store_data_version(d->store, &version, &err) < 0)
		log_warning("%s", err.msg);
	if (!changed && version == d->published_version)
		return;
	d->published_version = version;
	for (size_t i = 0; i < d->servers_n; i++) {
		publisher_wake(d->servers[i].publisher);
		step_server(&d->servers[i].waker);
	}
}

static void on_phase(
	void *data, struct publisher *p, enum publisher_phase phase, const struct err *why)
{
	struct daemon *d = data;
	struct server *x = d->servers;

	if (why)
		log_warning("%s", why->msg);
	else
		log_info("presence server '%s' answers", publisher_conf(p)->name);
	while (x->publisher != p)
		x++;
	x->state = (struct publisher_state){ .since = clock_now() };
	text_copy(x->state.state, sizeof(x->state.state), publisher_phase_name(phase));
	snprintf(x->state.error, sizeof(x->state.error), "%.255s", why ? why->msg : "");
	x->is_written = false;
	states_record(d);
}

static void on_user_refused(void *data, struct publisher *p, const char *uri, const char *why)
{
	(void)data;
	log_warning("presence server '%s' refuses %s: %s", publisher_conf(p)->name, uri, why);
}

void servers_close(struct daemon *d)
{
	for (size_t i = 0; i < d->servers_n; i++) {
		waker_disarm(&d->servers[i].waker);
		publisher_free(d->servers[i].publisher);
	}
	free(d->servers);
	d->servers = NULL;
	d->servers_n = 0;
}

int servers_open(struct daemon *d, struct err *err)
{
	static const struct publisher_hooks hooks = { .phase = on_phase,
		.refused = on_user_refused };

	d->servers = xcalloc(d->conf->publish_n, sizeof(*d->servers));
	d->servers_n = d->conf->publish_n;
	for (size_t i = 0; i < d->servers_n; i++) {
		const struct conf_publish *conf = &d->conf->publish[i];

		d->servers[i] = (struct server){
			.waker = { .daemon = d, .step = step_server, .fd = -1 },
			.publisher =
				publisher_new(conf, network_sip_new(conf), d->store, &hooks, d),
		};
	}
	for (size_t i = 0; i < d->servers_n; i++) {
		if (arm_server(&d->servers[i], err) < 0)
			return -1;
	}
	return 0;
}
