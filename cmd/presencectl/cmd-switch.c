/* set, clear: the manual choice. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/confirm.h"
#include "lib/pure/field.h"
#include "lib/pure/when.h"

extern const struct command cmd_set, cmd_clear;

static int lifetime(struct ctl *ctl, const struct input *in, const struct mode *mode,
	struct until *ret, struct err *err)
{
	const char *span = input_opt(in, "for"), *time = input_opt(in, "until");
	int64_t s;

	if (span) {
		if (when_duration(span, &s, err) < 0)
			return -1;
		*ret = (struct until){ .kind = UNTIL_TIME, .at = ctl->now + s };
	} else if (time) {
		if (when_time(time, ctl->zone, ctl->now, &s, err) < 0)
			return -1;
		if (s <= ctl->now) {
			err_set(err, ERR_USAGE, "'%s' has passed already", time);
			/* Only of a bare time of day is it sure that tomorrow's is still to come. */
			return strlen(time) == strspn(time, "0123456789:")
				? err_hint(err, "; did you mean 'tomorrow %s'?", time)
				: -1;
		}
		*ret = (struct until){ .kind = UNTIL_TIME, .at = s };
	} else if (input_has(in, "forever")) {
		*ret = (struct until){ .kind = UNTIL_FOREVER };
	} else {
		return when_lifetime(mode->lifetime, ctl->zone, ctl->now, ret, err);
	}
	return 0;
}

static int keep_status(void *data, const struct status *st)
{
	struct {
		struct ctl *ctl;
		char *text;
		size_t size;
	} *to = data;
	char until[WHEN_TEXT_SIZE] = "";

	if (st->until != UNTIL_OPEN)
		when_short(st->until, to->ctl->zone, to->ctl->now, until);
	snprintf(to->text, to->size, "%s is %s%s%s", st->user, st->mode, *until ? " until " : "",
		until);
	return 1;
}

/* What is true now: of one user in full, of many how many they are. */
static int describe(struct ctl *ctl, const struct who *who, const char *what, char *text,
	size_t size, struct err *err)
{
	struct {
		struct ctl *ctl;
		char *text;
		size_t size;
	} to = { ctl, text, size };

	if (who->n == 1)
		return store_status_each(ctl->store, who, keep_status, &to, err) < 0 ? -1 : 0;
	snprintf(text, size, "%zu users %s", who->n, what);
	return 0;
}

/* Commit, wait for the PBX unless told not to, and print what is now true. */
static int finish(struct ctl *ctl, const struct input *in, struct confirm *c, const struct who *who,
	const char *what, const char *remark, struct err *err)
{
	char text[256];
	double ms = 0;
	int r = 0;

	if (store_commit(ctl->store, err) < 0)
		return -1;
	if (!input_has(in, "no-wait"))
		r = confirm_wait(ctl, c, who, &ms, err);
	if (describe(ctl, who, what, text, sizeof(text), r < 0 ? NULL : err) < 0)
		return -1;
	printf("%s%s", text, remark);
	if (r == 0 && !input_has(in, "no-wait"))
		printf("; the PBX knows since %.1f ms", ms);
	putchar('\n');
	return r;
}

