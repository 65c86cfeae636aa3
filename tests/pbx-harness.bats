#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2030,SC2031 # a test may change what is its own
# The harness itself, and the shipped manager.conf stanza, on a real Asterisk.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() { pbx_up --tls --extensions 3; }
teardown_file() { pbx_down; }

setup() { others=(); }
teardown() {
	local run
	for run in "${others[@]}"; do
		[ ! -d "$run" ] || "$TOP/tests/pbx/stop" --kill --remove "$run"
	done
}

# One more instance beside that of the file: its variables go into the named array.
another() { # array, options of start
	local -n vars=$1
	local line
	while IFS= read -r line; do
		vars[${line%%=*}]=${line#*=}
	done < <("$TOP/tests/pbx/start" "${@:2}")
	[ -n "${vars[PBX_RUN]-}" ] || return 1
	others+=("${vars[PBX_RUN]}")
}

set_presence() { # extension type subtype note
	ami --user presence Setvar "Variable: PRESENCE_STATE(CustomPresence:$1)" \
		"Value: $2,$(printf %s "$3" | base64 -w0),$(printf %s "$4" | base64 -w0),e"
}

# Asterisk commits its AstDB once a second, and SIGKILL loses what is younger. A commit that meets a reader fails, and is
# tried again with the next change.
astdb_has() { # key text
	sqlite3 -readonly "$PBX_RUN/db/astdb.sqlite3" "SELECT value FROM astdb WHERE key = '$1'" |
		grep -qF -- "$2" || { console 'database put test again 1' && sleep 0.2 && false; }
}

@test "it is the version that was asked for, and boots within two seconds" {
	run console 'core show version'
	[[ $output == "Asterisk $PBX_VERSION."* ]]
	[ "$PBX_BOOT_MS" -lt 2000 ]
}

@test "it listens on loopback only, at the ports it says" {
	local listening
	printf -v listening '0100007F:%04X' "$PBX_AMI"
	grep -q " $listening .* 0A " /proc/net/tcp
	printf -v listening '00000000:%04X' "$PBX_AMI"
	run ! grep " $listening " /proc/net/tcp
	((PBX_TLS == PBX_AMI + 1))
}

@test "nothing in its log is a warning or an error" {
	# But for what the manager says of refused logins.
	run ! grep -E '(WARNING|ERROR)\[[0-9]+\] ([a-ln-z]|m[^a])' "$PBX_RUN/log/full"
}

@test "the shipped stanza permits to set and to list states, and members of queues" {
	run set_presence 1001 dnd do-not-disturb 'back at "3", åäö'
	[ "$status" -eq 0 ]
	run ami --user presence Setvar 'Variable: DEVICE_STATE(Custom:presence-1001)' 'Value: BUSY'
	[ "$status" -eq 0 ]
	run ami --user presence PresenceState 'Provider: CustomPresence:1001'
	[ "$status" -eq 0 ]
	[[ $output == *$'\nState: dnd\nSubtype: do-not-disturb\nMessage: back at "3", åäö\n'* ]]
	run ami --user presence PresenceStateList
	[ "$status" -eq 0 ]
	[[ $output == *$'\nPresentity: CustomPresence:1001\nStatus: dnd\nSubtype: do-not-disturb\nMessage: back at \\"3\\", åäö\n'* ]]
	run ami --user presence DeviceStateList
	[ "$status" -eq 0 ]
	[[ $output == *$'\nDevice: Custom:presence-1001\nState: BUSY\n'* ]]
	ami --user presence QueueAdd 'Queue: support' 'Interface: Local/1@x' -- \
		QueuePause 'Queue: support' 'Interface: Local/1@x' 'Paused: true' 'Reason: lunch' -- \
		QueueRemove 'Queue: support' 'Interface: Local/1@x'
	ami --user presence Ping
}

@test "the shipped stanza refuses what presenced never does" {
	local action
	for action in 'Command|Command: core show uptime' 'Originate|Channel: Local/answers@phones|Application: Echo' \
		'UserEvent|UserEvent: x' 'UpdateConfig|SrcFilename: manager.conf'; do
		IFS='|' read -ra words <<<"$action"
		run ami --user presence "${words[@]}"
		[ "$status" -eq 1 ] && [[ $output == *'Message: Permission denied'* ]] || {
			echo "$action: $output"
			return 1
		}
	done
}

@test "the shipped stanza lets through the events of states, and no other" {
	local line events=()
	exec 5<>"/dev/tcp/127.0.0.1/$PBX_AMI"
	printf '%s\r\n' 'Action: Login' 'Username: presence' "Secret: $PBX_SECRET" '' >&5
	while read -rt 5 -u 5 line && [[ $line != 'Event: FullyBooted'* ]]; do :; done
	set_presence 1002 away lunch-break ''
	ami UserEvent 'UserEvent: Mode' -- Setvar 'Variable: DEVICE_STATE(Custom:presence-1002)' 'Value: BUSY' \
		-- Originate 'Channel: Local/answers@phones/n' 'Application: Wait' 'Data: 1' 'Async: true' \
		-- Setvar 'Variable: DEVICE_STATE(Custom:last)' 'Value: INUSE'
	while read -rt 5 -u 5 line; do
		line=${line%$'\r'}
		[[ $line != 'Event: '* ]] || events+=("${line#Event: }")
		[[ $line != 'Device: Custom:last' ]] || break
	done
	exec 5>&-
	[[ $line == 'Device: Custom:last' ]]
	[[ " ${events[*]} " == *' PresenceStateChange '* ]]
	run grep -vxE 'PresenceStateChange|DeviceStateChange' <(printf '%s\n' "${events[@]}")
	[ -z "$output" ]
}

@test "a wrong secret is refused" {
	PBX_RUN=$BATS_TEST_TMPDIR
	printf '%s\n' "PBX_AMI=$PBX_AMI" PBX_SECRET=wrong PBX_ADMIN_SECRET=wrong >"$PBX_RUN/pbx.env"
	run ami Ping
	[ "$status" -eq 3 ]
	[[ $output == *"may not log in"* ]]
}

@test "hints show what is set" {
	set_presence 1003 xa business-trip ''
	ami Setvar 'Variable: DEVICE_STATE(Custom:presence-1003)' 'Value: BUSY' -- \
		Setvar 'Variable: DEVICE_STATE(Custom:mode-1003-business-trip)' 'Value: INUSE'
	presence_is 1003 xa
	lamp_is 1003 Busy
	lamp_is 1003-business-trip InUse
	lamp_is 1003-away Idle
	ami Setvar 'Variable: DEVICE_STATE(Custom:presence-1003)' 'Value: INVALID'
	lamp_is 1003 Idle
}

@test "a clean restart and a crash keep ports, presence and lamps" {
	local how pid=$PBX_PID ports="$PBX_AMI $PBX_TLS"
	set_presence 1001 dnd do-not-disturb 'until "5"'
	set_presence nobody away lunch-break ''
	ami Setvar 'Variable: DEVICE_STATE(Custom:presence-1001)' 'Value: BUSY' -- \
		Setvar 'Variable: DEVICE_STATE(Custom:mode-nobody-lunch-break)' 'Value: INUSE'
	eventually astdb_has /CustomDevstate/mode-nobody-lunch-break INUSE
	for how in '' --kill; do
		# shellcheck disable=SC2086
		pbx_restart $how
		[ "$PBX_PID" -ne "$pid" ]
		[ "$ports" = "$PBX_AMI $PBX_TLS" ]
		pid=$PBX_PID
		presence_is 1001 dnd
		lamp_is 1001 Busy
		run ami --user presence PresenceState 'Provider: CustomPresence:1001'
		[[ $output == *$'\nSubtype: do-not-disturb\nMessage: until "5"\n'* ]]
		# Those that no hint names are listed as well.
		run ami --user presence PresenceStateList -- DeviceStateList
		[[ $output == *$'\nPresentity: CustomPresence:nobody\nStatus: away\nSubtype: lunch-break\n'* ]]
		[[ $output == *$'\nDevice: Custom:mode-nobody-lunch-break\nState: INUSE\n'* ]]
	done
}

@test "what nobody needs any more is not listed after a restart" {
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:gone)' 'Value: not_set,,'
	run ami PresenceStateList
	[[ $output == *$'\nPresentity: CustomPresence:gone\nStatus: not_set\n'* ]]
	eventually astdb_has /CustomPresence/gone not_set
	pbx_restart
	run ami PresenceStateList
	[[ $output != *CustomPresence:gone* ]]
}

