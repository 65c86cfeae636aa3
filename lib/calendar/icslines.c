/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/icslines.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/calendar/calendar.h"

enum {
	PARAMETERS_MAX = 64,
	PARAMETERS_BYTES_MAX = 4096, /* of a line with one value */
	LIST_BYTES_MAX = 512, /* of a list: the parser copies its parameters for each value */
	LIST_PART = 100,      /* values of a list in one line for the parser */
	VALUE_MAX = 64,       /* bytes of a time */
	DIGITS_MAX = 8,       /* digits in a row in a time */
	SUMMARY_MAX = 2000,
};

/* How it works: each line is unfolded, BEGIN and END push and pop a stack of components, and take_property() keeps the lines that
 * `properties` names and drops all others. Two kinds of limits keep the parser safe:
 * - a limit of the whole (bytes, depth, events, components) refuses the file, in begin() and icslines_read();
 * - a limit of a component (its bytes, rules, dates, the length of a line, values that are no times) gives that component a
 *   fault. Its further lines are dropped, but for the UID that the message needs, and the others are read on.
 * Words are cut or dropped without a fault: an event with half its summary is still the same event. */

#define IN(kind)  (1U << (kind))
#define IN_EVENTS (IN(ICS_EVENT) | IN(ICS_AVAILABILITY) | IN(ICS_AVAILABLE))

enum treatment { KEEP_TIME, KEEP_LIST, KEEP_OFFSET, KEEP_WORD, KEEP_RULE, KEEP_DECLINED };

static const struct property {
	const char *name;
	enum treatment treatment;
	enum ics_time time;
	unsigned where;
} properties[] = {
	{ "DTSTART", KEEP_TIME, ICS_DTSTART, IN_EVENTS | IN(ICS_OBSERVANCE) },
	{ "DTEND", KEEP_TIME, ICS_DTEND, IN_EVENTS },
	{ "DURATION", KEEP_TIME, ICS_DURATION, IN_EVENTS },
	{ "RECURRENCE-ID", KEEP_TIME, ICS_RECURRENCE_ID, IN_EVENTS },
	{ "RDATE", KEEP_LIST, ICS_RDATE, IN_EVENTS | IN(ICS_OBSERVANCE) },
	{ "EXDATE", KEEP_LIST, ICS_EXDATE, IN_EVENTS },
	{ "TZOFFSETFROM", KEEP_OFFSET, ICS_OFFSET_FROM, IN(ICS_OBSERVANCE) },
	{ "TZOFFSETTO", KEEP_OFFSET, ICS_OFFSET_TO, IN(ICS_OBSERVANCE) },
	{ "RRULE", KEEP_RULE, 0, IN_EVENTS | IN(ICS_OBSERVANCE) },
	{ "EXRULE", KEEP_RULE, 0, IN_EVENTS },
	{ "UID", KEEP_WORD, 0, IN_EVENTS },
	{ "SEQUENCE", KEEP_WORD, 0, IN_EVENTS },
	{ "PRIORITY", KEEP_WORD, 0, IN(ICS_AVAILABILITY) },
	{ "SUMMARY", KEEP_WORD, 0, IN_EVENTS },
	{ "CATEGORIES", KEEP_WORD, 0, IN_EVENTS },
	{ "CLASS", KEEP_WORD, 0, IN_EVENTS },
	{ "STATUS", KEEP_WORD, 0, IN_EVENTS },
	{ "TRANSP", KEEP_WORD, 0, IN_EVENTS },
	{ "X-MICROSOFT-CDO-BUSYSTATUS", KEEP_WORD, 0, IN_EVENTS },
	{ "ATTENDEE", KEEP_DECLINED, 0, IN_EVENTS },
	{ "TZID", KEEP_WORD, 0, IN(ICS_TIMEZONE) },
	{ "NAME", KEEP_WORD, 0, IN(ICS_CALENDAR) },
	{ "X-WR-CALNAME", KEEP_WORD, 0, IN(ICS_CALENDAR) },
	{ "X-WR-TIMEZONE", KEEP_WORD, 0, IN(ICS_CALENDAR) },
};

static const struct {
	const char *name;
	enum ics_kind kind;
} kinds[] = {
	{ "VCALENDAR", ICS_CALENDAR },
	{ "VEVENT", ICS_EVENT },
	{ "VAVAILABILITY", ICS_AVAILABILITY },
	{ "AVAILABLE", ICS_AVAILABLE },
	{ "VTIMEZONE", ICS_TIMEZONE },
	{ "STANDARD", ICS_OBSERVANCE },
	{ "DAYLIGHT", ICS_OBSERVANCE },
};

