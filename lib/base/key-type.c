/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The types that a key can have anywhere. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "lib/base/checks.h"
#include "lib/base/closest.h"
#include "lib/base/key.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

enum { DIGITS_MAX = 18 };

int key_keep(const struct key *k, void *object, const char *text, struct err *err)
{
	char **owned = key_member(k, object);

	if (k->type->owned) {
		free(*owned);
		*owned = xstrdup(text);
		return 0;
	}
	if (strlen(text) >= k->size)
		return err_set(err, ERR_USAGE, "%s is longer than %zu bytes", k->name, k->size - 1);
	text_copy(key_member(k, object), k->size, text);
	return 0;
}

int key_set_text(const struct key *k, void *object, const char *value, struct err *err)
{
	size_t max = k->type->owned ? KEY_STRING_MAX_LEN : k->size - 1;

	return check_text(k->name, value, max, err) < 0 ? -1 : key_keep(k, object, value, err);
}

static int set_name(const struct key *k, void *object, const char *value, struct err *err)
{
	return check_name(k->name, value, err) < 0 ? -1 : key_keep(k, object, value, err);
}

const struct key_type key_text = { .set = key_set_text };
const struct key_type key_string = { .set = key_set_text, .owned = true };
const struct key_type key_name = { .set = set_name };

static int read_number(const char *value, int64_t *ret)
{
	const char *digits = value + (*value == '-');

	if (!text_is_of(digits, "0123456789", DIGITS_MAX))
		return -1;
	*ret = strtoll(value, NULL, 10);
	return 0;
}

int key_set_number(const struct key *k, void *object, const char *value, struct err *err)
{
	const char *unit = k->type->unit;
	int64_t n;

	assert(k->size == sizeof(n));
	if (read_number(value, &n) < 0 || n < k->min || n > k->max)
		return err_set(err, ERR_USAGE,
			"%s is a number%s%s from %" PRId64 " to %" PRId64 ", not '%.40s'", k->name,
			unit ? " of " : "", unit ? unit : "", k->min, k->max, value);
	*(int64_t *)key_member(k, object) = n;
	return 0;
}

void key_get_number(const struct key *k, const void *object, struct strbuf *to)
{
	strbuf_addf(to, "%" PRId64, *(const int64_t *)key_member(k, object));
}

#define NUMBER .kind = KEY_NUMBER, .set = key_set_number, .get = key_get_number

const struct key_type key_number = { NUMBER };
const struct key_type key_minutes = { NUMBER, .unit = "minutes" };
const struct key_type key_seconds = { NUMBER, .unit = "seconds" };

int key_read_word(const struct key_type *type, const char *word, const char *value, struct err *err)
{
	const struct key k = { .type = type };
	size_t n = type->words_n;

	for (size_t i = 0; i < n; i++) {
		if (!strcasecmp(value, type->words[i]))
			return (int)i;
	}
	err_set(err, ERR_USAGE, "%s is ", word);
	for (size_t i = 0; i < n; i++)
		err_hint(err, "%s%s",
			i == 0              ? ""
				: i + 1 < n ? ", "
					    : " or ",
			key_candidate(&k, i));
	err_hint(err, ", not '%.40s'", value);
	return closest_guess(err, value, type->words, n);
}

int key_set_word(const struct key *k, void *object, const char *value, struct err *err)
{
	int word = key_read_word(k->type, k->name, value, err);

	if (word < 0)
		return -1;
	if (k->size == sizeof(bool))
		*(bool *)key_member(k, object) = word;
	else
		memcpy(key_member(k, object), &word, sizeof(word));
	return 0;
}

void key_get_word(const struct key *k, const void *object, struct strbuf *to)
{
	int word = 0;

	if (k->size == sizeof(bool))
		word = *(const bool *)key_member(k, object);
	else
		memcpy(&word, key_member(k, object), sizeof(word));
	strbuf_adds(to, k->type->words[word]);
}

static const char *const bools[] = { "no", "yes" };

const struct key_type key_bool = { .kind = KEY_BOOL, KEY_WORDS(bools) };
