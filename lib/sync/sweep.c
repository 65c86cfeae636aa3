/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/sweep.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/store/mode.h"
#include "lib/sync/reading.h"

enum {
	NOTES_MAX = 2000,  /* what more events tell of, the slices find */
	ROUND_NOTES = 250, /* of them in one round */
	ROUND_IDS = 50,    /* a slice is cut into rounds of at least so many items */
	ROUNDS_A_SLICE = 240,
	ROUND_MS = 250,
	ROOM = 50, /* in the window that is worth a write */
	RETRY_MS = 1000,
	SLICE_IDS = 50,         /* a slice has at least so many items */
	HINTS_QUESTIONS = 1000, /* about members in vain, in one round */
	STRAY_QUESTIONS = 2,    /* at most, about an item that nobody wants */
};

/* An item that is to be read. */
struct note {
	char name[ITEM_NAME_SIZE], lamp[NAME_MAX_LEN + 1];
	int64_t due_ms;
	bool is_taken; /* into the round that begins */
};

/* An item of the round, or a whole family of entries. */
struct sweep_part {
	struct item_reading reading; /* of a family without a name */
	const char *family;          /* or NULL */
	bool by_slice;
	char lamp[NAME_MAX_LEN + 1];
	size_t first; /* of the questions of the round */
	bool is_void; /* the item was pushed meanwhile */
};

struct sweep {
	const struct conf_pbx *pbx;
	struct store *store;
	struct readback *readback;
	bool is_on; /* the lists have been read */
	struct note *notes;
	size_t notes_n, notes_cap;
	int64_t slice_ms; /* when the next round of a slice is due */
	int64_t cursor;   /* items up to this ID have been read; -1: a random one is to be chosen */
	bool families;    /* the small ones are to be listed */
	uint32_t lot;
	bool hints; /* there may be members whose hints are missing */
	int64_t hints_ms, hints_cursor;

	/* The round. */
	struct lamp_names modes;
	struct sweep_part **parts;
	size_t parts_n, parts_cap, questions, sent, answered;
	size_t asking;   /* the part of the next question */
	size_t listing;  /* the part whose list came last */
	int64_t next_ms; /* when the next one may begin, or this one may be written */
};

struct sweep *sweep_new(const struct conf_pbx *pbx, struct store *store, struct readback *readback)
{
	struct sweep *s = xcalloc(1, sizeof(*s));

	s->pbx = pbx;
	s->store = store;
	s->readback = readback;
	return s;
}

static void end_round(struct sweep *s)
{
	for (size_t i = 0; i < s->parts_n; i++) {
		reading_done(&s->parts[i]->reading);
		free(s->parts[i]);
	}
	free(s->parts);
	s->parts = NULL;
	s->parts_n = s->parts_cap = s->questions = s->sent = s->answered = 0;
	s->asking = s->listing = 0;
	lamp_names_done(&s->modes);
}

void sweep_free(struct sweep *s)
{
	if (!s)
		return;
	end_round(s);
	free(s->notes);
	free(s);
}

void sweep_reset(struct sweep *s)
{
	end_round(s);
	s->notes_n = 0;
	s->is_on = s->hints = false;
	s->next_ms = s->hints_cursor = 0;
}

void sweep_begin(struct sweep *s, int64_t now_ms, uint32_t lot)
{
	s->is_on = true;
	s->lot = lot;
	s->cursor = -1;
	s->families = false;
	s->slice_ms = now_ms + SWEEP_FIRST_MS + lot % SWEEP_SPREAD_MS;
}

void sweep_look_for_hints(struct sweep *s, int64_t now_ms)
{
	if (!s->hints)
		s->hints_ms = now_ms + SWEEP_HINTS_MS;
	s->hints = true;
}

bool sweep_is_idle(const struct sweep *s)
{
	return !s->notes_n && !s->parts_n;
}

/* Notes. */

static void add_note(struct sweep *s, const char *name, const char *lamp, int64_t due_ms)
{
	for (size_t i = 0; i < s->notes_n; i++) {
		if (strcmp(s->notes[i].name, name) != 0)
			continue;
		if (!*s->notes[i].lamp || !strcmp(s->notes[i].lamp, lamp)) {
			text_copy(s->notes[i].lamp, sizeof(s->notes[i].lamp), lamp);
			return;
		}
	}
	if (s->notes_n == NOTES_MAX)
		return;
	s->notes = mem_grow(s->notes, &s->notes_cap, s->notes_n + 1, sizeof(*s->notes));
	s->notes[s->notes_n] = (struct note){ .due_ms = due_ms };
	text_copy(s->notes[s->notes_n].name, sizeof(s->notes[0].name), name);
	text_copy(s->notes[s->notes_n++].lamp, sizeof(s->notes[0].lamp), lamp);
}

