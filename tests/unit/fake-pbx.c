/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/fake-pbx.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

#define PRESENCE "CustomPresence:"

/* Things. */

static struct fake_thing *find(const struct fake_memory *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++) {
		if (!strcmp(m->things[i].name, name))
			return &m->things[i];
	}
	return NULL;
}

static struct fake_thing *need(struct fake_memory *m, const char *name)
{
	struct fake_thing *t = find(m, name);

	if (t)
		return t;
	m->things = mem_grow(m->things, &m->cap, m->n + 1, sizeof(*m->things));
	t = &m->things[m->n++];
	*t = (struct fake_thing){ 0 };
	text_copy(t->name, sizeof(t->name), name);
	return t;
}

static void copy(struct fake_memory *to, const struct fake_memory *from)
{
	to->things = mem_grow(to->things, &to->cap, from->n, sizeof(*to->things));
	if (from->n)
		memcpy(to->things, from->things, from->n * sizeof(*to->things));
	to->n = from->n;
	memcpy(to->members, from->members, sizeof(to->members));
	to->members_n = from->members_n;
}

const char *fake_get(const struct fake_pbx *f, const char *name)
{
	const struct fake_thing *t = find(&f->memory, name);

	return t ? t->value : "";
}

bool fake_is_by_link(const struct fake_pbx *f, const char *name)
{
	const struct fake_thing *t = find(&f->disk, name);

	return t && t->by_link;
}

const char *fake_row(const struct fake_pbx *f, const char *name)
{
	const struct fake_thing *t = find(&f->memory, name);

	return t && !t->is_lost ? t->row : "";
}

const char *fake_on_disk(const struct fake_pbx *f, const char *name)
{
	const struct fake_thing *t = find(&f->disk, name);

	return t ? t->value : "";
}

unsigned fake_writes(const struct fake_pbx *f, const char *name)
{
	const struct fake_thing *t = find(&f->memory, name);

	return t ? t->writes : 0;
}

static void send_event(struct fake_pbx *f, const struct strbuf *text)
{
	if (f->logged_in && f->wants_events && !f->closing)
		strbuf_add(&f->out, text->s, text->len);
}

static void add_presence(struct strbuf *to, const char *name, const char *value)
{
	size_t state = strcspn(value, ","), subtype;
	const char *s = value + state + (value[state] == ',');

	subtype = strcspn(s, ",");
	strbuf_addf(to, "Presentity: %s\r\nStatus: %.*s\r\nSubtype: %.*s\r\nMessage: %s\r\n\r\n",
		name, (int)state, value, (int)subtype, s, s + subtype + (s[subtype] == ','));
}

static void tell(struct fake_pbx *f, const char *name, const char *value, bool changed)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (!strncmp(name, PRESENCE, strlen(PRESENCE))) {
		strbuf_adds(&text, "Event: PresenceStateChange\r\nPrivilege: call,all\r\n");
		add_presence(&text, name, value);
	} else if (!strncmp(name, "Custom:", 7) && changed) {
		strbuf_addf(&text,
			"Event: DeviceStateChange\r\nPrivilege: call,all\r\nDevice: %s\r\nState: %s\r\n\r\n",
			name, value);
	}
	send_event(f, &text);
}

/* row: as it was written, if that is not the value. */
static void put(
	struct fake_pbx *f, const char *name, const char *value, const char *row, bool by_link)
{
	struct fake_thing *t = need(&f->memory, name);
	char before[sizeof(t->value)];

	text_copy(before, sizeof(before), t->value);
	text_copy(t->value, sizeof(t->value), value);
	text_copy(t->row, sizeof(t->row), row ? row : value);
	t->by_link = by_link;
	t->is_lost = false;
	t->writes++;
	if (f->logs)
		strbuf_addf(&f->log, "%s=%s\n", name, value);
	tell(f, name, value, strcmp(before, value) != 0);
	if (f->wrote && !strncmp(name, PRESENCE, strlen(PRESENCE)))
		f->wrote(f->data, name, value, by_link);
}

