/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/feedmsg.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/calendar/recur.h"
#include "lib/calendar/vtimezone.h"

/* A number is written seven bits a byte, the lowest first; all bytes but the last have their highest bit set. Its sign is the lowest bit
 * of all. A text is its length as a number, and its bytes. */

enum {
	DAY = 86400,
	REFUSALS_MAX = ICS_REPORTS_MAX * (EVENT_UID_MAX + 512),
	TZID_BYTES_MAX = 255,
	ZONE_BYTES_MAX = 200 << 10, /* of a zone as vtimezone_print() writes it */
	CATEGORIES_MAX = 4 * ICS_CATEGORIES_MAX,
	RULES_BYTES_MAX = ICS_RULES_MAX * (RECUR_TEXT_MAX + 2),
	DATES_MAX = ICS_BYTES_MAX / 8, /* of all events; a date of iCalendar has so many bytes */
	DATE_BYTES_MIN = 3,
};

/* A VAVAILABILITY without a start begins long before its end. A time in another zone may be a day further. */
#define EARLIEST (CALENDAR_FIRST - EVENT_LENGTH_MAX_S - 2 * DAY)
#define LATEST   (CALENDAR_LAST + 2 * DAY)

void feed_answer_done(struct feed_answer *a)
{
	calendar_free(a->calendar);
	ics_report_done(&a->report);
	*a = (struct feed_answer)FEED_ANSWER_INIT;
}

/* Writing. */

static void put_number(struct strbuf *to, int64_t number)
{
	uint64_t rest = ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0);

	for (; rest > 0x7f; rest >>= 7)
		strbuf_addc(to, (char)(0x80 | (rest & 0x7f)));
	strbuf_addc(to, (char)rest);
}

static void put_text(struct strbuf *to, const char *text)
{
	size_t n = strlen(text);

	put_number(to, (int64_t)n);
	strbuf_add(to, text, n);
}

static void put_copy(struct strbuf *to, const struct feed_copy *c)
{
	put_text(to, c->etag);
	put_text(to, c->last_modified);
	put_text(to, c->hash);
}

void feed_job_put(const struct feed_job *job, struct strbuf *to)
{
	put_text(to, job->url);
	put_copy(to, &job->copy);
	put_number(to, job->timeout_s);
	put_number(to, job->allow_private);
	put_text(to, job->ca_file);
}

static void put_dates(struct strbuf *to, const struct event_date *list, size_t n)
{
	put_number(to, (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		put_number(to, list[i].form);
		put_number(to, list[i].at);
		put_number(to, list[i].length);
	}
}

static void put_event(struct strbuf *to, const struct event *e)
{
	const char *const texts[] = { e->uid, e->parent, e->summary, e->categories, e->declined,
		e->zone, e->rule };
	const int64_t numbers[] = { e->kind, e->cancelled, e->secret, e->sequence, e->priority,
		e->form, e->start, e->days, e->seconds, e->is_override, e->future };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		put_text(to, texts[i]);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		put_number(to, numbers[i]);
	put_dates(to, e->rdates, e->rdates_n);
	put_dates(to, e->exdates, e->exdates_n);
	put_dates(to, &e->instance, e->is_override);
}

static void put_zone(struct strbuf *to, const struct zone *z)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	vtimezone_print(z, &text);
	put_text(to, zone_name(z));
	put_text(to, text.s);
}

void feed_answer_put(const struct feed_answer *a, struct strbuf *to)
{
	const struct calendar *c = a->calendar;

	put_number(to, a->result);
	put_copy(to, &a->copy);
	if (a->result == FEED_FAILED)
		put_text(to, a->why);
	if (a->result != FEED_READ)
		return;
	put_text(to, a->report.name);
	put_text(to, a->report.zone);
	put_number(to, (int64_t)a->report.events);
	put_number(to, (int64_t)a->report.refused);
	put_text(to, a->report.refusals.s);
	put_number(to, (int64_t)c->zones_n);
	for (size_t i = 0; i < c->zones_n; i++)
		put_zone(to, c->zones[i]);
	put_number(to, (int64_t)c->events_n);
	for (size_t i = 0; i < c->events_n; i++)
		put_event(to, &c->events[i]);
}

