/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/forward.h"

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/store/ids.h"
#include "lib/store/inside.h"

/* The rules forward.CALLER.WHEN name destinations. The pattern leaves out forward.voicemail, which names none. */
#define IS_FORWARD "r.key LIKE 'forward.%.%'"

/* How the value of a rule names a user: "alice", but "user:busy" for a user who is called like another destination. */
static char *named(const char *who)
{
	struct destination d = { .kind = DESTINATION_USER };
	struct strbuf text = STRBUF_INIT;

	text_copy(d.value, sizeof(d.value), who);
	destination_print(&d, &text);
	return strbuf_take(&text);
}

int store_forward_owners(struct store *s, const struct user *to, const char *was_extension,
	struct ids *ret, struct err *err)
{
	_cleanup_(freep) char *name = named(to->name), *extension = named(to->extension),
			      *was = named(was_extension);

	return store_ids_read(db_query(s->db, err,
				      "SELECT DISTINCT r.user_id FROM user_rule r WHERE " IS_FORWARD
				      " AND r.value_key IN (lower(?1), lower(?2), lower(?3))",
				      T(name), T(extension), T(was)),
		ret, err);
}

int store_forward_any_mode(struct store *s, const struct user *to, const char *was_extension,
	bool *ret, struct err *err)
{
	_cleanup_(freep) char *name = named(to->name), *extension = named(to->extension),
			      *was = named(was_extension);
	int64_t any;

	if (db_number(s->db, err, 0, &any,
		    "SELECT 1 FROM mode_rule r WHERE " IS_FORWARD
		    " AND lower(r.value) IN (lower(?1), lower(?2), lower(?3)) LIMIT 1",
		    T(name), T(extension), T(was)) < 0)
		return -1;
	*ret = any;
	return 0;
}

#define TO_COLUMNS(C, AND)                                                                         \
	C(TO_OWNER, "u.name")                                                                      \
	AND(TO_MODE, "m.name")                                                                     \
	AND(TO_KEY, "r.key")
enum { DB_ENUM(TO_COLUMNS) };

int store_forward_to(struct store *s, const struct user *to,
	int (*fn)(void *data, const char *owner, const char *mode, const char *key), void *data,
	struct err *err)
{
	_cleanup_(freep) char *name = named(to->name), *extension = named(to->extension);
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(
			TO_COLUMNS) " FROM user_rule r JOIN users u ON u.id = r.user_id"
				    " JOIN mode m ON m.id = r.mode_id WHERE r.user_id <> ?1 AND " IS_FORWARD
				    " AND r.value_key IN (lower(?2), lower(?3))"
				    " UNION ALL SELECT NULL, m.name, r.key FROM mode_rule r"
				    " JOIN mode m ON m.id = r.mode_id WHERE " IS_FORWARD
				    " AND lower(r.value) IN (lower(?2), lower(?3)) LIMIT 1",
		I(to->id), T(name), T(extension));
	int r = db_next(rows, err);

	if (r <= 0)
		return r;
	return fn(data, db_text_or_null(rows, TO_OWNER), db_text(rows, TO_MODE),
		db_text(rows, TO_KEY));
}

int store_forward_modes(struct store *s, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(
			s->db, err, "SELECT DISTINCT r.mode_id FROM mode_rule r WHERE " IS_FORWARD),
		ret, err);
}

/* Edges. */

#define EDGE_COLUMNS(C, AND)                                                                       \
	C(EDGE_FROM, "f.name")                                                                     \
	AND(EDGE_TO, "t.name")                                                                     \
	AND(EDGE_SHARED, "shared")
enum { DB_ENUM(EDGE_COLUMNS) };
/* A row of the recursive table `edge` says that calls for user `a` can go to user `b`. The first row is (0, the first user). It
 * only starts the search: no user has ID 0, so the join with `f` drops it. SQLite then takes each new row and adds the rows that
 * the rules of its `b` make. UNION drops a row that is there already. There are only so many pairs of users, so the search ends,
 * also where rules forward in a circle. */
#define SELECT_EDGES                                                                               \
	" SELECT " DB_COLUMNS(                                                                     \
		EDGE_COLUMNS) " FROM edge JOIN users f ON f.id = a JOIN users t ON t.id = b"

/* True if the value of a rule names user `t`, by name or extension, with "user:" or without. The other destinations are words. */
#define BARE(value)                                                                                \
	"lower(CASE WHEN " value " LIKE 'user:%' THEN substr(" value ", 6) ELSE " value " END)"
#define IS_NAMED(value)                                                                            \
	"(t.name_key = " BARE(value) " OR t.extension_key = " BARE(                                \
		value) ") AND " value " NOT IN ('none', 'voicemail', 'busy', 'hangup', 'ask')"

static int give_edges(struct db_rows *rows, store_forward_fn *fn, void *data, struct err *err)
{
	int r;

	while ((r = db_next(rows, err)) > 0) {
		if ((r = fn(data, db_text(rows, EDGE_FROM), db_text(rows, EDGE_TO),
			     db_bool(rows, EDGE_SHARED))) != 0)
			break;
	}
	db_done(rows);
	return r;
}

static const char *const always_keys[] = {
	[CALLER_INTERNAL] = "forward.internal.always",
	[CALLER_EXTERNAL] = "forward.external.always",
};
_Static_assert(ARRAY_SIZE(always_keys) == CALLER_COUNT, "a key for every caller");

int store_forward_own(struct store *s, int64_t user_id, enum caller caller, store_forward_fn *fn,
	void *data, struct err *err)
{
	return give_edges(
		db_query(s->db, err,
			"WITH RECURSIVE edge (a, b, shared) AS (SELECT 0, ?1, 0 UNION"
			" SELECT e.b, t.id, 0 FROM edge e JOIN user_rule r ON r.user_id = e.b AND r.key = ?2"
			" JOIN users t ON " IS_NAMED("r.value") ")" SELECT_EDGES,
			I(user_id), T(always_keys[caller])),
		fn, data, err);
}

/* Each row of `edge` meets the rule of the mode, ?4. If the user's version has the rule too, `r`, it counts instead, and the edge is
 * not the mode's. */
int store_forward_in_mode(struct store *s, int64_t user_id, int64_t mode_id, enum caller caller,
	const char *always, store_forward_fn *fn, void *data, struct err *err)
{
	return give_edges(
		db_query(s->db, err,
			"WITH RECURSIVE edge (a, b, shared) AS (SELECT 0, ?2, 0 UNION"
			" SELECT e.b, t.id, CASE WHEN r.value IS NULL THEN 1 ELSE 0 END FROM edge e"
			" LEFT JOIN user_rule r ON r.user_id = e.b AND r.mode_id = ?1 AND r.key = ?3"
			" JOIN users t ON " IS_NAMED("coalesce(r.value, ?4)") ")" SELECT_EDGES,
			I(mode_id), I(user_id), T(always_keys[caller]), T(always)),
		fn, data, err);
}
