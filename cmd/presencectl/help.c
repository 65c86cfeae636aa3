/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/help.h"

#include <string.h>

#include "cmd/presencectl/option.h"
#include "lib/base/mem.h"
#include "lib/presence/noun-keys.h"
#include "lib/calls/rule.h"

enum { WIDTH = 80, TERM_MAX = 24 };

static const struct usage_style plain = { { "", "" }, { "", "" }, { "<", ">" } };

/* What a word of each type is. */
static const char *const types[] = {
	[ARG_TEXT] = "text",
	[ARG_WHO] = "a user, an extension, @group or all",
	[ARG_NAME] = "a user, an extension, @group, mode, queue, schedule or calendar; all",
	[ARG_USER] = "a user or an extension",
	[ARG_MODE] = "a mode or its alias",
	[ARG_GROUP] = "a group, without @",
	[ARG_QUEUE] = "a queue, or queue@pbx if several PBXs have it",
	[ARG_SCHEDULE] = "a schedule",
	[ARG_CALENDAR] = "a calendar",
	[ARG_SOURCE] = "a calendar, or a file of iCalendar data",
	[ARG_PERIOD] = "business, break, outside, holiday (open, closed); auto",
	[ARG_ZONE] = "a time zone: Europe/Stockholm",
	[ARG_HOLIDAYS] = "the code of a country or region: se, de-by",
	[ARG_PBX] = "a PBX of the configuration",
	[ARG_NEW_NAME] = "a new name: letters, digits, '.', '_' and '-', at most 40",
	[ARG_KEY] = "a key, see below",
	[ARG_EDIT] = "a key and its value, see below",
	[ARG_RULE] = "a call rule, see below",
	[ARG_RULE_EDIT] = "a call rule and its value, see below",
	[ARG_COMMAND] = "a command, or the first word of several",
	[ARG_COLUMNS] = "columns, separated by commas",
	[ARG_DURATION] = "a duration: 45s, 90m, 1h30m, 3d, 2w",
	[ARG_TIME] = "a time: 17:30, tomorrow 09:00, mon 09:00, 2026-12-24 12:00, -2h (ago)",
	[ARG_NUMBER] = "a whole number",
	[ARG_FILE] = "a file",
	[ARG_PRESET] = "a set of modes: freepbx",
	[ARG_CALL] = "who places the call",
	[ARG_PHONE] = "what phones do with it",
	[ARG_PHONES] = "what phones do with it, or each of them",
};
_Static_assert(ARRAY_SIZE(types) == ARG_TYPE_COUNT, "a text for each type");

/* Print text from column `at` on, wrapped. Further lines begin at column `indent`. */
static void wrap(FILE *to, const char *text, size_t at, size_t indent)
{
	const char *p = text + strspn(text, " \n"), *first = p;
	size_t column = at;

	while (*p) {
		size_t len = strcspn(p, " \n");

		if (p != first && column + 1 + len > WIDTH) {
			fprintf(to, "\n%*s", (int)indent, "");
			column = indent;
		} else if (p != first) {
			fputc(' ', to);
			column++;
		}
		fprintf(to, "%.*s", (int)len, p);
		column += len;
		p += len;
		p += strspn(p, " \n");
	}
	fputc('\n', to);
}

/* Print paragraphs. They are filled; a paragraph that begins with a blank stays as it is. */
static void paragraphs(FILE *to, const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t len = end ? (size_t)(end - text) : strlen(text);
		_cleanup_(freep) char *one = xstrndup(text, len);

		fputc('\n', to);
		if (*one == ' ' || *one == '\t')
			fprintf(to, "%s\n", one);
		else
			wrap(to, one, 0, 0);
		text += len;
		text += strspn(text, "\n");
	}
}

/* Print "  term   text", with the text in its own column. */
static void print_term(FILE *to, size_t term_width, const char *term, const char *text)
{
	size_t indent = 2 + term_width + 2, len = strlen(term);

	fprintf(to, "  %s", term);
	if (len > term_width) {
		fputc('\n', to);
		len = 0;
		fprintf(to, "%*s", (int)indent, "");
	} else {
		fprintf(to, "%*s", (int)(indent - 2 - len), "");
	}
	wrap(to, text, indent, indent);
}

