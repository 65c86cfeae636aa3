#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The log: what it says of edits, how it is read, and whether anybody has changed it.
bats_require_minimum_version 1.5.0
load lib/common

setup() { site 1; }
teardown() { daemon_down; }

# The records behind the first N, a line each.
records() { # N
	presencectl log --json-lines | tail -n +$(($1 + 1)) | jq -r '"\(.what) \(.subject) \(.key) \(.old) \(.new)"'
}
count() { presencectl log --json-lines | wc -l; }

@test "each key that an edit changes has a record, and what changes nothing has none" {
	local n
	n=$(count)
	presencectl user set alice mobile=+4670 zone=Europe/Oslo
	presencectl user set alice mobile=+4670 devices.desk=PJSIP/1001-b
	presencectl mode set away label=Elsewhere ring.timeout=30
	presencectl mode set away label=Elsewhere ring.timeout=30
	presencectl group add sales
	presencectl group assign sales alice
	presencectl group assign sales alice
	presencectl schedule add office hours=9-17
	presencectl schedule assign office @sales
	presencectl schedule force office holiday --until 23:59:59
	presencectl schedule force office holiday --until 23:59:59
	presencectl schedule force office auto
	presencectl calendar add feed --later --url https://alice:secret@example.org/private-4711/basic.ics
	presencectl calendar delete feed
	presencectl schedule unassign office
	presencectl group delete sales
	says "user set alice zone null Europe/Oslo
user set alice mobile null +4670
user set alice devices.desk PJSIP/1001 PJSIP/1001-b
mode set away label Away Elsewhere
mode rule away ring.timeout null 30
group add @sales null null null
group assign alice group null sales
schedule add office hours null daily 09:00-17:00
schedule assign @sales schedule null office
schedule force office forced null holiday
schedule force office forced holiday null
calendar add feed url null https://example.org/...
calendar delete feed url https://example.org/... null
schedule unassign @sales schedule office null
group delete alice group sales null
group delete @sales null null null" grep -vE '^schedule (alice|bob)|^group (assign|delete) alice null' <(records "$n")
	[[ $(presencectl log --json) != *secret* ]]
	[[ $(presencectl log away --no-headings) == *'ring.timeout -> 30'* ]]
}

@test "a switch under an override says what was chosen" {
	presencectl override set all away --reason drill --forever --no-wait
	presencectl set alice dnd --forever --note quiet --no-wait
	presencectl set alice dnd --forever --note quiet --no-wait
	presencectl clear alice --no-wait
	says "set away away switch null do-not-disturb override quiet
clear away away switch do-not-disturb null override override of all by $(id -un): drill" jq -r \
		'"\(.what) \(.from) \(.to) \(.key) \(.old) \(.new) \(.source) \(.why)"' <(presencectl log alice --json-lines | tail -2)
	[[ $(presencectl log alice --no-headings) == *'switch -> do-not-disturb'* ]]
}

@test "what is gone still has its records, and a name that nobody knows has none" {
	presencectl mode add focus type=dnd
	presencectl mode delete focus
	presencectl group add sales
	presencectl group assign sales alice bob
	presencectl user delete bob
	presencectl group delete sales
	says "mode add
mode add
mode delete
mode delete" jq -r .what <(presencectl log FOCUS --json-lines | sed -n '1,2p;$p' | sed '$p')
	[ "$(presencectl log bob --json-lines | jq -r .what | tail -1)" = "user delete" ]
	[ "$(presencectl log @sales --json-lines | jq -r .what | tail -1)" = "group delete" ]
	[ "$(presencectl log sales --json-lines | jq -r .what | head -1)" = "group add" ]
	[ "$(presencectl log 1001 alice --json-lines)" = "$(presencectl log alice --json-lines)" ]
	# The alias of a mode is a name of it, and what is there needs no records.
	presencectl mode set dnd note=quiet
	says "dnd do-not-disturb" eval 'echo dnd $(presencectl log dnd --output subject --no-headings)'
	run -0 presencectl log away
	run -3 presencectl log alise
	[[ $output == *"no records about 'alise'; did you mean 'alice'?"* ]]
}

@test "what a user had who is deleted has records of its own" {
	presencectl group add sales
	presencectl group assign sales bob
	presencectl queue add support
	presencectl queue assign support bob --no-wait
	presencectl rule set bob away ring.timeout=30 announce=mode
	presencectl user delete bob
	presencectl log bob --json-lines | jq -r 'select(.what == "user delete") | "\(.key) \(.old) \(.new)"' >deleted
	grep -E '^(group|queue|away)' deleted | diff - <(printf '%s\n' 'away ring.timeout 30 null' 'away announce mode null' \
		'group sales null' 'queue support null')
}

