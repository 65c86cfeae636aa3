/* zonefile.h - time zones from the system's files. */
#ifndef ZONEFILE_H
#define ZONEFILE_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/pure/zone.h"

/* The zone of an Olson name; "UTC" needs no file. ERR_NOT_FOUND with did-you-mean. *ret is owned by the caller. */
int zonefile_load(const char *name, struct zone **ret, struct err *err) MUST_CHECK;

/* The system's own zone: /etc/localtime, UTC if there is none. */
int zonefile_load_local(struct zone **ret, struct err *err) MUST_CHECK;

/* All names, sorted; free with zonefile_names_free(). */
char **zonefile_names(size_t *ret_n);
void zonefile_names_free(char **names, size_t n);

#endif
