#include "lib/binding/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libconfig.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/limits.h"
#include "lib/base/text.h"
#include "lib/base/closest.h"
#include "lib/base/checks.h"

enum { SECRET_MAX = 200, FILE_MAX = 1 << 20 };

enum setting_type {
	KEY_TEXT,
	KEY_NAME,
	KEY_DIGITS,
	KEY_NUMBER,
	KEY_BOOL,
	KEY_LEVEL,
	KEY_LOGIN,
	KEY_SECRET
};

struct setting {
	const char *name;
	enum setting_type type;
	size_t offset;
	int64_t min, max;     /* of KEY_NUMBER */
	const char *fallback; /* NULL: it must be there */
	const char *help;
};

static const struct setting main_keys[] = {
	{ "database", KEY_TEXT, offsetof(struct conf, database), 0, 0,
		"/var/lib/presence/presence.db",
		"the database that presencectl and presenced share" },
	{ "log_level", KEY_LEVEL, offsetof(struct conf, log_level), 0, 0, "info",
		"what presenced logs: error, warning, info or debug" },
	{ 0 },
};

static const struct setting defaults_keys[] = {
	{ "zone", KEY_TEXT, offsetof(struct conf, zone), 0, 0, "",
		"time zone, such as Europe/Stockholm; the system's if empty" },
	{ "log_days", KEY_NUMBER, offsetof(struct conf, log_days), 1, 36500, "400",
		"how many days the log of switches is kept" },
	{ 0 },
};

static const struct setting calendars_keys[] = {
	{ "timeout", KEY_NUMBER, offsetof(struct conf, fetch_timeout), 10, 600, "60",
		"seconds after which an address that does not answer in full is given up" },
	{ "allow_private", KEY_BOOL, offsetof(struct conf, fetch_private), 0, 0, "false",
		"calendars may be fetched from addresses that are not public: yours, and this machine's" },
	{ "ca_file", KEY_TEXT, offsetof(struct conf, fetch_ca_file), 0, 0, "",
		"certificate that signed those of the servers; the system's authorities if empty" },
	{ 0 },
};

static const struct setting pbx_keys[] = {
	{ "name", KEY_NAME, offsetof(struct conf_pbx, name), 0, 0, NULL,
		"what users and messages call this PBX" },
	{ "host", KEY_TEXT, offsetof(struct conf_pbx, host), 0, 0, "127.0.0.1",
		"address of its manager interface" },
	{ "port", KEY_NUMBER, offsetof(struct conf_pbx, port), 1, 65535, "5038",
		"port; usually 5039 with tls" },
	{ "username", KEY_TEXT, offsetof(struct conf_pbx, username), 0, 0, "presence",
		"user of manager.conf" },
	{ "secret", KEY_SECRET, offsetof(struct conf_pbx, secret), 0, 0, "",
		"its secret; then others may not read the configuration" },
	{ "secret_file", KEY_TEXT, offsetof(struct conf_pbx, secret_file), 0, 0, "",
		"file that holds the secret; without either, the systemd credential ami-NAME" },
	{ "login", KEY_LOGIN, offsetof(struct conf_pbx, plain_login), 0, 0, "md5",
		"md5 answers a challenge, plain sends the secret itself" },
	{ "mobile_prefix", KEY_DIGITS, offsetof(struct conf_pbx, mobile_prefix), 0, 0, "",
		"what is dialled in front of mobile numbers" },
	{ "tls", KEY_BOOL, offsetof(struct conf_pbx, tls), 0, 0, "false",
		"encrypt; the certificate must name host" },
	{ "ca_file", KEY_TEXT, offsetof(struct conf_pbx, ca_file), 0, 0, "",
		"certificate that signed the PBX's; the system's authorities if empty" },
	{ 0 },
};

static const struct section {
	const char *name; /* "" for the top level */
	const struct setting *keys;
} sections[] = { { "", main_keys }, { "pbx", pbx_keys }, { "defaults", defaults_keys },
	{ "calendars", calendars_keys } };

static const char *const level_names[] = { "error", "warning", "info", "debug" };
_Static_assert(ARRAY_SIZE(level_names) == LOG_LEVEL_COUNT, "a name for every level");

static const char *const login_names[] = { "md5", "plain" };

