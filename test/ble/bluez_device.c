/* SPDX-License-Identifier: MIT */
/* The device behind the double of BlueZ: the GATT module of a product, on the
 * native board; see bluez_double.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bluez_double.h"

#define TURNS_MAX     2000U
#define IMAGE_VERSION 2U
#define IMAGE_BYTES   9000U

/* A notification goes to the socket if there is one, else to the bus. */
static bool notify_bus(struct bluez *bluez, struct duo_bytes piece)
{
    sd_bus_message *signal = NULL;
    int err = sd_bus_message_new_signal(
        bluez->bus, &signal, bluez->attributes.characteristic,
        "org.freedesktop.DBus.Properties", "PropertiesChanged");

    if (err >= 0) {
        err =
            sd_bus_message_append(signal, "s", "org.bluez.GattCharacteristic1");
    }
    if (err >= 0) {
        err = sd_bus_message_open_container(signal, 'a', "{sv}");
    }
    if (err >= 0) {
        err = sd_bus_message_open_container(signal, 'e', "sv");
    }
    if (err >= 0) {
        err = sd_bus_message_append(signal, "s", "Value");
    }
    if (err >= 0) {
        err = sd_bus_message_open_container(signal, 'v', "ay");
    }
    if (err >= 0) {
        err = sd_bus_message_append_array(signal, 'y', piece.data,
                                          piece.len_bytes);
    }
    for (unsigned i = 0; i < 3 && err >= 0; i++) {
        err = sd_bus_message_close_container(signal);
    }
    if (err >= 0) {
        err = sd_bus_message_append(signal, "as", 0);
    }
    if (err >= 0) {
        err = sd_bus_send(bluez->bus, signal, NULL);
    }
    (void)sd_bus_message_unref(signal);
    return err >= 0;
}

static bool notify(void *ctx, struct duo_bytes piece)
{
    struct bluez *bluez = ctx;
    bool done;

    if (bluez->notify_fd >= 0) {
        done = send(bluez->notify_fd, piece.data, piece.len_bytes,
                    MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 ||
               errno != EAGAIN;
    } else {
        done = notify_bus(bluez, piece);
    }
    bluez->has_sent = done;
    return done;
}

static void on_start(void *ctx)
{
    struct bluez *bluez = ctx;

    bluez->gatt = (struct duo_smp_gatt){
        .clock = &bluez->device->board->world.app_clock,
        .notify = notify,
        .ctx = bluez,
        .answer = bluez->answer,
    };
    bluez->gatt.link.server = &bluez->device->end.device.server;
    bluez->gatt.link.name = "ble";
    duo_smp_gatt_init(&bluez->gatt);
    bluez->has_sent = false;
    bluez->has_reset = true;
}

static void put_image(struct bluez *bluez, enum duo_core core, const char *name)
{
    const struct duo_tool_file_mode mode = {.mode = 0644, .replace = true};
    struct duo_tool_buffer image = {0};
    struct duo_tool_error error;
    char path[512];

    double_device_image(bluez->device, core, IMAGE_VERSION, IMAGE_BYTES,
                        &image);
    (void)snprintf(path, sizeof(path), "%s/%s", bluez->options.images, name);
    if (!duo_tool_file_write(path, duo_tool_buffer_view(&image), mode,
                             &error)) {
        exit(duo_tool_report(&error));
    }
    duo_tool_buffer_free(&image);
}

void bluez_device_start(struct bluez *bluez)
{
    bluez->device = double_device_create(DOUBLE_PACKETS, 1);
    bluez->device->end.device.config.on_start = on_start;
    bluez->device->end.device.config.ctx = bluez;
    on_start(bluez);
    bluez->has_reset = false;
    bluez->step_us = bluez_now_us();
    if (bluez->options.images != NULL) {
        put_image(bluez, DUO_CORE_APP, "app.bin");
        put_image(bluez, DUO_CORE_NET, "net.bin");
    }
}

/* The device's virtual clock keeps up with ours, so that what it does later, a
 * reset for one, comes. */
static void keep_time(struct bluez *bluez)
{
    uint64_t now_us = bluez_now_us();

    duo_sim_spend(&bluez->device->board->world, DUO_CORE_APP,
                  (now_us - bluez->step_us) * 1000U);
    bluez->step_us = now_us;
}

bool bluez_device_turn(struct bluez *bluez)
{
    bool more = true;

    keep_time(bluez);
    for (unsigned i = 0; i < TURNS_MAX && more; i++) {
        duo_smp_gatt_poll(&bluez->gatt);
        more = duo_native_device_step(&bluez->device->end.device);
        if (bluez->has_sent) {
            bluez->has_sent = false;
            duo_smp_gatt_sent(&bluez->gatt);
            more = true;
        }
        if (bluez->has_reset) {
            bluez->has_reset = false;
            bluez->handle =
                (uint16_t)(bluez->handle + (bluez->options.moves ? 16U : 0U));
            bluez->up_us =
                bluez_now_us() + bluez->options.boot_ms * UINT64_C(1000);
            bluez_disconnected(bluez);
        }
    }
    return more;
}

void bluez_device_take(struct bluez *bluez, struct duo_bytes piece)
{
    if (piece.len_bytes + 3U > bluez->options.mtu) {
        (void)fprintf(stderr, "a write of %zu bytes with an MTU of %u\n",
                      piece.len_bytes, bluez->options.mtu);
        exit(1);
    }
    bluez->written_bytes += (uint32_t)piece.len_bytes;
    if (bluez->options.drop_bytes != 0 && !bluez->was_dropped &&
        bluez->written_bytes > bluez->options.drop_bytes) {
        bluez->was_dropped = true;
        bluez_disconnected(bluez);
        return;
    }
    /* Nobody hears of an error: it was a command. */
    (void)duo_smp_gatt_written(&bluez->gatt, piece);
}
