/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calls/route.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/closest.h"
#include "lib/calls/destination.h"

enum { TRAIL_MAX = 6, LEGS_MAX = DEVICES_MAX + 1 };

/* How a call is foretold. walk() takes the call from user to user. For each, one() decides as the dialplan does: forward at
 * once, or ring and then forward by the result. ring() moves the clock of the call, `at_s`, on. Where the user's rules take an
 * unanswered call back, lend() walks the next user with a deadline: nothing behind the deadline is added.
 *
 * Why it ends: walk() keeps a trail of the users who were called. It goes to voicemail when one comes again or when the
 * trail is full. */

/* A device that is called. */
struct leg {
	const char *device; /* DEVICE_MOBILE for the mobile */
	bool mobile;
	enum phone_state state;
	int from_s, to_s; /* of the call */
};

enum result { RESULT_ANSWERED, RESULT_NOANSWER, RESULT_BUSY, RESULT_OFFLINE };

/* A call on its way. */
struct call {
	const struct route_input *in;
	struct route *out;
	const struct route_user *trail[TRAIL_MAX]; /* the users who were called already */
	size_t trail_n;
	int at_s;
	int deadline_s; /* when the user who forwarded takes the call back; INT_MAX: never */
	const char *callerid;
	enum result
		rang; /* of the last user whose rules let the phones ring or stay silent; at first RESULT_BUSY */
	bool in_loop; /* it has come to a user who was called already */
};

enum end {
	END_ANSWERED, /* a person or a mailbox has answered */
	END_GONE,     /* it has gone into a dialplan that is not ours */
	END_OPEN,     /* it rings or waits on, and we do not end it */
	END_REFUSED,
};

static const char *const call_kinds[] = {
	[CALL_INTERNAL] = "internal",
	[CALL_EXTERNAL] = "external",
	[CALL_QUEUE] = "queue",
	[CALL_GROUP] = "group",
};
_Static_assert(ARRAY_SIZE(call_kinds) == CALL_KIND_COUNT, "a name for every kind");
static const char *const phone_states[] = {
	[PHONE_IDLE] = "idle",
	[PHONE_NOANSWER] = "noanswer",
	[PHONE_BUSY] = "busy",
	[PHONE_DECLINING] = "declining",
	[PHONE_OFFLINE] = "offline",
	[PHONE_ONCALL] = "oncall",
};
_Static_assert(ARRAY_SIZE(phone_states) == PHONE_STATE_COUNT, "a name for every state");
static const char *const actions[] = {
	[ROUTE_RING] = "ring",
	[ROUTE_ANSWER] = "answer",
	[ROUTE_FORWARD] = "forward",
	[ROUTE_QUEUE] = "queue",
	[ROUTE_GOTO] = "goto",
	[ROUTE_VOICEMAIL] = "voicemail",
	[ROUTE_BUSY] = "busy",
	[ROUTE_NOANSWER] = "noanswer",
	[ROUTE_HANGUP] = "hangup",
	[ROUTE_ANNOUNCE] = "announce",
};
_Static_assert(ARRAY_SIZE(actions) == ROUTE_ACTION_COUNT, "a name for every action");
static const char *const causes[] = {
	[ROUTE_CAUSE_CALL] = "call",
	[ROUTE_CAUSE_ALWAYS] = "always",
	[ROUTE_CAUSE_NOANSWER] = "no answer",
	[ROUTE_CAUSE_SILENT] = "nothing rings",
	[ROUTE_CAUSE_BUSY] = "busy",
	[ROUTE_CAUSE_OFFLINE] = "offline",
	[ROUTE_CAUSE_ONCALL] = "on a call",
	[ROUTE_CAUSE_GROUP] = "no group calls",
	[ROUTE_CAUSE_LOOP] = "loop",
};
_Static_assert(ARRAY_SIZE(causes) == ROUTE_CAUSE_COUNT, "a name for every cause");

static int find(const char *const *names, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcasecmp(names[i], s))
			return (int)i;
	}
	return -1;
}

