/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/findings.h"

#include <string.h>

#include "cmd/presencectl/say.h"

enum { NAMES_FIRST = 3 }; /* of many things with the same finding */

const struct finding_kind finding_kinds[] = {
	[FIND_SECRET_READABLE] = { "secret-readable", SEVERITY_ERROR, "PBXs",
		"have secrets that others may read",
		"presenced refuses such a file; whoever reads it can do on the PBX what presenced may" },
	[FIND_SECRET_SHARED] = { "secret-shared", SEVERITY_WARNING, "PBXs",
		"have secrets that a group may read",
		"with the secret anybody in the group can read all configuration files of Asterisk, and the secrets in them" },
	[FIND_SECRET_UNUSABLE] = { "secret-unusable", SEVERITY_ERROR, "PBXs",
		"have no usable secret", "presenced cannot log in" },
	[FIND_SECRET_SAMPLE] = { "secret-sample", SEVERITY_ERROR, "PBXs",
		"have the secret of the sample", "everybody knows it" },
	[FIND_MANAGER_READABLE] = { "manager-readable", SEVERITY_ERROR, "files",
		"have secrets of manager.conf that others may read",
		"whoever reads them can do on the PBX what presenced may, or more" },
	[FIND_NO_TLS] = { "no-tls", SEVERITY_WARNING, "PBXs", "are other machines, without TLS",
		"what is sent can be read and changed on the way" },
	[FIND_DATABASE_READABLE] = { "database-readable", SEVERITY_WARNING, "",
		"others may read the database",
		"it has the secret addresses of calendars, the appointments in them, and the log" },
	[FIND_PRESENCED_DOWN] = { "presenced-down", SEVERITY_ERROR, "", "presenced does not run",
		"no mode changes by time, and the PBXs hear of no switch" },
	[FIND_WAL_LARGE] = { "wal-large", SEVERITY_WARNING, "",
		"SQLite's log beside the database is large",
		"commands become slow, and the disk may fill" },
	[FIND_PBX_BEHIND] = { "pbx-behind", SEVERITY_ERROR, "PBXs", "are not in step",
		"calls and lamps follow older modes there" },
	[FIND_PBX_REFUSES] = { "pbx-refuses", SEVERITY_ERROR, "PBXs", "refuse something",
		"calls, lamps or queues do not follow the mode there" },
	[FIND_FEED_STALE] = { "feed-stale", SEVERITY_WARNING, "calendars", "were not read for long",
		"modes follow appointments and holidays of the last good copy" },
	[FIND_CLOCK_LOOSE] = { "clock-unsynchronised", SEVERITY_WARNING, "",
		"nothing keeps the clock of this machine right",
		"modes change too early or too late" },
	[FIND_ZONES_OLD] = { "zones-old", SEVERITY_WARNING, "",
		"the zone data of this system is older than two years",
		"where a country has changed its time since, modes change an hour off" },
	[FIND_OVERRIDE_OLD] = { "override-old", SEVERITY_NOTICE, "overrides",
		"are older than a day",
		"an override beats what the user switches to and every schedule" },
	[FIND_ANSWERS_BUSY] = { "answers-busy", SEVERITY_NOTICE, "users",
		"answer calls with a busy tone, or refuse them",
		"nothing rings for callers, and no mailbox takes what they have to say" },
	[FIND_PBX_UNREACHABLE] = { "pbx-unreachable", SEVERITY_ERROR, "PBXs", "cannot be reached",
		"it goes on with the modes that it knows, and hears of no other" },
	[FIND_LOGIN_REFUSED] = { "login-refused", SEVERITY_ERROR, "PBXs", "refuse the login",
		"it goes on with the modes that it knows, and hears of no other" },
	[FIND_PBX_CLOCK] = { "pbx-clock", SEVERITY_WARNING, "PBXs", "have another time",
		"callers are told a wrong time by announce=until, and records of both cannot be compared" },
	[FIND_RIGHT_CALL] = { "right-call", SEVERITY_ERROR, "",
		"the user of manager.conf lacks call in write",
		"neither presence states nor lamps reach the PBX" },
	[FIND_RIGHT_SYSTEM] = { "right-system", SEVERITY_ERROR, "",
		"the user of manager.conf lacks system in write",
		"call rules do not reach the PBX: calls do not follow the mode" },
	[FIND_RIGHT_AGENT] = { "right-agent", SEVERITY_ERROR, "",
		"the user of manager.conf lacks agent in write, and there are queues",
		"members of queues do not follow the mode" },
	[FIND_RIGHT_EXCESS] = { "right-excess", SEVERITY_WARNING, "",
		"the user of manager.conf has command, originate or config in write",
		"whoever has the secret can do more than presenced needs, such as run programs on the PBX" },
	[FIND_RIGHT_READ] = { "right-read", SEVERITY_WARNING, "",
		"the user of manager.conf lacks a class of events in read",
		"presenced learns of changes on the PBX some minutes later, or at its next login" },
	[FIND_FILTER_MISSING] = { "filter-missing", SEVERITY_WARNING, "",
		"the user of manager.conf has no event filters",
		"a caller can hide whole events in the text of others, and a busy PBX sends thousands that nobody needs" },
	[FIND_FILTER_LOOSE] = { "filter-loose", SEVERITY_WARNING, "",
		"the event filters let through what others have written",
		"a caller can hide whole events in the text of those that the filters let through" },
	[FIND_FILTER_STRICT] = { "filter-strict", SEVERITY_WARNING, "",
		"the event filters leave out what presenced wants",
		"presenced learns of changes on the PBX some minutes later, or at its next login" },
	[FIND_MODULE_MISSING] = { "module-missing", SEVERITY_ERROR, "modules", "are not loaded",
		"what needs them fails in the middle of a call, or is refused" },
	[FIND_DIALPLAN_MISSING] = { "dialplan-missing", SEVERITY_ERROR, "",
		"presence.conf is not included in the dialplan", "calls do not follow the mode" },
	[FIND_DIALPLAN_OLD] = { "dialplan-old", SEVERITY_WARNING, "",
		"the presence.conf of the PBX is of an older version",
		"what is new in this version does not work there" },
	[FIND_HINT_MISSING] = { "hint-missing", SEVERITY_ERROR, "users", "have no hint",
		"phones that watch them show nothing" },
	[FIND_HINT_NO_DEVICE] = { "hint-no-device", SEVERITY_WARNING, "users",
		"have hints that name no device of theirs",
		"phones that watch them do not show calls, and queues take them to be free" },
	[FIND_HINT_NO_LAMP] = { "hint-no-lamp", SEVERITY_WARNING, "users",
		"have hints that do not name the states of the mode",
		"phones that watch them do not show the mode" },
	[FIND_ENDPOINT_MISSING] = { "endpoint-missing", SEVERITY_ERROR, "users",
		"have devices that the PBX does not know", "calls for them do not ring there" },
	[FIND_MAILBOX_MISSING] = { "mailbox-missing", SEVERITY_ERROR, "users",
		"have mailboxes that the PBX does not know",
		"callers whom nobody answers are hung up on, and leave no message" },
	[FIND_QUEUE_UNKNOWN] = { "queue-unknown", SEVERITY_ERROR, "queues", "are not on the PBX",
		"their users get no calls of the queue" },
	[FIND_QUEUE_RINGINUSE] = { "queue-ringinuse", SEVERITY_WARNING, "queues",
		"ring members who are on a call",
		"members hear a second call, and callers wait for a phone that nobody can answer" },
	[FIND_QUEUE_NO_HINT] = { "queue-no-hint", SEVERITY_ERROR, "users",
		"are in queues that ask a hint which the PBX does not have",
		"a queue never offers them a call" },
};
_Static_assert(ARRAY_SIZE(finding_kinds) == FIND_COUNT, "every kind");

