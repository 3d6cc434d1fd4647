/* SPDX-License-Identifier: MIT */
/* The options of `duoboot board boot` and `board reset`. */
#ifndef DUO_TOOLS_BOARD_BOOT_OPTIONS_H
#define DUO_TOOLS_BOARD_BOOT_OPTIONS_H

#include "board.h"

struct duo_board_boot_options {
    struct duo_board_words words;
    bool is_reset; /* Without a loss of power. */
    bool is_json;
    bool has_stats;
    const char *report_path; /* JSON goes there, too; NULL: nowhere. */
    bool has_cut;
    bool is_cut_random; /* Else at cut_index. */
    uint32_t cut_index; /* From 1. */
    bool has_cut_kind;  /* Else torn, or random with a random index. */
    enum duo_sim_cut_kind cut_kind;
    uint32_t seed; /* Given, or drawn. */
    bool small_crypto;
    bool charge_cpu;
    bool ext_absent;
    enum duo_native_net net;
};

/** The kinds of cuts as users write them; see sim.h. */
extern const struct duo_board_word duo_board_cut_words[];

/** Ends the process with DUO_EXIT_USAGE if the command line is wrong. */
void duo_board_boot_options_parse(int argc, char **argv,
                                  struct duo_board_boot_options *options);

#endif
