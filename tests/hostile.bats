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
	presencectl queue assign support alice --no-wait
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

teardown() {
	[ -z "${PEER-}" ] || kill "$PEER" 2>/dev/null || :
}

peer_up() {
	python3 "$TOP/tests/lib/ami-peer.py" --seconds 200 --secret test-secret --log "$BATS_TEST_TMPDIR/peer.actions" \
		>"$BATS_TEST_TMPDIR/peer.out" 3>&- &
	PEER=$!
	eventually grep -q PORT "$BATS_TEST_TMPDIR/peer.out"
	PORT=$(awk '/^PORT/ { print $2 }' "$BATS_TEST_TMPDIR/peer.out")
}

@test "what another program wrote is named, not pushed, and the others go on" {
	peer_up
	PBX_SECRET=test-secret
	site "$PORT"
	presencectl user add carol extension=1003
	run -0 presenced --once
	sqlite3 presence.db "UPDATE users SET lag = 9223372036854775807 WHERE name = 'alice'; UPDATE presence SET next_change_at = 1;
		UPDATE users SET extension = '1002)' WHERE name = 'bob';
		UPDATE item SET wanted = '\${SHELL(id)}' WHERE name = 'presence-user/1001'"
	presencectl set bob dnd --no-wait
	presencectl set carol dnd --no-wait
	run presenced --once
	echo "$output"
	[[ $output == *"users.lag where id is 1 is out of range"* ]]
	[[ $output == *"refuses presence-user/1001: another program put its value into the database: '\${SHELL(id)}'"* ]]
	[[ $output == *"refuses CustomPresence:1002): its name has a character that no name may have"* ]]
	run ! grep -e 'SHELL' -e '1002))' peer.actions
	grep -q 'CustomPresence:1003' peer.actions
}

# What is not there: each statement alone.
@test "a user who refers to what is not there is treated as well as they can be, and holds nobody up" {
	site 1
	presencectl schedule add office hours='Mon-Fri 09:00-17:00'
	presencectl user set alice schedule=office
	presencectl set alice dnd --forever --no-wait
	presencectl override set bob away --reason drill --forever --no-wait
	cp presence.db good.db
	while IFS='|' read -r sql odd; do
		echo "$sql"
		rm -f presence.db-*
		cp good.db presence.db
		sqlite3 presence.db "$sql; UPDATE presence SET next_change_at = 1"
		run presenced --once
		[[ $output == *"$odd"* ]]
		[ "$(sqlite3 presence.db 'SELECT count(*) FROM presence WHERE next_change_at = 1')" = 0 ]
		[ "$(presencectl status --output user --no-headings | xargs)" = 'alice bob' ]
		presencectl explain alice >/dev/null
		presencectl route bob >/dev/null
		presencectl set all lunch --forever --no-wait
		presencectl override list >/dev/null
		presencectl override clear bob --no-wait
	done <<-'T'
		UPDATE users SET mode_id = 99 WHERE name = 'alice'|users.mode_id where id is 1 names no mode
		UPDATE users SET outside_id = 99 WHERE name = 'alice'|users.outside_id where id is 1 names no mode
		UPDATE users SET schedule_id = 99 WHERE name = 'alice'|no schedule with number 99
		UPDATE mode SET name = 'gone' WHERE name = 'available'|no mode 'available'
		DELETE FROM mode WHERE name = 'off-work'|no mode 'off-work'
		UPDATE presence SET mode_id = 99 WHERE user_id = 1|presence.mode_id where user_id is 1 names no mode
		UPDATE switch SET mode_id = 99|switch.mode_id where id is 1 names no mode
		UPDATE override SET mode_id = 99|override.mode_id where id is 1 names no mode
	T
}

@test "no value in any column makes a program die or print a control byte" {
	peer_up
	run "$TOP/tests/lib/hostile-database.py" "${PROGRAMS:-$BUILD}" --port "$PORT" --secret test-secret --part 1/16
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} =~ ^[1-9][0-9]+\ values ]]
}
