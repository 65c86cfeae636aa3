/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Print the parts of the manual that stand in tables, such as commands and settings, as scdoc source. */
#include <ctype.h>
#include <string.h>

#include "cmd/presencectl/findings.h"
#include "cmd/presencectl/help.h"
#include "cmd/presencectl/input.h"
#include "lib/base/mem.h"
#include "lib/binding/conf.h"
#include "lib/calls/entry.h"
#include "lib/presence/noun-keys.h"
#include "lib/calls/rule.h"

static const struct usage_style bold = { { "*", "*" }, { "_", "_" }, { "_", "_" } };

static const struct {
	int status;
	const char *text;
} statuses[] = {
	{ 0, "Done." },
	{ 1, "Failed: it was tried and did not work." },
	{ 2, "The words of the command are wrong; nothing was tried." },
	{ 3, "There is no user, mode, group or PBX of that name." },
	{ 4, "Recorded, but the PBX does not know it yet: it or *presenced*(8) is away." },
	{ 5, "The configuration or the database is unusable." },
};

static void text(FILE *to, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strchr("\\*_#`~[]|<>", s[i]))
			fputc('\\', to);
		fputc(s[i], to);
	}
}

/* Print a summary or help text as a sentence. In the table it has no capital and no full stop. */
static void sentence(FILE *to, const char *s)
{
	char first = (char)toupper((unsigned char)*s);

	text(to, &first, 1);
	text(to, s + 1, strlen(s) - 1);
	fputs(".\n", to);
}

/* Print one paragraph of `len` bytes, each line indented. Its own indentation is dropped. A literal one is not escaped. */
static void lines(FILE *to, const char *s, size_t len, bool literal)
{
	const char *end = s + len;

	while (s < end) {
		size_t skip = strspn(s, " \t"), n = strcspn(s + skip, "\n");

		fputc('\t', to);
		if (literal)
			fprintf(to, "%.*s", (int)n, s + skip);
		else
			text(to, s + skip, n);
		fputc('\n', to);
		s += skip + n + 1;
	}
}

static void paragraphs(FILE *to, const char *s)
{
	while (*s) {
		const char *end = strstr(s, "\n\n");
		size_t len = end ? (size_t)(end - s) : strlen(s);
		bool literal = *s == ' ' || *s == '\t';

		fputs(literal ? "\n\t```\n" : "\n", to);
		lines(to, s, len, literal);
		fputs(literal ? "\t```\n" : "", to);
		s += len;
		s += strspn(s, "\n");
	}
}

static void option(FILE *to, const char *indent, const struct opt *o)
{
	fprintf(to, "\n%s*--%s*", indent, o->name);
	if (o->value)
		fprintf(to, " _%s_", o->value);
	fprintf(to, "\n%s\t", indent);
	sentence(to, o->help);
}

static void keys(FILE *to, const struct keys *keys)
{
	if (keys)
		fputs("\n\tKeys:\n\n", to);
	for (const struct key *k = keys ? keys->list : NULL; k && k->name; k++) {
		_cleanup_(strbuf_done) struct strbuf title = STRBUF_INIT, help = STRBUF_INIT;

		key_title(k, &title);
		key_help(k, &help);
		fprintf(to, "\t- *%s*: ", title.s);
		text(to, help.s, help.len);
		fputc('\n', to);
	}
}

/* A key as a paragraph of its own. */
static void definition(FILE *to, const char *title, const struct key *k)
{
	_cleanup_(strbuf_done) struct strbuf line = STRBUF_INIT;

	if (k->type == &key_destination)
		strbuf_adds(&line, "a destination");
	else
		key_values(k, &line);
	fprintf(to, "*%s*\n\t", title);
	sentence(to, k->help);
	if (line.len) {
		fputs("\tValues: ", to);
		text(to, line.s, line.len);
		fputs(".\n", to);
	}
	if (k->fallback && *k->fallback) {
		fputs("\tDefault: ", to);
		text(to, k->fallback, strlen(k->fallback));
		fputs(".\n", to);
	}
	if (!k->fallback && !k->type->parts)
		fputs("\tIt must be there.\n", to);
	fputc('\n', to);
}

static void rules_part(FILE *to)
{
	for (const struct key *k = rule_table; k->name; k++) {
		_cleanup_(strbuf_done) struct strbuf title = STRBUF_INIT;

		key_title(k, &title);
		definition(to, title.s, k);
	}
}

