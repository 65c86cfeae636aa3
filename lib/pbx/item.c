/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/pbx/item.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

#define PRESENCE "CustomPresence:"
#define LAMP     "Custom:presence-"
#define KEYS     "Custom:mode-"
#define PHONE    "*" /* stands in the place of a mode, and sorts before all modes */

enum { CUT_LEN = 255 }; /* where DBGet of Asterisk 16 cuts a value */

_Static_assert(sizeof(KEYS) - 1 + EXTENSION_MAX_LEN + 1 + NAME_MAX_LEN <= ITEM_STATE_MAX_LEN,
	"the longest key lamp fits a device name");
_Static_assert(sizeof(ENTRY_RULE "/") + EXTENSION_MAX_LEN + 1 + NAME_MAX_LEN < ITEM_NAME_SIZE,
	"the longest entry has room");

/* The device state of each lamp of a phone, and how it stands in a list of lamps. */
static const char *const lamp_states[] = {
	[LAMP_OFF] = "INVALID",
	[LAMP_BUSY] = "BUSY",
	[LAMP_HOLD] = "ONHOLD",
	[LAMP_RINGING] = "RINGING",
	[LAMP_UNAVAILABLE] = "UNAVAILABLE",
};
_Static_assert(ARRAY_SIZE(lamp_states) == LAMP_COUNT, "a device state for every lamp");

static const char *const families[] = { ENTRY_USER, ENTRY_MODE, ENTRY_RULE, ENTRY_ASK, ENTRY_UNTIL,
	ENTRY_HOURS, ENTRY_FORCED };

const char *const item_small_families[] = { ENTRY_ASK, ENTRY_MODE, ENTRY_HOURS, ENTRY_FORCED,
	NULL };

const char *const item_lists[ITEM_LISTS][ITEM_FIELDS] = {
	[ITEM_LIST_ROWS] = { "Action", "DBGetTree", "Family", "CustomPresence" },
	{ "Action", "PresenceStateList" },
	{ "Action", "DeviceStateList" },
	{ "Action", "DBGetTree", "Family", ENTRY_USER },
	{ "Action", "DBGetTree", "Family", ENTRY_MODE },
	{ "Action", "DBGetTree", "Family", ENTRY_RULE },
	{ "Action", "DBGetTree", "Family", ENTRY_ASK },
	{ "Action", "DBGetTree", "Family", ENTRY_UNTIL },
	{ "Action", "DBGetTree", "Family", ENTRY_HOURS },
	{ "Action", "DBGetTree", "Family", ENTRY_FORCED },
};

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* The length of the family in the name of an entry. 0 if the name is not an entry of ours. */
static size_t family_len(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		size_t n = strlen(families[i]);

		if (begins(name, families[i]) && name[n] == '/' && name[n + 1])
			return n;
	}
	return 0;
}

bool item_is_member(const char *name)
{
	return begins(name, ITEM_MEMBER);
}

bool item_is_entry(const char *name)
{
	return family_len(name) > 0;
}

const char *item_schedule_of(const char *name)
{
	static const char *const lamps[] = { ITEM_HOURS_LAMP, ITEM_OPEN_LAMP, ITEM_CLOSED_LAMP,
		ITEM_TOGGLE_LAMP };

	for (size_t i = 0; i < ARRAY_SIZE(lamps); i++) {
		if (begins(name, lamps[i]))
			return name + strlen(lamps[i]);
	}
	return NULL;
}

bool item_is_lamps(const char *name)
{
	return begins(name, ITEM_LAMPS);
}

