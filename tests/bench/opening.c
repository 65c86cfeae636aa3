/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The morning of a large site: everybody's schedule opens at the same instant.
 *   bench-opening build DB USERS SCHEDULES   make DB, in use since the working day before
 *   bench-opening tick DB                    the minutes before, the opening, and the minutes after
 * tick prints milliseconds of the opening and users in it, then of the slowest idle minute in microseconds, and what idle
 * minutes wrote. No clock is read but to measure. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/text.h"
#include "lib/binding/zonefile.h"
#include "lib/follow/user.h"
#include "lib/store/store.h"
#include "lib/time/civil.h"
#include "lib/follow/follow.h"
#include "lib/follow/resolve.h"
#include "lib/follow/schedule.h"
#include "lib/store/presence.h"

enum { DAY = 86400, IDLE_MINUTES = 10 };
#define OPENING INT64_C(1781506800) /* Monday 2026-06-15 09:00 in Stockholm */
#define BEGIN   (OPENING - 3 * DAY - 600)

static const char *const zones[] = { "Europe/Stockholm", "Europe/London", "Europe/Helsinki",
	"Europe/Lisbon", "Europe/Istanbul", "Africa/Cairo", "Africa/Nairobi", "Asia/Dubai",
	"Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo",
	"Africa/Johannesburg", "Asia/Karachi", "Asia/Singapore", "Atlantic/Azores", "Europe/Kyiv",
	"Africa/Lagos", "Asia/Tashkent" };

static const struct actor actor = { .via = "bench", .name = "bench", .uid = 0 };

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* Hours that begin at OPENING on the wall of the zone, and end four to nine hours later. */
static int add_schedule(struct store *s, struct zones *source, int i, struct err *err)
{
	const char *name = zones[(size_t)i % ARRAY_SIZE(zones)];
	const struct zone *zone = source->get(source, name, err);
	int length = 240 + i % 20 * 15, end;
	struct schedule h = { .forced = -1 };
	struct civil c;

	if (!zone)
		return -1;
	zone_to_local(zone, OPENING, &c);
	end = (c.hour * 60 + c.minute + length) % 1440;
	snprintf(h.name, sizeof(h.name), "office-%d", i);
	text_copy(h.zone, sizeof(h.zone), name);
	snprintf(h.hours, sizeof(h.hours), "Mon-Fri %02d:%02d-%02d:%02d", c.hour, c.minute,
		end / 60, end % 60);
	if (i % 2)
		text_copy(h.holidays, sizeof(h.holidays), "12-25; 12-26; easter-2; easter+1");
	return follow_schedule_save(s, &h, BEGIN, err);
}

/* A few users are not like the others on their schedule: another mode at work, or a default mode. */
static int add_user(struct store *s, int i, int schedules, struct err *err)
{
	struct user u = { 0 };

	snprintf(u.name, sizeof(u.name), "user%d", i);
	snprintf(u.extension, sizeof(u.extension), "%d", 100000 + i);
	text_copy(u.pbx, sizeof(u.pbx), "main");
	snprintf(u.schedule, sizeof(u.schedule), "office-%d", i % schedules);
	if (i % 50 == 0)
		text_copy(u.period_mode[PERIOD_BUSINESS], NAME_MAX_LEN + 1, "away");
	if (i % 70 == 0)
		text_copy(u.mode, sizeof(u.mode), "business-trip");
	return follow_user_save(s, &u, BEGIN, err);
}

/* The PBX knows everything. */
static int confirm(const char *path, struct err *err)
{
	sqlite3 *db;
	int rc = sqlite3_open(path, &db);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db,
			"DELETE FROM item WHERE wanted IN ('not_set,,', 'INVALID', 'NOT_INUSE');"
			"UPDATE item SET confirmed = wanted WHERE wanted IS NOT confirmed;"
			"PRAGMA wal_checkpoint(TRUNCATE)",
			NULL, NULL, NULL);
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : err_set(err, ERR_STORE, "cannot confirm all");
}

static int add_all(struct store *s, struct zones *source, int users, int schedules, struct err *err)
{
	if (store_begin(s, err) < 0)
		return -1;
	for (int i = 0; i < schedules; i++) {
		if (add_schedule(s, source, i, err) < 0)
			return -1;
	}
	for (int i = 0; i < users; i++) {
		if (add_user(s, i, schedules, err) < 0)
			return -1;
	}
	return store_commit(s, err);
}

static int build(const char *path, struct zones *source, int users, int schedules, struct err *err)
{
	_cleanup_(store_freep) struct store *s = NULL;
	int64_t at = BEGIN;
	size_t n;

	if (store_create(path, err) < 0 || follow_open(path, &actor, source, &s, err) < 0 ||
		add_all(s, source, users, schedules, err) < 0)
		return -1;
	while (at < OPENING) {
		if (confirm(path, err) < 0 || follow_tick(s, at, &n, err) < 0 ||
			store_next_change(s, &at, err) < 0)
			return -1;
	}
	return confirm(path, err);
}

/* Ten idle minutes from `now` on; whether they wrote is asked of another connection. */
static int idle(struct store *s, struct store *other, int64_t now, double *slowest, bool *ret_wrote,
	struct err *err)
{
	int64_t before, after;

	if (store_data_version(other, &before, err) < 0)
		return -1;
	for (int i = 0; i < IDLE_MINUTES; i++) {
		double began = now_ms(), took;
		size_t n;

		if (follow_tick(s, now + i * 60, &n, err) < 0)
			return -1;
		took = now_ms() - began;
		if (took > *slowest)
			*slowest = took;
	}
	if (store_data_version(other, &after, err) < 0)
		return -1;
	*ret_wrote = *ret_wrote || before != after;
	return 0;
}

static int tick(const char *path, struct zones *source, struct err *err)
{
	_cleanup_(store_freep) struct store *s = NULL, *other = NULL;
	double began, took, slowest = 0;
	bool wrote = false;
	size_t n;

	if (follow_open(path, &actor, source, &s, err) < 0 ||
		follow_open(path, &actor, source, &other, err) < 0 ||
		idle(s, other, OPENING - IDLE_MINUTES * 60, &slowest, &wrote, err) < 0)
		return -1;
	began = now_ms();
	if (follow_tick(s, OPENING, &n, err) < 0)
		return -1;
	took = now_ms() - began;
	if (idle(s, other, OPENING + 60, &slowest, &wrote, err) < 0)
		return -1;
	printf("%.1f %zu %.1f %d\n", took, n, slowest * 1000, wrote);
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(zonefiles_freep) struct zonefiles *files = zonefiles_new(NULL, "UTC");
	struct zones *source = zonefiles_zones(files);
	struct err err = { 0 };
	int r = -1;

	if (argc == 5 && !strcmp(argv[1], "build"))
		r = build(argv[2], source, atoi(argv[3]), atoi(argv[4]), &err);
	else if (argc == 3 && !strcmp(argv[1], "tick"))
		r = tick(argv[2], source, &err);
	if (r < 0)
		fprintf(stderr, "bench-opening: %s\n", err.msg);
	return r < 0;
}
