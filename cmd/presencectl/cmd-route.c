/* SPDX-License-Identifier: GPL-3.0-or-later */
/* route: what a caller will experience. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "cmd/presencectl/people.h"
#include "cmd/presencectl/say.h"
#include "lib/base/text.h"
#include "lib/store/queue.h"
#include "lib/time/when.h"

extern const struct command cmd_route;

enum {
	STEP_AT,
	STEP_UNTIL,
	STEP_ACTION,
	STEP_WHAT,
	STEP_USER,
	STEP_CAUSE,
	STEP_CALLERID,
	STEP_GREETING,
	STEP_OWNGREETING,
	STEP_PHONE,
	STEP_TEXT
};

static const struct column columns[] = {
	[STEP_AT] = { "AT", COLUMN_NUMBER, "seconds since the call came in" },
	[STEP_UNTIL] = { "UNTIL", COLUMN_NUMBER,
		"when it stops; empty if the PBX does not stop it" },
	[STEP_ACTION] = { "ACTION", 0,
		"ring, answer, announce, forward, queue, goto, voicemail, busy, noanswer or hangup" },
	[STEP_WHAT] = { "WHAT", 0, "devices, destination or mailbox" },
	[STEP_USER] = { "USER", 0, "whose devices, rules or mailbox" },
	[STEP_CAUSE] = { "CAUSE", 0, "why" },
	[STEP_CALLERID] = { "CALLERID", 0, "the number that is shown" },
	[STEP_GREETING] = { "GREETING", 0, "sound before the mailbox records" },
	[STEP_OWNGREETING] = { "OWNGREETING", COLUMN_HIDDEN,
		"the greeting that the mailbox itself plays if the mode has none: unavailable or busy" },
	[STEP_PHONE] = { "PHONE", COLUMN_HIDDEN, "of ring: what these devices do" },
	[STEP_TEXT] = { "TEXT", COLUMN_HIDDEN | COLUMN_WIDE, "the step in words" },
	{ 0 },
};

enum { OFFER_QUEUE, OFFER_ANSWER, OFFER_OFFERS };

static const struct column queue_columns[] = {
	[OFFER_QUEUE] = { "QUEUE", 0, "" },
	[OFFER_ANSWER] = { "ANSWER", 0, "" },
	[OFFER_OFFERS] = { "OFFERS", COLUMN_BOOL, "" },
	{ 0 },
};

static void add_step(struct out *out, const struct route *r, size_t i)
{
	const struct route_step *s = &r->steps[i];
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	route_step_text(r, i, &text);
	out_line(out);
	out_number(out, STEP_AT, s->at_s);
	if (s->until_s != ROUTE_OPEN)
		out_number(out, STEP_UNTIL, s->until_s);
	out_text(out, STEP_ACTION, route_action_name(s->action));
	out_text(out, STEP_WHAT, *s->what ? s->what : NULL);
	out_text(out, STEP_USER, s->user ? s->user->user->name : NULL);
	out_text(out, STEP_CAUSE, route_cause_name(s->cause));
	out_text(out, STEP_CALLERID, *s->callerid ? s->callerid : NULL);
	out_text(out, STEP_GREETING, s->greeting && *s->greeting ? s->greeting : NULL);
	if (s->action == ROUTE_VOICEMAIL && !*s->greeting)
		out_text(out, STEP_OWNGREETING, s->busy_greeting ? "busy" : "unavailable");
	if (s->action == ROUTE_RING)
		out_text(out, STEP_PHONE, phone_state_name(s->phone));
	out_text(out, STEP_TEXT, text.s);
}

static int read_call(
	const struct input *in, struct route_input *ret, struct people *p, struct err *err)
{
	const char *caller = input_opt(in, "caller"), *number = input_opt(in, "number"),
		   *answer = input_opt(in, "answer");
	const char *others = input_opt(in, "others");
	int kind = call_kind_parse(caller ? caller : "internal");
	int state = phone_state_parse(others ? others : "noanswer");

	if (kind < 0)
		return err_set(err, ERR_USAGE,
			"no caller '%s'; there are: internal, external, queue, group", caller);
	if (input_opt(in, "queue") && kind != CALL_QUEUE)
		return err_set(err, ERR_USAGE, "--queue is for --caller queue");
	if (state < 0)
		return err_set(err, ERR_USAGE, "no state of a phone '%s'; there are: " PHONE_STATES,
			others);
	if (number && !text_is_of(number, "+0123456789*#", NUMBER_MAX_LEN))
		return err_set(err, ERR_USAGE, "'%s' is not a caller's number", number);
	p->phones = input_opt(in, "phone");
	p->others = (enum phone_state)state;
	*ret = (struct route_input){
		.kind = (enum call_kind)kind,
		.number = number ? number : "",
		.answer_s = answer ? atoi(answer) : 5,
	};
	return 0;
}

/* The queues that can offer the user a call: all queues that the user is in, or one of them. */
struct queue_choice {
	struct store *store;
	struct err *err; /* filled if a queue cannot be read */
	const struct person *person;
	const char *only;    /* NULL for all */
	struct strbuf words; /* a line each, safe on a terminal */
	struct out *out;
	size_t n;
};

