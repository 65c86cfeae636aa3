/* SPDX-License-Identifier: GPL-3.0-or-later */
/* belief.h - what can be true of a user's switches after all that was said here and on the PBX, worked out without the code under test.
 *
 * A word is a mode that somebody chose for a user, or the end of that choice. presencectl says it when it commits. The PBX takes ours
 * when it performs Setvar, and the database knows that it did when the item is confirmed. The newest word wins:
 *   1. A word said on the PBX counts if nothing of ours is on its way there: the database wants what it has confirmed.
 *   2. A word of ours counts over every word that was said on the PBX before.
 *   3. A word said on the PBX while one of ours is on its way counts if the PBX had taken ours already and the session lives on.
 *      Otherwise both outcomes are right, since nobody can know which was first.
 *   4. What a killed PBX forgot was never said, unless it had been read back: then it counts.
 *   5. Between the reading of a word of the PBX and the push of our form of it, both outcomes are right for the next one.
 * Where both outcomes are right all of them are kept, until it comes to rest and shows which one it was.
 *
 * Limits of the present code, which the model lets pass:
 *   - stale: A clear, or the end of a switch by time, while a word of the PBX is being read back or is not read back yet. The word may
 *     be adopted over it: nothing says which of the two is older. Our own value never is, see test_stale_answers() in test-link.c.
 *   - relapse: A PBX that comes back with an older value that another tool wrote, and that something newer had replaced. It is taken
 *     for their word anew, unless it is wanted, or one of the last two that were confirmed: their value has no mark until it was read
 *     back and ours was written over it. And a word of a tool that is the value before the
 *     last one, said to a PBX that was restarted, is taken for its forgetting. A feature code has a token: once it was read back it is
 *     known for what it is. If something newer replaced it before it was read back, it is taken for a word too.
 *   - again: Our value is pushed over a type that no mode has. A word said on the PBX before it takes ours may be lost: nothing says
 *     that ours is the older one.
 *   - repeated: A switch that repeats what is on its way to the PBX already counts as if it had been said with that. */
#ifndef BELIEF_H
#define BELIEF_H

#include "tests/unit/link-rig.h"

/* Words that are no mode of model_builtin_modes. */
enum { WORD_CLEAR = -1, WORD_UNKNOWN = -2 /* a type that no mode has */ };

const char *word_name(int word);
/* What a value of CustomPresence says. */
int word_of(const char *value);

enum {
	BELIEF_STACKS = 32,
	BELIEF_CODES = 6,
	BELIEF_DEPTH = 8, /* of switches that end at different times */
};

/* What is so for all users. */
struct scene {
	int64_t now;     /* UTC seconds */
	bool in_session; /* the PBX and the link hear each other, and the lists have been read */
	bool in_step;    /* the link has nothing under way */
	bool restarted;  /* the PBX, since its lists were read last */
};

/* One state that the switches of a user can be in. */
struct belief_stack {
	enum {
		ALWAYS,
		IF_UNREAD, /* the last word of the PBX has not been read back, so not at rest */
		IF_LOST,   /* the session ends before it comes to rest */
	} condition;
	int n;
	struct {
		int mode;
		int64_t until;
	} list[BELIEF_DEPTH]; /* the newest last */
};

struct belief {
	const struct scene *scene;
	struct belief_stack stacks[BELIEF_STACKS];
	int n;
	char held[128];  /* by the PBX */
	bool theirs;     /* somebody else wrote it */
	bool unsettled;  /* it was written since the last rest */
	bool said;       /* something of ours since the last rest, in this session */
	bool asked;      /* the link has read it since the last rest, in this session */
	int answered;    /* the word that it was told then */
	char taken[128]; /* of ours, by the PBX, in this session and since the last word here */
	char sent[128];  /* the same, also before that word */
	/* Numbers of feature codes, newest first: that the link has asked for in this session since the last rest, and that it has read. */
	unsigned asked_codes[BELIEF_CODES], read_codes[BELIEF_CODES];
};

void belief_init(struct belief *b, const struct scene *scene);

/* presencectl is about to write this word; `until` counts for modes. And it has: its item before and after. */
void belief_say_here(struct belief *b, int word, int64_t until);
void belief_said_here(
	struct belief *b, const struct rig_item *before, const struct rig_item *after);
/* Whether there is no room for a switch that ends by time. */
bool belief_is_deep(const struct belief *b);
/* presenced has ticked: what was to end by now has ended. Whether anything did. */
bool belief_end(struct belief *b);

/* The PBX holds another value: ours, somebody else's, an older one (that was overwritten `writes` times, and is ours or not). `item` is
 * what the database says. `code` is the number of the feature code that said it, or 0. */
void belief_take(struct belief *b, const char *value);
void belief_say_there(
	struct belief *b, const char *value, unsigned code, const struct rig_item *item);
void belief_relapse(struct belief *b, const char *value, unsigned writes, bool ours, unsigned code,
	const struct rig_item *item);

/* The PBX tells the link what it holds. */
void belief_ask(struct belief *b, unsigned code);
/* It has come back from a restart, or the session has ended. */
void belief_restart(struct belief *b, const struct rig_item *item);
void belief_lose(struct belief *b);

/* It has come to rest: whether this is one of the states that can be, which is then the only one. */
bool belief_settle(struct belief *b, const struct rig_status *is);
/* Those that can be at rest, " away none"; returns how many. */
int belief_print(const struct belief *b, char *to, size_t size);

#endif
