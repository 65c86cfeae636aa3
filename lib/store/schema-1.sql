-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 1: users, modes, switches and what the PBXs hold. presencectl and presenced share this database and nothing else. Instants
-- are UTC seconds.

CREATE TABLE mode (
	id       INTEGER PRIMARY KEY,
	name     TEXT NOT NULL COLLATE NOCASE UNIQUE,
	alias    TEXT COLLATE NOCASE UNIQUE,
	label    TEXT NOT NULL,
	type     TEXT NOT NULL CHECK (type IN ('available', 'chat', 'away', 'dnd', 'xa', 'unavailable')),
	lamp     INTEGER NOT NULL CHECK (lamp IN (0, 1)),
	note     TEXT NOT NULL,
	lifetime TEXT NOT NULL,
	builtin  INTEGER NOT NULL CHECK (builtin IN (0, 1))
) STRICT;

CREATE TABLE user (
	id        INTEGER PRIMARY KEY,
	name      TEXT NOT NULL COLLATE NOCASE UNIQUE,
	extension TEXT NOT NULL COLLATE NOCASE,
	pbx       TEXT NOT NULL COLLATE NOCASE,
	mode_id   INTEGER REFERENCES mode (id),
	zone      TEXT NOT NULL,
	mailbox   TEXT NOT NULL,
	mobile    TEXT NOT NULL,
	UNIQUE (extension, pbx)
) STRICT;
CREATE INDEX user_mode ON user (mode_id) WHERE mode_id IS NOT NULL;

CREATE TABLE device (
	user_id  INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
	name     TEXT NOT NULL,
	dial     TEXT NOT NULL,
	position INTEGER NOT NULL,
	PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_group (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL COLLATE NOCASE UNIQUE
) STRICT;

CREATE TABLE group_member (
	group_id INTEGER NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
	user_id  INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
	PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_member_user ON group_member (user_id);

-- Modes that were chosen by hand and have not ended. `until` is NULL if the switch has no end: then only another switch or `clear`
-- ends it.
CREATE TABLE switch (
	id      INTEGER PRIMARY KEY,
	user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
	mode_id INTEGER NOT NULL REFERENCES mode (id),
	note    TEXT NOT NULL,
	since   INTEGER NOT NULL,
	until   INTEGER,
	giver   TEXT NOT NULL
) STRICT;
CREATE INDEX switch_user ON switch (user_id, id);
CREATE INDEX switch_mode ON switch (mode_id);

-- What is true for each user: the decision of resolve(). Every write that can change the decision also writes this row.
CREATE TABLE presence (
	user_id        INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
	mode_id        INTEGER NOT NULL REFERENCES mode (id),
	note           TEXT NOT NULL,
	source         TEXT NOT NULL,
	reason         TEXT NOT NULL,
	since          INTEGER NOT NULL,
	next_change_at INTEGER
) STRICT;
CREATE INDEX presence_next ON presence (next_change_at) WHERE next_change_at IS NOT NULL;
CREATE INDEX presence_mode ON presence (mode_id);

-- Items: what each PBX should hold, and what it confirmed last. presenced sends the difference. `error` is the PBX's refusal of
-- `wanted`. An item whose user was deleted wants the neutral value. Its row is deleted when the PBX confirms that value.
CREATE TABLE item (
	id        INTEGER PRIMARY KEY,
	pbx       TEXT NOT NULL COLLATE NOCASE,
	name      TEXT NOT NULL,
	wanted    TEXT NOT NULL,
	confirmed TEXT,
	rank      INTEGER NOT NULL,
	error     TEXT,
	user_id   INTEGER REFERENCES user (id) ON DELETE SET NULL,
	UNIQUE (name, pbx)
) STRICT;
CREATE INDEX item_user ON item (user_id);
CREATE INDEX item_difference ON item (pbx, rank, id) WHERE wanted IS NOT confirmed AND error IS NULL;
CREATE INDEX item_refused ON item (pbx) WHERE error IS NOT NULL;

-- What presenced says about its link to each PBX.
CREATE TABLE pbx_state (
	pbx     TEXT PRIMARY KEY COLLATE NOCASE,
	state   TEXT NOT NULL,
	error   TEXT,
	version TEXT,
	since   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Records are only added, and deleted when they are old. uid belongs to the process that wrote. actor is the name of this user, or of
-- the user who called sudo.
CREATE TABLE log (
	id        INTEGER PRIMARY KEY,
	at        INTEGER NOT NULL,
	via       TEXT NOT NULL,
	uid       INTEGER,
	actor     TEXT NOT NULL,
	what      TEXT NOT NULL,
	subject   TEXT,
	from_mode TEXT,
	to_mode   TEXT,
	until     INTEGER,
	why       TEXT
) STRICT;
CREATE INDEX log_subject ON log (subject COLLATE NOCASE, id);
CREATE INDEX log_at ON log (at);
