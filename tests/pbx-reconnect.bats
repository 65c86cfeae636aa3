#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A PBX that goes away and comes back, or stops answering: how soon presenced is in step again.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() { pbx_up; }
teardown_file() { pbx_down; }
setup() {
	# shellcheck disable=SC1091 # another process after each restart
	. "$PBX_RUN/pbx.env"
	site "$PBX_AMI"
}
teardown() {
	kill -CONT "$PBX_PID" 2>/dev/null || :
	daemon_down
	[ -z "${PROXY-}" ] || kill "$PROXY" 2>/dev/null || :
}

# It becomes true within so many seconds.
within() { # seconds command ...
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	while ((${EPOCHREALTIME/./} < end)); do
		if "$@" >/dev/null 2>&1; then return 0; fi
		sleep 0.05
	done
	echo "not in time: $*"
	cat presenced.log
	return 1
}

confirmed() { [ "$(sqlite3 presence.db 'SELECT count(*) FROM item WHERE confirmed IS NOT wanted')" = 0 ]; }

@test "a PBX that was killed and was away for a while" {
	daemon_up
	presencectl set alice away
	"$TOP/tests/pbx/stop" --kill "$PBX_RUN"
	presencectl set alice dnd --no-wait
	sleep 9
	pbx_up --keep "$PBX_RUN"
	within 20 presencectl pbx diff
	presence_is 1001 dnd
	# Why it was away is said once.
	[ "$(grep -c 'Connection refused' presenced.log)" -eq 1 ]
}

@test "a PBX that stands still for some seconds is not given up" {
	daemon_up
	kill -STOP "$PBX_PID"
	presencectl set alice away --no-wait
	sleep 5
	kill -CONT "$PBX_PID"
	within 20 presencectl pbx diff
	presence_is 1001 away
	run ! grep -q warning presenced.log
}

@test "a switch of one overtakes a switch of all that is under way" {
	sqlite3 presence.db "INSERT INTO users (name, extension, pbx, zone, mailbox, mobile)
		SELECT 'user' || value, 3000 + value, 'main', '', '', '' FROM generate_series(1, 700)"
	presencectl set all available --forever --no-wait
	daemon_up
	eventually confirmed
	# How much the PBX does not know yet when it knows of alice.
	sqlite3 presence.db "CREATE TABLE seen (mode TEXT, others INTEGER);
		CREATE TRIGGER see AFTER UPDATE OF confirmed ON item WHEN new.name = 'CustomPresence:1001' AND new.confirmed IS new.wanted
		BEGIN INSERT INTO seen SELECT new.wanted, count(*) FROM item WHERE wanted IS NOT confirmed AND name <> new.name; END"
	kill -STOP "$PBX_PID"
	presencectl set all away --forever --no-wait
	presencectl set alice lunch --forever --no-wait
	kill -CONT "$PBX_PID"
	eventually confirmed
	# The last batch of 1,000 at least.
	[ "$(sqlite3 presence.db "SELECT others > 1000 FROM seen WHERE mode LIKE '%,lunch-break,%'")" = 1 ]
	# And nothing was lost on the way.
	[ "$(sqlite3 presence.db "SELECT count(*) FROM item WHERE name LIKE 'CustomPresence:3%' AND confirmed = 'away,away,'")" = 700 ]
	presence_is 1001 away
}

@test "an answer that is lost on the way" {
	python3 "$TOP/tests/lib/lose-answer.py" "$PBX_AMI" "$PWD/lose" >proxy.out 3>&- &
	PROXY=$!
	eventually grep -q PORT proxy.out
	sed -i "s/port = $PBX_AMI/port = $(awk '{ print $2 }' proxy.out)/" presence.conf
	daemon_up
	presencectl set alice away
	touch lose
	presencectl set alice dnd --no-wait
	within 20 confirmed
	[ ! -e lose ]
	grep -q "PBX 'main': an answer of Asterisk was lost" presenced.log
	run -0 presencectl pbx diff
}
