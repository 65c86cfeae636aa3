/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/strbuf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"

char strbuf_empty[1];

static void reserve(struct strbuf *b, size_t more)
{
	size_t cap = b->cap;
	char *old = b->cap ? b->s : NULL;

	if (b->len + more < cap)
		return;
	b->s = mem_grow(old, &cap, b->len + more + 1, 1);
	b->cap = cap;
	if (!old)
		b->s[0] = '\0';
}

void strbuf_add(struct strbuf *b, const void *bytes, size_t n)
{
	if (!n)
		return;
	reserve(b, n);
	memcpy(b->s + b->len, bytes, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void strbuf_adds(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}

void strbuf_addc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

void strbuf_addf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	reserve(b, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void strbuf_drop(struct strbuf *b, size_t n)
{
	assert(n <= b->len);
	if (!n)
		return;
	memmove(b->s, b->s + n, b->len - n + 1);
	b->len -= n;
}

void strbuf_cut(struct strbuf *b, size_t len)
{
	assert(len <= b->len);
	if (!b->cap)
		return;
	b->len = len;
	b->s[len] = '\0';
}

char *strbuf_take(struct strbuf *b)
{
	char *s = b->cap ? b->s : xstrdup("");

	*b = (struct strbuf)STRBUF_INIT;
	return s;
}

void strbuf_done(struct strbuf *b)
{
	if (b->cap)
		free(b->s);
	*b = (struct strbuf)STRBUF_INIT;
}