const char *call_kind_name(enum call_kind k)
{
	return call_kinds[k];
}

int call_kind_parse(const char *s)
{
	return find(call_kinds, CALL_KIND_COUNT, s);
}

const char *phone_state_name(enum phone_state s)
{
	return phone_states[s];
}

int phone_state_parse(const char *s)
{
	return find(phone_states, PHONE_STATE_COUNT, s);
}

/* Read "busy", for all devices, or "desk=busy". */
static int read_state(char *word, const struct user *u, enum phone_state *ret, struct err *err)
{
	const char *names[DEVICES_MAX];
	char *equals = strchr(word, '=');
	int state = phone_state_parse(equals ? equals + 1 : word);
	size_t i = 0;

	if (state < 0)
		return err_set(err, ERR_USAGE, "no state of a phone '%s'; there are: " PHONE_STATES,
			equals ? equals + 1 : word);
	if (!equals) {
		for (; i < u->devices_n; i++)
			ret[i] = (enum phone_state)state;
		return 0;
	}
	*equals = '\0';
	for (; i < u->devices_n && strcmp(u->devices[i].name, word) != 0; i++)
		names[i] = u->devices[i].name;
	if (i < u->devices_n) {
		ret[i] = (enum phone_state)state;
		return 0;
	}
	err_set(err, ERR_USAGE, "%s has no device '%s'", u->name, word);
	return closest_guess(err, word, names, u->devices_n);
}

int phone_states_parse(
	const char *text, const struct user *u, enum phone_state ret[DEVICES_MAX], struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(text);
	char *rest = copy, *word;

	while ((word = strsep(&rest, ","))) {
		if (read_state(word + strspn(word, " "), u, ret, err) < 0)
			return -1;
	}
	return 0;
}

const char *route_action_name(enum route_action a)
{
	return actions[a];
}

const char *route_cause_name(enum route_cause c)
{
	return causes[c];
}

/* Whether the user who forwarded the call takes it back. */
static bool is_lent(const struct call *w)
{
	return w->deadline_s != INT_MAX;
}

/* Append a step. Returns false if it would begin behind the deadline: then it is not there. */
static bool add(struct call *w, enum route_action action, enum route_cause cause,
	const struct route_user *u, int until_s, const char *what)
{
	struct route *r = w->out;

	if (w->at_s >= w->deadline_s)
		return false;
	if (is_lent(w) && (until_s == ROUTE_OPEN || until_s > w->deadline_s))
		until_s = w->deadline_s;
	r->steps = mem_grow(r->steps, &r->cap, r->n + 1, sizeof(*r->steps));
	r->steps[r->n++] = (struct route_step){ .action = action,
		.cause = cause,
		.at_s = w->at_s,
		.until_s = until_s,
		.user = u,
		.what = xstrdup(what),
		.callerid = xstrdup(w->callerid),
		.greeting = "" };
	return true;
}

/* --- ringing --- */

static bool is_by_machine(const struct call *w)
{
	return w->in->kind == CALL_QUEUE || w->in->kind == CALL_GROUP;
}

static enum phone_state state_of(const struct route_user *u, size_t device)
{
	return u->phones ? u->phones[device] : u->phone;
}

/* The index of a device that can be rung. DEVICES_MAX if the user has no such device or it is offline. */
static size_t find_device(const struct route_user *u, const char *name)
{
	size_t i = 0;

	while (i < u->user->devices_n && strcmp(u->user->devices[i].name, name) != 0)
		i++;
	return i < u->user->devices_n && state_of(u, i) != PHONE_OFFLINE ? i : DEVICES_MAX;
}

/* The devices that can be rung, sorted by when they begin. Windows are sorted in as they come; of two that begin together the
 * one typed first stays first. */
