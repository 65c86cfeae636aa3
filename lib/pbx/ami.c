/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/pbx/ami.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/strbuf.h"
#include "lib/base/text.h"

#define UPTIME_MAX_S (INT64_C(100) * 366 * 86400) /* an Asterisk that says more says nothing */

static const char banner_start[] = "Asterisk Call Manager/";

/* An action whose answer has not come. */
struct pending {
	uint64_t number; /* the one in its ActionID; 0: the slot is free */
	uint64_t tag;
	int64_t at; /* when it was sent */
	enum { FOR_OWNER, FOR_CHALLENGE, FOR_LOGIN, FOR_PING } purpose;
	bool list;       /* its answer said that a list follows */
	uint64_t events; /* of the list, so far */
	char what[48];   /* the action and what it is about, for messages */
};

struct ami {
	struct ami_conf conf;
	struct ami_handlers handlers;
	void *data;
	enum ami_phase phase;
	enum ami_failure failure;
	char version[32];
	int64_t uptime_s;
	uint64_t expected; /* events of a list, besides AMI_LIST_EVENTS */
	struct amimsg_reader *reader;
	struct strbuf out;
	size_t out_sent; /* bytes of `out` that are on their way already */

	/* The window. Actions are numbered as they are sent. Those under way have numbers from `oldest` to `next` - 1, and
	 * number n stands in slot n % slots_n. That is at most `slots_n` numbers, so no two share a slot. An action that is
	 * answered frees its slot, but the window moves on only when the oldest is answered. Asterisk answers in order, so that
	 * is at once. If it does not answer in order, the window only moves later. One slot more than the window has is for a
	 * ping. */
	struct pending *slots;
	unsigned slots_n;
	uint64_t oldest, next;
	unsigned n_pending;
	bool pinging; /* a ping is under way */

	int64_t phase_at;    /* when the phase began */
	int64_t received_at; /* when bytes came last */
	int64_t heard_at;    /* when an action was answered, or a list went on, last */
};

struct ami *ami_new(
	const struct ami_conf *conf, const struct ami_handlers *h, void *data, int64_t now_ms)
{
	struct ami *a = xcalloc(1, sizeof(*a));

	assert(strlen(conf->id_prefix) >= 8 && text_is_of(conf->id_prefix, TEXT_ALNUM, 40));
	assert(conf->window > 0);
	a->conf = *conf;
	a->conf.username = xstrdup(conf->username);
	a->conf.secret = xstrdup(conf->secret);
	a->conf.events = xstrdup(conf->events);
	a->conf.id_prefix = xstrdup(conf->id_prefix);
	a->handlers = *h;
	a->data = data;
	a->reader = amimsg_reader_new();
	a->out = (struct strbuf)STRBUF_INIT;
	a->slots_n = conf->window + 1;
	a->slots = xcalloc(a->slots_n, sizeof(*a->slots));
	a->oldest = a->next = 1;
	a->phase_at = a->received_at = a->heard_at = now_ms;
	return a;
}

void ami_connected(struct ami *a, int64_t now_ms)
{
	a->phase_at = a->received_at = a->heard_at = now_ms;
}

void ami_free(struct ami *a)
{
	if (!a)
		return;
	free((char *)a->conf.username);
	explicit_bzero((char *)a->conf.secret, strlen(a->conf.secret));
	free((char *)a->conf.secret);
	free((char *)a->conf.events);
	free((char *)a->conf.id_prefix);
	amimsg_reader_free(a->reader);
	strbuf_done(&a->out);
	free(a->slots);
	free(a);
}

enum ami_phase ami_phase(const struct ami *a)
{
	return a->phase;
}

enum ami_failure ami_failure(const struct ami *a)
{
	return a->failure;
}

int64_t ami_uptime_s(const struct ami *a)
{
	return a->uptime_s;
}

const char *ami_version(const struct ami *a)
{
	return a->version;
}

size_t ami_output(const struct ami *a, const char **ret)
{
	*ret = a->out.s + a->out_sent;
	return a->out.len - a->out_sent;
}

void ami_sent(struct ami *a, size_t n)
{
	assert(n <= a->out.len - a->out_sent);
	a->out_sent += n;
	/* Move what is left only when it is the smaller part: a byte thus moves once on average. */
	if (a->out_sent >= a->out.len - a->out_sent) {
		strbuf_drop(&a->out, a->out_sent);
		a->out_sent = 0;
	}
}

