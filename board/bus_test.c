/* SPDX-License-Identifier: MIT */
/* The bus: registers that all peripherals share, and tables of the rest, shown
 * with a peripheral that is only a table. */
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

static struct fake *fake_of(const struct vb_periph *periph)
{
    return periph->state;
}

/* Task 3 raises event 3: for chains. */
static void task(struct vb_periph *periph, unsigned number)
{
    fake_of(periph)->runs[number]++;
    if (number == 3U) {
        vb_event(periph, 3);
    }
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    struct fake *fake = fake_of(periph);

    fake->writes++;
    fake->off = off;
    fake->value = value;
    fake->old = old;
}

/* A read of 0x510 counts it up, unless a debugger looks. */
static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    if (off == 0x510U && !debug) {
        *vb_word(periph, off) = value + 1U;
    }
    return value;
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    fake_of(periph)->kind = kind;
}

static bool retained(uint32_t off, enum vb_reset kind)
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

static void scene_init(struct scene *scene)
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

static void scene_end(struct scene *scene)
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

static uint32_t get(struct vb_periph *periph, uint32_t off)
{
    return vb_bus_read(periph, off, 4, false);
}

static void set(struct vb_periph *periph, uint32_t off, uint32_t value)
{
    vb_bus_write(periph, off, 4, value);
}

static void assert_clean(struct scene *scene)
{
    assert_false(scene->board.vb->stops);
}

static bool irq_is_pending(struct scene *scene)
{
    uint32_t ispr = 0;

    assert_true(vb_cpu_peek_ppb(scene->board.vb->cpu[DUO_CORE_APP],
                                0xE000E200U + FAKE_IRQ / 32 * 4, &ispr));
    return (ispr >> FAKE_IRQ % 32 & 1U) != 0;
}

static void tasks_run_when_1_is_written(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x004, 0);
    assert_int_equal(fake_of(scene.first)->runs[1], 0);
    set(scene.first, 0x004, 1);
    set(scene.first, 0x03C, 1);
    assert_int_equal(fake_of(scene.first)->runs[1], 1);
    assert_int_equal(fake_of(scene.first)->runs[15], 1);
    assert_int_equal(get(scene.first, 0x004), 0);
    assert_clean(&scene);
    scene_end(&scene);
}

static void events_make_the_interrupt_line_high(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    vb_event(scene.first, 2);
    assert_int_equal(get(scene.first, 0x108), 1);
    assert_false(irq_is_pending(&scene));
    set(scene.first, 0x304, 0xFF);
    assert_int_equal(get(scene.first, 0x300), 0x0F);
    assert_int_equal(get(scene.first, 0x308), 0x0F);
    assert_int_equal(get(scene.first, 0x30C), 0x04);
    assert_true(irq_is_pending(&scene));
    set(scene.first, 0x308, 0x03);
    assert_int_equal(get(scene.first, 0x304), 0x0C);
    set(scene.first, 0x108, 0);
    assert_int_equal(get(scene.first, 0x30C), 0);
    assert_int_equal(*vb_word(scene.first, 0x108), 0);
    vb_event(scene.first, 1);
    assert_int_equal(get(scene.first, 0x30C), 0);
    set(scene.first, 0x300, 0x02);
    assert_int_equal(get(scene.first, 0x30C), 0x02);
    assert_clean(&scene);
    scene_end(&scene);
}

static void shorts_run_the_tasks_that_are_enabled(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x200, 0xFFFFFFFF);
    assert_int_equal(get(scene.first, 0x200), 0x24);
    set(scene.first, 0x200, 0x20);
    vb_event(scene.first, 1);
    vb_event(scene.first, 2);
    assert_int_equal(fake_of(scene.first)->runs[0], 0);
    assert_int_equal(fake_of(scene.first)->runs[2], 1);
    assert_clean(&scene);
    scene_end(&scene);
}

static void published_events_run_subscribed_tasks(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x184, 0x80000005);  /* Event 1 on channel 5. */
    set(scene.second, 0x08C, 0x80000005); /* Task 3, which raises event 3, */
    set(scene.second, 0x18C, 0x80000006); /* published on channel 6, */
    set(scene.first, 0x0BC, 0x80000006);  /* runs task 15 of the first. */
    vb_event(scene.first, 1);
    assert_int_equal(fake_of(scene.second)->runs[3], 0);
    *vb_word(scene.dppic, 0x500) = 0x60;
    vb_event(scene.first, 1);
    assert_int_equal(fake_of(scene.second)->runs[3], 1);
    assert_int_equal(get(scene.second, 0x10C), 1);
    assert_int_equal(fake_of(scene.first)->runs[15], 1);
    set(scene.second, 0x08C, 0x00000005); /* Not enabled any more. */
    vb_event(scene.first, 1);
    assert_int_equal(fake_of(scene.second)->runs[3], 1);
    assert_clean(&scene);
    scene_end(&scene);
}

static void an_endless_chain_ends_the_run(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    *vb_word(scene.dppic, 0x500) = 1U << 7;
    set(scene.first, 0x08C, 0x80000007);
    set(scene.first, 0x18C, 0x80000007);
    vb_event(scene.first, 3);
    assert_true(scene.board.vb->stops);
    assert_int_equal(scene.board.vb->stop.kind, DUO_VB_STOP_UNMODELLED);
    assert_non_null(strstr(scene.board.vb->stop.text, "channel 7"));
    scene_end(&scene);
}

