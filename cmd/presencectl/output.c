/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/output.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <string.h>
#include <wchar.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/base/text.h"
#include "lib/base/closest.h"
#include "lib/binding/library.h"
#include "lib/time/when.h"

#define GAP "  " /* between columns */

enum {
	COLUMNS_MAX = 64,
	COLUMN_NAME_SIZE = 24,
	CHUNK = 65536, /* bytes that are written at a time */
	TIMES = 256,   /* that are kept as texts: many users have changed at the same time */
};

/* A value as it is printed. */
struct cell {
	size_t offset;  /* in out.text */
	uint32_t len;   /* bytes; 0: unset, or an empty text of a table */
	uint32_t width; /* columns on a terminal */
};

struct time_text {
	int64_t at;
	char text[OUT_WHEN_SIZE];
};

struct out {
	struct out *first; /* see out_first(); lent, may be NULL */
	const struct column *columns;
	size_t columns_n;
	const char *noun;
	struct out_options o;
	size_t shown[COLUMNS_MAX]; /* indexes in columns */
	size_t shown_n;
	int place
		[COLUMNS_MAX]; /* of the cell of a column in its line; -1: the column is not shown */
	size_t places_n;
	size_t lines;
	struct cell
		*cells; /* lines * places_n of a table; of anything else those of the last line */
	size_t cap;
	struct strbuf text;  /* of the cells, each with a NUL behind it */
	struct strbuf ready; /* JSON and CSV: the lines before the last one */
	bool is_open;        /* JSON and CSV: the last line is not in `ready` yet */
	struct strbuf keys;  /* JSON: what stands before each value, each with a NUL behind it */
	struct time_text *times; /* TIMES, each where its instant says */
	bool begun;              /* a part was printed */
	bool has_lines;          /* one that had lines */
	uint32_t widths
		[COLUMNS_MAX]; /* by place: of all cells, also of the parts that were printed */
};

static void lower(char *to, const char *from)
{
	for (; *from; from++)
		*to++ = (char)tolower((unsigned char)*from);
	*to = '\0';
}

static int no_such_column(const struct column *columns, const char *name, struct err *err)
{
	char names[COLUMNS_MAX][COLUMN_NAME_SIZE];
	const char *list[COLUMNS_MAX], *near;
	size_t n = 0;

	for (; columns[n].name; n++) {
		lower(names[n], columns[n].name);
		list[n] = names[n];
	}
	err_set(err, ERR_USAGE, "unknown column '%s'", name);
	near = closest(name, list, n);
	if (near)
		return err_guess(err, "%s", near);
	for (size_t i = 0; i < n; i++)
		err_hint(err, "%s%s", i ? ", " : "; there are ", list[i]);
	return -1;
}

static int choose(
	const struct column *columns, const char *list, size_t *ret, size_t *ret_n, struct err *err)
{
	const char *p = list;

	*ret_n = 0;
	while (true) {
		size_t len = strcspn(p, ","), i = 0;
		_cleanup_(freep) char *name = xstrndup(p, len);

		while (columns[i].name && strcasecmp(columns[i].name, name) != 0)
			i++;
		if (!columns[i].name)
			return no_such_column(columns, name, err);
		if (*ret_n == COLUMNS_MAX)
			return err_set(err, ERR_USAGE, "more than %d columns", COLUMNS_MAX);
		ret[(*ret_n)++] = i;
		if (!p[len])
			return 0;
		p += len + 1;
	}
}

int out_check_columns(const struct column *columns, const char *list, struct err *err)
{
	size_t shown[COLUMNS_MAX], n;

	return choose(columns, list, shown, &n, err);
}

static bool is_table(const struct out *out)
{
	return !out->o.json && !out->o.csv;
}

static const struct column *column_at(const struct out *out, size_t shown)
{
	return &out->columns[out->shown[shown]];
}

/* A column may be shown twice, and then has one cell. */
static void give_places(struct out *out)
{
	for (size_t i = 0; i < out->columns_n; i++)
		out->place[i] = -1;
	for (size_t i = 0; i < out->shown_n; i++) {
		if (out->place[out->shown[i]] < 0)
			out->place[out->shown[i]] = (int)out->places_n++;
	}
}

static void write_keys(struct out *out)
{
	char key[COLUMN_NAME_SIZE];

	for (size_t c = 0; c < out->shown_n; c++) {
		strbuf_addc(&out->keys, c ? ',' : '{');
		lower(key, column_at(out, c)->name);
		text_json(&out->keys, key);
		strbuf_add(&out->keys, ":", 2);
	}
}

