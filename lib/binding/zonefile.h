/* zonefile.h - time zones from the system's files. */
#ifndef ZONEFILE_H
#define ZONEFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/time/zone.h"

/* The zone of an Olson name; "UTC" needs no file. ERR_USAGE if it is none by its form, ERR_NOT_FOUND with did-you-mean. *ret is
 * owned by the caller. */
int zonefile_load(const char *name, struct zone **ret, struct err *err) MUST_CHECK;

/* All names, sorted; free with zonefile_names_free(). */
char **zonefile_names(size_t *ret_n);
void zonefile_names_free(char **names, size_t n);

/* A source of zones that reads each file once. `default_name` is what "" stands for, itself "" for the system's own zone.
 * `folder` is NULL for the system's files; else they are there, and "localtime" in it is the system's own zone. */
struct zonefiles;
struct zonefiles *zonefiles_new(const char *folder, const char *default_name);
void zonefiles_free(struct zonefiles *f);
DEFINE_CLEANUP(struct zonefiles, zonefiles_free)

/* As a source, lent. Its get() without an `err` is quick with names that do not exist: there is no search for what was meant. */
struct zones *zonefiles_zones(struct zonefiles *f);

/* Whether a file that was read is another one now. Then all zones are dropped, also those that get() has lent. */
bool zonefiles_refresh(struct zonefiles *f);

/* Tells the system's zone data of today from that of another day, as a text to keep. */
enum { ZONEFILE_STAMP_SIZE = 48 };
void zonefile_stamp(char ret[ZONEFILE_STAMP_SIZE]);

#endif
