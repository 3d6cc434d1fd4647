/* SPDX-License-Identifier: MIT */
/* Simulated flashes of one board, on one virtual clock, with power cuts.
 *
 * Time. Each core has its own position on the one virtual time line,
 * world.core_ns[]. What a core does synchronously (bus transfers, hashing)
 * moves its own position; flash erases and programs run by themselves and end
 * at a time. Whenever the application core's position moves, the network core
 * is stepped up to it first, so the network core never sees what the
 * application core writes later. A network step is not interrupted: it ends
 * at least 1 us after it began, and one that spends longer publishes its
 * results when it is called. duo_sim_idle() moves the application core to the
 * end of such a step; a spend or read in between may see the result early, by
 * at most that step's length. So a step should be short, or be waited for.
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
 * world is dead: every call fails with DUO_ERR_FLASH and nothing changes. All
 * randomness comes from cut.seed: the same seed and the same calls give the
 * same bytes. A cut inside a write falls into its first or its last word (or
 * page program) as often as anywhere else, since progress marks live there.
 * The unit that a torn write had in progress may be weak, too.
 * Not modelled: read disturb, retention loss, wear-out, faults of pages that
 * were not being erased or programmed (the parts' data sheets rule these out
 * within their endurance).
 *
 * Rules. Breaking one ends the process with a message (world.on_violation can
 * take it instead): starting an operation while one runs, reading a device
 * that is busy, more than two writes of an internal word between erases,
 * unaligned or out-of-range operations, internal writes that would need a
 * 0 -> 1 (words of ones are skipped and do not count), external programs that
 * would (AND semantics make the data wrong, so the caller erred), and a write
 * whose source buffer has changed by the time that poll() reports its end.
 * A call that breaks a rule returns DUO_ERR_FLASH and does nothing. */
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
    uint64_t
        words_written; /* Internal: words not skipped; external: bytes/4. */
    uint64_t bytes_read;
    uint64_t busy_ns;
};

enum duo_sim_op_kind { DUO_SIM_OP_WRITE, DUO_SIM_OP_ERASE };

/* One started operation, for logs and replays. */
struct duo_sim_op {
    const char *device;
    enum duo_sim_op_kind kind;
    uint32_t off_bytes;
    uint32_t len_bytes;
    uint64_t start_ns;
    uint64_t end_ns;   /* As planned: a cut may come first. */
    uint64_t op_index; /* The number that a cut would name. */
};

struct duo_sim_world;

