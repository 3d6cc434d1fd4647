/* SPDX-License-Identifier: MIT */
/* Simulated flashes of one board, on one virtual clock, with power cuts.
 *
 * Time. Each core has its own position on the one virtual time line,
 * world.core_ns[]. What a core does synchronously (bus transfers, hashing)
 * moves its own position; flash erases and programs run by themselves and end
 * at a time. Whenever the application core's position moves, the network core
 * is stepped up to it first, so both see shared memory in the right order.
 *
 * Fault model. A cut names one flash operation (start_write or start_erase,
 * counted over all devices from 1) and a kind. It is an instant:
 *   BEFORE         the instant the operation starts: it leaves no trace;
 *   TORN           inside it: a prefix is done, one word (internal) or one
 *                  byte run (external) has a random subset of its bits, the
 *                  rest is untouched; an erase leaves a mixture of old bytes,
 *                  0x00 and the erased value;
 *   GARBAGE        inside it: as TORN, but what was in progress is random
 *                  bits (a program still only clears bits);
 *   PARTIAL_ERASE  inside it: an erase leaves random unerased bytes or a
 *                  *weak* page: it reads erased (a weak program: reads
 *                  programmed) at the next power-up and decays at the one
 *                  after, unless erased again (a program: programmed again);
 *   AFTER          the instant it has ended: it is whole.
 * Operations under way on the other devices at that instant are torn at the
 * point they had reached, by a kind drawn from the seed. After the instant the
 * world is dead: every call fails with DUO_ERR_FLASH and nothing changes.
 * Not modelled: read disturb, retention loss, wear-out, faults of pages that
 * were not being erased or programmed (the parts' data sheets rule these out
 * within their endurance).
 *
 * Rules. Breaking one ends the process with a message (world.on_violation can
 * take it instead): starting an operation while one runs, reading a device
 * that is busy, more than two writes of an internal word between erases,
 * unaligned or out-of-range operations, internal writes that would need a
 * 0 -> 1 (words of ones are skipped and do not count), external programs that
 * would (AND semantics make the data wrong, so the caller erred). */
#ifndef DUO_SIM_H
#define DUO_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/clock.h"
#include "duo/crypto.h"
#include "duo/flash.h"
#include "duo/image.h"

enum duo_sim_cut_kind {
    DUO_SIM_CUT_BEFORE,
    DUO_SIM_CUT_TORN,
    DUO_SIM_CUT_GARBAGE,
    DUO_SIM_CUT_PARTIAL_ERASE,
    DUO_SIM_CUT_AFTER,
};
#define DUO_SIM_CUT_KIND_COUNT 5U

struct duo_sim_cut {
    uint64_t op_index; /* 1-based over this power-up; 0: no cut. */
    enum duo_sim_cut_kind kind;
    uint64_t seed;
};

enum duo_sim_flash_type {
    DUO_SIM_FLASH_APP, /* 4 KB pages, 87.5 ms erase, 43 us word. */
    DUO_SIM_FLASH_NET, /* 2 KB pages, same times. */
    DUO_SIM_FLASH_EXT, /* MX25R64: 4 KB erase, 256-byte page program. */
};

/* Counted since duo_sim_flash_create() or duo_sim_stats_clear(). */
struct duo_sim_stats {
    uint64_t erases;
    uint64_t words_written; /* Internal: words not skipped; external: bytes/4. */
    uint64_t bytes_read;
    uint64_t busy_ns;
};

struct duo_sim_world;

struct duo_sim_flash {
    struct duo_flash flash; /* First. */
    struct duo_sim_world *world;
    enum duo_sim_flash_type type;
    enum duo_core core; /* Whose time its synchronous costs take. */
    uint8_t *data;      /* size_bytes, the true content. */
    struct duo_sim_stats stats;
    uint32_t *page_erases; /* One count for each erase unit; see stats. */
    bool absent;           /* Chip does not answer: every op fails. */
    bool high_performance; /* External: HP timing and 32 MHz; else ULP, 8 MHz. */
    /* Hostile reads: called after each read with what will be returned. */
    void (*on_read)(void *ctx, uint32_t off_bytes, uint8_t *dst,
                    size_t len_bytes);
    void *on_read_ctx;
    struct duo_sim_flash_state *state; /* Private: pending op, weak pages... */
};

