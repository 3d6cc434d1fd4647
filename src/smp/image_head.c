/* SPDX-License-Identifier: MIT */
/* The ring's first bytes as a flash, so that the one parser of images judges
 * them. What has not come yet cannot be read. */
#include "smp/image_head.h"

#include <string.h>

struct ram {
    struct duo_flash flash; /* First. */
    struct duo_bytes bytes;
};

static enum duo_err start_read(struct duo_flash *flash, uint32_t off_bytes,
                               void *dst, size_t len_bytes)
{
    const struct ram *ram = (const struct ram *)(const void *)flash;

    if (off_bytes > ram->bytes.len_bytes ||
        len_bytes > ram->bytes.len_bytes - off_bytes) {
        return DUO_ERR_FLASH;
    }
    memcpy(dst, ram->bytes.data + off_bytes, len_bytes);
    return DUO_OK;
}

static enum duo_err poll(struct duo_flash *flash)
{
    (void)flash;
    return DUO_OK;
}

/* Parsing only reads, and reading ends at once. */
static const struct duo_flash_ops ram_ops = {.start_read = start_read,
                                             .poll = poll};

enum duo_reason smp_image_judge_head(struct duo_smp_image *image)
{
    const struct duo_upload *upload = &image->upload;
    const struct duo_bytes head = {upload->ring, upload->received_bytes};
    struct ram ram = {
        .flash.ops = &ram_ops,
        .flash.geometry.erased_value = 0xFF,
        .bytes = head,
    };
    const struct duo_area area = {&ram.flash, 0, upload->len_bytes};
    const struct duo_image_check check = {
        .area = &area,
        .size_bytes_max = upload->len_bytes,
        .trust = image->config.trust,
        .work = image->work,
        .work_bytes = sizeof(image->work),
    };
    enum duo_reason reason = duo_image_parse_head(&check, &image->image);

    if (reason == DUO_REASON_READ_FAILED &&
        upload->received_bytes == upload->ring_bytes) {
        return DUO_REASON_HEADER_SIZE; /* It would never fit. */
    }
    return reason;
}
