/* SPDX-License-Identifier: MIT */
/* Packets by their own length (see duo/smp_link.h). */
#include <string.h>

#include "be.h"
#include "duo/smp_link.h"

#define OP_MASK       7U
#define RESERVED_MASK 0xE0U
#define LENGTH_OFF    2U

/* Nobody sends longer payloads: what says so is no header but noise, which
 * would make us pass over the packets behind it. */
#define PAYLOAD_BYTES_MAX 16384U

static size_t payload_bytes(const struct duo_smp_assembler *assembler)
{
    return duo_load_be16(&assembler->header[LENGTH_OFF]);
}

/* Could the bytes so far begin a packet? All versions are taken: the server
 * answers those that it does not speak. */
static bool is_plausible(const struct duo_smp_assembler *assembler,
                         uint8_t op_mask)
{
    const uint8_t *header = assembler->header;

    if ((header[0] & RESERVED_MASK) != 0 ||
        ((uint32_t)op_mask >> (header[0] & OP_MASK) & 1U) == 0) {
        return false;
    }
    if (assembler->len_bytes > 1 && header[1] != 0) {
        return false; /* Flags: none are defined. */
    }
    return assembler->len_bytes < DUO_SMP_HEADER_BYTES ||
           payload_bytes(assembler) <= PAYLOAD_BYTES_MAX ||
           payload_bytes(assembler) + DUO_SMP_HEADER_BYTES <=
               assembler->room_bytes;
}

/* Copy up to @p count bytes to @p dst, or drop them (NULL). */
static size_t take(struct duo_bytes *bytes, uint8_t *dst, size_t count)
{
    if (count > bytes->len_bytes) {
        count = bytes->len_bytes;
    }
    if (count != 0) {
        if (dst != NULL) {
            memcpy(dst, bytes->data, count);
        }
        bytes->data += count;
        bytes->len_bytes -= count;
    }
    return count;
}

/* The header is whole: begin the packet, or pass it over. */
static bool begin(struct duo_smp_assembler *assembler)
{
    if (assembler->data != NULL &&
        payload_bytes(assembler) + DUO_SMP_HEADER_BYTES <=
            assembler->room_bytes) {
        memcpy(assembler->data, assembler->header, DUO_SMP_HEADER_BYTES);
        return true;
    }
    assembler->skip_bytes = payload_bytes(assembler);
    assembler->len_bytes = 0;
    return false;
}

/* Byte by byte, since each may show that there is no header: then it begins
 * later, or with the next byte. */
static enum duo_smp_piece take_header(struct duo_smp_assembler *assembler,
                                      struct duo_bytes *bytes, uint8_t op_mask)
{
    bool was_bad = false;

    while (assembler->len_bytes < DUO_SMP_HEADER_BYTES) {
        if (take(bytes, &assembler->header[assembler->len_bytes], 1) == 0) {
            return DUO_SMP_PIECE_MORE;
        }
        assembler->len_bytes++;
        while (assembler->len_bytes != 0 && !is_plausible(assembler, op_mask)) {
            was_bad = true;
            assembler->len_bytes--;
            memmove(assembler->header, assembler->header + 1,
                    assembler->len_bytes);
        }
        if (was_bad) {
            return DUO_SMP_PIECE_BAD;
        }
    }
    return begin(assembler) ? DUO_SMP_PIECE_WHOLE : DUO_SMP_PIECE_LOST;
}

enum duo_smp_piece duo_smp_assemble(struct duo_smp_assembler *assembler,
                                    struct duo_bytes *bytes, uint8_t op_mask)
{
    size_t left_bytes;

    assembler->skip_bytes -= take(bytes, NULL, assembler->skip_bytes);
    if (assembler->skip_bytes != 0) {
        return DUO_SMP_PIECE_MORE;
    }
    if (assembler->len_bytes < DUO_SMP_HEADER_BYTES) {
        enum duo_smp_piece piece = take_header(assembler, bytes, op_mask);
        if (piece != DUO_SMP_PIECE_WHOLE) {
            return piece;
        }
    }
    left_bytes =
        payload_bytes(assembler) + DUO_SMP_HEADER_BYTES - assembler->len_bytes;
    left_bytes -=
        take(bytes, assembler->data + assembler->len_bytes, left_bytes);
    assembler->len_bytes =
        payload_bytes(assembler) + DUO_SMP_HEADER_BYTES - left_bytes;
    return left_bytes == 0 ? DUO_SMP_PIECE_WHOLE : DUO_SMP_PIECE_MORE;
}
