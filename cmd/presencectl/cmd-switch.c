/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set, clear: switch users to a mode, and drop their switches. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/presencectl/confirm.h"
#include "cmd/presencectl/lifetime.h"
#include "lib/base/checks.h"
#include "lib/base/text.h"
#include "lib/follow/switch.h"
#include "lib/presence/note.h"
#include "lib/store/mode.h"
#include "lib/store/rule.h"
#include "lib/store/who.h"
#include "lib/time/when.h"

extern const struct command cmd_set, cmd_clear;

/* Write what the line about the result does not say: an override above the switch, or a switch without an end. */
static void write_remark(
	size_t n, size_t overridden, size_t endless, bool is_next, char *to, size_t size)
{
	if (n == 1 && overridden)
		snprintf(to, size, "; the switch counts when that ends");
	else if (overridden)
		snprintf(to, size, "; %zu of them are in the mode of an override", overridden);
	else if (endless && is_next && n > 1)
		snprintf(to, size, "; for %zu of them, without a schedule, 'next' never comes",
			endless);
	else if (endless)
		snprintf(to, size, " until cleared%s",
			is_next ? " (without a schedule 'next' never comes)" : "");
}

static bool asks(const struct rules *r)
{
	const struct destination *d = &r->forward[0][0];

	for (size_t i = 0; i < sizeof(r->forward) / sizeof(*d); i++) {
		if (d[i].kind == DESTINATION_ASK)
			return true;
	}
	return false;
}

/* Get the number for a mode that forwards to `ask`: from --forward-to, or by a question on a terminal. */
static int forward_number(struct ctl *ctl, const struct ids *who, const struct mode *mode,
	const char *given, char ret[NUMBER_MAX_LEN + 1], struct err *err)
{
	char line[NUMBER_MAX_LEN + 8];
	bool needed = false;

	for (size_t i = 0; i < who->n && !needed; i++) {
		struct effective e;

		if (store_effective(ctl->store, who->ids[i], mode, &e, err) < 0)
			return -1;
		needed = asks(&e.rules);
	}
	if (given && !needed)
		return err_set(err, ERR_USAGE,
			"mode '%s' forwards to no number that is asked for; see 'rule show'",
			mode->name);
	if (!needed)
		return 0;
	if (!given && isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
		fprintf(stderr, "forward to which number? ");
		if (fgets(line, sizeof(line), stdin)) {
			line[strcspn(line, "\n")] = '\0';
			given = line;
		}
	}
	if (!given || !*given)
		return err_set(err, ERR_USAGE,
			"mode '%s' forwards to a number that must be given: --forward-to +46701234567",
			mode->name);
	if (check_number(given, err) < 0)
		return -1;
	text_copy(ret, NUMBER_MAX_LEN + 1, given);
	return 0;
}

static int set(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	_cleanup_(confirm_done) struct confirm confirm = { .fd = -1 };
	char note[NOTE_MAX_LEN + 1] = "", what[128], until_text[WHEN_TEXT_SIZE] = "";
	char remark[96] = "";
	const char *text = input_opt(in, "note");
	const char *forward_to = input_opt(in, "forward-to");
	char number[NUMBER_MAX_LEN + 1] = "";
	struct switch_request request = { .note = note, .forward_to = number };
	struct mode mode;
	struct switch_result result;
	size_t n;
	const char *const *words = input_many(in, &n);
	int cut = 0;

	if (text && (cut = note_take(text, note, err)) < 0)
		return -1;
	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_who(tx, words, n, &who, err) < 0 ||
		store_mode_find(tx, input_arg(in, 1), &mode, err) < 0 ||
		lifetime_read(ctl, in, ctl->now, mode.lifetime, &request.until, err) < 0 ||
		ctl_expect(in, who.n, err) < 0 || confirm_begin(ctl, &confirm, err) < 0)
		return -1;
	request.mode = &mode;
	if (forward_number(ctl, &who, &mode, forward_to, number, err) < 0)
		return -1;
	if (follow_switch_users(tx, &who, &request, ctl->now, &result, err) < 0)
		return -1;
	if (cut)
		ctl_notice("the note was cut to %d bytes: '%s'", NOTE_MAX_LEN, note);
	if (request.until.kind == UNTIL_TIME)
		when_short(request.until.at, ctl->zone, ctl->now, until_text);
	else if (request.until.kind == UNTIL_NEXT)
		snprintf(until_text, sizeof(until_text), "the schedule's next start");
	write_remark(who.n, result.overridden, result.endless, request.until.kind == UNTIL_NEXT,
		remark, sizeof(remark));
	snprintf(what, sizeof(what), "are %s%s%s", mode.name, *until_text ? " until " : "",
		until_text);
	return confirm_finish(ctl, in, &confirm, &who, what, remark, err);
}

static int clear(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
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
	if (follow_clear_users(tx, &who, ctl->now, &switched, err) < 0)
		return -1;
	snprintf(what, sizeof(what), "are back to automatic, %zu of them %s switched", switched,
		switched == 1 ? "was" : "were");
	return confirm_finish(ctl, in, &confirm, &who, what,
		who.n == 1 && !switched ? "; there was no switch" : "", err);
}

static const struct arg set_args[] = { { "who", ARG_WHO, ARG_MANY }, { "mode", ARG_MODE, 0 },
	{ 0 } };

static const struct opt set_opts[] = {
	LIFETIME_OPTS,
	{ "forward-to", "NUMBER", ARG_TEXT, "the number for a mode that forwards to ask", 0 },
	{ "note", "TEXT", ARG_TEXT, "what phones show beside the mode, at most 255 bytes", 0 },
	CONFIRM_OPTS,
	{ 0 },
};

const struct command cmd_set = {
	.path = "set",
	.summary = "switch users to a mode",
	.details =
		"The mode holds until its time is over, until the next switch or until clear. Without --for, --until "
		"and --forever the mode's own lifetime counts. When a short switch ends that was made over a longer one, the longer "
		"one holds again.\n\nIt waits at most 2 seconds for the PBX to confirm. If presenced or the PBX is "
		"away, the switch is recorded all the same, and the exit status is 4.",
	.args = set_args,
	.opts = set_opts,
	.needs = NEED_STORE,
	.run = set,
};

static const struct arg clear_args[] = { { "who", ARG_WHO, ARG_MANY }, { 0 } };

static const struct opt clear_opts[] = {
	CONFIRM_OPTS,
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
