#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Somebody else has written in the database: the group may. No program dies of it, and no terminal obeys it.
bats_require_minimum_version 1.5.0
load lib/common

bell=$'\e]0;owned\a'

bare() { # what was printed has no control byte but newlines
	! LC_ALL=C grep -q $'[\x01-\x09\x0b-\x1f\x7f]' <<<"$output"
}

@test "names that a terminal would obey are printed as text" {
	site 1
	presencectl set alice dnd --no-wait
	presencectl queue add support
	presencectl queue assign support alice
	presencectl schedule add office hours='Mon-Fri 09:00-17:00'
	sqlite3 presence.db "UPDATE users SET name = 'ali$bell' WHERE id = 1; UPDATE mode SET name = name || '$bell' WHERE alias = 'dnd';
		UPDATE queue SET name = '$bell' || name; UPDATE schedule SET name = '$bell'"
	for command in "explain 1001" "timeline 1001" "route 1001" "set 1001 dnd --no-wait" "queue unassign ${bell}support bob" \
		"schedule force $bell business" "_complete 'set '" "status" "user list"; do
		eval "run presencectl ${command//$bell/\"\$bell\"}"
		echo "$command: $output"
		[ -n "$output" ]
		output=${output//$'\t'/}
		bare
	done
}
