/* SPDX-License-Identifier: GPL-3.0-or-later */
/* people.h - users as a call finds them, for lib/calls/route. */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "cmd/presencectl/ctl.h"
#include "lib/calls/route.h"
#include "lib/time/when.h"

enum { PEOPLE_MAX = 16 }; /* route() forwards a call a few times only */

struct person {
	struct user user;
	struct mode mode;
	struct effective effective;
	char ask[NUMBER_MAX_LEN + 1];        /* the number given with the switch, or "" */
	char until[WHEN_ZONED_SIZE];         /* when the mode ends, or "" */
	char mobile[2 * NUMBER_MAX_LEN + 1]; /* with the prefix of the PBX */
	enum phone_state phones[DEVICES_MAX];
	struct route_user route;
};

/* Start with { .ctl, .at, .phones, .others }, end with people_done(). */
struct people {
	struct ctl *ctl;
	int64_t at;
	/* What the phones of the first user do, in the form of phone_states_parse(). NULL: they ring. */
	const char *phones;
	enum phone_state others; /* what the phones of all others do */
	struct person *list[PEOPLE_MAX];
	size_t n;
	struct err err; /* its text is "" while all is well */
};

/* Add a user in `mode`, or, if that is NULL, in the mode that holds at people.at. *ret is lent until people_done(). */
int people_add(struct people *p, const char *who, const char *mode, const struct person **ret,
	struct err *err) MUST_CHECK;
/* Foretell a call for `x`. It fills in the members callee, others, find and ctx of `call`. */
int people_route(struct people *p, const struct person *x, struct route_input *call,
	struct route *ret, struct err *err) MUST_CHECK;
void people_done(struct people *p);

#endif
