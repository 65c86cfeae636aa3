/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/ics-lib.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/calendar/recur.h"

enum { DAY = 86400, UID_READ_MAX = 8192, ADDRESS_MAX = 320, CATEGORY_MAX = 200 };

/* A time as it is written, with its zone if it has one. */
struct stamp {
	enum time_form form;
	int64_t at; /* as event_date.at */
	const struct ics_zone *zone;
};

/* What the lines of a component say. It becomes an event if all of it is sound. */
struct draft {
	struct ics_reader *r;
	const struct ics_component *c;
	struct event e; /* owns its strings and dates */
	struct strbuf categories, declined, rule;
	struct stamp start, end, instance;
	struct icaldurationtype duration;
	size_t rdates_cap, exdates_cap;
	bool is_transparent;
	char busy[24];                 /* X-MICROSOFT-CDO-BUSYSTATUS */
	uint16_t seen[ICS_TIME_COUNT]; /* how many values of each libical has read */
};

static void draft_done(struct draft *d)
{
	free(d->e.uid);
	free(d->e.summary);
	free(d->e.rdates);
	free(d->e.exdates);
	strbuf_done(&d->categories);
	strbuf_done(&d->declined);
	strbuf_done(&d->rule);
}

static int stamp_utc(const struct stamp *s, int64_t *ret)
{
	struct civil c;

	*ret = s->at;
	if (s->form == TIME_IN_UTC)
		return 0;
	if (s->form != TIME_ZONED)
		return -1;
	civil_from_seconds(s->at, &c);
	zone_to_utc(s->zone->zone, &c, ret, NULL);
	return 0;
}

static int read_stamp(struct draft *d, icalproperty *p, enum ics_time what,
	const struct icaltimetype *t, struct stamp *ret, struct err *err)
{
	const struct ics_lib *lib = d->r->lib;
	icalparameter *tzid;
	const char *name;

	if (ics_time_seconds(t, &ret->at) < 0)
		return err_set(err, ERR_FAILED, "%s has a date or time that does not exist",
			ics_time_name(what));
	ret->zone = NULL;
	if (t->is_date) {
		ret->form = TIME_DATE;
		return 0;
	}
	if (lib->icaltime_is_utc(*t)) {
		ret->form = TIME_IN_UTC;
		return 0;
	}
	ret->form = TIME_FLOATING;
	tzid = lib->icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	name = tzid ? lib->icalparameter_get_tzid(tzid) : NULL;
	if (!name || !*name)
		return 0;
	ret->form = TIME_ZONED;
	ret->zone = ics_find_zone(d->r, name, err);
	return ret->zone ? 0 : err_wrap(err, "%s", ics_time_name(what));
}

/* The exact seconds between two times. If `from` has a zone and `to` is floating, `to` is in that zone too. */
static int seconds_between(
	const struct stamp *from, const struct stamp *to, int64_t *ret, struct err *err)
{
	struct stamp end = *to;
	int64_t a, b;

	if (from->form == TIME_ZONED && end.form == TIME_FLOATING) {
		end.form = TIME_ZONED;
		end.zone = from->zone;
	}
	if (stamp_utc(from, &a) == 0 && stamp_utc(&end, &b) == 0)
		*ret = b - a;
	else if (from->form == end.form)
		*ret = end.at - from->at;
	else
		return err_set(err, ERR_FAILED, "its start and end are not the same kind of time");
	return 0;
}

static int nominal(const struct icaldurationtype *t, int64_t *ret_days, int64_t *ret_seconds)
{
	*ret_days = (int64_t)t->weeks * 7 + t->days;
	*ret_seconds = (int64_t)t->hours * 3600 + (int64_t)t->minutes * 60 + t->seconds;
	return t->is_neg && (*ret_days || *ret_seconds) ? -1 : 0;
}

static int check_length(int64_t days, int64_t seconds, struct err *err)
{
	if (days < 0 || seconds < 0)
		return err_set(err, ERR_FAILED, "it ends before it starts");
	if (days > EVENT_LENGTH_MAX_S / DAY || days * DAY + seconds > EVENT_LENGTH_MAX_S)
		return err_set(err, ERR_FAILED, "it is longer than ten years");
	return 0;
}

/* A time as an event keeps it: on the wall clock of the event's own zone, or in UTC. A floating time is in the zone of DTSTART, if
 * that has one. A time in another zone becomes UTC. */
static struct event_date to_date(const struct stamp *s, const struct ics_zone *own)
{
	struct event_date date = { .form = s->form, .at = s->at, .length = -1 };

