/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/enrolment.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/pbx/member.h"
#include "lib/store/item.h"

enum { TRIES = 3 }; /* of one member: somebody else acts between our reading and acting */

struct enrolment {
	const struct enrolment_desk *desk;
	int64_t id;
	char *name, *value, *confirmed, *previous, *sent;
	bool may_leave;
	struct member_goal goal;
	struct member_held held;
	enum member_next next; /* under way; MEMBER_DONE: the list, or the hint */
	int tries;
	bool looked; /* again, after it was added */
	bool asks;   /* for the hint */
	bool asked;
	bool acted; /* an action was sent besides the asking */
	enum { WHY_ELSE, WHY_ALL, WHY_NO_QUEUE, WHY_NO_HINT } why; /* it was refused */
};

struct enrolment *enrolment_new(
	const struct enrolment_desk *desk, const struct stored_item *item, int64_t now)
{
	struct enrolment *e = xcalloc(1, sizeof(*e));

	e->desk = desk;
	e->id = item->id;
	e->name = xstrdup(item->name);
	e->value = xstrdup(item->wanted);
	e->confirmed = item->confirmed ? xstrdup(item->confirmed) : NULL;
	e->previous = item->previous ? xstrdup(item->previous) : NULL;
	e->sent = item->sent ? xstrdup(item->sent) : NULL;
	e->may_leave = now >= item->leave_by;
	return e;
}

void enrolment_free(struct enrolment *e)
{
	if (!e)
		return;
	free(e->name);
	free(e->value);
	free(e->confirmed);
	free(e->previous);
	free(e->sent);
	free(e);
}

static int ask(struct enrolment *e, const struct turn *t, uint64_t tag, struct err *err)
{
	const char *fields[MEMBER_FIELDS];

	e->next = MEMBER_DONE;
	e->held = (struct member_held){ 0 };
	member_query(&e->goal, e->tries > 0, fields);
	return turn_send(t, tag, fields, err);
}

int enrolment_send(struct enrolment *e, const struct turn *t, uint64_t tag, struct err *err)
{
	if (member_parse(e->name, e->value, &e->goal, err) < 0)
		return -1;
	return ask(e, t, tag, err);
}

void enrolment_see(struct enrolment *e, const struct amimsg *event)
{
	member_see(&e->goal, event, &e->held);
}

bool enrolment_is_new_pause(const struct enrolment *e)
{
	const char *comma = strchr(e->value, ',');

	return comma && member_pauses_as(e->value, comma + 1) &&
		(!e->sent || strcmp(e->sent, e->value) != 0);
}

int enrolment_announce(const struct enrolment *e, struct err *err)
{
	return store_item_send(e->desk->store, e->id, e->value, err);
}

static enum enrolment_end no_queue(struct enrolment *e, struct err *err)
{
	e->why = WHY_NO_QUEUE;
	err_set(err, ERR_FAILED, "no such queue '%s' on PBX '%s'", e->goal.queue,
		e->desk->pbx->name);
	return ENROLMENT_REFUSED;
}

static enum enrolment_end denied(struct enrolment *e, struct err *err)
{
	e->why = WHY_ALL;
	err_set(err, ERR_FAILED,
		"Permission denied: user '%s' of manager.conf needs write = system,call,agent",
		e->desk->pbx->username);
	return ENROLMENT_REFUSED;
}

static enum enrolment_end ask_again(
	struct enrolment *e, const struct turn *t, uint64_t tag, struct err *err)
{
	return ask(e, t, tag, err) < 0 ? ENROLMENT_REFUSED : ENROLMENT_GOES_ON;
}

/* A queue does not know a hint that was written after the member had been added. */
static enum enrolment_end ask_for_hint(
	struct enrolment *e, const struct turn *t, uint64_t tag, struct err *err)
{
	const char *fields[MEMBER_FIELDS];
	char extension[DIAL_MAX_LEN + 1];

	e->asked = e->asks = true;
	if (!member_hint_query(e->held.state, extension, fields)) {
		err_set(err, ERR_FAILED, "'%s' is no hint", e->held.state);
		return ENROLMENT_REFUSED;
	}
	return turn_send(t, tag, fields, err) < 0 ? ENROLMENT_REFUSED : ENROLMENT_GOES_ON;
}

