/* SPDX-License-Identifier: MIT */
/* Playing scenarios; see play.h. */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duo/trailer.h"
#include "duo_layouts.h"

/* A chip that changes its answer: what lies in a staged slot reads right at
 * first, as long as it is being verified, and wrong in one bit later. */
struct liar {
    struct duo_slots slots;
    uint64_t reads_bytes; /* Of staged slots since the boot began. */
    uint64_t limit_bytes;
};

/* Of a copy or a hash; headers and trailers read right. */
#define LIE_BYTES_MIN 256U

static struct liar liar; /* One board plays at a time in this program. */

static void lie(void *ctx, uint32_t off_bytes, uint8_t *dst, size_t len_bytes)
{
    (void)ctx;
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        const struct duo_area *area = &liar.slots.staged[i];
        if (off_bytes < area->off_bytes || len_bytes < LIE_BYTES_MIN ||
            off_bytes >= area->off_bytes + area->size_bytes) {
            continue;
        }
        liar.reads_bytes += len_bytes;
        if (liar.reads_bytes > liar.limit_bytes) {
            dst[len_bytes / 2U] ^= 0x10U;
        }
    }
}

static const struct rig_image *image_of(struct stage *stage,
                                        enum scenario_image image)
{
    return &stage->rig.images[(unsigned)image - 1U];
}

/* DONE_YES if @p err is none and the power held. */
static enum done done(const struct stage *stage, enum duo_err err,
                      uint64_t ops_before)
{
    const struct duo_sim_world *world = &stage->rig.board->world;

    if (!world->dead && err == DUO_OK) {
        return DONE_YES;
    }
    return world->op_count > ops_before ? DONE_PARTLY : DONE_NO;
}

static void step_stage(struct stage *stage, const struct step *step,
                       struct run *run)
{
    const struct rig_image *image = image_of(stage, step->image);
    struct expected *expected = &run->cores[image->core];
    uint64_t ops = stage->rig.board->world.op_count;

    expected->new_image = image;
    expected->permanent = step->permanent;
    expected->routed = step->core != image->core;
    enum duo_err err = duo_native_stage(stage->rig.board, step->core,
                                        image->bytes, step->permanent);
    expected->requested = done(stage, err, ops);
    expected->open_mode = step->permanent && expected->requested == DONE_PARTLY;
}

/* The staged slot is empty, as the install left it. */
static void step_previous(struct stage *stage, const struct step *step,
                          struct run *run)
{
    struct expected *expected = &run->cores[step->core];
    uint64_t ops = stage->rig.board->world.op_count;
    struct duo_slots slots;

    duo_native_slots(stage->rig.board, &slots);
    expected->new_image = image_of(stage, step->image);
    expected->permanent = step->permanent;
    expected->is_previous = true;
    enum duo_err err =
        duo_trailer_request(&slots.staged[step->core], step->permanent);
    expected->requested = done(stage, err, ops);
    expected->open_mode = step->permanent && expected->requested == DONE_PARTLY;
}

static void step_confirm(struct stage *stage, const struct step *step,
                         struct run *run)
{
    struct expected *expected = &run->cores[step->counts_for];
    uint64_t ops = stage->rig.board->world.op_count;
    enum duo_err err = duo_native_confirm(stage->rig.board, step->core);

    expected->confirmed = done(stage, err, ops);
}

/* One bit of the active image, as a probe or a worn cell would. */
static void step_damage(struct stage *stage, const struct step *step,
                        struct run *run)
{
    struct duo_native_board *board = stage->rig.board;
    struct duo_sim_flash *flash =
        step->core == DUO_CORE_APP ? board->app : board->net;
    struct duo_slots slots;

    duo_native_slots(board, &slots);
    uint32_t off_bytes = slots.active[step->core].off_bytes + 0x2345U;
    uint8_t byte = flash->data[off_bytes] ^ 0x20U;
    duo_sim_poke(flash, off_bytes, (struct duo_bytes){&byte, 1});
    run->cores[step->core].old_image = image_of(stage, step->image);
}

