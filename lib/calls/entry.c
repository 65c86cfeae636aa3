/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calls/entry.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

#define PHONE_PREFIX "PJSIP/"
/* Of the name of a phone alone: no address of it, no number behind a trunk. */
#define PHONE_BYTES TEXT_ALNUM "._+-"

enum { LATER_MAX_LEN = 24 }; /* room for the fields behind the label */

void entry_rule_key(const char *extension, const char *mode, char ret[ENTRY_KEY_MAX_LEN + 1])
{
	snprintf(ret, ENTRY_KEY_MAX_LEN + 1, "%s.%s", extension, mode);
}

/* The last door before the PBX. */
static int finish(const struct strbuf *entry, const char *noun, const char *name, struct strbuf *to,
	struct err *err)
{
	size_t good = strspn(entry->s, ENTRY_BYTES);

	if (good < entry->len)
		return err_set(err, ERR_USAGE, "%s %s: '%c' cannot be given to the PBX", noun, name,
			entry->s[good]);
	if (entry->len > ENTRY_MAX_LEN)
		return err_set(err, ERR_USAGE,
			"the call handling of %s %s takes %zu bytes, the PBX holds %d: shorten or remove %s",
			noun, name, entry->len, ENTRY_MAX_LEN,
			!strcmp(noun, "user") ? "devices" : "windows and numbers to allow");
	strbuf_add(to, entry->s, entry->len);
	return 0;
}

static const char *or_dash(const char *s)
{
	return *s ? s : "-";
}

/* --- of a user --- */

/* What an entry is compiled from. */
struct user_source {
	const struct user *user;
	const char *mobile_prefix;
};

struct user_entry_field {
	const char *name;
	void (*put)(const struct user_source *from, struct strbuf *to);
	const char *values, *missing;
};

static void put_devices(const struct user_source *from, struct strbuf *to)
{
	const struct user *u = from->user;

	for (size_t i = 0; i < u->devices_n; i++)
		strbuf_addf(to, "%s%s=%s", i ? "^" : "", u->devices[i].name, u->devices[i].dial);
	if (!u->devices_n)
		strbuf_addc(to, '-');
}

static void put_mailbox(const struct user_source *from, struct strbuf *to)
{
	const char *box = from->user->mailbox;

	strbuf_addf(to, "%s%s", or_dash(box), *box && !strchr(box, '@') ? "@default" : "");
}

static void put_mobile(const struct user_source *from, struct strbuf *to)
{
	const char *mobile = from->user->mobile;

	strbuf_addf(to, "%s%s", *mobile ? from->mobile_prefix : "", or_dash(mobile));
}

static void put_extension(const struct user_source *from, struct strbuf *to)
{
	strbuf_adds(to, from->user->extension);
}

static void put_default_mode(const struct user_source *from, struct strbuf *to)
{
	const char *mode = from->user->mode;

	strbuf_adds(to, *mode ? mode : "available");
}

/* The one phone that a plain call rings. */
static void put_phone(const struct user_source *from, struct strbuf *to)
{
	const struct user *u = from->user;
	const char *dial = u->devices_n == 1 ? u->devices[0].dial : "";
	const char *name = dial + strlen(PHONE_PREFIX);
	bool is_phone = !strncmp(dial, PHONE_PREFIX, strlen(PHONE_PREFIX)) && *name != '-' &&
		text_is_of(name, PHONE_BYTES, DIAL_MAX_LEN);

	strbuf_adds(to, is_phone ? name : "-");
}

/* In the order of the entry. */
static const struct user_entry_field user_entry_fields[] = {
	{ "devices", put_devices, "desk=PJSIP/1001^app=PJSIP/1001-app", NULL },
	{ "mailbox", put_mailbox, "1001@default", NULL },
	{ "mobile", put_mobile, "the number, behind mobile_prefix", NULL },
	{ "callerid", put_extension, "the number to show", NULL },
	{ "mode", put_default_mode, "the default mode", NULL },
	{ "phone", put_phone, "1001, where PJSIP/1001 is the only device", "-" },
};

