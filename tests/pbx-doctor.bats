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
	# The others are as Asterisk has it if nothing is said.
	{
		sed '/^\[support\]/a ringinuse = no' "$TOP/tests/pbx/etc/queues.conf"
		printf '[empty]\nstrategy = ringall\n'
	} >"$etc/queues.conf"
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

# With a clock that is kept right, or as FAULTS_NTP says; with CLOCK at that time. What this machine has in /etc/asterisk does not count.
doctor() {
	local shims=$BUILD/faults/ntp.so
	# shellcheck disable=SC2016 # $LIB is for the loader
	[ -z "${CLOCK-}" ] || shims+=' /usr/$LIB/faketime/libfaketime.so.1'
	TZ=UTC FAKETIME=@${CLOCK-} LD_PRELOAD=$shims ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 presencectl doctor --asterisk "$BATS_TEST_TMPDIR/etc" "$@"
}

# What was found is: a line each, severity, code, PBX and thing. What is unknown is another matter.
finds() { # lines, options of doctor
	local want=$1 got=0
	shift
	doctor --json "$@" >found.json 2>found.err || got=$?
	[ "$got" = "$([ -z "$want" ] && echo 0 || echo 1)" ] || {
		echo "status $got"
		cat found.err
		return 1
	}
	diff <(sort <<<"$want") <(jq -r '.findings[] | select(.severity != "unknown") | "\(.severity) \(.code) \(.pbx // "-") \(.thing // "-")"' found.json | sort)
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
# Also where the PBX refuses something.
settled() { [ "$(presencectl pbx list --no-headings --output pending | xargs)" = 0 ]; }

# Everything on the PBX that somebody could have changed.
held() {
	console 'database show'
	console 'devstate list'
	console 'core show hints'
	console 'dialplan show'
	console 'queue show' | sed 's/(login was .*//'
	console 'manager show users'
}

@test "a site where all is well: one line, status 0, and nothing has changed on the PBX" {
	presencectl queue add support
	presencectl queue assign support alice bob || [ $? = 4 ]
	daemon_up
	eventually in_step
	held >before
	says 'all is well: 2 users, 1 PBX' doctor
	says 'all is well: 1 user, 1 PBX' doctor alice
	says 'all is well: 2 users, 1 PBX' doctor --pbx main all
	# Of a queue without members queues.conf says it.
	presencectl queue unassign support alice bob
	eventually in_step
	says 'all is well: 2 users, 1 PBX' doctor
	presencectl queue assign support alice bob || [ $? = 4 ]
	eventually in_step
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
	presencectl queue assign sales alice || [ $? = 4 ]
	presencectl queue add empty
	presencectl queue add nosuch
	presencectl queue assign nosuch bob || [ $? = 4 ]
	presencectl calendar add away --later url=http://127.0.0.1:9/a
	presencectl calendar add fresh --later url=http://127.0.0.1:9/b
	sqlite3 presence.db "UPDATE calendar SET read_at = unixepoch() WHERE name = 'fresh'"
	presencectl override set bob away --reason 'fire drill' --forever --no-wait || [ $? = 4 ]
	presencectl override set alice available --reason new --forever --no-wait || [ $? = 4 ]
	sqlite3 presence.db "UPDATE override SET given = given - 90000, start = start - 90000 WHERE reason = 'fire drill'"
	daemon_up
	eventually bash -c 'presencectl pbx diff | grep -q "no such queue"'
	presencectl rule set bob away ring=none forward.external.always=busy
	eventually settled
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
warning queue-ringinuse main empty
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
	tells secret-shared - 'name that by secret_file'
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

# In a folder of its own: secrets and the like.
secret_file() { # name mode text
	printf '%s\n' "$3" >"$1.secret"
	chmod "$2" "$1.secret"
}

@test "rights, filters, logins and secrets: each finding is planted, and what cannot be asked is named" {
	local pbx
	secret_file readable 644 x
	secret_file empty 600 ''
	{
		echo 'pbx = ('
		for pbx in blind narrow mighty bare strict deaf brackets; do
			echo "{ name = \"$pbx\"; port = $PBX_AMI; username = \"$pbx\"; secret = \"$PBX_SECRET\"; },"
		done
		cat <<-C
			{ name = "wrong"; port = $PBX_AMI; username = "narrow"; secret = "y"; },
			{ name = "sample"; port = $PBX_AMI; secret = "REPLACE-THIS"; },
			{ name = "gone"; port = 1; secret = "x"; },
			{ name = "open"; port = $PBX_AMI; secret_file = "$PWD/readable.secret"; },
			{ name = "empty"; port = $PBX_AMI; secret_file = "$PWD/empty.secret"; },
			{ name = "credential"; port = $PBX_AMI; },
			{ name = "far"; host = "0.0.0.0"; port = $PBX_AMI; secret = "$PBX_SECRET"; } );
			publish = ( { name = "kam"; server = "sip:127.0.0.1:1"; uri_template = "sip:{extension}@a"; username = "u"; secret_file = "$PWD/readable.secret"; } );
		C
	} >presence.conf
	echo 'user delete alice
		user delete bob
		queue add one pbx=blind
		queue add support pbx=bare' | presencectl shell >/dev/null
	mkdir -p etc/manager.d
	for file in open shut plain; do printf '[presence]\n secret = x\n' >etc/manager.d/$file.conf; done
	chmod o-r etc/manager.d/shut.conf
	echo '[presence]' >etc/manager.d/plain.conf
	finds "error presenced-down - -
error manager-readable - $PWD/etc/manager.d/open.conf
error right-call blind -
error right-system blind -
error right-agent blind -
error right-system narrow -
warning right-excess mighty -
warning filter-loose mighty -
warning right-read bare -
warning filter-missing bare -
warning filter-strict strict -
error pbx-unreachable deaf -
error login-refused wrong -
error secret-sample - sample
error login-refused sample -
error pbx-unreachable gone -
error secret-readable - open
error secret-readable - presence server kam
error secret-unusable - empty
warning no-tls - far"
	tells right-system narrow 'in section [narrow] of manager.conf: write = system,call,agent'
	tells right-read bare 'gets no events of class agent'
	tells filter-strict strict 'eventfilter = ^Event: Shutdown'
	tells right-excess mighty 'may use Command'
	tells pbx-unreachable deaf 'gave up after 5 s while it was booting'
	tells pbx-unreachable gone 'Connection refused'
	tells secret-readable - "chmod 600 '$PWD/readable.secret'"
	tells manager-readable - "chmod 640 '$PWD/etc/manager.d/open.conf'"
	# What could not be looked for, on which PBX.
	unknown blind 'dialplan-missing dialplan-old filter-loose filter-missing filter-strict hint-missing hint-no-device hint-no-lamp module-missing queue-unknown right-read'
	unknown narrow 'filter-loose filter-missing filter-strict module-missing right-read'
	unknown brackets 'filter-loose filter-missing filter-strict'
	for pbx in mighty bare strict far; do unknown "$pbx" ''; done
	for pbx in deaf wrong gone open empty; do [ "$(unknown_on "$pbx" | wc -w)" = 20 ]; done
	unknown_on credential | grep -w secret-unusable
	jq -r '.findings[] | select(.severity == "unknown" and .pbx == "narrow") | .what' found.json |
		grep -F "user 'narrow' of manager.conf may not use GetConfig, which wants write = system"
}
unknown_on() { jq -r --arg pbx "$1" '[.findings[] | select(.severity == "unknown" and .pbx == $pbx) | .code] | sort | join(" ")' found.json; }
unknown() { # pbx codes
	says "$2" unknown_on "$1"
}

@test "dialplan and modules: what is missing, and the line that mends it" {
	presencectl user set bob devices.desk=Local/1@phones
	presencectl queue add support
	presencectl push
	daemon_up
	eventually in_step
	doctor
	console 'dialplan remove context presence-lookup' >/dev/null
	finds 'warning dialplan-old main -'
	tells dialplan-old main 'the dialplan has no presence-lookup'
	console 'dialplan remove context presence-call' >/dev/null
	finds 'error dialplan-missing main -'
	tells dialplan-missing main '#include "presence.conf" in extensions.conf'
	for module in func_dialplan app_voicemail res_manager_presencestate func_cut; do console "module unload $module.so" >/dev/null; done
	finds 'error module-missing main func_cut
error module-missing main func_dialplan
error module-missing main res_manager_presencestate'
	unknown main 'dialplan-missing dialplan-old mailbox-missing'
	# As it says.
	tells module-missing main 'module load func_cut'
	for module in func_dialplan app_voicemail res_manager_presencestate func_cut; do console "module load $module.so" >/dev/null; done
	console 'dialplan reload' >/dev/null
	doctor
	presencectl user add carol extension=3001 devices.desk=PJSIP/1001
	eventually in_step
	finds 'warning hint-no-device main carol (3001)'
	console "dialplan remove extension 3001@presence-hints" >/dev/null
	finds 'error hint-missing main carol (3001)'
	sed -n 's/.*extensions.conf.*: \(exten => .*\), then "dialplan.*/\1/p' <(tells hint-missing main exten) | tee line
	# The console wants it in its own words.
	IFS=, read -r exten word device presence <line
	console "dialplan add extension ${exten#exten => },$word,$device\\,$presence into presence-hints" || :
	eventually doctor_finds_no hint-missing
}
doctor_finds_no() { ! doctor | grep -F "[$1]"; }

@test "time: zone data of old, and a PBX with another clock" {
	presencectl push
	CLOCK='2040-01-01 10:00:00' finds 'error presenced-down - -
warning zones-old - -
warning pbx-clock main its clock'
	tells pbx-clock main 's behind of ours'
}

@test "what many share is one finding; words that are wrong" {
	local i
	for i in {2001..2060}; do echo "user add u$i extension=$i devices.desk=PJSIP/$i mailbox=$i"; done | presencectl shell >/dev/null
	echo 'group add sales
		group assign sales u2001 u2002 u2003 u2004' | presencectl shell >/dev/null
	run -1 doctor
	[[ $output == *"error: main: u2001 (2001), u2002 (2002), u2003 (2003) and 57 more have devices that the PBX does not know [endpoint-missing]"* ]]
	[[ $output == *"error: main: u2001 (2001), u2002 (2002), u2003 (2003) and 57 more have mailboxes"* ]]
	((${#lines[@]} < 20))
	[ "$(doctor --verbose 2>/dev/null | grep -c 'endpoint-missing')" = 60 ]
	[ "$(doctor --json 2>/dev/null | jq '[.findings[] | select(.code == "endpoint-missing")] | length')" = 60 ]
	run -1 doctor @sales
	[[ $output == *"u2003 (2003) and 1 more have devices"* ]]
	run -1 doctor 2001 u2002 --csv
	[[ ${lines[0]} == severity,code,pbx,thing,what,why,help ]]
	fails_with 3 "no user 'nobody'" doctor nobody
	fails_with 3 "no PBX 'mian'" doctor --pbx mian
	[[ $output == *"did you mean 'main'"* ]]
	fails_with 2 "unknown column 'cod'" doctor --output cod
	fails_with 2 'takes no value' doctor --verbose=1
	PRESENCE_CONF=/nowhere fails_with 5 'cannot read configuration' doctor
	PRESENCE_DB=/nowhere fails_with 5 "'/nowhere'" doctor
}

@test "each kind of finding is planted above and is in the manual" {
	sed 's/\\-/-/g' "$BUILD/man/presencectl.1" >manual
	for code in $(presencectl _man findings | sed -n 's/^\*\([a-z-]*\)\* (.*/\1/p'); do
		echo "kind: $code"
		grep -E "(error|warning|notice) $code |\\[$code\\]" "$BATS_TEST_FILENAME"
		grep -F "\\fB$code\\fR" manual
	done
	[ "$(presencectl _man findings | grep -c '^\*')" -gt 30 ]
	# The modules are those that the dialplan says it needs.
	sed -n '/^; Then, at the console: /,/^; It works/p' "$TOP/share/asterisk/presence.conf" | grep -oE '\b(app|func|res)_[a-z0-9_]+' |
		grep -vE '^app_(queue|voicemail)$' | sort >needed
	[ "$(wc -l <needed)" -gt 15 ]
	sed -n '/modules\[\] = {/,/};/p' "$TOP/cmd/presencectl/doctor-ask.c" | grep -oE '"[a-z0-9_]+"' | tr -d '"' | sort | diff needed -
}
