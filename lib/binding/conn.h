/* conn.h - one non-blocking TCP connection, plain or TLS (OpenSSL). Knows no protocol and no loop. */
#ifndef CONN_H
#define CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct conn_conf {
	const char *host; /* name or address; a name not in /etc/hosts may block in the resolver */
	int port;
	bool tls;            /* the certificate must be valid and name `host` */
	const char *ca_file; /* PEM, for a self-signed one; NULL or "" for the system's */
};

struct conn;

/* Begin to connect; tries every address of the host in turn. On success *ret is owned by the caller. */
int conn_open(const struct conn_conf *conf, struct conn **ret, struct err *err) MUST_CHECK;
void conn_free(struct conn *c); /* closes */
DEFINE_CLEANUP(struct conn, conn_free)

int conn_fd(const struct conn *c);
/* What to wait for before the next conn_step, conn_read or conn_write: POLLIN, POLLOUT or both. Before
 * the connection is up this is all that matters; then POLLIN, and POLLOUT only after conn_write took
 * less than it was given or TLS asks for it (then call both conn_read and conn_write). The fd may change
 * until conn_step has returned 1; the new one then has another number. */
short conn_events(const struct conn *c);

/* Go on with connecting and the TLS handshake: 1 when up, 0 when it must wait, -1 when it failed. How
 * long to wait is the caller's business. */
int conn_step(struct conn *c, struct err *err) MUST_CHECK;

/* Bytes read, 0 if it must wait, -1 if the connection is broken or closed by the other side. */
ssize_t conn_read(struct conn *c, char *to, size_t size, struct err *err) MUST_CHECK;
/* Bytes taken, 0 if it must wait, -1 if broken. What was not taken must be given again, with more bytes
 * behind it if need be. Over TLS each record has at most 1024 bytes and ends at a line end: Asterisk
 * reads so much of a record and then polls the socket, blind to the rest; and each is handed to the
 * kernel so that it travels whole: Asterisk hangs up on a part of one. Raises no SIGPIPE. */
ssize_t conn_write(struct conn *c, const char *bytes, size_t n, struct err *err) MUST_CHECK;
/* TLS may hold bytes that poll() does not see: read again before waiting while this is true. */
bool conn_has_input(const struct conn *c);

/* MD5 of a followed by b as hexadecimal digits; -1 if OpenSSL offers no MD5 (FIPS). */
int conn_md5(const char *a, const char *b, char ret[33]);

#endif
