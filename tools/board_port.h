/* SPDX-License-Identifier: MIT */
/* Where a UART of the virtual board ends on the host: a pseudo-terminal, a
 * TCP or UDP socket on the loopback interface, or a file. Nothing here ever blocks:
 * what a peer does not take is kept up to a bound, then the oldest goes. What
 * came before there was a peer is kept, too, so that the first one sees the
 * start. */
#ifndef DUO_TOOLS_BOARD_PORT_H
#define DUO_TOOLS_BOARD_PORT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "board_gateway.h"

#define DUO_PORT_KEEP_BYTES 65536U
#define DUO_PORT_FDS_MAX    2U
#define DUO_PORT_PATH_BYTES 108U

enum duo_port_kind {
    DUO_PORT_STDIO, /* The console itself; no port is opened. */
    DUO_PORT_NONE,
    DUO_PORT_PTY,
    DUO_PORT_TCP,
    DUO_PORT_FILE,
    DUO_PORT_UDP,
};

struct duo_port_config {
    enum duo_port_kind kind;
    uint16_t number; /* TCP, UDP; 0: any; it is told. */
    const char *path;
};

struct duo_port {
    enum duo_port_kind kind;
    const char *name; /* For messages: "the app core". */
    int listen_fd;    /* TCP; -1: none. */
    int fd;           /* Peer, master or file; -1: none. */
    bool has_peer;
    struct duo_gateway *gateway; /* UDP; else NULL. */
    uint8_t *kept;               /* Ring; NULL: a gateway, or no port. */
    uint32_t kept_first;
    uint32_t kept_bytes;
    uint64_t lost_bytes;
};

/** Open it and tell on the error stream where it is. Fails with IO. Close it
 * in any case. */
bool duo_port_open(struct duo_port *port, const struct duo_port_config *config,
                   const char *name, struct duo_tool_error *error);
void duo_port_close(struct duo_port *port);

void duo_port_put(struct duo_port *port, uint8_t byte);
/** Accept a peer, notice that it is gone, send what is kept. */
void duo_port_service(struct duo_port *port);
/** What the peer has sent: up to @p room_bytes, 0 if there is nothing. */
size_t duo_port_get(struct duo_port *port, uint8_t *dst, size_t room_bytes);
/** What to wait for; returns how many of @p fds it filled in. */
unsigned duo_port_fds(const struct duo_port *port,
                      struct pollfd fds[DUO_PORT_FDS_MAX]);

/** A socket that listens on the loopback interface, non-blocking; @p port is
 * replaced by the one that it got. -1: error is filled in. */
int duo_port_listen(uint16_t *port, struct duo_tool_error *error);
/** The next one that wants to connect, non-blocking, or -1. */
int duo_port_accept(int listen_fd);

#endif
