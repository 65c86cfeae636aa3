/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sip/pidf.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/time/civil.h"

/* Modes whose names say what their users do. */
static const struct {
	const char *mode, *activity;
} by_name[] = {
	{ "lunch-break", "meal" },
	{ "lunch", "meal" },
	{ "business-trip", "travel" },
	{ "travel", "travel" },
	{ "vacation", "vacation" },
	{ "holiday", "vacation" },
	{ "holidays", "vacation" },
	{ "meeting", "meeting" },
	{ "on-the-phone", "on-the-phone" },
};

struct pidf_look pidf_look(const char *mode, enum ptype type, bool on_call)
{
	struct pidf_look look = { .open = type != PTYPE_UNAVAILABLE };

	switch (type) {
	case PTYPE_AWAY:
	case PTYPE_XA:
	case PTYPE_UNAVAILABLE: look.plain = "away"; break;
	case PTYPE_DND: look.plain = "busy"; break;
	default: look.special = on_call ? "on-the-phone" : NULL; break;
	}
	for (size_t i = 0; i < ARRAY_SIZE(by_name); i++) {
		if (!strcasecmp(mode, by_name[i].mode))
			look.special = by_name[i].activity;
	}
	return look;
}

/* The one door into XML: what is no character of XML 1.0, and what a terminal would obey, becomes '?'. */
static void add_text(struct strbuf *to, const char *text)
{
	_cleanup_(freep) char *s = xstrdup(text);

	text_tame(s);
	for (const char *p = s; *p; p++) {
		switch (*p) {
		case '&': strbuf_adds(to, "&amp;"); break;
		case '<': strbuf_adds(to, "&lt;"); break;
		case '>': strbuf_adds(to, "&gt;"); break;
		case '"': strbuf_adds(to, "&quot;"); break;
		case '\xef':
			/* U+FFFE and U+FFFF */
			if (p[1] == '\xbf' && (p[2] == '\xbe' || p[2] == '\xbf')) {
				strbuf_addc(to, '?');
				p += 2;
				break;
			}
			strbuf_addc(to, *p);
			break;
		default: strbuf_addc(to, *p);
		}
	}
}

static void add_time(struct strbuf *to, int64_t at)
{
	struct civil c;

	civil_from_seconds(at, &c);
	strbuf_addf(to, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute,
		c.second);
}

static void add_note(struct strbuf *to, const char *element, const char *note)
{
	if (!*note)
		return;
	strbuf_addf(to, "<%s>", element);
	add_text(to, note);
	strbuf_addf(to, "</%s>", element);
}

static void add_activities(struct strbuf *to, const struct pidf *p)
{
	if (!p->look.plain && !p->look.special)
		return;
	strbuf_adds(to, "<rpid:activities from=\"");
	add_time(to, p->since);
	if (p->until != UNTIL_OPEN) {
		strbuf_adds(to, "\" until=\"");
		add_time(to, p->until);
	}
	strbuf_adds(to, "\">");
	if (p->look.plain)
		strbuf_addf(to, "<rpid:%s/>", p->look.plain);
	if (p->look.special)
		strbuf_addf(to, "<rpid:%s/>", p->look.special);
	strbuf_adds(to, "</rpid:activities>");
}

void pidf_write(const struct pidf *p, struct strbuf *to)
{
	strbuf_adds(to,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
		" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\""
		" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"");
	add_text(to, p->uri);
	strbuf_addf(to, "\"><tuple id=\"presence\"><status><basic>%s</basic></status>",
		p->look.open ? "open" : "closed");
	add_note(to, "note", p->note);
	strbuf_adds(to, "<timestamp>");
	add_time(to, p->since);
	strbuf_adds(to, "</timestamp></tuple><dm:person id=\"person\">");
	add_activities(to, p);
	add_note(to, "dm:note", p->note);
	strbuf_adds(to, "</dm:person></presence>\n");
}
