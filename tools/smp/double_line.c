/* SPDX-License-Identifier: MIT */
/* For tests: a bad line; see double_line.h. */
#include "double_line.h"

#include <string.h>

/* xorshift64* */
uint32_t double_random(uint64_t *chance, uint32_t below)
{
    *chance ^= *chance >> 12;
    *chance ^= *chance << 25;
    *chance ^= *chance >> 27;
    return (uint32_t)((*chance * UINT64_C(2685821657736338717)) >> 33) % below;
}

static bool happens(struct double_line *line, uint32_t permille)
{
    bool does = permille != 0 && double_random(line->chance, 1000U) < permille;

    line->fault_count += does ? 1U : 0U;
    return does;
}

static uint64_t due_of(struct double_line *line, uint64_t now_us)
{
    uint64_t due_us = now_us;

    if (happens(line, line->faults.late)) {
        due_us += double_random(line->chance, line->faults.delay_us_max + 1U);
    }
    if (line->faults.keeps_order && due_us < line->last_due_us) {
        due_us = line->last_due_us;
    }
    line->last_due_us = due_us;
    return due_us;
}

static void add(struct double_line *line, uint64_t due_us,
                struct duo_bytes bytes)
{
    struct double_unit *unit = &line->units[line->count];

    if (line->count == DOUBLE_UNITS_MAX) {
        return; /* Lost, as in any queue that is full. */
    }
    *unit = (struct double_unit){.due_us = due_us};
    duo_tool_buffer_append(&unit->bytes, bytes);
    line->count++;
}

static void damage(struct double_line *line, struct double_unit *unit)
{
    uint32_t bits = (uint32_t)unit->bytes.len_bytes * 8U;

    if (bits > 0 && happens(line, line->faults.corrupt)) {
        uint32_t bit = double_random(line->chance, bits);
        unit->bytes.data[bit / 8U] ^= (uint8_t)(1U << bit % 8U);
    }
    if (bits > 0 && happens(line, line->faults.cut)) {
        unit->bytes.len_bytes = double_random(line->chance, bits / 8U);
    }
}

void double_line_put(struct double_line *line, uint64_t now_us,
                     struct duo_bytes unit)
{
    static const char chatter[] = "[00:00:01] <inf> app: all is well\r\n";
    uint64_t due_us = due_of(line, now_us);

    if (happens(line, line->faults.chatter)) {
        add(line, due_us,
            (struct duo_bytes){(const uint8_t *)chatter, sizeof(chatter) - 1U});
    }
    if (happens(line, line->faults.drop) || line->count == DOUBLE_UNITS_MAX) {
        return;
    }
    add(line, due_us, unit);
    if (line->count < DOUBLE_UNITS_MAX && happens(line, line->faults.twice)) {
        add(line, due_us, unit);
    }
    damage(line, &line->units[line->count - 1U]);
}

static size_t first_due(const struct double_line *line)
{
    size_t first = 0;

    for (size_t i = 1; i < line->count; i++) {
        if (line->units[i].due_us < line->units[first].due_us) {
            first = i;
        }
    }
    return first;
}

bool double_line_take(struct double_line *line, uint64_t now_us,
                      struct duo_tool_buffer *unit)
{
    size_t i = first_due(line);

    if (line->count == 0 || line->units[i].due_us > now_us) {
        return false;
    }
    duo_tool_buffer_append(unit, duo_tool_buffer_view(&line->units[i].bytes));
    duo_tool_buffer_free(&line->units[i].bytes);
    line->count--;
    memmove(&line->units[i], &line->units[i + 1U],
            (line->count - i) * sizeof(line->units[0]));
    return true;
}

uint64_t double_line_next_us(const struct double_line *line)
{
    return line->count == 0 ? UINT64_MAX : line->units[first_due(line)].due_us;
}

void double_line_clear(struct double_line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        duo_tool_buffer_free(&line->units[i].bytes);
    }
    line->count = 0;
}
