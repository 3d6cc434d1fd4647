/* SPDX-License-Identifier: MIT */
/* The device's end of the wire, and the wire itself; see wire.h. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#include "crypto_openssl.h"
#include "duo_layouts.h"

#define IDLE_US      2000U
#define BOOTS_MAX    8U
#define BOOT_OPS_MAX 400U

uint64_t wire_now_us(const struct wire *wire)
{
    return wire->rig.board->world.core_ns[DUO_CORE_APP] / 1000U;
}

/* --- What the device sends --- */

static void flush(struct wire *wire)
{
    if (wire->put.len_bytes > 0) {
        double_line_put(&wire->to_host, wire_now_us(wire),
                        duo_tool_buffer_view(&wire->put));
        wire->put.len_bytes = 0;
    }
}

static void put(void *ctx, struct duo_bytes bytes)
{
    struct wire *wire = ctx;

    duo_tool_buffer_append(&wire->put, bytes);
    /* A console line is a unit of its own: others may come between. */
    if (wire->options.coding == WIRE_CONSOLE) {
        flush(wire);
    }
}

static void send_to(void *ctx, uint64_t peer, struct duo_bytes datagram)
{
    (void)peer;
    put(ctx, datagram);
    flush(ctx);
}

static bool notify(void *ctx, struct duo_bytes piece)
{
    struct wire *wire = ctx;

    if (wire->is_notified) {
        return false;
    }
    wire->is_notified = true;
    put(ctx, piece);
    flush(ctx);
    return true;
}

/* --- The application starts --- */

static void start_gatt(struct wire *wire)
{
    wire->gatt = (struct duo_smp_gatt){
        .link = {.server = &wire->device.server, .name = "ble"},
        .clock = &wire->rig.board->world.app_clock,
        .notify = notify,
        .ctx = wire,
        .answer = wire->gatt_answer,
    };
    duo_smp_gatt_init(&wire->gatt);
    duo_smp_gatt_connected(&wire->gatt, wire->options.mtu);
    duo_smp_gatt_subscribed(&wire->gatt, true);
    wire->is_notified = false;
}

static void on_start(void *ctx)
{
    struct wire *wire = ctx;
    struct duo_smp_server *server = &wire->device.server;
    const struct duo_clock *clock = &wire->rig.board->world.app_clock;

    wire->start_count++;
    wire->udp = (struct duo_smp_udp){
        .link = {.server = server, .name = "udp"},
        .send_to = send_to,
        .ctx = wire
    };
    duo_smp_udp_init(&wire->udp);
    wire->console = (struct duo_smp_console){
        .link = {.server = server, .name = "console"},
        .clock = clock,
        .put = put,
        .ctx = wire,
    };
    duo_smp_console_init(&wire->console);
    wire->serial = (struct duo_smp_serial){
        .link = {.server = server,   .name = "serial"},
        .clock = clock,
        .put = put,
        .ctx = wire,
        .local = {DUO_IP_LINK_DEVICE, DUO_SMP_UDP_PORT},
        .ip = wire->options.coding == WIRE_SLIP ? wire->ip : NULL,
    };
    duo_smp_serial_init(&wire->serial);
    start_gatt(wire);
}

/* --- What comes to it --- */

/* The radio loses the peer: both ends forget what had begun. */
static void disconnect(struct wire *wire)
{
    double_line_clear(&wire->to_device);
    double_line_clear(&wire->to_host);
    wire->in.len_bytes = 0;
    wire->in_off_bytes = 0;
    duo_stream_init(&wire->stream);
    duo_smp_gatt_disconnected(&wire->gatt);
    duo_smp_gatt_connected(&wire->gatt, wire->options.mtu);
    duo_smp_gatt_subscribed(&wire->gatt, true);
    wire->is_notified = false;
    wire->disconnect_count++;
}

static void take_gatt(struct wire *wire, struct duo_bytes piece)
{
    /* A stack drops what the service has no room for. */
    (void)duo_smp_gatt_written(&wire->gatt, piece);
    if (wire->disconnect != 0 &&
        double_random(&wire->chance, 1000U) < wire->disconnect) {
        disconnect(wire);
    }
}

static void deliver(struct wire *wire, struct duo_bytes unit)
{
    uint8_t text[2];

    switch (wire->options.coding) {
    case WIRE_CONSOLE:
        for (size_t i = 0; i < unit.len_bytes; i++) {
            (void)duo_smp_console_take(&wire->console, unit.data[i], text);
        }
        return;
    case WIRE_RAW:
    case WIRE_SLIP: duo_smp_serial_take(&wire->serial, unit); return;
    case WIRE_UDP: duo_smp_udp_take(&wire->udp, 1, unit); return;
    case WIRE_GATT: take_gatt(wire, unit); return;
    }
}

static void poll_links(struct wire *wire)
{
    uint8_t text[2];

    switch (wire->options.coding) {
    case WIRE_CONSOLE: (void)duo_smp_console_poll(&wire->console, text); return;
    case WIRE_RAW:
    case WIRE_SLIP: duo_smp_serial_poll(&wire->serial); return;
    case WIRE_UDP: return;
    case WIRE_GATT:
        if (wire->is_notified) {
            wire->is_notified = false;
            duo_smp_gatt_sent(&wire->gatt);
        }
        duo_smp_gatt_poll(&wire->gatt);
        return;
    }
}

/* --- Time and power --- */

