# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of a site that presencectl has made, and what `presencectl route` says of them."""
import json
import os
import re
import shlex
import subprocess

import calls

# What phones do, and how route calls it.
ROUTE_STATES = {"answer": "idle", "ring": "noanswer", "busy": "busy", "decline": "declining",
                "gone": "offline", **{does: "oncall" for does in calls.ONCALL}}
# What others do: the colleague, how route calls it, and the last digit of outside numbers.
OTHERS = {"idle": ("answer", "idle", "1"), "silent": ("ring", "noanswer", "2"),
          "busy": ("busy", "busy", "3"), "gone": ("gone", "offline", "4"),
          "oncall": ("oncall", "oncall", "2")}
REASONS = {"always": "unconditional", "no answer": "no-answer", "nothing rings": "no-answer",
           "busy": "user-busy", "on a call": "user-busy", "offline": "unavailable"}
OPTIONS = ("desk", "app", "number", "others", "mailbox", "forward-to", "bmode", "for", "busyat")
DAYS = {day: f"digits/day-{i}" for i, day in enumerate("Sun Mon Tue Wed Thu Fri Sat".split())}
ANSWER_S = 1
PATIENCE_S = 32  # of callers, see sipp/caller.xml


class Foretold(calls.Case):
    """A call whose expectation is that of route."""

    def __init__(self, n, mode, caller, state, options):
        self.n, self.caller, self.state = n, caller, state
        self.mode = f"own{n:03}" if mode == "own" else mode
        self.title = " ".join([mode, caller, state] + [f"{k}={v}" for k, v in options.items()])
        self.a, self.b = f"1{n:03}", f"3{n:03}"
        self.user, self.colleague = f"a{n:03}", f"b{n:03}"
        self.others = OTHERS[options.get("others", "silent")]
        self.options = {k: self.fill(v) for k, v in options.items()}
        self.desk, self.app = (self.options.get(k, does) for k, does in
                               zip(("desk", "app"), calls.STATES[state]))
        self.bmode = self.options.get("bmode", "available")
        self.number = "2001" if caller == "internal" else \
            self.options.get("number", f"0701234{n:03}")
        self.name = '"Olga"'
        self.route, self.expected, self.unknown = [], [], []

    def fill(self, text):
        return super().fill(text.replace("@a", self.user).replace("@b", self.colleague)
                            .replace("@far", f"8{self.n:03}{self.others[2]}"))

    def dials(self):
        return {"group": "2", "queue": "9"}.get(self.caller, "1") + self.a[1:]

    def phones(self):
        return [(self.a, self.a, self.desk), (self.a + "-app", self.a + "-app", self.app),
                (self.b, self.b, self.others[0])]

    def commands(self):
        """What makes the user, the colleague and their rules."""
        mailbox = self.options.get("mailbox", f"{self.a}@default")
        rules = {k: v for k, v in self.options.items()
                 if k not in OPTIONS and not k.startswith("user.")}
        yield ["user", "add", self.user, f"extension={self.a}", f"devices.desk=PJSIP/{self.a}",
               f"devices.app=PJSIP/{self.a}-app", f"mobile=07{self.n:03}{self.others[2]}"] + \
              ([f"mailbox={mailbox}"] if mailbox != "none" else []) + \
              [f"{k[5:]}={v}" for k, v in self.options.items() if k.startswith("user.")]
        yield ["user", "add", self.colleague, f"extension={self.b}",
               f"devices.desk=PJSIP/{self.b}", f"mailbox={self.b}@default"]
        if rules_of_mode := [f"{k[5:]}={v}" for k, v in rules.items() if k.startswith("mode.")]:
            yield ["mode", "add", self.mode, "type=away"]
            yield ["mode", "set", self.mode, *rules_of_mode]
        for user, mode, lead in ((self.user, self.mode, ""), (self.colleague, self.bmode, "b.")):
            own = [f"{k[len(lead):]}={v}" for k, v in rules.items()
                   if k.startswith("b.") == bool(lead) and not k.startswith("mode.")]
            if own:
                yield ["rule", "set", user, mode, *own]

    def read_route(self, steps):
        """Turn the steps of route into those that tests/calls/compare knows, and what is
        not foretold into self.unknown: (from, until or None, who rings, why)."""
        self.route, self.told = steps, False
        diverted = {"diversion": None}
        for s in steps:
            if s["action"] in ("forward", "queue", "goto"):
                diverted = {"diversion": self.extension_of(s["user"]),
                            "reason": REASONS[s["cause"]]}
                kind = (s["what"] or "").split(":")[0]
                if s["action"] == "forward" and kind == "number":
                    self.ring(s, ["far"], diverted)
                elif s["action"] != "forward" or kind == "group":
                    # What goto leads to may answer, and then nobody takes the call back.
                    until = None if s["action"] == "goto" else s["until"]
                    self.unknown.append((s["at"], until, f"what {s['what']} does"))
            elif s["action"] == "announce":
                self.told = True
                self.expected.append({"at": s["at"], "do": "announced",
                                      "says": self.says(s["what"], s["user"])})
            elif s["action"] == "ring":
                self.ring(s, self.ringing(s), diverted)
            else:
                self.expected += self.end(s)
        if steps[-1]["until"] is None and not self.unknown:
            self.waits()

    def extension_of(self, user):
        return self.a if user == self.user else self.b

    def ringing(self, s):
        return [w if s["user"] == self.user else "b" for w in s["what"].split(", ")]

    def owner(self, s):
        return "A" if s["user"] == self.user else "B"

    def is_behind(self, seen):
        """Whether that phone can ring where route does not know what rings."""
        return seen["who"] == ["b"]

    def waits(self):
        self.expected.append({"at": PATIENCE_S, "do": "hangup", "code": "487"})

    def says(self, what, user):
        """The sounds of an announcement, in English: `custom/lunch, until tomorrow 13:05`."""
        sound, until = re.fullmatch(r"(?:([^ ,]+)(?:, |$))?(?:until (.+))?", what).groups("")
        number = self.extension_of(user)
        says = {"": [], "unavailable": ["vm-theperson", *(f"digits/{d}" for d in number),
                                        "vm-isunavail"]}.get(sound, [sound])
        if until:
            *day, clock = until.split(" ")
            hour, minute = (int(x) for x in clock.split(":")[:2])
            says += ["please-try-call-later", *(DAYS.get(d, f"digits/{d}") for d in day), "digits/at",
                     f"digits/{(hour + 11) % 12 + 1}", *minutes(minute),
                     "digits/a-m" if hour < 12 else "digits/p-m"]
        return ",".join(says)

    def ring(self, s, who, diverted):
        step = {"at": s["at"], "do": "ring", "who": who, "from": s["callerid"], **diverted}
        if s["until"] is not None:
            step["until"] = s["until"]
        self.expected.append(step)

    def end(self, s):
        if s["action"] == "answer":
            ringing = [x for x in self.expected if x["do"] == "ring" and x.get("until") == s["at"]]
            step = {"at": s["at"], "do": "answered"}
            if ringing:
                step["among"] = sorted({w for x in ringing for w in x["who"]})
            return [step]
        if s["action"] == "voicemail":
            return [{"at": s["at"], "do": "voicemail",
                     "who": [self.owner(s)],
                     "greeting": s["greeting"] or s["owngreeting"][0]}]
        if self.told:
            return [{"at": s["at"], "do": "tone",
                     "what": "busy" if s["action"] == "busy" else "congestion"}]
        if self.caller == "queue":
            # The queue tries its members once, and says nothing of why they did not come.
            return [{"at": s["at"], "do": "hangup", "code": "480"}]
        if s["action"] == "busy":
            return [{"at": s["at"], "do": "busy"}]
        if self.caller == "group":
            return [{"at": s["at"], "do": "hangup", "code": "480"}]
        return [{"at": s["at"], "do": "hangup",
                 "code": "480" if s["action"] == "noanswer" else "403"}]

    def ends_at(self):
        last = self.route[-1]
        return PATIENCE_S if last["until"] is None or last["action"] == "goto" else max(last["until"], last["at"])

    def differences(self, seen):
        """What differs, but for what route cannot know: who rings there, and if nothing takes
        the call back, how it ends."""
        return calls.differences(self.expected, [
            s for s in seen
            if s["do"] == "announced" or not any(begin - calls.TOLERANCE_S <= s["at"] <=
                       (1e9 if until is None else until + calls.TOLERANCE_S) and
                       (self.is_behind(s) if s["do"] == "ring" else until is None)
                       for begin, until, _ in self.unknown)])


