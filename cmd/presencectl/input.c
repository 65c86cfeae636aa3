/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/input.h"

#include <assert.h>
#include <string.h>

#include "cmd/presencectl/help.h"
#include "cmd/presencectl/option.h"
#include "cmd/presencectl/output.h"
#include "lib/base/strbuf.h"
#include "lib/base/text.h"
#include "lib/base/closest.h"
#include "lib/base/checks.h"
#include "lib/time/when.h"

enum { OPTIONS_MAX = 32, ARGS_MAX = 8, NUMBER_DIGITS_MAX = 18 };

struct given {
	const struct opt *opt;
	const char *value;
};

struct arg_range {
	size_t start, n; /* in input.words */
};

struct input {
	const struct command *command;
	size_t n;
	const char **words; /* the arguments, without options */
	size_t given_n;
	struct given given[OPTIONS_MAX];
	struct arg_range args[ARGS_MAX]; /* by index in command->args */
};

/* Point to "presencectl set --help". */
static void see_help(const struct command *c, struct err *err)
{
	err_hint(err, "; see '%s%s%s --help'", PROGRAM, *c->path ? " " : "", c->path);
}

static int no_such_option(
	const struct command *c, const char *word, const char *name, struct err *err)
{
	const char *names[OPTIONS_MAX], *near;
	const struct opt *o;
	size_t n = 0;

	for (; n < OPTIONS_MAX && (o = option_at(c, n)) != NULL; n++)
		names[n] = o->name;
	err_set(err, ERR_USAGE, "unknown option '%s'", word);
	if (word[1] != '-')
		return err_hint(err, "; an argument that begins with '-' goes behind '--'");
	for (o = global_options; *c->path && o->name; o++) {
		if (!strcmp(o->name, name))
			return err_hint(err, " of '%s': it goes before the command", c->path);
	}
	near = closest(name, names, n);
	if (near)
		return err_guess(err, "--%s", near);
	see_help(c, err);
	return -1;
}

static int ambiguous_option(const struct command *c, const char *name, struct err *err)
{
	const struct opt *o;
	const char *sep = "";

	err_set(err, ERR_USAGE, "ambiguous option '--%s': could be ", name);
	for (size_t i = 0; (o = option_at(c, i)) != NULL; i++) {
		if (!strncmp(o->name, name, strlen(name))) {
			err_hint(err, "%s--%s", sep, o->name);
			sep = ", ";
		}
	}
	return -1;
}

static int give(struct input *in, const struct opt *o, const char *value, struct err *err)
{
	for (size_t i = 0; i < in->given_n; i++) {
		const struct opt *other = in->given[i].opt;

		if (other == o && !o->value)
			return 0;
		if (other == o)
			return err_set(err, ERR_USAGE, "--%s is given twice", o->name);
		if (o->group && other->group == o->group)
			return err_set(err, ERR_USAGE, "--%s and --%s exclude each other",
				other->name, o->name);
	}
	assert(in->given_n < OPTIONS_MAX);
	in->given[in->given_n++] = (struct given){ o, value };
	return 0;
}