static int set(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(who_done) struct who who = { 0 };
	_cleanup_(confirm_done) struct confirm confirm = { .fd = -1 };
	char note[NOTE_MAX_LEN + 1] = "", what[128], until_text[WHEN_TEXT_SIZE] = "";
	const char *text = input_opt(in, "note"), *remark = "";
	struct until until;
	struct mode mode;
	size_t n;
	const char *const *words = input_many(in, &n);
	int cut = 0;

	if (text && (cut = field_check_note(text, note, err)) < 0)
		return -1;
	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_who(tx, words, n, &who, err) < 0 ||
		store_mode_find(tx, input_arg(in, 1), &mode, err) < 0 ||
		lifetime(ctl, in, &mode, &until, err) < 0 || ctl_expect(in, who.n, err) < 0 ||
		confirm_begin(ctl, &confirm, err) < 0)
		return -1;
	for (size_t i = 0; i < who.n; i++) {
		if (store_switch(tx, who.ids[i], &mode, note,
			    until.kind == UNTIL_TIME ? until.at : UNTIL_OPEN, ctl->now, err) < 0)
			return -1;
	}
	if (cut)
		ctl_notice("the note was cut to %d bytes: '%s'", NOTE_MAX_LEN, note);
	if (until.kind == UNTIL_TIME)
		when_short(until.at, ctl->zone, ctl->now, until_text);
	else
		remark = until.kind == UNTIL_NEXT
			? " until cleared (without a schedule 'next' never comes)"
			: " until cleared";
	snprintf(what, sizeof(what), "are %s%s%s", mode.name, *until_text ? " until " : "",
		until_text);
	return finish(ctl, in, &confirm, &who, what, remark, err);
}

static int clear(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(who_done) struct who who = { 0 };
	_cleanup_(confirm_done) struct confirm confirm = { .fd = -1 };
	size_t n, switched = 0;
	const char *const *words = input_many(in, &n);
	char what[64];

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_who(tx, words, n, &who, err) < 0 || ctl_expect(in, who.n, err) < 0 ||
		confirm_begin(ctl, &confirm, err) < 0)
		return -1;
	for (size_t i = 0; i < who.n; i++) {
		size_t had;

		if (store_clear(tx, who.ids[i], ctl->now, &had, err) < 0)
			return -1;
		switched += had > 0;
	}
	snprintf(what, sizeof(what), "are back to automatic, %zu of them %s switched", switched,
		switched == 1 ? "was" : "were");
	return finish(ctl, in, &confirm, &who, what,
		who.n == 1 && !switched ? "; there was no switch" : "", err);
}

static const struct arg set_args[] = { { "who", ARG_WHO, ARG_MANY }, { "mode", ARG_MODE, 0 },
	{ 0 } };

static const struct opt set_opts[] = {
	{ "for", "DURATION", ARG_DURATION, "for so long: 45s, 90m, 1h30m, 3d", 'l' },
	{ "until", "TIME", ARG_TIME,
		"until then: 17:30, tomorrow 09:00, mon 09:00, 2026-12-24 12:00", 'l' },
	{ "forever", NULL, ARG_TEXT, "until somebody ends it", 'l' },
	{ "note", "TEXT", ARG_TEXT, "what phones show beside the mode, at most 255 bytes", 0 },
	{ "expect", "N", ARG_NUMBER, "change nothing unless it is so many users", 0 },
	{ "no-wait", NULL, ARG_TEXT, "do not wait until the PBX knows", 0 },
	{ 0 },
};

const struct command cmd_set = {
	.path = "set",
	.summary = "switch users to a mode",
	.details =
		"The mode holds until its time is over, until the next switch or until clear. Without --for, --until "
		"and --forever the mode's own lifetime counts. A shorter switch over a longer one gives way to it "
		"again at its end.\n\nIt waits at most 2 seconds for the PBX to confirm. If presenced or the PBX is "
		"away, the switch is recorded all the same, and the exit status is 4.",
	.args = set_args,
	.opts = set_opts,
	.needs = NEED_STORE,
	.run = set,
};

static const struct arg clear_args[] = { { "who", ARG_WHO, ARG_MANY }, { 0 } };

static const struct opt clear_opts[] = {
	{ "expect", "N", ARG_NUMBER, "change nothing unless it is so many users", 0 },
	{ "no-wait", NULL, ARG_TEXT, "do not wait until the PBX knows", 0 },
	{ 0 },
};

const struct command cmd_clear = {
	.path = "clear",
	.summary = "drop the switches of users, back to automatic",
	.args = clear_args,
	.opts = clear_opts,
	.needs = NEED_STORE,
	.run = clear,
};
