/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/ics-lib.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/base/limits.h"
#include "lib/calendar/vtimezone.h"
#include "lib/calendar/winzone.h"

enum { TZID_MAX = 255 };

static bool is_known(void *data, const char *name)
{
	struct zones *source = data;

	return text_is_of(name, TEXT_ALNUM "_+-/", ZONE_MAX_LEN) && *name != '/' &&
		source->get(source, name, NULL);
}

const char *ics_olson(struct ics_reader *r, const char *tzid)
{
	return winzone_guess(tzid, is_known, r->source);
}

static const struct ics_component *find_definition(const struct ics_reader *r, const char *tzid)
{
	for (size_t i = 0; i < r->definitions_n; i++) {
		if (!strcmp(r->definitions[i].tzid, tzid))
			return r->definitions[i].timezone;
	}
	return NULL;
}

void ics_define_zone(struct ics_reader *r, const struct ics_component *definition)
{
	icalcomponent *c;

	if (r->definitions_n == ICS_TZIDS_MAX || !(c = ics_component_parse(r->lib, definition)))
		return;
	for (icalproperty *p = r->lib->icalcomponent_get_first_property(c, ICAL_TZID_PROPERTY); p;
		p = NULL) {
		_cleanup_(freep) char *tzid = ics_value_text(r->lib, p, TZID_MAX);

		if (!tzid || find_definition(r, tzid))
			break;
		r->definitions = mem_grow(r->definitions, &r->definitions_cap, r->definitions_n + 1,
			sizeof(*r->definitions));
		r->definitions[r->definitions_n++] =
			(struct ics_definition){ TAKE_PTR(tzid), definition };
	}
	r->lib->icalcomponent_free(c);
}

/* The observances of a VTIMEZONE while they are gathered. The list points into dates and rules. */
struct gathered {
	struct observance *list;
	size_t n, cap;
	int64_t **dates;
	size_t dates_n, dates_cap;
	char **rules;
	size_t rules_n, rules_cap;
};

static void gathered_done(struct gathered *g)
{
	for (size_t i = 0; i < g->dates_n; i++)
		free(g->dates[i]);
	for (size_t i = 0; i < g->rules_n; i++)
		free(g->rules[i]);
	free(g->dates);
	free(g->rules);
	free(g->list);
}

static int add_observance(struct gathered *g, const struct observance *o, struct err *err)
{
	if (g->n == OBSERVANCES_MAX)
		return err_set(err, ERR_FAILED, "it has more than %d observances", OBSERVANCES_MAX);
	g->list = mem_grow(g->list, &g->cap, g->n + 1, sizeof(*g->list));
	g->list[g->n++] = *o;
	return 0;
}

/* Add an observance for each of its rules: the changes of all of them count. The first also has the RDATEs. */
static int add_rules(
	struct gathered *g, const struct ics_component *c, struct observance o, struct err *err)
{
	for (const char *rule = c->rules.s; *rule;) {
		size_t n = strcspn(rule, "\n");

		g->rules = mem_grow(g->rules, &g->rules_cap, g->rules_n + 1, sizeof(*g->rules));
		g->rules[g->rules_n++] = xstrndup(rule, n);
		o.rule = g->rules[g->rules_n - 1];
		if (add_observance(g, &o, err) < 0)
			return -1;
		o.dates = NULL;
		o.dates_n = 0;
		rule += n + 1;
	}
	return c->rules_n ? 0 : add_observance(g, &o, err);
}

static int wall_of(const struct ics_lib *lib, icalproperty *p, int32_t offset, int64_t *ret)
{
	icalvalue *value = lib->icalproperty_get_value(p);
	icalvalue_kind kind = value ? lib->icalvalue_isa(value) : ICAL_NO_VALUE;
	struct icaltimetype t;

	if (kind == ICAL_PERIOD_VALUE)
		t = lib->icalvalue_get_period(value).start;
	else if (kind == ICAL_DATETIME_VALUE || kind == ICAL_DATE_VALUE)
		t = lib->icalvalue_get_datetime(value);
	else
		return -1;
	if (ics_time_seconds(&t, ret) < 0)
		return -1;
	if (lib->icaltime_is_utc(t))
		*ret += offset;
	return 0;
}

static int gather(const struct ics_lib *lib, const struct ics_component *c, struct gathered *g,
	struct err *err)
{
	icalcomponent *parsed = c->fault ? NULL : ics_component_parse(lib, c);
	struct observance o = { .rule = "" };
	unsigned seen[ICS_TIME_COUNT] = { 0 };
	int64_t *dates = xcalloc((size_t)c->values[ICS_RDATE] + 1, sizeof(*dates));
	icalproperty *p;

