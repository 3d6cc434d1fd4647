/* SPDX-License-Identifier: MIT */
/* Good images are accepted with the right fields, and no damage to them is.
 * The refusals one by one are in image_reason_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_openssl.h"
#include "duo/crypto_small.h"
#include "duo/image.h"
#include "fixture.h"
#include "mem_flash.h"

#define WORK_BYTES 256U

static struct duo_tool_fixture fixture;
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

/* One image on one device, ready to be verified. */
struct bench {
    struct duo_tool_buffer bytes;
    struct duo_tool_mem_flash mem;
    _Alignas(4) uint8_t work[WORK_BYTES];
    struct duo_image_check check;
    struct duo_image image;
    enum duo_reason reason;
};

static void bench_use_crypto(struct bench *bench, struct duo_crypto *crypto)
{
    duo_tool_mem_flash_init(&bench->mem, duo_tool_buffer_view(&bench->bytes));
    bench->check = (struct duo_image_check){
        .area = &bench->mem.area,
        .size_bytes_max = bench->mem.area.size_bytes,
        .trust = &fixture.board.trust,
        .crypto = crypto,
        .work = bench->work,
        .work_bytes = sizeof(bench->work),
    };
}

static enum duo_verdict verify(struct bench *bench)
{
    return duo_image_verify(&bench->check, &bench->image, &bench->reason);
}

static const struct duo_dependency dependencies[] = {
    {DUO_CORE_NET, {1, 2, 3, 4}        },
    {DUO_CORE_APP, {255, 255, 65535, 7}}
};

/* Has one of everything that we read. */
static void make_rich(struct bench *bench, enum duo_core core,
                      enum duo_key_type key_type)
{
    struct duo_tool_firmware firmware = {core, 300, 32, 5};
    struct duo_tool_sign_options options = duo_tool_sign_defaults();

    options.version = (struct duo_version){3, 4, 5, 6};
    options.has_security_counter = true;
    options.security_counter = 0x01020304;
    options.dependencies = dependencies;
    options.dependency_count = 2;
    options.target_tlv = true;
    duo_tool_fixture_image(&fixture, &firmware, options,
                           &fixture.keys[key_type], &bench->bytes);
    bench_use_crypto(bench, openssl);
}

static void check_rich(const struct bench *bench, enum duo_core core)
{
    const struct duo_image *image = &bench->image;

    assert_int_equal(image->core, core);
    assert_int_equal(image->version.major, 3);
    assert_int_equal(image->version.minor, 4);
    assert_int_equal(image->version.revision, 5);
    assert_int_equal(image->version.build, 6);
    assert_int_equal(image->header_bytes, 32);
    assert_int_equal(image->payload_bytes, 300);
    assert_int_equal(image->protected_tlv_bytes, 4 + 8 + 16 + 16 + 8);
    assert_int_equal(image->total_bytes, bench->bytes.len_bytes);
    assert_true(image->has_target_tlv);
    assert_true(image->has_security_counter);
    assert_int_equal(image->security_counter, 0x01020304);
    assert_int_equal(image->dependency_count, 2);
    assert_int_equal(image->dependencies[0].core, DUO_CORE_NET);
    assert_int_equal(image->dependencies[0].version_min.revision, 3);
    assert_int_equal(image->dependencies[0].version_min.build, 4);
    assert_int_equal(image->dependencies[1].core, DUO_CORE_APP);
    assert_int_equal(image->dependencies[1].version_min.revision, 65535);
    assert_int_equal(image->reset_addr,
                     (fixture.board.trust.code[core].addr + 40) | 1U);
}

static void good_images_of_both_keys_and_cores_are_accepted(void **state)
{
    struct duo_crypto_small small;
    struct duo_crypto *cryptos[] = {openssl, &small.crypto};

    (void)state;
    duo_crypto_small_init(&small);
    for (unsigned i = 0; i < 8; i++) {
        struct bench bench = {0};
        enum duo_core core = i & 1 ? DUO_CORE_NET : DUO_CORE_APP;
        make_rich(&bench, core, i & 2 ? DUO_KEY_P256 : DUO_KEY_ED25519);
        bench_use_crypto(&bench, cryptos[i / 4]);
        assert_int_equal(verify(&bench), DUO_VERDICT_ACCEPT);
        assert_int_equal(bench.reason, DUO_REASON_NONE);
        check_rich(&bench, core);
        assert_int_equal(duo_image_parse(&bench.check, &bench.image),
                         DUO_REASON_NONE);
        check_rich(&bench, core);
        duo_tool_buffer_free(&bench.bytes);
    }
}

