/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presence.conf: what it may hold, what is said of what it may not, and where secrets come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/binding/conf.h"

static char dir[] = "/tmp/test-conf-XXXXXX", path[64], secret_path[64], part[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/presence.conf", dir);
	snprintf(part, sizeof(part), "%s/part.conf", dir);
	snprintf(secret_path, sizeof(secret_path), "%s/ami-main", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path);
	unlink(part);
	unlink(secret_path);
	return rmdir(dir);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	FILE *f;

	unlink(name);
	f = fopen(name, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fchmod(fileno(f), mode), 0);
	assert_int_equal(fclose(f), 0);
}

static struct conf *load(const char *text)
{
	struct conf *c = NULL;
	struct err err;

	write_file(path, text, 0600);
	if (conf_load(path, &c, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	return c;
}

static void test_defaults(void **state)
{
	_cleanup_(conf_freep) struct conf *c = load("pbx = ( { name = \"main\"; } );"),
					  *empty = NULL;
	const struct conf_pbx *p = c->pbx;

	(void)state;
	assert_string_equal(c->path, path);
	assert_string_equal(c->database, "/var/lib/presence/presence.db");
	assert_int_equal(c->log_level, LOG_LEVEL_INFO);
	assert_string_equal(c->zone, "");
	assert_int_equal(c->log_days, 400);
	assert_int_equal(c->pbx_n, 1);
	assert_string_equal(p->name, "main");
	assert_string_equal(p->host, "127.0.0.1");
	assert_int_equal(p->port, 5038);
	assert_string_equal(p->username, "presence");
	assert_string_equal(p->secret, "");
	assert_string_equal(p->secret_file, "");
	assert_false(p->plain_login);
	assert_false(p->tls);
	assert_string_equal(p->ca_file, "");
	assert_int_equal(p->line, 1);
	empty = load("");
	assert_int_equal(empty->pbx_n, 0);
	assert_int_equal(empty->log_days, 400);
}

static void test_values(void **state)
{
	_cleanup_(conf_freep) struct conf *c = load(
		"# comments of three kinds\n"
		"database: \"/tmp/\" \"x.db\" // texts side by side are one\n"
		"log_level = \"debug\"; /* and\n so */\n"
		"defaults = { zone = \"Europe/Stockholm\", log_days = 0x10L };\n"
		"pbx = (\n"
		"  { name = \"b\"; host = \"::1\"; port = 65535; username = \"\xc3\xa5sa\";\n"
		"    secret = \"s\\x21\"; login = \"plain\"; tls = True; ca_file = \"/c.pem\"; },\n"
		"  { name = \"A_1.x-y\"; secret_file = \"/s\"; tls = false; login = \"md5\"; }\n"
		");");

	(void)state;
	assert_string_equal(c->database, "/tmp/x.db");
	assert_int_equal(c->log_level, LOG_LEVEL_DEBUG);
	assert_string_equal(c->zone, "Europe/Stockholm");
	assert_int_equal(c->log_days, 16);
	assert_int_equal(c->pbx_n, 2);
	assert_string_equal(c->pbx[0].name, "b");
	assert_string_equal(c->pbx[0].host, "::1");
	assert_int_equal(c->pbx[0].port, 65535);
	assert_string_equal(c->pbx[0].username, "\xc3\xa5sa");
	assert_string_equal(c->pbx[0].secret, "s!");
	assert_true(c->pbx[0].plain_login);
	assert_true(c->pbx[0].tls);
	assert_string_equal(c->pbx[0].ca_file, "/c.pem");
	assert_int_equal(c->pbx[0].line, 7);
	assert_string_equal(c->pbx[1].secret_file, "/s");
	assert_false(c->pbx[1].plain_login);
	assert_false(c->pbx[1].tls);
	assert_int_equal(c->pbx[1].line, 9);
}

#define URI "uri_template = \"sip:{extension}@h\";"
#define TWO URI " server = \"sip:h\";"

static void test_publish(void **state)
{
	_cleanup_(conf_freep) struct conf *c =
		load("pbx = ( { name = \"main\"; } );\n"
		     "publish = ( { " TWO " },\n{ name = \"b\"; " URI
		     " server = \"sips:[::1]\"; username = \"u\";"
		     " secret = \"s\"; ca_file = \"/c\"; pbx = \"MAIN\"; expiry = 86400; },\n"
		     "{ name = \"main-2\"; " TWO " username = \"u\"; } );");
	_cleanup_(conf_wipep) char *none = NULL, *own = NULL, *credential = NULL;
	char place[80];
	struct err err;

	(void)state;
	assert_int_equal(c->publish_n, 3);
	assert_string_equal(c->publish[0].name, "main");
	assert_string_equal(c->publish[0].uri_template, "sip:{extension}@h");
	assert_string_equal(c->publish[0].server, "sip:h");
	assert_string_equal(c->publish[0].pbx, "");
	assert_int_equal(c->publish[0].expiry, 3600);
	assert_int_equal(c->publish[1].line, 3);
	assert_string_equal(c->publish[1].ca_file, "/c");
	assert_int_equal(c->publish[1].expiry, 86400);
	/* No login needs no secret. */
	assert_int_equal(conf_publish_secret(&c->publish[0], NULL, &none, &err), 0);
	assert_string_equal(none, "");
	assert_int_equal(conf_publish_secret(&c->publish[1], NULL, &own, &err), 0);
	assert_string_equal(own, "s");
	assert_int_equal(conf_publish_secret(&c->publish[2], NULL, &credential, &err), -1);
	assert_non_null(strstr(err.msg,
		":4: presence server 'main-2': no secret: set secret_file, or "
		"give the systemd credential publish-main-2"));
	assert_int_equal(err.code, ERR_CONF);
	snprintf(place, sizeof(place), "%s/publish-main-2", dir);
	write_file(place, "sesame\n", 0600);
	assert_int_equal(conf_publish_secret(&c->publish[2], dir, &credential, &err), 0);
	assert_string_equal(credential, "sesame");
	unlink(place);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *says; /* behind the path */
	} table[] = {
		{ "databse = \"x\";", "1: unknown setting 'databse'; did you mean 'database'?" },
		{ "DATABASE = \"x\";", "1: unknown setting 'DATABASE'; did you mean 'database'?" },
		{ "default = { };", "1: unknown setting 'default'; did you mean 'defaults'?" },
		{ "log_days = 5;", "1: unknown setting 'log_days'" },
		{ "quite = { other = ( 1 ); };", "1: unknown setting 'quite'" },
		{ "\n\ndatabase = 5;", "3: 'database' must be a text in quotes" },
		{ "database = \"\";", "1: database needs a value" },
		{ "database = \"a\\x01\";",
			"1: database may not hold line ends or control characters" },
		{ "database = \"a\\n\";",
			"1: database may not hold line ends or control characters" },
		{ "database = \"\xff\";", "1: database is not valid UTF-8" },
		{ "log_level = \"loud\";",
			"1: log_level is error, warning, info or debug, not 'loud'" },
		{ "log_level = \"debgu\";",
			"1: log_level is error, warning, info or debug, not 'debgu'; did you mean 'debug'?" },
		{ "log_level = 1;", "1: log_level is error, warning, info or debug, not '1'" },
		{ "log_level = { };", "1: 'log_level' must be a text in quotes" },
		{ "pbx = 5;", "1: 'pbx' must be a list: pbx = ( { name = \"main\"; } );" },
		{ "pbx = { name = \"a\"; };",
			"1: 'pbx' must be a list: pbx = ( { name = \"main\"; } );" },
		{ "pbx = [ ];", "1: 'pbx' must be a list: pbx = ( { name = \"main\"; } );" },
		{ "pbx = ( 5 );", "1: a PBX is a group of settings: { name = \"main\"; }" },
		{ "pbx = ( { } );", "1: 'name' is missing" },
		{ "pbx = ( { name = \"\"; } );", "1: name needs a value" },
		{ "pbx = ( { name = \"a b\"; } );",
			"1: PBX name 'a b' may hold only letters, digits, '.', '_' and '-'" },
		{ "pbx = ( { name = \"../a\"; } );",
			"1: PBX name '../a' may hold only letters, digits, '.', '_' and '-'" },
		{ "pbx = (\n{ name = \"a\"; },\n{ name = \"A\"; }\n);",
			"3: there is a PBX 'A' already in line 2" },
		{ "pbx = ( { name = \"a\"; host = \"\"; } );", "1: host needs a value" },
		{ "pbx = ( { name = \"a\";\nprot = 1; } );",
			"2: unknown setting 'prot'; did you mean 'port'?" },
		{ "pbx = ( { name = \"a\"; port = 0; } );",
			"1: port is a number from 1 to 65535, not '0'" },
		{ "pbx = ( { name = \"a\"; port = 65536; } );",
			"1: port is a number from 1 to 65535, not '65536'" },
		{ "pbx = ( { name = \"a\"; port = -1; } );",
			"1: port is a number from 1 to 65535, not '-1'" },
		{ "pbx = ( { name = \"a\"; port = 4294967297L; } );",
			"1: port is a number from 1 to 65535, not '4294967297'" },
		{ "pbx = ( { name = \"a\"; port = 50.5; } );", "1: 'port' must be a whole number" },
		{ "pbx = ( { name = \"a\"; port = \"5038\"; } );",
			"1: 'port' must be a whole number" },
		{ "pbx = ( { name = \"a\"; tls = 1; } );", "1: 'tls' must be true or false" },
		{ "pbx = ( { name = \"a\"; tls = \"yes\"; } );", "1: 'tls' must be true or false" },
		{ "pbx = ( { name = \"a\"; login = \"md4\"; } );",
			"1: login is md5 or plain, not 'md4'; did you mean 'md5'?" },
		{ "pbx = ( { name = \"a\"; secret = 5; } );",
			"1: 'secret' must be a text in quotes" },
		{ "pbx = ( { name = \"a\"; secret = \"x\"; secret_file = \"y\"; } );",
			"1: PBX 'a' has both secret and secret_file" },
		{ "pbx = ( { name = \"a\"; mobile_prefix = \"9x\"; } );",
			"1: 'mobile_prefix' holds digits, '*', '#' and '+' only" },
		{ "publish = { };",
			"1: 'publish' must be a list: publish = ( { uri_template = "
			"\"sip:{extension}@example.org\"; server = \"sip:example.org\"; } );" },
		{ "publish = ( { server = \"sip:h\"; } );", "1: 'uri_template' is missing" },
		{ "publish = ( { " URI " } );", "1: 'server' is missing" },
		{ "publish = ( {\nsevrer = \"sip:h\"; } );",
			"2: unknown setting 'sevrer'; did you mean 'server'?" },
		{ "publish = ( { " URI " server = \"h\"; } );",
			"1: 'h' is no address of a SIP server: it begins with neither sip: nor sips:; write "
			"sip:HOST, sip:HOST:PORT;transport=tcp or sips:HOST" },
		{ "publish = ( { uri_template = \"sip:1@h\"; server = \"sip:h\"; } );",
			"1: 'sip:1@h' is the same for all users: put {extension} or {user} into it" },
		{ "publish = ( { " TWO " expiry = 59; } );",
			"1: expiry is a number of seconds from 60 to 86400, not '59'" },
		{ "publish = ( { " TWO " username = \"a\\\"b\"; } );",
			"1: 'username' has a quotation mark or a backslash" },
		{ "publish = ( { " TWO " secret = \"x\"; } );",
			"1: presence server 'main' has a secret, but no username" },
		{ "publish = ( { " TWO " secret = \"x\"; secret_file = \"y\"; } );",
			"1: presence server 'main' has both secret and secret_file" },
		{ "publish = ( { " TWO " },\n{ " TWO " } );",
			"2: there is a presence server 'main' already in line 1" },
		{ "defaults = ( );", "1: 'defaults' must be a group: defaults = { zone = ...; };" },
		{ "defaults = { zonne = \"x\"; };",
			"1: unknown setting 'zonne'; did you mean 'zone'?" },
		{ "defaults = { database = \"x\"; };", "1: unknown setting 'database'" },
		{ "defaults = { log_days = 0; };",
			"1: log_days is a number from 1 to 36500, not '0'" },
		{ "defaults = { log_days = 36501; };",
			"1: log_days is a number from 1 to 36500, not '36501'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char expect[300];
		struct conf *c = NULL;
		struct err err = { 0 };

		write_file(path, table[i].text, 0600);
		if (conf_load(path, &c, &err) == 0)
			fail_msg("no error: %s", table[i].text);
		snprintf(expect, sizeof(expect), "%s:%s", path, table[i].says);
		assert_string_equal(err.msg, expect);
		assert_int_equal(err.code, ERR_CONF);
		assert_null(c);
		assert_int_equal(conf_load(path, &c, NULL), -1);
	}
}

/* What libconfig itself refuses, in its own words, which differ by version. */
static void test_syntax(void **state)
{
	static const struct {
		const char *text;
		int line;
	} table[] = {
		{ "database = \"a\"; database = \"b\";", 1 },
		{ "database = \"a", 1 },
		{ "database =\n= 1", 2 },
		{ "{", 1 },
		{ "\npbx = ( { name = \"a\"; port = 99999999999999999999; } );", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char expect[300];
		struct conf *c = NULL;
		struct err err = { 0 };

		write_file(path, table[i].text, 0600);
		assert_int_equal(conf_load(path, &c, &err), -1);
		snprintf(expect, sizeof(expect), "%s:%d: ", path, table[i].line);
		if (strncmp(err.msg, expect, strlen(expect)) != 0 || !err.msg[strlen(expect)])
			fail_msg("%s: '%s'", table[i].text, err.msg);
		assert_int_equal(err.code, ERR_CONF);
		assert_null(c);
	}
}

static void test_limits(void **state)
{
	struct strbuf text = STRBUF_INIT;
	struct conf *c = NULL;
	struct err err;

	(void)state;
	strbuf_adds(&text, "pbx = (");
	for (int i = 0; i < CONF_PBX_MAX; i++)
		strbuf_addf(&text, "%s{ name = \"p%d\"; }", i ? "," : "", i);
	strbuf_adds(&text, ");");
	c = load(text.s);
	assert_int_equal(c->pbx_n, CONF_PBX_MAX);
	conf_free(c);
	c = NULL;
	strbuf_cut(&text, text.len - 2);
	strbuf_adds(&text, ",{ name = \"more\"; });");
	write_file(path, text.s, 0600);
	assert_int_equal(conf_load(path, &c, &err), -1);
	assert_non_null(strstr(err.msg, ":1: more than 64 PBXs"));

	strbuf_cut(&text, 0);
	strbuf_adds(&text, "database = \"");
	for (int i = 0; i < 4096; i++)
		strbuf_addc(&text, 'x');
	strbuf_adds(&text, "\";");
	write_file(path, text.s, 0600);
	assert_int_equal(conf_load(path, &c, &err), -1);
	assert_non_null(strstr(err.msg, ":1: database is longer than 4095 bytes"));

	/* libconfig 1.5 makes some other number of this; a newer one refuses it, in its own words. */
	write_file(path, "pbx = ( { name = \"a\"; port = 99999999999999999999; } );", 0600);
	assert_int_equal(conf_load(path, &c, &err), -1);
	assert_non_null(strstr(err.msg, ":1: "));

	strbuf_cut(&text, 0);
	for (int i = 0; i <= 1 << 20; i++)
		strbuf_addc(&text, '\n');
	write_file(path, text.s, 0600);
	assert_int_equal(conf_load(path, &c, &err), -1);
	assert_non_null(strstr(err.msg, "it is larger than 1 MiB"));
	strbuf_done(&text);

	assert_int_equal(conf_load(dir, &c, &err), -1);
	assert_non_null(strstr(err.msg, "it is not a regular file"));
	unlink(path);
	assert_int_equal(conf_load(path, &c, &err), -1);
	assert_int_equal(err.code, ERR_CONF);
	assert_non_null(strstr(err.msg, "presence.conf': No such file or directory"));
	assert_null(c);
}

static void test_find(void **state)
{
	_cleanup_(conf_freep) struct conf *c =
		load("pbx = ( { name = \"main\"; }, { name = \"Branch\"; } );");
	const struct conf_pbx *p = NULL;
	char expect[200];
	struct err err;

	(void)state;
	assert_int_equal(conf_find_pbx(c, "MAIN", &p, &err), 0);
	assert_ptr_equal(p, &c->pbx[0]);
	assert_int_equal(conf_find_pbx(c, "branch", &p, &err), 0);
	assert_ptr_equal(p, &c->pbx[1]);
	assert_int_equal(conf_find_pbx(c, "brunch", &p, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	snprintf(expect, sizeof(expect), "no PBX 'brunch' in %s; did you mean 'Branch'?", path);
	assert_string_equal(err.msg, expect);
	assert_int_equal(conf_find_pbx(c, "", &p, &err), -1);
	assert_int_equal(conf_find_pbx(c, "unlike", &p, NULL), -1);
}

#define SECRET_OF_200                                                                              \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"8901234567890123456789012345678901234567890123456789012345678901234567890123456789012345" \
	"678901234567890123456789"

/* A file, named by the configuration or the credential of systemd. */
static void test_secret_file(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *secret; /* NULL: refused */
	} table[] = {
		{ "top", 0600, "top" },
		{ "top\n", 0640, "top" },
		{ "top\r\nmore\n", 0440, "top" },
		{ " t\xc3\xa5p ", 0600, " t\xc3\xa5p " },
		{ SECRET_OF_200, 0600, SECRET_OF_200 },
		{ SECRET_OF_200 "\r\n", 0600, SECRET_OF_200 },
		{ SECRET_OF_200 "0", 0600, NULL },
		{ SECRET_OF_200 SECRET_OF_200 "\n", 0600, NULL },
		{ "", 0600, NULL },
		{ "\ntop\n", 0600, NULL },
		{ "t\top\n", 0600, NULL },
		{ "top", 0604, NULL },
		{ "top", 0602, NULL },
		{ "top", 0601, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		for (int credential = 0; credential < 2; credential++) {
			_cleanup_(conf_freep) struct conf *c = NULL;
			char text[200], *secret = NULL;
			struct err err = { 0 };
			int r;

			snprintf(text, sizeof(text),
				"pbx = ( { name = \"main\"; secret_file = \"%s\"; } );",
				credential ? "" : secret_path);
			c = load(text);
			write_file(secret_path, table[i].text, table[i].mode);
			r = conf_secret(c, c->pbx, credential ? dir : NULL, &secret, &err);
			if (r != (table[i].secret ? 0 : -1))
				fail_msg("row %zu: %s", i, r ? err.msg : "no error");
			if (r == 0) {
				assert_string_equal(secret, table[i].secret);
			} else {
				assert_int_equal(err.code, ERR_CONF);
				assert_null(secret);
				assert_null(strstr(err.msg, "top"));
				assert_non_null(strstr(err.msg, ":1: PBX 'main': "));
			}
			conf_wipe(secret);
		}
	}
}

static void test_secret_none(void **state)
{
	_cleanup_(conf_freep) struct conf *c = load("pbx = ( { name = \"main\"; } );");
	char *secret = NULL, expect[300], text[200];
	struct err err;

	(void)state;
	unlink(secret_path);
	snprintf(expect, sizeof(expect),
		"%s:1: PBX 'main': no secret: set secret_file, or give the systemd credential ami-main",
		path);
	assert_int_equal(conf_secret(c, c->pbx, NULL, &secret, &err), -1);
	assert_string_equal(err.msg, expect);
	assert_int_equal(err.code, ERR_CONF);
	assert_int_equal(conf_secret(c, c->pbx, dir, &secret, &err), -1);
	assert_string_equal(err.msg, expect);
	conf_free(c);

	snprintf(text, sizeof(text), "pbx = ( { name = \"main\"; secret_file = \"%s\"; } );",
		secret_path);
	c = load(text);
	assert_int_equal(conf_secret(c, c->pbx, NULL, &secret, &err), -1);
	assert_non_null(strstr(err.msg, "cannot read secret_file"));
	assert_int_equal(err.code, ERR_CONF);
	/* A pipe that nobody writes to does not hold us up. */
	assert_int_equal(mkfifo(secret_path, 0600), 0);
	assert_int_equal(conf_secret(c, c->pbx, NULL, &secret, &err), -1);
	assert_non_null(strstr(err.msg, "it is not a regular file"));
	assert_null(secret);
	conf_wipe(NULL);
}

/* In the configuration itself: before any credential, and for owner and group only. */
static void test_secret_inline(void **state)
{
	_cleanup_(conf_freep) struct conf *c =
		load("pbx = (\n{ name = \"main\"; secret = \"top\"; } );");
	char *secret = NULL, expect[300];
	struct err err;

	(void)state;
	write_file(secret_path, "other", 0600);
	assert_int_equal(conf_secret(c, c->pbx, dir, &secret, &err), 0);
	assert_string_equal(secret, "top");
	conf_wipe(secret);
	secret = NULL;
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(conf_secret(c, c->pbx, dir, &secret, &err), -1);
	snprintf(expect, sizeof(expect),
		"%s:2: PBX 'main': '%s' holds a secret but others may read it; run: chmod o-rwx '%s'",
		path, path, path);
	assert_string_equal(err.msg, expect);
	assert_int_equal(err.code, ERR_CONF);
	assert_null(secret);
}

/* What another file holds is said of that file. */
static void test_include(void **state)
{
	_cleanup_(conf_freep) struct conf *c = NULL;
	char text[200], expect[300], *secret = NULL;
	struct err err;

	(void)state;
	snprintf(text, sizeof(text), "pbx = (\n{ name = \"main\";\n@include \"%s\"\n} );\n", part);
	write_file(path, text, 0644);
	write_file(part, "\nprot = 1;\n", 0600);
	assert_int_equal(conf_load(path, &c, &err), -1);
	snprintf(
		expect, sizeof(expect), "%s:2: unknown setting 'prot'; did you mean 'port'?", part);
	assert_string_equal(err.msg, expect);
	write_file(part, "\n\nport = = 1;\n", 0600);
	assert_int_equal(conf_load(path, &c, &err), -1);
	snprintf(expect, sizeof(expect), "%s:3: ", part);
	assert_memory_equal(err.msg, expect, strlen(expect));

	write_file(part, "secret = \"top\";\n", 0600);
	assert_int_equal(conf_load(path, &c, &err), 0);
	assert_int_equal(conf_secret(c, c->pbx, NULL, &secret, &err), 0);
	assert_string_equal(secret, "top");
	conf_wipe(secret);
	assert_int_equal(chmod(part, 0644), 0);
	assert_int_equal(conf_secret(c, c->pbx, NULL, &secret, &err), -1);
	snprintf(expect, sizeof(expect),
		"%s:2: PBX 'main': '%s' holds a secret but others may read it; run: chmod o-rwx '%s'",
		path, part, part);
	assert_string_equal(err.msg, expect);
}

static int add_key(void *data, const struct conf_key *key)
{
	struct strbuf *to = data;

	assert_true(*key->key->help);
	strbuf_addf(to, "%s=%s\n", key->path, key->value ? key->value : "NULL");
	return 0;
}

static int stop_at_port(void *data, const struct conf_key *key)
{
	(*(int *)data)++;
	return strcmp(key->path, "pbx.b.port") == 0 ? 7 : 0;
}

static void test_each(void **state)
{
	_cleanup_(conf_freep) struct conf *c =
		load("pbx = ( { name = \"a\"; secret = \"top\"; tls = true; login = \"plain\"; },"
		     "{ name = \"b\"; port = 1; } );");
	_cleanup_(strbuf_done) struct strbuf shown = STRBUF_INIT, keys = STRBUF_INIT;
	static const char *const lines[] = { "database=/var/lib/presence/presence.db\n",
		"\nlog_level=info\n", "\npbx.a.secret=(set)\n", "\npbx.a.tls=true\n",
		"\npbx.a.login=plain\n", "\npbx.b.port=1\n", "\npbx.b.secret=\n",
		"\npbx.b.tls=false\n", "\npbx.b.login=md5\n", "\ndefaults.zone=\n",
		"\ndefaults.log_days=400\n" };
	int n = 0;

	(void)state;
	assert_int_equal(conf_each(c, add_key, &shown), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!strstr(shown.s, lines[i]))
			fail_msg("%s not in:\n%s", lines[i], shown.s);
	}
	assert_null(strstr(shown.s, "top"));
	assert_int_equal(conf_each(c, stop_at_port, &n), 7);
	assert_true(n > 5);
	/* Without a configuration: each once. */
	assert_int_equal(conf_each(NULL, add_key, &keys), 0);
	assert_non_null(strstr(keys.s, "\npbx.port=NULL\n"));
	assert_null(strstr(keys.s, "pbx.a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_publish),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_secret_file),
		cmocka_unit_test(test_secret_none),
		cmocka_unit_test(test_secret_inline),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
