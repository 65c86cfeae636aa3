#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# One vocabulary: the glossary of ARCHITECTURE.md, held against the source.
bats_require_minimum_version 1.5.0
load lib/common

setup() { cd "$TOP" || return 1; }

none() { # what was found
	echo "$1"
	[ -z "$1" ]
}

@test "no tag of a struct, enum or union stands twice" {
	tags=$(sed -nE 's/^\s*(static )?(const )?(struct|enum|union) ([a-z_0-9]+) \{.*/\4/p' lib/*/*.[ch] cmd/*/*.[ch])
	[ "$(wc -l <<<"$tags")" -gt 200 ]
	none "$(sort <<<"$tags" | uniq -d)"
}

@test "no name is a word of C++, which the formatter reads as such" {
	none "$(sed -E 's/"([^"\\]|\\.)*"//g; s,/\*.*,,; /^ \* /d; /^\t+ \* /d; s,//.*,,' lib/*/*.[ch] cmd/*/*.[ch] |
		grep -nE '(^|[^.>_a-z"])(delete|new|class|this|template|private|public|namespace|operator|friend|virtual)\b' || true)"
}

@test "a user is they, in comments, manuals and messages" {
	none "$(grep -nwiE 'he|him|his|she|her|hers' lib/*/*.[ch] lib/*/*.sql cmd/*/*.[ch] man/*.scd *.md \
		share/presence.conf share/asterisk/presence.conf share/asterisk/manager.d/* share/examples/*.sh || true)"
}

@test "no word that readers have to look up" {
	# Not yet: lib/sync and the dialplan.
	none "$(grep -nwiE 'anew|heirs?|hence|herein|hitherto|lest|likewise|nought|thereby|therein|thereof|thereupon|upon|whereby|wherein|whereof|whilst' \
		lib/{base,time,calendar,presence,calls,pbx,binding,store,follow}/*.[ch] lib/store/*.sql cmd/*/*.[ch] man/*.scd *.md \
		share/presence.conf share/asterisk/manager.d/* share/examples/*.sh || true)"
}

@test "what is printed has lines; a row is one of SQL" {
	none "$(grep -nwiE 'rows?' cmd/*/*.[ch] README.md man/presencectl.1.scd man/presenced.8.scd man/presence-time.7.scd man/presence.conf.5.scd \
		share/presence.conf share/examples/*.sh || true)"
}

@test "a table's columns are filled by name" {
	[ "$(grep -hE 'out_(text|number|bool|time)\([a-z]+, [A-Z_]+' cmd/presencectl/*.c | wc -l)" -gt 100 ]
	none "$(grep -nE 'out_(text|number|bool|time)\([^,]*, *[0-9]' cmd/*/*.c || true)"
}

@test "a command's summary is short, begins in small letters and has no full stop" {
	summaries=$(grep -hE '^\s*\.summary = ' cmd/presencectl/*.c)
	[ "$(wc -l <<<"$summaries")" -gt 50 ]
	none "$(grep -vE '= "[^A-Z"][^"]{0,58}[^."]",$' <<<"$summaries" || true)"
}

@test "every source file names its licence" {
	local sources=$BATS_TEST_TMPDIR/sources
	# What is left out: documents, settings of tools, data.
	(git ls-files 2>/dev/null || find . -name build -prune -o -type f -printf '%P\n') |
		grep -vE '\.(md|scd|ics|patch)$|^(COPYING|\.gitignore|\.clang-.*)$|^man/|^tests/(fuzz/[^/]*|data)/' | sort >"$sources"
	[ "$(wc -l <"$sources")" -gt 250 ]
	# A table made of others' data names their licence a little further down.
	none "$(xargs awk 'FNR <= (FILENAME ~ /\.inc$/ ? 6 : 2) && /SPDX-License-Identifier: [A-Z]/ { print FILENAME }' <"$sources" |
		sort | comm -13 - "$sources")"
}
