#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# explain, timeline, status: who wins and why. It is Monday 2026-11-23, 11:30 in Stockholm.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	clock '2026-11-23 10:30:00'
	site 1
	presencectl schedule add office hours='Mon-Fri 09:00-17:00' breaks='Mon-Fri 12:00-13:00' holidays='11-24 = Founding Day'
	presencectl schedule assign office alice
}

@test "explain: the ladder, its winner, every loser, and what comes" {
	presencectl set alice away --until 11:45 --no-wait
	presencectl override set all off --reason drill --from 15:00 --for 1h --no-wait
	run presencectl explain alice
	[ "${lines[0]}" = "alice is away until 11:45, then available (business hours of schedule office)" ]
	says "override  later  off-work     15:00           16:00           override of all by $(id -un): drill
switch    wins   away         11:30           11:45           switched by $(id -un)
holiday   later  off-work     tomorrow 00:00  Wed 00:00       holiday Founding Day, schedule office
outside   later  off-work     17:00           tomorrow 00:00  outside the hours of schedule office
break     later  lunch-break  12:00           13:00           break of schedule office
busy      -
business  loses  available    09:00           12:00           business hours of schedule office
default   loses  available                                    nothing set" presencectl explain alice --no-headings
	says '{"source":"business","result":"loses","mode":"available","from":"2026-11-23T09:00:00+01:00","until":"2026-11-23T12:00:00+01:00","reason":"business hours of schedule office","given":null,"by":null,"record":null,"known":"now"}' \
		jq -c '.explain[6]' <(presencectl explain alice --json)
	says '{"source":"busy","result":"-","mode":null,"from":null,"until":null,"reason":null,"given":null,"by":null,"record":null,"known":"now"}' \
		jq -c '.explain[5]' <(presencectl explain 1001 --json)
	run presencectl explain bob
	[ "${lines[0]}" = "bob is available until 15:00, then off-work (override of all by $(id -un): drill)" ]
}

winner() { presencectl explain alice --output source,mode,result --no-headings "$@" | awk '$3 == "wins" { print $1, $2 }'; }

@test "explain at any instant" {
	presencectl override set all off --reason drill --from 15:00 --for 1h --no-wait
	says "business available" winner
	says "break lunch-break" winner --at 12:00
	says "business available" winner --at 13:00
	says "business available" winner --at 14:59:59
	says "override off-work" winner --at 15:00
	says "business available" winner --at 16:00
	says "outside off-work" winner --at 17:00
	says "holiday off-work" winner --at tomorrow
	says "outside off-work" winner --at wed
	says "business available" winner --at '2031-07-01 09:00'
	says "business available" winner --at 2026-11-27T12:00:00Z
	run presencectl explain alice --at 12:30
	[ "${lines[0]}" = "12:30: alice is lunch-break until 13:00, then available (business hours of schedule office)" ]
	presencectl user set alice zone=America/New_York
	says "outside off-work" winner --at 12:00 # whose clock a time is on, the configuration says: 06:00 for her
}

@test "explain: what was chosen by hand more than a week ago says since when" {
	presencectl set bob away --forever --no-wait
	presencectl schedule assign office bob
	presencectl override set bob dnd --reason leave --for 60d --no-wait
	CLOCK='2026-12-05 10:30:00'
	says "override  wins   do-not-disturb  2026-11-23 11:30  2027-01-22 11:30
switch    loses  away            2026-11-23 11:30" \
		head -2 <(presencectl explain bob --no-headings --output source,result,mode,from,until)
}

@test "times are those of the configuration; one of another clock carries its zone" {
	presencectl user set alice zone=America/New_York
	presencectl schedule set office zone=America/New_York
	says "office is business by hand until 17:30 (11:30 EST)" presencectl schedule force office open --until 17:30
	run presencectl explain alice
	[ "${lines[0]}" = "alice is available until 18:00 (12:00 EST), then lunch-break (break of schedule office)" ]
	[[ $(tr -s " " <<<"$output") == *"business wins available 11:30 (05:30 EST) 17:30 (11:30 EST) business by hand"* ]]
	says "2026-11-23T17:30:00+01:00" jq -r '.explain[] | select(.result == "wins") | .until' \
		<(presencectl explain alice --json)
	says "18:00" presencectl status alice --output until --no-headings
	says "12:00" presencectl --zone America/New_York status alice --output until --no-headings
	presencectl --zone America/New_York set alice away --until 12:30 --note 'Back {until}' --no-wait
	says "18:30  Back 12:30 EST" presencectl status alice --output until,note --no-headings
	run presencectl schedule show office
	[[ $output == *"#"*" 05:30-11:30 EST"* ]]
	[[ $(tr -s " " <<<"$output") == *"18:00 (12:00 EST) break hours"* ]]
	fails_with 3 "--zone: no time zone 'Europe/Stokholm'; did you mean 'Europe/Stockholm'?" \
		presencectl --zone Europe/Stokholm status
	# A person's own TZ, where the site says so. The schedule stays on the clock of the machine.
	sed -i 's|Europe/Stockholm|local|' presence.conf
	chmod 600 presence.conf
	at_person() { command presencectl "$@"; }
	says '"2026-11-23T18:30:00+01:00"' jq -c '.status[].until' <(TZ=Europe/Stockholm at_person status alice --json)
	says '"2026-11-23T12:30:00-05:00"' jq -c '.status[].until' <(TZ=:America/New_York at_person status alice --json)
	TZ=Mars/Base fails_with 3 "TZ: no time zone 'Mars/Base'" at_person status
}

