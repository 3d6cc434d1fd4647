/* SPDX-License-Identifier: MIT */
/* Numbers and names; see device_text.h. */
#include "device_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "duo/image.h"
#include "text.h"

const char *duo_paint(FILE *out, enum duo_paint paint)
{
    static const char *const codes[] = {
        [DUO_PAINT_NONE] = "\033[0m",
        [DUO_PAINT_GOOD] = "\033[32m",
        [DUO_PAINT_CARE] = "\033[33m",
        [DUO_PAINT_BAD] = "\033[31m",
    };
    const char *off = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if ((off != NULL && off[0] != '\0') || terminal == NULL ||
        strcmp(terminal, "dumb") == 0 || isatty(fileno(out)) != 1) {
        return "";
    }
    return codes[paint];
}

void duo_text_count(char text[DUO_TEXT_BYTES], uint64_t value)
{
    char digits[DUO_TEXT_BYTES];
    size_t used = 0;
    int count = snprintf(digits, sizeof(digits), "%" PRIu64, value);

    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) {
            text[used++] = ',';
        }
        text[used++] = digits[i];
    }
    text[used] = '\0';
}

void duo_text_size(char text[DUO_TEXT_BYTES], uint64_t bytes)
{
    const char *unit = bytes < UINT64_C(1048576) ? "KB" : "MB";
    double scaled =
        (double)bytes / (bytes < UINT64_C(1048576) ? 1024 : 1048576);

    if (bytes < 1024) {
        (void)snprintf(text, DUO_TEXT_BYTES, "%" PRIu64 " B", bytes);
    } else if (scaled == (double)(uint64_t)scaled) {
        (void)snprintf(text, DUO_TEXT_BYTES, "%.0f %s", scaled, unit);
    } else {
        (void)snprintf(text, DUO_TEXT_BYTES, "%.1f %s", scaled, unit);
    }
}

void duo_text_time(char text[DUO_TEXT_BYTES], uint64_t us)
{
    double seconds = (double)us / 1e6;

    if (us < 10000000U) {
        (void)snprintf(text, DUO_TEXT_BYTES, "%.1f s", seconds);
    } else if (us < 100000000U) {
        (void)snprintf(text, DUO_TEXT_BYTES, "%.0f s", seconds);
    } else {
        (void)snprintf(text, DUO_TEXT_BYTES, "%" PRIu64 ":%02u min",
                       us / 60000000U, (unsigned)(us / 1000000U % 60U));
    }
}

void duo_text_core(char text[DUO_TEXT_BYTES], uint32_t image_index)
{
    if (image_index < DUO_CORE_COUNT) {
        (void)snprintf(text, DUO_TEXT_BYTES, "%s",
                       duo_core_name((enum duo_core)image_index));
    } else {
        (void)snprintf(text, DUO_TEXT_BYTES, "image %u", (unsigned)image_index);
    }
}

void duo_text_hash(char text[DUO_TEXT_HASH_BYTES],
                   const struct duo_client_image *image)
{
    duo_tool_format_hex((struct duo_bytes){image->hash, image->hash_bytes},
                        text);
}