void fake_set(struct fake_pbx *f, const char *name, const char *value)
{
	put(f, name, value, NULL, false);
}

void fake_dial(struct fake_pbx *f, const char *name, const char *value)
{
	struct fake_thing *t = need(&f->memory, name);
	char row[sizeof(t->row)];

	t->code = ++f->calls;
	snprintf(row, sizeof(row), "%s,e=:1781506800.%u", value, t->code);
	put(f, name, value, row, false);
}

unsigned fake_code(const struct fake_pbx *f, const char *name, bool on_disk)
{
	const struct fake_thing *t = find(on_disk ? &f->disk : &f->memory, name);

	return t && strchr(t->row, ':') ? t->code : 0;
}

void fake_lose_row(struct fake_pbx *f, const char *name)
{
	need(&f->memory, name)->is_lost = true;
}

void fake_forge(struct fake_pbx *f, const char *event)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	strbuf_adds(&text, event);
	send_event(f, &text);
}

/* Phones. */

void fake_phone(struct fake_pbx *f, const char *device, const char *state)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct fake_thing *t = need(&f->phones, device);

	if (!strcmp(t->value, state))
		return;
	text_copy(t->value, sizeof(t->value), state);
	strbuf_addf(&text,
		"Event: DeviceStateChange\r\nPrivilege: call,all\r\nDevice: %s\r\nState: %s\r\n\r\n",
		device, state);
	send_event(f, &text);
}

/* Members. */

/* Idle, ringing, or invalid. */
static int status_of(const struct fake_member *m)
{
	return m->is_deaf ? 4 : m->ringing ? 6 : 1;
}

struct fake_member *fake_member(struct fake_pbx *f, const char *queue, const char *interface)
{
	for (size_t i = 0; i < f->memory.members_n; i++) {
		struct fake_member *m = &f->memory.members[i];

		if (!strcasecmp(m->queue, queue) && !strcasecmp(m->interface, interface))
			return m;
	}
	return NULL;
}

struct fake_member *fake_add_member(struct fake_pbx *f, const char *queue, const char *interface)
{
	struct fake_member *m = &f->memory.members[f->memory.members_n++];

	if (f->memory.members_n > ARRAY_SIZE(f->memory.members))
		abort();
	*m = (struct fake_member){ .is_dynamic = true };
	text_copy(m->queue, sizeof(m->queue), queue);
	text_copy(m->interface, sizeof(m->interface), interface);
	text_copy(m->state, sizeof(m->state), interface);
	return m;
}

static void tell_member(struct fake_pbx *f, const char *event, const struct fake_member *m)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text,
		"Event: QueueMember%s\r\nPrivilege: agent,all\r\nQueue: %s\r\nMemberName: %s\r\n"
		"Interface: %s\r\nStateInterface: %s\r\nMembership: %s\r\nPenalty: %d\r\nInCall: %d\r\n"
		"Status: %d\r\nPaused: %d\r\nPausedReason: %s\r\n\r\n",
		event, m->queue, m->name, m->interface, m->state,
		m->is_dynamic ? "dynamic" : "static", m->penalty, m->in_call, status_of(m),
		m->paused, m->reason);
	send_event(f, &text);
}

void fake_pause_member(struct fake_pbx *f, struct fake_member *m, const char *reason)
{
	m->paused = reason;
	text_copy(m->reason, sizeof(m->reason), reason ? reason : "");
	tell_member(f, "Pause", m);
}

void fake_remove_member(struct fake_pbx *f, struct fake_member *m)
{
	tell_member(f, "Removed", m);
	*m = f->memory.members[--f->memory.members_n];
}

/* Actions. */

struct action {
	size_t n;
	struct {
		const char *name, *value;
	} headers[20];
	const char *id;
};

static const char *field(const struct action *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++) {
		if (!strcasecmp(a->headers[i].name, name))
			return a->headers[i].value;
	}
	return "";
}

