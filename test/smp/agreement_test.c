/* SPDX-License-Identifier: MIT */
/* Over 400 lines: a scene for each state of a board, and the two views of it. */
/* What the server lists is what is in the flashes [P8]: after each scenario its
 * answer is compared, slot by slot and flag by flag, with what board_state.h
 * derives from all three flashes by its own way, the network core's own flash
 * included, which the server cannot read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "board_state.h"
#include "calls.h"
#include "crypto_openssl.h"
#include "wire.h"

#define APP DUO_CORE_APP
#define NET DUO_CORE_NET

struct scene {
    struct wire *wire;
    struct duo_client client;
    const struct rig_image *old[DUO_CORE_COUNT];
    const struct rig_image *image[DUO_CORE_COUNT]; /* Newer ones, */
    const struct rig_image *pair[DUO_CORE_COUNT];  /* that need each other. */
};

static const struct rig_image *make(struct scene *scene, enum duo_core core,
                                    uint8_t minor, uint8_t needs_minor)
{
    const struct rig_image_spec spec = {
        .core = core,
        .minor = minor,
        .total_bytes = 9000U + 700U * minor,
        .seed = minor * 2U + (unsigned)core,
        .needs_minor = needs_minor,
    };

    return rig_make(&scene->wire->rig, &spec);
}

static int set_up(void **state)
{
    const struct wire_options options = {.coding = DOUBLE_PACKETS, .seed = 1};
    struct scene *scene = calloc(1, sizeof(*scene));
    struct duo_tool_error error;

    assert_non_null(scene);
    scene->wire = wire_create(&options);
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        scene->old[i] = make(scene, core, 1, 0);
        scene->image[i] = make(scene, core, 2, 0);
        scene->pair[i] = make(scene, core, 3, 3);
    }
    wire_factory(scene->wire, scene->old[APP], scene->old[NET]);
    assert_true(
        scene->wire->end.link.ops->open(&scene->wire->end.link, &error));
    duo_client_init(&scene->client, &scene->wire->end.link);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    wire_destroy(scene->wire);
    free(scene);
    return 0;
}

/* --- The two views --- */

static void read_board(struct scene *scene, struct duo_board_state *state)
{
    static _Alignas(4) uint8_t work[1024];
    struct duo_crypto *crypto = duo_crypto_openssl_create();
    struct duo_slots slots;
    const struct duo_board_survey survey = {
        .slots = &slots,
        .trust = &scene->wire->rig.trust,
        .policy = &scene->wire->rig.board->config.policy,
        .crypto = crypto,
        .work = work,
        .work_bytes = sizeof(work),
    };

    duo_native_slots(scene->wire->rig.board, &slots);
    duo_board_state_read(&survey, state);
    duo_crypto_openssl_destroy(crypto);
}

static const struct duo_client_image *
find(const struct duo_client_images *images, uint32_t core, uint32_t slot)
{
    for (size_t i = 0; i < images->count; i++) {
        if (images->list[i].image_index == core &&
            images->list[i].slot_index == slot) {
            return &images->list[i];
        }
    }
    return NULL;
}

static void flags(char text[8], const bool set[5])
{
    static const char letters[] = "bpcaP";
    size_t count = 0;

    for (unsigned i = 0; i < 5; i++) {
        if (set[i]) {
            text[count++] = letters[i];
        }
    }
    text[count] = '\0';
}

struct place {
    const char *text;
    bool waits; /* Its own confirm decides about the other core's image. */
};

static void check_slot(const struct duo_client_image *told,
                       const struct duo_board_slot *found,
                       const struct place *place)
{
    const char *where = place->text;
    char version[32];
    char told_flags[8];
    char found_flags[8];

    if (!found->is_image) {
        if (told != NULL) {
            fail_msg("%s: told, but there is no image", where);
        }
        return;
    }
    if (told == NULL) {
        fail_msg("%s: an image is there, but not told", where);
        return;
    }
    duo_version_format(&found->image.version, version);
    assert_string_equal(told->version, version);
    assert_int_equal(told->hash_bytes, DUO_SHA256_BYTES);
    assert_memory_equal(told->hash, found->image.digest, DUO_SHA256_BYTES);
    flags(told_flags,
          (const bool[5]){told->bootable, told->pending, told->confirmed,
                          told->active, told->permanent});
    flags(found_flags, (const bool[5]){found->bootable, found->pending,
                                       found->confirmed && !place->waits,
                                       found->active, found->permanent});
    if (strcmp(told_flags, found_flags) != 0) {
        fail_msg("%s: told %s, but the flashes say %s", where, told_flags,
                 found_flags);
    }
}

