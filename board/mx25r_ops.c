/* SPDX-License-Identifier: MIT */
/* What the MX25R6435F's commands answer and do. */
#include "mx25r.h"

#include <string.h>

#define PAGE_BYTES       256U
#define BLOCK_BYTES      65536U
#define HALF_BLOCK_BYTES 32768U

/* [MX25R] 1.6: page program 0.85 ms and 3.2 ms; [SFDP] part of a page 32 us and
 * 1 us for each byte, scaled for ultra low power: as port/host/sim_timing.c. */
static const struct {
    uint64_t page_ns;
    uint64_t first_ns;
    uint64_t byte_ns;
} program_times[] = {
    {3200000U, 120471U, 3765U}, /* Ultra low power. */
    {850000U,  32000U,  1000U}, /* High performance. */
};
/* [MX25R] Blocks of 32 KB: [SFDP] 240 ms in high performance; for ultra low power
 * the sectors' sum, as the data sheet's figure is longer than that of 64 KB.
 * All: 120 s and 50 s for the 8 MB; a smaller one, in a test, has its share. */
#define BLOCK_32K_NS   240000000U
#define ALL_64K_NS     390625000U /* 50 s / 128 */
#define ALL_64K_LOW_NS 937500000U /* 120 s / 128 */
#define STATUS_NS      10000000U  /* WRSR of what is kept; typical. */
#define MODE_NS        20000U     /* WRSR of the L/H bit alone. */
#define WAKE_NS        35000U
#define RESET_NS       35000U
#define RESET_ERASE_NS 12000000U /* Software reset during an operation. */

static const uint8_t sfdp_header[] = {
    0x53, 0x46, 0x44, 0x50, 0x06, 0x01, 0x02, 0xFF, 0x00, 0x06, 0x01,
    0x10, 0x30, 0x00, 0x00, 0xFF, 0xC2, 0x00, 0x01, 0x04, 0x10, 0x01,
    0x00, 0xFF, 0x84, 0x00, 0x01, 0x02, 0xC0, 0x00, 0x00, 0xFF,
};
static const uint8_t sfdp_basic[] = {
    0xE5, 0x20, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, 0x03, 0x44, 0xEB, 0x08,
    0x6B, 0x08, 0x3B, 0x04, 0xBB, 0xEE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0x00, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0x0C, 0x20, 0x0F, 0x52, 0x10,
    0xD8, 0x00, 0xFF, 0x23, 0x72, 0xF5, 0x00, 0x82, 0xED, 0x04, 0xCC,
    0x44, 0x83, 0x68, 0x44, 0x30, 0xB0, 0x30, 0xB0, 0xF7, 0xC4, 0xD5,
    0x5C, 0x00, 0xBE, 0x29, 0xFF, 0xF0, 0xD0, 0xFF, 0xFF,
};
static const uint8_t sfdp_four_byte[] = {0x00, 0x00, 0xF0, 0xFF,
                                         0xFF, 0xFF, 0xFF, 0xFF};

/* The vendor's own table at 0x110 is not published; it reads as ones. */
static const struct {
    uint32_t off;
    struct duo_bytes bytes;
} sfdp[] = {
    {0x00, {sfdp_header, sizeof(sfdp_header)}      },
    {0x30, {sfdp_basic, sizeof(sfdp_basic)}        },
    {0xC0, {sfdp_four_byte, sizeof(sfdp_four_byte)}},
};

static uint8_t sfdp_byte(uint32_t addr)
{
    for (size_t index = 0; index < sizeof(sfdp) / sizeof(sfdp[0]); index++) {
        uint32_t at = addr - sfdp[index].off; /* Wraps if it lies before. */
        if (at < sfdp[index].bytes.len_bytes) {
            return sfdp[index].bytes.data[at];
        }
    }
    return 0xFF;
}

/* Address lines above the chip's size are not there. */
static uint32_t wrap(const struct duo_sim_flash *flash, uint32_t addr)
{
    return addr % flash->flash.geometry.size_bytes;
}

static uint8_t read_byte(struct duo_sim_flash *flash, uint32_t addr)
{
    uint32_t off_bytes = wrap(flash, addr);
    uint8_t value = flash->data[off_bytes];

    flash->stats.bytes_read++;
    if (flash->on_read != NULL) {
        flash->on_read(flash->on_read_ctx, off_bytes, &value, 1);
    }
    return value;
}

static uint8_t read_config(const struct mx25r *chip,
                           const struct duo_sim_flash *flash)
{
    if (chip->data_count % 2U == 0) {
        return chip->config1;
    }
    return flash->high_performance ? MX25R_CR2_HIGH_PERFORMANCE : 0;
}

uint8_t mx25r_answer(struct mx25r *chip, struct duo_sim_flash *flash,
                     enum mx25r_kind kind)
{
    static const uint8_t jedec_id[] = {0xC2, 0x28, 0x17};
    static const uint8_t rems_id[] = {0xC2, 0x17};
    uint32_t at = chip->data_count;

