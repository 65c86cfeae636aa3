/* The table of rules, and the rules that built-in modes begin with. */
#include "lib/calls/rule.h"

#include <assert.h>
#include <string.h>

#include "lib/base/mem.h"

#define AT(m) offsetof(struct rules, m), sizeof(((struct rules *)0)->m)
#define FORWARD(caller, who, when, event, what)                                                    \
	{                                                                                          \
		"forward." who "." event, RULE_TYPE_DESTINATION, AT(forward[caller][when]), 0, 0,  \
			"none", DESTINATIONS, "where " who " callers go " what                     \
	}
#define DESTINATIONS                                                                               \
	"voicemail, a user or extension, number:+46701234567, queue:x, group:600, "                \
	"goto:context,exten,prio, busy, hangup, ask, none"
#define FORWARDS(caller, who, id)                                                                  \
	[id##_ALWAYS] = FORWARD(caller, who, FORWARD_ALWAYS, "always", "without ringing"),         \
	[id##_NOANSWER] =                                                                          \
		FORWARD(caller, who, FORWARD_NOANSWER, "noanswer", "when nobody answers"),         \
	[id##_BUSY] = FORWARD(caller, who, FORWARD_BUSY, "busy", "when busy or declined"),         \
	[id##_OFFLINE] =                                                                           \
		FORWARD(caller, who, FORWARD_OFFLINE, "offline", "when no device is registered")

const struct rule rule_table[RULE_COUNT] = {
	[RULE_RING] = { "ring", RULE_TYPE_RING, AT(ring), 0, 0, "all",
		"all, none, desk 0-20, mobile 10-30; or first desk app, then mobile",
		"which devices ring, from which second to which" },
	[RULE_RING_TIMEOUT] = { "ring.timeout", RULE_TYPE_SECONDS, AT(timeout_s), 5, 300, "20",
		"5 to 300", "seconds to ring" },
	[RULE_RING_MOBILE] = { "ring.mobile", RULE_TYPE_BOOL, AT(mobile), 0, 0, "no", "yes, no",
		"ring the mobile at the same time; not in a mode of type dnd" },
	FORWARDS(CALLER_INTERNAL, "internal", RULE_INTERNAL),
	FORWARDS(CALLER_EXTERNAL, "external", RULE_EXTERNAL),
	[RULE_FORWARD_VOICEMAIL] = { "forward.voicemail", RULE_TYPE_BOOL, AT(forward_voicemail), 0,
		0, "yes", "yes, no",
		"own voicemail when a forwarded call is not answered; no: leave it to the far end" },
	[RULE_DIRECT_ONLY] = { "forward.direct_only", RULE_TYPE_BOOL, AT(direct_only), 0, 0, "no",
		"yes, no", "calls from queues and groups ignore forwarding and ring the devices" },
	[RULE_CALLERID] = { "forward.callerid", RULE_TYPE_CALLERID, AT(callerid), 0, 0, "caller",
		"caller, user", "whose number a forwarded call shows" },
	[RULE_GROUP_CALLS] = { "group.calls", RULE_TYPE_BOOL, AT(group_calls), 0, 0, "yes",
		"yes, no", "take calls from ring groups" },
	[RULE_QUEUE] = { "queue", RULE_TYPE_QUEUE, AT(queue), 0, 0, "none",
		"login, logout, pause, none", "what the user's queues are told" },
	[RULE_QUEUES] = { "queue.NAME", RULE_TYPE_QUEUES, AT(queues), 0, 0, NULL,
		"login, logout, pause, none", "the same for one queue: queue.support=logout" },
	[RULE_GREETING] = { "greeting", RULE_TYPE_GREETING, AT(greeting), 0, 0, "none",
		"a sound, none", "played before the mailbox records" },
	[RULE_ALLOW] = { "allow", RULE_TYPE_ALLOW, AT(allow), 0, 0, "none",
		"+46701234567, 070*, none",
		"callers who get through although the mode would not ring" },
	[RULE_NOTIFY] = { "notify", RULE_TYPE_BOOL, AT(notify), 0, 0, "no", "yes, no",
		"tell the context presence-notify of missed calls and of voicemail" },
};

/* As an administrator would type them. */
static const struct {
	const char *mode, *key, *value;
} starts[] = {
	{ "available", "queue", "login" },
	{ "away", "forward.internal.noanswer", "voicemail" },
	{ "away", "forward.external.noanswer", "voicemail" },
	{ "away", "queue", "pause" },
	{ "do-not-disturb", "ring", "none" },
	{ "do-not-disturb", "forward.internal.always", "voicemail" },
	{ "do-not-disturb", "forward.external.always", "voicemail" },
	{ "do-not-disturb", "group.calls", "no" },
	{ "do-not-disturb", "queue", "pause" },
	{ "lunch-break", "ring", "none" },
	{ "lunch-break", "forward.internal.noanswer", "voicemail" },
	{ "lunch-break", "forward.external.noanswer", "voicemail" },
	{ "lunch-break", "group.calls", "no" },
	{ "lunch-break", "queue", "pause" },
	{ "business-trip", "ring", "mobile 0-25" },
	{ "business-trip", "forward.internal.noanswer", "voicemail" },
	{ "business-trip", "forward.external.noanswer", "voicemail" },
	{ "business-trip", "group.calls", "no" },
	{ "business-trip", "queue", "logout" },
	{ "off-work", "ring", "none" },
	{ "off-work", "forward.internal.always", "voicemail" },
	{ "off-work", "forward.external.always", "voicemail" },
	{ "off-work", "group.calls", "no" },
	{ "off-work", "queue", "logout" },
	{ "off-work", "greeting", "vm-nobodyavail" },
	{ "chat", "queue", "login" },
	{ "extended-away", "forward.internal.noanswer", "voicemail" },
	{ "extended-away", "forward.external.noanswer", "voicemail" },
	{ "extended-away", "queue", "pause" },
	{ "unavailable", "ring", "none" },
	{ "unavailable", "forward.internal.always", "voicemail" },
	{ "unavailable", "forward.external.always", "voicemail" },
	{ "unavailable", "group.calls", "no" },
	{ "unavailable", "queue", "logout" },
};

void rules_base(const char *mode, struct rules *ret)
{
	*ret = (struct rules){ 0 };
	for (const struct rule *r = rule_table; r < rule_table + RULE_COUNT; r++) {
		if (r->fallback && rules_set(ret, r->name, r->fallback, NULL) < 0)
			assert(!"a fallback is a value");
	}
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (!strcmp(starts[i].mode, mode) &&
			rules_set(ret, starts[i].key, starts[i].value, NULL) < 0)
			assert(!"a rule of a built-in mode is a rule");
	}
	ret->set |= UINT32_C(1) << RULE_QUEUES;
}
