/* SPDX-License-Identifier: MIT */
/* See native_device.h. */
#include "native_device.h"

#include <string.h>

#define TURN_NS 20000U

static const struct duo_smp_os_names names = {
    .kernel = "Duoboot",
    .node = "native",
    .machine = "host",
    .platform = "native_board",
    .os = "Duoboot",
};

static enum duo_err open_ext(void *ctx)
{
    struct duo_native_board *board =
        ((struct duo_native_device *)ctx)->config.board;

    board->ext->high_performance = !board->ext->absent;
    return board->ext->absent ? DUO_ERR_FLASH : DUO_OK;
}

static void close_ext(void *ctx)
{
    struct duo_native_board *board =
        ((struct duo_native_device *)ctx)->config.board;
    board->ext->high_performance = false;
}

static void settle(void *ctx)
{
    duo_smp_image_settle(&((struct duo_native_device *)ctx)->image);
}

/* The reset comes at the end of the turn: the server is still at work. */
static void reset(void *ctx, enum duo_smp_boot_mode mode)
{
    (void)mode; /* A host process has no boot loader to stay in. */
    ((struct duo_native_device *)ctx)->reset_asked = true;
}

static void tell_net(void *ctx, struct duo_smp_net_health *health)
{
    const struct duo_native_device *device = ctx;
    const struct duo_native_board *board = device->config.board;
    const struct duo_image *image = duo_native_net_image(board);

    memset(health, 0, sizeof(*health));
    health->held = board->world.net_step == NULL;
    health->well = image != NULL;
    health->seen = image != NULL;
    if (image != NULL) {
        health->version = image->version;
    }
}

static void open_image(struct duo_native_device *device)
{
    struct duo_native_board *board = device->config.board;
    const struct duo_slots_devices devices = {&board->app->flash, NULL,
                                              &board->ext->flash};
    const struct duo_smp_image_config config = {
        .slots = &device->slots,
        .trust = board->config.trust,
        .crypto = device->config.crypto,
        .clock = &board->world.app_clock,
        .policy = device->config.policy,
        .open_ext = open_ext,
        .close_ext = close_ext,
        .ctx = device,
        .ring = device->ring,
        .ring_bytes = sizeof(device->ring),
    };

    duo_slots_init(&device->slots, board->config.layout, &devices);
    duo_smp_image_init(&device->image, &config);
}

static void open_settings(struct duo_native_device *device)
{
    const struct duo_native_board *board = device->config.board;
    const struct duo_area area = duo_layout_area(
        board->config.layout, DUO_PARTITION_SETTINGS, &board->app->flash);

    device->settings_group = (struct duo_smp_settings){
        .settings = &device->settings, .before = settle, .ctx = device};
    device->basic = (struct duo_smp_basic){&device->settings_group};
    /* A flash that fails now fails at each request too, which is told. */
    (void)(duo_settings_open(&device->settings, &area) == DUO_OK);
}

static void open_files(struct duo_native_device *device)
{
    duo_crypto_small_hash_init(&device->fs_crypto);
    duo_ram_files_init(&device->ram, device->ram_memory,
                       sizeof(device->ram_memory));
    device->disk = duo_ram_files_disk(&device->ram, "/ram/");
    device->fs = (struct duo_smp_fs){.disk = &device->disk,
                                     .server = &device->server,
                                     .crypto = &device->fs_crypto.crypto};
}

static void open_groups(struct duo_native_device *device)
{
    struct duo_native_board *board = device->config.board;
    const struct duo_smp_group groups[DUO_NATIVE_DEVICE_GROUPS] = {
        {&duo_smp_os_group,       &device->os            },
        {&duo_smp_image_group,    &device->image         },
        {&duo_smp_stat_group,     &device->stats         },
        {&duo_smp_settings_group, &device->settings_group},
        {&duo_smp_fs_group,       &device->fs            },
        {&duo_smp_enum_group,     &device->server        },
        {&duo_smp_basic_group,    &device->basic         },
        {&duo_smp_duoboot_group,  &device->duoboot       },
    };

    memcpy(device->groups, groups, sizeof(groups));
    device->os = (struct duo_smp_os){.server = &device->server,
                                     .clock = &board->world.app_clock,
                                     .names = &names,
                                     .reset = reset,
                                     .ctx = device};
    device->stats = (struct duo_smp_stats){NULL, 0};
    device->duoboot = (struct duo_smp_duoboot){.image = &device->image,
                                               .layout = board->config.layout,
                                               .net = tell_net,
                                               .ctx = device};
}

void duo_native_device_restart(struct duo_native_device *device)
{
    const struct duo_smp_server_config server = {
        .groups = device->groups,
        .group_count = DUO_NATIVE_DEVICE_GROUPS,
        .memory = device->memory,
        .packet_bytes = DUO_NATIVE_DEVICE_PACKET_BYTES,
        .packet_count = DUO_NATIVE_DEVICE_PACKETS,
        .told_count = DUO_NATIVE_DEVICE_TOLD,
    };

    device->reset_asked = false;
    open_image(device);
    open_settings(device);
    open_files(device);
    open_groups(device);
    duo_smp_server_init(&device->server, &server);
    if (device->config.on_start != NULL) {
        device->config.on_start(device->config.ctx);
    }
}

void duo_native_device_init(struct duo_native_device *device,
                            const struct duo_native_device_config *config)
{
    memset(device, 0, sizeof(*device));
    device->config = *config;
    duo_native_device_restart(device);
}

bool duo_native_device_step(struct duo_native_device *device)
{
    struct duo_sim_world *world = &device->config.board->world;
    bool more;

    if (world->dead) {
        return false;
    }
    more = duo_smp_step(&device->server);
    more = duo_smp_image_step(&device->image) || more;
    duo_smp_os_step(&device->os);
    if (device->reset_asked && !world->dead) {
        duo_smp_image_settle(&device->image);
        duo_sim_reset(world);
        device->reset_count++;
        (void)duo_native_boot(device->config.board);
        duo_native_device_restart(device);
        return !world->dead;
    }
    duo_sim_spend(world, DUO_CORE_APP, TURN_NS);
    return more && !world->dead;
}
