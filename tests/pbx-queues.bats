#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Queue members on a real Asterisk: what modes ask of them, what others did to them, and calls that are not cut.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/etc"
	cat >"$BATS_FILE_TMPDIR/etc/queues.conf" <<-'C'
		[general]
		persistentmembers = yes
		autofill = yes
		[support]
		strategy = ringall
		joinempty = yes
		[sales]
		strategy = ringall
		[fixed]
		strategy = ringall
		member => Local/1001@presence-queue/n,4,alice,hint:1001@presence-hints
	C
	printf '[q%d]\nstrategy = ringall\n' {1..150} >>"$BATS_FILE_TMPDIR/etc/queues.conf"
	cp "$TOP/tests/pbx/etc/extensions.conf" "$BATS_FILE_TMPDIR/etc/"
	cat >>"$BATS_FILE_TMPDIR/etc/extensions.conf" <<-'C'
		[presence-queue]
		exten => _X!,1,Answer()
		 same => n,Wait(60)
		; Without a phone, so free.
		[presence-hints]
		exten => 1001,hint,Custom:phone-1001
		exten => 1002,hint,Custom:phone-1002
		[others]
		exten => 1001,hint,Custom:phone-1001
	C
	pbx_up --modules calls --etc "$BATS_FILE_TMPDIR/etc"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl queue add support
}

teardown() {
	daemon_down
	hang_up
	for queue in support sales; do
		for who in 1001 1002; do
			ami QueueRemove "Queue: $queue" "Interface: $(local_ $who)" >/dev/null || :
		done
	done
	pause fixed 1001 false >/dev/null || :
}

local_() { echo "Local/$1@presence-queue/n"; }
pause() { # queue extension true|false [reason]
	ami QueuePause "Queue: $1" "Interface: $(local_ "$2")" "Paused: $3" "Reason: ${4-}"
}
# What the queue holds: "dynamic 0 lunch-break" is membership, penalty and the reason of a pause ("-": not paused); nothing: no member.
member() { # queue extension
	ami QueueStatus "Queue: $1" "Member: $(local_ "$2")" |
		awk -F': ' '/^Event: QueueMember/ { is = 1 } is { h[$1] = $2 } /^$/ && is {
			print h["Membership"], h["Penalty"], h["Paused"] ? h["PausedReason"] : "-"; exit }'
}
member_is() {
	local is
	is=$(member "$1" "$2")
	[ "$is" = "$3" ] || {
		echo "$2 in $1 is '$is', not '$3'"
		return 1
	}
}
added() { ami QueueStatus "Queue: $1" | grep -Eq "^(Name|StateInterface): $2\$"; } # queue what
in_call() { [ "$(ami QueueStatus "Queue: $1" "Member: $(local_ "$2")" | sed -n 's/^InCall: //p')" = "$3" ]; }
call_queue() { ami Originate 'Channel: Local/600@default/n' 'Application: Queue' "Data: $1" 'Async: true' >/dev/null; }
none_pending() { presencectl pbx list --json | grep -Eq '"pending": *0\b'; }
hang_up() { console 'channel request hangup all' >/dev/null; }

@test "login, pause with the mode as reason, logout" {
	presencectl queue assign support alice --penalty 3 --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 3 -'
	[[ $(ami QueueStatus 'Queue: support') == *"Name: alice"*"StateInterface: hint:1001@presence-hints"* ]]
	# When the switch is confirmed the queue knows.
	presencectl set alice lunch-break
	member_is support 1001 'dynamic 3 lunch-break'
	presencectl set alice away
	member_is support 1001 'dynamic 3 away'
	presencectl set alice available
	member_is support 1001 'dynamic 3 -'
	presencectl set alice off-work
	member_is support 1001 ''
	# A pause makes nobody a member.
	presencectl set alice lunch-break
	member_is support 1001 ''
	presencectl set alice available
	member_is support 1001 'dynamic 3 -'
	presencectl queue assign support alice --penalty 5
	eventually member_is support 1001 'dynamic 5 -'
	run -0 presencectl pbx diff
	[ -z "$output" ]
	presencectl queue unassign support alice
	eventually member_is support 1001 ''
	run -0 presencectl pbx diff
}

