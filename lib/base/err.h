/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.h - the error value: why something failed, in words for the administrator. */
#ifndef ERR_H
#define ERR_H

#include <stdbool.h>

/* The kind of a failure. err_exit_status() makes an exit status of it. */
enum err_code {
	ERR_FAILED,    /* it was tried and did not work */
	ERR_USAGE,     /* the words of the command are wrong: nothing was tried */
	ERR_NOT_FOUND, /* there is no user, mode, group, PBX ... of that name */
	ERR_PENDING,   /* the database has it, the PBX does not yet */
	ERR_CONF,      /* the configuration is unusable */
	ERR_STORE,     /* the database is unusable */
	ERR_LOCKED,    /* another program has locked the database: it is usable later */
	ERR_COUNT
};

/* The caller owns it; there is nothing to free. A function takes it as its last parameter, fills it only when it fails,
 * and accepts NULL. */
struct err {
	enum err_code code;
	char msg[512]; /* UTF-8, no line end, no control bytes, cut to fit */
};

#define MUST_CHECK     __attribute__((warn_unused_result))
#define PRINTF_LIKE(f) __attribute__((format(printf, f, (f) + 1)))

/* Fill `err` (may be NULL). Control bytes and bytes that are not UTF-8 become '?'. A message that quotes a hostile value is
 * thus safe on a terminal and in a log. Returns -1. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3);

/* The same with ": " and the text of errno behind it. Code ERR_FAILED. Returns -1. */
int err_sys(struct err *err, const char *fmt, ...) PRINTF_LIKE(2);

/* Put context and ": " in front of what `err` says already; the code stays. Returns -1. */
int err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2);

/* Put more text behind what `err` says already: a hint how to do better. Returns -1. */
int err_hint(struct err *err, const char *fmt, ...) PRINTF_LIKE(2);

/* Put "; did you mean '...'?" behind what `err` says already: the one form of a guess. Returns -1. */
int err_guess(struct err *err, const char *fmt, ...) PRINTF_LIKE(2);

/* Whether the database is to blame. */
static inline bool err_is_store(const struct err *err)
{
	return err->code == ERR_STORE || err->code == ERR_LOCKED;
}

/* Exit status of a program that ends with this error: 1 failed, 2 usage, 3 no such thing,
 * 4 recorded but not on the PBX, 5 configuration or database unusable. */
int err_exit_status(enum err_code code);

#endif
