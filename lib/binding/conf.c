/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/checks.h"
#include "lib/base/closest.h"
#include "lib/base/key.h"
#include "lib/base/limits.h"
#include "lib/base/text.h"
#include "lib/binding/file.h"
#include "lib/sip/digest.h"
#include "lib/sip/uri.h"

enum { SECRET_MAX = 200, FILE_MAX = 1 << 20 };

static const char *const levels[] = { "error", "warning", "info", "debug" };
_Static_assert(ARRAY_SIZE(levels) == LOG_LEVEL_COUNT, "a name for every level");
static const char *const logins[] = { "md5", "plain" };
static const char *const truths[] = { "false", "true" };

static int set_name(const struct key *k, void *object, const char *value, struct err *err)
{
	return check_name("PBX", value, err) < 0 ? -1 : key_keep(k, object, value, err);
}

static int set_digits(const struct key *k, void *object, const char *value, struct err *err)
{
	if (!text_is_of(value, "0123456789*#+", NUMBER_MAX_LEN))
		return err_set(err, ERR_CONF, "'%s' holds digits, '*', '#' and '+' only", k->name);
	return key_keep(k, object, value, err);
}

static int set_publish_name(const struct key *k, void *object, const char *value, struct err *err)
{
	return check_name("presence server", value, err) < 0 ? -1 : key_keep(k, object, value, err);
}

static int set_server(const struct key *k, void *object, const char *value, struct err *err)
{
	struct sip_server server;

	return sip_server_parse(value, &server, err) < 0 ? -1 : key_keep(k, object, value, err);
}

static int set_template(const struct key *k, void *object, const char *value, struct err *err)
{
	return sip_template_check(value, err) < 0 ? -1 : key_keep(k, object, value, err);
}

/* It stands between quotes in the login. */
static int set_username(const struct key *k, void *object, const char *value, struct err *err)
{
	if (strpbrk(value, "\"\\"))
		return err_set(err, ERR_CONF, "'%s' has a quotation mark or a backslash", k->name);
	return check_text(k->name, value, DIGEST_USER_MAX_LEN, err) < 0
		? -1
		: key_keep(k, object, value, err);
}

static void get_secret(const struct key *k, const void *object, struct strbuf *to)
{
	const char *secret = *(const char *const *)key_member(k, object);

	strbuf_adds(to, *secret ? "(set)" : "");
}

static const struct key_type conf_level = { KEY_WORDS(levels) };
static const struct key_type conf_login = { KEY_WORDS(logins) };
static const struct key_type conf_truth = { .kind = KEY_BOOL, KEY_WORDS(truths) };
static const struct key_type conf_name = { .owned = true, .set = set_name };
static const struct key_type conf_digits = { .owned = true, .set = set_digits };
static const struct key_type conf_secret_text = {
	.owned = true, .set = key_set_text, .get = get_secret
};

static const struct key_type conf_publish_name = { .owned = true, .set = set_publish_name };
static const struct key_type conf_server = { .owned = true, .set = set_server };
static const struct key_type conf_template = { .owned = true, .set = set_template };
static const struct key_type conf_username = { .owned = true, .set = set_username };

static const struct key main_list[] = {
	{ "database", &key_string, KEY_MEMBER(conf, database), "/var/lib/presence/presence.db",
		NULL, "the database that presencectl and presenced share" },
	{ "log_level", &conf_level, KEY_MEMBER(conf, log_level), "info", NULL,
		"how much presenced logs" },
	{ 0 },
};

