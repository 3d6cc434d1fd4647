/* SPDX-License-Identifier: MIT */
/* Flash operations as they are told to the outside, in the sense of the native
 * board: an erase, a program of the external chip, or what the NVMC programs in
 * rising order into one row of 256 bytes without a longer pause. A timer at its end makes
 * the simulated device apply it, so that what a core reads next is right. */
#include "soc_internal.h"

#define ROW_BYTES 256U
/* Much more than a driver takes between two words, much less than an erase. */
#define PAUSE_TICKS (2000U * (uint64_t)VB_TICKS_PER_US)

static unsigned device_of(const struct duo_vb *vb,
                          const struct duo_sim_flash *flash)
{
    unsigned device = 0;

    while (device + 1U < VB_FLASH_COUNT && vb_device(vb, device) != flash) {
        device++;
    }
    return device;
}

static enum duo_core core_of(unsigned device)
{
    return device == VB_DEVICE_NET ? DUO_CORE_NET : DUO_CORE_APP;
}

static void report(struct duo_vb *vb, unsigned device, uint64_t end_ns)
{
    struct vb_trace_op *op = &vb->machine.ops[device];
    struct duo_vb_op told = {
        .device = vb_device(vb, device)->flash.name,
        .kind = op->kind,
        .off_bytes = op->off_bytes,
        .len_bytes = op->len_bytes,
        .start_ns = op->start_ns,
        .end_ns = end_ns,
        .op_index = op->op_index,
    };

    op->is_active = false;
    op->is_open = false;
    if (vb->config.on_op != NULL) {
        vb->config.on_op(vb->config.ctx, &told);
    }
}

/* The operation's time is over; it is told when no word can follow. */
static void ended(struct duo_vb *vb, unsigned device)
{
    struct vb_trace_op *op = &vb->machine.ops[device];
    struct duo_sim_flash *flash = vb_device(vb, device);

    vb_world_follow(vb, core_of(device));
    (void)flash->flash.ops->poll(&flash->flash);
    if (op->is_active && op->is_open &&
        vb_now(vb) < op->end_ticks + PAUSE_TICKS) {
        vb_timer_set(vb, &vb->op_timer[device], op->end_ticks + PAUSE_TICKS);
    } else if (op->is_active) {
        report(vb, device, vb_ticks_to_ns(op->end_ticks));
    }
}

static void app_ended(void *ctx)
{
    ended(ctx, VB_DEVICE_APP);
}

static void net_ended(void *ctx)
{
    ended(ctx, VB_DEVICE_NET);
}

static void ext_ended(void *ctx)
{
    ended(ctx, VB_DEVICE_EXT);
}

void vb_trace_create(struct duo_vb *vb)
{
    vb_timer_init(vb, &vb->op_timer[VB_DEVICE_APP], app_ended, vb);
    vb_timer_init(vb, &vb->op_timer[VB_DEVICE_NET], net_ended, vb);
    vb_timer_init(vb, &vb->op_timer[VB_DEVICE_EXT], ext_ended, vb);
}

/* Words of one row that follow are one operation; those of ones, which a driver
 * skips, may be missing between them. So are the slices of a partial erase. */
static bool extends(const struct vb_trace_op *op, enum duo_sim_op_kind kind,
                    uint32_t off_bytes)
{
    if (!op->is_active || !op->is_open || op->kind != kind) {
        return false;
    }
    return kind == DUO_SIM_OP_ERASE
               ? off_bytes == op->off_bytes
               : off_bytes / ROW_BYTES == op->off_bytes / ROW_BYTES &&
                     off_bytes >= op->off_bytes + op->len_bytes;
}

void vb_op_began(struct duo_vb *vb, const struct duo_sim_flash *flash,
                 const struct duo_sim_start *start, uint64_t end_ticks)
{
    unsigned device = device_of(vb, flash);
    struct vb_trace_op *op = &vb->machine.ops[device];

    if (extends(op, start->kind, start->off_bytes)) {
        op->len_bytes = start->off_bytes + start->len_bytes - op->off_bytes;
        op->end_ticks = end_ticks;
    } else {
        if (op->is_active) {
            report(vb, device, vb_ticks_to_ns(op->end_ticks));
        }
        *op = (struct vb_trace_op){
            .is_active = true,
            .is_open = device != VB_DEVICE_EXT,
            .kind = start->kind,
            .off_bytes = start->off_bytes,
            .len_bytes = start->len_bytes,
            .start_ns = vb_ticks_to_ns(vb_now(vb)),
            .end_ticks = end_ticks,
            .op_index = ++vb->machine.op_count,
        };
    }
    vb_timer_set(vb, &vb->op_timer[device], end_ticks);
}

void vb_op_window_closed(struct duo_vb *vb, const struct duo_sim_flash *flash)
{
    unsigned device = device_of(vb, flash);
    struct vb_trace_op *op = &vb->machine.ops[device];

    op->is_open = false;
    if (op->is_active && op->end_ticks <= vb_now(vb)) {
        report(vb, device, vb_ticks_to_ns(op->end_ticks));
    }
}

void vb_trace_torn(struct duo_vb *vb, unsigned device)
{
    const struct vb_trace_op *op = &vb->machine.ops[device];
    uint64_t now_ns = vb_ticks_to_ns(vb_now(vb));
    uint64_t end_ns = vb_ticks_to_ns(op->end_ticks);

    vb_timer_clear(vb, &vb->op_timer[device]);
    if (op->is_active) {
        report(vb, device, end_ns < now_ns ? end_ns : now_ns);
    }
}

void vb_trace_power_on(struct duo_vb *vb)
{
    vb->machine.op_count = 0;
    for (unsigned device = 0; device < VB_FLASH_COUNT; device++) {
        vb->machine.ops[device] = (struct vb_trace_op){0};
        vb_timer_clear(vb, &vb->op_timer[device]);
    }
}

uint64_t vb_trace_end_ticks(const struct duo_vb *vb, enum duo_core core)
{
    const struct vb_trace_op *op = &vb->machine.ops[core];

    return op->is_active ? op->end_ticks : 0;
}
