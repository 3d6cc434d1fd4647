/* SPDX-License-Identifier: MIT */
/* MCUboot's trailer at the end of a slot, for a maximum alignment of 8.
 * Bytes: docs/FORMAT.md section "Trailer". */
#ifndef DUO_TRAILER_H
#define DUO_TRAILER_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/flash.h"

/* What a write-once field reads as. A cut can leave any of the four, so each
 * is a state to decide on and none is an error. */
enum duo_field_state {
    DUO_FIELD_ERASED = 0, /* Never written. */
    DUO_FIELD_GOOD = 1,   /* Exactly the value. */
    DUO_FIELD_TORN = 2,   /* On the way: bits are missing, none is wrong. */
    DUO_FIELD_BAD = 3,    /* Bits are cleared that the value has set. */
};
#define DUO_FIELD_STATE_COUNT 4U

enum duo_swap_type {
    DUO_SWAP_NONE = 1,
    DUO_SWAP_TEST = 2,
    DUO_SWAP_PERMANENT = 3,
    DUO_SWAP_REVERT = 4,
};

struct duo_trailer {
    enum duo_field_state magic;
    enum duo_field_state image_ok;
    enum duo_field_state copy_done;
    enum duo_swap_type swap_type; /* NONE if erased or not a known type. */
};

/* Bytes of a slot's end that an image must leave free: one unit. */
#define DUO_TRAILER_RESERVED_BYTES 4096U

/** Read the trailer at the end of @p slot. On an error every field is BAD. */
enum duo_err duo_trailer_read(const struct duo_area *slot,
                              struct duo_trailer *trailer);

/**
 * Replace the trailer of an active slot: erase its page if it is not blank,
 * then swap_info, copy_done, image_ok (if @p confirmed) and the magic.
 *
 * Power cut: the magic is written last; a torn page is rewritten by whoever
 * called, because its progress mark is then missing.
 */
enum duo_err duo_trailer_write(const struct duo_area *slot,
                               enum duo_swap_type swap_type, bool confirmed);

/** As duo_trailer_write, for a page that is known to be blank. */
enum duo_err duo_trailer_program(const struct duo_area *slot,
                                 enum duo_swap_type swap_type, bool confirmed);

/** Set image_ok, as an application's confirm call does; again if it is set
 * already, which mends a mark whose write was cut. */
enum duo_err duo_trailer_confirm(const struct duo_area *slot);

/** Ask for an install of the image in a staged slot, as the application's
 * library does: magic, image_ok if permanent, swap_info. Nothing is done if a
 * request stands; DUO_ERR_FORMAT if the trailer is neither erased nor good. */
enum duo_err duo_trailer_request(const struct duo_area *slot, bool permanent);

/** Erase the page that holds the trailer, if it is not blank. */
enum duo_err duo_trailer_clear(const struct duo_area *slot);

/** Erase the unit at @p off_bytes of @p area page by page where not blank. */
enum duo_err duo_area_blank(const struct duo_area *area, uint32_t off_bytes,
                            uint32_t len_bytes);

#endif
