/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queues.h - the queues of a PBX and their members, as a QueueStatus lists them. */
#ifndef QUEUES_H
#define QUEUES_H

#include "lib/pbx/member.h"

struct queues {
	struct queue_seen {
		struct member_goal who; /* queue and interface; a queue itself has no interface */
		struct member_held held;
	} * list;
	size_t n, cap;
};

void queues_done(struct queues *q);
void queues_see(struct queues *q, const struct amimsg *event);
/* Call it after the last event. */
void queues_sort(struct queues *q);
void queues_find(const struct queues *q, const struct member_goal *who, struct member_held *ret);

#endif
