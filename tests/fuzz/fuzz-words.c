/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any line can be split or refused; what was split can be quoted and split again; a partial line always
 * has a last word. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/strbuf.h"
#include "lib/base/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(freep) char *line = xstrndup((const char *)data, size);
	struct words words, again, partial;
	struct err err;

	words_partial(line, &partial);
	assert(partial.n > 0 && partial.n <= WORDS_MAX && partial.tail <= strlen(line));
	words_done(&partial);

	if (words_split(line, &words, &err) == 0) {
		struct strbuf quoted = STRBUF_INIT;

		for (size_t i = 0; i < words.n; i++) {
			words_quote(&quoted, words.w[i]);
			strbuf_addc(&quoted, ' ');
		}
		assert(words_split(quoted.s, &again, &err) == 0);
		assert(again.n == words.n);
		for (size_t i = 0; i < words.n; i++)
			assert(!strcmp(words.w[i], again.w[i]));
		words_done(&again);
		words_done(&words);
		strbuf_done(&quoted);
	}
	return 0;
}
