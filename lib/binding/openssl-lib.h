/* SPDX-License-Identifier: GPL-3.0-or-later */
/* openssl-lib.h - for conn.c and hash.c alone: OpenSSL's functions by name. Linking it would make every command start most of a millisecond
 * later, and only who speaks TLS or makes a sum needs it. */
#ifndef OPENSSL_LIB_H
#define OPENSSL_LIB_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "lib/base/err.h"
#include "lib/binding/library.h"

#define CRYPTO_FUNCTIONS(X)                                                                        \
	X(BIO_clear_flags)                                                                         \
	X(BIO_get_data)                                                                            \
	X(BIO_meth_free)                                                                           \
	X(BIO_meth_new)                                                                            \
	X(BIO_meth_set_ctrl)                                                                       \
	X(BIO_meth_set_read)                                                                       \
	X(BIO_meth_set_write)                                                                      \
	X(BIO_new)                                                                                 \
	X(BIO_set_data)                                                                            \
	X(BIO_set_flags)                                                                           \
	X(BIO_set_init)                                                                            \
	X(BIO_test_flags)                                                                          \
	X(ERR_clear_error)                                                                         \
	X(ERR_peek_last_error)                                                                     \
	X(ERR_reason_error_string)                                                                 \
	X(EVP_DigestFinal_ex)                                                                      \
	X(EVP_DigestInit_ex)                                                                       \
	X(EVP_DigestUpdate)                                                                        \
	X(EVP_MD_CTX_free)                                                                         \
	X(EVP_MD_CTX_new)                                                                          \
	X(EVP_md5)                                                                                 \
	X(EVP_sha256)                                                                              \
	X(X509_VERIFY_PARAM_set1_host)                                                             \
	X(X509_VERIFY_PARAM_set1_ip_asc)                                                           \
	X(X509_VERIFY_PARAM_set_flags)                                                             \
	X(X509_VERIFY_PARAM_set_hostflags)                                                         \
	X(X509_verify_cert_error_string)

#define SSL_FUNCTIONS(X)                                                                           \
	X(SSL_CTX_ctrl)                                                                            \
	X(SSL_CTX_free)                                                                            \
	X(SSL_CTX_load_verify_locations)                                                           \
	X(SSL_CTX_new)                                                                             \
	X(SSL_CTX_set_default_verify_paths)                                                        \
	X(SSL_CTX_set_options)                                                                     \
	X(SSL_CTX_set_verify)                                                                      \
	X(SSL_connect)                                                                             \
	X(SSL_ctrl)                                                                                \
	X(SSL_free)                                                                                \
	X(SSL_get0_param)                                                                          \
	X(SSL_get_error)                                                                           \
	X(SSL_get_verify_result)                                                                   \
	X(SSL_new)                                                                                 \
	X(SSL_pending)                                                                             \
	X(SSL_read)                                                                                \
	X(SSL_set_bio)                                                                             \
	X(SSL_shutdown)                                                                            \
	X(SSL_write)                                                                               \
	X(TLS_client_method)

struct openssl {
	CRYPTO_FUNCTIONS(LIBRARY_POINTER)
	SSL_FUNCTIONS(LIBRARY_POINTER)
};

/* Load libcrypto and libssl. NULL with *err filled if the system does not have them. */
const struct openssl *openssl(struct err *err);

#endif
