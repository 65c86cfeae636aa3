#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What others change on a real Asterisk while presenced is connected, and who mends it: an event, the sweep, push.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/etc"
	printf '[general]\npersistentmembers = yes\n[support]\nstrategy = ringall\njoinempty = yes\n' \
		>"$BATS_FILE_TMPDIR/etc/queues.conf"
	cp "$TOP/tests/pbx/etc/extensions.conf" "$BATS_FILE_TMPDIR/etc/"
	# 1002 has no hint.
	cat >>"$BATS_FILE_TMPDIR/etc/extensions.conf" <<-'C'
		[presence-queue]
		exten => _X!,1,Answer()
		 same => n,Wait(60)
		[presence-hints]
		exten => 1001,hint,Custom:phone-1001
	C
	pbx_up --modules calls --etc "$BATS_FILE_TMPDIR/etc"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl queue add support
	presencectl schedule add office hours='daily 00:00-24:00'
}

teardown() {
	daemon_down
	for who in 1001 1002; do
		ami QueueRemove 'Queue: support' "Interface: $(local_ $who)" >/dev/null || :
	done
	console 'dialplan remove extension 1002@presence-hints' >/dev/null || :
}

local_() { echo "Local/$1@presence-queue/n"; }
# What the queue holds of a member: "1 0 -" is the status, the penalty and the reason of a pause.
member() { # extension
	ami QueueStatus 'Queue: support' "Member: $(local_ "$1")" |
		awk -F': ' '/^Event: QueueMember/ { is = 1 } is { h[$1] = $2 } /^$/ && is {
			print h["Status"], h["Penalty"], h["Paused"] ? h["PausedReason"] : "-"; exit }'
}
member_is() { [ "$(member "$1")" = "$2" ]; }
light() { console "devstate change $1 $2" >/dev/null; }
held_is() { [ "$(held "$1")" = "$2" ]; }
row() { console "database get $1 $2" | sed -n 's/^Value: //p'; }
in_step() { [ -z "$(presencectl pbx diff 2>&1)" ]; }
mended_soon() { # long before the sweep would mend it
	local end=$((SECONDS + 30))
	until in_step; do
		((SECONDS < end)) || { presencectl pbx diff; return 1; }
		sleep 0.1
	done
}

@test "lamps that somebody lights or puts out are mended at once" {
	presencectl user add carol extension=1003
	daemon_up
	eventually in_step
	light Custom:mode-1001-away INUSE
	light Custom:mode-1001-available NOT_INUSE
	light Custom:presence-1002 BUSY
	light Custom:hours-office NOT_INUSE
	light Custom:mode-1003-siesta INUSE
	light Custom:presence-1099 BUSY
	run ! in_step
	mended_soon
	held_is Custom:mode-1001-away NOT_INUSE
	held_is Custom:hours-office INUSE
	# Nobody has switched.
	[ "$(presencectl log --json | jq '[.log[] | select(.via == "phone")] | length')" = 0 ]
}

@test "a feature code and a second switch before presenced has seen the first" {
	daemon_up
	eventually in_step
	for mode in away lunch-break off-work; do
		kill -STOP "$DAEMON"
		# As the sample dialplan does it.
		light "Custom:mode-1001-$mode" INUSE
		ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' "Value: away,$mode,*" >/dev/null
		presencectl set alice do-not-disturb --no-wait
		kill -CONT "$DAEMON"
		mended_soon
	done
	run -0 presencectl status alice --output mode --no-headings
	[[ $output == do-not-disturb* ]]
}

@test "members of a queue whom somebody removes, unpauses or gives a penalty" {
	presencectl queue assign support alice --penalty 3 --no-wait
	daemon_up
	eventually member_is 1001 '1 3 -'
	ami QueueRemove 'Queue: support' "Interface: $(local_ 1001)" >/dev/null
	mended_soon
	member_is 1001 '1 3 -'
	ami QueuePenalty 'Queue: support' "Interface: $(local_ 1001)" 'Penalty: 9' >/dev/null
	mended_soon
	member_is 1001 '1 3 -'
	presencectl set alice away
	ami QueuePause 'Queue: support' "Interface: $(local_ 1001)" 'Paused: false' >/dev/null
	mended_soon
	member_is 1001 '1 3 away'
	# A pause of their own is not touched.
	presencectl set alice available
	ami QueuePause 'Queue: support' "Interface: $(local_ 1001)" 'Paused: true' 'Reason: coffee' >/dev/null
	sleep 1
	in_step
	member_is 1001 '1 3 coffee'
}

@test "a hint that is written after the member was added" {
	presencectl queue assign support alice bob --no-wait
	daemon_up
	eventually member_is 1002 '4 0 -'
	eventually member_is 1001 '1 0 -'
	ami QueuePause 'Queue: support' "Interface: $(local_ 1002)" 'Paused: true' 'Reason: coffee' >/dev/null
	console 'dialplan add extension 1002,hint,Custom:phone-1002 into presence-hints' >/dev/null
	member_is 1002 '4 0 coffee'
	run -1 presencectl pbx diff
	mended_soon
	member_is 1002 '1 0 coffee'
	eventually grep -q 'no hint 1002@presence-hints' presenced.log
	run -0 presencectl queue show support --output user,state --no-headings
	[[ $output != *hint* ]]
}

