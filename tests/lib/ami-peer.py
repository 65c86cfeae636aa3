#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted AMI peer, for what a real Asterisk cannot be made to do.

Prints "PORT n" and serves 127.0.0.1:n until --seconds have passed. What it stores is shared by all its
connections, so that a client may come back. N below is --after: so many actions of a session after its
login; the modes that have it spoil --times sessions, and are honest to later ones.
"""
import argparse
import asyncio
import base64
import hashlib
import random
import re
import sys

MODES = {
    "honest": "a small honest AMI",
    "silent": "accept, and say nothing",
    "close": "close before the banner, as when authlimit is reached",
    "not-ami": "greet as another protocol",
    "endless-banner": "a banner without end",
    "login-refused": "refuse every login, after a second",
    "login-in-use": "refuse the login as a second one",
    "no-boot": "never send FullyBooted",
    "late-boot": "boot --delay seconds after the login; refuse Setvar and Queue actions before",
    "deny": "answer Permission denied to the actions that begin with one of --deny",
    "slow": "answer each action after --delay seconds",
    "mute": "stop answering after N actions, but keep the connection",
    "drop": "close when N actions have been answered and one more comes",
    "cut": "after N actions send half a line of the next answer, and close",
    "endless": "after N actions send a line without end",
    "flood": "answer the actions that begin with one of --deny with a list without end",
    "queue-lies": "list every member of a queue but the one asked for, and refuse to add it as already there",
    "queue-odd": "list the member asked for with values that Asterisk never has",
    "queue-forge": "list a caller in the queue whose number goes on as the member asked for, and as the end of the list",
    "forge": "before each answer send forged events and answers with guessed ActionIDs",
}
PRESENCE = "not_set unavailable available away xa chat dnd".split()
DEVICE = "NOT_INUSE INUSE BUSY UNAVAILABLE INVALID RINGING RINGINUSE ONHOLD".split()
LINE_MAX, HEADERS_MAX = 1022, 128

opt = None
presence, device, database = {}, {}, {}
faults = 0  # sessions that mute, drop, cut and endless have spoilt already


class Gone(Exception):
    """The connection ends, on purpose."""


def decode(state, subtype="", message="", options=""):
    """A stored value of PRESENCE_STATE as the events show it."""
    if "e" in options:
        subtype, message = (base64.b64decode(s + "==").decode("utf-8", "replace") for s in (subtype, message))
    return [("Status", state), ("Subtype", subtype), ("Message", message)]


class Session:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.user = self.challenge = None
        self.events, self.booted, self.spoilt, self.received = False, False, False, 0
        self.forged = 0

    def send(self, *headers):
        text = "".join(f"{name}: {value}\r\n" for name, value in headers if value is not None)
        self.writer.write((text + "\r\n").encode("utf-8", "surrogateescape"))

    def answer(self, kind, message=None, *more):
        self.send(("Response", kind), ("ActionID", self.id), *more, ("Message", message))

    def event(self, name, cls, *more):
        if self.events:
            self.send(("Event", name), ("Privilege", f"{cls},all"), *more)

    def items(self, name, rows):
        """A list: its answer, its events, its end."""
        self.answer("Success", f"{name} will follow", ("EventList", "start"))
        for event, *row in rows:
            self.send(("Event", event), ("ActionID", self.id), *row)
        self.send(("Event", f"{name}Complete"), ("ActionID", self.id), ("EventList", "Complete"),
                  ("ListItems", len(rows)))

    async def read_action(self):
        """The next action as a dict, names in lower case, the first of a name wins; None for a bad one."""
        action, n, bad = {}, 0, None
        while True:
            line = (await self.reader.readline()).decode("utf-8", "surrogateescape")
            if not line.endswith("\n"):
                raise Gone
            line = line[:-1].removesuffix("\r").split("\0")[0]
            if not line and n == 0:
                continue
            if not line:
                break
            n += 1
            if len(line.encode("utf-8", "surrogateescape")) > LINE_MAX:
                bad = "Failed to parse message: line too long"
            elif n > HEADERS_MAX:
                bad = "Too many lines in message or allocation failure"
            name, _, value = line.partition(":")
            action.setdefault(name.lower(), value.lstrip())
        if opt.log:
            print("|".join(f"{name}={value}" for name, value in action.items()), file=opt.log, flush=True)
        self.id = action.get("actionid")
        if bad:
            self.answer("Error", bad)
            return None
        return action

    async def login(self, action):
        name = action.get("action", "").lower()
        if name == "challenge" and action.get("authtype", "").upper() == "MD5":
            self.challenge = str(random.randrange(10 ** 8, 10 ** 9))
            return self.answer("Success", None, ("Challenge", self.challenge))
        if name == "logoff":
            self.answer("Goodbye", "Thanks for all the fish.")
            raise Gone
        if name != "login":
            return self.answer("Error", "Permission denied")
        if action.get("authtype", "").upper() == "MD5":
            key = hashlib.md5(f"{self.challenge}{opt.secret}".encode()).hexdigest()
            good = self.challenge is not None and action.get("key") == key
        else:
            good = action.get("secret") == opt.secret
        if opt.mode == "login-in-use":
            why = "Login Already In Use"
        else:
            why = "Authentication failed"
            good = good and action.get("username") == opt.username and opt.mode != "login-refused"
        if not good or opt.mode == "login-in-use":
            await asyncio.sleep(1)
            self.answer("Error", why)
            raise Gone
        self.user = action["username"]
        mask = action.get("events", "on").lower()
        self.events = mask != "off"
        self.answer("Success", "Authentication accepted")
        if opt.mode == "late-boot":
            asyncio.get_running_loop().call_later(opt.delay, self.boot)
        elif opt.mode != "no-boot":
            self.boot()

    def boot(self):
        self.booted = True
        if not self.writer.is_closing():
            self.event("FullyBooted", "system", ("Uptime", 1), ("LastReload", 1), ("Status", "Fully Booted"))

    def forge(self):
        """What a caller can smuggle into an event: whole events and answers, with ActionIDs guessed."""
        self.event("UserEvent", "user", ("UserEvent", "x"), ("Body", "y\r\n"))
        self.event("Newchannel", "call", ("CallerIDNum", '"1001,${CHANNEL}$[1/0]'),
                   ("CallerIDName", '\\"&|^;\x01\x7f\udcff"\r\nPresentity: CustomPresence:1001\r\nStatus: dnd'))
        guess = [f"{p}{n}" for p in ("", "presence-", "AAAAAAAA-") for n in range(1, 6)]
        if self.id:
            guess += [self.id[:-1], self.id + "0", self.id.swapcase()]
        for i in guess:
            self.send(("Response", "Success"), ("ActionID", i), ("Message", "forged"), ("Value", "INUSE"))
            self.send(("Event", "PresenceStateChange"), ("ActionID", i),
                      ("Presentity", "CustomPresence:1001"), ("Status", "dnd"), ("Subtype", "forged"))
            self.send(("Event", "PresenceStateListComplete"), ("ActionID", i), ("EventList", "Complete"))
        self.event("PresenceStateChange", "call", ("Presentity", "CustomPresence:1001"), ("Status", "dnd"),
                   ("Subtype", "forged"), ("Message", "forged"))
        self.event("DeviceStateChange", "call", ("Device", "PJSIP/1001"), ("State", "INUSE"))
        self.send(("Response", "Error"), ("Message", "forged, without ActionID"))

    async def misbehave(self, name):
        """What the mode does instead of an answer; True if that is all."""
        global faults
        self.received += 1
        if opt.mode in ("drop", "cut", "endless", "mute") and not self.spoilt:
            if self.received <= opt.after or faults >= opt.times:
                return False
            self.spoilt = True
            faults += 1
        if opt.mode == "drop":
            raise Gone
        if opt.mode == "cut":
            self.writer.write(f"Response: Success\r\nActionID: {self.id}\r\nMess".encode())
            raise Gone
        if opt.mode == "endless":
            for _ in range(1024):
                self.writer.write(b"x" * 8192)
                await self.writer.drain()
            raise Gone
        if opt.mode == "slow":
            await asyncio.sleep(opt.delay)
        if opt.mode == "forge":
            self.forge()
        if opt.mode == "deny" and name.lower().startswith(tuple(opt.deny.lower().split(","))):
            self.answer("Error", "Permission denied")
            return True
        if opt.mode == "flood" and name.lower().startswith(tuple(opt.deny.lower().split(","))):
            await self.flood(name.lower())
        return opt.mode == "mute"

    async def flood(self, name):
        """A list of what we might have put there, without end."""
        item = {"presencestatelist": "Event: PresenceStateChange\r\n%sPresentity: CustomPresence:%d\r\nStatus: dnd\r\n\r\n",
                "devicestatelist": "Event: DeviceStateChange\r\n%sDevice: PJSIP/%d\r\nState: BUSY\r\n\r\n",
                "dbgettree": "Event: DBGetTreeResponse\r\n%sKey: /presence-user/%d\r\nVal: x\r\n\r\n"}[name]
        own = f"ActionID: {self.id}\r\n"
        self.answer("Success", "it follows", ("EventList", "start"))
        for begin in range(0, 100000000, 1000):
            self.writer.write("".join(item % (own, begin + i) for i in range(1000)).encode())
            await self.writer.drain()

    def setvar(self, action):
        variable, value = action.get("variable", ""), action.get("value", "")
        match = re.fullmatch(r"(PRESENCE_STATE\(CustomPresence|DEVICE_STATE\(Custom):([^()]+)\)", variable)
        if not variable:
            return self.answer("Error", "No variable specified")
        if not match or not self.booted:
            return self.answer("Error" if match else "Success", "Variable not set" if match else "Variable Set")
        kind, name = match.groups()
        parts = value.split(",")
        if kind.startswith("P"):
            if parts[0].lower() not in PRESENCE or len(parts) > 4:
                return self.answer("Error", "Variable not set")
            presence["CustomPresence:" + name] = [parts[0].lower(), *parts[1:]]
            self.answer("Success", "Variable Set")
            return self.event("PresenceStateChange", "call", ("Presentity", "CustomPresence:" + name),
                              *decode(*presence["CustomPresence:" + name]))
        if value.upper() not in DEVICE:
            return self.answer("Error", "Variable not set")
        changed = device.get("Custom:" + name) != value.upper()
        device["Custom:" + name] = value.upper()
        self.answer("Success", "Variable Set")
        if changed:
            self.event("DeviceStateChange", "call", ("Device", "Custom:" + name), ("State", value.upper()))

    def getvar(self, action):
        """Of a phone: each is idle."""
        variable = action.get("variable", "")
        known = re.fullmatch(r"DEVICE_STATE\([A-Za-z0-9]+/[^()]+\)", variable)
        self.answer("Success", None, ("Variable", variable), ("Value", "NOT_INUSE" if known else ""))

    def database(self, name, action):
        family, key, val = (action.get(k, "") for k in ("family", "key", "val"))
        if name == "dbput":
            database[family, key] = val
            self.answer("Success", "Updated database successfully")
        elif name == "dbget" and (family, key) in database:
            self.items("DBGet", [("DBGetResponse", ("Family", family), ("Key", key),
                                  ("Val", database[family, key]))])
        elif name == "dbget":
            self.answer("Error", "Database entry not found")
        elif name == "dbdel":
            known = database.pop((family, key), None) is not None
            self.answer(*("Success", "Key deleted successfully") if known else
                        ("Error", "Database entry could not be deleted"))
        elif name == "dbgettree" and family == "CustomPresence":
            self.items("DBGetTree", [("DBGetTreeResponse", ("Key", "/" + p.replace(":", "/")), ("Val", ",".join(v)))
                                     for p, v in presence.items()])
        else:
            found = [(f, k) for f, k in sorted(database) if f == family and (not key or k.startswith(key))]
            if name == "dbgettree":
                return self.items("DBGetTree", [("DBGetTreeResponse", ("Key", f"/{f}/{k}"),
                                                 ("Val", database[f, k])) for f, k in found])
            for entry in found:
                del database[entry]
            self.answer(*("Success", "Key tree deleted successfully") if found else
                        ("Error", "Database entry not found"))

    def forged_member(self, action):
        queue, member, own = action.get("queue", ""), action.get("member", ""), ("ActionID", self.id)
        self.answer("Success", "Queue status will follow", ("EventList", "start"))
        self.send(("Event", "QueueParams"), ("Queue", queue), own)
        if self.forged % 2 == 0:
            self.send(("Event", "QueueEntry"), ("Queue", queue), ("CallerIDNum", "1"))
            self.send(("Event", "QueueMember"), ("Queue", queue), ("Location", member),
                      ("Membership", "dynamic"), ("Penalty", "0"), ("CallerIDName", "x"), own)
            self.send(("Event", "QueueStatusComplete"), ("EventList", "Complete"), ("ListItems", "2"), own)
        else:
            self.send(("Event", "QueueEntry"), ("Queue", queue), ("CallerIDNum", "1"))
            self.send(("Event", "QueueStatusComplete"), ("EventList", "Cancelled"), ("Message", "Permission denied"), own)
            self.send(("Event", "QueueStatusComplete"), ("EventList", "Complete"), ("ListItems", "2"), own)
        self.forged += 1

    def odd_members(self, queue, member):
        """Rows of QueueStatus. `member` is "" when all are asked for."""
        def row(queue, location, *more):
            return ("QueueMember", ("Queue", queue), ("Location", location), *more)
        long = "x" * 5000
        if opt.mode == "queue-odd":
            return [("QueueParams", ("Queue", queue)),
                    row(queue, member, ("Membership", "dynamic"), ("Penalty", "-99999999999999999999"),
                        ("InCall", "yes"), ("Paused", "1"), ("PausedReason", "${EXEC};a|b,\x1b" + long))]
        return [("QueueParams", ("Queue", "other")), ("QueueParams", ("Queue", long)), ("QueueParams",),
                ("QueueParams", ("Queue", queue)), ("QueueMember",), ("QueueMember", ("Queue", queue)),
                row("other", member), row(queue, long), row(long, member), row(queue, ""),
                row(queue, member + "x", ("Name", member)), ("QueueStatus", ("Location", member))]

    async def perform(self, action):
        name = action.get("action", "")
        if await self.misbehave(name):
            return
        name = name.lower()
        if name == "ping":
            self.answer("Success", None, ("Ping", "Pong"), ("Timestamp", "0.000000"))
        elif name == "logoff":
            self.answer("Goodbye", "Thanks for all the fish.")
            raise Gone
        elif name == "setvar":
            self.setvar(action)
        elif name == "getvar":
            self.getvar(action)
        elif name == "presencestate":
            state = decode(*presence.get(action.get("provider", ""), ["not_set"]))
            self.answer("Success", "Presence State", ("State", state[0][1]),
                        *[(n, v) for n, v in state[1:] if v])
        elif name == "presencestatelist":
            self.items("PresenceStateList", [("PresenceStateChange", ("Presentity", p), *decode(*v))
                                             for p, v in presence.items()])
        elif name == "devicestatelist":
            self.items("DeviceStateList", [("DeviceStateChange", ("Device", d), ("State", s))
                                           for d, s in device.items()])
        elif name in ("dbput", "dbget", "dbdel", "dbgettree", "dbdeltree"):
            self.database(name, action)
        elif name == "queuestatus" and opt.mode == "queue-forge":
            self.forged_member(action)
        elif name == "queuestatus" and opt.mode.startswith("queue-"):
            self.items("QueueStatus", self.odd_members(action.get("queue", ""), action.get("member", "")))
        elif name == "queueadd" and opt.mode == "queue-lies":
            self.answer("Error", "Unable to add interface: Already there")
        elif name in ("queueadd", "queueremove", "queuepause", "queuepenalty"):
            self.answer(*("Success", "Done") if self.booted else
                        ("Error", f"Invalid/unknown command: {action['action']}."))
        elif name in ("queuestatus", "queuesummary", "extensionstatelist"):
            self.items(action["action"], [])
        elif name == "events":
            self.events = action.get("eventmask", "on").lower() != "off"
            self.answer("Success", None, ("Events", "On" if self.events else "Off"))
        elif name in ("challenge", "login", "filter", "userevent"):
            self.answer("Success", "Done")
        elif not name:
            self.answer("Error", "Missing action in request")
        else:
            self.answer("Error", f"Invalid/unknown command: {action['action']}. Use Action: ListCommands "
                        "to show available commands.")

    async def run(self):
        if opt.mode == "silent":
            await asyncio.sleep(opt.seconds)
        if opt.mode in ("silent", "close"):
            raise Gone
        if opt.mode == "endless-banner":
            for _ in range(1024):
                self.writer.write(b"Asterisk " * 1000)
                await self.writer.drain()
            raise Gone
        greeting = "SSH-2.0-OpenSSH_9.2p1" if opt.mode == "not-ami" else f"Asterisk Call Manager/{opt.version}"
        self.writer.write(f"{greeting}\r\n".encode())
        while True:
            action = await self.read_action()
            if action is not None:
                await (self.perform(action) if self.user else self.login(action))
            await self.writer.drain()


async def serve(reader, writer):
    try:
        await Session(reader, writer).run()
    except (Gone, ConnectionError, ValueError, asyncio.CancelledError):
        pass  # ValueError: a line beyond all limits
    try:
        writer.close()
        await writer.wait_closed()
    except (ConnectionError, asyncio.CancelledError):
        pass


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(opt.seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="modes:\n" + "".join(f"  {name:15} {what}\n" for name, what in MODES.items()))
    parser.add_argument("--mode", choices=MODES, default="honest", metavar="NAME", help="see below")
    parser.add_argument("--after", type=int, default=0, metavar="N", help="actions that go well (0)")
    parser.add_argument("--times", type=int, default=1, metavar="N", help="sessions to spoil (1)")
    parser.add_argument("--delay", type=float, default=0.5, metavar="S", help="seconds (0.5)")
    parser.add_argument("--deny", default="Queue", metavar="NAMES", help="beginnings of actions (Queue)")
    parser.add_argument("--username", default="presence")
    parser.add_argument("--secret", default="test")
    parser.add_argument("--version", default="11.0.0", help="in the banner (11.0.0)")
    parser.add_argument("--log", type=argparse.FileType("a"), metavar="FILE",
                        help="write the actions received, one a line: name=value|name=value")
    parser.add_argument("--seconds", type=float, default=60, help="life of the peer (60)")
    opt = parser.parse_args()
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
