/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/session.h"

#include <poll.h>

#include "lib/base/text.h"

enum {
	WINDOW =
		100, /* actions under way: more gains nothing and could outrun Asterisk's writetimeout */
	/* A host that swallows what we send answers nothing. TCP repeats after 1, 3, 7 s: to begin anew is sooner. */
	CONNECT_MS = 2000,
	CONNECT_TLS_MS = 4000, /* with the handshake */
	GREET_MS = 3000,
	BOOT_MS = 120000,
	ANSWER_MS = 2000,
	SILENCE_MS = 10000, /* a long list may begin late, and everything behind it waits */
	PING_MS = 20000,    /* each wakes us twice, and that is most of what an idle minute costs */
	READ_SIZE = 65536,
	READS_A_STEP = 16, /* then others on the loop get their turn */
	ID_LEN = 20,
};

struct session {
	struct transport *transport;
	struct ami *ami;
	char *name; /* of the PBX, for messages */
	bool up;
	int64_t connect_ms, connect_by; /* how long connecting may take, and until when */
};

/* What begins every ActionID of the session: an event that a caller has forged cannot have it. */
static void draw_id(struct transport *t, char ret[ID_LEN + 1])
{
	static const char set[] = TEXT_ALNUM;

	for (int i = 0; i < ID_LEN; i++)
		ret[i] = set[t->random(t, sizeof(set) - 1)];
	ret[ID_LEN] = '\0';
}

int session_open(struct transport *transport, const struct conf_pbx *pbx,
	const struct ami_handlers *handlers, void *data, int64_t now_ms, struct session **ret,
	struct err *err)
{
	_cleanup_(session_freep) struct session *s = xcalloc(1, sizeof(*s));
	_cleanup_(conf_wipep) char *secret = NULL;
	char id[ID_LEN + 1];

	s->transport = transport;
	s->name = xstrdup(pbx->name);
	s->connect_ms = pbx->tls ? CONNECT_TLS_MS : CONNECT_MS;
	s->connect_by = now_ms + s->connect_ms;
	if (transport->open(transport, &secret, err) < 0)
		return -1;
	draw_id(transport, id);
	s->ami = ami_new(
		&(struct ami_conf){
			.username = pbx->username,
			.secret = secret,
			.plain = pbx->plain_login,
			.events = handlers->event ? "system,call,agent" : "system",
			.window = WINDOW,
			.greet_ms = GREET_MS,
			.boot_ms = BOOT_MS,
			.answer_ms = ANSWER_MS,
			.silence_ms = SILENCE_MS,
			.ping_ms = PING_MS,
			.id_prefix = id,
			.md5 = transport->md5,
		},
		handlers, data, now_ms);
	*ret = TAKE_PTR(s);
	return 0;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	ami_free(s->ami);
	s->transport->close(s->transport);
	free(s->name);
	free(s);
}

int session_fd(const struct session *s)
{
	return s->transport->fd(s->transport);
}

short session_events(const struct session *s)
{
	const char *bytes;
	short events = s->transport->events(s->transport);

	if (s->up && ami_output(s->ami, &bytes) > 0)
		events |= POLLOUT;
	return events;
}

int64_t session_deadline(const struct session *s)
{
	return s->up ? ami_deadline(s->ami) : s->connect_by;
}

bool session_is_refused(const struct session *s)
{
	enum ami_failure failure = ami_failure(s->ami);

	return failure == AMI_FAIL_LOGIN || failure == AMI_FAIL_PROTOCOL ||
		s->transport->is_distrusted(s->transport);
}

struct ami *session_ami(struct session *s)
{
	return s->ami;
}

static int flush(struct session *s, struct err *err)
{
	const char *bytes;
	size_t n;

	while ((n = ami_output(s->ami, &bytes)) > 0) {
		ssize_t sent = s->transport->write(s->transport, bytes, n, err);

		if (sent <= 0)
			return (int)sent;
		ami_sent(s->ami, (size_t)sent);
	}
	return 0;
}

static int take_in(struct session *s, int64_t now_ms, struct err *err)
{
	struct transport *t = s->transport;
	char bytes[READ_SIZE];

	for (int i = 0; i < READS_A_STEP || t->has_input(t); i++) {
		ssize_t n = t->read(t, bytes, sizeof(bytes), err);

		if (n == 0)
			return 0;
		if (n < 0) {
			if (ami_phase(s->ami) == AMI_BANNER)
				err_hint(err,
					" (before its banner: too many unfinished logins, or not a manager port)");
			return -1;
		}
		if (ami_input(s->ami, bytes, (size_t)n, now_ms, err) < 0 || flush(s, err) < 0)
			return -1;
		if ((size_t)n < sizeof(bytes) && !t->has_input(t))
			return 0; /* that was all; what comes now wakes us again */
	}
	return 0;
}

static int connect(struct session *s, int64_t now_ms, struct err *err)
{
	int r = s->transport->connect(s->transport, err);

	if (r < 0)
		return -1;
	if (r == 0 && now_ms >= s->connect_by)
		return err_set(err, ERR_FAILED, "no connection within %d s: check host and port",
			(int)(s->connect_ms / 1000));
	if (r > 0)
		ami_connected(s->ami, now_ms);
	s->up = r > 0;
	return 0;
}

static int step(struct session *s, int64_t now_ms, struct err *err)
{
	if (!s->up && connect(s, now_ms, err) < 0)
		return -1;
	if (!s->up)
		return 0;
	if (flush(s, err) < 0 || take_in(s, now_ms, err) < 0 || flush(s, err) < 0)
		return -1;
	if (now_ms < ami_deadline(s->ami))
		return 0;
	return ami_timeout(s->ami, now_ms, err) < 0 || flush(s, err) < 0 ? -1 : 0;
}

int session_step(struct session *s, int64_t now_ms, struct err *err)
{
	if (step(s, now_ms, err) == 0)
		return 0;
	return err_wrap(err, "PBX '%s'", s->name);
}
