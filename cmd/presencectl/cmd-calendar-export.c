/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar export: what decides about a user, as iCalendar. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/window.h"
#include "lib/base/text.h"
#include "lib/follow/ladder.h"
#include "lib/store/mode.h"
#include "lib/store/user.h"

extern const struct command cmd_calendar_export;

enum { DAY = 86400, AHEAD_DAYS = 60, EVENTS_MAX = 100000, LINE_MAX_BYTES = 75 };

/* A line of iCalendar has 75 bytes at most; the next one goes on behind a blank. No character is cut (RFC 5545 3.1). */
static void put_line(const char *text)
{
	size_t room = LINE_MAX_BYTES;

	while (strlen(text) > room) {
		size_t n = room;

		while (n > 1 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		fwrite(text, 1, n, stdout);
		fputs("\r\n ", stdout);
		text += n;
		room = LINE_MAX_BYTES - 1;
	}
	fputs(text, stdout);
	fputs("\r\n", stdout);
}

/* A text (RFC 5545 3.3.11). */
static void add_escaped(struct strbuf *to, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\;,", *text))
			strbuf_addc(to, '\\');
		strbuf_addc(to, *text);
	}
}

static void put_time(const char *name, int64_t at)
{
	char line[96];
	struct civil c;

	civil_from_seconds(at, &c);
	snprintf(line, sizeof(line), "%s:%04d%02d%02dT%02d%02d%02dZ", name, c.year, c.month, c.day,
		c.hour, c.minute, c.second);
	put_line(line);
}

static void put_text(const char *name, const char *text)
{
	_cleanup_(strbuf_done) struct strbuf line = STRBUF_INIT;
	_cleanup_(freep) char *tame = xstrdup(text);

	text_tame(tame); /* no control characters, whoever wrote it */
	strbuf_addf(&line, "%s:", name);
	add_escaped(&line, tame);
	put_line(line.s);
}

static int put_event(struct ctl *ctl, const struct user *u, const struct ladder *l,
	const struct rung *r, int64_t from, int64_t to, struct err *err)
{
	char reason[REASON_MAX_LEN + 1], text[LABEL_MAX_LEN + NAME_MAX_LEN + 64];
	struct mode m;

	if (store_mode_get(ctl->store, r->mode_id, &m, err) < 0)
		return -1;
	rung_reason(r, l->schedule, l->has_default, reason);
	put_line("BEGIN:VEVENT");
	snprintf(text, sizeof(text), "%s-%lld@presence", u->name, (long long)from);
	put_text("UID", text);
	put_time("DTSTAMP", ctl->now);
	put_time("DTSTART", from);
	put_time("DTEND", to);
	put_text("SUMMARY", *m.label ? m.label : m.name);
	put_text("DESCRIPTION", reason);
	put_text("CATEGORIES", source_name(r->source));
	put_line("TRANSP:TRANSPARENT");
	put_line("END:VEVENT");
	return 0;
}

/* Each turn is later than the one before, so the walk ends. */
static int put_events(struct ctl *ctl, const struct user *u, const struct ladder *l, int64_t from,
	int64_t to, struct err *err)
{
	struct rung here = { 0 }, r = { 0 };
	int64_t began = from, next;
	size_t n = 0;

	resolve_at(&l->in, from, &here, &next);
	for (int64_t t = next;; t = next) {
		if (t < to)
			resolve_at(&l->in, t, &r, &next);
		if (t < to && rung_equal(&r, &here))
			continue;
		if (++n > EVENTS_MAX)
			return err_set(err, ERR_FAILED,
				"there are more than %d changes; ask for a shorter window",
				EVENTS_MAX);
		if (put_event(ctl, u, l, &here, began, t < to ? t : to, err) < 0)
			return -1;
		if (t >= to)
			return 0;
		here = r;
		began = t;
	}
}

static int export(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	char title[NAME_MAX_LEN + 16];
	struct user u;
	int64_t from, to;
	int r;

	if (store_user_find(ctl->store, input_arg(in, 0), &u, err) < 0 ||
		window_read(in, ctl->zone, ctl->zone, ctl->now, (int64_t)AHEAD_DAYS * DAY, &from,
			&to, err) < 0)
		return -1;
	if (from < ctl->now)
		return err_set(err, ERR_USAGE,
			"what was is not foretold: the window begins in the past; 'timeline' has it");
	if (follow_ladder_window(ctl->store, u.id, ctl->now, from, to, &l, err) < 0)
		return -1;
	snprintf(title, sizeof(title), "presence of %s", u.name);
	put_line("BEGIN:VCALENDAR");
	put_line("VERSION:2.0");
	put_line("PRODID:-//presence//presencectl//EN");
	put_text("X-WR-CALNAME", title);
	r = put_events(ctl, &u, &l, from, to, err);
	put_line("END:VCALENDAR");
	return r;
}

static const struct arg user_args[] = { { "user", ARG_USER, 0 }, { 0 } };

static const struct opt window_opts[] = { WINDOW_OPTS, { 0 } };

const struct command cmd_calendar_export = {
	.path = "calendar export",
	.summary = "print what will decide about a user as iCalendar",
	.details =
		"An event for each stretch of time in which the same decides: its summary is the mode, its description the reason. The "
		"window is the next 60 days unless it is given. Any calendar program shows it.",
	.args = user_args,
	.opts = window_opts,
	.needs = NEED_STORE,
	.run = export,
};
