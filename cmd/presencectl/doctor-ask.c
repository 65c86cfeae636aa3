/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `doctor` asks a PBX: first what we may ask, then about the PBX, then about its users. No question changes anything. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmd/presencectl/visit.h"
#include "lib/base/text.h"
#include "lib/binding/clock.h"
#include "lib/pbx/activity.h"
#include "lib/pbx/hint.h"
#include "lib/pbx/manager.h"
#include "lib/pbx/section.h"
#include "lib/store/item.h"
#include "lib/store/queue.h"
#include "lib/store/user.h"

enum {
	CLOCK_OFF_US = 2000000,
	BATCH = 100, /* users of one step */
	HELP_SIZE = 700,
};

#define NO_FUNCTION "the PBX does not have the function %s"
#define RELOAD      ", then \"manager reload\" at its console and \"systemctl restart presenced\""

enum {
	ASK_COMMANDS,
	ASK_SETVAR,
	ASK_PRESENCES,
	ASK_DEVICES,
	ASK_DBPUT,
	ASK_QUEUE_ADD,
	ASK_CONFIG,
	ASK_CLOCK,
	ASK_MODULE,
	ASK_DIALPLAN,
	ASK_DIALPLAN_OLD,
	ASK_QUEUE,
	ASK_RINGINUSE,
	ASK_RINGING,
	ASK_HINTS,
	ASK_HINT,
	ASK_CONTEXT,
	ASK_SEAT,
	ASK_DEVICE,
	ASK_MAILBOX,
	ASK_COUNT
};
static const struct inquiry inquiries[ASK_COUNT];

static const char *value_of(const struct amimsg *m)
{
	return amimsg_text(m, "Value");
}

/* What stands in brackets of a function has to be of these. */
static bool is_plain(const char *s)
{
	return text_is_of(s, TEXT_ALNUM "._@:+*#/-", ABOUT_SIZE - 1);
}

/* --- what we may do ----------------------------------------------------------------- */

/* What presenced does, what the lack of the right to it is, and the module that it is in. */
static const struct {
	const char *action;
	enum finding_id lack;
	const char *class_name, *module;
} rights[] = {
	{ "Setvar", FIND_RIGHT_CALL, "call", NULL },
	{ "PresenceStateList", FIND_RIGHT_CALL, "call", "res_manager_presencestate" },
	{ "DeviceStateList", FIND_RIGHT_CALL, "call", "res_manager_devicestate" },
	{ "DBPut", FIND_RIGHT_SYSTEM, "system", NULL },
	{ "QueueAdd", FIND_RIGHT_AGENT, "agent", "app_queue" },
};

static void judge_refusal(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	char help[HELP_SIZE];

	(void)ok;
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		if (strcmp(rights[i].action, q->of->action) != 0)
			continue;
		if (!strcasecmp(amimsg_text(m, "Message"), "Permission denied")) {
			snprintf(help, sizeof(help),
				"in section [%s] of manager.conf: write = system,call,agent" RELOAD,
				v->pbx->username);
			visit_tell_once(v, rights[i].lack, help,
				"user '%s' of manager.conf may not use %s, which wants write = %s",
				v->pbx->username, q->of->action, rights[i].class_name);
		} else if (rights[i].module) {
			snprintf(help, sizeof(help),
				"in modules.conf: load = %s.so, then \"module load %s\"",
				rights[i].module, rights[i].module);
			visit_tell(v, FIND_MODULE_MISSING, rights[i].module, help,
				"is not loaded: there is no action %s", q->of->action);
		}
	}
}

static void judge_excess(struct visit *v, const struct amimsg *m)
{
	static const struct {
		const char *action, *class_name;
	} excess[] = {
		{ "Command", "command" },
		{ "Originate", "originate" },
		{ "UpdateConfig", "config" },
	};
	char help[HELP_SIZE];

	snprintf(help, sizeof(help),
		"in section [%s] of manager.conf: write = system,call,agent" RELOAD,
		v->pbx->username);
	for (size_t i = 0; i < ARRAY_SIZE(excess); i++) {
		if (amimsg_get(m, excess[i].action))
			visit_tell_once(v, FIND_RIGHT_EXCESS, help,
				"user '%s' of manager.conf may use %s, because write has %s or all",
				v->pbx->username, excess[i].action, excess[i].class_name);
	}
}

