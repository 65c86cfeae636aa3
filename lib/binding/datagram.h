/* SPDX-License-Identifier: GPL-3.0-or-later */
/* datagram.h - a UDP socket to one host and port. What comes from elsewhere is not received. */
#ifndef DATAGRAM_H
#define DATAGRAM_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct datagram;
struct sockaddr_storage;

enum { DATAGRAM_MAX = 65535 };

/* Looking up a name waits for the answer, as conn_open() does. The first address that has a route is taken. The caller owns *ret. */
int datagram_open(const char *host, int port, struct datagram **ret, struct err *err) MUST_CHECK;
void datagram_free(struct datagram *d);
DEFINE_CLEANUP(struct datagram, datagram_free)

int datagram_fd(const struct datagram *d); /* wait for POLLIN */

/* Bytes of the next datagram, 0 if there is none (an empty one does not count), -1 if the other side has no such port or host. */
ssize_t datagram_read(struct datagram *d, char *to, size_t size, struct err *err) MUST_CHECK;
/* Send one datagram. Returns n, 0 if there is no room now, -1 as datagram_read(): the failure may be that of an earlier one. */
ssize_t datagram_write(struct datagram *d, const char *bytes, size_t n, struct err *err) MUST_CHECK;

/* Our end. Family AF_UNSPEC if it is not known. */
void datagram_local(const struct datagram *d, struct sockaddr_storage *ret);

#endif
