/* SPDX-License-Identifier: MIT */
/* The QSPI's jobs: rows of transfers that a task or an instruction starts.
 * Before each the peripheral polls the chip's status register until the chip
 * is free. */
#include "qspi_internal.h"

/* IFCONFIG0 */
#define READOC_MASK   7U
#define WRITEOC_SHIFT 3U
#define WRITEOC_MASK  7U
#define PPSIZE_512    0x1000U
/* CINSTRCONF */
#define CINSTR_WIPWAIT 0x4000U

#define POLL_CLOCKS    16U
#define ACTIVATE_TICKS VB_TICKS_PER_US /* Without pins: no poll. */
#define WORD_MASK      0xFFFFFFFCU

/* READOC: FASTREAD, READ2O, READ2IO, READ4O, READ4IO. */
static const struct qspi_frame read_frames[] = {
    {.opcode = 0x0B, .addr_lines = 1, .data_lines = 1, .dummy_bytes = 1},
    {.opcode = 0x3B, .addr_lines = 1, .data_lines = 2, .dummy_bytes = 1},
    {.opcode = 0xBB, .addr_lines = 2, .data_lines = 2, .dummy_bytes = 1},
    {.opcode = 0x6B, .addr_lines = 1, .data_lines = 4, .dummy_bytes = 1},
    {.opcode = 0xEB, .addr_lines = 4, .data_lines = 4, .dummy_bytes = 3},
};
/* WRITEOC: PP, PP2O, PP4O, PP4IO; this chip knows the first and the last. */
static const struct qspi_frame write_frames[] = {
    {.opcode = 0x02, .addr_lines = 1, .data_lines = 1},
    {.opcode = 0xA2, .addr_lines = 1, .data_lines = 2},
    {.opcode = 0x32, .addr_lines = 1, .data_lines = 4},
    {.opcode = 0x38, .addr_lines = 4, .data_lines = 4},
};
/* ERASE.LEN: 4 KB, 64 KB, all. */
static const struct qspi_frame erase_frames[] = {
    {.opcode = 0x20, .addr_lines = 1, .data_lines = 1},
    {.opcode = 0xD8, .addr_lines = 1, .data_lines = 1},
    {.opcode = 0xC7, .addr_lines = 0, .data_lines = 1},
};

static uint32_t config0(struct vb_periph *periph)
{
    return *vb_word(periph, QSPI_IFCONFIG0_OFF);
}

/* Reserved values behave as the last one. */
static struct qspi_frame read_frame(struct vb_periph *periph)
{
    uint32_t choice = config0(periph) & READOC_MASK;

    return read_frames[choice > 4U ? 4U : choice];
}

static struct qspi_frame write_frame(struct vb_periph *periph)
{
    uint32_t choice = config0(periph) >> WRITEOC_SHIFT & WRITEOC_MASK;

    return write_frames[choice > 3U ? 3U : choice];
}

static struct qspi_frame erase_frame(struct vb_periph *periph)
{
    uint32_t choice = *vb_word(periph, QSPI_ERASE_LEN_OFF);

    return erase_frames[choice > 2U ? 2U : choice];
}

void vb_qspi_update_xip(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    bool on = state->is_active && *vb_word(periph, QSPI_ENABLE_OFF) != 0 &&
              *vb_word(periph, QSPI_XIPEN_OFF) != 0 &&
              vb_qspi_reaches_chip(periph) && !vb_qspi_flash(periph)->absent;

    if (on && *vb_word(periph, QSPI_XIPOFFSET_OFF) != 0 &&
        vb_qspi_once(periph, QSPI_NOTE_XIP)) {
        vb_note(periph->vb, "%s: XIPOFFSET is not modelled; it counts as 0",
                periph->name);
    }
    if (on != state->xip_is_on) {
        state->xip_is_on = on;
        vb_xip_window(periph->vb, on);
    }
}

static void finish(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;

    state->job = QSPI_IDLE;
    vb_event(periph, QSPI_EVENT_READY);
}

void vb_qspi_abort(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;

    state->job = QSPI_IDLE;
    state->is_sent = false;
    state->is_active = false;
    vb_timer_clear(periph->vb, &state->step_timer);
    vb_qspi_deselect(periph);
    vb_qspi_update_xip(periph);
}