/* The answer has a header for each action that we may use and that is there. */
static void judge_commands(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	static const struct {
		const char *action;
		int need;
	} asks[] = {
		{ "Getvar", NEEDS_GETVAR },
		{ "ModuleCheck", NEEDS_MODULES },
		{ "GetConfig", NEEDS_CONFIG },
		{ "ExtensionStateList", NEEDS_HINTS },
	};

	(void)q;
	(void)ok;
	for (size_t i = 0; i < ARRAY_SIZE(asks); i++) {
		if (amimsg_get(m, asks[i].action))
			v->may |= asks[i].need;
	}
	if (v->d->users_only)
		return;
	judge_excess(v, m);
	/* Without a field these actions do nothing: their answer says why they are not in the list. */
	for (int i = ASK_SETVAR; i <= ASK_QUEUE_ADD; i++) {
		const struct inquiry *of = &inquiries[i];

		if (!amimsg_get(m, of->action) && (of->finds != FIND_RIGHT_AGENT || v->has_queues))
			visit_ask(v, of, 0, "", "%s", "");
	}
}

/* --- manager.conf --------------------------------------------------------------------- */

static void judge_events(struct visit *v, const struct manager *m)
{
	const struct manager_event *lack = manager_lacks(m);
	char help[HELP_SIZE];

	if (!manager_has_filter(m)) {
		snprintf(help, sizeof(help),
			"in section [%s] of manager.conf, the lines that begin with eventfilter of the sample manager.d/presence.conf, such as: eventfilter = %s" RELOAD,
			v->pbx->username, manager_events[0].filter);
		visit_tell_once(v, FIND_FILTER_MISSING, help,
			"user '%s' of manager.conf has no event filters", v->pbx->username);
		return;
	}
	if (lack) {
		snprintf(help, sizeof(help),
			"in section [%s] of manager.conf: eventfilter = %s" RELOAD,
			v->pbx->username, lack->filter);
		visit_tell_once(v, FIND_FILTER_STRICT, help,
			"the event filters of user '%s' of manager.conf leave out %s",
			v->pbx->username, lack->name);
	}
	if (manager_is_loose(m)) {
		snprintf(help, sizeof(help),
			"in section [%s] of manager.conf let each eventfilter begin with ^Event: and the name of one event, as those of the sample do" RELOAD,
			v->pbx->username);
		visit_tell_once(v, FIND_FILTER_LOOSE, help,
			"the event filters of user '%s' of manager.conf let through what others have written",
			v->pbx->username);
	}
}

static void judge_config(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *answer)
{
	_cleanup_(manager_freep) struct manager *m =
		ok ? manager_new(v->pbx->username, answer) : NULL;
	char help[HELP_SIZE];

	for (int id = (int)q->of->finds; !m && id <= (int)q->of->upto; id++)
		visit_unknown(v, (enum finding_id)id,
			"manager.conf has no section [%s] that can be read", v->pbx->username);
	if (!m)
		return;
	snprintf(help, sizeof(help),
		"in section [%s] of manager.conf: read = system,call,agent" RELOAD,
		v->pbx->username);
	for (const struct manager_event *e = manager_events; e->name; e++) {
		if (!manager_reads(m, e->class_name) &&
			(v->has_queues || strcmp(e->class_name, "agent") != 0))
			visit_tell_once(v, FIND_RIGHT_READ, help,
				"user '%s' of manager.conf gets no events of class %s",
				v->pbx->username, e->class_name);
	}
	for (int id = FIND_FILTER_MISSING; manager_has_odd(m) && id <= FIND_FILTER_STRICT; id++)
		visit_unknown(v, (enum finding_id)id,
			"manager.conf has event filters that are not judged: with names in brackets, with '{' or '\\1', or very long");
	if (!manager_has_odd(m))
		judge_events(v, m);
}

/* --- clock, modules, dialplan ------------------------------------------------------------ */

