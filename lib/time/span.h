/* SPDX-License-Identifier: GPL-3.0-or-later */
/* span.h - half-open intervals [start, end) of UTC seconds, and sets of them. */
#ifndef SPAN_H
#define SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	int64_t start, end;
};

/* A growing list. Start with { 0 }, end with spans_done(). */
struct spans {
	struct span *list;
	size_t n, cap;
};

void spans_add(struct spans *s, int64_t start, int64_t end); /* ignored unless start < end */
void spans_merge(struct spans *s); /* sort; join spans that overlap or touch */
/* Cut merged `s` to [from, to). */
void spans_clip(struct spans *s, int64_t from, int64_t to);
/* Replace merged `s` by the parts of [from, to) that it leaves free. */
void spans_invert(struct spans *s, int64_t from, int64_t to);
void spans_done(struct spans *s);

#endif
