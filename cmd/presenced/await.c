/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/await.h"

#include <signal.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "cmd/presenced/log.h"
#include "lib/binding/clock.h"
#include "lib/follow/follow.h"

enum {
	STEP_MS = 50,
	LOCKED_MS = 1000, /* so long a lock of another program is not worth a word */
	READY_MS = 10000, /* as after an unsuccessful first push */
};

static int block_signals(struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	return sigprocmask(SIG_BLOCK, &set, NULL) < 0 ? err_sys(err, "sigprocmask") : 0;
}

/* Sleep for a step. Returns whether a signal came that ends us. */
static bool is_ended(void)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	return sigtimedwait(&set, NULL, &step) > 0;
}

int await_store(const struct await *a, struct store **ret, bool *ret_is_ready, struct err *err)
{
	int64_t began = clock_monotonic_ms();
	bool told = false;

	*ret_is_ready = false;
	if (block_signals(err) < 0)
		return -1;
	while (follow_open_within(a->database, 0, a->actor, a->zones, ret, err) < 0) {
		int64_t waited = clock_monotonic_ms() - began;

		if (err->code != ERR_LOCKED)
			return -1;
		if (!told && waited >= LOCKED_MS) {
			log_warning("%s; trying again", err->msg);
			sd_notify(false, "STATUS=the database is locked by another program");
			told = true;
		}
		if (!*ret_is_ready && waited >= READY_MS) {
			sd_notify(false, "READY=1");
			*ret_is_ready = true;
		}
		sd_notify(false, "WATCHDOG=1");
		if (is_ended())
			return 1;
	}
	return 0;
}
