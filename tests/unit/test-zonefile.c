/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zones from files: names from outside, and a source of zones that notices new files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/binding/zonefile.h"

static void test_names(void **state)
{
	static const struct {
		const char *name;
		int code; /* -1: it loads */
		const char *hint;
	} table[] = {
		{ "Europe/Stockholm", -1, "" },
		{ "America/Argentina/Ushuaia", -1, "" },
		{ "Etc/GMT+12", -1, "" },
		{ "UTC", -1, "" },
		{ "Europe/Stockholmm", ERR_NOT_FOUND, "did you mean 'Europe/Stockholm'" },
		{ "europe/stockholm", ERR_NOT_FOUND, "did you mean 'Europe/Stockholm'" },
		{ "Stokholm", ERR_NOT_FOUND, "" },
		{ "Europe", ERR_NOT_FOUND, "" },
		{ "Europe/", ERR_NOT_FOUND, "" },
		{ "Europe//Stockholm", ERR_NOT_FOUND, "did you mean 'Europe/Stockholm'" },
		{ "right/Europe/Stockholm", ERR_NOT_FOUND, "" },
		{ "posixrules", ERR_NOT_FOUND, "" },
		{ "leapseconds", ERR_NOT_FOUND, "" },
		{ "../../../etc/passwd", ERR_USAGE, "" },
		{ "Europe/../Europe/Stockholm", ERR_USAGE, "" },
		{ "/etc/passwd", ERR_USAGE, "" },
		{ "//", ERR_USAGE, "" },
		{ "", ERR_USAGE, "" },
		{ "Europe/Stockholm\n", ERR_USAGE, "" },
		{ "Europe/Stockholm\x80", ERR_USAGE, "" },
		{ "tzdata.zi", ERR_USAGE, "" },
		{ "A23456789/123456789/123456789/123456789/123456789/123456789/1", ERR_USAGE, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(zone_freep) struct zone *z = NULL;
		struct err err = { 0 };
		int r = zonefile_load(table[i].name, &z, &err);

		if (r != (table[i].code < 0 ? 0 : -1))
			fail_msg("'%s': %d, %s", table[i].name, r, err.msg);
		if (r < 0 && ((int)err.code != table[i].code || !strstr(err.msg, table[i].hint)))
			fail_msg("'%s': code %d, %s", table[i].name, err.code, err.msg);
		if (r == 0)
			assert_string_equal(zone_name(z), table[i].name);
	}
}

static void copy(const char *folder, const char *name, const char *zone)
{
	char from[200], to[200], bytes[8192];
	size_t n;
	FILE *f;

	snprintf(from, sizeof(from), "/usr/share/zoneinfo/%s", zone);
	f = fopen(from, "re");
	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	snprintf(to, sizeof(to), "%s/new", folder);
	f = fopen(to, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	snprintf(from, sizeof(from), "%s/%s", folder, name);
	assert_int_equal(rename(to, from), 0);
}

static void test_source(void **state)
{
	char folder[] = "/tmp/test-zonefile.XXXXXX", path[200];
	_cleanup_(zonefiles_freep) struct zonefiles *f = NULL;
	const struct zone *z;
	struct zones *zones;
	struct err err;

	(void)state;
	assert_non_null(mkdtemp(folder));
	f = zonefiles_new(folder, "");
	zones = zonefiles_zones(f);
	assert_false(zonefiles_refresh(f));
	assert_null(zones->get(zones, "Here", NULL));
	assert_null(zones->get(zones, "Here", &err));
	assert_non_null(strstr(err.msg, "install the package tzdata"));
	assert_false(zonefiles_refresh(f));

	/* No file: UTC, until there is one. */
	assert_string_equal(zone_name(zones->get(zones, "", &err)), "UTC");
	assert_int_equal(zone_offset(zones->get(zones, "", &err), 0), 0);
	assert_false(zonefiles_refresh(f));
	copy(folder, "localtime", "Asia/Kathmandu");
	assert_true(zonefiles_refresh(f));
	assert_false(zonefiles_refresh(f));
	z = zones->get(zones, "", &err);
	assert_string_equal(zone_name(z), "local");
	assert_int_equal(zone_offset(z, 1700000000), 20700);

	copy(folder, "Here", "Europe/Stockholm");
	z = zones->get(zones, "Here", &err);
	assert_int_equal(zone_offset(z, 1700000000), 3600);
	assert_ptr_equal(z, zones->get(zones, "Here", &err));
	assert_false(zonefiles_refresh(f));
	assert_ptr_equal(z, zones->get(zones, "Here", &err));
	copy(folder, "Here", "Europe/Helsinki");
	assert_ptr_equal(z, zones->get(zones, "Here", &err));
	assert_true(zonefiles_refresh(f));
	assert_int_equal(zone_offset(zones->get(zones, "Here", &err), 1700000000), 7200);

	/* A file that is damaged or gone is an error, and heals. */
	assert_null(zones->get(zones, "Hera", &err));
	assert_non_null(strstr(err.msg, "did you mean 'Here'"));
	snprintf(path, sizeof(path), "%s/Here", folder);
	assert_int_equal(truncate(path, 100), 0);
	assert_true(zonefiles_refresh(f));
	assert_null(zones->get(zones, "Here", &err));
	assert_non_null(strstr(err.msg, "damaged"));
	assert_int_equal(unlink(path), 0);
	assert_null(zones->get(zones, "Here", &err));
	copy(folder, "Here", "Europe/Stockholm");
	assert_int_equal(zone_offset(zones->get(zones, "Here", &err), 1700000000), 3600);
	assert_non_null(zones->get(zones, "UTC", &err));
	assert_int_equal(unlink(path), 0);
	assert_true(zonefiles_refresh(f));

	snprintf(path, sizeof(path), "%s/localtime", folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/usr/share/zoneinfo/Europe/Stockholm", path), 0);
	assert_string_equal(zone_name(zones->get(zones, "", &err)), "Europe/Stockholm");
	assert_int_equal(unlink(path), 0);
	assert_true(zonefiles_refresh(f));
	assert_int_equal(rmdir(folder), 0);
}

/* A name from the database, a calendar or the command line opens nothing but a zone below the folder. */
static void test_hostile_names(void **state)
{
	char folder[] = "/tmp/test-zonefile.XXXXXX", path[200], outside[200];
	_cleanup_(freep) char *huge = xcalloc(1, 1 << 20);
	_cleanup_(zonefiles_freep) struct zonefiles *f = NULL;
	const char *const names[] = { "../Outside", "Here/../../Outside", "./Here", "Here/.",
		"/Outside", "//Outside", outside, "Here/", "Here\n", "Here\x1b[2J", "Here\xff",
		"%s%n%s%n", "-", ".", "..", "here", "~/Here", "$(id)", "Here;id", "Here Here",
		huge };
	struct zones *zones;
	struct err err;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/Zones", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(outside, sizeof(outside), "%s/Outside", folder);
	memset(huge, 'A', (1 << 20) - 1);
	f = zonefiles_new(path, "");
	zones = zonefiles_zones(f);
	copy(path, "Here", "Europe/Stockholm");
	copy(folder, "Outside", "Europe/Stockholm");
	assert_non_null(zones->get(zones, "Here", &err));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (zones->get(zones, names[i], &err) || zones->get(zones, names[i], NULL))
			fail_msg("'%.40s' is a zone", names[i]);
		assert_true(strlen(err.msg) < sizeof(err.msg));
	}
	/* What was refused is not kept: it would be looked at again and again. */
	assert_false(zonefiles_refresh(f));
	snprintf(outside, sizeof(outside), "rm -r '%s'", folder);
	assert_int_equal(system(outside), 0);
}

/* What stands there and is no zone is refused at once: nothing waits for it, and not much is read. */
static void test_hostile_files(void **state)
{
	static const struct {
		const char *name, *said;
	} table[] = {
		{ "Fifo", "no time zone 'Fifo'" }, { "Folder", "no time zone 'Folder'" },
		{ "Gone", "no time zone 'Gone'" },
		{ "Link", "no time zone 'Link'" }, /* to a device without end */
		{ "Huge", "is no zone file" }, { "Empty", "damaged" }, { "Text", "damaged" },
		{ "", "is no zone file" }, /* the system's own is a FIFO */
	};
	char folder[] = "/tmp/test-zonefile.XXXXXX", path[200];
	_cleanup_(zonefiles_freep) struct zonefiles *f = NULL;
	struct zones *zones;
	struct err err;
	FILE *text;

	(void)state;
	assert_non_null(mkdtemp(folder));
	f = zonefiles_new(folder, "");
	zones = zonefiles_zones(f);
#define PATH(name) (snprintf(path, sizeof(path), "%s/%s", folder, name), path)
	assert_int_equal(mkfifo(PATH("Fifo"), 0600), 0);
	assert_int_equal(mkfifo(PATH("localtime"), 0600), 0);
	assert_int_equal(mkdir(PATH("Folder"), 0700), 0);
	assert_int_equal(symlink("/dev/zero", PATH("Link")), 0);
	assert_int_equal(symlink("nowhere", PATH("Gone")), 0);
	copy(folder, "Huge", "Europe/Stockholm");
	assert_int_equal(truncate(PATH("Huge"), 1 << 20), 0);
	copy(folder, "Empty", "Europe/Stockholm");
	assert_int_equal(truncate(PATH("Empty"), 0), 0);
	text = fopen(PATH("Text"), "we");
	assert_non_null(text);
	fputs("root:x:0:0\n", text);
	fclose(text);
#undef PATH
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (zones->get(zones, table[i].name, &err) || !strstr(err.msg, table[i].said) ||
			strstr(err.msg, "root:"))
			fail_msg("'%s': %s", table[i].name, err.msg);
	}
	assert_false(zonefiles_refresh(f));
	snprintf(path, sizeof(path), "rm -r '%s'", folder);
	assert_int_equal(system(path), 0);
}

static void test_default(void **state)
{
	_cleanup_(zonefiles_freep) struct zonefiles *f = zonefiles_new(NULL, "Asia/Kathmandu"),
						    *g = zonefiles_new(NULL, "Asia/Katmandoo");
	struct zones *zones = zonefiles_zones(f);
	struct err err;

	(void)state;
	assert_string_equal(zone_name(zones->get(zones, "", &err)), "Asia/Kathmandu");
	assert_ptr_equal(zones->get(zones, "", &err), zones->get(zones, "Asia/Kathmandu", &err));
	zones = zonefiles_zones(g);
	assert_null(zones->get(zones, "", &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_hostile_files),
		cmocka_unit_test(test_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
