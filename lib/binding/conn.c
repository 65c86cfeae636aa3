/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/strbuf.h"
#include "lib/binding/openssl-lib.h"

enum {
	RECORD_MAX = 1024, /* bytes that Asterisk reads of a TLS record before it polls again */
	/* An other side that has lost its power says nothing. When a connection was idle for so long, the kernel asks whether it is
	 * still there, and if nothing comes again after so long, so many times. */
	ALIVE_IDLE_S = 2,
	ALIVE_AGAIN_S = 1,
	ALIVE_TIMES = 4,
	/* Bytes of ours that were not received for so long end the connection too. */
	UNRECEIVED_MS = 6000,
};

/* Loaded with the first connection that speaks TLS. */
static const struct openssl *lib;

struct conn {
	char *host;
	char *name; /* host and port for messages: "127.0.0.1:5038", "[::1]:5038" */
	enum { CONNECTING, HANDSHAKE, UP } state;
	int fd;
	struct addrinfo *addresses;
	struct addrinfo *next; /* the address to try when this one fails */
	bool is_distrusted;    /* its certificate was refused */
	bool wants_out;        /* it waits for room to write; while UP or in the handshake */
	size_t record;         /* bytes of the record that TLS has begun to write, or 0 */
	BIO_METHOD *method;    /* of the BIO under TLS */
	SSL_CTX *ctx;
	SSL *ssl; /* NULL when plain */
};

void conn_free(struct conn *c)
{
	if (!c)
		return;
	if (c->ssl && c->state == UP) {
		lib->SSL_shutdown(c->ssl);
		lib->ERR_clear_error();
	}
	if (lib) {
		lib->SSL_free(c->ssl);
		lib->SSL_CTX_free(c->ctx);
		lib->BIO_meth_free(c->method);
	}
	if (c->addresses)
		freeaddrinfo(c->addresses);
	closep(&c->fd);
	free(c->host);
	free(c->name);
	free(c);
}

/* Say why OpenSSL failed, and empty its queue of errors. */
static int tls_err(struct err *err, const char *what, const char *name)
{
	unsigned long e = lib->ERR_peek_last_error();
	const char *why = lib->ERR_reason_error_string(e);

	if (e && ERR_SYSTEM_ERROR(e))
		why = strerror(ERR_GET_REASON(e));
	err_set(err, ERR_FAILED, "%s %s: %s", what, name, why ? why : "unknown TLS error");
	if (ERR_GET_LIB(e) == ERR_LIB_SSL && ERR_GET_REASON(e) == SSL_R_WRONG_VERSION_NUMBER)
		err_hint(err, " (that port does not speak TLS)");
	lib->ERR_clear_error();
	return -1;
}

/* The BIO under TLS. If Asterisk finds only a part of a record on its socket it takes "more bytes needed" for an error and closes
 * the session. So a record, which is what one call writes, must travel whole. With MSG_EOR the kernel adds nothing to its
 * buffer: it takes the record whole or not at all. And a record is smaller than any usual segment. */
static int bio_write(BIO *bio, const char *bytes, int n)
{
	const struct conn *c = lib->BIO_get_data(bio);
	ssize_t got = send(c->fd, bytes, (size_t)n, MSG_NOSIGNAL | MSG_EOR);

	lib->BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		lib->BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
	return (int)got;
}

static int bio_read(BIO *bio, char *to, int size)
{
	const struct conn *c = lib->BIO_get_data(bio);
	ssize_t got = recv(c->fd, to, (size_t)size, 0);

	lib->BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		lib->BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
	if (got == 0)
		lib->BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
	return (int)got;
}

static long bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
	(void)num;
	(void)ptr;
	if (cmd == BIO_CTRL_EOF)
		return lib->BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
	return cmd == BIO_CTRL_FLUSH;
}

