/* SPDX-License-Identifier: MIT */
/* Log, shell and SMP on one UART: a session is typed twice, once beside an
 * upload with as many packets in flight as the server takes. But for numbers
 * (times, counts) the console must say the same, byte for byte, and not one
 * frame may be broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "arm_smp.h"
#include "demo_heartbeat.h"
#include "duo_layouts.h"

#define IMAGE_BYTES (236U * 1024U)
#define SESSION_MS  3200U
#define LETTER_MS   15U
/* How finely time is cut while the network core is made mute. */
#define SLICE_NS (2U * ARM_MS)

/* What is typed, and when it begins. */
static const struct {
    uint32_t at_ms;
    const char *line;
} typed[] = {
    {100,  "version\r"      },
    {700,  "image\r"        },
    {1300, "help\r"         },
    {2500, "nonsense\b\b?\r"},
    {2950, "led on\r"       },
};
#define TYPED (sizeof(typed) / sizeof(typed[0]))

/* The network core's beats are wiped off: the application logs that it is no
 * longer well, and then that it is. */
#define MUTE_MS  1600U
#define HEARD_MS 2250U

struct session {
    struct arm_rig rig;
    struct arm_smp smp;
    uint64_t begin_ns;
    size_t letters[TYPED]; /* Sent so far. */
};

static uint64_t now_ms(const struct session *session)
{
    return (duo_vb_now_ns(session->rig.vb) - session->begin_ns) / ARM_MS;
}

static void wipe_beat(struct session *session)
{
    const struct duo_partition *mailbox =
        &duo_layout_nrf5340dk.partitions[DUO_PARTITION_MAILBOX];
    static const uint8_t zeros[4 * DEMO_HEARTBEAT_WORDS];

    assert_true(duo_vb_mem_write(session->rig.vb, DUO_CORE_APP,
                                 mailbox->addr + DEMO_HEARTBEAT_OFF_BYTES,
                                 (struct duo_bytes){zeros, sizeof(zeros)}));
}

static void on_slice(void *ctx)
{
    struct session *session = ctx;
    uint64_t ms = now_ms(session);
    bool is_mute = ms >= MUTE_MS && ms < HEARD_MS;

    session->smp.slice_ns = is_mute ? SLICE_NS : 0;
    if (is_mute) {
        wipe_beat(session);
    }
    for (size_t i = 0; i < TYPED; i++) {
        size_t *letter = &session->letters[i];
        while (*letter < strlen(typed[i].line) &&
               ms >= typed[i].at_ms + *letter * LETTER_MS) {
            duo_vb_uart_send(session->rig.vb, DUO_VB_UART_APP,
                             (struct duo_bytes){
                                 (const uint8_t *)&typed[i].line[*letter], 1});
            (*letter)++;
        }
    }
}

/* Take what came apart; there is no packet in it. */
static void take_text(struct session *session)
{
    struct duo_bytes packet;
    struct duo_tool_error error;

    assert_int_equal(
        session->smp.link.ops->receive(&session->smp.link, 0, &packet, &error),
        DUO_LINK_TIMEOUT);
    duo_stream_idle(&session->smp.stream,
                    duo_vb_now_ns(session->rig.vb) / 1000U);
}

/* From a board that was just switched on, and has said all that it says then. */
static void begin(struct session *session)
{
    struct duo_tool_error error;
    const struct arm_image_spec app = {.core = DUO_CORE_APP,
                                       .firmware = "appdemo-manual"};
    const struct arm_image_spec net = {.core = DUO_CORE_NET,
                                       .firmware = "netdemo"};

    arm_rig_create(&session->rig, false);
    arm_factory(&session->rig, arm_make(&session->rig, &app),
                arm_make(&session->rig, &net));
    arm_smp_open(&session->smp, &session->rig, DUO_VB_UART_APP,
                 DUO_STREAM_CONSOLE);
    assert_true(arm_smp_boot(&session->smp, NULL));
    assert_true(duo_client_setting_set(
        &session->smp.client, "console/baud",
        (struct duo_bytes){(const uint8_t *)"1000000", 7}, &error));
    assert_true(arm_smp_boot(&session->smp, NULL));
    session->smp.link.ops->wait(&session->smp.link, 2000000U);
    take_text(session);
    session->smp.text.len_bytes = 0;
    session->begin_ns = duo_vb_now_ns(session->rig.vb);
    session->smp.on_slice = on_slice;
    session->smp.on_slice_ctx = session;
}

