/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ctl.h - what every command of presencectl works with: configuration, database, clock, output. */
#ifndef CTL_H
#define CTL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/follow/prefix.h"
#include "cmd/presencectl/command.h"
#include "cmd/presencectl/output.h"
#include "lib/binding/conf.h"
#include "lib/binding/countryfile.h"
#include "lib/store/store.h"
#include "lib/binding/zonefile.h"

struct ctl {
	/* From the options before the command and the environment. */
	const char *conf_path; /* --config, PRESENCE_CONF; NULL: the default */
	const char *db_path;   /* --db, PRESENCE_DB; NULL: the configuration's */
	const char *zone_name; /* --zone; NULL: the configuration's */
	bool interactive;      /* inside `presencectl shell` */

	/* Opened when a command needs them. The shell keeps them open from one command to the next. */
	struct conf *conf;
	struct store *store;
	struct prefixes prefixes; /* the store uses them */
	struct zonefiles *zonefiles;
	struct countryfiles *countryfiles;
	struct zones *zones;     /* lent from zonefiles */
	const struct zone *home; /* that of the configuration, lent from zones */
	const struct zone *
		zone; /* of what people type and read: --zone, TZ if defaults.zone is local, else home */

	int64_t now;            /* UTC seconds, read once for each command */
	struct out_options out; /* how the command prints tables */
};

/* Open what `needs` (flags of enum need) asks for, unless it is open. */
int ctl_open(struct ctl *ctl, int needs, struct err *err) MUST_CHECK;
void ctl_done(struct ctl *ctl);

/* Decide about the users whom an edit has left, slice by slice. Call it after the commit. ERR_PENDING: presenced has to do the rest. */
int ctl_finish(struct ctl *ctl, struct err *err) MUST_CHECK;

/* The path of the database: --db, PRESENCE_DB, or the configuration's. The configuration must be open. */
const char *ctl_database(const struct ctl *ctl);

/* The holidays of countries. The configuration must be open. */
struct countries *ctl_countries(struct ctl *ctl);
/* The shell's next command reads their files again. */
void ctl_forget_countries(struct ctl *ctl);

/* Check the PBX of a noun before it is saved, and put its proper name into `pbx`. "" becomes the only PBX. */
int ctl_pbx(const struct ctl *ctl, char pbx[NAME_MAX_LEN + 1], struct err *err) MUST_CHECK;

/* A callback for the store's walks: append a name to `data`, a strbuf, one a line. */
int ctl_join(void *data, const char *name);

/* Check --expect N of a bulk command. ERR_FAILED if N is not `n`. */
int ctl_expect(const struct input *in, size_t n, struct err *err) MUST_CHECK;

/* Print a notice on standard error, "presencectl: ...". A notice is not a failure. */
void ctl_notice(const char *fmt, ...) PRINTF_LIKE(1);

#endif
