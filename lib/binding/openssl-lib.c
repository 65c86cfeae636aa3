/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/openssl-lib.h"

#include <stdbool.h>

#define NEED "TLS and sums need OpenSSL"

const struct openssl *openssl(struct err *err)
{
#define X(name) LIBRARY_SYMBOL(openssl, name)
	static const struct library_symbol crypto_symbols[] = { CRYPTO_FUNCTIONS(X){ NULL, 0 } };
	static const struct library_symbol ssl_symbols[] = { SSL_FUNCTIONS(X){ NULL, 0 } };
#undef X
	static const struct library crypto = { LIBRARY_FILE("libcrypto.so.", OPENSSL_SHLIB_VERSION),
		NEED, "libssl3", crypto_symbols };
	static const struct library ssl = { LIBRARY_FILE("libssl.so.", OPENSSL_SHLIB_VERSION), NEED,
		"libssl3", ssl_symbols };
	static struct openssl lib;
	static bool is_loaded;

	if (is_loaded)
		return &lib;
	if (library_open(&crypto, &lib, err) < 0 || library_open(&ssl, &lib, err) < 0)
		return NULL;
	is_loaded = true;
	return &lib;
}