struct lamp_check {
	const struct item_lamp *lamp;
	bool is_known, is_right;
};

static int check_lamp(void *data, const struct stored_item *row)
{
	struct lamp_check *c = data;

	c->is_known = true;
	c->is_right =
		row->confirmed && item_lamps_say(row->confirmed, c->lamp->lamp, c->lamp->state);
	return 1;
}

/* Of a lamp that is under way our own value is expected, of any other the one that was confirmed. What is wanted says nothing: it may
 * be another by the time it is pushed, and what is pushed is the difference from what was confirmed. Of a lamp that nobody has, only
 * that it is lit is news. */
static int see_lamp(struct sweep *s, const struct item_lamp *lamp, struct batch *batch,
	int64_t now_ms, struct err *err)
{
	struct lamp_check check = { .lamp = lamp };
	const char *ours = batch_value(batch, lamp->name);
	char value[ITEM_VALUE_SIZE];

	if (ours)
		check = (struct lamp_check){ lamp, true,
			item_lamps_say(ours, lamp->lamp, lamp->state) };
	else if (store_item_named(s->store, s->pbx->name, lamp->name, check_lamp, &check, err) < 0)
		return -1;
	if (!check.is_known)
		check.is_right = !item_lamp_value(lamp->lamp, lamp->state, value);
	if (!check.is_right)
		add_note(s, lamp->name, lamp->lamp, now_ms + SWEEP_EVENT_MS);
	return 0;
}

struct member_check {
	struct store *store;
	struct batch *batch;
	struct member_held held;
	char name[ITEM_NAME_SIZE]; /* as we write it; "" if the member is none of ours */
	bool is_right;
	struct err err;
};

/* As of a lamp, and what was wanted last where nothing is confirmed. */
static const char *expected_of(const char *ours, const struct stored_item *row)
{
	if (ours)
		return ours;
	return row->confirmed ? row->confirmed : row->wanted;
}

static int check_member(void *data, const struct stored_item *row)
{
	struct member_check *c = data;
	const char *ours = batch_value(c->batch, row->name), *expected = expected_of(ours, row);
	struct member_goal goal;
	enum member_next next;

	text_copy(c->name, sizeof(c->name), row->name);
	/* The user is not assigned any more, and somebody else puts them into the queue. */
	c->is_right =
		(!ours && !*expected) || member_parse(row->name, expected, &goal, &c->err) < 0;
	if (c->is_right)
		return 1;
	if (c->held.paused &&
		store_pause_is_ours(c->store, row, c->held.reason, &c->held.ours, &c->err) < 0)
		return -1;
	next = member_next(&goal, &c->held, false);
	c->is_right = next == MEMBER_DONE || next == MEMBER_WAIT;
	return 1;
}

static int see_member(
	struct sweep *s, struct member_check *c, const char *name, int64_t now_ms, struct err *err)
{
	int r = store_item_named(s->store, s->pbx->name, name, check_member, c, &c->err);

	if (r < 0)
		return err_set(err, c->err.code, "%s", c->err.msg);
	if (*c->name && !c->is_right)
		add_note(s, c->name, "", now_ms + SWEEP_EVENT_MS);
	return 0;
}

int sweep_event(struct sweep *s, const struct amimsg *m, struct batch *batch, int64_t now_ms,
	struct err *err)
{
	struct member_check member = { .store = s->store, .batch = batch };
	char name[ITEM_NAME_SIZE];
	struct item_lamp lamp;

	if (item_lamp_from_event(m, &lamp))
		return see_lamp(s, &lamp, batch, now_ms, err);
	if (member_from_event(m, name, &member.held))
		return see_member(s, &member, name, now_ms, err);
	return 0;
}

/* The round. */

static int add_mode(void *data, const struct mode *m)
{
	lamp_names_add(data, m->name);
	return 0;
}

