-- Version 4: the dialect that SQLite and PostgreSQL share. PostgreSQL has the word user for itself.

ALTER TABLE user RENAME TO users;

-- Where case does not count, a column NAME_key holds the folded text, and that is what is compared and unique.
ALTER TABLE mode ADD COLUMN name_key TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL;
ALTER TABLE mode ADD COLUMN alias_key TEXT GENERATED ALWAYS AS (lower(alias)) VIRTUAL;
CREATE UNIQUE INDEX mode_name_key ON mode (name_key);
CREATE UNIQUE INDEX mode_alias_key ON mode (alias_key);

ALTER TABLE users ADD COLUMN name_key TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL;
ALTER TABLE users ADD COLUMN extension_key TEXT GENERATED ALWAYS AS (lower(extension)) VIRTUAL;
ALTER TABLE users ADD COLUMN pbx_key TEXT GENERATED ALWAYS AS (lower(pbx)) VIRTUAL;
CREATE UNIQUE INDEX users_name_key ON users (name_key);
CREATE UNIQUE INDEX users_extension_key ON users (extension_key, pbx_key);

ALTER TABLE user_group ADD COLUMN name_key TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL;
CREATE UNIQUE INDEX user_group_name_key ON user_group (name_key);

ALTER TABLE calendar ADD COLUMN name_key TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL;
CREATE UNIQUE INDEX calendar_name_key ON calendar (name_key);

ALTER TABLE schedule ADD COLUMN name_key TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL;
CREATE UNIQUE INDEX schedule_name_key ON schedule (name_key);

ALTER TABLE queue ADD COLUMN name_key TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL;
ALTER TABLE queue ADD COLUMN pbx_key TEXT GENERATED ALWAYS AS (lower(pbx)) VIRTUAL;
CREATE UNIQUE INDEX queue_name_key ON queue (name_key, pbx_key);

ALTER TABLE device ADD COLUMN dial_key TEXT GENERATED ALWAYS AS (lower(dial)) VIRTUAL;
CREATE INDEX device_dial_key ON device (dial_key);
DROP INDEX device_dial;

ALTER TABLE user_rule ADD COLUMN value_key TEXT GENERATED ALWAYS AS (lower(value)) VIRTUAL;
CREATE INDEX user_rule_value_key ON user_rule (value_key);
DROP INDEX user_rule_value;

ALTER TABLE log ADD COLUMN subject_key TEXT GENERATED ALWAYS AS (lower(subject)) VIRTUAL;
CREATE INDEX log_subject_key ON log (subject_key, id);
DROP INDEX log_subject;

-- The pbx of an item and of a pbx_state is folded: it only says to which PBX of the configuration they belong.
UPDATE item SET pbx = lower(pbx);
UPDATE pbx_state SET pbx = lower(pbx);

-- What an item is, as item_kind() says.
ALTER TABLE item ADD COLUMN kind TEXT NOT NULL DEFAULT '';
UPDATE item SET kind = CASE
	WHEN name GLOB 'CustomPresence:*' THEN 'presence'
	WHEN name GLOB 'lamps/*' THEN 'lamps'
	WHEN name GLOB 'Custom:hours-*' THEN 'hours'
	WHEN name GLOB 'presence-ask/*' THEN 'ask'
	WHEN name GLOB 'queue/*' THEN 'member'
	ELSE 'entry' END;

-- To Asterisk members whose names differ only in case are one.
DROP INDEX item_member;
CREATE UNIQUE INDEX item_member ON item (lower(name), pbx) WHERE kind = 'member';

-- The groups of a user come in the order of their folded names.
DROP VIEW on_calendar;
DROP VIEW on_schedule;
CREATE VIEW on_schedule AS
SELECT u.id AS user_id, coalesce(u.schedule_id, (SELECT g.schedule_id FROM group_member m
	JOIN user_group g ON g.id = m.group_id WHERE m.user_id = u.id AND g.schedule_id IS NOT NULL
	ORDER BY g.name_key LIMIT 1)) AS schedule_id
FROM users u;
CREATE VIEW on_calendar AS
SELECT calendar_id, user_id FROM user_calendar
UNION
SELECT x.calendar_id, o.user_id FROM schedule_calendar x JOIN on_schedule o ON o.schedule_id = x.schedule_id;
