#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Holidays of countries: the files, what changes them, and schedules that name a country. It is Monday 2026-11-23, 11:30 in Stockholm.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	clock '2026-11-23 10:30:00'
	site 1
	mkdir own shared
	sed -i "s,defaults = {,& holidays = \"$PWD/own:$PWD/shared\";," presence.conf
	cat >shared/xa <<-F
		# A country that has a region
		name: Xanadu | Ksanadu
		source: its law
		checked: 2024..2035
		01-01 = New Year's Day | Neja Tago
		11-24 = Dome Day | Kupola Tago
		12-25 and observed free = Christmas Day
		region by: Bay | Golfo
		11-25 12:00-24:00 = Half Day
		!christmas-day
	F
	cat >shared/xb <<-F
		name: Other
		12-26 = Boxing Day
	F
}

teardown() { daemon_down; }

dates() { presencectl calendar holidays show "$@" --output date,name --no-headings | tr -s ' '; }
period() { presencectl schedule list --output now --no-headings; }

@test "list: countries, and the regions of one" {
	says "CODE  NAME    LOCAL    CHECKED     REGIONS  SOURCE
xa    Xanadu  Ksanadu  2024..2035        1  its law
xb    Other                              0" presencectl calendar holidays list
	says "CODE   NAME    LOCAL    CHECKED     REGIONS  SOURCE
xa     Xanadu  Ksanadu  2024..2035        1  its law
xa-by  Bay     Golfo    2024..2035" presencectl calendar holidays list XA
	says '{"code":"xa","name":"Xanadu","local":"Ksanadu","checked":"2024..2035","regions":1,"source":"its law"}' \
		jq -c '.countries[0]' <(presencectl calendar holidays list --json)
	refused 3 "no holidays of 'xc'; did you mean 'xa'?" presencectl calendar holidays list xc
	refused 3 "did you mean 'gb'?" presencectl calendar holidays list uk
	[ "$(script -qec 'stty cols 80; presencectl calendar holidays list' /dev/null </dev/null | sed -n '2s/ *\r*$//p')" = "xa    Xanadu  Ksanadu        1" ]
	refused 2 "is not the code of a country" presencectl calendar holidays list xa-by
	refused 2 "'ksanadu' is not the code of a country, such as de; did you mean 'xa'?" presencectl calendar holidays list ksanadu
	refused 2 "a country is written as its code: se, de-by; did you mean 'xa'?" presencectl calendar holidays show Xanadu
}

@test "show: this year or others, regions, what is left out, rules of one's own" {
	says "DATE        DAY  NAME            LOCAL        HOURS
2026-01-01  Thu  New Year's Day  Neja Tago
2026-11-24  Tue  Dome Day        Kupola Tago
2026-12-25  Fri  Christmas Day" presencectl calendar holidays show xa
	says '{"date":"2026-11-25","day":"Wed","name":"Half Day","local":null,"hours":"12:00-24:00","rule":"11-25 12:00-24:00"}' \
		jq -c '.holidays[2]' <(presencectl calendar holidays show XA-BY --json)
	says "2027-01-01 New Year's Day
2027-11-24 Dome Day
2027-12-25 Christmas Day
2027-12-27 Christmas Day" dates xa --year 2027
	says "2026-11-24 Dome Day
2026-12-24 Eve
2026-12-26 Boxing Day
2027-11-24 Dome Day
2027-12-24 Eve
2027-12-26 Boxing Day" dates 'xa !new-years-day !christmas-day; xb; 12-24 = Eve' --year 2026..2027
	refused 3 "xa: there is no holiday 'dome-dey' to leave out; did you mean '!dome-day'?" \
		presencectl calendar holidays show 'xa !dome-dey'
	refused 3 "no region 'xa-bz' in the holidays of Xanadu; did you mean 'xa-by'?" presencectl calendar holidays show xa-bz
	refused 2 "is not a year such as 2027" presencectl calendar holidays show xa --year next
	run --separate-stderr presencectl calendar holidays show xa --year 2036
	[[ $stderr == *"the dates of xa were checked for the years 2024 to 2035"* ]]
}

@test "a file of the administrator's own adds, takes away, and is the last word" {
	cat >own/xa <<-F
		!dome-day 2026..2027
		2026-11-27 = Dome Day moved by decree
		region cd: Coast
		03-03 = Coast Day
		!*
	F
	says "2026-01-01 New Year's Day
2026-11-27 Dome Day moved by decree
2026-12-25 Christmas Day" dates xa
	[[ $(dates xa --year 2028) == *"2028-11-24 Dome Day"* ]]
	says "" dates xa-cd
	echo '10-10 = National Day' >own/xc
	says "2026-10-10 National Day" dates xc
}

