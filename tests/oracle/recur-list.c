/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instances of rules, for comparing. Each line of standard input is RULE DTSTART FROM LIMIT MAX, numbers in wall seconds;
 * FROM is sought if it is above DTSTART. Each line of output is what came: up to MAX instances, then "more" if there
 * were others, "steps" if the search was given up, or the error. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/calendar/recur.h"

static void list(const char *rule, int64_t dtstart, int64_t from, int64_t limit, int max)
{
	_cleanup_(recur_freep) struct recur *r = NULL;
	_cleanup_(recur_iter_freep) struct recur_iter *it = NULL;
	struct err err = { 0 };
	int64_t at;
	int got;

	if (recur_parse(rule, &r, &err) < 0) {
		printf("error: %s\n", err.msg);
		return;
	}
	it = recur_iter_new(r, dtstart);
	recur_iter_seek(it, from);
	while ((got = recur_iter_next(it, limit, &at)) > 0 && max--)
		printf("%" PRId64 " ", at);
	puts(got > 0 ? "more" : got < 0 ? "steps" : "end");
}

int main(void)
{
	char line[8192], rule[4097];
	int64_t dtstart, from, limit;
	int max;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%4096s %" SCNd64 " %" SCNd64 " %" SCNd64 " %d", rule, &dtstart,
			    &from, &limit, &max) != 5)
			return 2;
		list(rule, dtstart, from, limit, max);
	}
	return 0;
}
