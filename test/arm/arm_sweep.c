/* SPDX-License-Identifier: MIT */
/* Power cuts on the ARM binaries: both boot loaders install an image on the
 * virtual board, and the power fails in a flash operation. Then the board is
 * switched on twice (weak pages show at the second time) and must each time
 * get both applications running, on whole images; the new one at the end. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm_rig.h"

#define OPS_MAX       4096U
#define IMAGE_BYTES   65536U
#define BOOT_LIMIT_NS (60000U * ARM_MS)
#define BOOTS_AFTER   2U
#define CASES_MAX     (OPS_MAX * DUO_SIM_CUT_KIND_COUNT)
#define LEAD_NS       20000U /* Runs may end 10 us late (vb.h). */

struct scene {
    const char *name;
    enum duo_core core;
};

static const struct scene scenes[] = {
    {"net-64k", DUO_CORE_NET},
    {"app-64k", DUO_CORE_APP},
};
#define SCENE_COUNT (sizeof(scenes) / sizeof(scenes[0]))

struct arguments {
    const char *scene; /* NULL: all. */
    unsigned random;   /* Cuts drawn; 0: every operation, every kind. */
    uint64_t seed;
    bool replay;
    uint64_t replay_op;
    unsigned replay_kind;
    bool verbose;
};

struct cut_case {
    const struct duo_vb_op *op;
    enum duo_sim_cut_kind kind;
    uint64_t seed;
};

struct campaign {
    const struct scene *scene;
    struct arm_rig rig;
    const struct arm_image *old_images[DUO_CORE_COUNT];
    const struct arm_image *new_image;
    struct duo_vb_snapshot *snapshot; /* Staged, without power. */
    struct duo_vb_snapshot *front;    /* The install, shortly before a cut. */
    struct duo_vb_op ops[OPS_MAX];
    unsigned op_count;
    bool recording;
    struct cut_case cases[CASES_MAX];
    unsigned case_count;
    unsigned boots;
    unsigned broken;
};

static void record_op(void *ctx, const struct duo_vb_op *op)
{
    struct campaign *campaign = ctx;

    if (campaign->recording && campaign->op_count < OPS_MAX) {
        campaign->ops[campaign->op_count++] = *op;
    }
}

static void prepare(struct campaign *campaign, bool verbose)
{
    struct arm_rig *rig = &campaign->rig;
    const enum duo_core core = campaign->scene->core;
    const struct arm_image_spec old_app = {.core = DUO_CORE_APP,
                                           .firmware = "appdemo",
                                           .total_bytes = IMAGE_BYTES,
                                           .seed = 1};
    const struct arm_image_spec old_net = {.core = DUO_CORE_NET,
                                           .firmware = "netdemo",
                                           .total_bytes = IMAGE_BYTES,
                                           .seed = 2};
    struct arm_image_spec update = core == DUO_CORE_APP ? old_app : old_net;

    arm_rig_create(rig, verbose);
    rig->on_op = record_op;
    rig->on_op_ctx = campaign;
    campaign->old_images[DUO_CORE_APP] = arm_make(rig, &old_app);
    campaign->old_images[DUO_CORE_NET] = arm_make(rig, &old_net);
    update.minor = 1;
    update.seed = 3;
    campaign->new_image = arm_make(rig, &update);
    arm_factory(rig, campaign->old_images[DUO_CORE_APP],
                campaign->old_images[DUO_CORE_NET]);
    arm_stage(rig, core, campaign->new_image, true);
    campaign->snapshot = duo_vb_snapshot_take(rig->vb);
}

/* A run without a cut, to learn the operations. */
static bool learn(struct campaign *campaign)
{
    struct arm_rig *rig = &campaign->rig;

    duo_vb_snapshot_restore(rig->vb, campaign->snapshot);
    campaign->recording = true;
    bool well = arm_boot(rig, NULL, ARM_WELL, BOOT_LIMIT_NS);
    duo_vb_power_off(rig->vb);
    campaign->recording = false;
    if (!well ||
        arm_active(rig, campaign->scene->core) != campaign->new_image) {
        fprintf(stderr, "%s: the install without a cut fails: %s\n%s\n",
                campaign->scene->name, rig->stop.text,
                rig->consoles[DUO_VB_UART_APP].text);
        return false;
    }
    return true;
}

/* A quarter of the cuts each near the start and the end of the operation: a
 * mark or the last word would hardly be hit otherwise. */
static uint64_t instant_ns(const struct duo_vb_op *op,
                           enum duo_sim_cut_kind kind, uint64_t seed)
{
    uint64_t length_ns = op->end_ns - op->start_ns;
    uint64_t state = seed;
    uint64_t place = arm_random(&state) % 4U;
    uint64_t window_ns = length_ns;

