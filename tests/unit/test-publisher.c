/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A publisher against a presence server in memory, which loses, refuses and forgets. Time and luck are the test's: hours pass in
 * milliseconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>

#include "lib/binding/conn.h"
#include "lib/binding/hash.h"
#include "lib/sip/digest.h"
#include "lib/store/activity.h"
#include "lib/store/publication.h"
#include "lib/sync/publisher.h"
#include "store-help.h"

enum { NOW = 1795000000, START_MS = 1000000, USERS_MAX = 1000, QUEUE_MAX = 256 };

/* What the server holds: one publication. */
struct server_held {
	char uri[64], tag[32];
	char body[1024];
	int64_t expires_ms;
};

struct sip_peer {
	struct transport transport; /* first */
	int64_t now_ms;
	uint32_t seed;
	/* How it behaves. */
	bool refuses;  /* no connection */
	bool silent;   /* it takes everything and says nothing */
	unsigned loss; /* of a hundred datagrams, each way */
	const char *secret;
	bool sha256, stale_always;
	int64_t min_expires;
	int status; /* says this instead, to `status_for` or (NULL) to all */
	const char *status_for, *status_more;
	bool guards; /* it looks at the login before it looks for a transaction: what comes again is a replay */
	unsigned confused; /* it takes each so manyth login for a replay */
	bool garbage;
	bool forgets; /* everything, at once */
	bool closes;  /* a connection on which nothing was said for half a minute */
	/* What it holds and has seen. */
	struct server_held held[2 * USERS_MAX];
	size_t held_n;
	unsigned tags, nonces, requests, initial, opened;
	unsigned second_n, second_max; /* requests within a second */
	unsigned last_nonce, last_nc, logins;
	int64_t second, asked_ms;
	bool open;
	/* Its last answers, for requests that come again: the server has a transaction for each. */
	struct {
		char via[200];
		char *text;
	} said[QUEUE_MAX];
	unsigned said_n;
	struct strbuf in;
	char *out[QUEUE_MAX];
	size_t out_n;
};

static uint32_t peer_random(struct transport *t, uint32_t bound)
{
	struct sip_peer *p = (struct sip_peer *)t;

	p->seed = p->seed * 1103515245 + 12345;
	return (p->seed >> 8) % bound;
}

static int peer_open(struct transport *t, char **ret_secret, struct err *err)
{
	struct sip_peer *p = (struct sip_peer *)t;

	if (p->refuses)
		return err_set(err, ERR_FAILED, "connection refused");
	*ret_secret = xstrdup("sesame");
	p->open = true;
	p->opened++;
	p->asked_ms = p->now_ms;
	return 0;
}

static int peer_connect(struct transport *t, struct err *err)
{
	(void)t;
	(void)err;
	return 1;
}

static void peer_close(struct transport *t)
{
	struct sip_peer *p = (struct sip_peer *)t;

	for (size_t i = 0; i < p->out_n; i++)
		free(p->out[i]);
	p->out_n = 0;
	p->open = false;
	strbuf_cut(&p->in, 0);
}

static bool peer_loses(struct sip_peer *p)
{
	return p->silent || peer_random(&p->transport, 100) < p->loss;
}

/* A header's value in a request, or "". */
static char *header(const char *request, const char *name, char *to, size_t size)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "\r\n%s: ", name);
	at = strstr(request, key);
	snprintf(to, size, "%.*s", at ? (int)strcspn(at + strlen(key), "\r") : 0,
		at ? at + strlen(key) : "");
	return to;
}

static void put_out(struct sip_peer *p, const char *text)
{
	if (peer_loses(p))
		return;
	assert_true(p->out_n < QUEUE_MAX);
	p->out[p->out_n++] = xstrdup(text);
}

