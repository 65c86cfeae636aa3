/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/pbx/section.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"

enum { KEY_SIZE = 64 };

static void give(
	const char *line, void (*fn)(void *data, const char *key, const char *value), void *data)
{
	size_t n = strcspn(line, "=");
	char key[KEY_SIZE];

	if (n >= sizeof(key))
		return;
	memcpy(key, line, n);
	key[n] = '\0';
	fn(data, key, line + n + (line[n] == '='));
}

/* Headers are Category-000001, with the name, and behind each of them Line-000001-000000 and so on. */
bool section_each(const struct amimsg *answer, const char *name,
	void (*fn)(void *data, const char *key, const char *value), void *data)
{
	bool within = false, found = false;

	for (size_t i = 0; i < answer->n; i++) {
		const struct amimsg_header *h = &answer->headers[i];

		if (!strncasecmp(h->name, "Category-", strlen("Category-"))) {
			within = !strcmp(h->value, name);
			found = found || within;
		} else if (within && !strncasecmp(h->name, "Line-", strlen("Line-"))) {
			give(h->value, fn, data);
		}
	}
	return found;
}

bool section_is_no(const char *value)
{
	static const char *const words[] = { "no", "false", "n", "f", "0", "off" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcasecmp(value, words[i]))
			return true;
	}
	return false;
}