/* Reading. */

/* What is left of a message. After the first thing that cannot be, `fault` says what it is, and all that is read is 0 or "". */
struct message {
	const unsigned char *p, *end;
	const char *fault;
	size_t dates; /* of all events so far */
};

static void spoil(struct message *m, const char *fault)
{
	if (!m->fault)
		m->fault = fault;
	m->p = m->end;
}

static int64_t get_number(struct message *m, int64_t min, int64_t max, const char *what)
{
	uint64_t raw = 0;
	int64_t number;
	unsigned shift = 0, byte = 0x80;

	for (; byte & 0x80 && shift < 64 && m->p < m->end; shift += 7) {
		byte = *m->p++;
		raw |= (uint64_t)(byte & 0x7f) << shift;
	}
	number = (int64_t)(raw >> 1) ^ -(int64_t)(raw & 1);
	if (byte & 0x80 || number < min || number > max)
		spoil(m, what);
	return m->fault ? min > 0 ? min : 0 : number;
}

static bool get_bool(struct message *m, const char *what)
{
	return get_number(m, 0, 1, what) == 1;
}

/* How a text may be: in one line, or in several. */
enum text_form { ONE_LINE, LINES };

static bool is_sound(const char *text, enum text_form form)
{
	_cleanup_(freep) char *flat = xstrdup(text);

	for (char *c = flat; form == LINES && *c; c++) {
		if (*c == '\n')
			*c = ' ';
	}
	return text_is_utf8(flat) && !text_has_control(flat);
}

/* The caller frees the text. */
static char *get_text(struct message *m, size_t max, enum text_form form, const char *what)
{
	size_t n = (size_t)get_number(m, 0, (int64_t)max, what);
	_cleanup_(freep) char *text = NULL;

	if (n > (size_t)(m->end - m->p) || memchr(m->p, '\0', n)) {
		spoil(m, what);
		return xstrdup("");
	}
	text = xstrndup((const char *)m->p, n);
	m->p += n;
	if (is_sound(text, form))
		return TAKE_PTR(text);
	spoil(m, what);
	return xstrdup("");
}

static void copy_text(struct message *m, char *to, size_t size, const char *what)
{
	_cleanup_(freep) char *text = get_text(m, size - 1, ONE_LINE, what);

	text_copy(to, size, text);
}

static void get_copy(struct message *m, struct feed_copy *ret)
{
	copy_text(m, ret->etag, sizeof(ret->etag), "ETag");
	copy_text(m, ret->last_modified, sizeof(ret->last_modified), "Last-Modified");
	copy_text(m, ret->hash, sizeof(ret->hash), "hash");
}

/* Whether all was read, and nothing was wrong. */
static int finish(struct message *m, const char *whose, struct err *err)
{
	if (m->p != m->end)
		spoil(m, "end");
	return m->fault ? err_set(err, ERR_FAILED, "%s is damaged: %s", whose, m->fault) : 0;
}

int feed_job_get(const void *bytes, size_t n, struct feed_job *ret, struct err *err)
{
	struct message m = { .p = bytes, .end = (const unsigned char *)bytes + n };

	copy_text(&m, ret->url, sizeof(ret->url), "address");
	get_copy(&m, &ret->copy);
	ret->timeout_s = get_number(&m, 1, FEED_TIMEOUT_MAX_S, "time limit");
	ret->allow_private = get_bool(&m, "private addresses");
	copy_text(&m, ret->ca_file, sizeof(ret->ca_file), "certificates");
	return finish(&m, "the job", err);
}