static size_t find_legs(
	const struct call *w, const struct route_user *u, bool all, struct leg legs[LEGS_MAX])
{
	const struct ring *ring = &u->rules->ring;
	enum phone_state others = w->in->others;
	bool mobile = *u->user->mobile;
	size_t n = 0;

	if (all || ring->kind == RING_ALL || is_by_machine(w)) {
		int to_s = w->at_s + (int)u->rules->timeout_s;

		for (size_t i = 0; i < u->user->devices_n; i++) {
			enum phone_state state = state_of(u, i);

			if (state != PHONE_OFFLINE)
				legs[n++] = (struct leg){ u->user->devices[i].name, false, state,
					w->at_s, to_s };
		}
		if (u->rules->mobile && u->mode->type != PTYPE_DND && mobile)
			legs[n++] = (struct leg){ DEVICE_MOBILE, true, others, w->at_s, to_s };
		return n;
	}
	for (size_t i = 0; i < ring->n; i++) {
		const struct window *x = &ring->windows[i];
		bool is_mobile = !strcmp(x->device, DEVICE_MOBILE);
		size_t device = find_device(u, x->device), at = n;
		struct leg leg = { x->device, is_mobile, others, w->at_s + x->from_s,
			w->at_s + x->to_s };

		if (x->from_s == x->to_s || (is_mobile ? !mobile : device == DEVICES_MAX))
			continue;
		if (!is_mobile)
			leg.state = state_of(u, device);
		for (; at && legs[at - 1].from_s > leg.from_s; at--)
			legs[at] = legs[at - 1];
		legs[at] = leg;
		n++;
	}
	return n;
}

static bool is_refusal(enum phone_state s)
{
	return s == PHONE_BUSY || s == PHONE_DECLINING || s == PHONE_OFFLINE;
}

/* Whether two legs are shown as one. Two that ring look the same to the caller, also if only one of them answers. */
static bool is_alike(const struct leg *a, const struct leg *b)
{
	return a->from_s == b->from_s && a->to_s == b->to_s && a->mobile == b->mobile &&
		(a->state == b->state || (!is_refusal(a->state) && !is_refusal(b->state)));
}

/* Add a step for each run of legs that are alike. */
static void add_rings(struct call *w, const struct route_user *u, const struct leg *legs, size_t n)
{
	const char *callerid = w->callerid;
	int at_s = w->at_s;

	for (size_t i = 0; i < n;) {
		_cleanup_(strbuf_done) struct strbuf what = STRBUF_INIT;
		const struct leg *first = &legs[i];

		for (; i < n && is_alike(&legs[i], first); i++)
			strbuf_addf(&what, "%s%s", what.len ? ", " : "", legs[i].device);
		w->at_s = first->from_s;
		if (first->mobile && u->rules->callerid == CALLERID_USER)
			w->callerid = u->user->extension;
		if (add(w, ROUTE_RING, ROUTE_CAUSE_CALL, u, first->to_s, what.s))
			w->out->steps[w->out->n - 1].phone = first->state;
		w->callerid = callerid;
	}
	w->at_s = at_s;
}

/* Whether the user is on a call and takes no other. A queue decides by itself whom it offers a call. */
static bool is_taken(const struct call *w, const struct route_user *u)
{
	if (u->rules->call_waiting || w->in->kind == CALL_QUEUE)
		return false;
	for (size_t i = 0; i < u->user->devices_n; i++) {
		if (state_of(u, i) == PHONE_ONCALL)
			return true;
	}
	return false;
}

/* Ring the devices, and move the time of the call to where that ends. A device that refuses stops at once. The first idle device
 * whose window is long enough answers; that stops all others, and those that would begin later do not ring at all. Without an
 * answer the call rings to the end of the last window. */
static enum result ring(struct call *w, const struct route_user *u, bool all)
{
	struct leg legs[LEGS_MAX];
	size_t n = find_legs(w, u, all, legs), shown = 0;
	int answer_s = INT_MAX, end_s = w->at_s;
	enum result result = RESULT_OFFLINE;