static int setup_bio(struct conn *c, struct err *err)
{
	BIO *bio;

	c->method = lib->BIO_meth_new(BIO_TYPE_SOURCE_SINK, "conn");
	if (!c->method || !lib->BIO_meth_set_write(c->method, bio_write) ||
		!lib->BIO_meth_set_read(c->method, bio_read) ||
		!lib->BIO_meth_set_ctrl(c->method, bio_ctrl))
		return tls_err(err, "TLS:", "set up");
	bio = lib->BIO_new(c->method);
	if (!bio)
		return tls_err(err, "TLS:", "set up");
	lib->BIO_set_data(bio, c);
	lib->BIO_set_init(bio, 1);
	lib->SSL_set_bio(c->ssl, bio, bio);
	return 0;
}

static bool is_address(const char *host)
{
	struct in6_addr a;

	return inet_pton(AF_INET, host, &a) == 1 || inet_pton(AF_INET6, host, &a) == 1;
}

static int load_trusted(SSL_CTX *ctx, const char *ca_file, struct err *err)
{
	FILE *f;

	if (!ca_file || !*ca_file) {
		if (lib->SSL_CTX_set_default_verify_paths(ctx) != 1)
			return tls_err(err, "TLS:", "the system's certificates");
		return 0;
	}
	/* If the file does not exist, OpenSSL's message does not help. */
	f = fopen(ca_file, "re");
	if (!f)
		return err_sys(err, "ca_file '%s'", ca_file);
	fclose(f);
	if (lib->SSL_CTX_load_verify_locations(ctx, ca_file, NULL) != 1) {
		lib->ERR_clear_error();
		return err_set(
			err, ERR_FAILED, "ca_file '%s': holds no certificate in PEM form", ca_file);
	}
	return 0;
}

static int setup_tls(struct conn *c, const char *ca_file, struct err *err)
{
	X509_VERIFY_PARAM *param;
	int ok;

	lib = openssl(err);
	if (!lib)
		return -1;
	lib->ERR_clear_error();
	c->ctx = lib->SSL_CTX_new(lib->TLS_client_method());
	if (!c->ctx ||
		lib->SSL_CTX_ctrl(c->ctx, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL) !=
			1)
		return tls_err(err, "TLS:", "set up");
	if (load_trusted(c->ctx, ca_file, err) < 0)
		return -1;
	lib->SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, NULL);
	lib->SSL_CTX_ctrl(c->ctx, SSL_CTRL_MODE,
		SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, NULL);
	/* Asterisk closes without close_notify. Messages show themselves where they end. */
	lib->SSL_CTX_set_options(c->ctx, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
	c->ssl = lib->SSL_new(c->ctx);
	if (!c->ssl)
		return tls_err(err, "TLS:", "set up");
	param = lib->SSL_get0_param(c->ssl);
	lib->X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	/* Trust each certificate of ca_file as it is. It may be that of the PBX itself. */
	lib->X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	if (is_address(c->host))
		ok = lib->X509_VERIFY_PARAM_set1_ip_asc(param, c->host);
	else
		ok = lib->X509_VERIFY_PARAM_set1_host(param, c->host, 0) &&
			lib->SSL_ctrl(c->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
				TLSEXT_NAMETYPE_host_name, c->host);
	return ok ? setup_bio(c, err) : tls_err(err, "TLS:", c->name);
}

static void set_options(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, ALIVE_IDLE_S },
		{ IPPROTO_TCP, TCP_KEEPINTVL, ALIVE_AGAIN_S },
		{ IPPROTO_TCP, TCP_KEEPCNT, ALIVE_TIMES },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, UNRECEIVED_MS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int));
}

/* Begin to connect to the next address that can be tried. */
static int try_next(struct conn *c, struct err *err)
{
	for (; c->next; c->next = c->next->ai_next) {
		const struct addrinfo *ai = c->next;
		int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
			ai->ai_protocol);

		if (fd < 0) {
			err_sys(err, "socket for %s", c->name);
			continue;
		}
		set_options(fd);
		if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0 || errno == EINPROGRESS) {
			/* Close the old descriptor only now. The new one thus has another number, and the owner
			 * sees the change. */
			closep(&c->fd);
			c->fd = fd;
			c->next = ai->ai_next;
			return 0;
		}
		err_sys(err, "connect to %s", c->name);
		close(fd);
	}
	return -1;
}

