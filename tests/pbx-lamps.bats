#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Lamps as a phone sees them: what a SIP subscriber is notified of, with the hints of the sample in share/asterisk/presence.conf.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	local share=$TOP/share/asterisk/presence.conf etc=$BATS_FILE_TMPDIR/etc
	mkdir "$etc"
	# The phones of the tests subscribe in context hints.
	{ cat "$share" && sed -n 's/^;|//p' "$share" | sed 's/^\[presence-hints\]/[hints]/'; } >"$etc/extensions.conf"
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
	daemon_down
}

# The phone of bob watches an extension.
watch() { # extension
	local auth='[authentication username=1002 password=1002]' i=${#WATCHERS[@]}
	printf 'SEQUENTIAL\n%s;1002;%s\n' "$1" "$auth" >"$1.csv"
	sipp -sf "$TOP/tests/calls/sipp/watch.xml" -i 127.0.0.1 -p $((PBX_SIP + 1 + i)) -inf "$1.csv" -m 1 -nostdin \
		-timeout 60s -trace_msg -message_file "$1.messages" "127.0.0.1:$PBX_SIP" \
		</dev/null >/dev/null 2>&1 3>&- &
	WATCHERS+=($!)
}

# Each state that it was told, when it was another one than before.
notified() { sed -n 's/.*<state>\([a-z]*\).*/\1/p' "$1.messages" | uniq | paste -sd,; }
has_seen() { [ "$(notified "$1")" = "$2" ]; }

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
