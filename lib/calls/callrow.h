/* callrow.h - call handling as rows of Asterisk's own database, which the dialplan of share/asterisk/presence.conf reads: one value a row, so
 * that a call never sees half a change. */
#ifndef CALLROW_H
#define CALLROW_H

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/calls/destination.h"
#include "lib/presence/model.h"
#include "lib/calls/rule.h"

/*
 *   presence-user/<ext>         1|<devices>|<mailbox>|<mobile>|<callerid>|<default mode>
 *   presence-mode/<mode>        1|<type>|<ring>|<timeout>|<mobile>|<internal always>|<noanswer>|<busy>|<offline>|<external always>|...|
 *                               <voicemail>|<direct>|<callerid>|<group>|<greeting>|<allow>|<notify>|<lamp>
 *   presence-rule/<ext>.<mode>  the same for a user whose version differs
 *   presence-ask/<ext>          the number that `ask` stands for
 *   presence-hours/<schedule>   business, break, outside or holiday: what the schedule says now
 *
 * Items of a list are separated by '^', name and value by '='; '-' is an empty field. Nothing means anything to Dial(), Goto() and $[].
 */
enum { CALLROW_MAX_LEN = 1015, CALLROW_KEY_MAX_LEN = 252 }; /* Asterisk 16: value; family and key */

#define CALLROW_USER  "presence-user"
#define CALLROW_MODE  "presence-mode"
#define CALLROW_RULE  "presence-rule"
#define CALLROW_ASK   "presence-ask"
#define CALLROW_HOURS "presence-hours"

/* The rows, appended to `to`, which is as it was on failure. `mobile_prefix` is what the PBX wants in front of outside numbers. ERR_USAGE:
 * too long, or a byte that does not fit, by name. */
int callrow_user(const struct user *u, const char *mobile_prefix, struct strbuf *to,
	struct err *err) MUST_CHECK;
/* `rules` are of struct effective. ERR_NOT_FOUND: it forwards to nobody, see destination_compile(). */
int callrow_mode(const struct mode *m, const struct rules *rules, destination_lookup *lookup,
	void *ctx, struct strbuf *to, struct err *err) MUST_CHECK;
/* The key of a user's own version, below CALLROW_RULE. */
void callrow_rule_key(const char *extension, const char *mode, char ret[CALLROW_KEY_MAX_LEN + 1]);

/* What a user's row holds. */
struct callrow_user {
	size_t devices_n;
	struct device devices[DEVICES_MAX];
	char mailbox[MAILBOX_MAX_LEN + 1 + sizeof("@default")]; /* "" if none */
	char mobile[2 * NUMBER_MAX_LEN + 1];                    /* with the prefix, "" if none */
	char extension[EXTENSION_MAX_LEN + 1];
	char mode[NAME_MAX_LEN + 1]; /* when nobody switched */
};

/* Back from a row that this module could have written; ERR_FAILED for any other, saying what is damaged, with what is returned
 * untouched. Of a mode come type, lamp and every rule but the queues', which are not in the row; a user to whom calls go is then
 * an extension. */
int callrow_parse_user(const char *row, struct callrow_user *ret, struct err *err) MUST_CHECK;
int callrow_parse_mode(const char *row, struct mode *ret_mode, struct rules *ret_rules,
	struct err *err) MUST_CHECK;

#endif
