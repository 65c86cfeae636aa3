/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/presence/noun-keys.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/checks.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calendar/pattern.h"
#include "lib/calendar/url.h"
#include "lib/presence/closures.h"
#include "lib/presence/note.h"
#include "lib/presence/schedule.h"
#include "lib/time/time-keys.h"

/* A '.' separates the extension from the mode in keys of the PBX. Asterisk takes what begins with '_' for a pattern, and has
 * extensions of one letter for itself: such an extension could never be called. */
static int set_extension(const struct key *k, void *object, const char *value, struct err *err)
{
	if (check_set("extension", value, TEXT_ALNUM "_", "letters, digits and '_'", k->size - 1,
		    err) < 0)
		return -1;
	if (*value == '_' || (!value[1] && isalpha((unsigned char)*value)))
		return err_set(err, ERR_USAGE,
			"extension '%s' %s, and could never be called; it is digits, or a letter and "
			"more behind it",
			value,
			*value == '_' ? "would be a pattern of Asterisk"
				      : "is one that Asterisk has for itself");
	return key_keep(k, object, value, err);
}

static int set_mailbox(const struct key *k, void *object, const char *value, struct err *err)
{
	const char *set = TEXT_ALNUM "._-", *at = strchr(value, '@');
	size_t n = at ? (size_t)(at - value) : strlen(value);

	if (strlen(value) > MAILBOX_MAX_LEN || !n || strspn(value, set) != n ||
		(at && (!at[1] || at[1 + strspn(at + 1, set)])))
		return err_set(err, ERR_USAGE,
			"mailbox '%s' is not of the form 1001 or 1001@default", value);
	return key_keep(k, object, value, err);
}

static int set_telephone(const struct key *k, void *object, const char *value, struct err *err)
{
	return check_number(value, err) < 0 ? -1 : key_keep(k, object, value, err);
}

/* An address of electronic mail is kept in lower case. */
static int set_address(const struct key *k, void *object, const char *value, struct err *err)
{
	const char *at = strchr(value, '@');
	char *member = key_member(k, object);

	if (!at || at == value || !at[1] || strchr(at + 1, '@') || strpbrk(value, " <>,;:\"") ||
		text_has_control(value) || !text_is_utf8(value) || strlen(value) >= k->size)
		return err_set(
			err, ERR_USAGE, "'%s' is not an address such as alice@example.org", value);
	text_copy(member, k->size, value);
	for (; *member; member++)
		*member = (char)tolower((unsigned char)*member);
	return 0;
}

static int set_reference(const struct key *k, void *object, const char *value, struct err *err)
{
	if (check_set(k->name, value, TEXT_ALNUM "._-", "letters, digits, '.', '_' and '-'",
		    k->size - 1, err) < 0)
		return -1;
	return key_keep(k, object, value, err);
}

static int set_calendars(const struct key *k, void *object, const char *value, struct err *err)
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
	return key_keep(k, object, text.s, err);
}

static int set_closures(const struct key *k, void *object, const char *value, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct closures c;

	if (closures_parse(value, &c, err) < 0)
		return -1;
	closures_print(&c, &text);
	return key_keep(k, object, text.s, err);
}

