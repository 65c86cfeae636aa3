/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/closest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORD_MAX = 64 };

static int min(int a, int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: the fewest insertions, deletions, changes, and swaps of neighbours that make `b` of `a`.
 * The table holds the distance of each beginning of `a` to each beginning of `b` and is filled line by line. A line needs
 * the two before it, the older one for swaps: three lines are kept, and the oldest becomes the next. */
static int distance(const char *a, const char *b)
{
	int rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1], *now = rows[2];
	int la = (int)strlen(a), lb = (int)strlen(b);

	for (int j = 0; j <= lb; j++)
		last[j] = j;
	for (int i = 1; i <= la; i++) {
		int *spare = before;

		now[0] = i;
		for (int j = 1; j <= lb; j++) {
			int ca = tolower((unsigned char)a[i - 1]),
			    cb = tolower((unsigned char)b[j - 1]);

			now[j] = min(min(last[j] + 1, now[j - 1] + 1), last[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
				cb == tolower((unsigned char)a[i - 2]))
				now[j] = min(now[j], before[j - 2] + 1);
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[lb];
}

const char *closest(const char *word, const char *const *candidates, size_t n)
{
	size_t len = strlen(word);
	const char *best = NULL;
	int best_rank = 0, best_distance = 0;

	if (!len || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t other = strlen(candidates[i]);
		int limit = len < 3 ? 1 : ((int)len + 1) / 3, d, rank;

		if (!other || other > WORD_MAX)
			continue;
		/* What begins with the word is as near as the limit, however long it is. */
		d = rank = distance(word, candidates[i]);
		if (len >= 3 && !strncasecmp(word, candidates[i], len))
			rank = min(d, limit);
		if (rank > limit || (size_t)rank >= len)
			continue;
		if (!best || rank < best_rank || (rank == best_rank && d < best_distance)) {
			best = candidates[i];
			best_rank = rank;
			best_distance = d;
		}
	}
	return best;
}

int closest_guess(struct err *err, const char *word, const char *const *candidates, size_t n)
{
	const char *guess = closest(word, candidates, n);

	return guess ? err_guess(err, "%s", guess) : -1;
}
