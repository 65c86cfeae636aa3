/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/hash.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/binding/openssl-lib.h"

/* Of `a` followed by `b`. -1 if OpenSSL does not offer this kind of sum, or if it has not `size` digits and a NUL. */
static int sum_of(const struct openssl *lib, const EVP_MD *kind, const void *a, size_t a_n,
	const char *b, unsigned size, char *ret)
{
	EVP_MD_CTX *md = lib->EVP_MD_CTX_new();
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	bool ok = md && lib->EVP_DigestInit_ex(md, kind, NULL) == 1 &&
		lib->EVP_DigestUpdate(md, a, a_n) == 1 &&
		lib->EVP_DigestUpdate(md, b, strlen(b)) == 1 &&
		lib->EVP_DigestFinal_ex(md, sum, &n) == 1 && 2 * n + 1 == size;

	lib->EVP_MD_CTX_free(md);
	lib->ERR_clear_error();
	if (!ok)
		return -1;
	for (unsigned i = 0; i < n; i++)
		snprintf(ret + (size_t)2 * i, 3, "%02x", sum[i]);
	return 0;
}

int hash_sha256(const void *bytes, size_t n, char ret[HASH_SIZE], struct err *err)
{
	const struct openssl *lib = openssl(err);

	if (!lib)
		return -1;
	if (sum_of(lib, lib->EVP_sha256(), bytes, n, "", HASH_SIZE, ret) < 0)
		return err_set(err, ERR_FAILED, "OpenSSL offers no SHA-256 here");
	return 0;
}

int hash_md5_text(const char *a, const char *b, char ret[HASH_MD5_SIZE])
{
	const struct openssl *lib = openssl(NULL);

	return lib ? sum_of(lib, lib->EVP_md5(), a, strlen(a), b, HASH_MD5_SIZE, ret) : -1;
}

int hash_sha256_text(const char *text, char ret[HASH_SIZE])
{
	return hash_sha256(text, strlen(text), ret, NULL);
}
