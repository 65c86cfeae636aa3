# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of faults. Each is a function of a round: it says words and lets the fault happen. When it returns the fault is over."""
import os
import shutil
import signal
import time

from rig import EXTENSIONS, MODES, QUEUES, until
from round import Lost

KINDS = {}


class Kind:
    def __init__(self, name, function, slow, spoils_pbx, limit_s):
        self.name, self.function, self.slow, self.spoils_pbx, self.limit_s = name, function, slow, spoils_pbx, limit_s
        self.says = " ".join(function.__doc__.split())


def kind(name, slow=False, spoils_pbx=False, limit_s=None):
    """slow: it is not in the short form, and rarer in the long one. spoils_pbx: what the PBX holds cannot be asked meanwhile, or gets
    lost. limit_s: after its end all is well, if not after the usual time."""
    def add(function):
        KINDS[name] = Kind(name, function, slow, spoils_pbx, limit_s)
        return function
    return add


# --- the PBX comes back with something older -----------------------------------


@kind("pbx-killed", spoils_pbx=True)
def pbx_killed(r):
    """Asterisk is killed within the second after two switches of a user, and started again."""
    r.act(0, 2)
    user = r.pick()
    for mode in r.random.sample(list(MODES), r.random.choice([2, 2, 3])):
        if r.one_in(4):
            r.dial(user, mode, settle=True)
        else:
            r.set(user, mode=mode, wait=True)
    r.kill_pbx()
    if r.one_in(3):
        r.act(1, 2, dial=False)
    if r.one_in(3):
        r.sleep(0, 2)
    r.start_pbx()


@kind("pbx-restored", spoils_pbx=True)
def pbx_restored(r):
    """AstDB is an older copy: of this round, or of one long ago. A known limit is left out: who was taken out of a queue, and a login
    came since, is a member again by an older copy."""
    members = r.members()
    known = [c for c in r.pbx.copies if c.members <= members]
    if len(known) < 3 or r.one_in(3):
        r.pbx.stop(kill=False)
        known.append(r.pbx.copy(members))
        r.pbx.start()
        r.settle()
    r.act(2, 4)
    r.sleep(0, 1)
    r.kill_pbx()
    copy = r.random.choice(known)
    shutil.copy(copy.path, r.pbx.astdb)
    r.words.out |= {user for _, user in members - copy.members}
    r.start_pbx()


@kind("pbx-away", spoils_pbx=True)
def pbx_away(r):
    """Asterisk is away for some seconds, while users are switched."""
    r.act(0, 2)
    r.kill_pbx(kill=r.one_in(2))
    for _ in range(r.random.randint(1, 3)):
        r.act(1, 2, dial=False)
        r.sleep(0.2, 2)
    r.start_pbx()


@kind("pbx-long-away", slow=True, spoils_pbx=True)
def pbx_long_away(r):
    """Asterisk is away for up to a minute."""
    r.kill_pbx()
    r.act(1, 3, dial=False)
    r.sleep(5, 60)
    r.act(0, 2, dial=False)
    r.start_pbx()


@kind("pbx-frozen", spoils_pbx=True)
def pbx_frozen(r):
    """Asterisk stands still, for up to five seconds."""
    r.act(0, 2)
    r.pbx.signal(signal.SIGSTOP)
    try:
        r.act(1, 2, dial=False) if not r.one_in(3) else None
        r.sleep(0.3, 5)
    finally:
        r.pbx.signal(signal.SIGCONT)


@kind("pbx-reload")
def pbx_reload(r):
    """Asterisk reads its configuration again, between switches."""
    for _ in range(2):
        r.act(1, 2)
        r.pbx.console(r.random.choice(["core reload", "module reload", "dialplan reload", "manager reload",
                                       "queue reload all", "module reload app_queue.so"]))
        r.act(1, 2)


# --- the connection -------------------------------------------------------------


@kind("net-cut")
def net_cut(r):
    """The connection is cut, or reset, now and then."""
    for _ in range(r.random.randint(1, 3)):
        r.act(1, 2)
        r.site.proxy.cut(reset=r.one_in(2))


