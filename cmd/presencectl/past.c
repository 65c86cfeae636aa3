/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/past.h"

#include "lib/time/when.h"

void past_notice(const struct ctl *ctl, bool before_log, int64_t log_begin)
{
	char text[WHEN_TEXT_SIZE];

	if (!before_log)
		return;
	if (log_begin == INT64_MAX) {
		ctl_notice("the log is empty: nothing is known of the past");
		return;
	}
	when_short(log_begin, ctl->zone, ctl->now, text);
	ctl_notice("the log begins at %s; before it nothing is known", text);
}
