/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/publisher.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/sip/sipmsg.h"
#include "lib/sync/publishing.h"

enum {
	WINDOW = 32,    /* requests under way; one until the server has answered */
	PACE_MS = 5,    /* from one request to the next: 200 a second */
	BURST_MS = 100, /* so many ms of them may go at once */
	/* From one look at the database to the next: it takes a walk over all users. */
	LOOK_MS = 250,
	RECORD_MS = 1000, /* what was answered is written down after so long, many at once */
	RETRY_FIRST_MS = 500,
	RETRY_MAX_MS = 30000,
	RETRY_STORE_MS = 250, /* the database could not be used */
	RETRY_IDLE_MS = 1000,
	RETRY_AFTER_MAX_S = 600, /* no server may send us away for longer */
	/* A user who is refused is tried again after so long, then after twice that ... */
	REFUSED_FIRST_S = 60,
	REFUSED_MAX_S = 900,
	CONNECT_MS = 10000,
	/* If nothing was said for so long, a presence is refreshed early: is the server still there? */
	PROBE_MS = 60000,
	/* All are published again because the server has forgotten one: after so long if that is not the first time within AGAIN_NEW_MS,
	 * and each time after twice as long. A server may forget always. */
	AGAIN_FIRST_MS = 2000,
	AGAIN_MAX_MS = 3600000,
	AGAIN_NEW_MS = 600000,
	EXPIRES_MIN_S = 10,
	EXPIRES_MAX_S = 30 * 86400,
	TRIES_MAX = 8,
	LOGINS_MAX = 4, /* of a request, while others are under way */
	READ_SIZE = 65536,
	READS_A_STEP = 16, /* then others on the loop get their turn */
};

static const char *const phase_names[] = {
	[PUBLISHER_IDLE] = "idle",
	[PUBLISHER_DOWN] = "down",
	[PUBLISHER_UP] = "up",
};
_Static_assert(ARRAY_SIZE(phase_names) == PUBLISHER_PHASE_COUNT, "a name for every phase");

struct publisher {
	const struct conf_publish *conf;
	struct transport *transport;
	struct store *store;
	struct publisher_hooks hooks;
	void *data;

	enum publisher_phase phase;
	struct err error;      /* why it went down last */
	unsigned failures;     /* in a row */
	int64_t retry_ms;      /* when to try again, while down */
	int64_t retry_after_s; /* what the server said of that, or 0 */

	bool open, up; /* the transport: opened, and bytes can travel */
	bool answered; /* since it was opened */
	int64_t open_ms;
	char *secret;
	struct publishing_line line;
	struct sip_reader *reader;
	struct strbuf out; /* bytes that a stream has not taken yet */

	struct publications *list;
	struct publishing window[WINDOW];
	unsigned under_way;
	int64_t expires;       /* seconds, for which we ask */
	int64_t pace_ms;       /* no request before this */
	int64_t heard_ms;      /* when the server answered last */
	int64_t again_ms;      /* when all were due again last; at first long ago */
	int64_t again_wait_ms; /* and not before so long after it */
	bool forgot;           /* the server has forgotten something since */

	bool look;                       /* the database may hold something new */
	int64_t look_ms, record_ms;      /* not before this */
	char refused[128];               /* the words that were told last */
	struct err trouble;              /* of the database */
	bool in_trouble;                 /* in this step */
	bool look_failed, record_failed; /* when it was tried last */
	struct moment now;
};

const char *publisher_phase_name(enum publisher_phase p)
{
	return phase_names[p];
}

struct publisher *publisher_new(const struct conf_publish *conf, struct transport *transport,
	struct store *store, const struct publisher_hooks *hooks, void *data)
{
	struct publisher *p = xcalloc(1, sizeof(*p));
	struct sip_server server;
	struct err err;

	p->conf = conf;
	p->transport = transport;
	p->store = store;
	p->hooks = *hooks;
	p->data = data;
	p->list = publications_new(conf, store);
	p->out = (struct strbuf)STRBUF_INIT;
	for (size_t i = 0; i < WINDOW; i++) {
		p->window[i].bytes = (struct strbuf)STRBUF_INIT;
		p->window[i].text.body = (struct strbuf)STRBUF_INIT;
	}
	if (sip_server_parse(conf->server, &server, &err) == 0)
		p->line.over = server.over;
	p->expires = conf->expiry;
	p->again_ms = -AGAIN_NEW_MS;
	p->look = true;
	return p;
}

