/* SPDX-License-Identifier: GPL-3.0-or-later */
/* note.h - the note of a switch: what is taken, and the note with its end. */
#ifndef NOTE_H
#define NOTE_H

#include <stdint.h>

#include "lib/base/key.h"
#include "lib/presence/model.h"
#include "lib/time/zone.h"

/* Copy `text` to `ret` with the end in the place of {until}. The end is told by the wall clock of `z`: "13:00" on the day of
 * `now`, "Mon 09:00" within the six days after, else "2026-12-24 12:00". If `home` is another clock the zone follows: "13:00 EST". Such a note stays true until the end. Without an end
 * (UNTIL_OPEN) a part in brackets around {until} is dropped, "Lunch[, back {until}]"; an {until} without brackets becomes
 * "...". The note is cut to NOTE_MAX_LEN bytes on a character border. */
void note_fill(const char *text, int64_t until, const struct zone *z, const struct zone *home,
	int64_t now, char ret[NOTE_MAX_LEN + 1]);

/* Take a note from outside: UTF-8 without control characters. 1 if it was cut to fit. ERR_USAGE. */
int note_take(const char *note, char ret[NOTE_MAX_LEN + 1], struct err *err) MUST_CHECK;
extern const struct key_type key_note; /* the same */

#endif
