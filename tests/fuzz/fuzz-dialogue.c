/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what a PBX says, from the banner on: lists, events, answers, members. A 0xff lets ten seconds pass. What we send has no
 * control character, and the database gets no rows beyond what may be known of a PBX. */
#include <poll.h>
#include <stdint.h>

#include "lib/store/item.h"
#include "lib/sync/link.h"
#include "tests/fuzz/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { ROWS_MAX = 1000, STEPS_MAX = 200 };

/* A peer that says what the input says. */
struct peer {
	struct transport transport; /* first: each is a pointer to the other */
	const uint8_t *bytes;
	size_t n;
};

static int peer_open(struct transport *t, char **ret_secret, struct err *err)
{
	(void)t, (void)err;
	*ret_secret = xstrdup("secret");
	return 0;
}

static int peer_connect(struct transport *t, struct err *err)
{
	(void)t, (void)err;
	return 1;
}

static ssize_t peer_read(struct transport *t, char *to, size_t size, struct err *err)
{
	struct peer *p = (struct peer *)t;
	size_t n = 0;

	(void)err;
	while (n < size && n < p->n && p->bytes[n] != 0xff)
		n++;
	memcpy(to, p->bytes, n);
	p->bytes += n;
	p->n -= n;
	return (ssize_t)n;
}

static ssize_t peer_write(struct transport *t, const char *bytes, size_t n, struct err *err)
{
	(void)t, (void)err;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if ((c < 0x20 && c != '\r' && c != '\n') || c == 0x7f)
			abort();
	}
	return (ssize_t)n;
}

static bool peer_has_input(const struct transport *t)
{
	(void)t;
	return false;
}

static int peer_fd(const struct transport *t)
{
	(void)t;
	return -1;
}

static short peer_events(const struct transport *t)
{
	(void)t;
	return POLLIN;
}

static void peer_nothing(struct transport *t)
{
	(void)t;
}

/* The corpus knows it. */
static uint32_t peer_random(struct transport *t, uint32_t bound)
{
	(void)t, (void)bound;
	return 0;
}

static int peer_md5(const char *a, const char *b, char ret[33])
{
	(void)a, (void)b;
	memset(ret, 'a', 32);
	ret[32] = '\0';
	return 0;
}

static bool peer_is_distrusted(const struct transport *t)
{
	(void)t;
	return false;
}

static int count(void *data, const struct stored_item *item)
{
	(void)item;
	++*(size_t *)data;
	return 0;
}

static void live(struct site *site, struct peer *p, const struct conf_pbx *pbx)
{
	struct link *l = link_new(
		pbx, &p->transport, site->store, &(struct link_hooks){ .state = NULL }, NULL);
	struct moment now = { 1000, SITE_NOW };

	link_watch(l);
	for (int i = 0; i < STEPS_MAX && p->n; i++) {
		struct err err;

		if (p->bytes[0] == 0xff) {
			p->bytes++;
			p->n--;
			now.ms += 10000;
			now.utc += 10;
		}
		link_wake(l);
		(void)!link_step(l, now, &err);
		now.ms++;
	}
	link_free(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static char name[] = "main", username[] = "presence";
	struct conf_pbx pbx = { .name = name, .username = username };
	struct site *site = site_fresh();
	struct peer p = { .transport = { .open = peer_open,
				  .connect = peer_connect,
				  .read = peer_read,
				  .write = peer_write,
				  .has_input = peer_has_input,
				  .fd = peer_fd,
				  .events = peer_events,
				  .close = peer_nothing,
				  .free = peer_nothing,
				  .random = peer_random,
				  .md5 = peer_md5,
				  .is_distrusted = peer_is_distrusted },
		.bytes = bytes,
		.n = n };
	size_t rows = 0;

	site_open(site);
	live(site, &p, &pbx);
	SITE_MUST(store_item_each(site->store, "main", count, &rows, NULL));
	if (rows > ROWS_MAX && rows > n)
		abort();
	site_close(site);
	return 0;
}
