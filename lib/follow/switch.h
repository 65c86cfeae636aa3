/* SPDX-License-Identifier: GPL-3.0-or-later */
/* switch.h - what follows when modes are chosen by hand. */
#ifndef FOLLOW_SWITCH_H
#define FOLLOW_SWITCH_H

#include "lib/store/store.h"
#include "lib/time/when.h"

/* A switch that somebody asks for. All is lent. */
struct switch_request {
	const struct mode *mode;
	const char *note; /* "" for the mode's */
	struct until until;
	const char *forward_to; /* the number to which a forward to `ask` goes, or "" */
};

/* The result: how many of the switches have no end, and how many users stay in the mode of an override. */
struct switch_result {
	size_t endless, overridden;
};

/* Give users a switch and resolve them. For a user without a schedule, UNTIL_NEXT never comes. Older switches that do not end
 * later are deleted: they can never hold again. Up to LADDER_USERS_MAX users are all read before the first write. */
int follow_switch_users(struct store *s, const struct ids *users,
	const struct switch_request *request, int64_t now, struct switch_result *ret,
	struct err *err) MUST_CHECK;
/* Delete the switches of users, and resolve the users who had one. *ret_n: how many they are. Reads come first here too. */
int follow_clear_users(struct store *s, const struct ids *users, int64_t now, size_t *ret_n,
	struct err *err) MUST_CHECK;

#endif
