/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "tests/unit/belief.h"

const char *word_name(int word)
{
	return word == WORD_CLEAR      ? "clear"
		: word == WORD_UNKNOWN ? "chat"
				       : model_builtin_modes[word].name;
}

int word_of(const char *value)
{
	size_t state = strcspn(value, ",");
	const char *subtype = value + state + (value[state] == ',');
	size_t len = strcspn(subtype, ",");

	if (!state || !strncmp(value, "not_set,", 8))
		return WORD_CLEAR;
	for (int i = 0; *model_builtin_modes[i].name; i++) {
		const char *name = model_builtin_modes[i].name;

		if (len == strlen(name) && !strncmp(subtype, name, len))
			return i;
	}
	for (int i = 0; *model_builtin_modes[i].name; i++) {
		const char *type = ptype_name(model_builtin_modes[i].type);

		if (state == strlen(type) && !strncmp(value, type, state))
			return i;
	}
	return WORD_UNKNOWN;
}

void belief_init(struct belief *b, const struct scene *scene)
{
	*b = (struct belief){ .scene = scene, .n = 1 };
}

static bool is_same(const struct belief_stack *a, const struct belief_stack *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++) {
		if (a->list[i].mode != b->list[i].mode || a->list[i].until != b->list[i].until)
			return false;
	}
	return true;
}

static void add(struct belief *b, struct belief_stack s, int condition)
{
	s.condition = condition;
	for (int i = 0; i < b->n; i++) {
		if (!is_same(&b->stacks[i], &s))
			continue;
		if (condition == ALWAYS)
			b->stacks[i].condition = ALWAYS;
		if (b->stacks[i].condition == ALWAYS || (int)b->stacks[i].condition == condition)
			return;
	}
	if (b->n == BELIEF_STACKS)
		fail_msg("the model has no room for more states");
	b->stacks[b->n++] = s;
}

static void take_all(struct belief *b)
{
	for (int i = 0; i < b->n; i++)
		b->stacks[i].condition = ALWAYS;
}

/* Switches that end no later than a new one can never hold again. */
static struct belief_stack say(struct belief_stack s, int word, int64_t until)
{
	int n = 0;

	if (word == WORD_UNKNOWN)
		return s;
	for (int i = 0; word != WORD_CLEAR && i < s.n; i++) {
		if (s.list[i].until > until)
			s.list[n++] = s.list[i];
	}
	s.n = n;
	if (word == WORD_CLEAR)
		return s;
	if (n == BELIEF_DEPTH)
		fail_msg("the model has no room for more switches");
	s.list[s.n].mode = word;
	s.list[s.n++].until = until;
	return s;
}

/* Of each state another one, in which the word has been said too; the state itself only on a condition. */
static void say_perhaps(struct belief *b, int word, int unless)
{
	const struct belief was = *b;

	b->n = 0;
	for (int i = 0; i < was.n; i++)
		add(b, say(was.stacks[i], word, UNTIL_OPEN), ALWAYS);
	for (int i = 0; i < was.n; i++)
		add(b, was.stacks[i], unless);
}

/* A word of the PBX that is read back, or not yet read back, may come over what has just been said. */
static void say_stale(struct belief *b)
{
	if (!b->unsettled || (b->scene->in_session && !b->theirs && !b->asked))
		return;
	take_all(b);
	say_perhaps(b, word_of(b->held), ALWAYS);
	if (b->asked)
		say_perhaps(b, b->answered, ALWAYS);
}

void belief_say_here(struct belief *b, int word, int64_t until)
{
	const struct belief was = *b;

	b->said = true;
	*b->taken = '\0';
	b->n = 0;
	for (int i = 0; i < was.n; i++)
		add(b, say(was.stacks[i], word, until), ALWAYS);
	if (word == WORD_CLEAR)
		say_stale(b);
}

static bool differs(const struct rig_item *item)
{
	return !item->is_confirmed || strcmp(item->wanted, item->confirmed) != 0;
}

void belief_said_here(struct belief *b, const struct rig_item *before, const struct rig_item *after)
{
	bool repeats = differs(before) && !strcmp(before->wanted, after->wanted);

	if (repeats || !strcmp(b->sent, after->wanted))
		say_stale(b);
}

bool belief_is_deep(const struct belief *b)
{
	for (int i = 0; i < b->n; i++) {
		if (b->stacks[i].n >= BELIEF_DEPTH - 1)
			return true;
	}
	return false;
}

static bool end_one(struct belief_stack *s, int64_t now)
{
	int n = 0, was = s->n;

	for (int i = 0; i < s->n; i++) {
		if (s->list[i].until > now)
			s->list[n++] = s->list[i];
	}
	s->n = n;
	return n != was;
}

