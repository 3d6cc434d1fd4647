/* SPDX-License-Identifier: MIT */
/* Events as text: every event has one, and no buffer is too small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "duo/boot.h"
#include "duo/progress.h"

#define TEXT 512U

static const struct duo_version longest = {255, 255, 65535, UINT32_MAX};

static void expect(const struct duo_event *event, const char *text)
{
    char out[TEXT];

    duo_event_format(event, out, sizeof(out));
    assert_string_equal(out, text);
}

static void each_event_has_its_line(void **state)
{
    const struct duo_version version = {1, 2, 3, 0};

    (void)state;
    expect(&(struct duo_event){.type = DUO_EVENT_BOOT}, "boot");
    expect(&(struct duo_event){.type = DUO_EVENT_VERIFIED,
                               .core = DUO_CORE_NET,
                               .version = version},
           "network image 1.2.3 verified");
    expect(&(struct duo_event){.type = DUO_EVENT_BAD,
                               .core = DUO_CORE_APP,
                               .reason = DUO_REASON_SIGNATURE_MISSING},
           "application: The image is not signed. [signature-missing]");
    expect(&(struct duo_event){.type = DUO_EVENT_DECISION,
                               .core = DUO_CORE_APP,
                               .action = DUO_ACTION_INSTALL_TEST},
           "decision for application: install-test");
    expect(&(struct duo_event){.type = DUO_EVENT_STAGED,
                               .core = DUO_CORE_NET,
                               .version = version,
                               .detail = 0},
           "staged in slot of image 0: network image 1.2.3");
    expect(&(struct duo_event){.type = DUO_EVENT_REASON,
                               .core = DUO_CORE_NONE,
                               .reason = DUO_REASON_EXT_FLASH_ABSENT},
           "The external flash does not answer. [ext-flash-absent]");
    expect(&(struct duo_event){.type = DUO_EVENT_REASON,
                               .core = DUO_CORE_NET,
                               .version = version,
                               .reason = DUO_REASON_REVERTED},
           "network 1.2.3: The previous image runs again. [reverted]");
    expect(
        &(struct duo_event){
            .type = DUO_EVENT_START,
            .core = DUO_CORE_APP,
            .version = {0, 0, 0, 7}
    },
        "starting application image 0.0.0+7");
    expect(&(struct duo_event){.type = (enum duo_event_type)99},
           "unknown event");
}

static void each_copy_has_its_word(void **state)
{
    static const char *const lines[] = {
        "network: backed up 65535 units of 4096 bytes",
        "network: installed 65535 units of 4096 bytes",
        "network: restored 65535 units of 4096 bytes",
        "network: mirrored 65535 units of 4096 bytes",
        "network: mirrored 65535 units of 4096 bytes", /* Rebuilt. */
        "network: staged 65535 units of 4096 bytes",
        "network: copied 65535 units of 4096 bytes",
    };

    (void)state;
    for (uint32_t copy = 0; copy <= DUO_COPY_COUNT; copy++) {
        expect(&(struct duo_event){.type = DUO_EVENT_COPIED,
                                   .core = DUO_CORE_NET,
                                   .detail = copy << 16 | 0xFFFFU},
               lines[copy]);
    }
}

/* A version is shown if any of its numbers is not 0. */
static void a_version_of_zeros_is_left_out(void **state)
{
    static const struct duo_version versions[] = {
        {1, 0, 0, 0},
        {0, 1, 0, 0},
        {0, 0, 1, 0},
        {0, 0, 0, 1}
    };
    static const char *const words[] = {"1.0.0", "0.1.0", "0.0.1", "0.0.0+1"};
    char out[TEXT];

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        const struct duo_event event = {.type = DUO_EVENT_REASON,
                                        .core = DUO_CORE_APP,
                                        .version = versions[i],
                                        .reason = DUO_REASON_CONFIRMED};
        duo_event_format(&event, out, sizeof(out));
        assert_non_null(strstr(out, words[i]));
    }
    const struct duo_event event = {.type = DUO_EVENT_REASON,
                                    .core = DUO_CORE_APP,
                                    .reason = DUO_REASON_CONFIRMED};
    duo_event_format(&event, out, sizeof(out));
    assert_null(strstr(out, "0.0.0"));
}

static void every_reason_is_told_with_sentence_and_name(void **state)
{
    char out[TEXT];
    size_t count;
    const struct duo_reason_text *table = duo_reason_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct duo_event event = {.type = DUO_EVENT_REASON,
                                        .core = DUO_CORE_NET,
                                        .version = longest,
                                        .reason = table[i].reason};
        duo_event_format(&event, out, sizeof(out));
        assert_non_null(strstr(out, table[i].sentence));
        assert_non_null(strstr(out, table[i].name));
        assert_true(strlen(out) < 256U); /* The boards' line buffers. */
    }
}

/* For any size the text is the whole one's beginning, ends with a NUL inside
 * the buffer, and nothing behind the buffer is touched. */
static void no_buffer_is_overrun(void **state)
{
    char whole[TEXT];
    char out[TEXT + 1U];

    (void)state;
    for (unsigned type = DUO_EVENT_BOOT; type <= DUO_EVENT_START + 1U; type++) {
        const struct duo_event event = {
            .type = (enum duo_event_type)type,
            .reason = DUO_REASON_HEADER_SIZE,
            .action = DUO_ACTION_INSTALL_PERMANENT,
            .core = DUO_CORE_APP,
            .version = longest,
            .detail = UINT32_MAX,
        };
        duo_event_format(&event, whole, sizeof(whole));
        for (uint32_t bytes = 1; bytes <= TEXT; bytes++) {
            memset(out, 0x7E, sizeof(out));
            duo_event_format(&event, out, bytes);
            size_t kept = strlen(whole) < bytes ? strlen(whole) : bytes - 1U;
            assert_memory_equal(out, whole, kept);
            assert_int_equal(out[kept], '\0');
            for (size_t i = bytes; i < sizeof(out); i++) {
                assert_int_equal(out[i], 0x7E);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_has_its_line),
        cmocka_unit_test(each_copy_has_its_word),
        cmocka_unit_test(a_version_of_zeros_is_left_out),
        cmocka_unit_test(every_reason_is_told_with_sentence_and_name),
        cmocka_unit_test(no_buffer_is_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
