/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/journal.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/binding/library.h"

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

/* Reading. */

enum { FIELDS_MAX = 8, VALUE_MAX = 4096 };

#define JOURNAL_FUNCTIONS(X)                                                                       \
	X(sd_journal_open)                                                                         \
	X(sd_journal_add_match)                                                                    \
	X(sd_journal_next)                                                                         \
	X(sd_journal_get_data)                                                                     \
	X(sd_journal_close)

static struct journal_lib {
	JOURNAL_FUNCTIONS(LIBRARY_POINTER)
} lib;

static int load(struct err *err)
{
#define X(name) LIBRARY_SYMBOL(journal_lib, name)
	static const struct library_symbol symbols[] = { JOURNAL_FUNCTIONS(X){ NULL, 0 } };
#undef X
	static const struct library libsystemd = { "libsystemd.so.0", "the journal cannot be read",
		"libsystemd0", symbols };

	return library_open(&libsystemd, &lib, err);
}

/* Copy the value of a field: "NAME=value" without a NUL. */
static char *copy_value(sd_journal *j, const char *field)
{
	size_t len, skip = strlen(field) + 1;
	const void *data;

	if (lib.sd_journal_get_data(j, field, &data, &len) < 0 || len < skip ||
		len - skip > VALUE_MAX)
		return xstrdup("");
	return xstrndup((const char *)data + skip, len - skip);
}

static int give(sd_journal *j, const char *const *fields,
	int (*fn)(void *data, const struct journal_entry *entry), void *data)
{
	char *values[FIELDS_MAX];
	size_t n = 0;
	int r;

	while (n < FIELDS_MAX && fields[n]) {
		values[n] = copy_value(j, fields[n]);
		n++;
	}
	r = fn(data, &(struct journal_entry){ (const char *const *)values });
	for (size_t i = 0; i < n; i++)
		free(values[i]);
	return r;
}

int journal_each(const char *const *matches, const char *const *fields,
	int (*fn)(void *data, const struct journal_entry *entry), void *data, struct err *err)
{
	sd_journal *j = NULL;
	int given = 0, r;

	if (load(err) < 0)
		return -1;
	r = lib.sd_journal_open(&j, SD_JOURNAL_LOCAL_ONLY);
	for (; r >= 0 && *matches; matches++)
		r = lib.sd_journal_add_match(j, *matches, 0);
	if (r < 0) {
		err_set(err, ERR_FAILED, "the journal cannot be read: %s", strerror(-r));
		lib.sd_journal_close(j);
		return -1;
	}
	while ((r = lib.sd_journal_next(j)) > 0 && given == 0)
		given = give(j, fields, fn, data);
	lib.sd_journal_close(j);
	if (r < 0)
		return err_set(err, ERR_FAILED, "the journal cannot be read: %s", strerror(-r));
	return given;
}
