/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hint.h - the hint of a user's extension in the dialplan: what of the user it shows. */
#ifndef HINT_H
#define HINT_H

#include "lib/presence/model.h"

enum {
	HINT_IS_THERE = 1,
	HINT_DEVICE =
		2, /* it names a device of the user, or the user has none that a hint could name */
	HINT_LAMP = 4,     /* it names Custom:presence-1001, which shows the mode */
	HINT_PRESENCE = 8, /* it names CustomPresence:1001 */
	HINT_ALL = 15,
};

/* What a hint shows of the user, as flags. `hint` is the text that HINT() and lists of hints give: PJSIP/1001&Custom:presence-1001 and,
 * behind a comma, CustomPresence:1001. That of a pattern has ${EXTEN} in it, which stands for the extension, also within FILTER(). Of
 * a hint with other variables nobody can tell: it counts as one that shows all. */
int hint_shows(const char *hint, const struct user *u);

#endif