static const struct key pbx_list[] = {
	{ "name", &conf_name, KEY_MEMBER(conf_pbx, name), NULL, NULL,
		"what users and messages call this PBX" },
	{ "host", &key_string, KEY_MEMBER(conf_pbx, host), "127.0.0.1", NULL,
		"address of its manager interface" },
	{ "port", &key_number, KEY_RANGE(conf_pbx, port, 1, 65535), "5038", NULL,
		"port; usually 5039 with tls" },
	{ "username", &key_string, KEY_MEMBER(conf_pbx, username), "presence", NULL,
		"user of manager.conf" },
	{ "secret", &conf_secret_text, KEY_MEMBER(conf_pbx, secret), "", NULL,
		"its secret; then others may not read the configuration" },
	{ "secret_file", &key_string, KEY_MEMBER(conf_pbx, secret_file), "", NULL,
		"file that holds the secret; without either, the systemd credential ami-NAME" },
	{ "login", &conf_login, KEY_MEMBER(conf_pbx, plain_login), "md5", NULL,
		"md5 answers a challenge, plain sends the secret itself" },
	{ "mobile_prefix", &conf_digits, KEY_MEMBER(conf_pbx, mobile_prefix), "", NULL,
		"what is dialled in front of mobile numbers" },
	{ "tls", &conf_truth, KEY_MEMBER(conf_pbx, tls), "false", NULL,
		"encrypt; the certificate must name host" },
	{ "ca_file", &key_string, KEY_MEMBER(conf_pbx, ca_file), "", NULL,
		"certificate that signed the PBX's; the system's authorities if empty" },
	{ 0 },
};

static const struct key publish_list[] = {
	{ "name", &conf_publish_name, KEY_MEMBER(conf_publish, name), "main", NULL,
		"what messages call this presence server" },
	{ "uri_template", &conf_template, KEY_MEMBER(conf_publish, uri_template), NULL, NULL,
		"SIP address of each user; {extension}, {user} and {pbx} stand for theirs" },
	{ "server", &conf_server, KEY_MEMBER(conf_publish, server), NULL, NULL,
		"the presence server: sip:HOST is UDP, sip:HOST;transport=tcp TCP, sips:HOST TLS" },
	{ "username", &conf_username, KEY_MEMBER(conf_publish, username), "", NULL,
		"user of the login; empty if the server asks for no login" },
	{ "secret", &conf_secret_text, KEY_MEMBER(conf_publish, secret), "", NULL,
		"its secret; then others may not read the configuration" },
	{ "secret_file", &key_string, KEY_MEMBER(conf_publish, secret_file), "", NULL,
		"file that holds the secret; without either, the systemd credential publish-NAME" },
	{ "ca_file", &key_string, KEY_MEMBER(conf_publish, ca_file), "", NULL,
		"certificate that signed the server's; the system's authorities if empty" },
	{ "pbx", &key_string, KEY_MEMBER(conf_publish, pbx), "", NULL,
		"publish the users of this PBX only; all users if empty" },
	{ "expiry", &key_seconds, KEY_RANGE(conf_publish, expiry, 60, 86400), "3600", NULL,
		"the server forgets what is not published again for so long" },
	{ 0 },
};

static const struct key defaults_list[] = {
	{ "zone", &key_string, KEY_MEMBER(conf, zone), "", NULL,
		"time zone, such as Europe/Stockholm; the system's if empty. With local it is the system's, and people type and read "
		"times in the zone that TZ in their environment names" },
	{ "log_days", &key_number, KEY_RANGE(conf, log_days, 1, 36500), "400", NULL,
		"how many days the log is kept; a day more, in case the clock is ahead" },
	{ "holidays", &key_string, KEY_MEMBER(conf, holidays), CONF_HOLIDAYS, NULL,
		"folders with the holidays of countries, with ':' between them; the first has the last word" },
	{ 0 },
};

static const struct key calendars_list[] = {
	{ "timeout", &key_number, KEY_RANGE(conf, fetch_timeout, 10, 600), "60", NULL,
		"seconds after which an address that does not answer in full is given up" },
	{ "allow_private", &conf_truth, KEY_MEMBER(conf, fetch_private), "false", NULL,
		"calendars may be fetched from addresses that are not public: yours, and this machine's" },
	{ "ca_file", &key_string, KEY_MEMBER(conf, fetch_ca_file), "", NULL,
		"certificate that signed those of the servers; the system's authorities if empty" },
	{ 0 },
};

static const char *const section_names[] = { "pbx", "publish", "defaults", "calendars", NULL };

