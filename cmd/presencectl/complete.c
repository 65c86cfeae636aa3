/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/complete.h"

#include <dirent.h>
#include <string.h>

#include "cmd/presencectl/candidates.h"
#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/help.h"
#include "cmd/presencectl/input.h"
#include "cmd/presencectl/option.h"
#include "cmd/presencectl/path.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/base/text.h"
#include "lib/base/words.h"
#include "lib/binding/owner.h"
#include "lib/calls/route.h"
#include "lib/presence/noun-keys.h"
#include "lib/store/user.h"

enum { GIVEN_MAX = 32 };

/* One completion under way. */
struct job {
	struct ctl *ctl;
	struct candidates *list;
	const struct command *command;
	const char *rest;       /* the part of the word that candidates must begin with */
	struct strbuf lead;     /* the part of the word before it: "--for=", "user," */
	char *const *arguments; /* the words before this one that are not options */
	size_t arguments_n;
	const struct opt *given[GIVEN_MAX];
	size_t given_n;
};

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* The one door of all candidates: shells and terminals print them. A value that would not print as it is would not be the value any
 * more, so it is left out. What was typed before it is printed too. */
static void add(void *data, const char *value, const char *description)
{
	_cleanup_(strbuf_done) struct strbuf whole = STRBUF_INIT;
	struct job *job = data;
	struct candidates *list = job->list;
	struct candidate *c;

	if (!begins(value, job->rest))
		return;
	for (size_t i = 0; i < job->arguments_n && !job->lead.len; i++) {
		if (!strcmp(job->arguments[i], value))
			return;
	}
	strbuf_add(&whole, job->lead.s, job->lead.len);
	strbuf_adds(&whole, value);
	if (!text_is_utf8(whole.s) || text_has_control(whole.s))
		return;
	list->c = mem_grow(list->c, &list->cap, list->n + 1, sizeof(*list->c));
	c = &list->c[list->n++];
	*c = (struct candidate){ strbuf_take(&whole), xstrdup(description ? description : "") };
	text_tame(c->description);
}

/* Move the first `n` bytes of the word to its settled part. */
static void settle(struct job *job, size_t n)
{
	strbuf_add(&job->lead, job->rest, n);
	job->rest += n;
}

static void add_commands(struct job *job, const struct node *at)
{
	struct node below[PATH_BELOW_MAX], verbs[PATH_BELOW_MAX];
	size_t n = path_below(at, false, below);

	for (size_t i = 0; i < n; i++) {
		const struct command *c = path_command(&below[i]);
		struct strbuf text = STRBUF_INIT;
		size_t verbs_n = c ? 0 : path_below(&below[i], false, verbs);

		strbuf_adds(&text, c ? c->summary : "");
		for (size_t v = 0; v < verbs_n; v++)
			strbuf_addf(&text, "%s%s", v ? ", " : "", verbs[v].word);
		add(job, below[i].word, text.s);
		strbuf_done(&text);
	}
}

static void add_below(struct job *job)
{
	struct node at = { 0 };

	for (size_t i = 0; i < job->arguments_n; i++) {
		if (path_step(&at, job->arguments[i], NULL) <= 0)
			return;
	}
	add_commands(job, &at);
}

/* Whether a word before this one gives the key already. A key with parts may be given many times. */
static bool is_given(const struct job *job, const struct keys *keys, const struct key *k)
{
	for (size_t i = 0; i < job->arguments_n && !k->type->parts; i++) {
		const char *word = job->arguments[i];
		size_t n = strcspn(word, "=");

		if (word[n] && keys_of(keys, word, n) == k)
			return true;
	}
	return false;
}

struct part_words {
	struct job *job;
	const struct key *key;
	const char *behind;
};

static void add_part(void *data, const char *part, const char *description)
{
	const struct part_words *to = data;
	_cleanup_(strbuf_done) struct strbuf word = STRBUF_INIT;

	strbuf_addf(&word, "%s.%s%s", to->key->name, part, to->behind);
	add(to->job, word.s, description);
}

