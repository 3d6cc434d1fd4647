/* SPDX-License-Identifier: MIT */
/* `duoboot web`: the page, and the WebSockets that relay between it and the
 * virtual board, serial ports and UDP. What goes over them is told in
 * web/src/links/relay-protocol.ts and web/src/board/protocol.ts.
 *
 * Everything runs in one thread, in the event loop of libwebsockets. */
#ifndef DUO_WEB_WEB_H
#define DUO_WEB_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

#define DUO_WEB_WORDS_MAX 64U

/* Words of a command line. */
struct duo_web_words {
    const char *list[DUO_WEB_WORDS_MAX];
    size_t count;
};

struct duo_web_options {
    const char *version;
    uint32_t port;         /* On 127.0.0.1; 0: any. */
    const char *page_path; /* The folder of the built page. */
    struct duo_web_words devices;
    struct duo_web_words origins; /* Other pages that may connect. */
    bool is_no_discover;
    const char *board_path;          /* NULL: no virtual board. */
    struct duo_web_words board_args; /* For `duoboot board run`. */
};

/** Serve until SIGINT or SIGTERM. Both, and SIGCHLD, are blocked before.
 * @return an exit code; what failed is told on the error stream. */
int duo_web_run(const struct duo_web_options *options);

#endif