static void registers_obey_their_table(void **state)
{
    struct scene scene;
    struct fake *fake;

    (void)state;
    scene_init(&scene);
    fake = fake_of(scene.first);
    assert_int_equal(get(scene.first, 0x500), 0x12);
    set(scene.first, 0x500, 0xABCD1234);
    assert_int_equal(get(scene.first, 0x500), 0x1234);
    assert_int_equal(fake->off, 0x500);
    assert_int_equal(fake->value, 0x1234);
    assert_int_equal(fake->old, 0x12);
    set(scene.first, 0x504, 0xFF);
    assert_int_equal(get(scene.first, 0x504), 0x34);
    assert_int_equal(fake->writes, 1);
    set(scene.first, 0x508, 0x77);
    assert_int_equal(fake->value, 0x77);
    assert_int_equal(get(scene.first, 0x508), 0);
    set(scene.first, 0x50C, 0x31);
    assert_int_equal(get(scene.first, 0x50C), 0xC0);
    assert_int_equal(fake->value, 0x31);
    set(scene.first, 0x514, 0x11);
    set(scene.first, 0x514, 0x22);
    assert_int_equal(get(scene.first, 0x514), 0x11);
    set(scene.first, 0x620, 1);
    set(scene.first, 0x624, 2);
    assert_int_equal(get(scene.first, 0x620), 1);
    assert_int_equal(get(scene.first, 0x624), 2);
    assert_int_equal(get(scene.first, 0x610), 0);
    assert_clean(&scene);
    scene_end(&scene);
}

static void parts_of_registers_can_be_accessed(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x600, 0x11223344);
    assert_int_equal(vb_bus_read(scene.first, 0x601, 1, false), 0x33);
    assert_int_equal(vb_bus_read(scene.first, 0x602, 2, false), 0x1122);
    vb_bus_write(scene.first, 0x602, 1, 0x99);
    assert_int_equal(get(scene.first, 0x600), 0x11993344);
    vb_bus_write(scene.first, 0x600, 2, 0xAABB);
    assert_int_equal(get(scene.first, 0x600), 0x1199AABB);
    vb_bus_write(scene.first, 0x000, 1, 1);
    assert_int_equal(fake_of(scene.first)->runs[0], 1);
    assert_clean(&scene);
    scene_end(&scene);
}

static void debuggers_read_without_effects(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    assert_int_equal(get(scene.first, 0x510), 0);
    assert_int_equal(get(scene.first, 0x510), 1);
    assert_int_equal(vb_bus_read(scene.first, 0x510, 4, true), 2);
    assert_int_equal(vb_bus_read(scene.first, 0x510, 4, true), 2);
    assert_int_equal(vb_bus_read(scene.first, 0xFFC, 4, true), 0);
    assert_clean(&scene);
    scene_end(&scene);
}

static void resets_keep_what_is_retained(void **state)
{
    struct scene scene;

    (void)state;
    scene_init(&scene);
    set(scene.first, 0x500, 0x55);
    set(scene.first, 0x600, 0x66);
    set(scene.first, 0x514, 0x11);
    set(scene.first, 0x304, 0x0F);
    vb_event(scene.first, 0);
    vb_periph_reset(scene.first, VB_RESET_SOFT);
    assert_int_equal(fake_of(scene.first)->kind, VB_RESET_SOFT);
    assert_int_equal(get(scene.first, 0x500), 0x55);
    assert_int_equal(get(scene.first, 0x600), 0);
    assert_int_equal(get(scene.first, 0x300), 0);
    assert_int_equal(get(scene.first, 0x100), 0);
    set(scene.first, 0x514, 0x22); /* Open again. */
    assert_int_equal(get(scene.first, 0x514), 0x22);
    vb_periph_reset(scene.first, VB_RESET_FORCEOFF);
    assert_int_equal(get(scene.first, 0x500), 0x12);
    set(scene.first, 0x500, 0x55);
    vb_periph_reset(scene.first, VB_RESET_POWER);
    assert_int_equal(get(scene.first, 0x500), 0x12);
    assert_clean(&scene);
    scene_end(&scene);
}

/* Each of these ends a run, with the address. */
static void what_is_not_there_stops_the_run(void **state)
{
    static const uint32_t offs[] = {0x010, 0x090, 0x110, 0x190, 0x204,
                                    0x310, 0x400, 0x608, 0x640, 0xFFC};

    (void)state;
    for (size_t row = 0; row < sizeof(offs) / sizeof(offs[0]); row++) {
        for (unsigned is_write = 0; is_write < 2; is_write++) {
            struct scene scene;

            scene_init(&scene);
            if (is_write != 0) {
                set(scene.first, offs[row], 1);
            } else {
                assert_int_equal(get(scene.first, offs[row]), 0);
            }
            assert_int_equal(program_run(&scene.board, 1),
                             DUO_VB_STOP_UNMODELLED);
            assert_int_equal(scene.board.stop.addr, FAKE_ADDR + offs[row]);
            assert_int_equal(scene.board.stop.core, DUO_CORE_APP);
            scene_end(&scene);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_run_when_1_is_written),
        cmocka_unit_test(events_make_the_interrupt_line_high),
        cmocka_unit_test(shorts_run_the_tasks_that_are_enabled),
        cmocka_unit_test(published_events_run_subscribed_tasks),
        cmocka_unit_test(an_endless_chain_ends_the_run),
        cmocka_unit_test(registers_obey_their_table),
        cmocka_unit_test(parts_of_registers_can_be_accessed),
        cmocka_unit_test(debuggers_read_without_effects),
        cmocka_unit_test(resets_keep_what_is_retained),
        cmocka_unit_test(what_is_not_there_stops_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
