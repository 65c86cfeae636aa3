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
void spans_merge(struct spans *s); /* sort; join what overlaps or touches */
/* What of merged `s` is inside [from, to). */
void spans_clip(struct spans *s, int64_t from, int64_t to);
/* Replace merged `s` by what of [from, to) it leaves free. */
void spans_invert(struct spans *s, int64_t from, int64_t to);
/* The span of merged `s` that holds `at`, NULL if none. */
const struct span *spans_find(const struct spans *s, int64_t at);
void spans_done(struct spans *s);

#endif