static uint8_t *ram_of(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    uint8_t *ram =
        vb_dma(periph->vb, periph->core, state->ram_addr, state->part_bytes);

    if (ram == NULL && vb_qspi_once(periph, QSPI_NOTE_DMA)) {
        vb_note(periph->vb, "%s: DMA of %u bytes at 0x%08x, which is no RAM",
                periph->name, (unsigned)state->part_bytes,
                (unsigned)state->ram_addr);
    }
    return ram;
}

static void end_read(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    struct qspi_frame frame = read_frame(periph);

    frame.addr = state->flash_addr;
    frame.len_bytes = state->part_bytes;
    frame.in = ram_of(periph);
    vb_qspi_run_frame(periph, &frame);
    if (frame.in != NULL) {
        vb_cpu_forget_code(vb_cpu(periph->vb, periph->core), state->ram_addr,
                           state->part_bytes);
    }
}

/* Write enable and command, each a frame. */
static uint64_t send_write(struct vb_periph *periph, struct qspi_frame *frame)
{
    struct qspi_frame enable = {.opcode = 0x06, .data_lines = 1};

    frame->before_ns = vb_qspi_frame_ns(periph, &enable);
    vb_qspi_run_frame(periph, &enable);
    vb_qspi_run_frame(periph, frame);
    return frame->before_ns + vb_qspi_frame_ns(periph, frame);
}

static uint64_t send_page(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    struct qspi_frame frame = write_frame(periph);
    uint32_t page_bytes = (config0(periph) & PPSIZE_512) != 0 ? 512U : 256U;
    uint32_t room_bytes = page_bytes - state->flash_addr % page_bytes;

    state->part_bytes =
        state->left_bytes < room_bytes ? state->left_bytes : room_bytes;
    frame.addr = state->flash_addr;
    frame.len_bytes = state->part_bytes;
    frame.out = ram_of(periph);
    if (frame.out == NULL) {
        return 0;
    }
    return send_write(periph, &frame);
}

static uint64_t send_erase(struct vb_periph *periph)
{
    struct qspi_frame frame = erase_frame(periph);

    frame.addr = ((struct qspi_state *)periph->state)->flash_addr;
    return send_write(periph, &frame);
}

static uint64_t send_read(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    struct qspi_frame frame = read_frame(periph);

    state->part_bytes = state->left_bytes;
    frame.len_bytes = state->part_bytes;
    return vb_qspi_frame_ns(periph, &frame);
}

/* Put the job's next transfer on the wires; ticks until it is through. */
static uint64_t send(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    struct qspi_frame poll = {.data_lines = 1,
                              .len_bytes = POLL_CLOCKS / 8U - 1U};

    switch (state->job) {
    case QSPI_ACTIVATE:
        return vb_qspi_is_disconnected(periph)
                   ? ACTIVATE_TICKS
                   : vb_ns_to_ticks(vb_qspi_frame_ns(periph, &poll));
    case QSPI_READ: return vb_ns_to_ticks(send_read(periph));
    case QSPI_WRITE: return vb_ns_to_ticks(send_page(periph));
    case QSPI_ERASE: return vb_ns_to_ticks(send_erase(periph));
    case QSPI_CUSTOM: return vb_ns_to_ticks(vb_qspi_send_custom(periph));
    case QSPI_IDLE: break;
    }
    return 0;
}

static bool waits_for_chip(const struct qspi_state *state)
{
    if (state->job == QSPI_CUSTOM) {
        return (state->instruction & CINSTR_WIPWAIT) != 0 && !state->is_long;
    }
    return true;
}

/* True if the chip is free; else the step is repeated when it may be. */
static bool chip_is_free(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;
    uint64_t ticks = vb_qspi_wait_ticks(periph);

    if (ticks == 0) {
        state->last_status = mx25r_status(&state->chip, vb_qspi_flash(periph));
        return true;
    }
    state->last_status = 0xFF;
    if (ticks != VB_NEVER) {
        vb_timer_set(periph->vb, &state->step_timer,
                     vb_now(periph->vb) + ticks);
    } else if (vb_qspi_once(periph, QSPI_NOTE_STUCK)) {
        vb_note(periph->vb,
                "%s: no answer from the flash (absent, in deep power-down, or "
                "on other pins): the peripheral waits for ever",
                periph->name);
    }
    return false;
}

