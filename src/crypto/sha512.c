/* SPDX-License-Identifier: MIT */
/* See sha512.h. Function names as in FIPS 180-4 section 4.1.3. */
#include "crypto/sha512.h"

#include <string.h>

#define BLOCK_BYTES 128U
#define ROUNDS      80U
/* The padding ends with the length in bits, of which the upper 64 of
 * 128 bits are 0 for any length that exists. */
#define LENGTH_OFF      (BLOCK_BYTES - 8U)
#define PADDING_OFF_MAX (BLOCK_BYTES - 16U)

/* The first 64 bits of the fractional parts of the cube roots of the first
 * 80 primes. */
static const uint64_t k[ROUNDS] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f,
    0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
    0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242,
    0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
    0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275,
    0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f,
    0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc,
    0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6,
    0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
    0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99,
    0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
    0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc,
    0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915,
    0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
    0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba,
    0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
    0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/* As above, of the square roots of the first eight primes. */
static const uint64_t initial[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static uint64_t rotr(uint64_t x, unsigned n)
{
    return (x >> n) | (x << (64U - n));
}

static uint64_t load_be(const uint8_t src[8])
{
    uint64_t value = 0;
    for (size_t i = 0; i < 8U; i++) {
        value = value << 8 | src[i];
    }
    return value;
}

static void store_be(uint8_t dst[8], uint64_t value)
{
    for (size_t i = 0; i < 8U; i++) {
        dst[i] = (uint8_t)(value >> (56U - 8U * i));
    }
}

/* The message schedule: w[t] for t >= 16 from the sixteen before, of which w
 * keeps the last sixteen; a round's w[t] stands in w[t mod 16]. */
static void extend(uint64_t w[16], size_t t)
{
    uint64_t w15 = w[(t + 1U) % 16U];
    uint64_t w2 = w[(t + 14U) % 16U];
    uint64_t sigma0 = rotr(w15, 1) ^ rotr(w15, 8) ^ (w15 >> 7);
    uint64_t sigma1 = rotr(w2, 19) ^ rotr(w2, 61) ^ (w2 >> 6);
    w[t % 16U] += sigma0 + w[(t + 9U) % 16U] + sigma1;
}

/* s is a..h of the standard, and moves by one place. */
static void round_step(uint64_t s[8], uint64_t input)
{
    uint64_t a = s[0];
    uint64_t e = s[4];
    uint64_t sum1 = rotr(e, 14) ^ rotr(e, 18) ^ rotr(e, 41);
    uint64_t ch = s[6] ^ (e & (s[5] ^ s[6]));
    uint64_t t1 = s[7] + sum1 + ch + input;
    uint64_t sum0 = rotr(a, 28) ^ rotr(a, 34) ^ rotr(a, 39);
    uint64_t maj = (a & s[1]) | (s[2] & (a | s[1]));
    for (size_t i = 7; i > 0; i--) {
        s[i] = s[i - 1U];
    }
    s[4] += t1;
    s[0] = t1 + sum0 + maj;
}

static void compress(uint64_t state[8], const uint8_t block[BLOCK_BYTES])
{
    uint64_t w[16];
    uint64_t s[8];
    memcpy(s, state, sizeof(s));
    for (size_t t = 0; t < 16U; t++) {
        w[t] = load_be(block + 8U * t);
    }
    for (size_t t = 0; t < ROUNDS; t++) {
        if (t >= 16U) {
            extend(w, t);
        }
        round_step(s, k[t] + w[t % 16U]);
    }
    for (size_t i = 0; i < 8U; i++) {
        state[i] += s[i];
    }
}

void duo_sha512_begin(struct duo_sha512 *sha512)
{
    memcpy(sha512->state, initial, sizeof(initial));
    sha512->len_bytes = 0;
}

void duo_sha512_update(struct duo_sha512 *sha512, struct duo_bytes data)
{
    const uint8_t *next = data.data;
    size_t left_bytes = data.len_bytes;
    size_t used_bytes = (size_t)(sha512->len_bytes % BLOCK_BYTES);
    sha512->len_bytes += left_bytes;
    while (left_bytes > 0) {
        size_t part_bytes = BLOCK_BYTES - used_bytes;
        if (part_bytes > left_bytes) {
            part_bytes = left_bytes;
        }
        memcpy(sha512->block + used_bytes, next, part_bytes);
        next += part_bytes;
        left_bytes -= part_bytes;
        used_bytes += part_bytes;
        if (used_bytes == BLOCK_BYTES) {
            compress(sha512->state, sha512->block);
            used_bytes = 0;
        }
    }
}

void duo_sha512_finish(struct duo_sha512 *sha512,
                       uint8_t digest[DUO_SHA512_BYTES])
{
    size_t used_bytes = (size_t)(sha512->len_bytes % BLOCK_BYTES);
    sha512->block[used_bytes] = 0x80; /* There is room: a full block is gone. */
    used_bytes++;
    if (used_bytes > PADDING_OFF_MAX) {
        memset(sha512->block + used_bytes, 0, BLOCK_BYTES - used_bytes);
        compress(sha512->state, sha512->block);
        used_bytes = 0;
    }
    memset(sha512->block + used_bytes, 0, BLOCK_BYTES - used_bytes);
    store_be(sha512->block + LENGTH_OFF, sha512->len_bytes * 8U);
    compress(sha512->state, sha512->block);
    for (size_t i = 0; i < 8U; i++) {
        store_be(digest + 8U * i, sha512->state[i]);
    }
}

void duo_sha512_joined(uint8_t digest[DUO_SHA512_BYTES],
                       const struct duo_bytes *parts, size_t count)
{
    struct duo_sha512 sha512;
    duo_sha512_begin(&sha512);
    for (size_t i = 0; i < count; i++) {
        duo_sha512_update(&sha512, parts[i]);
    }
    duo_sha512_finish(&sha512, digest);
}
