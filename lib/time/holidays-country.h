/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holidays-country.h - the holidays of a country and of its regions, as a file says them:
 *   name: Sweden | Sverige
 *   source: Lag (1989:253) om allmänna helgdagar
 *   checked: 2024..2035
 *   01-06 = Epiphany | Trettondedag jul        a rule of holidays.h; behind the bar its name in the local language
 *   region by: Bavaria | Bayern                what follows is for that region, besides what the country has
 *   !epiphany, !epiphany 2027, !epiphany 2027..2029   not this one, or not in these years; !* takes all
 * '#' begins a comment. */
#ifndef HOLIDAYS_COUNTRY_H
#define HOLIDAYS_COUNTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

enum {
	COUNTRY_CODE_SIZE = 8,     /* "ch-zh" */
	COUNTRY_TEXT_MAX = 262144, /* bytes of a file */
	COUNTRY_LINES_MAX = 4000,
	COUNTRY_REGIONS_MAX = 250,
};

struct holiday_items;
struct country;

/* Whether a text is a code as ISO 3166-1 or -2 has them: "se", "de-by", in any case. */
bool country_is_code(const char *text);

/* `code` has two small letters. The caller owns what is returned. */
struct country *country_new(const char *code);
void country_free(struct country *c);
DEFINE_CLEANUP(struct country, country_free)

/* Read a file, or one more that changes what was read before. A line that cannot be read is left out, and is the country's problem.
 * `file` is for messages. */
void country_read(struct country *c, const char *file, const char *text);
/* Note what the caller could not read. */
void country_note(struct country *c, const struct err *problem);
/* Say what could not be read. -1 with the first problem, ERR_FAILED, or 0. */
int country_problem(const struct country *c, struct err *err);

const char *country_code(const struct country *c);
const char *country_name(const struct country *c);  /* English */
const char *country_local(const struct country *c); /* in its language, or "" */
const char *country_source(const struct country *c);
void country_checked(const struct country *c, int *ret_first, int *ret_last); /* 0: not said */

/* The i-th region: its code ("de-by") and names. NULL after the last. */
const char *country_region(
	const struct country *c, size_t i, const char **ret_name, const char **ret_local);

/* The rules of the country or, if `code` has one, of a region. ERR_NOT_FOUND with a guess if there is no such region. The caller
 * owns *ret. ERR_FAILED: the file takes away a holiday that is not there; the others are in *ret. */
int country_items(const struct country *c, const char *code, struct holiday_items *ret,
	struct err *err) MUST_CHECK;

/* Where countries come from. get() lends one for the life of the source. NULL with ERR_NOT_FOUND, with a guess, if there is none. */
struct countries {
	const struct country *(*get)(struct countries *self, const char *code, struct err *err);
};

#endif
