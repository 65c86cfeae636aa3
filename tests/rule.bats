#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# rule, and mode set with call rules: what is set, where it comes from, and what is refused.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	site 1
	presencectl user set alice devices.app=PJSIP/1001a mobile=+46701234567 mailbox=1001@default
	presencectl user set bob devices.desk=PJSIP/1002
}

# The value and origin of one rule of alice.
of() { presencectl rule show alice "$1" --json | jq -r --arg key "$2" '.rules[] | select(.key == $key) | .value + " " + .origin'; }
entry() { sqlite3 "$PRESENCE_DB" "SELECT wanted FROM item WHERE name = '$1'"; }
is_entry() { has_fields "$1" "$(entry "$1")" "${@:2}"; } # KEY NAME=VALUE ...
complete() { presencectl _complete "presencectl $1" | cut -f1 | tr '\n' ' '; }

@test "all rules of a mode, in a table and as JSON" {
	says "KEY                        VALUE      ORIGIN
ring                       all        built-in
ring.timeout               20         built-in
ring.mobile                no         built-in
forward.internal.always    none       built-in
forward.internal.noanswer  voicemail  built-in
forward.internal.busy      none       built-in
forward.internal.offline   none       built-in
forward.external.always    none       built-in
forward.external.noanswer  voicemail  built-in
forward.external.busy      none       built-in
forward.external.offline   none       built-in
forward.voicemail          yes        built-in
forward.direct_only        no         built-in
forward.callerid           caller     built-in
group.calls                yes        built-in
queue                      pause      built-in
greeting                   none       built-in
allow                      none       built-in
notify                     no         built-in
call.waiting               no         built-in
announce                   none       built-in
announce.sound             none       built-in" presencectl rule show alice away
	says "$(presencectl mode show away --rules)" presencectl rule show alice away
	says '{"key":"ring","value":"all","origin":"built-in"}' \
		jq -c '.rules[0] | del(.help)' <(presencectl rule show 1001 away --json)
}

@test "the origin of a value: built-in, mode, user" {
	[ "$(of away ring.timeout)" = "20 built-in" ]
	presencectl mode set away ring.timeout=30 queue.support=logout label=Elsewhere
	[ "$(of away ring.timeout)" = "30 mode" ]
	[ "$(of away queue.support)" = "logout mode" ]
	says Elsewhere jq -r '.mode[] | select(.key == "label").value[0]' <(presencectl mode show away --json)
	presencectl rule set alice away ring.timeout=40 queue.support=none
	[ "$(of away ring.timeout)" = "40 user" ]
	[ "$(of away queue.support)" = "none user" ]
	[ "$(of away queue)" = "pause built-in" ]
	says 30 jq -r '.rules[] | select(.key == "ring.timeout").value' <(presencectl rule show bob away --json)
	presencectl rule unset alice away ring.timeout queue.support
	[ "$(of away ring.timeout)" = "30 mode" ]
	presencectl mode unset away ring.timeout queue.support label
	[ "$(of away ring.timeout)" = "20 built-in" ]
	[ -z "$(of away queue.support)" ]
	[ -z "$(entry presence-rule/1001.away)" ]
	says "away ring.timeout null 30
away queue.support null logout
alice away ring.timeout null 40
alice away queue.support null none
alice away ring.timeout 40 null
alice away queue.support none null
away ring.timeout 30 null
away queue.support logout null" jq -r '.log[] | select(.what | endswith("rule")) | "\(.subject) \(.key) \(.old) \(.new)"' <(presencectl log --json)
}