static void judge_clock(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	const char *text = amimsg_text(m, "Timestamp");
	int64_t off = (int64_t)(strtod(text, NULL) * 1000000) - clock_now_us();

	(void)q;
	(void)ok;
	if (!*text)
		visit_unknown(v, FIND_PBX_CLOCK, "the PBX does not tell its time");
	else if (off > CLOCK_OFF_US || off < -CLOCK_OFF_US)
		visit_tell(v, FIND_PBX_CLOCK, "its clock", "let both machines run an NTP client",
			"is %lld s %s of ours", (long long)(off < 0 ? -off : off) / 1000000,
			off < 0 ? "behind" : "ahead");
}

/* What share/asterisk/presence.conf says that it needs, and presenced. Only calls to queues and mailboxes need app_queue and
 * app_voicemail, of which there are several: other questions tell of them. */
static const char *const modules[] = { "app_dial", "app_exec", "app_playback", "app_read",
	"app_record", "app_sayunixtime", "app_stack", "app_system", "app_verbose", "func_base64",
	"func_callerid", "func_channel", "func_cut", "func_db", "func_devstate", "func_dialplan",
	"func_hangupcause", "func_logic", "func_pjsip_aor", "func_presencestate", "func_strings",
	"res_pjsip" };

static void judge_module(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	char help[HELP_SIZE];

	(void)m;
	if (ok)
		return;
	snprintf(help, sizeof(help), "in modules.conf: load = %s.so, then \"module load %s\"",
		q->about, q->about);
	visit_tell(v, FIND_MODULE_MISSING, q->about, help, "is not loaded");
}

static void judge_dialplan(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	static const char reload[] =
		"#include \"presence.conf\" in extensions.conf, then \"dialplan reload\" at the console";
	bool first = q->of->finds == FIND_DIALPLAN_MISSING;

	(void)ok;
	for (int id = (int)q->of->finds; !*value_of(m) && id <= (int)q->of->upto; id++)
		visit_unknown(v, (enum finding_id)id, NO_FUNCTION, "DIALPLAN_EXISTS()");
	if (!strcmp(value_of(m), "0") && first)
		visit_tell_once(v, FIND_DIALPLAN_MISSING, reload,
			"the dialplan has no context presence-call: presence.conf is not included");
	else if (!strcmp(value_of(m), "0"))
		visit_tell_once(v, FIND_DIALPLAN_OLD,
			"copy the presence.conf of this version to /etc/asterisk, then \"dialplan reload\" at the console",
			"the dialplan has no %s: its presence.conf is of an older version",
			q->about);
}

static void judge_first_place(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	/* Contexts that older versions do not have, and a place in each. */
	static const char *const places[][2] = {
		{ "presence-keys", "1001-away" },
		{ "presence-lookup", "s" },
		{ "presence-greetings", "s" },
	};

	judge_dialplan(v, q, ok, m);
	for (size_t i = 0; ok && !strcmp(value_of(m), "1") && i < ARRAY_SIZE(places); i++)
		visit_ask(v, &inquiries[ASK_DIALPLAN_OLD], 0, places[i][0],
			"DIALPLAN_EXISTS(%s,%s,1)", places[i][0], places[i][1]);
}

/* --- queues ----------------------------------------------------------------------------- */

static void add_queue(struct visit *v, const char *name)
{
	struct visit_queue *q;

	v->queues = mem_grow(v->queues, &v->queues_cap, v->queues_n + 1, sizeof(*v->queues));
	q = &v->queues[v->queues_n++];
	*q = (struct visit_queue){ 0 };
	text_copy(q->name, sizeof(q->name), name);
}

static struct visit_queue *find_queue(struct visit *v, const char *name)
{
	for (size_t i = 0; i < v->queues_n; i++) {
		if (!strcasecmp(v->queues[i].name, name))
			return &v->queues[i];
	}
	return NULL;
}

static void judge_queue(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	char help[HELP_SIZE];

	snprintf(help, sizeof(help),
		"a section [%s] in queues.conf, then \"queue reload all\"; or: presencectl queue delete %s",
		q->about, q->about);
	if (!ok || !*value_of(m))
		visit_unknown(v, FIND_QUEUE_UNKNOWN, NO_FUNCTION, "QUEUE_EXISTS()");
	else if (!strcmp(value_of(m), "0"))
		visit_tell(v, FIND_QUEUE_UNKNOWN, q->about, help, "is not a queue of the PBX");
	else
		add_queue(v, q->about);
}

