/* SPDX-License-Identifier: MIT */
/* For tests: a device and a bad line to it; see double_device.h. */
#include "double_device.h"

#include <stdlib.h>
#include <string.h>

#include "duo_layouts.h"

#define HEADER_BYTES  0x200U
#define PAYLOAD_BYTES 6000U
#define IDLE_US       2000U

static struct double_device *of(struct duo_link *link)
{
    return (struct double_device *)(void *)link;
}

static uint64_t now_us(struct duo_link *link)
{
    return of(link)->board->world.core_ns[DUO_CORE_APP] / 1000U;
}

/* --- The device's end --- */

static void put(void *ctx, struct duo_bytes bytes)
{
    struct double_device *device = ctx;

    duo_tool_buffer_append(&device->put, bytes);
    /* A console line is a unit of its own: others may come between. */
    if (device->coding == DOUBLE_CONSOLE) {
        double_line_put(&device->to_host, now_us(&device->link),
                        duo_tool_buffer_view(&device->put));
        device->put.len_bytes = 0;
    }
}

static void send_to(void *ctx, uint64_t peer, struct duo_bytes datagram)
{
    (void)peer;
    put(ctx, datagram);
}

static void on_start(void *ctx)
{
    struct double_device *device = ctx;
    struct duo_smp_server *server = &device->device.server;
    const struct duo_clock *clock = &device->board->world.app_clock;

    device->udp = (struct duo_smp_udp){.send_to = send_to, .ctx = device};
    device->udp.link.server = server;
    device->udp.link.name = "udp";
    duo_smp_udp_init(&device->udp);
    device->console =
        (struct duo_smp_console){.clock = clock, .put = put, .ctx = device};
    device->console.link.server = server;
    device->console.link.name = "console";
    duo_smp_console_init(&device->console);
    device->serial = (struct duo_smp_serial){
        .clock = clock,
        .put = put,
        .ctx = device,
        .local = {DUO_IP_LINK_DEVICE, DUO_SMP_UDP_PORT},
        .ip = device->coding == DOUBLE_SLIP ? device->ip : NULL,
    };
    device->serial.link.server = server;
    device->serial.link.name = "serial";
    duo_smp_serial_init(&device->serial);
}

static void take_console(struct double_device *device, struct duo_bytes bytes)
{
    uint8_t text[2];

    for (size_t i = 0; i < bytes.len_bytes; i++) {
        size_t count =
            duo_smp_console_take(&device->console, bytes.data[i], text);
        duo_tool_buffer_append(&device->shell, (struct duo_bytes){text, count});
    }
}

static void deliver(struct double_device *device, struct duo_bytes unit)
{
    switch (device->coding) {
    case DOUBLE_PACKETS: duo_smp_udp_take(&device->udp, 1, unit); return;
    case DOUBLE_CONSOLE: take_console(device, unit); return;
    case DOUBLE_RAW:
    case DOUBLE_SLIP: duo_smp_serial_take(&device->serial, unit); return;
    }
}

static void poll_links(struct double_device *device)
{
    uint8_t text[2];

    if (device->coding == DOUBLE_CONSOLE) {
        (void)duo_smp_console_poll(&device->console, text);
    } else if (device->coding != DOUBLE_PACKETS) {
        duo_smp_serial_poll(&device->serial);
    }
}

