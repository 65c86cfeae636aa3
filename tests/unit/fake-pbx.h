/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake-pbx.h - a model of Asterisk in memory: of its manager what presence uses, what it keeps in AstDB and what it forgets. It does
 * nothing by itself. The test says when it works, how many of its bytes arrive, when the line breaks and what time it is. */
#ifndef FAKE_PBX_H
#define FAKE_PBX_H

#include "lib/base/strbuf.h"
#include "lib/sync/transport.h"
#include "lib/sync/turn.h"

enum {
	FAKE_REFUSALS = 4,
	FAKE_ANY = -1, /* as many bytes or actions as there are */
};

/* CustomPresence:1001 = "dnd,do-not-disturb,note", Custom:presence-1001 = "BUSY", presence-user/1001 = an entry of AstDB. */
struct fake_thing {
	char name[80];
	char value[512];
	char row[700]; /* of a presence: as it was written */
	bool by_link;
	bool is_lost;    /* from AstDB, until the PBX is restarted */
	unsigned code;   /* the last that was dialled, from 1 */
	unsigned writes; /* since AstDB was written to disk */
};

struct fake_member {
	char queue[24], interface[48], name[24], state[48], reason[48];
	int penalty;
	bool is_dynamic, paused, in_call, ringing;
	bool is_deaf; /* it was added before its hint existed */
};

/* What AstDB holds. */
struct fake_memory {
	struct fake_thing *things;
	size_t n, cap;
	struct fake_member members[8];
	size_t members_n;
};

struct fake_pbx {
	const struct moment *now;
	const char *const *queues; /* their names, up to NULL */
	bool persistent;           /* dynamic members survive a restart */
	bool has_no_hints;         /* who is added now never learns of a hint */
	const char *secret;

	struct fake_memory memory, disk;
	struct fake_memory phones; /* the states of devices such as PJSIP/1001; no AstDB has them */
	int64_t disk_ms;           /* when AstDB was written to disk */
	int64_t boots_ms, ready_ms; /* accepts connections from then on, has loaded its modules */
	int lost;                   /* so many answers do not travel */
	bool frozen;                /* accepts and does nothing */
	const char *denied[2];      /* actions that the next login may not use begin so; NULL */
	struct fake_refusal {
		const char *action, *holds; /* whose variable or family holds this; NULL: none */
		const char *message;
		int times;
	} refusals[FAKE_REFUSALS];

	/* The connection. */
	bool is_open, is_up;
	bool closing; /* when what is shown has been read */
	bool logged_in, told_booted, wants_events;
	const char *denied_here[2];
	struct strbuf in, out;   /* to the PBX, from it */
	size_t shown;            /* bytes of `out` that have arrived */
	int room;                /* bytes that go into the line, or FAKE_ANY */
	unsigned opened, closed; /* how often */
	unsigned done;           /* actions, of all connections */
	unsigned calls;          /* by which a feature code was dialled */
	unsigned lists;          /* of device states, of all connections */
	unsigned asked_states;   /* of lamps, of all connections */
	unsigned asked_phones;   /* states of devices that were read, of all connections */
	struct strbuf
		log; /* "Setvar DEVICE_STATE(Custom:presence-1001)=BUSY\n" for each that changed something, when it is on */
	bool logs;

	/* A presence was written: by the link, or by somebody else. May be NULL. */
	void (*wrote)(void *data, const char *name, const char *value, bool by_link);
	/* The link asked for a presence. May be NULL. */
	void (*asked)(void *data, const char *name);
	void *data;
};

void fake_init(struct fake_pbx *f, const struct moment *now);
void fake_done(struct fake_pbx *f);
/* It lends the PBX, and closes its connection when it is freed. One at a time. */
struct transport *fake_transport(struct fake_pbx *f);

/* Work through so many of the actions that have come. Returns how many there were. */
int fake_work(struct fake_pbx *f, int actions);
/* Let so many bytes arrive. */
void fake_show(struct fake_pbx *f, int bytes);
/* Something is on its way, in either direction. */
bool fake_is_busy(const struct fake_pbx *f);
/* poll(): whether the link is to be woken for these events. */
bool fake_is_ready(const struct fake_pbx *f, short events);
/* The line breaks, and so many more bytes of the PBX arrive before. */
void fake_cut(struct fake_pbx *f, int bytes);
/* The time has changed: AstDB goes to disk once a second, modules load. */
void fake_tick(struct fake_pbx *f);
/* It ends and starts again. Killed, it has forgotten what AstDB did not write to disk. */
void fake_restart(struct fake_pbx *f, bool killed, int boots_after_ms, int loads_for_ms);

/* What anybody can do at the console of the PBX. "" for what is not there. */
const char *fake_get(const struct fake_pbx *f, const char *name);
/* A presence as AstDB holds it. */
const char *fake_row(const struct fake_pbx *f, const char *name);
const char *fake_on_disk(const struct fake_pbx *f, const char *name);
/* Whether the link wrote what is on disk. */
bool fake_is_by_link(const struct fake_pbx *f, const char *name);
/* How often it was written since AstDB went to disk. */
unsigned fake_writes(const struct fake_pbx *f, const char *name);
void fake_set(struct fake_pbx *f, const char *name, const char *value);
/* A feature code says a presence, with a token. And the number of the code that wrote what is in memory or on disk; 0: none did. */
void fake_dial(struct fake_pbx *f, const char *name, const char *value);
unsigned fake_code(const struct fake_pbx *f, const char *name, bool on_disk);
/* Somebody deletes a presence in AstDB. Asterisk goes on with what it has in memory. A restart is not modelled: it brings it back. */
void fake_lose_row(struct fake_pbx *f, const char *name);
/* Bytes of an event that a caller made up. */
void fake_forge(struct fake_pbx *f, const char *event);
/* A phone does something else now: the state of its device. */
void fake_phone(struct fake_pbx *f, const char *device, const char *state);
struct fake_member *fake_member(struct fake_pbx *f, const char *queue, const char *interface);
struct fake_member *fake_add_member(struct fake_pbx *f, const char *queue, const char *interface);
void fake_remove_member(struct fake_pbx *f, struct fake_member *m);
void fake_pause_member(
	struct fake_pbx *f, struct fake_member *m, const char *reason); /* NULL: not any more */

#endif