int entry_user(const struct user *u, const char *mobile_prefix, struct strbuf *to, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;
	const struct user_source from = { u, mobile_prefix };

	if (*mobile_prefix && !text_is_of(mobile_prefix, "0123456789*#+", NUMBER_MAX_LEN))
		return err_set(err, ERR_USAGE,
			"mobile_prefix '%.40s' of PBX %s is not digits, '*', '#' and '+', at most %d",
			mobile_prefix, u->pbx, NUMBER_MAX_LEN);
	strbuf_adds(&entry, ENTRY_VERSION);
	for (size_t i = 0; i < ARRAY_SIZE(user_entry_fields); i++) {
		strbuf_addc(&entry, '|');
		user_entry_fields[i].put(&from, &entry);
	}
	return finish(&entry, "user", u->name, to, err);
}

/* --- of a mode, or of a user's version of it --- */

/* How a field is compiled: the first three from the mode, the others from the value of a rule. */
enum entry_form {
	FORM_TYPE,
	FORM_LAMP, /* all that there was once */
	FORM_LAMP_STATE,
	FORM_RING,
	FORM_SECONDS,
	FORM_BOOL,
	FORM_MOBILE, /* a bool that is false in a mode of type dnd */
	FORM_DESTINATION,
	FORM_CALLERID,
	FORM_SOUND,
	FORM_NUMBERS, /* "+4670, 070*" */
	FORM_ANNOUNCE,
	FORM_LABEL,
	FORM_PLAIN, /* whether all that have `plain` have this value */
	FORM_COUNT
};

static const char *const form_values[] = {
	[FORM_TYPE] = "available, chat, away, dnd, xa or unavailable",
	[FORM_LAMP] = "y or n",
	[FORM_LAMP_STATE] = "off, busy, hold, ringing or unavailable",
	[FORM_RING] = "all, none or desk=0-20^mobile=10-30",
	[FORM_SECONDS] = "seconds",
	[FORM_BOOL] = "y or n",
	[FORM_MOBILE] = "y or n",
	[FORM_DESTINATION] = "a destination",
	[FORM_CALLERID] = "c of the caller, u of the user",
	[FORM_SOUND] = "a sound",
	[FORM_NUMBERS] = "+46701234567^070*",
	[FORM_ANNOUNCE] = "n none, m mode, u until",
	[FORM_LABEL] = "what people see, in base64",
	[FORM_PLAIN] = "y where no rule asks for anything but to ring all devices",
};
_Static_assert(ARRAY_SIZE(form_values) == FORM_COUNT, "words for every form");

enum { NO_RULE = RULE_COUNT };

struct mode_entry_field {
	const char *name;
	enum entry_form form;
	int rule; /* enum rule_id or NO_RULE */
	const char *missing;
	/* What it is compiled to where nothing has to be done for it before the phones ring. NULL: it is
	 * not looked at before. */
	const char *plain;
};

