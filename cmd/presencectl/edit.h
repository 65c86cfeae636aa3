/* edit.h - key=value words applied to a noun, for `add`, `set` and `unset` alike. */
#ifndef EDIT_H
#define EDIT_H

#include "cmd/presencectl/ctl.h"
#include "lib/presence/noun-keys.h"

/* Apply all key=value words; says so on standard error if a note was cut. */
int edit_set(const struct keys *keys, void *object, const char *const *words, size_t n,
	struct err *err) MUST_CHECK;
int edit_unset(const struct keys *keys, void *object, const char *const *words, size_t n,
	struct err *err) MUST_CHECK;

/* What the commands of a noun have in common. The functions get a struct of `size` bytes, which begins zeroed. */
struct edit_noun {
	const char *name;
	const struct keys *keys;
	size_t size;
	size_t name_offset; /* of the member that holds its name */
	int (*find)(struct store *s, const char *word, void *object, struct err *err);
	int (*check)(struct ctl *ctl, void *object,
		struct err *err); /* what the table cannot know; may be NULL */
	int (*save)(struct store *s, void *object, int64_t now, struct err *err);
	/* Further rows of edit_columns for edit_noun_show(); may be NULL. */
	int (*more)(struct ctl *ctl, const void *object, struct out *out, struct err *err);
};

/* Print the noun that the first argument names. */
int edit_noun_show(struct ctl *ctl, const struct input *in, const struct edit_noun *noun,
	struct err *err) MUST_CHECK;
/* Apply `edit` (edit_set, edit_unset) to the one that the first argument names, check and save, in one transaction. */
int edit_noun_change(struct ctl *ctl, const struct input *in, const struct edit_noun *noun,
	int (*edit)(const struct keys *, void *, const char *const *, size_t, struct err *),
	struct err *err) MUST_CHECK;
/* A new one from `object` (defaults, and what options said), named by the first argument, with the key=value words applied; saved
 * inside the transaction that the caller holds. */
int edit_noun_add(struct ctl *ctl, const struct input *in, const struct edit_noun *noun,
	void *object, struct err *err) MUST_CHECK;

/* Print every key of an object as KEY and VALUE rows, the name first. */
extern const struct column edit_columns[];
int edit_show(struct ctl *ctl, const char *noun, const char *name, const struct keys *keys,
	const void *object, struct err *err) MUST_CHECK;

#endif
