#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The samples are what they say, and presenced is a good service.
bats_require_minimum_version 1.5.0
load lib/common

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }
teardown() { daemon_down; }

@test "the sample configuration loads" {
	run presencectl --config "$TOP/share/presence.conf" config show
	[ "$status" -eq 0 ]
	[[ $output == *"pbx.main.secret_file"*"/etc/presence/ami.secret"* ]]
}

@test "what the sample comments out is the default" {
	sed -E 's/^(\s*)# ([a-z_]+ = [^;]*;).*/\1\2/' "$TOP/share/presence.conf" |
		grep -vE '^\s*(tls|ca_file|zone) =' >all.conf
	presencectl --config all.conf config show --no-headings >a
	presencectl --config "$TOP/share/presence.conf" config show --no-headings >b
	diff a b
}

# What wins at a time, and why: "MODE (REASON)".
wins() { # user time
	presencectl explain "$1" --at "$2" --output RESULT,MODE,REASON --json |
		jq -r '.explain[] | select(.result == "wins") | "\(.mode) (\(.reason))"'
}

@test "the sample office: hours, breaks, holidays, a calendar" {
	site 1
	presencectl user delete alice
	"$TOP/share/examples/office.sh"
	[ "$(wins alice '2030-01-02 08:30')" = "available (business hours of schedule office)" ]
	[ "$(wins alice '2030-01-02 09:10')" = "away (Morning meeting in calendar alice)" ]
	[ "$(wins alice '2030-01-02 12:30')" = "lunch-break (break of schedule office)" ]
	[ "$(wins alice '2030-01-02 15:00')" = "do-not-disturb (Focus time in calendar alice)" ]
	[ "$(wins alice '2030-01-07 11:15')" = "available (business hours of schedule office)" ]
	[ "$(wins alice '2030-01-25 13:30')" = "away ((private) in calendar alice)" ]
	[ "$(wins alice '2030-04-18 11:30')" = "available (business hours of schedule office)" ]
	[ "$(wins alice '2030-04-18 12:30')" = "off-work (holiday Maundy Thursday, schedule office)" ]
	[ "$(wins alice '2030-06-21 10:00')" = "off-work (holiday Midsummer Eve, schedule office)" ]
	[ "$(presencectl calendar events swedish-holidays --from 2031 --no-headings | wc -l)" = 16 ]
	presencectl schedule assign support bob
	[ "$(wins bob '2030-01-02 18:15')" = "away (break of schedule support)" ]
	presencectl _complete 'presencectl user set alice busy=n' | grep -P '^busy=none\t'
	presencectl _complete 'presencectl calendar show sw' | grep -P '^swedish-holidays\t'
}

@test "the commands that presence-time(7) shows" {
	site 1
	sed -i "s,defaults = {,& holidays = \"$TOP/share/holidays\";," presence.conf
	presencectl schedule add office hours=9-17
	sed -nE 's/^\t?(presencectl .*[^+])(\+\+)?$/\1/p' "$TOP/man/presence-time.7.scd" | tr -d '\\' >shown
	[ "$(wc -l <shown)" -ge 6 ]
	while read -r line; do
		echo "$line"
		bash -c "$line" || [ $? -eq 4 ]
	done <shown
}

@test "why Alice is away, as the README has it" {
	site 1
	awk '/^    presencectl schedule add/ { on = 1 } /^    presencectl explain/ { exit } on && sub(/^    /, "")' \
		"$TOP/README.md" >commands
	[ "$(wc -l <commands)" = 6 ]
	sed 's/^presencectl/faketime "2026-12-21 11:40:00" &/' commands >run
	(cd "$TOP" && TZ=Europe/Stockholm bash "$BATS_TEST_TMPDIR/run") || [ $? -eq 4 ]
	TZ=Europe/Stockholm faketime '2026-12-21 11:40:00' presencectl explain alice |
		sed "s/ by $(id -un):/ by root:/; s/ *$//" >is
	awk '/^    presencectl explain/ { on = 1; next } !sub(/^    /, "") { on = 0 } on' "$TOP/README.md" >said
	[ "$(wc -l <said)" = 10 ]
	diff said is
}

@test "the calls for Alice, as the README has them" {
	site 1
	awk '/^    presencectl user set alice devices/ { on = 1 } !sub(/^    /, "") { on = 0 } on' "$TOP/README.md" >commands
	[ "$(wc -l <commands)" = 5 ]
	bash -e commands || [ $? -eq 4 ] # recorded; nothing runs that tells the PBX
	presencectl route alice | sed 's/ *$//' >is
	awk '/^    presencectl route/ { on = 1; next } !sub(/^    /, "") { on = 0 } on' "$TOP/README.md" >said
	[ "$(wc -l <said)" = 5 ]
	diff said is
}

@test "the commands that presence-calls(7) shows" {
	site 1
	presencectl user set alice mobile=+46701234567
	sed -nE 's/^\t?\*?(presencectl .*[^+*])(\*\+\+|\*)?$/\1/p' "$TOP/man/presence-calls.7.scd" >shown
	[ "$(wc -l <shown)" = 11 ]
	while read -r line; do
		echo "$line"
		bash -c "$line" || [ $? -eq 4 ]
	done <shown
}

@test "presenced tells systemd when it is ready, and its status" {
	site 1
	python3 - "$PWD/notify" >notified 3>&- <<-'P' &
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		s.settimeout(10)
		while True:
		    m = s.recv(4096).decode()
		    print(m, flush=True)
		    if "STOPPING=1" in m:
		        break
	P
	listener=$!
	eventually test -S notify
	NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=400000 daemon_up
	eventually grep -q READY=1 notified
	eventually grep -q 'STATUS=2 users, main down' notified
	eventually grep -q WATCHDOG=1 notified
	daemon_down
	wait "$listener"
	grep -q STOPPING=1 notified
}

@test "presenced: help, version, wrong words" {
	run presenced --help
	[ "$status" -eq 0 ]
	[[ $output == "usage: presenced"* ]]
	run presenced --version
	[ "$status" -eq 0 ]
	fails_with 2 "" presenced --onec
	fails_with 2 "unexpected argument" presenced now
	fails_with 2 "exclude each other" presenced --once --check
}
