#include "lib/calls/rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/closest.h"
#include "lib/base/checks.h"

static const char *const bools[] = { "no", "yes" };
static const char *const callerids[] = {
	[CALLERID_CALLER] = "caller",
	[CALLERID_USER] = "user",
};
_Static_assert(ARRAY_SIZE(callerids) == CALLERID_COUNT, "a name for every caller ID");
static const char *const queue_answers[] = {
	[QUEUE_NONE] = "none",
	[QUEUE_LOGIN] = "login",
	[QUEUE_LOGOUT] = "logout",
	[QUEUE_PAUSE] = "pause",
};
_Static_assert(ARRAY_SIZE(queue_answers) == QUEUE_ANSWER_COUNT, "a name for every answer");
static const char *const origins[] = {
	[ORIGIN_BUILTIN] = "built-in",
	[ORIGIN_MODE] = "mode",
	[ORIGIN_USER] = "user",
};
_Static_assert(ARRAY_SIZE(origins) == ORIGIN_COUNT, "a name for every origin");

const char *queue_answer_name(enum queue_answer a)
{
	return queue_answers[a];
}

const char *origin_name(enum origin o)
{
	return origins[o];
}

static enum rule_id id_of(const struct rule *rule)
{
	return (enum rule_id)(rule - rule_table);
}

static void *member(struct rules *r, const struct rule *rule)
{
	return (char *)r + rule->offset;
}

static const void *value_of(const struct rules *r, const struct rule *rule)
{
	return (const char *)r + rule->offset;
}

/* The rule of a key, and of queue.NAME the name. */
static const struct rule *find(const char *key, const char **ret_queue, struct err *err)
{
	const char *names[RULE_COUNT];

	*ret_queue = NULL;
	if (!strncmp(key, QUEUE_PREFIX, strlen(QUEUE_PREFIX))) {
		*ret_queue = key + strlen(QUEUE_PREFIX);
		return check_name("queue", *ret_queue, err) < 0 ? NULL : &rule_table[RULE_QUEUES];
	}
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (!strcmp(rule_table[i].name, key))
			return &rule_table[i];
		names[i] = rule_table[i].name;
	}
	err_set(err, ERR_USAGE, "unknown rule '%s'", key);
	closest_guess(err, key, names, RULE_COUNT);
	return NULL;
}

/* One of `n` words, as its place in the list; -1 with what there is. */
static int read_word(
	const char *key, const char *value, const char *const *words, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcasecmp(value, words[i]))
			return (int)i;
	}
	err_set(err, ERR_USAGE, "%s is ", key);
	for (size_t i = 0; i < n; i++)
		err_hint(err, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", words[i]);
	err_hint(err, ", not '%.40s'", value);
	return closest_guess(err, value, words, n);
}

static int set_seconds(const struct rule *rule, int64_t *ret, const char *value, struct err *err)
{
	int s = text_is_of(value, "0123456789", 4) ? atoi(value) : -1;

	if (s < rule->min || s > rule->max)
		return err_set(err, ERR_USAGE, "%s is from %d to %d seconds, not '%.40s'",
			rule->name, rule->min, rule->max, value);
	*ret = s;
	return 0;
}

static int set_greeting(char *ret, const char *value, struct err *err)
{
	if (!strcasecmp(value, "none"))
		value = "";
	else if (!text_is_of(value, TEXT_ALNUM "/_-", GREETING_MAX_LEN) || strchr("/-", *value) ||
		strstr(value, "//"))
		return err_set(err, ERR_USAGE,
			"greeting '%.100s' is not a sound such as custom/closed: letters, digits, '_', '-' "
			"and '/', without its ending, below Asterisk's sounds, at most %d",
			value, GREETING_MAX_LEN);
	text_copy(ret, GREETING_MAX_LEN + 1, value);
	return 0;
}

static bool is_pattern(const char *word)
{
	const char *digits = word + (*word == '+');

	return strlen(word) <= NUMBER_MAX_LEN &&
		text_is_of(digits, "0123456789*#", NUMBER_MAX_LEN) && strpbrk(digits, "0123456789");
}

