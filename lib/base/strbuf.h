/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strbuf.h - a growing string. */
#ifndef STRBUF_H
#define STRBUF_H

#include <stddef.h>

#include "lib/base/err.h"

/* Invariant: s is never NULL, and s[len] is '\0', also when the string is empty. Start with STRBUF_INIT. */
struct strbuf {
	char *s;
	size_t len; /* bytes, without the NUL */
	size_t cap; /* bytes allocated; 0 while s is the shared empty string */
};

extern char strbuf_empty[];
#define STRBUF_INIT                                                                                \
	{                                                                                          \
		.s = strbuf_empty                                                                  \
	}

void strbuf_add(struct strbuf *b, const void *bytes, size_t n);
void strbuf_adds(struct strbuf *b, const char *s);
void strbuf_addc(struct strbuf *b, char c);
void strbuf_addf(struct strbuf *b, const char *fmt, ...) PRINTF_LIKE(2);
void strbuf_drop(struct strbuf *b, size_t n);  /* remove the first n bytes */
void strbuf_cut(struct strbuf *b, size_t len); /* shorten to len bytes */
char *strbuf_take(struct strbuf *b); /* the string, which the caller frees; b is empty then */
void strbuf_done(struct strbuf *b);  /* free; b may be used again */

#endif