@test "a rule of its own for a queue; none leaves it as it is" {
	presencectl queue add sales
	presencectl queue assign support alice --no-wait
	presencectl queue assign sales alice --no-wait
	presencectl rule set alice lunch-break queue.sales=none
	daemon_up
	eventually member_is sales 1001 'dynamic 0 -'
	presencectl set alice lunch-break
	member_is support 1001 'dynamic 0 lunch-break'
	member_is sales 1001 'dynamic 0 -'
	# Our own pause ends with it.
	presencectl set alice away
	member_is sales 1001 'dynamic 0 away'
	presencectl set alice lunch-break
	member_is sales 1001 'dynamic 0 -'
}

@test "a static member is paused and never removed, and its penalty is its own" {
	presencectl queue add fixed
	presencectl queue assign fixed alice --penalty 9 --no-wait
	daemon_up
	eventually none_pending
	member_is fixed 1001 'static 4 -'
	presencectl set alice off-work
	member_is fixed 1001 'static 4 off-work'
	# Asterisk forgets it when it ends.
	pbx_restart
	eventually member_is fixed 1001 'static 4 off-work'
	presencectl set alice available
	member_is fixed 1001 'static 4 -'
	presencectl set alice off-work
	presencectl queue unassign fixed alice
	eventually member_is fixed 1001 'static 4 -'
}

@test "the pause of somebody else is left alone, both ways" {
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
	pause support 1001 true coffee
	presencectl set alice lunch-break
	member_is support 1001 'dynamic 0 coffee'
	presencectl set alice available
	member_is support 1001 'dynamic 0 coffee'
	# Also over a login.
	daemon_down
	daemon_up
	presencectl set alice away
	member_is support 1001 'dynamic 0 coffee'
	pause support 1001 false
	presencectl set alice lunch-break
	member_is support 1001 'dynamic 0 lunch-break'
}

@test "who leaves the queue on the PBX is a member again with the next mode, and with the next login" {
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
	ami QueueRemove 'Queue: support' "Interface: $(local_ 1001)" >/dev/null
	# Only asking the PBX tells.
	[[ $(presencectl queue show support) == *'in step'* ]]
	run -1 presencectl pbx diff
	[[ $output == *'queue/support/'* ]]
	presencectl set alice away
	member_is support 1001 ''
	presencectl set alice available
	member_is support 1001 'dynamic 0 -'
	ami QueueRemove 'Queue: support' "Interface: $(local_ 1001)" >/dev/null
	daemon_down
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
}

@test "our pause ends though its mode has been deleted" {
	presencectl mode add siesta type=away queue=pause
	presencectl queue assign support alice --no-wait
	daemon_up
	presencectl set alice siesta
	member_is support 1001 'dynamic 0 siesta'
	daemon_down
	presencectl set alice available || :
	presencectl mode delete siesta
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
}

# As when the session ends after the PBX has paused, before its answer is written down.
@test "our pause that nobody could write down ends though its mode has been deleted" {
	presencectl mode add siesta type=away queue=login
	presencectl queue assign support alice --no-wait
	daemon_up
	presencectl set alice siesta
	member_is support 1001 'dynamic 0 -'
	sqlite3 presence.db "CREATE TRIGGER t BEFORE UPDATE OF confirmed ON item WHEN NEW.confirmed = 'pause,siesta'
		BEGIN SELECT raise(ABORT, 'no'); END"
	presencectl mode set siesta queue=pause
	eventually member_is support 1001 'dynamic 0 siesta'
	daemon_down
	sqlite3 presence.db 'DROP TRIGGER t'
	presencectl set alice available || :
	presencectl mode delete siesta
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
}

@test "a queue that the PBX does not have is named once; the rest is done" {
	presencectl queue add nosuch
	presencectl queue assign nosuch alice bob --no-wait
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
	eventually grep -q "no such queue 'nosuch' on PBX 'main'" presenced.log
	[ "$(grep -c nosuch presenced.log)" -eq 1 ]
	# The switch counts, and what it is not is told.
	run -0 --separate-stderr presencectl set alice lunch-break
	[[ $output == *'the PBX knows'* ]]
	[ "$stderr" = "presencectl: queue 'nosuch' does not do what the mode says: no such queue 'nosuch' on PBX 'main'" ]
	presencectl set bob away
	member_is support 1001 'dynamic 0 lunch-break'
	run presencectl pbx diff --json
	[ "$status" -eq 1 ]
	[[ $output == *"queue/nosuch/Local/1001@presence-queue/n"*"no such queue 'nosuch'"* ]]
	[ "$(grep -c nosuch presenced.log)" -eq 1 ]
}

