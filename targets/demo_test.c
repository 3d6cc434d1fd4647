/* SPDX-License-Identifier: MIT */
/* What both demos share and what decides about a confirm: on the host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "demo_health.h"
#include "demo_heartbeat.h"
#include "demo_text.h"
#include "duo/bytes.h"
#include "duo/image_format.h"

#define MAILBOX_WORDS 2048U

static const struct demo_heartbeat sample = {
    .state = DEMO_BEAT_HEALTHY,
    .count = 7,
    .uptime_ms = 700,
    .version = {1, 2, 0x304, 5},
};

static void a_heartbeat_comes_back_as_stored(void **state)
{
    uint32_t mem[MAILBOX_WORDS] = {0};
    struct demo_heartbeat beat;

    (void)state;
    demo_heartbeat_store(mem, &sample);
    assert_true(demo_heartbeat_load(mem, &beat));
    assert_int_equal(beat.state, sample.state);
    assert_int_equal(beat.count, sample.count);
    assert_int_equal(beat.uptime_ms, sample.uptime_ms);
    assert_int_equal(duo_version_compare(&beat.version, &sample.version), 0);
    assert_int_equal(beat.version.build, sample.version.build);
}

/* Byte for byte what docs/FORMAT.md decodes by hand. */
static void a_heartbeat_has_the_documented_bytes(void **state)
{
    static const uint32_t documented[DEMO_HEARTBEAT_WORDS] = {
        0x48425544, 0x00200001, 1, 7, 700, 0x03040201, 5, 0x5602D0AB};
    uint32_t mem[MAILBOX_WORDS] = {0};

    (void)state;
    demo_heartbeat_store(mem, &sample);
    assert_memory_equal(&mem[DEMO_HEARTBEAT_OFF_BYTES / 4U], documented,
                        sizeof(documented));
}

static void every_flipped_bit_of_a_heartbeat_is_seen(void **state)
{
    uint32_t mem[MAILBOX_WORDS] = {0};
    struct demo_heartbeat beat;

    (void)state;
    demo_heartbeat_store(mem, &sample);
    for (uint32_t bit = 0; bit < DEMO_HEARTBEAT_WORDS * 32U; bit++) {
        uint32_t *word = &mem[DEMO_HEARTBEAT_OFF_BYTES / 4U + bit / 32U];

        *word ^= 1U << (bit % 32U);
        assert_false(demo_heartbeat_load(mem, &beat));
        *word ^= 1U << (bit % 32U);
    }
    assert_true(demo_heartbeat_load(mem, &beat));
}

static void empty_memory_is_no_heartbeat(void **state)
{
    uint32_t mem[MAILBOX_WORDS] = {0};
    struct demo_heartbeat beat = sample;

    (void)state;
    assert_false(demo_heartbeat_load(mem, &beat));
    /* A sound record with a state that does not exist. */
    beat.state = (enum demo_beat_state)3;
    demo_heartbeat_store(mem, &beat);
    assert_false(demo_heartbeat_load(mem, &beat));
}

static void the_version_is_that_of_the_header(void **state)
{
    uint8_t header[DUO_IMAGE_HEADER_BYTES] = {0};
    struct duo_version version;

    (void)state;
    assert_false(demo_version_of_header(header, &version));
    duo_store_le32(header, DUO_IMAGE_MAGIC);
    header[DUO_IMAGE_OFF_VERSION] = 9;
    header[DUO_IMAGE_OFF_VERSION + 1U] = 8;
    duo_store_le16(&header[DUO_IMAGE_OFF_VERSION + 2U], 777);
    duo_store_le32(&header[DUO_IMAGE_OFF_VERSION + 4U], 66);
    assert_true(demo_version_of_header(header, &version));
    assert_int_equal(version.major, 9);
    assert_int_equal(version.minor, 8);
    assert_int_equal(version.revision, 777);
    assert_int_equal(version.build, 66);
}

static void text_never_overflows(void **state)
{
    struct {
        struct demo_text text;
        uint8_t guard;
    } box = {.guard = 0xA5};

    (void)state;
    demo_text_clear(&box.text);
    for (uint32_t i = 0; i < 2U * DEMO_LINE_BYTES; i++) {
        demo_put(&box.text, "abc");
    }
    assert_int_equal(box.text.len_bytes, DEMO_LINE_BYTES - 1U);
    assert_int_equal(box.text.words[DEMO_LINE_BYTES - 1U], '\0');
    assert_int_equal(box.guard, 0xA5);
}

