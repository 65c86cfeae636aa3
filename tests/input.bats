#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Bad input: a clear error, the right exit status, nothing changed. No PBX is needed.
bats_require_minimum_version 1.5.0
load lib/common

setup() { site 1; }

@test "unknown names, with did-you-mean" {
	refused 3 "no user 'alise'; did you mean 'alice'?" presencectl set alise dnd
	refused 3 "no mode 'dnb'; did you mean 'dnd'?" presencectl set alice dnb
	presencectl group add sales
	refused 3 "no group 'sale'; did you mean 'sales'?" presencectl set @sale dnd
	refused 2 "did you mean 'status'?" presencectl statsu
	refused 2 "did you mean" presencectl set alice dnd --untill 17:30
	refused 2 "queue name 'a,b' may hold only letters, digits" presencectl queue add a,b
	refused 2 "'ring.timeout' is a call rule, which holds in a mode: presencectl rule set alice available ring.timeout=30" \
		presencectl user set alice ring.timeout=30
	refused 2 "unknown key 'extention'; did you mean 'extension'?" presencectl user set alice extention=1
	refused 3 "no PBX 'mian'" presencectl user set alice pbx=mian
	refused 3 "did you mean 'Europe/Stockholm'?" presencectl user set alice zone=Europe/Stockholmm
	refused 3 "no mode 'awy'; did you mean 'away'?" presencectl user set alice mode=awy
}

@test "prefixes: unique ones work, ambiguous ones are told" {
	run presencectl stat
	[ "$status" -eq 0 ]
	refused 2 "ambiguous" presencectl s
	refused 2 "ambiguous" presencectl set alice dnd --fo 1h
}

@test "times that cannot be" {
	refused 2 "has passed already" presencectl set alice dnd --until '2020-01-01 12:00'
	refused 2 "'25:00' is not a time" presencectl set alice dnd --until 25:00
	refused 2 "is nothing" presencectl set alice dnd --for 0m
	refused 2 "" presencectl set alice dnd --for 1h --until 17:30
	refused 2 "" presencectl set alice dnd --for 1h --forever
	refused 2 "is not a duration" presencectl set alice dnd --for 90
	refused 2 "is not a time" presencectl set alice dnd --until '2026-02-30 10:00'
	refused 2 "ten years" presencectl set alice dnd --for 99999d
}

@test "names that cannot be" {
	local name
	for name in a/b 'a b' å $'a\nb' $'a\rb' '' -x .x 'a$b' 'a"b' all; do
		refused 2 "" presencectl user add -- "$name" extension=1003
		refused 2 "" presencectl mode add -- "$name" || [ -z "$name" ]
		refused 2 "" presencectl group add -- "$name"
	done
	refused 2 "longer than 40" presencectl user add "$(printf 'a%.0s' {1..41})" extension=1003
	presencectl user add "$(printf 'a%.0s' {1..40})" extension=1003
}

@test "extensions, dial strings, numbers, mailboxes" {
	refused 2 "belongs to user 'alice'" presencectl user add carol extension=1001
	refused 2 "belongs to user 'bob'" presencectl user set alice extension=1002
	refused 2 "is the extension of user 'alice'" presencectl user add 1001 extension=1003
	refused 2 "there is a user 'Alice' already" presencectl user add Alice extension=1003
	refused 2 "needs an extension" presencectl user add carol mailbox=1@default
	refused 2 "extension" presencectl user add carol extension=10-03
	refused 2 "extension" presencectl user add carol 'extension=1,003'
	# The rules of 1001 in a mode 'a.b' and those of 1001.a in 'b' would be one entry.
	refused 2 "extension '1001.a' may hold only letters, digits and '_'" presencectl user add carol extension=1001.a
	refused 2 "extension 'h' is one that Asterisk has for itself" presencectl user add carol extension=h
	refused 2 "extension '_1XX' would be a pattern" presencectl user set alice extension=_1XX
	refused 2 "dial string" presencectl user set alice 'devices.desk=PJSIP/1&SIP/2'
	refused 2 "dial string" presencectl user set alice 'devices.desk=PJSIP/1,30'
	refused 2 "dial string" presencectl user set alice $'devices.desk=PJSIP/1\n2'
	refused 2 "mobile number" presencectl user set alice devices.mobile=PJSIP/2
	refused 2 "needs the name of a device" presencectl user set alice devices=PJSIP/1
	refused 2 "telephone number" presencectl user set alice mobile=abc
	refused 2 "mailbox" presencectl user set alice mailbox=1@2@3
	refused 2 "key=value" presencectl user set alice extension
	refused 2 "cannot be unset" presencectl user unset alice extension
	refused 3 "no device 'sofa'" presencectl user unset alice devices.sofa
}

