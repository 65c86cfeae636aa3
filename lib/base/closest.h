/* closest.h - which word is near to another: for guesses at what somebody meant. */
#ifndef CLOSEST_H
#define CLOSEST_H

#include <stddef.h>

#include "lib/base/err.h"

/* The candidate nearest to `word` by Damerau-Levenshtein distance without case, if it is near enough to
 * be meant: at most a third of the length of `word` away, rounded, or with `word`, of three characters or
 * more, as its beginning. The first of equals. NULL if none is, or `n` is 0. Words and candidates above
 * 64 bytes are never near. Lent from `candidates`. */
const char *closest(const char *word, const char *const *candidates, size_t n);

/* Put the candidate that closest() finds behind what `err` says, as err_guess(). Returns -1. */
int closest_guess(struct err *err, const char *word, const char *const *candidates, size_t n);

#endif
