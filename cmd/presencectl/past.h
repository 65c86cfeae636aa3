/* SPDX-License-Identifier: GPL-3.0-or-later */
/* past.h - what commands say of the past. */
#ifndef CMD_PAST_H
#define CMD_PAST_H

#include "cmd/presencectl/ctl.h"

/* If something was asked from before the log, say where the log begins. `log_begin` is INT64_MAX if there is no record. */
void past_notice(const struct ctl *ctl, bool before_log, int64_t log_begin);

#endif
