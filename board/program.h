/* SPDX-License-Identifier: MIT */
/* A board with a program of a few Thumb instructions, for the tests of the
 * frame. Included by one test file each, so everything is static inline. */
#ifndef DUO_VB_PROGRAM_H
#define DUO_VB_PROGRAM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "soc_internal.h"

#define PROGRAM_BYTES   2048U
#define PROGRAM_VECTORS 0x180U /* Room for all of them. */
#define PROGRAM_STACK   0x20010000U
#define PROGRAM_APP     0x00000000U
#define PROGRAM_NET     0x01000000U

struct program {
    uint8_t bytes[PROGRAM_BYTES];
    uint32_t addr; /* Of its first byte. */
    uint32_t len_bytes;
};

/* The address of the next instruction. */
static inline uint32_t program_here(const struct program *program)
{
    return program->addr + program->len_bytes;
}

static inline void program_put(struct program *program, uint32_t half)
{
    assert_true(program->len_bytes + 2U <= PROGRAM_BYTES);
    duo_store_le16(program->bytes + program->len_bytes, (uint16_t)half);
    program->len_bytes += 2U;
}

/* All exceptions go to an endless loop at the first instruction; the entry is
 * behind it. */
static inline void program_begin(struct program *program, uint32_t addr)
{
    memset(program, 0, sizeof(*program));
    program->addr = addr;
    program->len_bytes = PROGRAM_VECTORS;
    for (uint32_t at = 0; at < PROGRAM_VECTORS; at += 4U) {
        duo_store_le32(program->bytes + at, (addr + PROGRAM_VECTORS) | 1U);
    }
    program_put(program, 0xE7FE); /* b . */
    program_put(program, 0xBF00); /* nop */
    duo_store_le32(program->bytes, addr == PROGRAM_APP
                                       ? PROGRAM_STACK
                                       : VB_NET_RAM_ADDR + 0x8000U);
    duo_store_le32(program->bytes + 4U, program_here(program) | 1U);
}

static inline void program_vector(struct program *program, unsigned exception)
{
    duo_store_le32(program->bytes + (size_t)exception * 4U,
                   program_here(program) | 1U);
}

static inline void program_move(struct program *program, uint32_t opcode,
                                unsigned reg, uint16_t value)
{
    uint32_t word = value;

    program_put(program, opcode | (word >> 1 & 0x400U) | word >> 12);
    program_put(program, (word << 4 & 0x7000U) | reg << 8 | (word & 0xFFU));
}

/* ldr reg, =value */
static inline void program_load(struct program *program, unsigned reg,
                                uint32_t value)
{
    program_move(program, 0xF240U, reg, (uint16_t)value);
    program_move(program, 0xF2C0U, reg, (uint16_t)(value >> 16));
}

/* str r1, [r0] with r0 = addr, r1 = value */
static inline void program_store(struct program *program, uint32_t addr,
                                 uint32_t value)
{
    program_load(program, 0, addr);
    program_load(program, 1, value);
    program_put(program, 0x6001U);
}

/* ldr r1, [r0] with r0 = addr */
static inline void program_fetch(struct program *program, uint32_t addr)
{
    program_load(program, 0, addr);
    program_put(program, 0x6801U);
}

/* Wait while the word at addr is 0. */
static inline void program_wait(struct program *program, uint32_t addr)
{
    program_load(program, 0, addr);
    program_put(program, 0x6801U); /* ldr r1, [r0] */
    program_put(program, 0x2900U); /* cmp r1, #0 */
    program_put(program, 0xD0FCU); /* beq to the ldr */
}

/* r2 = count; a loop of 3 cycles. */
static inline void program_delay(struct program *program, uint32_t count)
{
    program_load(program, 2, count);
    program_put(program, 0x3A01U); /* subs r2, #1 */
    program_put(program, 0xD1FDU); /* bne to the subs */
}

static inline void program_sleep(struct program *program)
{
    program_put(program, 0xBF30U); /* wfi */
}

static inline void program_branch(struct program *program, uint32_t addr)
{
    uint32_t off = addr - (program_here(program) + 4U);

    program_put(program, 0xE000U | (off >> 1 & 0x7FFU));
}