struct reader {
	const unsigned char *p, *end;
	size_t number;      /* of the line before p */
	size_t begins;      /* number of the line in the file at which `line` begins */
	struct strbuf line; /* unfolded */
	bool is_cut;
	struct ics_component stack[ICS_DEPTH_MAX];
	size_t depth;
	size_t events, components;
	struct icslines out;
};

const char *ics_time_name(enum ics_time t)
{
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		if (properties[i].time == t && properties[i].treatment <= KEEP_OFFSET)
			return properties[i].name;
	}
	return "";
}

void ics_report_done(struct ics_report *r)
{
	strbuf_done(&r->refusals);
}

uint64_t ics_hash(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3;
	return h;
}

static void lines_done(struct ics_component *c)
{
	strbuf_done(&c->text);
	strbuf_done(&c->rules);
	free(c->fault);
	free(c->children);
}

static void component_done(struct ics_component *c)
{
	for (size_t i = 0; i < c->children_n; i++)
		lines_done(&c->children[i]);
	lines_done(c);
}

void icslines_done(struct icslines *l)
{
	for (size_t i = 0; i < l->n; i++)
		component_done(&l->list[i]);
	free(l->list);
	*l = (struct icslines){ 0 };
}

static void reader_done(struct reader *r)
{
	strbuf_done(&r->line);
	while (r->depth)
		component_done(&r->stack[--r->depth]);
	icslines_done(&r->out);
}

/* Say what is wrong with a component. The first fault counts. */
static void fault(struct ics_component *c, const char *fmt, ...) PRINTF_LIKE(2);
static void fault(struct ics_component *c, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	if (c->fault)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->fault = xstrdup(text);
}

