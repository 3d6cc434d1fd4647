/* SPDX-License-Identifier: MIT */
/* Packets of an upload, as long as they may be and not a byte longer. */
#ifndef DUO_SMP_CLIENT_UPLOAD_PACK_H
#define DUO_SMP_CLIENT_UPLOAD_PACK_H

#include "file.h"
#include "upload.h"

struct duo_upload_chunk {
    uint32_t off_bytes;
    size_t room_bytes;   /* Of the payload: the packet without its header. */
    uint32_t align;      /* The chunk ends at a multiple of it; 1: anywhere. */
    const uint8_t *hash; /* DUO_CLIENT_HASH_BYTES, of the whole file. */
};

/** Append the payload of one packet. Off 0 has all that an upload begins with.
 * @return the data bytes in it; 0: not even one fits. */
size_t duo_upload_pack(const struct duo_client_upload *upload,
                       const struct duo_upload_chunk *chunk,
                       struct duo_tool_buffer *payload);

#endif