/* The action at the beginning of `in`, cut in place: its length, 0 if it has not come as a whole. */
static size_t parse(struct fake_pbx *f, struct action *a)
{
	char *end = memmem(f->in.s, f->in.len, "\r\n\r\n", 4), *s = f->in.s;

	if (!end)
		return 0;
	*a = (struct action){ 0 };
	while (s < end) {
		char *line = s, *colon;

		s = strstr(s, "\r\n");
		*s = '\0';
		s += 2;
		colon = strchr(line, ':');
		if (!colon || colon[1] != ' ' || a->n == ARRAY_SIZE(a->headers))
			abort(); /* amimsg wrote it */
		*colon = '\0';
		a->headers[a->n].name = line;
		a->headers[a->n++].value = colon + 2;
	}
	a->id = field(a, "ActionID");
	return (size_t)(end + 4 - f->in.s);
}

static void answer(struct fake_pbx *f, const struct action *a, bool ok, const char *message)
{
	strbuf_addf(&f->out, "Response: %s\r\nActionID: %s\r\nMessage: %s\r\n\r\n",
		ok ? "Success" : "Error", a->id, message);
}

static void begin_list(struct fake_pbx *f, const struct action *a)
{
	strbuf_addf(&f->out,
		"Response: Success\r\nActionID: %s\r\nEventList: start\r\nMessage: A list follows\r\n\r\n",
		a->id);
}

static void end_list(struct fake_pbx *f, const struct action *a)
{
	strbuf_addf(&f->out,
		"Event: %sComplete\r\nActionID: %s\r\nEventList: Complete\r\nListItems: 0\r\n\r\n",
		field(a, "Action"), a->id);
}

static void decode(const char *s, size_t n, char *to, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, have = 0;
	size_t done = 0;

	for (; n-- && *s != '='; s++) {
		bits = bits << 6 | (unsigned)(strchr(digits, *s) - digits);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (done + 1 < size)
			to[done++] = (char)(bits >> have);
	}
	to[done] = '\0';
}

/* PRESENCE_STATE() with option e: "dnd,base64,base64,e". */
static void presence_value(const char *value, char *to, size_t size)
{
	char subtype[80] = "", message[300] = "";
	size_t state = strcspn(value, ","), n;
	const char *s = value + state;

	if (*s) {
		n = strcspn(++s, ",");
		decode(s, n, subtype, sizeof(subtype));
		s += n + (s[n] == ',');
		decode(s, strcspn(s, ","), message, sizeof(message));
	}
	snprintf(to, size, "%.*s,%s,%s", (int)state, value, subtype, message);
}

static void set_variable(struct fake_pbx *f, const struct action *a)
{
	const char *variable = field(a, "Variable"), *open = strchr(variable, '(');
	char name[80], value[sizeof(((struct fake_thing *)0)->value)];

	if (!open || f->now->ms < f->ready_ms) {
		answer(f, a, false, open ? "Variable not set" : "No variable specified");
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(open + 1, ")"), open + 1);
	answer(f, a, true, "Variable Set");
	if (*variable == 'P')
		presence_value(field(a, "Value"), value, sizeof(value));
	else
		snprintf(value, sizeof(value), "%s", field(a, "Value"));
	put(f, name, value, field(a, "Value"), true);
}

static void entry_name(const struct action *a, char name[80])
{
	snprintf(name, 80, "%s/%s", field(a, "Family"), field(a, "Key"));
}

static void change_entry(struct fake_pbx *f, const struct action *a)
{
	bool del = !strcmp(field(a, "Action"), "DBDel");
	char name[80];

	entry_name(a, name);
	if (del && !*fake_get(f, name)) {
		answer(f, a, false, "Database entry could not be deleted");
		return;
	}
	answer(f, a, true, "Done");
	put(f, name, del ? "" : field(a, "Val"), field(a, "Val"), true);
}

