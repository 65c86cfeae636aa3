/* members.h - items that are members of queues. Each is a chain of actions, one at a time: what the PBX holds is read, what is missing is
 * done, and so on, until it is as it should be. */
#ifndef MEMBERS_H
#define MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/binding/conf.h"
#include "lib/pbx/ami.h"
#include "lib/store/item.h"
#include "lib/store/store.h"

enum {
	MEMBERS_AGAIN_S =
		5, /* how often a member on a call is looked at who is to leave after it */
	MEMBERS_CALL_S = 2 * 60 * 60 /* so long a call can put that off */
};

struct members;

struct members *members_new(struct store *store, const struct conf_pbx *pbx); /* lent */
void members_free(struct members *m);
DEFINE_CLEANUP(struct members, members_free)

/* A session begins: what it may do and what was told about it is unknown. */
void members_reset(struct members *m);

/* What is to become of one member. */
struct chain;

struct chain *chain_new(const struct stored_item *row, int64_t now);
void chain_free(struct chain *c);

/* Whether it may come to a pause that is not written down yet; and write it down, before the first action. */
bool chain_is_new_pause(const struct chain *c);
int chain_announce(const struct chain *c, struct store *s, struct err *err) MUST_CHECK;

/* The first action. -1: there is nothing that could be sent. */
int chain_send(
	struct chain *c, struct ami *ami, uint64_t tag, int64_t now_ms, struct err *err) MUST_CHECK;
/* An event of the list that it has asked for. */
void chain_see(struct chain *c, const struct amimsg *event);

enum chain_end {
	CHAIN_GOES_ON, /* another action has been sent */
	CHAIN_CONFIRMED,
	CHAIN_IN_VAIN, /* confirmed, but it is of no use: why in *err */
	CHAIN_WAITS,   /* for the end of a call */
	CHAIN_REFUSED,
};

/* The answer to its action came: *ret, and if it is refused or in vain, why in *err. -1: the database failed. */
int members_answer(struct members *m, struct chain *c, struct ami *ami, uint64_t tag,
	int64_t now_ms, bool ok, const struct amimsg *answer, enum chain_end *ret,
	struct err *err) MUST_CHECK;

/* Write down that it waits. */
int chain_put_off(struct chain *c, struct store *s, int64_t now, struct err *err) MUST_CHECK;

/* Whether its refusal is news in this session, and of what; "" where nothing was refused but is in vain. */
bool members_tell(struct members *m, const struct chain *c, char what[ITEM_NAME_SIZE]);

#endif
