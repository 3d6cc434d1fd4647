/* SPDX-License-Identifier: MIT */
/* A UART's end on the host; see board_port.h. */
#include "board_port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

int duo_port_listen(uint16_t *port, struct duo_tool_error *error)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(*port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof(address);
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    }
    if (fd < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(fd, 1) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "TCP port %u: %s", *port,
                            strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

int duo_port_accept(int listen_fd)
{
    const int yes = 1;
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    }
    return fd;
}

static bool open_tcp(struct duo_port *port,
                     const struct duo_port_config *config,
                     struct duo_tool_error *error)
{
    uint16_t number = config->number;

    port->listen_fd = duo_port_listen(&number, error);
    if (port->listen_fd < 0) {
        return false;
    }
    (void)fprintf(stderr,
                  "duoboot: UART of %s: TCP port %u on "
                  "127.0.0.1\n",
                  port->name, number);
    return true;
}

static bool open_udp(struct duo_port *port,
                     const struct duo_port_config *config,
                     struct duo_tool_error *error)
{
    uint16_t number = config->number;

    port->gateway = duo_gateway_open(&number, error);
    if (port->gateway == NULL) {
        return false;
    }
    port->fd = port->gateway->fd;
    port->has_peer = true;
    (void)fprintf(stderr, "duoboot: UART of %s: UDP port %u on 127.0.0.1\n",
                  port->name, number);
    return true;
}

/* The other side is opened once and closed, so that the first poll() says
 * that nobody is there, and so that a terminal program finds it raw. */
static bool prepare_slave(int master, const char **path)
{
    struct termios mode;
    int slave;

    if (grantpt(master) != 0 || unlockpt(master) != 0) {
        return false;
    }
    *path = ptsname(master);
    slave = *path != NULL ? open(*path, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    if (slave < 0) {
        return false;
    }
    if (tcgetattr(slave, &mode) == 0) {
        cfmakeraw(&mode);
        (void)tcsetattr(slave, TCSANOW, &mode);
    }
    (void)close(slave);
    return true;
}

static bool open_pty(struct duo_port *port, struct duo_tool_error *error)
{
    const char *path = NULL;

    port->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (port->fd < 0 || !prepare_slave(port->fd, &path)) {
        return duo_tool_fail(error, DUO_EXIT_IO,
                             "the pseudo-terminal of %s: %s", port->name,
                             strerror(errno));
    }
    (void)fprintf(stderr, "duoboot: UART of %s: %s\n", port->name, path);
    return true;
}

static bool open_file(struct duo_port *port, const char *path,
                      struct duo_tool_error *error)
{
    port->fd =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
    port->has_peer = true;
    return port->fd >= 0 ||
           duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot write: %s", path,
                         strerror(errno));
}

bool duo_port_open(struct duo_port *port, const struct duo_port_config *config,
                   const char *name, struct duo_tool_error *error)
{
    *port = (struct duo_port){
        .kind = config->kind, .name = name, .listen_fd = -1, .fd = -1};
    if (port->kind == DUO_PORT_STDIO || port->kind == DUO_PORT_NONE) {
        return true;
    }
    if (port->kind == DUO_PORT_UDP) {
        return open_udp(port, config, error);
    }
    port->kept = malloc(DUO_PORT_KEEP_BYTES);
    if (port->kept == NULL) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
    }
    switch (port->kind) {
    case DUO_PORT_PTY: return open_pty(port, error);
    case DUO_PORT_TCP: return open_tcp(port, config, error);
    case DUO_PORT_FILE: return open_file(port, config->path, error);
    case DUO_PORT_UDP:
    case DUO_PORT_STDIO:
    case DUO_PORT_NONE: break;
    }
    return true;
}

