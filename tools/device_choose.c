/* SPDX-License-Identifier: MIT */
/* Images by a word; see device_choose.h. */
#include "device_choose.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "device.h"
#include "image_file.h"

#define PREFIX_CHARS_MIN 4U

uint32_t duo_device_cores_of(const char *word)
{
    static const struct {
        const char *word;
        uint32_t set;
    } rows[] = {
        {"app",         1U},
        {"application", 1U},
        {"net",         2U},
        {"network",     2U},
        {"both",        3U},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].word, word) == 0) {
            return rows[i].set;
        }
    }
    return 0;
}

static void add(struct duo_choice *choice, const struct duo_client_image *image)
{
    if (choice->count < DUO_CLIENT_IMAGES_MAX) {
        choice->list[choice->count++] = image;
    }
}

static bool add_core(const struct duo_client_images *images,
                     uint32_t image_index, enum duo_choose purpose,
                     struct duo_choice *choice, struct duo_tool_error *error)
{
    const struct duo_client_image *active =
        duo_device_find(images, image_index, 0);
    const struct duo_client_image *other =
        duo_device_find(images, image_index, 1);
    char core[DUO_TEXT_BYTES];

    if (purpose == DUO_CHOOSE_TO_CONFIRM && active != NULL &&
        !active->confirmed) {
        add(choice, active);
        return true;
    }
    if (other != NULL) {
        add(choice, other);
        return true;
    }
    duo_text_core(core, image_index);
    return duo_tool_fail(error, DUO_EXIT_REFUSED,
                         "the device has nothing to %s for the %s core: its "
                         "slot 1 is empty; `duoboot upload' fills it",
                         purpose == DUO_CHOOSE_TO_TEST ? "test" : "confirm",
                         core);
}

static bool add_cores(const struct duo_client_images *images, uint32_t core_set,
                      enum duo_choose purpose, struct duo_choice *choice,
                      struct duo_tool_error *error)
{
    for (uint32_t i = 0; i < 2; i++) {
        if ((core_set & (1U << i)) != 0 &&
            !add_core(images, i, purpose, choice, error)) {
            return false;
        }
    }
    return true;
}

static bool is_prefix(const char *word)
{
    size_t chars = strlen(word);

    return chars >= PREFIX_CHARS_MIN &&
           strspn(word, "0123456789abcdefABCDEF") == chars;
}

/* The same image in both slots: for a test the one that can be tested. */
static void keep_one_slot(struct duo_choice *choice, enum duo_choose purpose)
{
    if (choice->count == 2 &&
        choice->list[0]->image_index == choice->list[1]->image_index) {
        if (purpose == DUO_CHOOSE_TO_TEST && choice->list[1]->slot_index == 1) {
            choice->list[0] = choice->list[1];
        }
        choice->count = 1;
    }
}

static bool add_digest(const struct duo_client_images *images,
                       const char *digits, enum duo_choose purpose,
                       struct duo_choice *choice, struct duo_tool_error *error)
{
    for (size_t i = 0; i < images->count; i++) {
        char hash[DUO_TEXT_HASH_BYTES];

        duo_text_hash(hash, &images->list[i]);
        if (strncasecmp(hash, digits, strlen(digits)) == 0) {
            add(choice, &images->list[i]);
        }
    }
    keep_one_slot(choice, purpose);
    if (choice->count == 0) {
        return duo_tool_fail(error, DUO_EXIT_REFUSED,
                             "no image of the device has a digest that begins "
                             "with %s; `duoboot device list' shows them",
                             digits);
    }
    return choice->count == 1 ||
           duo_tool_fail(error, DUO_EXIT_USAGE,
                         "%zu images have a digest that begins with %s: more "
                         "digits are needed",
                         choice->count, digits);
}

static bool add_file(const struct duo_client_images *images, const char *path,
                     enum duo_choose purpose, struct duo_choice *choice,
                     struct duo_tool_error *error)
{
    struct duo_tool_image_file file = {0};
    struct duo_device_image image;
    struct duo_client_image named = {.hash_bytes = DUO_CLIENT_HASH_BYTES};
    char hash[DUO_TEXT_HASH_BYTES];
    bool done;

    if (!duo_tool_image_file_read(path, &file, error)) {
        return false;
    }
    done = duo_device_image_init(&image, path,
                                 duo_tool_buffer_view(&file.bytes), error);
    duo_tool_image_file_free(&file);
    if (!done) {
        return false;
    }
    memcpy(named.hash, image.hash, sizeof(image.hash));
    duo_text_hash(hash, &named);
    if (!add_digest(images, hash, purpose, choice, error)) {
        return duo_tool_fail(error, DUO_EXIT_REFUSED,
                             "%s: version %s is not on the device; `duoboot "
                             "upload' brings it there",
                             path, image.version);
    }
    return true;
}

bool duo_device_choose(const struct duo_client_images *images, const char *word,
                       enum duo_choose purpose, struct duo_choice *choice,
                       struct duo_tool_error *error)
{
    uint32_t core_set = duo_device_cores_of(word);

    *choice = (struct duo_choice){0};
    if (core_set != 0) {
        return add_cores(images, core_set, purpose, choice, error);
    }
    if (access(word, F_OK) == 0) {
        return add_file(images, word, purpose, choice, error);
    }
    if (is_prefix(word)) {
        return add_digest(images, word, purpose, choice, error);
    }
    return duo_tool_fail(error, DUO_EXIT_USAGE,
                         "'%s' is no image: app, net, both, 4 or more digits "
                         "of a digest, or a file are",
                         word);
}
