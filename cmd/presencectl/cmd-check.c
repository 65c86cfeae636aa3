/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check: is all well? One line and a status for monitoring. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/say.h"
#include "cmd/presencectl/world.h"
#include "lib/base/strbuf.h"
#include "lib/binding/db.h"
#include "lib/follow/seal.h"
#include "lib/follow/verify.h"
#include "lib/store/user.h"

extern const struct command cmd_check;

enum {
	LATE_S = 120,      /* presenced has a minute for each tick */
	FINDINGS_MAX = 10, /* of one check */
};

enum { CHECK_CHECK, CHECK_RESULT, CHECK_FINDING, CHECK_HELP };

static const struct column columns[] = {
	[CHECK_CHECK] = { "CHECK", 0,
		"integrity, schema, references, log, presence, items, time, wal, presenced, pbx and its name, or database if it cannot be opened" },
	[CHECK_RESULT] = { "RESULT", 0,
		"fine, failed, or unknown: of a PBX while presenced does not run, or where the database is damaged" },
	[CHECK_FINDING] = { "FINDING", COLUMN_WIDE, "what is wrong" },
	[CHECK_HELP] = { "HELP", COLUMN_WIDE, "what can be done" },
	{ 0 },
};

/* What is being checked, and what was found until now. */
struct report {
	struct ctl *ctl;
	struct out *out;
	const char *check, *help;
	enum err_code code; /* of a finding of this check */
	size_t found;       /* of this check */
	size_t all;
	enum err_code worst;
	struct strbuf first; /* the first finding */
};

static int rank(enum err_code code)
{
	return code == ERR_STORE ? 3 : code == ERR_FAILED ? 2 : 1;
}

static void tell(struct report *r, const char *finding, const char *help)
{
	out_line(r->out);
	out_text(r->out, CHECK_CHECK, r->check);
	out_text(r->out, CHECK_RESULT, "failed");
	out_text(r->out, CHECK_FINDING, finding);
	out_text(r->out, CHECK_HELP, help);
	if (!r->ctl->out.data && !r->ctl->out.columns)
		ctl_notice("%s: %s; %s", r->check, finding, help);
}

static int add(void *data, const char *finding)
{
	struct report *r = data;

	if (!r->all || rank(r->code) > rank(r->worst)) {
		r->worst = r->code;
		strbuf_cut(&r->first, 0);
		strbuf_addf(&r->first, "%s: %s", r->check, finding);
	}
	r->all++;
	if (++r->found <= FINDINGS_MAX)
		tell(r, finding, r->help);
	return 0;
}

static void begin(struct report *r, const char *check, enum err_code code, const char *help)
{
	r->check = check;
	r->code = code;
	r->help = help;
	r->found = 0;
}

static void say_result(struct report *r, const char *check, const char *result)
{
	out_line(r->out);
	out_text(r->out, CHECK_CHECK, check);
	out_text(r->out, CHECK_RESULT, result);
}

