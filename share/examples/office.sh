#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A sample: an office with breaks, Swedish holidays and a personal calendar.
# Copy it, change names and times, and run it once as a user who may write the
# database. It finds presencectl by PATH, the configuration by PRESENCE_CONF and
# the database by PRESENCE_DB. See presence-time(7).
set -eu

calendar=${1:-$(dirname "$0")/alice.ics}

# Days off by law, and the three eves on which offices are closed too. Several schedules
# can share a calendar. Nothing has to be entered again in later years.
presencectl calendar add swedish-holidays --holidays "\
01-01 = New Year; 01-06 = Epiphany; 05-01 = May Day; 06-06 = National Day; \
easter-2 = Good Friday; easter = Easter Sunday; easter+1 = Easter Monday; \
easter+39 = Ascension Day; easter+49 = Whit Sunday; \
fri on or after 06-19 = Midsummer Eve; sat on or after 06-20 = Midsummer Day; \
sat on or after 10-31 = All Saints; \
12-24 = Christmas Eve; 12-25 = Christmas Day; 12-26 = Boxing Day; 12-31 = New Year's Eve"

# The hours of the office. On the Thursday before Good Friday it closes at noon, every year.
presencectl schedule add office zone=Europe/Stockholm \
	hours='Mon-Thu 08:00-17:00; Fri 08:00-16:00' \
	breaks='Mon-Fri 12:00-13:00' \
	calendars=swedish-holidays \
	holidays='easter-3 12:00-24:00 = Maundy Thursday'

# Support works late, on the same holidays, and shows breaks as plain away.
presencectl schedule add support zone=Europe/Stockholm \
	hours='Mon-Fri 07:00-22:00; Sat 10:00-14:00' \
	breaks='Mon-Fri 11:30-12:00,18:00-18:30' \
	calendars=swedish-holidays mode.break=away

# All users of a group are on its schedule, also users who join later.
presencectl group add office
presencectl schedule assign office @office

# Meetings make Alice away, from five minutes before. Some events give another mode, some
# none. With an address, write --url and the "secret address in iCal format" of Google or
# Outlook instead of --file: presenced keeps the calendar fresh.
presencectl user add alice extension=1001
presencectl group assign office alice
presencectl calendar add alice --file "$calendar" owner=alice@example.org
presencectl user set alice calendars=alice lead=5 \
	patterns='summary=Focus*:do-not-disturb; category=Travel:business-trip; summary=*lunch*:lunch-break; category=Reminder:none'

# A note that tells callers when to try again.
presencectl mode set lunch-break note='At lunch[, back {until}]'
