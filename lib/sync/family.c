/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/family.h"

#include <string.h>

void family_reset(struct family *f)
{
	f->due = true;
	f->busy = false;
	f->not_before_ms = 0;
}

void family_event(struct family *f, const struct amimsg *m)
{
	if (!strcmp(amimsg_text(m, "Event"), "DeviceStateChange") &&
		!strcmp(amimsg_text(m, "Device"), f->hint))
		f->due = true;
}

bool family_is_due(const struct family *f, const struct turn *t)
{
	return f->due && !f->busy && t->now.ms >= f->not_before_ms && ami_room(t->ami) > 0;
}

int64_t family_deadline(const struct family *f, int64_t now_ms)
{
	return f->due && !f->busy && f->not_before_ms > now_ms ? f->not_before_ms : INT64_MAX;
}

int family_step(struct family *f, const struct turn *t, uint64_t tag, struct err *err)
{
	const char *list[] = { "Action", "DBGetTree", "Family", f->name, NULL };

	f->due = false;
	f->busy = true;
	return turn_send(t, tag, list, err);
}

const char *family_key(const struct family *f, const struct amimsg *m)
{
	const char *name = amimsg_text(m, "Key");
	size_t n = strlen(f->name);

	if (*name != '/' || strncmp(name + 1, f->name, n) != 0 || name[n + 1] != '/')
		return NULL;
	return name + n + 2;
}

void family_end(struct family *f, bool again, int64_t now_ms, int64_t pause_ms)
{
	f->busy = false;
	f->due |= again;
	f->not_before_ms = now_ms + pause_ms;
}
