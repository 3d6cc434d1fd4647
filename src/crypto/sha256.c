/* SPDX-License-Identifier: MIT */
/* See sha256.h. Function names as in FIPS 180-4 section 4.1.2. */
#include "crypto/sha256.h"

#include <string.h>

#define BLOCK_BYTES 64U
#define ROUNDS      64U
/* The padding ends with the length in bits. */
#define LENGTH_OFF (BLOCK_BYTES - 8U)

/* The first 32 bits of the fractional parts of the cube roots of the first
 * 64 primes. */
static const uint32_t k[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* As above, of the square roots of the first eight primes. */
static const uint32_t initial[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t rotr(uint32_t x, unsigned n)
{
    return (x >> n) | (x << (32U - n));
}

static uint32_t load_be(const uint8_t src[4])
{
    return (uint32_t)src[0] << 24 | (uint32_t)src[1] << 16 |
           (uint32_t)src[2] << 8 | src[3];
}

static void store_be(uint8_t dst[4], uint32_t value)
{
    for (size_t i = 0; i < 4U; i++) {
        dst[i] = (uint8_t)(value >> (24U - 8U * i));
    }
}

/* Every image is hashed at each boot, so speed counts here: the eight working
 * variables live in registers, and the whole schedule in w, which costs stack
 * but no index arithmetic. */
static void compress(uint32_t state[8], const uint8_t block[BLOCK_BYTES])
{
    uint32_t w[ROUNDS];
    for (size_t t = 0; t < 16U; t++) {
        w[t] = load_be(block + 4U * t);
    }
    for (size_t t = 16; t < ROUNDS; t++) {
        uint32_t w15 = w[t - 15U];
        uint32_t w2 = w[t - 2U];
        uint32_t sigma0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >> 3);
        uint32_t sigma1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >> 10);
        w[t] = w[t - 16U] + sigma0 + w[t - 7U] + sigma1;
    }

    uint32_t a = state[0];
    uint32_t b = state[1];
    uint32_t c = state[2];
    uint32_t d = state[3];
    uint32_t e = state[4];
    uint32_t f = state[5];
    uint32_t g = state[6];
    uint32_t h = state[7];
    for (size_t t = 0; t < ROUNDS; t++) {
        uint32_t sum1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
        uint32_t sum0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
        uint32_t ch = g ^ (e & (f ^ g));
        uint32_t maj = (a & b) | (c & (a | b));
        uint32_t t1 = h + sum1 + ch + k[t] + w[t];
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + sum0 + maj;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

void duo_sha256_begin(struct duo_sha256 *sha256)
{
    memcpy(sha256->state, initial, sizeof(initial));
    sha256->len_bytes = 0;
}

void duo_sha256_update(struct duo_sha256 *sha256, struct duo_bytes data)
{
    const uint8_t *next = data.data;
    size_t left_bytes = data.len_bytes;
    size_t used_bytes = (size_t)(sha256->len_bytes % BLOCK_BYTES);
    sha256->len_bytes += left_bytes;
    while (left_bytes > 0) {
        size_t part_bytes = BLOCK_BYTES - used_bytes;
        if (part_bytes > left_bytes) {
            part_bytes = left_bytes;
        }
        if (part_bytes == BLOCK_BYTES) {
            compress(sha256->state, next); /* No need to copy a whole block. */
        } else {
            memcpy(sha256->block + used_bytes, next, part_bytes);
            if (used_bytes + part_bytes == BLOCK_BYTES) {
                compress(sha256->state, sha256->block);
            }
        }
        next += part_bytes;
        left_bytes -= part_bytes;
        used_bytes = (used_bytes + part_bytes) % BLOCK_BYTES;
    }
}

void duo_sha256_finish(struct duo_sha256 *sha256,
                       uint8_t digest[DUO_SHA256_BYTES])
{
    size_t used_bytes = (size_t)(sha256->len_bytes % BLOCK_BYTES);
    sha256->block[used_bytes] = 0x80; /* There is room: a full block is gone. */
    used_bytes++;
    if (used_bytes > LENGTH_OFF) {
        memset(sha256->block + used_bytes, 0, BLOCK_BYTES - used_bytes);
        compress(sha256->state, sha256->block);
        used_bytes = 0;
    }
    memset(sha256->block + used_bytes, 0, BLOCK_BYTES - used_bytes);
    uint64_t len_bits = sha256->len_bytes * 8U;
    store_be(sha256->block + LENGTH_OFF, (uint32_t)(len_bits >> 32));
    store_be(sha256->block + LENGTH_OFF + 4U, (uint32_t)len_bits);
    compress(sha256->state, sha256->block);
    for (size_t i = 0; i < 8U; i++) {
        store_be(digest + 4U * i, sha256->state[i]);
    }
}