static unsigned room(const struct ami *a)
{
	unsigned used = (unsigned)(a->next - a->oldest);

	return used < a->conf.window ? a->conf.window - used : 0;
}

unsigned ami_room(const struct ami *a)
{
	return a->phase == AMI_READY && a->failure == AMI_FAIL_NONE ? room(a) : 0;
}

void ami_expect(struct ami *a, uint64_t events)
{
	a->expected = events;
}

unsigned ami_pending(const struct ami *a)
{
	return a->n_pending;
}

static struct pending *slot(struct ami *a, uint64_t number)
{
	return &a->slots[number % a->slots_n];
}

/* Free a slot, and move the window on over free slots at its beginning. */
static void forget(struct ami *a, struct pending *p)
{
	p->number = 0;
	a->n_pending--;
	while (a->oldest < a->next && slot(a, a->oldest)->number == 0)
		a->oldest++;
}

static int send_action(
	struct ami *a, struct pending what, const char *const *fields, struct err *err)
{
	struct amimsg_writer w;
	char id[64];

	assert(strcmp(fields[0], "Action") == 0);
	assert(a->next - a->oldest < a->slots_n);
	snprintf(id, sizeof(id), "%s-%llu", a->conf.id_prefix, (unsigned long long)a->next);
	amimsg_begin(&w, &a->out, fields[1]);
	/* Asterisk takes the first header of a name: an ActionID among the fields cannot take the place of this one. */
	amimsg_add(&w, "ActionID", id);
	for (fields += 2; fields[0]; fields += 2)
		amimsg_add(&w, fields[0], fields[1]);
	if (amimsg_end(&w, err) < 0)
		return -1;
	what.number = a->next++;
	*slot(a, what.number) = what;
	a->n_pending++;
	return 0;
}

int ami_send(
	struct ami *a, uint64_t tag, const char *const *fields, int64_t now_ms, struct err *err)
{
	struct pending p = { .tag = tag, .at = now_ms, .purpose = FOR_OWNER };
	bool about = fields[2] && fields[3];

	snprintf(p.what, sizeof(p.what), "%s%s%s", fields[1], about ? " " : "",
		about ? fields[3] : "");
	if (ami_room(a) == 0)
		return err_set(err, ERR_FAILED, "too many actions are under way to this PBX");
	return send_action(a, p, fields, err);
}

/* End the dialogue. The caller has filled `err`. */
static int fail(struct ami *a, enum ami_failure why)
{
	a->failure = why;
	return -1;
}

static void enter(struct ami *a, enum ami_phase phase, int64_t now_ms)
{
	a->phase = phase;
	a->phase_at = now_ms;
	if (phase >= AMI_BOOTING && a->handlers.phase)
		a->handlers.phase(a->data, phase);
}

/* Log in with the digest of challenge and secret, or with the secret itself if challenge is NULL. */
static int send_login(struct ami *a, const char *challenge, int64_t now_ms, struct err *err)
{
	struct pending p = { .at = now_ms, .purpose = FOR_LOGIN };
	char key[33];
	const char *fields[] = { "Action", "Login", "Username", a->conf.username, "Events",
		a->conf.events, "Secret", a->conf.secret, NULL, NULL, NULL };

	if (challenge) {
		if (!a->conf.md5 || a->conf.md5(challenge, a->conf.secret, key) < 0) {
			err_set(err, ERR_FAILED,
				"cannot answer Asterisk's challenge: no MD5 on this system "
				"(FIPS?): log in with the plain secret, over TLS");
			return fail(a, AMI_FAIL_LOGIN);
		}
		fields[6] = "AuthType";
		fields[7] = "MD5";
		fields[8] = "Key";
		fields[9] = key;
	}
	if (send_action(a, p, fields, err) < 0) {
		err_wrap(err, "login of '%s'", a->conf.username);
		return fail(a, AMI_FAIL_LOGIN);
	}
	return 0;
}

