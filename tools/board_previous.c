/* SPDX-License-Identifier: MIT */
/* duoboot board stage --previous: ask for the image that the board has kept. */
#include <stdio.h>

#include "board.h"
#include "duo/trailer.h"

/* As the server does: it lists the previous image in slot 1 while nothing is
 * staged there, and a request of that is one in the empty slot. */
bool duo_board_ask_previous(struct duo_board *board, enum duo_core core,
                            bool permanent, struct duo_tool_error *error)
{
    const char *name = duo_core_name(core);
    struct duo_board_view view;
    struct duo_board_state state;
    struct duo_slots slots;

    duo_board_survey(board, &view, &state);
    const struct duo_board_slot *slot = &state.images[core].slots[1];
    if (slot->place == DUO_BOARD_STAGED) {
        return duo_tool_fail(error, DUO_EXIT_REFUSED,
                             "%s: the staged slot of the %s image is not "
                             "empty; erase it first",
                             board->dir, name);
    }
    if (slot->place != DUO_BOARD_PREVIOUS) {
        (void)fprintf(stderr,
                      "duoboot: note: %s: there is no previous %s image; the "
                      "boot loader will refuse this\n",
                      board->dir, name);
    }
    duo_native_slots(board->native, &slots);
    enum duo_err err = duo_trailer_request(&slots.staged[core], permanent);
    return err == DUO_OK || duo_tool_fail(error, duo_exit_of_err(err), "%s: %s",
                                          board->dir, duo_err_sentence(err));
}
