/* SPDX-License-Identifier: MIT */
/* The server's end of a console that log and shell share (duo/smp_link.h). */
#include "console_internal.h"
#include "link_internal.h"

/* Somebody types the first byte of a marker (Ctrl-D, Ctrl-F): it is not kept
 * longer than this. The second byte of a frame's comes at once. */
#define HELD_US_MAX 100000ULL

/* A line holds 93 bytes; the length and the check take four. */
static size_t framed_bytes(size_t len_bytes)
{
    return (len_bytes + 4U + 92U) / 93U * DUO_SMP_LINE_BYTES_MAX;
}

static struct duo_smp_console *console_of(struct duo_smp_link *link)
{
    return (struct duo_smp_console *)(void *)link;
}

static bool is_ready(struct duo_smp_link *link)
{
    struct duo_smp_console *console = console_of(link);

    return console->has_room == NULL ||
           console->has_room(console->ctx,
                             framed_bytes(link->server->answer_bytes));
}

static void send(struct duo_smp_link *link, uint64_t peer,
                 struct duo_bytes packet)
{
    struct duo_smp_console *console = console_of(link);

    (void)peer; /* A line has one. */
    duo_smp_frame(packet, console->put, console->ctx);
}

static bool is_held_text(const struct duo_smp_deframer *deframer)
{
    return (deframer->state &
            (DUO_SMP_DEFRAMER_OPEN | DUO_SMP_DEFRAMER_MODE_MASK)) == 0;
}

static const struct duo_smp_link_ops console_ops = {is_ready, send};

void duo_smp_console_init(struct duo_smp_console *console)
{
    console->link.ops = &console_ops;
    console->link.answer_bytes_max = console->link.server->config.packet_bytes;
    console->deframer = (struct duo_smp_deframer){.packet = NULL};
    console->packet = NULL;
    console->last_us = 0;
}

/* A buffer is held for as long as a frame is open. */
static void hold_buffer(struct duo_smp_console *console)
{
    struct duo_smp_server *server = console->link.server;
    struct duo_smp_deframer *deframer = &console->deframer;

    if ((deframer->state & DUO_SMP_DEFRAMER_OPEN) == 0) {
        if (console->packet != NULL) {
            duo_smp_packet_release(server, console->packet);
        }
        console->packet = NULL;
    } else if (console->packet == NULL && deframer->length_bytes == 0) {
        console->packet = duo_smp_packet_take(server, &console->link);
        deframer->packet = console->header;
        deframer->room_bytes = sizeof(console->header);
        if (console->packet != NULL) {
            deframer->packet = console->packet->data;
            deframer->room_bytes = server->config.packet_bytes;
        }
    }
}

static void end_frame(struct duo_smp_console *console)
{
    const struct duo_smp_deframer *deframer = &console->deframer;
    struct duo_bytes start = {deframer->packet, deframer->len_bytes};

    if (deframer->len_bytes == 0) {
        console->link.server->counts.frame_errors++;
        return;
    }
    if (console->packet != NULL &&
        deframer->len_bytes <= deframer->room_bytes) {
        duo_smp_packet_queue(console->link.server, console->packet,
                             deframer->len_bytes, 0);
        console->packet = NULL;
        return;
    }
    if (start.len_bytes > deframer->room_bytes) {
        start.len_bytes = deframer->room_bytes;
    }
    duo_smp_link_refuse(&console->link, 0, start, deframer->len_bytes);
}

/* Text that came out, for the shell. */
static size_t text_of(const struct duo_smp_deframer *deframer, uint8_t text[2])
{
    text[0] = deframer->text[0];
    text[1] = deframer->text[1];
    return deframer->text_bytes;
}

size_t duo_smp_console_take(struct duo_smp_console *console, uint8_t byte,
                            uint8_t text[2])
{
    enum duo_smp_console_event event =
        duo_smp_deframe(&console->deframer, byte);

    if (event != DUO_SMP_CONSOLE_TEXT) {
        console->last_us = console->clock->now_us(console->clock);
    }
    if (event >= DUO_SMP_CONSOLE_PACKET) {
        end_frame(console);
    }
    hold_buffer(console);
    return text_of(&console->deframer, text);
}

size_t duo_smp_console_poll(struct duo_smp_console *console, uint8_t text[2])
{
    struct duo_smp_deframer *deframer = &console->deframer;
    uint64_t silent_us =
        console->clock->now_us(console->clock) - console->last_us;

    if (deframer->state == 0 ||
        silent_us < (is_held_text(deframer)
                         ? HELD_US_MAX
                         : DUO_SMP_SILENCE_MS_MAX * 1000ULL)) {
        return 0;
    }
    if (duo_smp_deframer_reset(deframer)) {
        console->link.server->counts.timeouts++;
    }
    hold_buffer(console);
    return text_of(deframer, text);
}