static void get_entry(struct fake_pbx *f, const struct action *a)
{
	bool is_presence = !strcmp(field(a, "Family"), "CustomPresence");
	const struct fake_thing *t;
	char name[80];

	entry_name(a, name);
	if (is_presence)
		snprintf(name, sizeof(name), PRESENCE "%s", field(a, "Key"));
	t = find(&f->memory, name);
	if (!t || !*t->value || t->is_lost) {
		answer(f, a, false, "Database entry not found");
		return;
	}
	begin_list(f, a);
	strbuf_addf(&f->out, "Event: DBGetResponse\r\nActionID: %s\r\nVal: %s\r\n\r\n", a->id,
		is_presence ? t->row : t->value);
	end_list(f, a);
}

/* DEVICE_STATE() of a phone or a lamp. */
static void get_variable(struct fake_pbx *f, const struct action *a)
{
	const char *variable = field(a, "Variable");
	const struct fake_thing *t;
	bool is_custom;
	char name[80];

	if (strncmp(variable, "DEVICE_STATE(", 13) != 0)
		abort();
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(variable + 13, ")"), variable + 13);
	is_custom = !strncmp(name, "Custom:", 7);
	f->asked_phones += !is_custom;
	f->asked_states += is_custom;
	t = find(is_custom ? &f->memory : &f->phones, name);
	strbuf_addf(&f->out,
		"Response: Success\r\nActionID: %s\r\nVariable: %s\r\nValue: %s\r\n\r\n", a->id,
		variable,
		t                   ? t->value
			: is_custom ? "UNKNOWN"
				    : "INVALID");
}

static void list_device(struct fake_pbx *f, const struct action *a, const struct fake_thing *t)
{
	strbuf_addf(&f->out,
		"Event: DeviceStateChange\r\nActionID: %s\r\nDevice: %s\r\nState: %s\r\n\r\n",
		a->id, t->name, t->value);
}

static void list_one(struct fake_pbx *f, const struct action *a, const struct fake_thing *t)
{
	static const char rows[] = "CustomPresence";
	bool is_presence = !strncmp(t->name, PRESENCE, strlen(PRESENCE));
	const char *family = field(a, "Family"), *action = field(a, "Action");
	size_t n = strlen(family);

	if (!*t->value)
		return;
	if (!strcmp(action, "PresenceStateList") && is_presence) {
		strbuf_addf(&f->out, "Event: PresenceStateChange\r\nActionID: %s\r\n", a->id);
		add_presence(&f->out, t->name, t->value);
	} else if (!strcmp(action, "DeviceStateList") && !strncmp(t->name, "Custom:", 7)) {
		list_device(f, a, t);
	} else if (!strcmp(family, rows) && is_presence && !t->is_lost) {
		strbuf_addf(&f->out,
			"Event: DBGetTreeResponse\r\nActionID: %s\r\nKey: /%s/%s\r\nVal: %s\r\n\r\n",
			a->id, rows, t->name + strlen(PRESENCE), t->row);
	} else if (n && !strncmp(t->name, family, n) && t->name[n] == '/') {
		strbuf_addf(&f->out,
			"Event: DBGetTreeResponse\r\nActionID: %s\r\nKey: /%s\r\nVal: %s\r\n\r\n",
			a->id, t->name, t->value);
	}
}

static void list(struct fake_pbx *f, const struct action *a)
{
	bool devices = !strcmp(field(a, "Action"), "DeviceStateList");

	f->lists += devices;
	begin_list(f, a);
	for (size_t i = 0; i < f->memory.n; i++)
		list_one(f, a, &f->memory.things[i]);
	for (size_t i = 0; devices && i < f->phones.n; i++)
		list_device(f, a, &f->phones.things[i]);
	end_list(f, a);
}

