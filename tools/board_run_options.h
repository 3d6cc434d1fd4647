/* SPDX-License-Identifier: MIT */
/* The options of `duoboot board run`. */
#ifndef DUO_TOOLS_BOARD_RUN_OPTIONS_H
#define DUO_TOOLS_BOARD_RUN_OPTIONS_H

#include "board.h"
#include "board_port.h"
#include "vb.h"

#define DUO_RUN_LOAD_COUNT_MAX  16U
#define DUO_RUN_EVENT_COUNT_MAX 128U
#define DUO_RUN_UNTIL_COUNT_MAX 8U

/* Something from outside, at a virtual time. */
enum duo_run_event_kind {
    DUO_RUN_INPUT,
    DUO_RUN_PRESS,
    DUO_RUN_RELEASE,
    DUO_RUN_RESET,
    DUO_RUN_POWER_CYCLE,
};

struct duo_run_event {
    enum duo_run_event_kind kind;
    uint64_t time_ns;
    enum duo_vb_uart uart;
    unsigned button_index;
    struct duo_tool_buffer bytes; /* INPUT; heap. */
};

enum duo_run_cut_at {
    DUO_RUN_CUT_NONE,
    DUO_RUN_CUT_TIME,
    DUO_RUN_CUT_OP,
    DUO_RUN_CUT_RANDOM,
};

struct duo_run_options {
    struct duo_board_words words;
    const char *loads[DUO_RUN_LOAD_COUNT_MAX]; /* FILE[@ADDR] */
    unsigned load_count;
    bool has_time;
    uint64_t time_ns;
    const char *until[DUO_RUN_UNTIL_COUNT_MAX];
    unsigned until_count;
    struct duo_port_config ports[DUO_VB_UART_COUNT];
    bool is_raw;
    bool is_quiet;
    bool is_interactive; /* The user types into a UART. */
    bool is_control;     /* A program has the standard streams. */
    bool starts_off;     /* It switches the power on. */
    bool has_speed;
    double speed; /* Virtual seconds for a real one; 0: as fast as it goes. */
    struct duo_run_event events[DUO_RUN_EVENT_COUNT_MAX]; /* By time. */
    unsigned event_count;
    enum duo_run_cut_at cut_at;
    uint64_t cut_ns;
    uint32_t cut_op_index; /* From 1. */
    bool has_cut_kind;
    enum duo_sim_cut_kind cut_kind;
    bool has_seed;
    uint32_t seed;
    const char *trace_path;
    bool has_stats;
    bool is_json;
    bool is_lenient;
    bool has_no_chip;
    bool has_gdb;
    uint32_t gdb_port; /* 0: any two; they are told. */
    bool gdb_wait;
};

/** Ends the process with DUO_EXIT_USAGE if the command line is wrong. */
void duo_run_options_parse(int argc, char **argv,
                           struct duo_run_options *options);
void duo_run_options_free(struct duo_run_options *options);

/** Somebody uses the run while it lasts: a terminal, a pty, a socket. */
bool duo_run_is_live(const struct duo_run_options *options);

#endif
