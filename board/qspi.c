/* SPDX-License-Identifier: MIT */
/* QSPI: registers and tasks; see qspi_internal.h. */
#include "qspi_internal.h"

#define TASK_ACTIVATE   0U
#define TASK_READ       1U
#define TASK_WRITE      2U
#define TASK_ERASE      3U
#define TASK_DEACTIVATE 4U

/* IFCONFIG0 */
#define DPMENABLE 0x80U
/* IFCONFIG1 */
#define DPMEN 0x01000000U
/* STATUS */
#define STATUS_DPM   0x4U
#define STATUS_READY 0x8U

#define ALL_BITS       UINT32_MAX
#define NO_PIN         UINT32_MAX
#define LENGTH_BITS    0x1FFFFFU
#define IFCONFIG0_BITS 0x000310FFU /* With 16 and 17 (erratum 121). */

static const struct vb_reg regs[] = {
    {"ENABLE",     QSPI_ENABLE_OFF, 1, 0, VB_RW, 0, 1},
    {"READ.SRC",           QSPI_READ_SRC_OFF, 1, 0, VB_RW, 0, ALL_BITS},
    {"READ.DST",       QSPI_READ_DST_OFF, 1, 0, VB_RW, 0, ALL_BITS},
    {"READ.CNT",           QSPI_READ_CNT_OFF, 1, 0, VB_RW, 0, LENGTH_BITS},
    {"WRITE.DST",   QSPI_WRITE_DST_OFF, 1, 0, VB_RW, 0, ALL_BITS},
    {"WRITE.SRC",           QSPI_WRITE_SRC_OFF, 1, 0, VB_RW, 0, ALL_BITS},
    {"WRITE.CNT",       QSPI_WRITE_CNT_OFF, 1, 0, VB_RW, 0, LENGTH_BITS},
    {"ERASE.PTR",    QSPI_ERASE_PTR_OFF, 1, 0, VB_RW, 0, ALL_BITS},
    {"ERASE.LEN",   QSPI_ERASE_LEN_OFF, 1, 0, VB_RW, 0, 3},
    {"PSEL.SCK",           QSPI_PSEL_SCK_OFF, 1, 0, VB_RW, NO_PIN, ALL_BITS},
    {"PSEL.CSN",       QSPI_PSEL_CSN_OFF, 1, 0, VB_RW, NO_PIN, ALL_BITS},
    {"PSEL.IO[n]",    QSPI_PSEL_IO0_OFF, 4, 4, VB_RW, NO_PIN, ALL_BITS},
    {"XIPOFFSET",   QSPI_XIPOFFSET_OFF, 1, 0, VB_RW, 0, ALL_BITS},
    {"IFCONFIG0",           QSPI_IFCONFIG0_OFF, 1, 0, VB_RW, 0, IFCONFIG0_BITS},
    {"XIPEN",       QSPI_XIPEN_OFF, 1, 0, VB_RW, 1, 1},
    {"XIP_ENC.KEY[n]", 0x560, 7, 4, VB_W, 0, ALL_BITS},
    {"XIP_ENC.ENABLE",  QSPI_XIP_ENC_OFF, 1, 0, VB_RW, 0, 1},
    {"DMA_ENC.KEY[n]",           0x580, 7, 4, VB_W, 0, ALL_BITS},
    {"DMA_ENC.ENABLE",       QSPI_DMA_ENC_OFF, 1, 0, VB_RW, 0, 1},
    {"IFCONFIG1",    QSPI_IFCONFIG1_OFF, 1, 0, VB_RW, 0x00040480, ALL_BITS},
    {"STATUS",  QSPI_STATUS_OFF, 1, 0, VB_R, 0, ALL_BITS},
    {"DPMDUR",           QSPI_DPMDUR_OFF, 1, 0, VB_RW, ALL_BITS, ALL_BITS},
    {"ADDRCONF",       0x624, 1, 0, VB_RW, 0xB7, 0x0FFFFFFF},
    {"CINSTRCONF",    QSPI_CINSTRCONF_OFF, 1, 0, VB_RW, 0x2000, 0x3FFFF},
    {"CINSTRDAT[n]",  QSPI_CINSTRDAT0_OFF, 2, 4, VB_RW, 0, ALL_BITS},
    {"IFTIMING",           0x640, 1, 0, VB_RW, 0x600, 0x700},
    {0      },
};

static void fire_chip(void *ctx)
{
    struct vb_periph *periph = ctx;
    struct qspi_state *state = periph->state;

    mx25r_settle(&state->chip, vb_qspi_flash(periph));
    vb_qspi_spoken(periph);
}

