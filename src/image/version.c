/* SPDX-License-Identifier: MIT */
/* Versions and cores as text; see duo/image.h. */
#include "duo/image.h"

#include <stddef.h>

#define DECIMAL_DIGITS_MAX 10U

int duo_version_compare(const struct duo_version *left,
                        const struct duo_version *right)
{
    if (left->major != right->major) {
        return left->major < right->major ? -1 : 1;
    }
    if (left->minor != right->minor) {
        return left->minor < right->minor ? -1 : 1;
    }
    if (left->revision != right->revision) {
        return left->revision < right->revision ? -1 : 1;
    }
    return 0;
}

/* Appends without printf, which the boot loaders do not link. */
static char *append_decimal(char *at, uint32_t value)
{
    char digits[DECIMAL_DIGITS_MAX];
    size_t count = 0;

    do {
        digits[count] = (char)('0' + (char)(value % 10U));
        value /= 10U;
        count++;
    } while (value != 0);
    while (count > 0) {
        count--;
        *at++ = digits[count];
    }
    return at;
}

void duo_version_format(const struct duo_version *version, char text[32])
{
    char *at = append_decimal(text, version->major);

    *at++ = '.';
    at = append_decimal(at, version->minor);
    *at++ = '.';
    at = append_decimal(at, version->revision);
    if (version->build != 0) {
        *at++ = '+';
        at = append_decimal(at, version->build);
    }
    *at = '\0';
}

const char *duo_core_name(enum duo_core core)
{
    switch (core) {
    case DUO_CORE_APP: return "application";
    case DUO_CORE_NET: return "network";
    case DUO_CORE_NONE: break;
    }
    return "unknown";
}