	g->dates = mem_grow(g->dates, &g->dates_cap, g->dates_n + 1, sizeof(*g->dates));
	g->dates[g->dates_n++] = dates;
	o.dates = dates;
	if (!parsed)
		return err_set(err, ERR_FAILED, "line %zu: %s", c->line,
			c->fault ? c->fault : "it cannot be read");
	/* Read the offsets first: a time in UTC needs offset_from. */
	for (p = lib->icalcomponent_get_first_property(parsed, ICAL_ANY_PROPERTY); p;
		p = lib->icalcomponent_get_next_property(parsed, ICAL_ANY_PROPERTY)) {
		icalvalue *value = lib->icalproperty_get_value(p);
		icalproperty_kind kind = lib->icalproperty_isa(p);

		if (!value || lib->icalvalue_isa(value) != ICAL_UTCOFFSET_VALUE)
			continue;
		if (kind == ICAL_TZOFFSETFROM_PROPERTY && ++seen[ICS_OFFSET_FROM])
			o.offset_from = lib->icalvalue_get_utcoffset(value);
		else if (kind == ICAL_TZOFFSETTO_PROPERTY && ++seen[ICS_OFFSET_TO])
			o.offset_to = lib->icalvalue_get_utcoffset(value);
	}
	for (p = lib->icalcomponent_get_first_property(parsed, ICAL_ANY_PROPERTY); p;
		p = lib->icalcomponent_get_next_property(parsed, ICAL_ANY_PROPERTY)) {
		icalproperty_kind kind = lib->icalproperty_isa(p);

		if (kind == ICAL_DTSTART_PROPERTY)
			seen[ICS_DTSTART] += wall_of(lib, p, o.offset_from, &o.start) == 0;
		else if (kind == ICAL_RDATE_PROPERTY && o.dates_n < c->values[ICS_RDATE])
			o.dates_n += wall_of(lib, p, o.offset_from, &dates[o.dates_n]) == 0;
	}
	lib->icalcomponent_free(parsed);
	if (!seen[ICS_DTSTART] || !seen[ICS_OFFSET_FROM] || !seen[ICS_OFFSET_TO] ||
		o.dates_n < c->values[ICS_RDATE])
		return err_set(err, ERR_FAILED,
			"line %zu: %s lacks a valid DTSTART, TZOFFSETFROM, TZOFFSETTO or RDATE",
			c->line, c->name);
	return add_rules(g, c, o, err);
}

static int build(struct ics_reader *r, const struct ics_component *c, const char *tzid,
	struct zone **ret, struct err *err)
{
	_cleanup_(gathered_done) struct gathered g = { 0 };

	if (c->fault)
		return err_set(err, ERR_FAILED, "VTIMEZONE '%s': %s", tzid, c->fault);
	r->observances += c->children_n;
	if (r->observances > ICS_OBSERVANCES_MAX)
		return err_set(err, ERR_FAILED,
			"VTIMEZONE '%s': the file's zones have more than %d observances", tzid,
			ICS_OBSERVANCES_MAX);
	for (size_t i = 0; i < c->children_n; i++) {
		if (gather(r->lib, &c->children[i], &g, err) < 0)
			return err_wrap(err, "VTIMEZONE '%s'", tzid);
	}
	return vtimezone_build(tzid, g.list, g.n, ret, err);
}

static void resolve(struct ics_reader *r, struct ics_zone *z)
{
	const struct ics_component *definition = find_definition(r, z->tzid);
	const char *olson = ics_olson(r, z->tzid);
	struct calendar *c = r->calendar;
	struct zone *own;
	struct err err = { 0 };

	/* "GMT+0100" may mean that offset all year, or it may be the mere name of a VTIMEZONE with a summer time: then the VTIMEZONE
	 * counts. */
	if (definition && olson && !strncmp(olson, "Etc/", 4) && strcmp(olson, z->tzid) != 0)
		olson = NULL;
	if (olson) {
		z->name = xstrdup(olson);
		z->zone = r->source->get(r->source, olson, &err);
	} else if (!definition) {
		err_set(&err, ERR_FAILED,
			"the time zone '%s' is neither known nor defined by a VTIMEZONE", z->tzid);
	} else if (build(r, definition, z->tzid, &own, &err) == 0) {
		z->name = xstrdup(z->tzid);
		z->zone = own;
		c->zones = mem_grow(c->zones, &c->zones_cap, c->zones_n + 1, sizeof(struct zone *));
		c->zones[c->zones_n++] = own;
	}
	if (!z->zone)
		z->why = xstrdup(err.msg);
}

const struct ics_zone *ics_find_zone(struct ics_reader *r, const char *tzid, struct err *err)
{
	struct ics_zone *z = NULL;

	for (size_t i = 0; i < r->zones_n && !z; i++) {
		if (!strcmp(r->zones[i].tzid, tzid))
			z = &r->zones[i];
	}
	if (!z) {
		if (r->zones_n == ICS_TZIDS_MAX || strlen(tzid) > TZID_MAX) {
			err_set(err, ERR_FAILED,
				"the time zone '%.60s' is one too many or too long", tzid);
			return NULL;
		}
		z = &r->zones[r->zones_n++];
		*z = (struct ics_zone){ .tzid = xstrdup(tzid) };
		resolve(r, z);
	}
	if (!z->zone)
		err_set(err, ERR_FAILED, "%s", z->why);
	return z->zone ? z : NULL;
}

void ics_zones_done(struct ics_reader *r)
{
	for (size_t i = 0; i < r->zones_n; i++) {
		free(r->zones[i].tzid);
		free(r->zones[i].name);
		free(r->zones[i].why);
	}
	for (size_t i = 0; i < r->definitions_n; i++)
		free(r->definitions[i].tzid);
	free(r->definitions);
}
