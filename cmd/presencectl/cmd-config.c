/* SPDX-License-Identifier: GPL-3.0-or-later */
/* init, config show, config check. */
#include <stdio.h>
#include <unistd.h>

#include "cmd/presencectl/say.h"
#include "lib/follow/check.h"
#include "cmd/presencectl/ctl.h"
#include "lib/binding/owner.h"

extern const struct command cmd_init, cmd_config_show, cmd_config_check;

static int init(struct ctl *ctl, const struct input *in, struct err *err)
{
	const char *path = ctl_database(ctl);

	if (owner_become(path, err) < 0)
		return -1;
	/* A database that exists must be usable. store_open() brings its schema up to date. */
	if (input_has(in, "if-missing") && access(path, F_OK) == 0)
		return ctl_open(ctl, NEED_STORE, err);
	if (store_create(path, err) < 0)
		return -1;
	say("created %s\n", path);
	return 0;
}

static const struct opt init_opts[] = {
	{ "if-missing", NULL, ARG_TEXT, "do nothing if the database exists", 0 },
	{ 0 },
};

const struct command cmd_init = {
	.path = "init",
	.summary = "create the database, with the built-in modes",
	.details =
		"No other command creates a database, so a mistyped path is an error. If root runs it, it becomes the "
		"owner of the folder first, as with every command that opens the database.",
	.opts = init_opts,
	.needs = NEED_CONF,
	.run = init,
};

enum { SHOW_KEY, SHOW_VALUE, SHOW_DEFAULT, SHOW_HELP };

static const struct column show_columns[] = {
	[SHOW_KEY] = { "KEY", 0, "as in presence.conf, with the name of the PBX" },
	[SHOW_VALUE] = { "VALUE", 0, "value in force; secrets as (set)" },
	[SHOW_DEFAULT] = { "DEFAULT", COLUMN_HIDDEN, "value if the file says nothing" },
	[SHOW_HELP] = { "HELP", COLUMN_HIDDEN | COLUMN_WIDE, "what it is" },
	{ 0 },
};

static int add_key(void *data, const struct conf_key *key)
{
	out_line(data);
	out_text(data, SHOW_KEY, key->path);
	out_text(data, SHOW_VALUE, key->value && *key->value ? key->value : NULL);
	out_text(data, SHOW_DEFAULT, key->key->fallback);
	out_text(data, SHOW_HELP, key->key->help);
	return 0;
}

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;

	(void)in;
	if (out_new(show_columns, "config", &ctl->out, &out, err) < 0)
		return -1;
	conf_each(ctl->conf, add_key, out);
	return out_print(out, stdout, err);
}

const struct command cmd_config_show = {
	.path = "config show",
	.summary = "print the configuration in force",
	.columns = show_columns,
	.noun = "config",
	.needs = NEED_CONF,
	.run = show,
};

static int check(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(conf_freep) struct conf *again = NULL;

	(void)in;
	/* What counts is what presenced can read: root checks it as that user. */
	if (owner_become(ctl_database(ctl), err) < 0 ||
		conf_load(ctl->conf_path, &again, err) < 0 || check_site(again, err) < 0)
		return -1;
	say("%s: fine, %zu PBX%s", ctl->conf->path, ctl->conf->pbx_n,
		ctl->conf->pbx_n == 1 ? "" : "s");
	if (ctl->conf->publish_n)
		say(", %zu presence server%s", ctl->conf->publish_n,
			ctl->conf->publish_n == 1 ? "" : "s");
	putchar('\n');
	return 0;
}

const struct command cmd_config_check = {
	.path = "config check",
	.summary = "check the configuration and its secrets",
	.details =
		"If root runs it, it checks what the owner of the database's folder can read: that is who runs presenced. "
		"The secret of the sample is refused, and a PBX on another machine without TLS.",
	.needs = NEED_CONF,
	.run = check,
};