@test "notes" {
	refused 2 "control characters" presencectl set alice dnd --note $'a\r\nAction: Ping'
	refused 2 "control characters" presencectl set alice dnd --note $'\e[31m'
	refused 2 "control characters" presencectl set alice dnd --note $'\xc2\x9b31m'
	refused 2 "UTF-8" presencectl set alice dnd --note $'\xff\xfe'
	run presencectl set alice dnd --note "$(printf 'å%.0s' {1..150})"
	[ "$status" -eq 4 ]
	[[ $output == *"the note was cut to 255 bytes"* ]]
	[ "$(sqlite3 presence.db 'SELECT length(CAST(note AS BLOB)) FROM switch')" = 254 ]
	run presencectl set alice dnd --note 'a, "b" ${X} '"'c'"
	[ "$(presencectl status alice --json | jq -r '.status[0].note')" = 'a, "b" ${X} '"'c'" ]
}

@test "--expect" {
	refused 1 "this is 2 users, not 3 as expected" presencectl set all dnd --expect 3
	refused 2 "" presencectl set all dnd --expect many
	run presencectl set all dnd --expect 2
	[ "$status" -eq 4 ]
}

@test "modes: built-in, in use, taken names" {
	refused 2 "built in" presencectl mode delete dnd
	refused 2 "there is a mode 'away' already" presencectl mode add away
	refused 2 "there is a mode 'dnd' already" presencectl mode add dnd
	refused 2 "there is a mode 'dnd' already" presencectl mode add focus alias=dnd
	refused 2 "type is available, chat, away, dnd, xa or unavailable, not 'busy'" presencectl mode add focus type=busy
	refused 2 "lamp is off, busy, hold, ringing or unavailable, not 'on'" presencectl mode set away lamp=on
	refused 2 "lifetime" presencectl mode set away lifetime=soon
	presencectl mode add focus
	presencectl set alice focus --no-wait
	refused 1 "in use by 1 user; say --replace-with" presencectl mode delete focus
	refused 2 "cannot replace itself" presencectl mode delete focus --replace-with focus
	presencectl mode add --preset freepbx
	refused 2 "there is a mode 'chat' already" presencectl mode add --preset freepbx
	refused 2 "no preset" presencectl mode add --preset asterisk
}

@test "a database that is missing, or none" {
	fails_with 5 "presencectl init" presencectl --db "$PWD/none.db" status
	echo rubbish rubbish rubbish >text.db
	fails_with 5 "text.db" presencectl --db "$PWD/text.db" status
	sqlite3 other.db 'CREATE TABLE x (y)'
	fails_with 5 "is not a database of presence" presencectl --db "$PWD/other.db" status
	fails_with 1 "exists already" presencectl init
	run presencectl init --if-missing
	[ "$status" -eq 0 ]
	fails_with 5 "cannot create" presencectl --db "$PWD/no/such/dir.db" init
}

@test "a database from a newer version" {
	sqlite3 presence.db 'PRAGMA user_version = 99' >/dev/null
	refused 5 "newer version (schema 99" presencectl status
	refused 5 "newer version" presenced --once
}

@test "a corrupt database" {
	sqlite3 presence.db 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	dd if=/dev/urandom of=presence.db bs=4096 seek=1 count=20 conv=notrunc status=none
	fails_with 5 "presence.db" presencectl status
	fails_with 5 "presence.db" presencectl set alice dnd
}

