/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as presence.conf: an error or a configuration, never a crash. */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/binding/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 forgets its buffer when a text is left open. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct conf *c = NULL;
	struct err err;
	char path[64];
	int fd = memfd_create("conf", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (conf_load(path, &c, &err) == 0)
		conf_free(c);
	close(fd);
	return 0;
}
