/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calls/rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/closest.h"
#include "lib/base/checks.h"

static const char *const queue_answers[] = {
	[QUEUE_NONE] = "none",
	[QUEUE_LOGIN] = "login",
	[QUEUE_LOGOUT] = "logout",
	[QUEUE_PAUSE] = "pause",
};
_Static_assert(ARRAY_SIZE(queue_answers) == QUEUE_ANSWER_COUNT, "a name for every answer");
const struct key_type key_queue_answer = { KEY_WORDS(queue_answers) };

static const char *const origins[] = {
	[ORIGIN_BUILTIN] = "built-in",
	[ORIGIN_MODE] = "mode",
	[ORIGIN_USER] = "user",
};
_Static_assert(ARRAY_SIZE(origins) == ORIGIN_COUNT, "a name for every origin");

const char *queue_answer_name(enum queue_answer a)
{
	return queue_answers[a];
}

const char *origin_name(enum origin o)
{
	return origins[o];
}

/* Where `queue` stands in the sorted list, or would stand. */
static size_t queue_place(const struct rules *r, const char *queue, bool *ret_found)
{
	size_t i = 0;
	int order = 1;

	while (i < r->queues_n && (order = strcasecmp(r->queues[i].queue, queue)) < 0)
		i++;
	*ret_found = i < r->queues_n && !order;
	return i;
}

static bool queue_put(struct rules *r, const char *queue, enum queue_answer answer)
{
	bool found;
	size_t i = queue_place(r, queue, &found);

	if (!found) {
		if (r->queues_n == QUEUE_RULES_MAX)
			return false;
		memmove(&r->queues[i + 1], &r->queues[i],
			(r->queues_n++ - i) * sizeof(r->queues[0]));
		text_copy(r->queues[i].queue, sizeof(r->queues[i].queue), queue);
	}
	r->queues[i].answer = answer;
	return true;
}

static void queue_forget(struct rules *r, const char *queue)
{
	bool found;
	size_t i = queue_place(r, queue, &found);

	if (found)
		memmove(&r->queues[i], &r->queues[i + 1],
			(--r->queues_n - i) * sizeof(r->queues[0]));
}

static int set_queue(const struct key_at *at, void *object, const char *value, struct err *err)
{
	int answer;

	if (check_name("queue", at->part, err) < 0)
		return -1;
	if (!value) {
		queue_forget(object, at->part);
		return 0;
	}
	answer = key_read_word(at->key->type, at->word, value, err);
	if (answer < 0)
		return -1;
	if (!queue_put(object, at->part, (enum queue_answer)answer))
		return err_set(err, ERR_USAGE, "rules for more than %d queues", QUEUE_RULES_MAX);
	return 0;
}

static bool nth_queue(const struct key *k, const void *object, size_t i, struct strbuf *queue,
	struct strbuf *answer)
{
	const struct rules *r = object;

	(void)k;
	if (i >= r->queues_n)
		return false;
	strbuf_adds(queue, r->queues[i].queue);
	strbuf_adds(answer, queue_answers[r->queues[i].answer]);
	return true;
}

static const struct key_parts queue_parts = {
	.word = "NAME",
	.needed = "the name of a queue: queue.support",
	.set = set_queue,
	.nth = nth_queue,
};
const struct key_type key_queue_rules = {
	.words = queue_answers, .words_n = QUEUE_ANSWER_COUNT, .parts = &queue_parts
};

static uint32_t bit_of(const struct key *rule)
{
	return rule->type->parts ? 0 : UINT32_C(1) << (rule - rule_table);
}

static bool is_set(const struct key *rule, const void *object)
{
	const struct rules *r = object;

	return r->set & bit_of(rule);
}

const struct keys rule_keys = { .noun = "rule", .list = rule_table, .is_set = is_set };

int rules_set(struct rules *r, const char *word, const char *value, struct err *err)
{
	struct key_at at;

	if (keys_find(&rule_keys, word, &at, err) < 0 || key_set(&at, r, value, err) < 0)
		return -1;
	r->set |= bit_of(at.key);
	return 0;
}

int rules_unset(struct rules *r, const char *word, struct err *err)
{
	struct key_at at;

	if (keys_find(&rule_keys, word, &at, err) < 0)
		return -1;
	if (at.part)
		return at.key->type->parts->set(&at, r, NULL, err);
	r->set &= ~bit_of(at.key);
	return 0;
}

enum queue_answer rules_queue(const struct rules *r, const char *name)
{
	bool found;
	size_t i = queue_place(r, name, &found);

	return found ? r->queues[i].answer : r->queue;
}

