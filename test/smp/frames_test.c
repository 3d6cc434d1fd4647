/* SPDX-License-Identifier: MIT */
/* Console frames against those of frame_vectors.py: ours are the same bytes,
 * and those of other senders give the same packet. frames_test VECTORS */
#include <stdio.h>
#include <string.h>

#include "duo/smp_link.h"

#define PACKET_BYTES 4096U
#define STREAM_BYTES 16384U

struct row {
    char kind[8];
    uint8_t packet[PACKET_BYTES];
    size_t packet_bytes;
    uint8_t stream[STREAM_BYTES];
    size_t stream_bytes;
};

struct line {
    uint8_t data[STREAM_BYTES];
    size_t len_bytes;
};

static size_t parse_hex(const char *text, uint8_t *dst, size_t room_bytes)
{
    size_t len_bytes = strlen(text) / 2;

    if (len_bytes > room_bytes) {
        return 0;
    }
    for (size_t i = 0; i < len_bytes; i++) {
        unsigned value;
        if (sscanf(text + 2 * i, "%2x", &value) != 1) {
            return 0;
        }
        dst[i] = (uint8_t)value;
    }
    return len_bytes;
}

static void put(void *ctx, struct duo_bytes bytes)
{
    struct line *line = ctx;

    if (bytes.len_bytes <= STREAM_BYTES - line->len_bytes) {
        memcpy(line->data + line->len_bytes, bytes.data, bytes.len_bytes);
        line->len_bytes += bytes.len_bytes;
    }
}

static bool same_frame(const struct row *row)
{
    static struct line line;

    line.len_bytes = 0;
    duo_smp_frame((struct duo_bytes){row->packet, row->packet_bytes}, put,
                  &line);
    return duo_bytes_equal((struct duo_bytes){line.data, line.len_bytes},
                           (struct duo_bytes){row->stream, row->stream_bytes});
}

/* The last byte of the stream, and no other, ends the packet. */
static bool same_packet(const struct row *row)
{
    static uint8_t packet[PACKET_BYTES];
    struct duo_smp_deframer deframer = {.packet = packet,
                                        .room_bytes = sizeof(packet)};

    for (size_t i = 0; i < row->stream_bytes; i++) {
        enum duo_smp_console_event event =
            duo_smp_deframe(&deframer, row->stream[i]);
        if (event != (i + 1 == row->stream_bytes ? DUO_SMP_CONSOLE_PACKET
                                                 : DUO_SMP_CONSOLE_NOTHING)) {
            return false;
        }
    }
    return duo_bytes_equal((struct duo_bytes){packet, deframer.len_bytes},
                           (struct duo_bytes){row->packet, row->packet_bytes});
}

int main(int argc, char **argv)
{
    static char packet[2 * PACKET_BYTES + 1];
    static char stream[2 * STREAM_BYTES + 1];
    static struct row row;
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    unsigned rows = 0;
    unsigned bad = 0;

    if (file == NULL) {
        (void)fprintf(stderr, "usage: frames_test VECTORS\n");
        return 2;
    }
    while (fscanf(file, "%7s %8192s %32768s", row.kind, packet, stream) == 3) {
        row.packet_bytes = parse_hex(packet, row.packet, PACKET_BYTES);
        row.stream_bytes = parse_hex(stream, row.stream, STREAM_BYTES);
        rows++;
        if (!same_packet(&row) ||
            (strcmp(row.kind, "ours") == 0 && !same_frame(&row))) {
            (void)fprintf(stderr, "row %u, %s, %zu bytes: differs\n", rows,
                          row.kind, row.packet_bytes);
            bad++;
        }
    }
    (void)fclose(file);
    (void)printf("%u frames, %u differ\n", rows, bad);
    return rows > 1000 && bad == 0 ? 0 : 1;
}
