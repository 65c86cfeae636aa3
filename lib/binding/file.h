/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.h - open a file that somebody else may have put there. */
#ifndef FILE_H
#define FILE_H

#include <stdio.h>
#include <sys/types.h>

#include "lib/base/err.h"

/* As open(), but a FIFO, a device or a folder is refused and never waited for. The descriptor closes on exec, and the caller owns it.
 * The message of a failure begins with `cannot` and the path: "cannot read configuration '/x': ...". */
int file_open(
	const char *path, int flags, mode_t mode, const char *cannot, struct err *err) MUST_CHECK;

/* The same for reading, as a stream. NULL on failure. */
FILE *file_read(const char *path, const char *cannot, struct err *err) MUST_CHECK;

/* For a file that a library will open: 0 if it is a regular file, behind links, or is not there. */
int file_check(const char *path, const char *cannot, struct err *err) MUST_CHECK;

#endif
