/* SPDX-License-Identifier: MIT */
/* A simulated flash as a device: rules, times, starting and polling. */
#include <string.h>

#include "sim_internal.h"

uint64_t sim_flash_now_ns(const struct duo_sim_flash *flash)
{
    return flash->world->core_ns[flash->core];
}

static bool is_alive(const struct duo_sim_flash *flash)
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
        sim_apply_erase(flash, op->off_bytes);
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

bool duo_sim_is_busy(const struct duo_sim_flash *flash)
{
    return sim_flash_end_ns(flash) != UINT64_MAX;
}

static bool broken(struct duo_sim_flash *flash, const char *rule,
                   uint32_t off_bytes)
{
    sim_world_violation(flash->world, "%s: %s at 0x%x (operation %llu)",
                        flash->flash.name, rule, (unsigned)off_bytes,
                        (unsigned long long)flash->world->op_count + 1U);
    return false;
}

static bool check_range(struct duo_sim_flash *flash, uint32_t off_bytes,
                        size_t len_bytes)
{
    uint32_t size_bytes = flash->flash.geometry.size_bytes;

    if (off_bytes > size_bytes || len_bytes > size_bytes - off_bytes) {
        return broken(flash, "operation outside the device", off_bytes);
    }
    return true;
}

/* Which rule the write of one internal word breaks; NULL: none. */
static const char *word_rule(uint32_t word, bool rises, uint8_t writes)
{
    if (word == UINT32_MAX) {
        return NULL;
    }
    if (rises) {
        return "write would need a bit to rise from 0 to 1";
    }
    return writes >= SIM_WORD_WRITES_MAX
               ? "third write of a word since its erase"
               : NULL;
}

static bool report_word(struct duo_sim_flash *flash, struct sim_range range,
                        const uint8_t *src)
{
    for (uint32_t at = 0; at < range.len_bytes; at += SIM_WORD_BYTES) {
        uint32_t off_bytes = range.off_bytes + at;
        uint32_t word, present;
        const char *rule;

        memcpy(&word, src + at, sizeof(word));
        memcpy(&present, flash->state->data + off_bytes, sizeof(present));
        rule = word_rule(word, (word & ~present) != 0,
                         flash->state->word_writes[off_bytes / SIM_WORD_BYTES]);
        if (rule != NULL) {
            return broken(flash, rule, off_bytes);
        }
    }
    return true;
}

/* Sweeps run this for every page: no branch unless a rule is broken. */
static bool check_words(struct duo_sim_flash *flash, struct sim_range range,
                        const uint8_t *src)
{
    const uint8_t *data = flash->state->data + range.off_bytes;
    const uint8_t *writes =
        flash->state->word_writes + range.off_bytes / SIM_WORD_BYTES;
    uint32_t bad = 0;

    for (uint32_t at = 0; at < range.len_bytes / SIM_WORD_BYTES; at++) {
        uint32_t word, present, counts;
        memcpy(&word, src + (size_t)at * SIM_WORD_BYTES, sizeof(word));
        memcpy(&present, data + (size_t)at * SIM_WORD_BYTES, sizeof(present));
        counts = 0U - (uint32_t)(word != UINT32_MAX);
        bad |= word & ~present & counts;
        bad |= (uint32_t)(writes[at] >= SIM_WORD_WRITES_MAX) & counts;
    }
    return bad == 0 || report_word(flash, range, src);
}

static bool report_byte(struct duo_sim_flash *flash, struct sim_range range,
                        const uint8_t *src)
{
    const uint8_t *data = flash->state->data + range.off_bytes;
    uint32_t at = 0;

    while (at < range.len_bytes && (src[at] & ~data[at]) == 0) {
        at++;
    }
    return broken(flash, "program would need a bit to rise from 0 to 1",
                  range.off_bytes + at);
}

/* External writes are whole words, too; the loop is by words for speed. */
static bool check_bytes(struct duo_sim_flash *flash, struct sim_range range,
                        const uint8_t *src)
{
    const uint8_t *data = flash->state->data + range.off_bytes;
    uint32_t rises = 0;

    for (uint32_t at = 0; at < range.len_bytes; at += SIM_WORD_BYTES) {
        uint32_t word, present;
        memcpy(&word, src + at, sizeof(word));
        memcpy(&present, data + at, sizeof(present));
        rises |= word & ~present;
    }
    return rises == 0 || report_byte(flash, range, src);
}

static bool check_idle(struct duo_sim_flash *flash, uint32_t off_bytes,
                       const char *rule)
{
    return duo_sim_is_busy(flash) ? broken(flash, rule, off_bytes) : true;
}

static uint64_t write_ns(const struct duo_sim_flash *flash,
                         struct sim_range range, const uint8_t *src)
{
    const struct sim_timing *timing =
        sim_timing_of(flash->type, flash->high_performance);
    uint64_t ns = 0;

    if (sim_is_internal(flash)) {
        return sim_words_to_write(src, range.len_bytes) * timing->word_ns;
    }
    while (range.len_bytes > 0) {
        uint32_t chunk_bytes = sim_ext_chunk_bytes(range);
        ns += sim_timing_program_ns(timing, chunk_bytes);
        range.off_bytes += chunk_bytes;
        range.len_bytes -= chunk_bytes;
    }
    return ns;
}

static void trace(const struct duo_sim_flash *flash)
{
    const struct duo_sim_world *world = flash->world;
    const struct sim_pending *op = &flash->state->pending;
    struct duo_sim_op seen = {
        .device = flash->flash.name,
        .kind = op->kind,
        .off_bytes = op->off_bytes,
        .len_bytes = op->len_bytes,
        .start_ns = op->start_ns,
        .end_ns = op->end_ns,
        .op_index = world->op_count,
    };

    if (world->on_op != NULL) {
        world->on_op(world->on_op_ctx, &seen);
    }
}

