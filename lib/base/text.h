/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - checks on text that comes from outside: UTF-8 (RFC 3629), control bytes, names. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

bool text_is_utf8(const char *s);

/* Whether `s` holds what may not reach AMI, a terminal or a log: a byte below 0x20, 0x7f, or U+0080 to U+009F, which
 * terminals obey too. */
bool text_has_control(const char *s);

/* Cut `s` in place to at most `max` bytes, on a character border. An unfinished character at the end goes too, so a second
 * cut changes nothing. Returns whether anything was cut off. */
bool text_cut(char *s, size_t max);

/* Turn control bytes and bytes that are not UTF-8 into '?', in place. */
void text_tame(char *s);

/* Whether `s` consists of characters of `set`, at least one and at most `max` bytes. */
bool text_is_of(const char *s, const char *set, size_t max);

/* Append `s`, which comes from outside, in a form that is safe on a terminal: control bytes and bytes that are not UTF-8
 * become \xNN. */
void text_escape(struct strbuf *to, const char *s);

/* Append `s` as a JSON string with its quotes (RFC 8259). Control bytes become \uNNNN, bytes that are not UTF-8 become
 * U+FFFD. */
void text_json(struct strbuf *to, const char *s);

/* As strlcpy, but what does not fit is cut on a character border. */
void text_copy(char *to, size_t size, const char *s);

#define TEXT_ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
/* Append a text in Base64 (RFC 4648, with padding): option `e` of PRESENCE_STATE() wants it so. */
void text_base64(struct strbuf *to, const char *s);

#endif
