/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transport.h - how a session reaches its PBX, and a publisher its presence server: a connection that carries bytes, and whatever
 * else is another one each time it is asked for. network.h and network-sip.h have those of the programs. A test has one in memory,
 * so that nothing here needs a socket. */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/err.h"

struct transport {
	/* Begin to connect. *ret_secret is the password of the login, owned by the caller: conf_wipe(). */
	int (*open)(struct transport *t, char **ret_secret, struct err *err);
	/* Go on with connecting: 1 when bytes can travel, 0 when it must wait, -1 when it failed. */
	int (*connect)(struct transport *t, struct err *err);
	/* Bytes read or taken, 0 if it must wait, -1 if the connection is broken or closed by the other side. What was not taken is
	 * given again, with more bytes behind it if need be. */
	ssize_t (*read)(struct transport *t, char *to, size_t size, struct err *err);
	ssize_t (*write)(struct transport *t, const char *bytes, size_t n, struct err *err);
	/* There are bytes to be read of which poll() on `fd` says nothing. */
	bool (*has_input)(const struct transport *t);
	/* What to wait for. The descriptor may be another one until connect() has returned 1. */
	int (*fd)(const struct transport *t);
	short (*events)(const struct transport *t);
	void (*close)(
		struct transport *t); /* also when it is closed, and after open() has failed */
	void (*free)(struct transport *t);

	/* A number from 0 to bound - 1 that nobody can guess. */
	uint32_t (*random)(struct transport *t, uint32_t bound);
	/* Of a followed by b, as 32 hexadecimal digits; 0, or -1 if there is no MD5 here. */
	int (*md5)(const char *a, const char *b, char ret[33]);

	/* What only SIP needs. Our end of the connection, as a Via has it: "192.0.2.1:5060", "[2001:db8::1]:5060". */
	void (*local)(const struct transport *t, char *ret, size_t size);
	int (*sha256)(const char *text, char ret[65]);

	/* What only AMI needs: connect() has failed because we do not trust the other side. */
	bool (*is_distrusted)(const struct transport *t);
};

#endif