	if (s->form == TIME_FLOATING && own) {
		date.form = TIME_ZONED;
	} else if (s->form == TIME_ZONED && s->zone != own) {
		date.form = TIME_IN_UTC;
		(void)stamp_utc(s, &date.at);
	}
	return date;
}

/* Add a value of RDATE or EXDATE. */
static int read_date(struct draft *d, icalproperty *p, enum ics_time what, struct err *err)
{
	const struct ics_lib *lib = d->r->lib;
	icalvalue *value = lib->icalproperty_get_value(p);
	icalvalue_kind kind = value ? lib->icalvalue_isa(value) : ICAL_NO_VALUE;
	bool is_extra = what == ICS_RDATE;
	struct event_date **list = is_extra ? &d->e.rdates : &d->e.exdates;
	size_t *n = is_extra ? &d->e.rdates_n : &d->e.exdates_n;
	struct event_date date;
	int64_t length = -1;
	struct icaltimetype t;
	struct stamp stamp, end;

	if (kind == ICAL_PERIOD_VALUE) {
		struct icalperiodtype period = lib->icalvalue_get_period(value);
		int64_t days;

		if (read_stamp(d, p, what, &period.start, &stamp, err) < 0)
			return -1;
		if (period.end.year == 0) {
			if (nominal(&period.duration, &days, &length) < 0)
				length = -1;
			else
				length += days * DAY;
		} else if (read_stamp(d, p, what, &period.end, &end, err) < 0 ||
			seconds_between(&stamp, &end, &length, err) < 0) {
			return -1;
		}
		if (check_length(0, length, err) < 0)
			return err_wrap(err, "a period of %s", ics_time_name(what));
	} else if (kind == ICAL_DATETIME_VALUE || kind == ICAL_DATE_VALUE) {
		t = lib->icalvalue_get_datetime(value);
		if (read_stamp(d, p, what, &t, &stamp, err) < 0)
			return -1;
	} else {
		return 0;
	}
	d->seen[what]++;
	date = to_date(&stamp, d->start.zone);
	date.length = length;
	*list = mem_grow(
		*list, is_extra ? &d->rdates_cap : &d->exdates_cap, *n + 1, sizeof(**list));
	(*list)[(*n)++] = date;
	return 0;
}

static int read_single(
	struct draft *d, icalproperty *p, enum ics_time what, struct stamp *ret, struct err *err)
{
	const struct ics_lib *lib = d->r->lib;
	icalvalue *value = lib->icalproperty_get_value(p);
	icalvalue_kind kind = value ? lib->icalvalue_isa(value) : ICAL_NO_VALUE;
	struct icaltimetype t;

	if (kind != ICAL_DATETIME_VALUE && kind != ICAL_DATE_VALUE)
		return 0;
	t = lib->icalvalue_get_datetime(value);
	d->seen[what]++;
	return read_stamp(d, p, what, &t, ret, err);
}

/* Read the times of a component. DTSTART is first: the others depend on its zone. Each property must give as many values as
 * icslines has counted, or libical has dropped one that it could not read. */
static int read_times(struct draft *d, icalcomponent *c, struct err *err)
{
	static const struct {
		icalproperty_kind kind;
		enum ics_time what;
	} order[] = {
		{ ICAL_DTSTART_PROPERTY, ICS_DTSTART },
		{ ICAL_DTEND_PROPERTY, ICS_DTEND },
		{ ICAL_DURATION_PROPERTY, ICS_DURATION },
		{ ICAL_RECURRENCEID_PROPERTY, ICS_RECURRENCE_ID },
		{ ICAL_RDATE_PROPERTY, ICS_RDATE },
		{ ICAL_EXDATE_PROPERTY, ICS_EXDATE },
	};
	const struct ics_lib *lib = d->r->lib;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		enum ics_time what = order[i].what;
		icalproperty *p;

		for (p = lib->icalcomponent_get_first_property(c, order[i].kind); p;
			p = lib->icalcomponent_get_next_property(c, order[i].kind)) {
			icalparameter *range;
			icalvalue *value;
			int r = 0;

			switch (what) {
			case ICS_DTSTART: r = read_single(d, p, what, &d->start, err); break;
			case ICS_DTEND: r = read_single(d, p, what, &d->end, err); break;
			case ICS_RECURRENCE_ID:
				r = read_single(d, p, what, &d->instance, err);
				range = lib->icalproperty_get_first_parameter(
					p, ICAL_RANGE_PARAMETER);
				d->e.future = range &&
					lib->icalparameter_get_range(range) ==
						ICAL_RANGE_THISANDFUTURE;
				break;
			case ICS_DURATION:
				value = lib->icalproperty_get_value(p);
				if (!value || lib->icalvalue_isa(value) != ICAL_DURATION_VALUE)
					break;
				d->duration = lib->icalvalue_get_duration(value);
				d->seen[what]++;
				break;
			default: r = read_date(d, p, what, err); break;
			}
			if (r < 0)
				return -1;
		}
		if (d->seen[what] != d->c->values[what])
			return err_set(err, ERR_FAILED, "%s has a value that cannot be read",
				ics_time_name(what));
	}
	return 0;
}