/* Sleep for ever, whatever wakes it. */
static inline void program_end(struct program *program)
{
    program_sleep(program);
    program_branch(program, program_here(program) - 2U);
}

/* --- The board ------------------------------------------------------------ */

#define PROGRAM_TEXT_BYTES 256U

struct program_board {
    struct duo_sim_world world;
    struct duo_sim_flash *app;
    struct duo_sim_flash *net;
    struct duo_sim_flash *ext;
    struct duo_vb *vb;
    struct duo_vb_stop stop; /* Of the last run. */
    char uart[DUO_VB_UART_COUNT][PROGRAM_TEXT_BYTES];
    unsigned led_changes;
    uint64_t led_ns; /* The last change. */
    bool led_is_on[DUO_VB_LED_COUNT];
    unsigned op_count;
    struct duo_vb_op op; /* The last one. */
    char notes[1024];
};

static inline void program_on_uart(void *ctx, enum duo_vb_uart uart,
                                   uint64_t time_ns, uint8_t byte)
{
    struct program_board *board = ctx;
    char *text = board->uart[uart];
    size_t len_bytes = strlen(text);

    (void)time_ns;
    if (len_bytes + 1U < PROGRAM_TEXT_BYTES) {
        text[len_bytes] = (char)byte;
    }
}

static inline void program_on_led(void *ctx, unsigned led_index, bool on,
                                  uint64_t time_ns)
{
    struct program_board *board = ctx;

    board->led_changes++;
    board->led_ns = time_ns;
    board->led_is_on[led_index] = on;
}

static inline void program_on_op(void *ctx, const struct duo_vb_op *op)
{
    struct program_board *board = ctx;

    board->op_count++;
    board->op = *op;
}

static inline void program_on_note(void *ctx, uint64_t time_ns,
                                   const char *text)
{
    struct program_board *board = ctx;
    size_t len_bytes = strlen(board->notes);

    (void)snprintf(board->notes + len_bytes, sizeof(board->notes) - len_bytes,
                   "%llu %s\n", (unsigned long long)time_ns, text);
}

static inline void program_board_init(struct program_board *board)
{
    struct duo_vb_config config = {
        .world = &board->world,
        .seed = 7,
        .on_uart = program_on_uart,
        .on_led = program_on_led,
        .on_op = program_on_op,
        .on_note = program_on_note,
        .ctx = board,
    };
    char message[200];

    memset(board, 0, sizeof(*board));
    duo_sim_world_init(&board->world);
    config.app =
        duo_sim_flash_create(&board->world, DUO_SIM_FLASH_APP, 1U << 20, 0);
    config.net = duo_sim_flash_create(&board->world, DUO_SIM_FLASH_NET,
                                      1U << 18, PROGRAM_NET);
    config.ext =
        duo_sim_flash_create(&board->world, DUO_SIM_FLASH_EXT, 8U << 20, 0);
    board->app = config.app;
    board->net = config.net;
    board->ext = config.ext;
    board->vb = duo_vb_create(&config, message);
    assert_string_equal(message, "");
    assert_non_null(board->vb);
}

static inline void program_board_end(struct program_board *board)
{
    duo_vb_destroy(board->vb);
    duo_sim_flash_destroy(board->app);
    duo_sim_flash_destroy(board->net);
    duo_sim_flash_destroy(board->ext);
}

static inline void program_flash(struct program_board *board,
                                 const struct program *program)
{
    struct duo_bytes bytes = {program->bytes, program->len_bytes};

    duo_sim_poke(program->addr == PROGRAM_APP ? board->app : board->net, 0,
                 bytes);
}

/* Run for some time; the kind of stop is returned. */
static inline enum duo_vb_stop_kind program_run(struct program_board *board,
                                                uint64_t time_us)
{
    duo_vb_run(board->vb, duo_vb_now_ns(board->vb) + time_us * 1000U,
               &board->stop);
    return board->stop.kind;
}

/* A word as the application core sees it. */
static inline uint32_t program_word(struct program_board *board, uint32_t addr)
{
    uint32_t value = 0;

    assert_true(
        duo_vb_mem_read(board->vb, DUO_CORE_APP, addr, &value, sizeof(value)));
    return value;
}

#endif
