/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/feed.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/reader.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/binding/clock.h"
#include "lib/binding/fetch.h"
#include "lib/binding/ics.h"
#include "lib/binding/owner.h"
#include "lib/follow/calendar.h"

enum { WINDOW_S = 400 * 86400 };

/* Read all of it, but stop above the limit: the parser then refuses it. */
static int read_all(FILE *from, const char *path, struct strbuf *to, struct err *err)
{
	char bytes[65536];
	size_t n;

	while (to->len <= ICS_BYTES_MAX && (n = fread(bytes, 1, sizeof(bytes), from)) > 0)
		strbuf_add(to, bytes, n);
	return ferror(from) ? err_sys(err, "cannot read '%s'", path) : 0;
}

int feed_read(struct zones *zones, const char *path, struct feed_answer *ret, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf bytes = STRBUF_INIT;
	bool is_stdin = !strcmp(path, "-");
	_cleanup_(fclosep) FILE *file = is_stdin ? NULL : owner_caller_fopen(path, "re");

	if (!is_stdin && !file)
		return err_sys(err, "cannot open '%s'", path);
	if (read_all(is_stdin ? stdin : file, path, &bytes, err) < 0)
		return -1;
	if (ics_parse(bytes.s, bytes.len, zones, &ret->calendar, &ret->report, err) < 0)
		return err_wrap(err, "%s", path);
	ret->result = FEED_READ;
	return 0;
}

int feed_job_of(const struct ctl *ctl, const struct calendar_info *c, const struct feed_copy *copy,
	struct feed_job *ret, struct err *err)
{
	if (fetch_check_url(c->url, err) < 0)
		return -1;
	*ret = (struct feed_job){
		.timeout_s = ctl->conf->fetch_timeout,
		.allow_private = ctl->conf->fetch_private,
	};
	text_copy(ret->url, sizeof(ret->url), c->url);
	text_copy(ret->ca_file, sizeof(ret->ca_file), ctl->conf->fetch_ca_file);
	if (copy)
		ret->copy = *copy;
	return 0;
}

/* Wait for what the reader answers. */
static int await(struct feed_reader *r, struct feed_answer *ret, struct err *err)
{
	for (;;) {
		int64_t now = clock_monotonic_ms(), left = reader_deadline(r) - now;
		int got = reader_step(r, now, ret, err);

		if (got)
			return got;
		poll(&(struct pollfd){ .fd = reader_fd(r), .events = POLLIN }, 1,
			left > 0 ? (int)left : 0);
	}
}

int feed_fetch(
	struct ctl *ctl, const struct calendar_info *c, struct feed_answer *ret, struct err *err)
{
	_cleanup_(freep) struct feed_job *job = xcalloc(1, sizeof(*job));
	_cleanup_(strbuf_done) struct strbuf shown = STRBUF_INIT;
	_cleanup_(reader_freep) struct feed_reader *reader = NULL;

	if (feed_job_of(ctl, c, NULL, job, err) < 0)
		return -1;
	if (reader_new(&reader, err) == 0 &&
		reader_ask(reader, job, clock_monotonic_ms(), err) == 0 &&
		await(reader, ret, err) > 0)
		return ret->result == FEED_FAILED ? err_set(err, ERR_FAILED, "%s", ret->why) : 0;
	fetch_show_url(c->url, &shown);
	return err_wrap(err, "%s", shown.s);
}

/* Expand the calendar for the longest window that is ever looked at, and say now which events cannot be used then: those that
 * recur too often, and those of a day with too many. */
static void notice_unusable(
	struct ctl *ctl, const struct calendar_info *c, const struct feed_answer *f)
{
	_cleanup_(occurrences_done) struct occurrences o = { 0 };
	struct calendar_view view = {
		.zones = ctl->zones, .floating = ctl->zone, .owner = c->owner
	};
	struct err why;

	if (calendar_expand(f->calendar, &view, ctl->now, ctl->now + WINDOW_S, &o, &why) < 0)
		ctl_notice("%s: %s", c->name, why.msg);
	occurrences_calm(&o);
	if (*o.error)
		ctl_notice("%s: cannot be used: %s", c->name, o.error);
}

int feed_save(struct ctl *ctl, const struct calendar_info *c, const struct feed_answer *f,
	struct err *err)
{
	struct calendar_state state = { .refused_n = (int64_t)f->report.refused };

	notice_unusable(ctl, c, f);
	text_copy(state.title, sizeof(state.title), f->report.name);
	text_copy(state.zone, sizeof(state.zone), f->report.zone);
	state.copy = f->copy;
	return follow_calendar_replace(ctl->store, c, f->calendar, &state, ctl->now, err);
}

void feed_notices(const char *name, const struct feed_answer *f)
{
	const char *line = f->report.refusals.s;

	while (*line) {
		int n = (int)strcspn(line, "\n");

		ctl_notice("%s: left out: %.*s", name, n, line);
		line += n + (line[n] == '\n');
	}
	if (f->report.refused > ICS_REPORTS_MAX)
		ctl_notice("%s: %zu more were left out", name, f->report.refused - ICS_REPORTS_MAX);
}
