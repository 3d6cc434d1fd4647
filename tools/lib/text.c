/* SPDX-License-Identifier: MIT */
/* Values on the command line; see text.h. */
#include "text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int digit_of(char letter, unsigned base)
{
    int value = 99;

    if (letter >= '0' && letter <= '9') {
        value = letter - '0';
    } else if (letter >= 'a' && letter <= 'f') {
        value = letter - 'a' + 10;
    } else if (letter >= 'A' && letter <= 'F') {
        value = letter - 'A' + 10;
    }
    return value < (int)base ? value : -1;
}

struct number_rule {
    unsigned base;
    uint32_t max;
};

/* The number at *at, of at least one digit; moves *at behind it. */
static bool take_number(const char **at, struct number_rule rule,
                        uint32_t *value)
{
    uint64_t sum = 0;

    if (digit_of(**at, rule.base) < 0) {
        return false;
    }
    while (digit_of(**at, rule.base) >= 0) {
        sum = sum * rule.base + (unsigned)digit_of(**at, rule.base);
        if (sum > rule.max) {
            return false;
        }
        (*at)++;
    }
    *value = (uint32_t)sum;
    return true;
}

bool duo_tool_parse_number(struct duo_tool_word word, uint32_t max,
                           uint32_t *value, struct duo_tool_error *error)
{
    static const struct {
        const char *prefix;
        unsigned base;
    } bases[] = {
        {"0x", 16},
        {"0X", 16},
        {"0o", 8 },
        {"0O", 8 },
        {"0b", 2 },
        {"0B", 2 },
        {"",   10}
    };
    const char *at = word.text;
    size_t i = 0;

    /* The last prefix is empty and fits every text. */
    while (strncmp(at, bases[i].prefix, strlen(bases[i].prefix)) != 0) {
        i++;
    }
    at += strlen(bases[i].prefix);
    if (!take_number(&at, (struct number_rule){bases[i].base, max}, value) ||
        *at != '\0') {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s: '%s' is not a number from 0 to %u",
                             word.option, word.text, max);
    }
    return true;
}

/* A version at *at; moves *at behind it. No part has leading zeros, as in
 * imgtool, so that each version has one spelling. */
static bool take_version(const char **at, struct duo_version *version)
{
    static const uint32_t max[] = {UINT8_MAX, UINT8_MAX, UINT16_MAX,
                                   UINT32_MAX};
    static const char separator[] = "..+";
    uint32_t parts[4] = {0};

    for (size_t i = 0; i < 4; i++) {
        if ((*at)[0] == '0' && isdigit((unsigned char)(*at)[1]) != 0) {
            return false;
        }
        if (!take_number(at, (struct number_rule){10, max[i]}, &parts[i])) {
            return false;
        }
        if (i == 3 || **at != separator[i]) {
            break;
        }
        (*at)++;
    }
    *version = (struct duo_version){(uint8_t)parts[0], (uint8_t)parts[1],
                                    (uint16_t)parts[2], parts[3]};
    return true;
}

bool duo_tool_parse_version(struct duo_tool_word word,
                            struct duo_version *version,
                            struct duo_tool_error *error)
{
    const char *at = word.text;

    if (!take_version(&at, version) || *at != '\0') {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s: '%s' is not a version such as 1.2.3+4 "
                             "(at most 255.255.65535+4294967295)",
                             word.option, word.text);
    }
    return true;
}

static void take_blanks(const char **at)
{
    while (isspace((unsigned char)**at) != 0) {
        (*at)++;
    }
}

static bool take_letter(const char **at, char letter)
{
    take_blanks(at);
    if (**at != letter) {
        return false;
    }
    (*at)++;
    take_blanks(at);
    return true;
}

static bool take_dependency(const char **at, struct duo_dependency *dependency)
{
    uint32_t core;

    if (!take_letter(at, '(') ||
        !take_number(at, (struct number_rule){10, DUO_CORE_COUNT - 1}, &core) ||
        !take_letter(at, ',') || !take_version(at, &dependency->version_min) ||
        !take_letter(at, ')')) {
        return false;
    }
    dependency->core = core == 0 ? DUO_CORE_APP : DUO_CORE_NET;
    return true;
}

bool duo_tool_parse_dependencies(
    const char *text,
    struct duo_dependency dependencies[DUO_IMAGE_DEPENDENCIES_MAX],
    size_t *count, struct duo_tool_error *error)
{
    const char *at = text;

    *count = 0;
    do {
        if (*count == DUO_IMAGE_DEPENDENCIES_MAX) {
            return duo_tool_fail(error, DUO_EXIT_USAGE,
                                 "--dependencies: at most %u",
                                 DUO_IMAGE_DEPENDENCIES_MAX);
        }
        if (!take_dependency(&at, &dependencies[*count])) {
            return duo_tool_fail(
                error, DUO_EXIT_USAGE,
                "--dependencies: '%s' is not like \"(1, 1.2.3+0)\", with 0 "
                "for the application and 1 for the network core",
                text);
        }
        (*count)++;
    } while (take_letter(&at, ','));
    if (*at != '\0') {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "--dependencies: what is '%s'?", at);
    }
    return true;
}

bool duo_tool_parse_core(const char *text, enum duo_core *core,
                         struct duo_tool_error *error)
{
    if (strcmp(text, "app") == 0) {
        *core = DUO_CORE_APP;
        return true;
    }
    if (strcmp(text, "net") == 0) {
        *core = DUO_CORE_NET;
        return true;
    }
    return duo_tool_fail(error, DUO_EXIT_USAGE,
                         "--core: '%s' is neither 'app' nor 'net'", text);
}

bool duo_tool_parse_tlv_value(const char *text, struct duo_tool_buffer *value,
                              struct duo_tool_error *error)
{
    size_t chars = strlen(text);

    if (strncmp(text, "0x", 2) != 0) {
        duo_tool_buffer_append(
            value, (struct duo_bytes){(const uint8_t *)text, chars});
        return true;
    }
    for (size_t i = 2; i < chars; i += 2) {
        int high = digit_of(text[i], 16);
        int low = digit_of(text[i + 1], 16);
        if (high < 0 || low < 0) {
            return duo_tool_fail(error, DUO_EXIT_USAGE,
                                 "--custom-tlv: '%s' is not an even number of "
                                 "hexadecimal digits",
                                 text);
        }
        duo_tool_buffer_fill(value, (uint8_t)(high * 16 + low), 1);
    }
    return true;
}

void duo_tool_format_hex(struct duo_bytes bytes, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len_bytes; i++) {
        text[2 * i] = digits[bytes.data[i] >> 4];
        text[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    text[2 * bytes.len_bytes] = '\0';
}