static void say(struct sip_peer *p, const char *request, const char *status, const char *more)
{
	struct strbuf text = STRBUF_INIT;
	char via[200], cseq[40];
	unsigned i;

	strbuf_addf(&text, "SIP/2.0 %s\r\nVia: %s;received=h\r\nCSeq: %s\r\n%s%s\r\n", status,
		header(request, "Via", via, sizeof(via)),
		header(request, "CSeq", cseq, sizeof(cseq)), more,
		strstr(more, "Content-Length") ? "" : "Content-Length: 0\r\n");
	i = p->said_n++ % QUEUE_MAX;
	free(p->said[i].text);
	p->said[i].text = strbuf_take(&text);
	snprintf(p->said[i].via, sizeof(p->said[i].via), "%s", via);
	put_out(p, p->said[i].text);
}

static bool said_already(struct sip_peer *p, const char *request)
{
	char via[200];

	header(request, "Via", via, sizeof(via));
	for (unsigned i = 0; i < QUEUE_MAX && p->said[i].text; i++) {
		if (strcmp(p->said[i].via, via) != 0)
			continue;
		put_out(p, p->said[i].text);
		return true;
	}
	return false;
}

/* Whether the request has a login that is right. */
static bool logged_in(struct sip_peer *p, const char *request, const char *uri)
{
	const struct digest_login login = { "presence", p->secret, hash_md5_text,
		hash_sha256_text };
	_cleanup_(strbuf_done) struct strbuf want = STRBUF_INIT;
	struct digest_challenge c = { .sha256 = p->sha256, .qop = true, .realm = "r" };
	char value[512], cnonce[64] = "";
	unsigned nc = 0, nonce = 0;
	const char *at;

	header(request, "Authorization", value, sizeof(value));
	if (!*value)
		return false;
	if ((at = strstr(value, "nonce=\"n")))
		sscanf(at, "nonce=\"n%u\"", &nonce);
	if ((at = strstr(value, "nc=")))
		sscanf(at, "nc=%x, cnonce=\"%63[^\"]\"", &nc, cnonce);
	snprintf(c.nonce, sizeof(c.nonce), "n%u", nonce);
	OK(digest_answer(&c, &login, "PUBLISH", uri, nc, cnonce, &want, NULL));
	if (p->confused && ++p->logins % p->confused == 0)
		return false;
	if (p->guards && nonce == p->last_nonce && nc <= p->last_nc)
		return false;
	p->last_nonce = nonce;
	p->last_nc = nc;
	return !strcmp(value, want.s) && (!p->stale_always || nonce == p->nonces);
}

static void ask_login(struct sip_peer *p, const char *request)
{
	char more[256], value[512];

	header(request, "Authorization", value, sizeof(value));
	snprintf(more, sizeof(more),
		"WWW-Authenticate: Digest realm=\"r\", nonce=\"x\", algorithm=SHA-512-256\r\n"
		"WWW-Authenticate: Digest realm=\"r\", nonce=\"n%u\", qop=\"auth\", algorithm=%s%s\r\n",
		++p->nonces, p->sha256 ? "SHA-256" : "MD5",
		*value && p->stale_always ? ", stale=true" : "");
	say(p, request, "401 Unauthorized", more);
}

static struct server_held *find_held(struct sip_peer *p, const char *uri, const char *tag)
{
	for (size_t i = 0; i < p->held_n; i++) {
		if (!strcmp(p->held[i].uri, uri) && (!tag || !strcmp(p->held[i].tag, tag)) &&
			p->held[i].expires_ms > p->now_ms)
			return &p->held[i];
	}
	return NULL;
}

static void publish(struct sip_peer *p, const char *request, const char *uri)
{
	char tag[64], expires[24], more[128];
	const char *body = strstr(request, "\r\n\r\n") + 4;
	struct server_held *x = NULL;
	int64_t s = atoll(header(request, "Expires", expires, sizeof(expires)));

	header(request, "SIP-If-Match", tag, sizeof(tag));
	if (*tag && (p->forgets || !(x = find_held(p, uri, tag)))) {
		say(p, request, "412 Conditional Request Failed", "");
		return;
	}
	if (s && s < p->min_expires) {
		snprintf(more, sizeof(more), "Min-Expires: %lld\r\n", (long long)p->min_expires);
		say(p, request, "423 Interval Too Brief", more);
		return;
	}
	if (!x) {
		assert_true(p->held_n < ARRAY_SIZE(p->held));
		x = &p->held[p->held_n++];
		snprintf(x->uri, sizeof(x->uri), "%s", uri);
		p->initial++;
	}
	/* A server may forget the document of what is refreshed without. */
	assert_true(*body || !s);
	x->expires_ms = p->now_ms + s * 1000;
	snprintf(x->tag, sizeof(x->tag), "t%u", ++p->tags);
	if (s)
		snprintf(x->body, sizeof(x->body), "%s", body);
	snprintf(more, sizeof(more), "SIP-ETag: %s\r\nExpires: %lld\r\n", x->tag, (long long)s);
	say(p, request, "200 OK", more);
}

