/* entry.h - call handling as entries of Asterisk's own database, which the dialplan of share/asterisk/presence.conf reads: one value an entry, so
 * that a call never sees half a change. */
#ifndef ENTRY_H
#define ENTRY_H

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
enum { ENTRY_MAX_LEN = 1015, ENTRY_KEY_MAX_LEN = 252 }; /* Asterisk 16: value; family and key */

#define ENTRY_USER  "presence-user"
#define ENTRY_MODE  "presence-mode"
#define ENTRY_RULE  "presence-rule"
#define ENTRY_ASK   "presence-ask"
#define ENTRY_HOURS "presence-hours"

/* The entries, appended to `to`, which is as it was on failure. `mobile_prefix` is what the PBX wants in front of outside numbers. ERR_USAGE:
 * too long, or a byte that does not fit, by name. */
int entry_user(const struct user *u, const char *mobile_prefix, struct strbuf *to,
	struct err *err) MUST_CHECK;
/* `rules` are of struct effective. ERR_NOT_FOUND: it forwards to nobody, see destination_compile(). */
int entry_mode(const struct mode *m, const struct rules *rules, destination_lookup *lookup,
	void *ctx, struct strbuf *to, struct err *err) MUST_CHECK;
/* The key of a user's own version, below ENTRY_RULE. */
void entry_rule_key(const char *extension, const char *mode, char ret[ENTRY_KEY_MAX_LEN + 1]);

/* What a user's entry holds. */
struct entry_user {
	size_t devices_n;
	struct device devices[DEVICES_MAX];
	char mailbox[MAILBOX_MAX_LEN + 1 + sizeof("@default")]; /* "" if none */
	char mobile[2 * NUMBER_MAX_LEN + 1];                    /* with the prefix, "" if none */
	char extension[EXTENSION_MAX_LEN + 1];
	char mode[NAME_MAX_LEN + 1]; /* when nobody switched */
};

/* Back from an entry that this module could have written; ERR_FAILED for any other, saying what is damaged, with what is returned
 * untouched. Of a mode come type, lamp and every rule but the queues', which are not in the entry; a user to whom calls go is then
 * an extension. */
int entry_parse_user(const char *entry, struct entry_user *ret, struct err *err) MUST_CHECK;
int entry_parse_mode(const char *entry, struct mode *ret_mode, struct rules *ret_rules,
	struct err *err) MUST_CHECK;

#endif
