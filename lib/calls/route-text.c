/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A route in words. */
#include "lib/calls/route.h"

#include <string.h>

#include "lib/base/mem.h"

static void add_owner(const struct route *r, const struct route_step *s, struct strbuf *to)
{
	if (s->user != r->steps[0].user)
		strbuf_addf(to, " of %s", s->user->user->name);
}

/* Say when devices stop to ring if others ring on behind that. */
static void add_until(const struct route *r, size_t i, struct strbuf *to)
{
	const struct route_step *s = &r->steps[i];

	while (++i < r->n && r->steps[i].action == ROUTE_RING) {
		if (r->steps[i].until_s > s->until_s) {
			strbuf_addf(to, " to %d s", s->until_s);
			return;
		}
	}
}

static void add_ring(const struct route *r, size_t i, struct strbuf *to)
{
	const struct route_step *s = &r->steps[i];
	bool many = strchr(s->what, ',');

	strbuf_adds(to, s->what);
	add_owner(r, s, to);
	/* Show the number if the PBX dials it with a prefix. */
	if (!strcmp(s->what, DEVICE_MOBILE) && s->user->mobile &&
		strcmp(s->user->mobile, s->user->user->mobile) != 0)
		strbuf_addf(to, " (%s)", s->user->mobile);
	switch (s->phone) {
	case PHONE_BUSY: strbuf_adds(to, many ? " are busy" : " is busy"); break;
	case PHONE_DECLINING: strbuf_adds(to, many ? " decline" : " declines"); break;
	case PHONE_OFFLINE: strbuf_adds(to, " cannot be reached"); break;
	default:
		strbuf_adds(to, many ? " ring" : " rings");
		add_until(r, i, to);
		break;
	}
}

static void add_words(const struct route *r, size_t i, struct strbuf *to)
{
	const struct route_step *s = &r->steps[i];

	switch (s->action) {
	case ROUTE_RING: add_ring(r, i, to); break;
	case ROUTE_ANSWER: strbuf_adds(to, "answered"); break;
	case ROUTE_FORWARD:
	case ROUTE_QUEUE: strbuf_adds(to, s->what); break;
	case ROUTE_GOTO: strbuf_addf(to, "goto:%s", s->what); break;
	case ROUTE_VOICEMAIL:
		strbuf_adds(to, "voicemail");
		add_owner(r, s, to);
		if (!strcmp(s->greeting, GREETING_OWN))
			strbuf_adds(to, ", own greeting");
		else if (*s->greeting)
			strbuf_addf(to, ", greeting %s", s->greeting);
		else if (s->busy_greeting)
			strbuf_adds(to, ", busy greeting");
		break;
	case ROUTE_BUSY: strbuf_adds(to, "busy tone"); break;
	case ROUTE_NOANSWER: strbuf_adds(to, "unavailable"); break;
	case ROUTE_HANGUP: strbuf_adds(to, "hung up"); break;
	case ROUTE_ANNOUNCE: strbuf_addf(to, "announces %s", s->what); break;
	case ROUTE_ACTION_COUNT: break;
	}
}

void route_step_text(const struct route *r, size_t i, struct strbuf *to)
{
	if (r->steps[i].cause != ROUTE_CAUSE_CALL)
		strbuf_addf(to, "%s → ", route_cause_name(r->steps[i].cause));
	add_words(r, i, to);
}

void route_text(const struct route *r, struct strbuf *to)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct route_step *s = &r->steps[i], *last = i ? s - 1 : NULL;

		if (!last || last->at_s != s->at_s) {
			strbuf_addf(to, "%s%d s ", last ? " · " : "", s->at_s);
			route_step_text(r, i, to);
		} else if ((last->action == ROUTE_RING && s->cause == ROUTE_CAUSE_BUSY) ||
			(last->action == ROUTE_ANNOUNCE && s->cause == last->cause)) {
			strbuf_adds(to, " → "); /* the step before has said the cause */
			add_words(r, i, to);
		} else {
			strbuf_adds(to, ", ");
			route_step_text(r, i, to);
		}
	}
}

const char *route_queue_word(enum queue_answer a)
{
	static const char *const words[] = {
		[QUEUE_NONE] = "left as it is",
		[QUEUE_LOGIN] = "logged in",
		[QUEUE_LOGOUT] = "logged out",
		[QUEUE_PAUSE] = "paused",
	};
	_Static_assert(ARRAY_SIZE(words) == QUEUE_ANSWER_COUNT, "a word for every answer");

	return words[a];
}

void route_queue_text(
	const char *queue, enum queue_answer a, const struct mode *m, bool hint, struct strbuf *to)
{
	strbuf_addf(to, "%s: %s (%s)", queue, route_queue_word(a), m->name);
	if (a != QUEUE_NONE)
		strbuf_addf(to, ", offers %s", a == QUEUE_LOGIN ? "calls" : "no calls");
	if (a == QUEUE_LOGIN && hint && lamp_is_in_use(m->lamp))
		strbuf_adds(to, "; the lamp makes it busy to a queue with ringinuse=no");
}