static void take_request(struct sip_peer *p, const char *request)
{
	char uri[64] = "", words[64];

	assert_int_equal(sscanf(request, "PUBLISH %63s SIP/2.0\r\n", uri), 1);
	p->asked_ms = p->now_ms;
	if (!p->guards && said_already(p, request))
		return;
	p->requests++;
	if (p->now_ms / 1000 != p->second) {
		p->second = p->now_ms / 1000;
		p->second_n = 0;
	}
	p->second_n++;
	if (p->second_n > p->second_max)
		p->second_max = p->second_n;
	if (p->garbage) {
		assert_true(p->out_n < QUEUE_MAX);
		p->out[p->out_n++] = xstrdup("HTTP/1.0 400 Bad Request\r\n\r\n");
	} else if (p->secret && !logged_in(p, request, uri)) {
		ask_login(p, request);
	} else if (p->status && (!p->status_for || !strcmp(uri, p->status_for))) {
		snprintf(words, sizeof(words), "%d Because", p->status);
		say(p, request, words, p->status_more ? p->status_more : "");
	} else {
		publish(p, request, uri);
	}
}

/* Datagrams come one by one, and those of a stream are written whole by the publisher too. */
static ssize_t peer_write(struct transport *t, const char *bytes, size_t n, struct err *err)
{
	struct sip_peer *p = (struct sip_peer *)t;

	(void)err;
	strbuf_add(&p->in, bytes, n);
	for (;;) {
		char *end = strstr(p->in.s, "\r\n\r\n"), length[24];
		_cleanup_(freep) char *request = NULL;
		size_t size;

		if (!end)
			return (ssize_t)n;
		header(p->in.s, "Content-Length", length, sizeof(length));
		size = (size_t)(end - p->in.s) + 4 + (size_t)atoll(length);
		assert_true(size <= p->in.len);
		request = xstrndup(p->in.s, size);
		strbuf_drop(&p->in, size);
		if (!peer_loses(p))
			take_request(p, request);
	}
}

static ssize_t peer_read(struct transport *t, char *to, size_t size, struct err *err)
{
	struct sip_peer *p = (struct sip_peer *)t;
	size_t n;

	if (!p->out_n) {
		if (p->closes && p->now_ms - p->asked_ms > 30000)
			return err_set(err, ERR_FAILED, "closed by the other side");
		return 0;
	}
	n = strlen(p->out[0]);
	assert_true(n <= size);
	memcpy(to, p->out[0], n);
	free(p->out[0]);
	memmove(p->out, p->out + 1, --p->out_n * sizeof(p->out[0]));
	return (ssize_t)n;
}

static bool peer_has_input(const struct transport *t)
{
	(void)t;
	return false;
}

static int peer_fd(const struct transport *t)
{
	return ((const struct sip_peer *)t)->open ? 1 : -1;
}

static short peer_events(const struct transport *t)
{
	(void)t;
	return POLLIN;
}

static void peer_local(const struct transport *t, char *ret, size_t size)
{
	(void)t;
	snprintf(ret, size, "127.0.0.1:5062");
}

static void peer_free(struct transport *t)
{
	peer_close(t);
}

/* Everything around one publisher. */
struct world {
	struct site *site;
	struct conf_publish conf;
	struct sip_peer *peer;
	struct publisher *publisher;
	struct user users[USERS_MAX];
	size_t users_n;
	unsigned ups, downs, refusals;
	char why[512];
};