@test "push does the same without presenced" {
	presencectl queue assign support bob --no-wait
	run -4 presencectl push
	member_is 1002 '4 0 -'
	console 'dialplan add extension 1002,hint,Custom:phone-1002 into presence-hints' >/dev/null
	presencectl push
	member_is 1002 '1 0 -'
	light Custom:mode-1001-away INUSE
	console 'database del presence-user 1001' >/dev/null
	ami QueueRemove 'Queue: support' "Interface: $(local_ 1002)" >/dev/null
	run ! in_step
	presencectl push
	in_step
}

# presenced on a clock of the test's.
daemon_on_clock() {
	echo +0 >clock
	LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketime.so.1) NO_FAKE_STAT=1 FAKETIME_TIMESTAMP_FILE=$PWD/clock \
		FAKETIME_NO_CACHE=1 ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 \
		presenced 2>>presenced.log 3>&- &
	DAEMON=$!
	eventually grep -q 'ready:' presenced.log
}

# Twenty minutes pass, thirty seconds at a time. An event of the PBX wakes presenced each time.
let_time_pass() {
	local s
	for ((s = $1; s <= $1 + 1200; s += 30)); do
		echo "+$s" >clock.new && mv clock.new clock
		console "devstate change Custom:nothing $([ $((s / 30 % 2)) = 0 ] && echo INUSE || echo NOT_INUSE)" >/dev/null
		sleep 0.05
	done
}

mended() { jq -r ".differences[] | select(.item == \"$1\") | .mended" <(presencectl pbx diff --json 2>/dev/null); }
says_diff() { # TEXT
	run -1 --separate-stderr presencectl pbx diff
	[[ $stderr == *"$1"* ]] || { echo "$stderr"; return 1; }
}

@test "pbx diff says who mends what, and when" {
	presencectl push
	console 'database del presence-user 1001' >/dev/null
	console 'database put presence-user 9999 1|x' >/dev/null
	says_diff "2 differences that 'presencectl push' mends; presenced is not running"
	presencectl push
	in_step
	daemon_up
	eventually in_step
	console 'database del presence-user 1001' >/dev/null
	says_diff "1 difference that presenced mends within 15 minutes; 'presencectl push' does now"
	console 'database put presence-user 9999 1|x' >/dev/null
	says_diff "1 difference that presenced mends with its next login; 'presencectl push' does now"
	[ "$(mended presence-user/1001)" = '15 min' ]
	[ "$(mended presence-user/9999)" = login ]
	run -0 presencectl push
	in_step
	# What presenced has not seen yet.
	kill -STOP "$DAEMON"
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: away,lunch-break,' >/dev/null
	presencectl set bob away --no-wait
	says_diff "1 difference that presenced or 'presencectl push' takes over as a switch"
	[ "$(mended CustomPresence:1001)" = 'a switch' ]
	[ "$(mended CustomPresence:1002)" = now ]
	kill -CONT "$DAEMON"
	mended_soon
	[[ $(presencectl status alice --output mode --no-headings) == lunch-break* ]]
}

@test "what the PBX refuses, and what waits for a hint: diff, push and queue assign" {
	presencectl queue add nosuch
	run -4 --separate-stderr presencectl queue assign nosuch alice bob
	[[ $stderr == *"presenced is not running: 'presencectl push' tells the PBX"* ]]
	run -4 --separate-stderr presencectl push
	[[ $stderr == *"PBX 'main' refuses 2 of what it should hold; 'presencectl pbx diff' lists it"* ]]
	says_diff '2 differences that the PBX refuses, see ERROR'
	[[ $output == *"no such queue 'nosuch'"* ]]
	presencectl queue delete nosuch
	daemon_up
	eventually in_step
	run -0 presencectl queue assign support alice
	member_is 1001 '1 0 -'
	run -4 --separate-stderr presencectl queue assign support bob
	[ "$output" = "1 user added to 'support'" ]
	[[ $stderr == *"recorded, but queue 'support' does not do what the mode says: no hint 1002@presence-hints"* ]]
	says_diff '1 difference that the PBX needs a hint for, see ERROR'
	run -4 --separate-stderr presencectl push
	[[ $stderr == *"PBX 'main' lacks the hints of 1 member of queues"* ]]
	run -0 presencectl queue assign support bob --no-wait
}

connections() { grep -c "'main' connected" presenced.log; }

@test "the sweep brings back what no event tells of" {
	local try before clock=0
	daemon_on_clock
	eventually in_step
	let_time_pass 0
	# On a busy machine an answer may come after the next jump of the clock, which ends the session.
	for try in 1 2 3; do
		before=$(connections)
		console 'database del presence-user 1001' >/dev/null
		console 'database put presence-mode away nonsense' >/dev/null
		console 'database del presence-hours office' >/dev/null
		console 'database del CustomPresence 1002' >/dev/null
		console 'database put presence-ask 1001 +4670' >/dev/null
		run ! in_step
		let_time_pass $((clock += 1230))
		mended_soon
		[ "$(connections)" != "$before" ] || break
	done
	[ "$(connections)" = "$before" ]
	[ -n "$(row CustomPresence 1002)" ]
	run ! grep -q switched presenced.log
}