/* In the order of the entry. */
static const struct mode_entry_field mode_entry_fields[] = {
	{ "type", FORM_TYPE, NO_RULE, NULL, NULL },
	{ "ring", FORM_RING, RULE_RING, NULL, "all" },
	{ "timeout", FORM_SECONDS, RULE_RING_TIMEOUT, NULL, NULL },
	{ "mobile", FORM_MOBILE, RULE_RING_MOBILE, NULL, "n" },
	{ "internal_always", FORM_DESTINATION, RULE_INTERNAL_ALWAYS, NULL, "none" },
	{ "internal_noanswer", FORM_DESTINATION, RULE_INTERNAL_NOANSWER, NULL, NULL },
	{ "internal_busy", FORM_DESTINATION, RULE_INTERNAL_BUSY, NULL, NULL },
	{ "internal_offline", FORM_DESTINATION, RULE_INTERNAL_OFFLINE, NULL, NULL },
	{ "external_always", FORM_DESTINATION, RULE_EXTERNAL_ALWAYS, NULL, "none" },
	{ "external_noanswer", FORM_DESTINATION, RULE_EXTERNAL_NOANSWER, NULL, NULL },
	{ "external_busy", FORM_DESTINATION, RULE_EXTERNAL_BUSY, NULL, NULL },
	{ "external_offline", FORM_DESTINATION, RULE_EXTERNAL_OFFLINE, NULL, NULL },
	{ "voicemail", FORM_BOOL, RULE_FORWARD_VOICEMAIL, NULL, NULL },
	{ "direct", FORM_BOOL, RULE_DIRECT_ONLY, NULL, NULL },
	{ "callerid", FORM_CALLERID, RULE_CALLERID, NULL, NULL },
	{ "group", FORM_BOOL, RULE_GROUP_CALLS, NULL, "y" },
	{ "greeting", FORM_SOUND, RULE_GREETING, NULL, NULL },
	{ "allow", FORM_NUMBERS, RULE_ALLOW, NULL, "-" },
	{ "notify", FORM_BOOL, RULE_NOTIFY, NULL, "n" },
	{ "lamp", FORM_LAMP, NO_RULE, "y where type is dnd, else n", NULL },
	{ "waiting", FORM_BOOL, RULE_CALL_WAITING, "y", NULL },
	{ "announce", FORM_ANNOUNCE, RULE_ANNOUNCE, "n", NULL },
	{ "sound", FORM_SOUND, RULE_ANNOUNCE_SOUND, "-", NULL },
	{ "label", FORM_LABEL, NO_RULE, "the name of the mode", NULL },
	{ "lamp_state", FORM_LAMP_STATE, NO_RULE, "busy where lamp is y, else off", NULL },
	{ "plain", FORM_PLAIN, NO_RULE, "n", NULL },
};

static void put_windows(const struct ring *ring, struct strbuf *to)
{
	if (!ring->n)
		ring_print(ring, to);
	for (size_t i = 0; i < ring->n; i++) {
		const struct window *w = &ring->windows[i];

		if (w->from_s < w->to_s)
			strbuf_addf(to, "%s%s=%d-%d", i ? "^" : "", w->device, w->from_s, w->to_s);
	}
}

static void put_numbers(const char *list, struct strbuf *to)
{
	for (const char *c = or_dash(list); *c; c++) {
		if (*c != ' ')
			strbuf_addc(to, *c == ',' ? '^' : *c);
	}
}

/* A label may have any bytes. It decides nothing, so an entry that would be too long goes without it. */
static void put_label(const char *label, struct strbuf *to)
{
	size_t len = (strlen(label) + 2) / 3 * 4;

	if (to->len + len + LATER_MAX_LEN <= ENTRY_MAX_LEN)
		text_base64(to, label);
}

static char flag(bool b)
{
	return b ? 'y' : 'n';
}

/* What an entry is compiled from. */
struct mode_source {
	const struct mode *mode;
	const struct rules *rules;
	destination_lookup *lookup;
	void *ctx;
};

static int put_rule(const struct mode_source *from, const struct mode_entry_field *f,
	struct strbuf *to, struct err *err)
{
	/* Forms without a rule do not read it. */
	const void *value =
		(const char *)from->rules + (f->rule != NO_RULE ? rule_table[f->rule].offset : 0);