static int send_challenge(struct ami *a, int64_t now_ms, struct err *err)
{
	static const char *const fields[] = { "Action", "Challenge", "AuthType", "MD5", NULL };
	struct pending p = { .at = now_ms, .purpose = FOR_CHALLENGE };

	if (send_action(a, p, fields, err) < 0)
		return fail(a, AMI_FAIL_LOGIN);
	return 0;
}

static int banner(struct ami *a, const char *line, int64_t now_ms, struct err *err)
{
	const char *version = line + strlen(banner_start);
	size_t n;

	if (strncmp(line, banner_start, strlen(banner_start)) != 0) {
		err_set(err, ERR_FAILED,
			"this is not Asterisk's manager interface, it greets with '%.60s': "
			"check host, port and tls",
			line);
		return fail(a, AMI_FAIL_PROTOCOL);
	}
	n = strspn(version, TEXT_ALNUM ".-_~+");
	if (n == 0 || n >= sizeof(a->version) || version[n + strspn(version + n, " ")]) {
		err_set(err, ERR_FAILED,
			"Asterisk's manager interface has no usable version: '%.60s'", line);
		return fail(a, AMI_FAIL_PROTOCOL);
	}
	memcpy(a->version, version, n);
	enter(a, AMI_LOGIN, now_ms);
	return a->conf.plain ? send_login(a, NULL, now_ms, err) : send_challenge(a, now_ms, err);
}

static int refused(struct ami *a, const struct amimsg *m, struct err *err)
{
	const char *why = amimsg_get(m, "Message");

	if (!why)
		why = "no reason given";
	if (strcasecmp(why, "Authentication failed") == 0)
		err_set(err, ERR_FAILED,
			"Asterisk refused the login of '%s': wrong user name or secret, or "
			"this address is not permitted (see manager.conf there)",
			a->conf.username);
	else if (strcasecmp(why, "Login Already In Use") == 0)
		err_set(err, ERR_FAILED,
			"Asterisk refused the login of '%s': it is logged in already, and "
			"allowmultiplelogin=no in manager.conf: does another presenced use this PBX?",
			a->conf.username);
	else
		err_set(err, ERR_FAILED, "Asterisk refused the login of '%s': %.100s",
			a->conf.username, why);
	return fail(a, AMI_FAIL_LOGIN);
}

/* The number in an ActionID of ours. 0 if the ActionID is not ours. */
static uint64_t number_of(const struct ami *a, const char *id)
{
	size_t n = strlen(a->conf.id_prefix);
	uint64_t number = 0;

	if (!id || strncmp(id, a->conf.id_prefix, n) != 0 || id[n] != '-' || id[n + 1] == '0')
		return 0;
	for (id += n + 1; *id; id++) {
		if (*id < '0' || *id > '9' || number > UINT64_MAX / 10 - 1)
			return 0;
		number = number * 10 + (unsigned)(*id - '0');
	}
	return number;
}

/* The action under way to which a message belongs. NULL if there is no such action. */
static struct pending *pending_of(struct ami *a, const struct amimsg *m)
{
	uint64_t number = number_of(a, amimsg_get(m, "ActionID"));
	struct pending *p = slot(a, number);

	return number && p->number == number ? p : NULL;
}

static bool header_is(const struct amimsg *m, const char *name, const char *value)
{
	const char *v = amimsg_get(m, name);

	return v && strcasecmp(v, value) == 0;
}

/* The dialogue is dead: answer all actions that are under way with a failure. Each round frees the oldest of them, so the loop ends. */
static void give_up(struct ami *a, enum ami_failure why)
{
	fail(a, why);
	while (a->n_pending > 0) {
		struct pending *p = slot(a, a->oldest);
		bool tell = p->purpose == FOR_OWNER && a->handlers.answer;
		uint64_t tag = p->tag;

		forget(a, p);
		if (tell)
			a->handlers.answer(a->data, tag, false, NULL);
	}
}

/* A ping is answered. What was sent before it and is still under way will not be answered any more. */
static int pong(struct ami *a, uint64_t number, struct err *err)
{
	a->pinging = false;
	if (!a->n_pending || a->oldest > number)
		return 0;
	err_set(err, ERR_FAILED, "an answer of Asterisk was lost");
	give_up(a, AMI_FAIL_LOST);
	return -1;
}

