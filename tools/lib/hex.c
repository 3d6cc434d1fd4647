/* SPDX-License-Identifier: MIT */
/* Intel HEX; see hex.h. A record is ":LLAAAATT<data>CC" in hexadecimal: length,
 * low address, type, and a checksum that makes the sum of all bytes zero. */
#include "hex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum record_type {
    RECORD_DATA = 0,
    RECORD_END = 1,
    RECORD_SEGMENT = 2, /* Bits 4..19 of the address of what follows. */
    RECORD_START_SEGMENT = 3,
    RECORD_LINEAR = 4, /* Bits 16..31 of the address of what follows. */
    RECORD_START_LINEAR = 5,
};

#define RECORD_HEAD_BYTES 4U
#define RECORD_BYTES_MAX  (RECORD_HEAD_BYTES + 255U + 1U)
#define RECORD_DATA_BYTES 16U
#define ADDRESS_SPACE_END (UINT64_C(1) << 32)

struct record {
    uint8_t bytes[RECORD_BYTES_MAX];
    size_t len_bytes; /* Of the data. */
    enum record_type type;
    uint32_t low_addr;
};

struct reader {
    const char *path;
    struct duo_bytes text;
    size_t at;
    unsigned line;
    uint64_t base_addr;
    bool ended;
    struct duo_tool_error *error;
};

static bool bad(struct reader *reader, const char *what)
{
    return duo_tool_fail(reader->error, DUO_EXIT_INPUT, "%s:%u: %s",
                         reader->path, reader->line, what);
}

static int nibble(uint8_t letter)
{
    if (letter >= '0' && letter <= '9') {
        return letter - '0';
    }
    if (letter >= 'A' && letter <= 'F') {
        return letter - 'A' + 10;
    }
    if (letter >= 'a' && letter <= 'f') {
        return letter - 'a' + 10;
    }
    return -1;
}

/* The next line without its end, and without white space behind it. */
static struct duo_bytes next_line(struct reader *reader)
{
    struct duo_bytes line = {reader->text.data + reader->at, 0};

    while (reader->at < reader->text.len_bytes &&
           reader->text.data[reader->at] != '\n') {
        reader->at++;
        line.len_bytes++;
    }
    reader->at++;
    reader->line++;
    while (line.len_bytes > 0 &&
           strchr(" \t\r", line.data[line.len_bytes - 1]) != NULL) {
        line.len_bytes--;
    }
    return line;
}

static bool parse_record(struct reader *reader, struct duo_bytes line,
                         struct record *record)
{
    size_t count = (line.len_bytes - 1) / 2;
    uint8_t sum = 0;

    if (line.data[0] != ':') {
        return bad(reader, "a record must begin with ':'");
    }
    if (line.len_bytes % 2 == 0 || count < RECORD_HEAD_BYTES + 1 ||
        count > RECORD_BYTES_MAX) {
        return bad(reader, "the record is cut off or too long");
    }
    for (size_t i = 0; i < count; i++) {
        int high = nibble(line.data[1 + 2 * i]);
        int low = nibble(line.data[2 + 2 * i]);
        if (high < 0 || low < 0) {
            return bad(reader, "not a hexadecimal digit");
        }
        record->bytes[i] = (uint8_t)(high * 16 + low);
        sum = (uint8_t)(sum + record->bytes[i]);
    }
    if (sum != 0) {
        return bad(reader, "the checksum is wrong");
    }
    record->len_bytes = record->bytes[0];
    if (record->len_bytes != count - RECORD_HEAD_BYTES - 1) {
        return bad(reader, "the record's length field is wrong");
    }
    if (record->bytes[3] > RECORD_START_LINEAR) {
        return bad(reader, "unknown record type");
    }
    record->type = (enum record_type)record->bytes[3];
    record->low_addr =
        ((uint32_t)record->bytes[1] << 8) | (uint32_t)record->bytes[2];
    return true;
}