/* A UID that is too long keeps its beginning and gets a hash of the rest. */
static void read_uid(struct draft *d, icalproperty *p)
{
	_cleanup_(freep) char *text = ics_value_text(d->r->lib, p, UID_READ_MAX), *rest = NULL;
	char tail[20];

	if (!text || d->e.uid)
		return;
	if (strlen(text) > EVENT_UID_MAX) {
		size_t keep;

		rest = xstrdup(text);
		text_cut(text, EVENT_UID_MAX - 17);
		keep = strlen(text);
		snprintf(tail, sizeof(tail), "~%016" PRIx64,
			ics_hash(rest + keep, strlen(rest + keep)));
		memcpy(text + keep, tail, 18);
	}
	d->e.uid = TAKE_PTR(text);
}

static void add_line(struct strbuf *to, const char *text)
{
	if (to->len)
		strbuf_addc(to, '\n');
	strbuf_adds(to, text);
}

/* Keep the addresses of those who have declined. An owner who is among them is not busy. The address is in the value, behind
 * "mailto:"; some programs put something else there and the address into EMAIL. It is kept in small letters. */
static void read_attendee(struct draft *d, icalproperty *p)
{
	const struct ics_lib *lib = d->r->lib;
	icalparameter *part = lib->icalproperty_get_first_parameter(p, ICAL_PARTSTAT_PARAMETER);
	icalparameter *email = lib->icalproperty_get_first_parameter(p, ICAL_EMAIL_PARAMETER);
	icalvalue *value = lib->icalproperty_get_value(p);
	const char *address = NULL;
	_cleanup_(freep) char *copy = NULL;

	if (!part || lib->icalparameter_get_partstat(part) != ICAL_PARTSTAT_DECLINED)
		return;
	if (value && lib->icalvalue_isa(value) == ICAL_CALADDRESS_VALUE)
		address = lib->icalvalue_get_caladdress(value);
	if (address && !strncasecmp(address, "mailto:", 7))
		address += 7;
	else if (email && lib->icalparameter_get_email(email))
		address = lib->icalparameter_get_email(email);
	if (!address)
		return;
	address += strspn(address, " ");
	if (!*address || strlen(address) > ADDRESS_MAX)
		return;
	copy = xstrdup(address);
	text_tame(copy);
	for (char *s = copy; *s; s++)
		*s = (char)(*s >= 'A' && *s <= 'Z' ? *s + ('a' - 'A') : *s);
	add_line(&d->declined, copy);
}

static void read_category(struct draft *d, icalproperty *p)
{
	_cleanup_(freep) char *text = ics_value_text(d->r->lib, p, CATEGORY_MAX);

	if (text)
		add_line(&d->categories, text);
}

static int read_integer(struct draft *d, icalproperty *p, int fallback)
{
	icalvalue *value = d->r->lib->icalproperty_get_value(p);

	if (value && d->r->lib->icalvalue_isa(value) == ICAL_INTEGER_VALUE)
		return d->r->lib->icalvalue_get_integer(value);
	return fallback;
}

static void read_x(struct draft *d, icalproperty *p)
{
	const char *name = d->r->lib->icalproperty_get_x_name(p);
	_cleanup_(freep) char *text = NULL;

	if (name && !strcasecmp(name, "X-MICROSOFT-CDO-BUSYSTATUS") &&
		(text = ics_value_text(d->r->lib, p, sizeof(d->busy) - 1)))
		text_copy(d->busy, sizeof(d->busy), text);
}

