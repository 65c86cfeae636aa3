#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The main job on a real Asterisk: hints, lamps, presence, and all that can come between.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() { pbx_up --extensions 40; }
teardown_file() { pbx_down; }

setup() { site "$PBX_AMI"; }
teardown() { daemon_down; }

@test "who has no secret pushes through presenced" {
	sed 's/secret = "[^"]*";//' presence.conf >member.conf
	chmod 600 member.conf
	presencectl set alice dnd --no-wait
	PRESENCE_CONF=$PWD/member.conf fails_with 5 "no secret" presencectl push
	daemon_up
	PRESENCE_CONF=$PWD/member.conf says "main: in step, by presenced" presencectl push
	presence_is 1001 dnd
	kill -STOP "$DAEMON"
	presencectl set bob dnd --no-wait
	(sleep 1 && kill -CONT "$DAEMON") 3>&- &
	PRESENCE_CONF=$PWD/member.conf says "main: in step, by presenced" presencectl push
	presence_is 1002 dnd
	run presencectl pbx diff
	[ -z "$output" ]
}

@test "set shows in hint, lamps and presence state" {
	daemon_up
	run presencectl set alice dnd --note 'back soon, "really" ${X} åäö'
	[ "$status" -eq 0 ]
	[[ $output == "alice is do-not-disturb until cleared"*"the PBX knows since "*" ms" ]]
	presence_is 1001 dnd
	lamp_is 1001 Busy
	lamp_is 1001-do-not-disturb InUse
	lamp_is 1001-available Idle
	presence_is 1002 available
	run presencectl pbx diff
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run presencectl clear alice
	[ "$status" -eq 0 ]
	presence_is 1001 available
	lamp_is 1001 Idle
	lamp_is 1001-do-not-disturb Idle
	lamp_is 1001-available InUse
}

@test "the note arrives as it was given" {
	daemon_up
	presencectl set alice away --note 'a, "b" \ ${EXEC(c)} åäö'
	run presencectl pbx diff
	[ "$status" -eq 0 ]
	console 'presencestate list' | grep -A3 CustomPresence:1001 |
		sed -n "s/.*Message: '\(.*\)'/\1/p" | base64 -d >note
	[ "$(cat note)" = 'a, "b" \ ${EXEC(c)} åäö' ]
}

@test "a switch ends by itself, and what lies below holds again" {
	daemon_up
	presencectl set alice trip
	presencectl set alice lunch --for 2s
	presence_is 1001 away
	eventually presence_is 1001 xa
	run presencectl log alice
	[[ $output == *follow*lunch-break*business-trip*presenced* ]]
}

@test "what was switched while presenced was away is pushed when it comes" {
	run presencectl set alice dnd
	[ "$status" -eq 4 ]
	[[ $output == *"presenced is not running"* ]]
	daemon_up
	eventually presence_is 1001 dnd
	daemon_down
	presencectl set alice away || true
	presence_is 1001 dnd
	run presencectl push
	[ "$status" -eq 0 ]
	presence_is 1001 away
}

@test "a switch that ended while presenced was away ends when it comes" {
	daemon_up
	presencectl set alice dnd --for 1s
	daemon_down
	presence_is 1001 dnd
	sleep 1.1 # the time of the switch itself
	daemon_up
	eventually presence_is 1001 available
}

@test "presenced --once ends what is over, pushes and exits" {
	presencectl set alice dnd || true
	run presenced --once
	[ "$status" -eq 0 ]
	presence_is 1001 dnd
	run presencectl status alice --no-headings
	[[ $output == *yes ]]
}

@test "a restart of the PBX, clean or by a crash: all is there again" {
	daemon_up
	presencectl set alice dnd
	pbx_restart --kill
	eventually presence_is 1001 dnd
	eventually lamp_is 1001 Busy
	pbx_restart
	eventually lamp_is 1001-do-not-disturb InUse
	# The lamp was there from AstDB: presenced may still be on its way back.
	run presencectl set alice away
	((status == 0 || status == 4))
	eventually presence_is 1001 away
}

