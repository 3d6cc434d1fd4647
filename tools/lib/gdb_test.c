/* SPDX-License-Identifier: MIT */
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

static bool reg_read(void *ctx, unsigned reg, uint32_t *value)
{
    const struct core *core = ctx;

    if (reg >= 64 || reg == 24) { /* One that cannot be read: PSPLIM. */
        return false;
    }
    *value = core->regs[reg];
    return true;
}

static bool reg_write(void *ctx, unsigned reg, uint32_t value)
{
    struct core *core = ctx;

    assert_true(reg < 64);
    core->regs[reg] = value;
    return true;
}

static bool in_mem(uint32_t addr, size_t len_bytes)
{
    return addr >= MEM_ADDR && addr - MEM_ADDR <= MEM_BYTES &&
           len_bytes <= MEM_BYTES - (addr - MEM_ADDR);
}

static bool mem_read(void *ctx, uint32_t addr, void *dst, size_t len_bytes)
{
    const struct core *core = ctx;

    if (!in_mem(addr, len_bytes)) {
        return false;
    }
    memcpy(dst, core->mem + (addr - MEM_ADDR), len_bytes);
    return true;
}

static bool mem_write(void *ctx, uint32_t addr, struct duo_bytes bytes)
{
    struct core *core = ctx;

    if (!in_mem(addr, bytes.len_bytes)) {
        return false;
    }
    memcpy(core->mem + (addr - MEM_ADDR), bytes.data, bytes.len_bytes);
    return true;
}

static bool break_add(void *ctx, uint32_t addr)
{
    struct core *core = ctx;

    if (core->break_count == 4) {
        return false;
    }
    core->breaks[core->break_count++] = addr;
    return true;
}

static void break_remove(void *ctx, uint32_t addr)
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

static bool monitor(void *ctx, const char *command,
                    struct duo_tool_buffer *text)
{
    (void)ctx;
    if (strcmp(command, "hello") != 0) {
        return false;
    }
    duo_tool_buffer_append(text, (struct duo_bytes){(const uint8_t *)"hi", 2});
    return true;
}

static void describe(void *ctx, struct duo_tool_buffer *text)
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

static struct core *open_core(bool has_fpu)
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

static void close_core(struct core *core)
{
    duo_gdb_close(&core->gdb);
    assert_int_equal(core->break_count, 0);
    free(core);
}

static void receive(struct core *core, const char *text, size_t len_bytes)
{
    duo_gdb_receive(&core->gdb,
                    (struct duo_bytes){(const uint8_t *)text, len_bytes});
}

/* A payload, framed. */
static void send_bytes(struct core *core, const char *payload, size_t len_bytes)
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
static const char *output(struct core *core)
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
static const char *ask(struct core *core, const char *payload)
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

static void registers_are_read_and_written_as_described(void **state)
{
    struct core *core = open_core(true);
    const char *xml;

    (void)state;
    xml = ask(core, "qXfer:features:read:target.xml:0,4000");
    assert_int_equal(xml[0], 'l');
    assert_non_null(strstr(xml, "org.gnu.gdb.arm.m-profile"));
    assert_non_null(strstr(xml, "org.gnu.gdb.arm.m-system"));
    assert_non_null(strstr(xml, "org.gnu.gdb.arm.vfp"));
    assert_string_equal(ask(core, "pf"), "0f0f0f0f");
    assert_string_equal(ask(core, "p11"), "11111111");
    assert_string_equal(ask(core, "p18"), "xxxxxxxx");         /* PSPLIM */
    assert_string_equal(ask(core, "p19"), "2020202021212121"); /* d0 */
    assert_string_equal(ask(core, "p29"), "19191919");         /* fpscr */
    assert_string_equal(ask(core, "p2a"), "E01");
    assert_string_equal(ask(core, "P0=78563412"), "OK");
    assert_int_equal(core->regs[0], 0x12345678);
    assert_string_equal(ask(core, "P19=0102030405060708"), "OK");
    assert_int_equal(core->regs[32], 0x04030201);
    assert_int_equal(core->regs[33], 0x08070605);
    assert_string_equal(ask(core, "P0=7856341"), "E01");
    assert_string_equal(ask(core, "P0"), "E01");
    close_core(core);
}

static void a_whole_set_of_registers_goes_there_and_back(void **state)
{
    struct core *core = open_core(true);
    char packet[1024];
    size_t digits;

    (void)state;
    packet[0] = 'G';
    (void)snprintf(packet + 1, sizeof(packet) - 1, "%s", ask(core, "g"));
    digits = strlen(packet + 1);
    assert_int_equal(digits, 8 * 25 + 16 * 16 + 8);
    memset(core->regs, 0, sizeof(core->regs));
    assert_string_equal(ask(core, packet), "OK");
    for (unsigned i = 0; i < 64; i++) {
        bool is_sent = i < 24 || i == 25 || i >= 32;
        assert_int_equal(core->regs[i], is_sent ? 0x01010101U * i : 0);
    }
    close_core(core);
}