static void step(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;

    /* Not enabled it has no pins: ACTIVATE is done at once. */
    if (*vb_word(periph, QSPI_ENABLE_OFF) != 0 && waits_for_chip(state) &&
        !chip_is_free(periph)) {
        return;
    }
    state->is_sent = true;
    vb_timer_set(periph->vb, &state->step_timer,
                 vb_now(periph->vb) + send(periph));
}

/* The transfer is through. */
static void arrived(struct vb_periph *periph)
{
    struct qspi_state *state = periph->state;

    state->is_sent = false;
    if (state->job == QSPI_READ) {
        end_read(periph);
    } else if (state->job == QSPI_CUSTOM) {
        vb_qspi_end_custom(periph);
    } else if (state->job == QSPI_ACTIVATE) {
        state->is_active = *vb_word(periph, QSPI_ENABLE_OFF) != 0;
        vb_qspi_update_xip(periph);
    } else if (state->job == QSPI_WRITE) {
        state->flash_addr += state->part_bytes;
        state->ram_addr += state->part_bytes;
        state->left_bytes -= state->part_bytes;
        if (state->left_bytes > 0) {
            step(periph);
            return;
        }
    }
    finish(periph);
}

void vb_qspi_fire_step(void *ctx)
{
    struct vb_periph *periph = ctx;
    const struct qspi_state *state = periph->state;

    if (state->job != QSPI_IDLE && state->is_sent) {
        arrived(periph);
    } else if (state->job != QSPI_IDLE) {
        step(periph);
    }
}

bool vb_qspi_may_start(struct vb_periph *periph, enum qspi_job job)
{
    const struct qspi_state *state = periph->state;

    if (state->job != QSPI_IDLE) {
        if (vb_qspi_once(periph, QSPI_NOTE_BUSY)) {
            vb_note(periph->vb,
                    "%s: a task or instruction before READY of the last one; "
                    "ignored",
                    periph->name);
        }
        return false;
    }
    /* nrfx before 3 begins with ACTIVATE, then enables, and activates again. */
    if (job != QSPI_ACTIVATE &&
        (*vb_word(periph, QSPI_ENABLE_OFF) == 0 || !state->is_active)) {
        if (vb_qspi_once(periph, QSPI_NOTE_INACTIVE)) {
            vb_note(periph->vb,
                    "%s: a task or instruction while not enabled and "
                    "activated; ignored",
                    periph->name);
        }
        return false;
    }
    return true;
}

static uint32_t aligned(struct vb_periph *periph, uint32_t off)
{
    uint32_t value = *vb_word(periph, off);

    if (value % 4U != 0 && vb_qspi_once(periph, QSPI_NOTE_ALIGN)) {
        vb_note(periph->vb,
                "%s: an address or length of a transfer is no multiple of 4; "
                "it is rounded down",
                periph->name);
    }
    return value & WORD_MASK;
}

void vb_qspi_start(struct vb_periph *periph, enum qspi_job job)
{
    struct qspi_state *state = periph->state;

    if (!vb_qspi_may_start(periph, job)) {
        return;
    }
    state->job = job;
    state->is_sent = false;
    if (job == QSPI_READ) {
        state->flash_addr = aligned(periph, QSPI_READ_SRC_OFF);
        state->ram_addr = aligned(periph, QSPI_READ_DST_OFF);
        state->left_bytes = aligned(periph, QSPI_READ_CNT_OFF);
    } else if (job == QSPI_WRITE) {
        state->flash_addr = aligned(periph, QSPI_WRITE_DST_OFF);
        state->ram_addr = aligned(periph, QSPI_WRITE_SRC_OFF);
        state->left_bytes = aligned(periph, QSPI_WRITE_CNT_OFF);
    } else if (job == QSPI_ERASE) {
        state->flash_addr = aligned(periph, QSPI_ERASE_PTR_OFF);
    }
    if ((job == QSPI_READ || job == QSPI_WRITE) && state->left_bytes == 0) {
        finish(periph);
        return;
    }
    step(periph);
}
