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

enum { COLUMNS_MAX = 64, COLUMN_NAME_SIZE = 24 };

enum kind { KIND_UNSET, KIND_TEXT, KIND_NUMBER, KIND_BOOL, KIND_TIME };

struct cell_value {
	enum kind kind;
	int64_t n; /* the value; of a text its offset in out.text */
};

struct out {
	const struct out *first; /* see out_first(); lent, may be NULL */
	const struct column *columns;
	size_t columns_n;
	const char *noun;
	struct out_options o;
	size_t shown[COLUMNS_MAX]; /* indexes in columns */
	size_t shown_n;
	size_t lines;
	struct cell_value *values; /* lines * columns_n */
	size_t cap;
	struct strbuf text;         /* NUL-terminated texts */
	bool begun;                 /* a part was printed */
	bool has_lines;             /* one that had lines */
	size_t widths[COLUMNS_MAX]; /* of the parts that were printed */
};

/* A cell of a table as it is printed. */
struct cell {
	size_t offset; /* in the text of all cells */
	size_t len;    /* bytes */
	size_t width;  /* columns on a terminal */
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

int out_new(const struct column *columns, const char *noun, const struct out_options *o,
	struct out **ret, struct err *err)
{
	_cleanup_(out_freep) struct out *out = xcalloc(1, sizeof(*out));

