# SPDX-License-Identifier: GPL-3.0-or-later
# Makes root directories of Debian releases by debootstrap. For programs that print where one is.
# shellcheck shell=bash

root_say() { echo "${0#"$TOP"/}: $*" >&2; }
root_die() {
	root_say "$@"
	exit 1
}

# Print DIR/NAME, a root directory that holds SUITE with PACKAGES (separated by commas), and make it first if
# PROGRAM is not in it yet. Before anybody sees a new one, finish DIRECTORY is called. Who calls it has set MIRRORS.
root_of() { # DIR NAME SUITE PACKAGES PROGRAM
	local dir=$1 name=$2 suite=$3 packages=$4 program=$5
	if [ ! -x "$dir/$name$program" ]; then
		mkdir -p "$dir"
		dir=$(cd "$dir" && pwd)
		root_make
	fi
	echo "$dir/$name"
}

root_make() {
	exec 9>"$dir/$name.lock"
	if ! flock --nonblock 9; then
		root_say "waiting for the run that is making $dir/$name"
		flock --timeout 1800 9 || root_die "gave up after 30 minutes; see $dir/$name.log"
	fi
	[ ! -x "$dir/$name$program" ] || return 0 # made by the run that held the lock

	PATH=$PATH:/usr/sbin:/sbin
	command -v debootstrap >/dev/null || root_die "debootstrap is missing: run tests/setup check"
	AS_ROOT=()
	if ((EUID != 0)); then
		command -v sudo >/dev/null ||
			root_die "making $dir/$name needs root privileges: run it as root, or install sudo"
		AS_ROOT=(sudo)
	fi
	NEW=$dir/$name.new
	trap root_discard EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	root_fetch "$dir/$name.log"
	"${AS_ROOT[@]}" find "$NEW/var/cache/apt" "$NEW/var/lib/apt/lists" -type f -delete
	"${AS_ROOT[@]}" mv -T "$NEW" "$dir/$name"
	root_say "it is there after $SECONDS s"
}

# shellcheck disable=SC2317 # called by the trap
root_discard() {
	local at
	# What debootstrap mounts it also unmounts, unless it is interrupted.
	for at in proc sys dev/pts dev; do
		! mountpoint -q "$NEW/$at" || "${AS_ROOT[@]}" umount "$NEW/$at" || :
	done
	"${AS_ROOT[@]}" rm -rf --one-file-system "$NEW"
}

root_fetch() { # log
	local mirror made=
	root_say "fetching Debian $suite into $dir/$name, some minutes"
	: >"$1"
	for mirror in "${MIRRORS[@]}"; do
		root_discard
		if "${AS_ROOT[@]}" timeout --foreground --kill-after=10 1800 \
			debootstrap --variant=minbase --force-check-gpg --include="$packages" \
			"$suite" "$NEW" "$mirror" </dev/null >>"$1" 2>&1 9>&-; then
			made=yes
			break
		fi
	done
	if [ -z "$made" ]; then
		[ ! -f "$NEW/debootstrap/debootstrap.log" ] ||
			"${AS_ROOT[@]}" tail -n 20 "$NEW/debootstrap/debootstrap.log" >>"$1"
		tail -n 5 "$1" | sed 's/^/  /' >&2
		root_die "debootstrap could not fetch $suite from ${MIRRORS[*]}: is there a network? The whole log is in $1"
	fi
	[ -x "$NEW$program" ] || root_die "$suite was fetched, but holds no $program; see $1"
	finish "$NEW"
}
