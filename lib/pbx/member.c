/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/pbx/member.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

#define STRICT    TEXT_ALNUM "._-"
#define INTERFACE STRICT "/@:+*#=&%~!"

#define HINT "hint:"

/* AST_DEVICE_INVALID: the state of a hint that does not exist. */
#define INVALID "4"
/* AST_DEVICE_RINGING and AST_DEVICE_RINGINUSE. */
#define RINGING   "6"
#define RINGINUSE "7"

_Static_assert(sizeof(ITEM_MEMBER) + NAME_MAX_LEN + 1 + DIAL_MAX_LEN <= ITEM_NAME_SIZE,
	"the longest queue and interface have room");

void item_of_member(const struct member *m, struct item *ret)
{
	*ret = (struct item){ .rank = 0 };
	snprintf(ret->name, ITEM_NAME_SIZE, ITEM_MEMBER "%s/%s", m->queue, m->interface);
	if (!m->assigned)
		return;
	switch (m->answer) {
	case QUEUE_LOGIN:
		snprintf(ret->value, ITEM_VALUE_SIZE, "login,%" PRId64 ",%s,%s", m->penalty,
			m->name, m->state);
		ret->rank = 1;
		break;
	case QUEUE_PAUSE:
	case QUEUE_LOGOUT:
		snprintf(ret->value, ITEM_VALUE_SIZE, "%s,%s", queue_answer_name(m->answer),
			m->mode);
		break;
	default: snprintf(ret->value, ITEM_VALUE_SIZE, "none"); ret->rank = 2;
	}
}

/* Copy the text up to `end`, or all of it if that is NULL. False if it has a character that is not in `set`, or is too long. */
static bool take(char *to, size_t size, const char *from, const char *end, const char *set)
{
	size_t n = end ? (size_t)(end - from) : strlen(from);

	if (n >= size)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return text_is_of(to, set, size - 1);
}

static bool parse_login(const char *s, struct member_goal *g)
{
	const char *name = strchr(s, ','), *state = name ? strchr(name + 1, ',') : NULL;
	char digits[10];

	if (!state || !take(digits, sizeof(digits), s, name, "0123456789") ||
		!take(g->name, sizeof(g->name), name + 1, state, STRICT))
		return false;
	g->penalty = atoi(digits);
	g->answer = QUEUE_LOGIN;
	return !state[1] || take(g->state, sizeof(g->state), state + 1, NULL, INTERFACE);
}

static bool parse_value(const char *s, struct member_goal *g)
{
	const char *comma = strchr(s, ',');

	g->assigned = *s != '\0';
	if (!g->assigned) {
		text_copy(g->reason, sizeof(g->reason), MEMBER_RELEASED);
		return true;
	}
	if (!strcmp(s, "none"))
		return true;
	if (!comma)
		return false;
	if (!strncmp(s, "login,", 6))
		return parse_login(comma + 1, g);
	if (!strncmp(s, "pause,", 6))
		g->answer = QUEUE_PAUSE;
	else if (!strncmp(s, "logout,", 7))
		g->answer = QUEUE_LOGOUT;
	else
		return false;
	return take(g->reason, sizeof(g->reason), comma + 1, NULL, STRICT);
}

int member_parse(const char *name, const char *value, struct member_goal *ret, struct err *err)
{
	const char *queue = name + sizeof(ITEM_MEMBER) - 1, *slash;

	*ret = (struct member_goal){ .answer = QUEUE_NONE };
	if (!item_is_member(name) || !(slash = strchr(queue, '/')) ||
		!take(ret->queue, sizeof(ret->queue), queue, slash, STRICT) ||
		!take(ret->interface, sizeof(ret->interface), slash + 1, NULL, INTERFACE))
		return err_set(err, ERR_FAILED,
			"the name of the queue or the interface has a character that Asterisk's queues cannot store");
	if (!parse_value(value, ret))
		return err_set(err, ERR_FAILED,
			"'%s' has a character that Asterisk's queues cannot store", value);
	return 0;
}

/* Copy a value. One that is longer than any of ours becomes "?". */
static void keep(char *to, size_t size, const char *value)
{
	text_copy(to, size, strlen(value) < size ? value : "?");
}

/* What a list and an event say of a member alike. */
static void see_member(const struct amimsg *event, struct member_held *held)
{
	const char *penalty = amimsg_text(event, "Penalty"), *status = amimsg_text(event, "Status");

	held->there = true;
	held->dynamic = !strcmp(amimsg_text(event, "Membership"), "dynamic");
	held->busy = !strcmp(amimsg_text(event, "InCall"), "1") || !strcmp(status, RINGING) ||
		!strcmp(status, RINGINUSE);
	held->no_hint = !strcmp(status, INVALID);
	held->paused = !strcmp(amimsg_text(event, "Paused"), "1");
	held->penalty = text_is_of(penalty, "0123456789", 9) ? atoi(penalty) : -1;
	keep(held->reason, sizeof(held->reason), amimsg_text(event, "PausedReason"));
	keep(held->state, sizeof(held->state), amimsg_text(event, "StateInterface"));
}

