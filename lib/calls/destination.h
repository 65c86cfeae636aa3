/* destination.h - where a call can be sent. */
#ifndef DESTINATION_H
#define DESTINATION_H

#include <stdbool.h>

#include "lib/base/key.h"

enum { DESTINATION_MAX_LEN = 120 };

enum destination_kind {
	DESTINATION_NONE,      /* not sent anywhere */
	DESTINATION_VOICEMAIL, /* the own mailbox */
	DESTINATION_USER,      /* value: a user, or an extension of the PBX */
	DESTINATION_NUMBER,    /* value: a telephone number */
	DESTINATION_QUEUE,     /* value: a queue of the PBX */
	DESTINATION_GROUP,     /* value: the extension of a ring group, or any other */
	DESTINATION_GOTO,      /* value: context,exten,prio */
	DESTINATION_BUSY,
	DESTINATION_HANGUP,
	DESTINATION_ASK, /* the number that was given with the switch */
	DESTINATION_COUNT
};

struct destination {
	enum destination_kind kind;
	char value[DESTINATION_MAX_LEN + 1]; /* "" for kinds without */
};

/* The extension of `who`, a user's name or extension, lent; NULL if there is no such user. */
typedef const char *destination_lookup(void *ctx, const char *who);

/* What an administrator types:
 *   voicemail  busy  hangup  ask  none  alice  1002  user:busy  number:+46701234567  queue:sales
 *   group:600  goto:context,exten,prio
 * ERR_USAGE, naming the part that is wrong. */
int destination_parse(const char *text, struct destination *ret, struct err *err) MUST_CHECK;
/* Canonical text; parse -> print -> parse is stable. */
void destination_print(const struct destination *d, struct strbuf *to);
extern const struct key_type key_destination;

/* As it stands in a row of the PBX: user:<ext> num: queue: ext: goto:context/exten/prio vm busy hangup ask none. A user that `lookup`
 * does not know is an extension of the dialplan if it can be dialled, else ERR_NOT_FOUND. */
int destination_compile(const struct destination *d, destination_lookup *lookup, void *ctx,
	struct strbuf *to, struct err *err) MUST_CHECK;
/* Back from the row; a user is then an extension. ERR_FAILED: the row is damaged. */
int destination_decompile(const char *token, struct destination *ret, struct err *err) MUST_CHECK;

/* Whether `who` can be dialled: digits, '*' and '#'. */
bool destination_is_dialable(const char *who);

/* Whether `who`, which is nobody's extension, looks like a telephone number: longer than extensions are, or with a leading zero. */
bool destination_is_outside(const char *who, size_t longest_extension);

#endif
