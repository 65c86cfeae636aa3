/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noun-keys.h - the keys of the nouns, and the types that only nouns have. */
#ifndef NOUN_KEYS_H
#define NOUN_KEYS_H

#include "lib/base/key.h"
#include "lib/presence/model.h"

extern const struct keys mode_keys;     /* of struct mode */
extern const struct keys user_keys;     /* of struct user */
extern const struct keys schedule_keys; /* of struct schedule */
extern const struct keys calendar_keys; /* of struct calendar_info */
extern const struct keys queue_keys;    /* of struct queue */

/* Names of other things. Whether they exist is for the store, and of a PBX for the configuration. */
extern const struct key_type key_mode, key_mode_or_none, key_schedule, key_pbx;
extern const struct key_type key_calendars; /* separated by commas */
extern const struct key_type key_closures;  /* as closures_parse() */

#endif
