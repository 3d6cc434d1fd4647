/* SPDX-License-Identifier: MIT */
/* Links over UDP: one datagram is one packet. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "duo/smp_ip.h"
#include "link.h"

/* IPv6 has a longer header. */
#define UDP6_BYTES_MAX 1452U
#define DATAGRAM_BYTES 65536U

struct udp_link {
    struct duo_link link; /* First. */
    char *host;
    char service[8];
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

static bool connect_to(struct udp_link *udp, const struct addrinfo *where)
{
    udp->fd = socket(where->ai_family,
                     where->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                     where->ai_protocol);
    if (udp->fd >= 0 &&
        connect(udp->fd, where->ai_addr, where->ai_addrlen) == 0) {
        udp->link.packet_bytes_max = where->ai_family == AF_INET6
                                         ? UDP6_BYTES_MAX
                                         : DUO_LINK_UDP_BYTES_MAX;
        return true;
    }
    if (udp->fd >= 0) {
        int number = errno;
        udp_close(&udp->link);
        errno = number;
    }
    return false;
}

static bool udp_open(struct duo_link *link, struct duo_tool_error *error)
{
    const struct addrinfo wanted = {.ai_socktype = SOCK_DGRAM};
    struct udp_link *udp = of(link);
    struct addrinfo *list;
    int result;

    udp_close(link);
    result = getaddrinfo(udp->host, udp->service, &wanted, &list);
    if (result != 0) {
        return duo_tool_fail(error, DUO_EXIT_IO,
                             "%s: no address of this host: %s", udp->host,
                             gai_strerror(result));
    }
    for (const struct addrinfo *at = list; at != NULL && udp->fd < 0;
         at = at->ai_next) {
        (void)connect_to(udp, at);
    }
    result = errno;
    freeaddrinfo(list);
    return udp->fd >= 0 ||
           duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot reach it: %s",
                         udp->host, strerror(result));
}

/* A datagram that the host cannot send now is lost like any other: the client
 * asks again. Nobody listening (ECONNREFUSED) may change, too: the device
 * boots. */
static bool is_passing(int number)
{
    return number == ECONNREFUSED || number == ENOBUFS || number == EAGAIN ||
           number == EINTR || number == EHOSTUNREACH || number == ENETUNREACH ||
           number == ENETDOWN;
}

static bool udp_send(struct duo_link *link, struct duo_bytes packet,
                     struct duo_tool_error *error)
{
    struct udp_link *udp = of(link);

    if (udp->fd < 0) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: not open", udp->host);
    }
    for (unsigned i = 0; i < 2; i++) {
        if (send(udp->fd, packet.data, packet.len_bytes, 0) >= 0) {
            return true;
        }
        if (!is_passing(errno)) {
            return duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot send: %s",
                                 udp->host, strerror(errno));
        }
        /* What the last datagram came to is told at this one: once more. */
    }
    return true;
}

static enum duo_link_result take(struct udp_link *udp, struct duo_bytes *packet,
                                 struct duo_tool_error *error)
{
    ssize_t got = recv(udp->fd, udp->datagram, sizeof(udp->datagram), 0);

    if (got >= 0) {
        *packet = (struct duo_bytes){udp->datagram, (size_t)got};
        return DUO_LINK_PACKET;
    }
    if (is_passing(errno)) {
        return DUO_LINK_TIMEOUT;
    }
    (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot receive: %s", udp->host,
                        strerror(errno));
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
        (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: not open", udp->host);
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
    free(udp->host);
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

/* HOST, HOST:PORT, [IPV6], [IPV6]:PORT; an IPv6 address without brackets has
 * more than one colon. Returns the host, on the heap. */
static char *split(const char *place, const char **port)
{
    const char *colon = strchr(place, ':');

    *port = "";
    if (place[0] == '[') {
        const char *end = strchr(place, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':')) {
            return NULL;
        }
        *port = end[1] == ':' ? end + 2 : "";
        return end[1] == ':' && end[2] == '\0'
                   ? NULL
                   : strndup(place + 1, (size_t)(end - place - 1));
    }
    if (colon == NULL || strchr(colon + 1, ':') != NULL) {
        return strdup(place);
    }
    *port = colon + 1;
    return colon[1] == '\0' ? NULL : strndup(place, (size_t)(colon - place));
}

static bool parse_port(const char *text, char service[8])
{
    unsigned long number = DUO_SMP_UDP_PORT;
    char *end = NULL;

    if (*text != '\0') {
        if (strspn(text, "0123456789") != strlen(text)) {
            return false;
        }
        number = strtoul(text, &end, 10);
    }
    if (number == 0 || number > UINT16_MAX) {
        return false;
    }
    (void)snprintf(service, 8, "%lu", number);
    return true;
}

struct duo_link *duo_link_udp_create(const char *place, const char *query,
                                     struct duo_tool_error *error)
{
    struct udp_link *udp = calloc(1, sizeof(*udp));
    const char *port;

    if (udp == NULL) {
        (void)duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
        return NULL;
    }
    udp->link.ops = &udp_ops;
    udp->link.packet_bytes_max = DUO_LINK_UDP_BYTES_MAX;
    udp->fd = -1;
    udp->host = split(place, &port);
    if (*query != '\0') {
        (void)duo_tool_fail(error, DUO_EXIT_USAGE, "udp: has no options");
    } else if (udp->host == NULL || udp->host[0] == '\0') {
        (void)duo_tool_fail(error, DUO_EXIT_USAGE,
                            "a host, perhaps with :PORT, stands behind udp:; "
                            "an IPv6 address with a port stands in []");
    } else if (!parse_port(port, udp->service)) {
        (void)duo_tool_fail(error, DUO_EXIT_USAGE,
                            "%s is no port number from 1 to 65535", port);
    } else {
        return &udp->link;
    }
    udp_destroy(&udp->link);
    return NULL;
}