/* Take the option in words[0]. Returns of how many words it is, or -1. */
static int take_option(struct input *in, char *const *words, size_t n, struct err *err)
{
	_cleanup_(freep) char *name = NULL;
	const struct opt *o = NULL;
	const char *value;
	int used = 1, hits;

	if (!strcmp(words[0], "-h"))
		return give(in, help_option, "", err) < 0 ? -1 : 1;
	name = xstrdup(words[0] + (words[0][1] == '-' ? 2 : 1));
	name[strcspn(name, "=")] = '\0';
	hits = words[0][1] == '-' ? option_find(in->command, name, &o) : 0;
	if (hits < 0)
		return ambiguous_option(in->command, name, err);
	if (!hits)
		return no_such_option(in->command, words[0], name, err);
	value = strchr(words[0], '=');
	if (value && !o->value)
		return err_set(err, ERR_USAGE, "--%s takes no value", o->name);
	if (value) {
		value++;
	} else if (o->value) {
		if (n < 2)
			return err_set(err, ERR_USAGE, "--%s needs a value: %s", o->name, o->value);
		value = words[1];
		used = 2;
	}
	return give(in, o, value ? value : "", err) < 0 ? -1 : used;
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

static const struct arg *arg_at(const struct command *c, size_t i)
{
	const struct arg *a = c->args ? c->args + i : NULL;

	return a && a->name ? a : NULL;
}

static bool is_required(const struct arg *a)
{
	return !(a->flags & ARG_OPTIONAL);
}

static int bad_arity(const struct command *c, struct err *err)
{
	struct strbuf usage = STRBUF_INIT;

	help_usage(c, &usage);
	err_hint(err, "; usage: %s", usage.s);
	strbuf_done(&usage);
	return -1;
}

/* Deal the words out. Each required argument gets one. The words that are left over go to the optional arguments from left to
 * right, but an argument with ARG_MANY takes all of them. */
static int deal(struct input *in, struct err *err)
{
	const struct arg *a;
	size_t required = 0, extra, at = 0;

	for (size_t i = 0; (a = arg_at(in->command, i)) != NULL; i++) {
		assert(i < ARGS_MAX);
		if (is_required(a) && ++required > in->n) {
			err_set(err, ERR_USAGE, "<%s> is missing", a->name);
			return bad_arity(in->command, err);
		}
	}
	extra = in->n - required;
	for (size_t i = 0; (a = arg_at(in->command, i)) != NULL; i++) {
		size_t more = a->flags & ARG_MANY ? extra : extra && !is_required(a) ? 1 : 0;

		in->args[i] = (struct arg_range){ at, (is_required(a) ? 1 : 0) + more };
		extra -= more;
		at += in->args[i].n;
	}
	if (!extra)
		return 0;
	err_set(err, ERR_USAGE, "'%s' is one argument too many", in->words[at]);
	return bad_arity(in->command, err);
}

bool input_arg_fits(const struct command *c, size_t i, size_t position)
{
	size_t required = 0;
	bool many = false;

	for (size_t j = 0; j < i; j++) {
		required += is_required(&c->args[j]);
		many = many || c->args[j].flags & ARG_MANY;
	}
	many = many || c->args[i].flags & ARG_MANY;
	return position >= required && (many || position <= i);
}

static int check_count(const char *what, const char *text, struct err *err)
{
	if (text_is_of(text, "0123456789", NUMBER_DIGITS_MAX))
		return 0;
	return err_set(err, ERR_USAGE, "%s '%s' is not a whole number", what, text);
}

/* Check the name of a new thing. The command's path begins with what it is: "queue add". */
static int check_new_name(const struct command *c, const char *text, struct err *err)
{
	char noun[24];

	snprintf(noun, sizeof(noun), "%.*s", (int)strcspn(c->path, " "), c->path);
	return check_name(noun, text, err);
}

/* Check a word. The message calls its place `what`: "--for" or "<user>". */
static int check(const struct command *c, enum arg_type type, const char *what, const char *text,
	struct err *err)
{
	int64_t seconds;

	switch (type) {
	case ARG_NUMBER: return check_count(what, text, err);
	case ARG_NEW_NAME: return check_new_name(c, text, err);
	case ARG_DURATION: return when_duration(text, &seconds, err);
	case ARG_COLUMNS: return out_check_columns(c->columns, text, err);
	case ARG_EDIT:
		if (strchr(text, '='))
			return 0;
		return err_set(err, ERR_USAGE, "'%s' is not of the form key=value", text);
	default: return 0;
	}
}

static int check_all(const struct input *in, struct err *err)
{
	const struct arg *a;

	for (size_t i = 0; i < in->given_n; i++) {
		const struct opt *o = in->given[i].opt;
		char what[40];

		snprintf(what, sizeof(what), "--%s", o->name);
		if (o->value && check(in->command, o->type, what, in->given[i].value, err) < 0)
			return o->type == ARG_DURATION ? err_wrap(err, "%s", what) : -1;
	}
	for (size_t i = 0; (a = arg_at(in->command, i)) != NULL; i++) {
		for (size_t w = 0; w < in->args[i].n; w++) {
			const char *text = in->words[in->args[i].start + w];

			if (check(in->command, a->type, a->name, text, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int check_time(const char *text, const struct zone *z, int64_t now, struct err *err)
{
	int64_t at;

	return when_time(text, z, now, &at, err);
}

int input_check_times(const struct input *in, const struct zone *z, int64_t now, struct err *err)
{
	const struct arg *a;

	for (size_t i = 0; i < in->given_n; i++) {
		const struct opt *o = in->given[i].opt;

		if (o->type == ARG_TIME && check_time(in->given[i].value, z, now, err) < 0)
			return err_wrap(err, "--%s", o->name);
	}
	for (size_t i = 0; (a = arg_at(in->command, i)) != NULL; i++) {
		for (size_t w = 0; a->type == ARG_TIME && w < in->args[i].n; w++) {
			if (check_time(in->words[in->args[i].start + w], z, now, err) < 0)
				return -1;
		}
	}
	return 0;
}

int input_parse_leading(const struct command *c, char *const *words, size_t n, size_t *ret_used,
	struct input **ret, struct err *err)
{
	_cleanup_(input_freep) struct input *in = xcalloc(1, sizeof(*in));
	size_t i = 0;

	in->command = c;
	while (i < n && is_option(words[i]) && strcmp(words[i], "--") != 0) {
		int used = take_option(in, words + i, n - i, err);

		if (used < 0)
			return -1;
		i += (size_t)used;
	}
	*ret_used = i;
	*ret = TAKE_PTR(in);
	return 0;
}

int input_parse(
	const struct command *c, char *const *words, size_t n, struct input **ret, struct err *err)
{
	_cleanup_(input_freep) struct input *in = xcalloc(1, sizeof(*in));
	bool options = true;

	in->command = c;
	in->words = xcalloc(n + 1, sizeof(*in->words));
	for (size_t i = 0; i < n;) {
		int used = 1;

		if (options && !strcmp(words[i], "--"))
			options = false;
		else if (!options || !is_option(words[i]))
			in->words[in->n++] = words[i];
		else if ((used = take_option(in, words + i, n - i, err)) < 0)
			return -1;
		i += (size_t)used;
	}
	if (!input_has(in, "help") && (deal(in, err) < 0 || check_all(in, err) < 0))
		return -1;
	*ret = TAKE_PTR(in);
	return 0;
}

void input_free(struct input *in)
{
	if (!in)
		return;
	free(in->words);
	free(in);
}

const char *input_arg(const struct input *in, size_t i)
{
	return i < ARGS_MAX && in->args[i].n ? in->words[in->args[i].start] : NULL;
}

const char *const *input_many(const struct input *in, size_t *ret_n)
{
	const struct arg *a;

	*ret_n = 0;
	for (size_t i = 0; (a = arg_at(in->command, i)) != NULL; i++) {
		if (a->flags & ARG_MANY) {
			*ret_n = in->args[i].n;
			return in->words + in->args[i].start;
		}
	}
	return NULL;
}

const char *input_opt(const struct input *in, const char *name)
{
	for (size_t i = 0; i < in->given_n; i++) {
		if (!strcmp(in->given[i].opt->name, name))
			return in->given[i].value;
	}
	return NULL;
}

bool input_has(const struct input *in, const char *name)
{
	return input_opt(in, name) != NULL;
}
