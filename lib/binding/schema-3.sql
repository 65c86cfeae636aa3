-- Version 3: how calls are handled.

-- Rules as rule.h prints them: of a mode, and where a user's version of a mode differs.
CREATE TABLE mode_rule (
	mode_id INTEGER NOT NULL REFERENCES mode (id) ON DELETE CASCADE,
	key     TEXT NOT NULL,
	value   TEXT NOT NULL,
	PRIMARY KEY (mode_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_rule (
	user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
	mode_id INTEGER NOT NULL REFERENCES mode (id) ON DELETE CASCADE,
	key     TEXT NOT NULL,
	value   TEXT NOT NULL,
	PRIMARY KEY (user_id, mode_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_rule_mode ON user_rule (mode_id);
CREATE INDEX user_rule_value ON user_rule (value COLLATE NOCASE);

-- What was confirmed before that: a PBX that crashes forgets its last second, and then holds it again.
ALTER TABLE item ADD COLUMN previous TEXT;

-- When a schedule says something else: its lamp and row on the PBXs follow. 0: at once.
ALTER TABLE schedule ADD COLUMN next_change_at INTEGER NOT NULL DEFAULT 0;

-- The number that a forward to `ask` stands for while the switch holds; '' if none was given.
ALTER TABLE switch ADD COLUMN forward_to TEXT NOT NULL DEFAULT '';
