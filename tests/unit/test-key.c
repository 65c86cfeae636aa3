/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine of keys, with a table of its own: each type that the engine knows, keys with parts, typed values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/key.h"
#include "lib/base/limits.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

enum colour { RED, GREEN, BLUE };

struct thing {
	unsigned set; /* a bit a key, for is_set() */
	char label[9];
	char name[NAME_MAX_LEN + 1];
	char *path;
	bool open;
	enum colour colour;
	bool small; /* a word of two */
	int64_t weight, wait_s;
	size_t tags_n;
	char tags[4][2][12]; /* name, value */
};

static const char *const colours[] = { "red", "green", "blue" };
static const char *const sizes[] = { "large", "small" };

static int set_tag(const struct key_at *at, void *object, const char *value, struct err *err)
{
	struct thing *t = object;
	size_t i = 0;

	while (i < t->tags_n && strcmp(t->tags[i][0], at->part) != 0)
		i++;
	if (!value) {
		if (i == t->tags_n)
			return err_set(err, ERR_NOT_FOUND, "no tag '%s'", at->part);
		memmove(&t->tags[i], &t->tags[i + 1], (--t->tags_n - i) * sizeof(t->tags[0]));
		return 0;
	}
	if (key_read_word(at->key->type, at->word, value, err) < 0)
		return -1;
	text_copy(t->tags[i][0], sizeof(t->tags[i][0]), at->part);
	text_copy(t->tags[i][1], sizeof(t->tags[i][1]), value);
	t->tags_n += i == t->tags_n;
	return 0;
}

static bool nth_tag(const struct key *k, const void *object, size_t i, struct strbuf *part,
	struct strbuf *value)
{
	const struct thing *t = object;

	(void)k;
	if (i >= t->tags_n)
		return false;
	strbuf_adds(part, t->tags[i][0]);
	strbuf_adds(value, t->tags[i][1]);
	return true;
}

/* All tags at once: only none. */
static int set_tags(const struct key *k, void *object, const char *value, struct err *err)
{
	struct thing *t = object;

	if (strcmp(value, "none") != 0)
		return err_set(err, ERR_USAGE, "%s is none", k->name);
	t->tags_n = 0;
	return 0;
}

static const struct key_parts tag_parts = {
	.word = "NAME", .needed = "a name: tag.x", .set = set_tag, .nth = nth_tag
};
static const struct key_parts whole_parts = { .word = "NAME", .set = set_tag, .nth = nth_tag };
static const struct key_type key_colour = { KEY_WORDS(colours) };
static const struct key_type key_size = { KEY_WORDS(sizes) };
static const struct key_type key_tag = { .words = colours, .words_n = 3, .parts = &tag_parts };
static const struct key_type key_whole = {
	.set = set_tags, .words = colours, .words_n = 3, .parts = &whole_parts
};

static const struct key list[] = {
	{ "label", &key_text, KEY_MEMBER(thing, label), "", "text", "what it says" },
	{ "name", &key_name, KEY_MEMBER(thing, name), NULL, "a name", "what it is called" },
	{ "path", &key_string, KEY_MEMBER(thing, path), "", NULL, "where it is" },
	{ "open", &key_bool, KEY_MEMBER(thing, open), "yes", NULL, "whether it is open" },
	{ "colour", &key_colour, KEY_MEMBER(thing, colour), "green", NULL, "its colour" },
	{ "colour.size", &key_size, KEY_MEMBER(thing, small), "large", NULL, "its size" },
	{ "weight", &key_number, KEY_RANGE(thing, weight, -5, 100), "7", NULL, "its weight" },
	{ "wait", &key_seconds, KEY_RANGE(thing, wait_s, 1, 60), "30", "1 to 60", "how long" },
	{ "tag", &key_tag, KEY_MEMBER(thing, tags), NULL, NULL, "a colour by name" },
	{ 0 },
};

static const char *const others[] = { "groups", NULL };
static const struct keys things = { .noun = "property", .list = list, .others = others };

static bool is_set(const struct key *k, const void *object)
{
	return ((const struct thing *)object)->set & 1u << (k - list);
}

static const struct keys partial = { .noun = "property", .list = list, .is_set = is_set };

