#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what schedules say with what Python says: schedule.py PROGRAM SEED HOW-MANY.

Schedules are generated, the same for the same seed: hours with weeks that differ, seasons and nights, breaks, special days of one
year and of every year, days before holidays, in zones whose clocks change. PROGRAM (tests/oracle/schedule-list.c) lists the segments
of some weeks. Python works out by itself, by the rules of presence-time(7) and with zoneinfo, which period it is at each of their
borders, at its own borders and at random instants.
"""
import random
import subprocess
import sys
from bisect import bisect_right
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
ZONES = ["UTC", "Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Atlantic/Azores", "Africa/Cairo",
         "America/Havana", "Asia/Kathmandu", "Asia/Beirut"]
WINDOW = 45  # days


def utc(zone, day, minute, is_end):
    """The instant of a minute of a date. In a gap it is the end of the gap, in a fold the first for a begin, the second for an end."""
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    first, second = (wall.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    if first == second:
        return int(first)
    if datetime.fromtimestamp(first, zone).replace(tzinfo=None) == wall:
        return int(second if is_end else first)
    low, high = int(second) - 1, int(first)  # in a gap fold=1 comes before it, fold=0 behind it
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


# --- what a schedule is, and what it says of a date


class Dates:
    """One day or several, of one year or of every year."""

    def __init__(self, rng, around, may_be_long):
        self.first = around + timedelta(days=rng.randint(-10, WINDOW + 10))
        self.last = self.first + timedelta(days=rng.randint(1, 40) if may_be_long else 0)
        self.every_year = rng.random() < 0.5

    def one(self, day):
        return day.strftime("%m-%d" if self.every_year else "%Y-%m-%d")

    def text(self):
        return self.one(self.first) + (".." + self.one(self.last) if self.last > self.first else "")

    def holds(self, day):
        if not self.every_year:
            return self.first <= day <= self.last
        first, last, day = ((d.month, d.day) for d in (self.first, self.last, day))
        return first <= day <= last if first <= last else day >= first or day <= last

    def rank(self):
        ends = (self.first, self.last)
        return (self.last > self.first, self.every_year, [(d.month, d.day) for d in ends] if self.every_year else list(ends))


def minutes(m):
    return f"{m // 60 % 24:02}:{m % 60:02}" if m != 1440 else "24:00"


def ranges_text(ranges):
    return ",".join(f"{minutes(a)}-{minutes(b)}" for a, b in ranges)


def some_ranges(rng, most):
    """Ranges that do not overlap. Nights end before 06:00, where days begin."""
    edges = sorted(rng.sample(range(360, 1320, 15), 2 * rng.randint(1, most)))
    ranges = list(zip(edges[::2], edges[1::2]))
    if rng.random() < 0.2:
        ranges.append((1320, rng.choice([1440, 1440 + 60, 1440 + 150, 1440 + 330])))
    return ranges


class Part:
    """Hours of weekdays, for all weeks or some of them."""

    def __init__(self, rng, around, kind):
        self.kind = kind
        self.week = {}
        self.n = rng.randint(1, 4)
        self.start = around + timedelta(days=rng.randint(-30, 30))
        self.dates = Dates(rng, around, True)
        for day in range(7):
            if rng.random() < (0.8 if kind == "all" else 0.4):
                closed = kind != "all" and rng.random() < 0.3
                self.week[day] = [] if closed else some_ranges(rng, 2)
        if not any(self.week.values()):
            self.week[0] = [(540, 1020)]

    def prefix(self):
        return {"all": "", "odd": "week odd: ", "even": "week even: ",
                "every": f"every {self.n} weeks from {self.start}: ", "dates": f"{self.dates.text()}: "}[self.kind]

    def text(self):
        return "; ".join(self.prefix() + DAYS[day] + " " + (ranges_text(ranges) or "closed")
                         for day, ranges in self.week.items())

    def holds(self, day):
        monday = day - timedelta(days=day.weekday())
        if self.kind in ("odd", "even"):
            return day.isocalendar().week % 2 == (self.kind == "odd")
        if self.kind == "every":
            first = self.start - timedelta(days=self.start.weekday())
            return monday >= first and (monday - first).days // 7 % self.n == 0
        return self.kind == "all" or self.dates.holds(day)


class Hours:
    def __init__(self, rng, around, parts):
        self.parts = [Part(rng, around, "all")]
        kinds = rng.sample(["odd", "even", "every", "dates", "dates"], parts)
        self.parts += [Part(rng, around, kind) for kind in kinds]

    def text(self):
        return "; ".join(part.text() for part in self.parts)

    def on(self, day):
        for part in reversed(self.parts):
            if day.weekday() in part.week and part.holds(day):
                return part.week[day.weekday()]
        return []


class Value:
    """What a special day has instead of its hours."""

    def __init__(self, rng):
        self.kind = rng.choice(["hours", "closed", "as"])
        self.ranges = some_ranges(rng, 2)
        self.weekday = rng.randrange(7)

    def text(self):
        return {"hours": ranges_text(self.ranges), "closed": "closed", "as": f"as {DAYS[self.weekday].lower()}"}[self.kind]


class Schedule:
    def __init__(self, rng):
        self.zone = rng.choice(ZONES)
        around = date(rng.randint(2024, 2031), rng.choice([1, 2, 3, 4, 7, 9, 10, 11, 12]), rng.randint(1, 28))
        self.begin = around
        self.hours = Hours(rng, around, rng.randint(0, 4))
        self.breaks = Hours(rng, around, rng.randint(0, 1)) if rng.random() < 0.6 else None
        unique = {}
        for _ in range(rng.randint(0, 6)):
            dates = Dates(rng, around, rng.random() < 0.4)
            unique.setdefault(dates.text(), (dates, Value(rng)))
        self.special = list(unique.values())
        self.before = Value(rng) if rng.random() < 0.5 else None
        self.holidays = [(Dates(rng, around, rng.random() < 0.2), rng.choice([None, None, (0, 720), (720, 1440), (600, 615)]))
                         for _ in range(rng.randint(0, 5))]

    def line(self):
        start, end = (int(datetime.combine(d, datetime.min.time(), timezone.utc).timestamp())
                      for d in (self.begin, self.begin + timedelta(days=WINDOW)))
        special = "; ".join(f"{dates.text()} {value.text()}" for dates, value in self.special)
        holidays = "; ".join(dates.text() + (f" {ranges_text([hours])}" if hours else "") for dates, hours in self.holidays)
        return [self.zone, self.hours.text(), self.breaks.text() if self.breaks else "", special,
                self.before.text() if self.before else "", holidays, start, end]

    def own_special(self, day):
        fit = [(dates.rank(), value) for dates, value in self.special if dates.holds(day)]
        return min(fit, key=lambda x: (x[0][0], x[0][1], x[0][2]))[1] if fit else None

    def is_holiday(self, day):
        return any(dates.holds(day) and not hours for dates, hours in self.holidays)

    def special_on(self, day):
        tomorrow = day + timedelta(days=1)
        own = self.own_special(day)
        if own or not self.before or self.is_holiday(day) or not self.hours.on(day):
            return own
        return self.before if self.is_holiday(tomorrow) and not self.own_special(tomorrow) else None

    def spans(self):
        """Lists of (begin, end): of business, breaks, special days and holidays."""
        zone = ZoneInfo(self.zone)
        business, rest, special, off = [], [], [], []
        for i in range(-4, WINDOW + 4):
            day = self.begin + timedelta(days=i)
            value, like = self.special_on(day), day
            whole = (utc(zone, day, 0, False), utc(zone, day, 1440, False))
            ranges, pauses = None, []
            if value:
                special.append(whole)
                ranges = value.ranges if value.kind == "hours" else []
                if value.kind == "as":
                    like = day + timedelta(days=value.weekday - day.weekday())
            if not value or value.kind == "as":
                ranges = self.hours.on(like)
                pauses = self.breaks.on(like) if self.breaks else []
            business += [(utc(zone, day, a, False), utc(zone, day, b, True)) for a, b in ranges]
            rest += [(utc(zone, day, a, False), utc(zone, day, b, True)) for a, b in pauses]
            for dates, hours in self.holidays:
                if dates.holds(day):
                    off.append(whole if not hours else
                               (utc(zone, day, hours[0], False), utc(zone, day, hours[1], hours[1] < 1440)))
        return business, rest, special, off


def period(spans, at):
    business, rest, special, off = (any(a <= at < b for a, b in list_) for list_ in spans)
    if off and not special:
        return "holiday"
    if not business:
        return "outside"
    return "break" if rest else "business"


def check(rng, schedule, line, words):
    starts, periods = [int(n) for n in words[::2]], words[1::2]
    spans = schedule.spans()
    start, end = line[-2:]
    instants = {at + d for at in starts for d in (-1, 0)}
    instants |= {edge + d for list_ in spans for span in list_ for edge in span for d in (-1, 0)}
    instants |= {rng.randrange(start, end) for _ in range(40)}
    for at in sorted(instants):
        if not start <= at < end:
            continue
        got, want = periods[bisect_right(starts, at) - 1], period(spans, at)
        if got != want:
            wall = datetime.fromtimestamp(at, ZoneInfo(schedule.zone))
            return f"{line}\n  at {at}, {wall}: {got}, not {want}"
    return None


def main():
    program, seed, many = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    schedules = [Schedule(rng) for _ in range(many)]
    lines = [s.line() for s in schedules]
    result = subprocess.run([program], input="".join("\t".join(map(str, x)) + "\n" for x in lines), capture_output=True,
                            text=True, check=True)
    bad, compared = [], 0
    for schedule, line, out in zip(schedules, lines, result.stdout.splitlines(), strict=True):
        if out.startswith("error:"):
            bad.append(f"{line}\n  {out}")
            continue
        compared += 1
        wrong = check(rng, schedule, line, out.split())
        if wrong:
            bad.append(wrong)
    print(f"{compared} schedules compared, {len(bad)} differ")
    print("\n".join(bad[:5]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
