# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true after all that was said, worked out without the programs under test.

A word is a mode that was chosen for a user, an override, a period that was forced of a schedule, the place in a queue, or a rule.
A word that was answered counts until the next one. Where a word was not answered both outcomes are right, so for each thing
all values are kept that it may have. The newest word wins, with these exceptions, where nobody can know which was first:
 - A `clear`, or a switch and then a `clear`, before presenced has read a code: either.
 - A code that is dialled while something of ours is on its way to the PBX, or ours while a code has not been read back, and
   ours changes nothing there: either.
 - A PBX that is killed forgets the last second of its AstDB: a code of that time counts if presenced had read it.

A known limit is counted and told, and is no loss: a PBX that forgets what came after a code shows that code anew, where something
newer had replaced it before presenced could read it."""
import copy
import time

from rig import EXTENSIONS, MODES

FORGETS_S = 6  # what a PBX writes to its AstDB is safe after this, also while the machine is busy
ON_SCHEDULE = ("alice", "carol", "erin", "grace")
PERIODS = {None: "available", "business": "available", "outside": "off-work"}


class Code:
    """A feature code that was dialled last for a user."""

    def __init__(self, mode, before, at, confirmed):
        self.mode, self.before, self.at, self.confirmed = mode, before, at, confirmed


class Words:
    def __init__(self, members):
        self.switch = {u: {None} for u in EXTENSIONS}
        self.override = {u: {None} for u in EXTENSIONS}
        self.forced = {None}
        self.member = {m: {"0"} for m in members}  # (queue, user): penalties that may be, None for no member
        self.rule = {}  # (user, mode): values of ring.timeout
        self.mobile = {}  # user: numbers
        self.codes = {}  # user: Code
        self.overtaken = {}  # the same, where a switch of ours came before presenced had read it
        self.recent = []  # (user, mode or None, time) of codes of earlier rounds that presenced may not have read
        self.again = {}  # user: modes of such codes that a killed PBX may show anew
        self.dialled = []  # (user, mode or None), of this round
        self.out = set()  # users who may have left their queues in this round: a pause makes nobody a member
        # The same of earlier rounds, with the time of their end. At first all have just become members.
        self.out_before = [({user for _, user in members}, time.monotonic())]
        self.left = {}  # (queue, user) that was taken out: when, and the penalties before
        self.logged = []  # (user, what, mode or None, via) that the log must know

    def copy(self):
        return copy.deepcopy(self)

    def may_be(self, others):
        """What these other words say may be as well."""
        for mine, theirs in ((self.switch, others.switch), (self.override, others.override), (self.member, others.member),
                             (self.rule, others.rule), (self.mobile, others.mobile)):
            for key, values in theirs.items():
                mine[key] = mine.get(key, {None}) | values
        self.forced |= others.forced
        self.look_at_queues()

    def round_ends(self, now, read):
        """`read` are the codes of it that the log knows, (user, mode or None)."""
        self.out_before = [o for o in self.out_before if now - o[1] < FORGETS_S] + [(self.out, now)]
        self.out = set()
        self.recent = [c for c in self.recent if now - c[2] < FORGETS_S]
        self.recent += [(u, m, now) for u, m in self.dialled if (u, m) not in read]

    def killed(self, now, read):
        """The PBX has forgotten its last second or two."""
        self.out = self.out.union(*(users for users, _ in self.out_before))
        # A known limit of presence-calls(7): who was taken out of a queue just before is a member again.
        for key, (at, before) in self.left.items():
            if now - at < FORGETS_S:
                self.member[key] |= before
        for user, mode in [c[:2] for c in self.recent if now - c[2] < FORGETS_S] + self.dialled:
            if (user, mode) not in read:
                self.again.setdefault(user, set()).add(mode)

    def is_known_limit(self, user, mode):
        return mode not in self.modes(user, strict=True)

    def modes(self, user, strict=False):
        """Those that may be in force."""
        low = set()
        for s in self.switch[user] | (set() if strict else self.again.get(user, set())):
            low |= {s} if s else {PERIODS[p] for p in self.forced} if user in ON_SCHEDULE else {"available"}
        return {o for o in self.override[user] if o} | (low if None in self.override[user] else set())

    def say(self, table, key, value, answered):
        """A word of presencectl."""
        table[key] = {value} if answered else table.get(key, {None}) | {value}

    def look_at_queues(self):
        """To be called after each word."""
        self.out |= {u for u in EXTENSIONS if any(MODES[m][2] == "logout" for m in self.modes(u))}

    def differs(self, status, held, entries):
        """Each thing that is not as it must be, as text. `entries` reads one from the PBX."""
        modes, states, members, hints = held
        for user, extension in EXTENSIONS.items():
            is_, may = status[user]["mode"], self.modes(user)
            if is_ not in may:
                yield f"{user} is {is_} in the database, and must be {' or '.join(sorted(may))}"
            if modes.get(extension) != is_:
                yield f"{user} is {modes.get(extension)} on the PBX, and {is_} in the database"
            lit = sorted(m for m in MODES if states.get(f"mode-{extension}-{m}") == "INUSE")
            if lit != [is_]:
                yield f"{user} is {is_}, and these keys are lit: {' '.join(lit) or 'none'}"
            lit = sorted(m for m in MODES if hints.get(f"{extension}-{m}") == "1")
            if lit != [is_]:
                yield f"{user} is {is_}, and these hints are lit: {' '.join(lit) or 'none'}"
            if states.get("presence-" + extension, "INVALID") != MODES[is_][1]:
                yield f"{user} is {is_}, and the lamp is {states.get('presence-' + extension)}"
            yield from self.differs_in_queues(user, extension, is_, members)
        for (user, mode), values in self.rule.items():
            entry = entries("presence-rule", f"{EXTENSIONS[user]}.{mode}")
            is_ = entry.split("|")[3] if entry.count("|") > 3 else None
            if is_ not in values:
                yield f"{user} has ring.timeout={is_} in mode {mode} on the PBX, and must have {values}"
        for user, values in self.mobile.items():
            entry = entries("presence-user", EXTENSIONS[user])
            is_ = entry.split("|")[3] if entry.count("|") > 3 else None
            if (None if is_ == "-" else is_) not in values:
                yield f"{user} has mobile={is_} on the PBX, and must have {values}"

    def differs_in_queues(self, user, extension, mode, members):
        for (queue, who), penalties in self.member.items():
            if who != user:
                continue
            m = members.get((queue, f"Local/{extension}@presence-queue/n"))
            may = set()
            for penalty in penalties:
                does = "logout" if penalty is None else MODES[mode][2]
                if does == "logout" or does == "pause" and user in self.out:
                    may.add("no member")
                if does == "pause" and penalty is not None:
                    may.add(f"paused: {mode}")  # with the penalty that was there
                elif does == "login":
                    may.add(f"{penalty}, not paused")
            if len(penalties) > 1 and (queue, who) in self.left:
                may |= {f"{p}, not paused" for p in penalties if p}  # the PBX remembers a member of whom nobody else knows
            is_ = "no member" if m is None else \
                f"paused: {m.get('PausedReason', '')}" if m["Paused"] == "1" else f"{m['Penalty']}, not paused"
            if m is not None and m.get("Status") == "4":
                is_ += ", invalid"
            if is_ not in may:
                yield f"{user} in queue {queue}: {is_}, and must be {' or '.join(sorted(may))}"
