/* SPDX-License-Identifier: MIT */
/* OSCILLATORS and REGULATORS: one page. What start-up code writes is kept;
 * System OFF puts both cores to sleep until a pin or a reset wakes them. */
#include "links.h"

enum reg {
    SYSTEMOFF = 0x500,
};

#define REAS_OFF (1U << 5)

struct regulators {
    struct vb_timer timer; /* Enters System OFF after the write's block. */
    bool is_off;
};

static struct regulators *regulators_of(const struct vb_periph *periph)
{
    return periph->state;
}

/* Whatever could still act loses its clock; pins keep their settings. */
static void stop_peripherals(struct vb_periph *self)
{
    struct duo_vb *vb = self->vb;

    for (unsigned i = 0; i < vb_soc_app_count; i++) {
        const struct vb_place *place = &vb_soc_app[i];
        struct vb_periph *periph =
            vb_find(vb, DUO_CORE_APP, place->type, place->instance);
        if (periph != NULL && periph != self && place->type != &vb_type_gpio) {
            vb_periph_reset(periph, VB_RESET_WDT);
        }
    }
}

static void enter_off(void *ctx)
{
    struct vb_periph *periph = ctx;

    vb_note(periph->vb, "app: System OFF");
    regulators_of(periph)->is_off = true;
    vb_cpu_hold(vb_cpu(periph->vb, DUO_CORE_APP));
    vb_net_forceoff(periph->vb, true);
    stop_peripherals(periph);
}

/* see links.h */
void vb_regulators_wake(struct duo_vb *vb)
{
    struct vb_periph *periph =
        vb_find(vb, DUO_CORE_APP, &vb_type_regulators, 0);

    if (periph != NULL && regulators_of(periph)->is_off) {
        vb_reset_request(vb, DUO_CORE_APP, VB_RESET_SOFT, REAS_OFF);
    }
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    (void)old;
    if (off == SYSTEMOFF && (value & 1U) != 0) {
        vb_timer_set(periph->vb, &regulators_of(periph)->timer,
                     vb_now(periph->vb));
    }
}

static void init(struct vb_periph *periph)
{
    vb_timer_init(periph->vb, &regulators_of(periph)->timer, enter_off, periph);
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    (void)kind;
    vb_timer_clear(periph->vb, &regulators_of(periph)->timer);
    regulators_of(periph)->is_off = false;
}

#define UNDOCUMENTED "(undocumented)"

static const struct vb_reg regs[] = {
    {"MAINREGSTATUS",     0x428,     1, 4, VB_R,  0, 1         },
    {"SYSTEMOFF",         SYSTEMOFF, 1, 4, VB_W,  0, 1         },
    {"POFCON",            0x510,     1, 4, VB_RW, 0, 0xF1F     },
    {"XOSC32MCAPS",       0x5C4,     1, 4, VB_RW, 0, 0x11F     },
    {"XOSC32KI.BYPASS",   0x6C0,     1, 4, VB_RW, 0, 1         },
    {"XOSC32KI.INTCAP",   0x6D0,     1, 4, VB_RW, 0, 3         },
    {"VREGMAIN.DCDCEN",   0x704,     1, 4, VB_RW, 0, 1         },
    {UNDOCUMENTED,        0x70C,     1, 4, VB_RW, 0, 0xFFFFFFFF},
    {UNDOCUMENTED,        0x73C,     1, 4, VB_RW, 0, 0xFFFFFFFF},
    {"VREGRADIO.DCDCEN",  0x904,     1, 4, VB_RW, 0, 1         },
    {UNDOCUMENTED,        0x91C,     1, 4, VB_RW, 0, 0xFFFFFFFF},
    {UNDOCUMENTED,        0x93C,     1, 4, VB_RW, 0, 0xFFFFFFFF},
    {UNDOCUMENTED,        0xA20,     1, 4, VB_RW, 0, 0xFFFFFFFF},
    {"VREGH.DCDCEN",      0xB00,     1, 4, VB_RW, 0, 1         },
    {"VREGH.EXTSILENTEN", 0xB40,     1, 4, VB_RW, 1, 1         },
    {NULL,                0,         0, 0, VB_R,  0, 0         },
};

const struct vb_type vb_type_regulators = {
    .name = "OSCILLATORS/REGULATORS",
    .modelled = "System OFF with wake-up by a pin or a reset; the registers "
                "and undocumented words that start-up code writes",
    .simplified = "settings of regulators and oscillators are stored only; "
                  "System OFF keeps the RAM",
    .not_modelled = "the power-fail comparator; wake-up by LPCOMP, NFC, VBUS",
    .regs = regs,
    .state_bytes = sizeof(struct regulators),
    .init = init,
    .reset = reset,
    .wrote = wrote,
};
