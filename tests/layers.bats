#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The floors of ARCHITECTURE.md, proved on the includes and on the object files.
bats_require_minimum_version 1.5.0
load lib/common

# From the ground up. What stands here may know what stands to its left.
FLOORS='base time calendar presence calls pbx sip binding store follow sync'
PURE='base time calendar presence calls pbx sip'

setup() { cd "$TOP" || return 1; }

# Symbols that objects need and that match a pattern, with the file.
needs() { # pattern files...
	local pattern=$1
	shift
	nm -A -u "$@" | grep -E " U ($pattern)(@|\$)" || true
}

# Of the sources that are there: the object of a file that has gone may be left.
objects() { # folders...
	local source
	find "$@" -name '*.c' | while read -r source; do
		printf '%s\n' "$BUILD/obj/${source%.c}.o"
	done | grep .
}

pure_objects() {
	local floor
	for floor in $PURE; do objects "lib/$floor" || return 1; done
}

@test "the floors are the folders of lib, and the Makefile has them in this order" {
	run -0 bash -c 'printf "%s\n" lib/*/'
	[ "$(sort <<<"$output")" = "$(printf 'lib/%s/\n' $FLOORS | sort)" ]
	[ "$(sed -n 's/^FLOORS *:= //p' Makefile)" = "$(printf '%s\n' $FLOORS | tac | paste -sd' ')" ]
	found=$(find lib cmd -maxdepth 1 -type f)
	echo "$found"
	[ -z "$found" ]
}

@test "every header says in its first line what it is, and every file belongs to one" {
	local file found=
	for file in {lib,cmd}/*/*.h; do
		[[ $(sed -n 2p "$file") == "/* ${file##*/} - "[a-zA-Z]* ]] || found+="$file: no such line"$'\n'
	done
	for file in lib/*/*.c; do
		[ -e "${file%.c}.h" ] || [ -e "${file%%-*}.h" ] || found+="$file: no header"$'\n'
	done
	for file in lib/*/; do
		grep -qF "| \`${file%/}\` |" ARCHITECTURE.md || found+="ARCHITECTURE.md: no ${file%/}"$'\n'
	done
	echo "$found"
	[ -z "$found" ]
}

