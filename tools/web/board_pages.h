/* SPDX-License-Identifier: MIT */
/* Between board_process.c, which has the child, and board_pages.c, which has
 * the lines. */
#ifndef DUO_WEB_BOARD_PAGES_H
#define DUO_WEB_BOARD_PAGES_H

#include <stdbool.h>

struct duo_web;

/** Give the child what waits for it, as far as it takes it. */
void duo_web_board_write(struct duo_web *web);
/** Take what it said, to the pages. False: nothing there, or its end. */
bool duo_web_board_read(struct duo_web *web);
/** Tell the pages that it has ended. */
void duo_web_board_part(struct duo_web *web);
void duo_web_board_close_input(struct duo_web *web);

#endif
