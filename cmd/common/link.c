#include "cmd/common/link.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cmd/common/adopt.h"
#include "cmd/common/session.h"
#include "lib/base/text.h"
#include "lib/binding/clock.h"
#include "lib/pure/item.h"

enum {
	BATCH = 1000, /* items read from the database, and confirmed to it, at a time */
	RETRY_FIRST_MS = 250,
	RETRY_MAX_MS = 30000,
	RETRY_STORE_MS = 1000,
	REFILL = 100,       /* room in the window that is worth a write */
	ROUNDS_A_STEP = 16, /* then others on the loop get their turn */
};

/* Tags of the actions that read; those that push have the index in the batch. */
enum { TAG_FIRST_LIST = BATCH, TAG_ADOPT = TAG_FIRST_LIST + ITEM_LISTS };

static const char *const state_names[] = {
	[LINK_DOWN] = "down",
	[LINK_CONNECTING] = "connecting",
	[LINK_BOOTING] = "booting",
	[LINK_READING] = "reading",
	[LINK_CONNECTED] = "connected",
};
_Static_assert(ARRAY_SIZE(state_names) == LINK_STATE_COUNT, "a name for every state");

enum outcome { OUTCOME_NONE, OUTCOME_CONFIRMED, OUTCOME_REFUSED };

struct link {
	const struct conf *conf;
	const struct conf_pbx *pbx;
	struct store *store;
	struct link_hooks hooks;
	void *data;

	enum link_state state;
	struct session *session; /* NULL while down */
	struct err error;        /* why it went down last */
	unsigned failures;
	int64_t retry_ms; /* when to try again, while down */

	/* What is being pushed: read from the database, sent in order, recorded when all is answered. */
	struct change {
		int64_t id;
		char *name, *value, *error;
		enum outcome outcome;
	} batch[BATCH];
	size_t batch_n, sent, answered;
	bool look;         /* the database may hold a difference */
	int64_t record_ms; /* not before this: the database was locked */
	size_t confirmed;
	unsigned lists;             /* still to be read */
	bool no_rows, told_no_rows; /* this session may not write those of call rules */
	bool scanning;              /* inside a transaction that takes in what the PBX holds */
	struct strbuf scratch[2];
	struct adopt *adopt; /* what others put there */

	struct err failure; /* set by a callback, taken by link_step */
	bool failed, failed_store;
	int64_t now_ms;
};

const char *link_state_name(enum link_state s)
{
	return state_names[s];
}

struct link *link_new(const struct conf *conf, const struct conf_pbx *pbx, struct store *store,
	const struct link_hooks *hooks, void *data)
{
	struct link *l = xcalloc(1, sizeof(*l));

	l->conf = conf;
	l->pbx = pbx;
	l->store = store;
	l->hooks = *hooks;
	l->data = data;
	l->scratch[0] = l->scratch[1] = (struct strbuf)STRBUF_INIT;
	l->adopt = adopt_new(store, pbx->name);
	return l;
}

static void empty_batch(struct link *l)
{
	for (size_t i = 0; i < l->batch_n; i++) {
		free(l->batch[i].name);
		free(l->batch[i].value);
		free(l->batch[i].error);
	}
	l->batch_n = l->sent = l->answered = 0;
}

void link_free(struct link *l)
{
	if (!l)
		return;
	empty_batch(l);
	adopt_free(l->adopt);
	session_free(l->session);
	strbuf_done(&l->scratch[0]);
	strbuf_done(&l->scratch[1]);
	free(l);
}

const struct conf_pbx *link_pbx(const struct link *l)
{
	return l->pbx;
}

enum link_state link_state(const struct link *l)
{
	return l->state;
}

const char *link_version(const struct link *l)
{
	return l->session ? ami_version(session_ami(l->session)) : "";
}

const struct err *link_error(const struct link *l)
{
	return &l->error;
}

unsigned link_failures(const struct link *l)
{
	return l->failures;
}

size_t link_confirmed(const struct link *l)
{
	return l->confirmed;
}

bool link_takes_rows(const struct link *l)
{
	return !l->no_rows;
}

void link_wake(struct link *l)
{
	l->look = true;
}

bool link_in_step(const struct link *l)
{
	return l->state == LINK_CONNECTED && !l->look && !l->batch_n && adopt_is_idle(l->adopt);
}

static void set_state(struct link *l, enum link_state state, const struct err *why)
{
	if (l->state == state && !why)
		return;
	l->state = state;
	if (l->hooks.state)
		l->hooks.state(l->data, l, state, why);
}

