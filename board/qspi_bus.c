/* SPDX-License-Identifier: MIT */
/* The QSPI's wires: pins, clock, frames to the chip. */
#include "qspi_internal.h"

#define PIN_MASK          0x3FU
#define PSEL_DISCONNECT   0x80000000U
#define GPIO_PIN_CNF_OFF  0x700U /* Of P0, in the page of both ports. */
#define MCUSEL_SHIFT      28U
#define MCUSEL_MASK       7U
#define MCUSEL_PERIPHERAL 3U

/* CLOCK */
#define HFCLKCTRL_OFF     0x558U
#define HFCLKCTRL_DIV2    1U
#define HFCLK192MCTRL_OFF 0x5B8U
#define HFCLK192M_HZ      192000000U

#define NS_PER_S UINT64_C(1000000000)

/* [PS QSPI] These pins and no others; in this order in the registers. */
static const struct {
    uint32_t off;
    uint8_t pin;
} pins[] = {
    {QSPI_PSEL_SCK_OFF,       17},
    {QSPI_PSEL_CSN_OFF,       18},
    {QSPI_PSEL_IO0_OFF,       13},
    {QSPI_PSEL_IO0_OFF + 4U,  14},
    {QSPI_PSEL_IO0_OFF + 8U,  15},
    {QSPI_PSEL_IO0_OFF + 12U, 16},
};
#define NEEDED_PIN_COUNT 4U /* IO2 and IO3 serve quad transfers only. */

bool vb_qspi_once(struct vb_periph *periph, enum qspi_note note)
{
    struct qspi_state *state = periph->state;
    bool is_first = (state->noted & (unsigned)note) == 0;

    state->noted |= (unsigned)note;
    return is_first;
}

/* The world's time is that of the core to which the device belongs. */
struct duo_sim_flash *vb_qspi_flash(struct vb_periph *periph)
{
    return vb_ext_flash(periph->vb);
}

bool vb_qspi_is_disconnected(struct vb_periph *periph)
{
    for (unsigned index = 0; index < NEEDED_PIN_COUNT; index++) {
        if ((*vb_word(periph, pins[index].off) & PSEL_DISCONNECT) != 0) {
            return true;
        }
    }
    return false;
}

static bool pin_is_right(struct vb_periph *periph, unsigned index)
{
    uint32_t psel = *vb_word(periph, pins[index].off);

    return (psel & PSEL_DISCONNECT) == 0 &&
           (psel & PIN_MASK) == pins[index].pin;
}

static bool quad_pins_are_right(struct vb_periph *periph)
{
    return pin_is_right(periph, 4) && pin_is_right(periph, 5);
}

static void check_mcusel(struct vb_periph *periph)
{
    struct vb_periph *gpio =
        vb_find(periph->vb, periph->core, &vb_type_gpio, 0);

    for (unsigned index = 0; gpio != NULL && index < NEEDED_PIN_COUNT;
         index++) {
        uint32_t config =
            *vb_word(gpio, GPIO_PIN_CNF_OFF + 4U * pins[index].pin);
        if ((config >> MCUSEL_SHIFT & MCUSEL_MASK) != MCUSEL_PERIPHERAL &&
            vb_qspi_once(periph, QSPI_NOTE_MCUSEL)) {
            vb_note(periph->vb,
                    "%s: P0.%02u is not given to the peripheral "
                    "(PIN_CNF.MCUSEL is %u, not 3)",
                    periph->name, pins[index].pin,
                    (unsigned)(config >> MCUSEL_SHIFT & MCUSEL_MASK));
        }
    }
}

bool vb_qspi_reaches_chip(struct vb_periph *periph)
{
    for (unsigned index = 0; index < NEEDED_PIN_COUNT; index++) {
        if (!pin_is_right(periph, index)) {
            if (!vb_qspi_is_disconnected(periph) &&
                vb_qspi_once(periph, QSPI_NOTE_PINS)) {
                vb_note(periph->vb,
                        "%s: the flash is not on the selected pins (they must "
                        "be P0.17, P0.18, P0.13 to P0.16)",
                        periph->name);
            }
            return false;
        }
    }
    check_mcusel(periph);
    return true;
}

static uint32_t clock_word(struct vb_periph *periph, uint32_t off)
{
    struct vb_periph *clock =
        vb_find(periph->vb, periph->core, &vb_type_clock_app, 0);

    return clock == NULL ? 0 : *vb_word(clock, off);
}

uint32_t vb_qspi_sck_hz(struct vb_periph *periph)
{
    uint32_t shift = clock_word(periph, HFCLK192MCTRL_OFF) & 3U;
    uint32_t divider = (*vb_word(periph, QSPI_IFCONFIG1_OFF) >> 28U) + 1U;

    return (HFCLK192M_HZ >> (shift > 2U ? 2U : shift)) / (2U * divider);
}

bool vb_qspi_has_erratum_159(struct vb_periph *periph)
{
    /* nrfx of today wants Div1 as well; images of the years before use Div2 at
     * 64 MHz, and work on every kit. The peripheral knows no slower clock. */
    bool is_wrong = clock_word(periph, HFCLK192MCTRL_OFF) > 1U ||
                    clock_word(periph, HFCLKCTRL_OFF) != HFCLKCTRL_DIV2;

    if (is_wrong && vb_qspi_once(periph, QSPI_NOTE_ERRATUM_159)) {
        vb_note(periph->vb,
                "%s: used while HFCLK192M is divided by 4 or the core runs at "
                "128 MHz (erratum 159); what it reads is garbage",
                periph->name);
    }
    return is_wrong;
}

