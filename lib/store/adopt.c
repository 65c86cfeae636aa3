/* Switches that were made on the PBX: by a phone, a feature code or another tool. */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/store/sql.h"
#include "lib/base/checks.h"

/* What a feature code writes as the note: so that also who chooses the mode once more is seen. */
#define NO_NOTE "*"

/* Who switched there. */
#define PHONE "phone"

struct read_back {
	int64_t id, user_id;
	char wanted[ITEM_VALUE_SIZE], confirmed[ITEM_VALUE_SIZE], previous[ITEM_VALUE_SIZE];
	bool is_confirmed;
	bool newer; /* somebody was switched here, not on the PBX, which has not confirmed it */
};

/* 1, or 0 if there is no such item of a user. */
static int find_item(
	struct store *s, const char *pbx, const char *name, struct read_back *ret, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT i.id, i.user_id, i.wanted, i.confirmed, i.previous, p.source = ?3 AND"
		" i.wanted IS NOT i.confirmed AND (SELECT giver FROM switch WHERE user_id = i.user_id"
		" ORDER BY id DESC LIMIT 1) IS NOT '" PHONE "'"
		" FROM item i JOIN presence p ON p.user_id = i.user_id WHERE i.name = ?1 AND i.pbx = ?2",
		"ttt", name, pbx, source_name(SOURCE_SWITCH));
	int r;

	if (!st || (r = sql_row(s, st, err)) <= 0)
		return st ? r : -1;
	*ret = (struct read_back){
		.id = sqlite3_column_int64(st, 0),
		.user_id = sqlite3_column_int64(st, 1),
		.is_confirmed = sqlite3_column_type(st, 3) != SQLITE_NULL,
		.newer = sqlite3_column_int(st, 5),
	};
	sql_copy(ret->wanted, sizeof(ret->wanted), st, 2);
	sql_copy(ret->confirmed, sizeof(ret->confirmed), st, 3);
	sql_copy(ret->previous, sizeof(ret->previous), st, 4);
	return 1;
}

static bool is_by_code(const char *value)
{
	size_t n = strlen(value);

	return n > 2 && !strcmp(value + n - 2, "," NO_NOTE);
}

int store_is_foreign(struct store *s, const char *pbx, const struct item *item, enum sighting seen,
	bool *ret, struct err *err)
{
	struct read_back held;
	int r = find_item(s, pbx, item->name, &held, err);

	*ret = r > 0 && held.is_confirmed && strcmp(held.confirmed, item->value) != 0 &&
		strcmp(held.wanted, item->value) != 0;
	/* Where something else is wanted by now, it may be what we sent ourselves and could not write down. */
	if (*ret && seen != SEEN_EVENT && strcmp(held.wanted, held.confirmed) != 0)
		*ret = !held.newer && is_by_code(item->value);
	if (*ret && seen == SEEN_RESTARTED)
		*ret = strcmp(held.previous, item->value) != 0;
	return r < 0 ? -1 : 0;
}

/* The mode that a subtype names, else the first one of the type: 1, or 0 if there is none. */
static int find_mode(
	struct store *s, const char *subtype, const char *type, struct mode *ret, struct err *err)
{
	int64_t id;

	if (*subtype && store_mode_find(s, subtype, ret, NULL) == 0)
		return 1;
	if (sql_number(s, err, 0, &id, "SELECT id FROM mode WHERE type = ? ORDER BY id LIMIT 1",
		    "t", type) < 0)
		return -1;
	if (!id)
		return 0;
	return store_mode_get(s, id, ret, err) < 0 ? -1 : 1;
}

static int switch_user(struct store *s, int64_t user_id, const struct mode *m,
	const struct adoption *a, int64_t now, struct err *err)
{
	char note[NOTE_MAX_LEN + 1], text[4 * NOTE_MAX_LEN];
	struct switch_request request = { .mode = m, .note = note, .forward_to = "" };
	const struct zone *zone;
	struct user u;
	bool ends;

	snprintf(text, sizeof(text), "%s", strcmp(a->message, NO_NOTE) != 0 ? a->message : "");
	text_tame(text);
	text_cut(text, NOTE_MAX_LEN);
	text_copy(note, sizeof(note), text);
	if (*a->ask && check_number(a->ask, NULL) == 0)
		request.forward_to = a->ask;
	if (store_user_get(s, user_id, &u, err) < 0)
		return -1;
	zone = s->zones->get(s->zones, u.zone, NULL);
	if (!zone)
		zone = s->zones->get(s->zones, "", NULL);
	if (when_lifetime(m->lifetime, zone, now, &request.until, err) < 0)
		return -1;
	return store_switch(s, user_id, &request, now, &ends, err);
}

/* 1, or 0 for a type that no mode has: what is wanted is pushed again. */
static int adopt(struct store *s, const struct read_back *held, const struct adoption *a,
	int64_t now, struct err *err)
{
	struct mode m;
	size_t n;
	int r;

	if (!strcmp(a->state, "not_set"))
		return store_clear(s, held->user_id, now, &n, err) < 0 ? -1 : 1;
	r = find_mode(s, a->subtype, a->state, &m, err);
	if (r <= 0)
		return r;
	return switch_user(s, held->user_id, &m, a, now, err) < 0 ? -1 : 1;
}

/* A feature code has lit the lamps of the mode that it took for the one in force, and put out all others. */
static int doubt_lamps(struct store *s, const char *pbx, const struct read_back *held,
	const struct adoption *a, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT i.id, coalesce(i.confirmed, ''), '*,' || coalesce(nullif(?3, ''), m.name, 'available')"
		" FROM item i JOIN user u ON u.id = i.user_id LEFT JOIN mode m ON m.id = u.mode_id"
		" WHERE i.name = '" ITEM_LAMPS "' || u.extension AND i.pbx = ?2 AND u.id = ?1",
		"itt", held->user_id, pbx, a->subtype);
	char unknown[ITEM_VALUE_SIZE];
	int r;

	if (!st || (r = sql_row(s, st, err)) <= 0)
		return st ? r : -1;
	item_doubt(sql_text(st, 1), sql_text(st, 2), unknown);
	return sql_run(s, err, "UPDATE item SET confirmed = ?2 WHERE id = ?1", "it",
		sqlite3_column_int64(st, 0), unknown);
}

int store_adopt(struct store *s, const char *pbx, const struct adoption *a, int64_t now,
	bool *ret_adopted, struct err *err)
{
	const struct actor ours = s->actor;
	char value[ITEM_VALUE_SIZE];
	struct read_back held;
	int r = find_item(s, pbx, a->name, &held, err);

	*ret_adopted = false;
	if (r <= 0)
		return r;
	snprintf(value, sizeof(value), "%s,%s,%s", a->state, a->subtype, a->message);
	text_cut(value, sizeof(value) - 1);
	if (sql_run(s, err, "UPDATE item SET confirmed = ?2 WHERE id = ?1", "it", held.id, value) <
		0)
		return -1;
	/* What was confirmed is ours, also where something else is wanted by now. */
	if (!held.is_confirmed || !strcmp(held.wanted, value) || !strcmp(held.confirmed, value))
		return 0;
	if (!held.newer) {
		s->actor = (struct actor){ .via = PHONE, .name = PHONE, .uid = -1 };
		r = adopt(s, &held, a, now, err);
		s->actor = ours;
		if (r < 0)
			return -1;
		*ret_adopted = r > 0;
	}
	return doubt_lamps(s, pbx, &held, a, err);
}