int conn_open(const struct conn_conf *conf, struct conn **ret, struct err *err)
{
	_cleanup_(conn_freep) struct conn *c = xcalloc(1, sizeof(*c));
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct strbuf name = STRBUF_INIT;
	char port[16];
	int e;

	c->fd = -1;
	c->host = xstrdup(conf->host);
	strbuf_addf(&name, strchr(conf->host, ':') ? "[%s]:%d" : "%s:%d", conf->host, conf->port);
	c->name = strbuf_take(&name);
	if (conf->tls && setup_tls(c, conf->ca_file, err) < 0)
		return -1;
	snprintf(port, sizeof(port), "%d", conf->port);
	e = getaddrinfo(conf->host, port, &hints, &c->addresses);
	if (e == EAI_SYSTEM)
		return err_sys(err, "look up '%s'", conf->host);
	if (e)
		return err_set(err, ERR_FAILED, "look up '%s': %s", conf->host, gai_strerror(e));
	c->next = c->addresses;
	if (try_next(c, err) < 0)
		return -1;
	*ret = TAKE_PTR(c);
	return 0;
}

int conn_fd(const struct conn *c)
{
	return c->fd;
}

short conn_events(const struct conn *c)
{
	if (c->state == CONNECTING)
		return POLLOUT;
	if (c->state == HANDSHAKE)
		return c->wants_out ? POLLOUT : POLLIN;
	return (short)(POLLIN | (c->wants_out ? POLLOUT : 0));
}

/* Returns 1 when connected, 0 if it must wait, -1 if no address is left. */
static int step_connect(struct conn *c, struct err *err)
{
	struct pollfd p = { .fd = c->fd, .events = POLLOUT };
	int e = 0;
	socklen_t n = sizeof(e);

	if (poll(&p, 1, 0) <= 0)
		return 0;
	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &n) < 0)
		e = errno;
	if (e == 0)
		return 1;
	errno = e;
	err_sys(err, "connect to %s", c->name);
	return try_next(c, err);
}

static int verify_err(struct conn *c, long result, struct err *err)
{
	lib->ERR_clear_error();
	c->is_distrusted = true;
	err_set(err, ERR_FAILED, "certificate of %s: %s", c->name,
		lib->X509_verify_cert_error_string(result));
	switch (result) {
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return err_hint(err, ": name a file that holds it, or its issuer's, as ca_file");
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return err_hint(err, ": it does not name '%s'", c->host);
	default: return -1;
	}
}

/* Returns 1 when TLS is up, 0 if it must wait for what wants_out says, -1 if it failed. OpenSSL checks the certificate inside
 * lib->SSL_connect(). If the certificate is the cause, say so, and not what OpenSSL calls the failed handshake. */
static int step_handshake(struct conn *c, struct err *err)
{
	long result;
	int n;

	lib->ERR_clear_error();
	errno = 0;
	n = lib->SSL_connect(c->ssl);
	if (n == 1)
		return 1;
	switch (lib->SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_WANT_READ: c->wants_out = false; return 0;
	case SSL_ERROR_WANT_WRITE: c->wants_out = true; return 0;
	case SSL_ERROR_ZERO_RETURN:
		return err_set(err, ERR_FAILED, "TLS with %s: closed by the other side", c->name);
	case SSL_ERROR_SYSCALL:
		if (errno)
			return err_sys(err, "TLS with %s", c->name);
		return err_set(err, ERR_FAILED, "TLS with %s: closed by the other side", c->name);
	default:
		result = lib->SSL_get_verify_result(c->ssl);
		if (result != X509_V_OK)
			return verify_err(c, result, err);
		return tls_err(err, "TLS with", c->name);
	}
}

