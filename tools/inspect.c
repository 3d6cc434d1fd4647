/* SPDX-License-Identifier: MIT */
/* Takes an image apart; see inspect.h. This is not the boot loader's parser,
 * which stops at the first defect: this one goes on. */
#include "inspect.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "duo/image_format.h"
#include "key.h"
#include "text.h"
#include "tlv_name.h"

#define TRAILER_MAGIC_BYTES 16U
#define TRAILER_OK_BYTES    24U /* image_ok from the end of the slot. */

struct inspection {
    struct duo_bytes bytes;
    const struct duo_trust *trust;
    json_t *report;
    json_t *defects;
    uint64_t header_bytes;
    uint64_t payload_bytes;
    uint64_t signed_bytes; /* What the digest covers. */
    json_t *digest_tlv;    /* Borrowed; NULL: none. */
};

static void defect(struct inspection *it, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void defect(struct inspection *it, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start() did. */
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    (void)json_array_append_new(it->defects, json_string(text));
}

static json_t *hex_json(struct duo_bytes bytes)
{
    char *text = malloc(2 * bytes.len_bytes + 1);
    json_t *string;

    if (text == NULL) {
        return json_null();
    }
    duo_tool_format_hex(bytes, text);
    string = json_string(text);
    free(text);
    return string;
}

static json_t *address_json(uint32_t addr)
{
    char text[16];

    (void)snprintf(text, sizeof(text), "0x%08x", addr);
    return json_string(text);
}

static struct duo_version version_at(const uint8_t *data)
{
    return (struct duo_version){data[0], data[1], duo_load_le16(data + 2),
                                duo_load_le32(data + 4)};
}

static json_t *version_json(const uint8_t *data)
{
    struct duo_version version = version_at(data);
    char text[32];

    duo_version_format(&version, text);
    return json_string(text);
}

static json_t *flags_json(uint32_t flags)
{
    json_t *names = json_array();

    for (uint32_t bit = 0; bit < 32; bit++) {
        if ((flags & (1U << bit)) != 0) {
            (void)json_array_append_new(
                names, json_string(duo_tool_flag_name(1U << bit)));
        }
    }
    return names;
}

/* False if there is nothing behind the header to look at. */
static bool inspect_header(struct inspection *it)
{
    const uint8_t *data = it->bytes.data;
    uint32_t magic;
    uint32_t flags;

    if (it->bytes.len_bytes < DUO_IMAGE_HEADER_BYTES) {
        defect(it, "offset 0x0: the file is shorter than a header (%u bytes)",
               DUO_IMAGE_HEADER_BYTES);
        return false;
    }
    magic = duo_load_le32(data + DUO_IMAGE_OFF_MAGIC);
    flags = duo_load_le32(data + DUO_IMAGE_OFF_FLAGS);
    it->header_bytes = duo_load_le16(data + DUO_IMAGE_OFF_HEADER_BYTES);
    it->payload_bytes = duo_load_le32(data + DUO_IMAGE_OFF_PAYLOAD_BYTES);
    (void)json_object_set_new(
        it->report, "header",
        json_pack("{s:o,s:o,s:I,s:I,s:I,s:o,s:o,s:o}", "magic",
                  address_json(magic), "load_addr",
                  address_json(duo_load_le32(data + DUO_IMAGE_OFF_LOAD_ADDR)),
                  "header_bytes", (json_int_t)it->header_bytes,
                  "protected_tlv_bytes",
                  (json_int_t)duo_load_le16(data + DUO_IMAGE_OFF_PROTECTED),
                  "payload_bytes", (json_int_t)it->payload_bytes, "flags",
                  address_json(flags), "flag_names", flags_json(flags),
                  "version", version_json(data + DUO_IMAGE_OFF_VERSION)));
    if (magic != DUO_IMAGE_MAGIC) {
        defect(it, "offset 0x0: the magic is 0x%08x and not 0x%08x", magic,
               DUO_IMAGE_MAGIC);
        return false;
    }
    if (it->header_bytes < DUO_IMAGE_HEADER_BYTES) {
        defect(it, "offset 0x8: the header size is smaller than %u",
               DUO_IMAGE_HEADER_BYTES);
        return false;
    }
    return true;
}

static void inspect_vectors(struct inspection *it)
{
    const uint8_t *vectors = it->bytes.data + it->header_bytes;
    enum duo_core core;

    if (it->header_bytes + DUO_IMAGE_VECTOR_BYTES > it->bytes.len_bytes) {
        defect(it, "offset 0x%llx: the file ends before the vector table",
               (unsigned long long)it->header_bytes);
        return;
    }
    core = duo_tool_core_of_vectors(it->bytes, (uint32_t)it->header_bytes,
                                    it->trust);
    (void)json_object_set_new(
        it->report, "vectors",
        json_pack("{s:o,s:o,s:s}", "initial_sp_addr",
                  address_json(duo_load_le32(vectors)), "reset_addr",
                  address_json(duo_load_le32(vectors + 4)), "core",
                  duo_core_name(core)));
}

/* What a TLV says, in words; NULL for those that are only bytes. */
static json_t *meaning_json(uint16_t type, struct duo_bytes value)
{
    char text[96];

    if (type == DUO_TLV_DEPENDENCY &&
        value.len_bytes == DUO_TLV_DEPENDENCY_BYTES) {
        struct duo_version version = version_at(value.data + 4);
        char version_text[32];
        duo_version_format(&version, version_text);
        (void)snprintf(text, sizeof(text), "needs the %s image at %s or newer",
                       value.data[0] > 1
                           ? "unknown"
                           : duo_core_name((enum duo_core)value.data[0]),
                       version_text);
        return json_string(text);
    }
    if (type == DUO_TLV_SECURITY_COUNTER && value.len_bytes == 4) {
        (void)snprintf(text, sizeof(text), "security counter %u",
                       duo_load_le32(value.data));
        return json_string(text);
    }
    if (type == DUO_TLV_TARGET && value.len_bytes == DUO_TLV_TARGET_BYTES) {
        (void)snprintf(text, sizeof(text), "for the %s core",
                       value.data[1] > 1
                           ? "unknown"
                           : duo_core_name((enum duo_core)value.data[1]));
        return json_string(text);
    }
    return NULL;
}

static json_t *entry_json(struct inspection *it, uint64_t off,
                          uint16_t len_bytes)
{
    const uint8_t *data = it->bytes.data + off;
    uint16_t type = duo_load_le16(data);
    struct duo_bytes value = {data + DUO_TLV_ENTRY_BYTES, len_bytes};
    json_t *entry =
        json_pack("{s:I,s:i,s:s,s:i,s:o}", "off_bytes", (json_int_t)off, "type",
                  (int)type, "name", duo_tool_tlv_name(type), "len_bytes",
                  (int)len_bytes, "value", hex_json(value));
    json_t *meaning = meaning_json(type, value);

    if (meaning != NULL) {
        (void)json_object_set_new(entry, "meaning", meaning);
    }
    if (type == DUO_TLV_SHA256 && it->digest_tlv == NULL) {
        it->digest_tlv = json_object_get(entry, "value");
    }
    if (type == DUO_TLV_KEYHASH && len_bytes == DUO_SHA256_BYTES) {
        bool known = false;
        for (uint32_t i = 0; i < it->trust->key_count; i++) {
            known = known || memcmp(it->trust->keys[i].hash, value.data,
                                    DUO_SHA256_BYTES) == 0;
        }
        if (it->trust->key_count > 0) {
            (void)json_object_set_new(
                entry, "meaning",
                json_string(known ? "a key that you gave" : "another key"));
        }
    }
    return entry;
}

struct span {
    uint64_t off;
    uint64_t end;
};

static json_t *entries_json(struct inspection *it, struct span span)
{
    uint64_t off = span.off;
    json_t *entries = json_array();

    while (off < span.end) {
        uint16_t len_bytes;
        if (span.end - off < DUO_TLV_ENTRY_BYTES) {
            defect(it, "offset 0x%llx: %llu bytes too many in the TLV area",
                   (unsigned long long)off,
                   (unsigned long long)(span.end - off));
            break;
        }
        len_bytes = duo_load_le16(it->bytes.data + off + 2);
        if (len_bytes > span.end - off - DUO_TLV_ENTRY_BYTES) {
            defect(it,
                   "offset 0x%llx: TLV 0x%04x of %u bytes reaches beyond its "
                   "area",
                   (unsigned long long)off, duo_load_le16(it->bytes.data + off),
                   len_bytes);
            break;
        }
        (void)json_array_append_new(entries, entry_json(it, off, len_bytes));
        off += DUO_TLV_ENTRY_BYTES + (uint64_t)len_bytes;
    }
    return entries;
}

/* The area at @p off; returns where the next one begins, 0: there is none. */
static uint64_t inspect_area(struct inspection *it, uint64_t off, json_t *areas)
{
    uint16_t magic;
    uint64_t end;

    if (off + DUO_TLV_INFO_BYTES > it->bytes.len_bytes) {
        defect(it, "offset 0x%llx: the file (0x%zx bytes) ends before the TLVs",
               (unsigned long long)off, it->bytes.len_bytes);
        return 0;
    }
    magic = duo_load_le16(it->bytes.data + off);
    end = off + duo_load_le16(it->bytes.data + off + 2);
    if (magic != DUO_TLV_MAGIC_PROTECTED &&
        magic != DUO_TLV_MAGIC_UNPROTECTED) {
        defect(it, "offset 0x%llx: 0x%04x is not the magic of a TLV area",
               (unsigned long long)off, magic);
        return 0;
    }
    if (end > it->bytes.len_bytes || end < off + DUO_TLV_INFO_BYTES) {
        defect(it,
               "offset 0x%llx: the TLV area says %llu bytes, but there are "
               "%llu up to the end of the file",
               (unsigned long long)off + 2, (unsigned long long)(end - off),
               (unsigned long long)(it->bytes.len_bytes - off));
        end = it->bytes.len_bytes;
    }
    if (magic == DUO_TLV_MAGIC_PROTECTED &&
        end - off != duo_load_le16(it->bytes.data + DUO_IMAGE_OFF_PROTECTED)) {
        defect(it,
               "offset 0x%x: the header gives another size for the protected "
               "TLVs",
               DUO_IMAGE_OFF_PROTECTED);
    }
    (void)json_array_append_new(
        areas, json_pack("{s:I,s:I,s:b,s:o}", "off_bytes", (json_int_t)off,
                         "len_bytes", (json_int_t)(end - off), "protected",
                         magic == DUO_TLV_MAGIC_PROTECTED, "tlvs",
                         entries_json(it, (struct span){
                                              off + DUO_TLV_INFO_BYTES, end})));
    if (magic == DUO_TLV_MAGIC_PROTECTED) {
        it->signed_bytes = end;
        return end;
    }
    return 0;
}

static void inspect_digest(struct inspection *it)
{
    uint8_t digest[DUO_SHA256_BYTES];
    json_t *computed;

    if (it->signed_bytes > it->bytes.len_bytes) {
        return;
    }
    duo_tool_sha256(
        (struct duo_bytes){it->bytes.data, (size_t)it->signed_bytes}, digest);
    computed = hex_json((struct duo_bytes){digest, sizeof(digest)});
    (void)json_object_set_new(
        it->report, "digest",
        json_pack("{s:O,s:b}", "computed", computed, "matches",
                  it->digest_tlv != NULL &&
                      json_equal(it->digest_tlv, computed)));
    json_decref(computed);
}

/* A file that was padded to its slot's size has a trailer at its end. */
static void inspect_trailer(struct inspection *it)
{
    static const uint8_t magic[TRAILER_MAGIC_BYTES] = {
        0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF, 0x7F,
        0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80};
    const uint8_t *end = it->bytes.data + it->bytes.len_bytes;

    if (it->bytes.len_bytes < TRAILER_OK_BYTES ||
        memcmp(end - sizeof(magic), magic, sizeof(magic)) != 0) {
        return;
    }
    (void)json_object_set_new(
        it->report, "trailer",
        json_pack("{s:I,s:b}", "magic_off_bytes",
                  (json_int_t)(it->bytes.len_bytes - sizeof(magic)),
                  "confirmed", *(end - TRAILER_OK_BYTES) == 1));
}

static void inspect_verdict(struct inspection *it)
{
    struct duo_tool_verdict verdict;
    const struct duo_reason_text *text;

    if (it->trust->key_count == 0) {
        (void)json_object_set_new(it->report, "verdict", json_null());
        return;
    }
    duo_tool_check_image(it->bytes, it->trust, &verdict);
    text = duo_reason_text(verdict.reason);
    (void)json_object_set_new(it->report, "verdict",
                              json_pack("{s:b,s:s,s:s}", "accepted",
                                        verdict.verdict == DUO_VERDICT_ACCEPT,
                                        "reason_name", text->name, "sentence",
                                        text->sentence));
}

json_t *duo_inspect_bytes(struct duo_bytes bytes, const struct duo_trust *trust)
{
    struct inspection it = {.bytes = bytes, .trust = trust};
    json_t *areas = json_array();

    it.report = json_pack("{s:I}", "size_bytes", (json_int_t)bytes.len_bytes);
    it.defects = json_array();
    if (inspect_header(&it)) {
        uint64_t off;
        inspect_vectors(&it);
        it.signed_bytes = it.header_bytes + it.payload_bytes;
        off = it.signed_bytes;
        /* At most two areas: a second protected one is a defect. */
        for (unsigned i = 0; i < 2 && off != 0; i++) {
            off = inspect_area(&it, off, areas);
        }
        if (off != 0) {
            defect(&it, "offset 0x%llx: no unprotected TLV area",
                   (unsigned long long)off);
        }
        inspect_digest(&it);
    }
    (void)json_object_set_new(it.report, "areas", areas);
    inspect_trailer(&it);
    (void)json_object_set_new(it.report, "defects", it.defects);
    inspect_verdict(&it);
    return it.report;
}
