# SPDX-License-Identifier: GPL-3.0-or-later
"""What faults happen to: a private Asterisk, a proxy before it, a site, presenced, and presencectl."""
import collections
import contextlib
import json
import os
import shlex
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import time

from proxy import Proxy

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
EXTENSIONS = {name: str(1001 + i) for i, name in enumerate("alice bob carol dave erin frank grace heidi".split())}
# Name of a mode: its feature code, the lamp of the phone, what queues do.
MODES = {"available": ("1", "INVALID", "login"), "away": ("2", "ONHOLD", "pause"),
         "do-not-disturb": ("3", "BUSY", "pause"), "lunch-break": ("4", "ONHOLD", "pause"),
         "business-trip": ("5", "ONHOLD", "logout"), "off-work": ("6", "ONHOLD", "logout")}
QUEUES = ["support", "sales"]
# What disk.c does; the numbers are those of its enum.
DISK = ["nothing", "eio", "full", "short", "read-only", "kill", "locked", "slow"]
ANSWER_S = 15  # the longest that a program may take
ETC = {
    "extensions.conf": """
#include "presence.conf"
[codes]
exten => _XXXX[*]X!,1,MSet(PRESENCE_EXT=${EXTEN:0:4},PRESENCE_MAY=yes)
 same => n,Goto(presence-codes,${EXTEN:4},1)
[presence-queue]
exten => _X!,1,Wait(60)
[presence-hints]
exten => _1XXX,hint,Custom:phone-${EXTEN}
#include "late.conf"
[faults-keys]
""" + "".join(f"exten => {e}-{m},hint,Custom:mode-{e}-{m}\n" for e in EXTENSIONS.values() for m in MODES),
    "late.conf": "[presence-late]\n",
    "queues.conf": "[general]\npersistentmembers = yes\n" + "".join(f"[{q}]\nstrategy = ringall\n" for q in QUEUES),
}


class Failed(Exception):
    """The test itself could not go on."""


def until(what, limit_s, step_s=0.01):
    """What becomes true in this time."""
    end = time.monotonic() + limit_s
    while not (value := what()):
        if time.monotonic() > end:
            return value
        time.sleep(step_s)
    return value


class Manager:
    """A session of the manager user who may do everything, past the proxy."""

    def __init__(self, port, secret):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.rest, self.n, self.events = b"", 0, collections.deque(maxlen=5000)
        self.line()
        self.run("Login", Username="admin", Secret=secret, Events="call")

    def close(self):
        self.socket.close()

    def more(self):
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError("the PBX hung up")
        self.rest += got

    def line(self):
        while b"\n" not in self.rest:
            self.more()
        line, _, self.rest = self.rest.partition(b"\n")
        return line

    def message(self):
        while b"\r\n\r\n" not in self.rest:
            self.more()
        text, _, self.rest = self.rest.partition(b"\r\n\r\n")
        return dict(line.partition(": ")[::2] for line in text.decode(errors="replace").split("\r\n"))

    def run(self, name, **headers):
        """The answer, and of a list its events."""
        self.n += 1
        mine = f"faults-{self.n}"
        lines = [f"Action: {name}", f"ActionID: {mine}"] + [f"{k}: {v}" for k, v in headers.items()]
        self.socket.settimeout(5)
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        found, answer = [], None
        while True:
            m = self.message()
            if m.get("ActionID") != mine or "OriginateResponse" == m.get("Event"):
                self.events.append(m)
            elif answer is None:
                answer = m
                if m.get("EventList") != "start":
                    return answer, found
            elif m.get("EventList") == "Complete":
                return answer, found
            else:
                found.append(m)

    def wait(self, is_it, limit_s):
        """An event since events were last cleared."""
        end = time.monotonic() + limit_s
        while True:
            while self.events:
                if is_it(e := self.events.popleft()):
                    return e
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.socket.settimeout(left)
            try:
                self.events.append(self.message())
            except TimeoutError:
                return None


Copy = collections.namedtuple("Copy", "path members")


