/* SPDX-License-Identifier: MIT */
/* What the files of the simulation share; see sim.h for the contract. */
#ifndef DUO_SIM_INTERNAL_H
#define DUO_SIM_INTERNAL_H

#include "sim.h"

#define SIM_DEVICE_COUNT_MAX   3U
#define SIM_EXT_PAGE_BYTES     256U
#define SIM_EXT_BLOCK_BYTES    65536U
#define SIM_WORD_BYTES         4U
#define SIM_WORD_WRITES_MAX    2U /* nWRITE in the product specification. */
#define SIM_NET_STEP_NS        1000U
#define SIM_DEVICE_IDLE_NS_MAX 1000000000U
#define SIM_POWER_OFF_NS       1000000U
#define SIM_HOST_PAGE_BYTES    4096U

/* What a page held when a snapshot was taken. Shared by all snapshots that
 * agree on it; pages are compared by the identity of these. */
struct sim_page {
    uint32_t ref_count;
    uint8_t bytes[]; /* The content, then the write counts if internal. */
};

/* The operation under way: applied when its end is noticed, or torn. */
struct sim_pending {
    bool active;
    bool is_cut_op;        /* The operation that world.cut names. */
    bool source_unchecked; /* A write whose end no poll() has reported yet. */
    enum duo_sim_op_kind kind;
    uint32_t off_bytes;
    uint32_t len_bytes;
    uint64_t start_ns;
    uint64_t end_ns;
    uint64_t boot_count;   /* The boot that started it owns source. */
    const uint8_t *source; /* Caller's buffer, valid until poll() is done. */
    bool high_performance; /* The mode that its times follow. */
    uint8_t *copy;         /* Of the source when it started. */
    uint32_t copy_capacity_bytes;
};

/* Bits that read right and will not last. */
struct sim_weak {
    bool is_erase; /* Erased unit; else a program whose zeros do not hold. */
    uint8_t power_ups_left;
    uint32_t off_bytes;
    uint32_t len_bytes; /* The erase unit, or at most sizeof(mask). */
    uint64_t seed;
    uint8_t mask[SIM_EXT_PAGE_BYTES]; /* Program: bits that may rise again. */
};

struct duo_sim_flash_state {
    uint8_t *data;
    uint8_t *word_writes; /* Internal: writes of each word since its erase. */
    uint32_t page_bytes;
    uint32_t page_count;
    /* For each page the sim_page that equals it now, NULL after a change. */
    struct sim_page **clean;
    struct sim_page *erased;
    struct sim_pending pending;
    struct sim_weak *weak;
    uint32_t weak_count;
    uint32_t weak_capacity;
};

/* Times of one device in one mode. */
struct sim_timing {
    uint64_t erase_ns;         /* One erase unit. */
    uint64_t erase_64k_ns;     /* External: a block of 64 KB. */
    uint64_t erase_all_ns;     /* The whole device. */
    uint64_t word_ns;          /* Internal: one word. */
    uint64_t program_ns;       /* External: 256 bytes. */
    uint64_t program_first_ns; /* External, part of a page: base ... */
    uint64_t program_byte_ns;  /* ... and for each byte. */
    uint32_t sck_khz;          /* External: bus clock. */
    uint64_t read_4k_ns;       /* Internal: the core copies 4096 bytes. */
};

struct sim_range {
    uint32_t off_bytes;
    uint32_t len_bytes;
};

/* sim_mem.c: host memory; ends the process if there is none. */
void *sim_alloc(size_t len_bytes);
/* Aligned to SIM_HOST_PAGE_BYTES, so that an emulator can map it. */
void *sim_alloc_pages(size_t len_bytes);
void *sim_grow(void *old, size_t len_bytes);

/* sim_timing.c */
const struct sim_timing *sim_timing_of(enum duo_sim_flash_type type,
                                       bool high_performance);
uint64_t sim_timing_read_ns(const struct sim_timing *timing, size_t len_bytes);
/* One page program of 1..256 bytes with its transfer. */
uint64_t sim_timing_program_ns(const struct sim_timing *timing,
                               uint32_t len_bytes);
/* One erase command for @p len_bytes of a device of @p size_bytes. */
uint64_t sim_timing_erase_ns(const struct duo_sim_flash *flash,
                             uint32_t len_bytes);
