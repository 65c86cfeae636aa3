/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/link.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/pbx/item.h"
#include "lib/store/pbx.h"
#include "lib/sync/batch.h"
#include "lib/sync/enrolment.h"
#include "lib/sync/greetings.h"
#include "lib/sync/pause.h"
#include "lib/sync/phones.h"
#include "lib/sync/pins.h"
#include "lib/sync/readback.h"
#include "lib/sync/retry.h"
#include "lib/sync/scan.h"
#include "lib/sync/session.h"
#include "lib/sync/sweep.h"

enum {
	STEADY_MS = 10000,  /* a session that lasted for so long was a good one */
	ROUNDS_A_STEP = 16, /* then others on the loop get their turn */
	UNREAD_MS =
		2000, /* so long a push waits for what is to be read back: events can be forged without end */
};

/* Tags of the actions that read; those that push are the batch's. */
enum {
	TAG_FIRST_LIST = BATCH_MAX,
	TAG_READBACK = TAG_FIRST_LIST + ITEM_LISTS,
	TAG_GREETINGS = TAG_READBACK + READBACK_STEPS,
	TAG_PINS,
	TAG_SWEEP,
	TAG_PHONES = TAG_SWEEP + SWEEP_QUESTIONS,
};

static const char *const state_names[] = {
	[LINK_DOWN] = "down",
	[LINK_CONNECTING] = "connecting",
	[LINK_BOOTING] = "booting",
	[LINK_READING] = "reading",
	[LINK_CONNECTED] = "connected",
};
_Static_assert(ARRAY_SIZE(state_names) == LINK_STATE_COUNT, "a name for every state");

struct link {
	const struct conf_pbx *pbx;
	struct transport *transport;
	struct store *store;
	struct link_hooks hooks;
	void *data;

	enum link_state state;
	struct session *session; /* NULL while down */
	struct err error;        /* why it went down last */
	unsigned failures;
	struct retry retry;
	int64_t retry_ms;           /* when to try again, while down */
	char called[PBX_CALL_SIZE]; /* store_pbx_called() before it was tried last */
	int64_t connected_ms;       /* when the lists were read, while LINK_CONNECTED */

	struct batch *batch; /* what is being pushed */
	bool look;           /* the database may hold a difference */
	bool news;           /* it may hold one that overtakes what is being pushed */
	bool look_later;     /* it does, by what was read back: look when nothing more is noted */
	int64_t unread_ms;   /* since when a push waits for what is to be read back, or 0 */
	bool left_out; /* the last batch has left out something that waits for it: read some of it before the next one */
	int64_t again_ms; /* when to look again: a member waits for the end of a call */
	size_t confirmed;
	struct scan scan;
	struct readback *readback; /* what others put there */
	struct phones *phones;     /* what the users' phones do, or NULL */
	struct sweep *sweep;       /* what is read again, or NULL */
	struct greetings greetings;
	struct pins pins;

	struct err failure; /* of the PBX; set by a callback, taken by link_step */
	bool failed;
	struct err
		trouble; /* of the database; what was to be done with it is done after the pause */
	bool in_trouble; /* in this step */
	struct pause pause;
	struct moment now;
};

const char *link_state_name(enum link_state s)
{
	return state_names[s];
}

struct link *link_new(const struct conf_pbx *pbx, struct transport *transport, struct store *store,
	const struct link_hooks *hooks, void *data)
{
	struct link *l = xcalloc(1, sizeof(*l));

	l->pbx = pbx;
	l->transport = transport;
	l->store = store;
	l->hooks = *hooks;
	l->data = data;
	l->batch = batch_new(pbx, store);
	l->again_ms = INT64_MAX;
	l->readback = readback_new(pbx, store);
	greetings_init(&l->greetings, pbx, store);
	pins_init(&l->pins, pbx, store);
	l->scan = (struct scan){
		.pbx = pbx, .store = store, .readback = l->readback, .queue = STRBUF_INIT
	};
	return l;
}

