/* SPDX-License-Identifier: MIT */
/* Signatures that are right, in encodings that are not: whatever bytes stand
 * in place of a signature's only encoding, both back ends refuse them. The
 * first argument names the file of crypto_edges.py, whose accepted signatures
 * (with integers of 1, 32 and 33 bytes) are taken apart here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edge_cases.h"

#define DER_BYTES_MAX     300U
#define SEQUENCE_LEN_OFF  1U
#define R_TAG_OFF         2U
#define R_LEN_OFF         3U
#define R_OFF             4U
#define LONG_FORM_1       0x81U
#define LONG_FORM_2       0x82U
#define INDEFINITE_LENGTH 0x80U

static struct edge_cases *edges;
static struct backends backends;

/* A signature while it is changed. */
struct der {
    uint8_t bytes[DER_BYTES_MAX];
    size_t len_bytes;
};

static struct der der_of(const struct edge_case *edge)
{
    struct der der = {.len_bytes = edge->signature.len_bytes};
    memcpy(der.bytes, edge->signature.data, der.len_bytes);
    return der;
}

static size_t s_tag_off(const struct der *der)
{
    return R_OFF + der->bytes[R_LEN_OFF];
}

static void insert(struct der *der, size_t off, uint8_t value)
{
    memmove(der->bytes + off + 1, der->bytes + off, der->len_bytes - off);
    der->bytes[off] = value;
    der->len_bytes++;
}

static void cut(struct der *der, size_t off, size_t count)
{
    memmove(der->bytes + off, der->bytes + off + count,
            der->len_bytes - off - count);
    der->len_bytes -= count;
}

static void adjust(struct der *der, size_t off, int by)
{
    der->bytes[off] = (uint8_t)(der->bytes[off] + by);
}

static void expect(const struct edge_case *edge, const struct der *der,
                   const char *expected)
{
    struct edge_case changed = *edge;
    changed.signature =
        vector_copy((struct duo_bytes){der->bytes, der->len_bytes});
    for (size_t i = 0; i < BACKEND_COUNT; i++) {
        const char *result =
            vector_result(edge_verify(backends.cryptos[i], &changed));
        if (strcmp(result, expected) != 0) {
            fail_msg("%s, %s: %s", backends.names[i], edge->name, result);
        }
    }
    vector_bytes_free(changed.signature);
}

/* Calls @p change on a fresh copy of each accepted P-256 signature. */
static void for_each_der(void (*change)(const struct edge_case *edge,
                                        struct der der))
{
    size_t count = 0;
    for (size_t i = 0; i < edges->count; i++) {
        const struct edge_case *edge = &edges->cases[i];
        if (edge->is_p256 && edge->is_right) {
            change(edge, der_of(edge));
            count++;
        }
    }
    assert_true(count > 10);
}

static void truncate_der(const struct edge_case *edge, struct der der)
{
    expect(edge, &der, "ok");
    while (der.len_bytes > 0) {
        der.len_bytes--;
        expect(edge, &der, "refused");
    }
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    for_each_der(truncate_der);
}

static void replace_structure(const struct edge_case *edge, struct der der)
{
    const size_t offs[] = {0,         SEQUENCE_LEN_OFF, R_TAG_OFF,
                           R_LEN_OFF, s_tag_off(&der),  s_tag_off(&der) + 1};
    for (size_t i = 0; i < sizeof(offs) / sizeof(offs[0]); i++) {
        for (unsigned change = 1; change < 256; change++) {
            struct der changed = der;
            changed.bytes[offs[i]] ^= (uint8_t)change;
            expect(edge, &changed, "refused");
        }
    }
}

static void every_other_tag_and_length_byte_is_refused(void **state)
{
    (void)state;
    for_each_der(replace_structure);
}

static void append(const struct edge_case *edge, struct der der)
{
    static const uint8_t values[] = {0x00, 0x01, 0x02, 0x30, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < sizeof(values); i++) {
        struct der changed = der;
        insert(&changed, der.len_bytes, values[i]);
        expect(edge, &changed, "refused");
        changed.bytes[SEQUENCE_LEN_OFF]++; /* Now inside the SEQUENCE. */
        expect(edge, &changed, "refused");
        changed.bytes[s_tag_off(&changed) + 1]++; /* Now a part of s. */
        expect(edge, &changed, "refused");
    }
}