static void close_line(struct publisher *p)
{
	p->transport->close(p->transport);
	sip_reader_free(p->reader);
	p->reader = NULL;
	conf_wipe(p->secret);
	p->secret = NULL;
	strbuf_cut(&p->out, 0);
	p->open = p->up = false;
}

void publisher_free(struct publisher *p)
{
	struct err err;

	if (!p)
		return;
	/* What cannot be written is published again by the next who runs. */
	if (publications_has_changed(p->list))
		(void)!publications_record(p->list, &err);
	close_line(p);
	p->transport->free(p->transport);
	for (size_t i = 0; i < WINDOW; i++) {
		strbuf_done(&p->window[i].bytes);
		strbuf_done(&p->window[i].text.body);
	}
	strbuf_done(&p->out);
	publications_free(p->list);
	free(p);
}

const struct conf_publish *publisher_conf(const struct publisher *p)
{
	return p->conf;
}

enum publisher_phase publisher_phase(const struct publisher *p)
{
	return p->phase;
}

bool publisher_is_in_trouble(const struct publisher *p)
{
	return p->look_failed || p->record_failed;
}

void publisher_wake(struct publisher *p)
{
	p->look = true;
}

static int64_t jitter(struct publisher *p, int64_t ms)
{
	return ms - ms / 4 + (int64_t)p->transport->random(p->transport, (uint32_t)(ms / 2 + 1));
}

/* Nothing is under way any more: all of it is due again. */
static void take_back(struct publisher *p)
{
	for (size_t i = 0; i < WINDOW; i++) {
		if (!p->window[i].of)
			continue;
		publications_due(p->list, p->window[i].of, p->now.ms);
		publishing_end(&p->window[i]);
	}
	p->under_way = 0;
}

/* The database could not be used. What was to be done with it is done later. */
static void leave_store(struct publisher *p, const struct err *why)
{
	if (!p->in_trouble)
		p->trouble = *why;
	p->in_trouble = true;
}

/* The server is away, or will not have us. A refused login is not tried quickly: the server may count such and ban us. */
static void go_down(struct publisher *p, const struct err *why)
{
	unsigned shift = p->failures < 8 ? p->failures : 8;
	int64_t ms = (int64_t)RETRY_FIRST_MS << shift;
	bool news = p->phase != PUBLISHER_DOWN || strcmp(p->error.msg, why->msg) != 0;

	take_back(p);
	close_line(p);
	if (ms > RETRY_MAX_MS || p->retry_after_s < 0)
		ms = RETRY_MAX_MS;
	if (p->retry_after_s > 0 && ms < p->retry_after_s * 1000)
		ms = p->retry_after_s * 1000;
	p->retry_after_s = 0;
	p->retry_ms = p->now.ms + jitter(p, ms);
	p->failures++;
	p->error = *why;
	p->phase = PUBLISHER_DOWN;
	if (news && p->hooks.phase)
		p->hooks.phase(p->data, p, p->phase, &p->error);
}

static void all_again(struct publisher *p)
{
	p->again_wait_ms *= 2;
	if (p->again_wait_ms > AGAIN_MAX_MS)
		p->again_wait_ms = AGAIN_MAX_MS;
	if (p->now.ms - p->again_ms > AGAIN_NEW_MS)
		p->again_wait_ms = AGAIN_FIRST_MS;
	p->again_ms = p->now.ms;
	p->forgot = false;
	publications_all_due(p->list, p->now.ms);
}

/* The server takes what we send. If it was away it may have forgotten everything. */
static void come_up(struct publisher *p)
{
	enum publisher_phase before = p->phase;

	p->failures = 0;
	p->phase = PUBLISHER_UP;
	if (before == PUBLISHER_UP)
		return;
	p->error.msg[0] = '\0';
	if (before == PUBLISHER_DOWN)
		all_again(p);
	if (p->hooks.phase)
		p->hooks.phase(p->data, p, p->phase, NULL);
}

