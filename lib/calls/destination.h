/* SPDX-License-Identifier: GPL-3.0-or-later */
/* destination.h - where a call can be sent. */
#ifndef DESTINATION_H
#define DESTINATION_H

#include <stdbool.h>

#include "lib/base/key.h"

enum { DESTINATION_MAX_LEN = 120 };

enum destination_kind {
	DESTINATION_NONE,      /* the call is not forwarded */
	DESTINATION_VOICEMAIL, /* the user's own mailbox */
	DESTINATION_USER,      /* value: a user, or an extension of the PBX */
	DESTINATION_NUMBER,    /* value: a telephone number */
	DESTINATION_QUEUE,     /* value: a queue of the PBX */
	DESTINATION_GROUP,     /* value: the extension of a ring group, or any other extension */
	DESTINATION_GOTO,      /* value: context,exten,prio */
	DESTINATION_BUSY,
	DESTINATION_HANGUP,
	DESTINATION_ASK, /* the number that was given with the switch */
	DESTINATION_COUNT
};

struct destination {
	enum destination_kind kind;
	char value[DESTINATION_MAX_LEN + 1]; /* "" for kinds without a value */
};

/* The extension of `who`, which is the name or extension of a user, lent. NULL if there is no such user. */
typedef const char *destination_lookup(void *ctx, const char *who);

/* Read what an administrator types:
 *   voicemail  busy  hangup  ask  none  alice  1002  user:busy  number:+46701234567  queue:sales
 *   group:600  goto:context,exten,prio
 * ERR_USAGE names the part that is wrong. */
int destination_parse(const char *text, struct destination *ret, struct err *err) MUST_CHECK;
/* Append the canonical text: parse -> print -> parse is stable. */
void destination_print(const struct destination *d, struct strbuf *to);
extern const struct key_type key_destination;

/* Append the form that stands in an entry of AstDB: user:<ext> num: queue: ext: goto:context/exten/prio vm busy hangup ask none.
 * If `lookup` does not know the user and the name can be dialled, it is an extension of the dialplan. If it cannot be
 * dialled, ERR_NOT_FOUND. */
int destination_compile(const struct destination *d, destination_lookup *lookup, void *ctx,
	struct strbuf *to, struct err *err) MUST_CHECK;

/* Whether `who` can be dialled: digits, '*' and '#'. */
bool destination_is_dialable(const char *who);

/* Whether `who`, which no user has for an extension, looks like a telephone number: it is longer than any extension, or begins
 * with a zero. */
bool destination_is_outside(const char *who, size_t longest_extension);

#endif
