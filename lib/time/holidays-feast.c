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

/* The 4th or 5th of April, when the sun stands at 15 degrees: China's day of tombs. So it is from 2001 to 2100. */
static int64_t qingming(int year)
{
	int y = year - 2000;

	return civil_days(year, 4, (2422 * y + 48100) / 10000 - y / 4);
}

/* The equinoxes by the clocks of Japan, as its observatory computes them. So it is from 1980 to 2099. */
static int64_t march_equinox(int year)
{
	int y = year - 1980;

	return civil_days(year, 3, (int)((20843100 + 242194 * (int64_t)y) / 1000000) - y / 4);
}

static int64_t september_equinox(int year)
{
	int y = year - 1980;

	return civil_days(year, 9, (int)((23248800 + 242194 * (int64_t)y) / 1000000) - y / 4);
}

/* The Ethiopian new year: a day later before a leap year. So it is from 1900 to 2099. */
static int64_t enkutatash(int year)
{
	return civil_days(year, 9, year % 4 == 3 ? 12 : 11);
}

/* Days of tables, as year, month and day. What the sight of the moon decides may come a day earlier or later.
 * Islamic feasts: the Umm al-Qura calendar. Until 2035 they are as the public project vacanza/holidays (MIT licence) foretells them,
 * from 2036 on as the library ICU has them. */
static const int32_t islamic_new_year[] = {
	20240707,
	20250626,
	20260616,
	20270606,
	20280525,
	20290514,
	20300503,
	20310423,
	20320411,
	20330401,
	20340321,
	20350311,
	20360229,
	20370217,
	20380206,
	20390126,
	20400115,
	0,
};

static const int32_t ashura[] = {
	20240716,
	20250705,
	20260625,
	20270615,
	20280603,
	20290523,
	20300512,
	20310502,
	20320420,
	20330410,
	20340330,
	20350320,
	20360309,
	20370226,
	20380215,
	20390204,
	20400124,
	0,
};

static const int32_t mawlid[] = {
	20240915,
	20250904,
	20260825,
	20270814,
	20280803,
	20290724,
	20300713,
	20310702,
	20320620,
	20330609,
	20340530,
	20350520,
	20360509,
	20370428,
	20380417,
	20390406,
	20400325,
	0,
};

static const int32_t miraj[] = {
	20240208,
	20250127,
	20260116,
	20270105,
	20271225,
	20281214,
	20291203,
	20301123,
	20311112,
	20321101,
	20331021,
	20341010,
	20350929,
	20360918,
	20370908,
	20380828,
	20390817,
	20400806,
	0,
};

static const int32_t ramadan[] = {
	20240311,
	20250301,
	20260218,
	20270208,
	20280128,
	20290116,
	20300105,
	20301226,
	20311215,
	20321204,
	20331123,
	20341112,
	20351101,
	20361021,
	20371010,
	20380930,
	20390919,
	20400908,
	0,
};

static const int32_t eid_al_fitr[] = {
	20240410,
	20250330,
	20260320,
	20270309,
	20280226,
	20290214,
	20300204,
	20310124,
	20320114,
	20330102,
	20331223,
	20341212,
	20351201,
	20361119,
	20371109,
	20381029,
	20391019,
	20401007,
	0,
};

static const int32_t eid_al_adha[] = {
	20240616,
	20250606,
	20260527,
	20270516,
	20280505,
	20290424,
	20300413,
	20310402,
	20320322,
	20330311,
	20340301,
	20350218,
	20360208,
	20370127,
	20380116,
	20390105,
	20391226,
	20401215,
	0,
};

/* The calendar of China, by lunardate (Lunar Calendar Converter): the days 1/1, 3/10, 4/8, 5/5, 8/15 and 9/9. */
static const int32_t chinese_new_year[] = {
	20240210,
	20250129,
	20260217,
	20270206,
	20280126,
	20290213,
	20300203,
	20310123,
	20320211,
	20330131,
	20340219,
	20350208,
	20360128,
	20370215,
	20380204,
	20390124,
	20400212,
	0,
};

static const int32_t hung_kings[] = {
	20240418,
	20250407,
	20260426,
	20270416,
	20280404,
	20290423,
	20300412,
	20310401,
	20320419,
	20330409,
	20340428,
	20350417,
	20360406,
	20370425,
	20380414,
	20390403,
	20400420,
	0,
};

