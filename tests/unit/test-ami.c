/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/pbx/ami.h"

#define ID "Unguessable0"

/* What a good PBX says up to the end of the login. The actions have the numbers 1 and 2. */
#define BANNER    "Asterisk Call Manager/11.0.0\r\n"
#define CHALLENGE "Response: Success\r\nActionID: " ID "-1\r\nChallenge: 4711\r\n\r\n"
#define ACCEPTED                                                                                   \
	"Response: Success\r\nActionID: " ID "-2\r\nMessage: Authentication accepted\r\n\r\n"
#define BOOTED "Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 5\r\n\r\n"
#define LOGIN  BANNER CHALLENGE ACCEPTED
#define READY  LOGIN BOOTED

#define ASKS_CHALLENGE "Action: Challenge\r\nActionID: " ID "-1\r\nAuthType: MD5\r\n\r\n"
#define ASKS_LOGIN                                                                                 \
	"Action: Login\r\nActionID: " ID "-2\r\nUsername: presence\r\nEvents: system,call\r\n"     \
	"AuthType: MD5\r\nKey: md5(4711,swordfish)\r\n\r\n"
#define ASKS_PLAIN                                                                                 \
	"Action: Login\r\nActionID: " ID "-1\r\nUsername: presence\r\nEvents: system,call\r\n"     \
	"Secret: swordfish\r\n\r\n"

static int fake_md5(const char *a, const char *b, char ret[33])
{
	snprintf(ret, 33, "md5(%s,%s)", a, b);
	return 0;
}

static int no_md5(const char *a, const char *b, char ret[33])
{
	(void)a;
	(void)b;
	(void)ret;
	return -1;
}

static const struct ami_conf conf_md5 = { .username = "presence",
	.secret = "swordfish",
	.events = "system,call",
	.window = 4,
	.greet_ms = 5000,
	.boot_ms = 60000,
	.answer_ms = 2000,
	.silence_ms = 5000,
	.ping_ms = 30000,
	.id_prefix = ID,
	.md5 = fake_md5 };

/* A dialogue under test, and what it told. */
struct trial {
	struct ami *a;
	struct strbuf told;
	unsigned sends; /* Setvar actions to send when ready, with tags 100, 101 ... */
	int64_t now;
};

static int send_setvar(struct trial *t, uint64_t tag, struct err *err)
{
	const char *fields[] = { "Action", "Setvar", "Variable", "X", NULL };

	return ami_send(t->a, tag, fields, t->now, err);
}

static void on_answer(void *data, uint64_t tag, bool ok, const struct amimsg *m)
{
	struct trial *t = data;
	const char *text = m ? amimsg_get(m, "Message") : "none";

	strbuf_addf(&t->told, "answer %d %s %s\n", (int)tag, ok ? "ok" : "no", text ? text : "-");
}

static void on_item(void *data, uint64_t tag, const struct amimsg *m)
{
	struct trial *t = data;

	strbuf_addf(&t->told, "item %d %s\n", (int)tag, amimsg_get(m, "X"));
}

static void on_event(void *data, const struct amimsg *m)
{
	struct trial *t = data;

	strbuf_addf(&t->told, "event %s\n", amimsg_get(m, "Event"));
}

static void on_phase(void *data, enum ami_phase phase)
{
	struct trial *t = data;

	strbuf_addf(&t->told, "phase %d\n", phase);
	for (unsigned i = 0; phase == AMI_READY && i < t->sends; i++)
		assert_int_equal(send_setvar(t, 100 + i, NULL), 0);
}

static const struct ami_handlers handlers = {
	.answer = on_answer, .item = on_item, .event = on_event, .phase = on_phase
};

static void trial_begin(struct trial *t, const struct ami_conf *conf, unsigned sends)
{
	*t = (struct trial){ .told = STRBUF_INIT, .sends = sends, .now = 1000 };
	t->a = ami_new(conf, &handlers, t, t->now);
}

static void trial_end(struct trial *t)
{
	ami_free(t->a);
	strbuf_done(&t->told);
}

static int input(struct trial *t, const char *bytes, struct err *err)
{
	return ami_input(t->a, bytes, strlen(bytes), t->now, err);
}

/* Everything to be sent, which is then taken. Lent until the next call. */
static const char *sent(struct trial *t)
{
	static char text[65536];
	const char *out;
	size_t n = ami_output(t->a, &out);

	assert_true(n < sizeof(text));
	memcpy(text, out, n);
	text[n] = '\0';
	ami_sent(t->a, n);
	assert_int_equal(ami_output(t->a, &out), 0);
	return text;
}

