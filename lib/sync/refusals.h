/* SPDX-License-Identifier: GPL-3.0-or-later */
/* refusals.h - what a PBX has refused in one session: what there is no use in trying again, and what the administrator was told. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/pbx/item.h"

struct refusals {
	bool entries; /* this login may not write entries of AstDB */
	bool members; /* nor act on members of queues */
	char **told;  /* sorted, without case */
	size_t n, cap;
};

void refusals_forget(struct refusals *r);

/* How a refusal is told. */
struct refusal {
	char what[ITEM_NAME_SIZE];
	bool once;   /* a session, however many items it concerns */
	bool remark; /* about an item that the PBX took */
};

/* Whether it is to be told, which is then noted. */
bool refusals_is_news(struct refusals *r, const struct refusal *what);

#endif
