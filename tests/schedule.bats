#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# schedule: every command; who is on which schedule; and `next`, which follows it. It is Monday 2026-11-23, 11:30 in Stockholm.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	clock '2026-11-23 10:30:00'
	site 1
	presencectl schedule add office hours='Mon-Fri 09:00-17:00' breaks='Mon-Fri 12:00-13:00' \
		holidays='12-25 = Christmas Day; 12-26'
}

mode_of() { presencectl status "$1" --output mode,source,until --no-headings; }
changes() { presencectl schedule show "$@" --changes --no-headings | tr -s " "; }

@test "list, show with its week and the next ten changes" {
	presencectl schedule assign office alice
	says "NAME    USERS  NOW       UNTIL  ZONE  HOURS
office      1  business  12:00        Mon-Fri 09:00-17:00" presencectl schedule list
	says '{"schedules":[{"name":"office","users":1,"now":"business","until":"2026-11-23T12:00:00+01:00","zone":null,"hours":"Mon-Fri 09:00-17:00"}]}' \
		jq -c . <(presencectl schedule list --json)
	presencectl schedule set office special.2026-11-25='09:00-10:30 = Inventory' holidays='11-26 = Thanks & giving' \
		mode.break=away
	says "KEY             VALUE
name            office
hours           Mon-Fri 09:00-17:00
breaks          Mon-Fri 12:00-13:00
zone
special         2026-11-25=09:00-10:30 = Inventory
before-holiday
holidays        11-26 = Thanks & giving
calendars
mode.business
mode.break      away
mode.outside
mode.holiday

               0     3     6     9     12    15    18    21
Mon 2026-11-23 ..................######==########.............. 09:00-12:00 13:00-17:00
Tue 2026-11-24 ..................######==########.............. 09:00-12:00 13:00-17:00
Wed 2026-11-25 ..................%%%........................... 09:00-10:30  Inventory
Thu 2026-11-26 hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh  Thanks & giving
Fri 2026-11-27 ..................######==########.............. 09:00-12:00 13:00-17:00
Sat 2026-11-28 ................................................
Sun 2026-11-29 ................................................
. outside  # business  = break  % special or forced  h holiday

AT              PERIOD    CAUSE    NAME
12:00           break     hours
13:00           business  hours
17:00           outside   hours
tomorrow 09:00  business  hours
tomorrow 12:00  break     hours
tomorrow 13:00  business  hours
tomorrow 17:00  outside   hours
Wed 00:00       outside   special  Inventory
Wed 09:00       business  special  Inventory
Wed 10:30       outside   special  Inventory" presencectl schedule show office
	says '{"at":"2026-11-23T12:00:00+01:00","period":"break","cause":"hours","name":null}' \
		jq -c '.changes[0]' <(presencectl schedule show office --changes --json)
	refused 2 "did you mean 'value'?" presencectl schedule show office --output vale
	says '["away"]' jq -c '.schedule[] | select(.key == "mode.break") | .value' <(presencectl schedule show office --json)
}

@test "the week in colour and blocks on a terminal" {
	run at_clock script -qec "presencectl schedule show office" /dev/null
	[[ $output == *$'\e[0;32m████'* ]]
	NO_COLOR=1 run at_clock script -qec "presencectl schedule show office" /dev/null
	[[ $output != *$'\e[0;32m'* && $output == *"██████▒▒████████"* ]]
}

