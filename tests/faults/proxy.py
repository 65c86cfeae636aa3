# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy between presenced and the manager port of a PBX, which spoils the connection."""
import collections
import select
import socket
import struct
import threading
import time

LOOK_S = 0.01  # between two looks at what the driver wants


class Session:
    def __init__(self, client, server):
        self.client, self.server = client, server
        self.greeted = False
        self.partial = b""  # of a message of the PBX
        self.held = collections.deque()  # (when it goes on, bytes), for the client
        self.out = {client: bytearray(), server: bytearray()}
        self.silent = False  # half closed: nothing of the client's goes on


class Proxy:
    """It runs in a thread. The attributes may be changed at any time; the methods have done their work when they return."""

    def __init__(self, behind):
        self.behind = behind
        self.delay_s = 0.0  # of what the PBX says
        self.drop = 0  # so many of the next answers get lost
        self.frozen = False  # nothing goes either way, and nothing is refused
        self.wrong_secret = False  # logins are refused, by the PBX itself
        self.split = None  # a random.Random: all goes in small pieces
        self.dropped = 0
        self.refused = False  # a login was, since connections were honest last
        self.sessions = []
        self.lock = threading.Lock()
        self.listener = self.listen(0)
        self.port = self.listener.getsockname()[1]
        self.ended = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    @staticmethod
    def listen(port):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", port))
        s.listen(50)
        s.setblocking(False)
        return s

    # --- for the driver ---------------------------------------------------

    def honest(self):
        with self.lock:
            self.delay_s, self.drop, self.frozen, self.wrong_secret, self.split = 0.0, 0, False, False, None
            self.refused = False
            if not self.listener:
                self.listener = self.listen(self.port)

    def end(self):
        self.ended = True
        self.thread.join(5)
        self.cut()
        if self.listener:
            self.listener.close()

    def refuse(self):
        """As if nothing listened there."""
        with self.lock:
            if self.listener:
                self.listener.close()
            self.listener = None
        self.cut()

    def cut(self, reset=False):
        with self.lock:
            for s in list(self.sessions):
                self.close(s, reset)

    def half_close(self):
        """presenced reads the end, and what it writes gets lost."""
        with self.lock:
            for s in self.sessions:
                s.silent = True
                try:
                    s.client.shutdown(socket.SHUT_WR)
                except OSError:
                    pass

    def tell(self, text):
        """A message that the PBX never sent."""
        with self.lock:
            for s in self.sessions:
                if s.greeted:
                    s.held.append((time.monotonic(), text.encode()))

    # --- the thread ---------------------------------------------------------

    def run(self):
        while not self.ended:
            with self.lock:
                ends = {} if self.frozen else {end: s for s in self.sessions for end in (s.client, s.server)}
                read = [self.listener] * bool(self.listener) + list(ends)
                write = [end for end, s in ends.items() if s.out[end]]
                soon = any(s.held for s in self.sessions)
            try:
                readable, _, _ = select.select(read, write, [], 0.002 if soon else LOOK_S)
            except (OSError, ValueError):
                continue  # the driver has closed one meanwhile
            with self.lock:
                self.serve(readable, ends)

    def serve(self, readable, ends):
        for end in readable:
            if end is self.listener:
                self.accept()
            elif ends.get(end) in self.sessions:
                self.take(ends[end], end)
        if self.frozen:
            return
        for s in list(self.sessions):
            while s.held and s.held[0][0] <= time.monotonic():
                s.out[s.client] += s.held.popleft()[1]
            for end in (s.client, s.server):
                self.send(s, end)

    def accept(self):
        try:
            client, _ = self.listener.accept()
        except OSError:
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.behind), timeout=2)
        except OSError:
            self.reset(client)
            return
        for end in (client, server):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sessions.append(Session(client, server))

    @staticmethod
    def reset(end):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.close()

    def close(self, s, reset=False):
        if s in self.sessions:
            self.sessions.remove(s)
        for end in (s.client, s.server):
            if reset:
                self.reset(end)
            else:
                end.close()

    def take(self, s, end):
        try:
            got = end.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self.close(s)
        elif end is s.client:
            if self.wrong_secret:
                self.refused |= b"\r\nKey: " in got or b"\r\nSecret: " in got
                got = got.replace(b"\r\nKey: ", b"\r\nKey: 0").replace(b"\r\nSecret: ", b"\r\nSecret: 0")
            if not s.silent:
                s.out[s.server] += got
        else:
            self.heard(s, got)

    def heard(self, s, got):
        """Whole messages of the PBX go on, in their order."""
        s.partial += got
        if not s.greeted and b"\n" in s.partial:
            line, _, s.partial = s.partial.partition(b"\n")
            s.greeted = True
            self.hold(s, line + b"\n")
        while s.greeted and b"\r\n\r\n" in s.partial:
            message, _, s.partial = s.partial.partition(b"\r\n\r\n")
            if self.drop and message.startswith(b"Response:"):
                self.drop -= 1
                self.dropped += 1
                continue
            self.hold(s, message + b"\r\n\r\n")

    def hold(self, s, message):
        when = time.monotonic() + self.delay_s
        s.held.append((max(when, s.held[-1][0]) if s.held else when, message))

    def send(self, s, end):
        out = s.out[end]
        if s not in self.sessions:
            return
        try:
            while out:
                del out[:end.send(out[:self.split.randint(1, 7)] if self.split else out)]
        except BlockingIOError:
            pass
        except OSError:
            self.close(s)
