#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# calendar: every command, good data and bad. It is Monday 2026-11-23, 11:30 in Stockholm.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	clock '2026-11-23 10:30:00'
	site 1
}

# An event of an hour from 16:00 in Stockholm.
good=$'BEGIN:VEVENT\nUID:good\nDTSTART:20261123T150000Z\nDTEND:20261123T160000Z\nEND:VEVENT'

ics() { # components: a calendar on standard output
	printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\nX-WR-CALNAME:Alice at work\r\n'
	printf '%s\r\n' "$@" | sed 's/\r*$/\r/'
	printf 'END:VCALENDAR\r\n'
}

event() { # uid line...: an event of an hour from 14:00
	printf '%s\r\n' BEGIN:VEVENT "UID:$1" DTSTART:20261123T130000Z DTEND:20261123T140000Z "${@:2}" END:VEVENT
}

alice_ics() {
	ics "$(event one SUMMARY:Meeting)" BEGIN:VEVENT UID:two 'DTSTART;TZID=Europe/Stockholm:20261123T143000' \
		'DTEND;TZID=Europe/Stockholm:20261123T160000' 'RRULE:FREQ=WEEKLY;COUNT=3' SUMMARY:Weekly END:VEVENT \
		BEGIN:VEVENT UID:private CLASS:PRIVATE 'DTSTART;VALUE=DATE:20261125' SUMMARY:Dentist END:VEVENT \
		BEGIN:VEVENT UID:out DTSTART:20261126T080000Z DTEND:20261126T150000Z SUMMARY:Trip \
		X-MICROSOFT-CDO-BUSYSTATUS:OOF END:VEVENT \
		BEGIN:VEVENT UID:free TRANSP:TRANSPARENT DTSTART:20261127T080000Z DTEND:20261127T090000Z END:VEVENT \
		>alice.ics
}

@test "from a file: add, list, show, set, unset, import, delete" {
	alice_ics
	says "work: 5 events" presencectl calendar add work --file alice.ics owner=alice@example.org
	says "NAME  KIND  EVENTS  READ   AGE  ERROR  SOURCE
work  file       5  11:30" presencectl calendar list
	CLOCK='2026-11-23 12:30:00'
	run presencectl calendar list --json
	[ "$(jq -c '.calendars[0] | [.name, .kind, .events, .read, .age, .error, .source, .title, .owner]' <<<"$output")" = \
		'["work","file",5,"2026-11-23T11:30:00+01:00","2h",null,null,"Alice at work","alice@example.org"]' ]
	presencectl calendar set work zone=America/New_York
	says "America/New_York" presencectl calendar list --output zone --no-headings
	run presencectl calendar show work --json
	[ "$(jq -c '[.calendar[] | select(.value[0]) | {(.key): .value[0]}] | add' <<<"$output")" = \
		'{"name":"work","zone":"America/New_York","owner":"alice@example.org","refresh":"15m"}' ]
	presencectl calendar unset work zone owner
	ics "$good" | presencectl calendar import work -
	says "good" presencectl calendar events work --output uid --no-headings
	presencectl calendar delete work
	says '{"calendars":[]}' jq -c . <(presencectl calendar list --json)
}

@test "an address that nobody has asked yet is not read yet" {
	presencectl calendar add later --url https://example.org/hush --later
	says "NAME   KIND     EVENTS  READ  AGE           ERROR  SOURCE
later  address       0        not read yet         https://example.org/..." presencectl calendar list
	run presencectl calendar list --json
	[ "$(jq -c '.calendars[0] | [.read, .age, .error]' <<<"$output")" = '[null,null,null]' ]
}

@test "a mode that changes by an edit of a calendar is in the log" {
	presencectl calendar add own --hours 'Mon-Fri 15:00-16:00'
	presencectl user set alice calendars=own
	presencectl calendar set own hours='Mon-Fri 11:00-12:00'
	run -0 presencectl log alice --output what,from,to --no-headings
	[[ ${lines[-1]} == *calendar*available*away* ]]
}