struct filling {
	struct sweep *sweep;
	bool by_slice;
	const char *lamp;
	size_t most;  /* questions */
	int64_t last; /* ID that was taken */
};

static struct sweep_part *add_part(struct sweep *s, bool by_slice, const char *lamp)
{
	struct sweep_part *p = xcalloc(1, sizeof(*p));

	s->parts = mem_grow(s->parts, &s->parts_cap, s->parts_n + 1, sizeof(struct sweep_part *));
	s->parts[s->parts_n++] = p;
	p->by_slice = by_slice;
	p->first = s->questions;
	text_copy(p->lamp, sizeof(p->lamp), lamp);
	return p;
}

static int take(void *data, const struct stored_item *row)
{
	struct filling *f = data;
	struct sweep *s = f->sweep;
	struct sweep_part *p;

	p = add_part(s, f->by_slice, f->lamp);
	reading_begin(&p->reading, row, f->lamp, &s->modes);
	if (s->questions + p->reading.questions > f->most) {
		reading_done(&p->reading);
		free(p);
		s->parts_n--;
		return 1;
	}
	s->questions += p->reading.questions;
	f->last = row->id;
	return 0;
}

static int take_note(struct sweep *s, const struct note *n, struct err *err)
{
	struct filling f = { s, false, n->lamp, SWEEP_QUESTIONS, 0 };
	struct sweep_part *p;
	int r = store_item_named(s->store, s->pbx->name, n->name, take, &f, err);

	if (r != 0)
		return r;
	if (f.last || item_is_member(n->name))
		return 0;
	if (s->questions + STRAY_QUESTIONS > SWEEP_QUESTIONS)
		return 1;
	p = add_part(s, false, n->lamp);
	reading_begin_stray(&p->reading, n->name, n->lamp);
	s->questions += p->reading.questions;
	return 0;
}

/* Notes for which the round has no room stay. If the database cannot be used all of them do. */
static int take_notes(struct sweep *s, int64_t now_ms, struct err *err)
{
	size_t kept = 0;
	int r = 0;

	for (size_t i = 0; i < s->notes_n; i++) {
		struct note *n = &s->notes[i];

		n->is_taken = r == 0 && n->due_ms <= now_ms && s->parts_n < ROUND_NOTES;
		if (n->is_taken && (r = take_note(s, n, err)) < 0)
			return -1;
		if (r > 0 && n->is_taken)
			n->is_taken = !s->parts_n; /* it alone is too much */
	}
	for (size_t i = 0; i < s->notes_n; i++) {
		if (!s->notes[i].is_taken)
			s->notes[kept++] = s->notes[i];
	}
	s->notes_n = kept;
	return 0;
}

