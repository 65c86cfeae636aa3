# SPDX-License-Identifier: GPL-3.0-or-later
"""What a case is, what was seen of its call, and whether the two agree."""
import datetime
import glob
import os
import re

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIALPLAN = os.path.join(TOP, "share/asterisk/presence.conf")
STATES = {"idle": ("answer", "ring"), "busy": ("busy", "busy"), "declining": ("decline", "decline"),
          "silent": ("ring", "ring"), "gone": ("gone", "gone"),
          "oncall": ("oncall", "ring"), "onhold": ("onhold", "ring"), "rung": ("rung", "ring")}
# A phone that is on a call already, or is rung by another, would ring for one more.
ONCALL = ("oncall", "onhold", "rung")
TOLERANCE_S = 0.9
# What a case may say beside fields, see tests/calls/cases.
OPTIONS = ("desk", "app", "b", "desk2", "bmode", "box", "mobileno", "user", "contact", "rule", "ask",
           "setvar", "busyat", "number", "name", "dial", "last", "more", "digits", "watch", "end", "kept", "file", "contacts", "param")


def legend():
    """The fields of each kind of entry, in order, as the head of the dialplan lists them."""
    kinds, names = {}, []
    with open(DIALPLAN, encoding="utf-8") as f:
        for line in f:
            if line.startswith("; presence-"):
                kinds[line[2:].split("/")[0]] = names = []
            elif m := re.match(r";     ([a-z_]+) +(.*)", line):
                names.append((m[1], m[2]))
    return kinds


LEGEND = legend()
RULES = [name for name, _ in LEGEND["presence-mode"]]
# What an entry of a test has where the case says nothing.
DEFAULTS = {"version": "1", "type": "available", "ring": "all", "timeout": "3", "mobile": "n",
            "voicemail": "y", "direct": "n", "callerid": "c", "group": "y", "greeting": "-",
            "allow": "-", "notify": "y", "lamp": "n", "announce": "n", "sound": "-"}
for name, what in LEGEND["presence-mode"]:
    if what.endswith(": a destination"):
        DEFAULTS[name] = "none"


class Entry:
    """A compiled entry of call rules. `last` is the field with which it ends, `more` what
    stands behind all that we know."""

    def __init__(self, fields):
        self.fields = fields

    def changed(self, fields):
        return Entry({**self.fields, **fields})

    def text(self):
        names = RULES
        if "last" in self.fields:
            names = names[:names.index(self.fields["last"]) + 1]
        more = [self.fields["more"]] if "more" in self.fields else []
        return "|".join([self.fields.get(f, DEFAULTS.get(f, "")) for f in names] + more)


def user_entry(**fields):
    return "|".join({"version": "1", **fields}.get(name, "-") for name, _ in LEGEND["presence-user"])


