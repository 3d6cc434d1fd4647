/* SPDX-License-Identifier: MIT */
/* A core's own flash; see nvmc.h.
 *
 * While the NVMC works, a fetch from the same flash stalls the core until it is
 * done [PS NVMC]. No loop here is in RAM to escape that: the core would have
 * nothing to do there but to wait. What matters is that a stall is short, so
 * that the core can serve the devices that work at the same time. So an erase
 * is done in slices (partial erase) and a write some words at a time, one
 * piece for each poll(). */
#include "nvmc.h"

#include <string.h>

#include "cpu.h"
#include "nrf5340.h"
#include "nrf5340_access.h"

#define WORD_BYTES 4U
#define WORD_ONES  0xFFFFFFFFU

/* Words that one poll() programs: 0.35 ms. */
#define WORDS_PER_POLL 8U

/* A page is erased when the slices add up to 87.5 ms at least. */
#define SLICE_MS     4U
#define ERASE_SLICES 22U
_Static_assert(SLICE_MS *ERASE_SLICES * 2U >= 175U,
               "the slices add up to the erase time");

/* Rounds of a waiting loop: far more than the longest slice, for a core that
 * has its code in a cache and is not stalled. */
#define ROUNDS_MAX 10000000U

static bool wait_ready(uint32_t base_addr, uint32_t off)
{
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        if (*duo_reg(base_addr + off) != 0) {
            return true;
        }
    }
    return false;
}

struct burst {
    uint32_t base_addr;
    uint32_t addr; /* Where the next word goes. */
    uint32_t count_words;
    uint32_t words[WORDS_PER_POLL];
};

/* Words of ones need not be written: they say what an erased word says. */
static bool program(const struct burst *burst)
{
    for (uint32_t i = 0; i < burst->count_words; i++) {
        if (burst->words[i] == WORD_ONES) {
            continue;
        }
        if (!wait_ready(burst->base_addr, NVMC_READYNEXT)) {
            return false;
        }
        *duo_reg(burst->addr + i * WORD_BYTES) = burst->words[i];
    }
    return wait_ready(burst->base_addr, NVMC_READY);
}

static void set_mode(const struct duo_nvmc *nvmc, uint32_t mode)
{
    *duo_reg(nvmc->config.base_addr + NVMC_CONFIG) = mode;
    duo_cpu_barrier();
}

/* The cache is not told of what the NVMC does. */
static void forget_cached(const struct duo_nvmc *nvmc)
{
    if (nvmc->config.cache_addr != 0) {
        *duo_reg(nvmc->config.cache_addr + CACHE_INVALIDATE) =
            CACHE_INVALIDATE_INVALIDATE_Msk;
        duo_cpu_barrier();
    }
}

static struct duo_nvmc *nvmc_of(struct duo_flash *flash)
{
    return (struct duo_nvmc *)(void *)flash; /* It is the first member. */
}

static bool in_range(const struct duo_flash *flash, uint32_t off_bytes,
                     size_t len_bytes)
{
    return off_bytes <= flash->geometry.size_bytes &&
           len_bytes <= flash->geometry.size_bytes - off_bytes;
}

static enum duo_err start_read(struct duo_flash *flash, uint32_t off_bytes,
                               void *dst, size_t len_bytes)
{
    struct duo_nvmc *nvmc = nvmc_of(flash);
    uintptr_t addr = flash->geometry.base_addr + off_bytes;

    if (!in_range(flash, off_bytes, len_bytes) || nvmc->op.busy) {
        return DUO_ERR_FLASH;
    }
    /* By words and not by memcpy: the first flash begins at address 0, which
     * a compiler may take for no object at all. */
    const volatile uint8_t *src = (const volatile uint8_t *)addr;
    uint8_t *bytes = dst;
    size_t i = 0;
    if ((((uintptr_t)src | (uintptr_t)bytes) % WORD_BYTES) == 0) {
        for (; i + WORD_BYTES <= len_bytes; i += WORD_BYTES) {
            uint32_t word = *(const volatile uint32_t *)(addr + i);
            memcpy(bytes + i, &word, WORD_BYTES);
        }
    }
    for (; i < len_bytes; i++) {
        bytes[i] = src[i];
    }
    nvmc->op.result = DUO_OK;
    return DUO_OK;
}

static enum duo_err start_write(struct duo_flash *flash, uint32_t off_bytes,
                                const void *src, size_t len_bytes)
{
    struct duo_nvmc *nvmc = nvmc_of(flash);

    if (!in_range(flash, off_bytes, len_bytes) || nvmc->op.busy ||
        off_bytes % WORD_BYTES != 0 || len_bytes % WORD_BYTES != 0) {
        return DUO_ERR_FLASH;
    }
    nvmc->op.result = DUO_OK;
    if (len_bytes == 0) {
        return DUO_OK;
    }
    nvmc->op.src = src;
    nvmc->op.addr = flash->geometry.base_addr + off_bytes;
    nvmc->op.left_bytes = (uint32_t)len_bytes;
    nvmc->op.slices_left = 0;
    nvmc->op.busy = true;
    return DUO_OK;
}

