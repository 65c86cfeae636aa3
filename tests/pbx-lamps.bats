#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Lamps as a phone sees them: what a SIP subscriber is notified of, with the hints of the sample in share/asterisk/presence.conf.
bats_require_minimum_version 1.5.0
load lib/common
load lib/phones
load lib/phones

setup_file() {
	local share=$TOP/share/asterisk/presence.conf etc=$BATS_FILE_TMPDIR/etc
	mkdir "$etc"
	# The phones of the tests subscribe in context hints.
	{ cat "$share" && sed -n 's/^;|//p' "$share" | sed 's/^\[presence-hints\]/[hints]/'
		printf '[default]\nexten => 600,1,Answer()\n same => n,Echo()\n'; } >"$etc/extensions.conf"
	pbx_up --modules calls --extensions 2 --etc "$etc"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl schedule add office hours='daily 00:00-24:00'
	daemon_up
	WATCHERS=()
}

teardown() {
	local pid
	for pid in "${WATCHERS[@]}"; do
		kill "$pid" || continue
		wait "$pid" || :
	done
	phones_down
	daemon_down
}

@test "a lamp, a mode's key and a schedule change at the phone when presence does" {
	eventually [ "$(held Custom:hours-office)" = INUSE ]
	watch 1001
	watch 1001-do-not-disturb
	watch 1001-lunch-break
	watch hours-office
	eventually has_seen 1001-do-not-disturb terminated
	eventually has_seen 1001 terminated
	eventually has_seen hours-office confirmed
	presencectl set alice dnd
	eventually has_seen 1001 terminated,confirmed
	eventually has_seen 1001-do-not-disturb terminated,confirmed
	presencectl set alice lunch
	presencectl schedule force office closed --forever
	eventually has_seen 1001-lunch-break terminated,confirmed
	eventually has_seen 1001-do-not-disturb terminated,confirmed,terminated
	eventually has_seen hours-office confirmed,terminated
	presencectl schedule force office auto
	eventually has_seen hours-office confirmed,terminated,confirmed
}

# The hint of alice, whose mode has each lamp in turn.
shows() { # STATE of off, busy, hold, ringing, unavailable
	local lamp
	for lamp in off busy hold ringing unavailable; do
		presencectl mode set away lamp=$lamp
		eventually hint_is "$1" || return 1
		shift
	done
}
hint_is() { hint 1001 | grep -qF "State:$1 "; }

@test "each lamp beside a phone that is not there, that is idle, and that is in a call" {
	presencectl set alice away
	shows Unavailable Busy Hold Ringing Unavailable
	phone_up alice 1001
	shows Idle Busy Hold Ringing Idle
	phone alice dial 600
	phone alice wait CALL_ESTABLISHED
	shows InUse Busy InUse 'InUse&Ringing' InUse
}

# What phones are told of a lamp. Of dialog-info the state, and "hold" if the call is on hold.
dialogs() {
	sed -En 's/.*<state>([a-z]*).*/\1/p; s/.*sip.rendering" pvalue="no".*/hold/p' 1001.messages | uniq | paste -sd,
}
has_dialogs() { [[ ,$(dialogs) == *,$1 ]]; }
has_presence() { [ "$(phone bob notified 1001 | tail -1)" = "$1" ]; }

@test "what each lamp is in dialog-info, and in PIDF at a real phone" {
	local lamp
	phone_up alice 1001
	phone_up bob 1002 --watch 1001
	presencectl mode set away lamp=off
	presencectl set alice away
	phone bob presence 1001 Online
	watch 1001
	while IFS='|' read -r lamp dialogs presence shown; do
		presencectl mode set away lamp="$lamp"
		eventually has_dialogs "$dialogs"
		eventually has_presence "$presence"
		phone bob presence 1001 "$shown"
	done <<-T
		busy|confirmed|open on-the-phone On the phone|Busy
		off|terminated|open Ready|Online
		hold|confirmed,hold|open on-the-phone On hold|Busy
		unavailable|terminated|open Ready|Online
		ringing|early|open on-the-phone Ringing|Busy
	T
}

@test "the built-in modes: one is busy, one is out, the others are on hold" {
	local mode state
	while read -r mode state; do
		presencectl set alice "$mode" --for 1h
		eventually hint_is "$state"
	done <<-T
		do-not-disturb Busy
		away Hold
		available Unavailable
		lunch-break Hold
		business-trip Hold
		off-work Hold
	T
}
