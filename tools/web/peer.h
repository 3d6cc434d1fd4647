/* SPDX-License-Identifier: MIT */
/* One WebSocket of a page: whole messages both ways, none too long, none too
 * many. */
#ifndef DUO_WEB_PEER_H
#define DUO_WEB_PEER_H

#include <libwebsockets.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file.h"

/* See RELAY_MESSAGE_BYTES_MAX of relay-protocol.ts. */
#define DUO_WEB_MESSAGE_BYTES_MAX 65536U
#define DUO_WEB_QUEUE_BYTES_MAX   1048576U
#define DUO_WEB_BYTES_PER_S_MAX   1048576
/* So much may come at once. */
#define DUO_WEB_BURST_BYTES 131072

/* RELAY_CLOSE of relay-protocol.ts, and what RFC 6455 has. */
enum duo_web_close {
    DUO_WEB_CLOSE_NONE = 0,
    DUO_WEB_CLOSE_AWAY = 1001,
    DUO_WEB_CLOSE_KIND = 1003, /* Text where bytes belong, or bytes for text. */
    DUO_WEB_CLOSE_BUSY = 4001,
    DUO_WEB_CLOSE_PORT = 4002,
    DUO_WEB_CLOSE_LIMIT = 4003,
    DUO_WEB_CLOSE_ENDED = 4004,
};

enum duo_web_kind { DUO_WEB_TEXT, DUO_WEB_BINARY };

/* Why nothing is read from the page now. */
enum duo_web_pause {
    DUO_WEB_PAUSE_RATE = 1, /* It has sent more than its share. */
    DUO_WEB_PAUSE_FULL = 2, /* What it sends to does not take it. */
};

struct duo_web;
struct duo_web_peer;

/* What a page has connected to. */
struct duo_web_end {
    /* One whole message. */
    void (*take)(struct duo_web_peer *peer, enum duo_web_kind kind,
                 struct duo_bytes message);
    /* The page is gone, or is told to go. Called once. */
    void (*release)(struct duo_web_peer *peer);
};

struct duo_web_peer {
    struct duo_web *web;
    struct duo_web_peer *next;
    struct lws *wsi;
    const struct duo_web_end *end; /* NULL: released. */
    void *end_state;
    struct duo_web_message *queue; /* The oldest first. */
    struct duo_web_message **queue_tail;
    size_t queued_bytes;
    struct duo_tool_buffer incoming; /* Of a message that is not whole. */
    unsigned pauses;                 /* enum duo_web_pause */
    int64_t credit_bytes;            /* Left of its share. */
    lws_usec_t credit_us;            /* When that was so. */
    lws_sorted_usec_list_t credit_timer;
    enum duo_web_close close;
    char close_text[124];
};

/** A new one, in the list of @p web. */
struct duo_web_peer *duo_web_peer_create(struct duo_web *web, struct lws *wsi,
                                         const struct duo_web_end *end);
/** Its connection is gone. */
void duo_web_peer_destroy(struct duo_web_peer *peer);
/** No more of its end: for a page that closes. */
void duo_web_peer_release(struct duo_web_peer *peer);

/** Queue a message for the page; one that does not read is closed. */
void duo_web_peer_send(struct duo_web_peer *peer, enum duo_web_kind kind,
                       struct duo_bytes message);
void duo_web_peer_send_text(struct duo_web_peer *peer, const char *text);
/** Close with @p text as the reason, after what is queued. */
void duo_web_peer_close(struct duo_web_peer *peer, enum duo_web_close code,
                        const char *text);
void duo_web_peer_pause(struct duo_web_peer *peer, enum duo_web_pause why,
                        bool is_paused);

/* What libwebsockets tells. False: end the connection. */
bool duo_web_peer_receive(struct duo_web_peer *peer, struct duo_bytes piece);
bool duo_web_peer_write(struct duo_web_peer *peer);

#endif
