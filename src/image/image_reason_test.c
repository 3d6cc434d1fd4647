/* SPDX-License-Identifier: MIT */
/* Every refusal has its own reason: one row each, or more. A row makes an
 * image with some options, then changes its bytes.
 *
 * WRONG_CORE is not here: the parser tells the core, and the owner of the
 * slot compares. READ_FAILED and CHANGED_WHILE_READ are in image_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_openssl.h"
#include "duo/image.h"
#include "image_reason_rows.h"
#include "mem_flash.h"

static struct duo_crypto *openssl;

static int open_fixture(void **state)
{
    (void)state;
    duo_tool_fixture_open(&fixture);
    openssl = duo_crypto_openssl_create();
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    duo_crypto_openssl_destroy(openssl);
    duo_tool_fixture_close(&fixture);
    return 0;
}

static void apply(struct duo_tool_buffer *image, const struct change *change)
{
    uint32_t value = change->value;

    if ((change->width_bytes & IN_APP_SLOT) != 0) {
        value += fixture.board.trust.code[DUO_CORE_APP].addr;
    }
    for (uint8_t i = 0; i < (change->width_bytes & ~IN_APP_SLOT); i++) {
        assert_true(change->off_bytes + i < image->len_bytes);
        image->data[change->off_bytes + i] = (uint8_t)(value >> (8 * i));
    }
}

static const struct duo_tool_key *key_of(enum signer signer)
{
    switch (signer) {
    case BY_P256: return &fixture.keys[DUO_KEY_P256];
    case BY_ED25519: return &fixture.keys[DUO_KEY_ED25519];
    case BY_STRANGER: return &fixture.strangers[DUO_KEY_P256];
    case BY_NOBODY: break;
    }
    return NULL;
}

static enum duo_reason reason_of(struct duo_bytes bytes)
{
    _Alignas(4) uint8_t work[256];
    struct duo_tool_mem_flash mem;
    struct duo_image_check check = {
        .area = &mem.area,
        .size_bytes_max = (uint32_t)bytes.len_bytes,
        .trust = &fixture.board.trust,
        .crypto = openssl,
        .work = work,
        .work_bytes = sizeof(work),
    };
    struct duo_image image;
    enum duo_reason reason;
    enum duo_verdict verdict;

    duo_tool_mem_flash_init(&mem, bytes);
    verdict = duo_image_verify(&check, &image, &reason);
    assert_int_equal(verdict, reason == DUO_REASON_NONE ? DUO_VERDICT_ACCEPT
                                                        : DUO_VERDICT_REJECT);
    return reason;
}

static void make_row(const struct row *row, struct duo_tool_buffer *image)
{
    struct duo_tool_firmware firmware = {DUO_CORE_APP, PAYLOAD_BYTES,
                                         HEADER_BYTES, 7};
    struct duo_tool_sign_options options = duo_tool_sign_defaults();

    *image = (struct duo_tool_buffer){0};
    options.version.major = 1;
    if (row->options != NULL) {
        row->options(&options);
    }
    duo_tool_fixture_image(&fixture, &firmware, options, key_of(row->signer),
                           image);
    duo_tool_buffer_fill(image, 0xFF, TAIL_BYTES);
}

static void each_defect_has_its_reason(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct duo_tool_buffer image;
        enum duo_reason reason;

        make_row(&rows[i], &image);
        for (size_t j = 0; j < 3; j++) {
            apply(&image, &rows[i].changes[j]);
        }
        reason = reason_of(duo_tool_buffer_view(&image));
        if (reason != rows[i].reason) {
            print_error("%s: %s, expected %s\n", rows[i].name,
                        duo_reason_text(reason)->name,
                        duo_reason_text(rows[i].reason)->name);
            wrong++;
        }
        duo_tool_buffer_free(&image);
    }
    assert_int_equal(wrong, 0);
}

/* The reasons that an image itself can give, less those tested elsewhere. */
static void no_reason_is_without_a_row(void **state)
{
    (void)state;
    for (int reason = DUO_REASON_MAGIC; reason <= DUO_REASON_DEPENDENCY_COUNT;
         reason++) {
        bool expected = (reason <= DUO_REASON_LOAD_ADDRESS &&
                         reason != DUO_REASON_WRONG_CORE) ||
                        reason == DUO_REASON_DEPENDENCY_FORMAT ||
                        reason == DUO_REASON_DEPENDENCY_COUNT;
        bool found = false;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            found = found || rows[i].reason == (enum duo_reason)reason;
        }
        assert_int_equal(found, expected);
    }
}

