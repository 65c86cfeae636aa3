/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.h - SHA-256 of bytes. OpenSSL does the work. */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>

#include "lib/base/err.h"

enum { HASH_SIZE = 65 }; /* 64 hexadecimal digits and a NUL */

/* ERR_FAILED if this system has no SHA-256. */
int hash_sha256(const void *bytes, size_t n, char ret[HASH_SIZE], struct err *err) MUST_CHECK;

#endif