int out_new(const struct column *columns, const char *noun, const struct out_options *o,
	struct out **ret, struct err *err)
{
	_cleanup_(out_freep) struct out *out = xcalloc(1, sizeof(*out));

	out->columns = columns;
	out->noun = noun;
	out->o = *o;
	out->text = out->ready = out->keys = (struct strbuf)STRBUF_INIT;
	for (const struct column *c = columns; c->name; c++) {
		assert(out->columns_n < COLUMNS_MAX && strlen(c->name) < COLUMN_NAME_SIZE);
		if (o->data || !(c->flags & COLUMN_HIDDEN))
			out->shown[out->shown_n++] = out->columns_n;
		out->columns_n++;
	}
	if (o->columns && choose(columns, o->columns, out->shown, &out->shown_n, err) < 0)
		return -1;
	give_places(out);
	if (o->json)
		write_keys(out);
	*ret = TAKE_PTR(out);
	return 0;
}

void out_free(struct out *out)
{
	if (!out)
		return;
	strbuf_done(&out->text);
	strbuf_done(&out->ready);
	strbuf_done(&out->keys);
	free(out->cells);
	free(out->times);
	free(out);
}

static void add_number(struct strbuf *to, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	strbuf_adds(to, text);
}

/* Lines that are ready. */

static const struct cell *cell_at(const struct out *out, size_t line, size_t shown)
{
	return &out->cells[line * out->places_n + (size_t)out->place[out->shown[shown]]];
}

static const char *text_at(const struct out *out, size_t line, size_t shown)
{
	const struct cell *cell = cell_at(out, line, shown);

	return cell->len ? out->text.s + cell->offset : "";
}

/* Each object is a line. */
static void end_json_line(struct out *out)
{
	const char *key = out->keys.s;

	if (!out->o.json_lines)
		strbuf_adds(&out->ready, out->lines > 1 || out->has_lines ? ",\n" : "\n");
	for (size_t c = 0; c < out->shown_n; c++) {
		const struct cell *cell = cell_at(out, 0, c);
		size_t len = strlen(key);

		strbuf_add(&out->ready, key, len);
		key += len + 1;
		if (cell->len)
			strbuf_add(&out->ready, out->text.s + cell->offset, cell->len);
		else
			strbuf_adds(&out->ready,
				column_at(out, c)->flags & COLUMN_LIST ? "[]" : "null");
	}
	strbuf_adds(&out->ready, out->o.json_lines ? "}\n" : "}");
}

/* RFC 4180, but a line ends as all lines do here. */
static void csv_value(struct strbuf *to, const char *text)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		strbuf_adds(to, text);
		return;
	}
	strbuf_addc(to, '"');
	for (; *text; text++) {
		if (*text == '"')
			strbuf_addc(to, '"');
		strbuf_addc(to, *text);
	}
	strbuf_addc(to, '"');
}

static void end_csv_line(struct out *out)
{
	for (size_t c = 0; c < out->shown_n; c++) {
		csv_value(&out->ready, text_at(out, 0, c));
		strbuf_addc(&out->ready, c + 1 < out->shown_n ? ',' : '\n');
	}
}

/* Of JSON and CSV only the text is kept, since nothing is to be measured. */
static void end_line(struct out *out)
{
	if (!out->is_open)
		return;
	out->is_open = false;
	(out->o.json ? end_json_line : end_csv_line)(out);
	strbuf_cut(&out->text, 0);
}

void out_line(struct out *out)
{
	size_t n = out->places_n, first = is_table(out) ? out->lines * n : 0;

	end_line(out);
	out->is_open = !is_table(out);
	out->lines++;
	out->cells = mem_grow(out->cells, &out->cap, first + n, sizeof(*out->cells));
	memset(out->cells + first, 0, n * sizeof(*out->cells));
}

/* The values of a line. */

/* How many bytes of `s`, from its start, are plain ASCII: each takes one column and needs no escape. */
static size_t plain_span(const char *s)
{
	const char *p = s;

	while (*p >= 0x20 && *p < 0x7f)
		p++;
	return (size_t)(p - s);
}

static size_t width_of(const char *s)
{
	mbstate_t state = { 0 };
	size_t width = 0;
	wchar_t wc;

	while (*s) {
		size_t n = mbrtowc(&wc, s, MB_CUR_MAX, &state);
		int w;

		if (n == (size_t)-1 || n == (size_t)-2) {
			/* A byte that this locale cannot show. */
			memset(&state, 0, sizeof(state));
			width++;
			s++;
			continue;
		}
		w = wcwidth(wc);
		width += w > 0 ? (size_t)w : 0;
		s += n;
	}
	return width;
}

