#include "lib/pure/member.h"

#include <inttypes.h>
#include <stdio.h>

#include "lib/base/mem.h"

_Static_assert(sizeof(ITEM_MEMBER) + NAME_MAX_LEN + 1 + DIAL_MAX_LEN <= ITEM_NAME_SIZE,
	"the longest queue and interface have room");

void item_of_member(const struct member *m, struct item *ret)
{
	*ret = (struct item){ .rank = 0 };
	snprintf(ret->name, ITEM_NAME_SIZE, ITEM_MEMBER "%s/%s", m->queue, m->interface);
	if (!m->assigned)
		return;
	switch (m->answer) {
	case QUEUE_LOGIN:
		snprintf(ret->value, ITEM_VALUE_SIZE, "login,%" PRId64 ",%s,%s", m->penalty,
			m->name, m->state);
		ret->rank = 1;
		break;
	case QUEUE_PAUSE:
	case QUEUE_LOGOUT:
		snprintf(ret->value, ITEM_VALUE_SIZE, "%s,%s", queue_answer_name(m->answer),
			m->mode);
		break;
	default: snprintf(ret->value, ITEM_VALUE_SIZE, "none"); ret->rank = 2;
	}
}
