#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database in which somebody else has written: one bad value at a time, in each column of each table.

tests/lib/hostile-database.py BUILD [--port N --secret TEXT] [--part I/N | --jobs N] [--only TABLE.COLUMN] [--verbose]

A group may write the database, so no value in it is sure. With each one presenced --once and the commands that read run. None may
die of a signal or of a sanitizer, run long, or print a control byte; presenced must go on with the other users. --part 2/7 takes
each seventh case. --jobs 4 takes all of them, in four parts at once. After FAILURES_MAX failures a part ends: what hangs
would hang in thousands of cases. Ends with 1 if a case fails.
"""
import argparse
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile

EXTREME = [2**63 - 1, -2**63, -1, 2**40]
TEXTS = ["\x1b]0;owned\x07\x1b[2J", "x" * 1000000, "", "a\nb\rc\td", "\x9b31m\u202e", b"\xff\xfe\xc3", "${SHELL(id)}),x|y&z^;'\"",
         "%s%n%s%n", "-1", "9" * 400, "a, " * 5000]
# What is read of every table, and of one more.
COMMANDS = ["status --json", "explain alice", "timeline alice", "route alice", "set alice lunch --no-wait"]
MORE = {
    "activity": ["show alice", "status"],
    "calendar": ["calendar list", "calendar show own", "calendar busy own", "_complete 'calendar show '"],
    "calendar_zone": ["calendar events own"],
    "device": ["show alice", "user show alice"],
    "event": ["calendar events own", "calendar busy own"],
    "fact": [],
    "greeting": ["show alice"],
    "group_member": ["group show sales"],
    "item": ["pbx list", "pbx diff", "show alice"],
    "log": ["log", "log --csv"],
    "mode": ["mode list", "mode show away", "keys alice", "_complete 'mode show '"],
    "mode_rule": ["mode show lunch --rules", "rule show alice lunch"],
    "override": ["override list", "override clear 1 --no-wait"],
    "pbx_state": ["pbx list"],
    "presence": ["show alice", "status"],
    "publication": ["publish users", "publish list"],
    "publisher": ["publish list"],
    "queue": ["queue list", "queue show support", "pbx diff"],
    "queue_member": ["queue show support", "pbx diff"],
    "schedule": ["schedule list", "schedule show office", "schedule force office closed --for 1h", "_complete 'schedule show '"],
    "schedule_calendar": ["schedule show office"],
    "switch": ["show alice", "clear alice --no-wait"],
    "user_calendar": ["user show alice"],
    "user_group": ["group list", "set @sales away --no-wait", "_complete 'set @'"],
    "user_rule": ["rule show alice away", "_complete 'rule set alice away ring='"],
    "users": ["user list", "user show alice", "show alice", "keys alice", "set all away --no-wait", "_complete 'status '"],
}
LIMIT_S = 60
FAILURES_MAX = 20
CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")


def run(words, env):
    try:
        return subprocess.run(words, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S)
    except subprocess.TimeoutExpired as e:
        return subprocess.CompletedProcess(words, 124, e.stdout or b"", e.stderr or b"")


class Site:
    def __init__(self, build, port, secret, folder):
        self.build, self.folder = build, folder
        self.db = folder + "/presence.db"
        self.env = {**os.environ, "PRESENCE_CONF": folder + "/presence.conf", "PRESENCE_DB": self.db, "LC_ALL": "C.UTF-8",
                    "XDG_STATE_HOME": folder, "HOME": folder}
        self.env.pop("TZ", None)
        with open(os.open(folder + "/presence.conf", os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write(f'pbx = ( {{ name = "main"; port = {port}; secret = "{secret}"; }} );\n'
                    'defaults = { zone = "Europe/Stockholm"; };\n')

    def ctl(self, *words):
        r = run([self.build + "/presencectl", *words], self.env)
        if r.returncode not in (0, 4):
            sys.exit(f"{words}: {r.stderr.decode()}")

    def make(self):
        """A row in each table."""
        with open(self.folder + "/own.ics", "w") as f:
            f.write("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\n"
                    "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0500\r\nTZOFFSETTO:+0545\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
                    "BEGIN:VEVENT\r\nUID:one\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Own:20260601T090000\r\n"
                    "DURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nRDATE:20260602T120000Z\r\nEXDATE:20260603T031500Z\r\n"
                    "SUMMARY:Stand-up\r\nCATEGORIES:work\r\nEND:VEVENT\r\n"
                    "BEGIN:VEVENT\r\nUID:one\r\nRECURRENCE-ID:20260604T031500Z\r\nDTSTAMP:20260101T000000Z\r\n"
                    "DTSTART:20260604T100000Z\r\nDURATION:PT2H\r\nSUMMARY:Later\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
        self.ctl("init")
        self.ctl("calendar", "add", "own", "--file", self.folder + "/own.ics")
        self.ctl("calendar", "add", "off", "--file", self.folder + "/own.ics")
        self.ctl("schedule", "add", "office", "hours=Mon-Fri 08:00-17:00", "breaks=Mon-Fri 12:00-13:00",
                 "holidays=12-24..12-26 = Christmas", "calendars=off")
        self.ctl("user", "add", "alice", "extension=1001", "devices.desk=PJSIP/1001", "mailbox=1001", "calendars=own",
                 "mobile=+4670", "schedule=office", "patterns=summary=Stand*:dnd")
        self.ctl("user", "add", "bob", "extension=1002", "devices.desk=PJSIP/1002")
        self.ctl("group", "add", "sales")
        self.ctl("group", "assign", "sales", "alice")
        self.ctl("queue", "add", "support")
        self.ctl("queue", "assign", "support", "alice", "--no-wait")
        self.ctl("rule", "set", "alice", "away", "ring=desk 0-20", "forward.external.always=bob")
        self.ctl("mode", "set", "lunch", "greeting=custom/lunch")
        self.ctl("override", "set", "@sales", "away", "--reason", "fire drill", "--for", "30m", "--no-wait")
        self.ctl("set", "alice", "dnd", "--note", "here", "--for", "2h", "--no-wait")
        run([self.build + "/presenced", "--once"], self.env)
        db = sqlite3.connect(self.db)
        db.executescript("""
            INSERT INTO greeting (pbx, key) VALUES ('main', '1001.away');
            INSERT OR IGNORE INTO fact (name, value) VALUES ('booted main', '1'), ('marked main', '1'), ('log too old', '1 2'),
                ('zones', 'x');
            """)
        for table in ("activity", "pbx_state", "publication", "publisher", "wrong_pin"):
            self.fill(db, table)
        db.commit()
        db.close()

    @staticmethod
    def fill(db, table):
        """A row of a table that only presenced fills, if it has none."""
        columns = [c for c in db.execute(f"PRAGMA table_xinfo({table})") if c[6] == 0]
        if db.execute(f"SELECT 1 FROM {table}").fetchone():
            return
        known = {"user_id": 1, "pbx": "main", "server": "pres", "name": "main"}
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(f"INSERT INTO {table} ({', '.join(c[1] for c in columns)}) VALUES ({', '.join('?' * len(columns))})",
                   [known.get(c[1], 1 if c[2] == "INTEGER" else "idle") for c in columns])

    def columns(self):
        db = sqlite3.connect(self.db)
        tables = [t for (t,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        for table in sorted(tables):
            for _, name, kind, not_null, _, _, hidden in db.execute(f"PRAGMA table_xinfo({table})"):
                if not hidden:
                    values = (EXTREME if kind == "INTEGER" else TEXTS) + ([] if not_null else [None])
                    for value in values:
                        yield table, name, value
        db.close()


def spoil(path, table, column, value):
    """Write the value into every row, or at least into the first."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA ignore_check_constraints = ON")
    try:
        if isinstance(value, bytes):
            value_sql, values = f"CAST(x'{value.hex()}' AS TEXT)", ()
        else:
            value_sql, values = "?", (value,)
        for where in ("", f" WHERE rowid = (SELECT min(rowid) FROM {table})", " WHERE true LIMIT 1"):
            try:
                db.execute(f"UPDATE {table} SET {column} = {value_sql}{where}", values)
                db.commit()
                return True
            except sqlite3.Error:
                db.rollback()
        return False
    finally:
        db.close()


