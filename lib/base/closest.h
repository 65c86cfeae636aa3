/* SPDX-License-Identifier: GPL-3.0-or-later */
/* closest.h - which word is near to another: the guess behind "did you mean". */
#ifndef CLOSEST_H
#define CLOSEST_H

#include <stddef.h>

#include "lib/base/err.h"

/* The candidate nearest to `word`, lent from `candidates`. The measure is the Damerau-Levenshtein distance, blind to case.
 * A candidate is near enough if its distance is at most a third of the length of `word`, rounded, or if it begins with
 * `word` and `word` has three characters or more. Of equals the first wins. NULL if no candidate is near enough. A word or
 * candidate above 64 bytes is never near. */
const char *closest(const char *word, const char *const *candidates, size_t n);

/* Put the candidate that closest() finds behind what `err` says, as err_guess(). Returns -1. */
int closest_guess(struct err *err, const char *word, const char *const *candidates, size_t n);

#endif
