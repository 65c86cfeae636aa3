#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The files of the database: replaced, deleted and put back under a presenced that runs.
bats_require_minimum_version 1.5.0
load lib/common

setup() { site; }
teardown() { daemon_down; }

users() { presencectl user list --output name --no-headings | tr -d ' ' | paste -sd' '; }
says_log() { grep -qF -- "$1" presenced.log; }
mode_of() { presencectl status "$1" --output mode --no-headings | tr -d ' '; }
# presenced has what is at the path open, and no other file.
open_again() { [ "$(grep -c 'opened again' presenced.log)" -ge "$1" ]; }
# Another database with alice, bob and carol.
another() {
	PRESENCE_DB=$PWD/another.db presencectl init >/dev/null
	PRESENCE_DB=$PWD/another.db presencectl user add alice extension=1001
	PRESENCE_DB=$PWD/another.db presencectl user add carol extension=1003
}
inode() { stat -c %i "$1"; }
# What presenced has told of the file.
told() { printf '%d' "0x$(sed -n '2s/^[^ ]* //p' presenced.lock | cut -d: -f2)"; }

@test "another file is moved over the database: it is opened, and what was written is in it" {
	another
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	mv another.db presence.db
	eventually open_again 1
	says_log 'was replaced by another file'
	[ "$(users)" = 'alice carol' ]
	[ "$(mode_of alice)" = available ]
	presencectl set carol away --no-wait || [ $? -eq 4 ]
	[ "$(told)" = "$(inode presence.db)" ]
	daemon_down
	[ "$(mode_of carol)" = away ]
	[ "$(sqlite3 presence.db 'PRAGMA integrity_check')" = ok ]
}

@test "the database is moved away, and another into its place: the old one is complete" {
	another
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	mv presence.db old.db && mv another.db presence.db
	eventually open_again 1
	[ "$(users)" = 'alice carol' ]
	# What its log held is in it.
	[ "$(PRESENCE_DB=$PWD/old.db mode_of alice)" = do-not-disturb ]
}

@test "another file is copied over the database: it is opened" {
	another
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	cp another.db presence.db
	eventually open_again 1
	says_log 'wrote over database'
	[ "$(users)" = 'alice carol' ]
	[ "$(sqlite3 presence.db 'PRAGMA integrity_check')" = ok ]
}

@test "an older copy of the same database is copied over it: it is opened" {
	cp presence.db older.db
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	presencectl user add carol extension=1003
	sqlite3 presence.db 'PRAGMA wal_checkpoint' >/dev/null
	presencectl set bob away --no-wait || [ $? -eq 4 ]
	sleep 0.2
	cp older.db presence.db
	eventually open_again 1
	[ "$(users)" = 'alice bob' ]
	[ "$(mode_of alice)" = available ]
	[ "$(sqlite3 presence.db 'PRAGMA integrity_check')" = ok ]
}

@test "the database is deleted: that is said, and it is taken up when it comes back" {
	another
	daemon_up
	rm presence.db
	eventually says_log 'was deleted or moved away while it was in use'
	fails_with 5 "no database '$PRESENCE_DB'" presencectl status
	kill -HUP "$DAEMON"
	eventually says_log 'not reloaded: there is no database'
	mv another.db presence.db
	eventually open_again 1
	[ "$(users)" = 'alice carol' ]
}

@test "a deleted database can be made anew under a presenced that runs" {
	daemon_up
	rm presence.db
	eventually says_log 'was deleted or moved away while it was in use'
	presencectl init
	eventually open_again 1
	presencectl user add dora extension=1004
	[ "$(users)" = dora ]
}

@test "what is no database, or another program's, is said once, until there is a good one" {
	another
	daemon_up
	echo 'no database' >text
	mv text presence.db
	eventually says_log 'trying again'
	sleep 2.5
	[ "$(grep -c 'trying again' presenced.log)" -eq 1 ]
	kill -0 "$DAEMON"
	sqlite3 theirs.db 'CREATE TABLE t (a); PRAGMA application_id = 7'
	mv theirs.db presence.db
	eventually says_log 'is not a database of presence'
	# Theirs was not changed.
	[ "$(sqlite3 presence.db 'PRAGMA journal_mode')" = delete ]
	dd if=another.db of=half.db bs=4096 count=7 status=none
	mv half.db presence.db
	eventually says_log 'is damaged'
	mv another.db presence.db
	eventually open_again 1
	[ "$(users)" = 'alice carol' ]
}

@test "a deleted log: what it held is saved, and nothing is lost" {
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	rm presence.db-wal
	eventually open_again 1
	says_log "presence.db-wal' or "
	[ "$(mode_of alice)" = do-not-disturb ]
	presencectl set bob away --no-wait || [ $? -eq 4 ]
	rm presence.db-shm
	eventually open_again 2
	[ "$(mode_of bob)" = away ]
	rm -f presence.db-wal presence.db-shm
	eventually open_again 3
	[ "$(mode_of alice) $(mode_of bob)" = 'do-not-disturb away' ]
	presencectl clear alice --no-wait || [ $? -eq 4 ]
	daemon_down
	[ "$(mode_of alice) $(mode_of bob)" = 'available away' ]
	[ "$(sqlite3 presence.db 'PRAGMA integrity_check')" = ok ]
}

@test "another log in its place is put aside" {
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	cp presence.db-wal other && presencectl clear alice --no-wait || [ $? -eq 4 ]
	mv other presence.db-wal
	eventually open_again 1
	[ "$(mode_of alice)" = available ]
	ls presence.db-wal.aside-*
}

# A presencectl that waits holds the database open without a presenced.
@test "while presenced is stopped for a moment nobody reads another file through the old log" {
	another
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	kill -STOP "$DAEMON"
	mv another.db presence.db
	fails_with 5 'there is another database at' presencectl set alice away
	fails_with 5 'there is another database at' presencectl status
	rm presence.db-wal
	fails_with 5 'than presenced has open' presencectl status
	kill -CONT "$DAEMON"
	eventually open_again 1
	[ "$(users)" = 'alice carol' ]
	[ "$(mode_of alice)" = available ]
}

@test "without presenced: a log without its database, and an index without its log" {
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	kill -KILL "$DAEMON"
	wait "$DAEMON" || :
	DAEMON=
	cp presence.db kept.db && cp presence.db-wal kept.db-wal
	another
	mv another.db presence.db
	fails_with 5 'belongs to a database that stood at' presencectl status
	rm presence.db-wal
	fails_with 5 "with it the last changes of the database" presencectl status
	rm presence.db-shm
	[ "$(users)" = 'alice carol' ]
	[ "$(PRESENCE_DB=$PWD/kept.db mode_of alice)" = do-not-disturb ]
}

@test "a shell that is open notices too" {
	another
	mkfifo in
	presencectl shell --keep-going <in >out 2>&1 3>&- &
	local shell=$!
	exec 9>in
	echo 'status alice' >&9
	eventually grep -q available out
	mv another.db presence.db
	echo 'set alice dnd --no-wait' >&9
	eventually grep -q 'was replaced by another file' out
	exec 9>&-
	wait "$shell" || :
	[ "$(mode_of alice)" = available ]
}
