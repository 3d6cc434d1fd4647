/* SPDX-License-Identifier: MIT */
/* The host's end of the line: a link for the client library; see
 * double_end.h. */
#include <string.h>

#include "double_end.h"

#define ATT_HEAD_BYTES 3U
#define ROOM_US        1000U

static struct double_end *of(struct duo_link *link)
{
    return (struct double_end *)(void *)link;
}

static uint64_t now_us(struct duo_link *link)
{
    return double_end_now_us(of(link));
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
static void put_pieces(struct double_end *end, struct duo_bytes bytes)
{
    while (bytes.len_bytes > 0) {
        size_t count = bytes.len_bytes;

        if (end->coding == DOUBLE_GATT) {
            size_t room_bytes = end->mtu - (size_t)ATT_HEAD_BYTES;
            count = count < room_bytes ? count : room_bytes;
        } else if (end->coding == DOUBLE_CONSOLE) {
            const uint8_t *eol = memchr(bytes.data, '\n', bytes.len_bytes);
            count = eol == NULL ? count : (size_t)(eol - bytes.data) + 1U;
        }
        /* As a host's driver: it waits for room, and loses nothing. */
        while (end->to_device.count >= DOUBLE_UNITS_MAX / 2U) {
            end->ops->turn(end, double_end_now_us(end) + ROOM_US);
        }
        double_end_raw(end, (struct duo_bytes){bytes.data, count});
        bytes.data += count;
        bytes.len_bytes -= count;
    }
}

static bool link_send(struct duo_link *link, struct duo_bytes packet,
                      struct duo_tool_error *error)
{
    struct double_end *end = of(link);
    struct duo_tool_buffer bytes = {0};

    if (!end->is_open) {
        return duo_tool_fail(error, DUO_EXIT_IO, "not open");
    }
    if (end->coding == DOUBLE_PACKETS) {
        double_end_raw(end, packet);
        return true;
    }
    duo_stream_encode(&end->stream, packet, &bytes);
    put_pieces(end, duo_tool_buffer_view(&bytes));
    duo_tool_buffer_free(&bytes);
    return true;
}

/* What has arrived, up to the end of a packet. */
static bool take_in(struct double_end *end, struct duo_bytes *packet)
{
    bool is_stream = end->coding != DOUBLE_PACKETS;

    for (;;) {
        struct duo_bytes rest = duo_tool_buffer_view(&end->in);

        rest.data += end->in_off_bytes;
        rest.len_bytes -= end->in_off_bytes;
        if (is_stream && rest.len_bytes > 0) {
            bool got = duo_stream_take(&end->stream, &rest, packet);
            end->in_off_bytes = end->in.len_bytes - rest.len_bytes;
            if (got) {
                return true;
            }
        }
        end->in.len_bytes = 0;
        end->in_off_bytes = 0;
        if (!double_line_take(&end->to_host, double_end_now_us(end),
                              &end->in)) {
            return false;
        }
        if (!is_stream) {
            *packet = duo_tool_buffer_view(&end->in);
            return true;
        }
    }
}

static enum duo_link_result link_receive(struct duo_link *link,
                                         uint64_t deadline_us,
                                         struct duo_bytes *packet,
                                         struct duo_tool_error *error)
{
    struct double_end *end = of(link);

    if (!end->is_open) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "not open");
        return DUO_LINK_CLOSED;
    }
    while (!take_in(end, packet)) {
        if (now_us(link) >= deadline_us) {
            return DUO_LINK_TIMEOUT;
        }
        end->ops->turn(end, deadline_us);
        duo_stream_idle(&end->stream, now_us(link));
    }
    return DUO_LINK_PACKET;
}

static void link_wait(struct duo_link *link, uint64_t us)
{
    uint64_t until_us = now_us(link) + us;

    while (now_us(link) < until_us) {
        of(link)->ops->turn(of(link), until_us);
    }
}

static void link_destroy(struct duo_link *link)
{
    of(link)->ops->destroy(of(link));
}

const struct duo_link_ops double_end_host_ops = {
    .open = link_open,
    .close = link_close,
    .send = link_send,
    .receive = link_receive,
    .now_us = now_us,
    .wait = link_wait,
    .destroy = link_destroy,
};
