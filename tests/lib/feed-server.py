#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of calendars, good ones and all that can go wrong with them, on http and https.

Makes a certificate for localhost and public.example (not for 127.0.0.1) in DIR/cert.pem, prints "HTTP n" and "HTTPS n", and serves
127.0.0.1 on these ports until --seconds have passed. The path says what happens:
"""
import argparse
import gzip
import http.server
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import zlib

CALENDAR = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//presence//tests//EN\r
BEGIN:VEVENT\r
UID:meeting@example.com\r
DTSTAMP:20260101T000000Z\r
DTSTART:20261123T090000Z\r
DTEND:20261123T100000Z\r
SUMMARY:Meeting\r
END:VEVENT\r
END:VCALENDAR\r
"""
ETAG, MODIFIED = '"v1;a, \\"b"', "Sat, 21 Nov 2026 09:00:00 GMT"
CHUNK = b"x" * 16384

opt = None
ways = {}


def way(function):
    ways[function.__name__.replace("_", "-")] = function
    return function


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", headers=(), kind="text/calendar"):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def endless(self, headers=()):
        """Begin a body that is as long as the connection."""
        self.close_connection = True
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        name = url.path.strip("/").removesuffix(".ics")
        try:
            if name.isdigit():
                self.answer(int(name), b"<html>secret page</html>", kind="text/html")
            elif name in ways:
                ways[name](self)
            else:
                self.answer(404, b"no such way")
        except (OSError, ssl.SSLError):
            self.close_connection = True

    def log_message(self, *args):
        if opt.verbose:
            super().log_message(*args)


@way
def good(h):
    "a calendar"
    h.answer(200, CALENDAR)


@way
def etag(h):
    "a calendar with an ETag; 304 to who has it"
    if h.headers["If-None-Match"] == ETAG:
        h.answer(304)
    else:
        h.answer(200, CALENDAR, [("ETag", ETAG)])


@way
def modified(h):
    "a calendar with Last-Modified; 304 to who has it"
    if h.headers["If-Modified-Since"] == MODIFIED:
        h.answer(304, headers=[("last-modified", MODIFIED)])
    else:
        h.answer(200, CALENDAR, [("last-modified", MODIFIED)])


@way
def odd_validators(h):
    "an ETag and a Last-Modified that are too long to be kept, after an interim answer with others"
    h.wfile.write(b"HTTP/1.1 103 Early Hints\r\nETag: \"interim\"\r\n\r\n")
    h.answer(200, CALENDAR, [("ETag", '"' + "e" * 300 + '"'), ("Last-Modified", "x" * 64)])


@way
def echo(h):
    "the headers of the request"
    h.answer(200, str(h.headers).encode())


