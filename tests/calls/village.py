# SPDX-License-Identifier: GPL-3.0-or-later
"""Random sites for one call each: users, phones, modes and rules, written as text.

A village is lines of words, so that it can be printed, made shorter and played again:

    mode m0 type=away ring.timeout=6 forward.external.noanswer=u1
    user u0 desk=silent app=busy mobile mailbox in=m0
    own u0 m0 ring='first desk, then app'
    call external others=idle

The call is for u0. Its colleagues are u1 and u2, and g, who is alone behind the ring group and the
queue to which calls may be forwarded. A device does what it may do in tests/calls/matrix; those of colleagues, mobiles and numbers all do what `others` says, since
`presencectl route` takes one word for them. As destinations, `u1` is a user by name, `x1` by
extension, and far, group, queue and menu stand for what the dialplan below has.
"""
import random
import shlex

import calls
import foretold

USERS = ("u0", "u1", "u2", "g")
DEVICES = ("desk", "app", "sofa")
OTHERS = {**foretold.OTHERS, "declining": ("decline", "declining", "7")}
BUILT_IN = ("available", "away", "do-not-disturb", "lunch-break", "business-trip", "off-work")
# So that calls are short. They hold for every village, also for one that was made shorter.
COMMANDS = [["mode", "set", mode, "ring.timeout=5"] for mode in BUILT_IN] + \
           [["mode", "set", "business-trip", "ring=mobile 0-6"],
            ["mode", "set", "off-work", "greeting=vm-goodbye"]]
FORWARDS = [f"forward.{caller}.{when}" for caller in ("internal", "external")
            for when in ("always", "noanswer", "busy", "offline")]
# NNN is the village. 10NNN to 12NNN and 13NNN are its users, 20NNN is the ring group and 29NNN the
# queue of u0, 25NNN the ring group of g, 26NNN a menu, 7RNNND the mobile of user R, 80NNND somebody far.
EXTENSIONS = """[globals]
PRESENCE_GROUPS = groups
#include "presence.conf"
[from-phones]
exten => _1XXXX,1,Gosub(presence-call,${EXTEN},1(internal))
include => groups
[from-trunk]
exten => _1XXXX,1,Gosub(presence-call,${EXTEN},1(external))
include => groups
[groups]
exten => 999,1,Answer()
 same => n,Wait(110)
exten => _20XXX,1,Dial(Local/10${EXTEN:2}@presence-group/n,60)
 same => n,Hangup(${IF($["${DIALSTATUS}" = "BUSY"]?17:19)})
exten => _25XXX,1,Dial(Local/13${EXTEN:2}@presence-group/n,60)
 same => n,Hangup(${IF($["${DIALSTATUS}" = "BUSY"]?17:19)})
exten => _29XXX,1,Queue(n${EXTEN:2},n,,,60)
 same => n,Hangup(19)
exten => _26XXX,1,Answer()
 same => n,Playback(vm-goodbye)
 same => n,Hangup()
[from-internal]
exten => _[78]XXXX1,1,Dial(PJSIP/trunk/sip:${EXTEN}@127.0.0.1:${ANSWER_PORT})
exten => _[78]XXXX2,1,Dial(PJSIP/trunk/sip:${EXTEN}@127.0.0.1:${RING_PORT})
exten => _[78]XXXX3,1,Dial(PJSIP/trunk/sip:${EXTEN}@127.0.0.1:${BUSY_PORT})
 same => n,Hangup(17)
exten => _[78]XXXX4,1,Dial(PJSIP/trunk/sip:${EXTEN}@127.0.0.1:${PORT_404})
 same => n,Hangup(20)
exten => _[78]XXXX7,1,Dial(PJSIP/trunk/sip:${EXTEN}@127.0.0.1:${DECLINE_PORT})
exten => _907XXXXX,1,Goto(${EXTEN:2},1)
"""


# --- making one up ------------------------------------------------------------

def some(r, chance):
    return r.random() < chance


def destination(r, owner):
    users = [f"{form}{i}" for form in "uux" for i in range(3) if f"u{i}" != owner]
    return r.choice([*users, *users, "far", "far", "voicemail", "busy", "hangup", "none", "queue",
                     "group", "menu", "ask"])


def windows(r, devices):
    found = []
    for device in r.sample(devices, r.randint(1, len(devices))):
        begin = r.randint(0, 4)
        found.append(f"{device} {begin}-{begin + r.randint(2, 5)}")
        if some(r, 0.2):
            found.append(f"{device} {begin + 6}-{begin + 8}")
    return ", ".join(found)


def steps(r, devices):
    devices = r.sample(devices, r.randint(1, len(devices)))
    parts = []
    while devices:
        n = r.randint(1, len(devices))
        parts.append(" ".join(devices[:n]) + (f" {r.randint(2, 4)}" if some(r, 0.5) else ""))
        devices = devices[n:]
    return "first " + ", then ".join(parts)


