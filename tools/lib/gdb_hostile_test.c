/* SPDX-License-Identifier: MIT */
/* What a peer that is no GDB sends to the stub. */
#include "gdb_test_core.h"

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
        size_t len_bytes = 0;

        (void)snprintf(
            packet, sizeof(packet), "%s",
            heads[next_random(&random) % (sizeof(heads) / sizeof(heads[0]))]);
        len_bytes = strlen(packet);
        for (unsigned i = next_random(&random) % 12U; i > 0; i--) {
            packet[len_bytes++] =
                letters[next_random(&random) % (sizeof(letters) - 1)];
        }
        send_bytes(core, packet, len_bytes);
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
        cmocka_unit_test(a_bad_packet_is_asked_for_again),
        cmocka_unit_test(a_packet_without_end_is_dropped),
        cmocka_unit_test(noise_does_no_harm),
        cmocka_unit_test(refusals_without_end_do_not_eat_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
