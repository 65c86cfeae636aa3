#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Presences on a real presence server (Kamailio), as those see them who have subscribed there: a script, baresip and Linphone.
bats_require_minimum_version 1.5.0
load lib/common
load lib/kamailio

setup_file() {
	kamailio_up
}

teardown_file() {
	kamailio_down
}

teardown() {
	daemon_down
	watchers_down
	[ -z "${OTHER-}" ] || kill "$OTHER" 2>/dev/null || :
	[ -z "${PHONE-}" ] || kill "$PHONE" 2>/dev/null || :
}

# Alice and bob with extensions of their own in each test: a server forgets nothing between tests.
publishing() { # SERVER [further settings]
	site
	write_conf "$@"
	# shellcheck disable=SC2034 # for the tests
	A=7$((RANDOM % 90000 + 10000)) B=8$((RANDOM % 90000 + 10000))
	presencectl user set alice extension=$A
	presencectl user set bob extension=$B
}

write_conf() { # SERVER [further settings]
	cat >presence.conf <<-C
		pbx = ( { name = "main"; port = 1; secret = "none"; } );
		defaults = { zone = "Europe/Stockholm"; };
		publish = ( { uri_template = "sip:{extension}@127.0.0.1:$KAM_PORT"; server = "$1"; username = "presence";
			secret = "sesame"; ${2-} } );
	C
	chmod 600 presence.conf
}

published() { # USER MODE
	[ "$(presencectl publish users "$1" --no-headings --output PUBLISHED | tr -d ' ')" = "$2" ]
}

# `set` waits for the PBX, and there is none.
switch() { presencectl set "$@" --no-wait >/dev/null; }

server_is() { # TEXT ...
	local text line
	line=$(presencectl publish list --output STATE,ERROR,HELD,REFUSED --no-headings)
	for text; do [[ $line == *"$text"* ]] || return 1; done
}

@test "UDP: modes, notes and ends are seen, whatever is in them" {
	publishing "sip:127.0.0.1:$KAM_PORT"
	daemon_up
	watch_user alice "$A"
	eventually sees alice '<basic>open</basic>'
	switch alice dnd --note $'5 < 6 & "so" \xc3\xa5]]>' --until 2036-12-24T12:00:00Z
	eventually sees alice '<rpid:busy/>'
	sees alice '<note>5 &lt; 6 &amp; "so" å]]&gt;</note>'
	sees alice 'until="2036-12-24T12:00:00Z"'
	switch alice lunch
	eventually sees alice '<rpid:away/><rpid:meal/>'
	sees alice '<note>Lunch Break</note>'
	switch alice off
	eventually sees alice '<basic>closed</basic>'
	eventually published alice off-work
	published bob available
	eventually server_is up '2'
	presencectl publish users alice --json | jq -e --arg a "$A" '.publications[0] | .uri == "sip:\($a)@127.0.0.1:'"$KAM_PORT"'" and
		.error == null and .server == "main" and .at != null and .until != null' >/dev/null
	# A user who is deleted is taken back.
	presencectl user delete alice
	remembered() { [ "$(sqlite3 presence.db 'SELECT count(*) FROM publication')" -eq "$1" ]; }
	eventually remembered 1
	watch_user gone "$A"
	sleep 0.3
	run ! sees gone open
	run ! sees gone closed
}

@test "TCP, and TLS with the server's certificate" {
	publishing "sip:127.0.0.1:$KAM_PORT;transport=tcp"
	daemon_up
	eventually published alice available
	write_conf "sips:localhost:$KAM_TLS_PORT" "ca_file = \"$KAM_CERT\";"
	kill -HUP "$DAEMON"
	eventually grep -q reloaded presenced.log
	switch alice away
	eventually published alice away
	watch_user alice "$A"
	eventually sees alice '<rpid:away/>'
	# One presence, though it was published over two connections.
	[ "$(grep -o '<tuple' seen-alice | wc -l)" -eq "$(grep -c '^document' seen-alice)" ]
	write_conf "sips:localhost:$KAM_TLS_PORT"
	kill -HUP "$DAEMON"
	eventually server_is down 'certificate of localhost' 'ca_file'
}

