/* SPDX-License-Identifier: MIT */
/* The same scenes on the native board and, with the ARM binaries, on the
 * virtual board leave the same bytes in all flashes. Only the times in the
 * boot journal may differ: one processor is an estimate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "arm_rig.h"
#include "duo/journal.h"
#include "duo_layouts.h"

#define BOOT_LIMIT_NS (60000U * ARM_MS)
#define IMAGE_BYTES   40960U

enum { APP_OLD, NET_OLD, APP_NEW, NET_NEW, IMAGE_COUNT };

/* Two boards with the same content. */
struct pair {
    struct arm_rig native; /* Never switched on: its native board boots. */
    struct arm_rig arm;
    const struct arm_image *images[2][IMAGE_COUNT];
};

static void make_images(struct arm_rig *rig, const struct arm_image **images)
{
    static const struct arm_image_spec specs[IMAGE_COUNT] = {
        [APP_OLD] = {DUO_CORE_APP, "appdemo-manual", 0, IMAGE_BYTES, 1, 0},
        [NET_OLD] = {DUO_CORE_NET, "netdemo",        0, IMAGE_BYTES, 2, 0},
        [APP_NEW] = {DUO_CORE_APP, "appdemo-manual", 1, IMAGE_BYTES, 3, 0},
        [NET_NEW] = {DUO_CORE_NET, "netdemo",        1, IMAGE_BYTES, 4, 0},
    };

    for (unsigned i = 0; i < IMAGE_COUNT; i++) {
        images[i] = arm_make(rig, &specs[i]);
    }
}

/* Images are signed once, since a signature is random: the second board gets
 * the first one's bytes. */
static void share_images(struct pair *pair)
{
    make_images(&pair->native, pair->images[0]);
    for (unsigned i = 0; i < IMAGE_COUNT; i++) {
        pair->images[1][i] = arm_adopt(&pair->arm, pair->images[0][i]);
    }
}

static void assert_same_journal(struct pair *pair)
{
    struct duo_slots slots[2];
    struct duo_journal journals[2];
    struct duo_journal_entry entries[2];
    uint32_t cursors[2] = {0, 0};
    bool more = true;

    duo_native_slots(pair->native.native, &slots[0]);
    duo_native_slots(pair->arm.native, &slots[1]);
    for (unsigned i = 0; i < 2; i++) {
        duo_journal_open(&journals[i], &slots[i].journal);
    }
    while (more) {
        more = duo_journal_next(&journals[0], &cursors[0], &entries[0]);
        assert_int_equal(
            duo_journal_next(&journals[1], &cursors[1], &entries[1]), more);
        if (more) {
            entries[0].time_ms = entries[1].time_ms;
            assert_int_equal(entries[0].sequence, entries[1].sequence);
            assert_int_equal(entries[0].boot_count, entries[1].boot_count);
            assert_int_equal(entries[0].reason, entries[1].reason);
            assert_int_equal(entries[0].core, entries[1].core);
            assert_int_equal(entries[0].detail, entries[1].detail);
            assert_memory_equal(&entries[0].version, &entries[1].version,
                                sizeof(entries[0].version));
        }
    }
}

/* On the ARM board the application runs, too, and empties its staged slots at
 * leisure; the native one has the boot loaders only. */
static bool is_the_applications(const struct duo_sim_flash *flash,
                                uint32_t off_bytes)
{
    static const enum duo_partition_id slots[] = {DUO_PARTITION_APP_STAGED,
                                                  DUO_PARTITION_NET_STAGED};

    for (unsigned i = 0; i < 2; i++) {
        const struct duo_partition *slot =
            &duo_layout_nrf5340dk.partitions[slots[i]];
        if (strcmp(flash->flash.name, "ext") == 0 && off_bytes >= slot->addr &&
            off_bytes < slot->addr + slot->size_bytes) {
            return true;
        }
    }
    return false;
}

static void assert_same_bytes(const struct duo_sim_flash *one,
                              const struct duo_sim_flash *other,
                              const struct duo_partition *but)
{
    uint32_t size_bytes = one->flash.geometry.size_bytes;

    for (uint32_t off = 0; off < size_bytes; off += DUO_UNIT_BYTES) {
        bool skip = but != NULL && off >= but->addr &&
                    off < but->addr + but->size_bytes;
        if (!skip && !is_the_applications(one, off) &&
            memcmp(one->data + off, other->data + off, DUO_UNIT_BYTES) != 0) {
            fail_msg("%s flash differs in the 4 KB at 0x%x", one->flash.name,
                     (unsigned)off);
        }
    }
}

