/* SPDX-License-Identifier: MIT */
/* A report and the answer to info as bytes; see wire.h. */
#include "mailbox/wire.h"

#include <string.h>

/* Offsets in a report. */
enum {
    REPORT_REASON = 0,
    REPORT_VERSION = 4,
    REPORT_FLAGS = 12,
    REPORT_LOAD_ADDR = 16,
    REPORT_HEADER_BYTES = 20,
    REPORT_PAYLOAD_BYTES = 24,
    REPORT_PROTECTED_BYTES = 28,
    REPORT_TOTAL_BYTES = 32,
    REPORT_INITIAL_SP = 36,
    REPORT_RESET = 40,
    REPORT_CORE = 44,
    REPORT_HAS = 48, /* Bit 0: target TLV; bit 1: security counter. */
    REPORT_SECURITY_COUNTER = 52,
    REPORT_DEPENDENCY_COUNT = 56,
    REPORT_DEPENDENCIES = 60, /* Each: core, least version. */
    REPORT_DIGEST = 108,
};
#define DEPENDENCY_BYTES 12U
#define HAS_TARGET_TLV   1U
#define HAS_COUNTER      2U

_Static_assert(REPORT_DEPENDENCIES +
                       DUO_IMAGE_DEPENDENCIES_MAX * DEPENDENCY_BYTES ==
                   REPORT_DIGEST,
               "the digest follows the dependencies");
_Static_assert(REPORT_DIGEST + DUO_SHA256_BYTES == DUO_MAILBOX_REPORT_BYTES,
               "the digest ends the report");

/* Offsets in the answer to info. */
enum {
    INFO_PROTOCOL = 0,
    INFO_VERSION = 4,
    INFO_SIZE_BYTES = 12,
    INFO_BASE_ADDR = 16,
    INFO_ERASE_BYTES = 20,
    INFO_WRITE_BYTES = 24,
    INFO_ERASED_VALUE = 28,
};

/* No code memory of a part in this family is larger; see [FORMAT 7]. */
#define SLOT_BYTES_MAX (1024U * 1024U)

void duo_wire_format_report(const struct duo_mailbox_report *report,
                            uint8_t bytes[DUO_MAILBOX_REPORT_BYTES])
{
    const struct duo_image *image = &report->image;

    memset(bytes, 0, DUO_MAILBOX_REPORT_BYTES);
    duo_store_le32(bytes + REPORT_REASON, (uint32_t)report->reason);
    if (report->reason != DUO_REASON_NONE) {
        /* Nothing is told of an image that was not verified. */
        return;
    }
    duo_version_store(&image->version, bytes + REPORT_VERSION);
    duo_store_le32(bytes + REPORT_FLAGS, image->flags);
    duo_store_le32(bytes + REPORT_LOAD_ADDR, image->load_addr);
    duo_store_le32(bytes + REPORT_HEADER_BYTES, image->header_bytes);
    duo_store_le32(bytes + REPORT_PAYLOAD_BYTES, image->payload_bytes);
    duo_store_le32(bytes + REPORT_PROTECTED_BYTES, image->protected_tlv_bytes);
    duo_store_le32(bytes + REPORT_TOTAL_BYTES, image->total_bytes);
    duo_store_le32(bytes + REPORT_INITIAL_SP, image->initial_sp_addr);
    duo_store_le32(bytes + REPORT_RESET, image->reset_addr);
    duo_store_le32(bytes + REPORT_CORE, (uint32_t)image->core);
    duo_store_le32(bytes + REPORT_HAS,
                   (image->has_target_tlv ? HAS_TARGET_TLV : 0U) |
                       (image->has_security_counter ? HAS_COUNTER : 0U));
    duo_store_le32(bytes + REPORT_SECURITY_COUNTER, image->security_counter);
    duo_store_le32(bytes + REPORT_DEPENDENCY_COUNT, image->dependency_count);
    for (size_t i = 0;
         i < image->dependency_count && i < DUO_IMAGE_DEPENDENCIES_MAX; i++) {
        uint8_t *row = bytes + REPORT_DEPENDENCIES + i * DEPENDENCY_BYTES;
        duo_store_le32(row, (uint32_t)image->dependencies[i].core);
        duo_version_store(&image->dependencies[i].version_min, row + 4);
    }
    memcpy(bytes + REPORT_DIGEST, image->digest, DUO_SHA256_BYTES);
}

static bool parse_dependencies(const uint8_t *bytes, struct duo_image *image)
{
    image->dependency_count = duo_load_le32(bytes + REPORT_DEPENDENCY_COUNT);
    if (image->dependency_count > DUO_IMAGE_DEPENDENCIES_MAX) {
        return false;
    }
    for (size_t i = 0; i < image->dependency_count; i++) {
        const uint8_t *row = bytes + REPORT_DEPENDENCIES + i * DEPENDENCY_BYTES;
        uint32_t core = duo_load_le32(row);
        if (core > DUO_CORE_NONE) {
            return false;
        }
        image->dependencies[i].core = (enum duo_core)core;
        duo_version_load(&image->dependencies[i].version_min, row + 4);
    }
    return true;
}

/* The parts of an image lie one after another, so their sum cannot exceed the
 * whole; 64 bits, so that no sum wraps. */
