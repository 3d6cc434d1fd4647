/* SPDX-License-Identifier: MIT */
/* The link of a board that starts while its peer is in the middle of sending:
 * what comes first is no beginning of anything. Once the peer has been silent
 * for as long as duo/smp_link.h says, the board answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "arm_smp.h"
#include "duo/smp_link.h"

#define ROUNDS      16U
#define PIECE_BYTES 512U
#define SLICE_NS    (2U * ARM_MS)
/* The application's line is open some 0.3 s after the power is on. */
#define TALK_MS_MIN 250U
#define TALK_MS     400U
/* What is on the wire still comes: less than 100 ms. */
#define SILENCE_NS ((DUO_SMP_SILENCE_MS_MAX + 150U) * ARM_MS)

struct bench {
    struct arm_rig rig;
    struct arm_smp smp;
    uint64_t chance;
};

/* Random bytes: what is in the middle of an image. */
static void talk(struct bench *bench)
{
    uint8_t piece[PIECE_BYTES];

    for (size_t i = 0; i < sizeof(piece); i++) {
        piece[i] = (uint8_t)(arm_random(&bench->chance) >> 32);
    }
    duo_vb_uart_send(bench->rig.vb, DUO_VB_UART_LINK,
                     (struct duo_bytes){piece, sizeof(piece)});
}

static void boot_while_talked_to(struct bench *bench)
{
    struct duo_vb *vb = bench->rig.vb;
    uint64_t talk_ms =
        TALK_MS_MIN + arm_random(&bench->chance) % (TALK_MS - TALK_MS_MIN);

    arm_smp_forget(&bench->smp);
    (void)arm_boot(&bench->rig, NULL, NULL, 0);
    uint64_t end_ns = duo_vb_now_ns(vb) + talk_ms * ARM_MS;
    while (duo_vb_now_ns(vb) < end_ns) {
        if (duo_vb_uart_queued(vb, DUO_VB_UART_LINK) < PIECE_BYTES) {
            talk(bench);
        }
        (void)arm_run(&bench->rig, NULL, SLICE_NS);
    }
    (void)arm_run(&bench->rig, NULL, SILENCE_NS);
}

static void link_answers_after_a_boot_into_the_middle_of_packets(void **state)
{
    struct bench *bench = *state;

    for (unsigned i = 0; i < ROUNDS; i++) {
        boot_while_talked_to(bench);
        if (!arm_smp_wait(&bench->smp, 5000U * ARM_MS)) {
            fail_msg("round %u: the link is deaf", i);
        }
    }
}

static int open_board(void **state)
{
    static const struct arm_image_spec app = {.core = DUO_CORE_APP,
                                              .firmware = "appdemo"};
    static const struct arm_image_spec net = {.core = DUO_CORE_NET,
                                              .firmware = "netdemo"};
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    bench->chance = 1;
    arm_rig_create(&bench->rig, false);
    arm_factory(&bench->rig, arm_make(&bench->rig, &app),
                arm_make(&bench->rig, &net));
    arm_smp_open(&bench->smp, &bench->rig, DUO_VB_UART_LINK, DUO_STREAM_RAW);
    *state = bench;
    return 0;
}

static int close_board(void **state)
{
    struct bench *bench = *state;

    arm_smp_close(&bench->smp);
    arm_rig_destroy(&bench->rig);
    free(bench);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            link_answers_after_a_boot_into_the_middle_of_packets, open_board,
            close_board),
    };

    return cmocka_run_group_tests_name("arm_link_boot", tests, NULL, NULL);
}
