/* SPDX-License-Identifier: MIT */
/* See peer.h. */
#include "peer.h"

#include <stdlib.h>
#include <string.h>

#include "server.h"

/* A page that does not read cannot be told to go; it is cut off then. */
#define CLOSE_S_MAX 5

struct duo_web_message {
    struct duo_web_message *next;
    enum duo_web_kind kind;
    size_t len_bytes;
    uint8_t room[]; /* LWS_PRE bytes for libwebsockets, then the message. */
};

struct duo_web_peer *duo_web_peer_create(struct duo_web *web, struct lws *wsi,
                                         const struct duo_web_end *end)
{
    struct duo_web_peer *peer = calloc(1, sizeof(*peer));

    if (peer == NULL) {
        return NULL;
    }
    *peer = (struct duo_web_peer){.web = web,
                                  .next = web->peers,
                                  .wsi = wsi,
                                  .end = end,
                                  .queue_tail = &peer->queue,
                                  .credit_bytes = DUO_WEB_BURST_BYTES,
                                  .credit_us = lws_now_usecs()};
    web->peers = peer;
    web->peer_count++;
    return peer;
}

static void drop_queue(struct duo_web_peer *peer)
{
    while (peer->queue != NULL) {
        struct duo_web_message *message = peer->queue;

        peer->queue = message->next;
        free(message);
    }
    peer->queue_tail = &peer->queue;
    peer->queued_bytes = 0;
}

void duo_web_peer_release(struct duo_web_peer *peer)
{
    const struct duo_web_end *end = peer->end;

    peer->end = NULL;
    if (end != NULL && end->release != NULL) {
        end->release(peer);
    }
}

void duo_web_peer_destroy(struct duo_web_peer *peer)
{
    struct duo_web *web = peer->web;
    struct duo_web_peer **at = &web->peers;

    duo_web_peer_release(peer);
    while (*at != peer) {
        at = &(*at)->next;
    }
    *at = peer->next;
    web->peer_count--;
    lws_sul_cancel(&peer->credit_timer);
    drop_queue(peer);
    duo_tool_buffer_free(&peer->incoming);
    free(peer);
    duo_web_go_on_ending(web);
}

/* A reason has at most 123 bytes, all of whole characters. */
static void set_reason(char reason[124], const char *text)
{
    size_t len_bytes = strlen(text);

    if (len_bytes > 123U) {
        len_bytes = 123U;
        while (len_bytes > 0 && ((uint8_t)text[len_bytes] & 0xc0U) == 0x80U) {
            len_bytes--;
        }
    }
    memcpy(reason, text, len_bytes);
    reason[len_bytes] = '\0';
}

void duo_web_peer_close(struct duo_web_peer *peer, enum duo_web_close code,
                        const char *text)
{
    if (peer->close != DUO_WEB_CLOSE_NONE) {
        return;
    }
    peer->close = code;
    set_reason(peer->close_text, text);
    if (code == DUO_WEB_CLOSE_LIMIT) {
        drop_queue(peer);
    }
    lws_set_timeout(peer->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_S_MAX);
    (void)lws_callback_on_writable(peer->wsi);
    duo_web_peer_release(peer);
}

void duo_web_peer_send(struct duo_web_peer *peer, enum duo_web_kind kind,
                       struct duo_bytes message)
{
    struct duo_web_message *item;

    if (peer->close != DUO_WEB_CLOSE_NONE) {
        return;
    }
    if (message.len_bytes > DUO_WEB_QUEUE_BYTES_MAX - peer->queued_bytes) {
        duo_web_peer_close(peer, DUO_WEB_CLOSE_LIMIT,
                           "The page does not read what comes for it.");
        return;
    }
    item = malloc(sizeof(*item) + LWS_PRE + message.len_bytes);
    if (item == NULL) {
        duo_web_peer_close(peer, DUO_WEB_CLOSE_LIMIT, "Out of memory.");
        return;
    }
    item->next = NULL;
    item->kind = kind;
    item->len_bytes = message.len_bytes;
    memcpy(item->room + LWS_PRE, message.data, message.len_bytes);
    *peer->queue_tail = item;
    peer->queue_tail = &item->next;
    peer->queued_bytes += message.len_bytes;
    (void)lws_callback_on_writable(peer->wsi);
}