@test "a database locked by another writer" {
	mkfifo go
	sqlite3 presence.db >/dev/null <go 3>&- &
	exec 8>go
	echo 'BEGIN IMMEDIATE; CREATE TABLE held (x);' >&8
	eventually bash -c '! timeout 1 sqlite3 presence.db "BEGIN IMMEDIATE; ROLLBACK"'
	fails_with 5 "locked by another program" presencectl set alice dnd
	run presencectl status # readers go on
	[ "$status" -eq 0 ]
	exec 8>&-
	wait
}

@test "a read-only database" {
	((EUID == 0)) || skip "needs root to mount"
	mkdir ro
	mount -t tmpfs -o mode=700 none ro
	presencectl --db "$PWD/ro/p.db" init
	presencectl --db "$PWD/ro/p.db" user add alice extension=1001
	mount -o remount,ro ro
	run presencectl --db "$PWD/ro/p.db" set alice dnd
	umount ro
	[ "$status" -eq 5 ]
}

@test "a full disk" {
	((EUID == 0)) || skip "needs root to mount"
	mkdir full
	mount -t tmpfs -o size=1m,mode=700 none full
	PRESENCE_DB=$PWD/full/p.db
	presencectl init
	presencectl user add alice extension=1001
	dd if=/dev/zero of=full/rest bs=4k status=none || true
	local i
	for ((i = 0; i < 60; i++)); do
		run presencectl set alice dnd --note "$(printf 'x%.0s' {1..250})" --no-wait
		[ "$status" -eq 0 ] || break
	done
	local status_full=$status text=$output
	rm full/rest
	run presencectl status alice
	umount full
	echo "$text"
	[ "$status_full" -eq 5 ]
	[ "$status" -eq 0 ]
}

@test "the configuration: file and line of every mistake" {
	echo 'databse = "x";' >bad.conf
	fails_with 5 "bad.conf:1: unknown setting 'databse'; did you mean 'database'?" presencectl --config bad.conf status
	printf '\npbx = ( { name = "a"; prot = 1; } );\n' >bad.conf
	fails_with 5 "bad.conf:2: unknown setting 'prot'; did you mean 'port'?" presencectl --config bad.conf status
	printf 'pbx = ( { name = "a"; port = "x"; } );\n' >bad.conf
	fails_with 5 "bad.conf:1: 'port' must be a whole number" presencectl --config bad.conf status
	printf 'pbx = ( { name = "a"; port = 70000; } );\n' >bad.conf
	fails_with 5 "port is a number from 1 to 65535, not '70000'" presencectl --config bad.conf status
	printf 'pbx = ( {\n name = ; } );\n' >bad.conf
	fails_with 5 "bad.conf:2: " presencectl --config bad.conf status
	printf 'pbx = ( { host = "x"; } );\n' >bad.conf
	fails_with 5 "'name' is missing" presencectl --config bad.conf status
	printf 'pbx = ( { name = "a"; }, { name = "A"; } );\n' >bad.conf
	fails_with 5 "there is a PBX 'A' already" presencectl --config bad.conf status
	printf 'defaults = { zone = "Europe/Stockholmm"; };\n' >bad.conf
	fails_with 5 "did you mean 'Europe/Stockholm'?" presencectl --config bad.conf status
	fails_with 5 "did you mean 'Europe/Stockholm'?" presenced --config bad.conf --check
	fails_with 5 "none.conf" presencectl --config none.conf status
}

@test "a secret that others may read" {
	chmod 644 presence.conf
	fails_with 5 "chmod o-rwx" presencectl config check
	fails_with 5 "chmod o-rwx" presenced --check
	printf 'pbx = ( { name = "main"; secret_file = "%s"; } );\n' "$PWD/secret" >presence.conf
	echo top >secret
	chmod 644 secret
	fails_with 5 "chmod o-rwx" presencectl config check
	chmod 640 secret
	run presencectl config check
	[ "$status" -eq 0 ]
	run presencectl config show
	[[ $output != *top* ]]
	: >secret
	fails_with 5 "must be the secret" presencectl config check
	rm secret
	fails_with 5 "cannot read secret_file" presencectl config check
}