/* Patterns separated by commas or spaces; kept with ", ". */
static int set_allow(char *ret, const char *value, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	_cleanup_(freep) char *copy = xstrdup(strcasecmp(value, "none") != 0 ? value : "");
	char *rest = copy, *word;
	size_t n = 0;

	while ((word = strsep(&rest, ", \t"))) {
		if (!*word)
			continue;
		if (!is_pattern(word))
			return err_set(err, ERR_USAGE,
				"allow: '%s' is not a number such as +46701234567, or the beginning of "
				"some such as 070*",
				word);
		if (++n > ALLOW_MAX)
			return err_set(
				err, ERR_USAGE, "allow: there are more than %d numbers", ALLOW_MAX);
		strbuf_addf(&text, "%s%s", text.len ? ", " : "", word);
	}
	if (text.len > ALLOW_MAX_LEN)
		return err_set(err, ERR_USAGE, "allow is longer than %d bytes", ALLOW_MAX_LEN);
	text_copy(ret, ALLOW_MAX_LEN + 1, text.s);
	return 0;
}

/* Where `queue` stands in the sorted list, or would stand. */
static size_t queue_place(const struct rules *r, const char *queue, bool *ret_found)
{
	size_t i = 0;
	int order = 1;

	while (i < r->queues_n && (order = strcasecmp(r->queues[i].queue, queue)) < 0)
		i++;
	*ret_found = i < r->queues_n && !order;
	return i;
}

static bool queue_put(struct rules *r, const char *queue, enum queue_answer answer)
{
	bool found;
	size_t i = queue_place(r, queue, &found);

	if (!found) {
		if (r->queues_n == QUEUE_RULES_MAX)
			return false;
		memmove(&r->queues[i + 1], &r->queues[i],
			(r->queues_n++ - i) * sizeof(r->queues[0]));
		text_copy(r->queues[i].queue, sizeof(r->queues[i].queue), queue);
	}
	r->queues[i].answer = answer;
	return true;
}

static int set_queue(
	struct rules *r, const char *key, const char *queue, const char *value, struct err *err)
{
	int answer = read_word(key, value, queue_answers, QUEUE_ANSWER_COUNT, err);

	if (answer < 0)
		return -1;
	if (!queue)
		r->queue = (enum queue_answer)answer;
	else if (!queue_put(r, queue, (enum queue_answer)answer))
		return err_set(err, ERR_USAGE, "rules for more than %d queues", QUEUE_RULES_MAX);
	return 0;
}

static int step_of(const struct rules *r)
{
	return rules_has(r, RULE_RING_TIMEOUT) ? (int)r->timeout_s
					       : atoi(rule_table[RULE_RING_TIMEOUT].fallback);
}

static int set_value(struct rules *r, const struct rule *rule, const char *key, const char *queue,
	const char *value, struct err *err)
{
	struct destination d;
	int word;

	switch (rule->type) {
	case RULE_TYPE_RING: return ring_parse(value, step_of(r), &r->ring, err);
	case RULE_TYPE_SECONDS: return set_seconds(rule, member(r, rule), value, err);
	case RULE_TYPE_BOOL:
		word = read_word(key, value, bools, ARRAY_SIZE(bools), err);
		if (word >= 0)
			*(bool *)member(r, rule) = word;
		return word < 0 ? -1 : 0;
	case RULE_TYPE_DESTINATION:
		if (destination_parse(value, &d, err) < 0)
			return err_wrap(err, "%s", key);
		*(struct destination *)member(r, rule) = d;
		return 0;
	case RULE_TYPE_CALLERID:
		word = read_word(key, value, callerids, CALLERID_COUNT, err);
		if (word >= 0)
			r->callerid = (enum callerid)word;
		return word < 0 ? -1 : 0;
	case RULE_TYPE_QUEUE:
	case RULE_TYPE_QUEUES: return set_queue(r, key, queue, value, err);
	case RULE_TYPE_GREETING: return set_greeting(r->greeting, value, err);
	case RULE_TYPE_ALLOW: return set_allow(r->allow, value, err);
	}
	return -1;
}

int rules_set(struct rules *r, const char *key, const char *value, struct err *err)
{
	const char *queue;
	const struct rule *rule = find(key, &queue, err);

	if (!rule)
		return -1;
	if (!*value)
		return err_set(err, ERR_USAGE, "%s needs a value: %s", key, rule->values);
	if (strlen(value) > RULE_TEXT_MAX_LEN)
		return err_set(err, ERR_USAGE, "the value of %s is longer than %d bytes", key,
			RULE_TEXT_MAX_LEN);
	if (set_value(r, rule, key, queue, value, err) < 0)
		return -1;
	r->set |= UINT32_C(1) << id_of(rule);
	return 0;
}