@test "busy: the JSON of a calendar and of a file, in UTC and with an offset" {
	alice_ics
	presencectl calendar add work --file alice.ics
	local local_times='{"busy":[{"start":"2026-11-23T14:00:00+01:00","end":"2026-11-23T16:00:00+01:00"},{"start":"2026-11-25T00:00:00+01:00","end":"2026-11-26T00:00:00+01:00"},{"start":"2026-11-26T09:00:00+01:00","end":"2026-11-26T16:00:00+01:00"}]}'
	local utc_times='{"busy":[{"start":"2026-11-23T13:00:00Z","end":"2026-11-23T15:00:00Z"},{"start":"2026-11-24T23:00:00Z","end":"2026-11-25T23:00:00Z"},{"start":"2026-11-26T08:00:00Z","end":"2026-11-26T15:00:00Z"}]}'
	local from
	for from in work alice.ics ./alice.ics "$PWD/alice.ics" -; do
		says "$local_times" jq -c . <(presencectl calendar busy "$from" --json <alice.ics)
		says "$utc_times" jq -c . <(presencectl calendar busy "$from" --json --utc <alice.ics)
	done
	says "START      END
14:00      16:00
Wed 00:00  Thu 00:00
Thu 09:00  Thu 16:00" presencectl calendar busy work
	# A date is the reader's: that of the zone he gives.
	says '2026-11-25T00:00:00-05:00' jq -r '.busy[1].start' \
		<(presencectl calendar busy work --zone America/New_York --json)
}

@test "busy: windows" {
	alice_ics
	says "15:00  16:00" presencectl calendar busy alice.ics --no-headings --from 15:00 --to 'tomorrow'
	says "" presencectl calendar busy alice.ics --no-headings --from 16:00 --to 17:00
	says "2026-12-07 14:30  2026-12-07 16:00" presencectl calendar busy alice.ics --no-headings --from 2026-12
	says "2026-12-07 14:30  2026-12-07 16:00" presencectl calendar busy alice.ics --no-headings --from 2026-12-07 --to 2027
	says "tomorrow 10:00" presencectl calendar busy --output start --no-headings \
		--from 'tomorrow 10:00' --to 11:00 <(ics "$(event x RRULE:FREQ=HOURLY)")
	refused 2 "the window ends before it begins" presencectl calendar busy alice.ics --from tomorrow --to today
	refused 2 "longer than ten years" presencectl calendar busy alice.ics --from 2020 --to 2035
	refused 2 "is not a time" presencectl calendar busy alice.ics --from 2026-13
}

@test "busy: what is read of the database in a window says the same as the whole file" {
	long() { # line...: weeks at a stretch
		printf '%s\r\n' BEGIN:VEVENT SUMMARY:Long "$@" END:VEVENT
	}
	ics "$(long UID:a 'DTSTART;VALUE=DATE:20260101' 'DTEND;VALUE=DATE:20260121' RRULE:FREQ=MONTHLY)" \
		"$(long UID:a 'RECURRENCE-ID;VALUE=DATE:20261101' 'DTSTART;VALUE=DATE:20261101' STATUS:CANCELLED)" \
		"$(long UID:b DTSTART:20260601T080000Z RRULE:FREQ=DAILY\;COUNT=3 'RDATE;VALUE=PERIOD:20261001T080000Z/P20D')" \
		"$(long UID:b RECURRENCE-ID:20261001T080000Z DTSTART:20261001T080000Z DURATION:PT1H)" \
		"$(long UID:c SEQUENCE:2 STATUS:CANCELLED DTSTART:20260601T080000Z RRULE:FREQ=DAILY\;UNTIL=20260605T080000Z)" \
		"$(long UID:c SEQUENCE:1 RECURRENCE-ID:20260602T080000Z DTSTART:20261116T080000Z DURATION:PT1H)" >long.ics
	presencectl calendar add long --file long.ics
	for from in 2026-06-02 2026-10-12 2026-11-15 2026-12-15; do
		whole=$(presencectl calendar busy long.ics --from "$from" --to "$from 23:00" --json)
		part=$(presencectl calendar busy long --from "$from" --to "$from 23:00" --json)
		[ "$whole" = "$part" ]
	done
	run -0 presencectl calendar busy long --from 2026-11-15 --to 2026-11-25 --json
	[ "$output" = '{"busy":[]}' ]
}

