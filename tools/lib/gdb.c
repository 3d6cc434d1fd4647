/* SPDX-License-Identifier: MIT */
/* Packets of GDB's remote protocol; see gdb.h. */
#include "gdb.h"

#include <string.h>

#include "gdb_internal.h"

#define INTERRUPT 0x03U
#define ESCAPE    0x7DU
/* No packet is repeated while this much waits to be sent: a peer that only
 * refuses must not eat our memory. */
#define REPEAT_BYTES_MAX 65536U

void duo_gdb_open(struct duo_gdb *gdb, const struct duo_gdb_config *config)
{
    memset(gdb, 0, sizeof(*gdb));
    gdb->ops = config->ops;
    gdb->ctx = config->ctx;
    gdb->has_fpu = config->has_fpu;
    gdb->signal = DUO_GDB_SIGNAL_TRAP;
}

void duo_gdb_close(struct duo_gdb *gdb)
{
    for (unsigned i = 0; i < gdb->break_count; i++) {
        gdb->ops->break_remove(gdb->ctx, gdb->breaks[i]);
    }
    gdb->break_count = 0;
    gdb->is_running = false;
    duo_tool_buffer_free(&gdb->output);
    duo_tool_buffer_free(&gdb->last_packet);
}

void gdb_put_text(struct duo_tool_buffer *out, const char *text)
{
    duo_tool_buffer_append(
        out, (struct duo_bytes){(const uint8_t *)text, strlen(text)});
}

void gdb_put_hex(struct duo_tool_buffer *out, struct duo_bytes bytes)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len_bytes; i++) {
        const uint8_t pair[2] = {(uint8_t)digits[bytes.data[i] >> 4],
                                 (uint8_t)digits[bytes.data[i] & 15U]};
        duo_tool_buffer_append(out, (struct duo_bytes){pair, sizeof(pair)});
    }
}

static bool must_escape(uint8_t byte)
{
    return byte == '#' || byte == '$' || byte == ESCAPE || byte == '*';
}

void gdb_reply_bytes(struct duo_gdb *gdb, struct duo_bytes payload)
{
    struct duo_tool_buffer *packet = &gdb->last_packet;
    uint8_t sum = 0;

    packet->len_bytes = 0;
    gdb_put_text(packet, "$");
    for (size_t i = 0; i < payload.len_bytes; i++) {
        uint8_t byte = payload.data[i];
        if (must_escape(byte)) {
            duo_tool_buffer_fill(packet, ESCAPE, 1);
            sum = (uint8_t)(sum + ESCAPE);
            byte ^= 0x20U;
        }
        duo_tool_buffer_fill(packet, byte, 1);
        sum = (uint8_t)(sum + byte);
    }
    gdb_put_text(packet, "#");
    gdb_put_hex(packet, (struct duo_bytes){&sum, 1});
    duo_tool_buffer_append(&gdb->output, duo_tool_buffer_view(packet));
}

void gdb_reply(struct duo_gdb *gdb, const char *text)
{
    gdb_reply_bytes(gdb,
                    (struct duo_bytes){(const uint8_t *)text, strlen(text)});
}

int gdb_hex_digit(uint8_t letter)
{
    if (letter >= '0' && letter <= '9') {
        return letter - '0';
    }
    if (letter >= 'a' && letter <= 'f') {
        return letter - 'a' + 10;
    }
    if (letter >= 'A' && letter <= 'F') {
        return letter - 'A' + 10;
    }
    return -1;
}

bool gdb_take_char(struct gdb_cursor *cursor, char letter)
{
    if (cursor->left_bytes == 0 || *cursor->data != (uint8_t)letter) {
        return false;
    }
    cursor->data++;
    cursor->left_bytes--;
    return true;
}

bool gdb_take_text(struct gdb_cursor *cursor, const char *text)
{
    size_t len_bytes = strlen(text);

    if (cursor->left_bytes < len_bytes ||
        memcmp(cursor->data, text, len_bytes) != 0) {
        return false;
    }
    cursor->data += len_bytes;
    cursor->left_bytes -= len_bytes;
    return true;
}

bool gdb_take_u32(struct gdb_cursor *cursor, uint32_t *value)
{
    unsigned count = 0;

    *value = 0;
    while (cursor->left_bytes > 0 && gdb_hex_digit(*cursor->data) >= 0) {
        if (++count > 8) {
            return false;
        }
        *value = *value << 4 | (uint32_t)gdb_hex_digit(*cursor->data);
        cursor->data++;
        cursor->left_bytes--;
    }
    return count > 0;
}

bool gdb_take_byte(struct gdb_cursor *cursor, uint8_t *value)
{
    int high;
    int low;

    if (cursor->left_bytes < 2) {
        return false;
    }
    high = gdb_hex_digit(cursor->data[0]);
    low = gdb_hex_digit(cursor->data[1]);
    if (high < 0 || low < 0) {
        return false;
    }
    *value = (uint8_t)(high * 16 + low);
    cursor->data += 2;
    cursor->left_bytes -= 2;
    return true;
}

