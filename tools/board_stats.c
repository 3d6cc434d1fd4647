/* SPDX-License-Identifier: MIT */
/* The cost of a boot; see board_stats.h. */
#include "board_stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* [PS NVMC]; as in the simulation and in docs/TESTING.md. */
#define ERASE_US   87500U
#define WORD_US    43U
#define WORD_BYTES 4U

static const char *const device_names[] = {"app", "net", "ext"};

/* The image's part of an active slot: without the trailer's page. */
static struct duo_bytes image_part(const struct duo_board_view *view,
                                   unsigned core)
{
    const struct duo_area *area = &view->slots.active[core];

    return (struct duo_bytes){view->devices[core].data + area->off_bytes,
                              view->slots.image_bytes_max[core]};
}

void duo_board_stats_begin(struct duo_board_stats *stats,
                           struct duo_board *board)
{
    struct duo_board_view view;
    struct duo_board_state state;

    memset(stats, 0, sizeof(*stats));
    duo_board_survey(board, &view, &state);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct duo_board_core_stats *own = &stats->cores[core];
        struct duo_bytes part = image_part(&view, core);

        own->page_bytes = view.devices[core].flash.geometry.erase_bytes;
        own->before = malloc(part.len_bytes);
        if (own->before != NULL) {
            memcpy(own->before, part.data, part.len_bytes);
        }
        memcpy(own->digest_before, state.images[core].slots[0].image.digest,
               DUO_SHA256_BYTES);
    }
}

static void count_core(struct duo_board_core_stats *own, struct duo_bytes part,
                       const struct duo_board_slot *slot)
{
    uint32_t page_us = ERASE_US + own->page_bytes / WORD_BYTES * WORD_US;

    for (uint32_t off = 0; own->before != NULL && off < part.len_bytes;
         off += own->page_bytes) {
        if (memcmp(own->before + off, part.data + off, own->page_bytes) != 0) {
            own->changed_pages++;
        }
    }
    own->bound_us = (uint64_t)own->changed_pages * page_us;
    if (slot->is_image &&
        memcmp(own->digest_before, slot->image.digest, DUO_SHA256_BYTES) != 0) {
        own->installed_bytes = slot->image.total_bytes;
    }
}

void duo_board_stats_end(struct duo_board_stats *stats, struct duo_board *board)
{
    struct duo_sim_world *world = &board->native->world;
    struct duo_board_view view;
    struct duo_board_state state;

    stats->boot_us = world->app_clock.now_us(&world->app_clock);
    stats->processor_us = (board->native->app_sim_crypto.spent_ns +
                           board->native->net_sim_crypto.spent_ns) /
                          1000U;
    stats->is_high_performance = board->native->ext->high_performance;
    stats->devices[0] = board->native->app->stats;
    stats->devices[1] = board->native->net->stats;
    stats->devices[2] = board->native->ext->stats;
    duo_board_survey(board, &view, &state);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct duo_board_core_stats *own = &stats->cores[core];
        count_core(own, image_part(&view, core), &state.images[core].slots[0]);
        if (own->bound_us > stats->bound_us) {
            stats->bound_us = own->bound_us;
        }
    }
}

static double ratio_of(const struct duo_board_stats *stats)
{
    return (double)stats->boot_us / (double)stats->bound_us;
}

json_t *duo_board_stats_json(const struct duo_board_stats *stats)
{
    json_t *devices = json_object();
    json_t *cores = json_object();

    for (unsigned i = 0; i < 3; i++) {
        const struct duo_sim_stats *device = &stats->devices[i];
        (void)json_object_set_new(
            devices, device_names[i],
            json_pack("{s:I, s:I, s:I, s:I}", "erases",
                      (json_int_t)device->erases, "words_written",
                      (json_int_t)device->words_written, "bytes_read",
                      (json_int_t)device->bytes_read, "busy_us",
                      (json_int_t)(device->busy_ns / 1000U)));
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_board_core_stats *own = &stats->cores[core];
        (void)json_object_set_new(
            cores, device_names[core],
            json_pack("{s:I, s:I, s:I, s:I}", "changed_pages",
                      (json_int_t)own->changed_pages, "page_bytes",
                      (json_int_t)own->page_bytes, "installed_bytes",
                      (json_int_t)own->installed_bytes, "bound_us",
                      (json_int_t)own->bound_us));
    }
    return json_pack(
        "{s:I, s:I, s:I, s:o, s:s, s:o, s:o}", "boot_us",
        (json_int_t)stats->boot_us, "processor_us",
        (json_int_t)stats->processor_us, "bound_us",
        (json_int_t)stats->bound_us, "ratio",
        stats->bound_us != 0 ? json_real(ratio_of(stats)) : json_null(),
        "external_mode",
        stats->is_high_performance ? "high-performance" : "ultra-low-power",
        "cores", cores, "devices", devices);
}

void duo_board_stats_print(const struct duo_board_stats *stats)
{
    (void)printf("virtual time        %.6f s, of which %.6f s hashing and "
                 "signatures\n",
                 (double)stats->boot_us / 1000000.0,
                 (double)stats->processor_us / 1000000.0);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_board_core_stats *own = &stats->cores[core];
        (void)printf("%-11s flash   %u pages of %u bytes changed, %llu erases, "
                     "%llu words written\n",
                     duo_core_name((enum duo_core)core), own->changed_pages,
                     own->page_bytes,
                     (unsigned long long)stats->devices[core].erases,
                     (unsigned long long)stats->devices[core].words_written);
    }
    (void)printf(
        "external flash      %llu erases, %llu bytes written, %s "
        "mode\n",
        (unsigned long long)stats->devices[2].erases,
        (unsigned long long)stats->devices[2].words_written * WORD_BYTES,
        stats->is_high_performance ? "high-performance" : "ultra-low-power");
    if (stats->bound_us != 0) {
        (void)printf("bound               %.6f s to erase and write the "
                     "changed pages once; ratio %.3f\n",
                     (double)stats->bound_us / 1000000.0, ratio_of(stats));
    }
}

void duo_board_stats_free(struct duo_board_stats *stats)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        free(stats->cores[core].before);
        stats->cores[core].before = NULL;
    }
}
