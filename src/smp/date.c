/* SPDX-License-Identifier: MIT */
/* Dates; see date.h. */
#include "date.h"

#define YEAR_MIN 1970U
#define YEAR_MAX 2105U /* Its last second fits 32 bits. */
#define DAY_S    86400U

#define TEXT_CHARS_MAX 25U

enum part { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PART_COUNT };

struct part_range {
    uint16_t min;
    uint16_t max;
};

static const struct part_range ranges[PART_COUNT] = {
    [YEAR] = {YEAR_MIN, YEAR_MAX},
    [MONTH] = {1,        12      },
    [DAY] = {1,        31      },
    [HOUR] = {0,        23      },
    [MINUTE] = {0,        59      },
    [SECOND] = {0,        59      },
};

/* No century in the range is special: 2000 is a leap year, 2100 is not. */
static bool is_leap(uint32_t year)
{
    return year % 4U == 0 && year != 2100U;
}

static uint32_t year_days(uint32_t year)
{
    return 365U + is_leap(year);
}

/* Long and short months take turns, but for July and August. */
static uint32_t month_days(const uint32_t parts[PART_COUNT])
{
    if (parts[MONTH] == 2) {
        return 28U + is_leap(parts[YEAR]);
    }
    return 30U + ((parts[MONTH] + (parts[MONTH] >> 3)) & 1U);
}

static uint32_t take_number(struct duo_bytes *text)
{
    uint32_t number = 0;

    while (text->len_bytes != 0 && text->data[0] >= '0' &&
           text->data[0] <= '9' && number <= YEAR_MAX) {
        number = number * 10U + text->data[0] - '0';
        text->data++;
        text->len_bytes--;
    }
    return number;
}

static bool parse_parts(struct duo_bytes text, uint32_t parts[PART_COUNT])
{
    for (unsigned i = 0; i < PART_COUNT; i++) {
        size_t before_bytes;

        if (i != 0) {
            if (text.len_bytes == 0) {
                return false;
            }
            text.data++; /* Whatever stands between. */
            text.len_bytes--;
        }
        before_bytes = text.len_bytes;
        parts[i] = take_number(&text);
        if (text.len_bytes == before_bytes || parts[i] < ranges[i].min ||
            parts[i] > ranges[i].max) {
            return false;
        }
    }
    return true;
}

bool duo_smp_date_parse(struct duo_bytes text, uint32_t *seconds_s)
{
    uint32_t parts[PART_COUNT];
    uint32_t days;

    if (text.len_bytes < DUO_SMP_DATE_CHARS ||
        text.len_bytes > TEXT_CHARS_MAX || !parse_parts(text, parts) ||
        parts[DAY] > month_days(parts)) {
        return false;
    }
    days = parts[DAY] - 1U;
    for (uint32_t year = YEAR_MIN; year < parts[YEAR]; year++) {
        days += year_days(year);
    }
    while (parts[MONTH] > 1U) {
        parts[MONTH]--;
        days += month_days(parts);
    }
    *seconds_s = days * DAY_S + parts[HOUR] * 3600U + parts[MINUTE] * 60U +
                 parts[SECOND];
    return true;
}

static char *put_two(char *dst, uint32_t number)
{
    dst[0] = (char)('0' + number / 10U);
    dst[1] = (char)('0' + number % 10U);
    return dst + 2;
}

void duo_smp_date_format(uint32_t seconds_s, char dst[DUO_SMP_DATE_CHARS + 1U])
{
    static const char separators[PART_COUNT] = "--T::";
    uint32_t days = seconds_s / DAY_S;
    uint32_t day_s = seconds_s % DAY_S;
    uint32_t parts[PART_COUNT] = {[YEAR] = YEAR_MIN,
                                  [MONTH] = 1,
                                  [HOUR] = day_s / 3600U,
                                  [MINUTE] = day_s / 60U % 60U,
                                  [SECOND] = day_s % 60U};

    while (days >= year_days(parts[YEAR])) {
        days -= year_days(parts[YEAR]);
        parts[YEAR]++;
    }
    while (days >= month_days(parts)) {
        days -= month_days(parts);
        parts[MONTH]++;
    }
    parts[DAY] = days + 1U;
    dst = put_two(dst, parts[YEAR] / 100U);
    parts[YEAR] %= 100U;
    for (unsigned i = 0; i < PART_COUNT; i++) {
        dst = put_two(dst, parts[i]);
        *dst = separators[i];
        dst++;
    }
}
