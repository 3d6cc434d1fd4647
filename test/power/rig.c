/* SPDX-License-Identifier: MIT */
/* Boards with signed images; see rig.h. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto_openssl.h"
#include "duo/journal.h"
#include "image_writer.h"
#include "trust.h"

#define HEADER_BYTES 0x200U
/* Space for TLVs behind the payload; imgtool's own images need less. */
#define TLV_BYTES 0x120U

static void die(const char *what)
{
    fprintf(stderr, "rig: %s\n", what);
    abort();
}

static uint64_t mix(uint64_t *state)
{
    uint64_t value = *state += 0x9E3779B97F4A7C15U;

    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

static void print_event(void *ctx, uint64_t time_us,
                        const struct duo_event *event)
{
    const struct rig *rig = ctx;
    char text[256];

    if (rig->verbose) {
        duo_event_format(event, text, sizeof(text));
        fprintf(stderr, "[%4u.%06u] %s\n", (unsigned)(time_us / 1000000U),
                (unsigned)(time_us % 1000000U), text);
    }
}

static struct duo_tool_key *load_key(const char *path)
{
    struct duo_tool_key *key = calloc(1, sizeof(*key));
    struct duo_tool_error error;

    if (key == NULL || !duo_tool_key_load(path, key, &error)) {
        die(path);
    }
    return key;
}

static struct duo_tool_key *stranger(void)
{
    struct duo_tool_key *key = calloc(1, sizeof(*key));
    struct duo_tool_error error;

    if (key == NULL || !duo_tool_key_generate(DUO_KEY_ED25519, key, &error)) {
        die("no key");
    }
    return key;
}

void rig_create(struct rig *rig, const struct rig_options *options)
{
    struct duo_tool_trust trust;

    memset(rig, 0, sizeof(*rig));
    rig->verbose = options->verbose;
    rig->app_crypto = duo_crypto_openssl_create();
    rig->net_crypto = duo_crypto_openssl_create();
    struct duo_tool_key *key = load_key(DUO_TEST_KEYS "/test-ed25519.pem");
    rig->signing_key = key;
    rig->stranger_key = stranger();
    rig->key = key->public_key;
    duo_tool_trust_from_layout(options->layout, &trust);
    rig->trust = trust.trust;
    rig->trust.keys = &rig->key;
    rig->trust.key_count = 1;
    const struct duo_native_config config = {
        .layout = options->layout,
        .trust = &rig->trust,
        .app_crypto = rig->app_crypto,
        .net_crypto = rig->net_crypto,
        .policy = options->policy,
        .charge_cpu = options->charge_cpu,
        .on_event = print_event,
        .ctx = rig,
    };
    rig->board = duo_native_create(&config);
}

void rig_destroy(struct rig *rig)
{
    for (unsigned i = 0; i < rig->image_count; i++) {
        free((void *)(uintptr_t)rig->images[i].bytes.data);
    }
    duo_tool_key_free(rig->signing_key);
    free(rig->signing_key);
    duo_tool_key_free(rig->stranger_key);
    free(rig->stranger_key);
    duo_native_destroy(rig->board);
    duo_crypto_openssl_destroy(rig->app_crypto);
    duo_crypto_openssl_destroy(rig->net_crypto);
}

static bool is_changed(const struct rig_image_spec *spec, uint32_t unit)
{
    for (uint32_t i = 0; i < spec->changed_count; i++) {
        if (spec->changed_units[i] == unit) {
            return true;
        }
    }
    return false;
}

/* Random words, unit by unit, so that units differ or not as asked; in front
 * a vector table that fits the core. */
static void fill_payload(const struct rig *rig,
                         const struct rig_image_spec *spec, uint8_t *payload,
                         uint32_t payload_bytes)
{
    uint32_t code_addr = rig->trust.code[spec->core].addr;
    uint32_t stack_addr =
        spec->core == DUO_CORE_APP ? 0x20010000U : 0x21008000U;

    for (uint32_t off = 0; off < payload_bytes; off += 4U) {
        uint32_t unit = (off + HEADER_BYTES) / DUO_UNIT_BYTES;
        uint64_t state =
            (is_changed(spec, unit) ? spec->change_seed : spec->seed) *
                0x100000001B3U +
            off;
        bool blank = spec->blank_unit != 0 && unit == spec->blank_unit;
        duo_store_le32(payload + off,
                       blank ? UINT32_MAX : (uint32_t)mix(&state));
    }
    duo_store_le32(payload, stack_addr);
    duo_store_le32(payload + 4, code_addr + HEADER_BYTES + 0x101U);
}

const struct rig_image *rig_make(struct rig *rig,
                                 const struct rig_image_spec *spec)
{
    struct duo_tool_sign_options options = duo_tool_sign_defaults();
    struct duo_tool_buffer out = {0};
    struct duo_tool_error error;
    struct duo_dependency need = {
        .core = spec->core == DUO_CORE_APP ? DUO_CORE_NET : DUO_CORE_APP,
        .version_min = {1, spec->needs_minor, 0, 0},
    };
    uint32_t payload_bytes = spec->total_bytes - HEADER_BYTES - TLV_BYTES;
    /* Filled word by word, also where the last one is not whole. */
    uint8_t *payload = malloc(payload_bytes + 3U);
    struct rig_image *image = &rig->images[rig->image_count];

    if (payload == NULL || rig->image_count == RIG_IMAGES_MAX) {
        die("too many images");
    }
    fill_payload(rig, spec, payload, payload_bytes);
    options.version = (struct duo_version){1, spec->minor, 0, 0};
    options.header_bytes = HEADER_BYTES;
    options.pad_header = true;
    options.core = spec->core;
    options.target_tlv = true;
    options.has_security_counter = spec->security_counter != 0;
    options.security_counter = spec->security_counter;
    options.dependencies = &need;
    options.dependency_count = spec->needs_minor != 0;
    if (!duo_tool_image_make(
            (struct duo_bytes){payload, payload_bytes}, &options,
            spec->unknown_key ? rig->stranger_key : rig->signing_key, &out,
            &error)) {
        die("cannot make an image");
    }
    free(payload);
    if (spec->bad_signature) {
        out.data[HEADER_BYTES + 64U] ^= 1U;
    }
    image->core = spec->core;
    image->bytes = (struct duo_bytes){out.data, out.len_bytes};
    image->version = options.version;
    rig->image_count++;

    uint32_t tlv_off = HEADER_BYTES + payload_bytes;
    uint32_t protected_bytes = duo_load_le16(out.data + 10);
    /* The digest covers header, payload and protected TLVs. */
    duo_tool_sha256((struct duo_bytes){out.data, tlv_off + protected_bytes},
                    image->digest);
    return image;
}

struct duo_sim_cut rig_no_cut(void)
{
    return (struct duo_sim_cut){0, DUO_SIM_CUT_BEFORE, 0};
}

void rig_factory(struct rig *rig, const struct rig_image *app,
                 const struct rig_image *net)
{
    if (!duo_native_program(rig->board, DUO_CORE_APP, app->bytes) ||
        !duo_native_program(rig->board, DUO_CORE_NET, net->bytes)) {
        die("image does not fit");
    }
    const struct duo_boot_result *result =
        duo_native_power_cycle(rig->board, rig_no_cut());
    if (result->outcome != DUO_BOOT_START ||
        duo_native_net_image(rig->board) == NULL) {
        die("the factory images do not start");
    }
}

const struct rig_image *rig_active(struct rig *rig, enum duo_core core)
{
    for (unsigned i = 0; i < rig->image_count; i++) {
        const struct rig_image *image = &rig->images[i];
        if (image->core == core &&
            duo_native_holds(rig->board, core, image->bytes)) {
            return image;
        }
    }
    return NULL;
}

bool rig_journal_has(struct rig *rig, enum duo_reason reason,
                     enum duo_core core)
{
    struct duo_slots slots;
    struct duo_journal journal;
    struct duo_journal_entry entry;
    uint32_t cursor = 0;

    duo_native_slots(rig->board, &slots);
    duo_journal_open(&journal, &slots.journal);
    while (duo_journal_next(&journal, &cursor, &entry)) {
        if (entry.reason == reason &&
            (core == DUO_CORE_NONE || entry.core == core)) {
            return true;
        }
    }
    return false;
}
