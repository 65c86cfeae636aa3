/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calls/destination.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/closest.h"
#include "lib/base/checks.h"
#include "lib/presence/model.h"

enum { CONTEXT_MAX_LEN = 79, PRIORITY_MAX_LEN = 20 };

/* What an administrator types. A word that ends in ':' takes a value. */
static const char *const words[] = {
	[DESTINATION_NONE] = "none",
	[DESTINATION_VOICEMAIL] = "voicemail",
	[DESTINATION_USER] = "user:",
	[DESTINATION_NUMBER] = "number:",
	[DESTINATION_QUEUE] = "queue:",
	[DESTINATION_GROUP] = "group:",
	[DESTINATION_GOTO] = "goto:",
	[DESTINATION_BUSY] = "busy",
	[DESTINATION_HANGUP] = "hangup",
	[DESTINATION_ASK] = "ask",
};
_Static_assert(ARRAY_SIZE(words) == DESTINATION_COUNT, "a word for every kind");

/* What stands in an entry for it. */
static const char *const tokens[] = {
	[DESTINATION_NONE] = "none",
	[DESTINATION_VOICEMAIL] = "vm",
	[DESTINATION_USER] = "user:",
	[DESTINATION_NUMBER] = "num:",
	[DESTINATION_QUEUE] = "queue:",
	[DESTINATION_GROUP] = "ext:",
	[DESTINATION_GOTO] = "goto:",
	[DESTINATION_BUSY] = "busy",
	[DESTINATION_HANGUP] = "hangup",
	[DESTINATION_ASK] = "ask",
};
_Static_assert(ARRAY_SIZE(tokens) == DESTINATION_COUNT, "a token for every kind");

bool destination_is_dialable(const char *who)
{
	return text_is_of(who, "0123456789*#", EXTENSION_MAX_LEN);
}

bool destination_is_outside(const char *who, size_t longest_extension)
{
	size_t n = strlen(who);

	return (longest_extension && n > longest_extension) || (*who == '0' && n > 1);
}

/* Check context,exten,prio. No character of them may mean anything to Goto(). */
static int check_goto(const char *value, struct err *err)
{
	const char *exten = strchr(value, ','), *prio = exten ? strchr(exten + 1, ',') : NULL;
	size_t context_n, exten_n;

	if (!prio || strchr(prio + 1, ','))
		return err_set(err, ERR_USAGE,
			"'goto:%s' is not of the form goto:context,exten,prio", value);
	context_n = (size_t)(exten++ - value);
	exten_n = (size_t)(prio++ - exten);
	if (!context_n || context_n > CONTEXT_MAX_LEN ||
		strspn(value, TEXT_ALNUM "._-") != context_n)
		return err_set(err, ERR_USAGE,
			"context '%.*s' may hold only letters, digits, '.', '_' and '-', at most %d",
			(int)context_n, value, CONTEXT_MAX_LEN);
	if (!exten_n || exten_n > CONTEXT_MAX_LEN || strspn(exten, TEXT_ALNUM "._*#+-") != exten_n)
		return err_set(err, ERR_USAGE,
			"extension '%.*s' may hold only letters, digits and ._-*#+, at most %d",
			(int)exten_n, exten, CONTEXT_MAX_LEN);
	if (!text_is_of(prio, TEXT_ALNUM "_-", PRIORITY_MAX_LEN))
		return err_set(err, ERR_USAGE,
			"priority '%s' is neither a number nor a label of the dialplan", prio);
	return 0;
}

static int check_value(enum destination_kind kind, const char *value, struct err *err)
{
	switch (kind) {
	case DESTINATION_USER: return check_name("user", value, err);
	case DESTINATION_QUEUE: return check_name("queue", value, err);
	case DESTINATION_NUMBER: return check_number(value, err);
	case DESTINATION_GROUP:
		if (!text_is_of(value, TEXT_ALNUM "._*#-", EXTENSION_MAX_LEN))
			return err_set(err, ERR_USAGE,
				"group '%s' is not an extension such as 600, at most %d characters",
				value, EXTENSION_MAX_LEN);
		return 0;
	case DESTINATION_GOTO: return check_goto(value, err);
	default: return 0;
	}
}

static int set(
	enum destination_kind kind, const char *value, struct destination *ret, struct err *err)
{
	if (check_value(kind, value, err) < 0)
		return -1;
	ret->kind = kind;
	text_copy(ret->value, sizeof(ret->value), value);
	return 0;
}

static int unknown_kind(const char *text, size_t n, struct err *err)
{
	_cleanup_(freep) char *word = xstrndup(text, n + 1);

	err_set(err, ERR_USAGE,
		"unknown destination '%s'; there are a user, user:, number:, queue:, group:, goto:, "
		"voicemail, busy, hangup, ask and none",
		word);
	return closest_guess(err, word, words, DESTINATION_COUNT);
}

int destination_parse(const char *text, struct destination *ret, struct err *err)
{
	size_t word = strcspn(text, ":");

	if (!*text)
		return err_set(err, ERR_USAGE, "a destination is missing; 'none' is no forwarding");
	if (strlen(text) > DESTINATION_MAX_LEN)
		return err_set(err, ERR_USAGE, "destination '%.20s...' is longer than %d bytes",
			text, DESTINATION_MAX_LEN);
	for (int k = 0; k < DESTINATION_COUNT; k++) {
		size_t n = strlen(words[k]);
		bool takes = words[k][n - 1] == ':';

		if (takes ? !strncasecmp(text, words[k], n) : !strcasecmp(text, words[k]))
			return set((enum destination_kind)k, takes ? text + n : "", ret, err);
	}
	if (text[word])
		return unknown_kind(text, word, err);
	if (*text == '+')
		return err_set(err, ERR_USAGE, "a telephone number is written number:%s", text);
	return set(DESTINATION_USER, text, ret, err);
}

void destination_print(const struct destination *d, struct strbuf *to)
{
	bool bare = d->kind == DESTINATION_USER;

	for (int k = 0; k < DESTINATION_COUNT; k++)
		bare = bare && strcasecmp(d->value, words[k]) != 0;
	strbuf_addf(to, "%s%s", bare ? "" : words[d->kind], d->value);
}

static int key_set_destination(
	const struct key *k, void *object, const char *value, struct err *err)
{
	struct destination d = { 0 };

	if (destination_parse(value, &d, err) < 0)
		return err_wrap(err, "%s", k->name);
	*(struct destination *)key_member(k, object) = d;
	return 0;
}

static void key_get_destination(const struct key *k, const void *object, struct strbuf *to)
{
	destination_print(key_member(k, object), to);
}

const struct key_type key_destination = {
	.set = key_set_destination,
	.get = key_get_destination,
	.words = words,
	.words_n = DESTINATION_COUNT,
};

int destination_compile(const struct destination *d, destination_lookup *lookup, void *ctx,
	struct strbuf *to, struct err *err)
{
	const char *ext = NULL;
	size_t value;

	if (d->kind == DESTINATION_USER) {
		ext = lookup(ctx, d->value);
		if (ext) {
			strbuf_addf(to, "user:%s", ext);
			return 0;
		}
		if (!destination_is_dialable(d->value))
			return err_set(err, ERR_NOT_FOUND,
				"destination '%s': no such user, and no extension that can be dialled",
				d->value);
		strbuf_addf(to, "ext:%s", d->value);
		return 0;
	}
	strbuf_adds(to, tokens[d->kind]);
	value = to->len;
	strbuf_adds(to, d->value);
	if (d->kind == DESTINATION_GOTO) {
		for (char *c = to->s + value; (c = strchr(c, ','));)
			*c = '/';
	}
	return 0;
}
