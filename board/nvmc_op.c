/* SPDX-License-Identifier: MIT */
/* The operations of the NVMC, one after the other, on the simulated flash.
 *
 * A store while one runs waits, and the core with it. The emulated core cannot
 * stop inside a block of instructions, so the stores that follow in the same
 * block are kept in a queue and carried out at the times at which the hardware
 * would have let them through. */
#include <string.h>

#include "nvmc_internal.h"

/* [PS NVMC] */
#define WORD_TICKS  (43U * (uint64_t)VB_TICKS_PER_US)
#define ERASE_TICKS (87500U * (uint64_t)VB_TICKS_PER_US)
#define ALL_TICKS   (173000U * (uint64_t)VB_TICKS_PER_US)
#define MS_TICKS    (1000U * (uint64_t)VB_TICKS_PER_US)
/* The vendor's driver counts a page as erased when its slices add up to this
 * (87.5 without the fraction). */
#define PARTIAL_SUM_MS 87U

static uint64_t ticks_of(const struct nvmc_request *request)
{
    switch (request->kind) {
    case NVMC_WORD:
    case NVMC_ONES:
    case NVMC_UICR: return WORD_TICKS;
    case NVMC_ERASE: return ERASE_TICKS;
    case NVMC_PARTIAL: return request->value * MS_TICKS;
    case NVMC_ALL: return ALL_TICKS;
    }
    return WORD_TICKS;
}

/* Bits that are 0 stay 0, whatever is stored. */
static uint32_t programmed(struct vb_periph *periph,
                           const struct duo_sim_flash *flash,
                           const struct nvmc_request *request)
{
    uint32_t present;

    memcpy(&present, flash->data + request->off_bytes, sizeof(present));
    if ((request->value & ~present) != 0) {
        vb_note(periph->vb,
                "%s: 0x%08x stored over 0x%08x at offset 0x%x: bits would have "
                "to rise from 0 to 1",
                periph->name, (unsigned)request->value, (unsigned)present,
                (unsigned)request->off_bytes);
    }
    return request->value & present;
}

static uint32_t length_of(const struct duo_sim_flash *flash,
                          enum nvmc_kind kind)
{
    if (kind == NVMC_WORD) {
        return sizeof(uint32_t);
    }
    return kind == NVMC_ALL ? flash->flash.geometry.size_bytes
                            : flash->flash.geometry.erase_bytes;
}

static bool is_for_flash(enum nvmc_kind kind)
{
    return kind != NVMC_ONES && kind != NVMC_UICR;
}

/* How long the erase would still take; the last slice ends it. */
static uint64_t add_partial(struct nvmc_state *state,
                            const struct nvmc_request *request)
{
    uint64_t left_ticks;

    if (state->partial_off_bytes != request->off_bytes) {
        state->partial_off_bytes = request->off_bytes;
        state->partial_ms = 0;
    }
    left_ticks = ERASE_TICKS - state->partial_ms * MS_TICKS;
    state->partial_ms += request->value;
    state->is_unfinished = state->partial_ms < PARTIAL_SUM_MS;
    if (!state->is_unfinished) {
        state->partial_ms = 0;
        left_ticks = request->value * MS_TICKS;
    }
    return vb_ticks_to_ns(left_ticks);
}

static void begin_flash(struct vb_periph *periph,
                        const struct nvmc_request *request, uint64_t ticks)
{
    struct nvmc_state *state = periph->state;
    struct duo_sim_flash *flash = vb_flash(periph->vb, periph->core);
    uint32_t value = 0;
    struct duo_sim_start start = {
        .kind =
            request->kind == NVMC_WORD ? DUO_SIM_OP_WRITE : DUO_SIM_OP_ERASE,
        .off_bytes = request->off_bytes,
        .len_bytes = length_of(flash, request->kind),
        .src = &value,
        .ns = vb_ticks_to_ns(ticks),
    };

    if (request->kind == NVMC_WORD) {
        value = programmed(periph, flash, request);
    }
    if (request->kind == NVMC_PARTIAL) {
        start.ns = add_partial(state, request);
    }
    if (duo_sim_start(flash, &start) == DUO_OK) {
        /* The flash's time may be a little ahead of ours. */
        uint64_t end_ticks =
            vb_ns_to_ticks(flash->world->core_ns[flash->core]) + ticks;
        if (state->busy_until < end_ticks) {
            state->busy_until = end_ticks;
        }
        vb_op_began(periph->vb, flash, &start, state->busy_until);
    }
}