static void presence_state(struct fake_pbx *f, const struct action *a)
{
	const char *value = fake_get(f, field(a, "Provider")), *s;
	size_t state, subtype;

	if (f->asked)
		f->asked(f->data, field(a, "Provider"));
	if (!*value)
		value = "not_set,,";
	state = strcspn(value, ",");
	s = value + state + 1;
	subtype = strcspn(s, ",");
	strbuf_addf(&f->out,
		"Response: Success\r\nActionID: %s\r\nMessage: Presence State\r\nState: %.*s\r\n",
		a->id, (int)state, value);
	if (subtype)
		strbuf_addf(&f->out, "Subtype: %.*s\r\n", (int)subtype, s);
	if (s[subtype + 1])
		strbuf_addf(&f->out, "PresenceMessage: %s\r\n", s + subtype + 1);
	strbuf_adds(&f->out, "\r\n");
}

static void queue_status(struct fake_pbx *f, const struct action *a)
{
	const char *member = field(a, "Member");

	begin_list(f, a);
	for (const char *const *q = f->queues; *q; q++) {
		if (strcasecmp(*q, field(a, "Queue")) != 0)
			continue;
		strbuf_addf(&f->out, "Event: QueueParams\r\nActionID: %s\r\nQueue: %s\r\n\r\n",
			a->id, *q);
		for (size_t i = 0; i < f->memory.members_n; i++) {
			const struct fake_member *m = &f->memory.members[i];

			if (strcasecmp(m->queue, *q) != 0 ||
				(*member && strcmp(m->interface, member) != 0 &&
					strcmp(m->name, member) != 0))
				continue;
			strbuf_addf(&f->out,
				"Event: QueueMember\r\nActionID: %s\r\nQueue: %s\r\nName: %s\r\nLocation: %s\r\n"
				"StateInterface: %s\r\nMembership: %s\r\nPenalty: %d\r\nInCall: %d\r\nStatus: %d\r\n"
				"Paused: %d\r\nPausedReason: %s\r\n\r\n",
				a->id, *q, m->name, m->interface, m->state,
				m->is_dynamic ? "dynamic" : "static", m->penalty, m->in_call,
				status_of(m), m->paused, m->reason);
		}
	}
	end_list(f, a);
}

static bool has_queue(const struct fake_pbx *f, const char *name)
{
	for (const char *const *q = f->queues; *q; q++) {
		if (!strcasecmp(*q, name))
			return true;
	}
	return false;
}

static void extension_state(struct fake_pbx *f, const struct action *a)
{
	strbuf_addf(&f->out,
		"Response: Success\r\nActionID: %s\r\nExten: %s\r\nContext: %s\r\nHint: %s\r\nStatus: %d\r\n\r\n",
		a->id, field(a, "Exten"), field(a, "Context"), f->has_no_hints ? "" : "PJSIP/1",
		f->has_no_hints ? -1 : 0);
}

static void queue_add(struct fake_pbx *f, const struct action *a, const char *queue,
	const char *interface, struct fake_member *m)
{
	if (!has_queue(f, queue) || m) {
		answer(f, a, false,
			m ? "Unable to add interface: Already there"
			  : "Unable to add interface to queue: No such queue");
		return;
	}
	m = fake_add_member(f, queue, interface);
	text_copy(m->name, sizeof(m->name), field(a, "MemberName"));
	if (*field(a, "StateInterface"))
		text_copy(m->state, sizeof(m->state), field(a, "StateInterface"));
	m->penalty = atoi(field(a, "Penalty"));
	m->paused = !strcmp(field(a, "Paused"), "true");
	m->is_deaf = f->has_no_hints && !strncmp(m->state, "hint:", 5);
	answer(f, a, true, "Added interface to queue");
	tell_member(f, "Added", m);
}

