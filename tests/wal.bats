#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# SQLite's log beside the database grows while a program reads: presenced empties it, and our own commands do not read for long.
bats_require_minimum_version 1.5.0
load lib/common

setup() { site; }

teardown() {
	[ -z "${READER-}" ] || kill -KILL "$READER" 2>/dev/null || :
	[ -z "${READER-}" ] || wait "$READER" 2>/dev/null || :
	daemon_down
}

# Users more, quickly: the rows that `user add` writes, and everybody is decided about.
users() { # n
	sqlite3 presence.db "INSERT INTO users (name, extension, pbx, zone, mailbox, mobile)
		SELECT 'user' || value, 8000000 + value, 'main', '', '', '' FROM generate_series(1, $1)"
	all_switch
}
all_switch() {
	presencectl set all dnd --for 1h --no-wait >/dev/null 9>&-
	presencectl clear all --no-wait >/dev/null 9>&-
}

# Another program that has a read transaction, until release.
hold() {
	mkfifo hold
	sqlite3 presence.db <hold >held.out 3>&- &
	READER=$!
	exec 9>hold
	echo "BEGIN; SELECT 'reads', count(*) FROM mode;" >&9
	eventually grep -q reads held.out
}
release() {
	exec 9>&-
	wait "$READER"
	READER=
}

MB=$((1 << 20))
wal_size() { stat -c %s presence.db-wal; }
wal_below() { (($(wal_size) < $1)); }
is_said() { # times TEXT
	(($(grep -cF -- "$2" presenced.log) == $1))
}

# Until SQLite's log is so large.
write_much() { # bytes
	local i
	for ((i = 0; i < 100; i++)); do
		all_switch
		wal_below "$1" || return 0
	done
	return 1
}

@test "SQLite's log is emptied when a long reader has gone, and nobody waits for that" {
	users 3000
	daemon_up
	hold
	write_much $((65 * MB))
	eventually is_said 1 "MB and cannot be emptied: a program has been reading for long"
	run presencectl check
	[[ $output == *"wal: SQLite's log has "*" MB; see presenced(8)"* ]]
	sleep 2.5 # an attempt more
	is_said 1 'cannot be emptied'
	presencectl set alice away --no-wait 9>&-
	release
	eventually wal_below $((16 * MB)) # or none at all: a writer leaves 8 MB
	eventually is_said 1 'is small again'
	run presencectl check
	[[ $output != *"wal:"* ]]
}

# Nobody has a read transaction: else what was written meanwhile could not leave SQLite's log.
nobody_reads() {
	[ "$(sqlite3 presence.db 'UPDATE users SET mobile = abs(random() % 1000000); PRAGMA wal_checkpoint(TRUNCATE)')" = '0|0|0' ]
}

# A pipe that nobody reads.
new_pipe() {
	rm -f pipe
	mkfifo pipe
	exec 8<>pipe
}
is_full() { ! dd if=/dev/zero of=pipe bs=1 count=1 oflag=nonblock status=none 2>/dev/null; }

waits_without_reading() { # words of presencectl, which prints to the pipe
	new_pipe
	presencectl "$@" >pipe 2>&1 3>&- &
	READER=$!
	eventually is_full
	nobody_reads || {
		echo "reads while it waits: $*"
		return 1
	}
	kill -KILL "$READER"
	wait "$READER" 2>/dev/null || :
	READER=
}

@test "who waits for a terminal or a pipe does not read" {
	users 1500
	hold
	run ! nobody_reads
	release
	waits_without_reading status
	waits_without_reading status --json
	waits_without_reading watch
	waits_without_reading log
	waits_without_reading log --follow --limit 1400
	waits_without_reading timeline all
	waits_without_reading timeline all --list
	waits_without_reading user list --json
}

@test "who waits with a warning does not read" {
	new_pipe
	presencectl calendar add feed url=https://calendar.example/a.ics --later >/dev/null
	sqlite3 presence.db "UPDATE calendar SET error = 'gone'"
	presencectl status 2>&1 | grep 'has never been read: gone'
	dd if=/dev/zero of=pipe bs=4096 count=1000 oflag=nonblock status=none 2>/dev/null || :
	presencectl status >/dev/null 2>pipe 3>&- &
	READER=$!
	sleep 0.5
	kill -0 "$READER"
	nobody_reads
}
