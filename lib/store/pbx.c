/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/pbx.h"

#include <stdio.h>

#include "lib/store/fact.h"
#include "lib/store/inside.h"

#define PBX_COLUMNS(C, AND)                                                                        \
	C(PBX_STATE, "state")                                                                      \
	AND(PBX_ERROR, "error")                                                                    \
	AND(PBX_VERSION, "version")                                                                \
	AND(PBX_SINCE, "since")
enum { DB_ENUM(PBX_COLUMNS) };

int store_pbx_get(struct store *s, const char *pbx, struct pbx_state *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(PBX_COLUMNS) " FROM pbx_state WHERE pbx = lower(?1)", T(pbx));
	int r = db_next(rows, err);

	*ret = (struct pbx_state){ 0 };
	if (r > 0) {
		db_copy(rows, PBX_STATE, ret->state, sizeof(ret->state));
		db_copy(rows, PBX_ERROR, ret->error, sizeof(ret->error));
		db_copy(rows, PBX_VERSION, ret->version, sizeof(ret->version));
		ret->since = db_instant(rows, PBX_SINCE);
	}
	return r < 0 ? -1 : 0;
}

int store_pbx_set(struct store *s, const char *pbx, const struct pbx_state *state, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO pbx_state (pbx, state, error, version, since)"
		" VALUES (lower(?1), ?2, ?3, ?4, ?5) ON CONFLICT (pbx) DO UPDATE SET"
		" state = excluded.state, error = excluded.error, version = excluded.version,"
		" since = excluded.since",
		T(pbx), T(state->state), E(state->error), E(state->version), I(state->since)));
}

static void name_call(const char *pbx, char ret[NAME_MAX_LEN + 16])
{
	snprintf(ret, NAME_MAX_LEN + 16, "called %s", pbx);
}

int store_pbx_call(struct store *s, const char *pbx, int64_t at_us, struct err *err)
{
	char name[NAME_MAX_LEN + 16], text[PBX_CALL_SIZE];

	name_call(pbx, name);
	snprintf(text, sizeof(text), "%lld", (long long)at_us);
	return store_fact_set(s, name, text, err);
}

int store_pbx_called(struct store *s, const char *pbx, char ret[PBX_CALL_SIZE], struct err *err)
{
	char name[NAME_MAX_LEN + 16];

	name_call(pbx, name);
	return store_fact_get(s, name, ret, PBX_CALL_SIZE, err);
}