@test "hours that cannot be, and likely slips" {
	refused 2 "'Fry' is not a day in 'Mon-Fry 9-25'; write hours as Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00, or as Asterisk's 09:00-17:00,mon-fri,*,*; did you mean 'Fri'?" presencectl schedule add x hours='Mon-Fry 9-25'
	refused 2 "write hours as Mon-Fri 09:00-12:00" presencectl schedule add x hours='Mon-Fri 9-25'
	refused 2 "overlap" presencectl schedule add x hours='Mon-Fri 09:00-12:00,11:00-15:00'
	refused 2 "hours needs a value: Mon-Fri 09:00-12:00" presencectl schedule add x hours=
	refused 2 "there are no hours in ';'" presencectl schedule add x hours=';'
	refused 2 "schedule 'x' needs hours" presencectl schedule add x zone=Europe/Stockholm
	refused 2 "<key=value> is missing" presencectl schedule add x
	refused 2 "cannot be unset" presencectl schedule unset office hours
	run --separate-stderr -0 presencectl schedule add reversed hours='Mon-Fri 17:00-09:00'
	[ "$stderr" = "presencectl: schedule 'reversed' is open across midnight for 16 hours: is Mon-Fri 17:00-09:00 meant?" ]
	run --separate-stderr -0 presencectl schedule add night hours='Mon-Fri 22:00-06:00'
	[ -z "$stderr" ]
	run --separate-stderr -0 presencectl schedule set office breaks='Mon-Fri 18:00-19:00'
	[[ $stderr == *"is outside its hours and does not count there: Mon 18:00-19:00"* ]]
	run changes office
	[ "${lines[0]}" = "17:00 outside hours" ]
}

@test "hours of odd weeks, of every second week, of a season" {
	presencectl schedule set office hours='mon-fri 9-17; week even: Mon closed; 11-23..11-24: Tue 10-11;every 2 weeks from 2026-11-23: Wed 8-9'
	says "Mon-Fri 09:00-17:00; week even: Mon closed; 11-23..11-24: Tue 10:00-11:00; every 2 weeks from 2026-11-23: Wed 08:00-09:00" \
		presencectl schedule list --output hours --no-headings
	presencectl schedule assign office alice
	says "off-work  outside  tomorrow 10:00" mode_of alice # Monday of week 48
	run changes office
	[ "${lines[0]}" = "tomorrow 10:00 business hours" ]
	[ "${lines[1]}" = "tomorrow 11:00 outside hours" ]
	[ "${lines[2]}" = "Wed 08:00 business hours" ]
	[ "${lines[3]}" = "Wed 09:00 outside hours" ]
	[ "${lines[4]}" = "Thu 09:00 business hours" ]
	run presencectl explain alice --at '2026-11-30 09:30'
	[[ $output == *"business  wins "* ]]
	refused 2 "Fri has hours and is closed" presencectl schedule set office hours='9-17; week odd: Fri 9-12; week odd: Fri closed'
	for weeks in 'week od' 'weeks odd' 'odd week' 'week'; do
		refused 2 "'$weeks' is none of 'week odd'" presencectl schedule set office hours="9-17; $weeks: Fri closed"
	done
}

@test "test, who, and a year" {
	presencectl group add sales
	presencectl group assign sales bob
	presencectl schedule assign office alice @sales
	says "USER   EXTENSION  BY      ZONE
alice  1001       user
bob    1002       @sales" presencectl schedule who office
	says "AT                PERIOD   CAUSE    NAME           SINCE             UNTIL
2026-12-25 09:00  holiday  holiday  Christmas Day  2026-12-25 00:00  2026-12-26 00:00
12:30             break    hours                   12:00             13:00" \
		presencectl schedule test office '2026-12-25 09:00' 'in 1 hour'
	# What does not fit is not cut.
	[[ $(script -qec 'stty cols 80; presencectl schedule test office "2026-12-25 09:00"' /dev/null </dev/null) == *"s Day"* ]]
	refused 2 "'neverday' is not a time" presencectl schedule test office neverday
	presencectl schedule set office special.2026-12-31='09:00-12:00 = New Year'
	run presencectl schedule show office --year 2026
	[ "${lines[0]}" = "        1        10        20        30" ]
	[ "${lines[12]}" = "2026-12 ####..#####..#####..####hh.###%" ]
	[[ $output == *"2026-12-31 Thu  special  09:00-12:00  New Year"* ]]
	says '{"date":"2026-12-25","cause":"holiday","hours":null,"name":"Christmas Day"}' \
		jq -c '.days[0]' <(presencectl schedule show office --year 2026 --json)
	refused 2 "is not a year" presencectl schedule show office --year 0
	refused 2 "'27' is not a year such as 2027" presencectl schedule show office --year 27
	refused 2 "is not a year" presencectl schedule show office --year 2147483647
}

