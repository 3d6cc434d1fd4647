/* SPDX-License-Identifier: MIT */
/* Records, page buffers and status numbers; see wire.h. */
#include "mailbox/wire.h"

#include <string.h>

static uint32_t record_format(uint32_t count_words)
{
    return DUO_WIRE_VERSION | ((count_words * 4U) << 16);
}

/* The CRC covers the bytes, so that it does not depend on how a core stores a
 * word. */
static uint32_t record_crc(const uint32_t *record, uint32_t count_words)
{
    uint32_t crc = 0;

    for (uint32_t i = 0; i + 1U < count_words; i++) {
        uint8_t bytes[4];
        duo_store_le32(bytes, record[i]);
        crc = duo_crc32(crc, (struct duo_bytes){bytes, sizeof(bytes)});
    }
    return crc;
}

void duo_wire_store_record(volatile uint32_t *mem, uint32_t word,
                           uint32_t *record, uint32_t count_words)
{
    record[DUO_WIRE_FORMAT] = record_format(count_words);
    record[count_words - 1U] = record_crc(record, count_words);
    for (uint32_t i = 0; i < count_words; i++) {
        mem[word + i] = record[i];
    }
}

bool duo_wire_take_record(const volatile uint32_t *mem, uint32_t word,
                          uint32_t *record, uint32_t count_words)
{
    uint32_t magic = record[DUO_WIRE_MAGIC];

    /* One read of each word: the other core may change it at any time. */
    for (uint32_t i = 0; i < count_words; i++) {
        record[i] = mem[word + i];
    }
    if (record[DUO_WIRE_MAGIC] == magic &&
        record[DUO_WIRE_FORMAT] == record_format(count_words) &&
        record[count_words - 1U] == record_crc(record, count_words)) {
        return true;
    }
    memset(record, 0, count_words * sizeof(record[0]));
    return false;
}

static uint32_t page_word(uint32_t seq)
{
    return DUO_WIRE_PAGE_WORD + duo_wire_ring_index(seq) * DUO_WIRE_PAGE_WORDS;
}

void duo_wire_store_page(volatile uint32_t *mem, uint32_t seq,
                         struct duo_bytes bytes)
{
    volatile uint32_t *page = mem + page_word(seq);

    for (size_t done_bytes = 0; done_bytes < bytes.len_bytes;
         done_bytes += 4U) {
        uint8_t word[4] = {0, 0, 0, 0};
        size_t left_bytes = bytes.len_bytes - done_bytes;

        memcpy(word, bytes.data + done_bytes,
               left_bytes < 4U ? left_bytes : 4U);
        page[done_bytes / 4U] = duo_load_le32(word);
    }
}

void duo_wire_take_page(const volatile uint32_t *mem, uint32_t seq,
                        uint8_t *dst, uint32_t len_bytes)
{
    const volatile uint32_t *page = mem + page_word(seq);

    for (uint32_t done_bytes = 0; done_bytes < len_bytes; done_bytes += 4U) {
        uint8_t word[4];
        uint32_t left_bytes = len_bytes - done_bytes;

        duo_store_le32(word, page[done_bytes / 4U]);
        memcpy(dst + done_bytes, word, left_bytes < 4U ? left_bytes : 4U);
    }
}

#define STATUS_FLASH 4U

/* The index is the number on the wire: never renumber. */
static const enum duo_err statuses[] = {
    [0] = DUO_OK,
    [1] = DUO_ERR_ARG,
    [2] = DUO_ERR_RANGE,
    [3] = DUO_ERR_FORMAT,
    [STATUS_FLASH] = DUO_ERR_FLASH,
    [5] = DUO_ERR_BUSY,
    [6] = DUO_ERR_TIMEOUT,
    [7] = DUO_ERR_FULL,
    [8] = DUO_ERR_REFUSED,
};
#define STATUS_COUNT (sizeof(statuses) / sizeof(statuses[0]))

uint32_t duo_wire_status(enum duo_err err)
{
    for (uint32_t i = 0; i < STATUS_COUNT; i++) {
        if (statuses[i] == err) {
            return i;
        }
    }
    return STATUS_FLASH; /* Not in the enum: at least a failure. */
}

bool duo_wire_status_parse(uint32_t status, enum duo_err *err)
{
    if (status >= STATUS_COUNT) {
        return false;
    }
    *err = statuses[status];
    return true;
}