static const struct keys main_keys = { "setting", main_list, NULL, section_names };
static const struct keys pbx_keys = { "setting", pbx_list, NULL, NULL };
static const struct keys publish_keys = { "setting", publish_list, NULL, NULL };
static const struct keys defaults_keys = { "setting", defaults_list, NULL, NULL };
static const struct keys calendars_keys = { "setting", calendars_list, NULL, NULL };

static bool is_section(const char *name)
{
	const char *const *section = section_names;

	while (*section && strcmp(*section, name) != 0)
		section++;
	return *section != NULL;
}

/* The place of a setting, for the front of a message. */
struct conf_place {
	const char *path;
	int line;
};

static struct conf_place place_of(const struct conf *c, const config_setting_t *s)
{
	const char *included = config_setting_source_file(s);

	return (struct conf_place){ included ? included : c->path,
		(int)config_setting_source_line(s) };
}

static int fail(struct conf_place at, struct err *err)
{
	if (err)
		err->code = ERR_CONF;
	return err_wrap(err, "%s:%d", at.path, at.line);
}

static struct key_value value_of(const config_setting_t *s)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		return (struct key_value){ .kind = KEY_TEXT, .text = config_setting_get_string(s) };
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return (struct key_value){ .kind = KEY_NUMBER,
			.number = config_setting_get_int64(s) };
	case CONFIG_TYPE_BOOL:
		return (struct key_value){ .kind = KEY_BOOL, .truth = config_setting_get_bool(s) };
	default: return (struct key_value){ .kind = KEY_OTHER };
	}
}

/* Set what a group holds; what it does not name keeps its fallback. */
static int load_group(const struct conf *c, const config_setting_t *group, const struct keys *keys,
	void *object, struct err *err)
{
	int n = config_setting_length(group);

	for (int i = 0; i < n; i++) {
		const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
		const struct key_value value = value_of(setting);
		const char *name = config_setting_name(setting);
		struct key_at at;

		if (config_setting_is_root(group) && is_section(name))
			continue;
		if (keys_find(keys, name, &at, err) < 0 ||
			key_set_value(&at, object, &value, err) < 0)
			return fail(place_of(c, setting), err);
	}
	for (const struct key *k = keys->list; k->name; k++) {
		if (!k->fallback && !config_setting_get_member(group, k->name)) {
			err_set(err, ERR_CONF, "'%s' is missing", k->name);
			return fail(place_of(c, group), err);
		}
	}
	return 0;
}

/* What the lists of PBXs and of presence servers have in common. */
struct conf_list {
	const char *name, *noun, *group, *example;
	const struct keys *keys;
	size_t size, max;
	struct conf_entry (*entry)(void *object);
};

struct conf_entry {
	const char *name, *secret, *secret_file;
	char **secret_from, **file;
	int *line;
};

static struct conf_entry pbx_entry(void *object)
{
	struct conf_pbx *p = object;

	return (struct conf_entry){ p->name, p->secret, p->secret_file, &p->secret_from, &p->file,
		&p->line };
}

static struct conf_entry publish_entry(void *object)
{
	struct conf_publish *p = object;

	return (struct conf_entry){ p->name, p->secret, p->secret_file, &p->secret_from, &p->file,
		&p->line };
}

#define PUBLISH_GROUP                                                                              \
	"{ uri_template = \"sip:{extension}@example.org\"; server = \"sip:example.org\"; }"
static const struct conf_list pbx_entries = { "pbx", "PBX", "{ name = \"main\"; }",
	"pbx = ( { name = \"main\"; } );", &pbx_keys, sizeof(struct conf_pbx), CONF_PBX_MAX,
	pbx_entry };
static const struct conf_list publish_entries = { "publish", "presence server", PUBLISH_GROUP,
	"publish = ( " PUBLISH_GROUP " );", &publish_keys, sizeof(struct conf_publish),
	CONF_PUBLISH_MAX, publish_entry };