static void tell_of_ringinuse(struct visit *v, const char *queue)
{
	char help[HELP_SIZE];

	snprintf(help, sizeof(help),
		"ringinuse = no in section [%s] of queues.conf, then \"queue reload all\"", queue);
	visit_tell(v, FIND_QUEUE_RINGINUSE, queue, help,
		"rings members who are on a call (ringinuse)");
}

/* What a member of the queue has. */
static void judge_ringinuse(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	if (!ok || !*value_of(m))
		visit_unknown(v, FIND_QUEUE_RINGINUSE, NO_FUNCTION, "QUEUE_MEMBER()");
	else if (strcmp(value_of(m), "0") != 0)
		tell_of_ringinuse(v, q->about);
}

static void see_ringinuse(void *data, const char *key, const char *value)
{
	bool *rings = data;

	if (!strcasecmp(key, "ringinuse"))
		*rings = !section_is_no(value);
}

/* What queues.conf says of a queue without members. */
static void judge_ringing(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	bool rings = true;

	if (!ok || !section_each(m, q->about, see_ringinuse, &rings))
		visit_unknown(v, FIND_QUEUE_RINGINUSE,
			"queue '%s' has no member who could be asked about, and is not in queues.conf",
			q->about);
	else if (rings)
		tell_of_ringinuse(v, q->about);
}

static int ask_of_queue(void *data, const struct queue *q)
{
	struct visit *v = data;

	if (!strcasecmp(q->pbx, v->pbx->name) && is_plain(q->name))
		visit_ask(v, &inquiries[ASK_QUEUE], 0, q->name, "QUEUE_EXISTS(%s)", q->name);
	return 0;
}

/* --- users: hints --------------------------------------------------------------------------- */

/* "alice (1001)" */
enum { THING_SIZE = NAME_MAX_LEN + EXTENSION_MAX_LEN + NAME_MAX_LEN + 12 };

static void name_of(const struct user *u, char ret[THING_SIZE])
{
	snprintf(ret, THING_SIZE, "%s (%s)", u->name, u->extension);
}

static bool get_user(struct visit *v, size_t patient, struct user *ret)
{
	struct err err;

	if (store_user_get(v->d->ctl->store, v->patients[patient].id, ret, &err) == 0)
		return true;
	visit_fail(v, &err);
	return false;
}

static void hint_line(const struct user *u, struct strbuf *to)
{
	char device[DIAL_MAX_LEN + 1];

	strbuf_addf(to, "exten => %s,hint,", u->extension);
	for (size_t i = 0; i < u->devices_n; i++) {
		if (activity_device(u->devices[i].dial, device))
			strbuf_addf(to, "%s&", device);
	}
	strbuf_addf(to, "Custom:presence-%s,CustomPresence:%s", u->extension, u->extension);
}

/* All hints of the user were seen: judge the best. */
static void judge_hints(struct visit *v, size_t patient)
{
	_cleanup_(strbuf_done) struct strbuf help = STRBUF_INIT;
	int shows = v->patients[patient].shows;
	char thing[THING_SIZE];
	struct user u;

	if (shows == HINT_ALL || !get_user(v, patient, &u))
		return;
	name_of(&u, thing);
	strbuf_adds(&help,
		"in context " QUEUE_HINTS
		" of extensions.conf, or in the one where the phones subscribe: ");
	hint_line(&u, &help);
	strbuf_adds(&help, ", then \"dialplan reload\" at the console");
	if (!shows) {
		visit_tell(v, FIND_HINT_MISSING, thing, help.s, "has no hint");
		return;
	}
	if (!(shows & HINT_DEVICE))
		visit_tell(v, FIND_HINT_NO_DEVICE, thing, help.s,
			"has a hint that names none of their devices");
	if (!(shows & HINT_LAMP) || !(shows & HINT_PRESENCE))
		visit_tell(v, FIND_HINT_NO_LAMP, thing, help.s,
			"has a hint that does not name %s%s",
			shows & HINT_LAMP ? "CustomPresence:" : "Custom:presence-", u.extension);
}

