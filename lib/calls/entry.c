#include "lib/calls/entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/presence/noun-keys.h"

#define VERSION_FIELD "1"
#define ENTRY_BYTES   TEXT_ALNUM "._@:+*#/=^|-"

enum {
	USER_DEVICES = 1,
	USER_MAILBOX,
	USER_MOBILE,
	USER_CALLERID,
	USER_MODE,
	USER_FIELDS,
	MODE_TYPE = 1,
	MODE_RING,
	MODE_TIMEOUT,
	MODE_MOBILE,
	MODE_FORWARD,
	MODE_VOICEMAIL = MODE_FORWARD + CALLER_COUNT * FORWARD_COUNT,
	MODE_DIRECT,
	MODE_CALLERID,
	MODE_GROUP,
	MODE_GREETING,
	MODE_ALLOW,
	MODE_NOTIFY,
	MODE_LAMP,
	MODE_FIELDS,
	FIELDS_MAX = MODE_FIELDS
};

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

int entry_user(const struct user *u, const char *mobile_prefix, struct strbuf *to, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;

	if (*mobile_prefix && !text_is_of(mobile_prefix, "0123456789*#+", NUMBER_MAX_LEN))
		return err_set(err, ERR_USAGE,
			"mobile_prefix '%.40s' of PBX %s is not digits, '*', '#' and '+', at most %d",
			mobile_prefix, u->pbx, NUMBER_MAX_LEN);
	strbuf_adds(&entry, VERSION_FIELD "|");
	for (size_t i = 0; i < u->devices_n; i++)
		strbuf_addf(
			&entry, "%s%s=%s", i ? "^" : "", u->devices[i].name, u->devices[i].dial);
	if (!u->devices_n)
		strbuf_addc(&entry, '-');
	strbuf_addf(&entry, "|%s%s", or_dash(u->mailbox),
		*u->mailbox && !strchr(u->mailbox, '@') ? "@default" : "");
	strbuf_addf(&entry, "|%s%s", *u->mobile ? mobile_prefix : "", or_dash(u->mobile));
	strbuf_addf(&entry, "|%s|%s", u->extension, *u->mode ? u->mode : "available");
	return finish(&entry, "user", u->name, to, err);
}

static void put_ring(const struct ring *ring, struct strbuf *entry)
{
	if (ring->kind != RING_WINDOWS)
		ring_print(ring, entry);
	for (size_t i = 0; i < ring->n; i++)
		strbuf_addf(entry, "%s%s=%d-%d", i ? "^" : "", ring->windows[i].device,
			ring->windows[i].from_s, ring->windows[i].to_s);
}

static char flag(bool b)
{
	return b ? 'y' : 'n';
}

int entry_mode(const struct mode *m, const struct rules *rules, destination_lookup *lookup,
	void *ctx, struct strbuf *to, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;
	const char *allow = rules->allow;

	strbuf_addf(&entry, VERSION_FIELD "|%s|", ptype_name(m->type));
	put_ring(&rules->ring, &entry);
	strbuf_addf(&entry, "|%d|%c", (int)rules->timeout_s,
		flag(rules->mobile && m->type != PTYPE_DND));
	for (int c = 0; c < CALLER_COUNT; c++) {
		for (int w = 0; w < FORWARD_COUNT; w++) {
			strbuf_addc(&entry, '|');
			if (destination_compile(&rules->forward[c][w], lookup, ctx, &entry, err) <
				0)
				return err_wrap(err, "mode %s: %s", m->name,
					rule_table[RULE_INTERNAL_ALWAYS + c * FORWARD_COUNT + w]
						.name);
		}
	}
	strbuf_addf(&entry, "|%c|%c|%c|%c|%s|", flag(rules->forward_voicemail),
		flag(rules->direct_only), rules->callerid == CALLERID_USER ? 'u' : 'c',
		flag(rules->group_calls), or_dash(rules->greeting));
	if (!*allow)
		strbuf_addc(&entry, '-');
	for (; *allow; allow++) {
		if (*allow != ' ')
			strbuf_addc(&entry, *allow == ',' ? '^' : *allow);
	}
	strbuf_addf(&entry, "|%c|%c", flag(rules->notify), flag(m->lamp));
	return finish(&entry, "mode", m->name, to, err);
}