@test "output that cannot be written" {
	run bash -c 'presencectl status >/dev/full'
	[ "$status" -eq 1 ]
	[[ $output == *"cannot write output"* ]]
}

@test "JSON of an empty table, and absent values" {
	presencectl user delete alice
	presencectl user delete bob
	[ "$(presencectl status --json | jq -c .)" = '{"status":[]}' ]
	[ "$(presencectl group list --json | jq -c .)" = '{"groups":[]}' ]
	presencectl user add carol extension=1001
	[ "$(presencectl status --json | jq -c '.status[0] | [.until, .note, .pushed]')" = '[null,null,"no"]' ]
	presencectl status --json | jq -e '.status[0].since | test("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d$")'
}

@test "a calendar of too much leaves the holidays of another" {
	presencectl calendar add red --holidays '12-25 = Christmas Day'
	{
		printf '%s\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:x
		for ((i = 0; i < 1500; i++)); do
			printf '%s\n' BEGIN:VEVENT UID:$i DTSTAMP:20260101T000000Z DTSTART:20260101T000000Z DURATION:PT1S \
				RRULE:FREQ=HOURLY SUMMARY:x END:VEVENT
		done
		echo END:VCALENDAR
	} > much.ics
	presencectl calendar add much --file much.ics
	presencectl schedule add office hours='daily 09:00-17:00' calendars=red,much
	presencectl user set alice schedule=office
	run --separate-stderr presencectl explain alice --at '2026-12-25 12:00'
	[ "$status" -eq 0 ]
	[[ $output == *"holiday Christmas Day, schedule office"* ]]
	[[ $stderr == *"much: more than 200000 things"* ]]
}

@test "show names every key of a user once" {
	presencectl user set alice mode.break=away mode=available
	presencectl show alice --output key --no-headings | sort > keys
	[ -z "$(uniq -d keys)" ]
	grep -qx 'default mode' keys
	grep -qx mode.break keys
}

@test "status with columns, without headings" {
	run presencectl status --output user,mode --no-headings
	[ "${lines[0]}" = "alice  available" ]
	fails_with 2 "did you mean" presencectl status --output usr
	run bash -c "presencectl status --no-headings | wc -l"
	[ "$output" -eq 2 ]
}

@test "a switch over a switch, in the log with who did it" {
	presencectl set alice trip --no-wait
	presencectl set alice lunch --for 1h --no-wait
	[ "$(sqlite3 presence.db 'SELECT count(*) FROM switch')" = 2 ]
	presencectl set alice away --forever --no-wait
	[ "$(sqlite3 presence.db 'SELECT count(*) FROM switch')" = 1 ]
	SUDO_USER=carol run presencectl set alice dnd --no-wait
	run presencectl log alice --no-headings
	[[ ${lines[-1]} == *"do-not-disturb"*"cli" ]]
	((EUID != 0)) || [[ ${lines[-1]} == *"carol (sudo)"* ]]
	[ "$(presencectl log --json | jq '.log | length')" -ge 5 ]
	[ "$(presencectl log alice --since 1h --limit 2 --no-headings | wc -l)" -eq 2 ]
}

@test "a calendar of nothing" {
	refused 2 "say where it comes from" presencectl calendar add office
	refused 2 "--hours is empty" presencectl calendar add office --hours ""
	refused 2 "exclude" presencectl calendar add office --hours 9-17 --holidays 12-25
}

