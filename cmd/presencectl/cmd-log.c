/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log: who switched what, when and why. */
#include <stdio.h>

#include <string.h>

#include "cmd/presencectl/ctl.h"
#include "lib/base/strbuf.h"
#include "lib/store/user.h"
#include "lib/store/who.h"
#include "lib/store/log.h"
#include "lib/time/when.h"

extern const struct command cmd_log;

enum {
	LOG_AT,
	LOG_SUBJECT,
	LOG_WHAT,
	LOG_FROM,
	LOG_TO,
	LOG_CHANGE,
	LOG_UNTIL,
	LOG_WHY,
	LOG_BY,
	LOG_VIA,
	LOG_UID,
	LOG_ID,
	LOG_KEY,
	LOG_OLD,
	LOG_NEW,
	LOG_SOURCE,
	LOG_SINCE
};
enum { LIMIT = 1000 };

static const struct column columns[] = {
	[LOG_AT] = { "AT", COLUMN_TIME, "when" },
	[LOG_SUBJECT] = { "SUBJECT", 0, "the user, mode or group it happened to" },
	[LOG_WHAT] = { "WHAT", 0, "set, clear, follow (time), user add ..." },
	[LOG_FROM] = { "FROM", 0, "mode of the user before" },
	[LOG_TO] = { "TO", 0, "mode of the user after" },
	[LOG_CHANGE] = { "CHANGE", COLUMN_WIDE,
		"what was edited: key, old and new value; or what was chosen, where another mode is in force" },
	[LOG_UNTIL] = { "UNTIL", COLUMN_TIME, "when it ends by itself" },
	[LOG_WHY] = { "WHY", COLUMN_WIDE, "note of the switch, or reason" },
	[LOG_BY] = { "BY", 0, "who did it; of a phone its endpoint" },
	[LOG_VIA] = { "VIA", 0, "by which way: cli, presenced, phone" },
	[LOG_UID] = { "UID", COLUMN_NUMBER | COLUMN_HIDDEN, "user ID of whoever did it" },
	[LOG_ID] = { "ID", COLUMN_NUMBER | COLUMN_HIDDEN,
		"number of the record, in the order in which they were written" },
	[LOG_KEY] = { "KEY", COLUMN_HIDDEN,
		"the key that was edited; switch if a mode was chosen" },
	[LOG_OLD] = { "OLD", COLUMN_HIDDEN, "its value before" },
	[LOG_NEW] = { "NEW", COLUMN_HIDDEN, "its value after" },
	[LOG_SOURCE] = { "SOURCE", COLUMN_HIDDEN, "what decided about the mode, as in status" },
	[LOG_SINCE] = { "SINCE", COLUMN_TIME | COLUMN_HIDDEN, "since when the mode holds" },
	{ 0 },
};

/* "ring.timeout 20 -> 30". Of a switch only what FROM and TO do not say. */
static void add_change(struct out *out, const struct log_record *record)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	const char *chosen = record->after ? record->after : "";

	if (!record->key ||
		(record->source && (!record->after || !strcmp(chosen, record->to_mode))))
		return;
	strbuf_adds(&text, record->key);
	if (record->before)
		strbuf_addf(&text, " %s", record->before);
	strbuf_addf(&text, " -> %s", record->after ? record->after : "");
	while (text.s[text.len - 1] == ' ')
		strbuf_cut(&text, text.len - 1);
	out_text(out, LOG_CHANGE, text.s);
}

static int add(void *data, const struct log_record *record)
{
	struct out *out = data;

	out_line(out);
	out_time(out, LOG_AT, record->at);
	out_text(out, LOG_SUBJECT, record->subject);
	out_text(out, LOG_WHAT, record->what);
	out_text(out, LOG_FROM, record->from_mode);
	out_text(out, LOG_TO, record->to_mode);
	add_change(out, record);
	if (record->until)
		out_time(out, LOG_UNTIL, record->until);
	out_text(out, LOG_WHY, record->why);
	out_text(out, LOG_BY, record->actor && *record->actor ? record->actor : NULL);
	out_text(out, LOG_VIA, record->via);
	if (record->uid >= 0)
		out_number(out, LOG_UID, record->uid);
	out_number(out, LOG_ID, record->id);
	out_text(out, LOG_KEY, record->key);
	out_text(out, LOG_OLD, record->before);
	out_text(out, LOG_NEW, record->after);
	out_text(out, LOG_SOURCE, record->source);
	if (record->since)
		out_time(out, LOG_SINCE, record->since);
	return 0;
}

/* "2h" means two hours ago. Anything else is a point in time. */
static int since(struct ctl *ctl, const char *text, int64_t *ret, struct err *err)
{
	int64_t ago;

	if (when_duration(text, &ago, NULL) == 0) {
		*ret = ctl->now - ago;
		return 0;
	}
	return when_time(text, ctl->zone, ctl->now, ret, err);
}

static int run(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	const char *since_text = input_opt(in, "since"), *limit = input_opt(in, "limit");
	size_t words_n, n = limit ? (size_t)strtoull(limit, NULL, 10) : LIMIT;
	const char *const *words = input_many(in, &words_n);
	int64_t from = 0;

	if ((since_text && since(ctl, since_text, &from, err) < 0) ||
		out_new(columns, "log", &ctl->out, &out, err) < 0)
		return -1;
	if (!words_n)
		return store_log_each(ctl->store, NULL, from, n, add, out, err) < 0
			? -1
			: out_print(out, stdout, err);
	if (store_who(ctl->store, words, words_n, &who, err) < 0)
		return -1;
	for (size_t i = 0; i < who.n; i++) {
		struct user u;

		if (store_user_get(ctl->store, who.ids[i], &u, err) < 0 ||
			store_log_each(ctl->store, u.name, from, n, add, out, err) < 0)
			return -1;
	}
	return out_print(out, stdout, err);
}

static const struct arg args[] = { { "who", ARG_WHO, ARG_OPTIONAL | ARG_MANY }, { 0 } };

static const struct opt opts[] = {
	{ "since", "TIME", ARG_TEXT, "only from then on: 2h (ago), yesterday, 2026-12-24 12:00",
		0 },
	{ "limit", "N", ARG_NUMBER, "print at most the N newest records (1000)", 0 },
	{ 0 },
};

const struct command cmd_log = {
	.path = "log",
	.summary = "print who switched what, when and why",
	.args = args,
	.opts = opts,
	.columns = columns,
	.noun = "log",
	.needs = NEED_STORE,
	.run = run,
};