static void columns(FILE *to, const struct column *list)
{
	if (list)
		fputs("\n\tColumns:\n\n", to);
	for (const struct column *c = list; c && c->name; c++) {
		fprintf(to, "\t- *%s*: ", c->name);
		text(to, c->help, strlen(c->help));
		fputs(c->flags & COLUMN_HIDDEN ? " (with *--output*, *--json* or *--csv*)\n" : "\n",
			to);
	}
}

static void command(FILE *to, const struct command *c)
{
	struct strbuf usage = STRBUF_INIT;

	help_usage_parts(c, &bold, &usage);
	for (char *p = usage.s; *p; p++)
		*p = *p == '\n' ? ' ' : *p;
	fprintf(to, "\n%s\n\t", usage.s);
	strbuf_done(&usage);
	sentence(to, c->summary);
	if (c->details)
		paragraphs(to, c->details);
	for (const struct opt *o = c->opts; o && o->name; o++)
		option(to, "\t", o);
	keys(to, c->keys);
	if (c->rules)
		fputs("\n\tCall rules: see *presence-calls*(7).\n", to);
	columns(to, c->columns);
}

static void options_part(FILE *to)
{
	fputs("Before the command:\n", to);
	for (const struct opt *o = global_options; o->name; o++)
		option(to, "", o);
	fputs("\nBehind commands that print a table:\n", to);
	for (const struct opt *o = table_options; o->name; o++)
		option(to, "", o);
	fputs("\nBehind every command:\n", to);
	for (const struct opt *o = help_option; o->name; o++)
		option(to, "", o);
}

static void commands_part(FILE *to)
{
	const char *before = "";

	for (const struct command *const *c = commands; *c; c++) {
		size_t noun = strcspn((*c)->path, " ");

		if ((*c)->hidden)
			continue;
		if ((*c)->path[noun] &&
			(strncmp(before, (*c)->path, noun) != 0 || before[noun] != ' '))
			fprintf(to, "\n## %.*s\n", (int)noun, (*c)->path);
		else if (!(*c)->path[noun] && strchr(before, ' '))
			fputs("\n## Other commands\n", to);
		command(to, *c);
		before = (*c)->path;
	}
}

static void exit_status_part(FILE *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		fprintf(to, "%s*%d*\n\t%s\n", i ? "\n" : "", statuses[i].status, statuses[i].text);
}

static int setting(void *data, const struct conf_key *key)
{
	definition(data, key->path, key->key);
	return 0;
}

static void settings_part(FILE *to)
{
	conf_each(NULL, setting, to);
}

/* Literal text: it stands in share/asterisk/presence.conf too. */
static void entries_part(FILE *to)
{
	static const char *const heads[] = {
		[ENTRY_KIND_USER] = ENTRY_USER "/1001",
		[ENTRY_KIND_MODE] = ENTRY_MODE "/away, " ENTRY_RULE "/1001.away",
	};
	_Static_assert(ARRAY_SIZE(heads) == ENTRY_KIND_COUNT, "a head for every kind");
	struct entry_field f;

	for (int kind = 0; kind < ENTRY_KIND_COUNT; kind++) {
		fprintf(to, "%s\n    %-18s %s\n", heads[kind], "version", ENTRY_VERSION);
		for (size_t i = 0; entry_field((enum entry_kind)kind, i, &f); i++)
			fprintf(to, "    %-18s %s%s%s%s%s\n", f.name, f.rule ? f.rule : "",
				f.rule ? ": " : "", f.values, f.missing ? "; if missing: " : "",
				f.missing ? f.missing : "");
	}
}

static void findings_part(FILE *to)
{
	for (int id = 0; id < FIND_COUNT; id++) {
		const struct finding_kind *k = &finding_kinds[id];

		fprintf(to, "*%s* (%s)\n\t", k->code, severity_name(k->severity));
		text(to, k->things, strlen(k->things));
		fputs(*k->things ? " " : "", to);
		text(to, k->many, strlen(k->many));
		fputs(": ", to);
		text(to, k->why, strlen(k->why));
		fputs(".\n\n", to);
	}
}

int help_man(const char *part, FILE *to, struct err *err)
{
	static const struct {
		const char *name;
		void (*print)(FILE *to);
	} parts[] = {
		{ "options", options_part },
		{ "commands", commands_part },
		{ "exit-status", exit_status_part },
		{ "settings", settings_part },
		{ "rules", rules_part },
		{ "entries", entries_part },
		{ "findings", findings_part },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!strcmp(parts[i].name, part)) {
			parts[i].print(to);
			return 0;
		}
	}
	return err_set(err, ERR_USAGE, "no part of the man page is called '%s'", part);
}