@test "a database of version 1 is brought to version 5, with what is in it" {
	local schema=$TOP/lib/store/schema-1.sql
	sqlite3 old.db >/dev/null <<-S
		PRAGMA journal_mode = WAL;
		PRAGMA application_id = $(sqlite3 presence.db 'PRAGMA application_id');
		.read $schema
		ATTACH 'presence.db' AS new;
		INSERT INTO mode SELECT id, name, alias, label, type, lamp = 'busy', note, lifetime, builtin FROM new.mode;
		INSERT INTO user VALUES (1, 'alice', '1001', 'main', NULL, '', '', ''), (2, 'bob', '1002', 'main', NULL, '', '', '');
		INSERT INTO user_group (id, name) VALUES (1, 'sales');
		INSERT INTO group_member (group_id, user_id) VALUES (1, 2);
		INSERT INTO switch VALUES (1, 1, (SELECT id FROM mode WHERE name = 'away'), 'tea', 1700000000, NULL, 'carol'),
			(2, 2, (SELECT id FROM mode WHERE name = 'lunch-break'), '', 1700000000, 4102444800, 'carol');
		INSERT INTO presence VALUES
			(1, (SELECT id FROM mode WHERE name = 'away'), 'tea', 'switch', 'switched by carol', 1700000000, NULL),
			(2, (SELECT id FROM mode WHERE name = 'lunch-break'), '', 'switch', 'switched by carol', 1700000000, 4102444800);
		DETACH new;
		PRAGMA user_version = 1;
	S
	export PRESENCE_DB=$PWD/old.db
	local status_json
	status_json=$(presencectl status --json)
	[ "$(sqlite3 old.db 'PRAGMA user_version')" = 5 ]
	[ "$(jq -c '.status[] | [.user, .mode, .note, .source, .since, .until]' <<<"$status_json")" = \
		'["alice","away","tea","switch","2023-11-14T23:13:20+01:00",null]
["bob","lunch-break",null,"switch","2023-11-14T23:13:20+01:00","2100-01-01T01:00:00+01:00"]' ]
	[ "$(presencectl status --output reason --no-headings | sort -u)" = "switched by carol" ]
	[ "$(sqlite3 old.db 'PRAGMA foreign_key_check; PRAGMA integrity_check')" = ok ]
	presencectl schedule add office hours='Mon-Sun 00:00-24:00'
	presencectl schedule assign office @sales
	presencectl clear all --no-wait
	[ "$(presencectl status --output source --no-headings | tr -d ' \n')" = defaultbusiness ]
}

@test "lamps that were yes and no get a state, and only those that nobody touched get another one" {
	sqlite3 old.db >/dev/null <<-S
		PRAGMA journal_mode = WAL;
		PRAGMA application_id = $(sqlite3 presence.db 'PRAGMA application_id');
		.read $TOP/lib/store/schema-1.sql
		.read $TOP/lib/store/schema-2.sql
		.read $TOP/lib/store/schema-3.sql
		.read $TOP/lib/store/schema-4.sql
		INSERT INTO mode (name, label, type, lamp, note, lifetime, builtin) VALUES
			('available', '', 'available', 0, '', 'next', 1), ('away', '', 'away', 1, '', 'next', 1),
			('do-not-disturb', '', 'dnd', 1, '', 'next', 1), ('lunch-break', '', 'away', 1, '', '1h', 1),
			('business-trip', 'On the road', 'xa', 0, '', 'forever', 1), ('off-work', '', 'unavailable', 0, '', 'next', 1),
			('focus', '', 'dnd', 1, '', 'next', 0), ('nap', '', 'xa', 0, '', 'next', 0);
		INSERT INTO users (id, name, extension, pbx, zone, mailbox, mobile) VALUES
			(1, 'alice', '1001', 'main', '', '', ''), (2, 'bob', '1002', 'main', '', '', ''), (3, 'carol', '1003', 'main', '', '', '');
		INSERT INTO switch (user_id, mode_id, note, since, giver)
			SELECT u.id, m.id, '', 1, 'x' FROM users u JOIN mode m ON (u.id, m.name) IN
			((1, 'lunch-break'), (2, 'focus'), (3, 'business-trip'));
		INSERT INTO presence (user_id, mode_id, note, source, reason, since)
			SELECT user_id, mode_id, '', 'switch', '', 1 FROM switch;
		INSERT INTO item (pbx, name, kind, wanted, confirmed, rank, user_id) VALUES
			('main', 'lamps/1001', 'lamps', '*,lunch-break', '*,lunch-break', 0, 1),
			('main', 'lamps/1002', 'lamps', '*,focus', '*,focus', 0, 2), ('main', 'lamps/1003', 'lamps', 'business-trip', '', 2, 3),
			('old', 'lamps/1003', 'lamps', '', '*,away', 1, 3);
		PRAGMA user_version = 4;
	S
	export PRESENCE_DB=$PWD/old.db
	[ "$(presencectl mode list --output name,lamp --no-headings | xargs)" = "available off away busy do-not-disturb busy\
 lunch-break hold business-trip hold off-work off focus busy nap off" ]
	[ "$(sqlite3 old.db "SELECT pbx, name, wanted, rank FROM item WHERE kind = 'lamps' ORDER BY pbx, name")" = \
		'main|lamps/1001|*=ONHOLD,lunch-break|1
main|lamps/1002|*,focus|1
main|lamps/1003|*=ONHOLD,business-trip|1
old|lamps/1003||1' ]
}

@test "rules and deleted modes in the log of version 4 are nobody's past" {
	sqlite3 old.db >/dev/null <<-S
		PRAGMA journal_mode = WAL;
		PRAGMA application_id = $(sqlite3 presence.db 'PRAGMA application_id');
		.read $TOP/lib/store/schema-1.sql
		.read $TOP/lib/store/schema-2.sql
		.read $TOP/lib/store/schema-3.sql
		.read $TOP/lib/store/schema-4.sql
		INSERT INTO mode (id, name, label, type, lamp, note, lifetime, builtin) VALUES
			(1, 'available', '', 'available', 0, '', 'next', 1), (2, 'away', '', 'away', 0, '', 'next', 1);
		INSERT INTO users (id, name, extension, pbx, zone, mailbox, mobile) VALUES (1, 'alice', '1001', 'main', '', '', '');
		INSERT INTO presence (user_id, mode_id, note, source, reason, since) VALUES (1, 1, '', 'default', '', 1700000000);
		INSERT INTO log (at, via, actor, what, subject, from_mode, to_mode, why) VALUES
			(1700000000, 'cli', 'root', 'user add', 'alice', NULL, NULL, NULL),
			(1700000001, 'cli', 'root', 'set', 'alice', 'away', 'available', NULL),
			(1700003600, 'cli', 'root', 'rule', 'alice', NULL, 'away', 'ring.timeout=30'),
			(1700003601, 'cli', 'root', 'mode delete', 'alice', NULL, 'away', NULL);
		PRAGMA user_version = 4;
	S
	presencectl --db old.db user list >/dev/null
	[ "$(sqlite3 old.db 'SELECT what FROM log WHERE user_id = 1 ORDER BY id' | xargs)" = 'user add set' ]
}

@test "a database of version 3 keeps its references, and names whose case does not count" {
	sqlite3 old.db >/dev/null <<-S
		PRAGMA journal_mode = WAL;
		PRAGMA application_id = $(sqlite3 presence.db 'PRAGMA application_id');
		.read $TOP/lib/store/schema-1.sql
		.read $TOP/lib/store/schema-2.sql
		.read $TOP/lib/store/schema-3.sql
		ATTACH 'presence.db' AS new;
		INSERT INTO mode SELECT id, name, alias, label, type, lamp = 'busy', note, lifetime, builtin FROM new.mode;
		INSERT INTO schedule (id, name, zone, hours, breaks, special, holidays, outside_id) SELECT 1, 'Office', '',
			'Mon-Fri 08:00-17:00', '', '', '', id FROM mode WHERE name = 'away';
		INSERT INTO user (id, name, extension, pbx, zone, mailbox, mobile, schedule_id) VALUES
			(1, 'Alice', 'A10', 'Main', '', '', '+4670', 1), (2, 'bob', '1002', 'main', '', '', '', NULL);
		INSERT INTO device VALUES (1, 'desk', 'PJSIP/A10', 0);
		INSERT INTO user_group (id, name, schedule_id) VALUES (1, 'Sales', 1);
		INSERT INTO group_member VALUES (1, 2);
		INSERT INTO calendar (id, name, url, hours, holidays, zone, owner, refresh) VALUES (1, 'Own', '', '', '', '', '', 900);
		INSERT INTO user_calendar VALUES (2, 1, 1);
		INSERT INTO override (mode_id, reason, given, start, giver) SELECT id, 'gone', 1, 1, 'root' FROM mode WHERE name = 'away';
		DELETE FROM override;
		INSERT INTO switch (user_id, mode_id, note, since, until, giver) SELECT 1, id, '', 1700000000, NULL, 'carol' FROM mode
			WHERE name = 'do-not-disturb';
		INSERT INTO presence (user_id, mode_id, note, source, reason, since) SELECT u.id, m.id, '', 'default', '', 1700000000
			FROM user u, mode m WHERE m.name = 'available';
		INSERT INTO mode_rule SELECT id, 'ring.timeout', '25' FROM mode WHERE name = 'away';
		INSERT INTO user_rule SELECT 1, id, 'forward.external.always', 'BOB' FROM mode WHERE name = 'away';
		INSERT INTO queue VALUES (1, 'Support', 'MAIN', 3, 'rules', 'presence-hints');
		INSERT INTO queue_member VALUES (1, 1, 7);
		INSERT INTO item (pbx, name, wanted, confirmed, rank, user_id) VALUES
			('Main', 'CustomPresence:A10', 'available,available,', 'available,available,', 1, 1),
			('Main', 'lamps/A10', 'available', 'available', 2, 1),
			('Main', 'queue/Support/Local/A10@presence-queue/n', 'none', 'none', 0, 1),
			('Main', 'Custom:hours-Office', 'INUSE', 'INUSE', 1, NULL),
			('Main', 'presence-mode/away', '1|x', '1|x', 0, NULL);
		INSERT INTO pbx_state VALUES ('Main', 'connected', NULL, '9.0', 1700000000);
		INSERT INTO log (at, via, actor, what, subject) VALUES (1700000000, 'cli', 'root', 'user add', 'Alice');
		DETACH new;
		PRAGMA user_version = 3;
	S
	export PRESENCE_DB=$PWD/old.db
	presencectl user show ALICE --json | jq -e '.user | length > 5'
	[ "$(sqlite3 old.db 'PRAGMA user_version')" = 5 ]
	# integrity_check of SQLite 3.40 takes a column behind the key of a table WITHOUT ROWID for NULL.
	run -0 sqlite3 old.db 'PRAGMA foreign_key_check'
	[ "$output" = "" ]
	[ "$(sqlite3 old.db "SELECT group_concat(kind, ' ') FROM (SELECT kind FROM item WHERE pbx = 'main' AND wanted <> '' ORDER BY kind)")" = \
		"entry hours lamps member presence" ]
	presencectl queue show support | grep -w Alice
	# The first edit compiles the entries.
	presencectl user set bob mobile=+4671
	refused 2 "there is a user 'aLICE' already" presencectl user add aLICE extension=1003
	refused 2 "extension a10 on PBX 'main' belongs to user 'Alice' already" presencectl user add carol extension=a10
	refused 2 "there is a schedule 'OFFICE' already" presencectl schedule add OFFICE hours=9-17
	refused 2 "PBX 'main' has a queue 'SUPPORT' already" presencectl queue add SUPPORT
	[ "$(presencectl log aLiCe --no-headings | wc -l)" -ge 1 ]
	presencectl rule show alice away | grep -iw bob
	# The numbers of overrides go on.
	presencectl override set bob away --reason test --for 1h --no-wait || [ $? -eq 4 ]
	[ "$(sqlite3 old.db 'SELECT max(id) FROM override')" = 2 ]
	presencectl user delete Alice
	[ "$(sqlite3 old.db 'SELECT (SELECT count(*) FROM switch) + (SELECT count(*) FROM queue_member) + (SELECT count(*) FROM user_rule)')" = 0 ]
}