static void get_date(struct message *m, struct event_date *ret)
{
	ret->form = (enum time_form)get_number(m, TIME_DATE, TIME_ZONED, "form of a date");
	ret->at = get_number(m, EARLIEST, LATEST, "date");
	ret->length = get_number(m, -1, EVENT_LENGTH_MAX_S, "length of a date");
}

static void get_dates(struct message *m, struct event_date **ret, size_t *ret_n)
{
	size_t n = (size_t)get_number(m, 0, EVENT_DATES_MAX, "number of dates");

	m->dates += n;
	if (m->dates > DATES_MAX || n > (size_t)(m->end - m->p) / DATE_BYTES_MIN) {
		spoil(m, "number of dates");
		return;
	}
	if (n)
		*ret = xcalloc(n, sizeof(**ret));
	for (; *ret_n < n; ++*ret_n)
		get_date(m, &(*ret)[*ret_n]);
}

static void get_texts(struct message *m, struct event *e)
{
	const struct {
		char **text;
		size_t max;
		enum text_form form;
		const char *what;
	} list[] = {
		{ &e->uid, EVENT_UID_MAX, ONE_LINE, "UID" },
		{ &e->parent, EVENT_UID_MAX, ONE_LINE, "UID of a VAVAILABILITY" },
		{ &e->summary, EVENT_SUMMARY_MAX, ONE_LINE, "SUMMARY" },
		{ &e->categories, CATEGORIES_MAX, LINES, "CATEGORIES" },
		{ &e->declined, ICS_COMPONENT_MAX, LINES, "ATTENDEE" },
		{ &e->zone, TZID_BYTES_MAX, ONE_LINE, "TZID" },
		{ &e->rule, RULES_BYTES_MAX, LINES, "RRULE" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		free(*list[i].text);
		*list[i].text = get_text(m, list[i].max, list[i].form, list[i].what);
	}
}

static bool are_rules(const char *rules)
{
	for (const char *p = rules; *p;) {
		size_t n = strcspn(p += *p == '-', "\n");
		_cleanup_(freep) char *text = xstrndup(p, n);
		_cleanup_(recur_freep) struct recur *rule = NULL;

		if (recur_parse(text, &rule, NULL) < 0)
			return false;
		p += n + (p[n] == '\n');
	}
	return true;
}

static bool has_zoned(const struct event_date *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].form == TIME_ZONED)
			return true;
	}
	return false;
}

/* What must be so of an event besides the range of each value. */
static const char *odd(const struct event *e)
{
	bool zoned = e->form == TIME_ZONED;

	if (!*e->uid)
		return "UID";
	if (zoned != (*e->zone != '\0') ||
		(!zoned &&
			(has_zoned(e->rdates, e->rdates_n) || has_zoned(e->exdates, e->exdates_n) ||
				has_zoned(&e->instance, 1))))
		return "TZID";
	if ((e->kind == EVENT_AVAILABLE) != (*e->parent != '\0'))
		return "UID of a VAVAILABILITY";
	if (e->days * (int64_t)DAY + e->seconds > EVENT_LENGTH_MAX_S)
		return "length";
	if (e->future && !e->is_override)
		return "RANGE";
	return are_rules(e->rule) ? NULL : "RRULE";
}