    switch ((unsigned)kind) {
    case MX25R_READ: return read_byte(flash, chip->addr + at);
    case MX25R_READ_SFDP: return sfdp_byte(chip->addr + at);
    case MX25R_READ_ID: return jedec_id[at % sizeof(jedec_id)];
    case MX25R_READ_REMS: return rems_id[(chip->addr + at) % sizeof(rems_id)];
    case MX25R_READ_STATUS: return mx25r_status(chip, flash);
    case MX25R_READ_CONFIG: return read_config(chip, flash);
    case MX25R_READ_SECURITY: return chip->security;
    case MX25R_WAKE: return rems_id[1];
    default: return 0xFF;
    }
}

/* [MX25R] BP3..BP0 = n protects 2^(n-1) blocks of 64 KB at the top, or with TB
 * at the bottom; eight and more: all. */
static bool is_protected(const struct mx25r *chip,
                         const struct duo_sim_flash *flash, uint32_t off_bytes,
                         uint32_t len_bytes)
{
    uint32_t level = (chip->status & MX25R_SR_BP) / 4U;
    uint32_t size_bytes = flash->flash.geometry.size_bytes;
    uint64_t closed_bytes;

    if (level == 0) {
        return false;
    }
    closed_bytes = (uint64_t)BLOCK_BYTES << (level - 1U);
    if (level >= 8U || closed_bytes >= size_bytes) {
        return true;
    }
    return (chip->config1 & MX25R_CR1_TB) != 0
               ? off_bytes < closed_bytes
               : off_bytes + len_bytes > size_bytes - closed_bytes;
}

static bool refuse(struct mx25r *chip, const struct duo_sim_flash *flash,
                   const struct duo_sim_start *start)
{
    unsigned bit =
        start->kind == DUO_SIM_OP_ERASE ? MX25R_SCUR_E_FAIL : MX25R_SCUR_P_FAIL;

    if (!is_protected(chip, flash, start->off_bytes, start->len_bytes)) {
        chip->security &= (uint8_t)~bit;
        return false;
    }
    chip->security |= (uint8_t)bit;
    chip->write_enabled = false;
    mx25r_remark(chip, MX25R_REMARK_PROTECTED);
    return true;
}

static void begin(struct mx25r *chip, struct duo_sim_flash *flash,
                  const struct duo_sim_start *start)
{
    uint64_t end_ns;

    if (refuse(chip, flash, start)) {
        return;
    }
    if (duo_sim_start(flash, start) != DUO_OK) {
        /* The power is gone, or a rule was broken and has been reported. */
        chip->write_enabled = false;
        return;
    }
    end_ns = duo_sim_end_ns(flash);
    chip->busy = MX25R_FLASH;
    chip->busy_until_ns =
        end_ns == MX25R_NEVER_NS ? mx25r_now_ns(flash) : end_ns;
    chip->op = *start;
    chip->op.src = NULL;
    chip->op_count++;
}

static uint64_t program_ns(const struct duo_sim_flash *flash,
                           uint32_t len_bytes)
{
    unsigned mode = flash->high_performance ? 1U : 0U;
    uint64_t ns =
        program_times[mode].first_ns + len_bytes * program_times[mode].byte_ns;

    return len_bytes >= PAGE_BYTES || ns > program_times[mode].page_ns
               ? program_times[mode].page_ns
               : ns;
}

/* Data beyond the page's end wrap to its start; the last 256 bytes win. What is
 * programmed is the AND with what is there, so bytes around it do not change:
 * whole words can be passed on. */
static void program(struct mx25r *chip, struct duo_sim_flash *flash,
                    uint64_t frame_ns)
{
    uint32_t base = wrap(flash, chip->addr) / PAGE_BYTES * PAGE_BYTES;
    uint32_t first = chip->addr % PAGE_BYTES;
    uint32_t len_bytes =
        chip->data_count < PAGE_BYTES ? chip->data_count : PAGE_BYTES;
    bool wraps = first + len_bytes > PAGE_BYTES;
    uint32_t from = wraps ? 0 : first / 4U * 4U;
    uint32_t to = wraps ? PAGE_BYTES : (first + len_bytes + 3U) / 4U * 4U;
    uint8_t page[PAGE_BYTES];
    struct duo_sim_start start = {
        .kind = DUO_SIM_OP_WRITE,
        .off_bytes = base + from,
        .len_bytes = to - from,
        .src = page + from,
        .ns = frame_ns + program_ns(flash, len_bytes),
    };

    if (len_bytes == 0) {
        mx25r_remark(chip, MX25R_REMARK_LENGTH);
        return;
    }
    memcpy(page, flash->data + base, sizeof(page));
    for (uint32_t index = 0; index < len_bytes; index++) {
        uint32_t at = (first + index) % PAGE_BYTES;
        if ((chip->data[at] & ~page[at]) != 0) {
            mx25r_remark(chip, MX25R_REMARK_RISING);
        }
        page[at] &= chip->data[at];
    }
    begin(chip, flash, &start);
}

