/* The tables of keys. */
#include "lib/presence/field.h"

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

#define PERIOD_MODE(type, period, name, help)                                                      \
	{                                                                                          \
		"mode." name, FIELD_MODE, offsetof(struct type, period_mode[period]),              \
			NAME_MAX_LEN + 1, "", "a mode", "the mode " help                           \
	}
#define PERIOD_MODES(type, business, pause, closed)                                                \
	PERIOD_MODE(type, PERIOD_BUSINESS, "business", "in business hours; " business),            \
		PERIOD_MODE(type, PERIOD_BREAK, "break", "in breaks; " pause),                     \
		PERIOD_MODE(type, PERIOD_OUTSIDE, "outside", "outside the hours; " closed),        \
		PERIOD_MODE(type, PERIOD_HOLIDAY, "holiday", "on holidays; " closed)

const struct field user_fields[] = {
	{ "extension", FIELD_EXTENSION, MEMBER(user, extension), NULL, "letters, digits and _",
		"the extension whose presence this is" },
	{ "pbx", FIELD_PBX, MEMBER(user, pbx), NULL, "a PBX of the configuration",
		"where the extension lives" },
	{ "mode", FIELD_MODE, MEMBER(user, mode), "", "a mode",
		"the mode when nothing else decides; available if unset" },
	{ "zone", FIELD_ZONE, MEMBER(user, zone), "", "Europe/Stockholm",
		"the user's time zone; the schedule's, else the configuration's, if unset" },
	{ "mailbox", FIELD_MAILBOX, MEMBER(user, mailbox), "", "1001@default",
		"the voice mailbox" },
	{ "mobile", FIELD_NUMBER, MEMBER(user, mobile), "", "+46701234567", "the mobile number" },
	{ "schedule", FIELD_SCHEDULE, MEMBER(user, schedule), "", "a schedule",
		"whose hours count; that of the user's groups if unset" },
	PERIOD_MODES(user, "the schedule's if unset", "the schedule's if unset",
		"the schedule's if unset"),
	{ "calendars", FIELD_CALENDARS, MEMBER(user, calendars), "", "names of calendars",
		"the user's own calendars: events make busy" },
	{ "busy", FIELD_MODE_NONE, MEMBER(user, busy), "", "a mode, none",
		"the mode during an event; away if unset" },
	{ "oof", FIELD_MODE_NONE, MEMBER(user, oof), "", "a mode, none",
		"the mode when out of office; off-work if unset" },
	{ "lead", FIELD_MINUTES, MEMBER(user, lead_min), "0", "0 to 1440",
		"minutes by which busy begins before an event" },
	{ "lag", FIELD_MINUTES, MEMBER(user, lag_min), "0", "0 to 1440",
		"minutes by which busy ends after an event" },
	{ "patterns", FIELD_PATTERNS, MEMBER(user, patterns), "",
		"summary=Focus*:do-not-disturb; category=Travel:business-trip",
		"events that give another mode, or none; the first that fits counts" },
	{ "devices", FIELD_DEVICES, offsetof(struct user, devices), 0, NULL, "PJSIP/1001",
		"dial string of a device: devices.desk=PJSIP/1001" },
	{ 0 },
};

const struct field schedule_fields[] = {
	{ "hours", FIELD_OPENING, MEMBER(schedule, hours), NULL,
		"Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00, or calendar:NAME",
		"business hours" },
	{ "breaks", FIELD_HOURS, MEMBER(schedule, breaks), "", "Mon-Fri 12:00-13:00",
		"breaks inside the hours" },
	{ "zone", FIELD_ZONE, MEMBER(schedule, zone), "", "Europe/Stockholm",
		"whose wall clock the hours are on; the configuration's if unset" },
	{ "special", FIELD_SPECIAL, MEMBER(schedule, special), "",
		"09:00-12:00, closed, as mon; = NAME behind it",
		"a day that differs: special.2026-12-23=\"09:00-12:00 = Inventory\"" },
	{ "holidays", FIELD_HOLIDAYS, MEMBER(schedule, holidays), "",
		"12-25; easter+1; nov first thu; 01-01 observed",
		"holidays by rule, so that nobody enters them again each year" },
	{ "calendars", FIELD_CALENDARS, MEMBER(schedule, calendars), "", "names of calendars",
		"calendars whose events are holidays" },
	PERIOD_MODES(schedule, "available if unset", "lunch-break if unset", "off-work if unset"),
	{ 0 },
};

const struct field calendar_fields[] = {
	{ "url", FIELD_TEXT, MEMBER(calendar_info, url), "", "an http or https address",
		"where the calendar is fetched from" },
	{ "hours", FIELD_HOURS, MEMBER(calendar_info, hours), "", "Mon-Fri 09:00-17:00",
		"the hours of a calendar made of hours" },
	{ "holidays", FIELD_HOLIDAYS, MEMBER(calendar_info, holidays), "", "12-25; easter+1",
		"the rules of a calendar made of holidays" },
	{ "zone", FIELD_ZONE, MEMBER(calendar_info, zone), "", "Europe/Stockholm",
		"the zone of its dates and floating times; its data's, else the user's, if unset" },
	{ "owner", FIELD_ADDRESS, MEMBER(calendar_info, owner), "", "alice@example.org",
		"the owner's address: what it has declined does not count" },
	{ "refresh", FIELD_INTERVAL, MEMBER(calendar_info, refresh_s), "15m", "5m to 7d",
		"how often an address is asked" },
	{ 0 },
};

const struct field queue_fields[] = {
	{ "pbx", FIELD_PBX, MEMBER(queue, pbx), NULL, "a PBX of the configuration",
		"where the queue is" },
	{ "penalty", FIELD_PENALTY, MEMBER(queue, penalty), "0", "0 to 1000",
		"the penalty of its users who have none of their own" },
	{ "members", FIELD_MEMBERS, MEMBER(queue, members), "rules", "rules, device",
		"how it calls its users: by the rules of their modes, or their first device directly" },
	{ "hints", FIELD_NAME, MEMBER(queue, hints), QUEUE_HINTS, "a context",
		"where the hints are that tell it whether a user is free" },
	{ 0 },
};