static void numbers_and_times_read_well(void **state)
{
    struct demo_text text;

    (void)state;
    demo_text_clear(&text);
    demo_put_time(&text, 12034567);
    demo_put_decimal(&text, 0);
    demo_put(&text, " ");
    demo_put_decimal(&text, UINT32_MAX);
    demo_put(&text, " ");
    demo_put_hex_byte(&text, 0x0F);
    demo_put(&text, " ");
    demo_put_version(&text, &sample.version);
    assert_string_equal(text.words, "[   12.034] 0 4294967295 0f 1.2.772+5");
}

/* Steps of 100 ms. What the network core does in each: '.' nothing new, 'b' a
 * beat, 'u' a beat that says unwell, 's' the same beat again. What is told:
 * '.' nothing, 'w' well, 'l' lost, 'c' confirm, 'g' give up. */
struct health_row {
    const char *name;
    enum demo_confirm confirm;
    bool on_trial;
    const char *beats;
    const char *told;
};

static const struct health_row health_rows[] = {
    {"well and confirmed",      DEMO_CONFIRM_AUTO,   true,  "bbbbbbb",          "w...c.."       },
    {"never well",              DEMO_CONFIRM_AUTO,   true,  "..............",   "..........g..."},
    {"stuck record",            DEMO_CONFIRM_AUTO,   true,  "bsssssssssssss",
     "w..l......g..."                                                                           },
    {"unwell",                  DEMO_CONFIRM_AUTO,   true,  "uuuuuuuuuuuuu",    "..........g.." },
    {"comes and goes",          DEMO_CONFIRM_AUTO,   true,  "bb.....bb.....bb",
     "w...l..w...lg.w."                                                                         },
    {"manual confirms nothing", DEMO_CONFIRM_MANUAL, true,  "bbbbbbb",
     "w......"                                                                                  },
    {"manual gives nothing up", DEMO_CONFIRM_MANUAL, true,  "..............",
     ".............."                                                                           },
    {"not on trial",            DEMO_CONFIRM_AUTO,   false, "bbbbbbb",          "w......"       },
    {"not on trial and lost",   DEMO_CONFIRM_AUTO,   false, "b..............",
     "w..l..........."                                                                          },
};

static char letter_of(enum demo_health_event event)
{
    static const char letters[] = {[DEMO_HEALTH_NOTHING] = '.',
                                   [DEMO_HEALTH_WELL] = 'w',
                                   [DEMO_HEALTH_LOST] = 'l',
                                   [DEMO_HEALTH_CONFIRM] = 'c',
                                   [DEMO_HEALTH_GIVE_UP] = 'g'};
    return letters[event];
}

static void run_health_row(const struct health_row *row, char *told)
{
    const struct demo_health_policy policy = {.confirm = row->confirm,
                                              .silent_ms_max = 200,
                                              .healthy_ms_min = 400,
                                              .trial_ms_max = 1000};
    struct demo_heartbeat beat = sample;
    struct demo_health health;
    size_t count = strlen(row->beats);

    demo_health_init(&health, &policy, row->on_trial);
    for (size_t i = 0; i < count; i++) {
        char kind = row->beats[i];

        beat.count += kind == 's' ? 0U : 1U;
        beat.state = kind == 'u' ? DEMO_BEAT_UNWELL : DEMO_BEAT_HEALTHY;
        told[i] = letter_of(demo_health_step(&health, 5000U + i * 100U,
                                             kind == '.' ? NULL : &beat));
    }
    told[count] = '\0';
}

static void health_is_told_once_and_in_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(health_rows) / sizeof(health_rows[0]); i++) {
        char told[64];

        run_health_row(&health_rows[i], told);
        print_message("%s: %s\n", health_rows[i].name, told);
        assert_string_equal(told, health_rows[i].told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_heartbeat_comes_back_as_stored),
        cmocka_unit_test(a_heartbeat_has_the_documented_bytes),
        cmocka_unit_test(every_flipped_bit_of_a_heartbeat_is_seen),
        cmocka_unit_test(empty_memory_is_no_heartbeat),
        cmocka_unit_test(the_version_is_that_of_the_header),
        cmocka_unit_test(text_never_overflows),
        cmocka_unit_test(numbers_and_times_read_well),
        cmocka_unit_test(health_is_told_once_and_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
