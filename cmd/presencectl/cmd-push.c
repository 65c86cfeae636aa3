/* SPDX-License-Identifier: GPL-3.0-or-later */
/* push: send each PBX its difference, without presenced. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/say.h"
#include "lib/binding/clock.h"
#include "lib/binding/db.h"
#include "lib/store/item.h"
#include "lib/store/pbx.h"
#include "lib/sync/link.h"
#include "lib/sync/network.h"

extern const struct command cmd_push;

enum { WAIT_MS = 20000, PROGRESS_MS = 200 };

static void on_refused(void *data, struct link *l, const char *item, const char *why)
{
	(void)data;
	if (item)
		ctl_notice("PBX '%s' refuses %s: %s", link_pbx(l)->name, item, why);
	else
		ctl_notice("PBX '%s': %s", link_pbx(l)->name, why);
}

/* Push until the PBX is in step, fails, or confirms nothing for WAIT_MS. */
static int push_one(struct link *l, struct err *err)
{
	int64_t now = clock_monotonic_ms(), end = now + WAIT_MS, shown = now;
	size_t confirmed = 0;
	bool progress = isatty(STDERR_FILENO);

	while (!link_in_step(l)) {
		struct pollfd p = { .fd = link_fd(l), .events = link_events(l) };
		int64_t wait = link_deadline(l);

		wait = (wait < end ? wait : end) - now;
		if (wait > 0 && p.fd >= 0)
			poll(&p, 1, wait < PROGRESS_MS ? (int)wait : PROGRESS_MS);
		now = clock_monotonic_ms();
		if (link_step(l, (struct moment){ now, clock_now() }, err) < 0)
			return -1;
		if (link_failures(l))
			return err_set(err,
				link_error(l)->code == ERR_CONF ? ERR_CONF : ERR_PENDING, "%s",
				link_error(l)->msg);
		if (link_confirmed(l) > confirmed) {
			confirmed = link_confirmed(l);
			end = now + WAIT_MS;
		}
		if (progress && now - shown >= PROGRESS_MS) {
			shown = now;
			putc('\r', stderr);
			say_to(stderr, "%s: %zu sent", link_pbx(l)->name, confirmed);
		}
		if (now >= end)
			return err_set(err, ERR_PENDING,
				"PBX '%s' does not answer (%s): gave up after %d s",
				link_pbx(l)->name, link_state_name(link_state(l)), WAIT_MS / 1000);
	}
	if (progress && shown != now)
		fputs("\r\033[K", stderr);
	return 0;
}

/* What is not as it should be though all was sent. */
static int tell(struct store *s, struct link *l, struct err *err)
{
	struct item_refusals n;

	if (store_item_refused(s, link_pbx(l)->name, &n, err) < 0)
		return -1;
	if (!n.refused && !n.vain) {
		say("%s: in step, %zu sent\n", link_pbx(l)->name, link_confirmed(l));
		return 0;
	}
	say("%s: %zu sent\n", link_pbx(l)->name, link_confirmed(l));
	if (n.refused)
		return err_set(err, ERR_PENDING,
			"PBX '%s' refuses %zu of what it should hold; 'presencectl pbx diff' lists it",
			link_pbx(l)->name, n.refused);
	return err_set(err, ERR_PENDING,
		"PBX '%s' lacks the hints of %zu member%s of queues; 'presencectl pbx diff' lists them",
		link_pbx(l)->name, n.vain, n.vain == 1 ? "" : "s");
}

/* presenced may have been refused, and tries rarely then. Whoever calls for a push has put that right, or wants to see whether they have. */
static int call_presenced(struct ctl *ctl, const struct conf_pbx *pbx, struct err *err)
{
	struct pbx_state state;

	if (!db_is_locked(store_path(ctl->store)))
		return 0;
	if (store_pbx_get(ctl->store, pbx->name, &state, err) < 0)
		return -1;
	if (strcmp(state.state, link_state_name(LINK_DOWN)) != 0)
		return 0;
	if (store_begin(ctl->store, err) < 0)
		return -1;
	if (store_pbx_call(ctl->store, pbx->name, clock_now_us(), err) < 0) {
		store_rollback(ctl->store);
		return -1;
	}
	return store_commit(ctl->store, err);
}