static void an_image_without_protected_tlvs_is_accepted(void **state)
{
    struct duo_tool_firmware firmware = {DUO_CORE_APP, 2000, 0x200, 1};
    struct bench bench = {0};

    (void)state;
    duo_tool_fixture_image(&fixture, &firmware, duo_tool_sign_defaults(),
                           &fixture.keys[DUO_KEY_P256], &bench.bytes);
    bench_use_crypto(&bench, openssl);
    assert_int_equal(verify(&bench), DUO_VERDICT_ACCEPT);
    assert_int_equal(bench.image.protected_tlv_bytes, 0);
    assert_false(bench.image.has_target_tlv);
    assert_false(bench.image.has_security_counter);
    assert_int_equal(bench.image.security_counter, 0);
    duo_tool_buffer_free(&bench.bytes);
}

static void assert_cleared(const struct duo_image *image)
{
    struct duo_image none;

    memset(&none, 0, sizeof(none));
    none.core = DUO_CORE_NONE;
    assert_memory_equal(image, &none, sizeof(none));
}

static void assert_rejected(struct bench *bench, const char *what, size_t at)
{
    enum duo_verdict verdict = verify(bench);

    if (verdict != DUO_VERDICT_REJECT || bench->reason == DUO_REASON_NONE) {
        fail_msg("%s at byte %zu: verdict 0x%x, reason %d", what, at,
                 (unsigned)verdict, (int)bench->reason);
    }
    assert_cleared(&bench->image);
}

static void every_single_byte_flip_is_rejected(void **state)
{
    static const uint8_t masks[] = {0xFF, 0x01, 0x80};

    (void)state;
    for (unsigned type = 0; type < 2; type++) {
        struct bench bench = {0};
        make_rich(&bench, DUO_CORE_APP, (enum duo_key_type)type);
        for (size_t at = 0; at < bench.bytes.len_bytes; at++) {
            for (size_t i = 0; i < sizeof(masks); i++) {
                bench.bytes.data[at] ^= masks[i];
                assert_rejected(&bench, "flip", at);
                bench.bytes.data[at] ^= masks[i];
            }
        }
        assert_int_equal(verify(&bench), DUO_VERDICT_ACCEPT);
        duo_tool_buffer_free(&bench.bytes);
    }
}

/* The rest of the slot is erased, or the slot ends there. */
static void every_truncation_is_rejected(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 2; type++) {
        struct bench bench = {0};
        struct bench cut = {0};
        make_rich(&bench, DUO_CORE_NET, (enum duo_key_type)type);
        duo_tool_buffer_append(&cut.bytes, duo_tool_buffer_view(&bench.bytes));
        bench_use_crypto(&cut, openssl);
        for (size_t at = bench.bytes.len_bytes; at-- > 0;) {
            uint8_t *heap = malloc(at + 1);
            assert_non_null(heap);
            memcpy(heap, bench.bytes.data, at);
            bench.mem.data = heap; /* So that ASan sees a read behind it. */
            bench.mem.area.size_bytes = (uint32_t)at;
            bench.mem.flash.geometry.size_bytes = (uint32_t)at;
            bench.check.size_bytes_max = (uint32_t)at;
            assert_rejected(&bench, "cut", at);
            free(heap);

            if (cut.bytes.data[at] != 0xFF) {
                cut.bytes.data[at] = 0xFF;
                assert_rejected(&cut, "erased from", at);
            }
        }
        assert_int_equal(cut.reason, DUO_REASON_EMPTY);
        duo_tool_buffer_free(&bench.bytes);
        duo_tool_buffer_free(&cut.bytes);
    }
}

struct hostile {
    unsigned reads;
    unsigned at;        /* From this read on (1-based) ... */
    bool fails;         /* ... reads fail, */
    uint32_t off_bytes; /* or this byte reads ... */
    uint8_t mask;       /* ... with these bits inverted. */
};

static enum duo_err hostile_read(void *ctx, uint32_t off_bytes, uint8_t *dst,
                                 size_t len_bytes)
{
    struct hostile *hostile = ctx;

    hostile->reads++;
    if (hostile->reads < hostile->at) {
        return DUO_OK;
    }
    if (hostile->fails) {
        return DUO_ERR_FLASH;
    }
    if (hostile->off_bytes >= off_bytes &&
        hostile->off_bytes - off_bytes < len_bytes) {
        dst[hostile->off_bytes - off_bytes] ^= hostile->mask;
    }
    return DUO_OK;
}

static unsigned count_reads(struct bench *bench, struct hostile *hostile)
{
    *hostile = (struct hostile){.at = 1000000};
    bench->mem.on_read = hostile_read;
    bench->mem.ctx = hostile;
    assert_int_equal(verify(bench), DUO_VERDICT_ACCEPT);
    return hostile->reads;
}

