-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 5: what phones do, what lamps show, and presence servers.

-- What the phones of a user do, as presenced has read it last, and since when. NULL: unknown. Without presenced nothing here is true.
-- edits counts the edits of the user since then: their devices may be others, and presenced reads them again. pbx is in small letters.
CREATE TABLE activity (
	user_id  INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	pbx      TEXT NOT NULL,
	activity TEXT,
	since    INTEGER NOT NULL,
	edits    INTEGER NOT NULL
) STRICT;
CREATE INDEX activity_edited ON activity (pbx) WHERE edits > 0;

-- When a clock saw first that the switch or override has ended. The row is kept for a day, in case that clock was ahead.
ALTER TABLE switch ADD COLUMN ended INTEGER;
CREATE INDEX switch_ended ON switch (user_id, ended) WHERE ended IS NOT NULL;
ALTER TABLE override ADD COLUMN ended INTEGER;
CREATE INDEX override_ended ON override (ended) WHERE ended IS NOT NULL;

-- A mode says what the phone's own lamp shows: off, busy, hold, ringing or unavailable. Until now it only said whether the lamp was
-- busy. Built-in modes whose lamp is as it came get what they come with now.
ALTER TABLE mode ADD COLUMN lamp_state TEXT NOT NULL DEFAULT 'off'
	CHECK (lamp_state IN ('off', 'busy', 'hold', 'ringing', 'unavailable'));
UPDATE mode SET lamp_state = CASE
	WHEN builtin = 1 AND lamp = 0 AND name IN ('away', 'business-trip') THEN 'hold'
	WHEN builtin = 1 AND lamp = 1 AND name IN ('lunch-break', 'off-work') THEN 'hold'
	WHEN lamp = 1 THEN 'busy'
	ELSE 'off' END;
ALTER TABLE mode DROP COLUMN lamp;
ALTER TABLE mode RENAME COLUMN lamp_state TO lamp;

-- The lamps of the users follow. '' is a user who has moved to another PBX.
UPDATE item SET
	wanted = CASE m.lamp WHEN 'busy' THEN '*,' WHEN 'hold' THEN '*=ONHOLD,' ELSE '' END || m.name,
	rank = CASE m.lamp WHEN 'off' THEN 2 ELSE 1 END
FROM presence p JOIN mode m ON m.id = p.mode_id
WHERE item.kind = 'lamps' AND item.user_id = p.user_id AND item.wanted <> '';

-- Of a presence: the tokens of the feature codes that were read back last, the newest first, with blanks between them. A PBX that shows
-- one of them again has forgotten what came after it.
ALTER TABLE item ADD COLUMN heard TEXT;

-- What presenced has published of each user to each presence server; publish in presence.conf(5). server is in small letters. A row
-- whose user is gone is taken back from the server and then deleted.
CREATE TABLE publication (
	server  TEXT NOT NULL,
	uri     TEXT NOT NULL,
	user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
	tag     TEXT NOT NULL,    -- the entity tag of what the server holds; '': it holds nothing
	mode    TEXT NOT NULL,    -- the mode that was published last
	at      INTEGER NOT NULL, -- when the server took it; 0: never
	expires INTEGER NOT NULL, -- when the server forgets it
	error   TEXT,             -- why it refuses
	PRIMARY KEY (server, uri)
) STRICT, WITHOUT ROWID;
CREATE INDEX publication_user ON publication (user_id);

