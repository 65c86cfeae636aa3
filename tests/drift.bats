# SPDX-License-Identifier: GPL-3.0-or-later
# The table of commands is the only list of commands: help, completion and the manual follow it.
bats_require_minimum_version 1.5.0

setup() {
	BUILD=${BUILD:-$BATS_TEST_DIRNAME/../build}
	P=$BUILD/presencectl
	cd "$BATS_TEST_TMPDIR" || return 1
	export LC_ALL=C.UTF-8 PRESENCE_CONF=$PWD/none.conf PRESENCE_DB=$PWD/none.db
	mapfile -t commands < <("$P" _commands)
	[ "${#commands[@]}" -gt 2 ]
}

@test "no hidden command is listed" {
	run ! grep '^_' <(printf '%s\n' "${commands[@]}")
	run ! grep -w '_[a-z]*' <("$P" --help)
}

@test "every command has a summary in the overview" {
	"$P" help > overview
	[ "$(wc -L < overview)" -le 80 ]
	for c in "${commands[@]}"; do
		echo "command: $c"
		grep -E "^  $c +[^ ]" overview
	done
}

@test "every command answers --help on stdout within 80 columns" {
	for c in "${commands[@]}"; do
		echo "command: $c"
		run --separate-stderr -0 "$P" $c --help
		[ -z "$stderr" ]
		[[ ${lines[0]} == "usage: presencectl $c"* ]]
		[ "$(wc -L <<< "$output")" -le 80 ]
		run -0 "$P" help $c
		[[ ${lines[0]} == "usage: presencectl $c"* ]]
	done
}

@test "every noun answers --help with its verbs" {
	for c in "${commands[@]}"; do
		[[ $c == *" "* ]] || continue
		echo "command: $c"
		run --separate-stderr -0 "$P" "${c%% *}" --help
		grep -E "^  $c +[^ ]" <<< "$output"
	done
}

@test "every command completes" {
	for c in "${commands[@]}"; do
		echo "command: $c"
		run -0 "$P" _complete "presencectl ${c%?}"
		grep -P "^${c##* }\t." <<< "$output"
	done
}

@test "every option of every command completes" {
	for c in "${commands[@]}"; do
		"$P" $c --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p' > options
		[ -s options ]
		while read -r option; do
			echo "command: $c $option"
			run -0 "$P" _complete "presencectl $c $option"
			grep -P "^$option\t." <<< "$output"
		done < options
	done
}

@test "every command is in the manual" {
	sed 's/\\-/-/g' "$BUILD/man/presencectl.1" > manual
	for c in "${commands[@]}"; do
		echo "command: $c"
		grep -F "\\fBpresencectl $c\\fR" manual
	done
	for part in options commands exit-status; do
		run ! grep -F "@$part@" manual
	done
}

@test "every command fails with status 2 on a bad option" {
	for c in "${commands[@]}"; do
		echo "command: $c"
		run --separate-stderr -2 "$P" $c --no-such-option < /dev/null
		[ -z "$output" ]
		[[ $stderr == "presencectl: unknown option '--no-such-option'"* ]]
		[[ $stderr == *"see 'presencectl $c --help'"* ]]
	done
}

@test "the shells' completion files name no command" {
	for file in "$BATS_TEST_DIRNAME"/../completions/*; do
		echo "file: $file"
		[ "$(wc -l < "$file")" -le 20 ]
		grep 'presencectl _complete' "$file"
		for c in "${commands[@]}"; do
			# Words that the shells' own language has too.
			[[ $c == set || $c == log || $c == help || $c == *" "* ]] || run ! grep -w "presencectl $c" "$file"
		done
	done
}

@test "a guess at what was meant has one form, written in one place" {
	cd "$BATS_TEST_DIRNAME/.."
	[ "$(grep -rlE 'did you mean' lib cmd share completions --include='*.c' --include='*.conf' --include='*resence*ctl*')" = lib/base/err.c ]
	grep -F '"; did you mean '"'%s'?"'"' lib/base/err.c
}

@test "every call rule, kind of destination and entry is in presence-calls(7)" {
	page=$BATS_TEST_DIRNAME/../man/presence-calls.7.scd
	calls=$BATS_TEST_DIRNAME/../lib/calls
	sed 's/\\&//g; s/\\-/-/g' "$BUILD/man/presence-calls.7" > manual
	rules=$("$P" _complete 'presencectl rule unset x y ' | cut -f1)
	[ "$(wc -w <<< "$rules")" -ge 20 ]
	for rule in $rules; do
		echo "rule: $rule"
		grep -F "\\fB${rule/%queue./queue.NAME}\\fR" manual
	done
	words=$(sed -n '/ words\[\] = {/,/^};/s/.*\[DESTINATION_[A-Z]*\] = "\([a-z]*:*\)",/\1/p' "$calls/destination.c")
	[ "$(wc -w <<< "$words")" -ge 10 ]
	for word in $words; do
		echo "destination: $word"
		grep -F "*$word" "$page"
	done
	for family in $(sed -n 's/^#define ENTRY_[A-Z]* *"\(presence-.*\)"/\1/p' "$calls/entry.h"); do
		grep -F "*$family/" "$page"
	done
	tr '\n' ' ' < "$page" | grep -F "An entry may have $(sed -n 's/.*ENTRY_MAX_LEN = \([0-9]*\).*/\1/p' "$calls/entry.h") bytes"
	# What the dialplan can be told.
	for name in $(grep -oE 'PRESENCE_(OUT|GROUPS|DIAL_OPTIONS|PIN|EXT|MAY|MODE_1|SOUND_1)' \
		"$BATS_TEST_DIRNAME/../share/asterisk/presence.conf" | sort -u); do
		grep -F "$name" "$page"
	done
}

