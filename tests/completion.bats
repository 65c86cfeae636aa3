# SPDX-License-Identifier: GPL-3.0-or-later
# Real shells on a terminal, a Tab and a Return: what is offered reaches the command as it is, and runs nothing.
bats_require_minimum_version 1.5.0
load lib/common

setup() {
	site
	mkdir bin
	# In place of the program: what completes is the real one, all else only tells what it was called with.
	cat >bin/presencectl <<-END
		#!/bin/sh
		if [ "\$1" = _complete ]; then
			"$(command -v presencectl)" "\$@"
			: >"$PWD/tabs"
		else
			printf '<%s>' "\$@" >"$PWD/args.new"
			mv "$PWD/args.new" "$PWD/args"
		fi
	END
	chmod +x bin/presencectl
}

# Lines, each with a Tab and a Return, in each shell: the command gets these words, and no file PWNED is made.
tab() { # LINE WORDS ...
	local shell lines=() want=()
	while (($#)); do
		lines+=("$1")
		want+=("$2")
		shift 2
	done
	for shell in ${SHELLS:-bash zsh fish}; do
		PATH=$PWD/bin:$PATH python3 "$TOP/tests/lib/tab.py" "$shell" "$TOP/completions" "${lines[@]}" >got
		printf '%s\n' "${want[@]}" | diff - got || {
			echo "in $shell"
			cat -v shown
			return 1
		}
		[ ! -e PWNED ] || {
			echo "$shell has run a command"
			return 1
		}
	done
}

@test "names of files run nothing, in no shell, and arrive whole" {
	touch 'x$(touch PWNED).ics' 'y`touch PWNED`.ics' 'z;touch PWNED;.ics' 'q|touch PWNED&.ics' "it's a \"day\".ics" \
		'star*[a]?.ics' 'å ö{1,2}~!.ics' '#begin' 'plain day.ics' 'both 1$(touch PWNED)' 'both 2$(touch PWNED)'
	local import='presencectl calendar import c' words='<calendar><import><c>'
	tab "$import x" "$words<x\$(touch PWNED).ics>" \
		"$import ./x" "$words<./x\$(touch PWNED).ics>" \
		'presencectl --config=x' '<--config=x$(touch PWNED).ics>' \
		"$import y" "$words<y\`touch PWNED\`.ics>" \
		"$import z" "$words<z;touch PWNED;.ics>" \
		"$import q" "$words<q|touch PWNED&.ics>" \
		"$import it" "$words<it's a \"day\".ics>" \
		"$import it\\'s\\ a" "$words<it's a \"day\".ics>" \
		"$import st" "$words<star*[a]?.ics>" \
		"$import å" "$words<å ö{1,2}~!.ics>" \
		"$import \\#" "$words<#begin>" \
		"$import \"pl" "$words<plain day.ics>" \
		"$import bo"$'\t1\t' "$words<both 1\$(touch PWNED)>"
	SHELLS='zsh fish' tab "$import \"x" "$words<x\$(touch PWNED).ics>"
	# Bash escapes nothing behind a quote: what would not stay text there is not offered. The next key closes the quote.
	SHELLS=bash tab "$import 'x" "$words<x\$(touch PWNED).ics>" "$import \"x"$'\t"' "$words<x>" "$import 'it"$'\t'"'" "$words<it>"
}

@test "names and labels in the database run nothing, and bring no control character to the terminal" {
	sqlite3 presence.db "UPDATE mode SET label = 'a' || char(27) || ']0;OWNED' || char(7) || char(10) || '\$(touch PWNED)'
			WHERE name = 'lunch-break';
		UPDATE users SET name = 'u\$(touch PWNED)' WHERE name = 'alice';
		UPDATE users SET name = 'v' || char(10) || char(27) || '[31m' WHERE name = 'bob'"
	tab 'presencectl show u' '<show><u$(touch PWNED)>' 'presencectl set bob lunch-' '<set><bob><lunch-break>'
	run -0 presencectl _complete 'presencectl set bob lunch-'
	[ "$output" = $'lunch-break\ta?]0;OWNED??$(touch PWNED)' ]
	run -0 presencectl _complete 'presencectl show v'
	[ -z "$output" ]
	# What was typed before it is printed with a candidate.
	run -0 presencectl _complete 'presencectl log --output at,'
	[[ $output == at,* ]]
	run -0 presencectl _complete $'presencectl log --output \x8bh,'
	[ -z "$output" ]
}

@test "names with control characters, or that are no UTF-8, are not offered; nor what would be an option" {
	touch $'a\nb' $'a\e[31mc' $'a\x9bd' $'a\xc2\x9be' a-fine ./--db=other
	run -0 presencectl _complete 'presencectl calendar import c a'
	[ "$output" = $'a-fine\t' ]
	run -0 presencectl _complete 'presencectl calendar import c '
	run ! grep -F -e --db <<<"$output"
	run -0 presencectl _complete 'presencectl calendar import c ./-'
	[ "$output" = $'./--db=other\t' ]
}
