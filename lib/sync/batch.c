/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/batch.h"

#include <string.h>

#include "lib/base/ids.h"
#include "lib/base/text.h"
#include "lib/pbx/item.h"
#include "lib/pbx/member.h"
#include "lib/sync/enrolment.h"
#include "lib/sync/refusals.h"
#include "lib/store/item.h"

enum outcome {
	OUTCOME_NONE,
	OUTCOME_CONFIRMED,
	OUTCOME_IN_VAIN,
	OUTCOME_PUT_OFF,
	OUTCOME_REFUSED,
	OUTCOME_UNKNOWN
};

struct change {
	int64_t id;
	uint32_t hash; /* of the name */
	char *name, *held, *value, *error;
	struct enrolment *enrolment; /* of a member of a queue, else NULL */
	size_t steps, unanswered;    /* actions sent, and of these without an answer */
	bool told;                   /* an event was compared with `value` meanwhile */
	enum outcome outcome;
};

enum { UNREAD_MAX = 1000 }; /* presences that are read back first: each is looked up */

struct batch {
	const struct conf_pbx *pbx;
	struct store *store;
	struct change list[BATCH_MAX];
	size_t n, sent, answered;
	bool has_few; /* of a transaction with few items, and none else; when it is empty: the one before had */
	struct refusals refusals; /* of this session */
	struct enrolment_desk desk;
	size_t listing; /* the member whose list came last */
	size_t asked; /* the item that was asked for last: events come in the order in which we send */
	struct strbuf scratch[2];
};

struct batch *batch_new(const struct conf_pbx *pbx, struct store *store)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->pbx = pbx;
	b->store = store;
	b->desk = (struct enrolment_desk){ pbx, store, &b->refusals };
	b->scratch[0] = b->scratch[1] = (struct strbuf)STRBUF_INIT;
	return b;
}

static void cut(struct batch *b, size_t n)
{
	while (b->n > n) {
		struct change *c = &b->list[--b->n];

		free(c->name);
		free(c->held);
		free(c->value);
		free(c->error);
		enrolment_free(c->enrolment);
	}
	b->asked = 0;
}

static void empty(struct batch *b)
{
	cut(b, 0);
	b->sent = b->answered = 0;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	empty(b);
	refusals_forget(&b->refusals);
	strbuf_done(&b->scratch[0]);
	strbuf_done(&b->scratch[1]);
	free(b);
}

void batch_reset(struct batch *b)
{
	empty(b);
	refusals_forget(&b->refusals);
}

/* Each event asks whether its item is under way: most names differ in it. FNV-1a. */
static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261;

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * 16777619;
	return hash;
}

struct batch_reading {
	struct batch *batch;
	struct batch_filling *filling;
	struct ids unread; /* users whose presence is to be read back first */
	int64_t now;
};

/* An override, a schedule or time has changed what is wanted of them, and a word on the PBX that nobody has read yet counts as well. */
static int find_unread(struct batch_reading *to, struct err *err)
{
	const struct batch *b = to->batch;
	const char *name;

	for (size_t i = 0; to->filling->unread && i < UNREAD_MAX; i++) {
		int64_t user_id;

		name = readback_noted(to->filling->unread, i);
		if (!name)
			return 0;
		if (!item_is_presence(name))
			continue;
		if (store_item_unsaid(b->store, b->pbx->name, name, ACTOR_PHONE, &user_id, err) < 0)
			return -1;
		if (user_id)
			ids_add(&to->unread, user_id);
	}
	return 0;
}

static bool is_left_out(struct batch_reading *to, const struct stored_item *row)
{
	if (!item_follows_mode(row->name) && !item_is_member(row->name))
		return false;
	for (size_t i = 0; i < to->unread.n; i++) {
		if (to->unread.ids[i] != row->user_id)
			continue;
		to->filling->left_out = true;
		return true;
	}
	return false;
}

