/* SPDX-License-Identifier: MIT */
/* See http.h. */
#include "http.h"

#include <string.h>

#include "answer.h"
#include "board_process.h"
#include "gate.h"
#include "relay.h"
#include "server.h"

#define RX_BYTES 16384U

/* Of each connection; begins as zero. */
struct session {
    struct duo_web_sending sending;
    struct duo_web_peer *peer;
};

static struct duo_web *web_of(struct lws *wsi)
{
    return lws_context_user(lws_get_context(wsi));
}

/* --- What libwebsockets tells --- */

static int on_http(struct lws *wsi, struct session *session, void *in,
                   size_t len_bytes)
{
    struct duo_web *web = web_of(wsi);
    struct duo_web_file file;
    char *path;
    int path_chars;
    int method = lws_http_get_uri_and_method(wsi, &path, &path_chars);

    (void)in;
    (void)len_bytes;
    if (!duo_web_gate_host(web, wsi)) {
        return duo_web_answer_refuse(wsi, HTTP_STATUS_FORBIDDEN,
                                     "This address is not served here.\n");
    }
    if (method != LWSHUMETH_GET && method != LWSHUMETH_HEAD) {
        /* Its body is not waited for. */
        (void)duo_web_answer_text(wsi, HTTP_STATUS_METHOD_NOT_ALLOWED,
                                  "Only GET and HEAD are served.\n");
        return -1;
    }
    if (path_chars < 1 || strlen(path) != (size_t)path_chars ||
        !duo_web_page_open(web->options->page_path, path, &file)) {
        return duo_web_answer_refuse(wsi, HTTP_STATUS_NOT_FOUND,
                                     "There is no such file.\n");
    }
    return duo_web_answer_file(wsi, &session->sending, &file);
}

static int on_http_writable(struct lws *wsi, struct session *session, void *in,
                            size_t len_bytes)
{
    (void)in;
    (void)len_bytes;
    return session == NULL ? 0 : duo_web_answer_more(wsi, &session->sending);
}

static int on_http_end(struct lws *wsi, struct session *session, void *in,
                       size_t len_bytes)
{
    (void)wsi;
    (void)in;
    (void)len_bytes;
    if (session != NULL) {
        duo_web_answer_end(&session->sending);
    }
    return 0;
}

static int on_upgrade(struct lws *wsi, struct session *session, void *in,
                      size_t len_bytes)
{
    struct duo_web_request request;
    char what[16];
    const char *why;
    unsigned status;

    (void)session;
    (void)in; /* Not valid after an upgrade that libwebsockets has refused. */
    (void)len_bytes;
    if (lws_hdr_copy(wsi, what, (int)sizeof(what), WSI_TOKEN_UPGRADE) <= 0 ||
        strcasecmp(what, "websocket") != 0) {
        return -1;
    }
    status = duo_web_gate_upgrade(web_of(wsi), wsi, &request, &why);
    if (status == 0) {
        return 0;
    }
    return duo_web_answer_text(wsi, status, why) ? 1 : -1;
}

static int on_open(struct lws *wsi, struct session *session, void *in,
                   size_t len_bytes)
{
    struct duo_web *web = web_of(wsi);
    struct duo_web_request request;
    const char *why;

    (void)in;
    (void)len_bytes;
    if (duo_web_gate_upgrade(web, wsi, &request, &why) != 0) {
        return -1;
    }
    switch (request.to) {
    case DUO_WEB_TO_OFFER: duo_web_offer_open(web, wsi, &session->peer); break;
    case DUO_WEB_TO_BOARD: duo_web_board_open(web, wsi, &session->peer); break;
    case DUO_WEB_TO_LINK:
        duo_web_relay_open(web, wsi, request.url, &session->peer);
        break;
    }
    return session->peer == NULL ? -1 : 0;
}

static int on_message(struct lws *wsi, struct session *session, void *in,
                      size_t len_bytes)
{
    (void)wsi;
    return session->peer != NULL &&
                   duo_web_peer_receive(session->peer,
                                        (struct duo_bytes){in, len_bytes})
               ? 0
               : -1;
}

static int on_writable(struct lws *wsi, struct session *session, void *in,
                       size_t len_bytes)
{
    (void)wsi;
    (void)in;
    (void)len_bytes;
    return session->peer != NULL && duo_web_peer_write(session->peer) ? 0 : -1;
}

/* The next page may want the link before this one is gone altogether. */
static int on_page_closes(struct lws *wsi, struct session *session, void *in,
                          size_t len_bytes)
{
    (void)wsi;
    (void)in;
    (void)len_bytes;
    if (session->peer != NULL) {
        duo_web_peer_release(session->peer);
    }
    return 0;
}

static int on_closed(struct lws *wsi, struct session *session, void *in,
                     size_t len_bytes)
{
    (void)wsi;
    (void)in;
    (void)len_bytes;
    if (session->peer != NULL) {
        duo_web_peer_destroy(session->peer);
        session->peer = NULL;
    }
    return 0;
}

static int on_raw(struct lws *wsi, struct session *session, void *in,
                  size_t len_bytes)
{
    (void)wsi;
    (void)session;
    (void)in;
    (void)len_bytes;
    return -1; /* A CONNECT; nothing is relayed that way. */
}

/* What is not here is left to libwebsockets. */
static const struct {
    enum lws_callback_reasons reason;
    int (*call)(struct lws *wsi, struct session *session, void *in,
                size_t len_bytes);
} calls[] = {
    {LWS_CALLBACK_HTTP,                    on_http         },
    {LWS_CALLBACK_HTTP_WRITEABLE,          on_http_writable},
    {LWS_CALLBACK_HTTP_DROP_PROTOCOL,      on_http_end     },
    {LWS_CALLBACK_CLOSED_HTTP,             on_http_end     },
    {LWS_CALLBACK_HTTP_CONFIRM_UPGRADE,    on_upgrade      },
    {LWS_CALLBACK_ESTABLISHED,             on_open         },
    {LWS_CALLBACK_RECEIVE,                 on_message      },
    {LWS_CALLBACK_SERVER_WRITEABLE,        on_writable     },
    {LWS_CALLBACK_WS_PEER_INITIATED_CLOSE, on_page_closes  },
    {LWS_CALLBACK_CLOSED,                  on_closed       },
    {LWS_CALLBACK_RAW_ADOPT,               on_raw          },
    {LWS_CALLBACK_RAW_RX,                  on_raw          },
};

static int on_anything(struct lws *wsi, enum lws_callback_reasons reason,
                       void *user, void *packet, size_t len_bytes)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (calls[i].reason == reason) {
            return calls[i].call(wsi, user, packet, len_bytes);
        }
    }
    return 0;
}

static int on_files(struct lws *wsi, enum lws_callback_reasons reason,
                    void *user, void *packet, size_t len_bytes)
{
    (void)user;
    (void)packet;
    (void)len_bytes;
    if (reason == LWS_CALLBACK_RAW_RX_FILE) {
        duo_web_loop_run(&web_of(wsi)->loop);
    }
    /* A WebSocket may name this protocol, too; it is none. */
    return reason == LWS_CALLBACK_ESTABLISHED ? -1 : 0;
}

const struct lws_protocols duo_web_protocols[3] = {
    {.name = DUO_WEB_HTTP,
     .callback = on_anything,
     .per_session_data_size = sizeof(struct session),
     .rx_buffer_size = RX_BYTES},
    {.name = DUO_WEB_FILES, .callback = on_files},
    {.name = NULL                                              },
};
