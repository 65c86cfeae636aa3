#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# override: orders for a user, a group or all. It is Monday 2026-11-23, 11:30 in Stockholm.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	clock '2026-11-23 10:30:00'
	site 1
	presencectl group add sales
	presencectl group assign sales alice
}

mode_of() { presencectl status "$1" --output mode,source,until --no-headings; }
order() { presencectl override set "$@" --no-wait; }

@test "an override of very many users: all are due with the order, and are decided about in slices" {
	local due='next_change_at <= 1795429800' count # the time that it is
	sqlite3 presence.db "INSERT INTO users (name, extension, pbx, zone, mailbox, mobile)
		SELECT 'user' || value, 100000 + value, 'main', '', '', '' FROM generate_series(1, 10050)"
	presencectl set all away --for 1h --no-wait
	presencectl clear all --no-wait
	count=$(sqlite3 presence.db 'SELECT count(*) FROM users')
	# When the first of them is decided about: whoever ends now has lost nothing.
	sqlite3 presence.db "CREATE TABLE seen (due INTEGER, orders INTEGER);
		CREATE TRIGGER see AFTER UPDATE OF source ON presence WHEN new.source = 'override' AND NOT EXISTS (SELECT 1 FROM seen)
		BEGIN INSERT INTO seen SELECT count(*), (SELECT count(*) FROM override) FROM presence WHERE $due; END"
	order all dnd --reason drill --for 1h
	[ "$(sqlite3 presence.db "SELECT due >= $count - 1, orders FROM seen")" = '1|1' ]
	[ "$(sqlite3 presence.db "SELECT count(*) FROM presence WHERE source = 'override' AND NOT $due")" = "$count" ]
	[ "$(sqlite3 presence.db "SELECT count(*) FROM log WHERE what = 'override' AND via = 'cli'")" = "$count" ]
	presencectl override clear all --no-wait
	[ "$(sqlite3 presence.db "SELECT count(*) FROM presence WHERE source = 'override' OR $due")" = 0 ]
}

@test "list, in a table and as JSON" {
	says '{"overrides":[]}' jq -c . <(presencectl override list --json)
	says "alice is business-trip by an override; override 1" order alice trip --reason visit --forever
	says "alice is off-work until 12:30 by an override; override 2" order @sales off --reason 'fire drill' --for 1h
	says "2 users are overridden from 13:00 on; override 3" order all dnd --reason talk --from 13:00 --until 14:00
	SUDO_USER= says "ID  SCOPE   MODE            REASON      FROM   UNTIL
 1  alice   business-trip   visit       11:30
 2  @sales  off-work        fire drill  11:30  12:30
 3  all     do-not-disturb  talk        13:00  14:00" presencectl override list --output id,scope,mode,reason,from,until
	says '{"id":2,"scope":"@sales","mode":"off-work","reason":"fire drill","from":"2026-11-23T11:30:00+01:00","until":"2026-11-23T12:30:00+01:00","given":"2026-11-23T11:30:00+01:00"}' \
		jq -c '.overrides[1] | del(.by)' <(presencectl override list --json)
	says null jq .overrides[0].until <(presencectl override list --json)
	says "$(id -un)" jq -r '.overrides[0].by' <(presencectl override list --json)
	CLOCK='2026-11-23 13:30:00' # what is over is not listed
	says "1" presencectl override list --output id --no-headings
}

@test "an order needs a reason, an end, and words that are right" {
	refused 2 'needs a reason: --reason "fire drill"' order all off --for 1h
	refused 2 "needs a reason" order all off --for 1h --reason ''
	refused 2 "control characters" order all off --for 1h --reason $'a\nb'
	refused 2 "longer than" order all off --for 1h --reason "$(printf 'x%.0s' {1..400})"
	refused 2 "needs an end: --for 2h" order all off --reason x
	refused 2 "exclude each other" order all off --reason x --for 1h --forever
	refused 2 "'11:00' has passed already; did you mean 'tomorrow 11:00'?" order all off --reason x --until 11:00
	refused 2 "'2026-11-22' has passed already" order all off --reason x --from 2026-11-22 --for 1h
	refused 2 "it would end at '14:00', before it begins" order all off --reason x --from 15:00 --until 14:00
	refused 3 "no user 'alise'; did you mean 'alice'?" order alise off --reason x --for 1h
	refused 3 "no group 'sale'; did you mean 'sales'?" order @sale off --reason x --for 1h
	refused 3 "no mode 'of'; did you mean 'off'?" order all of --reason x --for 1h
	refused 1 "this is 2 users, not 5 as expected" order all off --reason x --for 1h --expect 5
	refused 2 "<mode> is missing" order all
	refused 2 "unknown command 'override delete'" presencectl override delete 1
	refused 3 "no override 7; see 'override list'" presencectl override clear 7
	refused 3 "no override of all; see 'override list'" presencectl override clear all
	refused 3 "no user 'alise'; did you mean 'alice'?" presencectl override clear alise
}

