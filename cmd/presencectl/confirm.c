#include "cmd/presencectl/confirm.h"

#include <poll.h>
#include <unistd.h>

#include "lib/binding/clock.h"
#include "lib/binding/lock.h"
#include "lib/binding/watch.h"

int confirm_begin(struct ctl *ctl, struct confirm *c, struct err *err)
{
	c->began_us = 0;
	return watch_open(store_path(ctl->store), &c->fd, err);
}

void confirm_done(struct confirm *c)
{
	closep(&c->fd);
	c->fd = -1;
}

/* Name the PBX that does not know, and why, as presenced tells it. */
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
	return err_set(
		err, ERR_PENDING, "recorded, but not on the PBX: it is not in %s", ctl->conf->path);
}

int confirm_wait(
	struct ctl *ctl, struct confirm *c, const struct who *who, double *ret_ms, struct err *err)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	char refusal[256];
	size_t n;

	c->began_us = clock_now_us();
	for (;;) {
		int64_t spent_us;

		if (store_item_pending(ctl->store, who, NULL, &n, err) < 0)
			return -1;
		spent_us = clock_now_us() - c->began_us;
		if (!n)
			break;
		if (!lock_is_held(store_path(ctl->store)))
			return err_set(err, ERR_PENDING,
				"recorded, but presenced is not running: 'presencectl push' tells the PBX");
		if (spent_us < 0 || spent_us >= CONFIRM_MS * 1000)
			return why_not(ctl, err);
		if (poll(&p, 1, CONFIRM_MS - (int)(spent_us / 1000)) > 0)
			watch_drain(c->fd);
	}
	*ret_ms = (double)(clock_now_us() - c->began_us) / 1000;
	if (store_item_refusal(ctl->store, who, refusal, err) < 0)
		return -1;
	return *refusal ? err_set(err, ERR_PENDING, "recorded, but the PBX refuses it: %s", refusal)
			: 0;
}
