/* SPDX-License-Identifier: MIT */
/* The chip as a flash device; see mx25r.h. Identifying it and its modes are in
 * mx25r_mode.c. */
#include "mx25r.h"

#include <string.h>

#include "mx25r_internal.h"
#include "qspi.h"

#define WORD_BYTES 4U

/* Longest DMA transfer in one piece: whole pages, so that a program never
 * wraps in a page. */
#define PIECE_BYTES_MAX 4096U

/* Data RAM as EasyDMA sees it. */
#define RAM_BEGIN 0x20000000U
#define RAM_END   0x20080000U

/* Data-sheet maxima, with room for the core's own pauses while the internal
 * flash is erased. */
#define PAUSE_US         100000U
#define READ_US_MAX      (20000U + PAUSE_US)
#define PROGRAM_US_MAX   10000U /* One page in the slow mode. */
#define ERASE_US_MAX     (240000U + PAUSE_US)
#define STATUS_PERIOD_US 100U

enum phase {
    PHASE_IDLE,
    PHASE_READ,    /* DMA under way. */
    PHASE_WRITE,   /* DMA and page programs under way. */
    PHASE_ERASE,   /* The peripheral tells the chip. */
    PHASE_WORKING, /* The chip works: its status register tells the end. */
};

static struct duo_mx25r *chip_of(struct duo_flash *flash)
{
    return (struct duo_mx25r *)(void *)flash; /* It is the first member. */
}

static uint64_t now_us(const struct duo_mx25r *chip)
{
    return chip->config.clock->now_us(chip->config.clock);
}

static enum duo_err end_operation(struct duo_mx25r *chip, enum duo_err result)
{
    chip->op.phase = PHASE_IDLE;
    chip->op.dst = NULL;
    chip->op.src = NULL;
    chip->op.left_bytes = 0;
    chip->op.result = result;
    return result;
}

static void enter(struct duo_mx25r *chip, enum phase phase, uint32_t limit_us)
{
    chip->op.phase = phase;
    chip->op.next_poll_us = now_us(chip);
    chip->op.deadline_us = chip->op.next_poll_us + limit_us;
}

static bool is_dma_ram(uintptr_t addr, uint32_t len_bytes)
{
    return addr % WORD_BYTES == 0 && addr >= RAM_BEGIN && addr < RAM_END &&
           len_bytes <= RAM_END - addr;
}

static uint32_t smaller(uint32_t left_bytes, uint32_t right_bytes)
{
    return left_bytes < right_bytes ? left_bytes : right_bytes;
}

/* Start the next transfer of a read: straight into the buffer as far as both
 * sides are aligned, else by way of the bounce buffer. */
static void next_read(struct duo_mx25r *chip)
{
    struct duo_mx25r_operation *op = &chip->op;
    uint32_t whole_bytes = op->left_bytes & ~(WORD_BYTES - 1U);
    uint32_t transfer_bytes;

    if (op->chip_addr % WORD_BYTES == 0 && whole_bytes != 0 &&
        is_dma_ram((uintptr_t)op->dst, whole_bytes)) {
        op->bounced = false;
        op->piece_bytes = smaller(whole_bytes, PIECE_BYTES_MAX);
        duo_qspi_start_read(op->chip_addr, op->dst, op->piece_bytes);
    } else {
        op->bounced = true;
        op->skip_bytes = op->chip_addr % WORD_BYTES;
        op->piece_bytes =
            smaller(op->left_bytes, DUO_MX25R_BOUNCE_BYTES - op->skip_bytes);
        transfer_bytes = (op->skip_bytes + op->piece_bytes + WORD_BYTES - 1U) &
                         ~(WORD_BYTES - 1U);
        duo_qspi_start_read(op->chip_addr - op->skip_bytes, chip->bounce,
                            transfer_bytes);
    }
    enter(chip, PHASE_READ, READ_US_MAX);
}

/* Start the next transfer of a write. A piece ends where a page of the chip
 * ends, or at the end of the data. */
static void next_write(struct duo_mx25r *chip)
{
    struct duo_mx25r_operation *op = &chip->op;
    uint32_t page_left_bytes =
        DUO_MX25R_BOUNCE_BYTES - op->chip_addr % DUO_MX25R_BOUNCE_BYTES;
    uint32_t pages;

    op->bounced = !is_dma_ram((uintptr_t)op->src, op->left_bytes);
    op->piece_bytes = smaller(op->left_bytes, page_left_bytes);
    if (!op->bounced && page_left_bytes == DUO_MX25R_BOUNCE_BYTES) {
        op->piece_bytes = smaller(op->left_bytes, PIECE_BYTES_MAX);
    }
    if (op->bounced) {
        memcpy(chip->bounce, op->src, op->piece_bytes);
    }
    duo_qspi_start_write(op->chip_addr, op->bounced ? chip->bounce : op->src,
                         op->piece_bytes);
    pages = op->piece_bytes / DUO_MX25R_BOUNCE_BYTES + 1U;
    enter(chip, PHASE_WRITE, pages * PROGRAM_US_MAX + PAUSE_US);
}

static bool can_start(const struct duo_flash *flash, uint32_t off_bytes,
                      size_t len_bytes)
{
    const struct duo_mx25r *chip =
        (const struct duo_mx25r *)(const void *)flash;

    return chip->prepared && chip->op.phase == PHASE_IDLE &&
           off_bytes <= flash->geometry.size_bytes &&
           len_bytes <= flash->geometry.size_bytes - off_bytes;
}