static int open_line(struct publisher *p, struct err *err)
{
	static const char set[] = TEXT_ALNUM;
	struct publishing_login *login = &p->line.login;

	if (p->transport->open(p->transport, &p->secret, err) < 0)
		return -1;
	for (int i = 0; i < PUBLISHING_ID_LEN; i++)
		p->line.id[i] = set[p->transport->random(p->transport, sizeof(set) - 1)];
	login->digest = (struct digest_login){
		.username = p->conf->username,
		.secret = p->secret,
		.md5 = p->transport->md5,
		.sha256 = p->transport->sha256,
	};
	p->reader = sip_reader_new(p->line.over == SIP_UDP);
	p->open = true;
	p->answered = false;
	p->open_ms = p->now.ms;
	return 0;
}

/* Send the bytes of a request. A datagram for which there is no room now is lost, as others may be: it is sent again. */
static int send_bytes(struct publisher *p, const struct publishing *r, struct err *err)
{
	if (p->line.over == SIP_UDP)
		return p->transport->write(p->transport, r->bytes.s, r->bytes.len, err) < 0 ? -1
											    : 0;
	strbuf_add(&p->out, r->bytes.s, r->bytes.len);
	return 0;
}

static int write_and_send(struct publisher *p, struct publishing *r, struct err *err)
{
	if (publishing_write(r, &p->line, err) < 0)
		return -1;
	r->sent_ms = p->now.ms;
	r->resent = false;
	sip_transaction_begin(&r->timers, p->line.over != SIP_UDP, p->now.ms);
	return send_bytes(p, r, err);
}

static void end(struct publisher *p, struct publishing *r)
{
	publishing_end(r);
	p->under_way--;
}

/* Give the request its document, also if it only refreshes: a Kamailio that keeps all in memory (5.6, publ_cache = 2) forgets the document
 * of what is refreshed without. *ret_there: false if the user is gone meanwhile, and the next look at the database says what to do. */
static int add_document(struct publisher *p, struct publishing *r, bool *ret_there, struct err *err)
{
	if (publications_text(p->list, r->of, &r->text, ret_there, err) < 0)
		return -1;
	if (*ret_there)
		r->of->wanted = r->text.stamp;
	return 0;
}

/* The answer wants the same once more, but otherwise. */
static int again(struct publisher *p, struct publishing *r, struct err *err)
{
	if (++r->tries > TRIES_MAX)
		return err_set(
			err, ERR_FAILED, "the server is never content with what it has asked for");
	return write_and_send(p, r, err);
}

/* The server refuses this user. */
static void refuse(struct publisher *p, struct publishing *r, const char *why)
{
	struct publication *x = r->of;
	unsigned shift = x->failures < 4 ? x->failures : 4;
	int64_t s = (int64_t)REFUSED_FIRST_S << shift;
	char words[sizeof(p->refused)];

	end(p, r);
	if (!x->user_id) {
		publications_drop(p->list, x);
		return;
	}
	snprintf(words, sizeof(words), "%s", why);
	text_tame(words);
	x->failures++;
	publications_note(p->list, x, words);
	publications_due(
		p->list, x, p->now.ms + jitter(p, (s < REFUSED_MAX_S ? s : REFUSED_MAX_S) * 1000));
	if (strcmp(words, p->refused) != 0 && p->hooks.refused)
		p->hooks.refused(p->data, p, x->uri, words);
	snprintf(p->refused, sizeof(p->refused), "%s", words);
}

/* When to refresh what the server forgets after `s` seconds. Each user has another moment, so that they spread. */
static int64_t refresh_ms(struct publisher *p, int64_t s)
{
	int64_t fifth = s * 1000 / 5;

	return s * 700 + (int64_t)p->transport->random(p->transport, (uint32_t)fifth + 1);
}

/* 2xx: the server has it. */
static void taken(struct publisher *p, struct publishing *r, const struct sip_response *m)
{
	struct publication *x = r->of;
	const char *tag = sip_get(m, "SIP-ETag", 0);
	int64_t s = r->expires;

	if (r->expires && (!tag || !*tag || strlen(tag) > SIP_TAG_MAX_LEN)) {
		refuse(p, r, "the server gives no usable SIP-ETag");
		return;
	}
	(void)!sip_get_number(m, "Expires", r->expires, &s);
	s = s > EXPIRES_MIN_S ? s : EXPIRES_MIN_S;
	text_copy(x->tag, sizeof(x->tag), r->expires ? tag : "");
	x->at = p->now.utc;
	x->expires = p->now.utc + s;
	x->taken_ms = p->now.ms;
	x->failures = 0;
	x->held = r->text.stamp;
	text_copy(x->mode, sizeof(x->mode), r->text.mode);
	end(p, r);
	if (!x->user_id && !*x->tag) {
		publications_drop(p->list, x);
		return;
	}
	publications_note(p->list, x, NULL);
	publications_due(p->list, x,
		x->user_id && x->held == x->wanted ? p->now.ms + refresh_ms(p, s) : p->now.ms);
}

