# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by start, stop and cli: what they know of an instance.
# shellcheck shell=bash
#
# An instance is a run directory in the /tmp of a root directory. It holds
# etc/ (filled from tests/pbx/etc), db/ (AstDB), log/full, keys/, and two
# files of ours: "pbx.env" (what start printed) and "pid" (the process and the
# time it started, which tells it from a later namesake).

# The Asterisk of root $1, entered as this user may: into array `asterisk`.
instance_program() { # root dir
	local enter=(chroot)
	((EUID == 0)) || enter=(unshare --user --map-root-user chroot)
	# shellcheck disable=SC2034 # used by who sources this
	asterisk=("${enter[@]}" "$1" /usr/sbin/asterisk -C "$2/etc/asterisk.conf")
}

# Prints when process $1 started, in ticks since boot; fails if it has ended,
# also when nobody has collected it yet.
started_at() { # pid
	local stat fields
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	read -ra fields <<<"${stat##*) }"
	[[ ${fields[0]} != [ZX] ]] && echo "${fields[19]}"
}

# Whether the instance in run directory $1 lives; then pid is its process.
instance_lives() { # run
	local ticks now
	{ read -r pid ticks <"$1/pid"; } 2>/dev/null || return 1
	now=$(started_at "$pid") && [ "$now" = "$ticks" ]
}

# Ends it with signal $2 and waits until it has gone: ten seconds, then the
# hard way. Ends nothing that is not the instance.
instance_end() { # run signal
	local pid i
	instance_lives "$1" || return 0
	kill -s "$2" "$pid" 2>/dev/null || return 0
	for ((i = 0; i < 1000; i++)); do
		instance_lives "$1" || return 0
		sleep 0.01
	done
	echo "${0##*/}: process $pid did not end in 10 s, killing it" >&2
	kill -s KILL "$pid"
}
