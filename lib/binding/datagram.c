/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/datagram.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/strbuf.h"

struct datagram {
	int fd;
	char *name; /* host and port for messages */
};

/* Connect to the first address that can be reached. The socket then receives from there only. */
static int connect_first(struct datagram *d, const struct addrinfo *list, struct err *err)
{
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next) {
		d->fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
			ai->ai_protocol);
		if (d->fd >= 0 && connect(d->fd, ai->ai_addr, ai->ai_addrlen) == 0)
			return 0;
		err_sys(err, "UDP to %s", d->name);
		closep(&d->fd);
		d->fd = -1;
	}
	return -1;
}

int datagram_open(const char *host, int port, struct datagram **ret, struct err *err)
{
	_cleanup_(datagram_freep) struct datagram *d = xcalloc(1, sizeof(*d));
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV };
	struct strbuf name = STRBUF_INIT;
	struct addrinfo *list;
	char text[16];
	int e, r;

	d->fd = -1;
	strbuf_addf(&name, strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
	d->name = strbuf_take(&name);
	snprintf(text, sizeof(text), "%d", port);
	e = getaddrinfo(host, text, &hints, &list);
	if (e == EAI_SYSTEM)
		return err_sys(err, "look up '%s'", host);
	if (e)
		return err_set(err, ERR_FAILED, "look up '%s': %s", host, gai_strerror(e));
	r = connect_first(d, list, err);
	freeaddrinfo(list);
	if (r < 0)
		return -1;
	*ret = TAKE_PTR(d);
	return 0;
}

void datagram_free(struct datagram *d)
{
	if (!d)
		return;
	closep(&d->fd);
	free(d->name);
	free(d);
}

int datagram_fd(const struct datagram *d)
{
	return d->fd;
}

static bool must_wait(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS;
}

ssize_t datagram_read(struct datagram *d, char *to, size_t size, struct err *err)
{
	ssize_t n = recv(d->fd, to, size, 0);

	if (n >= 0)
		return n;
	return must_wait() ? 0 : err_sys(err, "UDP to %s", d->name);
}

ssize_t datagram_write(struct datagram *d, const char *bytes, size_t n, struct err *err)
{
	ssize_t got = send(d->fd, bytes, n, MSG_NOSIGNAL);

	if (got >= 0)
		return got;
	return must_wait() ? 0 : err_sys(err, "UDP to %s", d->name);
}

void datagram_local(const struct datagram *d, struct sockaddr_storage *ret)
{
	socklen_t n = sizeof(*ret);

	memset(ret, 0, sizeof(*ret));
	if (getsockname(d->fd, (struct sockaddr *)ret, &n) < 0)
		ret->ss_family = AF_UNSPEC;
}
