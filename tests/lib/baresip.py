#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real SIP phones for tests: each is a baresip (Debian: baresip-core) without a sound card, on loopback.

From Python, with sys.path holding tests/lib:

    with baresip.Phone(folder, "1001", sip_port) as alice, baresip.Phone(folder2, "1002", sip_port, watch=["1001"]) as bob:
        alice.start(); bob.start()               # returns when the phone is registered
        alice.dial("1002")
        bob.wait("CALL_INCOMING"); bob.accept()
        alice.wait("CALL_ESTABLISHED"); alice.hold(); alice.resume(); alice.hangup()
        bob.wait("CALL_CLOSED")
        bob.wait_presence("1001", "Busy")

From bats, by the functions of tests/lib/phones.bash. Under them a phone is a process of this file, which keeps one baresip:

    baresip.py keep DIR EXT PORT [option ...]    start it; "ready" is printed when it is registered; ends with SIGTERM
    baresip.py DIR dial 1002                     a command of baresip; prints what it answers
    baresip.py DIR wait EVENT [TEXT]             the next such event, see wait()
    baresip.py DIR presence 1001 [WORD]          what the phone shows of somebody; with WORD waits until it is that
    baresip.py DIR notified 1001                 every state that the phone was notified of

Commands of baresip are, among others: dial NUMBER, accept, hangup, hold, resume, sndcode DIGITS, line N (its Nth call becomes
the current one), listcalls, callstat, reginfo, contacts. Only the current call is held, resumed or hung up. A code that begins
with * is dialled as it is.

In the folder of a phone: "log" is what baresip printed, with every SIP message that it sent and got; "events" what it
reported, one JSON object a line, "at" being the time. With record=True (--record) what it heard of each call is a file
dump-*-dec.wav, 8000 Hz.

Every wait ends after 10 s (WAIT_S) with an error that says what was seen. What a phone starts it ends, by process id; it ends
too when its keeper dies.
"""
import argparse
import ctypes
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time

WAIT_S = 10
# baresip chooses its ports before it takes them, and so do we: somebody may be faster.
TRIES = 5
CONFIG = """\
poll_method epoll
net_interface 127.0.0.1
sip_listen 127.0.0.1:{sip}
rtp_ports {rtp}-{rtp_end}
call_local_timeout 120
call_max_calls {calls}
audio_player aubridge,phone
audio_source aubridge,phone
audio_alert aubridge,alert
auplay_srate 8000
ausrc_srate 8000
snd_path {folder}
module_path {modules}
module g711.so
{record}module sndfile.so
module aubridge.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app presence.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


class Failed(Exception):
    """A phone did not do, in time, what it should."""


def modules():
    for folder in ("/usr/lib/baresip/modules", f"/usr/lib/{os.uname().machine}-linux-gnu/baresip/modules"):
        if os.path.isdir(folder):
            return folder
    raise Failed("there is no baresip: run tests/setup check")


def end_with_parent(sig):
    """PR_SET_PDEATHSIG: this process gets the signal when its parent ends."""
    ctypes.CDLL(None).prctl(1, sig)


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def free_range():
    """An even port that is free, with nine behind it."""
    for _ in range(100):
        first = free_port(socket.SOCK_DGRAM) & ~1
        held = []
        try:
            for port in range(first, first + 10):
                held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                held[-1].bind(("127.0.0.1", port))
            return first
        except OSError:
            pass
        finally:
            for s in held:
                s.close()
    raise Failed("no ten free ports in a row")


