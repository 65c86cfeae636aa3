#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The database is restored, replaced or gone under a presenced that keeps a real Asterisk in step.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() { pbx_up --extensions 40; }
teardown_file() { pbx_down; }

setup() {
	site "$PBX_AMI"
	daemon_up
}
teardown() { daemon_down; }

# The PBX soon holds what the database wants: in a second or two, but the machine may have much else to do.
in_step() {
	local end=$((SECONDS + 30))
	until [ -z "$(presencectl pbx diff 2>&1)" ]; do
		((SECONDS < end)) || {
			presencectl pbx diff
			return 1
		}
		sleep 0.05
	done
}
opened_again() { grep -q 'opened again\|was restored' presenced.log; }
mode_of() { presencectl status "$1" --output mode --no-headings | tr -d ' '; }
state_set() { console "presencestate change CustomPresence:$1 $2" >/dev/null; }
# Many users, so that there is something to mend, in a state that is another one later.
many() {
	local i
	for i in {1003..1030}; do echo "user add u$i extension=$i"; done | presencectl shell >/dev/null
	presencectl set alice dnd
	presencectl set u1010 away
}

@test "restore: what the copy wants is on the PBX soon, what it does not know is gone from there" {
	many
	in_step
	presencectl backup b.db
	presencectl clear alice
	presencectl set u1010 lunch
	presencectl set bob trip
	presencectl user delete u1020
	presencectl user add late extension=1039
	presencectl set late dnd
	in_step
	presence_is 1039 dnd
	run -0 presencectl restore b.db
	in_step
	opened_again
	presence_is 1001 dnd
	lamp_is 1001 Busy
	lamp_is 1001-do-not-disturb InUse
	lamp_is 1001-available Idle
	presence_is 1002 available
	presence_is 1010 away
	presence_is 1039 not_set
	lamp_is 1039 Idle
	[ -n "$(console 'database show presence-user' | grep 1020)" ]
	[ -z "$(console 'database show presence-user' | grep 1039)" ]
	# And from then on as ever.
	run -0 presencectl set late dnd || run -3 presencectl set late dnd
	presencectl set bob away
	presence_is 1002 away
	[ "$(mode_of bob)" = away ]
}

@test "restore does not believe what the PBX held when the copy was made" {
	presencectl set alice dnd
	presencectl backup b.db
	# Both differ from what the copy says that the PBX holds.
	console 'devstate change Custom:presence-1001 NOT_INUSE' >/dev/null
	console 'database deltree presence-user' >/dev/null
	presencectl restore b.db
	in_step
	lamp_is 1001 Busy
	[ -n "$(console 'database show presence-user' | grep 1001)" ]
}

@test "a file that is moved or copied over the database is on the PBX soon" {
	presencectl set alice dnd
	presencectl backup b.db
	presencectl clear alice
	cp b.db c.db
	mv b.db presence.db
	eventually opened_again
	in_step
	presence_is 1001 dnd
	lamp_is 1001 Busy
	presencectl clear alice
	presence_is 1001 available
	: >presenced.log
	cp c.db presence.db
	eventually opened_again
	in_step
	presence_is 1001 dnd
	lamp_is 1001-do-not-disturb InUse
}

@test "without a good database the session stays, and what a phone switched meanwhile counts" {
	presencectl set alice dnd
	presencectl backup b.db
	echo 'no database' >x
	mv x presence.db
	eventually grep -q 'trying again' presenced.log
	[ "$(console 'manager show connected' | grep -c presence)" -eq 1 ]
	state_set 1002 away,away,*
	sleep 1
	[ "$(console 'manager show connected' | grep -c presence)" -eq 1 ]
	presence_is 1001 dnd
	presencectl restore b.db
	in_step
	presence_is 1001 dnd
	presence_is 1002 away
	[ "$(mode_of bob)" = away ]
}

@test "the log is deleted under presenced: what was answered is on the PBX and in the database" {
	presencectl set alice dnd
	rm presence.db-wal presence.db-shm
	eventually opened_again
	presencectl set bob away
	in_step
	presence_is 1001 dnd
	presence_is 1002 away
	daemon_down
	[ "$(mode_of alice) $(mode_of bob)" = 'do-not-disturb away' ]
}
