/* SPDX-License-Identifier: MIT */
/* duoboot board run: the virtual board with the ARM firmware in its flashes. */
#include "board_run.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TIME_NS_DEFAULT UINT64_C(60000000000)

/* Signals end a run in order: the terminal is given back, the flashes are
 * saved. A peer that went away is noticed by write(). */
static int catch_signals(void)
{
    sigset_t set;

    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool open_trace(struct duo_run *run, struct duo_tool_error *error)
{
    const char *path = run->options->trace_path;

    if (path == NULL) {
        return true;
    }
    run->trace = fopen(path, "we");
    return run->trace != NULL ||
           duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot write: %s", path,
                         strerror(errno));
}

static bool close_trace(struct duo_run *run, struct duo_tool_error *error)
{
    FILE *trace = run->trace;
    bool is_bad;

    run->trace = NULL;
    if (trace == NULL) {
        return true;
    }
    is_bad = ferror(trace) != 0;
    is_bad = fclose(trace) != 0 || is_bad;
    return !is_bad || duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot write",
                                    run->options->trace_path);
}

/* A copy of the directory draws the same; the next run another. */
static uint64_t seed_of(const struct duo_run_options *options,
                        const struct duo_board *board)
{
    return options->has_seed ? options->seed
                             : board->config.time_ns / 1000U % 1000000000U;
}

static uint64_t end_of(const struct duo_run_options *options)
{
    if (options->has_time) {
        return options->time_ns;
    }
    return duo_run_is_live(options) || options->has_gdb ? UINT64_MAX
                                                        : TIME_NS_DEFAULT;
}

static bool prepare(struct duo_run *run, struct duo_board *board,
                    struct duo_run_loads *loads, struct duo_tool_error *error)
{
    const struct duo_run_options *options = run->options;

    if (!duo_board_open(options->words.dir, board, error) ||
        !duo_run_loads_read(loads, options, board, error)) {
        return false;
    }
    run->board = board;
    run->native = board->native;
    run->seed = seed_of(options, board);
    run->end_ns = end_of(options);
    duo_run_loads_apply(loads, board->native);
    if (options->is_control) {
        duo_control_open(&run->control, run);
    }
    return duo_run_check_start(board, error) &&
           duo_run_settle_cut(run, board, loads, error) &&
           open_trace(run, error) && duo_run_create(run, error) &&
           duo_console_open(&run->console, options, error) &&
           (!options->has_gdb ||
            duo_run_gdb_open(&run->gdb, (uint16_t)options->gdb_port, error));
}

/* Saved while the board has its power: what it was doing ends as it would. */
bool duo_run_save(struct duo_run *run, struct duo_tool_error *error)
{
    struct duo_board_config *config = &run->board->config;

    /* The world's cores follow the board only where they use a flash. */
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        run->native->world.core_ns[core] = duo_vb_now_ns(run->vb);
    }
    config->is_powered = duo_vb_has_power(run->vb);
    json_decref(config->last_boot);
    config->last_boot = duo_run_summary_json(run);
    return duo_board_save(run->board, error);
}

static bool finish(struct duo_run *run, struct duo_tool_error *error)
{
    bool done;

    duo_console_finish(&run->console);
    done = duo_run_save(run, error) && close_trace(run, error);
    duo_control_end(&run->control, done ? duo_run_end_text(run) : error->text);
    if (done) {
        duo_run_report(run);
    }
    return done;
}

int duo_board_run(int argc, char **argv)
{
    struct duo_run_options options;
    struct duo_run run = {.options = &options, .signal_fd = -1};
    struct duo_run_loads loads = {0};
    struct duo_board board;
    struct duo_tool_error error;
    int exit_code = DUO_EXIT_INTERNAL;
    bool done;

    duo_run_options_parse(argc, argv, &options);
    duo_console_open_silent(&run.console, &options);
    duo_run_gdb_init(&run.gdb);
    done = prepare(&run, &board, &loads, &error);
    if (done) {
        run.signal_fd = catch_signals();
        duo_run_loop(&run);
        exit_code = duo_run_exit_code(&run);
        done = finish(&run, &error);
    }
    (void)close_trace(&run, &error);
    duo_run_gdb_close(&run.gdb, (uint8_t)exit_code);
    duo_console_finish(&run.console);
    duo_console_close(&run.console);
    duo_control_close(&run.control);
    duo_run_destroy(&run);
    duo_run_loads_free(&loads);
    duo_board_close(&board);
    duo_run_options_free(&options);
    if (run.signal_fd >= 0) {
        (void)close(run.signal_fd);
    }
    return done ? exit_code : duo_tool_report(&error);
}
