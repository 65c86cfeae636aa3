#include "lib/presence/field.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/checks.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/closest.h"
#include "lib/time/holidays.h"
#include "lib/time/hours.h"
#include "lib/calendar/pattern.h"
#include "lib/presence/schedule.h"
#include "lib/time/special.h"
#include "lib/time/when.h"

enum { INTERVAL_MIN_S = 300, INTERVAL_MAX_S = 7 * 86400 };

static const char *const bools[] = { "yes", "no" };

/* The field of a key, and the part behind the dot for devices.NAME and special.DATE (else NULL). */
static const struct field *find(
	const struct field *fields, const char *key, const char **ret_part, struct err *err)
{
	const char *names[48];
	size_t count = 0;

	*ret_part = NULL;
	for (const struct field *f = fields; f->name; f++) {
		size_t n = strlen(f->name);

		if ((f->type == FIELD_DEVICES || f->type == FIELD_SPECIAL) &&
			!strncmp(key, f->name, n) && key[n] == '.') {
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
	for (const struct field *f = fields; f->name && count < ARRAY_SIZE(names); f++)
		names[count++] = f->name;
	err_set(err, ERR_USAGE, "unknown key '%s'", key);
	closest_guess(err, key, names, count);
	return NULL;
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

	if (check_name("device", name, err) < 0 || check_dial(dial, err) < 0)
		return -1;
	if (!strcmp(name, DEVICE_MOBILE))
		return err_set(err, ERR_USAGE,
			"device name '%s' is taken: it means the user's mobile number", name);
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

static int keep(const struct field *f, char *member, const struct strbuf *text, struct err *err)
{
	if (text->len >= f->size)
		return err_set(err, ERR_USAGE, "%s is longer than %zu bytes", f->name, f->size - 1);
	text_copy(member, f->size, text->s);
	return 0;
}

/* Texts of a grammar are kept as it prints them. */
static int set_hours(const struct field *f, char *member, const char *value, struct err *err)
{
	_cleanup_(hours_freep) struct hours *h = NULL;
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (hours_parse(value, &h, err) < 0)
		return -1;
	hours_print(h, &text);
	return keep(f, member, &text, err);
}

static int set_holidays(const struct field *f, char *member, const char *value, struct err *err)
{
	_cleanup_(holidays_freep) struct holidays *h = NULL;
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (holidays_parse(value, &h, err) < 0)
		return -1;
	holidays_print(h, &text);
	return keep(f, member, &text, err);
}

static int set_patterns(const struct field *f, char *member, const char *value, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct patterns p;

	if (patterns_parse(value, &p, err) < 0)
		return -1;
	patterns_print(&p, &text);
	return keep(f, member, &text, err);
}

/* All special days, or with `part`, a date, that one; NULL removes it. */
static int set_special(
	const struct field *f, char *member, const char *part, const char *value, struct err *err)
{
	_cleanup_(specials_done) struct specials s = { 0 };
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	assert(part || value);
	if (specials_parse(part ? member : value, &s, err) < 0 ||
		(part && specials_set(&s, part, value, err) < 0))
		return -1;
	specials_print(&s, &text);
	return keep(f, member, &text, err);
}

static int set_calendars(const struct field *f, char *member, const char *value, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	_cleanup_(freep) char *copy = xstrdup(value);
	const char *names[CALENDARS_MAX];
	char *rest = copy, *name;
	size_t n = 0;

	while ((name = strsep(&rest, ", "))) {
		if (!*name)
			continue;
		if (check_name("calendar", name, err) < 0)
			return -1;
		if (n == CALENDARS_MAX)
			return err_set(
				err, ERR_USAGE, "there may be at most %d calendars", CALENDARS_MAX);
		for (size_t i = 0; i < n; i++) {
			if (!strcmp(names[i], name))
				return err_set(
					err, ERR_USAGE, "calendar '%s' is there twice", name);
		}
		names[n++] = name;
		strbuf_addf(&text, "%s%s", text.len ? ", " : "", name);
	}
	return keep(f, member, &text, err);
}

static int set_minutes(char *member, const char *value, struct err *err)
{
	if (!text_is_of(value, "0123456789", 4) || atoi(value) > 1440)
		return err_set(
			err, ERR_USAGE, "'%s' is not a number of minutes from 0 to 1440", value);
	*(int64_t *)member = atoi(value);
	return 0;
}

int field_check_penalty(const char *value, int64_t *ret, struct err *err)
{
	if (!text_is_of(value, "0123456789", 4) || atoi(value) > PENALTY_MAX)
		return err_set(err, ERR_USAGE, "penalty is a number from 0 to %d, not '%s'",
			PENALTY_MAX, value);
	*ret = atoi(value);
	return 0;
}

static int set_members(char *member, const char *value, struct err *err)
{
	int m = queue_members_parse(value);

	if (m < 0)
		return err_set(err, ERR_USAGE, "members is rules or device, not '%s'", value);
	*(enum queue_members *)member = (enum queue_members)m;
	return 0;
}

static int set_interval(char *member, const char *value, struct err *err)
{
	int64_t s;

	if (when_duration(value, &s, err) < 0)
		return -1;
	if (s < INTERVAL_MIN_S || s > INTERVAL_MAX_S)
		return err_set(err, ERR_USAGE, "refresh is from 5m to 7d, not '%s'", value);
	*(int64_t *)member = s;
	return 0;
}

static int set_address(const struct field *f, char *member, const char *value, struct err *err)
{
	const char *at = strchr(value, '@');

	if (!at || at == value || !at[1] || strchr(at + 1, '@') || strpbrk(value, " <>,;:\"") ||
		text_has_control(value) || !text_is_utf8(value) || strlen(value) >= f->size)
		return err_set(
			err, ERR_USAGE, "'%s' is not an address such as alice@example.org", value);
	for (; *value; value++)
		*member++ = (char)tolower((unsigned char)*value);
	*member = '\0';
	return 0;
}

static int check_field(const struct field *f, const char *value, struct err *err)
{
	switch (f->type) {
	case FIELD_TEXT: return check_text(f->name, value, f->size - 1, err);
	case FIELD_NAME: return check_name(f->name, value, err);
	case FIELD_EXTENSION:
		/* A '.' separates it from the mode in keys of the PBX. */
		return check_set("extension", value, TEXT_ALNUM "_", "letters, digits and '_'",
			f->size - 1, err);
	case FIELD_MAILBOX: return check_mailbox(value, err);
	case FIELD_NUMBER: return check_number(value, err);
	case FIELD_ZONE: return check_zone(value, err);
	case FIELD_LIFETIME: return check_lifetime(value, err);
	case FIELD_MODE:
	case FIELD_MODE_NONE:
	case FIELD_SCHEDULE:
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
	case FIELD_SPECIAL: return set_special(f, member, part, value, err);
	case FIELD_MINUTES: return set_minutes(member, value, err);
	case FIELD_PENALTY: return field_check_penalty(value, (int64_t *)member, err);
	case FIELD_MEMBERS: return set_members(member, value, err);
	case FIELD_INTERVAL: return set_interval(member, value, err);
	default: break;
	}
	if (!*value && f->fallback && !*f->fallback) {
		*member = '\0'; /* key= unsets what may be unset */
		return 0;
	}
	switch (f->type) {
	case FIELD_OPENING:
		if (schedule_hours_calendar(value)) {
			if (check_name("calendar", schedule_hours_calendar(value), err) < 0)
				return -1;
			break;
		}
		/* fallthrough */
	case FIELD_HOURS: return set_hours(f, member, value, err);
	case FIELD_HOLIDAYS: return set_holidays(f, member, value, err);
	case FIELD_PATTERNS: return set_patterns(f, member, value, err);
	case FIELD_CALENDARS: return set_calendars(f, member, value, err);
	case FIELD_ADDRESS: return set_address(f, member, value, err);
	default: break;
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
	if (f->type == FIELD_SPECIAL && part)
		return set_special(f, (char *)object + f->offset, part, NULL, err);
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

/* "2026-12-24 closed; ..." as "2026-12-24=closed" lines. */
static void get_special(const char *text, struct strbuf *to)
{
	while (*text) {
		size_t n = strcspn(text, ";");
		const char *space = memchr(text, ' ', n);

		if (space) {
			strbuf_addf(to, "%s%.*s=", to->len ? "\n" : "", (int)(space - text), text);
			strbuf_add(to, space + 1, n - (size_t)(space + 1 - text));
		}
		text += n;
		text += strspn(text, "; ");
	}
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
	case FIELD_SPECIAL: get_special(member, to); break;
	case FIELD_MEMBERS:
		strbuf_adds(to, queue_members_name(*(const enum queue_members *)member));
		break;
	case FIELD_PENALTY:
	case FIELD_MINUTES: strbuf_addf(to, "%lld", (long long)*(const int64_t *)member); break;
	case FIELD_INTERVAL: {
		char text[WHEN_TEXT_SIZE];

		when_span(*(const int64_t *)member, text);
		strbuf_adds(to, text);
		break;
	}
	default: strbuf_adds(to, member); break;
	}
}

const char *field_candidates(const struct field *f, size_t i)
{
	switch (f->type) {
	case FIELD_BOOL: return i < ARRAY_SIZE(bools) ? bools[i] : NULL;
	case FIELD_MEMBERS:
		return i < QUEUE_MEMBERS_COUNT ? queue_members_name((enum queue_members)i) : NULL;
	case FIELD_PTYPE: return i < PTYPE_COUNT ? ptype_name((enum ptype)i) : NULL;
	default: return NULL;
	}
}
