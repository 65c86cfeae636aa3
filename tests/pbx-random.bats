#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Random sites, random calls: what a caller experiences is what `presencectl route` has foretold. `make check-calls` plays more.
bats_require_minimum_version 1.5.0
load lib/common

teardown_file() {
	[ ! -d "$BUILD/test-logs" ] ||
		cat "$BATS_FILE_TMPDIR"/calls/*/asterisk >"$BUILD/test-logs/pbx-random@$PBX_VERSION.asterisk" || :
}

random() { "$TOP/tests/calls/random" --site "$(command -v presencectl)" "$@"; }

@test "forty random calls" { random --seed 1 --calls 40 --out "$BATS_FILE_TMPDIR/calls"; }

@test "a dialplan that does something else is found out, and so is what repeats it" {
	cd "$BATS_TEST_TMPDIR"
	# Who is told busy hears that nobody is there.
	sed 's/n(busy),Busy(10)/n(busy),Hangup(19)/' "$TOP/share/asterisk/presence.conf" >other.conf
	printf '%s\n' "user u0 desk=busy app=gone" "user u1" "user u2" "user g" "call internal" >village
	run -1 random --out other --play village --dialplan other.conf
	[[ $output == *"
user u0 desk=busy
user u1
user u2
user g
call internal
commands:"* && $output == *"
differs:
    missing: 0 s busy"* ]]
}