static void trailing_bytes_are_refused(void **state)
{
    (void)state;
    for_each_der(append);
}

static void use_long_forms(const struct edge_case *edge, struct der der)
{
    const size_t offs[] = {SEQUENCE_LEN_OFF, R_LEN_OFF, s_tag_off(&der) + 1};
    for (size_t i = 0; i < sizeof(offs) / sizeof(offs[0]); i++) {
        struct der changed = der;
        bool is_inside = offs[i] != SEQUENCE_LEN_OFF;
        insert(&changed, offs[i], LONG_FORM_1);
        adjust(&changed, SEQUENCE_LEN_OFF, is_inside ? 1 : 0);
        expect(edge, &changed, "refused");
        changed.bytes[offs[i]] = LONG_FORM_2;
        insert(&changed, offs[i] + 1, 0);
        adjust(&changed, SEQUENCE_LEN_OFF, is_inside ? 1 : 0);
        expect(edge, &changed, "refused");
    }
    struct der indefinite = der;
    indefinite.bytes[SEQUENCE_LEN_OFF] = INDEFINITE_LENGTH;
    insert(&indefinite, indefinite.len_bytes, 0);
    insert(&indefinite, indefinite.len_bytes, 0);
    expect(edge, &indefinite, "refused");
}

static void long_form_lengths_are_refused(void **state)
{
    (void)state;
    for_each_der(use_long_forms);
}

static void pad_integers(const struct edge_case *edge, struct der der)
{
    const size_t len_offs[] = {R_LEN_OFF, s_tag_off(&der) + 1};
    for (size_t i = 0; i < 2; i++) {
        struct der changed = der;
        for (unsigned zeros = 1; zeros <= 40; zeros++) {
            insert(&changed, len_offs[i] + 1, 0);
            changed.bytes[len_offs[i]]++;
            changed.bytes[SEQUENCE_LEN_OFF]++;
            expect(edge, &changed, "refused");
        }
    }
}

static void leading_zeros_are_refused(void **state)
{
    (void)state;
    for_each_der(pad_integers);
}

static unsigned sign_bytes_cut;

static void cut_sign_bytes(const struct edge_case *edge, struct der der)
{
    const size_t len_offs[] = {R_LEN_OFF, s_tag_off(&der) + 1};
    for (size_t i = 0; i < 2; i++) {
        struct der changed = der;
        if (der.bytes[len_offs[i] + 1] != 0) {
            continue;
        }
        cut(&changed, len_offs[i] + 1, 1);
        changed.bytes[len_offs[i]]--;
        changed.bytes[SEQUENCE_LEN_OFF]--;
        expect(edge, &changed, "refused");
        sign_bytes_cut++;
    }
}

static void missing_sign_bytes_are_refused(void **state)
{
    (void)state;
    for_each_der(cut_sign_bytes);
    assert_true(sign_bytes_cut > 10);
}

static void empty_integers(const struct edge_case *edge, struct der der)
{
    const size_t len_offs[] = {R_LEN_OFF, s_tag_off(&der) + 1};
    for (size_t i = 0; i < 2; i++) {
        struct der changed = der;
        uint8_t integer_bytes = der.bytes[len_offs[i]];
        cut(&changed, len_offs[i] + 1, integer_bytes);
        changed.bytes[len_offs[i]] = 0;
        adjust(&changed, SEQUENCE_LEN_OFF, -integer_bytes);
        expect(edge, &changed, "refused");
        cut(&changed, len_offs[i] - 1, 2); /* Now the integer is missing. */
        adjust(&changed, SEQUENCE_LEN_OFF, -2);
        expect(edge, &changed, "refused");
    }
}

static void empty_and_missing_integers_are_refused(void **state)
{
    (void)state;
    for_each_der(empty_integers);
}