void member_see(const struct member_goal *g, const struct amimsg *event, struct member_held *held)
{
	const char *kind = amimsg_text(event, "Event");

	held->over |= !strcmp(kind, MEMBER_CALLER);
	/* Asterisk finds a queue in any case. */
	if (held->over || strcasecmp(amimsg_text(event, "Queue"), g->queue) != 0)
		return;
	if (!strcmp(kind, "QueueParams"))
		held->queue = true;
	/* Asterisk also lists members whose name is the interface asked for. */
	if (strcmp(kind, "QueueMember") != 0 ||
		strcasecmp(amimsg_text(event, "Location"), g->interface) != 0)
		return;
	see_member(event, held);
	keep(held->interface, sizeof(held->interface), amimsg_text(event, "Location"));
	keep(held->name, sizeof(held->name), amimsg_text(event, "Name"));
}

bool member_from_event(
	const struct amimsg *event, char ret_name[ITEM_NAME_SIZE], struct member_held *ret)
{
	static const char *const kinds[] = { "QueueMemberAdded", "QueueMemberRemoved",
		"QueueMemberPause", "QueueMemberPenalty" };
	const char *kind = amimsg_text(event, "Event");
	size_t i = 0;

	while (i < ARRAY_SIZE(kinds) && strcmp(kind, kinds[i]) != 0)
		i++;
	if (i == ARRAY_SIZE(kinds) ||
		snprintf(ret_name, ITEM_NAME_SIZE, ITEM_MEMBER "%s/%s", amimsg_text(event, "Queue"),
			amimsg_text(event, "Interface")) >= ITEM_NAME_SIZE)
		return false;
	*ret = (struct member_held){ .queue = true };
	see_member(event, ret);
	ret->there = strcmp(kind, "QueueMemberRemoved") != 0;
	keep(ret->interface, sizeof(ret->interface), amimsg_text(event, "Interface"));
	keep(ret->name, sizeof(ret->name), amimsg_text(event, "MemberName"));
	return true;
}

bool member_pauses_as(const char *value, const char *reason)
{
	const char *comma = value ? strchr(value, ',') : NULL;

	return comma && strncmp(value, "login,", 6) != 0 && !strcmp(comma + 1, reason);
}

static bool has_hint(const char *state)
{
	return !strncmp(state, HINT, sizeof(HINT) - 1);
}

bool member_is_deaf(const struct member_goal *g, const struct member_held *held, struct err *why)
{
	if (!g->assigned || g->answer != QUEUE_LOGIN || !held->there || !held->no_hint ||
		!has_hint(held->state))
		return false;
	err_set(why, ERR_FAILED,
		"no hint %s, so queue '%s' never offers calls to %s; see presence-calls(7)",
		held->state + sizeof(HINT) - 1, g->queue, g->name);
	return true;
}

bool member_hint_query(
	const char *state, char extension[DIAL_MAX_LEN + 1], const char *fields[MEMBER_FIELDS])
{
	const char *from = state + sizeof(HINT) - 1, *at = strchr(state, '@');

	if (!has_hint(state) || !at)
		return false;
	snprintf(extension, DIAL_MAX_LEN + 1, "%.*s", (int)(at - from), from);
	memcpy(fields,
		(const char *const[]){
			"Action", "ExtensionState", "Exten", extension, "Context", at + 1, NULL },
		7 * sizeof(*fields));
	return true;
}

bool member_hint_exists(const struct amimsg *answer)
{
	return *amimsg_text(answer, "Hint") && strcmp(amimsg_text(answer, "Status"), "-1") != 0;
}

/* How a member is brought to what the mode asks for. The caller reads what the PBX holds, then asks member_next() for an action,
 * sends it, tells member_did(), and asks again. It need not read again in between: member_did() notes what the action has
 * changed.
 *
 * Why that ends: each action makes true what its next_...() looks at (paused, not paused, penalty, there, not there), and none
 * undoes another's work. MEMBER_REMOVE of a login that must be added again empties interface, name and state, so after
 * MEMBER_ADD it is no longer other than wanted. MEMBER_WAIT, MEMBER_DONE and MEMBER_NO_QUEUE end the round. */

/* Pause. A pause by somebody else stays as it is; ours gets the reason of the mode. */
static enum member_next next_pause(const struct member_goal *g, const struct member_held *held)
{
	if (!held->paused || (held->ours && strcmp(held->reason, g->reason) != 0))
		return MEMBER_PAUSE;
	return MEMBER_DONE;
}

/* End a pause, if it is ours. */
static enum member_next next_unpause(const struct member_held *held)
{
	return held->paused && held->ours ? MEMBER_UNPAUSE : MEMBER_DONE;
}

/* Remove the member. On a call they are paused instead, and removed later. */
static enum member_next next_logout(
	const struct member_goal *g, const struct member_held *held, bool may_leave)
{
	enum member_next pause;

	if (!held->busy || may_leave)
		return MEMBER_REMOVE;
	pause = next_pause(g, held);
	return pause == MEMBER_DONE ? MEMBER_WAIT : pause;
}