static void on_phase(
	void *data, struct publisher *p, enum publisher_phase phase, const struct err *why)
{
	struct world *w = data;

	assert_int_equal(publisher_phase(p), phase);
	w->ups += phase == PUBLISHER_UP;
	w->downs += phase == PUBLISHER_DOWN;
	if (why)
		snprintf(w->why, sizeof(w->why), "%s", why->msg);
}

static void on_refused(void *data, struct publisher *p, const char *uri, const char *why)
{
	struct world *w = data;

	(void)p;
	w->refusals++;
	snprintf(w->why, sizeof(w->why), "%s %s", uri, why);
}

static void start(struct world *w)
{
	static const struct publisher_hooks hooks = { .phase = on_phase, .refused = on_refused };

	w->publisher = publisher_new(&w->conf, &w->peer->transport, w->site->s, &hooks, w);
}

/* A world with so many users, 1000 and on, all available. */
static struct world *world_new(struct site *site, const char *server, size_t users)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->site = site;
	w->conf = (struct conf_publish){ .name = (char *)"main",
		.uri_template = (char *)"sip:{extension}@h",
		.server = (char *)server,
		.username = (char *)"presence",
		.pbx = (char *)"",
		.expiry = 3600 };
	w->peer = xcalloc(1, sizeof(*w->peer));
	w->peer->transport = (struct transport){ peer_open, peer_connect, peer_read, peer_write,
		peer_has_input, peer_fd, peer_events, peer_close, peer_free, peer_random,
		hash_md5_text, peer_local, hash_sha256_text, NULL };
	w->peer->now_ms = START_MS;
	w->peer->seed = 3;
	w->peer->in = (struct strbuf)STRBUF_INIT;
	OK(store_begin(site->s, NULL));
	for (; w->users_n < users; w->users_n++) {
		char name[24], extension[24];

		snprintf(name, sizeof(name), "u%zu", w->users_n);
		snprintf(extension, sizeof(extension), "%zu", 1000 + w->users_n);
		user_init(&w->users[w->users_n], name, extension);
		OK(follow_user_save(site->s, &w->users[w->users_n], NOW, NULL));
	}
	OK(store_commit(site->s, NULL));
	start(w);
	return w;
}

static void world_free(struct world *w)
{
	publisher_free(w->publisher);
	strbuf_done(&w->peer->in);
	for (size_t i = 0; i < QUEUE_MAX; i++)
		free(w->peer->said[i].text);
	free(w->peer);
	free(w);
}

/* Let time pass. The publisher is stepped when it wants to be, and when there are bytes for it. */
static void pass(struct world *w, int64_t ms)
{
	int64_t end = w->peer->now_ms + ms;
	struct err err;

	for (long i = 0;; i++) {
		int64_t due = publisher_deadline(w->publisher);

		assert_true(i < 1000000); /* it spins */
		if (!w->peer->out_n && due > w->peer->now_ms)
			w->peer->now_ms = due < end ? due : end;
		if (publisher_step(w->publisher,
			    (struct moment){ w->peer->now_ms, NOW + w->peer->now_ms / 1000 },
			    &err) < 0)
			fail_msg("%s", err.msg);
		if (w->peer->now_ms >= end && !w->peer->out_n)
			return;
	}
}

/* The server holds one presence of this user, or none if `word` is NULL, and `word` is in it. */
static void expect_held(struct world *w, const char *uri, const char *word)
{
	struct server_held *x = find_held(w->peer, uri, NULL);
	size_t n = 0;

	for (size_t i = 0; i < w->peer->held_n; i++)
		n += !strcmp(w->peer->held[i].uri, uri) &&
			w->peer->held[i].expires_ms > w->peer->now_ms;
	assert_int_equal(n, word ? 1 : 0);
	if (word && !strstr(x->body, word))
		fail_msg("%s: no %s in %s", uri, word, x->body);
}

static void set_mode(struct world *w, size_t user, const char *mode)
{
	switch_to(w->site->s, &w->users[user], mode, UNTIL_OPEN, NOW);
	if (w->publisher)
		publisher_wake(w->publisher);
}