uint8_t vb_qspi_garble(struct vb_periph *periph, uint8_t value, uint32_t at)
{
    if (!vb_qspi_has_erratum_159(periph)) {
        return value;
    }
    return (uint8_t)(0xFFU ^ value ^ (at * 29U & 0x7EU));
}

static uint64_t clocks_of(const struct qspi_frame *frame)
{
    uint64_t clocks = 8U + 8U * (uint64_t)frame->len_bytes / frame->data_lines;

    if (frame->addr_lines != 0) {
        clocks += (24U + 8U * (uint64_t)frame->dummy_bytes) / frame->addr_lines;
    }
    return clocks;
}

uint64_t vb_qspi_frame_ns(struct vb_periph *periph,
                          const struct qspi_frame *frame)
{
    uint64_t hz = vb_qspi_sck_hz(periph);

    return (clocks_of(frame) * NS_PER_S + hz - 1U) / hz;
}

static void exchange(struct vb_periph *periph, const struct qspi_frame *frame)
{
    struct qspi_state *state = periph->state;
    struct duo_sim_flash *flash = vb_qspi_flash(periph);
    bool garbles = vb_qspi_has_erratum_159(periph);

    (void)mx25r_byte(&state->chip, flash, frame->opcode);
    if (frame->addr_lines != 0) {
        (void)mx25r_byte(&state->chip, flash, (uint8_t)(frame->addr >> 16));
        (void)mx25r_byte(&state->chip, flash, (uint8_t)(frame->addr >> 8));
        (void)mx25r_byte(&state->chip, flash, (uint8_t)frame->addr);
        for (unsigned index = 0; index < frame->dummy_bytes; index++) {
            (void)mx25r_byte(&state->chip, flash, 0);
        }
    }
    for (uint32_t at = 0; at < frame->len_bytes; at++) {
        uint8_t out = frame->out == NULL ? 0 : frame->out[at];
        uint8_t in = mx25r_byte(&state->chip, flash, out);
        if (frame->in != NULL) {
            frame->in[at] = garbles ? vb_qspi_garble(periph, in, at) : in;
        }
    }
}

void vb_qspi_run_frame(struct vb_periph *periph, const struct qspi_frame *frame)
{
    struct qspi_state *state = periph->state;
    struct duo_sim_flash *flash = vb_qspi_flash(periph);
    struct mx25r_wire wire = {
        .sck_hz = vb_qspi_sck_hz(periph),
        .addr_lines = frame->addr_lines == 0 ? 1U : frame->addr_lines,
        .data_lines = frame->data_lines,
    };

    if (!vb_qspi_reaches_chip(periph)) {
        for (uint32_t at = 0; frame->in != NULL && at < frame->len_bytes;
             at++) {
            frame->in[at] = 0xFF; /* An open line. */
        }
        return;
    }
    /* Half of the data never gets there, so the chip sees no quad command. */
    if (wire.data_lines == 4U && !quad_pins_are_right(periph)) {
        wire.data_lines = 2;
    }
    mx25r_select(&state->chip, flash, &wire);
    exchange(periph, frame);
    mx25r_deselect(&state->chip, flash,
                   frame->before_ns + vb_qspi_frame_ns(periph, frame));
    vb_qspi_spoken(periph);
}

/* The board's time for one of the chip, which may be a little ahead of it: the
 * core whose access came last runs past the horizon by a block. */
static uint64_t due_ticks(struct vb_periph *periph, uint64_t ns)
{
    uint64_t due = vb_ns_to_ticks(ns);
    uint64_t now = vb_now(periph->vb);

    return due > now ? due : now + 1U;
}

uint64_t vb_qspi_wait_ticks(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    const struct duo_sim_flash *flash = vb_qspi_flash(periph);
    uint64_t free_ns;

    if (vb_qspi_is_disconnected(periph)) {
        return 0; /* The input reads 0, so it finds nobody busy. */
    }
    free_ns = mx25r_free_ns(&state->chip, flash);
    if (!vb_qspi_reaches_chip(periph) || free_ns == MX25R_NEVER_NS) {
        return VB_NEVER;
    }
    if (free_ns <= mx25r_now_ns(flash)) {
        return 0;
    }
    return due_ticks(periph, free_ns) - vb_now(periph->vb);
}

static void report_remarks(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    unsigned fresh = state->chip.remarks & ~state->noted_remarks;

    for (unsigned bit = 0; bit < MX25R_REMARK_COUNT; bit++) {
        if ((fresh >> bit & 1U) != 0) {
            vb_note(periph->vb, "MX25R64: command %02xh %s",
                    (unsigned)state->chip.remark_opcode,
                    mx25r_remark_text((enum mx25r_remark)(1U << bit)));
        }
    }
    state->noted_remarks |= fresh;
}

void vb_qspi_spoken(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    const struct duo_sim_flash *flash = vb_qspi_flash(periph);
    uint64_t due = VB_NEVER;

    report_remarks(periph);
    if (state->chip.busy != MX25R_IDLE) {
        due = due_ticks(periph, state->chip.busy_until_ns);
    }
    if (state->chip.op_count != state->seen_ops) {
        state->seen_ops = state->chip.op_count;
        vb_op_window_closed(periph->vb, flash);
        vb_op_began(periph->vb, flash, &state->chip.op, due);
    }
    if (due == VB_NEVER) {
        vb_timer_clear(periph->vb, &state->chip_timer);
    } else {
        vb_timer_set(periph->vb, &state->chip_timer, due);
    }
}
