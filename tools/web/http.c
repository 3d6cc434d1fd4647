/* SPDX-License-Identifier: MIT */
/* See http.h. */
#include "http.h"

#include <string.h>
#include <unistd.h>

#include "board_process.h"
#include "gate.h"
#include "page.h"
#include "relay.h"
#include "server.h"

#define CHUNK_BYTES   8192U
#define RX_BYTES      16384U
#define ANSWER_S_MAX  20
#define HEADERS_BYTES 3072U

/* Of each connection; begins as zero. */
struct session {
    bool has_file;
    int file_fd;
    uint64_t left_bytes; /* Of the file. */
    struct duo_web_peer *peer;
};

/* The policy of web/index.html, where a comment says why, and what only a
 * header can say: nobody may put the page into a frame. */
static const struct lws_protocol_vhost_options header_list[] = {
    {.name = "content-security-policy:",
     .value = "default-src 'none'; script-src 'self'; style-src 'self'; "
              "img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
              "connect-src 'self' ws://127.0.0.1:* ws://localhost:*; "
              "base-uri 'none'; form-action 'none'; "
              "require-trusted-types-for 'script'; trusted-types 'none'; "
              "frame-ancestors 'none'"},
    { .next = &header_list[0],
     .name = "x-content-type-options:",
     .value = "nosniff"},
    {                .next = &header_list[1],
     .name = "referrer-policy:",
     .value = "no-referrer"},
    {            .next = &header_list[2],
     .name = "cross-origin-opener-policy:",
     .value = "same-origin"},
};
const struct lws_protocol_vhost_options duo_web_headers = {
    .next = &header_list[3],
    .name = "cross-origin-resource-policy:",
    .value = "same-origin",
};

static struct duo_web *web_of(struct lws *wsi)
{
    return lws_context_user(lws_get_context(wsi));
}

/* --- Answers --- */

struct answer {
    unsigned status;
    const char *type;
    uint64_t size_bytes;
    const char *cache;
    const char *text; /* The body, if it is short; else NULL. */
};

static bool add_header(struct lws *wsi, const char *name, const char *value,
                       uint8_t **at, uint8_t *end)
{
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name,
                                       (const unsigned char *)value,
                                       (int)strlen(value), at, end) == 0;
}

static bool send_answer(struct lws *wsi, const struct answer *answer)
{
    uint8_t buffer[LWS_PRE + HEADERS_BYTES];
    uint8_t *start = buffer + LWS_PRE;
    uint8_t *at = start;
    uint8_t *end = buffer + sizeof(buffer) - 1;
    size_t text_bytes = answer->text == NULL ? 0 : strlen(answer->text);

    if (lws_add_http_common_headers(wsi, answer->status, answer->type,
                                    answer->size_bytes, &at, end) != 0 ||
        !add_header(wsi, "cache-control:", answer->cache, &at, end) ||
        (answer->status == HTTP_STATUS_METHOD_NOT_ALLOWED &&
         !add_header(wsi, "allow:", "GET, HEAD", &at, end)) ||
        lws_finalize_http_header(wsi, &at, end) != 0 ||
        text_bytes > (size_t)(end - at)) {
        return false;
    }
    if (text_bytes > 0) {
        memcpy(at, answer->text, text_bytes);
        at += text_bytes;
    }
    return lws_write(wsi, start, (size_t)(at - start), LWS_WRITE_HTTP) >= 0;
}

static bool is_head(struct lws *wsi)
{
    char *path;
    int path_chars;

    return lws_http_get_uri_and_method(wsi, &path, &path_chars) ==
           LWSHUMETH_HEAD;
}

static bool send_text(struct lws *wsi, unsigned status, const char *text)
{
    const struct answer answer = {
        .status = status,
        .type = "text/plain; charset=utf-8",
        .size_bytes = strlen(text),
        .cache = "no-store",
        .text = is_head(wsi) ? NULL : text,
    };

    return send_answer(wsi, &answer);
}

/* --- Files --- */

static int complete(struct lws *wsi)
{
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

static void close_file(struct session *session)
{
    if (session != NULL && session->has_file) {
        (void)close(session->file_fd);
        session->has_file = false;
    }
}

static int refuse(struct lws *wsi, unsigned status, const char *text)
{
    return send_text(wsi, status, text) ? complete(wsi) : -1;
}

static int send_file(struct lws *wsi, struct session *session,
                     const struct duo_web_file *file)
{
    const struct answer answer = {
        .status = HTTP_STATUS_OK,
        .type = file->type,
        .size_bytes = file->size_bytes,
        .cache = file->is_for_ever ? "public, max-age=31536000, immutable"
                                   : "no-cache",
    };

    close_file(session);
    session->has_file = true;
    session->file_fd = file->fd;
    session->left_bytes = file->size_bytes;
    if (!send_answer(wsi, &answer)) {
        return -1;
    }
    if (is_head(wsi) || file->size_bytes == 0) {
        close_file(session);
        return complete(wsi);
    }
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, ANSWER_S_MAX);
    (void)lws_callback_on_writable(wsi);
    return 0;
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
        return refuse(wsi, HTTP_STATUS_FORBIDDEN,
                      "This address is not served here.\n");
    }
    if (method != LWSHUMETH_GET && method != LWSHUMETH_HEAD) {
        /* Its body is not waited for. */
        (void)send_text(wsi, HTTP_STATUS_METHOD_NOT_ALLOWED,
                        "Only GET and HEAD are served.\n");
        return -1;
    }
    if (path_chars < 1 || strlen(path) != (size_t)path_chars ||
        !duo_web_page_open(web->options->page_path, path, &file)) {
        return refuse(wsi, HTTP_STATUS_NOT_FOUND, "There is no such file.\n");
    }
    return send_file(wsi, session, &file);
}

static int on_http_writable(struct lws *wsi, struct session *session, void *in,
                            size_t len_bytes)
{
    uint8_t buffer[LWS_PRE + CHUNK_BYTES];
    bool is_last;
    ssize_t got;

    (void)in;
    (void)len_bytes;
    if (session == NULL || !session->has_file) {
        return 0;
    }
    got = read(session->file_fd, buffer + LWS_PRE,
               session->left_bytes < CHUNK_BYTES ? (size_t)session->left_bytes
                                                 : CHUNK_BYTES);
    if (got <= 0) {
        return -1; /* The file has become shorter. */
    }
    session->left_bytes -= (uint64_t)got;
    is_last = session->left_bytes == 0;
    if (lws_write(wsi, buffer + LWS_PRE, (size_t)got,
                  is_last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0) {
        return -1;
    }
    if (is_last) {
        close_file(session);
        return complete(wsi);
    }
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, ANSWER_S_MAX);
    (void)lws_callback_on_writable(wsi);
    return 0;
}

static int on_http_end(struct lws *wsi, struct session *session, void *in,
                       size_t len_bytes)
{
    (void)wsi;
    (void)in;
    (void)len_bytes;
    close_file(session);
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
    return send_text(wsi, status, why) ? 1 : -1;
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
                       void *user, void *in, size_t len_bytes)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (calls[i].reason == reason) {
            return calls[i].call(wsi, user, in, len_bytes);
        }
    }
    return 0;
}

static int on_files(struct lws *wsi, enum lws_callback_reasons reason,
                    void *user, void *in, size_t len_bytes)
{
    (void)user;
    (void)in;
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
