/* SPDX-License-Identifier: MIT */
/* Links over a serial port: console frames (serial:) or raw packets (raw:). */
#include <stdlib.h>
#include <string.h>

#include "port.h"
#include "serial_options.h"
#include "stream.h"

struct serial_link {
    struct duo_link link; /* First. */
    struct duo_serial_port port;
    struct duo_stream stream;
    struct duo_tool_buffer in; /* Read, and not yet taken apart. */
    size_t in_off_bytes;
};

static struct serial_link *of(struct duo_link *link)
{
    return (struct serial_link *)(void *)link;
}

static bool serial_open(struct duo_link *link, struct duo_tool_error *error)
{
    struct serial_link *serial = of(link);

    serial->in.len_bytes = 0;
    serial->in_off_bytes = 0;
    duo_stream_init(&serial->stream);
    return duo_serial_port_open(&serial->port, error);
}

static void serial_close(struct duo_link *link)
{
    duo_serial_port_close(&of(link)->port);
}

static bool put(struct serial_link *serial, struct duo_bytes bytes,
                struct duo_tool_error *error)
{
    bool is_gone;

    if (serial->port.fd < 0) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: not open",
                             serial->port.path);
    }
    if (!duo_serial_port_write(&serial->port, bytes, &is_gone, error)) {
        if (is_gone) {
            duo_serial_port_close(&serial->port);
        }
        return false;
    }
    return true;
}

/* The lines go out at once, without pauses: the port's queue holds them. */
static bool serial_send(struct duo_link *link, struct duo_bytes packet,
                        struct duo_tool_error *error)
{
    struct serial_link *serial = of(link);
    struct duo_tool_buffer wire = {0};
    bool done;

    duo_stream_encode(&serial->stream, packet, &wire);
    done = put(serial, duo_tool_buffer_view(&wire), error);
    duo_tool_buffer_free(&wire);
    return done;
}

/* What was read may hold several packets. */
static bool take_read(struct serial_link *serial, struct duo_bytes *packet)
{
    struct duo_bytes rest = duo_tool_buffer_view(&serial->in);
    bool got;

    rest.data += serial->in_off_bytes;
    rest.len_bytes -= serial->in_off_bytes;
    if (rest.len_bytes == 0) {
        return false;
    }
    got = duo_stream_take(&serial->stream, &rest, packet);
    serial->in_off_bytes = serial->in.len_bytes - rest.len_bytes;
    if (rest.len_bytes == 0) {
        serial->in.len_bytes = 0;
        serial->in_off_bytes = 0;
    }
    return got;
}

static enum duo_link_result serial_receive(struct duo_link *link,
                                           uint64_t deadline_us,
                                           struct duo_bytes *packet,
                                           struct duo_tool_error *error)
{
    struct serial_link *serial = of(link);
    enum duo_link_result result = DUO_LINK_PACKET;

    while (!take_read(serial, packet)) {
        uint64_t now_us = link->ops->now_us(link);

        if (result == DUO_LINK_TIMEOUT) {
            return result;
        }
        duo_stream_idle(&serial->stream, now_us);
        result = duo_serial_port_read(
            &serial->port, now_us < deadline_us ? deadline_us - now_us : 0,
            &serial->in, error);
        if (result == DUO_LINK_CLOSED || result == DUO_LINK_FAILED) {
            duo_serial_port_close(&serial->port);
            return result;
        }
    }
    return DUO_LINK_PACKET;
}

static bool serial_write_text(struct duo_link *link, struct duo_bytes text,
                              struct duo_tool_error *error)
{
    return put(of(link), text, error);
}

static int serial_poll_fd(const struct duo_link *link)
{
    const struct serial_link *serial =
        (const struct serial_link *)(const void *)link;

    return serial->port.fd;
}

static void serial_destroy(struct duo_link *link)
{
    struct serial_link *serial = of(link);

    serial_close(link);
    duo_stream_free(&serial->stream);
    duo_tool_buffer_free(&serial->in);
    free(serial->port.path);
    free(serial);
}

static const struct duo_link_ops console_ops = {
    .open = serial_open,
    .close = serial_close,
    .send = serial_send,
    .receive = serial_receive,
    .now_us = duo_link_host_now_us,
    .wait = duo_link_host_wait,
    .write_text = serial_write_text,
    .poll_fd = serial_poll_fd,
    .destroy = serial_destroy,
};

static const struct duo_link_ops raw_ops = {
    .open = serial_open,
    .close = serial_close,
    .send = serial_send,
    .receive = serial_receive,
    .now_us = duo_link_host_now_us,
    .wait = duo_link_host_wait,
    .poll_fd = serial_poll_fd,
    .destroy = serial_destroy,
};

static struct duo_link *create(enum duo_stream_kind kind, const char *place,
                               const char *query, struct duo_tool_error *error)
{
    struct serial_link *serial = calloc(1, sizeof(*serial));
    struct duo_serial_options options;

    if (serial == NULL) {
        (void)duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
        return NULL;
    }
    serial->link.ops = kind == DUO_STREAM_CONSOLE ? &console_ops : &raw_ops;
    /* A port of USB goes with its device; open() says when it is back. Whether
     * this one does is seen when it happens. */
    serial->link.ends_with_device = false;
    serial->link.silence_us =
        kind == DUO_STREAM_RAW ? DUO_STREAM_SILENCE_US : 0;
    serial->stream.link = &serial->link;
    serial->stream.kind = kind;
    serial->port = (struct duo_serial_port){.path = strdup(place), .fd = -1};
    if (!duo_serial_options_parse(&options, kind == DUO_STREAM_CONSOLE, query,
                                  error)) {
        serial_destroy(&serial->link);
        return NULL;
    }
    serial->port.baud = options.baud;
    serial->stream.line_bytes_max = options.line_bytes_max;
    return &serial->link;
}

struct duo_link *duo_link_serial_create(const char *place, const char *query,
                                        struct duo_tool_error *error)
{
    return create(DUO_STREAM_CONSOLE, place, query, error);
}

struct duo_link *duo_link_raw_create(const char *place, const char *query,
                                     struct duo_tool_error *error)
{
    return create(DUO_STREAM_RAW, place, query, error);
}
