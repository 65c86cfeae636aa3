/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/adopt.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/checks.h"
#include "lib/base/text.h"
#include "lib/follow/inside.h"
#include "lib/follow/switch.h"
#include "lib/store/item.h"
#include "lib/store/mode.h"
#include "lib/store/user.h"

/* The note that a feature code writes. With it the value differs from ours, so we see a code that chooses the mode that holds. */
#define NO_NOTE "*"

static bool is_by_code(const char *value)
{
	size_t n = strlen(value);

	return n > 2 && !strcmp(value + n - 2, "," NO_NOTE);
}

int follow_is_foreign(struct store *s, const char *pbx, const struct item *item, enum sighting seen,
	bool *ret, struct err *err)
{
	struct read_back held;
	int r = store_item_read_back(s, pbx, item->name, ACTOR_PHONE, &held, err);

	/* Of what is wanted and not confirmed an event tells only when somebody else has put it there. By the time of the push something
	 * else may be wanted. */
	*ret = r == 0 && held.id && held.is_confirmed && strcmp(held.confirmed, item->value) != 0 &&
		(seen == SEEN_EVENT || strcmp(held.wanted, item->value) != 0);
	/* If we want another value by now, the PBX may hold one that we sent ourselves and whose answer got lost. */
	if (*ret && seen != SEEN_EVENT && strcmp(held.wanted, held.confirmed) != 0)
		*ret = !held.newer && is_by_code(item->value);
	return r;
}

struct first_of_type {
	const char *type;
	struct mode *mode;
};

static int keep_first(void *data, const struct mode *m)
{
	const struct first_of_type *first = data;

	if (strcmp(ptype_name(m->type), first->type) != 0)
		return 0;
	*first->mode = *m;
	return 1;
}

/* Find the mode that a subtype names, else the first mode of the type. Returns 1, or 0 if no mode has the type. */
static int find_mode(
	struct store *s, const char *subtype, const char *type, struct mode *ret, struct err *err)
{
	if (*subtype && store_mode_find(s, subtype, ret, NULL) == 0)
		return 1;
	return store_mode_each(s, keep_first, &(struct first_of_type){ type, ret }, err);
}

static int switch_user(struct store *s, int64_t user_id, const struct mode *m,
	const struct adoption *a, int64_t now, struct err *err)
{
	char note[NOTE_MAX_LEN + 1], text[4 * NOTE_MAX_LEN];
	struct switch_request request = { .mode = m, .note = note, .forward_to = "" };
	struct zones *zones = store_follow(s)->zones;
	struct ids who = { .ids = &user_id, .n = 1 };
	struct switch_result result;
	const struct zone *zone;
	struct user u;

	snprintf(text, sizeof(text), "%s", strcmp(a->message, NO_NOTE) != 0 ? a->message : "");
	text_tame(text);
	text_cut(text, NOTE_MAX_LEN);
	text_copy(note, sizeof(note), text);
	if (*a->ask && check_number(a->ask, NULL) == 0)
		request.forward_to = a->ask;
	if (store_user_get(s, user_id, &u, err) < 0)
		return -1;
	zone = zones->get(zones, u.zone, NULL);
	if (!zone)
		zone = zones->get(zones, "", NULL);
	if (when_lifetime(m->lifetime, zone, now, &request.until, err) < 0)
		return -1;
	return follow_switch_users(s, &who, &request, now, &result, err);
}

/* Returns 1, or 0 for a type that no mode has. The wanted value is then pushed again. */
static int adopt(struct store *s, const struct read_back *held, const struct adoption *a,
	int64_t now, struct err *err)
{
	int64_t user_id = held->user_id;
	struct mode m;
	size_t n;
	int r;

	if (!strcmp(a->state, "not_set"))
		return follow_clear_users(
			       s, &(struct ids){ .ids = &user_id, .n = 1 }, now, &n, err) < 0
			? -1
			: 1;
	r = find_mode(s, a->subtype, a->state, &m, err);
	if (r <= 0)
		return r;
	return switch_user(s, held->user_id, &m, a, now, err) < 0 ? -1 : 1;
}

