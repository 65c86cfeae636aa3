/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `doctor` sees without asking a PBX: files, the clock, the database. */
#include "cmd/presencectl/doctor.h"

#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/presencectl/people.h"
#include "cmd/presencectl/world.h"
#include "lib/binding/clock.h"
#include "lib/binding/db.h"
#include "lib/binding/zonefile.h"
#include "lib/follow/check.h"
#include "lib/store/calendar.h"
#include "lib/store/override.h"
#include "lib/store/user.h"
#include "lib/time/civil.h"
#include "lib/time/when.h"

enum {
	DAY_S = 86400,
	LINES_MAX = 10000,   /* of a file of Asterisk */
	FEED_ROUNDS = 3,     /* a feed that was not read for so many rounds is stale */
	FEED_STALE_S = 3600, /* but not sooner */
	ZONES_YEARS = 2,     /* zone data older than that is old */
};

static void tell(
	struct doctor *d, enum finding_id id, const char *thing, const char *what, const char *help)
{
	findings_add(d->findings, &(struct finding){ id, NULL, thing, what, help });
}

/* --- secrets ------------------------------------------------------------------ */

/* Whether presenced runs as who we are: then what we cannot read is a fault. */
static bool are_presenced(const struct doctor *d)
{
	_cleanup_(freep) char *copy = xstrdup(ctl_database(d->ctl));
	struct stat st;

	return stat(dirname(copy), &st) == 0 && st.st_uid == geteuid();
}

/* Where the secret of a PBX or presence server is. */
struct secret_place {
	const char *name, *pbx;
	const char *path; /* NULL: a credential */
	bool within;      /* the path is the configuration */
};

static struct secret_place place_of(
	const char *name, const char *text, const char *text_from, const char *file)
{
	return (struct secret_place){
		.name = name,
		.path = *text   ? text_from
			: *file ? file
				: NULL,
		.within = *text,
	};
}

static void tell_of_readers(struct doctor *d, const struct secret_place *at, bool others)
{
	char help[600];

	if (others)
		snprintf(help, sizeof(help), "chmod %s '%.400s'", at->within ? "o-rwx" : "600",
			at->path);
	else if (at->within)
		snprintf(help, sizeof(help),
			"put it into a file of its own, of user presence and with mode 600, and name that by secret_file");
	else
		snprintf(help, sizeof(help), "chown presence '%.200s'; chmod 600 '%.200s'",
			at->path, at->path);
	tell(d, others ? FIND_SECRET_READABLE : FIND_SECRET_SHARED, at->name,
		others ? "has a secret that others may read" : "has a secret that a group may read",
		help);
}

/* The file of a secret. `why` says why it cannot be used, or is NULL. */
static void judge_secret(struct doctor *d, const struct secret_place *at, const struct err *why)
{
	struct stat st = { 0 };
	char what[600];

	if (at->path && stat(at->path, &st) < 0)
		st.st_mode = 0;
	if (st.st_mode & 07) {
		tell_of_readers(d, at, true);
	} else if (why && !at->path) {
		findings_unknown(d->findings, FIND_SECRET_UNUSABLE, at->pbx,
			"the secret is a credential that systemd gives presenced alone");
	} else if (why && eaccess(at->path, R_OK) < 0 && errno == EACCES && !are_presenced(d)) {
		findings_unknown(d->findings, FIND_SECRET_UNUSABLE, at->pbx,
			"only presenced may read the secret: run it as root, with sudo");
	} else if (why) {
		snprintf(what, sizeof(what), "has no usable secret: %s", why->msg);
		tell(d, FIND_SECRET_UNUSABLE, at->name, what, "see SECRETS in presence.conf(5)");
	} else if (st.st_mode & 040) {
		tell_of_readers(d, at, false);
	}
}

static void judge_fault(struct doctor *d, const struct conf_pbx *pbx, enum check_fault fault)
{
	char help[256];

	if (fault == CHECK_SAMPLE) {
		tell(d, FIND_SECRET_SAMPLE, pbx->name, "has the secret of the sample",
			"make one with \"openssl rand -hex 32\", and put it into manager.conf and into the file of the secret");
	} else if (fault == CHECK_NO_TLS) {
		snprintf(help, sizeof(help),
			"tls = true; at %.160s:%d, and tlsenable = yes in manager.conf", pbx->file,
			pbx->line);
		tell(d, FIND_NO_TLS, pbx->name, "is another machine, without TLS", help);
	}
}

