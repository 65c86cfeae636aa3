/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publication.h - what presence servers hold of users, and what presenced says about these servers. */
#ifndef STORE_PUBLICATION_H
#define STORE_PUBLICATION_H

#include "lib/store/store.h"

/* A user's presence, as it is published. The strings are lent for the call. */
struct announcement {
	int64_t user_id;
	const char *user, *extension, *pbx;
	const char *mode, *label, *note;
	enum ptype type;
	bool on_call; /* as far as presenced knows */
	int64_t since, until;
};
/* Give that of each user of a PBX, in the order of their IDs. pbx "": of all users. */
int store_announcement_each(struct store *s, const char *pbx,
	int (*fn)(void *data, const struct announcement *a), void *data,
	struct err *err) MUST_CHECK;
/* Give that of one user, if they are there. */
int store_announcement_get(struct store *s, int64_t user_id,
	int (*fn)(void *data, const struct announcement *a), void *data,
	struct err *err) MUST_CHECK;

/* What a presence server holds of a user. The strings are lent for the call. */
struct published {
	int64_t user_id;       /* 0: the user is gone */
	const char *uri, *tag; /* tag "": it holds nothing */
	const char *mode;      /* "": none was published */
	int64_t at, expires;
	const char *error; /* "": no error */
};
int store_published_each(struct store *s, const char *server,
	int (*fn)(void *data, const struct published *p), void *data, struct err *err) MUST_CHECK;
/* The row may wait for store_flush(). */
int store_published_set(
	struct store *s, const char *server, const struct published *p, struct err *err) MUST_CHECK;
int store_published_delete(
	struct store *s, const char *server, const char *uri, struct err *err) MUST_CHECK;

/* How a presence server gets on with its users. */
struct publisher_state {
	char state[NAME_MAX_LEN + 1]; /* "": presenced has said nothing yet */
	char error[256];              /* "": no error */
	int64_t since;
	int64_t held, refused; /* users of whom it holds a presence, and whom it refuses */
};
int store_publisher_get(struct store *s, const char *server, int64_t now,
	struct publisher_state *ret, struct err *err) MUST_CHECK;
/* state, error and since are written. */
int store_publisher_set(struct store *s, const char *server, const struct publisher_state *state,
	struct err *err) MUST_CHECK;

/* What a presence server holds of a user, beside what is true, for a table. The strings are lent for the call. */
struct publication_line {
	const char *user, *uri; /* uri "": nothing is known of this user on this server */
	const char *mode, *published;
	int64_t at, expires;
	const char *error;
};
/* Give that of these users on this server, who NULL: of all users of the PBX, "" any, by name. */
int store_publication_each(struct store *s, const char *server, const char *pbx,
	const struct ids *who, int (*fn)(void *data, const struct publication_line *l), void *data,
	struct err *err) MUST_CHECK;

#endif
