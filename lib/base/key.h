/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.h - tables of keys. A key has a name, a type and a place in a struct. This one engine sets, unsets, prints, completes and
 * documents it. The engine knows the types at the end of this file; every other type stands beside what it is about. */
#ifndef KEY_H
#define KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

enum {
	KEY_WORD_SIZE = 128,      /* room for a key as it is typed */
	KEY_VALUE_MAX_LEN = 8192, /* bytes of a value */
	KEY_STRING_MAX_LEN = 4095 /* bytes of a key_string, as many as a path may have */
};

/* What a value is in a format that tells texts from numbers, such as libconfig and JSON. */
enum key_kind { KEY_TEXT, KEY_NUMBER, KEY_BOOL, KEY_OTHER };

/* A value from such a format. */
struct key_value {
	enum key_kind kind;
	const char *text;
	int64_t number;
	bool truth;
};

struct key;

/* A key as somebody wrote it. */
struct key_at {
	const struct key *key;
	const char *word; /* lent: all of it */
	const char *part; /* what stands behind the dot of a key with parts, NULL if nothing does */
};

/* A key may have parts, each with a value of its own: devices.desk, devices.app. */
struct key_parts {
	const char *word;   /* what stands behind the dot, as help writes it: "NAME" */
	const char *needed; /* what the key lacks alone; NULL if it is a key all the same */
	/* Set the value of at->part, or forget the part if `value` is NULL. */
	int (*set)(const struct key_at *at, void *object, const char *value, struct err *err);
	/* Append the name and the value of the i-th part. False after the last. */
	bool (*nth)(const struct key *k, const void *object, size_t i, struct strbuf *part,
		struct strbuf *value);
};

struct key_type {
	enum key_kind kind; /* of its values in a format that has kinds */
	bool owned;         /* the member is a char * that the object owns, not an array */
	/* Set the member. `value` is not empty. 0, 1 if the value was cut to fit, or -1 with ERR_USAGE and the object unharmed.
	 * NULL if the key has only parts. */
	int (*set)(const struct key *k, void *object, const char *value, struct err *err);
	/* Append the value as set() takes it. NULL: the member is this text, or the key has only parts. */
	void (*get)(const struct key *k, const void *object, struct strbuf *to);
	const char *const *words; /* fixed values; of KEY_BOOL first the one that is false */
	size_t words_n;
	const char *unit; /* of a number: "seconds" */
	const struct key_parts *parts;
	/* Append what others may see of a value. NULL: all of it. */
	void (*show)(const char *value, struct strbuf *to);
};

struct key {
	const char *name;
	const struct key_type *type;
	size_t offset, size;  /* of the member */
	int64_t min, max;     /* of a number */
	const char *fallback; /* the value of whoever says nothing; NULL: one must be said */
	const char *values;   /* what it may be, for help; NULL: as the type or the range says */
	const char *help;     /* one line, no full stop */
};

/* offset, size, min and max of a member of struct `type` */
#define KEY_RANGE(type, m, min, max)                                                               \
	offsetof(struct type, m), sizeof(((struct type *)0)->m), (min), (max)
#define KEY_MEMBER(type, m) KEY_RANGE(type, m, 0, 0)

/* A table. */
struct keys {
	const char *noun;       /* what the table calls a key: "key", "rule", "setting" */
	const struct key *list; /* ends with a key without a name */
	/* Whether the object has a value of its own. NULL: it always has one. Nobody asks this of a key with parts. */
	bool (*is_set)(const struct key *k, const void *object);
	/* Words that stand beside the keys and may be guessed. Ends with NULL. NULL: there are none. */
	const char *const *others;
};

/* The key that the first `n` bytes of `word` name, with or without a part. NULL if there is none. */
const struct key *keys_of(const struct keys *keys, const char *word, size_t n);

/* The same for a whole word. ERR_USAGE with a guess if the table has no such key. `word` is lent to *ret. */
int keys_find(
	const struct keys *keys, const char *word, struct key_at *ret, struct err *err) MUST_CHECK;

/* Set a key from text. "" unsets a key whose fallback is "". 0, 1 if the value was cut to fit, or -1 with ERR_USAGE and the object
 * unharmed. */
