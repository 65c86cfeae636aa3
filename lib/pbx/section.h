/* SPDX-License-Identifier: GPL-3.0-or-later */
/* section.h - a section of a configuration file of Asterisk, as the answer to GetConfig has it. */
#ifndef SECTION_H
#define SECTION_H

#include <stdbool.h>

#include "lib/pbx/amimsg.h"

/* Give each line of the section [name]: what stands before and behind the first '='. False if the answer has no such section. */
bool section_each(const struct amimsg *answer, const char *name,
	void (*fn)(void *data, const char *key, const char *value), void *data);
/* Whether a value of Asterisk is one that says no. */
bool section_is_no(const char *value);

#endif
