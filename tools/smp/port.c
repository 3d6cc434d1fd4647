/* SPDX-License-Identifier: MIT */
/* A serial port of the host; see port.h. */
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define WRITE_MS_MAX 10000
#define READ_BYTES   4096U

struct speed {
    uint32_t baud;
    speed_t code;
};

/* What termios has, from 9600 up. */
static const struct speed speeds[] = {
    {9600,    B9600   },
    {19200,   B19200  },
    {38400,   B38400  },
    {57600,   B57600  },
    {115200,  B115200 },
    {230400,  B230400 },
    {460800,  B460800 },
    {500000,  B500000 },
    {576000,  B576000 },
    {921600,  B921600 },
    {1000000, B1000000},
    {1152000, B1152000},
    {1500000, B1500000},
    {2000000, B2000000},
    {2500000, B2500000},
    {3000000, B3000000},
    {3500000, B3500000},
    {4000000, B4000000},
};
#define SPEED_COUNT (sizeof(speeds) / sizeof(speeds[0]))

static const struct speed *find_speed(uint32_t baud)
{
    for (size_t i = 0; i < SPEED_COUNT; i++) {
        if (speeds[i].baud == baud) {
            return &speeds[i];
        }
    }
    return NULL;
}

bool duo_serial_port_check_baud(uint32_t baud, struct duo_tool_error *error)
{
    char list[256] = "";
    size_t used = 0;

    if (find_speed(baud) != NULL) {
        return true;
    }
    for (size_t i = 0; i < SPEED_COUNT; i++) {
        int chars = snprintf(list + used, sizeof(list) - used, "%s%u",
                             i == 0 ? "" : ", ", (unsigned)speeds[i].baud);
        used += chars > 0 ? (size_t)chars : 0;
    }
    return duo_tool_fail(error, DUO_EXIT_USAGE,
                         "%u baud is no speed of a serial port; there are %s",
                         (unsigned)baud, list);
}

static bool fail_open(const char *path, int number,
                      struct duo_tool_error *error)
{
    switch (number) {
    case EACCES:
    case EPERM:
        return duo_tool_fail(error, DUO_EXIT_IO,
                             "%s: no permission; serial ports belong to the "
                             "group dialout, of which you have to be a member",
                             path);
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return duo_tool_fail(error, DUO_EXIT_IO,
                             "%s: there is no such port; is it plugged in?",
                             path);
    case EBUSY:
    case EWOULDBLOCK:
        return duo_tool_fail(error, DUO_EXIT_IO,
                             "%s: another program uses this port", path);
    default:
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot open: %s", path,
                             strerror(number));
    }
}

static void make_raw(struct termios *mode, speed_t code)
{
    cfmakeraw(mode);
    mode->c_cflag |= CLOCAL | CREAD;
    mode->c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | HUPCL);
    mode->c_cc[VMIN] = 0;
    mode->c_cc[VTIME] = 0;
    (void)cfsetispeed(mode, code);
    (void)cfsetospeed(mode, code);
}

static bool set_mode(struct duo_serial_port *port, struct duo_tool_error *error)
{
    const struct speed *speed = find_speed(port->baud);
    int lines = TIOCM_DTR | TIOCM_RTS;
    struct termios mode;

    if (speed == NULL) {
        return duo_serial_port_check_baud(port->baud, error);
    }
    if (tcgetattr(port->fd, &mode) != 0) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: not a serial port: %s",
                             port->path, strerror(errno));
    }
    make_raw(&mode, speed->code);
    if (tcsetattr(port->fd, TCSANOW, &mode) != 0) {
        return duo_tool_fail(error, DUO_EXIT_IO,
                             "%s: the port refuses %u baud: %s", port->path,
                             (unsigned)port->baud, strerror(errno));
    }
    /* A pseudo-terminal has no modem lines; a port without them works. */
    (void)ioctl(port->fd, TIOCMBIS, &lines);
    (void)tcflush(port->fd, TCIFLUSH);
    return true;
}