static void a_failing_read_is_a_reason_wherever_it_is(void **state)
{
    struct hostile hostile;
    struct bench bench = {0};
    unsigned reads;

    (void)state;
    make_rich(&bench, DUO_CORE_APP, DUO_KEY_P256);
    reads = count_reads(&bench, &hostile);
    assert_true(reads > 20);
    for (unsigned at = 1; at <= reads; at++) {
        hostile = (struct hostile){.at = at, .fails = true};
        assert_rejected(&bench, "read", at);
        assert_int_equal(bench.reason, DUO_REASON_READ_FAILED);
    }
    duo_tool_buffer_free(&bench.bytes);
}

/* The device changes one byte from some read on. If the image is accepted all
 * the same, then the change was not read any more, and every field is that of
 * the signed image: nothing is taken from a reading that was not hashed. */
static void a_device_that_changes_its_answer_cannot_change_a_field(void **state)
{
    struct hostile hostile;
    struct bench bench = {0};
    unsigned reads;
    unsigned changed = 0;

    (void)state;
    make_rich(&bench, DUO_CORE_APP, DUO_KEY_ED25519);
    reads = count_reads(&bench, &hostile);
    for (unsigned at = 2; at <= reads; at++) {
        for (uint32_t off = 0; off < bench.bytes.len_bytes; off++) {
            hostile = (struct hostile){
                .at = at, .off_bytes = off, .mask = (uint8_t)(at * 37 + off)};
            hostile.mask |= 1;
            if (verify(&bench) == DUO_VERDICT_ACCEPT) {
                check_rich(&bench, DUO_CORE_APP);
            } else {
                assert_cleared(&bench.image);
                changed += bench.reason == DUO_REASON_CHANGED_WHILE_READ;
            }
        }
    }
    assert_true(changed > 0);
    duo_tool_buffer_free(&bench.bytes);
}

/* The last reading of the header and of each TLV is the one that is hashed. */
static void a_larger_image_on_the_second_read_is_not_followed(void **state)
{
    struct hostile hostile;
    struct bench bench = {0};
    unsigned reads;

    (void)state;
    make_rich(&bench, DUO_CORE_APP, DUO_KEY_ED25519);
    reads = count_reads(&bench, &hostile);
    for (uint32_t off = 8; off < 16; off++) {
        for (unsigned at = 2; at <= reads; at++) {
            hostile =
                (struct hostile){.at = at, .off_bytes = off, .mask = 0xFF};
            if (verify(&bench) == DUO_VERDICT_ACCEPT) {
                check_rich(&bench, DUO_CORE_APP);
            }
        }
    }
    duo_tool_buffer_free(&bench.bytes);
}

static void the_head_alone_tells_the_core(void **state)
{
    struct bench bench = {0};

    (void)state;
    make_rich(&bench, DUO_CORE_NET, DUO_KEY_P256);
    /* As while an upload runs: the rest of the slot is erased. */
    memset(bench.bytes.data + 40, 0xFF, bench.bytes.len_bytes - 40);
    assert_int_equal(duo_image_parse_head(&bench.check, &bench.image),
                     DUO_REASON_NONE);
    assert_int_equal(bench.image.core, DUO_CORE_NET);
    assert_int_equal(bench.image.total_bytes, 0);
    assert_int_not_equal(duo_image_parse(&bench.check, &bench.image),
                         DUO_REASON_NONE);
    duo_tool_buffer_free(&bench.bytes);
}

static void a_broken_contract_of_the_caller_fails_closed(void **state)
{
    struct bench bench = {0};

    (void)state;
    make_rich(&bench, DUO_CORE_APP, DUO_KEY_P256);
    bench.check.work_bytes = 240;
    assert_rejected(&bench, "small work", 0);
    bench.check.work_bytes = 255;
    assert_rejected(&bench, "odd work", 0);
    bench.check.work_bytes = WORK_BYTES;
    bench.check.size_bytes_max++;
    assert_rejected(&bench, "limit beyond the area", 0);
    bench.check.size_bytes_max--;
    assert_int_equal(verify(&bench), DUO_VERDICT_ACCEPT);
    duo_tool_buffer_free(&bench.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_images_of_both_keys_and_cores_are_accepted),
        cmocka_unit_test(an_image_without_protected_tlvs_is_accepted),
        cmocka_unit_test(every_single_byte_flip_is_rejected),
        cmocka_unit_test(every_truncation_is_rejected),
        cmocka_unit_test(a_failing_read_is_a_reason_wherever_it_is),
        cmocka_unit_test(
            a_device_that_changes_its_answer_cannot_change_a_field),
        cmocka_unit_test(a_larger_image_on_the_second_read_is_not_followed),
        cmocka_unit_test(the_head_alone_tells_the_core),
        cmocka_unit_test(a_broken_contract_of_the_caller_fails_closed),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