def rules(r, owner, devices, number, few):
    """Words of rules, for a mode or a user's own version of it."""
    found = []
    if some(r, 0.5):
        found.append("ring=" + r.choice(["all", "none", windows(r, devices), windows(r, devices),
                                         steps(r, devices), steps(r, devices)]))
    if some(r, 0.6):
        found.append(f"ring.timeout={r.randint(5, 8)}")
    for key in FORWARDS:
        always = key.endswith("always")
        if some(r, (0.15 if always else 0.3) * (0.6 if few else 1)):
            found.append(f"{key}={destination(r, owner)}")
    for key, values, chance in (("ring.mobile", ("yes", "no"), 0.25 if "mobile" in devices else 0),
                                ("forward.voicemail", ("no", "no", "yes"), 0.4),
                                ("forward.direct_only", ("yes", "no"), 0.15),
                                ("forward.callerid", ("user", "caller"), 0.25),
                                ("group.calls", ("no", "yes"), 0.1),
                                ("call.waiting", ("yes", "no"), 0.4),
                                ("announce", ("mode", "mode", "none"), 0.15),
                                ("announce.sound", ("beep", "none"), 0.1),
                                ("greeting", ("vm-goodbye", "none"), 0.2),
                                ("allow", (number, number[:4] + "*", "0709*, 2001", "none"), 0.15)):
        if some(r, chance):
            found.append(f"{key}={r.choice(values)}")
    return found


def make_up(seed):
    """The lines of a random village."""
    r = random.Random(seed)
    number = r.choice(["0701234567", "+46701234567", "555"])
    lines = []
    modes = ["m0", "m1"][:r.randint(0, 2)]
    for mode in modes:
        kind = r.choice(["available", "chat", "away", "xa", "unavailable", "dnd"])
        words = [w for w in rules(r, None, [*DEVICES, "mobile"], number, False)
                 if kind != "dnd" or w != "ring.mobile=yes"]
        lines.append(["mode", mode, f"type={kind}", *words])
    for user in USERS[:3]:
        devices = DEVICES[:r.choice([1, 1, 2, 2, 3] if user == "u0" else [0, 1, 1, 2])]
        mobile = some(r, 0.6)
        words = [f"{d}=" + (r.choice(["answer", *["ring"] * 4, "busy", "decline", "gone",
                                        r.choice(calls.ONCALL)])
                            if user == "u0" else "others") for d in devices]
        if mobile:
            words.append("mobile")
        if some(r, 0.8):
            words.append("mailbox")
        mode = r.choice([*BUILT_IN, *["available"] * 8, *modes * 8])
        lines.append(["user", user, *words, f"in={mode}"])
        if some(r, 0.2):
            lines[-1].append("ask")
        if some(r, 0.7 if user == "u0" else 0.5):
            can = [*devices, *(["mobile"] if mobile else [])]
            own = rules(r, user, can, number, user != "u0") if can else ["ring.timeout=6"]
            if mode == "do-not-disturb" or "type=dnd" in str([w for w in lines if w[1] == mode]):
                own = [w for w in own if w != "ring.mobile=yes"]
            if own:
                lines.append(["own", user, mode, *own])
    lines.append(["user", "g", "desk=others", "mailbox"])
    lines.append(["call", r.choice(["internal", "external", "group", "queue"]),
                  f"others={r.choice(['silent', 'silent', *OTHERS])}", f"number={number}"])
    return lines


# --- what it is ---------------------------------------------------------------

def text_of(lines):
    return "\n".join(shlex.join(line) for line in lines)


def places(lines):
    """Where words stand that a village can do without."""
    return [(i, k) for i, line in enumerate(lines) if line[:2] != ["user", "g"]
            for k in range(3 if line[0] == "own" else 2, len(line))]


def without(lines, which):
    """The village without these of its places, by number."""
    gone = {places(lines)[n] for n in which}
    left = [[w for k, w in enumerate(line) if (i, k) not in gone] for i, line in enumerate(lines)]
    return [line for line in left if line[0] != "own" or len(line) > 3]