@test "busy and events of a file need neither configuration nor database" {
	alice_ics
	export PRESENCE_CONF=/nonexistent PRESENCE_DB=/nonexistent
	says '{"start":"2026-11-23T13:00:00Z","end":"2026-11-23T15:00:00Z"}' \
		jq -c '.busy[0]' <(presencectl calendar busy alice.ics --json --utc)
	says 7 jq '.events | length' <(presencectl calendar events - --json <alice.ics)
	cp alice.ics alice
	says 3 jq '.busy | length' <(presencectl calendar busy alice --json)
	fails_with 5 "/nonexistent" presencectl calendar busy work
	fails_with 1 "cannot open 'none.ics'" presencectl calendar busy none.ics
}

@test "events: each occurrence with uid and summary, private ones without" {
	alice_ics
	presencectl calendar add work --file alice.ics
	says "START             END               KIND  SUMMARY    UID
14:00             15:00             busy  Meeting    one
14:30             16:00             busy  Weekly     two
Wed 00:00         Thu 00:00         busy  (private)  private
Thu 09:00         Thu 16:00         oof   Trip       out
Fri 09:00         Fri 10:00         free             free
2026-11-30 14:30  2026-11-30 16:00  busy  Weekly     two
2026-12-07 14:30  2026-12-07 16:00  busy  Weekly     two" presencectl calendar events work
	says '{"start":"2026-11-24T23:00:00Z","end":"2026-11-25T23:00:00Z","kind":"busy","summary":"(private)","uid":"private","all_day":true,"categories":[]}' \
		jq -c '.events[2]' <(presencectl calendar events work --json --utc)
}

@test "of holiday rules: shown years ahead" {
	presencectl calendar add days --holidays \
		'12-25 = Christmas Day; 12-26; easter-2; easter+1; easter+39; nov first thu; may last mon; 2026-12-24 12:00-24:00; 01-01 observed'
	says "2031-01-01 00:00  2031-01-02 00:00  01-01 observed
2031-04-11 00:00  2031-04-12 00:00  easter-2
2031-04-14 00:00  2031-04-15 00:00  easter+1
2031-05-22 00:00  2031-05-23 00:00  easter+39
2031-05-26 00:00  2031-05-27 00:00  may last mon
2031-11-06 00:00  2031-11-07 00:00  nov first thu
2031-12-25 00:00  2031-12-26 00:00  Christmas Day
2031-12-26 00:00  2031-12-27 00:00  12-26" \
		presencectl calendar events days --from 2031 --output start,end,summary --no-headings
	# 2028-01-01 is a Saturday.
	says "2027-12-31T00:00:00+01:00" jq -r '.events[0].start' \
		<(presencectl calendar events days --json --from 2027-12-27 --to 2028-01-05)
	says "2026-12-24T12:00:00+01:00" jq -r '.events[0].start' <(presencectl calendar events days --json --from 2026-12)
	presencectl schedule add office hours='Mon-Fri 09:00-17:00' holidays='06-06 = National Day'
	says "National Day" presencectl calendar events office --from 2031 --output summary --no-headings
	refused 2 "the month comes first: 01-13" presencectl calendar set days holidays='12-25; 13-01'
	says "holidays" presencectl calendar list --output kind --no-headings
}

@test "of hours, and of availability (RFC 7953)" {
	presencectl calendar add desk --hours 'Mon-Fri 09:00-12:00'
	says "11:30           12:00
tomorrow 09:00  tomorrow 12:00" presencectl calendar busy desk --no-headings --to 'wed'
	ics BEGIN:VAVAILABILITY UID:a DTSTAMP:20260101T000000Z BEGIN:AVAILABLE UID:b \
		'DTSTART;TZID=Europe/Stockholm:20260105T080000' 'DTEND;TZID=Europe/Stockholm:20260105T160000' \
		'RRULE:FREQ=WEEKLY;BYDAY=MO,TU' END:AVAILABLE END:VAVAILABILITY >open.ics
	presencectl calendar add open --file open.ics
	# What has no begin or end has none in the table.
	says '[null,null,"unavailable"]' jq -c '.events[0] | [.start, .end, .kind]' <(presencectl calendar events open --json)
	says '["07:00","15:00","available"]
["07:00","15:00","available"]' jq -c '.events[1:][] | [.start[11:16], .end[11:16], .kind]' \
		<(presencectl calendar events open --json --utc --from 00:01 --to wed)
	says "16:00           tomorrow 08:00
tomorrow 16:00  Wed 00:00" presencectl calendar busy open --no-headings --to wed
}