static void test_all_at_a_pace(void **state)
{
	struct world *w = world_new(*state, "sip:h", 1000);

	pass(w, 4000);
	assert_true(w->peer->held_n < 1000);
	pass(w, 2000);
	assert_int_equal(w->peer->held_n, 1000);
	assert_int_equal(w->peer->requests, 1000);
	assert_true(w->peer->second_max >= 150 && w->peer->second_max <= 230);
	for (size_t i = 0; i < 1000; i++) {
		char uri[32];

		snprintf(uri, sizeof(uri), "sip:%zu@h", 1000 + i);
		expect_held(w, uri, "<basic>open</basic>");
	}
	assert_int_equal(w->ups, 1);
	world_free(w);
}

/* A change goes out alone and at once, also while all others wait. */
static void test_change(void **state)
{
	struct world *w = world_new(*state, "sip:h", 500);

	pass(w, 300);
	assert_true(w->peer->held_n < 200);
	set_mode(w, 7, "do-not-disturb");
	pass(w, 300);
	expect_held(w, "sip:1007@h", "<rpid:busy/>");
	pass(w, 10000);
	assert_int_equal(w->peer->held_n, 500);
	w->peer->requests = 0;
	set_mode(w, 9, "lunch-break");
	set_mode(w, 9, "off-work");
	pass(w, 1000);
	assert_int_equal(w->peer->requests, 1);
	expect_held(w, "sip:1009@h", "<basic>closed</basic>");
	publisher_wake(w->publisher);
	pass(w, 1000);
	assert_int_equal(w->peer->requests, 1);
	world_free(w);
}

/* Who may be reached is on the phone while they are on a call. The mode of others says more. */
static void test_on_call(void **state)
{
	struct world *w = world_new(*state, "sip:h", 2);
	struct activity_found found = { .activity = ACTIVITY_CALL, .since = NOW };

	set_mode(w, 1, "away");
	pass(w, 5000);
	OK(store_begin(w->site->s, NULL));
	for (size_t i = 0; i < 2; i++) {
		found.user_id = w->users[i].id;
		OK(store_activity_write(w->site->s, "main", &found, NULL));
	}
	OK(store_commit(w->site->s, NULL));
	publisher_wake(w->publisher);
	pass(w, 1000);
	expect_held(w, "sip:1000@h", "\"><rpid:on-the-phone/></rpid:activities>");
	expect_held(w, "sip:1000@h", "<note>On the phone</note>");
	expect_held(w, "sip:1001@h", "\"><rpid:away/></rpid:activities>");
	OK(store_activity_forget(w->site->s, "main", NULL));
	publisher_wake(w->publisher);
	pass(w, 1000);
	assert_null(strstr(find_held(w->peer, "sip:1000@h", NULL)->body, "on-the-phone"));
	world_free(w);
}

/* What does not change is refreshed before it expires, and never many at once. */
static void test_refresh(void **state)
{
	struct world *w = world_new(*state, "sip:h", 1000);

	pass(w, 10000);
	w->peer->requests = w->peer->second_max = 0;
	pass(w, 3600000);
	assert_true(w->peer->requests >= 1000 && w->peer->requests <= 1500);
	assert_true(w->peer->second_max <= 10);
	assert_int_equal(w->peer->initial, 1000);
	for (size_t i = 0; i < w->peer->held_n; i++)
		assert_true(w->peer->held[i].expires_ms > w->peer->now_ms);
	world_free(w);
}

static void test_login(void **state)
{
	struct world *w = world_new(*state, "sip:h", 50);

	w->peer->secret = "sesame";
	pass(w, 3000);
	assert_int_equal(w->peer->held_n, 50);
	assert_int_equal(w->peer->requests, 51); /* one challenge serves for all */
	w->peer->sha256 = true;
	w->peer->stale_always = true; /* each nonce is good for one request */
	pass(w, 3600000);
	assert_int_equal(w->downs, 0);
	assert_int_equal(w->peer->initial, 50);
	world_free(w);
}

