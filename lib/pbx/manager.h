/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manager.h - the section of manager.conf that admits us: which events it gives us. GetConfig lists it. */
#ifndef MANAGER_H
#define MANAGER_H

#include <stdbool.h>

#include "lib/base/mem.h"
#include "lib/pbx/amimsg.h"

struct manager;

/* Read the section of `user` from the answer to GetConfig. NULL if the answer does not have it. The caller owns it. */
struct manager *manager_new(const char *user, const struct amimsg *answer);
void manager_free(struct manager *m);
DEFINE_CLEANUP(struct manager, manager_free)

/* Whether `read` names the class. Without such a line nobody can tell: true. */
bool manager_reads(const struct manager *m, const char *class_name);
/* Whether there is a filter that is not read here: in the form of brackets, eventfilter(name(X)) = ..., with a '{', a "\1", or very long. */
bool manager_has_odd(const struct manager *m);
bool manager_has_filter(const struct manager *m);
/* Whether the filters let an event through that has this text. */
bool manager_passes(const struct manager *m, const char *event);

/* The events that presenced wants, the class of each in `read`, and the filter of the sample. Ends with one without a name. */
struct manager_event {
	const char *name, *class_name, *filter;
};
extern const struct manager_event manager_events[];
/* The first of these events that the filters leave out. NULL if there is none. */
const struct manager_event *manager_lacks(const struct manager *m);
/* Whether the filters let an event through in which a caller could hide another one. */
bool manager_is_loose(const struct manager *m);

#endif