/* Read a line as Windows-1252, which is Latin-1 with characters at 0x80 to 0x9f. */
static void to_utf8(struct strbuf *line)
{
	static const uint16_t high[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
		0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019,
		0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,
		0x017e, 0x0178 };
	struct strbuf to = STRBUF_INIT;

	for (size_t i = 0; i < line->len; i++) {
		unsigned c = (unsigned char)line->s[i];

		if (c >= 0x80 && c < 0xa0)
			c = high[c - 0x80] ? high[c - 0x80] : '?';
		if (c >= 0x800)
			strbuf_addc(&to, (char)(0xe0 | c >> 12));
		if (c >= 0x80)
			strbuf_addc(
				&to, (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6));
		strbuf_addc(&to, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
	}
	strbuf_done(line);
	*line = to;
}

static bool is_line_end(unsigned char c)
{
	return c == '\r' || c == '\n';
}

/* Skip line ends; CRLF is one. */
static const unsigned char *skip_ends(
	const struct reader *r, const unsigned char *p, size_t *number)
{
	for (; p < r->end && is_line_end(*p); p++) {
		if (*p == '\n' || p + 1 == r->end || p[1] != '\n')
			(*number)++;
	}
	return p;
}

/* Unfold the next line that is not empty into r->line: a line that begins with a blank goes on the one before it. Above
 * ICS_LINE_MAX the rest is read and dropped. */
static bool next_line(struct reader *r)
{
	size_t room;

	r->p = skip_ends(r, r->p, &r->number);
	if (r->p == r->end)
		return false;
	r->begins = r->number;
	r->is_cut = false;
	strbuf_cut(&r->line, 0);
	for (;;) {
		const unsigned char *start = r->p, *next;
		size_t number = r->number;

		while (r->p < r->end && !is_line_end(*r->p))
			r->p++;
		room = ICS_LINE_MAX - r->line.len;
		r->is_cut |= (size_t)(r->p - start) > room;
		strbuf_add(&r->line, start, r->is_cut ? room : (size_t)(r->p - start));
		next = skip_ends(r, r->p, &number);
		if (next == r->p || next == r->end || (*next != ' ' && *next != '\t'))
			break;
		r->p = next + 1;
		r->number = number;
	}
	for (size_t i = 0; i < r->line.len; i++) {
		unsigned char c = (unsigned char)r->line.s[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			r->line.s[i] = c ? '?' : ' ';
	}
	if (r->is_cut)
		text_cut(r->line.s, r->line.len);
	strbuf_cut(&r->line, strlen(r->line.s));
	while (r->line.len && isspace((unsigned char)r->line.s[r->line.len - 1]))
		strbuf_cut(&r->line, r->line.len - 1);
	if (!text_is_utf8(r->line.s))
		to_utf8(&r->line);
	return true;
}

/* The value: it begins behind the first colon outside quotes, which ends the parameters. NULL if there is no colon. */
static const char *find_value(const char *line, size_t *ret_parameters)
{
	bool quoted = false;

	*ret_parameters = 0;
	for (const char *p = line; *p; p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (!quoted && *p == ';')
			(*ret_parameters)++;
		else if (!quoted && *p == ':')
			return p + 1;
	}
	return NULL;
}

static bool is_offset(const char *s)
{
	size_t n = strspn(s + (*s ? 1 : 0), "0123456789");

	return (*s == '+' || *s == '-') && (n == 4 || n == 6) && !s[1 + n];
}

static bool is_time(const char *s, size_t n)
{
	size_t digits = 0;

	for (size_t i = 0; i < n; i++) {
		digits = isdigit((unsigned char)s[i]) ? digits + 1 : 0;
		if (digits > DIGITS_MAX)
			return false;
	}
	return n <= VALUE_MAX;
}

static void keep(struct ics_component *c, const char *line, size_t n)
{
	if (c->text.len + n + 2 > ICS_COMPONENT_MAX) {
		fault(c, "it is larger than %d KiB", ICS_COMPONENT_MAX >> 10);
		return;
	}
	strbuf_add(&c->text, line, n);
	strbuf_adds(&c->text, "\r\n");
}

/* Keep a list as lines of at most LIST_PART values. `head` is the length of the name and the parameters, which each line
 * begins with. Empty items are dropped. */
static void keep_list(struct ics_component *c, const struct property *p, const char *line,
	size_t head, const char *value)
{
	struct strbuf part = STRBUF_INIT;
	size_t in_part = 0;

	strbuf_add(&part, line, head);
	for (const char *item = value; *item && !c->fault;) {
		size_t n = strcspn(item, ",");

		if (n && !is_time(item, n))
			fault(c, "%s has the value '%.*s'", p->name, n > 40 ? 40 : (int)n, item);
		else if (n && c->values[p->time] == EVENT_DATES_MAX)
			fault(c, "it has more than %d %ss", EVENT_DATES_MAX, p->name);
		else if (n) {
			if (in_part)
				strbuf_addc(&part, ',');
			strbuf_add(&part, item, n);
			c->values[p->time]++;
			if (++in_part == LIST_PART) {
				keep(c, part.s, part.len);
				strbuf_cut(&part, head);
				in_part = 0;
			}
		}
		item += n + (item[n] == ',');
	}
	if (in_part)
		keep(c, part.s, part.len);
	strbuf_done(&part);
}

static void keep_rule(struct ics_component *c, const struct property *p, const char *value)
{
	if (c->rules_n == ICS_RULES_MAX || c->rules.len + strlen(value) > ICS_COMPONENT_MAX) {
		fault(c, "it has more than %d RRULEs and EXRULEs", ICS_RULES_MAX);
		return;
	}
	c->rules_n++;
	if (!strcmp(p->name, "EXRULE"))
		strbuf_addc(&c->rules, '-');
	strbuf_adds(&c->rules, value);
	strbuf_addc(&c->rules, '\n');
}

static void keep_word(
	struct ics_component *c, const struct property *p, const char *line, size_t head, size_t n)
{
	if (!strcmp(p->name, "SUMMARY") && n - head > SUMMARY_MAX) {
		_cleanup_(freep) char *cut = xstrdup(line);
		size_t slashes = 0;

		text_cut(cut, head + SUMMARY_MAX);
		n = strlen(cut);
		while (slashes < n - head && cut[n - 1 - slashes] == '\\')
			slashes++;
		n -= slashes % 2; /* an odd backslash is the first half of an escape */
		keep(c, cut, n);
		return;
	}
	if (!strcmp(p->name, "CATEGORIES")) {
		if (c->categories_n + n - head > ICS_CATEGORIES_MAX || head > LIST_BYTES_MAX)
			return;
		c->categories_n += n - head;
	}
	if (n - head <= PARAMETERS_BYTES_MAX)
		keep(c, line, n);
}

/* Whether the parameters, between `line` and `value`, say that the attendee has declined. */
static bool has_declined(const char *line, const char *value)
{
	static const char word[] = "DECLINED";

	for (const char *p = line; value - p >= (ptrdiff_t)sizeof(word); p++) {
		if (!strncasecmp(p, word, sizeof(word) - 1))
			return true;
	}
	return false;
}

static const struct property *find_property(const char *line, enum ics_kind kind)
{
	size_t n = strcspn(line, ";:");

	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		const struct property *p = &properties[i];

		if (p->where & IN(kind) && !strncasecmp(p->name, line, n) && !p->name[n])
			return p;
	}
	return NULL;
}

static void take_property(struct reader *r, struct ics_component *c)
{
	const struct property *p = find_property(r->line.s, c->kind);
	size_t parameters, head;
	const char *value;
	bool is_needed;

	if (!p || (c->fault && strcmp(p->name, "UID") != 0))
		return;
	memcpy(r->line.s, p->name,
		strlen(p->name)); /* the parser knows X- names in capitals only */
	is_needed = p->treatment <= KEEP_OFFSET || p->treatment == KEEP_RULE;
	value = find_value(r->line.s, &parameters);
	head = value ? (size_t)(value - r->line.s) : 0;
	if (!value || parameters > PARAMETERS_MAX || head > PARAMETERS_BYTES_MAX ||
		(p->treatment == KEEP_LIST && head > LIST_BYTES_MAX)) {
		if (is_needed)
			fault(c, "line %zu, %s, %s", r->begins, p->name,
				value ? "has too many parameters" : "has no value");
		return;
	}
	if (!value[strspn(value, " \t,")])
		return;
	if (r->is_cut && is_needed) {
		fault(c, "line %zu, %s, is longer than %d KiB", r->begins, p->name,
			ICS_LINE_MAX >> 10);
		return;
	}
	switch (p->treatment) {
	case KEEP_TIME:
		if (c->values[p->time]++)
			fault(c, "it has more than one %s", p->name);
		else if (!is_time(value, strlen(value)))
			fault(c, "%s has the value '%.40s'", p->name, value);
		else
			keep(c, r->line.s, r->line.len);
		break;
	case KEEP_OFFSET:
		if (c->values[p->time]++)
			fault(c, "it has more than one %s", p->name);
		else if (!is_offset(value))
			fault(c, "%s has the value '%.40s'", p->name, value);
		else
			keep(c, r->line.s, r->line.len);
		break;
	case KEEP_LIST: keep_list(c, p, r->line.s, head, value); break;
	case KEEP_RULE: keep_rule(c, p, value); break;
	case KEEP_WORD: keep_word(c, p, r->line.s, head, r->line.len); break;
	case KEEP_DECLINED:
		if (has_declined(r->line.s, value))
			keep_word(c, p, r->line.s, head, r->line.len);
		break;
	}
}

/* BEGIN opens a component inside the innermost one. Depth, events and components are counted here, before anything is parsed: what
 * is beyond a limit ends the reading. A component inside one of its own kind means that an END is missing. */
static int begin(struct reader *r, const char *name, struct err *err)
{
	struct ics_component *c;
	enum ics_kind kind = ICS_OTHER;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcasecmp(kinds[i].name, name))
			kind = kinds[i].kind;
	}
	if (!r->depth && kind != ICS_CALENDAR)
		return 0;
	if (r->depth == ICS_DEPTH_MAX)
		return err_set(err, ERR_FAILED,
			"line %zu: components are nested more than %d deep, an END is missing",
			r->begins, ICS_DEPTH_MAX);
	if ((IN_EVENTS & IN(kind)) && ++r->events > CALENDAR_EVENTS_MAX)
		return err_set(err, ERR_FAILED,
			"the calendar has more than %d events; export fewer years or split it",
			CALENDAR_EVENTS_MAX);
	if (kind != ICS_OTHER && ++r->components > ICS_COMPONENTS_MAX)
		return err_set(err, ERR_FAILED, "the calendar has more than %d components",
			ICS_COMPONENTS_MAX);
	c = r->depth ? &r->stack[r->depth - 1] : NULL;
	if (c && kind != ICS_OTHER && c->kind == kind)
		fault(c, "END:%s is missing before line %zu", c->name, r->begins);
	c = &r->stack[r->depth++];
	*c = (struct ics_component){
		.kind = kind, .line = r->begins, .text = STRBUF_INIT, .rules = STRBUF_INIT
	};
	snprintf(c->name, sizeof(c->name), "%s", name);
	return 0;
}

