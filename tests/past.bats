#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What was: status, explain and timeline of the past, from the log. Monday 2026-11-23 happens on a faked clock; then we ask on Tuesday.
bats_require_minimum_version 1.5.0
load lib/common

TUESDAY='2026-11-24 10:00'

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	cat >presence.conf <<-C
		pbx = ( { name = "main"; port = 1; secret = "none"; } );
		defaults = { zone = "Europe/Stockholm"; };
	C
	chmod 600 presence.conf
	export TZ=Europe/Stockholm PRESENCE_CONF=$PWD/presence.conf PRESENCE_DB=$PWD/presence.db
	monday
	export SITE=$PWD
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$SITE"/presence.* . # a site of its own
	export TZ=Europe/Stockholm PRESENCE_CONF=$PWD/presence.conf PRESENCE_DB=$PWD/presence.db
}

at() { # TIME COMMAND...
	local when
	when=$(date -d "$1" '+%F %T')
	shift
	LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketime.so.1) FAKETIME="@$when" NO_FAKE_STAT=1 "$@"
}

# presencectl at this time. No PBX is there, which 4 says.
ctl() { # TIME WORDS...
	local when=$1 r=0
	shift
	at "$when" presencectl "$@" || r=$?
	[ "$r" = 0 ] || [ "$r" = 4 ]
}

tick() { at "$1" presenced --once || :; }

ask() { at "$TUESDAY" presencectl "$@"; }

# What it prints, on one line, with single blanks.
words() { "$@" | xargs; }

monday() {
	local day=2026-11-23
	ctl "$day 08:30" init
	ctl "$day 08:30" schedule add office hours='Mon-Fri 09:00-17:00' breaks='Mon-Fri 12:00-13:00'
	ctl "$day 08:30" user add alice extension=1001 schedule=office
	ctl "$day 08:30" user add bob extension=1002
	ctl "$day 08:30" user add carol extension=1003
	ctl "$day 08:30" group add sales
	ctl "$day 08:30" group assign sales alice bob
	tick "$day 09:00"
	tick "$day 12:40" # it was down at noon
	tick "$day 13:00"
	ctl "$day 13:50" override set @sales away --reason 'fire drill' --for 30m
	ctl "$day 14:05" set alice dnd --for 1h --note 'writing'
	tick "$day 14:20"
	tick "$day 15:05"
	ctl "$day 16:00" user delete bob
	tick "$day 17:00"
	tick "$TUESDAY"
} >&2

squeezed() { "$@" | tr -s ' ' | sed 's/ $//'; }

lines_of() { squeezed ask timeline "$@" --output user,from,until,mode,known --no-headings; }

@test "who was reachable yesterday at 14:00" {
	says "alice 1001 away override yesterday 13:50 yesterday 14:05 override of @sales by $(id -un): fire drill log
bob away override yesterday 13:50 yesterday 14:20 override of @sales by $(id -un): fire drill log
carol 1003 available default yesterday 08:30 nothing set now" squeezed ask status --at 'yesterday 14:00' --no-headings
	# Of a group those who are in it now, and it says so.
	says 'alice' ask status --at 'yesterday 14:00' @sales --output user --no-headings
	[[ $stderr == *'@sales: these are the users of today, not those of then'* ]]
	# Who is gone can be asked for by name, also beside others.
	says "alice away log bob away log" words ask status --at 'yesterday 14:00' bob alice --output user,mode,known --no-headings
	refused 3 "no user 'dave'" ask status --at 'yesterday 14:00' alice dave
	# After 16:00 there is no bob.
	says 'alice carol' words ask status --at 'yesterday 16:00' --output user --no-headings
	says '{"user":"alice","mode":"do-not-disturb","source":"switch","since":"2026-11-23T14:20:00+01:00","until":"2026-11-23T15:05:00+01:00","known":"log"}' \
		jq -c '.status[0] | {user, mode, source, since, until, known}' <(ask status --at 'yesterday 14:20' --json)
}

