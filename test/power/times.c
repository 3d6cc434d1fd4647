/* SPDX-License-Identifier: MIT */
/* Virtual times and wear of installs on the nRF5340 DK's layout, against the
 * bound of the internal flash (architecture, section 3(c)). Prints a table
 * and fails if a limit is passed; the virtual clock is exact, so no run
 * differs from another. */
#include <stdio.h>
#include <string.h>

#include "duo_layouts.h"
#include "rig.h"

#define APP_PAGE_MS 131.532 /* 87.5 ms erase, 1024 words of 43 us. */
#define NET_PAGE_MS 109.516 /* 87.5 ms erase, 512 words of 43 us. */
#define KB          1024U

enum image {
    APP_1, /* 900 KB */
    NET_1, /* 240 KB */
    APP_2, /* All 225 pages differ from APP_1. */
    NET_2, /* All 120 pages differ from NET_1. */
    APP_3, /* 11 pages differ from APP_2: header, nine, TLVs. */
    APP_4, /* The same 11 pages differ again. */
    IMAGE_COUNT,
};

struct row {
    const char *name;
    int app; /* Image to install, or -1. */
    int net;
    uint32_t app_pages; /* That change: for the bound. */
    uint32_t net_pages;
    double seconds_max; /* Of the virtual clock, flash and bus only. */
    uint64_t app_erases_max;
};

/* Limits: 1.03 of the bound for an application of new pages, 1.05 with the
 * network core. Each row starts from what the rows before it left, confirmed. */
static const struct row rows[] = {
    {"application, 900 KB, all 225 pages",        APP_2, -1,    225, 0,   30.48, 227},
    {"application, 11 of 225, fresh backup area", APP_3, -1,    11,  0,   14.0,  13 },
    {"application, 11 of 225, next update",       APP_4, -1,    11,  0,   2.0,   13 },
    {"network, 240 KB, all 120 pages",            -1,    NET_2, 0,   120, 13.79, 1  },
    {"both, all pages",                           APP_1, NET_1, 225, 120, 31.07, 227},
};

static void make_images(struct rig *rig)
{
    static const uint32_t changed[] = {30, 55, 80, 81, 105, 130, 155, 180, 200};
    struct rig_image_spec specs[IMAGE_COUNT] = {0};

    for (unsigned i = 0; i < IMAGE_COUNT; i++) {
        bool is_net = i == NET_1 || i == NET_2;
        specs[i].core = is_net ? DUO_CORE_NET : DUO_CORE_APP;
        specs[i].total_bytes = (is_net ? 240U : 900U) * KB;
        specs[i].seed = i + 1U;
    }
    specs[APP_2].minor = 1;
    specs[NET_2].minor = 1;
    for (unsigned i = APP_3; i <= APP_4; i++) {
        specs[i].minor = (uint8_t)(i - APP_2);
        specs[i].seed = specs[APP_2].seed;
        specs[i].changed_units = changed;
        specs[i].changed_count = 9;
        specs[i].change_seed = i + 1U;
    }
    for (unsigned i = 0; i < IMAGE_COUNT; i++) {
        (void)rig_make(rig, &specs[i]);
    }
}

static double bound_seconds(const struct row *row)
{
    double app = row->app_pages * APP_PAGE_MS / 1000.0;
    double net = row->net_pages * NET_PAGE_MS / 1000.0;
    return app > net ? app : net;
}

static bool stage(struct rig *rig, enum duo_core core, int image)
{
    return image < 0 ||
           duo_native_stage(rig->board, core, rig->images[image].bytes,
                            false) == DUO_OK;
}

/* Install, and confirm at the next boot. False: it did not come to run. */
static bool install(struct rig *rig, const struct row *row, double *seconds)
{
    struct duo_native_board *board = rig->board;

    if (!stage(rig, DUO_CORE_APP, row->app) ||
        !stage(rig, DUO_CORE_NET, row->net)) {
        return false;
    }
    uint64_t start_us = duo_sim_now_us(&board->world);
    duo_sim_stats_clear(&board->world);
    (void)duo_native_power_cycle(board, rig_no_cut());
    *seconds = (double)(duo_sim_now_us(&board->world) - start_us) / 1e6;
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        int image = i == DUO_CORE_APP ? row->app : row->net;
        if (image >= 0 &&
            rig_active(rig, (enum duo_core)i) != &rig->images[image]) {
            return false;
        }
        if (image >= 0) {
            (void)duo_native_confirm(board, (enum duo_core)i);
        }
    }
    return true;
}

static bool run(bool charge_cpu)
{
    const struct rig_options options = {.layout = &duo_layout_nrf5340dk,
                                        .charge_cpu = charge_cpu};
    struct rig rig;
    bool good = true;

    printf("%s\n%-43s %8s %8s %6s %7s %8s %7s %7s\n",
           charge_cpu ? "With estimated processor time (hash, signatures):"
                      : "Flash and bus time:",
           "install", "seconds", "bound", "ratio", "limit", "A erases",
           "N erases", "X erases");
    rig_create(&rig, &options);
    make_images(&rig);
    rig_factory(&rig, &rig.images[APP_1], &rig.images[NET_1]);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        double seconds = 0;
        bool ran = install(&rig, row, &seconds);
        const struct duo_native_board *board = rig.board;
        bool within =
            charge_cpu || (seconds <= row->seconds_max &&
                           board->app->stats.erases <= row->app_erases_max);

        printf("%-43s %8.4f %8.3f %6.3f %7.2f %8llu %7llu %7llu %s\n",
               row->name, seconds, bound_seconds(row),
               seconds / bound_seconds(row), row->seconds_max,
               (unsigned long long)board->app->stats.erases,
               (unsigned long long)board->net->stats.erases,
               (unsigned long long)board->ext->stats.erases,
               !ran      ? "DID NOT RUN"
               : !within ? "OVER THE LIMIT"
                         : "");
        good = good && ran && within;
        (void)duo_native_power_cycle(rig.board, rig_no_cut());
    }
    rig_destroy(&rig);
    return good;
}

int main(void)
{
    bool good = run(false);

    printf("\n");
    good = run(true) && good;
    return good ? 0 : 1;
}