@test "every kind of value is kept as it is meant" {
	presencectl rule set alice away 'ring=first desk app, then mobile' ring.mobile=YES \
		forward.internal.always=bob forward.internal.noanswer=number:+46701234567 \
		forward.internal.busy=queue:support forward.internal.offline=group:600 \
		forward.external.always=goto:night,s,1 forward.external.noanswer=busy \
		forward.external.busy=hangup forward.external.offline=ask forward.voicemail=no \
		forward.direct_only=yes forward.callerid=user group.calls=no queue=login \
		queue.a=pause greeting=custom/gone 'allow=+46701234567 070*' notify=yes call.waiting=yes \
		announce=until announce.sound=custom/lunch
	says "first desk app, then mobile
20
yes
bob
number:+46701234567
queue:support
group:600
goto:night,s,1
busy
hangup
ask
no
yes
user
no
login
pause
custom/gone
+46701234567, 070*
yes
yes
until
custom/lunch" jq -r '.rules[].value' <(presencectl rule show alice away --json)
	is_entry presence-rule/1001.away version=1 type=away 'ring=desk=0-20^app=0-20^mobile=20-40' timeout=20 mobile=y \
		internal_always=user:1002 internal_noanswer=num:+46701234567 internal_busy=queue:support \
		internal_offline=ext:600 external_always=goto:night/s/1 external_noanswer=busy external_busy=hangup \
		external_offline=ask voicemail=n direct=y callerid=u group=n greeting=custom/gone \
		'allow=+46701234567^070*' notify=y lamp=y waiting=y announce=u sound=custom/lunch lamp_state=hold
}

@test "steps of ring last as long as ring.timeout says, whoever says it and when" {
	presencectl rule set alice away 'ring=first desk, then app' ring.timeout=6
	is_entry presence-rule/1001.away 'ring=desk=0-6^app=6-12' timeout=6
	presencectl rule unset alice away ring.timeout
	is_entry presence-rule/1001.away 'ring=desk=0-20^app=20-40' timeout=20
	presencectl mode set away ring.timeout=7
	is_entry presence-rule/1001.away 'ring=desk=0-7^app=7-14' timeout=7
	says "first desk, then app user" of away ring
	refused 2 "ring: 'first desk, then app' ends after second 300: at second 400" presencectl rule set alice away ring.timeout=200
	refused 2 "ends after second 300" presencectl mode set away ring.timeout=200 'ring=first desk, then app'
	# What is cut off then does not ring.
	presencectl mode set away ring.timeout=300
	is_entry presence-rule/1001.away 'ring=desk=0-300' timeout=300
	presencectl rule unset alice away ring
	presencectl mode set away 'ring=first desk, then app' ring.timeout=6
	is_entry presence-mode/away 'ring=desk=0-6^app=6-12' timeout=6
}

@test "a mode can be made with its rules" {
	presencectl mode add siesta type=away ring=none forward.external.always=bob
	says "none mode" of siesta ring
	is_entry presence-mode/siesta type=away ring=none internal_always=none external_always=user:1002
	refused 2 "unknown key 'rnig'" presencectl mode add nap type=away rnig=all
	refused 2 "ring.timeout is a number of seconds from 5 to 300, not '4'" presencectl mode add nap ring.timeout=4
	refused 2 "ring.mobile=yes is not for a mode of type dnd" presencectl mode add nap type=dnd ring.mobile=yes
}

no_rule() { # status text key=value
	refused "$1" "$2" presencectl rule set alice away "$3"
	refused "$1" "$2" presencectl rule set alice away notify=yes "$3"
}

@test "numbers, windows, devices" {
	no_rule 2 "ring.timeout is a number of seconds from 5 to 300, not '4'" ring.timeout=4
	no_rule 2 "ring.timeout is a number of seconds from 5 to 300, not '301'" ring.timeout=301
	no_rule 2 "ring.timeout is a number of seconds from 5 to 300, not '-20'" ring.timeout=-20
	no_rule 2 "ring.timeout is a number of seconds from 5 to 300, not '99999999999999999999'" ring.timeout=99999999999999999999
	no_rule 2 "ring: alice has no device 'dask'; did you mean 'desk'?" 'ring=dask 0-20'
	no_rule 2 "windows 'desk 0-20' and '10-30' overlap" 'ring=desk 0-20, desk 10-30'
	no_rule 2 "window 'desk 20-10' ends before it begins" 'ring=desk 20-10'
	no_rule 2 "window 'desk 0-400' ends after second 300" 'ring=desk 0-400'
	no_rule 2 "ring needs a value: all, none, desk 0-20" ring=
	refused 2 "ring.mobile: bob has no mobile number; give one: presencectl user set bob mobile=" \
		presencectl rule set bob away ring.mobile=yes
	refused 2 "ring: bob has no mobile number" presencectl rule set bob away 'ring=first desk, then mobile'
	refused 2 "ring.mobile=yes is not for a mode of type dnd" presencectl rule set alice dnd ring.mobile=yes
	refused 2 "ring.mobile=yes is not for a mode of type dnd" presencectl mode set dnd ring.mobile=yes
	presencectl mode set away ring.mobile=yes
	refused 2 "ring.mobile=yes is not for a mode of type dnd" presencectl mode set away type=dnd
}

