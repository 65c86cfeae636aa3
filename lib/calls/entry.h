/* SPDX-License-Identifier: GPL-3.0-or-later */
/* entry.h - call handling as entries of AstDB, which the dialplan of share/asterisk/presence.conf reads. An entry is one value, so that a call
 * never sees half a change. */
#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/calls/destination.h"
#include "lib/presence/model.h"
#include "lib/calls/rule.h"

/*
 *   presence-user/<ext>         compiled, see entry_field()
 *   presence-mode/<mode>        compiled
 *   presence-rule/<ext>.<mode>  the same for a user whose version of the mode differs
 *   presence-ask/<ext>          the number that `ask` stands for
 *   presence-until/<ext>        when the mode ends, the mode, and the user's zone: 1793880000|lunch-break|Europe/Stockholm
 *   presence-greeting/<ext>.<mode>  which file has the user's greeting: a or b; feature codes write it
 *   presence-pin/<phone>        how many wrong PINs in a row, and when the last one was: 6|1793880000; feature codes write it
 *   presence-hours/<schedule>   business, break, outside or holiday: what the schedule says now
 *   presence-forced/<schedule>  the period that is forced by hand, or auto; '|'; the period that the schedule says by itself. What a
 *                               phone has forced has '=' and the phone behind it until we have adopted it
 */
#define ENTRY_BYTES TEXT_ALNUM "._@:+*#/=^|-"           /* of a value */
enum { ENTRY_MAX_LEN = 1015, ENTRY_KEY_MAX_LEN = 252 }; /* Asterisk 16: value; family and key */

#define ENTRY_USER     "presence-user"
#define ENTRY_MODE     "presence-mode"
#define ENTRY_RULE     "presence-rule"
#define ENTRY_ASK      "presence-ask"
#define ENTRY_UNTIL    "presence-until"
#define ENTRY_HOURS    "presence-hours"
#define ENTRY_GREETING "presence-greeting"
#define ENTRY_PIN      "presence-pin"
#define ENTRY_FORCED   "presence-forced"
#define FORCED_NONE    "auto"

/* A compiled entry is its version, then its fields, each behind a '|'. Within a field '^' separates items, '=' a name and its value, and '-'
 * stands for none. No byte of an entry means anything to Dial(), Goto() and $[].
 *
 * The version says where a field stands and what it means. A new field goes to the end, and the version stays: an older dialplan ignores
 * the field, and a newer one knows what it means that the field is missing. Whoever moves or removes a field, or changes what it means,
 * counts the version up here and in the dialplan. */
#define ENTRY_VERSION "1"

enum entry_kind { ENTRY_KIND_USER, ENTRY_KIND_MODE, ENTRY_KIND_COUNT };

struct entry_field {
	const char *name; /* letters and '_': the dialplan has it in pr_user_NAME or pr_mode_NAME */
	const char *rule; /* the call rule that stands there, NULL if none does */
	const char *values; /* what stands there, in words */
	const char *
		missing; /* what it means that there is no such field; NULL: version 1 began with it */
};

/* The i-th field behind the version, in the order of the entry; false after the last. */
bool entry_field(enum entry_kind kind, size_t i, struct entry_field *ret);
/* Version and fields of all kinds as one line of text. Entries of another layout have to be compiled again. */
void entry_layout(struct strbuf *to);

/* The entries, appended to `to`, which is as it was on failure. `mobile_prefix` is what the PBX wants in front of outside numbers. ERR_USAGE:
 * too long, or a byte that does not fit, by name. */
int entry_user(const struct user *u, const char *mobile_prefix, struct strbuf *to,
	struct err *err) MUST_CHECK;
/* `rules` are of struct effective. ERR_NOT_FOUND: it forwards to nobody, see destination_compile(). */
int entry_mode(const struct mode *m, const struct rules *rules, destination_lookup *lookup,
	void *ctx, struct strbuf *to, struct err *err) MUST_CHECK;
/* The key of a user's own version, below ENTRY_RULE. */
void entry_rule_key(const char *extension, const char *mode, char ret[ENTRY_KEY_MAX_LEN + 1]);

#endif
