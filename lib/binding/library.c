/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/library.h"

#include <dlfcn.h>
#include <string.h>

int library_open(const struct library *l, void *ret, struct err *err)
{
	/* What others have loaded, such as libcurl its TLS, does not mix with it. */
	void *so = dlopen(l->file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	if (!so)
		return err_set(err, ERR_FAILED, "%s, %s is missing (%s); install the package %s",
			l->need, l->file, dlerror(), l->package);
	for (const struct library_symbol *s = l->symbols; s->name; s++) {
		void *address = dlsym(so, s->name);

		if (!address) {
			dlclose(so);
			return err_set(
				err, ERR_FAILED, "%s, %s lacks %s", l->need, l->file, s->name);
		}
		memcpy((char *)ret + s->offset, &address, sizeof(address));
	}
	return 0;
}