class Pbx:
    def __init__(self, version, folder):
        etc = folder + "/etc"
        os.makedirs(etc)
        for name, text in ETC.items():
            with open(f"{etc}/{name}", "w", encoding="utf-8") as f:
                f.write(text)
        shutil.copy(TOP + "/share/asterisk/presence.conf", etc)
        with open(TOP + "/tests/pbx/etc/modules-calls.conf", encoding="utf-8") as f, \
                open(etc + "/modules.conf", "w", encoding="utf-8") as to:
            to.write(f.read() + "load = app_milliwatt.so\n")
        self.env = self.command("start", "--version", version, "--modules", "calls", "--extensions", "1", "--etc", etc,
                                "--wait", "60")
        self.run, self.port = self.env["PBX_RUN"], int(self.env["PBX_AMI"])
        self.astdb = self.run + "/db/astdb.sqlite3"
        self.alive, self.at = True, None
        self.copies = []  # of AstDB, from when all was well, with the members of then

    @staticmethod
    def command(name, *words):
        done = subprocess.run([f"{TOP}/tests/pbx/{name}", *words], stdout=subprocess.PIPE, text=True, timeout=1300, check=True)
        return dict(w.split("=", 1) for w in shlex.split(done.stdout)) if name == "start" else done.stdout

    def admin(self):
        if not self.at:
            self.at = Manager(self.port, self.env["PBX_ADMIN_SECRET"])
        return self.at

    def forget_session(self):
        if self.at:
            self.at.close()
        self.at = None

    def stop(self, kill=True):
        self.forget_session()
        self.command("stop", *(["--kill"] if kill else []), self.run)
        self.alive = False

    def start(self):
        self.env = self.command("start", "--keep", self.run, "--wait", "60")
        self.alive = True

    def remove(self):
        self.forget_session()
        self.command("stop", "--kill", "--remove", self.run)

    def signal(self, number):
        os.kill(int(self.env["PBX_PID"]), number)

    def copy(self, members):
        """AstDB as it is. The PBX is not running."""
        self.copies.append(Copy(f"{self.astdb}.{len(self.copies)}", members))
        shutil.copy(self.astdb, self.copies[-1].path)
        return self.copies[-1]

    def console(self, words):
        return self.command("cli", self.run, words)

    def dial(self, extension, code):
        """A phone dials a feature code. True when the PBX has done what it says."""
        at = self.admin()
        at.events.clear()
        digit = code[3:4]
        mode = next((m for m, (d, _, _) in MODES.items() if d == digit), "")
        # Answer() waits for half a second unless the phone is heard.
        at.run("Originate", Channel=f"Local/{extension}{code}@codes/n", Application="Milliwatt", Async="true")
        return bool(at.wait(lambda e: e.get("Event") == "PresenceStateChange"
                            and e.get("Presentity") == f"CustomPresence:{extension}"
                            and (e.get("Subtype", "") == mode and e.get("Message") == "*" if mode else
                                 e.get("Status") == "not_set"), 3))

    def held(self):
        """What it holds: modes of extensions, device states, members of queues, and hints of keys."""
        at = self.admin()
        modes = {e["Presentity"].partition(":")[2]: e.get("Subtype", "") for e in at.run("PresenceStateList")[1]}
        states = {e["Device"].partition(":")[2]: e["State"] for e in at.run("DeviceStateList")[1]
                  if e["Device"].startswith("Custom:")}
        members = {(e["Queue"], e["Location"]): e for e in at.run("QueueStatus")[1] if e.get("Event") == "QueueMember"}
        hints = {e["Exten"]: e["Status"] for e in at.run("ExtensionStateList")[1] if e["Context"] == "faults-keys"}
        return modes, states, members, hints

    def entry(self, family, key):
        answer, found = self.admin().run("DBGet", Family=family, Key=key)
        return found[0].get("Val", "") if answer["Response"] == "Success" and found else ""


