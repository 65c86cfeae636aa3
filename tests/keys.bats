#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# keys: what to put on the keys of a phone, and tables as comma-separated values.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	site 1
	cat >presence.conf <<-C
		pbx = ( { name = "main"; port = 1; secret = "none"; }, { name = "branch"; port = 2; secret = "none"; } );
		defaults = { zone = "Europe/Stockholm"; };
	C
	presencectl user set bob devices.desk=PJSIP/1002 devices.app=PJSIP/1002-app
}

# The last key of a user's phone, in these columns.
last_key() { # columns user
	presencectl keys "$2" --csv --no-headings --output "$1" | tail -n 1
}

schedule_keys() { # user
	presencectl keys "$1" --csv --no-headings --output kind,label,key,needs,hint | sed -n 's/^schedule,//p'
}

@test "the keys of a user's own phone: their modes, and their schedule or their group's" {
	presencectl mode add focus type=dnd label='Focus time'
	says "PHONE  KIND  LABEL           KEY                  NEEDS
alice  mode  Available       1001-available
alice  mode  Away            1001-away
alice  mode  Do Not Disturb  1001-do-not-disturb
alice  mode  Lunch Break     1001-lunch-break
alice  mode  Business Trip   1001-business-trip
alice  mode  Off Work        1001-off-work
alice  mode  Focus time      1001-focus" presencectl keys alice
	presencectl schedule add office hours=9-17
	presencectl group add sales
	presencectl group assign sales alice
	presencectl schedule assign office @sales
	says 'office,hours-office,PIN,Custom:hours-office
office: open,force-open-office,PIN,Custom:force-open-office
office: closed,force-closed-office,PIN,Custom:force-closed-office' schedule_keys alice
	presencectl schedule add night hours=22-6
	presencectl schedule assign night alice
	says night,main,presence-hints last_key of,pbx,context 1001
	says mode,1002-focus last_key kind,key bob
}

@test "others' keys: to call them, and their modes, which take the PIN" {
	presencectl mode add focus
	presencectl user add carol extension=2001 pbx=branch
	run --separate-stderr -0 presencectl keys alice bob --of all --csv
	echo "$output" >all
	[ "$stderr" = "presencectl: 2 times a user on another PBX was left out" ]
	grep -c ^ all | grep -x $((1 + 2 * (7 + 1 + 7)))
	grep '^alice,user' all | diff - <(echo 'alice,user,bob,1002,,bob,,"PJSIP/1002&PJSIP/1002-app&Custom:presence-1002,CustomPresence:1002",presence-hints,main')
	grep '^alice,other,.*away' all | diff - <(echo 'alice,other,bob: Away,1002-away,PIN,bob,away,Custom:mode-1002-away,presence-hints,main')
	grep '^bob,other,.*focus' all | diff - <(echo 'bob,other,alice: focus,1001-focus,PIN,alice,focus,Custom:mode-1001-focus,presence-hints,main')
	says '["bob"]' jq -c '[.keys[] | select(.kind == "other") | .phone] | unique' <(presencectl keys bob alice --of alice --json)
}

@test "what keys refuses, and what it completes" {
	fails_with 3 "no user 'alcie'; did you mean 'alice'?" presencectl keys alcie
	fails_with 3 "no user 'bbo'; did you mean 'bob'?" presencectl keys alice --of bbo
	fails_with 2 "<who> is missing" presencectl keys
	fails_with 2 "unknown column 'kex'; did you mean 'key'?" presencectl keys alice --output kex
	fails_with 2 "--json and --csv exclude each other" presencectl keys alice --json --csv
	presencectl _complete 'presencectl keys al' | grep ^alice
	presencectl _complete 'presencectl keys alice --of b' | grep ^bob
}

@test "every table is printed as comma-separated values too" {
	presencectl mode set away label='Away, "out"'
	run -0 presencectl mode list --csv --output name,label
	[ "${lines[0]}" = name,label ]
	[ "${lines[2]}" = 'away,"Away, ""out"""' ]
	run -0 presencectl status --csv --output user,since,until,pushed
	[[ ${lines[1]} =~ ^alice,[0-9-]{10}T[0-9:]{8}\+[0-9:]{5},,no$ ]]
	says 'alice,1001,main
bob,1002,main' presencectl user list --csv --no-headings --output name,extension,pbx
	# Headings also where there is nothing, and nothing beside the values.
	says 'group,users' presencectl group list --csv
	run -0 presencectl explain alice --csv
	[[ ${lines[0]} == source,result,mode,* ]]
	run -0 presencectl route alice --csv
	[[ ${lines[0]} == at,until,* ]]
}
