/* SPDX-License-Identifier: MIT */
/* Devices with the SMP service that are on the air, or known; see discover.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ble_find.h"
#include "discover.h"
#include "link.h"

static bool is_listed(const struct duo_ble_bus *ble,
                      const struct duo_ble_object *device)
{
    return device->has_smp && duo_ble_is_reachable(ble, device, NULL);
}

/* Is its name good for a URL? Not if another has it, too. */
static bool is_unique(const struct duo_ble_bus *ble,
                      const struct duo_ble_object *device)
{
    const char *label = duo_ble_object_label(device);
    size_t count = 0;

    for (size_t i = 0; i < ble->tree.count; i++) {
        const struct duo_ble_object *other = &ble->tree.list[i];
        if (is_listed(ble, other) &&
            strcmp(duo_ble_object_label(other), label) == 0) {
            count++;
        }
    }
    return count == 1 && strchr(label, '?') == NULL;
}

static void list_device(const struct duo_ble_bus *ble,
                        const struct duo_ble_object *device,
                        struct duo_found_list *found)
{
    const char *label = duo_ble_object_label(device);
    char url[300];
    char what[400];

    (void)snprintf(url, sizeof(url), "ble:%s",
                   is_unique(ble, device) ? label : device->address);
    (void)snprintf(what, sizeof(what), "%s (Bluetooth %s%s%s%s)", label,
                   device->address, device->connected ? ", connected" : "",
                   device->paired ? ", paired" : "",
                   device->rssi_db == 0 && !device->connected ? ", not heard"
                                                              : "");
    duo_found_add(found, url, what, device->rssi_db);
}

static bool listen_all(struct duo_ble_bus *ble, uint32_t listen_ms,
                       struct duo_tool_error *error)
{
    uint64_t end_us = duo_link_host_now_us(NULL) + listen_ms * UINT64_C(1000);
    const struct duo_ble_object *adapter =
        duo_ble_find_adapter(ble, NULL, error);
    char *path = adapter == NULL ? NULL : strdup(adapter->path);
    bool done = path != NULL && duo_ble_listen(ble, path, true, error);

    if (done) {
        while (done && duo_link_host_now_us(NULL) < end_us) {
            done = duo_ble_bus_wait(ble, end_us, error);
        }
        duo_ble_listen_end(ble, path);
    }
    free(path);
    return done;
}

bool duo_discover_ble(uint32_t listen_ms, struct duo_found_list *found,
                      struct duo_tool_error *error)
{
    struct duo_ble_bus ble = {0};
    bool done;

    if (!duo_ble_bus_open(&ble, error)) {
        return false;
    }
    done = listen_all(&ble, listen_ms, error);
    for (size_t i = 0; done && i < ble.tree.count; i++) {
        if (is_listed(&ble, &ble.tree.list[i])) {
            list_device(&ble, &ble.tree.list[i], found);
        }
    }
    duo_ble_bus_close(&ble);
    return done;
}
