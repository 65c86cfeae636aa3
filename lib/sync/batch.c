#include "lib/sync/batch.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/binding/clock.h"
#include "lib/pbx/item.h"
#include "lib/pbx/member.h"
#include "lib/store/item.h"
#include "lib/sync/members.h"

enum outcome { OUTCOME_NONE, OUTCOME_CONFIRMED, OUTCOME_IN_VAIN, OUTCOME_PUT_OFF, OUTCOME_REFUSED };

struct change {
	int64_t id;
	char *name, *held, *value, *error;
	struct chain *chain;      /* of a member of a queue, else NULL */
	size_t steps, unanswered; /* actions sent, and of these without an answer */
	enum outcome outcome;
};

struct batch {
	const struct conf_pbx *pbx;
	struct store *store;
	struct change list[BATCH_MAX];
	size_t n, sent, answered;
	bool no_rows, told_no_rows; /* this session may not write those of call rules */
	struct members *members;
	size_t listing; /* the member whose list came last */
	struct strbuf scratch[2];
};

struct batch *batch_new(const struct conf_pbx *pbx, struct store *store)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->pbx = pbx;
	b->store = store;
	b->members = members_new(store, pbx);
	b->scratch[0] = b->scratch[1] = (struct strbuf)STRBUF_INIT;
	return b;
}

static void empty(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->list[i].name);
		free(b->list[i].held);
		free(b->list[i].value);
		free(b->list[i].error);
		chain_free(b->list[i].chain);
	}
	b->n = b->sent = b->answered = 0;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	empty(b);
	members_free(b->members);
	strbuf_done(&b->scratch[0]);
	strbuf_done(&b->scratch[1]);
	free(b);
}

void batch_reset(struct batch *b)
{
	empty(b);
	b->no_rows = b->told_no_rows = false;
	members_reset(b->members);
}

static int add_change(void *data, const struct stored_item *row)
{
	struct batch *b = data;

	b->list[b->n++] = (struct change){
		.id = row->id,
		.name = xstrdup(row->name),
		.held = row->confirmed ? xstrdup(row->confirmed) : NULL,
		.value = xstrdup(row->wanted),
		.chain = item_is_member(row->name) ? chain_new(row, clock_now()) : NULL,
	};
	return 0;
}

static int announce(struct batch *b, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	for (size_t i = 0; i < b->n; i++) {
		const struct chain *c = b->list[i].chain;

		if (!c || !chain_is_new_pause(c))
			continue;
		if (!tx && store_begin(b->store, err) < 0)
			return -1;
		tx = b->store;
		if (chain_announce(c, tx, err) < 0)
			return -1;
	}
	return tx ? store_commit(tx, err) : 0;
}

int batch_read(struct batch *b, bool *ret_waits, struct err *err)
{
	*ret_waits = false;
	if (store_item_difference(
		    b->store, b->pbx->name, clock_now(), BATCH_MAX, add_change, b, err) < 0 ||
		announce(b, err) < 0) {
		empty(b);
		return -1;
	}
	return b->n ? 0 : store_item_waits(b->store, b->pbx->name, ret_waits, err);
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

static void refuse_row(const struct batch *b, struct change *c)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "Permission denied: user '%s' of manager.conf needs write = system,call",
		b->pbx->username);
	c->outcome = OUTCOME_REFUSED;
	c->error = strbuf_take(&text);
}

/* The first action of a member; what follows goes out when this is answered. */
static bool send_chain(struct batch *b, struct change *c, struct ami *ami, int64_t now_ms)
{
	struct err refused;

	if (c->steps++)
		return false;
	if (chain_send(c->chain, ami, b->sent, now_ms, &refused) < 0) {
		c->outcome = OUTCOME_REFUSED;
		c->error = xstrdup(refused.msg);
		return false;
	}
	c->unanswered++;
	return true;
}

/* Send the next action of the change that is next: false if it has no more. */
static bool send_step(struct batch *b, struct ami *ami, int64_t now_ms)
{
	struct change *c = &b->list[b->sent];
	const char *fields[ITEM_FIELDS];
	struct err refused;

	if (c->outcome == OUTCOME_REFUSED)
		return false;
	if (b->no_rows && item_is_entry(c->name)) {
		refuse_row(b, c);
		return false;
	}
	if (c->chain)
		return send_chain(b, c, ami, now_ms);
	if (!item_action(c->steps, c->name, c->held, c->value, b->scratch, fields))
		return false;
	c->steps++;
	if (ami_send(ami, b->sent, fields, now_ms, &refused) < 0) {
		c->outcome = OUTCOME_REFUSED;
		c->error = xstrdup(refused.msg);
		return false;
	}
	c->unanswered++;
	return true;
}

void batch_send(struct batch *b, struct ami *ami, int64_t now_ms)
{
	if (!batch_is_due(b, ami))
		return;
	while (b->sent < b->n && ami_room(ami) > 0) {
		if (send_step(b, ami, now_ms))
			continue;
		if (!b->list[b->sent++].unanswered)
			b->answered++;
	}
}

