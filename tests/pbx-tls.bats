#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# AMI over TLS, with the certificate checked.
bats_require_minimum_version 1.5.0
load lib/common

setup_file() { pbx_up --tls; }
teardown_file() { pbx_down; }
teardown() { daemon_down; }

tls_site() { # ca_file
	site 1
	cat >presence.conf <<-C
		pbx = ( { name = "main"; port = $PBX_TLS; secret = "$PBX_SECRET"; tls = true; ca_file = "$1"; } );
	C
}

@test "a switch over TLS" {
	tls_site "$PBX_RUN/keys/ami.pem"
	for ((i = 3; i <= 60; i++)); do echo "user add u$i extension=$((1000 + i))"; done | presencectl shell
	daemon_up
	run presencectl set all dnd
	[ "$status" -eq 0 ]
	presence_is 1001 dnd
	run presencectl pbx diff
	[ "$status" -eq 0 ]
}

@test "a certificate that nobody we know has signed" {
	tls_site ""
	run presencectl pbx test
	[ "$status" -eq 1 ]
	[[ $output == *"certificate"* ]]
	run presencectl push
	[ "$status" -eq 4 ]
}
