/* SPDX-License-Identifier: MIT */
/* Sockets of UDP links; see udp_socket.h. */
#include "udp_socket.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "duo/smp_ip.h"

static int connect_to(const struct addrinfo *where)
{
    int fd = socket(where->ai_family,
                    where->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                    where->ai_protocol);

    if (fd >= 0 && connect(fd, where->ai_addr, where->ai_addrlen) != 0) {
        int number = errno;
        (void)close(fd);
        errno = number;
        return -1;
    }
    return fd;
}

int duo_udp_connect(const struct duo_udp_place *place, bool *is_ipv6,
                    struct duo_tool_error *error)
{
    const struct addrinfo wanted = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *list;
    int fd = -1;
    int result = getaddrinfo(place->host, place->service, &wanted, &list);

    if (result != 0) {
        (void)duo_tool_fail(error, DUO_EXIT_IO,
                            "%s: no address of this host: %s", place->host,
                            gai_strerror(result));
        return -1;
    }
    for (const struct addrinfo *at = list; at != NULL && fd < 0;
         at = at->ai_next) {
        fd = connect_to(at);
        *is_ipv6 = at->ai_family == AF_INET6;
    }
    result = errno;
    freeaddrinfo(list);
    if (fd < 0) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot reach it: %s",
                            place->host, strerror(result));
    }
    return fd;
}

/* A datagram that the host cannot send now is lost like any other: the client
 * asks again. Nobody listening (ECONNREFUSED) may change, too: the device
 * boots. */
bool duo_udp_is_passing(int number)
{
    return number == ECONNREFUSED || number == ENOBUFS || number == EAGAIN ||
           number == EINTR || number == EHOSTUNREACH || number == ENETUNREACH ||
           number == ENETDOWN;
}

bool duo_udp_send(int fd, struct duo_bytes datagram)
{
    for (unsigned i = 0; i < 2; i++) {
        if (send(fd, datagram.data, datagram.len_bytes, 0) >= 0) {
            return true;
        }
        if (!duo_udp_is_passing(errno)) {
            return false;
        }
        /* What the last datagram came to is told at this one: once more. */
    }
    return true;
}

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

bool duo_udp_place_parse(struct duo_udp_place *place, const char *text,
                         const char *query, struct duo_tool_error *error)
{
    const char *port;

    place->host = split(text, &port);
    if (*query != '\0') {
        return duo_tool_fail(error, DUO_EXIT_USAGE, "udp: has no options");
    }
    if (place->host == NULL || place->host[0] == '\0') {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "a host, perhaps with :PORT, stands behind udp:; "
                             "an IPv6 address with a port stands in []");
    }
    return parse_port(port, place->service) ||
           duo_tool_fail(error, DUO_EXIT_USAGE,
                         "%s is no port number from 1 to 65535", port);
}

void duo_udp_place_free(struct duo_udp_place *place)
{
    free(place->host);
    place->host = NULL;
}
