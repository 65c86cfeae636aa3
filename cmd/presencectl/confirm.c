/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/confirm.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/presencectl/say.h"
#include "lib/binding/clock.h"
#include "lib/binding/db.h"
#include "lib/store/item.h"
#include "lib/store/pbx.h"
#include "lib/store/presence.h"
#include "lib/time/when.h"

int confirm_begin(struct ctl *ctl, struct confirm *c, struct err *err)
{
	c->began_us = 0;
	return db_watch(store_path(ctl->store), &c->fd, err);
}

void confirm_done(struct confirm *c)
{
	closep(&c->fd);
	c->fd = -1;
}

/* Name the PBX that does not know yet, and the reason that presenced has recorded. */
static int why_not(struct ctl *ctl, struct err *err)
{
	for (size_t i = 0; i < ctl->conf->pbx_n; i++) {
		const char *name = ctl->conf->pbx[i].name;
		struct pbx_state state;
		size_t n;

		if (store_item_pending(ctl->store, NULL, name, &n, err) < 0 ||
			store_pbx_get(ctl->store, name, &state, err) < 0)
			return -1;
		if (!n)
			continue;
		if (*state.error)
			return err_set(err, ERR_PENDING, "recorded, but not on the PBX yet: %s",
				state.error);
		return err_set(err, ERR_PENDING,
			"recorded, but PBX '%s' (%s) has not confirmed it yet", name,
			*state.state ? state.state : "unknown");
	}
	return err_set(err, ERR_PENDING, "recorded, but the PBX of the user is not in %s",
		ctl->conf->path);
}

/* Wait until the PBX has confirmed the items of `who`. Each commit of presenced wakes the watch, and then we read the database again.
 * The wait ends after CONFIRM_MS, and at once if presenced does not run. */
int confirm_wait(
	struct ctl *ctl, struct confirm *c, const struct ids *who, double *ret_ms, struct err *err)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	size_t n;

	c->began_us = clock_now_us();
	for (;;) {
		int64_t spent_us;

		if (store_item_pending(ctl->store, who, NULL, &n, err) < 0)
			return -1;
		spent_us = clock_now_us() - c->began_us;
		if (!n)
			break;
		if (!db_is_locked(store_path(ctl->store)))
			return err_set(err, ERR_PENDING,
				"recorded, but presenced is not running: 'presencectl push' tells the PBX");
		if (spent_us < 0 || spent_us >= CONFIRM_MS * 1000)
			return why_not(ctl, err);
		if (poll(&p, 1, CONFIRM_MS - (int)(spent_us / 1000)) > 0)
			db_watch_drain(c->fd);
	}
	*ret_ms = (double)(clock_now_us() - c->began_us) / 1000;
	return 0;
}

static int tell_refusals(struct ctl *ctl, const struct ids *who, struct err *err)
{
	char refusal[256], queue[NAME_MAX_LEN + 1];

	if (store_item_refusal(ctl->store, who, refusal, err) < 0)
		return -1;
	if (*refusal)
		return err_set(err, ERR_PENDING, "recorded, but the PBX refuses it: %s", refusal);
	if (store_member_refusal(ctl->store, who, queue, refusal, err) < 0)
		return -1;
	if (*refusal)
		ctl_notice("queue '%s' does not do what the mode says: %s", queue, refusal);
	return 0;
}

static int keep_status(void *data, const struct status *st)
{
	struct {
		struct ctl *ctl;
		char *text;
		size_t size;
	} *to = data;
	char until[WHEN_TEXT_SIZE] = "";

	if (st->until != UNTIL_OPEN)
		when_short(st->until, to->ctl->zone, to->ctl->now, until);
	snprintf(to->text, to->size, "%s is %s%s%s%s", st->user, st->mode, *until ? " until " : "",
		until, !strcmp(st->source, source_name(SOURCE_OVERRIDE)) ? " by an override" : "");
	return 1;
}

/* Write what is true now: for one user in full, for several how many they are. */
static int describe(struct ctl *ctl, const struct ids *who, const char *what, char *text,
	size_t size, struct err *err)
{
	struct {
		struct ctl *ctl;
		char *text;
		size_t size;
	} to = { ctl, text, size };

	if (who->n == 1)
		return store_status_each(ctl->store, who, keep_status, &to, err) < 0 ? -1 : 0;
	snprintf(text, size, "%zu users %s", who->n, what);
	return 0;
}

int confirm_finish(struct ctl *ctl, const struct input *in, struct confirm *c,
	const struct ids *who, const char *what, const char *remark, struct err *err)
{
	char text[256];
	double ms = 0;
	int r = 0;

	if (store_commit(ctl->store, err) < 0 || ctl_finish(ctl, err) < 0)
		return -1;
	if (!input_has(in, "no-wait"))
		r = confirm_wait(ctl, c, who, &ms, err) < 0 ? -1 : tell_refusals(ctl, who, err);
	if (describe(ctl, who, what, text, sizeof(text), r < 0 ? NULL : err) < 0)
		return -1;
	say("%s%s", text, remark);
	if (r == 0 && !input_has(in, "no-wait"))
		say("; the PBX knows since %.1f ms", ms);
	putchar('\n');
	return r;
}
