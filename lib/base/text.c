/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/text.h"

#include <stdint.h>
#include <string.h>

/* Length of the UTF-8 character at `s`. 0 if the bytes are no character: overlong, surrogate, above U+10FFFF. */
static size_t utf8_char(const unsigned char *s)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		return (s[1] & 0xc0) == 0x80 ? 2 : 0;
	if (s[0] >= 0xe0 && s[0] <= 0xef) {
		unsigned char low = s[0] == 0xe0 ? 0xa0 : 0x80, high = s[0] == 0xed ? 0x9f : 0xbf;

		if (s[1] < low || s[1] > high || (s[2] & 0xc0) != 0x80)
			return 0;
		return 3;
	}
	if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		unsigned char low = s[0] == 0xf0 ? 0x90 : 0x80, high = s[0] == 0xf4 ? 0x8f : 0xbf;

		if (s[1] < low || s[1] > high || (s[2] & 0xc0) != 0x80 || (s[3] & 0xc0) != 0x80)
			return 0;
		return 4;
	}
	return 0;
}

bool text_is_utf8(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	while (*p) {
		size_t n = utf8_char(p);

		if (!n)
			return false;
		p += n;
	}
	return true;
}

/* C0, DEL, and C1 in its UTF-8 form. Terminals take U+009B for ESC [. */
static bool is_control(const unsigned char *s)
{
	return *s < 0x20 || *s == 0x7f || (s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f);
}

bool text_has_control(const char *s)
{
	for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
		if (is_control(p))
			return true;
	}
	return false;
}

/* How many bytes a UTF-8 character has whose first byte is `c`. 1 if `c` is no first byte. */
static size_t utf8_length(unsigned char c)
{
	return c < 0xc2 || c > 0xf4 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

bool text_cut(char *s, size_t max)
{
	size_t end = strnlen(s, max), lead;
	bool cut;

	/* The text may not end with a first byte that lacks its further bytes. `lead` goes back over at most three further
	 * bytes to the first one; what is unfinished goes. Another unfinished one may stand before it, so look again: each
	 * round shortens the text. */
	for (;;) {
		for (lead = end;
			lead > 0 && end - lead < 3 && ((unsigned char)s[lead - 1] & 0xc0) == 0x80;)
			lead--;
		if (!lead || utf8_length((unsigned char)s[lead - 1]) <= end - lead + 1)
			break;
		end = lead - 1;
	}
	cut = s[end] != '\0';
	s[end] = '\0';
	return cut;
}

void text_tame(char *s)
{
	unsigned char *p = (unsigned char *)s;

	while (*p) {
		size_t n = utf8_char(p);

		if (n && !is_control(p)) {
			p += n;
			continue;
		}
		for (n = n ? n : 1; n; n--)
			*p++ = '?';
	}
}

bool text_is_of(const char *s, const char *set, size_t max)
{
	size_t n = strspn(s, set);

	return n > 0 && n <= max && !s[n];
}

void text_escape(struct strbuf *to, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	while (*p) {
		size_t n = utf8_char(p);

		if (!n || is_control(p)) {
			strbuf_addf(to, "\\x%02x", *p);
			p++;
			if (n == 2)
				strbuf_addf(to, "\\x%02x", *p++);
			continue;
		}
		strbuf_add(to, p, n);
		p += n;
	}
}

void text_json(struct strbuf *to, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	strbuf_addc(to, '"');
	while (*p) {
		size_t plain = 0, n;

		while (p[plain] >= 0x20 && p[plain] < 0x7f && p[plain] != '"' && p[plain] != '\\')
			plain++;
		strbuf_add(to, p, plain);
		p += plain;
		if (!*p)
			break;
		n = utf8_char(p);
		if (!n) {
			strbuf_adds(to, "\xef\xbf\xbd");
			p++;
			continue;
		}
		if (*p == '"' || *p == '\\')
			strbuf_addf(to, "\\%c", *p);
		else if (is_control(p))
			strbuf_addf(to, "\\u%04x", n == 2 ? p[1] : p[0]); /* C2 80 is U+0080 */
		else
			strbuf_add(to, p, n);
		p += n;
	}
	strbuf_addc(to, '"');
}

void text_copy(char *to, size_t size, const char *s)
{
	size_t n = strnlen(s, size);

	memcpy(to, s, n < size ? n + 1 : size);
	if (n == size)
		text_cut(to, size - 1);
}

void text_base64(struct strbuf *to, const char *s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)s;
	size_t left = strlen(s);

	while (left > 0) {
		size_t n = left < 3 ? left : 3;
		unsigned bits = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) |
			(n > 2 ? p[2] : 0);
		char four[4] = { digits[bits >> 18], digits[bits >> 12 & 63],
			digits[bits >> 6 & 63], digits[bits & 63] };

		memset(four + n + 1, '=', 3 - n);
		strbuf_add(to, four, sizeof(four));
		p += n;
		left -= n;
	}
}