@test "the order given last wins, whatever its scope" {
	order alice trip --reason first --forever
	CLOCK='2026-11-23 10:31:00' order all off --reason second --for 1h
	says "off-work  override  12:31" mode_of alice
	CLOCK='2026-11-23 10:32:00' order @sales dnd --reason third --for 10m
	says "do-not-disturb  override  11:42" mode_of alice
	says "off-work  override  12:31" mode_of bob
	# In the same second: the higher number.
	CLOCK='2026-11-23 10:32:00' order alice away --reason fourth --for 5m
	says "away  override  11:37" mode_of alice
	CLOCK='2026-11-23 10:32:00'
	says "away  override  11:37" mode_of alice
	says "alice is away until 11:37 by an override; the switch counts when that ends" \
		presencectl set alice available --forever --no-wait
	presencectl override clear all --no-wait
	says "2 users are do-not-disturb until 12:32; 1 of them are in the mode of an override" \
		presencectl set all dnd --for 1h --no-wait
}

@test "from later; its end gives way to what lies below" {
	presencectl set alice dnd --for 3h --no-wait
	order alice off --reason talk --from 13:00 --until 14:00
	says "do-not-disturb  switch  13:00" mode_of alice
	says "11:30  13:00           do-not-disturb  switch
13:00  14:00           off-work        override
14:00  14:30           do-not-disturb  switch
14:30  tomorrow 11:30  available       default" presencectl timeline alice --output from,until,mode,source --no-headings
	CLOCK='2026-11-23 12:00:00' presenced --once || true
	says "off-work  override  14:00" mode_of alice
	CLOCK='2026-11-23 13:00:00' presenced --once || true
	says "do-not-disturb  switch  14:30" mode_of alice
	# The end of an order for tomorrow is tomorrow's.
	order bob off --reason talk --from 'tomorrow 09:00' --until 17:00
	order bob off --reason talk --from 'tomorrow 09:00' --until 'tomorrow 17:00'
	says "2026-11-24T17:00:00+01:00
2026-11-24T17:00:00+01:00" jq -r '.overrides[-2:][].until' <(presencectl override list --json)
}

@test "clear by number and by scope; users are counted once" {
	order alice off --reason a --for 1h
	order alice dnd --reason b --for 1h
	order @sales away --reason c --for 1h
	order all trip --reason d --for 1h
	says "alice is business-trip until 12:30 by an override" presencectl override clear 3 --no-wait
	says "2 users are free of 1 override" presencectl override clear all --no-wait
	says "do-not-disturb  override  12:30" mode_of alice
	refused 1 "this is 1 user, not 2 as expected" presencectl override clear alice --expect 2
	# By number and by scope at once; an extension is as good as its user.
	says "alice is available" presencectl override clear 2 1001 --no-wait
	says "" presencectl override list --no-headings
	# A number that was noted never means another order.
	says "alice is off-work until 12:30 by an override; override 5" order alice off --reason e --for 1h
	order @sales away --reason f --for 1h
	says "alice is available" presencectl override clear @sales alice --no-wait
}

@test "a number that is an order's and an extension: the order's" {
	presencectl user add carol extension=1
	order alice off --reason a --for 1h
	order carol off --reason b --for 1h
	says "alice is available" presencectl override clear 1 --no-wait
	says "carol is available" presencectl override clear 1 --no-wait
}

@test "who joins the group later is covered, who leaves is not" {
	order @sales off --reason 'stock taking' --for 2h
	says "available  default" mode_of bob
	presencectl group assign sales bob
	says "off-work  override  13:30" mode_of bob
	presencectl group unassign sales alice
	says "available  default" mode_of alice
	order all dnd --reason x --for 1h
	presencectl user add carol extension=1003
	says "do-not-disturb  override  12:30" mode_of carol
	# With its scope an order goes.
	presencectl override clear all --no-wait
	presencectl override clear @sales --no-wait
	presencectl group delete sales
	says "" presencectl override list --no-headings
	says "available  default" mode_of bob
	order carol dnd --reason x --for 1h
	presencectl user delete carol
	says "" presencectl override list --no-headings
}

@test "a mode in use by an order is not deleted; replaced, the order follows" {
	presencectl mode add focus
	order alice focus --reason x --for 1h
	refused 1 "in use" presencectl mode delete focus
	presencectl mode delete focus --replace-with dnd
	says "do-not-disturb  override  12:30" mode_of alice
}

@test "exit statuses: recorded and not on the PBX is 4" {
	run presencectl override set alice off --reason x --for 1h
	[ "$status" -eq 4 ]
	[[ $output == *"recorded, but presenced is not running"* ]]
	run presencectl override clear alice
	[ "$status" -eq 4 ]
	PRESENCE_DB=$PWD/none.db fails_with 5 "presencectl init" presencectl override list
}

@test "an override of a group that nobody is in waits for who comes" {
	presencectl group add night
	says "nobody is there yet; override 1 holds for whoever comes before it ends" order @night away --reason drill --for 1h
	presencectl group assign night alice
	says "away  override  12:30" mode_of alice
}

@test "a group with an override is not deleted behind its back" {
	presencectl override set @sales away --reason drill --for 1h --no-wait
	run ! presencectl group delete sales
	[[ $output == *"override 1 is for group 'sales'; 'override clear @sales' ends it first"* ]]
	presencectl override clear @sales --no-wait
	presencectl group delete sales
}