int conn_step(struct conn *c, struct err *err)
{
	int got;

	if (c->state == CONNECTING) {
		got = step_connect(c, err);
		if (got <= 0)
			return got;
		c->state = c->ssl ? HANDSHAKE : UP;
	}
	if (c->state == HANDSHAKE) {
		got = step_handshake(c, err);
		if (got <= 0)
			return got;
		c->state = UP;
		c->wants_out = false;
	}
	return 1;
}

static int closed(const struct conn *c, struct err *err)
{
	return err_set(err, ERR_FAILED, "%s: closed by the other side", c->name);
}

/* Take the result of an lib->SSL_read() or lib->SSL_write() that returned no bytes. Returns 0 if it must wait, else -1. */
static int tls_result(struct conn *c, int n, struct err *err)
{
	switch (lib->SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_WANT_READ: return 0;
	case SSL_ERROR_WANT_WRITE: c->wants_out = true; return 0;
	case SSL_ERROR_ZERO_RETURN: return closed(c, err);
	case SSL_ERROR_SYSCALL: return errno ? err_sys(err, "%s", c->name) : closed(c, err);
	default: return tls_err(err, "TLS with", c->name);
	}
}

ssize_t conn_read(struct conn *c, char *to, size_t size, struct err *err)
{
	ssize_t n;

	if (c->state != UP)
		return 0;
	if (c->ssl) {
		int got;

		lib->ERR_clear_error();
		errno = 0;
		got = lib->SSL_read(c->ssl, to, size < INT_MAX ? (int)size : INT_MAX);
		return got > 0 ? got : tls_result(c, got, err);
	}
	n = recv(c->fd, to, size, 0);
	if (n == 0)
		return closed(c, err);
	if (n > 0)
		return n;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return 0;
	return err_sys(err, "%s", c->name);
}

/* How many of the bytes go into the next record: as many whole lines as fit. */
static size_t record_size(const char *bytes, size_t n)
{
	const char *end;

	if (n > RECORD_MAX)
		n = RECORD_MAX;
	end = memrchr(bytes, '\n', n);
	return end ? (size_t)(end - bytes) + 1 : n;
}

static ssize_t write_records(struct conn *c, const char *bytes, size_t n, struct err *err)
{
	size_t taken = 0;

	while (taken < n) {
		int got;

		/* A record that was begun must be given again as it was. */
		if (!c->record)
			c->record = record_size(bytes + taken, n - taken);
		if (c->record > n - taken)
			return err_set(err, ERR_FAILED, "%s: bytes not taken were not given again",
				c->name);
		lib->ERR_clear_error();
		errno = 0;
		got = lib->SSL_write(c->ssl, bytes + taken, (int)c->record);
		if (got <= 0) {
			if (tls_result(c, got, err) < 0)
				return -1;
			break;
		}
		c->record = 0;
		taken += (size_t)got;
	}
	return (ssize_t)taken;
}

static ssize_t write_plain(struct conn *c, const char *bytes, size_t n, struct err *err)
{
	ssize_t got = send(c->fd, bytes, n, MSG_NOSIGNAL);

	if (got >= 0) {
		c->wants_out = (size_t)got < n;
		return got;
	}
	if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		return err_sys(err, "%s", c->name);
	c->wants_out = true;
	return 0;
}

ssize_t conn_write(struct conn *c, const char *bytes, size_t n, struct err *err)
{
	if (c->state != UP)
		return 0;
	c->wants_out = false;
	if (n == 0)
		return 0;
	return c->ssl ? write_records(c, bytes, n, err) : write_plain(c, bytes, n, err);
}

bool conn_is_distrusted(const struct conn *c)
{
	return c->is_distrusted;
}

bool conn_has_input(const struct conn *c)
{
	return c->ssl && lib->SSL_pending(c->ssl) > 0;
}

void conn_local(const struct conn *c, struct sockaddr_storage *ret)
{
	socklen_t n = sizeof(*ret);

	memset(ret, 0, sizeof(*ret));
	if (getsockname(c->fd, (struct sockaddr *)ret, &n) < 0)
		ret->ss_family = AF_UNSPEC;
}
