/* ctl.h - what every command of presencectl works with. */
#ifndef CTL_H
#define CTL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/follow/prefix.h"
#include "cmd/presencectl/command.h"
#include "cmd/presencectl/output.h"
#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/binding/zonefile.h"

struct ctl {
	/* From the options before the command and the environment. */
	const char *conf_path; /* --config, PRESENCE_CONF; NULL for the default */
	const char *db_path;   /* --db, PRESENCE_DB; NULL for the configuration's */
	bool interactive;      /* inside `presencectl shell` */

	/* Opened as the command needs them; kept open by the shell from one command to the next. */
	struct conf *conf;
	struct store *store;
	struct prefixes prefixes; /* that the store uses */
	struct zonefiles *zonefiles;
	struct zones *zones;     /* its zones */
	const struct zone *zone; /* defaults.zone; lent from them */

	int64_t now;            /* UTC seconds, read once a command */
	struct out_options out; /* of the command that runs */
};

/* Open what `needs` asks for and is not open yet. */
int ctl_open(struct ctl *ctl, int needs, struct err *err) MUST_CHECK;
void ctl_done(struct ctl *ctl);

/* The path of the database: --db, PRESENCE_DB, or the configuration's. Needs the configuration. */
const char *ctl_database(const struct ctl *ctl);

/* The PBX of a noun that is saved, by its proper name: the only one if it is "". */
int ctl_pbx(const struct ctl *ctl, char pbx[NAME_MAX_LEN + 1], struct err *err) MUST_CHECK;

/* Names a line each; `data` is a strbuf. For the store's walks. */
int ctl_join(void *data, const char *name);

/* --expect N of a bulk command: ERR_FAILED if it is another number than `n`. */
int ctl_expect(const struct input *in, size_t n, struct err *err) MUST_CHECK;

/* A notice on standard error that is no failure: "presencectl: ...". */
void ctl_notice(const char *fmt, ...) PRINTF_LIKE(1);

#endif
