/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/binding/conn.h"

enum { ROUNDS = 20000 }; /* no wait in here takes more; each lasts at most 5 ms */

/* A listener on 127.0.0.1 and the one connection it has accepted. */
struct server {
	int listener, fd, port;
	SSL_CTX *ctx; /* NULL: plain */
	SSL *ssl;
};

static char pem_path[] = "/tmp/test-conn-XXXXXX"; /* the server's certificate */
static EVP_PKEY *key;
static X509 *cert;

/* A self-signed certificate for 127.0.0.1 and pbx.example. */
static int make_certificate(void **state)
{
	X509_EXTENSION *san = X509V3_EXT_conf_nid(
		NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1,DNS:pbx.example,DNS:localhost");
	FILE *f;

	(void)state;
	key = EVP_EC_gen("P-256");
	cert = X509_new();
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_set_version(cert, X509_VERSION_3);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
		(const unsigned char *)"pbx.example", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_set_pubkey(cert, key);
	X509_add_ext(cert, san, -1);
	X509_EXTENSION_free(san);
	if (X509_sign(cert, key, EVP_sha256()) == 0)
		return -1;
	f = fdopen(mkstemp(pem_path), "w");
	if (!f || PEM_write_X509(f, cert) != 1)
		return -1;
	return fclose(f);
}

static int remove_certificate(void **state)
{
	(void)state;
	unlink(pem_path);
	X509_free(cert);
	EVP_PKEY_free(key);
	return 0;
}

static void server_listen(struct server *s, int tls)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);

	*s = (struct server){ .fd = -1 };
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(s->listener >= 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&a, &n), 0);
	s->port = ntohs(a.sin_port);
	if (tls) {
		s->ctx = SSL_CTX_new(TLS_server_method());
		assert_int_equal(SSL_CTX_use_certificate(s->ctx, cert), 1);
		assert_int_equal(SSL_CTX_use_PrivateKey(s->ctx, key), 1);
	}
}

static void server_done(struct server *s)
{
	SSL_free(s->ssl);
	SSL_CTX_free(s->ctx);
	closep(&s->fd);
	closep(&s->listener);
}

/* The server's share of coming up. */
static void server_step(struct server *s)
{
	if (s->fd < 0)
		s->fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (s->fd < 0 || !s->ctx)
		return;
	if (!s->ssl) {
		s->ssl = SSL_new(s->ctx);
		SSL_set_fd(s->ssl, s->fd);
	}
	SSL_accept(s->ssl);
}

static void wait_for(const struct conn *c)
{
	struct pollfd p = { .fd = conn_fd(c), .events = conn_events(c) };

	poll(&p, 1, 5);
}

/* Connect, with the server taking part. What conn_open or conn_step said last. */
static int come_up(
	struct server *s, const struct conn_conf *conf, struct conn **ret, struct err *err)
{
	int up = 0;

	*ret = NULL;
	if (conn_open(conf, ret, err) < 0)
		return -1;
	for (int i = 0; i < ROUNDS && (up == 0 || s->fd < 0); i++) {
		server_step(s);
		up = up ? up : conn_step(*ret, err);
		if (up < 0)
			return -1;
		if (up == 0)
			wait_for(*ret);
	}
	assert_int_equal(up, 1);
	return up;
}

/* Read until `n` bytes have come. */
static void read_all(struct conn *c, char *to, size_t n)
{
	size_t have = 0;

	for (int i = 0; i < ROUNDS && have < n; i++) {
		struct err err;
		ssize_t got = conn_read(c, to + have, n - have, &err);

		assert_true(got >= 0);
		have += (size_t)got;
		if (got == 0)
			wait_for(c);
	}
	assert_int_equal(have, n);
}

/* Read until the connection is said to be broken. */
static void read_end(struct conn *c, struct err *err)
{
	char buf[100];
	ssize_t got = 0;

	for (int i = 0; i < ROUNDS && got >= 0; i++) {
		got = conn_read(c, buf, sizeof(buf), err);
		if (got == 0)
			wait_for(c);
	}
	assert_int_equal(got, -1);
}

