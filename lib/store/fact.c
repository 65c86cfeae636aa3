/* Facts about the database as a whole: a name and a text. */
#include "lib/store/sql.h"

int store_fact_get(struct store *s, const char *name, char *ret, size_t size, struct err *err)
{
	SQL_STMT st = sql(s, err, "SELECT value FROM fact WHERE name = ?", "t", name);
	int r;

	*ret = '\0';
	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (r)
		sql_copy(ret, size, st, 0);
	return 0;
}

int store_fact_set(struct store *s, const char *name, const char *value, struct err *err)
{
	return sql_run(s, err,
		"INSERT INTO fact (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
		"tt", name, value);
}
