/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor: what is wrong between us and the PBX, why it matters, and the way out. */
#include <stdio.h>
#include <strings.h>

#include "cmd/presencectl/doctor.h"
#include "cmd/presencectl/say.h"
#include "lib/store/user.h"
#include "lib/store/who.h"

extern const struct command cmd_doctor;

static int report(struct doctor *d, bool apart, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf sum = STRBUF_INIT;
	_cleanup_(out_freep) struct out *out = NULL;
	const struct out_options *o = &d->ctl->out;

	if (o->data || o->columns) {
		if (out_new(finding_columns, "findings", o, &out, err) < 0)
			return -1;
		findings_list(d->findings, out);
		if (out_print(out, stdout, err) < 0)
			return -1;
	} else {
		findings_say(d->findings, apart);
	}
	if (findings_n(d->findings)) {
		findings_sum_up(d->findings, &sum);
		return err_set(err, ERR_FAILED, "%s", sum.s);
	}
	if (!o->data && !o->columns)
		say("all is well: %zu user%s, %zu PBX%s\n", d->who->n, d->who->n == 1 ? "" : "s",
			d->pbx_n, d->pbx_n == 1 ? "" : "s");
	return 0;
}

/* The users of WHO, or all; with a PBX those of it. */
static int find_users(struct ctl *ctl, const struct input *in, const struct conf_pbx *pbx,
	struct ids *ret, struct err *err)
{
	size_t n, kept = 0;
	const char *const *words = input_many(in, &n);
	struct user u;

	if (n ? store_who(ctl->store, words, n, ret, err) < 0
	      : store_user_ids(ctl->store, ret, err) < 0)
		return -1;
	for (size_t i = 0; pbx && i < ret->n; i++) {
		if (store_user_get(ctl->store, ret->ids[i], &u, err) < 0)
			return -1;
		if (!strcasecmp(u.pbx, pbx->name))
			ret->ids[kept++] = u.id;
	}
	ret->n = pbx ? kept : ret->n;
	return 0;
}

static int doctor(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(findings_freep) struct findings *findings = findings_new();
	_cleanup_(ids_done) struct ids who = { 0 };
	const char *pbx = input_opt(in, "pbx"), *asterisk = input_opt(in, "asterisk");
	struct doctor d = { .ctl = ctl,
		.findings = findings,
		.who = &who,
		.pbx = ctl->conf->pbx,
		.pbx_n = ctl->conf->pbx_n,
		.asterisk = asterisk ? asterisk : "/etc/asterisk" };
	size_t words;

	(void)input_many(in, &words);
	d.users_only = words > 0;
	if (!d.pbx_n)
		return err_set(err, ERR_CONF, "%s names no PBX", ctl->conf->path);
	if (pbx) {
		d.pbx_n = 1;
		if (conf_find_pbx(ctl->conf, pbx, &d.pbx, err) < 0)
			return -1;
	}
	if (find_users(ctl, in, pbx ? d.pbx : NULL, &who, err) < 0)
		return -1;
	if (doctor_look(&d, err) < 0 || doctor_ask(&d, err) < 0)
		return -1;
	return report(&d, input_has(in, "verbose"), err);
}

static const struct arg args[] = { { "who", ARG_WHO, ARG_MANY | ARG_OPTIONAL }, { 0 } };

static const struct opt opts[] = {
	{ "pbx", "PBX", ARG_PBX, "ask this PBX only", 0 },
	{ "asterisk", "FOLDER", ARG_FILE,
		"the configuration of an Asterisk on this machine, instead of /etc/asterisk", 0 },
	{ "verbose", NULL, ARG_TEXT,
		"print each finding by itself, also those that many users share", 0 },
	{ 0 },
};

const struct command cmd_doctor = {
	.path = "doctor",
	.summary = "find what is wrong between here and the PBX, and say why",
	.details =
		"It looks at files, clock and database, and asks each PBX about rights, modules, dialplan, hints, devices, mailboxes and "
		"queues. It changes nothing. For each finding it says why it matters, and the way out. What many users "
		"share is one finding, with the first names. What could not be asked it names. See DOCTOR.\n\n"
		"With <who> it looks at these users alone. It talks to the PBX itself, so it wants the secret: run it as root.\n\n"
		"Exit status: 0 all is well and all could be asked, 1 something was found or could not be asked, 5 the configuration "
		"or the database cannot be used.",
	.args = args,
	.opts = opts,
	.columns = finding_columns,
	.noun = "findings",
	.needs = NEED_STORE,
	.run = doctor,
};
