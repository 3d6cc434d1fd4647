/* SPDX-License-Identifier: MIT */
/* Words of `duoboot board run`; see board_run_words.h. */
#include "board_run_words.h"

#include <ctype.h>
#include <string.h>

/* Thirty years: no sum of such times wraps. */
#define DURATION_NS_MAX UINT64_C(1000000000000000000)

static const struct {
    const char *name;
    uint64_t ns;
} units[] = {
    {"ns",  1                    },
    {"us",  1000                 },
    {"ms",  1000000              },
    {"s",   1000000000           },
    {"min", UINT64_C(60000000000)},
};
#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

/* 0: no such unit. */
static uint64_t unit_of(const char *name)
{
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (strcmp(units[i].name, name) == 0) {
            return units[i].ns;
        }
    }
    return 0;
}

bool duo_run_is_duration(const char *text)
{
    size_t digits = strspn(text, "0123456789.");

    return digits > 0 && text[digits] != '\0' && text[digits] != ':' &&
           text[digits] != 'x';
}

struct decimal {
    uint64_t whole;
    uint64_t part; /* After the point, in units of 1 / scale. */
    uint64_t scale;
};

static bool take_digits(const char **at, uint64_t *value)
{
    const char *begin = *at;

    *value = 0;
    while (isdigit((unsigned char)**at) != 0) {
        if (*value > DURATION_NS_MAX / 10U) {
            return false;
        }
        *value = *value * 10U + (uint64_t)(**at - '0');
        (*at)++;
    }
    return *at != begin;
}

static bool take_decimal(const char **at, struct decimal *number)
{
    const char *begin;

    *number = (struct decimal){0, 0, 1};
    if (!take_digits(at, &number->whole)) {
        return false;
    }
    if (**at != '.') {
        return true;
    }
    (*at)++;
    begin = *at;
    if (!take_digits(at, &number->part) || *at - begin > 9) {
        return false;
    }
    for (; begin < *at; begin++) {
        number->scale *= 10U;
    }
    return true;
}

bool duo_run_parse_duration(struct duo_tool_word word, uint64_t *ns,
                            struct duo_tool_error *error)
{
    const char *at = word.text;
    struct decimal number;
    uint64_t unit_ns = 0;
    bool is_good = take_decimal(&at, &number);

    if (is_good) {
        bool is_zero = number.whole == 0 && number.part == 0;
        unit_ns = is_zero && *at == '\0' ? 1 : unit_of(at);
    }
    if (unit_ns == 0 || number.whole > DURATION_NS_MAX / unit_ns ||
        number.part > UINT64_MAX / unit_ns) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s: '%s' is not a time such as 30s, 1.5s, 500ms, "
                             "20us, 100ns or 2min",
                             word.option, word.text);
    }
    *ns = number.whole * unit_ns + number.part * unit_ns / number.scale;
    return true;
}

/* 0 to 15, or 16 for what is no digit. */
static unsigned hex_value(char letter)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    unsigned value = (unsigned)strcspn(digits, (const char[]){letter, '\0'});

    if (letter == '\0' || digits[value] == '\0') {
        return 16;
    }
    return value < 16 ? value : value - 6;
}

/* What a backslash and @p at stand for; moves behind it. */
static bool take_escape(const char **at, uint8_t *byte)
{
    static const char names[] = "nrte\\@";
    static const char values[] = "\n\r\t\x1b\\@";
    const char *found = **at != '\0' ? strchr(names, **at) : NULL;

    if (found != NULL) {
        *byte = (uint8_t)values[found - names];
        (*at)++;
        return true;
    }
    if (**at == 'x' && hex_value((*at)[1]) < 16 && hex_value((*at)[2]) < 16) {
        *byte = (uint8_t)(hex_value((*at)[1]) * 16 + hex_value((*at)[2]));
        *at += 3;
        return true;
    }
    return false;
}

bool duo_run_parse_escapes(struct duo_tool_word word,
                           struct duo_tool_buffer *bytes,
                           struct duo_tool_error *error)
{
    const char *at = word.text;

    while (*at != '\0') {
        uint8_t byte = (uint8_t)*at++;
        if (byte == '\\' && !take_escape(&at, &byte)) {
            return duo_tool_fail(error, DUO_EXIT_USAGE,
                                 "%s: '\\%.1s' is not one of \\n \\r \\t \\e "
                                 "\\\\ \\@ \\xNN",
                                 word.option, at);
        }
        duo_tool_buffer_fill(bytes, byte, 1);
    }
    return true;
}

bool duo_run_split_time(struct duo_tool_word word, struct duo_run_text what,
                        uint64_t *ns, struct duo_tool_error *error)
{
    const char *sign = strrchr(word.text, '@');
    size_t char_count;

    if (sign == NULL) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s: '%s' has no @TIME at its end", word.option,
                             word.text);
    }
    char_count = (size_t)(sign - word.text);
    if (char_count >= what.size_bytes) {
        return duo_tool_fail(error, DUO_EXIT_USAGE, "%s: too long",
                             word.option);
    }
    memcpy(what.chars, word.text, char_count);
    what.chars[char_count] = '\0';
    return duo_run_parse_duration((struct duo_tool_word){word.option, sign + 1},
                                  ns, error);
}
