/* SPDX-License-Identifier: MIT */
/* The device's end of the line: its links; see double_end.h. */
#include "double_end.h"

/* --- What the device sends --- */

void double_end_flush(struct double_end *end)
{
    if (end->put.len_bytes > 0) {
        double_line_put(&end->to_host, double_end_now_us(end),
                        duo_tool_buffer_view(&end->put));
        end->put.len_bytes = 0;
    }
}

static void put(void *ctx, struct duo_bytes bytes)
{
    struct double_end *end = ctx;

    duo_tool_buffer_append(&end->put, bytes);
    /* A console line is a unit of its own: others may come between. */
    if (end->coding == DOUBLE_CONSOLE) {
        double_end_flush(end);
    }
}

static void send_to(void *ctx, uint64_t peer, struct duo_bytes datagram)
{
    (void)peer;
    put(ctx, datagram);
    double_end_flush(ctx);
}

static bool notify(void *ctx, struct duo_bytes piece)
{
    struct double_end *end = ctx;

    if (end->is_notified) {
        return false;
    }
    end->is_notified = true;
    put(ctx, piece);
    double_end_flush(ctx);
    return true;
}

/* --- The application starts --- */

static void start_gatt(struct double_end *end)
{
    end->gatt = (struct duo_smp_gatt){
        .link = {.server = &end->device.server, .name = "ble"},
        .clock = &end->board->world.app_clock,
        .notify = notify,
        .ctx = end,
        .answer = end->gatt_answer,
    };
    duo_smp_gatt_init(&end->gatt);
    duo_smp_gatt_connected(&end->gatt, end->mtu);
    duo_smp_gatt_subscribed(&end->gatt, true);
    end->is_notified = false;
}

void double_end_start(void *ctx)
{
    struct double_end *end = ctx;
    struct duo_smp_server *server = &end->device.server;
    const struct duo_clock *clock = &end->board->world.app_clock;

    end->start_count++;
    end->udp = (struct duo_smp_udp){
        .link.server = server,
        .link.name = "udp",
        .send_to = send_to,
        .ctx = end,
    };
    duo_smp_udp_init(&end->udp);
    end->console = (struct duo_smp_console){
        .link = {.server = server, .name = "console"},
        .clock = clock,
        .put = put,
        .ctx = end,
    };
    duo_smp_console_init(&end->console);
    end->serial = (struct duo_smp_serial){
        .link.server = server,
        .link.name = "serial",
        .clock = clock,
        .put = put,
        .ctx = end,
        .local = {DUO_IP_LINK_DEVICE, DUO_SMP_UDP_PORT},
        .ip = end->coding == DOUBLE_SLIP ? end->ip : NULL,
    };
    duo_smp_serial_init(&end->serial);
    if (end->coding == DOUBLE_GATT) {
        start_gatt(end);
    }
}

/* --- What comes to it --- */

/* The radio loses the peer: both ends forget what had begun. */
static void disconnect(struct double_end *end)
{
    double_line_clear(&end->to_device);
    double_line_clear(&end->to_host);
    end->in.len_bytes = 0;
    end->in_off_bytes = 0;
    duo_stream_init(&end->stream);
    duo_smp_gatt_disconnected(&end->gatt);
    duo_smp_gatt_connected(&end->gatt, end->mtu);
    duo_smp_gatt_subscribed(&end->gatt, true);
    end->is_notified = false;
    end->disconnect_count++;
}

static void take_gatt(struct double_end *end, struct duo_bytes piece)
{
    /* A stack drops what the service has no room for. */
    (void)duo_smp_gatt_written(&end->gatt, piece);
    if (end->disconnect != 0 &&
        double_random(&end->chance, 1000U) < end->disconnect) {
        disconnect(end);
    }
}

void double_end_deliver(struct double_end *end, struct duo_bytes unit)
{
    uint8_t text[2];

    switch (end->coding) {
    case DOUBLE_CONSOLE:
        for (size_t i = 0; i < unit.len_bytes; i++) {
            (void)duo_smp_console_take(&end->console, unit.data[i], text);
        }
        return;
    case DOUBLE_RAW:
    case DOUBLE_SLIP: duo_smp_serial_take(&end->serial, unit); return;
    case DOUBLE_PACKETS: duo_smp_udp_take(&end->udp, 1, unit); return;
    case DOUBLE_GATT: take_gatt(end, unit); return;
    }
}

void double_end_poll(struct double_end *end)
{
    uint8_t text[2];

    switch (end->coding) {
    case DOUBLE_CONSOLE:
        (void)duo_smp_console_poll(&end->console, text);
        return;
    case DOUBLE_RAW:
    case DOUBLE_SLIP: duo_smp_serial_poll(&end->serial); return;
    case DOUBLE_PACKETS: return;
    case DOUBLE_GATT:
        if (end->is_notified) {
            end->is_notified = false;
            duo_smp_gatt_sent(&end->gatt);
        }
        duo_smp_gatt_poll(&end->gatt);
        return;
    }
}