static uint64_t lesser(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

/* Nothing to do until @p until_us or until something comes. */
static void skip(struct double_device *device, uint64_t until_us)
{
    uint64_t time_us = now_us(&device->link);

    until_us = lesser(until_us, time_us + IDLE_US);
    until_us = lesser(until_us, double_line_next_us(&device->to_device));
    until_us = lesser(until_us, double_line_next_us(&device->to_host));
    if (until_us > time_us) {
        duo_sim_spend(&device->board->world, DUO_CORE_APP,
                      (until_us - time_us) * 1000U);
    }
}

static void turn(struct double_device *device, uint64_t until_us)
{
    struct duo_tool_buffer unit = {0};
    bool more;

    if (++device->turn_count == device->cut_after) {
        double_device_power_cycle(device);
    }
    while (double_line_take(&device->to_device, now_us(&device->link), &unit)) {
        deliver(device, duo_tool_buffer_view(&unit));
        unit.len_bytes = 0;
    }
    duo_tool_buffer_free(&unit);
    poll_links(device);
    more = duo_native_device_step(&device->device);
    if (device->put.len_bytes > 0) {
        double_line_put(&device->to_host, now_us(&device->link),
                        duo_tool_buffer_view(&device->put));
        device->put.len_bytes = 0;
    }
    if (!more) {
        skip(device, until_us);
    }
}

/* --- The host's end --- */

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

/* Console frames are lines on their way, too. */
static void put_lines(struct double_device *device, struct duo_bytes wire)
{
    while (wire.len_bytes > 0) {
        const uint8_t *end = memchr(wire.data, '\n', wire.len_bytes);
        size_t count =
            end == NULL ? wire.len_bytes : (size_t)(end - wire.data) + 1U;

        double_line_put(&device->to_device, now_us(&device->link),
                        (struct duo_bytes){wire.data, count});
        wire.data += count;
        wire.len_bytes -= count;
    }
}

static bool link_send(struct duo_link *link, struct duo_bytes packet,
                      struct duo_tool_error *error)
{
    struct double_device *device = of(link);
    struct duo_tool_buffer wire = {0};

    if (!device->is_open) {
        return duo_tool_fail(error, DUO_EXIT_IO, "not open");
    }
    if (device->coding == DOUBLE_PACKETS) {
        double_line_put(&device->to_device, now_us(link), packet);
        return true;
    }
    duo_stream_encode(&device->stream, packet, &wire);
    if (device->coding == DOUBLE_CONSOLE) {
        put_lines(device, duo_tool_buffer_view(&wire));
    } else {
        double_line_put(&device->to_device, now_us(link),
                        duo_tool_buffer_view(&wire));
    }
    duo_tool_buffer_free(&wire);
    return true;
}

/* What has arrived, up to the end of a packet. */
static bool take_in(struct double_device *device, struct duo_bytes *packet)
{
    for (;;) {
        struct duo_bytes rest = duo_tool_buffer_view(&device->in);

        rest.data += device->in_off_bytes;
        rest.len_bytes -= device->in_off_bytes;
        if (device->coding != DOUBLE_PACKETS && rest.len_bytes > 0) {
            bool got = duo_stream_take(&device->stream, &rest, packet);
            device->in_off_bytes = device->in.len_bytes - rest.len_bytes;
            if (got) {
                return true;
            }
        }
        device->in.len_bytes = 0;
        device->in_off_bytes = 0;
        if (!double_line_take(&device->to_host, now_us(&device->link),
                              &device->in)) {
            return false;
        }
        if (device->coding == DOUBLE_PACKETS) {
            *packet = duo_tool_buffer_view(&device->in);
            return true;
        }
    }
}

static enum duo_link_result link_receive(struct duo_link *link,
                                         uint64_t deadline_us,
                                         struct duo_bytes *packet,
                                         struct duo_tool_error *error)
{
    struct double_device *device = of(link);

    if (!device->is_open) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "not open");
        return DUO_LINK_CLOSED;
    }
    while (!take_in(device, packet)) {
        if (now_us(link) >= deadline_us) {
            return DUO_LINK_TIMEOUT;
        }
        turn(device, deadline_us);
        duo_stream_idle(&device->stream, now_us(link));
    }
    return DUO_LINK_PACKET;
}

static void link_wait(struct duo_link *link, uint64_t us)
{
    uint64_t until_us = now_us(link) + us;

    while (now_us(link) < until_us) {
        turn(of(link), until_us);
    }
}

static void link_destroy(struct duo_link *link)
{
    double_device_destroy(of(link));
}

static const struct duo_link_ops ops = {
    .open = link_open,
    .close = link_close,
    .send = link_send,
    .receive = link_receive,
    .now_us = now_us,
    .wait = link_wait,
    .destroy = link_destroy,
};

/* --- Making it --- */

void double_device_image(struct double_device *device, enum duo_core core,
                         uint8_t seed, uint32_t payload_bytes,
                         struct duo_tool_buffer *image)
{
    const struct duo_tool_firmware firmware = {
        .core = core,
        .payload_bytes = payload_bytes,
        .header_bytes = HEADER_BYTES,
        .seed = seed,
    };
    struct duo_tool_sign_options options = duo_tool_sign_defaults();