	switch (f->form) {
	case FORM_TYPE: strbuf_adds(to, ptype_name(from->mode->type)); break;
	case FORM_LAMP: strbuf_addc(to, flag(lamp_is_in_use(from->mode->lamp))); break;
	case FORM_LAMP_STATE: strbuf_adds(to, lamp_name(from->mode->lamp)); break;
	case FORM_RING: put_windows(value, to); break;
	case FORM_SECONDS: strbuf_addf(to, "%d", (int)*(const int64_t *)value); break;
	case FORM_BOOL: strbuf_addc(to, flag(*(const bool *)value)); break;
	case FORM_MOBILE:
		strbuf_addc(to, flag(*(const bool *)value && from->mode->type != PTYPE_DND));
		break;
	case FORM_DESTINATION: return destination_compile(value, from->lookup, from->ctx, to, err);
	case FORM_CALLERID:
		strbuf_addc(to, *(const enum callerid *)value == CALLERID_USER ? 'u' : 'c');
		break;
	case FORM_SOUND: strbuf_adds(to, or_dash(value)); break;
	case FORM_NUMBERS: put_numbers(value, to); break;
	case FORM_LABEL: put_label(from->mode->label, to); break;
	case FORM_ANNOUNCE: strbuf_addc(to, "nmu"[*(const enum announce *)value]); break;
	case FORM_PLAIN:
	case FORM_COUNT: break;
	}
	return 0;
}

/* Whether a call need not look at any rule before the phones ring. */
static int put_plain(const struct mode_source *from, struct strbuf *to, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf value = STRBUF_INIT;
	bool plain = true;

	for (size_t i = 0; i < ARRAY_SIZE(mode_entry_fields) && plain; i++) {
		const struct mode_entry_field *f = &mode_entry_fields[i];

		strbuf_cut(&value, 0);
		if (f->plain && put_rule(from, f, &value, err) < 0)
			return -1;
		plain = !f->plain || !strcmp(value.s, f->plain);
	}
	strbuf_addc(to, flag(plain));
	return 0;
}

static int put_field(const struct mode_source *from, const struct mode_entry_field *f,
	struct strbuf *to, struct err *err)
{
	return f->form == FORM_PLAIN ? put_plain(from, to, err) : put_rule(from, f, to, err);
}

int entry_mode(const struct mode *m, const struct rules *rules, destination_lookup *lookup,
	void *ctx, struct strbuf *to, struct err *err)
{
	const struct mode_source from = { m, rules, lookup, ctx };
	_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;

	strbuf_adds(&entry, ENTRY_VERSION);
	for (size_t i = 0; i < ARRAY_SIZE(mode_entry_fields); i++) {
		const struct mode_entry_field *f = &mode_entry_fields[i];

		strbuf_addc(&entry, '|');
		if (put_field(&from, f, &entry, err) < 0)
			return err_wrap(err, "mode %s: %s", m->name, rule_table[f->rule].name);
	}
	return finish(&entry, "mode", m->name, to, err);
}

/* --- what there is --- */

bool entry_field(enum entry_kind kind, size_t i, struct entry_field *ret)
{
	if (kind == ENTRY_KIND_USER && i < ARRAY_SIZE(user_entry_fields)) {
		const struct user_entry_field *f = &user_entry_fields[i];

		*ret = (struct entry_field){ f->name, NULL, f->values, f->missing };
		return true;
	}
	if (kind == ENTRY_KIND_MODE && i < ARRAY_SIZE(mode_entry_fields)) {
		const struct mode_entry_field *f = &mode_entry_fields[i];

		*ret = (struct entry_field){ f->name,
			f->rule != NO_RULE ? rule_table[f->rule].name : NULL, form_values[f->form],
			f->missing };
		return true;
	}
	return false;
}

void entry_layout(struct strbuf *to)
{
	struct entry_field f;

	strbuf_adds(to, ENTRY_VERSION);
	for (int kind = 0; kind < ENTRY_KIND_COUNT; kind++) {
		strbuf_adds(to, kind == ENTRY_KIND_USER ? " " ENTRY_USER : " " ENTRY_MODE);
		for (size_t i = 0; entry_field((enum entry_kind)kind, i, &f); i++)
			strbuf_addf(to, " %s", f.name);
	}
}
