#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Calls that a phone transfers while it talks, or that the PBX takes away from it: they are other calls.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	local etc=$BATS_FILE_TMPDIR/etc
	mkdir "$etc"
	cp "$TOP/share/asterisk/presence.conf" "$etc"
	cat "$TOP/tests/pbx/etc/extensions.conf" - >"$etc/extensions.conf" <<-'E'
		[globals]
		PRESENCE_DIAL_OPTIONS = tT
		#include "presence.conf"
		[outside]
		exten => _1XXX,1,Set(CALLERID(num)=0701)
		 same => n,Gosub(presence-call,${EXTEN},1(external))
		[inside]
		exten => _1XXX,1,Gosub(presence-call,${EXTEN},1(internal))
	E
	printf '[general]\natxferdropcall = yes\n[featuremap]\natxfer => *2\n' >"$etc/features.conf"
	printf '[general]\n[support]\nmember => Local/1001@presence-queue/n\n' >"$etc/queues.conf"
	pbx_up --modules calls --etc "$etc"
}
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	presencectl mode set available ring.timeout=5
	presencectl user set alice devices.desk=Local/answers@phones mailbox=1001@default
	presencectl user set bob devices.desk=Local/rings@phones mailbox=1002@default
}
# The phone that transfers hangs up first, and with atxferdropcall that is the end of the transfer. If whom it calls
# goes at the same moment, Asterisk 16 and 22 look for the phone that has gone, and crash (ast_channel_get_bridge_channel).
teardown() {
	[ -z "${PHONE-}" ] || {
		console "channel request hangup $PHONE" >/dev/null
		eventually gone "$PHONE"
	}
	console 'channel request hangup all' >/dev/null
	eventually quiet
}
quiet() { [[ $(console 'core show channels count') == *'0 active channels'* ]]; }
# The channels with what they run, and with their data.
channels() { console 'core show channels concise' | cut -d! -f1,6,7; }
gone() { ! channels | grep -qF -- "$1"; }
runs() { channels | grep -F -- "$1"; }

# Somebody calls bob, and the phone of alice, to which bob forwards, has answered.
talks() {
	presencectl push
	ami Originate 'Channel: Local/1002@outside/n' 'Application: Wait' 'Data: 20' 'Async: true' >/dev/null
	eventually runs 'Local/answers@phones'
	PHONE=$(channels | grep -o '^Local/answers@phones-[0-9a-f]*;1')
	eventually bridged
}
bridged() { console "core show channel $PHONE" | grep -E 'Bridge ID: [0-9a-f]'; }

@test "an attended transfer back to whom the caller called rings there" {
	presencectl rule set bob available forward.external.always=alice forward.voicemail=no
	talks
	ami Atxfer "Channel: $PHONE" 'Exten: 1002' 'Context: inside'
	eventually runs 'Local/rings@phones'
}

@test "so does one by a member of a queue" {
	presencectl rule set bob available forward.external.always=queue:support
	talks
	ami Atxfer "Channel: $PHONE" 'Exten: 1002' 'Context: inside'
	eventually runs 'Local/rings@phones'
}

@test "and where nobody answers, it has a mailbox" {
	presencectl rule set bob available forward.external.always=alice
	presencectl user add carol extension=1003 devices.desk=Local/busy@phones mailbox=1003@default
	talks
	ami Atxfer "Channel: $PHONE" 'Exten: 1003' 'Context: inside'
	eventually runs '!VoiceMail!1003@default,'
}

@test "a phone that the PBX sends elsewhere calls from there" {
	presencectl rule set bob available forward.external.always=alice forward.voicemail=no
	talks
	ami Redirect "Channel: $PHONE" 'Exten: 1002' 'Context: inside' 'Priority: 1'
	eventually runs 'Local/rings@phones'
}