@kind("net-cut-while")
def net_cut_while(r):
    """The connection is cut while answers are under way."""
    r.site.proxy.delay_s = r.random.uniform(0.02, 0.2)
    r.act(1, 3)
    r.site.proxy.cut(reset=r.one_in(2))
    if r.one_in(2):
        r.act(1, 2)
    r.site.proxy.honest()


@kind("net-half-closed")
def net_half_closed(r):
    """The PBX seems to have ended its half of the connection."""
    r.act(1, 2)
    r.site.proxy.half_close()
    r.act(1, 2)


@kind("net-frozen")
def net_frozen(r):
    """Nothing passes either way, and nothing is refused."""
    r.act(0, 2)
    r.site.proxy.frozen = True
    r.act(1, 3)
    r.sleep(0.2, 8)
    r.site.proxy.honest()


@kind("net-refused")
def net_refused(r):
    """Connections are refused for a while."""
    r.act(0, 2)
    r.site.proxy.refuse()
    r.act(1, 3)
    r.sleep(0.2, 12)
    r.site.proxy.honest()


@kind("net-lost-answer")
def net_lost_answer(r):
    """One answer gets lost."""
    r.act(0, 1)
    r.site.proxy.drop = 1
    r.set(mode=r.mode())
    r.act(0, 2)
    if not until(lambda: r.site.proxy.drop == 0, 2):
        r.set(r.pick(), mode="away")
        r.set(r.pick(), mode="do-not-disturb")
    r.site.proxy.honest()


@kind("net-pieces")
def net_pieces(r):
    """All bytes come one by one, or a few at a time."""
    r.site.proxy.split = r.random
    r.act(2, 4)
    r.site.proxy.cut()
    r.act(1, 2)
    r.site.proxy.honest()


@kind("net-slow")
def net_slow(r):
    """Each answer takes a while."""
    r.site.proxy.delay_s = r.random.uniform(0.05, 0.8)
    r.act(2, 5)
    r.site.proxy.honest()


@kind("login-refused")
def login_refused(r):
    """The PBX refuses the login for a while. Then an administrator puts it right, and has presenced try again, by SIGHUP or `presencectl
    push`: by itself it tries rarely, since more would look like an attack."""
    r.site.proxy.wrong_secret = True
    r.site.proxy.cut()
    r.act(1, 3)
    r.sleep(1, 8)
    r.site.proxy.honest()
    if r.one_in(2):
        r.site.daemon.send_signal(signal.SIGHUP)
        r.note("SIGHUP")
    else:
        push(r)


@kind("login-refused-once")
def login_refused_once(r):
    """The PBX refuses one login, and nobody does anything."""
    r.site.proxy.wrong_secret = True
    r.site.proxy.cut()
    until(lambda: r.site.proxy.refused, 3)
    r.site.proxy.honest()
    r.act(1, 2)


@kind("stale-read")
def stale_read(r):
    """A forged event starts a read-back, and a word is said while its answer is on the way."""
    user = r.pick()
    word = r.random.choice(["clear", "override", "end_override", "force", "set"])
    if word == "force":
        user = r.random.choice(["alice", "carol", "erin", "grace"])
    r.set(user, mode=r.mode(but=("available", "off-work")), wait=True) if word != "force" else r.clear(user, wait=True)
    if word == "end_override":
        r.override(user, r.mode(but=("available",)))
    r.settle()
    r.site.proxy.delay_s = r.random.uniform(0.05, 0.4)
    mode = r.mode()
    forged = (f"Event: PresenceStateChange\r\nPrivilege: call,all\r\nPresentity: CustomPresence:{EXTENSIONS[user]}\r\n"
              f"Status: dnd\r\nSubtype: {mode}\r\nMessage: \r\n\r\n")
    r.site.proxy.tell(forged)
    r.note(f"an event is forged: {user} {mode}")
    time.sleep(r.random.uniform(0, 1.2) * r.site.proxy.delay_s)
    if word == "clear":
        r.clear(user)
    elif word == "override":
        r.override(user)
    elif word == "end_override":
        r.end_override(user)
    elif word == "force":
        r.force(r.random.choice(["outside", "business"]))
    else:
        r.set(user)
    if r.one_in(3):
        r.site.proxy.tell(forged)
    r.sleep(0, 0.3)
    r.site.proxy.honest()


