#include "lib/sync/members.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/pbx/member.h"

enum { TRIES = 3 }; /* of one member: somebody else acts between our reading and acting */

struct members {
	struct store *store;
	const struct conf_pbx *pbx;
	bool denied, told_all;
	char (*told)[NAME_MAX_LEN + 1]; /* queues that the PBX does not have */
	size_t told_n, told_cap;
	int64_t *deaf; /* items whose missing hint was told */
	size_t deaf_n, deaf_cap;
};

struct chain {
	int64_t id;
	char *name, *value, *confirmed, *previous, *sent;
	bool may_leave;
	struct member_goal goal;
	struct member_held held;
	enum member_next next; /* under way; MEMBER_DONE: the list */
	int tries;
	bool looked; /* again, after it was added */
	enum {
		WHY_ELSE,
		WHY_ALL,
		WHY_NO_QUEUE,
		WHY_NO_HINT
	} why; /* told: for all members alike? */
};

struct members *members_new(struct store *store, const struct conf_pbx *pbx)
{
	struct members *m = xcalloc(1, sizeof(*m));

	m->store = store;
	m->pbx = pbx;
	return m;
}

void members_free(struct members *m)
{
	if (!m)
		return;
	free(m->told);
	free(m->deaf);
	free(m);
}

void members_reset(struct members *m)
{
	m->denied = m->told_all = false;
	m->told_n = m->deaf_n = 0;
}

struct chain *chain_new(const struct stored_item *row, int64_t now)
{
	struct chain *c = xcalloc(1, sizeof(*c));

	c->id = row->id;
	c->name = xstrdup(row->name);
	c->value = xstrdup(row->wanted);
	c->confirmed = row->confirmed ? xstrdup(row->confirmed) : NULL;
	c->previous = row->previous ? xstrdup(row->previous) : NULL;
	c->sent = row->sent ? xstrdup(row->sent) : NULL;
	c->may_leave = now >= row->leave_by;
	return c;
}

void chain_free(struct chain *c)
{
	if (!c)
		return;
	free(c->name);
	free(c->value);
	free(c->confirmed);
	free(c->previous);
	free(c->sent);
	free(c);
}

static int ask(struct chain *c, struct ami *ami, uint64_t tag, int64_t now_ms, struct err *err)
{
	const char *fields[MEMBER_FIELDS];

	c->next = MEMBER_DONE;
	c->held = (struct member_held){ 0 };
	member_query(&c->goal, c->tries > 0, fields);
	return ami_send(ami, tag, fields, now_ms, err);
}

int chain_send(struct chain *c, struct ami *ami, uint64_t tag, int64_t now_ms, struct err *err)
{
	if (member_parse(c->name, c->value, &c->goal, err) < 0)
		return -1;
	return ask(c, ami, tag, now_ms, err);
}

void chain_see(struct chain *c, const struct amimsg *event)
{
	member_see(&c->goal, event, &c->held);
}

bool chain_is_new_pause(const struct chain *c)
{
	const char *comma = strchr(c->value, ',');

	return comma && member_pauses_as(c->value, comma + 1) &&
		(!c->sent || strcmp(c->sent, c->value) != 0);
}

int chain_announce(const struct chain *c, struct store *s, struct err *err)
{
	return store_item_send(s, c->id, c->value, err);
}

static enum chain_end no_queue(const struct members *m, struct chain *c, struct err *err)
{
	c->why = WHY_NO_QUEUE;
	err_set(err, ERR_FAILED, "no such queue '%s' on PBX '%s'", c->goal.queue, m->pbx->name);
	return CHAIN_REFUSED;
}

static enum chain_end denied(const struct members *m, struct chain *c, struct err *err)
{
	c->why = WHY_ALL;
	err_set(err, ERR_FAILED,
		"Permission denied: user '%s' of manager.conf needs write = system,call,agent",
		m->pbx->username);
	return CHAIN_REFUSED;
}

/* It is as it should be; but may have been added without a hint, as only the list says. */
static enum chain_end done(
	struct chain *c, struct ami *ami, uint64_t tag, int64_t now_ms, struct err *err)
{
	if (c->held.unseen && !c->looked) {
		c->looked = true;
		return ask(c, ami, tag, now_ms, err) < 0 ? CHAIN_REFUSED : CHAIN_GOES_ON;
	}
	if (!member_is_deaf(&c->goal, &c->held, err))
		return CHAIN_CONFIRMED;
	c->why = WHY_NO_HINT;
	return CHAIN_IN_VAIN;
}

