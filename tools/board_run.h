/* SPDX-License-Identifier: MIT */
/* One run of the virtual board, and what its files share. */
#ifndef DUO_TOOLS_BOARD_RUN_H
#define DUO_TOOLS_BOARD_RUN_H

#include "board_console.h"
#include "board_control.h"
#include "board_run_gdb.h"
#include "board_run_load.h"
#include "board_run_options.h"

/* How a run ended. */
enum duo_run_end {
    DUO_RUN_GOES_ON,
    DUO_RUN_TIME_OVER,
    DUO_RUN_SEEN, /* All of --until. */
    DUO_RUN_IDLE, /* Nothing would happen any more. */
    DUO_RUN_USER, /* Ctrl-], a signal, or the debugger. */
    DUO_RUN_CUT,
    DUO_RUN_OFF,
    DUO_RUN_UNMODELLED,
    DUO_RUN_RULE,
    DUO_RUN_BROKEN,
    DUO_RUN_OP_FOUND, /* A trial run: it knows the operation's times now. */
};

/* Flash operations of one device: app, net, ext. */
struct duo_run_device_count {
    uint64_t writes;
    uint64_t written_bytes;
    uint64_t erases;
    uint64_t erased_bytes;
    uint64_t busy_ns;
};

/* A light that blinks would drown the rest: it is told once. */
struct duo_run_led {
    uint64_t changed_ns;
    unsigned quick_count; /* Changes that followed one another. */
};

struct duo_run {
    const struct duo_run_options *options;
    struct duo_board *board;         /* NULL in a trial. */
    struct duo_native_board *native; /* Its flashes and their world. */
    struct duo_vb *vb;
    struct duo_console console;
    struct duo_control control;
    struct duo_run_gdb gdb;
    uint64_t seed;
    FILE *trace;
    struct duo_run_device_count counts[3];
    uint64_t op_count;
    struct duo_run_led leds[DUO_VB_LED_COUNT];
    bool is_trial;            /* Nobody sees it or types. */
    uint64_t wanted_op_index; /* A trial: which one is looked for; else 0. */
    struct duo_vb_op last_op; /* The latest, and so the one that was found. */
    struct duo_vb_op cut_op;  /* What the cut is to hit, if it names one. */
    struct duo_vb_cut cut;    /* at_ns from base_ns; UINT64_MAX: none. */
    /* When the run began, on the board's time line, which goes on from run to
     * run. Options and messages count from here. */
    uint64_t base_ns;
    uint64_t end_ns; /* From base_ns; UINT64_MAX: no end. */
    unsigned next_event;
    enum duo_run_end end;
    struct duo_vb_stop stop; /* Of the end. */
    bool has_failed;         /* A debugger looks at what cannot go on. */
    int signal_fd;           /* -1: none. */
    uint64_t pace_wall_ns;   /* Both clocks, when they were last equal. */
    uint64_t pace_virtual_ns;
    uint64_t host_ns; /* Processor time of the emulation. */
};

/** The board with its callbacks, without power. INTERNAL. */
bool duo_run_create(struct duo_run *run, struct duo_tool_error *error);
/** Switch on and run to the end. */
void duo_run_loop(struct duo_run *run);
/** Put the flashes into the board's directory as they are now. */
bool duo_run_save(struct duo_run *run, struct duo_tool_error *error);
void duo_run_destroy(struct duo_run *run);
/** End it; the first reason stays. */
void duo_run_end(struct duo_run *run, enum duo_run_end reason);
/** Virtual time since the run began. */
uint64_t duo_run_now_ns(const struct duo_run *run);

/** When to cut the power: by the options, or by a trial run on @p board with
 * @p loads. Leaves run->cut. */
bool duo_run_settle_cut(struct duo_run *run, struct duo_board *board,
                        const struct duo_run_loads *loads,
                        struct duo_tool_error *error);

/** What the last run was, for board.json and people. */
json_t *duo_run_summary_json(const struct duo_run *run);
json_t *duo_run_report_json(const struct duo_run *run);
void duo_run_report(const struct duo_run *run);
int duo_run_exit_code(const struct duo_run *run);
/** Why it ended, as a sentence. */
const char *duo_run_end_text(const struct duo_run *run);

#endif
