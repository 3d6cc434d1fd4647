/* SPDX-License-Identifier: MIT */
/* The commands of `duoboot board` and what they share. */
#ifndef DUO_TOOLS_BOARD_H
#define DUO_TOOLS_BOARD_H

#include <argp.h>

#include "board_dir.h"
#include "board_state.h"

/* The words of a command line: DIR, and FILE where a command has one. Child of
 * the commands' own parsers. */
struct duo_board_words {
    const char *dir;
    const char *file;
    bool wants_file;
};
extern const struct argp_child duo_board_words_child[];

/** The boot loader's verdict on a file's bytes, as a note for the user that
 * never stops anything. Prints nothing for a good image. */
void duo_board_note_image(const struct duo_board *board, const char *path,
                          struct duo_bytes bytes);

/** The journal as it lies in the flash. */
void duo_board_journal_open(const struct duo_board_view *view,
                            struct duo_journal *journal);
/** One entry of it: {sequence, boot, time_ms, core, version, reason,
 * sentence}. */
json_t *duo_board_journal_json(const struct duo_journal_entry *entry);

/** "1.2.3" of an image, or JSON null if it is all zero. */
json_t *duo_board_version_json(const struct duo_image *image);

/** Read the state of the board as its flashes are now. */
void duo_board_survey(struct duo_board *board, struct duo_board_view *view,
                      struct duo_board_state *state);

/** Ask for the previous image of @p core, in its empty staged slot. That there
 * is none is a note only: the boot loader says so too. */
bool duo_board_ask_previous(struct duo_board *board, enum duo_core core,
                            bool permanent, struct duo_tool_error *error);

/** Save, report @p error if @p done is false or saving fails, and close.
 * Returns the exit code. */
int duo_board_finish(struct duo_board *board, bool done,
                     struct duo_tool_error *error);

/* One function for each command; argv[0] is "duoboot board <command>". */
int duo_board_create(int argc, char **argv);
int duo_board_stage(int argc, char **argv);
int duo_board_run(int argc, char **argv);
int duo_board_serve(int argc, char **argv);
int duo_board_boot(int argc, char **argv);
int duo_board_reset(int argc, char **argv);
int duo_board_show_state(int argc, char **argv);
int duo_board_confirm(int argc, char **argv);
int duo_board_erase(int argc, char **argv);
int duo_board_log(int argc, char **argv);
int duo_board_program(int argc, char **argv);
int duo_board_read(int argc, char **argv);
int duo_board_flip(int argc, char **argv);

#endif