@test "what decides about a user, for any calendar program" {
	presencectl schedule assign office alice
	presencectl set alice dnd --until 14:00 --note x --no-wait
	presencectl calendar export alice --to tomorrow >alice.ics
	says "BEGIN:VEVENT
UID:alice-1795429800@presence
DTSTAMP:20261123T103000Z
DTSTART:20261123T103000Z
DTEND:20261123T130000Z
SUMMARY:Do Not Disturb
DESCRIPTION:switched by $(id -un)
CATEGORIES:switch
TRANSP:TRANSPARENT
END:VEVENT" sed -n '5,14s/\r//p' alice.ics
	says 3 jq '.events | length' <(presencectl calendar events alice.ics --json --from 00:00 --to 2026-11-25)
	says "Off Work" jq -r '.events[-1].summary' <(presencectl calendar events alice.ics --json --from 00:00 --to 2026-11-25)
	refused 2 "the window begins in the past" presencectl calendar export alice --from yesterday
}

@test "slips are told once, by the edit that makes them" {
	presencectl schedule add night hours=24/7
	says "daily 00:00-24:00" head -1 <(presencectl schedule list --output hours --no-headings)
	run --separate-stderr presencectl schedule set night hours=17-9 breaks='Mon 12:00-13:00'
	[[ $stderr == *"is open across midnight for 16 hours: is daily 17:00-09:00 meant?"* ]]
	[[ $stderr == *"a break of schedule 'night' is outside its hours and does not count there: Mon 12:00-13:00"* ]]
	run --separate-stderr presencectl schedule set night mode.break=away special.2026-11-30=closed
	[ -z "$stderr" ]
	run --separate-stderr presencectl schedule set night hours=8-8
	[[ $stderr == *"is open across midnight for 24 hours: is daily 08:00-08:00 meant?"* ]]
	run --separate-stderr presencectl schedule set night special.2025-12-24=closed
	[ "$stderr" = "presencectl: the special day 2025-12-24 is long gone: is another year meant?" ]
	run --separate-stderr presencectl schedule set night special.2026-01-02=closed
	[ -z "$stderr" ]
	refused 2 "there is no day '2026-04-31'" presencectl schedule set night special.2026-04-31=closed
}

@test "status is patient for as long as a tick takes" {
	presencectl schedule assign office alice
	CLOCK='2026-11-23 11:00:01' # 12:00:01, and the break has begun
	run --separate-stderr presencectl status
	[ -z "$stderr" ]
	CLOCK='2026-11-23 11:00:30'
	run --separate-stderr presencectl status
	[[ $stderr == *"should have changed by now"* ]]
}

@test "hours are kept in one form, Asterisk's own is read" {
	presencectl schedule set office hours='09:00-17:00,mon-fri,*,*' breaks=
	says "Mon-Fri 09:00-17:00" presencectl schedule list --output hours --no-headings
	presencectl schedule set office hours='fri-mon 22:00-6:00 ; Wed 00:00-24:00'
	local hours
	hours=$(presencectl schedule list --output hours --no-headings)
	presencectl schedule set office hours="$hours"
	says "$hours" presencectl schedule list --output hours --no-headings
}