static void a_core_without_fpu_has_no_fpu_registers(void **state)
{
    struct core *core = open_core(false);

    (void)state;
    assert_null(
        strstr(ask(core, "qXfer:features:read:target.xml:0,4000"), "arm.vfp"));
    assert_string_equal(ask(core, "p19"), "E01");
    assert_int_equal(strlen(ask(core, "g")), 8 * 25);
    close_core(core);
}

static void a_description_comes_in_pieces(void **state)
{
    struct core *core = open_core(true);
    char whole[8192] = "";
    char packet[64];
    const char *piece;

    (void)state;
    do {
        (void)snprintf(packet, sizeof(packet),
                       "qXfer:features:read:target.xml:%zx,40", strlen(whole));
        piece = ask(core, packet);
        (void)strncat(whole, piece + 1, 64);
    } while (piece[0] == 'm');
    assert_string_equal(whole,
                        ask(core, "qXfer:features:read:target.xml:0,4000") + 1);
    assert_string_equal(ask(core, "qXfer:features:read:target.xml:99999,40"),
                        "l");
    close_core(core);
}

static void memory_is_read_and_written(void **state)
{
    struct core *core = open_core(true);
    static const char binary[] = "X20000010,4:}\x03}\x5d}\x04Z";

    (void)state;
    assert_string_equal(ask(core, "m20000001,3"), "010203");
    assert_string_equal(ask(core, "m20000fff,2"), "E01");
    assert_string_equal(ask(core, "mffffffff,2"), "E01");
    assert_string_equal(ask(core, "m20000000,ffffffff"), "E01");
    assert_string_equal(ask(core, "m20000000,"), "E01");
    assert_string_equal(ask(core, "M20000004,2:beef"), "OK");
    assert_string_equal(ask(core, "m20000003,4"), "03beef06");
    assert_string_equal(ask(core, "M20000004,3:beef"), "E01");
    assert_string_equal(ask(core, "M20000004,1:beef"), "E01");
    assert_string_equal(ask(core, "X20000000,0:"), "OK");
    send_bytes(core, binary, sizeof(binary) - 1);
    assert_non_null(strstr(output(core), "$OK#"));
    assert_memory_equal(core->mem + 0x10, "#}$Z", 4);
    close_core(core);
}

static void breakpoints_are_set_once_and_go_with_the_debugger(void **state)
{
    struct core *core = open_core(true);

    (void)state;
    assert_string_equal(ask(core, "Z0,1000,2"), "OK");
    assert_string_equal(ask(core, "Z1,1000,2"), "OK");
    assert_int_equal(core->break_count, 1);
    assert_true(duo_gdb_has_break(&core->gdb, 0x1000));
    assert_string_equal(ask(core, "z0,1000,2"), "OK");
    assert_string_equal(ask(core, "z0,1000,2"), "OK");
    assert_int_equal(core->break_count, 0);
    for (unsigned i = 0; i < 4; i++) {
        char packet[32];
        (void)snprintf(packet, sizeof(packet), "Z1,%x,2", 0x2000 + 2 * i);
        assert_string_equal(ask(core, packet), "OK");
    }
    assert_string_equal(ask(core, "Z0,3000,2"), "E01"); /* The core's limit. */
    assert_string_equal(ask(core, "Z2,3000,2"), "");    /* A watchpoint. */
    assert_string_equal(ask(core, "Z0,x,2"), "E01");
    close_core(core);
}

static void running_ends_with_a_stop_that_is_told_once(void **state)
{
    struct core *core = open_core(true);

    (void)state;
    assert_string_equal(ask(core, "?"), "T05thread:1;");
    send_bytes(core, "vCont;c", 7);
    assert_string_equal(output(core), "+");
    assert_int_equal(duo_gdb_take_wish(&core->gdb), DUO_GDB_WISH_CONTINUE);
    assert_int_equal(duo_gdb_take_wish(&core->gdb), DUO_GDB_WISH_NONE);
    duo_gdb_say(&core->gdb, "z");
    assert_string_equal(output(core), "$O7a#e7");
    receive(core, "\x03", 1);
    assert_int_equal(duo_gdb_take_wish(&core->gdb), DUO_GDB_WISH_STOP);
    duo_gdb_stopped(&core->gdb, DUO_GDB_SIGNAL_INT);
    assert_string_equal(output(core), "$T02thread:1;#d4");
    duo_gdb_stopped(&core->gdb, DUO_GDB_SIGNAL_INT);
    duo_gdb_exited(&core->gdb, 0);
    duo_gdb_say(&core->gdb, "z");
    assert_string_equal(output(core), "");
    send_bytes(core, "s1234", 5);
    assert_int_equal(duo_gdb_take_wish(&core->gdb), DUO_GDB_WISH_STEP);
    assert_int_equal(core->regs[15], 0x1234);
    duo_gdb_exited(&core->gdb, 8);
    assert_string_equal(output(core), "+$W08#bf");
    close_core(core);
}