static enum duo_err start_read(struct duo_flash *flash, uint32_t off_bytes,
                               void *dst, size_t len_bytes)
{
    struct duo_mx25r *chip = chip_of(flash);

    if (!can_start(flash, off_bytes, len_bytes)) {
        return DUO_ERR_FLASH;
    }
    chip->op.result = DUO_OK;
    chip->op.chip_addr = off_bytes;
    chip->op.dst = dst;
    chip->op.left_bytes = (uint32_t)len_bytes;
    if (len_bytes != 0) {
        next_read(chip);
    }
    return DUO_OK;
}

static enum duo_err start_write(struct duo_flash *flash, uint32_t off_bytes,
                                const void *src, size_t len_bytes)
{
    struct duo_mx25r *chip = chip_of(flash);

    if (!can_start(flash, off_bytes, len_bytes) ||
        off_bytes % WORD_BYTES != 0 || len_bytes % WORD_BYTES != 0) {
        return DUO_ERR_FLASH;
    }
    chip->op.result = DUO_OK;
    chip->op.chip_addr = off_bytes;
    chip->op.src = src;
    chip->op.left_bytes = (uint32_t)len_bytes;
    if (len_bytes != 0) {
        next_write(chip);
    }
    return DUO_OK;
}

static enum duo_err start_erase(struct duo_flash *flash, uint32_t off_bytes)
{
    struct duo_mx25r *chip = chip_of(flash);

    if (!can_start(flash, off_bytes, flash->geometry.erase_bytes) ||
        off_bytes % flash->geometry.erase_bytes != 0) {
        return DUO_ERR_FLASH;
    }
    chip->op.result = DUO_OK;
    chip->op.left_bytes = 0;
    duo_qspi_start_erase(off_bytes);
    enter(chip, PHASE_ERASE, ERASE_US_MAX);
    return DUO_OK;
}

static enum duo_err end_read_piece(struct duo_mx25r *chip)
{
    struct duo_mx25r_operation *op = &chip->op;

    if (op->bounced) {
        memcpy(op->dst, chip->bounce + op->skip_bytes, op->piece_bytes);
    }
    op->dst += op->piece_bytes;
    op->chip_addr += op->piece_bytes;
    op->left_bytes -= op->piece_bytes;
    if (op->left_bytes == 0) {
        return end_operation(chip, DUO_OK);
    }
    next_read(chip);
    return DUO_ERR_BUSY;
}

/* The chip has what the transfer sent, or was told to erase. It is done when
 * its status register says so; the peripheral's READY does not tell. */
static enum duo_err poll_working(struct duo_mx25r *chip)
{
    struct duo_mx25r_operation *op = &chip->op;
    uint64_t moment_us = now_us(chip);
    enum duo_err err;

    if (moment_us < op->next_poll_us) {
        return DUO_ERR_BUSY;
    }
    op->next_poll_us = moment_us + STATUS_PERIOD_US;
    err = duo_mx25r_poll_done(chip);
    if (err == DUO_ERR_BUSY) {
        return moment_us > op->deadline_us
                   ? end_operation(chip, DUO_ERR_TIMEOUT)
                   : DUO_ERR_BUSY;
    }
    if (err != DUO_OK) {
        return end_operation(chip, err);
    }
    if (op->left_bytes == 0) {
        return end_operation(chip, DUO_OK);
    }
    next_write(chip);
    return DUO_ERR_BUSY;
}

static enum duo_err poll(struct duo_flash *flash)
{
    struct duo_mx25r *chip = chip_of(flash);
    struct duo_mx25r_operation *op = &chip->op;

    if (op->phase == PHASE_IDLE) {
        return op->result;
    }
    if (op->phase == PHASE_WORKING) {
        return poll_working(chip);
    }
    if (!duo_qspi_is_ready()) {
        return now_us(chip) > op->deadline_us && !duo_qspi_is_ready()
                   ? end_operation(chip, DUO_ERR_TIMEOUT)
                   : DUO_ERR_BUSY;
    }
    if (op->phase == PHASE_READ) {
        return end_read_piece(chip);
    }
    if (op->phase == PHASE_WRITE) {
        op->src += op->piece_bytes;
        op->chip_addr += op->piece_bytes;
        op->left_bytes -= op->piece_bytes;
    }
    /* The deadline is that of the whole piece. */
    op->phase = PHASE_WORKING;
    return poll_working(chip);
}

static void idle(struct duo_flash *flash)
{
    struct duo_mx25r *chip = chip_of(flash);

    if (chip->config.idle != NULL) {
        chip->config.idle(chip->config.ctx);
    }
}

static const struct duo_flash_ops ops = {start_read, start_write, start_erase,
                                         poll, idle};

void duo_mx25r_init(struct duo_mx25r *chip,
                    const struct duo_mx25r_config *config)
{
    memset(chip, 0, sizeof(*chip));
    chip->config = *config;
    chip->flash.ops = &ops;
    chip->flash.geometry = config->geometry;
    chip->flash.geometry.write_bytes = WORD_BYTES;
    chip->flash.name = config->name;
    chip->op.result = DUO_OK;
}