static void read_words(struct draft *d, icalcomponent *c)
{
	const struct ics_lib *lib = d->r->lib;
	icalproperty *p;

	for (p = lib->icalcomponent_get_first_property(c, ICAL_ANY_PROPERTY); p;
		p = lib->icalcomponent_get_next_property(c, ICAL_ANY_PROPERTY)) {
		icalproperty_kind kind = lib->icalproperty_isa(p);

		if (!lib->icalproperty_get_value(p))
			continue;
		switch ((int)kind) {
		case ICAL_UID_PROPERTY: read_uid(d, p); break;
		case ICAL_SUMMARY_PROPERTY:
			if (!d->e.summary)
				d->e.summary = ics_value_text(lib, p, EVENT_SUMMARY_MAX);
			break;
		case ICAL_CATEGORIES_PROPERTY: read_category(d, p); break;
		case ICAL_ATTENDEE_PROPERTY: read_attendee(d, p); break;
		case ICAL_SEQUENCE_PROPERTY:
			d->e.sequence = read_integer(d, p, (int)d->e.sequence);
			break;
		case ICAL_PRIORITY_PROPERTY: d->e.priority = read_integer(d, p, 0); break;
		case ICAL_X_PROPERTY: read_x(d, p); break;
		case ICAL_STATUS_PROPERTY:
			d->e.cancelled = lib->icalproperty_get_status(p) == ICAL_STATUS_CANCELLED;
			break;
		case ICAL_TRANSP_PROPERTY:
			d->is_transparent =
				lib->icalproperty_get_transp(p) == ICAL_TRANSP_TRANSPARENT;
			break;
		case ICAL_CLASS_PROPERTY:
			/* A class that is not known counts as private: RFC 5545 3.8.1.3. */
			d->e.secret = lib->icalproperty_get_class(p) != ICAL_CLASS_PUBLIC;
			break;
		default: break;
		}
	}
}

static enum event_kind kind_of(const struct draft *d)
{
	if (d->c->kind == ICS_AVAILABILITY)
		return EVENT_UNAVAILABLE;
	if (d->c->kind == ICS_AVAILABLE)
		return EVENT_AVAILABLE;
	if (!strcasecmp(d->busy, "OOF"))
		return EVENT_OOF;
	if (d->is_transparent || !strcasecmp(d->busy, "FREE") ||
		!strcasecmp(d->busy, "TENTATIVE") || !strcasecmp(d->busy, "WORKINGELSEWHERE"))
		return EVENT_FREE;
	return EVENT_BUSY;
}

static int set_length(struct draft *d, struct err *err)
{
	bool is_date = d->start.form == TIME_DATE;
	int64_t days = 0, seconds = 0;

	if (d->seen[ICS_DTEND]) {
		if (seconds_between(&d->start, &d->end, &seconds, err) < 0)
			return -1;
	} else if (d->seen[ICS_DURATION] && nominal(&d->duration, &days, &seconds) < 0) {
		return err_set(err, ERR_FAILED, "its DURATION is negative");
	}
	if (check_length(days, seconds, err) < 0)
		return -1;
	if (is_date && d->seen[ICS_DTEND]) {
		days = seconds / DAY;
		seconds = 0;
	}
	/* A date without an end lasts a day (RFC 5545 3.6.1). So does a date that ends when it begins. */
	if (is_date && !days && !seconds && d->c->kind != ICS_AVAILABILITY)
		days = 1;
	d->e.days = (int32_t)days;
	d->e.seconds = seconds;
	return 0;
}

/* DTSTART may be missing in two places. A VAVAILABILITY without it holds from ever on (RFC 7953 3.1). And an instance that is
 * cancelled needs no start. */
static int set_start(struct draft *d, struct err *err)
{
	int64_t end;

	if (d->seen[ICS_DTSTART])
		return 0;
	if (d->c->kind == ICS_AVAILABILITY) {
		d->start = (struct stamp){ .form = TIME_IN_UTC, .at = CALENDAR_FIRST };
		if (!d->seen[ICS_DTEND])
			return d->seen[ICS_DURATION]
				? err_set(err, ERR_FAILED, "it has a DURATION but no DTSTART")
				: 0;
		if (stamp_utc(&d->end, &end) < 0)
			d->start = d->end;
		else
			d->start.at = end;
		d->start.at -= EVENT_LENGTH_MAX_S;
		return 0;
	}
	if (d->e.cancelled && d->seen[ICS_RECURRENCE_ID]) {
		d->start = d->instance;
		return 0;
	}
	return err_set(err, ERR_FAILED, "it has no DTSTART");
}

