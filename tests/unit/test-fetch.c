/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendars by address, from tests/lib/feed-server.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/binding/fetch.h"

/* The Internet of these tests: this address is public, and what is sent there comes to the server. */
#define PUBLIC "93.184.216.34"

static int http_port, https_port, closed_port;
static char dir[] = "/tmp/test-fetch-XXXXXX", ca_file[64];
static pid_t server;
static int strayed; /* connections begun to other addresses, or to the loopback itself */

/* These two stand before the ones of libc, also for libcurl. */
int connect(int fd, const struct sockaddr *a, socklen_t n)
{
	struct sockaddr_in to;

	if (a->sa_family == AF_INET && n == sizeof(to)) {
		memcpy(&to, a, sizeof(to));
		if (to.sin_addr.s_addr == inet_addr(PUBLIC)) {
			to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
			return (int)syscall(SYS_connect, fd, &to, sizeof(to));
		}
	}
	__atomic_add_fetch(&strayed, 1, __ATOMIC_SEQ_CST);
	return (int)syscall(SYS_connect, fd, a, n);
}

int getaddrinfo(
	const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	static const struct {
		const char *name, *first, *second;
	} table[] = {
		{ "public.example", PUBLIC, NULL },
		{ "other.example", PUBLIC, NULL },
		{ "private.example", "127.0.0.1", NULL },
		{ "mixed.example", "10.0.0.1", PUBLIC },
		{ "six.example", "::1", NULL },
	};
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
		(__typeof__(real))dlsym(RTLD_NEXT, "getaddrinfo");
	struct in6_addr numeric;
	int r;

	if (inet_pton(AF_INET, name, &numeric) == 1 || inet_pton(AF_INET6, name, &numeric) == 1)
		return real(name, service, hints, ret);
	if (!strcmp(name, "slow.example"))
		sleep(2);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (strcmp(table[i].name, name) != 0)
			continue;
		r = real(table[i].first, service, hints, ret);
		if (r != 0 || !table[i].second)
			return r;
		return real(table[i].second, service, hints, &(*ret)->ai_next);
	}
	return EAI_NONAME;
}

static int find_closed_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	_cleanup_(closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&a, n) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		return -1;
	return ntohs(a.sin_port);
}

