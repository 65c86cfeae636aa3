/* SPDX-License-Identifier: GPL-3.0-or-later */
/* owner.h - root becomes the owner of the database's folder, before it opens anything there. Whoever may write the folder can plant
 * links in it at any moment. As the folder's owner we find nothing that they could not have used themselves. */
#ifndef OWNER_H
#define OWNER_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/base/err.h"

/* If we are root, and another user owns the folder of the database, take the effective IDs of that user, the folder's group and
 * the user's groups from /etc/group. Later calls do nothing. ERR_CONF if root owns a folder that others may write: there is
 * nobody to become. If there is no folder, nothing happens, since nothing can be opened. */
int owner_become(const char *database, struct err *err) MUST_CHECK;

/* The same for good: root's rights cannot come back. */
int owner_drop(const char *database, struct err *err) MUST_CHECK;

/* As fopen(), with the rights of who called us: for the files that they have named. */
FILE *owner_caller_fopen(const char *path, const char *mode);

/* Be the caller until owner_resume(), where one fopen() is not enough. Does nothing if we became nobody. */
void owner_suspend(void);
void owner_resume(void);

#endif