static void queue_action(struct fake_pbx *f, const struct action *a)
{
	const char *name = field(a, "Action"), *queue = field(a, "Queue"),
		   *interface = field(a, "Interface");
	struct fake_member *m = fake_member(f, queue, interface);

	if (f->logs)
		strbuf_addf(&f->log, "%s %s %s%s%s\n", name, queue, interface,
			*field(a, "Reason") ? " " : "", field(a, "Reason"));
	if (!strcmp(name, "QueueAdd")) {
		queue_add(f, a, queue, interface, m);
	} else if (!m) {
		answer(f, a, false, "Unable to remove interface: Not there");
	} else if (!strcmp(name, "QueueRemove") && !m->is_dynamic) {
		answer(f, a, false, "Member not dynamic");
	} else if (!strcmp(name, "QueueRemove")) {
		answer(f, a, true, "Removed interface from queue");
		fake_remove_member(f, m);
	} else if (!strcmp(name, "QueuePenalty")) {
		m->penalty = atoi(field(a, "Penalty"));
		answer(f, a, true, "Interface penalty updated successfully");
		tell_member(f, "Penalty", m);
	} else {
		answer(f, a, true, "Interface paused or unpaused successfully");
		fake_pause_member(
			f, m, !strcmp(field(a, "Paused"), "true") ? field(a, "Reason") : NULL);
	}
}

static void boot(struct fake_pbx *f)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (!f->logged_in || f->told_booted || f->now->ms < f->ready_ms)
		return;
	f->told_booted = true;
	strbuf_addf(&text, "Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: %lld\r\n\r\n",
		(long long)(f->now->ms - f->boots_ms) / 1000);
	send_event(f, &text);
}

/* Not MD5, but as good for a test. */
static int digest(const char *a, const char *b, char ret[33])
{
	uint64_t sum = 14695981039346656037u;

	for (; *a; a++)
		sum = (sum ^ (unsigned char)*a) * 1099511628211u;
	for (; *b; b++)
		sum = (sum ^ (unsigned char)*b) * 1099511628211u;
	snprintf(ret, 33, "%032llx", (unsigned long long)sum);
	return 0;
}

#define CHALLENGE "123456789"

static void login(struct fake_pbx *f, const struct action *a)
{
	char key[33];

	if (!strcmp(field(a, "Action"), "Challenge")) {
		strbuf_addf(&f->out,
			"Response: Success\r\nActionID: %s\r\nChallenge: " CHALLENGE "\r\n\r\n",
			a->id);
		return;
	}
	digest(CHALLENGE, f->secret, key);
	if (strcmp(field(a, "Action"), "Login") != 0 || strcmp(field(a, "Key"), key) != 0) {
		answer(f, a, false, "Authentication failed");
		f->closing = true;
		return;
	}
	f->logged_in = true;
	f->wants_events = strcmp(field(a, "Events"), "off") != 0;
	memcpy(f->denied_here, f->denied, sizeof(f->denied));
	answer(f, a, true, "Authentication accepted");
	boot(f);
}

static bool is_denied(const struct fake_pbx *f, const char *action)
{
	for (size_t i = 0; i < ARRAY_SIZE(f->denied_here); i++) {
		const char *with = f->denied_here[i];

		if (with && !strncmp(action, with, strlen(with)))
			return true;
	}
	return false;
}

static bool is_refused(struct fake_pbx *f, const struct action *a)
{
	for (size_t i = 0; i < FAKE_REFUSALS; i++) {
		const char *text =
			*field(a, "Variable") ? field(a, "Variable") : field(a, "Family");

		if (!f->refusals[i].action || !f->refusals[i].times ||
			strcmp(field(a, "Action"), f->refusals[i].action) != 0 ||
			!strstr(text, f->refusals[i].holds))
			continue;
		f->refusals[i].times -= f->refusals[i].times > 0;
		answer(f, a, false, f->refusals[i].message);
		return true;
	}
	return false;
}

