# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by the bats files. Every test has its own folder, configuration and database.
# shellcheck shell=bash

TOP=${TOP:-$(cd "$BATS_TEST_DIRNAME/.." && pwd)}
BUILD=${BUILD:-$TOP/build}
PATH=${PROGRAMS:-$BUILD}:$PATH
unset TZ SUDO_USER
export LC_ALL=C.UTF-8

# An Asterisk for the file: pbx_up in setup_file, pbx_down in teardown_file.
# Its variables are those that tests/pbx/start prints.
pbx_up() { # options of tests/pbx/start
	local env
	env=$("$TOP/tests/pbx/start" "$@") || return 1
	set -a
	eval "$env"
	set +a
}

# Its log stays with those of the tests.
pbx_down() {
	[ -n "${PBX_RUN-}" ] || return 0
	if [ -d "$BUILD/test-logs" ]; then
		cat "$PBX_RUN"/log/{before,full} 2>/dev/null \
			>"$BUILD/test-logs/${BATS_TEST_FILENAME##*/}@$PBX_VERSION.asterisk" || :
	fi
	"$TOP/tests/pbx/stop" --kill --remove "$PBX_RUN"
}

pbx_restart() { # options of tests/pbx/stop
	"$TOP/tests/pbx/stop" "$@" "$PBX_RUN" && pbx_up --keep "$PBX_RUN"
}

# Manager actions as the user admin, or presence after --user presence.
ami() { # [--user USER] ACTION [HEADER: VALUE...] [-- ACTION ...]
	local user=admin
	if [ "$1" = --user ]; then
		user=$2
		shift 2
	fi
	"$TOP/tests/pbx/ami" --user "$user" "$PBX_RUN" "$@"
}

# A configuration with PBX "main" on this port, and a database with alice and bob.
site() { # port
	cd "$BATS_TEST_TMPDIR" || return 1
	export PRESENCE_CONF=$PWD/presence.conf PRESENCE_DB=$PWD/presence.db
	cat >presence.conf <<-C
		pbx = ( { name = "main"; port = ${1:-1}; secret = "${PBX_SECRET:-none}"; } );
		defaults = { zone = "Europe/Stockholm"; };
	C
	chmod 600 presence.conf
	presencectl init >/dev/null
	presencectl user add alice extension=1001 devices.desk=PJSIP/1001
	presencectl user add bob extension=1002
}

# Retry a command until it succeeds, a minute at most: a machine may have much else to do.
eventually() {
	local end=$((SECONDS + 60))
	while ((SECONDS < end)); do
		if "$@" >/dev/null 2>&1; then return 0; fi
		sleep 0.02
	done
	echo "not within a minute: $*"
	"$@"
}

daemon_up() {
	local before
	touch presenced.log
	before=$(grep -c 'ready:' presenced.log) || :
	presenced "$@" 2>>presenced.log 3>&- &
	DAEMON=$!
	eventually ready_after "$before" || {
		cat presenced.log
		return 1
	}
}

ready_after() { (($(grep -c 'ready:' presenced.log) > $1)); }

daemon_down() {
	[ -n "${DAEMON-}" ] || return 0
	kill "$DAEMON" 2>/dev/null || :
	wait "$DAEMON" 2>/dev/null || :
	DAEMON=
}

console() { "$TOP/tests/pbx/cli" "$PBX_RUN" "$1"; }

# Asterisk 16 cuts the name of a hint at 20 characters.
hint() {
	local name=$1@hints
	[ "$PBX_VERSION" != 16 ] || name=${name:0:20}
	console 'core show hints' | grep -F -- "$name" | tr -s ' '
}

# What the PBX holds: type of presence, and device state. Asterisk updates a
# hint after it has answered, by milliseconds or more when the machine is busy.
presence_is() { shows "$1" "Presence:$2 "; }
lamp_is() { shows "$1" "State:$2 "; }
shows() { # hint text
	local i
	for ((i = 0; i < 50; i++)); do
		! hint "$1" | grep -qF -- "$2" || return 0
		sleep 0.02
	done
	return 1
}
held() { console 'devstate list' | grep -F "'$1'" | sed "s/.*State: '//; s/'//"; }

# run, then the exit status and what the output must hold.
# shellcheck disable=SC2154 # status and output are of bats
fails_with() { # status text command ...
	local want=$1 text=$2
	shift 2
	run "$@"
	[ "$status" -eq "$want" ] || {
		echo "status $status, not $want: $*"
		echo "$output"
		return 1
	}
	[[ $output == *"$text"* ]] || {
		echo "no '$text' in what '$*' says:"
		echo "$output"
		return 1
	}
}

# shellcheck disable=SC2317 # the functions are called by the tests
# From here on our programs see this clock (UTC), which goes on: 2026-11-23 10:30:00.
clock() {
	CLOCK=$1
	presencectl() { at_clock presencectl "$@"; }
	presenced() { at_clock presenced "$@"; }
}
at_clock() {
	# shellcheck disable=SC2016 # $LIB is for the loader
	# Without the wrapper faketime, which fails where an earlier process left a semaphore.
	TZ=UTC ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 FAKETIME=@$CLOCK \
		LD_PRELOAD='/usr/$LIB/faketime/libfaketime.so.1' command "$@"
}

# A compiled entry has these values in fields of these names, which presence-calls(7) lists in their order.
has_fields() { # KEY ENTRY NAME=VALUE ...
	local key=$1 name values pair i=0
	local -A field=()
	IFS='|' read -ra values <<<"$2"
	shift 2
	while read -r name; do
		field[$name]=${values[i]-}
		((++i))
	done < <(command presencectl _man entries | awk -v family="${key%%/*}/" \
		'/^[^ ]/ { on = index($0, family); next } on { print $1 }')
	for pair; do
		[ "${field[${pair%%=*}]-no such field}" = "${pair#*=}" ] || {
			echo "$key has ${pair%%=*}=${field[${pair%%=*}]-}, not $pair"
			return 1
		}
	done
}

# Standard output of a command, and nothing else of it, is exactly this.
# shellcheck disable=SC2001,SC2154 # each line; status, stderr and output are of bats
says() { # text command ...
	local want=$1
	shift
	run --separate-stderr "$@"
	[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || {
		echo "status $status: $*"
		echo "$stderr"
		return 1
	}
	diff <(echo "$want") <(sed 's/ *$//' <<<"$output")
}

# Nothing may change by what fails.
refused() { # as fails_with
	local before
	before=$(contents)
	fails_with "$@" || return 1
	[ "$before" = "$(contents)" ] || {
		echo "the database has changed"
		return 1
	}
}

# Everything in the database, to see that nothing has changed.
contents() { sqlite3 "$PRESENCE_DB" .dump | sha256sum; }
