#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command under the system call filter of a systemd unit, as systemd would load it.

usage: confined.py UNIT COMMAND...

Of the unit's settings these count: SystemCallFilter with its sets, as systemd-analyze lists them, SystemCallErrorNumber,
RestrictAddressFamilies, RestrictNamespaces, MemoryDenyWriteExecute and NoNewPrivileges. libseccomp makes the filter."""
import errno
import mmap
import os
import socket
import subprocess
import sys

import seccomp
from seccomp import ALLOW, ERRNO, EQ, MASKED_EQ, Arg, Attr, SyscallFilter

unit, *command = sys.argv[1:]
settings = {}
for line in open(unit):
    name, equals, value = line.strip().partition("=")
    if equals and not name.startswith("#"):
        settings.setdefault(name, []).append(value)


def read_sets():
    """What stands in each set: names of calls and of other sets."""
    listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], check=True, capture_output=True, text=True)
    sets, name = {}, None
    for line in listed.stdout.splitlines():
        word = line.strip()
        if line.startswith("@"):
            name = word
            sets[name] = []
        elif line.startswith(" ") and name and word and not word.startswith("#"):
            sets[name].append(word)
        elif not line.startswith(" "):
            name = None
    return sets


sets = read_sets()


def calls(name):
    """The system calls of a set, with those of the sets in it."""
    return set().union(*(calls(each) for each in sets[name])) if name.startswith("@") else {name}


allowed = calls("@default")
for value in settings["SystemCallFilter"]:
    given = set().union(*(calls(name) for name in value.lstrip("~").split()))
    allowed = allowed - given if value.startswith("~") else allowed | given
refused = ERRNO(getattr(errno, settings["SystemCallErrorNumber"][0]))
f = SyscallFilter(refused)
f.set_attr(Attr.CTL_NNP, 1)
limited = {"socket"}
if settings["MemoryDenyWriteExecute"] == ["yes"]:
    limited |= {"mmap", "mprotect", "pkey_mprotect", "shmat"}
for name in sorted(allowed - limited):
    try:
        f.add_rule(ALLOW, name)
    except (RuntimeError, ValueError):
        pass  # this machine has no such call
for family in settings["RestrictAddressFamilies"][0].split():
    f.add_rule(ALLOW, "socket", Arg(0, EQ, getattr(socket, family)))
if "mmap" in limited:
    both = mmap.PROT_WRITE | mmap.PROT_EXEC
    for bits in (0, mmap.PROT_WRITE, mmap.PROT_EXEC):
        f.add_rule(ALLOW, "mmap", Arg(2, MASKED_EQ, both, bits))
    f.add_rule(ALLOW, "mprotect", Arg(2, MASKED_EQ, mmap.PROT_EXEC, 0))
if settings["RestrictNamespaces"] != ["yes"] or settings["NoNewPrivileges"] != ["yes"]:
    sys.exit(f"{unit} permits namespaces or new privileges")
f.load()
os.execvp(command[0], command)
