#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a real Asterisk cannot be made to do, by a scripted peer: the daemon says what is wrong, goes on, and recovers.
bats_require_minimum_version 1.5.0
load lib/common

peer_up() { # mode, further options
	rm -f "$BATS_TEST_TMPDIR/peer.out" # of a peer before: its port is not this one's
	python3 "$TOP/tests/lib/ami-peer.py" --seconds 60 --secret test-secret --mode "$@" >"$BATS_TEST_TMPDIR/peer.out" 3>&- &
	PEER=$!
	eventually grep -q PORT "$BATS_TEST_TMPDIR/peer.out"
	PBX_SECRET=test-secret
	site "$(awk '/^PORT/ { print $2 }' "$BATS_TEST_TMPDIR/peer.out")"
}

teardown() {
	daemon_down
	[ -z "${PEER-}" ] || kill "$PEER" 2>/dev/null || :
}

recovers() { # mode, options: spoils its first session, then is honest
	peer_up "$@" --times 1
	daemon_up
	eventually bash -c 'presencectl pbx list | grep -q connected'
	eventually presencectl set alice dnd
}

@test "an honest peer" {
	peer_up honest
	daemon_up
	run presencectl set alice dnd
	[ "$status" -eq 0 ]
	run presencectl pbx diff
	[ "$status" -eq 0 ]
}

@test "a PBX that is down" {
	site 1
	run presencectl pbx test
	[ "$status" -eq 1 ]
	[[ $output == *"PBX 'main'"*"Connection refused"* ]]
	daemon_up
	run presencectl set alice dnd
	[ "$status" -eq 4 ]
	[[ $output == *"alice is do-not-disturb"*"recorded, but not on the PBX yet"*"Connection refused"* ]]
	run presenced --once --db "$PWD/presence.db"
	[ "$status" -eq 1 ] # the lock is held
	daemon_down
	run presenced --once
	[ "$status" -eq 4 ]
	[[ $output == *"Connection refused"* ]]
}

@test "a PBX that accepts and says nothing" {
	peer_up silent
	presenced 2>presenced.log 3>&- &
	DAEMON=$!
	eventually presencectl pbx list
	local began=$SECONDS
	eventually bash -c 'presencectl set alice dnd 2>&1 | grep -q "not confirmed"'
	((SECONDS - began <= 8))
	run presencectl set alice away
	[ "$status" -eq 4 ]
}

@test "a PBX that refuses the login" {
	peer_up login-refused
	run presencectl pbx test
	[ "$status" -eq 1 ]
	[[ $output == *"user name or secret"* ]]
	daemon_up
	run presencectl set alice dnd
	[ "$status" -eq 4 ]
	[[ $output == *"user name or secret"* ]]
}

@test "a PBX on which somebody is logged in already" {
	peer_up login-in-use
	run presencectl push
	[ "$status" -eq 4 ]
	[[ $output == *"PBX 'main'"* ]]
}

@test "a PBX that permits no Setvar" {
	peer_up deny --deny Setvar
	daemon_up
	run presencectl set alice dnd
	[ "$status" -eq 4 ]
	[[ $output == *"refuses Setvar: Permission denied"*"write = call"* ]]
	run presencectl pbx test
	[ "$status" -eq 1 ]
	[[ $output == *"Setvar"*"Permission denied"* ]]
}

@test "a PBX that permits no lists" {
	peer_up deny --deny PresenceStateList
	run presencectl push
	[ "$status" -eq 4 ]
	[[ $output == *"refuses PresenceStateList"*"write = call"* ]]
}

@test "a PBX that permits no rows of call rules: modes are switched all the same" {
	peer_up deny --deny DBPut,DBGet
	daemon_up
	run presencectl set alice dnd
	[ "$status" -eq 0 ]
	run presencectl set all away --expect 2
	[ "$status" -eq 0 ]
	# Said once, not for each of the rows, and not tried again before the next login.
	eventually grep -q 'refuses the entries of call rules: Permission denied: .* needs write = system,call' presenced.log
	[ "$(grep -c 'call rules' presenced.log)" -eq 1 ]
	refused() { sqlite3 presence.db "SELECT count(*) FROM item WHERE error LIKE '%write = system,call%'"; }
	[ "$(refused)" -eq 8 ]
	run presencectl pbx test
	[ "$status" -eq 1 ]
	[[ $output == *"refuses DBPut"*"write = system,call"* ]]
	daemon_down
	run presencectl push
	[ "$status" -eq 4 ]
	[[ $output == *"the entries of call rules"* ]]
	[ "$(refused)" -eq 8 ]
}

@test "not a manager port" {
	peer_up not-ami
	run presencectl pbx test
	[ "$status" -eq 1 ]
	[[ $output == *"not "*"Asterisk"* ]]
}

@test "closed before the banner" {
	peer_up close
	run presencectl pbx test
	[ "$status" -eq 1 ]
	[[ $output == *"before its banner"* ]]
}

@test "a banner without end, a line without end" {
	peer_up endless-banner
	run timeout 20 presencectl pbx test
	[ "$status" -eq 1 ]
	kill "$PEER"
	rm -f presence.db* presence.conf
	peer_up endless --after 1
	run timeout 30 presencectl push
	[ "$status" -eq 4 ]
	echo "$output"
	[[ $output == *"PBX 'main'"*"a line of more than 65536 bytes"* ]]
}

most_memory() { awk '/^VmHWM:/ { print $2 }' "/proc/$DAEMON/status"; }

