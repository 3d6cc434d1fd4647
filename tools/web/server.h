/* SPDX-License-Identifier: MIT */
/* What the parts of `duoboot web` share. */
#ifndef DUO_WEB_SERVER_H
#define DUO_WEB_SERVER_H

#include "board_process.h"
#include "offer.h"
#include "peer.h"
#include "watch.h"
#include "web.h"

/* Names of the protocols of libwebsockets. */
#define DUO_WEB_HTTP  "duoboot"
#define DUO_WEB_FILES "duoboot-files"

#define DUO_WEB_TOKEN_CHARS 32U
#define DUO_WEB_PEERS_MAX   16U

struct duo_web {
    const struct duo_web_options *options;
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct duo_web_loop loop;
    uint16_t port;
    char token[DUO_WEB_TOKEN_CHARS + 1U];
    int listen_fd;
    struct duo_web_watch listen_watch;
    int signal_fd;
    struct duo_web_watch signal_watch;
    struct duo_web_offer offer;
    struct duo_web_board board;
    struct duo_web_peer *peers;
    size_t peer_count;
    /* On the way out, in this order. */
    bool is_ending;       /* Asked to: the board ends. */
    lws_usec_t ending_us; /* Since when. */
    bool is_parting;      /* The pages are told. */
    bool is_done;
    lws_sorted_usec_list_t end_timer;
};

/** Go on ending: called when the board or a connection is gone. */
void duo_web_go_on_ending(struct duo_web *web);

#endif
