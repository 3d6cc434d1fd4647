/* SPDX-License-Identifier: MIT */
/* See answer.h. */
#include "answer.h"

#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES   8192U
#define ANSWER_S_MAX  20
#define HEADERS_BYTES 3072U

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

struct answer {
    unsigned status;
    const char *type;
    uint64_t size_bytes;
    const char *cache;
    const char *text; /* The body, if it is short; else NULL. */
};

static bool add_header(struct lws *wsi, const char *key, const char *value,
                       uint8_t **at, uint8_t *end)
{
    return lws_add_http_header_by_name(wsi, (const unsigned char *)key,
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

bool duo_web_answer_text(struct lws *wsi, unsigned status, const char *text)
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

static int complete(struct lws *wsi)
{
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

void duo_web_answer_end(struct duo_web_sending *sending)
{
    if (sending->has_file) {
        (void)close(sending->fd);
        sending->has_file = false;
    }
}

int duo_web_answer_refuse(struct lws *wsi, unsigned status, const char *text)
{
    return duo_web_answer_text(wsi, status, text) ? complete(wsi) : -1;
}

int duo_web_answer_file(struct lws *wsi, struct duo_web_sending *sending,
                        const struct duo_web_file *file)
{
    const struct answer answer = {
        .status = HTTP_STATUS_OK,
        .type = file->type,
        .size_bytes = file->size_bytes,
        .cache = file->is_for_ever ? "public, max-age=31536000, immutable"
                                   : "no-cache",
    };

    duo_web_answer_end(sending);
    sending->has_file = true;
    sending->fd = file->fd;
    sending->left_bytes = file->size_bytes;
    if (!send_answer(wsi, &answer)) {
        return -1;
    }
    if (is_head(wsi) || file->size_bytes == 0) {
        duo_web_answer_end(sending);
        return complete(wsi);
    }
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, ANSWER_S_MAX);
    (void)lws_callback_on_writable(wsi);
    return 0;
}

int duo_web_answer_more(struct lws *wsi, struct duo_web_sending *sending)
{
    uint8_t buffer[LWS_PRE + CHUNK_BYTES];
    bool is_last;
    ssize_t got;

    if (!sending->has_file) {
        return 0;
    }
    got = read(sending->fd, buffer + LWS_PRE,
               sending->left_bytes < CHUNK_BYTES ? (size_t)sending->left_bytes
                                                 : CHUNK_BYTES);
    if (got <= 0) {
        return -1; /* The file has become shorter. */
    }
    sending->left_bytes -= (uint64_t)got;
    is_last = sending->left_bytes == 0;
    if (lws_write(wsi, buffer + LWS_PRE, (size_t)got,
                  is_last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0) {
        return -1;
    }
    if (is_last) {
        duo_web_answer_end(sending);
        return complete(wsi);
    }
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, ANSWER_S_MAX);
    (void)lws_callback_on_writable(wsi);
    return 0;
}
