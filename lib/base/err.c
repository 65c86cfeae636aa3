/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

static void tidy(struct err *err)
{
	text_cut(err->msg, sizeof(err->msg) - 1);
	text_tame(err->msg);
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -1;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	tidy(err);
	return -1;
}

int err_sys(struct err *err, const char *fmt, ...)
{
	const char *why = strerror(errno);
	va_list ap;
	int n;

	if (!err)
		return -1;
	err->code = ERR_FAILED;
	va_start(ap, fmt);
	n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(err->msg))
		snprintf(err->msg + n, sizeof(err->msg) - (size_t)n, ": %s", why);
	tidy(err);
	return -1;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char old[sizeof(((struct err *)0)->msg)];
	va_list ap;
	int n;

	if (!err)
		return -1;
	memcpy(old, err->msg, sizeof(old));
	va_start(ap, fmt);
	n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(err->msg))
		snprintf(err->msg + n, sizeof(err->msg) - (size_t)n, ": %s", old);
	tidy(err);
	return -1;
}

int err_hint(struct err *err, const char *fmt, ...)
{
	size_t n;
	va_list ap;

	if (!err)
		return -1;
	n = strlen(err->msg);
	va_start(ap, fmt);
	vsnprintf(err->msg + n, sizeof(err->msg) - n, fmt, ap);
	va_end(ap);
	tidy(err);
	return -1;
}

int err_guess(struct err *err, const char *fmt, ...)
{
	char guess[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(guess, sizeof(guess), fmt, ap);
	va_end(ap);
	return err_hint(err, "; did you mean '%s'?", guess);
}

int err_exit_status(enum err_code code)
{
	static const int status[] = {
		[ERR_FAILED] = 1,
		[ERR_USAGE] = 2,
		[ERR_NOT_FOUND] = 3,
		[ERR_PENDING] = 4,
		[ERR_CONF] = 5,
		[ERR_STORE] = 5,
		[ERR_LOCKED] = 5,
	};
	_Static_assert(sizeof(status) / sizeof(status[0]) == ERR_COUNT, "one status a code");

	return status[code];
}
