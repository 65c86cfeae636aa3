/* SPDX-License-Identifier: GPL-3.0-or-later */
/* restore: put a copy in the place of the database. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/say.h"
#include "lib/binding/db.h"
#include "lib/follow/follow.h"
#include "lib/follow/restored.h"
#include "lib/store/user.h"

extern const struct command cmd_restore;

enum { PATH_SIZE = 4096, NAMES_MAX = 100 };

/* A name that says when: presence.db.20261121-231500. A second restore in this second gets another number behind it. */
static int name_kept(
	const struct ctl *ctl, const char *database, char ret[PATH_SIZE], struct err *err)
{
	struct civil c;

	zone_to_local(ctl->zone, ctl->now, &c);
	for (int i = 1; i < NAMES_MAX; i++) {
		int n = snprintf(ret, PATH_SIZE, "%.4000s.%04d%02d%02d-%02d%02d%02d", database,
			c.year, c.month, c.day, c.hour, c.minute, c.second);

		if (i > 1)
			snprintf(ret + n, PATH_SIZE - (size_t)n, ".%d", i);
		if (access(ret, F_OK) < 0)
			return 0;
	}
	return err_set(err, ERR_FAILED, "there are too many files like '%s'", ret);
}

/* The copy, beside the database, as it will take its place. */
static int make_ready(struct ctl *ctl, const char *file, const char *ready, const char *kept,
	int64_t *ret_users, struct err *err)
{
	static char name[ACTOR_NAME_SIZE];
	_cleanup_(store_freep) struct store *s = NULL;
	const char *slash = strrchr(kept, '/');
	struct prefixes prefixes;
	struct actor actor;

	actor_get("cli", &actor, name);
	if (store_take_file(file, ctl_database(ctl), ready, err) < 0 ||
		follow_open(ready, &actor, ctl->zones, &s, err) < 0)
		return -1;
	follow_set_countries(s, ctl_countries(ctl));
	prefix_set(&prefixes, ctl->conf, s);
	if (follow_restored(s, &prefixes, file, ctl_database(ctl), slash ? slash + 1 : kept,
		    ctl->now, err) < 0)
		return -1;
	return store_user_count(s, ret_users, err);
}

/* Where there is no database that can be written into, the file itself is exchanged. */
static int put_in_place(
	const char *database, const char *ready, const char *kept, bool *ret_was, struct err *err)
{
	int r = 1;

	*ret_was = access(database, F_OK) == 0;
	if (*ret_was)
		r = db_overwrite(database, ready, kept, err);
	return r > 0 ? db_exchange(database, ready, kept, err) : r;
}

static int restore(struct ctl *ctl, const struct input *in, struct err *err)
{
	const char *file = input_arg(in, 0), *database = ctl_database(ctl);
	char kept[PATH_SIZE], ready[PATH_SIZE];
	int64_t users = 0;
	bool was = false;
	int r;

	/* A shell may have it open. */
	store_free(ctl->store);
	ctl->store = NULL;
	snprintf(ready, sizeof(ready), "%.4000s.restore-%d", database, (int)getpid());
	if (name_kept(ctl, database, kept, err) < 0)
		return -1;
	r = make_ready(ctl, file, ready, kept, &users, err);
	if (r == 0)
		r = put_in_place(database, ready, kept, &was, err);
	db_remove(ready);
	if (r < 0)
		return -1;
	say("%s: restored from %s, %lld user%s\n", database, file, (long long)users,
		users == 1 ? "" : "s");
	if (was)
		say("what it was until now is in %s\n", kept);
	if (!db_is_locked(database))
		return err_set(err, ERR_PENDING,
			"presenced does not run, so the PBXs do not know yet; 'presencectl push' sends to them");
	return 0;
}

static const struct arg args[] = { { "file", ARG_FILE, 0 }, { 0 } };

const struct command cmd_restore = {
	.path = "restore",
	.summary = "put a copy in the place of the database, while it is in use",
	.details =
		"The copy is checked first: whether it is whole, and a database of presence that is not newer than this program. "
		"What the database was until now is kept beside it, in a file whose name is printed. Everybody's mode is decided "
		"again: switches whose time is over have ended.\n\npresenced may go on: it "
		"logs in to the PBXs again, reads all that they hold and sends what the copy wants. No program sees a mixture of "
		"the two. If the database is missing, or so damaged that it cannot be read, the copy takes its place. Then no other "
		"presencectl should be at work.",
	.args = args,
	.needs = NEED_CONF,
	.run = restore,
};
