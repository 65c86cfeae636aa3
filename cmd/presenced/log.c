/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/strbuf.h"
#include "lib/base/text.h"

static enum log_level level_max = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	level_max = level;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	static const int priority[] = { 3, 4, 6, 7 }; /* of syslog(3), for sd-daemon(3) */
	struct strbuf text = STRBUF_INIT;
	char raw[1024];
	va_list ap;

	if (level > level_max)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_escape(&text, raw);
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>%s\n", priority[level], text.s);
	else
		fprintf(stderr, "presenced: %s%s\n",
			level <= LOG_LEVEL_WARNING
				? level == LOG_LEVEL_ERROR ? "error: " : "warning: "
				: "",
			text.s);
	strbuf_done(&text);
}

void log_refused(const char *pbx, const char *item, const char *why)
{
	if (item)
		log_warning("PBX '%s' refuses %s: %s", pbx, item, why);
	else
		log_warning("PBX '%s': %s", pbx, why);
}
