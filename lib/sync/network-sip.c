/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/network-sip.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/binding/conn.h"
#include "lib/binding/hash.h"
#include "lib/binding/datagram.h"
#include "lib/sip/uri.h"

struct sip_network {
	struct transport transport; /* first: each is a pointer to the other */
	const struct conf_publish *conf;
	struct sip_server server;
	/* At most one of them, while it is open. */
	struct conn *conn;
	struct datagram *datagram;
};

static struct sip_network *network(struct transport *t)
{
	return (struct sip_network *)t;
}

static const struct sip_network *network_of(const struct transport *t)
{
	return (const struct sip_network *)t;
}

static int network_open(struct transport *t, char **ret_secret, struct err *err)
{
	struct sip_network *n = network(t);
	const struct conn_conf at = {
		.host = n->server.host,
		.port = n->server.port,
		.tls = n->server.over == SIP_TLS,
		.ca_file = n->conf->ca_file,
	};
	_cleanup_(conf_wipep) char *secret = NULL;
	int r;

	if (conf_publish_secret(n->conf, getenv("CREDENTIALS_DIRECTORY"), &secret, err) < 0)
		return -1;
	if (n->server.over == SIP_UDP)
		r = datagram_open(at.host, at.port, &n->datagram, err);
	else
		r = conn_open(&at, &n->conn, err);
	if (r < 0)
		return -1;
	*ret_secret = TAKE_PTR(secret);
	return 0;
}

static int network_connect(struct transport *t, struct err *err)
{
	return network(t)->conn ? conn_step(network(t)->conn, err) : 1;
}

static ssize_t network_read(struct transport *t, char *to, size_t size, struct err *err)
{
	struct sip_network *n = network(t);

	return n->conn ? conn_read(n->conn, to, size, err)
		       : datagram_read(n->datagram, to, size, err);
}

static ssize_t network_write(struct transport *t, const char *bytes, size_t size, struct err *err)
{
	struct sip_network *n = network(t);

	return n->conn ? conn_write(n->conn, bytes, size, err)
		       : datagram_write(n->datagram, bytes, size, err);
}

static bool network_has_input(const struct transport *t)
{
	return network_of(t)->conn && conn_has_input(network_of(t)->conn);
}

static int network_fd(const struct transport *t)
{
	return network_of(t)->conn ? conn_fd(network_of(t)->conn)
				   : datagram_fd(network_of(t)->datagram);
}

static short network_events(const struct transport *t)
{
	return network_of(t)->conn ? conn_events(network_of(t)->conn) : POLLIN;
}

static void network_close(struct transport *t)
{
	conn_free(network(t)->conn);
	datagram_free(network(t)->datagram);
	network(t)->conn = NULL;
	network(t)->datagram = NULL;
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

static void network_local(const struct transport *t, char *ret, size_t size)
{
	struct sockaddr_storage at;
	char host[INET6_ADDRSTRLEN];

	if (network_of(t)->conn)
		conn_local(network_of(t)->conn, &at);
	else
		datagram_local(network_of(t)->datagram, &at);
	if (at.ss_family == AF_INET6) {
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&at;

		inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof(host));
		snprintf(ret, size, "[%s]:%u", host, ntohs(six->sin6_port));
	} else if (at.ss_family == AF_INET) {
		const struct sockaddr_in *four = (const struct sockaddr_in *)&at;

		inet_ntop(AF_INET, &four->sin_addr, host, sizeof(host));
		snprintf(ret, size, "%s:%u", host, ntohs(four->sin_port));
	} else {
		/* RFC 3261, 18.2.1: the server answers where the request came from. */
		snprintf(ret, size, "localhost.invalid");
	}
}

struct transport *network_sip_new(const struct conf_publish *conf)
{
	struct sip_network *n = xcalloc(1, sizeof(*n));
	struct err err;
	int r = sip_server_parse(conf->server, &n->server, &err);

	assert(r == 0); /* conf_load() has checked it */
	(void)r;
	n->transport = (struct transport){
		.open = network_open,
		.connect = network_connect,
		.read = network_read,
		.write = network_write,
		.has_input = network_has_input,
		.fd = network_fd,
		.events = network_events,
		.close = network_close,
		.free = network_free,
		.random = network_random,
		.md5 = hash_md5_text,
		.local = network_local,
		.sha256 = hash_sha256_text,
	};
	n->conf = conf;
	return &n->transport;
}