static const char *const severities[] = {
	[SEVERITY_ERROR] = "error",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_NOTICE] = "notice",
	[SEVERITY_UNKNOWN] = "unknown",
};
_Static_assert(ARRAY_SIZE(severities) == SEVERITY_COUNT, "a name for every severity");

const char *severity_name(enum severity s)
{
	return severities[s];
}

/* `what` of one that is unknown says why. */
struct noted {
	enum finding_id id;
	enum severity severity;
	char *pbx, *thing, *what, *help;
};

struct findings {
	struct noted *list;
	size_t n, cap;
};

struct findings *findings_new(void)
{
	return xcalloc(1, sizeof(struct findings));
}

void findings_free(struct findings *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++) {
		free(f->list[i].pbx);
		free(f->list[i].thing);
		free(f->list[i].what);
		free(f->list[i].help);
	}
	free(f->list);
	free(f);
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void note(struct findings *f, enum severity severity, const struct finding *from)
{
	f->list = mem_grow(f->list, &f->cap, f->n + 1, sizeof(*f->list));
	f->list[f->n++] = (struct noted){ from->id, severity, copy(from->pbx), copy(from->thing),
		copy(from->what), copy(from->help) };
}

void findings_add(struct findings *f, const struct finding *finding)
{
	note(f, finding_kinds[finding->id].severity, finding);
}

static bool is_on(const struct noted *n, const char *pbx)
{
	return pbx ? n->pbx && !strcmp(n->pbx, pbx) : !n->pbx;
}

void findings_unknown(struct findings *f, enum finding_id id, const char *pbx, const char *because)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->list[i].id == id && f->list[i].severity == SEVERITY_UNKNOWN &&
			is_on(&f->list[i], pbx))
			return;
	}
	note(f, SEVERITY_UNKNOWN, &(struct finding){ .id = id, .pbx = pbx, .what = because });
}

size_t findings_n(const struct findings *f)
{
	return f->n;
}

/* --- for people -------------------------------------------------------------- */

/* Whether two are printed as one. */
static bool belong_together(const struct noted *a, const struct noted *b)
{
	return a->severity == b->severity && is_on(a, b->pbx) &&
		(a->severity == SEVERITY_UNKNOWN ? !strcmp(a->what, b->what)
						 : a->id == b->id && a->thing && b->thing);
}