/* 0: as the timing model of the flash says. */
static uint64_t erase_ns(const struct duo_sim_flash *flash, uint32_t len_bytes)
{
    if (len_bytes == flash->flash.geometry.size_bytes) {
        return len_bytes / BLOCK_BYTES *
               (uint64_t)(flash->high_performance ? ALL_64K_NS
                                                  : ALL_64K_LOW_NS);
    }
    return len_bytes == HALF_BLOCK_BYTES && flash->high_performance
               ? BLOCK_32K_NS
               : 0U;
}

static void erase(struct mx25r *chip, struct duo_sim_flash *flash,
                  uint32_t len_bytes)
{
    struct duo_sim_start start = {
        .kind = DUO_SIM_OP_ERASE,
        .off_bytes = wrap(flash, chip->addr) / len_bytes * len_bytes,
        .len_bytes = len_bytes,
        .ns = erase_ns(flash, len_bytes),
    };

    begin(chip, flash, &start);
}

static void write_status(struct mx25r *chip, const struct duo_sim_flash *flash,
                         uint64_t frame_ns)
{
    const uint8_t kept = (uint8_t) ~(MX25R_SR_WIP | MX25R_SR_WEL);
    bool only_mode;

    if (chip->data_count == 0 || chip->data_count > 3U) {
        mx25r_remark(chip, MX25R_REMARK_LENGTH);
        return;
    }
    chip->next_status = chip->data[0] & kept;
    chip->next_config1 = chip->config1;
    chip->next_high_performance = flash->high_performance;
    if (chip->data_count >= 2U) {
        /* TB can be set once. */
        chip->next_config1 =
            (uint8_t)((chip->data[1] & (MX25R_CR1_TB | MX25R_CR1_DC)) |
                      (chip->config1 & MX25R_CR1_TB));
    }
    if (chip->data_count == 3U) {
        chip->next_high_performance =
            (chip->data[2] & MX25R_CR2_HIGH_PERFORMANCE) != 0;
    }
    only_mode = chip->data_count == 3U && chip->next_status == chip->status &&
                chip->next_config1 == chip->config1;
    chip->busy = MX25R_REGISTERS;
    chip->busy_until_ns =
        mx25r_now_ns(flash) + frame_ns + (only_mode ? MODE_NS : STATUS_NS);
}

static void reset(struct mx25r *chip, struct duo_sim_flash *flash,
                  uint64_t frame_ns)
{
    uint64_t now_ns = mx25r_now_ns(flash);
    struct mx25r fresh = {.status = chip->status,
                          .config1 = chip->config1,
                          .op_count = chip->op_count,
                          .remarks = chip->remarks,
                          .remark_opcode = chip->remark_opcode,
                          .command_index = chip->command_index,
                          .count = chip->count};

    if (!chip->reset_enabled) {
        return;
    }
    fresh.ready_ns = now_ns + frame_ns + RESET_NS;
    if (chip->busy == MX25R_FLASH) {
        struct duo_sim_instant instant = {now_ns, DUO_SIM_CUT_TORN,
                                          chip->op_count ^ chip->op.off_bytes};
        duo_sim_tear(flash, &instant);
        fresh.ready_ns = now_ns + frame_ns + RESET_ERASE_NS;
    }
    flash->high_performance = false;
    *chip = fresh;
}

static void wake(struct mx25r *chip, const struct duo_sim_flash *flash,
                 uint64_t frame_ns)
{
    if (chip->asleep) {
        chip->asleep = false;
        chip->ready_ns = mx25r_now_ns(flash) + frame_ns + WAKE_NS;
    }
}

void mx25r_execute(struct mx25r *chip, struct duo_sim_flash *flash,
                   enum mx25r_kind kind, uint64_t frame_ns)
{
    switch ((unsigned)kind) {
    case MX25R_WAKE: wake(chip, flash, frame_ns); break;
    case MX25R_SLEEP: chip->asleep = true; break;
    case MX25R_WRITE_ENABLE: chip->write_enabled = true; break;
    case MX25R_WRITE_DISABLE: chip->write_enabled = false; break;
    case MX25R_WRITE_STATUS: write_status(chip, flash, frame_ns); break;
    case MX25R_PROGRAM: program(chip, flash, frame_ns); break;
    case MX25R_ERASE_4K: erase(chip, flash, 4096U); break;
    case MX25R_ERASE_32K: erase(chip, flash, HALF_BLOCK_BYTES); break;
    case MX25R_ERASE_64K: erase(chip, flash, BLOCK_BYTES); break;
    case MX25R_ERASE_ALL:
        erase(chip, flash, flash->flash.geometry.size_bytes);
        break;
    case MX25R_RESET: reset(chip, flash, frame_ns); break;
    default: break; /* Reading has no effect. */
    }
}