static int check_rule(
	const struct draft *d, const struct recur *rule, const char *canonical, struct err *err)
{
	enum recur_until kind;
	int64_t until, start = d->start.at;

	kind = recur_until(rule, &until);
	if (d->start.form == TIME_DATE && recur_is_subdaily(rule))
		return err_set(err, ERR_FAILED,
			"its RRULE makes several instances a day, but DTSTART is a date");
	if (kind == RECUR_UNTIL_NONE && !recur_has_count(rule) &&
		strstr(canonical, "FREQ=SECONDLY"))
		return err_set(err, ERR_FAILED, "its RRULE, every second, has no end");
	/* A floating start or a date has no zone here: allow for a day. */
	if (kind == RECUR_UNTIL_UTC && stamp_utc(&d->start, &start) < 0)
		until += DAY;
	if (kind == RECUR_UNTIL_DATE)
		until += DAY - 1;
	if (kind != RECUR_UNTIL_NONE && until < start)
		return err_set(err, ERR_FAILED, "the UNTIL of its RRULE is before DTSTART");
	return 0;
}

static int set_rules(struct draft *d, struct err *err)
{
	/* An instance that replaces another does not recur. */
	if (d->seen[ICS_RECURRENCE_ID] && !d->e.future)
		return 0;
	if (d->c->rules_n && d->c->kind == ICS_AVAILABILITY)
		return err_set(err, ERR_FAILED, "a VAVAILABILITY cannot have an RRULE");
	for (const char *p = d->c->rules.s; *p;) {
		size_t n = strcspn(p, "\n");
		bool is_out = *p == '-';
		_cleanup_(freep) char *text = xstrndup(p + is_out, n - is_out);
		_cleanup_(recur_freep) struct recur *rule = NULL;
		_cleanup_(strbuf_done) struct strbuf canonical = STRBUF_INIT;

		if (recur_parse(text, &rule, err) < 0)
			return err_wrap(err, "its %s", is_out ? "EXRULE" : "RRULE");
		if (is_out)
			strbuf_addc(&canonical, '-');
		recur_print(rule, &canonical);
		if (!is_out && check_rule(d, rule, canonical.s, err) < 0)
			return -1;
		add_line(&d->rule, canonical.s);
		p += n + 1;
	}
	return 0;
}

/* Add what the draft has to the calendar. The new event keeps its own buffers for texts, which event_set() fills; the other
 * members are copied. The lists of RDATE and EXDATE go over from the draft to the event. */
static void deliver(struct draft *d, const char *parent)
{
	struct event *e = calendar_add(d->r->calendar);
	char *strings[] = { e->uid, e->parent, e->summary, e->categories, e->declined, e->zone,
		e->rule };
	struct event own = d->e;

	own.uid = strings[0];
	own.parent = strings[1];
	own.summary = strings[2];
	own.categories = strings[3];
	own.declined = strings[4];
	own.zone = strings[5];
	own.rule = strings[6];
	*e = own;
	d->e.rdates = d->e.exdates = NULL;
	event_set(&e->uid, d->e.uid);
	event_set(&e->parent, parent);
	event_set(&e->summary, d->e.summary ? d->e.summary : "");
	event_set(&e->categories, d->categories.s);
	event_set(&e->declined, d->declined.s);
	event_set(&e->zone, d->start.form == TIME_ZONED ? d->start.zone->name : "");
	event_set(&e->rule, d->rule.s);
	e->kind = kind_of(d);
	e->form = d->start.form;
	e->start = d->start.at;
	if (d->seen[ICS_RECURRENCE_ID]) {
		e->is_override = true;
		e->instance = to_date(&d->instance, d->start.zone);
	}
}

int ics_add_event(struct ics_reader *r, const struct ics_component *c, const char *parent,
	char **ret_uid, struct err *err)
{
	_cleanup_(draft_done) struct draft d = {
		.r = r,
		.c = c,
		.categories = STRBUF_INIT,
		.declined = STRBUF_INIT,
		.rule = STRBUF_INIT,
	};
	icalcomponent *parsed = ics_component_parse(r->lib, c);
	char made[32];
	int ret;

	if (!parsed)
		return err_set(err, ERR_FAILED, "it cannot be read");
	read_words(&d, parsed);
	if (d.e.uid)
		*ret_uid = xstrdup(d.e.uid);
	ret = c->fault ? err_set(err, ERR_FAILED, "%s", c->fault) : read_times(&d, parsed, err);
	r->lib->icalcomponent_free(parsed);
	if (ret < 0 || set_start(&d, err) < 0 || set_length(&d, err) < 0 || set_rules(&d, err) < 0)
		return -1;
	if (!d.e.uid) {
		/* A UID that is the same each time the calendar is read. */
		snprintf(
			made, sizeof(made), "no-uid-%016" PRIx64, ics_hash(c->text.s, c->text.len));
		d.e.uid = xstrdup(made);
		*ret_uid = xstrdup(made);
	}
	deliver(&d, parent);
	return 0;
}
