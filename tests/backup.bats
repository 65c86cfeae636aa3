#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# backup and restore.
bats_require_minimum_version 1.5.0
load lib/common

setup() { site; }
teardown() {
	daemon_down
	! mountpoint -q small || umount small
}

users() { presencectl user list --output name --no-headings | tr -d ' ' | paste -sd' '; }
mode_of() { presencectl status "$1" --output mode --no-headings | tr -d ' '; }
says_log() { grep -qF -- "$1" presenced.log; }
whole() { [ "$(sqlite3 "$1" 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok ]; }
# Nothing may stand here besides.
only() { # FILE ...
	diff <(printf '%s\n' presence.conf presence.db "$@" | sort) <(ls | grep -v ^separate-stderr)
}
kept() { ls presence.db.2*; }
restored() { [ "$(grep -c 'the database was restored' presenced.log)" -ge "$1" ]; }

@test "backup: one file, which is whole and is the database" {
	chmod 640 presence.db
	run -0 --separate-stderr presencectl backup b.db
	[[ $output == "b.db: a copy of $PWD/presence.db, "*' kB, checked' ]]
	[ -z "$stderr" ]
	whole b.db
	only b.db
	[ "$(stat -c %a b.db)" = 640 ]
	[ "$(contents)" = "$(PRESENCE_DB=b.db contents)" ]
	chmod 660 presence.db
	presencectl backup c.db
	[ "$(stat -c %a c.db)" = 640 ]
	chmod 600 presence.db
	presencectl backup --force c.db
	[ "$(stat -c %a c.db)" = 600 ]
}

@test "backup: what cannot be its file" {
	presencectl backup b.db
	fails_with 1 "'b.db' exists already; --force replaces it" presencectl backup b.db
	mkdir folder
	fails_with 1 "'folder' is a folder; name a file in it" presencectl backup --force folder
	ln -s b.db link
	fails_with 1 "'link' is a symbolic link; name the file itself" presencectl backup --force link
	ln -s nowhere dangling
	fails_with 1 "'dangling' is a symbolic link" presencectl backup dangling
	fails_with 1 "'presence.db' belongs to the database itself" presencectl backup --force presence.db
	ln presence.db hard
	fails_with 1 "'hard' belongs to the database itself" presencectl backup --force hard
	fails_with 1 "cannot create 'no/such/b.db': No such file" presencectl backup no/such/b.db
	mkfifo fifo
	fails_with 1 "'fifo' is no regular file" presencectl backup --force fifo
	fails_with 2 'file' presencectl backup
	rm -r b.db folder link dangling hard fifo
	only
}

@test "backup: no room on the disk" {
	[ "$EUID" -eq 0 ] || skip 'mount needs root'
	mkdir small
	mount -t tmpfs -o size=64k none small
	fails_with 1 "no room on the disk for 'small/b.db" presencectl backup small/b.db
	[ -z "$(ls small)" ]
	umount small
	whole presence.db
}

@test "backup while others write: each copy is one state" {
	daemon_up
	for i in {1..60}; do
		presencectl set all "$( ((i % 2)) && echo dnd || echo away)" --no-wait >/dev/null 2>&1 || :
	done 3>&- &
	local writer=$! n=0
	while kill -0 "$writer" 2>/dev/null; do
		presencectl backup --force b.db >/dev/null
		whole b.db
		# alice and bob are switched in one transaction.
		[ "$(sqlite3 b.db 'SELECT count(DISTINCT mode_id) FROM presence')" -eq 1 ]
		((n += 1))
	done
	wait "$writer"
	[ "$n" -ge 3 ]
}

@test "restore: what was then, and what was until now is kept" {
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	presencectl backup b.db
	presencectl set alice away --no-wait || [ $? -eq 4 ]
	presencectl user add carol extension=1003
	run -4 --separate-stderr presencectl restore b.db
	[ "${lines[0]}" = "$PWD/presence.db: restored from b.db, 2 users" ]
	[ "${lines[1]}" = "what it was until now is in $PWD/$(kept)" ]
	[[ $stderr == *'presenced does not run'* ]]
	[ "$(users)" = 'alice bob' ]
	[ "$(mode_of alice)" = do-not-disturb ]
	only b.db "$(kept)"
	whole presence.db
	[ "$(PRESENCE_DB=$(kept) users)" = 'alice bob carol' ]
	[ "$(PRESENCE_DB=$(kept) mode_of alice)" = away ]
	presencectl log | grep -E 'restore +.*b.db'
	# What a PBX held then is not believed.
	[ "$(sqlite3 presence.db "SELECT count(confirmed) FROM item WHERE confirmed <> ''")" -eq 0 ]
	# The copy was only read.
	presencectl restore b.db || [ $? -eq 4 ]
	presencectl restore "$(kept | head -n 1)" || [ $? -eq 4 ]
	[ "$(users)" = 'alice bob carol' ]
	[ "$(kept | wc -l)" -eq 3 ]
}

@test "restore: what ended since then has ended" {
	presencectl set alice dnd --for 2s --no-wait || [ $? -eq 4 ]
	presencectl backup b.db
	sleep 2.1
	presencectl restore b.db || [ $? -eq 4 ]
	[ "$(mode_of alice)" = available ]
}

@test "restore under a presenced that runs: it notices, and others too" {
	daemon_up
	presencectl backup b.db
	presencectl user add carol extension=1003
	mkfifo in
	presencectl shell --keep-going <in >out 2>&1 3>&- &
	local shell=$!
	exec 9>in
	echo 'status carol' >&9
	eventually grep -q carol out
	presencectl restore b.db
	eventually restored 1
	echo 'user list --output name' >&9
	echo 'set carol dnd --no-wait' >&9
	eventually grep -q "carol'" out
	exec 9>&-
	wait "$shell" || :
	[ "$(users)" = 'alice bob' ]
	presencectl restore "$(kept)"
	eventually restored 2
	[ "$(users)" = 'alice bob carol' ]
	presencectl set carol dnd --no-wait || [ $? -eq 4 ]
	daemon_down
	[ "$(mode_of carol)" = do-not-disturb ]
	whole presence.db
}

@test "restore while others write: nobody sees a mixture, and nothing is half" {
	presencectl backup b.db
	for i in {1..40}; do
		presencectl set all "$( ((i % 2)) && echo dnd || echo away)" --no-wait >/dev/null 2>&1 || [ $? -eq 4 ] || echo "$?" >>failed
		presencectl status --output mode --no-headings | tr -d ' ' | sort -u | wc -l >>modes
	done 3>&- &
	local writer=$! n=0
	while kill -0 "$writer" 2>/dev/null; do
		presencectl restore b.db >/dev/null 2>&1 || [ $? -eq 4 ]
		((n += 1))
	done
	wait "$writer"
	[ ! -e failed ]
	[ "$(sort -u modes)" = 1 ]
	[ "$n" -ge 3 ]
	whole presence.db
	for f in $(kept); do whole "$f"; done
}

@test "restore: what is no copy" {
	fails_with 1 "cannot read 'nothing': No such file" presencectl restore nothing
	mkdir folder
	fails_with 1 "'folder' is a folder" presencectl restore folder
	head -c 9000 /dev/urandom >noise
	fails_with 1 "presencectl: 'noise' is damaged (file is not a database); take another copy, or save what can be read with 'presencectl --db noise backup --salvage'" \
		presencectl restore noise
	: >empty
	fails_with 1 "'empty' is not a database of presence" presencectl restore empty
	sqlite3 theirs 'CREATE TABLE t (a); PRAGMA application_id = 7'
	fails_with 1 "'theirs' is not a database of presence" presencectl restore theirs
	fails_with 1 "is the database itself" presencectl restore presence.db
	presencectl backup b.db
	cp b.db newer
	sqlite3 newer 'PRAGMA user_version = 99'
	fails_with 1 "'newer' is from a newer version (schema 99" presencectl restore newer
	cp b.db broken
	sqlite3 broken 'PRAGMA foreign_keys = OFF; DELETE FROM mode WHERE id = 1'
	fails_with 1 "'broken' is damaged (2 rows of presence name a row of mode" presencectl restore broken
	# Nothing of ours is written over theirs.
	fails_with 5 "'theirs' is not a database of presence, so nothing" presencectl --db theirs restore b.db
	[ "$(sqlite3 theirs 'PRAGMA application_id')" = 7 ]
	if [ "$EUID" -ne 0 ]; then
		chmod 0 b.db
		fails_with 1 "cannot read 'b.db': Permission denied" presencectl restore b.db
		chmod 600 b.db
	fi
	[ "$(users)" = 'alice bob' ]
	only b.db newer broken theirs empty noise folder
}

@test "restore: a copy that cp made with its log, one of another page size, one in a folder where nothing can be written" {
	presencectl backup b.db
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	mkdir raw
	cp presence.db presence.db-wal raw/
	daemon_down
	presencectl clear alice --no-wait || [ $? -eq 4 ]
	presencectl restore raw/presence.db || [ $? -eq 4 ]
	[ "$(mode_of alice)" = do-not-disturb ]
	sqlite3 b.db 'PRAGMA page_size = 8192; VACUUM'
	presencectl restore b.db || [ $? -eq 4 ]
	[ "$(mode_of alice)" = available ]
	[ "$(sqlite3 presence.db 'PRAGMA page_size')" = 4096 ]
	cp presence.db raw/logged.db
	rm raw/presence.db*
	chmod 555 raw
	presencectl restore raw/logged.db || [ $? -eq 4 ]
	[ "$(ls raw)" = logged.db ]
	chmod 755 raw
}

@test "restore where there is no database, or one that cannot be read" {
	presencectl backup b.db
	rm presence.db
	presencectl restore b.db || [ $? -eq 4 ]
	[ "$(users)" = 'alice bob' ]
	[ "$(stat -c %a presence.db)" = 660 ]
	head -c 4096 /dev/zero | dd of=presence.db conv=notrunc status=none
	fails_with 5 'presence' presencectl status
	presencectl restore b.db || [ $? -eq 4 ]
	[ "$(users)" = 'alice bob' ]
	kept
	daemon_up
	rm presence.db
	eventually says_log 'was deleted or moved away'
	presencectl restore b.db
	eventually says_log 'opened again'
	[ "$(users)" = 'alice bob' ]
}

@test "what a deleted database held is kept by presenced" {
	daemon_up
	presencectl set alice dnd --no-wait || [ $? -eq 4 ]
	rm presence.db
	eventually says_log "what it held is in '$PWD/presence.db.deleted-"
	presencectl restore presence.db.deleted-*
	eventually says_log 'opened again'
	[ "$(mode_of alice)" = do-not-disturb ]
}

@test "restore: no room on the disk changes nothing" {
	[ "$EUID" -eq 0 ] || skip 'mount needs root'
	presencectl backup b.db
	mkdir small
	mount -t tmpfs -o size=1m none small
	PRESENCE_DB=$PWD/small/p.db presencectl restore b.db || [ $? -eq 4 ]
	local before=$(PRESENCE_DB=small/p.db contents)
	for free in 250 400 500; do
		rm -f small/rest
		dd if=/dev/zero of=small/rest bs=1k count=$(($(df --output=avail -k small | tail -1) - free)) status=none
		PRESENCE_DB=$PWD/small/p.db fails_with 1 'no room on the disk' presencectl restore b.db ||
			PRESENCE_DB=$PWD/small/p.db fails_with 5 'no room on the disk' presencectl restore b.db
		[ "$(cd small && echo *)" = 'p.db rest' ]
		[ "$before" = "$(PRESENCE_DB=small/p.db contents)" ]
	done
}
