/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holidays-feast.h - feasts that have a day of the year which a rule or a table gives: Easter and others. */
#ifndef HOLIDAYS_FEAST_H
#define HOLIDAYS_FEAST_H

#include <stddef.h>
#include <stdint.h>

enum { FEAST_OF_YEAR_MAX = 2 }; /* a year of the moon is shorter than one of the sun */

/* The feast whose word `text` begins with. *ret_end is behind it. -1 if there is none. */
int feast_parse(const char *text, const char **ret_end);
/* The i-th word, NULL after the last. */
const char *feast_name(int feast);

/* The days of the feast in a year, days since 1970-01-01. Returns how many there are. A table has none outside its years. */
size_t feast_in_year(int feast, int year, int64_t ret[FEAST_OF_YEAR_MAX]);

#endif
