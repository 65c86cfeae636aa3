/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pidf.h - a presence as the document that phones read: PIDF (RFC 3863) with the activities of RPID (RFC 4480). */
#ifndef PIDF_H
#define PIDF_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/strbuf.h"
#include "lib/presence/model.h"

#define PIDF_TYPE "application/pidf+xml"

/* What a phone shows of a mode. Phones that know few activities look for the plain one, the others show the last that they know. */
struct pidf_look {
	bool open;           /* the basic status; a closed user looks offline */
	const char *plain;   /* an element of RPID, "away" or "busy", or NULL */
	const char *special; /* another one, such as "meal", or NULL */
};

/* The plain activity follows the mode's type. The special one follows its name, if that says what the user does. Who may be reached and
 * is on a call is on the phone. */
struct pidf_look pidf_look(const char *mode, enum ptype type, bool on_call);

struct pidf {
	const char *uri; /* of the user */
	struct pidf_look look;
	const char *note; /* any bytes; "": no note */
	int64_t since;    /* UTC seconds */
	int64_t until;    /* UNTIL_OPEN: no end is known */
};

void pidf_write(const struct pidf *p, struct strbuf *to);

#endif
