/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/pbx/activity.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

static const char *const names[] = {
	[ACTIVITY_OFFLINE] = "offline",
	[ACTIVITY_UNKNOWN] = NULL,
	[ACTIVITY_IDLE] = "idle",
	[ACTIVITY_HOLD] = "on hold",
	[ACTIVITY_RINGING] = "ringing",
	[ACTIVITY_CALL] = "on a call",
};
_Static_assert(ARRAY_SIZE(names) == ACTIVITY_COUNT, "a name for every activity");

const char *activity_name(enum activity a)
{
	return names[a];
}

enum activity activity_parse(const char *name)
{
	for (int a = 0; name && a < ACTIVITY_COUNT; a++) {
		if (names[a] && !strcmp(names[a], name))
			return (enum activity)a;
	}
	return ACTIVITY_UNKNOWN;
}

/* A phone that rings while it is in use is on a call. INVALID is a device that the PBX does not know. */
enum activity activity_of_state(const char *state)
{
	static const struct {
		const char *state;
		enum activity activity;
	} states[] = {
		{ "NOT_INUSE", ACTIVITY_IDLE },
		{ "INUSE", ACTIVITY_CALL },
		{ "BUSY", ACTIVITY_CALL },
		{ "RINGINUSE", ACTIVITY_CALL },
		{ "RINGING", ACTIVITY_RINGING },
		{ "ONHOLD", ACTIVITY_HOLD },
		{ "UNAVAILABLE", ACTIVITY_OFFLINE },
		{ "INVALID", ACTIVITY_OFFLINE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (!strcmp(states[i].state, state))
			return states[i].activity;
	}
	return ACTIVITY_UNKNOWN;
}

bool activity_device(const char *dial, char ret[DIAL_MAX_LEN + 1])
{
	static const char local[] = "Local";
	size_t technology = strspn(dial, TEXT_ALNUM), name, n;

	if (!technology || dial[technology] != '/' ||
		(technology == sizeof(local) - 1 && !strncasecmp(dial, local, technology)))
		return false;
	name = strspn(dial + technology + 1, TEXT_ALNUM "._:+*#-");
	n = technology + 1 + name;
	if (!name || n > DIAL_MAX_LEN ||
		(dial[n] && strncasecmp(dial + n, "/sip:", 5) != 0 &&
			strncasecmp(dial + n, "/sips:", 6) != 0))
		return false;
	memcpy(ret, dial, n);
	ret[n] = '\0';
	return true;
}

const char *activity_from_event(const struct amimsg *m, enum activity *ret)
{
	const char *device = amimsg_get(m, "Device"), *state = amimsg_get(m, "State");
	char name[DIAL_MAX_LEN + 1];

	if (strcmp(amimsg_text(m, "Event"), "DeviceStateChange") != 0 || !device || !state ||
		!activity_device(device, name) || strcmp(name, device) != 0)
		return NULL;
	*ret = activity_of_state(state);
	return device;
}
