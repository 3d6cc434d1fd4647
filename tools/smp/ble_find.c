/* SPDX-License-Identifier: MIT */
/* Which device is meant; see ble_find.h. */
#include "ble_find.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "link.h"

#define CALL_MS 10000U
/* Time for another device of the same name to be heard: updating the wrong one
 * of two is worse than a second. */
#define NAMESAKE_US 1000000U

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static bool is_adapter(const struct duo_ble_object *object, const char *name)
{
    return object->kind == DUO_BLE_IS_ADAPTER &&
           (name == NULL || strcmp(base_name(object->path), name) == 0);
}

const struct duo_ble_object *duo_ble_find_adapter(struct duo_ble_bus *ble,
                                                  const char *name,
                                                  struct duo_tool_error *error)
{
    const struct duo_ble_object *off = NULL;

    for (size_t i = 0; i < ble->tree.count; i++) {
        const struct duo_ble_object *object = &ble->tree.list[i];
        if (is_adapter(object, name) && object->powered) {
            return object;
        }
        if (is_adapter(object, name)) {
            off = object;
        }
    }
    if (off != NULL) {
        (void)duo_ble_fail_as(DUO_BLE_TROUBLE_OFF, NULL, base_name(off->path),
                              error);
    } else {
        (void)duo_tool_fail(error, DUO_EXIT_IO,
                            "BlueZ has no Bluetooth adapter%s%s",
                            name == NULL ? "" : " ", name == NULL ? "" : name);
    }
    return NULL;
}

bool duo_ble_is_reachable(const struct duo_ble_bus *ble,
                          const struct duo_ble_object *device,
                          const char *adapter)
{
    const struct duo_ble_object *owner =
        device->kind == DUO_BLE_IS_DEVICE && device->owner != NULL &&
                device->address != NULL
            ? duo_ble_tree_at(&ble->tree, device->owner)
            : NULL;

    return owner != NULL && is_adapter(owner, adapter) && owner->powered;
}

static bool is_meant(const struct duo_ble_object *device, const char *name)
{
    return strcasecmp(device->address, name) == 0 ||
           (device->alias != NULL && strcmp(device->alias, name) == 0) ||
           (device->name != NULL && strcmp(device->name, name) == 0);
}

/* Those that match, by preference: with the SMP service if any has it. */
struct choice {
    const struct duo_ble_object *first;
    size_t count;
    bool has_smp;
    char names[256]; /* As many as fit. */
};

static void add_choice(struct choice *choice,
                       const struct duo_ble_object *device)
{
    size_t chars;

    if (device->has_smp && !choice->has_smp) {
        *choice = (struct choice){.has_smp = true};
    }
    if (device->has_smp != choice->has_smp) {
        return;
    }
    chars = strlen(choice->names);
    (void)snprintf(choice->names + chars, sizeof(choice->names) - chars, "%s%s",
                   chars == 0 ? "" : ", ", device->address);
    if (choice->count++ == 0) {
        choice->first = device;
    }
}

static struct choice choose(const struct duo_ble_bus *ble,
                            const struct duo_ble_wanted *wanted)
{
    struct choice choice = {0};

    for (size_t i = 0; i < ble->tree.count; i++) {
        const struct duo_ble_object *device = &ble->tree.list[i];
        if (duo_ble_is_reachable(ble, device, wanted->adapter) &&
            is_meant(device, wanted->name)) {
            add_choice(&choice, device);
        }
    }
    return choice;
}

static int fill_filter(sd_bus_message *message, bool only_smp)
{
    int err = message == NULL
                  ? -1
                  : sd_bus_message_open_container(message, 'a', "{sv}");

    if (err >= 0) {
        err = sd_bus_message_append(message, "{sv}", "Transport", "s", "le");
    }
    if (err >= 0 && only_smp) {
        err = sd_bus_message_append(message, "{sv}", "UUIDs", "as", 1,
                                    DUO_BLE_SERVICE_UUID);
    }
    return err < 0 ? err : sd_bus_message_close_container(message);
}

bool duo_ble_listen(struct duo_ble_bus *ble, const char *adapter, bool only_smp,
                    struct duo_tool_error *error)
{
    const struct duo_ble_call filter = {adapter, DUO_BLE_ADAPTER,
                                        "SetDiscoveryFilter", CALL_MS};
    const struct duo_ble_call start = {adapter, DUO_BLE_ADAPTER,
                                       "StartDiscovery", CALL_MS};
    sd_bus_error why = SD_BUS_ERROR_NULL;
    sd_bus_message *message = duo_ble_call_new(ble, &filter);