class Phone:
    """A phone of an extension, whose name and password are the extension, at the Asterisk at 127.0.0.1:port.

    watch: the extensions that it subscribes to, for presence. answer: manual, or auto to take every call at once.
    calls: how many at a time; one more is answered with 486. record: keep what it hears.
    """

    def __init__(self, folder, extension, port, watch=(), answer="manual", calls=4, password=None, record=False):
        self.folder = os.path.abspath(folder)
        self.extension, self.port, self.watch = extension, port, list(watch)
        self.answer, self.calls, self.password, self.record = answer, calls, password or extension, record
        self.process = self.socket = self.log = self.book = None
        self.pending = b""
        self.events, self.answers, self.seen, self.token = [], {}, 0, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # --- its life ------------------------------------------------------------------------------

    def start(self, registered=True):
        """Returns when the phone is registered; with registered=False when it takes commands."""
        os.makedirs(self.folder, exist_ok=True)
        for tries in range(TRIES):
            try:
                self.start_once()
                break
            except Failed:
                self.stop()
                if tries == TRIES - 1:
                    raise
        if registered:
            # That of the start may have come before there was anybody to tell.
            self.until(lambda: re.search(r"\[\d+ bindings?\]", self.printed()), "it is registered")

    def start_once(self):
        control, rtp = free_port(socket.SOCK_STREAM), free_range()
        self.write("config", CONFIG.format(
            sip=free_port(socket.SOCK_DGRAM), rtp=rtp, rtp_end=rtp + 9, calls=self.calls, folder=self.folder,
            modules=modules(), control=control, record="" if self.record else "#"))
        self.write("accounts", f"<sip:{self.extension}@127.0.0.1:{self.port}>;auth_user={self.extension}"
                               f";auth_pass={self.password};regint=60;answermode={self.answer}\n")
        self.write("contacts", "".join(f'"{ext}" <sip:{ext}@127.0.0.1:{self.port}>;presence=p2p\n' for ext in self.watch)
                   or '"nobody" <sip:nobody@127.0.0.1>\n')
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.book = open(os.path.join(self.folder, "events"), "w", encoding="utf-8")
        self.process = subprocess.Popen(
            ["stdbuf", "-oL", "baresip", "-4", "-s", "-v", "-f", self.folder], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT, cwd=self.folder, preexec_fn=lambda: end_with_parent(signal.SIGKILL))
        deadline = time.monotonic() + WAIT_S
        while self.socket is None:
            if self.process.poll() is not None or time.monotonic() > deadline or "in use" in self.printed():
                raise Failed(f"the phone of {self.extension} did not start:\n{self.printed()[-2000:]}")
            try:
                self.socket = socket.create_connection(("127.0.0.1", control), timeout=1)
            except OSError:
                time.sleep(0.02)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()  # it hangs up, and takes its registration back
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(3)
        for f in (self.socket, self.log, self.book):
            if f:
                f.close()
        self.process = self.socket = None
        self.pending = b""

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as f:
            f.write(text)

    def printed(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as f:
            return re.sub(r"\x1b\[[0-9;]*m", "", f.read())

    # --- what it says ----------------------------------------------------------------------------

    def pump(self, seconds):
        """Take in what baresip sends, for at most so long or until something came: netstrings of JSON."""
        if not select.select([self.socket], [], [], max(0, seconds))[0]:
            return
        data = self.socket.recv(65536)
        if not data:
            raise Failed(f"the phone of {self.extension} has ended:\n{self.printed()[-2000:]}")
        self.pending += data
        while m := re.match(rb"(\d{1,9}):", self.pending):
            end = m.end() + int(m[1])
            if len(self.pending) <= end:
                break
            self.take(json.loads(self.pending[m.end():end].decode("utf-8", "replace")))
            self.pending = self.pending[end + 1:]

    def take(self, message):
        if message.get("response"):
            self.answers[message.get("token")] = message
        elif message.get("event"):
            message["at"] = time.time()
            self.events.append(message)
            self.book.write(json.dumps(message) + "\n")
            self.book.flush()

    def until(self, holds, what, seconds=WAIT_S):
        deadline = time.monotonic() + seconds
        while not (result := holds()):
            left = deadline - time.monotonic()
            if left <= 0:
                seen = " ".join(e["type"] for e in self.events)
                raise Failed(f"the phone of {self.extension}: not within {seconds} s: {what}; its events: {seen or 'none'}")
            self.pump(min(left, 0.05))
        return result

    def command(self, name, params=""):
        """Its answer. An error of baresip is one of ours."""
        self.token += 1
        token = str(self.token)
        text = json.dumps({"command": name, "params": params, "token": token}).encode()
        self.socket.sendall(b"%d:%s," % (len(text), text))
        answer = self.until(lambda: self.answers.pop(token, None), f"an answer to {name} {params}")
        if not answer.get("ok", True):
            raise Failed(f"the phone of {self.extension}: {name} {params}: {answer.get('data', 'refused')}")
        return re.sub(r"\x1b\[[0-9;]*m", "", answer.get("data") or "")

    def wait(self, kind, text="", seconds=WAIT_S):
        """The next event of this type that has the text in one of its values. "Next" is after the event that was waited for
        last, whether it has come already or is still to come. Types: REGISTER_OK, CALL_INCOMING, CALL_RINGING,
        CALL_PROGRESS, CALL_ESTABLISHED, CALL_CLOSED (with the reason as "param") ..."""
        def found():
            for i in range(self.seen, len(self.events)):
                event = self.events[i]
                if event["type"] == kind and any(text in str(value) for value in event.values()):
                    self.seen = i + 1
                    return event
            return None
        return self.until(found, f"{kind} {text}".strip(), seconds)

    # --- what one does with it -------------------------------------------------------------------

    def dial(self, number):
        return self.command("dial", number)

    def accept(self):
        return self.command("accept")

    def hangup(self):
        return self.command("hangup")

    def hold(self):
        return self.command("hold")

    def resume(self):
        return self.command("resume")

    def digits(self, digits):
        return self.command("sndcode", digits)

    def messages(self):
        """Every SIP message in order, as (whether the phone sent it, text)."""
        for part in re.split(r"^#$", self.printed(), flags=re.M)[1:]:
            m = re.match(r"\n(?:UDP|TCP|TLS) (\S+) -> (\S+)\n(.*)", part, re.S)
            if m:
                yield not m[1].endswith(f":{self.port}"), m[3]

    def notified(self, extension):
        """Each state of presence (PIDF) that it was told of somebody, when it was another one than before: the basic
        status, then activities and the note as they stand."""
        states = []
        for sent, text in self.messages():
            if sent or not text.startswith("NOTIFY ") or f"<sip:{extension}@" not in text.split("\nTo:")[0]:
                continue
            if m := re.search(r"<basic>(\w+)", text):
                words = [m[1], *re.findall(r"<(?:\w+:)?(busy|away|on-the-phone|meal|vacation|travel|other)\s*/>", text),
                         *re.findall(r"<note[^>]*>([^<]*)", text)]
                if not states or states[-1] != words:
                    states.append(words)
        return [" ".join(words) for words in states]

    def presence(self, extension):
        """The word that the phone shows for somebody whom it watches: Unknown, Online, Offline, Busy ..."""
        for line in self.command("contacts").splitlines():
            if f"<sip:{extension}@" in line:
                return line.lstrip("> ").split()[0]
        raise Failed(f"the phone of {self.extension} does not watch {extension}")

    def wait_presence(self, extension, word, seconds=WAIT_S):
        return self.until(lambda: self.presence(extension) == word, f"{extension} is {word}", seconds)


# --- the process that keeps a phone ------------------------------------------------------------------

def keep(phone):
    """Serve commands that come to the socket "keeper" in the phone's folder: a list of words in, {"ok", "text"} out."""
    phone.start()
    os.chdir(phone.folder)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("keeper")
        door.listen(8)
        print("ready", flush=True)
        while True:
            if select.select([door, phone.socket], [], [])[0] == [phone.socket]:
                phone.pump(0)
                continue
            client, _ = door.accept()
            with client:
                client.settimeout(1)
                serve(phone, client)


def serve(phone, client):
    try:
        words = json.loads(client.makefile().readline())
        answer = {"ok": True, "text": do(phone, *words)}
    except (Failed, TypeError, ValueError) as e:
        answer = {"ok": False, "text": str(e)}
    except OSError:
        return  # who asked has gone
    try:
        client.sendall(json.dumps(answer).encode() + b"\n")
    except OSError:
        pass


def do(phone, name, *words):
    if name == "wait":
        return json.dumps(phone.wait(*words))
    if name == "presence" and len(words) > 1:
        phone.wait_presence(*words)
        return words[1]
    if name == "presence":
        return phone.presence(*words)
    if name == "notified":
        return "\n".join(phone.notified(*words))
    return phone.command(name, " ".join(words)).strip("\n")


def ask(folder, words):
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(WAIT_S + 5)
        s.connect("keeper")
        s.sendall(json.dumps(words).encode() + b"\n")
        answer = json.loads(s.makefile().readline())
    if answer["text"]:
        print(answer["text"], file=sys.stdout if answer["ok"] else sys.stderr)
    return 0 if answer["ok"] else 1


def main():
    if len(sys.argv) > 2 and sys.argv[1] != "keep":
        return ask(sys.argv[1], sys.argv[2:])
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("keep")
    parser.add_argument("folder")
    parser.add_argument("extension")
    parser.add_argument("port", type=int)
    parser.add_argument("--watch", action="append", default=[])
    parser.add_argument("--answer", default="manual")
    parser.add_argument("--calls", type=int, default=4)
    parser.add_argument("--password")
    parser.add_argument("--record", action="store_true")
    options = vars(parser.parse_args())
    options.pop("keep")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    end_with_parent(signal.SIGTERM)
    with Phone(**options) as phone:
        keep(phone)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as e:
        sys.exit(f"baresip.py: {e}")