/* NULL if the column is not shown. */
static struct cell *begin_cell(struct out *out, size_t column)
{
	struct cell *cell;

	assert(out->lines && column < out->columns_n);
	if (out->place[column] < 0)
		return NULL;
	cell = &out->cells[(is_table(out) ? out->lines - 1 : 0) * out->places_n +
		(size_t)out->place[column]];
	cell->offset = out->text.len;
	return cell;
}

/* `is_plain`: each byte takes one column. */
static void end_cell(struct out *out, size_t column, struct cell *cell, bool is_plain)
{
	size_t len = out->text.len - cell->offset;
	uint32_t *width = &out->widths[out->place[column]];

	assert(len <= UINT32_MAX);
	cell->len = (uint32_t)len;
	cell->width = is_plain || !is_table(out) ? cell->len
						 : (uint32_t)width_of(out->text.s + cell->offset);
	if (cell->width > *width)
		*width = cell->width;
	strbuf_addc(&out->text, '\0');
}

static void json_list(struct strbuf *to, const char *text)
{
	strbuf_addc(to, '[');
	while (*text) {
		size_t len = strcspn(text, "\n");
		_cleanup_(freep) char *one = xstrndup(text, len);

		text_json(to, one);
		text += len + (text[len] ? 1 : 0);
		if (*text)
			strbuf_addc(to, ',');
	}
	strbuf_addc(to, ']');
}

static void escape_list(struct strbuf *to, const char *text, bool lines)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		_cleanup_(freep) char *one = xstrndup(text, len);

		text_escape(to, one);
		text += len + (text[len] ? 1 : 0);
		if (*text)
			strbuf_addc(to, lines ? '\n' : ',');
	}
}

/* A text of plain ASCII is as wide as it is long. Any other text is escaped, and its width counted character by character. */
void out_text(struct out *out, size_t column, const char *text)
{
	struct cell *cell = text ? begin_cell(out, column) : NULL;
	bool list = out->columns[column].flags & COLUMN_LIST;
	size_t len;

	if (!cell)
		return;
	if (out->o.json) {
		(list ? json_list : text_json)(&out->text, text);
		end_cell(out, column, cell, true);
		return;
	}
	len = plain_span(text);
	if (!text[len])
		strbuf_add(&out->text, text, len);
	else if (list)
		escape_list(&out->text, text, out->o.terminal && !out->o.csv);
	else
		text_escape(&out->text, text);
	end_cell(out, column, cell, !text[len]);
}

void out_number(struct out *out, size_t column, int64_t n)
{
	struct cell *cell = begin_cell(out, column);

	if (!cell)
		return;
	add_number(&out->text, n);
	end_cell(out, column, cell, true);
}

void out_bool(struct out *out, size_t column, bool yes)
{
	struct cell *cell = begin_cell(out, column);

	if (!cell)
		return;
	if (out->o.json)
		strbuf_adds(&out->text, yes ? "true" : "false");
	else
		strbuf_adds(&out->text, yes ? "yes" : "no");
	end_cell(out, column, cell, true);
}

void out_when(const struct out_options *o, int64_t at, char ret[OUT_WHEN_SIZE])
{
	char here[WHEN_ZONED_SIZE], there[WHEN_ZONED_SIZE];

	when_zoned(at, o->zone, o->home, o->now, here);
	if (o->also && o->also != o->zone && zone_offset(o->also, at) != zone_offset(o->zone, at)) {
		when_zoned(at, o->also, o->zone, o->now, there);
		snprintf(ret, OUT_WHEN_SIZE, "%s (%s)", here, there);
	} else {
		snprintf(ret, OUT_WHEN_SIZE, "%s", here);
	}
}

static const char *time_text(struct out *out, int64_t at)
{
	struct time_text *t;

	if (!out->times) {
		out->times = xcalloc(TIMES, sizeof(*out->times));
		for (size_t i = 0; i < TIMES; i++)
			out->times[i].at = INT64_MAX;
	}
	t = &out->times[(uint64_t)at % TIMES];
	if (t->at == at)
		return t->text;
	if (is_table(out))
		out_when(&out->o, at, t->text);
	else
		when_rfc3339(at, out->o.zone, t->text);
	t->at = at;
	return t->text;
}

void out_time(struct out *out, size_t column, int64_t at)
{
	struct cell *cell = at != INT64_MAX ? begin_cell(out, column) : NULL;

	if (!cell)
		return;
	if (out->o.json)
		text_json(&out->text, time_text(out, at));
	else
		strbuf_adds(&out->text, time_text(out, at));
	end_cell(out, column, cell, true);
}

/* The lines as they are printed. */