static void look(struct scene *scene, size_t count, bool app_waits)
{
    static struct duo_board_state state;
    struct duo_client_images images;
    struct duo_tool_error error;

    if (!duo_client_images(&scene->client, &images, &error)) {
        fail_msg("%s", error.text);
    }
    /* The server may be emptying a slot: the chip has one task at a time. */
    duo_smp_image_settle(&scene->wire->end.device.image);
    read_board(scene, &state);
    assert_true(state.is_ext_readable);
    assert_true(state.is_mirror_true);
    assert_int_equal(images.count, count);
    for (unsigned i = 0; i < 4; i++) {
        char where[32];
        const struct place place = {where, app_waits && i == 0};

        (void)snprintf(where, sizeof(where), "image %u slot %u", i / 2U,
                       i % 2U);
        check_slot(find(&images, i / 2U, i % 2U),
                   &state.images[i / 2U].slots[i % 2U], &place);
    }
}

/* Both views agree, and show this many images. */
static void agree(struct scene *scene, size_t count)
{
    look(scene, count, false);
}

/* --- What is done to the board --- */

static void upload(struct scene *scene, const struct rig_image *image)
{
    struct duo_client_upload upload = {.file = image->bytes, .image_index = -1};
    struct duo_tool_error error;

    if (!duo_client_upload(&scene->client, &upload, &error)) {
        fail_msg("%s", error.text);
    }
}

static void ask(struct scene *scene, const struct rig_image *image,
                bool is_confirm)
{
    const struct duo_client_set set = {
        {image->digest, DUO_SHA256_BYTES},
        is_confirm
    };
    struct duo_tool_error error;

    if (!duo_client_set(&scene->client, &set, NULL, &error)) {
        fail_msg("%s", error.text);
    }
}

static void reset(struct scene *scene)
{
    const struct duo_client_reset request = {.boot_mode = -1};
    struct duo_tool_error error;
    uint32_t start_count = scene->wire->end.start_count;

    assert_true(duo_client_reset(&scene->client, &request, &error));
    scene->wire->end.link.ops->wait(&scene->wire->end.link, 20000000U);
    assert_int_equal(scene->wire->end.start_count, start_count + 1U);
}

static void runs(struct scene *scene, const struct rig_image *image)
{
    assert_ptr_equal(rig_active(&scene->wire->rig, image->core), image);
}

/* --- The scenarios --- */

static void fresh_board(void **state)
{
    agree(*state, 2);
}

static void staged_image_of_either_core(void **state)
{
    struct scene *scene = *state;

    upload(scene, scene->image[NET]);
    agree(scene, 3);
    upload(scene, scene->image[APP]);
    agree(scene, 4);
}

static void pending_test_and_pending_for_good(void **state)
{
    struct scene *scene = *state;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        upload(scene, scene->image[core]);
        ask(scene, scene->image[core], false);
        agree(scene, 3U + core);
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        ask(scene, scene->image[core], true);
        agree(scene, 4);
    }
    reset(scene);
    runs(scene, scene->image[APP]);
    runs(scene, scene->image[NET]);
    agree(scene, 4);
}

static void on_trial_confirmed_and_previous_asked(void **state)
{
    struct scene *scene = *state;

    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        upload(scene, scene->image[i]);
        ask(scene, scene->image[i], false);
        reset(scene);
        runs(scene, scene->image[i]);
        agree(scene, 3U + i);
        ask(scene, scene->image[i], true);
        agree(scene, 3U + i);
        reset(scene);
        runs(scene, scene->image[i]);
        agree(scene, 3U + i);
    }
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        ask(scene, scene->old[i], i == 0);
        agree(scene, 4);
        reset(scene);
        runs(scene, scene->old[i]);
        agree(scene, 4);
    }
}

static void reverted(void **state)
{
    struct scene *scene = *state;

    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        upload(scene, scene->image[i]);
        ask(scene, scene->image[i], false);
        reset(scene);
        runs(scene, scene->image[i]);
        reset(scene);
        runs(scene, scene->old[i]);
        /* What was tried is gone; the backup is what runs. */
        agree(scene, 2);
    }
}

static void pair_on_trial_and_half_confirmed(void **state)
{
    struct scene *scene = *state;

    upload(scene, scene->pair[NET]);
    upload(scene, scene->pair[APP]);
    ask(scene, scene->pair[APP], false);
    agree(scene, 4);
    ask(scene, scene->pair[NET], false);
    agree(scene, 4);
    reset(scene);
    runs(scene, scene->pair[APP]);
    runs(scene, scene->pair[NET]);
    agree(scene, 4);
    ask(scene, scene->pair[NET], true);
    agree(scene, 4);
    ask(scene, scene->pair[APP], true);
    agree(scene, 4);
    reset(scene);
    runs(scene, scene->pair[APP]);
    runs(scene, scene->pair[NET]);
    agree(scene, 4);
}

