/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/feeding.h"

#include <ctype.h>
#include <poll.h>
#include <string.h>

#include "cmd/presencectl/feed.h"
#include "cmd/presencectl/reader.h"
#include "lib/base/text.h"
#include "lib/binding/clock.h"
#include "lib/calendar/turns.h"

enum {
	SLOTS = TURNS_QUICK_MAX + TURNS_SLOW_MAX,
	SLOW_MS = 5000, /* who has not answered then is slow */
	LOOKED_MAX = 256,
	LOOKED_MS = 1000,
	LARGE_BYTES = 1 << 20, /* of an answer; one that is larger comes in alone */
};

/* A reader. It serves one host only: what one server sends cannot touch what another says. */
struct slot {
	struct feed_reader *reader; /* NULL: the slot is free */
	size_t host;
	bool is_busy; /* with `feed`, which is calendar `c` */
	size_t feed;
	struct calendar_info *c;
	bool has_events;
	int64_t began_ms;
};

/* A calendar whose events stay as they are. */
struct looked {
	size_t feed;
	int64_t id;
	char *url;
	struct feed_copy copy;
	bool has_failed, has_events;
	struct err why;
};

struct feed_outcome {
	bool is_known, changed;
	struct err *why;
};

struct feeding {
	struct ctl *ctl;
	const struct calendar_names *names;
	feeding_told *told;
	void *data;
	struct turns *turns;
	struct slot slots[SLOTS];
	struct slot *large;            /* whose large answer comes in; NULL: none does */
	struct feed_outcome *outcomes; /* of each name */
	size_t told_n;
	struct looked looked[LOOKED_MAX];
	size_t looked_n;
	int64_t looked_ms; /* since when the first of them waits */
};

static void settle(struct feeding *f, size_t feed, bool changed, const struct err *why)
{
	struct feed_outcome *o = &f->outcomes[feed];

	*o = (struct feed_outcome){ .is_known = true, .changed = changed };
	if (why) {
		o->why = xmalloc(sizeof(*o->why));
		*o->why = *why;
	}
	for (; f->told_n < f->names->n && f->outcomes[f->told_n].is_known; f->told_n++) {
		o = &f->outcomes[f->told_n];
		f->told(f->data, f->names->list[f->told_n], o->changed, o->why);
		free(o->why);
		o->why = NULL;
	}
}

/* Read the calendar again, inside the transaction that is to write it: its address may be another by now. */
static int find_again(struct feeding *f, size_t feed, int64_t id, const char *url,
	struct calendar_info *ret, struct err *err)
{
	const char *name = f->names->list[feed];

	if (store_calendar_find(f->ctl->store, name, ret, NULL, err) < 0)
		return -1;
	if (ret->id == id && !strcmp(ret->url, url))
		return 0;
	return err_set(err, ERR_FAILED,
		"the address of calendar '%s' was changed meanwhile; what the old one sent is dropped",
		name);
}

static int write_looked(struct feeding *f, struct looked *l, struct err *err)
{
	_cleanup_(freep) struct calendar_info *c = xcalloc(1, sizeof(*c));
	struct store *s = f->ctl->store;
	struct err gone;

	if (find_again(f, l->feed, l->id, l->url, c, &gone) == 0)
		return l->has_failed ? store_calendar_tried(s, c, l->why.msg, f->ctl->now, err)
				     : store_calendar_unchanged(s, c, &l->copy, f->ctl->now, err);
	if (err_is_store(&gone)) {
		*err = gone;
		return -1;
	}
	l->has_failed = true;
	l->has_events = false;
	l->why = gone;
	return 0;
}

static void forget_looked(struct feeding *f)
{
	while (f->looked_n)
		free(f->looked[--f->looked_n].url);
}

/* Write all that were looked at and have nothing new, in one transaction, and tell of them. */
static int flush(struct feeding *f, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (!f->looked_n)
		return 0;
	f->ctl->now = clock_now();
	if (store_begin(f->ctl->store, err) < 0)
		return -1;
	tx = f->ctl->store;
	for (size_t i = 0; i < f->looked_n; i++) {
		if (write_looked(f, &f->looked[i], err) < 0)
			return -1;
	}
	if (store_commit(tx, err) < 0)
		return -1;
	for (size_t i = 0; i < f->looked_n; i++) {
		struct looked *l = &f->looked[i];

		if (l->has_failed && l->has_events)
			err_hint(&l->why, "; its last good copy stays in use");
		if (l->has_failed)
			err_wrap(&l->why, "calendar '%s'", f->names->list[l->feed]);
		settle(f, l->feed, false, l->has_failed ? &l->why : NULL);
	}
	forget_looked(f);
	return 0;
}