@test "a narrow terminal shows the whole of a change and its reason" {
	presencectl user set alice mailbox=123456789012345678901234567890@department
	presencectl set alice dnd --forever --no-wait --note 'in a workshop on the other side of the town, until late'
	script -qec 'stty cols 80; presencectl log alice' /dev/null </dev/null | tr -d '\r' >narrow
	cat narrow
	run ! grep -E '.{81}' narrow
	# What a cell has, its lines one behind the other.
	cut_of() { awk -v from="$(awk -v w="$1" 'NR == 1 { print index($0, w) }' narrow)" -v to="$(awk -v w="$2" 'NR == 1 { print index($0, w) }' narrow)" \
		'{ s = substr($0, from, to - from); sub(/ +$/, "", s); printf "%s", s }' narrow | tr -d ' '; }
	[[ $(cut_of CHANGE WHY) == *'mailbox->123456789012345678901234567890@department'* ]]
	[[ $(cut_of WHY BY) == *'inaworkshopontheothersideofthetown,untillate'* ]]
}

@test "all records are printed, or as many as are asked for" {
	local n
	sqlite3 presence.db "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 2500)
		INSERT INTO log (at, via, actor, what, subject) SELECT 1700000000 + n, 'cli', 'root', 'set', 'old' || (n % 2) FROM i"
	n=$(count)
	((n > 2500))
	[ "$(presencectl log --json | jq '.log | length')" = "$n" ]
	[ "$(presencectl log --csv | wc -l)" = $((n + 1)) ]
	[ "$(presencectl log --no-headings | wc -l)" = "$n" ]
	[ "$(presencectl log old0 --json-lines | wc -l)" = 1250 ]
	[ "$(presencectl log old0 old1 --json-lines | wc -l)" = 2500 ]
	[ "$(presencectl log old0 old1 --limit 1100 --json-lines | jq .id | sed -n '1p;$p' | xargs)" = "$((n - 1099)) $n" ]
	[ "$(presencectl log --since '2023-11-14 23:13:21' --until '2023-11-14 23:13:31' --json-lines | wc -l)" = 10 ]
	[ "$(presencectl log --limit 0 --json)" = '{"log":[]}' ]
	presencectl log --json-lines | jq -s -e '[.[].id] | . == sort and length == '"$n"
}

@test "--follow prints what comes, in lines of JSON too" {
	presencectl log --follow --json-lines >out 3>&- &
	local follower=$!
	eventually grep -q '"subject":"bob"' out
	presencectl set alice dnd --forever --no-wait
	eventually grep -q '"to":"do-not-disturb"' out
	kill "$follower"
	wait "$follower"
	jq -e . out >/dev/null
	run -2 presencectl log --follow --json
	[[ $output == *--json-lines* ]]
	run -2 presencectl log --follow --until tomorrow
	[[ $output == *"--until and --follow exclude each other"* || $output == *"--follow and --until exclude each other"* ]]
}

# Several who write at once: a transaction's records stand together, and IDs have no gaps.
@test "records stand in the order of the commits" {
	local i pids=()
	for i in 1 2 3 4; do
		for round in 1 2 3 4 5; do
			presencectl user set alice bob "mailbox=$i$round" || :
			presencectl set all dnd --forever --note "$i$round" --no-wait
		done >/dev/null 2>&1 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	presencectl log --json-lines >all
	jq -s -e '[.[].id] == [range(1; length + 1)]' all
	# The two of a `set all` are neighbours, and of each user what was chosen last is what is now.
	jq -s -e '[.[] | select(.what == "set")] | [range(0; length; 2) as $i | .[$i:$i + 2] | .[0].why == .[1].why] | length > 10 and all' all
	[ "$(jq -r 'select(.what == "set").why' all | tail -1)" = "$(presencectl status bob --json | jq -r '.status[0].note')" ]
}

sealed() { [[ $(presencectl log verify) != *"no seal yet"* ]]; }

@test "presenced seals the log, and verify finds who changed it" {
	presencectl set alice dnd --forever --no-wait
	[[ $(presencectl log verify) == *"no seal yet"*"not running"* ]]
	daemon_up
	eventually sealed
	presencectl set alice away --forever --no-wait
	eventually sealed
	says "$(count) records as they were sealed" presencectl log verify
	daemon_down
	sqlite3 presence.db "UPDATE log SET actor = 'mallory' WHERE id = 1"
	run -1 presencectl log verify
	[[ $output == *"the log is not as it was written: one of the records 1 to "*" is not as it was sealed"* ]]
	sqlite3 presence.db "UPDATE log SET actor = (SELECT actor FROM log WHERE id = 2) WHERE id = 1;
		UPDATE log SET actor = 'mallory' WHERE id = (SELECT max(id) FROM log)"
	says "presencectl: the log is not as it was written: record $(count) is not as it was sealed, or the seal is not" \
		eval 'presencectl log verify 2>&1 || :'
}

