/* SPDX-License-Identifier: MIT */
/* Makes signed images; see image_writer.h. */
#include "image_writer.h"

#include <string.h>

#include "hex.h"

/* MCUboot's trailer magic for a maximal write block of 8 bytes. */
static const uint8_t trailer_magic[DUO_TOOL_TRAILER_MAGIC_BYTES] = {
    0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF, 0x7F,
    0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80};

#define ERASED 0xFFU

struct duo_tool_sign_options duo_tool_sign_defaults(void)
{
    return (struct duo_tool_sign_options){
        .header_bytes = 0x200,
        .align_bytes = 1,
        .max_sectors = DUO_TOOL_MAX_SECTORS_DEFAULT,
        .core = DUO_CORE_NONE,
    };
}

/* image_ok, copy_done, swap_info and swap_size, a write block each, the magic,
 * and three status entries for each sector. */
uint32_t duo_tool_trailer_bytes(const struct duo_tool_sign_options *options)
{
    return options->max_sectors * 3U * options->align_bytes +
           4U * DUO_TOOL_MAX_ALIGN_BYTES + DUO_TOOL_TRAILER_MAGIC_BYTES;
}

static void append_u16(struct duo_tool_buffer *buffer, uint32_t value)
{
    uint8_t bytes[2];

    duo_store_le16(bytes, (uint16_t)value);
    duo_tool_buffer_append(buffer, (struct duo_bytes){bytes, sizeof(bytes)});
}

static void append_tlv(struct duo_tool_buffer *buffer, uint16_t type,
                       struct duo_bytes value)
{
    append_u16(buffer, type);
    append_u16(buffer, (uint32_t)value.len_bytes);
    duo_tool_buffer_append(buffer, value);
}

static void append_tlvs(struct duo_tool_buffer *buffer,
                        const struct duo_tool_tlvs *tlvs)
{
    for (size_t i = 0; i < tlvs->count; i++) {
        append_tlv(buffer, tlvs->tlvs[i].type, tlvs->tlvs[i].value);
    }
}

static void append_dependency(struct duo_tool_buffer *buffer,
                              const struct duo_dependency *dependency)
{
    uint8_t value[DUO_TLV_DEPENDENCY_BYTES] = {0};

    value[0] = (uint8_t)dependency->core;
    value[4] = dependency->version_min.major;
    value[5] = dependency->version_min.minor;
    duo_store_le16(&value[6], dependency->version_min.revision);
    duo_store_le32(&value[8], dependency->version_min.build);
    append_tlv(buffer, DUO_TLV_DEPENDENCY,
               (struct duo_bytes){value, sizeof(value)});
}

/* The entries of the protected area, in imgtool's order. */
static void protected_entries(const struct duo_tool_sign_options *options,
                              struct duo_tool_buffer *entries)
{
    if (options->has_security_counter) {
        uint8_t value[4];
        duo_store_le32(value, options->security_counter);
        append_tlv(entries, DUO_TLV_SECURITY_COUNTER,
                   (struct duo_bytes){value, sizeof(value)});
    }
    for (size_t i = 0; i < options->dependency_count; i++) {
        append_dependency(entries, &options->dependencies[i]);
    }
    append_tlvs(entries, &options->custom);
    if (options->target_tlv) {
        uint8_t value[DUO_TLV_TARGET_BYTES] = {DUO_TLV_TARGET_VERSION,
                                               (uint8_t)options->core, 0, 0};
        append_tlv(entries, DUO_TLV_TARGET,
                   (struct duo_bytes){value, sizeof(value)});
    }
}

/* An area with its info header. An empty protected area is left out. */
static bool append_area(struct duo_tool_buffer *image, uint32_t magic,
                        const struct duo_tool_buffer *entries,
                        struct duo_tool_error *error)
{
    if (entries->len_bytes > UINT16_MAX - DUO_TLV_INFO_BYTES) {
        return duo_tool_fail(
            error, DUO_EXIT_USAGE, "the TLVs do not fit: %zu bytes, at most %u",
            entries->len_bytes, UINT16_MAX - DUO_TLV_INFO_BYTES);
    }
    append_u16(image, magic);
    append_u16(image, (uint32_t)entries->len_bytes + DUO_TLV_INFO_BYTES);
    duo_tool_buffer_append(image, duo_tool_buffer_view(entries));
    return true;
}

bool duo_tool_image_has_room(struct duo_bytes input,
                             const struct duo_tool_sign_options *options,
                             struct duo_tool_error *error)
{
    struct duo_bytes head = {input.data, options->header_bytes};

    if (options->pad_header) {
        return true;
    }
    if (input.len_bytes < options->header_bytes) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "the input is shorter (%zu bytes) than the "
                             "header (0x%x bytes); with --pad-header the "
                             "header is put before it",
                             input.len_bytes, options->header_bytes);
    }
    if (!duo_bytes_are(head, 0)) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "the first 0x%x bytes of the input are not zero: "
                             "there is no room for the header; with "
                             "--pad-header it is put before the input",
                             options->header_bytes);
    }
    return true;
}

static void store_header(const struct duo_tool_sign_options *options,
                         struct duo_tool_buffer *image,
                         uint32_t protected_bytes)
{
    uint8_t *header = image->data;

    memset(header, 0, DUO_IMAGE_HEADER_BYTES);
    duo_store_le32(&header[DUO_IMAGE_OFF_MAGIC], DUO_IMAGE_MAGIC);
    duo_store_le32(&header[DUO_IMAGE_OFF_LOAD_ADDR], options->load_addr);
    duo_store_le16(&header[DUO_IMAGE_OFF_HEADER_BYTES],
                   (uint16_t)options->header_bytes);
    duo_store_le16(&header[DUO_IMAGE_OFF_PROTECTED], (uint16_t)protected_bytes);
    duo_store_le32(&header[DUO_IMAGE_OFF_PAYLOAD_BYTES],
                   (uint32_t)image->len_bytes - options->header_bytes);
    duo_store_le32(&header[DUO_IMAGE_OFF_FLAGS], options->flags);
    header[DUO_IMAGE_OFF_VERSION] = options->version.major;
    header[DUO_IMAGE_OFF_VERSION + 1U] = options->version.minor;
    duo_store_le16(&header[DUO_IMAGE_OFF_VERSION + 2U],
                   options->version.revision);
    duo_store_le32(&header[DUO_IMAGE_OFF_VERSION + 4U], options->version.build);
}