static void what_is_not_served_is_declined(void **state)
{
    struct core *core = open_core(true);

    (void)state;
    assert_string_equal(ask(core, "vMustReplyEmpty"), "");
    assert_string_equal(ask(core, "qTStatus"), "");
    assert_string_equal(ask(core, "qCRC:20000000,10"), "");
    assert_string_equal(ask(core, "qC"), "QC1");
    assert_string_equal(ask(core, "Hg0"), "OK");
    assert_string_equal(ask(core, "qfThreadInfo"), "m1");
    assert_string_equal(ask(core, "qThreadExtraInfo,1"), "58");
    assert_string_equal(ask(core, "qRcmd,68656c6c6f"), "6869");
    assert_non_null(strstr(ask(core, "qRcmd,68"), "54686572652069"));
    assert_string_equal(ask(core, "qRcmd,6"), "E01");
    assert_string_equal(ask(core, "qRcmd,6800"), "E01");
    assert_string_equal(ask(core, ""), "");
    close_core(core);
}

static void a_bad_packet_is_asked_for_again(void **state)
{
    struct core *core = open_core(true);

    (void)state;
    receive(core, "$g#00", 5);
    assert_string_equal(output(core), "-");
    receive(core, "$?#zz", 5);
    assert_string_equal(output(core), "-");
    receive(core, "$?#3f", 5);
    assert_string_equal(output(core), "+$T05thread:1;#d7");
    receive(core, "-", 1);
    assert_string_equal(output(core), "$T05thread:1;#d7");
    receive(core, "$QStartNoAckMode#b0", 19);
    assert_string_equal(output(core), "+$OK#9a");
    receive(core, "$?#00", 5);
    assert_string_equal(output(core), "$E01#a6");
    close_core(core);
}

/* Longer than any packet: refused, and the next one is heard. */
static void a_packet_without_end_is_dropped(void **state)
{
    struct core *core = open_core(true);

    (void)state;
    receive(core, "$m", 2);
    for (unsigned i = 0; i < 100000; i++) {
        receive(core, "0", 1);
    }
    receive(core, "#00", 3);
    assert_string_equal(output(core), "-");
    assert_string_equal(ask(core, "p0"), "00000000");
    close_core(core);
}

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525U + 1013904223U;
    return *random >> 8;
}

/* Packets that are almost right, and noise: the stub lives, and a good packet
 * after them is answered. The sanitizers watch. */
static void noise_does_no_harm(void **state)
{
    static const char letters[] = "?gGpPmMXcCsSvDZzHTqQkC01238abf,;:=#$}+-\x03";
    static const char *const heads[] = {"m2000",
                                        "M2000",
                                        "X2000",
                                        "P1",
                                        "G00",
                                        "Z0,",
                                        "z1,",
                                        "qXfer:",
                                        "qRcmd,",
                                        "vCont;",
                                        "qXfer:features:read:target.xml:",
                                        "p",
                                        "s",
                                        "c"};
    uint32_t random = 1;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        struct core *core = open_core(round % 2 == 0);
        char packet[64];
        size_t length = 0;

        (void)snprintf(
            packet, sizeof(packet), "%s",
            heads[next_random(&random) % (sizeof(heads) / sizeof(heads[0]))]);
        length = strlen(packet);
        for (unsigned i = next_random(&random) % 12U; i > 0; i--) {
            packet[length++] =
                letters[next_random(&random) % (sizeof(letters) - 1)];
        }
        send_bytes(core, packet, length);
        (void)output(core);
        (void)duo_gdb_take_wish(&core->gdb);
        receive(core, "#00", 3); /* Whatever frame is open ends. */
        (void)output(core);
        core->regs[1] = 0x44332211;
        send_bytes(core, "p1", 2);
        assert_non_null(strstr(output(core), "$11223344#94"));
        close_core(core);
    }
}

static void refusals_without_end_do_not_eat_memory(void **state)
{
    struct core *core = open_core(true);

    (void)state;
    send_bytes(core, "g", 1);
    for (unsigned i = 0; i < 100000; i++) {
        receive(core, "-", 1);
    }
    assert_true(duo_gdb_output(&core->gdb).len_bytes < 70000);
    close_core(core);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_are_read_and_written_as_described),
        cmocka_unit_test(a_whole_set_of_registers_goes_there_and_back),
        cmocka_unit_test(a_core_without_fpu_has_no_fpu_registers),
        cmocka_unit_test(a_description_comes_in_pieces),
        cmocka_unit_test(memory_is_read_and_written),
        cmocka_unit_test(breakpoints_are_set_once_and_go_with_the_debugger),
        cmocka_unit_test(running_ends_with_a_stop_that_is_told_once),
        cmocka_unit_test(what_is_not_served_is_declined),
        cmocka_unit_test(a_bad_packet_is_asked_for_again),
        cmocka_unit_test(a_packet_without_end_is_dropped),
        cmocka_unit_test(noise_does_no_harm),
        cmocka_unit_test(refusals_without_end_do_not_eat_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