static void short_forms_of_nothing_are_refused(void **state)
{
    (void)state;
    static const struct der nothings[] = {
        {{0},                                              0 },
        {{0x30},                                           1 },
        {{0x30, 0},                                        2 },
        {{0x30, 2, 0x02, 0},                               4 },
        {{0x30, 4, 0x02, 0, 0x02, 0},                      6 },
        {{0x30, 6, 0x02, 1, 0, 0x02, 1, 0},                8 },
        {{0x30, 6, 0x02, 1, 0x80, 0x02, 1, 0x80},          8 },
        {{0x30, 0x80, 0x02, 1, 1, 0x02, 1, 1, 0, 0},       10},
        {{0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02, 1, 1}, 9 },
        {{0x30, 6, 0x02, 0xff, 1, 0x02, 1, 1},             8 },
    };
    for (size_t i = 0; i < sizeof(nothings) / sizeof(nothings[0]); i++) {
        expect(&edges->cases[0], &nothings[i], "refused");
    }
}

/* The first accepted case of a scheme. */
static const struct edge_case *right_case(bool is_p256)
{
    for (size_t i = 0; i < edges->count; i++) {
        const struct edge_case *edge = &edges->cases[i];
        if (edge->is_p256 == is_p256 && edge->is_right) {
            return edge;
        }
    }
    fail_msg("no accepted case");
    return NULL;
}

/* In each byte another bit. */
static void flip_bits(const struct edge_case *edge, struct duo_bytes *of)
{
    struct duo_bytes before = *of;
    for (size_t i = 0; i < before.len_bytes; i++) {
        struct duo_bytes after = vector_copy(before);
        uint8_t *byte = (uint8_t *)(uintptr_t)after.data + i;
        *byte ^= (uint8_t)(1U << (i * 3U % 8U));
        *of = after;
        for (size_t j = 0; j < BACKEND_COUNT; j++) {
            assert_int_equal(edge_verify(backends.cryptos[j], edge),
                             DUO_ERR_REFUSED);
        }
        vector_bytes_free(after);
    }
    *of = before;
}

static void a_flipped_bit_in_any_byte_is_refused(void **state)
{
    (void)state;
    for (unsigned scheme = 0; scheme < 2; scheme++) {
        struct edge_case edge = *right_case(scheme == 0);
        flip_bits(&edge, &edge.pub);
        flip_bits(&edge, &edge.msg);
        flip_bits(&edge, &edge.signature);
    }
}

static void every_wrong_ed25519_length_is_refused(void **state)
{
    (void)state;
    const struct edge_case *edge = right_case(false);
    struct der der = der_of(edge);
    expect(edge, &der, "ok");
    for (size_t len_bytes = 0; len_bytes < DER_BYTES_MAX; len_bytes++) {
        der.len_bytes = len_bytes;
        if (len_bytes != DUO_ED25519_SIGNATURE_BYTES) {
            expect(edge, &der, "refused");
        }
    }
}

static void p256_only_instance_refuses_ed25519(void **state)
{
    (void)state;
    struct duo_crypto_small only;
    duo_crypto_small_p256_init(&only);
    assert_int_equal(edge_verify(&only.crypto, right_case(true)), DUO_OK);
    assert_int_equal(edge_verify(&only.crypto, right_case(false)),
                     DUO_ERR_REFUSED);
    duo_crypto_small_hash_init(&only);
    assert_int_equal(edge_verify(&only.crypto, right_case(true)),
                     DUO_ERR_REFUSED);
    assert_int_equal(edge_verify(&only.crypto, right_case(false)),
                     DUO_ERR_REFUSED);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_other_tag_and_length_byte_is_refused),
        cmocka_unit_test(trailing_bytes_are_refused),
        cmocka_unit_test(long_form_lengths_are_refused),
        cmocka_unit_test(leading_zeros_are_refused),
        cmocka_unit_test(missing_sign_bytes_are_refused),
        cmocka_unit_test(empty_and_missing_integers_are_refused),
        cmocka_unit_test(short_forms_of_nothing_are_refused),
        cmocka_unit_test(a_flipped_bit_in_any_byte_is_refused),
        cmocka_unit_test(every_wrong_ed25519_length_is_refused),
        cmocka_unit_test(p256_only_instance_refuses_ed25519),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: crypto_encoding_test FILE\n");
        return EXIT_FAILURE;
    }
    edges = edge_cases_load(argv[1]);
    backends_open(&backends);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    backends_close(&backends);
    edge_cases_free(edges);
    return failures;
}
