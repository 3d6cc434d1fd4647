/* SPDX-License-Identifier: MIT */
/* A peripheral that is only a table, on a board that has nothing else: for the
 * tests of the bus. Included by one test file each. */
#ifndef DUO_VB_BUS_FAKE_H
#define DUO_VB_BUS_FAKE_H

#include "program.h"
#include "vb_cpu.h"

#define FAKE_ADDR 0x40003000U
#define FAKE_IRQ  40
#define TASKS     16U

struct fake {
    unsigned runs[TASKS];
    unsigned writes;
    uint32_t off;
    uint32_t value;
    uint32_t old;
    enum vb_reset kind;
};

static inline struct fake *fake_of(const struct vb_periph *periph)
{
    return periph->state;
}

/* Task 3 raises event 3: for chains. */
static inline void task(struct vb_periph *periph, unsigned number)
{
    fake_of(periph)->runs[number]++;
    if (number == 3U) {
        vb_event(periph, 3);
    }
}

static inline void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                         uint32_t old)
{
    struct fake *fake = fake_of(periph);

    fake->writes++;
    fake->off = off;
    fake->value = value;
    fake->old = old;
}

/* A read of 0x510 counts it up, unless a debugger looks. */
static inline uint32_t reading(struct vb_periph *periph, uint32_t off,
                               uint32_t value, bool debug)
{
    if (off == 0x510U && !debug) {
        *vb_word(periph, off) = value + 1U;
    }
    return value;
}

static inline void reset(struct vb_periph *periph, enum vb_reset kind)
{
    fake_of(periph)->kind = kind;
}

static inline bool retained(uint32_t off, enum vb_reset kind)
{
    return off == 0x500U && kind != VB_RESET_FORCEOFF;
}

static const struct vb_reg regs[] = {
    {"RW",     0x500, 1, 4,  VB_RW,  0x12, 0xFFFF    },
    {"R",      0x504, 1, 4,  VB_R,   0x34, 0xFFFFFFFF},
    {"W",      0x508, 1, 4,  VB_W,   0,    0xFFFFFFFF},
    {"W1C",    0x50C, 1, 4,  VB_W1C, 0xF0, 0xFFFFFFFF},
    {"COUNT",  0x510, 1, 4,  VB_R,   0,    0xFFFFFFFF},
    {"RW1",    0x514, 1, 4,  VB_RW1, 0,    0xFFFFFFFF},
    {"A[n].X", 0x600, 3, 16, VB_RW,  0,    0xFFFFFFFF},
    {"A[n].Y", 0x604, 3, 16, VB_RW,  0,    0xFFFFFFFF},
    {NULL,     0,     0, 0,  VB_R,   0,    0         },
};
static const struct vb_short shorts[] = {
    {2, 1, 0},
    {5, 1, 2}
};

static const struct vb_type fake_type = {
    .name = "FAKE",
    .task_mask = {0x0000800F},
    .event_mask = { 0x0000000F,         0},
    .regs = regs,
    .shorts = shorts,
    .short_count = 2,
    .state_bytes = sizeof(struct fake),
    .reset = reset,
    .retained = retained,
    .task = task,
    .wrote = wrote,
    .reading = reading,
};
static const struct vb_place places[] = {
    {.type = &fake_type,
     .name = "FAKE0",
     .base_addr = FAKE_ADDR,
     .irq = FAKE_IRQ         },
    {.type = &fake_type,
     .name = "FAKE1",
     .base_addr = FAKE_ADDR + 0x1000U,
     .irq = -1,
     .instance = 1},
    {.type = &vb_type_dppic,
     .name = "DPPIC",
     .base_addr = 0x40017000U,
     .irq = -1},
};

/* A board whose application core has other peripherals. */
struct scene {
    struct program_board board;
    struct vb_slot *slots;
    unsigned slot_count;
    struct vb_periph *first;
    struct vb_periph *second;
    struct vb_periph *dppic;
};

static inline void scene_init(struct scene *scene)
{
    struct duo_vb *vb;

    program_board_init(&scene->board);
    vb = scene->board.vb;
    scene->slots = vb->slots[DUO_CORE_APP];
    scene->slot_count = vb->slot_count[DUO_CORE_APP];
    vb_bus_create(vb, DUO_CORE_APP, places, 3);
    vb_periphs_reset(vb, DUO_CORE_APP, VB_RESET_POWER);
    scene->first = vb_find(vb, DUO_CORE_APP, &fake_type, 0);
    scene->second = vb_find(vb, DUO_CORE_APP, &fake_type, 1);
    scene->dppic = vb_find(vb, DUO_CORE_APP, &vb_type_dppic, 0);
    assert_null(vb_find(vb, DUO_CORE_APP, &fake_type, 2));
}

static inline void scene_end(struct scene *scene)
{
    struct duo_vb *vb = scene->board.vb;

    for (unsigned index = 0; index < vb->slot_count[DUO_CORE_APP]; index++) {
        free(vb->slots[DUO_CORE_APP][index].periph.state);
    }
    free(vb->slots[DUO_CORE_APP]);
    vb->slots[DUO_CORE_APP] = scene->slots;
    vb->slot_count[DUO_CORE_APP] = scene->slot_count;
    program_board_end(&scene->board);
}

static inline uint32_t get(struct vb_periph *periph, uint32_t off)
{
    return vb_bus_read(periph, off, 4, false);
}

static inline void set(struct vb_periph *periph, uint32_t off, uint32_t value)
{
    vb_bus_write(periph, off, 4, value);
}

static inline void assert_clean(struct scene *scene)
{
    assert_false(scene->board.vb->stops);
}

#endif