@test "real phones: what baresip and Linphone show" {
	publishing "sip:127.0.0.1:$KAM_PORT"
	daemon_up
	mkdir linphone linphone/.local linphone/.local/share linphone/.local/share/linphone
	cat >linphone/rc <<-C
		[sip]
		sip_port=-1
		sip_tcp_port=-1
		sip_tls_port=-1
		guess_hostname=0
		contact=sip:watcher@127.0.0.1
		[proxy_0]
		reg_proxy=sip:127.0.0.1:$KAM_PORT
		reg_identity=sip:watcher@127.0.0.1
		reg_sendregister=1
		[friend_0]
		url="alice" <sip:$A@127.0.0.1:$KAM_PORT>
		pol=accept
		subscribe=1
	C
	mkfifo keys said
	HOME=$PWD/linphone timeout 60 linphonec -c linphone/rc >shown 2>&1 <>keys 3>&- &
	OTHER=$!
	"$TOP/tests/lib/baresip.py" keep "$PWD/baresip" watcher "$KAM_PORT" --watch "$A" <"/dev/null" >said 2>error 3>&- &
	PHONE=$!
	read -rt 30 line <said
	[ "$line" = ready ]
	shows() { # MODE, what Linphone shows, what baresip shows
		: >shown
		switch alice "$1"
		eventually grep -q "is $2" shown
		"$TOP/tests/lib/baresip.py" "$PWD/baresip" presence "$A" "$3"
	}
	eventually grep -q 'is Online' shown
	shows dnd Busy Busy
	shows lunch 'Out to lunch' Offline
	shows available Online Online
	shows trip Vacation Offline
	shows available Online Online
	shows away Away Offline
}

@test "a wrong secret is said, and not tried often; the right one serves after SIGHUP" {
	publishing "sip:127.0.0.1:$KAM_PORT"
	sed -i 's/sesame/wrong/' presence.conf
	daemon_up
	eventually server_is down "refuses the login of 'presence': wrong username or secret"
	grep -q "presence server 'main': the server refuses the login" presenced.log
	run ! published alice available
	sed -i 's/wrong/sesame/' presence.conf
	kill -HUP "$DAEMON"
	eventually published alice available
	eventually server_is up
}

@test "users whom the server refuses, and a server that breaks for one" {
	publishing "sip:127.0.0.1:$KAM_PORT"
	presencectl user add carol extension=1403
	presencectl user add dave extension=1500
	daemon_up
	eventually published alice available
	eventually server_is up 2
	run -0 presencectl publish users --output USER,PUBLISHED,ERROR
	[[ $output == *"carol"*"403 Not for you"*"dave"*"500 Something broke"* ]]
	grep -q "presence server 'main' refuses sip:1403@127.0.0.1:$KAM_PORT: 403 Not for you" presenced.log
	server_is 2
}

@test "a server that is away, that returns, and that was restarted: 412, and all are published again" {
	publishing "sip:127.0.0.1:$KAM_PORT"
	kamailio_down
	daemon_up
	eventually server_is down 'Connection refused'
	kamailio_up
	eventually published alice available
	eventually published bob available
	kamailio_down
	kamailio_up ALGORITHM=SHA-256 MIN_EXPIRES=7200
	# The tag is unknown (412), the login another (SHA-256), the expiry too short (423).
	switch alice away
	eventually published alice away
	watch_user alice "$A"
	watch_user bob "$B"
	eventually sees alice '<rpid:away/>'
	eventually sees bob '<basic>open</basic>'
	eventually bash -c 'sqlite3 presence.db "SELECT min(expires - at) FROM publication" | grep -qx 7200'
	kamailio_down
	kamailio_up
}

@test "datagrams are lost" {
	publishing "sip:127.0.0.1:$KAM_PORT"
	python3 "$TOP/tests/lib/udp-loss.py" "$KAM_PORT" >port 3>&- &
	OTHER=$!
	eventually test -s port
	write_conf "sip:127.0.0.1:$(cat port)"
	daemon_up
	eventually published alice available
	watch_user alice "$A"
	switch alice dnd
	eventually published alice do-not-disturb
	eventually sees alice '<rpid:busy/>'
	[ "$(tail -n 1 seen-alice | grep -o '<tuple' | wc -l)" -eq 1 ]
	run ! grep -q warning.*server presenced.log
}

@test "presenced is killed and starts again: the presence is changed, none is left beside it" {
	publishing "sip:127.0.0.1:$KAM_PORT"
	daemon_up
	watch_user alice "$A"
	switch alice dnd
	eventually published alice do-not-disturb
	kill -9 "$DAEMON"
	wait "$DAEMON" || :
	switch alice lunch
	daemon_up
	eventually sees alice '<rpid:meal/>'
	[ "$(tail -n 1 seen-alice | grep -o '<tuple' | wc -l)" -eq 1 ]
	run ! sees alice busy
}
