#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A long session of the shell.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	site
	presencectl group add sales
	presencectl group assign sales alice
	presencectl queue add support pbx=main
	presencectl schedule add office hours='Mon-Fri 08:00-17:00'
	sed -i 's/pbx = (/pbx = ( { name = "branch"; port = 1; secret = "none"; },/' presence.conf
	cp "$TOP/share/examples/alice.ics" alice.ics
	presencectl calendar add own --hours 'Mon-Fri 10:00-11:00'
}

# Words for the arguments of a command, in the order of its table: what exists here, so that each command does something.
words_of() { # path
	case $1 in
	set) echo "alice away --for 1h --no-wait" ;;
	clear) echo "alice --no-wait" ;;
	'override set') echo "@sales away --reason drill --for 1h --no-wait" ;;
	'override clear') echo "@sales --no-wait" ;;
	status | explain | timeline | route) echo alice ;;
	show) echo alice ;;
	log) echo "alice --since 1h" ;;
	'mode add') echo "focus label=Focus type=dnd lamp=yes" ;;
	'mode show' | 'mode reset') echo away ;;
	'mode set') echo "focus label=Other ring.timeout=10" ;;
	'mode unset') echo "focus ring.timeout" ;;
	'mode delete') echo "focus" ;;
	'user add') echo "carol extension=1003 devices.desk=PJSIP/1003 schedule=office calendars=own mobile=+4670" ;;
	'user show') echo carol ;;
	'user set') echo "carol mailbox=1003 zone=Europe/Paris" ;;
	'user unset') echo "carol zone" ;;
	'user delete') echo carol ;;
	'rule show') echo "alice away" ;;
	'rule set') echo "alice away ring.timeout=25 forward.external.always=bob" ;;
	'rule unset') echo "alice away ring.timeout forward.external.always" ;;
	'group add' | 'group delete') echo team ;;
	'group show') echo sales ;;
	'group assign' | 'group unassign') echo "sales bob" ;;
	'queue add') echo "second penalty=2 pbx=main" ;;
	'queue show') echo support ;;
	'queue set') echo "support penalty=3" ;;
	'queue unset') echo "support penalty" ;;
	'queue assign') echo "support alice --penalty 1" ;;
	'queue unassign') echo "support alice" ;;
	'queue delete') echo second ;;
	'schedule add') echo "night hours='22:00-06:00'" ;;
	'schedule show' | 'schedule who') echo office ;;
	'schedule test') echo "office '2027-04-02 09:00'" ;;
	'schedule set') echo "office breaks='Mon-Fri 12:00-13:00'" ;;
	'schedule unset') echo "office breaks" ;;
	'schedule assign') echo "office @sales" ;;
	'schedule unassign') echo "office @sales" ;;
	'schedule force') echo "office closed --for 1h" ;;
	'schedule delete') echo night ;;
	'calendar add') echo "days --holidays easter" ;;
	'calendar show' | 'calendar busy' | 'calendar events') echo own ;;
	'calendar export') echo alice ;;
	'calendar set') echo "own hours='Mon-Fri 09:00-10:00'" ;;
	'calendar unset') echo "own zone" ;;
	'calendar delete') echo days ;;
	esac
}

