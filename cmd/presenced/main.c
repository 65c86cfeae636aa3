/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presenced - keeps schedules and PBXs in step: ends switches when their time is over, and pushes to Asterisk. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "lib/follow/check.h"
#include "lib/follow/entries.h"
#include "cmd/presenced/await.h"
#include "cmd/presenced/daemon.h"
#include "cmd/presenced/log.h"
#include "cmd/presenced/once.h"
#include "lib/binding/db.h"
#include "lib/binding/owner.h"
#include "lib/follow/follow.h"
#include "lib/follow/prefix.h"
#include "lib/store/activity.h"

struct options {
	struct daemon_options daemon;
	bool once, check;
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "db", required_argument, NULL, 'd' },
	{ "once", no_argument, NULL, 'o' },
	{ "check", no_argument, NULL, 'k' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'v' },
	{ 0 },
};

static const char help[] =
	"usage: presenced [--config FILE] [--db FILE] [--once | --check]\n"
	"Keep the PBXs in step with the database of presence, in the foreground.\n\n"
	"  --config FILE  the configuration, instead of PRESENCE_CONF or the default\n"
	"  --db FILE      the database, instead of PRESENCE_DB or the configuration's\n"
	"  --once         end what is over, push, wait for the PBXs, and exit\n"
	"  --check        check the configuration and its secrets, and exit\n"
	"  --help         print this help\n"
	"  --version      print the version\n\n"
	"Exit status: 0 done, 1 failed, 2 usage, 4 recorded but a PBX does not know,\n"
	"5 configuration or database unusable.\n";

static const char *from_environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* Read the options. Returns 0 to go on, 1 if all is done, -1 for wrong usage. */
static int parse(int argc, char **argv, struct options *o, struct err *err)
{
	int c;

	*o = (struct options){
		.daemon.conf_path = from_environment("PRESENCE_CONF"),
		.daemon.db_path = from_environment("PRESENCE_DB"),
	};
	while ((c = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (c) {
		case 'c': o->daemon.conf_path = optarg; break;
		case 'd': o->daemon.db_path = optarg; break;
		case 'o': o->once = true; break;
		case 'k': o->check = true; break;
		case 'h': fputs(help, stdout); return 1;
		case 'v': puts("presenced " VERSION); return 1;
		default: return err_set(err, ERR_USAGE, "see presenced --help");
		}
	}
	if (optind < argc)
		return err_set(err, ERR_USAGE, "unexpected argument '%s'; see presenced --help",
			argv[optind]);
	if (o->once && o->check)
		return err_set(err, ERR_USAGE, "--once and --check exclude each other");
	return 0;
}

static const struct actor actor = { .via = "presenced", .name = "", .uid = -1 };

static int once(const struct options *o, const char *database, const struct conf *conf,
	struct zonefiles *zones, struct err *err)
{
	_cleanup_(store_freep) struct store *store = NULL;
	_cleanup_(closep) int lock = -1;
	struct prefixes prefixes;

	if (follow_open(database, &actor, zonefiles_zones(zones), &store, err) < 0 ||
		db_lock(database, &lock, err) < 0 || store_tell_files(store, lock, err) < 0)
		return -1;
	/* What a presenced wrote of phones that was killed is not true any more. */
	if (store_activity_forget(store, NULL, err) < 0)
		return -1;
	prefix_set(&prefixes, conf, store);
	if (entries_follow(store, &prefixes, err) < 0)
		return -1;
	return once_run(conf, o->daemon.conf_path, zones, store, err);
}

/* Read the configuration, and become the owner of the database's folder if we are root. Then read it again: what is a reload later
 * must be readable now. */
static int load_conf(const struct daemon_options *o, struct conf **ret, struct err *err)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;

	if (conf_load(o->conf_path, &conf, err) < 0 ||
		owner_drop(o->db_path ? o->db_path : conf->database, err) < 0)
		return -1;
	return conf_load(o->conf_path, ret, err);
}

static int run(int argc, char **argv, struct err *err)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;
	_cleanup_(zonefiles_freep) struct zonefiles *zones = NULL;
	_cleanup_(store_freep) struct store *store = NULL;
	_cleanup_(closep) int lock = -1;
	const char *database;
	struct options o;
	int r = parse(argc, argv, &o, err);

	if (r != 0)
		return r < 0 ? -1 : 0;
	if (load_conf(&o.daemon, &conf, err) < 0)
		return -1;
	if (o.check ? check_site(conf, err) < 0 : check_conf(conf, err) < 0)
		return -1;
	log_set_level(conf->log_level);
	if (o.check) {
		printf("%s: fine, %zu PBX%s\n", conf->path, conf->pbx_n,
			conf->pbx_n == 1 ? "" : "s");
		return 0;
	}
	database = o.daemon.db_path ? o.daemon.db_path : conf->database;
	if (check_zones(conf, &zones, err) < 0)
		return -1;
	if (o.once)
		return once(&o, database, conf, zones, err);
	r = await_store(&(struct await){ database, &actor, zonefiles_zones(zones) }, &store,
		&o.daemon.is_ready, err);
	if (r != 0)
		return r < 0 ? -1 : 0;
	if (db_lock(database, &lock, err) < 0 || store_tell_files(store, lock, err) < 0)
		return -1;
	return daemon_run(&o.daemon, TAKE_PTR(conf), TAKE_PTR(zones), store, err);
}

/* Our memory has secrets: no core dump, and nobody but root may look at it. */
static void hide_memory(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int main(int argc, char **argv)
{
	struct err err = { 0 };

	hide_memory();
	signal(SIGPIPE, SIG_IGN);
	umask(0007); /* the group may use the helper files of the database too */
	if (run(argc, argv, &err) == 0)
		return fflush(stdout) == 0 ? 0 : 1;
	if (*err.msg)
		log_error("%s", err.msg);
	return err_exit_status(err.code);
}
