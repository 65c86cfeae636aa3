/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/ics-lib.h"

#include <string.h>
#include <strings.h>

#include "lib/base/text.h"

static void refuse(struct ics_report *report, const struct ics_component *c, const char *uid,
	const struct err *why)
{
	report->refused++;
	if (report->refused > ICS_REPORTS_MAX)
		return;
	if (uid)
		strbuf_addf(&report->refusals, "%s: %s\n", uid, why->msg);
	else
		strbuf_addf(&report->refusals, "%s of line %zu: %s\n", c->name, c->line, why->msg);
}

static int add(struct ics_reader *r, const struct ics_component *c, const char *parent,
	char **ret_uid, struct ics_report *report)
{
	struct err err = { 0 };

	if (ics_add_event(r, c, parent, ret_uid, &err) < 0) {
		refuse(report, c, *ret_uid, &err);
		return -1;
	}
	report->events++;
	return 0;
}

/* Add a VAVAILABILITY and its AVAILABLEs. If it cannot be used, they mean nothing. */
static void add_availability(
	struct ics_reader *r, const struct ics_component *c, struct ics_report *report)
{
	_cleanup_(freep) char *uid = NULL;

	if (add(r, c, "", &uid, report) < 0)
		return;
	for (size_t i = 0; i < c->children_n; i++) {
		_cleanup_(freep) char *child = NULL;

		(void)add(r, &c->children[i], uid, &child, report);
	}
}

static void describe(
	struct ics_reader *r, const struct ics_component *calendar, struct ics_report *report)
{
	const struct ics_lib *lib = r->lib;
	icalcomponent *c = ics_component_parse(lib, calendar);
	icalproperty *p;

	for (p = c ? lib->icalcomponent_get_first_property(c, ICAL_ANY_PROPERTY) : NULL; p;
		p = lib->icalcomponent_get_next_property(c, ICAL_ANY_PROPERTY)) {
		_cleanup_(freep) char *text = ics_value_text(lib, p, ICS_NAME_MAX);
		icalproperty_kind kind = lib->icalproperty_isa(p);
		const char *x = kind == ICAL_X_PROPERTY ? lib->icalproperty_get_x_name(p) : NULL;
		const char *olson;

		if (!text)
			continue;
		if (x && !strcasecmp(x, "X-WR-TIMEZONE")) {
			olson = ics_olson(r, text);
			if (olson && !*report->zone && strlen(olson) < sizeof(report->zone))
				text_copy(report->zone, sizeof(report->zone), olson);
		} else if ((x && !strcasecmp(x, "X-WR-CALNAME")) ||
			(kind == ICAL_NAME_PROPERTY && !*report->name)) {
			text_copy(report->name, sizeof(report->name), text);
		}
	}
	if (c)
		lib->icalcomponent_free(c);
}

static int nothing(const struct ics_report *report, struct err *err)
{
	if (report->refused == 1)
		err_set(err, ERR_FAILED, "its only event cannot be used: ");
	else
		err_set(err, ERR_FAILED,
			"none of the %zu events can be used; the first: ", report->refused);
	return err_hint(err, "%.*s", (int)strcspn(report->refusals.s, "\n"), report->refusals.s);
}

static void read_components(
	struct ics_reader *r, const struct icslines *lines, struct ics_report *report)
{
	for (size_t i = 0; i < lines->n; i++) {
		if (lines->list[i].kind == ICS_TIMEZONE)
			ics_define_zone(r, &lines->list[i]);
		else if (lines->list[i].kind == ICS_CALENDAR && !*report->name)
			describe(r, &lines->list[i], report);
	}
	for (size_t i = 0; i < lines->n; i++) {
		const struct ics_component *c = &lines->list[i];
		_cleanup_(freep) char *uid = NULL;

		if (c->kind == ICS_AVAILABILITY)
			add_availability(r, c, report);
		else if (c->kind == ICS_EVENT || c->kind == ICS_AVAILABLE)
			(void)add(r, c, "", &uid, report);
	}
}

int ics_parse(const void *bytes, size_t n, struct zones *zones, struct calendar **ret,
	struct ics_report *report, struct err *err)
{
	_cleanup_(icslines_done) struct icslines lines = { 0 };
	_cleanup_(calendar_freep) struct calendar *calendar = NULL;
	_cleanup_(ics_zones_done) struct ics_reader r = { .source = zones };

	*report = (struct ics_report){ .refusals = STRBUF_INIT };
	if (icslines_read(bytes, n, &lines, err) < 0)
		return -1;
	r.lib = ics_lib(err);
	if (!r.lib)
		return -1;
	r.calendar = calendar = calendar_new(CALENDAR_EVENTS);
	read_components(&r, &lines, report);
	if (!report->events && report->refused)
		return nothing(report, err);
	calendar_settle(calendar);
	*ret = TAKE_PTR(calendar);
	return 0;
}
