/* SPDX-License-Identifier: MIT */
/* Power cuts in the settings store, on the simulated flash of the application
 * core: what may fail and how is said in sim.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "duo/settings.h"
#include "sim.h"

#define PAGE      4096U
#define PAGES     3U
#define NAMES     6U
#define STEPS     130U
#define VALUE_MAX DUO_SETTINGS_VALUE_BYTES_MAX

/* What the store should hold: a version of each name's value, 0: none. */
struct model {
    uint32_t version[NAMES];
};

struct rig {
    struct duo_sim_world world;
    struct duo_sim_flash *flash;
    struct duo_area area;
    struct duo_settings settings;
    struct model before; /* The step that was cut. */
    struct model after;
};

static void rig_open(struct rig *rig)
{
    duo_sim_world_init(&rig->world);
    rig->flash = duo_sim_flash_create(&rig->world, DUO_SIM_FLASH_APP,
                                      (PAGES + 1U) * PAGE, 0);
    rig->area = (struct duo_area){&rig->flash->flash, PAGE, PAGES * PAGE};
}

static struct duo_bytes name_of(unsigned index)
{
    static const char *const names[NAMES] = {
        "a",           "id/serial", "fw_loader/adv_name",
        "net/channel", "x/y/z",     "a-name-of-thirty-two-bytes-in-all"};
    size_t len_bytes = strlen(names[index]);

    return (struct duo_bytes){(const uint8_t *)names[index],
                              len_bytes > DUO_SETTINGS_NAME_BYTES_MAX
                                  ? DUO_SETTINGS_NAME_BYTES_MAX
                                  : len_bytes};
}

/* Each version has its own length and bytes; some are all ones, which leave
 * words unprogrammed. */
static size_t value_of(uint32_t version, uint8_t value[VALUE_MAX])
{
    size_t len_bytes = version * 7U % (VALUE_MAX + 1U);

    memset(value, version % 5U == 0 ? 0xFF : (int)(version & 0xFFU), VALUE_MAX);
    if (len_bytes > 4U) {
        duo_store_le32(value, version);
    }
    return len_bytes;
}

static bool holds(unsigned name, const struct rig *rig, uint32_t version)
{
    uint8_t value[VALUE_MAX];
    uint8_t expected[VALUE_MAX];
    size_t len_bytes = sizeof(value);
    enum duo_err err =
        duo_settings_get(&rig->settings, name_of(name), value, &len_bytes);

    if (version == 0) {
        return err == DUO_ERR_FORMAT;
    }
    return err == DUO_OK && len_bytes == value_of(version, expected) &&
           memcmp(value, expected, len_bytes) == 0;
}

static bool holds_all(const struct rig *rig, const struct model *model)
{
    for (unsigned name = 0; name < NAMES; name++) {
        if (!holds(name, rig, model->version[name])) {
            return false;
        }
    }
    return true;
}

/* One change; rig->after is what it makes of rig->before. */
static enum duo_err change(struct rig *rig, uint32_t step)
{
    unsigned name = step * 5U % NAMES;
    uint8_t value[VALUE_MAX];
    struct duo_bytes bytes = {value, 0};

    rig->after = rig->before;
    if (step % 61U == 60U) {
        memset(&rig->after, 0, sizeof(rig->after));
        return duo_settings_erase(&rig->settings);
    }
    if (step % 9U == 8U && rig->before.version[name] != 0) {
        rig->after.version[name] = 0;
        return duo_settings_delete(&rig->settings, name_of(name));
    }
    rig->after.version[name] = step + 1U;
    bytes.len_bytes = value_of(step + 1U, value);
    return duo_settings_set(&rig->settings, name_of(name), &bytes);
}

static enum duo_err open_store(struct rig *rig)
{
    return duo_settings_open(&rig->settings, &rig->area);
}

/* Changes until the cut; rig->before and ->after say what may be found. */
static void live(uint32_t first, struct rig *rig, uint32_t steps)
{
    rig->after = rig->before;
    for (uint32_t step = first; step < first + steps; step++) {
        if (change(rig, step) != DUO_OK) {
            assert_true(rig->world.dead);
            return;
        }
        rig->before = rig->after;
    }
}

static void tell(const struct duo_sim_cut *cut, const char *what)
{
    print_error("%s after --replay %u:%s:%u\n", what, (unsigned)cut->op_index,
                duo_sim_cut_kind_name(cut->kind), (unsigned)cut->seed);
    fail_msg("%s", what);
}

/* What the first open finds is old or new, and stays so. */
static void check(struct rig *rig, const struct duo_sim_cut *cut)
{
    bool is_old, is_new;

    duo_sim_power_up(&rig->world, (struct duo_sim_cut){0});
    if (open_store(rig) != DUO_OK) {
        tell(cut, "not opened");
    }
    is_old = holds_all(rig, &rig->before);
    is_new = holds_all(rig, &rig->after);
    if (!is_old && !is_new) {
        tell(cut, "neither old nor new");
    }
    for (unsigned again = 0; again < 3; again++) {
        duo_sim_power_up(&rig->world, (struct duo_sim_cut){0});
        if (open_store(rig) != DUO_OK ||
            holds_all(rig, &rig->before) != is_old ||
            holds_all(rig, &rig->after) != is_new) {
            tell(cut, "does not stay");
        }
    }
    if (is_new) {
        rig->before = rig->after;
    }
}

