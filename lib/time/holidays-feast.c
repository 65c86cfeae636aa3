/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/holidays-feast.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/time/civil.h"
#include "lib/time/holidays.h"

/* The Gregorian computus. The place of the year in the Metonic cycle of 19 years, corrected by century, gives the full moon
 * on or after 21 March; `moon` is its days after 21 March. A moon at 29, and late in the cycle a moon at 28, counts a day
 * earlier. Easter is the Sunday after that moon. */
int64_t holidays_easter(int year)
{
	int golden = year % 19, century = year / 100;
	int moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 +
			   15) %
		30;
	int64_t full;

	if (moon == 29 || (moon == 28 && golden > 10))
		moon--;
	full = civil_days(year, 3, 21) + moon;
	return full + 7 - (civil_weekday(full) + 1) % 7;
}

/* The same by the Julian calendar, whose cycle has no corrections. The last term is how many days that calendar is behind. */
int64_t holidays_orthodox(int year)
{
	int moon = (19 * (year % 19) + 15) % 30;
	int64_t full = civil_days(year, 3, 21) + moon + year / 100 - year / 400 - 2;

	return full + 7 - (civil_weekday(full) + 1) % 7;
}

static const struct feast {
	const char *name;
	int64_t (*rule)(int year);
} feasts[] = {
	{ "easter", holidays_easter },
	{ "orthodox", holidays_orthodox },
};

const char *feast_name(int feast)
{
	return feast < (int)ARRAY_SIZE(feasts) ? feasts[feast].name : NULL;
}

int feast_parse(const char *text, const char **ret_end)
{
	for (size_t i = 0; i < ARRAY_SIZE(feasts); i++) {
		size_t n = strlen(feasts[i].name);

		if (strncasecmp(text, feasts[i].name, n) != 0)
			continue;
		*ret_end = text + n;
		return (int)i;
	}
	return -1;
}

size_t feast_in_year(int feast, int year, int64_t ret[FEAST_OF_YEAR_MAX])
{
	*ret = feasts[feast].rule(year);
	return 1;
}