/* 412: the server does not hold what we think. If it did a while ago, it may have forgotten the others too. */
static int forgotten(struct publisher *p, struct publishing *r, struct err *err)
{
	struct publication *x = r->of;

	if (!*x->tag) {
		refuse(p, r, "412 although nothing was to match");
		return 0;
	}
	x->tag[0] = '\0';
	if (!x->user_id) {
		end(p, r);
		publications_drop(p->list, x);
		return 0;
	}
	p->forgot |= x->taken_ms && x->taken_ms >= p->again_ms;
	if (r->expires)
		return again(p, r, err);
	/* It was to be taken back, and somebody has the address again. */
	end(p, r);
	publications_due(p->list, x, p->now.ms);
	return 0;
}

/* 423: it must last longer. */
static int too_brief(
	struct publisher *p, struct publishing *r, const struct sip_response *m, struct err *err)
{
	int64_t s;

	if (!r->expires || !sip_get_number(m, "Min-Expires", EXPIRES_MAX_S, &s) ||
		s <= r->expires) {
		refuse(p, r, "423 without a usable Min-Expires");
		return 0;
	}
	p->expires = r->expires = s;
	return again(p, r, err);
}

static int login_failed(struct publisher *p, struct err *err)
{
	p->line.login.asked = false;
	p->retry_after_s = -1;
	if (!*p->conf->username)
		return err_set(err, ERR_FAILED,
			"the server asks for a login: set username and secret_file");
	return err_set(err, ERR_FAILED,
		"the server refuses the login of '%s': wrong username or secret",
		p->conf->username);
}

/* Whether a login that was refused is wrong. It answered the server's own last challenge, was sent once, and the server does not call the
 * challenge stale. But of several that are under way with one challenge a server may see the later one first, and take the earlier
 * one for a replay: then it has to refuse one login again and again. */
static bool is_wrong(const struct publisher *p, const struct publishing *r, bool stale)
{
	if (!r->logged_in || !r->fresh || stale || r->resent)
		return false;
	return p->phase != PUBLISHER_UP || r->tries >= LOGINS_MAX;
}

/* 401, 407: the server wants a login. */
static int log_in(
	struct publisher *p, struct publishing *r, const struct sip_response *m, struct err *err)
{
	struct publishing_login *l = &p->line.login;
	bool proxy = m->status == 407, found = false;
	struct digest_challenge c;
	const char *value;

	for (size_t i = 0; !found && i < SIP_HEADERS_MAX; i++) {
		value = sip_get(m, proxy ? "Proxy-Authenticate" : "WWW-Authenticate", i);
		if (!value)
			break;
		found = digest_read(value, &c);
	}
	if (!found) {
		p->retry_after_s = -1;
		return err_set(err, ERR_FAILED,
			"the server asks for a login that presenced does not know; it knows digest with MD5 and "
			"SHA-256");
	}
	if (!*p->conf->username || is_wrong(p, r, c.stale))
		return login_failed(p, err);
	l->challenge = c;
	l->asked = true;
	l->proxy = proxy;
	l->count = 0;
	r->fresh = true;
	return again(p, r, err);
}

static int unavailable(struct publisher *p, const struct sip_response *m, struct err *err)
{
	(void)!sip_get_number(m, "Retry-After", RETRY_AFTER_MAX_S, &p->retry_after_s);
	return err_set(err, ERR_FAILED, "the server says %d %.100s", m->status, m->reason);
}

/* Take a response to a request of ours. -1: the server is of no use now. */
static int response(
	struct publisher *p, struct publishing *r, const struct sip_response *m, struct err *err)
{
	char why[128];

