#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the Makefile builds, installs and packs. Other tests use the programs meanwhile, so this works on a copy of them.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() { copy "$BATS_FILE_TMPDIR/build"; }

# The make that runs the tests may have handed down variables, which count, and its jobs, which do not.
setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	[[ ${MAKEFLAGS-} == *' -- '* ]] && MAKEFLAGS="-- ${MAKEFLAGS#* -- }" || MAKEFLAGS=
}

teardown() { daemon_down; }

copy() { # to
	mkdir -p "$1"
	cp -a "$BUILD"/{obj,gen,man,with,lib*.a,presencectl,presenced} "$1"
}

# The make of the tree with the copy. What it says goes to made.
make_it() { make -C "$TOP" BUILD="$BATS_FILE_TMPDIR/build" "$@" >made 2>&1 || { cat made && false; }; }

# What would be compiled and linked.
to_make() { # variables and goals...
	make_it -n "$@" && sed -nE "s,.* -o $BATS_FILE_TMPDIR/build/(obj/)?([^ ]+) .*,\2,p" made | sort
}

# The commands that make a thing from nothing.
commands() { # thing, variables...
	local thing=$1
	shift
	env -u SANITIZE -u COVERAGE -u CPPFLAGS -u CFLAGS -u LDFLAGS \
		make -C "$TOP" -n BUILD="$PWD/none" "$@" "$PWD/none/$thing"
}

@test "install and uninstall" {
	local name zsh=site-functions
	make_it install DESTDIR="$PWD/root" PREFIX=/usr
	[ -x root/usr/bin/presencectl ]
	[ -x root/usr/sbin/presenced ]
	grep -q 'ExecStart=/usr/sbin/presenced' root/usr/lib/systemd/system/presenced.service
	for name in README.md ARCHITECTURE.md COPYING; do
		cmp "$TOP/$name" "root/usr/share/doc/presence/$name"
	done
	for name in presencectl.1 presence.conf.5 presence-calls.7 presence-time.7 presenced.8; do
		[ -s "root/usr/share/man/man${name##*.}/$name" ]
	done
	# Where zsh looks; the one of Debian looks into site-functions below /usr/local only.
	make_it -n install
	grep "/usr/local/share/zsh/$zsh/" made
	[ ! -e /etc/debian_version ] || zsh=vendor-completions
	[ -s "root/usr/share/zsh/$zsh/_presencectl" ]
	run ! grep -r '@[A-Z]*@' root/usr/lib root/usr/share
	make_it uninstall DESTDIR="$PWD/root" PREFIX=/usr
	[ -z "$(find root -type f)" ]
}

@test "what holds a value is made again when it changes, and nothing else is" {
	local values=(PREFIX=/opt/elsewhere SYSCONFDIR=/opt/etc VERSION=77.7)
	make_it
	[ -z "$(to_make)" ]
	diff <(to_make PREFIX=/opt/elsewhere) <(printf '%s\n' cmd/presenced/feeds.o lib/binding/conf.o presencectl presenced)
	diff <(to_make SYSCONFDIR=/opt/etc) <(printf '%s\n' lib/binding/conf.o presencectl presenced)
	diff <(to_make LDFLAGS=-Wl,-O1) <(printf '%s\n' presencectl presenced)
	[ "$(to_make VERSION=77.7 | wc -l)" -le 7 ]
	[ "$(to_make CPPFLAGS=-DOTHER | grep -c '\.o$')" = "$(find "$TOP"/{lib,cmd} -name '*.c' | wc -l)" ]
	[ -z "$(to_make)" ]
	make_it "${values[@]}" all man
	[ -z "$(to_make "${values[@]}")" ]
	grep -aq /opt/elsewhere/bin "$BATS_FILE_TMPDIR/build/presenced"
	fails_with 5 "cannot read configuration '/opt/etc/presence/presence.conf'" \
		env -u PRESENCE_CONF "$BATS_FILE_TMPDIR/build/presencectl" --db x.db config check
	says "presencectl 77.7" "$BATS_FILE_TMPDIR/build/presencectl" --version
	grep -F 'presence 77.7' "$BATS_FILE_TMPDIR/build/man/presence-time.7"
}