def minutes(n):
    """The minutes of a clock that counts twelve hours."""
    if n == 0:
        return ["digits/oclock"]
    if n < 10:
        return ["digits/oh", f"digits/{n}"]
    return [f"digits/{n}"] if n <= 20 or n % 10 == 0 else [f"digits/{n // 10 * 10}", f"digits/{n % 10}"]


def read_calls(files):
    """Lines: `run COMMAND` of presencectl, `call MODES CALLERS PHONES key=value...`, and
    `# --- SECTION`."""
    commands, cases, section = [], [], ""
    for name in files:
        with open(name, encoding="utf-8") as f:
            for line in f:
                if line.startswith("# --- "):
                    section = line[6:].strip()
                words = shlex.split(line, comments=True)
                if not words:
                    continue
                if words[0] == "run":
                    commands.append(words[1:])
                    continue
                options = dict(w.split("=", 1) for w in words[4:])
                for mode in words[1].split(","):
                    for caller in words[2].split(","):
                        for state in words[3].split(","):
                            cases.append(Foretold(len(cases) + 1, mode, caller, state, options))
                            cases[-1].section = section
    return commands, cases


class Site:
    """A database of presencectl, in folder `out`."""

    def __init__(self, program, out, port, secret):
        self.program = program
        self.env = {**os.environ, "PRESENCE_CONF": out + "/presence.conf",
                    "PRESENCE_DB": out + "/presence.db", "LC_ALL": "C.UTF-8"}
        for name in ("presence.conf", "presence.db"):
            if os.path.exists(f"{out}/{name}"):
                os.remove(f"{out}/{name}")
        with open(out + "/presence.conf", "w", encoding="utf-8",
                  opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
            f.write(f'pbx = ( {{ name = "main"; port = {port}; secret = "{secret}";\n'
                    '  mobile_prefix = "9"; } );\ndefaults = { zone = "Europe/Stockholm"; };\n')

    def run(self, *words, ok=(0,), text=None, program=None):
        program = program or self.program
        done = subprocess.run([program, *words], env=self.env, input=text,
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode not in ok:
            raise SystemExit(f"{program} {' '.join(words)}: {done.returncode}\n"
                             f"{done.stderr[-2000:]}")
        return done.stdout

    def make(self, commands, cases, pusher):
        """All that the cases say, on the PBX, where the program `pusher` puts it."""
        self.run("init")
        lines = commands + [c for case in cases for c in case.commands()]
        self.run("shell", text="\n".join(shlex.join(line) for line in lines) + "\n")
        switches = {}
        for case in cases:
            to, end = case.options.get("forward-to", ""), case.options.get("for", "")
            if case.mode != "-":
                switches.setdefault((case.mode, to, end), []).append(case.user)
            switches.setdefault((case.bmode, "", ""), []).append(case.colleague)
        for (mode, number, end), users in switches.items():
            # 4: presenced is not there to tell the PBX.
            self.run("set", *users, mode, *(["--for", end] if end else ["--forever"]),
                     *(["--forward-to", number] if number else []), ok=(0, 4))
        self.run("push", program=pusher)

    def foretell(self, case):
        case.read_route(json.loads(self.run(
            "route", case.user, "--caller", case.caller,
            "--phone", f"desk={ROUTE_STATES[case.desk]},app={ROUTE_STATES[case.app]}",
            "--others", case.others[1], "--number", case.number, "--answer", str(ANSWER_S),
            "--json"))["route"])
