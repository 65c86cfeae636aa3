#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# route, and the end of show: what a caller will experience. It is Monday 2026-11-23, 11:30 in Stockholm.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	clock '2026-11-23 10:30:00'
	site 1
	presencectl user set alice devices.app=PJSIP/1001a mobile=+46701234567 mailbox=1001
	presencectl user set bob devices.desk=PJSIP/1002 mailbox=1002
}

entry() { sqlite3 "$PRESENCE_DB" "SELECT wanted FROM item WHERE pbx = '$1' AND name = '$2'"; }
is_entry() { has_fields "$2" "$(entry "$1" "$2")" "${@:3}"; } # PBX KEY NAME=VALUE ...

line() { presencectl route "$@" | head -1; }

@test "in a table and as JSON" {
	says "alice in mode available: 0 s desk, app ring · 20 s no answer → voicemail
AT  UNTIL  ACTION     WHAT       USER   CAUSE      CALLERID  GREETING
 0     20  ring       desk, app  alice  call
20     20  voicemail  1001       alice  no answer" presencectl route alice
	says " 0  ring
20  voicemail" presencectl route 1001 --output at,action --no-headings
	says '{"at":0,"until":20,"action":"ring","what":"desk, app","user":"alice","cause":"call","callerid":"+46812345","greeting":null,"owngreeting":null,"phone":"noanswer","text":"desk, app ring"}
{"at":20,"until":20,"action":"voicemail","what":"1001","user":"alice","cause":"no answer","callerid":"+46812345","greeting":null,"owngreeting":"unavailable","phone":null,"text":"no answer → voicemail"}' \
		jq -c '.route[]' <(presencectl route alice --number +46812345 --json)
}

@test "the states of the phones" {
	says "alice in mode available: 0 s desk, app ring · 5 s answered" line alice --phone idle
	says "alice in mode available: 0 s desk, app ring · 11 s answered" line alice --phone idle --answer 11
	says "alice in mode available: 0 s desk, app are busy → voicemail, busy greeting" line alice --phone busy
	says "alice in mode available: 0 s desk, app decline → voicemail, busy greeting" line alice --phone declining
	says "$(line alice)" line alice --phone noanswer
	says "alice in mode available: 0 s on a call → voicemail, busy greeting" line alice --phone oncall
	says "alice in mode available: 0 s on a call → voicemail, busy greeting" line alice --phone app=oncall
	says "$(line alice --caller queue)" line alice --caller queue --phone oncall
	presencectl rule set alice available call.waiting=yes
	says "$(line alice)" line alice --phone oncall
	presencectl rule unset alice available call.waiting
	[[ $(line alice --phone offline) == "alice in mode available: 0 s "*"→ voicemail" ]]
}

@test "each phone on its own" {
	says "alice in mode available: 0 s desk is busy, app rings · 5 s answered" line alice --phone desk=busy,app=idle
	says "alice in mode available: 0 s desk, app ring · 5 s answered" line alice --phone app=idle
	says "alice in mode available: 0 s desk declines, app rings · 5 s answered" line alice --phone declining,app=idle
	says "alice in mode available: 0 s app rings · 20 s no answer → voicemail" line alice --phone desk=offline
	says '["busy","idle",null]' jq -c '[.route[].phone]' <(presencectl route alice --phone busy,app=idle --json)
	refused 2 "alice has no device 'dask'; did you mean 'desk'?" presencectl route alice --phone dask=busy
	refused 2 "no state of a phone 'bsy'" presencectl route alice --phone desk=bsy
}

@test "the prefix in front of a mobile is told, and entries follow it with the next edit" {
	presencectl rule set alice available ring.mobile=yes
	says "alice in mode available: 0 s desk, app ring, mobile rings · 20 s no answer → voicemail" line alice
	sed -i 's/name = "main";/name = "main"; mobile_prefix = "90";/' presence.conf
	says "alice in mode available: 0 s desk, app ring, mobile (90+46701234567) rings · 20 s no answer → voicemail" line alice
	says "calls now: external  0 s desk, app ring, mobile (90+46701234567) rings · 20 s no answer → voicemail" tail -1 <(presencectl show alice)
	is_entry main presence-user/1001 mobile=+46701234567
	presencectl rule set bob away ring.timeout=30
	is_entry main presence-user/1001 mobile=90+46701234567
}

