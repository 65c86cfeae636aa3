-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 4: the dialect that SQLite and PostgreSQL share. Case does not count in names. Until now a collation said so. Now a column
-- NAME_key holds the name in small letters. A collation cannot be dropped, so new tables replace the old ones. `user` becomes `users`,
-- because PostgreSQL reserves the word.

DROP VIEW on_calendar;
DROP VIEW on_schedule;
ALTER TABLE user RENAME TO users;

CREATE TABLE mode_new (
	id        INTEGER PRIMARY KEY,
	name      TEXT NOT NULL,
	name_key  TEXT NOT NULL GENERATED ALWAYS AS (lower(name)) STORED UNIQUE,
	alias     TEXT,
	alias_key TEXT GENERATED ALWAYS AS (lower(alias)) STORED UNIQUE,
	label     TEXT NOT NULL,
	type      TEXT NOT NULL CHECK (type IN ('available', 'chat', 'away', 'dnd', 'xa', 'unavailable')),
	lamp      INTEGER NOT NULL CHECK (lamp IN (0, 1)),
	note      TEXT NOT NULL,
	lifetime  TEXT NOT NULL,
	builtin   INTEGER NOT NULL CHECK (builtin IN (0, 1))
) STRICT;
INSERT INTO mode_new (id, name, alias, label, type, lamp, note, lifetime, builtin)
SELECT id, name, alias, label, type, lamp, note, lifetime, builtin FROM mode;
DROP TABLE mode;
ALTER TABLE mode_new RENAME TO mode;

CREATE TABLE users_new (
	id            INTEGER PRIMARY KEY,
	name          TEXT NOT NULL,
	name_key      TEXT NOT NULL GENERATED ALWAYS AS (lower(name)) STORED UNIQUE,
	extension     TEXT NOT NULL,
	extension_key TEXT NOT NULL GENERATED ALWAYS AS (lower(extension)) STORED,
	pbx           TEXT NOT NULL,
	pbx_key       TEXT NOT NULL GENERATED ALWAYS AS (lower(pbx)) STORED,
	mode_id       INTEGER REFERENCES mode (id),
	zone          TEXT NOT NULL,
	mailbox       TEXT NOT NULL,
	mobile        TEXT NOT NULL,
	schedule_id   INTEGER REFERENCES schedule (id),
	business_id   INTEGER REFERENCES mode (id),
	break_id      INTEGER REFERENCES mode (id),
	outside_id    INTEGER REFERENCES mode (id),
	holiday_id    INTEGER REFERENCES mode (id),
	busy          TEXT NOT NULL DEFAULT '',
	oof           TEXT NOT NULL DEFAULT '',
	lead          INTEGER NOT NULL DEFAULT 0,
	lag           INTEGER NOT NULL DEFAULT 0,
	patterns      TEXT NOT NULL DEFAULT '',
	UNIQUE (extension_key, pbx_key)
) STRICT;
INSERT INTO users_new (id, name, extension, pbx, mode_id, zone, mailbox, mobile, schedule_id, business_id, break_id, outside_id,
	holiday_id, busy, oof, lead, lag, patterns)
SELECT id, name, extension, pbx, mode_id, zone, mailbox, mobile, schedule_id, business_id, break_id, outside_id, holiday_id, busy,
	oof, lead, lag, patterns FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
CREATE INDEX users_mode ON users (mode_id) WHERE mode_id IS NOT NULL;
CREATE INDEX users_schedule ON users (schedule_id) WHERE schedule_id IS NOT NULL;

CREATE TABLE user_group_new (
	id          INTEGER PRIMARY KEY,
	name        TEXT NOT NULL,
	name_key    TEXT NOT NULL GENERATED ALWAYS AS (lower(name)) STORED UNIQUE,
	schedule_id INTEGER REFERENCES schedule (id)
) STRICT;
INSERT INTO user_group_new (id, name, schedule_id) SELECT id, name, schedule_id FROM user_group;
DROP TABLE user_group;
ALTER TABLE user_group_new RENAME TO user_group;
CREATE INDEX user_group_schedule ON user_group (schedule_id) WHERE schedule_id IS NOT NULL;

CREATE TABLE calendar_new (
	id            INTEGER PRIMARY KEY,
	name          TEXT NOT NULL,
	name_key      TEXT NOT NULL GENERATED ALWAYS AS (lower(name)) STORED UNIQUE,
	url           TEXT NOT NULL,
	hours         TEXT NOT NULL,
	holidays      TEXT NOT NULL,
	zone          TEXT NOT NULL,
	owner         TEXT NOT NULL,
	refresh       INTEGER NOT NULL,
	title         TEXT NOT NULL DEFAULT '',
	own_zone      TEXT NOT NULL DEFAULT '',
	refused       INTEGER NOT NULL DEFAULT 0,
	etag          TEXT NOT NULL DEFAULT '',
	last_modified TEXT NOT NULL DEFAULT '',
	read_at       INTEGER,
	tried_at      INTEGER,
	error         TEXT
) STRICT;
INSERT INTO calendar_new (id, name, url, hours, holidays, zone, owner, refresh, title, own_zone, refused, etag, last_modified, read_at,
	tried_at, error)
SELECT id, name, url, hours, holidays, zone, owner, refresh, title, own_zone, refused, etag, last_modified, read_at, tried_at, error
FROM calendar;
DROP TABLE calendar;
ALTER TABLE calendar_new RENAME TO calendar;

