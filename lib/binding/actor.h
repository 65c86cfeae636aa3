/* actor.h - who runs this program, for the log. */
#ifndef ACTOR_H
#define ACTOR_H

#include <stdint.h>

/* Who writes, for the log. Strings are lent for the life of the store. */
struct actor {
	const char *via;  /* cli, presenced */
	const char *name; /* "root", "alice (sudo)", "uid 1234"; "" if nobody in particular */
	int64_t uid;      /* -1 if nobody in particular */
};

enum { ACTOR_NAME_SIZE = 64 };

/* Fill *ret for program part `via`; its name goes into `name`. Behind sudo it is who asked root: SUDO_USER counts
 * only when we are root, since anybody may set it. */
void actor_get(const char *via, struct actor *ret, char name[ACTOR_NAME_SIZE]);

#endif
