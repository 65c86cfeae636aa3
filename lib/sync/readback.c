/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/readback.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/checks.h"
#include "lib/base/text.h"
#include "lib/follow/adopt-hours.h"
#include "lib/store/fact.h"

enum {
	NAMES_MAX = 10000, /* more at once come with the next login */
	SAME_BOOT_S = 2,   /* both times are of whole seconds, and clocks are slewed */
	FACT_SIZE = NAME_MAX_LEN + 16,
};

#define PROVIDER "CustomPresence"
#define PRESENCE PROVIDER ":"
#define FORCED   ENTRY_FORCED "/"

/* What is asked for, one after the other. */
enum asking { ASK_NUMBER, ASK_ROW, ASK_STATE };
_Static_assert(ASK_STATE + 1 == READBACK_STEPS, "an answer for each step");

enum {
	ROW_SIZE = 640, /* of a value of ours with the longest note, in base64 */
};

struct readback {
	const struct conf_pbx *pbx;
	struct store *store;
	char (*names)[ITEM_NAME_SIZE];
	size_t n, cap;
	size_t first; /* of the names are from the lists: they come before anything is pushed */
	int64_t booted_at;    /* of this session, UTC seconds */
	enum sighting listed; /* how what lists show is to be judged */
	bool marked;          /* all that we wrote there has our mark */
	bool busy;            /* about names[0] */
	bool waits;           /* for an answer */
	enum asking step;     /* the next one, or the one that waits */
	char ask[NUMBER_MAX_LEN + 1];
	char row[ROW_SIZE];          /* the presence as AstDB holds it; "" if that cannot be had */
	bool no_row;                 /* nobody ever wrote one */
	char forced[ITEM_NAME_SIZE]; /* its value, if names[0] is of a schedule */
	char last[ITEM_NAME_SIZE];
};

struct readback *readback_new(const struct conf_pbx *pbx, struct store *store)
{
	struct readback *r = xcalloc(1, sizeof(*r));

	r->store = store;
	r->pbx = pbx;
	return r;
}

void readback_free(struct readback *r)
{
	if (!r)
		return;
	free(r->names);
	free(r);
}

void readback_reset(struct readback *r)
{
	r->n = r->first = 0;
	r->busy = r->waits = false;
}

bool readback_is_idle(const struct readback *r)
{
	return !r->n;
}

/* Of facts. BOOTED: when the Asterisk began to run whose lists were read last. MARKED: since then we write our mark, see
 * item_wrote(). */
#define BOOTED "booted"
#define MARKED "marked"

static void fact_name(const struct readback *r, const char *what, char ret[FACT_SIZE])
{
	snprintf(ret, FACT_SIZE, "%s %s", what, r->pbx->name);
}

int readback_begin(struct readback *r, int64_t booted_at, struct err *err)
{
	char name[FACT_SIZE], known[24];
	int64_t was;

	fact_name(r, MARKED, name);
	if (store_fact_get(r->store, name, known, sizeof(known), err) < 0)
		return -1;
	r->marked = *known;
	fact_name(r, BOOTED, name);
	if (store_fact_get(r->store, name, known, sizeof(known), err) < 0)
		return -1;
	was = strtoll(known, NULL, 10);
	r->booted_at = booted_at;
	r->listed = SEEN_RESTARTED;
	if (*known && was >= booted_at - SAME_BOOT_S && was <= booted_at + SAME_BOOT_S)
		r->listed = SEEN_LIST;
	return 0;
}

int readback_listed(struct readback *r, struct err *err)
{
	char name[FACT_SIZE], text[24];

	r->first = r->n;
	snprintf(text, sizeof(text), "%lld", (long long)r->booted_at);
	fact_name(r, MARKED, name);
	if (!r->marked && store_fact_set(r->store, name, text, err) < 0)
		return -1;
	if (r->listed == SEEN_LIST)
		return 0;
	fact_name(r, BOOTED, name);
	return store_fact_set(r->store, name, text, err);
}

bool readback_lacks_mark(const struct readback *r, const char *name)
{
	return !r->marked && !strncmp(name, PRESENCE, strlen(PRESENCE));
}

bool readback_is_first(const struct readback *r)
{
	return r->first > 0;
}

bool readback_is_under_way(const struct readback *r)
{
	return r->busy;
}

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* What is read back when this item was seen: a presence itself, and of a schedule the entry that says what is forced. False if
 * nothing is. */
static bool what_to_read(const char *seen, char ret[ITEM_NAME_SIZE])
{
	const char *schedule = item_schedule_of(seen);

	if (schedule && check_name("schedule", schedule, NULL) == 0)
		return snprintf(ret, ITEM_NAME_SIZE, FORCED "%s", schedule) < ITEM_NAME_SIZE;
	text_copy(ret, ITEM_NAME_SIZE, seen);
	return begins(seen, PRESENCE) || begins(seen, FORCED);
}

static bool is_among(const struct readback *r, size_t from, const char *name)
{
	for (size_t i = from; i < r->n; i++) {
		if (!strcmp(r->names[i], name))
			return true;
	}
	return false;
}

const char *readback_noted(const struct readback *r, size_t i)
{
	return i < r->n ? r->names[i] : NULL;
}