	out->columns = columns;
	out->noun = noun;
	out->o = *o;
	out->text = (struct strbuf)STRBUF_INIT;
	for (const struct column *c = columns; c->name; c++) {
		assert(out->columns_n < COLUMNS_MAX && strlen(c->name) < COLUMN_NAME_SIZE);
		if (o->data || !(c->flags & COLUMN_HIDDEN))
			out->shown[out->shown_n++] = out->columns_n;
		out->columns_n++;
	}
	if (o->columns && choose(columns, o->columns, out->shown, &out->shown_n, err) < 0)
		return -1;
	*ret = TAKE_PTR(out);
	return 0;
}

void out_free(struct out *out)
{
	if (!out)
		return;
	strbuf_done(&out->text);
	free(out->values);
	free(out);
}

void out_line(struct out *out)
{
	size_t need = ++out->lines * out->columns_n;

	out->values = mem_grow(out->values, &out->cap, need, sizeof(*out->values));
	memset(out->values + need - out->columns_n, 0, out->columns_n * sizeof(*out->values));
}

static void put(struct out *out, size_t column, enum kind kind, int64_t n)
{
	assert(out->lines && column < out->columns_n);
	out->values[(out->lines - 1) * out->columns_n + column] = (struct cell_value){ kind, n };
}

void out_text(struct out *out, size_t column, const char *text)
{
	if (!text)
		return;
	put(out, column, KIND_TEXT, (int64_t)out->text.len);
	strbuf_add(&out->text, text, strlen(text) + 1);
}

void out_number(struct out *out, size_t column, int64_t n)
{
	put(out, column, KIND_NUMBER, n);
}

void out_bool(struct out *out, size_t column, bool yes)
{
	put(out, column, KIND_BOOL, yes);
}

void out_when(const struct out_options *o, int64_t at, char ret[OUT_WHEN_SIZE])
{
	char here[WHEN_ZONED_SIZE], there[WHEN_ZONED_SIZE];

	when_zoned(at, o->zone, o->home, o->now, here);
	if (o->also && zone_offset(o->also, at) != zone_offset(o->zone, at)) {
		when_zoned(at, o->also, o->zone, o->now, there);
		snprintf(ret, OUT_WHEN_SIZE, "%s (%s)", here, there);
	} else {
		snprintf(ret, OUT_WHEN_SIZE, "%s", here);
	}
}

void out_time(struct out *out, size_t column, int64_t at)
{
	if (at != INT64_MAX)
		put(out, column, KIND_TIME, at);
}

static const struct cell_value *value_at(const struct out *out, size_t line, size_t shown)
{
	return &out->values[line * out->columns_n + out->shown[shown]];
}

static const struct column *column_at(const struct out *out, size_t shown)
{
	return &out->columns[out->shown[shown]];
}

static void add_number(struct strbuf *to, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	strbuf_adds(to, text);
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

static void json_value(const struct out *out, const struct column *c, const struct cell_value *v,
	struct strbuf *to)
{
	char time[WHEN_TEXT_SIZE];

	switch (v->kind) {
	case KIND_UNSET: strbuf_adds(to, c->flags & COLUMN_LIST ? "[]" : "null"); break;
	case KIND_TEXT:
		(c->flags & COLUMN_LIST ? json_list : text_json)(to, out->text.s + v->n);
		break;
	case KIND_NUMBER: add_number(to, v->n); break;
	case KIND_BOOL: strbuf_adds(to, v->n ? "true" : "false"); break;
	case KIND_TIME:
		when_rfc3339(v->n, out->o.zone, time);
		text_json(to, time);
		break;
	}
}

/* Each object is a line. `more`: others stand before them in the array. */
static void json_objects(const struct out *out, bool more, struct strbuf *text)
{
	char key[COLUMN_NAME_SIZE];
	struct strbuf keys[COLUMNS_MAX];
	size_t n = out->shown_n;

	for (size_t c = 0; c < n; c++) {
		keys[c] = (struct strbuf)STRBUF_INIT;
		strbuf_addc(&keys[c], c ? ',' : '{');
		lower(key, column_at(out, c)->name);
		text_json(&keys[c], key);
		strbuf_addc(&keys[c], ':');
	}
	for (size_t r = 0; r < out->lines; r++) {
		if (!out->o.json_lines)
			strbuf_adds(text, r || more ? ",\n" : "\n");
		for (size_t c = 0; c < n; c++) {
			strbuf_add(text, keys[c].s, keys[c].len);
			json_value(out, column_at(out, c), value_at(out, r, c), text);
		}
		strbuf_adds(text, out->o.json_lines ? "}\n" : "}");
	}
	for (size_t c = 0; c < n; c++)
		strbuf_done(&keys[c]);
}

static void json_begin(const struct out *out, struct strbuf *text)
{
	text_json(text, out->noun);
	strbuf_adds(text, ":[");
}

static void json_end(bool has_lines, struct strbuf *text)
{
	strbuf_adds(text, has_lines ? "\n]" : "]");
}

static void print_json(const struct out *out, bool last, FILE *to)
{
	struct strbuf text = STRBUF_INIT;
	bool array = !out->o.json_lines;

	if (array && !out->begun) {
		strbuf_addc(&text, '{');
		if (out->first) {
			json_begin(out->first, &text);
			json_objects(out->first, false, &text);
			json_end(out->first->lines, &text);
			strbuf_adds(&text, ",\n");
		}
		json_begin(out, &text);
	}
	json_objects(out, out->has_lines, &text);
	if (array && last) {
		json_end(out->has_lines || out->lines, &text);
		strbuf_adds(&text, "}\n");
	}
	fwrite(text.s, 1, text.len, to);
	strbuf_done(&text);
}

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

/* Write a cell as a table shows it, and measure it. A text of plain ASCII is as wide as it is long. Any other text is escaped, and
 * its width counted character by character. */
static void render(const struct out *out, const struct column *c, const struct cell_value *v,
	struct strbuf *to, struct cell *ret)
{
	const char *text = v->kind == KIND_TEXT ? out->text.s + v->n : "";
	char time[OUT_WHEN_SIZE];
	size_t len = plain_span(text);

	ret->offset = to->len;
	switch (v->kind) {
	case KIND_UNSET: break;
	case KIND_TEXT:
		if (!text[len])
			strbuf_add(to, text, len);
		else if (c->flags & COLUMN_LIST)
			escape_list(to, text, out->o.terminal && !out->o.csv);
		else
			text_escape(to, text);
		break;
	case KIND_NUMBER: add_number(to, v->n); break;
	case KIND_BOOL: strbuf_adds(to, v->n ? "yes" : "no"); break;
	case KIND_TIME:
		out_when(&out->o, v->n, time);
		strbuf_adds(to, time);
		break;
	}
	ret->len = ret->width = to->len - ret->offset;
	if (text[len])
		ret->width = width_of(to->s + ret->offset);
	strbuf_addc(to, '\0');
}

static void pad(struct strbuf *to, size_t n)
{
	static const char blanks[] = "                                ";

	for (; n >= sizeof(blanks); n -= sizeof(blanks) - 1)
		strbuf_add(to, blanks, sizeof(blanks) - 1);
	strbuf_add(to, blanks, n);
}

static bool has_headings(const struct out *out)
{
	return !out->o.no_headings && !out->begun;
}

static void widen(struct out *out, const struct cell *cells)
{
	size_t n = out->shown_n;

	for (size_t c = 0; c < n && has_headings(out); c++)
		out->widths[c] = strlen(column_at(out, c)->name);
	for (size_t i = 0; i < out->lines * n; i++) {
		if (cells[i].width > out->widths[i % n])
			out->widths[i % n] = cells[i].width;
	}
}

static void plain_cell(
	struct strbuf *to, const char *text, const struct cell *cell, size_t width, bool right)
{
	pad(to, right ? width - cell->width : 0);
	strbuf_add(to, text, cell->len);
	pad(to, right ? 0 : width - cell->width);
}

/* Print a table that does not go to a terminal. For 10,000 lines libsmartcols takes three times as long, and there is nothing to
 * cut for it. */
static void print_plain(const struct out *out, const struct cell *cells, const char *text, FILE *to)
{
	const size_t *width = out->widths;
	size_t n = out->shown_n;
	struct strbuf line = STRBUF_INIT;

	for (size_t r = has_headings(out) ? 0 : 1; r <= out->lines; r++) {
		strbuf_cut(&line, 0);
		for (size_t c = 0; c < n; c++) {
			bool right = column_at(out, c)->flags & COLUMN_NUMBER;
			const char *name = column_at(out, c)->name;
			struct cell heading = { 0, strlen(name), strlen(name) };
			const struct cell *cell = r ? &cells[(r - 1) * n + c] : &heading;

			if (c)
				strbuf_adds(&line, GAP);
			plain_cell(&line, r ? text + cell->offset : name, cell, width[c], right);
		}
		while (line.len && line.s[line.len - 1] == ' ')
			strbuf_cut(&line, line.len - 1);
		strbuf_addc(&line, '\n');
		fwrite(line.s, 1, line.len, to);
	}
	strbuf_done(&line);
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

static int print_terminal(const struct out *out, const struct cell *cells, const char *text,
	FILE *to, struct err *err)
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
			: (double)out->widths[c];
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
			ok = !lib->scols_line_set_data(
				line, c, text + cells[r * out->shown_n + c].offset);
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

void out_first(struct out *out, const struct out *first)
{
	out->first = first;
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

static void csv_cell(const struct out *out, const struct column *c, const struct cell_value *v,
	struct strbuf *to)
{
	struct strbuf value = STRBUF_INIT;
	char time[WHEN_TEXT_SIZE];
	struct cell cell;

	if (v->kind == KIND_TIME) {
		when_rfc3339(v->n, out->o.zone, time);
		strbuf_adds(to, time);
		return;
	}
	render(out, c, v, &value, &cell);
	csv_value(to, value.s);
	strbuf_done(&value);
}

static void print_csv(const struct out *out, FILE *to)
{
	struct strbuf text = STRBUF_INIT;
	char key[COLUMN_NAME_SIZE];
	size_t n = out->shown_n;

	for (size_t c = 0; c < n && has_headings(out); c++) {
		lower(key, column_at(out, c)->name);
		strbuf_adds(&text, key);
		strbuf_addc(&text, c + 1 < n ? ',' : '\n');
	}
	for (size_t i = 0; i < out->lines * n; i++) {
		csv_cell(out, column_at(out, i % n), value_at(out, i / n, i % n), &text);
		strbuf_addc(&text, i % n + 1 < n ? ',' : '\n');
	}
	fwrite(text.s, 1, text.len, to);
	strbuf_done(&text);
}

static int print_table(struct out *out, FILE *to, struct err *err)
{
	struct strbuf text = STRBUF_INIT;
	struct cell *cells;
	int r = 0;

	if (!out->lines)
		return 0;
	cells = xcalloc(out->lines * out->shown_n, sizeof(*cells));
	for (size_t i = 0; i < out->lines * out->shown_n; i++) {
		size_t c = i % out->shown_n;

		render(out, column_at(out, c), value_at(out, i / out->shown_n, c), &text,
			&cells[i]);
	}
	widen(out, cells);
	if (out->o.terminal)
		r = print_terminal(out, cells, text.s, to, err);
	else
		print_plain(out, cells, text.s, to);
	strbuf_done(&text);
	free(cells);
	return r;
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
	bool is_table = !out->o.csv && !out->o.json;

	if (print(out, false, to, err) < 0)
		return -1;
	/* A table has its headings with its first line. */
	out->begun |= !is_table || out->lines;
	out->has_lines |= out->lines > 0;
	out->lines = 0;
	strbuf_cut(&out->text, 0);
	return 0;
}