/* The rest of the time, and then some, until all is said. */
static char *end(struct session *session)
{
    uint64_t ms = now_ms(session);
    char *text;

    if (ms < SESSION_MS) {
        session->smp.link.ops->wait(&session->smp.link,
                                    (SESSION_MS - ms) * 1000U);
    }
    session->smp.link.ops->wait(&session->smp.link, 200000U);
    take_text(session);
    text = calloc(1, session->smp.text.len_bytes + 1U);
    assert_non_null(text);
    memcpy(text, session->smp.text.data, session->smp.text.len_bytes);
    return text;
}

/* Numbers of any length become one sign, and so does white space before one. */
static void forget_numbers(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (isdigit((unsigned char)*from) == 0) {
            *to++ = *from;
        } else if (to == text || to[-1] != '#') {
            while (to != text && to[-1] == ' ') {
                to--;
            }
            *to++ = '#';
        }
    }
    *to = '\0';
}

static void upload(struct session *session)
{
    struct arm_image_spec app = {.core = DUO_CORE_APP,
                                 .firmware = "appdemo-manual",
                                 .minor = 1,
                                 .total_bytes = IMAGE_BYTES,
                                 .seed = 1};
    struct duo_client_upload upload = {
        .file = arm_make(&session->rig, &app)->bytes,
        .image_index = DUO_CORE_APP,
    };
    struct duo_tool_error error;

    if (!duo_client_upload(&session->smp.client, &upload, &error)) {
        fail_msg("upload: %s", error.text);
    }
    assert_true(upload.has_match);
    assert_int_equal(upload.progress.resent_packets, 0);
    assert_true(upload.progress.window > 1);
    /* Else there was hardly anything to share the line with. */
    assert_true(now_ms(session) + 300U > SESSION_MS);
}

static void expect_no_loss(struct session *session)
{
    static const char *const errors[] = {
        "frame_errors", "malformed", "no_buffer",   "too_long",
        "timeouts",     "errors",    "console_lost"};
    static const char *const groups[] = {"smp", "uart"};
    unsigned seen = 0;

    assert_int_equal(session->smp.client.counts.malformed, 0);
    assert_int_equal(session->smp.client.counts.stale, 0);
    assert_int_equal(session->smp.client.counts.retries, 0);
    assert_int_equal(session->smp.stream.bad_frames, 0);
    for (unsigned i = 0; i < 2; i++) {
        struct duo_client_stats stats = {0};
        struct duo_tool_error error;

        assert_true(
            duo_client_stats(&session->smp.client, groups[i], &stats, &error));
        for (size_t stat = 0; stat < stats.count; stat++) {
            for (size_t k = 0; k < sizeof(errors) / sizeof(errors[0]); k++) {
                if (strcmp(stats.list[stat].name, errors[k]) == 0) {
                    assert_int_equal(stats.list[stat].value, 0);
                    seen++;
                }
            }
        }
        free(stats.list);
    }
    assert_int_equal(seen, sizeof(errors) / sizeof(errors[0]));
}

static void not_a_byte_is_lost_or_mixed(void **state)
{
    struct session *session = calloc(1, sizeof(*session));
    char *alone;
    char *shared;

    (void)state;
    assert_non_null(session);
    begin(session);
    alone = end(session);
    arm_smp_close(&session->smp);
    arm_rig_destroy(&session->rig);
    memset(session, 0, sizeof(*session));

    begin(session);
    upload(session);
    shared = end(session);
    session->smp.on_slice = NULL;
    expect_no_loss(session);
    arm_smp_close(&session->smp);
    arm_rig_destroy(&session->rig);
    free(session);

    /* The session is what it is meant to be. */
    assert_non_null(strstr(alone, "network core is no longer well"));
    assert_non_null(strstr(alone, "network core is well"));
    assert_non_null(strstr(alone, "cause a HardFault"));
    forget_numbers(alone);
    forget_numbers(shared);
    if (strcmp(alone, shared) != 0) {
        fail_msg("alone:\n%s\n--- beside an upload:\n%s", alone, shared);
    }
    free(alone);
    free(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_a_byte_is_lost_or_mixed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
