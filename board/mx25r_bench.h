/* SPDX-License-Identifier: MIT */
/* A chip alone for its tests, spoken to in frames. Included by one test file
 * each, so everything is static inline. */
#ifndef DUO_VB_MX25R_BENCH_H
#define DUO_VB_MX25R_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mx25r.h"

#define EXT_BYTES 0x800000U
#define US        1000U
#define MS        1000000U

struct bench {
    struct duo_sim_world world;
    struct duo_sim_flash *flash;
    struct mx25r chip;
    unsigned violations;
};

static inline void count_violation(struct duo_sim_world *world,
                                   const char *text)
{
    struct bench *bench = world->on_violation_ctx;

    (void)text;
    bench->violations++;
}

static inline void bench_init(struct bench *bench)
{
    memset(bench, 0, sizeof(*bench));
    duo_sim_world_init(&bench->world);
    bench->world.on_violation = count_violation;
    bench->world.on_violation_ctx = bench;
    bench->flash =
        duo_sim_flash_create(&bench->world, DUO_SIM_FLASH_EXT, EXT_BYTES, 0);
    mx25r_power_up(&bench->chip);
}

static inline void bench_end(struct bench *bench)
{
    assert_int_equal(bench->violations, 0);
    duo_sim_flash_destroy(bench->flash);
}

static inline void wait_ns(struct bench *bench, uint64_t ns)
{
    bench->world.core_ns[DUO_CORE_APP] += ns;
    mx25r_settle(&bench->chip, bench->flash);
}

struct exchange {
    const char *out; /* With the opcode; the rest of len_bytes is zeros. */
    size_t out_bytes;
    uint8_t *in; /* What came back after the opcode; may be NULL. */
    size_t len_bytes;
    struct mx25r_wire wire;
};

static inline void run(struct bench *bench, const struct exchange *exchange)
{
    mx25r_select(&bench->chip, bench->flash, &exchange->wire);
    for (size_t at = 0; at < exchange->len_bytes; at++) {
        uint8_t out = at < exchange->out_bytes ? (uint8_t)exchange->out[at] : 0;
        uint8_t in = mx25r_byte(&bench->chip, bench->flash, out);
        if (at > 0 && exchange->in != NULL) {
            exchange->in[at - 1U] = in;
        }
    }
    mx25r_deselect(&bench->chip, bench->flash, 0);
}

/* A frame on single lines at 8 MHz; what came back after the opcode. */
static inline void single(struct bench *bench, const char *out,
                          size_t out_bytes, uint8_t *in, size_t in_bytes)
{
    struct exchange exchange = {
        out,
        out_bytes,
        in,
        in_bytes + 1U > out_bytes ? in_bytes + 1U : out_bytes,
        {8000000U, 1, 1}
    };

    run(bench, &exchange);
}

#define SEND(bench, bytes) single(bench, bytes, sizeof(bytes) - 1U, NULL, 0)

static inline uint8_t register_of(struct bench *bench, uint8_t opcode)
{
    uint8_t in = 0;
    char out = (char)opcode;

    single(bench, &out, 1, &in, 1);
    return in;
}

static inline uint8_t read_byte(struct bench *bench, uint32_t addr)
{
    char out[] = {0x03, (char)(addr >> 16), (char)(addr >> 8), (char)addr};
    uint8_t in[4];

    single(bench, out, sizeof(out), in, sizeof(in));
    return in[3];
}

static inline void fill(struct bench *bench, uint32_t off_bytes, uint8_t value)
{
    uint8_t page[256];

    memset(page, value, sizeof(page));
    duo_sim_poke(bench->flash, off_bytes, (struct duo_bytes){page, 256});
}

static inline void set_status(struct bench *bench, uint8_t value)
{
    char out[] = {0x01, (char)value};

    SEND(bench, "\x06");
    single(bench, out, sizeof(out), NULL, 0);
    wait_ns(bench, 10U * MS);
    assert_int_equal(register_of(bench, 0x05), value);
}

#endif
