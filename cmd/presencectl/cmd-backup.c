/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backup: a copy of the database, while it is in use. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/say.h"
#include "lib/binding/clock.h"
#include "lib/binding/db.h"
#include "lib/follow/follow.h"
#include "lib/follow/restored.h"

extern const struct command cmd_backup;

enum { PROGRESS_MS = 200, PATH_SIZE = 4096 };

static void show_progress(void *data, int64_t done, int64_t total)
{
	int64_t *shown = data, now = clock_monotonic_ms();

	if (now - *shown < PROGRESS_MS || !total)
		return;
	*shown = now;
	fprintf(stderr, "\r%d %% ", (int)(done * 100 / total));
}

/* Copy a database to the file, and say so. */
static int write_copy(struct ctl *ctl, struct store *from, const struct input *in, struct err *err)
{
	int64_t began = clock_monotonic_ms(), shown = began;
	const struct db_progress progress = { isatty(STDERR_FILENO) ? show_progress : NULL,
		&shown };
	const char *path = input_arg(in, 0);
	struct stat st;
	int r = store_backup(
		from, path, input_has(in, "force") ? DB_BACKUP_REPLACE : 0, &progress, err);

	if (shown != began)
		fputs("\r\033[K", stderr);
	if (r < 0)
		return -1;
	if (stat(path, &st) < 0)
		return err_sys(err, "'%s'", path);
	say("%s: %s of %s, %lld kB, checked\n", path,
		input_has(in, "salvage") ? "what could be saved" : "a copy", ctl_database(ctl),
		(long long)(st.st_size + 1023) / 1024);
	return 0;
}

/* Say what became of a table of the database. */
static void tell_table(void *data, const struct db_salvaged *t)
{
	(void)data;
	say("%s: %lld saved%s", t->table, (long long)t->saved,
		t->is_whole ? "" : ", others could not be read");
	if (t->refused)
		say(", %lld damaged", (long long)t->refused);
	if (t->mended)
		say(", %lld named what is gone", (long long)t->mended);
	say("\n");
}

/* Make a good database of what can be read, beside the file, and copy it there. */
static int salvage(struct ctl *ctl, const struct input *in, const char *beside, struct err *err)
{
	static char name[ACTOR_NAME_SIZE];
	_cleanup_(store_freep) struct store *s = NULL;
	struct actor actor;

	actor_get("cli", &actor, name);
	if (store_create(beside, err) < 0 || follow_open(beside, &actor, ctl->zones, &s, err) < 0)
		return -1;
	follow_set_countries(s, ctl_countries(ctl));
	prefix_set(&ctl->prefixes, ctl->conf, s);
	if (store_salvage(s, ctl_database(ctl), tell_table, NULL, err) < 0 ||
		follow_salvaged(s, ctl->now, err) < 0)
		return -1;
	return write_copy(ctl, s, in, err);
}

static int backup(struct ctl *ctl, const struct input *in, struct err *err)
{
	char beside[PATH_SIZE];
	int r;

	if (!input_has(in, "salvage"))
		return ctl_open(ctl, NEED_STORE, err) < 0 ? -1
							  : write_copy(ctl, ctl->store, in, err);
	if (access(ctl_database(ctl), R_OK) < 0)
		return err_sys(err, "cannot read '%s'", ctl_database(ctl));
	/* A shell may have it open. */
	store_free(ctl->store);
	ctl->store = NULL;
	snprintf(beside, sizeof(beside), "%.4000s.salvage-%d", input_arg(in, 0), (int)getpid());
	r = salvage(ctl, in, beside, err);
	db_remove(beside);
	return r;
}

static const struct arg args[] = { { "file", ARG_FILE, 0 }, { 0 } };

static const struct opt opts[] = {
	{ "force", NULL, ARG_TEXT, "replace the file if it exists", 0 },
	{ "salvage", NULL, ARG_TEXT, "save what can be read of a damaged database", 0 },
	{ 0 },
};

const struct command cmd_backup = {
	.path = "backup",
	.summary = "write a copy of the database to a file, while it is in use",
	.details =
		"The file holds one state of the database, and needs no other file beside it. It is checked, and on the disk, "
		"before it gets its name. presenced and others go on meanwhile. A copy made with cp while the database is in use "
		"may lack the last changes, or be no database at all.\n\nWith --salvage the database may be damaged. What can still be read "
		"of it goes to the file, and of each part it says how much was saved, and whether some could not be read. What named "
		"something that is gone is left out, and everybody's mode is decided again. 'presencectl restore' then puts the file in "
		"place. For a damaged copy name it with --db.",
	.args = args,
	.opts = opts,
	.needs = NEED_CONF,
	.run = backup,
};