static int add_change(void *data, const struct stored_item *row)
{
	struct batch_reading *to = data;
	struct batch *b = to->batch;

	if (is_left_out(to, row))
		return 0;
	if (!b->n)
		b->has_few = row->is_few;
	else if (b->has_few && (!row->is_few || b->n == ITEM_FEW))
		return 1;
	b->list[b->n++] = (struct change){
		.id = row->id,
		.hash = hash_of(row->name),
		.name = xstrdup(row->name),
		.held = row->confirmed ? xstrdup(row->confirmed) : NULL,
		.value = xstrdup(row->wanted),
		.enrolment =
			item_is_member(row->name) ? enrolment_new(&b->desk, row, to->now) : NULL,
	};
	return 0;
}

static int announce(struct batch *b, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	for (size_t i = 0; i < b->n; i++) {
		const struct enrolment *e = b->list[i].enrolment;

		if (!e || !enrolment_is_new_pause(e))
			continue;
		if (!tx && store_begin(b->store, err) < 0)
			return -1;
		tx = b->store;
		if (enrolment_announce(e, err) < 0)
			return -1;
	}
	return tx ? store_commit(tx, err) : 0;
}

/* What few items want comes alone, so that it is answered soon. After it comes one batch of the rest, if there is any: so both get on. */
static int read_changes(struct batch_reading *to, struct err *err)
{
	struct batch *b = to->batch;
	struct item_due due = { b->pbx->name, to->now, BATCH_MAX, b->has_few };
	int r = find_unread(to, err);

	b->has_few = false;
	if (r == 0)
		r = store_item_difference(b->store, &due, add_change, to, err);
	if (r < 0 || b->n || !due.passes_few)
		return r;
	due.passes_few = false;
	return store_item_difference(b->store, &due, add_change, to, err);
}

int batch_read(struct batch *b, int64_t now, struct batch_filling *filling, struct err *err)
{
	struct batch_reading to = { .batch = b, .filling = filling, .now = now };
	int r;

	filling->waits = filling->left_out = false;
	r = read_changes(&to, err);
	ids_done(&to.unread);
	if (r < 0 || announce(b, err) < 0) {
		empty(b);
		return -1;
	}
	return b->n ? 0 : store_item_waits(b->store, b->pbx->name, &filling->waits, err);
}

bool batch_is_empty(const struct batch *b)
{
	return !b->n;
}

bool batch_is_answered(const struct batch *b)
{
	return b->n && b->answered == b->n;
}

/* Not for each answer, since a write and a wake-up of Asterisk an action cost more than the action itself. */
bool batch_is_due(const struct batch *b, const struct ami *ami)
{
	size_t left = b->n - b->sent;

	return left > 0 && ami_room(ami) >= (left < BATCH_ROOM ? left : BATCH_ROOM);
}

/* A change of which some actions were sent stays. */
int batch_give_way(struct batch *b, int64_t now, bool *ret_looked, struct err *err)
{
	bool few;

	*ret_looked = b->has_few || b->sent > 0;
	if (b->has_few || !b->sent || b->sent == b->n)
		return 0;
	if (store_item_has_few(b->store, b->pbx->name, now, &few, err) < 0)
		return -1;
	if (few)
		cut(b, b->sent + (b->list[b->sent].steps > 0));
	return 0;
}

static void refuse(struct change *c, const char *why)
{
	c->outcome = OUTCOME_REFUSED;
	c->error = xstrdup(why);
	text_cut(c->error, REASON_MAX_LEN);
}

static void refuse_entry(const struct batch *b, struct change *c)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "Permission denied: user '%s' of manager.conf needs write = system,call",
		b->pbx->username);
	refuse(c, text.s);
}

/* The action of a step: 1 if it was sent, 0 if there are no more, -1 if it could not be sent. Of a member it is only the first; what
 * follows goes out when this is answered. */
static int send_action(struct batch *b, struct change *c, const struct turn *t, struct err *err)
{
	const char *fields[ITEM_FIELDS];
	int r;

	if (c->enrolment && c->steps)
		return 0;
	if (c->enrolment)
		r = enrolment_send(c->enrolment, t, b->sent, err);
	else if (!c->steps && item_check(c->name, c->value, err) < 0)
		r = -1;
	else if (item_action(c->steps, c->name, c->held, c->value, b->scratch, fields))
		r = turn_send(t, b->sent, fields, err);
	else
		return 0;
	return r < 0 ? -1 : 1;
}