static int flags_n(int flags)
{
	return __builtin_popcount((unsigned)flags);
}

static void see_hint(struct visit *v, size_t patient, const char *hint)
{
	struct patient *p = &v->patients[patient];
	struct user u;
	int shows;

	if (!*hint || !get_user(v, patient, &u))
		return;
	shows = hint_shows(hint, &u);
	if (flags_n(shows) > flags_n(p->shows))
		p->shows = shows;
}

static int by_extension(const void *a, const void *b)
{
	return strcmp(
		((const struct patient *)a)->extension, ((const struct patient *)b)->extension);
}

static void judge_hint_list(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	struct patient key = { 0 }, *p = NULL;
	const char *extension = amimsg_text(m, "Exten");

	(void)q;
	(void)ok;
	if (!strcmp(amimsg_text(m, "Event"), "ExtensionStatus") &&
		strlen(extension) < sizeof(key.extension)) {
		strcpy(key.extension, extension);
		if (v->patients_n)
			p = bsearch(&key, v->patients, v->patients_n, sizeof(key), by_extension);
	}
	if (p && p->shows != HINT_ALL)
		see_hint(v, (size_t)(p - v->patients), amimsg_text(m, "Hint"));
}

static void judge_hint(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	struct patient *p = &v->patients[q->patient];

	if (ok)
		see_hint(v, q->patient, value_of(m));
	if (--p->left == 0)
		judge_hints(v, q->patient);
}

/* Where the phone of a user watches others, it may watch this user too. */
static void judge_context(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	const char *context = value_of(m);
	struct patient *p = &v->patients[q->patient];

	if (ok && is_plain(context) && strcmp(context, QUEUE_HINTS) != 0) {
		p->left++;
		visit_ask(v, &inquiries[ASK_HINT], q->patient, context, "HINT(%s@%s)", p->extension,
			context);
	}
	if (--p->left == 0)
		judge_hints(v, q->patient);
}

/* Patterns are in no list. */
static void ask_of_hints(struct visit *v, size_t patient, const struct user *u)
{
	struct patient *p = &v->patients[patient];
	char device[DIAL_MAX_LEN + 1];

	if (p->shows == HINT_ALL)
		return;
	p->left = 1;
	if (v->may & NEEDS_GETVAR && u->devices_n && activity_device(u->devices[0].dial, device) &&
		!strncasecmp(device, "PJSIP/", 6)) {
		p->left++;
		visit_ask(v, &inquiries[ASK_CONTEXT], patient, "",
			"PJSIP_ENDPOINT(%s,subscribe_context)", device + 6);
	}
	visit_ask(v, &inquiries[ASK_HINT], patient, QUEUE_HINTS, "HINT(%s@" QUEUE_HINTS ")",
		u->extension);
}

/* --- users: devices, mailboxes, queues --------------------------------------------------------- */

static void judge_device(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	char thing[THING_SIZE], help[HELP_SIZE];
	struct user u;

	if (!ok || !*value_of(m)) {
		visit_unknown(v, FIND_ENDPOINT_MISSING, NO_FUNCTION, "DEVICE_STATE()");
		return;
	}
	if (strcmp(value_of(m), "INVALID") != 0 || !get_user(v, q->patient, &u))
		return;
	name_of(&u, thing);
	snprintf(help, sizeof(help),
		"%s%s%s; or the right device: presencectl user set %s devices.NAME=TECHNOLOGY/PHONE",
		strncasecmp(q->about, "PJSIP/", 6) ? "its channel driver and the device"
						   : "an endpoint [",
		strncasecmp(q->about, "PJSIP/", 6) ? "" : q->about + 6,
		strncasecmp(q->about, "PJSIP/", 6) ? "" : "] in pjsip.conf", u.name);
	visit_tell(v, FIND_ENDPOINT_MISSING, thing, help,
		"has the device %s, which the PBX does not know", q->about);
}

