/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/actor.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

/* The name is read from /etc/passwd only: the name service would take longer than the switch itself. */
static void name_of(uid_t uid, char *name, size_t size)
{
	_cleanup_(fclosep) FILE *f = fopen("/etc/passwd", "re");
	struct passwd *pw;

	snprintf(name, size, "uid %u", (unsigned)uid);
	while (f && (pw = fgetpwent(f))) {
		if (pw->pw_uid == uid && text_is_of(pw->pw_name, TEXT_ALNUM "._-", 32)) {
			snprintf(name, size, "%s", pw->pw_name);
			return;
		}
	}
}

void actor_get(const char *via, struct actor *ret, char name[ACTOR_NAME_SIZE])
{
	uid_t uid = getuid();
	const char *sudo = uid == 0 ? getenv("SUDO_USER") : NULL;

	if (sudo && strcmp(sudo, "root") != 0 && text_is_of(sudo, TEXT_ALNUM "._-", 32))
		snprintf(name, ACTOR_NAME_SIZE, "%s (sudo)", sudo);
	else
		name_of(uid, name, ACTOR_NAME_SIZE);
	*ret = (struct actor){ .via = via, .name = name, .uid = (int64_t)uid };
}
