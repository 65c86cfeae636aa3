-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 2: what time decides by: calendars, schedules, overrides.

CREATE TABLE calendar (
	id            INTEGER PRIMARY KEY,
	name          TEXT NOT NULL COLLATE NOCASE UNIQUE,
	url           TEXT NOT NULL,
	hours         TEXT NOT NULL,
	holidays      TEXT NOT NULL,
	zone          TEXT NOT NULL,
	owner         TEXT NOT NULL,
	refresh       INTEGER NOT NULL,
	-- What the data says about itself, and the state of fetching it.
	title         TEXT NOT NULL DEFAULT '',
	own_zone      TEXT NOT NULL DEFAULT '',
	refused       INTEGER NOT NULL DEFAULT 0,
	etag          TEXT NOT NULL DEFAULT '',
	last_modified TEXT NOT NULL DEFAULT '',
	read_at       INTEGER,
	tried_at      INTEGER,
	error         TEXT
) STRICT;

-- Zones that a calendar defines and the system does not know.
CREATE TABLE calendar_zone (
	calendar_id INTEGER NOT NULL REFERENCES calendar (id) ON DELETE CASCADE,
	name        TEXT NOT NULL,
	changes     TEXT NOT NULL,
	PRIMARY KEY (calendar_id, name)
) STRICT, WITHOUT ROWID;

-- Components of iCalendar data. The appointments are not here: calendar_expand() works them out. A row can count only between
-- first_at and last_at, which have a margin for any zone. last_at is NULL if the event repeats without end.
CREATE TABLE event (
	id            INTEGER PRIMARY KEY,
	calendar_id   INTEGER NOT NULL REFERENCES calendar (id) ON DELETE CASCADE,
	first_at      INTEGER NOT NULL,
	last_at       INTEGER,
	uid           TEXT NOT NULL,
	parent        TEXT NOT NULL,
	summary       TEXT NOT NULL,
	categories    TEXT NOT NULL,
	declined      TEXT NOT NULL,
	zone          TEXT NOT NULL,
	kind          TEXT NOT NULL,
	cancelled     INTEGER NOT NULL,
	secret        INTEGER NOT NULL,
	sequence      INTEGER NOT NULL,
	form          INTEGER NOT NULL,
	start         INTEGER NOT NULL,
	days          INTEGER NOT NULL,
	seconds       INTEGER NOT NULL,
	rule          TEXT NOT NULL,
	rdates        TEXT NOT NULL,
	exdates       TEXT NOT NULL,
	instance_form INTEGER,
	instance_at   INTEGER,
	future        INTEGER NOT NULL,
	priority      INTEGER NOT NULL
) STRICT;
CREATE INDEX event_calendar ON event (calendar_id, last_at);

-- hours, breaks, special and holidays have the forms that hours.h, special.h and holidays.h print.
CREATE TABLE schedule (
	id           INTEGER PRIMARY KEY,
	name         TEXT NOT NULL COLLATE NOCASE UNIQUE,
	zone         TEXT NOT NULL,
	hours        TEXT NOT NULL,
	breaks       TEXT NOT NULL,
	special      TEXT NOT NULL,
	holidays     TEXT NOT NULL,
	business_id  INTEGER REFERENCES mode (id),
	break_id     INTEGER REFERENCES mode (id),
	outside_id   INTEGER REFERENCES mode (id),
	holiday_id   INTEGER REFERENCES mode (id),
	forced       TEXT,
	forced_since INTEGER,
	forced_until INTEGER
) STRICT;