static enum chain_end go_on(struct members *m, struct chain *c, struct ami *ami, uint64_t tag,
	int64_t now_ms, struct err *err)
{
	const char *fields[MEMBER_FIELDS];
	char number[12];

	c->next = member_next(&c->goal, &c->held, c->may_leave);
	switch (c->next) {
	case MEMBER_DONE: return done(c, ami, tag, now_ms, err);
	case MEMBER_WAIT: return CHAIN_WAITS;
	case MEMBER_NO_QUEUE: return no_queue(m, c, err);
	default: break;
	}
	if (m->denied)
		return denied(m, c, err);
	member_action(&c->goal, c->next, &c->held, number, fields);
	return ami_send(ami, tag, fields, now_ms, err) < 0 ? CHAIN_REFUSED : CHAIN_GOES_ON;
}

static enum chain_end again(struct members *m, struct chain *c, struct ami *ami, uint64_t tag,
	int64_t now_ms, const char *reason, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (!strcmp(reason, "Permission denied")) {
		m->denied = true;
		return denied(m, c, err);
	}
	if (strstr(reason, "No such queue"))
		return no_queue(m, c, err);
	if (c->next != MEMBER_DONE && ++c->tries < TRIES)
		return ask(c, ami, tag, now_ms, err) < 0 ? CHAIN_REFUSED : CHAIN_GOES_ON;
	if (c->next == MEMBER_DONE)
		c->why = WHY_ALL; /* no list: app_queue is not loaded */
	text_escape(&text, reason);
	err_set(err, ERR_FAILED, "%s", text.s);
	return CHAIN_REFUSED;
}

static int whose_pause(const struct members *m, struct chain *c, struct err *err)
{
	const struct stored_item row = {
		.confirmed = c->confirmed,
		.previous = c->previous,
		.sent = c->sent,
	};

	return store_pause_is_ours(m->store, &row, c->held.reason, &c->held.ours, err);
}

int members_answer(struct members *m, struct chain *c, struct ami *ami, uint64_t tag,
	int64_t now_ms, bool ok, const struct amimsg *answer, enum chain_end *ret, struct err *err)
{
	/* A list that has begun is whole as far as it can be believed, whoever ended it. */
	if (!ok && !(c->next == MEMBER_DONE && c->held.queue)) {
		*ret = again(m, c, ami, tag, now_ms, amimsg_reason(answer), err);
		return 0;
	}
	if (c->next != MEMBER_DONE)
		member_did(&c->goal, c->next, &c->held);
	else if (c->held.paused && whose_pause(m, c, err) < 0)
		return -1;
	*ret = go_on(m, c, ami, tag, now_ms, err);
	return 0;
}

int chain_put_off(struct chain *c, struct store *s, int64_t now, struct err *err)
{
	char paused[NAME_MAX_LEN + sizeof("pause,")];
	bool login = c->goal.assigned && c->goal.answer == QUEUE_LOGIN;
	struct item_wait wait = {
		.id = c->id,
		.value = c->value,
		.confirmed = login ? c->confirmed : paused,
		.again_at = now + MEMBERS_AGAIN_S,
		.leave_by = now + MEMBERS_CALL_S,
	};

	snprintf(paused, sizeof(paused), "pause,%s", c->goal.reason);
	return store_item_put_off(s, &wait, err);
}

static bool tell_all(struct members *m)
{
	bool told = m->told_all;

	m->told_all = true;
	return !told;
}

static bool tell_deaf(struct members *m, const struct chain *c)
{
	for (size_t i = 0; i < m->deaf_n; i++) {
		if (m->deaf[i] == c->id)
			return false;
	}
	m->deaf = mem_grow(m->deaf, &m->deaf_cap, m->deaf_n + 1, sizeof(*m->deaf));
	m->deaf[m->deaf_n++] = c->id;
	return true;
}

static bool tell_queue(struct members *m, const struct chain *c)
{
	for (size_t i = 0; i < m->told_n; i++) {
		if (!strcasecmp(m->told[i], c->goal.queue))
			return false;
	}
	m->told = mem_grow(m->told, &m->told_cap, m->told_n + 1, sizeof(*m->told));
	text_copy(m->told[m->told_n++], sizeof(m->told[0]), c->goal.queue);
	return true;
}

bool members_tell(struct members *m, const struct chain *c, char what[ITEM_NAME_SIZE])
{
	switch (c->why) {
	case WHY_ALL: snprintf(what, ITEM_NAME_SIZE, "members of queues"); return tell_all(m);
	case WHY_NO_HINT: *what = '\0'; return tell_deaf(m, c);
	case WHY_NO_QUEUE:
		snprintf(what, ITEM_NAME_SIZE, "the members of queue '%s'", c->goal.queue);
		return tell_queue(m, c);
	case WHY_ELSE: break;
	}
	snprintf(what, ITEM_NAME_SIZE, "%s", c->name);
	return true;
}
