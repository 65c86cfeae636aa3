#include "lib/pure/field.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/pure/closest.h"
#include "lib/pure/when.h"

#define MEMBER(type, m) offsetof(struct type, m), sizeof(((struct type *)0)->m)

const struct field mode_fields[] = {
	{ "label", FIELD_TEXT, MEMBER(mode, label), "", "text", "what people see" },
	{ "alias", FIELD_NAME, MEMBER(mode, alias), "", "a name", "a second, shorter name" },
	{ "type", FIELD_PTYPE, MEMBER(mode, type), "available",
		"available, chat, away, dnd, xa, unavailable",
		"the presence type that phones are shown" },
	{ "lamp", FIELD_BOOL, MEMBER(mode, lamp), "no", "yes, no",
		"show the extension as busy on lamps that watch it" },
	{ "note", FIELD_NOTE, MEMBER(mode, note), "", "text, 255 bytes",
		"the note of a switch that has none" },
	{ "lifetime", FIELD_LIFETIME, MEMBER(mode, lifetime), "next", "next, forever, 90m, 17:30",
		"how long a switch without a time lasts" },
	{ 0 },
};

const struct field user_fields[] = {
	{ "extension", FIELD_EXTENSION, MEMBER(user, extension), NULL, "letters, digits, . and _",
		"the extension whose presence this is" },
	{ "pbx", FIELD_PBX, MEMBER(user, pbx), NULL, "a PBX of the configuration",
		"where the extension lives" },
	{ "mode", FIELD_MODE, MEMBER(user, mode), "", "a mode",
		"the mode when nothing else decides; available if unset" },
	{ "zone", FIELD_ZONE, MEMBER(user, zone), "", "Europe/Stockholm",
		"the user's time zone; the configuration's if unset" },
	{ "mailbox", FIELD_MAILBOX, MEMBER(user, mailbox), "", "1001@default",
		"the voice mailbox" },
	{ "mobile", FIELD_NUMBER, MEMBER(user, mobile), "", "+46701234567", "the mobile number" },
	{ "devices", FIELD_DEVICES, offsetof(struct user, devices), 0, NULL, "PJSIP/1001",
		"dial string of a device: devices.desk=PJSIP/1001" },
	{ 0 },
};

static const char *const bools[] = { "yes", "no" };

static const char *key_candidates(const struct field *fields, const char *key)
{
	const char *names[32];
	size_t n = 0;

	for (const struct field *f = fields; f->name && n < ARRAY_SIZE(names); f++)
		names[n++] = f->name;
	return closest(key, names, n);
}

/* The field of a key, and the part behind the dot for devices.NAME (else NULL). */
static const struct field *find(
	const struct field *fields, const char *key, const char **ret_part, struct err *err)
{
	const char *guess;

	*ret_part = NULL;
	for (const struct field *f = fields; f->name; f++) {
		size_t n = strlen(f->name);

		if (f->type == FIELD_DEVICES && !strncmp(key, f->name, n) && key[n] == '.') {
			*ret_part = key + n + 1;
			return f;
		}
		if (strcmp(key, f->name) != 0)
			continue;
		if (f->type == FIELD_DEVICES) {
			err_set(err, ERR_USAGE, "key '%s' needs the name of a device: %s.desk", key,
				key);
			return NULL;
		}
		return f;
	}
	guess = key_candidates(fields, key);
	err_set(err, ERR_USAGE, "unknown key '%s'", key);
	if (guess)
		err_hint(err, "; did you mean '%s'?", guess);
	return NULL;
}

static int check_text(const char *what, const char *value, size_t max, struct err *err)
{
	if (!text_is_utf8(value))
		return err_set(err, ERR_USAGE, "%s is not valid UTF-8", what);
	if (text_has_control(value))
		return err_set(
			err, ERR_USAGE, "%s may not hold line ends or control characters", what);
	if (strlen(value) > max)
		return err_set(err, ERR_USAGE, "%s is longer than %zu bytes", what, max);
	return 0;
}

static int check_set(const char *what, const char *value, const char *set, const char *set_name,
	size_t max, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_USAGE, "%s may not be empty", what);
	if (strspn(value, set) != strlen(value))
		return err_set(err, ERR_USAGE, "%s '%s' may hold only %s", what, value, set_name);
	if (strlen(value) > max)
		return err_set(err, ERR_USAGE, "%s '%.20s...' is longer than %zu characters", what,
			value, max);
	return 0;
}