static void test_wrong_secret(void **state)
{
	struct world *w = world_new(*state, "sip:h", 50);

	w->peer->secret = "other";
	pass(w, 20000);
	assert_int_equal(w->downs, 1);
	assert_non_null(strstr(
		w->why, "presence server 'main': the server refuses the login of 'presence'"));
	assert_int_equal(w->peer->requests, 2);
	pass(w, 3600000);
	assert_true(
		w->peer->requests >= 150 && w->peer->requests <= 330); /* two each half a minute */
	assert_int_equal(w->downs, 1);
	w->peer->secret = "sesame";
	pass(w, 60000);
	assert_int_equal(w->peer->held_n, 50);
	w->conf.username = (char *)"";
	w->peer->nonces = 500;
	w->peer->secret = "new";
	set_mode(w, 0, "away");
	pass(w, 1000);
	assert_non_null(strstr(w->why, "asks for a login: set username and secret_file"));
	world_free(w);
}

/* The server was restarted and nobody noticed: the first who is refreshed shows it. */
static void test_forgotten(void **state)
{
	struct world *w = world_new(*state, "sip:h", 100);

	pass(w, 5000);
	w->peer->held_n = 0;
	pass(w, 65000);
	assert_int_equal(w->peer->held_n, 100);
	expect_held(w, "sip:1005@h", "<basic>open</basic>");
	/* Once more, soon after. */
	w->peer->held_n = 0;
	pass(w, 180000);
	assert_int_equal(w->peer->held_n, 100);
	assert_int_equal(w->downs, 0);
	world_free(w);
}

/* A server that says 412 to everything is no reason to publish all again and again. */
static void test_412_always(void **state)
{
	struct world *w = world_new(*state, "sip:h", 100);

	pass(w, 5000);
	w->peer->requests = 0;
	w->peer->status = 412;
	pass(w, 600000);
	assert_true(w->peer->requests >= 100 && w->peer->requests <= 1500);
	assert_non_null(strstr(w->why, "412"));
	w->peer->status = 0;
	pass(w, 3700000); /* what it had in fact not forgotten expires */
	expect_held(w, "sip:1099@h", "open");
	world_free(w);
}

/* One that forgets at once takes what is new, and forgets it again. */
static void test_forgets_always(void **state)
{
	struct world *w = world_new(*state, "sip:h", 100);

	w->peer->forgets = true;
	pass(w, 5000);
	w->peer->held_n = 0;
	w->peer->requests = 0;
	for (int i = 0; i < 60; i++) {
		pass(w, 60000);
		w->peer->held_n = 0; /* there is room for so many only */
	}
	/* All again, of two requests each, comes a dozen times; with the refreshes and a sign of life each minute. */
	assert_true(w->peer->requests >= 1000 && w->peer->requests <= 5000);
	world_free(w);
}

static void test_too_brief(void **state)
{
	struct world *w = world_new(*state, "sip:h", 20);

	w->peer->min_expires = 7200;
	pass(w, 5000);
	assert_int_equal(w->peer->held_n, 20);
	assert_int_equal(w->peer->requests, 21); /* said once, it counts for all */
	w->peer->status = 423;
	w->peer->status_more = "Min-Expires: 60\r\n";
	set_mode(w, 3, "away");
	pass(w, 1000);
	assert_non_null(strstr(w->why, "sip:1003@h 423 without a usable Min-Expires"));
	world_free(w);
}

static int keep_error(void *data, const struct publication_line *l)
{
	snprintf(data, 128, "%s|%s|%s|%s", l->user, l->mode, l->published, l->error);
	return 0;
}

static void expect_line(struct world *w, size_t user, const char *want)
{
	char got[128] = "";

	OK(store_publication_each(
		w->site->s, "main", "", ONLY(w->users[user].id), keep_error, got, NULL));
	assert_string_equal(got, want);
}