/* The fields of an entry: *ret_copy holds their text. */
static int split(
	const char *entry, size_t n, char **ret_copy, char *fields[FIELDS_MAX], struct err *err)
{
	_cleanup_(freep) char *copy = NULL;
	char *rest, *field;
	size_t i = 0;

	if (strlen(entry) > ENTRY_MAX_LEN)
		return err_set(err, ERR_FAILED, "the entry is longer than %d bytes", ENTRY_MAX_LEN);
	if (entry[strspn(entry, ENTRY_BYTES)])
		return err_set(
			err, ERR_FAILED, "the entry holds '%c'", entry[strspn(entry, ENTRY_BYTES)]);
	rest = copy = xstrdup(entry);
	while ((field = strsep(&rest, "|"))) {
		if (i == n || !*field)
			return err_set(err, ERR_FAILED, "field %zu of the entry is %s", i + 1,
				*field ? "one too many" : "missing");
		fields[i++] = field;
	}
	if (i < n)
		return err_set(err, ERR_FAILED, "the entry has %zu fields of %zu", i, n);
	if (strcmp(fields[0], VERSION_FIELD) != 0)
		return err_set(err, ERR_FAILED, "the entry is of version '%s'", fields[0]);
	*ret_copy = TAKE_PTR(copy);
	return 0;
}

static int damaged(struct err *err)
{
	if (err)
		err->code = ERR_FAILED;
	return -1;
}

/* "desk=PJSIP/1001^app=PJSIP/1001-app" */
static int read_devices(char *list, struct user *u, struct err *err)
{
	char *item;

	if (!strcmp(list, "-"))
		return 0;
	while ((item = strsep(&list, "^"))) {
		char key[sizeof("devices.") + NAME_MAX_LEN], *dial = strchr(item, '=');
		size_t n = u->devices_n;

		if (!dial || dial - item > NAME_MAX_LEN)
			return err_set(err, ERR_FAILED, "'%s' is no device", item);
		*dial++ = '\0';
		snprintf(key, sizeof(key), "devices.%s", item);
		if (keys_set(&user_keys, u, key, dial, err) < 0)
			return damaged(err);
		if (u->devices_n == n)
			return err_set(err, ERR_FAILED, "device '%s' is there twice", item);
	}
	return 0;
}

static int read_field(struct user *u, const char *key, const char *value, struct err *err)
{
	return keys_set(&user_keys, u, key, value, err) < 0 ? damaged(err) : 0;
}

int entry_parse_user(const char *entry, struct entry_user *ret, struct err *err)
{
	_cleanup_(freep) char *copy = NULL;
	_cleanup_(freep) struct user *u = xcalloc(1, sizeof(*u));
	char *f[FIELDS_MAX];
	bool has_mailbox, has_mobile;

	if (split(entry, USER_FIELDS, &copy, f, err) < 0)
		return -1;
	has_mailbox = strcmp(f[USER_MAILBOX], "-") != 0;
	has_mobile = strcmp(f[USER_MOBILE], "-") != 0;
	if (read_devices(f[USER_DEVICES], u, err) < 0 ||
		(has_mailbox && read_field(u, "mailbox", f[USER_MAILBOX], err) < 0) ||
		read_field(u, "extension", f[USER_CALLERID], err) < 0 ||
		read_field(u, "mode", f[USER_MODE], err) < 0)
		return -1;
	if (has_mailbox && !strchr(u->mailbox, '@'))
		return err_set(err, ERR_FAILED, "mailbox '%s' is without a context", u->mailbox);
	if (has_mobile && !text_is_of(f[USER_MOBILE], "0123456789*#+", sizeof(ret->mobile) - 1))
		return err_set(err, ERR_FAILED, "'%s' is no number", f[USER_MOBILE]);
	*ret = (struct entry_user){ .devices_n = u->devices_n };
	memcpy(ret->devices, u->devices, sizeof(ret->devices));
	text_copy(ret->mailbox, sizeof(ret->mailbox), u->mailbox);
	text_copy(ret->mobile, sizeof(ret->mobile), has_mobile ? f[USER_MOBILE] : "");
	text_copy(ret->extension, sizeof(ret->extension), u->extension);
	text_copy(ret->mode, sizeof(ret->mode), u->mode);
	return 0;
}

