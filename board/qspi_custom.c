/* SPDX-License-Identifier: MIT */
/* The QSPI's custom instructions: always on single lines, up to eight bytes
 * with the opcode in front, or a long frame in pieces. And deep power-down. */
#include "qspi_internal.h"

/* CINSTRCONF */
#define OPCODE_MASK  0xFFU
#define LENGTH_SHIFT 8U
#define LENGTH_MASK  0xFU
#define LENGTH_MAX   9U
#define LIO3         0x00002000U
#define WREN         0x00008000U
#define LFEN         0x00010000U
#define LFSTOP       0x00020000U

#define OPCODE_WREN  0x06U
#define OPCODE_SLEEP 0xB9U
#define OPCODE_WAKE  0xABU

#define NS_PER_S UINT64_C(1000000000)

static uint8_t data_byte(struct vb_periph *periph, unsigned index)
{
    uint32_t word = *vb_word(periph, QSPI_CINSTRDAT0_OFF + index / 4U * 4U);

    return (uint8_t)(word >> 8U * (index % 4U));
}

/* The response is in the registers once READY comes; bytes that were not
 * clocked keep what was sent. */
static void keep_response(struct qspi_state *state, unsigned index,
                          uint8_t value)
{
    unsigned shift = 8U * (index % 4U);

    state->response[index / 4U] &= ~(0xFFU << shift);
    state->response[index / 4U] |= (uint32_t)value << shift;
}

/* LIO3 low holds or resets a chip that has not made the pin a data line. */
static bool is_held(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;

    if ((state->instruction & LIO3) != 0 ||
        (state->chip.status & MX25R_SR_QE) != 0) {
        return false;
    }
    if (vb_qspi_once(periph, QSPI_NOTE_HOLD)) {
        vb_note(periph->vb,
                "%s: custom instruction with LIO3 low while quad enable is "
                "clear: the chip is held and ignores it",
                periph->name);
    }
    return true;
}

static bool is_heard(struct vb_periph *periph)
{
    return vb_qspi_reaches_chip(periph) && !is_held(periph);
}

static void open_frame(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    struct mx25r_wire wire = {vb_qspi_sck_hz(periph), 1, 1};

    mx25r_select(&state->chip, vb_qspi_flash(periph), &wire);
    (void)mx25r_byte(&state->chip, vb_qspi_flash(periph),
                     (uint8_t)(state->instruction & OPCODE_MASK));
}

static uint64_t send_write_enable(struct vb_periph *periph)
{
    const struct qspi_state *state = periph->state;
    struct qspi_frame frame = {.opcode = OPCODE_WREN, .data_lines = 1};

    if ((state->instruction & WREN) == 0 || state->is_long) {
        return 0;
    }
    vb_qspi_run_frame(periph, &frame);
    return vb_qspi_frame_ns(periph, &frame);
}

static void exchange(struct vb_periph *periph, unsigned data_bytes,
                     bool is_heard_now)
{
    struct qspi_state *state = periph->state;
    struct duo_sim_flash *flash = vb_qspi_flash(periph);

    for (unsigned index = 0; index < data_bytes; index++) {
        uint8_t value = 0xFF;
        if (is_heard_now) {
            value = mx25r_byte(&state->chip, flash, data_byte(periph, index));
        }
        keep_response(state, index, vb_qspi_garble(periph, value, index));
    }
}

uint64_t vb_qspi_send_custom(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    uint32_t frame_bytes = state->instruction >> LENGTH_SHIFT & LENGTH_MASK;
    bool is_first = !state->is_long;
    bool is_heard_now = is_heard(periph);
    uint64_t before_ns = send_write_enable(periph);
    uint32_t hz = vb_qspi_sck_hz(periph);
    uint64_t ns;

    if (frame_bytes == 0) {
        frame_bytes = 1;
    } else if (frame_bytes > LENGTH_MAX) {
        frame_bytes = LENGTH_MAX;
    }
    ns = before_ns +
         (8U * (uint64_t)(frame_bytes - (is_first ? 0U : 1U)) * NS_PER_S + hz -
          1U) /
             hz;
    state->response[0] = *vb_word(periph, QSPI_CINSTRDAT0_OFF);
    state->response[1] = *vb_word(periph, QSPI_CINSTRDAT0_OFF + 4U);
    if (is_first && is_heard_now) {
        open_frame(periph);
    }
    exchange(periph, frame_bytes - 1U, is_heard_now);
    state->is_long = (state->instruction & (LFEN | LFSTOP)) == LFEN;
    if (!state->is_long && is_heard_now) {
        mx25r_deselect(&state->chip, vb_qspi_flash(periph), ns);
        vb_qspi_spoken(periph);
    }
    return ns;
}

void vb_qspi_end_custom(struct vb_periph *periph)
{
    const struct qspi_state *state = periph->state;

    *vb_word(periph, QSPI_CINSTRDAT0_OFF) = state->response[0];
    *vb_word(periph, QSPI_CINSTRDAT0_OFF + 4U) = state->response[1];
}

void vb_qspi_deselect(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;

    state->is_long = false;
    if (state->chip.selected) {
        mx25r_deselect(&state->chip, vb_qspi_flash(periph), 0);
        vb_qspi_spoken(periph);
    }
}

void vb_qspi_deep_power_down(struct vb_periph *periph, bool enter)
{
    struct qspi_state *state = periph->state;
    struct qspi_frame frame = {.opcode = enter ? OPCODE_SLEEP : OPCODE_WAKE,
                               .data_lines = 1};

    vb_qspi_run_frame(periph, &frame);
    state->in_deep_power_down = enter;
}
