/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.h - sums of bytes, as hexadecimal digits. OpenSSL does the work, and is loaded with the first one. */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>

#include "lib/base/err.h"

enum { HASH_MD5_SIZE = 33, HASH_SIZE = 65 }; /* with a NUL */

/* SHA-256. ERR_FAILED if this system has none. */
int hash_sha256(const void *bytes, size_t n, char ret[HASH_SIZE], struct err *err) MUST_CHECK;

/* What digests of HTTP and SIP are made of (struct digest_login): of `a` followed by `b`, of one text. -1 if OpenSSL does not offer
 * it (MD5 under FIPS). */
int hash_md5_text(const char *a, const char *b, char ret[HASH_MD5_SIZE]);
int hash_sha256_text(const char *text, char ret[HASH_SIZE]);

#endif
