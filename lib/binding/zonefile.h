/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zonefile.h - time zones from the system's files. */
#ifndef ZONEFILE_H
#define ZONEFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/time/zone.h"

/* The zone of an Olson name. "UTC" needs no file. The caller owns *ret. ERR_USAGE if the text does not have the form of a zone,
 * ERR_NOT_FOUND with a guess if the zone does not exist. */
int zonefile_load(const char *name, struct zone **ret, struct err *err) MUST_CHECK;

/* All names, sorted. Free them with zonefile_names_free(). */
char **zonefile_names(size_t *ret_n);
void zonefile_names_free(char **names, size_t n);

/* A source of zones that reads each file once. "" stands for the zone `default_name`; if that is "" too, for the system's own zone.
 * `folder` has the files; "localtime" in it is the system's own zone. NULL means the system's files. */
struct zonefiles;
struct zonefiles *zonefiles_new(const char *folder, const char *default_name);
void zonefiles_free(struct zonefiles *f);
DEFINE_CLEANUP(struct zonefiles, zonefiles_free)

/* The source, lent. Its get() without an `err` is quick with names that do not exist: it looks for no guess. */
struct zones *zonefiles_zones(struct zonefiles *f);

/* Whether a file that was read has changed. Then all zones are dropped, also those that get() has lent. */
bool zonefiles_refresh(struct zonefiles *f);

/* Write a text that differs whenever the system's zone data does. The store keeps it and compares. */
enum { ZONEFILE_STAMP_SIZE = 48 };
void zonefile_stamp(char ret[ZONEFILE_STAMP_SIZE]);

/* The release of the system's zone data, as "2025b". False if the data does not say. */
enum { ZONEFILE_RELEASE_SIZE = 16 };
bool zonefile_release(char ret[ZONEFILE_RELEASE_SIZE]);

#endif
