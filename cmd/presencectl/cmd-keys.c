/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys: what to put on the keys of a user's phone. */
#include <stdio.h>
#include <strings.h>

#include "cmd/presencectl/ctl.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/store/mode.h"
#include "lib/store/presence.h"
#include "lib/store/schedule.h"
#include "lib/store/user.h"
#include "lib/store/who.h"

extern const struct command cmd_keys;

enum {
	KEYS_PHONE,
	KEYS_KIND,
	KEYS_LABEL,
	KEYS_KEY,
	KEYS_NEEDS,
	KEYS_OF,
	KEYS_MODE,
	KEYS_HINT,
	KEYS_CONTEXT,
	KEYS_PBX
};

static const struct column columns[] = {
	[KEYS_PHONE] = { "PHONE", 0, "the user on whose phone the key is" },
	[KEYS_KIND] = { "KIND", 0,
		"mode of that user, other: a mode of somebody else, user: somebody else, schedule" },
	[KEYS_LABEL] = { "LABEL", COLUMN_WIDE, "what to write beside the key" },
	[KEYS_KEY] = { "KEY", 0,
		"the extension that the key watches, and dials when it is pressed" },
	[KEYS_NEEDS] = { "NEEDS", 0,
		"PIN: to press it takes the PIN, unless that phone has PRESENCE_MAY" },
	[KEYS_OF] = { "OF", COLUMN_HIDDEN, "the user or the schedule that the key is about" },
	[KEYS_MODE] = { "MODE", COLUMN_HIDDEN, "the mode of the key" },
	[KEYS_HINT] = { "HINT", COLUMN_HIDDEN,
		"the device of the hint, where the dialplan has no pattern for it" },
	[KEYS_CONTEXT] = { "CONTEXT", COLUMN_HIDDEN,
		"where the sample of the dialplan has the hint" },
	[KEYS_PBX] = { "PBX", COLUMN_HIDDEN, "PBX of the phone" },
	{ 0 },
};

struct keys_of {
	struct out *out;
	const struct user *phone; /* on whose phone */
	const struct user *of;    /* whose modes */
};

/* Begin a line. `of` is what the key is about. */
static void add_key(const struct keys_of *k, const char *kind, const char *label, const char *key,
	const char *of, const char *hint)
{
	out_line(k->out);
	out_text(k->out, KEYS_PHONE, k->phone->name);
	out_text(k->out, KEYS_KIND, kind);
	out_text(k->out, KEYS_LABEL, label);
	out_text(k->out, KEYS_KEY, key);
	out_text(k->out, KEYS_OF, of);
	out_text(k->out, KEYS_HINT, hint);
	out_text(k->out, KEYS_CONTEXT, QUEUE_HINTS);
	out_text(k->out, KEYS_PBX, k->phone->pbx);
}

static int add_mode(void *data, const struct mode *m)
{
	const struct keys_of *k = data;
	char key[EXTENSION_MAX_LEN + NAME_MAX_LEN + 2], hint[sizeof(key) + sizeof("Custom:mode-")];
	char label[NAME_MAX_LEN + LABEL_MAX_LEN + 3];
	const char *word = *m->label ? m->label : m->name;
	bool own = k->of->id == k->phone->id;

	snprintf(key, sizeof(key), "%s-%s", k->of->extension, m->name);
	snprintf(hint, sizeof(hint), "Custom:mode-%s", key);
	snprintf(label, sizeof(label), "%s%s%s", own ? "" : k->of->name, own ? "" : ": ", word);
	add_key(k, own ? "mode" : "other", label, key, k->of->name, hint);
	out_text(k->out, KEYS_MODE, m->name);
	out_text(k->out, KEYS_NEEDS, own ? NULL : "PIN");
	return 0;
}

static void add_schedule_key(
	const struct keys_of *k, const char *schedule, const char *prefix, const char *what)
{
	char key[NAME_MAX_LEN + 16], hint[sizeof(key) + sizeof("Custom:")], label[sizeof(key)];

	snprintf(key, sizeof(key), "%s%s", prefix, schedule);
	snprintf(hint, sizeof(hint), "Custom:%s", key);
	snprintf(label, sizeof(label), "%s%s", schedule, what);
	add_key(k, "schedule", label, key, schedule, hint);
	out_text(k->out, KEYS_NEEDS, "PIN");
}

