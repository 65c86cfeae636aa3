/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/hash.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>

int hash_sha256(const void *bytes, size_t n, char ret[HASH_SIZE], struct err *err)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (EVP_Digest(bytes, n, sum, &len, EVP_sha256(), NULL) != 1 || 2 * len + 1 != HASH_SIZE) {
		ERR_clear_error();
		return err_set(err, ERR_FAILED, "OpenSSL offers no SHA-256 here");
	}
	for (unsigned i = 0; i < len; i++)
		snprintf(ret + (size_t)2 * i, 3, "%02x", sum[i]);
	return 0;
}
