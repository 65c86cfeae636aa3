/* people.h - users as a call will find them, for lib/calls/route. */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "cmd/presencectl/ctl.h"
#include "lib/calls/route.h"

enum { PEOPLE_MAX = 16 }; /* a call is forwarded at most a few times */

struct person {
	struct user user;
	struct mode mode;
	struct effective effective;
	char ask[NUMBER_MAX_LEN + 1];        /* "" if none was given */
	char mobile[2 * NUMBER_MAX_LEN + 1]; /* with the prefix of the PBX */
	enum phone_state phones[DEVICES_MAX];
	struct route_user route;
};

/* Starts as { .ctl, .at, .phones, .others }; ends with people_done(). */
struct people {
	struct ctl *ctl;
	int64_t at;
	const char
		*phones; /* of the first who is added, as phone_states_parse(); NULL: they ring */
	enum phone_state others; /* of everybody else */
	struct person *list[PEOPLE_MAX];
	size_t n;
	struct err err; /* "" while all is well */
};

/* A user in `mode`, or if it is NULL in the mode that holds at people.at. *ret is lent until people_done(). */
int people_add(struct people *p, const char *who, const char *mode, const struct person **ret,
	struct err *err) MUST_CHECK;
/* Foretell a call for `x`; of `call`, callee, others, find and ctx are filled in here. */
int people_route(struct people *p, const struct person *x, struct route_input *call,
	struct route *ret, struct err *err) MUST_CHECK;
void people_done(struct people *p);

#endif
