/* SPDX-License-Identifier: MIT */
/* Links over UDP: one datagram is one packet. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "udp_socket.h"

/* IPv6 has a longer header. */
#define UDP6_BYTES_MAX 1452U
#define DATAGRAM_BYTES 65536U

struct udp_link {
    struct duo_link link; /* First. */
    struct duo_udp_place place;
    int fd; /* -1: not open. */
    uint8_t datagram[DATAGRAM_BYTES];
};

static struct udp_link *of(struct duo_link *link)
{
    return (struct udp_link *)(void *)link;
}

static void udp_close(struct duo_link *link)
{
    struct udp_link *udp = of(link);

    if (udp->fd >= 0) {
        (void)close(udp->fd);
        udp->fd = -1;
    }
}

static bool udp_open(struct duo_link *link, struct duo_tool_error *error)
{
    struct udp_link *udp = of(link);
    bool is_ipv6 = false;

    udp_close(link);
    udp->fd = duo_udp_connect(&udp->place, &is_ipv6, error);
    link->packet_bytes_max = is_ipv6 ? UDP6_BYTES_MAX : DUO_LINK_UDP_BYTES_MAX;
    return udp->fd >= 0;
}

static bool udp_send(struct duo_link *link, struct duo_bytes packet,
                     struct duo_tool_error *error)
{
    struct udp_link *udp = of(link);

    if (udp->fd < 0) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: not open",
                             udp->place.host);
    }
    return duo_udp_send(udp->fd, packet) ||
           duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot send: %s",
                         udp->place.host, strerror(errno));
}

static enum duo_link_result take(struct udp_link *udp, struct duo_bytes *packet,
                                 struct duo_tool_error *error)
{
    ssize_t got = recv(udp->fd, udp->datagram, sizeof(udp->datagram), 0);

    if (got >= 0) {
        *packet = (struct duo_bytes){udp->datagram, (size_t)got};
        return DUO_LINK_PACKET;
    }
    if (duo_udp_is_passing(errno)) {
        return DUO_LINK_TIMEOUT;
    }
    (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot receive: %s",
                        udp->place.host, strerror(errno));
    return DUO_LINK_FAILED;
}

static enum duo_link_result udp_receive(struct duo_link *link,
                                        uint64_t deadline_us,
                                        struct duo_bytes *packet,
                                        struct duo_tool_error *error)
{
    struct udp_link *udp = of(link);
    struct pollfd fd = {.fd = udp->fd, .events = POLLIN};

    if (udp->fd < 0) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: not open",
                            udp->place.host);
        return DUO_LINK_CLOSED;
    }
    for (;;) {
        uint64_t now_us = duo_link_host_now_us(link);
        uint64_t left_us = now_us < deadline_us ? deadline_us - now_us : 0;
        const struct timespec limit = {(time_t)(left_us / 1000000U),
                                       (long)(left_us % 1000000U * 1000U)};
        int ready = ppoll(&fd, 1, &limit, NULL);
        enum duo_link_result result = DUO_LINK_TIMEOUT;

        if (ready > 0) {
            result = take(udp, packet, error);
        }
        /* An ICMP error wakes up, too, and is no answer. */
        if (result != DUO_LINK_TIMEOUT || ready <= 0) {
            return result;
        }
    }
}

static int udp_poll_fd(const struct duo_link *link)
{
    const struct udp_link *udp = (const struct udp_link *)(const void *)link;

    return udp->fd;
}

static void udp_destroy(struct duo_link *link)
{
    struct udp_link *udp = of(link);

    udp_close(link);
    duo_udp_place_free(&udp->place);
    free(udp);
}

static const struct duo_link_ops udp_ops = {
    .open = udp_open,
    .close = udp_close,
    .send = udp_send,
    .receive = udp_receive,
    .now_us = duo_link_host_now_us,
    .wait = duo_link_host_wait,
    .poll_fd = udp_poll_fd,
    .destroy = udp_destroy,
};

struct duo_link *duo_link_udp_create(const char *place, const char *query,
                                     struct duo_tool_error *error)
{
    struct udp_link *udp = calloc(1, sizeof(*udp));

    if (udp == NULL) {
        (void)duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
        return NULL;
    }
    udp->link.ops = &udp_ops;
    udp->link.packet_bytes_max = DUO_LINK_UDP_BYTES_MAX;
    udp->fd = -1;
    if (duo_udp_place_parse(&udp->place, place, query, error)) {
        return &udp->link;
    }
    udp_destroy(&udp->link);
    return NULL;
}