@test "destinations" {
	local key=forward.external.busy bad
	for bad in 'a,b' "a'b" 'a"b' '${EXEC}' 'a&b' 'a;b' 'a|b' '../x'; do
		no_rule 2 "$key: user name '$bad' may hold only letters" "$key=$bad"
	done
	no_rule 2 "$key: user name 'a?b' may hold only letters" "$key=a"$'\n'b
	no_rule 2 "'\${EXEC}' is not a telephone number such as +46701234567" "$key=number:\${EXEC}"
	no_rule 2 "'+46&1' is not a telephone number" "$key=number:+46&1"
	no_rule 2 "queue name 'a,b' may hold only letters" "$key=queue:a,b"
	no_rule 2 "group '6;0' is not an extension such as 600" "$key=group:6;0"
	no_rule 2 "'goto:a,b' is not of the form goto:context,exten,prio" "$key=goto:a,b"
	no_rule 2 "extension 'b&c' may hold only letters" "$key=goto:a,b&c,1"
	no_rule 2 "unknown destination 'nmber:'; there are a user" "$key=nmber:1"
	no_rule 3 "user 'alice': mode away: $key: destination 'nobody': no such user" "$key=nobody"
	no_rule 2 "longer than 120 bytes" "$key=$(printf 'x%.0s' {1..200})"
	no_rule 2 "greeting '../x' is not a sound such as custom/closed" greeting=../x
	no_rule 2 "greeting '/etc/passwd' is not a sound" greeting=/etc/passwd
	no_rule 2 "is not a sound" 'greeting=a&b'
	no_rule 2 "allow: '07x' is not a number such as +46701234567" 'allow=070*, 07x'
	no_rule 2 "allow: there are more than 32 numbers" "allow=$(seq -s, 100 140)"
	no_rule 2 "queue is none, login, logout or pause, not 'logn'; did you mean 'login'?" queue=logn
	no_rule 2 "queue name 'a b' may hold only letters" 'queue.a b=login'
	no_rule 2 "the value of allow is longer than 8192 bytes" "allow=$(printf '1 %.0s' {1..4500})"
}

@test "a call cannot come back to whom it was for" {
	local own="a call for alice cannot be forwarded to alice; 'voicemail' is the own mailbox"
	no_rule 2 "forward.external.always: $own" forward.external.always=alice
	no_rule 2 "$own" forward.external.always=ALICE
	no_rule 2 "$own" forward.external.always=1001
	no_rule 2 "$own" forward.external.always=user:1001
	no_rule 2 "$own" forward.external.always=group:1001
	presencectl user add carol extension=1003
	presencectl rule set alice away forward.external.always=bob
	refused 2 "calls would always go round in a circle, and nothing would ring: bob → alice → bob" \
		presencectl rule set bob dnd forward.external.always=1001
	presencectl rule set bob dnd forward.external.always=user:CAROL
	refused 2 "nothing would ring: carol → alice → bob → carol" \
		presencectl rule set carol away forward.external.always=alice
	presencectl user set carol extension=1013
	presencectl rule set carol away forward.external.always=1003
	# An extension is taken by whom calls for it would come back to.
	refused 2 "forward.external.always: a call for carol cannot be forwarded to carol" presencectl user set carol extension=1003
	presencectl rule unset carol away forward.external.always
	presencectl rule unset bob dnd forward.external.always
	presencectl rule set bob dnd forward.external.always=1004
	presencectl user add dave extension=1014
	presencectl rule set dave dnd forward.external.always=alice
	refused 2 "nothing would ring: dave → alice → bob → dave" presencectl user set dave extension=1004
}

