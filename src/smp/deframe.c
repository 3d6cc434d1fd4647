/* SPDX-License-Identifier: MIT */
/* Finds console frames among text (see duo/smp_link.h). */
#include "console_internal.h"
#include "duo/smp_link.h"

/* The state: where the stream is in a line, if a frame is open, and the byte
 * that is held back until the next one tells what it was. */
enum {
    MODE_TEXT = 0, /* Outside of frames; one may be open between its lines. */
    MODE_LINE = 1, /* In a line of the open frame. */
    MODE_SKIP = 2, /* In a line that is dropped up to its line feed. */
    MODE_MASK = DUO_SMP_DEFRAMER_MODE_MASK,
    OPEN = DUO_SMP_DEFRAMER_OPEN,
    HELD_FIRST = 8,
    HELD_MORE = 16,
    HELD_RETURN = 32, /* A carriage return in a frame's line. */
    HELD_MASK = HELD_FIRST | HELD_MORE | HELD_RETURN,
};

#define LENGTH_BYTES 2U
#define NO_SEXTET    64U

static void open_frame(struct duo_smp_deframer *deframer)
{
    deframer->state = MODE_LINE | OPEN;
    deframer->len_bytes = 0;
    deframer->total_bytes = 0;
    deframer->length_bytes = 0;
    deframer->quad_chars = 0;
    deframer->pad_chars = 0;
    deframer->crc = 0;
}

/* Drop the frame, and its line up to the line feed, which @p byte may be. */
static enum duo_smp_console_event drop_frame(struct duo_smp_deframer *deframer,
                                             uint8_t byte)
{
    deframer->state = byte == '\n' ? MODE_TEXT : MODE_SKIP;
    deframer->len_bytes = 0;
    return DUO_SMP_CONSOLE_BAD;
}

static uint32_t sextet_of(uint8_t character)
{
    uint32_t letter = (character | 0x20U) - (uint32_t)'a';

    if (letter < 26U) {
        return character >= 'a' ? letter + 26U : letter;
    }
    if (character >= '0' && character <= '9') {
        return character - (uint32_t)'0' + 52U;
    }
    if (character == '+') {
        return 62U;
    }
    return character == '/' ? 63U : NO_SEXTET;
}

/* A byte that the base64 held: length, packet, check. */
static bool take_byte(struct duo_smp_deframer *deframer, uint8_t byte)
{
    size_t at = deframer->len_bytes;

    if (deframer->length_bytes < LENGTH_BYTES) {
        deframer->length_bytes++;
        deframer->total_bytes = deframer->total_bytes << 8 | byte;
        return deframer->length_bytes < LENGTH_BYTES ||
               deframer->total_bytes > DUO_SMP_CRC16_BYTES;
    }
    if (at >= deframer->total_bytes) {
        return false;
    }
    if (deframer->packet != NULL && at < deframer->room_bytes &&
        at < deframer->total_bytes - DUO_SMP_CRC16_BYTES) {
        deframer->packet[at] = byte;
    }
    deframer->crc = duo_smp_crc16(deframer->crc, byte);
    deframer->len_bytes = at + 1;
    return true;
}

static bool take_character(struct duo_smp_deframer *deframer, uint8_t character)
{
    uint32_t sextet = sextet_of(character);

    if (character == '=' && deframer->quad_chars >= 2) {
        deframer->pad_chars++;
        sextet = 0;
    } else if (sextet == NO_SEXTET || deframer->pad_chars != 0) {
        return false;
    }
    deframer->quad = deframer->quad << 6 | sextet;
    deframer->quad_chars++;
    if (deframer->quad_chars < 4) {
        return true;
    }
    deframer->quad_chars = 0;
    for (uint32_t i = deframer->pad_chars; i < 3; i++) {
        if (!take_byte(deframer, (uint8_t)(deframer->quad >> 16))) {
            return false;
        }
        deframer->quad <<= 8;
    }
    return true;
}

/* A line of the frame ends: the frame goes on, or it is whole. */
static enum duo_smp_console_event end_line(struct duo_smp_deframer *deframer)
{
    bool is_whole = deframer->length_bytes == LENGTH_BYTES &&
                    deframer->len_bytes == deframer->total_bytes;