static void get_event(struct message *m, struct calendar *to)
{
	struct event *e = calendar_add(to);
	const char *fault;

	get_texts(m, e);
	e->kind = (enum event_kind)get_number(m, 0, EVENT_KIND_COUNT - 1, "kind");
	e->cancelled = get_bool(m, "STATUS");
	e->secret = get_bool(m, "CLASS");
	e->sequence = get_number(m, INT32_MIN, INT32_MAX, "SEQUENCE");
	e->priority = (int)get_number(m, INT32_MIN, INT32_MAX, "PRIORITY");
	e->form = (enum time_form)get_number(m, TIME_DATE, TIME_ZONED, "form of DTSTART");
	e->start = get_number(m, EARLIEST, LATEST, "DTSTART");
	e->days = (int32_t)get_number(m, 0, EVENT_LENGTH_MAX_S / DAY, "length");
	e->seconds = get_number(m, 0, EVENT_LENGTH_MAX_S, "length");
	e->is_override = get_bool(m, "RECURRENCE-ID");
	e->future = get_bool(m, "RANGE");
	get_dates(m, &e->rdates, &e->rdates_n);
	get_dates(m, &e->exdates, &e->exdates_n);
	if (get_number(m, e->is_override, e->is_override, "RECURRENCE-ID") && !m->fault)
		get_date(m, &e->instance);
	fault = m->fault ? NULL : odd(e);
	if (fault)
		spoil(m, fault);
}

static void get_zone(struct message *m, struct calendar *to)
{
	_cleanup_(freep) char *name = get_text(m, TZID_BYTES_MAX, ONE_LINE, "TZID"),
			      *text = get_text(m, ZONE_BYTES_MAX, ONE_LINE, "VTIMEZONE");
	struct zone *z;

	if (m->fault || vtimezone_parse(name, text, &z, NULL) < 0) {
		spoil(m, "VTIMEZONE");
		return;
	}
	to->zones = mem_grow(to->zones, &to->zones_cap, to->zones_n + 1, sizeof(struct zone *));
	to->zones[to->zones_n++] = z;
}

static void get_report(struct message *m, struct ics_report *ret)
{
	_cleanup_(freep) char *refusals = NULL;

	copy_text(m, ret->name, sizeof(ret->name), "name");
	copy_text(m, ret->zone, sizeof(ret->zone), "zone");
	ret->events = (size_t)get_number(m, 0, ICS_COMPONENTS_MAX, "number of events");
	ret->refused = (size_t)get_number(m, 0, ICS_COMPONENTS_MAX, "number of events left out");
	refusals = get_text(m, REFUSALS_MAX, LINES, "events left out");
	strbuf_adds(&ret->refusals, refusals);
}

static void get_calendar(struct message *m, struct feed_answer *ret)
{
	size_t n;

	get_report(m, &ret->report);
	ret->calendar = calendar_new(CALENDAR_EVENTS);
	n = (size_t)get_number(m, 0, ICS_TZIDS_MAX, "number of zones");
	for (size_t i = 0; i < n && !m->fault; i++)
		get_zone(m, ret->calendar);
	n = (size_t)get_number(m, 0, CALENDAR_EVENTS_MAX, "number of events");
	for (size_t i = 0; i < n && !m->fault; i++)
		get_event(m, ret->calendar);
	if (!m->fault)
		calendar_settle(ret->calendar);
}

static bool is_hash(const char *text)
{
	return strlen(text) == sizeof(((struct feed_copy *)0)->hash) - 1 &&
		text_is_of(text, "0123456789abcdef", SIZE_MAX);
}

int feed_answer_get(const void *bytes, size_t n, struct feed_answer *ret, struct err *err)
{
	struct message m = { .p = bytes, .end = (const unsigned char *)bytes + n };

	*ret = (struct feed_answer)FEED_ANSWER_INIT;
	ret->result = (enum feed_result)get_number(&m, 0, FEED_RESULT_COUNT - 1, "result");
	get_copy(&m, &ret->copy);
	if (*ret->copy.hash && !is_hash(ret->copy.hash))
		spoil(&m, "hash");
	if (ret->result == FEED_FAILED)
		copy_text(&m, ret->why, sizeof(ret->why), "reason");
	if (ret->result == FEED_READ)
		get_calendar(&m, ret);
	if (m.fault && ret->result == FEED_READ && ret->calendar && ret->calendar->events_n)
		return err_set(err, ERR_FAILED, "the answer is damaged: %s of event %zu", m.fault,
			ret->calendar->events_n);
	return finish(&m, "the answer", err);
}
