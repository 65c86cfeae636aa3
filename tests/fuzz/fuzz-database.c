/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A database in which somebody has written: lines "table.column=value" (a value of digits is a number). What reads it may fail, but
 * neither dies nor gives a control character out. tests/lib/hostile-database.py tries the programs. */
#include <sqlite3.h>
#include <stdint.h>

#include "lib/follow/ladder.h"
#include "lib/follow/resolve.h"
#include "lib/follow/switch.h"
#include "lib/store/item.h"
#include "lib/store/mode.h"
#include "lib/store/presence.h"
#include "lib/store/user.h"
#include "tests/fuzz/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void spoil(sqlite3 *db, char *line)
{
	char *dot = strchr(line, '.'), *equals = strchr(line, '='), *sql;
	sqlite3_stmt *st;

	if (!dot || !equals || dot > equals)
		return;
	*dot = *equals = '\0';
	sql = sqlite3_mprintf("UPDATE \"%w\" SET \"%w\" = %s", line, dot + 1,
		equals[1 + strspn(equals + 1, "-0123456789")] ? "?1" : "CAST(?1 AS INTEGER)");
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK) {
		sqlite3_bind_text(st, 1, equals + 1, -1, SQLITE_STATIC);
		sqlite3_step(st);
		sqlite3_finalize(st);
	}
	sqlite3_free(sql);
}

static void spoil_all(const char *path, char *text)
{
	sqlite3 *db;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		abort();
	sqlite3_exec(db,
		"PRAGMA ignore_check_constraints = ON; PRAGMA journal_mode = MEMORY; BEGIN", NULL,
		NULL, NULL);
	for (char *line; (line = strsep(&text, "\n"));)
		spoil(db, line);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
}

static int see_status(void *data, const struct status *st)
{
	(void)data, (void)st;
	return 0;
}

/* What goes out to a PBX has passed item_check(). */
static int see_item(void *data, const struct stored_item *item)
{
	struct strbuf scratch[2] = { STRBUF_INIT, STRBUF_INIT };
	const char *fields[ITEM_FIELDS];
	struct err err;

	(void)data;
	if (item_is_member(item->name) || item_check(item->name, item->wanted, &err) < 0)
		return 0;
	(void)!item_action(0, item->name, item->confirmed, item->wanted, scratch, fields);
	strbuf_done(&scratch[0]);
	strbuf_done(&scratch[1]);
	return 0;
}

static void use(struct store *s, int64_t user)
{
	struct ladder l = { .sources_n = 0 };
	struct decision v;
	struct err err;
	struct user u;
	size_t n;

	(void)!follow_tick(s, SITE_NOW + 3600, &n, &err);
	store_rollback(s);
	(void)!follow_look_again(s, SITE_NOW, &n, &err);
	store_rollback(s);
	if (follow_ladder(s, user, SITE_NOW, SITE_NOW, &l, &v, &err) == 0)
		ladder_done(&l);
	if (store_user_get(s, user, &u, &err) == 0 &&
		(text_has_control(u.name) || text_has_control(u.extension) ||
			u.lead_min > LEAD_MAX_MIN))
		abort();
	(void)!store_status_each(s, NULL, see_status, NULL, &err);
	(void)!store_item_each(s, "main", see_item, NULL, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct site *site = site_fresh();
	_cleanup_(freep) char *text = xstrndup((const char *)bytes, n);

	spoil_all(site->path, text);
	if (follow_open(site->path, &site_actor, zonefiles_zones(site->zones), &site->store,
		    NULL) == 0) {
		use(site->store, site->alice.id);
		site_close(site);
	}
	return 0;
}
