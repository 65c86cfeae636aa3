#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares recurrence rules with those of dateutil: recur.py PROGRAM SEED HOW-MANY FREQ.

Rules are generated, the same for the same seed. PROGRAM (tests/oracle/recur-list.c) lists their first instances, and
dateutil must list the same. Where dateutil is known to differ from RFC 5545 the rule is not taken: see unfit().
"""
import random
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import islice

from dateutil.rrule import rrulestr

EPOCH = datetime(1970, 1, 1)
END = datetime(9999, 12, 31)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
SUBDAILY = ["HOURLY", "MINUTELY", "SECONDLY"]
FIRST = 15  # instances compared


def seconds(at):
    delta = at - EPOCH
    return delta.days * 86400 + delta.seconds


def some(rng, low, high, most):
    return [rng.randint(low, high) for _ in range(rng.randint(1, most))]


def signed(rng, high, most):
    return [rng.choice([-1, 1]) * n for n in some(rng, 1, high, most)]


def weekdays(rng, rule):
    """All numbered or none, because dateutil takes only days that match both. Numbers of a month end at 5, beyond
    which dateutil leaves its tables."""
    days = [rng.choice(DAYS) for _ in range(rng.randint(1, 4))]
    if rule["FREQ"] not in ("YEARLY", "MONTHLY") or "BYWEEKNO" in rule or rng.random() < 0.5:
        return days
    high = 5 if rule["FREQ"] == "MONTHLY" or "BYMONTH" in rule else rng.choice([5, 53])
    return [f"{rng.choice([-1, 1]) * rng.randint(1, high)}{day}" for day in days]


def generate(rng, freq):
    """A rule as a dictionary of parts, and its DTSTART."""
    rule = {"FREQ": freq}

    def by(name, chance, values):
        if rng.random() < chance:
            rule[name] = ",".join(str(v) for v in sorted(set(values), key=lambda _: rng.random()))

    if rng.random() < 0.4:
        rule["INTERVAL"] = str(rng.choice([2, 3, 4, 5, 7, 10, 12, 50, 90, 1000]))
    by("BYMONTH", 0.3, some(rng, 1, 12, 5))
    if freq == "YEARLY":
        by("BYWEEKNO", 0.2, signed(rng, 53, 4))
    if freq == "YEARLY" or freq in SUBDAILY:
        by("BYYEARDAY", 0.15, signed(rng, 366, 6))
    if freq != "WEEKLY":
        by("BYMONTHDAY", 0.25, signed(rng, 31, 5))
    by("BYDAY", 0.4, weekdays(rng, rule))
    by("BYHOUR", 0.2, some(rng, 0, 23, 4))
    by("BYMINUTE", 0.2, some(rng, 0, 59, 4))
    by("BYSECOND", 0.2, some(rng, 0, 59, 4))
    if len(rule) > 1 + ("INTERVAL" in rule):
        by("BYSETPOS", 0.3, signed(rng, rng.choice([2, 5, 30]), 3))
    if rng.random() < 0.4:
        rule["WKST"] = rng.choice(DAYS)
    # At the end of time the rules without instances end, too.
    if rng.random() < 0.25:
        years = {"SECONDLY": 0, "MINUTELY": 0, "HOURLY": 1, "DAILY": 3}.get(freq, 12)
        first = datetime(9999 - years, *((12, 30) if freq == "SECONDLY" else (11, 1)))
    else:
        first = datetime(rng.randint(1990, 2040), 1, 1)
    start = first + timedelta(days=rng.randint(0, min(365, (END - first).days)))
    if rng.random() < 0.8:
        start += timedelta(seconds=rng.randint(0, 86399))
    if rng.random() < 0.25:
        rule["COUNT"] = str(rng.randint(1, 12))
    elif rng.random() < 0.25:
        until = start + min(timedelta(days=rng.choice([1, 30, 400, 3000])), END - start)
        rule["UNTIL"] = until.strftime("%Y%m%dT%H%M%S")
    return rule, start


def unfit(rule, start):
    """Why dateutil cannot be asked about a rule, or None."""
    yearly = rule["FREQ"] == "YEARLY"
    days = [p for p in ("BYDAY", "BYMONTHDAY", "BYYEARDAY") if p in rule]
    if yearly and "BYMONTHDAY" in rule and not {"BYMONTH", "BYWEEKNO", "BYYEARDAY"} & set(rule):
        return "BYMONTHDAY alone means every month there, DTSTART's month to those who write it"
    if "BYWEEKNO" in rule:
        if not days:
            return "BYWEEKNO alone means the whole week there, not DTSTART's weekday"
        if "INTERVAL" in rule or "BYSETPOS" in rule:
            return "a year is 1 January to 31 December there even with BYWEEKNO, not whole weeks"
        if {"-52", "-53"} & set(rule["BYWEEKNO"].split(",")):
            return "week 1 is not found there from the end if it begins in December"
    if rule["FREQ"] == "WEEKLY" and "BYSETPOS" in rule:
        if DAYS[start.weekday()] != rule.get("WKST", "MO"):
            return "the first week has only the days from DTSTART on there"
    return None


def text(rule):
    return ";".join(f"{name}={value}" for name, value in rule.items())


def asked(rule, start):
    """The instances by dateutil, which leaves out a DTSTART that does not match."""
    endless = text({name: value for name, value in rule.items() if name != "COUNT"})
    count = int(rule.get("COUNT", 1 << 30))
    if count > 1:
        try:
            found = iter(rrulestr(endless, dtstart=start))
        except ValueError as error:
            if "empty set" not in str(error):
                raise
            found = iter(())
    yield start
    for at in islice(found if count > 1 else (), count):
        if at == start:
            continue
        count -= 1
        if count <= 0:
            return
        yield at


class TooSlow(Exception):
    pass


def on_alarm(_signal, _frame):
    raise TooSlow


def expected(rule, start, many):
    signal.setitimer(signal.ITIMER_REAL, 2)
    try:
        return [seconds(at) for at in islice(asked(rule, start), many)]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def run(program, lines):
    result = subprocess.run([program], input="".join(lines), capture_output=True, text=True, check=True)
    return [line.split() for line in result.stdout.splitlines()]


def main():
    program, seed, many, freq = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    rng = random.Random(seed)
    signal.signal(signal.SIGALRM, on_alarm)
    cases, left_out = [], 0
    while len(cases) < many:
        rule, start = generate(rng, freq)
        if unfit(rule, start):
            left_out += 1
        else:
            cases.append((rule, start))
    # Fifty years, if there are so many.
    ends = [min(seconds(s) + 50 * 365 * 86400, seconds(END) + 86400) for r, s in cases]
    got = run(program, [f"{text(r)} {seconds(s)} 0 {e} {FIRST}\n" for (r, s), e in zip(cases, ends)])
    bad, compared, slow, seeks = [], 0, 0, []
    for (rule, start), end, words in zip(cases, ends, got, strict=True):
        *instances, how = words
        instances = [int(n) for n in instances]
        # From the last instance to the end of time is too long a way for dateutil, unless it starts near.
        whole = how == "more" or len(instances) == int(rule.get("COUNT", 0)) or start.year > 9000
        if how not in ("more", "end", "steps"):
            want = how
        else:
            try:
                want = expected(rule, start, FIRST if whole and how != "steps" else len(instances))
            except TooSlow:
                slow += 1
                continue
        compared += 1
        if want != instances:
            bad.append(f"{text(rule)} from {start}: {words}, dateutil {want}")
            continue
        at = rng.choice(instances) + rng.randint(-1, 1)
        seeks.append((rule, start, at, end, [n for n in instances if n >= at]))
    again = run(program, [f"{text(r)} {seconds(s)} {at} {e} {len(w)}\n" for r, s, at, e, w in seeks])
    for (rule, start, at, end, want), words in zip(seeks, again, strict=True):
        if [int(n) for n in words[:-1]] != want:
            bad.append(f"{text(rule)} from {start}, sought {at}: {words}, not {want}")
    print(f"{compared} rules compared, {len(seeks)} sought, {left_out} left out, {slow} too slow there, {len(bad)} differ")
    print("\n".join(bad[:10]))
    return 1 if bad or slow > many // 50 else 0


if __name__ == "__main__":
    sys.exit(main())
