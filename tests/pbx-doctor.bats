#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# doctor on a real Asterisk: a site where all is well, and each finding, planted.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	local etc=$BATS_FILE_TMPDIR/etc
	mkdir "$etc"
	cp "$TOP/share/asterisk/presence.conf" "$etc"
	cat "$TOP/tests/pbx/etc/extensions.conf" - >"$etc/extensions.conf" <<-'E'
		#include "presence.conf"
		[presence-hints]
		exten => _[12]0XX,hint,PJSIP/${EXTEN}&Custom:presence-${FILTER(0-9,${EXTEN})},CustomPresence:${EXTEN}
		exten => 3001,hint,Custom:presence-3001,CustomPresence:3001
		exten => 3002,hint,PJSIP/3002
	E
	# The second queue is as Asterisk has it if nothing is said.
	sed '/^\[support\]/a ringinuse = no' "$TOP/tests/pbx/etc/queues.conf" >"$etc/queues.conf"
	manager_users >"$BATS_FILE_TMPDIR/manager.conf"
	pbx_up --modules calls --extensions 2 --etc "$etc" --manager "$BATS_FILE_TMPDIR/manager.conf"
	touch "$BATS_FILE_TMPDIR/began"
}
teardown_file() { pbx_down; }

# Those that presence.conf names below, each with what is wrong with it.
manager_users() {
	local filters
	cat "$TOP/share/asterisk/manager.d/presence.conf"
	filters=$(grep '^eventfilter' "$TOP/share/asterisk/manager.d/presence.conf")
	user blind read=system write=
	user narrow read=system write=call
	user mighty read=all write=all 'eventfilter=PresenceStateChange' "$filters"
	user bare read=system,call write=system,call,agent
	user strict read=all write=system,call,agent 'eventfilter=^Event: FullyBooted'
	user deaf read=call write=system,call,agent
	user brackets read=all write=system,call,agent 'eventfilter(action(include),name(Shutdown))=' 'eventfilter=^Event: FullyBooted'
}
user() { # name lines
	printf '\n[%s]\nsecret = x\n' "$1"
	printf '%s\n' "${@:2}"
}

setup() {
	export FAULTS_NTP=kept
	site "$PBX_AMI"
	presencectl user set alice mailbox=1001@default
	presencectl user set bob devices.desk=PJSIP/1002 mailbox=1002
}
teardown() {
	daemon_down
	console 'dialplan reload' >/dev/null
}

doctor() { LD_PRELOAD=$BUILD/faults/ntp.so ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 presencectl doctor "$@"; }

# What was found is: a line each, severity, code, PBX and thing.
finds() { # lines, options of doctor
	local want=$1 got=0
	shift
	doctor --json "$@" >found.json 2>found.err || got=$?
	[ "$got" = "$([ -z "$want" ] && echo 0 || echo 1)" ] || {
		echo "status $got"
		cat found.err
		return 1
	}
	diff <(sort <<<"$want") <(jq -r '.findings[] | "\(.severity) \(.code) \(.pbx // "-") \(.thing // "-")"' found.json | sort)
}
# Among them is one with this code and PBX, whose text has these words.
tells() { # code pbx words in "what" or "help"
	jq -r --arg code "$1" --arg pbx "$2" '.findings[] | select(.code == $code and (.pbx // "-") == $pbx) | .what, .help' found.json >told
	grep -F -- "$3" told || {
		cat found.json
		return 1
	}
}
in_step() { presencectl pbx diff; }

# Everything on the PBX that somebody could have changed.
held() {
	console 'database show'
	console 'devstate list'
	console 'core show hints'
	console 'dialplan show'
	console 'queue show'
	console 'manager show users'
}

@test "a site where all is well: one line, status 0, and nothing has changed on the PBX" {
	presencectl queue add support
	presencectl queue assign support alice bob
	daemon_up
	eventually in_step
	held >before
	says 'all is well: 2 users, 1 PBX' doctor
	says 'all is well: 1 user, 1 PBX' doctor alice
	says 'all is well: 2 users, 1 PBX' doctor --pbx main all
	says '{"findings":[]}' doctor --json
	held >after
	diff before after
}

@test "users, queues and what is here: each finding is planted" {
	presencectl user add carol extension=4001 devices.desk=PJSIP/4001 mailbox=4001@nowhere
	presencectl user add dave extension=3001 devices.desk=PJSIP/1001 mailbox=1001
	presencectl user add erin extension=3002 devices.desk=PJSIP/1002 mailbox=1001
	presencectl user add frank extension=1003
	presencectl queue add sales hints=nowhere
	presencectl queue assign sales alice
	presencectl queue add nosuch
	presencectl queue assign nosuch bob
	presencectl calendar add away --later url=http://127.0.0.1:9/a
	presencectl calendar add fresh --later url=http://127.0.0.1:9/b
	sqlite3 presence.db "UPDATE calendar SET read_at = unixepoch() WHERE name = 'fresh'"
	presencectl override set bob away --reason 'fire drill' --forever --no-wait || [ $? = 4 ]
	presencectl override set alice available --reason new --forever --no-wait || [ $? = 4 ]
	sqlite3 presence.db "UPDATE override SET given = given - 90000, start = start - 90000 WHERE reason = 'fire drill'"
	daemon_up
	eventually bash -c 'presencectl pbx diff | grep -q "no such queue"'
	presencectl rule set bob away ring=none forward.external.always=busy
	chmod 640 presence.conf
	chmod o+r presence.db
	FAULTS_NTP=loose finds 'error endpoint-missing main carol (4001)
error hint-missing main carol (4001)
error mailbox-missing main carol (4001)
warning hint-no-device main dave (3001)
warning hint-no-device main erin (3002)
warning hint-no-lamp main erin (3002)
error queue-no-hint main alice (1001)
error queue-unknown main nosuch
warning queue-ringinuse main sales
error pbx-refuses - main
warning feed-stale - away
notice override-old - the override of bob
notice answers-busy - bob (1002)
notice answers-busy - frank (1003)
warning secret-shared - main
warning database-readable - -
warning clock-unsynchronised - -'
	tells hint-missing main 'exten => 4001,hint,PJSIP/4001&Custom:presence-4001,CustomPresence:4001'
	tells mailbox-missing main 'in section [nowhere] of voicemail.conf: 4001 => PIN,carol'
	tells endpoint-missing main 'an endpoint [4001] in pjsip.conf'
	tells queue-no-hint main '1001@nowhere'
	tells queue-ringinuse main 'ringinuse = no in section [sales] of queues.conf'
	tells override-old - 'presencectl override clear 1'
	# Only of these users.
	finds 'error endpoint-missing main carol (4001)
error hint-missing main carol (4001)
error mailbox-missing main carol (4001)' carol
	daemon_down
	presencectl set dave dnd --no-wait || [ $? = 4 ]
	truncate -s 70M presence.db-wal
	FAULTS_NTP=silent run -1 doctor
	[[ $output == *"not checked: clock-unsynchronised: this system does not say"* ]]
	[[ $output == *"error: presenced does not run [presenced-down]"* ]]
	[[ $output == *"error: main has not confirmed "*" [pbx-behind]"* ]]
	[[ $output == *"warning: SQLite's log has 70 MB [wal-large]"* ]]
}
