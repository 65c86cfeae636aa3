#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Another program holds a lock of the database: presenced waits for nothing and loses nothing.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	cd "$BATS_TEST_TMPDIR"
	python3 "$TOP/tests/lib/ami-peer.py" --seconds 60 --secret test-secret --mode honest >peer.out 3>&- 9>&- &
	PEER=$!
	eventually grep -q PORT peer.out
	PBX_SECRET=test-secret site "$(awk '/^PORT/ { print $2 }' peer.out)"
}

teardown() {
	release
	daemon_down
	kill "$PEER" 2>/dev/null || :
}

# Until release, another program has the database.
hold() { # IMMEDIATE: nobody else can write; EXCLUSIVE: nobody else can open it
	mkfifo hold
	sqlite3 presence.db >held.out 2>&1 3>&- <hold &
	HOLDER=$!
	exec 9>hold
	[ "$1" = IMMEDIATE ] || echo 'PRAGMA locking_mode = EXCLUSIVE;' >&9
	printf "BEGIN %s;\nUPDATE fact SET value = value;\nSELECT 'held';\n" "$1" >&9
	eventually grep -q held held.out
}
release() {
	[ -n "${HOLDER-}" ] || return 0
	printf 'COMMIT;\n.quit\n' >&9
	exec 9>&-
	wait "$HOLDER" || :
	HOLDER=
	rm -f hold held.out
}

# The milliseconds that a command takes are at most so many.
takes() { # ms command ...
	local most=$1 began=${EPOCHREALTIME/./} took
	shift
	"$@"
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
	((took <= most)) || {
		echo "$took ms, not $most: $*"
		cat presenced.log
		return 1
	}
}

confirmed() { [ "$(sqlite3 presence.db 'SELECT count(*) FROM item WHERE confirmed IS NOT wanted')" = 0 ]; }
says_log() { grep -q -- "$1" presenced.log; }

is_available() { [ "$(presencectl status alice --output mode --no-headings)" = available ]; }

# What systemd hears, one line each, in the file `notified`.
notify_up() {
	export NOTIFY_SOCKET=$PWD/notify
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("notify")
print("up", flush=True)
while True: print(s.recv(4096).decode().replace("\n", "|"), flush=True)' >notified 3>&- 9>&- &
	LISTENER=$!
	eventually grep -q up notified
}
notify_down() {
	kill "$LISTENER"
	unset NOTIFY_SOCKET
}

@test "presenced ends at once, also at its start" {
	hold EXCLUSIVE
	presenced 2>presenced.log 3>&- 9>&- &
	DAEMON=$!
	eventually says_log 'is locked by another program; trying again'
	takes 1000 daemon_down
	release
	daemon_up
	eventually confirmed
	hold IMMEDIATE
	takes 1000 daemon_down
}

@test "presenced starts when the lock is gone, and pings meanwhile" {
	notify_up
	hold EXCLUSIVE
	WATCHDOG_USEC=3000000 presenced 2>presenced.log 3>&- 9>&- &
	DAEMON=$!
	sleep 1.5
	grep -q 'STATUS=the database is locked' notified
	((20 <= $(grep -c WATCHDOG=1 notified)))
	run ! grep -q READY notified
	release
	takes 1000 eventually grep -q READY=1 notified
	takes 1000 eventually confirmed
	notify_down
}

@test "presenced starts beside one who writes for long" {
	hold IMMEDIATE
	presenced 2>presenced.log 3>&- 9>&- &
	DAEMON=$!
	eventually says_log 'is locked by another program'
	release
	takes 1000 eventually confirmed
	takes 1000 eventually says_log 'the database can be used again'
}

@test "what was confirmed under a lock is written when it is gone" {
	daemon_up
	presencectl set alice away
	presencectl set alice dnd --no-wait
	hold IMMEDIATE
	kill -HUP "$DAEMON" # reads the configuration, and opens the sessions anew when it can
	eventually says_log 'configuration reloaded'
	release
	takes 2000 eventually confirmed
	takes 1000 eventually bash -c 'presencectl pbx list | grep -q connected'
}

@test "a tick that meets a lock comes later, within a second of its end" {
	daemon_up
	presencectl set alice away --for 1m
	sqlite3 presence.db 'UPDATE switch SET until = unixepoch() + 2;
		UPDATE presence SET next_change_at = unixepoch() + 2, until = unixepoch() + 2 WHERE next_change_at IS NOT NULL'
	presencectl set bob away # wakes it
	hold IMMEDIATE
	sleep 3
	run ! is_available
	release
	takes 1500 eventually is_available
	eventually confirmed
}

@test "presencectl waits for five seconds, and says so" {
	hold IMMEDIATE
	takes 7000 fails_with 5 'is locked by another program; gave up after 5 s' presencectl set alice dnd
}
