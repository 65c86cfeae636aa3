#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Faults: of each quick kind one round, always the same; `make check-faults` plays a thousand random ones.
bats_require_minimum_version 1.5.0
load lib/common

@test "what was answered is not lost, and nothing stays wrong, whatever breaks" {
	run -0 "$TOP/tests/faults/random" --version "$PBX_VERSION" --build "$BUILD" --short --sites 2 --out "$BATS_TEST_TMPDIR/out"
}