-- What presenced says about each presence server.
CREATE TABLE publisher (
	server TEXT PRIMARY KEY,
	state  TEXT NOT NULL,
	error  TEXT,
	since  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The greetings that users have recorded for modes, as presenced has read them on the PBX last: 1001.lunch-break. pbx is in small
-- letters.
CREATE TABLE greeting (
	pbx TEXT NOT NULL,
	key TEXT NOT NULL,
	PRIMARY KEY (pbx, key)
) STRICT, WITHOUT ROWID;

-- The wrong PINs that phones have keyed in, as presenced has read them on the PBX last: how many in a row, and when the last one was.
-- key is the phone, or the phone and /mailbox: PINs of mailboxes. pbx is in small letters.
CREATE TABLE wrong_pin (
	pbx TEXT NOT NULL,
	key TEXT NOT NULL,
	n   INTEGER NOT NULL,
	at  INTEGER NOT NULL,
	PRIMARY KEY (pbx, key)
) STRICT, WITHOUT ROWID;

-- Schedules say more to the PBXs: at once.
UPDATE schedule SET next_change_at = 0;

-- What a record says more. key, old and new: what an edit changed; NULL: there was no value, or there is none any more. source and
-- since: of a user's presence. A record with a source is about presence: from_mode, to_mode, why and until are then its mode before
-- and after, its reason and its end.
ALTER TABLE log ADD COLUMN key TEXT;
ALTER TABLE log ADD COLUMN old TEXT;
ALTER TABLE log ADD COLUMN new TEXT;
ALTER TABLE log ADD COLUMN source TEXT;
ALTER TABLE log ADD COLUMN since INTEGER;

-- Seals of the log, which presenced sets. A seal covers the records first_id to last_id. hash is the SHA-256, in hexadecimal digits, of
-- the hash of the seal before it and of these records: lib/follow/seal.h. When old records are deleted, the last of
-- their seals stays.
CREATE TABLE log_seal (
	id       INTEGER PRIMARY KEY,
	first_id INTEGER NOT NULL,
	last_id  INTEGER NOT NULL,
	hash     TEXT NOT NULL,
	at       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX log_seal_last ON log_seal (last_id);

-- user_id: whose presence a record is about, or who was added or deleted, whatever they were called. It refers to nothing: the log
-- outlives users. Records that were written before know names only; in those of rules and of deleted modes to_mode is nobody's mode.
ALTER TABLE log ADD COLUMN user_id INTEGER;
UPDATE log SET user_id = (SELECT id FROM users WHERE name_key = log.subject_key)
WHERE (to_mode IS NOT NULL AND what NOT IN ('rule', 'mode delete')) OR what IN ('user add', 'user delete');
-- What was at an instant is found in the index alone: by the name of the user, and their ID, since another user may have had the name.
DROP INDEX log_subject;
CREATE INDEX log_subject ON log (subject_key, id, at, user_id);
CREATE INDEX log_gone ON log (user_id, subject_key) WHERE what = 'user delete';

-- The users of a schedule or calendar are looked up by it, and not by going through all users. Of the groups of a user the first by
-- name that has a schedule counts.
DROP VIEW on_calendar;
DROP VIEW on_schedule;
CREATE VIEW on_schedule AS
SELECT id AS user_id, schedule_id FROM users WHERE schedule_id IS NOT NULL
UNION ALL
SELECT m.user_id, g.schedule_id FROM user_group g JOIN group_member m ON m.group_id = g.id JOIN users u ON u.id = m.user_id
WHERE g.schedule_id IS NOT NULL AND u.schedule_id IS NULL AND NOT EXISTS (SELECT 1 FROM group_member n
	JOIN user_group h ON h.id = n.group_id
	WHERE n.user_id = m.user_id AND h.schedule_id IS NOT NULL AND h.name_key < g.name_key);
CREATE VIEW on_calendar AS
SELECT calendar_id, user_id FROM user_calendar
UNION ALL
SELECT x.calendar_id, o.user_id FROM schedule_calendar x JOIN on_schedule o ON o.schedule_id = x.schedule_id;

-- during: the period of the schedule in which a switch until `next` was made, business also for a break. When another one holds, the
-- switch has ended. '' where it is not known.
ALTER TABLE switch ADD COLUMN during TEXT NOT NULL DEFAULT '';

-- The hash of the bytes that a calendar was read from, '' for a file: the same bytes need not be read again.
ALTER TABLE calendar ADD COLUMN hash TEXT NOT NULL DEFAULT '';

-- before_holiday: what a day of business before a holiday is, as the text of a special day without its date.
ALTER TABLE schedule ADD COLUMN before_holiday TEXT NOT NULL DEFAULT '';

-- pattern: only events with such a summary or category are holidays of the schedule, '' for all.
ALTER TABLE schedule_calendar ADD COLUMN pattern TEXT NOT NULL DEFAULT '';
