/* SPDX-License-Identifier: GPL-3.0-or-later */
/* findings.h - what `doctor` has found. Each finding is of a kind; findings of one kind on one PBX are printed as one. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/presencectl/output.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

enum severity {
	SEVERITY_ERROR,   /* something does not work */
	SEVERITY_WARNING, /* it works, but not safely, or not for long */
	SEVERITY_NOTICE,  /* somebody may want it so */
	SEVERITY_UNKNOWN, /* not checked */
	SEVERITY_COUNT
};

enum finding_id {
	/* Here. */
	FIND_SECRET_READABLE,
	FIND_SECRET_SHARED,
	FIND_SECRET_UNUSABLE,
	FIND_SECRET_SAMPLE,
	FIND_MANAGER_READABLE,
	FIND_NO_TLS,
	FIND_DATABASE_READABLE,
	FIND_PRESENCED_DOWN,
	FIND_WAL_LARGE,
	FIND_PBX_BEHIND,
	FIND_PBX_REFUSES,
	FIND_FEED_STALE,
	FIND_CLOCK_LOOSE,
	FIND_ZONES_OLD,
	FIND_OVERRIDE_OLD,
	FIND_ANSWERS_BUSY,
	/* On the PBX. */
	FIND_PBX_UNREACHABLE,
	FIND_LOGIN_REFUSED,
	FIND_PBX_CLOCK,
	FIND_RIGHT_CALL,
	FIND_RIGHT_SYSTEM,
	FIND_RIGHT_AGENT,
	FIND_RIGHT_EXCESS,
	FIND_RIGHT_READ,
	FIND_FILTER_MISSING,
	FIND_FILTER_LOOSE,
	FIND_FILTER_STRICT,
	FIND_MODULE_MISSING,
	FIND_DIALPLAN_MISSING,
	FIND_DIALPLAN_OLD,
	FIND_HINT_MISSING,
	FIND_HINT_NO_DEVICE,
	FIND_HINT_NO_LAMP,
	FIND_ENDPOINT_MISSING,
	FIND_MAILBOX_MISSING,
	FIND_QUEUE_UNKNOWN,
	FIND_QUEUE_RINGINUSE,
	FIND_QUEUE_NO_HINT,
	FIND_COUNT
};

struct finding_kind {
	const char *code; /* for scripts: it stays */
	enum severity severity;
	const char *things; /* "users"; "": it is not about things */
	const char *many;   /* what is wrong with them: "have no hint"; or as a sentence */
	const char *why;    /* why it matters */
};
extern const struct finding_kind finding_kinds[];

/* Strings are lent. */
struct finding {
	enum finding_id id;
	const char *pbx;   /* NULL: it is not about a PBX */
	const char *thing; /* "alice (1001)"; NULL: `what` is a whole sentence */
	const char *what;  /* "has no hint in presence-hints" */
	const char *help;  /* what to do, or which line to put where */
};

struct findings;
struct findings *findings_new(void);
void findings_free(struct findings *f);
DEFINE_CLEANUP(struct findings, findings_free)

void findings_add(struct findings *f, const struct finding *finding);
/* Note that findings of this kind could not be looked for. Only the first reason on a PBX counts. */
void findings_unknown(struct findings *f, enum finding_id id, const char *pbx, const char *because);
size_t findings_n(const struct findings *f);

/* Print all of them, the gravest first. `apart`: each one by itself. */
void findings_say(const struct findings *f, bool apart);
/* Append "2 errors, 1 warning; 3 kinds not checked". */
void findings_sum_up(const struct findings *f, struct strbuf *to);
/* The same as a table, one by one. */
extern const struct column finding_columns[];
void findings_list(const struct findings *f, struct out *out);

const char *severity_name(enum severity s);

#endif
