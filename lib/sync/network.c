/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/network.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/binding/conn.h"
#include "lib/binding/hash.h"

struct network {
	struct transport transport; /* first: each is a pointer to the other */
	const struct conf *conf;
	const struct conf_pbx *pbx;
	struct conn *conn; /* NULL while closed */
};

static struct network *network(struct transport *t)
{
	return (struct network *)t;
}

static const struct conn *connection(const struct transport *t)
{
	return ((const struct network *)t)->conn;
}

static int network_open(struct transport *t, char **ret_secret, struct err *err)
{
	struct network *n = network(t);
	const struct conn_conf at = {
		.host = n->pbx->host,
		.port = (int)n->pbx->port,
		.tls = n->pbx->tls,
		.ca_file = n->pbx->ca_file,
	};
	_cleanup_(conf_wipep) char *secret = NULL;

	if (conf_secret(n->conf, n->pbx, getenv("CREDENTIALS_DIRECTORY"), &secret, err) < 0)
		return -1;
	if (conn_open(&at, &n->conn, err) < 0)
		return err_wrap(err, "PBX '%s'", n->pbx->name);
	*ret_secret = TAKE_PTR(secret);
	return 0;
}

static int network_connect(struct transport *t, struct err *err)
{
	return conn_step(network(t)->conn, err);
}

static ssize_t network_read(struct transport *t, char *to, size_t size, struct err *err)
{
	return conn_read(network(t)->conn, to, size, err);
}

static ssize_t network_write(struct transport *t, const char *bytes, size_t n, struct err *err)
{
	return conn_write(network(t)->conn, bytes, n, err);
}

static bool network_has_input(const struct transport *t)
{
	return conn_has_input(connection(t));
}

static bool network_is_distrusted(const struct transport *t)
{
	return connection(t) && conn_is_distrusted(connection(t));
}

static int network_fd(const struct transport *t)
{
	return conn_fd(connection(t));
}

static short network_events(const struct transport *t)
{
	return conn_events(connection(t));
}

static void network_close(struct transport *t)
{
	conn_free(network(t)->conn);
	network(t)->conn = NULL;
}

static void network_free(struct transport *t)
{
	network_close(t);
	free(t);
}

static uint32_t network_random(struct transport *t, uint32_t bound)
{
	(void)t;
	return arc4random_uniform(bound);
}

struct transport *network_new(const struct conf *conf, const struct conf_pbx *pbx)
{
	struct network *n = xcalloc(1, sizeof(*n));

	n->transport = (struct transport){
		.open = network_open,
		.connect = network_connect,
		.read = network_read,
		.write = network_write,
		.has_input = network_has_input,
		.is_distrusted = network_is_distrusted,
		.fd = network_fd,
		.events = network_events,
		.close = network_close,
		.free = network_free,
		.random = network_random,
		.md5 = hash_md5_text,
	};
	n->conf = conf;
	n->pbx = pbx;
	return &n->transport;
}
