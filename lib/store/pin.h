/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pin.h - the rows of wrong PINs: how many a phone has keyed in, as presenced has read it on the PBX last. */
#ifndef STORE_PIN_H
#define STORE_PIN_H

#include "lib/store/store.h"

#define PIN_OF_MAILBOX "/mailbox"
enum {
	PIN_PHONE_MAX_LEN = 80, /* as the dialplan cuts it */
	PIN_KEY_SIZE = PIN_PHONE_MAX_LEN + sizeof(PIN_OF_MAILBOX),
	PINS_MAX = 1000, /* phones of a PBX */
};

/* A count of AstDB. `key` is the phone, 1002; with PIN_OF_MAILBOX behind it the PINs are those of mailboxes. */
struct wrong_pins {
	char key[PIN_KEY_SIZE];
	int64_t n;  /* in a row */
	int64_t at; /* the last one, by the clock of the PBX */
};

/* Read those of a PBX, by key, at most PINS_MAX. The caller owns *ret. */
int store_pins_read(struct store *s, const char *pbx, struct wrong_pins **ret, size_t *ret_n,
	struct err *err) MUST_CHECK;
int store_pins_set(struct store *s, const char *pbx, const struct wrong_pins *pins,
	struct err *err) MUST_CHECK;
int store_pins_delete(
	struct store *s, const char *pbx, const char *key, struct err *err) MUST_CHECK;

#endif
