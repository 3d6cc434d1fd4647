/* SPDX-License-Identifier: MIT */
/* For tests of console frames: a stream, and what a deframer makes of it. */
#ifndef DUO_SMP_CONSOLE_RIG_H
#define DUO_SMP_CONSOLE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "duo/smp_link.h"

#define ROOM_BYTES   2500U
#define STREAM_BYTES 40000U

/* A stream of bytes, and what a deframer makes of it. */
struct console_rig {
    uint8_t stream[STREAM_BYTES];
    size_t stream_bytes;
    uint8_t text[STREAM_BYTES];
    size_t text_bytes;
    uint8_t packet[ROOM_BYTES];
    uint8_t got[STREAM_BYTES]; /* Packets, behind one another. */
    size_t got_bytes;
    unsigned packets;
    unsigned bad;
    unsigned lines;
    struct duo_smp_deframer deframer;
};

static struct console_rig rig;

static inline void reset(void)
{
    memset(&rig, 0, sizeof(rig));
    rig.deframer.packet = rig.packet;
    rig.deframer.room_bytes = sizeof(rig.packet);
}

static inline void append(void *ctx, struct duo_bytes bytes)
{
    (void)ctx;
    assert_true(bytes.len_bytes <= STREAM_BYTES - rig.stream_bytes);
    memcpy(rig.stream + rig.stream_bytes, bytes.data, bytes.len_bytes);
    rig.stream_bytes += bytes.len_bytes;
    rig.lines++;
}

static inline void append_text(const char *text)
{
    append(NULL, (struct duo_bytes){(const uint8_t *)text, strlen(text)});
}

static inline void take(uint8_t byte)
{
    enum duo_smp_console_event event = duo_smp_deframe(&rig.deframer, byte);

    if (event == DUO_SMP_CONSOLE_TEXT) {
        assert_in_range(rig.deframer.text_bytes, 1, 2);
        memcpy(rig.text + rig.text_bytes, rig.deframer.text,
               rig.deframer.text_bytes);
        rig.text_bytes += rig.deframer.text_bytes;
    } else {
        assert_int_equal(rig.deframer.text_bytes, 0);
    }
    if (event == DUO_SMP_CONSOLE_PACKET) {
        assert_true(rig.deframer.len_bytes <= ROOM_BYTES);
        memcpy(rig.got + rig.got_bytes, rig.packet, rig.deframer.len_bytes);
        rig.got_bytes += rig.deframer.len_bytes;
        rig.packets++;
    }
    rig.bad += event == DUO_SMP_CONSOLE_BAD ? 1U : 0U;
}

static inline void run(void)
{
    for (size_t i = 0; i < rig.stream_bytes; i++) {
        take(rig.stream[i]);
    }
}

static inline void expect_text(const char *text)
{
    assert_int_equal(rig.text_bytes, strlen(text));
    assert_memory_equal(rig.text, text, rig.text_bytes);
}

static inline void expect_packets(unsigned packets, unsigned bad)
{
    assert_int_equal(rig.packets, packets);
    assert_int_equal(rig.bad, bad);
}

/* An image list as a client sends it, and the line that carries it. */
static const uint8_t list[] = {0, 0, 0, 1, 0, 1, 0xAA, 0, 0xA0};
#define FIRST     "\x06\x09"
#define MORE      "\x04\x14"
#define LIST_LINE FIRST "AAsAAAABAAGqAKD8ow==\n"

static const struct duo_bytes list_bytes = {list, sizeof(list)};

#endif