/* The parts that can be named, once the word has come to the dot. */
static void add_parts(struct job *job, const struct key *k, const char *behind)
{
	size_t n = strlen(k->name);

	if (begins(job->rest, k->name) && job->rest[n] == '.')
		candidates_get(job->ctl, ARG_KEY, k, job->rest + n + 1, add_part,
			&(struct part_words){ job, k, behind });
}

static void add_keys(struct job *job, const struct keys *keys, const char *behind)
{
	for (const struct key *k = keys ? keys->list : NULL; k && k->name; k++) {
		const struct key_parts *parts = k->type->parts;
		_cleanup_(strbuf_done) struct strbuf word = STRBUF_INIT;

		if (parts)
			add_parts(job, k, behind);
		strbuf_addf(
			&word, "%s%s", k->name, parts && (parts->needed || *behind) ? "." : behind);
		if (!is_given(job, keys, k))
			add(job, word.s, k->help);
	}
}

/* Whether the word is about one of these keys. */
static bool add_edits(struct job *job, const struct keys *keys)
{
	const char *equals = strchr(job->rest, '='), *value;
	const struct key *k;
	size_t i = 0;

	if (!equals)
		add_keys(job, keys, "=");
	k = equals && keys ? keys_of(keys, job->rest, (size_t)(equals - job->rest)) : NULL;
	if (!k)
		return false;
	if ((k->type == &key_calendars || k->type == &key_closures) && strrchr(equals, ','))
		equals = strrchr(equals, ',');
	settle(job, (size_t)(equals - job->rest) + 1);
	for (; (value = key_candidate(k, i)) != NULL; i++)
		add(job, value, NULL);
	if (!i)
		candidates_get(job->ctl, ARG_EDIT, k, job->rest, add, job);
	return true;
}

static bool is_listed(const char *list, size_t len, const char *name)
{
	size_t n = strlen(name);

	for (const char *end = list + len; list < end; list += strcspn(list, ",") + 1) {
		if (strcspn(list, ",") == n && !strncasecmp(list, name, n))
			return true;
	}
	return false;
}

static void add_columns(struct job *job)
{
	const char *comma = strrchr(job->rest, ','), *start = job->rest;

	settle(job, comma ? (size_t)(comma - job->rest) + 1 : 0);
	for (const struct column *c = job->command->columns; c && c->name; c++) {
		_cleanup_(freep) char *name = xstrdup(c->name);

		for (char *p = name; *p; p++)
			*p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
		if (!is_listed(start, (size_t)(job->rest - start), name))
			add(job, name, c->help);
	}
}

static void add_files(struct job *job)
{
	const char *slash = strrchr(job->rest, '/');
	_cleanup_(freep) char *dir =
		slash ? xstrndup(job->rest, (size_t)(slash - job->rest) + 1) : xstrdup(".");
	struct dirent *e;
	DIR *d;

	owner_suspend();
	d = opendir(dir);
	owner_resume();
	settle(job, slash ? strlen(dir) : 0);
	while (d && (e = readdir(d)) != NULL) {
		struct strbuf name = STRBUF_INIT;

		strbuf_addf(&name, "%s%s", e->d_name, e->d_type == DT_DIR ? "/" : "");
		/* Without its folder, a name that begins with '-' would be an option. */
		if ((e->d_name[0] != '.' || job->rest[0] == '.') && (slash || e->d_name[0] != '-'))
			add(job, name.s, NULL);
		strbuf_done(&name);
	}
	if (d)
		closedir(d);
}

static void add_fixed(struct job *job, const char *const *values)
{
	for (; *values; values++)
		add(job, *values, NULL);
}

static void add_states(struct job *job)
{
	for (int i = 0; i < PHONE_STATE_COUNT; i++)
		add(job, phone_state_name((enum phone_state)i), NULL);
}