static bool base_of(struct reader *reader, const struct record *record,
                    unsigned shift)
{
    if (record->len_bytes != 2) {
        return bad(reader, "an address record must have two bytes");
    }
    reader->base_addr = (((uint64_t)record->bytes[RECORD_HEAD_BYTES] << 8) |
                         record->bytes[RECORD_HEAD_BYTES + 1U])
                        << shift;
    return true;
}

static bool apply_record(struct reader *reader, const struct record *record)
{
    switch (record->type) {
    case RECORD_DATA:
        if (reader->base_addr + record->low_addr + record->len_bytes >
            ADDRESS_SPACE_END) {
            return bad(reader, "data beyond the 32-bit address space");
        }
        return true;
    case RECORD_END: reader->ended = true; return true;
    case RECORD_SEGMENT: return base_of(reader, record, 4);
    case RECORD_LINEAR: return base_of(reader, record, 16);
    case RECORD_START_SEGMENT:
    case RECORD_START_LINEAR:
        return record->len_bytes == 4 ||
               bad(reader, "a start record must have four bytes");
    }
    return bad(reader, "unknown record type");
}

/* The next record that is not an empty line; ended is set after the last. */
static bool next_record(struct reader *reader, struct record *record)
{
    while (reader->at < reader->text.len_bytes) {
        struct duo_bytes line = next_line(reader);
        if (line.len_bytes > 0) {
            return parse_record(reader, line, record) &&
                   apply_record(reader, record);
        }
    }
    return bad(reader, "no end-of-file record: the file is cut off");
}

struct span {
    uint64_t first_addr;
    uint64_t end_addr;
};

static bool measure(struct reader reader, struct span *span)
{
    struct record record = {0};

    *span = (struct span){UINT64_MAX, 0};
    while (!reader.ended) {
        uint64_t addr;

        if (!next_record(&reader, &record)) {
            return false;
        }
        if (record.type != RECORD_DATA || record.len_bytes == 0) {
            continue;
        }
        addr = reader.base_addr + record.low_addr;
        if (addr < span->first_addr) {
            span->first_addr = addr;
        }
        if (addr + record.len_bytes > span->end_addr) {
            span->end_addr = addr + record.len_bytes;
        }
    }
    if (span->end_addr == 0) {
        return bad(&reader, "the file holds no data");
    }
    if (span->end_addr - span->first_addr > DUO_TOOL_HEX_SPAN_BYTES_MAX) {
        return bad(&reader, "the data spans more than 16 MB");
    }
    return true;
}

/* Second pass: the text was checked by measure(). @p used marks the bytes that
 * a record has filled, because two values for one address cannot both hold. */
static bool fill(struct reader reader, struct span span,
                 struct duo_tool_buffer *out, uint8_t *used)
{
    struct record record = {0};

    while (!reader.ended) {
        if (!next_record(&reader, &record)) {
            return false;
        }
        if (record.type != RECORD_DATA) {
            continue;
        }
        for (size_t i = 0; i < record.len_bytes; i++) {
            size_t at =
                (size_t)(reader.base_addr + record.low_addr - span.first_addr) +
                i;
            if (used[at] != 0) {
                return bad(&reader, "a second value for the same address");
            }
            used[at] = 1;
            out->data[at] = record.bytes[RECORD_HEAD_BYTES + i];
        }
    }
    return true;
}

bool duo_tool_hex_decode(const char *path, struct duo_bytes text,
                         struct duo_tool_buffer *out, uint32_t *addr,
                         struct duo_tool_error *error)
{
    struct reader reader = {.path = path, .text = text, .error = error};
    struct span span;
    uint8_t *used;
    bool done;

