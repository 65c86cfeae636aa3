#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Time on the real daemon: it switches at the minute, whatever the clock does. No PBX is needed for that.
bats_require_minimum_version 1.5.0
load lib/common

# 2026-11-23 is a Monday. Everything here runs on this clock, also the programs that a daemon starts.
MONDAY='2026-11-23'

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	FAKETIME_LIB=$(echo /usr/lib/*/faketime/libfaketime.so.1)
	export TZ=Europe/Stockholm NO_FAKE_STAT=1 PRESENCE_CONF=$PWD/presence.conf PRESENCE_DB=$PWD/presence.db
	cat >presence.conf <<-C
		pbx = ( { name = "main"; port = 1; secret = "none"; } );
		defaults = { zone = "Europe/Stockholm"; };
		calendars = { allow_private = true; timeout = 10; };
	C
	chmod 600 presence.conf
	at "$MONDAY 08:30" presencectl init >/dev/null
	at "$MONDAY 08:30" presencectl user add alice extension=1001
	at "$MONDAY 08:30" presencectl schedule add office hours="Mon-Fri 09:00-17:00" breaks="Mon-Fri 12:00-13:00"
	at "$MONDAY 08:30" presencectl schedule assign office alice
}

teardown() { daemon_down; feeds_down; }

# Not by faketime(1), which would stand between us and the process, and minds semaphores that others left.
at() { # TIME COMMAND...
	local when
	when=$(date -d "$1" '+%F %T')
	shift
	LD_PRELOAD=$FAKETIME_LIB FAKETIME="@$when" "$@"
}

daemon_at() { # TIME
	LD_PRELOAD=$FAKETIME_LIB FAKETIME="@$1" presenced 2>>presenced.log 3>&- &
	DAEMON=$!
	eventually grep -q 'ready:' presenced.log
}

# The clock of a daemon that runs: the file says what time it is.
daemon_on_clock() {
	LD_PRELOAD=$FAKETIME_LIB FAKETIME_TIMESTAMP_FILE=$PWD/clock FAKETIME_NO_CACHE=1 \
		presenced 2>>presenced.log 3>&- &
	DAEMON=$!
	eventually grep -q 'ready:' presenced.log
}

clock() { echo "@$1" >clock.new && mv clock.new clock; }

# The database as seen on the daemon's own clock does not matter: only what is recorded is asked for.
mode() { sqlite3 presence.db "SELECT m.name FROM presence p JOIN mode m ON m.id = p.mode_id"; }
is() { [ "$(mode)" = "$1" ]; }
all_are() { [ "$(mode | paste -sd' ')" = "$1" ]; }
since() { TZ=Europe/Stockholm date -d "@$(sqlite3 presence.db 'SELECT since FROM presence')" '+%a %H:%M:%S'; }

feeds_up() {
	mkdir -p feeds
	python3 "$TOP/tests/lib/feed-server.py" --seconds 900 feeds >feeds/ports 2>feeds/log 3>&- &
	FEEDS=$!
	eventually grep -q HTTPS feeds/ports
	PORT=$(sed -n 's/^HTTP //p' feeds/ports)
}

feeds_down() {
	[ -n "${FEEDS-}" ] || return 0
	kill "$FEEDS" 2>/dev/null || :
	wait "$FEEDS" 2>/dev/null || :
	FEEDS=
}

@test "the opening comes at its second" {
	is off-work
	daemon_at "$MONDAY 08:59:57"
	eventually is available
	[ "$(since)" = 'Mon 09:00:00' ]
	run -0 at "$MONDAY 09:01" presencectl log
	[[ $output == *'off-work'*'available'*'business hours of schedule office'* ]]
}

@test "after a week without it, what holds now and since when" {
	daemon_at '2026-11-30 12:30:00'
	eventually is lunch-break
	[ "$(since)" = 'Mon 12:00:00' ]
}

@test "--once does the same from cron" {
	run ! at "$MONDAY 09:30" presenced --once # the PBX is away
	is available
	[ "$(since)" = 'Mon 09:00:00' ]
	before=$(contents)
	run ! at "$MONDAY 09:31" presenced --once
	[ "$(sqlite3 presence.db 'SELECT count(*) FROM log')" = "$(sqlite3 presence.db 'SELECT max(id) FROM log')" ]
	[ "$before" = "$(contents)" ]
}

@test "what cannot be understood in the database is told, and stops nobody else" {
	at "$MONDAY 08:30" presencectl calendar add own --hours 'Mon-Fri 10:00-11:00'
	at "$MONDAY 08:30" presencectl calendar add feed --file "$TOP/tests/data/ics/google.ics"
	at "$MONDAY 08:30" presencectl user add bob extension=1002 calendars=own,feed busy=away
	for broken in "calendar SET hours = 'Mon-Fry 9-25' WHERE name = 'own'" "calendar_zone SET changes = 'x'" \
		"users SET busy = 'no-such-mode'" "users SET patterns = 'x'" "event SET rule = 'FREQ=X', rdates = 'x'"; do
		sqlite3 presence.db "UPDATE $broken; UPDATE presence SET next_change_at = 1 WHERE user_id = 2"
		[ "$(sqlite3 presence.db 'SELECT min(next_change_at) FROM presence')" = 1 ]
		run ! at "$MONDAY 08:40" presenced --once
		[[ $output == *warning* ]]
		[ "$(sqlite3 presence.db 'SELECT min(next_change_at) > 1 FROM presence')" = 1 ]
		run -0 at "$MONDAY 08:40" presencectl explain bob
	done
	run ! at "$MONDAY 09:30" presenced --once
	[ "$(mode | head -n 1)" = available ]
}

@test "a clock set forward while it runs" {
	clock "$MONDAY 08:59:50"
	daemon_on_clock
	is off-work
	clock "$MONDAY 12:15:00"
	at "$MONDAY 12:15" presencectl group add wake # any write wakes it
	eventually is lunch-break
}

@test "a clock set back while it runs" {
	clock '2026-11-27 16:30:00'
	daemon_on_clock
	eventually is available
	clock "$MONDAY 07:30:00"
	at "$MONDAY 07:30" presencectl group add wake
	eventually is off-work
	grep -q 'the clock was set back' presenced.log
}

@test "an override and a switch that a clock gave that was ahead hold" {
	at "$MONDAY 14:00" presencectl user add bob extension=1002 || true
	at "$MONDAY 14:00" presencectl override set alice away --reason drill --for 8h || true
	at "$MONDAY 14:00" presencectl set bob dnd --for 8h || true
	clock "$MONDAY 10:00:00"
	daemon_on_clock
	eventually grep -q 'the clock was set back' presenced.log
	all_are 'away do-not-disturb'
	run -0 at "$MONDAY 10:01" presencectl explain alice
	[[ $output == *'override  wins '*' away '* ]]
	# One that is to begin later does.
	at "$MONDAY 10:01" presencectl override set bob lunch --reason later --from 11:00 --until 12:00 || true
	all_are 'away do-not-disturb'
}

@test "what ended by a clock that was ahead holds again, for a day; what was cleared does not" {
	at "$MONDAY 09:30" presencectl user add bob extension=1002 || true
	at "$MONDAY 09:30" presencectl user add carol extension=1003 || true
	at "$MONDAY 09:30" presencectl override set alice away --reason drill --for 4h || true
	at "$MONDAY 09:30" presencectl set bob dnd --for 4h || true
	at "$MONDAY 09:30" presencectl set carol dnd --for 4h || true
	clock "$MONDAY 16:00:00"
	daemon_on_clock
	eventually all_are 'available available available'
	[ -z "$(at "$MONDAY 16:00" presencectl override list --no-headings)" ]
	at "$MONDAY 16:00" presencectl clear carol || true
	clock "$MONDAY 10:00:00"
	at "$MONDAY 10:00" presencectl group add wake
	eventually all_are 'away do-not-disturb available'
	[[ $(at "$MONDAY 10:00" presencectl override list) == *drill* ]]
	clock "$MONDAY 13:31:00"
	at "$MONDAY 13:31" presencectl group add wake2
	eventually all_are 'available available available'
	clock '2026-11-24 17:00:10'
	at '2026-11-24 17:00:10' presencectl group add wake3
	eventually all_are 'off-work available available'
	[ "$(sqlite3 presence.db 'SELECT (SELECT count(*) FROM switch) + (SELECT count(*) FROM override)')" = 0 ]
}

@test "a period that a clock forced that was ahead holds, and holds again that it ended by one" {
	at "$MONDAY 14:00" presencectl schedule force office closed --until 20:00
	clock "$MONDAY 10:00:00"
	daemon_on_clock
	eventually grep -q 'the clock was set back' presenced.log
	is off-work
	hours() { sqlite3 presence.db "SELECT wanted FROM item WHERE name = 'presence-hours/office'"; }
	[ "$(hours)" = outside ]
	run -0 at "$MONDAY 10:01" presencectl explain alice
	[[ $output == *'outside   wins '*'by hand, schedule office'* ]]
	run -0 at "$MONDAY 10:01" presencectl schedule list
	[[ $output == *'outside'*'20:00'* ]]
	at "$MONDAY 10:02" presencectl set alice dnd --for 1h || true
	at "$MONDAY 10:03" presencectl clear alice || true
	is off-work
	clock '2026-11-24 10:00:00'
	at '2026-11-24 10:00' presencectl group add wake
	eventually is available
	[ "$(hours)" = business ]
	clock "$MONDAY 11:00:00"
	at "$MONDAY 11:00" presencectl group add wake2
	eventually is off-work
	[ "$(hours)" = outside ]
}

@test "a clock that is ahead for less than a day prunes nothing from the log" {
	first() { sqlite3 presence.db 'SELECT min(id) FROM log'; }
	begun() { [ "$(sqlite3 presence.db "SELECT value FROM fact WHERE name = 'log too old'")" = "$(($1 - 400 * 86400)) $1" ]; }
	start() { # TIME
		rm -f presenced.log
		clock "$1"
		daemon_on_clock
	}
	local ahead back later
	ahead=$(date -d '2036-01-01 10:00' +%s) back=$(date -d "$MONDAY 10:00" +%s) later=$(date -d '2028-02-01 10:00' +%s)
	# Records have a seal, and whole seals go.
	run ! at "$MONDAY 09:00" presenced --once
	start '2036-01-01 10:00:00' # as after a dead battery
	eventually begun "$ahead"
	clock '2036-01-02 09:00:00'
	at '2036-01-02 09:00' presencectl group add wake
	eventually is available
	daemon_down
	start '2036-01-02 09:59:59'
	daemon_down
	begun "$ahead"
	[ "$(first)" = 1 ]
	start "$MONDAY 10:00:00"
	eventually begun "$back"
	daemon_down
	[ "$(first)" = 1 ]
	# The time has really come: it is pruned a day later.
	start '2028-02-01 10:00:00'
	eventually begun "$later"
	daemon_down
	[ "$(first)" = 1 ]
	start '2028-02-02 10:00:00'
	# Under libfaketime no timer of the other clock wakes presenced.
	woken() {
		touch presence.db
		begun "$1"
	}
	eventually woken $((later + 86400))
	daemon_down
	[ "$(first)" != 1 ]
}

@test "a clock that was set back while nothing ran" {
	run ! at '2026-11-27 16:30' presenced --once
	is available
	run ! at "$MONDAY 16:40" presenced --once
	[ "$(sqlite3 presence.db 'SELECT until FROM presence')" = "$(date -d "$MONDAY 17:00" +%s)" ]
}

@test "a night of 25 hours and one of 23" {
	at "$MONDAY 08:30" presencectl schedule set office hours='daily 02:30-04:00'
	run ! at '2026-03-29 03:00:01' presenced --once # 02:30 does not exist: the first minute after it
	is available
	[ "$(since)" = 'Sun 03:00:00' ]
	[ "$(sqlite3 presence.db 'SELECT until FROM presence')" = "$(date -d '2026-03-29 04:00' +%s)" ]
	# In autumn 02:30 is there twice: it opens at the first.
	first=$(date -u -d '2026-10-25 00:30' +%s)
	TZ=UTC run ! at '2026-10-25 00:31:00' presenced --once
	is available
	[ "$(sqlite3 presence.db 'SELECT since FROM presence')" = "$first" ]
}

@test "new zone data is noticed" {
	cp -r /usr/share/zoneinfo zoneinfo
	cp zoneinfo/Asia/Tokyo zoneinfo/Europe/Stockholm.new
	# A mount of our own, so that the machine keeps its zones.
	cat >run.sh <<-'S'
		mount --bind zoneinfo /usr/share/zoneinfo
		LD_PRELOAD=$FAKETIME_LIB FAKETIME='@2026-11-23 03:00:00' presenced 2>presenced.log 3>&- &
		daemon=$!
		for i in $(seq 100); do grep -q ready: presenced.log && break; sleep 0.05; done
		mv zoneinfo/Europe/Stockholm.new zoneinfo/Europe/Stockholm
		LD_PRELOAD=$FAKETIME_LIB FAKETIME='@2026-11-23 03:00:01' presencectl override set alice away --reason x --for 1s --no-wait
		for i in $(seq 200); do grep -q 'zones are new' presenced.log && break; sleep 0.05; done
		kill $daemon && wait $daemon
	S
	export FAKETIME_LIB
	TZ=UTC run -0 timeout 60 unshare -m bash run.sh
	grep -q 'the time zones are new' presenced.log
	# 03:00 UTC is noon in the new Stockholm.
	is lunch-break
}

@test "addresses are asked off the loop, and a busy calendar switches" {
	feeds_up
	at "$MONDAY 08:30" presencectl calendar add alice --url "http://127.0.0.1:$PORT/good" --later
	at "$MONDAY 08:30" presencectl user set alice calendars=alice
	daemon_at "$MONDAY 08:45:00"
	events() { [ "$(sqlite3 presence.db 'SELECT count(*) FROM event')" -gt 0 ]; }
	eventually events
	run -0 at "$MONDAY 08:46" presencectl calendar list --json
	[ "$(jq -r '.calendars[0].error' <<<"$output")" = null ]
	[ "$(jq -r '.calendars[0].read' <<<"$output")" != null ]
}

@test "a server that is silent holds up nothing" {
	feeds_up
	at "$MONDAY 08:30" presencectl calendar add slow --url "http://127.0.0.1:$PORT/silent" --later
	daemon_at "$MONDAY 08:59:56"
	eventually pgrep -P "$DAEMON" presencectl
	eventually is available
	pgrep -P "$DAEMON" presencectl # it still waits
	[ "$(since)" = 'Mon 09:00:00' ]
	failed() { [ -n "$(sqlite3 presence.db 'SELECT error FROM calendar')" ]; }
	for _ in 1 2; do eventually failed && break; done
	run -0 at "$MONDAY 09:01" presencectl calendar list
	echo "$output"
	[[ $output == *'slow '*' s'* ]]
}
