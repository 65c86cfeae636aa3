/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* libcurl is called through pointers only. Its checking macros would name its functions, so they are off. */
#define CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_DEPRECATION
#include <curl/curl.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/binding/library.h"
#include "lib/calendar/address.h"
#include "lib/calendar/url.h"

#if LIBCURL_VERSION_NUM < 0x075700
#define CURLOPT_PROTOCOLS_STR ((CURLoption)(CURLOPTTYPE_STRINGPOINT + 318))
#define CURLOPT_QUICK_EXIT    ((CURLoption)(CURLOPTTYPE_LONG + 322))
#endif

enum {
	TIMEOUT_MAX_S = 3600,
	CONNECT_MAX_S = 20,
	SLOW_BYTES = 100, /* a second; less than that for half of the time limit is too slow */
	HEADERS_MAX = 64 << 10,  /* bytes of all headers of an answer */
	IGNORED_MAX = 256 << 10, /* bytes of the body of an answer that is no calendar */
};

#define CURL_FUNCTIONS(X)                                                                          \
	X(curl_global_init)                                                                        \
	X(curl_easy_init)                                                                          \
	X(curl_easy_setopt)                                                                        \
	X(curl_easy_perform)                                                                       \
	X(curl_easy_getinfo)                                                                       \
	X(curl_easy_strerror)                                                                      \
	X(curl_easy_reset)                                                                         \
	X(curl_slist_append)                                                                       \
	X(curl_slist_free_all)

static struct curl_lib {
	CURL_FUNCTIONS(LIBRARY_POINTER)
} lib;

/* What is kept from one fetch to the next: sessions of TLS and the addresses of hosts. Connections are not: bytes that a server has sent too
 * many of one calendar would be the beginning of the next. NULL: nothing is kept yet. */
static CURL *kept;

static int load(struct err *err)
{
#define X(name) LIBRARY_SYMBOL(curl_lib, name)
	static const struct library_symbol symbols[] = { CURL_FUNCTIONS(X){ NULL, 0 } };
#undef X
	static const struct library libcurl = { "libcurl.so.4",
		"a calendar by address needs libcurl", "libcurl4", symbols };
	static bool is_loaded;

	if (is_loaded)
		return 0;
	if (library_open(&libcurl, &lib, err) < 0)
		return -1;
	if (lib.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_FAILED, "libcurl does not start");
	is_loaded = true;
	return 0;
}

_Static_assert((int)FETCH_URL_MAX == (int)URL_MAX, "one limit");

int fetch_check_url(const char *url, struct err *err)
{
	struct url u;

	return url_parse(url, &u, err);
}

void fetch_show_url(const char *url, struct strbuf *to)
{
	url_show(url, to);
}

enum stop { STOP_NOT, STOP_HEADERS, STOP_BODY, STOP_IGNORED };

struct transfer {
	const struct fetch_request *r;
	CURL *easy;
	struct curl_slist *headers;
	struct strbuf url; /* the address that is asked now, behind redirects */
	int redirects;
	int64_t timeout_s, spent_ms;
	bool bad_option;
	/* Of the answer that comes in: */
	struct fetch_answer answer;
	size_t header_bytes, ignored_bytes;
	enum stop stop;                /* why we ended it */
	bool was_opened;               /* a socket was opened */
	char closed[INET6_ADDRSTRLEN]; /* an address that was refused: it is not public */
	char detail[CURL_ERROR_SIZE];
};

void fetch_answer_done(struct fetch_answer *a)
{
	strbuf_done(&a->body);
	*a = (struct fetch_answer){ .body = STRBUF_INIT };
}

static void transfer_done(struct transfer *t)
{
	if (t->easy)
		lib.curl_easy_reset(t->easy);
	kept = t->easy;
	lib.curl_slist_free_all(t->headers);
	strbuf_done(&t->url);
	fetch_answer_done(&t->answer);
}

static void cut_answer(struct transfer *t)
{
	strbuf_cut(&t->answer.body, 0);
	t->answer.etag[0] = t->answer.last_modified[0] = '\0';
}