int rules_unset(struct rules *r, const char *key, struct err *err)
{
	const char *queue;
	const struct rule *rule = find(key, &queue, err);
	bool found;
	size_t i;

	if (!rule)
		return -1;
	if (queue) {
		i = queue_place(r, queue, &found);
		if (found)
			memmove(&r->queues[i], &r->queues[i + 1],
				(--r->queues_n - i) * sizeof(r->queues[0]));
		if (r->queues_n)
			return 0;
	}
	r->set &= ~(UINT32_C(1) << id_of(rule));
	return 0;
}

void rules_print(const struct rules *r, enum rule_id id, struct strbuf *to)
{
	const struct rule *rule = &rule_table[id];

	switch (rule->type) {
	case RULE_TYPE_RING: ring_print(&r->ring, to); break;
	case RULE_TYPE_SECONDS:
		strbuf_addf(to, "%lld", (long long)*(const int64_t *)value_of(r, rule));
		break;
	case RULE_TYPE_BOOL: strbuf_adds(to, bools[*(const bool *)value_of(r, rule)]); break;
	case RULE_TYPE_DESTINATION: destination_print(value_of(r, rule), to); break;
	case RULE_TYPE_CALLERID: strbuf_adds(to, callerids[r->callerid]); break;
	case RULE_TYPE_QUEUE: strbuf_adds(to, queue_answers[r->queue]); break;
	case RULE_TYPE_QUEUES: break;
	case RULE_TYPE_GREETING:
	case RULE_TYPE_ALLOW: {
		const char *text = value_of(r, rule);

		strbuf_adds(to, *text ? text : "none");
		break;
	}
	}
}

int rules_get(const struct rules *r, const char *key, struct strbuf *to, struct err *err)
{
	const char *queue;
	const struct rule *rule = find(key, &queue, err);
	bool found;
	size_t i;

	if (!rule)
		return -1;
	if (queue) {
		i = queue_place(r, queue, &found);
		if (found)
			strbuf_adds(to, queue_answers[r->queues[i].answer]);
		return found;
	}
	if (!rules_has(r, id_of(rule)))
		return 0;
	rules_print(r, id_of(rule), to);
	return 1;
}

bool rules_each(const struct rules *r, size_t i, struct rule_value *ret)
{
	for (int id = 0; id < RULE_COUNT; id++) {
		size_t n = id == RULE_QUEUES ? r->queues_n : 1;

		if (!rules_has(r, (enum rule_id)id))
			continue;
		if (i >= n) {
			i -= n;
			continue;
		}
		ret->id = (enum rule_id)id;
		ret->queue = i;
		strbuf_cut(&ret->value, 0);
		if (id == RULE_QUEUES) {
			snprintf(ret->key, sizeof(ret->key), QUEUE_PREFIX "%s", r->queues[i].queue);
			strbuf_adds(&ret->value, queue_answers[r->queues[i].answer]);
		} else {
			text_copy(ret->key, sizeof(ret->key), rule_table[id].name);
			rules_print(r, ret->id, &ret->value);
		}
		return true;
	}
	return false;
}

void rules_changes(const struct rules *before, const struct rules *after, struct strbuf *to)
{
	_cleanup_(strbuf_done) struct strbuf old = STRBUF_INIT;
	struct rule_value v = { .value = STRBUF_INIT };

	for (size_t i = 0; rules_each(after, i, &v); i++) {
		strbuf_cut(&old, 0);
		if (rules_get(before, v.key, &old, NULL) <= 0 || strcmp(old.s, v.value.s) != 0)
			strbuf_addf(to, "%s%s=%s", to->len ? ", " : "", v.key, v.value.s);
	}
	for (size_t i = 0; rules_each(before, i, &v); i++) {
		if (rules_get(after, v.key, &old, NULL) <= 0)
			strbuf_addf(to, "%s%s unset", to->len ? ", " : "", v.key);
	}
	strbuf_done(&v.value);
}

enum queue_answer rules_queue(const struct rules *r, const char *name)
{
	bool found;
	size_t i = queue_place(r, name, &found);

	return found ? r->queues[i].answer : r->queue;
}

bool rules_allow(const char *allow, const char *number)
{
	while (*allow) {
		size_t n = strcspn(allow, ", "), next = n + strspn(allow + n, ", ");
		bool prefix = n && allow[n - 1] == '*';

		if (prefix ? !strncmp(allow, number, n - 1)
			   : n == strlen(number) && !strncmp(allow, number, n))
			return true;
		allow += next;
	}
	return false;
}