/* Begin the operation whose kind, range and source are set; it lasts ns. */
static enum duo_err begin(struct duo_sim_flash *flash, uint64_t ns)
{
    struct duo_sim_world *world = flash->world;
    struct sim_pending *op = &flash->state->pending;

    op->start_ns = sim_flash_now_ns(flash);
    op->end_ns = op->start_ns + ns;
    op->boot_count = world->boot_count;
    op->high_performance = flash->high_performance;
    world->op_count++;
    op->is_cut_op = world->cut.op_index == world->op_count;
    trace(flash);
    if (op->is_cut_op && world->cut.kind == DUO_SIM_CUT_BEFORE) {
        world->cut_ns = op->start_ns;
        sim_cut_fire(world);
        return DUO_ERR_FLASH;
    }
    op->active = true;
    flash->stats.busy_ns += ns;
    if (op->kind == DUO_SIM_OP_ERASE) {
        flash->stats.erases++;
        flash->page_erases[op->off_bytes / flash->state->page_bytes]++;
    } else {
        flash->stats.words_written +=
            sim_is_internal(flash)
                ? ns / sim_timing_of(flash->type, false)->word_ns
                : op->len_bytes / SIM_WORD_BYTES;
    }
    if (op->is_cut_op) {
        world->cut_ns = sim_cut_instant_ns(flash, op);
        world->cut_armed = true;
        if (world->cut_ns <= op->start_ns) {
            sim_cut_fire(world);
            return DUO_ERR_FLASH;
        }
    }
    return DUO_OK;
}

static enum duo_err start_read(struct duo_flash *base, uint32_t off_bytes,
                               void *dst, size_t len_bytes)
{
    struct duo_sim_flash *flash = sim_flash_of(base);
    uint64_t ns = sim_timing_read_ns(
        sim_timing_of(flash->type, flash->high_performance), len_bytes);

    if (!is_alive(flash)) {
        return DUO_ERR_FLASH;
    }
    sim_flash_settle(flash, sim_flash_now_ns(flash));
    if (!check_range(flash, off_bytes, len_bytes) ||
        !check_idle(flash, off_bytes, "read of a busy device") ||
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

static bool check_write(struct duo_sim_flash *flash, uint32_t off_bytes,
                        const void *src, size_t len_bytes)
{
    uint32_t unit_bytes = flash->flash.geometry.write_bytes;
    struct sim_range range = {off_bytes, (uint32_t)len_bytes};

    if (!check_range(flash, off_bytes, len_bytes) ||
        !check_idle(flash, off_bytes, "write started on a busy device")) {
        return false;
    }
    if (off_bytes % unit_bytes != 0 || len_bytes % unit_bytes != 0) {
        return broken(flash, "unaligned write", off_bytes);
    }
    return sim_is_internal(flash) ? check_words(flash, range, src)
                                  : check_bytes(flash, range, src);
}

static enum duo_err start_write(struct duo_flash *base, uint32_t off_bytes,
                                const void *src, size_t len_bytes)
{
    struct duo_sim_flash *flash = sim_flash_of(base);
    struct sim_pending *op = &flash->state->pending;
    struct sim_range range = {off_bytes, (uint32_t)len_bytes};

    if (!is_alive(flash)) {
        return DUO_ERR_FLASH;
    }
    sim_flash_settle(flash, sim_flash_now_ns(flash));
    if (!check_write(flash, off_bytes, src, len_bytes)) {
        return DUO_ERR_FLASH;
    }
    /* The caller's memory may be gone by the time of a reset or cut. */
    if (range.len_bytes > op->copy_capacity_bytes) {
        op->copy = sim_grow(op->copy, range.len_bytes);
        op->copy_capacity_bytes = range.len_bytes;
    }
    if (range.len_bytes > 0) {
        memcpy(op->copy, src, range.len_bytes);
    }
    op->kind = DUO_SIM_OP_WRITE;
    op->off_bytes = range.off_bytes;
    op->len_bytes = range.len_bytes;
    op->source = src;
    op->source_unchecked = true;
    return begin(flash, write_ns(flash, range, src));
}

static enum duo_err start_erase(struct duo_flash *base, uint32_t off_bytes)
{
    struct duo_sim_flash *flash = sim_flash_of(base);
    struct sim_pending *op = &flash->state->pending;

    if (!is_alive(flash)) {
        return DUO_ERR_FLASH;
    }
    sim_flash_settle(flash, sim_flash_now_ns(flash));
    if (!check_range(flash, off_bytes, flash->state->page_bytes) ||
        !check_idle(flash, off_bytes, "erase started on a busy device")) {
        return DUO_ERR_FLASH;
    }
    if (off_bytes % flash->state->page_bytes != 0) {
        (void)broken(flash, "unaligned erase", off_bytes);
        return DUO_ERR_FLASH;
    }
    op->kind = DUO_SIM_OP_ERASE;
    op->off_bytes = off_bytes;
    op->len_bytes = flash->state->page_bytes;
    op->source_unchecked = false;
    return begin(flash,
                 sim_timing_of(flash->type, flash->high_performance)->erase_ns);
}

static enum duo_err poll(struct duo_flash *base)
{
    struct duo_sim_flash *flash = sim_flash_of(base);
    struct sim_pending *op = &flash->state->pending;

    if (!is_alive(flash)) {
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
            (void)broken(flash, "source buffer changed during a write",
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
    .start_write = start_write,
    .start_erase = start_erase,
    .poll = poll,
    .idle = idle,
};