/* A response answers the action with its ActionID. If it begins a list, the action stays under way until the event that completes
 * the list. The slot is free before the owner is called, so that the owner can send at once. */
static int response(struct ami *a, const struct amimsg *m, int64_t now_ms, struct err *err)
{
	struct pending *p = pending_of(a, m);
	struct pending done;
	const char *value = m->headers[0].value;
	bool ok = strcasecmp(value, "Success") == 0 || strcasecmp(value, "Goodbye") == 0;

	if (!p || p->list)
		return 0;
	a->heard_at = now_ms;
	if (ok && header_is(m, "EventList", "start")) {
		p->list = true;
		return 0;
	}
	done = *p;
	forget(a, p);
	switch (done.purpose) {
	case FOR_CHALLENGE:
		value = amimsg_get(m, "Challenge");
		return ok && value ? send_login(a, value, now_ms, err) : refused(a, m, err);
	case FOR_LOGIN:
		if (!ok)
			return refused(a, m, err);
		enter(a, AMI_BOOTING, now_ms);
		return 0;
	case FOR_PING: return pong(a, done.number, err);
	default:
		if (a->handlers.answer)
			a->handlers.answer(a->data, done.tag, ok, m);
		return 0;
	}
}

static int endless(struct ami *a, const struct pending *p, struct err *err)
{
	err_set(err, ERR_FAILED,
		"the list of %s has more than %llu entries, far more than what we have put there",
		p->what, (unsigned long long)(AMI_LIST_EVENTS + a->expected));
	return fail(a, AMI_FAIL_PROTOCOL);
}

/* An event of the list of an action. */
static int list_event(
	struct ami *a, struct pending *p, const struct amimsg *m, int64_t now_ms, struct err *err)
{
	bool complete = header_is(m, "EventList", "Complete");
	uint64_t tag = p->tag;

	a->heard_at = now_ms;
	if (complete || header_is(m, "EventList", "Cancelled")) {
		forget(a, p);
		if (a->handlers.answer)
			a->handlers.answer(a->data, tag, complete, m);
		return 0;
	}
	if (++p->events > AMI_LIST_EVENTS + a->expected)
		return endless(a, p, err);
	if (a->handlers.item)
		a->handlers.item(a->data, tag, m);
	return 0;
}

static int64_t seconds(const char *text)
{
	long long n = text ? strtoll(text, NULL, 10) : 0;

	return n < 0 || n > UPTIME_MAX_S ? 0 : n;
}

/* An event is an item of a list, or its end, if it has the ActionID of an action whose list has begun. FullyBooted ends the boot. All
 * other events go to the owner. Before the login no event counts. */
static int event(struct ami *a, const struct amimsg *m, int64_t now_ms, struct err *err)
{
	struct pending *p = pending_of(a, m);

	if (a->phase < AMI_BOOTING)
		return 0;
	if (p && p->list)
		return list_event(a, p, m, now_ms, err);
	if (strcasecmp(m->headers[0].value, "FullyBooted") == 0) {
		a->uptime_s = seconds(amimsg_get(m, "Uptime"));
		if (a->phase == AMI_BOOTING)
			enter(a, AMI_READY, now_ms);
	} else if (a->handlers.event) {
		a->handlers.event(a->data, m);
	}
	return 0;
}

/* The first header says what a message is. A later one does not count: the event OriginateResponse has a Response in the middle,
 * and a header that a caller smuggles into an event is never the first. */
static int message(struct ami *a, const struct amimsg *m, int64_t now_ms, struct err *err)
{
	const char *kind = m->headers[0].name;

	if (strcasecmp(kind, "Response") == 0)
		return response(a, m, now_ms, err);
	if (strcasecmp(kind, "Event") == 0)
		return event(a, m, now_ms, err);
	return 0;
}

/* Read all messages that are whole. -1: the dialogue is dead. */
static int read_all(struct ami *a, int64_t now_ms, struct err *err)
{
	struct amimsg m;
	const char *line;
	int got;

	if (a->phase == AMI_BANNER) {
		got = amimsg_next_line(a->reader, &line, err);
		if (got < 0)
			return fail(a, AMI_FAIL_PROTOCOL);
		if (got == 0)
			return 0;
		if (banner(a, line, now_ms, err) < 0)
			return -1;
	}
	while ((got = amimsg_next(a->reader, &m, err)) > 0) {
		if (message(a, &m, now_ms, err) < 0)
			return -1;
	}
	return got < 0 ? fail(a, AMI_FAIL_PROTOCOL) : 0;
}

