#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscribes to the presence of a user at a SIP server on loopback and prints each answer and each document, a line each.

usage: sip-watcher.py PORT URI [SECONDS]
"""
import re
import socket
import sys
import time

port, uri = int(sys.argv[1]), sys.argv[2]
end = time.monotonic() + float(sys.argv[3] if len(sys.argv) > 3 else 60)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
sock.settimeout(0.5)
own = sock.getsockname()[1]
request = (f"SUBSCRIBE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bKw{own};rport\r\nMax-Forwards: 70\r\n"
           f"From: <sip:watcher@127.0.0.1>;tag=w{own}\r\nTo: <{uri}>\r\nCall-ID: w{own}\r\nCSeq: 1 SUBSCRIBE\r\n"
           f"Contact: <sip:watcher@127.0.0.1:{own}>\r\nEvent: presence\r\nAccept: application/pidf+xml\r\nExpires: 600\r\n"
           "Content-Length: 0\r\n\r\n")
sock.sendto(request.encode(), ("127.0.0.1", port))
while time.monotonic() < end:
    try:
        data, peer = sock.recvfrom(65536)
    except socket.timeout:
        continue
    head, _, body = data.decode().partition("\r\n\r\n")
    if head.startswith("SIP/2.0 "):
        print(head[8:11], flush=True)
        continue
    # The server lays it out in lines; here it is one.
    print("document", re.sub(r">\s+<", "><", body).replace("\n", " ").strip(), flush=True)
    kept = [line for line in head.split("\r\n")[1:] if re.match("(Via|From|To|Call-ID|CSeq):", line, re.I)]
    sock.sendto("\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode(), peer)
