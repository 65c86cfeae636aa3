/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/presence/note.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/checks.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/base/text.h"
#include "lib/time/dayword.h"

#define UNTIL "{until}"

static void print_end(struct strbuf *to, int64_t until, const struct zone *z,
	const struct zone *home, int64_t now)
{
	char word[ZONE_WORD_SIZE];
	struct civil end, here;
	int64_t days;

	if (until == UNTIL_OPEN) {
		strbuf_adds(to, "...");
		return;
	}
	zone_to_local(z, until, &end);
	zone_to_local(z, now, &here);
	days = civil_days(end.year, end.month, end.day) -
		civil_days(here.year, here.month, here.day);
	if (days < 0 || days > 6)
		strbuf_addf(to, "%04d-%02d-%02d ", end.year, end.month, end.day);
	else if (days > 0)
		strbuf_addf(to, "%s ",
			dayword_weekdays[civil_weekday(civil_days(end.year, end.month, end.day))]);
	strbuf_addf(to, "%02d:%02d", end.hour, end.minute);
	if (zone_offset(z, until) != zone_offset(home, until)) {
		zone_word(z, until, word);
		strbuf_addf(to, " %s", word);
	}
}

/* The length of the part in brackets that begins at `s`, with both brackets. 0 if it does not hold {until}, or holds another
 * bracket. */
static size_t bracket(const char *s)
{
	size_t n;
	const char *at;

	if (*s != '[')
		return 0;
	n = 1 + strcspn(s + 1, "[]");
	at = strstr(s, UNTIL);
	return s[n] == ']' && at && at < s + n ? n + 1 : 0;
}

void note_fill(const char *text, int64_t until, const struct zone *z, const struct zone *home,
	int64_t now, char ret[NOTE_MAX_LEN + 1])
{
	_cleanup_(strbuf_done) struct strbuf to = STRBUF_INIT;
	const char *close =
		NULL; /* the ']' of a part that stays: the brackets themselves are dropped */

	while (*text) {
		size_t n = bracket(text);

		if (n && until == UNTIL_OPEN) {
			text += n;
		} else if (n) {
			close = text + n - 1;
			text++;
		} else if (text == close) {
			text++;
		} else if (!strncmp(text, UNTIL, strlen(UNTIL))) {
			print_end(&to, until, z, home, now);
			text += strlen(UNTIL);
		} else {
			strbuf_addc(&to, *text++);
		}
	}
	text_cut(to.s, NOTE_MAX_LEN);
	text_copy(ret, NOTE_MAX_LEN + 1, to.s);
}

int note_take(const char *note, char ret[NOTE_MAX_LEN + 1], struct err *err)
{
	char cut[4 * NOTE_MAX_LEN];

	if (check_text("note", note, SIZE_MAX, err) < 0)
		return -1;
	snprintf(cut, sizeof(cut), "%s", note);
	text_cut(cut, NOTE_MAX_LEN);
	text_copy(ret, NOTE_MAX_LEN + 1, cut);
	return strlen(cut) < strlen(note);
}

static int set(const struct key *k, void *object, const char *value, struct err *err)
{
	return note_take(value, key_member(k, object), err);
}

const struct key_type key_note = { .set = set };
