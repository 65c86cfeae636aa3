/* fetch.h - a calendar from an http(s) address, by libcurl, which is loaded when it is first needed. Blocks: for programs or
 * processes that may wait, never for the loop of presenced. */
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
	const char *etag;          /* of the last good copy, "" if none */
	const char *last_modified; /* the same */
	int64_t timeout_s;         /* for all of it */
	size_t bytes_max;          /* of the answer, after decompression */
	bool allow_private; /* addresses that are not public: loopback, private, link-local (metadata!), ... */
	const char *ca_file; /* "" for the system's */
};

struct fetch_answer {
	bool unchanged; /* 304: the last good copy still holds */
	struct strbuf body;
	char etag[256], last_modified[64]; /* "" if none; longer ones are not kept */
};
void fetch_answer_done(struct fetch_answer *a);

/* A URL that can be fetched at all: scheme, a host, no control characters, at most FETCH_URL_MAX bytes. ERR_USAGE. */
int fetch_check_url(const char *url, struct err *err) MUST_CHECK;

/* ERR_FAILED in words for the administrator, with the address as fetch_show_url() has it in front: cannot resolve, refused,
 * timed out after N s, too slow, answered 401 / 404 / 500, more than N bytes, certificate not trusted, redirected to file:,
 * target address is not public. Redirects are followed at most FETCH_REDIRECTS_MAX times, to http(s) only, never from https
 * to http; a password of the address goes to its own host, port and scheme only. Every address is checked when a connection
 * is opened to it, so that a name that resolves to a private one is refused too. Proxies of the environment are not used.
 * A url that fetch_check_url() refuses is ERR_USAGE. On success *ret is owned by the caller, else it is as it was; when
 * unchanged, etag and last_modified are those of the request unless the server has said others. */
int fetch(const struct fetch_request *r, struct fetch_answer *ret, struct err *err) MUST_CHECK;

/* scheme://host/... for tables and logs: secret addresses of Google and Outlook are passwords. */
void fetch_show_url(const char *url, struct strbuf *to);

#endif
