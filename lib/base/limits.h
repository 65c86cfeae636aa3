/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits.h - how long texts may be, and how many of a thing there may be. */
#ifndef LIMITS_H
#define LIMITS_H

/* Sizes of texts, in bytes, without the NUL. */
enum {
	NAME_MAX_LEN = 40, /* names of users, modes, groups, PBXs, devices */
	EXTENSION_MAX_LEN =
		24, /* "Custom:mode-" + extension + "-" + mode fits Asterisk's 79 bytes */
	LABEL_MAX_LEN = 80,
	NOTE_MAX_LEN = 255, /* what a PresenceStateChange event can carry */
	DIAL_MAX_LEN = 79,  /* an Asterisk device name, AST_MAX_EXTENSION - 1 */
	MAILBOX_MAX_LEN = 79,
	NUMBER_MAX_LEN = 24,
	ZONE_MAX_LEN = 60,
	LIFETIME_MAX_LEN = 24,
	DEVICES_MAX = 32, /* of one user */
	REASON_MAX_LEN = 200,
	HOURS_MAX_LEN = 2000, /* as HOURS_TEXT_MAX of hours.h */
	SPECIAL_MAX_LEN = 4000,
	BEFORE_HOLIDAY_MAX_LEN = 400,
	HOLIDAYS_MAX_LEN = 8000, /* as HOLIDAYS_TEXT_MAX of holidays.h */
	PATTERNS_MAX_LEN = 1000,
	CALENDARS_MAX = 16, /* of one user or schedule */
	CALENDARS_MAX_LEN = CALENDARS_MAX * (NAME_MAX_LEN + 2),
	CLOSURES_MAX_LEN = CALENDARS_MAX * (NAME_MAX_LEN + 130), /* with a pattern each */
	URL_MAX_LEN = 2000,
	ADDRESS_MAX_LEN = 120,
	LEAD_MAX_MIN = 1440,       /* minutes, and those of lag */
	REFRESH_MAX_S = 7 * 86400, /* of a calendar */
};

#endif