/* It is as it should be; but may have been added without a hint, as only the list says. */
static enum enrolment_end done(
	struct enrolment *e, const struct turn *t, uint64_t tag, struct err *err)
{
	if (e->held.unseen && !e->looked) {
		e->looked = true;
		return ask_again(e, t, tag, err);
	}
	if (!member_is_deaf(&e->goal, &e->held, err))
		return ENROLMENT_CONFIRMED;
	if (e->held.dynamic && !e->asked)
		return ask_for_hint(e, t, tag, err);
	e->why = WHY_NO_HINT;
	return ENROLMENT_IN_VAIN;
}

static enum enrolment_end go_on(
	struct enrolment *e, const struct turn *t, uint64_t tag, struct err *err)
{
	const char *fields[MEMBER_FIELDS];
	char number[12];

	e->next = member_next(&e->goal, &e->held, e->may_leave);
	switch (e->next) {
	case MEMBER_DONE: return done(e, t, tag, err);
	case MEMBER_WAIT: return ENROLMENT_WAITS;
	case MEMBER_NO_QUEUE: return no_queue(e, err);
	default: break;
	}
	if (e->desk->refusals->members)
		return denied(e, err);
	e->acted = true;
	member_action(&e->goal, e->next, &e->held, number, fields);
	return turn_send(t, tag, fields, err) < 0 ? ENROLMENT_REFUSED : ENROLMENT_GOES_ON;
}

static enum enrolment_end refused(struct enrolment *e, const struct turn *t, uint64_t tag,
	const char *reason, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (!strcmp(reason, "Permission denied")) {
		e->desk->refusals->members = true;
		return denied(e, err);
	}
	if (strstr(reason, "No such queue"))
		return no_queue(e, err);
	if (e->next != MEMBER_DONE && ++e->tries < TRIES)
		return ask_again(e, t, tag, err);
	if (e->next == MEMBER_DONE)
		e->why = WHY_ALL; /* no list: app_queue is not loaded */
	text_escape(&text, reason);
	err_set(err, ERR_FAILED, "%s", text.s);
	return ENROLMENT_REFUSED;
}

static int whose_pause(struct enrolment *e, struct err *err)
{
	const struct stored_item item = {
		.confirmed = e->confirmed,
		.previous = e->previous,
		.sent = e->sent,
	};

	return store_pause_is_ours(e->desk->store, &item, e->held.reason, &e->held.ours, err);
}

int enrolment_answer(struct enrolment *e, const struct turn *t, const struct answer *answer,
	enum enrolment_end *ret, struct err *err)
{
	if (e->asks) {
		e->asks = false;
		e->held.renewable = answer->ok && member_hint_exists(answer->message);
		*ret = go_on(e, t, answer->tag, err);
		return 0;
	}
	/* A list that has begun is whole as far as it can be believed, whoever ended it. */
	if (!answer->ok && !(e->next == MEMBER_DONE && e->held.queue)) {
		*ret = refused(e, t, answer->tag, amimsg_reason(answer->message), err);
		return 0;
	}
	if (e->next != MEMBER_DONE)
		member_did(&e->goal, e->next, &e->held);
	else if (e->held.paused && whose_pause(e, err) < 0)
		return -1;
	*ret = go_on(e, t, answer->tag, err);
	return 0;
}

bool enrolment_has_acted(const struct enrolment *e)
{
	return e->acted;
}

int enrolment_put_off(struct enrolment *e, int64_t now, struct err *err)
{
	char paused[NAME_MAX_LEN + sizeof("pause,")];
	bool login = e->goal.assigned && e->goal.answer == QUEUE_LOGIN;
	struct item_wait wait = {
		.id = e->id,
		.value = e->value,
		.confirmed = login ? e->confirmed : paused,
		.again_at = now + ENROLMENT_AGAIN_S,
		.leave_by = now + ENROLMENT_CALL_S,
	};

	snprintf(paused, sizeof(paused), "pause,%s", e->goal.reason);
	return store_item_put_off(e->desk->store, &wait, err);
}

void enrolment_refusal(const struct enrolment *e, struct refusal *ret)
{
	*ret = (struct refusal){ .once = e->why != WHY_ELSE, .remark = e->why == WHY_NO_HINT };
	if (e->why == WHY_ALL)
		text_copy(ret->what, sizeof(ret->what), "members of queues");
	else if (e->why == WHY_NO_QUEUE)
		snprintf(ret->what, sizeof(ret->what), "the members of queue '%s'", e->goal.queue);
	else
		text_copy(ret->what, sizeof(ret->what), e->name);
}