static void note_boot(struct stage *stage)
{
    liar.reads_bytes = 0;
    stage->boots++;
}

/* Copies of both cores' flashes, for the wear check of runs without cuts. */
static void boot_and_check_wear(struct stage *stage, struct run *run)
{
    struct duo_native_board *board = stage->rig.board;
    const struct duo_sim_flash *flashes[DUO_CORE_COUNT] = {board->app,
                                                           board->net};
    uint8_t *before[DUO_CORE_COUNT];

    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        uint32_t size_bytes = flashes[i]->flash.geometry.size_bytes;
        before[i] = malloc(size_bytes);
        if (before[i] == NULL) {
            abort();
        }
        memcpy(before[i], flashes[i]->data, size_bytes);
    }
    duo_sim_stats_clear(&board->world);
    const struct duo_boot_result *result = duo_native_boot(board);
    check_boot(run, result);
    if (!stage->scenario->lying) { /* A rollback erases a second time. */
        check_wear(run, (const uint8_t *const[]){before[0], before[1]});
    }
    free(before[0]);
    free(before[1]);
}

static void step_boot(struct stage *stage, bool cuts, struct run *run)
{
    struct duo_native_board *board = stage->rig.board;

    duo_sim_reset(&board->world);
    note_boot(stage);
    if (!cuts) {
        boot_and_check_wear(stage, run);
        return;
    }
    const struct duo_boot_result *result = duo_native_boot(board);
    if (!board->world.dead) {
        check_boot(run, result);
    }
}

static void play_step(struct stage *stage, const struct step *step, bool cuts,
                      struct run *run)
{
    switch (step->type) {
    case STEP_END: return;
    case STEP_STAGE: step_stage(stage, step, run); return;
    case STEP_PREVIOUS: step_previous(stage, step, run); return;
    case STEP_BOOT: step_boot(stage, cuts, run); return;
    case STEP_CONFIRM: step_confirm(stage, step, run); return;
    case STEP_DAMAGE: step_damage(stage, step, run); return;
    }
}

static void play_steps(struct stage *stage, const struct step *steps, bool cuts,
                       struct run *run)
{
    const struct duo_sim_world *world = &stage->rig.board->world;

    for (unsigned i = 0;
         i < STEPS_MAX && steps[i].type != STEP_END && !world->dead; i++) {
        play_step(stage, &steps[i], cuts, run);
    }
}

/* Boot with the cuts that are left, then without, until a boot is quiet. */
static void settle(struct stage *stage, const struct duo_sim_cut *cuts,
                   unsigned cut_count, struct run *run)
{
    struct duo_native_board *board = stage->rig.board;
    bool quiet = false;

    for (unsigned i = 0;
         i < PLAY_SETTLE_BOOTS_MAX + cut_count && !quiet && !run->broken; i++) {
        struct duo_sim_cut cut = i < cut_count ? cuts[i] : rig_no_cut();
        note_boot(stage);
        const struct duo_boot_result *result =
            duo_native_power_cycle(board, cut);
        check_flash(run);
        run->cuts_happened += board->world.dead;
        if (!board->world.dead) {
            check_boot(run, result);
            quiet = board->world.op_count == 0;
        }
    }
    if (!quiet) {
        check_fail(run, "P6 settles", "still writing after %u boots",
                   PLAY_SETTLE_BOOTS_MAX);
    }
}

static void start_run(struct stage *stage, struct run *run)
{
    memset(run, 0, sizeof(*run));
    run->rig = &stage->rig;
    run->scenario = stage->scenario;
    memcpy(run->cores, stage->cores, sizeof(run->cores));
    duo_sim_snapshot_restore(&stage->rig.board->world, stage->snapshot);
}

uint64_t play(struct stage *stage, const struct duo_sim_cut *cuts,
              unsigned cut_count, struct run *run)
{
    struct duo_native_board *board = stage->rig.board;

    start_run(stage, run);
    duo_sim_power_up(&board->world, cut_count != 0 ? cuts[0] : rig_no_cut());
    play_steps(stage, stage->scenario->steps, cut_count != 0, run);
    uint64_t ops = board->world.op_count;
    run->cuts_happened = board->world.dead;
    check_flash(run);
    settle(stage, cut_count > 1 ? &cuts[1] : NULL,
           cut_count > 1 ? cut_count - 1U : 0U, run);
    if (run->broken == NULL) {
        check_end(run);
    }
    return ops;
}