@test "a broken event is told with its UID and left out, the rest counts" {
	local rows=(
		FREQ=SECONDLY 'its RRULE, every second, has no end'
		'FREQ=DAILY;COUNT=99999999' 'COUNT takes a number from 1 to 1000000'
		'FREQ=DAILY;BYSETPOS=1' 'BYSETPOS needs another BY part to choose from'
		'FREQ=DAILY;UNTIL=20200101T000000Z' 'the UNTIL of its RRULE is before DTSTART'
		'FREQ=WEEKLY;BYDAY=XX' "not 'XX'"
	)
	local n
	for ((n = 0; n < ${#rows[@]}; n += 2)); do
		ics "$(event bad "RRULE:${rows[n]}")" "$good" >a.ics
		run --separate-stderr presencectl calendar events a.ics --output uid --no-headings
		[ "$status" -eq 0 ]
		[ "$output" = good ]
		[[ $stderr == "presencectl: a.ics: left out: bad: "*"${rows[n + 1]}"* ]]
		ics "$(event bad "RRULE:${rows[n]}")" >a.ics
		refused 1 "a.ics: its only event cannot be used: bad: " presencectl calendar add x --file a.ics
		refused 1 "${rows[n + 1]}" presencectl calendar busy a.ics
	done
	ics "$(event bad RRULE:FREQ=SECONDLY)" "$good" >a.ics
	run presencectl calendar add x --file a.ics
	[ "${lines[0]}" = "presencectl: x: left out: bad: its RRULE, every second, has no end" ]
	[ "${lines[1]}" = "x: 1 event, 1 left out" ]
	says "1" presencectl calendar list --output refused --no-headings
}

@test "what is no calendar, or too much of one: refused at once, and the old events stay" {
	ics "$good" >a.ics
	presencectl calendar add x --file a.ics
	python3 - <<-'P'
		head = "BEGIN:VCALENDAR\nVERSION:2.0\n"
		event = "BEGIN:VEVENT\nUID:%d\nDTSTART:20261123T150000Z\n%sEND:VEVENT\n"
		def write(name, *parts):
		    with open(name, "w") as f:
		        f.writelines((head, *parts, "END:VCALENDAR\n"))
		write("deep.ics", "BEGIN:VEVENT\n" * 1000, "UID:x\n", "END:VEVENT\n" * 1000, event % (1, ""))
		write("many.ics", *(event % (i, "") for i in range(100000)))
		write("large.ics", *(event % (i, "DESCRIPTION:%s\n" % ("x" * 1000)) for i in range(50000)))
		with open("html.ics", "w") as f:
		    f.write("<!DOCTYPE html><html><body>Please log in</body></html>")
	P
	[ "$(stat -c %s large.ics)" -gt 50000000 ]
	head -c 100000 /dev/urandom >binary.ics
	head -c 40 a.ics >cut.ics
	: >nothing.ics
	local rows=(
		deep 'line 18: components are nested more than 16 deep'
		many 'more than 50000 events'
		large 'larger than 16 MiB'
		html 'is it a login page?'
		binary 'binary data'
		nothing 'there is no data'
		cut 'cut.ics: '
		missing "cannot open 'missing.ics'"
	)
	local i began=$SECONDS
	for ((i = 0; i < ${#rows[@]}; i += 2)); do
		refused 1 "${rows[i + 1]}" presencectl calendar import x "${rows[i]}.ics"
		refused 1 "${rows[i + 1]}" presencectl calendar add y --file "${rows[i]}.ics"
		refused 1 "${rows[i + 1]}" presencectl calendar busy "${rows[i]}.ics"
	done
	((SECONDS - began < 20))
	refused 1 "Is a directory" presencectl calendar import x /
	says "good" presencectl calendar events x --output uid --no-headings
}

@test "a calendar without an event is an answer: its owner is free" {
	ics "$good" >a.ics
	ics >empty.ics
	presencectl calendar add x --file a.ics
	says "x: 0 events" presencectl calendar import x empty.ics
	says "" presencectl calendar events x --no-headings
	says "y: 0 events" presencectl calendar add y --file empty.ics
	says "" presencectl calendar busy empty.ics --no-headings
}

@test "EXRULE takes instances out, and several RRULEs add theirs" {
	cat >old.ics <<-'I'
		BEGIN:VCALENDAR
		VERSION:2.0
		BEGIN:VEVENT
		UID:exchange
		SUMMARY:Round
		DTSTART;TZID=Europe/Stockholm:20261123T140000
		DTEND;TZID=Europe/Stockholm:20261123T150000
		RRULE:FREQ=DAILY;COUNT=5
		RRULE:FREQ=DAILY;BYDAY=SU;UNTIL=20261129T235959Z
		EXRULE:FREQ=WEEKLY;BYDAY=WE,FR
		END:VEVENT
		END:VCALENDAR
	I
	presencectl calendar add old --file old.ics
	says "14:00
tomorrow 14:00
Thu 14:00
Sun 14:00" presencectl calendar busy old --output start --no-headings
}

@test "wrong words" {
	alice_ics
	presencectl calendar add work --file alice.ics
	presencectl calendar add days --holidays 12-25
	refused 2 "say where it comes from" presencectl calendar add x
	refused 2 "say where it comes from" presencectl calendar add x owner=a@b.se
	presencectl calendar add byword hours='Mon 09:00-17:00'
	presencectl calendar delete byword
	refused 2 "comes from one of" presencectl calendar add x --holidays 12-25 hours='Mon 09:00-17:00'
	refused 2 "exclude each other" presencectl calendar add x --file alice.ics --hours 'Mon 09:00-17:00'
	refused 2 "there is a calendar 'Work' already" presencectl calendar add Work --file alice.ics
	refused 2 "may hold only" presencectl calendar add a/b --file alice.ics
	refused 2 "overlap" presencectl calendar add x --hours 'Mon 09:00-12:00,11:00-13:00'
	refused 3 "no calendar 'wrok'; did you mean 'work'?" presencectl calendar busy wrok
	refused 3 "no calendar 'wrok'; did you mean 'work'?" presencectl calendar refresh wrok
	refused 3 "no calendar 'wrok'; did you mean 'work'?" presencectl calendar delete wrok
	refused 3 "did you mean 'Europe/Stockholm'?" presencectl calendar set work zone=Europe/Stockholmm
	refused 3 "did you mean 'Europe/Stockholm'?" presencectl calendar busy work --zone Europe/Stockholmm
	refused 2 "unknown key 'onwer'; did you mean 'owner'?" presencectl calendar set work onwer=a@b.se
	refused 2 "comes from one of url, hours and holidays" presencectl calendar set days hours='Mon 09:00-17:00'
	refused 2 "is made of holidays, not of a file" presencectl calendar import days alice.ics
	refused 2 "has no address; 'calendar import' reads a file" presencectl calendar refresh work
	refused 2 "from 5m to 7d" presencectl calendar set work refresh=1s
	refused 2 "only https, http and webcal are" presencectl calendar add x --url file:///etc/passwd
	refused 2 "either names or --due" presencectl calendar refresh work --due
	says "" presencectl calendar refresh
	presencectl user set alice calendars=work
	presencectl schedule add office hours=calendar:work
	refused 1 "in use by user 'alice'" presencectl calendar delete work
	presencectl user unset alice calendars
	refused 1 "in use by schedule 'office'; take it from its hours or calendars first" presencectl calendar delete work
}

@test "an event that recurs too often for use is said at once" {
	cat >often.ics <<-'I'
		BEGIN:VCALENDAR
		VERSION:2.0
		PRODID:-//test
		BEGIN:VEVENT
		UID:often
		DTSTART:20261101T000000Z
		DURATION:PT1M
		RRULE:FREQ=MINUTELY;INTERVAL=5
		END:VEVENT
		BEGIN:VEVENT
		UID:fine
		DTSTART:20261101T000000Z
		DURATION:PT1H
		END:VEVENT
		END:VCALENDAR
	I
	run --separate-stderr -0 presencectl calendar add often --file often.ics
	[[ $stderr == *"often: cannot be used: "*"often"* ]]
}