CREATE TABLE schedule_new (
	id             INTEGER PRIMARY KEY,
	name           TEXT NOT NULL,
	name_key       TEXT NOT NULL GENERATED ALWAYS AS (lower(name)) STORED UNIQUE,
	zone           TEXT NOT NULL,
	hours          TEXT NOT NULL,
	breaks         TEXT NOT NULL,
	special        TEXT NOT NULL,
	holidays       TEXT NOT NULL,
	business_id    INTEGER REFERENCES mode (id),
	break_id       INTEGER REFERENCES mode (id),
	outside_id     INTEGER REFERENCES mode (id),
	holiday_id     INTEGER REFERENCES mode (id),
	forced         TEXT,
	forced_since   INTEGER,
	forced_until   INTEGER,
	next_change_at INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO schedule_new (id, name, zone, hours, breaks, special, holidays, business_id, break_id, outside_id, holiday_id, forced,
	forced_since, forced_until, next_change_at)
SELECT id, name, zone, hours, breaks, special, holidays, business_id, break_id, outside_id, holiday_id, forced, forced_since,
	forced_until, next_change_at FROM schedule;
DROP TABLE schedule;
ALTER TABLE schedule_new RENAME TO schedule;

CREATE TABLE queue_new (
	id       INTEGER PRIMARY KEY,
	name     TEXT NOT NULL,
	name_key TEXT NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
	pbx      TEXT NOT NULL,
	pbx_key  TEXT NOT NULL GENERATED ALWAYS AS (lower(pbx)) STORED,
	penalty  INTEGER NOT NULL,
	members  TEXT NOT NULL CHECK (members IN ('rules', 'device')),
	hints    TEXT NOT NULL,
	UNIQUE (name_key, pbx_key)
) STRICT;
INSERT INTO queue_new (id, name, pbx, penalty, members, hints) SELECT id, name, pbx, penalty, members, hints FROM queue;
DROP TABLE queue;
ALTER TABLE queue_new RENAME TO queue;

ALTER TABLE device ADD COLUMN dial_key TEXT GENERATED ALWAYS AS (lower(dial)) VIRTUAL;
DROP INDEX device_dial;
CREATE INDEX device_dial ON device (dial_key);

ALTER TABLE user_rule ADD COLUMN value_key TEXT GENERATED ALWAYS AS (lower(value)) VIRTUAL;
DROP INDEX user_rule_value;
CREATE INDEX user_rule_value ON user_rule (value_key);

ALTER TABLE log ADD COLUMN subject_key TEXT GENERATED ALWAYS AS (lower(subject)) VIRTUAL;
DROP INDEX log_subject;
CREATE INDEX log_subject ON log (subject_key, id);

-- In item and pbx_state, pbx is in small letters: it only points to a PBX of the configuration. kind is what item_kind() says about
-- the name.
CREATE TABLE item_new (
	id        INTEGER PRIMARY KEY,
	pbx       TEXT NOT NULL,
	name      TEXT NOT NULL,
	kind      TEXT NOT NULL,
	wanted    TEXT NOT NULL,
	confirmed TEXT,
	rank      INTEGER NOT NULL,
	error     TEXT,
	user_id   INTEGER REFERENCES users (id) ON DELETE SET NULL,
	previous  TEXT,
	put_off   TEXT,
	again_at  INTEGER,
	leave_by  INTEGER,
	sent      TEXT,
	UNIQUE (name, pbx)
) STRICT;
INSERT INTO item_new (id, pbx, name, kind, wanted, confirmed, rank, error, user_id, previous, put_off, again_at, leave_by, sent)
SELECT id, lower(pbx), name, CASE
	WHEN name GLOB 'CustomPresence:*' THEN 'presence'
	WHEN name GLOB 'lamps/*' THEN 'lamps'
	WHEN name GLOB 'Custom:hours-*' THEN 'hours'
	WHEN name GLOB 'presence-ask/*' THEN 'ask'
	WHEN name GLOB 'queue/*' THEN 'member'
	ELSE 'entry' END, wanted, confirmed, rank, error, user_id, previous, put_off, again_at, leave_by, sent
FROM item;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
CREATE INDEX item_user ON item (user_id);
CREATE INDEX item_difference ON item (rank, id, pbx) WHERE wanted IS NOT confirmed AND error IS NULL;
CREATE INDEX item_refused ON item (pbx) WHERE error IS NOT NULL;
CREATE UNIQUE INDEX item_member ON item (lower(name), pbx) WHERE kind = 'member';

CREATE TABLE pbx_state_new (
	pbx     TEXT PRIMARY KEY,
	state   TEXT NOT NULL,
	error   TEXT,
	version TEXT,
	since   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO pbx_state_new (pbx, state, error, version, since) SELECT lower(pbx), state, error, version, since FROM pbx_state;
DROP TABLE pbx_state;
ALTER TABLE pbx_state_new RENAME TO pbx_state;

-- on_schedule: the schedule that counts for each user. on_calendar: the users whom each calendar can decide about.
CREATE VIEW on_schedule AS
SELECT u.id AS user_id, coalesce(u.schedule_id, (SELECT g.schedule_id FROM group_member m
	JOIN user_group g ON g.id = m.group_id WHERE m.user_id = u.id AND g.schedule_id IS NOT NULL
	ORDER BY g.name_key LIMIT 1)) AS schedule_id
FROM users u;

CREATE VIEW on_calendar AS
SELECT calendar_id, user_id FROM user_calendar
UNION
SELECT x.calendar_id, o.user_id FROM schedule_calendar x JOIN on_schedule o ON o.schedule_id = x.schedule_id;
