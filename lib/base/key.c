/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/key.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/closest.h"
#include "lib/base/mem.h"

static const char *const kinds[] = {
	[KEY_TEXT] = "a text in quotes",
	[KEY_NUMBER] = "a whole number",
	[KEY_BOOL] = "true or false",
};

const struct key *keys_of(const struct keys *keys, const char *word, size_t n)
{
	const struct key *part = NULL;

	for (const struct key *k = keys->list; k->name; k++) {
		const struct key_parts *parts = k->type->parts;
		size_t len = 0;

		while (len < n && k->name[len] && k->name[len] == word[len])
			len++;
		if (k->name[len])
			continue;
		if (n == len && !(parts && parts->needed))
			return k;
		if (parts && (n == len || word[len] == '.'))
			part = k;
	}
	return part;
}

static int unknown(const struct keys *keys, const char *word, struct err *err)
{
	_cleanup_(freep) const char **names = NULL;
	size_t n = 0, cap = 0;

	for (const struct key *k = keys->list; k->name; k++) {
		names = mem_grow(names, &cap, n + 1, sizeof(*names));
		names[n++] = k->name;
	}
	for (const char *const *other = keys->others; other && *other; other++) {
		names = mem_grow(names, &cap, n + 1, sizeof(*names));
		names[n++] = *other;
	}
	err_set(err, ERR_USAGE, "unknown %s '%s'", keys->noun, word);
	return closest_guess(err, word, names, n);
}

int keys_find(const struct keys *keys, const char *word, struct key_at *ret, struct err *err)
{
	const struct key *k = keys_of(keys, word, strlen(word));
	size_t len;

	if (!k)
		return unknown(keys, word, err);
	len = strlen(k->name);
	if (!word[len] && k->type->parts && k->type->parts->needed)
		return err_set(err, ERR_USAGE, "%s '%s' needs %s", keys->noun, word,
			k->type->parts->needed);
	*ret = (struct key_at){ k, word, word[len] ? word + len + 1 : NULL };
	return 0;
}

static bool may_be_empty(const struct key *k)
{
	return k->fallback && !*k->fallback;
}

static void set_empty(const struct key *k, void *object)
{
	if (k->type->owned)
		(void)!key_keep(k, object, "", NULL);
	else
		*(char *)key_member(k, object) = '\0';
}

static int needs_value(const struct key_at *at, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf values = STRBUF_INIT;

	key_values(at->key, &values);
	return err_set(
		err, ERR_USAGE, "%s needs a value%s%s", at->word, values.len ? ": " : "", values.s);
}

int key_set(const struct key_at *at, void *object, const char *value, struct err *err)
{
	const struct key *k = at->key;

	if (strlen(value) > KEY_VALUE_MAX_LEN)
		return err_set(err, ERR_USAGE, "the value of %s is longer than %d bytes", at->word,
			KEY_VALUE_MAX_LEN);
	if (!*value && (at->part || !may_be_empty(k)))
		return needs_value(at, err);
	if (at->part)
		return k->type->parts->set(at, object, value, err);
	if (!*value) {
		set_empty(k, object);
		return 0;
	}
	return k->type->set(k, object, value, err);
}

int keys_set(
	const struct keys *keys, void *object, const char *word, const char *value, struct err *err)
{
	struct key_at at;

	return keys_find(keys, word, &at, err) < 0 ? -1 : key_set(&at, object, value, err);
}

int key_set_value(const struct key_at *at, void *object, const struct key_value *v, struct err *err)
{
	const struct key_type *type = at->key->type;
	/* A word of a list says best itself what it may be. */
	bool tells = type->kind == KEY_TEXT && type->set == key_set_word && v->kind != KEY_OTHER;
	const char *text = v->text;
	char number[24];

	if (v->kind != type->kind && !tells)
		return err_set(err, ERR_USAGE, "'%s' must be %s", at->word, kinds[type->kind]);
	if (v->kind == KEY_BOOL)
		text = type->kind == KEY_BOOL ? type->words[v->truth] : v->truth ? "true" : "false";
	if (v->kind == KEY_NUMBER) {
		snprintf(number, sizeof(number), "%" PRId64, v->number);
		text = number;
	}
	return key_set(at, object, text, err);
}

static void reset(const struct key *k, void *object)
{
	if (may_be_empty(k))
		set_empty(k, object);
	else if (k->type->set(k, object, k->fallback, NULL) < 0)
		assert(!"a fallback is a value");
}

int keys_unset(const struct keys *keys, void *object, const char *word, struct err *err)
{
	struct key_at at;

	if (keys_find(keys, word, &at, err) < 0)
		return -1;
	if (at.part)
		return at.key->type->parts->set(&at, object, NULL, err);
	if (!at.key->fallback)
		return err_set(
			err, ERR_USAGE, "%s '%s' cannot be unset, only changed", keys->noun, word);
	reset(at.key, object);
	return 0;
}

void keys_reset(const struct keys *keys, void *object)
{
	for (const struct key *k = keys->list; k->name; k++) {
		if (k->fallback)
			reset(k, object);
	}
}

void keys_done(const struct keys *keys, void *object)
{
	for (const struct key *k = keys->list; k->name; k++) {
		char **text = key_member(k, object);

		if (!k->type->owned || !*text)
			continue;
		explicit_bzero(*text, strlen(*text));
		free(*text);
		*text = NULL;
	}
}

