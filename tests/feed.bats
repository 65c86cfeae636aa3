#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Calendars by address, from a server where all goes wrong that can.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	export SERVED=$BATS_FILE_TMPDIR
	"$BATS_TEST_DIRNAME/lib/feed-server.py" --seconds 900 "$SERVED" >"$SERVED/ports" 3>&- &
	export SERVER=$!
	local i
	for ((i = 0; i < 3000; i++)); do
		! grep -q '^HTTPS' "$SERVED/ports" || break
		sleep 0.02
	done
	export HTTP HTTPS
	HTTP=http://127.0.0.1:$(sed -n 's/^HTTP //p' "$SERVED/ports")
	HTTPS=https://localhost:$(sed -n 's/^HTTPS //p' "$SERVED/ports")
}

teardown_file() {
	kill "$SERVER" && wait "$SERVER" || :
}

setup() {
	site 1
	private true
}

# Who says nothing for half of the time limit is given up.
private() { # true or false, and the time limit
	sed -i '/^calendars/d' presence.conf
	echo "calendars = { allow_private = $1; timeout = ${2-120}; ca_file = \"$SERVED/cert.pem\"; };" >>presence.conf
}

column() { presencectl calendar list --output "$1" --no-headings; }

@test "added by address: read at once, then asked with its ETag or date" {
	local path
	for path in etag modified; do
		says "$path: 1 event" presencectl calendar add "$path" --url "$HTTP/$path"
		says "$path: unchanged" presencectl calendar refresh "$path"
	done
	presencectl calendar add tls --url "$HTTPS/good"
	presencectl calendar add packed --url "$HTTP/packed"
	says "etag: unchanged
modified: unchanged
packed: unchanged
tls: unchanged" presencectl calendar refresh
	[ "$(column kind | sort -u)" = address ]
	# The secret part of an address is not shown.
	run column source
	[[ $output == *"$HTTP/..."* && $output != *etag* ]]
	says "$HTTP/etag" jq -r '.calendar[] | select(.key == "url") | .value[0]' <(presencectl calendar show etag --json)
	# Another address is asked afresh.
	presencectl calendar set etag url="$HTTP/etag?another"
	says "etag: read" presencectl calendar refresh etag
	says "" presencectl calendar refresh --due
	clock "$(date -ud '+1 hour' '+%F %T')"
	says "" presencectl calendar refresh --due
	[[ $(column age | tr -d ' \n') =~ ^([0-9]+s)*$ ]]
	clock "$(date -ud '+3 hours' '+%F %T')"
	run presencectl calendar list --output age --no-headings
	[[ ${lines[0]} == "2h"* || ${lines[0]} == "1h59m" ]]
}

@test "the same bytes write nothing but the time, and whatever is new is read" {
	local before
	presencectl calendar add x --url "$HTTP/file?name=$PWD/x.ics" --later
	rows() { sqlite3 presence.db "SELECT count(*), min(id), max(id), (SELECT max(id) FROM log) FROM event"; }
	cp "$TOP/share/examples/alice.ics" x.ics
	says "x: read" presencectl calendar refresh x
	before=$(rows)
	clock "$(date -ud '+1 hour' '+%F %T')"
	says "x: unchanged" presencectl calendar refresh x
	[ "$before" = "$(rows)" ]
	[[ $(column age | tr -d ' ') =~ ^([0-9]+s)?$ ]]
	sed -i 's/SUMMARY:.*/SUMMARY:Another/' x.ics
	says "x: read" presencectl calendar refresh x
	[ "$before" != "$(rows)" ]
	# The bytes of one address say nothing of another's.
	presencectl calendar set x url="$HTTP/file?name=$PWD/x.ics&again"
	says "x: read" presencectl calendar refresh x
}