static int start_server(void **state)
{
	const char *top = getenv("TOP");
	char script[256];
	int out[2];
	FILE *f;

	(void)state;
	snprintf(script, sizeof(script), "%s/tests/lib/feed-server.py", top ? top : ".");
	if (!mkdtemp(dir) || pipe(out) < 0)
		return -1;
	snprintf(ca_file, sizeof(ca_file), "%s/cert.pem", dir);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		execlp("python3", "python3", script, dir, "--seconds", "900", (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	if (server < 0 || !f || fscanf(f, "HTTP %d HTTPS %d", &http_port, &https_port) != 2)
		return -1;
	fclose(f);
	closed_port = find_closed_port();
	return closed_port > 0 ? 0 : -1;
}

static int stop_server(void **state)
{
	char path[64];

	(void)state;
	if (server > 0) {
		kill(server, SIGTERM);
		waitpid(server, NULL, 0);
	}
	unlink(ca_file);
	snprintf(path, sizeof(path), "%s/key.pem", dir);
	unlink(path);
	return rmdir(dir);
}

/* :HTTP, :HTTPS and :CLOSED in an address become the ports. */
static char *expand(const char *text)
{
	const struct {
		const char *word;
		int port;
	} table[] = {
		{ ":HTTPS", https_port },
		{ ":HTTP", http_port },
		{ ":CLOSED", closed_port },
	};
	struct strbuf to = STRBUF_INIT;

	while (*text) {
		size_t i = 0;

		while (i < ARRAY_SIZE(table) &&
			strncmp(text, table[i].word, strlen(table[i].word)) != 0)
			i++;
		if (i < ARRAY_SIZE(table)) {
			strbuf_addf(&to, ":%d", table[i].port);
			text += strlen(table[i].word);
		} else {
			strbuf_addc(&to, *text++);
		}
	}
	return strbuf_take(&to);
}

static struct fetch_request request(const char *url)
{
	return (struct fetch_request){
		.url = url,
		.etag = "",
		.last_modified = "",
		.timeout_s = 10,
		.bytes_max = 1 << 20,
		.ca_file = ca_file,
	};
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void get(const struct fetch_request *r, struct fetch_answer *ret)
{
	struct err err;

	if (fetch(r, ret, &err) < 0)
		fail_msg("%s: %s", r->url, err.msg);
}

static void test_good(void **state)
{
	static const char *const table[] = {
		"http://public.example:HTTP/good",
		"http://public.example:HTTP/good.ics#fragment",
		"http://" PUBLIC ":HTTP/good",
		"https://public.example:HTTPS/good",
		"webcal://public.example:HTTPS/good",
		"http://mixed.example:HTTP/good",
		"http://public.example:HTTP/packed",
		"http://public.example:HTTP/redirect?to=good",
		"http://public.example:HTTP/redirect?to=/good&status=301",
		"http://public.example:HTTP/redirect?to=/good&status=303",
		"http://public.example:HTTP/redirect?to=/good&status=307",
		"http://public.example:HTTP/redirect?to=/good&status=308",
		"http://public.example:HTTP/redirect?to=http://other.example:HTTP/good",
		"http://public.example:HTTP/redirect?to=https://public.example:HTTPS/good",
		"http://public.example:HTTP/redirect?to=webcal://public.example:HTTPS/good",
		"https://public.example:HTTPS/redirect?to=//public.example:HTTPS/good",
		"http://public.example:HTTP/redirect?to=/redirect?to=/redirect?to=/good",
	};

	(void)state;
	strayed = 0;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(freep) char *url = expand(table[i]);
		struct fetch_request r = request(url);
		struct fetch_answer a;

		get(&r, &a);
		if (strncmp(a.body.s, "BEGIN:VCALENDAR\r\n", 17) != 0)
			fail_msg("%s: %s", url, a.body.s);
		assert_false(a.unchanged);
		assert_string_equal(a.etag, "");
		assert_string_equal(a.last_modified, "");
		fetch_answer_done(&a);
	}
	assert_int_equal(strayed, 0);
}

/* RFC 9110 13.1.2 and 13.1.3. */
static void test_unchanged(void **state)
{
	static const char *const table[] = {
		"https://public.example:HTTPS/etag",
		"http://public.example:HTTP/modified",
		"http://public.example:HTTP/redirect?to=/etag",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(freep) char *url = expand(table[i]);
		struct fetch_request r = request(url);
		struct fetch_answer first, again;

		get(&r, &first);
		assert_false(first.unchanged);
		assert_true(first.body.len > 100);
		assert_true(*first.etag || *first.last_modified);
		r.etag = first.etag;
		r.last_modified = first.last_modified;
		get(&r, &again);
		assert_true(again.unchanged);
		assert_int_equal(again.body.len, 0);
		assert_string_equal(again.etag, first.etag);
		assert_string_equal(again.last_modified, first.last_modified);
		fetch_answer_done(&again);
		r.etag = *first.etag ? "\"older\"" : "";
		r.last_modified = *first.last_modified ? "Fri, 20 Nov 2026 09:00:00 GMT" : "";
		get(&r, &again);
		assert_false(again.unchanged);
		assert_int_equal(again.body.len, first.body.len);
		fetch_answer_done(&again);
		fetch_answer_done(&first);
	}
}

static void test_odd_validators(void **state)
{
	_cleanup_(freep) char *url = expand("http://public.example:HTTP/odd-validators");
	_cleanup_(freep) char *echo = expand("http://public.example:HTTP/echo");
	struct fetch_request r = request(url);
	struct fetch_answer a;

	(void)state;
	get(&r, &a);
	assert_string_equal(a.etag, "");
	assert_string_equal(a.last_modified, "");
	fetch_answer_done(&a);
	r = request(echo);
	r.etag = "\"x\"\r\nX-Forged: yes";
	r.last_modified = NULL;
	get(&r, &a);
	assert_null(strstr(a.body.s, "Forged"));
	assert_null(strstr(a.body.s, "If-"));
	assert_non_null(strstr(a.body.s, "User-Agent: presence/"));
	assert_non_null(strstr(a.body.s, "Accept-Encoding: gzip\n"));
	fetch_answer_done(&a);
}

/* A password goes to the host, port and scheme that it was given for. */
static void test_password(void **state)
{
	static const struct {
		const char *url;
		bool sent;
	} table[] = {
		{ "http://me:hush@public.example:HTTP/echo", true },
		{ "http://me:hush@public.example:HTTP/redirect?to=/echo", true },
		{ "http://me:hush@public.example:HTTP/redirect?to=http://Public.Example:HTTP/echo",
			true },
		{ "http://me:hush@public.example:HTTP/redirect?to=http://other.example:HTTP/echo",
			false },
		{ "http://me:hush@public.example:HTTP/redirect?to=https://public.example:HTTPS/echo",
			false },
		{ "https://me:hush@public.example:HTTPS/redirect?to=https://public.example:HTTPS/echo",
			true },
		{ "http://me:hush@public.example:HTTP/redirect?to=http://other.example:HTTP/"
		  "redirect?to=http://public.example:HTTP/echo",
			false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(freep) char *url = expand(table[i].url);
		struct fetch_request r = request(url);
		struct fetch_answer a;

		get(&r, &a);
		if (!strstr(a.body.s, "Authorization: Basic") == table[i].sent)
			fail_msg("%s: %s", url, a.body.s);
		assert_null(strstr(a.body.s, "Referer"));
		fetch_answer_done(&a);
	}
}

/* Proxies of the environment are for others. */
static void test_environment(void **state)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "all_proxy",
		"ALL_PROXY" };
	static const char *const table[] = {
		"http://public.example:HTTP/good",
		"https://public.example:HTTPS/good",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		setenv(names[i], "http://127.0.0.1:1", 1);
	strayed = 0;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(freep) char *url = expand(table[i]);
		struct fetch_request r = request(url);
		struct fetch_answer a;

		get(&r, &a);
		fetch_answer_done(&a);
	}
	assert_int_equal(strayed, 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}

static void test_size(void **state)
{
	static const struct {
		const char *path;
		size_t max;
		bool fits;
	} table[] = {
		{ "big?bytes=0", 0, true },
		{ "big?bytes=1", 0, false },
		{ "big?bytes=100000", 100000, true },
		{ "big?bytes=100001", 100000, false },
		{ "good", 100, false },
		{ "packed", 200, false },
		{ "bomb", 1 << 20, false },
		{ "claims", 1 << 20, false },
		{ "endless", 1 << 20, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(freep) char *base = expand("http://public.example:HTTP/"), *url = NULL;
		struct fetch_request r = { 0 };
		struct fetch_answer a = { .body = STRBUF_INIT };
		struct err err = { 0 };
		char expect[64];

		assert_true(asprintf(&url, "%s%s", base, table[i].path) > 0);
		r = request(url);
		r.bytes_max = table[i].max;
		if (fetch(&r, &a, &err) != (table[i].fits ? 0 : -1))
			fail_msg("%s: %s", url, err.msg);
		snprintf(expect, sizeof(expect), "answered more than %zu bytes", table[i].max);
		if (!table[i].fits && !strstr(err.msg, expect))
			fail_msg("%s: %s", url, err.msg);
		fetch_answer_done(&a);
	}
}

struct failure {
	const char *url, *message;
	int timeout_s; /* 0: long enough */
	int option;
};
enum { ALLOW_PRIVATE = 1, NO_CA, BAD_CA, EMPTY_CA };

/* A '*' at the end stands for words of libcurl, which differ by version. */
static bool is_message(const char *got, const char *want)
{
	size_t n = strcspn(want, "*");

	return want[n] ? !strncmp(got, want, n) && got[n] : !strcmp(got, want);
}

/* All of the message; in no case does it hold what is secret in the address. */
static void check_failure(const struct failure *f)
{
	_cleanup_(freep) char *url = expand(f->url), *message = expand(f->message);
	struct fetch_request r = request(url);
	struct fetch_answer a = { .body = STRBUF_INIT };
	struct err err = { 0 };
	double begin = now();

	r.allow_private = f->option == ALLOW_PRIVATE;
	if (f->timeout_s)
		r.timeout_s = f->timeout_s;
	if (f->option >= NO_CA)
		r.ca_file = f->option == NO_CA ? ""
			: f->option == BAD_CA  ? "/no/such.pem"
					       : "/dev/null";
	if (fetch(&r, &a, &err) == 0)
		fail_msg("%s: no error", url);
	if (!is_message(err.msg, message))
		fail_msg("%s: '%s', not '%s'", url, err.msg, message);
	assert_int_equal(err.code, ERR_FAILED);
	assert_null(strstr(err.msg, "hush"));
	assert_int_equal(a.body.len, 0);
	if (now() - begin > (double)r.timeout_s + 0.5)
		fail_msg("%s: %.1f s", url, now() - begin);
}

#define HTTP   "http://me:hush@public.example:HTTP/"
#define HTTPS  "https://me:hush@public.example:HTTPS/"
#define AT     "http://public.example:HTTP/..."
#define AT_TLS "https://public.example:HTTPS/..."

static void test_failures(void **state)
{
	static const struct failure table[] = {
		{ HTTP "401?hush",
			AT
			": answered 401: the address is no longer valid or wants a password; copy it again",
			0, 0 },
		{ HTTP "403?hush",
			AT
			": answered 403: the address is no longer valid or wants a password; copy it again",
			0, 0 },
		{ HTTP "404?hush",
			AT
			": answered 404: there is no calendar at this address any more; copy it again",
			0, 0 },
		{ HTTPS "410?hush",
			AT_TLS
			": answered 410: there is no calendar at this address any more; copy it again",
			0, 0 },
		{ HTTP "429?hush", AT ": answered 429: it is asked too often", 0, 0 },
		{ HTTP "500?hush", AT ": answered 500: the fault is there; try again later", 0, 0 },
		{ HTTP "503?hush", AT ": answered 503: the fault is there; try again later", 0, 0 },
		{ HTTP "206?hush", AT ": answered 206: that is no calendar; copy the address again",
			0, 0 },
		{ HTTP "300?hush", AT ": answered 300: that is no calendar; copy the address again",
			0, 0 },
		{ HTTP "304?hush", AT ": answered 304: that is no calendar; copy the address again",
			0, 0 },
		{ HTTP "loop?hush",
			AT ", redirected to " AT
			   ": redirects more than 3 times; copy the address again",
			0, 0 },
		{ HTTP "nowhere?hush", AT ": redirects without saying where to", 0, 0 },
		{ HTTP "endless-page?hush", AT ": answered without end, and no calendar", 0, 0 },
		{ HTTP "endless-headers?hush", AT ": answered without end, and no calendar", 0, 0 },
		{ HTTP "endless-interim?hush", AT ": answered without end, and no calendar", 0, 0 },
		{ HTTP "redirect?hush&to=file:///etc/hush",
			AT
			": redirects to what is not followed: 'file:' is no address of a calendar; only https, http and webcal are",
			0, 0 },
		{ HTTP "redirect?hush&to=FTP://public.example/hush",
			AT
			": redirects to what is not followed: 'ftp:' is no address of a calendar; only https, http and webcal are",
			0, 0 },
		{ HTTP "redirect?hush&to=gopher://127.0.0.1:CLOSED/_hush",
			AT
			": redirects to what is not followed: 'gopher:' is no address of a calendar; only https, http and webcal are",
			0, 0 },
		{ HTTP "redirect?hush&to=http://:CLOSED/hush",
			AT
			": redirects to what is not followed: the address of a calendar must name a host behind 'http://'",
			0, 0 },
		{ HTTPS "redirect?hush&to=http://public.example:HTTP/good",
			AT_TLS
			": redirects from https to http, which is not followed; copy the address again",
			0, 0 },
		{ HTTP "redirect?hush&to=http://public.example:HTTP/404?hush",
			AT
			", redirected to " AT
			": answered 404: there is no calendar at this address any more; copy it again",
			0, 0 },
		{ HTTP "nothing?hush", AT ": closed by the other side without an answer", 0, 0 },
		{ HTTP "cut?hush", AT ": closed by the other side before all had come", 0, 0 },
		{ HTTP "badly-packed?hush", AT ": what came cannot be unpacked", 0, 0 },
		{ HTTP "not-http?hush", AT ": does not answer in HTTP", 0, 0 },
		{ HTTP "silent?hush", AT ": timed out after 1 s", 1, 0 },
		{ HTTPS "silent?hush", AT_TLS ": timed out after 1 s", 1, 0 },
		{ HTTP "slow?hush", AT ": timed out after 1 s", 1, 0 },
		{ HTTP "slow?hush", AT ": too slow: fewer than 100 bytes a second for 1 s", 3, 0 },
		{ "https://public.example:HTTP/hush",
			"https://public.example:HTTP/...: TLS: wrong version number (that port does not speak TLS)",
			0, 0 },
		{ "http://public.example:CLOSED/hush",
			"http://public.example:CLOSED/...: cannot connect: Connection refused", 0,
			0 },
		{ "http://unknown.example/hush",
			"http://unknown.example/...: cannot resolve the name of its host; is it right, and does DNS work here?",
			0, 0 },
		{ "http://slow.example/hush", "http://slow.example/...: timed out after 1 s", 1,
			0 },
		{ "https://other.example:HTTPS/good?hush",
			"https://other.example:HTTPS/...: its certificate is not trusted: *", 0,
			0 },
		{ HTTPS "good?hush", AT_TLS ": its certificate is not trusted: *", 0, NO_CA },
		{ HTTPS "good?hush",
			AT_TLS
			": ca_file '/no/such.pem' cannot be read or holds no certificate in PEM form",
			0, BAD_CA },
		{ HTTPS "good?hush",
			AT_TLS
			": ca_file '/dev/null' cannot be read or holds no certificate in PEM form",
			0, EMPTY_CA },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check_failure(&table[i]);
}

/* The host of a redirect is shown as libcurl understands it, so only the end is compared. */
static void check_refused(const char *text, const char *message)
{
	_cleanup_(freep) char *url = expand(text);
	struct fetch_request r = request(url);
	struct fetch_answer a;
	struct err err = { 0 };
	size_t n;

	assert_int_equal(fetch(&r, &a, &err), -1);
	n = strlen(err.msg);
	if (n < strlen(message) || strcmp(err.msg + n - strlen(message), message) != 0)
		fail_msg("%s: '%s', not '%s'", url, err.msg, message);
	assert_null(strstr(err.msg, "hush"));
}

/* No packet goes to what is not public, by whatever way it is named. */
static void test_private(void **state)
{
	static const struct {
		const char *host, *address;
	} table[] = {
		{ "127.0.0.1", "127.0.0.1" },
		{ "127.1", "127.0.0.1" },
		{ "2130706433", "127.0.0.1" },
		{ "0x7f.0.0.1", "127.0.0.1" },
		{ "0177.0.0.1", "127.0.0.1" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "private.example", "127.0.0.1" },
		{ "169.254.169.254", "169.254.169.254" },
		{ "10.1.2.3", "10.1.2.3" },
		{ "192.168.1.1", "192.168.1.1" },
		{ "100.64.0.1", "100.64.0.1" },
		{ "224.0.0.1", "224.0.0.1" },
		{ "[::1]", "::1" },
		{ "[::]", "::" },
		{ "[::ffff:127.0.0.1]", "::ffff:127.0.0.1" },
		{ "[::ffff:a9fe:a9fe]", "::ffff:169.254.169.254" },
		{ "[64:ff9b::a9fe:a9fe]", "64:ff9b::a9fe:a9fe" },
		{ "[fd00:ec2::254]", "fd00:ec2::254" },
		{ "[fe80::1]", "fe80::1" },
		{ "six.example", "::1" },
	};

	(void)state;
	strayed = 0;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char direct[100], redirect[200], message[200];

		snprintf(direct, sizeof(direct), "http://%s:HTTP/hush", table[i].host);
		snprintf(redirect, sizeof(redirect), HTTP "redirect?to=%s", direct);
		snprintf(message, sizeof(message),
			": its host has the address %s, which is not public; calendars.allow_private would let it",
			table[i].address);
		check_refused(direct, message);
		check_refused(redirect, message);
	}
	assert_int_equal(strayed, 0);
}

static void test_private_allowed(void **state)
{
	static const char *const table[] = {
		"http://127.0.0.1:HTTP/good",
		"https://localhost:HTTPS/good",
		"http://private.example:HTTP/redirect?to=http://127.0.0.1:HTTP/good",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(freep) char *url = expand(table[i]);
		struct fetch_request r = request(url);
		struct fetch_answer a;

		r.allow_private = true;
		get(&r, &a);
		assert_true(a.body.len > 100);
		fetch_answer_done(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_odd_validators),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_private_allowed),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
