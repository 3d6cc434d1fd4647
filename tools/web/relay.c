/* SPDX-License-Identifier: MIT */
/* See relay.h. */
#include "relay.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port.h"
#include "serial_options.h"
#include "server.h"
#include "udp_socket.h"

#define READ_BYTES 65536U
/* So much waits for a port; then nothing more is read from the page. */
#define WAITING_BYTES_MAX 32768U

struct relay {
    struct duo_web_peer *peer;
    enum duo_web_coding coding;
    char *place;
    struct duo_serial_port port; /* CONSOLE, RAW. */
    int udp_fd;                  /* DATAGRAM; else -1. */
    struct duo_web_watch watch;
    struct duo_tool_buffer waiting; /* For the port. */
    size_t waiting_off_bytes;
    uint8_t bytes[READ_BYTES];
};

static struct relay *of(const struct duo_web_peer *peer)
{
    return peer->end_state;
}

static void fail(struct relay *relay, const char *what)
{
    struct duo_tool_error error;

    (void)duo_tool_fail(&error, DUO_EXIT_IO, "%s: %s", relay->place, what);
    duo_web_peer_close(relay->peer, DUO_WEB_CLOSE_PORT, error.text);
}

static void fail_gone(struct relay *relay)
{
    fail(relay, "the port is gone: unplugged, or the device has left");
}

/* --- Serial ports --- */

/* False: the port is gone, and so is the relay. */
static bool write_waiting(struct relay *relay)
{
    struct duo_web_loop *loop = &relay->peer->web->loop;

    while (relay->waiting_off_bytes < relay->waiting.len_bytes) {
        ssize_t done = write(
            relay->port.fd, relay->waiting.data + relay->waiting_off_bytes,
            relay->waiting.len_bytes - relay->waiting_off_bytes);

        if (done > 0) {
            relay->waiting_off_bytes += (size_t)done;
        } else if (done == 0 || errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            fail_gone(relay);
            return false;
        }
    }
    if (relay->waiting_off_bytes == relay->waiting.len_bytes) {
        relay->waiting_off_bytes = 0;
        relay->waiting.len_bytes = 0;
    }
    duo_web_watch_writing(loop, &relay->watch, relay->waiting.len_bytes > 0);
    duo_web_peer_pause(relay->peer, DUO_WEB_PAUSE_FULL,
                       relay->waiting.len_bytes - relay->waiting_off_bytes >
                           WAITING_BYTES_MAX);
    return true;
}

static void on_port(void *owner, uint32_t events)
{
    struct relay *relay = owner;
    ssize_t got;

    if ((events & EPOLLOUT) != 0 && !write_waiting(relay)) {
        return;
    }
    if ((events & ~(uint32_t)EPOLLOUT) == 0) {
        return;
    }
    got = read(relay->port.fd, relay->bytes, sizeof(relay->bytes));
    if (got > 0) {
        duo_web_peer_send(relay->peer, DUO_WEB_BINARY,
                          (struct duo_bytes){relay->bytes, (size_t)got});
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        /* Readable, and yet nothing: the end of an unplugged port. */
        fail_gone(relay);
    }
}

static bool open_port(struct relay *relay, const char *query,
                      struct duo_tool_error *error)
{
    struct duo_serial_options options;

    if (!duo_serial_options_parse(&options, relay->coding == DUO_WEB_CONSOLE,
                                  query, error)) {
        return false;
    }
    relay->port.baud = options.baud;
    relay->port.path = relay->place;
    if (!duo_serial_port_open(&relay->port, error)) {
        return false;
    }
    relay->watch.fd = relay->port.fd;
    relay->watch.ready = on_port;
    return true;
}

/* --- UDP --- */

static void on_datagram(void *owner, uint32_t events)
{
    struct relay *relay = owner;
    ssize_t got =
        recv(relay->udp_fd, relay->bytes, sizeof(relay->bytes), MSG_TRUNC);

    (void)events;
    if (got > 0 && (size_t)got <= sizeof(relay->bytes)) {
        duo_web_peer_send(relay->peer, DUO_WEB_BINARY,
                          (struct duo_bytes){relay->bytes, (size_t)got});
    } else if (got < 0 && !duo_udp_is_passing(errno)) {
        fail(relay, strerror(errno));
    }
}

static bool open_udp(struct relay *relay, struct duo_tool_error *error)
{
    struct duo_udp_place place;
    bool is_ipv6;

    if (duo_udp_place_parse(&place, relay->place, "", error)) {
        relay->udp_fd = duo_udp_connect(&place, &is_ipv6, error);
    }
    duo_udp_place_free(&place);
    relay->watch.fd = relay->udp_fd;
    relay->watch.ready = on_datagram;
    return relay->udp_fd >= 0;
}