static void print_data(struct out *out, FILE *to)
{
	end_line(out);
	fwrite(out->ready.s, 1, out->ready.len, to);
	strbuf_cut(&out->ready, 0);
}

static void begin_array(const struct out *out, FILE *to)
{
	struct strbuf text = STRBUF_INIT;

	text_json(&text, out->noun);
	fprintf(to, "%s:[", text.s);
	strbuf_done(&text);
}

static void end_array(bool has_lines, FILE *to)
{
	fputs(has_lines ? "\n]" : "]", to);
}

static void print_json(struct out *out, bool last, FILE *to)
{
	bool array = !out->o.json_lines;

	if (array && !out->begun) {
		fputc('{', to);
		if (out->first) {
			begin_array(out->first, to);
			print_data(out->first, to);
			end_array(out->first->lines, to);
			fputs(",\n", to);
		}
		begin_array(out, to);
	}
	print_data(out, to);
	if (array && last) {
		end_array(out->has_lines || out->lines, to);
		fputs("}\n", to);
	}
}

static bool has_headings(const struct out *out)
{
	return !out->o.no_headings && !out->begun;
}

static void print_csv(struct out *out, FILE *to)
{
	char key[COLUMN_NAME_SIZE];
	size_t n = out->shown_n;

	for (size_t c = 0; c < n && has_headings(out); c++) {
		lower(key, column_at(out, c)->name);
		fprintf(to, "%s%c", key, c + 1 < n ? ',' : '\n');
	}
	print_data(out, to);
}

static void pad(struct strbuf *to, size_t n)
{
	static const char blanks[] = "                                ";

	for (; n >= sizeof(blanks); n -= sizeof(blanks) - 1)
		strbuf_add(to, blanks, sizeof(blanks) - 1);
	strbuf_add(to, blanks, n);
}

static uint32_t *width_at(struct out *out, size_t shown)
{
	return &out->widths[out->place[out->shown[shown]]];
}

static void widen_for_headings(struct out *out)
{
	for (size_t c = 0; c < out->shown_n; c++) {
		uint32_t len = (uint32_t)strlen(column_at(out, c)->name);

		if (len > *width_at(out, c))
			*width_at(out, c) = len;
	}
}

static void plain_cell(
	struct strbuf *to, const char *text, const struct cell *cell, size_t width, bool right)
{
	pad(to, right ? width - cell->width : 0);
	strbuf_add(to, text, cell->len);
	pad(to, right ? 0 : width - cell->width);
}

static void plain_line(struct out *out, size_t r, struct strbuf *to)
{
	size_t begin = to->len, end;

	for (size_t c = 0; c < out->shown_n; c++) {
		bool right = column_at(out, c)->flags & COLUMN_NUMBER;
		const char *name = column_at(out, c)->name;
		uint32_t len = (uint32_t)strlen(name);
		struct cell heading = { 0, len, len };
		const struct cell *cell = r ? cell_at(out, r - 1, c) : &heading;

		if (c)
			strbuf_adds(to, GAP);
		plain_cell(
			to, r ? out->text.s + cell->offset : name, cell, *width_at(out, c), right);
	}
	for (end = to->len; end > begin && to->s[end - 1] == ' ';)
		end--;
	strbuf_cut(to, end);
	strbuf_addc(to, '\n');
}

/* Print a table that needs no layout. For 10,000 lines libsmartcols takes three times as long. */
static void print_plain(struct out *out, FILE *to)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t r = has_headings(out) ? 0 : 1; r <= out->lines; r++) {
		plain_line(out, r, &text);
		if (text.len < CHUNK && r < out->lines)
			continue;
		fwrite(text.s, 1, text.len, to);
		strbuf_cut(&text, 0);
	}
	strbuf_done(&text);
}

#define SCOLS_FUNCTIONS(X)                                                                         \
	X(scols_column_set_safechars)                                                              \
	X(scols_column_set_wrapfunc)                                                               \
	X(scols_line_set_data)                                                                     \
	X(scols_new_table)                                                                         \
	X(scols_print_table)                                                                       \
	X(scols_table_enable_noencoding)                                                           \
	X(scols_table_enable_noheadings)                                                           \
	X(scols_table_new_column)                                                                  \
	X(scols_table_new_line)                                                                    \
	X(scols_table_set_column_separator)                                                        \
	X(scols_table_set_stream)                                                                  \
	X(scols_table_set_termforce)                                                               \
	X(scols_table_set_termwidth)                                                               \
	X(scols_unref_table)                                                                       \
	X(scols_wrapnl_chunksize)                                                                  \
	X(scols_wrapnl_nextchunk)

