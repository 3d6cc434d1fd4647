/* SPDX-License-Identifier: MIT */
/* The shell's commands that look at flash: image, confirm, journal; see
 * appdemo.h. */
#include <string.h>

#include "appdemo.h"

#define JOURNAL_ENTRIES_MAX 8U
#define DIGEST_BYTES_SHOWN  8U

static void print(struct appdemo *demo, const char *words)
{
    appdemo_print(&demo->console, words);
}

static bool is(const char *left, const char *right)
{
    return strcmp(left, right) == 0;
}

static bool open_images(struct appdemo *demo)
{
    enum duo_err err;
    struct demo_text text;

    appdemo_smp_settle(demo);
    err = appdemo_images_open(&demo->images);
    if (err == DUO_OK) {
        return true;
    }
    demo_text_clear(&text);
    demo_put(&text, "external flash: ");
    demo_put(&text, duo_err_sentence(err));
    print(demo, text.words);
    return false;
}

static void print_image(struct appdemo *demo, const char *name,
                        const struct duo_area *area, const char *state)
{
    struct duo_image image;
    struct demo_text text;

    demo_text_clear(&text);
    demo_put(&text, name);
    if (appdemo_image_look(&demo->images, area, &image) != DUO_REASON_NONE) {
        demo_put(&text, ": none");
        print(demo, text.words);
        return;
    }
    demo_put(&text, ": ");
    demo_put_version(&text, &image.version);
    demo_put(&text, " for ");
    demo_put(&text, duo_core_name(image.core));
    demo_put(&text, ", ");
    demo_put_decimal(&text, image.total_bytes);
    demo_put(&text, " bytes, digest ");
    for (uint32_t i = 0; i < DIGEST_BYTES_SHOWN; i++) {
        demo_put_hex_byte(&text, image.digest[i]);
    }
    demo_put(&text, "...");
    demo_put(&text, state);
    print(demo, text.words);
}

static const char *active_state(struct appdemo *demo, enum duo_core core,
                                struct demo_text *text)
{
    demo_text_clear(text);
    demo_put(text, ", running, ");
    demo_put(text, appdemo_image_state_name(
                       appdemo_image_state(&demo->images, core)));
    return text->words;
}

static const char *staged_state(struct appdemo *demo, enum duo_core core)
{
    struct duo_trailer trailer;

    if (duo_trailer_read(&demo->images.slots.staged[core], &trailer) !=
            DUO_OK ||
        trailer.magic != DUO_FIELD_GOOD) {
        return ", not requested";
    }
    return trailer.image_ok == DUO_FIELD_GOOD ? ", requested for good"
                                              : ", requested for a trial";
}

void appdemo_run_image(struct appdemo *demo, const char *argument)
{
    const struct duo_slots *slots = &demo->images.slots;
    struct demo_text text;

    (void)argument;
    if (!open_images(demo)) {
        return;
    }
    print_image(demo, "image 0 active", &slots->active[DUO_CORE_APP],
                active_state(demo, DUO_CORE_APP, &text));
    print_image(demo, "image 0 staged", &slots->staged[DUO_CORE_APP],
                staged_state(demo, DUO_CORE_APP));
    print_image(demo, "image 1 active", &slots->mirror,
                active_state(demo, DUO_CORE_NET, &text));
    print_image(demo, "image 1 staged", &slots->staged[DUO_CORE_NET],
                staged_state(demo, DUO_CORE_NET));
    appdemo_images_close(&demo->images);
}

static void confirm(struct appdemo *demo, enum duo_core core)
{
    enum appdemo_image_state before = appdemo_image_state(&demo->images, core);
    enum duo_err err = appdemo_image_confirm(&demo->images, core);
    struct demo_text text;

    demo_text_clear(&text);
    demo_put(&text, duo_core_name(core));
    demo_put(&text, " image: ");
    if (err != DUO_OK) {
        demo_put(&text, "not confirmed. ");
        demo_put(&text, duo_err_sentence(err));
    } else if (before == APPDEMO_IMAGE_TRIAL) {
        demo_put(&text, "confirmed");
    } else {
        demo_put(&text, "nothing to do, ");
        demo_put(&text, appdemo_image_state_name(before));
    }
    appdemo_log(&demo->console, text.words);
    demo->health.on_trial = appdemo_is_on_trial(&demo->images);
}

/* The network image first: if power fails in between, the application is still
 * on trial and takes a network image that depends on it back with it. */
void appdemo_confirm_all(struct appdemo *demo)
{
    if (open_images(demo)) {
        confirm(demo, DUO_CORE_NET);
        confirm(demo, DUO_CORE_APP);
        appdemo_images_close(&demo->images);
    }
}

void appdemo_run_confirm(struct appdemo *demo, const char *argument)
{
    bool app = is(argument, "app");
    bool net = is(argument, "net");
    bool opened;

    if (*argument == '\0' || is(argument, "all")) {
        appdemo_confirm_all(demo);
        return;
    }
    if (!app && !net) {
        appdemo_wrong_argument(demo, "confirm [app|net|all]");
        return;
    }
    /* The application's own trailer needs no external flash. */
    opened = open_images(demo);
    if (opened || app) {
        confirm(demo, app ? DUO_CORE_APP : DUO_CORE_NET);
    }
    if (opened) {
        appdemo_images_close(&demo->images);
    }
}

static void print_entry(struct appdemo *demo,
                        const struct duo_journal_entry *entry)
{
    struct appdemo_entry_text text;

    appdemo_journal_put(entry, &text);
    print(demo, text.what.words);
    print(demo, text.sentence.words);
}

/* Two passes over the ring instead of a buffer of entries: first count, then
 * show the last ones. */
void appdemo_run_journal(struct appdemo *demo, const char *argument)
{
    struct duo_journal journal;
    struct duo_journal_entry entry;
    uint32_t cursor = 0;
    uint32_t count = 0;
    uint32_t first;

    (void)argument;
    if (!open_images(demo)) {
        return;
    }
    duo_journal_open(&journal, &demo->images.slots.journal);
    while (duo_journal_next(&journal, &cursor, &entry)) {
        count++;
    }
    first = count > JOURNAL_ENTRIES_MAX ? count - JOURNAL_ENTRIES_MAX : 0;
    cursor = 0;
    for (uint32_t i = 0; duo_journal_next(&journal, &cursor, &entry); i++) {
        if (i >= first) {
            print_entry(demo, &entry);
        }
    }
    if (count == 0) {
        print(demo, "the boot journal is empty");
    }
    appdemo_images_close(&demo->images);
}
