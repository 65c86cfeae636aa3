/* SPDX-License-Identifier: GPL-3.0-or-later */
/* entry-back.h - for tests: entries of AstDB read back into what they were compiled from. Whatever entry.c could not have written is refused with
 * ERR_FAILED and what is damaged; what is returned is then untouched. */
#ifndef ENTRY_BACK_H
#define ENTRY_BACK_H

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calls/entry.h"
#include "lib/presence/noun-keys.h"

enum { ENTRY_FIELDS_MAX = 64 };

/* What a user's entry holds. */
struct back_user {
	size_t devices_n;
	struct device devices[DEVICES_MAX];
	char mailbox[MAILBOX_MAX_LEN + 1 + sizeof("@default")]; /* "" if none */
	char mobile[2 * NUMBER_MAX_LEN + 1];                    /* with the prefix, "" if none */
	char extension[EXTENSION_MAX_LEN + 1];
	char mode[NAME_MAX_LEN + 1];
};

static inline const char *back_itself(void *ctx, const char *who)
{
	(void)ctx;
	return who;
}

/* "num:" of a kind that takes a value, "busy" of one that does not. */
static inline void back_token(enum destination_kind kind, struct strbuf *to)
{
	const struct destination bare = { .kind = kind };

	if (destination_compile(&bare, back_itself, NULL, to, NULL) < 0)
		abort();
}

/* A destination as typed, from one as compiled; a user is then an extension. */
static inline int back_destination_text(const char *compiled, struct strbuf *to, struct err *err)
{
	for (int k = 0; k < DESTINATION_COUNT; k++) {
		_cleanup_(strbuf_done) struct strbuf token = STRBUF_INIT;
		size_t start = to->len;

		back_token((enum destination_kind)k, &token);
		if (token.s[token.len - 1] == ':' ? strncmp(compiled, token.s, token.len) != 0
						  : strcmp(compiled, token.s) != 0)
			continue;
		strbuf_adds(to, key_destination.words[k]);
		strbuf_adds(to, compiled + token.len);
		for (char *c = to->s + start; k == DESTINATION_GOTO && (c = strchr(c, '/'));)
			*c = ',';
		return 0;
	}
	return err_set(err, ERR_FAILED, "'%s' is no destination", compiled);
}

static inline int back_damaged(struct err *err)
{
	if (err)
		err->code = ERR_FAILED;
	return -1;
}

static inline int back_destination(const char *compiled, struct destination *ret, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT, again = STRBUF_INIT;
	struct destination d;

	if (back_destination_text(compiled, &text, err) < 0)
		return -1;
	if (destination_parse(text.s, &d, err) < 0 ||
		destination_compile(&d, back_itself, NULL, &again, err) < 0)
		return back_damaged(err);
	if (strcmp(again.s, compiled) != 0)
		return err_set(err, ERR_FAILED, "'%s' is not as it was written", compiled);
	*ret = d;
	return 0;
}

/* The fields of an entry behind its version: *ret_copy holds their text. */
static inline int back_split(const char *entry, enum entry_kind kind, char **ret_copy,
	char *fields[ENTRY_FIELDS_MAX], struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(entry);
	char *rest = copy, *field = strsep(&rest, "|");
	struct entry_field f;
	size_t i = 0;

	if (strlen(entry) > ENTRY_MAX_LEN)
		return err_set(err, ERR_FAILED, "the entry is longer than %d bytes", ENTRY_MAX_LEN);
	if (strcmp(field, ENTRY_VERSION) != 0)
		return err_set(err, ERR_FAILED, "the entry is of version '%s'", field);
	for (; entry_field(kind, i, &f); i++) {
		field = strsep(&rest, "|");
		if (!field || !*field)
			return err_set(err, ERR_FAILED, "field %s of the entry is missing", f.name);
		fields[i] = field;
	}
	if (rest)
		return err_set(err, ERR_FAILED, "the entry has more than %zu fields", i);
	*ret_copy = TAKE_PTR(copy);
	return 0;
}

