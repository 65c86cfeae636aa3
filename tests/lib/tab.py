#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Type lines in a real shell on a terminal, each with a Tab, then Return.

usage: tab.py SHELL COMPLETIONS LINE...

SHELL is bash, zsh or fish; COMPLETIONS is the folder with our files for them. What follows a tabulator in a line is typed behind
the Tab. `presencectl` in PATH must be the program of completion.bats: it makes a file `tabs` when it has completed, and writes
to `args` what else it was called with. Prints that for each line, and writes to `shown` what the terminal showed. Ends with
status 1 if a line runs nothing within ten seconds."""
import os
import pty
import select
import signal
import sys
import time

shell, completions, *lines = sys.argv[1:]
READY = "rea-dy"
# The word is put together by the shell, so that the echo of our typing is not taken for it.
PROMPT = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
SETUP = {
    "bash": f"PS1=; PROMPT_COMMAND=; . {completions}/presencectl.bash; printf %s-%s rea dy",
    "zsh": f"PS1=; fpath=({completions} $fpath); autoload -Uz compinit; compinit -u -D; printf %s-%s rea dy",
    "fish": f"source {completions}/presencectl.fish; printf %s-%s rea dy",
}


class Terminal:
    def __init__(self, argv):
        self.shown = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="dumb", HISTFILE="", XDG_DATA_HOME=os.getcwd(), fish_history="")
            os.execvp(argv[0], argv)

    def read(self, seconds):
        """What comes within so long; false if nothing does."""
        ready = select.select([self.fd], [], [], seconds)[0]
        try:
            more = os.read(self.fd, 65536) if ready else b""
        except OSError:
            more = b""
        self.shown += more
        return bool(more)

    def until(self, what, ready):
        end = time.monotonic() + 10
        while not ready():
            self.read(0.05)
            if time.monotonic() > end:
                sys.exit(f"no {what}; the terminal shows {self.shown!r}")
        while self.read(0.1):  # the shell draws its line
            pass

    def type(self, text):
        os.write(self.fd, text.encode())

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


t = Terminal(PROMPT[shell])
try:
    while t.read(0.2):
        pass
    t.type(SETUP[shell] + "\r")
    t.until("prompt", lambda: READY.encode() in t.shown)
    t.shown = b""
    for line in lines:
        before, _, behind = line.partition("\t")
        for name in ("tabs", "args"):
            if os.path.exists(name):
                os.unlink(name)
        t.type(before + "\t")
        t.until(f"completion of {line!r}", lambda: os.path.exists("tabs"))
        t.type(behind + "\r")
        t.until(f"command of {line!r}", lambda: os.path.exists("args"))
        print(open("args").read())
    with open("shown", "wb") as f:
        f.write(t.shown)
finally:
    t.close()
