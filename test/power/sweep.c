/* SPDX-License-Identifier: MIT */
/* The power-cut sweep: every flash operation of a scenario x every kind of
 * cut x seeds, pairs of cuts, and long runs with a cut every few operations.
 * A failure prints one line that replays it. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mutants.h"
#include "play.h"

struct options {
    const char *scenario; /* NULL: all. */
    const char *replay;
    unsigned seeds;
    unsigned first_seed;
    unsigned stride; /* Every how many operations. */
    unsigned pairs;  /* Second cuts for each first cut; 0: no pairs. */
    unsigned every;  /* Cut at random within this many operations, for ever. */
    bool all_pairs;
    bool verbose;
};

struct totals {
    uint64_t cut_runs;
    uint64_t boots;
    uint64_t failures;
    uint64_t failures_here; /* In this scenario. */
};

static void tell_broken(const struct stage *stage, const struct run *run,
                        const char *how, struct totals *totals)
{
    totals->failures++;
    totals->failures_here++;
    if (totals->failures_here <= 3U) {
        printf("BROKEN %s: %s\n  replay: power_sweep --scenario %s %s\n",
               run->broken, run->detail, stage->scenario->name, how);
    }
}

/* The cuts as --replay takes them. */
static const char *cuts_text(const struct duo_sim_cut *cuts, unsigned cut_count,
                             char text[160])
{
    int at = snprintf(text, 160, "--replay ");

    for (unsigned i = 0; i < cut_count; i++) {
        at +=
            snprintf(text + at, 160U - (size_t)at, "%s%llu:%u:%llu",
                     i == 0 ? "" : ",", (unsigned long long)cuts[i].op_index,
                     (unsigned)cuts[i].kind, (unsigned long long)cuts[i].seed);
    }
    return text;
}