static void judge_mailbox(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	char thing[THING_SIZE], help[HELP_SIZE];
	const char *at = strchr(q->about, '@');
	struct user u;

	if (!ok || !*value_of(m)) {
		visit_unknown(v, FIND_MAILBOX_MISSING, NO_FUNCTION ": app_voicemail is not loaded",
			"VM_INFO()");
		return;
	}
	if (strcmp(value_of(m), "0") != 0 || !get_user(v, q->patient, &u))
		return;
	name_of(&u, thing);
	snprintf(help, sizeof(help),
		"in section [%s] of voicemail.conf: %.*s => PIN,%s, then \"voicemail reload\"; or: presencectl user unset %s mailbox",
		at ? at + 1 : "default", (int)strcspn(q->about, "@"), q->about, u.name, u.name);
	visit_tell(v, FIND_MAILBOX_MISSING, thing, help,
		"has the mailbox %s, which the PBX does not know", q->about);
}

static void judge_seat(
	struct visit *v, const struct visit_question *q, bool ok, const struct amimsg *m)
{
	_cleanup_(strbuf_done) struct strbuf help = STRBUF_INIT;
	char thing[THING_SIZE];
	struct user u;

	if (!ok || *value_of(m) || !get_user(v, q->patient, &u))
		return;
	snprintf(thing, sizeof(thing), "%s (%s)", u.name, u.extension);
	strbuf_addf(&help, "in context [%s] of extensions.conf: ", strchr(q->about, '@') + 1);
	hint_line(&u, &help);
	strbuf_adds(&help, ", then \"dialplan reload\" at the console");
	visit_tell(v, FIND_QUEUE_NO_HINT, thing, help.s,
		"is in queues that ask the hint %s, which the PBX does not have", q->about);
}

/* Of the queues of one user. */
struct seats {
	struct visit *v;
	size_t patient;
	char hints[NAME_MAX_LEN + 1]; /* the context that was asked last */
};

/* A member whom the PBX has is asked about. */
struct ringing {
	struct visit *v;
	struct visit_queue *queue;
	const char *interface;
};

static int ask_of_ringing(void *data, const struct stored_item *item)
{
	struct ringing *r = data;

	if (!item->confirmed ||
		(strncmp(item->confirmed, "login", 5) != 0 &&
			strncmp(item->confirmed, "pause", 5) != 0))
		return 0;
	r->queue->rung = true;
	visit_ask(r->v, &inquiries[ASK_RINGINUSE], 0, r->queue->name,
		"QUEUE_MEMBER(%s,ringinuse,%s)", r->queue->name, r->interface);
	return 0;
}

static int ask_of_seat(void *data, const struct queue_seat *seat)
{
	struct seats *s = data;
	struct visit *v = s->v;
	char item[ITEM_NAME_SIZE], interface[DIAL_MAX_LEN + 1];
	struct ringing r = { v, find_queue(v, seat->queue), interface };
	bool rules = seat->members == QUEUE_MEMBERS_RULES;
	struct err err;

	if (rules && strcmp(seat->hints, s->hints) != 0 && is_plain(seat->hints)) {
		char at[ABOUT_SIZE];

		snprintf(at, sizeof(at), "%s@%s", seat->extension, seat->hints);
		visit_ask(v, &inquiries[ASK_SEAT], s->patient, at, "HINT(%s)", at);
		text_copy(s->hints, sizeof(s->hints), seat->hints);
	}
	if (!r.queue || r.queue->rung)
		return 0;
	snprintf(interface, sizeof(interface), "%s%s%s", rules ? "Local/" : "",
		rules ? seat->extension : seat->dial, rules ? "@presence-queue/n" : "");
	snprintf(item, sizeof(item), ITEM_MEMBER "%s/%s", seat->queue, interface);
	if (is_plain(interface) &&
		store_item_named(v->d->ctl->store, v->pbx->name, item, ask_of_ringing, &r, &err) <
			0)
		visit_fail(v, &err);
	return 0;
}