@test "an installed presenced runs the presencectl that was installed with it, wherever that is" {
	make_it install DESTDIR="$PWD/root" PREFIX=/opt/elsewhere
	PATH=$PWD/root/opt/elsewhere/sbin:$PWD/root/opt/elsewhere/bin:$PATH
	site 1
	presencectl calendar add closed --url http://127.0.0.1:1/ --later
	daemon_up
	asked() { [[ $(presencectl calendar list --output error) == *"127.0.0.1, which is not public"* ]]; }
	eventually asked || { cat presenced.log && false; }
	daemon_down
}

level() { sed -n 's/#define _FORTIFY_SOURCE //p'; }

fortified() { # the level that comes of it, variables...
	local want=$1 compile
	shift
	echo "$*: '$want'"
	compile=$(commands obj/lib/base/err.o "$@" | sed -n 's/.*;\(.*\) -MMD -MP -c -o .*/\1/p')
	[ -n "$compile" ] && (cd "$TOP" && eval "$compile -Werror -dM -E lib/base/err.c") >macros &&
		[ "$(level <macros)" = "$want" ]
}

@test "_FORTIFY_SOURCE is the caller's, else the compiler's, else 2" {
	local own
	own=$(gcc -O2 -dM -E -x c /dev/null | level)
	fortified "${own:-2}" CC=gcc
	fortified 3 CPPFLAGS=-D_FORTIFY_SOURCE=3
	fortified 1 CPPFLAGS=-D_FORTIFY_SOURCE=1
	fortified 3 CFLAGS='-O1 -Wp,-D_FORTIFY_SOURCE=3'
	fortified '' CPPFLAGS=-U_FORTIFY_SOURCE
	fortified '' CFLAGS=-O0
}

@test "CPPFLAGS, CFLAGS and LDFLAGS reach what they are for" {
	commands obj/lib/base/err.o CPPFLAGS=-DMINE CFLAGS=-O3 | grep -E -- ' -DMINE .*-O3 .*-c -o '
	commands presencectl CFLAGS=-O3 LDFLAGS=-Wl,--mine | grep -E -- '-O3 .*-Wl,--mine .*-o [^ ]*/presencectl '
	commands tests/test-text LDFLAGS=-Wl,--mine | grep -E -- '-Wl,--mine .*-o [^ ]*/test-text '
}

# What mandoc says of scdoc's own habits is let through.
@test "mandoc finds no fault in the manual pages" {
	run mandoc -T lint -W style "$BUILD"/man/*.[0-9]
	grep -v -e 'skipping paragraph macro' -e 'longer than 80 bytes' -e 'lower case character in document' \
		-e 'cannot parse date, using it verbatim' <<<"$output" >faults || :
	cat faults
	[ ! -s faults ]
}

# All programs but scdoc.
without_scdoc() {
	mkdir programs
	ln -s /usr/bin/* programs/
	rm -f programs/scdoc
	PATH=$PWD/programs
}

@test "the tarball builds and installs, without scdoc too" {
	[ -e "$TOP/.git" ] || skip "the tarball is made from a git checkout"
	make_it dist
	tar -xzf "$BATS_FILE_TMPDIR"/build/presence-*.tar.gz
	version=$(presencectl --version)
	cd presence-*/ || return 1
	# Older than the objects, so that only what holds the prefix is compiled.
	find . -exec touch -d 2001-01-01 {} +
	copy build
	rm -rf build/man build/presence{ctl,d}
	without_scdoc
	make BUILD=build install DESTDIR="$PWD/root" PREFIX=/opt/elsewhere >made 2>&1 || { cat made && false; }
	says "$version" root/opt/elsewhere/bin/presencectl --version
	for page in "$BATS_FILE_TMPDIR"/build/man/*.[1-8]; do
		cmp "$page" root/opt/elsewhere/share/man/man"${page##*.}/${page##*/}"
	done
	rm man/*.[1-8] build/man/*
	fails_with 2 "scdoc is missing" make BUILD=build install DESTDIR="$PWD/root2" PREFIX=/opt/elsewhere
}
