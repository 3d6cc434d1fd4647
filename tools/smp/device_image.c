/* SPDX-License-Identifier: MIT */
/* What an image file says of itself, whoever made it and for which board: only
 * as much as an update needs. The device is the one to judge it. */
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "duo/image_format.h"

#define HEADER_BYTES 32U

/* A run of fields behind the image: their header tells how long it is. */
static bool find_hash(struct duo_bytes file, size_t off,
                      uint8_t hash[DUO_CLIENT_HASH_BYTES])
{
    size_t end;

    if (off + DUO_TLV_INFO_BYTES > file.len_bytes ||
        duo_load_le16(file.data + off) != DUO_TLV_MAGIC_UNPROTECTED) {
        return false;
    }
    end = off + duo_load_le16(file.data + off + 2);
    end = end < file.len_bytes ? end : file.len_bytes;
    off += DUO_TLV_INFO_BYTES;
    while (off + DUO_TLV_ENTRY_BYTES <= end) {
        uint16_t type = duo_load_le16(file.data + off);
        uint16_t len_bytes = duo_load_le16(file.data + off + 2);

        off += DUO_TLV_ENTRY_BYTES;
        if (type == DUO_TLV_SHA256 && len_bytes == DUO_CLIENT_HASH_BYTES &&
            off + len_bytes <= end) {
            memcpy(hash, file.data + off, DUO_CLIENT_HASH_BYTES);
            return true;
        }
        off += len_bytes;
    }
    return false;
}

/* As devices write versions in their lists: the build only if there is one. */
static void format_version(const uint8_t *at, char *text, size_t room_bytes)
{
    uint32_t build = duo_load_le32(at + 4);
    int chars = snprintf(text, room_bytes, "%u.%u.%u", at[0], at[1],
                         (unsigned)duo_load_le16(at + 2));

    if (build != 0 && chars > 0 && (size_t)chars < room_bytes) {
        (void)snprintf(text + chars, room_bytes - (size_t)chars, ".%u",
                       (unsigned)build);
    }
}

bool duo_device_image_init(struct duo_device_image *image, const char *label,
                           struct duo_bytes file, struct duo_tool_error *error)
{
    size_t off;

    *image = (struct duo_device_image){
        .label = label, .file = file, .image_index = -1};
    if (file.len_bytes < HEADER_BYTES ||
        duo_load_le32(file.data + DUO_IMAGE_OFF_MAGIC) != DUO_IMAGE_MAGIC) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: not an image: it does not begin with the "
                             "magic number of MCUboot's format",
                             label);
    }
    format_version(file.data + DUO_IMAGE_OFF_VERSION, image->version,
                   sizeof(image->version));
    off = (size_t)duo_load_le16(file.data + DUO_IMAGE_OFF_HEADER_BYTES) +
          duo_load_le32(file.data + DUO_IMAGE_OFF_PAYLOAD_BYTES) +
          duo_load_le16(file.data + DUO_IMAGE_OFF_PROTECTED);
    return find_hash(file, off, image->hash) ||
           duo_tool_fail(error, DUO_EXIT_INPUT,
                         "%s: the image has no SHA-256 behind it at 0x%zx: it "
                         "is cut off or was never signed",
                         label, off);
}

const struct duo_client_image *
duo_device_find(const struct duo_client_images *images, uint32_t image_index,
                uint32_t slot_index)
{
    for (size_t i = 0; i < images->count; i++) {
        if (images->list[i].image_index == image_index &&
            images->list[i].slot_index == slot_index) {
            return &images->list[i];
        }
    }
    return NULL;
}
