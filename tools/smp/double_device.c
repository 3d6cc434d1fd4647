/* SPDX-License-Identifier: MIT */
/* For tests: a device and a bad line to it; see double_device.h. */
#include "double_device.h"

#include <stdlib.h>

#include "duo_layouts.h"

#define HEADER_BYTES  0x200U
#define PAYLOAD_BYTES 6000U

static struct double_device *of(struct double_end *end)
{
    return (struct double_device *)(void *)end;
}

static void turn(struct double_end *end, uint64_t until_us)
{
    struct double_device *device = of(end);

    if (++device->turn_count == device->cut_after) {
        double_device_power_cycle(device);
    }
    double_end_turn(end, until_us);
}

static void destroy(struct double_end *end)
{
    double_device_destroy(of(end));
}

/* --- Making it --- */

void double_device_image(struct double_device *device, enum duo_core core,
                         uint8_t seed, uint32_t payload_bytes,
                         struct duo_tool_buffer *image)
{
    const struct duo_tool_firmware firmware = {
        .core = core,
        .payload_bytes = payload_bytes,
        .header_bytes = HEADER_BYTES,
        .seed = seed,
    };
    struct duo_tool_sign_options options = duo_tool_sign_defaults();

    options.version = (struct duo_version){.major = seed};
    options.target_tlv = true;
    duo_tool_fixture_image(&device->fixture, &firmware, options,
                           &device->fixture.keys[0], image);
}

void double_device_power_cycle(struct double_device *device)
{
    const struct duo_sim_cut none = {0, DUO_SIM_CUT_BEFORE, 0};

    double_end_clear(&device->end);
    (void)duo_native_power_cycle(device->board, none);
    duo_native_device_restart(&device->end.device);
}

static void make_board(struct double_device *device)
{
    struct duo_native_config config = {
        .layout = &duo_layout_nrf5340dk,
        .trust = &device->fixture.board.trust,
        /* All of it as the enumerations begin. */
        .policy = {.net_start = DUO_NET_START_BY_APP},
    };

    for (unsigned i = 0; i < 3; i++) {
        device->crypto[i] = duo_crypto_openssl_create();
    }
    config.app_crypto = device->crypto[0];
    config.net_crypto = device->crypto[1];
    device->board = duo_native_create(&config);
    for (unsigned core = 0; core < 2; core++) {
        double_device_image(device, (enum duo_core)core, 1, PAYLOAD_BYTES,
                            &device->firmware[core]);
        if (!duo_native_program(
                device->board, (enum duo_core)core,
                duo_tool_buffer_view(&device->firmware[core]))) {
            abort();
        }
    }
}

struct double_device *double_device_create(enum double_coding coding,
                                           uint64_t seed)
{
    static const struct double_end_ops ops = {.turn = turn, .destroy = destroy};
    const struct duo_sim_cut none = {0, DUO_SIM_CUT_BEFORE, 0};
    struct double_device *device = calloc(1, sizeof(*device));

    if (device == NULL) {
        abort();
    }
    device->end.ops = &ops;
    device->end.coding = coding;
    double_end_init(&device->end, seed);
    device->end.link.silence_us =
        coding == DOUBLE_RAW ? DUO_STREAM_SILENCE_US : 0;
    duo_tool_fixture_open(&device->fixture);
    make_board(device);
    (void)duo_native_power_cycle(device->board, none);
    double_end_begin(&device->end, device->board, device->crypto[2]);
    return device;
}

void double_device_faults(struct double_device *device,
                          const struct double_faults *faults)
{
    struct double_faults own = *faults;

    if (device->end.coding == DOUBLE_PACKETS) {
        /* UDP's checksum turns damage into loss. */
        own.drop += own.corrupt + own.cut;
        own.corrupt = 0;
        own.cut = 0;
    }
    double_end_faults(&device->end, &own);
}

void double_device_destroy(struct double_device *device)
{
    double_end_free(&device->end);
    duo_tool_buffer_free(&device->firmware[0]);
    duo_tool_buffer_free(&device->firmware[1]);
    duo_native_destroy(device->board);
    for (unsigned i = 0; i < 3; i++) {
        duo_crypto_openssl_destroy(device->crypto[i]);
    }
    duo_tool_fixture_close(&device->fixture);
    free(device);
}
