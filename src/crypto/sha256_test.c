/* SPDX-License-Identifier: MIT */
/* What the public vectors are too short for; they are in test/vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/sha256.h"

/* A stream that claims to have taken 2^29 bytes, that is 2^32 bits, ends with
 * this block; hashed as data it must lead to the same state. */
static void length_above_32_bits_is_hashed(void **state)
{
    (void)state;
    uint8_t last_block[64] = {0x80, [59] = 0x01};
    uint8_t digest[DUO_SHA256_BYTES];
    struct duo_sha256 sha256;
    duo_sha256_begin(&sha256);
    sha256.len_bytes = UINT64_C(1) << 29;
    duo_sha256_finish(&sha256, digest);

    duo_sha256_begin(&sha256);
    duo_sha256_update(&sha256,
                      (struct duo_bytes){last_block, sizeof(last_block)});
    for (size_t i = 0; i < DUO_SHA256_BYTES; i++) {
        assert_int_equal(
            digest[i], (sha256.state[i / 4U] >> (24U - 8U * (i % 4U))) & 0xffU);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_above_32_bits_is_hashed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