static void push(struct ics_component **list, size_t *n, size_t *cap, const struct ics_component *c)
{
	*list = mem_grow(*list, cap, *n + 1, sizeof(**list));
	(*list)[(*n)++] = *c;
}

/* Close the innermost component. */
static void pop(struct reader *r)
{
	struct ics_component c = r->stack[--r->depth];
	struct ics_component *parent = r->depth ? &r->stack[r->depth - 1] : NULL;

	if (c.kind == ICS_OBSERVANCE && parent && parent->kind == ICS_TIMEZONE) {
		push(&parent->children, &parent->children_n, &parent->children_cap, &c);
		return;
	}
	if (c.kind == ICS_AVAILABLE && parent && parent->kind == ICS_AVAILABILITY) {
		push(&parent->children, &parent->children_n, &parent->children_cap, &c);
		return;
	}
	if (c.kind == ICS_AVAILABLE)
		fault(&c, "it is not inside a VAVAILABILITY");
	if (c.kind == ICS_OTHER || c.kind == ICS_OBSERVANCE)
		component_done(&c);
	else
		push(&r->out.list, &r->out.n, &r->out.cap, &c);
}

/* END closes the innermost component of that name. Components inside it that have not ended get a fault. An END that fits no
 * open component is ignored. */
static void end(struct reader *r, const char *name)
{
	size_t at = r->depth;

	while (at && strncasecmp(r->stack[at - 1].name, name, sizeof(r->stack->name) - 1) != 0)
		at--;
	if (!at)
		return;
	while (r->depth > at) {
		fault(&r->stack[r->depth - 1], "END:%s is missing before line %zu",
			r->stack[r->depth - 1].name, r->begins);
		pop(r);
	}
	pop(r);
}

