#!/usr/bin/env bats
# The layers, proved on the object files: base < pure < binding < cmd, each foreign library in its one place.
bats_require_minimum_version 1.5.0
load lib/common

setup() { cd "$TOP" || return 1; }

# Symbols that the objects of a folder need and that match a pattern, with the file.
needs() { # pattern files...
	local pattern=$1
	shift
	nm -A -u "$@" | grep -E " U ($pattern)(@|\$)" || true
}

objects() { find "$BUILD/obj/$1" -name '*.o'; }

@test "pure and base have no clock, file, socket, environment or log" {
	local bad='time|gettimeofday|clock_gettime|localtime.*|gmtime.*|mktime|getenv|secure_getenv|setenv|tzset|fopen.*|open|open64|openat.*|read|pread.*|socket|connect|send|recv|poll|select|printf|puts|fputs|fprintf|syslog|exit|system|popen|getpw.*|rand|random|arc4random.*|getrandom'
	# mem.c may say that memory is out, by write(2), and abort.
	# shellcheck disable=SC2046
	found=$(needs "$bad" $(objects lib/pure) $(objects lib/base))
	echo "$found"
	[ -z "$found" ]
}

@test "pure needs no foreign library" {
	# shellcheck disable=SC2046
	found=$(needs 'sqlite3_.*|SSL_.*|BIO_.*|EVP_.*|config_.*|rl_.*|readline|scols_.*|sd_.*|ical.*|curl_.*' \
		$(objects lib/pure) $(objects lib/base))
	echo "$found"
	[ -z "$found" ]
}

@test "each library has its place" {
	local file
	only() { # pattern, where it may be
		# shellcheck disable=SC2046
		found=$(needs "$1" $(objects lib) $(objects cmd) | grep -vE "$2" || true)
		echo "$found"
		[ -z "$found" ]
	}
	only 'sqlite3_.*' 'lib/binding/store[a-z-]*\.o'
	only 'SSL_.*|BIO_.*|EVP_.*' 'lib/binding/conn\.o'
	only 'config_.*' 'lib/binding/conf\.o'
	only 'readline|rl_.*|add_history' 'cmd/presencectl/shell\.o'
	only 'scols_.*' 'cmd/presencectl/output\.o'
	only 'sd_.*' 'cmd/presenced/daemon\.o'
	only 'ical.*|curl_.*' 'none: they are loaded by name'
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

@test "libical is named in its one place and linked nowhere" {
	found=$(grep -lE '\bical[a-z]+_[a-z_]+|<libical/' lib/*/*.[ch] cmd/*/*.[ch] | grep -vE '^lib/binding/ics(-[a-z]+)?\.[ch]$' || true)
	echo "$found"
	[ -z "$found" ]
	linked_nowhere libical
}

@test "libcurl is named in its one place and linked nowhere" {
	found=$(grep -lE '\bcurl_[a-z]|CURLOPT_|curl/' -r lib cmd --include='*.[ch]' | grep -v '^lib/binding/fetch\.c$' || true)
	echo "$found"
	[ -z "$found" ]
	linked_nowhere libcurl
}

@test "includes only point down" {
	found=$(grep -nE '#include "(lib/(pure|binding)|cmd)/' lib/base/*.[ch] || true
		grep -nE '#include "(lib/binding|cmd)/' lib/pure/*.[ch] || true
		grep -nE '#include "cmd/' lib/binding/*.[ch] || true
		grep -nE '#include "cmd/(presencectl|presenced)/' cmd/common/*.[ch] || true
		grep -nE '#include "cmd/presenced/' cmd/presencectl/*.[ch] || true
		grep -nE '#include "cmd/presencectl/' cmd/presenced/*.[ch] || true)
	echo "$found"
	[ -z "$found" ]
}

@test "a binding knows no other binding" {
	found=$(grep -nE '#include "lib/binding/' lib/binding/*.c |
		awk -F'[:"]' '{ own = $1; sub(/\.c$/, "", own); sub(/-[a-z]+$/, "", own)
			other = $4; sub(/\.h$/, "", other); sub(/-(sql|lib|ladder)$/, "", other); if (own != other) print }')
	echo "$found"
	[ -z "$found" ]
}

@test "no file has outgrown its noun" {
	found=$(wc -l lib/*/*.c cmd/*/*.c | awk '$2 != "total" && $1 > 600')
	echo "$found"
	[ -z "$found" ]
}
