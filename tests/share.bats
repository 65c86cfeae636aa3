#!/usr/bin/env bats
# The samples and the installation are what they say.
bats_require_minimum_version 1.5.0
load lib/common

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

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

@test "install and uninstall" {
	make -s -C "$TOP" BUILD="$BUILD" install DESTDIR="$PWD/root" PREFIX=/usr >/dev/null
	[ -x root/usr/bin/presencectl ]
	[ -x root/usr/sbin/presenced ]
	grep -q 'ExecStart=/usr/sbin/presenced' root/usr/lib/systemd/system/presenced.service
	run ! grep -r '@[A-Z]*@' root/usr/lib root/usr/share
	make -s -C "$TOP" BUILD="$BUILD" uninstall DESTDIR="$PWD/root" PREFIX=/usr >/dev/null
	[ -z "$(find root -type f)" ]
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
