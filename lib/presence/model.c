/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/presence/model.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"

static const char *const ptype_names[] = {
	[PTYPE_AVAILABLE] = "available",
	[PTYPE_CHAT] = "chat",
	[PTYPE_AWAY] = "away",
	[PTYPE_DND] = "dnd",
	[PTYPE_XA] = "xa",
	[PTYPE_UNAVAILABLE] = "unavailable",
};
_Static_assert(ARRAY_SIZE(ptype_names) == PTYPE_COUNT, "a name for every type");
const struct key_type key_ptype = { KEY_WORDS(ptype_names) };

static const char *const lamp_names[] = {
	[LAMP_OFF] = "off",
	[LAMP_BUSY] = "busy",
	[LAMP_HOLD] = "hold",
	[LAMP_RINGING] = "ringing",
	[LAMP_UNAVAILABLE] = "unavailable",
};
_Static_assert(ARRAY_SIZE(lamp_names) == LAMP_COUNT, "a name for every lamp");

static int set_lamp(const struct key *k, void *object, const char *value, struct err *err)
{
	if (!strcasecmp(value, "yes"))
		value = lamp_names[LAMP_BUSY];
	else if (!strcasecmp(value, "no"))
		value = lamp_names[LAMP_OFF];
	return key_set_word(k, object, value, err);
}

const struct key_type key_lamp = {
	.set = set_lamp, .get = key_get_word, .words = lamp_names, .words_n = LAMP_COUNT
};

static const char *const source_names[] = {
	[SOURCE_OVERRIDE] = "override",
	[SOURCE_SWITCH] = "switch",
	[SOURCE_HOLIDAY] = "holiday",
	[SOURCE_OUTSIDE] = "outside",
	[SOURCE_BREAK] = "break",
	[SOURCE_BUSY] = "busy",
	[SOURCE_BUSINESS] = "business",
	[SOURCE_DEFAULT] = "default",
};
_Static_assert(ARRAY_SIZE(source_names) == SOURCE_COUNT, "a name for every source");

static const char *const period_names[] = {
	[PERIOD_BUSINESS] = "business",
	[PERIOD_BREAK] = "break",
	[PERIOD_OUTSIDE] = "outside",
	[PERIOD_HOLIDAY] = "holiday",
};
_Static_assert(ARRAY_SIZE(period_names) == PERIOD_COUNT, "a name for every period");

static const char *const queue_members_names[] = { "rules", "device" };
_Static_assert(ARRAY_SIZE(queue_members_names) == QUEUE_MEMBERS_COUNT, "a name for every way");
const struct key_type key_queue_members = { KEY_WORDS(queue_members_names) };

static int find(const char *const *names, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcasecmp(names[i], s))
			return (int)i;
	}
	return -1;
}

const char *ptype_name(enum ptype t)
{
	return ptype_names[t];
}

int ptype_parse(const char *s)
{
	return find(ptype_names, PTYPE_COUNT, s);
}

bool ptype_restricts(enum ptype t)
{
	return t == PTYPE_DND || t == PTYPE_XA || t == PTYPE_UNAVAILABLE;
}

const char *lamp_name(enum lamp l)
{
	return lamp_names[l];
}

int lamp_parse(const char *s)
{
	return find(lamp_names, LAMP_COUNT, s);
}

bool lamp_is_in_use(enum lamp l)
{
	return l == LAMP_BUSY || l == LAMP_HOLD || l == LAMP_RINGING;
}

const char *source_name(enum source s)
{
	return source_names[s];
}

int source_parse(const char *s)
{
	return find(source_names, SOURCE_COUNT, s);
}

const char *period_name(enum period p)
{
	return period_names[p];
}

int period_parse(const char *s)
{
	if (!strcasecmp(s, "open"))
		return PERIOD_BUSINESS;
	if (!strcasecmp(s, "closed"))
		return PERIOD_OUTSIDE;
	return find(period_names, PERIOD_COUNT, s);
}

const char *queue_members_name(enum queue_members m)
{
	return queue_members_names[m];
}

int queue_members_parse(const char *s)
{
	return find(queue_members_names, QUEUE_MEMBERS_COUNT, s);
}

const char *period_default_mode(enum period p)
{
	static const char *const modes[] = {
		[PERIOD_BUSINESS] = "available",
		[PERIOD_BREAK] = "lunch-break",
		[PERIOD_OUTSIDE] = "off-work",
		[PERIOD_HOLIDAY] = "off-work",
	};

	return modes[p];
}

#define MODE(n, a, l, t, shown, life)                                                              \
	{                                                                                          \
		.builtin = true, .name = n, .alias = a, .label = l, .type = t, .lamp = shown,      \
		.lifetime = life                                                                   \
	}

const struct mode model_builtin_modes[] = {
	MODE("available", "", "Available", PTYPE_AVAILABLE, LAMP_OFF, "next"),
	MODE("away", "", "Away", PTYPE_AWAY, LAMP_HOLD, "next"),
	MODE("do-not-disturb", "dnd", "Do Not Disturb", PTYPE_DND, LAMP_BUSY, "next"),
	MODE("lunch-break", "lunch", "Lunch Break", PTYPE_AWAY, LAMP_HOLD, "1h"),
	MODE("business-trip", "trip", "Business Trip", PTYPE_XA, LAMP_HOLD, "forever"),
	MODE("off-work", "off", "Off Work", PTYPE_UNAVAILABLE, LAMP_HOLD, "next"),
	{ .name = "" },
};

const struct mode model_freepbx_modes[] = {
	{ .name = "chat", .label = "Chat", .type = PTYPE_CHAT, .lifetime = "next" },
	{ .name = "extended-away",
		.alias = "xa",
		.label = "Extended Away",
		.type = PTYPE_XA,
		.lamp = LAMP_HOLD,
		.lifetime = "next" },
	{ .name = "unavailable",
		.label = "Unavailable",
		.type = PTYPE_UNAVAILABLE,
		.lifetime = "next" },
	{ .name = "" },
};
