/* SPDX-License-Identifier: MIT */
/* The ARM binaries on the virtual board; see arm_rig.h. */
#include "arm_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto_openssl.h"
#include "duo_layouts.h"
#include "firmware_file.h"
#include "trust.h"

#define FACTORY_NS (20000U * ARM_MS)
/* Space for header and TLVs of a signed image. */
#define IMAGE_ROOM_BYTES 0x320U

static void die(const char *what, const char *why)
{
    fprintf(stderr, "arm rig: %s: %s\n", what, why);
    abort();
}

uint64_t arm_random(uint64_t *state)
{
    uint64_t value = *state += 0x9E3779B97F4A7C15U;

    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

static void on_uart(void *ctx, enum duo_vb_uart uart, uint64_t time_ns,
                    uint8_t byte)
{
    struct arm_rig *rig = ctx;
    struct arm_console *console = &rig->consoles[uart];

    if (rig->on_byte != NULL) {
        rig->on_byte(rig->on_byte_ctx, uart, time_ns, byte);
    }
    if (rig->verbose) {
        (void)fputc(byte, stderr);
    }
    if (console->len_bytes + 1U >= sizeof(console->text)) {
        return;
    }
    console->text[console->len_bytes++] = (char)byte;
    console->text[console->len_bytes] = '\0';
    if (uart == DUO_VB_UART_APP && byte == '\n' && rig->wanted != NULL &&
        strstr(console->text, rig->wanted) != NULL) {
        duo_vb_stop(rig->vb);
    }
}

static void on_op(void *ctx, const struct duo_vb_op *op)
{
    struct arm_rig *rig = ctx;

    if (rig->on_op != NULL) {
        rig->on_op(rig->on_op_ctx, op);
    }
}

static void on_note(void *ctx, uint64_t time_ns, const char *text)
{
    const struct arm_rig *rig = ctx;

    if (rig->verbose) {
        fprintf(stderr, "[%llu us] %s\n", (unsigned long long)(time_ns / 1000U),
                text);
    }
}

static struct duo_tool_firmware_file read_firmware(const char *name)
{
    char path[512];
    struct duo_tool_error error;
    struct duo_tool_firmware_file file;
    const struct duo_tool_firmware_source source = {.path = path};

    (void)snprintf(path, sizeof(path), "%s/%s.elf", DUO_FIRMWARE_DIR, name);
    if (!duo_tool_firmware_file_read(&source, &file, &error)) {
        die(path, error.text);
    }
    return file;
}

static void load(struct arm_rig *rig, const char *name)
{
    struct duo_tool_firmware_file file = read_firmware(name);

    for (size_t i = 0; i < file.segment_count; i++) {
        const struct duo_tool_firmware_segment *segment = &file.segments[i];
        duo_sim_poke(segment->memory == DUO_TOOL_MEMORY_NET_FLASH
                         ? rig->native->net
                         : rig->native->app,
                     segment->off_bytes, segment->bytes);
    }
    duo_tool_firmware_file_free(&file);
}

void arm_rig_create(struct arm_rig *rig, bool verbose)
{
    struct duo_tool_error error;
    struct duo_tool_trust trust;
    char message[200];

    memset(rig, 0, sizeof(*rig));
    rig->verbose = verbose;
    if (!duo_tool_key_load(DUO_TEST_KEYS "/test-p256.pem", &rig->key, &error)) {
        die("key", error.text);
    }
    duo_tool_trust_from_layout(&duo_layout_nrf5340dk, &trust);
    rig->trust = trust.trust;
    rig->trust.keys = &rig->key.public_key;
    rig->trust.key_count = 1;
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        rig->crypto[core] = duo_crypto_openssl_create();
    }
    const struct duo_native_config config = {
        .layout = &duo_layout_nrf5340dk,
        .trust = &rig->trust,
        .app_crypto = rig->crypto[DUO_CORE_APP],
        .net_crypto = rig->crypto[DUO_CORE_NET],
    };
    rig->native = duo_native_create(&config);
    const struct duo_vb_config vb = {
        .world = &rig->native->world,
        .app = rig->native->app,
        .net = rig->native->net,
        .ext = rig->native->ext,
        .seed = 1,
        .on_uart = on_uart,
        .on_op = on_op,
        .on_note = on_note,
        .ctx = rig,
    };
    load(rig, "appboot");
    load(rig, "netboot");
    rig->vb = duo_vb_create(&vb, message);
    if (rig->vb == NULL) {
        die("virtual board", message);
    }
}

void arm_rig_destroy(struct arm_rig *rig)
{
    duo_vb_destroy(rig->vb);
    duo_native_destroy(rig->native);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        duo_crypto_openssl_destroy(rig->crypto[core]);
    }
    for (unsigned i = 0; i < rig->image_count; i++) {
        free((void *)(uintptr_t)rig->images[i].bytes.data);
    }
    duo_tool_key_free(&rig->key);
}

