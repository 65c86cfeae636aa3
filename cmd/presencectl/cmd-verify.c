/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log verify: whether the log is as it was written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/say.h"
#include "lib/base/mem.h"
#include "lib/binding/db.h"
#include "lib/binding/journal.h"
#include "lib/follow/seal.h"

extern const struct command cmd_log_verify;

/* The seals that the journal has, held against those of the database. */
struct comparison {
	struct ctl *ctl;
	int64_t first;  /* the number of the first seal that the database has */
	int64_t pruned; /* the records up to this ID were deleted for their age */
	size_t n;
	int64_t last; /* the last record that one of them covers */
	struct err *err;
};

enum { FIELD_SEAL, FIELD_FIRST, FIELD_LAST, FIELD_HASH };
static const char *const fields[] = { [FIELD_SEAL] = "PRESENCE_SEAL",
	[FIELD_FIRST] = "PRESENCE_FIRST",
	[FIELD_LAST] = "PRESENCE_LAST",
	[FIELD_HASH] = "PRESENCE_HASH",
	NULL };

/* Whether a seal that is missing was deleted for its age since the seals were verified: the oldest go first. */
static int is_pruned(struct comparison *c, int64_t id, int64_t last, bool *ret)
{
	struct seal oldest;

	*ret = false;
	if (store_seal_after(c->ctl->store, 0, &oldest, c->err) < 0)
		return -1;
	if (oldest.id < id)
		return 0;
	if (last > c->pruned && store_log_pruned(c->ctl->store, &c->pruned, c->err) < 0)
		return -1;
	*ret = last <= c->pruned;
	return 0;
}

static int compare(void *data, const struct journal_entry *entry)
{
	const char *const *v = entry->values;
	struct comparison *c = data;
	int64_t id = strtoll(v[FIELD_SEAL], NULL, 10);
	struct seal seal;
	bool pruned = false;

	if (id < c->first)
		return 0; /* it was pruned */
	if (store_seal_after(c->ctl->store, id - 1, &seal, c->err) < 0 ||
		(seal.id != id && is_pruned(c, id, strtoll(v[FIELD_LAST], NULL, 10), &pruned) < 0))
		return -1;
	if (pruned)
		return 0;
	if (seal.id != id || strcmp(seal.hash, v[FIELD_HASH]) != 0)
		return err_set(c->err, ERR_FAILED,
			"the log is not as the journal has it: seal %lld of the records %.20s to %.20s %s;"
			" a backup that was restored looks like that too",
			(long long)id, v[FIELD_FIRST], v[FIELD_LAST],
			seal.id == id ? "is another one" : "is missing");
	c->n++;
	c->last = seal.last;
	return 0;
}

/* Only what the owner of the database has sent counts: anybody may send such messages. The journal knows who it was. */
static int compare_with_journal(struct ctl *ctl, const struct seal_verdict *v, struct err *err)
{
	_cleanup_(freep) char *path = realpath(store_path(ctl->store), NULL);
	_cleanup_(strbuf_done) struct strbuf database = STRBUF_INIT, uid = STRBUF_INIT;
	struct comparison c = { .ctl = ctl, .first = v->first, .pruned = v->pruned, .err = err };
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return err_sys(err, "cannot find '%s'", store_path(ctl->store));
	strbuf_addf(&database, "PRESENCE_DATABASE=%s", path);
	strbuf_addf(&uid, "_UID=%u", (unsigned)st.st_uid);
	if (journal_each(
		    (const char *const[]){ "MESSAGE_ID=" JOURNAL_SEAL_ID, database.s, uid.s, NULL },
		    fields, compare, &c, err) < 0)
		return -1;
	if (!c.n)
		return err_set(err, ERR_FAILED,
			"the journal shows no seals of this database: presenced sends them if systemd's journal is there,"
			" and root or the group systemd-journal may read them");
	say("the journal has %zu seal%s like them, up to record %lld\n", c.n, c.n == 1 ? "" : "s",
		(long long)c.last);
	return 0;
}

/* Read all of one instant: presenced may be deleting old records and their seals. */
static int verify_seals(struct store *s, struct seal_verdict *ret, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin_read(s, err) < 0)
		return -1;
	tx = s;
	return follow_seal_verify(tx, ret, err);
}

static int verify(struct ctl *ctl, const struct input *in, struct err *err)
{
	struct seal_verdict v;

	if (verify_seals(ctl->store, &v, err) < 0)
		return -1;
	if (*v.fault)
		return err_set(err, ERR_FAILED, "the log is not as it was written: %s", v.fault);
	if (v.pruned)
		say("records up to %lld were deleted for their age\n", (long long)v.pruned);
	say("%lld record%s as %s sealed\n", (long long)v.records_n, v.records_n == 1 ? "" : "s",
		v.records_n == 1 ? "it was" : "they were");
	if (v.unsealed_n)
		say("%lld newer record%s no seal yet: presenced %s\n", (long long)v.unsealed_n,
			v.unsealed_n == 1 ? " has" : "s have",
			db_is_locked(store_path(ctl->store)) ? "sets it within seconds"
							     : "sets it, and is not running");
	return input_has(in, "journal") ? compare_with_journal(ctl, &v, err) : 0;
}

static const struct opt opts[] = {
	{ "journal", NULL, ARG_TEXT, "compare the seals with those that systemd's journal has", 0 },
	{ 0 },
};

const struct command cmd_log_verify = {
	.path = "log verify",
	.summary = "check that nobody has changed the log",
	.details =
		"presenced seals the log. A record that was changed, deleted, inserted or moved since then breaks the seal. The first such "
		"records are named, and the exit status is 1. A user called verify is asked for by: log -- verify.",
	.opts = opts,
	.needs = NEED_STORE,
	.run = verify,
};