static void end(struct report *r)
{
	char text[64];

	if (r->found > FINDINGS_MAX) {
		snprintf(text, sizeof(text), "and %zu more", r->found - FINDINGS_MAX);
		tell(r, text, r->help);
	}
	if (!r->found)
		say_result(r, r->check, "fine");
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

#define SALVAGE                                                                                    \
	"'presencectl restore' a backup, or save what can be read with 'presencectl backup --salvage'"

/* The pages and the references. */
static int check_file(struct report *r, struct store *copy, struct err *err)
{
	begin(r, "integrity", ERR_STORE, SALVAGE);
	/* What is damaged may also end the check. */
	if (store_check(copy, STORE_CHECK_PAGES, add, r, err) < 0 && !r->found)
		return -1;
	end(r);
	if (r->found)
		return 1;
	begin(r, "schema", ERR_STORE, SALVAGE);
	if (store_check(copy, STORE_CHECK_SCHEMA, add, r, err) < 0)
		return -1;
	end(r);
	begin(r, "references", ERR_STORE, SALVAGE);
	if (store_check(copy, STORE_CHECK_REFERENCES, add, r, err) < 0)
		return -1;
	end(r);
	return r->all > 0;
}

/* Before anything is written into the copy. */
static int check_log(struct report *r, struct store *copy, struct err *err)
{
	struct seal_verdict verdict = { 0 };

	begin(r, "log", ERR_FAILED, "see 'presencectl log verify', and compare with a backup");
	if (follow_seal_verify(copy, &verdict, err) < 0)
		return -1;
	if (*verdict.fault)
		add(r, verdict.fault);
	end(r);
	return 0;
}

/* What follows from the database. */
static int check_what_follows(struct report *r, struct store *copy, struct err *err)
{
	int64_t now = r->ctl->now, late;
	struct prefixes prefixes;
	char text[128];

	prefix_set(&prefixes, r->ctl->conf, copy);
	if (follow_verify(copy, now, err) < 0)
		return -1;
	begin(r, "presence", ERR_FAILED,
		"'presencectl backup' the database and 'presencectl restore' the file: everybody is decided about again");
	if (store_verify_presence(copy, now, add, r, err) < 0 ||
		store_verify_overdue(copy, now - LATE_S, &late, err) < 0)
		return -1;
	end(r);
	begin(r, "items", ERR_FAILED,
		"'presencectl backup' the database and 'presencectl restore' the file: all is decided again");
	if (store_verify_items(copy, now, add, r, err) < 0)
		return -1;
	end(r);
	begin(r, "time", ERR_FAILED, "start presenced, or see what it says");
	if (late) {
		snprintf(text, sizeof(text),
			"the mode of %lld user%s should have changed minutes ago", (long long)late,
			plural((size_t)late));
		add(r, text);
	}
	end(r);
	return 0;
}

static void add_of_pbx(void *data, enum world_what what, const char *text)
{
	(void)what;
	(void)add(data, text);
}

static int check_pbx(struct report *r, const char *pbx, bool running, struct err *err)
{
	char check[NAME_MAX_LEN + 8];

	snprintf(check, sizeof(check), "pbx %s", pbx);
	begin(r, check, ERR_PENDING, "see 'presencectl pbx list', 'pbx test' and 'pbx diff'");
	if (world_pbx(r->ctl->store, pbx, running, add_of_pbx, r, err) < 0)
		return -1;
	if (running || r->found)
		end(r);
	else
		say_result(r, check, "unknown");
	r->check = NULL;
	return 0;
}

/* SQLite's log beside the database. */
static void check_wal(struct report *r)
{
	char text[64];

	begin(r, "wal", ERR_FAILED, "see presenced(8), A LOG THAT GROWS");
	if (world_wal(r->ctl->store, text, sizeof(text)))
		add(r, text);
	end(r);
}

static int check_world(struct report *r, struct err *err)
{
	bool running = db_is_locked(ctl_database(r->ctl));

	check_wal(r);
	begin(r, "presenced", ERR_PENDING, "start it: systemctl start presenced");
	if (!running)
		add(r, "does not run");
	end(r);
	for (size_t i = 0; i < r->ctl->conf->pbx_n; i++) {
		if (check_pbx(r, r->ctl->conf->pbx[i].name, running, err) < 0)
			return -1;
	}
	return 0;
}

/* Of a damaged database. */
static void say_unknown(struct report *r)
{
	static const char *const checks[] = { "log", "presence", "items", "time" };

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		say_result(r, checks[i], "unknown");
}

static int check_all(struct report *r, struct err *err)
{
	_cleanup_(store_freep) struct store *copy = NULL;
	int n;

	/* A copy: the database can be written meanwhile, and what is decided again changes nothing. */
	if (follow_copy(r->ctl->store, &copy, err) < 0)
		return -1;
	n = check_file(r, copy, err);
	if (n == 0)
		n = check_log(r, copy, err);
	if (n == 0)
		n = check_what_follows(r, copy, err);
	else if (n > 0)
		say_unknown(r);
	return n < 0 ? -1 : check_world(r, err);
}

static int summary(struct report *r, struct err *err)
{
	int64_t users;
	size_t pbxs = r->ctl->conf->pbx_n;

	if (r->ctl->out.data || r->ctl->out.columns) {
		if (out_print(r->out, stdout, err) < 0)
			return -1;
	} else if (r->all) {
		say("failed: %s", r->first.s);
		if (r->all > 1)
			say(", and %zu more", r->all - 1);
		say("\n");
	} else {
		if (store_user_count(r->ctl->store, &users, err) < 0)
			return -1;
		say("fine: %lld user%s, %zu PBX%s in step\n", (long long)users,
			plural((size_t)users), pbxs, plural(pbxs));
	}
	if (!r->all)
		return 0;
	return err_set(err, r->worst, "%zu finding%s", r->all, plural(r->all));
}

/* What was to be checked cannot be read. */
static int cannot(struct report *r, const struct err *err)
{
	struct err ignored;

	if (r->ctl->out.data || r->ctl->out.columns) {
		say_result(r, "database", "failed");
		out_text(r->out, CHECK_FINDING, err->msg);
		(void)!out_print(r->out, stdout, &ignored);
	} else {
		say("failed: %s\n", err->msg);
	}
	return -1;
}

static int check(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	struct report r = { .ctl = ctl, .first = STRBUF_INIT };
	int result;

	(void)in;
	if (out_new(columns, "check", &ctl->out, &out, err) < 0)
		return -1;
	r.out = out;
	/* Also of a database that cannot be opened the line says so. */
	result = ctl_open(ctl, NEED_STORE, err) < 0 || check_all(&r, err) < 0 ? cannot(&r, err)
									      : summary(&r, err);
	strbuf_done(&r.first);
	return result;
}

const struct command cmd_check = {
	.path = "check",
	.summary = "say in one line whether all is well, for monitoring",
	.details =
		"It reads a copy of the database in memory, so it holds up nobody and changes nothing. integrity: the pages and indexes. "
		"schema: the tables are those of this version. references: nothing names what is not there. log: it is as it was sealed. presence, items: all is "
		"decided again from switches, schedules and rules, and has to come out the same. time: presenced has not missed a "
		"change. wal: SQLite's log beside the database has 64 MB at most. presenced: it runs. pbx: it is connected, has confirmed all, and has the hint of each member of a queue, by what the database knows; "
		"'presencectl pbx diff' asks the PBX itself.\n\nThe line on standard output begins with fine or failed. Each finding "
		"comes on standard error, with what can be done. Exit status: 0 all is well, 5 the database is damaged or cannot be "
		"used, 1 it contradicts itself or SQLite's log grows, 4 a PBX does not know everything.",
	.columns = columns,
	.noun = "check",
	.run = check,
};