/* Send the next action of the change that is next: false if it has no more. */
static bool send_step(struct batch *b, const struct turn *t)
{
	struct change *c = &b->list[b->sent];
	struct err why;
	int r;

	if (c->outcome == OUTCOME_REFUSED)
		return false;
	if (b->refusals.entries && item_is_entry(c->name)) {
		refuse_entry(b, c);
		return false;
	}
	r = send_action(b, c, t, &why);
	if (r < 0)
		refuse(c, why.msg);
	if (r <= 0)
		return false;
	c->steps++;
	c->unanswered++;
	return true;
}

void batch_send(struct batch *b, const struct turn *t)
{
	if (!batch_is_due(b, t->ami))
		return;
	while (b->sent < b->n && ami_room(t->ami) > 0) {
		if (send_step(b, t))
			continue;
		if (!b->list[b->sent++].unanswered)
			b->answered++;
	}
}

void batch_see(struct batch *b, uint64_t tag, const struct amimsg *m)
{
	if (tag >= b->n || !b->list[tag].enrolment)
		return;
	b->listing = tag;
	enrolment_see(b->list[tag].enrolment, m);
}

void batch_event(struct batch *b, const struct amimsg *m)
{
	if (!strcmp(amimsg_text(m, "Event"), MEMBER_CALLER))
		batch_see(b, b->listing, m);
}

static int answer_member(
	struct batch *b, const struct turn *t, const struct answer *answer, struct err *err)
{
	static const enum outcome outcomes[] = {
		[ENROLMENT_CONFIRMED] = OUTCOME_CONFIRMED,
		[ENROLMENT_IN_VAIN] = OUTCOME_IN_VAIN,
		[ENROLMENT_WAITS] = OUTCOME_PUT_OFF,
		[ENROLMENT_REFUSED] = OUTCOME_REFUSED,
	};
	struct change *c = &b->list[answer->tag];
	enum enrolment_end end;
	struct err why;
	int r = enrolment_answer(c->enrolment, t, answer, &end, &why);

	if (r == 0 && end == ENROLMENT_GOES_ON)
		return 0;
	c->unanswered--;
	b->answered += answer->tag < b->sent;
	if (r < 0) {
		/* The database cannot say what the answer means: the member is looked at once more. */
		c->outcome = OUTCOME_UNKNOWN;
		return err_set(err, why.code, "%s", why.msg);
	}
	c->outcome = outcomes[end];
	if (end == ENROLMENT_REFUSED || end == ENROLMENT_IN_VAIN)
		c->error = xstrdup(why.msg);
	return 0;
}

static int answer_refused(
	struct batch *b, struct change *c, const struct amimsg *m, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	bool denied = !strcmp(amimsg_reason(m), "Permission denied");

	if (!denied && !*c->value && item_is_entry(c->name)) {
		c->outcome = OUTCOME_CONFIRMED; /* an entry that cannot be deleted is not there */
	} else if (denied && item_is_entry(c->name)) {
		b->refusals.entries = true;
		refuse_entry(b, c);
	} else if (denied) {
		return err_set(err, ERR_FAILED,
			"PBX '%s' refuses Setvar: Permission denied; user '%s' of its manager.conf"
			" needs write = call",
			b->pbx->name, b->pbx->username);
	} else {
		text_escape(&text, amimsg_reason(m));
		refuse(c, text.s);
	}
	return 0;
}

int batch_answer(
	struct batch *b, const struct turn *t, const struct answer *answer, struct err *err)
{
	struct change *c = &b->list[answer->tag];

	if (answer->tag >= b->n || !c->unanswered)
		return 0;
	if (c->enrolment)
		return answer_member(b, t, answer, err);
	if (!--c->unanswered && answer->tag < b->sent)
		b->answered++;
	if (c->outcome == OUTCOME_REFUSED)
		return 0;
	if (!answer->ok)
		return answer_refused(b, c, answer->message, err);
	c->outcome = OUTCOME_CONFIRMED;
	return 0;
}