@test "an include points to its own floor or down, never to another program" {
	found=$(grep -n '^#include "' lib/*/*.[ch] cmd/*/*.[ch] | awk -v order="$FLOORS" '
		BEGIN { n = split(order, names, " "); for (i = 1; i <= n; i++) height["lib/" names[i]] = i
			height["cmd/presencectl"] = height["cmd/presenced"] = n + 1 }
		{ split($0, part, /[:"]/); from = part[1]; to = part[4]
			if (to !~ /\//) next # made by the Makefile, or beside it
			sub(/\/[^\/]*$/, "", from); sub(/\/[^\/]*$/, "", to); seen++
			if (!(from in height) || !(to in height) || height[to] > height[from] ||
				(to != from && height[to] == height[from])) print }
		END { if (seen < 500) print "only " seen " includes were seen" }')
	echo "$found"
	[ -z "$found" ]
}

# Of the world outside: the clock, files, sockets, the environment, a terminal or a log, random numbers.
WORLD='time|gettimeofday|clock_gettime|localtime.*|gmtime.*|mktime|getenv|secure_getenv|setenv|tzset|fopen.*|open|open64|openat.*|read|pread.*|socket|connect|send|recv|poll|select|printf|puts|fputs|fprintf|syslog|exit|system|popen|getpw.*|rand|random|arc4random.*|getrandom'

@test "the pure floors have no clock, file, socket, environment or log" {
	# mem.c may say that memory is out, by write(2), and abort.
	# shellcheck disable=SC2046
	found=$(needs "$WORLD" $(pure_objects))
	echo "$found"
	[ -z "$found" ]
}

# They have it from who drives them, and a test drives them in memory. The database is all that they reach by themselves.
@test "what keeps a PBX in step has no clock, socket, environment or random numbers but through network" {
	objects lib/sync | grep network.o
	# shellcheck disable=SC2046
	found=$(needs "$WORLD|clock_.*|conn_.*|datagram_.*|conf_secret|conf_publish_secret|fetch_.*" $(objects lib/sync) | grep -vE 'lib/sync/network(-sip)?\.o' || true)
	echo "$found"
	[ -z "$found" ]
}

@test "the pure floors need no foreign library" {
	# shellcheck disable=SC2046
	found=$(needs 'sqlite3_.*|SSL_.*|BIO_.*|EVP_.*|config_.*|rl_.*|readline|scols_.*|sd_.*|ical.*|curl_.*' \
		$(pure_objects))
	echo "$found"
	[ -z "$found" ]
}

@test "each library has its place" {
	local file
	only() { # pattern, where it may be
		# shellcheck disable=SC2046
		found=$(needs "$1" $(objects lib cmd) | grep -vE "$2" || true)
		echo "$found"
		[ -z "$found" ]
	}
	only 'sqlite3_.*' 'lib/binding/db(-[a-z]+)?\.o'
	only 'config_.*' 'lib/binding/conf\.o'
	only 'sd_event.*' 'cmd/presenced/daemon(-[a-z]+)?\.o'
	only 'sd_.*' 'cmd/presenced/(await|daemon(-[a-z]+)?)\.o'
	# What others wrote reaches people by cmd/presencectl/say.c only.
	only '(__)?v?printf(_chk)?' 'cmd/presenced/main\.o'
	only 'ical.*|curl_.*|SSL_.*|BIO_.*|EVP_.*|readline|rl_.*|add_history|scols_.*' 'none: they are loaded by name'
	only 'dlopen|dlsym' 'lib/binding/library\.o'
	only 'clock_gettime|time|gettimeofday' 'lib/binding/clock\.o|asan'
}

# Loaded by name when it is needed first: linking would make every command start later.
linked_nowhere() { # NAME
	local program
	for program in presencectl presenced; do
		run -0 readelf -d "$BUILD/$program"
		[[ $output == *NEEDED*libc.so* ]]
		[[ $output != *"$1"* ]]
	done
}

named_in() { # pattern of what the library has, where it may be
	found=$(grep -lE "$1" lib/*/*.[ch] cmd/*/*.[ch] | grep -vE "$2" || true)
	echo "$found"
	[ -z "$found" ]
}

@test "libraries that are loaded by name are named in their one place and linked nowhere" {
	named_in '\bical[a-z]+_[a-z_]+|<libical/' '^lib/binding/ics(-[a-z]+)?\.[ch]$'
	named_in '\bcurl_[a-z]|CURLOPT_|<curl/' '^lib/binding/fetch\.c$'
	named_in '\b(SSL|BIO|EVP|ERR_[a-z]+|X509)_[A-Za-z0-9]+|<openssl/' '^lib/binding/((conn|hash)\.c|openssl-lib\.[ch])$'
	named_in '\brl_[a-z]+|add_history|<readline/' '^cmd/presencectl/shell\.c$'
	named_in '\bscols_[a-z]+|<libsmartcols/' '^cmd/presencectl/output\.c$'
	for name in libical libcurl libssl libcrypto libreadline libsmartcols; do
		linked_nowhere "$name"
	done
}

@test "a binding knows no other binding, but all may open files through one" {
	found=$(grep -nE '#include "lib/binding/' lib/binding/*.c |
		awk -F'[:"]' '{ own = $1; sub(/\.c$/, "", own); sub(/-[a-z]+$/, "", own)
			other = $4; sub(/\.h$/, "", other); sub(/-(lib|sqlite)$/, "", other)
			# How a file and a library are opened, and the names of one that two share.
			if (own != other && other !~ /\/(library|openssl|file)$/) print }')
	echo "$found"
	[ -z "$found" ]
}

@test "the store is SQL and rows, and what follows from a change has no SQL" {
	# The database is named by its door and the store only.
	found=$(grep -nE '"lib/binding/db(-[a-z]+)?\.h"|\bdb_(run|query|number|later)\b' lib/follow/*.[ch] lib/sync/*.[ch] || true
		grep -nE '\bdb_(run|query|number|later)\b' cmd/*/*.[ch] || true
		grep -nE '<sqlite3\.h>|sqlite3_' lib/*/*.[ch] cmd/*/*.[ch] | grep -v '^lib/binding/db\(-[a-z]*\)\?\.[ch]:' || true)
	echo "$found"
	[ -z "$found" ]
}

@test "statements keep to what two engines share" {
	# Of SQLite alone, or of one column's collation.
	found=$(grep -nE '"[^"]*\b(iif|ifnull|group_concat|GLOB|NOCASE|OR IGNORE|OR REPLACE|PRAGMA|STRICT|temp\.|last_insert_rowid|rowid)\b' lib/store/*.[ch] |
		grep -vE 'err_set|err_hint' || true
		grep -nE '"[^"]*(= \?[^0-9]|\(\?[,)]|VALUES \(\?[,)])' lib/store/*.c || true)
	echo "$found"
	[ -z "$found" ]
}

# Arrows from file to file: who needs a name that another defines. The files of one noun are one, as recur and recur-days. The
# table of commands is no user of theirs.
arrows() {
	local object file
	objects lib cmd | while read -r object; do
		file=${object#"$BUILD/obj/"}
		file=${file%.o}
		nm "$object" | awk -v f="$file" 'NF == 3 && $2 ~ /^[TDBRC]$/ { print "D", $3, f } NF == 2 && $1 == "U" { print "U", $2, f }'
	done | awk '
		function noun(f) { if (f ~ /^lib|\/daemon-/) sub(/-[a-z-]+$/, "", f); return f }
		$1 == "D" { if ($2 in home && home[$2] != $3) twice[$2] = 1; home[$2] = $3 }
		$1 == "U" { n++; name[n] = $2; who[n] = $3 }
		END { for (i = 1; i <= n; i++) {
			if (!(name[i] in home) || name[i] in twice || who[i] == "cmd/presencectl/commands") continue
			a = noun(who[i]); b = noun(home[name[i]]); if (a != b) print a, b } }' | sort -u
}

@test "no circle between files of different nouns" {
	arrows >"$BATS_TEST_TMPDIR/arrows"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/arrows")" -gt 300 ]
	run -0 tsort "$BATS_TEST_TMPDIR/arrows"
	[[ $output != *"contains a loop"* ]]
}