# --- codes, rows and members ----------------------------------------------------


@kind("codes-fast")
def codes_fast(r):
    """Several codes of a phone in a row, and words of ours between them."""
    user = r.pick()
    for _ in range(r.random.randint(2, 4)):
        r.dial(user)
        if r.one_in(3):
            r.set(user, wait=False)


@kind("codes-locked")
def codes_locked(r):
    """Two codes in a row while another program has the database for two seconds."""
    user = r.pick()
    with r.site.holder():
        began = time.monotonic()
        for mode in r.random.sample([None, *MODES], 2):
            r.dial(user, mode)
        r.dial()
        time.sleep(max(0, began + (0.5 if r.short else 2) - time.monotonic()))


@kind("lamp-changed")
def lamp_changed(r):
    """Somebody else changes a lamp of ours."""
    r.act(0, 2)
    for _ in range(r.random.randint(1, 2)):
        extension = EXTENSIONS[r.pick()]
        name, state = r.random.choice([(f"mode-{extension}-{r.mode()}", r.random.choice(["INUSE", "NOT_INUSE"])),
                                       ("presence-" + extension, r.random.choice(["BUSY", "INVALID", "RINGING"]))])
        r.pbx.admin().run("Setvar", Variable=f"DEVICE_STATE(Custom:{name})", Value=state)
        r.note(f"Custom:{name} is set to {state}")
    r.act(0, 1)


def push(r):
    """An administrator has everything mended now."""
    status, out, said = r.site.ctl("push", conf="direct.conf")
    r.note(f"presencectl push: {status} {out.strip()} {said.strip()}")


@kind("rows-deleted")
def rows_deleted(r):
    """Somebody deletes rows of ours on the PBX, then calls for `presencectl push`."""
    r.rule()
    r.mobile()
    r.act(0, 2)
    r.settle()
    for _ in range(r.random.randint(1, 3)):
        extension = EXTENSIONS[r.pick()]
        family, key = r.random.choice([("presence-user", extension), ("presence-mode", r.mode()), ("CustomPresence", extension),
                                       ("presence-hours", "office"), ("CustomDevstate", f"mode-{extension}-{r.mode()}"),
                                       ("presence-rule", next(f"{EXTENSIONS[u]}.{m}" for u, m in r.words.rule))])
        r.pbx.admin().run("DBDel", Family=family, Key=key)
        r.note(f"{family}/{key} is deleted")
    r.act(0, 1, dial=False)
    push(r)


@kind("members-changed")
def members_changed(r):
    """Somebody removes members of ours, or pauses them as we do."""
    r.act(0, 1)
    r.settle()
    at = r.pbx.admin()
    for (queue, user), penalties in r.words.member.items():
        member = f"Local/{EXTENSIONS[user]}@presence-queue/n"
        if penalties == {None} or not r.one_in(2):
            continue
        if r.one_in(2):
            at.run("QueueRemove", Queue=queue, Interface=member)
        else:
            at.run("QueuePause", Queue=queue, Interface=member, Paused="true", Reason=r.mode())
        r.words.out.add(user)
        r.note(f"the member {user} of {queue} is changed")
    if r.one_in(3):
        push(r)


@kind("member-invalid")
def member_invalid(r):
    """A user is in a queue before their extension has a hint. Then the hint comes."""
    name, extension = "late", "2001"
    late = r.pbx.run + "/etc/late.conf"
    queue = r.random.choice(QUEUES)
    r.site.must("user", "add", name, "extension=" + extension)
    r.site.must("queue", "assign", queue, name)
    r.act(0, 1)
    try:
        interface = f"Local/{extension}@presence-queue/n"
        until(lambda: (queue, interface) in r.pbx.held()[2], 5)
        with open(late, "a", encoding="utf-8") as f:
            f.write(f"[presence-hints](+)\nexten => {extension},hint,Custom:phone-{extension}\n")
        r.pbx.admin().run("Setvar", Variable=f"DEVICE_STATE(Custom:phone-{extension})", Value="NOT_INUSE")
        r.pbx.console("dialplan reload")
        if r.one_in(3):
            push(r)
        if not until(lambda: r.pbx.held()[2].get((queue, interface), {}).get("Status") == "1", 5):
            raise Lost(f"the member {name} of {queue} stays {r.pbx.held()[2].get((queue, interface))}")
    finally:
        r.site.must("user", "delete", name)
        with open(late, "w", encoding="utf-8") as f:
            f.write("[presence-late]\n")
        r.pbx.console("dialplan reload")