/* presenced has the secret, and we have not: wake it, and wait until nothing is left to send. */
static int ask_presenced(
	struct ctl *ctl, const struct conf_pbx *pbx, const struct err *why, struct err *err)
{
	int64_t end = clock_monotonic_ms() + WAIT_MS;
	_cleanup_(closep) int fd = -1;
	size_t n;

	if (!db_is_locked(store_path(ctl->store))) {
		*err = *why;
		return err_hint(err, "; or start presenced, which sends by itself");
	}
	if (db_watch(store_path(ctl->store), &fd, err) < 0 || store_begin(ctl->store, err) < 0)
		return -1;
	if (store_item_retry(ctl->store, pbx->name, true, err) < 0 ||
		store_pbx_call(ctl->store, pbx->name, clock_now_us(), err) < 0) {
		store_rollback(ctl->store);
		return -1;
	}
	if (store_commit(ctl->store, err) < 0)
		return -1;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = end - clock_monotonic_ms();

		if (store_item_pending(ctl->store, NULL, pbx->name, &n, err) < 0)
			return -1;
		if (!n)
			break;
		if (left <= 0)
			return err_set(err, ERR_PENDING,
				"PBX '%s' has not confirmed %zu item%s; 'presencectl pbx list' says why",
				pbx->name, n, n == 1 ? "" : "s");
		if (poll(&p, 1, (int)left) > 0)
			db_watch_drain(fd);
	}
	say("%s: in step, by presenced\n", pbx->name);
	return 0;
}

static int push_to(struct ctl *ctl, const struct conf_pbx *pbx, struct err *err)
{
	static const struct link_hooks hooks = { .refused = on_refused };
	_cleanup_(link_freep) struct link *l = NULL;
	_cleanup_(conf_wipep) char *secret = NULL;
	struct err why;

	if (conf_secret(ctl->conf, pbx, getenv("CREDENTIALS_DIRECTORY"), &secret, &why) < 0)
		return ask_presenced(ctl, pbx, &why, err);
	l = link_new(pbx, network_new(ctl->conf, pbx), ctl->store, &hooks, NULL);
	return push_one(l, err) < 0 || call_presenced(ctl, pbx, err) < 0 ? -1
									 : tell(ctl->store, l, err);
}

static int push(struct ctl *ctl, const struct input *in, struct err *err)
{
	const struct conf_pbx *pbx = ctl->conf->pbx;
	size_t n = ctl->conf->pbx_n, failed = 0;
	struct err one = { 0 };

	if (input_arg(in, 0)) {
		n = 1;
		if (conf_find_pbx(ctl->conf, input_arg(in, 0), &pbx, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (push_to(ctl, &pbx[i], &one) == 0)
			continue;
		failed++;
		if (n > 1)
			ctl_notice("%s", one.msg);
	}
	if (!failed)
		return 0;
	return n == 1 ? err_set(err, one.code, "%s", one.msg)
		      : err_set(err, ERR_PENDING, "%zu of %zu PBXs are not in step", failed, n);
}

static const struct arg args[] = { { "pbx", ARG_PBX, ARG_OPTIONAL }, { 0 } };

const struct command cmd_push = {
	.path = "push",
	.summary = "send each PBX what it lacks, without presenced",
	.details =
		"It reads all that the PBX holds, sends the difference and waits until the PBX has confirmed it, whether presenced "
		"runs or not. Who cannot read the secret of the PBX has presenced send what is not confirmed yet; presenced reads again "
		"all that the PBX holds from time to time. If the PBX refuses something, or lacks the hint of a member of a queue, it exits with 4. It does not "
		"end switches whose time is over: presenced does, and presenced --once.",
	.args = args,
	.needs = NEED_ENTRIES,
	.run = push,
};
