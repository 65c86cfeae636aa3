/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h - messages with fields for systemd's journal. They go to its socket as datagrams, in its native protocol. libsystemd would
 * wait for a journal that is stuck, and the loop of presenced never waits. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/strbuf.h"

/* Add a field to a message. `name` is of capitals, digits and '_'. A value that is NULL adds nothing. */
void journal_add(struct strbuf *message, const char *name, const char *value);
void journal_add_number(struct strbuf *message, const char *name, int64_t n);

/* A descriptor to send with; -1 if there is no journal on this machine. The caller closes it. */
int journal_open(void);
/* 1 if the journal has it, 0 if it cannot take it now. */
int journal_send(int fd, const struct strbuf *message);

#endif