/* The field of that name. */
static inline char *back_field(
	enum entry_kind kind, char *fields[ENTRY_FIELDS_MAX], const char *name)
{
	struct entry_field f;
	size_t i = 0;

	while (entry_field(kind, i, &f) && strcmp(f.name, name) != 0)
		i++;
	return fields[i];
}

/* The entry with other values in the fields that `changes` names: "timeout=42 lamp=y". */
static inline void entry_change(
	enum entry_kind kind, const char *entry, const char *changes, struct strbuf *to)
{
	_cleanup_(freep) char *copy = xstrdup(entry);
	char *rest = copy;
	struct entry_field f;

	strbuf_cut(to, 0);
	strbuf_adds(to, strsep(&rest, "|"));
	for (size_t i = 0; entry_field(kind, i, &f); i++) {
		const char *value = strsep(&rest, "|");
		size_t n = strlen(value), name = strlen(f.name);

		for (const char *c = changes; *c; c += strcspn(c, " "), c += *c == ' ') {
			if (strncmp(c, f.name, name) != 0 || c[name] != '=')
				continue;
			value = c + name + 1;
			n = strcspn(value, " ");
		}
		strbuf_addc(to, '|');
		strbuf_add(to, value, n);
	}
}

/* --- of a user --- */

/* "desk=PJSIP/1001^app=PJSIP/1001-app" */
static inline int back_devices(char *list, struct user *u, struct err *err)
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
			return back_damaged(err);
		if (u->devices_n == n)
			return err_set(err, ERR_FAILED, "device '%s' is there twice", item);
	}
	return 0;
}

static inline int back_key(struct user *u, const char *key, const char *value, struct err *err)
{
	return keys_set(&user_keys, u, key, value, err) < 0 ? back_damaged(err) : 0;
}

static inline int entry_back_user(const char *entry, struct back_user *ret, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf again = STRBUF_INIT;
	_cleanup_(freep) char *copy = NULL;
	_cleanup_(freep) struct user *u = xcalloc(1, sizeof(*u));
	char *f[ENTRY_FIELDS_MAX], *mailbox, *mobile;
	bool has_mailbox, has_mobile;

	if (back_split(entry, ENTRY_KIND_USER, &copy, f, err) < 0)
		return -1;
	mailbox = back_field(ENTRY_KIND_USER, f, "mailbox");
	mobile = back_field(ENTRY_KIND_USER, f, "mobile");
	has_mailbox = strcmp(mailbox, "-") != 0;
	has_mobile = strcmp(mobile, "-") != 0;
	if (back_devices(back_field(ENTRY_KIND_USER, f, "devices"), u, err) < 0 ||
		(has_mailbox && back_key(u, "mailbox", mailbox, err) < 0) ||
		back_key(u, "extension", back_field(ENTRY_KIND_USER, f, "callerid"), err) < 0 ||
		back_key(u, "mode", back_field(ENTRY_KIND_USER, f, "mode"), err) < 0)
		return -1;
	if (has_mailbox && !strchr(u->mailbox, '@'))
		return err_set(err, ERR_FAILED, "mailbox '%s' is without a context", u->mailbox);
	if (has_mobile && !text_is_of(mobile, "0123456789*#+", sizeof(ret->mobile) - 1))
		return err_set(err, ERR_FAILED, "'%s' is no number", mobile);
	/* The last field says what the devices say. */
	if (entry_user(u, "", &again, err) < 0)
		return back_damaged(err);
	if (strcmp(strrchr(again.s, '|') + 1, back_field(ENTRY_KIND_USER, f, "phone")) != 0)
		return err_set(err, ERR_FAILED, "the entry is not as it was written");
	*ret = (struct back_user){ .devices_n = u->devices_n };
	memcpy(ret->devices, u->devices, sizeof(ret->devices));
	text_copy(ret->mailbox, sizeof(ret->mailbox), u->mailbox);
	text_copy(ret->mobile, sizeof(ret->mobile), has_mobile ? mobile : "");
	text_copy(ret->extension, sizeof(ret->extension), u->extension);
	text_copy(ret->mode, sizeof(ret->mode), u->mode);
	return 0;
}

