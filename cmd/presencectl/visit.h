/* SPDX-License-Identifier: GPL-3.0-or-later */
/* visit.h - how `doctor` asks one PBX: questions wait in a queue and go out as there is room. Whoever judges an answer may put further
 * questions. When all is answered, the next step puts its own. */
#ifndef VISIT_H
#define VISIT_H

#include "cmd/presencectl/doctor.h"
#include "cmd/presencectl/talk.h"

/* What we have to be allowed to ask. */
enum visit_needs {
	NEEDS_NOTHING = 0,
	NEEDS_GETVAR = 1,
	NEEDS_MODULES = 2, /* ModuleCheck */
	NEEDS_CONFIG = 4,  /* GetConfig */
	NEEDS_HINTS = 8,   /* ExtensionStateList */
};

enum { ABOUT_SIZE = 128, VALUE_SIZE = 2 * ABOUT_SIZE };

struct visit;
struct visit_question;

/* One check: what it looks for, what we must be allowed, the action that asks, and who judges the answer. */
struct inquiry {
	enum finding_id finds, upto; /* the first and the last kind */
	int needs;
	const char *action;
	const char *header; /* of the action, with the value of the question; NULL: it has none */
	const char *second; /* one more, with what it is about, or NULL */
	/* Called once for each answer; not if the PBX has not answered at all. */
	void (*judge)(
		struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m);
};

struct visit_question {
	const struct inquiry *of;
	size_t patient;         /* which user of the visit it is about, where that counts */
	char about[ABOUT_SIZE]; /* a device, mailbox, context, module or queue */
	char value[VALUE_SIZE]; /* what the header of the action has */
};

/* A user of the PBX, and what the best of their hints that was seen shows. */
struct patient {
	int64_t id;
	char extension[EXTENSION_MAX_LEN + 1];
	int shows; /* flags of hint.h */
	int left;  /* how many answers about hints are still to come */
};

enum { VISIT_SLOTS = 128 }; /* more than a session has under way */

struct visit {
	struct doctor *d;
	const struct conf_pbx *pbx;
	/* Put the questions of the next step: false if there is none. */
	bool (*next_step)(struct visit *v);
	int step;
	int may;                  /* flags of visit_needs */
	struct patient *patients; /* by extension */
	size_t patients_n, patients_cap;
	struct visit_queue {
		char name[NAME_MAX_LEN + 1];
		bool rung; /* a member was asked whether it rings in use */
	} * queues;        /* those that the PBX has */
	size_t queues_n, queues_cap;
	bool has_queues; /* the database knows some of this PBX */
	bool told[FIND_COUNT];
	struct err err; /* of the database */
	bool failed;

	struct talk talk;
	uint64_t asked;
	struct visit_question slots[VISIT_SLOTS];
	struct visit_question *queue; /* from `head` on */
	size_t head, n, cap;
};

/* Hold the whole talk. -1: it could not be held, or the database could not be read: then `failed`. */
int visit_hold(struct visit *v, struct err *err) MUST_CHECK;
void visit_done(struct visit *v);

/* Put a question. What we may not ask is noted as unknown. */
void visit_ask(struct visit *v, const struct inquiry *of, size_t patient, const char *about,
	const char *fmt, ...) PRINTF_LIKE(5);
/* Note a finding. `thing` and `help` may be NULL. */
void visit_tell(struct visit *v, enum finding_id id, const char *thing, const char *help,
	const char *fmt, ...) PRINTF_LIKE(5);
/* The same, for what is said once a PBX, as a sentence. */
void visit_tell_once(struct visit *v, enum finding_id id, const char *help, const char *fmt, ...)
	PRINTF_LIKE(4);
void visit_unknown(struct visit *v, enum finding_id id, const char *fmt, ...) PRINTF_LIKE(3);
/* The database could not be read: the visit ends. */
void visit_fail(struct visit *v, const struct err *err);

#endif