bool belief_end(struct belief *b)
{
	struct belief was = *b;
	bool ended = false;

	b->n = 0;
	for (int i = 0; i < was.n; i++) {
		ended |= end_one(&was.stacks[i], b->scene->now);
		add(b, was.stacks[i], (int)was.stacks[i].condition);
	}
	if (!ended)
		return false;
	b->said = true;
	*b->taken = '\0';
	say_stale(b);
	return true;
}

static void hold(struct belief *b, const char *value)
{
	text_copy(b->held, sizeof(b->held), value);
	b->unsettled = true;
}

void belief_take(struct belief *b, const char *value)
{
	hold(b, value);
	b->theirs = false;
	text_copy(b->taken, sizeof(b->taken), value);
	text_copy(b->sent, sizeof(b->sent), value);
}

void belief_say_there(
	struct belief *b, const char *value, unsigned code, const struct rig_item *item)
{
	bool on_its_way = differs(item) || (b->said && !b->scene->in_step);
	bool asked = b->asked && b->scene->in_session;
	/* Nobody can tell it from what was there before. */
	bool hidden = !strcmp(value, item->wanted) ||
		(!on_its_way && !strcmp(value, item->confirmed)) ||
		(b->scene->restarted && !code && !strcmp(value, item->previous));
	int word = word_of(value);

	b->unsettled = true;
	if (!strcmp(b->held, value) && b->theirs)
		return;                    /* it changes nothing */
	hidden |= !strcmp(b->held, value); /* our mark is gone, and no more */
	hold(b, value);
	b->theirs = true;
	if (word == WORD_UNKNOWN) {
		take_all(b);
		*b->taken = '\0'; /* ours is on its way again */
	} else if (hidden || asked) {
		say_perhaps(b, word, ALWAYS);
	} else if (!on_its_way) {
		say_perhaps(b, word, IF_UNREAD);
	} else if (!strcmp(b->taken, item->wanted) && b->scene->in_session) {
		say_perhaps(b, word, IF_LOST);
	} else {
		say_perhaps(b, word, ALWAYS);
	}
}

static bool has_code(const unsigned codes[BELIEF_CODES], unsigned code)
{
	for (int i = 0; code && i < BELIEF_CODES; i++) {
		if (codes[i] == code)
			return true;
	}
	return false;
}

static void add_code(unsigned codes[BELIEF_CODES], unsigned code)
{
	if (!code || has_code(codes, code))
		return;
	memmove(codes + 1, codes, (BELIEF_CODES - 1) * sizeof(*codes));
	codes[0] = code;
}

void belief_relapse(struct belief *b, const char *value, unsigned writes, bool ours, unsigned code,
	const struct rig_item *item)
{
	bool known = !strcmp(value, item->wanted) || !strcmp(value, item->confirmed) ||
		!strcmp(value, item->previous);

	if (!strcmp(b->held, value) && b->theirs == !ours)
		return;
	hold(b, value);
	b->theirs = !ours;
	take_all(b);
	if (!ours && (code ? !has_code(b->read_codes, code) : !known || writes > 1))
		say_perhaps(b, word_of(value), ALWAYS);
}

void belief_ask(struct belief *b, unsigned code)
{
	add_code(b->asked_codes, code);
	b->asked = true;
	b->answered = word_of(b->held);
}

void belief_restart(struct belief *b, const struct rig_item *item)
{
	if (b->unsettled && !strcmp(b->held, item->previous))
		take_all(b);
}

void belief_lose(struct belief *b)
{
	b->said = b->asked = false;
	memset(b->asked_codes, 0, sizeof(b->asked_codes));
	for (int i = 0; i < b->n; i++) {
		if (b->stacks[i].condition == IF_LOST)
			b->stacks[i].condition = ALWAYS;
	}
	*b->taken = *b->sent = '\0';
}

bool belief_settle(struct belief *b, const struct rig_status *is)
{
	const struct belief was = *b;

	b->n = 0;
	for (int i = 0; i < was.n; i++) {
		const struct belief_stack *s = &was.stacks[i];
		const char *mode = s->n ? word_name(s->list[s->n - 1].mode) : "available";

		if (s->condition == ALWAYS && is->by_switch == (s->n > 0) &&
			!strcmp(is->mode, mode))
			add(b, *s, ALWAYS);
	}
	if (!b->n) {
		*b = was;
		return false;
	}
	for (int i = BELIEF_CODES; i-- > 0;)
		add_code(b->read_codes, b->asked_codes[i]);
	memset(b->asked_codes, 0, sizeof(b->asked_codes));
	b->unsettled = b->said = b->asked = false;
	*b->sent = '\0';
	return true;
}

int belief_print(const struct belief *b, char *to, size_t size)
{
	int n = 0;

	*to = '\0';
	for (int i = 0; i < b->n; i++) {
		const struct belief_stack *s = &b->stacks[i];

		if (s->condition != ALWAYS)
			continue;
		n++;
		snprintf(to + strlen(to), size - strlen(to), " %s",
			s->n ? word_name(s->list[s->n - 1].mode) : "none");
	}
	return n;
}
