/* SPDX-License-Identifier: MIT */
/* The host's end of the wire: a link for the client library; see wire.h. */
#include <string.h>

#include "wire.h"

#define ATT_HEAD_BYTES 3U
#define ROOM_US        1000U

static struct wire *of(struct duo_link *link)
{
    return (struct wire *)(void *)link;
}

static uint64_t now_us(struct duo_link *link)
{
    return wire_now_us(of(link));
}

static bool link_open(struct duo_link *link, struct duo_tool_error *error)
{
    (void)error;
    of(link)->is_open = true;
    duo_stream_init(&of(link)->stream);
    return true;
}

static void link_close(struct duo_link *link)
{
    of(link)->is_open = false;
}

/* Cut into units of the line: what gets lost as a whole. */
static void put_pieces(struct wire *wire, struct duo_bytes bytes)
{
    while (bytes.len_bytes > 0) {
        size_t count = bytes.len_bytes;

        if (wire->options.coding == WIRE_GATT) {
            size_t room_bytes = wire->options.mtu - (size_t)ATT_HEAD_BYTES;
            count = count < room_bytes ? count : room_bytes;
        } else if (wire->options.coding == WIRE_CONSOLE) {
            const uint8_t *end = memchr(bytes.data, '\n', bytes.len_bytes);
            count = end == NULL ? count : (size_t)(end - bytes.data) + 1U;
        }
        /* As a host's driver: it waits for room, and loses nothing. */
        while (wire->to_device.count >= DOUBLE_UNITS_MAX / 2U) {
            wire_turn(wire, wire_now_us(wire) + ROOM_US);
        }
        wire_raw(wire, (struct duo_bytes){bytes.data, count});
        bytes.data += count;
        bytes.len_bytes -= count;
    }
}

static bool link_send(struct duo_link *link, struct duo_bytes packet,
                      struct duo_tool_error *error)
{
    struct wire *wire = of(link);
    struct duo_tool_buffer bytes = {0};

    if (!wire->is_open) {
        return duo_tool_fail(error, DUO_EXIT_IO, "not open");
    }
    if (wire->options.coding == WIRE_UDP) {
        wire_raw(wire, packet);
        return true;
    }
    duo_stream_encode(&wire->stream, packet, &bytes);
    put_pieces(wire, duo_tool_buffer_view(&bytes));
    duo_tool_buffer_free(&bytes);
    return true;
}

/* What has arrived, up to the end of a packet. */
static bool take_in(struct wire *wire, struct duo_bytes *packet)
{
    bool is_stream = wire->options.coding != WIRE_UDP;

    for (;;) {
        struct duo_bytes rest = duo_tool_buffer_view(&wire->in);

        rest.data += wire->in_off_bytes;
        rest.len_bytes -= wire->in_off_bytes;
        if (is_stream && rest.len_bytes > 0) {
            bool got = duo_stream_take(&wire->stream, &rest, packet);
            wire->in_off_bytes = wire->in.len_bytes - rest.len_bytes;
            if (got) {
                return true;
            }
        }
        wire->in.len_bytes = 0;
        wire->in_off_bytes = 0;
        if (!double_line_take(&wire->to_host, wire_now_us(wire), &wire->in)) {
            return false;
        }
        if (!is_stream) {
            *packet = duo_tool_buffer_view(&wire->in);
            return true;
        }
    }
}

static enum duo_link_result link_receive(struct duo_link *link,
                                         uint64_t deadline_us,
                                         struct duo_bytes *packet,
                                         struct duo_tool_error *error)
{
    struct wire *wire = of(link);

    if (!wire->is_open) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "not open");
        return DUO_LINK_CLOSED;
    }
    while (!take_in(wire, packet)) {
        if (now_us(link) >= deadline_us) {
            return DUO_LINK_TIMEOUT;
        }
        wire_turn(wire, deadline_us);
        duo_stream_idle(&wire->stream, now_us(link));
    }
    return DUO_LINK_PACKET;
}

static void link_wait(struct duo_link *link, uint64_t us)
{
    uint64_t until_us = now_us(link) + us;

    while (now_us(link) < until_us) {
        wire_turn(of(link), until_us);
    }
}

static void link_destroy(struct duo_link *link)
{
    wire_destroy(of(link));
}

const struct duo_link_ops wire_host_ops = {
    .open = link_open,
    .close = link_close,
    .send = link_send,
    .receive = link_receive,
    .now_us = now_us,
    .wait = link_wait,
    .destroy = link_destroy,
};