@test "TLS: the name and the certificate fit" {
	run -0 timeout 10 openssl s_client -quiet -connect "127.0.0.1:$PBX_TLS" -CAfile "$PBX_CA" \
		-verify_return_error -verify_ip 127.0.0.1 <<<$'Action: Logoff\r\n\r'
	[[ $output == *'Asterisk Call Manager/'* ]]
	run ! timeout 10 openssl s_client -quiet -connect "127.0.0.1:$PBX_TLS" -CAfile "$PBX_CA" \
		-verify_return_error -verify_hostname other.example <<<$'Action: Logoff\r\n\r'
}

@test "instances side by side know nothing of each other" {
	local -A one=() two=()
	another one --extensions 7001,7002
	another two --extensions 1
	[ "${one[PBX_AMI]}" -ne "${two[PBX_AMI]}" ]
	PBX_RUN=${one[PBX_RUN]} set_presence 7001 dnd do-not-disturb ''
	PBX_RUN=${one[PBX_RUN]} presence_is 7001 dnd
	PBX_RUN=${two[PBX_RUN]} run ami PresenceStateList
	[[ $output == *'ListItems: 0'* ]]
	"$TOP/tests/pbx/stop" --remove "${one[PBX_RUN]}"
	[ ! -e "${one[PBX_RUN]}" ]
	PBX_RUN=${two[PBX_RUN]} ami Ping
}

