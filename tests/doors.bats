# SPDX-License-Identifier: GPL-3.0-or-later
# Who may write the database's folder gets nothing from root by it.
bats_require_minimum_version 1.5.0
load lib/common

OTHER=12345 # nobody's user ID; it stands for presence

setup() {
	((EUID == 0)) || skip "needs root"
	# The folder of bats lets nobody through.
	HOME_OF=$(mktemp -d /tmp/doors.XXXXXX)
	chmod 755 "$HOME_OF"
	cd "$HOME_OF" || return 1
	echo secret >secret
	chown :$OTHER secret
	chmod 640 secret
	echo "pbx = ( { name = \"main\"; port = 1; secret_file = \"$PWD/secret\"; } );" >presence.conf
	chmod 644 presence.conf
	mkdir folder
	chown $OTHER:$OTHER folder
	chmod 2770 folder
	export PRESENCE_CONF=$PWD/presence.conf PRESENCE_DB=$PWD/folder/presence.db
}

teardown() {
	[ -z "${RACER-}" ] || kill "$RACER" 2>/dev/null || :
	daemon_down
	rm -rf "$HOME_OF"
}

AS_OTHER=(--reuid=$OTHER --regid=$OTHER --clear-groups)
as_other() { setpriv "${AS_OTHER[@]}" "$@"; }

owners() { stat -c %u "$@" | sort -u; }

@test "root makes and opens the database as the owner of its folder" {
	presencectl init
	presencectl user add alice extension=1001
	[ "$(stat -c '%u:%g %a' folder/presence.db)" = "$OTHER:$OTHER 660" ]
	# A second one holds it open, so that the files beside it stay.
	exec 7< <(sqlite3 folder/presence.db 'SELECT count(*) FROM users' '.shell sleep 2')
	presencectl set alice dnd --no-wait
	[ "$(owners folder/*)" = $OTHER ]
	exec 7<&-
	[ "$(presencectl log --output by --no-headings | sort -u)" = root ]
	# What root names is read with root's rights.
	mkdir -m 700 own
	cp "$TOP/share/examples/alice.ics" own/
	chmod 600 own/alice.ics
	presencectl calendar add alice --file own/alice.ics
	as_other presencectl user add bob extension=1002
}

@test "root makes nothing of a member root's, who plants links meanwhile" {
	local i
	mkdir -m 755 victims
	: >victims/one
	cp "$TOP/tests/lib/plant.py" .
	# exec, so that the process to end is the racer and not a shell above it.
	(exec setpriv "${AS_OTHER[@]}" /usr/bin/python3 plant.py folder/presence.db "$PWD/victims/one" 3>&-) &
	RACER=$!
	for ((i = 0; i < 150; i++)); do
		presencectl init >/dev/null 2>&1 || :
		as_other rm -f folder/presence.db*
	done
	kill $RACER
	RACER=
	[ "$(owners victims/one)" = 0 ]
	[ ! -s victims/one ]
}

@test "root writes through no link that a member has planted" {
	local name
	presencectl init
	mkdir -m 755 victims
	for name in presence.db-wal presence.db-shm presence.db-journal presenced.lock; do
		: >"victims/$name"
		ln -s "$PWD/victims/$name" "folder/$name"
	done
	timeout 10 presencectl user add alice extension=1001 || :
	timeout 10 presenced --once || :
	[ -z "$(find victims -type f -size +0)" ]
	[ "$(owners victims/*)" = 0 ]
}

@test "a folder of root's that others may write is refused" {
	chown 0:$OTHER folder
	fails_with 5 "chown presence" presencectl init
	fails_with 5 "chown presence" presenced --once
	chmod 750 folder
	presencectl init
}

@test "presenced that root starts becomes the owner of the folder for good" {
	presencectl init
	daemon_up
	grep -P "^Uid:(\t$OTHER){4}\$" "/proc/$DAEMON/status"
	grep -P "^Gid:(\t$OTHER){4}\$" "/proc/$DAEMON/status"
	grep -P '^NoNewPrivs:\t1$' "/proc/$DAEMON/status"
	grep -P '^CapPrm:\t0+$' "/proc/$DAEMON/status"
	[ "$(owners folder/*)" = $OTHER ]
	daemon_down
	# What it could not read again later is refused at once.
	chmod 600 secret
	fails_with 5 "secret': Permission denied" presenced --check
	chmod 600 presence.conf
	fails_with 5 "presence.conf': Permission denied" presenced --check
}

# A member of the group: not the owner.
as_member() { setpriv --reuid=12346 --regid=$OTHER --clear-groups "$@"; }

@test "the secret is presenced's alone: what root checks, and what a member is told" {
	presencectl init
	chown $OTHER secret
	chmod 600 secret
	presencectl config check
	presenced --check
	fails_with 5 "use sudo" as_member "$(command -v presencectl)" config check
	fails_with 5 "use sudo" as_member "$(command -v presencectl)" pbx test
	fails_with 1 "not checked: main: secret-unusable: only presenced may read the secret: run it as root, with sudo" \
		as_member "$(command -v presencectl)" doctor
	fails_with 5 "use sudo; or start presenced" as_member "$(command -v presencectl)" push
	as_member "$(command -v presencectl)" user add alice extension=1001
	# Root can read it, presenced cannot.
	chown 0 secret
	fails_with 5 "secret': Permission denied" presencectl config check
}

@test "config check refuses what works but is not safe" {
	presencectl init
	echo REPLACE-THIS >secret
	fails_with 5 "has the secret of the sample" presencectl config check
	fails_with 5 "has the secret of the sample" presenced --check
	echo of-our-own >secret
	presencectl config check
	sed -i 's/port = 1;/host = "192.0.2.1";/' presence.conf
	fails_with 5 "set tls = true" presencectl config check
	fails_with 5 "set tls = true" presenced --check
	sed -i 's/host = /tls = true; host = /' presence.conf
	presencectl config check
}

@test "a FIFO in the place of a file is refused at once" {
	local name
	presencectl init
	presencectl user add alice extension=1001
	as_other mkfifo folder/presenced.lock
	fails_with 1 "it is not a regular file" timeout 10 presenced --once
	timeout 10 presencectl status
	rm folder/presenced.lock
	for name in presence.db-journal presence.db-wal presence.db-shm; do
		rm -f folder/presence.db-*
		as_other mkfifo "folder/$name"
		fails_with 5 "$name'" timeout 10 presencectl status
		rm "folder/$name"
	done
	mkfifo secret.fifo
	chown $OTHER secret.fifo
	chmod 600 secret.fifo
	sed -i "s,/secret,/secret.fifo," presence.conf
	fails_with 5 "it is not a regular file" timeout 10 presencectl config check
	mkfifo conf.fifo db.fifo
	PRESENCE_CONF=$PWD/conf.fifo fails_with 5 "it is not a regular file" timeout 10 presencectl config check
	fails_with 5 "it is not a regular file" timeout 10 presencectl --db "$PWD/db.fifo" status
}
