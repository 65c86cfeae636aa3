# SPDX-License-Identifier: GPL-3.0-or-later
"""A round: words and a fault among them, then what must be true."""
import random
import time

from rig import EXTENSIONS, MODES, Failed, until
from words import FORGETS_S, Code

LIMIT_S = 5  # after the end of a fault all is well
MORE_S = 7  # so long it is watched
BEGIN_S = 10
UNDECIDED = "disk I/O error"


class Lost(Exception):
    """A promise that was broken."""


class Round:
    def __init__(self, site, words, kind, seed, short=False):
        self.site, self.pbx, self.words = site, site.pbx, words
        self.kind, self.seed, self.short = kind, seed, short
        self.random = random.Random(seed)
        self.trace, self.began = [], time.monotonic()
        self.first_log = site.last_log()
        self.users = list(EXTENSIONS)
        self.limits = []

    def note(self, text):
        self.trace.append(f"{time.monotonic() - self.began:7.3f} {text}")

    # --- what a fault is made of ---------------------------------------------

    def one_in(self, n):
        return self.random.randrange(n) == 0

    def pick(self):
        return self.random.choice(self.users)

    def mode(self, but=()):
        return self.random.choice([m for m in MODES if m not in but])

    def sleep(self, least, most):
        """Seconds; a short round has the least of them."""
        s = least if self.short else self.random.uniform(least, most)
        self.note(f"{s:.2f} s pass")
        time.sleep(s)

    def ctl(self, *words):
        """Whether it was answered: True, False for never, None if nobody can know."""
        began = time.monotonic()
        status, _, said = self.site.ctl(*words)
        self.note(f"presencectl {' '.join(words)}: {status} after {time.monotonic() - began:.2f} s {said.strip()}")
        if status in (0, 4):
            self.check_status(words, status)
            return True
        if status < 0 or UNDECIDED in said:
            return None
        if status != 5:
            raise Lost(f"presencectl {' '.join(words)}: status {status}: {said.strip()}")
        return False

    def check_status(self, words, status):
        """Status 0 says that the PBX knows."""
        if status or words[0] not in ("set", "clear") or "--no-wait" in words or not self.pbx.alive:
            return
        if self.kind.spoils_pbx:
            return
        modes = self.pbx.held()[0]
        for user in self.users:
            if user in words and len(may := self.words.modes(user)) == 1 and words[0] == "set" \
                    and self.words.override[user] == {None} and modes.get(EXTENSIONS[user]) != words[-1]:
                raise Lost(f"presencectl {' '.join(words)}: status 0, and {user} is {modes.get(EXTENSIONS[user])} on the PBX"
                           f" (was {may})")

    def said(self, table, key, value, answered):
        if answered is not False:
            self.words.say(table, key, value, answered)
            self.words.look_at_queues()

    def read(self):
        """Codes that the log knows, (user, mode or None)."""
        return set(self.site.rows("SELECT subject, new FROM log WHERE id > ? AND via = 'phone' AND key = 'switch'", self.first_log))

    def unread(self, user):
        """A code that presenced has not made a switch yet."""
        code = self.words.codes.get(user)
        return code if code and self.site.switch(user) != code.mode else None

    def set(self, *users, mode=None, wait=None):
        w = self.words
        users = users or self.random.sample(self.users, self.random.choice([1, 1, 2, 5]))
        mode = mode or self.mode()
        wait = self.one_in(2) if wait is None else wait
        before = {u: (set(w.switch[u]), self.unread(u)) for u in users}
        is_ = self.site.status() if any(code for _, code in before.values()) else None
        answered = self.ctl("set", *users, "--forever", *([] if wait else ["--no-wait"]), mode)
        for u, (switch, unread) in before.items():
            self.said(w.switch, u, mode, answered)
            if answered and switch != {mode} and w.override[u] == {None}:
                w.logged.append((u, "set", mode, "cli"))
            if unread and is_[u]["mode"] == mode:
                w.switch[u] |= {unread.mode}  # nothing of ours goes out, and the code may be read after it
                unread.confirmed = False
            elif answered:
                w.codes.pop(u, None)
                if unread:
                    w.overtaken[u] = unread

    def clear(self, *users, wait=None):
        w = self.words
        users = users or (self.pick(),)
        # Where a switch that overtook a code is taken back before it went out, nobody can know either.
        unread = {u: self.unread(u) or (self.site.pending(u) and w.overtaken.get(u)) for u in users}
        answered = self.ctl("clear", *users, *([] if wait or self.one_in(2) else ["--no-wait"]))
        for u in users:
            if answered and None not in w.switch[u] and w.override[u] == {None} and not unread[u]:
                w.logged.append((u, "clear", None, "cli"))
            self.said(w.switch, u, None, answered)
            if unread[u]:
                w.switch[u] |= {unread[u].mode}
                unread[u].confirmed = False
            elif answered:
                w.codes.pop(u, None)

    def override(self, user=None, mode=None):
        user, mode = user or self.pick(), mode or self.mode()
        self.said(self.words.override, user, mode,
                  self.ctl("override", "set", user, "--forever", "--reason", "drill", "--no-wait", mode))

    def end_override(self, user=None):
        held = [u for u in self.users if self.words.override[u] != {None}]
        if user or held:
            user = user or self.random.choice(held)
            if None in self.words.override[user] and user not in held:
                return
            try:
                self.said(self.words.override, user, None, self.ctl("override", "clear", user))
            except Lost as e:
                # One that may never have been.
                if "no override of" not in str(e) or None not in self.words.override[user]:
                    raise
                self.words.override[user] = {None}

    def force(self, period=None):
        period = period or self.random.choice(["outside", "business", "auto"])
        answered = self.ctl("schedule", "force", "office", period, *([] if period == "auto" else ["--forever"]))
        value = None if period == "auto" else period
        if answered is not False:
            self.words.forced = {value} if answered else self.words.forced | {value}
            self.words.look_at_queues()

    def rule(self):
        user, mode, value = self.pick(), self.mode(), str(self.random.randint(5, 99))
        self.said(self.words.rule, (user, mode), value, self.ctl("rule", "set", user, mode, "ring.timeout=" + value))

    def mobile(self):
        user, value = self.pick(), f"+4670{self.random.randrange(10 ** 6):06}"
        self.said(self.words.mobile, user, value, self.ctl("user", "set", user, "mobile=" + value))

    def assign(self):
        queue, user = self.random.choice(list(self.words.member))
        penalty = self.random.choice([None, "0", "3"])
        answered = self.ctl("queue", "unassign", queue, user) if penalty is None else \
            self.ctl("queue", "assign", queue, user, "--penalty", penalty)
        self.words.out.add(user)
        if penalty is None and self.words.member[queue, user] != {None}:
            self.words.left[queue, user] = (time.monotonic(), set(self.words.member[queue, user]))
        self.said(self.words.member, (queue, user), penalty, answered)

    def dial(self, user=None, mode="", settle=None):
        """A feature code: it counts when the PBX has done it. Mode None is *31."""
        w = self.words
        user = user or self.pick()
        mode = self.random.choice([None, *MODES]) if mode == "" else mode
        if not self.pbx.alive:
            return
        pending, unread, before = self.site.pending(user), self.unread(user), set(w.switch[user])
        confirmed = self.pbx.dial(EXTENSIONS[user], "*31" if mode is None else "*30" + MODES[mode][0])
        self.note(f"{user} dials {mode or 'clear'}{'' if confirmed else ', without an answer'}"
                  f"{' while ours is on its way' if pending else ''}")
        w.dialled.append((user, mode))
        w.switch[user] = {mode} if confirmed and not pending else before | {mode}
        w.look_at_queues()
        w.codes[user] = Code(mode, before if not unread else before | unread.before, time.monotonic(), confirmed)
        if settle and not until(lambda: not self.unread(user), 2):
            self.note(f"presenced has not read the code of {user} in 2 s")

    def act(self, least=1, most=3, dial=True):
        """Some random words."""
        if self.short:
            most = least
        for _ in range(self.random.randint(least, most)):
            choices = [self.set] * 6 + [self.clear] * 2 + [self.override, self.end_override, self.force, self.rule, self.mobile,
                                                           self.assign] + ([self.dial] * 5 if dial else [])
            self.random.choice(choices)()
            if self.one_in(4):
                time.sleep(self.random.uniform(0, 0.1))

    def members(self):
        return {key for key, penalties in self.words.member.items() if penalties != {None}}

    def settle(self):
        """All is well before a fault."""
        end = time.monotonic() + BEGIN_S
        while wrong := self.wrong():
            if time.monotonic() > end:
                raise Lost("not in step before the fault: " + "; ".join(wrong))
            time.sleep(0.02)

    # --- the PBX --------------------------------------------------------------

    def kill_pbx(self, kill=True):
        self.pbx.stop(kill)
        self.note("the PBX is killed" if kill else "the PBX is stopped")
        if not kill:
            return
        now = time.monotonic()
        self.words.killed(now, self.read())
        for user, code in self.words.codes.items():
            if now - code.at < FORGETS_S and self.unread(user):
                self.words.switch[user] |= code.before
                self.note(f"the PBX may have forgotten the code of {user}")

    def start_pbx(self):
        self.pbx.start()
        self.note("the PBX runs")

    # --- before and after -------------------------------------------------------

    def begin(self):
        """The same for every round: no override, no switch, nothing forced."""
        w, site = self.words, self.site
        w.logged, w.dialled, w.codes, w.overtaken = [], [], {}, {}
        w.again = {}
        for u in (u for u in self.users if w.override[u] != {None}):
            status, _, said = site.ctl("override", "clear", u)
            if status not in (0, 4) and not (status == 3 and None in w.override[u]):
                raise Failed(f"presencectl override clear {u}: {status}: {said}")
            w.override[u] = {None}
        site.must("schedule", "force", "office", "auto")
        site.must("clear", *self.users, "--no-wait")
        w.forced = {None}
        for u in self.users:
            w.switch[u] = {None}
        # What nobody can know is said anew.
        for (queue, user), penalties in w.member.items():
            if len(penalties) > 1:
                site.must("queue", "assign", queue, user, "--penalty", "0")
                w.out.add(user)
                w.member[queue, user] = {"0"}
        for (user, mode), values in w.rule.items():
            if len(values) > 1:
                site.must("rule", "set", user, mode, "ring.timeout=44")
                w.rule[user, mode] = {"44"}
        for user, values in w.mobile.items():
            if len(values) > 1:
                site.must("user", "set", user, "mobile=+4670")
                w.mobile[user] = {"+4670"}
        self.settle()
        self.first_log = site.last_log()

    def wrong(self):
        """What is not as it must be, now."""
        try:
            if not self.site.runs():
                return ["presenced has ended"]
            if (state := self.site.state()) != "connected":
                return [f"presenced is {state}"]
            if diff := self.site.diff():
                return ["pbx diff: " + " | ".join(diff.strip().splitlines()[:4])]
            return list(self.words.differs(self.site.status(), self.pbx.held(), self.pbx.entry))
        except (Failed, OSError) as e:
            self.pbx.forget_session()
            return [f"{type(e).__name__}: {e}"]

    def check_log(self):
        rows = self.site.logged(self.first_log)
        known = [(subject, what, to, via) for _, via, what, subject, to in rows]
        for user, what, mode, via in self.words.logged:
            if not any(k[0] == user and k[1] == what and k[3] == via and (mode is None or k[2] == mode) for k in known):
                yield f"the log does not know that {user} was switched: {what} {mode or ''}"
        dialled = {user for user, _ in self.words.dialled} | set(self.words.again)
        for subject, what, to, via in known:
            if via == "phone" and subject in EXTENSIONS and subject not in dialled:
                yield f"the log says that the phone of {subject} did: {what} {to}"
        for user, code in self.words.codes.items():
            if user not in self.words.again and code.confirmed and self.words.switch[user] == {code.mode} and self.words.override[user] == {None} \
                    and code.mode not in code.before and \
                    not any(k[0] == user and k[3] == "phone" for k in known):
                yield f"the log does not know the code of {user}: {code.mode or 'clear'}"

    def finish(self):
        """Seconds until all was well, since the fault ended. Raises Lost."""
        ended = time.monotonic()
        self.note("the fault is over")
        limit_s = self.kind.limit_s or LIMIT_S
        while wrong := self.wrong():
            if time.monotonic() - ended > limit_s + MORE_S:
                raise Lost(f"not in step {limit_s + MORE_S} s after the fault: " + "; ".join(wrong))
            time.sleep(0.02)
        took = time.monotonic() - ended
        self.note(f"all is well after {took:.2f} s")
        self.words.round_ends(time.monotonic(), self.read())
        self.limits = [u for u, s in self.site.status().items() if self.words.is_known_limit(u, s["mode"])]
        if self.limits:
            self.note(f"a known limit: {' '.join(self.limits)}")
        if lost := list(self.check_log()):
            raise Lost("; ".join(lost))
        if took > limit_s:
            raise Lost(f"in step only {took:.1f} s after the fault")
        return took
