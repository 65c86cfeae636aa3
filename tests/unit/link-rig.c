/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/calls/rule.h"
#include "lib/pbx/member.h"
#include "tests/unit/link-rig.h"
#include "lib/store/item.h"
#include "lib/follow/switch.h"
#include "lib/follow/user.h"
#include "lib/follow/resolve.h"
#include "lib/store/mode.h"
#include "lib/store/presence.h"
#include "lib/follow/follow.h"
#include "lib/follow/mode.h"
#include "lib/follow/queue.h"

#define OK(call)                                                                                   \
	do {                                                                                       \
		struct err err_ = { 0 };                                                           \
		struct err *const err = &err_;                                                     \
		if ((call) != 0)                                                                   \
			fail_msg(#call ": %s", err_.msg);                                          \
	} while (0)

static const struct actor actor = { .via = "test", .name = "root", .uid = 0 };

static void add_user(struct rig *r, const char *name, const char *extension, struct user *u)
{
	*u = (struct user){ .devices_n = 1 };
	text_copy(u->name, sizeof(u->name), name);
	text_copy(u->extension, sizeof(u->extension), extension);
	text_copy(u->pbx, sizeof(u->pbx), "main");
	text_copy(u->devices[0].name, sizeof(u->devices[0].name), "desk");
	snprintf(u->devices[0].dial, sizeof(u->devices[0].dial), "PJSIP/%s", extension);
	OK(follow_user_save(r->store, u, RIG_NOW, err));
}

/* A lunch that ends by itself would end at another time than it was dialled plus an hour. */
static void make_lunch_endless(struct store *s)
{
	struct mode m;

	OK(store_mode_find(s, "lunch-break", &m, err));
	text_copy(m.lifetime, sizeof(m.lifetime), "forever");
	OK(follow_mode_save(s, &m, RIG_NOW, err));
}

static void fill(struct rig *r)
{
	static const char *const names[RIG_USERS][2] = { { "alice", "1001" }, { "bob", "1002" } };
	enum queue_change change;

	OK(store_begin(r->store, err));
	make_lunch_endless(r->store);
	for (int i = 0; i < RIG_USERS; i++)
		add_user(r, names[i][0], names[i][1], &r->users[i]);
	text_copy(r->support.name, sizeof(r->support.name), "support");
	text_copy(r->support.pbx, sizeof(r->support.pbx), "main");
	text_copy(r->support.hints, sizeof(r->support.hints), QUEUE_HINTS);
	OK(follow_queue_save(r->store, &r->support, RIG_NOW, err));
	for (int i = 0; i < RIG_USERS; i++)
		OK(follow_queue_assign(
			r->store, &r->support, &r->users[i], -1, RIG_NOW, &change, err));
	OK(store_commit(r->store, err));
}

static void open_store(struct rig *r, const char *path)
{
	OK(follow_open(path, &actor, zonefiles_zones(r->zones), &r->store, err));
	OK(store_set_durable(r->store, false, err));
}

void rig_init(struct rig *r)
{
	static char name[] = "main", username[] = "presence";

	*r = (struct rig){ .log = STRBUF_INIT };
	snprintf(r->dir, sizeof(r->dir), "%s/link.XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->plain_path, sizeof(r->plain_path), "%s/plain.db", r->dir);
	snprintf(r->path, sizeof(r->path), "%s/p.db", r->dir);
	r->pbx = (struct conf_pbx){ .name = name, .username = username };
	r->zones = zonefiles_new(NULL, "UTC");
	OK(store_create(r->plain_path, err));
	open_store(r, r->plain_path);
	fill(r);
	store_free(r->store);
}

static void remove_file(const struct rig *r, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", r->dir, name);
	unlink(path);
}

void rig_done(struct rig *r)
{
	static const char *const files[] = { "plain.db", "plain.db-wal", "plain.db-shm", "p.db",
		"p.db-wal", "p.db-shm" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		remove_file(r, files[i]);
	rmdir(r->dir);
	zonefiles_free(r->zones);
	strbuf_done(&r->log);
}

static void copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC),
	    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char bytes[65536];
	ssize_t n;

	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		assert_int_equal(write(out, bytes, (size_t)n), n);
	assert_int_equal(n, 0);
	close(in);
	close(out);
}

static void on_state(void *data, struct link *l, enum link_state state, const struct err *why)
{
	struct rig *r = data;

	(void)l;
	strbuf_addf(
		&r->log, "%s%s%s\n", link_state_name(state), why ? ": " : "", why ? why->msg : "");
}

static void on_refused(void *data, struct link *l, const char *item, const char *why)
{
	struct rig *r = data;

	(void)l;
	strbuf_addf(&r->log, "refused %s: %s\n", item ? item : "nothing", why);
}

static void on_adopted(void *data, struct link *l, const char *item)
{
	struct rig *r = data;

	(void)l;
	strbuf_addf(&r->log, "adopted %s\n", strpbrk(item, ":/") + 1);
}

static void make_link(struct rig *r)
{
	static const struct link_hooks hooks = {
		.state = on_state, .refused = on_refused, .adopted = on_adopted
	};

	r->link = link_new(&r->pbx, fake_transport(&r->fake), r->store, &hooks, r);
	link_watch(r->link);
}

static void arm_tick(struct rig *r)
{
	int64_t at = r->now.utc - r->now.utc % 60 + 60, due;

	OK(store_next_change(r->store, &due, err));
	r->tick_at = due <= r->now.utc ? r->now.utc + 1 : due < at ? due : at;
}

void rig_begin(struct rig *r)
{
	static const char *const queues[] = { "support", NULL };

	remove_file(r, "p.db-wal");
	remove_file(r, "p.db-shm");
	copy_file(r->plain_path, r->path);
	open_store(r, r->path);
	r->now = (struct moment){ RIG_BEGIN_MS, RIG_NOW };
	r->woken = false;
	r->steps = r->ticks = 0;
	strbuf_cut(&r->log, 0);
	fake_init(&r->fake, &r->now);
	r->fake.queues = queues;
	r->fake.persistent = true;
	make_link(r);
	arm_tick(r);
}

void rig_end(struct rig *r)
{
	link_free(r->link);
	store_free(r->store);
	fake_done(&r->fake);
}

void rig_restart_daemon(struct rig *r)
{
	link_free(r->link);
	make_link(r);
	r->woken = false;
	arm_tick(r);
}

static void step(struct rig *r)
{
	struct err err;

	r->steps++;
	if (link_step(r->link, r->now, &err) < 0)
		strbuf_addf(&r->log, "database: %s\n", err.msg);
}

static void tick(struct rig *r)
{
	size_t n;

	r->ticks++;
	OK(follow_tick(r->store, r->now.utc, &n, err));
	OK(store_item_retry(r->store, r->pbx.name, link_takes_entries(r->link), err));
	arm_tick(r);
	link_wake(r->link);
	r->woken = false;
	step(r);
}

void rig_pass(struct rig *r, int64_t ms)
{
	r->now.ms += ms;
	r->now.utc = RIG_NOW + (r->now.ms - RIG_BEGIN_MS) / 1000;
	fake_tick(&r->fake);
	if (r->now.utc >= r->tick_at)
		tick(r);
}

bool rig_step(struct rig *r)
{
	if (r->woken) {
		r->woken = false;
		link_wake(r->link);
		arm_tick(r);
	} else if (link_deadline(r->link) > r->now.ms &&
		!fake_is_ready(&r->fake, link_events(r->link))) {
		return false;
	}
	step(r);
	return true;
}

int64_t rig_next_ms(const struct rig *r)
{
	int64_t next = RIG_BEGIN_MS + (r->tick_at - RIG_NOW) * 1000, due = link_deadline(r->link);

	if (due < next)
		next = due;
	if (r->fake.ready_ms > r->now.ms && r->fake.ready_ms < next)
		next = r->fake.ready_ms;
	return next;
}

bool rig_is_idle(const struct rig *r)
{
	return link_in_step(r->link) && !fake_is_busy(&r->fake) && !r->woken;
}

static int look_for_difference(void *data, const struct stored_item *row)
{
	(void)data;
	return !row->confirmed || row->error || strcmp(row->wanted, row->confirmed) != 0;
}

bool rig_is_settled(struct rig *r)
{
	struct err err;
	int found;

	if (!rig_is_idle(r))
		return false;
	found = store_item_each(r->store, r->pbx.name, look_for_difference, NULL, &err);
	assert_true(found >= 0);
	return !found;
}

int64_t rig_settle(struct rig *r, int64_t limit_ms)
{
	enum { STEPS_MAX = 20000 };
	int64_t began = r->now.ms;

	for (int i = 0; i < STEPS_MAX; i++) {
		bool busy = fake_work(&r->fake, FAKE_ANY) > 0;
		size_t shown = r->fake.shown;

		fake_show(&r->fake, FAKE_ANY);
		busy |= r->fake.shown != shown;
		busy |= rig_step(r);
		if (busy)
			continue;
		if (rig_is_settled(r))
			return r->now.ms - began;
		if (rig_next_ms(r) - began > limit_ms)
			return -1;
		rig_pass(r, rig_next_ms(r) > r->now.ms ? rig_next_ms(r) - r->now.ms : 0);
	}
	return -1;
}

void rig_switch(struct rig *r, int user, const char *mode, int64_t until)
{
	struct ids who = { .ids = &r->users[user].id, .n = 1 };
	struct switch_result result;
	struct mode m;

	OK(store_begin(r->store, err));
	OK(store_mode_find(r->store, mode, &m, err));
	OK(follow_switch_users(r->store, &who,
		&(struct switch_request){ .mode = &m,
			.note = "",
			.until = { until == UNTIL_OPEN ? UNTIL_FOREVER : UNTIL_TIME, until },
			.forward_to = "" },
		r->now.utc, &result, err));
	OK(store_commit(r->store, err));
	r->woken = true;
}

void rig_clear(struct rig *r, int user)
{
	struct ids who = { .ids = &r->users[user].id, .n = 1 };
	size_t n;

	OK(store_begin(r->store, err));
	OK(follow_clear_users(r->store, &who, r->now.utc, &n, err));
	OK(store_commit(r->store, err));
	r->woken = true;
}

/* Reading. */

struct item_search {
	const char *name;
	struct rig_item *ret;
};

static int keep_item(void *data, const struct stored_item *row)
{
	struct item_search *s = data;

	if (strcmp(row->name, s->name) != 0)
		return 0;
	s->ret->is_there = true;
	s->ret->is_confirmed = row->confirmed;
	s->ret->is_refused = row->error;
	text_copy(s->ret->wanted, sizeof(s->ret->wanted), row->wanted);
	text_copy(s->ret->confirmed, sizeof(s->ret->confirmed),
		row->confirmed ? row->confirmed : "-");
	text_copy(s->ret->previous, sizeof(s->ret->previous), row->previous ? row->previous : "-");
	return 1;
}

struct rig_item rig_item(struct rig *r, const char *name)
{
	struct rig_item ret = { 0 };
	struct item_search s = { name, &ret };
	struct err err;

	assert_true(store_item_each(r->store, r->pbx.name, keep_item, &s, &err) >= 0);
	return ret;
}

static int keep_status(void *data, const struct status *st)
{
	struct rig_status *ret = data;

	text_copy(ret->mode, sizeof(ret->mode), st->mode);
	ret->by_switch = !strcmp(st->source, source_name(SOURCE_SWITCH));
	ret->until = st->until;
	return 1;
}

struct rig_status rig_status(struct rig *r, int user)
{
	struct ids who = { .ids = &r->users[user].id, .n = 1 };
	struct rig_status ret = { 0 };
	struct err err;

	assert_true(store_status_each(r->store, &who, keep_status, &ret, &err) >= 0);
	return ret;
}

static int keep_activity(void *data, const struct status *st)
{
	struct rig_activity *ret = data;

	if (!st->activity)
		return 1;
	text_copy(ret->name, sizeof(ret->name), st->activity);
	ret->since = st->activity_since;
	return 1;
}

struct rig_activity rig_activity(struct rig *r, int64_t user_id)
{
	struct ids who = { .ids = &user_id, .n = 1 };
	struct rig_activity ret = { 0 };
	struct err err;

	assert_true(store_status_each(r->store, &who, keep_activity, &ret, &err) > 0);
	return ret;
}

/* Comparing, independently of item.c and member.c. */

struct comparison {
	struct rig *rig;
	struct strbuf text;
	char known[1 << 18]; /* names that an item has, each with a newline before and behind */
};

static bool know(struct comparison *c, const char *name)
{
	char line[96];

	snprintf(line, sizeof(line), "\n%s\n", name);
	if (strstr(c->known, line))
		return true;
	strcat(c->known, line + 1);
	return false;
}

static bool has_lamp(const char *lamps, const char *lamp)
{
	char all[ITEM_VALUE_SIZE + 2], one[NAME_MAX_LEN + 3];

	snprintf(all, sizeof(all), ",%s,", lamps);
	snprintf(one, sizeof(one), ",%s,", lamp);
	return strstr(all, one);
}

static void compare_lamps(struct comparison *c, const char *extension, const char *wanted)
{
	struct fake_pbx *f = &c->rig->fake;
	char name[80];

	snprintf(name, sizeof(name), "Custom:presence-%s", extension);
	know(c, name);
	if ((strcmp(fake_get(f, name), "BUSY") == 0) != has_lamp(wanted, "*"))
		strbuf_addf(&c->text, "lamps/%s wanted %s, held %s=%s\n", extension, wanted, name,
			fake_get(f, name));
	for (const struct mode *m = model_builtin_modes; *m->name; m++) {
		snprintf(name, sizeof(name), "Custom:mode-%s-%s", extension, m->name);
		know(c, name);
		if ((strcmp(fake_get(f, name), "INUSE") == 0) != has_lamp(wanted, m->name))
			strbuf_addf(&c->text, "lamps/%s wanted %s, held %s=%s\n", extension, wanted,
				name, fake_get(f, name));
	}
}

static bool is_mode(const char *reason)
{
	for (const struct mode *m = model_builtin_modes; *m->name; m++) {
		if (!strcmp(m->name, reason))
			return true;
	}
	return false;
}

/* Whether a member is as it should be: a pause with a mode as its reason is ours, any other is somebody else's and stays. */
static bool member_fits(const struct fake_member *m, const char *wanted)
{
	bool ours = m && m->paused && is_mode(m->reason);
	const char *comma = strchr(wanted, ',');

	if (!strncmp(wanted, "login,", 6))
		return m && !ours && (!m->is_dynamic || m->penalty == atoi(comma + 1));
	if (!strncmp(wanted, "pause,", 6))
		return !m || (m->paused && (!ours || !strcmp(m->reason, comma + 1)));
	if (!strncmp(wanted, "logout,", 7))
		return !m ||
			(!m->is_dynamic && m->paused && (!ours || !strcmp(m->reason, comma + 1)));
	if (!strcmp(wanted, "none"))
		return !ours;
	return !m || (!m->is_dynamic && !ours); /* not assigned */
}

static void compare_member(struct comparison *c, const char *name, const char *wanted)
{
	const struct fake_member *m =
		fake_member(&c->rig->fake, "support", strchr(name + 6, '/') + 1);

	if (member_fits(m, wanted))
		return;
	strbuf_addf(&c->text, "%s wanted %s, held %s", name, wanted, m ? "" : "nothing\n");
	if (m)
		strbuf_addf(&c->text, "penalty %d%s%s\n", m->penalty,
			m->paused ? ", paused for " : "", m->reason);
}

static int compare(void *data, const struct stored_item *row)
{
	struct comparison *c = data;
	const char *held;

	if (!strncmp(row->name, "queue/", 6)) {
		compare_member(c, row->name, row->wanted);
		return 0;
	}
	if (!strncmp(row->name, "lamps/", 6)) {
		compare_lamps(c, row->name + 6, row->wanted);
		return 0;
	}
	held = fake_get(&c->rig->fake, row->name);
	know(c, row->name);
	if (strcmp(held, row->wanted) != 0)
		strbuf_addf(&c->text, "%s wanted %s, held %s\n", row->name, row->wanted, held);
	return 0;
}

char *rig_differences(struct rig *r)
{
	struct comparison c = { .rig = r, .text = STRBUF_INIT, .known = "\n" };

	OK(store_item_each(r->store, r->pbx.name, compare, &c, err));
	for (size_t i = 0; i < r->fake.memory.n; i++) {
		const struct fake_thing *t = &r->fake.memory.things[i];

		if (*t->value && strcmp(t->value, "NOT_INUSE") != 0 &&
			strcmp(t->value, "INVALID") != 0 && !know(&c, t->name))
			strbuf_addf(&c.text, "%s wanted nothing, held %s\n", t->name, t->value);
	}
	return strbuf_take(&c.text);
}

/* The dialplan of share/asterisk/presence.conf. */

static const struct mode *find_mode(const char *name)
{
	const struct mode *m = model_builtin_modes;

	while (strcmp(m->name, name) != 0)
		m++;
	return m;
}

void rig_dial_lamps(struct rig *r, const char *extension, const char *mode)
{
	static const char *const states[] = {
		[LAMP_OFF] = "INVALID",
		[LAMP_BUSY] = "BUSY",
		[LAMP_HOLD] = "ONHOLD",
	};
	const struct mode *lit = find_mode(mode ? mode : "available");
	char name[80];

	if (mode && !strcmp(mode, "business-trip")) {
		snprintf(name, sizeof(name), "presence-ask/%s", extension);
		fake_set(&r->fake, name, "0046701");
	}
	snprintf(name, sizeof(name), "Custom:presence-%s", extension);
	fake_set(&r->fake, name, states[lit->lamp]);
	for (const struct mode *m = model_builtin_modes; *m->name; m++) {
		snprintf(name, sizeof(name), "Custom:mode-%s-%s", extension, m->name);
		fake_set(&r->fake, name, m == lit ? "INUSE" : "NOT_INUSE");
	}
	snprintf(name, sizeof(name), "presence-ask/%s", extension);
	if (!mode && *fake_get(&r->fake, name))
		fake_set(&r->fake, name, "");
	snprintf(name, sizeof(name), "presence-until/%s", extension);
	if (*fake_get(&r->fake, name))
		fake_set(&r->fake, name, "");
}

void rig_dial_mode(struct rig *r, const char *extension, const char *mode)
{
	char name[80], value[128];

	snprintf(name, sizeof(name), "CustomPresence:%s", extension);
	if (mode)
		snprintf(value, sizeof(value), "%s,%s,*", ptype_name(find_mode(mode)->type), mode);
	else
		text_copy(value, sizeof(value), "not_set,,");
	fake_dial(&r->fake, name, value);
}
