/* SPDX-License-Identifier: MIT */
/* GPIOTE: eight channels that make events of a pin's edges or set a pin by
 * tasks, and the PORT event. The application core has two of them. */
#include "links.h"

#define CHANNEL_COUNT 8U

/* The tasks of channel n are the first of each kind plus n. */
enum task {
    TASK_OUT0 = 0,
    TASK_SET0 = 12,
    TASK_CLR0 = 24,
};

enum event {
    EVENT_IN0 = 0,
    EVENT_PORT = 31,
};

#define CONFIG           0x510U
#define MODE(config)     ((config)&3U)
#define MODE_EVENT       1U
#define MODE_TASK        3U
#define PIN(config)      ((config) >> 8 & 0x3FU) /* PORT and PSEL together. */
#define POLARITY(config) ((config) >> 16 & 3U)
#define POLARITY_RISES   1U
#define POLARITY_FALLS   2U
#define POLARITY_TOGGLE  3U
#define OUTINIT          (1U << 20)

static uint32_t config_of(struct vb_periph *periph, unsigned channel)
{
    return *vb_word(periph, CONFIG + 4U * channel);
}

static void set_pin(struct vb_periph *periph, unsigned pin_index, bool level)
{
    vb_gpio_set(periph->vb, periph->core, pin_index, level);
}

static void run_task(struct vb_periph *periph, unsigned task)
{
    unsigned channel = task % 12U;
    uint32_t config = config_of(periph, channel);
    unsigned pin_index = PIN(config);
    bool has_effect = task >= TASK_SET0 || POLARITY(config) != 0;
    bool level = task < TASK_CLR0;

    if (task < TASK_SET0) { /* OUT does as the polarity says. */
        level = POLARITY(config) == POLARITY_RISES ||
                (POLARITY(config) == POLARITY_TOGGLE &&
                 !vb_gpio_get(periph->vb, periph->core, pin_index));
    }
    if (has_effect && MODE(config) == MODE_TASK) {
        set_pin(periph, pin_index, level);
    }
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    (void)value;
    if (off < CONFIG) {
        return; /* LATENCY */
    }
    value = *vb_word(periph, off);
    if (MODE(old) == MODE_TASK &&
        (MODE(value) != MODE_TASK || PIN(value) != PIN(old))) {
        vb_gpio_take(periph->vb, periph->core, PIN(old), false);
    }
    if (MODE(value) == MODE_TASK &&
        (MODE(old) != MODE_TASK || PIN(value) != PIN(old))) {
        set_pin(periph, PIN(value), (value & OUTINIT) != 0);
        vb_gpio_take(periph->vb, periph->core, PIN(value), true);
    }
}

static void edge(struct vb_periph *periph, unsigned pin_index, bool level)
{
    for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
        uint32_t config = config_of(periph, i);
        if (MODE(config) == MODE_EVENT && PIN(config) == pin_index &&
            (POLARITY(config) & (level ? POLARITY_RISES : POLARITY_FALLS)) !=
                0) {
            vb_event(periph, EVENT_IN0 + i);
        }
    }
}

/* see links.h */
void vb_gpiote_edge(struct duo_vb *vb, enum duo_core core, unsigned pin_index,
                    bool level)
{
    for (unsigned i = 0;; i++) {
        struct vb_periph *periph = vb_find(vb, core, &vb_type_gpiote, i);
        if (periph == NULL) {
            return;
        }
        edge(periph, pin_index, level);
    }
}

/* see links.h */
void vb_gpiote_detect(struct duo_vb *vb, enum duo_core core)
{
    for (unsigned i = 0;; i++) {
        struct vb_periph *periph = vb_find(vb, core, &vb_type_gpiote, i);
        if (periph == NULL) {
            return;
        }
        vb_event(periph, EVENT_PORT);
    }
}

static const struct vb_reg regs[] = {
    {"LATENCY",   0x504,  1,             4, VB_RW, 1, 1       },
    {"CONFIG[n]", CONFIG, CHANNEL_COUNT, 4, VB_RW, 0, 0x133F03},
    {NULL,        0,      0,             0, VB_R,  0, 0       },
};

const struct vb_type vb_type_gpiote = {
    .name = "GPIOTE",
    .modelled = "IN events, OUT, SET and CLR tasks, the PORT event",
    .simplified = "both instances of the application core see all of its "
                  "pins, secure or not; no latency",
    .not_modelled = "",
    .task_mask = {0xFF0FF0FFU},
    .event_mask = {0x800000FFU},
    .regs = regs,
    .wrote = wrote,
    .task = run_task,
};