static long status_of(const struct transfer *t)
{
	long status = 0;

	lib.curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* Every connection begins here, also that of a redirect, with the address that its name was just resolved to. A name that
 * resolves to another address a moment later cannot pass. */
static curl_socket_t on_open(void *data, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct transfer *t = data;
	const void *bytes = NULL;
	size_t n = 0;

	(void)purpose;
	if (a->family == AF_INET) {
		bytes = &((const struct sockaddr_in *)(const void *)&a->addr)->sin_addr;
		n = sizeof(struct in_addr);
	} else if (a->family == AF_INET6) {
		bytes = &((const struct sockaddr_in6 *)(const void *)&a->addr)->sin6_addr;
		n = sizeof(struct in6_addr);
	}
	if (!bytes)
		return CURL_SOCKET_BAD;
	if (!t->r->allow_private && !address_is_public(bytes, n)) {
		inet_ntop(a->family, bytes, t->closed, sizeof(t->closed));
		return CURL_SOCKET_BAD;
	}
	t->was_opened = true;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* If the header has this name, keep its value. A value that is too long, or that we could not send back, becomes "". */
static void keep(const char *line, size_t n, const char *name, char *to, size_t size)
{
	size_t skip = strlen(name);

	if (n < skip || strncasecmp(line, name, skip) != 0)
		return;
	while (skip < n && is_blank(line[skip]))
		skip++;
	while (n > skip && is_blank(line[n - 1]))
		n--;
	to[0] = '\0';
	if (n - skip >= size || memchr(line + skip, '\0', n - skip))
		return;
	memcpy(to, line + skip, n - skip);
	to[n - skip] = '\0';
	if (!text_is_utf8(to) || text_has_control(to))
		to[0] = '\0';
}

static size_t on_header(char *line, size_t size, size_t n, void *data)
{
	struct transfer *t = data;
	struct fetch_answer *a = &t->answer;

	n *= size;
	t->header_bytes += n;
	if (t->header_bytes > HEADERS_MAX) {
		t->stop = STOP_HEADERS;
		return 0;
	}
	/* A further answer begins. What an interim answer (RFC 9110, 15.2) said before does not count. */
	if (n > 5 && !strncasecmp(line, "HTTP/", 5))
		cut_answer(t);
	keep(line, n, "ETag:", a->etag, sizeof(a->etag));
	keep(line, n, "Last-Modified:", a->last_modified, sizeof(a->last_modified));
	return n;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *t = data;

	n *= size;
	if (status_of(t) != 200) {
		t->ignored_bytes += n;
		if (t->ignored_bytes <= IGNORED_MAX)
			return n;
		t->stop = STOP_IGNORED;
		return 0;
	}
	if (n > t->r->bytes_max - t->answer.body.len) {
		t->stop = STOP_BODY;
		return 0;
	}
	strbuf_add(&t->answer.body, bytes, n);
	return n;
}

static void add_header(struct transfer *t, const char *name, const char *value)
{
	_cleanup_(strbuf_done) struct strbuf line = STRBUF_INIT;
	struct curl_slist *more;

	if (!*value || text_has_control(value))
		return;
	strbuf_addf(&line, "%s: %s", name, value);
	more = lib.curl_slist_append(t->headers, line.s);
	if (more)
		t->headers = more;
	else
		t->bad_option = true;
}

/* Set an option that we need: the transfer fails if libcurl does not have it. */
#define SET(t, option, value)                                                                      \
	do {                                                                                       \
		if (lib.curl_easy_setopt((t)->easy, (option), (value)) != CURLE_OK)                \
			(t)->bad_option = true;                                                    \
	} while (0)

static void set_protocols(struct transfer *t)
{
	if (lib.curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK)
		SET(t, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
}

static void set_trust(struct transfer *t)
{
	SET(t, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(t, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(t, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (t->r->ca_file && *t->r->ca_file) {
		SET(t, CURLOPT_CAINFO, t->r->ca_file);
		SET(t, CURLOPT_CAPATH, NULL);
	}
}

static int64_t connect_limit_s(const struct transfer *t)
{
	return t->timeout_s < CONNECT_MAX_S ? t->timeout_s : CONNECT_MAX_S;
}

static int64_t slow_limit_s(const struct transfer *t)
{
	return t->timeout_s / 2 > 1 ? t->timeout_s / 2 : 1;
}

static int set_up(struct transfer *t, struct err *err)
{
	const struct fetch_request *r = t->r;

	t->easy = kept ? kept : lib.curl_easy_init();
	if (!t->easy)
		return err_set(err, ERR_FAILED, "libcurl does not start");
	add_header(t, "Accept", "text/calendar, */*");
	add_header(t, "If-None-Match", r->etag ? r->etag : "");
	add_header(t, "If-Modified-Since", r->last_modified ? r->last_modified : "");
	SET(t, CURLOPT_HTTPHEADER, t->headers);
	SET(t, CURLOPT_USERAGENT, "presence/" VERSION);
	SET(t, CURLOPT_ACCEPT_ENCODING, "gzip");
	SET(t, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(t, CURLOPT_PROXY, "");
	SET(t, CURLOPT_FOLLOWLOCATION, 0L);
	SET(t, CURLOPT_FORBID_REUSE, 1L);
	SET(t, CURLOPT_ERRORBUFFER, t->detail);
	SET(t, CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(t, CURLOPT_OPENSOCKETDATA, t);
	SET(t, CURLOPT_HEADERFUNCTION, on_header);
	SET(t, CURLOPT_HEADERDATA, t);
	SET(t, CURLOPT_WRITEFUNCTION, on_body);
	SET(t, CURLOPT_WRITEDATA, t);
	SET(t, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_limit_s(t) * 1000);
	SET(t, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
	SET(t, CURLOPT_LOW_SPEED_TIME, (long)slow_limit_s(t));
	set_protocols(t);
	set_trust(t);
	/* Do not wait for a name server when the time is over. An older libcurl does not know this option, and works without. */
	lib.curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
	if (t->bad_option)
		return err_set(err, ERR_FAILED, "libcurl.so.4 lacks an option; it is too old");
	return 0;
}

static int explain_timeout(const struct transfer *t, struct err *err)
{
	double connected = 0;

	lib.curl_easy_getinfo(t->easy, CURLINFO_CONNECT_TIME, &connected);
	if (t->spent_ms + 100 >= t->timeout_s * 1000)
		return err_set(err, ERR_FAILED, "timed out after %d s", (int)t->timeout_s);
	if (connected == 0)
		return err_set(
			err, ERR_FAILED, "no connection within %d s", (int)connect_limit_s(t));
	return err_set(err, ERR_FAILED, "too slow: fewer than %d bytes a second for %d s",
		SLOW_BYTES, (int)slow_limit_s(t));
}

static int explain_stop(const struct transfer *t, struct err *err)
{
	if (t->stop == STOP_BODY)
		return err_set(err, ERR_FAILED, "answered more than %zu bytes", t->r->bytes_max);
	return err_set(err, ERR_FAILED, "answered without end, and no calendar");
}

static int explain_tls(const struct transfer *t, struct err *err)
{
	/* "OpenSSL/3.0.22: error:0A00010B:SSL routines::wrong version number" */
	const char *why = strstr(t->detail, "::");

	err_set(err, ERR_FAILED, "TLS: %s", why ? why + 2 : t->detail);
	return strstr(t->detail, "wrong version number")
		? err_hint(err, " (that port does not speak TLS)")
		: -1;
}

/* Say why libcurl gave up. Its own words are used only where they cannot hold the address, which is secret. */
static int explain(const struct transfer *t, CURLcode code, struct err *err)
{
	long e = 0;

	if (*t->closed && !t->was_opened)
		return err_set(err, ERR_FAILED,
			"its host has the address %s, which is not public; calendars.allow_private would let it",
			t->closed);
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(err, ERR_FAILED,
			"cannot resolve the name of its host; is it right, and does DNS work here?");
	case CURLE_COULDNT_CONNECT:
		lib.curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &e);
		return err_set(err, ERR_FAILED, "cannot connect: %s",
			e ? strerror((int)e) : "no address of its host answers");
	case CURLE_OPERATION_TIMEDOUT: return explain_timeout(t, err);
	case CURLE_PEER_FAILED_VERIFICATION:
		return err_set(err, ERR_FAILED, "its certificate is not trusted: %s", t->detail);
	case CURLE_SSL_CONNECT_ERROR: return explain_tls(t, err);
	case CURLE_SSL_CACERT_BADFILE:
		return err_set(err, ERR_FAILED,
			"ca_file '%s' cannot be read or holds no certificate in PEM form",
			t->r->ca_file);
	case CURLE_GOT_NOTHING:
		return err_set(err, ERR_FAILED, "closed by the other side without an answer");
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
		return err_set(err, ERR_FAILED, "closed by the other side before all had come");
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY: return err_set(err, ERR_FAILED, "does not answer in HTTP");
	case CURLE_BAD_CONTENT_ENCODING:
		return err_set(err, ERR_FAILED, "what came cannot be unpacked");
	default: return err_set(err, ERR_FAILED, "%s", lib.curl_easy_strerror(code));
	}
}

static int explain_status(long status, struct err *err)
{
	const char *why;

	switch (status) {
	case 401:
	case 403: why = "the address is no longer valid or wants a password; copy it again"; break;
	case 404:
	case 410: why = "there is no calendar at this address any more; copy it again"; break;
	case 429: why = "it is asked too often"; break;
	default:
		why = status >= 500 ? "the fault is there; try again later"
				    : "that is no calendar; copy the address again";
	}
	return err_set(err, ERR_FAILED, "answered %ld: %s", status, why);
}

/* Ask at t->url. Returns 0 with the status of the answer, -1 if no answer came. */
static int ask(struct transfer *t, long *ret, struct err *err)
{
	int64_t left_ms = t->timeout_s * 1000 - t->spent_ms;
	curl_off_t took_us = 0;
	CURLcode code;

	if (left_ms <= 0)
		return explain_timeout(t, err);
	t->header_bytes = t->ignored_bytes = 0;
	t->stop = STOP_NOT;
	t->was_opened = false;
	t->closed[0] = t->detail[0] = '\0';
	cut_answer(t);
	SET(t, CURLOPT_URL, t->url.s);
	SET(t, CURLOPT_TIMEOUT_MS, (long)left_ms);
	if (t->bad_option)
		return err_set(err, ERR_FAILED, "libcurl refuses it");
	code = lib.curl_easy_perform(t->easy);
	lib.curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &took_us);
	t->spent_ms += took_us / 1000;
	*ret = status_of(t);
	/* An error page may be cut off: its status says all. */
	if (code == CURLE_OK || *ret >= 400)
		return 0;
	return t->stop ? explain_stop(t, err) : explain(t, code, err);
}

/* Go on with the address to which the answer redirects. */
static int follow(struct transfer *t, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf next = STRBUF_INIT;
	const char *text = NULL;
	struct url from, to;

	lib.curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &text);
	if (!text)
		return err_set(err, ERR_FAILED, "redirects without saying where to");
	if (t->redirects == FETCH_REDIRECTS_MAX)
		return err_set(err, ERR_FAILED,
			"redirects more than %d times; copy the address again",
			FETCH_REDIRECTS_MAX);
	if (url_parse(t->url.s, &from, err) < 0)
		return -1;
	if (url_parse(text, &to, err) < 0)
		return err_wrap(err, "redirects to what is not followed");
	if (url_is_secure(&from) && !url_is_secure(&to))
		return err_set(err, ERR_FAILED,
			"redirects from https to http, which is not followed; copy the address again");
	/* Send the password only to the host, port and scheme for which it was given. */
	if (!to.user.s && url_is_same_origin(&from, &to))
		to.user = from.user;
	url_put(&to, to.user, &next);
	strbuf_cut(&t->url, 0);
	strbuf_adds(&t->url, next.s);
	t->redirects++;
	return 0;
}

/* A value that the server does not send again still holds. */
static void keep_old(char *to, size_t size, const char *old)
{
	if (!*to && old && strlen(old) < size)
		text_copy(to, size, old);
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static int ask_all(struct transfer *t, struct err *err)
{
	const struct fetch_request *r = t->r;
	bool conditional = (r->etag && *r->etag) || (r->last_modified && *r->last_modified);
	long status;

	if (ask(t, &status, err) < 0)
		return -1;
	while (is_redirect(status)) {
		if (follow(t, err) < 0 || ask(t, &status, err) < 0)
			return -1;
	}
	if (status == 200)
		return 0;
	if (status != 304 || !conditional)
		return explain_status(status, err);
	t->answer.unchanged = true;
	keep_old(t->answer.etag, sizeof(t->answer.etag), r->etag);
	keep_old(t->answer.last_modified, sizeof(t->answer.last_modified), r->last_modified);
	return 0;
}

static int fail(const struct transfer *t, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf where = STRBUF_INIT;

	if (err)
		err->code = ERR_FAILED;
	url_show(t->r->url, &where);
	if (t->redirects) {
		strbuf_adds(&where, ", redirected to ");
		url_show(t->url.s, &where);
	}
	return err_wrap(err, "%s", where.s);
}

int fetch(const struct fetch_request *r, struct fetch_answer *ret, struct err *err)
{
	struct transfer t = { .r = r, .url = STRBUF_INIT, .answer.body = STRBUF_INIT };
	struct url first;
	int got;

	if (url_parse(r->url, &first, err) < 0 || load(err) < 0)
		return -1;
	t.timeout_s = r->timeout_s < 1 ? 1 : r->timeout_s;
	if (t.timeout_s > TIMEOUT_MAX_S)
		t.timeout_s = TIMEOUT_MAX_S;
	url_put(&first, first.user, &t.url);
	got = set_up(&t, err);
	if (got == 0)
		got = ask_all(&t, err);
	if (got < 0) {
		fail(&t, err);
	} else {
		*ret = t.answer;
		t.answer = (struct fetch_answer){ .body = STRBUF_INIT };
	}
	transfer_done(&t);
	return got;
}
