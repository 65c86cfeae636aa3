#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What phones do, as presencectl shows it: real phones, played by baresip.
bats_require_minimum_version 1.5.0
load lib/common
load lib/phones
load lib/kamailio

setup_file() {
	phones_etc "$BATS_FILE_TMPDIR/etc"
	pbx_up --modules calls --extensions 3 --etc "$BATS_FILE_TMPDIR/etc"
}
teardown_file() {
	kamailio_down
	pbx_down
}

setup() {
	site "$PBX_AMI"
	presencectl user set bob devices.desk=PJSIP/1002
	daemon_up
}
teardown() {
	watchers_down
	phones_down
	daemon_down
}

activity() { presencectl status "$1" --no-headings --output activity; }
does() { [ "$(activity "$1")" = "$2" ]; } # USER ACTIVITY
since() { presencectl status "$1" --json | jq -r '.status[0].activity_since'; }

@test "a call of two phones: ringing, on a call, on hold, idle, offline" {
	eventually does alice offline
	phone_up alice 1001
	eventually does alice idle
	phone_up bob 1002
	eventually does bob idle
	phone alice dial 1002
	phone bob wait CALL_INCOMING 1001
	eventually does bob ringing
	eventually does alice 'on a call'
	phone bob accept
	phone alice wait CALL_ESTABLISHED
	eventually does bob 'on a call'
	presencectl status | grep -E '^bob +1002 +available \(on a call\) '
	run -0 presencectl status bob --output mode --no-headings
	[ "$output" = available ]
	[[ $(presencectl status bob --csv --no-headings) == bob,1002,available,* ]]
	presencectl show bob --json | jq -e '[.show[] | select(.key == "activity").value[]] == ["on a call"]'
	[[ $(since bob) == 20*T* ]]
	# The phone that is put on hold is, the one that holds is in use.
	phone alice hold
	eventually does bob 'on hold'
	does alice 'on a call'
	phone alice resume
	eventually does bob 'on a call'
	phone alice hangup
	eventually does bob idle
	eventually does alice idle
	kill "${PHONES[1]}"
	eventually does bob offline
	does alice idle
	# Nothing of it is a mode, or is logged.
	run presencectl log
	[[ $output != *offline* && $output != *call* ]]
	[ "$(sqlite3 presence.db 'SELECT count(*) FROM switch')" = 0 ]
}

@test "who is on a call is on the phone on a presence server" {
	kamailio_up
	cat >>presence.conf <<-C
		publish = ( { uri_template = "sip:{extension}@127.0.0.1:$KAM_PORT"; server = "sip:127.0.0.1:$KAM_PORT";
			username = "presence"; secret = "sesame"; } );
	C
	kill -HUP "$DAEMON"
	watch_user bob 1002
	eventually sees bob '<basic>open</basic>'
	phone_up alice 1001
	phone_up bob 1002
	phone alice dial 1002
	phone bob wait CALL_INCOMING 1001
	phone bob accept
	eventually sees bob '<rpid:on-the-phone/>'
	phone alice hangup
	eventually sees bob '<basic>open</basic></status><timestamp>'
	run ! sees bob on-the-phone
	watchers_down
	kamailio_down
}

@test "watch tells it, and of others nothing" {
	phone_up bob 1002
	eventually does bob idle
	presencectl watch bob --json >bob.out 3>&- &
	local watchers=($!)
	presencectl watch alice --json >alice.out 3>&- &
	watchers+=($!)
	eventually grep -q '"activity":"idle"' bob.out
	eventually grep -q '"activity":"offline"' alice.out
	ami Originate 'Channel: PJSIP/1002' 'Application: Wait' 'Data: 5' 'Async: true'
	eventually grep -q '"activity":"ringing"' bob.out
	phone bob accept
	eventually grep -q '"activity":"on a call"' bob.out
	phone bob hangup
	eventually does bob idle
	kill "${watchers[@]}"
	wait "${watchers[@]}" || :
	[ "$(jq -s length alice.out)" = 1 ]
}

@test "several devices, a device of two users, an edit, a PBX that goes away" {
	phone_up alice 1001
	eventually does alice idle
	presencectl user set alice devices.hall=PJSIP/1003
	presencectl user set bob devices.desk=PJSIP/1003 devices.app=Local/1002@phones
	phone_up hall 1003
	eventually does bob idle
	ami Originate 'Channel: PJSIP/1003' 'Application: Wait' 'Data: 9' 'Async: true'
	eventually does bob ringing
	eventually does alice ringing
	presencectl user unset alice devices.hall
	eventually does alice idle
	does bob ringing
	presencectl user set bob devices.desk=PJSIP/0701@trunk
	eventually does bob ''
	presencectl status bob --json | jq -e '.status[0] | .activity == null and .activity_since == null'
	"$TOP/tests/pbx/stop" "$PBX_RUN"
	eventually does alice ''
	pbx_up --keep "$PBX_RUN"
	eventually does alice idle
	# Without presenced nobody knows, however it ended.
	kill -9 "$DAEMON"
	wait "$DAEMON" || :
	does alice ''
	[ "$(sqlite3 presence.db 'SELECT activity FROM activity')" = idle ]
	presencectl push
	does alice ''
	presenced --once
	[ -z "$(sqlite3 presence.db 'SELECT * FROM activity')" ]
	daemon_up
	eventually does alice idle
	daemon_down
	[ -z "$(sqlite3 presence.db 'SELECT * FROM activity')" ]
}

is_sealed() { [ "$(sqlite3 presence.db 'SELECT (SELECT max(id) FROM log) = (SELECT max(last_id) FROM log_seal)')" = 1 ]; }

@test "nothing is written while nothing changes" {
	phone_up alice 1001
	eventually does alice idle
	eventually is_sealed # the log, a second after the last change
	sleep 0.5
	local before
	before=$(contents)
	# Calls of somebody else: no device of a user.
	ami Originate 'Channel: Local/1@nowhere' 'Application: Wait' 'Data: 1' 'Async: true'
	ami Originate 'Channel: PJSIP/1002' 'Application: Wait' 'Data: 1' 'Async: true'
	sleep 1
	[ "$before" = "$(contents)" ]
}

# What a manager user is sent, into a file of that name.
listen() { # USER SECRET
	local fd
	exec {fd}<>"/dev/tcp/127.0.0.1/$PBX_AMI"
	printf 'Action: Login\r\nUsername: %s\r\nSecret: %s\r\nEvents: system,call\r\n\r\n' "$1" "$2" >&"$fd"
	timeout 20 cat <&"$fd" >"$1" 2>/dev/null 3>&- &
	LISTENERS+=($!)
	exec {fd}>&-
	eventually grep -q FullyBooted "$1"
}

@test "the event filters let phones through, and no Local channels" {
	phone_up alice 1001
	LISTENERS=()
	listen presence "$PBX_SECRET"
	listen admin "$PBX_ADMIN_SECRET"
	ami Originate 'Channel: Local/1001@from-phones' 'Application: Wait' 'Data: 1' 'Async: true'
	phone alice wait CALL_INCOMING
	phone alice hangup
	eventually does alice idle
	# The last event of the call.
	eventually grep -aq '^State: NOT_INUSE' presence
	kill "${LISTENERS[@]}"
	wait "${LISTENERS[@]}" || :
	grep -a '^Device: ' admin | tr -d '\r' | sort -u | grep -c '^Device: Local/1001@from-phones$'
	run -0 bash -c "grep -aE '^(Event|Device): ' presence | tr -d '\r' | sort -u"
	[ "$output" = $'Device: PJSIP/1001\nEvent: DeviceStateChange\nEvent: FullyBooted' ]
}