def run_parts(n):
    """Each part is this program again, with a site of its own."""
    parts = [subprocess.Popen([sys.executable, *sys.argv, "--jobs", "1", "--part", f"{i + 1}/{n}"]) for i in range(n)]
    return any([part.wait() for part in parts])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--port", type=int, default=1)
    parser.add_argument("--secret", default="none")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--only")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    opt = parser.parse_args()
    if opt.jobs > 1:
        return run_parts(opt.jobs)
    part, parts = map(int, opt.part.split("/"))
    build, failed, done = os.path.abspath(opt.build), 0, 0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        site = Site(build, opt.port, opt.secret, folder)
        site.make()
        shutil.copy(site.db, site.db + ".good")
        cases = list(site.columns())
        for n, (table, column, value) in enumerate(cases):
            name = f"{table}.{column}"
            if (opt.only and opt.only not in name) or n % parts != part - 1:
                continue
            for end in ("-wal", "-shm"):
                if os.path.exists(site.db + end):
                    os.unlink(site.db + end)
            shutil.copy(site.db + ".good", site.db)
            if failed >= FAILURES_MAX:
                print(f"part {opt.part} ends at {name}, case {n} of {len(cases)}", flush=True)
                break
            if not spoil(site.db, table, column, value):
                continue
            done += 1
            if done % 100 == 0:
                print(f"part {opt.part}: case {n} of {len(cases)}", flush=True)
            for command in [None, *COMMANDS, *MORE.get(table, [])]:
                words = [build + "/presenced", "--once"] if not command else [build + "/presencectl", *shlex.split(command)]
                r = run(words, site.env)
                bad, tabs = None, (command or "").startswith("_complete")
                if r.returncode < 0 or r.returncode in (99, 124, 134):
                    bad = f"ends with {r.returncode}"
                elif b"Sanitizer" in r.stderr or b"runtime error" in r.stderr:
                    bad = "has a finding of a sanitizer"
                elif CONTROL.search(r.stdout.replace(b"\t", b"") if tabs else r.stdout) or CONTROL.search(r.stderr):
                    bad = "prints a control byte"
                if bad:
                    failed += 1
                    text = CONTROL.sub(lambda m: b"\\x%02x" % m.group()[0], (r.stderr + r.stdout))
                    print(f"{name} = {value!r:.60}: {' '.join(words[:1])[-10:]} {command or '--once'} {bad}: "
                          f"{text[:2000 if opt.verbose else 300].decode(errors='replace')}", flush=True)
    print(f"{done} values, {failed} failures")
    return failed > 0


sys.exit(main())