static int look_at_secrets(struct doctor *d, struct err *err)
{
	const struct conf *conf = d->ctl->conf;
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	struct err why;

	(void)err;
	for (size_t i = 0; i < d->pbx_n; i++) {
		const struct conf_pbx *p = &d->pbx[i];
		struct secret_place at =
			place_of(p->name, p->secret, p->secret_from, p->secret_file);
		_cleanup_(conf_wipep) char *secret = NULL;
		int r = conf_secret(conf, p, credentials, &secret, &why);

		at.pbx = p->name;
		judge_secret(d, &at, r < 0 ? &why : NULL);
		judge_fault(d, p, check_unsafe(p, secret));
	}
	for (size_t i = 0; i < conf->publish_n; i++) {
		const struct conf_publish *p = &conf->publish[i];
		char name[NAME_MAX_LEN + 20];
		struct secret_place at = place_of(name, p->secret, p->secret_from, p->secret_file);
		_cleanup_(conf_wipep) char *secret = NULL;
		int r = conf_publish_secret(p, credentials, &secret, &why);

		snprintf(name, sizeof(name), "presence server %s", p->name);
		if (*p->username)
			judge_secret(d, &at, r < 0 ? &why : NULL);
	}
	return 0;
}

/* A line that begins with secret. */
static bool has_secret(const char *path)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	char line[256];

	for (int i = 0; f && i < LINES_MAX && fgets(line, sizeof(line), f); i++) {
		if (!strncasecmp(line + strspn(line, " \t"), "secret", strlen("secret")))
			return true;
	}
	return false;
}

