#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What another implementation says: thousands of generated cases.
bats_require_minimum_version 1.5.0
load lib/common

setup() { cd "$TOP" || return 1; }

rules() { # how many, of which FREQ
	run -0 tests/oracle/recur.py "$BUILD/oracle/recur-list" 5545 "$@"
	echo "$output"
}

@test "schedules: 2000 as Python has them" {
	run -0 tests/oracle/schedule.py "$BUILD/oracle/schedule-list" 5545 2000
	echo "$output"
}

@test "rules: YEARLY as dateutil has them" { rules 2500 YEARLY; }
@test "rules: MONTHLY as dateutil has them" { rules 1500 MONTHLY; }
@test "rules: WEEKLY as dateutil has them" { rules 1500 WEEKLY; }
@test "rules: DAILY as dateutil has them" { rules 1200 DAILY; }
@test "rules: HOURLY as dateutil has them" { rules 600 HOURLY; }
@test "rules: MINUTELY as dateutil has them" { rules 200 MINUTELY; }
@test "rules: SECONDLY as dateutil has them" { rules 200 SECONDLY; }