int field_check_name(const char *what, const char *name, struct err *err)
{
	char title[64];

	snprintf(title, sizeof(title), "%s name", what);
	if (check_set(title, name, TEXT_ALNUM "._-", "letters, digits, '.', '_' and '-'",
		    NAME_MAX_LEN, err) < 0)
		return -1;
	if (*name == '-' || *name == '.')
		return err_set(
			err, ERR_USAGE, "%s '%s' may not begin with '%c'", title, name, *name);
	if (!strcasecmp(name, "all"))
		return err_set(
			err, ERR_USAGE, "%s '%s' is taken: it means every user", title, name);
	return 0;
}

int field_check_note(const char *note, char *to, struct err *err)
{
	char cut[4 * NOTE_MAX_LEN];

	if (check_text("note", note, SIZE_MAX, err) < 0)
		return -1;
	snprintf(cut, sizeof(cut), "%s", note);
	text_cut(cut, NOTE_MAX_LEN);
	text_copy(to, NOTE_MAX_LEN + 1, cut);
	return strlen(cut) < strlen(note);
}

static int check_mailbox(const char *value, struct err *err)
{
	const char *set = TEXT_ALNUM "._-", *at = strchr(value, '@');
	size_t n = at ? (size_t)(at - value) : strlen(value);

	if (strlen(value) > MAILBOX_MAX_LEN || !n || strspn(value, set) != n ||
		(at && (!at[1] || at[1 + strspn(at + 1, set)])))
		return err_set(err, ERR_USAGE,
			"mailbox '%s' is not of the form 1001 or 1001@default", value);
	return 0;
}

static int check_number(const char *value, struct err *err)
{
	const char *digits = value + (*value == '+');

	if (!text_is_of(digits, "0123456789*#", NUMBER_MAX_LEN - 1) || strlen(digits) < 2)
		return err_set(err, ERR_USAGE,
			"'%s' is not a telephone number such as +46701234567", value);
	return 0;
}

static int check_zone(const char *value, struct err *err)
{
	if (!text_is_of(value, TEXT_ALNUM "_+-/", ZONE_MAX_LEN) || *value == '/' ||
		strstr(value, "//"))
		return err_set(
			err, ERR_USAGE, "'%s' is not a time zone such as Europe/Stockholm", value);
	return 0;
}

/* next, forever, a duration, or HH:MM; the zone and the day play no part in whether it is well formed. */
static int check_lifetime(const char *value, struct err *err)
{
	_cleanup_(zone_freep) struct zone *utc = zone_new_utc();
	struct until until;

	if (strlen(value) > LIFETIME_MAX_LEN)
		return err_set(err, ERR_USAGE, "lifetime '%.20s...' is too long", value);
	return when_lifetime(value, utc, 0, &until, err);
}

/* TECHNOLOGY/resource, in characters that mean nothing to Dial() and to the dialplan. */
static int check_dial(const char *value, struct err *err)
{
	const char *slash = strchr(value, '/');

	if (strlen(value) > DIAL_MAX_LEN)
		return err_set(err, ERR_USAGE, "dial string '%.20s...' is longer than %d bytes",
			value, DIAL_MAX_LEN);
	if (!slash || slash == value || !slash[1] ||
		strspn(value, TEXT_ALNUM) != (size_t)(slash - value) ||
		slash[1 + strspn(slash + 1, TEXT_ALNUM "._@:+*#/-")])
		return err_set(
			err, ERR_USAGE, "'%s' is not a dial string such as PJSIP/1001", value);
	return 0;
}

static int device_set(struct user *u, const char *name, const char *dial, struct err *err)
{
	size_t i = 0;

	if (field_check_name("device", name, err) < 0 || check_dial(dial, err) < 0)
		return -1;
	while (i < u->devices_n && strcmp(u->devices[i].name, name) != 0)
		i++;
	if (i == DEVICES_MAX)
		return err_set(err, ERR_USAGE, "a user may have at most %d devices", DEVICES_MAX);
	if (i == u->devices_n)
		u->devices_n++;
	text_copy(u->devices[i].name, sizeof(u->devices[i].name), name);
	text_copy(u->devices[i].dial, sizeof(u->devices[i].dial), dial);
	return 0;
}

static int device_unset(struct user *u, const char *name, struct err *err)
{
	for (size_t i = 0; i < u->devices_n; i++) {
		if (strcmp(u->devices[i].name, name) != 0)
			continue;
		u->devices_n--;
		memmove(&u->devices[i], &u->devices[i + 1],
			(u->devices_n - i) * sizeof(u->devices[0]));
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND, "no device '%s'", name);
}