	p->heard_ms = p->now.ms;
	p->answered = true;
	if (m->status < 200) {
		sip_transaction_provisional(&r->timers);
		return 0;
	}
	switch (m->status) {
	case 401:
	case 407: return log_in(p, r, m, err);
	case 423: return too_brief(p, r, m, err);
	case 503: return unavailable(p, m, err);
	default: break;
	}
	come_up(p);
	if (m->status == 412)
		return forgotten(p, r, err);
	if (m->status < 300) {
		taken(p, r, m);
		return 0;
	}
	snprintf(why, sizeof(why), "%d %.100s", m->status, m->reason);
	refuse(p, r, why);
	return 0;
}

static int responses(struct publisher *p, struct err *err)
{
	struct sip_response m;
	int got;

	while ((got = sip_next(p->reader, &m, err)) > 0) {
		for (size_t i = 0; i < WINDOW; i++) {
			struct publishing *r = &p->window[i];

			if (!r->of || !sip_answers(&m, r->branch, SIP_PUBLISH))
				continue;
			if (response(p, r, &m, err) < 0)
				return -1;
			break;
		}
	}
	return got;
}

/* The connection has ended. If the server has answered on it, it may only have closed what was idle: what is under way is sent on the
 * next connection. Soon, since the server may have been restarted. */
static int lost(struct publisher *p)
{
	if (!p->answered)
		return -1;
	take_back(p);
	close_line(p);
	if (p->heard_ms > p->now.ms - PROBE_MS + RETRY_IDLE_MS)
		p->heard_ms = p->now.ms - PROBE_MS + RETRY_IDLE_MS;
	return 0;
}

static int take_in(struct publisher *p, struct err *err)
{
	struct transport *t = p->transport;
	char bytes[READ_SIZE];

	for (int i = 0; i < READS_A_STEP || t->has_input(t); i++) {
		ssize_t n = t->read(t, bytes, sizeof(bytes), err);

		if (n == 0)
			return 0;
		if (n < 0)
			return lost(p);
		sip_feed(p->reader, bytes, (size_t)n);
		if (responses(p, err) < 0)
			return -1;
	}
	return 0;
}

static int flush(struct publisher *p, struct err *err)
{
	while (p->out.len) {
		ssize_t n = p->transport->write(p->transport, p->out.s, p->out.len, err);

		if (n < 0)
			return lost(p);
		if (n == 0)
			return 0;
		strbuf_drop(&p->out, (size_t)n);
	}
	return 0;
}

/* Send again what was not answered, and give up what was not answered for too long. If the server has answered others meanwhile, it is
 * there. */
static int mind_timers(struct publisher *p, struct err *err)
{
	for (size_t i = 0; i < WINDOW; i++) {
		struct publishing *r = &p->window[i];

		if (!r->of)
			continue;
		switch (sip_transaction_due(&r->timers, p->now.ms)) {
		case SIP_DUE_NOTHING: break;
		case SIP_DUE_RESEND:
			r->resent = true;
			if (send_bytes(p, r, err) < 0)
				return -1;
			break;
		case SIP_DUE_END:
			if (p->heard_ms < r->sent_ms)
				return err_set(err, ERR_FAILED,
					"the server has not answered for %d s",
					SIP_GIVE_UP_MS / 1000);
			refuse(p, r, "no answer");
			break;
		}
	}
	return 0;
}

/* When the next request may be sent. INT64_MAX: not before something else happens. Until the server has answered, one request at a time
 * tries it. */
static int64_t send_ms(const struct publisher *p)
{
	const struct publication *first = publications_first(p->list);
	int64_t at;

	if (!first || p->under_way == (p->phase == PUBLISHER_UP ? WINDOW : 1))
		return INT64_MAX;
	at = first->due.at;
	if (p->phase == PUBLISHER_DOWN)
		at = p->retry_ms;
	else if (p->phase == PUBLISHER_IDLE)
		at = 0;
	else if (!p->under_way && p->heard_ms + PROBE_MS < at)
		at = p->heard_ms + PROBE_MS;
	return at > p->pace_ms ? at : p->pace_ms;
}

