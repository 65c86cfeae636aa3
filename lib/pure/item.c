#include "lib/pure/item.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

#define PRESENCE "CustomPresence:"
#define LAMP     "Custom:presence-"
#define KEYS     "Custom:mode-"

_Static_assert(sizeof(KEYS) - 1 + EXTENSION_MAX_LEN + 1 + NAME_MAX_LEN <= ITEM_STATE_MAX_LEN,
	"the longest key lamp fits a device name");
_Static_assert(sizeof(CALLROW_RULE "/") + EXTENSION_MAX_LEN + 1 + NAME_MAX_LEN < ITEM_NAME_SIZE,
	"the longest row has room");

static const char *const families[] = { CALLROW_USER, CALLROW_MODE, CALLROW_RULE, CALLROW_ASK,
	CALLROW_HOURS };

const char *const item_lists[ITEM_LISTS][ITEM_FIELDS] = {
	{ "Action", "PresenceStateList" },
	{ "Action", "DeviceStateList" },
	{ "Action", "DBGetTree", "Family", CALLROW_USER },
	{ "Action", "DBGetTree", "Family", CALLROW_MODE },
	{ "Action", "DBGetTree", "Family", CALLROW_RULE },
	{ "Action", "DBGetTree", "Family", CALLROW_ASK },
	{ "Action", "DBGetTree", "Family", CALLROW_HOURS },
};

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* The length of the family of a row, 0 if it is none of ours. */
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

bool item_is_row(const char *name)
{
	return family_len(name) > 0;
}

bool item_is_keys(const char *name)
{
	return begins(name, KEYS);
}

void item_merge(struct item *to, const char *more)
{
	size_t n = strlen(to->value);

	if (n + 1 + strlen(more) < ITEM_VALUE_SIZE)
		snprintf(to->value + n, ITEM_VALUE_SIZE - n, "%s%s", n ? "," : "", more);
}

bool item_follows_mode(const char *name)
{
	return !item_is_member(name) && (!item_is_row(name) || begins(name, CALLROW_ASK));
}

size_t item_of_user(const char *extension, const struct mode *mode, const char *note,
	const char *ask, struct item ret[ITEM_USER_MAX])
{
	struct item *it = ret;

	snprintf(it->name, ITEM_NAME_SIZE, PRESENCE "%s", extension);
	snprintf(it->value, ITEM_VALUE_SIZE, "%s,%s,%s", ptype_name(mode->type), mode->name, note);
	it++->rank = ptype_restricts(mode->type) ? 0 : 1;
	if (mode->lamp) {
		snprintf(it->name, ITEM_NAME_SIZE, LAMP "%s", extension);
		snprintf(it->value, ITEM_VALUE_SIZE, "BUSY");
		it++->rank = 0;
	}
	snprintf(it->name, ITEM_NAME_SIZE, KEYS "%s", extension);
	snprintf(it->value, ITEM_VALUE_SIZE, "%s", mode->name);
	it++->rank = 2;
	if (*ask) {
		snprintf(it->name, ITEM_NAME_SIZE, CALLROW_ASK "/%s", extension);
		snprintf(it->value, ITEM_VALUE_SIZE, "%s", ask);
		it++->rank = 0;
	}
	return (size_t)(it - ret);
}

const char *item_neutral(const char *name)
{
	if (begins(name, PRESENCE))
		return "not_set,,";
	if (item_is_row(name) || item_is_keys(name) || item_is_member(name))
		return "";
	return begins(name, LAMP) ? "INVALID" : "NOT_INUSE";
}

static void row_action(
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
	amimsg_base64(text, subtype);
	strbuf_addc(text, ',');
	amimsg_base64(text, note + 1);
	strbuf_adds(text, ",e");
}

/* First those go out that are lit and should not be, then the one that should is lit. */
static bool keys_action(size_t step, const char *name, const char *held, const char *value,
	struct strbuf *variable, struct strbuf *text)
{
	size_t len = strlen(value), n;

	for (const char *s = held ? held : ""; *s; s += n + (s[n] == ',')) {
		n = strcspn(s, ",");
		if ((n == len && !strncmp(s, value, n)) || step-- > 0)
			continue;
		strbuf_addf(variable, "DEVICE_STATE(%s-%.*s)", name, (int)strcspn(s, "=,"), s);
		strbuf_adds(text, "NOT_INUSE");
		return true;
	}
	if (!len || step > 0)
		return false;
	strbuf_addf(variable, "DEVICE_STATE(%s-%s)", name, value);
	strbuf_adds(text, "INUSE");
	return true;
}

bool item_action(size_t step, const char *name, const char *held, const char *value,
	struct strbuf scratch[2], const char *fields[ITEM_FIELDS])
{
	struct strbuf *variable = &scratch[0], *text = &scratch[1];

	strbuf_cut(variable, 0);
	strbuf_cut(text, 0);
	if (item_is_keys(name)) {
		if (!keys_action(step, name, held, value, variable, text))
			return false;
	} else if (step > 0) {
		return false;
	} else if (item_is_row(name)) {
		row_action(name, value, variable, fields);
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

/* PresenceStateChange writes quote, backslash, CR and LF of subtype and message with a backslash. */
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

/* Custom:mode-<ext>-<mode> as <mode>, or <mode>=<state> if it is neither lit nor out. */
static bool key_from_device(const char *name, const char *state, struct item *ret)
{
	const char *extension = name + strlen(KEYS), *mode = strchr(extension, '-');
	bool lit = !strcmp(state, "INUSE");

	if (!mode || mode == extension || !mode[1] || strlen(mode) > NAME_MAX_LEN + 1 ||
		mode - name >= ITEM_NAME_SIZE || mode[1 + strspn(mode + 1, TEXT_ALNUM "._-")] ||
		!strcmp(state, "NOT_INUSE") || !strcmp(state, "UNKNOWN"))
		return false;
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)(mode - name), name);
	snprintf(ret->value, sizeof(ret->value), "%s%s%.15s", mode + 1, lit ? "" : "=",
		lit ? "" : state);
	return true;
}

bool item_from_event(const struct amimsg *m, struct item *ret)
{
	const char *event = amimsg_get(m, "Event"), *name, *state;

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
		snprintf(ret->value, sizeof(ret->value), "%.15s", state);
		if (item_is_keys(name))
			return key_from_device(name, state, ret);
	} else if (!strcmp(event, "DBGetTreeResponse")) {
		name = amimsg_get(m, "Key");
		state = amimsg_get(m, "Val");
		if (!name || !state || *name++ != '/' || !item_is_row(name))
			return false;
		/* What is too long is none of our writing: cut, it differs from everything. */
		snprintf(ret->value, sizeof(ret->value), "%s", *state ? state : "?");
	} else {
		return false;
	}
	if (strlen(name) >= ITEM_NAME_SIZE)
		return false;
	text_copy(ret->name, sizeof(ret->name), name);
	return true;
}

bool item_is_ours(const char *name)
{
	return begins(name, LAMP) || item_is_keys(name) || begins(name, ITEM_HOURS_LAMP) ||
		item_is_row(name);
}
