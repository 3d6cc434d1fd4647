/* SPDX-License-Identifier: MIT */
/* What GDB asks of the stub, and what it gets. */
#include "gdb_test_core.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