static const int32_t buddha_day[] = {
	20240515,
	20250505,
	20260524,
	20270513,
	20280502,
	20290520,
	20300509,
	20310528,
	20320516,
	20330506,
	20340525,
	20350515,
	20360503,
	20370522,
	20380511,
	20390430,
	20400518,
	0,
};

static const int32_t dragon_boat[] = {
	20240610,
	20250531,
	20260619,
	20270609,
	20280528,
	20290616,
	20300605,
	20310624,
	20320612,
	20330601,
	20340620,
	20350610,
	20360530,
	20370618,
	20380607,
	20390527,
	20400614,
	0,
};

static const int32_t mid_autumn[] = {
	20240917,
	20251006,
	20260925,
	20270915,
	20281003,
	20290922,
	20300912,
	20311001,
	20320919,
	20330908,
	20340927,
	20350916,
	20361004,
	20370924,
	20380913,
	20391002,
	20400920,
	0,
};

static const int32_t double_ninth[] = {
	20241011,
	20251029,
	20261018,
	20271008,
	20281026,
	20291016,
	20301005,
	20311024,
	20321012,
	20331001,
	20341020,
	20351009,
	20361027,
	20371017,
	20381007,
	20391026,
	20401014,
	0,
};

/* The Hebrew calendar, whose rules are fixed, by convertdate: 15 Nisan and 1 Tishri. */
static const int32_t passover[] = {
	20240423,
	20250413,
	20260402,
	20270422,
	20280411,
	20290331,
	20300418,
	20310408,
	20320327,
	20330414,
	20340404,
	20350424,
	20360412,
	20370331,
	20380420,
	20390409,
	20400329,
	0,
};

static const int32_t rosh_hashanah[] = {
	20241003,
	20250923,
	20260912,
	20271002,
	20280921,
	20290910,
	20300928,
	20310918,
	20320906,
	20330924,
	20340914,
	20351004,
	20360922,
	20370910,
	20380930,
	20390919,
	20400908,
	0,
};

/* 1 Farvardin of the calendar of Iran, by convertdate. */
static const int32_t nowruz[] = {
	20240320,
	20250321,
	20260321,
	20270321,
	20280320,
	20290320,
	20300321,
	20310321,
	20320320,
	20330320,
	20340321,
	20350321,
	20360320,
	20370320,
	20380321,
	20390321,
	20400320,
	0,
};

static const struct feast {
	const char *name;
	int64_t (*rule)(int year); /* or ... */
	const int32_t *table;      /* which ends with 0 */
	int first_year, last_year; /* of the rule, or 0 */
} feasts[] = {
	{ "easter", holidays_easter, NULL, 0, 0 },
	{ "orthodox", holidays_orthodox, NULL, 0, 0 },
	{ "qingming", qingming, NULL, 2001, 2099 },
	{ "march-equinox", march_equinox, NULL, 1980, 2099 },
	{ "september-equinox", september_equinox, NULL, 1980, 2099 },
	{ "enkutatash", enkutatash, NULL, 1900, 2099 },
	{ "islamic-new-year", NULL, islamic_new_year, 0, 0 },
	{ "ashura", NULL, ashura, 0, 0 },
	{ "mawlid", NULL, mawlid, 0, 0 },
	{ "miraj", NULL, miraj, 0, 0 },
	{ "ramadan", NULL, ramadan, 0, 0 },
	{ "eid-al-fitr", NULL, eid_al_fitr, 0, 0 },
	{ "eid-al-adha", NULL, eid_al_adha, 0, 0 },
	{ "chinese-new-year", NULL, chinese_new_year, 0, 0 },
	{ "hung-kings", NULL, hung_kings, 0, 0 },
	{ "buddha-day", NULL, buddha_day, 0, 0 },
	{ "dragon-boat", NULL, dragon_boat, 0, 0 },
	{ "mid-autumn", NULL, mid_autumn, 0, 0 },
	{ "double-ninth", NULL, double_ninth, 0, 0 },
	{ "passover", NULL, passover, 0, 0 },
	{ "rosh-hashanah", NULL, rosh_hashanah, 0, 0 },
	{ "nowruz", NULL, nowruz, 0, 0 },
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
	const struct feast *f = &feasts[feast];
	size_t n = 0;

	if (f->rule) {
		if (f->first_year && (year < f->first_year || year > f->last_year))
			return 0;
		*ret = f->rule(year);
		return 1;
	}
	for (const int32_t *day = f->table; *day && n < FEAST_OF_YEAR_MAX; day++) {
		if (*day / 10000 == year)
			ret[n++] = civil_days(year, *day / 100 % 100, *day % 100);
	}
	return n;
}