/* Returns the number of cuts that happened. */
static unsigned play_and_tell(struct stage *stage,
                              const struct duo_sim_cut *cuts,
                              unsigned cut_count, struct totals *totals)
{
    struct run run;
    char text[160];

    (void)play(stage, cuts, cut_count, &run);
    totals->cut_runs++;
    if (run.broken != NULL) {
        tell_broken(stage, &run, cuts_text(cuts, cut_count, text), totals);
    }
    return run.cuts_happened;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

/* Second cuts fall into the boots after the first: try some, or every one
 * until the recovery is shorter than the operation asked for. */
static void sweep_pairs(struct stage *stage, struct duo_sim_cut first,
                        const struct options *options, struct totals *totals)
{
    struct duo_sim_cut cuts[2] = {
        first, {0, DUO_SIM_CUT_BEFORE, first.seed}
    };
    uint64_t state = first.op_index * 131U + first.seed;
    unsigned count = options->all_pairs ? 2000U : options->pairs;

    for (unsigned i = 1; i <= count; i++) {
        cuts[1].op_index =
            options->all_pairs ? i : 1U + next_random(&state) % 300U;
        cuts[1].kind = (enum duo_sim_cut_kind)(next_random(&state) %
                                               DUO_SIM_CUT_KIND_COUNT);
        unsigned happened = play_and_tell(stage, cuts, 2, totals);
        if (options->all_pairs && happened < 2U) {
            return; /* The recovery is shorter than that. */
        }
    }
}

static void sweep_scenario(const struct scenario *scenario,
                           const struct options *options, struct totals *totals)
{
    struct stage stage;
    struct run run;
    uint64_t runs = totals->cut_runs;

    totals->failures_here = 0;
    stage_create(&stage, scenario, options->verbose);
    uint64_t ops = play(&stage, NULL, 0, &run);
    if (run.broken != NULL) {
        totals->failures++;
        totals->failures_here++;
        printf("BROKEN without a cut, %s: %s: %s\n", scenario->name, run.broken,
               run.detail);
    }
    for (uint64_t op = 1; op <= ops; op += options->stride) {
        for (unsigned i = 0; i < DUO_SIM_CUT_KIND_COUNT * options->seeds; i++) {
            struct duo_sim_cut cut = {
                op, (enum duo_sim_cut_kind)(i % DUO_SIM_CUT_KIND_COUNT),
                i / DUO_SIM_CUT_KIND_COUNT + options->first_seed};
            (void)play_and_tell(&stage, &cut, 1, totals);
            if (options->pairs != 0 || options->all_pairs) {
                sweep_pairs(&stage, cut, options, totals);
            }
        }
    }
    printf("%-24s %4llu operations %9llu cut runs %s\n", scenario->name,
           (unsigned long long)ops,
           (unsigned long long)(totals->cut_runs - runs),
           totals->failures_here == 0 ? "ok" : "BROKEN");
    (void)fflush(stdout);
    totals->boots += stage.boots;
    stage_destroy(&stage);
}

/* A cut at random within every few operations, at every boot: does the board
 * still get there, and how many power failures does it take? */
static void sweep_every(const struct scenario *scenario,
                        const struct options *options, struct totals *totals)
{
    struct stage stage;
    unsigned worst = 0;

    stage_create(&stage, scenario, options->verbose);
    for (unsigned i = 0; i < options->seeds; i++) {
        unsigned seed = options->first_seed + i;
        struct run run;
        char text[160];
        unsigned cuts = play_often(&stage, options->every, seed, &run);

        totals->cut_runs += cuts;
        worst = cuts > worst ? cuts : worst;
        (void)snprintf(text, sizeof(text), "--every %u --seed %u",
                       options->every, seed);
        if (run.broken != NULL) {
            tell_broken(&stage, &run, text, totals);
        }
    }
    printf("%-24s a cut within every %u operations: ended, at most %u cuts\n",
           scenario->name, options->every, worst);
    totals->boots += stage.boots;
    stage_destroy(&stage);
}

static bool replay(const struct scenario *scenario,
                   const struct options *options)
{
    struct duo_sim_cut cuts[PLAY_CUTS_MAX];
    struct stage stage;
    struct run run;
    unsigned count = 0;
    const char *at = options->replay;

    while (count < PLAY_CUTS_MAX && at != NULL) {
        unsigned long long op;
        unsigned long long seed;
        unsigned kind;
        if (sscanf(at, "%llu:%u:%llu", &op, &kind, &seed) != 3 ||
            kind >= DUO_SIM_CUT_KIND_COUNT) {
            fprintf(stderr, "power_sweep: --replay takes OP:KIND:SEED[,...]\n");
            return false;
        }
        cuts[count++] =
            (struct duo_sim_cut){op, (enum duo_sim_cut_kind)kind, seed};
        at = strchr(at, ',');
        at = at == NULL ? NULL : at + 1;
    }
    stage_create(&stage, scenario, true);
    fprintf(stderr, "--- the run begins ---\n");
    (void)play(&stage, cuts, count, &run);
    printf("%s: %s%s%s\n", scenario->name, run.broken ? run.broken : "ok",
           run.broken ? ": " : "", run.detail);
    stage_destroy(&stage);
    return run.broken == NULL;
}

enum {
    KEY_SCENARIO = 1,
    KEY_REPLAY,
    KEY_SEEDS,
    KEY_SEED,
    KEY_STRIDE,
    KEY_PAIRS,
    KEY_ALL_PAIRS,
    KEY_EVERY,
    KEY_MUTANT,
    KEY_LIST
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_SCENARIO: options->scenario = arg; return 0;
    case KEY_REPLAY: options->replay = arg; return 0;
    case KEY_SEEDS: options->seeds = (unsigned)atoi(arg); return 0;
    case KEY_SEED: options->first_seed = (unsigned)atoi(arg); return 0;
    case KEY_STRIDE: options->stride = (unsigned)atoi(arg); return 0;
    case KEY_PAIRS: options->pairs = (unsigned)atoi(arg); return 0;
    case KEY_ALL_PAIRS: options->all_pairs = true; return 0;
    case KEY_EVERY: options->every = (unsigned)atoi(arg); return 0;
    case KEY_MUTANT:
        if (!mutant_choose(arg)) {
            argp_error(state, "no mutant '%s'", arg);
        }
        return 0;
    case KEY_LIST:
        for (unsigned i = 0; i < scenario_count; i++) {
            printf("%s\n", scenarios[i].name);
        }
        exit(0);
    case 'v': options->verbose = true; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* clang-format off */
static const struct argp_option argp_options[] = {
    {"scenario", KEY_SCENARIO, "NAME", 0, "Only this scenario", 0},
    {"list", KEY_LIST, NULL, 0, "List the scenarios", 0},
    {"seeds", KEY_SEEDS, "N", 0, "Seeds for each operation and kind (1)", 0},
    {"seed", KEY_SEED, "N", 0, "The first seed (1)", 0},
    {"stride", KEY_STRIDE, "N", 0, "Every Nth operation only (1)", 0},
    {"pairs", KEY_PAIRS, "N", 0, "Second cuts for each first one (0)", 0},
    {"all-pairs", KEY_ALL_PAIRS, NULL, 0, "Every second cut", 0},
    {"every", KEY_EVERY, "N", 0, "A cut within every N operations", 0},
    {"replay", KEY_REPLAY, "CUTS", 0, "Play one run and print its log", 0},
    {"mutant", KEY_MUTANT, "NAME", 0, "Break a safety rule on purpose", 0},
    {"verbose", 'v', NULL, 0, "Print every boot log", 0},
    {0},
};
/* clang-format on */

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    const struct argp argp = {
        argp_options, parse, NULL, "Cut the power at every flash operation.",
        NULL,         NULL,  NULL};
    struct options options = {.seeds = 1, .first_seed = 1, .stride = 1};
    struct totals totals = {0};
    bool found = false;
    bool good = true;
    double start = seconds_now();

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (options.stride == 0 || options.seeds == 0) {
        fprintf(stderr, "power_sweep: --stride and --seeds begin at 1\n");
        return 2;
    }
    for (unsigned i = 0; i < scenario_count; i++) {
        if (options.scenario != NULL &&
            strcmp(options.scenario, scenarios[i].name) != 0) {
            continue;
        }
        found = true;
        if (options.replay != NULL) {
            good = replay(&scenarios[i], &options);
        } else if (options.every != 0) {
            sweep_every(&scenarios[i], &options, &totals);
        } else {
            sweep_scenario(&scenarios[i], &options, &totals);
        }
    }
    if (!found) {
        fprintf(stderr, "power_sweep: no scenario '%s'; see --list\n",
                options.scenario);
        return 2;
    }
    double seconds = seconds_now() - start;
    if (options.replay == NULL) {
        printf("%llu cut runs, %llu boots, %.0f boots a second, %llu broken\n",
               (unsigned long long)totals.cut_runs,
               (unsigned long long)totals.boots,
               (double)totals.boots / (seconds > 0 ? seconds : 1),
               (unsigned long long)totals.failures);
    }
    return good && totals.failures == 0 ? 0 : 1;
}
