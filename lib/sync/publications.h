/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publications.h - what one presence server should hold of each user and what it holds, and whose turn it is to be published. It
 * compares the database with what it knows, and writes down what the server took. */
#ifndef PUBLICATIONS_H
#define PUBLICATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/heap.h"
#include "lib/binding/conf.h"
#include "lib/sip/publish.h"
#include "lib/store/publication.h"

struct publication {
	struct heap_node
		due; /* first: each is a pointer to the other. In no heap while a request is under way. */
	int64_t user_id; /* 0: the user is gone, and what is published is taken back */
	char *uri;
	uint64_t wanted; /* stamp of the presence in the database */
	uint64_t held;   /* stamp of what the server took last */
	char tag[SIP_TAG_MAX_LEN + 1];
	char mode[NAME_MAX_LEN + 1]; /* that was published last */
	int64_t at, expires; /* UTC seconds: when the server took it, and when it forgets it */
	char *error;         /* why it refuses, or NULL */
	int64_t taken_ms;    /* when the server took it last, since we run */
	uint32_t cseq;
	unsigned failures; /* refusals in a row */
	bool under_way;
	bool changed; /* the database does not have it */
};

struct publications;

struct publications *publications_new(const struct conf_publish *conf, struct store *store);
void publications_free(struct publications *p);
DEFINE_CLEANUP(struct publications, publications_free)

/* Compare with the database. What it has otherwise is due at once. */
int publications_look(struct publications *p, struct err *err) MUST_CHECK;

/* The one that is due first, or NULL. */
struct publication *publications_first(const struct publications *p);
/* Take out one whose request is on its way; publications_due() puts it back. */
void publications_begin(struct publications *p, struct publication *x);
void publications_due(struct publications *p, struct publication *x, int64_t at_ms);
/* All that are not under way are due now. */
void publications_all_due(struct publications *p, int64_t now_ms);
size_t publications_count(const struct publications *p);

/* The document to publish, and the stamp and mode of it. False if the user is not there any more. */
struct publication_text {
	struct strbuf body;
	uint64_t stamp;
	char mode[NAME_MAX_LEN + 1];
};
int publications_text(struct publications *p, const struct publication *x,
	struct publication_text *ret, bool *ret_there, struct err *err) MUST_CHECK;

/* Something about it is new: it is written down with the next publications_record(). error NULL: none. */
void publications_note(struct publications *p, struct publication *x, const char *error);
/* The server holds nothing of a user who is gone: forget it. */
void publications_drop(struct publications *p, struct publication *x);
bool publications_has_changed(const struct publications *p);
/* Write down what was noted, in one transaction that need not be durable. */
int publications_record(struct publications *p, struct err *err) MUST_CHECK;

#endif