void duo_port_close(struct duo_port *port)
{
    if (port->kept != NULL) {
        duo_port_service(port);
    }
    if (port->lost_bytes > 0) {
        (void)fprintf(stderr,
                      "duoboot: note: UART of %s: %llu bytes were "
                      "taken by nobody\n",
                      port->name, (unsigned long long)port->lost_bytes);
    }
    if (port->gateway != NULL) {
        duo_gateway_close(port->gateway);
    } else if (port->fd >= 0) {
        (void)close(port->fd);
    }
    if (port->listen_fd >= 0) {
        (void)close(port->listen_fd);
    }
    free(port->kept);
    *port = (struct duo_port){.kind = DUO_PORT_NONE, .listen_fd = -1, .fd = -1};
}

void duo_port_put(struct duo_port *port, uint8_t byte)
{
    if (port->gateway != NULL) {
        duo_gateway_put(port->gateway, byte);
    }
    if (port->kept == NULL) {
        return;
    }
    if (port->kept_bytes == DUO_PORT_KEEP_BYTES) {
        duo_port_service(port);
    }
    if (port->kept_bytes == DUO_PORT_KEEP_BYTES) {
        port->kept_first = (port->kept_first + 1U) % DUO_PORT_KEEP_BYTES;
        port->kept_bytes--;
        port->lost_bytes++;
    }
    port->kept[(port->kept_first + port->kept_bytes) % DUO_PORT_KEEP_BYTES] =
        byte;
    port->kept_bytes++;
}

static void lose_peer(struct duo_port *port)
{
    port->has_peer = port->kind == DUO_PORT_FILE;
    if (port->kind == DUO_PORT_TCP && port->fd >= 0) {
        (void)close(port->fd);
        port->fd = -1;
    }
}

/* A pseudo-terminal says HUP while nobody has its other side open. */
static void look_for_peer(struct duo_port *port)
{
    if (port->kind == DUO_PORT_PTY) {
        struct pollfd fd = {.fd = port->fd, .events = POLLOUT};
        port->has_peer = poll(&fd, 1, 0) >= 0 && (fd.revents & POLLHUP) == 0;
    }
    if (port->kind != DUO_PORT_TCP) {
        return;
    }
    int fd = duo_port_accept(port->listen_fd);
    if (fd < 0) {
        return;
    }
    if (port->has_peer) {
        (void)close(fd); /* One at a time. */
    } else {
        port->fd = fd;
        port->has_peer = true;
    }
}

static void send_kept(struct duo_port *port)
{
    while (port->has_peer && port->kept_bytes > 0) {
        uint32_t run_bytes = DUO_PORT_KEEP_BYTES - port->kept_first;
        ssize_t sent;

        if (run_bytes > port->kept_bytes) {
            run_bytes = port->kept_bytes;
        }
        sent = write(port->fd, port->kept + port->kept_first, run_bytes);
        if (sent < 0) {
            if (errno != EAGAIN && errno != EINTR) {
                lose_peer(port);
            }
            return;
        }
        port->kept_first =
            (port->kept_first + (uint32_t)sent) % DUO_PORT_KEEP_BYTES;
        port->kept_bytes -= (uint32_t)sent;
    }
}

void duo_port_service(struct duo_port *port)
{
    if (port->kept != NULL) {
        look_for_peer(port);
        send_kept(port);
    }
}

size_t duo_port_get(struct duo_port *port, uint8_t *dst, size_t room_bytes)
{
    ssize_t got;

    if (port->gateway != NULL) {
        return duo_gateway_get(port->gateway, dst, room_bytes);
    }
    if (!port->has_peer || port->kind == DUO_PORT_FILE || room_bytes == 0) {
        return 0;
    }
    got = read(port->fd, dst, room_bytes);
    if (got > 0) {
        return (size_t)got;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        lose_peer(port);
    }
    return 0;
}

unsigned duo_port_fds(const struct duo_port *port,
                      struct pollfd fds[DUO_PORT_FDS_MAX])
{
    unsigned count = 0;

    if (port->listen_fd >= 0) {
        fds[count++] = (struct pollfd){.fd = port->listen_fd, .events = POLLIN};
    }
    /* A pseudo-terminal without a peer would be ready for ever. */
    if (port->has_peer && port->kind != DUO_PORT_FILE) {
        fds[count++] = (struct pollfd){.fd = port->fd, .events = POLLIN};
    }
    return count;
}
