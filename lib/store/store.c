/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/store/inside.h"
#include "lib/store/mode.h"

enum { APPLICATION_ID = 0x50727363 /* "Prsc" */ };

/* Step i brings the schema from version i to version i + 1. We never edit a step that was released. A change is a new step. */
static const char *const steps[] = {
#include "schema.h"
};

static const struct db_schema schema = { APPLICATION_ID, steps, ARRAY_SIZE(steps) };

/* Add the built-in modes to a new database. Delete the fact "entries": all entries are then compiled again, see
 * lib/follow/entries.c. Older versions called this fact "prefixes". */
static int upgraded(void *data, struct err *err)
{
	struct store *s = data;
	int64_t modes;

	if (db_number(s->db, err, 0, &modes, "SELECT count(*) FROM mode") < 0 ||
		db_run(s->db, err, "DELETE FROM fact WHERE name IN ('entries', 'prefixes')") < 0)
		return -1;
	for (const struct mode *m = model_builtin_modes; *m->name && !modes; m++) {
		struct mode copy = *m;

		if (store_mode_write(s, &copy, err) < 0)
			return -1;
	}
	return 0;
}

int store_create(const char *path, struct err *err)
{
	const struct actor actor = { .via = "init", .name = "", .uid = (int64_t)getuid() };
	_cleanup_(store_freep) struct store *s = NULL;

	if (db_create(path, APPLICATION_ID, err) < 0)
		return -1;
	if (store_open(path, &actor, &s, err) < 0) {
		unlink(path);
		return -1;
	}
	return 0;
}

int store_open(const char *path, const struct actor *actor, struct store **ret, struct err *err)
{
	return store_open_within(path, STORE_WAIT_MS, actor, ret, err);
}

int store_open_within(const char *path, int wait_ms, const struct actor *actor, struct store **ret,
	struct err *err)
{
	_cleanup_(store_freep) struct store *s = xcalloc(1, sizeof(*s));

	s->actor = *actor;
	if (db_open_within(path, wait_ms, &s->db, err) < 0 ||
		db_migrate(s->db, &schema, upgraded, s, err) < 0)
		return -1;
	*ret = TAKE_PTR(s);
	return 0;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	if (s->follow_free)
		s->follow_free(s);
	db_close(s->db);
	free(s);
}

const char *store_path(const struct store *s)
{
	return db_path(s->db);
}

static void forget(struct store *s)
{
	store_mode_forget(s);
	if (s->follow_forget)
		s->follow_forget(s);
}

int store_backup(struct store *s, const char *path, int flags, const struct db_progress *progress,
	struct err *err)
{
	return db_backup(s->db, path, flags, progress, err);
}

int store_salvage(struct store *s, const char *damaged,
	void (*fn)(void *data, const struct db_salvaged *table), void *data, struct err *err)
{
	forget(s);
	return db_salvage(damaged, s->db, fn, data, err);
}

int store_copy(struct store *s, struct store **ret, struct err *err)
{
	_cleanup_(store_freep) struct store *copy = xcalloc(1, sizeof(*copy));

	copy->actor = s->actor;
	if (db_copy_to_memory(s->db, &copy->db, err) < 0)
		return -1;
	*ret = TAKE_PTR(copy);
	return 0;
}

int store_check(struct store *s, enum store_check what, int (*fn)(void *data, const char *finding),
	void *data, struct err *err)
{
	switch (what) {
	case STORE_CHECK_PAGES: return db_check(s->db, false, fn, data, err);
	case STORE_CHECK_SCHEMA: return db_check_schema(s->db, &schema, fn, data, err);
	case STORE_CHECK_REFERENCES: return db_check_references(s->db, fn, data, err);
	}
	return 0;
}

int store_take_file(const char *file, const char *database, const char *to, struct err *err)
{
	_cleanup_(db_closep) struct db *db = NULL;

	if (db_open_file(file, database, &db, err) < 0 || db_check_file(db, &schema, err) < 0)
		return -1;
	return db_backup(db, to, DB_BACKUP_AS_IS, NULL, err);
}

int store_look(struct store *s, struct err *err)
{
	return db_look(s->db, err);
}

int store_reopen(struct store *s, struct err *err)
{
	forget(s);
	if (db_reopen(s->db, err) < 0)
		return -1;
	if (db_migrate(s->db, &schema, upgraded, s, err) == 0 && db_tell_files(s->db, -1, err) == 0)
		return 0;
	db_let_go(s->db);
	return -1;
}

int store_tell_files(struct store *s, int lock, struct err *err)
{
	return db_tell_files(s->db, lock, err);
}

int store_begin(struct store *s, struct err *err)
{
	forget(s);
	s->wanted_n = 0;
	return db_begin(s->db, err);
}

int store_begin_read(struct store *s, struct err *err)
{
	forget(s);
	return db_begin_read(s->db, err);
}

int store_commit(struct store *s, struct err *err)
{
	return db_commit(s->db, err);
}

void store_rollback(struct store *s)
{
	if (!s || !db_in_transaction(s->db))
		return;
	forget(s);
	db_rollback(s->db);
}

void store_hold(struct store *s)
{
	db_hold(s->db);
}

int store_flush(struct store *s, struct err *err)
{
	return db_flush(s->db, err);
}

bool store_take_odd(struct store *s, char *to, size_t size)
{
	char value[256];

	if (!db_take_odd(s->db, value, sizeof(value)))
		return false;
	snprintf(to, size,
		"another program wrote into the database '%s': %s; what can be used of it is used",
		db_path(s->db), value);
	return true;
}

bool store_in_transaction(const struct store *s)
{
	return db_in_transaction(s->db);
}

void store_set_wait(struct store *s, int ms)
{
	db_set_wait(s->db, ms);
}

int64_t store_wal_size(const struct store *s)
{
	return db_wal_size(s->db);
}

int store_empty_wal(struct store *s, struct err *err)
{
	return db_empty_wal(s->db, err);
}

void store_checkpoint_later(struct store *s, bool later)
{
	db_checkpoint_later(s->db, later);
}

const struct actor *store_actor(const struct store *s)
{
	return &s->actor;
}

void store_set_actor(struct store *s, const struct actor *actor)
{
	s->actor = *actor;
}

struct follow *store_follow(const struct store *s)
{
	return s->follow;
}

void store_set_follow(struct store *s, struct follow *follow,
	void (*forget_follow)(struct store *s), void (*free_follow)(struct store *s))
{
	s->follow = follow;
	s->follow_forget = forget_follow;
	s->follow_free = free_follow;
}

int store_data_version(struct store *s, int64_t *ret, struct err *err)
{
	return db_data_version(s->db, ret, err);
}

int store_set_durable(struct store *s, bool durable, struct err *err)
{
	return db_set_durable(s->db, durable, err);
}
