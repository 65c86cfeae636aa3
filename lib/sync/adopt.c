#include "lib/sync/adopt.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/follow/adopt.h"
#include "lib/store/fact.h"

enum {
	NAMES_MAX = 10000, /* more at once come with the next login */
	SAME_BOOT_S = 2,   /* both times are of whole seconds, and clocks are slewed */
};

#define PRESENCE "CustomPresence:"

struct adopt {
	struct store *store;
	const char *pbx;
	char (*names)[ITEM_NAME_SIZE];
	size_t n, cap;
	size_t first; /* of the names are from the lists: they come before anything is pushed */
	enum sighting seen;
	bool busy; /* about names[0] */
	bool half; /* its `ask` has been read, its state has not been asked for */
	char ask[NUMBER_MAX_LEN + 1];
	char last[ITEM_NAME_SIZE];
};

struct adopt *adopt_new(struct store *store, const char *pbx)
{
	struct adopt *a = xcalloc(1, sizeof(*a));

	a->store = store;
	a->pbx = pbx;
	return a;
}

void adopt_free(struct adopt *a)
{
	if (!a)
		return;
	free(a->names);
	free(a);
}

void adopt_reset(struct adopt *a)
{
	a->n = a->first = 0;
	a->busy = a->half = false;
}

bool adopt_is_idle(const struct adopt *a)
{
	return !a->n;
}

int adopt_begin(struct adopt *a, int64_t booted_at, struct err *err)
{
	char fact[NAME_MAX_LEN + 16], known[24], text[24];
	int64_t difference;

	snprintf(fact, sizeof(fact), "booted %s", a->pbx);
	snprintf(text, sizeof(text), "%lld", (long long)booted_at);
	if (store_fact_get(a->store, fact, known, sizeof(known), err) < 0)
		return -1;
	difference = booted_at - strtoll(known, NULL, 10);
	a->seen = SEEN_LIST;
	if (*known && difference <= SAME_BOOT_S && difference >= -SAME_BOOT_S)
		return 0;
	a->seen = SEEN_RESTARTED;
	return store_fact_set(a->store, fact, text, err);
}

void adopt_listed(struct adopt *a)
{
	a->seen = SEEN_EVENT;
	a->first = a->n;
}

bool adopt_is_first(const struct adopt *a)
{
	return a->first > 0;
}

bool adopt_is_under_way(const struct adopt *a)
{
	return a->busy;
}

int adopt_see(struct adopt *a, const struct item *item, bool *ret_foreign, struct err *err)
{
	*ret_foreign = false;
	if (strncmp(item->name, PRESENCE, strlen(PRESENCE)) != 0 || a->n == NAMES_MAX)
		return 0;
	if (follow_is_foreign(a->store, a->pbx, item, a->seen, ret_foreign, err) < 0)
		return -1;
	if (!*ret_foreign)
		return 0;
	for (size_t i = a->busy; i < a->n; i++) {
		if (!strcmp(a->names[i], item->name))
			return 0;
	}
	a->names = mem_grow(a->names, &a->cap, a->n + 1, sizeof(*a->names));
	text_copy(a->names[a->n++], sizeof(a->names[0]), item->name);
	return 0;
}

bool adopt_is_due(const struct adopt *a)
{
	return a->n && (!a->busy || a->half);
}

int adopt_step(struct adopt *a, struct ami *ami, uint64_t tag, int64_t now_ms, struct err *err)
{
	const char *name = a->n ? a->names[0] : NULL;
	const char *const ask[] = { "Action", "DBGet", "Family", ENTRY_ASK, "Key",
		name ? name + strlen(PRESENCE) : "", NULL };
	const char *const state[] = { "Action", "PresenceState", "Provider", name, NULL };

	if (!adopt_is_due(a) || ami_room(ami) < 1)
		return 0;
	if (a->half) {
		a->half = false;
		return ami_send(ami, tag + 1, state, now_ms, err);
	}
	a->busy = true;
	*a->ask = '\0';
	return ami_send(ami, tag, ask, now_ms, err);
}

void adopt_item(struct adopt *a, const struct amimsg *m)
{
	const char *value = amimsg_get(m, "Val");

	if (value && strlen(value) <= NUMBER_MAX_LEN)
		text_copy(a->ask, sizeof(a->ask), value);
}

static int finish(struct adopt *a, const struct amimsg *m, int64_t now, bool *ret, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct adoption what = {
		.name = a->last,
		.state = amimsg_text(m, "State"),
		.subtype = amimsg_text(m, "Subtype"),
		.message = amimsg_text(m, "PresenceMessage"), /* Message is that of the answer */
		.ask = a->ask,
	};

	if (store_begin(a->store, err) < 0)
		return -1;
	tx = a->store;
	if (follow_adopt(tx, a->pbx, &what, now, ret, err) < 0)
		return -1;
	return store_commit(tx, err);
}

int adopt_answer(struct adopt *a, bool second, bool ok, const struct amimsg *m, int64_t now,
	const char **ret_name, struct err *err)
{
	bool adopted = false;

	*ret_name = NULL;
	if (!a->busy)
		return 0;
	if (!second) {
		a->half = true; /* that there is no number is no failure */
		return 0;
	}
	text_copy(a->last, sizeof(a->last), a->names[0]);
	a->busy = false;
	a->first -= a->first > 0;
	memmove(a->names, a->names + 1, --a->n * sizeof(*a->names));
	if (!ok)
		return 0;
	if (finish(a, m, now, &adopted, err) < 0)
		return -1;
	if (adopted)
		*ret_name = a->last + strlen(PRESENCE);
	return 0;
}