static int64_t at_least(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The next round of the slice, and when the one after it is due: a minute is shared out among the rounds of a slice. */
static int take_slice(struct sweep *s, int64_t now_ms, struct err *err)
{
	struct filling f = { s, true, "", SWEEP_QUESTIONS, 0 };
	int64_t last, slice, width, end;
	int r;

	if (store_item_last(s->store, &last, err) < 0)
		return -1;
	slice = at_least((last + SWEEP_SLICES - 1) / SWEEP_SLICES, SLICE_IDS);
	width = at_least((slice + ROUNDS_A_SLICE - 1) / ROUNDS_A_SLICE, ROUND_IDS);
	if (s->cursor < 0)
		s->cursor = last ? s->lot % last : 0;
	if (s->cursor >= last) {
		s->cursor = 0;
		s->families = true;
	}
	end = s->cursor + width;
	r = store_item_slice(s->store, s->pbx->name, s->cursor, end, take, &f, err);
	if (r < 0)
		return -1;
	s->cursor = r && f.last ? f.last : end;
	s->slice_ms = now_ms + SWEEP_SLICE_MS * width / slice;
	return 0;
}

/* Entries that nobody wants are found where a family is listed. Large ones are not, since Asterisk would be held up: a user's entry
 * of a user who is gone does no harm. A number that a feature code has left behind is among these. */
static void take_families(struct sweep *s)
{
	for (const char *const *f = item_small_families; *f; f++) {
		struct sweep_part *p = add_part(s, false, "");

		p->family = *f;
		p->reading.questions = 1;
		s->questions++;
	}
	s->families = false;
}

/* A member in vain is asked for, and the hint that the queue lacks. */
static int take_hints(struct sweep *s, int64_t now_ms, struct err *err)
{
	struct filling f = { s, false, "", HINTS_QUESTIONS, 0 };
	int r = store_item_in_vain(s->store, s->pbx->name, s->hints_cursor, take, &f, err);

	s->hints_ms = now_ms + SWEEP_HINTS_MS;
	if (r < 0)
		return -1;
	s->hints = f.last || s->hints_cursor;
	s->hints_cursor = r ? f.last : 0;
	return 0;
}

static bool has_note(const struct sweep *s, int64_t now_ms)
{
	for (size_t i = 0; i < s->notes_n; i++) {
		if (s->notes[i].due_ms <= now_ms)
			return true;
	}
	return false;
}

static bool has_work(const struct sweep *s, int64_t now_ms)
{
	return s->is_on &&
		(s->families || now_ms >= s->slice_ms || (s->hints && now_ms >= s->hints_ms) ||
			has_note(s, now_ms));
}

static int begin_round(struct sweep *s, int64_t now_ms, struct err *err)
{
	if (store_mode_each(s->store, add_mode, &s->modes, err) < 0)
		return -1;
	if (has_note(s, now_ms))
		return take_notes(s, now_ms, err);
	if (s->families) {
		take_families(s);
		return 0;
	}
	if (s->hints && now_ms >= s->hints_ms)
		return take_hints(s, now_ms, err);
	return take_slice(s, now_ms, err);
}

static int ask_one(const struct sweep_part *p, size_t question, const struct turn *t, uint64_t tag,
	struct err *err)
{
	const char *const list[] = { "Action", "DBGetTree", "Family", p->family, NULL };

	return p->family ? turn_send(t, tag, list, err)
			 : reading_ask(&p->reading, question, t, tag, err);
}

static void ask(struct sweep *s, const struct turn *t, uint64_t tag)
{
	struct err ignored;

	while (s->sent < s->questions && ami_room(t->ami) > 0) {
		struct sweep_part *p = s->parts[s->asking];

		if (s->sent == p->first + p->reading.questions) {
			s->asking++;
			continue;
		}
		/* What cannot be asked is not known. */
		if (ask_one(p, s->sent - p->first, t, tag + s->sent, &ignored) < 0) {
			p->reading.failed = true;
			s->answered++;
		}
		s->sent++;
	}
}

/* The part of a question that was sent, NULL if there is none: it may be of a round before. */
static struct sweep_part *part_of(const struct sweep *s, uint64_t number)
{
	size_t low = 0, high = s->parts_n;

	if (number >= s->sent)
		return NULL;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (s->parts[middle]->first <= number)
			low = middle;
		else
			high = middle;
	}
	return s->parts[low];
}

void sweep_item(struct sweep *s, uint64_t number, const struct amimsg *m)
{
	struct sweep_part *p = part_of(s, number);
	struct item item;

	if (!p)
		return;
	s->listing = number;
	if (!p->family)
		reading_item(&p->reading, m);
	else if (item_from_event(m, &item))
		add_note(s, item.name, "", 0);
}

void sweep_caller(struct sweep *s, const struct amimsg *m)
{
	struct sweep_part *p = part_of(s, s->listing);

	if (p && !p->family && item_is_member(p->reading.name) &&
		!strcmp(amimsg_text(m, "Event"), MEMBER_CALLER))
		reading_item(&p->reading, m);
}

void sweep_answer(struct sweep *s, uint64_t number, const struct answer *answer)
{
	struct sweep_part *p = part_of(s, number);

	if (!p)
		return;
	if (!p->family)
		reading_answer(&p->reading, number - p->first, answer);
	s->answered++;
}

void sweep_yield(struct sweep *s, const struct batch *batch)
{
	for (size_t i = 0; i < s->parts_n; i++)
		s->parts[i]->is_void |= batch_has(batch, s->parts[i]->reading.id);
}

/* The end of the round. What a slice has found is noted, and mended if the second reading finds it too. */

/* What was confirmed may have changed since it was read, where a word of somebody else has left lamps in doubt: it is read again. */
static int mend_other(struct sweep *s, const struct sweep_part *p, int64_t now_ms, struct err *err)
{
	const struct item_reading *r = &p->reading;
	int is_as_read = store_item_found(s->store, r->id, r->confirmed, r->held, err);

	if (is_as_read == 0)
		add_note(s, r->name, p->lamp, now_ms + SWEEP_EVENT_MS);
	return is_as_read < 0 ? -1 : 0;
}

