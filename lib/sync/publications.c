/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/publications.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/sip/pidf.h"
#include "lib/sip/uri.h"

/* Those of users stand in the order of their IDs, as the database gives them. Those who are gone stand in a list of their own. */
struct publication_list {
	struct publication **list;
	size_t n, cap;
};

struct publications {
	const struct conf_publish *conf;
	struct store *store;
	struct publication_list users, gone;
	struct publication_list changed; /* what the database does not have */
	struct heap due;
	bool loaded;
	char **dropped; /* addresses of which the database has to forget the row */
	size_t dropped_n, dropped_cap;
};

struct publications *publications_new(const struct conf_publish *conf, struct store *store)
{
	struct publications *p = xcalloc(1, sizeof(*p));

	p->conf = conf;
	p->store = store;
	return p;
}

static void free_one(struct publication *x)
{
	free(x->uri);
	free(x->error);
	free(x);
}

static void free_list(struct publication_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free_one(l->list[i]);
	free(l->list);
}

static void free_dropped(struct publications *p)
{
	for (size_t i = 0; i < p->dropped_n; i++)
		free(p->dropped[i]);
	p->dropped_n = 0;
}

void publications_free(struct publications *p)
{
	if (!p)
		return;
	free_list(&p->users);
	free_list(&p->gone);
	free_dropped(p);
	free(p->dropped);
	free(p->changed.list);
	heap_done(&p->due);
	free(p);
}

static void append(struct publication_list *l, struct publication *x)
{
	l->list = mem_grow(l->list, &l->cap, l->n + 1, sizeof(struct publication *));
	l->list[l->n++] = x;
}

static void change(struct publications *p, struct publication *x)
{
	if (!x->changed)
		append(&p->changed, x);
	x->changed = true;
}

struct publication *publications_first(const struct publications *p)
{
	return (struct publication *)heap_first(&p->due);
}

void publications_begin(struct publications *p, struct publication *x)
{
	x->under_way = true;
	heap_remove(&p->due, &x->due);
}

void publications_due(struct publications *p, struct publication *x, int64_t at_ms)
{
	x->under_way = false;
	heap_set(&p->due, &x->due, at_ms);
}

static void all_due(struct publications *p, const struct publication_list *l, int64_t now_ms)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!l->list[i]->under_way && l->list[i]->due.at > now_ms)
			publications_due(p, l->list[i], now_ms);
	}
}

void publications_all_due(struct publications *p, int64_t now_ms)
{
	all_due(p, &p->users, now_ms);
	all_due(p, &p->gone, now_ms);
}

size_t publications_count(const struct publications *p)
{
	return p->users.n + p->gone.n;
}

/* What was published before we were started. */
static int load_one(void *data, const struct published *row)
{
	struct publications *p = data;
	struct publication *x;

	if (strlen(row->tag) > SIP_TAG_MAX_LEN)
		return 0;
	x = xcalloc(1, sizeof(*x));
	x->user_id = row->user_id;
	x->uri = xstrdup(row->uri);
	text_copy(x->tag, sizeof(x->tag), row->tag);
	snprintf(x->mode, sizeof(x->mode), "%s", row->mode);
	x->at = row->at;
	x->expires = row->expires;
	x->error = *row->error ? xstrdup(row->error) : NULL;
	append(x->user_id ? &p->users : &p->gone, x);
	publications_due(p, x, 0);
	return 0;
}

/* FNV-1a, over texts with their ends. */
static uint64_t stamp_text(uint64_t stamp, const char *s)
{
	do {
		stamp = (stamp ^ (unsigned char)*s) * 0x100000001b3;
	} while (*s++);
	return stamp;
}

/* Two presences that look the same to a phone have the same stamp. It is never 0. */
static uint64_t stamp_of(const struct announcement *a)
{
	uint64_t stamp = 0xcbf29ce484222325;
	char times[64];

	snprintf(times, sizeof(times), "%d %d %lld %lld", (int)a->type, a->on_call,
		(long long)a->since, (long long)a->until);
	stamp = stamp_text(stamp, a->mode);
	stamp = stamp_text(stamp, a->label);
	stamp = stamp_text(stamp, a->note);
	stamp = stamp_text(stamp, times);
	return stamp ? stamp : 1;
}

static void leave(struct publications *p, struct publication *x)
{
	x->user_id = 0;
	append(&p->gone, x);
	change(p, x);
	if (!x->under_way)
		publications_due(p, x, 0);
}

/* Take it out of a list whose order does not count. */
static void take_out(struct publication_list *l, const struct publication *x)
{
	size_t i = 0;

	while (i < l->n && l->list[i] != x)
		i++;
	if (i < l->n)
		l->list[i] = l->list[--l->n];
}

/* One who is gone, and whose presence is being taken back at this address. */
static struct publication *take_over(struct publications *p, const char *uri)
{
	for (size_t i = 0; i < p->gone.n; i++) {
		struct publication *x = p->gone.list[i];

		if (!strcmp(x->uri, uri)) {
			take_out(&p->gone, x);
			return x;
		}
	}
	return NULL;
}

/* One comparison with the database: both lists are in the order of IDs. */
struct look {
	struct publications *p;
	struct publication_list before;
	size_t next; /* of `before` */
};

