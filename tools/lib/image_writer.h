/* SPDX-License-Identifier: MIT */
/* Makes signed images as imgtool does: the same input and options give the
 * same bytes, up to the signature and our target TLV. */
#ifndef DUO_TOOL_IMAGE_WRITER_H
#define DUO_TOOL_IMAGE_WRITER_H

#include "duo/image.h"
#include "duo/image_format.h"
#include "file.h"
#include "key.h"

/* imgtool's names and defaults where it has them. */
#define DUO_TOOL_MAX_ALIGN_BYTES     8U
#define DUO_TOOL_MAX_SECTORS_DEFAULT 128U
#define DUO_TOOL_TRAILER_MAGIC_BYTES 16U

struct duo_tool_tlv {
    uint16_t type;
    struct duo_bytes value;
};

struct duo_tool_tlvs {
    const struct duo_tool_tlv *tlvs;
    size_t count;
};

struct duo_tool_trailer {
    bool present; /* Magic at the end of the slot: installed on trial. */
    bool confirm; /* And image_ok: installed for good. */
};

struct duo_tool_sign_options {
    struct duo_version version;
    uint32_t flags;
    uint32_t load_addr;
    uint32_t header_bytes;
    bool pad_header;     /* The input has no room for the header yet. */
    uint32_t slot_bytes; /* 0: not checked. */
    uint32_t align_bytes;
    uint32_t max_sectors;
    struct duo_tool_trailer trailer;
    bool has_security_counter;
    uint32_t security_counter;
    const struct duo_dependency *dependencies;
    size_t dependency_count;
    bool target_tlv;
    enum duo_core core;          /* For the target TLV. */
    struct duo_tool_tlvs custom; /* Protected, behind all others but ours. */
    struct duo_tool_tlvs loose;  /* Unprotected, between digest and key: for
                                  * tests; `duoboot sign` leaves it empty. */
};

/** imgtool's defaults; header of 0x200 bytes. */
struct duo_tool_sign_options duo_tool_sign_defaults(void);

/** Without pad_header: the input must begin with zeros where the header goes.
 * duo_tool_image_make() checks this too. Fails with INPUT. */
bool duo_tool_image_has_room(struct duo_bytes input,
                             const struct duo_tool_sign_options *options,
                             struct duo_tool_error *error);

/** Make an image, without padding, from @p input. @p key may be NULL: then it
 * is not signed. Fails with INPUT or USAGE when input and options do not fit
 * together. */
bool duo_tool_image_make(struct duo_bytes input,
                         const struct duo_tool_sign_options *options,
                         const struct duo_tool_key *key,
                         struct duo_tool_buffer *image,
                         struct duo_tool_error *error);

/** Fill @p image up to the slot size, with the trailer at its end. */
void duo_tool_image_pad(const struct duo_tool_sign_options *options,
                        struct duo_tool_buffer *image);

/** As Intel HEX at @p addr: the image and the trailer, not the gap. */
void duo_tool_image_hex(const struct duo_tool_sign_options *options,
                        struct duo_bytes image, uint32_t addr,
                        struct duo_tool_buffer *text);

/** Bytes at the end of a slot that the trailer takes in imgtool's count. */
uint32_t duo_tool_trailer_bytes(const struct duo_tool_sign_options *options);

#endif