bool duo_serial_port_open(struct duo_serial_port *port,
                          struct duo_tool_error *error)
{
    duo_serial_port_close(port);
    port->fd = open(port->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (port->fd < 0) {
        return fail_open(port->path, errno, error);
    }
    /* Two programs on one line would each get half of the answers. */
    if (flock(port->fd, LOCK_EX | LOCK_NB) != 0) {
        int number = errno;
        duo_serial_port_close(port);
        return fail_open(port->path, number, error);
    }
    if (!set_mode(port, error)) {
        duo_serial_port_close(port);
        return false;
    }
    (void)ioctl(port->fd, TIOCEXCL);
    return true;
}

void duo_serial_port_close(struct duo_serial_port *port)
{
    if (port->fd >= 0) {
        (void)ioctl(port->fd, TIOCNXCL);
        (void)close(port->fd);
        port->fd = -1;
    }
}

static bool fail_gone(const struct duo_serial_port *port,
                      struct duo_tool_error *error)
{
    return duo_tool_fail(error, DUO_EXIT_IO,
                         "%s: the port is gone: unplugged, or the device at "
                         "its other end has left",
                         port->path);
}

static bool wait_for_room(const struct duo_serial_port *port,
                          struct duo_tool_error *error)
{
    struct pollfd fd = {.fd = port->fd, .events = POLLOUT};
    int ready;

    do {
        ready = poll(&fd, 1, WRITE_MS_MAX);
    } while (ready < 0 && errno == EINTR);
    return ready > 0 ||
           duo_tool_fail(error, DUO_EXIT_IO, "%s: the port takes no bytes",
                         port->path);
}

bool duo_serial_port_write(struct duo_serial_port *port, struct duo_bytes bytes,
                           bool *is_gone, struct duo_tool_error *error)
{
    *is_gone = false;
    while (bytes.len_bytes > 0) {
        ssize_t done = write(port->fd, bytes.data, bytes.len_bytes);

        if (done > 0) {
            bytes.data += done;
            bytes.len_bytes -= (size_t)done;
        } else if (done == 0 || errno == EAGAIN) {
            if (!wait_for_room(port, error)) {
                return false;
            }
        } else if (errno != EINTR) {
            *is_gone = true;
            return fail_gone(port, error);
        }
    }
    return true;
}

static enum duo_link_result take(struct duo_serial_port *port,
                                 struct duo_tool_buffer *in,
                                 struct duo_tool_error *error)
{
    uint8_t bytes[READ_BYTES];
    ssize_t got = read(port->fd, bytes, sizeof(bytes));

    if (got > 0) {
        duo_tool_buffer_append(in, (struct duo_bytes){bytes, (size_t)got});
        return DUO_LINK_PACKET;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return DUO_LINK_TIMEOUT;
    }
    /* Readable, and yet nothing: the end of an unplugged port. */
    (void)fail_gone(port, error);
    return DUO_LINK_CLOSED;
}

enum duo_link_result duo_serial_port_read(struct duo_serial_port *port,
                                          uint64_t wait_us,
                                          struct duo_tool_buffer *in,
                                          struct duo_tool_error *error)
{
    const struct timespec limit = {(time_t)(wait_us / 1000000U),
                                   (long)(wait_us % 1000000U * 1000U)};
    struct pollfd fd = {.fd = port->fd, .events = POLLIN};
    int ready;

    if (port->fd < 0) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: not open", port->path);
        return DUO_LINK_CLOSED;
    }
    ready = ppoll(&fd, 1, &limit, NULL);
    if (ready < 0 && errno != EINTR) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: %s", port->path,
                            strerror(errno));
        return DUO_LINK_FAILED;
    }
    return ready <= 0 ? DUO_LINK_TIMEOUT : take(port, in, error);
}