@test "on a call: paused at once, removed after it" {
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
	call_queue support
	eventually in_call support 1001 1
	# Nobody waits for the end of the call.
	run -0 presencectl set alice off-work
	[[ $output == *'the PBX knows'* ]]
	member_is support 1001 'dynamic 0 off-work'
	none_pending
	sleep 6
	member_is support 1001 'dynamic 0 off-work'
	in_call support 1001 1
	run presencectl pbx diff
	[[ $output == *'queue/support/'*'logout,off-work'*'pause,off-work'* ]]
	hang_up
	eventually member_is support 1001 ''
	run -0 presencectl pbx diff
}

@test "on a call: who comes back meanwhile stays, and a call does not last for ever" {
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
	call_queue support
	eventually in_call support 1001 1
	presencectl set alice off-work
	member_is support 1001 'dynamic 0 off-work'
	presencectl set alice available
	member_is support 1001 'dynamic 0 -'
	in_call support 1001 1
	presencectl set alice off-work
	# A push does not wait either, and a new login goes on where the last one was.
	daemon_down
	run -0 presencectl push
	member_is support 1001 'dynamic 0 off-work'
	daemon_up
	sqlite3 presence.db "PRAGMA busy_timeout = 2000; UPDATE item SET leave_by = 1 WHERE put_off IS NOT NULL" >/dev/null
	eventually member_is support 1001 ''
}

@test "who is taken out during a call and put in again stays; else leaves after it" {
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
	call_queue support
	eventually in_call support 1001 1
	presencectl queue unassign support alice
	eventually member_is support 1001 'dynamic 0 released'
	# Over two logins.
	daemon_down
	daemon_up
	eventually none_pending
	member_is support 1001 'dynamic 0 released'
	daemon_down
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
	in_call support 1001 1
	presencectl queue unassign support alice
	presencectl user delete alice
	eventually member_is support 1001 'dynamic 0 released'
	hang_up
	eventually member_is support 1001 ''
	# A login sees that they are gone.
	daemon_down
	daemon_up
	none_are_left() { [ -z "$(sqlite3 presence.db "SELECT name FROM item WHERE name GLOB 'queue/*'")" ]; }
	eventually none_are_left
}

@test "presenced --once pauses who is on a call, and removes after it" {
	presencectl queue assign support alice --no-wait
	presenced --once
	call_queue support
	eventually in_call support 1001 1
	presencectl set alice off-work || :
	run -0 presenced --once
	member_is support 1001 'dynamic 0 off-work'
	in_call support 1001 1
	hang_up
	eventually in_call support 1001 0
	run -0 presenced --once
	member_is support 1001 ''
	run -0 presencectl pbx diff
}

@test "a PBX killed in the middle of hundreds of members gets all of them" {
	local i
	for i in {1..150}; do
		printf 'queue add q%d\nqueue assign q%d alice bob --no-wait\n' "$i" "$i"
	done | presencectl shell >/dev/null
	daemon_up
	some_are_there() { console 'queue show q20' | grep -q presence-queue; }
	eventually some_are_there
	presencectl set all away --no-wait
	pbx_restart --kill
	all_confirmed() {
		[ "$(sqlite3 -cmd '.timeout 2000' presence.db "SELECT count(*) FROM item
			WHERE wanted IS NOT confirmed AND error IS NULL")" -eq 0 ]
	}
	eventually all_confirmed
	run -0 presencectl pbx diff
	presencectl set all available
	eventually all_confirmed
	run -0 presencectl pbx diff
	for i in 1 75 150; do
		member_is "q$i" 1001 'dynamic 0 -'
		member_is "q$i" 1002 'dynamic 0 -'
	done
}

@test "a PBX that forgets its members gets them back, one that remembers keeps our pause" {
	presencectl queue assign support alice bob --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
	eventually member_is support 1002 'dynamic 0 -'
	presencectl set bob lunch-break
	sed -i 's/^persistentmembers.*/persistentmembers = no/' "$PBX_RUN/etc/queues.conf"
	pbx_restart
	eventually member_is support 1001 'dynamic 0 -'
	# A pause makes nobody a member; he is one again when he is available.
	member_is support 1002 ''
	presencectl set bob available
	member_is support 1002 'dynamic 0 -'
	sed -i 's/^persistentmembers.*/persistentmembers = yes/' "$PBX_RUN/etc/queues.conf"
	pbx_restart
	eventually member_is support 1001 'dynamic 0 -'
	presencectl set alice away
	member_is support 1001 'dynamic 0 away'
	daemon_down
	pbx_restart
	member_is support 1001 'dynamic 0 away'
	presencectl set alice available || :
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
}

