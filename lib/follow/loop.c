/* Calls that are forwarded in a circle, by the rules as they are in the database. What leads nowhere is not read. */
#include <string.h>

#include "lib/base/text.h"
#include "lib/store/sql.h"
#include "lib/calls/loop.h"

struct edges {
	struct loop_edge *list;
	char (*names)[NAME_MAX_LEN + 1];
	size_t n, cap, names_cap;
};

static void edges_done(struct edges *e)
{
	free(e->list);
	free(e->names);
}

/* Rows of two users, and whether a rule of the mode leads from one to the other. */
static int collect(struct store *s, sqlite3_stmt *st, struct edges *to, struct err *err)
{
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		to->list = mem_grow(to->list, &to->cap, to->n + 1, sizeof(*to->list));
		to->names = mem_grow(to->names, &to->names_cap, 2 * to->n + 2, sizeof(*to->names));
		sql_copy(to->names[2 * to->n], sizeof(to->names[0]), st, 0);
		sql_copy(to->names[2 * to->n + 1], sizeof(to->names[0]), st, 1);
		to->list[to->n++].shared = sqlite3_column_int(st, 2);
	}
	for (size_t i = 0; i < to->n; i++) {
		to->list[i].from = to->names[2 * i];
		to->list[i].to = to->names[2 * i + 1];
	}
	return r;
}

#define BARE(value) "iif(" value " LIKE 'user:%', substr(" value ", 6), " value ")"

/* `t` is whom the value of a rule names. */
#define IS_NAMED(value)                                                                            \
	"(t.name = " BARE(value) " OR t.extension = " BARE(                                        \
		value) ") AND " value " NOT IN ('none', 'voicemail', 'busy', 'hangup', 'ask')"

#define NAMES                                                                                      \
	" SELECT f.name, t.name, shared FROM edge JOIN users f ON f.id = a JOIN users t ON t.id = b"

/* Whatever modes people are in, as they change them every hour. */
static int check_own(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf way = STRBUF_INIT;
	_cleanup_(edges_done) struct edges edges = { 0 };
	SQL_STMT st = sql(s, err,
		"WITH RECURSIVE edge (a, b, shared) AS (SELECT 0, ?, 0 UNION"
		" SELECT e.b, t.id, 0 FROM edge e JOIN user_rule r ON r.user_id = e.b AND r.key LIKE 'forward.%.%'"
		" JOIN users t ON " IS_NAMED("r.value") ")" NAMES,
		"i", u->id);

	if (collect(s, st, &edges, err) < 0)
		return -1;
	if (loop_find(edges.list, edges.n, u->name, &way))
		return err_set(err, ERR_USAGE, "calls would go round in a circle: %s", way.s);
	return 0;
}

/* While everybody is in mode `m`: what of the mode's and of people's own rules holds for each. Where calls are always forwarded
 * no other forward is looked at. */
static int check_caller(struct store *s, const struct user *u, const struct mode *m,
	enum caller caller, const struct rules *rules, struct err *err)
{
	static const char *const keys[CALLER_COUNT] = {
		[CALLER_INTERNAL] = "forward.internal.",
		[CALLER_EXTERNAL] = "forward.external.",
	};
	_cleanup_(strbuf_done) struct strbuf way = STRBUF_INIT;
	_cleanup_(edges_done) struct edges edges = { 0 };
	struct strbuf values[FORWARD_COUNT];
	sqlite3_stmt *st;
	int r;

	for (int w = 0; w < FORWARD_COUNT; w++) {
		values[w] = (struct strbuf)STRBUF_INIT;
		destination_print(&rules->forward[caller][w], &values[w]);
	}
	st = sql(s, err,
		"WITH RECURSIVE rule (key, value) AS"
		" (VALUES (?3 || 'always', ?4), (?3 || 'noanswer', ?5), (?3 || 'busy', ?6), (?3 || 'offline', ?7)),"
		" edge (a, b, shared) AS (SELECT 0, ?2, 0 UNION"
		" SELECT e.b, t.id, r.value IS NULL FROM edge e CROSS JOIN rule m"
		" LEFT JOIN user_rule x ON x.user_id = e.b AND x.mode_id = ?1 AND x.key = ?3 || 'always'"
		" LEFT JOIN user_rule r ON r.user_id = e.b AND r.mode_id = ?1 AND r.key = m.key"
		" JOIN users t ON " IS_NAMED(
			"ifnull(r.value, m.value)") " WHERE m.key LIKE '%.always' OR ifnull(x.value, ?4) = 'none')" NAMES,
		"iittttt", m->id, u->id, keys[caller], values[0].s, values[1].s, values[2].s,
		values[3].s);
	r = collect(s, st, &edges, err);
	if (st)
		sqlite3_reset(st);
	for (int w = 0; w < FORWARD_COUNT; w++)
		strbuf_done(&values[w]);
	if (r == 0 && loop_find(edges.list, edges.n, u->name, &way))
		r = err_set(err, ERR_USAGE,
			"in mode %s calls would go round in a circle: %s; give one of them another "
			"rule: presencectl rule set",
			m->name, way.s);
	return r;
}

static int check_mode(struct store *s, const struct user *u, const struct mode *m,
	const struct rules *rules, struct err *err)
{
	for (int c = 0; c < CALLER_COUNT; c++) {
		if (check_caller(s, u, m, (enum caller)c, rules, err) < 0)
			return -1;
	}
	return 0;
}

/* Modes that forward to somebody, by rules of their own. */
static int forwarding_modes(struct store *s, struct ids *ret, struct err *err)
{
	SQL_STMT st = sql(
		s, err, "SELECT DISTINCT mode_id FROM mode_rule WHERE key LIKE 'forward.%.%'", "");

	return st ? ids_collect(s, st, ret, err) : -1;
}

int follow_user_loops(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(ids_done) struct ids modes = { 0 };

	if (check_own(s, u, err) < 0 || forwarding_modes(s, &modes, err) < 0)
		return -1;
	for (size_t i = 0; i < modes.n; i++) {
		struct effective e;
		struct mode m;

		if (store_mode_get(s, modes.ids[i], &m, err) < 0 ||
			store_effective(s, 0, &m, &e, err) < 0 ||
			check_mode(s, u, &m, &e.rules, err) < 0)
			return -1;
	}
	return 0;
}

/* A circle that a mode's rule has part in leads through whom it forwards to. */
int follow_mode_loops(
	struct store *s, const struct mode *m, const struct rules *rules, struct err *err)
{
	for (int i = 0; i < CALLER_COUNT * FORWARD_COUNT; i++) {
		const struct destination *d = &rules->forward[i / FORWARD_COUNT][i % FORWARD_COUNT];
		struct user u = { 0 };

		if (d->kind != DESTINATION_USER)
			continue;
		if (store_user_named(s, d->value, &u, err) < 0 ||
			(u.id && check_mode(s, &u, m, rules, err) < 0))
			return -1;
	}
	return 0;
}