@way
def html(h):
    "a login page"
    h.answer(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", kind="text/html; charset=utf-8")


@way
def packed(h):
    "a calendar in gzip form"
    h.answer(200, gzip.compress(CALENDAR), [("Content-Encoding", "gzip")])


@way
def badly_packed(h):
    "bytes that claim to be gzip"
    h.answer(200, CALENDAR, [("Content-Encoding", "gzip")])


@way
def bomb(h):
    "a gigabyte in a megabyte of gzip"
    h.endless([("Content-Encoding", "gzip")])
    pack, block = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(1 << 20)
    for _ in range(1024):
        h.wfile.write(pack.compress(block))
    h.wfile.write(pack.flush())


@way
def big(h):
    "?bytes=N of a body, with its length"
    n = int(h.query["bytes"])
    h.answer(200, b"x" * n)


@way
def claims(h):
    "a length of a terabyte"
    h.close_connection = True
    h.send_response(200)
    h.send_header("Content-Length", str(1 << 40))
    h.end_headers()
    while True:
        h.wfile.write(CHUNK)


@way
def endless(h):
    "a body without end, as fast as it goes"
    h.endless()
    while True:
        h.wfile.write(CHUNK)


@way
def endless_headers(h):
    "headers without end"
    h.close_connection = True
    h.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        h.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")


@way
def endless_interim(h):
    "interim answers without end"
    h.close_connection = True
    while True:
        h.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")


@way
def endless_page(h):
    "a redirect with a body without end"
    h.close_connection = True
    h.send_response(302)
    h.send_header("Location", "/good")
    h.end_headers()
    while True:
        h.wfile.write(CHUNK)


@way
def slow(h):
    "a calendar, ten bytes a second"
    h.endless()
    for byte in CALENDAR:
        h.wfile.write(bytes([byte]))
        time.sleep(0.1)


@way
def late(h):
    "a calendar, once the file NAME of ?when=NAME is there; with &name=NAME the bytes of that file"
    end = time.monotonic() + opt.seconds
    open(h.query["when"] + ".asked", "w").close()
    while not os.path.exists(h.query["when"]) and time.monotonic() < end:
        time.sleep(0.02)
    if "name" in h.query:
        file(h)
    else:
        h.answer(200, CALENDAR)


@way
def file(h):
    "the bytes of the file of ?name=NAME, without ETag and date"
    with open(h.query["name"], "rb") as f:
        h.answer(200, f.read())


@way
def wait(h):
    "a calendar after ?ms=N; with &fresh one that is new each time"
    time.sleep(int(h.query["ms"]) / 1000)
    body = CALENDAR
    if "fresh" in h.query:
        body = CALENDAR.replace(b"SUMMARY:Meeting", b"SUMMARY:Meeting %d" % time.monotonic_ns())
    h.answer(200, body)


@way
def silent(h):
    "no answer"
    h.close_connection = True
    time.sleep(opt.seconds)


@way
def nothing(h):
    "closed without an answer"
    h.close_connection = True


@way
def cut(h):
    "closed in the middle of a calendar"
    h.close_connection = True
    h.send_response(200)
    h.send_header("Content-Length", str(len(CALENDAR)))
    h.end_headers()
    h.wfile.write(CALENDAR[:100])


@way
def not_http(h):
    "another protocol"
    h.close_connection = True
    h.wfile.write(b"Asterisk Call Manager/11.0.0\r\n" * 10)


@way
def loop(h):
    "a redirect to itself"
    h.answer(302, b"see there", [("Location", h.path)])


@way
def nowhere(h):
    "a redirect without Location"
    h.answer(302, b"see there")


@way
def redirect(h):
    "?to=URL a redirect; &status=N"
    h.answer(int(h.query.get("status", 302)), b"see there", [("Location", h.query["to"])])


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.context = context

    def finish_request(self, request, client):
        """In the thread of the connection, so that a handshake holds up nobody else."""
        if self.context:
            try:
                request.settimeout(opt.seconds)
                request = self.context.wrap_socket(request, server_side=True)
            except (OSError, ssl.SSLError):
                return
        super().finish_request(request, client)
        if self.context:
            try:
                request.unwrap()
            except (OSError, ssl.SSLError):
                pass

    def handle_error(self, request, client):
        if opt.verbose:
            super().handle_error(request, client)


def make_certificate(folder):
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:public.example",
                    "-keyout", key, "-out", cert], check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def main():
    global opt
    paths = "".join(f"  /{name:18}{function.__doc__}\n" for name, function in ways.items())
    parser = argparse.ArgumentParser(description=__doc__ + "  /404              that status, of any number\n" + paths,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", metavar="DIR", help="where cert.pem and key.pem are put")
    parser.add_argument("--seconds", type=float, default=60, help="how long to serve (%(default)s)")
    parser.add_argument("--verbose", action="store_true", help="log requests on standard error")
    opt = parser.parse_args()
    servers = Server(), Server(make_certificate(opt.dir))
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, server in zip(("HTTP", "HTTPS"), servers):
        print(name, server.server_port)
    sys.stdout.flush()
    signal.sigtimedwait([], opt.seconds)


if __name__ == "__main__":
    main()
