/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/pbx/hint.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/pbx/activity.h"

#define EXTEN  "${EXTEN}"
#define FILTER "${FILTER("
#define CLOSE  ",${EXTEN})}"

/* Put the extension in place of its variable. Returns false if the hint has another one. */
static bool expand(const char *hint, const char *extension, struct strbuf *to)
{
	const char *end;

	while (*hint) {
		if (!strncmp(hint, EXTEN, strlen(EXTEN))) {
			hint += strlen(EXTEN);
			strbuf_adds(to, extension);
		} else if (!strncmp(hint, FILTER, strlen(FILTER)) && (end = strstr(hint, CLOSE)) &&
			!memchr(hint + 1, '$', (size_t)(end - hint) - 1)) {
			hint = end + strlen(CLOSE);
			strbuf_adds(to, extension);
		} else if (!strncmp(hint, "${", 2)) {
			return false;
		} else {
			strbuf_addc(to, *hint++);
		}
	}
	return true;
}

static bool part_is(const char *part, size_t n, const char *what)
{
	return n == strlen(what) && !strncasecmp(part, what, n);
}

/* What one part of the hint is to the user. */
static int look(const char *part, size_t n, const struct user *u)
{
	char name[EXTENSION_MAX_LEN + sizeof("Custom:presence-")], device[DIAL_MAX_LEN + 1];

	strcpy(name, "Custom:presence-");
	strcat(name, u->extension);
	if (part_is(part, n, name))
		return HINT_LAMP;
	strcpy(name, "CustomPresence:");
	strcat(name, u->extension);
	if (part_is(part, n, name))
		return HINT_PRESENCE;
	for (size_t i = 0; i < u->devices_n; i++) {
		if (activity_device(u->devices[i].dial, device) && part_is(part, n, device))
			return HINT_DEVICE;
	}
	return 0;
}

static bool has_device(const struct user *u)
{
	char device[DIAL_MAX_LEN + 1];

	for (size_t i = 0; i < u->devices_n; i++) {
		if (activity_device(u->devices[i].dial, device))
			return true;
	}
	return false;
}

int hint_shows(const char *hint, const struct user *u)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	int shows = HINT_IS_THERE | (has_device(u) ? 0 : HINT_DEVICE);

	if (!*hint)
		return 0;
	if (!expand(hint, u->extension, &text))
		return HINT_ALL;
	for (const char *p = text.s; *p;) {
		size_t n = strcspn(p, "&,");

		shows |= look(p, n, u);
		p += n;
		p += strspn(p, "&,");
	}
	return shows;
}
