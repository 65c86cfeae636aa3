#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a caller experiences is what the rules say: real SIP calls, all at once,
# and what phones, callers and the PBX saw of them.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() { "$TOP/tests/calls/play" --out "$BATS_FILE_TMPDIR/calls" "$BATS_TEST_DIRNAME/calls/cases"; }

teardown_file() {
	[ ! -d "$BUILD/test-logs" ] ||
		cp "$BATS_FILE_TMPDIR/calls/asterisk" "$BUILD/test-logs/pbx-calls@$PBX_VERSION.asterisk" || :
}

as_expected() { # section of the cases
	"$TOP/tests/calls/compare" --only "$1" "$BATS_FILE_TMPDIR/calls" "$BATS_TEST_DIRNAME/calls/cases"
}

@test "every mode, caller and state of the phones" { as_expected 'every mode'; }

@test "ring" { as_expected 'ring'; }

@test "calls that are plain" { as_expected 'calls that are plain'; }

@test "what it means that a phone refuses" { as_expected 'what it means'; }

@test "devices that are no phones, on a call" { as_expected 'devices that'; }

@test "forwards: when, and for whom" { as_expected 'forwards'; }

@test "destinations" { as_expected 'destinations'; }

@test "loops" { as_expected 'loops'; }

@test "calls that were transferred are other calls" { as_expected 'calls that were'; }

@test "queues and groups" { as_expected 'queues'; }

@test "callers who get through" { as_expected 'callers'; }

@test "no mailbox; greetings" { as_expected 'no mailbox'; }

@test "announcements" { as_expected 'announcements'; }

@test "entries that are missing or damaged" { as_expected 'entries that'; }

@test "entries of another presence" { as_expected 'entries of'; }

@test "what a caller can choose" { as_expected 'what a caller'; }

@test "feature codes" { as_expected 'feature codes'; }

@test "keys of modes" { as_expected 'keys of modes'; }