bool rules_allow(const char *allow, const char *number)
{
	while (*allow) {
		size_t n = strcspn(allow, ", "), next = n + strspn(allow + n, ", ");
		bool prefix = n && allow[n - 1] == '*';

		if (prefix ? !strncmp(allow, number, n - 1)
			   : n == strlen(number) && !strncmp(allow, number, n))
			return true;
		allow += next;
	}
	return false;
}

int rules_check_type(const struct rules *r, enum ptype type, struct err *err)
{
	if (type == PTYPE_DND && rules_has(r, RULE_RING_MOBILE) && r->mobile)
		return err_set(err, ERR_USAGE,
			"ring.mobile=yes is not for a mode of type dnd, which rings nothing");
	return 0;
}

int rules_check_steps(const struct rules *r, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct ring ring = r->ring;
	int end_s = ring_place(&ring, (int)r->timeout_s);

	if (end_s <= RING_END_MAX_S)
		return 0;
	ring_print(&ring, &text);
	return err_set(err, ERR_USAGE, "ring: '%s' ends after second %d: at second %d", text.s,
		RING_END_MAX_S, end_s);
}

static int check_device(const struct user *u, const char *device, struct err *err)
{
	const char *names[DEVICES_MAX + 1];

	for (size_t i = 0; i < u->devices_n; i++) {
		if (!strcmp(u->devices[i].name, device))
			return 0;
		names[i] = u->devices[i].name;
	}
	names[u->devices_n] = DEVICE_MOBILE;
	err_set(err, ERR_USAGE, "ring: %s has no device '%s'", u->name, device);
	return closest_guess(err, device, names, u->devices_n + 1);
}

static int check_mobile(const struct user *u, const char *rule, struct err *err)
{
	if (*u->mobile)
		return 0;
	return err_set(err, ERR_USAGE,
		"%s: %s has no mobile number; give one: presencectl user set %s mobile=+46701234567",
		rule, u->name, u->name);
}

static bool is_own(const struct destination *d, const struct user *u)
{
	return (d->kind == DESTINATION_USER &&
		       (!strcasecmp(d->value, u->name) || !strcasecmp(d->value, u->extension))) ||
		(d->kind == DESTINATION_GROUP && !strcmp(d->value, u->extension));
}

int rules_check_user(const struct rules *r, const struct user *u, struct err *err)
{
	for (size_t i = 0; rules_has(r, RULE_RING) && i < r->ring.n; i++) {
		const char *device = r->ring.windows[i].device;

		if (!strcmp(device, DEVICE_MOBILE) ? check_mobile(u, "ring", err) < 0
						   : check_device(u, device, err) < 0)
			return -1;
	}
	if (rules_has(r, RULE_RING_MOBILE) && r->mobile && check_mobile(u, "ring.mobile", err) < 0)
		return -1;
	for (const struct key *rule = rule_table; rule->name; rule++) {
		if (rule->type == &key_destination && is_set(rule, r) &&
			is_own(key_member(rule, r), u))
			return err_set(err, ERR_USAGE,
				"%s: a call for %s cannot be forwarded to %s; 'voicemail' is the own mailbox",
				rule->name, u->name, u->name);
	}
	return 0;
}

static void lay_over(struct effective *e, const struct rules *r, enum origin origin)
{
	for (const struct key *rule = rule_table; rule->name; rule++) {
		if (!is_set(rule, r))
			continue;
		memcpy(key_member(rule, &e->rules), key_member(rule, r), rule->size);
		e->origin[rule - rule_table] = origin;
	}
	for (size_t i = 0; i < r->queues_n; i++) {
		bool found;
		size_t at = queue_place(&e->rules, r->queues[i].queue, &found),
		       n = e->rules.queues_n;

		if (!queue_put(&e->rules, r->queues[i].queue, r->queues[i].answer))
			continue;
		if (!found)
			memmove(&e->queue_origin[at + 1], &e->queue_origin[at],
				(n - at) * sizeof(e->queue_origin[0]));
		e->queue_origin[at] = origin;
	}
}

void rules_effective(const struct rules *base, const struct rules *mode, const struct rules *user,
	struct effective *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->rules.set = base->set;
	lay_over(ret, base, ORIGIN_BUILTIN);
	if (mode)
		lay_over(ret, mode, ORIGIN_MODE);
	if (user)
		lay_over(ret, user, ORIGIN_USER);
	(void)ring_place(&ret->rules.ring, (int)ret->rules.timeout_s);
}

enum origin rules_origin(const struct effective *e, const struct key_pair *pair)
{
	return pair->key->type->parts ? e->queue_origin[pair->part]
				      : e->origin[pair->key - rule_table];
}
