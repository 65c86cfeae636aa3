/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.h - print lines of values as a table or as JSON. No other file uses libsmartcols. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cmd/presencectl/command.h"
#include "lib/time/when.h"
#include "lib/time/zone.h"

struct out_options {
	bool json;
	bool csv;
	bool json_lines; /* JSON has a line for each object, and no array around them */
	bool data;       /* either of them: a program reads it, so nothing else is printed */
	bool no_headings;
	const char *columns;     /* --output: a comma list; NULL: the default columns */
	const struct zone *zone; /* for out_time() */
	const struct zone *
		home; /* in tables, times of another clock than this one carry their zone; NULL: none do */
	const struct zone *
		also; /* in tables, times are told by this clock too, if it shows another; or NULL */
	int64_t now;  /* for out_time() in tables */
	bool terminal;  /* standard output is a terminal: wide columns may be cut */
	unsigned width; /* of the terminal; 0: no limit */
};

struct out;

/* Check that `list` (--output) names only columns of `columns`. Case does not matter. ERR_USAGE, with a guess. */
int out_check_columns(const struct column *columns, const char *list, struct err *err) MUST_CHECK;

/* Start a table. `columns` and `noun` come from the command. The caller owns *ret. ERR_USAGE, with a guess, for an unknown
 * column in o->columns. */
int out_new(const struct column *columns, const char *noun, const struct out_options *o,
	struct out **ret, struct err *err) MUST_CHECK;
void out_free(struct out *out);
DEFINE_CLEANUP(struct out, out_free)

/* Begin a line, then set its values. `column` is an index in `columns`: use the enum beside them. NULL and unset values are empty
 * in a table and null in JSON (an unset COLUMN_LIST is []). Texts are copied and made safe for a terminal (text_escape) or
 * JSON. */
void out_line(struct out *out);
void out_text(struct out *out, size_t column, const char *text);
void out_number(struct out *out, size_t column, int64_t n);
void out_bool(struct out *out, size_t column, bool yes);
void out_time(struct out *out, size_t column, int64_t at); /* UTC seconds; INT64_MAX is unset */

/* A time as tables print it: "16:53", "10:53 EDT", or with `also` "16:53 (10:53 EDT)". */
enum { OUT_WHEN_SIZE = 2 * WHEN_ZONED_SIZE + 4 };
void out_when(const struct out_options *o, int64_t at, char ret[OUT_WHEN_SIZE]);

/* In JSON, put the array of `first` into the same object, before the own array. `first` is lent until out_print(). */
void out_first(struct out *out, struct out *first);

/* Print all lines to `to`. JSON is one object with one array, also if there are no lines. CSV has a line of headings, in small
 * letters, and all columns. A table without lines prints nothing, not
 * even headings. On a terminal a list takes one line a value, and wide columns are cut. Elsewhere lists have commas and nothing is
 * cut. --output gives the columns and their order, in JSON too. */
int out_print(struct out *out, FILE *to, struct err *err) MUST_CHECK;

/* Print the lines that there are, and forget them: more will come. Columns are as wide as in the parts before, or wider. out_print() prints
 * the last part. */
int out_part(struct out *out, FILE *to, struct err *err) MUST_CHECK;

#endif
