/* output.h - rows to a table on the terminal or to JSON. The only user of libsmartcols. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cmd/presencectl/command.h"
#include "lib/time/zone.h"

struct out_options {
	bool json;
	bool no_headings;
	const char *columns;     /* --output: comma list, NULL for the default ones */
	const struct zone *zone; /* for out_time */
	int64_t now;             /* for out_time in tables */
	bool terminal;           /* standard output is a terminal (may cut wide columns, colour) */
	unsigned width;          /* its width; 0 for no limit */
};

struct out;

/* Whether `list` (--output) names only columns of `columns`, in any case; ERR_USAGE with did-you-mean. */
int out_check_columns(const struct column *columns, const char *list, struct err *err) MUST_CHECK;

/* Start a table. `columns` and `noun` come from the command; ERR_USAGE (with did-you-mean) for an
 * unknown column in o->columns. *ret is owned by the caller. */
int out_new(const struct column *columns, const char *noun, const struct out_options *o,
	struct out **ret, struct err *err) MUST_CHECK;
void out_free(struct out *out);
DEFINE_CLEANUP(struct out, out_free)

/* A new row, then its values by index in `columns`. NULL and unset values are empty in a table and null
 * in JSON (an unset COLUMN_LIST is []). Texts are copied and made safe for a terminal (text_escape) or JSON. */
void out_line(struct out *out);
void out_text(struct out *out, size_t column, const char *text);
void out_number(struct out *out, size_t column, int64_t n);
void out_bool(struct out *out, size_t column, bool yes);
void out_time(struct out *out, size_t column, int64_t at); /* UTC seconds; INT64_MAX is unset */

/* JSON has the array of `first` in the same object, before its own. `first` is lent until out_print(). */
void out_first(struct out *out, const struct out *first);

/* Print all rows to `to`. JSON is one object with one array, also when there are no rows, a row a line; a
 * table without rows prints nothing. On a terminal lists take a line a value and wide columns are cut; elsewhere
 * a row is one line (lists with commas) and nothing is cut. --output gives the columns and their order for
 * JSON too. */
int out_print(struct out *out, FILE *to, struct err *err) MUST_CHECK;

#endif
