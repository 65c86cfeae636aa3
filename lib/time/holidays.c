/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/holidays.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/time/holidays-country.h"
#include "lib/time/dayword.h"
#include "lib/time/holidays-items.h"

enum { CUTS_MAX = 40 };

/* "us-ca !columbus-day" */
struct country_word {
	char code[COUNTRY_CODE_SIZE];
	char *cuts[CUTS_MAX];
	size_t cuts_n;
};

struct holidays {
	struct country_word countries[HOLIDAYS_COUNTRIES];
	size_t countries_n;
	struct holiday_items items;
	size_t own_n; /* of the items: those of the text. Behind them come those of countries. */
};

static int read_cut(struct country_word *w, const char *text, struct err *err)
{
	const char *name = text + 1;

	if (*text != '!' || !text_is_of(name, TEXT_ALNUM "-", HOLIDAY_NAME_MAX))
		return err_set(err, ERR_USAGE,
			"behind a country stand only holidays to leave out, as in us !columbus-day, not '%.40s'; a ';' separates countries",
			text);
	if (w->cuts_n == CUTS_MAX)
		return err_set(err, ERR_USAGE, "more than %d holidays to leave out", CUTS_MAX);
	w->cuts[w->cuts_n] = xstrdup(name);
	for (char *c = w->cuts[w->cuts_n]; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	w->cuts_n++;
	return 0;
}

static int read_country(struct holidays *h, char *text, struct err *err)
{
	struct country_word *w = &h->countries[h->countries_n];
	char *word = strsep(&text, " \t");

	if (h->countries_n == HOLIDAYS_COUNTRIES)
		return err_set(err, ERR_USAGE, "more than %d countries", HOLIDAYS_COUNTRIES);
	h->countries_n++;
	text_copy(w->code, sizeof(w->code), word);
	for (char *c = w->code; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	while ((word = strsep(&text, " \t"))) {
		if (*word && read_cut(w, word, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_country(const char *text)
{
	char word[COUNTRY_CODE_SIZE];
	size_t n = strcspn(text, " \t");

	if (n >= sizeof(word))
		return false;
	memcpy(word, text, n);
	word[n] = '\0';
	return country_is_code(word);
}

/* What may be meant by a part that could not be read. */
static int hint_country(const char *part, struct err *err)
{
	const char *second = strchr(part, ' ');
	char first[16];

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(part, " "), part);
	if (is_country(part) || dayword_month(first) >= 0 || dayword_weekday(first) >= 0)
		return -1;
	if (strchr(part, ',') && text_is_of(part, TEXT_ALNUM "-, ", SIZE_MAX) &&
		isalpha((unsigned char)*part))
		return err_hint(err, "; a ';' separates countries");
	if ((!second || !strchr(second + 1, ' ')) && !part[strcspn(part, "0123456789")] &&
		text_is_of(part, TEXT_ALNUM " ", SIZE_MAX))
		err_hint(err, "; a country is written as its code: se, de-by");
	return -1;
}

int holidays_parse(const char *text, struct holidays **ret, struct err *err)
{
	_cleanup_(holidays_freep) struct holidays *h = NULL;
	_cleanup_(freep) char *copy = NULL;
	struct strbuf printed = STRBUF_INIT;
	char *rest, *part;
	size_t length;

	if (strlen(text) > HOLIDAYS_TEXT_MAX)
		return err_set(
			err, ERR_USAGE, "the holidays are longer than %d bytes", HOLIDAYS_TEXT_MAX);
	h = xcalloc(1, sizeof(*h));
	rest = copy = xstrdup(text);
	while ((part = strsep(&rest, ";"))) {
		_cleanup_(freep) char *piece = NULL;

		part = dayword_trim(part);
		if (!*part)
			continue;
		piece = xstrdup(part);
		if ((is_country(part) ? read_country(h, piece, err)
				      : holiday_items_read(
						&h->items, piece, false, HOLIDAYS_MAX, err)) < 0) {
			err_wrap(err, "holiday '%.80s'", part);
			return hint_country(part, err);
		}
	}
	h->own_n = h->items.n;
	holidays_print(h, &printed);
	length = printed.len;
	strbuf_done(&printed);
	if (length > HOLIDAYS_TEXT_MAX)
		return err_set(err, ERR_USAGE,
			"the holidays are longer than %d bytes when written in full",
			HOLIDAYS_TEXT_MAX);
	*ret = TAKE_PTR(h);
	return 0;
}

void holidays_free(struct holidays *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->countries_n; i++) {
		while (h->countries[i].cuts_n)
			free(h->countries[i].cuts[--h->countries[i].cuts_n]);
	}
	holiday_items_done(&h->items);
	free(h);
}

static int bind_country(
	struct holidays *h, const struct country_word *w, struct countries *from, struct err *err)
{
	const char code[3] = { w->code[0], w->code[1], '\0' };
	const struct country *c = from->get(from, code, err);
	struct holiday_items items = { 0 };
	struct err why;
	int r;

	if (!c)
		return -1;
	r = country_problem(c, err);
	if (country_items(c, w->code, &items, &why) < 0 && r == 0) {
		*err = why;
		r = -1;
	}
	for (size_t i = 0; i < w->cuts_n; i++) {
		if (holiday_items_cut(&items, w->cuts[i], 0, 0, &why) < 0 && r == 0) {
			*err = why;
			r = err_wrap(err, "%s", w->code);
		}
	}
	for (size_t i = 0; i < items.n; i++)
		holiday_items_copy(&h->items, &items.list[i]);
	holiday_items_done(&items);
	return r;
}

int holidays_bind(struct holidays *h, struct countries *from, struct err *err)
{
	struct err why;
	int r = 0;

	for (size_t i = 0; i < h->countries_n; i++) {
		const struct country_word *w = &h->countries[i];

		if (!from)
			err_set(&why, ERR_NOT_FOUND, "no holidays of '%s' are known", w->code);
		else if (bind_country(h, w, from, &why) == 0)
			continue;
		if (r == 0 && err)
			*err = why;
		r = -1;
	}
	return r;
}

void holidays_print(const struct holidays *h, struct strbuf *to)
{
	const char *between = "";

	for (size_t i = 0; i < h->countries_n; i++) {
		strbuf_addf(to, "%s%s", between, h->countries[i].code);
		for (size_t k = 0; k < h->countries[i].cuts_n; k++)
			strbuf_addf(to, " !%s", h->countries[i].cuts[k]);
		between = "; ";
	}
	for (size_t i = 0; i < h->own_n; i++) {
		strbuf_adds(to, between);
		holiday_items_print(&h->items.list[i], to);
		between = "; ";
	}
}

void holidays_between(
	const struct holidays *h, int64_t first, int64_t last, struct holiday **ret, size_t *ret_n)
{
	holiday_items_between(&h->items, first, last, ret, ret_n);
}