@test "each failure is told, and the last good copy stays in use" {
	presencectl calendar add feed --url "$HTTP/good"
	local before rows=(
		401 'answered 401: the address is no longer valid or wants a password'
		404 'answered 404: there is no calendar at this address any more'
		500 'answered 500: the fault is there'
		html 'is it a login page?'
		'big?bytes=50000000' 'answered more than 16777216 bytes'
		claims 'answered more than 16777216 bytes'
		endless 'answered more than 16777216 bytes'
		bomb 'answered more than 16777216 bytes'
		badly-packed 'what came cannot be unpacked'
		endless-headers ''
		nothing 'closed by the other side without an answer'
		cut 'closed by the other side before all had come'
		not-http 'does not answer in HTTP'
		loop 'redirects more than 3 times'
		nowhere 'redirects without saying where to'
		'redirect?to=file:///etc/passwd' "redirects to what is not followed: 'file:'"
	)
	local n
	before=$(presencectl calendar events feed --from 2026 --json)
	[ "$(jq '.events | length' <<<"$before")" -gt 0 ]
	for ((n = 0; n < ${#rows[@]}; n += 2)); do
		presencectl calendar set feed url="$HTTP/${rows[n]}"
		fails_with 1 "calendar 'feed': $HTTP/..." presencectl calendar refresh feed
		[[ $output == *"${rows[n + 1]}"*"; its last good copy stays in use" ]]
		run column error
		[[ $output == *"${rows[n + 1]}"* ]]
		[ "$before" = "$(presencectl calendar events feed --from 2026 --json)" ]
	done
	run --separate-stderr -0 presencectl status
	[[ $stderr == "presencectl: calendar 'feed' is as of "*" ago: "*"redirects to what is not followed"* ]] ||
		[[ $stderr == "presencectl: calendar 'feed' has never been read: "* ]]
	presencectl calendar add other --url "$HTTP/good"
	fails_with 1 "1 of 2 calendars could not be read" presencectl calendar refresh
	[[ $output == *"other: unchanged"* ]]
	presencectl calendar set feed url="$HTTP/good"
	says "feed: read" presencectl calendar refresh feed
	run column error
	[ -z "${output//[$' \n']/}" ]
}

@test "one that never ends is given up" {
	local began=$SECONDS
	private true 10
	presencectl calendar add slow --url "$HTTP/slow" --later
	presencectl calendar add silent --url "$HTTP/silent" --later
	presencectl calendar refresh slow 2>slow.txt 3>&- &
	local other=$!
	run presencectl calendar refresh silent
	[ "$status" -eq 1 ]
	[[ $output == *"too slow: fewer than 100 bytes a second"* ]]
	wait "$other" || [ $? -eq 1 ]
	grep "too slow: fewer than 100 bytes a second" slow.txt
	((SECONDS - began < 100))
	run --separate-stderr presencectl status
	[[ ${stderr_lines[0]} == "presencectl: calendar 'silent' has never been read: "* ]]
}

@test "what comes from an address that is no longer the calendar's is left" {
	# One of its two events is broken.
	printf '%s\n' BEGIN:VCALENDAR VERSION:2.0 BEGIN:VEVENT UID:a DTSTART:20261123T090000Z END:VEVENT \
		BEGIN:VEVENT UID:b DTSTART:never END:VEVENT END:VCALENDAR >x.ics
	presencectl calendar add x --url "$HTTP/late?when=$PWD/now&name=$PWD/x.ics" --later
	presencectl calendar refresh x 2>late.txt 3>&- &
	local other=$!
	eventually test -e now.asked
	presencectl calendar set x url="$HTTP/other"
	touch now
	wait "$other" && false || [ $? -eq 1 ]
	grep "the address of calendar 'x' was changed meanwhile" late.txt
	# Nor is told what was left out of it.
	[ "$(wc -l <late.txt)" -eq 1 ]
	run column read
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run presencectl calendar events x --json
	[[ $output != *summary* ]]
}

@test "several are asked at a time, and told in their order" {
	presencectl calendar add a --url "$HTTP/late?when=$PWD/a" --later
	presencectl calendar add b --url "$HTTP/late?when=$PWD/b" --later
	presencectl calendar add c --url "$HTTP/404" --later
	presencectl calendar add d --url "$HTTP/good" --later
	presencectl calendar refresh >told.txt 2>failed.txt 3>&- &
	local other=$!
	eventually test -e a.asked
	eventually test -e b.asked
	# Those that have answered do not wait for the others.
	written() { [ -n "$(column read | sed -n 4p | tr -d ' ')" ] && column error | sed -n 3p | grep 404; }
	eventually written
	touch a b
	wait "$other" && false || [ $? -eq 1 ]
	[ "$(cat told.txt)" = "a: read
b: read
d: read" ]
	grep "1 of 4 calendars could not be read" failed.txt
}

@test "servers that hang hold up no others, and are asked at most ten at a time" {
	local i host
	# One host, however it is written.
	for i in {1..12}; do
		host=localhost
		((i % 2)) || host=LocalHost
		presencectl calendar add "hang$i" --url "${HTTP/127.0.0.1/$host}/late?when=$PWD/hang$i" --later
	done
	presencectl calendar add z --url "${HTTPS}/good" --later
	local began=$SECONDS
	presencectl calendar refresh >told.txt 3>&- &
	local other=$!
	read_z() { [ -n "$(column read | tail -1 | tr -d ' ')" ]; }
	eventually read_z
	asked() { [ "$(ls | grep -c '\.asked$')" -eq "$1" ]; }
	# Those that have not answered for 5 s do not count any more: on a slow machine there may be others by now.
	ten() { asked 10 || ((SECONDS - began >= 4)); }
	eventually ten
	kill "$other"
	wait "$other" || :
	ten
}

@test "large answers come in one after the other" {
	local name summary
	summary=$(printf 'x%.0s' {1..150})
	{
		printf 'BEGIN:VCALENDAR\nVERSION:2.0\n'
		seq 4000 | sed "s/.*/BEGIN:VEVENT\nUID:&-$summary\nDTSTART:20200101T090000Z\nDURATION:PT1M\nSUMMARY:$summary\nEND:VEVENT/"
		printf 'END:VCALENDAR\n'
	} >large.ics
	(($(stat -c %s large.ics) > 1300000))
	# More than are asked at a time of one host.
	for name in {a..l}; do presencectl calendar add $name --later --url "$HTTP/file?name=$PWD/large.ics&$name"; done
	says "$(printf '%s: read\n' {a..l})" presencectl calendar refresh
	[ "$(column events | sort -u | tr -d ' ')" = 4000 ]
}

# The child process that fetches for the process.
reader_of() { pgrep -P "$1" presencectl; }

@test "a reader that crashes is one line, and the last good copy stays" {
	presencectl calendar add x --url "$HTTP/good"
	local before
	before=$(presencectl calendar events x --from 2026 --json)
	presencectl calendar set x url="$HTTP/late?when=$PWD/now"
	presencectl calendar refresh x 2>crash.txt 3>&- &
	local other=$!
	eventually test -e now.asked
	kill -ABRT "$(reader_of $other)"
	wait "$other" && false || [ $? -eq 1 ]
	[ "$(cat crash.txt)" = "presencectl: calendar 'x': $HTTP/...: the child process was ended by signal 6 (Aborted); its last good copy stays in use" ]
	run column error
	[[ $output == *"ended by signal 6"* ]]
	[ "$before" = "$(presencectl calendar events x --from 2026 --json)" ]
	# What would be left of it ends with who started it.
	rm now.asked
	presencectl calendar refresh x 3>&- &
	other=$!
	eventually test -e now.asked
	local reader
	reader=$(reader_of $other)
	kill -KILL "$other"
	wait "$other" || :
	# Where nobody waits for it, its name stays.
	ended() { [ ! -e "/proc/$reader" ] || grep -P '^State:\tZ' "/proc/$reader/status"; }
	eventually ended
}

@test "only trusted certificates, and no private address unless the configuration allows it" {
	refused 1 "its certificate is not trusted" presencectl calendar add x --url "${HTTPS/localhost/127.0.0.1}/good"
	sed -i 's/ca_file = "[^"]*"/ca_file = ""/' presence.conf
	refused 1 "its certificate is not trusted" presencectl calendar add x --url "$HTTPS/good"
	private false
	refused 1 "is not public; calendars.allow_private would let it" presencectl calendar add x --url "$HTTP/good"
	refused 1 "is not public" presencectl calendar add x --url "$HTTPS/good"
	refused 1 "169.254.169.254, which is not public" presencectl calendar add x --url http://169.254.169.254/latest/meta-data
	refused 1 "is not public" presencectl calendar add x --url 'http://[::1]/'
	refused 1 "nothing was added (--later adds it without fetching it)" presencectl calendar add x --url "$HTTP/good"
	presencectl calendar add x --url "$HTTP/good" --later
	fails_with 1 "is not public" presencectl calendar refresh x
	run column error
	[[ $output == *"is not public"* ]]
	[[ $output != *"last good copy"* ]]
	refused 2 "only https, http and webcal are" presencectl calendar add y url=file:///etc/passwd
	refused 2 "only https, http and webcal are" presencectl calendar set x url=file:///etc/passwd
	refused 2 "" presencectl calendar set x url=http://
}
