/* SPDX-License-Identifier: MIT */
/* For tests: a line that loses, doubles, damages and delays what goes over it,
 * by chance from a seed. */
#ifndef DUO_SMP_DOUBLE_LINE_H
#define DUO_SMP_DOUBLE_LINE_H

#include "file.h"

/* Of 1000 units: datagrams, console lines, or packets on a stream. */
struct double_faults {
    uint32_t drop;
    uint32_t twice;
    uint32_t corrupt; /* One bit of it. */
    uint32_t cut;     /* Its end is missing. */
    uint32_t late;    /* Comes up to delay_us_max later. */
    uint32_t delay_us_max;
    uint32_t chatter; /* Other text comes between. */
    bool keeps_order; /* Delays hold up what comes behind. */
};

struct double_unit {
    struct duo_tool_buffer bytes;
    uint64_t due_us;
};

#define DOUBLE_UNITS_MAX 512U

struct double_line {
    struct double_faults faults;
    uint64_t *chance; /* Shared: the state of the random sequence. */
    struct double_unit units[DOUBLE_UNITS_MAX];
    size_t count;
    uint64_t last_due_us;
    uint32_t fault_count; /* How often something was done to a unit. */
};

uint32_t double_random(uint64_t *chance, uint32_t below);
void double_line_put(struct double_line *line, uint64_t now_us,
                     struct duo_bytes unit);
/** The next unit that is due; appends. False: none. */
bool double_line_take(struct double_line *line, uint64_t now_us,
                      struct duo_tool_buffer *unit);
/** When something is due; UINT64_MAX: never. */
uint64_t double_line_next_us(const struct double_line *line);
void double_line_clear(struct double_line *line);

#endif
