#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Call rules on a real Asterisk: one entry of AstDB for each mode, user and version that differs; and nothing else.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() { pbx_up; }
teardown_file() { pbx_down; }
setup() { site "$PBX_AMI"; }
teardown() {
	daemon_down
	for family in presence-mode presence-user presence-rule presence-ask presence-until presence-hours; do
		console "database deltree $family" >/dev/null
	done
}

entry() { console "database get ${1%/*} ${1##*/}" | sed -n 's/^Value: //p'; }
is_entry() { [ "$(entry "$1")" = "$2" ]; }
entry_has() { has_fields "$1" "$(entry "$1")" "${@:2}"; } # KEY NAME=VALUE ...
has_entry() { [ -n "$(entry "$1")" ]; }
no_entry() { [ -z "$(entry "$1")" ]; }

@test "modes and users are entries; a version of one's own is another" {
	presencectl user set alice mailbox=1001@default
	daemon_up
	eventually entry_has presence-user/1001 version=1 devices=desk=PJSIP/1001 mailbox=1001@default mobile=- callerid=1001 mode=available
	entry_has presence-mode/do-not-disturb version=1 type=dnd ring=none
	no_entry presence-rule/1001.away
	presencectl rule set alice away ring.timeout=42 forward.external.noanswer=bob
	eventually entry_has presence-rule/1001.away type=away timeout=42 internal_noanswer=vm external_noanswer=user:1002
	presencectl rule unset alice away ring.timeout forward.external.noanswer
	eventually no_entry presence-rule/1001.away
}

@test "an edited mode changes its entry, a deleted one takes it away" {
	daemon_up
	presencectl mode add siesta type=away
	eventually has_entry presence-mode/siesta
	presencectl mode set siesta ring=none forward.external.always=queue:support lamp=yes
	eventually entry_has presence-mode/siesta type=away ring=none external_always=queue:support lamp=y
	presencectl mode delete siesta
	eventually no_entry presence-mode/siesta
}

@test "a deleted user, a new extension: no entry is left behind" {
	presencectl rule set bob away ring.timeout=30
	daemon_up
	eventually has_entry presence-rule/1002.away
	presencectl user set bob extension=1012
	eventually has_entry presence-rule/1012.away
	eventually no_entry presence-rule/1002.away
	eventually no_entry presence-user/1002
	presencectl user delete bob
	eventually no_entry presence-user/1012
	eventually no_entry presence-rule/1012.away
}

@test "what somebody damaged or added is put right at the next login; pbx diff tells" {
	daemon_up
	eventually has_entry presence-mode/available
	good=$(entry presence-mode/available)
	console 'database put presence-mode available rubbish' >/dev/null
	console 'database put presence-mode stray rubbish' >/dev/null
	console 'database put presence-user 1001 1|x' >/dev/null
	run presencectl pbx diff
	[[ $output == *'presence-mode/available'*'rubbish'* ]]
	[[ $output == *'presence-mode/stray'* ]]
	daemon_down
	daemon_up
	eventually is_entry presence-mode/available "$good"
	eventually no_entry presence-mode/stray
	eventually entry_has presence-user/1001 devices=desk=PJSIP/1001 mailbox=- mobile=- callerid=1001 mode=available
}

@test "the number for ask comes with the switch and goes with it" {
	presencectl mode add elsewhere type=away
	presencectl mode set elsewhere forward.external.always=ask
	daemon_up
	run ! presencectl set alice elsewhere --forever </dev/null
	[[ $output == *'--forward-to'* ]]
	presencectl set alice elsewhere --forever --forward-to +46701234567
	is_entry presence-ask/1001 +46701234567
	[[ $(presencectl route alice --caller external --others idle) == *'always → number:+46701234567'*'answered'* ]]
	presencectl clear alice
	eventually no_entry presence-ask/1001
}

@test "the end of a mode is there while an end is known" {
	daemon_up
	presencectl set alice lunch --for 1h
	eventually has_entry presence-until/1001
	[[ $(entry presence-until/1001) =~ ^[0-9]{10}'|lunch-break|Europe/Stockholm'$ ]]
	no_entry presence-until/1002
	presencectl set alice lunch --forever
	eventually no_entry presence-until/1001
	presencectl override set all away --reason drill --for 2h
	eventually has_entry presence-until/1002
	[[ $(entry presence-until/1002) == *'|away|Europe/Stockholm' ]]
	# A stray is removed, one that was changed is put right.
	daemon_down
	run -4 presencectl override clear 1
	console 'database put presence-until 1009 1|away|'
	console 'database put presence-until 1001 9999999999|away|UTC'
	daemon_up
	eventually no_entry presence-until/1009
	eventually no_entry presence-until/1001
	eventually no_entry presence-until/1002
}

@test "the mobile's prefix is the PBX's, and follows the configuration" {
	presencectl user set alice mobile=+46701234567
	daemon_up
	eventually entry_has presence-user/1001 mobile=+46701234567
	sed -i 's/name = "main";/name = "main"; mobile_prefix = "9";/' presence.conf
	kill -HUP "$DAEMON"
	eventually entry_has presence-user/1001 mobile=9+46701234567
}

@test "push takes a new prefix from the configuration" {
	presencectl user set alice mobile=+46701234567
	presencectl push
	entry_has presence-user/1001 mobile=+46701234567
	sed -i 's/name = "main";/name = "main"; mobile_prefix = "9";/' presence.conf
	presencectl push
	entry_has presence-user/1001 mobile=9+46701234567
}

@test "what a schedule says is a lamp and an entry, for routing by time" {
	presencectl schedule add always hours='daily 00:00-24:00'
	presencectl schedule add never hours='daily 00:00-24:00' holidays='2026-01-01..2026-12-31; 2027-01-01..2027-12-31'
	daemon_up
	eventually is_entry presence-hours/always business
	eventually is_entry presence-hours/never holiday
	[ "$(held Custom:hours-always)" = INUSE ]
	presencectl schedule force always closed --for 2s
	eventually is_entry presence-hours/always outside
	[ "$(held Custom:hours-always)" = NOT_INUSE ]
	eventually is_entry presence-hours/always business
	presencectl schedule delete always
	eventually no_entry presence-hours/always
	[ "$(held Custom:hours-always)" = NOT_INUSE ]
	run -0 presencectl pbx diff
	[ -z "$output" ]
}