@test "what somebody else put on the PBX is put right at the next login" {
	daemon_up
	presencectl set alice dnd
	daemon_down
	console 'devstate change Custom:presence-1001 NOT_INUSE'
	console 'devstate change Custom:mode-1001-off-work INUSE'
	run presencectl pbx diff
	[ "$status" -eq 1 ]
	[[ $output == *"lamps/1001 "*" *,do-not-disturb "*" *=NOT_INUSE,do-not-disturb,off-work"* ]]
	run presencectl push
	[ "$status" -eq 0 ]
	lamp_is 1001 Busy
	lamp_is 1001-off-work Idle
}

@test "a deleted user leaves nothing behind" {
	daemon_up
	presencectl set bob dnd
	presence_is 1002 dnd
	presencectl user delete bob
	eventually presence_is 1002 not_set
	lamp_is 1002 Idle
	lamp_is 1002-do-not-disturb Idle
	[ "$(sqlite3 presence.db 'SELECT count(*) FROM item WHERE user_id IS NULL AND name NOT LIKE "presence-mode/%"')" = 0 ]
}

@test "a new extension takes the presence along" {
	daemon_up
	presencectl set alice dnd
	presencectl user set alice extension=1007
	eventually presence_is 1007 dnd
	eventually presence_is 1001 not_set
	lamp_is 1001 Idle
}

@test "a changed mode reaches those who are in it" {
	daemon_up
	presencectl set alice lunch
	presencectl mode set lunch-break type=xa lamp=off 'note=back at one'
	eventually presence_is 1001 xa
	eventually lamp_is 1001 Idle
	presencectl mode unset lunch-break type lamp note
	eventually presence_is 1001 away
}

@test "a mode of one's own, and its deletion" {
	daemon_up
	presencectl mode add focus type=dnd lamp=yes
	presencectl set alice focus
	presence_is 1001 dnd
	run presencectl mode delete focus
	[ "$status" -eq 1 ]
	presencectl mode delete focus --replace-with away
	eventually presence_is 1001 away
	[ "$(held Custom:mode-1001-focus)" = NOT_INUSE ]
}

@test "thirty users at once" {
	for ((i = 3; i <= 30; i++)); do echo "user add u$i extension=$((1000 + i))"; done | presencectl shell
	daemon_up
	run presencectl set all dnd --expect 30
	[ "$status" -eq 0 ]
	[[ $output == "30 users are do-not-disturb"* ]]
	[ "$(console 'core show hints' | grep -c 'Presence:dnd')" -eq 30 ]
	run presencectl set all away --expect 31
	[ "$status" -eq 1 ]
	presence_is 1030 dnd
}

@test "two PBXs" {
	local first=$PBX_RUN second
	second=$("$TOP/tests/pbx/start" --version "$PBX_VERSION" 3>&- | sed -n 's/^PBX_RUN=//p')
	cat >presence.conf <<-C
		pbx = ( { name = "main"; port = $PBX_AMI; secret = "$PBX_SECRET"; },
		        { name = "branch"; port = $(sed -n 's/^PBX_AMI=//p' "$second/pbx.env"); secret = "$PBX_SECRET"; } );
	C
	presencectl user add carol extension=1001 pbx=branch
	daemon_up
	presencectl set carol dnd
	presence_is 1001 available
	PBX_RUN=$second presence_is 1001 dnd
	fails_with 2 "two PBXs" presencectl set 1001 dnd
	"$TOP/tests/pbx/stop" --remove "$second"
	eventually bash -c 'presencectl pbx list | grep -q "branch.*down"'
	run presencectl set alice dnd
	[ "$status" -eq 0 ]
	run presencectl set carol away
	[ "$status" -eq 4 ]
	[[ $output == *"PBX 'branch'"*refused* ]]
	PBX_RUN=$first presence_is 1001 dnd
}

@test "SIGHUP reloads the configuration whole, or not at all" {
	daemon_up
	echo 'pbx = ( { nmae = "x"; } );' >>presence.conf
	kill -HUP "$DAEMON"
	eventually grep -q 'not reloaded' presenced.log
	run presencectl --db "$PRESENCE_DB" set alice dnd
	[ "$status" -eq 5 ]
	site_conf=$(sed '$d' presence.conf)
	printf '%s\nlog_level = "debug";\n' "$site_conf" >presence.conf
	kill -HUP "$DAEMON"
	eventually grep -q 'configuration reloaded' presenced.log
	run presencectl set alice dnd
	[ "$status" -eq 0 ]
	presence_is 1001 dnd
}