const char *item_kind(const char *name)
{
	static const struct {
		const char *begin, *kind;
	} kinds[] = {
		{ PRESENCE, "presence" },
		{ ITEM_LAMPS, "lamps" },
		{ ENTRY_ASK "/", "ask" },
		{ ENTRY_UNTIL "/", "until" },
		{ ITEM_MEMBER, "member" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (begins(name, kinds[i].begin))
			return kinds[i].kind;
	}
	return item_schedule_of(name) ? "hours" : "entry";
}

/* How lamps work. A list of lamps is a text such as "*,away", sorted, with ',' between. A wanted list has the lamps that must be
 * lit. A held list has those that are not out on the PBX. A state that is not the usual one of a lit lamp stands behind '=':
 * "*=ONHOLD,away". The list
 * from a PBX comes as one event a lamp, and item_merge() builds the held list from them. lamps_action() compares the two: each
 * of its steps is one lamp that stands in one of them only. */

/* The length of the first lamp of a list, and where the next begins. */
static size_t first_lamp(const char *s, const char **ret_next)
{
	size_t n = strcspn(s, ",");

	*ret_next = s + n + (s[n] == ',');
	return n;
}

static bool is_before(const char *lamp, size_t len, const char *other)
{
	int r = strncmp(lamp, other, len);

	return r < 0 || (r == 0 && strlen(other) > len);
}

void item_merge(char held[ITEM_VALUE_SIZE], const char *more)
{
	_cleanup_(strbuf_done) struct strbuf all = STRBUF_INIT;
	size_t len = strlen(held);
	const char *s = held, *next;

	if (len + 1 + strlen(more) >= ITEM_VALUE_SIZE)
		return; /* far more lamps are lit than we ever light: the rest waits for the next login */
	while (*s && is_before(s, first_lamp(s, &next), more))
		s = next;
	strbuf_addf(&all, "%.*s%s%s%s%s", (int)(s - held), held, len && !*s ? "," : "", more,
		*s ? "," : "", s);
	text_copy(held, ITEM_VALUE_SIZE, all.s);
}

bool item_follows_mode(const char *name)
{
	return !item_is_member(name) &&
		(!item_is_entry(name) || begins(name, ENTRY_ASK) || begins(name, ENTRY_UNTIL));
}

static void phone_lamp(const struct mode *m, char ret[ITEM_VALUE_SIZE])
{
	bool plain = m->lamp == LAMP_BUSY;

	if (m->lamp == LAMP_OFF)
		snprintf(ret, ITEM_VALUE_SIZE, "%s", m->name);
	else
		snprintf(ret, ITEM_VALUE_SIZE, PHONE "%s%s,%s", plain ? "" : "=",
			plain ? "" : lamp_states[m->lamp], m->name);
}

size_t item_of_user(const struct item_source *from, struct item ret[ITEM_USER_MAX])
{
	const struct mode *mode = from->mode;
	struct item *it = ret;

	snprintf(it->name, ITEM_NAME_SIZE, PRESENCE "%s", from->extension);
	snprintf(it->value, ITEM_VALUE_SIZE, "%s,%s,%s", ptype_name(mode->type), mode->name,
		from->note);
	it++->rank = ptype_restricts(mode->type) ? 0 : 1;
	snprintf(it->name, ITEM_NAME_SIZE, ITEM_LAMPS "%s", from->extension);
	phone_lamp(mode, it->value);
	it++->rank = lamp_is_in_use(mode->lamp) ? 1 : 2;
	if (*from->ask) {
		snprintf(it->name, ITEM_NAME_SIZE, ENTRY_ASK "/%s", from->extension);
		snprintf(it->value, ITEM_VALUE_SIZE, "%s", from->ask);
		it++->rank = 0;
	}
	if (from->until != UNTIL_OPEN) {
		/* "local" is a zone without a name. For that one, and for names of other bytes, the PBX takes its own. */
		bool fits = strcmp(from->zone, "local") != 0 &&
			text_is_of(from->zone, TEXT_ALNUM "/_+-", ZONE_MAX_LEN);

		snprintf(it->name, ITEM_NAME_SIZE, ENTRY_UNTIL "/%s", from->extension);
		snprintf(it->value, ITEM_VALUE_SIZE, "%lld|%s|%s", (long long)from->until,
			mode->name, fits ? from->zone : "");
		it++->rank = 2;
	}
	return (size_t)(it - ret);
}

static bool is_presence_value(const char *value)
{
	size_t type = strcspn(value, ","), mode = value[type] ? strcspn(value + type + 1, ",") : 0;
	char word[16];

	if (!value[type] || value[type + 1 + mode] != ',' || type >= sizeof(word) ||
		mode > NAME_MAX_LEN || strspn(value + type + 1, TEXT_ALNUM "._-") < mode)
		return false;
	snprintf(word, sizeof(word), "%.*s", (int)type, value);
	return !strcmp(word, "not_set") || ptype_parse(word) >= 0;
}

int item_check(const char *name, const char *value, struct err *err)
{
	size_t family = family_len(name);
	const char *id = family          ? name + family + 1
		: begins(name, PRESENCE) ? name + strlen(PRESENCE)
		: item_is_lamps(name)    ? name + strlen(ITEM_LAMPS)
					 : item_schedule_of(name);
	bool fits = family               ? strspn(value, ENTRY_BYTES) == strlen(value)
		: begins(name, PRESENCE) ? is_presence_value(value)
		: item_is_lamps(name)    ? strspn(value, TEXT_ALNUM "._-*=,?") == strlen(value)
					 : !strcmp(value, "INUSE") || !strcmp(value, "NOT_INUSE");

	if (!id || strlen(name) >= ITEM_NAME_SIZE)
		return err_set(
			err, ERR_FAILED, "another program put '%.40s' into the database", name);
	if (family && !*value)
		return 0;
	if (!text_is_of(id, TEXT_ALNUM "._-", ITEM_NAME_SIZE))
		return err_set(err, ERR_FAILED, "its name has a character that no name may have");
	if (!fits)
		return err_set(err, ERR_FAILED,
			"another program put its value into the database: '%.60s'", value);
	return 0;
}

const char *item_neutral(const char *name)
{
	if (begins(name, PRESENCE))
		return "not_set,,";
	if (item_is_entry(name) || item_is_lamps(name) || item_is_member(name))
		return "";
	return "NOT_INUSE";
}

static void entry_action(
	const char *name, const char *value, struct strbuf *family, const char *fields[ITEM_FIELDS])
{
	size_t n = family_len(name);
	const char *const put[] = { "Action", *value ? "DBPut" : "DBDel", "Family", family->s,
		"Key", name + n + 1, *value ? "Val" : NULL, value, NULL };

	strbuf_add(family, name, n);
	memcpy(fields, put, sizeof(put));
	fields[3] = family->s;
}

static void presence_text(struct strbuf *text, const char *value)
{
	char subtype[NAME_MAX_LEN + 1];
	const char *comma = strchr(value, ','), *note = comma ? strchr(comma + 1, ',') : NULL;

	strbuf_addf(text, "%.*s,", comma ? (int)(comma - value) : (int)strlen(value), value);
	if (!note)
		return;
	snprintf(subtype, sizeof(subtype), "%.*s", (int)(note - comma - 1), comma + 1);
	text_base64(text, subtype);
	strbuf_addc(text, ',');
	text_base64(text, note + 1);
	strbuf_adds(text, ",ep");
}

bool item_is_read(const char *value, const char *held)
{
	size_t len = strlen(held);

	return !strcmp(value, held) || (len >= CUT_LEN && !strncmp(value, held, len));
}

bool item_wrote(const char *value, const char *held)
{
	_cleanup_(strbuf_done) struct strbuf ours = STRBUF_INIT;

	presence_text(&ours, value);
	return item_is_read(ours.s, held);
}

const char *item_options(const char *row)
{
	for (int i = 0; i < 3; i++) {
		row = strchr(row, ',');
		if (!row)
			return "";
		row++;
	}
	return row;
}

/* Subtype and message may be in base64 or not. */
static bool row_says(const char *row, const char *value)
{
	_cleanup_(strbuf_done) struct strbuf ours = STRBUF_INIT;
	size_t n = strlen(value);

	presence_text(&ours, value);
	return !strncmp(row, ours.s, (size_t)(item_options(ours.s) - ours.s)) ||
		(!strncmp(row, value, n) && row[n] == ',');
}

void item_token(const char *row, const char *value, char ret[ITEM_TOKEN_SIZE])
{
	const char *token = strchr(item_options(row), ':');

	*ret = '\0';
	if (token && text_is_of(token + 1, "0123456789.", ITEM_TOKEN_SIZE - 1) &&
		row_says(row, value))
		text_copy(ret, ITEM_TOKEN_SIZE, token + 1);
}

/* Whether a lamp stands in a list. */
static bool is_among(const char *lamps, const char *lamp, size_t len)
{
	const char *next;

	for (const char *s = lamps ? lamps : ""; *s; s = next) {
		if (first_lamp(s, &next) == len && !strncmp(s, lamp, len))
			return true;
	}
	return false;
}

int item_lamp_place(const char *lamps, const char *lamp)
{
	size_t len = strlen(lamp);
	const char *next;
	int place = 0;

	for (const char *s = lamps; *s; s = next, place++) {
		if (first_lamp(s, &next) == len && !strncmp(s, lamp, len))
			return place;
	}
	return -1;
}

void item_lamps_at(const char *lamps, unsigned places, char ret[ITEM_VALUE_SIZE])
{
	char one[ITEM_VALUE_SIZE];
	const char *next;

	*ret = '\0';
	for (const char *s = lamps; *s && places; s = next, places >>= 1) {
		snprintf(one, sizeof(one), "%.*s", (int)first_lamp(s, &next), s);
		if (places & 1)
			item_merge(ret, one);
	}
}

/* Whether a lamp is one of several, in whatever state either of them is. */
static bool is_named(const char *lamps, const char *lamp)
{
	size_t len = strcspn(lamp, "=,");
	const char *next;

	for (const char *s = lamps; *s; s = next) {
		first_lamp(s, &next);
		if (strcspn(s, "=,") == len && !strncmp(s, lamp, len))
			return true;
	}
	return false;
}

void item_doubt(const char *held, const char *more, char ret[ITEM_VALUE_SIZE])
{
	const char *const both[] = { held, more };
	const char *next;
	char one[ITEM_VALUE_SIZE];

	*ret = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		for (const char *s = both[i]; *s; s = next) {
			first_lamp(s, &next);
			snprintf(one, sizeof(one), "%.*s=?", (int)strcspn(s, "=,"), s);
			if (!is_named(ret, s))
				item_merge(ret, one);
		}
	}
}