/* As users of a one-pair application do: by an application of old, which the
 * server that runs now had no part in. */
static void network_image_in_the_applications_slot(void **state)
{
    struct scene *scene = *state;
    const struct duo_client_set running = {.confirm = true};
    struct duo_tool_error error;

    duo_smp_image_settle(&scene->wire->end.device.image);
    assert_int_equal(duo_native_upload(scene->wire->rig.board, APP,
                                       scene->image[NET]->bytes),
                     DUO_OK);
    agree(scene, 3);
    ask(scene, scene->image[NET], false);
    agree(scene, 3);
    reset(scene);
    runs(scene, scene->image[NET]);
    runs(scene, scene->old[APP]);
    /* The application's trailer is in the test state, so that its usual confirm
     * decides; nothing of it would be put back. The list tells the trailer. */
    look(scene, 3, true);
    assert_true(duo_client_set(&scene->client, &running, NULL, &error));
    agree(scene, 3);
    reset(scene);
    runs(scene, scene->image[NET]);
    runs(scene, scene->old[APP]);
    agree(scene, 3);
}

static void stop_behind_the_marks(void *ctx,
                                  const struct duo_client_progress *progress)
{
    *(volatile sig_atomic_t *)ctx = progress->off_bytes > 45000U;
}

/* The request goes with the image, and does not pass to the previous one. */
static void erased_slot_asks_for_nothing(void **state)
{
    struct scene *scene = *state;
    const struct rig_image *next = make(scene, APP, 4, 0);
    struct duo_client_images images;
    struct duo_tool_error error;

    upload(scene, scene->image[APP]);
    ask(scene, scene->image[APP], true);
    reset(scene);
    upload(scene, next);
    ask(scene, next, false);
    assert_true(duo_client_erase(&scene->client, 1, &error));
    agree(scene, 3);
    assert_true(duo_client_images(&scene->client, &images, &error));
    const struct duo_client_image *previous = find(&images, APP, 1);
    assert_true(previous != NULL && !previous->pending);
    reset(scene);
    runs(scene, scene->image[APP]);
    agree(scene, 3);
}

/* Nor does what was half there before. */
static void erased_upload_begins_anew(void **state)
{
    struct scene *scene = *state;
    struct duo_client_upload whole = {.image_index = -1};
    const struct rig_image *large =
        rig_make(&scene->wire->rig,
                 &(struct rig_image_spec){
                     .core = APP, .minor = 5, .total_bytes = 60001, .seed = 9});
    volatile sig_atomic_t stop = 0;
    struct duo_tool_error error;

    whole.file = large->bytes;
    whole.on_progress = stop_behind_the_marks;
    whole.ctx = (void *)(uintptr_t)&stop;
    scene->client.cancel = &stop;
    assert_false(duo_client_upload(&scene->client, &whole, &error));
    stop = 0;
    whole.on_progress = NULL;
    agree(scene, 2);
    assert_true(duo_client_erase(&scene->client, 1, &error));
    wire_power_cycle(scene->wire);
    assert_true(duo_client_upload(&scene->client, &whole, &error));
    assert_int_equal(whole.progress.resumed_bytes, 0);
    agree(scene, 3);
}

static void after_a_power_cut_in_an_upload(void **state)
{
    struct scene *scene = *state;

    for (uint32_t ops = 1; ops < 60; ops += 7) {
        struct duo_client_upload again = {.file = scene->image[APP]->bytes,
                                          .image_index = -1};
        struct duo_tool_error error;

        wire_cut(scene->wire, ops);
        (void)duo_client_upload(&scene->client, &again, &error);
        wire_cut(scene->wire, 0);
        upload(scene, scene->image[APP]);
        agree(scene, 3);
        assert_true(duo_client_erase(&scene->client, 1, &error));
        agree(scene, 2);
    }
}

#define SCENE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(fresh_board),
        SCENE(staged_image_of_either_core),
        SCENE(pending_test_and_pending_for_good),
        SCENE(on_trial_confirmed_and_previous_asked),
        SCENE(reverted),
        SCENE(pair_on_trial_and_half_confirmed),
        SCENE(network_image_in_the_applications_slot),
        SCENE(erased_slot_asks_for_nothing),
        SCENE(erased_upload_begins_anew),
        SCENE(after_a_power_cut_in_an_upload),
    };

    return cmocka_run_group_tests_name("smp_agreement", tests, NULL, NULL);
}
