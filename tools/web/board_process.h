/* SPDX-License-Identifier: MIT */
/* The virtual board in a child process, and the pages that look at it: lines
 * of JSON on its streams, messages on the WebSockets (board/protocol.ts). */
#ifndef DUO_WEB_BOARD_PROCESS_H
#define DUO_WEB_BOARD_PROCESS_H

#include <libwebsockets.h>
#include <stdbool.h>
#include <sys/types.h>

#include "file.h"
#include "past.h"
#include "watch.h"

struct duo_web;
struct duo_web_peer;

struct duo_web_board {
    bool is_running;
    bool is_asked_to_end;
    pid_t pid;
    char *name;
    int in_fd;  /* Its standard input; -1: closed. */
    int out_fd; /* Its standard output. */
    struct duo_web_watch in_watch;
    struct duo_web_watch out_watch;
    struct duo_tool_buffer waiting; /* For its input. */
    struct duo_tool_buffer line;    /* Of its output, not ended yet. */
    struct duo_tool_buffer hello;   /* Its first line. */
    struct duo_web_past past;       /* What it said since. */
    char end_text[256];             /* What it said last of all. */
    lws_sorted_usec_list_t timer;
    bool is_told_to_end; /* By a signal; the next one kills. */
};

/** Start it. */
bool duo_web_board_start(struct duo_web *web, struct duo_tool_error *error);
/** Have it end, by force if it takes too long. */
void duo_web_board_end(struct duo_web *web);
void duo_web_board_kill(struct duo_web *web);
/** SIGCHLD: look whether it has ended. */
void duo_web_board_reap(struct duo_web *web);
void duo_web_board_free(struct duo_web_board *board);

/** Serve a page that looks at it. */
void duo_web_board_open(struct duo_web *web, struct lws *wsi,
                        struct duo_web_peer **peer);

#endif
