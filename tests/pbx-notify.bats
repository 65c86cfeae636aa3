#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Who is told of missed calls and voicemail: the rule notify, on a real Asterisk.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	local etc=$BATS_FILE_TMPDIR/etc
	mkdir "$etc"
	cp "$TOP/share/asterisk/presence.conf" "$etc"
	cat "$TOP/tests/pbx/etc/extensions.conf" - >"$etc/extensions.conf" <<-'E'
		#include "presence.conf"
		[caller]
		exten => _1XXX,1,Set(CALLERID(num)=070'1\;2&3$(x)"|)
		 same => n,Gosub(presence-call,${EXTEN},1(external))
		[elsewhere]
		exten => 500,1,Dial(Local/busy@phones/n)
		 same => n,Hangup()
		[presence-notify]
		exten => _X!,1,Set(DB(told/${EXTEN})=${DB(told/${EXTEN})}${ARG1} ${ARG2},)
		 same => n,Return()
	E
	pbx_up --modules calls --etc "$etc"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl user set alice devices.desk=Local/rings@phones mailbox=none@default
	presencectl user set bob devices.desk=Local/rings@phones mailbox=none@default
	presencectl mode set available ring.timeout=5 notify=yes greeting=beep
	console 'database deltree told' >/dev/null
}

# A call that gives up after so many seconds of ringing, or speaks for some seconds once it is answered; then what was told of it.
call() { # seconds
	presencectl push
	ami Originate 'Channel: Local/1001@caller/n' 'Application: Playback' 'Data: vm-intro' "Timeout: ${1}000" 'Async: true'
	eventually quiet
	run console 'database show told'
}
quiet() { [[ $(console 'core show channels count') == *'0 active channels'* ]]; }
told() { # extension words
	console 'database show told'
	[ "$(console "database get told $1" | sed -n 's/^Value: //p')" = "$2" ]
}

@test "a caller who gives up is missed, once, by whom he called" {
	call 2
	told 1001 "missed 070123,"
}

@test "so is one whom nobody answers and who has no mailbox to speak to" {
	call 8
	told 1001 "missed 070123,"
}

@test "a message is voicemail" {
	presencectl user set alice mailbox=1001@default
	presencectl rule set alice available ring=none
	call 9
	told 1001 "voicemail 070123,"
}

@test "an answered call is nobody's to be told of, nor is any where the rule says no" {
	presencectl user set alice devices.desk=Local/answers@phones
	call 5
	[[ $output == *'0 results found'* ]]
	presencectl user set alice devices.desk=Local/rings@phones
	presencectl rule set alice available notify=no
	call 2
	[[ $output == *'0 results found'* ]]
}

# The caller talks to the phone of alice, and is then sent to somebody who is busy.
sent_away() { # action channel
	local channels
	presencectl user set alice devices.desk=Local/answers@phones
	presencectl push
	ami Originate 'Channel: Local/1001@caller/n' 'Application: Wait' 'Data: 9' 'Async: true'
	eventually talking
	channels=$(console 'core show channels concise' | grep -o '^Local/[^!]*')
	ami "$1" "Channel: $(grep "$2" <<<"$channels")" 'Context: elsewhere' 'Exten: 500' 'Priority: 1'
	eventually quiet
	run console 'database show told'
}
talking() {
	local phone
	phone=$(console 'core show channels concise' | grep -o '^Local/answers@phones-[0-9a-f]*;1')
	console "core show channel $phone" | grep -E 'Bridge ID: [0-9a-f]'
}

@test "one that was answered is not missed where it is sent then" {
	sent_away BlindTransfer 'answers@phones.*;1'
	[[ $output == *'0 results found'* ]]
	sent_away Redirect '1001@caller.*;2'
	[[ $output == *'0 results found'* ]]
}

@test "one that a colleague takes is not missed, one that he does not take is" {
	presencectl rule set alice available forward.external.noanswer=bob
	presencectl user set bob devices.desk=Local/answers@phones
	call 9
	[[ $output == *'0 results found'* ]]
	presencectl user set bob devices.desk=Local/busy@phones
	call 9
	told 1001 "missed 070123,"
	told 1002 ""
}

@test "what a queue or another context has taken over is theirs" {
	presencectl rule set alice available forward.external.always=goto:phones,rings,1
	call 2
	[[ $output == *'0 results found'* ]]
}
