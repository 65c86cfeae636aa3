/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h - messages with fields for systemd's journal. They go to its socket as datagrams, in its native protocol. libsystemd would
 * wait for a journal that is stuck, and the loop of presenced never waits. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

/* What our messages are about; presenced(8) names them. */
#define JOURNAL_RECORD_ID "5ba0e2c1b9c74d0e8d1f3f4f3a6c8e21"
#define JOURNAL_SEAL_ID   "9c4e7f7ad0a94d5d8c0b0d1a5e2f6b73"

/* Add a field to a message. `name` is of capitals, digits and '_'. A value that is NULL adds nothing. */
void journal_add(struct strbuf *message, const char *name, const char *value);
void journal_add_number(struct strbuf *message, const char *name, int64_t n);

/* A descriptor to send with; -1 if there is no journal on this machine. The caller closes it. */
int journal_open(void);
/* 1 if the journal has it, 0 if it cannot take it now. */
int journal_send(int fd, const struct strbuf *message);

/* A message that is read. Fields that it does not have are "". */
struct journal_entry {
	const char *const *values; /* of the fields that were asked for, in their order */
};
/* Give the messages of this machine that have all these fields ("NAME=value", up to a NULL), the oldest first: what the process that sent
 * them said, and what the journal says of that process, such as _UID. libsystemd is loaded on demand. A callback that returns other than 0
 * ends the walk, and the walk returns that. ERR_FAILED if there is no journal that can be read. */
int journal_each(const char *const *matches, const char *const *fields,
	int (*fn)(void *data, const struct journal_entry *entry), void *data, struct err *err);

#endif