    if (kind == DUO_SIM_CUT_BEFORE) {
        return op->start_ns;
    }
    if (kind == DUO_SIM_CUT_AFTER || length_ns < 2U) {
        return op->end_ns;
    }
    if (op->kind == DUO_SIM_OP_WRITE && place < 2U && length_ns > 43000U) {
        window_ns = 43000U;
    }
    uint64_t off_ns = 1U + arm_random(&state) % (window_ns - 1U);
    return place == 1U ? op->end_ns - off_ns : op->start_ns + off_ns;
}

static bool is_new(const struct campaign *campaign, enum duo_core core)
{
    return core == campaign->scene->core;
}

/* NULL, or what is wrong with a board that says that it is well. */
static const char *find_fault(struct campaign *campaign)
{
    struct arm_rig *rig = &campaign->rig;

    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        const struct arm_image *image = arm_active(rig, (enum duo_core)i);
        char words[64];

        if (image == NULL) {
            return "P1 whole: a core holds neither image";
        }
        if (is_new(campaign, (enum duo_core)i)
                ? image != campaign->new_image
                : image != campaign->old_images[i]) {
            return "P6 settles: not the image that must run in the end";
        }
        (void)snprintf(words, sizeof(words),
                       i == DUO_CORE_APP ? "appdemo 1.%u.0 runs"
                                         : ARM_WELL "1.%u.0",
                       image->minor);
        if (!arm_says(rig, DUO_VB_UART_APP, words)) {
            return "P8 truth: another version says that it runs";
        }
    }
    return NULL;
}

static void report(struct campaign *campaign, const char *fault,
                   const struct cut_case *one)
{
    campaign->broken++;
    printf("BROKEN %s\n  replay: arm_sweep --scene %s --replay %u:%u:%llu\n",
           fault, campaign->scene->name, (unsigned)one->op->op_index,
           (unsigned)one->kind, (unsigned long long)one->seed);
}

/* The machine as it is shortly before @p op. Cases come in the order of time, so
 * the install itself is run once in all. */
static void advance(struct campaign *campaign, const struct duo_vb_op *op)
{
    struct arm_rig *rig = &campaign->rig;
    uint64_t until_ns = op->start_ns > LEAD_NS ? op->start_ns - LEAD_NS : 0;

    duo_vb_snapshot_restore(rig->vb, campaign->front);
    if (until_ns > duo_vb_now_ns(rig->vb)) {
        duo_vb_run(rig->vb, until_ns, &rig->stop);
        duo_vb_snapshot_free(campaign->front);
        campaign->front = duo_vb_snapshot_take(rig->vb);
    }
}

static void play(struct campaign *campaign, const struct cut_case *one)
{
    struct arm_rig *rig = &campaign->rig;
    struct duo_vb_cut cut = {
        .at_ns = instant_ns(one->op, one->kind, one->seed),
        .kind = one->kind,
        .seed = one->seed,
    };
    const char *fault = NULL;

    advance(campaign, one->op);
    duo_vb_set_cut(rig->vb, &cut);
    (void)arm_run(rig, NULL, BOOT_LIMIT_NS);
    if (duo_vb_has_power(rig->vb)) {
        report(campaign, "the cut did not happen", one);
        return;
    }
    for (unsigned i = 0; i < BOOTS_AFTER && fault == NULL; i++) {
        bool well = arm_boot(rig, NULL, ARM_WELL, BOOT_LIMIT_NS);
        campaign->boots++;
        duo_vb_power_off(rig->vb);
        fault =
            well ? find_fault(campaign) : "P6 settles: no application is well";
    }
    if (fault != NULL) {
        report(campaign, fault, one);
    }
}

static int by_time(const void *left, const void *right)
{
    const struct cut_case *a = left;
    const struct cut_case *b = right;

    return (a->op->start_ns > b->op->start_ns) -
           (a->op->start_ns < b->op->start_ns);
}

static void play_cases(struct campaign *campaign)
{
    duo_vb_snapshot_restore(campaign->rig.vb, campaign->snapshot);
    duo_vb_power_on(campaign->rig.vb, NULL);
    campaign->front = duo_vb_snapshot_take(campaign->rig.vb);
    qsort(campaign->cases, campaign->case_count, sizeof(campaign->cases[0]),
          by_time);
    for (unsigned i = 0; i < campaign->case_count; i++) {
        play(campaign, &campaign->cases[i]);
    }
    duo_vb_snapshot_free(campaign->front);
}

static const struct duo_vb_op *find_op(const struct campaign *campaign,
                                       uint64_t op_index)
{
    for (unsigned i = 0; i < campaign->op_count; i++) {
        if (campaign->ops[i].op_index == op_index) {
            return &campaign->ops[i];
        }
    }
    return NULL;
}