@test "internal and external callers, queues and groups" {
	presencectl rule set alice away forward.external.always=bob group.calls=no greeting=custom/gone
	says "alice in mode away: 0 s desk, app ring · 20 s no answer → voicemail, greeting custom/gone" line alice --mode away
	says "alice in mode away: 0 s always → bob, desk of bob rings · 20 s no answer → voicemail, greeting custom/gone" \
		line alice --mode away --caller external
	says "alice in mode away: 0 s always → bob, desk of bob rings · 5 s answered" \
		line alice --mode away --caller external --others idle
	refused 2 "no state of a phone 'asleep'" presencectl route alice --others asleep
	says "bob" jq -r '.route[0].what' <(presencectl route alice --mode away --caller external --json)
	[[ $(line alice --mode away --caller group) == *"busy tone" ]]
	presencectl rule set alice away forward.direct_only=yes
	[[ $(line alice --mode away --caller queue) == "alice in mode away: 0 s desk, app ring"* ]]
}

@test "whoever calls from an allowed number gets through" {
	presencectl rule set alice dnd allow=+46812*
	says "alice in mode do-not-disturb: 0 s always → voicemail" line alice --mode dnd --caller external --number 112
	says "alice in mode do-not-disturb: 0 s desk, app ring · 20 s no answer → voicemail" \
		line alice --mode dnd --caller external --number +46812345
}

@test "at another time it is another mode" {
	presencectl schedule add office hours="Mon-Fri 08:00-17:00"
	presencectl schedule assign office alice
	says "alice in mode available: 0 s desk, app ring · 20 s no answer → voicemail" line alice
	says "alice in mode off-work: 0 s always → voicemail, greeting vm-nobodyavail" line alice --at 18:00
	says "$(line alice)" line alice --at "tomorrow 09:00"
}

@test "what callers are told of the mode, and until when" {
	presencectl mode set lunch announce=until announce.sound=custom/lunch
	presencectl set alice lunch --until 13:00 --no-wait
	says "alice in mode lunch-break: 0 s nothing rings → announces custom/lunch, until 13:00 → voicemail" line alice
	says '["announce","custom/lunch, until 13:00"]' jq -c '.route[0] | [.action, .what]' <(presencectl route alice --json)
	# Another mode than that which ends then.
	presencectl mode set away announce=until announce.sound=custom/away
	says "alice in mode away: 0 s desk, app ring · 20 s no answer → announces custom/away → voicemail" line alice --mode away
	# In the user's own zone.
	presencectl user set alice zone=Europe/London
	says "alice in mode lunch-break: 0 s nothing rings → announces custom/lunch, until 12:00 GMT → voicemail" line alice
	presencectl set alice lunch --until "tomorrow 09:00" --no-wait
	[[ $(line alice) == *"announces custom/lunch, until tomorrow 08:00 GMT → voicemail" ]]
	presencectl rule set alice lunch announce=none
	says "alice in mode lunch-break: 0 s nothing rings → voicemail" line alice
}

@test "the PBX is told the ends of switches, and of a schedule's periods where callers hear them" {
	told() { entry main presence-until/"$1"; }
	presencectl schedule add office hours="Mon-Fri 08:00-17:00"
	presencectl schedule assign office alice bob
	[ -z "$(told 1001)$(told 1002)" ]
	presencectl mode set available announce=until
	says "1795449600|available|Europe/Stockholm" told 1001
	says "1795449600|available|Europe/Stockholm" told 1002
	presencectl mode set available announce=mode
	[ -z "$(told 1001)$(told 1002)" ]
	presencectl rule set alice available announce=until
	says "1795449600|available|Europe/Stockholm" told 1001
	presencectl rule unset alice available announce
	[ -z "$(told 1001)" ]
	presencectl set alice away --until 12:15 --no-wait
	says "1795432500|away|Europe/Stockholm" told 1001
	presencectl set alice away --forever --no-wait
	[ -z "$(told 1001)" ]
	presencectl user set bob zone=Asia/Tokyo extension=1003
	presencectl set bob dnd --for 1h --no-wait
	says "1795433400|do-not-disturb|Asia/Tokyo" told 1003
	[ -z "$(told 1002)" ]
	presencectl user delete bob --yes || presencectl user delete bob
	[ -z "$(told 1003)" ]
}

