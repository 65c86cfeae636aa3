#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A long session of the shell.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	site
	presencectl group add sales
	presencectl group assign sales alice
	presencectl queue add support
	presencectl schedule add office hours='Mon-Fri 08:00-17:00'
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
	'queue add') echo "second penalty=2" ;;
	'queue show') echo support ;;
	'queue set') echo "support penalty=3" ;;
	'queue unset') echo "support penalty" ;;
	'queue assign') echo "support alice --penalty 1" ;;
	'queue unassign') echo "support alice" ;;
	'queue delete') echo second ;;
	'schedule add') echo "night hours='22:00-06:00'" ;;
	'schedule show') echo office ;;
	'schedule set') echo "office breaks='Mon-Fri 12:00-13:00'" ;;
	'schedule unset') echo "office breaks" ;;
	'schedule assign') echo "office @sales" ;;
	'schedule unassign') echo "office @sales" ;;
	'schedule force') echo "office closed --for 1h" ;;
	'schedule delete') echo night ;;
	'calendar add') echo "days --holidays easter" ;;
	'calendar show' | 'calendar busy' | 'calendar events') echo own ;;
	'calendar set') echo "own hours='Mon-Fri 09:00-10:00'" ;;
	'calendar unset') echo "own zone" ;;
	'calendar delete') echo days ;;
	esac
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
		done < <(presencectl _commands)
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