struct duo_sim_flash {
    struct duo_flash flash; /* First. */
    struct duo_sim_world *world;
    enum duo_sim_flash_type type;
    enum duo_core core; /* Whose time its synchronous costs take. */
    /* size_bytes, the true content (an ended operation shows once it was
     * polled). To change it in a test: duo_sim_poke(). */
    const uint8_t *data; /* Aligned to 4096 bytes; stays where it is. */
    struct duo_sim_stats stats;
    uint32_t *page_erases; /* One count for each erase unit; see stats. */
    bool absent;           /* Chip does not answer: every op fails. */
    bool
        high_performance; /* External: HP timing and 32 MHz; else ULP, 8 MHz. */
    /* Hostile reads: called after each read with what will be returned. */
    void (*on_read)(void *ctx, uint32_t off_bytes, uint8_t *dst,
                    size_t len_bytes);
    void *on_read_ctx;
    /* Called when content changes, in whatever way, for each range: for whoever
     * keeps something derived from it (translated code). */
    void (*on_change)(void *ctx, uint32_t off_bytes, uint32_t len_bytes);
    void *on_change_ctx;
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
    uint64_t boot_count; /* Private: power-ups and resets. */
    void (*on_violation)(struct duo_sim_world *world, const char *text);
    void *on_violation_ctx; /* For on_violation, which finds it here. */
    /* Called when an operation starts, also for one that a BEFORE cut stops. */
    void (*on_op)(void *ctx, const struct duo_sim_op *op);
    void *on_op_ctx;
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

/** An operation is under way at the present time of the device's core. */
bool duo_sim_is_busy(const struct duo_sim_flash *flash);

/* An operation as the chip's own command begins it, for a model of its bus:
 * erases of more than one unit, times that another mode gives, and a source
 * that may change at once. The rules are those of start_write, start_erase. */
struct duo_sim_start {
    enum duo_sim_op_kind kind;
    uint32_t off_bytes;
    uint32_t len_bytes; /* ERASE: whole units. */
    const void *src;    /* WRITE; copied. */
    uint64_t ns;        /* How long it takes; 0: as the timing model says. */
};

/** Begin it at the present time of the device's core; poll() tells the end.
 * DUO_OK, or DUO_ERR_FLASH (absent, dead, or a rule was broken). A larger
 * erase that is cut leaves each unit in a state of its own. */
enum duo_err duo_sim_start(struct duo_sim_flash *flash,
                           const struct duo_sim_start *start);

/** When the operation under way ends, or UINT64_MAX if there is none. */
uint64_t duo_sim_end_ns(const struct duo_sim_flash *flash);

/* A cut at an instant, whatever runs then. BEFORE: an operation that starts at
 * this instant leaves no trace. TORN, GARBAGE and PARTIAL_ERASE: that kind for
 * each operation under way; else one drawn from the seed. */
struct duo_sim_instant {
    uint64_t at_ns;
    enum duo_sim_cut_kind kind;
    uint64_t seed;
};

/** The power fails at @p instant, not later than the cores' times by more than
 * the operations begun since (these are undone). The world is dead then. */
void duo_sim_cut_at(struct duo_sim_world *world,
                    const struct duo_sim_instant *instant);

/** One device alone loses its supply at @p instant: as a cut, for it only; the
 * world lives on. */
void duo_sim_tear(struct duo_sim_flash *flash,
                  const struct duo_sim_instant *instant);

/** Put bytes into the flash as a programmer that erases first would: no time,
 * no wear, no operation counted; these bytes are not weak any more. A range
 * outside the device breaks a rule. */
void duo_sim_poke(struct duo_sim_flash *flash, uint32_t off_bytes,
                  struct duo_bytes bytes);

/** Power returns after a cut, or is switched off now and on again: what has
 * ended is whole and what is under way is torn, weak pages that are due
 * decay, the external chip is back in ULP mode, op_count = 0, not dead, both
 * cores at the same later time, network core held. @p cut applies to the
 * power-up that begins. */
void duo_sim_power_up(struct duo_sim_world *world, struct duo_sim_cut cut);

/** Reset of the application core without a power loss: the external chip goes
 * on with its operation and keeps its mode; internal operations are completed
 * (the CPU could not have gone on without); the network core is held. op_count
 * and a cut that has not happened yet go on. Nothing happens when dead. */
void duo_sim_reset(struct duo_sim_world *world);

/** Core @p core computes for @p ns. */
void duo_sim_spend(struct duo_sim_world *world, enum duo_core core,
                   uint64_t ns);

/** The application core waits: time passes to the next event of its devices,
 * or until the network core did something, at most @p ns_max. */
void duo_sim_idle(struct duo_sim_world *world, uint64_t ns_max);

/** Microseconds of the application core since world time 0 (the clocks
 * restart at each boot, this does not). */
uint64_t duo_sim_now_us(const struct duo_sim_world *world);

/** "before", "torn", ...: for messages that replay a cut. */
const char *duo_sim_cut_kind_name(enum duo_sim_cut_kind kind);

/** Content and private state (weak pages, write counts, operations under way,
 * the chip's mode, times, the cut), for restoring in sweeps. Taking and
 * restoring cost only the pages that changed. Not in a snapshot, so not
 * changed by a restore: stats and page_erases, hooks, absent. Restore into the
 * world that it was taken of. */
struct duo_sim_snapshot;
struct duo_sim_snapshot *duo_sim_snapshot_take(struct duo_sim_world *world);
void duo_sim_snapshot_restore(struct duo_sim_world *world,
                              const struct duo_sim_snapshot *snapshot);
void duo_sim_snapshot_free(struct duo_sim_snapshot *snapshot);

void duo_sim_stats_clear(struct duo_sim_world *world);

/** Save all devices of @p world to files in @p dir (created before), or load
 * them; content as plain .bin files (app.bin, net.bin, ext.bin), the rest in
 * one file "flash-state". Operations under way are finished first. Writes to
 * temporary files and renames. DUO_ERR_FLASH: a file cannot be written.
 * DUO_ERR_FORMAT: a file is missing, has the wrong size, or is malformed;
 * then nothing was loaded. @p message names the file (empty if DUO_OK). */
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
    uint64_t signature_ns; /* ECDSA P-256. */
    uint64_t ed25519_ns;
    uint64_t spent_ns;                /* Charged since duo_sim_crypto_init(). */
    struct duo_sim_crypto_memo *memo; /* Private; freed by _destroy. */
};
void duo_sim_crypto_init(struct duo_sim_crypto *crypto,
                         struct duo_sim_world *world, enum duo_core core,
                         struct duo_crypto *inner);
void duo_sim_crypto_destroy(struct duo_sim_crypto *crypto);

#endif
