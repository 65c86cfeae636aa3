# SPDX-License-Identifier: GPL-3.0-or-later
# A presence server for the bats files: a real Kamailio (Debian) on loopback, with everything in memory, and one who subscribes there.
# shellcheck shell=bash

# Start one. It sets KAM_PORT (UDP and TCP), KAM_TLS_PORT and KAM_CERT. A second start keeps the ports. Its secret is sesame.
kamailio_up() { # [NAME=VALUE ...]: what stands as @NAME@ in tests/kamailio/kamailio.cfg
	local dir=$BATS_FILE_TMPDIR/kamailio pair modules
	local -A value=([ALGORITHM]=MD5 [NONCE_EXPIRE]=300 [MIN_EXPIRES]=30)
	[ -d "$dir" ] || kamailio_prepare "$dir" || return 1
	for pair; do value[${pair%%=*}]=${pair#*=}; done
	modules=(/usr/lib/*/kamailio/modules/)
	sed -e "s|@DIR@|$dir|; s|@PORT@|$KAM_PORT|; s|@TLS_PORT@|$KAM_TLS_PORT|; s|@MODULES@|${modules[0]}|" \
		-e "s|@ALGORITHM@|${value[ALGORITHM]}|; s|@NONCE_EXPIRE@|${value[NONCE_EXPIRE]}|" \
		-e "s|@MIN_EXPIRES@|${value[MIN_EXPIRES]}|g" "$TOP/tests/kamailio/kamailio.cfg" >"$dir/kamailio.cfg"
	# Its process ID stays in a file: what setup_file has started is ended by a test or by teardown_file.
	kamailio -f "$dir/kamailio.cfg" -DD -E -m 32 -M 4 -w "$dir" -Y "$dir" -P "$dir/pid" </dev/null >>"$dir/log" 2>&1 3>&- &
	eventually bash -c "exec 9<>/dev/tcp/127.0.0.1/$KAM_TLS_PORT" || {
		cat "$dir/log"
		return 1
	}
}

kamailio_prepare() { # DIR
	mkdir -p "$1/db"
	cp /usr/share/kamailio/dbtext/kamailio/{version,presentity,active_watchers,watchers,xcap} "$1/db/"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1/key.pem" -out "$1/cert.pem" -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
	# Two ports that are free for UDP and TCP.
	read -r KAM_PORT KAM_TLS_PORT < <(python3 -c '
import socket
ports = []
while len(ports) < 2:
    with socket.socket() as t, socket.socket(type=socket.SOCK_DGRAM) as u:
        t.bind(("127.0.0.1", 0))
        try:
            u.bind(t.getsockname())
        except OSError:
            continue
        if t.getsockname()[1] not in ports:
            ports.append(t.getsockname()[1])
print(*ports)')
	export KAM_PORT KAM_TLS_PORT KAM_CERT=$1/cert.pem
}

kamailio_down() {
	local dir=$BATS_FILE_TMPDIR/kamailio pid
	pid=$(cat "$dir/pid" 2>/dev/null) || return 0
	kill "$pid" 2>/dev/null || return 0
	eventually bash -c "! kill -0 $pid"
	rm -f "$dir/pid"
}

# Subscribe to a user and write what the server notifies to the file seen-NAME; ends with the test.
watch_user() { # NAME EXTENSION
	python3 "$TOP/tests/lib/sip-watcher.py" "$KAM_PORT" "sip:$2@127.0.0.1:$KAM_PORT" >"seen-$1" 3>&- &
	WATCHERS+=($!)
	eventually grep -q '^200' "seen-$1"
}

# The last document has this text.
sees() { # NAME TEXT
	tail -n 1 "seen-$1" | grep -qF -- "$2"
}

watchers_down() {
	local pid
	for pid in "${WATCHERS[@]}"; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	WATCHERS=()
}
WATCHERS=()
