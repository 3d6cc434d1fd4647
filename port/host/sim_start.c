/* SPDX-License-Identifier: MIT */
/* Beginning an operation on a simulated flash, and the rules that it must
 * obey. */
#include <string.h>

#include "sim_internal.h"

bool sim_rule_broken(struct duo_sim_flash *flash, const char *rule,
                     uint32_t off_bytes)
{
    sim_world_violation(flash->world, "%s: %s at 0x%x (operation %llu)",
                        flash->flash.name, rule, (unsigned)off_bytes,
                        (unsigned long long)flash->world->op_count + 1U);
    return false;
}

bool sim_check_range(struct duo_sim_flash *flash, uint32_t off_bytes,
                     size_t len_bytes)
{
    uint32_t size_bytes = flash->flash.geometry.size_bytes;

    if (off_bytes > size_bytes || len_bytes > size_bytes - off_bytes) {
        return sim_rule_broken(flash, "operation outside the device",
                               off_bytes);
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
            return sim_rule_broken(flash, rule, off_bytes);
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
    return sim_rule_broken(flash,
                           "program would need a bit to rise from 0 to 1",
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

bool sim_check_idle(struct duo_sim_flash *flash, uint32_t off_bytes,
                    const char *rule)
{
    return duo_sim_is_busy(flash) ? sim_rule_broken(flash, rule, off_bytes)
                                  : true;
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

static void count_erases(struct duo_sim_flash *flash,
                         const struct sim_pending *op)
{
    uint32_t page_bytes = flash->state->page_bytes;

    for (uint32_t at = 0; at < op->len_bytes; at += page_bytes) {
        flash->stats.erases++;
        flash->page_erases[(op->off_bytes + at) / page_bytes]++;
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
        count_erases(flash, op);
    } else {
        flash->stats.words_written +=
            sim_is_internal(flash) ? sim_words_to_write(op->copy, op->len_bytes)
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

static bool check_write(struct duo_sim_flash *flash, uint32_t off_bytes,
                        const void *src, size_t len_bytes)
{
    uint32_t unit_bytes = flash->flash.geometry.write_bytes;
    struct sim_range range = {off_bytes, (uint32_t)len_bytes};

    if (!sim_check_range(flash, off_bytes, len_bytes) ||
        !sim_check_idle(flash, off_bytes, "write started on a busy device")) {
        return false;
    }
    if (off_bytes % unit_bytes != 0 || len_bytes % unit_bytes != 0) {
        return sim_rule_broken(flash, "unaligned write", off_bytes);
    }
    return sim_is_internal(flash) ? check_words(flash, range, src)
                                  : check_bytes(flash, range, src);
}

/* Keep what the write needs: the caller's memory may be gone by the time of a
 * reset or cut. */
static void set_write(struct sim_pending *op, struct sim_range range,
                      const void *src)
{
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
}

enum duo_err sim_start_write(struct duo_flash *base, uint32_t off_bytes,
                             const void *src, size_t len_bytes)
{
    struct duo_sim_flash *flash = sim_flash_of(base);
    struct sim_pending *op = &flash->state->pending;
    struct sim_range range = {off_bytes, (uint32_t)len_bytes};

    if (!sim_flash_is_alive(flash)) {
        return DUO_ERR_FLASH;
    }
    sim_flash_settle(flash, sim_flash_now_ns(flash));
    if (!check_write(flash, off_bytes, src, len_bytes)) {
        return DUO_ERR_FLASH;
    }
    set_write(op, range, src);
    op->source_unchecked = true;
    return begin(flash, sim_timing_write_ns(flash, range, src));
}

static bool check_erase(struct duo_sim_flash *flash, struct sim_range range)
{
    uint32_t page_bytes = flash->state->page_bytes;

    if (!sim_check_range(flash, range.off_bytes, range.len_bytes) ||
        !sim_check_idle(flash, range.off_bytes,
                        "erase started on a busy device")) {
        return false;
    }
    if (range.off_bytes % page_bytes != 0 ||
        range.len_bytes % page_bytes != 0 || range.len_bytes == 0) {
        return sim_rule_broken(flash, "unaligned erase", range.off_bytes);
    }
    return true;
}

static enum duo_err erase(struct duo_sim_flash *flash, struct sim_range range,
                          uint64_t ns)
{
    struct sim_pending *op = &flash->state->pending;

    if (!sim_flash_is_alive(flash)) {
        return DUO_ERR_FLASH;
    }
    sim_flash_settle(flash, sim_flash_now_ns(flash));
    if (!check_erase(flash, range)) {
        return DUO_ERR_FLASH;
    }
    op->kind = DUO_SIM_OP_ERASE;
    op->off_bytes = range.off_bytes;
    op->len_bytes = range.len_bytes;
    op->source_unchecked = false;
    return begin(flash,
                 ns != 0 ? ns : sim_timing_erase_ns(flash, range.len_bytes));
}

enum duo_err sim_start_erase(struct duo_flash *base, uint32_t off_bytes)
{
    struct duo_sim_flash *flash = sim_flash_of(base);
    struct sim_range range = {off_bytes, flash->state->page_bytes};

    return erase(flash, range, 0);
}

enum duo_err duo_sim_start(struct duo_sim_flash *flash,
                           const struct duo_sim_start *start)
{
    struct sim_range range = {start->off_bytes, start->len_bytes};

    if (start->kind == DUO_SIM_OP_ERASE) {
        return erase(flash, range, start->ns);
    }
    if (!sim_flash_is_alive(flash)) {
        return DUO_ERR_FLASH;
    }
    sim_flash_settle(flash, sim_flash_now_ns(flash));
    if (!check_write(flash, range.off_bytes, start->src, range.len_bytes)) {
        return DUO_ERR_FLASH;
    }
    set_write(&flash->state->pending, range, start->src);
    flash->state->pending.source_unchecked = false;
    return begin(flash, start->ns != 0
                            ? start->ns
                            : sim_timing_write_ns(flash, range, start->src));
}