static const char *const type_names[] = {
	[KEY_TEXT] = "a text in quotes",
	[KEY_NAME] = "a name in quotes",
	[KEY_DIGITS] = "digits in quotes",
	[KEY_NUMBER] = "a whole number",
	[KEY_BOOL] = "true or false",
	[KEY_LEVEL] = "\"error\", \"warning\", \"info\" or \"debug\"",
	[KEY_LOGIN] = "\"md5\" or \"plain\"",
	[KEY_SECRET] = "a text in quotes",
};

const char *log_level_name(enum log_level l)
{
	return level_names[l];
}

static int find_name(const char *const *names, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(names[i], s))
			return (int)i;
	}
	return -1;
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
	return err_wrap(err, "%s:%d", at.path, at.line);
}

static void set_text(void *object, const struct setting *k, const char *value)
{
	char **text = (char **)((char *)object + k->offset);

	free(*text);
	*text = xstrdup(value);
}

static int check_string(const struct setting *k, const char *value, struct err *err)
{
	if (!text_is_utf8(value) || text_has_control(value))
		return err_set(
			err, ERR_CONF, "'%s' holds a control character or is not UTF-8", k->name);
	if (strlen(value) >= PATH_MAX)
		return err_set(err, ERR_CONF, "'%s' is too long", k->name);
	if (k->type == KEY_DIGITS && *value && !text_is_of(value, "0123456789*#+", NUMBER_MAX_LEN))
		return err_set(err, ERR_CONF, "'%s' holds digits, '*', '#' and '+' only", k->name);
	if (k->type == KEY_NAME && check_name("PBX", value, err) < 0)
		return -1;
	if (!*value && (!k->fallback || *k->fallback))
		return err_set(err, ERR_CONF, "'%s' may not be empty", k->name);
	return 0;
}

static int set_value(
	void *object, const struct setting *k, const config_setting_t *value, struct err *err)
{
	char *member = (char *)object + k->offset;
	int type = config_setting_type(value), i;
	const char *text = type == CONFIG_TYPE_STRING ? config_setting_get_string(value) : NULL;
	int64_t n;

	switch (k->type) {
	case KEY_NUMBER:
		if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
			break;
		n = config_setting_get_int64(value);
		if (n < k->min || n > k->max)
			return err_set(err, ERR_CONF, "'%s' must be from %" PRId64 " to %" PRId64,
				k->name, k->min, k->max);
		*(int64_t *)member = n;
		return 0;
	case KEY_BOOL:
		if (type != CONFIG_TYPE_BOOL)
			break;
		*(bool *)member = config_setting_get_bool(value);
		return 0;
	case KEY_LEVEL:
		if (!text || (i = find_name(level_names, ARRAY_SIZE(level_names), text)) < 0)
			break;
		*(enum log_level *)member = (enum log_level)i;
		return 0;
	case KEY_LOGIN:
		if (!text || (i = find_name(login_names, ARRAY_SIZE(login_names), text)) < 0)
			break;
		*(bool *)member = i == 1;
		return 0;
	default:
		if (!text)
			break;
		if (check_string(k, text, err) < 0)
			return -1;
		set_text(object, k, text);
		return 0;
	}
	return err_set(err, ERR_CONF, "'%s' must be %s", k->name, type_names[k->type]);
}

static int set_fallback(void *object, const struct setting *k)
{
	char *member = (char *)object + k->offset;

	switch (k->type) {
	case KEY_NUMBER: *(int64_t *)member = strtoll(k->fallback, NULL, 10); break;
	case KEY_BOOL: *(bool *)member = !strcmp(k->fallback, "true"); break;
	case KEY_LEVEL:
		*(enum log_level *)member = (enum log_level)find_name(
			level_names, ARRAY_SIZE(level_names), k->fallback);
		break;
	case KEY_LOGIN: *(bool *)member = !strcmp(k->fallback, "plain"); break;
	default: set_text(object, k, k->fallback ? k->fallback : ""); break;
	}
	return 0;
}

static void set_fallbacks(void *object, const struct setting *keys)
{
	for (const struct setting *k = keys; k->name; k++)
		set_fallback(object, k);
}

static int unknown(const char *name, const struct setting *keys, bool top, struct err *err)
{
	const char *names[32];
	size_t n = 0;

	for (const struct setting *k = keys; k->name; k++)
		names[n++] = k->name;
	for (size_t i = 0; top && i < ARRAY_SIZE(sections); i++)
		names[n++] = sections[i].name;
	err_set(err, ERR_CONF, "unknown setting '%s'", name);
	return closest_guess(err, name, names, n);
}

static bool is_section(const char *name)
{
	for (size_t i = 1; i < ARRAY_SIZE(sections); i++) {
		if (!strcmp(sections[i].name, name))
			return true;
	}
	return false;
}