/* Complete "desk=busy,app=idle" with the devices of the user who was named before. */
static void add_phones(struct job *job)
{
	const char *comma = strrchr(job->rest, ','), *equals;
	struct user u = { 0 };
	struct err err;

	settle(job, comma ? (size_t)(comma - job->rest) + 1 : 0);
	equals = strchr(job->rest, '=');
	settle(job, equals ? (size_t)(equals - job->rest) + 1 : 0);
	add_states(job);
	if (equals || !job->arguments_n || ctl_open(job->ctl, NEED_STORE, &err) < 0 ||
		store_user_find(job->ctl->store, job->arguments[job->arguments_n - 1], &u, &err) <
			0)
		return;
	for (size_t i = 0; i < u.devices_n; i++) {
		_cleanup_(strbuf_done) struct strbuf word = STRBUF_INIT;

		strbuf_addf(&word, "%s=", u.devices[i].name);
		add(job, word.s, u.devices[i].dial);
	}
}

static void add_values(struct job *job, enum arg_type type)
{
	static const char *const durations[] = { "15m", "30m", "1h", "2h", "4h", "1d", "1w", NULL };
	static const char *const times[] = { "now", "today", "tomorrow", "yesterday", "monday",
		"tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL };

	const struct keys *rules = job->command->rules ? &rule_keys : NULL;

	switch (type) {
	case ARG_KEY:
		add_keys(job, job->command->keys, "");
		add_keys(job, rules, "");
		break;
	case ARG_EDIT:
		if (!add_edits(job, job->command->keys))
			add_edits(job, rules);
		break;
	case ARG_RULE: add_keys(job, &rule_keys, ""); break;
	case ARG_RULE_EDIT: add_edits(job, &rule_keys); break;
	case ARG_COMMAND: add_below(job); break;
	case ARG_COLUMNS: add_columns(job); break;
	case ARG_FILE: add_files(job); break;
	case ARG_SOURCE:
		candidates_get(job->ctl, ARG_CALENDAR, NULL, job->rest, add, job);
		if (*job->rest)
			add_files(job);
		break;
	case ARG_DURATION: add_fixed(job, durations); break;
	case ARG_TIME: add_fixed(job, times); break;
	case ARG_CALL:
		for (int i = 0; i < CALL_KIND_COUNT; i++)
			add(job, call_kind_name((enum call_kind)i), NULL);
		break;
	case ARG_PHONE: add_states(job); break;
	case ARG_PHONES: add_phones(job); break;
	case ARG_TEXT:
	case ARG_NUMBER:
	case ARG_NEW_NAME: break;
	default:
		/* A file can stand in the place of a calendar. */
		if (type == ARG_CALENDAR && strchr(job->rest, '/'))
			add_files(job);
		else
			candidates_get(job->ctl, type, NULL, job->rest, add, job);
	}
}

static bool is_excluded(const struct job *job, const struct opt *o)
{
	for (size_t i = 0; i < job->given_n; i++) {
		if (job->given[i] == o || (o->group && job->given[i]->group == o->group))
			return true;
	}
	return false;
}

static void add_options(struct job *job)
{
	const struct opt *o;

	for (size_t i = 0; (o = option_at(job->command, i)) != NULL; i++) {
		struct strbuf name = STRBUF_INIT;

		strbuf_addf(&name, "--%s", o->name);
		if (!is_excluded(job, o))
			add(job, name.s, o->help);
		strbuf_done(&name);
	}
}

/* The option in `word`. *ret_value is what follows its '=', or NULL. */
static const struct opt *option_of(
	const struct command *c, const char *word, const char **ret_value)
{
	_cleanup_(freep) char *name = xstrdup(begins(word, "--") ? word + 2 : "");
	const struct opt *o = NULL;
	char *equals = strchr(name, '=');

	*ret_value = equals ? strchr(word, '=') + 1 : NULL;
	if (equals)
		*equals = '\0';
	return option_find(c, name, &o) == 1 ? o : NULL;
}

static void note_option(struct job *job, const struct opt *o)
{
	if (o && job->given_n < GIVEN_MAX)
		job->given[job->given_n++] = o;
}

/* Complete a last word that is an option, or an option with '=' and a value. */
static void add_option_word(struct job *job)
{
	const char *value;
	const struct opt *o = option_of(job->command, job->rest, &value);

	if (!value) {
		add_options(job);
	} else if (o && o->value) {
		settle(job, (size_t)(value - job->rest));
		add_values(job, o->type);
	}
}

static void add_arguments(struct job *job)
{
	const struct arg *args = job->command->args;
	bool any = false;

	for (size_t i = 0; args && args[i].name; i++) {
		const char *rest = job->rest;

		if (!input_arg_fits(job->command, i, job->arguments_n))
			continue;
		any = true;
		add_values(job, args[i].type);
		job->rest = rest;
		strbuf_cut(&job->lead, 0);
	}
	if (!any)
		add_options(job);
}

/* Complete the last of the words 0 to n - 1, which follow the command's path. */
static void complete_command(struct job *job, char *const *words, size_t n)
{
	_cleanup_(freep) char **arguments = xcalloc(n, sizeof(*arguments));
	const struct opt *waiting = NULL;
	bool options = true;

	job->arguments = arguments;
	for (size_t i = 0; i + 1 < n; i++) {
		const char *value = NULL;
		const struct opt *o = NULL;

		if (waiting) {
			waiting = NULL;
		} else if (!options || words[i][0] != '-' || !words[i][1]) {
			arguments[job->arguments_n++] = words[i];
		} else if (!strcmp(words[i], "--")) {
			options = false;
		} else {
			o = option_of(job->command, words[i], &value);
			note_option(job, o);
			waiting = o && o->value && !value ? o : NULL;
		}
	}
	job->rest = words[n - 1];
	if (waiting)
		add_values(job, waiting->type);
	else if (options && words[n - 1][0] == '-')
		add_option_word(job);
	else
		add_arguments(job);
	job->arguments = NULL;
	job->arguments_n = 0;
}

static void complete_path(struct job *job, char *const *words, size_t n)
{
	struct node at = { 0 };
	size_t i = 0;

	for (; i + 1 < n; i++) {
		int step = words[i][0] == '-' ? 0 : path_step(&at, words[i], NULL);

		if (step < 0)
			return;
		if (!step)
			break;
	}
	job->rest = words[n - 1];
	if (i + 1 == n && *job->rest != '-')
		add_commands(job, &at);
	job->command = path_command(&at);
	if (job->command)
		complete_command(job, words + i, n - i);
}

/* Complete a line that begins with presencectl and may have options before the command. */
static void complete_program(struct job *job, char *const *words, size_t n)
{
	static const struct command program = { .path = "", .opts = global_options };
	size_t i = 1;

	for (; i < n && words[i][0] == '-'; i++) {
		const char *value;
		const struct opt *o = option_of(&program, words[i], &value);

		job->command = &program;
		job->rest = words[i];
		if (i + 1 == n) {
			add_option_word(job);
			return;
		}
		note_option(job, o);
		if (!o || !o->value)
			continue;
		if (!value && i + 2 == n) {
			job->rest = words[n - 1];
			add_values(job, o->type);
			return;
		}
		if (!value)
			value = words[++i];
		if (!strcmp(o->name, "config"))
			job->ctl->conf_path = value;
		if (!strcmp(o->name, "db"))
			job->ctl->db_path = value;
	}
	job->given_n = 0;
	if (i < n)
		complete_path(job, words + i, n - i);
}

void complete_line(struct ctl *ctl, const char *line, bool program, struct candidates *ret)
{
	struct job job = { .ctl = ctl, .list = ret, .lead = STRBUF_INIT };
	const char *conf_path = ctl->conf_path, *db_path = ctl->db_path;
	struct words words;

	words_partial(line, &words);
	*ret = (struct candidates){ .tail = words.tail, .quote = words.quote };
	if (program)
		complete_program(&job, words.w, words.n);
	else
		complete_path(&job, words.w, words.n);
	ctl->conf_path = conf_path;
	ctl->db_path = db_path;
	strbuf_done(&job.lead);
	words_done(&words);
}

void candidates_done(struct candidates *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->c[i].value);
		free(c->c[i].description);
	}
	free(c->c);
	*c = (struct candidates){ 0 };
}