const char *batch_value(struct batch *b, const char *name)
{
	uint32_t hash = hash_of(name);

	for (size_t i = 0; i < b->n; i++) {
		size_t at = b->asked + i < b->n ? b->asked + i : b->asked + i - b->n;

		if (b->list[at].hash != hash || strcmp(b->list[at].name, name) != 0)
			continue;
		b->asked = at;
		b->list[at].told = true;
		return b->list[at].value;
	}
	return NULL;
}

bool batch_has_vain(const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->list[i].outcome == OUTCOME_IN_VAIN)
			return true;
	}
	return false;
}

bool batch_has(const struct batch *b, int64_t id)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->list[i].id == id)
			return true;
	}
	return false;
}

/* Whether the PBX may hold another member than the one that was confirmed: we have acted, or somebody else has. What they did was
 * compared with a value that the PBX did not take. */
static bool is_doubtful(const struct change *c)
{
	return c->enrolment && (c->told || enrolment_has_acted(c->enrolment));
}

/* Of several actions those before the refused one, and of lamps those after it, have been done all the same. */
static int record_refused(struct batch *b, const struct change *c, struct err *err)
{
	char unknown[ITEM_VALUE_SIZE];
	int r = 0;

	if (item_is_lamps(c->name)) {
		item_doubt(c->held ? c->held : "", c->value, unknown);
		r = store_item_confirm(b->store, c->id, unknown, err);
	} else if (is_doubtful(c)) {
		r = store_item_confirm(b->store, c->id, NULL, err);
	}
	return r < 0 ? -1 : store_item_refuse(b->store, c->id, c->value, c->error, err);
}

static int record_one(struct batch *b, const struct change *c, int64_t now, struct err *err)
{
	switch (c->outcome) {
	case OUTCOME_REFUSED: return record_refused(b, c, err);
	case OUTCOME_PUT_OFF: return enrolment_put_off(c->enrolment, now, err);
	case OUTCOME_IN_VAIN:
		if (store_item_confirm(b->store, c->id, c->value, err) < 0)
			return -1;
		return store_item_refuse(b->store, c->id, c->value, c->error, err);
	case OUTCOME_UNKNOWN:
		return is_doubtful(c) ? store_item_confirm(b->store, c->id, NULL, err) : 0;
	case OUTCOME_NONE: /* held already, so that nothing was to be sent */
	case OUTCOME_CONFIRMED: break;
	}
	if (store_item_confirm(b->store, c->id, c->value, err) < 0)
		return -1;
	return c->enrolment && !*c->value && !enrolment_has_acted(c->enrolment)
		? store_member_is_gone(b->store, c->id, err)
		: 0;
}

static int record_all(struct batch *b, int64_t now, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(b->store, err) < 0)
		return -1;
	tx = b->store;
	for (size_t i = 0; i < b->n; i++) {
		if (record_one(b, &b->list[i], now, err) < 0)
			return -1;
	}
	return store_commit(b->store, err);
}

static void how_to_tell(const struct batch *b, const struct change *c, struct refusal *ret)
{
	bool entry = b->refusals.entries && item_is_entry(c->name);

	if (c->enrolment) {
		enrolment_refusal(c->enrolment, ret);
		return;
	}
	*ret = (struct refusal){ .once = entry };
	text_copy(ret->what, sizeof(ret->what), entry ? "the entries of call rules" : c->name);
}

int batch_record(struct batch *b, int64_t now,
	void (*refused)(void *data, const char *item, const char *why), void *data, struct err *err)
{
	struct refusal what;
	int confirmed = 0;

	if (record_all(b, now, err) < 0)
		return -1;
	for (size_t i = 0; i < b->n; i++) {
		const struct change *c = &b->list[i];

		confirmed += c->outcome != OUTCOME_REFUSED && c->outcome != OUTCOME_UNKNOWN;
		if (!c->error)
			continue;
		how_to_tell(b, c, &what);
		if (refusals_is_news(&b->refusals, &what))
			refused(data, what.remark ? NULL : what.what, c->error);
	}
	empty(b);
	return confirmed;
}

bool batch_takes_entries(const struct batch *b)
{
	return !b->refusals.entries;
}
