/* SPDX-License-Identifier: MIT */
/* What the scenario tests share; see hostile.h. */
#include "hostile.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "duo/trailer.h"
#include "duo_layouts.h"

_Static_assert((unsigned)HOSTILE_IMAGES <= RIG_IMAGES_MAX,
               "the rig must hold every image");

static const struct rig_image_spec specs[HOSTILE_IMAGES] = {
    [APP_NOW] = {.core = APP,
                 .minor = 5,
                 .total_bytes = 33000,
                 .seed = 1,
                 .security_counter = 2 },
    [NET_NOW] = {.core = NET,
                 .minor = 5,
                 .total_bytes = 29000,
                 .seed = 2,
                 .security_counter = 2 },
    [APP_NEXT] = {.core = APP,
                 .minor = 6,
                 .total_bytes = 36000,
                 .seed = 3,
                 .security_counter = 2 },
    [NET_NEXT] = {.core = NET,
                 .minor = 6,
                 .total_bytes = 25000,
                 .seed = 4,
                 .security_counter = 2 },
    [APP_OLDER] = {.core = APP,
                 .minor = 4,
                 .total_bytes = 20000,
                 .seed = 5,
                 .security_counter = 2 },
    [NET_OLDER] = {.core = NET,
                 .minor = 4,
                 .total_bytes = 30000,
                 .seed = 6,
                 .security_counter = 2 },
    [APP_PAIR] = {.core = APP,
                 .minor = 7,
                 .total_bytes = 40000,
                 .seed = 7,
                 .security_counter = 2,
                 .needs_minor = 7},
    [NET_PAIR] = {.core = NET,
                 .minor = 7,
                 .total_bytes = 15000,
                 .seed = 8,
                 .security_counter = 2,
                 .needs_minor = 7},
    [APP_WITHDRAWN] = {.core = APP,
                 .minor = 8,
                 .total_bytes = 12000,
                 .seed = 9,
                 .security_counter = 1  },
    [APP_ALIEN] = {.core = APP,
                 .minor = 9,
                 .total_bytes = 12000,
                 .seed = 10,
                 .security_counter = 3,
                 .unknown_key = true},
    [APP_UNCOUNTED] = {.core = APP,
                 .minor = 10,
                 .total_bytes = 12000,
                 .seed = 11},
    [NET_TOO_LARGE] = {.core = NET,
                 .minor = 11,
                 .total_bytes = 0x10800,
                 .seed = 12,
                 .security_counter = 3           },
    [APP_RAISED] = {.core = APP,
                 .minor = 12,
                 .total_bytes = 16000,
                 .seed = 13,
                 .security_counter = 4},
    [NET_RAISED] = {.core = NET,
                 .minor = 12,
                 .total_bytes = 16000,
                 .seed = 14,
                 .security_counter = 5  },
};

int hostile_open(void **state)
{
    const struct rig_options options = {
        .layout = &duo_layout_small,
        .charge_cpu = true, /* For its memory of signatures: speed. */
        .verbose = getenv("DUO_VERBOSE") != NULL,
    };
    struct hostile *hostile = calloc(1, sizeof(*hostile));

    if (hostile == NULL) {
        return -1;
    }
    rig_create(&hostile->rig, &options);
    hostile->board = hostile->rig.board;
    for (unsigned i = 0; i < HOSTILE_IMAGES; i++) {
        (void)rig_make(&hostile->rig, &specs[i]);
    }
    rig_factory(&hostile->rig, &hostile->rig.images[APP_NOW],
                &hostile->rig.images[NET_NOW]);
    duo_native_slots(hostile->board, &hostile->slots);
    hostile->factory = duo_sim_snapshot_take(&hostile->board->world);
    *state = hostile;
    return 0;
}

int hostile_close(void **state)
{
    struct hostile *hostile = *state;

    duo_sim_snapshot_free(hostile->factory);
    rig_destroy(&hostile->rig);
    free(hostile);
    return 0;
}