static void end_packet(struct duo_gdb *gdb)
{
    bool is_good = gdb->sum == gdb->sum_received && !gdb->is_too_long;

    if (!gdb->no_ack) {
        gdb_put_text(&gdb->output, is_good ? "+" : "-");
    }
    if (is_good) {
        gdb->payload[gdb->payload_bytes] = 0;
        gdb_command(gdb, (struct gdb_cursor){gdb->payload, gdb->payload_bytes});
    } else if (gdb->no_ack) {
        /* Nobody would send it again: it is answered as unknown. */
        gdb_reply(gdb, "E01");
    }
}

static void take_payload(struct duo_gdb *gdb, uint8_t byte)
{
    if (byte == '#') {
        gdb->frame = DUO_GDB_FRAME_SUM_HIGH;
        return;
    }
    gdb->sum = (uint8_t)(gdb->sum + byte);
    if (gdb->payload_bytes == DUO_GDB_PACKET_BYTES_MAX) {
        gdb->is_too_long = true;
        return;
    }
    gdb->payload[gdb->payload_bytes++] = byte;
}

static void begin_packet(struct duo_gdb *gdb)
{
    gdb->frame = DUO_GDB_FRAME_PAYLOAD;
    gdb->payload_bytes = 0;
    gdb->sum = 0;
    gdb->is_too_long = false;
}

static void take_between(struct duo_gdb *gdb, uint8_t byte)
{
    if (byte == '$') {
        begin_packet(gdb);
    } else if (byte == INTERRUPT) {
        gdb->wish = DUO_GDB_WISH_STOP;
    } else if (byte == '-' && !gdb->no_ack &&
               gdb->output.len_bytes < REPEAT_BYTES_MAX) {
        duo_tool_buffer_append(&gdb->output,
                               duo_tool_buffer_view(&gdb->last_packet));
    }
}

static void take_sum(struct duo_gdb *gdb, uint8_t byte)
{
    int digit = gdb_hex_digit(byte);

    if (digit < 0) {
        /* No sum can be right then. */
        gdb->is_too_long = true;
        digit = 0;
    }
    if (gdb->frame == DUO_GDB_FRAME_SUM_HIGH) {
        gdb->sum_received = (uint8_t)(digit << 4);
        gdb->frame = DUO_GDB_FRAME_SUM_LOW;
    } else {
        gdb->sum_received = (uint8_t)(gdb->sum_received | digit);
        gdb->frame = DUO_GDB_FRAME_NONE;
        end_packet(gdb);
    }
}

void duo_gdb_receive(struct duo_gdb *gdb, struct duo_bytes bytes)
{
    for (size_t i = 0; i < bytes.len_bytes; i++) {
        switch (gdb->frame) {
        case DUO_GDB_FRAME_NONE: take_between(gdb, bytes.data[i]); break;
        case DUO_GDB_FRAME_PAYLOAD: take_payload(gdb, bytes.data[i]); break;
        case DUO_GDB_FRAME_SUM_HIGH:
        case DUO_GDB_FRAME_SUM_LOW: take_sum(gdb, bytes.data[i]); break;
        }
    }
}

enum duo_gdb_wish duo_gdb_take_wish(struct duo_gdb *gdb)
{
    enum duo_gdb_wish wish = gdb->wish;

    gdb->wish = DUO_GDB_WISH_NONE;
    return wish;
}

void duo_gdb_stopped(struct duo_gdb *gdb, enum duo_gdb_signal signal)
{
    gdb->signal = signal;
    if (gdb->is_running) {
        gdb->is_running = false;
        gdb_reply_stop(gdb);
    }
}

void duo_gdb_exited(struct duo_gdb *gdb, uint8_t exit_code)
{
    struct duo_tool_buffer text = {0};

    if (!gdb->is_running) {
        return;
    }
    gdb->is_running = false;
    gdb_put_text(&text, "W");
    gdb_put_hex(&text, (struct duo_bytes){&exit_code, 1});
    gdb_reply_bytes(gdb, duo_tool_buffer_view(&text));
    duo_tool_buffer_free(&text);
}

void duo_gdb_say(struct duo_gdb *gdb, const char *text)
{
    struct duo_tool_buffer payload = {0};

    if (!gdb->is_running) {
        return;
    }
    gdb_put_text(&payload, "O");
    gdb_put_hex(&payload,
                (struct duo_bytes){(const uint8_t *)text, strlen(text)});
    gdb_reply_bytes(gdb, duo_tool_buffer_view(&payload));
    duo_tool_buffer_free(&payload);
}

struct duo_bytes duo_gdb_output(const struct duo_gdb *gdb)
{
    return duo_tool_buffer_view(&gdb->output);
}

void duo_gdb_sent(struct duo_gdb *gdb, size_t len_bytes)
{
    size_t left_bytes = gdb->output.len_bytes - len_bytes;

    memmove(gdb->output.data, gdb->output.data + len_bytes, left_bytes);
    gdb->output.len_bytes = left_bytes;
}

bool duo_gdb_has_break(const struct duo_gdb *gdb, uint32_t addr)
{
    for (unsigned i = 0; i < gdb->break_count; i++) {
        if (gdb->breaks[i] == addr) {
            return true;
        }
    }
    return false;
}
