/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fact.h - facts about the whole database: a name and a text each. A fact that nobody has set is "". */
#ifndef STORE_FACT_H
#define STORE_FACT_H

#include "lib/store/store.h"

int store_fact_get(
	struct store *s, const char *name, char *ret, size_t size, struct err *err) MUST_CHECK;
int store_fact_set(
	struct store *s, const char *name, const char *value, struct err *err) MUST_CHECK;

#endif