static const struct key whole_list[] = {
	{ "tag", &key_whole, KEY_MEMBER(thing, tags), "none", "none", "all tags, or one" },
	{ "tag.x", &key_bool, KEY_MEMBER(thing, open), "no", NULL, "a key with a dot" },
	{ 0 },
};
static const struct keys whole = { .noun = "key", .list = whole_list };

/* "word=value;" of each. */
static void show(const struct keys *keys, const struct thing *t, struct strbuf *to)
{
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;

	while (keys_next(keys, t, &p))
		strbuf_addf(to, "%s=%s;", p.word.s, p.value.s);
	assert_true(!to->len || keys_next(keys, t, &p)); /* from the beginning */
}

static void expect(const struct keys *keys, const struct thing *t, const char *text)
{
	_cleanup_(strbuf_done) struct strbuf all = STRBUF_INIT;

	show(keys, t, &all);
	assert_string_equal(all.s, text);
}

static void test_reset_and_each(void **state)
{
	struct thing t = { 0 };

	(void)state;
	keys_reset(&things, &t);
	expect(&things, &t,
		"label=;name=;path=;open=yes;colour=green;colour.size=large;weight=7;wait=30;");
	assert_int_equal(keys_set(&things, &t, "tag.b", "blue", NULL), 0);
	assert_int_equal(keys_set(&things, &t, "tag.a", "red", NULL), 0);
	expect(&partial, &t, "tag.b=blue;tag.a=red;");
	t.set = 1 << 3 | 1 << 6;
	expect(&partial, &t, "open=yes;weight=7;tag.b=blue;tag.a=red;");
	keys_done(&things, &t);
	assert_null(t.path);
	keys_done(&things, &t);
}

static void set(const struct keys *keys, struct thing *t, const char *word, const char *value)
{
	assert_int_equal(keys_set(keys, t, word, value, NULL), 0);
}

static int add_change(void *data, const char *word, const char *before, const char *after)
{
	strbuf_addf(data, "%s %s > %s;", word, before ? before : "-", after ? after : "-");
	return strcmp(word, "wait") ? 0 : 7;
}

static void expect_changes(const struct keys *keys, const struct thing *before,
	const struct thing *after, int result, const char *text)
{
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;

	assert_int_equal(keys_each_change(keys, before, after, add_change, &got), result);
	assert_string_equal(got.s, text);
}

/* Each value that differs comes once: set, unset, a part more and a part less. */
static void test_changes(void **state)
{
	struct thing a = { 0 }, b = { 0 };

	(void)state;
	keys_reset(&things, &a);
	keys_reset(&things, &b);
	expect_changes(&things, &a, &b, 0, "");
	set(&things, &a, "label", "old");
	set(&things, &a, "path", "/old");
	set(&things, &a, "tag.x", "red");
	set(&things, &b, "path", "/new");
	set(&things, &b, "weight", "8");
	set(&things, &b, "tag.y", "blue");
	expect_changes(&things, &a, &b, 0,
		"label old > -;path /old > /new;weight 7 > 8;tag.y - > blue;tag.x red > -;");
	set(&things, &b, "wait", "31");
	expect_changes(
		&things, &a, &b, 7, "label old > -;path /old > /new;weight 7 > 8;wait 30 > 31;");
	a.set = b.set = 0;
	expect_changes(&partial, &a, &b, 0, "tag.y - > blue;tag.x red > -;");
	keys_done(&things, &a);
	keys_done(&things, &b);
}

