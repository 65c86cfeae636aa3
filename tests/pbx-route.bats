#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a caller experiences is what `presencectl route` has foretold: a site made and pushed by presencectl, and real SIP calls.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	"$TOP/tests/calls/play" --site "$(command -v presencectl)" --out "$BATS_FILE_TMPDIR/calls" \
		"$BATS_TEST_DIRNAME/calls/matrix"
}

teardown_file() {
	[ ! -d "$BUILD/test-logs" ] ||
		cp "$BATS_FILE_TMPDIR/calls/asterisk" "$BUILD/test-logs/pbx-route@$PBX_VERSION.asterisk" || :
}

compare() { "$TOP/tests/calls/compare" --site "$@" "$BATS_FILE_TMPDIR/calls" "$BATS_TEST_DIRNAME/calls/matrix"; }
as_foretold() { compare --only "$1"; } # section of the matrix

@test "every mode, caller and state of the phones" { as_foretold 'every mode'; }

@test "each phone on its own" { as_foretold 'each phone'; }

@test "phones that are on a call" { as_foretold 'phones that are'; }

@test "ring" { as_foretold 'ring'; }

@test "forwards: when, and for whom" { as_foretold 'forwards: when'; }

@test "destinations" { as_foretold 'destinations'; }

@test "forwards that come back, and that do not" { as_foretold 'forwards that'; }

@test "loops" { as_foretold 'loops'; }

@test "queues and groups" { as_foretold 'queues'; }

@test "who is shown" { as_foretold 'who is shown'; }

@test "callers who get through" { as_foretold 'callers'; }

@test "where several things hold at once" { as_foretold 'where several'; }

@test "mailboxes and greetings" { as_foretold 'mailboxes'; }

@test "announcements" { as_foretold 'announcements'; }

@test "what route cannot know is what stands behind a queue, a group or goto" {
	local unknown
	unknown=$(compare | grep 'not foretold')
	echo "$unknown"
	run ! grep -vE ': what (queue:|group:|groups,)[^ ]+ does$' <<<"$unknown"
	[ "$(wc -l <<<"$unknown")" -eq "$(grep -cE '^call .*(queue:|group:|goto:)' "$BATS_TEST_DIRNAME/calls/matrix")" ]
}