/* `why` is NULL if the calendar is unchanged. */
static int look(struct feeding *f, const struct slot *s, const struct feed_copy *copy,
	const struct err *why, struct err *err)
{
	struct looked *l = &f->looked[f->looked_n++];

	if (f->looked_n == 1)
		f->looked_ms = clock_monotonic_ms();
	*l = (struct looked){ .feed = s->feed,
		.id = s->c->id,
		.url = xstrdup(s->c->url),
		.has_failed = why,
		.has_events = s->has_events };
	if (copy)
		l->copy = *copy;
	if (why)
		l->why = *why;
	return f->looked_n == LOOKED_MAX ? flush(f, err) : 0;
}

/* Write the new events, in a transaction of their own. */
static int save(
	struct feeding *f, const struct slot *s, const struct feed_answer *a, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(freep) struct calendar_info *c = xcalloc(1, sizeof(*c));

	f->ctl->now = clock_now();
	if (store_begin(f->ctl->store, err) < 0)
		return -1;
	tx = f->ctl->store;
	if (find_again(f, s->feed, s->c->id, s->c->url, c, err) < 0 ||
		feed_save(f->ctl, c, a, err) < 0 || store_commit(tx, err) < 0)
		return -1;
	feed_notices(s->c->name, a);
	return 0;
}

static int answered(
	struct feeding *f, const struct slot *s, const struct feed_answer *a, struct err *err)
{
	struct err why;

	if (a->result == FEED_FAILED) {
		err_set(&why, ERR_FAILED, "%s", a->why);
		return look(f, s, NULL, &why, err);
	}
	if (a->result == FEED_UNCHANGED)
		return look(f, s, &a->copy, NULL, err);
	if (save(f, s, a, &why) == 0) {
		settle(f, s->feed, true, NULL);
		return 0;
	}
	if (err_is_store(&why)) {
		*err = why;
		return -1;
	}
	settle(f, s->feed, false, &why);
	return 0;
}

static void let_go(struct slot *s)
{
	reader_free(s->reader);
	s->reader = NULL;
}

/* The feed of a slot is over. Its reader may have more of the same host to do, unless it still holds the memory of a large answer. */
static void end_feed(struct feeding *f, struct slot *s)
{
	bool was_large = f->large == s;

	if (was_large)
		f->large = NULL;
	turns_ended(f->turns, s->feed);
	s->is_busy = false;
	free(s->c);
	s->c = NULL;
	if (was_large || !turns_waits(f->turns, s->host))
		let_go(s);
}

/* No answer will come: the reader has failed, or could not be asked. */
static int fail(struct feeding *f, struct slot *s, struct err *why, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf shown = STRBUF_INIT;
	int r;

	url_show(s->c->url, &shown);
	err_wrap(why, "%s", shown.s);
	r = look(f, s, NULL, why, err);
	let_go(s);
	end_feed(f, s);
	return r;
}

/* A slot for a feed of that host: with an idle reader of the host, else one that is free, else one of a host that has to wait. There are
 * more slots than feeds that can be under way. */
static struct slot *find_slot(struct feeding *f, size_t host)
{
	struct slot *best = f->slots;

	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *s = &f->slots[i];

		if (s->is_busy)
			continue;
		if (s->reader && s->host == host)
			return s;
		if (best->is_busy || (best->reader && !s->reader))
			best = s;
	}
	let_go(best);
	best->host = host;
	return best;
}

static int give_job(
	struct feeding *f, struct slot *s, const struct feed_copy *copy, struct err *err)
{
	_cleanup_(freep) struct feed_job *job = xcalloc(1, sizeof(*job));

	if (feed_job_of(f->ctl, s->c, copy, job, err) < 0 ||
		(!s->reader && reader_new(&s->reader, err) < 0))
		return -1;
	return reader_ask(s->reader, job, s->began_ms, err);
}

static int begin(struct feeding *f, size_t feed, struct err *err)
{
	struct slot *s = find_slot(f, turns_host(f->turns, feed));
	struct calendar_state state;
	struct err why;

	s->is_busy = true;
	s->feed = feed;
	s->c = xcalloc(1, sizeof(*s->c));
	s->began_ms = clock_monotonic_ms();
	if (store_calendar_find(f->ctl->store, f->names->list[feed], s->c, &state, &why) < 0) {
		if (err_is_store(&why)) {
			*err = why;
			return -1;
		}
		settle(f, feed, false, &why);
		end_feed(f, s);
		return 0;
	}
	s->has_events = state.read_at != 0;
	return give_job(f, s, &state.copy, &why) < 0 ? fail(f, s, &why, err) : 0;
}

static bool is_large(const struct slot *s)
{
	return reader_pending(s->reader) > LARGE_BYTES;
}

/* Whether a large answer has to wait until another has come in. So memory has room for one only, whatever all of them say. */
static bool is_held(const struct feeding *f, const struct slot *s)
{
	return f->large && f->large != s && is_large(s);
}

