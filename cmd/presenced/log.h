/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h - the messages of presenced on standard error, one a line. Under systemd <priority> stands in front. */
#ifndef LOG_H
#define LOG_H

#include "lib/base/err.h"
#include "lib/binding/conf.h"

void log_set_level(enum log_level level);
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2);

/* Log what a PBX refuses. If `item` is NULL, `why` concerns the PBX as a whole. */
void log_refused(const char *pbx, const char *item, const char *why);

#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