@test "two who cover for each other: a circle in which somebody's phones ring" {
	presencectl rule set alice available forward.internal.noanswer=bob forward.external.noanswer=bob
	presencectl rule set bob available forward.internal.noanswer=alice forward.external.noanswer=alice
	presencectl rule set bob available forward.external.busy=1001 forward.external.offline=alice
	# Also if one of them forwards at once, or is in a mode that does.
	presencectl rule set alice lunch forward.internal.always=bob forward.external.always=bob
	presencectl mode set away forward.external.always=bob
	presencectl rule set bob away forward.external.always=none forward.external.noanswer=alice
	# No call is internal and external.
	presencectl rule set bob lunch forward.internal.always=voicemail
	presencectl rule set bob dnd forward.internal.always=none
	presencectl rule unset alice lunch forward.internal.always
	presencectl rule set bob dnd forward.internal.always=alice
	says "alice in mode available: 0 s desk, app ring · 20 s no answer → bob, desk of bob rings · 40 s no answer → voicemail" \
		head -1 <(presencectl route alice --phone noanswer --others noanswer)
	presencectl rule set bob available ring.timeout=5
	says "alice in mode available: 0 s desk, app ring · 20 s no answer → bob, desk of bob rings · 25 s no answer → alice, loop → voicemail" \
		head -1 <(presencectl route alice --phone noanswer --others noanswer)
}

@test "a mode's rule and a user's own may not make a circle where both are in that mode" {
	presencectl user add carol extension=1003
	presencectl mode set away forward.internal.always=bob
	refused 2 "in mode away calls would always go round in a circle, and nothing would ring: bob → carol → bob; give one of them another rule" \
		presencectl rule set bob away forward.internal.always=carol
	# Nobody is in two modes, no call is internal and external, and what rings first does not go round.
	presencectl rule set bob dnd forward.internal.always=carol
	presencectl rule set bob away forward.external.always=carol
	presencectl rule set bob away forward.internal.always=none forward.internal.busy=1003
	presencectl rule unset bob away forward.internal.always
	presencectl rule set carol away forward.internal.always=voicemail
	presencectl rule set bob away forward.internal.always=carol
	refused 2 "nothing would ring: carol → bob → carol" \
		presencectl rule unset carol away forward.internal.always
}

@test "a mode is refused a rule that makes a circle with those of users" {
	presencectl user add carol extension=1003
	presencectl rule set bob away forward.external.always=carol
	presencectl rule set bob dnd forward.external.always=alice
	presencectl mode set away forward.external.noanswer=1002
	refused 2 "in mode away calls would always go round in a circle, and nothing would ring: bob → carol → bob" \
		presencectl mode set away forward.external.always=1002
	presencectl mode set away forward.internal.always=bob
	presencectl rule set carol away forward.external.always=voicemail
	presencectl mode set away forward.external.always=bob
	refused 2 "nothing would ring: carol → bob → carol" \
		presencectl rule unset carol away forward.external.always
}

@test "a mode that forwards to somebody who is in it says what becomes of his calls" {
	run --separate-stderr presencectl mode set away forward.internal.always=alice forward.external.noanswer=1002
	[ "$status" -eq 0 ]
	says "presencectl: in mode away calls for alice would come back by forward.internal.always: they end in the mailbox
presencectl: in mode away calls for bob would come back by forward.external.noanswer: nobody takes them" cat <<<"$stderr"
	[[ $(presencectl route alice --mode away | head -1) == *'always → alice, loop → voicemail' ]]
	presencectl rule set bob away forward.external.noanswer=busy
	run --separate-stderr presencectl mode set away forward.external.noanswer=1002
	[ -z "$stderr" ]
}

@test "rules of two thousand users: an edit reads only whom it concerns" {
	{
		for i in {1..2000}; do echo "user add u$i extension=$((20000 + i))"; done
		for i in {3..2000}; do echo "rule set u$i away forward.internal.always=u$((i % 2 + 1)) forward.external.busy=1099"; done
	} >many
	timeout 60 "$(command -v presencectl)" shell <many
	refused 2 "nothing would ring: u1 → u2000 → u1" presencectl rule set u1 dnd forward.internal.always=u2000
}