static void assert_same(struct pair *pair)
{
    const struct duo_native_board *one = pair->native.native;
    const struct duo_native_board *other = pair->arm.native;

    duo_sim_power_up(&pair->arm.native->world, (struct duo_sim_cut){0});
    assert_same_journal(pair);
    assert_same_bytes(one->app, other->app, NULL);
    assert_same_bytes(one->net, other->net, NULL);
    assert_same_bytes(one->ext, other->ext,
                      &duo_layout_nrf5340dk.partitions[DUO_PARTITION_JOURNAL]);
}

/* Both boot; the ARM board up to the application's first line, which says its
 * version and comes before it writes anything. */
static void boot_both(struct pair *pair, const char *wanted)
{
    const struct duo_boot_result *result =
        duo_native_power_cycle(pair->native.native, (struct duo_sim_cut){0});

    assert_int_equal(result->outcome, DUO_BOOT_START);
    if (!arm_boot(&pair->arm, NULL, wanted, BOOT_LIMIT_NS)) {
        fail_msg("the application does not say '%s' (%s), but: %s", wanted,
                 pair->arm.stop.text, pair->arm.consoles[DUO_VB_UART_APP].text);
    }
    duo_vb_power_off(pair->arm.vb);
    assert_same(pair);
}

static void stage_both(struct pair *pair, enum duo_core slot, unsigned image)
{
    arm_stage(&pair->native, slot, pair->images[0][image], false);
    arm_stage(&pair->arm, slot, pair->images[1][image], false);
}

static void confirm_both(struct pair *pair, enum duo_core core)
{
    assert_int_equal(duo_native_confirm(pair->native.native, core), DUO_OK);
    assert_int_equal(duo_native_confirm(pair->arm.native, core), DUO_OK);
}

static int set_up(void **state)
{
    struct pair *pair = calloc(1, sizeof(*pair));

    assert_non_null(pair);
    arm_rig_create(&pair->native, false);
    arm_rig_create(&pair->arm, false);
    share_images(pair);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        enum duo_core which = (enum duo_core)core;
        unsigned old = which == DUO_CORE_APP ? APP_OLD : NET_OLD;
        assert_true(duo_native_program(pair->native.native, which,
                                       pair->images[0][old]->bytes));
        assert_true(duo_native_program(pair->arm.native, which,
                                       pair->images[1][old]->bytes));
    }
    boot_both(pair, "appdemo 1.0.0 runs");
    *state = pair;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *pair = *state;

    arm_rig_destroy(&pair->native);
    arm_rig_destroy(&pair->arm);
    free(pair);
    return 0;
}

static void
network_image_in_the_application_slot_tried_and_reverted(void **state)
{
    struct pair *pair = *state;

    stage_both(pair, DUO_CORE_APP, NET_NEW);
    boot_both(pair, "appdemo 1.0.0 runs");
    assert_ptr_equal(arm_active(&pair->arm, DUO_CORE_NET),
                     pair->images[1][NET_NEW]);
    boot_both(pair, "appdemo 1.0.0 runs");
    assert_ptr_equal(arm_active(&pair->arm, DUO_CORE_NET),
                     pair->images[1][NET_OLD]);
}

static void network_image_in_its_own_slot_confirmed(void **state)
{
    struct pair *pair = *state;

    stage_both(pair, DUO_CORE_NET, NET_NEW);
    boot_both(pair, "appdemo 1.0.0 runs");
    confirm_both(pair, DUO_CORE_NET);
    boot_both(pair, "appdemo 1.0.0 runs");
    assert_ptr_equal(arm_active(&pair->arm, DUO_CORE_NET),
                     pair->images[1][NET_NEW]);
}

static void application_tried_then_confirmed(void **state)
{
    struct pair *pair = *state;

    stage_both(pair, DUO_CORE_APP, APP_NEW);
    boot_both(pair, "appdemo 1.1.0 runs");
    confirm_both(pair, DUO_CORE_APP);
    boot_both(pair, "appdemo 1.1.0 runs");
}

static void both_at_once_then_reverted(void **state)
{
    struct pair *pair = *state;

    stage_both(pair, DUO_CORE_APP, APP_NEW);
    stage_both(pair, DUO_CORE_NET, NET_NEW);
    boot_both(pair, "appdemo 1.1.0 runs");
    assert_ptr_equal(arm_active(&pair->arm, DUO_CORE_NET),
                     pair->images[1][NET_NEW]);
    boot_both(pair, "appdemo 1.0.0 runs");
}

static void application_image_in_the_network_slot_refused(void **state)
{
    struct pair *pair = *state;

    stage_both(pair, DUO_CORE_NET, APP_NEW);
    boot_both(pair, "appdemo 1.0.0 runs");
}

#define SCENE(function) \
    cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(network_image_in_the_application_slot_tried_and_reverted),
        SCENE(network_image_in_its_own_slot_confirmed),
        SCENE(application_tried_then_confirmed),
        SCENE(both_at_once_then_reverted),
        SCENE(application_image_in_the_network_slot_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