static void say_unknown(const struct findings *f, size_t first)
{
	_cleanup_(strbuf_done) struct strbuf codes = STRBUF_INIT;
	const struct noted *n = &f->list[first];

	for (size_t i = first; i < f->n; i++) {
		if (belong_together(n, &f->list[i]))
			strbuf_addf(&codes, "%s%s", codes.len ? ", " : "",
				finding_kinds[f->list[i].id].code);
	}
	say("not checked: %s%s%s: %s\n", n->pbx ? n->pbx : "", n->pbx ? ": " : "", codes.s,
		n->what);
}

static void say_group(const struct findings *f, size_t first, bool apart)
{
	_cleanup_(strbuf_done) struct strbuf names = STRBUF_INIT;
	const struct noted *n = &f->list[first];
	const struct finding_kind *kind = &finding_kinds[n->id];
	size_t same = 0;

	for (size_t i = first; i < (apart ? first + 1 : f->n) && n->thing; i++) {
		if (!belong_together(n, &f->list[i]))
			continue;
		if (++same <= NAMES_FIRST)
			strbuf_addf(&names, "%s%s", same > 1 ? ", " : "", f->list[i].thing);
	}
	if (same > NAMES_FIRST)
		strbuf_addf(&names, " and %zu more", same - NAMES_FIRST);
	say("%s: %s%s%s%s%s [%s]\n", severity_name(n->severity), n->pbx ? n->pbx : "",
		n->pbx ? ": " : "", names.s, n->thing ? " " : "", same > 1 ? kind->many : n->what,
		kind->code);
	say("    why: %s\n", kind->why);
	if (n->help && same > 1)
		say("    way out, for %s: %s\n", n->thing, n->help);
	else if (n->help)
		say("    way out: %s\n", n->help);
}

static bool is_said(const struct findings *f, size_t i)
{
	for (size_t before = 0; before < i; before++) {
		if (belong_together(&f->list[before], &f->list[i]))
			return true;
	}
	return false;
}

void findings_say(const struct findings *f, bool apart)
{
	for (int severity = 0; severity < SEVERITY_COUNT; severity++) {
		for (size_t i = 0; i < f->n; i++) {
			if ((int)f->list[i].severity != severity)
				continue;
			if (severity == SEVERITY_UNKNOWN && !is_said(f, i))
				say_unknown(f, i);
			else if (severity != SEVERITY_UNKNOWN && (apart || !is_said(f, i)))
				say_group(f, i, apart);
		}
	}
}

void findings_sum_up(const struct findings *f, struct strbuf *to)
{
	size_t count[SEVERITY_COUNT] = { 0 };

	for (size_t i = 0; i < f->n; i++)
		count[f->list[i].severity]++;
	for (int s = 0; s < SEVERITY_UNKNOWN; s++) {
		if (count[s])
			strbuf_addf(to, "%s%zu %s%s", to->len ? ", " : "", count[s], severities[s],
				count[s] == 1 ? "" : "s");
	}
	if (count[SEVERITY_UNKNOWN])
		strbuf_addf(to, "%s%zu kind%s of finding not looked for", to->len ? "; " : "",
			count[SEVERITY_UNKNOWN], count[SEVERITY_UNKNOWN] == 1 ? "" : "s");
}

/* --- for programs ------------------------------------------------------------ */

enum {
	FINDING_SEVERITY,
	FINDING_CODE,
	FINDING_PBX,
	FINDING_THING,
	FINDING_WHAT,
	FINDING_WHY,
	FINDING_HELP
};

const struct column finding_columns[] = {
	[FINDING_SEVERITY] = { "SEVERITY", 0,
		"error, warning or notice; unknown: it could not be looked for" },
	[FINDING_CODE] = { "CODE", 0, "the kind, in a word that stays; see DOCTOR" },
	[FINDING_PBX] = { "PBX", 0, "name of the PBX; empty if it is not about one" },
	[FINDING_THING] = { "THING", 0,
		"what it is about: a user with their extension, a queue, a module" },
	[FINDING_WHAT] = { "WHAT", COLUMN_WIDE,
		"what is wrong; of unknown, why it could not be looked for" },
	[FINDING_WHY] = { "WHY", COLUMN_WIDE, "why it matters" },
	[FINDING_HELP] = { "HELP", COLUMN_WIDE, "the way out" },
	{ 0 },
};

void findings_list(const struct findings *f, struct out *out)
{
	for (int severity = 0; severity < SEVERITY_COUNT; severity++) {
		for (size_t i = 0; i < f->n; i++) {
			const struct noted *n = &f->list[i];

			if ((int)n->severity != severity)
				continue;
			out_line(out);
			out_text(out, FINDING_SEVERITY, severity_name(n->severity));
			out_text(out, FINDING_CODE, finding_kinds[n->id].code);
			out_text(out, FINDING_PBX, n->pbx);
			out_text(out, FINDING_THING, n->thing);
			out_text(out, FINDING_WHAT, n->what);
			out_text(out, FINDING_WHY, finding_kinds[n->id].why);
			out_text(out, FINDING_HELP, n->help);
		}
	}
}
