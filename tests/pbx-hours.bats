#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Keys of schedules: real phones press and watch them, with presenced and without.
bats_require_minimum_version 1.5.0
load lib/common
load lib/phones

setup_file() {
	local etc=$BATS_FILE_TMPDIR/etc
	phones_etc "$etc"
	printf '%s\n' '[globals]' 'PRESENCE_PIN = 4711' 'PRESENCE_HOURS_1 = office' '#include "presence.conf"' >"$etc/globals"
	sed -n 's/^;|//p' "$TOP/share/asterisk/presence.conf" | cat "$etc/globals" - >"$etc/extensions.conf"
	rm "$etc/globals"
	# A phone that may, and that is quicker than a real one.
	# shellcheck disable=SC2016 # ${EXTEN} is Asterisk's
	printf '%s\n' '[quick]' 'exten => _[*0-9a-z]!,1,Set(PRESENCE_MAY=yes)' ' same => n,Goto(presence-codes,${EXTEN},1)' \
		>>"$etc/extensions.conf"
	cp "$TOP/share/asterisk/presence.conf" "$etc"
	# The phone of alice may; that of bob needs the PIN.
	printf '%s\n' '[1001](+)' 'set_var = PRESENCE_MAY=yes' >>"$etc/pjsip.conf"
	pbx_up --modules calls --extensions 2 --etc "$etc"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl schedule add office hours='daily 00:00-24:00'
	presencectl user set alice schedule=office
	presencectl push >/dev/null
}
teardown() {
	phones_down
	daemon_down
	console 'channel request hangup all' >/dev/null
}

# A key is pressed, and who pressed it hangs up when they are told that it is done.
press() { # what the key watches
	ami Originate "Channel: Local/$1@quick/n" 'Application: Wait' 'Data: 10' 'Async: true' >/dev/null
	eventually told
	console 'channel request hangup all' >/dev/null
	eventually quiet
}
told() { [[ $(console 'core show channels concise') == *'!Playback!'* ]]; }
untold() { ! told; }
quiet() { [[ $(console 'core show channels count') == *'0 active channels'* ]]; }
entry() { console "database get $1 office" | sed -n 's/^Value: //p'; }
entry_is() { [ "$(entry "$1")" = "$2" ]; }
# The lamps that are lit, of hours- and of force-.
lit() { console 'devstate list' | sed -nE "s/.*'Custom:((hours|force-[a-z]*)-office)' *State: 'INUSE'.*/\1/p" | sort | xargs; }
lit_is() { [ "$(lit)" = "$1" ]; }
forced() { [ "$(presencectl schedule list --output now --no-headings | xargs)" = "$1" ]; }
logged() { # what, why, by, via
	says "$1" jq -r '.log | map(select(.what == "schedule force"))[-1] | "\(.new) \(.by) \(.via)"' <(presencectl log --json)
}

@test "a key forces a schedule, and takes it back; presenced makes it the schedule's" {
	daemon_up
	eventually lit_is hours-office
	phone_up alice 1001
	phone alice dial hours-office
	eventually forced outside
	phone alice hangup
	eventually quiet
	logged 'outside 1001 phone'
	eventually entry_is presence-forced 'outside|business'
	eventually lit_is 'force-closed-office force-toggle-office'
	entry_is presence-hours outside
	[ "$(presencectl status alice --output mode --no-headings | xargs)" = off-work ]
	run -0 presencectl pbx diff
	press hours-office
	eventually forced business
	logged 'null phone phone'
	eventually entry_is presence-forced 'auto|business'
	eventually lit_is hours-office
	press force-closed-office
	eventually forced outside
	press force-open-office
	eventually forced business
	eventually entry_is presence-forced 'business|business'
	eventually lit_is 'force-open-office force-toggle-office hours-office'
	press force-toggle-office
	eventually entry_is presence-forced 'auto|business'
}

@test "without presenced all works, and presenced then takes the last word" {
	press '*351'
	entry_is presence-hours outside
	entry_is presence-forced 'outside=phone|business'
	lit_is 'force-closed-office force-toggle-office'
	press '*3511'
	entry_is presence-hours business
	press '*3510'
	press '*3510'
	entry_is presence-hours business
	entry_is presence-forced 'auto=phone|business'
	lit_is hours-office
	press force-toggle-office
	daemon_up
	eventually forced outside
	eventually entry_is presence-forced 'outside|business'
	logged 'outside phone phone'
	daemon_down
	press force-toggle-office
	daemon_up
	eventually forced business
	eventually entry_is presence-forced 'auto|business'
	lit_is hours-office
}

@test "what was forced here since presenced stopped is the newer word" {
	daemon_up
	daemon_down
	press force-closed-office
	presencectl schedule force office holiday --forever
	daemon_up
	eventually entry_is presence-forced 'holiday|business'
	eventually lit_is force-toggle-office
	forced holiday
	logged 'holiday root cli'
}

@test "it ends when the schedule itself says something else" {
	presencectl schedule set office hours='daily 00:00-23:59'
	daemon_up
	press force-closed-office
	eventually forced outside
	[ "$(sqlite3 presence.db "SELECT strftime('%M', forced_until, 'unixepoch') FROM schedule")" = 59 ]
}

@test "another phone needs the PIN, and there must be such a schedule" {
	daemon_up
	phone_up bob 1002
	phone bob dial hours-office
	phone bob wait CALL_ESTABLISHED
	sleep 1
	phone bob sndcode '1234#'
	eventually told
	entry_is presence-forced 'auto|business'
	# It is asked for once more.
	eventually untold
	phone bob sndcode '4711#'
	eventually forced outside
	logged 'outside 1002 phone'
	press hours-nosuch
	press '*352'
	entry_is presence-forced 'outside|business'
}