static bool sizes_possible(const struct duo_image *image)
{
    uint64_t parts_bytes = (uint64_t)image->header_bytes +
                           image->payload_bytes + image->protected_tlv_bytes;
    return image->header_bytes >= DUO_IMAGE_HEADER_BYTES &&
           parts_bytes <= image->total_bytes &&
           image->total_bytes <= SLOT_BYTES_MAX;
}

static bool parse_image(const uint8_t *bytes, struct duo_image *image)
{
    uint32_t has = duo_load_le32(bytes + REPORT_HAS);
    uint32_t core = duo_load_le32(bytes + REPORT_CORE);

    duo_version_load(&image->version, bytes + REPORT_VERSION);
    image->flags = duo_load_le32(bytes + REPORT_FLAGS);
    image->load_addr = duo_load_le32(bytes + REPORT_LOAD_ADDR);
    image->header_bytes = duo_load_le32(bytes + REPORT_HEADER_BYTES);
    image->payload_bytes = duo_load_le32(bytes + REPORT_PAYLOAD_BYTES);
    image->protected_tlv_bytes = duo_load_le32(bytes + REPORT_PROTECTED_BYTES);
    image->total_bytes = duo_load_le32(bytes + REPORT_TOTAL_BYTES);
    image->initial_sp_addr = duo_load_le32(bytes + REPORT_INITIAL_SP);
    image->reset_addr = duo_load_le32(bytes + REPORT_RESET);
    image->has_target_tlv = (has & HAS_TARGET_TLV) != 0;
    image->has_security_counter = (has & HAS_COUNTER) != 0;
    image->security_counter = duo_load_le32(bytes + REPORT_SECURITY_COUNTER);
    memcpy(image->digest, bytes + REPORT_DIGEST, DUO_SHA256_BYTES);
    /* Only an image for the network core can have been accepted [P3]. */
    image->core = DUO_CORE_NET;
    return core == (uint32_t)DUO_CORE_NET &&
           (has & ~(HAS_TARGET_TLV | HAS_COUNTER)) == 0 &&
           (image->has_security_counter || image->security_counter == 0) &&
           sizes_possible(image) && parse_dependencies(bytes, image);
}

bool duo_wire_parse_report(const uint8_t bytes[DUO_MAILBOX_REPORT_BYTES],
                           struct duo_mailbox_report *report)
{
    uint32_t number = duo_load_le32(bytes + REPORT_REASON);
    bool sound;

    memset(report, 0, sizeof(*report));
    report->image.core = DUO_CORE_NONE;
    if (number == (uint32_t)DUO_REASON_NONE) {
        sound = parse_image(bytes, &report->image);
    } else {
        struct duo_bytes rest = {bytes + REPORT_VERSION,
                                 DUO_MAILBOX_REPORT_BYTES - REPORT_VERSION};
        sound = duo_reason_is_known(number) && duo_bytes_are(rest, 0);
        report->reason = (enum duo_reason)number;
    }
    if (!sound) {
        memset(report, 0, sizeof(*report));
        report->image.core = DUO_CORE_NONE;
        report->reason = DUO_REASON_NET_PROTOCOL;
    }
    return sound;
}

void duo_wire_format_info(const struct duo_wire_info *info,
                          uint8_t bytes[DUO_WIRE_INFO_BYTES])
{
    duo_store_le32(bytes + INFO_PROTOCOL, info->protocol_version);
    duo_version_store(&info->netboot_version, bytes + INFO_VERSION);
    duo_store_le32(bytes + INFO_SIZE_BYTES, info->geometry.size_bytes);
    duo_store_le32(bytes + INFO_BASE_ADDR, info->geometry.base_addr);
    duo_store_le32(bytes + INFO_ERASE_BYTES, info->geometry.erase_bytes);
    duo_store_le32(bytes + INFO_WRITE_BYTES, info->geometry.write_bytes);
    duo_store_le32(bytes + INFO_ERASED_VALUE, info->geometry.erased_value);
}

bool duo_wire_parse_info(const uint8_t bytes[DUO_WIRE_INFO_BYTES],
                         struct duo_wire_info *info)
{
    struct duo_flash_geometry *geometry = &info->geometry;
    uint32_t erased_value = duo_load_le32(bytes + INFO_ERASED_VALUE);

    info->protocol_version = duo_load_le32(bytes + INFO_PROTOCOL);
    duo_version_load(&info->netboot_version, bytes + INFO_VERSION);
    geometry->size_bytes = duo_load_le32(bytes + INFO_SIZE_BYTES);
    geometry->base_addr = duo_load_le32(bytes + INFO_BASE_ADDR);
    geometry->erase_bytes = duo_load_le32(bytes + INFO_ERASE_BYTES);
    geometry->write_bytes = duo_load_le32(bytes + INFO_WRITE_BYTES);
    geometry->erased_value = (uint8_t)erased_value;
    /* A page buffer is one page; a word of the network flash is 4 bytes. The
     * last address of the slot does not wrap. */
    return info->protocol_version == DUO_WIRE_VERSION &&
           geometry->size_bytes != 0 &&
           geometry->size_bytes <= SLOT_BYTES_MAX &&
           geometry->size_bytes % DUO_MAILBOX_PAGE_BYTES == 0 &&
           geometry->base_addr % DUO_MAILBOX_PAGE_BYTES == 0 &&
           geometry->base_addr <= UINT32_MAX - geometry->size_bytes &&
           geometry->erase_bytes == DUO_MAILBOX_PAGE_BYTES &&
           geometry->write_bytes == 4U && erased_value == 0xFFU;
}
