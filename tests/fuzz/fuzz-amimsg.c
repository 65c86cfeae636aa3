/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arbitrary bytes from the other side of AMI. What comes out must not depend on how they were cut.
 * The first byte of the input chooses the cuts; the rest is what Asterisk says. ActionIDs begin with
 * "AAAAAAAA-", so that the fuzzer can answer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/pbx/ami.h"
#include "lib/pbx/amimsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Length of the next portion: all, or pseudo-random small ones. */
static size_t portion(uint32_t *seed, size_t left)
{
	size_t n;

	if (*seed == 0)
		return left;
	*seed = *seed * 1103515245 + 12345;
	if (*seed == 0)
		*seed = 1;
	n = 1 + (*seed >> 16) % 11;
	return n < left ? n : left;
}

static void put_message(struct strbuf *to, const struct amimsg *m)
{
	for (size_t i = 0; i < m->n; i++)
		strbuf_addf(to, "%s=%s|", m->headers[i].name, m->headers[i].value);
	strbuf_addc(to, '\n');
}

/* All messages, after one line where `line` is set. */
static char *read_messages(const char *in, size_t size, uint32_t seed, int line)
{
	_cleanup_(amimsg_reader_freep) struct amimsg_reader *r = amimsg_reader_new();
	struct strbuf got = STRBUF_INIT;
	const char *first;
	struct amimsg m;
	struct err err;
	int more = 0;

	while (size > 0 && more >= 0) {
		size_t n = portion(&seed, size);

		amimsg_feed(r, in, n);
		in += n;
		size -= n;
		if (line && (more = amimsg_next_line(r, &first, &err)) > 0) {
			strbuf_addf(&got, "%s\n", first);
			line = 0;
		}
		while (!line && (more = amimsg_next(r, &m, &err)) > 0)
			put_message(&got, &m);
	}
	if (more < 0)
		strbuf_adds(&got, err.msg);
	return strbuf_take(&got);
}

struct trial {
	struct ami *a;
	struct strbuf told;
	unsigned sends;
};

static void send_one(struct trial *t)
{
	static const char *const fields[] = { "Action", "Setvar", "Variable", "X", NULL };

	if (ami_room(t->a) > 0 && t->sends < 20 && ami_send(t->a, t->sends++, fields, 0, NULL) < 0)
		abort();
}

static void on_answer(void *data, uint64_t tag, bool ok, const struct amimsg *m)
{
	struct trial *t = data;

	strbuf_addf(&t->told, "answer %d %d ", (int)tag, ok);
	put_message(&t->told, m);
	send_one(t);
	send_one(t);
}

static void on_item(void *data, uint64_t tag, const struct amimsg *m)
{
	struct trial *t = data;

	strbuf_addf(&t->told, "item %d ", (int)tag);
	put_message(&t->told, m);
	send_one(t);
}

static void on_event(void *data, const struct amimsg *m)
{
	struct trial *t = data;

	strbuf_adds(&t->told, "event ");
	put_message(&t->told, m);
	send_one(t);
}

static void on_phase(void *data, enum ami_phase phase)
{
	struct trial *t = data;

	strbuf_addf(&t->told, "phase %d\n", phase);
	send_one(t);
	send_one(t);
}

static int fake_md5(const char *a, const char *b, char ret[33])
{
	snprintf(ret, 33, "%.20s%s", a, b);
	return 0;
}

/* A whole dialogue: what it told, and what it sent. */
static char *converse(const char *in, size_t size, uint32_t seed)
{
	static const struct ami_handlers handlers = {
		.answer = on_answer, .item = on_item, .event = on_event, .phase = on_phase
	};
	static const struct ami_conf conf = { .username = "u",
		.secret = "s",
		.events = "system",
		.window = 3,
		.greet_ms = 1000,
		.answer_ms = 500,
		.silence_ms = 1000,
		.boot_ms = 1000,
		.ping_ms = 1000,
		.id_prefix = "AAAAAAAA",
		.md5 = fake_md5 };
	struct trial t = { .told = STRBUF_INIT };
	const char *out;
	struct err err;
	size_t n;

	t.a = ami_new(&conf, &handlers, &t, 0);
	while (size > 0) {
		n = portion(&seed, size);
		if (ami_input(t.a, in, n, 0, &err) < 0) {
			strbuf_addf(&t.told, "%d %s\n", ami_failure(t.a), err.msg);
			break;
		}
		in += n;
		size -= n;
	}
	if (ami_pending(t.a) > conf.window || ami_room(t.a) > conf.window)
		abort();
	n = ami_output(t.a, &out);
	strbuf_add(&t.told, out, n);
	ami_sent(t.a, n);
	ami_free(t.a);
	return strbuf_take(&t.told);
}

static void same(const char *a, const char *b)
{
	if (strcmp(a, b) != 0) {
		fprintf(stderr, "whole: %s\ncut: %s\n", a, b);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *in = (const char *)data + 1;
	uint32_t seed;

	if (size < 1)
		return 0;
	seed = data[0] + 1u;
	size--;
	for (int line = 0; line < 2; line++) {
		_cleanup_(freep) char *whole = read_messages(in, size, 0, line);
		_cleanup_(freep) char *cut = read_messages(in, size, seed, line);

		same(whole, cut);
	}
	{
		_cleanup_(freep) char *whole = converse(in, size, 0);
		_cleanup_(freep) char *cut = converse(in, size, seed);

		same(whole, cut);
	}
	return 0;
}