@test "a second presenced is refused, and the first goes on" {
	daemon_up
	fails_with 1 "another presenced, pid $DAEMON" presenced
	run presencectl set alice dnd
	[ "$status" -eq 0 ]
}

@test "SIGTERM ends presenced with status 0" {
	daemon_up
	kill -TERM "$DAEMON"
	wait "$DAEMON"
	DAEMON=
	run presencectl pbx list
	[[ $output == *"presenced is not running"* ]]
}

@test "a killed presenced loses nothing" {
	daemon_up
	kill -KILL "$DAEMON"
	wait "$DAEMON" || true
	presencectl set alice dnd || true
	daemon_up
	eventually presence_is 1001 dnd
}

@test "pbx test says what is permitted, and a wrong secret" {
	run presencectl pbx test
	[ "$status" -eq 0 ]
	[[ $output == *"Setvar is permitted"* ]]
	sed -i 's/secret = "[^"]*"/secret = "wrong"/' presence.conf
	fails_with 1 "user name or secret" presencectl pbx test
	fails_with 4 "" presencectl push
}

@test "plain login" {
	sed -i 's/name = "main";/name = "main"; login = "plain";/' presence.conf
	run presencectl pbx test main
	[ "$status" -eq 0 ]
}

@test "a switch made on the phone becomes one of the database" {
	daemon_up
	mode() { presencectl status alice --output mode --no-headings | tr -d ' '; }
	is() { [ "$(mode)" = "$1" ]; }
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: dnd,do-not-disturb,in a meeting' >/dev/null
	eventually is do-not-disturb
	lamp_is 1001 Busy
	lamp_is 1001-do-not-disturb InUse
	run -0 presencectl log alice --json
	[ "$(jq -r '.log[-1] | [.what, .to, .why, .by, .via] | join(" ")' <<<"$output")" = 'set do-not-disturb in a meeting phone phone' ]
	# A type without a mode of ours: the first mode of that type.
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: away,smoking,' >/dev/null
	eventually is away
	# Cleared there is cleared here.
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: not_set' >/dev/null
	eventually is available
	presence_is 1001 available
	# Also to what was in force just before, which a PBX that has crashed may list, but not tell of later.
	pbx_restart --kill
	again() { (($(grep -c 'connected, manager' presenced.log) == 2)); }
	eventually again
	presencectl set alice lunch
	presencectl set alice away
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: away,lunch-break,' >/dev/null
	eventually is lunch-break
}

@test "a switch made on the phone while presenced was away" {
	daemon_up
	presencectl set alice away
	daemon_down
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: unavailable,off-work,' >/dev/null
	daemon_up
	is() { [ "$(presencectl status alice --output mode --no-headings | tr -d ' ')" = "$1" ]; }
	eventually is off-work
	presence_is 1001 unavailable
	# But what was switched here meanwhile is the newer word.
	daemon_down
	presencectl set alice lunch --no-wait || :
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: dnd,do-not-disturb,' >/dev/null
	daemon_up
	presence_is 1001 away
	is lunch-break
	daemon_down
	# What only time has changed meanwhile is not.
	presencectl schedule add office hours='Mon-Sun 00:00-24:00'
	presencectl user set bob schedule=office
	daemon_up
	daemon_down
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1002)' 'Value: dnd,do-not-disturb,*' >/dev/null
	presencectl schedule force office closed --until 'tomorrow 09:00'
	daemon_up
	presence_is 1002 dnd
	says do-not-disturb jq -r '.status[0].mode' <(presencectl status bob --json)
	says 'null phone' jq -r '.log[-1] | "\(.why) \(.via)"' <(presencectl log bob --json)
}

@test "a switch made on the phone in the middle of a push" {
	local i delay
	for ((i = 1; i <= 600; i++)); do
		echo "user add user$i extension=$((2000 + i))"
	done >users
	presencectl shell <users
	daemon_up
	for delay in 0 0.02 0.04 0.06 0.08 0.1 0.15; do
		presencectl set all dnd --no-wait || :
		sleep "$delay"
		ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: away,away,*' >/dev/null
		# Whoever was later, the PBX and the database agree.
		eventually presencectl pbx diff
		presencectl set all available
	done
	presencectl log alice --json | jq -e '[.log[] | select(.by == "phone")] | length > 0'
}
