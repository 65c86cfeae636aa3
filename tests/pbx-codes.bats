#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Feature codes that are dialled while presenced runs, and what becomes of them.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	local etc=$BATS_FILE_TMPDIR/etc
	mkdir "$etc"
	cp "$TOP/share/asterisk/presence.conf" "$etc"
	cat "$TOP/tests/pbx/etc/extensions.conf" - >"$etc/extensions.conf" <<-'E'
		#include "presence.conf"
		[phone]
		exten => _[*]X.,1,MSet(PRESENCE_EXT=1001,PRESENCE_MAY=yes)
		 same => n,Goto(presence-codes,${EXTEN},1)
	E
	printf '[general]\n[support]\nstrategy = ringall\n' >"$etc/queues.conf"
	pbx_up --modules calls --etc "$etc"
	console 'module load app_senddtmf.so'
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl mode set business-trip forward.external.always=ask
	presencectl schedule add office hours='daily 00:00-24:00'
	presencectl user set alice schedule=office
	presencectl push >/dev/null
	daemon_up
}
teardown() {
	daemon_down
	console 'channel request hangup all' >/dev/null
}

# The phone of alice dials a code, then keys in digits; its call is over.
code() { # code [digits]
	ami Originate "Channel: Local/$1@phone/n" 'Application: SendDTMF' "Data: wwww${2-}" 'Async: true' >/dev/null
	eventually on_call
	eventually quiet
}
on_call() { ! quiet; }
quiet() { [[ $(console 'core show channels count') == *'0 active channels'* ]]; }

now() { # user mode source
	[ "$(presencectl status "$1" --output mode,source --no-headings | xargs)" = "$2 $3" ]
}
# The last line of the log.
logged() { # user words
	says "$2" jq -r '.log[-1] | "\(.what) \(.to) \(.by) \(.via)"' <(presencectl log "$1" --json)
}
asked() { console "database get presence-ask 1001" | sed -n 's/^Value: //p'; }
asks_for() { [[ $(presencectl route alice --caller external) == *"number:$1"* ]]; }
# The mode's lamps that are lit, and that of the phone.
lit() {
	console 'devstate list' | sed -nE "s/.*'Custom:mode-1001-(.*)' *State: 'INUSE'.*/\\1/p; s/.*'Custom:presence-1001' *State: '(.*)'.*/\\1/p" |
		sort | xargs
}
lit_is() { [ "$(lit)" = "$1" ]; }
in_step() {
	presencectl pbx diff
	eventually lit_is "$1"
}

@test "each code is a switch in the database" {
	code '*303'
	eventually now alice do-not-disturb switch
	logged alice 'set do-not-disturb phone phone'
	in_step 'BUSY do-not-disturb'
	code '*31'
	eventually now alice available business
	logged alice 'clear available phone phone'
	in_step 'INVALID available'
	code '*3021002'
	eventually now bob away switch
	logged bob 'set away phone phone'
	now alice available business
}

@test "of two codes in a row the second counts, also while another holds the database" {
	local holder
	(
		echo 'BEGIN IMMEDIATE;'
		sleep 2 # as long as it is held
	) | sqlite3 presence.db &
	holder=$!
	code '*303'
	code '*302'
	wait "$holder"
	eventually now alice away switch
	logged alice 'set away phone phone'
	eventually presencectl pbx diff
	in_step 'ONHOLD away'
}

@test "the number that a mode asks for comes along, and goes with the switch" {
	code '*305' '0046701#'
	eventually now alice business-trip switch
	in_step 'ONHOLD business-trip'
	[ "$(asked)" = 0046701 ]
	asks_for 0046701
	code '*31'
	eventually now alice available business
	presencectl pbx diff
	[ -z "$(asked)" ]
}

@test "the mode that holds, chosen anew, is a new switch" {
	presencectl set alice trip --forward-to 111
	code '*305' '222#'
	eventually asks_for 222
	daemon_down
	daemon_up
	presencectl pbx diff
	[ "$(asked)" = 222 ]
	asks_for 222
	presencectl set alice away --for 1h
	code '*302'
	eventually no_end
}

@test "the end that was told goes with the mode, and comes with the next one" {
	presencectl mode set away lifetime=1h
	presencectl mode set lunch-break lifetime=forever
	presencectl set alice away --for 1h
	eventually ends_in away
	code '*304'
	eventually now alice lunch-break switch
	[ -z "$(told)" ]
	in_step 'ONHOLD lunch-break'
	code '*302'
	eventually ends_in away
	# What is wanted is what was confirmed, but the code has deleted it.
	presencectl override set alice dnd --reason drill --for 2h
	eventually ends_in do-not-disturb
	code '*302'
	eventually ends_in do-not-disturb
	presencectl pbx diff
}

@test "who has recorded a greeting is shown" {
	presencectl mode set do-not-disturb greeting=own
	[ -z "$(own)" ]
	daemon_down
	console 'database put presence-greeting 1001.do-not-disturb a'
	console 'database put presence-greeting 1002.away b'
	# None of these is one.
	console 'database put presence-greeting 1001.lunch-break c'
	console 'database put presence-greeting 1001 a'
	console 'database put presence-greeting 1001.x/../y a'
	daemon_up
	eventually has_own do-not-disturb
	presencectl pbx diff
	# The code deletes it, and says so at once.
	code '*323' '2'
	eventually has_own ''
	daemon_down
	[ -z "$(own)" ]
	console 'database deltree presence-greeting'
}
own() { presencectl show alice --json | jq -r '.show[] | select(.key == "own greetings") | .value // [] | join(",")'; }
has_own() { [ "$(own)" = "$1" ]; }
told() { console "database get presence-until 1001" | sed -n 's/^Value: //p'; }
ends_in() { [[ $(told) =~ ^[0-9]{10}'|'$1'|Europe/Stockholm'$ ]]; }
no_end() { [ "$(presencectl status alice --json | jq '.status[0].until')" = null ]; }

@test "under an override the mode and its lamps stay" {
	presencectl override set alice dnd --reason drill --for 2h
	in_step 'BUSY do-not-disturb'
	code '*302'
	logged alice 'set do-not-disturb phone phone'
	in_step 'BUSY do-not-disturb'
	now alice do-not-disturb override
}

@test "under a schedule that says otherwise the end of a switch is its mode, with its lamps" {
	presencectl schedule force office closed --forever
	eventually now alice off-work outside
	code '*302'
	eventually now alice away switch
	in_step 'ONHOLD away'
	code '*31'
	eventually now alice off-work outside
	in_step 'ONHOLD off-work'
}

@test "while presenced is away, and the schedule goes on" {
	daemon_down
	code '*303'
	presencectl schedule force office closed --forever
	daemon_up
	eventually now alice do-not-disturb switch
	in_step 'BUSY do-not-disturb'
	daemon_down
	# Until it is back: the mode of who has no schedule.
	code '*31'
	lit_is 'INVALID available'
	daemon_up
	eventually now alice off-work outside
	in_step 'ONHOLD off-work'
}

@test "a code moves the members of queues" {
	presencectl queue add support
	presencectl queue assign support alice --no-wait
	code '*303'
	eventually paused 1
	code '*31'
	eventually paused 0
}
paused() { ami QueueStatus 'Queue: support' | grep -x "Paused: $1"; }
