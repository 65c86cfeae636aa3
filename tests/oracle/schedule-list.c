/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What schedules say, for comparing. Each line of standard input is ZONE, HOURS, BREAKS, SPECIAL, BEFORE-HOLIDAY, HOLIDAYS, FROM and TO
 * with tabs between, the last two in UTC seconds. Each line of output has "START PERIOD" for each segment, or the error. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/binding/zonefile.h"
#include "lib/presence/schedule.h"

enum { ZONE, HOURS, BREAKS, SPECIAL, BEFORE, HOLIDAYS, FROM, TO, FIELDS };

/* The texts are printed as keys keep them, and read again. */
static int parse(char *field[FIELDS], struct schedule_rules **ret, struct err *err)
{
	struct schedule *s = xcalloc(1, sizeof(*s));
	_cleanup_(schedule_rules_freep) struct schedule_rules *first = NULL;
	struct strbuf hours = STRBUF_INIT, special = STRBUF_INIT;
	int r;

	text_copy(s->hours, sizeof(s->hours), field[HOURS]);
	text_copy(s->breaks, sizeof(s->breaks), field[BREAKS]);
	text_copy(s->special, sizeof(s->special), field[SPECIAL]);
	text_copy(s->before_holiday, sizeof(s->before_holiday), field[BEFORE]);
	text_copy(s->holidays, sizeof(s->holidays), field[HOLIDAYS]);
	r = schedule_parse(s, &first, err);
	if (r == 0) {
		hours_print(first->hours, &hours);
		specials_print(&first->special, &special);
		text_copy(s->hours, sizeof(s->hours), hours.s);
		text_copy(s->special, sizeof(s->special), special.s);
		r = schedule_parse(s, ret, err);
	}
	strbuf_done(&hours);
	strbuf_done(&special);
	free(s);
	return r;
}

static int list(char *field[FIELDS])
{
	_cleanup_(schedule_rules_freep) struct schedule_rules *r = NULL;
	_cleanup_(segments_done) struct segments s = { 0 };
	_cleanup_(zone_freep) struct zone *z = NULL;
	struct schedule_view view = { .forced = -1 };
	struct err err = { 0 };

	if (zonefile_load(field[ZONE], &z, &err) < 0 || parse(field, &r, &err) < 0) {
		printf("error: %s\n", err.msg);
		return 0;
	}
	view.zone = z;
	schedule_segments(
		r, &view, strtoll(field[FROM], NULL, 10), strtoll(field[TO], NULL, 10), &s);
	for (size_t i = 0; i < s.n; i++)
		printf("%" PRId64 " %s ", s.list[i].start, period_name(s.list[i].period));
	putchar('\n');
	return 0;
}

int main(void)
{
	static char line[32768];

	while (fgets(line, sizeof(line), stdin)) {
		char *field[FIELDS], *rest = line;
		int n = 0;

		line[strcspn(line, "\n")] = '\0';
		while (n < FIELDS && (field[n] = strsep(&rest, "\t")))
			n++;
		if (n != FIELDS || list(field) < 0)
			return 2;
	}
	return 0;
}