static void send_datagram(struct relay *relay, struct duo_bytes message)
{
    if (duo_udp_send(relay->udp_fd, message)) {
        return;
    }
    if (errno == EMSGSIZE) {
        duo_web_peer_close(relay->peer, DUO_WEB_CLOSE_LIMIT,
                           "The message is too long for a datagram.");
    } else {
        fail(relay, strerror(errno));
    }
}

/* --- The page's side --- */

static void take(struct duo_web_peer *peer, enum duo_web_kind kind,
                 struct duo_bytes message)
{
    struct relay *relay = of(peer);

    if (kind != DUO_WEB_BINARY) {
        duo_web_peer_close(peer, DUO_WEB_CLOSE_KIND,
                           "Only binary messages go to a link.");
    } else if (relay->coding == DUO_WEB_DATAGRAM) {
        send_datagram(relay, message);
    } else {
        duo_tool_buffer_append(&relay->waiting, message);
        (void)write_waiting(relay);
    }
}

static void release(struct duo_web_peer *peer)
{
    struct relay *relay = of(peer);

    peer->end_state = NULL;
    if (relay == NULL) {
        return; /* It was busy. */
    }
    duo_web_unwatch(&peer->web->loop, &relay->watch);
    duo_serial_port_close(&relay->port);
    if (relay->udp_fd >= 0) {
        (void)close(relay->udp_fd);
    }
    duo_tool_buffer_free(&relay->waiting);
    free(relay->place);
    free(relay);
}

static const struct duo_web_end relay_end = {.take = take, .release = release};

/* Does somebody use the place, be it as serial: or as raw:? */
static bool is_used(const struct duo_web *web, const char *place)
{
    for (const struct duo_web_peer *peer = web->peers; peer != NULL;
         peer = peer->next) {
        if (peer->end == &relay_end && of(peer) != NULL &&
            strcmp(of(peer)->place, place) == 0) {
            return true;
        }
    }
    return false;
}

static bool open_link(struct relay *relay, const char *url,
                      struct duo_tool_error *error)
{
    const char *query = url + strcspn(url, "?");
    bool done = relay->coding == DUO_WEB_DATAGRAM
                    ? open_udp(relay, error)
                    : open_port(relay, *query == '?' ? query + 1 : "", error);

    if (!done) {
        return false;
    }
    relay->watch.owner = relay;
    return duo_web_watch(&relay->peer->web->loop, &relay->watch) ||
           duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot be waited for: %s",
                         relay->place, strerror(errno));
}

static void tell_open(const struct relay *relay, const char *url)
{
    json_t *object = json_pack("{s:s,s:s,s:s}", "type", "open", "url", url,
                               "coding", duo_web_coding_name(relay->coding));
    char *text = json_dumps(object, JSON_COMPACT);

    if (text != NULL) {
        duo_web_peer_send_text(relay->peer, text);
    }
    free(text);
    json_decref(object);
}

static struct relay *create(struct duo_web_peer *peer,
                            const struct duo_web_offered *offered)
{
    struct relay *relay = calloc(1, sizeof(*relay));

    if (relay != NULL) {
        relay->peer = peer;
        relay->coding = offered->coding;
        relay->place = duo_web_place_of(offered->url);
        relay->port.fd = -1;
        relay->udp_fd = -1;
        peer->end_state = relay;
    }
    return relay;
}

void duo_web_relay_open(struct duo_web *web, struct lws *wsi, const char *url,
                        struct duo_web_peer **peer)
{
    const struct duo_web_offered *offered =
        duo_web_offer_find(&web->offer, url);
    struct duo_tool_error error;
    struct relay *relay;
    char *place;

    *peer = offered == NULL ? NULL : duo_web_peer_create(web, wsi, &relay_end);
    if (*peer == NULL) {
        return;
    }
    place = duo_web_place_of(url);
    if (is_used(web, place)) {
        duo_web_peer_close(*peer, DUO_WEB_CLOSE_BUSY,
                           "Another page uses this link.");
    } else {
        relay = create(*peer, offered);
        if (relay == NULL) {
            duo_web_peer_close(*peer, DUO_WEB_CLOSE_PORT, "Out of memory.");
        } else if (!open_link(relay, url, &error)) {
            duo_web_peer_close(*peer, DUO_WEB_CLOSE_PORT, error.text);
        } else {
            tell_open(relay, url);
        }
    }
    free(place);
}
