/* SPDX-License-Identifier: MIT */
/* The native board; see native_board.h. The only place that names its parts. */
#include "native_board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duo/trailer.h"

/* The application core polls at least this often while it waits for the
 * network core alone. */
#define IDLE_NS_MAX 1000000U

/* The application's patience with the network core: five seconds. */
#define NET_START_IDLES 5000U

/* Switching the MX25R64 to high performance: a 24-bit WRSR and t_WMS. */
#define MODE_SWITCH_NS 22000U

static uint64_t random_next(uint64_t *seed)
{
    uint64_t value = *seed += 0x9E3779B97F4A7C15U;

    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

static bool net_step_good(void *ctx)
{
    struct duo_native_board *board = ctx;
    return duo_netboot_step(&board->netboot);
}

static bool net_step_silent(void *ctx)
{
    (void)ctx;
    return false;
}

static bool net_step_lies(void *ctx)
{
    struct duo_native_board *board = ctx;
    bool did = duo_netboot_step(&board->netboot);

    if (did && random_next(&board->lie_seed) % 16U == 0) {
        uint64_t draw = random_next(&board->lie_seed);
        size_t word = (draw >> 32) % (sizeof(board->mailbox) / 4U);
        /* Mostly in the records at the front, where it hurts. */
        word = draw % 4U != 0 ? word % 256U : word;
        board->mailbox[word] ^= (uint32_t)random_next(&board->lie_seed);
    }
    return did;
}

static void hold_net(void *ctx)
{
    struct duo_native_board *board = ctx;
    board->world.net_step = NULL;
}

static void protect_netboot(void *ctx)
{
    (void)ctx; /* The simulated device ends at the slot: nothing to lock. */
}

static void release_net(void *ctx)
{
    static bool (*const step_of[])(void *ctx) = {
        [DUO_NATIVE_NET_GOOD] = net_step_good,
        [DUO_NATIVE_NET_SILENT] = net_step_silent,
        [DUO_NATIVE_NET_LIES] = net_step_lies,
    };
    struct duo_native_board *board = ctx;
    const struct duo_netboot_config config = {
        .mem = board->mailbox,
        .slot = duo_layout_area(board->config.layout, DUO_PARTITION_NET_ACTIVE,
                                &board->net->flash),
        .trust = board->config.trust,
        .crypto = board->config.charge_cpu ? &board->net_sim_crypto.crypto
                                           : board->config.net_crypto,
        .clock = &board->world.net_clock,
        .protect = protect_netboot,
        .ctx = board,
        .work = board->net_work,
        .work_bytes = sizeof(board->net_work),
        .version = {0, 1, 0, 0},
    };

    duo_netboot_init(&board->netboot, &config);
    board->world.net_ctx = board;
    board->world.net_step = step_of[board->net_mode];
}

const struct duo_image *
duo_native_net_image(const struct duo_native_board *board)
{
    bool runs = board->world.net_step != NULL &&
                board->netboot.state == DUO_NETBOOT_STARTED;
    return runs ? &board->netboot.started : NULL;
}

static void idle(void *ctx)
{
    struct duo_native_board *board = ctx;
    const uint64_t *core_ns = board->world.core_ns;

    /* A long step of the network core, a verification, can be seen before its
     * time: see sim.h. Whoever waits is taken to its end. */
    if (board->world.net_step != NULL &&
        core_ns[DUO_CORE_NET] > core_ns[DUO_CORE_APP] + IDLE_NS_MAX) {
        duo_sim_spend(&board->world, DUO_CORE_APP,
                      core_ns[DUO_CORE_NET] - core_ns[DUO_CORE_APP]);
        return;
    }
    duo_sim_idle(&board->world, IDLE_NS_MAX);
}

/* Without power no time passes, but the code that was cut still has to come to
 * its end: its time-outs run out at once. */
static uint64_t now_us(const struct duo_clock *clock)
{
    struct duo_native_board *board =
        (struct duo_native_board *)((uintptr_t)clock -
                                    offsetof(struct duo_native_board, clock));

    board->dead_us += board->world.dead ? 1000000U : 0U;
    return board->world.app_clock.now_us(&board->world.app_clock) +
           board->dead_us;
}

static enum duo_err prepare_ext(void *ctx)
{
    struct duo_native_board *board = ctx;

    if (board->ext->absent) {
        return DUO_ERR_FLASH; /* The JEDEC id does not come. */
    }
    enum duo_err err = duo_flash_wait(&board->ext->flash);
    if (err == DUO_OK) {
        duo_sim_spend(&board->world, DUO_CORE_APP, MODE_SWITCH_NS);
        board->ext->high_performance = true;
    }
    return err;
}

static void on_event(void *ctx, const struct duo_event *event)
{
    struct duo_native_board *board = ctx;

    if (board->config.on_event != NULL && !board->world.dead) {
        board->config.on_event(
            board->config.ctx,
            board->world.app_clock.now_us(&board->world.app_clock), event);
    }
}

static struct duo_sim_flash *create_flash(struct duo_native_board *board,
                                          enum duo_sim_flash_type type,
                                          enum duo_memory_id memory)
{
    struct duo_flash_geometry geometry =
        duo_layout_geometry(board->config.layout, memory);
    return duo_sim_flash_create(&board->world, type, geometry.size_bytes,
                                geometry.base_addr);
}

struct duo_native_board *
duo_native_create(const struct duo_native_config *config)
{
    struct duo_native_board *board = calloc(1, sizeof(*board));

    if (board == NULL) {
        (void)fputs("native board: out of memory\n", stderr);
        abort();
    }
    board->config = *config;
    duo_sim_world_init(&board->world);
    board->app = create_flash(board, DUO_SIM_FLASH_APP, DUO_MEMORY_APP_FLASH);
    board->net = create_flash(board, DUO_SIM_FLASH_NET, DUO_MEMORY_NET_FLASH);
    board->ext = create_flash(board, DUO_SIM_FLASH_EXT, DUO_MEMORY_EXT_FLASH);
    duo_sim_crypto_init(&board->app_sim_crypto, &board->world, DUO_CORE_APP,
                        config->app_crypto);
    duo_sim_crypto_init(&board->net_sim_crypto, &board->world, DUO_CORE_NET,
                        config->net_crypto);
    return board;
}

void duo_native_destroy(struct duo_native_board *board)
{
    duo_sim_crypto_destroy(&board->app_sim_crypto);
    duo_sim_crypto_destroy(&board->net_sim_crypto);
    duo_sim_flash_destroy(board->app);
    duo_sim_flash_destroy(board->net);
    duo_sim_flash_destroy(board->ext);
    free(board);
}

/* As the application does where the boot loader leaves it to that: release the
 * network core, without a session. What netboot then does, it does by itself:
 * whatever the boot loader found, it runs nothing that it has not verified. */
static void start_net_as_the_application(struct duo_native_board *board)
{
    /* What its flash was at when the core was held ends first, as it does in a
     * reset; a failure of it is netboot's to see. */
    enum duo_err err = duo_flash_wait(&board->net->flash);
    (void)err;
    release_net(board);
    for (unsigned i = 0;
         i < NET_START_IDLES && board->netboot.state == DUO_NETBOOT_RESET;
         i++) {
        idle(board);
    }
    const struct duo_image *image = duo_native_net_image(board);
    if (image != NULL) {
        const struct duo_event event = {.type = DUO_EVENT_START,
                                        .core = DUO_CORE_NET,
                                        .version = image->version};
        on_event(board, &event);
    }
}

const struct duo_boot_result *duo_native_boot(struct duo_native_board *board)
{
    const struct duo_mailbox_client_config client_config = {
        .mem = board->mailbox,
        .clock = &board->clock,
        .idle = idle,
        .ctx = board,
    };
    const struct duo_boot_config config = {
        .layout = board->config.layout,
        .app_flash = &board->app->flash,
        .ext_flash = &board->ext->flash,
        .net = &board->client,
        .trust = board->config.trust,
        .crypto = board->config.charge_cpu ? &board->app_sim_crypto.crypto
                                           : board->config.app_crypto,
        .clock = &board->clock,
        .policy = &board->config.policy,
        .session = ++board->session,
        .prepare_ext = prepare_ext,
        .release_net = release_net,
        .hold_net = hold_net,
        .on_event = on_event,
        .ctx = board,
    };

    board->clock.now_us = now_us;
    board->dead_us = 0;
    duo_mailbox_client_init(&board->client, &client_config);
    duo_boot_run(&board->boot_state, &config, &board->result);
    if (!board->world.dead && board->result.outcome == DUO_BOOT_START &&
        board->config.policy.net_start == DUO_NET_START_BY_APP) {
        start_net_as_the_application(board);
    }
    return &board->result;
}

const struct duo_boot_result *
duo_native_power_cycle(struct duo_native_board *board, struct duo_sim_cut cut)
{
    duo_sim_power_up(&board->world, cut);
    return duo_native_boot(board);
}

void duo_native_slots(struct duo_native_board *board, struct duo_slots *slots)
{
    const struct duo_slots_devices devices = {
        &board->app->flash, &board->net->flash, &board->ext->flash};

    duo_slots_init(slots, board->config.layout, &devices);
    slots->active[DUO_CORE_NET] = duo_layout_area(
        board->config.layout, DUO_PARTITION_NET_ACTIVE, &board->net->flash);
}

bool duo_native_program(struct duo_native_board *board, enum duo_core core,
                        struct duo_bytes image)
{
    struct duo_slots slots;

    duo_native_slots(board, &slots);
    if (image.len_bytes > slots.image_bytes_max[core]) {
        return false;
    }
    duo_sim_poke(core == DUO_CORE_APP ? board->app : board->net,
                 slots.active[core].off_bytes, image);
    return true;
}

bool duo_native_holds(struct duo_native_board *board, enum duo_core core,
                      struct duo_bytes image)
{
    struct duo_slots slots;

    duo_native_slots(board, &slots);
    const struct duo_sim_flash *flash =
        core == DUO_CORE_APP ? board->app : board->net;
    return memcmp(flash->data + slots.active[core].off_bytes, image.data,
                  image.len_bytes) == 0;
}

enum duo_err duo_native_upload(struct duo_native_board *board,
                               enum duo_core slot, struct duo_bytes image)
{
    struct duo_slots slots;
    uint8_t unit[DUO_UNIT_BYTES];

    duo_native_slots(board, &slots);
    const struct duo_area *area = &slots.staged[slot];
    if (image.len_bytes > area->size_bytes - DUO_TRAILER_RESERVED_BYTES) {
        return DUO_ERR_RANGE;
    }
    /* The request of an earlier image goes before its bytes do. */
    enum duo_err err = duo_trailer_clear(area);
    for (uint32_t off = 0; err == DUO_OK && off < image.len_bytes;
         off += DUO_UNIT_BYTES) {
        size_t left_bytes = image.len_bytes - off;
        memset(unit, 0xFF, sizeof(unit));
        memcpy(unit, image.data + off,
               left_bytes < sizeof(unit) ? left_bytes : sizeof(unit));
        err = duo_area_blank(area, off, DUO_UNIT_BYTES);
        if (err == DUO_OK) {
            err = duo_area_write(area, off, unit, sizeof(unit));
        }
    }
    return err;
}

enum duo_err duo_native_stage(struct duo_native_board *board,
                              enum duo_core slot, struct duo_bytes image,
                              bool permanent)
{
    struct duo_slots slots;
    enum duo_err err = duo_native_upload(board, slot, image);

    duo_native_slots(board, &slots);
    return err == DUO_OK ? duo_trailer_request(&slots.staged[slot], permanent)
                         : err;
}

enum duo_err duo_native_confirm(struct duo_native_board *board,
                                enum duo_core core)
{
    struct duo_slots slots;

    duo_native_slots(board, &slots);
    return duo_trailer_confirm(&slots.trailer[core]);
}