static void lamp_action(const char *extension, const char *lamp, bool on, struct strbuf *variable,
	struct strbuf *text)
{
	size_t len = strcspn(lamp, "=,");
	size_t state = lamp[len] == '=' ? strcspn(lamp + len + 1, ",") : 0;

	if (*lamp != *PHONE) {
		strbuf_addf(variable, "DEVICE_STATE(" KEYS "%s-%.*s)", extension, (int)len, lamp);
		strbuf_adds(text, on ? "INUSE" : "NOT_INUSE");
		return;
	}
	strbuf_addf(variable, "DEVICE_STATE(" LAMP "%s)", extension);
	if (on && state)
		strbuf_add(text, lamp + len + 1, state);
	else
		strbuf_adds(text, lamp_states[on ? LAMP_BUSY : LAMP_OFF]);
}

/* The step-th difference: first the lamps that are held and not wanted go out, then those that are wanted and not held are lit.
 * Each step counts through both lists from the start, and there are no more steps when both are used up. */
static bool lamps_action(size_t step, const char *extension, const char *held, const char *value,
	struct strbuf *variable, struct strbuf *text)
{
	const char *next;

	for (const char *s = held ? held : ""; *s; s = next) {
		first_lamp(s, &next);
		if (is_named(value, s) || step-- > 0)
			continue;
		lamp_action(extension, s, false, variable, text);
		return true;
	}
	for (const char *s = value; *s; s = next) {
		if (is_among(held, s, first_lamp(s, &next)) || step-- > 0)
			continue;
		lamp_action(extension, s, true, variable, text);
		return true;
	}
	return false;
}