/* One user is refused: the others are not. */
static void test_refused(void **state)
{
	struct world *w = world_new(*state, "sip:h", 20);

	w->peer->status = 403;
	w->peer->status_for = "sip:1004@h";
	pass(w, 5000);
	assert_int_equal(w->peer->held_n, 19);
	assert_int_equal(w->refusals, 1);
	assert_string_equal(w->why, "sip:1004@h 403 Because");
	expect_line(w, 4, "u4|available||403 Because");
	expect_line(w, 5, "u5|available|available|");
	w->peer->requests = 0;
	pass(w, 50 * 60000);
	/* The refreshes of the others, a sign of life each minute, and few tries of this one. */
	assert_true(w->peer->requests >= 19 && w->peer->requests <= 90);
	assert_int_equal(w->refusals, 1);
	w->peer->status = 0;
	set_mode(w, 4, "away");
	pass(w, 2000);
	expect_held(w, "sip:1004@h", "<rpid:away/>");
	expect_line(w, 4, "u4|away|away|");
	world_free(w);
}

static void test_unavailable(void **state)
{
	struct world *w = world_new(*state, "sip:h", 20);

	pass(w, 5000);
	w->peer->status = 503;
	w->peer->status_more = "Retry-After: 300 (busy)\r\n";
	set_mode(w, 1, "away");
	pass(w, 1000);
	assert_non_null(strstr(w->why, "503 Because"));
	w->peer->requests = 0;
	w->peer->status = 0;
	pass(w, 200000);
	assert_int_equal(w->peer->requests, 0);
	pass(w, 250000);
	assert_int_equal(w->ups, 2);
	expect_held(w, "sip:1001@h", "<rpid:away/>");
	assert_int_equal(w->peer->initial, 20);
	world_free(w);
}

/* A third of all datagrams is lost, each way. */
static void test_loss(void **state)
{
	struct world *w = world_new(*state, "sip:h", 200);

	w->peer->loss = 33;
	w->peer->secret = "sesame";
	pass(w, 300000);
	for (size_t i = 0; i < 20; i++)
		set_mode(w, i, i % 2 ? "do-not-disturb" : "lunch-break");
	pass(w, 300000);
	for (size_t i = 0; i < 20; i++) {
		char uri[32];

		snprintf(uri, sizeof(uri), "sip:%zu@h", 1000 + i);
		assert_non_null(strstr(find_held(w->peer, uri, NULL)->body, "rpid:"));
	}
	assert_int_equal(w->downs, 0);
	world_free(w);
}

/* No login of ours is taken for wrong because an answer was lost. */
static void test_loss_and_replay(void **state)
{
	struct world *w = world_new(*state, "sip:h", 50);

	w->peer->loss = 20;
	w->peer->secret = "sesame";
	w->peer->guards = true;
	pass(w, 60000);
	for (size_t i = 0; i < 50; i++) {
		char uri[32];

		snprintf(uri, sizeof(uri), "sip:%zu@h", 1000 + i);
		assert_non_null(find_held(w->peer, uri, NULL));
	}
	assert_int_equal(w->downs, 0);
	world_free(w);
}

/* A server with several processes takes what comes out of order for replays. */
static void test_out_of_order(void **state)
{
	struct world *w = world_new(*state, "sip:h", 300);

	w->peer->secret = "sesame";
	w->peer->confused = 3;
	pass(w, 60000);
	assert_int_equal(w->peer->held_n, 300);
	assert_int_equal(w->downs, 0);
	/* A secret that is another one from now on is found out all the same. */
	w->peer->secret = "changed";
	pass(w, 120000);
	assert_int_equal(w->downs, 1);
	assert_non_null(strstr(w->why, "wrong username or secret"));
	world_free(w);
}