static int add_schedule(struct ctl *ctl, const struct keys_of *k, struct err *err)
{
	struct ladder_user u;
	struct schedule sched;

	if (store_ladder_user_get(ctl->store, k->phone->id, &u, err) < 0)
		return -1;
	if (!u.schedule_id)
		return 0;
	if (store_schedule_get(ctl->store, u.schedule_id, &sched, err) < 0)
		return -1;
	add_schedule_key(k, sched.name, "hours-", "");
	add_schedule_key(k, sched.name, "force-open-", ": open");
	add_schedule_key(k, sched.name, "force-closed-", ": closed");
	return 0;
}

/* The keys of somebody else: one that calls them, and their modes. */
static int add_other(struct ctl *ctl, struct keys_of *k, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf hint = STRBUF_INIT;
	const struct user *of = k->of;

	for (size_t i = 0; i < of->devices_n; i++)
		strbuf_addf(&hint, "%s&", of->devices[i].dial);
	strbuf_addf(&hint, "Custom:presence-%s,CustomPresence:%s", of->extension, of->extension);
	add_key(k, "user", of->name, of->extension, of->name, hint.s);
	return store_mode_each(ctl->store, add_mode, k, err);
}

/* The keys of one phone. *ret_far counts users of `others` whom no phone of this PBX can watch. */
static int add_phone(struct ctl *ctl, int64_t id, const struct ids *others, struct out *out,
	size_t *ret_far, struct err *err)
{
	struct user phone, of;
	struct keys_of k = { .out = out, .phone = &phone, .of = &phone };

	if (store_user_get(ctl->store, id, &phone, err) < 0 ||
		store_mode_each(ctl->store, add_mode, &k, err) < 0 ||
		add_schedule(ctl, &k, err) < 0)
		return -1;
	k.of = &of;
	for (size_t i = 0; i < others->n; i++) {
		if (others->ids[i] == id)
			continue;
		if (store_user_get(ctl->store, others->ids[i], &of, err) < 0)
			return -1;
		if (strcasecmp(of.pbx, phone.pbx) != 0)
			(*ret_far)++;
		else if (add_other(ctl, &k, err) < 0)
			return -1;
	}
	return 0;
}

static int keys(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(ids_done) struct ids who = { 0 }, others = { 0 };
	const char *of = input_opt(in, "of");
	size_t n, far = 0;
	const char *const *words = input_many(in, &n);

	if (out_new(columns, cmd_keys.noun, &ctl->out, &out, err) < 0 ||
		store_who(ctl->store, words, n, &who, err) < 0 ||
		(of && store_who(ctl->store, &of, 1, &others, err) < 0))
		return -1;
	for (size_t i = 0; i < who.n; i++) {
		if (add_phone(ctl, who.ids[i], &others, out, &far, err) < 0)
			return -1;
	}
	if (far)
		ctl_notice(
			"%zu time%s a user on another PBX was left out", far, far == 1 ? "" : "s");
	return out_print(out, stdout, err);
}

static const struct arg args[] = { { "who", ARG_WHO, ARG_MANY }, { 0 } };

static const struct opt opts[] = {
	{ "of", "WHO", ARG_WHO, "also the keys of these users", 0 },
	{ 0 },
};

const struct command cmd_keys = {
	.path = "keys",
	.summary = "print what to put on the keys of a phone",
	.details =
		"A key watches an extension and dials the same when it is pressed. One of a mode is lit while the user is in "
		"that mode. Pressed, it switches to the mode; pressed when it is lit, it clears the switch. "
		"See KEYS in presence-calls(7) for the lines that the dialplan needs.\n\n"
		"Without --of they are the keys of the user's own phone: one a mode, and their schedule. "
		"With it, such as for a secretary, there is also a key for each of those users, which calls them, and their modes.\n\n"
		"To provision all phones: presencectl keys all --csv",
	.args = args,
	.opts = opts,
	.columns = columns,
	.noun = "keys",
	.needs = NEED_STORE,
	.run = keys,
};
