#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a menu or an agent learns of an extension: presence-lookup, AGI, and the calls that goto brings them.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	local etc=$BATS_FILE_TMPDIR/etc
	mkdir "$etc"
	cp "$TOP/share/asterisk/presence.conf" "$etc"
	cat "$TOP/tests/pbx/etc/extensions.conf" - >"$etc/extensions.conf" <<-'E'
		#include "presence.conf"
		[ask]
		exten => ask,1,Gosub(presence-lookup,s,1(${DB(asked/all)}))
		 same => n,Set(DB(found/all)=${PRESENCE_MODE}|${PRESENCE_TYPE}|${PRESENCE_LABEL}|${PRESENCE_NOTE}|${PRESENCE_UNTIL}|${PRESENCE_ZONE}|${PRESENCE_ACTIVITY})
		 same => n,Hangup()
		[agi]
		exten => _X.,1,AGI(who.agi,${EXTEN})
		 same => n,Set(DB(found/all)=${SENTENCE})
		[caller]
		exten => _1XXX,1,Set(CALLERID(all)=Olga <0701234567>)
		 same => n,Gosub(presence-call,${EXTEN},1(external))
		[agent]
		exten => 100,1,Set(DB(found/all)=${PRESENCE_CALLED} ${PRESENCE_FORWARDER} ${PRESENCE_REASON} ${CALLERID(num)} ${REDIRECTING(from-num)})
		 same => n,Hangup()
	E
	pbx_up --modules calls --etc "$etc"
	install -m 755 "$TOP/share/examples/who.agi" "$PBX_RUN/agi/"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl mode set away label='Out, "back" soon ${EXTEN}'
	presencectl push
	phones desk=Custom:desk app=Custom:app
}
teardown() {
	console 'channel request hangup all' >/dev/null
	for family in found asked presence-user; do console "database deltree $family" >/dev/null; done
}

# The devices of alice, whose states are as we set them.
phones() { console "database put presence-user 1001 \"1|$(IFS=^ && echo "$*")|-|-|1001|available\""; }
desk() { console "devstate change Custom:desk $1"; }
app() { console "devstate change Custom:app $1"; }

found() { console 'database get found all' | sed -n 's/^Value: //p'; }
is_found() { [ -n "$(found)" ]; }
run_call() { # channel
	console 'database del found all' >/dev/null
	ami Originate "Channel: Local/$1/n" 'Application: Wait' 'Data: 5' 'Async: true' >/dev/null
	eventually is_found
	found
}
lookup() { # extension
	console 'database del asked all' >/dev/null
	[ -z "$1" ] || ami DBPut 'Family: asked' 'Key: all' "Val: $1" >/dev/null
	run_call ask@ask
}
activity() { lookup 1001 | sed 's/.*|//'; }

@test "mode, type, label, note, end and zone" {
	says 'available|available|Available||||' lookup 1001
	presencectl set alice away --note 'a, "b" ${EPOCH} \ ü;|$(c)' --no-wait --for 1h || [ $? = 4 ]
	presencectl push
	phones desk=Custom:none
	[[ $(lookup 1001) =~ ^'away|away|Out, "back" soon ${EXTEN}|a, "b" ${EPOCH} \ ü;|$(c)|'1[0-9]{9}'|Europe/Stockholm|'$ ]]
	# A feature code writes this note: none.
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: dnd,do-not-disturb,*'
	says 'do-not-disturb|dnd|Do Not Disturb||||' lookup 1001
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: not_set,,'
}

@test "an end that is over, and one of another mode, is none" {
	console 'database put presence-until 1001 1000000000|available|UTC'
	says 'available|available|Available||||' lookup 1001
	console 'database put presence-until 1001 4102444800|away|UTC'
	says 'available|available|Available||||' lookup 1001
	console 'database put presence-until 1001 4102444800|available|UTC'
	says 'available|available|Available||4102444800|UTC|' lookup 1001
	console 'database del presence-until 1001'
}

@test "activity: of several devices the strongest counts" {
	desk NOT_INUSE
	app UNAVAILABLE
	says idle activity
	app ONHOLD
	says "on hold" activity
	desk RINGING
	says ringing activity
	app INUSE
	says "on a call" activity
	app RINGINUSE
	says "on a call" activity
	desk UNAVAILABLE
	app INVALID
	says offline activity
	# Neither a way through the dialplan nor a number through a trunk is a device.
	phones desk=Local/1@ask app=PJSIP/0701@trunk far=SIP/trunk/0701
	says "" activity
	phones desk=PJSIP/1001 app=PJSIP/nosuch/sip:nosuch@127.0.0.1
	says offline activity
}

@test "nobody has it, or it is none" {
	for ask in 1999 '' '1001,x' '1001)' '10 01' '../1001' '1001|' '"1001"' '1001$(x)' 1001/x "$(printf '1%.0s' {1..90})"; do
		echo "$ask"
		says '||||||' lookup "$ask"
	done
	console 'database put presence-user 1001 hello'
	says '||||||' lookup 1001
}

@test "a mode without an entry, and an entry of before there was a label" {
	presencectl set alice away --no-wait || [ $? = 4 ]
	presencectl push
	phones desk=Custom:none
	console 'database put presence-mode away 1|away|all|20|n|none|vm|none|none|none|vm|none|none|y|n|c|y|-|-|n|n'
	says 'away|away|away||||' lookup 1001
	console 'database put presence-mode away 1|away|all|20|n|none|vm|none|none|none|vm|none|none|y|n|c|y|-|-|n|n|n|n|-|Cg0B'
	says 'away|away|away||||' lookup 1001
	console 'database del presence-mode away'
	says 'away||away||||' lookup 1001
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: not_set,,'
}

@test "the AGI script of the examples" {
	desk INUSE
	app NOT_INUSE
	says "1001 is Available (on a call)" run_call 1001@agi
	console 'database put presence-until 1001 4102444800|available|UTC'
	says "1001 is Available (on a call) until 00:00" run_call 1001@agi
	console 'database del presence-until 1001'
	says "Nobody has extension 1009" run_call 1009@agi
}

@test "goto: whom they wanted, why it comes, and who calls" {
	presencectl rule set alice available ring=none forward.external.noanswer=goto:agent,100,1
	presencectl rule set bob available forward.external.always=alice forward.voicemail=no
	presencectl push
	says "1001 1001 noanswer 0701234567 1001" run_call 1001@caller
	says "1002 1001 noanswer 0701234567 1001" run_call 1002@caller
	presencectl rule set alice available forward.external.always=goto:agent,100,1 forward.callerid=user
	presencectl push
	says "1002 1001 always 1001 1001" run_call 1002@caller
}