bool item_action(size_t step, const char *name, const char *held, const char *value,
	struct strbuf scratch[2], const char *fields[ITEM_FIELDS])
{
	struct strbuf *variable = &scratch[0], *text = &scratch[1];

	strbuf_cut(variable, 0);
	strbuf_cut(text, 0);
	if (item_is_lamps(name)) {
		if (!lamps_action(step, name + sizeof(ITEM_LAMPS) - 1, held, value, variable, text))
			return false;
	} else if (step > 0) {
		return false;
	} else if (item_is_entry(name)) {
		entry_action(name, value, variable, fields);
		return true;
	} else if (begins(name, PRESENCE)) {
		strbuf_addf(variable, "PRESENCE_STATE(%s)", name);
		presence_text(text, value);
	} else {
		strbuf_addf(variable, "DEVICE_STATE(%s)", name);
		strbuf_adds(text, value);
	}
	fields[0] = "Action";
	fields[1] = "Setvar";
	fields[2] = "Variable";
	fields[3] = variable->s;
	fields[4] = "Value";
	fields[5] = text->s;
	fields[6] = NULL;
	return true;
}

static void read_entry(const char *family, const char *key, const char *fields[ITEM_FIELDS])
{
	const char *const get[] = { "Action", "DBGet", "Family", family, "Key", key, NULL };

	memcpy(fields, get, sizeof(get));
}