static uint64_t lesser(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

/* Nothing to do until @p until_us or until something comes. */
static void skip(struct wire *wire, uint64_t until_us)
{
    uint64_t now_us = wire_now_us(wire);

    until_us = lesser(until_us, now_us + IDLE_US);
    until_us = lesser(until_us, double_line_next_us(&wire->to_device));
    until_us = lesser(until_us, double_line_next_us(&wire->to_host));
    if (until_us > now_us) {
        duo_sim_spend(&wire->rig.board->world, DUO_CORE_APP,
                      (until_us - now_us) * 1000U);
    }
}

static struct duo_sim_cut draw_cut(struct wire *wire, uint64_t op_index)
{
    return (struct duo_sim_cut){
        op_index,
        (enum duo_sim_cut_kind)double_random(&wire->chance,
                                             DUO_SIM_CUT_KIND_COUNT),
        double_random(&wire->chance, UINT32_MAX),
    };
}

void wire_cut(struct wire *wire, uint32_t ops)
{
    struct duo_sim_world *world = &wire->rig.board->world;

    world->cut =
        ops == 0 ? rig_no_cut() : draw_cut(wire, world->op_count + ops);
}

/* Cuts in the boot follow, now and then. */
void wire_power_cycle(struct wire *wire)
{
    struct duo_native_board *board = wire->rig.board;

    double_line_clear(&wire->to_device);
    double_line_clear(&wire->to_host);
    wire->put.len_bytes = 0;
    for (unsigned i = 0; i < BOOTS_MAX; i++) {
        bool again = double_random(&wire->chance, 100U) < wire->cut_chance;
        struct duo_sim_cut cut =
            again ? draw_cut(wire, double_random(&wire->chance, BOOT_OPS_MAX))
                  : rig_no_cut();

        (void)duo_native_power_cycle(board, cut);
        if (!board->world.dead) {
            break;
        }
        wire->cut_count++;
    }
    if (board->world.dead) {
        (void)duo_native_power_cycle(board, rig_no_cut());
    }
    board->world.cut = rig_no_cut();
    duo_native_device_restart(&wire->device);
}

void wire_turn(struct wire *wire, uint64_t until_us)
{
    struct duo_sim_world *world = &wire->rig.board->world;
    struct duo_tool_buffer unit = {0};
    bool more;

    while (double_line_take(&wire->to_device, wire_now_us(wire), &unit)) {
        deliver(wire, duo_tool_buffer_view(&unit));
        unit.len_bytes = 0;
    }
    duo_tool_buffer_free(&unit);
    poll_links(wire);
    more = duo_native_device_step(&wire->device);
    flush(wire);
    if (world->dead) {
        wire->cut_count++;
        wire_power_cycle(wire);
    } else if (!more) {
        skip(wire, until_us);
    }
}

void wire_raw(struct wire *wire, struct duo_bytes bytes)
{
    double_line_put(&wire->to_device, wire_now_us(wire), bytes);
}

void wire_faults(struct wire *wire, const struct double_faults *faults)
{
    wire->to_device.faults = *faults;
    wire->to_host.faults = *faults;
    if (wire->options.coding != WIRE_UDP) {
        wire->to_device.faults.keeps_order = true;
        wire->to_host.faults.keeps_order = true;
    }
}

/* --- Making it --- */

struct wire *wire_create(const struct wire_options *options)
{
    static const enum duo_stream_kind kinds[] = {
        [WIRE_CONSOLE] = DUO_STREAM_CONSOLE, [WIRE_RAW] = DUO_STREAM_RAW,
        [WIRE_SLIP] = DUO_STREAM_UDP,        [WIRE_UDP] = DUO_STREAM_RAW,
        [WIRE_GATT] = DUO_STREAM_RAW,
    };
    const struct rig_options rig_options = {.layout = &duo_layout_nrf5340dk};
    struct wire *wire = calloc(1, sizeof(*wire));

    if (wire == NULL) {
        abort();
    }
    wire->options = *options;
    wire->link.ops = &wire_host_ops;
    wire->link.url = (char *)(uintptr_t) "wire:device";
    wire->link.packet_bytes_max =
        options->coding == WIRE_SLIP || options->coding == WIRE_UDP
            ? DUO_LINK_UDP_BYTES_MAX
            : 0;
    wire->chance = options->seed * 2U + 1U;
    wire->to_device.chance = &wire->chance;
    wire->to_host.chance = &wire->chance;
    wire->stream.link = &wire->link;
    wire->stream.kind = kinds[options->coding];
    wire->stream.line_bytes_max = DUO_SMP_LINE_BYTES_MAX;
    wire->crypto = duo_crypto_openssl_create();
    rig_create(&wire->rig, &rig_options);
    return wire;
}

void wire_factory(struct wire *wire, const struct rig_image *app,
                  const struct rig_image *net)
{
    const struct duo_native_device_config config = {
        .board = wire->rig.board,
        .crypto = wire->crypto,
        .on_start = on_start,
        .ctx = wire,
    };

    rig_factory(&wire->rig, app, net);
    duo_native_device_init(&wire->device, &config);
}

void wire_destroy(struct wire *wire)
{
    double_line_clear(&wire->to_device);
    double_line_clear(&wire->to_host);
    duo_tool_buffer_free(&wire->put);
    duo_tool_buffer_free(&wire->in);
    duo_stream_free(&wire->stream);
    rig_destroy(&wire->rig);
    duo_crypto_openssl_destroy(wire->crypto);
    free(wire);
}