static void test_plain(void **state)
{
	struct server s;
	struct conn_conf conf = { .host = "127.0.0.1" };
	_cleanup_(conn_freep) struct conn *c = NULL;
	struct err err;
	char buf[20], expect[100];

	(void)state;
	server_listen(&s, 0);
	conf.port = s.port;
	assert_int_equal(come_up(&s, &conf, &c, &err), 1);
	assert_int_equal(conn_events(c), POLLIN);
	assert_int_equal(conn_read(c, buf, sizeof(buf), &err), 0);
	assert_false(conn_has_input(c));
	assert_int_equal(write(s.fd, "hello", 5), 5);
	read_all(c, buf, 5);
	assert_memory_equal(buf, "hello", 5);
	assert_int_equal(conn_write(c, "answer", 6, &err), 6);
	assert_int_equal(conn_write(c, "", 0, &err), 0);
	assert_int_equal(conn_events(c), POLLIN);
	/* Closed after some last words. */
	assert_int_equal(recv(s.fd, buf, sizeof(buf), 0), 6);
	assert_int_equal(write(s.fd, "bye", 3), 3);
	closep(&s.fd);
	s.fd = -1;
	read_all(c, buf, 3);
	read_end(c, &err);
	snprintf(expect, sizeof(expect), "127.0.0.1:%d: closed by the other side", s.port);
	assert_string_equal(err.msg, expect);
	server_done(&s);
}

static void test_refused(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		_cleanup_(conn_freep) struct conn *c = NULL;
		struct conn_conf conf = { .host = hosts[i] };
		struct server s;
		struct err err;
		char expect[100];
		int got;

		server_listen(&s, 0);
		conf.port = s.port;
		closep(&s.listener); /* a port where surely nobody listens */
		s.listener = -1;
		got = conn_open(&conf, &c, &err);
		for (int k = 0; k < ROUNDS && got == 0; k++) {
			wait_for(c);
			got = conn_step(c, &err);
		}
		assert_int_equal(got, -1);
		snprintf(expect, sizeof(expect), "connect to %s:%d: Connection refused", hosts[i],
			s.port);
		assert_string_equal(err.msg, expect);
		server_done(&s);
	}
}

/* "localhost" may have an address where nobody listens; the next one is tried. */
static void test_name(void **state)
{
	struct server s;
	struct conn_conf conf = { .host = "localhost" };
	_cleanup_(conn_freep) struct conn *c = NULL;
	struct err err;

	(void)state;
	server_listen(&s, 0);
	conf.port = s.port;
	assert_int_equal(come_up(&s, &conf, &c, &err), 1);
	server_done(&s);
}