/* --- of a mode --- */

/* A field as the value of its rule is typed: `f` says in words what stands there. */
static inline int back_typed(
	const struct entry_field *f, const char *value, struct strbuf *to, struct err *err)
{
	if (!strcmp(f->values, "a destination")) {
		struct destination d;

		if (back_destination(value, &d, err) < 0)
			return -1;
		destination_print(&d, to);
	} else if (!strcmp(f->values, "y or n")) {
		strbuf_adds(to, *value == 'y' ? "yes" : "no");
	} else if (!strcmp(f->rule, "forward.callerid")) {
		strbuf_adds(to, *value == 'u' ? "user" : "caller");
	} else if (!strcmp(f->rule, "announce")) {
		strbuf_adds(to,
			*value == 'u'           ? "until"
				: *value == 'm' ? "mode"
				: *value == 'n' ? "none"
						: "?");
	} else if (!strcmp(f->rule, "ring")) {
		for (; *value; value++)
			strbuf_addc(to, *value == '^' ? ',' : *value == '=' ? ' ' : *value);
	} else if (!strcmp(value, "-")) {
		strbuf_adds(to, "none");
	} else {
		for (; *value; value++)
			strbuf_addc(to, *value == '^' ? ',' : *value);
	}
	return 0;
}

static inline int back_rules(char *fields[ENTRY_FIELDS_MAX], struct rules *r, struct err *err)
{
	struct entry_field f;

	for (size_t i = 0; entry_field(ENTRY_KIND_MODE, i, &f); i++) {
		_cleanup_(strbuf_done) struct strbuf value = STRBUF_INIT;

		if (!f.rule)
			continue;
		if (back_typed(&f, fields[i], &value, err) < 0)
			return -1;
		if (rules_set(r, f.rule, value.s, err) < 0)
			return back_damaged(err);
	}
	return 0;
}

/* What is no base64, or is too long, ends there. */
static inline void back_base64(const char *s, char ret[LABEL_MAX_LEN + 1])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (const char *digit; *s && (digit = strchr(digits, *s)) && n < LABEL_MAX_LEN; s++) {
		bits = bits << 6 | (unsigned)(digit - digits);
		have += 6;
		if (have >= 8)
			ret[n++] = (char)(bits >> (have -= 8) & 255);
	}
	ret[n] = '\0';
}

/* Of a mode come type, lamp, label and every rule that is in the entry. */
static inline int entry_back_mode(
	const char *entry, struct mode *ret_mode, struct rules *ret_rules, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf again = STRBUF_INIT;
	_cleanup_(freep) char *copy = NULL;
	struct mode m = { .name = "" };
	struct rules r = { 0 };
	char *f[ENTRY_FIELDS_MAX];
	int type, lamp;

	if (back_split(entry, ENTRY_KIND_MODE, &copy, f, err) < 0)
		return -1;
	type = ptype_parse(back_field(ENTRY_KIND_MODE, f, "type"));
	if (type < 0)
		return err_set(err, ERR_FAILED, "'%s' is no presence type", entry);
	m.type = (enum ptype)type;
	back_base64(back_field(ENTRY_KIND_MODE, f, "label"), m.label);
	lamp = lamp_parse(back_field(ENTRY_KIND_MODE, f, "lamp_state"));
	if (lamp < 0)
		return err_set(err, ERR_FAILED, "'%s' has no lamp", entry);
	m.lamp = (enum lamp)lamp;
	if (back_rules(f, &r, err) < 0)
		return -1;
	/* What was read loosely above, such as a third letter for yes and no, shows here. */
	if (entry_mode(&m, &r, back_itself, NULL, &again, err) < 0)
		return back_damaged(err);
	if (strcmp(again.s, entry) != 0)
		return err_set(err, ERR_FAILED, "the entry is not as it was written");
	ret_mode->type = m.type;
	ret_mode->lamp = m.lamp;
	*ret_rules = r;
	return 0;
}

#endif
