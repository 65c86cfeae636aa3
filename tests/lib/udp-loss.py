#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way over UDP that loses the first datagram of each SIP transaction, in each direction: what comes again gets through.

usage: udp-loss.py PORT        prints the port that leads to PORT on loopback
"""
import re
import select
import socket
import sys
import time

front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
front.bind(("127.0.0.1", 0))
back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
back.connect(("127.0.0.1", int(sys.argv[1])))
print(front.getsockname()[1], flush=True)
client, seen, end = None, set(), time.monotonic() + 60
while time.monotonic() < end:
    for sock in select.select([front, back], [], [], 0.5)[0]:
        data, peer = sock.recvfrom(65536)
        if sock is front:
            client = peer
        key = (sock is front, re.search(rb"branch=([^;\r]*)", data)[1])
        if key not in seen:
            seen.add(key)
        elif sock is front:
            back.send(data)
        else:
            front.sendto(data, client)
