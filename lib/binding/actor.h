/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actor.h - who runs this program, for the log. */
#ifndef ACTOR_H
#define ACTOR_H

#include <stdint.h>

/* Who writes. The strings are lent for the life of the store. */
struct actor {
	const char *via;  /* cli, presenced, phone */
	const char *name; /* "root", "alice (sudo)", "uid 1234"; "": no one in particular */
	int64_t uid;      /* -1: no one in particular */
};

/* What a phone did: its endpoint is the name, or this word again if it is not known. */
#define ACTOR_PHONE "phone"

enum { ACTOR_NAME_SIZE = 64 };

/* Fill *ret for `via`; the name goes into `name`. Behind sudo the name is that of the user who asked for it. SUDO_USER counts only
 * if we are root: any other user may set it to anything. */
void actor_get(const char *via, struct actor *ret, char name[ACTOR_NAME_SIZE]);

#endif