static bool append_signed_area(const struct duo_tool_sign_options *options,
                               const struct duo_tool_key *key,
                               struct duo_tool_buffer *image,
                               struct duo_tool_error *error)
{
    struct duo_tool_buffer entries = {0};
    struct duo_tool_buffer signature = {0};
    uint8_t digest[DUO_SHA256_BYTES];
    bool done = true;

    duo_tool_sha256(duo_tool_buffer_view(image), digest);
    append_tlv(&entries, DUO_TLV_SHA256,
               (struct duo_bytes){digest, sizeof(digest)});
    append_tlvs(&entries, &options->loose);
    if (key != NULL) {
        append_tlv(&entries, DUO_TLV_KEYHASH,
                   (struct duo_bytes){key->public_key.hash,
                                      sizeof(key->public_key.hash)});
        done = duo_tool_key_sign(key, digest, &signature, error);
        append_tlv(&entries,
                   key->public_key.type == DUO_KEY_P256 ? DUO_TLV_ECDSA_SIG
                                                        : DUO_TLV_ED25519,
                   duo_tool_buffer_view(&signature));
    }
    done =
        done && append_area(image, DUO_TLV_MAGIC_UNPROTECTED, &entries, error);
    duo_tool_buffer_free(&entries);
    duo_tool_buffer_free(&signature);
    return done;
}

static bool check_fit(const struct duo_tool_sign_options *options,
                      size_t image_bytes, struct duo_tool_error *error)
{
    uint32_t trailer_bytes = duo_tool_trailer_bytes(options);

    if (options->slot_bytes != 0 &&
        (trailer_bytes > options->slot_bytes ||
         image_bytes > options->slot_bytes - trailer_bytes)) {
        return duo_tool_fail(
            error, DUO_EXIT_INPUT,
            "the image (0x%zx bytes) and its trailer (0x%x bytes) do not fit "
            "into the slot (0x%x bytes)",
            image_bytes, trailer_bytes, options->slot_bytes);
    }
    return true;
}

bool duo_tool_image_make(struct duo_bytes input,
                         const struct duo_tool_sign_options *options,
                         const struct duo_tool_key *key,
                         struct duo_tool_buffer *image,
                         struct duo_tool_error *error)
{
    struct duo_tool_buffer entries = {0};
    uint32_t protected_bytes = 0;
    bool done;

    *image = (struct duo_tool_buffer){0};
    if (options->header_bytes < DUO_IMAGE_HEADER_BYTES ||
        options->header_bytes > UINT16_MAX) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "the header size must be from %u to %u bytes",
                             DUO_IMAGE_HEADER_BYTES, UINT16_MAX);
    }
    done = duo_tool_image_has_room(input, options, error);
    if (done) {
        if (options->pad_header) {
            duo_tool_buffer_fill(image, ERASED, options->header_bytes);
        }
        duo_tool_buffer_append(image, input);
        protected_entries(options, &entries);
        if (entries.len_bytes > 0) {
            protected_bytes = (uint32_t)entries.len_bytes + DUO_TLV_INFO_BYTES;
        }
        store_header(options, image, protected_bytes);
    }
    if (done && protected_bytes != 0) {
        done = append_area(image, DUO_TLV_MAGIC_PROTECTED, &entries, error);
    }
    done = done && append_signed_area(options, key, image, error) &&
           check_fit(options, image->len_bytes, error);
    duo_tool_buffer_free(&entries);
    if (!done) {
        duo_tool_buffer_free(image);
    }
    return done;
}

void duo_tool_image_pad(const struct duo_tool_sign_options *options,
                        struct duo_tool_buffer *image)
{
    uint32_t magic_off = options->slot_bytes - DUO_TOOL_TRAILER_MAGIC_BYTES;

    /* duo_tool_image_make() has checked that the trailer fits behind. */
    duo_tool_buffer_fill(image, ERASED, magic_off - image->len_bytes);
    if (options->trailer.confirm) {
        image->data[magic_off - DUO_TOOL_MAX_ALIGN_BYTES] = 1;
    }
    duo_tool_buffer_append(
        image, (struct duo_bytes){trailer_magic, sizeof(trailer_magic)});
}

void duo_tool_image_hex(const struct duo_tool_sign_options *options,
                        struct duo_bytes image, uint32_t addr,
                        struct duo_tool_buffer *text)
{
    uint8_t tail[DUO_TOOL_MAX_ALIGN_BYTES + sizeof(trailer_magic)];

    duo_tool_hex_encode(text, (struct duo_tool_hex_segment){addr, image});
    if (options->trailer.present) {
        memset(tail, ERASED, sizeof(tail));
        tail[0] = options->trailer.confirm ? 1 : ERASED;
        memcpy(tail + DUO_TOOL_MAX_ALIGN_BYTES, trailer_magic,
               sizeof(trailer_magic));
        duo_tool_hex_encode(
            text, (struct duo_tool_hex_segment){
                      addr + options->slot_bytes - (uint32_t)sizeof(tail),
                      {tail, sizeof(tail)}
        });
    }
    duo_tool_hex_end(text);
}