struct scols {
	SCOLS_FUNCTIONS(LIBRARY_POINTER)
};

static const struct scols *scols(struct err *err)
{
#define X(name) LIBRARY_SYMBOL(scols, name)
	static const struct library_symbol symbols[] = { SCOLS_FUNCTIONS(X){ NULL, 0 } };
#undef X
	static const struct library smartcols = { "libsmartcols.so.1",
		"tables cannot be laid out for a terminal", "libsmartcols1", symbols };
	static struct scols lib;
	static bool is_loaded;

	if (!is_loaded && library_open(&smartcols, &lib, err) < 0)
		return NULL;
	is_loaded = true;
	return &lib;
}

static int print_terminal(struct out *out, FILE *to, struct err *err)
{
	const struct scols *lib = scols(err);
	struct libscols_table *t = lib ? lib->scols_new_table() : NULL;
	bool ok = t != NULL;

	if (!lib)
		return -1;

	for (size_t c = 0; ok && c < out->shown_n; c++) {
		const struct column *column = column_at(out, c);
		/* As in the parts before. A column that may be cut takes what is left. */
		double hint = !out->begun || column->flags & (COLUMN_WIDE | COLUMN_WRAP)
			? 0
			: (double)*width_at(out, c);
		struct libscols_column *sc = lib->scols_table_new_column(t, column->name, hint,
			(column->flags & COLUMN_NUMBER ? SCOLS_FL_RIGHT : 0) |
				(column->flags & COLUMN_WIDE ? SCOLS_FL_TRUNC : 0) |
				(column->flags & (COLUMN_LIST | COLUMN_WRAP) ? SCOLS_FL_WRAP : 0));

		ok = sc != NULL;
		if (ok && column->flags & COLUMN_LIST)
			ok = !lib->scols_column_set_safechars(sc, "\n") &&
				!lib->scols_column_set_wrapfunc(sc, lib->scols_wrapnl_chunksize,
					lib->scols_wrapnl_nextchunk, NULL);
	}
	for (size_t r = 0; ok && r < out->lines; r++) {
		struct libscols_line *line = lib->scols_table_new_line(t, NULL);

		ok = line != NULL;
		for (size_t c = 0; ok && c < out->shown_n; c++)
			ok = !lib->scols_line_set_data(line, c, text_at(out, r, c));
	}
	if (ok) {
		lib->scols_table_set_stream(t, to);
		lib->scols_table_set_column_separator(t, GAP);
		/* The text is escaped already. Escaped again, \x01 would become \x5cx01. */
		lib->scols_table_enable_noencoding(t, 1);
		lib->scols_table_enable_noheadings(t, !has_headings(out));
		lib->scols_table_set_termforce(
			t, out->o.width ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
		if (out->o.width)
			lib->scols_table_set_termwidth(t, out->o.width);
		ok = !lib->scols_print_table(t);
	}
	lib->scols_unref_table(t);
	return ok ? 0 : err_set(err, ERR_FAILED, "cannot lay out the table");
}

void out_first(struct out *out, struct out *first)
{
	out->first = first;
}

/* Whether libsmartcols has something to do: to cut wide columns, or to give each value of a list a line. */
static bool has_to_be_laid_out(struct out *out)
{
	size_t width = 0;
	bool list = false;

	for (size_t c = 0; c < out->shown_n; c++) {
		width += *width_at(out, c) + (c ? sizeof(GAP) - 1 : 0);
		list |= column_at(out, c)->flags & COLUMN_LIST;
	}
	return out->o.terminal && (list || (out->o.width && width > out->o.width));
}

static int print_table(struct out *out, FILE *to, struct err *err)
{
	if (!out->lines)
		return 0;
	if (has_headings(out))
		widen_for_headings(out);
	if (has_to_be_laid_out(out))
		return print_terminal(out, to, err);
	print_plain(out, to);
	return 0;
}

static int print(struct out *out, bool last, FILE *to, struct err *err)
{
	if (out->o.csv)
		print_csv(out, to);
	else if (out->o.json)
		print_json(out, last, to);
	else if (print_table(out, to, err) < 0)
		return -1;
	return 0;
}

int out_print(struct out *out, FILE *to, struct err *err)
{
	return print(out, true, to, err);
}

int out_part(struct out *out, FILE *to, struct err *err)
{
	if (print(out, false, to, err) < 0)
		return -1;
	/* A table has its headings with its first line. */
	out->begun |= !is_table(out) || out->lines;
	out->has_lines |= out->lines > 0;
	out->lines = 0;
	strbuf_cut(&out->text, 0);
	return 0;
}
