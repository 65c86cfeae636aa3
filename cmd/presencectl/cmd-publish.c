/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publish list, publish users: the presence servers, and what they hold of each user. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/ctl.h"
#include "lib/binding/db.h"
#include "lib/store/publication.h"
#include "lib/store/who.h"

extern const struct command cmd_publish_list, cmd_publish_users;

enum { LIST_NAME, LIST_SERVER, LIST_STATE, LIST_SINCE, LIST_HELD, LIST_REFUSED, LIST_ERROR };

static const struct column list_columns[] = {
	[LIST_NAME] = { "NAME", 0, "name of the presence server" },
	[LIST_SERVER] = { "SERVER", 0, "its address" },
	[LIST_STATE] = { "STATE", 0,
		"up, down, or idle before the first answer; unknown while presenced does not run" },
	[LIST_SINCE] = { "SINCE", COLUMN_TIME, "since when" },
	[LIST_HELD] = { "HELD", COLUMN_NUMBER, "users of whom it holds a presence" },
	[LIST_REFUSED] = { "REFUSED", COLUMN_NUMBER, "users whom it refuses" },
	[LIST_ERROR] = { "ERROR", COLUMN_WIDE, "why it is down" },
	{ 0 },
};

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	bool running = db_is_locked(store_path(ctl->store));

	(void)in;
	if (out_new(list_columns, "servers", &ctl->out, &out, err) < 0)
		return -1;
	for (size_t i = 0; i < ctl->conf->publish_n; i++) {
		const struct conf_publish *p = &ctl->conf->publish[i];
		struct publisher_state state;

		if (store_publisher_get(ctl->store, p->name, ctl->now, &state, err) < 0)
			return -1;
		out_line(out);
		out_text(out, LIST_NAME, p->name);
		out_text(out, LIST_SERVER, p->server);
		out_text(out, LIST_STATE, running && *state.state ? state.state : "unknown");
		if (running && state.since)
			out_time(out, LIST_SINCE, state.since);
		out_number(out, LIST_HELD, state.held);
		out_number(out, LIST_REFUSED, state.refused);
		out_text(out, LIST_ERROR,
			!running               ? "presenced is not running"
				: *state.error ? state.error
					       : NULL);
	}
	return out_print(out, stdout, err);
}

const struct command cmd_publish_list = {
	.path = "publish list",
	.summary = "list the presence servers and what they hold",
	.columns = list_columns,
	.noun = "servers",
	.needs = NEED_STORE,
	.run = list,
};

enum {
	USERS_USER,
	USERS_SERVER,
	USERS_MODE,
	USERS_HELD,
	USERS_AT,
	USERS_UNTIL,
	USERS_URI,
	USERS_ERROR
};

static const struct column users_columns[] = {
	[USERS_USER] = { "USER", 0, "name" },
	[USERS_SERVER] = { "SERVER", 0, "name of the presence server" },
	[USERS_MODE] = { "MODE", 0, "mode" },
	[USERS_HELD] = { "PUBLISHED", 0, "mode that the server holds; none if it holds nothing" },
	[USERS_AT] = { "AT", COLUMN_TIME, "when the server took it last" },
	[USERS_UNTIL] = { "UNTIL", COLUMN_TIME | COLUMN_HIDDEN, "when the server forgets it" },
	[USERS_URI] = { "URI", COLUMN_HIDDEN, "SIP address" },
	[USERS_ERROR] = { "ERROR", COLUMN_WIDE, "why the server refuses it" },
	{ 0 },
};

struct users {
	struct out *out;
	const char *server;
	int64_t now;
};

static int add_user(void *data, const struct publication_line *l)
{
	const struct users *u = data;
	bool held = l->at && l->expires > u->now;

	out_line(u->out);
	out_text(u->out, USERS_USER, l->user);
	out_text(u->out, USERS_SERVER, u->server);
	out_text(u->out, USERS_MODE, l->mode);
	out_text(u->out, USERS_HELD, held ? l->published : NULL);
	if (l->at)
		out_time(u->out, USERS_AT, l->at);
	if (held)
		out_time(u->out, USERS_UNTIL, l->expires);
	out_text(u->out, USERS_URI, *l->uri ? l->uri : NULL);
	out_text(u->out, USERS_ERROR, *l->error ? l->error : NULL);
	return 0;
}

static int users(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	size_t n;
	const char *const *words = input_many(in, &n);

	if (out_new(users_columns, "publications", &ctl->out, &out, err) < 0 ||
		(n && store_who(ctl->store, words, n, &who, err) < 0))
		return -1;
	for (size_t i = 0; i < ctl->conf->publish_n; i++) {
		const struct conf_publish *p = &ctl->conf->publish[i];
		struct users u = { out, p->name, ctl->now };

		if (store_publication_each(
			    ctl->store, p->name, p->pbx, n ? &who : NULL, add_user, &u, err) < 0)
			return -1;
	}
	return out_print(out, stdout, err);
}

static const struct arg users_args[] = { { "who", ARG_WHO, ARG_MANY | ARG_OPTIONAL }, { 0 } };

const struct command cmd_publish_users = {
	.path = "publish users",
	.summary = "list what presence servers hold of each user",
	.args = users_args,
	.columns = users_columns,
	.noun = "publications",
	.needs = NEED_STORE,
	.run = users,
};