@test "ask is the number of the switch that holds" {
	presencectl mode set away forward.internal.always=ask
	presencectl set alice away --forward-to +46701112233 --for 1h --no-wait
	[[ $(line alice) == "alice in mode away: 0 s always → number:+46701112233"* ]]
	[[ $(line alice --mode away) == *"number:+46701112233"* ]]
	[[ $(line bob --mode away) != *number* ]]
	[[ $(line alice --at 13:00) == "alice in mode available: "* ]]
}

@test "windows are told one by one" {
	presencectl rule set alice available 'ring=desk 0-20, app 5-15, mobile 10-30'
	says "alice in mode available: 0 s desk rings to 20 s · 5 s app rings to 15 s · 10 s mobile rings · 30 s no answer → voicemail" line alice
}

@test "words that are wrong" {
	refused 3 "no user 'alise'; did you mean 'alice'?" presencectl route alise
	refused 3 "no mode 'awya'; did you mean 'away'?" presencectl route alice --mode awya
	refused 2 "no caller 'nobody'; there are: internal, external, queue, group" presencectl route alice --caller nobody
	refused 2 "no state of a phone 'asleep'; there are: idle, noanswer, busy, declining, offline, oncall" \
		presencectl route alice --phone asleep
	refused 2 "'a;b' is not a caller's number" presencectl route alice --number 'a;b'
	refused 2 "'\${EXEC}' is not a caller's number" presencectl route alice --number '${EXEC}'
	refused 2 "--answer 'soon' is not a whole number" presencectl route alice --answer soon
	refused 2 "--answer '99999999999999999999' is not a whole number" presencectl route alice --answer 99999999999999999999
	refused 2 "'tomorow' is not a time" presencectl route alice --at tomorow
	refused 2 "'bob' is one argument too many" presencectl route alice bob
}

@test "show ends with what callers experience now" {
	presencectl rule set alice away forward.external.always=bob
	presencectl set alice away --for 1h --no-wait
	says "calls now: internal  0 s desk, app ring · 20 s no answer → voicemail
calls now: external  0 s always → bob, desk of bob rings · 20 s no answer → voicemail" tail -2 <(presencectl show alice)
	says '{"key":"calls now: internal","value":["0 s desk, app ring · 20 s no answer → voicemail"]}' \
		jq -c '.show[-2]' <(presencectl show alice --json)
}

@test "kinds of callers and states of phones complete" {
	says "internal
external
queue
group" cut -f1 <(presencectl _complete 'presencectl route alice --caller ')
	says "busy" cut -f1 <(presencectl _complete 'presencectl route alice --phone b')
	says "desk=" cut -f1 <(presencectl _complete 'presencectl route alice --phone de' | grep =)
	says "desk=busy,app=" cut -f1 <(presencectl _complete 'presencectl route alice --phone desk=busy,a')
	says "desk=busy,app=idle" cut -f1 <(presencectl _complete 'presencectl route alice --phone desk=busy,app=id')
}

@test "a user of another PBX is an extension of the dialplan, in the entries and in what is foretold" {
	sed -i 's/^pbx = ( {/pbx = ( { name = "branch"; port = 2; secret = "x"; }, {/' presence.conf
	presencectl user add carol extension=1003 pbx=branch
	presencectl user add dave extension=1002 pbx=branch
	presencectl rule set alice available forward.external.noanswer=carol forward.external.busy=1002
	presencectl mode set away forward.internal.always=carol forward.external.always=bob
	is_entry main presence-rule/1001.available internal_always=none external_always=none external_noanswer=ext:1003 external_busy=user:1002
	is_entry branch presence-mode/away internal_always=user:1003 external_always=ext:1002 external_noanswer=vm
	is_entry main presence-mode/away internal_always=ext:1003 external_always=user:1002 external_noanswer=vm
	says "forward group:1003" jq -r '.route[1] | "\(.action) \(.what)"' <(presencectl route alice --caller external --json)
	says "forward carol" jq -r '.route[0] | "\(.action) \(.what)"' <(presencectl route dave --mode away --json)
	# Then somebody moves.
	presencectl user set carol pbx=main
	is_entry main presence-rule/1001.available internal_always=none external_always=none external_noanswer=user:1003 external_busy=user:1002
	is_entry branch presence-mode/away internal_always=ext:1003 external_always=ext:1002 external_noanswer=vm
	is_entry main presence-mode/away internal_always=user:1003 external_always=user:1002 external_noanswer=vm
	[ -z "$(entry branch presence-rule/1001.available)" ]
}
