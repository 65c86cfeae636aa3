#!/usr/bin/env bats
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
	none "$(grep -nwiE 'he|him|his|she|her|hers' lib/*/*.[ch] lib/*/*.sql cmd/*/*.[ch] man/*.scd README.md ARCHITECTURE.md \
		share/presence.conf share/asterisk/presence.conf share/asterisk/manager.d/* share/examples/*.sh || true)"
}
