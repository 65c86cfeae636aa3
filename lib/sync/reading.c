/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/reading.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

#define PHONE_LAMP "*"

enum { ASK_MEMBER, ASK_HINT };

void lamp_names_done(struct lamp_names *names)
{
	free(names->list);
	*names = (struct lamp_names){ 0 };
}

void lamp_names_add(struct lamp_names *names, const char *name)
{
	names->list = mem_grow(names->list, &names->cap, names->n + 1, sizeof(*names->list));
	text_copy(names->list[names->n++], sizeof(*names->list), name);
}

bool lamp_names_have(const struct lamp_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++) {
		if (!strcmp(names->list[i], name))
			return true;
	}
	return false;
}

/* A lamp of a mode that was deleted, or that never was one. */
static void add_other(void *data, const char *lamp)
{
	struct item_reading *r = data;

	if (*lamp && strcmp(lamp, PHONE_LAMP) != 0 && !lamp_names_have(r->modes, lamp) &&
		!lamp_names_have(&r->others, lamp))
		lamp_names_add(&r->others, lamp);
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void reading_begin(struct item_reading *r, const struct stored_item *item, const char *lamp,
	const struct lamp_names *modes)
{
	struct err ignored;

	*r = (struct item_reading){
		.id = item->id,
		.name = xstrdup(item->name),
		.wanted = xstrdup(item->wanted),
		.confirmed = copy(item->confirmed),
		.previous = copy(item->previous),
		.sent = copy(item->sent),
		.is_vain = item->error && item->confirmed && !strcmp(item->wanted, item->confirmed),
		.modes = modes,
		.questions = 1,
	};
	if (item_is_lamps(item->name)) {
		item_lamps_each(item->wanted, add_other, r);
		item_lamps_each(item->confirmed ? item->confirmed : "", add_other, r);
		add_other(r, lamp);
		r->questions = 1 + modes->n + r->others.n;
	} else if (item_is_member(item->name)) {
		/* What cannot be read was refused for the same reason when it was to be written. */
		r->failed = member_parse(item->name, item->wanted, &r->goal, &ignored) < 0;
		r->questions = r->is_vain ? 2 : 1;
	}
}

void reading_begin_stray(struct item_reading *r, const char *name, const char *lamp)
{
	static const struct lamp_names none;

	*r = (struct item_reading){ .name = xstrdup(name), .modes = &none, .questions = 1 };
	if (item_is_lamps(name))
		add_other(r, lamp);
	r->questions += r->others.n;
}

void reading_done(struct item_reading *r)
{
	free(r->name);
	free(r->wanted);
	free(r->confirmed);
	free(r->previous);
	free(r->sent);
	lamp_names_done(&r->others);
}

static const char *lamp_of(const struct item_reading *r, size_t question)
{
	if (!question)
		return PHONE_LAMP;
	if (--question < r->modes->n)
		return r->modes->list[question];
	return r->others.list[question - r->modes->n];
}

static int ask_member(const struct item_reading *r, size_t question, const struct turn *t,
	uint64_t tag, struct err *err)
{
	const char *fields[MEMBER_FIELDS];
	char extension[DIAL_MAX_LEN + 1];

	if (r->failed)
		return err_set(err, ERR_FAILED, "'%s' cannot be read", r->name);
	if (question == ASK_MEMBER)
		member_query(&r->goal, false, fields);
	else if (!member_hint_query(r->goal.state, extension, fields))
		return err_set(err, ERR_FAILED, "'%s' is no hint", r->goal.state);
	return turn_send(t, tag, fields, err);
}

int reading_ask(const struct item_reading *r, size_t question, const struct turn *t, uint64_t tag,
	struct err *err)
{
	struct strbuf scratch[2] = { STRBUF_INIT, STRBUF_INIT };
	const char *fields[ITEM_FIELDS];
	int n;

	if (item_is_member(r->name))
		return ask_member(r, question, t, tag, err);
	item_query(r->name, item_is_lamps(r->name) ? lamp_of(r, question) : NULL, scratch, fields);
	n = turn_send(t, tag, fields, err);
	strbuf_done(&scratch[0]);
	strbuf_done(&scratch[1]);
	return n;
}

void reading_item(struct item_reading *r, const struct amimsg *m)
{
	const char *value;

	if (item_is_member(r->name)) {
		member_see(&r->goal, m, &r->member);
		return;
	}
	if (!(value = amimsg_get(m, "Val")))
		return;
	/* We never wrote a value that is too long. It is cut, and so differs from every value of ours. */
	r->there = true;
	snprintf(r->held, sizeof(r->held), "%s", *value ? value : "?");
}

static void take_state(struct item_reading *r, size_t question, const char *state)
{
	char value[ITEM_VALUE_SIZE];

	if (!item_is_lamps(r->name))
		snprintf(r->held, sizeof(r->held), "%.15s", state);
	else if (item_lamp_value(lamp_of(r, question), state, value))
		item_merge(r->held, value);
}

void reading_answer(struct item_reading *r, size_t question, const struct answer *answer)
{
	if (item_is_member(r->name)) {
		if (question == ASK_HINT)
			r->member.renewable = answer->ok && member_hint_exists(answer->message);
		/* A list that has begun is whole as far as it can be believed, whoever ended it. */
		else
			r->failed |= !answer->ok && !r->member.queue;
		return;
	}
	if (item_is_entry(r->name) || !strcmp(item_kind(r->name), "presence"))
		r->failed |= !answer->ok &&
			strcmp(amimsg_reason(answer->message), "Database entry not found") != 0;
	else if (answer->ok)
		take_state(r, question, amimsg_text(answer->message, "Value"));
	else
		r->failed = true;
}

static bool is_done(const struct member_goal *g, const struct member_held *held)
{
	enum member_next next = member_next(g, held, false);

	return next == MEMBER_DONE || next == MEMBER_WAIT;
}

/* A value that was refused may be taken back. Then the one that was confirmed is wanted again, and nothing would be sent. */
static bool is_as_confirmed(const struct item_reading *r, const struct member_held *held)
{
	struct member_goal goal;
	struct err ignored;

	return !r->confirmed || member_parse(r->name, r->confirmed, &goal, &ignored) < 0 ||
		is_done(&goal, held);
}

/* A member differs if there is something left to do about them, or something to be told or forgotten. */
static int judge_member(
	const struct item_reading *r, struct store *s, enum verdict *ret, struct err *err)
{
	const struct stored_item item = {
		.confirmed = r->confirmed,
		.previous = r->previous,
		.sent = r->sent,
	};
	struct member_held held = r->member;
	struct err why;

	if (held.paused && store_pause_is_ours(s, &item, held.reason, &held.ours, err) < 0)
		return -1;
	held.renewable &= member_is_deaf(&r->goal, &held, &why);
	if (!is_done(&r->goal, &held) || !is_as_confirmed(r, &held) ||
		member_is_deaf(&r->goal, &held, &why) != r->is_vain)
		*ret = VERDICT_LOST;
	return 0;
}

static enum verdict judge_presence(const struct item_reading *r)
{
	if (!r->there)
		return r->wanted && strcmp(r->wanted, item_neutral(r->name)) != 0 ? VERDICT_LOST
										  : VERDICT_SAME;
	return r->confirmed && item_wrote(r->confirmed, r->held) ? VERDICT_SAME : VERDICT_FOREIGN;
}

int reading_judge(const struct item_reading *r, struct store *s, enum verdict *ret, struct err *err)
{
	*ret = VERDICT_SAME;
	if (r->failed)
		return 0;
	if (!r->id) {
		if (strcmp(r->held, item_neutral(r->name)) != 0)
			*ret = VERDICT_STRAY;
		return 0;
	}
	if (item_is_member(r->name))
		return judge_member(r, s, ret, err);
	if (!strcmp(item_kind(r->name), "presence"))
		*ret = judge_presence(r);
	else if (!r->confirmed || !item_is_read(r->confirmed, r->held))
		*ret = item_is_forced(r->name) && r->there ? VERDICT_FOREIGN : VERDICT_OTHER;
	return 0;
}
