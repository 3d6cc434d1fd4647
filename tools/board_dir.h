/* SPDX-License-Identifier: MIT */
/* A simulated board in a directory: board.json and its flashes (app.bin,
 * net.bin, ext.bin, flash-state). Open it, work on board->native, save. */
#ifndef DUO_TOOLS_BOARD_DIR_H
#define DUO_TOOLS_BOARD_DIR_H

#include "board_config.h"
#include "duo/crypto_small.h"
#include "duo/journal.h"
#include "image_file.h"
#include "mem_flash.h"
#include "native_board.h"

/* Points into itself: do not copy. */
struct duo_board {
    const char *dir;
    int lock_fd; /* The directory, locked; -1: not. */
    struct duo_board_config config;
    struct duo_crypto *crypto[DUO_CORE_COUNT]; /* OpenSSL's. */
    struct duo_crypto_small small[DUO_CORE_COUNT];
    struct duo_native_board *native;
    bool has_violation; /* A rule of the simulated flashes was broken. */
    void (*on_event)(void *ctx, uint64_t time_us,
                     const struct duo_event *event);
    void *on_event_ctx;
};

/** Open, lock and load; fails with IO or INPUT. Close it in any case. */
bool duo_board_open(const char *dir, struct duo_board *board,
                    struct duo_tool_error *error);

/** Make the directory and lock it: config.layout, trust and policy are set by
 * the caller before. With @p force an existing one is taken over. */
bool duo_board_make(const char *dir, bool force, struct duo_board *board,
                    struct duo_tool_error *error);

/** A second native board with what the files hold now, for a trial run. The
 * caller destroys it. */
struct duo_native_board *duo_board_twin(struct duo_board *board,
                                        struct duo_tool_error *error);

/** Put all of it back into the files, board.json last. */
bool duo_board_save(struct duo_board *board, struct duo_tool_error *error);

void duo_board_close(struct duo_board *board);

/** Let our own small back end verify, as on the device. */
void duo_board_use_small_crypto(struct duo_board *board);

/** The device that is named app, net or ext, or NULL. */
struct duo_sim_flash *duo_board_flash(const struct duo_board *board,
                                      const char *name);

/* The flashes as they are, read without virtual time and also without power. */
struct duo_board_view {
    struct duo_tool_mem_flash devices[3];
    struct duo_slots slots;
};
void duo_board_view_init(struct duo_board_view *view,
                         const struct duo_native_board *native);

#endif
