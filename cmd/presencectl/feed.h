/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feed.h - bring calendars from files and addresses into the database. */
#ifndef FEED_H
#define FEED_H

#include "cmd/presencectl/ctl.h"
#include "lib/calendar/feedmsg.h"
#include "lib/store/calendar.h"

/* Read a file; "-" is standard input. The error names the file. *ret begins as FEED_ANSWER_INIT, and the caller ends it. */
int feed_read(
	struct zones *zones, const char *path, struct feed_answer *ret, struct err *err) MUST_CHECK;

/* What a reader is to do for `c`. `copy` (may be NULL) says which copy the database has. ERR_USAGE if it has no address that can be. */
int feed_job_of(const struct ctl *ctl, const struct calendar_info *c, const struct feed_copy *copy,
	struct feed_job *ret, struct err *err) MUST_CHECK;

/* Have a reader fetch from the address of `c`, and wait for it. *ret as above. */
int feed_fetch(struct ctl *ctl, const struct calendar_info *c, struct feed_answer *ret,
	struct err *err) MUST_CHECK;

/* Replace the events of calendar `c`, inside a transaction. */
int feed_save(struct ctl *ctl, const struct calendar_info *c, const struct feed_answer *f,
	struct err *err) MUST_CHECK;

/* Say on standard error which events were left out, by UID. */
void feed_notices(const char *name, const struct feed_answer *f);

#endif
