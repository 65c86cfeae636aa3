/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pbx.h - what presenced says about its link to each PBX. */
#ifndef STORE_PBX_H
#define STORE_PBX_H

#include "lib/store/store.h"

struct pbx_state {
	char state[NAME_MAX_LEN + 1]; /* connected, down ...; "": presenced has said nothing yet */
	char error[256];              /* "": no error */
	char version[32];             /* AMI's version, "": unknown */
	int64_t since;
};

int store_pbx_get(
	struct store *s, const char *pbx, struct pbx_state *ret, struct err *err) MUST_CHECK;
int store_pbx_set(struct store *s, const char *pbx, const struct pbx_state *state,
	struct err *err) MUST_CHECK;

/* An administrator has `presencectl push` run: presenced tries again at once to log in. The text is another one for each call; "" if there
 * was none. */
enum { PBX_CALL_SIZE = 24 };
int store_pbx_call(struct store *s, const char *pbx, int64_t at_us, struct err *err) MUST_CHECK;
int store_pbx_called(
	struct store *s, const char *pbx, char ret[PBX_CALL_SIZE], struct err *err) MUST_CHECK;

#endif