@test "a number that is nobody's extension is told, with the way out" {
	local number
	for number in 81662 0701; do
		run --separate-stderr presencectl rule set alice away forward.external.always=$number
		[ "$status" -eq 0 ]
		says "presencectl: forward.external.always=$number is dialled as an extension of the PBX, which nobody has; an outside number is written number:$number" \
			cat <<<"$stderr"
	done
	run --separate-stderr presencectl mode add siesta forward.external.always=81662
	[[ $stderr == *'is written number:81662' ]]
	run --separate-stderr presencectl rule set alice away forward.external.always=1099 forward.internal.always=600 forward.internal.busy=number:081662 forward.internal.offline=group:81662
	[ -z "$stderr" ]
	refused 2 'a telephone number is written number:+46701234567' presencectl rule set alice away forward.external.always=+46701234567
}

@test "a user with an extension to which calls go already" {
	presencectl rule set alice away forward.external.always=1003
	presencectl mode set dnd forward.external.always=1003
	is_entry presence-rule/1001.away external_always=ext:1003
	presencectl user add carol extension=1003
	is_entry presence-rule/1001.away external_always=user:1003
	is_entry presence-mode/do-not-disturb external_always=user:1003
	# A user by the name of a destination is not that destination.
	presencectl rule set alice away forward.external.always=busy
	presencectl user add busy extension=1004
	presencectl rule set busy away forward.external.always=alice
	presencectl user delete busy
}

@test "users, modes and keys that are not there" {
	refused 3 "no user 'alise'; did you mean 'alice'?" presencectl rule set alise away ring=all
	refused 3 "no mode 'awya'; did you mean 'away'?" presencectl rule set alice awya ring=all
	refused 3 "no mode 'awya'; did you mean 'away'?" presencectl mode set awya ring=all
	refused 3 "no mode 'awya'; did you mean 'away'?" presencectl rule show alice awya
	refused 3 "no mode 'awya'; did you mean 'away'?" presencectl rule unset alice awya ring
	no_rule 2 "unknown rule 'rnig'; did you mean 'ring'?" rnig=all
	refused 2 "unknown rule 'rnig'; did you mean 'ring'?" presencectl rule unset alice away rnig
	refused 2 "'ring' is not of the form key=value" presencectl rule set alice away ring
	refused 2 "<key=value> is missing" presencectl rule set alice away
	refused 2 "<key> is missing" presencectl rule unset alice away
}

@test "what is too long for an entry of AstDB" {
	local device windows=() long=() many=() i
	device=$(printf 'd%.0s' {1..37})
	for i in {10..41}; do windows+=("$device$i 0-20"); done
	local IFS=,
	refused 2 "the call handling of mode away takes" presencectl mode set away "ring=${windows[*]}"
	refused 2 "shorten or remove windows and numbers to allow" presencectl mode set away "ring=${windows[*]}"
	for i in {1..16}; do long+=("devices.$device$i=PJSIP/$device"); done
	refused 2 "the call handling of user alice takes" presencectl user set alice "${long[@]}"
	for i in {1..40}; do many+=("devices.d$i=PJSIP/1001"); done
	refused 2 "a user may have at most 32 devices" presencectl user set alice "${many[@]}"
}

@test "a prefix of mobiles is digits, and stands in the user's entry" {
	is_entry presence-user/1001 version=1 'devices=desk=PJSIP/1001^app=PJSIP/1001a' mailbox=1001@default \
		mobile=+46701234567 callerid=1001 mode=available
	sed -i 's/name = "main";/name = "main"; mobile_prefix = "9x";/' presence.conf
	refused 5 "mobile_prefix" presencectl user set alice mobile=+46701234568
	sed -i 's/"9x"/"9"/' presence.conf
	presencectl user set alice mobile=+46701234568
	is_entry presence-user/1001 mobile=9+46701234568
}

@test "what a rule needs cannot be taken away" {
	presencectl rule set alice away 'ring=desk 0-20' ring.mobile=yes forward.external.always=bob
	refused 2 "call rules of alice in mode away: ring: alice has no device 'desk'" \
		presencectl user unset alice devices.desk
	refused 2 "call rules of alice in mode away: ring.mobile: alice has no mobile number" \
		presencectl user unset alice mobile
	presencectl user unset alice devices.app
	refused 1 "calls are forwarded to bob; first: presencectl rule unset alice away forward.external.always" \
		presencectl user delete bob
	presencectl rule unset alice away forward.external.always
	presencectl mode set off forward.internal.busy=1002
	refused 1 "calls are forwarded to bob; first: presencectl mode unset off-work forward.internal.busy" \
		presencectl user delete bob
	presencectl mode unset off forward.internal.busy
	presencectl user delete bob
	# One's own rules go with the user.
	presencectl user delete alice
	[ -z "$(entry presence-rule/1001.away)" ]
}