static void test_unusable(void **state)
{
	static const struct {
		struct conn_conf conf;
		const char *says;
	} cases[] = {
		{ { .host = "not a name", .port = 1 },
			"look up 'not a name': Name or service not known" },
		{ { .host = "127.0.0.1", .port = 1, .tls = true, .ca_file = "/no/such.pem" },
			"ca_file '/no/such.pem': No such file or directory" },
		{ { .host = "127.0.0.1", .port = 1, .tls = true, .ca_file = "/dev/null" },
			"ca_file '/dev/null': holds no certificate in PEM form" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conn *c = NULL;
		struct err err;

		assert_int_equal(conn_open(&cases[i].conf, &c, &err), -1);
		assert_null(c);
		assert_string_equal(err.msg, cases[i].says);
	}
}

/* Closed before a word: that shows at the first read; a write raises no signal. */
static void test_closed_early(void **state)
{
	struct server s;
	struct conn_conf conf = { .host = "127.0.0.1" };
	_cleanup_(conn_freep) struct conn *c = NULL;
	struct err err;
	ssize_t got = 0;

	(void)state;
	server_listen(&s, 0);
	conf.port = s.port;
	assert_int_equal(come_up(&s, &conf, &c, &err), 1);
	closep(&s.fd);
	s.fd = -1;
	read_end(c, &err);
	assert_non_null(strstr(err.msg, ": closed by the other side"));
	for (int i = 0; i < ROUNDS && got >= 0; i++) {
		got = conn_write(c, "x", 1, &err);
		if (got == 0)
			wait_for(c);
	}
	assert_int_equal(got, -1);
	server_done(&s);
}

/* Bytes that the kernel does not take make POLLOUT be asked for. */
static void test_full(void **state)
{
	struct server s;
	struct conn_conf conf = { .host = "127.0.0.1" };
	_cleanup_(conn_freep) struct conn *c = NULL;
	static char bytes[1 << 20], buf[65536];
	size_t taken = 0, came = 0;
	ssize_t got = 1;
	struct err err;

	(void)state;
	server_listen(&s, 0);
	conf.port = s.port;
	assert_int_equal(come_up(&s, &conf, &c, &err), 1);
	for (int i = 0; i < 1000 && got > 0; i++) {
		got = conn_write(c, bytes, sizeof(bytes), &err);
		assert_true(got >= 0);
		taken += (size_t)got;
	}
	assert_int_equal(got, 0);
	assert_int_equal(conn_events(c), POLLIN | POLLOUT);
	for (int i = 0; i < ROUNDS && came < taken; i++) {
		struct pollfd p = { .fd = s.fd, .events = POLLIN };

		got = recv(s.fd, buf, sizeof(buf), 0);
		came += got > 0 ? (size_t)got : 0;
		if (got <= 0)
			poll(&p, 1, 5);
	}
	assert_int_equal(came, taken);
	wait_for(c);
	assert_int_equal(conn_write(c, "x", 1, &err), 1);
	assert_int_equal(conn_events(c), POLLIN);
	server_done(&s);
}

static void test_tls(void **state)
{
	struct server s;
	struct conn_conf conf = { .host = "127.0.0.1", .tls = true, .ca_file = pem_path };
	_cleanup_(conn_freep) struct conn *c = NULL;
	static char big[16000], buf[16000];
	struct err err;
	size_t have = 0;

	(void)state;
	server_listen(&s, 1);
	conf.port = s.port;
	assert_int_equal(come_up(&s, &conf, &c, &err), 1);
	assert_true(SSL_version(s.ssl) >= TLS1_2_VERSION);
	assert_null(SSL_get_servername(s.ssl, TLSEXT_NAMETYPE_host_name)); /* none for an address */
	/* One record of the server's, read in small pieces: the rest is not seen by poll(). */
	memset(big, 'x', sizeof(big));
	assert_int_equal(SSL_write(s.ssl, big, sizeof(big)), sizeof(big));
	for (int i = 0; i < ROUNDS && have == 0; i++) {
		ssize_t got = conn_read(c, buf, 10, &err);

		assert_true(got >= 0);
		have += (size_t)got;
		if (got == 0)
			wait_for(c);
	}
	assert_true(conn_has_input(c));
	while (conn_has_input(c) && have < sizeof(big)) {
		ssize_t got = conn_read(c, buf + have, 10, &err);

		assert_true(got > 0);
		have += (size_t)got;
	}
	assert_int_equal(have, sizeof(big));
	/* Asterisk often closes without a word in TLS. */
	closep(&s.fd);
	s.fd = -1;
	read_end(c, &err);
	assert_non_null(strstr(err.msg, ": closed by the other side"));
	server_done(&s);
}

static void test_tls_refused(void **state)
{
	static const struct {
		const char *host, *ca_file, *says;
	} cases[] = {
		{ "127.0.0.1", "", "self-signed certificate: name a file that holds it" },
		{ "127.0.0.2", pem_path, "IP address mismatch: it does not name '127.0.0.2'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sockaddr_in a = { .sin_family = AF_INET,
			.sin_addr.s_addr = inet_addr("127.0.0.2") };
		_cleanup_(conn_freep) struct conn *c = NULL;
		struct conn_conf conf = {
			.host = cases[i].host, .tls = true, .ca_file = cases[i].ca_file
		};
		struct server s;
		struct err err;

		server_listen(&s, 1);
		if (strcmp(cases[i].host, "127.0.0.2") == 0) {
			closep(&s.listener);
			s.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
			a.sin_port = htons((uint16_t)s.port);
			assert_int_equal(bind(s.listener, (struct sockaddr *)&a, sizeof(a)), 0);
			assert_int_equal(listen(s.listener, 1), 0);
		}
		conf.port = s.port;
		assert_int_equal(come_up(&s, &conf, &c, &err), -1);
		assert_non_null(strstr(err.msg, cases[i].says));
		assert_ptr_equal(strstr(err.msg, "certificate of 127.0.0."), err.msg);
		server_done(&s);
	}
}

static void test_tls_names(void **state)
{
	struct server s;
	struct conn_conf conf = { .host = "localhost", .tls = true, .ca_file = pem_path };
	_cleanup_(conn_freep) struct conn *c = NULL;
	struct err err;

	(void)state;
	server_listen(&s, 1);
	conf.port = s.port;
	assert_int_equal(come_up(&s, &conf, &c, &err), 1);
	assert_string_equal(SSL_get_servername(s.ssl, TLSEXT_NAMETYPE_host_name), "localhost");
	server_done(&s);
}

/* The other side speaks plain, or hangs up in the handshake, or speaks only what is too old. */
static void test_tls_broken(void **state)
{
	static const char *const greetings[] = { "Asterisk Call Manager/11.0.0\r\n", "" };
	static const char *const says[] = { "wrong version number (that port does not speak TLS)",
		"closed by the other side" };
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(greetings); i++) {
		_cleanup_(conn_freep) struct conn *c = NULL;
		struct conn_conf conf = { .host = "127.0.0.1", .tls = true, .ca_file = pem_path };
		struct server s;
		int got = 0;

		server_listen(&s, 0);
		conf.port = s.port;
		assert_int_equal(conn_open(&conf, &c, &err), 0);
		for (int k = 0; k < ROUNDS && got == 0; k++) {
			if (s.fd < 0) {
				server_step(&s);
				if (s.fd >= 0 && *greetings[i])
					assert_true(write(s.fd, greetings[i],
							    strlen(greetings[i])) > 0);
				else if (s.fd >= 0)
					shutdown(s.fd, SHUT_WR);
			}
			got = conn_step(c, &err);
			if (got == 0)
				wait_for(c);
		}
		assert_int_equal(got, -1);
		assert_non_null(strstr(err.msg, says[i]));
		server_done(&s);
	}
}

