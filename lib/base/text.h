/* text.h - checks on text that comes from outside: UTF-8 (RFC 3629), control bytes, names. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

bool text_is_utf8(const char *s);

/* A byte below 0x20, 0x7f, or U+0080 to U+009F (terminals obey them too): what may not reach AMI, a terminal or a log. */
bool text_has_control(const char *s);

/* Cut `s` in place to at most `max` bytes, on a character border; also drops an unfinished character
 * at its end, so that cutting again changes nothing. Returns whether anything was cut off. */
bool text_cut(char *s, size_t max);

/* Turn control bytes and bytes that are not UTF-8 into '?', in place. */
void text_tame(char *s);

/* Only characters of `set` (a string), at least one, at most `max` bytes. */
bool text_is_of(const char *s, const char *set, size_t max);

/* Copy `s`, from outside, in a form that is safe on a terminal: control bytes and bytes that are not
 * UTF-8 become \xNN. */
void text_escape(struct strbuf *to, const char *s);

/* Append `s` as a JSON string with its quotes (RFC 8259): control bytes as \uNNNN, bytes that are not
 * UTF-8 as U+FFFD. */
void text_json(struct strbuf *to, const char *s);

/* Like strlcpy, but it is an error (a bug of ours) if `s` does not fit. */
void text_copy(char *to, size_t size, const char *s);

#define TEXT_ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

#endif