int hostile_renew(void **state)
{
    struct hostile *hostile = *state;
    struct duo_native_board *board = hostile->board;
    struct duo_sim_flash *const flashes[] = {board->app, board->net,
                                             board->ext};

    duo_sim_snapshot_restore(&board->world, hostile->factory);
    for (unsigned i = 0; i < 3U; i++) {
        flashes[i]->absent = false;
        flashes[i]->on_read = NULL;
    }
    board->world.on_op = NULL;
    board->net_mode = DUO_NATIVE_NET_GOOD;
    memset(&board->config.policy, 0, sizeof(board->config.policy));
    return 0;
}

struct duo_bytes hostile_bytes(const struct hostile *hostile,
                               enum hostile_image image)
{
    return hostile->rig.images[image].bytes;
}

void hostile_stage_bytes(struct hostile *hostile, enum duo_core slot,
                         struct duo_bytes bytes, bool permanent)
{
    assert_int_equal(duo_native_stage(hostile->board, slot, bytes, permanent),
                     DUO_OK);
}

void hostile_stage(struct hostile *hostile, enum hostile_image image)
{
    hostile_stage_bytes(hostile, hostile->rig.images[image].core,
                        hostile_bytes(hostile, image), false);
}

const struct duo_boot_result *hostile_boot(struct hostile *hostile)
{
    return duo_native_power_cycle(hostile->board, rig_no_cut());
}

unsigned hostile_settle(struct hostile *hostile)
{
    for (unsigned boots = 1; boots <= HOSTILE_BOOTS_MAX; boots++) {
        (void)hostile_boot(hostile);
        if (hostile->board->world.op_count == 0) {
            return boots;
        }
    }
    fail_msg("the board still writes after %u boots", HOSTILE_BOOTS_MAX);
    return 0;
}

void hostile_expect(struct hostile *hostile, enum hostile_image app,
                    enum hostile_image net)
{
    const struct duo_boot_result *result = &hostile->board->result;
    const struct rig_image *images = hostile->rig.images;

    assert_int_equal(result->outcome, DUO_BOOT_START);
    assert_int_equal(result->app_verdict, DUO_VERDICT_ACCEPT);
    const struct duo_image *runs = duo_native_net_image(hostile->board);
    assert_non_null(runs);
    assert_memory_equal(runs->digest, images[net].digest, DUO_SHA256_BYTES);
    assert_memory_equal(result->app.digest, images[app].digest,
                        DUO_SHA256_BYTES);
    assert_memory_equal(result->net.digest, images[net].digest,
                        DUO_SHA256_BYTES);
    assert_ptr_equal(rig_active(&hostile->rig, APP), &images[app]);
    assert_ptr_equal(rig_active(&hostile->rig, NET), &images[net]);
    assert_memory_equal(hostile_peek(&hostile->slots.mirror),
                        images[net].bytes.data, images[net].bytes.len_bytes);
}

void hostile_expect_told(struct hostile *hostile, enum duo_reason reason,
                         enum duo_core core)
{
    if (!rig_journal_has(&hostile->rig, reason, core)) {
        fail_msg("the journal has no '%s' about the %s",
                 duo_reason_text(reason)->name, duo_core_name(core));
    }
}

void hostile_install(struct hostile *hostile, enum hostile_image image)
{
    hostile_stage(hostile, image);
    (void)hostile_boot(hostile);
    assert_int_equal(
        duo_native_confirm(hostile->board, hostile->rig.images[image].core),
        DUO_OK);
    (void)hostile_settle(hostile);
}

static struct duo_sim_flash *flash_of(const struct duo_area *area)
{
    return (struct duo_sim_flash *)(void *)area->flash;
}

void hostile_poke(const struct duo_area *area, uint32_t off_bytes,
                  struct duo_bytes bytes)
{
    duo_sim_poke(flash_of(area), area->off_bytes + off_bytes, bytes);
}

void hostile_fill(const struct duo_area *area, uint8_t value)
{
    uint8_t *data = malloc(area->size_bytes);

    assert_non_null(data);
    memset(data, value, area->size_bytes);
    hostile_poke(area, 0, (struct duo_bytes){data, area->size_bytes});
    free(data);
}

const uint8_t *hostile_peek(const struct duo_area *area)
{
    return flash_of(area)->data + area->off_bytes;
}

uint64_t hostile_random(uint64_t *seed)
{
    uint64_t value = *seed += 0x9E3779B97F4A7C15U;

    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}