@test "wrong words" {
	refused 2 "there is a schedule 'Office' already" presencectl schedule add Office hours='Mon 09:00-17:00'
	refused 3 "no schedule 'ofice'; did you mean 'office'?" presencectl schedule set ofice zone=UTC
	refused 3 "no schedule 'ofice'; did you mean 'office'?" presencectl schedule assign ofice alice
	refused 3 "no schedule 'ofice'; did you mean 'office'?" presencectl user set alice schedule=ofice
	refused 3 "no time zone 'Europe/Stockholmm'; did you mean 'Europe/Stockholm'?" \
		presencectl schedule set office zone=Europe/Stockholmm
	refused 2 "unknown key 'hour'; did you mean 'hours'?" presencectl schedule set office hour='Mon 09:00-17:00'
	refused 2 "unknown key 'mode.busines'; did you mean 'mode.business'?" presencectl user set alice mode.busines=away
	refused 3 "no mode 'awy'; did you mean 'away'?" presencectl schedule set office mode.break=awy
	refused 2 "there is no day '2026-13-02'" presencectl schedule set office special.2026-13-02=closed
	refused 3 "no special day '2026-11-24'" presencectl schedule unset office special.2026-11-24
	refused 3 "no calendar 'days'" presencectl schedule set office calendars=days
	refused 2 "the month comes first" presencectl schedule set office holidays='24-12'
	refused 3 "no user 'alise'; did you mean 'alice'?" presencectl schedule assign office alise
	refused 3 "no group 'sales'" presencectl schedule assign office @sales
	refused 2 "did you mean 'business'?" presencectl schedule force office buisness --for 1h
	refused 2 "needs an end" presencectl schedule force office closed
	refused 2 "did you mean 'tomorrow 11:00'?" presencectl schedule force office closed --until 11:00
	refused 2 "unknown option" presencectl schedule force office closed --four 1h
	refused 2 "from 0 to 1440" presencectl user set alice lead=2000
	refused 2 "summary= or category=" presencectl user set alice patterns=title=x:away
	refused 3 "no mode 'nap'" presencectl user set alice 'patterns=summary=Sleep*:nap'
	presencectl schedule assign office alice
	refused 1 "assigned to 1 user and 0 groups; 'schedule unassign office' first" presencectl schedule delete office
	presencectl schedule unassign office
	presencectl schedule delete office
}

@test "who is on it: a user's own schedule, else that of the first group by name" {
	presencectl schedule add late hours='Mon-Fri 12:00-20:00' mode.outside=dnd
	presencectl group add sales
	presencectl group add desk
	presencectl group assign sales alice
	says "1 assigned to late; it counts for 1 user now" presencectl schedule assign late @sales
	says "do-not-disturb  outside  12:00" mode_of alice
	says "available  default" mode_of bob
	presencectl schedule assign office @desk
	presencectl group assign desk alice
	says "available  business  12:00" mode_of alice
	says "1 assigned to late; it counts for 1 user now" presencectl schedule assign late alice
	says "do-not-disturb  outside  12:00" mode_of alice
	says "1 taken off late; it counts for 0 users now" presencectl schedule unassign late alice
	says "available  business  12:00" mode_of alice
	presencectl group unassign desk alice
	says "do-not-disturb  outside  12:00" mode_of alice
	presencectl group assign sales bob # whoever joins is on it
	says "do-not-disturb  outside  12:00" mode_of bob
	says "1 taken off late; it counts for 0 users now" presencectl schedule unassign late
	says "available  default" mode_of bob
	says "2 assigned to late; it counts for 2 users now" presencectl schedule assign late all
	says "0 assigned to late; it counts for 2 users now" presencectl schedule assign late bob
	says "0 taken off office; it counts for 0 users now" presencectl schedule unassign office bob
	says "2 taken off late; it counts for 0 users now" presencectl schedule unassign late
}