@test "entries follow what they are compiled from" {
	presencectl mode add siesta type=away forward.external.always=bob
	presencectl rule set alice siesta ring.timeout=42
	is_entry presence-rule/1001.siesta type=away timeout=42 external_always=user:1002 group=y lamp=n
	presencectl mode set siesta lamp=yes group.calls=no
	is_entry presence-rule/1001.siesta type=away timeout=42 external_always=user:1002 group=n lamp=y
	presencectl user set bob extension=1012
	is_entry presence-rule/1001.siesta type=away timeout=42 external_always=user:1012 group=n lamp=y
	is_entry presence-mode/siesta external_always=user:1012
	presencectl user set alice extension=1011
	[ -z "$(entry presence-rule/1001.siesta)" ]
	[ -n "$(entry presence-rule/1011.siesta)" ]
	presencectl mode delete siesta
	[ -z "$(entry presence-rule/1011.siesta)" ]
	[ -z "$(entry presence-mode/siesta)" ]
}

@test "a mode that forwards to ask wants a number, and no other does" {
	presencectl rule set alice away forward.internal.always=ask
	refused 2 "mode 'away' forwards to a number that must be given: --forward-to +46701234567" \
		presencectl set alice away --no-wait </dev/null
	refused 2 "'07x' is not a telephone number such as +46701234567" presencectl set alice away --forward-to 07x --no-wait
	refused 2 "mode 'do-not-disturb' forwards to no number that is asked for; see 'rule show'" \
		presencectl set alice dnd --forward-to +46701234567 --no-wait
	refused 2 "mode 'away' forwards to no number that is asked for" presencectl set bob away --forward-to +46701234567 --no-wait
	presencectl set alice away --forward-to +46701234567 --no-wait
	[ "$(entry presence-ask/1001)" = +46701234567 ]
	presencectl clear alice --no-wait
	[ -z "$(entry presence-ask/1001)" ]
}

@test "keys and values complete" {
	[ "$(complete 'rule set alice away ri')" = 'ring= ring.timeout= ring.mobile= ' ]
	[ "$(complete 'rule set alice away ring=')" = 'ring=all ring=none ' ]
	[ "$(complete 'rule set alice away que')" = 'queue= queue. ' ]
	[ "$(complete 'rule set alice away queue.support=lo')" = 'queue.support=login queue.support=logout ' ]
	[ "$(complete 'rule set alice away forward.voicemail=')" = 'forward.voicemail=yes forward.voicemail=no ' ]
	[ "$(complete 'rule set alice away ring=all forward.external.always=')" = "$(printf 'forward.external.always=%s ' none voicemail user: number: queue: group: goto: busy hangup ask)" ]
	# A rule that was given is not offered again; a mode may have the name of a rule.
	[ "$(complete 'rule set alice away ring=all ri')" = 'ring.timeout= ring.mobile= ' ]
	[ "$(complete 'rule set alice allow al')" = 'allow= ' ]
	[ "$(complete 'rule unset alice away forward.i')" = 'forward.internal.always forward.internal.noanswer forward.internal.busy forward.internal.offline ' ]
	[ "$(complete 'mode set away al')" = 'alias= allow= ' ]
	[ "$(complete 'mode unset away al')" = 'alias allow ' ]
	[ "$(complete 'mode add x gr')" = 'group.calls= greeting= ' ]
}

@test "help lists every rule" {
	local command
	for command in 'rule set' 'rule unset' 'mode add' 'mode set' 'mode unset'; do
		presencectl $command --help >help
		for key in $(presencectl rule show alice away --output key --no-headings) queue.NAME; do
			grep -q "^  $key\( \|\$\)" help
		done
		grep -q '^Calls go to: voicemail, a user' help
	done
}