static void fail(struct link *l, const struct err *why)
{
	if (!l->failed)
		l->failure = *why;
	l->failed = true;
}

static void fail_store(struct link *l, const struct err *why)
{
	fail(l, why);
	l->failed_store = true;
}

/* Doubling from RETRY_FIRST_MS, with jitter so that many daemons do not come back at the same moment. A
 * refused login is not tried quickly: the PBX may count such and ban us. */
static int64_t backoff(const struct link *l, enum ami_failure failure)
{
	unsigned shift = l->failures < 8 ? l->failures : 8;
	int64_t ms = (int64_t)RETRY_FIRST_MS << shift;

	if (ms > RETRY_MAX_MS || failure == AMI_FAIL_LOGIN)
		ms = RETRY_MAX_MS;
	return ms - ms / 4 + (int64_t)arc4random_uniform((uint32_t)(ms / 2 + 1));
}

static void go_down(struct link *l, const struct err *why, int64_t now_ms)
{
	enum ami_failure failure =
		l->session ? ami_failure(session_ami(l->session)) : AMI_FAIL_NONE;
	bool news = l->state == LINK_CONNECTED || l->state == LINK_READING ||
		strcmp(l->error.msg, why->msg) != 0;

	if (l->scanning)
		store_rollback(l->store);
	l->scanning = false;
	session_free(l->session);
	l->session = NULL;
	empty_batch(l);
	adopt_reset(l->adopt);
	l->error = *why;
	l->retry_ms = now_ms + backoff(l, failure);
	l->failures++;
	l->state = LINK_DOWN;
	if (news)
		set_state(l, LINK_DOWN, &l->error);
}

static void on_item(void *data, uint64_t tag, const struct amimsg *m)
{
	struct link *l = data;
	struct item item;
	struct err err;
	bool foreign;

	if (tag == TAG_ADOPT)
		adopt_item(l->adopt, m);
	if (l->failed || tag >= TAG_ADOPT || !item_from_event(m, &item))
		return;
	if (!l->scanning) {
		if (store_begin(l->store, &err) < 0) {
			fail_store(l, &err);
			return;
		}
		l->scanning = true;
	}
	if (adopt_see(l->adopt, &item, &foreign, &err) < 0 ||
		(foreign ? store_scan_seen(l->store, l->pbx->name, item.name, &err)
			 : store_scan_item(l->store, l->pbx->name, &item, &err)) < 0)
		fail_store(l, &err);
}

/* A change that may be somebody else's. */
static void on_event(void *data, const struct amimsg *m)
{
	struct link *l = data;
	struct item item;
	struct err err;
	bool foreign;

	if (l->state != LINK_CONNECTED || l->failed || !item_from_event(m, &item))
		return;
	if (adopt_see(l->adopt, &item, &foreign, &err) < 0)
		fail_store(l, &err);
}

static void on_adopted(struct link *l, bool second, bool ok, const struct amimsg *m)
{
	const char *name;
	struct err err;

	if (adopt_answer(l->adopt, second, ok, m, clock_now(), &name, &err) < 0) {
		fail_store(l, &err);
		return;
	}
	l->look = true;
	if (name && l->hooks.adopted)
		l->hooks.adopted(l->data, l, name);
}

static const char *reason(const struct amimsg *m)
{
	const char *text = m ? amimsg_get(m, "Message") : NULL;

	return text && *text ? text : "no reason given";
}

static void on_list_read(struct link *l, uint64_t tag, bool ok, const struct amimsg *m)
{
	const char *action = item_lists[tag - TAG_FIRST_LIST][1];
	struct err err;

	/* Without the rows everything else still works: they are then written again. */
	if (!ok && strcmp(action, "DBGetTree") != 0) {
		err_set(&err, ERR_FAILED,
			"PBX '%s' refuses %s: %s; user '%s' of its manager.conf needs write = call",
			l->pbx->name, action, reason(m), l->pbx->username);
		fail(l, &err);
		return;
	}
	if (--l->lists > 0)
		return;
	if ((!l->scanning && store_begin(l->store, &err) < 0) ||
		store_scan_end(l->store, l->pbx->name, &err) < 0 ||
		store_commit(l->store, &err) < 0) {
		fail_store(l, &err);
		return;
	}
	l->scanning = false;
	l->failures = 0;
	l->error.msg[0] = '\0';
	l->look = true;
	set_state(l, LINK_CONNECTED, NULL);
}

static void refuse_row(const struct link *l, struct change *c)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "Permission denied: user '%s' of manager.conf needs write = system,call",
		l->pbx->username);
	c->outcome = OUTCOME_REFUSED;
	c->error = strbuf_take(&text);
}

