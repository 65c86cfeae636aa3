/* edit.h - key=value words applied to a noun, for `add`, `set` and `unset` alike. */
#ifndef EDIT_H
#define EDIT_H

#include "cmd/presencectl/ctl.h"
#include "lib/pure/field.h"

/* Apply all key=value words; says so on standard error if a note was cut. */
int edit_set(const struct field *fields, void *object, const char *const *words, size_t n,
	struct err *err) MUST_CHECK;
int edit_unset(const struct field *fields, void *object, const char *const *keys, size_t n,
	struct err *err) MUST_CHECK;

/* Print every key of an object as KEY and VALUE rows, the name first. */
extern const struct column edit_columns[];
int edit_show(struct ctl *ctl, const char *noun, const char *name, const struct field *fields,
	const void *object, struct err *err) MUST_CHECK;

#endif
