/* schedule.h - edits of schedules, with what follows from them. */
#ifndef FOLLOW_SCHEDULE_H
#define FOLLOW_SCHEDULE_H

#include "lib/store/group.h"
#include "lib/store/schedule.h"

/* id 0 adds. Its users are resolved again. ERR_USAGE if the name is taken. */
int follow_schedule_save(
	struct store *s, struct schedule *sched, int64_t now, struct err *err) MUST_CHECK;
/* Set the period by hand until then, or end that (-1). */
int follow_schedule_force(struct store *s, struct schedule *sched, int period, int64_t until,
	int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while it is assigned. */
int follow_schedule_delete(
	struct store *s, const struct schedule *sched, int64_t now, struct err *err) MUST_CHECK;
/* NULL for sched: none. *ret_changed: whether it was not so before. */
int follow_schedule_assign_user(struct store *s, const struct schedule *sched, int64_t user_id,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
int follow_schedule_assign_group(struct store *s, const struct schedule *sched,
	const struct group *g, int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
/* From all users and groups; *ret_n: of how many of them. */
int follow_schedule_unassign_all(struct store *s, const struct schedule *sched, int64_t now,
	size_t *ret_n, struct err *err) MUST_CHECK;

#endif
