# SPDX-License-Identifier: GPL-3.0-or-later
# The units of systemd: what systemd thinks of them, and both programs under their system call filter.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() {
	export SERVED=$BATS_FILE_TMPDIR
	"$BATS_TEST_DIRNAME/lib/feed-server.py" --seconds 900 "$SERVED" >"$SERVED/ports" 3>&- &
	export SERVER=$!
	local f
	for f in presenced presenced-once; do
		sed "s,@BINDIR@/presencectl,$(command -v presencectl),; s,@SBINDIR@/presenced,$(command -v presenced),
			/^Documentation/d" "$TOP/share/systemd/$f.service.in" >"$SERVED/$f.service"
	done
}

teardown_file() { kill "$SERVER" && wait "$SERVER" || :; }

teardown() { daemon_down; }

confined() { # unit command...
	/usr/bin/python3 "$TOP/tests/lib/confined.py" "$SERVED/$1.service" "${@:2}"
}

exec_confined() { exec /usr/bin/python3 "$TOP/tests/lib/confined.py" "$SERVED/$1.service" "${@:2}"; }

@test "systemd finds no fault in the units, and little exposure" {
	local unit
	for unit in "$SERVED"/presenced{,-once}.service; do
		run -0 env -u PROGRAMS systemd-analyze verify "$unit"
		[ -z "$output" ]
		systemd-analyze security --offline=true --threshold=15 --no-pager "$unit"
	done
	diff <(sed -n '/^NoNewPriv/,/^$/p' "$SERVED/presenced.service" | grep .) <(sed -n '/^NoNewPriv/,$p' "$SERVED/presenced-once.service")
}

@test "the filter is that of the unit, and is loaded" {
	confined presenced grep -P '^Seccomp:\t2$' /proc/self/status
	fails_with 1 "Operation not permitted" confined presenced chown nobody "$SERVED/presenced.service"
	run confined presenced nice -n 5 true
	[[ $output == *"cannot set niceness"* ]]
	run confined presenced /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_NETLINK)'
	[ "$status" -ne 0 ]
	run confined presenced /usr/bin/python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'
	[ "$status" -ne 0 ]
}

# PBX "main" is nobody; the address is the feed server.
feeding() {
	site 1
	eventually grep -q '^HTTPS' "$SERVED/ports"
	echo "calendars = { allow_private = true; ca_file = \"$SERVED/cert.pem\"; };" >>presence.conf
	presencectl calendar add feed --later --url "https://localhost:$(sed -n 's/^HTTPS //p' "$SERVED/ports")/good"
	read_once() { [ -n "$(presencectl calendar list --output read --no-headings | tr -d ' -')" ]; }
	run ! read_once
}

@test "presenced and what it starts work under the filter: ticks, a reload, a calendar by TLS" {
	feeding
	confined presenced presencectl init --if-missing
	confined presenced presencectl --db "$PWD/new.db" init --if-missing
	exec_confined presenced presenced 2>>presenced.log 3>&- &
	DAEMON=$!
	eventually grep -q 'ready:' presenced.log
	grep -P '^Seccomp:\t2$' "/proc/$DAEMON/status"
	eventually read_once
	kill -HUP "$DAEMON"
	eventually grep -q 'configuration reloaded' presenced.log
	presencectl set alice dnd --for 2s --no-wait
	over() { [[ $(presencectl status alice --output mode --no-headings) == available* ]]; }
	eventually over
	run ! grep -i 'not permitted' presenced.log
	kill "$DAEMON"
	wait "$DAEMON"
	DAEMON=
}

@test "presenced --once works under the filter of its unit" {
	feeding
	run -4 confined presenced-once presenced --once
	eventually read_once
	run ! grep -i 'not permitted' <<<"$output"
}

@test "the filter of the units lets a reader confine itself" {
	landlock='import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))'
	for unit in presenced presenced-once; do
		says "$(/usr/bin/python3 -c "$landlock")" confined $unit /usr/bin/python3 -c "$landlock"
	done
}

# Whether the memory of a process has the text.
holds() { # PID TEXT
	/usr/bin/python3 - "$@" <<-'P'
		import sys
		pid, text = sys.argv[1], sys.argv[2].encode()
		mem = open(f"/proc/{pid}/mem", "rb", 0)
		for line in open(f"/proc/{pid}/maps"):
		    span, rights = line.split()[:2]
		    start, end = (int(x, 16) for x in span.split("-"))
		    if rights[0] == "r" and "[v" not in line:
		        mem.seek(start)
		        if text in mem.read(end - start):
		            sys.exit(0)
		sys.exit(1)
	P
}

@test "a reader of feeds has no secret, no database and no environment" {
	((EUID == 0)) || skip "needs root, who sees whose /proc is"
	site 1
	sed -i 's/secret = "none"/secret = "correct-horse"/' presence.conf
	eventually grep -q '^HTTPS' "$SERVED/ports"
	echo "calendars = { allow_private = true; timeout = 300; };" >>presence.conf
	presencectl calendar add x --later --url "http://127.0.0.1:$(sed -n 's/^HTTP //p' "$SERVED/ports")/late?when=$PWD/now"
	HUSH=environment presencectl calendar refresh x 3>&- &
	local other=$! reader
	eventually test -e now.asked
	reader=$(pgrep -P "$other" presencectl)
	holds "$other" correct-horse
	holds "$reader" "late?when=$PWD/now"
	run ! holds "$reader" correct-horse
	run ! holds "$reader" HUSH=environment
	run ! bash -c "find /proc/$reader/fd -type l -printf '%l\n' | grep -vE '^(socket|pipe|anon_inode):|^/dev/null\$'"
	[ "$(tr '\0' '\n' <"/proc/$reader/environ")" = PATH=/usr/bin:/bin ]
	[ "$(tr '\0' ' ' <"/proc/$reader/cmdline")" = "presencectl _fetch " ]
	grep -P '^NoNewPrivs:\t1$' "/proc/$reader/status"
	grep -P '^Max (core file|file) size +0 +0 ' "/proc/$reader/limits" | wc -l | grep -x 2
	touch now
	wait "$other"
}

@test "no process with a secret leaves a core dump or can be looked into" {
	((EUID == 0)) || skip "needs root, who sees whose /proc is"
	local home
	home=$(mktemp -d /tmp/confined.XXXXXX)
	chmod 755 "$home"
	site 1
	sed -i 's/secret = "none"/secret = "correct-horse"/' presence.conf
	mv presence.* "$home"
	chown -R 12345 "$home"
	cd "$home"
	PRESENCE_CONF=$PWD/presence.conf PRESENCE_DB=$PWD/presence.db setpriv --reuid=12345 --regid=12345 --clear-groups \
		presenced 2>log 3>&- &
	DAEMON=$!
	eventually grep -q 'ready:' log
	# A process that can be dumped belongs to its user.
	[ "$(stat -c %u "/proc/$DAEMON/maps")" = 0 ]
	grep -P '^Max core file size +0 +0 ' "/proc/$DAEMON/limits"
	kill -ABRT "$DAEMON"
	wait "$DAEMON" || :
	DAEMON=
	run ! grep -rl correct-horse --exclude=presence.conf .
	cd /
	rm -rf "$home"
}