static int check_field(const struct field *f, const char *value, struct err *err)
{
	switch (f->type) {
	case FIELD_TEXT: return check_text(f->name, value, f->size - 1, err);
	case FIELD_NAME: return field_check_name(f->name, value, err);
	case FIELD_EXTENSION:
		return check_set("extension", value, TEXT_ALNUM "._",
			"letters, digits, '.' and '_'", f->size - 1, err);
	case FIELD_MAILBOX: return check_mailbox(value, err);
	case FIELD_NUMBER: return check_number(value, err);
	case FIELD_ZONE: return check_zone(value, err);
	case FIELD_LIFETIME: return check_lifetime(value, err);
	case FIELD_MODE:
	case FIELD_PBX:
		return check_set(f->name, value, TEXT_ALNUM "._-",
			"letters, digits, '.', '_' and '-'", f->size - 1, err);
	default: return 0;
	}
}

int field_set(const struct field *fields, void *object, const char *key, const char *value,
	struct err *err)
{
	const char *part;
	const struct field *f = find(fields, key, &part, err);
	char *member;

	if (!f)
		return -1;
	member = (char *)object + f->offset;
	switch (f->type) {
	case FIELD_BOOL:
		if (strcasecmp(value, "yes") != 0 && strcasecmp(value, "no") != 0)
			return err_set(err, ERR_USAGE, "%s is yes or no, not '%s'", key, value);
		*(bool *)member = !strcasecmp(value, "yes");
		return 0;
	case FIELD_PTYPE: {
		int t = ptype_parse(value);

		if (t < 0)
			return err_set(err, ERR_USAGE, "'%s' is no presence type; there are: %s",
				value, f->values);
		*(enum ptype *)member = (enum ptype)t;
		return 0;
	}
	case FIELD_DEVICES:
		assert(part); /* find() takes no other key of this type */
		return device_set(object, part, value, err);
	case FIELD_NOTE: return field_check_note(value, member, err);
	default: break;
	}
	if (!*value && f->fallback && !*f->fallback) {
		*member = '\0'; /* key= unsets what may be unset */
		return 0;
	}
	if (check_field(f, value, err) < 0)
		return -1;
	text_copy(member, f->size, value);
	return 0;
}

int field_unset(const struct field *fields, void *object, const char *key, struct err *err)
{
	const char *part;
	const struct field *f = find(fields, key, &part, err);

	if (!f)
		return -1;
	if (f->type == FIELD_DEVICES) {
		assert(part);
		return device_unset(object, part, err);
	}
	if (!f->fallback)
		return err_set(err, ERR_USAGE, "key '%s' cannot be unset, only changed", key);
	return field_set(fields, object, key, f->fallback, err);
}

int field_split(
	const char *edit, char *key, size_t key_size, const char **ret_value, struct err *err)
{
	const char *eq = strchr(edit, '=');

	if (!eq || eq == edit)
		return err_set(err, ERR_USAGE, "'%s' is not of the form key=value", edit);
	if ((size_t)(eq - edit) >= key_size)
		return err_set(err, ERR_USAGE, "unknown key '%.*s...'", 20, edit);
	memcpy(key, edit, (size_t)(eq - edit));
	key[eq - edit] = '\0';
	*ret_value = eq + 1;
	return 0;
}

void field_get(const struct field *f, const void *object, struct strbuf *to)
{
	const char *member = (const char *)object + f->offset;
	const struct user *u = object;

	switch (f->type) {
	case FIELD_BOOL: strbuf_adds(to, *(const bool *)member ? "yes" : "no"); break;
	case FIELD_PTYPE: strbuf_adds(to, ptype_name(*(const enum ptype *)member)); break;
	case FIELD_DEVICES:
		for (size_t i = 0; i < u->devices_n; i++)
			strbuf_addf(to, "%s%s=%s", i ? "\n" : "", u->devices[i].name,
				u->devices[i].dial);
		break;
	default: strbuf_adds(to, member); break;
	}
}

const char *field_candidates(const struct field *f, size_t i)
{
	switch (f->type) {
	case FIELD_BOOL: return i < ARRAY_SIZE(bools) ? bools[i] : NULL;
	case FIELD_PTYPE: return i < PTYPE_COUNT ? ptype_name((enum ptype)i) : NULL;
	default: return NULL;
	}
}