/* Read one group of a list into `object`, which stands behind those that `first` has before it. */
static int load_entry(const struct conf *c, const struct conf_list *kind,
	const config_setting_t *group, char *first, char *object, struct err *err)
{
	struct conf_entry entry = kind->entry(object), other;
	struct conf_place at = place_of(c, group);
	const config_setting_t *secret;

	*entry.file = xstrdup(at.path);
	*entry.line = at.line;
	if (!config_setting_is_group(group)) {
		err_set(err, ERR_CONF, "a %s is a group of settings: %s", kind->noun, kind->group);
		return fail(at, err);
	}
	if (load_group(c, group, kind->keys, object, err) < 0)
		return -1;
	entry = kind->entry(object);
	secret = config_setting_get_member(group, "secret");
	*entry.secret_from = xstrdup(secret ? place_of(c, secret).path : at.path);
	for (; first < object; first += kind->size) {
		other = kind->entry(first);
		if (strcasecmp(other.name, entry.name) != 0)
			continue;
		err_set(err, ERR_CONF, "there is a %s '%s' already in line %d", kind->noun,
			entry.name, *other.line);
		return fail(at, err);
	}
	if (*entry.secret && *entry.secret_file) {
		err_set(err, ERR_CONF, "%s '%s' has both secret and secret_file", kind->noun,
			entry.name);
		return fail(at, err);
	}
	return 0;
}

/* Read a list, if there is one. *ret_n counts what conf_free() has to free, also on failure. */
static int load_list(const struct conf *c, const config_setting_t *root,
	const struct conf_list *kind, void **ret, size_t *ret_n, struct err *err)
{
	const config_setting_t *list = config_setting_get_member(root, kind->name);
	int n = list ? config_setting_length(list) : 0;

	if (!list)
		return 0;
	if (!config_setting_is_list(list)) {
		err_set(err, ERR_CONF, "'%s' must be a list: %s", kind->name, kind->example);
		return fail(place_of(c, list), err);
	}
	if ((size_t)n > kind->max) {
		err_set(err, ERR_CONF, "more than %zu %ss", kind->max, kind->noun);
		return fail(place_of(c, list), err);
	}
	*ret = xcalloc((size_t)n, kind->size);
	for (int i = 0; i < n; i++) {
		char *object = (char *)*ret + (size_t)i * kind->size;

		keys_reset(kind->keys, object);
		++*ret_n;
		if (load_entry(c, kind, config_setting_get_elem(list, (unsigned)i), *ret, object,
			    err) < 0)
			return -1;
	}
	return 0;
}

/* What the keys of a presence server cannot check one by one. */
static int check_publish(const struct conf *c, const struct conf_publish *p, struct err *err)
{
	const struct conf_pbx *pbx;

	if (*p->pbx && conf_find_pbx(c, p->pbx, &pbx, err) < 0)
		return fail((struct conf_place){ p->file, p->line }, err);
	if (*p->username || (!*p->secret && !*p->secret_file))
		return 0;
	err_set(err, ERR_CONF, "presence server '%s' has a secret, but no username", p->name);
	return fail((struct conf_place){ p->file, p->line }, err);
}

static int load_section(struct conf *c, const config_setting_t *root, const char *name,
	const struct keys *keys, struct err *err)
{
	const config_setting_t *group = config_setting_get_member(root, name);

	if (group && !config_setting_is_group(group)) {
		err_set(err, ERR_CONF, "'%s' must be a group: %s = { %s = ...; };", name, name,
			keys->list->name);
		return fail(place_of(c, group), err);
	}
	return group ? load_group(c, group, keys, c, err) : 0;
}

static int load(struct conf *c, config_t *cfg, struct err *err)
{
	const config_setting_t *root = config_root_setting(cfg);
	void *pbxs = NULL, *servers = NULL;
	int r;

	keys_reset(&main_keys, c);
	keys_reset(&defaults_keys, c);
	keys_reset(&calendars_keys, c);
	if (load_group(c, root, &main_keys, c, err) < 0)
		return -1;
	r = load_list(c, root, &pbx_entries, &pbxs, &c->pbx_n, err);
	c->pbx = pbxs;
	if (r < 0)
		return -1;
	r = load_list(c, root, &publish_entries, &servers, &c->publish_n, err);
	c->publish = servers;
	for (size_t i = 0; r == 0 && i < c->publish_n; i++)
		r = check_publish(c, &c->publish[i], err);
	if (r < 0)
		return -1;
	if (load_section(c, root, "defaults", &defaults_keys, err) < 0)
		return -1;
	return load_section(c, root, "calendars", &calendars_keys, err);
}