@test "old records go slice by slice, and a presenced that is killed meanwhile leaves a log that can be verified" {
	local then=$(($(date +%s) - 401 * 86400)) old=60000
	oldest() { sqlite3 presence.db 'SELECT min(id) FROM log'; }
	some_gone() { (($(oldest) > 1)); }
	all_gone() { (($(oldest) > old - 256)); }
	sqlite3 presence.db "UPDATE log SET at = $then;
		INSERT INTO log (at, via, actor, what, subject) SELECT $then, 'cli', 'root', 'rule', 'alice' FROM generate_series(1, $old)"
	run presenced --once # it seals all
	sealed
	presencectl set alice dnd --forever --no-wait
	run presenced --once
	# A clock has called them too old long ago.
	sqlite3 presence.db "INSERT INTO fact (name, value) VALUES ('log too old', '$((then + 86000)) $((then + 400 * 86400))')
		ON CONFLICT (name) DO UPDATE SET value = excluded.value"
	daemon_up
	eventually some_gone
	kill -KILL "$DAEMON"
	wait "$DAEMON" || :
	[[ $(presencectl log verify) == "records up to "*" were deleted for their age"* ]]
	# While they go, the log is as it was written at any time.
	verified() {
		presencectl log verify >>verdicts 2>&1 || touch broken
		all_gone
	}
	presenced 2>>presenced.log 3>&- &
	DAEMON=$!
	eventually verified || eventually verified
	cat verdicts
	[ ! -e broken ]
	presencectl log verify
	# One seal is left of those whose records are gone.
	[ "$(sqlite3 presence.db "SELECT count(*) FROM log_seal WHERE last_id < $(oldest)")" = 1 ]
	sqlite3 presence.db "DELETE FROM log WHERE id = $(oldest)"
	run -1 presencectl log verify
}

@test "presenced --once seals too" {
	run presenced --once
	sealed
}

# A journal that only listens, in a file system of its own.
@test "what people do goes to the journal with its fields, and each seal with its hash" {
	unshare -m true 2>/dev/null || skip "no mount namespaces here"
	cat >journal.py <<-'P'
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind('/run/systemd/journal/socket')
		with open('journal', 'wb', buffering=0) as f:
		    while True:
		        f.write(s.recv(1 << 20) + b'--\n')
	P
	# shellcheck disable=SC2016
	unshare -m bash -c 'mkdir -p /run/systemd && mount -t tmpfs none /run/systemd && mkdir /run/systemd/journal || exit 1
		python3 journal.py & listener=$!
		until [ -S /run/systemd/journal/socket ]; do sleep 0.05; done
		"$PROGRAMS/presenced" 2>daemon.log & daemon=$!
		trap "kill $listener $daemon; wait" EXIT
		read -rt 60 _ <go' 3>&- &
	local inside=$!
	mkfifo go
	eventually test -s journal
	presencectl user set bob mobile=+4670
	eventually grep -q PRESENCE_KEY=mobile journal
	eventually sealed
	eventually grep -q "PRESENCE_HASH=$(sqlite3 presence.db 'SELECT hash FROM log_seal ORDER BY id DESC LIMIT 1')" journal
	echo >go
	wait "$inside" || :
	awk 'BEGIN { RS = "--\n" } /PRESENCE_KEY=mobile/' journal >record
	grep -qx 'PRESENCE_NEW=+4670' record
	grep -qx 'PRESENCE_SUBJECT=bob' record
	grep -qx 'PRESENCE_WHAT=user set' record
	grep -qx 'PRESENCE_VIA=cli' record
	grep -qx "PRESENCE_DATABASE=$(realpath presence.db)" record
	grep -qx 'MESSAGE_ID=5ba0e2c1b9c74d0e8d1f3f4f3a6c8e21' record
}

# systemd's own journal, in a file system of its own.
@test "who sets the seals again is found by the journal" {
	unshare -m true 2>/dev/null && [ -x /lib/systemd/systemd-journald ] || skip "no mount namespaces or no journald here"
	cat >inside <<-'B'
		for dir in /run/systemd /run/log /var/log; do mkdir -p $dir && mount -t tmpfs none $dir || exit 1; done
		mkdir -p /run/systemd/journal /run/log/journal
		/lib/systemd/systemd-journald 2>journald.log & journal=$!
		for i in {1..100}; do [ -S /run/systemd/journal/socket ] && break; sleep 0.1; done
		"$PROGRAMS/presencectl" log verify --journal >none 2>&1
		"$PROGRAMS/presenced" 2>daemon.log & daemon=$!
		for i in {1..100}; do
			"$PROGRAMS/presencectl" log verify --journal >same 2>&1 && break
			sleep 0.1
		done
		kill $daemon && wait $daemon
		# As a member of the group would: another record, and seals that fit it.
		sqlite3 presence.db "UPDATE log SET actor = 'mallory' WHERE id = 2; DELETE FROM log_seal; DELETE FROM fact WHERE name IN ('log journal', 'log sealed')"
		mv /run/systemd/journal/socket /run/systemd/journal/gone
		"$PROGRAMS/presenced" --once 2>/dev/null
		"$PROGRAMS/presencectl" log verify >again 2>&1
		"$PROGRAMS/presencectl" log verify --journal >differs 2>&1
		echo $? >>differs
		kill $journal && wait $journal
	B
	unshare -m bash inside 3>&-
	[[ $(cat none) == *"the journal shows no seals of this database"* ]]
	[[ $(cat same) == *"the journal has 1 seal like them, up to record $(count)"* ]]
	[[ $(cat again) == *"records as they were sealed" ]]
	[[ $(cat differs) == *"the log is not as the journal has it: seal 1 of the records 1 to "*" is another one"*1 ]]
}