    if (fill_filter(message, only_smp) < 0) {
        (void)sd_bus_message_unref(message);
        return duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
    }
    if (duo_ble_call_send(ble, &filter, message, NULL, &why) < 0) {
        return duo_ble_fail(&why, NULL, "listening", error);
    }
    if (duo_ble_call(ble, &start, &why) < 0 &&
        duo_ble_trouble_of(&why) != DUO_BLE_TROUBLE_BUSY) {
        return duo_ble_fail(&why, NULL, "listening", error);
    }
    sd_bus_error_free(&why);
    return true;
}

void duo_ble_listen_end(struct duo_ble_bus *ble, const char *adapter)
{
    const struct duo_ble_call stop = {adapter, DUO_BLE_ADAPTER, "StopDiscovery",
                                      CALL_MS};
    sd_bus_error why = SD_BUS_ERROR_NULL;

    /* What fails here ends with our connection to the bus. */
    (void)duo_ble_call(ble, &stop, &why);
    sd_bus_error_free(&why);
}

static bool is_address(const char *name)
{
    static const char shape[] = "xx:xx:xx:xx:xx:xx";
    size_t i = 0;

    for (; name[i] != '\0' && i < sizeof(shape) - 1; i++) {
        if (shape[i] == ':' ? name[i] != ':'
                            : isxdigit((unsigned char)name[i]) == 0) {
            return false;
        }
    }
    return i == sizeof(shape) - 1 && name[i] == '\0';
}

/* False: failed. Not found is no failure: choice->count is 0. */
static bool await(struct duo_ble_bus *ble, const struct duo_ble_wanted *wanted,
                  uint64_t end_us, struct choice *choice,
                  struct duo_tool_error *error)
{
    bool is_found = false;

    for (;;) {
        uint64_t now_us = duo_link_host_now_us(NULL);

        *choice = choose(ble, wanted);
        if (choice->count > 0 && !is_found) {
            is_found = true;
            end_us = is_address(wanted->name) ? now_us : now_us + NAMESAKE_US;
        }
        if (now_us >= end_us) {
            return true;
        }
        if (!duo_ble_bus_wait(ble, end_us, error)) {
            return false;
        }
    }
}

/* Most of the time for devices that advertise the service, as BlueZ then
 * forgets the others; but a product may keep it out of its advertisement. */
static bool hear(struct duo_ble_bus *ble, const struct duo_ble_wanted *wanted,
                 struct choice *choice, struct duo_tool_error *error)
{
    uint64_t start_us = duo_link_host_now_us(NULL);
    const struct duo_ble_object *adapter =
        duo_ble_find_adapter(ble, wanted->adapter, error);
    char *path = adapter == NULL ? NULL : strdup(adapter->path);
    bool done = path != NULL && duo_ble_listen(ble, path, true, error);

    if (done) {
        done = await(ble, wanted, start_us + wanted->listen_ms * UINT64_C(700),
                     choice, error);
        if (done && choice->count == 0) {
            done = duo_ble_listen(ble, path, false, error) &&
                   await(ble, wanted,
                         start_us + wanted->listen_ms * UINT64_C(1000), choice,
                         error);
        }
        duo_ble_listen_end(ble, path);
    }
    free(path);
    return done;
}

static bool keep(struct duo_ble_peer *peer, const struct duo_ble_object *device,
                 struct duo_tool_error *error)
{
    peer->path = strdup(device->path);
    peer->label = strdup(duo_ble_object_label(device));
    peer->address = strdup(device->address);
    if (peer->path != NULL && peer->label != NULL && peer->address != NULL) {
        return true;
    }
    duo_ble_peer_free(peer);
    return duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
}

void duo_ble_peer_free(struct duo_ble_peer *peer)
{
    free(peer->path);
    free(peer->label);
    free(peer->address);
    *peer = (struct duo_ble_peer){0};
}

bool duo_ble_find(struct duo_ble_bus *ble, const struct duo_ble_wanted *wanted,
                  struct duo_ble_peer *peer, struct duo_tool_error *error)
{
    struct choice choice;

    if (duo_ble_find_adapter(ble, wanted->adapter, error) == NULL) {
        return false;
    }
    choice = choose(ble, wanted);
    if (choice.count == 0 && !hear(ble, wanted, &choice, error)) {
        return false;
    }
    if (choice.count == 0) {
        return duo_tool_fail(error, DUO_EXIT_DEVICE,
                             "no Bluetooth device %s was heard in %u s; it "
                             "must be near, switched on and not connected to "
                             "another host",
                             wanted->name, (wanted->listen_ms + 999U) / 1000U);
    }
    if (choice.count > 1) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%zu devices are called %s; name one by its "
                             "address: %s",
                             choice.count, wanted->name, choice.names);
    }
    return keep(peer, choice.first, error);
}