@test "a user's zone and modes beat the schedule's" {
	presencectl schedule set office mode.business=trip
	presencectl schedule assign office all
	presencectl user set bob zone=America/New_York mode.outside=dnd
	says "business-trip  business  12:00" mode_of alice
	says "do-not-disturb  outside  15:00" mode_of bob # 05:30 in New York
	presencectl user set alice mode.business=available
	says "available  business  12:00" mode_of alice
	presencectl user unset alice mode.business
	presencectl schedule set office zone=Asia/Kathmandu # 16:15 there
	says "business-trip  business  12:15" mode_of alice
}

@test "forced by hand: for everyone on it, until its end" {
	presencectl schedule assign office all
	says "office is outside by hand until 15:00" presencectl schedule force office closed --until 15:00
	says "off-work  outside  15:00" mode_of alice
	says "office  outside  15:00" presencectl schedule list --output name,now,until --no-headings
	run changes office
	[ "${lines[0]}" = "15:00 business hours" ]
	run presencectl explain bob
	[[ $output == *"outside   wins    off-work   "*"outside by hand, schedule office"* ]]
	CLOCK='2026-11-23 14:30:00'
	presencectl set bob away --for 1m --no-wait
	presenced --once || true
	says "away  switch  15:31" mode_of bob
	says "office is back to its hours" presencectl schedule force office auto
	says "office is holiday by hand until tomorrow 15:30" presencectl schedule force office holiday --for 24h
	says "office is business by hand until 'schedule force' is 'auto'" presencectl schedule force office open --forever
}

@test "special days of every year and in a row; half a day before a holiday" {
	presencectl schedule set office special.11-23='10:00-12:00 = Founding Day' special.2026-11-24..2026-11-26='as fri' \
		before-holiday='09-12 = Half day' holidays='11-29; 12-08'
	says '["11-23=10:00-12:00 = Founding Day","2026-11-24..2026-11-26=as fri"]' \
		jq -c '.schedule[] | select(.key == "special") | .value' <(presencectl schedule show office --json)
	says '["09:00-12:00 = Half day"]' \
		jq -c '.schedule[] | select(.key == "before-holiday") | [.value] | flatten' <(presencectl schedule show office --json)
	presencectl schedule assign office alice
	says "special day Founding Day of schedule office, business" presencectl status alice --output reason --no-headings
	presencectl schedule unset office special.11-23 special.2026-11-24..2026-11-26
	says "available  business  12:00" mode_of alice
	run presencectl explain alice --at '2026-12-07 12:30'
	[[ $output == *"special day Half day of schedule office, outside"* ]]
	run presencectl explain alice --at '2026-11-28 09:30' # a Saturday, closed anyway
	[[ $output != *"Half day"* ]]
	presencectl schedule set office holidays='11-24'
	says "special day Half day of schedule office, business" presencectl status alice --output reason --no-headings
	presencectl schedule unset office before-holiday
	says "business hours of schedule office" presencectl status alice --output reason --no-headings
	refused 2 "before-holiday: a special day is hours (09:00-12:00), 'closed' or 'as mon', not 'open'" \
		presencectl schedule set office before-holiday=open
	refused 2 "'12-24..2026-12-26' has a year at one end only" presencectl schedule set office special.12-24..2026-12-26=closed
}

@test "special day over holiday over hours; several holiday calendars" {
	presencectl schedule assign office all
	presencectl calendar add fixed --holidays '11-23 = Founding Day'
	presencectl calendar add more --holidays '11-24'
	presencectl schedule set office calendars=more,fixed
	says "off-work  holiday  Wed 09:00" mode_of alice
	says "holiday Founding Day, schedule office" presencectl status alice --output reason --no-headings
	refused 1 "in use by schedule 'office'" presencectl calendar delete more
	presencectl schedule set office special.2026-11-23=closed
	says "off-work  outside  Wed 09:00" mode_of alice
	presencectl schedule set office special.2026-11-23='09:00-14:00 = Inventory'
	says "available  business  14:00" mode_of alice # its breaks are its own
	presencectl schedule set office special.2026-11-23='as sat'
	says "off-work  outside  Wed 09:00" mode_of alice
	presencectl schedule unset office special.2026-11-23
	presencectl schedule set office calendars=more
	says "available  business  12:00" mode_of alice
}