static void queues_done(struct queue_choice *q)
{
	strbuf_done(&q->words);
	out_free(q->out);
}

static int add_queue(void *data, const char *name)
{
	struct queue_choice *q = data;
	enum queue_answer a = rules_queue(q->person->route.rules, name);
	char word[2 * NAME_MAX_LEN + 2];
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct queue found;

	if (q->only && strcasecmp(q->only, name) != 0)
		return 0;
	q->n++;
	snprintf(word, sizeof(word), "%s@%s", name, q->person->user.pbx);
	if (store_queue_find(q->store, word, &found, q->err) < 0)
		return -1;
	route_queue_text(name, a, &q->person->mode, found.members == QUEUE_MEMBERS_RULES, &text);
	text_escape(&q->words, text.s);
	strbuf_addc(&q->words, '\n');
	out_line(q->out);
	out_text(q->out, OFFER_QUEUE, name);
	out_text(q->out, OFFER_ANSWER, queue_answer_name(a));
	if (a != QUEUE_NONE)
		out_bool(q->out, OFFER_OFFERS, a == QUEUE_LOGIN);
	return 0;
}

static int find_queues(struct ctl *ctl, const struct person *x, const char *only,
	struct queue_choice *ret, struct err *err)
{
	struct out_options o = ctl->out;
	struct queue q;

	o.columns = NULL;
	ret->store = ctl->store;
	ret->err = err;
	ret->person = x;
	ret->only = only;
	if (out_new(queue_columns, "queues", &o, &ret->out, err) < 0 ||
		store_queue_of_user(ctl->store, x->user.id, add_queue, ret, err) < 0)
		return -1;
	if (only && !ret->n) {
		if (store_queue_find(ctl->store, only, &q, err) < 0)
			return -1;
		return err_set(err, ERR_FAILED,
			"user '%s' is not in queue '%s'; 'queue assign' puts users into it",
			x->user.name, q.name);
	}
	return 0;
}

static int print_route(struct ctl *ctl, const struct person *x, const struct route *r,
	const struct queue_choice *queues, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (out_new(columns, "route", &ctl->out, &out, err) < 0)
		return -1;
	if (!ctl->out.columns)
		out_first(out, queues->out);
	for (size_t i = 0; i < r->n; i++)
		add_step(out, r, i);
	if (!ctl->out.data && !ctl->out.columns && !ctl->out.no_headings) {
		if (queues->words.len)
			fputs(queues->words.s, stdout);
		route_text(r, &text);
		say("%s in mode %s: %s\n", x->user.name, x->mode.name, text.s);
	}
	return out_print(out, stdout, err);
}

static int run(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(people_done) struct people people = { .ctl = ctl, .at = ctl->now };
	_cleanup_(route_done) struct route r = { 0 };
	_cleanup_(queues_done) struct queue_choice queues = { .words = STRBUF_INIT };
	const char *at = input_opt(in, "at"), *queue = input_opt(in, "queue");
	struct route_input call;
	const struct person *x;

	if (read_call(in, &call, &people, err) < 0 ||
		(at && when_time(at, ctl->zone, ctl->now, &people.at, err) < 0) ||
		people_add(&people, input_arg(in, 0), input_opt(in, "mode"), &x, err) < 0 ||
		(call.kind == CALL_QUEUE && find_queues(ctl, x, queue, &queues, err) < 0) ||
		people_route(&people, x, &call, &r, err) < 0)
		return -1;
	return print_route(ctl, x, &r, &queues, err);
}

static const struct arg args[] = { { "user", ARG_USER, 0 }, { 0 } };

static const struct opt opts[] = {
	{ "caller", "KIND", ARG_CALL, "internal, external, queue or group; internal if left out",
		0 },
	{ "queue", "QUEUE", ARG_QUEUE, "which queue; all that the user is in if left out", 0 },
	{ "phone", "STATE", ARG_PHONES,
		PHONE_STATES "; or of each device: desk=busy,app=idle; noanswer if left out", 0 },
	{ "others", "STATE", ARG_PHONE,
		"what mobiles, numbers and other users do; noanswer if left out", 0 },
	{ "number", "N", ARG_TEXT, "the caller's number", 0 },
	{ "at", "TIME", ARG_TIME, "at that time instead of now", 0 },
	{ "mode", "MODE", ARG_MODE, "in that mode instead of the one that holds", 0 },
	{ "answer", "SECONDS", ARG_NUMBER, "an idle device answers after so many seconds (5)", 0 },
	{ 0 },
};

const struct command cmd_route = {
	.path = "route",
	.summary = "foretell what a caller experiences, step by step",
	.details =
		"It makes the same decisions as the dialplan share/asterisk/presence.conf. The seconds count from when the call "
		"came in. With --caller queue it first says what the mode tells the queues. A queue in which the user is paused "
		"or logged out offers no calls; the steps are then those of a call that it offered before.",
	.args = args,
	.opts = opts,
	.columns = columns,
	.noun = "route",
	.needs = NEED_STORE,
	.run = run,
};
