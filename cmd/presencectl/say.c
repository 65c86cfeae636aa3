/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/say.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/base/text.h"

__attribute__((format(printf, 2, 0))) static void say_values(FILE *to, const char *fmt, va_list ap)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	_cleanup_(freep) char *raw = NULL;
	size_t len = strlen(fmt);
	bool line = len && fmt[len - 1] == '\n';
	int n = vasprintf(&raw, fmt, ap);

	if (n < 0) {
		raw = NULL;
		return;
	}
	if (line)
		raw[n - 1] = '\0';
	text_escape(&text, raw);
	fputs(text.s, to);
	if (line)
		putc('\n', to);
}

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_values(stdout, fmt, ap);
	va_end(ap);
}

void say_to(FILE *to, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_values(to, fmt, ap);
	va_end(ap);
}