static void an_erased_or_tiny_slot_has_its_reason(void **state)
{
    uint8_t slot[64];

    (void)state;
    memset(slot, 0xFF, sizeof(slot));
    assert_int_equal(reason_of((struct duo_bytes){slot, sizeof(slot)}),
                     DUO_REASON_EMPTY);
    slot[31] = 0;
    assert_int_equal(reason_of((struct duo_bytes){slot, sizeof(slot)}),
                     DUO_REASON_MAGIC);
    assert_int_equal(reason_of((struct duo_bytes){slot, 31}),
                     DUO_REASON_TOO_LARGE);
    assert_int_equal(reason_of((struct duo_bytes){slot, 0}),
                     DUO_REASON_TOO_LARGE);
}

/* Put @p len_bytes more into the unprotected area, @p off_bytes into it. */
static void insert(struct duo_tool_buffer *image, uint32_t off_bytes,
                   struct duo_bytes more)
{
    uint16_t total = duo_load_le16(&image->data[TLV_OFF + 2]);
    uint8_t *at;

    duo_tool_buffer_fill(image, 0xFF, more.len_bytes);
    at = image->data + TLV_OFF + off_bytes;
    memmove(at + more.len_bytes, at,
            image->len_bytes - TLV_OFF - off_bytes - more.len_bytes);
    memcpy(at, more.data, more.len_bytes);
    duo_store_le16(&image->data[TLV_OFF + 2],
                   (uint16_t)(total + more.len_bytes));
}

/* Before or behind a good pair: a known key with a signature that is not its
 * own, or the signature alone, which then is nobody's. */
static void the_last_signature_of_a_known_key_counts(void **state)
{
    static const struct {
        bool is_behind;
        bool has_key;
        enum duo_reason reason;
    } cases[] = {
        {false, true,  DUO_REASON_NONE         },
        {false, false, DUO_REASON_NONE         },
        {true,  true,  DUO_REASON_SIGNATURE_BAD},
        {true,  false, DUO_REASON_NONE         },
    };
    static const struct row good = {
        "", DUO_REASON_NONE, NULL, BY_ED25519, {{0}}};
    uint8_t pair[36 + 4 + 64] = {DUO_TLV_KEYHASH, 0, 32, 0};

    (void)state;
    memcpy(pair + 4, fixture.keys[DUO_KEY_ED25519].public_key.hash, 32);
    pair[36] = DUO_TLV_ED25519;
    pair[38] = 64;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t skip_bytes = cases[i].has_key ? 0 : 36;
        struct duo_bytes more = {pair + skip_bytes, sizeof(pair) - skip_bytes};
        struct duo_tool_buffer image;

        make_row(&good, &image);
        insert(&image,
               cases[i].is_behind ? duo_load_le16(&image.data[TLV_OFF + 2])
                                  : KEYHASH_OFF - TLV_OFF,
               more);
        assert_int_equal(reason_of(duo_tool_buffer_view(&image)),
                         cases[i].reason);
        duo_tool_buffer_free(&image);
    }
}

/* Sizes are refused already by the parser of the head alone, which an upload
 * is routed by. */
static void the_head_alone_refuses_impossible_sizes(void **state)
{
    static const uint32_t payloads[] = {UINT32_MAX, 0U - HEADER_BYTES,
                                        32U - HEADER_BYTES, 0x80000000U};

    (void)state;
    for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
        static const struct row good = {
            "", DUO_REASON_NONE, NULL, BY_P256, {{0}}};
        uint8_t work[256];
        struct duo_tool_buffer bytes;
        struct duo_tool_mem_flash mem;
        struct duo_image_check check = {.area = &mem.area,
                                        .trust = &fixture.board.trust,
                                        .work = work,
                                        .work_bytes = sizeof(work)};
        struct duo_image image;
        enum duo_reason reason;

        make_row(&good, &bytes);
        duo_store_le32(&bytes.data[DUO_IMAGE_OFF_PAYLOAD_BYTES], payloads[i]);
        duo_tool_mem_flash_init(&mem, duo_tool_buffer_view(&bytes));
        check.size_bytes_max = mem.area.size_bytes;
        reason = duo_image_parse_head(&check, &image);
        assert_int_equal(reason, DUO_REASON_TOO_LARGE);
        duo_tool_buffer_free(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_defect_has_its_reason),
        cmocka_unit_test(no_reason_is_without_a_row),
        cmocka_unit_test(an_erased_or_tiny_slot_has_its_reason),
        cmocka_unit_test(the_head_alone_refuses_impossible_sizes),
        cmocka_unit_test(the_last_signature_of_a_known_key_counts),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
