/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the item of a queue member: what is taken has nothing that Asterisk's own database would read as more. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/pbx/member.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* The name, a line feed, the value. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(freep) char *name = xstrndup((const char *)bytes, n);
	char *value = strchr(name, '\n');
	const char *fields[MEMBER_FIELDS];
	struct err err = { 0 };
	struct member_held held = { 0 };
	struct member_goal g;
	char number[12];

	if (!value)
		return 0;
	*value++ = '\0';
	if (member_parse(name, value, &g, &err) < 0) {
		if (!*err.msg || err.code != ERR_FAILED)
			abort();
		return 0;
	}
	for (enum member_next a = MEMBER_ADD; a <= MEMBER_REMOVE; a++) {
		member_action(&g, a, &held, number, fields);
		for (size_t i = 0; fields[i]; i++) {
			if (strpbrk(fields[i], ";|, \"\\\r\n"))
				abort();
		}
	}
	return 0;
}