static void perform(struct fake_pbx *f, const struct action *a)
{
	const char *name = field(a, "Action");

	if (!f->logged_in)
		login(f, a);
	else if (is_denied(f, name))
		answer(f, a, false, "Permission denied");
	else if (is_refused(f, a))
		return;
	else if (!strcmp(name, "Setvar"))
		set_variable(f, a);
	else if (!strcmp(name, "Getvar"))
		get_variable(f, a);
	else if (!strcmp(name, "DBPut") || !strcmp(name, "DBDel"))
		change_entry(f, a);
	else if (!strcmp(name, "DBGet"))
		get_entry(f, a);
	else if (!strcmp(name, "PresenceState"))
		presence_state(f, a);
	else if (!strcmp(name, "PresenceStateList") || !strcmp(name, "DeviceStateList") ||
		!strcmp(name, "DBGetTree"))
		list(f, a);
	else if (!strcmp(name, "ExtensionState"))
		extension_state(f, a);
	else if (!strcmp(name, "QueueStatus"))
		queue_status(f, a);
	else if (!strncmp(name, "Queue", 5))
		queue_action(f, a);
	else if (!strcmp(name, "Ping"))
		answer(f, a, true, "Pong");
	else
		abort();
}

int fake_work(struct fake_pbx *f, int actions)
{
	struct action a;
	int done = 0;
	size_t n;

	while (f->is_up && !f->frozen && !f->closing && done != actions && (n = parse(f, &a)) > 0) {
		size_t answered = f->out.len;

		perform(f, &a);
		if (f->lost > 0) {
			f->lost--;
			strbuf_cut(&f->out, answered);
		}
		strbuf_drop(&f->in, n);
		f->done++;
		done++;
	}
	return done;
}

void fake_show(struct fake_pbx *f, int bytes)
{
	size_t left = f->out.len - f->shown;

	if (f->is_up && !f->frozen)
		f->shown += bytes >= 0 && (size_t)bytes < left ? (size_t)bytes : left;
}

bool fake_is_busy(const struct fake_pbx *f)
{
	return f->is_open && (f->in.len > 0 || f->out.len > 0 || f->closing);
}

bool fake_is_ready(const struct fake_pbx *f, short events)
{
	if (!f->is_open)
		return false;
	if (!f->is_up) /* connect() has an answer */
		return (events & POLLOUT) && !f->frozen;
	return ((events & POLLIN) && (f->shown > 0 || f->closing)) ||
		((events & POLLOUT) && f->room != 0);
}

void fake_cut(struct fake_pbx *f, int bytes)
{
	if (!f->is_open)
		return;
	fake_show(f, bytes);
	strbuf_cut(&f->out, f->shown);
	strbuf_cut(&f->in, 0);
	f->closing = true;
}

void fake_tick(struct fake_pbx *f)
{
	if (f->now->ms / 1000 != f->disk_ms / 1000) {
		for (size_t i = 0; i < f->memory.n; i++)
			f->memory.things[i].writes = 0;
		copy(&f->disk, &f->memory);
	}
	f->disk_ms = f->now->ms;
	boot(f);
}

void fake_restart(struct fake_pbx *f, bool killed, int boots_after_ms, int loads_for_ms)
{
	fake_cut(f, FAKE_ANY);
	if (killed)
		copy(&f->memory, &f->disk);
	for (size_t i = f->memory.members_n; i-- > 0;) {
		struct fake_member *m = &f->memory.members[i];

		m->in_call = false;
		if (!m->is_dynamic)
			m->paused = false;
		else if (!f->persistent)
			fake_remove_member(f, m);
	}
	for (size_t i = 0; i < f->memory.n; i++) {
		f->memory.things[i].writes = 0;
		f->memory.things[i].is_lost = false;
	}
	copy(&f->disk, &f->memory);
	f->boots_ms = f->now->ms + boots_after_ms;
	f->ready_ms = f->boots_ms + loads_for_ms;
	f->frozen = false;
}

/* The transport. */

struct fake_transport {
	struct transport transport;
	struct fake_pbx *pbx;
	uint32_t lots;
};

static struct fake_pbx *pbx_of(const struct transport *t)
{
	return ((const struct fake_transport *)t)->pbx;
}