static void on_answer(void *data, uint64_t tag, bool ok, const struct amimsg *m)
{
	struct link *l = data;
	struct strbuf text = STRBUF_INIT;
	struct change *c;
	struct err err;
	bool denied;

	if (!m || l->failed)
		return; /* timed out: the session ends */
	if (tag >= TAG_ADOPT) {
		on_adopted(l, tag > TAG_ADOPT, ok, m);
		return;
	}
	if (tag >= BATCH) {
		on_list_read(l, tag, ok, m);
		return;
	}
	c = &l->batch[tag];
	if (tag >= l->batch_n || c->outcome != OUTCOME_NONE)
		return;
	l->answered++;
	denied = !ok && !strcmp(reason(m), "Permission denied");
	if (ok || (!denied && !*c->value && item_is_row(c->name))) {
		c->outcome = OUTCOME_CONFIRMED; /* a row that cannot be deleted is not there */
	} else if (denied && item_is_row(c->name)) {
		l->no_rows = true;
		refuse_row(l, c);
	} else if (denied) {
		err_set(&err, ERR_FAILED,
			"PBX '%s' refuses Setvar: Permission denied; user '%s' of its manager.conf"
			" needs write = call",
			l->pbx->name, l->pbx->username);
		fail(l, &err);
	} else {
		c->outcome = OUTCOME_REFUSED;
		text_escape(&text, reason(m));
		c->error = strbuf_take(&text);
	}
}

static void on_phase(void *data, enum ami_phase phase)
{
	struct link *l = data;
	struct err err;

	if (phase == AMI_BOOTING) {
		set_state(l, LINK_BOOTING, NULL);
		return;
	}
	if (phase != AMI_READY)
		return;
	l->lists = ITEM_LISTS;
	if (store_begin(l->store, &err) < 0 || store_scan_begin(l->store, &err) < 0 ||
		adopt_begin(l->adopt, clock_now() - ami_uptime_s(session_ami(l->session)), &err) <
			0) {
		store_rollback(l->store);
		fail_store(l, &err);
		return;
	}
	l->scanning = true;
	for (uint64_t i = 0; i < ITEM_LISTS; i++) {
		if (ami_send(session_ami(l->session), TAG_FIRST_LIST + i, item_lists[i], l->now_ms,
			    &err) < 0)
			fail(l, &err);
	}
	set_state(l, LINK_READING, NULL);
}

static int add_change(void *data, const struct item_row *row)
{
	struct link *l = data;

	l->batch[l->batch_n++] = (struct change){
		.id = row->id,
		.name = xstrdup(row->name),
		.value = xstrdup(row->wanted),
	};
	return 0;
}

/* Whether to fill up the window: not for each answer, since a write and a wake-up of Asterisk an action cost more than
 * the action itself. */
static bool is_time_to_send(const struct link *l)
{
	size_t left = l->batch_n - l->sent;

	return left > 0 && ami_room(session_ami(l->session)) >= (left < REFILL ? left : REFILL);
}

/* Send what the window has room for. */
static int push(struct link *l, struct err *err)
{
	struct ami *ami = session_ami(l->session);

	if (!l->batch_n && l->look) {
		l->look = false;
		if (store_item_difference(
			    l->store, l->pbx->name, clock_now(), BATCH, add_change, l, err) < 0)
			return -1;
	}
	if (!is_time_to_send(l))
		return 0;
	while (l->sent < l->batch_n && ami_room(ami) > 0) {
		const char *fields[ITEM_FIELDS];
		struct change *c = &l->batch[l->sent];
		struct err refused;

		if (l->no_rows && item_is_row(c->name)) {
			refuse_row(l, c);
			l->answered++;
			l->sent++;
			continue;
		}
		item_action(c->name, c->value, l->scratch, fields);
		if (ami_send(ami, l->sent, fields, l->now_ms, &refused) < 0) {
			c->outcome = OUTCOME_REFUSED;
			c->error = xstrdup(refused.msg);
			l->answered++;
		}
		l->sent++;
	}
	return 0;
}

static int record_all(struct link *l, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(l->store, err) < 0)
		return -1;
	tx = l->store;
	for (size_t i = 0; i < l->batch_n; i++) {
		const struct change *c = &l->batch[i];
		int r = c->outcome == OUTCOME_CONFIRMED
			? store_item_confirm(l->store, c->id, c->value, err)
			: store_item_refuse(l->store, c->id, c->error, err);

		if (r < 0)
			return -1;
	}
	return store_commit(l->store, err);
}