static bool differs(const char *held, const char *wanted)
{
	return *held && strcmp(held, wanted) != 0;
}

/* Whether the member differs in what Asterisk takes only when a member is added. */
static bool is_other(const struct member_goal *g, const struct member_held *held)
{
	return held->dynamic &&
		(held->renewable || differs(held->interface, g->interface) ||
			differs(held->name, g->name) ||
			differs(held->state, *g->state ? g->state : g->interface));
}

/* A member who is there. One that must be added again is removed first, but not in the middle of a call. */
static enum member_next next_login(
	const struct member_goal *g, const struct member_held *held, bool may_leave)
{
	enum member_next next = next_unpause(held);
	bool other = is_other(g, held);

	if (other && (!held->busy || may_leave))
		return MEMBER_REMOVE;
	if (held->dynamic && held->penalty != g->penalty)
		return MEMBER_PENALTY;
	if (held->lost)
		return MEMBER_PAUSE_AGAIN;
	return next == MEMBER_DONE && other ? MEMBER_WAIT : next;
}

enum member_next member_next(
	const struct member_goal *g, const struct member_held *held, bool may_leave)
{
	if (!held->there) {
		/* Do not look whether the queue is there: Asterisk may read a realtime queue only when a member is added. */
		if (g->assigned && g->answer == QUEUE_LOGIN)
			return MEMBER_ADD;
		return held->queue || !g->assigned ? MEMBER_DONE : MEMBER_NO_QUEUE;
	}
	if (!g->assigned)
		return held->dynamic ? next_logout(g, held, may_leave) : next_unpause(held);
	switch (g->answer) {
	case QUEUE_LOGIN: return next_login(g, held, may_leave);
	case QUEUE_LOGOUT:
		if (held->dynamic)
			return next_logout(g, held, may_leave);
		return next_pause(g, held);
	case QUEUE_PAUSE: return next_pause(g, held);
	default: return next_unpause(held);
	}
}

void member_did(const struct member_goal *g, enum member_next action, struct member_held *held)
{
	switch (action) {
	case MEMBER_ADD:
		held->unseen = has_hint(g->state);
		held->queue = held->there = held->dynamic = true;
		held->penalty = g->penalty;
		held->lost = held->paused && *held->reason;
		break;
	case MEMBER_PENALTY: held->penalty = g->penalty; break;
	case MEMBER_PAUSE:
		held->paused = held->ours = true;
		text_copy(held->reason, sizeof(held->reason), g->reason);
		break;
	case MEMBER_UNPAUSE: held->paused = held->ours = false; break;
	case MEMBER_PAUSE_AGAIN: held->lost = false; break;
	case MEMBER_REMOVE:
		/* A pause by somebody else is put back when the member is added again. */
		held->there = held->busy = held->renewable = false;
		held->paused &= !held->ours;
		held->ours = false;
		*held->interface = *held->name = *held->state = '\0';
		break;
	default: break;
	}
}

static size_t add(const char **fields, size_t n, const char *name, const char *value)
{
	fields[n] = name;
	fields[n + 1] = value;
	fields[n + 2] = NULL;
	return n + 2;
}

void member_query(const struct member_goal *g, bool queue, const char *fields[MEMBER_FIELDS])
{
	size_t n = add(fields, 0, "Action", "QueueStatus");

	n = add(fields, n, "Queue", g->queue);
	if (!queue)
		add(fields, n, "Member", g->interface);
}

void member_action(const struct member_goal *g, enum member_next action,
	const struct member_held *held, char number[12], const char *fields[MEMBER_FIELDS])
{
	static const char *const names[] = {
		[MEMBER_ADD] = "QueueAdd",
		[MEMBER_PENALTY] = "QueuePenalty",
		[MEMBER_PAUSE] = "QueuePause",
		[MEMBER_PAUSE_AGAIN] = "QueuePause",
		[MEMBER_UNPAUSE] = "QueuePause",
		[MEMBER_REMOVE] = "QueueRemove",
	};
	size_t n = add(fields, 0, "Action", names[action]);

	n = add(fields, n, "Queue", g->queue);
	n = add(fields, n, "Interface", g->interface);
	if (action == MEMBER_ADD || action == MEMBER_PENALTY) {
		snprintf(number, 12, "%d", g->penalty);
		n = add(fields, n, "Penalty", number);
	}
	if (action == MEMBER_PAUSE || action == MEMBER_PAUSE_AGAIN)
		n = add(fields, n, "Paused", "true");
	else if (action == MEMBER_UNPAUSE || action == MEMBER_ADD)
		n = add(fields, n, "Paused",
			action == MEMBER_ADD && held->paused ? "true" : "false");
	if (action == MEMBER_PAUSE || action == MEMBER_PAUSE_AGAIN)
		add(fields, n, "Reason", action == MEMBER_PAUSE ? g->reason : held->reason);
	if (action != MEMBER_ADD)
		return;
	n = add(fields, n, "MemberName", g->name);
	if (*g->state)
		add(fields, n, "StateInterface", g->state);
}