static int dead(struct err *err)
{
	return err_set(err, ERR_FAILED, "the connection to this PBX has failed already");
}

int ami_input(struct ami *a, const char *bytes, size_t n, int64_t now_ms, struct err *err)
{
	if (a->failure != AMI_FAIL_NONE)
		return dead(err);
	if (n > 0)
		a->received_at = now_ms;
	amimsg_feed(a->reader, bytes, n);
	return read_all(a, now_ms, err);
}

static int64_t later(int64_t at, int64_t ms)
{
	return ms < INT64_MAX - at ? at + ms : INT64_MAX;
}

/* When an action is overdue: the oldest is the first. */
static int64_t overdue(const struct ami *a)
{
	const struct pending *p = &a->slots[a->oldest % a->slots_n];
	int64_t silent_at;

	if (a->phase == AMI_LOGIN)
		return later(p->at, a->conf.greet_ms);
	silent_at = later(p->at > a->heard_at ? p->at : a->heard_at, a->conf.silence_ms);
	if (p->list && later(p->at, AMI_LIST_MS) < silent_at)
		silent_at = later(p->at, AMI_LIST_MS);
	if (!a->pinging && later(p->at, a->conf.answer_ms) < silent_at)
		return later(p->at, a->conf.answer_ms);
	return silent_at;
}

int64_t ami_deadline(const struct ami *a)
{
	if (a->failure != AMI_FAIL_NONE)
		return INT64_MAX;
	if (a->phase == AMI_BANNER)
		return later(a->phase_at, a->conf.greet_ms);
	if (a->n_pending > 0)
		return overdue(a);
	if (a->phase == AMI_BOOTING)
		return later(a->phase_at, a->conf.boot_ms);
	return a->conf.ping_ms > 0 ? later(a->received_at, a->conf.ping_ms) : INT64_MAX;
}

static void unanswered(const struct ami *a, int64_t now_ms, struct err *err)
{
	const struct pending *p = &a->slots[a->oldest % a->slots_n];

	if (p->list && now_ms - a->heard_at < a->conf.silence_ms)
		err_set(err, ERR_FAILED, "the list of %s has not ended within %d s", p->what,
			AMI_LIST_MS / 1000);
	else
		err_set(err, ERR_FAILED, "Asterisk has not answered for %g s",
			(double)a->conf.silence_ms / 1000);
}

/* The PBX was silent for too long: say at which step. */
static int silent(struct ami *a, int64_t now_ms, struct err *err)
{
	double greet_s = (double)a->conf.greet_ms / 1000;

	if (a->phase == AMI_BANNER)
		err_set(err, ERR_FAILED,
			"no greeting from Asterisk within %g s: check host and port, and "
			"whether that port wants TLS",
			greet_s);
	else if (a->phase == AMI_LOGIN)
		err_set(err, ERR_FAILED, "no answer to the login of '%s' within %g s",
			a->conf.username, greet_s);
	else if (a->phase == AMI_BOOTING)
		err_set(err, ERR_FAILED,
			"no FullyBooted from Asterisk within %g s of the login: either "
			"'%s' lacks 'system' in read= (manager.conf there), or the PBX is still booting",
			(double)a->conf.boot_ms / 1000, a->conf.username);
	else
		unanswered(a, now_ms, err);
	give_up(a, AMI_FAIL_SILENT);
	return -1;
}

static int send_ping(struct ami *a, int64_t now_ms, struct err *err)
{
	static const char *const ping[] = { "Action", "Ping", NULL };
	struct pending p = { .at = now_ms, .purpose = FOR_PING };

	a->pinging = true;
	return send_action(a, p, ping, err);
}

int ami_timeout(struct ami *a, int64_t now_ms, struct err *err)
{
	if (a->failure != AMI_FAIL_NONE)
		return dead(err);
	if (now_ms < ami_deadline(a))
		return 0;
	if (a->phase < AMI_READY || a->pinging)
		return silent(a, now_ms, err);
	return send_ping(a, now_ms, err);
}
