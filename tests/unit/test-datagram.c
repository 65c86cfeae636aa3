/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UDP to one place: there and back, from elsewhere, and to nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/binding/datagram.h"

static int server(int *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*ret_port = ntohs(at.sin_port);
	return fd;
}

/* Wait for a datagram, 5 s at most. */
static ssize_t receive(struct datagram *d, char *to, size_t size, struct err *err)
{
	struct pollfd p = { .fd = datagram_fd(d), .events = POLLIN };

	assert_int_equal(poll(&p, 1, 5000), 1);
	return datagram_read(d, to, size, err);
}

static void test_there_and_back(void **state)
{
	_cleanup_(datagram_freep) struct datagram *d = NULL;
	_cleanup_(closep) int fd = -1, stranger = -1;
	struct sockaddr_storage local, from;
	socklen_t n = sizeof(from);
	int port, other;
	char text[16];
	struct err err;

	(void)state;
	fd = server(&port);
	stranger = server(&other);
	assert_int_equal(datagram_open("127.0.0.1", port, &d, &err), 0);
	assert_int_equal(datagram_read(d, text, sizeof(text), &err), 0);
	assert_int_equal(datagram_write(d, "there", 5, &err), 5);
	assert_int_equal(recvfrom(fd, text, sizeof(text), 0, (struct sockaddr *)&from, &n), 5);
	datagram_local(d, &local);
	assert_int_equal(local.ss_family, AF_INET);
	assert_int_equal(
		((struct sockaddr_in *)&local)->sin_port, ((struct sockaddr_in *)&from)->sin_port);
	/* What comes from elsewhere is not seen. */
	assert_int_equal(sendto(stranger, "evil", 4, 0, (struct sockaddr *)&from, n), 4);
	assert_int_equal(sendto(fd, "back", 4, 0, (struct sockaddr *)&from, n), 4);
	assert_int_equal(receive(d, text, sizeof(text), &err), 4);
	assert_memory_equal(text, "back", 4);
	assert_int_equal(datagram_read(d, text, sizeof(text), &err), 0);
}

static void test_nobody(void **state)
{
	_cleanup_(datagram_freep) struct datagram *d = NULL;
	char text[16];
	struct err err;
	int port, fd = server(&port);

	(void)state;
	close(fd);
	assert_int_equal(datagram_open("127.0.0.1", port, &d, &err), 0);
	assert_int_equal(datagram_write(d, "x", 1, &err), 1);
	assert_int_equal(receive(d, text, sizeof(text), &err), -1);
	assert_non_null(strstr(err.msg, "UDP to 127.0.0.1:"));
	assert_non_null(strstr(err.msg, "refused"));
	assert_int_equal(datagram_open("host.invalid", 5060, &d, &err), -1);
	assert_non_null(strstr(err.msg, "host.invalid"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
