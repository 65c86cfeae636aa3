/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A year of a calendar of recurring events: calendar_expand(), to UTC and sorted, against libical's iterator going over the same
 * rules and the same year, and nothing else. Both have their rules ahead of time. Prints two medians in milliseconds: ours and
 * theirs. Ends with 1 if they do not find the same number of instances. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <libical/ical.h>

#include "lib/binding/zonefile.h"
#include "lib/calendar/calendar.h"
#include "lib/time/civil.h"

enum { EVENTS = 1000, ROUNDS = 31, DAY = 86400 };

/* What people have in their calendars. */
static const char *const rules[] = {
	"FREQ=WEEKLY;BYDAY=MO",
	"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
	"FREQ=DAILY",
	"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
	"FREQ=MONTHLY;BYMONTHDAY=15",
	"FREQ=MONTHLY;BYDAY=-1FR",
	"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
	"FREQ=YEARLY",
	"FREQ=WEEKLY;BYDAY=FR;UNTIL=20261001T000000",
	"FREQ=DAILY;COUNT=200",
};

struct series {
	struct icalrecurrencetype rule;
	struct icaltimetype start;
};

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double list[ROUNDS])
{
	qsort(list, ROUNDS, sizeof(*list), by_value);
	return list[ROUNDS / 2];
}

/* Series begin in the two years before the window, on a weekday, at a quarter of an hour. */
static struct civil start_of(int i)
{
	struct civil c;

	civil_from_seconds(
		civil_days(2024, 1, 1) * DAY + (i * 37 % 730) * (int64_t)DAY + (28 + i % 40) * 900,
		&c);
	return c;
}

static void make(struct calendar *calendar, struct series *series)
{
	for (int i = 0; i < EVENTS; i++) {
		const char *rule = rules[i % ARRAY_SIZE(rules)];
		struct civil c = start_of(i);
		struct event *e = calendar_add(calendar);
		char uid[32];

		snprintf(uid, sizeof(uid), "series-%d@example.net", i);
		event_set(&e->uid, uid);
		event_set(&e->summary, "Meeting");
		event_set(&e->zone, "Europe/Stockholm");
		event_set(&e->rule, rule);
		e->form = TIME_ZONED;
		e->start = civil_seconds(&c);
		e->seconds = 1800;
		series[i].rule = icalrecurrencetype_from_string(rule);
		series[i].start = (struct icaltimetype){ .year = c.year,
			.month = c.month,
			.day = c.day,
			.hour = c.hour,
			.minute = c.minute };
	}
	calendar_settle(calendar);
}

/* An iterator may be told where to begin, unless it has to count. */
static size_t iterate(const struct series *series, struct icaltimetype from, struct icaltimetype to)
{
	size_t n = 0;

	for (int i = 0; i < EVENTS; i++) {
		icalrecur_iterator *it = icalrecur_iterator_new(series[i].rule, series[i].start);
		struct icaltimetype t;

		if (!series[i].rule.count && icaltime_compare(series[i].start, from) < 0)
			icalrecur_iterator_set_start(it, from);
		while (!icaltime_is_null_time(t = icalrecur_iterator_next(it)) &&
			icaltime_compare(t, to) < 0)
			n += icaltime_compare(t, from) >= 0;
		icalrecur_iterator_free(it);
	}
	return n;
}

int main(void)
{
	static struct series series[EVENTS];
	static double ours[ROUNDS], theirs[ROUNDS];
	_cleanup_(zonefiles_freep) struct zonefiles *files = zonefiles_new(NULL, "UTC");
	_cleanup_(calendar_freep) struct calendar *calendar = calendar_new(CALENDAR_EVENTS);
	struct zones *zones = zonefiles_zones(files);
	const struct zone *zone = zones->get(zones, "Europe/Stockholm", NULL);
	struct icaltimetype from = { .year = 2026, .month = 1, .day = 1 },
			    to = { .year = 2027, .month = 1, .day = 1 };
	struct civil first = { .year = 2026, .month = 1, .day = 1 },
		     last = { .year = 2027, .month = 1, .day = 1 };
	struct calendar_view view = { .zones = zones, .floating = zone, .owner = "" };
	size_t ours_n = 0, theirs_n = 0;
	int64_t begin, end;
	struct err err;

	if (!zone)
		return 2;
	zone_to_utc(zone, &first, &begin, NULL);
	zone_to_utc(zone, &last, &end, NULL);
	make(calendar, series);
	for (int i = 0; i < ROUNDS; i++) {
		struct occurrences o = { 0 };
		double began = now_ms();

		if (calendar_expand(calendar, &view, begin, end, &o, &err) < 0) {
			fprintf(stderr, "bench-expand: %s\n", err.msg);
			return 2;
		}
		ours[i] = now_ms() - began;
		ours_n = o.n;
		occurrences_done(&o);
		began = now_ms();
		theirs_n = iterate(series, from, to);
		theirs[i] = now_ms() - began;
	}
	printf("%.3f %.3f\n", median(ours), median(theirs));
	if (ours_n != theirs_n)
		fprintf(stderr, "bench-expand: %zu instances, libical finds %zu\n", ours_n,
			theirs_n);
	return ours_n != theirs_n;
}