static void ask_of_user(struct visit *v, size_t patient)
{
	struct seats seats = { .v = v, .patient = patient };
	char device[DIAL_MAX_LEN + 1];
	struct user u;
	struct err err;

	if (!get_user(v, patient, &u) || !is_plain(u.extension))
		return;
	ask_of_hints(v, patient, &u);
	for (size_t i = 0; i < u.devices_n; i++) {
		if (activity_device(u.devices[i].dial, device))
			visit_ask(v, &inquiries[ASK_DEVICE], patient, device, "DEVICE_STATE(%s)",
				device);
	}
	if (*u.mailbox && is_plain(u.mailbox))
		visit_ask(v, &inquiries[ASK_MAILBOX], patient, u.mailbox, "VM_INFO(%s,exists)",
			u.mailbox);
	if (store_queue_seats(v->d->ctl->store, u.id, ask_of_seat, &seats, &err) < 0)
		visit_fail(v, &err);
}

/* --- the visit -------------------------------------------------------------------------------------- */

#define ONE(id)    FIND_##id, FIND_##id
#define GETVAR     NEEDS_GETVAR, "Getvar", "Variable", NULL
#define BARE(what) NEEDS_NOTHING, what, NULL, NULL

/* Every check. */
static const struct inquiry inquiries[ASK_COUNT] = {
	[ASK_COMMANDS] = { ONE(RIGHT_EXCESS), BARE("ListCommands"), judge_commands },
	[ASK_SETVAR] = { ONE(RIGHT_CALL), BARE("Setvar"), judge_refusal },
	[ASK_PRESENCES] = { ONE(RIGHT_CALL), BARE("PresenceStateList"), judge_refusal },
	[ASK_DEVICES] = { ONE(RIGHT_CALL), BARE("DeviceStateList"), judge_refusal },
	[ASK_DBPUT] = { ONE(RIGHT_SYSTEM), BARE("DBPut"), judge_refusal },
	[ASK_QUEUE_ADD] = { ONE(RIGHT_AGENT), BARE("QueueAdd"), judge_refusal },
	[ASK_CONFIG] = { FIND_RIGHT_READ, FIND_FILTER_STRICT, NEEDS_CONFIG, "GetConfig", "Filename",
		"Category", judge_config },
	[ASK_CLOCK] = { ONE(PBX_CLOCK), BARE("Ping"), judge_clock },
	[ASK_MODULE] = { ONE(MODULE_MISSING), NEEDS_MODULES, "ModuleCheck", "Module", NULL,
		judge_module },
	[ASK_DIALPLAN] = { FIND_DIALPLAN_MISSING, FIND_DIALPLAN_OLD, GETVAR, judge_first_place },
	[ASK_DIALPLAN_OLD] = { ONE(DIALPLAN_OLD), GETVAR, judge_dialplan },
	[ASK_QUEUE] = { ONE(QUEUE_UNKNOWN), GETVAR, judge_queue },
	[ASK_RINGINUSE] = { ONE(QUEUE_RINGINUSE), GETVAR, judge_ringinuse },
	[ASK_RINGING] = { ONE(QUEUE_RINGINUSE), NEEDS_CONFIG, "GetConfig", "Filename", "Category",
		judge_ringing },
	[ASK_HINTS] = { FIND_HINT_MISSING, FIND_HINT_NO_LAMP, NEEDS_HINTS, "ExtensionStateList",
		NULL, NULL, judge_hint_list },
	[ASK_HINT] = { FIND_HINT_MISSING, FIND_HINT_NO_LAMP, GETVAR, judge_hint },
	[ASK_CONTEXT] = { FIND_HINT_MISSING, FIND_HINT_NO_LAMP, GETVAR, judge_context },
	[ASK_SEAT] = { ONE(QUEUE_NO_HINT), GETVAR, judge_seat },
	[ASK_DEVICE] = { ONE(ENDPOINT_MISSING), GETVAR, judge_device },
	[ASK_MAILBOX] = { ONE(MAILBOX_MISSING), GETVAR, judge_mailbox },
};

static void ask_of_pbx(struct visit *v)
{
	struct err err;

	visit_ask(v, &inquiries[ASK_CONFIG], 0, v->pbx->username, "manager.conf");
	visit_ask(v, &inquiries[ASK_CLOCK], 0, "", "%s", "");
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		visit_ask(v, &inquiries[ASK_MODULE], 0, modules[i], "%s", modules[i]);
	visit_ask(v, &inquiries[ASK_DIALPLAN], 0, "presence-call",
		"DIALPLAN_EXISTS(presence-call,1001,1)");
	if (store_queue_each(v->d->ctl->store, ask_of_queue, v, &err) < 0)
		visit_fail(v, &err);
}

