/* closest.h - "did you mean". */
#ifndef CLOSEST_H
#define CLOSEST_H

#include <stddef.h>

/* The candidate nearest to `word` by Damerau-Levenshtein distance without case, if it is near enough to
 * be meant (about a third of the length; a prefix of at least three characters counts as near); NULL
 * if none is, or `n` is 0. Lent from `candidates`. */
const char *closest(const char *word, const char *const *candidates, size_t n);

#endif
