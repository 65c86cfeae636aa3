/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/inside.h"

#include <stdio.h>
#include <string.h>

#include "cmd/presenced/log.h"
#include "lib/binding/clock.h"
#include "lib/pbx/item.h"
#include "lib/sync/network.h"

static void record_state(struct daemon *d, struct link *l, const char *error)
{
	struct peer *p = d->peers;

	while (p->link != l)
		p++;
	p->state = (struct pbx_state){ .since = clock_now() };
	snprintf(p->state.state, sizeof(p->state.state), "%s", link_state_name(link_state(l)));
	snprintf(p->state.error, sizeof(p->state.error), "%.255s", error);
	snprintf(p->state.version, sizeof(p->state.version), "%s", link_version(l));
	p->is_written = false;
	states_record(d);
}

static void on_state(void *data, struct link *l, enum link_state state, const struct err *why)
{
	struct daemon *d = data;

	if (state == LINK_DOWN)
		log_warning("%s", why->msg);
	else if (state == LINK_CONNECTED)
		log_info("PBX '%s' connected, manager %s", link_pbx(l)->name, link_version(l));
	else
		log_debug("PBX '%s': %s", link_pbx(l)->name, link_state_name(state));
	/* Do not write the other states on the way up: they last milliseconds, and a write would only slow them. A PBX may boot for
	 * long. */
	if (state == LINK_DOWN || state == LINK_CONNECTED || state == LINK_BOOTING)
		record_state(d, l, why ? why->msg : "");
	states_tell(d);
}

static void on_refused(void *data, struct link *l, const char *item, const char *why)
{
	(void)data;
	log_refused(link_pbx(l)->name, item, why);
}

static void on_adopted(void *data, struct link *l, const char *item)
{
	const char *name = strpbrk(item, ":/") + 1;
	struct daemon *d = data;

	d->adopted = true;
	if (item_is_entry(item))
		log_info("PBX '%s': schedule %s was forced there", link_pbx(l)->name, name);
	else
		log_info("PBX '%s': extension %s was switched there", link_pbx(l)->name, name);
}

static int arm_peer(struct peer *p, struct err *err)
{
	return waker_arm(
		&p->waker, link_fd(p->link), link_events(p->link), link_deadline(p->link), err);
}

static int step(struct waker *w)
{
	struct peer *p = (struct peer *)w;
	struct daemon *d = w->daemon;
	const struct moment now = { clock_monotonic_ms(), clock_now() };
	struct err err;

	/* The link may close its descriptor in here: waker_arm() looks for a new one. */
	if (link_step(p->link, now, &err) < 0)
		chores_trouble(d, &err);
	else
		chores_no_trouble(d);
	if (!p->tried && (link_in_step(p->link) || link_failures(p->link))) {
		p->tried = true;
		states_tell_ready(d);
	}
	if (d->adopted || p->phones_written != link_phones_written(p->link)) {
		d->adopted = false;
		p->phones_written = link_phones_written(p->link);
		servers_wake(d, true);
	}
	if (arm_peer(p, &d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
}

/* Make every link look for differences. */
void peers_wake(struct daemon *d)
{
	for (size_t i = 0; i < d->peers_n; i++) {
		link_wake(d->peers[i].link);
		step(&d->peers[i].waker);
	}
}

bool peers_are_sending(const struct daemon *d)
{
	for (size_t i = 0; i < d->peers_n; i++) {
		const struct link *l = d->peers[i].link;

		if (link_state(l) == LINK_CONNECTED && !link_in_step(l))
			return true;
	}
	return false;
}

void peers_close(struct daemon *d)
{
	for (size_t i = 0; i < d->peers_n; i++) {
		waker_disarm(&d->peers[i].waker);
		link_free(d->peers[i].link);
	}
	free(d->peers);
	d->peers = NULL;
	d->peers_n = 0;
}

int peers_open(struct daemon *d, struct err *err)
{
	static const struct link_hooks hooks = {
		.state = on_state, .refused = on_refused, .adopted = on_adopted
	};

	d->peers = xcalloc(d->conf->pbx_n, sizeof(*d->peers));
	d->peers_n = d->conf->pbx_n;
	for (size_t i = 0; i < d->peers_n; i++) {
		const struct conf_pbx *pbx = &d->conf->pbx[i];

		d->peers[i] = (struct peer){
			.waker = { .daemon = d, .step = step, .fd = -1 },
			.link = link_new(pbx, network_new(d->conf, pbx), d->store, &hooks, d),
		};
		link_watch(d->peers[i].link);
	}
	for (size_t i = 0; i < d->peers_n; i++) {
		if (arm_peer(&d->peers[i], err) < 0)
			return -1;
	}
	return 0;
}
