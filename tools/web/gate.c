/* SPDX-License-Identifier: MIT */
/* See gate.h. */
#include "gate.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server.h"

/* Longer ones are of nobody that is let in. */
#define HEADER_CHARS_MAX 256U

static const char *const own_hosts[] = {"127.0.0.1", "localhost"};
#define OWN_HOST_COUNT (sizeof(own_hosts) / sizeof(own_hosts[0]))

static bool get_header(struct lws *wsi, enum lws_token_indexes token,
                       char text[HEADER_CHARS_MAX])
{
    return lws_hdr_copy(wsi, text, (int)HEADER_CHARS_MAX, token) > 0;
}

static bool is_own(const struct duo_web *web, bool is_origin, const char *text)
{
    char own[64];

    for (size_t i = 0; i < OWN_HOST_COUNT; i++) {
        (void)snprintf(own, sizeof(own), "%s%s:%u", is_origin ? "http://" : "",
                       own_hosts[i], (unsigned)web->port);
        if (strcasecmp(own, text) == 0) {
            return true;
        }
    }
    return false;
}

bool duo_web_gate_host(const struct duo_web *web, struct lws *wsi)
{
    char host[HEADER_CHARS_MAX];

    return get_header(wsi, WSI_TOKEN_HOST, host) && is_own(web, false, host);
}

/* Browsers always send it, and a page cannot choose it. */
static bool is_origin_good(const struct duo_web *web, struct lws *wsi)
{
    const struct duo_web_words *allowed = &web->options->origins;
    char origin[HEADER_CHARS_MAX];

    if (!get_header(wsi, WSI_TOKEN_ORIGIN, origin)) {
        return false;
    }
    for (size_t i = 0; i < allowed->count; i++) {
        if (strcmp(allowed->list[i], origin) == 0) {
            return true;
        }
    }
    return is_own(web, true, origin);
}

/* @p key ends with "=". False: not there, or too long. */
static bool get_argument(struct lws *wsi, const char *key,
                         char value[DUO_WEB_URL_CHARS_MAX + 1U])
{
    char text[DUO_WEB_URL_CHARS_MAX + 16U];
    const char *found =
        lws_get_urlarg_by_name(wsi, key, text, (int)sizeof(text));

    if (found == NULL || strlen(found) > DUO_WEB_URL_CHARS_MAX) {
        return false;
    }
    memcpy(value, found, strlen(found) + 1U);
    return true;
}

static bool is_token_good(const struct duo_web *web, struct lws *wsi)
{
    char token[DUO_WEB_URL_CHARS_MAX + 1U];

    return get_argument(wsi, "token=", token) &&
           strlen(token) == DUO_WEB_TOKEN_CHARS &&
           CRYPTO_memcmp(token, web->token, DUO_WEB_TOKEN_CHARS) == 0;
}

/* False: there is no such thing here. */
static bool get_wish(const struct duo_web *web, struct lws *wsi,
                     struct duo_web_request *request)
{
    char to[DUO_WEB_URL_CHARS_MAX + 1U];

    request->url[0] = '\0';
    if (!get_argument(wsi, "to=", to)) {
        return false;
    }
    if (strcmp(to, "offer") == 0) {
        request->to = DUO_WEB_TO_OFFER;
        return true;
    }
    if (strcmp(to, "board") == 0) {
        request->to = DUO_WEB_TO_BOARD;
        return web->board.is_running;
    }
    request->to = DUO_WEB_TO_LINK;
    return strcmp(to, "link") == 0 && get_argument(wsi, "url=", request->url) &&
           duo_web_offer_find(&web->offer, request->url) != NULL;
}

static bool is_place_good(struct lws *wsi)
{
    char *path;
    int path_chars;

    return lws_http_get_uri_and_method(wsi, &path, &path_chars) ==
               LWSHUMETH_GET &&
           path_chars == 3 && strcmp(path, "/ws") == 0;
}

unsigned duo_web_gate_upgrade(const struct duo_web *web, struct lws *wsi,
                              struct duo_web_request *request, const char **why)
{
    *why = "This address is not served here.";
    if (!duo_web_gate_host(web, wsi)) {
        return HTTP_STATUS_FORBIDDEN;
    }
    if (!is_place_good(wsi)) {
        return HTTP_STATUS_NOT_FOUND;
    }
    *why = "This page may not connect; see `duoboot web --allow-origin'.";
    if (!is_origin_good(web, wsi)) {
        return HTTP_STATUS_FORBIDDEN;
    }
    *why = "The token is not that of this run.";
    if (!is_token_good(web, wsi)) {
        return HTTP_STATUS_FORBIDDEN;
    }
    *why = "There is no such link.";
    if (!get_wish(web, wsi, request)) {
        return HTTP_STATUS_NOT_FOUND;
    }
    *why = "There are too many connections.";
    if (web->peer_count >= DUO_WEB_PEERS_MAX || web->is_ending) {
        return HTTP_STATUS_SERVICE_UNAVAILABLE;
    }
    return 0;
}