void duo_web_peer_send_text(struct duo_web_peer *peer, const char *text)
{
    duo_web_peer_send(peer, DUO_WEB_TEXT,
                      (struct duo_bytes){(const uint8_t *)text, strlen(text)});
}

static bool write_first(struct duo_web_peer *peer)
{
    struct duo_web_message *message = peer->queue;
    enum lws_write_protocol kind =
        message->kind == DUO_WEB_TEXT ? LWS_WRITE_TEXT : LWS_WRITE_BINARY;
    int sent =
        lws_write(peer->wsi, message->room + LWS_PRE, message->len_bytes, kind);

    peer->queue = message->next;
    if (peer->queue == NULL) {
        peer->queue_tail = &peer->queue;
    }
    peer->queued_bytes -= message->len_bytes;
    free(message);
    return sent >= 0;
}

bool duo_web_peer_write(struct duo_web_peer *peer)
{
    if (peer->queue != NULL) {
        (void)lws_callback_on_writable(peer->wsi);
        return write_first(peer);
    }
    if (peer->close != DUO_WEB_CLOSE_NONE) {
        lws_close_reason(peer->wsi, (enum lws_close_status)peer->close,
                         (unsigned char *)peer->close_text,
                         strlen(peer->close_text));
        return false;
    }
    return true;
}

/* --- From the page --- */

void duo_web_peer_pause(struct duo_web_peer *peer, enum duo_web_pause why,
                        bool is_paused)
{
    unsigned before = peer->pauses;

    peer->pauses = is_paused ? before | (unsigned)why : before & ~(unsigned)why;
    if ((before == 0) != (peer->pauses == 0)) {
        (void)lws_rx_flow_control(peer->wsi, peer->pauses == 0 ? 1 : 0);
    }
}

static void on_credit(lws_sorted_usec_list_t *timer)
{
    struct duo_web_peer *peer =
        lws_container_of(timer, struct duo_web_peer, credit_timer);

    duo_web_peer_pause(peer, DUO_WEB_PAUSE_RATE, false);
}

/* Nothing is lost: what is over the rate waits in the page's own socket. */
static void charge(struct duo_web_peer *peer, size_t len_bytes)
{
    lws_usec_t now_us = lws_now_usecs();
    int64_t earned_us = now_us - peer->credit_us;

    peer->credit_us = now_us;
    /* More than a second's worth is cut off anyway. */
    earned_us = earned_us > LWS_US_PER_SEC ? LWS_US_PER_SEC : earned_us;
    peer->credit_bytes += earned_us * DUO_WEB_BYTES_PER_S_MAX / LWS_US_PER_SEC;
    if (peer->credit_bytes > DUO_WEB_BURST_BYTES) {
        peer->credit_bytes = DUO_WEB_BURST_BYTES;
    }
    peer->credit_bytes -= (int64_t)len_bytes;
    if (peer->credit_bytes < 0) {
        duo_web_peer_pause(peer, DUO_WEB_PAUSE_RATE, true);
        lws_sul_schedule(peer->web->context, 0, &peer->credit_timer, on_credit,
                         -peer->credit_bytes * LWS_US_PER_SEC /
                             DUO_WEB_BYTES_PER_S_MAX);
    }
}

bool duo_web_peer_receive(struct duo_web_peer *peer, struct duo_bytes piece)
{
    enum duo_web_kind kind =
        lws_frame_is_binary(peer->wsi) != 0 ? DUO_WEB_BINARY : DUO_WEB_TEXT;

    if (peer->close != DUO_WEB_CLOSE_NONE || peer->end == NULL) {
        return true;
    }
    charge(peer, piece.len_bytes);
    if (piece.len_bytes >
        DUO_WEB_MESSAGE_BYTES_MAX - peer->incoming.len_bytes) {
        duo_web_peer_close(peer, DUO_WEB_CLOSE_LIMIT,
                           "The page sent a message of more than 64 KB.");
        return true;
    }
    duo_tool_buffer_append(&peer->incoming, piece);
    if (lws_is_final_fragment(peer->wsi) != 0) {
        peer->end->take(peer, kind, duo_tool_buffer_view(&peer->incoming));
        peer->incoming.len_bytes = 0;
    }
    return true;
}