static int send_one(struct publisher *p, struct err *err)
{
	struct publication *x = publications_first(p->list);
	struct publishing *r = p->window;
	bool there = true;

	if (!x->user_id && !*x->tag) {
		publications_drop(p->list, x);
		return 0;
	}
	while (r->of)
		r++;
	r->of = x;
	p->under_way++;
	publications_begin(p->list, x);
	r->expires = x->user_id ? p->expires : 0;
	if (x->user_id && add_document(p, r, &there, err) < 0) {
		leave_store(p, err);
		end(p, r);
		publications_due(p->list, x, p->now.ms + RETRY_STORE_MS);
		p->pace_ms = p->now.ms + RETRY_STORE_MS;
		return 0;
	}
	if (!there) {
		end(p, r);
		publications_due(p->list, x, p->now.ms + LOOK_MS);
		return 0;
	}
	if (p->pace_ms < p->now.ms - BURST_MS)
		p->pace_ms = p->now.ms - BURST_MS;
	p->pace_ms += PACE_MS;
	return write_and_send(p, r, err);
}

/* The pace ends the loop, or that nothing is due. */
static int send_due(struct publisher *p, struct err *err)
{
	while (send_ms(p) <= p->now.ms) {
		if (send_one(p, err) < 0)
			return -1;
	}
	return 0;
}

static int connect_line(struct publisher *p, struct err *err)
{
	int r = p->transport->connect(p->transport, err);

	if (r < 0)
		return -1;
	if (r == 0 && p->now.ms - p->open_ms >= CONNECT_MS)
		return err_set(err, ERR_FAILED, "no connection to %s within %d s", p->conf->server,
			CONNECT_MS / 1000);
	if (r > 0) {
		p->up = true;
		p->transport->local(p->transport, p->line.local, sizeof(p->line.local));
	}
	return 0;
}

static int serve(struct publisher *p, struct err *err)
{
	if (!p->open) {
		if (send_ms(p) > p->now.ms)
			return 0;
		if (open_line(p, err) < 0)
			return -1;
	}
	if (!p->up && connect_line(p, err) < 0)
		return -1;
	if (!p->up)
		return 0;
	if (take_in(p, err) < 0)
		return -1;
	if (!p->open)
		return 0; /* it was lost */
	if (p->forgot && p->now.ms >= p->again_ms + p->again_wait_ms)
		all_again(p);
	if (mind_timers(p, err) < 0 || send_due(p, err) < 0)
		return -1;
	return flush(p, err);
}

static int look(struct publisher *p, struct err *err)
{
	if (!p->look || p->now.ms < p->look_ms)
		return 0;
	p->look_ms = p->now.ms + RETRY_STORE_MS;
	p->look_failed = publications_look(p->list, err) < 0;
	if (p->look_failed)
		return err_wrap(err, "presence server '%s'", p->conf->name);
	p->look_ms = p->now.ms + LOOK_MS;
	p->look = false;
	return 0;
}

static int record(struct publisher *p, struct err *err)
{
	if (!publications_has_changed(p->list) || p->now.ms < p->record_ms)
		return 0;
	p->record_ms = p->now.ms + RECORD_MS;
	p->record_failed = publications_record(p->list, err) < 0;
	return p->record_failed ? -1 : 0;
}

int publisher_step(struct publisher *p, struct moment now, struct err *err)
{
	struct err why;

	p->now = now;
	p->in_trouble = false;
	if (look(p, &why) < 0)
		leave_store(p, &why);
	if (serve(p, &why) < 0) {
		err_wrap(&why, "presence server '%s'", p->conf->name);
		go_down(p, &why);
	}
	if (record(p, &why) < 0)
		leave_store(p, &why);
	if (!p->in_trouble)
		return 0;
	*err = p->trouble;
	return -1;
}

int publisher_fd(const struct publisher *p)
{
	return p->open ? p->transport->fd(p->transport) : -1;
}

short publisher_events(const struct publisher *p)
{
	short events = p->open ? p->transport->events(p->transport) : 0;

	return (short)(events | (p->up && p->out.len ? POLLOUT : 0));
}

int64_t publisher_deadline(const struct publisher *p)
{
	int64_t at = send_ms(p);

	if (p->open && !p->up)
		at = p->open_ms + CONNECT_MS;
	for (size_t i = 0; i < WINDOW; i++) {
		const struct publishing *r = &p->window[i];

		if (r->of && sip_transaction_deadline(&r->timers) < at)
			at = sip_transaction_deadline(&r->timers);
	}
	if (p->forgot && p->up && p->again_ms + p->again_wait_ms < at)
		at = p->again_ms + p->again_wait_ms;
	if (p->look && p->look_ms < at)
		at = p->look_ms;
	if (publications_has_changed(p->list) && p->record_ms < at)
		at = p->record_ms;
	return at;
}
