/* SPDX-License-Identifier: MIT */
/* Options of `duoboot board run` whose words have parts. All end the process
 * by argp_error() if a word is wrong. */
#ifndef DUO_TOOLS_BOARD_RUN_OPTIONS_PARTS_H
#define DUO_TOOLS_BOARD_RUN_OPTIONS_PARTS_H

#include "board_run_options.h"
#include "text.h"

uint64_t duo_run_option_time(struct duo_tool_word word,
                             struct argp_state *state);
/* "app=tcp:4001" */
void duo_run_option_uart(struct duo_run_options *options, const char *arg,
                         struct argp_state *state);
/* "help\n@2s" */
void duo_run_option_input(struct duo_run_options *options,
                          enum duo_vb_uart uart, const char *arg,
                          struct argp_state *state);
/* "1@2s:300ms" */
void duo_run_option_press(struct duo_run_options *options, const char *arg,
                          struct argp_state *state);
/* A reset or a power cycle at a time. */
void duo_run_option_at(struct duo_run_options *options,
                       enum duo_run_event_kind kind, struct duo_tool_word word,
                       struct argp_state *state);
/* "2.5s", "op:17", "17:garbage", "random" */
void duo_run_option_cut(struct duo_run_options *options, const char *arg,
                        struct argp_state *state);
void duo_run_option_cut_kind(struct duo_run_options *options, const char *arg,
                             struct argp_state *state);

#endif