# --- the database ---------------------------------------------------------------


@kind("db-locked")
def db_locked(r):
    """Another program writes, for up to four seconds."""
    r.act(0, 1)
    with r.site.holder(r.random.choice(["IMMEDIATE", "EXCLUSIVE"])):
        for _ in range(r.random.randint(0, 2)):
            r.dial()
        r.sleep(0.2, 4)
    r.act(0, 1)


@kind("db-busy")
def db_busy(r):
    """presenced gets no lock of the database at all."""
    r.site.disk("daemon", "locked")
    r.act(1, 3)
    r.sleep(0.2, 3)
    r.site.disk("daemon", "nothing")


@kind("db-busy-for-us", slow=True)
def db_busy_for_us(r):
    """presencectl gets no lock: it gives up after five seconds, and says so."""
    r.site.disk("ctl", "locked")
    r.set()
    r.site.disk("ctl", "nothing")


@kind("db-reader")
def db_reader(r):
    """A long reader, while much is written."""
    with r.site.holder("READ"):
        for _ in range(3 if r.short else 8):
            r.act(1, 2)
    size = os.path.getsize(r.site.db + "-wal")
    r.note(f"the WAL has {size} bytes")
    if size > 32 << 20:
        raise Lost(f"the WAL has grown to {size} bytes")


def another_database(r, make, put):
    """What the backup says counts. A code may count: the backup need not have it, and the PBX need not hold it."""
    backup = r.site.folder + "/backup.db"
    r.act(1, 2)
    make(backup)
    r.note("a backup is made")
    then = r.words.copy()
    r.act(1, 3)
    put(backup)
    r.note("it takes the place of the database")
    for user, code in [*r.words.codes.items(), *r.words.overtaken.items()]:
        then.switch[user] |= {code.mode} | code.before
    then.codes, then.dialled, then.out = r.words.codes, r.words.dialled, r.words.out
    since, r.words = r.words, then
    r.act(0, 1)
    return since


@kind("db-replaced")
def db_replaced(r):
    """A copy of the database is moved, or copied, into its place. A known limit is left out: who was put into a queue since may stay a
    member, as that database never had them there. Another one is that of presenced(8), THE DATABASE FILE: with cp a program may see a
    mixture, so what was said since the copy was made may count."""
    put = r.random.choice([os.rename, shutil.copyfile])
    since = another_database(r, r.site.backup, lambda path: put(path, r.site.db))
    r.note(f"by {put.__name__}")
    if put is shutil.copyfile:
        r.words.may_be(since)
    for key, penalties in since.member.items():
        if penalties != r.words.member[key] and None in r.words.member[key]:
            r.words.member[key] |= penalties


@kind("db-restored")
def db_restored(r):
    """`presencectl backup`, words, and `presencectl restore`."""
    another_database(r, lambda path: r.site.must("backup", "--force", path), lambda path: r.site.must("restore", path))


@kind("db-log-deleted")
def db_log_deleted(r):
    """Somebody deletes the WAL, the index of it, or both."""
    r.act(1, 2)
    for name in r.random.choice([["-wal"], ["-shm"], ["-wal", "-shm"]]):
        os.unlink(r.site.db + name)
        r.note(f"presence.db{name} is deleted")
    r.act(0, 1)


def disk_fault(r, what):
    whose = r.random.choice(["daemon", "daemon", "ctl"])
    r.act(0, 1)
    r.site.disk(whose, what, r.random.randint(1, 40) if whose == "daemon" else r.random.randint(1, 12))
    r.note(f"{what} for {whose}")
    try:
        r.act(2, 4)
    finally:
        r.site.disk(whose, "nothing")