class Village(foretold.Foretold):
    """The call of a village, as number `n` of those that are played together."""

    def __init__(self, n, lines):
        self.n, self.lines = n, lines
        call = next(line for line in lines if line[0] == "call")
        options = dict(w.split("=", 1) for w in call[2:])
        self.caller = call[1]
        self.others = OTHERS[options.get("others", "silent")]
        self.number = "2001" if self.caller == "internal" else options.get("number", "0701234567")
        self.name = '"Olga"'
        self.extensions = {user: f"1{i}{n:03}" for i, user in enumerate(USERS)}
        self.a, self.user = self.extensions["u0"], f"u0-{n:03}"
        self.title = f"village {n}"
        self.devices, self.switches = {}, {}
        for line in lines:
            if line[0] == "user":
                self.read_user(line[1], line[2:])
        self.roles = {self.endpoint(u, d): f"{u}.{d}" for u, devices in self.devices.items()
                      for d in devices}
        self.route, self.expected, self.unknown, self.told = [], [], [], False

    def read_user(self, user, words):
        self.devices[user] = {w.split("=")[0]: w.split("=")[1].replace("others", self.others[0])
                              for w in words if w.split("=")[0] in DEVICES}
        mode = next((w[3:] for w in words if w.startswith("in=")), "available")
        self.switches[user] = (self.named(mode), "ask" in words)

    def named(self, word):
        """The name on the PBX of a user or a mode of the village; others have theirs."""
        return f"{word}-{self.n:03}" if word in (*USERS, "m0", "m1") else word

    def rule(self, word):
        key, value = word.split("=", 1)
        if key in FORWARDS:
            value = {"far": f"number:80{self.n:03}{self.others[2]}", "group": f"group:25{self.n:03}",
                     "queue": f"queue:b{self.n:03}", "menu": f"goto:groups,26{self.n:03},1",
                     **{f"x{i}": f"1{i}{self.n:03}" for i in range(3)}}.get(value, self.named(value))
        return f"{key}={value}"

    def endpoint(self, user, device):
        return self.extensions[user] + ("" if device == "desk" else "-" + device)

    def phones(self):
        """Endpoint, user of the contact and behaviour of every phone."""
        return [(self.endpoint(u, d), self.endpoint(u, d), does)
                for u, devices in self.devices.items() for d, does in devices.items()]

    def dials(self):
        return {"group": "20", "queue": "29"}.get(self.caller, "10") + self.a[2:]

    def commands(self):
        for line in sorted(self.lines, key=lambda l: ("user", "mode", "own", "call").index(l[0])):
            if line[0] == "user":
                yield self.user_command(line[1], line[2:])
                # Whoever calls g ends the call: a queue looks at the time only between two tries. And
                # route takes it that what is behind a group rings on a call.
                if line[1] == "g":
                    yield ["rule", "set", self.named("g"), "available", "ring.timeout=60",
                           "call.waiting=yes"]
            elif line[0] == "mode":
                kind = [w for w in line[2:] if w.startswith("type=")]
                yield ["mode", "add", self.named(line[1]), *kind]
                # One by one: what is refused takes nothing else with it.
                yield from (["mode", "set", self.named(line[1]), self.rule(w)]
                            for w in line[2:] if w not in kind)
            elif line[0] == "own":
                yield from (["rule", "set", self.named(line[1]), self.named(line[2]), self.rule(w)]
                            for w in line[3:])
        for user, (mode, asks) in self.switches.items():
            switch = ["set", self.named(user), mode, "--forever", "--no-wait"]
            yield switch
            # It is refused if nothing in that mode asks for a number.
            if asks:
                yield [*switch, "--forward-to", f"80{self.n:03}{self.others[2]}"]

    def user_command(self, user, words):
        ext = self.extensions[user]
        return ["user", "add", self.named(user), f"extension={ext}",
                *(f"devices.{d}=PJSIP/{self.endpoint(user, d)}" for d in self.devices[user]),
                *([f"mailbox={ext}@default"] if "mailbox" in words else []),
                *([f"mobile=07{USERS.index(user)}{self.n:03}{self.others[2]}"]
                  if "mobile" in words else [])]

    def route_words(self):
        states = ",".join(f"{d}={foretold.ROUTE_STATES[does]}"
                          for d, does in self.devices["u0"].items())
        return [self.user, "--caller", self.caller, "--others", self.others[1],
                "--number", self.number, "--answer", str(foretold.ANSWER_S),
                *(["--phone", states] if states else [])]

    # --- against what happens

    def extension_of(self, user):
        return self.extensions[user.split("-")[0]]

    def ringing(self, step):
        user = step["user"].split("-")[0]
        return [f"{user}.{device}" for device in step["what"].split(", ")]

    def owner(self, step):
        return step["user"].split("-")[0]

    def is_behind(self, seen):
        return all(w.startswith("g.") for w in seen["who"])

    def end(self, step):
        """How it ends. Who was told of a mode was answered: where the far end refuses the call
        then, and nobody takes it back, it ends as the dialplan of the trunk has it."""
        before = self.route[self.route.index(step) - 1]
        if self.told and before["action"] == "forward" and before["what"].startswith("number:") and \
                step["action"] in ("busy", "noanswer") and step["cause"] in ("busy", "offline"):
            self.unknown.append((step["at"], None, "what the trunk does"))
            return []
        return super().end(step)

    def waits(self):
        # A caller's patience begins again whenever the PBX says something.
        self.unknown.append((self.route[-1]["at"], None, "how long the caller waits"))

    def role(self, phone):
        if len(phone) == 6 and phone[2:5] == f"{self.n:03}":
            return "far" if phone[0] == "8" else f"{USERS[int(phone[1])]}.mobile"
        return self.roles.get(phone)

    def box(self, owner):
        return next((u for u, ext in self.extensions.items() if ext == owner), owner)

    def differences(self, seen):
        """What differs. Where a forward is taken back at the very second at which the one to
        whom it went would forward it, either may be first."""
        ends = [s["until"] for s in self.route if s["action"] == "forward"]
        return [w for w in super().differences(seen) if not any(
            w == f"not expected: {s}" and s["do"] == "ring" and near(s["at"], ends) and
            s["until"] is not None and s["until"] - s["at"] < 0.5 for s in seen)]


def near(at, ends):
    return any(end is not None and abs(at - end) <= calls.TOLERANCE_S for end in ends)