    if (deframer->quad_chars != 0 || (deframer->pad_chars != 0 && !is_whole) ||
        (is_whole && deframer->crc != 0)) {
        return drop_frame(deframer, '\n');
    }
    if (!is_whole) {
        deframer->state = MODE_TEXT | OPEN;
        return DUO_SMP_CONSOLE_NOTHING;
    }
    deframer->state = MODE_TEXT;
    deframer->len_bytes -= DUO_SMP_CRC16_BYTES;
    return deframer->packet != NULL &&
                   deframer->len_bytes <= deframer->room_bytes
               ? DUO_SMP_CONSOLE_PACKET
               : DUO_SMP_CONSOLE_BAD;
}

static enum duo_smp_console_event
take_in_line(struct duo_smp_deframer *deframer, uint32_t held, uint8_t byte)
{
    if (byte == DUO_SMP_MARK_FIRST_0) {
        deframer->state |= HELD_FIRST;
        return DUO_SMP_CONSOLE_NOTHING;
    }
    if (held == HELD_FIRST) {
        return drop_frame(deframer, byte);
    }
    if (byte == '\n') {
        return end_line(deframer);
    }
    if (byte == '\r' && held == 0) {
        deframer->state |= HELD_RETURN;
        return DUO_SMP_CONSOLE_NOTHING;
    }
    return held == 0 && take_character(deframer, byte)
               ? DUO_SMP_CONSOLE_NOTHING
               : drop_frame(deframer, byte);
}

static void put_text(struct duo_smp_deframer *deframer, uint8_t byte)
{
    deframer->text[deframer->text_bytes++] = byte;
}

/* What was held is text after all. */
static void put_held(struct duo_smp_deframer *deframer, uint32_t held)
{
    if (held != 0) {
        put_text(deframer, held == HELD_FIRST ? DUO_SMP_MARK_FIRST_0
                                              : DUO_SMP_MARK_MORE_0);
    }
}

static enum duo_smp_console_event take_text(struct duo_smp_deframer *deframer,
                                            uint32_t held, uint8_t byte)
{
    put_held(deframer, held);
    if (byte == DUO_SMP_MARK_FIRST_0) {
        deframer->state |= HELD_FIRST;
    } else if (byte == DUO_SMP_MARK_MORE_0) {
        deframer->state |= HELD_MORE;
    } else {
        put_text(deframer, byte);
    }
    return deframer->text_bytes != 0 ? DUO_SMP_CONSOLE_TEXT
                                     : DUO_SMP_CONSOLE_NOTHING;
}

static enum duo_smp_console_event skip(struct duo_smp_deframer *deframer,
                                       uint8_t byte)
{
    if (byte == DUO_SMP_MARK_FIRST_0) {
        deframer->state |= HELD_FIRST;
    } else if (byte == '\n') {
        deframer->state = MODE_TEXT;
    }
    return DUO_SMP_CONSOLE_NOTHING;
}

enum duo_smp_console_event duo_smp_deframe(struct duo_smp_deframer *deframer,
                                           uint8_t byte)
{
    uint8_t held = deframer->state & HELD_MASK;
    bool is_open = (deframer->state & OPEN) != 0;

    deframer->state ^= held;
    deframer->text_bytes = 0;
    if (held == HELD_FIRST && byte == DUO_SMP_MARK_FIRST_1) {
        open_frame(deframer);
        return is_open ? DUO_SMP_CONSOLE_BAD : DUO_SMP_CONSOLE_NOTHING;
    }
    if (held == HELD_MORE && byte == DUO_SMP_MARK_MORE_1) {
        deframer->state |= is_open ? MODE_LINE : MODE_SKIP;
        return DUO_SMP_CONSOLE_NOTHING;
    }
    if ((deframer->state & MODE_MASK) == MODE_LINE) {
        return take_in_line(deframer, held, byte);
    }
    return (deframer->state & MODE_MASK) == MODE_SKIP
               ? skip(deframer, byte)
               : take_text(deframer, held, byte);
}

bool duo_smp_deframer_reset(struct duo_smp_deframer *deframer)
{
    uint8_t state = deframer->state;

    /* Not the rest of a line that was dropped: if its line feed is lost, it
     * would be the next line that is typed. */
    deframer->state = MODE_TEXT;
    deframer->text_bytes = 0;
    if ((state & MODE_MASK) == MODE_TEXT) {
        put_held(deframer, state & HELD_MASK);
    }
    return (state & OPEN) != 0;
}