static void test_tls_too_old(void **state)
{
	struct server s;
	struct conn_conf conf = { .host = "127.0.0.1", .tls = true, .ca_file = pem_path };
	_cleanup_(conn_freep) struct conn *c = NULL;
	struct err err;

	(void)state;
	server_listen(&s, 1);
	conf.port = s.port;
	SSL_CTX_set_security_level(s.ctx, 0);
	SSL_CTX_set_min_proto_version(s.ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(s.ctx, TLS1_1_VERSION);
	assert_int_equal(come_up(&s, &conf, &c, &err), -1);
	assert_non_null(strstr(err.msg, "protocol version"));
	server_done(&s);
}

/* Actions of all sizes, more than the kernel takes at once. */
static void make_actions(struct strbuf *b)
{
	char value[1000];

	memset(value, 'v', sizeof(value));
	for (size_t i = 0; b->len < (8u << 20); i++)
		strbuf_addf(b, "Action: Setvar\r\nVariable: X\r\nValue: %.*s\r\n\r\n",
			(int)(i * 37 % 1000), value);
}

/* What waits on the server's socket begins with a whole record, if there is anything: Asterisk hangs up
 * on a part of one. */
static void check_whole(const struct server *s)
{
	unsigned char head[2048];
	ssize_t n = recv(s->fd, head, sizeof(head), MSG_PEEK);

	if (n > 0)
		assert_true(n >= 5 && n >= 5 + (head[3] << 8 | head[4]));
}

/* Each record as the server gets it: at most 1024 bytes, whole lines, and all of them in order. Read
 * slowly, so that writes are refused and taken up again in between. */
static void check_records(int version)
{
	struct server s;
	struct conn_conf conf = { .host = "127.0.0.1", .tls = true, .ca_file = pem_path };
	_cleanup_(conn_freep) struct conn *c = NULL;
	static char buf[20000];
	struct strbuf out = STRBUF_INIT, in = STRBUF_INIT;
	size_t taken = 0, refusals = 0;
	struct err err;

	make_actions(&out);
	server_listen(&s, 1);
	SSL_CTX_set_max_proto_version(s.ctx, version);
	conf.port = s.port;
	assert_int_equal(come_up(&s, &conf, &c, &err), 1);
	assert_int_equal(SSL_version(s.ssl), version);
	for (int i = 0; i < 10 * ROUNDS && in.len < out.len; i++) {
		ssize_t got = conn_write(c, out.s + taken, out.len - taken, &err);

		assert_true(got >= 0);
		taken += (size_t)got;
		refusals += taken < out.len;
		assert_int_equal(conn_events(c), taken < out.len ? POLLIN | POLLOUT : POLLIN);
		for (int k = 0; k < 50; k++) {
			int n;

			check_whole(&s);
			/* Returns bytes of one record at most. */
			n = SSL_read(s.ssl, buf, sizeof(buf));
			if (n <= 0)
				break;
			assert_true(n <= 1024);
			assert_int_equal(buf[n - 1], '\n');
			strbuf_add(&in, buf, (size_t)n);
		}
	}
	assert_int_equal(in.len, out.len);
	assert_memory_equal(in.s, out.s, in.len);
	assert_true(refusals > 0);
	server_done(&s);
	strbuf_done(&in);
	strbuf_done(&out);
}

static void test_records(void **state)
{
	(void)state;
	check_records(TLS1_2_VERSION);
	check_records(TLS1_3_VERSION);
}

/* Records of the length that the line ends ask for. */
static void test_record_borders(void **state)
{
	static const struct {
		size_t line[4]; /* bytes with the line end */
		int record[4];
	} cases[] = {
		{ { 1024 }, { 1024 } },
		{ { 512, 512 }, { 1024 } },
		{ { 512, 513 }, { 512, 513 } },
		{ { 1, 1024 }, { 1, 1024 } },
		{ { 1023, 1, 2 }, { 1024, 2 } },
		{ { 2000 }, { 1024, 976 } }, /* no line of ours; still never more than 1024 */
		{ { 10, 1500 }, { 10, 1024, 476 } },
	};
	struct server s;
	struct conn_conf conf = { .host = "127.0.0.1", .tls = true, .ca_file = pem_path };
	_cleanup_(conn_freep) struct conn *c = NULL;
	struct err err;
	char buf[5000];

	(void)state;
	server_listen(&s, 1);
	conf.port = s.port;
	assert_int_equal(come_up(&s, &conf, &c, &err), 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t n = 0;

		memset(buf, 'x', sizeof(buf));
		for (int k = 0; k < 4 && cases[i].line[k]; k++) {
			n += cases[i].line[k];
			buf[n - 1] = '\n';
		}
		assert_int_equal(conn_write(c, buf, n, &err), n);
		for (int k = 0; k < 4 && cases[i].record[k]; k++) {
			struct pollfd p = { .fd = s.fd, .events = POLLIN };
			int got = 0;

			for (int round = 0; round < ROUNDS && got <= 0; round++) {
				got = SSL_read(s.ssl, buf, sizeof(buf));
				if (got <= 0)
					poll(&p, 1, 5);
			}
			assert_int_equal(got, cases[i].record[k]);
		}
	}
	server_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_unusable),
		cmocka_unit_test(test_closed_early),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_tls_refused),
		cmocka_unit_test(test_tls_names),
		cmocka_unit_test(test_tls_broken),
		cmocka_unit_test(test_tls_too_old),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_record_borders),
	};

	return cmocka_run_group_tests(tests, make_certificate, remove_certificate);
}
