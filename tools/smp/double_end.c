/* SPDX-License-Identifier: MIT */
/* A device behind a bad line; see double_end.h. */
#include "double_end.h"

#define IDLE_US 2000U

uint64_t double_end_now_us(const struct double_end *end)
{
    return end->board->world.core_ns[DUO_CORE_APP] / 1000U;
}

static uint64_t lesser(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

/* Nothing to do until @p until_us or until something comes. */
static void skip(struct double_end *end, uint64_t until_us)
{
    uint64_t now_us = double_end_now_us(end);

    until_us = lesser(until_us, now_us + IDLE_US);
    until_us = lesser(until_us, double_line_next_us(&end->to_device));
    until_us = lesser(until_us, double_line_next_us(&end->to_host));
    if (until_us > now_us) {
        duo_sim_spend(&end->board->world, DUO_CORE_APP,
                      (until_us - now_us) * 1000U);
    }
}

void double_end_turn(struct double_end *end, uint64_t until_us)
{
    struct duo_tool_buffer unit = {0};
    bool more;

    while (double_line_take(&end->to_device, double_end_now_us(end), &unit)) {
        double_end_deliver(end, duo_tool_buffer_view(&unit));
        unit.len_bytes = 0;
    }
    duo_tool_buffer_free(&unit);
    double_end_poll(end);
    more = duo_native_device_step(&end->device);
    double_end_flush(end);
    if (!more && !end->board->world.dead) {
        skip(end, until_us);
    }
}

void double_end_raw(struct double_end *end, struct duo_bytes bytes)
{
    double_line_put(&end->to_device, double_end_now_us(end), bytes);
}

void double_end_faults(struct double_end *end,
                       const struct double_faults *faults)
{
    end->to_device.faults = *faults;
    end->to_host.faults = *faults;
    if (end->coding != DOUBLE_PACKETS) {
        end->to_device.faults.keeps_order = true;
        end->to_host.faults.keeps_order = true;
    }
}

void double_end_clear(struct double_end *end)
{
    double_line_clear(&end->to_device);
    double_line_clear(&end->to_host);
    end->put.len_bytes = 0;
}

void double_end_init(struct double_end *end, uint64_t seed)
{
    static char url[] = "double:device";
    static const enum duo_stream_kind kinds[] = {
        [DOUBLE_PACKETS] = DUO_STREAM_RAW,
        [DOUBLE_CONSOLE] = DUO_STREAM_CONSOLE,
        [DOUBLE_RAW] = DUO_STREAM_RAW,
        [DOUBLE_SLIP] = DUO_STREAM_UDP,
        [DOUBLE_GATT] = DUO_STREAM_RAW,
    };

    end->link.ops = &double_end_host_ops;
    end->link.url = url;
    end->link.packet_bytes_max =
        end->coding == DOUBLE_PACKETS || end->coding == DOUBLE_SLIP
            ? DUO_LINK_UDP_BYTES_MAX
            : 0;
    end->chance = seed * 2U + 1U;
    end->to_device.chance = &end->chance;
    end->to_host.chance = &end->chance;
    end->stream.link = &end->link;
    end->stream.kind = kinds[end->coding];
    end->stream.line_bytes_max = DUO_SMP_LINE_BYTES_MAX;
}

void double_end_begin(struct double_end *end, struct duo_native_board *board,
                      struct duo_crypto *crypto)
{
    const struct duo_native_device_config config = {
        .board = board,
        .crypto = crypto,
        .on_start = double_end_start,
        .ctx = end,
    };

    end->board = board;
    duo_native_device_init(&end->device, &config);
}

void double_end_free(struct double_end *end)
{
    double_end_clear(end);
    duo_tool_buffer_free(&end->put);
    duo_tool_buffer_free(&end->in);
    duo_stream_free(&end->stream);
}