	if (!n)
		return result;
	for (size_t i = 0; i < n; i++) {
		enum phone_state state = legs[i].state;
		int after_s = legs[i].from_s + w->in->answer_s;

		if (is_refusal(state))
			legs[i].to_s = legs[i].from_s;
		else
			result = RESULT_NOANSWER;
		if (state != PHONE_OFFLINE && result == RESULT_OFFLINE)
			result = RESULT_BUSY;
		if (state == PHONE_IDLE && after_s < legs[i].to_s && after_s < answer_s)
			answer_s = after_s;
		if (legs[i].to_s > end_s)
			end_s = legs[i].to_s;
	}
	for (; shown < n && legs[shown].from_s <= answer_s; shown++) {
		if (legs[shown].to_s > answer_s)
			legs[shown].to_s = answer_s;
	}
	add_rings(w, u, legs, shown);
	w->at_s = answer_s < end_s ? answer_s : end_s;
	if (answer_s == INT_MAX)
		return result;
	add(w, ROUTE_ANSWER, ROUTE_CAUSE_CALL, u, w->at_s, "");
	return RESULT_ANSWERED;
}

/* --- where it goes then --- */

static enum end refuse(struct call *w, const struct route_user *u, enum route_action action,
	enum route_cause cause)
{
	if (!is_lent(w))
		add(w, action, cause, u, w->at_s, "");
	return END_REFUSED;
}

static enum end to_mailbox(struct call *w, const struct route_user *u, bool quiet,
	enum result result, enum route_cause cause)
{
	struct route_step *s;

	if (quiet || !*u->user->mailbox)
		return refuse(w, u, result == RESULT_BUSY ? ROUTE_BUSY : ROUTE_NOANSWER, cause);
	add(w, ROUTE_VOICEMAIL, cause, u, w->at_s, u->user->mailbox);
	s = &w->out->steps[w->out->n - 1];
	s->greeting = u->rules->greeting;
	s->busy_greeting = !*s->greeting && result == RESULT_BUSY;
	return END_ANSWERED;
}

static enum end walk(struct call *w, const struct route_user *u, bool quiet);

/* Forward the call to another user until `until_s`, when it comes back. */
static enum end lend(struct call *w, const struct route_user *next, int until_s)
{
	struct call inner = *w;
	size_t forward = w->out->n - 1;
	enum end end;

	inner.deadline_s = until_s;
	end = walk(&inner, next, true);
	w->at_s = end == END_OPEN || end == END_GONE || inner.at_s > until_s ? until_s : inner.at_s;
	if (inner.at_s >= until_s)
		end = END_OPEN;
	w->in_loop = inner.in_loop && end == END_REFUSED;
	w->out->steps[forward].until_s = w->at_s;
	return end;
}

/* What `d` stands for: `ask` becomes the number given with the switch, a name that no user has becomes an extension. What cannot
 * be dialled becomes voicemail. */
static struct destination look_up(const struct call *w, const struct route_user *u,
	const struct destination *d, const struct route_user **ret_next)
{
	struct destination r = *d;

	*ret_next = NULL;
	if (d->kind == DESTINATION_ASK) {
		r.kind = DESTINATION_VOICEMAIL;
		if (*u->ask && strlen(u->ask) < sizeof(r.value)) {
			r.kind = DESTINATION_NUMBER;
			text_copy(r.value, sizeof(r.value), u->ask);
		}
	} else if (d->kind == DESTINATION_USER) {
		*ret_next = w->in->find(w->in->ctx, d->value);
		if (!*ret_next && destination_is_dialable(d->value))
			r.kind = DESTINATION_GROUP;
		else if (!*ret_next)
			r = (struct destination){ .kind = DESTINATION_VOICEMAIL };
	}
	return r;
}