@test "hours from a calendar of availability" {
	cat >open.ics <<-'I'
		BEGIN:VCALENDAR
		BEGIN:VAVAILABILITY
		UID:a
		DTSTAMP:20260101T000000Z
		BEGIN:AVAILABLE
		UID:b
		DTSTART;TZID=Europe/Stockholm:20260105T080000
		DTEND;TZID=Europe/Stockholm:20260105T160000
		RRULE:FREQ=WEEKLY;BYDAY=MO,TU
		END:AVAILABLE
		END:VAVAILABILITY
		END:VCALENDAR
	I
	refused 3 "no calendar 'opem'" presencectl schedule set office hours=calendar:opem
	presencectl calendar add open --file open.ics
	presencectl schedule set office hours=calendar:open
	presencectl schedule assign office all
	run changes office
	[ "${lines[0]}" = "12:00 break hours" ]
	[ "${lines[2]}" = "16:00 outside hours" ]
	[ "${lines[3]}" = "tomorrow 08:00 business hours" ]
	[ "${lines[7]}" = "2026-11-30 08:00 business hours" ]
	refused 1 "in use by schedule 'office'; take it from its hours" presencectl calendar delete open
	# New data, and everyone follows.
	sed 's/MO,TU/TU/' open.ics | presencectl calendar import open -
	says "off-work  outside  tomorrow 08:00" mode_of alice
}

@test "next: until the schedule's next start, not a break; it follows the schedule" {
	run presencectl set alice dnd --no-wait
	[ "$output" = "alice is do-not-disturb until cleared (without a schedule 'next' never comes)" ]
	says "do-not-disturb  switch" mode_of alice
	presencectl schedule assign office alice
	says "do-not-disturb  switch  17:00" mode_of alice
	says "alice is do-not-disturb until 17:00" presencectl set alice dnd --no-wait
	presencectl schedule set office hours='Mon-Fri 09:00-16:00'
	says "do-not-disturb  switch  16:00" mode_of alice
	presencectl schedule set office holidays='11-24'
	CLOCK='2026-11-23 15:30:00' # 16:30: outside, then straight to a holiday
	says "alice is away until tomorrow 00:00" presencectl set alice away --no-wait
	CLOCK='2026-11-23 23:30:00' # and nobody has been there
	run --separate-stderr presencectl status alice
	[ "$stderr" = "presencectl: the mode of 1 user should have changed by now: is presenced running?" ]
	presenced --once || true
	says "off-work  holiday  tomorrow 09:00" mode_of alice
	says "alice is away until tomorrow 00:00" presencectl set alice away --no-wait
	presencectl schedule unassign office
	says "away  switch" mode_of alice
}

@test "a next that has come is not put off by an edit before the tick" {
	presencectl schedule assign office alice
	says "alice is do-not-disturb until 17:00" presencectl set alice dnd --no-wait
	CLOCK='2026-11-23 16:30:00' # 17:30
	presencectl schedule set office breaks='Mon-Fri 12:00-12:30'
	says "off-work  outside  tomorrow 09:00" mode_of alice
	[ "$(sqlite3 "$PRESENCE_DB" 'SELECT count(*) FROM switch WHERE ended IS NULL')" = 0 ]
}

