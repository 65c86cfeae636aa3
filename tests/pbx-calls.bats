#!/usr/bin/env bats
# What a caller experiences is what the rules say: real SIP calls, all at once,
# and what phones, callers and the PBX saw of them.
bats_require_minimum_version 1.5.0
load lib/common

cases=$BATS_TEST_DIRNAME/calls/cases

setup_file() { "$TOP/tests/calls/play" --out "$BATS_FILE_TMPDIR/calls" "$BATS_TEST_DIRNAME/calls/cases"; }

teardown_file() {
	[ ! -d "$BUILD/test-logs" ] || cp "$BATS_FILE_TMPDIR/calls/asterisk" "$BUILD/test-logs/pbx-calls@$PBX_VERSION.asterisk" || :
}

as_expected() { "$TOP/tests/calls/compare" --only "$1" "$BATS_FILE_TMPDIR/calls" "$cases"; }

@test "available" { as_expected 'available '; }

@test "do not disturb" { as_expected 'dnd '; }
