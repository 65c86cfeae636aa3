/* mode.h - what follows when modes change. */
#ifndef FOLLOW_MODE_H
#define FOLLOW_MODE_H

#include "lib/store/store.h"

/* id 0 adds. Users in the mode are resolved again. ERR_USAGE if the name or alias is taken. */
int follow_mode_save(struct store *s, struct mode *m, int64_t now, struct err *err) MUST_CHECK;
/* What uses the mode goes over to `heir`, NULL if nothing does. */
int follow_mode_delete(struct store *s, const struct mode *m, const struct mode *heir, int64_t now,
	struct err *err) MUST_CHECK;

#endif
