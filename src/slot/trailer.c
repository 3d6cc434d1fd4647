/* SPDX-License-Identifier: MIT */
/* MCUboot's trailer; see duo/trailer.h. */
#include "duo/trailer.h"

#include <string.h>

#include "duo/bytes.h"

/* Offsets from the start of the trailer block, which ends with the slot. Each
 * flag has a write block of 8 bytes of its own [FORMAT 2]. */
#define BLOCK_BYTES   40U
#define SWAP_INFO_OFF 0U
#define COPY_DONE_OFF 8U
#define IMAGE_OK_OFF  16U
#define MAGIC_OFF     24U
#define MAGIC_BYTES   16U
#define FLAG_SET      0x01U
#define ERASED        0xFFU
#define PIECE_BYTES   256U

static const uint8_t magic_value[MAGIC_BYTES] = {
    0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2, 0xef, 0x7f,
    0x35, 0x52, 0x50, 0x0f, 0x2c, 0xb6, 0x79, 0x80};

/* An interrupted program only clears bits that the value has clear. */
static enum duo_field_state field_state(const uint8_t *seen,
                                        struct duo_bytes value)
{
    bool wrong = false;

    if (memcmp(seen, value.data, value.len_bytes) == 0) {
        return DUO_FIELD_GOOD;
    }
    if (duo_bytes_are((struct duo_bytes){seen, value.len_bytes}, ERASED)) {
        return DUO_FIELD_ERASED;
    }
    for (size_t i = 0; i < value.len_bytes; i++) {
        wrong = wrong || (seen[i] & value.data[i]) != value.data[i];
    }
    return wrong ? DUO_FIELD_BAD : DUO_FIELD_TORN;
}

static enum duo_field_state flag_state(const uint8_t *seen)
{
    static const uint8_t set = FLAG_SET;
    return field_state(seen, (struct duo_bytes){&set, 1});
}

static uint32_t block_off_bytes(const struct duo_area *slot)
{
    return slot->size_bytes - BLOCK_BYTES;
}

enum duo_err duo_trailer_read(const struct duo_area *slot,
                              struct duo_trailer *trailer)
{
    _Alignas(4) uint8_t block[BLOCK_BYTES];
    enum duo_err err =
        duo_area_read(slot, block_off_bytes(slot), block, sizeof(block));

    *trailer = (struct duo_trailer){DUO_FIELD_BAD, DUO_FIELD_BAD, DUO_FIELD_BAD,
                                    DUO_SWAP_NONE};
    if (err != DUO_OK) {
        return err;
    }
    trailer->magic = field_state(&block[MAGIC_OFF],
                                 (struct duo_bytes){magic_value, MAGIC_BYTES});
    trailer->image_ok = flag_state(&block[IMAGE_OK_OFF]);
    trailer->copy_done = flag_state(&block[COPY_DONE_OFF]);

    uint8_t type = block[SWAP_INFO_OFF] & 0x0FU;
    if (type >= DUO_SWAP_TEST && type <= DUO_SWAP_REVERT) {
        trailer->swap_type = (enum duo_swap_type)type;
    }
    return DUO_OK;
}

enum duo_err duo_area_blank(const struct duo_area *area, uint32_t off_bytes,
                            uint32_t len_bytes)
{
    uint32_t page_bytes = area->flash->geometry.erase_bytes;
    _Alignas(4) uint8_t piece[PIECE_BYTES];

    for (uint32_t page = 0; page < len_bytes; page += page_bytes) {
        bool blank = true;
        for (uint32_t at = 0; blank && at < page_bytes; at += PIECE_BYTES) {
            enum duo_err err = duo_area_read(area, off_bytes + page + at, piece,
                                             sizeof(piece));
            if (err != DUO_OK) {
                return err;
            }
            blank = duo_bytes_are((struct duo_bytes){piece, sizeof(piece)},
                                  area->flash->geometry.erased_value);
        }
        if (!blank) {
            enum duo_err err =
                duo_area_erase(area, off_bytes + page, page_bytes);
            if (err != DUO_OK) {
                return err;
            }
        }
    }
    return DUO_OK;
}

enum duo_err duo_trailer_clear(const struct duo_area *slot)
{
    uint32_t page_bytes = slot->flash->geometry.erase_bytes;
    return duo_area_blank(slot, slot->size_bytes - page_bytes, page_bytes);
}

enum duo_err duo_trailer_program(const struct duo_area *slot,
                                 enum duo_swap_type swap_type, bool confirmed)
{
    _Alignas(4) uint8_t block[BLOCK_BYTES];
    _Alignas(4) uint8_t seen[BLOCK_BYTES];

    memset(block, ERASED, sizeof(block));
    block[SWAP_INFO_OFF] = (uint8_t)swap_type;
    block[COPY_DONE_OFF] = FLAG_SET;
    if (confirmed) {
        block[IMAGE_OK_OFF] = FLAG_SET;
    }
    memcpy(&block[MAGIC_OFF], magic_value, MAGIC_BYTES);

    enum duo_err err =
        duo_area_write(slot, block_off_bytes(slot), block, sizeof(block));
    if (err == DUO_OK) {
        err = duo_area_read(slot, block_off_bytes(slot), seen, sizeof(seen));
    }
    if (err == DUO_OK && memcmp(seen, block, sizeof(block)) != 0) {
        err = DUO_ERR_FLASH;
    }
    return err;
}

enum duo_err duo_trailer_write(const struct duo_area *slot,
                               enum duo_swap_type swap_type, bool confirmed)
{
    uint32_t page_bytes = slot->flash->geometry.erase_bytes;
    enum duo_err err =
        duo_area_erase(slot, slot->size_bytes - page_bytes, page_bytes);

    return err == DUO_OK ? duo_trailer_program(slot, swap_type, confirmed)
                         : err;
}

/* Write one 8-byte block whose first byte is @p value; bits that are clear
 * already stay clear, so a torn or set flag is written over safely. */
static enum duo_err write_flag(const struct duo_area *slot, uint32_t field_off,
                               uint8_t value)
{
    _Alignas(4) uint8_t block[4];
    uint32_t off_bytes = block_off_bytes(slot) + field_off;
    enum duo_err err = duo_area_read(slot, off_bytes, block, sizeof(block));

    if (err != DUO_OK) {
        return err;
    }
    block[0] &= value;
    return duo_area_write(slot, off_bytes, block, sizeof(block));
}

enum duo_err duo_trailer_confirm(const struct duo_area *slot)
{
    return write_flag(slot, IMAGE_OK_OFF, FLAG_SET);
}

enum duo_err duo_trailer_request(const struct duo_area *slot, bool permanent)
{
    struct duo_trailer trailer;
    enum duo_err err = duo_trailer_read(slot, &trailer);

    if (err != DUO_OK) {
        return err;
    }
    if (trailer.magic == DUO_FIELD_GOOD) {
        return DUO_OK;
    }
    if (trailer.magic != DUO_FIELD_ERASED) {
        return DUO_ERR_FORMAT;
    }
    err = duo_area_write(slot, block_off_bytes(slot) + MAGIC_OFF, magic_value,
                         MAGIC_BYTES);
    if (err == DUO_OK && permanent) {
        err = write_flag(slot, IMAGE_OK_OFF, FLAG_SET);
    }
    if (err == DUO_OK) {
        err = write_flag(slot, SWAP_INFO_OFF,
                         permanent ? DUO_SWAP_PERMANENT : DUO_SWAP_TEST);
    }
    return err;
}