@test "four at once all start" {
	local i pids=()
	for i in 1 2 3 4; do
		"$TOP/tests/pbx/start" --wait 60 >"$BATS_TEST_TMPDIR/$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	for i in 1 2 3 4; do others+=("$(sed -n 's/^PBX_RUN=//p' "$BATS_TEST_TMPDIR/$i")"); done
	[ "$(cat "$BATS_TEST_TMPDIR"/[1-4] | grep '^PBX_AMI=' | sort -u | wc -l)" -eq 4 ]
}

@test "users and their modes come from a file" {
	local -A own=()
	printf '%s\n' '# extension and modes' '' '8001 focus dnd=do-not-disturb' 'anna.b' >"$BATS_TEST_TMPDIR/users"
	another own --users "$BATS_TEST_TMPDIR/users"
	PBX_RUN=${own[PBX_RUN]}
	lamp_is 8001 Idle
	lamp_is 8001-focus Idle
	lamp_is 8001-dnd Idle
	run ! lamp_is 8001-away Idle
	lamp_is anna.b-lunch-break Idle
	echo 'x y;z' >"$BATS_TEST_TMPDIR/users"
	run ! "$TOP/tests/pbx/start" --users "$BATS_TEST_TMPDIR/users"
	[[ $output == *"not a user: 'x y;z'"* ]]
}

@test "calls: phones have endpoints and mailboxes" {
	local -A calls=()
	another calls --modules calls --extensions 2
	PBX_RUN=${calls[PBX_RUN]}
	run console 'pjsip show endpoints'
	[[ $output == *'Endpoint:  1001'*'Endpoint:  1002'* ]]
	run console 'voicemail show users'
	[[ $output == *'1001'*'2 voicemail users configured'* ]]
	lamp_is 1001 Unavailable
	ami Originate 'Channel: Local/answers@phones/n' 'Application: Wait' 'Data: 1' 'Async: false'
}

@test "a pid that belongs to another process now is left alone" {
	local -A own=()
	another own
	"$TOP/tests/pbx/stop" --kill "${own[PBX_RUN]}"
	sleep 60 3>&- &
	echo "$! 1" >"${own[PBX_RUN]}/pid"
	"$TOP/tests/pbx/stop" --kill "${own[PBX_RUN]}"
	kill "$!"
}

@test "mistakes are told" {
	run -2 "$TOP/tests/pbx/start" --no-such-option
	[[ $output == usage:* ]]
	run -1 "$TOP/tests/pbx/start" --keep "$BATS_TEST_TMPDIR"
	[[ $output == *'is no run directory'* ]]
	run -1 "$TOP/tests/pbx/start" --keep "$PBX_RUN"
	[[ $output == *'is running'* ]]
	run -1 "$TOP/tests/pbx/stop" "$BATS_TEST_TMPDIR"
	run -2 "$TOP/tests/pbx/root" 17
	run -2 "$TOP/tests/pbx/cli" "$PBX_RUN"
}