static void add(struct strbuf *to, const char *const around[2], const char *text)
{
	strbuf_adds(to, around[0]);
	strbuf_adds(to, text);
	strbuf_adds(to, around[1]);
}

static void add_option(struct strbuf *to, const struct usage_style *style, const struct opt *o)
{
	_cleanup_(freep) char *name = NULL;
	struct strbuf dashed = STRBUF_INIT;

	strbuf_addf(&dashed, "--%s", o->name);
	name = strbuf_take(&dashed);
	add(to, style->word, name);
	if (o->value) {
		strbuf_addc(to, ' ');
		add(to, style->value, o->value);
	}
}

static bool is_first_of_group(const struct command *c, const struct opt *o)
{
	for (const struct opt *p = c->opts; p < o; p++) {
		if (p->group == o->group)
			return false;
	}
	return true;
}

void help_usage_parts(const struct command *c, const struct usage_style *style, struct strbuf *to)
{
	struct strbuf program = STRBUF_INIT;

	strbuf_addf(&program, "%s%s%s", PROGRAM, *c->path ? " " : "", c->path);
	add(to, style->word, program.s);
	strbuf_done(&program);
	for (const struct opt *o = c->opts; o && o->name; o++) {
		if (o->group && !is_first_of_group(c, o))
			continue;
		strbuf_adds(to, "\n[");
		add_option(to, style, o);
		for (const struct opt *p = o + 1; o->group && p->name; p++) {
			if (p->group == o->group) {
				strbuf_adds(to, " | ");
				add_option(to, style, p);
			}
		}
		strbuf_addc(to, ']');
	}
	for (const struct arg *a = c->args; a && a->name; a++) {
		strbuf_adds(to, a->flags & ARG_OPTIONAL ? "\n[" : "\n");
		add(to, style->arg, a->name);
		strbuf_adds(to, a->flags & ARG_MANY ? "..." : "");
		strbuf_adds(to, a->flags & ARG_OPTIONAL ? "]" : "");
	}
}

void help_usage(const struct command *c, struct strbuf *to)
{
	size_t start = to->len;

	help_usage_parts(c, &plain, to);
	for (char *p = to->s + start; *p; p++)
		*p = *p == '\n' ? ' ' : *p;
}

/* Print the usage. Lines are broken between its parts and aligned behind the command. */
static void print_usage(const struct command *c, FILE *to)
{
	struct strbuf parts = STRBUF_INIT;
	size_t column = strlen("usage: "), indent = column;
	char *rest, *part;
	size_t widest = 0;

	help_usage_parts(c, &plain, &parts);
	for (const char *p = strchr(parts.s, '\n'); p; p = strchr(p, '\n')) {
		size_t len = strcspn(++p, "\n");

		widest = len > widest ? len : widest;
	}
	fputs("usage: ", to);
	rest = parts.s;
	while ((part = strsep(&rest, "\n")) != NULL) {
		size_t len = strlen(part);

		if (part == parts.s) {
			indent += indent + len + 1 + widest <= WIDTH ? len : 4;
		} else if (column + 1 + len > WIDTH) {
			fprintf(to, "\n%*s", (int)indent + 1, "");
			column = indent + 1;
		} else {
			fputc(' ', to);
			column++;
		}
		fputs(part, to);
		column += len;
	}
	fputc('\n', to);
	strbuf_done(&parts);
}

static void print_option(const struct opt *o, FILE *to)
{
	struct strbuf term = STRBUF_INIT;

	add_option(&term, &plain, o);
	print_term(to, TERM_MAX, term.s, o->help);
	strbuf_done(&term);
}

static size_t path_width(const struct node *at)
{
	size_t width = 0;

	for (const struct command *const *c = commands; *c; c++) {
		if (!(*c)->hidden && path_covers(at, *c) && strlen((*c)->path) > width)
			width = strlen((*c)->path);
	}
	return width;
}

