#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Calls that a real queue offers to the members that presencectl put into it, through the dialplan and the hints as shipped.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	local etc=$BATS_FILE_TMPDIR/etc
	mkdir "$etc"
	cp "$TOP/share/asterisk/presence.conf" "$etc"
	cat >"$etc/queues.conf" <<-'C'
		[general]
		autofill = yes
		[support]
		strategy = ringall
		joinempty = yes
		timeout = 5
		[quiet]
		strategy = ringall
		joinempty = yes
		ringinuse = no
		timeout = 5
	C
	cat "$TOP/tests/pbx/etc/extensions.conf" - >"$etc/extensions.conf" <<-'E'
		#include "presence.conf"
		; Phones without SIP that write down that they rang.
		[desks]
		exten => _1XXX,1,Set(DB(rang/${EXTEN})=yes)
		 same => n,Goto(phones,answers,1)
	E
	# The sample, with these phones.
	sed -n 's/^;|//p' "$TOP/share/asterisk/presence.conf" |
		sed -n '/^\[presence-hints\]/,/^$/s/PJSIP\/${EXTEN}/Local\/${EXTEN}@desks/p; /^\[presence-hints\]/p' >>"$etc/extensions.conf"
	pbx_up --modules calls --etc "$etc"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl user set alice devices.desk=Local/1001@desks mailbox=none@default
	presencectl queue add support
	presencectl queue add quiet
	presencectl queue assign support alice --no-wait
	presencectl queue assign quiet alice --no-wait
	daemon_up
	eventually none_pending
	console 'database deltree rang' >/dev/null
}

teardown() {
	console 'channel request hangup all' >/dev/null
	eventually silent
	presencectl queue delete support
	presencectl queue delete quiet
	eventually none_pending
	daemon_down
}

none_pending() { presencectl pbx list --json | grep -Eq '"pending": *0\b'; }
silent() { [[ $(console 'core show channels count') == *'0 active channels'* ]]; }
rang() { [[ $(console 'database get rang 1001') == *yes* ]]; }
taken() { ami QueueStatus "Queue: $1" | grep -q '^CallsTaken: 1'; }
# A caller who waits for so many seconds.
call() { # queue seconds
	ami Originate 'Channel: Local/600@default/n' 'Application: Queue' "Data: $1,,,,$2" 'Async: true' >/dev/null
}
offered() { # queue
	console 'queue reset stats' >/dev/null
	call "$1" 5
	eventually taken "$1"
	rang
}
not_offered() { # queue
	call "$1" 2
	sleep 1
	[[ $(console "queue show $1") != *'No Callers'* ]]
	eventually silent
	run ! rang
}

@test "who is available is offered a call and answers it; the rules hold on the way" {
	offered support
	[[ $(ami QueueStatus 'Queue: support') == *'Interface: hint:1001@presence-hints'* ]]
	console 'channel request hangup all' >/dev/null
	eventually silent
	console 'database deltree rang' >/dev/null
	offered quiet
}

@test "a rule that rings no phone lets the queue go on" {
	presencectl rule set alice available ring=none forward.internal.always=none forward.external.always=none
	eventually none_pending
	not_offered support
}

@test "who is paused or logged out is offered none, and then one again" {
	presencectl set alice away
	not_offered support
	presencectl set alice off-work
	not_offered support
	presencectl set alice available
	offered support
}

@test "whose phone is in use is offered none where ringinuse is no" {
	ami Originate 'Channel: Local/1001@desks' 'Application: Wait' 'Data: 20' 'Async: true' >/dev/null
	eventually rang
	console 'database deltree rang' >/dev/null
	call quiet 2
	sleep 2
	run ! rang
}

@test "so is who has a lamp in a mode that logs in" {
	presencectl mode set away queue=login lamp=hold
	presencectl set alice away
	not_offered quiet
	offered support
}

@test "members=device: the first device is called past the rules" {
	presencectl queue set support members=device
	presencectl rule set alice available ring=none
	eventually none_pending
	offered support
	console 'channel request hangup all' >/dev/null
	eventually silent
	console 'database deltree rang' >/dev/null
	presencectl set alice away
	not_offered support
	run -0 presencectl pbx diff
}
