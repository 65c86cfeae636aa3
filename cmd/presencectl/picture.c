/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/picture.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

static const struct {
	const char *block, *letter, *colour, *meaning;
} looks[] = {
	[SHADE_OFF] = { "\xc2\xb7", ".", "2", "outside" },
	[SHADE_OPEN] = { "\xe2\x96\x88", "#", "32", "business" },
	[SHADE_BREAK] = { "\xe2\x96\x92", "=", "33", "break" },
	[SHADE_BUSY] = { "\xe2\x96\x93", "b", "31", "busy" },
	[SHADE_SPECIAL] = { "\xe2\x96\x93", "%", "36", NULL },
	[SHADE_HOLIDAY] = { "\xe2\x96\x91", "h", "35", "holiday" },
	[SHADE_UNKNOWN] = { "?", "?", "2", "not known" },
};
_Static_assert(ARRAY_SIZE(looks) == SHADE_COUNT, "a look for each shade");

void picture_init(struct picture *p, const struct zone *zone, bool terminal)
{
	const char *no_colour = getenv("NO_COLOR");

	*p = (struct picture){
		.to = stdout,
		.utf8 = terminal && !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.colour = terminal && !(no_colour && *no_colour),
		.zone = zone,
	};
}

void picture_hours(const struct picture *p, int indent)
{
	fprintf(p->to, "%*s", indent, "");
	for (int hour = 0; hour < 24; hour += 3)
		fprintf(p->to, "%-6d", hour);
	fputc('\n', p->to);
}

static void put(const struct picture *p, enum shade s, enum shade *last)
{
	if (p->colour && s != *last)
		fprintf(p->to, "\033[0;%sm", looks[s].colour);
	*last = s;
	fputs(p->utf8 ? looks[s].block : looks[s].letter, p->to);
}

void picture_day(const struct picture *p, int64_t day, enum shade (*shade)(void *data, int64_t at),
	void *data)
{
	enum shade last = SHADE_COUNT;

	for (int i = 0; i < PICTURE_CELLS; i++) {
		struct civil c;
		int64_t at;

		civil_from_seconds(day * 86400 + i * 1800 + 900, &c);
		if (zone_to_utc(p->zone, &c, &at, NULL) == ZONE_GAP)
			fputc(' ', p->to);
		else
			put(p, shade(data, at), &last);
	}
	if (p->colour)
		fputs("\033[0m", p->to);
}

void picture_legend(const struct picture *p, unsigned shades, const char *special)
{
	const char *gap = "";

	for (int i = 0; i < SHADE_COUNT; i++) {
		enum shade last = SHADE_COUNT;

		if (!(shades & 1u << i))
			continue;
		fputs(gap, p->to);
		put(p, (enum shade)i, &last);
		fprintf(p->to, "%s %s", p->colour ? "\033[0m" : "",
			i == SHADE_SPECIAL ? special : looks[i].meaning);
		gap = "  ";
	}
	fputc('\n', p->to);
}
