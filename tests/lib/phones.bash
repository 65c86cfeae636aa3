# SPDX-License-Identifier: GPL-3.0-or-later
# Real SIP phones for the bats files, see tests/lib/baresip.py. They are folders of the test's own, and PBX_SIP is their Asterisk.
# shellcheck shell=bash

# Start phone NAME of an extension; it returns when the phone is registered. Not in a subshell: it would end with that.
phone_up() { # NAME EXTENSION [option of baresip.py keep ...]
	local name=$1 extension=$2 said
	shift 2
	mkdir "$BATS_TEST_TMPDIR/$name" && mkfifo "$BATS_TEST_TMPDIR/$name/said" || return 1
	"$TOP/tests/lib/baresip.py" keep "$BATS_TEST_TMPDIR/$name" "$extension" "$PBX_SIP" "$@" \
		</dev/null >"$BATS_TEST_TMPDIR/$name/said" 2>"$BATS_TEST_TMPDIR/$name/error" 3>&- &
	PHONES+=($!)
	read -rt 30 said <"$BATS_TEST_TMPDIR/$name/said" || said=
	[ "$said" = ready ] || {
		cat "$BATS_TEST_TMPDIR/$name/error"
		return 1
	}
}

# phone alice dial 1002; phone bob wait CALL_INCOMING; phone carol presence 1001 Busy
phone() { # NAME COMMAND [WORD ...]
	"$TOP/tests/lib/baresip.py" "$BATS_TEST_TMPDIR/$1" "${@:2}"
}

# A context of the Asterisk as the sample in share/asterisk/presence.conf has it, for phones that call and watch: files for
# --etc of pbx_up.
phones_etc() { # DIR
	local share=$TOP/share/asterisk/presence.conf
	mkdir "$1"
	{ cat "$share" && sed -n 's/^;|//p' "$share"; } >"$1/extensions.conf"
	sed 's/^context = .*/context = from-phones/; s/^subscribe_context = .*/subscribe_context = presence-hints/' \
		"$TOP/tests/pbx/etc/pjsip.conf" >"$1/pjsip.conf"
}

# A phone of 1002, played by sipp, watches an extension by dialog-info, as most desk phones do.
watch() { # extension
	local auth='[authentication username=1002 password=1002]' i=${#PHONES[@]}
	printf 'SEQUENTIAL\n%s;1002;%s\n' "$1" "$auth" >"$1.csv"
	sipp -sf "$TOP/tests/calls/sipp/watch.xml" -i 127.0.0.1 -p $((PBX_SIP + 1 + i)) -inf "$1.csv" -m 1 -nostdin \
		-timeout 60s -trace_msg -message_file "$1.messages" "127.0.0.1:$PBX_SIP" \
		</dev/null >/dev/null 2>&1 3>&- &
	PHONES+=($!)
}

# Each state that it was told, when it was another one than before.
notified() { sed -n 's/.*<state>\([a-z]*\).*/\1/p' "$1.messages" | uniq | paste -sd,; }
has_seen() { [ "$(notified "$1")" = "$2" ]; }

# For teardown.
phones_down() {
	local pid
	for pid in "${PHONES[@]}"; do kill "$pid" 2>/dev/null || :; done
	for pid in "${PHONES[@]}"; do wait "$pid" 2>/dev/null || :; done
	PHONES=()
}
PHONES=()