/* Whether a blank line stands between two commands: a noun with its verbs is a block. */
static bool new_block(const char *before, const char *path)
{
	size_t a = strcspn(before, " "), b = strcspn(path, " ");

	if (!before[a] && !path[b])
		return false;
	return a != b || strncmp(before, path, a) != 0;
}

void help_overview(const struct node *at, FILE *to)
{
	const char *before = NULL;
	size_t width = path_width(at);

	if (at->len)
		fprintf(to, "usage: %s %.*s <command> ...\n\n", PROGRAM, (int)at->len, at->path);
	else
		fprintf(to, "usage: %s [<option>...] <command> [<argument>...]\n\n", PROGRAM);
	for (const struct command *const *c = commands; *c; c++) {
		if ((*c)->hidden || !path_covers(at, *c))
			continue;
		if (before && new_block(before, (*c)->path))
			fputc('\n', to);
		print_term(to, width, (*c)->path, (*c)->summary);
		before = (*c)->path;
	}
	if (!at->len) {
		fputs("\nOptions before the command:\n", to);
		for (const struct opt *o = global_options; o->name; o++)
			print_option(o, to);
	}
	fprintf(to, "\nMore: %s help <command>, and the man page presencectl(1).\n", PROGRAM);
}

static void print_args(const struct command *c, FILE *to)
{
	if (!c->args || !c->args->name)
		return;
	fputs("\nArguments:\n", to);
	for (const struct arg *a = c->args; a->name; a++) {
		struct strbuf term = STRBUF_INIT;

		strbuf_addf(&term, "<%s>", a->name);
		print_term(to, TERM_MAX, term.s, types[a->type]);
		strbuf_done(&term);
	}
}

static void print_keys(const char *heading, const struct keys *keys, FILE *to)
{
	fprintf(to, "\n%s:\n", heading);
	for (const struct key *k = keys->list; k->name; k++) {
		_cleanup_(strbuf_done) struct strbuf title = STRBUF_INIT, text = STRBUF_INIT;

		key_title(k, &title);
		if (k->type == &key_destination)
			strbuf_adds(&text, k->help);
		else
			key_help(k, &text);
		print_term(to, TERM_MAX, title.s, text.s);
	}
}

static void print_rules(FILE *to)
{
	print_keys("Call rules", &rule_keys, to);
	fputs("\nCalls go to: ", to);
	wrap(to, rule_table[RULE_INTERNAL_ALWAYS].values, strlen("Calls go to: "), 0);
}

static void print_columns(const struct command *c, FILE *to)
{
	if (!c->columns)
		return;
	fputs("\nColumns:\n", to);
	for (const struct column *col = c->columns; col->name; col++) {
		struct strbuf text = STRBUF_INIT;

		strbuf_addf(&text, "%s%s", col->help,
			col->flags & COLUMN_HIDDEN ? " (with --output, --json or --csv)" : "");
		print_term(to, TERM_MAX, col->name, text.s);
		strbuf_done(&text);
	}
}

/* The commands below this one: log has log verify. */
static void print_below(const struct command *c, FILE *to)
{
	struct node at = { c->path, strlen(c->path), 1, "" };
	size_t width = path_width(&at), n = 0;

	for (const struct command *const *b = commands; *b; b++) {
		if ((*b)->hidden || !path_covers(&at, *b) || *b == c)
			continue;
		fputs(n++ ? "" : "\nCommands:\n", to);
		print_term(to, width, (*b)->path, (*b)->summary);
	}
}

void help_command(const struct command *c, FILE *to)
{
	const struct opt *o;

	print_usage(c, to);
	fputc('\n', to);
	wrap(to, c->summary, 0, 0);
	if (c->details)
		paragraphs(to, c->details);
	print_args(c, to);
	fputs("\nOptions:\n", to);
	for (size_t i = 0; (o = option_at(c, i)) != NULL; i++)
		print_option(o, to);
	if (c->keys)
		print_keys("Keys", c->keys, to);
	if (c->rules)
		print_rules(to);
	print_columns(c, to);
	print_below(c, to);
	fputs("\nThe exit statuses are in presencectl(1).\n", to);
}
