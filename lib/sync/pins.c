/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/pins.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/calls/entry.h"

enum { COUNT_DIGITS = 4, TIME_DIGITS = 12 };

void pins_init(struct pins *p, const struct conf_pbx *pbx, struct store *store)
{
	*p = (struct pins){ .pbx = pbx,
		.store = store,
		.family = { .name = ENTRY_PIN, .hint = "Custom:wrong-pins" } };
	family_reset(&p->family);
}

void pins_done(struct pins *p)
{
	free(p->list);
}

void pins_reset(struct pins *p)
{
	family_reset(&p->family);
	p->n = 0;
}

int pins_step(struct pins *p, const struct turn *t, uint64_t tag, struct err *err)
{
	p->n = 0;
	return family_step(&p->family, t, tag, err);
}

/* "1002", "1002/mailbox". */
static bool is_key(const char *key)
{
	char phone[PIN_PHONE_MAX_LEN + 1];
	size_t n = strcspn(key, "/");

	if (n >= sizeof(phone) || (key[n] && strcmp(key + n, PIN_OF_MAILBOX) != 0))
		return false;
	memcpy(phone, key, n);
	phone[n] = '\0';
	return text_is_of(phone, TEXT_ALNUM "._-", PIN_PHONE_MAX_LEN);
}

/* "6|1781506800". */
static bool read_count(const char *value, struct wrong_pins *ret)
{
	size_t n = strspn(value, "0123456789"), m;

	if (!n || n > COUNT_DIGITS || value[n] != '|')
		return false;
	m = strspn(value + n + 1, "0123456789");
	if (!m || m > TIME_DIGITS || value[n + 1 + m])
		return false;
	ret->n = strtoll(value, NULL, 10);
	ret->at = strtoll(value + n + 1, NULL, 10);
	return true;
}

void pins_item(struct pins *p, const struct amimsg *m)
{
	const char *key = family_key(&p->family, m);
	struct wrong_pins pins;

	if (p->n >= PINS_MAX || !key || !is_key(key) || !read_count(amimsg_text(m, "Val"), &pins))
		return;
	text_copy(pins.key, sizeof(pins.key), key);
	p->list = mem_grow(p->list, &p->cap, p->n + 1, sizeof(*p->list));
	p->list[p->n++] = pins;
}

static int by_key(const void *a, const void *b)
{
	const struct wrong_pins *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* Two of the same name: a PBX has none, but we do not trust it. */
static void drop_twins(struct pins *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (!kept || strcmp(p->list[kept - 1].key, p->list[i].key) != 0)
			p->list[kept++] = p->list[i];
	}
	p->n = kept;
}

/* An AMI user without write = system may not read them. If the database cannot be written now, it can later. */
void pins_answer(struct pins *p, const struct answer *answer, struct moment now)
{
	struct err ignored;
	bool more = false;

	if (p->n)
		qsort(p->list, p->n, sizeof(*p->list), by_key);
	drop_twins(p);
	if (answer->ok &&
		follow_wrong_pins(p->store, p->pbx->name, p->list, p->n, now.utc, &more, &ignored) <
			0)
		more = true;
	family_end(&p->family, more, now.ms, PINS_PAUSE_MS);
}