floods() { # beginning of an action, what is said of it
	peer_up flood --deny "$1"
	daemon_up
	eventually grep -q "PBX 'main'.*$2" presenced.log
	eventually bash -c 'presencectl pbx list | grep -q down'
	sleep 1 # it has come back by now
	[ "$(sqlite3 presence.db 'SELECT count(*) FROM item')" -eq "$rows" ]
	(($(most_memory) < 3 * honest))
	run presencectl set alice dnd
	[ "$status" -eq 4 ]
	run timeout 20 presencectl pbx diff
	[ "$status" -eq 1 ]
	[ "${#output}" -lt 2000 ]
	daemon_down
	kill "$PEER"
	rm -f presence.db* presence.conf presenced.log
}

@test "a list without end is neither kept nor written, and said" {
	peer_up honest
	daemon_up
	run -0 presencectl set alice dnd
	rows=$(sqlite3 presence.db 'SELECT count(*) FROM item')
	honest=$(most_memory)
	daemon_down
	kill "$PEER"
	rm -f presence.db* presence.conf presenced.log
	floods DBGetTree 'holds more than 200[0-9]* things such as presence-user/[0-9]* that this database does not know'
	floods DeviceStateList 'the list of DeviceStateList has more than 10[0-9]* entries'
	floods PresenceStateList 'the list of PresenceStateList has more than 10[0-9]* entries'
}

@test "cut in the middle of a line, then honest" {
	recovers cut --after 3
}

@test "dropped in the middle of a push, then honest" {
	recovers drop --after 4
}

@test "forged events and answers change nothing" {
	peer_up forge
	daemon_up
	run presencectl set alice dnd
	[ "$status" -eq 0 ]
	run presencectl status bob --no-headings
	[[ $output == *available* ]]
	[ "$(sqlite3 presence.db 'SELECT count(*) FROM switch')" = 1 ]
	# Nor what the phone of alice does, although it was told and asked for many times.
	run -0 presencectl set alice away
	run -0 presencectl status alice --output activity --no-headings
	[ "$output" = idle ]
}

@test "a PBX that boots late" {
	peer_up late-boot --delay 1
	daemon_up
	eventually bash -c 'presencectl pbx list | grep -q connected'
	run presencectl set alice dnd
	[ "$status" -eq 0 ]
}

sent() { grep -c "^action=$1|" peer.actions; }

@test "a PBX whose lists of queue members never hold what it says is there: tried a few times" {
	peer_up queue-lies --log "$BATS_TEST_TMPDIR/peer.actions"
	presencectl queue add support
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually grep -q 'refuses queue/support/Local/1001@presence-queue/n: Unable to add interface: Already there' presenced.log
	[ "$(sent QueueAdd)" -eq 3 ]
	[ "$(sent QueueStatus)" -eq 3 ]
	run -0 presencectl set alice dnd
	run -0 presencectl set bob away
	run presencectl pbx diff
	[ "$status" -le 1 ]
}

@test "a PBX whose queue members have impossible values" {
	peer_up queue-odd --log "$BATS_TEST_TMPDIR/peer.actions"
	presencectl queue add support
	presencectl queue assign support alice --no-wait
	daemon_up
	run -0 presencectl set alice dnd
	# Somebody else's pause, whatever it says; of no call that there is.
	eventually grep -q '^action=QueuePenalty|.*|penalty=0' peer.actions
	[ "$(sent QueuePause)" -eq 0 ]
	run -0 presencectl set alice off-work
	[ "$(sent QueueRemove)" -eq 1 ]
	run presencectl pbx diff --json
	[[ $output != *$'\e'* ]]
}

@test "what a waiting caller forges into the list of members is not believed" {
	peer_up queue-forge --log "$BATS_TEST_TMPDIR/peer.actions"
	presencectl queue add support
	presencectl queue assign support alice bob --no-wait
	daemon_up
	run -0 presencectl set alice available
	run -0 presencectl set bob available
	# Neither is there, whatever the list says.
	eventually grep -q '^action=QueueAdd|.*|interface=Local/1001@' peer.actions
	eventually grep -q '^action=QueueAdd|.*|interface=Local/1002@' peer.actions
	run ! grep -q 'refuses' presenced.log
}

@test "an item of a queue that somebody else wrote into the database" {
	peer_up honest --log "$BATS_TEST_TMPDIR/peer.actions"
	presencectl queue add support
	presencectl queue assign support alice bob --no-wait
	sqlite3 presence.db "UPDATE item SET wanted = 'pause,a;Local/9@evil/n|0' WHERE name LIKE 'queue/%1001%';
		UPDATE item SET name = 'queue/support/Local/1002;evil' WHERE name LIKE 'queue/%1002%'"
	daemon_up
	eventually grep -q 'refuses queue/support/Local/1001@presence-queue/n: .* has a character that' presenced.log
	eventually grep -q 'refuses queue/support/Local/1002;evil: .* has a character that' presenced.log
	run ! grep -q evil peer.actions
	run -0 presencectl set alice dnd
}

@test "doctor, of what is no PBX or goes away: a finding, and all else is said" {
	local mode code
	for mode in not-ami:pbx-unreachable endless:pbx-unreachable cut:pbx-unreachable login-in-use:login-refused; do
		peer_up "${mode%:*}"
		run -1 presencectl doctor
		[[ $output == *"error: main: "*" [${mode#*:}]"* ]]
		[[ $output == *"not checked: main: pbx-clock, right-call, "*": the PBX could not be asked"* ]]
		[[ $output == *"error: presenced does not run [presenced-down]"* ]]
		kill "$PEER"
		rm presence.db*
	done
	# A peer that knows little of what is asked.
	peer_up honest
	run -1 presencectl doctor
	[[ $output == *"not checked: main: dialplan-missing, dialplan-old, endpoint-missing: user 'presence' of manager.conf may not use Getvar, which wants write = call"* ]]
}
