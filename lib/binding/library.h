/* SPDX-License-Identifier: GPL-3.0-or-later */
/* library.h - a shared library that is opened by name when it is needed first. Linking it would make every command start later, most of
 * all those that do not need it. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stddef.h>

#include "lib/base/err.h"

/* A name that the library has, and where its address goes: an offset in the caller's struct of pointers. */
struct library_symbol {
	const char *name;
	size_t offset;
};

struct library {
	const char *file;    /* libical.so.3 */
	const char *need;    /* for messages, what it is needed for: "calendars cannot be read" */
	const char *package; /* of Debian */
	const struct library_symbol *symbols; /* the last has no name */
};

/* Fill the pointers of `ret`. The library stays open. ERR_FAILED if the system does not have it, or if it lacks a name. */
int library_open(const struct library *l, void *ret, struct err *err) MUST_CHECK;

/* The file of the version that we were compiled for. Another one may mean something else by a number. */
#define LIBRARY_FILE(so, version) so LIBRARY_TEXT(version)
#define LIBRARY_TEXT(version)     #version

/* For a list of names LIST(X): members of a struct, and the symbols of them. */
#define LIBRARY_POINTER(name)    __typeof__(name) *name;
#define LIBRARY_SYMBOL(in, name) { #name, offsetof(struct in, name) },

#endif