int rules_check_type(const struct rules *r, enum ptype type, struct err *err)
{
	if (type == PTYPE_DND && rules_has(r, RULE_RING_MOBILE) && r->mobile)
		return err_set(err, ERR_USAGE,
			"ring.mobile=yes is not for a mode of type dnd, which rings nothing");
	return 0;
}

static int check_device(const struct user *u, const char *device, struct err *err)
{
	const char *names[DEVICES_MAX + 1];

	for (size_t i = 0; i < u->devices_n; i++) {
		if (!strcmp(u->devices[i].name, device))
			return 0;
		names[i] = u->devices[i].name;
	}
	names[u->devices_n] = DEVICE_MOBILE;
	err_set(err, ERR_USAGE, "ring: %s has no device '%s'", u->name, device);
	return closest_guess(err, device, names, u->devices_n + 1);
}

static int check_mobile(const struct user *u, const char *rule, struct err *err)
{
	if (*u->mobile)
		return 0;
	return err_set(err, ERR_USAGE,
		"%s: %s has no mobile number; give one: presencectl user set %s mobile=+46701234567",
		rule, u->name, u->name);
}

static bool is_own(const struct destination *d, const struct user *u)
{
	return (d->kind == DESTINATION_USER &&
		       (!strcasecmp(d->value, u->name) || !strcasecmp(d->value, u->extension))) ||
		(d->kind == DESTINATION_GROUP && !strcmp(d->value, u->extension));
}

int rules_check_user(const struct rules *r, const struct user *u, struct err *err)
{
	for (size_t i = 0; rules_has(r, RULE_RING) && i < r->ring.n; i++) {
		const char *device = r->ring.windows[i].device;

		if (!strcmp(device, DEVICE_MOBILE) ? check_mobile(u, "ring", err) < 0
						   : check_device(u, device, err) < 0)
			return -1;
	}
	if (rules_has(r, RULE_RING_MOBILE) && r->mobile && check_mobile(u, "ring.mobile", err) < 0)
		return -1;
	for (const struct rule *rule = rule_table; rule < rule_table + RULE_COUNT; rule++) {
		if (rule->type == RULE_TYPE_DESTINATION && rules_has(r, id_of(rule)) &&
			is_own(value_of(r, rule), u))
			return err_set(err, ERR_USAGE,
				"%s: a call for %s cannot be forwarded to %s; 'voicemail' is the own mailbox",
				rule->name, u->name, u->name);
	}
	return 0;
}

static void lay_over(struct effective *e, const struct rules *r, enum origin origin)
{
	for (int id = 0; id < RULE_COUNT; id++) {
		const struct rule *rule = &rule_table[id];

		if (id == RULE_QUEUES || !rules_has(r, (enum rule_id)id))
			continue;
		memcpy(member(&e->rules, rule), value_of(r, rule), rule->size);
		e->origin[id] = origin;
	}
	for (size_t i = 0; i < r->queues_n; i++) {
		bool found;
		size_t at = queue_place(&e->rules, r->queues[i].queue, &found),
		       n = e->rules.queues_n;

		if (!queue_put(&e->rules, r->queues[i].queue, r->queues[i].answer))
			continue;
		if (!found)
			memmove(&e->queue_origin[at + 1], &e->queue_origin[at],
				(n - at) * sizeof(e->queue_origin[0]));
		e->queue_origin[at] = origin;
	}
}

void rules_effective(const struct rules *base, const struct rules *mode, const struct rules *user,
	struct effective *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->rules.set = base->set;
	lay_over(ret, base, ORIGIN_BUILTIN);
	if (mode)
		lay_over(ret, mode, ORIGIN_MODE);
	if (user)
		lay_over(ret, user, ORIGIN_USER);
}

const char *rule_candidates(const struct rule *rule, size_t i)
{
	static const char *const rings[] = { "all", "none" };

	switch (rule->type) {
	case RULE_TYPE_RING: return i < ARRAY_SIZE(rings) ? rings[i] : NULL;
	case RULE_TYPE_BOOL: return i < ARRAY_SIZE(bools) ? bools[i] : NULL;
	case RULE_TYPE_DESTINATION: return destination_candidates(i);
	case RULE_TYPE_CALLERID: return i < CALLERID_COUNT ? callerids[i] : NULL;
	case RULE_TYPE_QUEUE:
	case RULE_TYPE_QUEUES: return i < QUEUE_ANSWER_COUNT ? queue_answers[i] : NULL;
	case RULE_TYPE_GREETING:
	case RULE_TYPE_ALLOW: return i ? NULL : "none";
	default: return NULL;
	}
}
