/* SPDX-License-Identifier: GPL-3.0-or-later */
/* edit.h - apply key=value words to a noun, for the verbs add, set and unset of every noun. */
#ifndef EDIT_H
#define EDIT_H

#include "cmd/presencectl/ctl.h"
#include "lib/presence/noun-keys.h"

/* Apply all key=value words. If a note is cut, say so on standard error. */
int edit_set(const struct keys *keys, void *object, const char *const *words, size_t n,
	struct err *err) MUST_CHECK;
int edit_unset(const struct keys *keys, void *object, const char *const *words, size_t n,
	struct err *err) MUST_CHECK;

/* What the commands of a noun have in common. The functions work on a struct of `size` bytes, all zero at first. */
struct edit_noun {
	const char *name;
	const struct keys *keys;
	size_t size;
	size_t name_offset; /* where the struct has its name */
	int (*find)(struct store *s, const char *word, void *object, struct err *err);
	/* Check what the table of keys cannot know. May be NULL. */
	int (*check)(struct ctl *ctl, void *object, struct err *err);
	int (*save)(struct store *s, void *object, int64_t now, struct err *err);
	/* Add further lines for edit_noun_show(). May be NULL. */
	int (*more)(struct ctl *ctl, const void *object, struct out *out, struct err *err);
};

/* Print the noun that the first argument names. */
int edit_noun_show(struct ctl *ctl, const struct input *in, const struct edit_noun *noun,
	struct err *err) MUST_CHECK;
/* Apply `edit` (edit_set, edit_unset) to the noun that the first argument names, check and save it, in one transaction. */
int edit_noun_change(struct ctl *ctl, const struct input *in, const struct edit_noun *noun,
	int (*edit)(const struct keys *, void *, const char *const *, size_t, struct err *),
	struct err *err) MUST_CHECK;
/* Make a noun from `object`, which has the defaults and what options say. The first argument is its name; the key=value words are
 * applied. It is saved inside the transaction that the caller has begun. */
int edit_noun_add(struct ctl *ctl, const struct input *in, const struct edit_noun *noun,
	void *object, struct err *err) MUST_CHECK;

/* The columns of a table of keys. */
enum { EDIT_KEY, EDIT_VALUE };
/* Print every key of an object with its value, a line each, the name first. */
extern const struct column edit_columns[];
int edit_show(struct ctl *ctl, const char *noun, const char *name, const struct keys *keys,
	const void *object, struct err *err) MUST_CHECK;

#endif
