/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backup: a copy of the database, while it is in use. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/say.h"
#include "lib/binding/clock.h"
#include "lib/binding/db.h"

extern const struct command cmd_backup;

enum { PROGRESS_MS = 200 };

static void show_progress(void *data, int64_t done, int64_t total)
{
	int64_t *shown = data, now = clock_monotonic_ms();

	if (now - *shown < PROGRESS_MS || !total)
		return;
	*shown = now;
	fprintf(stderr, "\r%d %% ", (int)(done * 100 / total));
}

static int backup(struct ctl *ctl, const struct input *in, struct err *err)
{
	int64_t began = clock_monotonic_ms(), shown = began;
	const struct db_progress progress = { isatty(STDERR_FILENO) ? show_progress : NULL,
		&shown };
	const char *path = input_arg(in, 0);
	struct stat st;
	int r = store_backup(
		ctl->store, path, input_has(in, "force") ? DB_BACKUP_REPLACE : 0, &progress, err);

	if (shown != began)
		fputs("\r\033[K", stderr);
	if (r < 0)
		return -1;
	if (stat(path, &st) < 0)
		return err_sys(err, "'%s'", path);
	say("%s: a copy of %s, %lld kB, checked\n", path, store_path(ctl->store),
		(long long)(st.st_size + 1023) / 1024);
	return 0;
}

static const struct arg args[] = { { "file", ARG_FILE, 0 }, { 0 } };

static const struct opt opts[] = {
	{ "force", NULL, ARG_TEXT, "replace the file if it exists", 0 },
	{ 0 },
};

const struct command cmd_backup = {
	.path = "backup",
	.summary = "write a copy of the database to a file, while it is in use",
	.details =
		"The file holds one state of the database, and needs no other file beside it. It is checked, and on the disk, "
		"before it gets its name. presenced and others go on meanwhile. A copy made with cp while the database is in use "
		"may lack the last changes, or be no database at all.",
	.args = args,
	.opts = opts,
	.needs = NEED_STORE,
	.run = backup,
};
