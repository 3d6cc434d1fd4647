/* SPDX-License-Identifier: MIT */
/* GPIO: both ports stand on one page, at 0x500 and 0x800. Each core has such a
 * page of its own; which of them drives a pin is said by MCUSEL in the
 * application core's PIN_CNF. Levels are settled here, for both cores. */
#include "links.h"

enum reg {
    OUT = 0x004,
    OUTSET = 0x008,
    OUTCLR = 0x00C,
    IN = 0x010,
    DIR = 0x014,
    DIRSET = 0x018,
    DIRCLR = 0x01C,
    LATCH = 0x020,
    DETECTMODE = 0x024,
    DETECTMODE_SEC = 0x028,
    PIN_CNF = 0x200,
};

#define PORT_BASE(port) ((port) == 0 ? 0x500U : 0x800U)
#define P1_MASK         0xFFFFU

#define CNF_DIR         1U
#define CNF_DISCONNECT  2U
#define CNF_PULL_MASK   0xCU
#define CNF_PULL_UP     0xCU
#define CNF_SENSE(cnf)  ((cnf) >> 16 & 3U)
#define CNF_SENSE_HIGH  2U
#define CNF_SENSE_LOW   3U
#define CNF_MCUSEL(cnf) ((cnf) >> 28)
#define CNF_MASK_APP    0x70030F0FU
#define CNF_MASK_NET    0x00030F0FU
#define MCUSEL_APP      0U
#define MCUSEL_NET      1U

struct gpio {
    uint64_t taken;       /* By GPIOTE, in task mode: bit = pin. */
    uint64_t taken_level; /* What it drives. */
    bool detect;          /* The page's DETECT signal. */
    /* The chip's; used in the application core's page only. */
    uint64_t driven; /* From outside. */
    uint64_t driven_level;
    uint64_t level; /* As everybody was told. */
};

static struct gpio *gpio_of(const struct vb_periph *periph)
{
    return periph->state;
}

/* Both cores' pages; looked up once for all pins. */
struct pages {
    struct vb_periph *app;
    struct vb_periph *net;
};

static struct vb_periph *page(struct duo_vb *vb, enum duo_core core)
{
    return vb_find(vb, core, &vb_type_gpio, 0);
}

static struct pages pages_of(struct duo_vb *vb)
{
    return (struct pages){page(vb, DUO_CORE_APP), page(vb, DUO_CORE_NET)};
}

static uint64_t bit_of(unsigned pin_index)
{
    return (uint64_t)1U << pin_index;
}

static uint32_t *port_word(struct vb_periph *periph, unsigned port,
                           enum reg reg)
{
    return vb_word(periph, PORT_BASE(port) + (uint32_t)reg);
}

static uint32_t *pin_cnf(struct vb_periph *periph, unsigned pin_index)
{
    return vb_word(periph, PORT_BASE(pin_index / 32U) + PIN_CNF +
                               4U * (pin_index % 32U));
}

/* The page whose settings the pin follows; NULL: a peripheral has it. */
static struct vb_periph *owner(const struct pages *pages, unsigned pin_index)
{
    switch (CNF_MCUSEL(*pin_cnf(pages->app, pin_index))) {
    case MCUSEL_APP: return pages->app;
    case MCUSEL_NET: return pages->net;
    default: return NULL;
    }
}

static bool is_output(struct vb_periph *periph, unsigned pin_index)
{
    return (gpio_of(periph)->taken & bit_of(pin_index)) != 0 ||
           (*pin_cnf(periph, pin_index) & CNF_DIR) != 0;
}

static bool out_level(struct vb_periph *periph, unsigned pin_index)
{
    const struct gpio *gpio = gpio_of(periph);

    if ((gpio->taken & bit_of(pin_index)) != 0) {
        return (gpio->taken_level & bit_of(pin_index)) != 0;
    }
    return (*port_word(periph, pin_index / 32U, OUT) >> pin_index % 32U & 1U) !=
           0;
}

/* An output wins over the outside, and the outside over a pull resistor. A
 * pin that nothing holds reads low. */
static bool settle(const struct pages *pages, unsigned pin_index)
{
    const struct gpio *chip = gpio_of(pages->app);
    struct vb_periph *periph = owner(pages, pin_index);

    if (periph != NULL && is_output(periph, pin_index)) {
        return out_level(periph, pin_index);
    }
    if ((chip->driven & bit_of(pin_index)) != 0) {
        return (chip->driven_level & bit_of(pin_index)) != 0;
    }
    return periph != NULL &&
           (*pin_cnf(periph, pin_index) & CNF_PULL_MASK) == CNF_PULL_UP;
}

/* The pins of a port that meet their SENSE condition, latched; the DETECT
 * signal of the port. */