static uint64_t count_ops(struct rig *rig)
{
    duo_sim_power_up(&rig->world, (struct duo_sim_cut){0});
    assert_int_equal(open_store(rig), DUO_OK);
    memset(&rig->before, 0, sizeof(rig->before));
    live(0, rig, STEPS);
    return rig->world.op_count;
}

static void a_cut_anywhere_leaves_the_old_or_the_new_and_it_stays(void **state)
{
    static struct rig rig;

    (void)state;
    rig_open(&rig);
    struct duo_sim_snapshot *fresh = duo_sim_snapshot_take(&rig.world);
    uint64_t ops = count_ops(&rig);
    assert_true(ops > 2U * (uint64_t)STEPS);
    for (uint64_t op = 1; op <= ops; op++) {
        for (unsigned kind = 0; kind < DUO_SIM_CUT_KIND_COUNT; kind++) {
            const struct duo_sim_cut cut = {op, (enum duo_sim_cut_kind)kind,
                                            op * 31U + kind};
            duo_sim_snapshot_restore(&rig.world, fresh);
            duo_sim_power_up(&rig.world, cut);
            memset(&rig.before, 0, sizeof(rig.before));
            assert_int_equal(open_store(&rig), DUO_OK);
            live(0, &rig, STEPS);
            assert_true(rig.world.dead);
            check(&rig, &cut);
            live(200, &rig, 9);
            check(&rig, &cut);
        }
    }
    duo_sim_snapshot_free(fresh);
    duo_sim_flash_destroy(rig.flash);
}

/* The open after a cut writes, too: it is cut at each of its operations. */
static void a_cut_of_the_open_after_a_cut_loses_nothing(void **state)
{
    static struct rig rig;
    unsigned nested = 0;

    (void)state;
    rig_open(&rig);
    struct duo_sim_snapshot *fresh = duo_sim_snapshot_take(&rig.world);
    uint64_t ops = count_ops(&rig);
    for (uint64_t op = ops - 120U; op <= ops; op++) {
        for (unsigned kind = 0; kind < DUO_SIM_CUT_KIND_COUNT; kind++) {
            const struct duo_sim_cut cut = {op, (enum duo_sim_cut_kind)kind,
                                            op * 37U + kind};
            duo_sim_snapshot_restore(&rig.world, fresh);
            duo_sim_power_up(&rig.world, cut);
            memset(&rig.before, 0, sizeof(rig.before));
            assert_int_equal(open_store(&rig), DUO_OK);
            live(0, &rig, STEPS);
            struct duo_sim_snapshot *torn = duo_sim_snapshot_take(&rig.world);
            const struct model before = rig.before;
            for (uint64_t in_open = 1;; in_open++) {
                const struct duo_sim_cut again = {
                    in_open,
                    (enum duo_sim_cut_kind)((in_open + op) %
                                            DUO_SIM_CUT_KIND_COUNT),
                    op + in_open};
                duo_sim_snapshot_restore(&rig.world, torn);
                rig.before = before;
                duo_sim_power_up(&rig.world, again);
                enum duo_err err = open_store(&rig);
                if (err == DUO_OK && !rig.world.dead) {
                    break; /* The open has fewer operations. */
                }
                nested++;
                check(&rig, &again);
            }
            duo_sim_snapshot_free(torn);
        }
    }
    assert_true(nested > 500);
    duo_sim_snapshot_free(fresh);
    duo_sim_flash_destroy(rig.flash);
}

/* A life of cuts at random, often several in a row. What one open finds is
 * what all later ones find. */
static void a_life_of_cuts_loses_nothing_that_was_promised(void **state)
{
    static struct rig rig;
    uint64_t random = 12345;
    unsigned opened = 0;

    (void)state;
    rig_open(&rig);
    memset(&rig.before, 0, sizeof(rig.before));
    rig.after = rig.before;
    for (uint32_t boot = 1; boot <= 6000; boot++) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        const struct duo_sim_cut cut = {
            1U + (random >> 33) % ((boot & 64U) != 0 ? 12U : 90U),
            (enum duo_sim_cut_kind)((random >> 50) % DUO_SIM_CUT_KIND_COUNT),
            random >> 20};

        duo_sim_power_up(&rig.world, cut);
        if (open_store(&rig) != DUO_OK) {
            assert_true(rig.world.dead);
            continue;
        }
        opened++;
        if (!holds_all(&rig, &rig.before)) {
            if (!holds_all(&rig, &rig.after)) {
                tell(&cut, "neither old nor new");
            }
            rig.before = rig.after;
        }
        live(boot * 3U, &rig, 40);
    }
    assert_true(opened > 3000);
    duo_sim_flash_destroy(rig.flash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_anywhere_leaves_the_old_or_the_new_and_it_stays),
        cmocka_unit_test(a_cut_of_the_open_after_a_cut_loses_nothing),
        cmocka_unit_test(a_life_of_cuts_loses_nothing_that_was_promised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