/* A field of the entry as the value of a rule. */
static int read_rule(struct rules *r, enum rule_id id, char *field, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	const char *value = field;

	switch (id) {
	case RULE_RING:
		for (; *field; field++)
			strbuf_addc(&text, *field == '^' ? ',' : *field == '=' ? ' ' : *field);
		value = text.s;
		break;
	case RULE_CALLERID: value = !strcmp(field, "u") ? "user" : "caller"; break;
	case RULE_GREETING: value = strcmp(field, "-") != 0 ? field : "none"; break;
	case RULE_ALLOW:
		for (char *c = field; (c = strchr(c, '^'));)
			*c = ',';
		value = strcmp(field, "-") != 0 ? field : "none";
		break;
	default:
		if (rule_table[id].type == &key_bool)
			value = !strcmp(field, "y") ? "yes" : "no";
	}
	return rules_set(r, rule_table[id].name, value, err) < 0 ? damaged(err) : 0;
}

static const char *itself(void *ctx, const char *who)
{
	(void)ctx;
	return who;
}

int entry_parse_mode(
	const char *entry, struct mode *ret_mode, struct rules *ret_rules, struct err *err)
{
	static const struct {
		int field;
		enum rule_id id;
	} table[] = {
		{ MODE_RING, RULE_RING },
		{ MODE_TIMEOUT, RULE_RING_TIMEOUT },
		{ MODE_MOBILE, RULE_RING_MOBILE },
		{ MODE_VOICEMAIL, RULE_FORWARD_VOICEMAIL },
		{ MODE_DIRECT, RULE_DIRECT_ONLY },
		{ MODE_CALLERID, RULE_CALLERID },
		{ MODE_GROUP, RULE_GROUP_CALLS },
		{ MODE_GREETING, RULE_GREETING },
		{ MODE_ALLOW, RULE_ALLOW },
		{ MODE_NOTIFY, RULE_NOTIFY },
	};
	_cleanup_(strbuf_done) struct strbuf again = STRBUF_INIT;
	_cleanup_(freep) char *copy = NULL;
	struct mode m = { .name = "" };
	struct rules r = { 0 };
	char *f[FIELDS_MAX];
	int type;

	if (split(entry, MODE_FIELDS, &copy, f, err) < 0)
		return -1;
	type = ptype_parse(f[MODE_TYPE]);
	if (type < 0)
		return err_set(err, ERR_FAILED, "'%s' is no presence type", f[MODE_TYPE]);
	m.type = (enum ptype)type;
	m.lamp = !strcmp(f[MODE_LAMP], "y");
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (read_rule(&r, table[i].id, f[table[i].field], err) < 0)
			return -1;
	}
	for (int i = 0; i < CALLER_COUNT * FORWARD_COUNT; i++) {
		struct destination *d = &r.forward[i / FORWARD_COUNT][i % FORWARD_COUNT];

		if (destination_decompile(f[MODE_FORWARD + i], d, err) < 0)
			return -1;
		r.set |= UINT32_C(1) << (RULE_INTERNAL_ALWAYS + i);
	}
	/* What was read loosely above, such as a third letter for yes and no, shows here. */
	if (entry_mode(&m, &r, itself, NULL, &again, err) < 0)
		return damaged(err);
	if (strcmp(again.s, entry) != 0)
		return err_set(err, ERR_FAILED, "the entry is not as it was written");
	ret_mode->type = m.type;
	ret_mode->lamp = m.lamp;
	*ret_rules = r;
	return 0;
}