static void fake_close(struct transport *t)
{
	struct fake_pbx *f = pbx_of(t);

	f->closed += f->is_open;
	f->is_open = f->is_up = f->closing = f->logged_in = f->told_booted = false;
	strbuf_cut(&f->in, 0);
	strbuf_cut(&f->out, 0);
	f->shown = 0;
}

static int fake_open(struct transport *t, char **ret_secret, struct err *err)
{
	(void)err;
	fake_close(t);
	pbx_of(t)->is_open = true;
	pbx_of(t)->opened++;
	*ret_secret = xstrdup("secret");
	return 0;
}

static int fake_connect(struct transport *t, struct err *err)
{
	struct fake_pbx *f = pbx_of(t);

	if (f->now->ms < f->boots_ms)
		return err_set(err, ERR_FAILED, "connect to fake: Connection refused");
	if (!f->is_up && f->frozen)
		return 0;
	if (!f->is_up)
		strbuf_adds(&f->out, "Asterisk Call Manager/11.0.0\r\n");
	f->is_up = true;
	return 1;
}

static ssize_t fake_read(struct transport *t, char *to, size_t size, struct err *err)
{
	struct fake_pbx *f = pbx_of(t);
	size_t n = size < f->shown ? size : f->shown;

	if (!n && f->closing)
		return err_set(err, ERR_FAILED, "fake: closed by the other side");
	memcpy(to, f->out.s, n);
	strbuf_drop(&f->out, n);
	f->shown -= n;
	return (ssize_t)n;
}

static ssize_t fake_write(struct transport *t, const char *bytes, size_t n, struct err *err)
{
	struct fake_pbx *f = pbx_of(t);

	(void)err;
	if (f->room >= 0 && n > (size_t)f->room)
		n = (size_t)f->room;
	if (f->room >= 0)
		f->room -= (int)n;
	if (!f->closing)
		strbuf_add(&f->in, bytes, n);
	return (ssize_t)n;
}

static bool fake_has_input(const struct transport *t)
{
	(void)t;
	return false;
}

static bool fake_is_distrusted(const struct transport *t)
{
	(void)t;
	return false;
}

static int fake_fd(const struct transport *t)
{
	(void)t;
	return 0;
}

static short fake_events(const struct transport *t)
{
	return pbx_of(t)->is_up ? POLLIN : POLLOUT;
}

/* Always the same lots, so that a run can be repeated. */
static uint32_t fake_random(struct transport *t, uint32_t bound)
{
	uint32_t *lots = &((struct fake_transport *)t)->lots;

	*lots = *lots * 1664525 + 1013904223;
	return (*lots >> 8) % bound;
}

static void fake_free(struct transport *t)
{
	fake_close(t);
	free(t);
}

struct transport *fake_transport(struct fake_pbx *f)
{
	struct fake_transport *t = xcalloc(1, sizeof(*t));

	t->transport = (struct transport){
		.open = fake_open,
		.connect = fake_connect,
		.read = fake_read,
		.write = fake_write,
		.has_input = fake_has_input,
		.is_distrusted = fake_is_distrusted,
		.fd = fake_fd,
		.events = fake_events,
		.close = fake_close,
		.free = fake_free,
		.random = fake_random,
		.md5 = digest,
	};
	t->pbx = f;
	t->lots = f->opened;
	return &t->transport;
}

void fake_init(struct fake_pbx *f, const struct moment *now)
{
	static const char *const none[] = { NULL };

	*f = (struct fake_pbx){
		.now = now,
		.queues = none,
		.secret = "secret",
		.room = FAKE_ANY,
		.in = STRBUF_INIT,
		.out = STRBUF_INIT,
		.log = STRBUF_INIT,
		.disk_ms = now->ms,
		.boots_ms = now->ms,
		.ready_ms = now->ms,
	};
}

void fake_done(struct fake_pbx *f)
{
	strbuf_done(&f->in);
	strbuf_done(&f->out);
	strbuf_done(&f->log);
	free(f->memory.things);
	free(f->disk.things);
	free(f->phones.things);
}
