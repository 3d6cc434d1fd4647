/* SPDX-License-Identifier: MIT */
/* Header and vector table of an image: sizes, flags, core. */
#include "image/scan_internal.h"

/* Data memory of each core, the chip's and not the layout's [PS Memory map].
 * A stack may begin at the very end: it grows down before it is used. */
static const struct duo_code_range ram[DUO_CORE_COUNT] = {
    [DUO_CORE_APP] = {0x20000000U, 0x80000U},
    [DUO_CORE_NET] = {0x21000000U, 0x10000U},
};

static enum duo_reason check_sizes(const struct duo_scan *scan)
{
    const struct duo_image *image = &scan->image;
    uint32_t room_bytes = scan->limit_bytes;

    if (image->header_bytes < DUO_IMAGE_HEADER_BYTES ||
        image->header_bytes % 4U != 0) {
        return DUO_REASON_HEADER_SIZE;
    }
    /* Subtract from the room instead of adding: sums could wrap. */
    if (image->header_bytes > room_bytes) {
        return DUO_REASON_TOO_LARGE;
    }
    room_bytes -= image->header_bytes;
    if (image->payload_bytes > room_bytes) {
        return DUO_REASON_TOO_LARGE;
    }
    room_bytes -= image->payload_bytes;
    if (image->protected_tlv_bytes > room_bytes) {
        return DUO_REASON_TOO_LARGE;
    }
    room_bytes -= image->protected_tlv_bytes;
    return room_bytes < DUO_TLV_INFO_BYTES ? DUO_REASON_TOO_LARGE
                                           : DUO_REASON_NONE;
}

static enum duo_reason take_header(struct duo_scan *scan)
{
    struct duo_image *image = &scan->image;
    uint8_t header[DUO_IMAGE_HEADER_BYTES];
    enum duo_reason reason = duo_scan_take(scan, header, sizeof(header));

    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    if (duo_bytes_are((struct duo_bytes){header, sizeof(header)},
                      scan->check->area->flash->geometry.erased_value)) {
        return DUO_REASON_EMPTY;
    }
    if (duo_load_le32(&header[DUO_IMAGE_OFF_MAGIC]) != DUO_IMAGE_MAGIC) {
        return DUO_REASON_MAGIC;
    }
    image->load_addr = duo_load_le32(&header[DUO_IMAGE_OFF_LOAD_ADDR]);
    image->header_bytes = duo_load_le16(&header[DUO_IMAGE_OFF_HEADER_BYTES]);
    image->protected_tlv_bytes =
        duo_load_le16(&header[DUO_IMAGE_OFF_PROTECTED]);
    image->payload_bytes = duo_load_le32(&header[DUO_IMAGE_OFF_PAYLOAD_BYTES]);
    image->flags = duo_load_le32(&header[DUO_IMAGE_OFF_FLAGS]);
    duo_version_load(&image->version, &header[DUO_IMAGE_OFF_VERSION]);

    reason = check_sizes(scan);
    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    /* Every other flag, unknown ones too, asks for what we cannot do. */
    return (image->flags & ~DUO_IMAGE_FLAG_ROM_FIXED) != 0 ? DUO_REASON_FLAGS
                                                           : DUO_REASON_NONE;
}

static bool range_contains(const struct duo_code_range *range, uint32_t addr)
{
    return addr >= range->addr && addr - range->addr < range->size_bytes;
}

static enum duo_core core_of_address(const struct duo_trust *trust,
                                     uint32_t addr)
{
    if (range_contains(&trust->code[DUO_CORE_APP], addr)) {
        return DUO_CORE_APP;
    }
    if (range_contains(&trust->code[DUO_CORE_NET], addr)) {
        return DUO_CORE_NET;
    }
    return DUO_CORE_NONE;
}

/* An image runs where its slot begins, so its reset vector must point into
 * its own payload there, and its stack into its own core's RAM. */
static enum duo_reason check_vectors(struct duo_scan *scan)
{
    struct duo_image *image = &scan->image;
    const struct duo_code_range *code;
    uint32_t entry_addr = image->reset_addr & ~1U;
    uint32_t entry_off;
    uint32_t sp_off;

    if ((image->reset_addr & 1U) == 0 || image->initial_sp_addr % 4U != 0) {
        return DUO_REASON_VECTOR_TABLE;
    }
    image->core = core_of_address(scan->check->trust, entry_addr);
    if (image->core == DUO_CORE_NONE) {
        return DUO_REASON_CORE_UNKNOWN;
    }
    code = &scan->check->trust->code[image->core];
    entry_off = entry_addr - code->addr;
    if (entry_off < image->header_bytes ||
        entry_off - image->header_bytes >= image->payload_bytes) {
        return DUO_REASON_VECTOR_TABLE;
    }
    sp_off = image->initial_sp_addr - ram[image->core].addr;
    if (sp_off == 0 || sp_off > ram[image->core].size_bytes) {
        return DUO_REASON_VECTOR_TABLE;
    }
    if ((image->flags & DUO_IMAGE_FLAG_ROM_FIXED) != 0 &&
        image->load_addr != code->addr) {
        return DUO_REASON_LOAD_ADDRESS;
    }
    return DUO_REASON_NONE;
}

enum duo_reason duo_scan_head(struct duo_scan *scan)
{
    uint8_t vectors[DUO_IMAGE_VECTOR_BYTES];
    enum duo_reason reason = take_header(scan);

    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    if (scan->image.payload_bytes < sizeof(vectors)) {
        return DUO_REASON_VECTOR_TABLE;
    }
    reason =
        duo_scan_skip(scan, scan->image.header_bytes - DUO_IMAGE_HEADER_BYTES);
    if (reason == DUO_REASON_NONE) {
        reason = duo_scan_take(scan, vectors, sizeof(vectors));
    }
    if (reason != DUO_REASON_NONE) {
        return reason;
    }
    scan->image.initial_sp_addr = duo_load_le32(&vectors[0]);
    scan->image.reset_addr = duo_load_le32(&vectors[4]);
    return check_vectors(scan);
}
