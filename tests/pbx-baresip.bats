#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Real phones: baresip, at an Asterisk that has the sample in share/asterisk/presence.conf as its dialplan.
bats_require_minimum_version 1.5.0
load lib/common
load lib/phones

setup_file() {
	phones_etc "$BATS_FILE_TMPDIR/etc"
	pbx_up --modules calls --extensions 4 --etc "$BATS_FILE_TMPDIR/etc"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl user set bob devices.desk=PJSIP/1002
	daemon_up
}
teardown() {
	phones_down
	daemon_down
}

device() { ami Getvar "Variable: DEVICE_STATE(PJSIP/$1)" | sed -n 's/^Value: //p'; }
device_is() { [ "$(device "$1")" = "$2" ]; }

# In Asterisk the phone that is put on hold is ONHOLD, and the one that holds stays INUSE.
@test "two phones call each other by the rules, and a third sees it, hold and resume too" {
	phone_up alice 1001
	phone_up bob 1002
	phone_up carol 1003 --watch 1002
	phone carol presence 1002 Online
	phone alice dial 1002
	phone bob wait CALL_INCOMING 1001
	eventually device_is 1002 RINGING
	phone bob accept
	phone alice wait CALL_ESTABLISHED
	eventually device_is 1002 INUSE
	phone carol presence 1002 Busy
	phone alice hold
	eventually device_is 1002 ONHOLD
	device_is 1001 INUSE
	phone alice resume
	eventually device_is 1002 INUSE
	phone alice hangup
	phone alice wait CALL_CLOSED
	phone bob wait CALL_CLOSED
	eventually device_is 1002 NOT_INUSE
	phone carol presence 1002 Online
	diff <(phone carol notified 1002) - <<-'N'
		open Ready
		open on-the-phone Ringing
		open on-the-phone On the phone
		open on-the-phone On hold
		open on-the-phone On the phone
		open Ready
	N
	presencectl set bob dnd
	phone alice dial 1002
	phone alice wait CALL_CLOSED 480
	[ "$(grep -c CALL_INCOMING bob/events)" = 1 ]
}

# Everybody's call to bob ends at dave while bob is on a call: bob's phone is put on hold, holds, is in the call, or rings.
@test "a phone on a call has its user busy, unless call.waiting says that it may ring" {
	to_dave() {
		phone carol dial 1002
		phone dave wait CALL_INCOMING
		phone carol hangup
		phone dave wait CALL_CLOSED
		phone carol wait CALL_CLOSED
	}
	has_waiting() { # VALUE
		has_fields presence-rule/1002.available \
			"$(console 'database get presence-rule 1002.available' | sed -n 's/^Value: //p')" "waiting=$1"
	}
	presencectl user add dave extension=1004 devices.desk=PJSIP/1004
	presencectl rule set bob available forward.internal.busy=dave
	phone_up alice 1001
	phone_up bob 1002
	phone_up carol 1003
	phone_up dave 1004
	phone alice dial 1002
	phone bob wait CALL_INCOMING 1001
	eventually device_is 1002 RINGING
	to_dave
	phone bob accept
	phone alice wait CALL_ESTABLISHED
	eventually device_is 1002 INUSE
	to_dave
	phone alice hold
	eventually device_is 1002 ONHOLD
	to_dave
	phone alice resume
	eventually device_is 1002 INUSE
	phone bob hold
	eventually device_is 1001 ONHOLD
	to_dave
	[ "$(grep -c CALL_INCOMING bob/events)" = 1 ]
	presencectl rule set bob available call.waiting=yes
	eventually has_waiting y
	phone carol dial 1002
	phone bob wait CALL_INCOMING 1003
	phone bob accept
	phone carol wait CALL_ESTABLISHED
	[ "$(grep -c CALL_INCOMING dave/events)" = 4 ]
}