struct duo_sim_world {
    uint64_t core_ns[DUO_CORE_COUNT];
    struct duo_clock app_clock; /* now_us since power-up or reset. */
    struct duo_clock net_clock;
    uint64_t boot_ns; /* When the present boot began. */
    struct duo_sim_flash *devices[3];
    unsigned device_count;
    /* The other core: one step of its state machine; true if it did anything.
     * NULL while it is held in force-off. */
    bool (*net_step)(void *ctx);
    void *net_ctx;
    struct duo_sim_cut cut;
    uint64_t op_count; /* Operations started in this power-up. */
    bool dead;         /* The cut has happened. */
    uint64_t cut_ns;   /* Private: the instant, once the operation started. */
    bool cut_armed;
    bool stepping_net;
    void (*on_violation)(struct duo_sim_world *world, const char *text);
};

/** An empty world at time 0. */
void duo_sim_world_init(struct duo_sim_world *world);

/** Create a device, erased, and add it to @p world. @p base_addr is
 * geometry.base_addr. Ends the process if memory is short. */
struct duo_sim_flash *duo_sim_flash_create(struct duo_sim_world *world,
                                           enum duo_sim_flash_type type,
                                           uint32_t size_bytes,
                                           uint32_t base_addr);
void duo_sim_flash_destroy(struct duo_sim_flash *flash);

/** Power returns after a cut (or is switched off and on): finishes or tears
 * what was under way, lets weak pages decay that are due, external chip back
 * in ULP mode, op_count = 0, not dead, both cores at the same later time,
 * network core held. @p cut applies to the power-up that begins. */
void duo_sim_power_up(struct duo_sim_world *world, struct duo_sim_cut cut);

/** Reset of the application core without a power loss: the external chip goes
 * on with its operation and keeps its mode; internal operations are completed
 * (the CPU could not have gone on without). op_count goes on. */
void duo_sim_reset(struct duo_sim_world *world);

/** Core @p core computes for @p ns. */
void duo_sim_spend(struct duo_sim_world *world, enum duo_core core,
                   uint64_t ns);

/** The application core waits: time passes to the next event of its devices,
 * or until the network core did something, at most @p ns_max. */
void duo_sim_idle(struct duo_sim_world *world, uint64_t ns_max);

/** Content and private state (weak pages, write counts), for restoring in
 * sweeps. Restoring costs only the pages that changed since the snapshot. */
struct duo_sim_snapshot;
struct duo_sim_snapshot *duo_sim_snapshot_take(struct duo_sim_world *world);
void duo_sim_snapshot_restore(struct duo_sim_world *world,
                              const struct duo_sim_snapshot *snapshot);
void duo_sim_snapshot_free(struct duo_sim_snapshot *snapshot);

void duo_sim_stats_clear(struct duo_sim_world *world);

/** Save all devices of @p world to files in @p dir (created before), or load
 * them; content as plain .bin files (app.bin, net.bin, ext.bin), the rest in
 * one file "flash-state". Writes to temporary files and renames.
 * DUO_ERR_FORMAT: a file is missing, has the wrong size, or is malformed;
 * @p message says which. */
enum duo_err duo_sim_save(struct duo_sim_world *world, const char *dir,
                          char message[256]);
enum duo_err duo_sim_load(struct duo_sim_world *world, const char *dir,
                          char message[256]);

/* A crypto back end that charges its time to a core: the inner back end does
 * the work. Costs are estimates of a Cortex-M33 at 128 MHz (application) and
 * 64 MHz (network); see docs/TESTING.md. Also remembers the last signature
 * results, so that sweeps do not verify the same signature a million times. */
struct duo_sim_crypto {
    struct duo_crypto crypto; /* First. */
    struct duo_crypto *inner;
    struct duo_sim_world *world;
    enum duo_core core;
    uint64_t hash_ns_per_byte;
    uint64_t signature_ns;
    struct duo_sim_crypto_memo *memo; /* Private; freed by _destroy. */
};
void duo_sim_crypto_init(struct duo_sim_crypto *crypto,
                         struct duo_sim_world *world, enum duo_core core,
                         struct duo_crypto *inner);
void duo_sim_crypto_destroy(struct duo_sim_crypto *crypto);

#endif