@test "the fields of entries are one list: in the program, in presence-calls(7) and in the dialplan" {
	dialplan=$BATS_TEST_DIRNAME/../share/asterisk/presence.conf
	"$P" _man entries > list
	diff list <(sed -nE 's/^; (presence-[a-z]+\/|    [a-z_]+ )/\1/p' "$dialplan")
	sed 's/\\&//g; s/\\(ha/^/g; s/\\-/-/g' "$BUILD/man/presence-calls.7" > manual
	while IFS= read -r line; do
		echo "line: $line"
		grep -xF -- "$line" manual
	done < list
	for kind in user mode; do
		awk -v family="presence-$kind/" '/^[^ ]/ { on = index($0, family); next } on' list > fields
		began=$(grep -vc 'if missing:' fields)
		[ "$began" -ge 6 ]
		# The one place where the dialplan has their order.
		[ "$(sed -n "s/.*Set(ARRAY(\(pr_${kind}_[^)]*\)).*/\1/p" "$dialplan")" = \
			"$(awk -v kind="$kind" '{ print "pr_" kind "_" $1 }' fields | paste -sd,)" ]
		# How many an entry must have.
		grep "Gosub(presence-entry,s,1(presence-$kind/[^,]*,$began))" "$dialplan"
		tr '\n' ' ' < "$BATS_TEST_DIRNAME/../man/presence-calls.7.scd" | grep -F " $began for a $kind"
		# What the dialplan reads has a name of the list.
		for name in $(grep -oE "pr_${kind}_[a-z_]*[a-z]\b" "$dialplan" | sort -u); do
			echo "name: $name"
			grep "^    ${name#pr_"$kind"_} " fields
		done
	done
	grep "Gosub(presence-entry,s,1(presence-rule/[^,]*,$began))" "$dialplan"
	# The fields that the dialplan takes by their numbers.
	grep -oE 'CUT\(pr_(user|rules),\|,[0-9]+\)' "$dialplan" | sort -u > by_number
	"$P" _man entries | awk '/^presence-user/ { a = "user"; n = 0; next } /^presence-mode/ { a = "rules"; n = 0; next }
		{ n++ } a " " $1 ~ /^(user mode|user phone|rules timeout|rules plain)$/ { print "CUT(pr_" a ",|," n ")" }' | sort | diff - by_number
}

@test "every source of a mode is in presence-time(7)" {
	page=$BATS_TEST_DIRNAME/../man/presence-time.7.scd
	sources=$(sed -n 's/.*\[SOURCE_[A-Z]*\] = "\([a-z]*\)".*/\1/p' "$BATS_TEST_DIRNAME"/../lib/presence/model.c)
	[ "$(wc -w <<< "$sources")" -ge 8 ]
	for s in $sources; do
		echo "source: $s"
		grep -F "*$s*" "$page"
	done
}

@test "the limits in presence-time(7) are those of the code" {
	page=$BATS_TEST_DIRNAME/../man/presence-time.7.scd
	calendar=$BATS_TEST_DIRNAME/../lib/calendar
	limit() { # header, name, its value, how the page has it
		echo "limit: $2"
		tr -s '\n\t ' ' ' < "$calendar/$1" | grep -qF "$2 = $3," && tr '\n' ' ' < "$page" | grep -qF "$4"
	}
	limit icslines.h ICS_BYTES_MAX '16 << 20' '16 MiB'
	limit icslines.h ICS_DEPTH_MAX 16 '16 components inside each other'
	limit icslines.h ICS_LINE_MAX '256 << 10' '256 KiB a line'
	limit calendar.h CALENDAR_EVENTS_MAX 50000 '50,000 events'
	limit calendar.h EVENT_INSTANCES_MAX 50000 '50,000 instances'
	limit calendar.h EVENT_RULES_MAX 16 '16 RRULEs'
	limit calendar.h EVENT_DATES_MAX 5000 '5000 RDATEs and 5000 EXDATEs'
	limit calendar.h EVENT_LENGTH_MAX_S '3660 * 86400' 'a length of ten years'
}
