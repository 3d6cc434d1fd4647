/* SPDX-License-Identifier: MIT */
/* A core's own flash; see nvmc.h.
 *
 * While the NVMC works, a fetch from the flash stalls the core until it is
 * done [PS NVMC]. So the two loops that wait for it are in RAM: the one that
 * writes words can then give the next word as soon as READYNEXT says so, and
 * both end by their own count if the flash never becomes ready. All other code
 * stays in flash: it has nothing to do for the network core or the QSPI that
 * the 87.5 ms of an erase would not outlast. What those work on goes on
 * meanwhile. */
#include "nvmc.h"

#include <string.h>

#include "cpu.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "startup.h"

#define WORD_BYTES 4U
#define WORD_ONES  0xFFFFFFFFU

/* Words that one poll() programs: 0.7 ms, so that a device that gets ready
 * meanwhile does not wait for long. */
#define WORDS_PER_POLL 16U

/* Rounds of a waiting loop: more than ten times the data sheet's maximum of an
 * erase (89.7 ms) even if a round took 4 cycles only at 128 MHz. */
#define ROUNDS_MAX 40000000U

/* Both are called with interrupts masked: their handlers are in flash. */
DUO_RAMFUNC static bool wait_ready(uint32_t base_addr)
{
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        if ((*duo_reg(base_addr + NVMC_READY) & NVMC_READY_READY_Msk) != 0) {
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
DUO_RAMFUNC static bool program(const struct burst *burst)
{
    for (uint32_t i = 0; i < burst->count_words; i++) {
        uint32_t rounds = 0;

        if (burst->words[i] == WORD_ONES) {
            continue;
        }
        while ((*duo_reg(burst->base_addr + NVMC_READYNEXT) &
                NVMC_READYNEXT_READYNEXT_Msk) == 0) {
            if (++rounds >= ROUNDS_MAX) {
                return false;
            }
        }
        *duo_reg(burst->addr + i * WORD_BYTES) = burst->words[i];
    }
    return wait_ready(burst->base_addr);
}

DUO_RAMFUNC static bool erase(uint32_t base_addr, volatile uint32_t *page)
{
    *page = WORD_ONES;
    return wait_ready(base_addr);
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
    nvmc->op.src = src;
    nvmc->op.addr = flash->geometry.base_addr + off_bytes;
    nvmc->op.left_bytes = (uint32_t)len_bytes;
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

static enum duo_err start_erase(struct duo_flash *flash, uint32_t off_bytes)
{
    struct duo_nvmc *nvmc = nvmc_of(flash);
    uint32_t addr = flash->geometry.base_addr + off_bytes;
    bool done;

    if (!in_range(flash, off_bytes, flash->geometry.erase_bytes) ||
        off_bytes % flash->geometry.erase_bytes != 0 || nvmc->op.busy) {
        return DUO_ERR_FLASH;
    }
    uint32_t primask = duo_cpu_mask();
    set_mode(nvmc, NVMC_CONFIG_WEN_Een);
    done = erase(nvmc->config.base_addr, duo_reg(addr));
    set_mode(nvmc, NVMC_CONFIG_WEN_Ren);
    forget_cached(nvmc);
    duo_cpu_unmask(primask);
    if (!done) {
        nvmc->op.result = DUO_ERR_TIMEOUT;
    } else if (!is_blank(addr, flash->geometry.erase_bytes)) {
        nvmc->op.result = DUO_ERR_FLASH;
    } else {
        nvmc->op.result = DUO_OK;
    }
    return DUO_OK;
}

static enum duo_err end_operation(struct duo_nvmc *nvmc, enum duo_err result)
{
    nvmc->op.busy = false;
    nvmc->op.src = NULL;
    nvmc->op.result = result;
    return result;
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

static enum duo_err poll(struct duo_flash *flash)
{
    struct duo_nvmc *nvmc = nvmc_of(flash);
    struct duo_nvmc_operation *op = &nvmc->op;
    struct burst burst = {.base_addr = nvmc->config.base_addr,
                          .addr = op->addr};
    uint32_t len_bytes = op->left_bytes;
    bool done;

    if (!op->busy) {
        return op->result;
    }
    if (len_bytes > sizeof(burst.words)) {
        len_bytes = sizeof(burst.words);
    }
    /* The source may be in flash itself, and may not be aligned. */
    memcpy(burst.words, op->src, len_bytes);
    burst.count_words = len_bytes / WORD_BYTES;
    uint32_t primask = duo_cpu_mask();
    set_mode(nvmc, NVMC_CONFIG_WEN_Wen);
    done = program(&burst);
    set_mode(nvmc, NVMC_CONFIG_WEN_Ren);
    forget_cached(nvmc);
    duo_cpu_unmask(primask);
    if (!done) {
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

static void idle(struct duo_flash *flash)
{
    struct duo_nvmc *nvmc = nvmc_of(flash);

    /* While there are words left it is this core that has to work. */
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
