/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of zones as Outlook, Exchange and others write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/binding/zonefile.h"
#include "lib/calendar/winzone.h"

static void check(const char *text, const char *is, const char *expect)
{
	if (!is != !expect || (is && strcmp(is, expect) != 0))
		fail_msg("'%s': '%s', not '%s'", text, is ? is : "(none)",
			expect ? expect : "(none)");
}

static void test_find(void **state)
{
	static const struct {
		const char *name, *olson;
	} table[] = {
		{ "W. Europe Standard Time", "Europe/Berlin" },
		{ "w. europe standard time", "Europe/Berlin" },
		{ "GMT Standard Time", "Europe/London" },
		{ "Pacific Standard Time", "America/Los_Angeles" },
		{ "Pacific Standard Time (Mexico)", "America/Tijuana" },
		{ "India Standard Time", "Asia/Kolkata" },
		{ "FLE Standard Time", "Europe/Kyiv" },
		{ "Central Asia Standard Time", "Asia/Bishkek" },
		{ "UTC", "Etc/UTC" },
		{ "UTC-11", "Etc/GMT+11" },
		{ "Line Islands Standard Time", "Pacific/Kiritimati" },
		{ "W. Europe Standard", NULL },
		{ "W. Europe Standard Time ", NULL },
		{ "Europe/Berlin", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(table[i].name, winzone_find(table[i].name), table[i].olson);
}

static bool known(void *data, const char *name)
{
	_cleanup_(zone_freep) struct zone *z = NULL;

	(void)data;
	return zonefile_load(name, &z, NULL) == 0;
}

static void test_guess(void **state)
{
	static const struct {
		const char *tzid, *olson;
	} table[] = {
		{ "Europe/Stockholm", "Europe/Stockholm" },
		{ "America/Argentina/Ushuaia", "America/Argentina/Ushuaia" },
		{ "/freeassociation.sourceforge.net/Europe/Stockholm", "Europe/Stockholm" },
		{ "/freeassociation.sourceforge.net/Tzfile/Europe/Oslo", "Europe/Oslo" },
		{ "/mozilla.org/20050126_1/Europe/Stockholm", "Europe/Stockholm" },
		{ "/softwarestudio.org/Olson_20011030_5/America/Indiana/Knox",
			"America/Indiana/Knox" },
		{ "/citadel.org/20190914_1/Etc/UTC", "Etc/UTC" },
		{ "tzone://Microsoft/Utc", "Etc/UTC" },
		{ "tzone://Microsoft/Custom", NULL },
		{ "W. Europe Standard Time", "Europe/Berlin" },
		{ "W. Europe Standard Time 1", "Europe/Berlin" },
		{ "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin" },
		{ "(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", "Europe/Berlin" },
		{ "(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris", "Europe/Paris" },
		{ "(GMT+01.00) Sarajevo/Warsaw/Zagreb", "Europe/Warsaw" },
		{ "(GMT -08:00) Pacific Time (US and Canada); Tijuana", "America/Los_Angeles" },
		{ "(UTC-07:00) Chihuahua, La Paz, Mazatlan", "America/Chihuahua" },
		{ "(UTC-04:00) Georgetown, La Paz, Manaus, San Juan", "America/La_Paz" },
		{ "(UTC+02:00) Istanbul", "Europe/Istanbul" },
		{ "(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/London" },
		{ "(UTC) Coordinated Universal Time", "Etc/UTC" },
		{ "Eastern Time (US & Canada)", "America/New_York" },
		{ "(UTC+01:00)", NULL },
		{ "(UTC+01:00) ", NULL },
		{ "(UTC+01:00) , /;", NULL },
		{ "(UTC+01:00 Berlin", NULL },
		{ "(UTC+09:00) Berlin", NULL },
		{ "GMT+0100", "Etc/GMT-1" },
		{ "GMT+01:00", "Etc/GMT-1" },
		{ "UTC-5", "Etc/GMT+5" },
		{ "UTC-11", "Etc/GMT+11" },
		{ "GMT+14", "Etc/GMT-14" },
		{ "GMT-1200", "Etc/GMT+12" },
		{ "GMT+0000", "UTC" },
		{ "utc", "Etc/UTC" },
		{ "Z", "UTC" },
		{ "GMT-1300", NULL },
		{ "GMT+1500", NULL },
		{ "GMT+0530", NULL },
		{ "GMT+100", NULL },
		{ "GMT+", NULL },
		{ "GMT+01000", NULL },
		{ "GMT+0100 (Standard) / GMT+0200 (Daylight)", NULL },
		{ "Customized Time Zone", NULL },
		{ "Sarajevo/Warsaw/Zagreb", NULL },
		{ "../Europe/Berlin/", NULL },
		{ "", NULL },
		{ "/", NULL },
		{ "////", NULL },
		{ "1", NULL },
		{ " 1", NULL },
	};
	char large[2000];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(table[i].tzid, winzone_guess(table[i].tzid, known, NULL), table[i].olson);
	memset(large, '/', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	assert_null(winzone_guess(large, known, NULL));
}

/* Every zone that the table names is installed, or the table is out of date. */
static void test_table(void **state)
{
	static const struct {
		const char *name, *display;
		int minutes;
		const char *olson;
	} rows[] = {
#include "lib/calendar/winzone.inc"
	};

	(void)state;
	assert_true(ARRAY_SIZE(rows) > 130);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char display[128];

		if (!known(NULL, rows[i].olson))
			fail_msg("'%s' is %s, which is not installed", rows[i].name, rows[i].olson);
		check(rows[i].name, winzone_find(rows[i].name), rows[i].olson);
		snprintf(display, sizeof(display), "(UTC%+03d:%02d) %s", rows[i].minutes / 60,
			abs(rows[i].minutes % 60), rows[i].display);
		check(display, winzone_guess(display, known, NULL), rows[i].olson);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
