/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/journal.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_PATH "/run/systemd/journal/socket"

/* A value with a newline stands behind its length. */
void journal_add(struct strbuf *message, const char *name, const char *value)
{
	size_t n = value ? strlen(value) : 0;
	uint64_t length = htole64(n);

	if (!value)
		return;
	strbuf_adds(message, name);
	if (memchr(value, '\n', n)) {
		strbuf_addc(message, '\n');
		strbuf_add(message, (const char *)&length, sizeof(length));
	} else {
		strbuf_addc(message, '=');
	}
	strbuf_add(message, value, n);
	strbuf_addc(message, '\n');
}

void journal_add_number(struct strbuf *message, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	journal_add(message, name, text);
}

int journal_open(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = SOCKET_PATH };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int journal_send(int fd, const struct strbuf *message)
{
	return send(fd, message->s, message->len, MSG_NOSIGNAL | MSG_DONTWAIT) ==
		(ssize_t)message->len;
}
