/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ntp.c - a shim for LD_PRELOAD: the kernel says of the clock what FAULTS_NTP says: kept, loose, or nothing at all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

int adjtimex(struct timex *t)
{
	const char *is = getenv("FAULTS_NTP");

	memset(t, 0, sizeof(*t));
	if (!is || (strcmp(is, "kept") != 0 && strcmp(is, "loose") != 0)) {
		errno = ENOSYS;
		return -1;
	}
	t->status = strcmp(is, "kept") ? STA_UNSYNC : STA_NANO;
	return strcmp(is, "kept") ? TIME_ERROR : TIME_OK;
}
