/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/pbx/manager.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/pbx/section.h"

enum {
	FILTERS_MAX = 64,
	FILTER_MAX_LEN = 256,
};

const struct manager_event manager_events[] = {
	{ "FullyBooted", "system", "^Event: FullyBooted" },
	{ "Shutdown", "system", "^Event: Shutdown" },
	{ "PresenceStateChange", "call", "^Event: PresenceStateChange" },
	{ "DeviceStateChange", "call", "^Event: DeviceStateChange" },
	{ "QueueMemberAdded", "agent", "^Event: QueueMember(Added|Removed|Pause|Penalty)" },
	{ "QueueMemberRemoved", "agent", "^Event: QueueMember(Added|Removed|Pause|Penalty)" },
	{ "QueueMemberPause", "agent", "^Event: QueueMember(Added|Removed|Pause|Penalty)" },
	{ "QueueMemberPenalty", "agent", "^Event: QueueMember(Added|Removed|Pause|Penalty)" },
	{ 0 },
};

struct filter {
	bool excludes;
	regex_t regex;
};

struct manager {
	char *read; /* NULL: there is no such line */
	bool has_odd;
	size_t filters_n, includes_n;
	struct filter filters[FILTERS_MAX];
};

/* The PBX has written it: what repeats a repetition, "(.{255}){255}", or names what was found before, "\1", could take all memory
 * or time. */
static bool is_tame(const char *text)
{
	for (const char *p = strchr(text, '\\'); p; p = strchr(p + 2, '\\')) {
		if (!p[1] || isdigit((unsigned char)p[1]))
			return false;
	}
	return strlen(text) <= FILTER_MAX_LEN && !strchr(text, '{');
}

/* Asterisk ignores a filter that is no regular expression, and so do we. */
static void add_filter(struct manager *m, const char *text)
{
	struct filter *f = &m->filters[m->filters_n];

	if (!is_tame(text))
		m->has_odd = true;
	if (m->filters_n == FILTERS_MAX || !is_tame(text))
		return;
	f->excludes = *text == '!';
	if (regcomp(&f->regex, text + f->excludes, REG_EXTENDED | REG_NOSUB))
		return;
	m->filters_n++;
	m->includes_n += !f->excludes;
}

static void add_line(void *data, const char *key, const char *value)
{
	struct manager *m = data;

	if (!strncasecmp(key, "eventfilter(", strlen("eventfilter(")))
		m->has_odd = true;
	else if (!strcasecmp(key, "eventfilter"))
		add_filter(m, value);
	else if (!strcasecmp(key, "read") && !m->read)
		m->read = xstrdup(value);
}

struct manager *manager_new(const char *user, const struct amimsg *answer)
{
	_cleanup_(manager_freep) struct manager *m = xcalloc(1, sizeof(*m));

	return section_each(answer, user, add_line, m) ? TAKE_PTR(m) : NULL;
}

void manager_free(struct manager *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->filters_n; i++)
		regfree(&m->filters[i].regex);
	free(m->read);
	free(m);
}

bool manager_reads(const struct manager *m, const char *class_name)
{
	size_t len = strlen(class_name);

	for (const char *p = m->read ? m->read : "all"; *p; p += strspn(p, ", \t")) {
		size_t n = strcspn(p, ", \t");

		if ((n == len && !strncasecmp(p, class_name, n)) ||
			(n == 3 && !strncasecmp(p, "all", n)))
			return true;
		p += n;
	}
	return false;
}

bool manager_has_odd(const struct manager *m)
{
	return m->has_odd;
}

bool manager_has_filter(const struct manager *m)
{
	return m->filters_n > 0;
}

/* As Asterisk does it: something has to include the event, unless all filters exclude, and nothing may exclude it. */
bool manager_passes(const struct manager *m, const char *event)
{
	bool included = !m->includes_n;

	for (size_t i = 0; i < m->filters_n; i++) {
		const struct filter *f = &m->filters[i];

		if (regexec(&f->regex, event, 0, NULL, 0) != 0)
			continue;
		if (f->excludes)
			return false;
		included = true;
	}
	return included;
}

const struct manager_event *manager_lacks(const struct manager *m)
{
	char text[128];

	for (const struct manager_event *e = manager_events; e->name; e++) {
		snprintf(text, sizeof(text), "Event: %s\r\nPrivilege: %s,all\r\n", e->name,
			e->class_name);
		if (!manager_passes(m, text))
			return e;
	}
	return NULL;
}

/* What a caller has sent stands in these as it came: their number, the name of a Local channel, with what they have dialled. */
bool manager_is_loose(const struct manager *m)
{
	static const char *const events[] = {
		"Event: Newchannel\r\nPrivilege: call,all\r\nCallerIDNum: 1\r\n",
		"Event: Newexten\r\nPrivilege: dialplan,all\r\nAppData: 1 Event: PresenceStateChange\r\n",
		"Event: UserEvent\r\nPrivilege: user,all\r\nText: 1\r\n\r\nEvent: DeviceStateChange\r\n",
		"Event: VarSet\r\nPrivilege: dialplan,all\r\nValue: Event: QueueMemberAdded\r\n",
		"Event: DeviceStateChange\r\nPrivilege: call,all\r\nDevice: Local/1@from-trunk\r\n",
		"Event: DialBegin\r\nPrivilege: call,all\r\nCallerIDNum: 1\r\n\r\nEvent: FullyBooted\r\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		if (manager_passes(m, events[i]))
			return true;
	}
	return false;
}