static void look_at_manager(struct doctor *d, const char *pattern)
{
	char path[400], help[512];
	struct stat st;
	glob_t found;

	snprintf(path, sizeof(path), "%.300s/%s", d->asterisk, pattern);
	if (glob(path, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *file = found.gl_pathv[i];

		if (stat(file, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 07) ||
			!has_secret(file))
			continue;
		snprintf(help, sizeof(help), "chgrp asterisk '%.200s'; chmod 640 '%.200s'", file,
			file);
		tell(d, FIND_MANAGER_READABLE, file, "has secrets that others may read", help);
	}
	globfree(&found);
}

/* Those of the other side. What we may not look at, others may not either. */
static int look_at_managers(struct doctor *d, struct err *err)
{
	bool here = false;

	(void)err;
	for (size_t i = 0; i < d->pbx_n; i++)
		here = here || check_is_here(&d->pbx[i]);
	if (here) {
		look_at_manager(d, "manager.conf");
		look_at_manager(d, "manager.d/*.conf");
	}
	return 0;
}

static int look_at_database(struct doctor *d, struct err *err)
{
	const char *path = store_path(d->ctl->store);
	_cleanup_(freep) char *copy = xstrdup(path);
	struct stat file, folder;
	char help[512], what[400];

	(void)err;
	if (stat(path, &file) < 0 || stat(dirname(copy), &folder) < 0 ||
		!(file.st_mode & S_IROTH) || !(folder.st_mode & S_IXOTH))
		return 0;
	snprintf(what, sizeof(what), "others may read the database '%.300s'", path);
	snprintf(help, sizeof(help), "chmod o-rwx '%.400s'", path);
	tell(d, FIND_DATABASE_READABLE, NULL, what, help);
	return 0;
}

/* --- presenced and its links ---------------------------------------------------- */

struct world_teller {
	struct doctor *d;
	const char *pbx;
};

static void tell_of_pbx(void *data, enum world_what what, const char *text)
{
	struct world_teller *t = data;

	if (what == WORLD_REFUSED)
		tell(t->d, FIND_PBX_REFUSES, t->pbx, text,
			"'presencectl pbx diff' says what and why, 'presencectl push' tries again");
	else if (what != WORLD_VAIN) /* the PBX itself is asked for hints */
		tell(t->d, FIND_PBX_BEHIND, t->pbx, text,
			"see 'presencectl pbx list' and 'presencectl pbx diff'");
}

static int look_at_presenced(struct doctor *d, struct err *err)
{
	bool running = db_is_locked(store_path(d->ctl->store));
	char text[400];

	if (!running)
		tell(d, FIND_PRESENCED_DOWN, NULL, "presenced does not run",
			"systemctl start presenced");
	if (world_wal(d->ctl->store, text, sizeof(text)))
		tell(d, FIND_WAL_LARGE, NULL, text, "see presenced(8), A LOG THAT GROWS");
	for (size_t i = 0; i < d->pbx_n; i++) {
		struct world_teller t = { d, d->pbx[i].name };

		if (world_pbx(d->ctl->store, d->pbx[i].name, running, tell_of_pbx, &t, err) < 0)
			return -1;
	}
	return 0;
}

/* --- time ------------------------------------------------------------------------ */

static int look_at_clock(struct doctor *d, struct err *err)
{
	int is = clock_is_synchronised();

	(void)err;
	if (is < 0)
		findings_unknown(d->findings, FIND_CLOCK_LOOSE, NULL,
			"this system does not say whether its clock is synchronised");
	else if (!is)
		tell(d, FIND_CLOCK_LOOSE, NULL, "nothing keeps the clock of this machine right",
			"apt install chrony, or: timedatectl set-ntp true");
	return 0;
}

static int look_at_zones(struct doctor *d, struct err *err)
{
	char release[ZONEFILE_RELEASE_SIZE], text[128];
	struct civil now;

	(void)err;
	civil_from_seconds(d->ctl->now, &now);
	if (!zonefile_release(release))
		findings_unknown(d->findings, FIND_ZONES_OLD, NULL,
			"the zone data of this system does not say its release");
	else if (atoi(release) + ZONES_YEARS < now.year) {
		snprintf(text, sizeof(text), "the zone data of this system is of %s", release);
		tell(d, FIND_ZONES_OLD, NULL, text, "apt update; apt install tzdata");
	}
	return 0;
}

static int judge_feed(void *data, const struct calendar_info *c, const struct calendar_state *state)
{
	struct doctor *d = data;
	int64_t age = d->ctl->now - state->read_at,
		limit = c->refresh_s * FEED_ROUNDS < FEED_STALE_S ? FEED_STALE_S
								  : c->refresh_s * FEED_ROUNDS;
	char span[WHEN_TEXT_SIZE], what[400], help[128];

	if (!*c->url || (state->read_at && age <= limit))
		return 0;
	if (state->read_at)
		when_span(age, span);
	snprintf(what, sizeof(what), "was %s%s%s%s", state->read_at ? "read last " : "never read",
		state->read_at ? span : "", state->read_at ? " ago" : "",
		*state->error ? ": " : "");
	strncat(what, state->error, sizeof(what) - strlen(what) - 1);
	snprintf(help, sizeof(help), "presencectl calendar refresh %s", c->name);
	tell(d, FIND_FEED_STALE, c->name, what, help);
	return 0;
}

static int look_at_feeds(struct doctor *d, struct err *err)
{
	return store_calendar_each(d->ctl->store, judge_feed, d, err);
}

/* --- what somebody may want so ------------------------------------------------------ */

static int judge_override(void *data, const struct override *o)
{
	struct doctor *d = data;
	char thing[64], what[400], help[64], span[WHEN_TEXT_SIZE];
	int64_t now = d->ctl->now;

	if (o->start > now || o->until <= now || now - o->start <= DAY_S)
		return 0;
	when_span(now - o->start, span);
	snprintf(thing, sizeof(thing), "the override of %s", o->scope);
	snprintf(what, sizeof(what), "has held for %s, given by %s: %s", span, o->giver, o->reason);
	snprintf(help, sizeof(help), "presencectl override clear %lld", (long long)o->id);
	tell(d, FIND_OVERRIDE_OLD, thing, what, help);
	return 0;
}

static int look_at_overrides(struct doctor *d, struct err *err)
{
	return store_override_each(d->ctl->store, judge_override, d, err);
}

/* Whether a caller reaches nobody and nothing. */
static bool is_in_vain(const struct route *r)
{
	for (size_t i = 0; i < r->n; i++) {
		enum route_action a = r->steps[i].action;

		if (a != ROUTE_BUSY && a != ROUTE_NOANSWER && a != ROUTE_HANGUP &&
			a != ROUTE_ANNOUNCE)
			return false;
	}
	return r->n > 0;
}

/* A call from outside, to a user in the mode of now. */
static int look_at_user(struct doctor *d, int64_t id, struct err *err)
{
	struct people people = { .ctl = d->ctl, .at = d->ctl->now, .others = PHONE_NOANSWER };
	struct route_input call = { .kind = CALL_EXTERNAL, .number = "", .answer_s = 5 };
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct route route = { 0 };
	char name[NAME_MAX_LEN + 1], thing[NAME_MAX_LEN + EXTENSION_MAX_LEN + 8], help[300];
	const struct person *x;
	int r = -1;

	if (store_user_name(d->ctl->store, id, name, err) == 0 &&
		people_add(&people, name, NULL, &x, err) == 0)
		r = people_route(&people, x, &call, &route, err);
	if (r == 0 && is_in_vain(&route)) {
		strbuf_addf(&text, "answers calls in mode %s so: ", x->mode.name);
		route_text(&route, &text);
		snprintf(thing, sizeof(thing), "%s (%s)", name, x->user.extension);
		snprintf(help, sizeof(help),
			"presencectl user set %s mailbox=%s, or: presencectl rule set %s %s forward.external.always=...",
			name, x->user.extension, name, x->mode.name);
		tell(d, FIND_ANSWERS_BUSY, thing, text.s, help);
	}
	route_done(&route);
	people_done(&people);
	return r;
}

static int look_at_users(struct doctor *d, struct err *err)
{
	for (size_t i = 0; i < d->who->n; i++) {
		if (look_at_user(d, d->who->ids[i], err) < 0)
			return -1;
	}
	return 0;
}

int doctor_look(struct doctor *d, struct err *err)
{
	static const struct {
		bool of_users; /* also when only users were asked for */
		int (*look)(struct doctor *d, struct err *err);
	} looks[] = {
		{ false, look_at_secrets },
		{ false, look_at_managers },
		{ false, look_at_database },
		{ false, look_at_presenced },
		{ false, look_at_clock },
		{ false, look_at_zones },
		{ false, look_at_feeds },
		{ false, look_at_overrides },
		{ true, look_at_users },
	};

	for (size_t i = 0; i < ARRAY_SIZE(looks); i++) {
		if ((looks[i].of_users || !d->users_only) && looks[i].look(d, err) < 0)
			return -1;
	}
	return 0;
}