void link_watch(struct link *l)
{
	l->phones = phones_new(l->pbx, l->store);
	l->sweep = sweep_new(l->pbx, l->store, l->readback);
}

void link_free(struct link *l)
{
	if (!l)
		return;
	batch_free(l->batch);
	greetings_done(&l->greetings);
	pins_done(&l->pins);
	scan_reset(&l->scan);
	phones_free(l->phones);
	sweep_free(l->sweep);
	readback_free(l->readback);
	session_free(l->session);
	l->transport->free(l->transport);
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

size_t link_phones_written(const struct link *l)
{
	return l->phones ? phones_written(l->phones) : 0;
}

size_t link_confirmed(const struct link *l)
{
	return l->confirmed;
}

bool link_is_in_trouble(const struct link *l)
{
	return l->pause.n > 0;
}

bool link_takes_entries(const struct link *l)
{
	return batch_takes_entries(l->batch);
}

void link_wake(struct link *l)
{
	l->look = l->news = true;
	pause_end(&l->pause);
	if (l->phones)
		phones_look(l->phones);
}

bool link_in_step(const struct link *l)
{
	return l->state == LINK_CONNECTED && !l->look && !l->look_later &&
		batch_is_empty(l->batch) && readback_is_idle(l->readback) &&
		(!l->sweep || sweep_is_idle(l->sweep));
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

/* The database could not be used. The session stays, and so does what was to be written. */
static void leave_store(struct link *l, const struct err *why)
{
	if (l->in_trouble)
		return;
	l->in_trouble = true;
	l->trouble = *why;
	pause_begin(&l->pause, l->now.ms);
}

static bool may_use_store(const struct link *l)
{
	return pause_is_over(&l->pause, l->now.ms);
}

/* Whether an administrator wants us to try again now, who may have put right what was refused. */
static bool is_called(const struct link *l)
{
	char called[PBX_CALL_SIZE];
	struct err ignored;

	return store_pbx_called(l->store, l->pbx->name, called, &ignored) == 0 &&
		strcmp(called, l->called) != 0;
}

/* Decide when to try again. */
static void put_off(struct link *l)
{
	bool refused = l->failed || (l->session && session_is_refused(l->session));

	if (l->state == LINK_CONNECTED && l->now.ms - l->connected_ms >= STEADY_MS)
		retry_forget(&l->retry);
	l->retry_ms = l->now.ms +
		retry_wait_ms(&l->retry, refused ? RETRY_REFUSED : RETRY_AWAY,
			l->transport->random(l->transport, UINT32_MAX));
	if (is_called(l)) /* while this was being tried */
		l->retry_ms = l->now.ms;
}

/* What is written of phones is not true without a session. */
static void forget_phones(struct link *l)
{
	struct err err;

	if (l->phones && may_use_store(l) && phones_forget(l->phones, l->now.ms, &err) < 0)
		leave_store(l, &err);
}

/* The session is over: an event, no failure. */
static void go_down(struct link *l, const struct err *why)
{
	bool news = l->state == LINK_CONNECTED || l->state == LINK_READING ||
		strcmp(l->error.msg, why->msg) != 0;

	put_off(l);
	l->failed = false;
	scan_reset(&l->scan);
	session_free(l->session);
	l->session = NULL;
	batch_reset(l->batch);
	readback_reset(l->readback);
	greetings_reset(&l->greetings);
	pins_reset(&l->pins);
	if (l->phones)
		phones_reset(l->phones);
	if (l->sweep)
		sweep_reset(l->sweep);
	l->look_later = l->left_out = false;
	l->unread_ms = 0;
	l->error = *why;
	l->failures++;
	l->state = LINK_DOWN;
	if (news)
		set_state(l, LINK_DOWN, &l->error);
	forget_phones(l);
}

static struct turn turn(const struct link *l)
{
	return (struct turn){ session_ami(l->session), l->now };
}

static void see_listed(struct link *l, const struct amimsg *m)
{
	scan_item(&l->scan, m);
	if (l->phones)
		phones_list(l->phones, m);
}

static void on_item(void *data, uint64_t tag, const struct amimsg *m)
{
	struct link *l = data;

	if (tag < BATCH_MAX)
		batch_see(l->batch, tag, m);
	else if (tag >= TAG_SWEEP)
		sweep_item(l->sweep, tag - TAG_SWEEP, m);
	else if (tag == TAG_GREETINGS)
		greetings_item(&l->greetings, m);
	else if (tag == TAG_PINS)
		pins_item(&l->pins, m);
	else if (tag >= TAG_READBACK)
		readback_item(l->readback, m);
	else
		see_listed(l, m);
}

/* A change that may be somebody else's. Of an item that is under way only our own value is expected: what the database says of it was
 * true before. */
static int see_event(struct link *l, const struct item *item, struct err *err)
{
	const char *ours = batch_value(l->batch, item->name);
	bool foreign;
	int r = 0;

	if (l->state == LINK_READING) {
		scan_event(&l->scan, item);
		return 0;
	}
	if (!ours)
		r = readback_see_event(l->readback, item, &foreign, err);
	/* If the database does not say whose it is, the PBX does. */
	if (r < 0 || (ours && strcmp(ours, item->value) != 0))
		readback_note(l->readback, item->name);
	return r;
}

static void on_event(void *data, const struct amimsg *m)
{
	struct link *l = data;
	struct item item;
	struct err err;

	batch_event(l->batch, m);
	family_event(&l->greetings.family, m);
	family_event(&l->pins.family, m);
	if (l->sweep)
		sweep_caller(l->sweep, m);
	if ((l->state != LINK_CONNECTED && l->state != LINK_READING) || l->failed)
		return;
	if (item_from_event(m, &item)) {
		if (see_event(l, &item, &err) < 0)
			leave_store(l, &err);
	} else if (l->phones && phones_event(l->phones, m, &err) < 0) {
		leave_store(l, &err);
	}
	if (l->sweep && !l->failed && sweep_event(l->sweep, m, l->batch, l->now.ms, &err) < 0)
		leave_store(l, &err);
}

static void on_read_back(struct link *l, const struct answer *answer)
{
	const char *name;
	struct err err;

	if (readback_answer(l->readback, answer, l->now.utc, &name, &err) < 0) {
		leave_store(l, &err);
		return;
	}
	l->look_later |= !readback_is_under_way(l->readback);
	if (name && l->hooks.adopted)
		l->hooks.adopted(l->data, l, name);
}

static void on_list_read(struct link *l, const struct answer *answer)
{
	struct err err;

	if (scan_answer(&l->scan, answer->tag - TAG_FIRST_LIST, answer, &err) < 0)
		fail(l, &err);
}

/* All that the PBX holds is written down. */
static void come_up(struct link *l)
{
	l->failures = 0;
	l->connected_ms = l->now.ms;
	l->error.msg[0] = '\0';
	l->look = true;
	if (l->phones)
		phones_listed(l->phones);
	if (l->sweep)
		sweep_begin(l->sweep, l->now.ms, l->transport->random(l->transport, UINT32_MAX));
	set_state(l, LINK_CONNECTED, NULL);
}

static void on_answer(void *data, uint64_t tag, bool ok, const struct amimsg *m)
{
	struct link *l = data;
	struct answer answer = { tag, ok, m };
	struct turn t = turn(l);
	struct err err;

	if (!m || l->failed)
		return; /* timed out: the session ends */
	if (tag >= TAG_PHONES)
		phones_answer(l->phones, tag - TAG_PHONES, &answer);
	else if (tag >= TAG_SWEEP)
		sweep_answer(l->sweep, tag - TAG_SWEEP, &answer);
	else if (tag == TAG_GREETINGS)
		greetings_answer(&l->greetings, &answer, l->now.ms);
	else if (tag == TAG_PINS)
		pins_answer(&l->pins, &answer, l->now);
	else if (tag >= TAG_READBACK)
		on_read_back(l, &answer);
	else if (tag >= BATCH_MAX)
		on_list_read(l, &answer);
	else if (batch_answer(l->batch, &t, &answer, &err) < 0)
		(err_is_store(&err) ? leave_store : fail)(l, &err);
}

static void on_phase(void *data, enum ami_phase phase)
{
	if (phase == AMI_BOOTING)
		set_state(data, LINK_BOOTING, NULL);
}

/* The PBX is ready, and its lists are to be asked for. */
static bool has_to_scan(const struct link *l)
{
	return l->state == LINK_BOOTING && ami_phase(session_ami(l->session)) == AMI_READY;
}

/* Ask for the lists, and write down what has come of them. Returns -1 if the PBX is to blame. */
static int scan(struct link *l, struct err *err)
{
	struct turn t = turn(l);
	bool over;

	if (!may_use_store(l))
		return 0;
	if (has_to_scan(l)) {
		if (scan_begin(&l->scan, &t, TAG_FIRST_LIST, err) < 0) {
			leave_store(l, err);
			return 0;
		}
		set_state(l, LINK_READING, NULL);
	}
	if (scan_write(&l->scan, &over, err) < 0) {
		l->failed = !err_is_store(err);
		if (l->failed)
			return -1;
		leave_store(l, err);
	} else if (over) {
		come_up(l);
	}
	return 0;
}

/* What others switch meanwhile is read back when our own has gone out: then what the PBX holds is the newest word. Where our own waits
 * for it, one word is read between two batches: events can be forged without end. */
static bool can_read_back(const struct link *l)
{
	return readback_is_due(l->readback) && ami_room(session_ami(l->session)) > 0 &&
		(readback_is_first(l->readback) || readback_is_under_way(l->readback) ||
			((!l->look || l->left_out) && batch_is_empty(l->batch)));
}

static int read_back(struct link *l, struct err *err)
{
	struct turn t = turn(l);

	if (!can_read_back(l))
		return 0;
	l->left_out = false;
	return readback_step(l->readback, &t, TAG_READBACK, err);
}

/* Not while something is read back: what the answer says is then either confirmed or somebody else's. */
static bool can_push(const struct link *l)
{
	return l->look && !(l->left_out && readback_is_due(l->readback)) &&
		!readback_is_first(l->readback) && !readback_is_under_way(l->readback);
}

/* What is to be pushed comes before what phones do. */
static bool can_read_phones(const struct link *l)
{
	struct turn t = turn(l);

	return l->phones && batch_is_empty(l->batch) && !can_push(l) &&
		phones_is_due(l->phones, &t);
}

static int read_phones(struct link *l, struct err *err)
{
	struct turn t = turn(l);

	return can_read_phones(l) ? phones_step(l->phones, &t, TAG_PHONES, err) : 0;
}

/* What is read again is compared with what was confirmed: so nothing is to be pushed or to be read back. */
static bool may_sweep(const struct link *l)
{
	return l->state == LINK_CONNECTED && l->sweep && batch_is_empty(l->batch) && !can_push(l) &&
		readback_is_idle(l->readback);
}

static bool can_sweep(const struct link *l)
{
	struct turn t = turn(l);

	return may_sweep(l) && sweep_is_due(l->sweep, &t);
}

static int sweep(struct link *l, struct err *err)
{
	struct turn t = turn(l);
	bool differs;

	if (!can_sweep(l))
		return 0;
	if (sweep_step(l->sweep, &t, TAG_SWEEP, &differs, err) < 0)
		return -1;
	l->look |= differs;
	return 0;
}

/* They can wait too. */
static bool can_read_family(const struct link *l, const struct family *f)
{
	struct turn t = turn(l);

	return batch_is_empty(l->batch) && !can_push(l) && readback_is_idle(l->readback) &&
		family_is_due(f, &t);
}

static bool can_read_families(const struct link *l)
{
	return can_read_family(l, &l->greetings.family) || can_read_family(l, &l->pins.family);
}

static int read_families(struct link *l, struct err *err)
{
	struct turn t = turn(l);

	if (can_read_family(l, &l->greetings.family) &&
		greetings_step(&l->greetings, &t, TAG_GREETINGS, err) < 0)
		return -1;
	return can_read_family(l, &l->pins.family) ? pins_step(&l->pins, &t, TAG_PINS, err) : 0;
}

/* What the batch before had to let pass waits for this one, so look again once some of it was sent. */
static int give_way(struct link *l, struct err *err)
{
	bool looked;

	if (!l->news || batch_is_empty(l->batch))
		return 0;
	if (batch_give_way(l->batch, l->now.utc, &looked, err) < 0)
		return -1;
	l->news = !looked;
	return 0;
}

/* Whether what differs can still wait for what is to be read back. */
static bool is_patient(const struct link *l)
{
	return !l->unread_ms || l->now.ms < l->unread_ms + UNREAD_MS;
}

/* Send what differs. */
static int push(struct link *l, struct err *err)
{
	struct batch_filling filling = { .unread = is_patient(l) ? l->readback : NULL };
	struct turn t = turn(l);

	if (batch_is_empty(l->batch) && can_push(l)) {
		l->look = false;
		if (batch_read(l->batch, l->now.utc, &filling, err) < 0) {
			l->look = true;
			return -1;
		}
		l->left_out = filling.left_out;
		if (!filling.left_out)
			l->unread_ms = 0;
		else if (!l->unread_ms)
			l->unread_ms = l->now.ms;
		l->again_ms = filling.waits ? l->now.ms + ENROLMENT_AGAIN_S * 1000 : INT64_MAX;
		l->news = true;
		if (l->sweep)
			sweep_yield(l->sweep, l->batch);
	}
	if (give_way(l, err) < 0)
		return -1;
	batch_send(l->batch, &t);
	return 0;
}

/* Whether the PBX still holds what was confirmed is not known: our own value and somebody else's may be the same. */
static void tell_refused(void *data, const char *item, const char *why)
{
	struct link *l = data;

	if (item)
		readback_note(l->readback, item);
	if (l->hooks.refused)
		l->hooks.refused(l->data, l, item, why);
}

/* Once a batch is answered, write down what the PBX confirmed, and look for more. */
static int record(struct link *l, struct err *err)
{
	bool vain;
	int n;

	if (!batch_is_answered(l->batch))
		return 0;
	vain = batch_has_vain(l->batch);
	n = batch_record(l->batch, l->now.utc, tell_refused, l, err);
	if (n < 0)
		return -1;
	l->confirmed += (size_t)n;
	l->look = true;
	if (l->sweep && vain)
		sweep_look_for_hints(l->sweep, l->now.ms);
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
	struct err ignored;

	if (store_pbx_called(l->store, l->pbx->name, l->called, &ignored) < 0)
		l->called[0] = '\0';
	return session_open(l->transport, l->pbx, &handlers, l, l->now.ms, &l->session, err);
}

/* What came, and what callbacks made of it. A word of the PBX that was read back is pushed in our form, which must not go over one
 * that was said there since: that may have come already. */
static int step(struct link *l, struct err *err)
{
	bool was_to_look = l->look_later;

	l->failed = false;
	if (session_step(l->session, l->now.ms, err) < 0)
		return -1;
	if (l->failed) {
		*err = l->failure;
		return -1;
	}
	if (scan(l, err) < 0)
		return -1;
	if (was_to_look && readback_is_idle(l->readback)) {
		l->look_later = false;
		l->look = true;
	}
	return 0;
}

/* Something can be recorded or sent without waiting for the PBX: answers that came while we wrote have made room, and
 * nothing else may ever wake us. */
static bool has_work(const struct link *l)
{
	if (l->state != LINK_CONNECTED)
		return has_to_scan(l) || scan_is_due(&l->scan);
	if (batch_is_empty(l->batch))
		return can_push(l) || can_read_back(l) || can_read_phones(l) || can_sweep(l) ||
			can_read_families(l) || (l->look_later && readback_is_idle(l->readback));
	return batch_is_answered(l->batch) || batch_is_due(l->batch, session_ami(l->session));
}

static int work(struct link *l, struct err *err)
{
	if (record(l, err) < 0 || push(l, err) < 0 || read_back(l, err) < 0 || sweep(l, err) < 0 ||
		read_phones(l, err) < 0 || read_families(l, err) < 0)
		return -1;
	return 0;
}

/* Returns -1 if the session is over. */
static int serve(struct link *l, struct err *err)
{
	struct err why;

	if (!l->session) {
		if (l->now.ms < l->retry_ms && !(l->look && is_called(l)))
			return 0;
		l->state = LINK_CONNECTING;
		if (open_session(l, err) < 0)
			return -1;
	}
	if (step(l, err) < 0)
		return -1;
	if (l->state == LINK_CONNECTED && l->now.ms >= l->again_ms) {
		l->again_ms = INT64_MAX;
		l->look = true;
	}
	if (l->state != LINK_CONNECTED)
		return 0;
	l->look |= !is_patient(l);
	for (int i = 0; i < ROUNDS_A_STEP && may_use_store(l); i++) {
		if (work(l, &why) < 0)
			leave_store(l, &why);
		if (step(l, err) < 0)
			return -1;
		if (!has_work(l))
			break;
	}
	return 0;
}

int link_step(struct link *l, struct moment now, struct err *err)
{
	struct err why;

	l->now = now;
	l->in_trouble = false;
	forget_phones(l);
	if (serve(l, &why) < 0)
		go_down(l, &why);
	if (l->in_trouble) {
		*err = l->trouble;
		return -1;
	}
	if (may_use_store(l))
		pause_end(&l->pause);
	return 0;
}

int link_fd(const struct link *l)
{
	return l->session ? session_fd(l->session) : -1;
}

short link_events(const struct link *l)
{
	return l->session ? session_events(l->session) : 0;
}

/* When phones are to be looked at again. While something is pushed, its answers come first, and wake us. */
static int64_t phones_due_ms(const struct link *l)
{
	return l->phones && batch_is_empty(l->batch) ? phones_deadline(l->phones) : INT64_MAX;
}

static int64_t swept_due_ms(const struct link *l)
{
	return may_sweep(l) ? sweep_deadline(l->sweep) : INT64_MAX;
}

static int64_t families_due_ms(const struct link *l)
{
	int64_t greetings = family_deadline(&l->greetings.family, l->now.ms),
		pins = family_deadline(&l->pins.family, l->now.ms);

	return greetings < pins ? greetings : pins;
}

int64_t link_deadline(const struct link *l)
{
	int64_t at, phones = phones_due_ms(l), swept = swept_due_ms(l),
		    families = families_due_ms(l);

	if (phones < l->pause.until_ms)
		phones = l->pause.until_ms;
	if (swept < l->pause.until_ms)
		swept = l->pause.until_ms;
	if (!l->session)
		return l->retry_ms < phones ? l->retry_ms : phones;
	at = session_deadline(l->session);
	if (has_work(l)) {
		int64_t soon = may_use_store(l) ? l->now.ms : l->pause.until_ms;

		return soon < at ? soon : at;
	}
	if (l->state == LINK_CONNECTED && l->again_ms < at)
		at = l->again_ms;
	if (swept < at)
		at = swept;
	if (families < at)
		at = families;
	return phones < at ? phones : at;
}