/* The hours of a schedule may be those of a calendar. */
static int set_opening(const struct key *k, void *object, const char *value, struct err *err)
{
	const char *calendar = schedule_hours_calendar(value);

	if (!calendar)
		return key_hours.set(k, object, value, err);
	return check_name("calendar", calendar, err) < 0 ? -1 : key_keep(k, object, value, err);
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

static int forget_device(struct user *u, size_t i, const char *name, struct err *err)
{
	if (i == u->devices_n)
		return err_set(err, ERR_NOT_FOUND, "no device '%s'", name);
	u->devices_n--;
	memmove(&u->devices[i], &u->devices[i + 1], (u->devices_n - i) * sizeof(u->devices[0]));
	return 0;
}

static int set_device(const struct key_at *at, void *object, const char *dial, struct err *err)
{
	struct user *u = object;
	size_t i = 0;

	while (i < u->devices_n && strcmp(u->devices[i].name, at->part) != 0)
		i++;
	if (!dial)
		return forget_device(u, i, at->part, err);
	if (check_name("device", at->part, err) < 0 || check_dial(dial, err) < 0)
		return -1;
	if (!strcmp(at->part, DEVICE_MOBILE))
		return err_set(err, ERR_USAGE,
			"device name '%s' is taken: it means the user's mobile number", at->part);
	if (i == DEVICES_MAX)
		return err_set(err, ERR_USAGE, "a user may have at most %d devices", DEVICES_MAX);
	if (i == u->devices_n)
		u->devices_n++;
	text_copy(u->devices[i].name, sizeof(u->devices[i].name), at->part);
	text_copy(u->devices[i].dial, sizeof(u->devices[i].dial), dial);
	return 0;
}

static bool nth_device(
	const struct key *k, const void *object, size_t i, struct strbuf *name, struct strbuf *dial)
{
	const struct user *u = object;

	(void)k;
	if (i >= u->devices_n)
		return false;
	strbuf_adds(name, u->devices[i].name);
	strbuf_adds(dial, u->devices[i].dial);
	return true;
}

static const struct key_parts device_parts = {
	.word = "NAME",
	.needed = "the name of a device: devices.desk",
	.set = set_device,
	.nth = nth_device,
};

const struct key_type key_mode = { .set = set_reference };
const struct key_type key_mode_or_none = { .set = set_reference };
const struct key_type key_schedule = { .set = set_reference };
const struct key_type key_pbx = { .set = set_reference };
const struct key_type key_calendars = { .set = set_calendars };
const struct key_type key_closures = { .set = set_closures };
static const struct key_type key_extension = { .set = set_extension };
static const struct key_type key_mailbox = { .set = set_mailbox };
static const struct key_type key_telephone = { .set = set_telephone };
static const struct key_type key_address = { .set = set_address };
static const struct key_type key_opening = { .set = set_opening };
static const struct key_type key_devices = { .parts = &device_parts };
static const struct key_type key_feed = { .set = key_set_text, .show = url_show };

static const struct key mode_list[] = {
	{ "label", &key_text, KEY_MEMBER(mode, label), "", "text", "what people see" },
	{ "alias", &key_name, KEY_MEMBER(mode, alias), "", "a name", "a second, shorter name" },
	{ "type", &key_ptype, KEY_MEMBER(mode, type), "available", NULL,
		"the presence type that phones are shown" },
	{ "lamp", &key_lamp, KEY_MEMBER(mode, lamp), "off", NULL,
		"what lamps show that watch the extension" },
	{ "note", &key_note, KEY_MEMBER(mode, note), "", "text, 255 bytes",
		"the note of a switch that has none" },
	{ "lifetime", &key_lifetime, KEY_MEMBER(mode, lifetime), "next",
		"next, forever, 90m, 17:30", "how long a switch without a time lasts" },
	{ 0 },
};

const struct keys mode_keys = { .noun = "key", .list = mode_list };

#define PERIOD_MODE(type, period, name, help)                                                      \
	{                                                                                          \
		"mode." name, &key_mode, KEY_MEMBER(type, period_mode[period]), "", "a mode",      \
			"the mode " help                                                           \
	}
#define PERIOD_MODES(type, business, pause, closed)                                                \
	PERIOD_MODE(type, PERIOD_BUSINESS, "business", "in business hours; " business),            \
		PERIOD_MODE(type, PERIOD_BREAK, "break", "in breaks; " pause),                     \
		PERIOD_MODE(type, PERIOD_OUTSIDE, "outside", "outside the hours; " closed),        \
		PERIOD_MODE(type, PERIOD_HOLIDAY, "holiday", "on holidays; " closed)

static const struct key user_list[] = {
	{ "extension", &key_extension, KEY_MEMBER(user, extension), NULL, "letters, digits and _",
		"the extension whose presence this is" },
	{ "pbx", &key_pbx, KEY_MEMBER(user, pbx), NULL, "a PBX of the configuration",
		"where the extension lives" },
	{ "mode", &key_mode, KEY_MEMBER(user, mode), "", "a mode",
		"the mode when nothing else decides; available if unset" },
	{ "zone", &key_zone, KEY_MEMBER(user, zone), "", "Europe/Stockholm",
		"the user's time zone; the schedule's, else the configuration's, if unset" },
	{ "mailbox", &key_mailbox, KEY_MEMBER(user, mailbox), "", "1001@default",
		"the voice mailbox" },
	{ "mobile", &key_telephone, KEY_MEMBER(user, mobile), "", "+46701234567",
		"the mobile number" },
	{ "schedule", &key_schedule, KEY_MEMBER(user, schedule), "", "a schedule",
		"whose hours count; that of the user's groups if unset" },
	PERIOD_MODES(user, "the schedule's if unset", "the schedule's if unset",
		"the schedule's if unset"),
	{ "calendars", &key_calendars, KEY_MEMBER(user, calendars), "", "names of calendars",
		"the user's own calendars: events make busy" },
	{ "busy", &key_mode_or_none, KEY_MEMBER(user, busy), "", "a mode, none",
		"the mode during an event; away if unset" },
	{ "oof", &key_mode_or_none, KEY_MEMBER(user, oof), "", "a mode, none",
		"the mode when out of office; off-work if unset" },
	{ "lead", &key_minutes, KEY_RANGE(user, lead_min, 0, LEAD_MAX_MIN), "0", NULL,
		"minutes by which busy begins before an event" },
	{ "lag", &key_minutes, KEY_RANGE(user, lag_min, 0, LEAD_MAX_MIN), "0", NULL,
		"minutes by which busy ends after an event" },
	{ "patterns", &key_patterns, KEY_MEMBER(user, patterns), "",
		"summary=Focus*:do-not-disturb; category=Travel:business-trip",
		"events that give another mode, or none; the first that fits counts" },
	{ "devices", &key_devices, KEY_MEMBER(user, devices), NULL, "PJSIP/1001",
		"dial string of a device: devices.desk=PJSIP/1001" },
	{ 0 },
};

const struct keys user_keys = { .noun = "key", .list = user_list };

static const struct key schedule_list[] = {
	{ "hours", &key_opening, KEY_MEMBER(schedule, hours), NULL,
		"Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00, or calendar:NAME",
		"business hours" },
	{ "breaks", &key_hours, KEY_MEMBER(schedule, breaks), "", "Mon-Fri 12:00-13:00",
		"breaks inside the hours" },
	{ "zone", &key_zone, KEY_MEMBER(schedule, zone), "", "Europe/Stockholm",
		"whose wall clock the hours are on; the configuration's if unset" },
	{ "special", &key_special, KEY_MEMBER(schedule, special), "",
		"09:00-12:00, closed, as mon; = NAME behind it",
		"a day that differs: special.2026-12-23=\"09:00-12:00 = Inventory\"" },
	{ "before-holiday", &key_day, KEY_MEMBER(schedule, before_holiday), "",
		"09:00-12:00, closed, as sat; = NAME behind it",
		"a day of business before a holiday: before-holiday=\"08:00-13:00 = Half day\"" },
	{ "holidays", &key_holidays, KEY_MEMBER(schedule, holidays), "",
		"se; de-by; 12-25; easter+1; nov first thu; 01-01 observed",
		"holidays by rule, so that nobody enters them again each year" },
	{ "calendars", &key_closures, KEY_MEMBER(schedule, calendars), "",
		"names of calendars; NAME:\"PATTERN\" takes some of its events",
		"calendars whose events are holidays" },
	PERIOD_MODES(schedule, "available if unset", "lunch-break if unset", "off-work if unset"),
	{ 0 },
};

const struct keys schedule_keys = { .noun = "key", .list = schedule_list };

static const struct key calendar_list[] = {
	{ "url", &key_feed, KEY_MEMBER(calendar_info, url), "", "an http or https address",
		"where the calendar is fetched from" },
	{ "hours", &key_hours, KEY_MEMBER(calendar_info, hours), "", "Mon-Fri 09:00-17:00",
		"the hours of a calendar made of hours" },
	{ "holidays", &key_holidays, KEY_MEMBER(calendar_info, holidays), "", "12-25; easter+1",
		"the rules of a calendar made of holidays" },
	{ "zone", &key_zone, KEY_MEMBER(calendar_info, zone), "", "Europe/Stockholm",
		"the zone of its dates and floating times; its data's, else the user's, if unset" },
	{ "owner", &key_address, KEY_MEMBER(calendar_info, owner), "", "alice@example.org",
		"the owner's address: what it has declined does not count" },
	{ "refresh", &key_duration, KEY_RANGE(calendar_info, refresh_s, 300, REFRESH_MAX_S), "15m",
		"5m to 7d", "how often an address is asked" },
	{ 0 },
};

const struct keys calendar_keys = { .noun = "key", .list = calendar_list };

static const struct key queue_list[] = {
	{ "pbx", &key_pbx, KEY_MEMBER(queue, pbx), NULL, "a PBX of the configuration",
		"where the queue is" },
	{ "penalty", &key_number, KEY_RANGE(queue, penalty, 0, PENALTY_MAX), "0", NULL,
		"the penalty of its users who have none of their own" },
	{ "members", &key_queue_members, KEY_MEMBER(queue, members), "rules", NULL,
		"how it calls its users: by the rules of their modes, or their first device directly" },
	{ "hints", &key_name, KEY_MEMBER(queue, hints), QUEUE_HINTS, "a context",
		"where the hints are that tell it whether a user is free" },
	{ 0 },
};

const struct keys queue_keys = { .noun = "key", .list = queue_list };