/* No sensible board needs more power failures than this to get through. */
#define OFTEN_CUTS_MAX 20000U

unsigned play_often(struct stage *stage, unsigned every_ops, uint64_t seed,
                    struct run *run)
{
    struct duo_native_board *board = stage->rig.board;
    uint64_t state = seed * 0x9E3779B97F4A7C15U + 1U;
    unsigned cuts = 0;

    start_run(stage, run);
    duo_sim_power_up(&board->world, rig_no_cut());
    for (unsigned i = 0; stage->scenario->steps[i].type != STEP_BOOT; i++) {
        play_step(stage, &stage->scenario->steps[i], false, run);
    }
    bool quiet = false;
    while (!quiet && run->broken == NULL && cuts < OFTEN_CUTS_MAX) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const struct duo_sim_cut cut = {
            1U + (state >> 33) % every_ops,
            (enum duo_sim_cut_kind)((state >> 20) % DUO_SIM_CUT_KIND_COUNT),
            state};
        note_boot(stage);
        const struct duo_boot_result *result =
            duo_native_power_cycle(board, cut);
        cuts += board->world.dead;
        if (!board->world.dead) {
            check_boot(run, result);
            quiet = board->world.op_count == 0;
        }
    }
    if (!quiet) {
        check_fail(run, "P6 settles", "no end after %u cuts", cuts);
    } else {
        run->cuts_happened = cuts;
        check_end(run);
    }
    return cuts;
}

/* After the preparation the new images are the old ones. */
static void forget(struct stage *stage, struct run *run)
{
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        struct expected *expected = &stage->cores[i];
        memset(expected, 0, sizeof(*expected));
        expected->old_image = rig_active(&stage->rig, (enum duo_core)i);
        expected->counter = run->cores[i].counter;
    }
}

void stage_create(struct stage *stage, const struct scenario *scenario,
                  bool verbose)
{
    const struct rig_options options = {
        .layout = &duo_layout_small,
        .policy = scenario->policy,
        .charge_cpu = true, /* For its memory of signatures: speed. */
        .verbose = verbose,
    };
    struct run run;

    memset(stage, 0, sizeof(*stage));
    stage->scenario = scenario;
    rig_create(&stage->rig, &options);
    scenario_make_images(&stage->rig);
    rig_factory(&stage->rig, image_of(stage, APP_OLD),
                image_of(stage, NET_OLD));
    memset(&run, 0, sizeof(run));
    run.rig = &stage->rig;
    run.scenario = scenario;
    run.cores[DUO_CORE_APP].counter = 1;
    run.cores[DUO_CORE_NET].counter = 1;
    run.cores[DUO_CORE_APP].old_image = image_of(stage, APP_OLD);
    run.cores[DUO_CORE_NET].old_image = image_of(stage, NET_OLD);
    play_steps(stage, scenario->prepare, true, &run);
    if (run.broken != NULL) {
        fprintf(stderr, "%s: preparation breaks %s: %s\n", scenario->name,
                run.broken, run.detail);
        exit(1);
    }
    check_boot(&run, &stage->rig.board->result);
    forget(stage, &run);
    if (scenario->lying) {
        struct duo_native_board *board = stage->rig.board;
        duo_native_slots(board, &liar.slots);
        /* Verified once, then half of it copied. */
        bool net = scenario->steps[0].core == DUO_CORE_NET;
        liar.limit_bytes = net ? 40000 : 90000;
        board->ext->on_read = lie;
    }
    stage->snapshot = duo_sim_snapshot_take(&stage->rig.board->world);
}

void stage_destroy(struct stage *stage)
{
    duo_sim_snapshot_free(stage->snapshot);
    rig_destroy(&stage->rig);
}
