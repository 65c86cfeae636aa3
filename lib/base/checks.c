/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/checks.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/limits.h"
#include "lib/base/text.h"

int check_text(const char *what, const char *value, size_t max, struct err *err)
{
	if (!text_is_utf8(value))
		return err_set(err, ERR_USAGE, "%s is not valid UTF-8", what);
	if (text_has_control(value))
		return err_set(
			err, ERR_USAGE, "%s may not hold line ends or control characters", what);
	if (strlen(value) > max)
		return err_set(err, ERR_USAGE, "%s is longer than %zu bytes", what, max);
	return 0;
}

int check_set(const char *what, const char *value, const char *set, const char *set_name,
	size_t max, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_USAGE, "%s may not be empty", what);
	if (strspn(value, set) != strlen(value))
		return err_set(err, ERR_USAGE, "%s '%s' may hold only %s", what, value, set_name);
	if (strlen(value) > max)
		return err_set(err, ERR_USAGE, "%s '%.20s...' is longer than %zu characters", what,
			value, max);
	return 0;
}

int check_name(const char *what, const char *name, struct err *err)
{
	char title[64];

	snprintf(title, sizeof(title), "%s name", what);
	if (check_set(title, name, TEXT_ALNUM "._-", "letters, digits, '.', '_' and '-'",
		    NAME_MAX_LEN, err) < 0)
		return -1;
	if (*name == '-' || *name == '.')
		return err_set(
			err, ERR_USAGE, "%s '%s' may not begin with '%c'", title, name, *name);
	if (!strcasecmp(name, "all"))
		return err_set(
			err, ERR_USAGE, "%s '%s' is taken: it means every user", title, name);
	return 0;
}

int check_number(const char *value, struct err *err)
{
	const char *digits = value + (*value == '+');

	if (!text_is_of(digits, "0123456789*#", NUMBER_MAX_LEN - 1) || strlen(digits) < 2)
		return err_set(err, ERR_USAGE,
			"'%s' is not a telephone number such as +46701234567", value);
	return 0;
}
