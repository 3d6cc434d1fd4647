/* SPDX-License-Identifier: MIT */
/* A whole virtual board for the tests of its peripherals. Both cores only
 * sleep; the test writes registers in their place and lets time pass. Included
 * by one test file each, so everything is static inline. */
#ifndef DUO_VB_BENCH_H
#define DUO_VB_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "soc.h"

/* What every peripheral has. */
#define BENCH_SUBSCRIBE 0x080U
#define BENCH_EVENTS    0x100U
#define BENCH_PUBLISH   0x180U
#define BENCH_SHORTS    0x200U
#define BENCH_INTENSET  0x304U
#define BENCH_INTENCLR  0x308U
#define BENCH_CHANNEL   0x80000000U /* SUBSCRIBE and PUBLISH: enabled. */

struct bench {
    struct duo_sim_world world;
    struct duo_sim_flash *app;
    struct duo_sim_flash *net;
    struct duo_sim_flash *ext;
    struct duo_vb *vb;
    struct vb_timer alarm; /* Ends a wait, also when nothing else happens. */
    unsigned note_count;
    char note[200]; /* The last one. */
};

static inline void bench_note(void *ctx, uint64_t time_ns, const char *text)
{
    struct bench *bench = ctx;

    (void)time_ns;
    bench->note_count++;
    (void)strncpy(bench->note, text, sizeof(bench->note) - 1U);
}

static inline void bench_alarm(void *ctx)
{
    (void)ctx;
}

/* Vectors, then "wfi; b back". */
static inline void bench_flash(struct duo_sim_flash *flash, uint32_t ram_addr,
                               uint32_t flash_addr)
{
    const uint32_t words[] = {ram_addr + 0x1000U, flash_addr + 0x41U};
    const uint16_t code[] = {0xBF30, 0xE7FD};
    uint8_t bytes[0x44] = {0};

    memcpy(bytes, words, sizeof(words));
    memcpy(bytes + 0x40, code, sizeof(code));
    duo_sim_poke(flash, 0, (struct duo_bytes){bytes, sizeof(bytes)});
}

/* @p on_uart gets the bench as its ctx; it may be NULL. */
static inline void
bench_init_with(struct bench *bench,
                void (*on_uart)(void *ctx, enum duo_vb_uart uart,
                                uint64_t time_ns, uint8_t byte))
{
    struct duo_vb_config config = {.seed = 7, .on_uart = on_uart, .ctx = bench};
    char message[200] = "";

    memset(bench, 0, sizeof(*bench));
    duo_sim_world_init(&bench->world);
    bench->app =
        duo_sim_flash_create(&bench->world, DUO_SIM_FLASH_APP, 0x100000, 0);
    bench->net = duo_sim_flash_create(&bench->world, DUO_SIM_FLASH_NET, 0x40000,
                                      0x01000000U);
    bench->ext =
        duo_sim_flash_create(&bench->world, DUO_SIM_FLASH_EXT, 0x800000, 0);
    bench_flash(bench->app, 0x20000000U, 0);
    bench_flash(bench->net, 0x21000000U, 0x01000000U);
    config.world = &bench->world;
    config.app = bench->app;
    config.net = bench->net;
    config.ext = bench->ext;
    config.on_note = bench_note;
    bench->vb = duo_vb_create(&config, message);
    assert_string_equal(message, "");
    assert_non_null(bench->vb);
    vb_timer_init(bench->vb, &bench->alarm, bench_alarm, bench);
    duo_vb_power_on(bench->vb, NULL);
}

static inline void bench_init(struct bench *bench)
{
    bench_init_with(bench, NULL);
}

static inline void bench_end(struct bench *bench)
{
    duo_vb_destroy(bench->vb);
    duo_sim_flash_destroy(bench->app);
    duo_sim_flash_destroy(bench->net);
    duo_sim_flash_destroy(bench->ext);
}

static inline struct vb_periph *bench_find(struct bench *bench,
                                           enum duo_core core,
                                           const struct vb_type *type,
                                           unsigned instance)
{
    struct vb_periph *periph = vb_find(bench->vb, core, type, instance);

    assert_non_null(periph);
    return periph;
}

static inline uint32_t bench_read(struct vb_periph *periph, uint32_t off)
{
    return vb_bus_read(periph, off, 4, false);
}

static inline void bench_write(struct vb_periph *periph, uint32_t off,
                               uint32_t value)
{
    vb_bus_write(periph, off, 4, value);
}

static inline void bench_task(struct vb_periph *periph, unsigned task)
{
    bench_write(periph, 4U * task, 1);
}

/* Has the event come? It is taken away. */
static inline bool bench_event(struct vb_periph *periph, unsigned event)
{
    bool came = bench_read(periph, BENCH_EVENTS + 4U * event) != 0;

    bench_write(periph, BENCH_EVENTS + 4U * event, 0);
    return came;
}

/* Let time pass up to a tick of the virtual clock. */
static inline void bench_until(struct bench *bench, uint64_t ticks)
{
    struct duo_vb_stop stop = {.kind = DUO_VB_STOP_TIME};
    uint64_t until_ns = vb_ticks_to_ns(ticks);

    vb_timer_set(bench->vb, &bench->alarm, ticks);
    while (duo_vb_now_ns(bench->vb) < until_ns) {
        duo_vb_run(bench->vb, until_ns, &stop);
        if (stop.kind != DUO_VB_STOP_TIME) {
            fail_msg("stopped: %s", stop.text);
        }
    }
    vb_timer_clear(bench->vb, &bench->alarm);
}

static inline void bench_wait_us(struct bench *bench, uint64_t time_us)
{
    bench_until(bench, vb_now(bench->vb) + time_us * VB_TICKS_PER_US);
}

/* Let the network core start, by its own register. */
static inline void bench_release_net(struct bench *bench)
{
    struct vb_periph *clock =
        bench_find(bench, DUO_CORE_APP, &vb_type_clock_app, 0);

    bench_write(clock, 0x614, 0);
    bench_wait_us(bench, 50);
    assert_int_not_equal(vb_cpu_state(vb_cpu(bench->vb, DUO_CORE_NET)),
                         VB_CPU_HELD);
}

#endif