/* A feature code deletes the entry with the end of the mode. It also sets lamps itself: it lights those of the mode that it believes
 * to hold, and puts out all others. So we do not know what the lamps show. Each lamp that may be lit is confirmed as unknown, and the
 * difference sets it as it is wanted. */
static int doubt_others(struct store *s, const char *pbx, const struct read_back *held,
	const struct adoption *a, struct err *err)
{
	char more[NAME_MAX_LEN + 3], unknown[ITEM_VALUE_SIZE];
	struct lamps lamps;

	if (store_item_doubt_until(s, pbx, held->user_id, err) < 0 ||
		store_item_lamps(s, pbx, held->user_id, &lamps, err) < 0)
		return -1;
	if (!lamps.id)
		return 0;
	snprintf(more, sizeof(more), "*,%.*s", NAME_MAX_LEN,
		*a->subtype ? a->subtype : lamps.default_mode);
	item_doubt(lamps.confirmed, more, unknown);
	return store_item_set_confirmed(s, lamps.id, unknown, err);
}

/* A row that is not there is no word of anybody. */
static bool is_ours(const struct adoption *a, const char *value)
{
	if (!a->row)
		return !strcmp(a->state, "not_set");
	return item_wrote(value, a->row);
}

/* A PBX that was killed, or has an older AstDB, has forgotten what came after this word. Of words without a token only the last one
 * that was confirmed before is told. */
static bool is_old(const struct read_back *held, const struct adoption *a, const char *value,
	const char *token)
{
	if (*token)
		return store_item_has_heard(held->heard, token);
	return a->seen == SEEN_RESTARTED && !strcmp(held->previous, value);
}

/* The phone that AstDB names behind state, subtype and message, as the dialplan writes it: e=1001. Anybody who may write AstDB may write
 * it, so it is a claim. */
static void read_endpoint(const char *row, char ret[NAME_MAX_LEN + 1])
{
	const char *options = item_options(row);
	char name[NAME_MAX_LEN + 2]; /* one byte more shows that it is too long */

	text_copy(ret, NAME_MAX_LEN + 1, ACTOR_PHONE);
	if (strncmp(options, "e=", 2) != 0)
		return;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(options + 2, ":"), options + 2);
	if (text_is_of(name, TEXT_ALNUM "._-", NAME_MAX_LEN))
		text_copy(ret, NAME_MAX_LEN + 1, name);
}

int follow_adopt(struct store *s, const char *pbx, const struct adoption *a, int64_t now,
	bool *ret_adopted, struct err *err)
{
	char endpoint[NAME_MAX_LEN + 1], token[ITEM_TOKEN_SIZE];
	const struct actor ours = *store_actor(s), phone = { ACTOR_PHONE, endpoint, -1 };
	const char *row = a->row ? a->row : "";
	char value[ITEM_VALUE_SIZE];
	struct read_back held;
	int r = store_item_read_back(s, pbx, a->name, ACTOR_PHONE, &held, err);

	*ret_adopted = false;
	if (r < 0 || !held.id)
		return r;
	snprintf(value, sizeof(value), "%s,%s,%s", a->state, a->subtype, a->message);
	text_cut(value, sizeof(value) - 1);
	item_token(row, value, token);
	if (store_item_set_confirmed(s, held.id, value, err) < 0 ||
		store_item_hear(s, held.id, held.heard, token, err) < 0)
		return -1;
	if (is_ours(a, value))
		return 0;
	/* What was confirmed is ours, also where something else is wanted by now. */
	if (!held.is_confirmed || !strcmp(held.wanted, value) || !strcmp(held.confirmed, value))
		return 0;
	read_endpoint(row, endpoint);
	if (!held.newer && !is_old(&held, a, value, token)) {
		store_set_actor(s, &phone);
		r = adopt(s, &held, a, now, err);
		store_set_actor(s, &ours);
		if (r < 0)
			return -1;
		*ret_adopted = r > 0;
	}
	return doubt_others(s, pbx, &held, a, err);
}
