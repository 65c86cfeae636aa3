/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch.h - fetch a calendar from an http(s) address with libcurl, which is loaded when it is first needed. It blocks: it is for a
 * process that may wait, never for the loop of presenced. */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

enum { FETCH_URL_MAX = 2000, FETCH_REDIRECTS_MAX = 3 };

struct fetch_request {
	const char *url;           /* http, https; webcal is read as https */
	const char *etag;          /* of the last good copy, or "" */
	const char *last_modified; /* the same */
	int64_t timeout_s;         /* for the whole transfer, redirects included */
	size_t bytes_max;          /* of the answer, after decompression */
	/* Allow addresses that are not public: loopback, private, link-local (the metadata of clouds!), ... */
	bool allow_private;
	const char *ca_file; /* "" means the system's certificates */
};

struct fetch_answer {
	bool unchanged; /* 304: the last good copy still holds */
	struct strbuf body;
	char etag[256], last_modified[64]; /* or ""; longer ones are not kept */
};
void fetch_answer_done(struct fetch_answer *a);

/* Whether a URL can be fetched at all: it has a scheme, a host, no control characters and at most FETCH_URL_MAX bytes. ERR_USAGE. */
int fetch_check_url(const char *url, struct err *err) MUST_CHECK;

/* Fetch. Redirects are followed at most FETCH_REDIRECTS_MAX times, to http(s) only, never from https to http. The password of an
 * address goes to its own host, port and scheme only. Every network address is checked when a connection to it is opened, so a
 * name that resolves to a private address is refused too. Proxies of the environment are not used. On success the caller owns
 * *ret; else *ret is as it was. If the calendar is unchanged, etag and last_modified are those of the request unless the server
 * sent others. ERR_USAGE for a url that fetch_check_url() refuses. ERR_FAILED tells the administrator what went wrong, with the
 * address as fetch_show_url() has it in front: cannot resolve, refused, timed out after N s, too slow, answered 401 / 404 / 500,
 * more than N bytes, certificate not trusted, redirected to file:, address not public. */
int fetch(const struct fetch_request *r, struct fetch_answer *ret, struct err *err) MUST_CHECK;

/* Append scheme://host/..., for tables and logs. The secret addresses of Google and Outlook are passwords. */
void fetch_show_url(const char *url, struct strbuf *to);

#endif