static bool sense_port(const struct pages *pages, struct vb_periph *periph,
                       unsigned port)
{
    uint64_t level = gpio_of(pages->app)->level;
    uint32_t *latch = port_word(periph, port, LATCH);
    uint32_t met = 0;

    for (unsigned i = port * 32U; i < VB_PIN_COUNT && i < port * 32U + 32U;
         i++) {
        uint32_t sense = CNF_SENSE(*pin_cnf(periph, i));
        bool is_high = (level & bit_of(i)) != 0;
        if (sense == (is_high ? CNF_SENSE_HIGH : CNF_SENSE_LOW) &&
            owner(pages, i) == periph) {
            met |= 1U << i % 32U;
        }
    }
    *latch |= met;
    return *port_word(periph, port, DETECTMODE) != 0 ? *latch != 0 : met != 0;
}

static void sense(const struct pages *pages, struct vb_periph *periph)
{
    struct gpio *gpio = gpio_of(periph);
    bool port_0 = sense_port(pages, periph, 0);
    bool port_1 = sense_port(pages, periph, 1);
    bool rises = (port_0 || port_1) && !gpio->detect;

    gpio->detect = port_0 || port_1;
    if (rises) {
        vb_gpiote_detect(periph->vb, periph->core);
        if (periph->core == DUO_CORE_APP) {
            vb_regulators_wake(periph->vb);
        }
    }
}

/* Something has changed: settle all pins, tell who listens. A pin's new level
 * reaches GPIOTE on the core that owns it. */
static void update(struct duo_vb *vb)
{
    struct pages pages = pages_of(vb);
    struct gpio *chip;

    if (pages.app == NULL || pages.net == NULL) {
        return; /* The board is being made. */
    }
    chip = gpio_of(pages.app);
    for (unsigned i = 0; i < VB_PIN_COUNT; i++) {
        bool level = settle(&pages, i);
        struct vb_periph *periph = owner(&pages, i);
        if (level == ((chip->level & bit_of(i)) != 0)) {
            continue;
        }
        chip->level ^= bit_of(i);
        vb_pin_changed(vb, i / 32U, i % 32U, level);
        if (periph != NULL) {
            vb_gpiote_edge(vb, periph->core, i, level);
        }
    }
    sense(&pages, pages.app);
    sense(&pages, pages.net);
}

/* see soc.h */
void vb_pin_drive(struct duo_vb *vb, unsigned port, unsigned pin, bool level)
{
    struct gpio *chip = gpio_of(page(vb, DUO_CORE_APP));
    uint64_t bit = bit_of(VB_PIN_INDEX(port, pin));

    chip->driven |= bit;
    chip->driven_level =
        level ? chip->driven_level | bit : chip->driven_level & ~bit;
    update(vb);
}

/* see soc.h */
void vb_pin_release(struct duo_vb *vb, unsigned port, unsigned pin)
{
    gpio_of(page(vb, DUO_CORE_APP))->driven &= ~bit_of(VB_PIN_INDEX(port, pin));
    update(vb);
}

/* see soc.h */
bool vb_pin_level(struct duo_vb *vb, unsigned port, unsigned pin)
{
    struct pages pages = pages_of(vb);

    return settle(&pages, VB_PIN_INDEX(port, pin));
}

/* see links.h */
void vb_gpio_take(struct duo_vb *vb, enum duo_core core, unsigned pin_index,
                  bool taken)
{
    struct gpio *gpio = gpio_of(page(vb, core));

    if (pin_index < VB_PIN_COUNT) {
        gpio->taken = taken ? gpio->taken | bit_of(pin_index)
                            : gpio->taken & ~bit_of(pin_index);
        update(vb);
    }
}

/* see links.h */
void vb_gpio_set(struct duo_vb *vb, enum duo_core core, unsigned pin_index,
                 bool level)
{
    struct gpio *gpio = gpio_of(page(vb, core));

    if (pin_index < VB_PIN_COUNT) {
        gpio->taken_level = level ? gpio->taken_level | bit_of(pin_index)
                                  : gpio->taken_level & ~bit_of(pin_index);
        update(vb);
    }
}

/* see links.h */
bool vb_gpio_get(struct duo_vb *vb, enum duo_core core, unsigned pin_index)
{
    return pin_index < VB_PIN_COUNT &&
           (gpio_of(page(vb, core))->taken_level & bit_of(pin_index)) != 0;
}

/* PIN_CNF's DIR bits and the DIR register are the same flip-flops. */
static void set_dir(struct vb_periph *periph, unsigned port, uint32_t dir)
{
    *port_word(periph, port, DIR) = dir;
    for (unsigned i = 0; i < (port == 0 ? 32U : 16U); i++) {
        uint32_t *cnf = pin_cnf(periph, VB_PIN_INDEX(port, i));
        *cnf = (*cnf & ~CNF_DIR) | (dir >> i & 1U);
    }
}

