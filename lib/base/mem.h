/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem.h - allocation that ends the program when memory is out, and cleanup at the end of a scope. */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>
#include <stdlib.h>

/* As malloc and its kin. When memory is out they print one line and abort. The caller limits sizes that come from outside.
 * Free with free(). */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xreallocarray(void *p, size_t n, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));

/* Grow the array at `p` so that it has room for `need` elements of `size` bytes. It has room for *cap now. Returns where it
 * is then. */
void *mem_grow(void *p, size_t *cap, size_t need, size_t size);

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* _cleanup_(freep) char *s = NULL;  runs freep(&s) when s goes out of scope. */
#define _cleanup_(f) __attribute__((cleanup(f)))

/* Hand over what a cleanup variable owns: `*ret = TAKE_PTR(p)`. */
#define TAKE_PTR(p)                                                                                \
	({                                                                                         \
		__typeof__(p) *_take_ = &(p);                                                      \
		__typeof__(p) _taken_ = *_take_;                                                   \
		*_take_ = NULL;                                                                    \
		_taken_;                                                                           \
	})

/* Define fn##p(struct type **), the cleanup function that calls the destructor `fn`. `fn` must accept NULL. */
#define DEFINE_CLEANUP(type, fn)                                                                   \
	static inline void fn##p(type **p)                                                         \
	{                                                                                          \
		fn(*p);                                                                            \
	}

void freep(void *p);   /* p: address of a pointer from malloc or NULL */
void closep(int *fd);  /* closes *fd unless it is negative */
void fclosep(void *p); /* p: address of a FILE * or NULL */

#endif