/* Set what a group holds; what it does not name keeps its fallback. */
static int load_group(const struct conf *c, const config_setting_t *group,
	const struct setting *keys, void *object, struct err *err)
{
	int n = config_setting_length(group);

	for (int i = 0; i < n; i++) {
		const config_setting_t *value = config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(value);
		const struct setting *k = keys;
		bool top = config_setting_is_root(group);

		if (top && is_section(name))
			continue;
		while (k->name && strcmp(k->name, name) != 0)
			k++;
		if (!k->name) {
			unknown(name, keys, top, err);
			return fail(place_of(c, value), err);
		}
		if (set_value(object, k, value, err) < 0) {
			if (err)
				err->code = ERR_CONF;
			return fail(place_of(c, value), err);
		}
	}
	for (const struct setting *k = keys; k->name; k++) {
		if (!k->fallback && !config_setting_get_member(group, k->name)) {
			err_set(err, ERR_CONF, "'%s' is missing", k->name);
			return fail(place_of(c, group), err);
		}
	}
	return 0;
}

static int load_pbxs(struct conf *c, const config_setting_t *list, struct err *err)
{
	const config_setting_t *secret;
	int n;

	if (!config_setting_is_list(list)) {
		err_set(err, ERR_CONF, "'pbx' must be a list: pbx = ( { name = \"main\"; } );");
		return fail(place_of(c, list), err);
	}
	n = config_setting_length(list);
	if (n > CONF_PBX_MAX) {
		err_set(err, ERR_CONF, "more than %d PBXs", CONF_PBX_MAX);
		return fail(place_of(c, list), err);
	}
	c->pbx = xcalloc((size_t)n, sizeof(*c->pbx));
	for (int i = 0; i < n; i++) {
		const config_setting_t *group = config_setting_get_elem(list, (unsigned)i);
		struct conf_pbx *p = &c->pbx[c->pbx_n++], *first = c->pbx;
		struct conf_place at = place_of(c, group);

		set_fallbacks(p, pbx_keys);
		p->file = xstrdup(at.path);
		p->line = at.line;
		if (!config_setting_is_group(group)) {
			err_set(err, ERR_CONF,
				"a PBX is a group of settings: { name = \"main\"; }");
			return fail(place_of(c, group), err);
		}
		if (load_group(c, group, pbx_keys, p, err) < 0)
			return -1;
		secret = config_setting_get_member(group, "secret");
		p->secret_from = xstrdup(secret ? place_of(c, secret).path : p->file);
		while (first < p && strcasecmp(first->name, p->name) != 0)
			first++;
		if (first < p) {
			err_set(err, ERR_CONF, "there is a PBX '%s' already in line %d", p->name,
				first->line);
			return fail(place_of(c, group), err);
		}
		if (*p->secret && *p->secret_file) {
			err_set(err, ERR_CONF, "PBX '%s' has both secret and secret_file", p->name);
			return fail(place_of(c, group), err);
		}
	}
	return 0;
}

static int load_section(struct conf *c, const config_setting_t *root, const char *name,
	const struct setting *keys, struct err *err)
{
	const config_setting_t *group = config_setting_get_member(root, name);

	if (group && !config_setting_is_group(group)) {
		err_set(err, ERR_CONF, "'%s' must be a group: %s = { %s = ...; };", name, name,
			keys->name);
		return fail(place_of(c, group), err);
	}
	return group ? load_group(c, group, keys, c, err) : 0;
}

static int load(struct conf *c, config_t *cfg, struct err *err)
{
	const config_setting_t *root = config_root_setting(cfg), *pbx;

	set_fallbacks(c, main_keys);
	set_fallbacks(c, defaults_keys);
	set_fallbacks(c, calendars_keys);
	if (load_group(c, root, main_keys, c, err) < 0)
		return -1;
	pbx = config_setting_get_member(root, "pbx");
	if (pbx && load_pbxs(c, pbx, err) < 0)
		return -1;
	if (load_section(c, root, "defaults", defaults_keys, err) < 0)
		return -1;
	return load_section(c, root, "calendars", calendars_keys, err);
}

