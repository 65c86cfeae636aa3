#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A PBX that comes back with an older AstDB: killed, or restored from a backup. What presence wrote there once is nobody's switch; what
# somebody else wrote is.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() { pbx_up --extensions 10; }
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	daemon_up
}
teardown() { daemon_down; }

in_step() { [ -z "$(presencectl pbx diff)" ]; }

# alice's mode, and whether her switch is the last one made by this program.
is_in() { # mode giver
	[ "$(sqlite3 presence.db "SELECT m.name || ' ' || s.giver FROM presence p JOIN mode m ON m.id = p.mode_id
		JOIN switch s ON s.user_id = p.user_id JOIN users u ON u.id = p.user_id
		WHERE u.name = 'alice' ORDER BY s.id DESC LIMIT 1")" = "$1 $2" ]
}

@test "a PBX is killed less than a second after two switches" {
	presencectl set alice trip
	sleep 1.2 # AstDB goes to disk, and the next write at once
	presencectl set alice off-work
	presencectl set alice dnd
	presencectl set alice lunch --for 1h
	pbx_restart --kill
	eventually in_step
	presence_is 1001 away
	is_in lunch-break "$(id -un)"
	! grep -q 'switched by phone' presenced.log
}

@test "AstDB is restored from a backup of many switches ago" {
	local before
	presencectl set alice off-work
	presencectl set bob trip
	"$TOP/tests/pbx/stop" "$PBX_RUN"
	cp "$PBX_RUN/db/astdb.sqlite3" backup
	pbx_up --keep "$PBX_RUN"
	eventually in_step
	presencectl set alice dnd
	presencectl set alice lunch --for 1h
	presencectl set alice away
	presencectl clear bob
	before=$(presencectl log --json | wc -l)
	"$TOP/tests/pbx/stop" "$PBX_RUN"
	cp backup "$PBX_RUN/db/astdb.sqlite3"
	pbx_up --keep "$PBX_RUN"
	eventually in_step
	presence_is 1001 away
	presence_is 1002 available
	is_in away "$(id -un)"
	[ "$(presencectl log --json | wc -l)" = "$before" ]
}

@test "what a phone wrote into an older AstDB is its switch" {
	presencectl set alice off-work
	"$TOP/tests/pbx/stop" "$PBX_RUN"
	cp "$PBX_RUN/db/astdb.sqlite3" backup
	pbx_up --keep "$PBX_RUN"
	eventually in_step
	presencectl set alice dnd
	presencectl set alice away
	daemon_down
	"$TOP/tests/pbx/stop" "$PBX_RUN"
	cp backup "$PBX_RUN/db/astdb.sqlite3"
	pbx_up --keep "$PBX_RUN"
	ami Setvar 'Variable: PRESENCE_STATE(CustomPresence:1001)' 'Value: xa,business-trip,*'
	daemon_up
	eventually is_in business-trip phone
	eventually in_step
	presence_is 1001 xa
}