/* Forward the call to a destination that is not a user, until `until_s` or ROUTE_OPEN. */
static enum end to_others(struct call *w, const struct route_user *u, const struct destination *to,
	int until_s, enum route_cause cause, const char *what)
{
	bool queue = to->kind == DESTINATION_QUEUE;
	int answer_s = w->at_s + w->in->answer_s;
	bool answered = w->in->others == PHONE_IDLE &&
		(until_s == ROUTE_OPEN || answer_s < until_s) && answer_s < w->deadline_s;
	bool refused = !queue && is_refusal(w->in->others);
	int end_s = answered ? answer_s : refused ? w->at_s : until_s;

	add(w, queue ? ROUTE_QUEUE : ROUTE_FORWARD, cause, u, end_s, what);
	if (end_s != ROUTE_OPEN)
		w->at_s = end_s;
	if (answered) {
		add(w, ROUTE_ANSWER, ROUTE_CAUSE_CALL, u, w->at_s, "");
		return END_ANSWERED;
	}
	if (refused && until_s == ROUTE_OPEN && w->in->others == PHONE_OFFLINE)
		return refuse(w, u, ROUTE_NOANSWER, ROUTE_CAUSE_OFFLINE);
	if (refused && until_s == ROUTE_OPEN)
		return refuse(w, u, ROUTE_BUSY, ROUTE_CAUSE_BUSY);
	return refused ? END_REFUSED : END_OPEN;
}

/* Tell the caller of the mode before the call goes to `to`. The mailbox says by itself that nobody is there. Who takes the call back,
 * a queue or a group must not find it answered: then nothing is told. */
static void announce(struct call *w, const struct route_user *u, const struct destination *to,
	bool quiet, enum route_cause cause)
{
	_cleanup_(strbuf_done) struct strbuf what = STRBUF_INIT;
	const struct rules *r = u->rules;
	bool box = *u->user->mailbox &&
		(to->kind == DESTINATION_NONE || to->kind == DESTINATION_VOICEMAIL);

	if (quiet || r->announce == ANNOUNCE_NONE || to->kind == DESTINATION_BUSY ||
		to->kind == DESTINATION_HANGUP)
		return;
	strbuf_adds(&what, *r->announce_sound ? r->announce_sound : box ? "" : "unavailable");
	if (r->announce == ANNOUNCE_UNTIL && u->until)
		strbuf_addf(&what, "%suntil %s", what.len ? ", " : "", u->until);
	if (what.len)
		add(w, ROUTE_ANNOUNCE, cause, u, w->at_s, what.s);
}

/* Send the call to `d`. If it goes to a user who keeps it, *ret_next is that user and the result means nothing. */
static enum end forward(struct call *w, const struct route_user *u, const struct destination *d,
	bool quiet, enum result result, enum route_cause cause, const struct route_user **ret_next)
{
	_cleanup_(strbuf_done) struct strbuf what = STRBUF_INIT;
	const char *callerid = w->callerid;
	bool back = u->rules->forward_voicemail && !quiet;
	int until_s = back ? w->at_s + (int)u->rules->timeout_s : ROUTE_OPEN;
	const struct route_user *next;
	struct destination to = look_up(w, u, d, &next);
	enum end end = END_OPEN;

	*ret_next = NULL;
	destination_print(&to, &what);
	announce(w, u, &to, quiet, cause);
	if (*to.value && u->rules->callerid == CALLERID_USER)
		w->callerid = u->user->extension;
	switch (to.kind) {
	case DESTINATION_NONE:
	case DESTINATION_VOICEMAIL:
	case DESTINATION_ASK: return to_mailbox(w, u, quiet, result, cause);
	case DESTINATION_BUSY: return refuse(w, u, ROUTE_BUSY, cause);
	case DESTINATION_HANGUP: return refuse(w, u, ROUTE_HANGUP, cause);
	case DESTINATION_GOTO: add(w, ROUTE_GOTO, cause, u, ROUTE_OPEN, to.value); return END_GONE;
	case DESTINATION_USER:
		add(w, ROUTE_FORWARD, cause, u, until_s, what.s);
		if (!back) {
			*ret_next = next;
			return END_OPEN;
		}
		end = lend(w, next, until_s);
		break;
	default: end = to_others(w, u, &to, until_s, cause, what.s); break;
	}
	if (!back || end == END_ANSWERED || end == END_GONE)
		return end;
	w->callerid = callerid;
	return to_mailbox(
		w, u, quiet, result, w->in_loop ? ROUTE_CAUSE_LOOP : ROUTE_CAUSE_NOANSWER);
}