/* libconfig reads from a FILE, so that what is checked is what is read. */
static int read_file(const char *path, config_t *cfg, struct err *err)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	struct stat st;

	if (!f || fstat(fileno(f), &st) < 0) {
		err_sys(err, "cannot read configuration '%s'", path);
	} else if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		err_set(err, ERR_CONF, "configuration '%s' is not a file of at most 1 MiB", path);
	} else if (config_read(cfg, f) != CONFIG_TRUE) {
		const char *included = config_error_file(cfg);

		err_set(err, ERR_CONF, "%s:%d: %s", included ? included : path,
			config_error_line(cfg), config_error_text(cfg));
	} else {
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

static void free_texts(void *object, const struct setting *keys)
{
	for (const struct setting *k = keys; k->name; k++) {
		char **text = (char **)((char *)object + k->offset);

		if (k->type == KEY_SECRET) {
			conf_wipe(*text);
		} else if (k->type == KEY_TEXT || k->type == KEY_NAME || k->type == KEY_DIGITS) {
			free(*text);
		}
	}
}

void conf_free(struct conf *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->pbx_n; i++) {
		free_texts(&c->pbx[i], pbx_keys);
		free(c->pbx[i].secret_from);
		free(c->pbx[i].file);
	}
	free(c->pbx);
	free_texts(c, main_keys);
	free_texts(c, defaults_keys);
	free_texts(c, calendars_keys);
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
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[SECRET_MAX + 3];
	ssize_t n;

	if (fd < 0)
		return err_sys(err, "cannot read secret_file '%s'", path);
	if (check_private(fd, path, err) < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return err_sys(err, "cannot read secret_file '%s'", path);
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

static int find_secret(
	const struct conf_pbx *p, const char *credentials, char **ret, struct err *err)
{
	char path[PATH_MAX];

	if (*p->secret) {
		_cleanup_(closep) int fd = open(p->secret_from, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return err_sys(err, "cannot read '%s'", p->secret_from);
		if (check_private(fd, p->secret_from, err) < 0)
			return -1;
		*ret = xstrdup(p->secret);
		return 0;
	}
	if (*p->secret_file)
		return read_secret(p->secret_file, ret, err);
	if (credentials &&
		snprintf(path, sizeof(path), "%s/ami-%s", credentials, p->name) <
			(int)sizeof(path) &&
		access(path, F_OK) == 0)
		return read_secret(path, ret, err);
	return err_set(err, ERR_CONF,
		"no secret: set secret_file, or give the systemd credential ami-%s", p->name);
}

int conf_secret(const struct conf *c, const struct conf_pbx *p, const char *credentials, char **ret,
	struct err *err)
{
	(void)c;
	if (find_secret(p, credentials, ret, err) == 0)
		return 0;
	if (err)
		err->code = ERR_CONF;
	return err_wrap(err, "%s:%d: PBX '%s'", p->file, p->line, p->name);
}

static const char *value_text(
	const void *object, const struct setting *k, char *scratch, size_t size)
{
	const char *member = (const char *)object + k->offset;

	switch (k->type) {
	case KEY_NUMBER:
		snprintf(scratch, size, "%" PRId64, *(const int64_t *)member);
		return scratch;
	case KEY_BOOL: return *(const bool *)member ? "true" : "false";
	case KEY_LEVEL: return level_names[*(const enum log_level *)member];
	case KEY_LOGIN: return login_names[*(const bool *)member ? 1 : 0];
	case KEY_SECRET: return **(char *const *)member ? "(set)" : "";
	default: return *(char *const *)member;
	}
}

static int each_key(const struct section *section, const char *instance, const void *object,
	int (*fn)(void *data, const struct conf_key *key), void *data)
{
	char path[128], scratch[32];
	int r;

	for (const struct setting *k = section->keys; k->name; k++) {
		struct conf_key key = {
			.path = path,
			.type = type_names[k->type],
			.fallback = k->fallback,
			.help = k->help,
			.value = object ? value_text(object, k, scratch, sizeof(scratch)) : NULL,
		};

		snprintf(path, sizeof(path), "%s%s%s%s%s", section->name, *instance ? "." : "",
			instance, *section->name ? "." : "", k->name);
		if ((r = fn(data, &key)) != 0)
			return r;
	}
	return 0;
}

int conf_each(const struct conf *c, int (*fn)(void *data, const struct conf_key *key), void *data)
{
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		const struct section *section = &sections[i];

		if (section->keys != pbx_keys || !c) {
			if ((r = each_key(section, "", c, fn, data)) != 0)
				return r;
			continue;
		}
		for (size_t j = 0; j < c->pbx_n; j++) {
			if ((r = each_key(section, c->pbx[j].name, &c->pbx[j], fn, data)) != 0)
				return r;
		}
	}
	return 0;
}
