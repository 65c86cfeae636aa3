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

-- A queue member who is on a call: this value of `wanted` is reached after the call. It is looked at again at again_at (NULL: at once), and from
-- leave_by on it does not wait any longer.
ALTER TABLE item ADD COLUMN put_off TEXT;
ALTER TABLE item ADD COLUMN again_at INTEGER;
ALTER TABLE item ADD COLUMN leave_by INTEGER;

-- A pause of a member that may have been done, though no answer to it was written down.
ALTER TABLE item ADD COLUMN sent TEXT;

-- To Asterisk these are one member.
CREATE UNIQUE INDEX item_member ON item (name COLLATE NOCASE, pbx) WHERE name GLOB 'queue/*';

-- When a schedule says something else: its lamp and row on the PBXs follow. 0: at once.
ALTER TABLE schedule ADD COLUMN next_change_at INTEGER NOT NULL DEFAULT 0;

-- The number that a forward to `ask` stands for while the switch holds; '' if none was given.
ALTER TABLE switch ADD COLUMN forward_to TEXT NOT NULL DEFAULT '';

-- The lamps of a user are one item: * for the phone's own, and the mode whose key is lit.
DELETE FROM item WHERE name GLOB 'Custom:mode-*' OR name GLOB 'Custom:presence-*';
INSERT INTO item (pbx, name, wanted, rank, user_id)
SELECT u.pbx, 'lamps/' || u.extension, iif(m.lamp, '*,', '') || m.name, iif(m.lamp, 0, 2), u.id
FROM presence p JOIN user u ON u.id = p.user_id JOIN mode m ON m.id = p.mode_id;

-- What differs, most of which is numbers to compare. The differences of other PBXs are passed over.
DROP INDEX item_difference;
CREATE INDEX item_difference ON item (rank, id, pbx) WHERE wanted IS NOT confirmed AND error IS NULL;

-- Queues of the PBXs, and the users who are logged in and out there as their modes say.
CREATE TABLE queue (
	id      INTEGER PRIMARY KEY,
	name    TEXT NOT NULL COLLATE NOCASE,
	pbx     TEXT NOT NULL COLLATE NOCASE,
	penalty INTEGER NOT NULL,
	members TEXT NOT NULL CHECK (members IN ('rules', 'device')),
	hints   TEXT NOT NULL,
	UNIQUE (name, pbx)
) STRICT;

CREATE TABLE queue_member (
	queue_id INTEGER NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
	user_id  INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
	penalty  INTEGER, -- NULL for the queue's
	PRIMARY KEY (queue_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_member_user ON queue_member (user_id);

-- Whether two users have the same device.
CREATE INDEX device_dial ON device (dial COLLATE NOCASE);
