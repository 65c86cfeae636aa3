#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# check, and what can be saved of a damaged database.
bats_require_minimum_version 1.5.0
load lib/common

# A database with many users, schedules, queues and switches, made once.
setup_file() {
	local i
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	site
	{
		echo 'group add sales'
		echo 'schedule add office hours="Mon-Fri 08:00-17:00"'
		echo 'queue add support'
		for i in {1003..1300}; do
			echo "user add u$i extension=$i devices.desk=PJSIP/$i mobile=+4670$i"
			((i % 3)) || echo "group assign sales u$i"
			((i % 5)) || echo "queue assign support u$i"
			((i % 7)) || echo "schedule assign office u$i"
		done
		echo 'set all dnd --for 5h --no-wait'
	} | presencectl shell --keep-going >/dev/null 2>&1 || :
	presencectl override set @sales away --reason drill --for 3h --no-wait >/dev/null 2>&1 || :
}
setup() {
	cp "$BATS_FILE_TMPDIR"/presence.{db,conf} "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return 1
	export PRESENCE_CONF=$PWD/presence.conf PRESENCE_DB=$PWD/presence.db
}
teardown() { daemon_down; }

# Page numbers count from 1. The pages of a table or index, those of its leaves only.
leaves() { sqlite3 "$PRESENCE_DB" "SELECT pageno FROM dbstat WHERE name = '$1' AND pagetype = 'leaf' ORDER BY path"; }
zero() { # PAGE
	dd if=/dev/zero of=presence.db bs=4096 seek=$(($1 - 1)) count=1 conv=notrunc status=none
}
count() { sqlite3 "${2-$PRESENCE_DB}" "SELECT count(*) FROM $1"; }
whole() { [ "$(sqlite3 "$1" 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok ]; }
saved() { # what is said of a table
	grep -x "$1: .*" out | sed "s/$1: //"
}
salvage() { presencectl backup --salvage good.db >out; }
# Everything about the database, besides that no presenced runs.
check_of() { presencectl check --json | jq -r '.check[] | select(.check | test("pbx|presenced") | not) | "\(.check) \(.result)"' | uniq; }

@test "check: what is well" {
	says 'integrity fine
schema fine
references fine
log fine
presence fine
items fine
time fine
wal fine' check_of
	run -4 --separate-stderr presencectl check
	[ "$output" = 'failed: presenced: does not run, and 1 more' ]
	[[ $stderr == *'presenced: does not run; start it'*'pbx main: has not confirmed '*' items; see '* ]]
	# What a PBX has confirmed may not be enough for the member of a queue. Of one that nobody asks nothing is known.
	sqlite3 presence.db "UPDATE item SET confirmed = wanted; UPDATE item SET error = 'no hint 1005@nowhere'
		WHERE kind = 'member' AND id = (SELECT min(id) FROM item WHERE kind = 'member')"
	run -4 --separate-stderr presencectl check
	[[ $stderr == *'pbx main: lacks the hint of 1 member of queues; see '* ]]
	sqlite3 presence.db 'UPDATE item SET error = NULL'
	[ "$(presencectl check --csv | grep '^pbx')" = 'pbx main,unknown,,' ]
	# STRICT tables without rowid whose columns stand between those of the key.
	presencectl calendar add holy --hours 'Mon 08:00-09:00' 2>/dev/null || presencectl calendar add holy hours='Mon 08:00-09:00'
	presencectl user set alice calendars=holy
	[ "$(sqlite3 presence.db 'SELECT count(*) FROM user_calendar')" -eq 1 ]
	check_of | grep -x 'integrity fine'
}

@test "check: the database contradicts itself" {
	sqlite3 presence.db "UPDATE presence SET mode_id = 2 WHERE user_id = 1; DELETE FROM presence WHERE user_id = 2;
		UPDATE item SET wanted = 'x' WHERE name = 'presence-user/1003'"
	run -1 --separate-stderr presencectl check
	[ "$output" = 'failed: presence: alice is away, and should be do-not-disturb, and 4 more' ]
	[[ $stderr == *'presence: bob is in no mode, and should be do-not-disturb; '*"items: presence-user/1003 on PBX main is wanted with another value"* ]]
	# What it says helps.
	presencectl backup b.db
	presencectl restore b.db >/dev/null || [ $? -eq 4 ]
	[ "$(check_of | grep -c fine)" -eq 8 ] || {
		presencectl check
		false
	}
}

@test "check: time, the schema, references, an index" {
	sqlite3 presence.db 'UPDATE presence SET next_change_at = 1000 WHERE user_id < 4'
	run -1 --separate-stderr presencectl check
	[[ $stderr == *'time: the mode of 3 users should have changed minutes ago; start presenced'* ]]
	sqlite3 presence.db 'DROP INDEX users_mode'
	run -5 --separate-stderr presencectl check
	[[ $output == 'failed: schema: index users_mode is missing, and '* ]]
	cp "$BATS_FILE_TMPDIR/presence.db" .
	sqlite3 presence.db 'PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 5'
	run -5 --separate-stderr presencectl check
	[[ $output == 'failed: references: '*' rows of '*' name a row of users that is not there'* ]]
	[[ $stderr == *"'presencectl restore' a backup"* ]]
	cp "$BATS_FILE_TMPDIR/presence.db" .
	zero "$(leaves users_mode | head -1)"
	run -5 --separate-stderr presencectl check
	[[ $output == 'failed: integrity: '* ]]
	[ "$(check_of | tail -5 | xargs)" = 'log unknown presence unknown items unknown time unknown wal fine' ]
	head -c 5000 /dev/urandom >presence.db
	run -5 --separate-stderr presencectl check
	[[ $output == "failed: database '$PRESENCE_DB' is damaged (file is not a database); 'presencectl restore' takes a copy, "* ]]
	[ "$stderr" = "presencectl: ${output#failed: }" ]
	says "database failed" jq -r '.check[] | "\(.check) \(.result)"' <(presencectl check --json 2>/dev/null || :)
}

@test "salvage: of a good database everything is saved" {
	salvage
	! grep -E 'could not|damaged|gone' out
	whole good.db
	for t in users device presence switch group_member queue_member log item; do
		[ "$(count "$t")" -eq "$(count "$t" good.db)" ]
	done
}

@test "salvage: pages in the middle, the first and the last of a table" {
	mapfile -t page < <(leaves users)
	[ "${#page[@]}" -eq 5 ]
	zero "${page[2]}"
	fails_with 5 'is damaged' presencectl backup b.db
	[ ! -e b.db ]
	salvage
	[[ $(saved users) == *' saved, others could not be read' ]]
	whole good.db
	local n=$(count users good.db)
	((n > 200 && n < 300))
	# What pointed to them has gone, and nobody has too much.
	[ "$(count presence good.db)" -eq "$n" ]
	[[ $(saved device) == *' saved, '*' named what is gone' ]]
	# Two holes more: what lies between them is saved.
	zero "${page[0]}"
	zero "${page[-1]}"
	presencectl backup --salvage --force good.db >out
	whole good.db
	local m=$(count users good.db)
	((m > n / 2 && m < n))
	PRESENCE_DB=$PWD/good.db check_of >checked
	[ "$(grep -c fine checked)" -eq 8 ]
	# And it can take the place of the damaged one.
	presencectl restore good.db >/dev/null || [ $? -eq 4 ]
	[ "$(count users)" -eq "$m" ]
	[ "$(check_of | grep -c fine)" -eq 8 ]
}

@test "salvage: the modes are gone" {
	zero "$(leaves mode)"
	salvage
	whole good.db
	[ "$(count mode good.db)" -eq 6 ]
	[ "$(count users good.db)" -eq 300 ]
	[ "$(PRESENCE_DB=good.db presencectl status alice --output mode --no-headings | tr -d ' ')" = do-not-disturb ]
}

@test "salvage: the header, a page of the schema, and half of the file" {
	printf 'XXXXXXXXXXXXXXXXXXXXXXXX' | dd of=presence.db conv=notrunc status=none
	salvage
	whole good.db
	[ "$(count users good.db)" -eq 300 ]
	rm good.db
	cp "$BATS_FILE_TMPDIR/presence.db" .
	truncate -s $(($(stat -c %s presence.db) / 2)) presence.db
	if salvage; then whole good.db; else [ ! -e good.db ]; fi
	rm -f good.db
	cp "$BATS_FILE_TMPDIR/presence.db" .
	zero 1
	fails_with 5 'nothing can be saved of' presencectl backup --salvage good.db
	[ ! -e good.db ]
	head -c 40000 /dev/urandom >presence.db
	fails_with 5 'nothing can be saved of' presencectl backup --salvage good.db
	: >presence.db
	fails_with 5 "cannot be read" presencectl backup --salvage good.db
	fails_with 1 'No such file' presencectl --db nothing backup --salvage good.db
	mkfifo fifo
	fails_with 1 'it is not a regular file' timeout 10 presencectl --db fifo backup --salvage good.db
	rm fifo
	[ "$(ls)" = "$(printf '%s\n' out presence.conf presence.db)" ]
}

# Bytes of random pages. Nothing may crash or hang, and what is saved is whole.
@test "random damage" {
	local seed status saved=0
	for seed in {1..24}; do
		cp "$BATS_FILE_TMPDIR/presence.db" .
		python3 - "$seed" <<-'P'
			import random, sys
			random.seed(int(sys.argv[1]))
			data = bytearray(open('presence.db', 'rb').read())
			for _ in range(random.choice((1, 3, 10, 40))):
			    at = random.randrange(100 if random.random() < .9 else 0, len(data) - 64)
			    n = random.choice((1, 4, 64))
			    data[at:at + n] = random.choice((random.randbytes(n), bytes(n), b'\xff' * n))
			open('presence.db', 'wb').write(data)
		P
		for words in check 'status alice' 'backup b.db' 'backup --salvage good.db'; do
			status=0
			# shellcheck disable=SC2086 # the words of a command
			timeout 20 presencectl $words >out 2>&1 || status=$?
			((status <= 5)) || {
				echo "seed $seed: $words ends with $status"
				cat out
				return 1
			}
			[ "$words" != 'backup b.db' ] || [ "$status" -ne 0 ] || whole b.db
		done
		if [ -e good.db ]; then
			whole good.db
			((saved += 1))
		fi
		rm -f good.db b.db
	done
	echo "$saved of 24 saved"
	((saved > 18))
}
