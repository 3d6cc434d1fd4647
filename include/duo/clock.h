/* SPDX-License-Identifier: MIT */
/* Time for time-outs and logs: monotonic since this boot began. */
#ifndef DUO_CLOCK_H
#define DUO_CLOCK_H

#include <stdint.h>

struct duo_clock {
    uint64_t (*now_us)(const struct duo_clock *clock);
};

#endif