/* --- one person after the other --- */

static bool is_allowed(const struct call *w, const struct route_user *u)
{
	return text_is_of(w->callerid, "0123456789+*#", 80) &&
		rules_allow(u->rules->allow, w->callerid);
}

/* Whether the call may not be forwarded at all. */
static bool is_direct(const struct call *w, const struct route_user *u)
{
	return is_by_machine(w) && u->rules->direct_only;
}

/* The call at one user. *ret_next: the user who has it next, NULL at the end. */
static enum end one(
	struct call *w, const struct route_user *u, bool quiet, const struct route_user **ret_next)
{
	static const enum forward_when whens[] = {
		[RESULT_NOANSWER] = FORWARD_NOANSWER,
		[RESULT_BUSY] = FORWARD_BUSY,
		[RESULT_OFFLINE] = FORWARD_OFFLINE,
	};
	static const enum route_cause why[] = {
		[RESULT_NOANSWER] = ROUTE_CAUSE_NOANSWER,
		[RESULT_BUSY] = ROUTE_CAUSE_BUSY,
		[RESULT_OFFLINE] = ROUTE_CAUSE_OFFLINE,
	};
	const struct destination *to =
		u->rules->forward[w->in->kind == CALL_INTERNAL ? CALLER_INTERNAL : CALLER_EXTERNAL];
	bool allowed = is_allowed(w, u), direct = is_direct(w, u);
	enum route_cause cause = ROUTE_CAUSE_SILENT;
	enum result result = RESULT_NOANSWER;

	*ret_next = NULL;
	if (!direct && !allowed && to[FORWARD_ALWAYS].kind != DESTINATION_NONE)
		return forward(
			w, u, &to[FORWARD_ALWAYS], quiet, result, ROUTE_CAUSE_ALWAYS, ret_next);
	if ((allowed || u->rules->ring.kind != RING_NONE) && is_taken(w, u)) {
		result = RESULT_BUSY;
		cause = ROUTE_CAUSE_ONCALL;
	} else if (allowed || u->rules->ring.kind != RING_NONE) {
		result = ring(w, u, allowed);
		if (result == RESULT_ANSWERED)
			return END_ANSWERED;
		cause = why[result];
	}
	w->rang = result;
	if (direct)
		return refuse(w, u, result == RESULT_BUSY ? ROUTE_BUSY : ROUTE_NOANSWER, cause);
	return forward(w, u, &to[whens[result]], quiet, result, cause, ret_next);
}

static bool is_loop(const struct call *w, const struct route_user *u)
{
	if (w->trail_n == TRAIL_MAX)
		return true;
	for (size_t i = 0; i < w->trail_n; i++) {
		if (!strcmp(w->trail[i]->user->extension, u->user->extension))
			return true;
	}
	return false;
}

static enum end walk(struct call *w, const struct route_user *u, bool quiet)
{
	enum end end = END_OPEN;

	while (u) {
		if (w->in->kind == CALL_GROUP && !u->rules->group_calls)
			return refuse(w, u, ROUTE_BUSY, ROUTE_CAUSE_GROUP);
		if (!is_direct(w, u)) {
			w->in_loop = is_loop(w, u);
			if (w->in_loop)
				return to_mailbox(w, w->trail[0], quiet, w->rang, ROUTE_CAUSE_LOOP);
			w->trail[w->trail_n++] = u;
		}
		end = one(w, u, quiet, &u);
	}
	return end;
}

void route(const struct route_input *in, struct route *ret)
{
	struct call w = { .in = in,
		.out = ret,
		.deadline_s = INT_MAX,
		.callerid = in->number,
		.rang = RESULT_BUSY };

	*ret = (struct route){ 0 };
	(void)walk(&w, in->callee, is_by_machine(&w));
}

void route_done(struct route *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->steps[i].what);
		free(r->steps[i].callerid);
	}
	free(r->steps);
	*r = (struct route){ 0 };
}