static void task(struct vb_periph *periph, unsigned number)
{
    static const enum qspi_job jobs[] = {[TASK_ACTIVATE] = QSPI_ACTIVATE,
                                         [TASK_READ] = QSPI_READ,
                                         [TASK_WRITE] = QSPI_WRITE,
                                         [TASK_ERASE] = QSPI_ERASE};

    if (number == TASK_DEACTIVATE) {
        vb_qspi_abort(periph);
    } else {
        vb_qspi_start(periph, jobs[number]);
    }
}

static void wrote_config1(struct vb_periph *periph, uint32_t value,
                          uint32_t old)
{
    const struct qspi_state *state = periph->state;

    if ((*vb_word(periph, QSPI_IFCONFIG0_OFF) & DPMENABLE) != 0 &&
        ((value ^ old) & DPMEN) != 0 && state->is_active &&
        state->job == QSPI_IDLE) {
        vb_qspi_deep_power_down(periph, (value & DPMEN) != 0);
    }
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    struct qspi_state *state = periph->state;

    if (off == QSPI_CINSTRCONF_OFF) {
        if (vb_qspi_may_start(periph, QSPI_CUSTOM)) {
            state->instruction = value;
            vb_qspi_start(periph, QSPI_CUSTOM);
        }
    } else if (off == QSPI_ENABLE_OFF && value == 0 && old != 0) {
        vb_qspi_abort(periph);
    } else if (off == QSPI_IFCONFIG1_OFF) {
        wrote_config1(periph, value, old);
    } else if ((off == QSPI_XIP_ENC_OFF || off == QSPI_DMA_ENC_OFF) &&
               value != 0) {
        vb_unmodelled(
            periph->vb, periph->core,
            &(struct vb_bus_access){periph->base_addr + off, 4, true, value});
    } else if (off == QSPI_XIPEN_OFF || off == QSPI_XIPOFFSET_OFF) {
        vb_qspi_update_xip(periph);
    }
}

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    const struct qspi_state *state = periph->state;

    (void)debug;
    if (off != QSPI_STATUS_OFF) {
        return value;
    }
    return (uint32_t)state->last_status << 24 |
           (state->job == QSPI_IDLE ? STATUS_READY : 0U) |
           (state->in_deep_power_down ? STATUS_DPM : 0U);
}

static void init(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;

    vb_timer_init(periph->vb, &state->chip_timer, fire_chip, periph);
    vb_timer_init(periph->vb, &state->step_timer, vb_qspi_fire_step, periph);
}

/* The chip knows nothing of a reset: it goes on with what it does. */
static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    struct qspi_state *state = periph->state;

    if (kind == VB_RESET_POWER) {
        mx25r_power_up(&state->chip);
        state->seen_ops = state->chip.op_count;
        state->noted = 0;
        state->noted_remarks = 0;
        vb_timer_clear(periph->vb, &state->chip_timer);
    }
    state->in_deep_power_down = false;
    state->last_status = 0;
    vb_qspi_abort(periph);
}

const struct vb_type vb_type_qspi = {
    .name = "QSPI",
    .modelled =
        "Tasks with their READY event: ACTIVATE waits for the chip (at once "
        "without pins), reads and writes by EasyDMA from and to RAM with all "
        "opcodes, split into page programs, times by clock and opcode; erases "
        "(READY when the command is sent); custom instructions with WREN, "
        "WIPWAIT, long frames; deep power-down; the XIP window. MX25R6435F "
        "command by command: modes with their times, clock limits, quad "
        "enable, protection, registers, SFDP, software reset, busy over a "
        "reset of the SoC.",
    .simplified =
        "READY of a write comes when the last page is sent, before it is "
        "programmed. Under the conditions of erratum 159 all that is read is "
        "garbage (noted). A clock above the limit of the chip's mode: wrong "
        "data (noted). A removed chip and one in deep power-down read as "
        "ones, so ACTIVATE never ends; a busy one answers zeros. DMA outside "
        "of RAM moves nothing (noted). Times are typical. XIP reads a busy "
        "chip's old content without waiting. PIN_CNF.MCUSEL is only noted.",
    .not_modelled = "Encryption (stops), XIPOFFSET, ADDRCONF's 32-bit "
                    "addresses, DPMDUR, IFTIMING, suspend and resume, secured "
                    "OTP, burst length, performance enhance mode, WP#.",
    .task_mask = {0x1FU},
    .event_mask = { 1U,    0},
    .regs = regs,
    .state_bytes = sizeof(struct qspi_state),
    .init = init,
    .reset = reset,
    .task = task,
    .wrote = wrote,
    .reading = reading,
};