class Case:
    """One call: who calls whom, in which mode, how the phones behave."""

    unknown = ()

    def __init__(self, n, title, steps):
        self.n, self.title = n, title
        self.a, self.b = f"1{n:03}", f"3{n:03}"
        words = title.split()
        self.mode, self.caller, state = words[:3]
        self.desk, self.app = STATES[state]
        self.options = {}
        for word in words[3:]:
            key, value = word.split("=", 1)
            if key not in OPTIONS and key.removeprefix("b.") not in RULES:
                raise SystemExit(f"tests/calls: '{title}': there is no '{key}'")
            self.options[key] = self.fill(value)
        self.desk = self.options.get("desk", self.desk)
        self.app = self.options.get("app", self.app)
        self.bmode = self.options.get("bmode", "available")
        self.number = self.options.get("number", f"0701234{n:03}")
        self.name = self.options.get("name", '"Olga"')
        self.expected = [self.step(s) for s in self.fill(steps).split(";")]

    def fill(self, text):
        for key, value in (("@P", "presence"), ("@A", self.a), ("@B", self.b), ("@N", f"{self.n:03}"),
                           ("@D", ",".join(f"digits/{d}" for d in self.a[1:]))):
            text = text.replace(key, value)
        return text

    @staticmethod
    def step(text):
        """`0-3 ring desk app from=2001` -> a step as JSON has it."""
        at, do, *words = text.split()
        at, _, until = at.partition("-")
        step = {"at": float(at), "do": do}
        if until:
            step["until"] = int(until)
        for key, value in (w.split("=", 1) for w in words if "=" in w):
            step[key] = value
        who = sorted(w for w in words if "=" not in w)
        if who:
            step["who"] = who
        return step

    def dials(self):
        if "dial" in self.options:
            return self.options["dial"]
        return {"group": "2", "queue": "4"}.get(self.caller, "1") + self.a[1:]

    def is_told(self):
        """Whether callers may be told of a mode. Those have more patience."""
        return any("announce" in key for key in self.options)

    def phones(self):
        """Endpoint, user of the contact and behaviour of every phone."""
        # As long as a contact may be, more or less.
        long = [(self.a, f"{self.a}.{i}." + "x" * 220, self.desk)
                for i in range(int(self.options.get("contacts", "0")))]
        return long or [(self.a, self.options.get("contact", self.a), self.desk),
                (self.a, f"{self.a}.2", self.options.get("desk2", "gone")),
                (self.a + "-app", self.a + "-app", self.app),
                (self.b, self.b, self.options.get("b", "gone"))]

    def settings(self):
        """What the endpoints of the person have in pjsip.conf beside that of all."""
        lines = [f"set_var = {v}\n" for v in self.options.get("setvar", "").split(",") if v]
        if "busyat" in self.options:
            lines.append(f"device_state_busy_at = {self.options['busyat']}\n")
        if self.desk == "ring6":
            lines.append("transport = udp6\n")
        return "".join(lines)

    def entries(self, modes):
        """What AstDB holds beside the modes."""
        mobile = self.options.get("mobileno")
        a = user_entry(devices=f"desk=PJSIP/{self.a}^app=PJSIP/{self.a}-app",
                       mailbox=self.options.get("box", f"{self.a}@default"),
                       mobile=f"7{self.a[1:]}{mobile}" if mobile else "-", callerid=self.a,
                       mode="available")
        b = user_entry(devices=f"desk=PJSIP/{self.b}", mailbox=f"{self.b}@default",
                       callerid=self.b, mode="available")
        user = self.options.get("user", a)
        entries = [("presence-user", self.b, b)]
        if user != "none":
            entries.append(("presence-user", self.a, user))
        rules = {k: v for k, v in self.options.items() if k in [*RULES, "last", "more"]}
        if "rule" in self.options:
            entries.append(("presence-rule", f"{self.a}.{self.mode}", self.options["rule"]))
        elif rules:
            entries.append(("presence-rule", f"{self.a}.{self.mode}",
                            modes.get(self.mode, Entry({})).changed(rules).text()))
        rules = {k[2:]: v for k, v in self.options.items() if k.startswith("b.")}
        if rules:
            entries.append(("presence-rule", f"{self.b}.{self.bmode}",
                            modes[self.bmode].changed(rules).text()))
        if "ask" in self.options:
            entries.append(("presence-ask", self.a, self.options["ask"]))
        if "kept" in self.options:
            entries.append(("presence-greeting", *self.options["kept"].split("=")))
        if "end" in self.options:
            entries.append(("presence-until", self.a, self.options["end"]))
        return entries

    def role(self, phone):
        phone = re.match(r"[\w-]*", phone)[0]
        return {self.a: "desk", self.a + "-app": "app", self.b: "b",
                "7" + self.a[1:]: "mobile", "8" + self.a[1:]: "far"}.get(
                    phone if len(phone) != 5 else phone[:4])

    def box(self, owner):
        return {self.a: "A", self.b: "B"}.get(owner, owner)

    def differences(self, seen):
        return differences(self.expected, seen)


class Code(Case):
    """A phone dials a feature code or a key; what is then set, and what the phone heard."""

    def __init__(self, n, title, result):
        code, phone, *options = title.split()
        super().__init__(n, " ".join(["available internal gone", *options]), "0 hangup")
        self.title = f"code {title}"
        self.code = self.fill(code)
        self.phone = {"desk": self.a, "app": self.a + "-app", "b": self.b}.get(phone, phone)
        self.expected = dict(w.split("=", 1) for w in self.fill(result).split())

    def dials(self):
        return self.code

    def phones(self):
        return []


def read_cases(files):
    """Lines: `mode NAME key=value...`, `case MODE CALLER PHONES key=value... | STEPS`,
    `code NUMBER PHONE key=value... | KEY=VALUE...`, and `# --- SECTION`."""
    modes, cases, section = {}, [], ""
    for name in files:
        with open(name, encoding="utf-8") as f:
            for line in f:
                word, _, rest = line.strip().partition(" ")
                if word == "mode":
                    name, *rules = rest.split()
                    modes[name] = Entry(dict(r.split("=", 1) for r in rules))
                elif line.startswith("# --- "):
                    section = line[6:].strip()
                elif word == "code":
                    title, result = rest.rsplit(" | ", 1)
                    cases.append(Code(len(cases) + 1, title, result))
                    cases[-1].section = section
                elif word == "case":
                    title, steps = rest.rsplit(" | ", 1)
                    for caller in title.split()[1].split(","):
                        words = title.split()
                        words[1] = caller
                        cases.append(Case(len(cases) + 1, " ".join(words), steps))
                        cases[-1].section = section
    return modes, cases


# --- what was seen -----------------------------------------------------------