/* A write, from the first bus clock to the end of its last program. */
uint64_t sim_timing_write_ns(const struct duo_sim_flash *flash,
                             struct sim_range range, const uint8_t *src);
/* The length of the page program that begins at range.off_bytes. */
uint32_t sim_ext_chunk_bytes(struct sim_range range);

/* sim_start.c: beginning operations, and what they must obey. */
enum duo_err sim_start_write(struct duo_flash *base, uint32_t off_bytes,
                             const void *src, size_t len_bytes);
enum duo_err sim_start_erase(struct duo_flash *base, uint32_t off_bytes);
bool sim_flash_is_alive(const struct duo_sim_flash *flash);
bool sim_rule_broken(struct duo_sim_flash *flash, const char *rule,
                     uint32_t off_bytes);
bool sim_check_range(struct duo_sim_flash *flash, uint32_t off_bytes,
                     size_t len_bytes);
bool sim_check_idle(struct duo_sim_flash *flash, uint32_t off_bytes,
                    const char *rule);

/* sim_flash.c */
uint64_t sim_flash_now_ns(const struct duo_sim_flash *flash);
/* Apply the operation under way if it has ended by @p now_ns. */
void sim_flash_settle(struct duo_sim_flash *flash, uint64_t now_ns);
/* The operation's end if it lies after the core's time, else UINT64_MAX. */
uint64_t sim_flash_end_ns(const struct duo_sim_flash *flash);
extern const struct duo_flash_ops sim_flash_ops;

/* sim_effect.c: what whole operations do to the content. */
void sim_touch(struct duo_sim_flash *flash, struct sim_range range);
void sim_apply_write(struct duo_sim_flash *flash, struct sim_range range,
                     const uint8_t *src);
void sim_apply_erase(struct duo_sim_flash *flash, struct sim_range range);
/* Words of @p src that are not all ones (these are not written). */
uint32_t sim_words_to_write(const uint8_t *src, uint32_t len_bytes);

/* sim_weak.c */
struct sim_weak *sim_weak_add(struct duo_sim_flash *flash,
                              struct sim_range range, uint64_t seed);
void sim_weak_erased(struct duo_sim_flash *flash, struct sim_range range);
void sim_weak_programmed(struct duo_sim_flash *flash, struct sim_range range,
                         const uint8_t *src);
void sim_weak_power_up(struct duo_sim_flash *flash);

/* sim_cut.c */
/* The instant of the cut within an operation that just began. */
uint64_t sim_cut_instant_ns(const struct duo_sim_flash *flash,
                            const struct sim_pending *op);
/* The world dies at world.cut_ns. */
void sim_cut_fire(struct duo_sim_world *world);

/* sim_random.c: splitmix64 (S. Vigna, public domain). */
struct sim_random {
    uint64_t state;
};
uint64_t sim_random_next(struct sim_random *random);
/* Uniform enough for tests: 0 <= result < limit, 0 if limit is 0. */
uint64_t sim_random_below(struct sim_random *random, uint64_t limit);
/* An independent stream for each device and purpose of one seed. */
struct sim_random sim_random_stream(uint64_t seed, unsigned stream);

/* sim_tear.c: the operation pending on the device did not end. */
struct sim_tear {
    struct duo_sim_flash *flash;
    enum duo_sim_cut_kind kind;
    uint64_t elapsed_ns; /* Less than the whole. */
    uint64_t total_ns;
    struct sim_random random;
};
void sim_tear(struct sim_tear *tear);
const struct sim_timing *sim_op_timing(const struct duo_sim_flash *flash);

/* sim_world.c */
/* The core's synchronous work; true if the world lives on. */
bool sim_world_spend(struct duo_sim_world *world, enum duo_core core,
                     uint64_t ns);
void sim_world_violation(struct duo_sim_world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* sim_snapshot.c */
void sim_page_release(struct sim_page *page);

static inline struct duo_sim_flash *sim_flash_of(struct duo_flash *flash)
{
    return (struct duo_sim_flash *)(void *)flash;
}

static inline bool sim_is_internal(const struct duo_sim_flash *flash)
{
    return flash->type != DUO_SIM_FLASH_EXT;
}

#endif