static void get_parts(const struct key *k, const void *object, struct strbuf *to)
{
	_cleanup_(strbuf_done) struct strbuf part = STRBUF_INIT, value = STRBUF_INIT;

	for (size_t i = 0; k->type->parts->nth(k, object, i, &part, &value); i++) {
		strbuf_addf(to, "%s%s=%s", i ? "\n" : "", part.s, value.s);
		strbuf_cut(&part, 0);
		strbuf_cut(&value, 0);
	}
}

void key_get(const struct key *k, const void *object, struct strbuf *to)
{
	const void *member = key_member(k, object);

	if (k->type->get)
		k->type->get(k, object, to);
	else if (k->type->parts)
		get_parts(k, object, to);
	else
		strbuf_adds(to, k->type->owned ? *(const char *const *)member : member);
}

void key_pair_done(struct key_pair *p)
{
	strbuf_done(&p->word);
	strbuf_done(&p->value);
}

/* The value of p->key, or of the part p->part of it. */
static bool read_pair(const struct keys *keys, const void *object, struct key_pair *p)
{
	const struct key_parts *parts = p->key->type->parts;

	strbuf_cut(&p->word, 0);
	strbuf_cut(&p->value, 0);
	strbuf_adds(&p->word, p->key->name);
	if (parts) {
		strbuf_addc(&p->word, '.');
		return parts->nth(p->key, object, p->part, &p->word, &p->value);
	}
	if (p->part || (keys->is_set && !keys->is_set(p->key, object)))
		return false;
	key_get(p->key, object, &p->value);
	return true;
}

bool keys_next(const struct keys *keys, const void *object, struct key_pair *p)
{
	p->part = p->key ? p->part + 1 : 0;
	p->key = p->key ? p->key : keys->list;
	for (; p->key->name; p->key++, p->part = 0) {
		if (read_pair(keys, object, p))
			return true;
	}
	p->key = NULL;
	return false;
}

/* Find what an object has for a word, which is a key or one of its parts. False if it has no such part: the value is then "". */
static bool find_pair(const struct keys *keys, const void *object, const struct key *k,
	const char *word, struct key_pair *p)
{
	p->key = k;
	for (p->part = 0; read_pair(keys, object, p); p->part++) {
		if (!strcmp(p->word.s, word))
			return true;
	}
	strbuf_cut(&p->value, 0);
	return false;
}

/* What others may see of a value, NULL of an empty one. */
static const char *shown(const struct key *k, const struct strbuf *value, struct strbuf *to)
{
	strbuf_cut(to, 0);
	if (!value->len)
		return NULL;
	if (!k->type->show)
		return value->s;
	k->type->show(value->s, to);
	return to->s;
}

int keys_each_change(const struct keys *keys, const void *before, const void *after,
	int (*fn)(void *data, const char *word, const char *before, const char *after), void *data)
{
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT, other = KEY_PAIR_INIT;
	_cleanup_(strbuf_done) struct strbuf was = STRBUF_INIT, is = STRBUF_INIT;
	int r;

	while (keys_next(keys, after, &p)) {
		(void)find_pair(keys, before, p.key, p.word.s, &other);
		if (!strcmp(p.value.s, other.value.s))
			continue;
		if ((r = fn(data, p.word.s, shown(p.key, &other.value, &was),
			     shown(p.key, &p.value, &is))) != 0)
			return r;
	}
	while (keys_next(keys, before, &p)) {
		if (!find_pair(keys, after, p.key, p.word.s, &other) && p.value.len &&
			(r = fn(data, p.word.s, shown(p.key, &p.value, &was), NULL)) != 0)
			return r;
	}
	return 0;
}

const char *key_candidate(const struct key *k, size_t i)
{
	const struct key_type *type = k->type;

	if (i >= type->words_n)
		return NULL;
	return type->words[type->kind == KEY_BOOL ? type->words_n - 1 - i : i]; /* yes, then no */
}

void key_title(const struct key *k, struct strbuf *to)
{
	const struct key_parts *parts = k->type->parts;

	strbuf_addf(to, "%s%s%s", k->name, parts ? "." : "", parts ? parts->word : "");
}

void key_values(const struct key *k, struct strbuf *to)
{
	const char *word;

	if (k->values)
		strbuf_adds(to, k->values);
	else if (k->type->kind == KEY_NUMBER)
		strbuf_addf(to, "%" PRId64 " to %" PRId64, k->min, k->max);
	for (size_t i = 0; !k->values && (word = key_candidate(k, i)) != NULL; i++)
		strbuf_addf(to, "%s%s", i ? ", " : "", word);
}

void key_help(const struct key *k, struct strbuf *to)
{
	_cleanup_(strbuf_done) struct strbuf values = STRBUF_INIT;

	key_values(k, &values);
	strbuf_adds(to, k->help);
	if (values.len)
		strbuf_addf(to, " (%s)", values.s);
}

int key_split(const char *edit, char key[KEY_WORD_SIZE], const char **ret_value, struct err *err)
{
	const char *eq = strchr(edit, '=');

	if (!eq || eq == edit)
		return err_set(err, ERR_USAGE, "'%s' is not of the form key=value", edit);
	if (eq - edit >= KEY_WORD_SIZE)
		return err_set(err, ERR_USAGE, "unknown key '%.20s...'", edit);
	memcpy(key, edit, (size_t)(eq - edit));
	key[eq - edit] = '\0';
	*ret_value = eq + 1;
	return 0;
}
