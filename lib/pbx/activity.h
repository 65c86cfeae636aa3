/* SPDX-License-Identifier: GPL-3.0-or-later */
/* activity.h - what a user's phones do, as the device states of Asterisk say. It is shown beside the mode and never changes it. */
#ifndef ACTIVITY_H
#define ACTIVITY_H

#include <stdbool.h>

#include "lib/base/limits.h"
#include "lib/pbx/amimsg.h"

/* Of several devices of a user the strongest counts. The weakest comes first. A device of unknown state is stronger than one that
 * is offline: the user may be reached by it. */
enum activity {
	ACTIVITY_OFFLINE,
	ACTIVITY_UNKNOWN,
	ACTIVITY_IDLE,
	ACTIVITY_HOLD,
	ACTIVITY_RINGING,
	ACTIVITY_CALL,
	ACTIVITY_COUNT
};

/* "on a call". NULL for ACTIVITY_UNKNOWN. */
const char *activity_name(enum activity a);
/* NULL, and what is no name, is ACTIVITY_UNKNOWN. */
enum activity activity_parse(const char *name);
/* What a device does in this state of DEVICE_STATE(), such as RINGINUSE. */
enum activity activity_of_state(const char *state);

/* The device that a dial string rings: PJSIP/1001 of PJSIP/1001/sip:1001@192.0.2.7. False if it rings no device of its own: a Local
 * channel, or a number through a trunk (PJSIP/0701@trunk, SIP/trunk/0701). */
bool activity_device(const char *dial, char ret[DIAL_MAX_LEN + 1]);

/* The device of a DeviceStateChange, lent, with what it does. NULL if the event is another one, or of no device that a dial string
 * can ring. */
const char *activity_from_event(const struct amimsg *m, enum activity *ret);

#endif