@test "what the log does not tell" {
	# Before there was a user: nobody is printed, and who is asked for has no mode.
	run --separate-stderr ask status --at 'yesterday 08:00'
	[ -z "$output" ]
	[[ $stderr == *"the log begins at "*"; before it nothing is known"* ]]
	says '{"mode":null,"known":"no","reason":"there was no such user yet"}' \
		jq -c '.status[] | {mode, known, reason}' <(ask status --at 'yesterday 08:00' carol --json)
	# A log that was pruned.
	sqlite3 presence.db "DELETE FROM log WHERE at < unixepoch('2026-11-23 12:30')" # 13:30 in Stockholm
	run --separate-stderr squeezed ask status --at 'yesterday 13:40' alice --no-headings
	[[ ${lines[0]} == 'alice 1001 '*' the log does not go back so far no' ]]
	[[ $stderr == *'the log begins at yesterday 13:50; before it nothing is known'* ]]
	# carol has not been switched since: what she is in now began before.
	says 'available now' words ask status --at 'yesterday 13:55' carol --output mode,known --no-headings
	run ask explain carol --at 'yesterday 13:55'
	[ "${lines[0]}" = 'yesterday 13:55: carol was available from yesterday 08:30 until now (nothing set)' ]
	# A log with nothing in it.
	sqlite3 presence.db 'DELETE FROM log'
	run --separate-stderr ask explain alice --at 'yesterday 09:00'
	[[ $output == 'yesterday 09:00: it is not known what alice was: the log does not go back so far'* ]]
	[[ $stderr == *'the log is empty'* ]]
}

@test "why not alice, and who said so" {
	run ask explain alice --at 'yesterday 14:00'
	[ "${lines[0]}" = "yesterday 14:00: alice was away from yesterday 13:50 until yesterday 14:05 (override of @sales by $(id -un): fire drill)" ]
	[ "${lines[1]}" = 'It was to hold until yesterday 14:20.' ]
	says "override away yesterday 13:50 $(id -un)" words ask explain alice --at 'yesterday 14:00' --output source,mode,given,by --no-headings
	# The switch that was given under it, which held after it.
	says "switch do-not-disturb yesterday 14:20 yesterday 15:05 yesterday 14:05 $(id -un)" \
		words ask explain alice --at 'yesterday 14:30' --output source,mode,from,until,given,by --no-headings
	# The override still held while it was given.
	says "override away override of @sales by $(id -un): fire drill" \
		words ask explain alice --at 'yesterday 14:10' --output source,mode,reason --no-headings
	# The number is that of the record.
	record=$(ask explain alice --at 'yesterday 14:00' --json | jq '.explain[0].record')
	says 'override|away|override' sqlite3 presence.db "SELECT what, to_mode, source FROM log WHERE id = $record"
}

@test "a mode that came late was late" {
	run ask explain alice --at 'yesterday 12:50'
	[ "${lines[0]}" = 'yesterday 12:50: alice was lunch-break from yesterday 12:40 until yesterday 13:00 (break of schedule office)' ]
	[ "${lines[1]}" = 'It was due at yesterday 12:00. presenced looked at yesterday 12:40; until then the PBX held the mode before.' ]
	says available ask explain alice --at 'yesterday 12:30' --output mode --no-headings
}

@test "timeline: what was, what is and what will be" {
	says "alice yesterday 00:00 yesterday 08:30 no
alice yesterday 08:30 yesterday 09:00 off-work log
alice yesterday 09:00 yesterday 12:40 available log
alice yesterday 12:40 yesterday 13:00 lunch-break log
alice yesterday 13:00 yesterday 13:50 available log
alice yesterday 13:50 yesterday 14:20 away log
alice yesterday 14:20 yesterday 15:05 do-not-disturb log
alice yesterday 15:05 yesterday 17:00 available log
alice yesterday 17:00 10:00 off-work log
alice 10:00 12:00 available now
alice 12:00 13:00 lunch-break foretold
alice 13:00 14:00 available foretold" lines_of alice --from yesterday --to 'today 14:00'
	# No line begins where another one does not end, and JSON has the same.
	jq -e '.timeline | [.[1:], .[:-1]] | transpose | all(.[0].from == .[1].until)' \
		<(ask timeline alice --from -7d --to tomorrow --json)
	says '["no",null,"there was no such user yet"]' jq -c '.timeline[0] | [.known, .mode, .reason]' <(ask timeline alice --from -7d --json)
	# A user who is gone.
	says "bob yesterday 16:00 10:00 no" tail -n 1 <(lines_of bob --from -1d)
	refused 3 "no user 'dave'" ask timeline dave
	# A schedule that was edited changes nothing that was.
	before=$(ask timeline alice --from yesterday --to today --json)
	ctl "$TUESDAY" schedule set office hours='Mon-Fri 05:00-06:00'
	[ "$(ask timeline alice --from yesterday --to today --json)" = "$before" ]
}