static bool next_step(struct visit *v)
{
	size_t from = v->step < 2 ? 0 : (size_t)(v->step - 2) * BATCH;

	if (v->step == 0) {
		visit_ask(v, &inquiries[ASK_COMMANDS], 0, "", "%s", "");
	} else if (v->step == 1) {
		visit_ask(v, &inquiries[ASK_HINTS], 0, "", "%s", "");
		if (!v->d->users_only)
			ask_of_pbx(v);
	}
	for (size_t i = from; v->step >= 2 && i < v->patients_n && i < from + BATCH; i++)
		ask_of_user(v, i);
	if (v->step < 2 || from < v->patients_n)
		return true;
	for (size_t i = 0; i < v->queues_n; i++) {
		if (!v->queues[i].rung)
			visit_ask(v, &inquiries[ASK_RINGING], 0, v->queues[i].name, "queues.conf");
	}
	v->queues_n = 0; /* nothing is left */
	return v->head < v->n;
}

/* The users of this PBX. */
static int find_patients(struct visit *v, struct err *err)
{
	struct user u;

	for (size_t i = 0; i < v->d->who->n; i++) {
		if (store_user_get(v->d->ctl->store, v->d->who->ids[i], &u, err) < 0)
			return -1;
		if (strcasecmp(u.pbx, v->pbx->name) != 0)
			continue;
		v->patients = mem_grow(
			v->patients, &v->patients_cap, v->patients_n + 1, sizeof(*v->patients));
		v->patients[v->patients_n] = (struct patient){ .id = u.id };
		text_copy(v->patients[v->patients_n++].extension, sizeof(u.extension), u.extension);
	}
	if (v->patients_n)
		qsort(v->patients, v->patients_n, sizeof(*v->patients), by_extension);
	return 0;
}

static int see_queue(void *data, const struct queue *q)
{
	struct visit *v = data;

	v->has_queues = v->has_queues || !strcasecmp(q->pbx, v->pbx->name);
	return 0;
}

/* The PBX could not be asked, or not to the end. */
static void give_up(struct visit *v, const struct err *why)
{
	const char *because = "the PBX could not be asked";
	char named[NAME_MAX_LEN + 12];
	size_t n = (size_t)snprintf(named, sizeof(named), "PBX '%s': ", v->pbx->name);
	const char *text = strncmp(why->msg, named, n) ? why->msg : why->msg + n;

	if (why->code == ERR_CONF)
		because =
			"without its secret the PBX cannot be asked"; /* which is a finding of its own */
	else if (talk_is_refused(&v->talk))
		visit_tell_once(v, FIND_LOGIN_REFUSED,
			"compare username and secret of presence.conf with manager.conf, and its permit and deny",
			"refuses the login: %s", text);
	else
		visit_tell_once(v, FIND_PBX_UNREACHABLE,
			"see whether Asterisk runs, and host and port; a user without read = system never hears that it has booted",
			"cannot be asked: %s", text);
	for (int id = FIND_PBX_CLOCK; id < FIND_COUNT; id++)
		visit_unknown(v, (enum finding_id)id, "%s", because);
}

static int ask_one(struct doctor *d, const struct conf_pbx *pbx, struct err *err)
{
	_cleanup_(freep) struct visit *v = xcalloc(1, sizeof(*v));
	struct err why;
	int r = 0;

	v->d = d;
	v->pbx = pbx;
	v->next_step = next_step;
	if (find_patients(v, err) < 0 || store_queue_each(d->ctl->store, see_queue, v, err) < 0) {
		r = -1;
	} else if (visit_hold(v, &why) < 0) {
		if (!v->failed)
			give_up(v, &why);
		else if (err)
			*err = why;
		r = v->failed ? -1 : 0;
	}
	visit_done(v);
	return r;
}

int doctor_ask(struct doctor *d, struct err *err)
{
	for (size_t i = 0; i < d->pbx_n; i++) {
		if (ask_one(d, &d->pbx[i], err) < 0)
			return -1;
	}
	return 0;
}
