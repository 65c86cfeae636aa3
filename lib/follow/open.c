#include "lib/follow/open.h"

#include "lib/follow/entry.h"
#include "lib/follow/inside.h"

static int upgraded(struct store *s, void *zones, struct err *err)
{
	follow_attach(s, zones);
	return follow_entries(s, err);
}

int follow_open(const char *path, const struct actor *actor, struct zones *zones,
	struct store **ret, struct err *err)
{
	if (store_open(path, actor, upgraded, zones, ret, err) < 0)
		return -1;
	follow_attach(*ret, zones);
	return 0;
}
