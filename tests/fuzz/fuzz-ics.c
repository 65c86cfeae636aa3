/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a calendar: what is taken keeps to what calendar.h promises, and can be expanded. */
#include <stdint.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/binding/ics.h"
#include "lib/binding/zonefile.h"
#include "lib/calendar/recur.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool is_so)
{
	if (!is_so)
		__builtin_trap();
}

static void check_event(const struct event *e)
{
	must(*e->uid && strlen(e->uid) <= EVENT_UID_MAX && text_is_utf8(e->uid) &&
		!text_has_control(e->uid));
	must(strlen(e->summary) <= EVENT_SUMMARY_MAX && text_is_utf8(e->summary) &&
		!text_has_control(e->summary));
	must(text_is_utf8(e->categories) && text_is_utf8(e->declined));
	must((e->form == TIME_ZONED) == (*e->zone != '\0'));
	must(e->days >= 0 && e->seconds >= 0 &&
		e->days * 86400LL + e->seconds <= EVENT_LENGTH_MAX_S);
	must((e->kind == EVENT_AVAILABLE) == (*e->parent != '\0'));
	must(e->rdates_n <= EVENT_DATES_MAX && e->exdates_n <= EVENT_DATES_MAX);
	for (const char *p = e->rule; *p;) {
		size_t len = strcspn(p, "\n");
		char *rule = xstrndup(p, len);
		struct recur *r = NULL;

		must(recur_parse(rule, &r, NULL) == 0);
		recur_free(r);
		free(rule);
		p += len + (p[len] == '\n');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct zonefiles *files;
	static struct zone *utc;
	struct calendar *c = NULL;
	struct ics_report report;
	struct err err = { 0 };

	if (!files) {
		files = zonefiles_new(NULL, "UTC");
		utc = zone_new_utc();
	}
	if (ics_parse(bytes, n, zonefiles_zones(files), &c, &report, &err) < 0) {
		must(!c && *err.msg && text_is_utf8(err.msg));
	} else {
		struct calendar_view view = {
			.zones = zonefiles_zones(files), .floating = utc, .owner = ""
		};
		struct occurrences o = { 0 };

		must(c->events_n && c->events_n <= report.events);
		for (size_t i = 0; i < c->events_n; i++)
			check_event(&c->events[i]);
		(void)!calendar_expand(c, &view, 1767225600, 1767225600 + 30 * 86400, &o, &err);
		occurrences_done(&o);
		calendar_free(c);
	}
	must(text_is_utf8(report.refusals.s) && text_is_utf8(report.name));
	ics_report_done(&report);
	return 0;
}