@test "a queue forgotten and named again in another case keeps its members" {
	presencectl queue assign support alice --no-wait
	presencectl push
	presencectl queue delete support
	presencectl queue add Support
	presencectl queue assign Support alice --no-wait
	presencectl push
	member_is support 1001 'dynamic 0 -'
	run -0 presencectl pbx diff
	presencectl queue unassign Support alice
	presencectl push
	member_is support 1001 ''
}

@test "other hints reach who is a member; a pause of somebody else stays" {
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
	pause support 1001 true coffee
	presencectl queue set support hints=others
	eventually added support 'hint:1001@others'
	eventually member_is support 1001 'dynamic 0 coffee'
	pause support 1001 false
	# Not in the middle of a call.
	call_queue support
	eventually in_call support 1001 1
	presencectl queue set support hints=presence-hints penalty=2
	eventually member_is support 1001 'dynamic 2 -'
	eventually none_pending
	added support 'hint:1001@others'
	run presencectl pbx diff
	[[ $output == *'added again after it'* ]]
	hang_up
	eventually added support 'hint:1001@presence-hints'
	member_is support 1001 'dynamic 2 -'
}

@test "a hint that is not there is told: in the log, by queue show and by pbx diff" {
	local why="no hint 1001@nowhere, so queue 'support' never offers calls to alice"
	presencectl queue set support hints=nowhere
	presencectl queue assign support alice --no-wait
	daemon_up
	eventually grep -q "warning: PBX 'main': $why" presenced.log
	[[ $(presencectl queue show support) == *"$why"* ]]
	run -1 presencectl pbx diff
	[[ $output == *"$why"* ]]
	# Once a login, and who was a member before is looked at too.
	presencectl set alice away
	run -0 presencectl pbx diff
	presencectl set alice available
	run -1 presencectl pbx diff
	[ "$(grep -c nowhere presenced.log)" -eq 1 ]
	daemon_down
	daemon_up
	eventually grep -q "$why" presenced.log
	presencectl queue set support hints=presence-hints
	eventually added support 'hint:1001@presence-hints'
	eventually none_pending
	[[ $(presencectl queue show support) == *'in step'* ]]
	run -0 presencectl pbx diff
}

@test "without agent in write: said once, and modes are switched all the same" {
	presencectl queue assign support alice bob --no-wait
	sed -i 's/^write = .*/write = system,call/' "$PBX_RUN/etc/manager.d/presence.conf"
	console 'manager reload' >/dev/null
	daemon_up
	eventually grep -q "refuses members of queues: Permission denied: user 'presence' of manager.conf needs write = system,call,agent" presenced.log
	run -0 presencectl set alice away
	run -0 --separate-stderr presencectl set alice available
	[[ $stderr == *"queue 'support' does not do what the mode says: Permission denied"* ]]
	run -0 presencectl set alice away
	run -0 presencectl set bob lunch-break
	[ "$(grep -c 'members of queues' presenced.log)" -eq 1 ]
	run presencectl pbx test
	[ "$status" -eq 1 ]
	[[ $output == *'refuses QueueAdd: Permission denied'*'write = system,call,agent'* ]]
	daemon_down
	sed -i 's/^write = .*/write = system,call,agent/' "$PBX_RUN/etc/manager.d/presence.conf"
	console 'manager reload' >/dev/null
	run -0 presencectl pbx test
	presencectl set alice available || :
	daemon_up
	eventually member_is support 1001 'dynamic 0 -'
}

@test "a PBX without queues: said once, and modes are switched all the same" {
	presencectl queue assign support alice bob --no-wait
	console 'module unload app_queue.so' >/dev/null
	daemon_up
	eventually grep -q "refuses members of queues: Invalid/unknown command: QueueStatus" presenced.log
	run -0 --separate-stderr presencectl set alice away
	[[ $stderr == *"queue 'support' does not do what the mode says: Invalid/unknown command: QueueStatus"* ]]
	[ "$(grep -c 'members of queues' presenced.log)" -eq 1 ]
	run -0 presencectl pbx test
	[[ $output == *'no queues'* ]]
	run presencectl pbx diff --json
	[[ $output == *'Invalid/unknown command: QueueStatus'* ]]
	console 'module load app_queue.so' >/dev/null
}