/* libconfig reads from a FILE, so that what is checked is what is read. */
static int read_file(const char *path, config_t *cfg, struct err *err)
{
	static const char cannot[] = "cannot read configuration";
	_cleanup_(fclosep) FILE *f = file_read(path, cannot, err);
	struct stat st;

	if (f && fstat(fileno(f), &st) < 0) {
		err_sys(err, "%s '%s'", cannot, path);
	} else if (f && st.st_size > FILE_MAX) {
		err_set(err, ERR_CONF, "%s '%s': it is larger than 1 MiB", cannot, path);
	} else if (f && config_read(cfg, f) != CONFIG_TRUE) {
		const char *included = config_error_file(cfg);

		err_set(err, ERR_CONF, "%s:%d: %s", included ? included : path,
			config_error_line(cfg), config_error_text(cfg));
	} else if (f) {
		return 0;
	}
	if (err)
		err->code = ERR_CONF;
	return -1;
}

int conf_load(const char *path, struct conf **ret, struct err *err)
{
	_cleanup_(conf_freep) struct conf *c = xcalloc(1, sizeof(*c));
	config_t cfg;
	int r;

	c->path = xstrdup(path ? path : CONF_DEFAULT_PATH);
	config_init(&cfg);
	r = read_file(c->path, &cfg, err);
	if (r == 0)
		r = load(c, &cfg, err);
	config_destroy(&cfg);
	if (r < 0)
		return -1;
	*ret = TAKE_PTR(c);
	return 0;
}

void conf_free(struct conf *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->pbx_n; i++) {
		keys_done(&pbx_keys, &c->pbx[i]);
		free(c->pbx[i].secret_from);
		free(c->pbx[i].file);
	}
	free(c->pbx);
	for (size_t i = 0; i < c->publish_n; i++) {
		keys_done(&publish_keys, &c->publish[i]);
		free(c->publish[i].secret_from);
		free(c->publish[i].file);
	}
	free(c->publish);
	keys_done(&main_keys, c);
	keys_done(&defaults_keys, c);
	keys_done(&calendars_keys, c);
	free(c->path);
	free(c);
}

int conf_find_pbx(
	const struct conf *c, const char *name, const struct conf_pbx **ret, struct err *err)
{
	const char *names[CONF_PBX_MAX];

	for (size_t i = 0; i < c->pbx_n; i++) {
		if (!strcasecmp(c->pbx[i].name, name)) {
			*ret = &c->pbx[i];
			return 0;
		}
		names[i] = c->pbx[i].name;
	}
	err_set(err, ERR_NOT_FOUND, "no PBX '%s' in %s", name, c->path);
	return closest_guess(err, name, names, c->pbx_n);
}

void conf_wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

static int check_private(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, "cannot read '%s'", path);
	if (st.st_mode & 07)
		return err_set(err, ERR_CONF,
			"'%s' holds a secret but others may read it; run: chmod o-rwx '%s'", path,
			path);
	return 0;
}