/* The demo's code as its linker made it, then the filler. */
static uint8_t *payload(const struct arm_image_spec *spec, size_t *len_bytes)
{
    struct duo_tool_firmware_file file = read_firmware(spec->firmware);
    const struct duo_tool_firmware_segment *first = &file.segments[0];
    const struct duo_tool_firmware_segment *last =
        &file.segments[file.segment_count - 1U];
    size_t code_bytes = last->addr + last->bytes.len_bytes - first->addr;
    size_t filled_bytes =
        spec->total_bytes == 0 ? 0 : spec->total_bytes - IMAGE_ROOM_BYTES;
    uint64_t state = spec->seed;

    *len_bytes = code_bytes > filled_bytes ? code_bytes : filled_bytes;
    uint8_t *bytes = malloc(*len_bytes);
    if (bytes == NULL) {
        die(spec->firmware, "no memory");
    }
    for (size_t i = 0; i < *len_bytes; i++) {
        bytes[i] = i < code_bytes ? 0xFFU : (uint8_t)arm_random(&state);
    }
    for (size_t i = 0; i < file.segment_count; i++) {
        const struct duo_tool_firmware_segment *segment = &file.segments[i];
        memcpy(bytes + (segment->addr - first->addr), segment->bytes.data,
               segment->bytes.len_bytes);
    }
    duo_tool_firmware_file_free(&file);
    return bytes;
}

const struct arm_image *arm_make(struct arm_rig *rig,
                                 const struct arm_image_spec *spec)
{
    struct duo_tool_sign_options options = duo_tool_sign_defaults();
    struct duo_tool_buffer out = {0};
    struct duo_tool_error error;
    size_t len_bytes;
    struct arm_image *image = &rig->images[rig->image_count];
    const struct duo_dependency dependency = {
        .core = spec->core == DUO_CORE_APP ? DUO_CORE_NET : DUO_CORE_APP,
        .version_min = {.major = 1, .minor = spec->depends_minor},
    };

    if (rig->image_count == ARM_IMAGES_MAX) {
        die(spec->firmware, "too many images");
    }
    uint8_t *bytes = payload(spec, &len_bytes);
    options.version = (struct duo_version){1, spec->minor, 0, 0};
    options.pad_header = true;
    options.core = spec->core;
    options.target_tlv = true;
    if (spec->depends_minor != 0) {
        options.dependencies = &dependency;
        options.dependency_count = 1;
    }
    if (!duo_tool_image_make((struct duo_bytes){bytes, len_bytes}, &options,
                             &rig->key, &out, &error)) {
        die(spec->firmware, error.text);
    }
    free(bytes);
    image->core = spec->core;
    image->minor = spec->minor;
    image->bytes = (struct duo_bytes){out.data, out.len_bytes};
    rig->image_count++;
    return image;
}

const struct arm_image *arm_adopt(struct arm_rig *rig,
                                  const struct arm_image *image)
{
    struct arm_image *copy = &rig->images[rig->image_count];
    uint8_t *bytes = malloc(image->bytes.len_bytes);

    if (bytes == NULL || rig->image_count == ARM_IMAGES_MAX) {
        die("image", "too many images");
    }
    memcpy(bytes, image->bytes.data, image->bytes.len_bytes);
    *copy = *image;
    copy->bytes.data = bytes;
    rig->image_count++;
    return copy;
}

bool arm_run(struct arm_rig *rig, const char *wanted, uint64_t limit_ns)
{
    rig->wanted = wanted;
    duo_vb_run(rig->vb, duo_vb_now_ns(rig->vb) + limit_ns, &rig->stop);
    rig->wanted = NULL;
    return wanted != NULL && arm_says(rig, DUO_VB_UART_APP, wanted);
}

bool arm_boot(struct arm_rig *rig, const struct duo_vb_cut *cut,
              const char *wanted, uint64_t limit_ns)
{
    for (unsigned i = 0; i < DUO_VB_UART_COUNT; i++) {
        rig->consoles[i].len_bytes = 0;
        rig->consoles[i].text[0] = '\0';
    }
    duo_vb_power_on(rig->vb, cut);
    return arm_run(rig, wanted, limit_ns);
}

void arm_type(struct arm_rig *rig, const char *line)
{
    struct duo_bytes bytes = {(const uint8_t *)line, strlen(line)};

    duo_vb_uart_send(rig->vb, DUO_VB_UART_APP, bytes);
    duo_vb_uart_send(rig->vb, DUO_VB_UART_APP,
                     (struct duo_bytes){(const uint8_t *)"\r", 1});
}

bool arm_says(const struct arm_rig *rig, enum duo_vb_uart uart,
              const char *words)
{
    return strstr(rig->consoles[uart].text, words) != NULL;
}

void arm_factory(struct arm_rig *rig, const struct arm_image *app,
                 const struct arm_image *net)
{
    if (!duo_native_program(rig->native, DUO_CORE_APP, app->bytes) ||
        !duo_native_program(rig->native, DUO_CORE_NET, net->bytes)) {
        die("factory", "an image does not fit");
    }
    if (!arm_boot(rig, NULL, ARM_WELL, FACTORY_NS)) {
        die("factory", rig->consoles[DUO_VB_UART_APP].text);
    }
    duo_vb_power_off(rig->vb);
}

void arm_stage(struct arm_rig *rig, enum duo_core slot,
               const struct arm_image *image, bool permanent)
{
    struct duo_sim_cut none = {0};

    duo_vb_power_off(rig->vb);
    duo_sim_power_up(&rig->native->world, none);
    if (duo_native_stage(rig->native, slot, image->bytes, permanent) !=
        DUO_OK) {
        die("stage", "the flash failed");
    }
}

const struct arm_image *arm_active(struct arm_rig *rig, enum duo_core core)
{
    for (unsigned i = 0; i < rig->image_count; i++) {
        const struct arm_image *image = &rig->images[i];
        if (image->core == core &&
            duo_native_holds(rig->native, core, image->bytes)) {
            return image;
        }
    }
    return NULL;
}
