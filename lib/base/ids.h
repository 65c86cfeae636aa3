/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.h - a list of IDs, such as the users that WHO names. */
#ifndef IDS_H
#define IDS_H

#include <stddef.h>
#include <stdint.h>

struct ids {
	int64_t *ids; /* owned */
	size_t n, cap;
};

void ids_add(struct ids *list, int64_t id);
/* Drop repeated IDs. The first of each stays, and the order too. */
void ids_unique(struct ids *list);
void ids_done(struct ids *list);

#endif
