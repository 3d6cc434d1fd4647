/* SPDX-License-Identifier: MIT */
/* A core made of arrays, and a debugger that talks to its stub: for tests. */
#ifndef DUO_TOOL_GDB_TEST_CORE_H
#define DUO_TOOL_GDB_TEST_CORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gdb.h"

#define MEM_ADDR  0x20000000U
#define MEM_BYTES 4096U

/* A core made of arrays. */
struct core {
    uint32_t regs[64];
    uint8_t mem[MEM_BYTES];
    uint32_t breaks[4];
    unsigned break_count;
    struct duo_gdb gdb;
};

static inline bool reg_read(void *ctx, unsigned reg, uint32_t *value)
{
    const struct core *core = ctx;

    if (reg >= 64 || reg == 24) { /* One that cannot be read: PSPLIM. */
        return false;
    }
    *value = core->regs[reg];
    return true;
}

static inline bool reg_write(void *ctx, unsigned reg, uint32_t value)
{
    struct core *core = ctx;

    assert_true(reg < 64);
    core->regs[reg] = value;
    return true;
}

static inline bool in_mem(uint32_t addr, size_t len_bytes)
{
    return addr >= MEM_ADDR && addr - MEM_ADDR <= MEM_BYTES &&
           len_bytes <= MEM_BYTES - (addr - MEM_ADDR);
}

static inline bool mem_read(void *ctx, uint32_t addr, void *dst,
                            size_t len_bytes)
{
    const struct core *core = ctx;

    if (!in_mem(addr, len_bytes)) {
        return false;
    }
    memcpy(dst, core->mem + (addr - MEM_ADDR), len_bytes);
    return true;
}

static inline bool mem_write(void *ctx, uint32_t addr, struct duo_bytes bytes)
{
    struct core *core = ctx;

    if (!in_mem(addr, bytes.len_bytes)) {
        return false;
    }
    memcpy(core->mem + (addr - MEM_ADDR), bytes.data, bytes.len_bytes);
    return true;
}

static inline bool break_add(void *ctx, uint32_t addr)
{
    struct core *core = ctx;

    if (core->break_count == 4) {
        return false;
    }
    core->breaks[core->break_count++] = addr;
    return true;
}

static inline void break_remove(void *ctx, uint32_t addr)
{
    struct core *core = ctx;

    for (unsigned i = 0; i < core->break_count; i++) {
        if (core->breaks[i] == addr) {
            core->breaks[i] = core->breaks[--core->break_count];
            return;
        }
    }
    fail_msg("a breakpoint is removed that is not set");
}

static inline bool monitor(void *ctx, const char *command,
                           struct duo_tool_buffer *text)
{
    (void)ctx;
    if (strcmp(command, "hello") != 0) {
        return false;
    }
    duo_tool_buffer_append(text, (struct duo_bytes){(const uint8_t *)"hi", 2});
    return true;
}

static inline void describe(void *ctx, struct duo_tool_buffer *text)
{
    (void)ctx;
    duo_tool_buffer_append(text, (struct duo_bytes){(const uint8_t *)"X", 1});
}

static const struct duo_gdb_ops ops = {
    .reg_read = reg_read,
    .reg_write = reg_write,
    .mem_read = mem_read,
    .mem_write = mem_write,
    .break_add = break_add,
    .break_remove = break_remove,
    .monitor = monitor,
    .describe = describe,
};

static inline struct core *open_core(bool has_fpu)
{
    struct core *core = calloc(1, sizeof(*core));

    assert_non_null(core);
    for (unsigned i = 0; i < 64; i++) {
        core->regs[i] = 0x01010101U * i;
    }
    for (unsigned i = 0; i < MEM_BYTES; i++) {
        core->mem[i] = (uint8_t)i;
    }
    duo_gdb_open(&core->gdb, &(struct duo_gdb_config){&ops, core, has_fpu});
    return core;
}

static inline void close_core(struct core *core)
{
    duo_gdb_close(&core->gdb);
    assert_int_equal(core->break_count, 0);
    free(core);
}

static inline void receive(struct core *core, const char *text,
                           size_t len_bytes)
{
    duo_gdb_receive(&core->gdb,
                    (struct duo_bytes){(const uint8_t *)text, len_bytes});
}

/* A payload, framed. */
static inline void send_bytes(struct core *core, const char *payload,
                              size_t len_bytes)
{
    uint8_t sum = 0;
    char tail[4];

    for (size_t i = 0; i < len_bytes; i++) {
        sum = (uint8_t)(sum + (uint8_t)payload[i]);
    }
    (void)snprintf(tail, sizeof(tail), "#%02x", sum);
    receive(core, "$", 1);
    receive(core, payload, len_bytes);
    receive(core, tail, 3);
}

/* All output so far, which is dropped then. */
static inline const char *output(struct core *core)
{
    static char text[32768];
    struct duo_bytes bytes = duo_gdb_output(&core->gdb);

    assert_true(bytes.len_bytes < sizeof(text));
    if (bytes.len_bytes > 0) {
        memcpy(text, bytes.data, bytes.len_bytes);
    }
    text[bytes.len_bytes] = '\0';
    duo_gdb_sent(&core->gdb, bytes.len_bytes);
    return text;
}

/* The reply's payload; its frame and sum are checked. */
static inline const char *ask(struct core *core, const char *payload)
{
    const char *reply;
    char *hash;
    uint8_t sum = 0;

    send_bytes(core, payload, strlen(payload));
    reply = output(core);
    assert_int_equal(reply[0], '+');
    assert_int_equal(reply[1], '$');
    hash = strrchr(reply, '#');
    assert_non_null(hash);
    for (const char *at = reply + 2; at < hash; at++) {
        sum = (uint8_t)(sum + (uint8_t)*at);
    }
    assert_int_equal(strtoul(hash + 1, NULL, 16), sum);
    *hash = '\0';
    return reply + 2;
}

#endif