/* Feed `in` in portions; an error appears in what was told as "!" and its message. */
static void feed(struct trial *t, const char *in, size_t step)
{
	size_t n = strlen(in);
	struct err err;

	for (size_t i = 0; i < n; i += step) {
		if (ami_input(t->a, in + i, n - i < step ? n - i : step, t->now, &err) < 0) {
			strbuf_addf(&t->told, "!%d %s\n", ami_failure(t->a), err.msg);
			assert_int_equal(ami_input(t->a, "x", 1, t->now, &err), -1);
			assert_int_equal(ami_room(t->a), 0);
			assert_true(ami_deadline(t->a) == INT64_MAX);
			break;
		}
	}
}

/* A dialogue: what the other side says after n actions were sent at once, and what came of it. */
struct dialogue {
	const char *in, *told, *out;
	unsigned sends;
};

static void check(const struct ami_conf *conf, const struct dialogue *d)
{
	static const size_t steps[] = { SIZE_MAX / 2, 1, 2, 5, 100 };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct trial t;

		trial_begin(&t, conf, d->sends);
		feed(&t, d->in, steps[i]);
		assert_string_equal(t.told.s, d->told);
		if (d->out)
			assert_string_equal(sent(&t), d->out);
		trial_end(&t);
	}
}

static void test_login(void **state)
{
	static const struct dialogue cases[] = {
		{ BANNER, "", ASKS_CHALLENGE, 0 },
		{ "Asterisk Call Manager/5.0.4\n", "", ASKS_CHALLENGE, 0 },
		{ BANNER CHALLENGE, "", ASKS_CHALLENGE ASKS_LOGIN, 0 },
		{ LOGIN, "phase 2\n", ASKS_CHALLENGE ASKS_LOGIN, 0 },
		{ READY, "phase 2\nphase 3\n", ASKS_CHALLENGE ASKS_LOGIN, 0 },
		/* FullyBooted later, after other events, and a second time. */
		{ LOGIN "Event: Reload\r\n\r\n" BOOTED BOOTED, "phase 2\nevent Reload\nphase 3\n",
			NULL, 0 },
		/* Nothing counts before the login is through. */
		{ BANNER "Event: Reload\r\n\r\n" BOOTED CHALLENGE BOOTED ACCEPTED, "phase 2\n",
			NULL, 0 },
		/* Answers that are not ours. */
		{ BANNER "Response: Success\r\nChallenge: 1\r\n\r\n"
			 "Response: Success\r\nActionID: " ID "-2\r\nChallenge: 1\r\n\r\n"
			 "Response: Success\r\nActionID: " ID "-01\r\nChallenge: 1\r\n\r\n"
			 "Response: Success\r\nActionID: Unguessable1-1\r\nChallenge: 1\r\n\r\n",
			"", ASKS_CHALLENGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&conf_md5, &cases[i]);
}

static void test_login_plain(void **state)
{
	static const struct dialogue plain = { BANNER
		"Response: Success\r\nActionID: " ID
		"-1\r\nMessage: Authentication accepted\r\n\r\n" BOOTED,
		"phase 2\nphase 3\n", ASKS_PLAIN, 0 };
	struct ami_conf conf = conf_md5;

	(void)state;
	conf.plain = true;
	conf.md5 = NULL;
	check(&conf, &plain);
}

#define WHO "Asterisk refused the login of 'presence': "

static void test_login_refused(void **state)
{
	static const struct {
		const char *message, *says;
	} cases[] = {
		{ "Message: Authentication failed\r\n",
			"wrong user name or secret, or this address is not permitted (see manager.conf there)" },
		{ "Message: Login Already In Use\r\n",
			"it is logged in already, and allowmultiplelogin=no in manager.conf: does another "
			"presenced use this PBX?" },
		{ "Message: Go\x1b[31m away\r\n", "Go?[31m away" },
		{ "", "no reason given" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char in[500], told[500];
		struct dialogue d = { in, told, NULL, 0 };

		/* Refused at the login, and already at the challenge. */
		for (int step = 1; step <= 2; step++) {
			snprintf(in, sizeof(in),
				BANNER "%sResponse: Error\r\nActionID: " ID "-%d\r\n%s\r\n",
				step == 2 ? CHALLENGE : "", step, cases[i].message);
			snprintf(told, sizeof(told), "!%d " WHO "%s\n", AMI_FAIL_LOGIN,
				cases[i].says);
			check(&conf_md5, &d);
		}
	}
}

static void test_login_impossible(void **state)
{
	static const struct dialogue lacks_md5 = { BANNER CHALLENGE,
		"!2 cannot answer Asterisk's challenge: no MD5 on this system (FIPS?): log in with the plain "
		"secret, over TLS\n",
		ASKS_CHALLENGE, 0 };
	static const struct dialogue injected = { BANNER CHALLENGE,
		"!2 login of 'a?b': not sent to Asterisk: a control character in Username\n",
		ASKS_CHALLENGE, 0 };
	struct ami_conf conf = conf_md5;

	(void)state;
	conf.md5 = no_md5;
	check(&conf, &lacks_md5);
	conf = conf_md5;
	conf.username = "a\nb";
	check(&conf, &injected);
}

#define NOT_ASTERISK "!1 this is not Asterisk's manager interface, it greets with '"

static void test_banner(void **state)
{
	static const struct dialogue cases[] = {
		{ "SSH-2.0-OpenSSH_9.2\r\n",
			NOT_ASTERISK "SSH-2.0-OpenSSH_9.2': check host, port and tls\n", "", 0 },
		{ "\r\n", NOT_ASTERISK "': check host, port and tls\n", "", 0 },
		{ "asterisk call manager/1.0\r\n",
			NOT_ASTERISK "asterisk call manager/1.0': check host, port and tls\n", "",
			0 },
		{ "Asterisk Call Manager/\r\n",
			"!1 Asterisk's manager interface has no usable version: 'Asterisk Call Manager/'\n",
			"", 0 },
		{ "Asterisk Call Manager/1;2\r\n",
			"!1 Asterisk's manager interface has no usable version: 'Asterisk Call Manager/1;2'\n",
			"", 0 },
		{ "Asterisk Call Manager/1.0", "", "", 0 },
	};
	struct trial t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&conf_md5, &cases[i]);
	trial_begin(&t, &conf_md5, 0);
	assert_string_equal(ami_version(t.a), "");
	assert_int_equal(input(&t, BANNER, NULL), 0);
	assert_string_equal(ami_version(t.a), "11.0.0");
	assert_int_equal(ami_phase(t.a), AMI_LOGIN);
	trial_end(&t);
}

static void test_answers(void **state)
{
	static const struct dialogue cases[] = {
		{ READY "Response: Success\r\nActionID: " ID "-3\r\nMessage: Variable Set\r\n\r\n"
			"Response: Error\r\nActionID: " ID "-4\r\nMessage: Variable not set\r\n\r\n"
			"Response: Goodbye\r\nActionID: " ID "-5\r\n\r\n",
			"phase 2\nphase 3\nanswer 100 ok Variable Set\nanswer 101 no Variable not set\n"
			"answer 102 ok -\n",
			NULL, 3 },
		/* Out of order: only the ActionID counts. */
		{ READY "Response: Success\r\nActionID: " ID
			"-4\r\n\r\nResponse: Error\r\nActionID: " ID "-3\r\n\r\n",
			"phase 2\nphase 3\nanswer 101 ok -\nanswer 100 no -\n", NULL, 2 },
		/* A line too long is answered twice, once without ActionID; none is answered again. */
		{ READY "Response: Error\r\nActionID: " ID "-3\r\nMessage: line too long\r\n\r\n"
			"Response: Error\r\nMessage: Missing action in request\r\n\r\n"
			"Response: Success\r\nActionID: " ID "-3\r\n\r\n"
			"Response: Success\r\nActionID: " ID "-4\r\n\r\n",
			"phase 2\nphase 3\nanswer 100 no line too long\nanswer 101 ok -\n", NULL,
			2 },
		/* Forged: foreign, guessed and mangled ActionIDs, also in the middle of an event. */
		{ READY "Response: Success\r\nActionID: 3\r\n\r\nResponse: Success\r\nActionID: -3\r\n\r\n"
			"Response: Success\r\nActionID: Unguessable00-3\r\n\r\n"
			"Response: Success\r\nActionID: Unguessabl-3\r\n\r\n"
			"Response: Success\r\nActionID: unguessable0-3\r\n\r\n"
			"Response: Success\r\nActionID: " ID "\r\n\r\n"
			"Response: Success\r\nActionID: " ID "-\r\n\r\n"
			"Response: Success\r\nActionID: " ID "-0\r\n\r\n"
			"Response: Success\r\nActionID: " ID "-03\r\n\r\n"
			"Response: Success\r\nActionID: " ID "- 3\r\n\r\n"
			"Response: Success\r\nActionID: " ID "-3x\r\n\r\n"
			"Response: Success\r\nActionID: " ID "-+3\r\n\r\n"
			"Response: Success\r\nActionID: " ID "-7\r\n\r\n"
			"Response: Success\r\nActionID: " ID "-18446744073709551619\r\n\r\n"
			"Response: Success\r\nActionID: 1\r\nActionID: " ID "-3\r\n\r\n"
			"X: y\r\nResponse: Success\r\nActionID: " ID "-3\r\n\r\n",
			"phase 2\nphase 3\n", NULL, 1 },
		/* An event is one although it has a Response, as OriginateResponse has. */
		{ READY "Event: OriginateResponse\r\nActionID: " ID
			"-3\r\nResponse: Failure\r\n\r\n"
			"Event: Reload\r\nResponse: Success\r\nActionID: " ID "-3\r\n\r\n",
			"phase 2\nphase 3\nevent OriginateResponse\nevent Reload\n", NULL, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&conf_md5, &cases[i]);
}

#define ANSWER(n)  "Response: Success\r\nActionID: " ID "-" n "\r\n\r\n"
#define PONG(n)    "Response: Success\r\nActionID: " ID "-" n "\r\nPing: Pong\r\n\r\n"
#define STARTS(n)  "Response: Success\r\nActionID: " ID "-" n "\r\nEventList: start\r\n\r\n"
#define ITEM(n, x) "Event: Item\r\nActionID: " ID "-" n "\r\nX: " x "\r\n\r\n"
#define COMPLETE(n)                                                                                \
	"Event: ItemComplete\r\nActionID: " ID "-" n                                               \
	"\r\nEventList: Complete\r\nMessage: end\r\n\r\n"

static void test_lists(void **state)
{
	static const struct dialogue cases[] = {
		{ READY STARTS("3") ITEM("3", "a") ITEM("3", "b") COMPLETE("3"),
			"phase 2\nphase 3\nitem 100 a\nitem 100 b\nanswer 100 ok end\n", NULL, 1 },
		{ READY STARTS("3") COMPLETE("3"), "phase 2\nphase 3\nanswer 100 ok end\n", NULL,
			1 },
		/* DBGet: a list of one, its item named DBGetResponse. */
		{ READY STARTS("3") "Event: DBGetResponse\r\nFamily: f\r\nX: v\r\nActionID: " ID
				    "-3\r\n\r\n"
				    "Event: DBGetComplete\r\nActionID: " ID
				    "-3\r\nEventList: Complete\r\n\r\n",
			"phase 2\nphase 3\nitem 100 v\nanswer 100 ok -\n", NULL, 1 },
		/* Refused: an answer like any other. */
		{ READY "Response: Error\r\nActionID: " ID
			"-3\r\nMessage: no\r\n\r\n" ITEM("3", "a"),
			"phase 2\nphase 3\nanswer 100 no no\nevent Item\n", NULL, 1 },
		{ READY STARTS("3") ITEM("3", "a") "Event: ItemComplete\r\nActionID: " ID
						   "-3\r\nEventList: Cancelled\r\n\r\n",
			"phase 2\nphase 3\nitem 100 a\nanswer 100 no -\n", NULL, 1 },
		/* Items and ends count only with the ActionID, and only in a list. */
		{ READY ITEM("3", "x") COMPLETE("3") STARTS(
			  "3") "Event: Item\r\nX: forged\r\n\r\n"
			       "Event: Item\r\nActionID: Unguessable1-3\r\nX: forged\r\n\r\n" COMPLETE(
				       "4") "Event: ItemComplete\r\nEventList: Complete\r\n\r\n" ITEM("3",
				       "a") COMPLETE("3") COMPLETE("3") ITEM("3", "late"),
			"phase 2\nphase 3\nevent Item\nevent ItemComplete\nevent Item\nevent Item\n"
			"event ItemComplete\nevent ItemComplete\nitem 100 a\nanswer 100 ok end\n"
			"event ItemComplete\nevent Item\n",
			NULL, 2 },
		/* A second answer cannot end a list. */
		{ READY STARTS("3") "Response: Success\r\nActionID: " ID "-3\r\n\r\n" STARTS("3")
				ITEM("3", "a") COMPLETE("3"),
			"phase 2\nphase 3\nitem 100 a\nanswer 100 ok end\n", NULL, 1 },
		/* Two lists and an answer behind them. */
		{ READY STARTS("3") ITEM("3", "a") COMPLETE("3") STARTS("4") ITEM("4", "b")
				COMPLETE("4") "Response: Success\r\nActionID: " ID "-5\r\n\r\n",
			"phase 2\nphase 3\nitem 100 a\nanswer 100 ok end\nitem 101 b\nanswer 101 ok end\n"
			"answer 102 ok -\n",
			NULL, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&conf_md5, &cases[i]);
}

static void test_send(void **state)
{
	const char *good[] = { "Action", "DBPut", "Family", "f", "ActionID", "mine", "Val", "",
		NULL };
	const char *bad[] = { "Action", "DBPut", "Val", "a\r\nAction: Ping", NULL };
	struct trial t;
	struct err err;

	(void)state;
	trial_begin(&t, &conf_md5, 0);
	assert_int_equal(ami_send(t.a, 1, good, t.now, &err), -1);
	assert_string_equal(err.msg, "too many actions are under way to this PBX");
	assert_int_equal(input(&t, LOGIN, NULL), 0);
	assert_int_equal(ami_room(t.a), 0);
	assert_int_equal(input(&t, BOOTED, NULL), 0);
	sent(&t);
	assert_int_equal(ami_send(t.a, 1, bad, t.now, &err), -1);
	assert_string_equal(err.msg, "not sent to Asterisk: a control character in Val");
	assert_int_equal(ami_pending(t.a), 0);
	assert_int_equal(ami_failure(t.a), AMI_FAIL_NONE);
	assert_int_equal(ami_send(t.a, 1, good, t.now, &err), 0);
	/* Ours comes first; Asterisk takes the first. */
	assert_string_equal(sent(&t),
		"Action: DBPut\r\nActionID: " ID
		"-3\r\nFamily: f\r\nActionID: mine\r\nVal: \r\n\r\n");
	trial_end(&t);
}

/* However the bytes are taken, they come out once and in order. */
static void test_output(void **state)
{
	struct strbuf whole = STRBUF_INIT, parts = STRBUF_INIT;

	(void)state;
	for (size_t step = 1; step < 200; step = step * 2 + 1) {
		struct strbuf *to = step == 1 ? &whole : &parts;
		struct trial t;
		const char *out;
		size_t n;

		trial_begin(&t, &conf_md5, 4);
		assert_int_equal(input(&t, READY, NULL), 0);
		for (int round = 0; (n = ami_output(t.a, &out)) > 0; round++) {
			n = n < step ? n : step;
			strbuf_add(to, out, n);
			ami_sent(t.a, n);
			if (round == 3)
				assert_int_equal(
					input(&t, "Response: Success\r\nActionID: " ID "-3\r\n\r\n",
						NULL),
					0);
			if (round == 3)
				assert_int_equal(send_setvar(&t, 9, NULL), 0);
		}
		if (step > 1)
			assert_string_equal(parts.s, whole.s);
		strbuf_cut(&parts, 0);
		trial_end(&t);
	}
	strbuf_done(&whole);
	strbuf_done(&parts);
}

static void test_window(void **state)
{
	char answer[100];
	struct trial t;

	(void)state;
	trial_begin(&t, &conf_md5, 0);
	assert_int_equal(input(&t, READY, NULL), 0);
	assert_int_equal(ami_room(t.a), 4);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(send_setvar(&t, i, NULL), 0);
	assert_int_equal(ami_room(t.a), 0);
	assert_int_equal(ami_pending(t.a), 4);
	assert_int_equal(send_setvar(&t, 4, NULL), -1);
	/* Thousands of times around. */
	for (unsigned i = 0; i < 10000; i++) {
		snprintf(answer, sizeof(answer), "Response: Success\r\nActionID: " ID "-%u\r\n\r\n",
			3 + i);
		assert_int_equal(input(&t, answer, NULL), 0);
		assert_int_equal(ami_room(t.a), 1);
		assert_int_equal(send_setvar(&t, i, NULL), 0);
		assert_int_equal(send_setvar(&t, i, NULL), -1);
		sent(&t);
		strbuf_cut(&t.told, 0);
	}
	assert_int_equal(ami_pending(t.a), 4);
	trial_end(&t);
}

static void test_timeouts(void **state)
{
	static const struct {
		const char *in;
		int64_t after_ms;
		const char *says, *told;
		unsigned sends;
	} cases[] = {
		{ "", 5000,
			"no greeting from Asterisk within 5 s: check host and port, and whether that port "
			"wants TLS",
			"", 0 },
		{ "Asterisk Call", 5000,
			"no greeting from Asterisk within 5 s: check host and port, and "
			"whether that port wants TLS",
			"", 0 },
		{ BANNER, 5000, "no answer to the login of 'presence' within 5 s", "", 0 },
		{ BANNER CHALLENGE, 5000, "no answer to the login of 'presence' within 5 s", "",
			0 },
		{ LOGIN, 60000,
			"no FullyBooted from Asterisk within 60 s of the login: either 'presence' "
			"lacks 'system' in read= (manager.conf there), or the PBX is still booting",
			"phase 2\n", 0 },
		{ READY, 5000, "Asterisk has not answered for 5 s",
			"phase 2\nphase 3\nanswer 100 no none\n"
			"answer 101 no none\n",
			2 },
		{ READY STARTS("3") ITEM("3", "a"), 5000, "Asterisk has not answered for 5 s",
			"phase 2\nphase 3\nitem 100 a\nanswer 100 no none\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct trial t;
		struct err err;

		trial_begin(&t, &conf_md5, cases[i].sends);
		feed(&t, cases[i].in, 1);
		sent(&t);
		if (cases[i].sends) {
			assert_int_equal(ami_deadline(t.a), t.now + 2000);
			assert_int_equal(ami_timeout(t.a, t.now + 2000, &err), 0);
			assert_non_null(strstr(sent(&t), "Action: Ping\r\n"));
		}
		assert_int_equal(ami_deadline(t.a), t.now + cases[i].after_ms);
		assert_int_equal(ami_timeout(t.a, t.now + cases[i].after_ms - 1, &err), 0);
		assert_string_equal(sent(&t), "");
		assert_int_equal(ami_timeout(t.a, t.now + cases[i].after_ms, &err), -1);
		assert_string_equal(err.msg, cases[i].says);
		assert_string_equal(t.told.s, cases[i].told);
		assert_int_equal(ami_failure(t.a), AMI_FAIL_SILENT);
		assert_int_equal(ami_pending(t.a), 0);
		assert_int_equal(ami_timeout(t.a, t.now + 999999, &err), -1);
		trial_end(&t);
	}
}

/* Each step has its own time. An action that is not answered has a ping behind it. Whatever is answered is a sign of life. */
static void test_deadlines(void **state)
{
	struct trial t;

	(void)state;
	trial_begin(&t, &conf_md5, 0);
	t.now = 5000;
	assert_int_equal(input(&t, BANNER, NULL), 0);
	assert_int_equal(ami_deadline(t.a), 10000);
	t.now = 9000;
	assert_int_equal(input(&t, CHALLENGE, NULL), 0);
	assert_int_equal(ami_deadline(t.a), 14000);
	t.now = 10000;
	assert_int_equal(input(&t, ACCEPTED, NULL), 0);
	assert_int_equal(ami_deadline(t.a), 70000);
	t.now = 69000; /* events do not put it off */
	assert_int_equal(input(&t, "Event: Reload\r\n\r\n", NULL), 0);
	assert_int_equal(ami_deadline(t.a), 70000);
	assert_int_equal(input(&t, BOOTED, NULL), 0);
	assert_int_equal(ami_deadline(t.a), 99000);
	assert_int_equal(send_setvar(&t, 1, NULL), 0);
	t.now = 70000;
	assert_int_equal(send_setvar(&t, 2, NULL), 0);
	t.now = 71000;
	assert_int_equal(send_setvar(&t, 3, NULL), 0);
	assert_int_equal(input(&t, "Event: Reload\r\n\r\n", NULL), 0);
	assert_int_equal(ami_deadline(t.a), 71000);
	assert_int_equal(ami_timeout(t.a, 71000, NULL), 0);
	assert_int_equal(ami_deadline(t.a), 74000);
	assert_int_equal(input(&t, ANSWER("4"), NULL), 0);
	assert_int_equal(ami_deadline(t.a), 76000);
	assert_int_equal(input(&t, ANSWER("3"), NULL), 0);
	assert_int_equal(ami_deadline(t.a), 76000);
	/* A list that goes on is a sign of life. */
	t.now = 72000;
	assert_int_equal(input(&t, STARTS("5"), NULL), 0);
	assert_int_equal(ami_deadline(t.a), 77000);
	t.now = 76000;
	assert_int_equal(input(&t, ITEM("5", "a"), NULL), 0);
	assert_int_equal(ami_deadline(t.a), 81000);
	assert_int_equal(input(&t, COMPLETE("5"), NULL), 0);
	assert_int_equal(ami_deadline(t.a), 81000);
	assert_int_equal(input(&t, ANSWER("6"), NULL), 0);
	assert_int_equal(ami_deadline(t.a), 106000);
	trial_end(&t);
}

/* The ping finds out that an answer was lost, also when the window is full, and that the rest of a list was. */
static void test_lost(void **state)
{
	static const struct {
		unsigned sends;
		const char *in; /* after the ping */
		bool is_lost;
		const char *told;
	} cases[] = {
		{ 1, PONG("4"), true, "answer 100 no none\n" },
		{ 4, ANSWER("3") ANSWER("5") ANSWER("6") PONG("7"), true,
			"answer 100 ok -\nanswer 102 ok -\nanswer 103 ok -\nanswer 101 no none\n" },
		{ 2, STARTS("3") ITEM("3", "a") ANSWER("4") PONG("5"), true,
			"item 100 a\nanswer 101 ok -\nanswer 100 no none\n" },
		{ 2, ANSWER("3") ANSWER("4") PONG("5"), false,
			"answer 100 ok -\nanswer 101 ok -\n" },
		{ 1, ANSWER("3") PONG("4") PONG("4"), false, "answer 100 ok -\n" },
		/* What was sent behind the ping is still to come. */
		{ 1, ANSWER("3") "Event: Reload\r\n\r\n", false,
			"answer 100 ok -\nevent Reload\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct trial t;
		struct err err;

		trial_begin(&t, &conf_md5, cases[i].sends);
		assert_int_equal(input(&t, READY, NULL), 0);
		sent(&t);
		strbuf_cut(&t.told, 0);
		t.now += 2000;
		assert_int_equal(ami_timeout(t.a, t.now, &err), 0);
		assert_int_equal(ami_room(t.a), 4 - cases[i].sends - (cases[i].sends < 4));
		assert_int_equal(input(&t, cases[i].in, &err), cases[i].is_lost ? -1 : 0);
		assert_string_equal(t.told.s, cases[i].told);
		if (cases[i].is_lost) {
			assert_string_equal(err.msg, "an answer of Asterisk was lost");
			assert_int_equal(ami_failure(t.a), AMI_FAIL_LOST);
			assert_int_equal(ami_pending(t.a), 0);
		}
		trial_end(&t);
	}
}

/* A slow Asterisk that answers an action a second is asked now and then, and never given up. */
static void test_slow(void **state)
{
	struct trial t;
	struct err err;
	int pings = 0;
	char bytes[80];

	(void)state;
	trial_begin(&t, &conf_md5, 4);
	assert_int_equal(input(&t, READY, NULL), 0);
	sent(&t);
	for (int i = 0; i < 60; i++) {
		t.now += 1000;
		while (ami_deadline(t.a) <= t.now) {
			assert_int_equal(ami_timeout(t.a, t.now, &err), 0);
			pings++;
		}
		snprintf(bytes, sizeof(bytes), "Response: Success\r\nActionID: " ID "-%d\r\n\r\n",
			3 + i);
		assert_int_equal(input(&t, bytes, &err), 0);
		while (ami_room(t.a))
			assert_int_equal(send_setvar(&t, 1, &err), 0);
	}
	assert_true(pings > 5 && pings < 30);
	trial_end(&t);
}

static void test_ping(void **state)
{
	struct ami_conf conf = conf_md5;
	struct trial t;
	struct err err;

	(void)state;
	conf.window = 1;
	trial_begin(&t, &conf, 0);
	assert_int_equal(input(&t, READY, NULL), 0);
	sent(&t);
	t.now = 20000;
	assert_int_equal(input(&t, "Event: Reload\r\n\r\n", NULL), 0);
	assert_int_equal(ami_deadline(t.a), 50000);
	assert_int_equal(ami_timeout(t.a, 49999, &err), 0);
	assert_string_equal(sent(&t), "");
	assert_int_equal(ami_timeout(t.a, 50000, &err), 0);
	assert_string_equal(sent(&t), "Action: Ping\r\nActionID: " ID "-3\r\n\r\n");
	assert_int_equal(ami_timeout(t.a, 50001, &err), 0);
	assert_string_equal(sent(&t), "");
	assert_int_equal(ami_room(t.a), 0); /* a window of one is full with it */
	t.now = 51000;
	assert_int_equal(
		input(&t, "Response: Success\r\nActionID: " ID "-3\r\nPing: Pong\r\n\r\n", NULL),
		0);
	assert_int_equal(ami_room(t.a), 1);
	assert_int_equal(ami_deadline(t.a), 81000);
	assert_int_equal(ami_timeout(t.a, 81000, &err), 0);
	assert_int_equal(ami_deadline(t.a), 86000);
	assert_int_equal(ami_timeout(t.a, 86000, &err), -1);
	assert_string_equal(err.msg, "Asterisk has not answered for 5 s");
	/* Pings are nobody else's business. */
	assert_string_equal(t.told.s, "phase 2\nphase 3\nevent Reload\n");
	trial_end(&t);

	conf.ping_ms = 0;
	trial_begin(&t, &conf, 0);
	assert_int_equal(input(&t, READY, NULL), 0);
	assert_true(ami_deadline(t.a) == INT64_MAX);
	trial_end(&t);
}

static void test_limits(void **state)
{
	static const struct {
		const char *begins, *repeats, *says;
	} cases[] = {
		{ "", "x", "!1 the other side sent a line of more than 65536 bytes\n" },
		{ READY, "x",
			"phase 2\nphase 3\n!1 the other side sent a line of more than 65536 bytes\n" },
		{ READY "Event: Reload\r\n", "A: b\r\n",
			"phase 2\nphase 3\n!1 the other side sent a message of more than 4096 lines\n" },
		{ READY "Event: Reload\r\n",
			"A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
			"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
			"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
			"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n",
			"phase 2\nphase 3\n!1 the other side sent a message of more than 1048576 bytes\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf in = STRBUF_INIT;
		struct dialogue d = { .told = cases[i].says };

		strbuf_adds(&in, cases[i].begins);
		while (in.len < 1200000)
			strbuf_adds(&in, cases[i].repeats);
		d.in = in.s;
		check(&conf_md5, &d);
		strbuf_done(&in);
	}
}

/* A list without end ends the dialogue: it is too long, however fast it comes, or takes too long, however slowly. */
static void test_endless_list(void **state)
{
	static const char *const tree[] = { "Action", "DBGetTree", "Family", "presence-user",
		NULL };
	struct trial t;
	struct err err;
	unsigned n = 0;

	(void)state;
	trial_begin(&t, &conf_md5, 0);
	assert_int_equal(input(&t, READY, NULL), 0);
	ami_expect(t.a, 50);
	assert_int_equal(ami_send(t.a, 7, tree, t.now, NULL), 0);
	assert_int_equal(input(&t, STARTS("3"), NULL), 0);
	while (input(&t, ITEM("3", "a"), &err) == 0)
		assert_true(++n <= 200000);
	assert_int_equal(n, AMI_LIST_EVENTS + 50);
	assert_int_equal(ami_failure(t.a), AMI_FAIL_PROTOCOL);
	assert_string_equal(err.msg,
		"the list of DBGetTree presence-user has more than 100050 entries, far more than what we"
		" have put there");
	trial_end(&t);

	trial_begin(&t, &conf_md5, 0);
	assert_int_equal(input(&t, READY, NULL), 0);
	assert_int_equal(ami_send(t.a, 7, tree, t.now, NULL), 0);
	assert_int_equal(input(&t, STARTS("3"), NULL), 0);
	for (n = 0; ami_timeout(t.a, t.now, &err) == 0; n++) {
		assert_true(n < 1000);
		assert_int_equal(input(&t, ITEM("3", "a"), NULL), 0);
		t.now += 4000;
	}
	assert_int_equal(t.now, 1000 + AMI_LIST_MS);
	assert_string_equal(
		err.msg, "the list of DBGetTree presence-user has not ended within 300 s");
	trial_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_login_plain),
		cmocka_unit_test(test_login_refused),
		cmocka_unit_test(test_login_impossible),
		cmocka_unit_test(test_banner),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_deadlines),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_ping),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_endless_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
