/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of rules, their types, and the rules that built-in modes begin with. */
#include "lib/calls/rule.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

static const char *const callerids[] = {
	[CALLERID_CALLER] = "caller",
	[CALLERID_USER] = "user",
};
_Static_assert(ARRAY_SIZE(callerids) == CALLERID_COUNT, "a name for every caller ID");
static const char *const announces[] = {
	[ANNOUNCE_NONE] = "none",
	[ANNOUNCE_MODE] = "mode",
	[ANNOUNCE_UNTIL] = "until",
};
_Static_assert(ARRAY_SIZE(announces) == ANNOUNCE_COUNT, "a name for every announcement");
static const char *const rings[] = { "all", "none" };
static const char *const nothing[] = { "none" };
static const char *const greetings[] = { "none", GREETING_OWN };

static int set_ring(const struct key *k, void *object, const char *value, struct err *err)
{
	return ring_parse(value, key_member(k, object), err);
}

static void get_ring(const struct key *k, const void *object, struct strbuf *to)
{
	ring_print(key_member(k, object), to);
}

static int set_sound(const struct key *k, void *object, const char *value, struct err *err)
{
	if (!strcasecmp(value, "none"))
		value = "";
	else if (!strcasecmp(value, GREETING_OWN))
		value = GREETING_OWN;
	else if (!text_is_of(value, TEXT_ALNUM "/_-", SOUND_MAX_LEN) || strchr("/-", *value) ||
		strstr(value, "//"))
		return err_set(err, ERR_USAGE,
			"%s '%.100s' is not a sound such as custom/closed: letters, digits, '_', '-' "
			"and '/', without its ending, below Asterisk's sounds, at most %d",
			k->name, value, SOUND_MAX_LEN);
	return key_keep(k, object, value, err);
}

static bool is_pattern(const char *word)
{
	const char *digits = word + (*word == '+');

	return strlen(word) <= NUMBER_MAX_LEN &&
		text_is_of(digits, "0123456789*#", NUMBER_MAX_LEN) && strpbrk(digits, "0123456789");
}

/* Patterns separated by commas or spaces; kept with ", ". */
static int set_allow(const struct key *k, void *object, const char *value, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	_cleanup_(freep) char *copy = xstrdup(strcasecmp(value, "none") != 0 ? value : "");
	char *rest = copy, *word;
	size_t n = 0;

	while ((word = strsep(&rest, ", \t"))) {
		if (!*word)
			continue;
		if (!is_pattern(word))
			return err_set(err, ERR_USAGE,
				"allow: '%s' is not a number such as +46701234567, or the beginning of "
				"some such as 070*",
				word);
		if (++n > ALLOW_MAX)
			return err_set(
				err, ERR_USAGE, "allow: there are more than %d numbers", ALLOW_MAX);
		strbuf_addf(&text, "%s%s", text.len ? ", " : "", word);
	}
	return key_keep(k, object, text.s, err);
}

static void get_or_none(const struct key *k, const void *object, struct strbuf *to)
{
	const char *text = key_member(k, object);

	strbuf_adds(to, *text ? text : "none");
}

static const struct key_type key_ring = {
	.set = set_ring, .get = get_ring, .words = rings, .words_n = ARRAY_SIZE(rings)
};
static const struct key_type key_sound = {
	.set = set_sound, .get = get_or_none, .words = nothing, .words_n = 1
};
static const struct key_type key_greeting = {
	.set = set_sound, .get = get_or_none, .words = greetings, .words_n = ARRAY_SIZE(greetings)
};
static const struct key_type key_allow = {
	.set = set_allow, .get = get_or_none, .words = nothing, .words_n = 1
};
static const struct key_type key_callerid = { KEY_WORDS(callerids) };
static const struct key_type key_announce = { KEY_WORDS(announces) };

#define AT(m) KEY_MEMBER(rules, m)
#define FORWARD(caller, who, when, event, what)                                                    \
	{                                                                                          \
		"forward." who "." event, &key_destination, AT(forward[caller][when]), "none",     \
			DESTINATIONS, "where " who " callers go " what                             \
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

const struct key rule_table[RULE_COUNT + 1] = {
	[RULE_RING] = { "ring", &key_ring, AT(ring), "all",
		"all, none, desk 0-20, mobile 10-30; or first desk app, then mobile",
		"which devices ring, from which second to which" },
	[RULE_RING_TIMEOUT] = { "ring.timeout", &key_seconds, KEY_RANGE(rules, timeout_s, 5, 300),
		"20", NULL, "seconds to ring" },
	[RULE_RING_MOBILE] = { "ring.mobile", &key_bool, AT(mobile), "no", NULL,
		"ring the mobile at the same time; not in a mode of type dnd" },
	FORWARDS(CALLER_INTERNAL, "internal", RULE_INTERNAL),
	FORWARDS(CALLER_EXTERNAL, "external", RULE_EXTERNAL),
	[RULE_FORWARD_VOICEMAIL] = { "forward.voicemail", &key_bool, AT(forward_voicemail), "yes",
		NULL,
		"own voicemail when a forwarded call is not answered; no: leave it to the far end" },
	[RULE_DIRECT_ONLY] = { "forward.direct_only", &key_bool, AT(direct_only), "no", NULL,
		"calls from queues and groups ignore forwarding and ring the devices" },
	[RULE_CALLERID] = { "forward.callerid", &key_callerid, AT(callerid), "caller", NULL,
		"whose number a forwarded call shows" },
	[RULE_GROUP_CALLS] = { "group.calls", &key_bool, AT(group_calls), "yes", NULL,
		"take calls from ring groups" },
	[RULE_QUEUE] = { "queue", &key_queue_answer, AT(queue), "none", NULL,
		"what the user's queues are told" },
	[RULE_QUEUES] = { "queue", &key_queue_rules, AT(queues), NULL, NULL,
		"the same for one queue: queue.support=logout" },
	[RULE_GREETING] = { "greeting", &key_greeting, AT(greeting), "none", "a sound, own, none",
		"played before the mailbox records; own: what the user has recorded for the mode" },
	[RULE_ALLOW] = { "allow", &key_allow, AT(allow), "none", "+46701234567, 070*, none",
		"callers who get through although the mode would not ring" },
	[RULE_NOTIFY] = { "notify", &key_bool, AT(notify), "no", NULL,
		"tell the context presence-notify of missed calls and of voicemail" },
	[RULE_CALL_WAITING] = { "call.waiting", &key_bool, AT(call_waiting), "no", NULL,
		"ring a user who is on a call; no: they are busy" },
	[RULE_ANNOUNCE] = { "announce", &key_announce, AT(announce), "none", NULL,
		"what callers hear before the mailbox or a forward: the mode, also until when" },
	[RULE_ANNOUNCE_SOUND] = { "announce.sound", &key_sound, AT(announce_sound), "none",
		"a sound, none", "played to announce the mode" },
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
	{ "unavailable", "queue", "login" },
};

void rules_base(const char *mode, struct rules *ret)
{
	*ret = (struct rules){ 0 };
	keys_reset(&rule_keys, ret);
	for (const struct key *rule = rule_table; rule->name; rule++)
		ret->set |= rule->fallback ? UINT32_C(1) << (rule - rule_table) : 0;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (!strcmp(starts[i].mode, mode) &&
			rules_set(ret, starts[i].key, starts[i].value, NULL) < 0)
			assert(!"a rule of a built-in mode is a rule");
	}
}
