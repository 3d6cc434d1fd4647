/* SPDX-License-Identifier: MIT */
/* The native board: appboot's boot on one simulated core, netboot on the
 * other, in one process. The two share the mailbox memory and nothing else.
 * Used by `duoboot board`, the tests and the power-cut sweep. */
#ifndef DUO_NATIVE_BOARD_H
#define DUO_NATIVE_BOARD_H

#include "duo/boot.h"
#include "sim.h"

/* What an unwell network core does instead of running netboot. */
enum duo_native_net {
    DUO_NATIVE_NET_GOOD,
    DUO_NATIVE_NET_SILENT, /* Never answers. */
    DUO_NATIVE_NET_LIES,   /* Runs netboot, then changes words at random. */
};

struct duo_native_config {
    const struct duo_layout *layout;
    const struct duo_trust *trust;
    struct duo_crypto *app_crypto; /* One instance for each core; charged to */
    struct duo_crypto *net_crypto; /* the cores if charge_cpu. */
    struct duo_policy policy;
    bool charge_cpu;
    void (*on_event)(void *ctx, uint64_t time_us,
                     const struct duo_event *event);
    void *ctx;
};

struct duo_native_board {
    struct duo_native_config config;
    struct duo_clock clock; /* The application core's, also without power. */
    uint64_t dead_us;       /* How far that clock ran on without power. */
    struct duo_sim_world world;
    struct duo_sim_flash *app;
    struct duo_sim_flash *net;
    struct duo_sim_flash *ext;
    struct duo_sim_crypto app_sim_crypto;
    struct duo_sim_crypto net_sim_crypto;
    uint32_t mailbox[DUO_MAILBOX_BYTES / 4U];
    struct duo_mailbox_client client;
    struct duo_netboot netboot;
    struct duo_boot_state boot_state;
    uint8_t net_work[DUO_UNIT_BYTES];
    enum duo_native_net net_mode;
    uint64_t lie_seed;
    uint32_t session;
    struct duo_boot_result result; /* Of the last boot. */
};

/** A new board, all flashes erased, power on. Never NULL: ends the process if
 * memory is short. */
struct duo_native_board *
duo_native_create(const struct duo_native_config *config);
void duo_native_destroy(struct duo_native_board *board);

/** Run appboot once, from where power_up or reset left the world, to the jump
 * or to the cut (world.dead; result is then of no meaning). By policy the
 * application, once started, then releases the network core. */
const struct duo_boot_result *duo_native_boot(struct duo_native_board *board);

/** The image that the network core runs: one that netboot verified and
 * started, whoever asked for it. NULL if it runs none. */
const struct duo_image *
duo_native_net_image(const struct duo_native_board *board);

/** Switch off and on, then boot; @p cut applies to this boot. */
const struct duo_boot_result *
duo_native_power_cycle(struct duo_native_board *board, struct duo_sim_cut cut);

/** The slots as a programmer's probe sees them: also the network core's own
 * flash, which no code on the application core can reach. */
void duo_native_slots(struct duo_native_board *board, struct duo_slots *slots);

/** Program an image into the active slot of @p core by probe (no time, no
 * wear), as in the factory. False if it does not fit. */
bool duo_native_program(struct duo_native_board *board, enum duo_core core,
                        struct duo_bytes image);

/** Does the active slot of @p core begin with these bytes? As a probe sees it. */
bool duo_native_holds(struct duo_native_board *board, enum duo_core core,
                      struct duo_bytes image);

/** Put an image into the staged slot of @p slot without asking for anything,
 * as an uploader in the running application does: the request of an earlier
 * image goes first. DUO_ERR_RANGE if it does not fit; flash errors. */
enum duo_err duo_native_upload(struct duo_native_board *board,
                               enum duo_core slot, struct duo_bytes image);

/** duo_native_upload(), then ask for the install of the image. */
enum duo_err duo_native_stage(struct duo_native_board *board,
                              enum duo_core slot, struct duo_bytes image,
                              bool permanent);

/** Confirm as the running application does: its own trailer, or the network
 * image's in the mirror. */
enum duo_err duo_native_confirm(struct duo_native_board *board,
                                enum duo_core core);

#endif
