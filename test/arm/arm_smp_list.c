/* SPDX-License-Identifier: MIT */
/* What image list and journal must say, and what they do; see arm_smp.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm_smp.h"
#include "device.h"

#define TEXT_BYTES 1024U

static const struct {
    unsigned flag;
    const char *word;
} flag_words[] = {
    {ARM_BOOTABLE,  " bootable" },
    {ARM_PENDING,   " pending"  },
    {ARM_CONFIRMED, " confirmed"},
    {ARM_ACTIVE,    " active"   },
    {ARM_PERMANENT, " permanent"},
};

struct line {
    unsigned image_index;
    unsigned slot_index;
    const char *version;
    const uint8_t *hash;
    unsigned flags;
};

static char *new_text(void)
{
    char *text = calloc(1, TEXT_BYTES);

    assert_non_null(text);
    return text;
}

static void put_line(char *text, const struct line *line)
{
    size_t used = strlen(text);

    used += (size_t)snprintf(text + used, TEXT_BYTES - used,
                             "%u.%u %s %02x%02x%02x%02x", line->image_index,
                             line->slot_index, line->version, line->hash[0],
                             line->hash[1], line->hash[2], line->hash[3]);
    for (size_t i = 0; i < sizeof(flag_words) / sizeof(flag_words[0]); i++) {
        if ((line->flags & flag_words[i].flag) != 0) {
            used += (size_t)snprintf(text + used, TEXT_BYTES - used, "%s",
                                     flag_words[i].word);
        }
    }
    (void)snprintf(text + used, TEXT_BYTES - used, "\n");
}

static unsigned flags_of(const struct duo_client_image *image)
{
    return (image->bootable ? ARM_BOOTABLE : 0U) |
           (image->pending ? ARM_PENDING : 0U) |
           (image->confirmed ? ARM_CONFIRMED : 0U) |
           (image->active ? ARM_ACTIVE : 0U) |
           (image->permanent ? ARM_PERMANENT : 0U);
}

char *arm_smp_list_text(const struct duo_client_images *images)
{
    char *text = new_text();

    for (size_t i = 0; i < images->count; i++) {
        const struct duo_client_image *image = &images->list[i];
        const struct line line = {image->image_index, image->slot_index,
                                  image->version, image->hash, flags_of(image)};
        put_line(text, &line);
    }
    return text;
}

void arm_smp_hash(const struct arm_image *image,
                  uint8_t hash[DUO_CLIENT_HASH_BYTES])
{
    struct duo_device_image known = {0};
    struct duo_tool_error error;

    assert_true(duo_device_image_init(&known, "image", image->bytes, &error));
    memcpy(hash, known.hash, DUO_CLIENT_HASH_BYTES);
}

char *arm_smp_rows_text(const struct arm_row *rows)
{
    char *text = new_text();

    for (; rows->image != NULL; rows++) {
        uint8_t hash[DUO_CLIENT_HASH_BYTES];
        char version[16];
        const struct line line = {rows->image->core, rows->slot_index, version,
                                  hash, rows->flags | ARM_BOOTABLE};

        arm_smp_hash(rows->image, hash);
        (void)snprintf(version, sizeof(version), "1.%u.0", rows->image->minor);
        put_line(text, &line);
    }
    return text;
}

void arm_smp_expect_list(const struct duo_client_images *images,
                         const char *when, const struct arm_row *rows)
{
    char *is = arm_smp_list_text(images);
    char *wanted = arm_smp_rows_text(rows);

    if (strcmp(is, wanted) != 0) {
        fail_msg("%s: the list says\n%sand not\n%s", when, is, wanted);
    }
    free(is);
    free(wanted);
}

void arm_smp_expect(struct arm_smp *smp, const char *when,
                    const struct arm_row *rows)
{
    struct duo_client_images images;
    struct duo_tool_error error;

    if (!duo_client_images(&smp->client, &images, &error)) {
        fail_msg("%s: %s", when, error.text);
    }
    arm_smp_expect_list(&images, when, rows);
}

bool arm_smp_journal_has(struct arm_smp *smp, enum duo_core core,
                         enum duo_reason reason)
{
    struct duo_client_journal journal = {0};
    struct duo_tool_error error;
    bool found = false;

    if (!duo_client_journal(&smp->client, 0, &journal, &error)) {
        fail_msg("journal: %s", error.text);
    }
    for (size_t i = 0; i < journal.count; i++) {
        const struct duo_client_event *event = &journal.list[i];

        found =
            found || (event->reason == (uint32_t)reason && event->core.known &&
                      event->core.value == (uint64_t)core);
    }
    free(journal.list);
    return found;
}