@test "next: a period that is forced, a holiday of today and an edit end it, if they begin another period" {
	presencectl schedule assign office alice
	says "alice is away until 17:00" presencectl set alice away --no-wait
	presencectl schedule force office open --until 18:00
	says "away  switch  18:00" mode_of alice
	presencectl schedule force office auto
	says "away  switch  17:00" mode_of alice
	presencectl schedule force office break --until 16:00
	says "away  switch  17:00" mode_of alice
	presencectl schedule force office closed --until "2026-12-07 12:00"
	says "off-work  outside  2026-12-07 12:00" mode_of alice
	presencectl schedule force office auto
	says "available  business  12:00" mode_of alice
	presencectl set alice away --no-wait
	presencectl schedule set office holidays='11-23..12-04'
	says "off-work  holiday  2026-12-07 09:00" mode_of alice
	says "alice is away until 2026-12-05 00:00" presencectl set alice away --no-wait
	presencectl schedule set office holidays=12-25
	says "available  business  12:00" mode_of alice
	presencectl set alice away --no-wait
	presencectl schedule set office hours='Mon-Fri 14:00-17:00'
	says "off-work  outside  14:00" mode_of alice
	# A switch of an older release does not say in which period it was made.
	says "alice is away until 14:00" presencectl set alice away --no-wait
	sqlite3 "$PRESENCE_DB" "UPDATE switch SET during = ''"
	presencectl schedule force office closed --until 15:00
	says "away  switch  15:00" mode_of alice
	presencectl schedule force office open --until 15:00
	says "available  business  17:00" mode_of alice
}

@test "next for several, of whom some have no schedule" {
	presencectl schedule assign office alice
	run presencectl set all dnd --no-wait
	[ "$output" = "2 users are do-not-disturb until the schedule's next start; for 1 of them, without a schedule, 'next' never comes" ]
}

@test "personal calendars: busy mode, out of office, lead and lag, patterns" {
	presencectl schedule assign office alice
	cat >alice.ics <<-'I'
		BEGIN:VCALENDAR
		BEGIN:VEVENT
		UID:1
		DTSTART:20261123T133000Z
		DTEND:20261123T140000Z
		SUMMARY:Budget
		END:VEVENT
		BEGIN:VEVENT
		UID:2
		DTSTART:20261124T083000Z
		DTEND:20261124T090000Z
		SUMMARY:Focus on code
		END:VEVENT
		BEGIN:VEVENT
		UID:3
		DTSTART:20261124T090000Z
		DTEND:20261124T100000Z
		CATEGORIES:Travel,Fun
		CLASS:PRIVATE
		SUMMARY:Doctor
		END:VEVENT
		BEGIN:VEVENT
		UID:4
		DTSTART:20261125T080000Z
		DTEND:20261125T160000Z
		X-MICROSOFT-CDO-BUSYSTATUS:OOF
		SUMMARY:Fair
		END:VEVENT
		BEGIN:VEVENT
		UID:5
		DTSTART:20261123T190000Z
		DTEND:20261123T200000Z
		SUMMARY:Party
		END:VEVENT
		END:VCALENDAR
	I
	presencectl calendar add alice --file alice.ics
	presencectl user set alice calendars=alice lead=10 lag=5
	line() { presencectl timeline alice --from "$1" --to "$2" --output from,until,mode,reason --no-headings | grep "calendar" | tr -s ' '; }
	says "14:20 15:05 away Budget in calendar alice" line 00:00 tomorrow
	presencectl user set alice lead=0 lag=0 busy=dnd 'patterns=summary=Focus*:do-not-disturb; category=travel:business-trip'
	says "14:30 15:00 do-not-disturb Budget in calendar alice" line 00:00 tomorrow
	says "tomorrow 09:30 tomorrow 10:00 do-not-disturb Focus on code in calendar alice
tomorrow 10:00 tomorrow 11:00 business-trip (private) in calendar alice" line tomorrow wed
	# Out of office, but at lunch the break.
	says "Wed 09:00 Wed 12:00 off-work Fair in calendar alice
Wed 13:00 Wed 17:00 off-work Fair in calendar alice" line wed thu
	presencectl user set alice busy=none oof=trip
	says "" line 00:00 tomorrow
	says "Wed 09:00 Wed 12:00 business-trip Fair in calendar alice
Wed 13:00 Wed 17:00 business-trip Fair in calendar alice" line wed thu
}
