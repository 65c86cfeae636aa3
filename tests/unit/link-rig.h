/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link-rig.h - a link in memory: a database, a PBX (fake-pbx.h) and a clock, and what presenced does around a link. A day passes in as
 * long as it takes to compute what happens in it. */
#ifndef LINK_RIG_H
#define LINK_RIG_H

#include "lib/pbx/item.h"
#include "lib/binding/zonefile.h"
#include "lib/store/store.h"
#include "lib/sync/link.h"
#include "tests/unit/fake-pbx.h"

enum {
	RIG_USERS = 2,
	RIG_BEGIN_MS = 1000000, /* the monotonic clock, at first */
};
#define RIG_NOW INT64_C(1781506800) /* Monday 2026-06-15 07:00 UTC */

struct rig {
	char dir[64], path[96], plain_path[96];
	struct zonefiles *zones;
	struct store *store;
	struct conf_pbx pbx;
	struct moment now;
	struct fake_pbx fake;
	struct link *link;
	struct user users[RIG_USERS]; /* alice 1001 and bob 1002, both in queue support */
	struct queue support;
	int64_t tick_at; /* UTC seconds */
	bool woken;      /* the database has changed, and the link has not been told */
	struct strbuf
		log; /* what the link tells: "down: why\n", "refused item: why\n", "adopted 1001\n" */
	size_t steps; /* of the link */
	size_t ticks; /* of presenced */
};

/* A folder with a database that rig_begin() begins with. */
void rig_init(struct rig *r);
void rig_done(struct rig *r);
/* A new life: the database as it was at first, an empty PBX, and a link that has not connected yet. */
void rig_begin(struct rig *r);
void rig_end(struct rig *r);

/* presenced ends, or was killed, and starts again. */
void rig_restart_daemon(struct rig *r);
/* Time passes: AstDB goes to disk, presenced ticks. */
void rig_pass(struct rig *r, int64_t ms);
/* presenced does what it was woken for, once: false if it was not. */
bool rig_step(struct rig *r);
/* When something happens next of which the clock is the cause. */
int64_t rig_next_ms(const struct rig *r);
/* All that can happen without the clock, and as long as there is something left to do also with it, up to that many milliseconds.
 * Returns those that passed, -1 if something is still to be done. */
int64_t rig_settle(struct rig *r, int64_t limit_ms);
/* Nothing is under way, and all that is wanted is confirmed. */
bool rig_is_settled(struct rig *r);
/* The same, whatever is refused or put off. */
bool rig_is_idle(const struct rig *r);

/* presencectl. `until` is UTC seconds or UNTIL_OPEN. */
void rig_switch(struct rig *r, int user, const char *mode, int64_t until);
void rig_clear(struct rig *r, int user);

/* An item of the database; "-" for NULL. */
struct rig_item {
	char wanted[ITEM_VALUE_SIZE], confirmed[ITEM_VALUE_SIZE], previous[ITEM_VALUE_SIZE];
	bool is_there, is_confirmed, is_refused;
};
struct rig_item rig_item(struct rig *r, const char *name);
/* The mode of a user, and whether by a switch, and until when. */
struct rig_status {
	char mode[NAME_MAX_LEN + 1];
	bool by_switch;
	int64_t until;
};
struct rig_status rig_status(struct rig *r, int user);
/* What the phones of a user do, as the database says, and since when: "" if that is not known. */
struct rig_activity {
	char name[16];
	int64_t since;
};
struct rig_activity rig_activity(struct rig *r, int64_t user_id);
/* What differs between the database and the PBX, one a line: "lamps/1001 wanted away, held *,away". "" if nothing does. */
char *rig_differences(struct rig *r);

/* A phone dials *30 and the digit of a mode: first the lamps and the number that the mode asks for, then the mode. mode NULL: *31. */
void rig_dial_lamps(struct rig *r, const char *extension, const char *mode);
void rig_dial_mode(struct rig *r, const char *extension, const char *mode);

#endif
