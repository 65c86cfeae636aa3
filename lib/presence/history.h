/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.h - the modes that a user was in, made of what was recorded. */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/limits.h"

enum { RECORDED_WORD_SIZE = 32 };

/* A record of a user. A text that was not said is NULL. Texts are lent. */
struct recorded {
	enum { RECORDED_MODE, RECORDED_ADD, RECORDED_DELETE } kind;
	int64_t id;         /* 0: it is no record, but what holds now */
	int64_t at;         /* UTC seconds: when it was written, and so when the PBX was told */
	bool is_first;      /* the user had no mode before: they were added */
	const char *before; /* the mode before */
	const char *mode, *source, *reason, *note;
	const char *what, *actor, *via; /* what was done, by whom, and by which program */
	int64_t since; /* when the mode began, which may be with an earlier record */
	int64_t due;   /* when it was to begin: before `at` if nobody looked in time */
	int64_t until; /* when it was to end; UNTIL_OPEN: no end in sight, or not said */
};

/* How a spell is known. */
enum known {
	KNOWN_LOG,      /* it was recorded */
	KNOWN_NOW,      /* it holds */
	KNOWN_FORETOLD, /* it will hold if nobody changes anything */
	/* It is not known: */
	UNKNOWN_BEFORE,  /* the log does not go back so far */
	UNKNOWN_NOT_YET, /* the user was not added yet */
	UNKNOWN_GONE,    /* the user was deleted */
};
/* "log", "now", "foretold"; "no" for what is not known. */
const char *known_word(enum known k);
/* Why it is not known, in words. "" if it is known. */
const char *known_why(enum known k);

/* A stretch of time in which a user was in one mode for one reason, as one record says it. */
struct spell {
	int64_t from, until; /* UTC seconds, half-open, cut to the window */
	enum known known;
	char mode[NAME_MAX_LEN + 1]; /* "" if it is not known */
	char source[RECORDED_WORD_SIZE], reason[REASON_MAX_LEN + 1], note[NOTE_MAX_LEN + 1];
	/* The record. id 0: there is none that says it. */
	int64_t id, at, since, due, meant_until;
	char what[RECORDED_WORD_SIZE], actor[64], via[RECORDED_WORD_SIZE];
};

/* What a user was in, in the window [from, to). Zero-initialize. */
struct history {
	int64_t from, to;
	int64_t end; /* all from here on is told */
	struct spell *list;
	size_t n, cap;
	int64_t added;    /* the user was added then; INT64_MIN: no record says so */
	bool is_over;     /* older records are about another user who had the same ID */
	bool has_mode;    /* a record has told of a mode */
	bool was_deleted; /* what holds now is about another user */
	char before[NAME_MAX_LEN + 1]; /* the mode before the oldest record that has one */
};
void history_done(struct history *h);

/* Give the records in the order in which they were written, the newest first: whatever the clock was set to, what was written later
 * holds over what was written before. history_add() returns whether older ones are wanted. */
void history_begin(struct history *h, int64_t from, int64_t to);
bool history_add(struct history *h, const struct recorded *r);
/* There are no older ones. `log_begin` is the first instant that the log tells of. `now` is what the user is in, with `since`; NULL if
 * there is no such user. The list is then in the order of time, and covers the window. */
void history_end(struct history *h, int64_t log_begin, const struct recorded *now);

/* Whether one spell goes on as the other: the same mode for the same reason. */
bool spell_goes_on(const struct spell *a, const struct spell *b);

#endif