@test "explain: wrong words" {
	refused 2 "<user> is missing" presencectl explain
	refused 2 "one argument too many" presencectl explain alice bob
	refused 3 "no user 'alise'; did you mean 'alice'?" presencectl explain alise
	refused 2 "'25:00' is not a time" presencectl explain alice --at 25:00
	refused 2 "did you mean 'reason'?" presencectl explain alice --output raeson
	refused 3 "no group 'none'" presencectl timeline @none
	refused 2 "<who> is missing" presencectl timeline
	refused 2 "the window ends before it begins" presencectl timeline alice --from tomorrow --to today
	refused 2 "longer than ten years" presencectl timeline alice --from 2020 --to 2035
	refused 2 "at most 31 days" presencectl timeline all --from 2027
}

@test "timeline: a line a change, of one user" {
	says "USER   FROM            UNTIL           MODE         SOURCE    REASON                                 KNOWN
alice  11:30           12:00           available    business  business hours of schedule office      now
alice  12:00           13:00           lunch-break  break     break of schedule office               foretold
alice  13:00           17:00           available    business  business hours of schedule office      foretold
alice  17:00           tomorrow 00:00  off-work     outside   outside the hours of schedule office   foretold
alice  tomorrow 00:00  tomorrow 11:30  off-work     holiday   holiday Founding Day, schedule office  foretold" presencectl timeline alice
	says '{"user":"alice","from":"2026-11-23T12:00:00+01:00","until":"2026-11-23T12:30:00+01:00","mode":"lunch-break","source":"break","reason":"break of schedule office","known":"foretold"}' \
		jq -c '.timeline[]' <(presencectl timeline alice --from 12:00 --to 12:30 --json)
	says "2027-01-04 09:00  2027-01-04 12:00" presencectl timeline alice --from '2027-01-04 09:00' --to 12:00 \
		--output from,until --no-headings
	# What is beside the window is cut, and there is no gap in it.
	run presencectl timeline alice --from 2027-02 --json
	[ "$(jq -r '.timeline | [.[0].from, .[-1].until] | join(" ")' <<<"$output")" = \
		"2027-02-01T00:00:00+01:00 2027-03-01T00:00:00+01:00" ]
	jq -e '.timeline | [.[1:], .[:-1]] | transpose | all(.[0].from == .[1].until)' <<<"$output"
}

# More lines than are kept.
@test "timeline: three years, a table and one array" {
	presencectl timeline alice --to 2029-11-23 --json >out
	lines=$(jq '.timeline | length' out)
	[ "$lines" -gt 2500 ]
	jq -e '.timeline | [.[1:], .[:-1]] | transpose | all(.[0].from == .[1].until)' out
	presencectl timeline alice --to 2029-11-23 >out
	[ "$(wc -l <out)" -eq $((lines + 1)) ]
	[ "$(grep -c ^USER out)" -eq 1 ]
}

@test "timeline: a group as rows over a day" {
	presencectl group add sales
	presencectl group assign sales alice bob
	presencectl set bob dnd --until 14:00 --no-wait
	says "2026-11-23       0     3     6     9     12    15    18    21
alice            ???????????????????????#==########..............
bob              ???????????????????????%%%%%####################
. outside  # business  = break  b busy  % override or switch  h holiday  ? not known" presencectl timeline @sales
	run presencectl timeline @sales --list
	[ "$(grep -c ^alice <<<"$output")" -eq 5 ]
	[ "$(grep -c ^bob <<<"$output")" -eq 2 ]
	says '["alice","bob"]' jq -c '[.timeline[].user] | unique' <(presencectl timeline all --json)
	run presencectl timeline all --from 2026-11-28 --to 2026-11-30
	[ "$(grep -c ^alice <<<"$output")" -eq 2 ]
}

@test "status: source, since, until; notes that name the end" {
	says "USER   EXTENSION  MODE       NOTE  SOURCE    SINCE  UNTIL  ACTIVITY_SINCE  PBX   PUSHED
alice  1001       available        business  11:30  12:00                  main  no
bob    1002       available        default   11:30                         main  no" presencectl status
	presencectl set alice lunch --until 13:00 --note 'Lunch, back {until}' --no-wait
	says '["lunch-break","Lunch, back 13:00","switch","2026-11-23T13:00:00+01:00"]' \
		jq -c '.status[0] | [.mode, .note, .source, .until]' <(presencectl status alice --json)
	presencectl set alice dnd --note 'Until {until}' --no-wait
	says "Until 17:00" presencectl status alice --output note --no-headings
	presencectl schedule set office hours='Mon-Fri 09:00-16:00'
	says "Until 16:00" presencectl status alice --output note --no-headings
	presencectl mode set away note='Back {until}'
	presencectl set alice away --until 'tomorrow 09:00' --no-wait
	says "Back Tue 09:00" presencectl status alice --output note --no-headings
	says "switched by $(id -un)" presencectl status alice --output reason --no-headings
	presencectl group add sales
	presencectl group assign sales bob
	presencectl schedule assign office @sales
	run presencectl show bob --json
	[ "$(jq -r '[.show[].key] | group_by(.) | map(select(length > 1)) | length' <<<"$output")" = 0 ]
	[ "$(jq -c '[.show[] | select(.key == "schedule" or .key == "schedule now") | .value[0]]' <<<"$output")" = '[null,"office"]' ]
	run presencectl show alice --json
	[ "$(jq -c '[.show[] | select(.key == "schedule" or .key == "source") | .value[0]]' <<<"$output")" = '["office","switch"]' ]
}
