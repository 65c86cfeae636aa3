/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which addresses are public. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/calendar/address.h"

/* Each row is a first or last address of its block, or the neighbour outside. */
static void test_public(void **state)
{
	static const struct {
		const char *address;
		bool is_public;
	} table[] = {
		{ "0.0.0.0", false }, /* RFC 791 3.2 */
		{ "0.255.255.255", false },
		{ "1.0.0.0", true },
		{ "9.255.255.255", true },
		{ "10.0.0.0", false }, /* RFC 1918 3 */
		{ "10.255.255.255", false },
		{ "11.0.0.0", true },
		{ "93.184.216.34", true },
		{ "100.63.255.255", true },
		{ "100.64.0.0", false }, /* RFC 6598 7 */
		{ "100.100.100.200", false },
		{ "100.127.255.255", false },
		{ "100.128.0.0", true },
		{ "126.255.255.255", true },
		{ "127.0.0.1", false }, /* RFC 1122 3.2.1.3 */
		{ "127.255.255.255", false },
		{ "128.0.0.0", true },
		{ "168.63.129.15", true },
		{ "168.63.129.16", false },
		{ "168.63.129.17", true },
		{ "169.253.255.255", true },
		{ "169.254.0.0", false }, /* RFC 3927 2.1 */
		{ "169.254.169.254", false },
		{ "169.254.255.255", false },
		{ "169.255.0.0", true },
		{ "172.15.255.255", true },
		{ "172.16.0.0", false }, /* RFC 1918 3 */
		{ "172.31.255.255", false },
		{ "172.32.0.0", true },
		{ "191.255.255.255", true },
		{ "192.0.0.0", false }, /* RFC 6890 2.2.2 */
		{ "192.0.0.192", false },
		{ "192.0.1.0", true },
		{ "192.0.2.255", false }, /* RFC 5737 3 */
		{ "192.0.3.0", true },
		{ "192.88.99.1", false }, /* RFC 7526 */
		{ "192.167.255.255", true },
		{ "192.168.0.0", false }, /* RFC 1918 3 */
		{ "192.168.255.255", false },
		{ "192.169.0.0", true },
		{ "198.17.255.255", true },
		{ "198.18.0.0", false }, /* RFC 2544 C.2.2 */
		{ "198.19.255.255", false },
		{ "198.20.0.0", true },
		{ "198.51.100.1", false }, /* RFC 5737 3 */
		{ "203.0.113.1", false },
		{ "223.255.255.255", true },
		{ "224.0.0.0", false }, /* RFC 1112 4 */
		{ "239.255.255.255", false },
		{ "240.0.0.0", false },
		{ "255.255.255.255", false },
		{ "::", false }, /* RFC 4291 2.5.2 */
		{ "::1", false },
		{ "::93.184.216.34", false },  /* RFC 4291 2.5.5.1 */
		{ "::ffff:127.0.0.1", false }, /* RFC 4291 2.5.5.2 */
		{ "::ffff:93.184.216.34", false },
		{ "::ffff:0:93.184.216.34", false }, /* RFC 2765 2.1 */
		{ "64:ff9b::93.184.216.34", true },  /* RFC 6052 2.1 */
		{ "64:ff9b::127.0.0.1", false },
		{ "64:ff9b::169.254.169.254", false },
		{ "64:ff9b::10.0.0.1", false },
		{ "64:ff9b::1:93.184.216.34", false },
		{ "64:ff9b:1::93.184.216.34", false }, /* RFC 8215 3 */
		{ "100::1", false },                   /* RFC 6666 4 */
		{ "1fff:ffff::", false },
		{ "2000::1", true },
		{ "2000:ffff::1", true },
		{ "2001::1", false }, /* RFC 4380 2.6 */
		{ "2001:20::1", false },
		{ "2001:1ff:ffff::1", false }, /* RFC 2928 */
		{ "2001:200::1", true },
		{ "2001:4860:4860::8888", true },
		{ "2001:db7:ffff::1", true },
		{ "2001:db8::1", false }, /* RFC 3849 */
		{ "2001:db9::1", true },
		{ "2002:7f00:1::", false }, /* RFC 3056 2 */
		{ "2002:5db8:d822::", false },
		{ "2003::1", true },
		{ "2a00:1450:400f:80d::200e", true },
		{ "3ffd::1", true },
		{ "3ffe::1", false }, /* RFC 3701 */
		{ "3fff::1", false }, /* RFC 9637 */
		{ "3fff:fff:ffff::1", false },
		{ "3fff:1000::1", true },
		{ "4000::1", false },
		{ "5f00::1", false }, /* RFC 9602 */
		{ "fc00::1", false }, /* RFC 4193 3.1 */
		{ "fd00:ec2::254", false },
		{ "fe80::1", false }, /* RFC 4291 2.5.6 */
		{ "fec0::1", false },
		{ "ff02::1", false }, /* RFC 4291 2.7 */
		{ "ff0e::1", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		bool six = strchr(table[i].address, ':');
		uint8_t a[16];

		if (inet_pton(six ? AF_INET6 : AF_INET, table[i].address, a) != 1)
			fail_msg("%s", table[i].address);
		if (address_is_public(a, six ? 16 : 4) != table[i].is_public)
			fail_msg("%s should%s be public", table[i].address,
				table[i].is_public ? "" : " not");
	}
}

static void test_no_address(void **state)
{
	(void)state;
	assert_false(address_is_public("", 0));
	assert_false(address_is_public("\x5d\xb8\xd8", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public),
		cmocka_unit_test(test_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