static void tell_no_rows(struct link *l, const struct change *c)
{
	if (!l->told_no_rows && l->hooks.refused)
		l->hooks.refused(l->data, l, "the rows of call rules", c->error);
	l->told_no_rows = true;
}

/* Once a batch is answered, write down what the PBX confirmed, and look for more. */
static int record(struct link *l, struct err *err)
{
	if (!l->batch_n || l->answered < l->batch_n || l->now_ms < l->record_ms)
		return 0;
	if (record_all(l, err) < 0) {
		l->record_ms = l->now_ms + RETRY_STORE_MS;
		return -1;
	}
	for (size_t i = 0; i < l->batch_n; i++) {
		const struct change *c = &l->batch[i];

		if (c->outcome == OUTCOME_CONFIRMED)
			l->confirmed++;
		else if (l->no_rows && item_is_row(c->name))
			tell_no_rows(l, c);
		else if (l->hooks.refused)
			l->hooks.refused(l->data, l, c->name, c->error);
	}
	empty_batch(l);
	l->look = true;
	return 0;
}

static int open_session(struct link *l, struct err *err)
{
	static const struct ami_handlers handlers = {
		.answer = on_answer,
		.item = on_item,
		.event = on_event,
		.phase = on_phase,
	};

	l->no_rows = l->told_no_rows = false;
	return session_open(l->conf, l->pbx, &handlers, l, l->now_ms, &l->session, err);
}

static int step(struct link *l, struct err *err)
{
	if (session_step(l->session, l->now_ms, err) < 0)
		return -1;
	if (l->scanning && !l->failed) {
		/* What one step read is one transaction, so that others can write in between. */
		if (store_commit(l->store, &l->failure) < 0)
			l->failed = l->failed_store = true;
		else
			l->scanning = false;
	}
	if (l->failed) {
		*err = l->failure;
		return -1;
	}
	return 0;
}

/* Something can be recorded or sent without waiting for the PBX: answers that came while we wrote have made room, and
 * nothing else may ever wake us. */
static bool can_go_on(const struct link *l)
{
	if (l->state != LINK_CONNECTED)
		return false;
	if (!l->batch_n)
		return l->look;
	if (l->answered == l->batch_n)
		return l->now_ms >= l->record_ms;
	return is_time_to_send(l);
}

int link_step(struct link *l, int64_t now_ms, struct err *err)
{
	struct err why;

	l->now_ms = now_ms;
	if (!l->session) {
		if (now_ms < l->retry_ms)
			return 0;
		l->state = LINK_CONNECTING;
		if (open_session(l, &why) < 0) {
			go_down(l, &why, now_ms);
			return 0;
		}
	}
	l->failed = l->failed_store = false;
	if (step(l, &why) < 0) {
		bool store = l->failed_store;

		go_down(l, &why, now_ms);
		return store ? err_set(err, why.code, "%s", why.msg) : 0;
	}
	if (l->state != LINK_CONNECTED)
		return 0;
	for (int i = 0; i < ROUNDS_A_STEP; i++) {
		if (record(l, err) < 0 || push(l, err) < 0 ||
			adopt_step(l->adopt, session_ami(l->session), TAG_ADOPT, now_ms, err) < 0)
			return -1;
		if (session_step(l->session, now_ms, &why) < 0 || l->failed) {
			go_down(l, l->failed ? &l->failure : &why, now_ms);
			return 0;
		}
		if (!can_go_on(l))
			break;
	}
	return 0;
}

int link_fd(const struct link *l)
{
	return l->session ? session_fd(l->session) : -1;
}

/* In the middle of a long push each answer wakes whoever waits for it. Not waiting for them, but looking once a
 * millisecond, leaves the processor to Asterisk; the window is wide enough to keep it busy meanwhile. */
static bool is_long_push(const struct link *l)
{
	return l->state == LINK_CONNECTED && ami_pending(session_ami(l->session)) > REFILL;
}

short link_events(const struct link *l)
{
	if (!l->session)
		return 0;
	return is_long_push(l) ? session_events(l->session) & ~POLLIN : session_events(l->session);
}

int64_t link_deadline(const struct link *l)
{
	int64_t at;

	if (!l->session)
		return l->retry_ms;
	if (can_go_on(l))
		return l->now_ms;
	if (is_long_push(l))
		return l->now_ms + 1;
	at = session_deadline(l->session);
	if (l->batch_n && l->answered == l->batch_n && l->record_ms < at)
		at = l->record_ms;
	return at;
}
