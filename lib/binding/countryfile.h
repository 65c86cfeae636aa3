/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countryfile.h - the holidays of countries from files: one for each country, with its code as the name. */
#ifndef COUNTRYFILE_H
#define COUNTRYFILE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/time/holidays-country.h"

/* A source of countries that reads each file once. `folders` has the folders, with ':' between them. Of files with the same name all
 * are read, that of the last folder first: what the first folder has changes it. */
struct countryfiles;
struct countryfiles *countryfiles_new(const char *folders);
void countryfiles_free(struct countryfiles *f);
DEFINE_CLEANUP(struct countryfiles, countryfiles_free)

/* The source, lent. */
struct countries *countryfiles_countries(struct countryfiles *f);

/* The codes that have a file, sorted. Free them with countryfiles_names_free(). */
char **countryfiles_names(const struct countryfiles *f, size_t *ret_n);
void countryfiles_names_free(char **names, size_t n);

/* Write a text that differs whenever a file does. The store keeps it and compares. */
enum { COUNTRYFILES_STAMP_SIZE = 20 };
void countryfiles_stamp(const struct countryfiles *f, char ret[COUNTRYFILES_STAMP_SIZE]);

#endif