-- Position 0 is the calendar in hours=calendar:NAME. Positions from 1 on are calendars with holidays.
CREATE TABLE schedule_calendar (
	schedule_id INTEGER NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
	calendar_id INTEGER NOT NULL REFERENCES calendar (id),
	position    INTEGER NOT NULL,
	PRIMARY KEY (schedule_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX schedule_calendar_calendar ON schedule_calendar (calendar_id);

CREATE TABLE user_calendar (
	user_id     INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
	calendar_id INTEGER NOT NULL REFERENCES calendar (id),
	position    INTEGER NOT NULL,
	PRIMARY KEY (user_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_calendar_calendar ON user_calendar (calendar_id);

-- A user's own schedule counts. Without one, the schedule of the first of their groups by name counts that has one. busy, oof and
-- patterns have the names of modes, because they may also say "none".
ALTER TABLE user ADD COLUMN schedule_id INTEGER REFERENCES schedule (id);
ALTER TABLE user ADD COLUMN business_id INTEGER REFERENCES mode (id);
ALTER TABLE user ADD COLUMN break_id INTEGER REFERENCES mode (id);
ALTER TABLE user ADD COLUMN outside_id INTEGER REFERENCES mode (id);
ALTER TABLE user ADD COLUMN holiday_id INTEGER REFERENCES mode (id);
ALTER TABLE user ADD COLUMN busy TEXT NOT NULL DEFAULT '';
ALTER TABLE user ADD COLUMN oof TEXT NOT NULL DEFAULT '';
ALTER TABLE user ADD COLUMN lead INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user ADD COLUMN lag INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user ADD COLUMN patterns TEXT NOT NULL DEFAULT '';
CREATE INDEX user_schedule ON user (schedule_id) WHERE schedule_id IS NOT NULL;
ALTER TABLE user_group ADD COLUMN schedule_id INTEGER REFERENCES schedule (id);
CREATE INDEX user_group_schedule ON user_group (schedule_id) WHERE schedule_id IS NOT NULL;

-- An override without user and group is for all. `until` is NULL if only `override clear` ends it.
CREATE TABLE override (
	id       INTEGER PRIMARY KEY AUTOINCREMENT, -- an ID is never used again: who noted it finds this override or nothing
	user_id  INTEGER REFERENCES user (id) ON DELETE CASCADE,
	group_id INTEGER REFERENCES user_group (id) ON DELETE CASCADE,
	mode_id  INTEGER NOT NULL REFERENCES mode (id),
	reason   TEXT NOT NULL,
	given    INTEGER NOT NULL,
	start    INTEGER NOT NULL,
	until    INTEGER,
	giver    TEXT NOT NULL,
	CHECK (user_id IS NULL OR group_id IS NULL)
) STRICT;
CREATE INDEX override_user ON override (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX override_group ON override (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX override_all ON override (id) WHERE user_id IS NULL AND group_id IS NULL;

-- until_next: the switch ends at the schedule's next start. `until` is this instant, or NULL until the ladder works it out.
ALTER TABLE switch ADD COLUMN until_next INTEGER NOT NULL DEFAULT 0;

-- until: when another mode begins. looked_at: the clock when the row was written. Rows from the future show that the clock was set
-- back.
ALTER TABLE presence ADD COLUMN until INTEGER;
ALTER TABLE presence ADD COLUMN looked_at INTEGER NOT NULL DEFAULT 0;
UPDATE presence SET until = next_change_at;

-- Facts about the whole database.
CREATE TABLE fact (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- on_schedule: the schedule that counts for each user. on_calendar: the users whom each calendar can decide about.
CREATE VIEW on_schedule AS
SELECT u.id AS user_id, coalesce(u.schedule_id, (SELECT g.schedule_id FROM group_member m
	JOIN user_group g ON g.id = m.group_id WHERE m.user_id = u.id AND g.schedule_id IS NOT NULL
	ORDER BY g.name LIMIT 1)) AS schedule_id
FROM user u;

CREATE VIEW on_calendar AS
SELECT calendar_id, user_id FROM user_calendar
UNION
SELECT x.calendar_id, o.user_id FROM schedule_calendar x JOIN on_schedule o ON o.schedule_id = x.schedule_id;

-- This index costs more at each change than it saves.
DROP INDEX presence_mode;
