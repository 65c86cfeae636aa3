#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# watch: redraws on change, and leaves the terminal as it was.
bats_require_minimum_version 1.5.0
load lib/common

setup() { site 1; }

@test "on a terminal: redrawn on a change, clean after Ctrl-C" {
	cat >keys <<-'END'
		set timeout 10
		proc want {what} {
			expect -ex $what {} timeout { puts "no $what"; exit 1 } eof { puts "ended"; exit 1 }
		}
		set env(TERM) xterm
		spawn -noecho presencectl watch
		want "\033\[?1049h"
		want "alice"
		exec presencectl set alice dnd --no-wait
		want "do-not-disturb"
		exec presencectl set bob lunch --for 1h --no-wait
		want "lunch-break"
		send "\003"
		want "\033\[?25h"
		want "\033\[?1049l"
		expect eof {} timeout { exit 1 }
		exit [lindex [wait] 3]
	END
	run expect keys
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "in a pipe: the whole status again on each change, as JSON too" {
	presencectl watch alice --json >out 3>&- &
	watcher=$!
	eventually grep -q '"mode":"available"' out
	presencectl set bob away --no-wait
	presencectl set alice dnd --no-wait
	eventually grep -q '"mode":"do-not-disturb"' out
	kill "$watcher"
	wait "$watcher"
	jq -es 'all(.status | length == 1)' out
}

@test "a reader that goes away ends it" {
	run bash -c 'set -o pipefail; (sleep 0.3; presencectl set alice dnd --no-wait; presencectl set bob dnd --no-wait) >/dev/null & timeout 10 presencectl watch | head -n 1'
	[ "$status" -ne 124 ]
}
