/* SPDX-License-Identifier: MIT */
/* A link between a page and a port: serial, or UDP. */
#ifndef DUO_WEB_RELAY_H
#define DUO_WEB_RELAY_H

struct duo_web;
struct duo_web_peer;
struct lws;

/** Open the offered link @p url for a page. If it cannot be, the connection is
 * closed with the reason. @p peer is NULL if memory is short. */
void duo_web_relay_open(struct duo_web *web, struct lws *wsi, const char *url,
                        struct duo_web_peer **peer);

#endif