void item_query(const char *name, const char *lamp, struct strbuf scratch[2],
	const char *fields[ITEM_FIELDS])
{
	const char *const get[] = { "Action", "Getvar", "Variable", NULL, NULL };
	size_t n = family_len(name);

	strbuf_cut(&scratch[0], 0);
	strbuf_cut(&scratch[1], 0);
	if (begins(name, PRESENCE)) {
		read_entry("CustomPresence", name + strlen(PRESENCE), fields);
		return;
	}
	if (n) {
		strbuf_add(&scratch[0], name, n);
		read_entry(scratch[0].s, name + n + 1, fields);
		return;
	}
	if (item_is_lamps(name))
		lamp_action(name + sizeof(ITEM_LAMPS) - 1, lamp, false, &scratch[0], &scratch[1]);
	else
		strbuf_addf(&scratch[0], "DEVICE_STATE(%s)", name);
	memcpy(fields, get, sizeof(get));
	fields[3] = scratch[0].s;
}

/* In PresenceStateChange the quotes, backslashes, CRs and LFs of subtype and message have a backslash in front. */
static void unescape(char *to, size_t size, const char *s)
{
	size_t n = 0;

	for (; *s && n + 1 < size; s++) {
		char c = *s;

		if (c == '\\' && s[1]) {
			c = *++s;
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
		}
		to[n++] = c;
	}
	to[n] = '\0';
}

/* Write a lamp as the value of an item. `lit` is its state when it is lit, `out` its state when it is out. False if it is
 * out. */
static bool lamp_value(const char *lamp, const char *lit, const char *out, const char *state,
	char ret[ITEM_VALUE_SIZE])
{
	bool is_lit = !strcmp(state, lit);

	if (!strcmp(state, out) || !strcmp(state, "UNKNOWN"))
		return false;
	snprintf(ret, ITEM_VALUE_SIZE, "%s%s%.15s", lamp, is_lit ? "" : "=", is_lit ? "" : state);
	return true;
}

/* Which lamp of which user a device is. False if it is none. */
static bool lamp_of_device(
	const char *device, char name[ITEM_NAME_SIZE], char lamp[NAME_MAX_LEN + 1])
{
	const char *extension = device + strlen(LAMP), *mode;

	if (begins(device, LAMP)) {
		snprintf(name, ITEM_NAME_SIZE, ITEM_LAMPS "%s", extension);
		text_copy(lamp, NAME_MAX_LEN + 1, PHONE);
		return text_is_of(extension, TEXT_ALNUM "._", EXTENSION_MAX_LEN);
	}
	extension = device + strlen(KEYS);
	if (!begins(device, KEYS) || !(mode = strchr(extension, '-')) || mode == extension ||
		mode - extension > EXTENSION_MAX_LEN ||
		!text_is_of(mode + 1, TEXT_ALNUM "._-", NAME_MAX_LEN))
		return false;
	snprintf(name, ITEM_NAME_SIZE, ITEM_LAMPS "%.*s", (int)(mode - extension), extension);
	text_copy(lamp, NAME_MAX_LEN + 1, mode + 1);
	return true;
}

bool item_lamp_value(const char *lamp, const char *state, char ret[ITEM_VALUE_SIZE])
{
	bool phone = *lamp == *PHONE;

	return lamp_value(lamp, phone ? lamp_states[LAMP_BUSY] : "INUSE",
		phone ? lamp_states[LAMP_OFF] : "NOT_INUSE", state, ret);
}

bool item_lamps_name(const char *lamps, const char *lamp)
{
	return is_named(lamps, lamp);
}