static void draw_all(struct campaign *campaign, uint64_t seed)
{
    for (unsigned i = 0; i < campaign->op_count; i++) {
        for (unsigned kind = 0; kind < DUO_SIM_CUT_KIND_COUNT; kind++) {
            campaign->cases[campaign->case_count++] = (struct cut_case){
                &campaign->ops[i], (enum duo_sim_cut_kind)kind, seed + i};
        }
    }
}

static void draw_random(struct campaign *campaign,
                        const struct arguments *arguments)
{
    uint64_t state = arguments->seed;

    for (unsigned i = 0; i < arguments->random && i < CASES_MAX; i++) {
        struct cut_case one = {
            .op = &campaign->ops[arm_random(&state) % campaign->op_count]};

        one.kind = (enum duo_sim_cut_kind)(arm_random(&state) %
                                           DUO_SIM_CUT_KIND_COUNT);
        one.seed = arm_random(&state) >> 40;
        campaign->cases[campaign->case_count++] = one;
    }
}

/* The cuts that were asked for; false: there are none such. */
static bool draw(struct campaign *campaign, const struct arguments *arguments)
{
    if (arguments->replay) {
        const struct duo_vb_op *op = find_op(campaign, arguments->replay_op);
        if (op == NULL) {
            fprintf(stderr, "arm_sweep: there is no operation %llu\n",
                    (unsigned long long)arguments->replay_op);
            return false;
        }
        campaign->cases[campaign->case_count++] = (struct cut_case){
            op, (enum duo_sim_cut_kind)arguments->replay_kind, arguments->seed};
    } else if (arguments->random > 0) {
        draw_random(campaign, arguments);
    } else {
        draw_all(campaign, arguments->seed);
    }
    return true;
}

static bool run_scene(const struct scene *scene,
                      const struct arguments *arguments)
{
    struct campaign *campaign = calloc(1, sizeof(*campaign));

    if (campaign == NULL) {
        return false;
    }
    campaign->scene = scene;
    prepare(campaign, arguments->verbose);
    bool good = learn(campaign) && draw(campaign, arguments);
    if (good) {
        play_cases(campaign);
    }
    printf("%s: %u operations, %u cut runs, %u boots, %u broken\n", scene->name,
           campaign->op_count, campaign->case_count, campaign->boots,
           campaign->broken);
    good = good && campaign->broken == 0;
    duo_vb_snapshot_free(campaign->snapshot);
    arm_rig_destroy(&campaign->rig);
    free(campaign);
    return good;
}

static bool parse_replay(const char *text, struct arguments *arguments)
{
    unsigned long long op_index, seed;

    if (sscanf(text, "%llu:%u:%llu", &op_index, &arguments->replay_kind,
               &seed) != 3 ||
        arguments->replay_kind >= DUO_SIM_CUT_KIND_COUNT) {
        return false;
    }
    arguments->replay = true;
    arguments->replay_op = op_index;
    arguments->seed = seed;
    return true;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 's': arguments->scene = value; return 0;
    case 'n': arguments->random = (unsigned)strtoul(value, NULL, 0); return 0;
    case 'e': arguments->seed = strtoull(value, NULL, 0); return 0;
    case 'v': arguments->verbose = true; return 0;
    case 'r':
        if (!parse_replay(value, arguments)) {
            argp_error(state, "--replay wants OPERATION:KIND:SEED");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    /* clang-format off */
    static const struct argp_option options[] = {
        {"scene", 's', "NAME", 0, "net-64k or app-64k; default both", 0},
        {"random", 'n', "COUNT", 0, "cuts drawn at random; default: all", 0},
        {"seed", 'e', "N", 0, "for the draw and the tears; default 1", 0},
        {"replay", 'r', "OP:KIND:SEED", 0, "one cut; needs --scene", 0},
        {"verbose", 'v', NULL, 0, "show the consoles", 0},
        {0}};
    /* clang-format on */
    static const struct argp parser = {
        .options = options,
        .parser = parse,
        .doc = "Power cuts while the ARM binaries install an image.",
    };
    struct arguments arguments = {.seed = 1};
    bool good = true;
    unsigned found = 0;

    if (argp_parse(&parser, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    for (size_t i = 0; i < SCENE_COUNT; i++) {
        if (arguments.scene == NULL ||
            strcmp(arguments.scene, scenes[i].name) == 0) {
            found++;
            good = run_scene(&scenes[i], &arguments) && good;
        }
    }
    if (found == 0) {
        fprintf(stderr, "arm_sweep: there is no scene '%s'\n", arguments.scene);
        return 2;
    }
    return good ? 0 : 1;
}
