#include "lib/store/switch.h"

#include "lib/store/inside.h"

int store_switch_next_anew(struct store *s, int64_t now, int64_t user_id, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE switch SET until = NULL WHERE user_id = ?1 AND until_next = 1 AND until > ?2",
		I(user_id), I(now)));
}

int store_switch_next_anew_of(
	struct store *s, int64_t now, const struct ids *users, struct err *err)
{
	db_hold(s->db);
	for (size_t i = 0; i < users->n; i++) {
		if (db_later(s->db, err,
			    "UPDATE switch SET until = NULL WHERE until_next = 1"
			    " AND user_id IN (SELECT a FROM rows) AND until > (SELECT min(b) FROM rows)",
			    I(users->ids[i]), I(now)) < 0)
			return -1;
	}
	return db_flush(s->db, err);
}
