/* member.h - users as members of the PBX's queues: what their modes ask for, as items, and which AMI action comes next to get there
 * from what the PBX holds. */
#ifndef MEMBER_H
#define MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/pure/item.h"
#include "lib/pure/rule.h"

/* Its item is queue/<queue>/<interface>, as queue/support/Local/1001@presence-queue/n, with the value
 *   login,<penalty>,<member name>,<state interface>   pause,<mode>   logout,<mode>   none
 *   "" for a user who is no longer assigned to the queue, which is the neutral value
 */

/* One assignment of a user to a queue, in the user's mode. */
struct member {
	const char *queue, *interface;
	const char *name; /* of the user */
	const char *
		state; /* interface whose state tells whether the member is free, hint:1001@presence-hints; "": `interface` */
	const char *mode;
	int64_t penalty;
	enum queue_answer answer;
	bool assigned;
};

void item_of_member(const struct member *m, struct item *ret);

#endif
