/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/sealing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/binding/actor.h"
#include "lib/binding/journal.h"
#include "lib/follow/seal.h"
#include "lib/store/fact.h"
#include "lib/store/log.h"

enum {
	STEPS_MAX = 100000,
	SEALS_AT_ONCE = 16, /* that are sent by one step */
	RECORDS_MAX =
		64, /* of one seal that are sent one by one: a journal drops what comes in floods */
};

/* The number of the last seal that the journal has. */
#define FACT "log journal"

static void add_begin(struct strbuf *message, struct store *s, const char *id, const char *priority)
{
	_cleanup_(freep) char *path = realpath(store_path(s), NULL);

	journal_add(message, "MESSAGE_ID", id);
	journal_add(message, "PRIORITY", priority);
	journal_add(message, "SYSLOG_IDENTIFIER", "presenced");
	journal_add(message, "PRESENCE_DATABASE", path ? path : store_path(s));
}

struct sending {
	struct store *s;
	int fd;
	bool stuck;
};

static bool is_of_people(const struct log_record *r)
{
	return !strcmp(r->via, "cli") || !strcmp(r->via, ACTOR_PHONE);
}

static void add_text(struct strbuf *message, const struct log_record *r)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s %s", r->what, r->subject ? r->subject : "");
	if (r->key)
		strbuf_addf(&text, ": %s %s -> %s", r->key, r->before ? r->before : "",
			r->after ? r->after : "");
	else if (r->to_mode)
		strbuf_addf(&text, ": %s -> %s", r->from_mode ? r->from_mode : "", r->to_mode);
	strbuf_addf(&text, " (by %s, %s)", r->actor, r->via);
	journal_add(message, "MESSAGE", text.s);
}

static int send_record(void *data, const struct log_record *r)
{
	_cleanup_(strbuf_done) struct strbuf message = STRBUF_INIT;
	struct sending *to = data;

	if (!is_of_people(r))
		return 0;
	add_begin(&message, to->s, JOURNAL_RECORD_ID, "5");
	add_text(&message, r);
	journal_add_number(&message, "PRESENCE_ID", r->id);
	journal_add_number(&message, "PRESENCE_AT", r->at);
	journal_add(&message, "PRESENCE_WHAT", r->what);
	journal_add(&message, r->source ? "PRESENCE_USER" : "PRESENCE_SUBJECT", r->subject);
	journal_add(&message, "PRESENCE_FROM", r->from_mode);
	journal_add(&message, "PRESENCE_TO", r->to_mode);
	journal_add(&message, "PRESENCE_KEY", r->key);
	journal_add(&message, "PRESENCE_OLD", r->before);
	journal_add(&message, "PRESENCE_NEW", r->after);
	journal_add(&message, "PRESENCE_WHY", r->why);
	journal_add(&message, "PRESENCE_BY", r->actor);
	journal_add(&message, "PRESENCE_VIA", r->via);
	if (r->uid >= 0)
		journal_add_number(&message, "PRESENCE_UID", r->uid);
	to->stuck |= !journal_send(to->fd, &message);
	return to->stuck;
}

/* Send a seal, and before it what people did and it covers. */
static int send_seal(struct sending *to, const struct seal *seal, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf message = STRBUF_INIT;
	struct log_page page = {
		.after_id = seal->first - 1, .before_id = seal->last + 1, .max = RECORDS_MAX
	};
	char text[128];

	if (store_log_page(to->s, &page, send_record, to, err) < 0)
		return -1;
	if (to->stuck)
		return 0;
	snprintf(text, sizeof(text), "log sealed: records %lld to %lld", (long long)seal->first,
		(long long)seal->last);
	add_begin(&message, to->s, JOURNAL_SEAL_ID, "6");
	journal_add(&message, "MESSAGE", text);
	journal_add_number(&message, "PRESENCE_SEAL", seal->id);
	journal_add_number(&message, "PRESENCE_FIRST", seal->first);
	journal_add_number(&message, "PRESENCE_LAST", seal->last);
	journal_add_number(&message, "PRESENCE_AT", seal->at);
	journal_add(&message, "PRESENCE_HASH", seal->hash);
	to->stuck = !journal_send(to->fd, &message);
	return 0;
}

/* Write down which seals the journal has. The disk then holds these seals too: the journal never knows more than the database. */
static int note_sent(struct store *s, int64_t id, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)id);
	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (store_fact_set(s, FACT, text, err) < 0)
		return -1;
	return store_commit(s, err);
}

static int send_some(struct sending *to, int64_t sent, bool *ret_more, struct err *err)
{
	struct seal seals[SEALS_AT_ONCE];
	size_t n = 0;
	int64_t at = sent;
	int r;

	while (n < SEALS_AT_ONCE) {
		if (store_seal_after(to->s, at, &seals[n], err) < 0)
			return -1;
		if (!seals[n].id)
			break;
		at = seals[n++].id;
	}
	if (!n)
		return 0;
	if (store_set_durable(to->s, true, err) < 0)
		return -1;
	r = note_sent(to->s, at, err);
	if (store_set_durable(to->s, false, err) < 0 || r < 0)
		return -1;
	for (size_t i = 0; i < n && !to->stuck; i++) {
		if (send_seal(to, &seals[i], err) < 0)
			return -1;
	}
	/* The next seal covers by its hash what a journal that is stuck does not take. */
	*ret_more = n == SEALS_AT_ONCE && !to->stuck;
	return 0;
}

static int send_seals(struct store *s, bool *ret_more, struct err *err)
{
	struct sending to = { .s = s, .fd = journal_open() };
	char text[24];
	int r;

	if (to.fd < 0)
		return 0;
	r = store_fact_get(s, FACT, text, sizeof(text), err);
	if (r == 0)
		r = send_some(&to, strtoll(text, NULL, 10), ret_more, err);
	close(to.fd);
	return r;
}

int sealing_step(struct store *s, int64_t now, bool *ret_more, struct err *err)
{
	if (follow_seal(s, now, ret_more, err) < 0)
		return -1;
	return *ret_more ? 0 : send_seals(s, ret_more, err);
}

int sealing_all(struct store *s, int64_t now, struct err *err)
{
	bool more = true;

	for (size_t i = 0; more && i < STEPS_MAX; i++) {
		if (sealing_step(s, now, &more, err) < 0)
			return -1;
	}
	return 0;
}
