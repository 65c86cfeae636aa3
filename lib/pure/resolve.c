#include "lib/pure/resolve.h"

void resolve(const struct resolve_input *in, int64_t at, struct verdict *ret)
{
	for (size_t i = 0; i < in->manuals_n; i++) {
		const struct manual *m = &in->manuals[i];

		if (m->until <= at)
			continue;
		*ret = (struct verdict){
			.source = SOURCE_SWITCH,
			.mode_id = m->mode_id,
			.next_change_at = m->until,
			.manual = m,
		};
		return;
	}
	*ret = (struct verdict){
		.source = SOURCE_DEFAULT,
		.mode_id = in->default_mode_id,
		.next_change_at = UNTIL_OPEN,
	};
}
