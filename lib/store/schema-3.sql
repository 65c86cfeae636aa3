-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 3: call rules and queues.

-- Rules in the form that rule.h prints. mode_rule has the rules of a mode, user_rule those in which a user's version differs.
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

-- The value that was confirmed before the last one. A PBX that crashes forgets its last second and holds this value again.
ALTER TABLE item ADD COLUMN previous TEXT;

-- put_off is a wanted value that waits until a queue member has ended a call. presenced tries again at again_at (NULL: at once). From
-- leave_by on it does not wait any longer.
ALTER TABLE item ADD COLUMN put_off TEXT;
ALTER TABLE item ADD COLUMN again_at INTEGER;
ALTER TABLE item ADD COLUMN leave_by INTEGER;

-- A pause of a member that was sent. Its answer is not written down, so the PBX may hold it or not.
ALTER TABLE item ADD COLUMN sent TEXT;

-- For Asterisk, names that differ only in case are one member.
CREATE UNIQUE INDEX item_member ON item (name COLLATE NOCASE, pbx) WHERE name GLOB 'queue/*';

-- When the schedule may say something else. Its lamp and entry on the PBXs then follow. 0: at once.
ALTER TABLE schedule ADD COLUMN next_change_at INTEGER NOT NULL DEFAULT 0;

-- While the switch holds, a forward to `ask` goes to this number. '': no number was given.
ALTER TABLE switch ADD COLUMN forward_to TEXT NOT NULL DEFAULT '';

-- The lamps of a user become one item. Its value names the lit ones: * is the phone's own lamp, a mode is the lamp of its key.
DELETE FROM item WHERE name GLOB 'Custom:mode-*' OR name GLOB 'Custom:presence-*';
INSERT INTO item (pbx, name, wanted, rank, user_id)
SELECT u.pbx, 'lamps/' || u.extension, iif(m.lamp, '*,', '') || m.name, iif(m.lamp, 0, 2), u.id
FROM presence p JOIN user u ON u.id = p.user_id JOIN mode m ON m.id = p.mode_id;

-- The numbers come first, because they are cheap to compare. Who looks for one PBX passes over the rows of the others.
DROP INDEX item_difference;
CREATE INDEX item_difference ON item (rank, id, pbx) WHERE wanted IS NOT confirmed AND error IS NULL;

-- Queues of the PBXs, and their users. presenced logs the users in and out as their modes say.
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
	penalty  INTEGER, -- NULL: the queue's
	PRIMARY KEY (queue_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_member_user ON queue_member (user_id);

-- To find users with the same device.
CREATE INDEX device_dial ON device (dial COLLATE NOCASE);