# What the words above do not reach.
further() {
	cat <<-'L'
		user add dave extension=1004 pbx=main devices.desk=PJSIP/1004 devices.app=PJSIP/1005 calendars=own schedule=office busy=away
		user add erin extension=1006 pbx=main mailbox=1006 mode.break=away patterns="summary=Gym:away"
		group assign sales dave erin
		schedule set office calendars=days hours=calendar:own
		schedule set office hours="Mon-Fri 08:00-17:00" special.2026-12-24=closed mode.holiday=away
		schedule assign office dave
		schedule assign office @sales
		schedule force office open --for 1h
		schedule show office --changes
		schedule show office --year 2027
		schedule list
		queue set support members=device
		queue assign support dave erin
		queue assign support dave --penalty 4
		queue show support
		queue unassign support all
		queue set support members=rules hints=presence-hints
		queue assign support @sales
		rule set dave away queue.support=logout
		mode set away queue=pause greeting=gone forward.internal.always=erin
		mode unset away forward.internal.always
		rule set dave lunch ring="desk 0-10, app 5-20"
		set dave lunch --until 23:59 --no-wait
		set dave away --for 1h
		set all away --for 1h
		clear @sales
		set erin dnd --forward-to +46701112233
		override set dave trip --reason away --for 1h
		calendar add alice --file alice.ics
		calendar import alice alice.ics
		calendar events alice --from 2026-11-23 --to 2026-12-23
		calendar set alice owner=alice@example.org zone=Europe/Paris
		calendar add web --url https://127.0.0.1:1/x.ics --later
		calendar refresh web
		calendar refresh --due
		calendar set web url=https://127.0.0.1:1/y.ics
		user set dave calendars="alice, own"
		explain dave --at "2026-11-24 10:00"
		timeline all --from 2026-11-23
		schedule set office holidays="easter; 12-25" calendars=alice
		schedule assign office all
		schedule unassign office dave
		user set dave schedule=office zone=Asia/Tokyo
		user unset dave schedule
		queue assign support all
		queue delete support
		queue add support pbx=main
		mode set away ring.timeout=12 lamp=yes
		mode set away alias=gone2
		mode delete away
		calendar delete alice
		schedule delete office
		user add fred extension=1001 pbx=branch devices.desk=PJSIP/1001
		user add 1001 extension=1007
		user add gina extension=1004
		show 1001
		queue add support pbx=branch
		queue show support
		queue show support@branch
		queue assign support@branch fred
		queue assign support@branch dave
		queue set support@branch name=help
		rule set fred away forward.external.noanswer=alice
		rule set alice away forward.external.noanswer=fred
		rule set bob away forward.internal.always=ask
		set bob away --forward-to +46701112233 --no-wait
		mode set dnd forward.external.always=bob
		mode set lunch forward.internal.noanswer=dave
		user delete bob
		user set bob extension=1012
		mode delete focus
		mode delete dnd
		schedule set office mode.business=nap
		user set erin busy=nap
		mode delete nap
		group assign team erin
		schedule assign office @team
		schedule show office
		schedule unassign office @team
		schedule unassign office
		group delete team
		override set @sales away --reason drill --from 23:58 --until 23:59 --no-wait
		override clear 1 --no-wait
		override clear 2 --no-wait
		status --output user,mode
		user list
		group list
		queue list
		mode list
		calendar show web
		log --since 1d
		route alice --mode away --caller group
		explain alice --at "2026-12-24 10:00"
		user delete erin
		push
		pbx diff
		pbx test
		set @sales dnd --forever --no-wait
		set all away --for 2h --note "in a meeting" --no-wait
		override set dave trip --reason away --forever --no-wait
		override set all away --reason drill --for 1h --no-wait
		override list
		override clear all --no-wait
		override clear dave --no-wait
		clear all --no-wait
		status
		status @sales bob
		explain dave
		timeline @sales
		timeline dave --list
		route dave --caller external --phone busy
		route erin --caller queue
		show dave
		log
		log dave --limit 5
		user set dave extension=1014
		user set dave pbx=main mobile=+46701234567 oof=away lead=5
		user set erin devices.desk=PJSIP/1006
		mode add nap type=away
		mode set nap lamp=yes type=dnd
		set erin nap --no-wait
		mode delete nap --replace-with away
		mode reset away
		calendar add feed --url https://example.org/x.ics --later
		calendar list
		calendar busy own --from 2026-11-23 --to 2026-11-30
		calendar delete feed
		queue delete support
		queue add support pbx=main
		group delete sales
		group add sales
		group assign sales alice
		user delete dave
		user delete erin
		pbx list
		config show
		config check
	L
}

@test "every command of the table in one shell, again and again" {
	local path
	for round in 1 2 3; do
		while IFS= read -r path; do
			# What waits, asks, or opens another session.
			case $path in watch | shell | init | push | 'pbx test' | 'pbx diff' | 'calendar import' | 'calendar refresh') continue ;; esac
			printf '%s %s\n' "$path" "$(words_of "$path")"
			printf '%s --json %s\n' "$path" "$(words_of "$path")"
			printf '%s --help\n' "$path"
			printf "_complete 'presencectl %s '\n_complete 'presencectl %s alice '\n_complete 'presencectl %s alice away '\n" "$path" "$path" "$path"
			printf '%s nosuch\n%s nosuch other\n%s nosuch away key=x\n' "$path" "$path" "$path"
		done < <(presencectl _commands)
		further
	done >lines
	[ "$(wc -l <lines)" -gt 400 ]
	run presencectl shell --keep-going <lines
	echo "$output" | tail -n 20
	((status < 128))
	[[ $output != *"database '"* ]]
	# It came to the end: the last command of another session sees what this one wrote.
	run -0 presencectl log --since 1h --no-headings
	[ "${#lines[@]}" -gt 20 ]
	grep -q 'user add' <<<"$output"
}