class Site:
    """presencectl, presenced and the database, with a clock and a disk of their own."""

    def __init__(self, build, folder, pbx):
        self.build, self.folder, self.pbx = build, folder, pbx
        self.db = folder + "/presence.db"
        self.proxy = Proxy(pbx.port)
        self.daemon = None
        self.log = open(folder + "/presenced.log", "ab")
        self.write_conf("presence.conf", self.proxy.port)
        self.write_conf("direct.conf", pbx.port)
        for name, size in (("clock", 8), ("disk-daemon", 12), ("disk-ctl", 12)):
            with open(f"{folder}/{name}", "wb") as f:
                f.write(bytes(size))

    def write_conf(self, name, port):
        path = f"{self.folder}/{name}"
        with open(path, "w", encoding="utf-8") as f:
            f.write(f'pbx = ( {{ name = "main"; port = {port}; secret = "{self.pbx.env["PBX_SECRET"]}"; }} );\n'
                    'defaults = { zone = "Europe/Stockholm"; };\n')
        os.chmod(path, 0o600)

    def environment(self, disk, conf="presence.conf"):
        return {**os.environ, "LC_ALL": "C.UTF-8", "PRESENCE_CONF": f"{self.folder}/{conf}", "PRESENCE_DB": self.db,
                "LD_PRELOAD": f"{self.build}/faults/clock.so:{self.build}/faults/disk.so", "FAULTS_DB": self.db,
                "FAULTS_CLOCK": self.folder + "/clock", "FAULTS_DISK": f"{self.folder}/{disk}"}

    # --- faults -------------------------------------------------------------

    def put(self, name, *values):
        with open(f"{self.folder}/{name}", "r+b", buffering=0) as f:
            f.write(struct.pack("q" if name == "clock" else "iii", *values))

    def clock(self, ahead_s):
        self.put("clock", ahead_s)

    def disk(self, whose, what, at=1):
        """From the write with this number on, counted from now."""
        self.put("disk-" + whose, DISK.index(what), at, 0)

    @contextlib.contextmanager
    def holder(self, how="IMMEDIATE"):
        """Another program that has the database."""
        other = subprocess.Popen(["sqlite3", self.db], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, text=True)
        try:
            begin = "BEGIN; SELECT count(*) FROM log;" if how == "READ" else f"BEGIN {how}; SELECT 1;"
            other.stdin.write(".timeout 5000\n" + begin + "\n")
            other.stdin.flush()
            if not other.stdout.readline():
                raise Failed("the other program did not get the database")
            yield
        finally:
            other.stdin.close()
            other.wait(10)
            other.stdout.close()

    # --- programs -----------------------------------------------------------

    def ctl(self, *words, conf="presence.conf"):
        """Exit status (below 0: ended by that signal), standard output, standard error."""
        done = subprocess.run([self.build + "/presencectl", *words], env=self.environment("disk-ctl", conf),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=ANSWER_S)
        return done.returncode, done.stdout, done.stderr

    def must(self, *words):
        status, out, said = self.ctl(*words)
        if status not in (0, 4):
            raise Failed(f"presencectl {' '.join(words)}: {status}: {said}")
        return out

    def make(self, members):
        self.must("init")
        self.must("schedule", "add", "office", "hours=daily 00:00-24:00")
        for name, extension in EXTENSIONS.items():
            self.must("user", "add", name, "extension=" + extension, f"devices.desk=PJSIP/{extension}")
        for mode in MODES:
            self.must("mode", "set", mode, "lifetime=forever")
        self.must("schedule", "assign", "office", "alice", "carol", "erin", "grace")
        for queue in QUEUES:
            self.must("queue", "add", queue)
        for queue, user in members:
            self.must("queue", "assign", queue, user)

    def start(self):
        self.daemon = subprocess.Popen([self.build + "/presenced"], env=self.environment("disk-daemon"),
                                       stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def runs(self):
        return self.daemon is not None and self.daemon.poll() is None

    def stop(self, number=signal.SIGTERM):
        if self.daemon is None:
            return
        if self.runs():
            self.daemon.send_signal(number)
        try:
            self.daemon.wait(20)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait(10)
            raise Failed(f"presenced did not end by signal {number} in 20 s") from None

    def end(self):
        self.proxy.end()
        if self.runs():
            self.stop(signal.SIGKILL)
        self.log.close()

    # --- what it says -------------------------------------------------------

    def status(self):
        return {s["user"]: s for s in json.loads(self.must("status", "--json"))["status"]}

    def diff(self):
        """What the PBX holds otherwise, or None if that cannot be known."""
        status, out, said = self.ctl("pbx", "diff", conf="direct.conf")
        return out if status in (0, 1) and not said.strip() else out + said

    def backup(self, path):
        subprocess.run(["sqlite3", self.db, f".backup {path}"], timeout=10, check=True)

    def rows(self, sql, *values):
        """Its files may be put back just now."""
        for left in range(50, -1, -1):
            try:
                with contextlib.closing(sqlite3.connect(f"file:{self.db}?mode=ro", uri=True, timeout=2)) as db:
                    return db.execute(sql, values).fetchall()
            except sqlite3.Error as e:
                if not left:
                    raise Failed(f"the database cannot be read: {e}") from None
                time.sleep(0.05)

    def pending(self, user):
        """Whether something of the user's presence is on its way."""
        return bool(self.rows("SELECT 1 FROM item WHERE name = ? AND wanted IS NOT confirmed",
                              f"CustomPresence:{EXTENSIONS[user]}"))

    def switch(self, user):
        """The mode of the newest switch, or None."""
        found = self.rows("SELECT m.name FROM switch s JOIN users u ON u.id = s.user_id JOIN mode m ON m.id = s.mode_id "
                          "WHERE u.name = ? AND s.ended IS NULL ORDER BY s.id DESC LIMIT 1", user)
        return found[0][0] if found else None

    def state(self):
        """How presenced gets on with the PBX."""
        return (self.rows("SELECT state FROM pbx_state") or [("unknown",)])[0][0]

    def logged(self, since):
        return self.rows("SELECT id, via, what, subject, to_mode FROM log WHERE id > ? ORDER BY id", since)

    def last_log(self):
        return self.rows("SELECT coalesce(max(id), 0) FROM log")[0][0]