def messages(path):
    """The messages that a sipp has written: time, whether it sent it, text."""
    with open(path, encoding="utf-8", errors="replace", newline="") as f:
        text = f.read()
    head = re.compile(r"^-{40,}\s*(\d{4}-\d\d-\d\d[ T\t]\S+)\r?\nUDP message (sent|received)[^\n]*\n\s*\n",
                      re.M)
    found = list(head.finditer(text))
    for i, m in enumerate(found):
        end = found[i + 1].start() if i + 1 < len(found) else len(text)
        when = datetime.datetime.fromisoformat(re.sub(r"[T\t]", " ", m[1])[:26]).timestamp()
        yield when, m[2] == "sent", text[m.end():end]


def header(text, name):
    m = re.search(rf"^{name}:[ \t]*(.*?)\r?$", text, re.M | re.I)
    return m[1] if m else None


def number_of(address):
    m = re.search(r"sip:([^@>]*)@", address or "")
    return m[1] if m else None


def phone_legs(out):
    """Each call that reached a phone."""
    legs = {}
    for path in glob.glob(out + "/*.messages"):
        if not re.search(r"/(answer|ring6?|busy|decline|transfer|\d+)\.messages$", path):
            continue
        for when, sent, text in messages(path):
            key = (path, header(text, "Call-ID"))
            first = text.split("\r\n", 1)[0]
            if first.startswith("INVITE ") and not sent and key not in legs:
                legs[key] = {"phone": number_of(first), "at": when, "until": None, "answered": None,
                             "from": number_of(header(text, "From")),
                             "name": header(text, "From").split("<")[0].strip(' "'),
                             "diversion": header(text, "Diversion")}
            elif key not in legs:
                continue
            elif first.startswith("CANCEL ") or first.startswith("SIP/2.0 ") and sent and \
                    re.match(r"SIP/2.0 [3-6]", first) and "INVITE" in header(text, "CSeq"):
                legs[key]["until"] = legs[key]["until"] or when
            elif first.startswith("SIP/2.0 200") and sent and "INVITE" in header(text, "CSeq"):
                legs[key]["answered"] = when
    return list(legs.values())


def caller_legs(out):
    """For each number called: when, and with which code it ended."""
    calls = {}
    for name in ("internal", "external"):
        for path in glob.glob(f"{out}/{name}*.messages"):
            for when, sent, text in messages(path):
                first = text.split("\r\n", 1)[0]
                called = number_of(header(text, "To"))
                if first.startswith("INVITE ") and sent:
                    calls.setdefault(called, {"at": when, "code": None, "end": None})
                elif m := re.match(r"SIP/2.0 ([2-6]\d\d)", first):
                    call = calls.get(called)
                    if call and not sent and "INVITE" in header(text, "CSeq") and not call["code"]:
                        call["code"], call["end"] = m[1], when
    return calls


def log_calls(out):
    """What the PBX did in each call: by the number called, or the phone and the feature
    code or key, (time, application, data, whether it was in [presence-announce])."""
    line = re.compile(r"^\[([^]]+)\] \S+\[\d+\]\[(C-\w+)\] \S+: +(.*)")
    calls, number_of_call, announcing = {}, {}, {}
    with open(out + "/asterisk", encoding="utf-8", errors="replace") as f:
        for text in f:
            m = line.match(text)
            if not m:
                continue
            when = datetime.datetime.fromisoformat(m[1]).timestamp()
            if e := re.search(r'Executing \[(\S+?)@([\w-]+):\S+\] (\w+)\("[^"]*", "(.*)"\)', m[3]):
                phone = re.search(r'"PJSIP/([\w-]+)-\w+"', m[3])
                code = phone and e[2] == "from-phones" and not e[1].isdigit()
                number_of_call.setdefault(m[2], phone[1] + e[1] if code else e[1])
                announcing[m[2]] = e[2] in ("presence-announce", "presence-until")
                found = (when, e[3], e[4], announcing[m[2]])
            elif p := re.search(r"Playing '(?:/\S+/spool/)?([^']+?)(?:\.(?:gsm|wav|slin\w*|ulaw|alaw))?' ", m[3]):
                found = (when, "playing", p[1], announcing.get(m[2]))
            else:
                continue
            calls.setdefault(number_of_call.get(m[2]), []).append(found)
    return calls


def notified(out, case):
    """The states that a watched lamp was told to show, each time that they changed."""
    shown = [re.search("<state>([a-z]*)", text)[1]
             for path in glob.glob(f"{out}/watch-{case.a}.messages")
             for _, sent, text in messages(path)
             if text.startswith("NOTIFY ") and not sent]
    return ",".join(s for i, s in enumerate(shown) if i == 0 or s != shown[i - 1])


