#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A rule that does not exist is added as ARCHITECTURE.md says, to a copy of the tree. Then programs, databases, entries and dialplans of before and
# after meet in every way.
bats_require_minimum_version 1.5.0
load lib/common

PATCH=$BATS_TEST_DIRNAME/newrule.patch
NEW=$BUILD/newrule

setup_file() {
	# Both versions of Asterisk use the copy. What has not changed is not compiled again.
	(
		flock -w 200 9
		build_new
	) 9>"$BUILD/newrule.lock" >"$BATS_FILE_TMPDIR/build.log" 2>&1 || {
		cat "$BATS_FILE_TMPDIR/build.log"
		return 1
	}
	cat >"$BATS_FILE_TMPDIR/calls" <<-C
		# --- as before
		call available,lunch-break internal,external idle
		call do-not-disturb internal,group idle
		call available external idle forward.external.always=@b others=idle
		call available external busy forward.external.busy=number:@far others=idle
	C
	cat - "$BATS_FILE_TMPDIR/calls" >"$BATS_FILE_TMPDIR/new-calls" <<-C
		# --- the rule
		call available internal,external idle outside.calls=no
		call available external idle forward.external.always=@b b.outside.calls=no others=idle
	C
	local share=share/asterisk/presence.conf pids=() pid failed=0
	play new-new new-calls --site "$NEW/build/presencectl" --dialplan "$NEW/$share" &
	pids+=($!)
	play old-dialplan calls --site "$BUILD/presencectl" --push "$NEW/build/presencectl" --dialplan "$TOP/$share" &
	pids+=($!)
	play old-entries calls --site "$BUILD/presencectl" --dialplan "$NEW/$share" &
	pids+=($!)
	for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
	((!failed)) && pbx_up
}

teardown_file() { pbx_down; }
teardown() { daemon_down; }

build_new() {
	local tree=$BATS_FILE_TMPDIR/tree file
	mkdir "$tree"
	cp -r "$TOP"/{Makefile,lib,cmd,share} "$tree"
	patch -s -d "$tree" -p1 <"$PATCH" || return 1
	mkdir -p "$NEW"
	while IFS= read -r file; do
		cmp -s "$tree/$file" "$NEW/$file" || install -D -m 644 "$tree/$file" "$NEW/$file" || return 1
	done < <(cd "$tree" && find . -type f)
	while IFS= read -r file; do
		[ -e "$tree/$file" ] || rm "$NEW/$file"
	done < <(cd "$NEW" && find lib cmd share -type f)
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$NEW" -j2 BUILD=build CFLAGS=-O0 HARDEN= LDHARDEN= all
}

play() { # name calls options
	local out=$BATS_FILE_TMPDIR/$1 calls=$BATS_FILE_TMPDIR/$2
	shift 2
	mkdir "$out"
	"$TOP/tests/calls/play" --out "$out" "$@" "$calls" 3>&- >"$out/log" 2>&1 || {
		cat "$out/log"
		return 1
	}
}

as_foretold() { # name calls section
	"$TOP/tests/calls/compare" --site --only "$3" "$BATS_FILE_TMPDIR/$1" "$BATS_FILE_TMPDIR/$2"
}

new() { "$NEW/build/presencectl" "$@"; }

# The last field of a compiled entry of a database, as it is wanted.
last() { sqlite3 "${2:-$PRESENCE_DB}" "SELECT wanted FROM item WHERE name = '$1'" | sed 's/.*|//'; }
fields() { sqlite3 "${2:-$PRESENCE_DB}" "SELECT wanted FROM item WHERE name = '$1'" | tr '|' '\n' | wc -l; }

@test "the rule takes the steps of ARCHITECTURE.md, and no more" {
	steps=$(grep '^| a call rule |' "$TOP/ARCHITECTURE.md" | grep -oE '`[a-z/-]+\.(c|h|conf)`' | tr -d '`' | xargs -n1 basename | sort -u)
	[ "$(wc -l <<<"$steps")" -ge 5 ]
	[ "$(sed -n 's,^+++ b/.*/,,p' "$PATCH" | sort)" = "$steps" ]
	# The list of fields has one more at the end, and is otherwise the same.
	diff <("$BUILD/presencectl" _man entries) <(new _man entries | head -n -1)
	[[ $(new _man entries | tail -1) == *outside.calls*'if missing'* ]]
	diff <(new _man entries) <(sed -nE 's/^; (presence-[a-z]+\/|    [a-z_]+ )/\1/p' "$NEW/share/asterisk/presence.conf")
	new _complete 'presencectl rule set alice away out' | grep '^outside.calls'
	new _man rules | grep 'outside.calls'
	run ! grep -r outside.calls "$TOP/lib" "$TOP/cmd" "$TOP/share"
}

@test "a database is compiled for the program that edits or pushes it" {
	site
	presencectl rule set alice away ring.timeout=30
	before=$(fields presence-mode/away)
	# There is no PBX at that port.
	run -4 new push
	[ "$(fields presence-mode/away)" = $((before + 1)) ]
	[ "$(last presence-mode/away)" = y ]
	[ "$(last presence-rule/1001.away)" = y ]
	new rule set alice away outside.calls=no
	[ "$(last presence-rule/1001.away)" = n ]
	run -4 presencectl push
	[ "$(fields presence-mode/away)" = "$before" ]
	[ "$(fields presence-rule/1001.away)" = "$before" ]
	# The program of before does not know the rule, and leaves it where it is.
	[ "$(presencectl rule show alice away --json | jq '[.rules[] | select(.key == "outside.calls")] | length')" = 0 ]
	presencectl user set bob mobile=+46701234567
	run -4 new push
	[ "$(last presence-rule/1001.away)" = n ]
	[ "$(last presence-mode/available)" = y ]
}

@test "presenced compiles and pushes entries as it starts" {
	on_pbx() { [ "$(console 'database get presence-mode away' | sed -n 's/^Value: //p')" = "$1" ]; }
	wanted() { sqlite3 "$PRESENCE_DB" "SELECT wanted FROM item WHERE name = 'presence-mode/away'"; }
	site "$PBX_AMI"
	daemon_up
	before=$(wanted)
	eventually on_pbx "$before"
	daemon_down
	PATH=$NEW/build:$PATH daemon_up
	[ "$(wanted)" = "$before|y" ]
	eventually on_pbx "$before|y"
	daemon_down
	daemon_up
	eventually on_pbx "$before"
}

@test "the dialplan with the rule, and entries with it" {
	as_foretold new-new new-calls 'the rule'
	grep -q '"code": "403"' "$BATS_FILE_TMPDIR/new-new/observed.json"
	as_foretold new-new new-calls 'as before'
}

@test "the dialplan of before, and entries with the rule" {
	[ "$(last presence-mode/away "$BATS_FILE_TMPDIR/old-dialplan/presence.db")" = y ]
	as_foretold old-dialplan calls 'as before'
	run ! grep damaged "$BATS_FILE_TMPDIR/old-dialplan/asterisk"
}

@test "the dialplan with the rule, and entries of before" {
	[ "$(fields presence-mode/away "$BATS_FILE_TMPDIR/old-entries/presence.db")" -lt \
		"$(fields presence-mode/away "$BATS_FILE_TMPDIR/new-new/presence.db")" ]
	as_foretold old-entries calls 'as before'
	run ! grep damaged "$BATS_FILE_TMPDIR/old-entries/asterisk"
}