static int look_at(void *data, const struct announcement *a)
{
	struct look *l = data;
	_cleanup_(strbuf_done) struct strbuf uri = STRBUF_INIT;
	struct publication *x = NULL;
	uint64_t stamp = stamp_of(a);

	while (l->next < l->before.n && l->before.list[l->next]->user_id < a->user_id)
		leave(l->p, l->before.list[l->next++]);
	sip_template_fill(l->p->conf->uri_template, a->user, a->extension, a->pbx, &uri);
	if (l->next < l->before.n && l->before.list[l->next]->user_id == a->user_id) {
		x = l->before.list[l->next++];
		if (strcmp(x->uri, uri.s) != 0) {
			leave(l->p, x);
			x = NULL;
		}
	}
	if (!x)
		x = take_over(l->p, uri.s);
	if (!x) {
		x = xcalloc(1, sizeof(*x));
		x->uri = strbuf_take(&uri);
	}
	if (x->user_id != a->user_id)
		change(l->p, x);
	x->user_id = a->user_id;
	append(&l->p->users, x);
	/* What is new goes first, then what we see for the first time. What is only refreshed is due at a real time. */
	if (x->wanted != stamp && !x->under_way)
		publications_due(l->p, x, x->wanted ? 0 : 1);
	x->wanted = stamp;
	return 0;
}

int publications_look(struct publications *p, struct err *err)
{
	struct look l = { .p = p };
	int r;

	if (!p->loaded) {
		if (store_published_each(p->store, p->conf->name, load_one, p, err) < 0)
			return -1;
		p->loaded = true;
	}
	l.before = p->users;
	p->users = (struct publication_list){ 0 };
	r = store_announcement_each(p->store, p->conf->pbx, look_at, &l, err);
	/* What was not read is as it was. */
	while (l.next < l.before.n) {
		if (r < 0)
			append(&p->users, l.before.list[l.next++]);
		else
			leave(p, l.before.list[l.next++]);
	}
	free(l.before.list);
	return r;
}

struct writing {
	const struct publication *x;
	struct publication_text *text;
	bool there;
};

/* Who is available says nothing of it. */
static const char *note_of(const struct announcement *a, const struct pidf_look *look)
{
	if (*a->note)
		return a->note;
	if (look->special && !strcmp(look->special, "on-the-phone"))
		return "On the phone";
	return look->plain || look->special ? a->label : "";
}

static int write_text(void *data, const struct announcement *a)
{
	struct writing *w = data;
	const struct pidf_look look = pidf_look(a->mode, a->type, a->on_call);
	const struct pidf pidf = {
		.uri = w->x->uri,
		.look = look,
		.note = note_of(a, &look),
		.since = a->since,
		.until = a->until,
	};

	strbuf_cut(&w->text->body, 0);
	pidf_write(&pidf, &w->text->body);
	w->text->stamp = stamp_of(a);
	snprintf(w->text->mode, sizeof(w->text->mode), "%s", a->mode);
	w->there = true;
	return 0;
}

int publications_text(struct publications *p, const struct publication *x,
	struct publication_text *ret, bool *ret_there, struct err *err)
{
	struct writing w = { .x = x, .text = ret };
	int r = store_announcement_get(p->store, x->user_id, write_text, &w, err);

	*ret_there = w.there;
	return r;
}

void publications_note(struct publications *p, struct publication *x, const char *error)
{
	free(x->error);
	x->error = error ? xstrdup(error) : NULL;
	change(p, x);
}

void publications_drop(struct publications *p, struct publication *x)
{
	heap_remove(&p->due, &x->due);
	take_out(&p->gone, x);
	take_out(&p->changed, x);
	/* Somebody else who has the address now has lost their row with it. */
	for (size_t i = 0; i < p->users.n; i++) {
		if (!strcmp(p->users.list[i]->uri, x->uri))
			change(p, p->users.list[i]);
	}
	p->dropped = mem_grow(p->dropped, &p->dropped_cap, p->dropped_n + 1, sizeof(char *));
	p->dropped[p->dropped_n++] = x->uri;
	x->uri = NULL;
	free_one(x);
}

bool publications_has_changed(const struct publications *p)
{
	return p->changed.n || p->dropped_n;
}

static int record_one(struct publications *p, const struct publication *x, struct err *err)
{
	const struct published row = {
		.user_id = x->user_id,
		.uri = x->uri,
		.tag = x->tag,
		.mode = x->mode,
		.at = x->at,
		.expires = x->expires,
		.error = x->error ? x->error : "",
	};

	return store_published_set(p->store, p->conf->name, &row, err);
}

int publications_record(struct publications *p, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(p->store, err) < 0)
		return -1;
	tx = p->store;
	/* An address that was dropped may be in use again: its row is written behind. */
	for (size_t i = 0; i < p->dropped_n; i++) {
		if (store_published_delete(tx, p->conf->name, p->dropped[i], err) < 0)
			return -1;
	}
	store_hold(tx);
	for (size_t i = 0; i < p->changed.n; i++) {
		if (record_one(p, p->changed.list[i], err) < 0)
			return -1;
	}
	if (store_flush(tx, err) < 0 || store_commit(tx, err) < 0)
		return -1;
	tx = NULL;
	free_dropped(p);
	for (size_t i = 0; i < p->changed.n; i++)
		p->changed.list[i]->changed = false;
	p->changed.n = 0;
	return 0;
}
