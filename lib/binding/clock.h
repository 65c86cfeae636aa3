/* clock.h - the only reader of the time of day. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t clock_now(void);          /* UTC seconds */
int64_t clock_now_us(void);       /* UTC microseconds */
int64_t clock_monotonic_ms(void); /* milliseconds that no clock step changes */

#endif