    *out = (struct duo_tool_buffer){0};
    if (!measure(reader, &span)) {
        return false;
    }
    *addr = (uint32_t)span.first_addr;
    duo_tool_buffer_fill(out, DUO_TOOL_HEX_FILL,
                         (size_t)(span.end_addr - span.first_addr));
    used = calloc(out->len_bytes, 1);
    done = used != NULL
               ? fill(reader, span, out, used)
               : duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
    free(used);
    if (!done) {
        duo_tool_buffer_free(out);
    }
    return done;
}

bool duo_tool_hex_walk(const char *path, struct duo_bytes text,
                       const struct duo_tool_piece_sink *sink,
                       struct duo_tool_error *error)
{
    struct reader reader = {.path = path, .text = text, .error = error};
    struct record record = {0};

    while (!reader.ended) {
        struct duo_tool_piece piece;

        if (!next_record(&reader, &record)) {
            return false;
        }
        if (record.type != RECORD_DATA || record.len_bytes == 0) {
            continue;
        }
        piece = (struct duo_tool_piece){
            .addr = (uint32_t)(reader.base_addr + record.low_addr),
            .bytes = {record.bytes + RECORD_HEAD_BYTES, record.len_bytes},
            .place = reader.line,
        };
        if (!sink->put(sink->ctx, &piece)) {
            return false;
        }
    }
    return true;
}

struct record_out {
    enum record_type type;
    uint16_t low_addr;
};

static void put_record(struct duo_tool_buffer *text, struct record_out head,
                       struct duo_bytes data)
{
    uint8_t bytes[RECORD_HEAD_BYTES + RECORD_DATA_BYTES + 1U];
    char line[2 * sizeof(bytes) + 3];
    size_t count = RECORD_HEAD_BYTES + data.len_bytes;
    uint8_t sum = 0;
    int chars = snprintf(line, sizeof(line), ":");

    bytes[0] = (uint8_t)data.len_bytes;
    bytes[1] = (uint8_t)(head.low_addr >> 8);
    bytes[2] = (uint8_t)head.low_addr;
    bytes[3] = (uint8_t)head.type;
    if (data.len_bytes > 0) {
        memcpy(&bytes[RECORD_HEAD_BYTES], data.data, data.len_bytes);
    }
    for (size_t i = 0; i < count; i++) {
        sum = (uint8_t)(sum + bytes[i]);
    }
    bytes[count] = (uint8_t)(0U - sum);
    for (size_t i = 0; i <= count; i++) {
        chars += snprintf(line + chars, sizeof(line) - (size_t)chars, "%02X",
                          bytes[i]);
    }
    line[chars] = '\n';
    duo_tool_buffer_append(
        text, (struct duo_bytes){(const uint8_t *)line, (size_t)chars + 1});
}

void duo_tool_hex_encode(struct duo_tool_buffer *text,
                         struct duo_tool_hex_segment segment)
{
    uint64_t addr = segment.addr;
    uint64_t end_addr = addr + segment.bytes.len_bytes;
    bool high_is_set = false;

    while (addr < end_addr) {
        uint64_t part_bytes = RECORD_DATA_BYTES - addr % RECORD_DATA_BYTES;
        struct record_out head = {RECORD_DATA, (uint16_t)addr};

        if (part_bytes > end_addr - addr) {
            part_bytes = end_addr - addr;
        }
        if (!high_is_set || (addr & 0xFFFFU) == 0) {
            uint8_t high[2] = {(uint8_t)(addr >> 24), (uint8_t)(addr >> 16)};
            put_record(text, (struct record_out){RECORD_LINEAR, 0},
                       (struct duo_bytes){high, sizeof(high)});
            high_is_set = true;
        }
        put_record(
            text, head,
            (struct duo_bytes){segment.bytes.data + (addr - segment.addr),
                               (size_t)part_bytes});
        addr += part_bytes;
    }
}

void duo_tool_hex_end(struct duo_tool_buffer *text)
{
    put_record(text, (struct record_out){RECORD_END, 0},
               (struct duo_bytes){NULL, 0});
}