static void begin(struct vb_periph *periph, const struct nvmc_request *request)
{
    struct nvmc_state *state = periph->state;
    uint64_t ticks = ticks_of(request);

    state->now = *request;
    state->is_busy = true;
    state->is_unfinished = false;
    state->busy_until = vb_now(periph->vb) + ticks;
    if (is_for_flash(request->kind)) {
        begin_flash(periph, request, ticks);
    }
    if (state->queue_until < state->busy_until) {
        state->queue_until = state->busy_until;
    }
    vb_timer_set(periph->vb, &state->timer, state->busy_until);
}

/* A slice that leaves the page unfinished: what it reads then is anything, as
 * after a power cut at that instant. It does not count as an erase. */
static void leave_partial(struct vb_periph *periph, struct duo_sim_flash *flash)
{
    struct nvmc_state *state = periph->state;
    struct duo_sim_instant instant = {
        .at_ns = flash->world->core_ns[flash->core],
        .kind = DUO_SIM_CUT_TORN,
        .seed = vb_seed(periph->vb) ^ ++state->tears,
    };

    duo_sim_tear(flash, &instant);
    flash->stats.erases--;
    flash->page_erases[state->now.off_bytes /
                       flash->flash.geometry.erase_bytes]--;
}

static void end(struct vb_periph *periph)
{
    struct nvmc_state *state = periph->state;
    struct duo_sim_flash *flash = vb_flash(periph->vb, periph->core);

    state->is_busy = false;
    if (!is_for_flash(state->now.kind)) {
        return;
    }
    if (state->is_unfinished && !flash->world->dead) {
        leave_partial(periph, flash);
    }
    /* Applies it; a world without power keeps what it has. */
    (void)flash->flash.ops->poll(&flash->flash);
    if (state->now.kind == NVMC_ALL) {
        vb_uicr_erase(periph->vb, periph->core);
    }
}

void vb_nvmc_catch_up(struct vb_periph *periph)
{
    struct nvmc_state *state = periph->state;

    while (state->is_busy && state->busy_until <= vb_now(periph->vb)) {
        end(periph);
        if (state->queue_count > 0) {
            struct nvmc_request next = state->queue[state->queue_first];
            state->queue_first = (state->queue_first + 1U) % NVMC_QUEUE_COUNT;
            state->queue_count--;
            begin(periph, &next);
        }
    }
}

void vb_nvmc_fire(void *ctx)
{
    vb_nvmc_catch_up(ctx);
}

void vb_nvmc_request(struct vb_periph *periph,
                     const struct nvmc_request *request)
{
    struct nvmc_state *state = periph->state;
    struct vb_cpu *cpu = vb_cpu(periph->vb, periph->core);

    vb_nvmc_catch_up(periph);
    if (!state->is_busy) {
        state->queue_until = 0;
        begin(periph, request);
    } else if (state->queue_count < NVMC_QUEUE_COUNT) {
        unsigned last =
            (state->queue_first + state->queue_count) % NVMC_QUEUE_COUNT;
        /* From RAM, too, the bus holds the store until its turn. */
        vb_cpu_stall(cpu, state->queue_until);
        state->queue[last] = *request;
        state->queue_count++;
        state->queue_until += ticks_of(request);
    } else {
        vb_stop_because(periph->vb, DUO_VB_STOP_UNMODELLED, periph->core,
                        "%s: more than %u stores to flash in one block of "
                        "instructions",
                        periph->name, NVMC_QUEUE_COUNT);
    }
    if (vb_cpu_runs_from_flash(cpu)) {
        vb_cpu_stall(cpu, state->queue_until);
    }
}