@kind("disk-full")
def disk_full(r):
    """No room on the disk, from one write on."""
    disk_fault(r, "full")


@kind("disk-error")
def disk_error(r):
    """Input/output errors, from one write on."""
    disk_fault(r, "eio")


@kind("disk-short")
def disk_short(r):
    """One write is only half done, and then there is no room."""
    disk_fault(r, "short")


@kind("disk-read-only")
def disk_read_only(r):
    """The file system becomes read-only."""
    disk_fault(r, "read-only")


@kind("disk-slow")
def disk_slow(r):
    """Each write takes 0.2 s, of presenced only."""
    r.site.disk("daemon", "slow", r.random.randint(1, 20))
    r.act(1, 2)
    r.site.disk("daemon", "nothing")


# --- our programs -----------------------------------------------------------------


@kind("presenced-killed")
def presenced_killed(r):
    """presenced is killed at any moment, and started again, after a while or at once."""
    for _ in range(r.random.randint(1, 3)):
        r.act(1, 2)
        r.site.stop(signal.SIGKILL)
        r.note("presenced is killed")
        if r.one_in(2):
            r.act(1, 2)
        r.site.start()
        time.sleep(r.random.uniform(0, 0.2))


@kind("presenced-killed-at-write")
def presenced_killed_at_write(r):
    """presenced is killed at one of its writes to the database, and started again."""
    r.site.disk("daemon", "kill", r.random.randint(1, 60))
    r.act(2, 4)
    if r.site.runs():
        r.note("presenced has not written so often")
        r.site.stop(signal.SIGKILL)
    r.site.disk("daemon", "nothing")
    r.site.stop()
    if r.one_in(2):
        r.act(1, 2)
    r.site.start()


@kind("presencectl-killed")
def presencectl_killed(r):
    """presencectl is killed at one of its writes to the database."""
    for _ in range(r.random.randint(1, 3)):
        r.site.disk("ctl", "kill", r.random.randint(1, 30))
        r.act(1, 1, dial=False)
        r.site.disk("ctl", "nothing")
        r.act(0, 1)


@kind("presenced-hup")
def presenced_hup(r):
    """presenced reads its configuration again, between switches."""
    for _ in range(3):
        r.act(1, 1)
        r.site.daemon.send_signal(signal.SIGHUP)
        r.act(0, 1)


@kind("presenced-restarted")
def presenced_restarted(r):
    """presenced is ended properly, and started again after words."""
    r.act(0, 2)
    r.site.stop()
    r.act(1, 3)
    r.site.start()
    r.act(0, 2)


# --- the clock ----------------------------------------------------------------------


@kind("clock-back")
def clock_back(r):
    """Words of a clock that is ahead, which is then set back."""
    ahead = r.random.choice([90, 3600, 7 * 3600, 20 * 3600])
    r.site.clock(ahead)
    r.note(f"the clock is {ahead} s ahead")
    try:
        r.act(2, 4)
    finally:
        r.site.clock(0)
    r.note("the clock is right")
    r.act(0, 1)


@kind("clock-ahead")
def clock_ahead(r):
    """The clock is ahead for a while, so that switches end; it comes back, and they hold again."""
    user, mode = r.pick(), r.mode()
    if r.ctl("set", user, "--for", "1h", mode):
        r.words.switch[user] = {mode}
    r.act(0, 2)
    r.site.clock(2 * 3600)
    r.note("the clock is 2 h ahead")
    if user in r.words.codes:
        # A code that is read only now finds a switch that has ended: the log says that time has changed the mode.
        r.words.codes[user].confirmed = False
    try:
        r.sleep(0.1, 0.6)
        others = r.users
        r.users = [u for u in r.users if u != user]
        r.act(0, 2)
        r.users = others
    finally:
        r.site.clock(0)
    r.note("the clock is right")


@kind("clock-jumps")
def clock_jumps(r):
    """The clock jumps to and fro."""
    try:
        for _ in range(r.random.randint(2, 4)):
            r.site.clock(r.random.choice([-86400, -3600, -61, 0, 59, 3600, 20 * 3600]))
            r.act(1, 2)
    finally:
        r.site.clock(0)