static int mend(struct sweep *s, const struct sweep_part *p, enum verdict verdict, int64_t now_ms,
	struct err *err)
{
	const struct item_reading *r = &p->reading;
	struct item stray = { 0 };

	switch (verdict) {
	case VERDICT_OTHER:
		/* The lamp of a schedule may be lit by its key: the entry behind it tells. */
		if (item_schedule_of(r->name))
			readback_note(s->readback, r->name);
		return mend_other(s, p, now_ms, err);
	case VERDICT_LOST: return store_item_doubt(s->store, r->id, err);
	case VERDICT_FOREIGN: readback_note(s->readback, r->name); return 0;
	case VERDICT_STRAY:
		text_copy(stray.name, sizeof(stray.name), r->name);
		text_copy(stray.value, sizeof(stray.value), r->held);
		return store_item_stray(s->store, s->pbx->name, &stray, err);
	case VERDICT_SAME: break;
	}
	return 0;
}

/* A member of whom an event has told, and who cannot be read, is not known: the batch asks again, and tells why that is refused. */
static int judge(
	const struct sweep_part *p, struct store *store, enum verdict *ret, struct err *err)
{
	if (reading_judge(&p->reading, store, ret, err) < 0)
		return -1;
	if (p->reading.failed && !p->by_slice && item_is_member(p->reading.name))
		*ret = VERDICT_LOST;
	return 0;
}

static int judge_all(struct sweep *s, int64_t now_ms, bool *ret_differs, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	for (size_t i = 0; i < s->parts_n; i++) {
		struct sweep_part *p = s->parts[i];
		enum verdict verdict;

		if (p->family)
			continue;
		if (p->is_void) {
			if (!p->by_slice)
				add_note(s, p->reading.name, p->lamp, now_ms + SWEEP_EVENT_MS);
			continue;
		}
		if (judge(p, s->store, &verdict, err) < 0)
			return -1;
		if (verdict == VERDICT_SAME)
			continue;
		if (p->by_slice) {
			add_note(s, p->reading.name, "", now_ms + SWEEP_AGAIN_MS);
			continue;
		}
		if (!tx && store_begin(s->store, err) < 0)
			return -1;
		tx = s->store;
		*ret_differs = true;
		if (mend(s, p, verdict, now_ms, err) < 0)
			return -1;
	}
	return tx ? store_commit(tx, err) : 0;
}

static bool is_answered(const struct sweep *s)
{
	return s->parts_n && s->answered == s->questions;
}

bool sweep_is_due(const struct sweep *s, const struct turn *t)
{
	size_t left = s->questions - s->sent;

	if (left)
		return ami_room(t->ami) >= (left < ROOM ? left : ROOM);
	return (s->parts_n ? is_answered(s) : has_work(s, t->now.ms)) && t->now.ms >= s->next_ms;
}

int64_t sweep_deadline(const struct sweep *s)
{
	int64_t at = s->families ? s->next_ms : s->slice_ms;

	if (s->parts_n)
		return is_answered(s) ? s->next_ms : INT64_MAX;
	if (!s->is_on)
		return INT64_MAX;
	if (s->hints && s->hints_ms < at)
		at = s->hints_ms;
	for (size_t i = 0; i < s->notes_n; i++)
		at = s->notes[i].due_ms < at ? s->notes[i].due_ms : at;
	return at > s->next_ms ? at : s->next_ms;
}

int sweep_step(
	struct sweep *s, const struct turn *t, uint64_t tag, bool *ret_differs, struct err *err)
{
	*ret_differs = false;
	if (!sweep_is_due(s, t))
		return 0;
	if (!s->parts_n && begin_round(s, t->now.ms, err) < 0) {
		end_round(s);
		s->next_ms = t->now.ms + RETRY_MS;
		return -1;
	}
	ask(s, t, tag);
	if (s->parts_n && !is_answered(s))
		return 0;
	if (judge_all(s, t->now.ms, ret_differs, err) < 0) {
		*ret_differs = false;
		s->next_ms = t->now.ms + RETRY_MS;
		return -1;
	}
	end_round(s);
	s->next_ms = t->now.ms + ROUND_MS;
	return 0;
}