static int take_line(struct reader *r, struct err *err)
{
	const char *line = r->line.s, *value = strchr(line, ':');
	size_t name = strcspn(line, ";:");

	if (value && name == 5 && !strncasecmp(line, "BEGIN", name))
		return begin(r, value + 1 + strspn(value + 1, " \t"), err);
	if (value && name == 3 && !strncasecmp(line, "END", name)) {
		end(r, value + 1 + strspn(value + 1, " \t"));
		return 0;
	}
	if (r->depth)
		take_property(r, &r->stack[r->depth - 1]);
	return 0;
}

static int not_ics(const unsigned char *bytes, size_t n, struct err *err)
{
	size_t blank = 0;

	while (blank < n && isspace(bytes[blank]))
		blank++;
	if (blank == n)
		return err_set(err, ERR_FAILED, "there is no data");
	if (memchr(bytes, '\0', n < 4096 ? n : 4096))
		return err_set(err, ERR_FAILED, "this is binary data, not iCalendar data");
	if (bytes[blank] == '<')
		return err_set(err, ERR_FAILED,
			"this is a web page (HTML or XML), not iCalendar data; is it a login page?");
	return err_set(
		err, ERR_FAILED, "this is not iCalendar data: there is no line BEGIN:VCALENDAR");
}

int icslines_read(const void *bytes, size_t n, struct icslines *ret, struct err *err)
{
	_cleanup_(reader_done) struct reader r = { .p = bytes, .number = 1, .line = STRBUF_INIT };

	if (n > ICS_BYTES_MAX)
		return err_set(
			err, ERR_FAILED, "the calendar is larger than %d MiB", ICS_BYTES_MAX >> 20);
	if (n >= 2 && (!memcmp(bytes, "\xff\xfe", 2) || !memcmp(bytes, "\xfe\xff", 2)))
		return err_set(err, ERR_FAILED, "the calendar is in UTF-16; save it as UTF-8");
	r.end = n ? r.p + n : r.p;
	if (n >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
		r.p += 3;
	while (next_line(&r)) {
		if (take_line(&r, err) < 0)
			return -1;
	}
	if (r.depth)
		return err_set(err, ERR_FAILED,
			"the calendar is cut off: it ends inside the %s that begins on line %zu",
			r.stack[r.depth - 1].name, r.stack[r.depth - 1].line);
	if (!r.out.n)
		return not_ics(bytes, n, err);
	*ret = r.out;
	r.out = (struct icslines){ 0 };
	return 0;
}