    options.version = (struct duo_version){.major = seed};
    options.target_tlv = true;
    duo_tool_fixture_image(&device->fixture, &firmware, options,
                           &device->fixture.keys[0], image);
}

void double_device_power_cycle(struct double_device *device)
{
    const struct duo_sim_cut none = {0, DUO_SIM_CUT_BEFORE, 0};

    double_line_clear(&device->to_device);
    double_line_clear(&device->to_host);
    (void)duo_native_power_cycle(device->board, none);
    duo_native_device_restart(&device->device);
}

static void make_board(struct double_device *device)
{
    struct duo_native_config config = {
        .layout = &duo_layout_nrf5340dk,
        .trust = &device->fixture.board.trust,
        /* All of it as the enumerations begin. */
        .policy = {.net_start = DUO_NET_START_BY_APP},
    };

    for (unsigned i = 0; i < 3; i++) {
        device->crypto[i] = duo_crypto_openssl_create();
    }
    config.app_crypto = device->crypto[0];
    config.net_crypto = device->crypto[1];
    device->board = duo_native_create(&config);
    for (unsigned core = 0; core < 2; core++) {
        double_device_image(device, (enum duo_core)core, 1, PAYLOAD_BYTES,
                            &device->firmware[core]);
        if (!duo_native_program(
                device->board, (enum duo_core)core,
                duo_tool_buffer_view(&device->firmware[core]))) {
            abort();
        }
    }
}

struct double_device *double_device_create(enum double_coding coding,
                                           uint64_t seed)
{
    static char url[] = "double:device";
    static const enum duo_stream_kind kinds[DOUBLE_CODINGS] = {
        DUO_STREAM_RAW, DUO_STREAM_CONSOLE, DUO_STREAM_RAW, DUO_STREAM_UDP};
    struct double_device *device = calloc(1, sizeof(*device));
    struct duo_native_device_config config = {.on_start = on_start,
                                              .ctx = device};

    if (device == NULL) {
        abort();
    }
    device->link.ops = &ops;
    device->link.url = url;
    device->link.packet_bytes_max =
        coding == DOUBLE_PACKETS || coding == DOUBLE_SLIP
            ? DUO_LINK_UDP_BYTES_MAX
            : 0;
    device->link.silence_us = coding == DOUBLE_RAW ? DUO_STREAM_SILENCE_US : 0;
    device->coding = coding;
    device->chance = seed * 2U + 1U;
    device->to_device.chance = &device->chance;
    device->to_host.chance = &device->chance;
    device->stream.link = &device->link;
    device->stream.kind = kinds[coding];
    device->stream.line_bytes_max = DUO_SMP_LINE_BYTES_MAX;
    duo_tool_fixture_open(&device->fixture);
    make_board(device);
    (void)duo_native_power_cycle(
        device->board, (struct duo_sim_cut){0, DUO_SIM_CUT_BEFORE, 0});
    config.board = device->board;
    config.crypto = device->crypto[2];
    duo_native_device_init(&device->device, &config);
    return device;
}

void double_device_faults(struct double_device *device,
                          const struct double_faults *faults)
{
    device->to_device.faults = *faults;
    device->to_host.faults = *faults;
    if (device->coding != DOUBLE_PACKETS) {
        device->to_device.faults.keeps_order = true;
        device->to_host.faults.keeps_order = true;
        return;
    }
    /* UDP's checksum turns damage into loss. */
    device->to_device.faults.drop += faults->corrupt + faults->cut;
    device->to_device.faults.corrupt = 0;
    device->to_device.faults.cut = 0;
    device->to_host.faults = device->to_device.faults;
}

void double_device_destroy(struct double_device *device)
{
    double_line_clear(&device->to_device);
    double_line_clear(&device->to_host);
    duo_tool_buffer_free(&device->put);
    duo_tool_buffer_free(&device->in);
    duo_tool_buffer_free(&device->shell);
    duo_tool_buffer_free(&device->firmware[0]);
    duo_tool_buffer_free(&device->firmware[1]);
    duo_stream_free(&device->stream);
    duo_native_destroy(device->board);
    for (unsigned i = 0; i < 3; i++) {
        duo_crypto_openssl_destroy(device->crypto[i]);
    }
    duo_tool_fixture_close(&device->fixture);
    free(device);
}