static void test_taken(void **state)
{
	static const struct {
		const char *key, *value, *print;
	} table[] = {
		{ "label", "eight ab", "eight ab" },
		{ "label", "", "" },
		{ "name", "a-b_c.d", "a-b_c.d" },
		{ "path", "/some/where", "/some/where" },
		{ "path", "", "" },
		{ "open", "NO", "no" },
		{ "open", "yes", "yes" },
		{ "colour", "Blue", "blue" },
		{ "colour.size", "small", "small" },
		{ "weight", "-5", "-5" },
		{ "weight", "0100", "100" },
		{ "wait", "60", "60" },
		{ "tag.x", "red", "x=red" },
		{ "tag.x.y", "green", "x.y=green" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
		struct thing t = { 0 };
		struct key_at at;
		struct err err;

		keys_reset(&things, &t);
		if (keys_set(&things, &t, table[i].key, table[i].value, &err) != 0)
			fail_msg("%s=%s: %s", table[i].key, table[i].value, err.msg);
		assert_int_equal(keys_find(&things, table[i].key, &at, &err), 0);
		key_get(at.key, &t, &text);
		assert_string_equal(text.s, table[i].print);
		if (!at.part)
			assert_int_equal(key_set(&at, &t, text.s, &err), 0);
		keys_done(&things, &t);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *key, *value, *msg;
	} table[] = {
		{ "label", "nine byte", "label is longer than 8 bytes" },
		{ "label", "a\nb", "label may not hold line ends or control characters" },
		{ "label", "\xff", "label is not valid UTF-8" },
		{ "name", "", "name needs a value: a name" },
		{ "name", "-a", "name name '-a' may not begin with '-'" },
		{ "path", "a\tb", "path may not hold line ends or control characters" },
		{ "open", "", "open needs a value: yes, no" },
		{ "open", "true", "open is yes or no, not 'true'" },
		{ "colour", "reed",
			"colour is red, green or blue, not 'reed'; did you mean 'red'?" },
		{ "colour", "1", "colour is red, green or blue, not '1'" },
		{ "weight", "-6", "weight is a number from -5 to 100, not '-6'" },
		{ "weight", "101", "weight is a number from -5 to 100, not '101'" },
		{ "weight", "-", "weight is a number from -5 to 100, not '-'" },
		{ "weight", "7 ", "weight is a number from -5 to 100, not '7 '" },
		{ "weight", "9999999999999999999",
			"weight is a number from -5 to 100, not '9999999999999999999'" },
		{ "wait", "0", "wait is a number of seconds from 1 to 60, not '0'" },
		{ "wait", "1s", "wait is a number of seconds from 1 to 60, not '1s'" },
		{ "wait", "", "wait needs a value: 1 to 60" },
		{ "tag", "red", "property 'tag' needs a name: tag.x" },
		{ "tag.x", "rde", "tag.x is red, green or blue, not 'rde'; did you mean 'red'?" },
		{ "tag.x", "", "tag.x needs a value: red, green, blue" },
		{ "lable", "x", "unknown property 'lable'; did you mean 'label'?" },
		{ "group", "x", "unknown property 'group'; did you mean 'groups'?" },
		{ "label.x", "x", "unknown property 'label.x'; did you mean 'label'?" },
		{ "tagx", "x", "unknown property 'tagx'; did you mean 'tag'?" },
		{ "", "x", "unknown property ''" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct thing t = { 0 }, before;
		struct err err = { 0 };

		keys_reset(&things, &t);
		before = t;
		if (keys_set(&things, &t, table[i].key, table[i].value, &err) != -1)
			fail_msg("%s=%s was taken", table[i].key, table[i].value);
		assert_string_equal(err.msg, table[i].msg);
		assert_int_equal(err.code, ERR_USAGE);
		assert_memory_equal(&t, &before, sizeof(t));
		assert_int_equal(keys_set(&things, &t, table[i].key, table[i].value, NULL), -1);
		keys_done(&things, &t);
	}
}

static void test_long(void **state)
{
	_cleanup_(freep) char *text = xcalloc(1, KEY_VALUE_MAX_LEN + 2);
	struct thing t = { 0 };
	struct err err;

	(void)state;
	memset(text, 'x', KEY_VALUE_MAX_LEN + 1);
	assert_int_equal(keys_set(&things, &t, "tag.x", text, &err), -1);
	assert_string_equal(err.msg, "the value of tag.x is longer than 8192 bytes");
	text[KEY_VALUE_MAX_LEN] = '\0';
	assert_int_equal(keys_set(&things, &t, "path", text, &err), -1);
	assert_string_equal(err.msg, "path is longer than 4095 bytes");
	text[KEY_STRING_MAX_LEN] = '\0';
	assert_int_equal(keys_set(&things, &t, "path", text, &err), 0);
	assert_string_equal(t.path, text);
	keys_done(&things, &t);
}

static void test_unset(void **state)
{
	static const struct {
		const char *key, *msg; /* NULL: it is unset */
		enum err_code code;
	} table[] = {
		{ "label", NULL, 0 },
		{ "path", NULL, 0 },
		{ "open", NULL, 0 },
		{ "colour", NULL, 0 },
		{ "weight", NULL, 0 },
		{ "tag.x", NULL, 0 },
		{ "tag.y", "no tag 'y'", ERR_NOT_FOUND },
		{ "tag", "property 'tag' needs a name: tag.x", ERR_USAGE },
		{ "name", "property 'name' cannot be unset, only changed", ERR_USAGE },
		{ "lable", "unknown property 'lable'; did you mean 'label'?", ERR_USAGE },
	};
	struct thing t = { .label = "l",
		.name = "n",
		.colour = BLUE,
		.small = true,
		.weight = 1,
		.wait_s = 2,
		.tags_n = 1,
		.tags = { { "x", "red" } } };

	(void)state;
	assert_int_equal(keys_set(&things, &t, "path", "p", NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct err err;

		assert_int_equal(
			keys_unset(&things, &t, table[i].key, &err), table[i].msg ? -1 : 0);
		if (table[i].msg) {
			assert_string_equal(err.msg, table[i].msg);
			assert_int_equal(err.code, table[i].code);
		}
	}
	expect(&things, &t,
		"label=;name=n;path=;open=yes;colour=green;colour.size=small;weight=7;wait=2;");
	keys_done(&things, &t);
}

/* A key with parts may be a key without them too. */
static void test_whole(void **state)
{
	_cleanup_(strbuf_done) struct strbuf lines = STRBUF_INIT;
	struct thing t = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(keys_set(&whole, &t, "tag.a", "red", &err), 0);
	assert_int_equal(keys_set(&whole, &t, "tag.b", "blue", &err), 0);
	/* An exact name is that key, whatever comes first. */
	assert_int_equal(keys_set(&whole, &t, "tag.x", "yes", &err), 0);
	assert_true(t.open);
	key_get(&whole_list[0], &t, &lines);
	assert_string_equal(lines.s, "a=red\nb=blue");
	assert_int_equal(keys_set(&whole, &t, "tag", "some", &err), -1);
	assert_string_equal(err.msg, "tag is none");
	assert_int_equal(t.tags_n, 2);
	assert_int_equal(keys_unset(&whole, &t, "tag", &err), 0);
	assert_int_equal(t.tags_n, 0);
}

static void test_typed(void **state)
{
	static const struct {
		const char *key;
		struct key_value value;
		const char *expect; /* of an error if it begins with '!' */
	} table[] = {
		{ "label", { .kind = KEY_TEXT, .text = "x" }, "x" },
		{ "label", { .kind = KEY_TEXT, .text = "" }, "" },
		{ "label", { .kind = KEY_NUMBER, .number = 1 },
			"!'label' must be a text in quotes" },
		{ "path", { .kind = KEY_BOOL, .truth = true }, "!'path' must be a text in quotes" },
		{ "path", { .kind = KEY_OTHER }, "!'path' must be a text in quotes" },
		{ "open", { .kind = KEY_BOOL, .truth = true }, "yes" },
		{ "open", { .kind = KEY_BOOL, .truth = false }, "no" },
		{ "open", { .kind = KEY_TEXT, .text = "yes" }, "!'open' must be true or false" },
		{ "open", { .kind = KEY_NUMBER, .number = 1 }, "!'open' must be true or false" },
		{ "colour", { .kind = KEY_TEXT, .text = "red" }, "red" },
		{ "colour", { .kind = KEY_NUMBER, .number = 2 },
			"!colour is red, green or blue, not '2'" },
		{ "colour", { .kind = KEY_BOOL, .truth = true },
			"!colour is red, green or blue, not 'true'" },
		{ "colour", { .kind = KEY_OTHER }, "!'colour' must be a text in quotes" },
		{ "weight", { .kind = KEY_NUMBER, .number = -3 }, "-3" },
		{ "weight", { .kind = KEY_NUMBER, .number = INT64_MIN },
			"!weight is a number from -5 to 100, not '-9223372036854775808'" },
		{ "weight", { .kind = KEY_NUMBER, .number = INT64_MAX },
			"!weight is a number from -5 to 100, not '9223372036854775807'" },
		{ "weight", { .kind = KEY_TEXT, .text = "7" }, "!'weight' must be a whole number" },
		{ "wait", { .kind = KEY_OTHER }, "!'wait' must be a whole number" },
		{ "tag.x", { .kind = KEY_TEXT, .text = "red" }, "x=red" },
		{ "tag.x", { .kind = KEY_NUMBER, .number = 1 },
			"!'tag.x' must be a text in quotes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
		struct thing t = { 0 };
		struct key_at at;
		struct err err;

		keys_reset(&things, &t);
		assert_int_equal(keys_find(&things, table[i].key, &at, &err), 0);
		if (key_set_value(&at, &t, &table[i].value, &err) < 0)
			strbuf_addf(&text, "!%s", err.msg);
		else
			key_get(at.key, &t, &text);
		assert_string_equal(text.s, table[i].expect);
		keys_done(&things, &t);
	}
}

static void test_help(void **state)
{
	static const struct {
		const char *key, *title, *help, *words;
	} table[] = {
		{ "label", "label", "what it says (text)", "" },
		{ "path", "path", "where it is", "" },
		{ "open", "open", "whether it is open (yes, no)", "yes no " },
		{ "colour", "colour", "its colour (red, green, blue)", "red green blue " },
		{ "weight", "weight", "its weight (-5 to 100)", "" },
		{ "wait", "wait", "how long (1 to 60)", "" },
		{ "tag.x", "tag.NAME", "a colour by name (red, green, blue)", "red green blue " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf title = STRBUF_INIT, help = STRBUF_INIT,
						     words = STRBUF_INIT;
		const struct key *k = keys_of(&things, table[i].key, strlen(table[i].key));
		const char *word;

		key_title(k, &title);
		assert_string_equal(title.s, table[i].title);
		key_help(k, &help);
		assert_string_equal(help.s, table[i].help);
		for (size_t n = 0; (word = key_candidate(k, n)) != NULL; n++)
			strbuf_addf(&words, "%s ", word);
		assert_string_equal(words.s, table[i].words);
	}
}

static void test_of(void **state)
{
	static const struct {
		const char *word;
		size_t n;
		const char *name; /* NULL: none */
	} table[] = {
		{ "label=x", 5, "label" },
		{ "label=x", 4, NULL },
		{ "labels", 6, NULL },
		{ "tag.x=red", 5, "tag" },
		{ "tag.", 4, "tag" },
		{ "tag", 3, "tag" },
		{ "tags", 4, NULL },
		{ "colour.size=x", 11, "colour.size" },
		{ "colour.weight", 13, NULL },
		{ "", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct key *k = keys_of(&things, table[i].word, table[i].n);

		if (!k != !table[i].name || (k && strcmp(k->name, table[i].name) != 0))
			fail_msg("%s: %s", table[i].word, k ? k->name : "none");
	}
}

static void test_split(void **state)
{
	char key[KEY_WORD_SIZE], word[KEY_WORD_SIZE + 2];
	const char *value;
	struct err err;

	(void)state;
	assert_int_equal(key_split("a.b=c=d", key, &value, &err), 0);
	assert_string_equal(key, "a.b");
	assert_string_equal(value, "c=d");
	assert_int_equal(key_split("=c", key, &value, &err), -1);
	assert_string_equal(err.msg, "'=c' is not of the form key=value");
	assert_int_equal(key_split("abc", key, &value, &err), -1);
	assert_string_equal(err.msg, "'abc' is not of the form key=value");
	memset(word, 'k', sizeof(word));
	word[KEY_WORD_SIZE - 1] = '=';
	word[KEY_WORD_SIZE] = '\0';
	assert_int_equal(key_split(word, key, &value, &err), 0);
	assert_string_equal(value, "");
	memcpy(word + KEY_WORD_SIZE - 1, "k=", 3);
	assert_int_equal(key_split(word, key, &value, &err), -1);
	assert_string_equal(err.msg, "unknown key 'kkkkkkkkkkkkkkkkkkkk...'");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset_and_each),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_unset),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_of),
		cmocka_unit_test(test_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