static bool is_blank(uint32_t addr, uint32_t len_bytes)
{
    for (uint32_t i = 0; i < len_bytes; i += WORD_BYTES) {
        if (*duo_reg(addr + i) != WORD_ONES) {
            return false;
        }
    }
    return true;
}

static enum duo_err end_operation(struct duo_nvmc *nvmc, enum duo_err result)
{
    nvmc->op.busy = false;
    nvmc->op.src = NULL;
    nvmc->op.result = result;
    return result;
}

static enum duo_err start_erase(struct duo_flash *flash, uint32_t off_bytes)
{
    struct duo_nvmc *nvmc = nvmc_of(flash);

    if (!in_range(flash, off_bytes, flash->geometry.erase_bytes) ||
        off_bytes % flash->geometry.erase_bytes != 0 || nvmc->op.busy) {
        return DUO_ERR_FLASH;
    }
    nvmc->op.src = NULL;
    nvmc->op.addr = flash->geometry.base_addr + off_bytes;
    nvmc->op.slices_left = ERASE_SLICES;
    nvmc->op.busy = true;
    return DUO_OK;
}

/* Run one slice of an erase, or program the words of @p burst if that is not
 * NULL. False: the NVMC does not get ready. */
static bool run(const struct duo_nvmc *nvmc, const struct burst *burst)
{
    uint32_t base_addr = nvmc->config.base_addr;
    uint32_t primask = duo_cpu_mask();
    bool done;

    *duo_reg(base_addr + NVMC_ERASEPAGEPARTIALCFG) = SLICE_MS;
    if (burst != NULL) {
        set_mode(nvmc, NVMC_CONFIG_WEN_Wen);
        done = program(burst);
    } else {
        set_mode(nvmc, NVMC_CONFIG_WEN_PEen);
        *duo_reg(nvmc->op.addr) = WORD_ONES;
        done = wait_ready(base_addr, NVMC_READY);
    }
    set_mode(nvmc, NVMC_CONFIG_WEN_Ren);
    forget_cached(nvmc);
    duo_cpu_unmask(primask);
    return done;
}

static enum duo_err poll_erase(struct duo_nvmc *nvmc)
{
    if (!run(nvmc, NULL)) {
        return end_operation(nvmc, DUO_ERR_TIMEOUT);
    }
    nvmc->op.slices_left--;
    if (nvmc->op.slices_left != 0) {
        return DUO_ERR_BUSY;
    }
    return end_operation(
        nvmc, is_blank(nvmc->op.addr, nvmc->flash.geometry.erase_bytes)
                  ? DUO_OK
                  : DUO_ERR_FLASH);
}

static bool reads_back(const struct burst *burst)
{
    for (uint32_t i = 0; i < burst->count_words; i++) {
        if (burst->words[i] != WORD_ONES &&
            *duo_reg(burst->addr + i * WORD_BYTES) != burst->words[i]) {
            return false;
        }
    }
    return true;
}

static enum duo_err poll_write(struct duo_nvmc *nvmc)
{
    struct duo_nvmc_operation *op = &nvmc->op;
    struct burst burst = {.base_addr = nvmc->config.base_addr,
                          .addr = op->addr};
    uint32_t len_bytes = op->left_bytes;

    if (len_bytes > sizeof(burst.words)) {
        len_bytes = sizeof(burst.words);
    }
    /* The source may be in flash itself, and may not be aligned. */
    memcpy(burst.words, op->src, len_bytes);
    burst.count_words = len_bytes / WORD_BYTES;
    if (!run(nvmc, &burst)) {
        return end_operation(nvmc, DUO_ERR_TIMEOUT);
    }
    if (!reads_back(&burst)) {
        return end_operation(nvmc, DUO_ERR_FLASH);
    }
    op->src += len_bytes;
    op->addr += len_bytes;
    op->left_bytes -= len_bytes;
    return op->left_bytes == 0 ? end_operation(nvmc, DUO_OK) : DUO_ERR_BUSY;
}

static enum duo_err poll(struct duo_flash *flash)
{
    struct duo_nvmc *nvmc = nvmc_of(flash);

    if (!nvmc->op.busy) {
        return nvmc->op.result;
    }
    return nvmc->op.slices_left != 0 ? poll_erase(nvmc) : poll_write(nvmc);
}

static void idle(struct duo_flash *flash)
{
    struct duo_nvmc *nvmc = nvmc_of(flash);

    /* While something is left it is this core that has to work. */
    if (!nvmc->op.busy && nvmc->config.idle != NULL) {
        nvmc->config.idle(nvmc->config.ctx);
    }
}

static const struct duo_flash_ops ops = {start_read, start_write, start_erase,
                                         poll, idle};

void duo_nvmc_init(struct duo_nvmc *nvmc, const struct duo_nvmc_config *config)
{
    memset(nvmc, 0, sizeof(*nvmc));
    nvmc->config = *config;
    nvmc->flash.ops = &ops;
    nvmc->flash.geometry = config->geometry;
    nvmc->flash.geometry.write_bytes = WORD_BYTES;
    nvmc->flash.name = config->name;
    nvmc->op.result = DUO_OK;
}
