/* SPDX-License-Identifier: MIT */
/* When the power of a run is cut: by time, or within a flash operation whose
 * times a trial run on a copy of the board has learned. */
#include <string.h>

#include "board_run.h"

static uint64_t mix(uint64_t value)
{
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

/* The same run without a cut, up to the operation; 0: to the end. */
static bool try(const struct duo_run *run, struct duo_board *board,
                const struct duo_run_loads *loads, struct duo_run *trial,
                struct duo_tool_error *error)
{
    bool done;

    trial->native = duo_board_twin(board, error);
    if (trial->native == NULL) {
        return false;
    }
    duo_run_loads_apply(loads, trial->native);
    trial->is_trial = true;
    trial->options = run->options;
    trial->seed = run->seed;
    trial->signal_fd = -1;
    trial->end_ns = run->end_ns;
    trial->cut.at_ns = UINT64_MAX;
    duo_run_gdb_init(&trial->gdb);
    duo_console_open_silent(&trial->console, run->options);
    done = duo_run_create(trial, error);
    if (done) {
        duo_run_loop(trial);
    }
    duo_run_destroy(trial);
    duo_console_close(&trial->console);
    duo_native_destroy(trial->native);
    return done;
}

/* The instant for a kind, within the operation: progress marks are the first
 * and the last word, so these are hit as often as all between them. */
static uint64_t instant_ns(const struct duo_vb_op *op,
                           const struct duo_vb_cut *cut)
{
    uint64_t length_ns = op->end_ns - op->start_ns;
    uint64_t draw = mix(cut->seed);
    uint64_t span_ns = length_ns / 16U + 1U;

    if (cut->kind == DUO_SIM_CUT_BEFORE) {
        return op->start_ns;
    }
    if (cut->kind == DUO_SIM_CUT_AFTER || length_ns < 2U) {
        return op->end_ns;
    }
    switch (draw % 4U) {
    case 0: return op->start_ns + 1U + (draw >> 8) % span_ns;
    case 1: return op->end_ns - 1U - (draw >> 8) % span_ns;
    default: return op->start_ns + 1U + (draw >> 8) % (length_ns - 1U);
    }
}

static void choose_kind(struct duo_run *run, uint64_t draw)
{
    const struct duo_run_options *options = run->options;

    run->cut.kind = DUO_SIM_CUT_TORN;
    if (options->has_cut_kind) {
        run->cut.kind = options->cut_kind;
    } else if (options->cut_at == DUO_RUN_CUT_RANDOM) {
        run->cut.kind =
            (enum duo_sim_cut_kind)((draw >> 40) % DUO_SIM_CUT_KIND_COUNT);
    }
}

static bool find_op(struct duo_run *run, struct duo_board *board,
                    const struct duo_run_loads *loads, uint64_t draw,
                    struct duo_tool_error *error)
{
    struct duo_run trial = {.wanted_op_index = run->options->cut_op_index};

    if (run->options->cut_at == DUO_RUN_CUT_RANDOM) {
        struct duo_run count = {.wanted_op_index = 0};
        if (!try(run, board, loads, &count, error)) {
            return false;
        }
        if (count.last_op.op_index == 0) {
            return duo_tool_fail(error, DUO_EXIT_USAGE,
                                 "--cut-at random: this run writes and erases "
                                 "nothing, so there is nothing to cut");
        }
        trial.wanted_op_index = 1U + draw % count.last_op.op_index;
    }
    if (!try(run, board, loads, &trial, error)) {
        return false;
    }
    if (trial.end != DUO_RUN_OP_FOUND) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "--cut-at: the run ends after %llu operations, "
                             "before the cut at %llu",
                             (unsigned long long)trial.op_count,
                             (unsigned long long)trial.wanted_op_index);
    }
    run->cut_op = trial.last_op;
    run->cut.at_ns = instant_ns(&trial.last_op, &run->cut) - trial.base_ns;
    return true;
}

bool duo_run_settle_cut(struct duo_run *run, struct duo_board *board,
                        const struct duo_run_loads *loads,
                        struct duo_tool_error *error)
{
    uint64_t draw = mix(run->seed);

    run->cut = (struct duo_vb_cut){.at_ns = UINT64_MAX, .seed = run->seed};
    choose_kind(run, draw);
    switch (run->options->cut_at) {
    case DUO_RUN_CUT_NONE: return true;
    case DUO_RUN_CUT_TIME: run->cut.at_ns = run->options->cut_ns; return true;
    case DUO_RUN_CUT_OP:
    case DUO_RUN_CUT_RANDOM: break;
    }
    return find_op(run, board, loads, draw, error);
}