@test "a schedule follows a country, and a calendar does; what is unknown is refused" {
	presencectl schedule add office hours='Mon-Fri 09:00-17:00' holidays='12-27; XA !Christmas-Day'
	grep -E '^holidays +xa !christmas-day; 12-27$' <(presencectl schedule show office)
	says "tomorrow 00:00 holiday" grep -o 'tomorrow 00:00 holiday' <(presencectl schedule show office --changes --no-headings | tr -s ' ')
	refused 3 "no holidays of 'xz'" presencectl schedule set office holidays=xz
	refused 3 "to leave out" presencectl schedule set office holidays='xa !dome'
	presencectl calendar add days --holidays 'xa; 12-27 = Own'
	says "tomorrow 00:00 Wed 00:00 Dome Day
2026-12-25 00:00 2026-12-26 00:00 Christmas Day
2026-12-27 00:00 2026-12-28 00:00 Own" \
		eval "presencectl calendar events days --from 2026-11-01 --to 2027-01-01 --output start,end,summary --no-headings | tr -s ' ' | sed 's/ $//'"
	refused 3 "no holidays of 'xz'" presencectl calendar set days holidays=xz
}

@test "a file that is wrong or gone leaves the rest at work, and says so" {
	presencectl schedule add office hours='Mon-Fri 09:00-17:00' holidays='xa; xb; 11-23 = Own'
	[ "$(period)" = holiday ]
	echo '13-01 = Nonsense' >own/xb
	refused 1 "own/xb:1: there is no date 13-01" presencectl schedule set office holidays='xb'
	[ "$(period)" = holiday ]
	rm shared/xa
	[ "$(period)" = holiday ]
	clock '2026-12-26 10:30:00'
	[ "$(period)" = holiday ]
	clock '2026-12-25 10:30:00'
	[ "$(period)" = business ]
	chmod 0 own/xb
	clock '2026-12-26 10:30:00'
	[ "$(period)" = holiday ]
}

@test "of a feed only what is a public holiday closes the office" {
	cat >feed.ics <<-F
		BEGIN:VCALENDAR
		VERSION:2.0
		PRODID:-//test//EN
		BEGIN:VEVENT
		UID:1
		DTSTART;VALUE=DATE:20261123
		SUMMARY:Thank-You Day
		CATEGORIES:Observance
		END:VEVENT
		BEGIN:VEVENT
		UID:2
		DTSTART;VALUE=DATE:20261124
		SUMMARY:Dome Day
		CATEGORIES:Public holiday
		END:VEVENT
		END:VCALENDAR
	F
	presencectl calendar add feed --file feed.ics
	presencectl schedule add office hours='Mon-Fri 09:00-17:00' calendars=feed
	[ "$(period)" = holiday ]
	presencectl schedule set office calendars='feed:Public holiday'
	grep -E '^calendars +feed:"Public holiday"$' <(presencectl schedule show office)
	[ "$(period)" = business ]
	clock '2026-11-24 10:30:00'
	[ "$(period)" = holiday ]
	presencectl schedule set office calendars='feed:"Thank*"'
	[ "$(period)" = business ]
	refused 2 "a quotation mark is missing" presencectl schedule set office calendars='feed:"Thank'
	refused 3 "no calendar 'fed'" presencectl schedule set office calendars='fed:"Thank"'
}

@test "presenced learns of new files at SIGHUP and when it starts, and warns of what is gone" {
	unset -f presencectl presenced # the real clock: whatever the day, all of it is business
	echo 'name: Nowhere' >shared/xd
	presencectl schedule add office hours='daily 00:00-24:00' holidays='xd'
	presencectl schedule assign office alice
	daemon_up
	is() { [ "$(presencectl status alice --output mode --no-headings)" = "$1" ]; }
	eventually is available
	echo '01-01..12-31 = A year off' >own/xd
	kill -HUP "$DAEMON"
	eventually is off-work
	grep -q 'the holidays of countries are new' presenced.log
	daemon_down
	rm own/xd
	daemon_up
	eventually is available
	rm shared/xd
	kill -HUP "$DAEMON"
	eventually grep "office: no holidays of 'xd'" presenced.log
	is available
}

@test "completion knows countries, and regions behind them" {
	[[ $(presencectl _complete 'presencectl calendar holidays show x') == *xa*Xanadu*xb* ]]
	[[ $(presencectl _complete 'presencectl calendar holidays show xa-') == *xa-by*Bay* ]]
	[[ $(presencectl _complete 'presencectl schedule add x holidays=x') == *xa* ]]
}