def observe(out, cases, states):
    legs, callers, logs = phone_legs(out), caller_legs(out), log_calls(out)
    observed = []
    for case in cases:
        if isinstance(case, Code):
            says = [e[2] for e in logs.get(case.phone + case.code, []) if e[1] == "playing"]
            observed.append({"case": case.title, "steps": {
                **states[case.n], "says": ",".join(says), "notified": notified(out, case)}})
            continue
        call = callers.get(case.dials())
        if not call:
            observed.append({"case": case.title, "steps": [], "error": "no call was placed"})
            continue
        # Not what rang the phones before.
        mine = [l for l in legs if case.role(l["phone"] or "") and l["at"] >= call["at"]]
        log = logs.get(case.dials(), [])
        told = announcements(log)

        def second(when, began=call["at"], told=told):
            """Seconds of the call. It stands still while it announces, as route foretells it."""
            past = sum(min(when, end) - start for start, end, _ in told if start < when)
            return round(when - began - past, 2)

        steps = [{"at": second(start), "do": "announced", "says": says}
                 for start, _, says in told]
        for leg in sorted(mine, key=lambda l: l["at"]):
            end = leg["until"] or leg["answered"]
            steps.append({"at": second(leg["at"]), "do": "ring",
                          "who": [case.role(leg["phone"])], "from": leg["from"],
                          "name": leg["name"], "diversion": leg["diversion"],
                          "until": second(end) if end else None})
        steps += final_step(case, call, mine, [e for e in log if not e[3]],
                            second if told else None)
        observed.append({"case": case.title, "steps": steps})
    return observed


def announcements(log):
    """What callers were told of modes: from when to when, and the sounds."""
    told, start, says = [], None, []
    for when, app, data, announcing in log:
        if announcing and app == "Answer":
            start, says = when, []
        elif announcing and app == "playing":
            says.append(data)
        elif not announcing and start:
            told.append((start, when, ",".join(says)))
            start = None
    return told + ([(start, log[-1][0], ",".join(says))] if start else [])


def final_step(case, call, legs, log, second):
    """How the call ended. `second` if it was answered to announce something: then its log says when."""
    did = [e for e in log if e[1] in ("VoiceMail", "Playback", "playing")]
    tone = next((e for e in log if e[1] in ("Busy", "Congestion")), None)
    box = next((e for e in did if e[1] == "VoiceMail"), None)
    answered = [l for l in legs if l["answered"]]
    # It answers before the greeting is played.
    at = round((call["end"] or call["at"]) - call["at"], 2)
    if second and (box or answered):
        at = second(did[0][0] if box else max(l["answered"] for l in answered))
    if box and call["code"] == "200":
        owner, options = re.match(r"(\w*)(?:-x)?@[\w-]+,(\w*)", box[2]).groups()
        greeting = [e[2] for e in did[:did.index(box)] if e[1] == "playing"]
        return [{"at": at, "do": "voicemail", "who": [case.box(owner)],
                 "greeting": greeting[0] if greeting else options}]
    if answered:
        return [{"at": at, "do": "answered", "who": sorted(case.role(l["phone"]) for l in answered)}]
    if second and tone:
        return [{"at": second(tone[0]), "do": "tone", "what": tone[1].lower()}]
    if call["code"] == "200":
        return [{"at": at, "do": "played", "who": [e[2] for e in did if e[1] == "playing"][:1]}]
    if call["code"] == "486":
        return [{"at": at, "do": "busy"}]
    return [{"at": at, "do": "hangup", "code": call["code"]}]


# --- do they agree ------------------------------------------------------------

def near(a, b):
    return a is not None and abs(a - b) <= TOLERANCE_S


def differences(expected, observed):
    """What differs between the steps expected and those that were observed."""
    if isinstance(expected, dict):
        return [f"{k} is {observed[k]}, not {v}" for k, v in expected.items() if observed[k] != v]
    wrong, left = [], list(observed)
    for step in expected:
        for who in step.get("who", [None]):
            match = next((o for o in left if o["do"] == step["do"] and
                          (who is None or who in o.get("who", [])) and near(o["at"], step["at"])), None)
            if not match:
                wrong.append(f"missing: {step['at']} s {step['do']} {who or ''}")
                continue
            left.remove(match)
            for key, value in step.items():
                if key in ("at", "do", "who"):
                    continue
                seen = match.get(key)
                if key == "among":
                    seen = match.get("who")
                    same = set(seen) <= set(value)
                elif key == "until":
                    same = near(seen, value)
                elif key == "reason":
                    seen = match.get("diversion")
                    same = f";reason={value}" in (seen or "")
                elif key == "diversion":
                    same = seen is None if value is None else f":{value}@" in (seen or "")
                else:
                    same = str(seen) == str(value)
                if not same:
                    wrong.append(f"{step['at']} s {step['do']} {who or ''}: {key} is {seen}, not {value}")
    wrong += [f"not expected: {o}" for o in left]
    return wrong