static void wrote_pin_cnf(struct vb_periph *periph, unsigned port, unsigned pin)
{
    uint32_t *cnf = pin_cnf(periph, VB_PIN_INDEX(port, pin));
    uint32_t *dir = port_word(periph, port, DIR);

    *cnf &= periph->core == DUO_CORE_APP ? CNF_MASK_APP : CNF_MASK_NET;
    *dir = (*dir & ~(1U << pin)) | (*cnf & CNF_DIR) << pin;
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    unsigned port = off < PORT_BASE(1) ? 0 : 1;
    uint32_t reg = off - PORT_BASE(port);
    uint32_t mask = port == 0 ? 0xFFFFFFFFU : P1_MASK;
    uint32_t out = *port_word(periph, port, OUT);
    uint32_t dir = *port_word(periph, port, DIR);

    (void)old;
    value &= mask;
    if (reg >= PIN_CNF) {
        wrote_pin_cnf(periph, port, (reg - PIN_CNF) / 4U);
    } else if (reg == OUTSET) {
        *vb_word(periph, off) = 0;
        *port_word(periph, port, OUT) = out | value;
    } else if (reg == OUTCLR) {
        *vb_word(periph, off) = 0;
        *port_word(periph, port, OUT) = out & ~value;
    } else if (reg == DIR) {
        set_dir(periph, port, value);
    } else if (reg == DIRSET) {
        *vb_word(periph, off) = 0;
        set_dir(periph, port, dir | value);
    } else if (reg == DIRCLR) {
        *vb_word(periph, off) = 0;
        set_dir(periph, port, dir & ~value);
    } else if (reg == LATCH) {
        /* A latch that is set again at once is a new edge of DETECT. */
        gpio_of(periph)->detect = false;
    }
    update(periph->vb);
}

/* A core sees its own pins, where the input buffer is connected. */
static uint32_t read_in(struct vb_periph *periph, unsigned port)
{
    struct pages pages = pages_of(periph->vb);
    uint32_t in = 0;

    for (unsigned i = 0; i < (port == 0 ? 32U : 16U); i++) {
        unsigned pin_index = VB_PIN_INDEX(port, i);
        if ((*pin_cnf(periph, pin_index) & CNF_DISCONNECT) == 0 &&
            owner(&pages, pin_index) == periph && settle(&pages, pin_index)) {
            in |= 1U << i;
        }
    }
    return in;
}

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    unsigned port = off < PORT_BASE(1) ? 0 : 1;
    uint32_t reg = off - PORT_BASE(port);

    (void)debug;
    if (reg == IN) {
        return read_in(periph, port);
    }
    if (reg == OUTSET || reg == OUTCLR) {
        return *port_word(periph, port, OUT);
    }
    if (reg == DIRSET || reg == DIRCLR) {
        return *port_word(periph, port, DIR);
    }
    return value;
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    struct gpio *gpio = gpio_of(periph);

    (void)kind;
    gpio->taken = 0;
    gpio->taken_level = 0;
    gpio->detect = false;
    update(periph->vb);
}

#define PORT_REGS(name, base, pins, mask)                                     \
    {name ".OUT", (base) + OUT, 1, 4, VB_RW, 0, mask},                        \
        {name ".OUTSET", (base) + OUTSET, 1, 4, VB_RW, 0, mask},              \
        {name ".OUTCLR", (base) + OUTCLR, 1, 4, VB_RW, 0, mask},              \
        {name ".IN", (base) + IN, 1, 4, VB_R, 0, mask},                       \
        {name ".DIR", (base) + DIR, 1, 4, VB_RW, 0, mask},                    \
        {name ".DIRSET", (base) + DIRSET, 1, 4, VB_RW, 0, mask},              \
        {name ".DIRCLR", (base) + DIRCLR, 1, 4, VB_RW, 0, mask},              \
        {name ".LATCH", (base) + LATCH, 1, 4, VB_W1C, 0, mask},               \
        {name ".DETECTMODE", (base) + DETECTMODE, 1, 4, VB_RW, 0, 1},         \
        {name ".DETECTMODE_SEC", (base) + DETECTMODE_SEC, 1, 4, VB_RW, 0, 1}, \
    {                                                                         \
        name ".PIN_CNF[n]", (base) + PIN_CNF, pins, 4, VB_RW, 2, CNF_MASK_APP \
    }

static const struct vb_reg regs[] = {
    PORT_REGS("P0", 0x500U, 32, 0xFFFFFFFFU),
    PORT_REGS("P1", 0x800U, 16, P1_MASK),
    {NULL, 0, 0, 0, VB_R, 0, 0},
};

const struct vb_type vb_type_gpio = {
    .name = "GPIO",
    .modelled = "both ports for both cores, MCUSEL, pull-ups, latches, DETECT",
    .simplified = "levels are high or low at once: drive strength and "
                  "pull-downs count for nothing, a pin that nothing holds "
                  "reads low; a core sees no pin that is not its own; "
                  "DETECTMODE_SEC is stored",
    .not_modelled = "pins of UARTE, QSPI and other peripherals on the port",
    .regs = regs,
    .state_bytes = sizeof(struct gpio),
    .reset = reset,
    .wrote = wrote,
    .reading = reading,
};