void readback_note(struct readback *r, const char *seen)
{
	char name[ITEM_NAME_SIZE];

	if (!what_to_read(seen, name) || r->n >= NAMES_MAX || is_among(r, r->busy, name))
		return;
	r->names = mem_grow(r->names, &r->cap, r->n + 1, sizeof(*r->names));
	text_copy(r->names[r->n++], sizeof(r->names[0]), name);
}

static int see(struct readback *r, const struct item *item, enum sighting seen, bool *ret_foreign,
	struct err *err)
{
	char name[ITEM_NAME_SIZE];
	int (*is_foreign)(struct store * s, const char *pbx, const struct item *item,
		enum sighting seen, bool *ret, struct err *err) =
		begins(item->name, PRESENCE) ? follow_is_foreign : follow_is_foreign_hours;

	*ret_foreign = false;
	if (!what_to_read(item->name, name) || r->n >= NAMES_MAX)
		return 0;
	if (is_foreign(r->store, r->pbx->name, item, seen, ret_foreign, err) < 0)
		return -1;
	if (*ret_foreign)
		readback_note(r, item->name);
	return 0;
}

int readback_see_listed(
	struct readback *r, const struct item *item, bool *ret_foreign, struct err *err)
{
	return see(r, item, r->listed, ret_foreign, err);
}

int readback_see_event(
	struct readback *r, const struct item *item, bool *ret_foreign, struct err *err)
{
	return see(r, item, SEEN_EVENT, ret_foreign, err);
}

bool readback_is_due(const struct readback *r)
{
	return r->n && !r->waits;
}

static void begin(struct readback *r)
{
	r->busy = true;
	r->step = begins(r->names[0], FORCED) ? ASK_STATE : ASK_NUMBER; /* one answer says it all */
	*r->ask = *r->row = *r->forced = '\0';
	r->no_row = false;
}

int readback_step(struct readback *r, const struct turn *t, uint64_t tag, struct err *err)
{
	const char *name = r->n ? r->names[0] : PRESENCE, *extension = strpbrk(name, ":/") + 1;
	const char *const actions[][ITEM_FIELDS] = {
		[ASK_NUMBER] = { "Action", "DBGet", "Family", ENTRY_ASK, "Key", extension },
		[ASK_ROW] = { "Action", "DBGet", "Family", PROVIDER, "Key", extension },
		[ASK_STATE] = { "Action", "PresenceState", "Provider", name },
	};
	const char *const forced[] = { "Action", "DBGet", "Family", ENTRY_FORCED, "Key", extension,
		NULL };

	if (!readback_is_due(r) || ami_room(t->ami) < 1)
		return 0;
	if (!r->busy)
		begin(r);
	r->waits = true;
	return turn_send(t, tag + r->step, begins(name, FORCED) ? forced : actions[r->step], err);
}

void readback_item(struct readback *r, const struct amimsg *m)
{
	const char *value = amimsg_get(m, "Val");

	if (!value || !r->busy)
		return;
	if (r->step == ASK_NUMBER && strlen(value) <= NUMBER_MAX_LEN)
		text_copy(r->ask, sizeof(r->ask), value);
	else if (r->step == ASK_ROW && strlen(value) < sizeof(r->row))
		text_copy(r->row, sizeof(r->row), value);
	else if (r->step == ASK_STATE && strlen(value) < sizeof(r->forced))
		text_copy(r->forced, sizeof(r->forced), value);
}

static int finish(
	struct readback *r, const struct amimsg *m, int64_t now, bool *ret, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct adoption what = {
		.name = r->last,
		.state = amimsg_text(m, "State"),
		.subtype = amimsg_text(m, "Subtype"),
		.message = amimsg_text(m, "PresenceMessage"), /* Message is that of the answer */
		.ask = r->ask,
		.row = r->no_row ? NULL : r->row,
		.seen = r->first ? r->listed : SEEN_EVENT,
	};

	if (store_begin(r->store, err) < 0)
		return -1;
	tx = r->store;
	if (begins(r->last, FORCED) &&
		follow_adopt_hours(
			tx, r->pbx->name, r->last + strlen(FORCED), r->forced, now, ret, err) < 0)
		return -1;
	if (begins(r->last, PRESENCE) && follow_adopt(tx, r->pbx->name, &what, now, ret, err) < 0)
		return -1;
	return store_commit(tx, err);
}

int readback_answer(struct readback *r, const struct answer *answer, int64_t now,
	const char **ret_name, struct err *err)
{
	bool adopted = false;

	*ret_name = NULL;
	if (!r->waits)
		return 0;
	r->waits = false;
	if (r->step != ASK_STATE) {
		/* That there is no number, and that the user may not read AstDB, is no failure. */
		r->no_row = r->step == ASK_ROW && !answer->ok &&
			!strcmp(amimsg_reason(answer->message), "Database entry not found");
		r->step++;
		return 0;
	}
	text_copy(r->last, sizeof(r->last), r->names[0]);
	if (answer->ok && finish(r, answer->message, now, &adopted, err) < 0) {
		begin(r);
		return -1;
	}
	r->busy = false;
	r->first -= r->first > 0;
	memmove(r->names, r->names + 1, --r->n * sizeof(*r->names));
	if (adopted)
		*ret_name = r->last;
	return 0;
}