@test "timeline: presenced is down, and the mode is overdue" {
	says "alice 10:00 12:00 available now" lines_of alice --to 12:00
	at '2026-11-24 12:30' presencectl timeline alice --from 11:00 --to 14:00 --output from,until,mode,known --no-headings >lines
	says "11:00 12:30 available log
12:30 13:00 lunch-break foretold
13:00 14:00 available foretold" tr -s ' ' <lines
}

@test "timeline: a day of several users" {
	says "2026-11-23       0     3     6     9     12    15    18    21
alice            ?????????????????.#######=##%%####..............
carol            ?????????????????###############################
. outside  # business  = break  b busy  % override or switch  h holiday  ? not known" \
		ask timeline alice carol --from yesterday
}

@test "a name that was given to somebody else, and an ID too" {
	ctl "$TUESDAY" user delete carol
	ctl '2026-11-24 10:05' user add bob extension=1004
	ctl '2026-11-24 10:05' set bob lunch
	TUESDAY='2026-11-24 10:10'
	says 'there was no such user yet' ask explain bob --at 'yesterday 14:00' --output reason --no-headings
	says 'alice bob carol' words ask status --at 'yesterday 14:00' --output user --no-headings
	says 'away' ask status --at 'yesterday 14:00' --output user,mode --no-headings | grep bob
	says 'alice bob' words ask status --at '10:06' --output user --no-headings
	# The log has each key of one who is deleted once.
	says 'extension pbx' words sqlite3 presence.db "SELECT key FROM log WHERE what = 'user delete' AND subject = 'carol' AND key IS NOT NULL"
}

@test "the clock was set back" {
	ctl '2026-11-24 11:00' set carol dnd --for 8h --note ahead
	ctl '2026-11-24 10:30' set carol away --for 8h
	TUESDAY='2026-11-24 12:00'
	says "carol 10:00 10:30 available log
carol 10:30 12:00 away log" lines_of carol --from 10:00 --to 12:00
	says 'away 10:30' words ask status --at 11:30 carol --output mode,since --no-headings
}

@test "what will be" {
	says 'alice available foretold carol available foretold' \
		words ask status --at 'tomorrow 10:00' --output user,mode,known --no-headings
	says 'off-work' ask status --at 'tomorrow 20:00' alice --output mode --no-headings
	refused 2 "'25:00' is not a time" ask status --at 25:00
}

@test "a log that an older release wrote" {
	sqlite3 presence.db "UPDATE log SET source = NULL, since = NULL, key = NULL, user_id = NULL WHERE user_id IS NOT NULL;
		DELETE FROM log WHERE what = 'user add' AND to_mode IS NOT NULL;
		DROP INDEX log_gone; DROP INDEX log_subject; ALTER TABLE log DROP COLUMN user_id;
		CREATE INDEX log_subject ON log (subject_key, id)"
	# As the step to this version does it.
	sqlite3 presence.db "$(sed -n '/^ALTER TABLE log ADD COLUMN user_id/,/^CREATE INDEX log_gone/p' "$TOP/lib/store/schema-5.sql")"
	says "alice yesterday 08:00 yesterday 08:30 no
alice yesterday 08:30 yesterday 09:00 off-work log
alice yesterday 09:00 yesterday 12:40 available log" head -n 3 <(lines_of alice --from 'yesterday 08:00' --to today)
	says null jq '.explain[0].source' <(ask explain alice --at 'yesterday 14:00' --json)
}
