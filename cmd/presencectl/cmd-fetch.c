/* SPDX-License-Identifier: GPL-3.0-or-later */
/* _fetch: the reader of feeds, a child process of ours. It asks the addresses of calendars and parses what they answer. It has neither
 * the configuration nor the database, and gives up what else it could reach before it asks. */
#include <string.h>

#include "cmd/presencectl/ctl.h"
#include "lib/base/text.h"
#include "lib/binding/fetch.h"
#include "lib/binding/hash.h"
#include "lib/binding/ics.h"
#include "lib/binding/worker.h"
#include "lib/calendar/feedmsg.h"

extern const struct command cmd_fetch;

/* Five times what a calendar of 16 MB takes, which is the largest that is read. */
#define MEMORY_MAX ((size_t)512 << 20)

static int confine(const char *ca_file, struct err *err)
{
	const char *const paths[] = { /* Libraries, zones, certificates */
		"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/ssl", "/etc/pki",
		"/etc/ca-certificates", "/var/lib/ca-certificates", "/etc/crypto-policies",
		"/etc/localtime", "/dev/null", "/dev/urandom",
		/* Names of hosts */
		"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf",
		"/etc/gai.conf", "/etc/services", "/run/systemd/resolve", "/run/resolvconf",
		"/run/NetworkManager", "/run/nscd",
		/* The administrator's */
		*ca_file ? ca_file : NULL, NULL
	};

	return worker_confine(paths, MEMORY_MAX, err);
}

/* The version of the program is in it: another one may make something else of the same bytes. */
static int hash_body(const struct strbuf *body, char ret[HASH_SIZE], struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf all = STRBUF_INIT;

	strbuf_adds(&all, VERSION "\n");
	strbuf_add(&all, body->s, body->len);
	return hash_sha256(all.s, all.len, ret, err);
}

static int parse(const struct feed_job *job, const struct strbuf *body, struct zones *zones,
	struct feed_answer *ret, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf shown = STRBUF_INIT;

	if (hash_body(body, ret->copy.hash, err) < 0)
		return -1;
	if (!strcmp(ret->copy.hash, job->copy.hash)) {
		ret->result = FEED_UNCHANGED;
		return 0;
	}
	if (ics_parse(body->s, body->len, zones, &ret->calendar, &ret->report, err) == 0) {
		ret->result = FEED_READ;
		return 0;
	}
	fetch_show_url(job->url, &shown);
	return err_wrap(err, "%s", shown.s);
}

static int ask(
	const struct feed_job *job, struct zones *zones, struct feed_answer *ret, struct err *err)
{
	_cleanup_(fetch_answer_done) struct fetch_answer answer = { .body = STRBUF_INIT };
	const struct fetch_request request = {
		.url = job->url,
		.etag = job->copy.etag,
		.last_modified = job->copy.last_modified,
		.timeout_s = job->timeout_s,
		.bytes_max = ICS_BYTES_MAX,
		.allow_private = job->allow_private,
		.ca_file = job->ca_file,
	};

	if (fetch(&request, &answer, err) < 0)
		return -1;
	text_copy(ret->copy.etag, sizeof(ret->copy.etag), answer.etag);
	text_copy(ret->copy.last_modified, sizeof(ret->copy.last_modified), answer.last_modified);
	if (!answer.unchanged)
		return parse(job, &answer.body, zones, ret, err);
	text_copy(ret->copy.hash, sizeof(ret->copy.hash), job->copy.hash);
	ret->result = FEED_UNCHANGED;
	return 0;
}

static int work(const struct feed_job *job, struct zones *zones, struct err *err)
{
	_cleanup_(feed_answer_done) struct feed_answer answer = FEED_ANSWER_INIT;
	_cleanup_(strbuf_done) struct strbuf message = STRBUF_INIT;
	struct err why;

	if (ask(job, zones, &answer, &why) < 0) {
		answer.result = FEED_FAILED;
		text_copy(answer.why, sizeof(answer.why), why.msg);
	}
	feed_answer_put(&answer, &message);
	return worker_answer(&message, err);
}

static int run(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(zonefiles_freep) struct zonefiles *zones = zonefiles_new(NULL, "UTC");
	_cleanup_(strbuf_done) struct strbuf message = STRBUF_INIT;
	bool is_confined = false;
	struct feed_job job;
	int r;

	(void)ctl;
	(void)in;
	while ((r = worker_await(FEED_JOB_MAX, &message, err)) > 0) {
		if (feed_job_get(message.s, message.len, &job, err) < 0 ||
			(!is_confined && confine(job.ca_file, err) < 0) ||
			work(&job, zonefiles_zones(zones), err) < 0)
			return -1;
		is_confined = true;
	}
	return r;
}

const struct command cmd_fetch = {
	.path = "_fetch",
	.summary = "ask addresses of calendars for the process that started it",
	.hidden = true,
	.run = run,
};
