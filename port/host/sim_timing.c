/* SPDX-License-Identifier: MIT */
/* How long flash operations take: typical times, from the sources named. */
#include "sim_internal.h"

/* [PS NVMC] nRF5340 product specification, NVMC electrical specification:
 *     erase page 87.5 ms and write word 43 us on both cores.
 * Reads: the core copies from its flash, estimated as 0.1 ms for 4096 bytes.
 * [MX25R] MX25R6435F data sheet 1.6: page program 0.85 ms (high performance)
 *     and 3.2 ms (ultra low power), sector erase 40 ms and 58 ms; [SFDP] its
 *     parameter table: part of a page 32 us + 1 us for each byte, scaled by
 *     3.2 / 0.85 for ultra low power, for which no figure is published.
 * Bus clocks: 32 MHz, and 8 MHz in ultra low power. The erase command's own
 * 40 clocks are left out (5 us of 58 ms). */
static const struct sim_timing internal_timing = {
    .erase_ns = 87500000U,      /* [PS NVMC] tERASEPAGE */
    .erase_all_ns = 173000000U, /* [PS NVMC] tERASEALL */
    .word_ns = 43000U,          /* [PS NVMC] tWRITE */
    .read_4k_ns = 100000U,      /* estimate */
};

static const struct sim_timing ext_low_power_timing = {
    .erase_ns = 58000000U,         /* [MX25R] tSE, ULP */
    .erase_64k_ns = 800000000U,    /* [MX25R] tBE, ULP */
    .erase_all_ns = 120000000000U, /* [MX25R] tCE, ULP */
    .program_ns = 3200000U,        /* [MX25R] tPP, ULP */
    .program_first_ns = 120471U,   /* [SFDP] scaled */
    .program_byte_ns = 3765U,      /* [SFDP] scaled */
    .sck_khz = 8000U,
};

static const struct sim_timing ext_high_performance_timing = {
    .erase_ns = 40000000U,        /* [MX25R] tSE, HP */
    .erase_64k_ns = 480000000U,   /* [MX25R] tBE, HP */
    .erase_all_ns = 50000000000U, /* [MX25R] tCE, HP, about */
    .program_ns = 850000U,        /* [MX25R] tPP, HP */
    .program_first_ns = 32000U,   /* [SFDP] */
    .program_byte_ns = 1000U,     /* [SFDP] */
    .sck_khz = 32000U,
};

/* [MX25R] 4READ (EBh): command on one line, address on four, mode and wait. */
#define READ_OVERHEAD_CLK 20U /* 8 + 6 + 6 */
/* [MX25R] WREN (06h), then 4PP (38h): command, address on four lines. */
#define PROGRAM_OVERHEAD_CLK 22U /* 8 + 8 + 6 */
#define BYTE_CLK             2U  /* Four lines. */

const struct sim_timing *sim_timing_of(enum duo_sim_flash_type type,
                                       bool high_performance)
{
    if (type != DUO_SIM_FLASH_EXT) {
        return &internal_timing;
    }
    return high_performance ? &ext_high_performance_timing
                            : &ext_low_power_timing;
}

static uint64_t clocks_ns(const struct sim_timing *timing, uint64_t clocks)
{
    return (clocks * 1000000U + timing->sck_khz - 1U) / timing->sck_khz;
}

uint64_t sim_timing_read_ns(const struct sim_timing *timing, size_t len_bytes)
{
    if (timing->sck_khz == 0) {
        return ((uint64_t)len_bytes * timing->read_4k_ns + 4095U) / 4096U;
    }
    return clocks_ns(timing,
                     READ_OVERHEAD_CLK + BYTE_CLK * (uint64_t)len_bytes);
}

uint64_t sim_timing_program_ns(const struct sim_timing *timing,
                               uint32_t len_bytes)
{
    uint64_t program_ns =
        timing->program_first_ns + len_bytes * timing->program_byte_ns;

    if (len_bytes >= SIM_EXT_PAGE_BYTES || program_ns > timing->program_ns) {
        program_ns = timing->program_ns;
    }
    return program_ns + clocks_ns(timing, PROGRAM_OVERHEAD_CLK +
                                              BYTE_CLK * (uint64_t)len_bytes);
}

uint64_t sim_timing_erase_ns(const struct duo_sim_flash *flash,
                             uint32_t len_bytes)
{
    const struct sim_timing *timing =
        sim_timing_of(flash->type, flash->high_performance);
    uint32_t unit_bytes = flash->flash.geometry.erase_bytes;
    uint64_t ns = len_bytes / unit_bytes * timing->erase_ns;

    if (timing->erase_64k_ns != 0 && len_bytes % SIM_EXT_BLOCK_BYTES == 0) {
        ns = len_bytes / SIM_EXT_BLOCK_BYTES * timing->erase_64k_ns;
    }
    /* All at once is one command; a small device in a test has its share. */
    if (len_bytes == flash->flash.geometry.size_bytes &&
        ns > timing->erase_all_ns) {
        ns = timing->erase_all_ns;
    }
    return ns;
}

uint64_t sim_timing_write_ns(const struct duo_sim_flash *flash,
                             struct sim_range range, const uint8_t *src)
{
    const struct sim_timing *timing =
        sim_timing_of(flash->type, flash->high_performance);
    uint64_t ns = 0;

    if (sim_is_internal(flash)) {
        return sim_words_to_write(src, range.len_bytes) * timing->word_ns;
    }
    while (range.len_bytes > 0) {
        uint32_t chunk_bytes = sim_ext_chunk_bytes(range);
        ns += sim_timing_program_ns(timing, chunk_bytes);
        range.off_bytes += chunk_bytes;
        range.len_bytes -= chunk_bytes;
    }
    return ns;
}

uint32_t sim_ext_chunk_bytes(struct sim_range range)
{
    uint32_t room_bytes =
        SIM_EXT_PAGE_BYTES - range.off_bytes % SIM_EXT_PAGE_BYTES;
    return range.len_bytes < room_bytes ? range.len_bytes : room_bytes;
}
