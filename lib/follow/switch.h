/* switch.h - modes that are chosen by hand. */
#ifndef FOLLOW_SWITCH_H
#define FOLLOW_SWITCH_H

#include "lib/store/switch.h"
#include "lib/time/when.h"

/* What is asked for by hand. All is lent. */
struct switch_request {
	const struct mode *mode;
	const char *note; /* "" for the mode's */
	struct until until;
	const char *forward_to; /* the number that a forward to `ask` stands for, or "" */
};

/* What came of it: how many users have a switch that nothing ends, and how many are in the mode of an override all the same. */
struct switch_result {
	size_t endless, overridden;
};

/* Switch users by hand and resolve them. UNTIL_NEXT of a user without a schedule never comes. Older switches that end no later
 * can never hold again and go. All is read before the first write, up to as many users as LADDER_USERS_MAX. */
int follow_switch_users(struct store *s, const struct ids *users,
	const struct switch_request *request, int64_t now, struct switch_result *ret,
	struct err *err) MUST_CHECK;
/* Drop the switches of users, and resolve those who had one. *ret_n: how many those are. Reads and writes as above. */
int follow_clear_users(struct store *s, const struct ids *users, int64_t now, size_t *ret_n,
	struct err *err) MUST_CHECK;

#endif