bool item_lamps_say(const char *lamps, const char *lamp, const char *state)
{
	char value[ITEM_VALUE_SIZE];

	if (!item_lamp_value(lamp, state, value))
		return !is_named(lamps, lamp);
	return is_among(lamps, value, strlen(value));
}

void item_lamps_each(const char *lamps, void (*fn)(void *data, const char *lamp), void *data)
{
	char lamp[NAME_MAX_LEN + 1];
	const char *next;

	for (const char *s = lamps; *s; s = next) {
		first_lamp(s, &next);
		snprintf(lamp, sizeof(lamp), "%.*s", (int)strcspn(s, "=,"), s);
		fn(data, lamp);
	}
}

bool item_lamp_from_event(const struct amimsg *m, struct item_lamp *ret)
{
	const char *device = amimsg_text(m, "Device");

	ret->state = amimsg_text(m, "State");
	return !strcmp(amimsg_text(m, "Event"), "DeviceStateChange") && *ret->state &&
		lamp_of_device(device, ret->name, ret->lamp);
}

bool item_row_from_event(const struct amimsg *m, struct item *ret)
{
	static const char family[] = "/CustomPresence/";
	const char *key = amimsg_text(m, "Key");

	if (strcmp(amimsg_text(m, "Event"), "DBGetTreeResponse") != 0 || !begins(key, family) ||
		strlen(key) >= ITEM_NAME_SIZE)
		return false;
	snprintf(ret->name, sizeof(ret->name), PRESENCE "%s", key + strlen(family));
	snprintf(ret->value, sizeof(ret->value), "%s", amimsg_text(m, "Val"));
	return true;
}

bool item_is_presence(const char *name)
{
	return begins(name, PRESENCE);
}

bool item_from_event(const struct amimsg *m, struct item *ret)
{
	const char *event = amimsg_get(m, "Event"), *name, *state;
	char lamp[NAME_MAX_LEN + 1];

	if (!event)
		return false;
	*ret = (struct item){ 0 };
	if (!strcmp(event, "PresenceStateChange")) {
		char subtype[NAME_MAX_LEN + 1] = "", note[NOTE_MAX_LEN + 1] = "";
		const char *s;

		name = amimsg_get(m, "Presentity");
		state = amimsg_get(m, "Status");
		if (!name || !state || !begins(name, PRESENCE))
			return false;
		if ((s = amimsg_get(m, "Subtype")))
			unescape(subtype, sizeof(subtype), s);
		if ((s = amimsg_get(m, "Message")))
			unescape(note, sizeof(note), s);
		snprintf(ret->value, sizeof(ret->value), "%.15s,%s,%s", state, subtype, note);
	} else if (!strcmp(event, "DeviceStateChange")) {
		name = amimsg_get(m, "Device");
		state = amimsg_get(m, "State");
		if (!name || !state || !begins(name, "Custom:"))
			return false;
		if (begins(name, LAMP) || begins(name, KEYS))
			return lamp_of_device(name, ret->name, lamp) &&
				item_lamp_value(lamp, state, ret->value);
		snprintf(ret->value, sizeof(ret->value), "%.15s", state);
	} else if (!strcmp(event, "DBGetTreeResponse")) {
		name = amimsg_get(m, "Key");
		state = amimsg_get(m, "Val");
		if (!name || !state || *name++ != '/' || !item_is_entry(name))
			return false;
		/* We never wrote a value that is too long. It is cut, and so differs from every value of ours. */
		snprintf(ret->value, sizeof(ret->value), "%s", *state ? state : "?");
	} else {
		return false;
	}
	if (strlen(name) >= ITEM_NAME_SIZE)
		return false;
	text_copy(ret->name, sizeof(ret->name), name);
	return true;
}

bool item_is_swept(const char *name)
{
	size_t n = family_len(name);

	for (const char *const *f = item_small_families; *f; f++) {
		if (strlen(*f) == n && begins(name, *f))
			return true;
	}
	return false;
}

bool item_is_forced(const char *name)
{
	return begins(name, ENTRY_FORCED "/");
}

bool item_is_ours(const char *name)
{
	return item_is_lamps(name) || item_schedule_of(name) || item_is_entry(name);
}
