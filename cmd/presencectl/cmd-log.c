/* log: who switched what, when and why. */
#include <stdio.h>

#include "cmd/presencectl/ctl.h"
#include "lib/store/user.h"
#include "lib/store/who.h"
#include "lib/store/log.h"
#include "lib/time/when.h"

extern const struct command cmd_log;

enum { AT, SUBJECT, WHAT, FROM, TO, UNTIL, WHY, ACTOR, VIA, UID };
enum { LIMIT = 1000 };

static const struct column columns[] = {
	{ "AT", COLUMN_TIME, "when" },
	{ "SUBJECT", 0, "the user, mode or group it happened to" },
	{ "WHAT", 0, "set, clear, follow (time), user add ..." },
	{ "FROM", 0, "mode before" },
	{ "TO", 0, "mode after" },
	{ "UNTIL", COLUMN_TIME, "when it ends by itself" },
	{ "WHY", COLUMN_WIDE, "note of the switch, or group" },
	{ "BY", 0, "who did it" },
	{ "VIA", 0, "by which program: cli, presenced" },
	{ "UID", COLUMN_NUMBER | COLUMN_HIDDEN, "user id of who did it" },
	{ 0 },
};

static int add(void *data, const struct log_record *row)
{
	struct out *out = data;

	out_row(out);
	out_time(out, AT, row->at);
	out_text(out, SUBJECT, row->subject);
	out_text(out, WHAT, row->what);
	out_text(out, FROM, row->from_mode);
	out_text(out, TO, row->to_mode);
	out_time(out, UNTIL, row->until);
	out_text(out, WHY, row->why);
	out_text(out, ACTOR, row->actor && *row->actor ? row->actor : NULL);
	out_text(out, VIA, row->via);
	if (row->uid >= 0)
		out_number(out, UID, row->uid);
	return 0;
}

/* "2h" is two hours ago; everything else is a point in time. */
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
	{ "since", "TIME", ARG_TEXT, "only from then on: 2h, yesterday's date, 2026-12-24 12:00",
		0 },
	{ "limit", "N", ARG_NUMBER, "at most so many entries, the newest (1000)", 0 },
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
