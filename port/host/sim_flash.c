/* SPDX-License-Identifier: MIT */
/* A simulated flash as a device: reading, polling, waiting. */
#include <string.h>

#include "sim_internal.h"

uint64_t sim_flash_now_ns(const struct duo_sim_flash *flash)
{
    return flash->world->core_ns[flash->core];
}

bool sim_flash_is_alive(const struct duo_sim_flash *flash)
{
    return !flash->world->dead && !flash->absent;
}

void sim_flash_settle(struct duo_sim_flash *flash, uint64_t now_ns)
{
    struct sim_pending *op = &flash->state->pending;
    struct sim_range range = {op->off_bytes, op->len_bytes};

    if (!op->active || op->end_ns > now_ns) {
        return;
    }
    op->active = false;
    if (op->kind == DUO_SIM_OP_ERASE) {
        sim_apply_erase(flash, range);
    } else {
        sim_apply_write(flash, range, op->copy);
    }
}

uint64_t sim_flash_end_ns(const struct duo_sim_flash *flash)
{
    const struct sim_pending *op = &flash->state->pending;

    return op->active && op->end_ns > sim_flash_now_ns(flash) ? op->end_ns
                                                              : UINT64_MAX;
}

uint64_t duo_sim_end_ns(const struct duo_sim_flash *flash)
{
    const struct sim_pending *op = &flash->state->pending;

    return op->active ? op->end_ns : UINT64_MAX;
}

bool duo_sim_is_busy(const struct duo_sim_flash *flash)
{
    return sim_flash_end_ns(flash) != UINT64_MAX;
}

static enum duo_err start_read(struct duo_flash *base, uint32_t off_bytes,
                               void *dst, size_t len_bytes)
{
    struct duo_sim_flash *flash = sim_flash_of(base);
    uint64_t ns = sim_timing_read_ns(
        sim_timing_of(flash->type, flash->high_performance), len_bytes);

    if (!sim_flash_is_alive(flash)) {
        return DUO_ERR_FLASH;
    }
    sim_flash_settle(flash, sim_flash_now_ns(flash));
    if (!sim_check_range(flash, off_bytes, len_bytes) ||
        !sim_check_idle(flash, off_bytes, "read of a busy device") ||
        !sim_world_spend(flash->world, flash->core, ns)) {
        return DUO_ERR_FLASH;
    }
    flash->stats.bytes_read += len_bytes;
    if (len_bytes > 0) {
        memcpy(dst, flash->state->data + off_bytes, len_bytes);
    }
    if (flash->on_read != NULL) {
        flash->on_read(flash->on_read_ctx, off_bytes, dst, len_bytes);
    }
    return DUO_OK;
}

static enum duo_err poll(struct duo_flash *base)
{
    struct duo_sim_flash *flash = sim_flash_of(base);
    struct sim_pending *op = &flash->state->pending;

    if (!sim_flash_is_alive(flash)) {
        return DUO_ERR_FLASH;
    }
    sim_flash_settle(flash, sim_flash_now_ns(flash));
    if (op->active) {
        return DUO_ERR_BUSY;
    }
    if (op->source_unchecked) {
        op->source_unchecked = false;
        /* Only the boot that started it still has the buffer. */
        if (op->boot_count == flash->world->boot_count && op->len_bytes > 0 &&
            memcmp(op->source, op->copy, op->len_bytes) != 0) {
            (void)sim_rule_broken(flash, "source buffer changed during a write",
                                  op->off_bytes);
            return DUO_ERR_FLASH;
        }
    }
    return DUO_OK;
}

static void idle(struct duo_flash *base)
{
    struct duo_sim_flash *flash = sim_flash_of(base);

    if (flash->core == DUO_CORE_NET) {
        uint64_t now_ns = sim_flash_now_ns(flash);
        uint64_t end_ns = sim_flash_end_ns(flash);
        uint64_t ns = end_ns == UINT64_MAX ? SIM_NET_STEP_NS : end_ns - now_ns;
        duo_sim_spend(flash->world, DUO_CORE_NET, ns);
    } else {
        duo_sim_idle(flash->world, SIM_DEVICE_IDLE_NS_MAX);
    }
}

const struct duo_flash_ops sim_flash_ops = {
    .start_read = start_read,
    .start_write = sim_start_write,
    .start_erase = sim_start_erase,
    .poll = poll,
    .idle = idle,
};