static int read_secret(const char *path, char **ret, struct err *err)
{
	static const char cannot[] = "cannot read secret_file";
	_cleanup_(closep) int fd = file_open(path, O_RDONLY, 0, cannot, err);
	char text[SECRET_MAX + 3];
	ssize_t n;

	if (fd < 0 && eaccess(path, R_OK) < 0 && errno == EACCES)
		return err_hint(err, "; the user of presenced may read it, and root: use sudo");
	if (fd < 0 || check_private(fd, path, err) < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return err_sys(err, "%s '%s'", cannot, path);
	text[n] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (!*text || strlen(text) > SECRET_MAX || text_has_control(text)) {
		explicit_bzero(text, sizeof(text));
		return err_set(err, ERR_CONF,
			"the first line of '%s' must be the secret, 1 to %d bytes without control characters",
			path, SECRET_MAX);
	}
	*ret = xstrdup(text);
	explicit_bzero(text, sizeof(text));
	return 0;
}

/* Where a secret may be. The credential is PREFIX-NAME. */
struct conf_secret {
	const char *text, *text_from, *file, *prefix, *name;
};

static int find_secret(
	const struct conf_secret *s, const char *credentials, char **ret, struct err *err)
{
	char path[PATH_MAX];

	if (*s->text) {
		_cleanup_(closep) int fd = file_open(s->text_from, O_RDONLY, 0, "cannot read", err);

		if (fd < 0)
			return -1;
		if (check_private(fd, s->text_from, err) < 0)
			return -1;
		*ret = xstrdup(s->text);
		return 0;
	}
	if (*s->file)
		return read_secret(s->file, ret, err);
	if (credentials &&
		snprintf(path, sizeof(path), "%s/%s-%s", credentials, s->prefix, s->name) <
			(int)sizeof(path) &&
		access(path, F_OK) == 0)
		return read_secret(path, ret, err);
	return err_set(err, ERR_CONF,
		"no secret: set secret_file, or give the systemd credential %s-%s", s->prefix,
		s->name);
}

int conf_secret(const struct conf *c, const struct conf_pbx *p, const char *credentials, char **ret,
	struct err *err)
{
	const struct conf_secret secret = { p->secret, p->secret_from, p->secret_file, "ami",
		p->name };

	(void)c;
	if (find_secret(&secret, credentials, ret, err) == 0)
		return 0;
	if (err)
		err->code = ERR_CONF;
	return err_wrap(err, "%s:%d: PBX '%s'", p->file, p->line, p->name);
}

int conf_publish_secret(
	const struct conf_publish *p, const char *credentials, char **ret, struct err *err)
{
	const struct conf_secret secret = { p->secret, p->secret_from, p->secret_file, "publish",
		p->name };

	if (!*p->username) {
		*ret = xstrdup("");
		return 0;
	}
	if (find_secret(&secret, credentials, ret, err) == 0)
		return 0;
	if (err)
		err->code = ERR_CONF;
	return err_wrap(err, "%s:%d: presence server '%s'", p->file, p->line, p->name);
}

/* The settings of one section. The path has the name of the PBX, and a value, if there is one. */
static int each_key(const struct keys *keys, const char *section, const char *pbx,
	const void *object, int (*fn)(void *data, const struct conf_key *key), void *data)
{
	int r = 0;

	for (const struct key *k = keys->list; r == 0 && k->name; k++) {
		_cleanup_(strbuf_done) struct strbuf path = STRBUF_INIT, value = STRBUF_INIT;

		strbuf_addf(&path, "%s%s%s%s%s", section, *pbx ? "." : "", pbx, *section ? "." : "",
			k->name);
		if (object)
			key_get(k, object, &value);
		r = fn(data, &(struct conf_key){ path.s, k, object ? value.s : NULL });
	}
	return r;
}

int conf_each(const struct conf *c, int (*fn)(void *data, const struct conf_key *key), void *data)
{
	int r = each_key(&main_keys, "", "", c, fn, data);

	if (r == 0 && !c)
		r = each_key(&pbx_keys, "pbx", "", NULL, fn, data);
	for (size_t i = 0; r == 0 && c && i < c->pbx_n; i++)
		r = each_key(&pbx_keys, "pbx", c->pbx[i].name, &c->pbx[i], fn, data);
	if (r == 0 && !c)
		r = each_key(&publish_keys, "publish", "", NULL, fn, data);
	for (size_t i = 0; r == 0 && c && i < c->publish_n; i++)
		r = each_key(
			&publish_keys, "publish", c->publish[i].name, &c->publish[i], fn, data);
	if (r == 0)
		r = each_key(&defaults_keys, "defaults", "", c, fn, data);
	return r ? r : each_key(&calendars_keys, "calendars", "", c, fn, data);
}
