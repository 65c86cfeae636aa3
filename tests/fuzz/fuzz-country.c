/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as the file of a country: its regions have holidays in order, inside the window. */
#include <stdint.h>

#include "lib/time/holidays-country.h"
#include "lib/time/holidays-items.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* 2024 to 2028 */
enum { FIRST = 19723, LAST = 21549, REGIONS = 3 };

static void check_items(const struct country *c, const char *code)
{
	struct holiday_items items = { 0 };
	struct holiday *list;
	struct err err;
	size_t n;

	(void)!country_items(c, code, &items, &err);
	holiday_items_between(&items, FIRST, LAST, &list, &n);
	for (size_t i = 0; i < n; i++) {
		if (list[i].day < FIRST || list[i].day > LAST || list[i].start >= list[i].end ||
			!*list[i].name || (i && list[i].day < list[i - 1].day))
			__builtin_trap();
	}
	free(list);
	holiday_items_done(&items);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(country_freep) struct country *c = country_new("xa");
	_cleanup_(freep) char *text = xstrndup((const char *)bytes, n);
	const char *code, *name, *local;

	country_read(c, "f", text);
	country_read(c, "g", text);
	check_items(c, "xa");
	for (size_t i = 0; i < REGIONS && (code = country_region(c, i, &name, &local)); i++)
		check_items(c, code);
	return 0;
}
