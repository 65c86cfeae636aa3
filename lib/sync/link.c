#include "lib/sync/link.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/binding/clock.h"
#include "lib/pbx/item.h"
#include "lib/store/item.h"
#include "lib/sync/adopt.h"
#include "lib/sync/batch.h"
#include "lib/sync/members.h"
#include "lib/sync/session.h"

enum {
	RETRY_FIRST_MS = 250,
	RETRY_MAX_MS = 30000,
	RETRY_STORE_MS = 1000,
	ROUNDS_A_STEP = 16, /* then others on the loop get their turn */
};

/* Tags of the actions that read; those that push are the batch's. */
enum { TAG_FIRST_LIST = BATCH_MAX, TAG_ADOPT = TAG_FIRST_LIST + ITEM_LISTS };

static const char *const state_names[] = {
	[LINK_DOWN] = "down",
	[LINK_CONNECTING] = "connecting",
	[LINK_BOOTING] = "booting",
	[LINK_READING] = "reading",
	[LINK_CONNECTED] = "connected",
};
_Static_assert(ARRAY_SIZE(state_names) == LINK_STATE_COUNT, "a name for every state");

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

	struct batch *batch; /* what is being pushed */
	bool look;           /* the database may hold a difference */
	int64_t again_ms; /* when to look again: a member waits for the end of a call, or the database could not be read */
	int64_t record_ms; /* not before this: the database was locked */
	size_t confirmed;
	unsigned lists;      /* still to be read */
	bool scanning;       /* inside a transaction that takes in what the PBX holds */
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
	l->batch = batch_new(pbx, store);
	l->again_ms = INT64_MAX;
	l->adopt = adopt_new(store, pbx->name);
	return l;
}

void link_free(struct link *l)
{
	if (!l)
		return;
	batch_free(l->batch);
	adopt_free(l->adopt);
	session_free(l->session);
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

bool link_takes_entries(const struct link *l)
{
	return batch_takes_entries(l->batch);
}

void link_wake(struct link *l)
{
	l->look = true;
}

bool link_in_step(const struct link *l)
{
	return l->state == LINK_CONNECTED && !l->look && batch_is_empty(l->batch) &&
		adopt_is_idle(l->adopt);
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
	batch_reset(l->batch);
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
	if (tag < BATCH_MAX) {
		batch_see(l->batch, tag, m);
		return;
	}
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

/* A change that may be somebody else's, also one that comes after its list was read and before the last. */
static void on_event(void *data, const struct amimsg *m)
{
	struct link *l = data;
	struct item item;
	struct err err;
	bool foreign;

	batch_event(l->batch, m);
	if ((l->state != LINK_CONNECTED && l->state != LINK_READING) || l->failed ||
		!item_from_event(m, &item))
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

static void on_list_read(struct link *l, uint64_t tag, bool ok, const struct amimsg *m)
{
	const char *action = item_lists[tag - TAG_FIRST_LIST][1];
	struct err err;

	/* Without the rows everything else still works: they are then written again. */
	if (!ok && strcmp(action, "DBGetTree") != 0) {
		err_set(&err, ERR_FAILED,
			"PBX '%s' refuses %s: %s; user '%s' of its manager.conf needs write = call",
			l->pbx->name, action, amimsg_reason(m), l->pbx->username);
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
	adopt_listed(l->adopt);
	l->failures = 0;
	l->error.msg[0] = '\0';
	l->look = true;
	set_state(l, LINK_CONNECTED, NULL);
}

static void on_answer(void *data, uint64_t tag, bool ok, const struct amimsg *m)
{
	struct link *l = data;
	struct err err;

	if (!m || l->failed)
		return; /* timed out: the session ends */
	if (tag >= TAG_ADOPT) {
		on_adopted(l, tag > TAG_ADOPT, ok, m);
		return;
	}
	if (tag >= BATCH_MAX) {
		on_list_read(l, tag, ok, m);
		return;
	}
	if (batch_answer(l->batch, session_ami(l->session), tag, ok, m, l->now_ms, &err) < 0)
		fail(l, &err);
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

/* What others switch meanwhile is read back when our own has gone out: then what the PBX holds is the newest word. */
static bool can_adopt(const struct link *l)
{
	return adopt_is_due(l->adopt) && ami_room(session_ami(l->session)) > 0 &&
		(adopt_is_first(l->adopt) || adopt_is_under_way(l->adopt) ||
			(!l->look && batch_is_empty(l->batch)));
}

static int adopt(struct link *l, struct err *err)
{
	if (!can_adopt(l))
		return 0;
	return adopt_step(l->adopt, session_ami(l->session), TAG_ADOPT, l->now_ms, err);
}

static bool can_push(const struct link *l)
{
	return l->look && !adopt_is_first(l->adopt);
}

/* Send what differs. */
static int push(struct link *l, struct err *err)
{
	bool waits;

	if (batch_is_empty(l->batch) && can_push(l)) {
		l->look = false;
		if (batch_read(l->batch, &waits, err) < 0) {
			l->again_ms = l->now_ms + RETRY_STORE_MS;
			return -1;
		}
		l->again_ms = waits ? l->now_ms + MEMBERS_AGAIN_S * 1000 : INT64_MAX;
	}
	batch_send(l->batch, session_ami(l->session), l->now_ms);
	return 0;
}

static void tell_refused(void *data, const char *item, const char *why)
{
	struct link *l = data;

	if (l->hooks.refused)
		l->hooks.refused(l->data, l, item, why);
}

/* Once a batch is answered, write down what the PBX confirmed, and look for more. */
static int record(struct link *l, struct err *err)
{
	int n;

	if (!batch_is_answered(l->batch) || l->now_ms < l->record_ms)
		return 0;
	n = batch_record(l->batch, tell_refused, l, err);
	if (n < 0) {
		l->record_ms = l->now_ms + RETRY_STORE_MS;
		return -1;
	}
	l->confirmed += (size_t)n;
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
	if (batch_is_empty(l->batch))
		return can_push(l) || can_adopt(l);
	if (batch_is_answered(l->batch))
		return l->now_ms >= l->record_ms;
	return batch_is_due(l->batch, session_ami(l->session));
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
	if (now_ms >= l->again_ms) {
		l->again_ms = INT64_MAX;
		l->look = true;
	}
	for (int i = 0; i < ROUNDS_A_STEP; i++) {
		if (record(l, err) < 0 || push(l, err) < 0 || adopt(l, err) < 0)
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
	return l->state == LINK_CONNECTED && ami_pending(session_ami(l->session)) > BATCH_ROOM;
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
	if (batch_is_answered(l->batch) && l->record_ms < at)
		at = l->record_ms;
	if (l->state == LINK_CONNECTED && l->again_ms < at)
		at = l->again_ms;
	return at;
}