/* Look at a feed that is under way. */
static int step(struct feeding *f, struct slot *s, int64_t now_ms, struct err *err)
{
	_cleanup_(feed_answer_done) struct feed_answer answer = FEED_ANSWER_INIT;
	struct err why;
	int got = 0;

	if (!f->large && is_large(s))
		f->large = s;
	if (is_held(f, s))
		reader_hold(s->reader, now_ms);
	else
		got = reader_step(s->reader, now_ms, &answer, &why);
	if (got < 0)
		return fail(f, s, &why, err);
	if (got > 0) {
		int r = answered(f, s, &answer, err);

		end_feed(f, s);
		return r;
	}
	if (now_ms - s->began_ms >= SLOW_MS)
		turns_slow(f->turns, s->feed);
	return 0;
}

/* Wait until one has answered, or something is due. Returns how many are under way. */
static size_t wait_for_any(struct feeding *f)
{
	struct pollfd fds[SLOTS];
	int64_t now = clock_monotonic_ms(), until = INT64_MAX;
	size_t n = 0;

	for (size_t i = 0; i < SLOTS; i++) {
		const struct slot *s = &f->slots[i];
		int64_t slow = s->began_ms + SLOW_MS;

		if (!s->is_busy)
			continue;
		/* What is below 0 is not waited for. */
		fds[n++] = (struct pollfd){ .fd = is_held(f, s) ? -1 : reader_fd(s->reader),
			.events = POLLIN };
		if (reader_deadline(s->reader) < until)
			until = reader_deadline(s->reader);
		if (slow > now && slow < until)
			until = slow;
	}
	if (f->looked_n && f->looked_ms + LOOKED_MS < until)
		until = f->looked_ms + LOOKED_MS;
	if (n)
		poll(fds, n, until > now ? (int)(until - now) : 0);
	return n;
}

static int run(struct feeding *f, struct err *err)
{
	for (;;) {
		size_t feed, under_way;

		while (turns_next(f->turns, &feed)) {
			if (begin(f, feed, err) < 0)
				return -1;
		}
		under_way = wait_for_any(f);
		for (size_t i = 0; i < SLOTS; i++) {
			if (f->slots[i].is_busy &&
				step(f, &f->slots[i], clock_monotonic_ms(), err) < 0)
				return -1;
		}
		if ((!under_way || clock_monotonic_ms() >= f->looked_ms + LOOKED_MS) &&
			flush(f, err) < 0)
			return -1;
		if (f->told_n == f->names->n)
			return 0;
	}
}

/* The host of an address, with its port, in small letters: "" if it has none. The caller frees it. */
static char *host_of(const char *address)
{
	struct url url;
	char *host;

	if (url_parse(address, &url, NULL) < 0)
		return xstrdup("");
	host = xstrndup(url.host.s, url.host.n);
	for (char *c = host; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return host;
}

/* The host of each calendar. One that cannot be read has none, and fails when it is its turn. */
static struct turns *take_turns(struct ctl *ctl, const struct calendar_names *names)
{
	_cleanup_(freep) struct calendar_info *c = xcalloc(1, sizeof(*c));
	char **hosts = xcalloc(names->n, sizeof(*hosts));
	struct turns *turns;

	for (size_t i = 0; i < names->n; i++) {
		bool has = store_calendar_find(ctl->store, names->list[i], c, NULL, NULL) == 0;

		hosts[i] = host_of(has ? c->url : "");
	}
	turns = turns_new((const char *const *)hosts, names->n);
	for (size_t i = 0; i < names->n; i++)
		free(hosts[i]);
	free(hosts);
	return turns;
}

int feeding_run(struct ctl *ctl, const struct calendar_names *names, feeding_told *told, void *data,
	struct err *err)
{
	struct feeding *f = xcalloc(1, sizeof(*f));
	struct err ignored;
	int r;

	*f = (struct feeding){ .ctl = ctl, .names = names, .told = told, .data = data };
	f->turns = take_turns(ctl, names);
	f->outcomes = xcalloc(names->n, sizeof(*f->outcomes));
	/* What gets lost is fetched again: the server still has it. */
	r = store_set_durable(ctl->store, false, err);
	if (r == 0)
		r = run(f, err);
	if (store_set_durable(ctl->store, true, r == 0 ? err : &ignored) < 0)
		r = -1;
	for (size_t i = 0; i < SLOTS; i++) {
		let_go(&f->slots[i]);
		free(f->slots[i].c);
	}
	for (size_t i = 0; i < names->n; i++)
		free(f->outcomes[i].why);
	forget_looked(f);
	turns_free(f->turns);
	free(f->outcomes);
	free(f);
	return r;
}
