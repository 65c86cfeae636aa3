/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/talk.h"

#include <poll.h>

#include "lib/binding/clock.h"
#include "lib/sync/network.h"
#include "lib/sync/session.h"

/* Send what there is room for. A question that cannot be sent ends the talk. */
static void ask(struct talk *t)
{
	const char *fields[TALK_FIELDS];
	uint64_t tag;

	while (!t->failed && ami_room(session_ami(t->session)) && t->next(t->data, &tag, fields)) {
		if (ami_send(session_ami(t->session), tag, fields, clock_monotonic_ms(), &t->err) <
			0)
			t->failed = true;
		else
			t->under_way++;
	}
}

static void on_phase(void *data, enum ami_phase phase)
{
	struct talk *t = data;

	if (phase != AMI_READY)
		return;
	t->ready = true;
	ami_expect(session_ami(t->session), t->expected);
	ask(t);
}

static void on_answer(void *data, uint64_t tag, bool ok, const struct amimsg *m)
{
	struct talk *t = data;

	t->under_way--;
	t->answer(t->data, tag, ok, m);
	if (m)
		ask(t);
}

static void on_item(void *data, uint64_t tag, const struct amimsg *m)
{
	struct talk *t = data;

	if (t->item)
		t->item(t->data, tag, m);
}

static int give_up(
	const struct talk *t, const struct conf_pbx *pbx, int64_t waited, struct err *err)
{
	return err_set(err, ERR_FAILED, "PBX '%s' does not answer: gave up after %d s%s", pbx->name,
		(int)(waited / 1000), t->ready ? "" : " while it was booting");
}

int talk_hold(struct ctl *ctl, const struct conf_pbx *pbx, struct talk *t, struct err *err)
{
	static const struct ami_handlers handlers = {
		.answer = on_answer, .item = on_item, .phase = on_phase
	};
	int64_t began = clock_monotonic_ms(), now = began;

	t->transport = network_new(ctl->conf, pbx);
	if (session_open(t->transport, pbx, &handlers, t, now, &t->session, err) < 0)
		return -1;
	while (!t->ready || t->under_way) {
		bool boots = t->boot_ms && !t->ready &&
			ami_phase(session_ami(t->session)) == AMI_BOOTING;
		int64_t limit = boots ? t->boot_ms : TALK_WAIT_MS, end = began + limit;
		struct pollfd p = { .fd = session_fd(t->session),
			.events = session_events(t->session) };
		int64_t wait = session_deadline(t->session);

		wait = (wait < end ? wait : end) - now;
		if (wait > 0)
			poll(&p, 1, (int)wait);
		now = clock_monotonic_ms();
		if (session_step(t->session, now, err) < 0)
			return -1;
		if (t->failed) {
			*err = t->err;
			return -1;
		}
		if (now >= end)
			return give_up(t, pbx, limit, err);
	}
	return 0;
}

bool talk_is_refused(const struct talk *t)
{
	return t->session && ami_failure(session_ami(t->session)) == AMI_FAIL_LOGIN;
}

const char *talk_version(const struct talk *t)
{
	return ami_version(session_ami(t->session));
}

void talk_done(struct talk *t)
{
	session_free(t->session);
	if (t->transport)
		t->transport->free(t->transport);
}