/* The server is away: one request at a time tries it, at most each half minute. When it returns, all are published again. */
static void test_away(void **state)
{
	static const char *const servers[] = { "sip:h", "sip:h;transport=tcp", "sips:h" };

	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		struct world *w = world_new(*state, servers[i], i ? 0 : 100);

		if (i) { /* the users of the first round */
			w->users_n = 0;
			w->conf.name = (char *)servers[i];
		}
		pass(w, 5000);
		assert_int_equal(w->peer->held_n, 100);
		w->peer->silent = true;
		pass(w, 120000);
		assert_int_equal(w->downs, 1);
		assert_non_null(strstr(w->why, "not answered for 32 s"));
		w->peer->held_n = 0;
		w->peer->silent = false;
		w->peer->refuses = true;
		pass(w, 600000);
		assert_int_equal(w->downs, 2);
		w->peer->refuses = false;
		w->peer->requests = 0;
		pass(w, 60000);
		assert_int_equal(w->ups, 2);
		assert_int_equal(w->peer->held_n, 100);
		assert_int_equal(w->peer->requests, 200); /* 412, then the whole */
		world_free(w);
	}
}

static void test_gone(void **state)
{
	struct world *w = world_new(*state, "sip:h", 10);
	struct err err;

	pass(w, 5000);
	OK(store_begin(w->site->s, &err));
	OK(follow_user_delete(w->site->s, &w->users[2], NOW, &err));
	snprintf(w->users[3].extension, sizeof(w->users[3].extension), "2003");
	OK(follow_user_save(w->site->s, &w->users[3], NOW, &err));
	OK(store_commit(w->site->s, &err));
	publisher_wake(w->publisher);
	pass(w, 5000);
	expect_held(w, "sip:1002@h", NULL);
	expect_held(w, "sip:1003@h", NULL);
	expect_held(w, "sip:2003@h", "open");
	expect_held(w, "sip:1004@h", "open");
	/* And while nobody looks: a publisher that starts takes back what a deleted user has left. */
	publisher_free(w->publisher);
	OK(store_begin(w->site->s, &err));
	OK(follow_user_delete(w->site->s, &w->users[4], NOW, &err));
	OK(store_commit(w->site->s, &err));
	start(w);
	pass(w, 5000);
	expect_held(w, "sip:1004@h", NULL);
	world_free(w);
}

/* A publisher that starts knows what the one before it has published: it changes that, and no second one stands beside it. */
static void test_restart(void **state)
{
	struct world *w = world_new(*state, "sip:h", 50);

	pass(w, 5000);
	publisher_free(w->publisher);
	w->publisher = NULL;
	set_mode(w, 0, "away");
	start(w);
	pass(w, 5000);
	assert_int_equal(w->peer->initial, 50);
	expect_held(w, "sip:1000@h", "<rpid:away/>");
	expect_held(w, "sip:1001@h", "open");
	world_free(w);
}

/* A server that closes connections which are idle is no server that is away. */
static void test_idle_close(void **state)
{
	struct world *w = world_new(*state, "sip:h;transport=tcp", 5);

	pass(w, 5000);
	w->peer->closes = true;
	pass(w, 600000);
	assert_int_equal(w->downs, 0);
	assert_true(w->peer->opened > 2 && w->peer->opened < 700);
	set_mode(w, 0, "away");
	pass(w, 5000);
	expect_held(w, "sip:1000@h", "<rpid:away/>");
	world_free(w);
}

static void test_no_sip(void **state)
{
	struct world *w = world_new(*state, "sip:h;transport=tcp", 5);

	w->peer->garbage = true;
	pass(w, 100000);
	assert_non_null(strstr(w->why, "not a SIP server"));
	assert_int_equal(w->downs, 1);
	assert_true(w->peer->requests >= 2 && w->peer->requests <= 20);
	w->peer->garbage = false;
	pass(w, 60000);
	assert_int_equal(w->peer->held_n, 5);
	world_free(w);
}

static int setup(void **state)
{
	*state = site_new();
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, site_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_all_at_a_pace),
		TEST(test_change),
		TEST(test_on_call),
		TEST(test_refresh),
		TEST(test_login),
		TEST(test_wrong_secret),
		TEST(test_forgotten),
		TEST(test_412_always),
		TEST(test_forgets_always),
		TEST(test_too_brief),
		TEST(test_refused),
		TEST(test_unavailable),
		TEST(test_loss),
		TEST(test_loss_and_replay),
		TEST(test_out_of_order),
		TEST(test_away),
		TEST(test_gone),
		TEST(test_restart),
		TEST(test_idle_close),
		TEST(test_no_sip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
