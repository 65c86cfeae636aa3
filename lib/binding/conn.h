/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conn.h - one non-blocking TCP connection, plain or TLS (OpenSSL). It knows no protocol and no loop. If the other side loses its power
 * or its network, the connection breaks some seconds later, also while nothing is sent. */
#ifndef CONN_H
#define CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct conn_conf {
	const char *host; /* name or address; the resolver may block on a name outside /etc/hosts */
	int port;
	bool tls;            /* the certificate must be valid and name `host` */
	const char *ca_file; /* PEM, for a self-signed certificate; NULL or "": the system's */
};

struct conn;

/* Begin to connect. Every address of the host is tried in turn. On success the caller owns *ret. */
int conn_open(const struct conn_conf *conf, struct conn **ret, struct err *err) MUST_CHECK;
void conn_free(struct conn *c); /* closes */
DEFINE_CLEANUP(struct conn, conn_free)

int conn_fd(const struct conn *c);
/* What to wait for before the next conn_step(), conn_read() or conn_write(): POLLIN, POLLOUT or both. Once the connection is up
 * it is POLLIN. POLLOUT is added only when conn_write() took less than it was given, or when TLS asks for it: then call
 * conn_read() and conn_write() both. Until conn_step() has returned 1, the descriptor may change to one of another number. */
short conn_events(const struct conn *c);

/* Go on with connecting and the TLS handshake. Returns 1 when the connection is up, 0 if it must wait, -1 if it failed. The caller
 * decides how long to wait. */
int conn_step(struct conn *c, struct err *err) MUST_CHECK;

/* conn_step() has failed because the certificate is not trusted, or names another host. */
bool conn_is_distrusted(const struct conn *c);

/* Returns the bytes read, 0 if it must wait, -1 if the connection is broken or closed by the other side. */
ssize_t conn_read(struct conn *c, char *to, size_t size, struct err *err) MUST_CHECK;
/* Returns the bytes taken, 0 if it must wait, -1 if the connection is broken. Give the bytes that were not taken again; more may
 * follow them. It raises no SIGPIPE. Over TLS each record has at most 1024 bytes and ends at a line end: Asterisk reads so much
 * of a record, then polls the socket and does not see the rest. Each record travels whole: Asterisk hangs up on a part of one. */
ssize_t conn_write(struct conn *c, const char *bytes, size_t n, struct err *err) MUST_CHECK;
/* TLS may hold bytes that poll() does not see. While this is true, read again before waiting. */
bool conn_has_input(const struct conn *c);

/* Our end of a connection that is up. Family AF_UNSPEC if it is not known. */
struct sockaddr_storage;
void conn_local(const struct conn *c, struct sockaddr_storage *ret);

#endif