void batch_see(struct batch *b, uint64_t tag, const struct amimsg *m)
{
	if (tag >= b->n || !b->list[tag].chain)
		return;
	b->listing = tag;
	chain_see(b->list[tag].chain, m);
}

void batch_event(struct batch *b, const struct amimsg *m)
{
	if (!strcmp(amimsg_text(m, "Event"), MEMBER_CALLER))
		batch_see(b, b->listing, m);
}

static int answer_chain(struct batch *b, struct ami *ami, uint64_t tag, bool ok,
	const struct amimsg *m, int64_t now_ms, struct err *err)
{
	static const enum outcome outcomes[] = {
		[CHAIN_CONFIRMED] = OUTCOME_CONFIRMED,
		[CHAIN_IN_VAIN] = OUTCOME_IN_VAIN,
		[CHAIN_WAITS] = OUTCOME_PUT_OFF,
		[CHAIN_REFUSED] = OUTCOME_REFUSED,
	};
	struct change *c = &b->list[tag];
	enum chain_end end;
	struct err why;

	if (members_answer(b->members, c->chain, ami, tag, now_ms, ok, m, &end, &why) < 0)
		return err_set(err, why.code, "%s", why.msg);
	if (end == CHAIN_GOES_ON)
		return 0;
	c->outcome = outcomes[end];
	if (end == CHAIN_REFUSED || end == CHAIN_IN_VAIN)
		c->error = xstrdup(why.msg);
	c->unanswered--;
	b->answered += tag < b->sent;
	return 0;
}

int batch_answer(struct batch *b, struct ami *ami, uint64_t tag, bool ok, const struct amimsg *m,
	int64_t now_ms, struct err *err)
{
	struct strbuf text = STRBUF_INIT;
	struct change *c = &b->list[tag];
	bool denied = !ok && !strcmp(amimsg_reason(m), "Permission denied");

	if (tag >= b->n || !c->unanswered)
		return 0;
	if (c->chain)
		return answer_chain(b, ami, tag, ok, m, now_ms, err);
	if (!--c->unanswered && tag < b->sent)
		b->answered++;
	if (c->outcome == OUTCOME_REFUSED)
		return 0;
	if (ok || (!denied && !*c->value && item_is_entry(c->name))) {
		c->outcome = OUTCOME_CONFIRMED; /* a row that cannot be deleted is not there */
	} else if (denied && item_is_entry(c->name)) {
		b->no_rows = true;
		refuse_row(b, c);
	} else if (denied) {
		return err_set(err, ERR_FAILED,
			"PBX '%s' refuses Setvar: Permission denied; user '%s' of its manager.conf"
			" needs write = call",
			b->pbx->name, b->pbx->username);
	} else {
		c->outcome = OUTCOME_REFUSED;
		text_escape(&text, amimsg_reason(m));
		c->error = strbuf_take(&text);
	}
	return 0;
}

static int record_one(struct batch *b, const struct change *c, struct err *err)
{
	switch (c->outcome) {
	case OUTCOME_REFUSED: return store_item_refuse(b->store, c->id, c->value, c->error, err);
	case OUTCOME_PUT_OFF: return chain_put_off(c->chain, b->store, clock_now(), err);
	case OUTCOME_IN_VAIN:
		if (store_item_confirm(b->store, c->id, c->value, err) < 0)
			return -1;
		return store_item_refuse(b->store, c->id, c->value, c->error, err);
	case OUTCOME_NONE: /* held already, so that nothing was to be sent */
	case OUTCOME_CONFIRMED: break;
	}
	return store_item_confirm(b->store, c->id, c->value, err);
}

static int record_all(struct batch *b, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(b->store, err) < 0)
		return -1;
	tx = b->store;
	for (size_t i = 0; i < b->n; i++) {
		if (record_one(b, &b->list[i], err) < 0)
			return -1;
	}
	return store_commit(b->store, err);
}

static bool is_news(struct batch *b, const struct change *c, char what[ITEM_NAME_SIZE])
{
	bool row = b->no_rows && item_is_entry(c->name), told = b->told_no_rows;

	if (c->chain)
		return members_tell(b->members, c->chain, what);
	text_copy(what, ITEM_NAME_SIZE, row ? "the rows of call rules" : c->name);
	b->told_no_rows |= row;
	return !row || !told;
}

int batch_record(struct batch *b, void (*refused)(void *data, const char *item, const char *why),
	void *data, struct err *err)
{
	char what[ITEM_NAME_SIZE];
	int confirmed = 0;

	if (record_all(b, err) < 0)
		return -1;
	for (size_t i = 0; i < b->n; i++) {
		const struct change *c = &b->list[i];

		confirmed += c->outcome != OUTCOME_REFUSED;
		if (c->error && is_news(b, c, what))
			refused(data, *what ? what : NULL, c->error);
	}
	empty(b);
	return confirmed;
}

bool batch_takes_entries(const struct batch *b)
{
	return !b->no_rows;
}