int key_set(const struct key_at *at, void *object, const char *value, struct err *err) MUST_CHECK;
int keys_set(const struct keys *keys, void *object, const char *word, const char *value,
	struct err *err) MUST_CHECK;

/* Set a key from a typed value, which must be of the type's kind. */
int key_set_value(const struct key_at *at, void *object, const struct key_value *v,
	struct err *err) MUST_CHECK;

/* Give a key its fallback, or forget a part. ERR_USAGE if the key has no fallback. */
int keys_unset(const struct keys *keys, void *object, const char *word, struct err *err) MUST_CHECK;

/* Give every key its fallback. */
void keys_reset(const struct keys *keys, void *object);

/* Overwrite and free all texts that the object owns. */
void keys_done(const struct keys *keys, void *object);

/* Append the value as text. Parts are "name=value" lines. */
void key_get(const struct key *k, const void *object, struct strbuf *to);

/* One value of an object. Starts as KEY_PAIR_INIT; key_pair_done() frees it. */
struct key_pair {
	const struct key *key;
	size_t part;        /* which of the key's parts it is */
	struct strbuf word; /* the key with that part */
	struct strbuf value;
};
#define KEY_PAIR_INIT                                                                              \
	{                                                                                          \
		.word = STRBUF_INIT, .value = STRBUF_INIT                                          \
	}
void key_pair_done(struct key_pair *p);

/* Go on to the next value that is set, in the order of the table, a part at a time. False after the last; the next call begins
 * again. */
bool keys_next(const struct keys *keys, const void *object, struct key_pair *p);

/* Give the values that differ between two objects of the table, in its order, as others may see them. A value that is not set, or is
 * "", is NULL. A callback that returns other than 0 ends the walk, and the walk returns that. */
int keys_each_change(const struct keys *keys, const void *before, const void *after,
	int (*fn)(void *data, const char *word, const char *before, const char *after), void *data);

/* The i-th fixed value, NULL after the last and if all is free text. */
const char *key_candidate(const struct key *k, size_t i);

/* For help: the name as it is typed ("devices.NAME"), what the value may be, and the help text with that in brackets. */
void key_title(const struct key *k, struct strbuf *to);
void key_values(const struct key *k, struct strbuf *to);
void key_help(const struct key *k, struct strbuf *to);

/* Split "key=value" at the first '='. *ret_value points into `edit`. ERR_USAGE if there is no '='. */
int key_split(const char *edit, char key[KEY_WORD_SIZE], const char **ret_value,
	struct err *err) MUST_CHECK;

/* What types are made of. */

/* Where the value is; to be changed only by set(). */
static inline void *key_member(const struct key *k, const void *object)
{
	return (char *)object + k->offset;
}

/* Keep a text in the member. ERR_USAGE if it does not fit. */
int key_keep(const struct key *k, void *object, const char *text, struct err *err) MUST_CHECK;

/* set() of a line of UTF-8. */
int key_set_text(const struct key *k, void *object, const char *value, struct err *err) MUST_CHECK;

/* The place of `value` among the type's words, in any case of letters. -1 with ERR_USAGE, which calls the key `word`. */
int key_read_word(const struct key_type *type, const char *word, const char *value,
	struct err *err) MUST_CHECK;

/* set() and get() of a word of a list. The member is a bool or an enum. */
int key_set_word(const struct key *k, void *object, const char *value, struct err *err) MUST_CHECK;
void key_get_word(const struct key *k, const void *object, struct strbuf *to);
#define KEY_WORDS(list)                                                                            \
	.set = key_set_word, .get = key_get_word, .words = (list), .words_n = ARRAY_SIZE(list)

/* set() and get() of a whole number. The member is an int64_t. */
int key_set_number(
	const struct key *k, void *object, const char *value, struct err *err) MUST_CHECK;
void key_get_number(const struct key *k, const void *object, struct strbuf *to);

extern const struct key_type key_text;                 /* a line of UTF-8, in an array */
extern const struct key_type key_string;               /* the same, owned */
extern const struct key_type key_name;                 /* as check_name() */
extern const struct key_type key_bool;                 /* yes, no */
extern const struct key_type key_number;               /* from min to max */
extern const struct key_type key_minutes, key_seconds; /* the same, with a unit */

#endif
